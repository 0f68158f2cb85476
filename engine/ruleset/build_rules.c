/* Phrases, words, patterns and `never` of an intent become rules; the same rule in two intents is
   refused here. */
#include <stdlib.h>
#include <string.h>

#include "ruleset/build.h"

/* ------------------------------------------------------------------ doubles */

static int order_conds(const void *a, const void *b)
{
	const struct hl_cond *x = a, *y = b;
	int by_name = hl_str_cmp(x->name, y->name);
	return by_name != 0 ? by_name : (x->op > y->op) - (x->op < y->op);
}

static int order_values(const void *a, const void *b)
{
	return hl_str_cmp(*(const struct hl_str *)a, *(const struct hl_str *)b);
}

static void put_cond(struct hl_buf *key, struct hl_arena *work, const struct hl_cond *cond)
{
	struct hl_str *values = HL_NEW_ARRAY(work, cond->values.n + 1, struct hl_str);
	if (!values) {
		key->failed = true;
		return;
	}
	hl_buf_char(key, cond->op == HL_COND_NOT ? '!' : '&');
	hl_buf_str(key, cond->name);
	for (size_t v = 0; v < cond->values.n; v++)
		values[v] = cond->values.v[v];
	qsort(values, cond->values.n, sizeof *values, order_values);
	for (size_t v = 0; v < cond->values.n; v++) {
		hl_buf_char(key, '\x1f');
		hl_buf_str(key, values[v]);
	}
}

/* In an order of their own: how an author lists them makes no other condition. */
static void put_conds(struct hl_buf *key, struct hl_arena *work, const struct hl_conds *conds)
{
	struct hl_cond *sorted = HL_NEW_ARRAY(work, conds->n + 1, struct hl_cond);
	if (!sorted) {
		key->failed = true;
		return;
	}
	for (size_t i = 0; i < conds->n; i++)
		sorted[i] = conds->v[i];
	qsort(sorted, conds->n, sizeof *sorted, order_conds);
	for (size_t i = 0; i < conds->n; i++)
		put_cond(key, work, &sorted[i]);
}

static const char *by_plural(enum hl_by by)
{
	return by == HL_BY_PATTERN ? "the same pattern stands in `"
	       : by == HL_BY_WORDS ? "the same words stand in `"
				   : "the same phrase stands in `";
}

static bool same_conds(bool *same, struct hl_arena *work, const struct hl_conds *a,
		       const struct hl_conds *b)
{
	struct hl_buf x, y;
	*same = !a->n && !b->n;
	if (!a->n || !b->n)
		return true;
	hl_buf_init(&x, work);
	hl_buf_init(&y, work);
	put_conds(&x, work, a);
	put_conds(&y, work, b);
	*same = hl_str_eq(hl_buf_view(&x), hl_buf_view(&y));
	return !x.failed && !y.failed;
}

/* The slot of the first rule that is the same under the same condition, or the free one where
   this rule belongs. NULL: no memory. */
static uint32_t *find_same(struct hl_build *b, const struct hl_rule *rule, struct hl_str canonical)
{
	const struct hl_intent *intents = b->set->pack.intents;
	size_t slot = (size_t)(hl_str_mix(canonical) + rule->by);
	for (;; slot++) {
		uint32_t *known = &b->known[slot &= b->n_known - 1];
		bool same = *known && b->rules[*known - 1].by == rule->by &&
			    hl_str_eq(b->texts[*known - 1].canonical, canonical);
		if (same &&
		    !same_conds(&same, &b->turn, &intents[b->rules[*known - 1].intent].only_if,
				&intents[rule->intent].only_if))
			return NULL;
		if (same || !*known)
			return known;
	}
}

/* Has another intent the same rule under the same condition? */
static int check_double(struct hl_build *b, const struct hl_rule *rule,
			const struct hl_rule_text *text)
{
	uint32_t *known = find_same(b, rule, text->canonical);
	if (!known)
		return HL_NOMEM;
	if (!*known) {
		*known = (uint32_t)b->n_rules + 1;
		return HL_OK;
	}
	uint32_t intent = b->rules[*known - 1].intent;
	if (intent == rule->intent) {
		hl_report_plain(&b->report, HL_WARNING, "rule.again", text->src, 0,
				(uint32_t)text->text.len, "this stands twice in the intent",
				"take one of the two out");
		return HL_OK;
	}
	struct hl_str other = b->set->pack.intents[intent].id;
	hl_report(&b->report, HL_ERROR, "rule.double", text->src, 0, (uint32_t)text->text.len,
		  hl_report_join(&b->report, hl_str_of(by_plural((enum hl_by)rule->by)), other,
				 HL_STR("`")),
		  HL_STR("keep it in one of the two intents"));
	return HL_OK;
}

