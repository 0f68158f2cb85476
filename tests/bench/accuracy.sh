#!/usr/bin/env bash
# The likeness on public intent sets: accuracy, share answered alone and how right, µs, seconds, MiB.
# usage: accuracy.sh PROGRAM DATA   (PROGRAM: the built tests/bench/accuracy; DATA: a folder of
# NAME/train.tsv, label<TAB>text; a set that is absent is said and skipped)
set -euo pipefail
program=$1 data=$2

run() { # run NAME [TEST] [OPTION…]
	local name=$1
	shift
	if [ ! -f "$data/$name" ]; then
		printf '%s: not there, skipped\n' "$name"
		return
	fi
	"$program" "$data/$name" "$@"
}

run banking77/train.tsv
run banking77/train_10.tsv "$data/banking77/train.tsv"
run clinc150/train.tsv "$data/clinc150/valid.tsv"
run clinc150/train_10.tsv "$data/clinc150/valid.tsv" --oos 0.1 --strangers "$data/clinc150/oos_valid.tsv"
run hwu64/train.tsv "$data/hwu64/valid.tsv"
run crosswoz_zh/train.tsv
run xsid_zh/train.tsv
