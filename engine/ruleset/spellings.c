/* The trie of everything a set or list may be called. Knows how a phrase of a set or a spelling of
   a list turns into rows of words; not how a message is searched. */
#include "ruleset/spellings.h"

#include <string.h>

int hl_spellings_init(struct hl_spellings *out, struct hl_arena *arena)
{
	memset(out, 0, sizeof *out);
	out->arena = arena;
	out->n_slots = 64;
	out->keys = HL_NEW_ARRAY(arena, out->n_slots, uint64_t);
	out->to = HL_NEW_ARRAY(arena, out->n_slots, uint32_t);
	uint32_t *root = HL_PUSH(arena, out->heads, out->n_nodes, out->cap_nodes);
	if (!out->keys || !out->to || !root)
		return HL_NOMEM;
	*root = HL_NO_SPELLING;
	return HL_OK;
}

static uint64_t key_of(uint32_t node, uint32_t atom)
{
	return ((uint64_t)node << 32 | atom) + 1;
}

static size_t slot_of(const uint64_t *keys, size_t n_slots, uint64_t key)
{
	size_t slot = (size_t)(key * 0x9e3779b97f4a7c15ull >> 32) & (n_slots - 1);
	while (keys[slot] && keys[slot] != key)
		slot = (slot + 1) & (n_slots - 1);
	return slot;
}

uint32_t hl_spellings_next(const struct hl_spellings *set, uint32_t node, uint32_t atom)
{
	size_t slot = slot_of(set->keys, set->n_slots, key_of(node, atom));
	return set->keys[slot] ? set->to[slot] : 0;
}

static bool grow(struct hl_spellings *set)
{
	size_t n = set->n_slots * 2;
	uint64_t *keys = HL_NEW_ARRAY(set->arena, n, uint64_t);
	uint32_t *to = HL_NEW_ARRAY(set->arena, n, uint32_t);
	if (!keys || !to)
		return false;
	for (size_t i = 0; i < set->n_slots; i++) {
		if (!set->keys[i])
			continue;
		size_t slot = slot_of(keys, n, set->keys[i]);
		keys[slot] = set->keys[i];
		to[slot] = set->to[i];
	}
	set->keys = keys;
	set->to = to;
	set->n_slots = n;
	return true;
}

/* The node after `atom`, made when new; 0: no memory. */
static uint32_t child(struct hl_spellings *set, uint32_t node, uint32_t atom)
{
	uint32_t known = hl_spellings_next(set, node, atom);
	if (known)
		return known;
	if (set->n_keys * 2 >= set->n_slots && !grow(set))
		return 0;
	uint32_t *head = HL_PUSH(set->arena, set->heads, set->n_nodes, set->cap_nodes);
	if (!head)
		return 0;
	*head = HL_NO_SPELLING;
	size_t slot = slot_of(set->keys, set->n_slots, key_of(node, atom));
	set->keys[slot] = key_of(node, atom);
	set->n_keys++;
	return set->to[slot] = (uint32_t)(set->n_nodes - 1);
}

static unsigned ones(uint32_t x)
{
	return (unsigned)__builtin_popcount(x);
}

int hl_spellings_add(struct hl_spellings *set, struct hl_vocab *vocab, const uint32_t *atoms,
		     size_t n, struct hl_spelling spelling)
{
	uint32_t node = 0;
	for (size_t i = 0; i < n; i++) {
		node = child(set, node, atoms[i]);
		if (!node)
			return HL_NOMEM;
	}
	vocab->atoms[atoms[0]].opens = true;
	for (uint32_t s = set->heads[node]; s != HL_NO_SPELLING; s = set->items[s].next) {
		struct hl_spelling *known = &set->items[s];
		if (known->atom != spelling.atom || known->value != spelling.value)
			continue;
		if (ones(spelling.insisted) > ones(known->insisted))
			known->insisted = spelling.insisted;
		return HL_OK;
	}
	struct hl_spelling *item = HL_PUSH(set->arena, set->items, set->n_items, set->cap_items);
	if (!item)
		return HL_NOMEM;
	*item = spelling;
	item->next = set->heads[node];
	set->heads[node] = (uint32_t)(set->n_items - 1);
	return HL_OK;
}

/* ------------------------------------------------------------------ word sets */

struct spread {
	struct hl_spellings *set;
	struct hl_phrase_env *env;
	const struct hl_line *line;
	struct hl_graph *graph;
	const uint32_t *first; /* edges into each of its states */
	uint32_t atom;
	unsigned texts;
	uint32_t row[HL_SPELLING_WORDS];
	int status;
};

