/*
 * The desk's records: conversations in a hash table, agents and teams in sorted arrays. Each record
 * keeps its strings in one block of its own, so that replacing a row is one allocation.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "desk/inside.h"

bool hl_desk_room(void *items, size_t n, size_t *cap, size_t size)
{
	void *old, *more;
	size_t want = *cap ? *cap * 2 : 16;
	if (n < *cap)
		return true;
	memcpy(&old, items, sizeof old);
	more = realloc(old, want * size);
	if (!more)
		return false;
	memcpy(items, &more, sizeof more);
	*cap = want;
	return true;
}

static size_t names_size(const struct hl_names *names)
{
	size_t size = names->n * sizeof(struct hl_str);
	for (size_t i = 0; i < names->n; i++)
		size += names->v[i].len;
	return size;
}

static struct hl_str put(char **at, struct hl_str text)
{
	struct hl_str copy = {*at, text.len};
	if (text.len)
		memcpy(*at, text.ptr, text.len);
	*at += text.len;
	return copy;
}

/* ------------------------------------------------------------------ conversations */

static struct hl_desk_conv **bucket_of(const struct hl_desk *desk, uint64_t hash)
{
	return &desk->buckets[hash & (desk->n_buckets - 1)];
}

struct hl_desk_conv *hl_desk_conv_find(const struct hl_desk *desk, struct hl_str id)
{
	uint64_t hash = hl_str_hash(id);
	struct hl_desk_conv *conv = desk->n_buckets ? *bucket_of(desk, hash) : NULL;
	while (conv && (conv->hash != hash || !hl_str_eq(conv->row.conv, id)))
		conv = conv->chain;
	return conv;
}

static bool grow_buckets(struct hl_desk *desk)
{
	size_t old_n = desk->n_buckets;
	struct hl_desk_conv **old = desk->buckets, **fresh;
	if (desk->n_convs < old_n)
		return true;
	fresh = calloc(old_n ? old_n * 2 : 64, sizeof *fresh);
	if (!fresh)
		return false;
	desk->n_buckets = old_n ? old_n * 2 : 64;
	desk->buckets = fresh;
	for (size_t i = 0; i < old_n; i++) {
		for (struct hl_desk_conv *conv = old[i], *chain; conv; conv = chain) {
			struct hl_desk_conv **bucket = bucket_of(desk, conv->hash);
			chain = conv->chain;
			conv->chain = *bucket;
			*bucket = conv;
		}
	}
	free(old);
	return true;
}

bool hl_desk_conv_set(struct hl_desk_conv *conv, const struct hl_row *row)
{
	const struct hl_str *from[] = {&row->conv, &row->team,	&row->owner,	&row->wanted,
				       &row->lang, &row->title, &row->customer, &row->user};
	struct hl_str *to[] = {&conv->row.conv,	    &conv->row.team, &conv->row.owner,
			       &conv->row.wanted,   &conv->row.lang, &conv->row.title,
			       &conv->row.customer, &conv->row.user};
	size_t size = 1;
	char *block, *at;
	for (size_t i = 0; i < sizeof from / sizeof *from; i++)
		size += from[i]->len;
	block = at = malloc(size);
	if (!block)
		return false;
	struct hl_str copies[sizeof from / sizeof *from];
	for (size_t i = 0; i < sizeof from / sizeof *from; i++)
		copies[i] = put(&at, *from[i]);
	conv->row = *row;
	for (size_t i = 0; i < sizeof to / sizeof *to; i++)
		*to[i] = copies[i];
	free(conv->strings);
	conv->strings = block;
	return true;
}

struct hl_desk_conv *hl_desk_conv_make(struct hl_desk *desk, struct hl_str id)
{
	struct hl_row row = {.conv = id};
	struct hl_desk_conv *conv = hl_desk_conv_find(desk, id);
	if (conv)
		return conv;
	if (!grow_buckets(desk))
		return NULL;
	conv = calloc(1, sizeof *conv);
	if (!conv || !hl_desk_conv_set(conv, &row)) {
		free(conv);
		return NULL;
	}
	conv->hash = hl_str_hash(id);
	conv->node.row = &conv->row;
	struct hl_desk_conv **bucket = bucket_of(desk, conv->hash);
	conv->chain = *bucket;
	*bucket = conv;
	desk->n_convs++;
	return conv;
}

void hl_desk_conv_drop(struct hl_desk *desk, struct hl_desk_conv *conv)
{
	struct hl_desk_conv **link = bucket_of(desk, conv->hash);
	assert(!conv->team && !conv->owner && !conv->reserved && !conv->offered);
	hl_desk_timer_set(desk, conv, 0);
	while (*link != conv)
		link = &(*link)->chain;
	*link = conv->chain;
	desk->n_convs--;
	free(conv->strings);
	free(conv);
}

