"""Hotline and its peers, each behind one function: train on lines, judge texts, say what it cost.

Each returns an Outcome: judged is (label, score) per text; answered[p] is the set of texts answered alone when right in
p percent of the cases is asked for. Thresholds come from the lines learnt alone: Hotline finds its own, a peer's is looked
for in parts of its training lines that it was not shown."""
import array
import collections
import dataclasses
import json
import math
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

import sets

PRECISIONS = (95, 97, 99)
FOLDS_UP_TO = 3000  # lines; above, one part held out is enough to find a threshold
HERE = pathlib.Path(__file__).resolve().parent


@dataclasses.dataclass
class Outcome:
    judged: list
    answered: dict
    us: float  # of processor time a message; nan: not measured
    train_s: float
    train_cpu_s: float
    mib: float  # the most memory held while learning and judging


@dataclasses.dataclass
class Used:
    out: bytes
    wall_s: float
    cpu_s: float
    mib: float


def peak_mib(pid):
    """Of the memory map the process has now: what it inherited from us before its exec does not count."""
    try:
        found = re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())
    except OSError:
        found = None
    return int(found.group(1)) / 1024 if found else 0


def run(command, stdin=b"", env=None):
    """Runs to the end; looks at the memory every 10 ms, as a process that has ended no longer says it."""
    with tempfile.TemporaryFile() as feed, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        feed.write(stdin)
        feed.seek(0)
        began = time.monotonic()
        process = subprocess.Popen([str(word) for word in command], stdin=feed, stdout=out, stderr=err,
                                   env={**os.environ, **(env or {})})
        mib, ended = 0, 0
        while not ended:
            mib = max(mib, peak_mib(process.pid))
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
            if not ended:
                time.sleep(0.01)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode != 0:
            sys.exit(f"accuracy: {command[0]} failed: {err.read().decode(errors='replace').strip()[-2000:]}")
        return Used(out.read(), wall, used.ru_utime + used.ru_stime, mib)


def lines_of(texts):
    return "".join(text + "\n" for text in texts).encode()


# ------------------------------------------------------------------ thresholds for those that find none by themselves


def folds(lines):
    """Pairs (shown, kept back) of the lines learnt."""
    parts = range(5) if len(lines) <= FOLDS_UP_TO else [4]
    return [sets.every_fifth(lines, part) for part in parts]


def lowest_score(pairs, precision):
    """pairs: (score, right). The score from which on `precision` percent are right, for as many as possible; None: none."""
    best, right = None, 0
    pairs = sorted(pairs, reverse=True)
    for n, (score, good) in enumerate(pairs, 1):
        right += good
        if right >= precision / 100 * n and (n == len(pairs) or pairs[n][0] < score):
            best = score
    return best


def answered_alone(judge, learnt, judged):
    """judge(learnt, texts) → [(label, score)]. → per precision, the places in `judged` that reach its threshold."""
    pairs = []
    for shown, kept in folds(learnt):
        for (label, _), (said, score) in zip(kept, judge(shown, [text for _, text in kept])):
            pairs.append((score, label == said))
    answered = {}
    for precision in PRECISIONS:
        least = lowest_score(pairs, precision)
        answered[precision] = {i for i, (_, score) in enumerate(judged) if least is not None and score >= least}
    return answered


# ------------------------------------------------------------------ Hotline, as an author has it: a pack and the program


def intent_ids(labels):
    """label → an id the rule language takes, made of the label's own words."""
    ids = {}
    for label in sorted(labels):
        plain = re.sub(r"[^\w.-]+", ".", label).strip(".")[:56] or "intent"
        ids[label] = plain if plain not in ids.values() else f"{plain}.{len(ids)}"
    return ids


