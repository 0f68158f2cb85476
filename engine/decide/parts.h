/*
 * decide/parts.h: two questions in one message, told apart by the likeness.
 */
#ifndef HL_PARTS_H
#define HL_PARTS_H

#include "decide/opinion.h"

struct hl_part {
	uint32_t first, n; /* its words */
	struct hl_guess guess;
};
struct hl_parts {
	struct hl_part v[2]; /* in the order of the message; both sure, of two intents */
	size_t n;	     /* 0 or 2 */
};

/* Cuts the message where one thought may end and another begin, and asks the likeness about both
   sides. None when the likeness of the whole, `opinion`, sees no second intent. HL_OK, HL_NOMEM. */
int hl_parts_find(struct hl_parts *out, struct hl_reading *reading,
		  const struct hl_opinion *opinion);

#endif
