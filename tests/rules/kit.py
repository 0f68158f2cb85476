"""What the tests of the author's commands share. Argument: the executable."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

HOTLINE = os.path.abspath(sys.argv[1])
ROOT = pathlib.Path(__file__).resolve().parents[2]
EXCHANGE = str(ROOT / "rules/exchange")
GOOD = """
intents:
  - id: deposit.missing
    title: My deposit is missing
    phrases: ["deposit * missing"]
    slots: {coin: {list: coin}}
    answer: We look for it.
    tests: [my deposit is missing]
  - id: hacked
    phrases: [hacked]
    handoff: always
    tests: [I was hacked]
"""
LISTS = "lists: {coin: {BTC: [btc, bitcoin]}}\n"


def run(*args, text=""):
    done = subprocess.run([HOTLINE, *args], input=text.encode() if isinstance(text, str) else text,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=280)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Pack:
    """A folder with these files, for a `with`."""

    def __init__(self, **files):
        self.files = files

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="hotline-cli-")
        for name, text in self.files.items():
            with open(os.path.join(self.folder, name + ".yaml"), "w") as out:
                out.write(text)
        return self.folder

    def __exit__(self, *_):
        shutil.rmtree(self.folder)


def good():
    return Pack(pack=LISTS, deposit=GOOD)


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """YAML 1.2's core types: no dates, no `no`."""


Loader.yaml_implicit_resolvers = {}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?[0-9]+$"), list("-0123456789"))
Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^-?[0-9]+\.[0-9]+$"), list("-0123456789"))


def main(names):
    """Runs what begins with test_, as TAP."""
    tests = [(name, test) for name, test in names.items() if name.startswith("test_")]
    failed = 0
    print("1..%d" % len(tests))
    for i, (name, test) in enumerate(tests, 1):
        try:
            test()
            print("ok %d - %s" % (i, name), flush=True)
        except Exception as error:  # a test that breaks is one that fails
            failed += 1
            print("not ok %d - %s" % (i, name))
            print("# " + repr(error).replace("\n", "\n# ")[:2000], flush=True)
    return 1 if failed else 0
