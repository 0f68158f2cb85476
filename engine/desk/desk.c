/*
 * The desk: a projection of durable rows and live presence. Each call changes the records, then
 * lets the matcher fill whatever has become free, and leaves the effects to be pulled. It holds
 * queued and owned conversations alone; a bot's or closed one leaves it.
 */
#include <stdlib.h>

#include "desk/inside.h"

#define OFFER_MS 20000
#define GRACE_MS 45000

int hl_desk_new(struct hl_desk **out, const struct hl_desk_config *config)
{
	struct hl_desk *desk = calloc(1, sizeof *desk);
	if (!desk)
		return HL_NOMEM;
	if (config)
		desk->config = *config;
	if (desk->config.offer_ms <= 0)
		desk->config.offer_ms = OFFER_MS;
	if (desk->config.grace_ms <= 0)
		desk->config.grace_ms = GRACE_MS;
	*out = desk;
	return HL_OK;
}

struct hl_desk *hl_desk_free(struct hl_desk *desk)
{
	if (!desk)
		return NULL;
	for (size_t i = 0; i < desk->n_buckets; i++) {
		for (struct hl_desk_conv *conv = desk->buckets[i], *chain; conv; conv = chain) {
			chain = conv->chain;
			free(conv->strings);
			free(conv);
		}
	}
	for (size_t i = 0; i < desk->n_agents; i++) {
		free(desk->agents[i]->strings);
		free(desk->agents[i]->teams);
		free(desk->agents[i]);
	}
	for (size_t i = 0; i < desk->n_teams; i++)
		free(desk->teams[i]);
	free(desk->buckets);
	free(desk->agents);
	free(desk->teams);
	free(desk->timers);
	free(desk->said);
	free(desk->text);
	free(desk);
	return NULL;
}

static int settle(struct hl_desk *desk)
{
	hl_desk_match(desk);
	return desk->failed ? HL_NOMEM : HL_OK;
}

/* ------------------------------------------------------------------ agents */

/* Takes back what was offered to an agent who may no longer have it. An offer being accepted
   stands: the commit decides. */
static void recall_offers(struct hl_desk *desk, struct hl_desk_member *agent)
{
	for (size_t i = 0; i < desk->n_timers;) {
		struct hl_desk_conv *conv = desk->timers[i];
		if (conv->offered == agent && !conv->reserved &&
		    (agent->info.presence != HL_ONLINE || !hl_desk_serves(agent, conv->team))) {
			hl_desk_withdraw(desk, conv, "left");
			i = 0; /* the heap has moved */
		} else {
			i++;
		}
	}
}

static void set_graces(struct hl_desk *desk, struct hl_desk_member *agent, int64_t grace_ms)
{
	for (struct hl_desk_conv *conv = agent->first; conv; conv = conv->next) {
		if (agent->info.presence != HL_OFFLINE)
			hl_desk_timer_set(desk, conv, 0);
		else if (!conv->timer_ms)
			hl_desk_timer_set(desk, conv, desk->now_ms + grace_ms);
	}
}

int hl_desk_agent(struct hl_desk *desk, int64_t now_ms, const struct hl_desk_agent *agent)
{
	hl_desk_begin(desk, now_ms);
	struct hl_desk_member *member = hl_desk_member_make(desk, agent->id);
	if (!member)
		return HL_NOMEM;
	bool was_online = member->known && member->info.presence == HL_ONLINE;
	if (!hl_desk_member_set(desk, member, agent))
		return HL_NOMEM;
	member->known = true;
	if (!was_online && agent->presence == HL_ONLINE)
		member->idle_ms = desk->now_ms;
	recall_offers(desk, member);
	set_graces(desk, member, desk->config.grace_ms);
	return settle(desk);
}

int hl_desk_agent_remove(struct hl_desk *desk, int64_t now_ms, struct hl_str id)
{
	hl_desk_begin(desk, now_ms);
	struct hl_desk_member *member = hl_desk_member_find(desk, id);
	if (!member || !member->known)
		return HL_NOT_FOUND;
	member->known = false;
	member->info.presence = HL_OFFLINE;
	recall_offers(desk, member);
	/* nobody comes back from this: what was owned is free at the next tick */
	for (struct hl_desk_conv *conv = member->first; conv; conv = conv->next)
		hl_desk_timer_set(desk, conv, desk->now_ms);
	return settle(desk);
}

