/*
 * hotline_desk.h: which of the waiting conversations is offered to whom. Part of the library of
 * hotline.h; who embeds a bot alone needs none of it.
 */
#ifndef HOTLINE_DESK_H
#define HOTLINE_DESK_H

#include "hotline.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The projection of durable rows and live presence that decides who is offered what. It changes
   only by the calls below; what it wants done is pulled with hl_desk_next. */
enum hl_presence { HL_OFFLINE, HL_AWAY, HL_ONLINE };
const char *hl_presence_name(enum hl_presence presence);
#define HL_CAPACITY_DEFAULT 4
struct hl_desk_agent {
	struct hl_str id, display;
	struct hl_names teams, langs;
	unsigned capacity; /* conversations at once; 0: HL_CAPACITY_DEFAULT */
	enum hl_presence presence;
};
struct hl_desk_config {
	int64_t offer_ms; /* 0: 20,000 */
	int64_t grace_ms; /* an owner's socket is gone this long before AGENT_GONE; 0: 45,000 */
};
int hl_desk_new(struct hl_desk **out, const struct hl_desk_config *config);
struct hl_desk *hl_desk_free(struct hl_desk *desk);
/* Adds or replaces an agent (known accounts, whether connected or not). Presence offline starts the
   grace of what the agent owns. HL_OK, HL_NOMEM. */
int hl_desk_agent(struct hl_desk *desk, int64_t now_ms, const struct hl_desk_agent *agent);
int hl_desk_agent_remove(struct hl_desk *desk, int64_t now_ms, struct hl_str id);
/* A committed row (any state). Rows older by seq than what is known are ignored. HL_OK, HL_NOMEM.
 */
int hl_desk_row(struct hl_desk *desk, int64_t now_ms, const struct hl_row *row);
/* Between step and commit of an accept or take: counts against the agent's capacity and stops
   offers of conv. Ends with the committed row or hl_desk_release. HL_OK (also when this agent has
   reserved it already), HL_REFUSED: another agent has; HL_NOMEM. */
int hl_desk_reserve(struct hl_desk *desk, struct hl_str conv, uint64_t expected_seq,
		    struct hl_str agent);
void hl_desk_release(struct hl_desk *desk, int64_t now_ms,
		     struct hl_str conv); /* the reservation failed */
/* The agent says no: not offered this conversation again for 60 s while others are there. HL_OK,
 * HL_NOT_FOUND. */
int hl_desk_decline(struct hl_desk *desk, int64_t now_ms, struct hl_str agent, struct hl_str offer);
/* Expires offers, makes new ones, ends graces. */
int hl_desk_tick(struct hl_desk *desk, int64_t now_ms);
int64_t hl_desk_deadline(const struct hl_desk *desk); /* when tick is next of use; 0: never */

enum hl_desk_effect_kind {
	HL_DESK_OFFER,
	HL_DESK_OFFER_GONE,
	HL_DESK_AGENT_GONE,
	HL_DESK_QUEUE_CHANGED
};
struct hl_desk_effect { /* strings live until the next call that changes the desk */
	enum hl_desk_effect_kind kind;
	struct hl_str conv, agent, offer, team;
	const char *why;    /* OFFER_GONE: "taken", "expired", "left" */
	int64_t expires_ms; /* OFFER: absolute */
	uint64_t armed_seq; /* AGENT_GONE: what the event must name */
};
bool hl_desk_next(struct hl_desk *desk, struct hl_desk_effect *out);

struct hl_position {
	unsigned position, waiting;   /* from 1, within the team's queue; 0: not queued */
	int64_t wait_lo_s, wait_hi_s; /* both 0: no honest estimate */
};
void hl_desk_position(struct hl_position *out, const struct hl_desk *desk, struct hl_str conv);
/* May this agent see and claim this conversation? An agent without teams serves all. One the desk
   does not hold (with the bot, closed, unknown) any known agent may ask for; when its row is at
   hand ask hl_desk_may_see_row, which also keeps a closed conversation within its team. */
bool hl_desk_may_see(const struct hl_desk *desk, struct hl_str agent, struct hl_str conv);
bool hl_desk_may_see_row(const struct hl_desk *desk, struct hl_str agent, const struct hl_row *row);
/* Queued conversations this agent may claim, in the queue's order: writes up to `max` from `skip`,
   returns how many there are in all. Rows live until the next call that changes the desk. */
size_t hl_desk_queue(const struct hl_row **out, size_t max, size_t skip, const struct hl_desk *desk,
		     struct hl_str agent);
/* Conversations the agent owns; same rules. */
size_t hl_desk_owned(const struct hl_row **out, size_t max, const struct hl_desk *desk,
		     struct hl_str agent);
unsigned hl_desk_load(const struct hl_desk *desk, struct hl_str agent); /* owned plus reserved */
/* Conversations that wait, and that agents own, in all. */
void hl_desk_counts(size_t *queued, size_t *owned, const struct hl_desk *desk);

#ifdef __cplusplus
}
#endif
#endif
