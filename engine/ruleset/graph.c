/* From spelt texts to words: walks a spelt net, cuts what lies between two certain word ends
   exactly as a message would be cut, and joins the words into a net of atoms. Knows word ends and
   names; not how a message is matched. */
#include "ruleset/graph.h"

#include <string.h>

#include "ruleset/names.h"

#define STEPS_MAX 200000 /* of one phrase's walk; far beyond 20,000 spelt texts */
#define ERRORS_MAX 16	 /* of one phrase */
#define RUN_MAX 512	 /* bytes of one spelt run */
#define NO_STATE UINT32_MAX

struct raw_edge {
	uint32_t from, to, next, atom;
	uint16_t slot;
	uint8_t kind;
	bool insisted;
};
struct weaver {
	struct hl_phrase_env *env;
	const struct hl_spell *spell;
	const struct hl_line *line;
	enum hl_phrase_mode mode;
	struct raw_edge *edges;
	size_t n_edges, cap_edges;
	uint32_t *first; /* edges out of a raw state */
	size_t n_states, cap_states;
	uint32_t *state_of; /* spell state × 2 + (just after letters) → raw state */
	uint32_t *todo;
	size_t n_todo, cap_todo;
	uint32_t final;
	unsigned steps, texts, refused;
	char run[RUN_MAX];
	bool sure[RUN_MAX]; /* bytes of `run` that stand outside [ ] */
	int status;
};

/* Something reported is wrong here: the walk goes on, to find what else is. */
static void count_error(struct weaver *w)
{
	if (++w->refused == ERRORS_MAX && w->status == HL_OK)
		w->status = HL_REFUSED;
}

static void refuse(struct weaver *w, const char *code, const struct hl_arc *arc,
		   const char *message, const char *remedy)
{
	hl_report_plain(w->env->report, HL_ERROR, code, w->line->src, arc->offset, arc->len,
			message, remedy);
	count_error(w);
}

static void refuse_whole(struct weaver *w, const char *code, const char *message,
			 const char *remedy)
{
	if (w->status != HL_OK)
		return;
	hl_report_plain(w->env->report, HL_ERROR, code, w->line->src, 0,
			(uint32_t)w->line->text.len, message, remedy);
	w->status = HL_REFUSED;
}

static uint32_t add_state(struct weaver *w)
{
	uint32_t *first = HL_PUSH(w->env->work, w->first, w->n_states, w->cap_states);
	if (!first) {
		w->status = HL_NOMEM;
		return 0;
	}
	if (w->n_states > UINT16_MAX) {
		refuse_whole(w, "phrase.many", "the phrase is too big",
			     "split it into several phrases");
		return 0;
	}
	*first = NO_STATE;
	return (uint32_t)(w->n_states - 1);
}

static void add_edge(struct weaver *w, struct raw_edge edge)
{
	if (w->status != HL_OK)
		return;
	struct raw_edge *kept = HL_PUSH(w->env->work, w->edges, w->n_edges, w->cap_edges);
	if (!kept) {
		w->status = HL_NOMEM;
		return;
	}
	*kept = edge;
	kept->next = w->first[edge.from];
	w->first[edge.from] = (uint32_t)(w->n_edges - 1);
}

static void skip(struct weaver *w, uint32_t from, uint32_t to, enum hl_edge_kind kind)
{
	add_edge(w, (struct raw_edge){.from = from, .to = to, .kind = (uint8_t)kind});
}

static void atom_edge(struct weaver *w, uint32_t from, uint32_t to, uint32_t atom, bool insisted,
		      uint16_t slot)
{
	if (atom == HL_NO_ATOM) {
		if (w->status == HL_OK)
			w->status = HL_NOMEM;
		return;
	}
	add_edge(w, (struct raw_edge){.from = from,
				      .to = to,
				      .atom = atom,
				      .slot = slot,
				      .kind = HL_EDGE_ATOM,
				      .insisted = insisted});
}

/* The raw state for a place in the spelt net; letters may not follow letters across it. */
static uint32_t state_at(struct weaver *w, uint32_t spell_state, bool after_letters)
{
	uint32_t key = spell_state * 2 + after_letters;
	if (w->state_of[key] != NO_STATE)
		return w->state_of[key];
	uint32_t state = add_state(w);
	uint32_t *todo = HL_PUSH(w->env->work, w->todo, w->n_todo, w->cap_todo);
	if (!todo) {
		w->status = HL_NOMEM;
		return 0;
	}
	*todo = key;
	return w->state_of[key] = state;
}

