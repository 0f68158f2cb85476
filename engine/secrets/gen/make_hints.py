#!/usr/bin/python3
"""Writes engine/secrets/hints_table.h: for the hash of a word, what the word may be to the finders.

Two bits for each of 32,768 slots, so that one look at a table that stays in the cache tells of most words that they are
nothing: 0 surely nothing, 1 perhaps in BIP-39's list (or the start of a word there), 2 perhaps in it and no everyday word
(those stand in seed.c), 3 perhaps the first word of a mark. It reads the tables that make_bip39.py and make_marks.py
wrote. Run it after them from the top of the repository.
"""
import re

SLOTS = 32768
NOTHING, LISTED, RARE, MARK = range(4)


def read(path):
    return open("engine/secrets/" + path, encoding="utf-8").read()


def keys(text, array, form):
    return [int(k, 16) for k in re.findall(form, re.search(array + r"\[\d+\] = \{(.*?)\n\};", text, re.S)[1])]


hints = [NOTHING] * SLOTS


def hint(key, kind):
    slot = (key * 0x9E3779B97F4A7C15 % 2**64) >> 49
    hints[slot] = max(hints[slot], kind)


bip39 = read("bip39_table.h")
everyday = set(re.findall(r'"(\w+)"', re.search(r"everyday\[\] = \{(.*?)\};", read("seed.c"), re.S)[1]))
for k in keys(bip39, "bip39_starts", r"= (0x[0-9a-f]+)"):
    hint(k, LISTED)
for k in keys(bip39, "bip39_words", r"= (0x[0-9a-f]+)"):
    hint(k, LISTED if k.to_bytes(8, "little").rstrip(b"\0").decode() in everyday else RARE)
for k in keys(read("marks_table.h"), "mark_slots", r"= \{(0x[0-9a-f]+)"):
    hint(k, MARK)

with open("engine/secrets/hints_table.h", "w", encoding="utf-8") as f:
    f.write("/* What a word may be to the finders, two bits for each slot of its hash: nothing, in BIP-39's list,\n")
    f.write("   in it and no everyday word, the first word of a mark; gen/make_hints.py wrote it. */\n/* clang-format off */\n")
    f.write("const uint64_t hl_word_hints[%d] = {\n" % (SLOTS // 32))
    cells = ["0x%xu," % sum(h << 2 * i for i, h in enumerate(hints[at : at + 32])) for at in range(0, SLOTS, 32)]
    for i in range(0, len(cells), 6):
        f.write("\t" + " ".join(cells[i : i + 6]) + "\n")
    f.write("};\n/* clang-format on */\n")
