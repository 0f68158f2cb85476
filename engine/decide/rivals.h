/*
 * decide/rivals.h: the intents that matched against each other: which goes first, and which of
 * those that share a word lose to it.
 */
#ifndef HL_RIVALS_H
#define HL_RIVALS_H

#include "decide/decide.h"

struct hl_rival {
	const struct hl_found *found;
	const struct hl_intent *intent;
	const struct hl_rival *lost_to; /* it uses a word of that one; NULL: of none */
	uint64_t order;			/* the match's: at hand where all are compared */
	double likeness;
	bool taken; /* it lost to none */
};
struct hl_rivals {
	const struct hl_rival *v; /* best first */
	size_t n;
	size_t n_marked; /* words that they matched, one by one */
};

/* Of the case's findings and opinion. Lives in the scratch's turn. HL_OK, HL_NOMEM. */
int hl_rivals_rank(struct hl_rivals *out, const struct hl_case *c);

#endif
