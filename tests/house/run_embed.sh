#!/bin/sh
# Runs the example and holds what it prints against what its reader expects.
# usage: run_embed.sh EMBED
want='answer: deposit.how
customer text: how can I deposit bitcoin
bot text: Open Wallet, then Deposit.
customer text: I was hacked!'
echo 1..2
got=$("$1") && echo "ok 1 - the example runs" || echo "not ok 1 - the example runs"
if [ "$(printf '%s\n' "$got" | head -n 4)" = "$want" ] && printf '%s\n' "$got" | grep -q handoff; then
	echo "ok 2 - answered, then handed over"
else
	echo "not ok 2 - answered, then handed over"
	printf '%s\n' "$got" | sed 's/^/# /'
fi
