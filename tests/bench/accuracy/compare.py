#!/usr/bin/python3
"""Hotline beside its peers on public intent sets, in one run, on the same split: accuracy, share answered alone, cost.

compare.py DATA HOTLINE MODULES [--quick] [--only ENGINE,…]   (MODULES: a node_modules folder with node-nlp in it)"""
import argparse
import math
import pathlib
import shutil
import tempfile

import engines
import sets


def tell(name, outcome, right):
    n = len(outcome.judged)
    columns = [f"{name:10}{100 * sum(right) / n:7.1f}"]
    for precision in engines.PRECISIONS:
        kept = outcome.answered[precision]
        good = sum(right[i] for i in kept)
        columns.append(f"{100 * len(kept) / n:7.1f} ({100 * good / len(kept):4.1f})" if kept else f"{0:7.1f}   –   ")
    us = "      –" if math.isnan(outcome.us) else f"{outcome.us:7.1f}"
    columns.append(f"{us}{outcome.train_s:8.1f}{outcome.train_cpu_s:7.1f}{outcome.mib:6.0f}")
    print("".join(columns), flush=True)


def ratio(ours, theirs):
    return f"{ours / theirs:.2f}" if theirs > 0 and not math.isnan(theirs) else "–"


def tell_ratios(outcomes, rights):
    ours = outcomes["Hotline"]
    for name, theirs in outcomes.items():
        if name != "Hotline":
            wrong = [rights[who].count(False) for who in ("Hotline", name)]
            print(f"  Hotline ÷ {name}: wrong {ratio(*wrong)}, µs {ratio(ours.us, theirs.us)}, "
                  f"training CPU {ratio(ours.train_cpu_s, theirs.train_cpu_s)}, memory {ratio(ours.mib, theirs.mib)}")


def measure(tools, title, learnt, judged, lang, wanted):
    print(f"\n{title}: {len({label for label, _ in learnt})} intents, {len(learnt)} lines learnt, {len(judged)} judged")
    print(f"{'':10}{'right %':>7}" + "".join(f"{f'alone at {p}':>14}" for p in engines.PRECISIONS)
          + f"{'µs':>7}{'train s':>8}{'CPU s':>7}{'MiB':>6}", flush=True)
    outcomes, rights = {}, {}
    for name, engine in engines.ENGINES:
        if wanted and name not in wanted:
            continue
        scratch = pathlib.Path(tempfile.mkdtemp(prefix="hotline-accuracy-"))
        try:
            outcome = engine(tools, scratch, learnt, [text for _, text in judged], lang)
        finally:
            shutil.rmtree(scratch)
        outcomes[name] = outcome
        rights[name] = [label == said for (label, _), (said, _) in zip(judged, outcome.judged)]
        tell(name, outcome, rights[name])
    if "Hotline" in outcomes:
        tell_ratios(outcomes, rights)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("hotline")
    parser.add_argument("modules")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="")
    tools = parser.parse_args()
    tools.hotline, tools.modules = pathlib.Path(tools.hotline).resolve(), pathlib.Path(tools.modules).resolve()
    tools.fasttext, tools.liblinear = "fasttext", "liblinear-train"
    print("alone at 95: share answered alone when 95 % of such answers are to be right (how many were); µs: a message, "
          "processor; MiB: most held")
    for title, learnt, judged, lang, quick in sets.SETS:
        found = sets.split(tools.data, learnt, judged)
        if found is None:
            print(f"\n{title}: not there, skipped")
        elif quick or not tools.quick:
            measure(tools, title, *found, lang, [name for name in tools.only.split(",") if name])


if __name__ == "__main__":
    main()
