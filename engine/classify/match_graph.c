/* The word net against the message: states in order, each with the places of the message it can
   stand at. Of several ways to the same place the one with most size insisted on is kept, then the
   leftmost, so the end of the net holds the best of all ways. */
#include "classify/match.h"

#define NO_ENTRY UINT32_MAX

struct entry { /* the net stands in a state, the message before word `at` */
	uint32_t at, size2, start, parent;
	uint32_t edge, occurrence; /* how it got here; occurrence HL_NOWHERE: by a skip or gap */
	bool gap;		   /* a gap may begin here */
};
struct run {
	struct hl_reading *reading;
	const struct hl_graph *graph;
	struct entry *entries;
	size_t n, cap;
	uint32_t *first;  /* entries of a state: first[s] … first[s + 1] - 1 */
	uint32_t current; /* first entry of the state being filled */
	bool failed;
};

/* The step that took words, at or before an entry of the way; NULL: none. */
static const struct entry *step_of(const struct run *run, const struct entry *entry)
{
	while (entry && entry->occurrence == HL_NOWHERE)
		entry = entry->parent == NO_ENTRY ? NULL : &run->entries[entry->parent];
	return entry;
}

static const struct entry *step_before(const struct run *run, const struct entry *entry)
{
	return entry->parent == NO_ENTRY ? NULL : step_of(run, &run->entries[entry->parent]);
}

static size_t count_steps(const struct run *run, const struct entry *entry)
{
	size_t n = 0;
	for (entry = step_of(run, entry); entry; entry = step_before(run, entry))
		n++;
	return n;
}

/* Compared from the left; the ways are known from the right, so the last difference seen counts. */
static bool further_left(const struct run *run, const struct entry *a, const struct entry *b)
{
	size_t n = count_steps(run, a), m = count_steps(run, b);
	bool left = n > m; /* more of the message accounted for */
	a = step_of(run, a);
	b = step_of(run, b);
	for (; n > m; n--)
		a = step_before(run, a);
	for (; m > n; m--)
		b = step_before(run, b);
	for (; n; n--, a = step_before(run, a), b = step_before(run, b)) {
		uint32_t at_a = run->reading->items[a->occurrence].word;
		uint32_t at_b = run->reading->items[b->occurrence].word;
		if (at_a != at_b)
			left = at_a < at_b;
	}
	return left;
}

static bool better(const struct run *run, const struct entry *a, const struct entry *b)
{
	if (a->size2 != b->size2)
		return a->size2 > b->size2;
	if (a->start != b->start)
		return a->start < b->start;
	return further_left(run, a, b);
}

static void arrive(struct run *run, struct entry entry)
{
	/* stale numbers from other states are told apart by what they point to */
	uint32_t *place = &run->reading->places[entry.at * 2 + entry.gap];
	if (*place >= run->current && *place < run->n) {
		struct entry *known = &run->entries[*place];
		if (known->at == entry.at && known->gap == entry.gap) {
			if (better(run, &entry, known))
				*known = entry;
			return;
		}
	}
	struct entry *kept = HL_PUSH(&run->reading->scratch->turn, run->entries, run->n, run->cap);
	if (!kept) {
		run->failed = true;
		return;
	}
	*kept = entry;
	*place = (uint32_t)(run->n - 1);
}

static uint32_t insisted_size(const struct hl_reading *r, const struct hl_edge *edge,
			      const struct hl_occurrence *o)
{
	if (!edge->insisted)
		return 0;
	if (o->insisted == UINT32_MAX)
		return r->size_before[o->word + o->n] - r->size_before[o->word];
	uint32_t size2 = 0;
	for (uint32_t i = 0; i < o->n; i++)
		if (o->insisted >> i & 1)
			size2 += hl_reading_size(r, o->word + i);
	return size2;
}

static void take(struct run *run, uint32_t e, uint32_t occurrence, uint32_t parent)
{
	const struct hl_occurrence *o = &run->reading->items[occurrence];
	const struct entry *from = parent == NO_ENTRY ? NULL : &run->entries[parent];
	bool begun = from && from->start != HL_NOWHERE;
	arrive(run, (struct entry){.at = o->word + o->n,
				   .size2 = (from ? from->size2 : 0) +
					    insisted_size(run->reading, &run->graph->edges[e], o),
				   .start = begun ? from->start : o->word,
				   .parent = parent,
				   .edge = e,
				   .occurrence = occurrence});
}

/* An atom edge from each entry of its source. Occurrences stand from left to right and entries
   nearly so: the search goes on where it stopped. */
