#!/usr/bin/env python3
"""Holds every frame the host's tests make it send against the JSON Schemas of the wire.

usage: schema.py SCHEMA_FOLDER TEST_PROGRAM...
"""
import json
import os
import re
import subprocess
import sys
import tempfile

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool}


def is_type(value, name):
    if name in ("integer", "number"):
        return not isinstance(value, bool) and isinstance(value, int if name == "integer" else (int, float))
    return isinstance(value, TYPES[name])


def object_faults(value, schema, path):
    props = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield f"{path}: {name} is missing"
    for name, member in value.items():
        rule = props.get(name, schema.get("additionalProperties", True))
        if rule is False:
            yield f"{path}: {name} has no place here"
        elif rule is not True:
            yield from faults(member, rule, f"{path}.{name}")
    if len(value) > schema.get("maxProperties", len(value)):
        yield f"{path}: too many members"


def faults(value, schema, path="frame"):
    """Every way in which the value breaks the schema, as sentences."""
    if "oneOf" in schema:
        fits = [s for s in schema["oneOf"] if not list(faults(value, s, path))]
        if len(fits) != 1:
            yield f"{path}: fits {len(fits)} of the alternatives"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{path}: is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: is none of {schema['enum']}"
    if "type" in schema and not is_type(value, schema["type"]):
        yield f"{path}: is no {schema['type']}"
        return
    if isinstance(value, dict):
        yield from object_faults(value, schema, path)
    elif isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield f"{path}: {len(value)} items"
        for i, item in enumerate(value):
            yield from faults(item, schema.get("items", {}), f"{path}[{i}]")
    elif isinstance(value, str):
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
            yield f"{path}: {len(value)} characters"
        if not re.search(schema.get("pattern", ""), value):
            yield f"{path}: does not match {schema['pattern']}"
    elif isinstance(value, (int, float)):
        if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            yield f"{path}: {value} is out of range"


def types_of(schema):
    for one in schema.get("oneOf", []):
        if "oneOf" in one:
            yield from types_of(one)
        else:
            yield one["properties"]["t"]["const"]


def main():
    folder, programs = sys.argv[1], sys.argv[2:]
    schemas = {}
    for role in ("customer", "agent"):
        with open(os.path.join(folder, role + "-gets.json"), encoding="utf-8") as file:
            schemas[role] = json.load(file)
    seen = {role: {} for role in schemas}
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "frames")
        for program in programs:
            subprocess.run([program], env=dict(os.environ, RIG_FRAMES=path), check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(path, encoding="utf-8") as file:
            for line in file:
                role, text = line.split(" ", 1)
                frame = json.loads(text)
                bad = list(faults(frame, schemas[role]))
                found = seen[role].setdefault(frame["t"], [])
                if bad and len(found) < 3:
                    found.append((bad, text))
    number = 0
    failed = False
    for role, schema in schemas.items():
        for kind in sorted(set(types_of(schema))):
            number += 1
            # the short ones are also held, byte for byte, by test_wire
            found = seen[role].get(kind)
            good = found == [] or (found is None and kind in ("bye", "pong", "read", "typing"))
            failed |= not good
            print(f"{'ok' if good else 'not ok'} {number} - {role} gets {kind}")
            if found is None and not good:
                print("# no test makes the host send it")
            for bad, text in found or []:
                print(f"# {'; '.join(bad)}: {text.strip()}")
    print(f"1..{number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
