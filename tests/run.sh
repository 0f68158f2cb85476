#!/usr/bin/env bash
# Every test, stage by stage; a stage that fails does not hide the others. The last line counts.
set -uo pipefail
cd "$(dirname "$0")/.."
mkdir -p .build
passed=0
failed=0

count() { # count NAME SECONDS PASSED FAILED LOG
	passed=$((passed + $3))
	failed=$((failed + $4))
	if [ "$4" -eq 0 ]; then
		printf 'ok   %s: %s (%ss)\n' "$1" "$3" "$2"
	else
		printf 'FAIL %s: %s of %s (%ss)\n' "$1" "$4" $(($3 + $4)) "$2"
		tail -n 120 "$5"
	fi
}

stage() { # stage NAME COMMAND…: one yes or no
	local name=$1 log=.build/stage.log t0=$SECONDS
	shift
	if "$@" >"$log" 2>&1; then
		count "$name" $((SECONDS - t0)) 1 0 "$log"
	else
		count "$name" $((SECONDS - t0)) 0 1 "$log"
	fi
}

suite() { # suite NAME DIR [meson test options]: counts every case of every test program
	local name=$1 dir=$2 t0=$SECONDS log=.build/suite.log counts rc
	shift 2
	rm -f "$dir/meson-logs/testlog.junit.xml"
	meson test -C "$dir" --no-rebuild --print-errorlogs "$@" >"$log" 2>&1
	rc=$?
	counts=$(python3 tests/count.py "$dir/meson-logs/testlog.junit.xml" 2>>"$log") || counts="0 1"
	[ $rc -eq 0 ] || [ "${counts#* }" -gt 0 ] || counts="${counts% *} 1"
	count "$name" $((SECONDS - t0)) "${counts% *}" "${counts#* }" "$log"
}

tap() { # tap NAME COMMAND…: a program that prints `ok` and `not ok` lines
	local name=$1 log=.build/tap.log t0=$SECONDS p f rc
	shift
	"$@" >"$log" 2>&1
	rc=$?
	p=$(grep -cE '^[[:space:]]*ok ' "$log")
	f=$(grep -cE '^[[:space:]]*not ok ' "$log")
	[ $rc -eq 0 ] || [ "$f" -gt 0 ] || f=1
	[ "$p" -gt 0 ] || [ "$f" -gt 0 ] || f=1
	count "$name" $((SECONDS - t0)) "$p" "$f" "$log"
}

configured() { # configured DIR OPTIONS…
	[ -f "$1/build.ninja" ] || meson setup "$@"
}

gcc_build() { configured .build/gcc --buildtype=debugoptimized -Db_pie=true && ninja -C .build/gcc; }
asan_build() {
	CC=clang-14 configured .build/asan --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false &&
		ninja -C .build/asan
}
clang_build() { CC=clang-14 configured .build/clang --buildtype=release && ninja -C .build/clang; }

export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
stage "lint" bash tests/house/lint.sh
stage "public headers alone, C11 and C++" bash tests/house/headers.sh
stage "build with gcc, -Werror" gcc_build
suite "tests" .build/gcc
stage "hardening flags" bash tests/house/hardening.sh .build/gcc/hotline
stage "the engine's undefined symbols" bash tests/house/symbols.sh .build/gcc/engine/libhotline.a
stage "build with clang, -Werror" clang_build
stage "build with clang, ASan and UBSan, -Werror" asan_build
suite "tests under ASan and UBSan" .build/asan --timeout-multiplier 4 --no-suite web
tap "three minutes of fuzzing" bash tests/fuzz/run.sh 180

printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
