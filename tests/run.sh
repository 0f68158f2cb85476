#!/usr/bin/env bash
# Every test, stage by stage; a stage that fails does not hide the others. The last line counts.
set -uo pipefail
cd "$(dirname "$0")/.."
mkdir -p .build
passed=0
failed=0

stage() { # stage NAME COMMAND…: a stage that is one yes or no
	local name=$1 log=.build/stage.log t0=$SECONDS
	shift
	if "$@" >"$log" 2>&1; then
		passed=$((passed + 1))
		printf 'ok   %s (%ss)\n' "$name" $((SECONDS - t0))
	else
		failed=$((failed + 1))
		printf 'FAIL %s (%ss)\n' "$name" $((SECONDS - t0))
		tail -n 60 "$log"
	fi
}

suite() { # suite NAME DIR [meson test options]: counts every case of every test program
	local name=$1 dir=$2 t0=$SECONDS counts
	shift 2
	meson test -C "$dir" --no-rebuild --print-errorlogs "$@" >.build/suite.log 2>&1
	local rc=$?
	counts=$(python3 tests/count.py "$dir/meson-logs/testlog.junit.xml") || counts="0 1"
	local p=${counts% *} f=${counts#* }
	[ $rc -eq 0 ] || [ "$f" -gt 0 ] || f=1
	passed=$((passed + p))
	failed=$((failed + f))
	if [ "$f" -eq 0 ]; then
		printf 'ok   %s: %s cases (%ss)\n' "$name" "$p" $((SECONDS - t0))
	else
		printf 'FAIL %s: %s of %s cases (%ss)\n' "$name" "$f" $((p + f)) $((SECONDS - t0))
		tail -n 120 .build/suite.log
	fi
}

setup() { # setup DIR OPTIONS…
	[ -f "$1/build.ninja" ] || meson setup "$@"
}

gcc_build() { setup .build/gcc --buildtype=debugoptimized && ninja -C .build/gcc; }
asan_build() {
	CC=clang-14 setup .build/asan --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false &&
		ninja -C .build/asan
}

stage "lint" bash tests/house/lint.sh
stage "build with gcc, -Werror" gcc_build
suite "tests" .build/gcc
stage "build with clang, ASan and UBSan, -Werror" asan_build
suite "tests under ASan and UBSan" .build/asan --timeout-multiplier 4

printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
