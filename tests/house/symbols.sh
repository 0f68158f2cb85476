#!/usr/bin/env bash
# libhotline.a refers to nothing of sockets, files, clocks, threads or random numbers: an allow-list of what it may use.
# usage: symbols.sh LIBHOTLINE.A
set -uo pipefail
allowed='^(hl_|pcre2_|utf8proc_|mem(cpy|move|set|cmp|chr|mem|rchr)$|__mem(cpy|move|set)_chk$|str(len|nlen|cmp|ncmp|chr|rchr|str|spn|cspn|cpy|ncpy)$|(m|aligned_)alloc$|calloc$|realloc$|free$|abort$|qsort$|bsearch$|__assert_fail$|__stack_chk_fail$|_GLOBAL_OFFSET_TABLE_$|(log|exp|sqrt|pow|floor|ceil|fabs|log2|log1p|fmin|fmax|round|lround|llround|lrint|rint|ldexp|frexp|tanh|expm1)f?$|__popcountdi2$|__cpu_model$|__(asan|ubsan|sanitizer)_)'
bad=$(nm -u "$1" | awk '$1 == "U" {print $2}' | sort -u | grep -vE "$allowed")
[ -z "$bad" ] || { echo "the engine reaches into the world: $bad"; exit 1; }
# and the list does bite
echo 'U fopen' | awk '$1 == "U" {print $2}' | grep -qvE "$allowed"
