/* Does a word net match at all? All places of the message at once, a bit each: what a state of the
   net can be reached with is a row of bits, an edge moves it on. Which of the ways is the best is
   for match_graph.c to say, of the few nets that match. */
#include <string.h>

#include "classify/match.h"

#define EDGES_A_UNIT 8

/* Rows of one state: before these words the net may stand, and with a gap begun. */
struct rows {
	uint64_t *plain, *gap;
};
struct holding {
	struct hl_reading *reading;
	const struct hl_graph *graph;
	size_t n; /* 64-bit words of a row */
	uint64_t *source;
};

static struct rows rows_of(const struct holding *h, uint16_t state)
{
	uint64_t *plain = h->reading->states + (size_t)state * 2 * h->n;
	return (struct rows){plain, plain + h->n};
}

/* Sets bits from … to - 1. */
static void set_range(uint64_t *row, uint32_t from, uint32_t to)
{
	for (uint32_t b = from / 64; from < to; b++) {
		uint32_t last = to - b * 64 < 64 ? to - b * 64 : 64;
		uint64_t below = last == 64 ? UINT64_MAX : (1ull << last) - 1;
		row[b] |= below & ~0ull << (from % 64);
		from = (b + 1) * 64;
	}
}

/* Words that can follow: those right at the state's places, and those that its gaps reach. */
static bool find_source(struct holding *h, const struct hl_edge *edge)
{
	struct rows from = rows_of(h, edge->from);
	uint64_t any = 0;
	if (edge->opens) {
		memset(h->source, 0xff, h->n * sizeof *h->source);
		return true;
	}
	for (size_t b = 0; b < h->n; b++) {
		h->source[b] = from.plain[b];
		any |= from.plain[b] | from.gap[b];
	}
	if (!any || !hl_reading_gaps(h->reading))
		return false;
	for (size_t b = 0; b < h->n; b++)
		for (uint64_t bits = from.gap[b]; bits; bits &= bits - 1) {
			uint32_t place = (uint32_t)b * 64 + (uint32_t)__builtin_ctzll(bits);
			set_range(h->source, place, h->reading->gap_end[place]);
		}
	return true;
}

static void follow_atom(struct holding *h, const struct hl_edge *edge, struct rows to)
{
	struct hl_reading *r = h->reading;
	struct hl_seen *seen = hl_reading_look(r, edge);
	if (!seen || !find_source(h, edge))
		return;
	if (seen->wide) {
		for (uint32_t o = seen->first; o != HL_NOWHERE; o = r->items[o].next) {
			uint32_t word = r->items[o].word, next = word + r->items[o].n;
			if (h->source[word / 64] >> (word % 64) & 1)
				to.plain[next / 64] |= 1ull << (next % 64);
			if (!hl_reading_spend(r, 1))
				return;
		}
		return;
	}
	const uint64_t *map = hl_reading_map(r, seen);
	uint64_t carry = 0;
	for (size_t b = 0; map && b < h->n; b++) {
		uint64_t hits = h->source[b] & map[b];
		to.plain[b] |= hits << 1 | carry;
		carry = hits >> 63;
	}
}

static void follow_other(struct holding *h, const struct hl_edge *edge, struct rows to)
{
	struct rows from = rows_of(h, edge->from);
	for (size_t b = 0; b < h->n; b++) {
		to.gap[b] |= from.gap[b];
		if (edge->kind == HL_EDGE_GAP)
			to.gap[b] |= from.plain[b];
		else
			to.plain[b] |= from.plain[b];
	}
}

/* Does one of the last state's places let the match end? */
static bool ends(const struct holding *h)
{
	struct hl_reading *r = h->reading;
	struct rows last = rows_of(h, (uint16_t)(h->graph->n_states - 1));
	uint32_t n = (uint32_t)r->utterance->n_words;
	for (size_t b = 0; b < h->n; b++) {
		uint64_t bits = last.plain[b] | last.gap[b];
		if (bits && !h->graph->whole)
			return true;
		for (; bits; bits &= bits - 1) {
			uint32_t place = (uint32_t)b * 64 + (uint32_t)__builtin_ctzll(bits);
			bool gap = last.gap[b] >> (place % 64) & 1;
			if (place == n || (gap && hl_reading_gaps(r) && hl_gap_ends(r, place)))
				return true;
		}
	}
	return false;
}

static bool is_empty(const struct holding *h, struct rows rows)
{
	uint64_t any = 0;
	for (size_t b = 0; b < h->n; b++)
		any |= rows.plain[b] | rows.gap[b];
	return !any;
}

/* Nothing comes to this state yet. */
static struct rows begin_state(const struct holding *h, uint16_t state)
{
	struct rows rows = rows_of(h, state);
	for (size_t b = 0; b < 2 * h->n; b++)
		rows.plain[b] = 0;
	return rows;
}