/* ------------------------------------------------------------------ words of a run */

static uint32_t word_atom(struct weaver *w, const struct hl_word *word, struct hl_str form,
			  bool prefix)
{
	struct hl_vocab *vocab = w->env->vocab;
	unsigned typos = w->env->typos;
	if (w->mode == HL_PHRASE_ITEM && typos && word->latin && hl_utf8_count(form) >= 5)
		return hl_vocab_typo(vocab, form, typos, prefix);
	return prefix ? hl_vocab_prefix(vocab, form) : hl_vocab_word(vocab, form);
}

/* A run of letters and signs ends here: its words, in a row, lead from `from` to `to`. */
static void emit_run(struct weaver *w, uint32_t from, uint32_t to, size_t len,
		     const struct hl_arc *tilde)
{
	struct hl_utterance cut;
	struct hl_str kept = hl_arena_dup(w->env->work, (struct hl_str){w->run, len});
	if (!kept.ptr || hl_utterance_read(&cut, w->env->work, kept, NULL, 0) != HL_OK) {
		w->status = HL_NOMEM;
		return;
	}
	if (++w->texts > HL_GRAPH_TEXTS_MAX) {
		refuse_whole(w, "phrase.many", "the phrase can spell more than 20,000 texts",
			     "split it into several phrases");
		return;
	}
	if (!cut.n_words)
		skip(w, from, to, HL_EDGE_SKIP);
	for (size_t i = 0; i < cut.n_words && w->status == HL_OK; i++) {
		const struct hl_word *word = &cut.words[i];
		bool last = i + 1 == cut.n_words, prefix = last && tilde;
		if (prefix && hl_utf8_count(word->form) < 3) {
			refuse(w, "phrase.short_prefix", tilde,
			       "~ needs at least three letters before it",
			       "write the endings in brackets: fee[s]");
			return;
		}
		bool insisted = false;
		for (uint32_t b = word->ostart; b < word->oend; b++)
			insisted |= w->sure[b];
		uint32_t next = last ? to : add_state(w);
		for (size_t f = 0; f <= word->n_also && w->status == HL_OK; f++)
			atom_edge(w, from, next,
				  word_atom(w, word, f ? word->also[f - 1] : word->form, prefix),
				  insisted, 0);
		from = next;
	}
}

static size_t put_run(struct weaver *w, size_t len, const struct hl_arc *arc)
{
	memcpy(w->run + len, arc->text.ptr, arc->text.len);
	memset(w->sure + len, arc->insisted, arc->text.len);
	return len + arc->text.len;
}

static void walk_run(struct weaver *w, uint32_t from, uint32_t at, size_t len)
{
	bool ends = at == w->spell->end;
	if (++w->steps > STEPS_MAX)
		refuse_whole(w, "phrase.many", "the phrase can spell too many texts",
			     "split it into several phrases");
	for (uint32_t a = w->spell->first[at]; a != HL_NO_ARC && w->status == HL_OK;
	     a = w->spell->arcs[a].next) {
		const struct hl_arc *arc = &w->spell->arcs[a];
		if (arc->kind == HL_ARC_SKIP) {
			walk_run(w, from, arc->to, len);
		} else if (arc->kind == HL_ARC_TILDE) {
			emit_run(w, from, state_at(w, arc->to, false), len, arc);
		} else if (arc->kind != HL_ARC_TEXT) {
			ends = true;
		} else if (len + arc->text.len > RUN_MAX) {
			refuse(w, "phrase.long_word", arc, "a word of more than 500 letters", "");
		} else {
			walk_run(w, from, arc->to, put_run(w, len, arc));
		}
	}
	if (ends && w->status == HL_OK)
		emit_run(w, from, state_at(w, at, true), len, NULL);
}

/* ------------------------------------------------------------------ names */

static void name_edge(struct weaver *w, uint32_t from, uint32_t to, const struct hl_arc *arc)
{
	uint32_t atom = HL_NO_ATOM, slot = 0;
	int rc = arc->kind == HL_ARC_SET ? hl_names_set(&atom, w->env, w->line, arc)
					 : hl_names_slot(&atom, &slot, w->env, w->line, arc);
	if (rc == HL_REFUSED)
		count_error(w);
	else if (rc != HL_OK)
		w->status = rc;
	else
		atom_edge(w, from, to, atom, arc->insisted, (uint16_t)slot);
}

