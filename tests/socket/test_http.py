"""Pages, health, metrics, sign-in, and who may open a socket."""
import asyncio
import gzip
import json
import socket

import websockets

import kit
from kit import Client, customer

SERVER = {"agents": ["mei"]}


def test_pages(server):
    for path in ("/", "/hotline.js", "/w/", "/console/"):
        status, headers, plain = server.http("GET", path)
        assert status == 200, (path, status)
        assert headers["x-content-type-options"] == "nosniff" and "referrer-policy" in headers
        assert "default-src 'none'" in headers["content-security-policy"] or "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["content-length"] == str(len(plain)) and "content-encoding" not in headers
        status, zipped_headers, zipped = server.http("GET", path, headers={"Accept-Encoding": "br, gzip"})
        assert zipped_headers["content-encoding"] == "gzip" and gzip.decompress(zipped) == plain
        assert zipped_headers["vary"].lower() == "accept-encoding"
        assert server.http("GET", path, headers={"Accept-Encoding": "gzip;q=0"})[2] == plain
        status, head, nothing = server.http("HEAD", path)
        assert (status, nothing) == (200, b"") and head["content-length"] == headers["content-length"]
        status, same, nothing = server.http("GET", path, headers={"If-None-Match": headers["etag"]})
        assert (status, nothing) == (304, b"") and same["etag"] == headers["etag"]
        assert server.http("GET", path, headers={"If-None-Match": '"other"'})[0] == 200


def test_who_may_frame(server):
    assert "frame-ancestors 'self'" in server.http("GET", "/w/")[1]["content-security-policy"]
    assert "frame-ancestors 'none'" in server.http("GET", "/console/")[1]["content-security-policy"]


def test_no_other_files(server):
    for path in ("/nope", "/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/w/../../etc/passwd", "/w/..%2f..%2fetc/passwd",
                 "/..%c0%af..%c0%afetc/passwd", "//etc/passwd", "/console/../../data/keys", "/w/" + "a" * 4000,
                 "/v1/conversations//transcript", "/v1/nope", "/data/hotline.db", "/.git/config"):
        status, headers, body = server.http("GET", path)
        assert status in (400, 404), (path, status)
        assert b"root:" not in body and "content-security-policy" in headers or status == 400


def test_health(server):
    assert server.http("GET", "/healthz")[::2] == (200, b"ok\n")
    assert server.http("GET", "/readyz")[0] == 200
    status, headers, body = server.http("GET", "/metrics")
    assert status == 200 and headers["content-type"].startswith("text/plain")
    assert b"# TYPE hotline_sockets gauge" in body and b"hotline_up 1\n" in body


def test_methods(server):
    for method, path, want in (("DELETE", "/", 405), ("POST", "/", 405), ("GET", "/v1/login", 405), ("PUT", "/v1/login", None),
                               ("POST", "/healthz", 405), ("BREW", "/", None), ("POST", "/v1/nope", 404)):
        try:
            status = server.http(method, path, "{}" if method in ("POST", "PUT") else None)[0]
        except Exception:
            status = None
        assert status == want or (want is None and status in (None, 400, 403, 404, 405)), (method, path, status)


def test_login(server):
    good = {"name": "mei", "password": kit.PASSWORD}
    status, headers, body = server.http("POST", "/v1/login", json.dumps(good))
    answer = json.loads(body)
    assert status == 200 and set(answer) >= {"token", "expires", "agent"} and answer["agent"]["name"] == "mei"
    cookie = headers["set-cookie"]
    assert cookie.startswith("hl_session=" + answer["token"]) and "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert headers["cache-control"] == "no-store"
    for wrong in ({"name": "mei", "password": "wrong password"}, {"name": "nobody", "password": kit.PASSWORD}):
        status, headers, body = server.http("POST", "/v1/login", json.dumps(wrong))
        assert (status, json.loads(body)) == (401, {"error": "unauthorized"}) and "set-cookie" not in headers
    for wrong, want in (("", 400), ("x", 400), ("[]", 400), ('{"name":3,"password":"x"}', 400), ('{"name":"mei"}', 400),
                        ('{"name":"mei","name":"mei","password":"x"}', 400), (json.dumps({**good, "x": "y" * 5000}), 413)):
        assert server.http("POST", "/v1/login", wrong)[0] == want, wrong[:40]
    ours = f"http://localhost:{server.port}"
    for origin, want in ((ours, 200), ("http://evil.example", 403), ("null", 403), (ours + "0", 403), (ours + ".evil.example", 403)):
        assert server.http("POST", "/v1/login", json.dumps(good), {"Origin": origin})[0] == want, origin