static void follow_atom(struct run *run, uint32_t e, const struct hl_edge *edge)
{
	struct hl_reading *r = run->reading;
	const struct hl_seen *seen = hl_reading_look(r, edge);
	if (!seen)
		return;
	uint32_t head = seen->first;
	if (edge->opens)
		for (uint32_t o = head; o != HL_NOWHERE; o = r->items[o].next) {
			if (!hl_reading_spend(r, 1))
				return;
			take(run, e, o, NO_ENTRY);
		}
	uint32_t cursor = head, at = 0;
	if (!hl_reading_gaps(r))
		return;
	for (uint32_t i = run->first[edge->from]; i < run->first[edge->from + 1]; i++) {
		uint32_t from = run->entries[i].at;
		bool gap = run->entries[i].gap;
		if (from < at)
			cursor = head;
		at = from;
		while (cursor != HL_NOWHERE && r->items[cursor].word < at)
			cursor = r->items[cursor].next;
		for (uint32_t o = cursor; o != HL_NOWHERE; o = r->items[o].next) {
			uint32_t word = r->items[o].word;
			if (!hl_reading_spend(r, 1))
				return;
			if (gap ? word >= r->gap_end[at] : word != at)
				break;
			take(run, e, o, i);
		}
	}
}

static void follow_other(struct run *run, uint32_t e, const struct hl_edge *edge)
{
	for (uint32_t i = run->first[edge->from]; i < run->first[edge->from + 1]; i++) {
		struct entry entry = run->entries[i];
		entry.parent = i;
		entry.edge = e;
		entry.occurrence = HL_NOWHERE;
		entry.gap |= edge->kind == HL_EDGE_GAP;
		if (!hl_reading_spend(run->reading, 1))
			return;
		arrive(run, entry);
	}
}

/* May the match end at this entry? */
static bool may_end(const struct run *run, const struct entry *entry)
{
	const struct hl_utterance *u = run->reading->utterance;
	if (!run->graph->whole || entry->at == u->n_words)
		return true;
	return entry->gap && hl_reading_gaps(run->reading) && hl_gap_ends(run->reading, entry->at);
}

static const struct entry *run_net(struct run *run)
{
	const struct hl_graph *graph = run->graph;
	const struct entry *best = NULL;
	uint16_t state = 1;
	run->first[0] = 0;
	if (graph->whole)
		arrive(run, (struct entry){.start = HL_NOWHERE,
					   .parent = NO_ENTRY,
					   .occurrence = HL_NOWHERE});
	run->first[1] = run->current = (uint32_t)run->n;
	for (uint32_t e = 0; e < graph->n_edges && !run->failed; e++) {
		const struct hl_edge *edge = &graph->edges[e];
		if (edge->kind == HL_EDGE_ATOM)
			follow_atom(run, e, edge);
		else
			follow_other(run, e, edge);
		if (!edge->last)
			continue;
		if (edge->must && run->n == run->current)
			return NULL;
		run->first[++state] = (uint32_t)run->n;
		if (state < graph->n_states)
			run->current = (uint32_t)run->n;
	}
	for (size_t i = run->current; i < run->n && !run->failed; i++)
		if (may_end(run, &run->entries[i]) &&
		    (!best || better(run, &run->entries[i], best)))
			best = &run->entries[i];
	return best;
}

struct collected {
	uint32_t *words, *marked;
	struct hl_capture *captures;
	size_t n_words, n_marked, n_captures;
};

/* One step of the way, from the right: words come out in falling order. */
static void collect(struct collected *c, const struct run *run, const struct entry *entry)
{
	const struct hl_reading *r = run->reading;
	const struct hl_edge *edge = &run->graph->edges[entry->edge];
	const struct hl_occurrence *o = &r->items[entry->occurrence];
	for (uint32_t i = o->n; i--;) {
		bool counts = i >= 32 || o->insisted >> i & 1;
		c->marked[c->n_marked++] = o->word + i;
		if (edge->insisted && (counts || o->insisted == UINT32_MAX))
			c->words[c->n_words++] = o->word + i;
	}
	uint16_t slot = run->graph->named ? hl_graph_slots(run->graph)[entry->edge] : 0;
	if (!slot)
		return;
	c->captures[c->n_captures++] =
		(struct hl_capture){.name = r->rules->slot_names[slot],
				    .atom = edge->atom,
				    .word = o->word,
				    .n = o->n,
				    .value = o->value,
				    .start = r->utterance->words[o->word].start,
				    .end = r->utterance->words[o->word + o->n - 1].end};
}

static void reverse(uint32_t *v, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		uint32_t swap = v[i];
		v[i] = v[n - 1 - i];
		v[n - 1 - i] = swap;
	}
}

