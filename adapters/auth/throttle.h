/*
 * throttle.h: the brake on guessing: wrong passwords per account and address. It delays, it never
 * locks for good.
 */
#ifndef HL_THROTTLE_H
#define HL_THROTTLE_H

#include "hotline.h"

#define HL_THROTTLE_SLOTS 1024
#define HL_THROTTLE_FREE 5		       /* wrong ones before it brakes */
#define HL_THROTTLE_WINDOW_MS (15 * 60 * 1000) /* after which they are forgotten */
#define HL_THROTTLE_DELAY_MS 1000	       /* of the first, doubled by every further one */
#define HL_THROTTLE_DELAY_MAX_MS (5 * 60 * 1000)

struct hl_throttle_slot {
	uint8_t key[16]; /* of account and address */
	unsigned wrong;	 /* 0: free */
	int64_t last_ms; /* of the last wrong one */
};
struct hl_throttle { /* all zero: nobody was wrong yet; a thousand pairs, then the oldest goes */
	struct hl_throttle_slot slots[HL_THROTTLE_SLOTS];
};

/* Milliseconds until the pair may try again; 0: now. */
int64_t hl_throttle_wait(const struct hl_throttle *throttle, const uint8_t key[16], int64_t now_ms);
/* What came of a try. */
void hl_throttle_note(struct hl_throttle *throttle, const uint8_t key[16], bool right,
		      int64_t now_ms);

#endif
