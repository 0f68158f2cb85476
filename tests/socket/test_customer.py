"""The customer's side of the protocol: one numbered log, acks after durability, resume by seq."""
import asyncio
import re

import kit
from kit import Client, customer, replay

SERVER = {}
AT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


async def answered(c, text):
    ack = await c.say(text)
    ev = await c.until(t="ev", kind="text", reply_to=ack["seq"])
    return ack, ev


async def test_welcome(server):
    c = await customer(server)
    w = c.welcome
    assert w["v"] == 1 and w["seq"] == 0 and w["state"] == "bot" and w["limits"] == {"text": 4000}
    assert isinstance(w["conv"], str) and isinstance(w["resume"], str)
    await c.close()


async def test_send_ack_answer(server):
    c = await customer(server)
    ack, ev = await answered(c, "what are the fees")
    assert ack["seq"] == 1 and AT.match(ack["at"])
    assert ev["seq"] == 2 and ev["by"]["role"] == "bot" and ev["intent"] == "fees"
    assert ev["text"] == "Trading costs 0.1 %." and AT.match(ev["at"]) and ev["at"] >= ack["at"]
    assert [b["title"] for b in ev["buttons"]][0] == "Limits"
    assert ev["buttons"][0]["choice"] == "2.1"
    assert not [f for f in c.seen if f["t"] == "ev" and f["seq"] == 1], "the sender got its own ev"
    await c.close()


async def test_resend_is_answered_alike(server):
    c = await customer(server)
    first = await c.say("what are the fees", cid="same")
    await c.until(t="ev", reply_to=1)
    again = await c.say("what are the fees", cid="same")
    assert (again["seq"], again["at"]) == (first["seq"], first["at"])
    assert await c.quiet() == []
    await c.send(t="send", cid="same", text="something else")
    error = await c.until(t="error")
    assert error["code"] == "id_reused" and error["cid"] == "same"
    entries = await replay(server, c.resume)
    assert [e["seq"] for e in entries] == [1, 2]
    await c.close()


async def test_resend_over_a_new_connection(server):
    c = await customer(server)
    ack = await c.say("what are the fees", cid="once")
    await c.cut()
    d = await customer(server, resume=c.resume, last_seq=0)
    again = await d.say("what are the fees", cid="once")
    assert (again["seq"], again["at"]) == (ack["seq"], ack["at"])
    await d.close()


async def test_fifty_at_once_are_kept_in_order(server):
    c = await customer(server)
    for i in range(12):
        await c.send(t="send", cid=f"n{i}", text=f"fees {i}")
    acks = [await c.until(t="ack", cid=f"n{i}", timeout=20) for i in range(12)]
    assert [a["seq"] for a in acks] == sorted(a["seq"] for a in acks)
    await c.quiet()
    entries = await replay(server, c.resume)
    assert [e["seq"] for e in entries] == list(range(1, len(entries) + 1))
    assert [e["cid"] for e in entries if "cid" in e] == [f"n{i}" for i in range(12)]
    assert [e["at"] for e in entries] == sorted(e["at"] for e in entries)
    await c.close()


async def test_button(server):
    c = await customer(server)
    _, ev = await answered(c, "fees")
    cid = c.cid()
    await c.send(t="send", cid=cid, choice=ev["buttons"][0]["choice"])
    ack = await c.until(t="ack", cid=cid)
    answer = await c.until(t="ev", reply_to=ack["seq"])
    assert answer["intent"] == "limits"
    entries = await replay(server, c.resume)
    assert entries[ack["seq"] - 1]["text"] == "Limits"
    for choice in ("99.1", "2.9", "0.0", "x", "2.1.1", "-1.1"):
        await c.send(t="send", cid=c.cid(), choice=choice)
        error = await c.until(t="error")
        assert error["code"] in ("stale", "bad_frame"), error
    await c.close()


async def test_human_is_asked_once(server):
    c = await customer(server)
    await c.send(t="human", cid="h1")
    ack = await c.until(t="ack", cid="h1")
    await c.send(t="human", cid="h2")
    again = await c.until(t="ack", cid="h2")
    assert again["seq"] == ack["seq"]
    entries = await replay(server, c.resume)
    handoffs = [e for e in entries if e["kind"] == "handoff"]
    assert len(handoffs) == 1 and handoffs[0]["reason"] == "asked" and handoffs[0]["seq"] == ack["seq"]
    await c.close()


async def test_end_before_a_word(server):
    """Any open state can be ended, also the one a conversation begins in."""
    c = await customer(server)
    await c.send(t="end", cid="e")
    ack = await c.until(t="ack", cid="e")
    entries = await replay(server, c.resume)
    assert [(e["seq"], e["kind"], e["why"]) for e in entries] == [(ack["seq"], "closed", "ended")]
    assert (await customer_state(server, c)) == "closed"
    await c.close()


async def test_queue_position(server):
    c = await customer(server)
    await c.send(t="human", cid="h1")
    queue = await c.until(t="queue", timeout=6)
    assert queue["position"] >= 1 and queue["waiting"] >= queue["position"]
    await c.send(t="end", cid="e")
    await c.until(t="ack", cid="e")
    await c.close()


async def test_sensitive(server):
    c = await customer(server)
    ack = await c.say("i was hacked")
    await c.until(t="ev", kind="handoff", reason="sensitive")
    entries = await replay(server, c.resume)
    assert entries[0]["seq"] == ack["seq"] == 1
    assert (await customer_state(server, c)) == "queued"
    await c.close()


async def customer_state(server, c):
    d = await Client.connect(server)
    welcome = await d.hello(resume=c.resume, last_seq=10 ** 6)
    await d.close()
    return welcome["state"]