def write_pack(folder, ids, learnt, lang, precision):
    examples = collections.defaultdict(list)
    for label, text in learnt:
        examples[ids[label]].append(text)
    folder.mkdir()
    (folder / "pack.yaml").write_text(f"pack: bench\nlanguages: [{lang}]\ndecide: {{precision: {precision / 100}, oos: 0}}\n")
    with open(folder / "intents.yaml", "w", encoding="utf-8") as f:
        f.write("intents:\n")
        for name, texts in examples.items():
            f.write(f"  - id: {json.dumps(name, ensure_ascii=False)}\n    answer: \"Yes.\"\n    examples:\n")
            f.writelines(f"      - {json.dumps(text, ensure_ascii=False)}\n" for text in texts)


def hotline(tools, scratch, learnt, texts, lang):
    ids = intent_ids({label for label, _ in learnt})
    labels = {name: label for label, name in ids.items()}
    env = {"XDG_CACHE_HOME": str(scratch)}
    answered = {}
    for precision in PRECISIONS:
        pack = scratch / f"pack{precision}"
        write_pack(pack, ids, learnt, lang, precision)
        if precision == PRECISIONS[0]:
            cold = run([tools.hotline, "bench", pack], lines_of(texts), env)
            warm = run([tools.hotline, "bench", pack], lines_of(texts), env)
            often = run([tools.hotline, "bench", pack], lines_of(texts) * 11, env)
        said = [json.loads(line) for line in run([tools.hotline, "classify", pack], lines_of(texts), env).out.splitlines()]
        answered[precision] = {i for i, verdict in enumerate(said) if verdict["decision"] == "answer"}
        if precision == PRECISIONS[0]:
            best = [verdict["intents"][0] if verdict["intents"] else {"intent": "", "score": 0} for verdict in said]
            judged = [(labels.get(one["intent"], ""), one["score"]) for one in best]
    us = (often.cpu_s - warm.cpu_s) * 1e6 / (2 * 10 * len(texts))  # bench classifies each twice
    return Outcome(judged, answered, us, cold.wall_s - warm.wall_s, cold.cpu_s - warm.cpu_s, cold.mib)


# ------------------------------------------------------------------ nlp.js


def nlpjs(tools, scratch, learnt, texts, lang):
    def once(lines, texts):
        lines = list(lines)
        random.Random(1).shuffle(lines)  # what it learns depends on the order; that of the files favours the last label
        feed = json.dumps({"lang": lang, "train": lines, "test": texts})
        used = run(["node", HERE / "nlpjs.js"], feed.encode(), {"NODE_PATH": str(tools.modules)})
        return used, json.loads(used.out)

    used, said = once(learnt, texts)
    judged = [tuple(one) for one in said["judged"]]
    answered = answered_alone(lambda lines, kept: once(lines, kept)[1]["judged"], learnt, judged)
    return Outcome(judged, answered, said["us"], said["train_s"], said["train_cpu_s"], used.mib)


# ------------------------------------------------------------------ fastText


def fasttext(tools, scratch, learnt, texts, lang):
    names = {label: f"__label__{i}" for i, label in enumerate(sorted({label for label, _ in learnt}))}
    labels = {name: label for label, name in names.items()}
    pace = ["-epoch", "50", "-lr", "0.5"] if len(learnt) > 3000 else ["-epoch", "100", "-lr", "1"]
    options = "-wordNgrams 2 -minn 2 -maxn 4 -dim 100 -bucket 200000 -thread 1 -seed 1 -verbose 0".split() + pace

    def plain(text):
        text = re.sub(r"([^\w\s])", r" \1 ", text.lower())
        if lang == "zh":
            text = re.sub(r"([\u4e00-\u9fff])", r" \1 ", text)
        return " ".join(text.split())

    def train(lines):
        lines = list(lines)
        random.Random(1).shuffle(lines)
        (scratch / "learnt.txt").write_bytes(lines_of(f"{names[label]} {plain(text)}" for label, text in lines))
        return run([tools.fasttext, "supervised", "-input", scratch / "learnt.txt", "-output", scratch / "model", *options])

    def judge(texts, times=1):
        used = run([tools.fasttext, "predict-prob", scratch / "model.bin", "-", "1"], lines_of(plain(t) for t in texts) * times)
        said = [line.split() for line in used.out.decode().splitlines()]
        return used, [(labels[one[0]], float(one[1])) if len(one) == 2 else ("", 0.0) for one in said]

    trained = train(learnt)
    once, judged = judge(texts)
    often, _ = judge(texts, 11)
    us = (often.cpu_s - once.cpu_s) * 1e6 / (10 * len(texts))

    def unseen(lines, kept):
        train(lines)
        return judge(kept)[1]

    return Outcome(judged, answered_alone(unseen, learnt, judged), us, trained.wall_s, trained.cpu_s, max(trained.mib, once.mib))


