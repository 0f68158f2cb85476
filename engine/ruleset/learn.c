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
	struct hl_str *raw; /* text of each of `all`, until they are read */
	size_t n_all, cap_all, n_raw, cap_raw;
	struct hl_buf input; /* all that the model depends on, as bytes */
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
	const uint32_t *first; /* edges into each of its states */
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
	for (uint32_t e = s->first[state]; e < s->first[state + 1]; e++) {
		const struct hl_edge *edge = &s->graph->edges[e];
		bool word = edge->kind == HL_EDGE_ATOM;
		if (word && n == sizeof s->words / sizeof *s->words)
			return;
		if (word)
			s->words[n] = edge_text(s->l->b, edge);
		spell(s, edge->from, n + word);
	}
}

static bool comes_before(const struct hl_build *b, uint32_t left, uint32_t right)
{
	struct hl_str l = b->texts[left].text, r = b->texts[right].text;
	uint64_t x = hl_str_hash(l), y = hl_str_hash(r);
	return x != y ? x < y : hl_str_cmp(l, r) < 0;
}

/* In an order that is neither the author's nor the alphabet's: where there are more than are spelt,
   no language is left out. */
static void spell_phrases(struct learning *l, uint32_t from, uint32_t to)
{
	uint32_t *phrases = HL_NEW_ARRAY(&l->b->work, to - from + 1, uint32_t);
	size_t n = 0;
	if (!phrases) {
		l->failed = true;
		return;
	}
	for (uint32_t r = from; r < to; r++)
		if (l->b->rules[r].by == HL_BY_PHRASE)
			phrases[n++] = r;
	for (size_t gap = n / 2; gap; gap /= 2)
		for (size_t i = gap; i < n; i++) {
			uint32_t rule = phrases[i];
			size_t j = i;
			for (; j >= gap && comes_before(l->b, rule, phrases[j - gap]); j -= gap)
				phrases[j] = phrases[j - gap];
			phrases[j] = rule;
		}
	for (size_t i = 0; i < n; i++) {
		struct spelling s = {.l = l, .graph = l->b->rules[phrases[i]].phrase};
		s.first = hl_graph_first(&l->b->work, s.graph);
		l->failed |= !s.first;
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

static void put_bytes(struct hl_buf *to, const void *bytes, size_t n)
{
	hl_buf_str(to, (struct hl_str){bytes, n});
}

static void put_input(struct learning *l, struct hl_str text, uint32_t klass, bool example)
{
	uint32_t head[3] = {klass, example, (uint32_t)text.len};
	put_bytes(&l->input, head, sizeof head);
	hl_buf_str(&l->input, text);
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
		struct hl_likeness_text *text = HL_PUSH(work, l->all, l->n_all, l->cap_all);
		struct hl_str *raw = HL_PUSH(work, l->raw, l->n_raw, l->cap_raw);
		if (!text || !raw) {
			l->failed = true;
			return;
		}
		*text = (struct hl_likeness_text){NULL, klass, example};
		*raw = l->texts[i].text;
		put_input(l, *raw, klass, example);
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

/* All texts, in an order of their own, and what the model is trained for. */
static int gather(struct learning *l, struct hl_likeness_options *options)
{
	struct hl_ruleset *set = l->b->set;
	const struct hl_pack *pack = &set->pack;
	bool *sensitive = HL_NEW_ARRAY(&l->b->work, pack->n_intents + 1, bool);
	struct hl_str *names = HL_NEW_ARRAY(&l->b->work, pack->n_intents + 1, struct hl_str);
	uint32_t *first_rule = HL_NEW_ARRAY(&l->b->work, pack->n_intents + 2, uint32_t);
	double numbers[2] = {pack->precision, pack->oos};
	if (!sensitive || !names || !first_rule)
		return HL_NOMEM;
	hl_buf_init(&l->input, &l->b->work);
	put_bytes(&l->input, numbers, sizeof numbers);
	for (size_t r = 0; r < l->b->n_rules; r++)
		first_rule[l->b->rules[r].intent + 1]++;
	for (size_t i = 0; i < pack->n_intents; i++)
		first_rule[i + 1] += first_rule[i];
	for (uint32_t k = 0; k < pack->n_intents; k++) {
		names[k] = pack->intents[set->intent_of[k]].id;
		sensitive[k] = l->b->intents[set->intent_of[k]].sensitive;
		put_input(l, names[k], k, sensitive[k]);
		learn_intent(l, set->intent_of[k], first_rule);
		hand_in(l, k);
	}
	for (size_t i = 0; i < pack->outside.n; i++)
		add_text(l, pack->outside.v[i].text, true);
	hand_in(l, (uint32_t)pack->n_intents);
	*options = (struct hl_likeness_options){.n_classes = (uint32_t)pack->n_intents,
						.sensitive = sensitive,
						.precision = pack->precision,
						.oos = pack->oos,
						.names = names,
						.workers = l->workers};
	set->learnt = hl_str_hash(hl_buf_view(&l->input));
	set->learnt_bytes = l->input.len;
	return l->failed || l->input.failed ? HL_NOMEM : HL_OK;
}

static int train(struct learning *l, const struct hl_likeness_options *options)
{
	struct hl_arena *work = &l->b->work;
	for (size_t i = 0; i < l->n_all; i++) {
		struct hl_utterance *u = HL_NEW(work, struct hl_utterance);
		if (!u || hl_utterance_read(u, work, l->raw[i], NULL, 0) != HL_OK)
			return HL_NOMEM;
		l->all[i].u = u;
	}
	int rc = hl_likeness_train(&l->b->set->likeness, l->all, l->n_all, options);
	return rc == HL_REFUSED ? HL_OK : rc;
}

/* Takes a model up if it is one of so many classes. HL_OK; HL_NOT_FOUND: it is not; HL_NOMEM. */
static int take_up(struct hl_ruleset *set, struct hl_str model)
{
	struct hl_likeness_info info;
	int rc = model.len ? hl_likeness_load(&set->likeness, model) : HL_NOT_FOUND;
	if (rc != HL_OK)
		return rc < 0 ? rc : HL_NOT_FOUND;
	hl_likeness_info(&info, set->likeness);
	if (info.n_classes == set->pack.n_intents)
		return HL_OK;
	set->likeness = hl_likeness_free(set->likeness);
	return HL_NOT_FOUND;
}

/* Did the set in force learn from the very same? Answers and most rules teach nothing. */
static struct hl_str model_in_force(const struct hl_build *b)
{
	const struct hl_ruleset *old = b->renewal.old;
	bool same = old && old->likeness && old->learnt == b->set->learnt &&
		    old->learnt_bytes == b->set->learnt_bytes;
	return same ? hl_likeness_bytes(old->likeness) : HL_NONE;
}

int hl_learn(struct hl_build *b, struct hl_str model, const struct hl_workers *workers)
{
	struct learning l = {.b = b, .workers = workers};
	struct hl_likeness_options options;
	if (!b->n_examples)
		return HL_OK;
	int rc = number_classes(b->set);
	if (rc == HL_OK)
		rc = gather(&l, &options);
	if (rc == HL_OK)
		rc = take_up(b->set, model);
	if (rc == HL_NOT_FOUND)
		rc = take_up(b->set, model_in_force(b));
	return rc == HL_NOT_FOUND ? train(&l, &options) : rc;
}