/* ------------------------------------------------------------------ agents and teams */

/* Where `id` stands or would stand among the sorted agents. */
static size_t member_place(const struct hl_desk *desk, struct hl_str id)
{
	size_t lo = 0, hi = desk->n_agents;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (hl_str_cmp(desk->agents[mid]->info.id, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct hl_desk_member *hl_desk_member_find(const struct hl_desk *desk, struct hl_str id)
{
	size_t place = member_place(desk, id);
	if (place == desk->n_agents || !hl_str_eq(desk->agents[place]->info.id, id))
		return NULL;
	return desk->agents[place];
}

bool hl_desk_member_set(struct hl_desk *desk, struct hl_desk_member *member,
			const struct hl_desk_agent *info)
{
	size_t n = info->teams.n + info->langs.n;
	char *block = malloc(1 + names_size(&info->teams) + names_size(&info->langs) +
			     info->id.len + info->display.len);
	struct hl_desk_team **teams = calloc(info->teams.n + 1, sizeof *teams);
	if (!block || !teams)
		goto fail;
	for (size_t i = 0; i < info->teams.n; i++) {
		teams[i] = hl_desk_team_make(desk, info->teams.v[i]);
		if (!teams[i])
			goto fail;
	}
	struct hl_str *names = (struct hl_str *)(void *)block;
	char *at = block + n * sizeof *names;
	for (size_t i = 0; i < info->teams.n; i++)
		names[i] = put(&at, info->teams.v[i]);
	for (size_t i = 0; i < info->langs.n; i++)
		names[info->teams.n + i] = put(&at, info->langs.v[i]);
	struct hl_str id = put(&at, info->id), display = put(&at, info->display);
	member->info = *info;
	member->info.id = id;
	member->info.display = display;
	member->info.teams.v = names;
	member->info.langs.v = names + info->teams.n;
	if (!member->info.capacity)
		member->info.capacity = HL_CAPACITY_DEFAULT;
	free(member->strings);
	free(member->teams);
	member->strings = block;
	member->teams = teams;
	return true;
fail:
	free(block);
	free(teams);
	return false;
}

struct hl_desk_member *hl_desk_member_make(struct hl_desk *desk, struct hl_str id)
{
	size_t place = member_place(desk, id);
	struct hl_desk_agent info = {.id = id};
	struct hl_desk_member *member = hl_desk_member_find(desk, id);
	if (member)
		return member;
	member = calloc(1, sizeof *member);
	if (!member ||
	    !hl_desk_room(&desk->agents, desk->n_agents, &desk->cap_agents,
			  sizeof(struct hl_desk_member *)) ||
	    !hl_desk_member_set(desk, member, &info)) {
		free(member);
		return NULL;
	}
	memmove(desk->agents + place + 1, desk->agents + place,
		(desk->n_agents - place) * sizeof *desk->agents);
	desk->agents[place] = member;
	desk->n_agents++;
	return member;
}

struct hl_desk_team *hl_desk_team_find(const struct hl_desk *desk, struct hl_str name)
{
	for (size_t i = 0; i < desk->n_teams; i++)
		if (hl_str_eq(desk->teams[i]->name, name))
			return desk->teams[i];
	return NULL;
}

struct hl_desk_team *hl_desk_team_make(struct hl_desk *desk, struct hl_str name)
{
	size_t place = 0;
	struct hl_desk_team *team = hl_desk_team_find(desk, name);
	if (team)
		return team;
	team = calloc(1, sizeof *team + name.len);
	if (!team || !hl_desk_room(&desk->teams, desk->n_teams, &desk->cap_teams,
				   sizeof(struct hl_desk_team *))) {
		free(team);
		return NULL;
	}
	char *at = (char *)(team + 1);
	team->name = put(&at, name);
	while (place < desk->n_teams && hl_str_cmp(desk->teams[place]->name, name) < 0)
		place++;
	memmove(desk->teams + place + 1, desk->teams + place,
		(desk->n_teams - place) * sizeof *desk->teams);
	desk->teams[place] = team;
	desk->n_teams++;
	return team;
}

bool hl_desk_serves(const struct hl_desk_member *member, const struct hl_desk_team *team)
{
	for (size_t i = 0; i < member->info.teams.n; i++)
		if (member->teams[i] == team)
			return true;
	return member->info.teams.n == 0;
}
