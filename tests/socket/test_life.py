"""Starting, stopping, falling: what is acked is kept, what is wrong is said in one line."""
import asyncio
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

import kit
from kit import Client, Server, agent, customer, replay


def one_line(command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=20 * kit.SLOW)
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    assert done.stdout == "" and done.stderr.count("\n") == 1 and done.stderr.startswith("hotline serve: "), done.stderr
    return done.stderr


def test_a_second_server_on_the_folder():
    with Server() as first:
        second = Server(data=first.data)
        assert "data" in one_line(second.command())
        assert first.http("GET", "/healthz")[0] == 200
        shutil.rmtree(second.folder)


def test_a_used_port():
    with Server() as first:
        second = Server(listen=f"127.0.0.1:{first.port}")
        assert f"127.0.0.1:{first.port}" in one_line(second.command())
        assert "in use" in one_line(second.command())
        shutil.rmtree(second.folder)


def test_a_folder_that_cannot_be():
    for data in ("/proc/hotline", "/dev/null/x"):
        server = Server(data=data)
        assert data in one_line(server.command())
        shutil.rmtree(server.folder)


def test_addresses():
    for listen in ("127.0.0.1", "nowhere:80", "127.0.0.1:99999", "203.0.113.9:0"):
        server = Server(listen=listen)
        one_line(server.command())
        shutil.rmtree(server.folder)
    server = Server(listen="0.0.0.0:0", config={})
    assert "TLS" in one_line(server.command())
    shutil.rmtree(server.folder)


def test_a_broken_pack_does_not_start():
    with tempfile.TemporaryDirectory() as pack:
        with open(os.path.join(pack, "a.yaml"), "w") as f:
            f.write("intents:\n  - id: a\n    phrases: [\"(\"]\n")
        server = Server(pack=pack)
        done = subprocess.run(server.command(), capture_output=True, text=True, timeout=20 * kit.SLOW)
        check = subprocess.run([kit.BINARY, "check", pack], capture_output=True, text=True)
        assert done.returncode == 1 and "a.yaml:3:" in done.stderr and "error" in done.stderr, done.stderr
        errors = [line for line in (check.stdout + check.stderr).splitlines() if "a.yaml:3:" in line]
        assert errors and errors[0] in done.stderr, (errors, done.stderr)
        shutil.rmtree(server.folder)


