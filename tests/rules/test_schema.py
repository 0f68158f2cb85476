"""`hotline schema` and `hotline fmt`: what an editor makes of them. TAP; argument: the executable."""
import json
import pathlib
import re
import sys

import jsonschema
import yaml

import kit
from kit import EXCHANGE, ROOT, Loader, Pack, run


def test_layout():
    before = (ROOT / "tests/rules/layout/before.yaml").read_text()
    after = (ROOT / "tests/rules/layout/after.yaml").read_text()
    with Pack(a=before) as folder:
        assert run("fmt", folder, "--check")[:2] == (1, "a.yaml\n")
        assert run("fmt", folder)[:2] == (0, "a.yaml\n")
        assert pathlib.Path(folder, "a.yaml").read_text() == after
        assert run("fmt", folder)[:2] == (0, "")
    with Pack(a="a: [b\n", b="c:   d\n") as folder:
        code, out, err = run("fmt", folder)
        assert code == 1 and out == "b.yaml\n" and "a.yaml:1:4: error" in err, (out, err)


def test_layout_of_the_exchange():
    assert run("fmt", EXCHANGE, "--check")[0] == 0
    for path in pathlib.Path(EXCHANGE).glob("*.yaml"):  # an editor completes and checks them as they stand
        assert path.read_text().splitlines()[0] == "# yaml-language-server: $schema=../schema.json", path


def test_schema_describes_every_key():
    schema = json.loads(run("schema")[1])

    def keys(node, path):
        for key, value in node.get("properties", {}).items():
            yield f"{path}/{key}", value
            yield from keys(value, f"{path}/{key}")
        for part in ("anyOf", "allOf"):
            for i, value in enumerate(node.get(part, [])):
                yield from keys(value, path)
        for part in ("items", "additionalProperties"):
            if isinstance(node.get(part), dict):
                yield from keys(node[part], path + "/" + part)

    for name, root in [("", schema), *schema["definitions"].items()]:
        for path, value in keys(root, name):
            told = schema["definitions"].get(value.get("$ref", "").rpartition("/")[2], {})
            assert "description" in {**told, **value} or set(value) == {"pattern"}, path


def validator():
    code, out, _ = run("schema")
    assert code == 0
    schema = json.loads(out)
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def packs():
    """Every pack of the tests, as name → text: the shipped one, those of the transcripts, the cases."""
    for folder in (EXCHANGE, ROOT / "tests/transcripts/packs", ROOT / "tests/rules/layout"):
        for path in sorted(pathlib.Path(folder).rglob("*.yaml")):
            yield str(path), path.read_text(), True
    for path in sorted((ROOT / "tests/rules/cases").glob("*.txt")):
        for case in path.read_text().split("=== ")[1:]:
            files = re.split(r"^--- (\S+)\n", case, flags=re.M)[1:]
            said = files[-1]
            for name, text in zip(files[0:-2:2], files[1:-2:2]):
                yield case.splitlines()[0] + ", " + name, text, "error" not in said


def test_schema_takes_good_packs():
    schema, n = validator(), 0
    for name, text, loads in packs():
        if not loads:
            continue
        found = list(schema.iter_errors(yaml.load(text, Loader) or {}))
        assert not found, (name, found[0].message)
        n += 1
    assert n > 30, n


