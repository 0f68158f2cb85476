#!/usr/bin/python3
"""Writes engine/secrets/bip39_table.h from the English word list of BIP-39.

The list is a set of facts published with the standard (github.com/bitcoin/bips, bip-0039/english.txt); it was read
from npm's bip39 3.1.2, src/wordlists/english.json, whose path is this script's argument. No word is longer than eight
letters, so a word is one 64-bit key of an open-addressing table; the first four letters, which tell the words apart and
are all that some people keep, are a table of their own.
Run it from the top of the repository, and make_hints.py after it.
"""
import json
import sys

SIZE = 4096
words = json.load(open(sys.argv[1], encoding="utf-8"))
assert len(words) == 2048 and max(map(len, words)) <= 8
table = [0] * SIZE
for word in sorted(words):
    key = int.from_bytes(word.encode().ljust(8, b"\0"), "little")
    slot = (key * 0x9E3779B97F4A7C15 % 2**64) >> 52
    while table[slot]:
        slot = (slot + 1) % SIZE
    table[slot] = key
starts = [0] * SIZE
for k in sorted({int.from_bytes(w[:4].encode().ljust(4, b"\0"), "little") for w in words if len(w) > 4}):
    slot = (k * 0x9E3779B97F4A7C15 % 2**64) >> 52
    while starts[slot]:
        slot = (slot + 1) % SIZE
    starts[slot] = k


def write(f, form, values, per_line):
    cells = [form % (i, v) for i, v in enumerate(values) if v]
    for i in range(0, len(cells), per_line):
        f.write("\t" + " ".join(cells[i : i + per_line]) + "\n")
    f.write("};\n")


with open("engine/secrets/bip39_table.h", "w", encoding="utf-8") as f:
    f.write("/* BIP-39's English words and their first four letters as keys; gen/make_bip39.py\n")
    f.write("   wrote it. */\n/* clang-format off */\n")
    f.write("static const uint64_t bip39_words[%d] = {\n" % SIZE)
    write(f, "[%d] = 0x%x,", table, 9)
    f.write("static const uint32_t bip39_starts[%d] = {\n" % SIZE)
    write(f, "[%d] = 0x%x,", starts, 12)
    f.write("/* clang-format on */\n")
