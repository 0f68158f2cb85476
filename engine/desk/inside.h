/*
 * inside.h: the desk's own structs, for the files of this folder alone.
 *
 * Every record is on the heap and lives until the desk is freed (agents, teams) or until the
 * conversation leaves the desk. A conversation is known while it is queued, owned or reserved.
 */
#ifndef HL_DESK_INSIDE_H
#define HL_DESK_INSIDE_H

#include "base/base.h"
#include "desk/desk.h"
#include "desk/order.h"

#define HL_DESK_WAITS 20  /* completed waits remembered a team */
#define HL_DESK_MEMORY 16 /* agents a conversation remembers to have passed it on */

struct hl_desk_team {
	struct hl_str name;
	struct hl_order_node *queue;
	int64_t waits_s[HL_DESK_WAITS]; /* a ring */
	size_t n_waits, next_wait;
	bool changed;		      /* an effect says so already */
	struct hl_order_node *cursor; /* of the running match */
	bool done;		      /* of the running match */
	unsigned passed;	      /* of the running match */
};

struct hl_desk_conv;
struct hl_desk_member { /* an agent as the desk keeps it */
	struct hl_desk_agent info;
	char *strings;		     /* one block for all of info's */
	struct hl_desk_team **teams; /* NULL with info.teams.n == 0: serves all */
	bool known;		     /* an account; false: only named by a row, or removed */
	unsigned owned, reserved, offers;
	int64_t idle_ms;	    /* since when nothing was given to this agent */
	struct hl_desk_conv *first; /* owned, in no particular order */
};

struct hl_desk_pass { /* declined or let expire */
	const struct hl_desk_member *agent;
	int64_t until_ms; /* not offered again before, while others are there */
	int64_t retry_ms; /* not offered again before, even when alone */
};

struct hl_desk_conv {
	struct hl_row row;
	char *strings;
	struct hl_desk_conv *chain; /* same bucket */
	uint64_t hash;
	bool held;		   /* the row is a committed one; false: only reserved */
	struct hl_desk_team *team; /* QUEUED: whose tree the node is in */
	struct hl_order_node node;
	struct hl_desk_member *offered, *reserved, *owner;
	uint64_t offer; /* number of the standing offer */
	int64_t offer_ends_ms;
	uint64_t reserved_seq;
	struct hl_desk_conv *prev, *next; /* the owner's list */
	int64_t timer_ms;		  /* 0: none */
	size_t timer_at;		  /* place in the heap + 1; 0: not in it */
	struct hl_desk_pass passes[HL_DESK_MEMORY];
	size_t n_passes;
};

struct hl_desk_said { /* an effect in waiting; strings as offsets into the desk's text */
	struct hl_desk_effect effect;
	size_t conv, agent, offer, team;
};

struct hl_desk {
	struct hl_desk_config config;
	int64_t now_ms;
	struct hl_desk_conv **buckets;
	size_t n_buckets, n_convs;
	struct hl_desk_member **agents; /* by id */
	size_t n_agents, cap_agents;
	struct hl_desk_team **teams; /* by name */
	size_t n_teams, cap_teams;
	struct hl_desk_conv **timers; /* a heap */
	size_t n_timers, cap_timers;
	struct hl_desk_said *said;
	size_t n_said, next_said, cap_said;
	char *text;
	size_t text_len, cap_text;
	uint64_t last_offer;
	bool failed; /* no memory somewhere inside the running call */
};

/* table.c: memory and lookups */
bool hl_desk_room(void *items, size_t n, size_t *cap, size_t size);
struct hl_desk_conv *hl_desk_conv_find(const struct hl_desk *desk, struct hl_str id);
struct hl_desk_conv *hl_desk_conv_make(struct hl_desk *desk, struct hl_str id);
bool hl_desk_conv_set(struct hl_desk_conv *conv, const struct hl_row *row);
void hl_desk_conv_drop(struct hl_desk *desk, struct hl_desk_conv *conv);
struct hl_desk_member *hl_desk_member_find(const struct hl_desk *desk, struct hl_str id);
struct hl_desk_member *hl_desk_member_make(struct hl_desk *desk, struct hl_str id);
bool hl_desk_member_set(struct hl_desk *desk, struct hl_desk_member *member,
			const struct hl_desk_agent *info);
struct hl_desk_team *hl_desk_team_make(struct hl_desk *desk, struct hl_str name);
struct hl_desk_team *hl_desk_team_find(const struct hl_desk *desk, struct hl_str name);
bool hl_desk_serves(const struct hl_desk_member *member, const struct hl_desk_team *team);

/* timers.c */
void hl_desk_timer_set(struct hl_desk *desk, struct hl_desk_conv *conv, int64_t at_ms);

/* effects.c */
void hl_desk_begin(struct hl_desk *desk, int64_t now_ms);
void hl_desk_say(struct hl_desk *desk, const struct hl_desk_effect *effect);
void hl_desk_say_changed(struct hl_desk *desk, struct hl_desk_team *team);
/* "o17": the name of an offer */
struct hl_str hl_desk_offer_name(char room[24], uint64_t offer);

/* match.c */
void hl_desk_withdraw(struct hl_desk *desk, struct hl_desk_conv *conv, const char *why);
void hl_desk_remember(struct hl_desk *desk, struct hl_desk_conv *conv,
		      const struct hl_desk_member *agent, int64_t retry_ms);
void hl_desk_match(struct hl_desk *desk);

#endif
