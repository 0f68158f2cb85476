"""Frames no honest client sends: a constant error code, and nobody else notices."""
import asyncio
import json
import os
import socket

import kit
from kit import Client, Closed, customer

SERVER = {}

BAD = [
    ("", "bad_frame"), ("x", "bad_frame"), ("null", "bad_frame"), ("[]", "bad_frame"), ("3", "bad_frame"),
    ('"t"', "bad_frame"), ("{}", "bad_frame"), ('{"t":3}', "bad_frame"), ('{"t":null}', "bad_frame"),
    ('{"t":["send"]}', "bad_frame"), ('{"t":"send"', "bad_frame"), ('{"t":"send"}{}', "bad_frame"),
    ('{"t":"send","t":"ping"}', "bad_frame"), ('{"t":"ping","n":NaN}', "bad_frame"),
    ('{"t":"ping","n":1e999}', "bad_frame"), ("{'t':'ping'}", "bad_frame"), ('{"t":"ping",}', "bad_frame"),
    ('{"t":"ping","x":' + "[" * 100 + "]" * 100 + "}", "bad_frame"),
    ('{"t":"ping","x":' + "[" * 8000, "bad_frame"),
    ('{"t":"ping","x":' + '{"a":' * 17 + "1" + "}" * 17 + "}", "bad_frame"),
    ('{"t":"send","cid":"a","text":"a\\u0000b"}', "bad_frame"), ('{"t":"send","cid":"a","text":"\x00"}', "bad_frame"),
    ('{"t":"send","cid":"a","text":"\\ud800"}', "bad_frame"),
    ('{"t":"send","cid":7,"text":"x"}', "bad_frame"), ('{"t":"send","cid":{"a":1},"text":"x"}', "bad_frame"),
    ('{"t":"send","cid":"a","text":["x"]}', "bad_frame"), ('{"t":"send","cid":"","text":"x"}', "bad_frame"),
    ('{"t":"send","text":"x"}', "bad_frame"), ('{"t":"send","cid":"a"}', "bad_frame"),
    ('{"t":"send","cid":"' + "c" * 65 + '","text":"x"}', "bad_frame"),
    ('{"t":"send","cid":"a","text":"x","choice":"1.1"}', "bad_frame"),
    ('{"t":"rate","cid":"a","score":6}', "bad_frame"), ('{"t":"rate","cid":"a","score":"5"}', "bad_frame"),
    ('{"t":"rate","cid":"a","score":0}', "bad_frame"), ('{"t":"rate","cid":"a","score":5,"solved":"maybe"}', "bad_frame"),
    ('{"t":"typing","on":"yes"}', "bad_frame"), ('{"t":"read","seq":"1"}', "bad_frame"), ('{"t":"read","seq":-1}', "bad_frame"),
    ('{"t":"nonsense"}', "unknown_type"), ('{"t":"base"}', "unknown_type"), ('{"event":"base"}', "bad_frame"),
    ('{"t":"take","conv":"x"}', "unknown_type"), ('{"t":"welcome"}', "unknown_type"), ('{"t":""}', None),
    ('{"t":"' + "t" * 5000 + '"}', None),
]


async def test_each_bad_frame_has_its_code(server):
    """Two bad frames a connection, since the third closes it."""
    other = await customer(server)
    for i, (text, code) in enumerate(BAD):
        c = await customer(server)
        await c.raw(text)
        frame = await c.recv()
        assert frame["t"] == "error", (text[:60], frame)
        assert frame["code"] == code or (code is None and frame["code"] in ("bad_frame", "unknown_type")), (text[:60], frame)
        assert len(frame.get("message", "")) < 120 and "base" not in frame.get("message", "")
        await c.send(t="ping", n=i)
        assert (await c.recv()) == {"t": "pong", "n": i}
        await c.close()
    assert (await other.say("fees"))["seq"] == 1
    await other.close()


async def test_three_bad_frames_close(server):
    c = await customer(server)
    for _ in range(3):
        await c.raw("{")
    assert await c.closed() == 1008
    assert [f["code"] for f in c.seen if f["t"] == "error"][:2] == ["bad_frame"] * 2


