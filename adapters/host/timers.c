/*
 * Deadlines: a binary heap of timers that live inside their owners, and the clock armed for the
 * first. Knows nothing of what the deadlines are for.
 */
#include <stddef.h>
#include <stdlib.h>

#include "host/inner.h"

static void place(struct hl_host *host, size_t at, struct hl_timer *timer)
{
	host->heap[at] = timer;
	timer->place = at + 1;
}

static void sift(struct hl_host *host, size_t at)
{
	struct hl_timer *timer = host->heap[at];

	while (at > 0 && host->heap[(at - 1) / 2]->at_ms > timer->at_ms) {
		place(host, at, host->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= host->n_heap)
			break;
		if (child + 1 < host->n_heap &&
		    host->heap[child + 1]->at_ms < host->heap[child]->at_ms)
			child++;
		if (host->heap[child]->at_ms >= timer->at_ms)
			break;
		place(host, at, host->heap[child]);
		at = child;
	}
	place(host, at, timer);
}

static void take_out(struct hl_host *host, struct hl_timer *timer)
{
	size_t at = timer->place - 1;
	struct hl_timer *last = host->heap[--host->n_heap];

	timer->place = 0;
	if (last == timer)
		return;
	place(host, at, last);
	sift(host, at);
}

static bool make_room(struct hl_host *host)
{
	if (host->n_heap < host->heap_room)
		return true;
	size_t room = host->heap_room ? 2 * host->heap_room : 64;
	struct hl_timer **heap = realloc(host->heap, room * sizeof(struct hl_timer *));
	if (!heap)
		return false;
	host->heap = heap;
	host->heap_room = room;
	return true;
}

static void fire(void *arg)
{
	struct hl_host *host = arg;

	host->armed_ms = 0;
	hl_timer_run(host);
}

static void arm(struct hl_host *host)
{
	int64_t at = host->n_heap > 0 ? host->heap[0]->at_ms : 0;

	/* an earlier wake-up than needed does no harm, so only an earlier one is worth a call */
	if (host->running || at == 0 || (host->armed_ms != 0 && host->armed_ms <= at))
		return;
	host->armed_ms = at;
	host->clock->ops->arm(host->clock, at, fire, host);
}

void hl_timer_set(struct hl_host *host, struct hl_timer *timer, int64_t at_ms)
{
	if (at_ms == 0) {
		if (timer->place > 0)
			take_out(host, timer);
		return;
	}
	timer->at_ms = at_ms;
	if (timer->place > 0) {
		sift(host, timer->place - 1);
	} else if (make_room(host)) {
		place(host, host->n_heap++, timer);
		sift(host, host->n_heap - 1);
	}
	arm(host);
}

void hl_timer_run(struct hl_host *host)
{
	int64_t now = hl_host_now(host);

	host->running = true;
	while (host->n_heap > 0 && host->heap[0]->at_ms <= now) {
		struct hl_timer *timer = host->heap[0];

		take_out(host, timer);
		timer->fire(host, timer);
	}
	host->running = false;
	arm(host);
}