static void weave_arc(struct weaver *w, uint32_t from, bool after_letters, const struct hl_arc *arc)
{
	switch (arc->kind) {
	case HL_ARC_SKIP:
		skip(w, from, state_at(w, arc->to, after_letters), HL_EDGE_SKIP);
		break;
	case HL_ARC_SPACE:
	case HL_ARC_TILDE:
		skip(w, from, state_at(w, arc->to, false), HL_EDGE_SKIP);
		break;
	case HL_ARC_GAP:
		skip(w, from, state_at(w, arc->to, false), HL_EDGE_GAP);
		break;
	case HL_ARC_HAN:
		atom_edge(w, from, state_at(w, arc->to, false),
			  hl_vocab_word(w->env->vocab, arc->text), arc->insisted, 0);
		break;
	case HL_ARC_SLOT:
	case HL_ARC_SET:
		name_edge(w, from, state_at(w, arc->to, false), arc);
		break;
	case HL_ARC_TEXT:
		if (after_letters)
			break;
		if (arc->text.len > RUN_MAX) {
			refuse(w, "phrase.long_word", arc, "a word of more than 500 letters", "");
			break;
		}
		walk_run(w, from, arc->to, put_run(w, 0, arc));
		break;
	}
}

static void weave(struct weaver *w)
{
	w->final = add_state(w);
	state_at(w, w->spell->start, false);
	while (w->n_todo && w->status == HL_OK) {
		uint32_t key = w->todo[--w->n_todo], at = key / 2;
		uint32_t from = w->state_of[key];
		if (at == w->spell->end)
			skip(w, from, w->final, HL_EDGE_SKIP);
		for (uint32_t a = w->spell->first[at]; a != HL_NO_ARC && w->status == HL_OK;
		     a = w->spell->arcs[a].next)
			weave_arc(w, from, key & 1, &w->spell->arcs[a]);
	}
}

/* ------------------------------------------------------------------ fewer states */

struct merging {
	uint32_t *root, *in, *out; /* of a state: the one it became; edges into and out of it */
};

static uint32_t root_of(const struct merging *m, uint32_t state)
{
	while (m->root[state] != state)
		state = m->root[state];
	return state;
}

/* A skip that is the only way in or the only way out is no choice: its ends are one state. */
static bool merge_skip(struct merging *m, const struct raw_edge *edge)
{
	uint32_t from = root_of(m, edge->from), to = root_of(m, edge->to);
	if (edge->kind != HL_EDGE_SKIP || from == to || (m->in[to] != 1 && m->out[from] != 1))
		return false;
	m->root[to] = from;
	m->in[from] += m->in[to] - 1;
	m->out[from] += m->out[to] - 1;
	return true;
}

static void merge_states(struct weaver *w, uint32_t *start)
{
	size_t n = w->n_states, kept = 0;
	struct merging m = {HL_NEW_ARRAY(w->env->work, n, uint32_t),
			    HL_NEW_ARRAY(w->env->work, n, uint32_t),
			    HL_NEW_ARRAY(w->env->work, n, uint32_t)};
	if (!m.root || !m.in || !m.out) {
		w->status = HL_NOMEM;
		return;
	}
	for (uint32_t s = 0; s < n; s++) {
		m.root[s] = s;
		w->first[s] = NO_STATE;
	}
	for (size_t e = 0; e < w->n_edges; e++) {
		m.out[w->edges[e].from]++;
		m.in[w->edges[e].to]++;
	}
	m.in[*start]++; /* a match comes in here and goes out there: neither end stands alone */
	m.out[w->final]++;
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t e = 0; e < w->n_edges; e++)
			changed |= merge_skip(&m, &w->edges[e]);
	}
	for (size_t e = 0; e < w->n_edges; e++) {
		struct raw_edge edge = w->edges[e];
		edge.from = root_of(&m, edge.from);
		edge.to = root_of(&m, edge.to);
		if (edge.from == edge.to)
			continue;
		edge.next = w->first[edge.from];
		w->first[edge.from] = (uint32_t)kept;
		w->edges[kept++] = edge;
	}
	w->n_edges = kept;
	*start = root_of(&m, *start);
	w->final = root_of(&m, w->final);
}

/* ------------------------------------------------------------------ ordering */

struct order {
	uint32_t *stack, *cursor; /* depth-first walk */
	uint32_t *list;		  /* states, every edge from an earlier to a later one */
	bool *seen, *alive;	  /* alive: the end can be reached */
	uint32_t *number;	  /* raw state → final number */
	size_t n;		  /* in list */
};

