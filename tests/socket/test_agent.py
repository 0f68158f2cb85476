"""The agents' side: offers, exactly one winner, notes no customer ever sees, transfer, resolve."""
import asyncio
import json

import kit
from kit import Client, agent, customer, replay

SERVER = {"agents": ["mei", "tom"], "config": {**kit.FAST, "desk": {"offer_seconds": 5, "grace_seconds": 2}}}


async def waiting(server, text="about the fees"):
    c = await customer(server)
    await c.send(t="human", cid="h")
    await c.until(t="ack", cid="h")
    await c.say(text)
    return c


async def done(a, c):
    """Leaves nothing behind for the next case."""
    await a.send(t="resolve", conv=c.conv, cid=a.cid(), outcome="solved")
    await a.until(t="ack")
    await c.close()
    await a.close()


async def take(a, c):
    await a.send(t="take", conv=c.conv)
    return await a.until(t="conv", conv=c.conv)


async def test_login_and_welcome(server):
    a = await agent(server, "mei", online=False)
    w = a.welcome
    assert w["agent"]["name"] == "mei" and w["mine"] == [] and isinstance(w["online"], list)
    assert w["agent"]["capacity"] == 4, w
    await a.close()
    for token in ("", "x", a.token + "x", a.token[:-1]):
        b = await Client.connect(server, "agent")
        await b.send(t="hello", v=1, token=token)
        assert (await b.until(t="error"))["code"] == "unauthorized"
        await b.close()


async def test_queue_offer_accept(server):
    c = await waiting(server)
    a = await agent(server, "mei")
    offer = await a.until(t="offer", conv=c.conv)
    assert offer["reason"] == "asked" and offer["urgency"] == "ask" and 0 < offer["expires_ms"] <= 5000, offer
    await a.send(t="accept", conv=c.conv, offer=offer["offer"])
    conv = await a.until(t="conv", conv=c.conv)
    assert conv["state"] == "human"
    entries = [await a.until(t="ev", conv=c.conv) for _ in range(conv["seq"])]
    assert [e["seq"] for e in entries] == list(range(1, conv["seq"] + 1))
    assigned = await c.until(t="ev", kind="assigned")
    assert assigned["agent"]["name"], assigned
    await done(a, c)


async def test_the_hand_off_stands_while_they_talk(server):
    c, a = await waiting(server), await agent(server, "mei", online=False)
    await take(a, c)
    await c.send(t="human", cid="again")
    ack = await c.until(t="ack", cid="again")
    entries = await replay(server, c.resume)
    assert [e["seq"] for e in entries if e["kind"] == "handoff"] == [ack["seq"]]
    assert entries[ack["seq"] - 1]["at"] == ack["at"]
    await done(a, c)


async def test_they_talk(server):
    c, a = await waiting(server), await agent(server, "mei", online=False)
    await take(a, c)
    await a.send(t="send", conv=c.conv, cid="a1", text="hello, this is Mei")
    ack = await a.until(t="ack", cid="a1")
    assert ack["conv"] == c.conv
    ev = await c.until(t="ev", kind="text", by={"role": "agent", "name": "mei"})
    assert ev["text"] == "hello, this is Mei" and ev["seq"] == ack["seq"]
    await c.say("thank you", cid="c9")
    heard = await a.until(t="ev", conv=c.conv, cid="c9")
    assert heard["text"] == "thank you" and heard["by"]["role"] == "customer"
    await a.send(t="typing", conv=c.conv, on=True)
    assert await c.until(t="typing") == {"t": "typing", "by": "agent", "on": True}
    await c.send(t="read", seq=ev["seq"])
    assert (await a.until(t="read", conv=c.conv))["seq"] == ev["seq"]
    await a.send(t="send", conv=c.conv, cid="a1", text="hello, this is Mei")
    assert (await a.until(t="ack", cid="a1"))["seq"] == ack["seq"]
    await a.send(t="send", conv=c.conv, cid="a1", text="other")
    assert (await a.until(t="error", cid="a1"))["code"] == "id_reused"
    await done(a, c)


async def test_two_race_for_one(server):
    a, b = await agent(server, "mei", online=False), await agent(server, "tom", online=False)
    for _ in range(20):
        c = await waiting(server)
        await asyncio.gather(a.send(t="take", conv=c.conv), b.send(t="take", conv=c.conv))

        async def outcome(x):
            while True:
                f = await x.recv()
                if f.get("conv") == c.conv and f["t"] in ("conv", "error"):
                    return f
        got = [await outcome(a), await outcome(b)]
        kinds = sorted(f["t"] for f in got)
        assert kinds == ["conv", "error"], got
        assert next(f for f in got if f["t"] == "error")["code"] == "stale"
        winner = a if got[0]["t"] == "conv" else b
        loser = b if winner is a else a
        await loser.send(t="send", conv=c.conv, cid=loser.cid(), text="me too")
        error = await loser.until(t="error")
        assert error["code"] in ("forbidden", "not_found", "stale"), error
        entries = await replay(server, c.resume)
        assert len([e for e in entries if e["kind"] == "assigned"]) == 1
        await winner.send(t="resolve", conv=c.conv, cid=winner.cid(), outcome="solved")
        await winner.until(t="ack")
        await c.close()
    await a.close()
    await b.close()


async def test_the_owner_takes_again(server):
    c, a = await waiting(server), await agent(server, "mei", online=False)
    first = await take(a, c)
    again = await take(a, c)
    assert again["seq"] == first["seq"]
    await done(a, c)


