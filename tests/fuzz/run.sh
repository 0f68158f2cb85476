#!/usr/bin/env bash
# Fuzzes every target for its share of three minutes on all cores. An input that fails is kept and named.
set -uo pipefail
cd "$(dirname "$0")/../.."
dir=.build/fuzz
seconds=${1:-180}
[ -f $dir/build.ninja ] || CC=clang-14 meson setup $dir --buildtype=debugoptimized -Db_sanitize=address,undefined \
	-Db_lundef=false -Dc_args=-fsanitize=fuzzer-no-link >.build/setup.log 2>&1 || { tail .build/setup.log; exit 1; }
targets=$(sed -n "s/^  '\([a-z_]*\)':.*/\1/p" tests/fuzz/meson.build)
# shellcheck disable=SC2046
ninja -C $dir $(printf 'tests/fuzz/fuzz_%s ' $targets) >.build/fuzz.log 2>&1 || { tail -n 40 .build/fuzz.log; exit 1; }
cores=$(nproc)
share=$((seconds * cores / $(wc -w <<<"$targets")))
mkdir -p $dir/new $dir/crash
one() {
	mkdir -p "$2/new/$1"
	"$2/tests/fuzz/fuzz_$1" -max_total_time="$3" -timeout=5 -rss_limit_mb=2048 -max_len=20000 -print_final_stats=1 \
		-artifact_prefix="$2/crash/$1-" "$2/new/$1" "tests/fuzz/corpus/$1" >"$2/$1.log" 2>&1
	local rc=$?
	printf '%s - %s: %s runs in %ss\n' "$([ $rc -eq 0 ] && echo ok || echo not ok)" "$1" \
		"$(sed -n 's/^stat::number_of_executed_units: *//p' "$2/$1.log")" "$3"
	[ $rc -eq 0 ] || tail -n 40 "$2/$1.log"
	return $rc
}
export -f one
printf '%s\n' $targets | xargs -P "$cores" -I{} bash -c "one {} $dir $share"