BAD = """
team: [x]
topic: []
vars: {a: [x]}
vars: {A: x}
lists: {coin: [btc]}
lists: {coin: {}}
lists: {Coin: {BTC: [x]}}
lists: {coin: {BTC: {sya: [x]}}}
words: {late: []}
words: {Late: [x]}
words: {late: {a: b}}
teams: [a, a]
languages: [en, en]
languages: [English]
decide: {precision: 95}
decide: {precison: 0.9}
decide: {oos: many}
waiting: [{say: x}]
waiting: [{after: soon, say: x}]
waiting: [{after: 5m, then: mesage}]
texts: {hello: x}
intents: {a: b}
intents: deposit
intents: [{phrases: [x]}]
intents: [{id: a, phrase: [x]}]
intents: [{id: "a b", phrases: [x]}]
intents: [{id: "", phrases: [x]}]
intents: [{id: [a], phrases: [x]}]
intents: [{id: a, phrases: {x: y}}]
intents: [{id: a, phrases: [x, ""]}]
intents: [{id: a, phrases: [x, [y]]}]
intents: [{id: a, phrases: [x, {y: z}]}]
intents: [{id: a, phrases: [x], title: []}]
intents: [{id: a, phrases: [x], answer: {en: [x]}}]
intents: [{id: a, phrases: [x], words: [{none: [x]}]}]
intents: [{id: a, phrases: [x], words: [{all: []}]}]
intents: [{id: a, phrases: [x], words: [{all: [x], typos: 3}]}]
intents: [{id: a, phrases: [x], words: [{all: [x], max_words: -1}]}]
intents: [{id: a, phrases: [x], words: [x]}]
intents: [{id: a, phrases: [x], slots: {x: {type: password}}}]
intents: [{id: a, phrases: [x], slots: {x: {type: pattern}}}]
intents: [{id: a, phrases: [x], slots: {x: {type: txid, list: coin}}}]
intents: [{id: a, phrases: [x], slots: {x: {type: txid, else: run}}}]
intents: [{id: a, phrases: [x], slots: {x: {type: txid, tries: many}}}]
intents: [{id: a, phrases: [x], slots: {X: {type: txid}}}]
intents: [{id: a, phrases: [x], slots: []}]
intents: [{id: a, phrases: [x], only_if: vip}]
intents: [{id: a, phrases: [x], only_if: {level: vip}}]
intents: [{id: a, phrases: [x], only_if: {user.level: [vip, not new]}}]
intents: [{id: a, phrases: [x], handoff: sometimes}]
intents: [{id: a, phrases: [x], handoff: {wen: always}}]
intents: [{id: a, phrases: [x], handoff: {when: filled, after_unsolved: many}}]
intents: [{id: a, phrases: [x], buttons: [a, b, c, d, e, f, g]}]
intents: [{id: a, phrases: [x], buttons: [{title: x}]}]
intents: [{id: a, phrases: [x], buttons: [{url: "javascript:x", title: x}]}]
intents: [{id: a, phrases: [x], review_by: soon}]
intents: [{id: a, phrases: [x], tests: [{say: x, slot: {}}]}]
intents: [{id: a, phrases: [x], tests: [{talk: []}]}]
intents: [{id: a, phrases: [x], tests: [{slots: {}}]}]
intents: [{id: a, phrases: [x], tests: [{say: x, decision: perhaps}]}]
intents: [{id: a, phrases: [x], tests: [{say: x, not: maybe}]}]
"""


def test_schema_refuses_what_check_refuses():
    schema, wrong = validator(), []
    for text in BAD.strip().splitlines():
        with Pack(pack=text + "\n") as folder:
            if run("check", folder)[0] != 1:
                wrong.append("check takes: " + text)
        if schema.is_valid(yaml.load(text, Loader)):
            wrong.append("the schema takes: " + text)
    assert not wrong, "\n".join(wrong)


def comments(text):
    """What stands behind a # outside of quotes, by line and without spaces."""
    return [mark.strip() for mark in re.findall(r"(?:^|\s|\})(#[^\n]*)", re.sub(r'"[^"\n]*"|\'[^\'\n]*\'', "", text))]


def test_layout_changes_no_value():
    """Of every pack of the tests that can be read: same values, same comments, and once is enough."""
    n = 0
    for name, text, _ in packs():
        with Pack(a=text) as folder:
            path = pathlib.Path(folder, "a.yaml")
            if run("fmt", folder)[0] != 0:
                assert path.read_text() == text, name  # what cannot be read stays
                continue
            once = path.read_text()
            assert run("fmt", folder, "--check")[0] == 0, name
            assert yaml.load(once, Loader) == yaml.load(text, Loader), name
            assert comments(once) == comments(text), (name, comments(once), comments(text))
            n += 1
    assert n > 50, n


sys.exit(kit.main(globals()))
