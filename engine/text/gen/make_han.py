#!/usr/bin/python3
"""Writes engine/text/han_table.h: Traditional to Simplified, one character to one character.

The source is Debian's opencc (package opencc, data libopencc-data, Apache-2.0), asked for each Han character by
itself: `opencc -c t2s.json`. Variants that writers of Chinese mix freely are added by hand (EXTRA).
Run it from the top of the repository when opencc's data changes; the result is kept in the repository.
"""
import subprocess

RANGES = [(0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x2A6E0), (0x2A700, 0x2EBE1)]
EXTRA = {"帐": "账", "帳": "账", "妳": "你", "著": "着", "瞭": "了"}

chars = [chr(c) for low, high in RANGES for c in range(low, high)]
# each between newlines, so that no dictionary phrase joins two of them
out = subprocess.run(["opencc", "-c", "t2s.json"], input="\n".join(chars), capture_output=True, text=True, check=True)
mapped = dict(zip(chars, out.stdout.split("\n")))
mapped.update(EXTRA)
for a, b in mapped.items():  # 薴 becomes 苧, which is itself Traditional for 苎: what is folded stays as it is
    while mapped.get(b, b) != b:
        b = mapped[b]
    mapped[a] = b
pairs = [(ord(a), ord(b)) for a, b in sorted(mapped.items()) if a != b and len(b) == 1]
near = [(a, b) for a, b in pairs if 0x4E00 <= a < 0xA000 and b < 0x10000]
far = [p for p in pairs if p not in set(near)]


def lines(items, form, per_line):
    words = [form % p for p in items]
    return "\n".join("\t" + " ".join(words[i : i + per_line]) for i in range(0, len(words), per_line))


changes = [0] * ((0xA000 - 0x4E00) // 64)
for a, _ in near:
    changes[(a - 0x4E00) // 64] |= 1 << (a - 0x4E00) % 64

with open("engine/text/han_table.h", "w", encoding="utf-8") as f:
    f.write(
        "/* Traditional to Simplified; gen/make_han.py wrote it from Debian's opencc data (t2s). */\n"
        "/* clang-format off */\n"
        "static const uint64_t han_changes[(0xa000 - 0x4e00) / 64] = { /* a bit for each of han_near */\n%s\n};\n"
        "static const uint16_t han_near[0xa000 - 0x4e00] = {\n%s\n};\n"
        "static const struct han_pair { uint32_t from, to; } han_far[] = {\n%s\n};\n"
        "/* clang-format on */\n"
        % (
            lines([(b,) for b in changes], "0x%016xu,", 6),
            lines(near, "[0x%04x - 0x4e00] = 0x%04x,", 8),
            lines(far, "{0x%05x, 0x%05x},", 8),
        )
    )
print(len(near), "near,", len(far), "far")
