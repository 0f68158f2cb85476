/* Gathers what an intent may be called into texts for the classifier. Everything is put into an
   order of its own (intents by id, texts by bytes), so that the order of files, intents and lists
   reaches no number. */
#include "ruleset/learn.h"

#include <string.h>

#define SPELT_A_PHRASE 4
#define SPELT_AN_INTENT 40

struct text {
	struct hl_str text;
	bool example;
};
struct learning {
	struct hl_build *b;
	struct text *texts; /* of the intent at hand */
	size_t n, cap;
	struct hl_likeness_text *all;
	size_t n_all, cap_all;
	unsigned spelt;
	bool failed;
	const struct hl_workers *workers;
};

static void add_text(struct learning *l, struct hl_str text, bool example)
{
	struct text *kept = text.len ? HL_PUSH(&l->b->work, l->texts, l->n, l->cap) : NULL;
	if (kept)
		*kept = (struct text){text, example};
	else
		l->failed |= text.len > 0;
}

/* `a`, `c1` and `42` name nothing a customer would say; `2fa` does. */
static bool is_name(struct hl_str id)
{
	size_t letters = 0, digits = 0;
	for (size_t i = 0; i < id.len; i++) {
		char c = id.ptr[i];
		letters += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			   (unsigned char)c >= 0x80;
		digits += c >= '0' && c <= '9';
	}
	return letters >= 2 && letters + digits >= 3;
}

/* deposit.missing → deposit missing */
static void add_id(struct learning *l, struct hl_str id)
{
	struct hl_buf buf;
	if (!is_name(id))
		return;
	hl_buf_init(&buf, &l->b->work);
	for (size_t i = 0; i < id.len; i++)
		hl_buf_char(&buf, strchr("._-", id.ptr[i]) && id.ptr[i] ? ' ' : id.ptr[i]);
	l->failed |= buf.failed;
	add_text(l, hl_buf_view(&buf), false);
}

/* ------------------------------------------------------------------ texts of a phrase */

static struct hl_str least(struct hl_str a, struct hl_str b)
{
	return !a.len || (b.len && hl_str_cmp(b, a) < 0) ? b : a;
}

/* One word or spelling for an edge; of many the first by its bytes. */
static struct hl_str edge_text(const struct hl_build *b, const struct hl_edge *edge)
{
	const struct hl_pack *pack = &b->set->pack;
	const struct hl_atom *atom = &b->set->vocab.atoms[edge->atom];
	struct hl_str text = HL_NONE;
	if (atom->kind == HL_ATOM_WORD || atom->kind == HL_ATOM_PREFIX)
		return atom->text;
	if (atom->kind == HL_ATOM_LIST)
		for (size_t v = 0; v < pack->lists[atom->index].n; v++)
			text = least(text, pack->lists[atom->index].v[v].value);
	if (atom->kind == HL_ATOM_SET)
		for (size_t s = 0; s < pack->words[atom->index].say.n; s++)
			text = least(text, pack->words[atom->index].say.v[s].text);
	return text;
}

struct spelling {
	struct learning *l;
	const struct hl_graph *graph;
	struct hl_str words[64];
	unsigned texts;
};

static void add_spelt(struct spelling *s, size_t n)
{
	struct hl_buf buf;
	hl_buf_init(&buf, &s->l->b->work);
	while (n--) {
		bool han = s->words[n].len && (unsigned char)s->words[n].ptr[0] >= 0x80;
		if (buf.len && !han)
			hl_buf_char(&buf, ' ');
		hl_buf_str(&buf, s->words[n]);
	}
	s->l->failed |= buf.failed;
	s->l->spelt++;
	s->texts++;
	add_text(s->l, hl_buf_view(&buf), false);
}

/* From the end back to the beginning, the first few ways. */
static void spell(struct spelling *s, uint16_t state, size_t n)
{
	if (s->texts == SPELT_A_PHRASE || s->l->spelt == SPELT_AN_INTENT || s->l->failed)
		return;
	if (state == 0) {
		add_spelt(s, n);
		return;
	}
	for (uint32_t e = s->graph->first[state]; e < s->graph->first[state + 1]; e++) {
		const struct hl_edge *edge = &s->graph->edges[e];
		bool word = edge->kind == HL_EDGE_ATOM;
		if (word && n == sizeof s->words / sizeof *s->words)
			return;
		if (word)
			s->words[n] = edge_text(s->l->b, edge);
		spell(s, edge->from, n + word);
	}
}

static bool comes_before(const struct hl_rule *a, const struct hl_rule *b)
{
	uint64_t x = hl_str_hash(a->text), y = hl_str_hash(b->text);
	return x != y ? x < y : hl_str_cmp(a->text, b->text) < 0;
}

/* In an order that is neither the author's nor the alphabet's: where there are more than are spelt,
   no language is left out. */
static void spell_phrases(struct learning *l, uint32_t from, uint32_t to)
{
	const struct hl_rule **phrases =
		HL_NEW_ARRAY(&l->b->work, to - from + 1, const struct hl_rule *);
	size_t n = 0;
	if (!phrases) {
		l->failed = true;
		return;
	}
	for (uint32_t r = from; r < to; r++)
		if (l->b->rules[r].by == HL_BY_PHRASE)
			phrases[n++] = &l->b->rules[r];
	for (size_t gap = n / 2; gap; gap /= 2)
		for (size_t i = gap; i < n; i++) {
			const struct hl_rule *rule = phrases[i];
			size_t j = i;
			for (; j >= gap && comes_before(rule, phrases[j - gap]); j -= gap)
				phrases[j] = phrases[j - gap];
			phrases[j] = rule;
		}
	for (size_t i = 0; i < n; i++) {
		struct spelling s = {.l = l, .graph = &phrases[i]->phrase};
		spell(&s, (uint16_t)(s.graph->n_states - 1), 0);
	}
}

