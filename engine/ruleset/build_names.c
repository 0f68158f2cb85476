/* Word sets, lists, slots and examples of a pack. Knows what a pack's names stand for. */
#include <string.h>

#include "ruleset/build.h"
#include "ruleset/names.h"

#define FOREIGN_WORDS 5 /* fewer do not prove a language: "fee per trade" is no Italian */

static int soft(int rc)
{
	return rc == HL_REFUSED ? HL_OK : rc; /* reported; the build goes on to the next error */
}

static int build_sets(struct hl_build *b)
{
	const struct hl_pack *pack = &b->set->pack;
	for (size_t i = 0; i < pack->n_words; i++) {
		const struct hl_wordset *set = &pack->words[i];
		uint32_t atom = hl_vocab_index(&b->set->vocab, HL_ATOM_SET, (uint32_t)i);
		if (atom == HL_NO_ATOM)
			return HL_NOMEM;
		if (hl_str_eq(set->name, HL_STR("stop")))
			b->set->stop_atom = atom;
		if (!set->say.n)
			hl_report_plain(&b->report, HL_ERROR, "set.empty", set->src, 0, 0,
					"this word set has no word", "write: [late, stuck]");
		for (size_t j = 0; j < set->say.n; j++) {
			int rc = soft(hl_spellings_phrase(&b->set->spellings, &b->phrases,
							  &set->say.v[j], atom));
			if (rc != HL_OK)
				return rc;
		}
	}
	return HL_OK;
}

/* Values by their bytes: which of two values a doubled spelling stands for does not depend on the
   order of a list. */
static uint32_t *values_in_order(struct hl_build *b, const struct hl_list *list)
{
	uint32_t *order = HL_NEW_ARRAY(&b->work, list->n + 1, uint32_t);
	for (uint32_t v = 0; order && v < list->n; v++) {
		size_t j = v;
		for (; j && hl_str_cmp(list->v[order[j - 1]].value, list->v[v].value) > 0; j--)
			order[j] = order[j - 1];
		order[j] = v;
	}
	return order;
}

/* A spelling that another value of the list has: which of the two a customer means cannot be told.
 */
static int check_spelling(struct hl_build *b, struct hl_map *known, const struct hl_list *list,
			  uint32_t v, struct hl_str text)
{
	struct hl_utterance cut;
	bool is_new;
	if (hl_utterance_read(&cut, &b->work, text, NULL, 0) != HL_OK)
		return HL_NOMEM;
	if (!cut.n_words)
		return HL_OK; /* refused for that */
	struct hl_str key = hl_ruleset_key(&b->work, &cut);
	uint32_t *first = key.ptr ? hl_map_put(known, key, v, &is_new) : NULL;
	if (!first)
		return HL_NOMEM;
	if (is_new || *first == v)
		return HL_OK;
	struct hl_str what =
		hl_report_join(&b->report, HL_STR("`"), text, HL_STR("` is spelt so by `"));
	hl_report(&b->report, HL_WARNING, "list.same", list->v[v].src, 0, 0,
		  hl_report_join(&b->report, what, list->v[*first].value, HL_STR("` too")),
		  HL_STR("keep it with one of the two: it cannot mean both"));
	return HL_OK;
}

static int build_lists(struct hl_build *b)
{
	const struct hl_pack *pack = &b->set->pack;
	for (size_t i = 0; i < pack->n_lists; i++) {
		const struct hl_list *list = &pack->lists[i];
		uint32_t atom = hl_vocab_index(&b->set->vocab, HL_ATOM_LIST, (uint32_t)i);
		const uint32_t *order = values_in_order(b, list);
		struct hl_map known;
		hl_map_init(&known, &b->work);
		if (atom == HL_NO_ATOM || !order)
			return HL_NOMEM;
		if (!list->n)
			hl_report_plain(&b->report, HL_ERROR, "list.empty", list->src, 0, 0,
					"this list has no value", "write: {BTC: [btc, bitcoin]}");
		for (uint32_t o = 0; o < list->n; o++) {
			uint32_t v = order[o];
			const struct hl_list_value *value = &list->v[v];
			for (size_t s = 0; s <= value->say.n; s++) {
				struct hl_str text = s ? value->say.v[s - 1] : value->value;
				int rc = soft(hl_spellings_text(&b->set->spellings, &b->phrases,
								text, value->src, atom, v));
				if (rc == HL_OK)
					rc = check_spelling(b, &known, list, v, text);
				if (rc != HL_OK)
					return rc;
			}
		}
	}
	return HL_OK;
}

