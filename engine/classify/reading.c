/* Looks every word of a message up once, finds the spellings of sets and lists, the things of the
   slot types, and the literals of patterns. Knows places, not rules. */
#include "classify/reading.h"

#include "classify/pcre.h"
#include "classify/types.h"

#define SYMBOLS_MAX 64 /* atoms one word may be */

bool hl_reading_spend(struct hl_reading *reading, uint32_t units)
{
	if (reading->work < units) {
		reading->work = 0;
		reading->limit_hit = true;
		return false;
	}
	reading->work -= units;
	return true;
}

static void mark(struct hl_reading *r, uint32_t atom)
{
	uint64_t bit = 1ull << (atom % 64);
	if (r->bits[atom / 64] & bit)
		return;
	uint32_t *place = HL_PUSH(&r->scratch->turn, r->list, r->n_list, r->cap_list);
	if (!place) {
		r->failed = true;
		return;
	}
	*place = atom;
	r->bits[atom / 64] |= bit;
	r->heads[atom] = HL_NOWHERE;
	r->signature |= HL_ATOM_BIT(atom);
}

/* Words are read from the last to the first, so that each list comes out from left to right. */
static void occur(struct hl_reading *r, uint32_t atom, struct hl_occurrence occurrence)
{
	struct hl_occurrence *item = HL_PUSH(&r->scratch->turn, r->items, r->n_items, r->cap_items);
	mark(r, atom);
	if (!item || r->failed) {
		r->failed = true;
		return;
	}
	*item = occurrence;
	item->next = r->heads[atom];
	r->heads[atom] = (uint32_t)(r->n_items - 1);
}

static bool beside_number(const struct hl_utterance *u, uint32_t word)
{
	const struct hl_word *words = u->words;
	const struct hl_word *left = word && words[word].glued ? &words[word - 1] : NULL;
	const struct hl_word *right =
		word + 1 < u->n_words && words[word + 1].glued ? &words[word + 1] : NULL;
	return (left && (left->kind == HL_WORD_NUMBER || left->kind == HL_WORD_HAN)) ||
	       (right && (right->kind == HL_WORD_NUMBER || right->kind == HL_WORD_HAN));
}

static void read_spellings(struct hl_reading *r, uint32_t start, uint32_t at, uint32_t node)
{
	const struct hl_spellings *set = &r->rules->spellings;
	for (uint32_t s = node ? set->heads[node] : HL_NO_SPELLING; s != HL_NO_SPELLING;
	     s = set->items[s].next) {
		const struct hl_spelling *spelling = &set->items[s];
		if (spelling->lone && !beside_number(r->utterance, start))
			continue;
		occur(r, spelling->atom,
		      (struct hl_occurrence){.word = start,
					     .n = at - start,
					     .insisted = spelling->insisted,
					     .value = spelling->value});
	}
	if (at == r->utterance->n_words || r->failed)
		return;
	for (uint32_t i = 0; i < r->counts[at]; i++) {
		uint32_t atom = r->symbols[r->first[at] + i];
		if (!node && !r->rules->vocab.atoms[atom].opens)
			continue;
		uint32_t next = hl_spellings_next(set, node, atom);
		if (next)
			read_spellings(r, start, at + 1, next);
	}
}

static void read_types(struct hl_reading *r, uint32_t word)
{
	for (uint32_t kind = 0; kind <= HL_SLOT_PATTERN; kind++) {
		if (!(r->rules->types >> kind & 1))
			continue;
		uint32_t n = hl_type_at((enum hl_slot_kind)kind, r->utterance, word);
		if (n)
			occur(r, r->rules->type_atoms[kind],
			      (struct hl_occurrence){.word = word, .n = n, .insisted = UINT32_MAX});
	}
}

static void read_word(struct hl_reading *r, uint32_t w)
{
	uint32_t atoms[SYMBOLS_MAX];
	size_t n = hl_vocab_look(atoms, SYMBOLS_MAX, &r->rules->vocab, &r->utterance->words[w]);
	r->first[w] = (uint32_t)r->n_symbols;
	r->counts[w] = (uint8_t)n;
	for (size_t i = 0; i < n; i++) {
		uint32_t *symbol =
			HL_PUSH(&r->scratch->turn, r->symbols, r->n_symbols, r->cap_symbols);
		if (!symbol) {
			r->failed = true;
			return;
		}
		*symbol = atoms[i];
		occur(r, atoms[i],
		      (struct hl_occurrence){.word = w, .n = 1, .insisted = UINT32_MAX});
	}
	if (n)
		read_spellings(r, w, w, 0);
	if (r->rules->types)
		read_types(r, w);
}

