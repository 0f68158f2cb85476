#!/usr/bin/env bash
# The public headers stand alone, as strict C11 and as C++.
set -euo pipefail
cd "$(dirname "$0")/../.."
for h in include/*.h; do
	printf '#include "%s"\n' "${h#include/}" | gcc -std=c11 -pedantic -Wall -Wextra -Wconversion -Werror -fsyntax-only -Iinclude -x c -
	printf '#include "%s"\n' "${h#include/}" | clang-14 -Wall -Wextra -Werror -fsyntax-only -Iinclude -x c++ -
done