static int slot_pattern(struct hl_build *b, const struct hl_slot_def *slot)
{
	struct hl_pattern *pattern =
		HL_PUSH(&b->set->arena, b->slot_patterns, b->n_slot_patterns, b->cap_slot_patterns);
	struct hl_line line = {slot->pattern, slot->src};
	if (!pattern)
		return HL_NOMEM;
	*pattern = (struct hl_pattern){0};
	if (!slot->pattern.len) { /* whoever reads the pack says that it is missing */
		b->report.errors++;
		return HL_OK;
	}
	return soft(hl_pattern_compile(pattern, &b->patterns, &line));
}

static int build_slot(struct hl_build *b, struct hl_compiled_slot *out,
		      const struct hl_slot_def *slot)
{
	struct hl_vocab *vocab = &b->set->vocab;
	const struct hl_pack *pack = &b->set->pack;
	int rc = HL_OK;
	out->atom = HL_NO_ATOM;
	if (slot->kind == HL_SLOT_TEXT)
		return HL_OK;
	if (slot->kind == HL_SLOT_LIST) {
		size_t list = hl_names_list(pack, slot->list);
		if (list == SIZE_MAX) {
			hl_report(&b->report, HL_ERROR, "slot.unknown_list", slot->src, 0, 0,
				  hl_report_join(&b->report, HL_STR("there is no list `"),
						 slot->list, HL_STR("`")),
				  hl_names_near_list(&b->report, pack, slot->list));
			return HL_OK;
		}
		out->atom = hl_vocab_index(vocab, HL_ATOM_LIST, (uint32_t)list);
	} else if (slot->kind == HL_SLOT_PATTERN) {
		out->atom = hl_vocab_index(vocab, HL_ATOM_PATTERN, (uint32_t)b->n_slot_patterns);
		rc = slot_pattern(b, slot);
	} else {
		out->atom = hl_vocab_index(vocab, HL_ATOM_TYPE, (uint32_t)slot->kind);
	}
	return out->atom == HL_NO_ATOM ? HL_NOMEM : rc;
}

static bool id_before(void *arg, const void *a, const void *b)
{
	const struct hl_intent *x = a, *y = b;
	(void)arg;
	return hl_str_cmp(x->id, y->id) < 0;
}

static int rank_ids(struct hl_build *b)
{
	const struct hl_pack *pack = &b->set->pack;
	const void **sorted = hl_arena_array(&b->work, pack->n_intents + 1, sizeof *sorted);
	if (!sorted)
		return HL_NOMEM;
	for (size_t i = 0; i < pack->n_intents; i++)
		sorted[i] = &pack->intents[i];
	if (!hl_sort(&b->work, sorted, pack->n_intents, id_before, NULL))
		return HL_NOMEM;
	for (size_t i = 0; i < pack->n_intents; i++)
		b->intents[(const struct hl_intent *)sorted[i] - pack->intents].rank = (uint32_t)i;
	return HL_OK;
}

int hl_build_names(struct hl_build *b)
{
	const struct hl_pack *pack = &b->set->pack;
	int rc = build_sets(b);
	if (rc == HL_OK)
		rc = build_lists(b);
	if (rc == HL_OK)
		rc = rank_ids(b);
	for (size_t i = 0; i < pack->n_intents && rc == HL_OK; i++) {
		const struct hl_intent *intent = &pack->intents[i];
		struct hl_compiled_slot *slots = NULL;
		if (intent->n_slots)
			slots = HL_NEW_ARRAY(&b->set->arena, intent->n_slots,
					     struct hl_compiled_slot);
		if (intent->n_slots && !slots)
			return HL_NOMEM;
		for (size_t s = 0; s < intent->n_slots && rc == HL_OK; s++)
			rc = build_slot(b, &slots[s], &intent->slots[s]);
		b->intents[i].slots = slots;
		b->intents[i].sensitive = intent->handoff == HL_HANDOFF_ALWAYS;
		b->intents[i].conditional = intent->only_if.n > 0;
	}
	return rc;
}

