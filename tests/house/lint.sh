#!/usr/bin/env bash
# The house rules a machine can see: layout, include direction, sizes.
set -uo pipefail
cd "$(dirname "$0")/../.."
bad=0
say() {
	printf '%s\n' "$*"
	bad=1
}

files=$(git ls-files -co --exclude-standard -- '*.c' '*.h')
clang-format-14 --dry-run -Werror $files 2>&1 | head -n 20
[ "${PIPESTATUS[0]}" -eq 0 ] || say "layout: run ./dev format"

# adapters and rules never see the engine's inner headers; rules never see adapters
grep -nE '#include "(\.\./)*engine/' $(git ls-files -co --exclude-standard -- 'adapters/*.[ch]' 'rules/*.[ch]') /dev/null && say "layering: engine header outside the engine"
grep -nE '#include "(\.\./)*adapters/' $(git ls-files -co --exclude-standard -- 'engine/*.[ch]' 'rules/*.[ch]') /dev/null && say "layering: adapter header inside"
# the engine knows no socket, file, clock or random number
grep -nE '#include <(uv|libwebsockets|sqlite3|stdio|time|sys/|unistd|fcntl|pthread|yaml|jansson|sodium|errno|signal)' \
	$(git ls-files -co --exclude-standard -- 'engine/*.[ch]') /dev/null && say "layering: the engine reaches into the world"

for f in $(git ls-files -co --exclude-standard -- '*.c' '*.h' '*.ts' '*.tsx' '*.css' '*.py' '*.sh' | grep -v -e node_modules -e /corpus); do
	n=$(wc -l <"$f")
	[ "$n" -le 620 ] || say "size: $f has $n lines"
done
exit $bad
