/* What slots take: first what the rule itself captured, then the whole message. Values are cut from
   the original text; a list gives its own value. */
#include <string.h>

#include "classify/amounts.h"
#include "classify/classify.h"
#include "classify/said.h"
#include "classify/spoken.h"
#include "classify/types.h"

struct filling {
	struct hl_reading *reading;
	uint8_t *used; /* words that already serve a slot */
	struct hl_slot *slots;
	size_t n, cap;
};

static const struct hl_list_value *list_value(const struct hl_reading *r, uint32_t atom,
					      uint32_t value)
{
	const struct hl_atom *a = &r->rules->vocab.atoms[atom];
	return a->kind == HL_ATOM_LIST ? &r->rules->pack.lists[a->index].v[value] : NULL;
}

static struct hl_slot slot_of(const struct hl_reading *r, struct hl_str name, struct hl_span span)
{
	struct hl_str text = hl_str_sub(r->utterance->original, span.start, span.end - span.start);
	return (struct hl_slot){
		.name = name, .value = text, .text = text, .start = span.start, .end = span.end};
}

static struct hl_span words_span(const struct hl_reading *r, uint32_t word, uint32_t n)
{
	const struct hl_word *words = r->utterance->words;
	return (struct hl_span){words[word].ostart, words[word + n - 1].oend};
}

/* As words_span; an amount has the point it begins with, ".5", and of a link to a transaction only
   the hash counts. */
static struct hl_span place_span(const struct hl_reading *r, uint32_t atom, uint32_t word,
				 uint32_t n)
{
	const struct hl_atom *a = &r->rules->vocab.atoms[atom];
	struct hl_span span = words_span(r, word, n);
	const char *text = r->utterance->original.ptr;
	if (a->kind == HL_ATOM_TYPE && r->utterance->words[word].kind == HL_WORD_LINK)
		return hl_type_in_link((enum hl_slot_kind)a->index, r->utterance, word);
	if (a->kind == HL_ATOM_TYPE && a->index == HL_SLOT_AMOUNT && span.start &&
	    text[span.start - 1] == '.' && (span.start == 1 || text[span.start - 2] == ' '))
		span.start--;
	return span;
}

/* Letters of a spelling: the longest counts before the leftmost. */
static size_t spelt_length(const struct hl_reading *r, const struct hl_occurrence *o)
{
	size_t length = 0;
	for (uint32_t i = 0; i < o->n; i++)
		length += hl_utf8_count(r->utterance->words[o->word + i].form);
	return length;
}

static bool is_free(const struct filling *f, uint32_t word, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (f->used[word + i])
			return false;
	return true;
}

static void use(struct filling *f, uint32_t word, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		f->used[word + i] = 1;
}

/* "not btc", "instead of btc", "不是btc"; but "是不是btc" asks */
static bool denied(const struct hl_utterance *u, uint32_t word)
{
	if (word && hl_said_one_of(u, word - 1, "not isnt wasnt"))
		return true;
	if (word >= 2 &&
	    ((hl_said_one_of(u, word - 2, "instead") && hl_said_one_of(u, word - 1, "of")) ||
	     (hl_said_one_of(u, word - 2, "rather") && hl_said_one_of(u, word - 1, "than"))))
		return true;
	return word >= 2 && hl_said_any_han(u, word - 2, "不是 不要 并非 而非") == 2 &&
	       !(word >= 3 && hl_said_any_han(u, word - 3, "是不是 要不要"));
}

/* "btc, sorry, eth", "btc 不对，是 eth": what is said later counts. */
static bool taken_back(const struct hl_reading *r, const struct hl_occurrence *o)
{
	const struct hl_utterance *u = r->utterance;
	uint32_t next = o->next;
	while (next != HL_NOWHERE && r->items[next].word < o->word + o->n)
		next = r->items[next].next;
	if (next == HL_NOWHERE || denied(u, r->items[next].word))
		return false;
	for (uint32_t w = o->word + o->n; w < r->items[next].word; w++)
		if (hl_said_one_of(u, w, "sorry no wait actually oops mean meant correction") ||
		    hl_said_any_han(u, w, "不对 哦不 改成 改为 换成 应该是 说错 写错 打错 更正"))
			return true;
	return false;
}

