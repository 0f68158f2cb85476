/* States of depth 0 and 1, where nearly all bytes are spent, have whole tables; deeper ones keep
   their few edges, so that ten thousand literals stay small. In a text where few literals begin,
   most bytes are passed over at a look at two of them. */
#include "prefilter/automaton.h"

#include <string.h>

#define NO_STATE UINT32_MAX
#define ENDS 0x80000000u /* in a state's number: literals end there, or at one of its failures */

struct hl_automaton_edge {
	uint32_t to;
	unsigned char byte;
};
struct hl_automaton_state {
	uint32_t edges, fail;
	uint32_t hits; /* place in `hits` + 1: n, literals …; 0: none */
	uint32_t out;  /* nearest state along the failures that ends literals; 0: none */
	uint16_t n_edges;
};

/* The trie while it grows: children as linked lists. */
struct node {
	uint32_t child, sibling, depth;
	uint32_t ends; /* literal + 1, chained by `same` */
	unsigned char byte;
};
struct trie {
	struct hl_arena *work;
	struct node *nodes;
	size_t n, cap;
	uint32_t *same; /* literal → next literal + 1 of the same text */
};

static uint32_t child_of(const struct trie *trie, uint32_t at, unsigned char byte)
{
	uint32_t child = trie->nodes[at].child;
	while (child && trie->nodes[child].byte != byte)
		child = trie->nodes[child].sibling;
	return child;
}

static bool insert(struct trie *trie, struct hl_str text, uint32_t literal)
{
	uint32_t at = 0;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.ptr[i];
		uint32_t child = child_of(trie, at, byte);
		if (!child) {
			struct node *node = HL_PUSH(trie->work, trie->nodes, trie->n, trie->cap);
			if (!node)
				return false;
			child = (uint32_t)(trie->n - 1);
			node->byte = byte;
			node->depth = trie->nodes[at].depth + 1;
			node->sibling = trie->nodes[at].child;
			trie->nodes[at].child = child;
		}
		at = child;
	}
	trie->same[literal] = trie->nodes[at].ends;
	trie->nodes[at].ends = literal + 1;
	return true;
}

static uint32_t deep_edge(const struct hl_automaton *set, uint32_t state, unsigned char byte)
{
	const struct hl_automaton_state *s = &set->states[state];
	const struct hl_automaton_edge *edge = set->edges + s->edges;
	for (uint32_t i = 0; i < s->n_edges; i++)
		if (edge[i].byte == byte)
			return edge[i].to;
	return NO_STATE;
}

/* States are numbered breadth first, so those of depth 1 come right after the root. The number
   given back carries ENDS, so that states without an end need not be looked at. */
static uint32_t next_state(const struct hl_automaton *set, uint32_t state, unsigned char byte)
{
	state &= ~ENDS;
	while (state > set->n_second) {
		uint32_t to = deep_edge(set, state, byte);
		if (to != NO_STATE)
			return to;
		state = set->states[state].fail;
	}
	return state ? set->second[state - 1][byte] : set->root[byte];
}

struct filling {
	struct hl_automaton_state *states;
	struct hl_automaton_edge *edges;
	uint32_t *hits, *root, (*second)[256];
	uint32_t *order, *number; /* breadth-first list of trie nodes, and its inverse */
	uint32_t n_edges, n_hits;
};

static void number_nodes(struct filling *f, const struct trie *trie)
{
	size_t n = 1;
	for (size_t i = 0; i < n; i++) {
		f->number[f->order[i]] = (uint32_t)i;
		for (uint32_t c = trie->nodes[f->order[i]].child; c; c = trie->nodes[c].sibling)
			f->order[n++] = c;
	}
}

static void fill_state(struct filling *f, const struct trie *trie, uint32_t state)
{
	const struct node *node = &trie->nodes[f->order[state]];
	struct hl_automaton_state *s = &f->states[state];
	s->edges = f->n_edges;
	for (uint32_t c = node->child; c; c = trie->nodes[c].sibling)
		f->edges[f->n_edges++] =
			(struct hl_automaton_edge){f->number[c], trie->nodes[c].byte};
	s->n_edges = (uint16_t)(f->n_edges - s->edges);
	if (!node->ends)
		return;
	uint32_t head = f->n_hits++;
	s->hits = head + 1;
	for (uint32_t l = node->ends; l; l = trie->same[l - 1])
		f->hits[f->n_hits++] = l - 1;
	f->hits[head] = f->n_hits - head - 1;
}

/* Failures in breadth-first order: a parent's is known before its children need it. */
static void link_failures(struct filling *f, const struct hl_automaton *set)
{
	for (uint32_t s = 0; s < set->n_states; s++) {
		const struct hl_automaton_state *state = &f->states[s];
		for (uint32_t e = 0; e < state->n_edges; e++) {
			const struct hl_automaton_edge *edge = &f->edges[state->edges + e];
			struct hl_automaton_state *child = &f->states[edge->to];
			child->fail = s ? next_state(set, state->fail, edge->byte) & ~ENDS : 0;
			const struct hl_automaton_state *fail = &f->states[child->fail];
			child->out = fail->hits ? child->fail : fail->out;
		}
		if (s && s <= set->n_second)
			for (unsigned b = 0; b < 256; b++) {
				uint32_t to = deep_edge(set, s, (unsigned char)b);
				f->second[s - 1][b] = to != NO_STATE ? to : f->root[b];
			}
	}
}

