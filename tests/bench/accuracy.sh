#!/usr/bin/env bash
# Hotline beside nlp.js, fastText and liblinear on public intent sets: accuracy.sh DATA [--quick]
# DATA is a folder of NAME/train.tsv (label<TAB>text). nlp.js is installed into .build/peers, on first use.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
data=${1:-}
if [ -z "$data" ]; then
	echo "skipped: no folder with public intent sets was given (./dev bench accuracy FOLDER [--quick])"
	exit 0
fi
if [ ! -d "$data" ]; then
	echo "skipped: $data is not there"
	exit 0
fi
peers=.build/peers
if [ ! -f $peers/node_modules/node-nlp/package.json ]; then
	mkdir -p $peers
	(cd $peers && npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error node-nlp@4.27.0) >$peers/npm.log 2>&1 || {
		tail -n 5 $peers/npm.log >&2
		exit 1
	}
fi
exec /usr/bin/python3 tests/bench/accuracy/compare.py "$data" build/hotline $peers/node_modules "${@:2}"
