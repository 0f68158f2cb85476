/*
 * limits.c: one open-addressed table with a bounded probe; an entry that holds no connection and
 * has its tokens back is as good as free. It knows addresses and the time it is told.
 */
#include <stdlib.h>
#include <string.h>

#include "http/limits.h"

#define SLOTS 8192u
#define PROBE 16u
#define MINUTE_MS 60000

struct slot {
	struct hl_addr key;
	unsigned open;
	bool used;
	int64_t tokens; /* in units of 1/MINUTE_MS of a connection */
	int64_t seen_ms;
};
struct hl_limits {
	struct hl_limits_config config;
	struct slot slots[SLOTS];
};

int hl_limits_new(struct hl_limits **out, const struct hl_limits_config *config)
{
	struct hl_limits *limits = calloc(1, sizeof *limits);

	if (!limits)
		return HL_NOMEM;
	limits->config = *config;
	*out = limits;
	return HL_OK;
}

struct hl_limits *hl_limits_free(struct hl_limits *limits)
{
	free(limits);
	return NULL;
}

static struct hl_addr key_of(const struct hl_addr *addr)
{
	struct hl_net mapped = {.addr = {.b = {[10] = 0xff, [11] = 0xff}}, .bits = 96};
	struct hl_addr key = *addr;

	if (!hl_net_has(&mapped, addr))
		memset(key.b + 8, 0, 8);
	return key;
}

static uint32_t hash(const struct hl_addr *key)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < sizeof key->b; i++)
		h = (h ^ key->b[i]) * 16777619u;
	return h ^ h >> 15;
}

static void refill(struct slot *slot, const struct hl_limits *limits, int64_t now_ms)
{
	int64_t full = (int64_t)limits->config.per_minute * MINUTE_MS;
	int64_t gone = now_ms - slot->seen_ms;

	/* a long silence fills the bucket whatever its size, and must not overflow */
	slot->tokens = gone >= MINUTE_MS ? full : slot->tokens + gone * limits->config.per_minute;
	if (slot->tokens > full)
		slot->tokens = full;
	slot->seen_ms = now_ms;
}

static struct slot *find(struct hl_limits *limits, const struct hl_addr *key, int64_t now_ms)
{
	struct slot *quiet = NULL;
	uint32_t at = hash(key);

	for (uint32_t i = 0; i < PROBE; i++) {
		struct slot *slot = &limits->slots[(at + i) % SLOTS];

		if (slot->used && memcmp(&slot->key, key, sizeof *key) == 0)
			return slot;
		if (slot->used && (slot->open > 0 || now_ms - slot->seen_ms < MINUTE_MS))
			continue;
		if (!quiet)
			quiet = slot;
	}
	if (quiet)
		*quiet = (struct slot){
			.key = *key,
			.used = true,
			.tokens = (int64_t)limits->config.per_minute * MINUTE_MS,
			.seen_ms = now_ms,
		};
	return quiet;
}

int hl_limits_enter(uint32_t *ticket, int64_t *wait_ms, struct hl_limits *limits,
		    const struct hl_addr *addr, int64_t now_ms)
{
	struct hl_addr key = key_of(addr);
	struct slot *slot = find(limits, &key, now_ms);

	*ticket = 0;
	if (!slot)
		return HL_OK;
	if (limits->config.open && slot->open >= limits->config.open) {
		*wait_ms = 1000;
		return HL_LIMIT;
	}
	if (limits->config.per_minute) {
		refill(slot, limits, now_ms);
		if (slot->tokens < MINUTE_MS) {
			*wait_ms = (MINUTE_MS - slot->tokens) / limits->config.per_minute + 1;
			return HL_LIMIT;
		}
		slot->tokens -= MINUTE_MS;
	}
	slot->seen_ms = now_ms;
	slot->open++;
	*ticket = (uint32_t)(slot - limits->slots) + 1;
	return HL_OK;
}

void hl_limits_leave(struct hl_limits *limits, uint32_t ticket)
{
	if (ticket)
		limits->slots[ticket - 1].open--;
}
