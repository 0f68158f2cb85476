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
    assert "not carried over: the value of `{name}` in an answer of `greet`" in out, out
    assert intents["ask.balance.now"]["examples"] == ["what is my balance", "show savings please"]
    assert intents["ask.balance.now"]["answer"] == ["Your {account|} balance"]
    assert "data/nlu.yml:14: not carried over: regex `zip`" in out and "the actions `action_call`" in out


def test_import_dialogflow():
    out, common, intents = imported(DIALOGFLOW)
    assert common["outside"] == ["what is the weather"] and common["lists"] == {"coin": {"BTC": ["BTC", "bitcoin"]}}
    assert intents["Deposit.missing"] == {"id": "Deposit.missing", "examples": ["my btc is missing"],
                                          "slots": {"coin": {"list": "coin", "ask": "Which coin?"}},
                                          "answer": ["We look for {coin|}: ok {{x}"]}
    assert "the web hook of `Deposit.missing`" in out


# Two nlu files, roles, a regular expression, a lookup table, a form, stories, several lines an example.
RASA_LARGE = {
    "config.yml": "pipeline: []\n",
    "data/nlu/travel.yml": """version: "3.1"
nlu:
  - intent: faq/fees
    examples: |
      - what does it cost
      - how much is [the fee](fee)
  - intent: book
    examples: |
      - from [Paris]{"entity": "city", "role": "from"} to [Rome]{"entity": "city", "role": "to"}
      - book with ticket [AB123456](ticket)
  - intent: mood
    examples:
      - text: |
          i feel great
        metadata: {sentiment: good}
      - text: wonderful day
  - regex: ticket
    examples: |
      - [A-Z]{2}\\d{6}
      - \\d{9}
  - lookup: city
    examples: |
      - Berlin
      - 北京
""",
    "data/nlu/small.yml": """nlu:
  - intent: bye
    examples: |
      - see you
""",
    "domain/answers.yml": """responses:
  utter_faq/fees:
    - text: One percent.
  utter_bye:
    - text: Bye.
      condition: [{type: slot, name: x, value: true}]
    - text: See you.
    - image: https://a.example/x.png
      text: Bye bye.
  utter_ask_trip_city_from:
    - text: From where?
  utter_ask_ticket:
    - text: Which ticket?
forms:
  trip:
    required_slots: [city_from, ticket, seat]
actions: [action_look_up]
""",
    "data/stories.yml": """stories:
  - story: a trip
    steps:
      - intent: book
      - action: trip
      - active_loop: trip
      - intent: bye
      - action: utter_bye
""",
}


def test_import_rasa_large():
    out, common, intents = imported(RASA_LARGE)
    assert common["lists"] == {"fee": {"the fee": ["the fee"]}, "city": {"Paris": ["Paris"], "Rome": ["Rome"], "Berlin": ["Berlin"],
                                                                          "北京": ["北京"]}}, common
    assert intents["faq.fees"]["answer"] == ["One percent."] and len(intents["faq.fees"]["examples"]) == 2
    assert intents["book"]["slots"] == {"city_from": {"list": "city", "ask": "From where?"}, "city_to": {"list": "city"},
                                        "ticket": {"pattern": "[A-Z]{2}\\d{6}", "ask": "Which ticket?"}}, intents["book"]
    assert intents["mood"]["examples"] == ["i feel great", "wonderful day"]
    assert intents["bye"]["answer"] == ["See you.", "Bye bye."]
    for note in ("the answer of `utter_bye` under a condition", "the image or custom part of `utter_bye`", "it has no question",
                 "data/nlu/travel.yml:17: not carried over: regex `ticket`: all but the first", "data/stories.yml:2: not carried over: of the story `a trip`: the order of its turns", "the action `action_look_up`"):
        assert "not carried over: " in out and note in out, (note, out)