/* ------------------------------------------------------------------ rows */

static void unreserve(struct hl_desk_conv *conv)
{
	if (!conv->reserved)
		return;
	conv->reserved->reserved--;
	conv->reserved = NULL;
}

/* Out of the queue or the owner's list, while the row still has the values it stands there by. */
static void detach(struct hl_desk *desk, struct hl_desk_conv *conv)
{
	if (conv->team) {
		hl_desk_say_changed(desk, conv->team);
		hl_order_remove(&conv->team->queue, &conv->node);
		conv->team = NULL;
	}
	if (conv->owner) {
		if (conv->prev)
			conv->prev->next = conv->next;
		else
			conv->owner->first = conv->next;
		if (conv->next)
			conv->next->prev = conv->prev;
		conv->owner->owned--;
		conv->owner = NULL;
	}
}

static bool attach(struct hl_desk *desk, struct hl_desk_conv *conv)
{
	if (conv->row.state == HL_QUEUED) {
		conv->team = hl_desk_team_make(desk, conv->row.team);
		if (!conv->team)
			return false;
		hl_order_insert(&conv->team->queue, &conv->node);
		hl_order_set_open(&conv->node, !conv->offered && !conv->reserved);
		hl_desk_say_changed(desk, conv->team);
		return true;
	}
	struct hl_desk_member *owner = hl_desk_member_make(desk, conv->row.owner);
	if (!owner)
		return false;
	conv->owner = owner;
	conv->prev = NULL;
	conv->next = owner->first;
	if (owner->first)
		owner->first->prev = conv;
	owner->first = conv;
	owner->owned++;
	if (owner->info.presence != HL_OFFLINE)
		hl_desk_timer_set(desk, conv, 0);
	else if (!conv->timer_ms)
		hl_desk_timer_set(desk, conv, desk->now_ms + desk->config.grace_ms);
	return true;
}

/* How long a customer who was not moved to the front waited, when an agent takes over. */
static void note_wait(struct hl_desk *desk, const struct hl_desk_conv *conv,
		      const struct hl_row *row)
{
	struct hl_desk_team *team = conv->team;
	if (!team || conv->row.front || row->state != HL_HUMAN || desk->now_ms < conv->row.since_ms)
		return;
	team->waits_s[team->next_wait] = (desk->now_ms - conv->row.since_ms) / 1000;
	team->next_wait = (team->next_wait + 1) % HL_DESK_WAITS;
	if (team->n_waits < HL_DESK_WAITS)
		team->n_waits++;
}

static int leave(struct hl_desk *desk, struct hl_desk_conv *conv)
{
	struct hl_desk_member *owner = conv->owner;
	hl_desk_withdraw(desk, conv, "left");
	detach(desk, conv);
	unreserve(conv);
	hl_desk_conv_drop(desk, conv);
	if (owner)
		owner->idle_ms = desk->now_ms;
	return settle(desk);
}

int hl_desk_row(struct hl_desk *desk, int64_t now_ms, const struct hl_row *row)
{
	hl_desk_begin(desk, now_ms);
	struct hl_desk_conv *conv = hl_desk_conv_find(desk, row->conv);
	if (conv && conv->held && row->seq < conv->row.seq)
		return HL_OK;
	if (row->state != HL_QUEUED && row->state != HL_HUMAN)
		return conv ? leave(desk, conv) : settle(desk);
	if (!conv)
		conv = hl_desk_conv_make(desk, row->conv);
	if (!conv)
		return HL_NOMEM;

	struct hl_desk_member *owner = conv->owner;
	bool same = conv->held && conv->row.state == row->state &&
		    conv->row.assign_seq == row->assign_seq;
	note_wait(desk, conv, row);
	if (!same) {
		hl_desk_withdraw(desk, conv, row->state == HL_HUMAN ? "taken" : "left");
		hl_desk_timer_set(desk, conv, 0);
		conv->n_passes = 0;
	}
	if (conv->reserved && (!same || row->seq > conv->reserved_seq))
		unreserve(conv);
	detach(desk, conv);
	bool kept = hl_desk_conv_set(conv, row);
	conv->held = true;
	if (!attach(desk, conv) || !kept)
		return HL_NOMEM;
	if (owner && owner != conv->owner)
		owner->idle_ms = desk->now_ms;
	if (conv->owner && conv->owner != owner)
		conv->owner->idle_ms = desk->now_ms;
	return settle(desk);
}

