/*
 * Time for the host. uv_hrtime and not uv_now: the loop's cached time may be a whole callback old,
 * and entries' times would then stand still.
 */
#include "clock_uv/clock_uv.h"

#include <stdlib.h>

struct clock_uv {
	struct hl_clock clock; /* first */
	uv_timer_t timer;
	int64_t wall_ms; /* at the start */
	uint64_t start_ns;
	int64_t at_ms; /* 0: not armed */
	void (*fire)(void *arg);
	void *arg;
};

static int64_t now_ms(struct hl_clock *clock)
{
	struct clock_uv *c = (struct clock_uv *)clock;

	return c->wall_ms + (int64_t)((uv_hrtime() - c->start_ns) / 1000000u);
}

static void on_timer(uv_timer_t *timer);

static void start(struct clock_uv *c)
{
	int64_t wait = c->at_ms - now_ms(&c->clock);

	uv_update_time(c->timer.loop);
	uv_timer_start(&c->timer, on_timer, wait > 0 ? (uint64_t)wait : 0, 0);
}

/* libuv's timer counts from the loop's own time and may come a millisecond early. */
static void on_timer(uv_timer_t *timer)
{
	struct clock_uv *c = timer->data;

	if (!c->at_ms)
		return;
	if (now_ms(&c->clock) < c->at_ms) {
		start(c);
		return;
	}
	c->at_ms = 0;
	c->fire(c->arg);
}

static void arm(struct hl_clock *clock, int64_t at_ms, void (*fire)(void *arg), void *arg)
{
	struct clock_uv *c = (struct clock_uv *)clock;

	c->at_ms = at_ms;
	c->fire = fire;
	c->arg = arg;
	if (at_ms)
		start(c);
	else
		uv_timer_stop(&c->timer);
}

static const struct hl_clock_ops ops = {.now_ms = now_ms, .arm = arm};

int hl_clock_uv_new(struct hl_clock **out, uv_loop_t *loop)
{
	struct clock_uv *c = calloc(1, sizeof(*c));
	uv_timeval64_t wall;

	if (!c)
		return HL_NOMEM;
	if (uv_gettimeofday(&wall) != 0 || uv_timer_init(loop, &c->timer) != 0) {
		free(c);
		return HL_NOMEM;
	}
	c->clock.ops = &ops;
	c->timer.data = c;
	c->wall_ms = wall.tv_sec * 1000 + wall.tv_usec / 1000;
	c->start_ns = uv_hrtime();
	*out = &c->clock;
	return HL_OK;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

struct hl_clock *hl_clock_uv_free(struct hl_clock *clock)
{
	struct clock_uv *c = (struct clock_uv *)clock;

	if (c)
		uv_close((uv_handle_t *)&c->timer, on_closed);
	return NULL;
}