static void literal_found(void *arg, uint32_t literal)
{
	struct hl_reading *r = arg;
	mark(r, r->rules->literal_atoms[literal]);
}

static const uint16_t *count_bytes(struct hl_arena *turn, struct hl_str text)
{
	uint16_t *bytes = HL_NEW_ARRAY(turn, 256, uint16_t);
	for (size_t i = 0; bytes && i < text.len; i++) {
		uint16_t *n = &bytes[(unsigned char)text.ptr[i]];
		*n = (uint16_t)(*n + (*n < UINT16_MAX));
	}
	return bytes;
}

int hl_reading_make(struct hl_reading *out, struct hl_scratch *scratch,
		    const struct hl_ruleset *rules, const struct hl_utterance *u)
{
	struct hl_arena *turn = &scratch->turn;
	size_t n = u->n_words, n_atoms = rules->vocab.n + 1;
	*out = (struct hl_reading){
		.scratch = scratch, .rules = rules, .utterance = u, .work = HL_WORK_MAX};
	out->bits = HL_NEW_ARRAY(turn, n_atoms / 64 + 1, uint64_t);
	out->searched = HL_NEW_ARRAY(turn, rules->n_slot_patterns / 64 + 1, uint64_t);
	out->heads = hl_arena_array(turn, n_atoms, sizeof *out->heads);
	out->first = hl_arena_array(turn, n + 1, sizeof *out->first);
	out->counts = hl_arena_array(turn, n + 1, sizeof *out->counts);
	out->size_before = hl_arena_array(turn, n + 1, sizeof *out->size_before);
	out->places = HL_NEW_ARRAY(turn, 2 * n + 2, uint32_t);
	if (!out->bits || !out->searched || !out->heads || !out->first || !out->counts ||
	    !out->size_before || !out->places)
		return HL_NOMEM;
	out->bytes = rules->n_patterns ? count_bytes(turn, u->normal.text) : NULL;
	if (rules->n_patterns && !out->bytes)
		return HL_NOMEM;
	out->size_before[0] = 0;
	for (size_t w = 0; w < n; w++)
		out->size_before[w + 1] = out->size_before[w] + u->words[w].size2;
	for (size_t w = n; w-- && !out->failed;)
		read_word(out, (uint32_t)w);
	if (rules->n_literals)
		hl_literals_scan(&rules->literals, u->normal.text, literal_found, out);
	return out->failed ? HL_NOMEM : HL_OK;
}

uint32_t hl_reading_words(uint32_t *first, const struct hl_reading *reading, size_t start,
			  size_t end)
{
	const struct hl_word *words = reading->utterance->words;
	size_t n = reading->utterance->n_words, w = 0, count = 0;
	while (w < n && words[w].end <= start)
		w++;
	while (w + count < n && words[w + count].start < end)
		count++;
	*first = (uint32_t)w;
	return (uint32_t)count;
}

/* A slot's pattern: every place where it matches whole or part words. */
static void search_pattern(struct hl_reading *r, uint32_t atom)
{
	const struct hl_pattern *pattern =
		&r->rules->slot_patterns[r->rules->vocab.atoms[atom].index];
	struct hl_occurrence found[32];
	size_t n = 0;
	size_t from = 0;
	struct hl_pcre_match match;
	while (n < sizeof found / sizeof *found &&
	       hl_pcre_search(&match, r, pattern, from) == HL_OK) {
		uint32_t word, count = hl_reading_words(&word, r, match.start, match.end);
		if (count && match.end > match.start)
			found[n++] = (struct hl_occurrence){
				.word = word, .n = count, .insisted = UINT32_MAX};
		from = match.end > match.start ? match.end : match.end + 1;
	}
	while (n)
		occur(r, atom, found[--n]);
}

uint32_t hl_reading_find(struct hl_reading *reading, uint32_t atom)
{
	if (atom == HL_NO_ATOM)
		return HL_NOWHERE;
	if (reading->bits[atom / 64] >> (atom % 64) & 1)
		return reading->heads[atom];
	const struct hl_atom *a = &reading->rules->vocab.atoms[atom];
	if (a->kind != HL_ATOM_PATTERN || reading->searched[a->index / 64] >> (a->index % 64) & 1)
		return HL_NOWHERE;
	reading->searched[a->index / 64] |= 1ull << (a->index % 64);
	search_pattern(reading, atom);
	return reading->bits[atom / 64] >> (atom % 64) & 1 ? reading->heads[atom] : HL_NOWHERE;
}