static bool holds_long(struct hl_reading *r, const struct hl_graph *graph)
{
	struct holding h = {r, graph, r->n_blocks, NULL};
	h.source = r->states + 2 * (size_t)graph->n_states * h.n;
	uint32_t before = 0; /* edges that were paid for */
	uint16_t state = 1;
	begin_state(&h, 0).plain[0] = graph->whole;
	struct rows to = begin_state(&h, state);
	for (uint32_t e = 0; e < graph->n_edges && !r->failed; e++) {
		const struct hl_edge *edge = &graph->edges[e];
		if (edge->kind == HL_EDGE_ATOM)
			follow_atom(&h, edge, to);
		else
			follow_other(&h, edge, to);
		if (!edge->last)
			continue;
		if (edge->must && is_empty(&h, to))
			return false;
		if (!hl_reading_spend(r, (uint32_t)((e + 1 - before) * h.n / EDGES_A_UNIT)))
			return false;
		before = e + 1;
		if (++state < graph->n_states)
			to = begin_state(&h, state);
	}
	return !r->failed && ends(&h);
}

/* ------------------------------------------------------------------ one block */

/* Nearly every message has fewer than 64 words: a row is a number then. */
struct short_rows {
	uint64_t plain, gap;
	uint64_t source; /* words that can follow */
};

/* The places that gaps begun at these may reach. */
static uint64_t reach(struct hl_reading *r, uint64_t gaps)
{
	uint64_t places = 0;
	if (!hl_reading_gaps(r))
		return 0;
	for (; gaps; gaps &= gaps - 1) {
		uint32_t place = (uint32_t)__builtin_ctzll(gaps);
		places |= (1ull << r->gap_end[place]) - (1ull << place);
	}
	return places;
}

/* Where the state after an atom's edge can stand. */
static uint64_t after_atom(struct hl_reading *r, const struct hl_edge *edge,
			   const struct short_rows *rows)
{
	const struct hl_seen *seen = hl_reading_look(r, edge);
	if (!seen)
		return 0;
	uint64_t source = edge->opens ? UINT64_MAX : rows[edge->from].source;
	if (!seen->wide)
		return (source & seen->low) << 1;
	uint64_t to = 0;
	for (uint32_t o = seen->first; o != HL_NOWHERE; o = r->items[o].next) {
		const struct hl_occurrence *at = &r->items[o];
		to |= (source >> at->word & 1) << (at->word + at->n);
		if (!hl_reading_spend(r, 1))
			break;
	}
	return to;
}

static bool short_ends(struct hl_reading *r, const struct short_rows *last, bool whole)
{
	uint64_t end = 1ull << r->utterance->n_words;
	uint64_t gaps = whole ? last->gap : 0;
	if (!whole)
		return (last->plain | last->gap) != 0;
	bool met = ((last->plain | last->gap) & end) != 0;
	for (; gaps && !met && hl_reading_gaps(r); gaps &= gaps - 1)
		met = hl_gap_ends(r, (uint32_t)__builtin_ctzll(gaps));
	return met;
}

static bool holds_short(struct hl_reading *r, const struct hl_graph *graph)
{
	struct short_rows *rows = (struct short_rows *)(void *)r->states;
	const struct hl_edge *edge = graph->edges, *end = edge + graph->n_edges;
	struct short_rows to = {graph->whole, 0, graph->whole}; /* before the first word alone */
	rows[0] = to;
	to = (struct short_rows){0, 0, 0};
	for (struct short_rows *row = rows + 1; edge < end; edge++) {
		const struct short_rows *from = &rows[edge->from];
		if (edge->kind != HL_EDGE_ATOM) {
			to.gap |= from->gap | (edge->kind == HL_EDGE_GAP ? from->plain : 0);
			to.plain |= edge->kind == HL_EDGE_GAP ? 0 : from->plain;
		} else {
			to.plain |= after_atom(r, edge, rows);
		}
		if (!edge->last)
			continue;
		if (edge->must && !(to.plain | to.gap))
			return false;
		to.source = to.gap ? to.plain | reach(r, to.gap) : to.plain;
		*row++ = to;
		to = (struct short_rows){0, 0, 0};
	}
	return !r->failed && short_ends(r, &rows[graph->n_states - 1], graph->whole);
}

/* ------------------------------------------------------------------ the only way */

struct stand { /* a place of the message in a state of the net */
	uint32_t state, at;
	bool gap;
};
#define BEGINNING UINT32_MAX /* no state: the match begins there */
#define SEVERAL 2

