"""The author's commands from outside: output, exit codes, the schema. TAP; argument: the executable."""
import json
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
COMMANDS = ["check", "test", "explain", "classify", "chat", "bench", "schema", "fmt", "import", "version"]
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


def test_help():
    code, out, _ = run("--help")
    assert code == 0
    for command in COMMANDS:
        assert re.search(r"^  %s +\w" % command, out, re.M), command
        code, text, _ = run(command, "--help")
        assert code == 0 and text.startswith("usage: hotline " + command), command


def test_wrong_use():
    for args, said in ((["chekc"], "did you mean check?"), (["check"], "an argument is missing"),
                       (["check", "a", "b"], "one argument too many"), (["check", "--jsn", "x"], "did you mean --json?"),
                       (["explain", "x", "y", "--user"], "--user needs a value"),
                       (["explain", "x", "y", "--user", "vip"], "NAME=VALUE"), (["bench", "--json=1", "x"], "takes no value"),
                       (["zzzzzzzz"], "unknown command")):
        code, out, err = run(*args)
        assert code == 2 and said in err and out == "", (args, code, err)
    assert run()[0] == 2


def test_check():
    with good() as folder:
        code, out, err = run("check", folder)
        assert code == 0 and "good: 2 intents" in out and err == "", out + err
    with Pack(deposit=GOOD.replace("phrases:", "phrase:")) as folder:
        code, out, _ = run("check", folder)
        assert code == 1 and "deposit.yaml:5:5: error: unknown key `phrase` in an intent" in out
    code, out, _ = run("check", "/nowhere")
    assert code == 1 and out.startswith("/nowhere: error: there is no such folder"), out


def test_check_json():
    with Pack(deposit=GOOD) as folder:
        code, out, _ = run("check", folder, "--json")
        found = json.loads(out)
        assert code == 1 and found["ok"] is False and found["errors"] == 1, found
        first = found["findings"][0]
        assert (first["file"], first["line"], first["column"], first["end_column"]) == ("deposit.yaml", 6, 26, 30), first
        assert first["level"] == "error" and first["code"] == "list.unknown", first


def test_test():
    with good() as folder:
        code, out, _ = run("test", folder)
        assert code == 0 and "2 tests passed, 0 failed" in out, out
    with Pack(pack=LISTS, deposit=GOOD.replace("[I was hacked]", "[I was fooled]")) as folder:
        code, out, _ = run("test", folder)
        assert code == 1 and "this test fails" in out and "1 test passed, 1 failed" in out, out


def test_report():
    code, out, _ = run("test", EXCHANGE, "--report")
    assert code == 0, out
    for part in ("tests passed, 0 failed", "decide a test", "right intent first", "Threshold of likeness"):
        assert part in out, part


def test_report_of_conflicts():
    rules = """
words: {late: [late, stuck]}
intents:
  - {id: a, phrases: ["(card|coin) lost", free phrase], tests: [free phrase]}
  - {id: b, phrases: ["= (card|coin) lost"], tests: [card lost]}
  - {id: c, phrases: [one tied, "<late> one"], handoff: always, tests: [one tied]}
  - {id: d, phrases: ["lost card <late> one [today]"], tests: [{say: x, not: true}]}
  - {id: e, phrases: ["gone today"], never: [gone], tests: [{say: x, not: true}]}
  - {id: f, phrases: ["stuck withdrawal"], tests: [stuck withdrawal]}
  - {id: g, phrases: ["withdrawal fee"], tests: [withdrawal fee]}
"""
    with Pack(a=rules) as folder:
        code, out, _ = run("test", folder, "--report")
        assert code == 0, out
        lost = out.split("none of their own texts")[1].split("\n\n")[0].splitlines()[1:]
        assert lost == ['  a.yaml:7 (phrase) of d',
                        '      "lost card late one" goes to c (phrase, a.yaml:6): '
                        'the other intent is sensitive (handoff: always)',
                        '  a.yaml:8 (phrase) of e',
                        '      "gone today" is barred: see `never` of the intent, `none` and `max_words` of the rule',
                        ], lost
        ties = out.split("These tie")[1].split("\n\n")[0].splitlines()[3:]
        assert ties == ["  1 of g and f, such as", '      "stuck withdrawal fee" (a.yaml:10, a.yaml:9)'], ties
        code, out, _ = run("check", folder)
        warnings = [line for line in out.splitlines() if "warning" in line]
        assert warnings[:2] == [
            'a.yaml:7:23: warning: this rule wins none of its own texts: "lost card late one" goes to `c` (phrase, a.yaml:6)',
            'a.yaml:8:23: warning: this rule matches nothing, not even "gone today"'], out


