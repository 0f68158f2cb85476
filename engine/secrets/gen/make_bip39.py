#!/usr/bin/python3
"""Writes engine/secrets/bip39_table.h from the English word list of BIP-39.

The list is a set of facts published with the standard (github.com/bitcoin/bips, bip-0039/english.txt); it was read
from npm's bip39 3.1.2, src/wordlists/english.json, whose path is this script's argument. No word is longer than eight
letters, so a word is one 64-bit key of an open-addressing table. Run it from the top of the repository.
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
cells = ["[%d] = 0x%x," % (i, k) for i, k in enumerate(table) if k]
with open("engine/secrets/bip39_table.h", "w", encoding="utf-8") as f:
    f.write("/* BIP-39's English words as keys; gen/make_bip39.py wrote it. */\n/* clang-format off */\n")
    f.write("static const uint64_t bip39_words[%d] = {\n" % SIZE)
    for i in range(0, len(cells), 6):
        f.write("\t" + " ".join(cells[i : i + 6]) + "\n")
    f.write("};\n/* clang-format on */\n")