def test_a_broken_configuration_does_not_start():
    server = Server(config={"lissen": "x"})
    done = subprocess.run(server.command(), capture_output=True, text=True, timeout=20)
    assert done.returncode == 1 and "did you mean `listen`?" in done.stderr, done.stderr
    done = subprocess.run([kit.BINARY, "serve", "--nonsense"], capture_output=True, text=True)
    assert done.returncode == 2, done
    done = subprocess.run([kit.BINARY, "serve", "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and "--listen" in done.stdout
    shutil.rmtree(server.folder)


async def test_secrets_are_private():
    with Server() as server:
        c = await customer(server)
        await c.say("my words are private")
        for folder, _, files in os.walk(server.data):
            assert os.stat(folder).st_mode & 0o077 == 0, folder
            for name in files:
                assert os.stat(os.path.join(folder, name)).st_mode & 0o077 == 0, name
        with open(f"/proc/{server.process.pid}/limits") as f:
            core = next(line for line in f if line.startswith("Max core"))
        assert core.split()[4] == "0", core
        assert "my words" not in server.log()
        await c.close()


async def kept(server, acked):
    """Every ack's entry is there, once, with its words, at its number."""
    for resume, sends in acked.items():
        entries = {e["seq"]: e for e in await replay(server, resume)}
        assert sorted(entries) == list(range(1, len(entries) + 1))
        for cid, (seq, text) in sends.items():
            assert entries[seq]["cid"] == cid and entries[seq]["text"] == text
        cids = [e["cid"] for e in entries.values() if "cid" in e]
        assert len(cids) == len(set(cids))


async def chatter(server, acked, unsure, stop):
    """One customer who goes on until the server is gone; what he never heard an ack for is in `unsure`."""
    c = await customer(server)
    sends = acked.setdefault(c.resume, {})
    n = 0
    try:
        while not stop.is_set():
            n += 1
            cid, text = f"{c.tag}-{n}", f"fees {n}"
            unsure[c.resume] = (cid, text)
            sends[cid] = ((await c.say(text, cid=cid))["seq"], text)
    except (kit.Closed, OSError, asyncio.TimeoutError, AssertionError):
        pass


async def test_kill_and_nothing_is_lost():
    server = Server().start()
    try:
        for round_ in range(5):
            acked, unsure, stop = {}, {}, asyncio.Event()
            tasks = [asyncio.create_task(chatter(server, acked, unsure, stop)) for _ in range(8)]
            await asyncio.sleep(0.3 + 0.05 * round_)
            server.kill()
            await asyncio.wait(tasks, timeout=10)
            stop.set()
            assert sum(len(s) for s in acked.values()) > 8
            began = time.monotonic()
            server.restart()
            assert time.monotonic() - began < 2 * kit.SLOW
            await kept(server, acked)
            for resume, (cid, text) in unsure.items():
                c = await customer(server, resume=resume, last_seq=10 ** 6)
                ack = await c.say(text, cid=cid)
                acked[resume].setdefault(cid, (ack["seq"], text))
                assert acked[resume][cid][0] == ack["seq"]
                await c.close()
            await kept(server, acked)
    finally:
        server.close()


async def test_queued_and_owned_after_a_fall():
    server = Server(agents=["mei"]).start()
    try:
        c, d = await customer(server), await customer(server)
        for x in (c, d):
            await x.send(t="human", cid="h")
            await x.until(t="ack")
        a = await agent(server, "mei", online=False)
        await a.send(t="take", conv=c.conv)
        await a.until(t="conv")
        server.kill()
        server.restart()
        b = await agent(server, "mei")
        assert [m["conv"] for m in b.welcome["mine"]] == [c.conv]
        offer = await b.until(t="offer")
        assert offer["conv"] == d.conv
        await b.close()
    finally:
        server.close()


async def test_drain():
    server = Server().start()
    clients = [await customer(server) for _ in range(50)]
    acks = {c.resume: {c.tag: ((await c.say("fees", cid=c.tag))["seq"], "fees")} for c in clients}
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    retries = []
    for c in clients:
        code = await c.closed(10)
        bye = next(f for f in c.seen if f["t"] == "bye")
        assert bye["reason"] == "drain" and 0 <= bye["retry_ms"] <= 10000 and code in (1001, 1012), (bye, code)
        retries.append(bye["retry_ms"])
    assert len(set(retries)) > 10, "no spread: " + str(retries)
    assert server.process.wait(15 * kit.SLOW) == 0
    assert time.monotonic() - began < 10 * kit.SLOW
    server.process.stdout.close()
    server.process = None
    server.restart()
    await kept(server, acks)
    server.close()


async def test_a_second_signal_hurries():
    server = Server().start()
    stuck = [await customer(server) for _ in range(5)]
    server.process.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.05)
    began = time.monotonic()
    try:
        server.process.send_signal(signal.SIGTERM)
    except ProcessLookupError:
        pass
    assert server.process.wait(5 * kit.SLOW) in (0, 1)
    assert time.monotonic() - began < 2 * kit.SLOW
    server.process.stdout.close()
    server.process = None
    for c in stuck:
        await c.closed()
    server.close()


async def test_a_changed_pack_comes_into_force():
    with tempfile.TemporaryDirectory() as folder:
        pack = os.path.join(folder, "pack")
        shutil.copytree(kit.PACK, pack)
        topics = os.path.join(pack, "topics.yaml")
        with open(topics) as f:
            text = f.read()

        def write(new):
            with open(topics + ".new", "w") as f:
                f.write(new)
            os.rename(topics + ".new", topics)

        async def answer():
            c = await customer(server)
            ack = await c.say("fees")
            text = (await c.until(t="ev", reply_to=ack["seq"]))["text"]
            await c.close()
            return text

        with Server(pack=pack) as server:
            assert await answer() == "Trading costs 0.1 %."
            write(text.replace("0.1 %", "0.2 %"))
            while server.metric("rules_reloads_total") < 1:
                await asyncio.sleep(0.05)
            assert await answer() == "Trading costs 0.2 %."
            write(text.replace("phrases: [\"fee[s]\"]", "phrases: [\"(fee\"]"))
            while server.metric("rules_reloads_failed_total") < 1:
                await asyncio.sleep(0.05)
            assert await answer() == "Trading costs 0.2 %."
            lines = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
            said = [line for line in lines if line["what"] == "pack error"]
            assert said and said[0]["file"] == "topics.yaml" and said[0]["line"] > 0, lines
            assert any("old rules stay" in line["what"] for line in lines)
            write(text.replace("0.1 %", "0.3 %"))
            while server.metric("rules_reloads_total") < 2:
                await asyncio.sleep(0.05)
            assert await answer() == "Trading costs 0.3 %."
            server.process.send_signal(signal.SIGHUP)
            while server.metric("rules_reloads_total") < 3:
                await asyncio.sleep(0.05)
            write("# emptied by an editor that has not written yet\n")
            while server.metric("rules_reloads_failed_total") < 2:
                await asyncio.sleep(0.05)
            assert await answer() == "Trading costs 0.3 %."


async def test_a_reader_who_does_not_read():
    """He is closed and loses nothing; the one who reads notices nothing."""
    import socket
    with Server() as server:
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.connect(("127.0.0.1", server.port))
        s.setblocking(False)
        slow = await Client.connect(server, sock=s, read_limit=1024)
        await slow.hello()
        slow.socket.transport.pause_reading()
        fast = await customer(server, resume=slow.resume)
        seqs = []
        for i in range(1500):
            seqs.append((await fast.say(f"fees {i} " + "字" * 3900))["seq"])
            if i % 50 == 0 and server.metric("peers_slow_total"):
                break
        assert server.metric("peers_slow_total") == 1, "never closed"
        slow.socket.transport.resume_reading()
        code = await slow.closed(10)
        assert code == 4008 and slow.seen[-1]["t"] == "bye" and slow.seen[-1]["reason"] == "slow", (code, slow.seen[-1])
        evs = [f["seq"] for f in slow.seen if f["t"] == "ev"]
        assert evs == list(range(1, len(evs) + 1))
        rest = await replay(server, slow.resume, last_seq=len(evs))
        assert [e["seq"] for e in rest][:3] == [len(evs) + 1, len(evs) + 2, len(evs) + 3]
        await fast.close()


async def test_descriptors_run_out():
    with Server(prefix=["prlimit", "--nofile=96:96"]) as server:
        first = await customer(server)
        await first.say("fees")
        crowd = [(await asyncio.open_connection("127.0.0.1", server.port)) for _ in range(120)]
        await asyncio.sleep(0.5)
        began, cpu = time.monotonic(), os.times()

        def cpu_of():
            with open(f"/proc/{server.process.pid}/stat") as f:
                fields = f.read().rsplit(")", 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        before = cpu_of()
        await asyncio.sleep(1)
        assert cpu_of() - before < 0.2 * kit.SLOW, "busy while it cannot accept"
        await first.say("limits")
        for _, writer in crowd:
            writer.close()
        await asyncio.sleep(0.5)
        late = await customer(server)
        await late.say("fees")
        await late.close()
        await first.close()
        assert server.metric("accept_pauses_total") > 0


async def test_half_open_connections_end():
    with Server() as server:
        crowd = []
        for i in range(100):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            if i % 2:
                writer.write(b"GET /v1/chat HTTP/1.1\r\nHost")
            crowd.append((reader, writer))
        c = await customer(server)
        began = time.monotonic()
        await c.say("fees")
        assert time.monotonic() - began < 0.5 * kit.SLOW
        for reader, writer in crowd:
            assert await asyncio.wait_for(reader.read(1000), 25 * kit.SLOW) is not None
            writer.close()
        assert time.monotonic() - began < 25 * kit.SLOW
        await c.close()


async def test_limits_per_address():
    config = {"limits": {"loopback": True, "sockets_per_address": 3, "new_sockets_per_minute": 6,
                         "sends_per_second": 5, "sends_burst": 5}}
    with Server(config=config) as server:
        open_ = [await customer(server) for _ in range(3)]
        fourth = await Client.connect(server)
        assert await fourth.closed() == 1013
        assert fourth.seen[0]["code"] == "slow_down" and fourth.seen[0]["retry_after_ms"] > 0
        for _ in range(3):
            await open_.pop().close()
            await asyncio.sleep(0.05)
            open_.insert(0, await customer(server))
        await open_.pop().close()
        await asyncio.sleep(0.05)
        late = await Client.connect(server)
        assert await late.closed() == 1013, "more a minute than configured"
        for i in range(10):
            await open_[0].send(t="send", cid=f"f{i}", text="fees")
        error = await open_[0].until(t="error")
        assert error["code"] == "slow_down" and error["retry_after_ms"] > 0
        for c in open_:
            await c.close()


async def test_forged_addresses_are_not_believed():
    config = {"limits": {"loopback": True, "sockets_per_address": 2, "new_sockets_per_minute": 0}}
    with Server(config=config) as server:
        open_ = [await Client.connect(server, extra_headers={"X-Forwarded-For": f"198.51.100.{i}"}) for i in range(3)]
        assert await open_[2].closed() == 1013
        for c in open_:
            await c.close()
    with Server(config={**config, "trusted_proxies": ["127.0.0.0/8"]}) as server:
        open_ = [await Client.connect(server, extra_headers={"X-Forwarded-For": f"198.51.100.{i}"}) for i in range(3)]
        for c in open_:
            await c.hello()
            await c.close()


async def test_a_work_limit_is_counted_and_logged():
    with tempfile.TemporaryDirectory() as pack:
        with open(os.path.join(pack, "pack.yaml"), "w") as f:
            f.write("intents:\n  - id: morning\n    phrases: [good morning]\n    answer: And to you.\n"
                    "    tests: [good morning]\n  - id: worst\n    answer: x\n    tests: [never1]\n    patterns:\n")
            f.writelines(f"      - 'a.*a.*a.*a.*b|never{i}'\n" for i in range(60))
        with Server(pack=pack) as server:
            c = await customer(server)
            ack = await c.say("good morning")
            assert (await c.until(t="ev", reply_to=ack["seq"]))["text"] == "And to you."
            assert server.metric("match_limit_hits_total") == 0 and "work limit" not in server.log()
            ack = await c.say("good morning" + " a" * 1500)
            assert (await c.until(t="ev", reply_to=ack["seq"]))["text"] != "And to you."
            await c.close()
            assert server.metric("match_limit_hits_total") == 1
            assert server.log().count("a message met a work limit of the matcher") == 1