/* The best place of an atom among unused words, or HL_NOWHERE. */
static uint32_t best_place(struct filling *f, uint32_t atom)
{
	struct hl_reading *r = f->reading;
	const struct hl_atom *a = atom == HL_NO_ATOM ? NULL : &r->rules->vocab.atoms[atom];
	bool is_list = a && a->kind == HL_ATOM_LIST;
	bool is_amount = a && a->kind == HL_ATOM_TYPE && a->index == HL_SLOT_AMOUNT;
	uint32_t best = HL_NOWHERE;
	size_t longest = 0;
	for (uint32_t i = hl_reading_find(r, atom); i != HL_NOWHERE; i = r->items[i].next) {
		const struct hl_occurrence *o = &r->items[i];
		size_t length = is_list ? spelt_length(r, o) : 1;
		if (length <= longest || !is_free(f, o->word, o->n) ||
		    denied(r->utterance, o->word) || taken_back(r, o) ||
		    (is_amount && hl_amount_of_other(r->utterance, o->word, o->n)))
			continue;
		best = i;
		longest = length;
	}
	return best;
}

static struct hl_slot take(struct filling *f, struct hl_str name, uint32_t atom, uint32_t place)
{
	const struct hl_occurrence *o = &f->reading->items[place];
	const struct hl_list_value *value = list_value(f->reading, atom, o->value);
	struct hl_slot slot =
		slot_of(f->reading, name, place_span(f->reading, atom, o->word, o->n));
	if (value)
		slot.value = value->value;
	use(f, o->word, o->n);
	return slot;
}

/* The value that one word spells with one letter: sure in a pattern's group, wherever it stands,
   and where it is the whole answer to a question. */
static const struct hl_list_value *lone_value(const struct hl_reading *r, uint32_t atom,
					      uint32_t word)
{
	const struct hl_spellings *set = &r->rules->spellings;
	for (uint32_t i = 0; i < r->counts[word]; i++) {
		uint32_t node = hl_spellings_next(set, 0, r->symbols[r->first[word] + i]);
		uint32_t s = node ? set->heads[node] : HL_NO_SPELLING;
		for (; s != HL_NO_SPELLING; s = set->items[s].next)
			if (set->items[s].lone && set->items[s].atom == atom)
				return list_value(r, atom, set->items[s].value);
	}
	return NULL;
}

/* The list's value within what a pattern's group caught, or NULL. */
static const struct hl_list_value *group_value(struct hl_reading *r,
					       const struct hl_capture *capture, uint32_t atom)
{
	const struct hl_list_value *value = NULL;
	for (uint32_t o = hl_reading_find(r, atom); o != HL_NOWHERE; o = r->items[o].next)
		if (r->items[o].word >= capture->word &&
		    r->items[o].word + r->items[o].n <= capture->word + capture->n &&
		    (!value || r->items[o].n == capture->n))
			value = list_value(r, atom, r->items[o].value);
	return value || capture->n != 1 ? value : lone_value(r, atom, capture->word);
}

/* What a rule captured under a slot's name. A pattern's group gives a list slot the value it
   spells; one that spells none leaves it empty. */
static void captured(struct hl_slot *out, struct filling *f, const struct hl_capture *capture,
		     uint32_t atom)
{
	struct hl_reading *r = f->reading;
	bool group = capture->atom == HL_NO_ATOM;
	bool wants_list = atom != HL_NO_ATOM && r->rules->vocab.atoms[atom].kind == HL_ATOM_LIST;
	const struct hl_list_value *value = !group ? list_value(r, capture->atom, capture->value)
					    : wants_list ? group_value(r, capture, atom)
							 : NULL;
	if (group && wants_list && !value)
		return;
	*out = slot_of(r, capture->name,
		       group ? hl_normal_span(&r->utterance->normal, capture->start, capture->end)
			     : place_span(r, capture->atom, capture->word, capture->n));
	if (value)
		out->value = value->value;
	use(f, capture->word, capture->n);
}

static const struct hl_capture *capture_named(const struct hl_match *match, struct hl_str name)
{
	for (size_t i = 0; match && i < match->n_captures; i++)
		if (hl_str_eq(match->captures[i].name, name))
			return &match->captures[i];
	return NULL;
}

/* Kinds that nearly any number fits choose after those that only few texts fit. */
static bool takes_any_number(enum hl_slot_kind kind)
{
	return kind == HL_SLOT_AMOUNT || kind == HL_SLOT_NUMBER;
}

static void fill_from_message(struct filling *f, const struct hl_intent *intent,
			      const struct hl_compiled_intent *compiled)
{
	for (int round = 0; round < 2; round++)
		for (size_t s = 0; s < intent->n_slots; s++) {
			const struct hl_slot_def *def = &intent->slots[s];
			if (f->slots[s].name.ptr || takes_any_number(def->kind) != round)
				continue;
			uint32_t place = best_place(f, compiled->slots[s].atom);
			if (place != HL_NOWHERE)
				f->slots[s] = take(f, def->name, compiled->slots[s].atom, place);
		}
}