def test_logout_ends_the_session(server):
    token = server.login("mei")
    bearer = {"Authorization": "Bearer " + token}
    ask = lambda: server.http("POST", "/v1/classify", '{"text":"fees"}', bearer)
    status, _, body = ask()
    assert status == 200 and json.loads(body)["intent"] == "fees"
    status, headers, _ = server.http("POST", "/v1/logout", "", bearer)
    assert status == 200 and "Max-Age=0" in headers["set-cookie"]
    assert ask()[0] == 401


def test_cookie_only_from_our_pages(server):
    cookie = "hl_session=" + server.login("mei")
    ours = f"http://localhost:{server.port}"
    ask = lambda **h: server.http("POST", "/v1/classify", '{"text":"fees"}', {k.replace("_", "-"): v for k, v in h.items()})[0]
    assert ask(Cookie=cookie) == 401
    assert ask(Cookie=cookie, Origin="http://evil.example") == 401
    assert ask(Cookie=cookie, Origin=ours) == 200
    assert ask(Cookie=cookie, Sec_Fetch_Site="same-origin") == 200
    assert ask(Cookie=cookie, Sec_Fetch_Site="cross-site") == 401


def test_classify_says_no_plainly(server):
    bearer = {"Authorization": "Bearer " + server.login("mei")}
    for body in ("", "x", "{}", '{"text":3}', "[]"):
        assert server.http("POST", "/v1/classify", body, bearer)[0] == 400, body
    assert server.http("POST", "/v1/classify", json.dumps({"text": "x" * 30000}), bearer)[0] == 413
    assert server.http("POST", "/v1/classify", '{"text":"fees"}')[0] == 401
    assert server.http("POST", "/v1/classify", '{"text":"fees"}', {"Authorization": "Bearer x"})[0] == 401


async def test_transcript(server):
    c = await customer(server)
    await c.send(t="human", cid="h")
    await c.until(t="ack", cid="h")
    await c.say("the fees <b>please</b>")
    bearer = {"Authorization": "Bearer " + server.login("mei")}
    path = f"/v1/conversations/{c.conv}/transcript"
    status, headers, body = server.http("GET", path + "?format=json", headers=bearer)
    assert status == 200 and headers["content-type"].startswith("application/json"), (status, body)
    assert "the fees <b>please</b>" in json.dumps(json.loads(body))
    status, headers, body = server.http("GET", path + "?format=txt", headers=bearer)
    assert status == 200 and headers["content-type"].startswith("text/plain") and b"the fees" in body, body
    assert server.http("GET", path)[0] == 401
    for conv in ("nope", "x" * 127, c.conv + "x"):
        status, _, body = server.http("GET", f"/v1/conversations/{conv}/transcript", headers=bearer)
        assert (status, json.loads(body)) == (404, {"error": "not_found"}), conv
    await c.send(t="end", cid="e")
    await c.close()


def raw(server, data, wait=True):
    s = socket.create_connection(("127.0.0.1", server.port), timeout=15 * kit.SLOW)
    s.sendall(data)
    answer = b""
    try:
        while wait:
            part = s.recv(65536)
            if not part:
                break
            answer += part
    except (ConnectionError, socket.timeout):
        pass
    s.close()
    return answer


