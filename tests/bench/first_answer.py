#!/usr/bin/python3
"""From starting the server to the first answer a customer reads: once without a cached model, once with it.
first_answer.py HOTLINE PACK"""
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time

import websockets


async def ask(port):
    async with websockets.connect(f"ws://127.0.0.1:{port}/v1/chat", subprotocols=["hotline.chat.v1"]) as socket:
        await socket.send('{"t":"hello","v":1}')
        await socket.send('{"t":"send","cid":"1","text":"how do I deposit"}')
        while True:
            frame = json.loads(await socket.recv())
            if frame["t"] == "ev" and frame["by"]["role"] == "bot":
                return


def once(hotline, pack, data):
    began = time.monotonic()
    process = subprocess.Popen([hotline, "serve", "--pack", pack, "--data", data, "--listen", "127.0.0.1:0"],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        asyncio.run(ask(re.search(r":(\d+) with", process.stdout.readline()).group(1)))
        return time.monotonic() - began
    finally:
        process.terminate()
        process.wait(40)


with tempfile.TemporaryDirectory() as folder:
    data = os.path.join(folder, "data")
    cold = once(sys.argv[1], sys.argv[2], data)
    print(f"start to first answer: {cold:.2f} s with the model trained, {once(*sys.argv[1:3], data):.2f} s from the cache")
