"""No order of files, intents, rules, examples, lists or sets changes a result: packs are shuffled and
classify must print the same bytes, likeness included. TAP; argument: the executable."""
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

HOTLINE = os.path.abspath(sys.argv[1])
ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKS = {
    "small": (ROOT / "tests/transcripts/packs/small", 6),
    "talk": (ROOT / "tests/transcripts/packs/talk", 6),
    "exchange": (ROOT / "rules/exchange", 3),
}
EXAMPLES_MAX = 10  # of an intent: enough to learn from, quick to learn
WITHOUT_ORDER = ("phrases", "words", "patterns", "examples", "never")


def read(folder):
    """The common part and the intents of a pack; tests are left out, they are no part of a result."""
    common, intents = {}, []
    for path in sorted(folder.rglob("*.yaml")):
        page = yaml.safe_load(path.read_text())
        if path.name == "pack.yaml":
            common = page
        else:
            intents += page["intents"]
    common.pop("tests", None)
    for intent in intents:
        intent["says"] = [t if isinstance(t, str) else t.get("say") for t in intent.pop("tests", [])]
        if "review_by" in intent:
            intent["review_by"] = str(intent["review_by"])
    return common, intents


def messages(intents, rnd):
    """What customers say: tests, examples, two of them at once, and half of one."""
    said = [s for i in intents for s in i["says"][:4] + i.get("examples", [])[:3] if s]
    pairs = [f"{a}, {b}" for a, b in zip(rnd.sample(said, len(said)), said)]
    halves = [s[: len(s) // 2] for s in said]
    lines = said + pairs + halves + ["", "human", "purple elephants"]
    return "".join(" ".join(line.split()) + "\n" for line in lines)


def shuffled(values, rnd):
    if isinstance(values, dict):
        return {key: values[key] for key in rnd.sample(list(values), len(values))}
    return rnd.sample(values, len(values)) if isinstance(values, list) else values


def shuffle_common(common, rnd):
    made = dict(common)
    for key in ("vars", "lists", "words", "outside"):
        if key in made:
            made[key] = shuffled(made[key], rnd)
    for key in ("lists", "words"):
        for name, values in made.get(key, {}).items():
            values = shuffled(values, rnd)
            if isinstance(values, dict):
                values = {k: shuffled(v, rnd) if isinstance(v, list) else v for k, v in values.items()}
            made[key][name] = values
    return shuffled(made, rnd)


def shuffle_intent(intent, rnd):
    made = {key: value for key, value in intent.items() if key != "says"}
    for key in WITHOUT_ORDER:
        if key in made:
            made[key] = shuffled(made[key], rnd)
    return shuffled(made, rnd)


def write(folder, common, intents, rnd):
    files = {}
    for intent in intents:
        name = f"{rnd.choice('abcdefgh')}{rnd.randrange(3)}.yaml" if rnd else "all.yaml"
        files.setdefault(name, []).append({k: v for k, v in intent.items() if k != "says"})
    pages = {name: {"topic": name, "intents": list_} for name, list_ in files.items()}
    for name, page in {**pages, "pack.yaml": common}.items():
        text = yaml.safe_dump(page, allow_unicode=True, width=100000, sort_keys=False)
        (pathlib.Path(folder) / name).write_text(text)


def classify(common, intents, rnd, text):
    folder = tempfile.mkdtemp(prefix="hotline-order-")
    try:
        write(folder, common, intents, rnd)
        done = subprocess.run([HOTLINE, "classify", folder], input=text.encode(), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=120)
    finally:
        shutil.rmtree(folder)
    if done.returncode:
        raise AssertionError(done.stderr.decode())
    return re.sub(rb'"rule":"[^"]*"', b'"rule":""', done.stdout).splitlines()


def check(name):
    folder, rounds = PACKS[name]
    rnd = random.Random(name)
    common, intents = read(folder)
    text = messages(intents, rnd)
    for intent in intents:
        if "examples" in intent:
            intent["examples"] = intent["examples"][:: max(1, len(intent["examples"]) // EXAMPLES_MAX)]
    want = classify(common, intents, None, text)
    for turn in range(rounds):
        got = classify(shuffle_common(common, rnd), [shuffle_intent(i, rnd) for i in shuffled(intents, rnd)], rnd, text)
        for line, a, b in zip(text.splitlines(), want, got):
            assert a == b, f"round {turn}: {line}\n{a.decode()}\n{b.decode()}"
        assert len(want) == len(got) == text.count("\n")


def main():
    print(f"1..{len(PACKS)}")
    bad = 0
    for n, name in enumerate(PACKS, 1):
        try:
            check(name)
            print(f"ok {n} - {name}")
        except AssertionError as error:
            bad += 1
            print(f"not ok {n} - {name}")
            for line in str(error).splitlines():
                print(f"# {line}")
    return bad > 0


sys.exit(main())
