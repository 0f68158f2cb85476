"""`hotline explain`: as an author reads it, as a program does, and beside classify. TAP; argument: the executable."""
import json
import pathlib
import re
import sys

import yaml

import kit
from kit import EXCHANGE, ROOT, Pack, good, run

KEYS = ["decision", "intent", "score", "by", "rule", "intents", "slots", "lang", "redacted", "text"]

def test_explain():
    with good() as folder:
        code, out, _ = run("explain", folder, "my btc deposit is missing")
        assert code == 0 and "my btc [deposit] is [missing]" in out and "deposit.yaml:5" in out, out
        code, out, _ = run("explain", folder, "my btc deposit is missing", "--json")
        found = json.loads(out)
        assert code == 0 and found["intent"] == "deposit.missing" and found["hits"][0]["spans"], found
        plain = json.loads(run("classify", folder, text="my btc deposit is missing\n")[1])
        assert all(found[key] == plain[key] for key in KEYS)


WHY = """
intents:
  - id: card.lost
    phrases: ["card lost", "lost * card", "= lost", "all my card lost"]
    never: [found]
  - id: card.fee
    phrases: ["card fee"]
  - id: fee.lost
    phrases: ["lost card fee", "fee lost"]
    only_if: {user.level: vip}
  - id: hacked
    phrases: [hacked]
    handoff: always
    tests: [I was hacked]
"""


def why(folder, text, *options):
    found = json.loads(run("explain", folder, text, "--json", *options)[1])
    tried = {rule["text"]: rule["outcome"] for rule in found["tried"]}
    return found["decision"], found["intent"], found["why"], found["runner_up"], tried


def test_explain_says_why():
    with Pack(a=WHY) as folder:
        decision, intent, because, second, tried = why(folder, "my card lost")
        assert (decision, intent, second) == ("answer", "card.lost", None), (decision, intent, second)
        assert because == "it is the only intent with a rule that matches"
        assert tried["card lost"] is None and tried["= lost"] == "does not match", tried
        assert why(folder, "card lost and found")[4]["card lost"] == "matches, but so does a `never` of the intent"
        assert why(folder, "fee lost")[4]["fee lost"] == "matches, but `only_if` of the intent does not hold"
        assert why(folder, "fee lost", "--user", "level=vip")[:2] == ("answer", "fee.lost")
        assert why(folder, "all my card lost")[4]["card lost"] == "matches, but a better rule of the intent does too"
        decision, _, because, _, _ = why(folder, "lost card fee")
        assert (decision, because) == ("clarify", "two rules are equal, and the examples do not tell them apart")
        decision, intent, because, second, _ = why(folder, "lost card fee", "--user", "level=vip")
        assert (decision, intent) == ("answer", "fee.lost") and second["why"] == "the other rule insists on more words", second
        decision, intent, because, _, _ = why(folder, "card fee, hacked")
        assert (decision, intent) == ("escalate", "hacked") and because.startswith("a rule of a sensitive intent"), because
        assert why(folder, "cancel")[2].startswith("it is one of the wishes"), why(folder, "cancel")
        assert why(folder, "nothing of the kind")[:3] == ("unmatched", None, "no rule matches, and no examples are like it enough")


def test_explain_reads_as_an_author_would():
    with Pack(a=WHY) as folder:
        out = run("explain", folder, "LOST my card, 卡 fee", "--user", "level=vip")[1]
        assert out == """message:  LOST my card, 卡 fee
read as:  lost my card, 卡 fee
words:    lost · my · card · 卡 · fee (size 4½), language en
rules:    8 rules, 6 tried
matching, best first:
  card.lost                phrase  a.yaml:4  2 words
      [LOST] my [card], 卡 fee
      by "lost * card"
tried too:
  card.fee                 phrase  a.yaml:7  does not match  "card fee"
  card.lost                phrase  a.yaml:4  does not match  "card lost"
  card.lost                phrase  a.yaml:4  does not match  "= lost"
  fee.lost                 phrase  a.yaml:9  does not match  "lost card fee"
  fee.lost                 phrase  a.yaml:9  does not match  "fee lost"
like the examples of:
  none: the pack has no examples
decision: answer card.lost (phrase, 1.00, a.yaml:4)
  because it is the only intent with a rule that matches
""", out


