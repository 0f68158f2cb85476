#!/usr/bin/env bash
# Every benchmark, or the one named: run.sh [text|match|reload|step|store|server|pack|unseen|many|pages|
# accuracy [DATA [--quick]]]. All in one run on one machine, so that the ratios between us and our
# limits mean something; the absolute figures are this machine's.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
only=${1:-}
shift $(($# > 0))
ninja -C build --quiet hotline tests/bench/{bench_text,bench_match,bench_reload,bench_step,bench_store,echo_server,load}
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT

begin() { # begin NAME TITLE: false when another one was asked for
	[ -z "$only" ] || [ "$only" = "$1" ] || return 1
	printf '\n== %s: %s\n' "$1" "$2"
}

known=" text match reload step store server pack unseen many pages accuracy "
[ -z "$only" ] || [[ $known == *" $only "* ]] || {
	echo "bench: unknown benchmark $only; there are:$known" >&2
	exit 2
}

printf 'machine: %s, %s cores, %s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
	"load $(cut -d' ' -f1 /proc/loadavg)"
if begin text "reading a message: normal form, words, language, secrets"; then
	build/tests/bench/bench_text
fi
if begin match "a message against 100, 1,000 and 10,000 rules, beside PCRE2 one by one"; then
	build/tests/bench/bench_match
	build/tests/bench/bench_match evil
fi
if begin reload "10,000 rules loaded, and again with one changed"; then
	build/tests/bench/bench_reload
fi
if begin step "a step of the engine with the exchange pack"; then
	build/tests/bench/bench_step rules/exchange
fi
if begin store "durable appends"; then
	build/tests/bench/bench_store "$data"
fi
if begin server "round trips and idle memory, beside a bare echo server"; then
	tests/bench/run_server.py build/hotline build/tests/bench/echo_server build/tests/bench/load
fi
if begin pack "the exchange pack: one message, start to first answer"; then
	build/hotline bench rules/exchange --own
	/usr/bin/python3 tests/bench/first_answer.py build/hotline rules/exchange
fi
if begin unseen "the exchange pack on messages it has never seen"; then
	for name in en zh sensitive calm two oos; do
		build/hotline test rules/exchange --messages "tests/bench/unseen/$name.tsv"
	done
fi
if begin many "a pack of 100,000 examples"; then
	/usr/bin/python3 tests/bench/many.py build/hotline
fi
if begin pages "sizes on the wire, gzipped"; then
	find build/adapters/web adapters/web/dist -name '*.gz' -printf '%s\t%f\n' 2>/dev/null | sort -u -k2 | head -n 40
fi
if begin accuracy "intents of public sets, beside nlp.js, fastText and liblinear"; then
	bash tests/bench/accuracy.sh "$@"
fi
