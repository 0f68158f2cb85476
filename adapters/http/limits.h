/*
 * limits.h: how many connections an address may hold, and how fast it may open sockets. A table of
 * fixed size, so that a flood of addresses costs no memory: a quiet address is forgotten first.
 */
#ifndef HL_LIMITS_H
#define HL_LIMITS_H

#include "http/addr.h"

struct hl_limits_config {
	unsigned open;	     /* connections of one address at once; 0: no limit */
	unsigned per_minute; /* new ones a minute, as many at once; 0: no limit */
};

struct hl_limits;

/* HL_OK, HL_NOMEM. */
int hl_limits_new(struct hl_limits **out, const struct hl_limits_config *config);
struct hl_limits *hl_limits_free(struct hl_limits *limits);

/* Counts one more connection of this address (of its /64 when it is IPv6). HL_OK: *ticket is to be
   given back with hl_limits_leave. HL_LIMIT: too many, nothing was counted, *wait_ms says when it
   is worth another try. When the table is full of busy addresses the newcomer is let in uncounted:
   *ticket is 0, which hl_limits_leave ignores. now_ms never goes back. */
int hl_limits_enter(uint32_t *ticket, int64_t *wait_ms, struct hl_limits *limits,
		    const struct hl_addr *addr, int64_t now_ms);
void hl_limits_leave(struct hl_limits *limits, uint32_t ticket);

#endif
