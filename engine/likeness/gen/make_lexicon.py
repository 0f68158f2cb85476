#!/usr/bin/python3
"""make_lexicon.py LEXICON.txt OUT.h: the lexicon as a hash table of constants.

A run of words is found word by word: each step's hash follows from the one before, and an entry says whether a longer
one begins with it. The hashes are those of lexicon.c.
"""
import re
import sys

MASK = (1 << 64) - 1
PLACES = 4  # concepts of one entry
WORD = re.compile(r"[0-9]+|[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+")


def mix(value, other):
    value = (value ^ other) * 0x9E3779B97F4A7C15 & MASK
    return value ^ value >> 29


def step(before, word):
    value = 1
    for byte in word.encode():
        value = (value ^ byte) * 0x100000001B3 & MASK
    return mix(before + 11 & MASK, mix(value, len(word.encode())))


def read(path):
    """Runs of words → concepts, numbered by line and part."""
    entries, number = {}, 0
    for place, line in enumerate(open(path, encoding="utf-8"), 1):
        if line.startswith("#") or not line.strip():
            continue
        name, words = line.split(":", 1)
        parts = words.split("|")
        number += 1
        whole = number
        for part in parts:
            if len(parts) > 1:
                number += 1
            for text in part.split():
                run = tuple(WORD.findall(text))
                if not run or "".join(run) != text.replace("_", ""):
                    sys.exit(f"{path}:{place}: {text!r} is not made of words")
                concepts = entries.setdefault(run, [])
                for concept in (whole, number):
                    if concept not in concepts and len(concepts) < PLACES:
                        concepts.append(concept)
    return entries


def main():
    entries = read(sys.argv[1])
    longest = max(map(len, entries))
    prefixes = {run[:n] for run in entries for n in range(1, len(run))}
    rows, checks = [], {}
    for run in sorted(set(entries) | prefixes):
        key = 0
        for word in run:
            key = step(key, word)
        if checks.setdefault(key >> 32, run) != run:
            sys.exit(f"{run} and {checks[key >> 32]} have one hash")
        rows.append((key, run, entries.get(run, [])))
    slots = 1
    while slots < 2 * len(rows):
        slots *= 2
    table = [0] * slots
    for i, (key, _, _) in enumerate(rows):
        at = key & slots - 1
        while table[at]:
            at = at + 1 & slots - 1
        table[at] = i + 1
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        out.write("/* made by make_lexicon.py from lexicon.txt */\n")
        out.write(f"#define LEXICON_LONGEST {longest}u\n#define LEXICON_SLOTS {slots}u\n")
        out.write("static const struct entry lexicon_entries[] = {\n")
        for key, run, concepts in rows:
            numbers = ", ".join(map(str, concepts + [0] * (PLACES - len(concepts))))
            out.write(f"\t{{{key >> 32:#010x}u, {{{numbers}}}, {'true' if run in prefixes else 'false'}}},\n")
        out.write("};\nstatic const uint16_t lexicon_slots[LEXICON_SLOTS] = {\n")
        for i in range(0, slots, 16):
            out.write("\t" + ", ".join(map(str, table[i:i + 16])) + ",\n")
        out.write("};\n")


main()