int hl_build_room(struct hl_build *b)
{
	const struct hl_pack *pack = &b->set->pack;
	size_t n = 0, n_patterns = 0, slots = 64;
	for (size_t i = 0; i < pack->n_intents; i++) {
		const struct hl_intent *intent = &pack->intents[i];
		n += intent->phrases.n + intent->patterns.n + intent->n_words;
		n_patterns += intent->patterns.n;
	}
	while (slots < n * 2)
		slots *= 2;
	b->n_known = slots;
	b->known = HL_NEW_ARRAY(&b->work, slots, uint32_t);
	b->clauses = hl_arena_array(&b->work, n + 1, sizeof *b->clauses);
	b->texts = hl_arena_array(&b->set->arena, n + 1, sizeof *b->texts);
	b->rules = hl_arena_array(&b->set->arena, n + 1, sizeof *b->rules);
	b->set->codes.v = hl_arena_array(&b->set->arena, n_patterns + 1, sizeof *b->set->codes.v);
	b->cap_clauses = b->cap_texts = b->cap_rules = n + 1;
	b->set->codes.cap = n_patterns + 1;
	bool room = b->known && b->clauses && b->texts && b->rules && b->set->codes.v;
	return room && hl_map_reserve(&b->set->codes.texts, n_patterns) ? HL_OK : HL_NOMEM;
}

static int add_rule(struct hl_build *b, struct hl_rule rule, struct hl_rule_text text,
		    struct hl_clauses clauses)
{
	size_t n_texts = b->n_rules;
	text.canonical = hl_str_eq(text.canonical, text.text)
				 ? text.text
				 : hl_arena_dup(&b->set->arena, text.canonical);
	if (!text.canonical.ptr)
		return HL_NOMEM;
	int rc = check_double(b, &rule, &text);
	if (rc != HL_OK)
		return rc;
	struct hl_clauses *c = HL_PUSH(&b->work, b->clauses, b->n_clauses, b->cap_clauses);
	struct hl_rule_text *t = HL_PUSH(&b->set->arena, b->texts, n_texts, b->cap_texts);
	struct hl_rule *kept =
		c && t ? HL_PUSH(&b->set->arena, b->rules, b->n_rules, b->cap_rules) : NULL;
	if (!kept)
		return HL_NOMEM;
	*c = clauses;
	*t = text;
	*kept = rule;
	return HL_OK;
}

/* ------------------------------------------------------------------ the three kinds */

/* The rule compiled from its text, or taken over from the set in force. */
static int make_phrase(struct hl_graph **graph, struct hl_rule_text *text, struct hl_build *b,
		       const struct hl_line *line)
{
	const struct hl_rule *old = hl_renewal_phrase(&b->renewal, line->text);
	if (old) {
		int rc = hl_renewal_graph(graph, &b->renewal, &b->phrases, old->phrase);
		text->canonical = hl_renewal_canonical(&b->renewal, old);
		if (rc != HL_NOT_FOUND)
			return rc;
	}
	size_t told = b->report.told;
	int rc = hl_graph_compile(graph, &text->canonical, &b->phrases, line, HL_PHRASE_RULE);
	text->told = b->report.told > told;
	return rc;
}

static int add_phrase(struct hl_build *b, uint32_t i, const struct hl_line *line)
{
	struct hl_rule_text text = {.src = line->src, .text = line->text};
	struct hl_graph *graph;
	struct hl_clauses clauses;
	int rc = make_phrase(&graph, &text, b, line);
	if (rc == HL_OK)
		rc = hl_graph_clauses(&clauses, &b->work, graph, &b->set->vocab);
	if (rc != HL_OK)
		return rc;
	struct hl_rule rule = {.intent = i,
			       .by = HL_BY_PHRASE,
			       .whole = graph->whole,
			       .phrase = hl_graph_keep(&b->set->arena, 0, &graph, 1)};
	return rule.phrase ? add_rule(b, rule, text, clauses) : HL_NOMEM;
}

/* The index puts clauses into an order of its own. */
static int copy_clauses(struct hl_clauses *out, struct hl_arena *work,
			const struct hl_clauses *clauses)
{
	out->v = hl_arena_array(work, clauses->n, sizeof *out->v);
	out->n = clauses->n;
	if (!out->v)
		return HL_NOMEM;
	for (size_t c = 0; c < clauses->n; c++)
		out->v[c] = clauses->v[c];
	return HL_OK;
}