int hl_desk_reserve(struct hl_desk *desk, struct hl_str conv_id, uint64_t expected_seq,
		    struct hl_str agent)
{
	struct hl_desk_member *member = hl_desk_member_make(desk, agent);
	struct hl_desk_conv *conv = member ? hl_desk_conv_make(desk, conv_id) : NULL;
	if (!conv)
		return HL_NOMEM;
	if (conv->reserved == member) {
		conv->reserved_seq = expected_seq;
		return HL_OK;
	}
	if (conv->reserved)
		return HL_REFUSED;
	conv->reserved = member;
	conv->reserved_seq = expected_seq;
	member->reserved++;
	if (conv->team)
		hl_order_set_open(&conv->node, false);
	return HL_OK;
}

void hl_desk_release(struct hl_desk *desk, int64_t now_ms, struct hl_str conv_id)
{
	hl_desk_begin(desk, now_ms);
	struct hl_desk_conv *conv = hl_desk_conv_find(desk, conv_id);
	if (!conv || !conv->reserved)
		return;
	unreserve(conv);
	if (!conv->held) {
		hl_desk_conv_drop(desk, conv);
	} else if (conv->team) {
		hl_order_set_open(&conv->node, !conv->offered);
		if (conv->offered)
			hl_desk_timer_set(desk, conv, conv->offer_ends_ms);
	}
	hl_desk_match(desk);
}

/* ------------------------------------------------------------------ time and refusals */

int hl_desk_decline(struct hl_desk *desk, int64_t now_ms, struct hl_str agent, struct hl_str offer)
{
	char room[24];
	struct hl_desk_conv *conv = NULL;
	hl_desk_begin(desk, now_ms);
	struct hl_desk_member *member = hl_desk_member_find(desk, agent);
	for (size_t i = 0; member && i < desk->n_timers && !conv; i++) {
		struct hl_desk_conv *timed = desk->timers[i];
		if (timed->offered == member && !timed->reserved &&
		    hl_str_eq(hl_desk_offer_name(room, timed->offer), offer))
			conv = timed;
	}
	if (!conv)
		return HL_NOT_FOUND;
	hl_desk_remember(desk, conv, member, desk->now_ms + desk->config.offer_ms);
	hl_desk_withdraw(desk, conv, "left");
	return settle(desk);
}

static void ring(struct hl_desk *desk, struct hl_desk_conv *conv)
{
	struct hl_desk_effect gone = {.kind = HL_DESK_AGENT_GONE, .conv = conv->row.conv};
	if (conv->owner) {
		/* asked again after another grace, in case the append did not succeed */
		gone.agent = conv->owner->info.id;
		gone.armed_seq = conv->row.assign_seq;
		hl_desk_say(desk, &gone);
		hl_desk_timer_set(desk, conv, desk->now_ms + desk->config.grace_ms);
	} else if (conv->offered && !conv->reserved) {
		hl_desk_remember(desk, conv, conv->offered, desk->now_ms);
		hl_desk_withdraw(desk, conv, "expired");
	} else {
		hl_desk_timer_set(desk, conv, 0);
	}
}

int hl_desk_tick(struct hl_desk *desk, int64_t now_ms)
{
	hl_desk_begin(desk, now_ms);
	while (!desk->failed && desk->n_timers && desk->timers[0]->timer_ms <= desk->now_ms)
		ring(desk, desk->timers[0]);
	return settle(desk);
}