/* ------------------------------------------------------------------ one intent */

static void sort_texts(struct text *texts, size_t n)
{
	for (size_t gap = n / 2; gap; gap /= 2)
		for (size_t i = gap; i < n; i++) {
			struct text text = texts[i];
			size_t j = i;
			for (; j >= gap && hl_str_cmp(texts[j - gap].text, text.text) > 0; j -= gap)
				texts[j] = texts[j - gap];
			texts[j] = text;
		}
}

/* Into the list for the classifier, each text once; an example goes before the same as a name. */
static void hand_in(struct learning *l, uint32_t klass)
{
	struct hl_arena *work = &l->b->work;
	sort_texts(l->texts, l->n);
	for (size_t i = 0; i < l->n && !l->failed; i++) {
		bool example = l->texts[i].example;
		while (i + 1 < l->n && hl_str_eq(l->texts[i].text, l->texts[i + 1].text))
			example |= l->texts[++i].example;
		struct hl_utterance *u = HL_NEW(work, struct hl_utterance);
		struct hl_likeness_text *text = HL_PUSH(work, l->all, l->n_all, l->cap_all);
		if (!u || !text || hl_utterance_read(u, work, l->texts[i].text, NULL, 0) != HL_OK) {
			l->failed = true;
			return;
		}
		*text = (struct hl_likeness_text){u, klass, example};
	}
	l->n = 0;
	l->spelt = 0;
}

static void learn_intent(struct learning *l, uint32_t number, const uint32_t *first_rule)
{
	const struct hl_intent *intent = &l->b->set->pack.intents[number];
	add_id(l, intent->id);
	for (size_t i = 0; i < intent->title.n; i++)
		add_text(l, intent->title.v[i].text, false);
	for (size_t i = 0; i < intent->examples.n; i++)
		add_text(l, intent->examples.v[i].text, true);
	spell_phrases(l, first_rule[number], first_rule[number + 1]);
}

/* ------------------------------------------------------------------ the pack */

/* Classes are intents by id. */
static int number_classes(struct hl_ruleset *set)
{
	size_t n = set->pack.n_intents;
	uint32_t *intent_of = HL_NEW_ARRAY(&set->arena, n + 1, uint32_t);
	if (!intent_of)
		return HL_NOMEM;
	for (uint32_t i = 0; i < n; i++)
		intent_of[i] = i;
	for (size_t gap = n / 2; gap; gap /= 2)
		for (size_t i = gap; i < n; i++) {
			uint32_t intent = intent_of[i];
			size_t j = i;
			for (; j >= gap && hl_str_cmp(set->pack.intents[intent_of[j - gap]].id,
						      set->pack.intents[intent].id) > 0;
			     j -= gap)
				intent_of[j] = intent_of[j - gap];
			intent_of[j] = intent;
		}
	set->intent_of = intent_of;
	return HL_OK;
}

static int train(struct learning *l, const struct hl_pack *pack)
{
	struct hl_ruleset *set = l->b->set;
	bool *sensitive = HL_NEW_ARRAY(&l->b->work, pack->n_intents + 1, bool);
	struct hl_str *names = HL_NEW_ARRAY(&l->b->work, pack->n_intents + 1, struct hl_str);
	uint32_t *first_rule = HL_NEW_ARRAY(&l->b->work, pack->n_intents + 2, uint32_t);
	if (!sensitive || !names || !first_rule)
		return HL_NOMEM;
	for (size_t r = 0; r < l->b->n_rules; r++)
		first_rule[l->b->rules[r].intent + 1]++;
	for (size_t i = 0; i < pack->n_intents; i++)
		first_rule[i + 1] += first_rule[i];
	for (uint32_t k = 0; k < pack->n_intents; k++) {
		names[k] = pack->intents[set->intent_of[k]].id;
		sensitive[k] = l->b->intents[set->intent_of[k]].sensitive;
		learn_intent(l, set->intent_of[k], first_rule);
		hand_in(l, k);
	}
	for (size_t i = 0; i < pack->outside.n; i++)
		add_text(l, pack->outside.v[i].text, true);
	hand_in(l, (uint32_t)pack->n_intents);
	if (l->failed)
		return HL_NOMEM;
	struct hl_likeness_options options = {.n_classes = (uint32_t)pack->n_intents,
					      .sensitive = sensitive,
					      .precision = pack->precision,
					      .oos = pack->oos,
					      .names = names,
					      .workers = l->workers};
	int rc = hl_likeness_train(&set->likeness, l->all, l->n_all, &options);
	return rc == HL_REFUSED ? HL_OK : rc;
}

int hl_learn(struct hl_build *b, struct hl_str model, const struct hl_workers *workers)
{
	struct hl_ruleset *set = b->set;
	struct learning l = {.b = b, .workers = workers};
	struct hl_likeness_info info;
	if (!b->n_examples)
		return HL_OK;
	int rc = number_classes(set);
	if (rc == HL_OK && model.len) {
		rc = hl_likeness_load(&set->likeness, model);
		if (rc < 0)
			return rc;
		if (rc == HL_OK)
			hl_likeness_info(&info, set->likeness);
		if (rc == HL_OK && info.n_classes == set->pack.n_intents)
			return HL_OK;
		if (rc == HL_OK)
			set->likeness = hl_likeness_free(set->likeness);
		rc = HL_OK; /* a model of something else: learn anew */
	}
	return rc == HL_OK ? train(&l, &set->pack) : rc;
}