static int add_pattern(struct hl_build *b, uint32_t i, const struct hl_line *line)
{
	struct hl_rule_text text = {.src = line->src, .text = line->text, .canonical = line->text};
	struct hl_pattern *pattern = HL_NEW(&b->set->arena, struct hl_pattern);
	struct hl_rule rule = {.intent = i, .by = HL_BY_PATTERN, .pattern = pattern};
	struct hl_clauses clauses;
	const struct hl_rule *old = hl_renewal_pattern(&b->renewal, line->text);
	if (!pattern)
		return HL_NOMEM;
	size_t told = b->report.told;
	int rc = old ? hl_renewal_copy(pattern, &b->renewal, &b->patterns, hl_rule_pattern(old))
		     : hl_pattern_compile(pattern, &b->patterns, line);
	if (rc != HL_OK)
		return rc;
	text.told = b->report.told > told;
	if (pattern->chain) {
		hl_chain_own(pattern->chain, pattern);
		rule.chained = true;
		rule.chain = pattern->chain;
	}
	rc = copy_clauses(&clauses, &b->work, &pattern->clauses);
	if (rc == HL_OK)
		rc = add_rule(b, rule, text, clauses);
	if (rc != HL_OK)
		hl_pattern_deinit(pattern);
	return rc;
}

/* ------------------------------------------------------------------ words */

static int add_clauses(struct hl_clauses *all, size_t *cap, struct hl_build *b,
		       const struct hl_graph *graph)
{
	struct hl_clauses some;
	int rc = hl_graph_clauses(&some, &b->work, graph, &b->set->vocab);
	for (size_t c = 0; c < some.n && rc == HL_OK; c++) {
		struct hl_clause *clause = HL_PUSH(&b->work, all->v, all->n, *cap);
		if (clause)
			*clause = some.v[c];
		else
			rc = HL_NOMEM;
	}
	return rc;
}

/* In an order of their own: how an author lists them makes no other rule. */
static void put_items(struct hl_buf *canonical, struct hl_str *items, size_t n, char sign)
{
	qsort(items, n, sizeof *items, order_values);
	for (size_t i = 0; i < n; i++) {
		hl_buf_char(canonical, sign);
		hl_buf_str(canonical, items[i]);
	}
}

/* The items of `all` or `none`; a refused one lets the others be checked too. */
static int compile_items(struct hl_graph **graphs, struct hl_buf *canonical, struct hl_build *b,
			 const struct hl_lines *lines, char sign)
{
	struct hl_str *texts = HL_NEW_ARRAY(&b->turn, lines->n + 1, struct hl_str);
	int result = texts ? HL_OK : HL_NOMEM;
	size_t n = 0;
	for (size_t i = 0; i < lines->n && result >= 0; i++) {
		int rc = hl_graph_compile(&graphs[i], &texts[n], &b->phrases, &lines->v[i],
					  HL_PHRASE_ITEM);
		if (rc == HL_OK)
			n++;
		else
			result = rc;
	}
	if (result >= 0)
		put_items(canonical, texts, n, sign);
	return result;
}

static int compile_words(struct hl_graph **items, struct hl_str *canonical, struct hl_build *b,
			 const struct hl_words_rule *words)
{
	struct hl_buf key;
	hl_buf_init(&key, &b->work);
	b->phrases.typos = words->typos > 2 ? 2 : words->typos;
	int rc = compile_items(items, &key, b, &words->all, '+');
	b->phrases.typos = 0;
	if (rc >= 0) {
		int rc_none = compile_items(items + words->all.n, &key, b, &words->none, '-');
		rc = rc_none != HL_OK ? rc_none : rc;
	}
	hl_buf_char(&key, '\x1e');
	hl_buf_u64(&key, words->typos);
	hl_buf_char(&key, ' ');
	hl_buf_u64(&key, words->max_words);
	*canonical = hl_buf_view(&key);
	return rc == HL_OK && key.failed ? HL_NOMEM : rc;
}

