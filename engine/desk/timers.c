/*
 * One deadline a conversation (its offer's end, the end of somebody's memory, the end of its
 * owner's grace), all of them in a binary heap: the desk is asked for the earliest after each call.
 */
#include "desk/inside.h"

static void place(struct hl_desk *desk, size_t i, struct hl_desk_conv *conv)
{
	desk->timers[i] = conv;
	conv->timer_at = i + 1;
}

static void sift_up(struct hl_desk *desk, size_t i)
{
	struct hl_desk_conv *conv = desk->timers[i];
	while (i && desk->timers[(i - 1) / 2]->timer_ms > conv->timer_ms) {
		place(desk, i, desk->timers[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	place(desk, i, conv);
}

static void sift_down(struct hl_desk *desk, size_t i)
{
	struct hl_desk_conv *conv = desk->timers[i];
	for (;;) {
		size_t child = 2 * i + 1;
		if (child >= desk->n_timers)
			break;
		if (child + 1 < desk->n_timers &&
		    desk->timers[child + 1]->timer_ms < desk->timers[child]->timer_ms)
			child++;
		if (desk->timers[child]->timer_ms >= conv->timer_ms)
			break;
		place(desk, i, desk->timers[child]);
		i = child;
	}
	place(desk, i, conv);
}

void hl_desk_timer_set(struct hl_desk *desk, struct hl_desk_conv *conv, int64_t at_ms)
{
	conv->timer_ms = at_ms;
	if (!at_ms && conv->timer_at) {
		size_t i = conv->timer_at - 1;
		struct hl_desk_conv *last = desk->timers[--desk->n_timers];
		conv->timer_at = 0;
		if (last == conv)
			return;
		place(desk, i, last);
		sift_up(desk, i);
		sift_down(desk, last->timer_at - 1);
	} else if (at_ms && conv->timer_at) {
		sift_up(desk, conv->timer_at - 1);
		sift_down(desk, conv->timer_at - 1);
	} else if (at_ms) {
		if (!hl_desk_room(&desk->timers, desk->n_timers, &desk->cap_timers,
				  sizeof(struct hl_desk_conv *))) {
			desk->failed = true;
			return;
		}
		place(desk, desk->n_timers++, conv);
		sift_up(desk, desk->n_timers - 1);
	}
}

int64_t hl_desk_deadline(const struct hl_desk *desk)
{
	return desk->n_timers ? desk->timers[0]->timer_ms : 0;
}