async def test_notes_stay_inside(server):
    c, a = await waiting(server), await agent(server, "mei", online=False)
    await take(a, c)
    await a.send(t="note", conv=c.conv, cid="n1", text="looks like a NOTE-TO-SELF")
    ack = await a.until(t="ack", cid="n1")
    assert ack["note_seq"] == 1
    await a.send(t="send", conv=c.conv, cid="s1", text="one moment")
    await c.until(t="ev", text="one moment")
    await c.quiet(0.2)
    assert "NOTE-TO-SELF" not in json.dumps(c.seen)
    assert "NOTE-TO-SELF" not in json.dumps(await replay(server, c.resume))
    b = await agent(server, "tom", online=False)
    await b.send(t="open", conv=c.conv, last_seq=0, last_note_seq=0)
    note = await b.until(t="ev", conv=c.conv, note_seq=1)
    assert note["text"] == "looks like a NOTE-TO-SELF" and note["kind"] == "note" and note["after"] >= 1
    await b.close()
    await done(a, c)


async def test_transfer_and_back(server):
    c, a = await waiting(server), await agent(server, "mei", online=False)
    await take(a, c)
    await a.send(t="transfer", conv=c.conv, cid="t1", to={"team": "security"}, note="please look")
    await a.until(t="ack", cid="t1")
    await c.until(t="ev", kind="transfer")
    b = await agent(server, "tom", online=False)
    await take(b, c)
    await b.send(t="to_bot", conv=c.conv, cid="b1")
    await b.until(t="ack", cid="b1")
    ack = await c.say("fees")
    assert (await c.until(t="ev", reply_to=ack["seq"]))["intent"] == "fees"
    await a.send(t="transfer", conv=c.conv, cid="t2", to={"team": "nowhere"})
    assert (await a.until(t="error"))["code"]
    for x in (a, b, c):
        await x.close()


async def test_resolve_closes_with_the_outcome_kept_inside(server):
    c, a = await waiting(server), await agent(server, "mei", online=False)
    await take(a, c)
    await a.send(t="resolve", conv=c.conv, cid="r", outcome="solved", tags=["INSIDE-TAG"])
    await a.until(t="ack", cid="r")
    closed = await c.until(t="ev", kind="closed")
    assert closed["why"] == "resolved"
    assert "INSIDE-TAG" not in json.dumps(c.seen)
    await a.send(t="send", conv=c.conv, cid="late", text="one more")
    assert (await a.until(t="error"))["code"] == "closed"
    await c.close()
    await a.close()


async def test_an_agent_who_is_gone(server):
    """The conversation goes back to the front of the queue, the customer is told."""
    c, a = await waiting(server), await agent(server, "mei")
    await take(a, c)
    await a.cut()
    await c.until(t="ev", kind="released", timeout=10)
    b = await agent(server, "tom")
    offer = await b.until(t="offer", conv=c.conv)
    await b.send(t="accept", conv=c.conv, offer=offer["offer"])
    await b.until(t="conv", conv=c.conv)
    await done(b, c)


async def test_an_offer_runs_out(server):
    c, a = await waiting(server), await agent(server, "mei")
    offer = await a.until(t="offer", conv=c.conv)
    gone = await a.until(t="offer_gone", offer=offer["offer"], timeout=12)
    assert gone["why"] == "expired"
    await a.send(t="accept", conv=c.conv, offer=offer["offer"])
    error = await a.until(t="error")
    assert error["code"] == "stale", error
    await take(a, c)
    await done(a, c)


async def test_queue_snapshot_and_deltas(server):
    """`version` counts every snapshot and delta of a socket; together they say who waits."""
    a = await agent(server, "mei")
    await a.send(t="queue")
    c = await waiting(server)
    frames = [f for f in a.seen + await a.quiet(0.5) if f["t"] in ("queue", "queue_delta")]
    first = next(i for i, f in enumerate(frames) if f["t"] == "queue")
    version, items = frames[first]["version"], {i["conv"] for i in frames[first]["items"]}

    def apply(frame):
        nonlocal version, items
        assert frame["version"] == version + 1, (version, frame)
        version = frame["version"]
        if frame["t"] == "queue":
            items = {i["conv"] for i in frame["items"]}
        else:
            items = (items - set(frame.get("remove", []))) | {i["conv"] for i in frame.get("add", [])}
    for frame in frames[first + 1:]:
        apply(frame)
    assert c.conv in items
    await a.send(t="take", conv=c.conv)
    for frame in await a.quiet(0.5):
        if frame["t"] in ("queue", "queue_delta"):
            apply(frame)
    assert c.conv not in items
    await done(a, c)


async def test_what_does_not_exist(server):
    a = await agent(server, "mei", online=False)
    for frame in (dict(t="take", conv="nope"), dict(t="open", conv="nope", last_seq=0), dict(t="take", conv=""),
                  dict(t="send", conv="nope", cid="x", text="y"), dict(t="note", conv="nope", cid="x", text="y")):
        await a.send(**frame)
        error = await a.until(t="error")
        assert error["code"] in ("not_found", "bad_frame"), (frame, error)
        if error["code"] == "bad_frame":
            continue
        assert error.get("conv", "nope") == "nope"
    await a.close()


async def test_customers_frames_are_not_agents(server):
    a = await agent(server, "mei", online=False)
    await a.send(t="human", cid="x")
    assert (await a.until(t="error"))["code"] in ("unknown_type", "bad_frame")
    await a.close()


async def test_disabling_ends_the_session(server):
    server.add_agent("gone")
    await asyncio.sleep(0.3)
    a = await agent(server, "gone", online=False)
    import subprocess
    assert subprocess.run([kit.BINARY, "agent", "disable", "gone", "--data", server.data]).returncode == 0
    assert await a.closed() is not None
    assert server.http("POST", "/v1/login", json.dumps({"name": "gone", "password": kit.PASSWORD}))[0] == 401