/* Compiled from its items, or taken over. */
static int make_words(struct hl_graph **items, struct hl_rule_text *text, struct hl_build *b,
		      const struct hl_words_rule *words)
{
	struct hl_renewal *renewal = &b->renewal;
	const struct hl_rule *old = hl_renewal_words(renewal, words);
	int rc = old ? HL_OK : HL_NOT_FOUND;
	const struct hl_graph *item = old ? hl_words_items(old->words) : NULL;
	for (size_t n = 0; n < words->all.n + words->none.n && rc == HL_OK; n++) {
		rc = hl_renewal_graph(&items[n], renewal, &b->phrases, item);
		item = hl_graph_next(item);
	}
	if (rc == HL_OK)
		text->canonical = hl_renewal_canonical(renewal, old);
	if (rc != HL_NOT_FOUND)
		return rc;
	size_t told = b->report.told;
	rc = compile_words(items, &text->canonical, b, words);
	text->told = b->report.told > told;
	return rc;
}

static int add_words(struct hl_build *b, uint32_t i, const struct hl_words_rule *words)
{
	size_t n_items = words->all.n + words->none.n;
	struct hl_graph **items = HL_NEW_ARRAY(&b->turn, n_items + 1, struct hl_graph *);
	struct hl_rule_text text = {.src = words->src};
	struct hl_clauses clauses = {NULL, 0};
	size_t cap = 0;
	if (!items)
		return HL_NOMEM;
	if (!words->all.n) {
		hl_report_plain(&b->report, HL_ERROR, "words.no_all", words->src, 0, 0,
				"a words rule needs `all`", "all: [deposit~, missing]");
		return HL_REFUSED;
	}
	int rc = make_words(items, &text, b, words);
	for (size_t n = 0; n < words->all.n && rc == HL_OK; n++)
		rc = add_clauses(&clauses, &cap, b, items[n]);
	if (rc != HL_OK)
		return rc;
	struct hl_words *own = hl_graph_keep(&b->set->arena, sizeof *own, items, n_items);
	if (!own)
		return HL_NOMEM;
	text.text = words->all.v[0].text;
	own->n_all = (uint32_t)words->all.n;
	own->n_none = (uint32_t)words->none.n;
	own->max_words = words->max_words;
	struct hl_rule rule = {.intent = i, .by = HL_BY_WORDS, .words = own};
	return add_rule(b, rule, text, clauses);
}

/* ------------------------------------------------------------------ an intent */

static int add_never(struct hl_build *b, uint32_t i)
{
	const struct hl_lines *lines = &b->set->pack.intents[i].never;
	struct hl_graph **graphs = HL_NEW_ARRAY(&b->turn, lines->n + 1, struct hl_graph *);
	uint32_t n = 0;
	size_t told = b->report.told;
	if (!graphs)
		return HL_NOMEM;
	for (size_t l = 0; l < lines->n; l++) {
		const struct hl_graph *old = hl_renewal_never(&b->renewal, l, lines->v[l].text);
		int rc = old ? hl_renewal_graph(&graphs[n], &b->renewal, &b->phrases, old)
			     : HL_NOT_FOUND;
		if (rc == HL_NOT_FOUND) {
			rc = hl_graph_compile(&graphs[n], NULL, &b->phrases, &lines->v[l],
					      HL_PHRASE_NEVER);
			if (rc == HL_OK)
				rc = hl_graph_tell_needs(&graphs[n], &b->phrases);
		}
		if (rc < 0)
			return rc;
		n += rc == HL_OK;
	}
	b->intents[i].never = hl_graph_keep(&b->set->arena, 0, graphs, n);
	b->intents[i].n_never = n;
	b->intents[i].never_told = b->report.told > told;
	hl_arena_reset(&b->turn);
	return b->intents[i].never ? HL_OK : HL_NOMEM;
}

int hl_build_intent(struct hl_build *b, uint32_t i)
{
	const struct hl_intent *intent = &b->set->pack.intents[i];
	int rc = HL_OK;
	b->phrases.intent = intent;
	hl_renewal_intent(&b->renewal, intent);
	for (size_t n = 0; n < intent->phrases.n && rc >= 0; n++) {
		rc = add_phrase(b, i, &intent->phrases.v[n]);
		hl_arena_reset(&b->turn);
	}
	for (size_t n = 0; n < intent->patterns.n && rc >= 0; n++) {
		rc = add_pattern(b, i, &intent->patterns.v[n]);
		hl_arena_reset(&b->turn);
	}
	for (size_t n = 0; n < intent->n_words && rc >= 0; n++) {
		rc = add_words(b, i, &intent->words[n]);
		hl_arena_reset(&b->turn);
	}
	if (rc >= 0)
		rc = add_never(b, i);
	for (size_t s = 0; s < intent->n_slots; s++)
		b->phrases.first_pattern += intent->slots[s].kind == HL_SLOT_PATTERN;
	return rc < 0 ? rc : HL_OK;
}