/* Two slots of one list have what the message names in the order of the slots: of "btc to usdt" the
   longer name is not the first one's. */
static void put_in_order(struct filling *f, const struct hl_intent *intent,
			 const struct hl_compiled_intent *compiled, const struct hl_match *match)
{
	for (size_t a = 0; a < intent->n_slots; a++)
		for (size_t b = a + 1; b < intent->n_slots; b++) {
			struct hl_slot one = f->slots[a], two = f->slots[b];
			if (compiled->slots[a].atom != compiled->slots[b].atom || !one.name.ptr ||
			    !two.name.ptr || one.start < two.start ||
			    capture_named(match, one.name) || capture_named(match, two.name))
				continue;
			f->slots[a] = two;
			f->slots[b] = one;
			f->slots[a].name = one.name;
			f->slots[b].name = two.name;
		}
}

static bool names_slot(const struct hl_intent *intent, struct hl_str name)
{
	for (size_t s = 0; s < intent->n_slots; s++)
		if (hl_str_eq(intent->slots[s].name, name))
			return true;
	return false;
}

/* Names the intent has no slot for are kept as they stand, the first of each. */
static void add_others(struct filling *f, const struct hl_intent *intent,
		       const struct hl_match *match, size_t from)
{
	for (size_t i = 0; match && i < match->n_captures; i++) {
		const struct hl_capture *capture = &match->captures[i];
		bool known = from && names_slot(intent, capture->name);
		for (size_t s = from; s < f->n && !known; s++)
			known = hl_str_eq(f->slots[s].name, capture->name);
		if (!known)
			captured(&f->slots[f->n++], f, capture, HL_NO_ATOM);
	}
}

int hl_slots_fill(const struct hl_slot **out, size_t *n, struct hl_reading *reading,
		  uint32_t number, const struct hl_match *match)
{
	const struct hl_intent *intent = &reading->rules->pack.intents[number];
	const struct hl_compiled_intent *compiled = &reading->rules->intents[number];
	struct hl_arena *turn = &reading->scratch->turn;
	size_t n_slots = compiled->slots ? intent->n_slots : 0; /* the pack's own is far away */
	size_t n_captures = match ? match->n_captures : 0;
	struct filling f = {.reading = reading};
	*n = 0;
	*out = NULL;
	if (!n_slots && !n_captures)
		return HL_OK;
	f.used = hl_arena_zalloc(turn, reading->utterance->n_words + 1, 1);
	f.slots = HL_NEW_ARRAY(turn, n_slots + n_captures, struct hl_slot);
	if (!f.used || !f.slots)
		return HL_NOMEM;
	for (size_t s = 0; s < n_slots; s++) {
		const struct hl_capture *capture = capture_named(match, intent->slots[s].name);
		if (capture)
			captured(&f.slots[s], &f, capture, compiled->slots[s].atom);
	}
	if (n_slots) {
		fill_from_message(&f, intent, compiled);
		put_in_order(&f, intent, compiled, match);
	}
	f.n = n_slots;
	add_others(&f, intent, match, n_slots);
	for (size_t s = 0; s < f.n; s++)
		if (f.slots[s].name.ptr)
			f.slots[(*n)++] = f.slots[s];
	*out = f.slots;
	return reading->failed ? HL_NOMEM : HL_OK;
}

/* ------------------------------------------------------------------ one slot */

static bool overlaps(const struct hl_taken *taken, const struct hl_word *word)
{
	for (size_t i = 0; taken && i < taken->n; i++)
		if (word->ostart < taken->v[i].end && taken->v[i].start < word->oend)
			return true;
	return false;
}

static int open_filling(struct filling *out, struct hl_reading *reading, struct hl_scratch *scratch,
			const struct hl_ruleset *rules, const struct hl_utterance *u,
			const struct hl_taken *taken)
{
	int rc = hl_reading_make(reading, scratch, rules, u);
	if (rc != HL_OK)
		return rc;
	*out = (struct filling){.reading = reading};
	out->used = hl_arena_zalloc(&scratch->turn, u->n_words + 1, 1);
	for (size_t w = 0; out->used && w < u->n_words; w++)
		out->used[w] = overlaps(taken, &u->words[w]);
	return out->used ? HL_OK : HL_NOMEM;
}

