/* Literals of a pattern and the room between them. Whatever is left out only makes the room wider:
   a reach is never less than it could be. */
#include "ruleset/piece.h"

#include <string.h>

void hl_reach_add(struct hl_reach *reach, struct hl_reach more)
{
	reach->bytes += more.bytes;
	reach->chars = (uint16_t)(reach->chars + more.chars);
	reach->words = (uint16_t)(reach->words + more.words);
	reach->spaces = (uint16_t)(reach->spaces + more.spaces);
	reach->any |= more.any || reach->bytes > HL_REACH_MAX || reach->chars > HL_REACH_CHARS ||
		      reach->words > HL_REACH_RUNS || reach->spaces > HL_REACH_RUNS;
	if (reach->any)
		*reach = (struct hl_reach){.any = true};
}

static void add_bytes(struct hl_reach *reach, size_t bytes)
{
	hl_reach_add(reach, (struct hl_reach){.bytes = (uint32_t)bytes});
}

static bool is_nothing(struct hl_reach reach)
{
	return !reach.bytes && !reach.chars && !reach.words && !reach.spaces && !reach.any;
}

void hl_piece_pass(struct hl_piece *piece, struct hl_reach reach)
{
	piece->edge &= is_nothing(reach);
	hl_reach_add(&piece->tail, reach);
}

void hl_piece_edge(struct hl_piece *piece)
{
	piece->edge = true;
	for (size_t i = piece->n; i-- > 0 && is_nothing(piece->tail);)
		if (!piece->sets[i].aside) {
			piece->sets[i].borders |= HL_BORDER_RIGHT;
			return;
		}
}

static struct hl_reach further(struct hl_reach a, struct hl_reach b)
{
	return (struct hl_reach){.bytes = a.bytes > b.bytes ? a.bytes : b.bytes,
				 .chars = a.chars > b.chars ? a.chars : b.chars,
				 .words = a.words > b.words ? a.words : b.words,
				 .spaces = a.spaces > b.spaces ? a.spaces : b.spaces,
				 .any = a.any || b.any};
}

struct hl_reach hl_piece_reach(const struct hl_piece *piece, size_t from, size_t to)
{
	struct hl_reach reach = {.bytes = 0};
	for (size_t i = from; i < to; i++) {
		if (piece->sets[i].aside)
			continue;
		hl_reach_add(&reach, piece->sets[i].gap);
		add_bytes(&reach, piece->sets[i].longest);
	}
	return reach;
}

/* Leaves a set out: what comes next is that much further away. */
static void drop_set(struct hl_piece *piece, size_t drop)
{
	struct hl_literal_set set = piece->sets[drop];
	struct hl_reach *gap = &piece->tail;
	piece->n--;
	for (size_t i = drop; i < piece->n; i++)
		piece->sets[i] = piece->sets[i + 1];
	if (set.aside)
		return;
	for (size_t i = piece->n; i-- > drop;)
		if (!piece->sets[i].aside)
			gap = &piece->sets[i].gap;
	hl_reach_add(gap, set.gap);
	add_bytes(gap, set.longest);
}

void hl_piece_keep(struct hl_piece *piece, struct hl_literal_set set)
{
	size_t worst = 0;
	for (size_t i = 1; i < piece->n; i++)
		if (piece->sets[i].shortest < piece->sets[worst].shortest)
			worst = i;
	bool full = piece->n == HL_PATTERN_SETS;
	if (full && piece->sets[worst].shortest >= set.shortest) {
		if (!set.aside)
			hl_piece_pass(piece, (struct hl_reach){.bytes = (uint32_t)set.longest});
		return;
	}
	if (full)
		drop_set(piece, worst);
	if (!set.aside) {
		set.borders |= piece->edge ? HL_BORDER_LEFT : 0;
		set.gap = piece->tail;
		piece->tail = (struct hl_reach){.bytes = 0};
		piece->edge = false;
	}
	piece->sets[piece->n++] = set;
}

/* The set with the longest literals, if possible one that has its place; NULL: none. */
static const struct hl_literal_set *best_set(const struct hl_piece *piece)
{
	const struct hl_literal_set *best = NULL;
	for (size_t i = 0; i < piece->n; i++) {
		const struct hl_literal_set *set = &piece->sets[i];
		if (!best || (best->aside && !set->aside) ||
		    (best->aside == set->aside && set->shortest > best->shortest))
			best = set;
	}
	return best;
}

static struct hl_reach reach_before(const struct hl_piece *piece, const struct hl_literal_set *set)
{
	struct hl_reach reach = hl_piece_reach(piece, 0, (size_t)(set - piece->sets));
	hl_reach_add(&reach, set->gap);
	return reach;
}

static struct hl_reach reach_behind(const struct hl_piece *piece, const struct hl_literal_set *set)
{
	struct hl_reach reach = hl_piece_reach(piece, (size_t)(set - piece->sets) + 1, piece->n);
	hl_reach_add(&reach, piece->tail);
	return reach;
}

static struct hl_reach reach_all(const struct hl_piece *piece)
{
	struct hl_reach reach = hl_piece_reach(piece, 0, piece->n);
	hl_reach_add(&reach, piece->tail);
	return reach;
}

void hl_piece_whole(struct hl_piece *piece, struct hl_reach reach)
{
	struct hl_reach *far = piece->redone ? &piece->dear : &piece->once;
	*far = further(*far, reach);
}

void hl_piece_enter(struct hl_piece *piece, const struct hl_piece *body, bool often, bool whole)
{
	struct hl_reach all = further(body->once, whole || often ? reach_all(body) : body->once);
	piece->dear = further(piece->dear, body->dear);
	if (often)
		piece->dear = further(piece->dear, all);
	else
		hl_piece_whole(piece, all);
}

int hl_piece_join(struct hl_piece *out, const struct hl_piece *other, struct hl_arena *arena)
{
	const struct hl_literal_set *a = best_set(out), *b = best_set(other);
	struct hl_piece joined = {.tail = further(reach_all(out), reach_all(other)),
				  .unbounded = out->unbounded || other->unbounded,
				  .scans = out->scans > other->scans ? out->scans : other->scans,
				  .dear = further(out->dear, other->dear),
				  .once = further(out->once, other->once),
				  .redone = true};
	if (!a || !b || a->n + b->n > HL_LITERALS_MAX) {
		*out = joined;
		return HL_OK;
	}
	struct hl_str *v = HL_NEW_ARRAY(arena, a->n + b->n, struct hl_str);
	if (!v)
		return HL_NOMEM;
	memcpy(v, a->v, a->n * sizeof *v);
	memcpy(v + a->n, b->v, b->n * sizeof *v);
	joined.n = 1;
	joined.sets[0] = (struct hl_literal_set){
		.v = v,
		.n = a->n + b->n,
		.shortest = a->shortest < b->shortest ? a->shortest : b->shortest,
		.longest = a->longest > b->longest ? a->longest : b->longest,
		.borders = a->borders & b->borders,
		.aside = a->aside || b->aside};
	if (!joined.sets[0].aside) {
		joined.sets[0].gap = further(reach_before(out, a), reach_before(other, b));
		joined.tail = further(reach_behind(out, a), reach_behind(other, b));
	}
	*out = joined;
	return HL_OK;
}
