/*
 * decide/parts.h: two questions in one message, told apart by rules and the likeness.
 */
#ifndef HL_PARTS_H
#define HL_PARTS_H

#include "decide/opinion.h"

struct hl_part {
	uint32_t first, n;     /* its words */
	bool ruled;	       /* a rule found in it what it is about */
	bool human;	       /* it wishes for a person */
	struct hl_guess guess; /* of neither of these: what the likeness is sure of */
};
struct hl_parts {
	struct hl_part v[2]; /* in the order of the message */
	size_t n;	     /* 0 or 2 */
};

struct hl_parts_wanted {
	struct hl_reading *reading;
	const struct hl_query *query;
	struct hl_str lang;
	const struct hl_opinion *whole; /* the likeness of the whole message */
	const uint32_t *ruled;		/* first words of what rules found */
	size_t n_ruled;
};
/* Cuts the message where one thought may end and another begin: the cut whose two sides are surest,
   each of its own. What an intent's `never` says holds for its own side. The rule set has a
   likeness. HL_OK, HL_NOMEM. */
int hl_parts_find(struct hl_parts *out, const struct hl_parts_wanted *wanted);

#endif