MESSAGES = """hacked\tI was hacked
deposit.missing\tmy btc deposit is missing
deposit.missing\tsomething else\r
hacked\tmy deposit is missing

-\twhat is the weather
-\tis the hacked game out
hacked+deposit.missing\thacked, and my deposit is missing
"""


def test_messages():
    with good() as folder:
        path = os.path.join(folder, "m.tsv")
        pathlib.Path(path).write_text("\ufeff" + MESSAGES)
        code, out, err = run("test", folder, "--messages", path, "--verbose")
        assert code == 0 and err == "", err
        said = [line.strip() for line in out.splitlines()[1:]]
        for line in (path + ": 7 messages: 2 answered, 3 to a person, 0 asked back, 2 unmatched",
                     "right intent first                  50.0 %  (2 of 4)",
                     "of these right                      66.7 %  (2 of 3); wrong: 1 by phrase",
                     "sensitive, reached a person         50.0 %  (1 of 2)",
                     "outside, to a person                50.0 %  (1 of 2)",
                     "two intents, both held             100.0 %  (1 of 1)",
                     "with a sensitive one, to a person  100.0 %  (1 of 1)",
                     path + ":4: answered wrongly: wanted hacked, got deposit.missing (phrase): my deposit is missing",
                     path + ":7: outside, to a person: wanted -, got hacked (phrase): is the hacked game out"):
            assert line in said, (line, out)
        for text, wrong in (("hakced\tx\n", "m.tsv:1: no intent `hakced`: did you mean `hacked`?"), ("x\n", "m.tsv:1: write an intent"),
                            ("", "there is no message in it"), ("hacked\t" + "x" * 17000, "longer than 16384 bytes")):
            pathlib.Path(path).write_text(text)
            code, _, err = run("test", folder, "--messages", path)
            assert code == 1 and wrong in err, (text[:20], err)
        assert "No such file" in run("test", folder, "--messages", "/nowhere.tsv")[2]


KEYS = ["decision", "intent", "score", "by", "rule", "intents", "slots", "lang", "redacted", "text"]


def test_classify():
    with good() as folder:
        code, out, err = run("classify", folder, text="my btc deposit is missing\n\nhuman\r\nhacked, my deposit is missing")
        lines = [json.loads(line) for line in out.splitlines()]
        assert code == 0 and err == "" and len(lines) == 4, (out, err)
        for line in lines:
            assert all(key in line for key in KEYS)
        first, empty, human, both = lines
        assert (first["decision"], first["intent"], first["by"], first["rule"]) == \
            ("answer", "deposit.missing", "phrase", "deposit.yaml:5"), first
        assert first["slots"] == {"coin": "BTC"} and first["intents"][0]["intent"] == "deposit.missing"
        assert empty["decision"] == "unmatched" and empty["intent"] is None
        assert human["decision"] == "unmatched"
        assert both["decision"] == "escalate" and set(both["all"]) == {"hacked", "deposit.missing"}, both


def test_classify_bytes():
    with good() as folder:
        longest = b"x" * 16384
        code, out, _ = run("classify", folder, text=b"\xff\xfe\n" + longest + b"\n" + longest + b"y\nhacked\n")
        lines = [json.loads(line) for line in out.splitlines()]
        assert code == 0 and len(lines) == 4 and lines[3]["intent"] == "hacked"
        assert "error" in lines[2] and "error" not in lines[1]


