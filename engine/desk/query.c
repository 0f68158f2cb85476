/*
 * What screens and the step read from the desk: places, waits, what an agent may see. Nothing here
 * changes it.
 */
#include <assert.h>
#include <string.h>

#include "desk/inside.h"

#define ROUND_S 30 /* a wait is promised in half minutes, not to the second */

/* ------------------------------------------------------------------ positions */

/* The middle of the last completed waits, less what this customer has waited already. No range when
   there is no history, or when this wait is already longer than history knows. */
static void estimate(struct hl_position *out, const struct hl_desk *desk,
		     const struct hl_desk_team *team, int64_t since_ms)
{
	int64_t sorted[HL_DESK_WAITS], waited = (desk->now_ms - since_ms) / 1000;
	size_t n = team->n_waits;
	for (size_t i = 0; i < n; i++) {
		size_t at = i;
		for (; at && sorted[at - 1] > team->waits_s[i]; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = team->waits_s[i];
	}
	if (!n)
		return;
	int64_t lo = sorted[n / 4], hi = sorted[n - 1 - n / 10];
	if (waited < 0)
		waited = 0;
	if (hi < waited)
		return;
	lo = lo > waited ? (lo - waited) / ROUND_S * ROUND_S : 0;
	hi = (hi - waited) / ROUND_S * ROUND_S + ROUND_S;
	out->wait_lo_s = lo;
	out->wait_hi_s = hi;
}

void hl_desk_rank(struct hl_position *out, const struct hl_desk *desk, const struct hl_row *row)
{
	const struct hl_desk_team *team = hl_desk_team_find(desk, row->team);
	const struct hl_desk_conv *conv = hl_desk_conv_find(desk, row->conv);
	bool in_it = conv && team && conv->team == team;
	size_t waiting = team ? hl_order_count(team->queue) : 0;
	size_t before = team ? hl_order_rank(team->queue, row) : 0;
	if (in_it && hl_order_cmp(&conv->row, row) < 0)
		before--; /* it stands there itself, by an older row */
	*out = (struct hl_position){.position = (unsigned)before + 1,
				    .waiting = (unsigned)waiting + (in_it ? 0 : 1)};
	if (team)
		estimate(out, desk, team, row->since_ms);
}

void hl_desk_position(struct hl_position *out, const struct hl_desk *desk, struct hl_str id)
{
	const struct hl_desk_conv *conv = hl_desk_conv_find(desk, id);
	*out = (struct hl_position){0};
	if (conv && conv->team)
		hl_desk_rank(out, desk, &conv->row);
}

/* ------------------------------------------------------------------ offers and agents */

bool hl_desk_offered(const struct hl_desk *desk, struct hl_str id, struct hl_str agent,
		     struct hl_str offer)
{
	char room[24];
	const struct hl_desk_conv *conv = hl_desk_conv_find(desk, id);
	return conv && conv->offered && (!conv->reserved || conv->reserved == conv->offered) &&
	       hl_str_eq(conv->offered->info.id, agent) &&
	       hl_str_eq(hl_desk_offer_name(room, conv->offer), offer);
}

bool hl_desk_knows_team(const struct hl_desk *desk, struct hl_str name)
{
	const struct hl_desk_team *team = hl_desk_team_find(desk, name);
	for (size_t i = 0; team && i < desk->n_agents; i++)
		if (desk->agents[i]->known && desk->agents[i]->info.teams.n &&
		    hl_desk_serves(desk->agents[i], team))
			return true;
	return false;
}

struct hl_str hl_desk_team_for(const struct hl_desk *desk, struct hl_str agent, struct hl_str name)
{
	const struct hl_desk_member *member = hl_desk_member_find(desk, agent);
	const struct hl_desk_team *team = hl_desk_team_find(desk, name);
	if (!member || !member->known)
		return HL_NONE;
	if (!member->info.teams.n || (team && hl_desk_serves(member, team)))
		return name;
	return member->info.teams.v[0];
}

struct hl_str hl_desk_display(const struct hl_desk *desk, struct hl_str agent)
{
	const struct hl_desk_member *member = hl_desk_member_find(desk, agent);
	return member ? member->info.display : HL_NONE;
}

unsigned hl_desk_load(const struct hl_desk *desk, struct hl_str agent)
{
	const struct hl_desk_member *member = hl_desk_member_find(desk, agent);
	return member ? member->owned + member->reserved : 0;
}

void hl_desk_counts(size_t *queued, size_t *owned, const struct hl_desk *desk)
{
	*queued = *owned = 0;
	for (size_t i = 0; i < desk->n_teams; i++)
		*queued += hl_order_count(desk->teams[i]->queue);
	for (size_t i = 0; i < desk->n_agents; i++)
		*owned += desk->agents[i]->owned;
}

bool hl_desk_may_see(const struct hl_desk *desk, struct hl_str agent, struct hl_str id)
{
	const struct hl_desk_conv *conv = hl_desk_conv_find(desk, id);
	const struct hl_desk_member *member = hl_desk_member_find(desk, agent);
	if (!member || !member->known)
		return false;
	if (!conv || !conv->held)
		return true;
	return hl_desk_may_see_row(desk, agent, &conv->row);
}

bool hl_desk_may_see_row(const struct hl_desk *desk, struct hl_str agent, const struct hl_row *row)
{
	const struct hl_desk_member *member = hl_desk_member_find(desk, agent);
	if (!member || !member->known)
		return false;
	if (!row->team.len || !member->info.teams.n || hl_str_eq(row->owner, agent) ||
	    hl_str_eq(row->wanted, agent))
		return true;
	for (size_t i = 0; i < member->info.teams.n; i++)
		if (hl_str_eq(member->info.teams.v[i], row->team))
			return true;
	return false;
}

/* ------------------------------------------------------------------ lists */

/* How many rows of all the agent's teams stand before `row`. */
static size_t rank_over_teams(const struct hl_desk *desk, const struct hl_desk_member *member,
			      const struct hl_row *row)
{
	size_t rank = 0;
	for (size_t i = 0; i < desk->n_teams; i++)
		if (hl_desk_serves(member, desk->teams[i]))
			rank += hl_order_rank(desk->teams[i]->queue, row);
	return rank;
}

/* The team's first row that stands at `skip` or later in the order over all the agent's teams. */
static size_t skip_in_team(const struct hl_desk *desk, const struct hl_desk_member *member,
			   const struct hl_desk_team *team, size_t skip)
{
	size_t lo = 0, hi = hl_order_count(team->queue);
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (rank_over_teams(desk, member, hl_order_at(team->queue, mid)->row) < skip)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The first row behind `before`, or, when that is NULL, at `skip`: each team is asked for its own.
 */
static const struct hl_row *next_row(const struct hl_desk *desk,
				     const struct hl_desk_member *member,
				     const struct hl_row *before, size_t skip)
{
	const struct hl_row *first = NULL;
	for (size_t i = 0; i < desk->n_teams; i++) {
		const struct hl_desk_team *team = desk->teams[i];
		if (!hl_desk_serves(member, team))
			continue;
		size_t place = before ? hl_order_rank(team->queue, before)
				      : skip_in_team(desk, member, team, skip);
		struct hl_order_node *node = hl_order_at(team->queue, place);
		if (node && node->row == before)
			node = hl_order_at(team->queue, place + 1);
		if (node && (!first || hl_order_cmp(node->row, first) < 0))
			first = node->row;
	}
	return first;
}

size_t hl_desk_queue(const struct hl_row **out, size_t max, size_t skip, const struct hl_desk *desk,
		     struct hl_str agent)
{
	const struct hl_desk_member *member = hl_desk_member_find(desk, agent);
	size_t all = 0, n = 0;
	if (!member || !member->known)
		return 0;
	for (size_t i = 0; i < desk->n_teams; i++)
		if (hl_desk_serves(member, desk->teams[i]))
			all += hl_order_count(desk->teams[i]->queue);
	for (; n < max && skip + n < all; n++)
		out[n] = next_row(desk, member, n ? out[n - 1] : NULL, skip);
	return all;
}

size_t hl_desk_owned(const struct hl_row **out, size_t max, const struct hl_desk *desk,
		     struct hl_str agent)
{
	const struct hl_desk_member *member = hl_desk_member_find(desk, agent);
	size_t n = 0;
	for (const struct hl_desk_conv *conv = member ? member->first : NULL; conv;
	     conv = conv->next) {
		/* by id, as the list has no order of its own */
		size_t at = n < max ? n : max;
		for (; at && hl_str_cmp(out[at - 1]->conv, conv->row.conv) > 0; at--)
			if (at < max)
				out[at] = out[at - 1];
		if (at < max)
			out[at] = &conv->row;
		n++;
	}
	return n;
}
