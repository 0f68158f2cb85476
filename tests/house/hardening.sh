#!/usr/bin/env bash
# The shipped binary: position independent, full RELRO, no executable stack, canaries, fortified, CET.
# usage: hardening.sh BINARY
set -uo pipefail
bad=0
need() {
	if ! eval "$2" >/dev/null; then
		echo "missing: $1"
		bad=1
	fi
}
f=$1
need "PIE" "readelf -hW $f | grep -E 'Type: +DYN'"
need "RELRO" "readelf -lW $f | grep GNU_RELRO"
need "BIND_NOW" "readelf -dW $f | grep -E 'BIND_NOW|FLAGS_1.*NOW'"
need "NX stack" "readelf -lW $f | grep -E 'GNU_STACK.* RW '"
need "stack canary" "nm -D $f | grep __stack_chk_fail"
need "fortify" "nm -D $f | grep -E '__(mem|str|sn|v|f)[a-z]*_chk'"
need "CET (landing pads)" "objdump -d --no-show-raw-insn $f | grep endbr64"
exit $bad
