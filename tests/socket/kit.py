"""What the socket tests share: a server in a temporary folder, and a client that knows the protocol only from its
page, not from the code under test."""
import asyncio
import http.client
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

import websockets

HERE = os.path.dirname(os.path.abspath(__file__))
PACK = os.path.join(HERE, "pack")
BINARY = "build/hotline"
SLOW = 1.0  # how much slower than usual: sanitizers
PASSWORD = "correct horse battery"

# Tests speak faster than people do.
FAST = {"limits": {"sends_per_second": 10000, "sends_burst": 10000, "signals_per_second": 10000,
                   "signals_burst": 10000, "sockets_per_conversation": 5}}


def yaml(value, indent=0):
    """Maps and scalars only: what a configuration needs."""
    out = ""
    for key, item in value.items():
        if isinstance(item, dict):
            out += " " * indent + key + ":\n" + yaml(item, indent + 2)
        else:
            out += " " * indent + key + ": " + json.dumps(item) + "\n"
    return out


class Server:
    """One hotline process. `agents`: names to add before the start."""

    def __init__(self, pack=PACK, config=None, agents=(), data=None, listen="127.0.0.1:0", prefix=(),
                 tls=None):
        self.folder = tempfile.mkdtemp(prefix="hotline-")
        self.data = data or os.path.join(self.folder, "data")
        self.pack = pack
        self.listen = listen
        self.prefix = list(prefix)
        self.tls = tls  # what its clients trust, ssl.SSLContext
        self.process = None
        self.port = None
        self.log_path = os.path.join(self.folder, "log")
        self.config_path = os.path.join(self.folder, "config.yaml")
        with open(self.config_path, "w") as f:
            f.write(yaml(config if config is not None else FAST))
        for agent in agents:
            self.add_agent(agent)

    def add_agent(self, name, *options):
        done = subprocess.run([BINARY, "agent", "add", name, "--data", self.data, "--roles", "agent,author", *options],
                              input=PASSWORD + "\n", text=True, capture_output=True)
        assert done.returncode == 0, done.stdout + done.stderr

    def command(self):
        return [*self.prefix, BINARY, "serve", "--config", self.config_path, "--pack", self.pack, "--data", self.data,
                "--listen", self.listen]

    def start(self):
        log = open(self.log_path, "a")
        self.process = subprocess.Popen(self.command(), stdout=subprocess.PIPE, stderr=log, text=True)
        log.close()
        line = self.process.stdout.readline()
        found = re.search(r"serving https?://(?:\[.*\]|[^:]+):(\d+)", line)
        assert found, "did not start: " + line + self.log()
        self.port = int(found.group(1))
        deadline = time.monotonic() + 10 * SLOW
        while self.http("GET", "/readyz")[0] != 200:
            assert time.monotonic() < deadline, "never ready: " + self.log()
            time.sleep(0.02)
        return self

    def restart(self):
        """At the port it had."""
        self.listen = f"127.0.0.1:{self.port}"
        return self.start()

    def stop(self, sig=signal.SIGTERM, within=30):
        if self.process is None:
            return None
        self.process.send_signal(sig)
        code = self.process.wait(within * SLOW)
        self.process.stdout.close()
        self.process = None
        return code

    def kill(self):
        return self.stop(signal.SIGKILL)

    def close(self):
        if self.process is not None and self.process.poll() is None:
            code = self.stop()
            assert code == 0, f"exit code {code}: " + self.log()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self):
        with open(self.log_path) as f:
            return f.read()

    def http(self, method, path, body=None, headers=None):
        """(status, headers, body)"""
        if self.tls:
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10 * SLOW, context=self.tls)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10 * SLOW)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def login(self, name, password=PASSWORD):
        status, _, body = self.http("POST", "/v1/login", json.dumps({"name": name, "password": password}))
        assert status == 200, (status, body)
        return json.loads(body)["token"]

    def metric(self, name):
        text = self.http("GET", "/metrics")[2].decode()
        found = re.search(rf"^hotline_{name} (\S+)$", text, re.M)
        return float(found.group(1)) if found else None

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, value, trace):
        if kind is not None:
            print("\n".join("# log: " + line for line in self.log().splitlines()[-40:]), flush=True)
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None
        self.close()


