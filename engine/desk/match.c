/*
 * Who is offered what. After every change the queues of all teams are walked together in the
 * queue's order, and each conversation nobody has been offered goes to the best free agent: one
 * who speaks its language, then the one longest without work, then by id.
 *
 * An agent who declined or let an offer expire is passed over for a minute while others are there;
 * alone, an expired offer comes back at once (somebody must see it) and a declined one after the
 * time of an offer. A conversation transferred to one agent waits for that agent while online.
 */
#include "desk/inside.h"

#define MEMORY_MS 60000
#define PASSED_MAX 64 /* conversations of a team skipped in one walk because all have declined */

enum verdict { FOUND, NONE_FREE, NOT_NOW };

void hl_desk_withdraw(struct hl_desk *desk, struct hl_desk_conv *conv, const char *why)
{
	char room[24];
	struct hl_desk_effect effect = {.kind = HL_DESK_OFFER_GONE, .conv = conv->row.conv};
	if (!conv->offered)
		return;
	effect.agent = conv->offered->info.id;
	effect.offer = hl_desk_offer_name(room, conv->offer);
	effect.why = why;
	hl_desk_say(desk, &effect);
	conv->offered->offers--;
	conv->offered = NULL;
	hl_desk_timer_set(desk, conv, 0);
	if (conv->team)
		hl_order_set_open(&conv->node, !conv->reserved);
}

void hl_desk_remember(struct hl_desk *desk, struct hl_desk_conv *conv,
		      const struct hl_desk_member *agent, int64_t retry_ms)
{
	size_t at = 0;
	struct hl_desk_pass pass = {agent, desk->now_ms + MEMORY_MS, retry_ms};
	while (at < conv->n_passes && conv->passes[at].agent != agent)
		at++;
	if (at == HL_DESK_MEMORY)
		at = 0;
	/* the newest stands last, so that the oldest is forgotten first */
	for (; at + 1 < conv->n_passes; at++)
		conv->passes[at] = conv->passes[at + 1];
	conv->passes[at] = pass;
	if (at == conv->n_passes)
		conv->n_passes++;
}

static const struct hl_desk_pass *passed_by(const struct hl_desk *desk,
					    const struct hl_desk_conv *conv,
					    const struct hl_desk_member *agent)
{
	for (size_t i = 0; i < conv->n_passes; i++)
		if (conv->passes[i].agent == agent && conv->passes[i].until_ms > desk->now_ms)
			return &conv->passes[i];
	return NULL;
}

static bool has_room(const struct hl_desk_member *agent)
{
	return agent->owned + agent->reserved + agent->offers < agent->info.capacity;
}

/* "zh" speaks "zh-CN". */
static bool speaks(const struct hl_desk_member *agent, struct hl_str lang)
{
	for (size_t i = 0; i < agent->info.langs.n; i++) {
		struct hl_str known = agent->info.langs.v[i];
		if (known.len && hl_str_starts(lang, known) &&
		    (lang.len == known.len || lang.ptr[known.len] == '-'))
			return true;
	}
	return lang.len == 0;
}

static bool better(const struct hl_desk_conv *conv, const struct hl_desk_member *a,
		   const struct hl_desk_member *b)
{
	bool a_speaks = speaks(a, conv->row.lang), b_speaks = speaks(b, conv->row.lang);
	if (a_speaks != b_speaks)
		return a_speaks;
	return a->idle_ms < b->idle_ms; /* the agents are walked by id: it decides equals */
}

static void wake_at(struct hl_desk *desk, struct hl_desk_conv *conv, int64_t at_ms)
{
	if (!conv->timer_ms || at_ms < conv->timer_ms)
		hl_desk_timer_set(desk, conv, at_ms);
}

