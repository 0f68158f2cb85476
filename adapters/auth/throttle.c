/*
 * A fixed table: whoever guesses from many addresses can push others' counts out, but not make it
 * grow. Knows no clock.
 */
#include "auth/throttle.h"

#include <string.h>

static const struct hl_throttle_slot *find(const struct hl_throttle *throttle,
					   const uint8_t key[16], int64_t now_ms)
{
	for (size_t i = 0; i < HL_THROTTLE_SLOTS; i++) {
		const struct hl_throttle_slot *slot = &throttle->slots[i];

		if (slot->wrong && memcmp(slot->key, key, sizeof(slot->key)) == 0 &&
		    now_ms - slot->last_ms < HL_THROTTLE_WINDOW_MS)
			return slot;
	}
	return NULL;
}

int64_t hl_throttle_wait(const struct hl_throttle *throttle, const uint8_t key[16], int64_t now_ms)
{
	const struct hl_throttle_slot *slot = find(throttle, key, now_ms);
	int64_t delay = HL_THROTTLE_DELAY_MS, wait;

	if (!slot || slot->wrong < HL_THROTTLE_FREE)
		return 0;
	for (unsigned i = HL_THROTTLE_FREE; i < slot->wrong && delay < HL_THROTTLE_DELAY_MAX_MS;
	     i++)
		delay *= 2;
	if (delay > HL_THROTTLE_DELAY_MAX_MS)
		delay = HL_THROTTLE_DELAY_MAX_MS;
	wait = slot->last_ms + delay - now_ms;
	return wait > 0 ? wait : 0;
}

/* The pair's own slot, else the one that matters least. */
static struct hl_throttle_slot *slot_for(struct hl_throttle *throttle, const uint8_t key[16],
					 int64_t now_ms)
{
	const struct hl_throttle_slot *known = find(throttle, key, now_ms);
	struct hl_throttle_slot *oldest = &throttle->slots[0];

	if (known)
		return &throttle->slots[known - throttle->slots];
	for (size_t i = 0; i < HL_THROTTLE_SLOTS && oldest->wrong; i++)
		if (!throttle->slots[i].wrong || throttle->slots[i].last_ms < oldest->last_ms)
			oldest = &throttle->slots[i];
	*oldest = (struct hl_throttle_slot){.wrong = 0};
	return oldest;
}

void hl_throttle_note(struct hl_throttle *throttle, const uint8_t key[16], bool right,
		      int64_t now_ms)
{
	struct hl_throttle_slot *slot;

	if (right && !find(throttle, key, now_ms))
		return;
	slot = slot_for(throttle, key, now_ms);
	if (right) {
		slot->wrong = 0;
		return;
	}
	memcpy(slot->key, key, sizeof(slot->key));
	slot->wrong++;
	slot->last_ms = now_ms;
}