static void refuse(struct spread *s, const char *code, const char *message)
{
	hl_report_plain(s->env->report, HL_ERROR, code, s->line->src, 0,
			(uint32_t)s->line->text.len, message, "split it into several phrases");
	s->status = HL_REFUSED;
}

/* From the end of the graph backwards: edges are kept by target. */
static void spread_back(struct spread *s, uint16_t state, size_t n, uint32_t insisted)
{
	if (state == 0 && s->status == HL_OK) {
		if (++s->texts > HL_GRAPH_TEXTS_MAX) {
			refuse(s, "phrase.many", "the phrase can spell more than 20,000 texts");
			return;
		}
		struct hl_spelling spelling = {.atom = s->atom,
					       .insisted = insisted >> (HL_SPELLING_WORDS - n)};
		s->status = hl_spellings_add(s->set, s->env->vocab, s->row + HL_SPELLING_WORDS - n,
					     n, spelling);
	}
	for (uint32_t e = s->first[state]; e < s->first[state + 1] && s->status == HL_OK; e++) {
		const struct hl_edge *edge = &s->graph->edges[e];
		if (edge->kind != HL_EDGE_ATOM) {
			spread_back(s, edge->from, n, insisted);
		} else if (n == HL_SPELLING_WORDS) {
			refuse(s, "phrase.long", "a word set's phrase has more than 32 words");
		} else {
			size_t place = HL_SPELLING_WORDS - 1 - n;
			s->row[place] = edge->atom;
			spread_back(s, edge->from, n + 1,
				    insisted | (uint32_t)edge->insisted << place);
		}
	}
}

int hl_spellings_phrase(struct hl_spellings *set, struct hl_phrase_env *env,
			const struct hl_line *line, uint32_t atom)
{
	struct spread s = {.set = set, .env = env, .line = line, .atom = atom};
	int rc = hl_graph_compile(&s.graph, NULL, env, line, HL_PHRASE_SET);
	if (rc != HL_OK)
		return rc;
	s.first = hl_graph_first(env->work, s.graph);
	if (!s.first)
		return HL_NOMEM;
	spread_back(&s, (uint16_t)(s.graph->n_states - 1), 0, 0);
	return s.status;
}

/* ------------------------------------------------------------------ list spellings */

struct forms {
	struct hl_spellings *set;
	struct hl_vocab *vocab;
	const struct hl_utterance *cut;
	struct hl_spelling spelling;
	uint32_t row[HL_SPELLING_WORDS];
};

static int spread_forms(struct forms *f, size_t n)
{
	if (n == f->cut->n_words)
		return hl_spellings_add(f->set, f->vocab, f->row, n, f->spelling);
	const struct hl_word *word = &f->cut->words[n];
	for (size_t i = 0; i <= word->n_also; i++) {
		f->row[n] = hl_vocab_word(f->vocab, i ? word->also[i - 1] : word->form);
		int rc = f->row[n] == HL_NO_ATOM ? HL_NOMEM : spread_forms(f, n + 1);
		if (rc != HL_OK)
			return rc;
	}
	return HL_OK;
}

int hl_spellings_text(struct hl_spellings *set, struct hl_phrase_env *env, struct hl_str text,
		      struct hl_src src, uint32_t atom, uint32_t value)
{
	struct hl_utterance cut;
	if (hl_utterance_read(&cut, env->work, text, NULL, 0) != HL_OK)
		return HL_NOMEM;
	if (!cut.n_words || cut.n_words > HL_SPELLING_WORDS) {
		hl_report(env->report, HL_ERROR, "list.spelling", src, 0, 0,
			  hl_report_join(env->report, HL_STR("the spelling `"), text,
					 cut.n_words ? HL_STR("` has more than 32 words")
						     : HL_STR("` has no word in it")),
			  HL_STR("write what a customer would type"));
		return HL_REFUSED;
	}
	struct forms forms = {.set = set, .vocab = env->vocab, .cut = &cut};
	forms.spelling = (struct hl_spelling){.atom = atom,
					      .value = value,
					      .insisted = UINT32_MAX,
					      .lone = cut.n_words == 1 &&
						      cut.words[0].kind == HL_WORD_LETTERS &&
						      hl_utf8_count(cut.words[0].form) == 1};
	return spread_forms(&forms, 0);
}