def test_smuggling(server):
    """Whatever hides behind a request whose length is in doubt is never answered."""
    hidden = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    for head in (b"POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                 b"POST /v1/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n",
                 b"POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                 b"POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 1x\r\n\r\n",
                 b"POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n"):
        answer = raw(server, head + hidden)
        assert b"ok\n" not in answer, (head, answer)
        assert answer == b"" or b" 400 " in answer.split(b"\r\n")[0] or b" 413 " in answer.split(b"\r\n")[0], (head, answer)


def test_large_headers(server):
    answer = raw(server, b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"a" * 65536 + b"\r\n\r\n")
    assert b" 200 " not in answer.split(b"\r\n")[0]
    raw(server, b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\n\r\n")
    raw(server, b"\x16\x03\x01\x02\x00" + b"\x00" * 500)
    assert server.http("GET", "/healthz")[0] == 200


async def upgrade(server, path="/v1/chat", protocols=("hotline.chat.v1",), **options):
    """The status an upgrade is refused with, or the protocol it was given."""
    try:
        async with websockets.connect(f"ws://127.0.0.1:{server.port}{path}", subprotocols=list(protocols) or None, **options) as ws:
            return ws.subprotocol
    except websockets.InvalidStatusCode as refused:
        return refused.status_code


async def test_origin(server):
    for host in ("localhost", "127.0.0.1", "[::1]"):
        assert await upgrade(server, origin=f"http://{host}:{server.port}") == "hotline.chat.v1"
    ours = f"http://localhost:{server.port}"
    for origin in ("http://evil.example", "null", ours + "0", ours + ".evil.example", ours + "/", ours.upper(), "https" + ours[4:],
                   "http://localhost", "http://evil.example/" + ours, ours[:-1]):
        assert await upgrade(server, origin=origin) == 403, origin
    assert await upgrade(server) == "hotline.chat.v1"
    for value in "", " ", "\t ":
        head = ("GET /v1/chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin:" + value +
                "\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OTAxMjM0NQ==\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Protocol: hotline.chat.v1\r\n\r\n")
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(head.encode())
        status = await asyncio.wait_for(reader.readline(), 5 * kit.SLOW)
        assert b" 403 " in status, (value, status)
        writer.close()


async def test_path_and_protocol(server):
    for path, protocols, want in (("/v1/chat", ("hotline.chat.v1",), "hotline.chat.v1"),
                                  ("/v1/agent", ("hotline.agent.v1",), "hotline.agent.v1"),
                                  ("/v1/chat", ("x", "hotline.chat.v1"), "hotline.chat.v1"),
                                  ("/v1/chat", ("hotline.agent.v1",), 403), ("/v1/agent", ("hotline.chat.v1",), 403),
                                  ("/v1/chat", ("hotline.agent.v1", "hotline.chat.v1"), 403), ("/v1/chat", (), 403),
                                  ("/v1/chat", ("http",), 403), ("/v1/chat", ("hotline.chat.v2",), 403),
                                  ("/", ("hotline.chat.v1",), 403), ("/v1/chat/", ("hotline.chat.v1",), 403),
                                  ("/v1/../v1/nope", ("hotline.chat.v1",), 403)):
        got = await upgrade(server, path, protocols)
        assert got == want, (path, protocols, got)


async def test_deflate_is_not_offered(server):
    c = await Client.connect(server)
    assert "Sec-WebSocket-Extensions" not in c.socket.response_headers
    await c.close()


async def test_agent_by_cookie(server):
    """A browser's socket is signed in by its cookie, another client's never."""
    cookie = {"Cookie": "a=b; hl_session=" + server.login("mei")}
    for origin, want in ((f"http://localhost:{server.port}", "welcome"), (None, "error")):
        c = await Client.connect(server, "agent", extra_headers=cookie, **({"origin": origin} if origin else {}))
        await c.send(t="hello", v=1)
        frame = await c.recv()
        assert frame["t"] == want, frame
        await c.close()