static bool order_room(struct order *o, struct hl_arena *arena, size_t n)
{
	o->stack = HL_NEW_ARRAY(arena, n, uint32_t);
	o->cursor = HL_NEW_ARRAY(arena, n, uint32_t);
	o->list = HL_NEW_ARRAY(arena, n, uint32_t);
	o->number = HL_NEW_ARRAY(arena, n, uint32_t);
	o->seen = HL_NEW_ARRAY(arena, n, bool);
	o->alive = HL_NEW_ARRAY(arena, n, bool);
	return o->stack && o->cursor && o->list && o->number && o->seen && o->alive;
}

/* Depth first from the start; a state is done after all it leads to, so the list is filled from
   behind. */
static void sort_states(struct order *o, const struct weaver *w, uint32_t start)
{
	size_t depth = 0, left = w->n_states;
	o->stack[depth] = start;
	o->cursor[depth++] = w->first[start];
	o->seen[start] = true;
	while (depth) {
		uint32_t state = o->stack[depth - 1], e = o->cursor[depth - 1];
		if (e == NO_STATE) {
			o->list[--left] = state;
			o->alive[state] = state == w->final;
			for (uint32_t x = w->first[state]; x != NO_STATE; x = w->edges[x].next)
				o->alive[state] |= o->alive[w->edges[x].to];
			depth--;
			continue;
		}
		o->cursor[depth - 1] = w->edges[e].next;
		uint32_t to = w->edges[e].to;
		if (o->seen[to])
			continue;
		o->seen[to] = true;
		o->stack[depth] = to;
		o->cursor[depth++] = w->first[to];
	}
	size_t kept = 0;
	for (size_t i = left; i < w->n_states; i++)
		if (o->alive[o->list[i]] && o->list[i] != w->final)
			o->list[kept++] = o->list[i];
	o->list[kept++] = w->final;
	for (size_t i = 0; i < kept; i++)
		o->number[o->list[i]] = (uint32_t)i;
	o->n = kept;
}

/* By target, then by source; equals stay in the order of the phrase, so that no number of an atom
   decides which of two paths is found first. */
static void sort_edges(struct raw_edge *edges, struct raw_edge *spare, uint32_t *places, size_t n,
		       size_t n_states)
{
	for (int by_target = 0; by_target < 2; by_target++) {
		memset(places, 0, (n_states + 1) * sizeof *places);
		for (size_t i = 0; i < n; i++)
			places[(by_target ? edges[i].to : edges[i].from) + 1]++;
		for (size_t s = 0; s < n_states; s++)
			places[s + 1] += places[s];
		for (size_t i = 0; i < n; i++)
			spare[places[by_target ? edges[i].to : edges[i].from]++] = edges[i];
		memcpy(edges, spare, n * sizeof *edges);
	}
}

/* The edges that lie on some way, by the final numbers of their states. */
static size_t keep_alive(struct raw_edge *edges, const struct weaver *w, const struct order *o)
{
	size_t n = 0;
	for (size_t i = 0; i < w->n_edges; i++) {
		struct raw_edge edge = w->edges[i];
		if (!o->seen[edge.from] || !o->alive[edge.from] || !o->alive[edge.to])
			continue;
		edge.from = o->number[edge.from];
		edge.to = o->number[edge.to];
		edges[n++] = edge;
	}
	return n;
}

/* What is known of the states of sorted edges. */
struct states {
	bool *opening;	    /* a match may begin in it (never when `whole`) */
	bool *narrow;	    /* every way leads through it */
	uint32_t *furthest; /* an edge leads so far */
};

static bool learn_states(struct states *out, struct hl_arena *work, const struct raw_edge *edges,
			 size_t n, size_t n_states)
{
	struct states s = {HL_NEW_ARRAY(work, n_states, bool), HL_NEW_ARRAY(work, n_states, bool),
			   HL_NEW_ARRAY(work, n_states, uint32_t)};
	uint32_t reach = 0;
	*out = s;
	if (!s.opening || !s.narrow || !s.furthest)
		return false;
	s.opening[0] = true;
	for (size_t i = 0; i < n; i++) {
		uint32_t *furthest = &s.furthest[edges[i].from];
		*furthest = *furthest > edges[i].to ? *furthest : edges[i].to;
		if (edges[i].kind != HL_EDGE_ATOM)
			s.opening[edges[i].to] |= s.opening[edges[i].from];
	}
	for (size_t i = 0; i < n_states; i++) {
		s.narrow[i] = reach <= i;
		reach = reach > s.furthest[i] ? reach : s.furthest[i];
	}
	return true;
}