/* In how many ways a place is come to by an edge that takes no word; *from is one of them. */
static unsigned ways_by_other(struct stand *from, const struct short_rows *row,
			      const struct hl_edge *edge, const struct stand *to)
{
	bool begins_gap = edge->kind == HL_EDGE_GAP;
	if (begins_gap && !to->gap)
		return 0;
	unsigned plain = (begins_gap || !to->gap) && row->plain >> to->at & 1;
	unsigned gap = to->gap && row->gap >> to->at & 1;
	if (plain || gap)
		*from = (struct stand){edge->from, to->at, gap};
	return plain + gap;
}

static unsigned ways_by_atom(struct stand *from, struct hl_reading *r, const struct short_rows *row,
			     const struct hl_edge *edge, const struct stand *to)
{
	const struct hl_seen *seen = hl_reading_look(r, edge);
	if (!seen)
		return 0;
	if (seen->wide)
		return SEVERAL;
	if (to->gap || !to->at || !(seen->low >> (to->at - 1) & 1))
		return 0;
	uint32_t word = to->at - 1;
	unsigned n = edge->opens;
	if (edge->opens)
		*from = (struct stand){BEGINNING, word, false};
	if (row->plain >> word & 1) {
		*from = (struct stand){edge->from, word, false};
		n++;
	}
	if (row->gap && !hl_reading_gaps(r))
		return SEVERAL;
	for (uint64_t gaps = row->gap; gaps; gaps &= gaps - 1) {
		uint32_t place = (uint32_t)__builtin_ctzll(gaps);
		if (place > word || word >= r->gap_end[place])
			continue;
		*from = (struct stand){edge->from, place, true};
		n++;
	}
	return n;
}

struct walk { /* from the end of the net back */
	struct hl_reading *reading;
	const struct hl_graph *graph;
	const struct short_rows *rows;
	uint32_t edge;	    /* those from here on were looked at */
	uint32_t state;	    /* the edges before lead to it */
	struct stand stand; /* the way leads through it */
};

/* The edge that the only way comes by, and where from; NULL: there are several. */
static const struct hl_edge *step_back(struct walk *w)
{
	const struct hl_edge *edges = w->graph->edges, *by = NULL;
	struct stand to = w->stand;
	unsigned n = 0;
	for (bool there = false; !there; w->state--) {
		there = w->state == to.state;
		do {
			const struct hl_edge *edge = &edges[--w->edge];
			if (!there)
				continue;
			const struct short_rows *row = &w->rows[edge->from];
			unsigned more =
				edge->kind == HL_EDGE_ATOM
					? ways_by_atom(&w->stand, w->reading, row, edge, &to)
					: ways_by_other(&w->stand, row, edge, &to);
			by = more ? edge : by;
			n += more;
		} while (w->edge && !edges[w->edge - 1].last);
	}
	return n == 1 ? by : NULL;
}

static bool ends_once(struct stand *out, const struct hl_graph *graph,
		      const struct short_rows *rows)
{
	uint32_t state = graph->n_states - 1u;
	uint64_t plain = rows[state].plain, gap = rows[state].gap, any = plain | gap;
	*out = (struct stand){state, (uint32_t)__builtin_ctzll(any), gap != 0};
	return !(plain & gap) && !(any & (any - 1));
}

int hl_match_way(struct hl_match *out, struct hl_reading *r, const struct hl_graph *graph)
{
	struct walk walk = {.reading = r,
			    .graph = graph,
			    .rows = (const struct short_rows *)(const void *)r->states,
			    .edge = graph->n_edges,
			    .state = graph->n_states - 1u};
	if (r->n_blocks != 1 || graph->whole || graph->named ||
	    !ends_once(&walk.stand, graph, walk.rows))
		return HL_LIMIT;
	size_t room = r->utterance->n_words, n_words = 0, n_marked = 0;
	uint32_t *words = hl_arena_array(&r->scratch->turn, 2 * room, sizeof *words);
	if (!words)
		return HL_NOMEM;
	uint32_t *words_end = words + room, *marked_end = words_end + room, size2 = 0;
	while (walk.stand.state != BEGINNING) {
		uint32_t word = walk.stand.at - 1;
		const struct hl_edge *by = step_back(&walk);
		if (!by)
			return HL_LIMIT;
		if (by->kind != HL_EDGE_ATOM)
			continue;
		*(marked_end - ++n_marked) = word;
		if (!by->insisted)
			continue;
		*(words_end - ++n_words) = word;
		size2 += hl_reading_size(r, word);
	}
	*out = (struct hl_match){.size2 = size2,
				 .first = walk.stand.at,
				 .words = words_end - n_words,
				 .n_words = n_words,
				 .marked = marked_end - n_marked,
				 .n_marked = n_marked};
	return HL_OK;
}

/* ------------------------------------------------------------------ a look before */

