"""The author's commands from outside: output and exit codes. TAP; argument: the executable."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import kit
from kit import EXCHANGE, GOOD, HOTLINE, LISTS, ROOT, Pack, good, run

COMMANDS = ["check", "test", "explain", "classify", "chat", "bench", "schema", "fmt", "import", "version"]
KEYS = ["decision", "intent", "score", "by", "rule", "intents", "slots", "lang", "redacted", "text"]

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
    for part in ("tests passed, 0 failed", "decide a test", "right intent first", "Threshold of likeness", "Weakest intents",
                 "What to do next\n 1. "):
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
        ties = out.split("These tie")[1].split("\n\n")[0].splitlines()[2:]
        assert ties == ['  1 of g and f, such as "stuck withdrawal fee"', '      a.yaml:10 "withdrawal fee"',
                        '      a.yaml:9 "stuck withdrawal"'], ties
        advice = out.split("What to do next\n")[1].splitlines()
        assert advice[0].startswith(" 1. 2 rules are of no use") and advice[0].endswith("the first: a.yaml:7"), advice
        assert advice[1].startswith(" 2. 1 tie: ") and advice[-2].startswith(" 4. write a dozen examples"), advice
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


def test_a_full_disk_is_a_failure():
    with open("/dev/full", "w") as full:
        done = subprocess.run([kit.HOTLINE, "schema"], stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 1 and b"could be written" in done.stderr, done


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


def test_masked_secrets():
    with Pack(pack="secrets: {email: mask, card: mask}\n", a=GOOD, lists=LISTS) as folder:
        said = "hacked, jo@acme.com, 4111 1111 1111 1111, +44 20 7946 0958, my password is hunter2"
        kept = "hacked, j***@acme.com, ***1111, [phone], my password is [password]"
        verdict = json.loads(run("classify", folder, text=said + "\n")[1])
        assert (verdict["text"], verdict["intent"]) == (kept, "hacked"), verdict
        assert verdict["redacted"] == ["email", "card", "phone", "password"], verdict
        more = json.loads(run("explain", folder, said, "--json")[1])
        assert [r["masked"] for r in more["redactions"]] == [True, True, False, False], more
        out = run("explain", folder, said)[1]
        assert "email, bytes 8 to 19: only its ends are kept" in out and "phone, bytes 42 to 58: kept nowhere" in out, out


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
    """A hundredth of the bench's: sane in memory also under a sanitizer."""
    done = subprocess.run(["/usr/bin/python3", str(ROOT / "tests/bench/many.py"), HOTLINE, "1000"], stdout=subprocess.PIPE,
                          timeout=120, check=True)
    found = re.findall(r"load ([\d.]+) s, at most (\d+) MiB", done.stdout.decode())
    assert len(found) == 2 and all(int(mib) < 600 for _, mib in found), done.stdout


def test_models_are_kept_in_a_folder_made_when_missing():
    with Pack(a=ALONE) as folder, tempfile.TemporaryDirectory() as above:
        cache = pathlib.Path(above, "not", "there", "yet")
        subprocess.run([HOTLINE, "check", folder], env={**os.environ, "XDG_CACHE_HOME": str(cache)}, stdout=subprocess.DEVNULL,
                       check=True)
        assert list((cache / "hotline").iterdir()), "no model kept"


def test_chat():
    with good() as folder:
        code, out, _ = run("chat", folder, text="my deposit is missing\n:why\nhacked\n:quit\nnever read\n")
        assert code == 0 and "bot<  We look for it." in out and "decision: answer" in out and "to a person" in out, out
        assert "never read" not in out
        code, out, _ = run("chat", folder, text="hacked\nare you there\n:new\nmy deposit is missing\n:wyh\n")
        assert code == 0 and "kept for the person" in out and "there is :why, :new" in out, out
        assert out.count("Hello!") == 2 and "bot<  We look for it." in out.split("Hello!")[2], out


def test_bench():
    with good() as folder:
        code, out, _ = run("bench", folder, "--json", text="a\nb\n\n")
        found = json.loads(out)
        assert code == 0 and found["messages"] == 3 and set(found["ns"]) == {"min", "median", "mean", "p99", "max"}
        assert found["load_ms"] > 0 and found["rss_mib"] > 0
        assert run("bench", folder, text="")[0] == 0
        own = json.loads(run("bench", folder, "--own", "--json")[1])
        assert own["messages"] == 2, own


def test_agent_serves_the_packs_teams():
    with Pack(pack=LISTS + "teams: [desk, funds]\nlanguages: [en]\n", deposit=GOOD) as folder, Pack() as data:
        add = ("agent", "add", "--data", data, "--pack", folder, "--random-password")
        assert run(*add, "mei")[0] == 0
        code, _, err = run(*add, "joe", "--teams", "funds,nobody")
        assert code == 0 and "has no team nobody" in err and "funds" not in err, err
        agents = json.loads(run("agent", "list", "--json", "--data", data)[1])
        teams = {agent["name"]: agent["teams"] for agent in agents}
        assert teams == {"mei": ["desk", "funds"], "joe": ["funds", "nobody"]}, agents
        assert run(*add, "eve", "--pack", "/nowhere")[0] == 1


def test_every_command_has_a_page():
    listed = re.findall(r"^  (\w+) ", run("--help")[1], re.M)
    for command in listed:
        if command != "version":
            assert (ROOT / ("adapters/cli/man/hotline-%s.1" % command)).exists(), command


sys.exit(kit.main(globals()))