/* The agent it is transferred to, while that agent is there and has not passed it on. */
static struct hl_desk_member *wanted(const struct hl_desk *desk, const struct hl_desk_conv *conv)
{
	struct hl_desk_member *agent =
		conv->row.wanted.len ? hl_desk_member_find(desk, conv->row.wanted) : NULL;
	if (!agent || !agent->known || agent->info.presence != HL_ONLINE ||
	    passed_by(desk, conv, agent))
		return NULL;
	return agent;
}

static enum verdict choose(struct hl_desk_member **out, struct hl_desk *desk,
			   struct hl_desk_conv *conv)
{
	struct hl_desk_member *best = NULL, *again = wanted(desk, conv);
	int64_t again_ms = 0;
	bool free_any = false, others = false;
	if (again) {
		*out = again;
		return has_room(again) ? FOUND : NOT_NOW;
	}
	for (size_t i = 0; i < desk->n_agents; i++) {
		struct hl_desk_member *agent = desk->agents[i];
		if (!agent->known || agent->info.presence != HL_ONLINE ||
		    !hl_desk_serves(agent, conv->team))
			continue;
		bool room = has_room(agent);
		const struct hl_desk_pass *pass = passed_by(desk, conv, agent);
		free_any |= room;
		if (pass) {
			wake_at(desk, conv, pass->until_ms);
			if (room && (!again || pass->retry_ms < again_ms)) {
				again = agent;
				again_ms = pass->retry_ms;
			}
			continue;
		}
		others = true;
		if (room && (!best || better(conv, agent, best)))
			best = agent;
	}
	if (!best && !others && again) {
		if (again_ms <= desk->now_ms)
			best = again;
		else
			wake_at(desk, conv, again_ms);
	}
	*out = best;
	return best ? FOUND : free_any ? NOT_NOW : NONE_FREE;
}

static void offer(struct hl_desk *desk, struct hl_desk_conv *conv, struct hl_desk_member *agent)
{
	char room[24];
	struct hl_desk_effect effect = {.kind = HL_DESK_OFFER, .conv = conv->row.conv};
	conv->offered = agent;
	conv->offer = ++desk->last_offer;
	conv->offer_ends_ms = desk->now_ms + desk->config.offer_ms;
	agent->offers++;
	hl_order_set_open(&conv->node, false);
	hl_desk_timer_set(desk, conv, conv->offer_ends_ms);
	effect.agent = agent->info.id;
	effect.offer = hl_desk_offer_name(room, conv->offer);
	effect.team = conv->team->name;
	effect.expires_ms = conv->offer_ends_ms;
	hl_desk_say(desk, &effect);
}

/* The team whose next open conversation is served first of all; NULL when no team goes on. */
static struct hl_desk_team *next_team(struct hl_desk *desk)
{
	struct hl_desk_team *first = NULL;
	for (size_t i = 0; i < desk->n_teams; i++) {
		struct hl_desk_team *team = desk->teams[i];
		if (!team->done &&
		    (!first || hl_order_cmp(team->cursor->row, first->cursor->row) < 0))
			first = team;
	}
	return first;
}

static struct hl_desk_conv *conv_of(struct hl_order_node *node)
{
	return (struct hl_desk_conv *)(void *)((char *)node - offsetof(struct hl_desk_conv, node));
}

void hl_desk_match(struct hl_desk *desk)
{
	struct hl_desk_team *team;
	for (size_t i = 0; i < desk->n_teams; i++) {
		team = desk->teams[i];
		team->cursor = hl_order_next_open(team->queue, NULL);
		team->done = !team->cursor;
		team->passed = 0;
	}
	while ((team = next_team(desk))) {
		struct hl_desk_member *agent = NULL;
		struct hl_order_node *node = team->cursor;
		enum verdict verdict = choose(&agent, desk, conv_of(node));
		team->cursor = hl_order_next_open(team->queue, node);
		if (verdict == FOUND)
			offer(desk, conv_of(node), agent);
		team->done = verdict == NONE_FREE || !team->cursor ||
			     (verdict == NOT_NOW && ++team->passed == PASSED_MAX);
	}
}
