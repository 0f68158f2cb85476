"""Nothing that opens a wallet or an account reaches the disk, an agent's screen or an export, whichever field it came
in: the whole data folder and the log are searched for it, before and after a fall."""
import asyncio
import json
import os

import kit

SERVER = {"agents": ("mei",)}
SEED = "vivid mango turtle coral jungle plate oxygen tumble rival hockey lunar wasp"


class Planted:
    """Secrets by the field they were put into."""

    def __init__(self):
        self.where = {}

    def put(self, where, secret):
        self.where[secret] = where
        return secret

    def password(self, where):
        return "my password is " + self.put(where, f"Zq{len(self.where):02d}xKp7w")

    def email(self, where):
        return self.put(where, f"leak{len(self.where):02d}@example.com")

    def key(self, where):
        return "my private key is " + self.put(where, f"{len(self.where):02d}" + "c4a9" * 15 + "e1")

    def found_in(self, data):
        return sorted(where for secret, where in self.where.items() if secret.encode() in data)

    def on_disk(self, server):
        found = set()
        for folder, _, names in os.walk(server.folder):
            for name in names:
                path = os.path.join(folder, name)
                if not os.path.isfile(path):
                    continue  # the control socket
                with open(path, "rb") as f:
                    found |= {f"{name}: {where}" for where in self.found_in(f.read())}
        return sorted(found)


async def test_nothing_is_kept(server):
    planted = Planted()
    encoded = "jo%2Bx%40example.com"
    planted.put("page.url, decoded", "jo+x@example.com")
    planted.put("page.url", encoded)
    client = await kit.Client.connect(server)
    await client.hello(
        page={"url": f"https://shop.example/pay?mail={encoded}&password=" + planted.put("page.url, password", "hunter22x"),
              "title": "Signed in as " + planted.email("page.title")},
        context={"failed": planted.key("context"), "card": planted.put("context, card", "4242424242424242"),
                 planted.email("context's name"): "1", "order": "order 20241122123456"})
    for text in planted.password("text"), planted.email("text"), planted.key("text"), planted.put("seed", SEED):
        await client.say(text)
    again = planted.password("text sent twice")
    for _ in range(2):
        await client.say(again, cid="twice")
    await client.say(planted.put("half a seed", " ".join(SEED.split()[:6])))
    await client.say(planted.put("the other half", " ".join(SEED.split()[6:])))
    await client.send(t="send", cid="twice", text=planted.password("a reused cid"))
    await client.until(t="error", code="id_reused")
    await client.send(t="typing", on=True, text=planted.password("typing"))
    await client.raw('{"t":"send","cid":"x","text":"' + planted.password("a broken frame"))
    await client.until(t="error", code="bad_frame")
    mei = await kit.agent(server, "mei")
    await mei.send(t="take", conv=client.conv)
    card = await mei.until(t="conv", conv=client.conv)
    assert "order 20241122123456" in json.dumps(card), "what is no secret stays"
    for kind in "send", "note":
        await mei.send(t=kind, conv=client.conv, cid=mei.cid(), text=planted.key("agent's " + kind))
        await mei.until(t="ack")
    await client.say(planted.password("text to a person"))
    await mei.send(t="resolve", conv=client.conv, cid=mei.cid(), outcome="solved")
    await client.until(t="ev", kind="closed")
    await client.send(t="rate", cid=client.cid(), score=1, comment=planted.password("rating") + " " + planted.email("rating"))
    await client.until(t="ack")
    await asyncio.get_running_loop().run_in_executor(
        None, server.http, "POST", "/v1/login",
        json.dumps({"name": planted.put("sign-in's name", "Zq98xKp7w"), "password": planted.put("sign-in", "Zq99xKp7w")}))
    server.http("GET", "/" + planted.put("path", "leak97@example.com"), headers={"User-Agent": planted.put("header", "Zq97xKp7w")})
    screen = json.dumps(mei.seen + await mei.quiet(), ensure_ascii=False).encode()
    assert planted.found_in(screen) == []
    export = server.http("GET", f"/v1/conversations/{client.conv}/transcript?format=json",
                         headers={"Authorization": "Bearer " + mei.token})
    assert export[0] == 200 and planted.found_in(export[2]) == []
    server.kill()
    assert planted.on_disk(server) == []
    server.restart()
    told = json.dumps(await kit.replay(server, client.resume), ensure_ascii=False).encode()
    assert planted.found_in(told) == []
    assert planted.on_disk(server) == []
