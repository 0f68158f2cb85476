#!/usr/bin/python3
"""What a pack of very many examples costs to load, with the model trained and from the cache: many.py HOTLINE [EXAMPLES]"""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

INTENTS, FILE_OF = 100, 10  # intents, and how many share a file


def spell(draw, vocabulary, own):
    words = draw.choices(vocabulary[:300], k=draw.randint(3, 9)) + draw.choices(own, k=draw.randint(1, 3))
    draw.shuffle(words)
    return " ".join(words)


def write_pack(folder, examples):
    """Texts of invented words: a few that all intents use, and some of their own."""
    draw = random.Random(7)
    vocabulary = ["".join(draw.choice("bcdfghklmnprstvw") + draw.choice("aeiou") for _ in range(draw.randint(2, 4)))
                  for _ in range(4000)]
    (folder / "pack.yaml").write_text("languages: [en]\ndecide: {precision: 0.95, oos: 0}\n")
    for first in range(0, INTENTS, FILE_OF):
        with open(folder / f"{first}.yaml", "w") as f:
            f.write("intents:\n")
            for i in range(first, first + FILE_OF):
                own = draw.sample(vocabulary, 25)
                texts = [spell(draw, vocabulary, own) for _ in range(examples // INTENTS)]
                f.write(f'  - id: intent.{i}\n    answer: "Yes."\n    examples:\n')
                f.writelines(f"      - {json.dumps(text)}\n" for text in texts)


def main():
    hotline, examples = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100000
    with tempfile.TemporaryDirectory(prefix="hotline-many-") as folder:
        pack = pathlib.Path(folder) / "pack"
        pack.mkdir()
        write_pack(pack, examples)
        for how in ("trained", "from the cache"):
            done = subprocess.run([hotline, "bench", pack, "--json"], input=b"hello there\n", stdout=subprocess.PIPE,
                                  env={**os.environ, "XDG_CACHE_HOME": folder}, check=True)
            said = json.loads(done.stdout)
            print(f"{examples} examples, {how}: load {said['load_ms'] / 1000:.1f} s, at most {said['rss_mib']:.0f} MiB")


main()