DIALOGFLOW_LARGE = {
    "agent.json": {"language": "en", "supportedLanguages": ["zh-cn", "de"]},
    "intents/Order.json": {"name": "order.status", "contexts": ["buying"], "events": [{"name": "WELCOME"}], "responses": [{
        "affectedContexts": [{"name": "order-followup", "lifespan": 2}],
        "messages": [{"type": "0", "lang": "en", "speech": ["Order $orderId is on its way.", "We look."]},
                     {"type": "0", "lang": "zh-cn", "speech": "订单 $orderId 在路上。"}, {"type": "4", "lang": "en", "payload": {}}],
        "parameters": [
            {"name": "orderId", "dataType": "@order-id", "required": True,
             "prompts": [{"lang": "en", "value": "Which order?"}, {"lang": "zh-cn", "value": "哪个订单？"}]},
            {"name": "amount", "dataType": "@sys.unit-currency"}, {"name": "when", "dataType": "@sys.date-time"},
            {"name": "place", "dataType": "@sys.geo-city", "isList": True}, {"name": "color", "dataType": "@color"}]}]},
    "intents/Order_usersays_en.json": [{"data": [{"text": "where is my "}, {"text": "order", "meta": "@order-id", "alias": "orderId"}]}],
    "intents/Order_usersays_zh-cn.json": [{"data": [{"text": "我的订单在哪"}]}],
    "intents/More.json": {"name": "order.status - more", "parentId": "x", "responses": [{"messages": [
        {"type": "0", "lang": "en", "speech": "More."}]}]},
    "intents/More_usersays_en.json": [{"data": [{"text": "tell me more"}]}],
    "entities/order-id.json": {"name": "order-id", "isRegexp": True},
    "entities/order-id_entries_en.json": [{"value": "[A-Z]\\d{5}", "synonyms": ["[A-Z]\\d{5}"]}],
    "entities/color.json": {"name": "color"},
    "entities/color_entries_en.json": [{"value": "red", "synonyms": ["red", "crimson"]}],
    "entities/color_entries_zh-cn.json": [{"value": "red", "synonyms": ["红色"]}],
    "entities/trip.json": {"name": "trip", "isEnum": True},
    "entities/trip_entries_en.json": [{"value": "@color:color @sys.number:n", "synonyms": []}],
}


def test_import_dialogflow_large():
    out, common, intents = imported(DIALOGFLOW_LARGE)
    assert common["languages"] == ["en", "zh"] and common["lists"] == {"color": {"red": ["red", "crimson", "红色"]}}, common
    order = intents["order.status"]
    assert order["examples"] == ["where is my order", "我的订单在哪"]
    assert order["slots"] == {"orderid": {"pattern": "[A-Z]\\d{5}", "ask": {"en": "Which order?", "zh": "哪个订单？"}},
                              "amount": {"type": "amount"}, "when": {"type": "date"}, "color": {"list": "color"}}, order
    assert order["answer"] == [{"en": "Order {orderid|} is on its way.", "zh": "订单 {orderid|} 在路上。"},
                               {"en": "We look.", "zh": "订单 {orderid|} 在路上。"}], order
    assert intents["order.status.-.more"]["answer"] == [{"en": "More.", "zh": "More."}], intents
    for note in ("`@sys.geo-city` of `order.status`", "takes several values", "a card or payload of `order.status`",
                 "the context `order-followup` that `order.status` sets", "needs the context `buying`", "the event `WELCOME`",
                 "only follows another intent", "values of the entity `trip` that are made of others: 1", "an answer of `order.status.-.more` in zh"):
        assert "not carried over: " in out and note in out, (note, out)


# In another language, with what Rasa does by its own names: out_of_scope, faq/x, Duckling; and what no pack can hold.
RASA_SPANISH = {
    "config.yml": "recipe: default.v1\nlanguage: es\npipeline:\n  - name: DucklingEntityExtractor\n",
    "data/deep/er/nlu.yml": """nlu:
  - intent: saludo
    examples: |
      - hola
      - buenas
  - intent: adios
    examples: |
      - hasta luego
  - intent: faq/horario
    examples: |
      - a que hora abren
  - intent: out_of_scope
    examples: |
      - que tiempo hace en [marte](planeta)
  - intent: pagar
    examples: |
      - pagar [20](number) con [Visa](tarjeta)
      - pagar con [visa](tarjeta) o [la azul]{"entity": "tarjeta", "value": "Visa"}
      - mi codigo es [a1](codigo) ya
  - synonym: Visa
    examples: |
      - visa
  - lookup: tarjeta
    examples: |
      - ...
      - Amex
  - regex: codigo
    examples: |
      - (a+)+
""",
    "domain.yml": """responses:
  utter_hola:
    - text: Hola {nombre}.
  utter_faq/horario:
    - text: A las nueve.
""",
    "data/rules.yml": """rules:
  - rule: hola y adios
    steps:
      - or:
          - intent: saludo
          - intent: adios
      - action: utter_hola
  - rule: faq
    steps:
      - intent: faq
      - action: utter_faq
  - rule: nada
    steps:
      - intent: nlu_fallback
      - action: utter_nada
""",
}


