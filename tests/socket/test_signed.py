"""TLS and customers' signed tokens, end to end: the app signs who its customer is; conditions of the pack, the agent's
card of the customer and the customer's other devices see it, and whatever is not signed gets nothing."""
import base64
import hashlib
import hmac
import json
import os
import ssl
import subprocess
import tempfile
import time

import kit
from kit import Client, Server, customer

SECRET = b"a secret of the shop, 32 bytes or more"
PACK = """
pack: signed
languages: [en]
decide: {oos: 0, rephrase: 0}
intents:
  - id: fees
    title: Fees
    phrases: ["fee[s]"]
    examples: [what does it cost]
    answer: "Trading costs 0.1 %."
    tests: [the fees please]
  - id: fees.vip
    title: Fees of VIPs
    only_if: {user.level: vip}
    phrases: ["fee[s]"]
    examples: [what do i pay as a vip]
    answer: "For a {user.level} trading is free."
    tests: [{say: the fees please, user: {level: vip}}]
"""


def part(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(secret=SECRET, header=None, **claims):
    body = {"sub": "u7", "aud": "hotline", "exp": time.time() + 60, "name": "Li", "user": {"level": "vip"}, **claims}
    signed = part(header or {"alg": "HS256", "typ": "JWT"}) + "." + part({k: v for k, v in body.items() if v is not None})
    return signed + "." + part(hmac.new(secret, signed.encode(), hashlib.sha256).digest())


class Shop:
    """A folder with a certificate, a key for tokens and a pack."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="hotline-shop-")
        self.cert, self.key, self.secret = (os.path.join(self.folder.name, n) for n in ("cert.pem", "key.pem", "secret"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", self.key, "-out", self.cert, "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"], check=True, capture_output=True)
        with open(self.secret, "wb") as f:
            f.write(SECRET)
        os.chmod(self.secret, 0o600)
        os.chmod(self.key, 0o600)
        self.pack = os.path.join(self.folder.name, "pack")
        os.mkdir(self.pack)
        with open(os.path.join(self.pack, "pack.yaml"), "w") as f:
            f.write(PACK)

    def server(self, **options):
        config = {**kit.FAST, "tls": {"cert": self.cert, "key": self.key},
                  "customers": {"keys": [self.secret], "algorithm": "HS256", "audience": "hotline"}}
        return Server(pack=self.pack, config=config, tls=ssl.create_default_context(cafile=self.cert), **options)


async def test_signed_customers_over_tls():
    shop = Shop()
    with shop.server(agents=("mei",)) as server:
        status, headers, _ = server.http("GET", "/healthz")
        assert status == 200 and headers["strict-transport-security"].startswith("max-age=")
        vip, stranger = await customer(server, token=token()), await customer(server)
        for client, want in ((vip, "For a vip trading is free."), (stranger, "Trading costs 0.1 %.")):
            await client.say("what are the fees")
            assert (await client.until(t="ev"))["text"] == want
        other = await customer(server, token=token())
        assert other.conv == vip.conv, "the user's open conversation goes on"
        mei = await kit.agent(server, "mei")
        for client, signed in ((vip, True), (stranger, False)):
            await mei.send(t="take", conv=client.conv)
            card = (await mei.until(t="conv", conv=client.conv))["customer"]
            assert (card.get("user") == "u7" and card.get("name") == "Li" and card.get("level") == "vip") == signed, card
        assert (await vip.until(t="ev", kind="assigned"))["agent"]["name"]
        for client in (vip, stranger, other, mei):
            await client.close()


async def test_what_is_not_signed():
    """One constant answer to each; after it an honest hello is still taken. A user's conversation is no other's."""
    shop = Shop()
    none = part({"alg": "none"}) + "." + part({"sub": "u7", "aud": "hotline", "exp": time.time() + 60}) + "."
    bad = {"another secret": token(b"x" * 40), "expired": token(exp=time.time() - 1), "no exp": token(exp=None),
           "not yet": token(nbf=time.time() + 30), "another audience": token(aud="shop"), "no audience": token(aud=None),
           "no subject": token(sub=None), "subject is a number": token(sub=7), "subject is empty": token(sub=""), "a space": " ",
           "alg none": none, "alg in small letters": token(header={"alg": "hs256"}), "alg RS256": token(header={"alg": "RS256"}),
           "critical extension": token(header={"alg": "HS256", "crit": ["exp"]}), "cut": token()[:-4],
           "a bit more": token() + "A", "four parts": token() + ".x", "dots": "..", "long": "a" * 5000 + ".b.c"}
    with shop.server() as server:
        client = await Client.connect(server)
        answers = set()
        for number, (what, value) in enumerate(bad.items()):
            if number % 2 == 0:  # a fresh socket now and then: three strange frames in a row close
                await client.close()
                client = await Client.connect(server)
            await client.send(t="hello", v=1, token=value)
            answer = await client.recv()
            assert answer["t"] == "error" and answer["code"] == "unauthorized", (what, answer)
            answers.add(answer["message"])
        assert len(answers) == 1
        await client.hello(token=token())
        await client.say("fees")
        thief = await Client.connect(server)
        await thief.send(t="hello", v=1, token=token(sub="u8"), resume=client.resume)
        assert (await thief.recv())["code"] == "not_found"
        await thief.close()
        await client.close()


def test_plain_http_is_not_served_on_a_tls_port():
    shop = Shop()
    with shop.server() as server:
        server.tls, trusted = None, server.tls
        try:
            server.http("GET", "/healthz")
        except OSError:
            pass
        except Exception as e:  # http.client's own: no status line
            assert "BadStatusLine" in type(e).__name__ or "RemoteDisconnected" in type(e).__name__, e
        else:
            raise AssertionError("answered")
        finally:
            server.tls = trusted
        assert server.http("GET", "/healthz")[0] == 200


def test_keys_that_others_may_read_are_refused():
    shop = Shop()
    for path in (shop.secret, shop.key):
        os.chmod(path, 0o644)
        server = shop.server()
        done = subprocess.run(server.command(), capture_output=True, text=True, timeout=20 * kit.SLOW)
        assert done.returncode != 0 and path in done.stderr and len(done.stderr.splitlines()) == 1, (path, done)
        os.chmod(path, 0o600)
        server.close()