async def test_before_hello(server):
    c = await Client.connect(server)
    await c.send(t="send", cid="a", text="x")
    frame = await c.recv()
    assert frame["t"] == "error", frame
    assert (await c.hello())["seq"] == 0
    await c.close()
    c = await Client.connect(server)
    await c.send(t="hello", v=2)
    assert (await c.recv())["t"] == "error"
    await c.close()


async def test_binary(server):
    c = await customer(server)
    await c.raw(b'{"t":"ping","n":1}')
    assert (await c.recv())["code"] == "bad_frame"
    await c.raw('{"t":"ping","n":2}')
    assert (await c.recv())["n"] == 2
    await c.close()


async def test_too_large(server):
    for size in (16385, 17000, 70000, 5 << 20):
        c = await customer(server)
        try:
            await c.raw("x" * size)
        except Exception:
            pass
        code = await c.closed()
        assert code == 1009, (size, code)
        assert [f["code"] for f in c.seen if f["t"] == "error"] == ["too_large"], c.seen


async def test_the_largest_that_fits(server):
    c = await customer(server)
    text = json.dumps({"t": "ping", "n": 1, "pad": ""})
    await c.raw(text[:-2] + "x" * (16384 - len(text)) + text[-2:])
    assert (await c.recv()) == {"t": "pong", "n": 1}
    await c.close()


async def test_fragments(server):
    c = await customer(server)
    await c.socket.send(["{\"t\":", "\"pi", "ng\",", "", "\"n\":9}"])
    assert (await c.recv())["n"] == 9
    await c.socket.send([" "] * 3000 + ["{\"t\":\"ping\",\"n\":10}"])
    assert (await c.recv())["n"] == 10
    try:
        await c.socket.send(["x" * 1000] * 40)
    except Exception:
        pass
    assert await c.closed() == 1009


async def test_bad_utf8(server):
    for bytes_ in (b'{"t":"ping","n":1,"x":"\xff"}', b"\xc0\xaf", b'"\xed\xa0\x80"'):
        c = await customer(server)
        await c.socket.write_frame(True, 1, bytes_)
        assert await c.closed() == 1007


async def test_text_length(server):
    c = await customer(server)
    assert (await c.say("费" * 4000))["seq"] == 1
    await c.send(t="send", cid="long", text="费" * 4001)
    assert (await c.until(t="error"))["code"] in ("too_large", "bad_frame")
    await c.close()


async def test_unmasked_and_reserved(server):
    """Broken framing ends that connection, whatever it says, and no other."""
    other = await customer(server)
    head = ("GET /v1/chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: MDEyMzQ1Njc4OTAxMjM0NQ==\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: hotline.chat.v1\r\n\r\n").encode()
    for frame in (b"\xf1\x80\0\0\0\0", b"\x83\x80\0\0\0\0", b"\x80\x80\0\0\0\0", b"\x09\x80\0\0\0\0",
                  b"\x89\xfe\x00\x7e\0\0\0\0" + b"x" * 126, b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"):
        def attack():
            s = socket.create_connection(("127.0.0.1", server.port), timeout=0.5 * kit.SLOW)
            s.sendall(head)
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += s.recv(4096)
            s.sendall(frame)
            try:
                while s.recv(4096):
                    pass
            except (ConnectionError, socket.timeout):
                pass
            s.close()
        await asyncio.get_running_loop().run_in_executor(None, attack)
    await other.send(t="ping", n=1)
    assert (await other.recv())["n"] == 1
    await other.close()


async def test_rubbish_of_every_length(server):
    """Random bytes as frames: the process stays, others are served."""
    other = await customer(server)
    for i in range(60):
        c = await Client.connect(server)
        try:
            for _ in range(3):
                await c.raw(os.urandom(i * 7).decode("latin-1"))
            await c.closed(1)
        except (Closed, asyncio.TimeoutError, Exception):
            pass
        await c.close()
    await other.send(t="ping", n=1)
    assert (await other.recv())["n"] == 1
    await other.close()
