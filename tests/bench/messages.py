#!/usr/bin/python3
"""Prints every message that the packs' tests and examples say: what `hotline bench` reads. messages.py PACK"""
import pathlib
import sys

import yaml

for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.yaml")):
    for intent in yaml.safe_load(path.read_text(encoding="utf-8")).get("intents", []):
        for item in intent.get("examples", []) + intent.get("tests", []):
            said = item if isinstance(item, str) else item.get("say")
            if said:
                print(said)
