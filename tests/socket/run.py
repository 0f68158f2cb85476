#!/usr/bin/python3
"""Runs socket tests and prints TAP: run.py BINARY MODULE… Each coroutine test_* of a module is a case; a module's
SERVER (options of kit.Server) is started once and handed to the cases that take a server."""
import asyncio
import importlib
import inspect
import os
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import kit  # noqa: E402


def run_case(case, server):
    if inspect.iscoroutinefunction(case):
        async def bounded():
            await asyncio.wait_for(case(server) if inspect.signature(case).parameters else case(), 60 * kit.SLOW)
        asyncio.run(bounded())
    elif inspect.signature(case).parameters:
        case(server)
    else:
        case()


def main():
    kit.BINARY = os.path.abspath(sys.argv[1])
    kit.SLOW = float(os.environ.get("HOTLINE_TEST_SLOW", "1"))
    only = os.environ.get("ONLY", "")
    cases = []
    for name in sys.argv[2:]:
        module = importlib.import_module("test_" + name)
        cases += [(module, key, value) for key, value in vars(module).items()
                  if key.startswith("test_") and only in key and callable(value)]
    print(f"1..{len(cases)}", flush=True)
    failed = 0
    module = server = None
    for number, (owner, name, case) in enumerate(cases, 1):
        if owner is not module:
            if server:
                server.close()
            module = owner
            options = getattr(owner, "SERVER", None)
            server = kit.Server(**options).start() if options is not None else None
        began = time.monotonic()
        try:
            run_case(case, server)
            print(f"ok {number} {name} # {time.monotonic() - began:.2f}s", flush=True)
        except Exception:
            failed += 1
            print(f"not ok {number} {name}", flush=True)
            text = traceback.format_exc()
            if server:
                text += "\nlog:\n" + "\n".join(server.log().splitlines()[-15:])
            print("\n".join("# " + line for line in text.splitlines()), flush=True)
            if server and server.process.poll() is not None:
                server = kit.Server(**module.SERVER).start()
    if server:
        server.close()
    sys.exit(1 if failed else 0)


main()