static int gather(struct hl_match *out, const struct run *run, const struct entry *best)
{
	struct hl_arena *turn = &run->reading->scratch->turn;
	size_t n = 0, steps = 0;
	for (const struct entry *e = best; e;
	     e = e->parent == NO_ENTRY ? NULL : &run->entries[e->parent])
		if (e->occurrence != HL_NOWHERE) {
			n += run->reading->items[e->occurrence].n;
			steps++;
		}
	steps = run->graph->named ? steps : 0;
	struct collected c = {.words = hl_arena_array(turn, 2 * n + 1, sizeof *c.words),
			      .captures = hl_arena_array(turn, steps + 1, sizeof *c.captures)};
	if (!c.words || !c.captures)
		return HL_NOMEM;
	c.marked = c.words + n;
	for (const struct entry *e = best; e;
	     e = e->parent == NO_ENTRY ? NULL : &run->entries[e->parent])
		if (e->occurrence != HL_NOWHERE)
			collect(&c, run, e);
	reverse(c.words, c.n_words);
	reverse(c.marked, c.n_marked);
	for (size_t i = 0; i < c.n_captures / 2; i++) {
		struct hl_capture swap = c.captures[i];
		c.captures[i] = c.captures[c.n_captures - 1 - i];
		c.captures[c.n_captures - 1 - i] = swap;
	}
	*out = (struct hl_match){.size2 = best->size2,
				 .first = best->start,
				 .words = c.words,
				 .n_words = c.n_words,
				 .marked = c.marked,
				 .n_marked = c.n_marked,
				 .captures = c.captures,
				 .n_captures = c.n_captures};
	return HL_OK;
}

static bool make_places(struct hl_reading *r)
{
	if (!r->places)
		r->places =
			HL_NEW_ARRAY(&r->scratch->turn, 2 * r->utterance->n_words + 2, uint32_t);
	return r->places != NULL;
}

/* Every place of a word has one size, so the leftmost place of the largest word is the best. */
int hl_match_one(struct hl_one *out, struct hl_reading *r, const struct hl_graph *graph)
{
	struct hl_one best = {UINT32_MAX, 0};
	if (graph->n_states != 2 || graph->whole || graph->named)
		return HL_LIMIT;
	for (uint32_t e = 0; e < graph->n_edges; e++) {
		const struct hl_edge *edge = &graph->edges[e];
		if (edge->kind != HL_EDGE_ATOM)
			return HL_LIMIT;
		const struct hl_seen *seen = hl_reading_look(r, edge);
		if (!seen)
			continue;
		if (seen->wide)
			return HL_LIMIT;
		struct hl_one one = {.word = r->items[seen->first].word};
		one.size2 = edge->insisted ? hl_reading_size(r, one.word) : 0;
		if (one.size2 > best.size2 || (one.size2 == best.size2 && one.word < best.word))
			best = one;
	}
	*out = best;
	return best.word == UINT32_MAX ? HL_NOT_FOUND : HL_OK;
}

static HL_APART int match_word(struct hl_match *out, struct hl_reading *r,
			       const struct hl_graph *graph)
{
	struct hl_one one;
	int rc = hl_match_one(&one, r, graph);
	if (rc != HL_OK)
		return rc;
	uint32_t *words = hl_arena_array(&r->scratch->turn, 1, sizeof *words);
	if (!words)
		return HL_NOMEM;
	*words = one.word;
	*out = (struct hl_match){.size2 = one.size2,
				 .first = one.word,
				 .words = words,
				 .n_words = one.size2 > 0,
				 .marked = words,
				 .n_marked = 1};
	return HL_OK;
}

/* Does the message lack what every match has? */
static bool is_missing(const struct hl_reading *reading, const struct hl_graph *graph)
{
	for (uint32_t i = 0; i < graph->n_needs; i++)
		if (hl_reading_has(reading, hl_graph_needs(graph)[i]))
			return false;
	return graph->n_needs > 0;
}

/* The best of all the ways of a net that matches. */
static HL_APART int match_best(struct hl_match *out, struct hl_reading *reading,
			       const struct hl_graph *graph)
{
	int rc = hl_match_way(out, reading, graph);
	if (rc != HL_LIMIT)
		return rc;
	struct run run = {.reading = reading,
			  .graph = graph,
			  .entries = reading->entries,
			  .cap = reading->cap_entries};
	run.first = hl_arena_array(&reading->scratch->turn, (size_t)graph->n_states + 1,
				   sizeof *run.first);
	if (!run.first || !make_places(reading))
		return HL_NOMEM;
	const struct entry *best = run_net(&run);
	reading->entries = run.entries;
	reading->cap_entries = run.cap;
	if (run.failed || reading->failed)
		return HL_NOMEM;
	if (!best || !reading->work)
		return HL_NOT_FOUND;
	return gather(out, &run, best);
}

int hl_match_graph(struct hl_match *out, struct hl_reading *reading, const struct hl_graph *graph)
{
	if (is_missing(reading, graph))
		return HL_NOT_FOUND;
	int rc = graph->n_states == 2 ? match_word(out, reading, graph) : HL_LIMIT;
	if (rc != HL_LIMIT)
		return rc;
	if (!hl_match_holds(reading, graph))
		return reading->failed ? HL_NOMEM : HL_NOT_FOUND;
	return match_best(out, reading, graph);
}
