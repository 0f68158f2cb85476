"""`hotline import`. TAP; argument: the executable."""
import json
import os
import pathlib
import sys
import tempfile

import yaml

import kit
from kit import Loader, run


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


sys.exit(kit.main(globals()))