/* ------------------------------------------------------------------ examples */

struct hl_str hl_ruleset_key(struct hl_arena *arena, const struct hl_utterance *utterance)
{
	struct hl_buf key;
	hl_buf_init(&key, arena);
	hl_buf_char(&key, '=');
	for (size_t i = 0; i < utterance->n_words; i++) {
		const struct hl_word *word = &utterance->words[i];
		if (i)
			hl_buf_char(&key, ' ');
		hl_buf_str(&key, word->n_also ? word->also[word->n_also - 1] : word->form);
	}
	return key.failed ? HL_NONE : hl_buf_view(&key);
}

/* Is the language of the text surely none of the pack's? */
static bool is_foreign(const struct hl_names *langs, const struct hl_utterance *cut)
{
	bool foreign = cut->lang_sure && cut->lang.len &&
		       (cut->n_words >= FOREIGN_WORDS || hl_str_eq(cut->lang, HL_STR("zh")));
	for (size_t i = 0; i < langs->n && foreign; i++) {
		struct hl_str lang = langs->v[i];
		foreign = lang.len < cut->lang.len ||
			  !hl_str_eq(hl_str_sub(lang, 0, cut->lang.len), cut->lang);
	}
	return foreign;
}

/* Said once an intent, at the first; `n` is how many there are. */
static void warn_foreign(struct hl_build *b, const struct hl_line *first, size_t n)
{
	struct hl_buf buf;
	if (!n)
		return;
	hl_buf_init(&buf, &b->work);
	hl_buf_str(&buf, HL_STR("an example in a language the pack does not speak"));
	if (n > 1) {
		hl_buf_str(&buf, HL_STR(", and "));
		hl_buf_u64(&buf, n - 1);
		hl_buf_str(&buf, HL_STR(" more in this intent"));
	}
	hl_report(&b->report, HL_WARNING, "example.lang", first->src, 0, (uint32_t)first->text.len,
		  buf.failed ? HL_NONE : hl_buf_view(&buf),
		  HL_STR("add the language to `languages:` in pack.yaml, or take the example out"));
}

static int add_example(struct hl_build *b, uint32_t intent, const struct hl_utterance *cut)
{
	struct hl_str key = hl_ruleset_key(&b->set->arena, cut);
	bool is_new;
	uint32_t *first =
		key.ptr ? hl_map_put(&b->set->examples, key, HL_NO_EXAMPLE, &is_new) : NULL;
	if (!first)
		return HL_NOMEM;
	for (uint32_t e = *first; e != HL_NO_EXAMPLE; e = b->examples[e].next)
		if (b->examples[e].intent == intent)
			return HL_OK;
	struct hl_example *example =
		HL_PUSH(&b->set->arena, b->examples, b->n_examples, b->cap_examples);
	if (!example)
		return HL_NOMEM;
	*example = (struct hl_example){intent, *first};
	*first = (uint32_t)(b->n_examples - 1);
	return HL_OK;
}

int hl_build_examples(struct hl_build *b)
{
	const struct hl_pack *pack = &b->set->pack;
	for (uint32_t i = 0; i < pack->n_intents; i++) {
		const struct hl_line *foreign = NULL;
		size_t n_foreign = 0;
		for (size_t e = 0; e < pack->intents[i].examples.n; e++) {
			const struct hl_line *line = &pack->intents[i].examples.v[e];
			struct hl_utterance cut;
			int rc = hl_utterance_read(&cut, &b->work, line->text, NULL, 0);
			if (rc == HL_OK && cut.n_words)
				rc = add_example(b, i, &cut);
			if (rc != HL_OK)
				return rc;
			if (!is_foreign(&pack->langs, &cut))
				continue;
			foreign = n_foreign++ ? foreign : line;
		}
		warn_foreign(b, foreign, n_foreign);
	}
	b->set->example_of = b->examples;
	return HL_OK;
}
