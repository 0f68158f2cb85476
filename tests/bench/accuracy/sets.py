"""The public intent sets as (label, text) lines, split into what is learnt and what is judged; the same for everybody."""
import collections
import pathlib

# name, what is learnt, what is judged (None: every fifth line of each label of the first), language, asked for by --quick
SETS = [
    ("Banking77", "banking77/train.tsv", None, "en", True),
    ("Banking77, 10 an intent", "banking77/train_10.tsv", "banking77/train.tsv", "en", True),
    ("CLINC150", "clinc150/train.tsv", "clinc150/valid.tsv", "en", False),
    ("CLINC150, 10 an intent", "clinc150/train_10.tsv", "clinc150/valid.tsv", "en", False),
    ("HWU64", "hwu64/train.tsv", "hwu64/valid.tsv", "en", False),
    ("HWU64, 10 an intent", "hwu64/train_10.tsv", "hwu64/valid.tsv", "en", False),
    ("CrossWOZ", "crosswoz_zh/train.tsv", None, "zh", True),
    ("xSID", "xsid_zh/train.tsv", None, "zh", False),
]


def read(path):
    with open(path, encoding="utf-8") as f:
        return [tuple(line.rstrip("\n").split("\t", 1)) for line in f if "\t" in line]


def every_fifth(lines, which=4):
    """(the rest, every fifth line of each label, counted from `which`)."""
    seen, rest, held = collections.Counter(), [], []
    for label, text in lines:
        (held if seen[label] % 5 == which else rest).append((label, text))
        seen[label] += 1
    return rest, held


def split(folder, learnt, judged):
    """(learnt, judged) of one set; None when a file is not there. A line that is learnt is never judged."""
    folder = pathlib.Path(folder)
    if not (folder / learnt).is_file() or judged and not (folder / judged).is_file():
        return None
    lines = read(folder / learnt)
    if judged is None:
        return every_fifth(lines)
    known = {text for _, text in lines}
    others = read(folder / judged)
    if judged.endswith("train.tsv"):
        others = every_fifth(others)[1]
    return lines, [(label, text) for label, text in others if text not in known]