def test_import_rasa_in_another_language():
    out, common, intents = imported(RASA_SPANISH)
    assert common["languages"] == ["es"] and len(common["texts"]) == 7 and "the bot's own lines in es" in out, common
    assert common["outside"] == ["que tiempo hace en marte"]
    assert common["lists"] == {"planeta": {"marte": ["marte"]}, "tarjeta": {"Visa": ["Visa", "la azul", "visa"], "Amex": ["Amex"]}}, common
    assert intents["saludo"]["answer"] == intents["adios"]["answer"] == ["Hola {{nombre}."], intents
    assert intents["faq.horario"]["answer"] == ["A las nueve."] and "faq" not in intents and "nlu_fallback" not in intents
    assert intents["pagar"]["slots"] == {"number": {"type": "number"}, "tarjeta": {"list": "tarjeta"}}, intents["pagar"]
    for note in ("the value `...` of the list `tarjeta`: it has no word", "data/rules.yml:12: not carried over: of the rule `nada`: the actions `utter_nada`",
                 "data/deep/er/nlu.yml:27: not carried over: the pattern `(a+)+` of `codigo`"):
        assert note in out, (note, out)
    assert "utter_faq" not in out, out


def test_import_finds_the_folder():
    with tempfile.TemporaryDirectory(prefix="hotline-import-") as folder:
        for name, text in (("a/bot/domain.yml", "intents: []\n"), ("cx/agent.json", "{}"), ("cx/flows/x.json", "{}"),
                           ("cx/intents/a/a.json", '{"name": "a"}')):
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        code, _, err = run("import", folder + "/a", folder + "/pack")
        assert code == 1 and f"(try {folder}/a/bot)" in err, err
        code, _, err = run("import", folder + "/cx", folder + "/pack")
        assert code == 1 and "is a Dialogflow CX export; only those of ES can be read" in err, err


def test_import_tables_of_other_countries():
    rows = 'intent;text;more\r\ngreet;"hello; you";x\r\nbye;"see\nyou";\r\n;lost\r\n'
    out, _, intents = imported({"a.csv": "\ufeff" + rows}, "a.csv")
    assert {i: intents[i]["examples"] for i in intents} == {"greet": ["hello; you"], "bye": ["see you"]}
    assert "a.csv:5: not carried over: a line without intent or without example" in out, out
    with tempfile.TemporaryDirectory(prefix="hotline-import-") as folder:
        for encoding in ("gbk", "utf-16"):
            pathlib.Path(folder, "a.csv").write_bytes("充值,没到账\n".encode(encoding))
            code, _, err = run("import", os.path.join(folder, "a.csv"), os.path.join(folder, "pack"))
            assert code == 1 and "save it as CSV in UTF-8" in err, err


def test_import_tables():
    out, _, intents = imported({"a.csv": 'text,label\r\nhello there,greet\r\n"a, ""b""",other\n\nonly\n'}, "a.csv")
    assert {i: intents[i]["examples"] for i in intents} == {"greet": ["hello there"], "other": ['a, "b"']}
    assert "a.csv:5:" in out
    _, _, intents = imported({"a.tsv": "greet\thi\nbye\tsee you\ngreet\thi\n"}, "a.tsv")
    assert {i: intents[i]["examples"] for i in intents} == {"greet": ["hi"], "bye": ["see you"]}


def test_import_tables_without_names():
    _, _, intents = imported({"a.csv": "hello,greet\nhi there,greet\nhey,greet\nfee?,fees\nfees,fees\n"}, "a.csv")
    assert {i: intents[i]["examples"] for i in intents} == {"greet": ["hello", "hi there", "hey"], "fees": ["fee?", "fees"]}
    _, _, intents = imported({"a.csv": "utterance,intent class\nhello,greet\nhi,greet\n"}, "a.csv")
    assert {i: intents[i]["examples"] for i in intents} == {"greet": ["hello", "hi"]}
    _, pack, intents = imported({"a.csv": "意图,例句\n充值,充值没到\n充值,怎么充值\n手续费,手续费多少\n手续费,fee\n"}, "a.csv")
    assert set(intents) == {"充值", "手续费"} and pack["languages"] == ["zh", "en"], (intents, pack)
    _, pack, _ = imported({"a.csv": "intent,text\n" + "a,hello there\n" * 3 + "b,my fee\n"}, "a.csv")
    assert pack["languages"] == ["en"], pack


def test_import_of_nothing():
    with tempfile.TemporaryDirectory(prefix="hotline-import-") as folder:
        code, _, err = run("import", folder, folder + "/pack")
        assert code == 1 and "is none of" in err
        assert run("import", "--from", "excel", folder, folder + "/pack")[0] == 2


sys.exit(kit.main(globals()))
