#!/usr/bin/python3
"""The server beside a bare libwebsockets echo server, in one run: round trips, latencies, memory of idle customers.
run_server.py HOTLINE ECHO_SERVER LOAD [SECONDS]"""
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
hotline, echo, load = (os.path.abspath(p) for p in sys.argv[1:4])
seconds = sys.argv[4] if len(sys.argv) > 4 else "5"
IDLE = 10000


def rss_kib(pid):
    with open(f"/proc/{pid}/status") as f:
        return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))


def cpu_s(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def start_hotline(folder):
    config = os.path.join(folder, "config.yaml")
    with open(config, "w") as f:
        f.write("limits: {sends_per_second: 1000000, sends_burst: 1000000}\n")
    process = subprocess.Popen([hotline, "serve", "--config", config, "--pack", os.path.join(HERE, "pack"), "--data",
                                os.path.join(folder, "data"), "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    found = re.search(r":(\d+) with", process.stdout.readline())
    if not found:
        sys.exit("the server did not start")
    return process, found.group(1)


def start_echo(_):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = str(s.getsockname()[1])
    process = subprocess.Popen([echo, port], stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    return process, port


def measure(start, busy, idle):
    folder = tempfile.mkdtemp(prefix="hotline-bench-")
    result = {}
    process, port = start(folder)
    try:
        for n in (100, 1000):
            before = cpu_s(process.pid)
            done = subprocess.run([load, busy, port, str(n), seconds], stdout=subprocess.PIPE, text=True, check=True)
            result[n] = json.loads(done.stdout.splitlines()[-1])
            trips = result[n]["round_trips_per_s"] * float(seconds)
            result[n]["cpu_us"] = (cpu_s(process.pid) - before) * 1e6 / max(trips, 1)
    finally:
        process.terminate()
        process.wait(40)
    process, port = start(folder)
    try:
        before = rss_kib(process.pid)
        crowd = subprocess.Popen([load, idle, port, str(IDLE), "5"], stdout=subprocess.PIPE, text=True)
        if crowd.stdout.readline() != "ready\n":
            sys.exit("no idle crowd: is the limit of descriptors too low?")
        result["idle"] = (rss_kib(process.pid) - before) * 1024 / IDLE
        crowd.wait()
    finally:
        process.terminate()
        process.wait(40)
        shutil.rmtree(folder, ignore_errors=True)
    return result


ours = measure(start_hotline, "hotline", "idle")
bare = measure(start_echo, "echo", "idle-echo")
print(f"{'':24}{'round trips/s':>14}{'ack p50':>10}{'p99':>9}{'answer p50':>12}{'p99 µs':>9}"
      f"{'CPU µs':>9}")
for n in (100, 1000):
    for name, r in (("hotline", ours[n]), ("bare echo", bare[n])):
        print(f"{name:12}{n:6} customers{r['round_trips_per_s']:>12.0f}{r['ack_us']['p50']:>10.0f}{r['ack_us']['p99']:>9.0f}"
              f"{r['answer_us']['p50']:>12.0f}{r['answer_us']['p99']:>9.0f}{r['cpu_us']:>9.1f}")
    print(f"  ratio of round trips: {ours[n]['round_trips_per_s'] / bare[n]['round_trips_per_s']:.2f}, of the server's CPU time "
          f"for one: {ours[n]['cpu_us'] / bare[n]['cpu_us']:.1f}")
print(f"idle customer, bytes of the server's memory at {IDLE}: hotline {ours['idle']:.0f}, bare echo {bare['idle']:.0f}, "
      f"ratio {ours['idle'] / bare['idle']:.2f}")