def test_classify_answers_at_once():
    with good() as folder:
        with subprocess.Popen([HOTLINE, "classify", folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            for _ in range(3):
                process.stdin.write(b"hacked\n")
                process.stdin.flush()
                assert json.loads(process.stdout.readline())["intent"] == "hacked"
            process.stdin.close()
            assert process.wait(10) == 0


def test_classify_refuses_a_broken_pack():
    with Pack(deposit=GOOD) as folder:
        code, out, err = run("classify", folder, text="x\n")
        assert code == 1 and out == "" and "unknown list `coin`" in err


# what no customer means, and what each asks of the engine: silence, a question, but never an answer
NOTHINGS = ["", "   ", "\u200b\u200b", "a" * 4096, "\U0001F600", "\U0001F600\U0001F44D" * 40, "\u4f60" * 1365, "...", "?!" * 2000, "\u0301" * 500]
FEW = """
intents:
  - id: money.where
    answer: On its way.
    examples: [where is my money]
  - id: account.close
    answer: Under Settings.
    examples: [close my account please, delete my account, i want to leave you, shut it all down, remove my profile]
"""
ALONE = """
intents:
  - id: deposit.missing
    answer: We look for it.
    examples: [where is my deposit, my deposit is missing, deposit not here yet, i sent coins and see nothing, deposit lost]
"""


def test_classify_nothings():
    for files in ({"a": FEW}, {"a": ALONE}, {"pack": LISTS, "a": GOOD}):
        with Pack(**files) as folder:
            code, out, err = run("classify", folder, text="\n".join(NOTHINGS) + "\n")
            said = [json.loads(line) for line in out.splitlines()]
            assert code == 0 and err == "" and len(said) == len(NOTHINGS)
            for text, verdict in zip(NOTHINGS, said):
                assert verdict["decision"] in ("unmatched", "clarify"), (text[:8], verdict)


def test_classify_with_one_example():
    with Pack(a=FEW) as folder:
        code, out, err = run("check", folder)
        assert code == 0 and "`money.where` is found by examples alone and has only 1" in out + err, (out, err)
        code, out, _ = run("classify", folder, text="where is my money\nwhat is the weather tomorrow\n")
        known, strange = map(json.loads, out.splitlines())
        assert known["decision"] == "answer" and known["intent"] == "money.where", known
        assert strange["decision"] == "unmatched", strange


def test_classify_with_one_intent():
    with Pack(a=ALONE) as folder:
        code, out, _ = run("classify", folder, text="where is my deposit\nwhat is the weather tomorrow\n")
        known, strange = map(json.loads, out.splitlines())
        assert code == 0 and known["intent"] == "deposit.missing", known
        assert strange["decision"] == "unmatched", strange


def test_many_examples():
    """A hundredth of the bench's: sane in time and memory also under a sanitizer."""
    done = subprocess.run(["/usr/bin/python3", str(ROOT / "tests/bench/many.py"), HOTLINE, "1000"], stdout=subprocess.PIPE,
                          timeout=120, check=True)
    found = re.findall(r"load ([\d.]+) s, at most (\d+) MiB", done.stdout.decode())
    assert len(found) == 2 and all(float(s) < 30 and int(mib) < 600 for s, mib in found), done.stdout


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
    phrases: ["card lost", "lost * card", "= lost"]
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
        assert why(folder, "lost my card lost")[4]["lost * card"] == "matches, but a better rule of the intent does too"
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
rules:    7 rules, 6 tried
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
            assert sorted(best) == sorted(a["all"]) and b["why"], (line, b)
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


def test_chat():
    with good() as folder:
        code, out, _ = run("chat", folder, text="my deposit is missing\n:why\nhacked\n:quit\nnever read\n")
        assert code == 0 and "bot<  We look for it." in out and "decision: answer" in out and "to a person" in out, out
        assert "never read" not in out


def test_bench():
    with good() as folder:
        code, out, _ = run("bench", folder, "--json", text="a\nb\n\n")
        found = json.loads(out)
        assert code == 0 and found["messages"] == 3 and set(found["ns"]) == {"min", "median", "mean", "p99", "max"}
        assert found["load_ms"] > 0 and found["rss_mib"] > 0
        assert run("bench", folder, text="")[0] == 0


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


# ------------------------------------------------------------------ import

RASA = {
    "data/nlu.yml": """version: "3.1"
nlu:
  - intent: greet
    examples: |
      - hey
      - hello there
  - intent: ask balance/now
    examples: |
      - what is my [balance](account)
      - show [savings]{"entity": "account", "value": "SAV"} please
  - synonym: SAV
    examples: |
      - piggy bank
  - regex: zip
    examples: |
      - \\d{5}
""",
    "domain.yml": """responses:
  utter_greet:
    - text: "Hi {name}"
      buttons: [{title: Balance, payload: /ask balance/now}]
  utter_balance:
    - text: Your {account} balance
""",
    "data/rules.yml": """rules:
  - rule: bal
    steps:
      - intent: ask balance/now
      - action: utter_balance
      - action: action_call
""",
}
DIALOGFLOW = {
    "agent.json": {"language": "en", "supportedLanguages": ["zh-cn"]},
    "intents/Missing.json": {"name": "Deposit missing", "webhookUsed": True, "responses": [{
        "messages": [{"type": "0", "lang": "en", "speech": ["We look for $coin: ok {x}"]}],
        "parameters": [{"name": "coin", "dataType": "@Coin", "required": True, "prompts": [{"lang": "en", "value": "Which coin?"}]}]}]},
    "intents/Missing_usersays_en.json": [{"data": [{"text": "my "}, {"text": "btc"}, {"text": " is missing"}]}],
    "intents/Fallback.json": {"name": "Fallback", "fallbackIntent": True},
    "intents/Fallback_usersays_en.json": [{"data": [{"text": "what is the weather"}]}],
    "entities/Coin_entries_en.json": [{"value": "BTC", "synonyms": ["BTC", "bitcoin"]}],
}


def imported(files, *source):
    """Writes the files, imports them, and gives what was printed and the pack."""
    with tempfile.TemporaryDirectory(prefix="hotline-import-") as folder:
        for name, text in files.items():
            path = pathlib.Path(folder, "from", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text if isinstance(text, str) else json.dumps(text))
        pack = os.path.join(folder, "pack")
        code, out, err = run("import", os.path.join(folder, "from", *source), pack)
        assert code == 0, (out, err)
        assert run("check", pack)[0] == 0 and run("fmt", "--check", pack)[0] == 0
        assert run("import", os.path.join(folder, "from", *source), pack)[0] == 1  # it is there already
        with open(os.path.join(pack, "pack.yaml")) as common, open(os.path.join(pack, "intents.yaml")) as intents:
            return out, yaml.load(common, Loader), {i["id"]: i for i in yaml.load(intents, Loader)["intents"]}


def test_import_rasa():
    out, common, intents = imported(RASA)
    assert common["lists"] == {"account": {"balance": ["balance"], "SAV": ["savings", "piggy bank"]}}
    assert intents["greet"] == {"id": "greet", "examples": ["hey", "hello there"], "answer": ["Hi {{name}"],
                                "buttons": ["ask.balance.now"]}
    assert intents["ask.balance.now"]["examples"] == ["what is my balance", "show savings please"]
    assert intents["ask.balance.now"]["answer"] == ["Your {account|} balance"]
    assert "not carried over: regex `zip`" in out and "action `action_call`" in out


def test_import_dialogflow():
    out, common, intents = imported(DIALOGFLOW)
    assert common["outside"] == ["what is the weather"] and common["lists"] == {"coin": {"BTC": ["BTC", "bitcoin"]}}
    assert intents["Deposit.missing"] == {"id": "Deposit.missing", "examples": ["my btc is missing"],
                                          "slots": {"coin": {"list": "coin", "ask": "Which coin?"}},
                                          "answer": ["We look for {coin|}: ok {{x}"]}
    assert "the web hook of `Deposit.missing`" in out and "languages but en" in out


def test_import_tables():
    out, _, intents = imported({"a.csv": 'text,label\r\nhello there,greet\r\n"a, ""b""",other\n\nonly\n'}, "a.csv")
    assert {i: intents[i]["examples"] for i in intents} == {"greet": ["hello there"], "other": ['a, "b"']}
    assert "line 5" in out
    _, _, intents = imported({"a.tsv": "greet\thi\nbye\tsee you\ngreet\thi\n"}, "a.tsv")
    assert {i: intents[i]["examples"] for i in intents} == {"greet": ["hi"], "bye": ["see you"]}


def test_import_of_nothing():
    with tempfile.TemporaryDirectory(prefix="hotline-import-") as folder:
        code, _, err = run("import", folder, folder + "/pack")
        assert code == 1 and "is none of" in err
        assert run("import", "--from", "excel", folder, folder + "/pack")[0] == 2


def test_every_command_has_a_page():
    listed = re.findall(r"^  (\w+) ", run("--help")[1], re.M)
    for command in listed:
        if command != "version":
            assert (ROOT / ("adapters/cli/man/hotline-%s.1" % command)).exists(), command


# ------------------------------------------------------------------ the schema


class Loader(yaml.SafeLoader):
    """YAML 1.2's core types: no dates, no `no`."""


Loader.yaml_implicit_resolvers = {}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?[0-9]+$"), list("-0123456789"))
Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^-?[0-9]+\.[0-9]+$"), list("-0123456789"))

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}


def problems(schema, root, value, where=""):
    """What this value does wrong by the schema; the part of draft 7 that the schema uses."""
    if "$ref" in schema:
        schema = root["definitions"][schema["$ref"].rsplit("/", 1)[1]]
    if "anyOf" in schema:
        tries = [problems(one, root, value, where) for one in schema["anyOf"]]
        return [] if any(not one for one in tries) else min(tries, key=len)
    types = schema.get("type")
    types = [types] if isinstance(types, str) else types
    if types and not any(isinstance(value, TYPES[t]) and not (t != "boolean" and isinstance(value, bool)) for t in types):
        return ["%s: no %s" % (where, "/".join(types))]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append("%s: not one of %s" % (where, schema["enum"]))
    if "pattern" in schema and not re.search(schema["pattern"], str(value)):
        found.append("%s: not %s" % (where, schema["pattern"]))
    if isinstance(value, (int, float)) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        found.append("%s: out of range" % where)
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            found.append("%s: too few or many" % where)
        for i, item in enumerate(value):
            found += problems(schema.get("items", {}), root, item, "%s[%d]" % (where, i))
    if isinstance(value, dict):
        found += ["%s: %s is missing" % (where, key) for key in schema.get("required", []) if key not in value]
        for key, item in value.items():
            found += problems(schema.get("propertyNames", {}), root, key, where + "/" + str(key))
            inner = schema.get("properties", {}).get(key, schema.get("additionalProperties", True))
            if inner is False:
                found.append("%s: unknown key %s" % (where, key))
            elif isinstance(inner, dict):
                found += problems(inner, root, item, where + "/" + str(key))
    return found


def test_schema_takes_good_packs():
    code, out, _ = run("schema")
    schema = json.loads(out)
    assert code == 0 and schema["$schema"].startswith("http://json-schema.org/")
    for path in sorted(pathlib.Path(EXCHANGE).rglob("*.yaml")):
        found = problems(schema, schema, yaml.load(path.read_text(), Loader))
        assert not found, (path.name, found[:3])
    for text in (GOOD, LISTS, (ROOT / "tests/rules/layout/after.yaml").read_text()):
        found = problems(schema, schema, yaml.load(text, Loader))
        assert not found, found


def test_schema_refuses_what_check_refuses():
    schema = json.loads(run("schema")[1])
    for text in ("team: [x]", "intents: [{id: a, phrase: [x]}]", "intents: [{phrases: [x]}]", "intents: [{id: a, handoff: sometimes}]",
                 "intents: [{id: a, words: [{none: [x]}]}]", "decide: {precision: 95}", "waiting: [{say: x}]",
                 "intents: [{id: a, slots: {x: {type: password}}}]", "intents: [{id: a, tests: [{talk: []}]}]",
                 "intents: [{id: a, buttons: [a, b, c, d, e, f, g]}]", "lists: {coin: [btc]}", "texts: {hello: x}"):
        assert problems(schema, schema, yaml.load(text, Loader)), text
        with Pack(pack=text + "\n") as folder:
            assert run("check", folder)[0] == 1, text


def main():
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_")]
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


sys.exit(main())