class Closed(Exception):
    def __init__(self, code):
        super().__init__(f"closed {code}")
        self.code = code


class Client:
    """A connection. Frames that nobody waited for stay in `seen`."""

    def __init__(self, socket):
        self.socket = socket
        self.seen = []
        self.numbers = itertools.count(1)
        self.tag = os.urandom(3).hex()
        self.resume = self.conv = None

    @classmethod
    async def connect(cls, server, role="chat", **options):
        if server.tls:
            options["ssl"] = server.tls
        socket = await websockets.connect(f"{'wss' if server.tls else 'ws'}://127.0.0.1:{server.port}/v1/{role}",
                                          ping_interval=None, max_queue=None,
                                          subprotocols=[f"hotline.{role}.v1"], compression=None, close_timeout=2,
                                          open_timeout=10 * SLOW, **options)
        return cls(socket)

    async def raw(self, text):
        try:
            await self.socket.send(text)
        except websockets.ConnectionClosed:
            raise Closed(self.socket.close_code) from None

    async def send(self, **frame):
        await self.raw(json.dumps(frame, ensure_ascii=False))

    async def recv(self, timeout=5):
        try:
            text = await asyncio.wait_for(self.socket.recv(), timeout * SLOW)
        except websockets.ConnectionClosed:
            raise Closed(self.socket.close_code) from None
        assert len(text.encode()) <= 65536
        return json.loads(text)

    async def until(self, timeout=5, **fields):
        """The next frame with these fields."""
        deadline = time.monotonic() + timeout * SLOW
        while True:
            left = deadline - time.monotonic()
            assert left > 0, f"no {fields} in {self.seen[-8:]}"
            try:
                frame = await self.recv(left / SLOW)
            except asyncio.TimeoutError:
                raise AssertionError(f"no {fields} in {self.seen[-8:]}") from None
            self.seen.append(frame)
            if all(frame.get(k) == v for k, v in fields.items()):
                return frame

    async def quiet(self, seconds=0.3):
        """All that comes within a time."""
        frames = []
        try:
            while True:
                frames.append(await self.recv(seconds / SLOW))
        except asyncio.TimeoutError:
            return frames

    async def closed(self, timeout=5):
        """The closing status; frames before it go to `seen`."""
        try:
            while True:
                self.seen.append(await self.recv(timeout))
        except Closed as e:
            return e.code

    async def hello(self, **fields):
        await self.send(t="hello", v=1, **fields)
        welcome = await self.until(t="welcome")
        self.resume = welcome.get("resume")
        self.conv = welcome.get("conv")
        return welcome

    def cid(self):
        return f"{self.tag}-{next(self.numbers)}"

    async def say(self, text, **fields):
        """Sends and waits for the ack."""
        cid = fields.pop("cid", None) or self.cid()
        await self.send(t="send", cid=cid, text=text, **fields)
        return await self.until(t="ack", cid=cid)

    async def close(self):
        await self.socket.close()

    async def cut(self):
        """As if the network had gone: no closing frame."""
        self.socket.transport.abort()
        await self.socket.wait_closed()


async def customer(server, **fields):
    client = await Client.connect(server)
    client.welcome = await client.hello(**fields)
    return client


async def agent(server, name, online=True):
    token = await asyncio.get_running_loop().run_in_executor(None, server.login, name)
    client = await Client.connect(server, "agent")
    await client.send(t="hello", v=1, token=token)
    client.welcome = await client.until(t="welcome")
    client.token = token
    if online:
        await client.send(t="presence", state="online")
    return client


async def replay(server, resume, last_seq=0, **fields):
    """All entries after last_seq, as a fresh connection gets them."""
    client = await Client.connect(server)
    welcome = await client.hello(resume=resume, last_seq=last_seq, **fields)
    entries = []
    while len(entries) < welcome["seq"] - last_seq:
        entries.append(await client.until(t="ev"))
    await client.close()
    return entries