static void refuse_empty(struct weaver *w, const struct hl_graph *graph)
{
	bool words = false;
	for (uint32_t i = 0; i < graph->n_edges; i++)
		words |= graph->edges[i].kind == HL_EDGE_ATOM;
	refuse_whole(w, words ? "phrase.optional" : "phrase.no_words",
		     words ? "everything in it may be missing, so it would match any message"
			   : "there is no word in it",
		     words ? "leave at least one word outside [ ]" : "write a word");
}

/* What the first edge into a state tells of all into it. */
static void tell_rows(struct hl_graph *graph)
{
	struct hl_edge *edges = graph->edges;
	for (uint32_t first = 0, e = 0; e < graph->n_edges; first = ++e) {
		bool gaps = false, later = false, atoms = true;
		for (e = first;; e++) {
			gaps |= edges[e].kind == HL_EDGE_GAP;
			later |= edges[e].later;
			atoms &= edges[e].kind == HL_EDGE_ATOM;
			if (edges[e].last)
				break;
		}
		if (later || e - first >= HL_EDGE_ROW_MAX)
			continue;
		edges[first].row = (e - first + 1) & HL_EDGE_ROW_MAX;
		edges[first].firm = edges[e].must && atoms;
		edges[first].gaps = gaps;
	}
}

static int freeze(struct hl_graph **out, struct weaver *w, const struct order *o)
{
	struct hl_arena *work = w->env->work;
	struct raw_edge *edges = HL_NEW_ARRAY(work, w->n_edges + 1, struct raw_edge);
	struct raw_edge *spare = HL_NEW_ARRAY(work, w->n_edges + 1, struct raw_edge);
	uint32_t *places = HL_NEW_ARRAY(work, o->n + 2, uint32_t);
	struct states states;
	if (!edges || !spare || !places)
		return HL_NOMEM;
	size_t n = keep_alive(edges, w, o);
	bool named = false, whole = w->spell->whole;
	sort_edges(edges, spare, places, n, o->n);
	if (!learn_states(&states, work, edges, n, o->n))
		return HL_NOMEM;
	for (size_t i = 0; i < n; i++)
		named |= edges[i].slot != 0;
	struct hl_graph *graph = hl_graph_new(work, (uint32_t)n, 0, named);
	if (!graph)
		return HL_NOMEM;
	graph->n_states = (uint16_t)o->n;
	graph->whole = whole;
	for (size_t i = 0; i < n; i++) {
		const struct raw_edge *e = &edges[i];
		bool atom = e->kind == HL_EDGE_ATOM, last = i + 1 == n || e[1].to != e->to;
		graph->edges[i] = (struct hl_edge){
			.atom = e->atom,
			.from = (uint16_t)e->from,
			.kind = e->kind & 3u,
			.insisted = e->insisted,
			.opens = states.opening[e->from] && !whole,
			.later = atom && w->env->vocab->atoms[e->atom].kind == HL_ATOM_PATTERN,
			.last = last,
			.must = last && states.narrow[e->to] && (whole || !states.opening[e->to])};
		if (named)
			hl_graph_slots(graph)[i] = e->slot;
	}
	tell_rows(graph);
	*out = graph;
	if (states.opening[o->n - 1])
		refuse_empty(w, graph);
	return w->status;
}

int hl_graph_compile(struct hl_graph **out, struct hl_str *canonical, struct hl_phrase_env *env,
		     const struct hl_line *line, enum hl_phrase_mode mode)
{
	struct hl_spell spell;
	int rc = hl_spell_read(&spell, env->work, env->report, line, mode);
	if (rc == HL_REFUSED)
		return hl_names_check(env, line, &spell);
	if (rc != HL_OK)
		return rc;
	struct weaver w = {.env = env, .spell = &spell, .line = line, .mode = mode};
	w.state_of = HL_NEW_ARRAY(env->work, spell.n_states * 2, uint32_t);
	if (!w.state_of)
		return HL_NOMEM;
	memset(w.state_of, 0xff, spell.n_states * 2 * sizeof *w.state_of);
	weave(&w);
	if (w.status == HL_OK && w.refused)
		w.status = HL_REFUSED;
	if (w.status != HL_OK)
		return w.status;
	uint32_t start = w.state_of[spell.start * 2];
	merge_states(&w, &start);
	if (w.status != HL_OK)
		return w.status;
	struct order order = {0};
	if (!order_room(&order, env->work, w.n_states))
		return HL_NOMEM;
	sort_states(&order, &w, start);
	rc = freeze(out, &w, &order);
	if (rc != HL_OK)
		return rc;
	return canonical ? hl_spell_canonical(canonical, env->work, &spell) : HL_OK;
}