/* ------------------------------------------------------------------ the index */

static int build_literals(struct hl_build *b)
{
	struct hl_ruleset *set = b->set;
	const struct hl_vocab *vocab = &set->vocab;
	struct hl_literal *literals = NULL;
	size_t n = 0, cap = 0;
	for (uint32_t a = 0; a < vocab->n; a++) {
		const struct hl_atom *atom = &vocab->atoms[a];
		if (atom->kind != HL_ATOM_LITERAL)
			continue;
		struct hl_literal *literal = HL_PUSH(&b->work, literals, n, cap);
		if (!literal)
			return HL_NOMEM;
		*literal = (struct hl_literal){atom->text, a, (uint8_t)atom->index};
	}
	return hl_literals_build(&set->literals, &set->arena, &b->work, literals, n);
}

static int build_slot_names(struct hl_build *b)
{
	struct hl_str *names = HL_NEW_ARRAY(&b->set->arena, b->slot_names.n + 1, struct hl_str);
	if (!names)
		return HL_NOMEM;
	for (size_t i = 0; i < b->slot_names.n; i++)
		names[b->slot_names.entries[i].value] = b->slot_names.entries[i].key;
	b->set->slot_names = names;
	b->set->n_slot_names = b->slot_names.n;
	return HL_OK;
}

static int build_types(struct hl_build *b)
{
	struct hl_ruleset *set = b->set;
	uint32_t *atoms = HL_NEW_ARRAY(&set->arena, HL_SLOT_PATTERN + 1, uint32_t);
	if (!atoms)
		return HL_NOMEM;
	for (uint32_t kind = 0; kind <= HL_SLOT_PATTERN; kind++) {
		atoms[kind] = hl_vocab_find(&set->vocab, HL_ATOM_TYPE, kind);
		if (atoms[kind] != HL_NO_ATOM)
			set->types |= 1u << kind;
	}
	set->type_atoms = atoms;
	return HL_OK;
}

/* What no index finds is matched against every message. */
static void tell_always(struct hl_build *b)
{
	for (size_t i = 0; i < b->set->index.n_always; i++) {
		uint32_t rule = b->set->index.always[i];
		const struct hl_rule_text *text = &b->texts[rule];
		hl_report_plain(&b->report, HL_NOTE, "rule.always", text->src, 0,
				(uint32_t)text->text.len,
				"nothing in it is sure to stand in a message it matches: it is "
				"tried on every message",
				b->rules[rule].by == HL_BY_PATTERN
					? "if it can be, insist on some letters: `order \\d+` is "
					  "tried only where `order` stands"
					: "if it can be, insist on a word");
	}
}

#define RULES_APART 300 /* fewer are done sooner than a thread is started */

struct halves { /* neither needs what the other makes */
	struct hl_build *b;
	struct hl_arena *arena, *work; /* of the index */
	int rc[2];
};

static void build_half(void *arg, size_t job)
{
	struct halves *h = arg;
	struct hl_build *b = h->b;
	struct hl_ruleset *set = b->set;
	if (job == 1) {
		h->rc[1] = hl_index_build(&set->index, h->arena, h->work, b->clauses, b->n_clauses,
					  set->vocab.n);
		return;
	}
	h->rc[0] = build_literals(b);
	if (h->rc[0] == HL_OK)
		h->rc[0] = hl_vocab_freeze(&set->vocab, &b->work, &set->literals);
}

static int build_halves(struct hl_build *b, const struct hl_workers *workers)
{
	struct hl_arena *own = &b->set->arena, work = {0};
	struct hl_arena arena = {.next = own->next, .room = own->room, .room_arg = own->room_arg};
	struct halves h = {.b = b, .arena = own, .work = &b->work};
	if (workers && b->n_rules >= RULES_APART) {
		h.arena = &arena;
		h.work = &work;
		workers->run(workers->arg, build_half, &h, 2);
		hl_arena_join(own, &arena);
		hl_arena_deinit(&work);
	} else {
		build_half(&h, 0);
		build_half(&h, 1);
	}
	return h.rc[0] != HL_OK ? h.rc[0] : h.rc[1];
}

int hl_build_index(struct hl_build *b, const struct hl_workers *workers)
{
	int rc = build_halves(b, workers);
	if (rc == HL_OK)
		rc = build_slot_names(b);
	if (rc == HL_OK)
		rc = build_types(b);
	if (rc == HL_OK)
		tell_always(b);
	return rc;
}