# ------------------------------------------------------------------ liblinear: one sparse linear classifier, as in the textbook


def features(text, lang):
    """Words in ones and twos, characters in twos to fours within words, Chinese characters in ones and twos."""
    found = collections.Counter()
    words = re.findall(r"[a-z0-9']+|[\u4e00-\u9fff]|[^\w\s]", text.lower())
    found.update(words)
    found.update(f"{a} {b}" for a, b in zip(words, words[1:]))
    for word in words:
        if len(word) > 1:
            edged = f"<{word}>"
            found.update("#" + edged[i : i + n] for n in (2, 3, 4) for i in range(len(edged) - n + 1))
    return found


def liblinear(tools, scratch, learnt, texts, lang):
    rows = {}

    def counted(text):
        if text not in rows:
            rows[text] = {name: 1 + math.log(n) for name, n in features(text, lang).items()}
        return rows[text]

    def vector(text, number, idf):
        row = {number[name]: value * idf[name] for name, value in counted(text).items() if name in number}
        norm = math.sqrt(sum(value * value for value in row.values())) or 1
        return sorted((i, value / norm) for i, value in row.items())

    def once(lines, texts):
        names = sorted({label for label, _ in lines})
        place = {label: i for i, label in enumerate(names)}
        seen = collections.Counter(name for _, text in lines for name in counted(text))
        number = {name: i for i, name in enumerate(sorted(seen), 1)}
        idf = {name: 1 + math.log((1 + len(lines)) / (1 + n)) for name, n in seen.items()}
        with open(scratch / "learnt.svm", "w") as f:
            for label, text in lines:
                f.write(f"{place[label]} " + " ".join(f"{i}:{value:.5f}" for i, value in vector(text, number, idf)) + "\n")
        solver = ["-s", "7", "-c", "20"] if len(lines) <= 3000 else ["-s", "1", "-c", "1"]
        used = run([tools.liblinear, "-q", *solver, scratch / "learnt.svm", scratch / "svm.model"])
        return used, decide(scratch / "svm.model", names, [vector(text, number, idf) for text in texts])

    used, judged = once(learnt, texts)
    answered = answered_alone(lambda lines, kept: once(lines, kept)[1], learnt, judged)
    return Outcome(judged, answered, math.nan, used.wall_s, used.cpu_s, used.mib)


def decide(model, names, vectors):
    """The classes' values for each text; sure is who leads by much."""
    with open(model) as f:
        order = []
        for line in f:
            if line.startswith("label"):
                order = [int(word) for word in line.split()[1:]]
            if line.startswith("w"):
                break
        weights = [array.array("d", map(float, line.split())) for line in f]
    judged = []
    for row in vectors:
        sums = [0.0] * len(order)
        for i, value in row:
            sums = [total + value * weight for total, weight in zip(sums, weights[i - 1])]
        top = sorted(range(len(sums)), key=sums.__getitem__, reverse=True)[:2]
        judged.append((names[order[top[0]]], sums[top[0]] - sums[top[-1]]))
    return judged


ENGINES = [("Hotline", hotline), ("nlp.js", nlpjs), ("fastText", fasttext), ("liblinear", liblinear)]