def customers_lines():
    """What customers say in the transcripts, and odd lines."""
    odd = ["", " ", "a" * 4000, "😀😀😀", "\u202e abc", "提" * 1000, "?!。", "１２３ ＵＳＤＴ", "cancel", "human", "back", "返回"]
    for path in sorted((ROOT / "tests/transcripts").glob("*.txt")):
        odd += re.findall(r"^customer> (.*)$", path.read_text(), re.M)
    return odd


def test_explain_equals_classify():
    said = {EXCHANGE: customers_lines()}
    for path in pathlib.Path(EXCHANGE).rglob("*.yaml"):
        pack = yaml.safe_load(path.read_text())
        said[EXCHANGE] += pack.get("outside", [])
        for holder in pack.get("intents", []) + [pack]:
            for item in holder.get("examples", []) + holder.get("tests", []):
                steps = item.get("talk", [item]) if isinstance(item, dict) else [{"say": item}]
                said[EXCHANGE] += [step["say"] for step in steps if "say" in step]
    for folder in (ROOT / "tests/transcripts/packs").glob("*/"):
        said[str(folder)] = customers_lines()
    for folder, lines in said.items():
        text = "\n".join(line.replace("\n", " ") for line in lines) + "\n"
        plain = run("classify", folder, text=text)[1].splitlines()
        told = run("explain", folder, "-", "--json", text=text)[1].splitlines()
        assert len(plain) == len(told) == len(lines) and plain, (folder, len(plain), len(told), len(lines))
        for line, a, b in zip(lines, map(json.loads, plain), map(json.loads, told)):
            assert a == {key: b[key] for key in a}, (folder, line, a, b)
            best = [hit["intent"] for hit in b["hits"] if hit["taken"]]
            assert set(best) <= set(a["all"]) and b["why"], (line, b)  # likeness may add to what rules hold
    assert len(said[EXCHANGE]) > 1000, len(said[EXCHANGE])


def test_explain_shows_no_control_characters():
    with good() as folder:
        out = run("explain", folder, "hacked \x1b[31m\x07")[1]
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", out), out


def test_explain_user():
    only = "intents: [{id: vip, phrases: [hello], only_if: {user.level: vip}, tests: [hello]}]\n"
    with Pack(a=only) as folder:
        assert json.loads(run("explain", folder, "hello", "--json")[1])["intent"] is None
        assert json.loads(run("explain", folder, "hello", "--json", "--user", "level=vip")[1])["intent"] == "vip"


def test_limit():
    evil = "".join(f"      - 'a.*a.*a.*a.*b|never{i}'\n" for i in range(60))
    pack = f"""
intents:
  - id: a.morning
    phrases: [good morning]
    tests: [good morning]
  - id: evil
    patterns:
{evil}    tests: [never1]
"""
    with Pack(evil=pack) as folder:
        code, out, _ = run("check", folder)
        assert code == 0 and out.count(": note: nothing in it is sure") == 60 and "evil.yaml:8:10: note" in out, out
        assert "60 rules are looked at for every message" in out and "0 warnings" in out, out
        out = run("explain", folder, "good morning" + " a" * 1500)[1]
        assert "a work limit was reached" in out and "decision: clarify" in out, out
        found = json.loads(run("classify", folder, text="good morning" + " a" * 1500 + "\n")[1])
        assert found["decision"] == "clarify" and found["intent"] is None, found


def test_columns_of_wide_characters():
    rules = "languages: zh\nintents: [{id: 挂失, phrases: [卡丢了], answer: 好}, {id: card.lost, phrases: [丢了], answer: 好}]\n"
    with Pack(pack=rules) as folder:
        lines = [line for line in run("explain", folder, "我的卡丢了")[1].splitlines() if " phrase  pack.yaml" in line]
        wide = [sum(2 if ord(c) > 0x1100 else 1 for c in line.split(" phrase ")[0]) for line in lines]
        assert len(lines) == 2 and wide[0] == wide[1], lines


sys.exit(kit.main(globals()))