/* What is sure only because it is the answer to a question: the words it stands in and, of a list,
   its value. False: there is none. */
static bool find_answer(struct hl_slot *out, const struct filling *f, const struct hl_slot_def *def,
			uint32_t atom)
{
	const struct hl_reading *r = f->reading;
	const struct hl_utterance *u = r->utterance;
	const struct hl_list_value *value = NULL;
	uint32_t word = 0, n = 0;
	if (takes_any_number(def->kind)) {
		n = hl_spoken_number(&word, u);
	} else if (def->kind == HL_SLOT_DATE) {
		n = hl_spoken_day(&word, u);
	} else if (def->kind == HL_SLOT_LIST) {
		value = u->n_words == 1 ? lone_value(r, atom, 0) : NULL;
		if (!value)
			value = hl_spoken_value(
				&word, u, &r->rules->pack.lists[r->rules->vocab.atoms[atom].index]);
		n = value != NULL;
	}
	if (!n || !is_free(f, word, n) || denied(u, word))
		return false;
	*out = slot_of(r, def->name, words_span(r, word, n));
	if (value)
		out->value = value->value;
	return true;
}

int hl_slot_find(struct hl_slot *out, struct hl_scratch *scratch, const struct hl_ruleset *rules,
		 const struct hl_intent *intent, size_t slot, const struct hl_utterance *utterance,
		 const struct hl_taken *taken)
{
	struct hl_reading reading;
	struct filling f;
	const struct hl_slot_def *def = &intent->slots[slot];
	if (def->kind == HL_SLOT_TEXT) {
		struct hl_str text = hl_str_trim(utterance->original);
		uint32_t start = (uint32_t)(text.len ? text.ptr - utterance->original.ptr : 0);
		*out = (struct hl_slot){def->name, text, text, start, start + (uint32_t)text.len};
		return text.len ? HL_OK : HL_NOT_FOUND;
	}
	int rc = open_filling(&f, &reading, scratch, rules, utterance, taken);
	if (rc != HL_OK)
		return rc;
	uint32_t atom = rules->intents[intent - rules->pack.intents].slots[slot].atom;
	uint32_t place = best_place(&f, atom);
	if (place != HL_NOWHERE) {
		*out = take(&f, def->name, atom, place);
		return HL_OK;
	}
	if (reading.failed)
		return HL_NOMEM;
	return find_answer(out, &f, def, atom) ? HL_OK : HL_NOT_FOUND;
}

int hl_slot_says(struct hl_scratch *scratch, const struct hl_ruleset *rules,
		 const struct hl_intent *intent, size_t slot, const struct hl_utterance *utterance,
		 struct hl_str value)
{
	struct hl_reading reading;
	struct filling f;
	uint32_t atom = rules->intents[intent - rules->pack.intents].slots[slot].atom;
	int rc = open_filling(&f, &reading, scratch, rules, utterance, NULL);
	if (rc != HL_OK)
		return rc;
	for (uint32_t o = hl_reading_find(&reading, atom); o != HL_NOWHERE;
	     o = reading.items[o].next)
		if (hl_str_eq(take(&f, HL_NONE, atom, o).value, value))
			return HL_OK;
	return reading.failed ? HL_NOMEM : HL_NOT_FOUND;
}

int hl_values_only(struct hl_scratch *scratch, const struct hl_ruleset *rules,
		   const struct hl_utterance *u,
		   uint32_t (*beside)(const struct hl_utterance *utterance, size_t word))
{
	struct hl_reading reading;
	bool any = false;
	int rc = hl_reading_make(&reading, scratch, rules, u);
	uint8_t *covered = rc == HL_OK ? hl_arena_zalloc(&scratch->turn, u->n_words + 1, 1) : NULL;
	if (!covered)
		return HL_NOMEM;
	for (size_t a = 0; a < reading.n_list; a++) {
		enum hl_atom_kind kind = rules->vocab.atoms[reading.list[a]].kind;
		if (kind != HL_ATOM_LIST && kind != HL_ATOM_TYPE)
			continue;
		for (uint32_t o = hl_reading_find(&reading, reading.list[a]); o != HL_NOWHERE;
		     o = reading.items[o].next) {
			memset(covered + reading.items[o].word, 1, reading.items[o].n);
			any = true;
		}
	}
	for (size_t w = 0; w < u->n_words;) {
		uint32_t n = covered[w] ? 1 : beside ? beside(u, w) : 0;
		if (!n)
			return HL_NOT_FOUND;
		w += n;
	}
	return any ? HL_OK : HL_NOT_FOUND;
}