async def test_end_rate_and_again(server):
    c = await customer(server)
    await answered(c, "fees")
    await c.send(t="end", cid="e1")
    ack = await c.until(t="ack", cid="e1")
    await c.send(t="rate", cid="r1", score=5, solved="yes", comment="kind")
    rated = await c.until(t="ack", cid="r1")
    assert rated["seq"] > ack["seq"]
    entries = await replay(server, c.resume)
    kinds = [e["kind"] for e in entries]
    assert "closed" in kinds and "rating" in kinds
    assert next(e for e in entries if e["kind"] == "closed")["why"] == "ended"
    _, ev = await answered(c, "limits")
    assert ev["intent"] == "limits"
    await c.close()


async def test_ping_and_silence(server):
    c = await customer(server)
    await c.send(t="ping", n=3)
    assert await c.until(t="pong") == {"t": "pong", "n": 3}
    await c.send(t="typing", on=True)
    await c.send(t="read", seq=0)
    await c.send(t="ping", n=4, extra={"unknown": "fields are ignored"})
    assert (await c.until(t="pong"))["n"] == 4
    await c.close()


async def test_two_devices_see_the_same(server):
    a = await customer(server)
    b = await customer(server, resume=a.resume)
    assert b.conv == a.conv and b.resume == a.resume
    await a.say("fees", cid="from-a")
    ev = await b.until(t="ev", seq=1)
    assert ev["cid"] == "from-a" and ev["text"] == "fees" and ev["by"]["role"] == "customer"
    assert (await a.until(t="ev", seq=2)) == (await b.until(t="ev", seq=2))
    await a.close()
    await b.close()


async def test_a_sixth_socket_replaces_the_oldest(server):
    first = await customer(server)
    await first.say("fees")
    rest = [await customer(server, resume=first.resume, last_seq=2) for _ in range(5)]
    assert await first.closed() is not None
    assert any(f["t"] == "bye" and f["reason"] == "replaced" for f in first.seen), first.seen
    for c in rest:
        await c.send(t="ping", n=1)
        await c.until(t="pong")
        await c.close()


async def test_resume_of_nothing(server):
    mine = await customer(server)
    await mine.say("fees")
    forged = mine.resume[:-1] + ("A" if mine.resume[-1] != "A" else "B")
    c = await Client.connect(server)
    for resume in (forged, "x", "../../etc/passwd", mine.conv, "a" * 500):
        await c.send(t="hello", v=1, resume=resume)
        frame = await c.recv()
        assert frame["t"] == "error" and frame["code"] in ("not_found", "bad_frame"), (resume, frame)
        if frame["code"] == "bad_frame":
            await c.close()
            c = await Client.connect(server)
    assert (await c.hello())["seq"] == 0
    await c.close()
    await mine.close()


async def test_no_keys_no_tokens(server):
    for token in ("x", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.", "a" * 9000):
        c = await Client.connect(server)
        await c.send(t="hello", v=1, token=token)
        assert (await c.until(t="error"))["code"] == "unauthorized"
        await c.close()


async def script(c, step):
    """The steps of a conversation; each is safe to send twice."""
    steps = [dict(t="send", cid="1", text="what are the fees"), dict(t="send", cid="2", choice="2.1"),
             dict(t="send", cid="3", text="提现 limits 👍"), dict(t="human", cid="4"), dict(t="send", cid="5", text="hello?"),
             dict(t="end", cid="6"), dict(t="rate", cid="7", score=4)]
    if step < len(steps):
        await c.send(**steps[step])
    return step < len(steps), steps[min(step, len(steps) - 1)]["cid"]


async def test_a_cut_at_every_frame(server):
    """Whatever frame the connection ends after, client and server agree in the end: nothing twice, nothing lost."""
    whole = await customer(server)
    frames = 0
    step = 0
    while (await script(whole, step))[0]:
        await whole.until(t="ack", cid=str(step + 1))
        await whole.quiet(0.05)
        step += 1
    want = [(e["seq"], e["kind"], e.get("text"), e.get("cid")) for e in await replay(server, whole.resume)]
    frames = len(want) + step
    await whole.close()
    for cut in range(frames + 1):
        log, acked, step, count = {}, set(), 0, 0
        c = await customer(server)
        resume = c.resume
        while True:
            more, cid = await script(c, step)
            if not more:
                break
            while cid not in acked:
                try:
                    frame = await c.recv()
                except kit.Closed:
                    frame = {"t": "cut"}
                if frame["t"] == "ev":
                    assert frame["seq"] not in log, "twice: " + str(frame)
                    log[frame["seq"]] = frame
                if frame["t"] == "ack":
                    acked.add(frame["cid"])
                assert frame["t"] != "error", frame
                count += 1
                if count == cut:
                    await c.cut()
                    c = await Client.connect(server)
                    last = 0
                    while last + 1 in log:
                        last += 1
                    log = {s: e for s, e in log.items() if s <= last}
                    await c.hello(resume=resume, last_seq=last)
                    await script(c, step)
            step += 1
        await c.close()
        got = [(e["seq"], e["kind"], e.get("text"), e.get("cid")) for e in await replay(server, resume)]
        assert got == want, f"cut after {cut}: {got}\nwant {want}"


async def test_long_history_comes_in_order(server):
    c = await customer(server)
    for i in range(150):
        await c.say(f"fees {i} " + "so it goes " * 180)
    await c.quiet(0.2)
    entries = await asyncio.wait_for(replay(server, c.resume), 20 * kit.SLOW)
    assert [e["seq"] for e in entries] == list(range(1, len(entries) + 1)) and len(entries) >= 150
    tail = await replay(server, c.resume, last_seq=len(entries) - 10)
    assert tail == entries[-10:]
    await c.close()