static uint32_t with_end(const struct filling *f, uint32_t state)
{
	return f->states[state].hits || f->states[state].out ? state | ENDS : state;
}

/* After the failures are known: every number that a step can give says whether literals end there.
 */
static void mark_ends(struct filling *f, const struct hl_automaton *set)
{
	for (uint32_t e = 0; e < f->n_edges; e++)
		f->edges[e].to = with_end(f, f->edges[e].to);
	for (unsigned b = 0; b < 256; b++) {
		f->root[b] = with_end(f, f->root[b]);
		for (uint32_t s = 0; s < set->n_second; s++)
			f->second[s][b] = with_end(f, f->second[s][b]);
	}
}

/* A bit for each two bytes that a literal begins with; more bits than that are set. */
static uint32_t pair_of(unsigned char first, unsigned char second)
{
	return (first * 41u + second) % HL_AUTOMATON_PAIRS;
}

static void mark_pairs(uint64_t *pairs, const struct hl_str *literals, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char first = (unsigned char)literals[i].ptr[0];
		bool alone = literals[i].len == 1;
		unsigned from = alone ? 0 : (unsigned char)literals[i].ptr[1];
		for (unsigned second = from; second <= (alone ? 255 : from); second++) {
			uint32_t pair = pair_of(first, (unsigned char)second);
			pairs[pair / 64] |= 1ull << (pair % 64);
		}
	}
}

int hl_automaton_build(struct hl_automaton *out, struct hl_arena *arena, struct hl_arena *work,
		       const struct hl_str *literals, size_t n)
{
	struct trie trie = {.work = work, .same = HL_NEW_ARRAY(work, n + 1, uint32_t)};
	struct node *root = HL_PUSH(work, trie.nodes, trie.n, trie.cap);
	if (!trie.same || !root)
		return HL_NOMEM;
	for (size_t i = 0; i < n; i++)
		if (!insert(&trie, literals[i], (uint32_t)i))
			return HL_NOMEM;
	struct filling f = {.order = HL_NEW_ARRAY(work, trie.n, uint32_t),
			    .number = HL_NEW_ARRAY(work, trie.n, uint32_t),
			    .states = HL_NEW_ARRAY(arena, trie.n, struct hl_automaton_state),
			    .edges = HL_NEW_ARRAY(arena, trie.n, struct hl_automaton_edge),
			    .hits = HL_NEW_ARRAY(arena, 2 * n + 1, uint32_t),
			    .root = HL_NEW_ARRAY(arena, 256, uint32_t)};
	uint64_t *pairs = HL_NEW_ARRAY(arena, HL_AUTOMATON_PAIRS / 64, uint64_t);
	if (!f.order || !f.number || !f.states || !f.edges || !f.hits || !f.root || !pairs)
		return HL_NOMEM;
	number_nodes(&f, &trie);
	for (uint32_t s = 0; s < trie.n; s++)
		fill_state(&f, &trie, s);
	uint32_t n_second = f.states[0].n_edges;
	f.second = hl_arena_zalloc(arena, n_second + 1, sizeof *f.second);
	if (!f.second)
		return HL_NOMEM;
	for (uint32_t e = 0; e < n_second; e++)
		f.root[f.edges[e].byte] = f.edges[e].to;
	mark_pairs(pairs, literals, n);
	*out = (struct hl_automaton){
		f.states, f.edges,	    f.hits,  f.root, (const uint32_t(*)[256])f.second,
		pairs,	  (uint32_t)trie.n, n_second};
	link_failures(&f, out);
	mark_ends(&f, out);
	return HL_OK;
}

/* The first place from `at` on where a literal may begin, or the text's end. */
static size_t next_begin(const uint64_t *pairs, struct hl_str text, size_t at)
{
	for (; at < text.len; at++) {
		uint32_t pair =
			pair_of((unsigned char)text.ptr[at], (unsigned char)text.ptr[at + 1]);
		if (pairs[pair / 64] >> (pair % 64) & 1)
			break;
	}
	return at;
}

void hl_automaton_scan(const struct hl_automaton *set, struct hl_str text,
		       void (*found)(void *arg, uint32_t literal, uint32_t end), void *arg)
{
	uint32_t state = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (!state && (i = next_begin(set->pairs, text, i)) == text.len)
			return;
		state = next_state(set, state, (unsigned char)text.ptr[i]);
		if (!(state & ENDS))
			continue;
		uint32_t s = state & ~ENDS;
		s = set->states[s].hits ? s : set->states[s].out;
		for (; s; s = set->states[s].out) {
			const uint32_t *hits = set->hits + set->states[s].hits - 1;
			for (uint32_t h = 1; h <= *hits; h++)
				found(arg, hits[h], (uint32_t)i + 1);
		}
	}
}
