/*
 * clock_uv.h: the clock on libuv: the wall clock as it was at the start, plus the monotonic clock
 * since. Setting the machine's clock while running changes no order and no deadline.
 */
#ifndef HL_CLOCK_UV_H
#define HL_CLOCK_UV_H

#include <uv.h>

#include "hotline_adapter.h"

/* A clock whose deadlines fire on `loop`; an armed deadline keeps the loop alive. HL_OK, HL_NOMEM.
 */
int hl_clock_uv_new(struct hl_clock **out, uv_loop_t *loop);
/* Disarms; the memory goes on the loop's next turn. NULL is fine; always NULL. */
struct hl_clock *hl_clock_uv_free(struct hl_clock *clock);

#endif