#define GAP_WORDS (HL_GAP_SIZE2 + 1u) /* a gap's, and the one behind it */

/* Where one of a row of edges' atoms begins. */
static uint64_t begins(const struct hl_reading *r, const struct hl_edge *row)
{
	uint64_t low = 0;
	for (const struct hl_edge *edge = row; edge < row + row->row; edge++)
		if (hl_reading_has(r, edge->atom))
			low |= r->seen[r->place[edge->atom]].low;
	return low;
}

/* What may follow those, at most so many words behind. */
static uint64_t behind(const struct hl_reading *r, uint64_t low, uint32_t words)
{
	return r->shift ? hl_reading_spread(low, (words >> r->shift) + 2)
			: hl_reading_spread(low << 1, words);
}

/* How far a row of atoms, or the gap beside them, leads on, at most. */
static uint32_t length_of(const struct hl_reading *r, const struct hl_edge *row)
{
	return row->gaps && r->widest < GAP_WORDS ? GAP_WORDS : r->widest;
}

/* Most nets of which a message has the words have them too far apart or the other way round: a look
   at what no match can do without tells. True where it does not. */
static bool may_hold(const struct hl_reading *r, const struct hl_graph *graph)
{
	const struct hl_edge *row = graph->edges, *end = row + graph->n_edges;
	uint64_t low = 0;   /* of a long text a bit is several words; 0: nothing yet */
	uint32_t words = 0; /* from those to the next, at most */
	for (; row < end && row->row; row += row->row) {
		if (!row->firm) {
			words += length_of(r, row);
			continue;
		}
		low = begins(r, row) & (low ? behind(r, low, words) : UINT64_MAX);
		if (!low)
			return false;
		words = r->widest;
	}
	return true;
}

/* Of places those that one of `from` lies before, at most `words`, which is below 64. */
static bool keep_behind(uint64_t *places, const uint64_t *from, size_t n, uint32_t words)
{
	bool any = false;
	for (size_t b = 0; b < n; b++) {
		if (!places[b])
			continue;
		uint64_t near = hl_reading_spread(from[b] << 1, words);
		uint64_t before = b ? from[b - 1] : 0; /* its last place alone counts */
		uint32_t over = before ? (uint32_t)(64 - __builtin_clzll(before)) + words : 0;
		if (over > 64)
			near |= (1ull << (over - 64)) - 1;
		places[b] &= near;
		any |= places[b] != 0;
	}
	return any;
}

/* Where one of a row of edges' atoms begins, word by word. False: nowhere, or no memory. */
static bool find_begins(uint64_t *places, struct hl_reading *r, const struct hl_edge *row)
{
	bool any = false;
	memset(places, 0, r->n_blocks * sizeof *places);
	for (const struct hl_edge *edge = row; edge < row + row->row; edge++) {
		struct hl_seen *seen = hl_reading_look(r, edge);
		const uint64_t *map = seen ? hl_reading_map(r, seen) : NULL;
		for (size_t b = 0; map && b < r->n_blocks; b++)
			places[b] |= map[b];
		any |= map != NULL;
	}
	return any && !r->failed;
}

/* The same look, at the words themselves: many nets pass the coarse one. */
static bool may_hold_long(struct hl_reading *r, const struct hl_graph *graph)
{
	const struct hl_edge *row = graph->edges, *end = row + graph->n_edges;
	uint64_t *from = NULL, *places = r->states, *spare = places + r->n_blocks;
	uint32_t words = 0;
	for (; row < end && row->row; row += row->row) {
		if (!row->firm) {
			words += length_of(r, row);
			continue;
		}
		if (words >= 64)
			return true;
		if (!find_begins(places, r, row) ||
		    (from && !keep_behind(places, from, r->n_blocks, words)))
			return false;
		from = places;
		places = spare;
		spare = from;
		words = r->widest;
	}
	return true;
}

static HL_APART bool holds(struct hl_reading *r, const struct hl_graph *graph)
{
	size_t need = (3 * (size_t)graph->n_states + 1) * r->n_blocks;
	if (need > r->cap_states) {
		r->states = hl_arena_array(&r->scratch->turn, need + 64, sizeof *r->states);
		r->cap_states = r->states ? need + 64 : 0;
		r->failed |= !r->states;
		if (!r->states)
			return false;
	}
	if (r->n_blocks == 1)
		return holds_short(r, graph);
	return (graph->whole || may_hold_long(r, graph)) && holds_long(r, graph);
}

bool hl_match_holds(struct hl_reading *r, const struct hl_graph *graph)
{
	if (!hl_reading_spend(r, 1 + graph->n_edges / EDGES_A_UNIT))
		return false;
	return (graph->whole || may_hold(r, graph)) && holds(r, graph);
}
