/* Looks every word of a message up once, finds the spellings of sets and lists, the things of the
   slot types, and the literals of patterns. Knows places, not rules. */
#include "classify/reading.h"

#include <string.h>

#include "classify/pcre.h"
#include "classify/types.h"
#include "prefilter/borders.h"

#define LITERALS_AHEAD 24 /* words of a message; further ones are asked for by the pass itself */
#define AHEAD 3		  /* words */
#define FREE_PLACES 64	  /* of one literal; further ones cost */
#define PLACES_A_UNIT 4

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

/* Room for one more item, without the zeros and the call of an ordinary push. */
static bool room(struct hl_reading *r, void *items, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return true;
	r->failed |= !hl_vec_room(&r->scratch->turn, items, n, cap, size);
	return !r->failed;
}

static inline struct hl_seen *mark(struct hl_reading *r, uint32_t atom)
{
	if (hl_reading_has(r, atom))
		return &r->seen[r->place[atom]];
	if (r->n_list == r->cap_list) {
		size_t cap = r->cap_list;
		if (!room(r, &r->list, r->n_list, &r->cap_list, sizeof *r->list) ||
		    !room(r, &r->seen, r->n_list, &cap, sizeof *r->seen))
			return NULL;
	}
	r->bits[atom / 64] |= 1ull << (atom % 64);
	__builtin_prefetch(&r->rules->index.atoms[atom]);
	r->place[atom] = (uint32_t)r->n_list;
	r->list[r->n_list] = atom;
	r->seen[r->n_list] = (struct hl_seen){.first = HL_NOWHERE, .last = HL_NOWHERE};
	return &r->seen[r->n_list++];
}

/* Words are read from the last to the first, so that each list comes out from left to right. */
static inline void occur(struct hl_reading *r, uint32_t atom, uint32_t word, uint32_t n,
			 uint32_t insisted, uint32_t value)
{
	struct hl_seen *seen = mark(r, atom);
	if (!seen || !room(r, &r->items, r->n_items, &r->cap_items, sizeof *r->items))
		return;
	r->items[r->n_items] = (struct hl_occurrence){
		.next = seen->first, .word = word, .n = n, .insisted = insisted, .value = value};
	seen->first = (uint32_t)r->n_items++;
	seen->wide |= n != 1 || insisted != UINT32_MAX;
	r->widest = n > r->widest ? n : r->widest;
	seen->low |= 1ull << (word >> r->shift);
}

/* Of one whole word, or of several that all count. */
static inline void stand(struct hl_reading *r, uint32_t atom, uint32_t word, uint32_t n)
{
	occur(r, atom, word, n, UINT32_MAX, 0);
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

static void read_on(struct hl_reading *r, uint32_t start, uint32_t at, uint32_t node,
		    uint32_t atom);

/* What the words from `start` to before `at` spell, and may yet spell. */
static void read_spellings(struct hl_reading *r, uint32_t start, uint32_t at, uint32_t node)
{
	const struct hl_spellings *set = &r->rules->spellings;
	/* many rows of a set may go the same way: each step counts */
	if (!hl_reading_spend(r, 1))
		return;
	for (uint32_t s = set->heads[node]; s != HL_NO_SPELLING; s = set->items[s].next) {
		const struct hl_spelling *spelling = &set->items[s];
		if (spelling->lone && !beside_number(r->utterance, start))
			continue;
		occur(r, spelling->atom, start, at - start, spelling->insisted, spelling->value);
	}
	for (uint32_t i = 0; at < r->utterance->n_words && !r->failed && i < r->counts[at]; i++)
		read_on(r, start, at, node, r->symbols[r->first[at] + i]);
}

static void read_on(struct hl_reading *r, uint32_t start, uint32_t at, uint32_t node, uint32_t atom)
{
	uint32_t next = hl_spellings_next(&r->rules->spellings, node, atom);
	if (next)
		read_spellings(r, start, at + 1, next);
}

static void read_types(struct hl_reading *r, uint32_t word)
{
	for (uint32_t kind = 0; kind <= HL_SLOT_PATTERN; kind++) {
		if (!(r->rules->types >> kind & 1))
			continue;
		uint32_t n = hl_type_at((enum hl_slot_kind)kind, r->utterance, word);
		if (n)
			stand(r, r->rules->type_atoms[kind], word, n);
	}
}

/* A word that is a whole run of \w, letter by letter, tells its literals. */
static void take_told(struct hl_reading *r, const struct hl_look *look, const struct hl_word *word)
{
	const char *text = r->utterance->normal.text.ptr;
	uint32_t start = word->start, end = word->end;
	if (word->form.ptr != text + start || word->form.len != end - start ||
	    (start && hl_is_word_byte(text[start - 1])) || hl_is_word_byte(text[end]))
		return;
	r->known[start / 64] |= 1ull << (start % 64);
	r->known[end / 64] |= 1ull << (end % 64);
	if (look->n_told)
		r->told[r->n_told++] = (struct hl_told){look->told, look->n_told, start};
}

static void read_word(struct hl_reading *r, struct hl_look *look, uint32_t w)
{
	const uint32_t *atoms;
	uint32_t opens = 0;
	look->work = r->work;
	size_t n =
		hl_vocab_look(&atoms, look, &r->rules->vocab, &r->utterance->words[w], r->first[w]);
	hl_reading_spend(r, r->work - look->work);
	r->limit_hit |= look->full || !look->work;
	if (look->n_told != HL_UNTOLD)
		take_told(r, look, &r->utterance->words[w]);
	r->first[w] = (uint32_t)r->n_symbols;
	r->counts[w] = (uint8_t)n;
	for (size_t i = 0; i < n; i++) {
		uint32_t atom = atoms[i] & ~HL_ATOM_OPENS;
		if (!room(r, &r->symbols, r->n_symbols, &r->cap_symbols, sizeof *r->symbols))
			return;
		r->symbols[r->n_symbols++] = atom;
		opens |= atoms[i] & HL_ATOM_OPENS;
		stand(r, atom, w, 1);
	}
	if (opens && hl_reading_spend(r, 1))
		for (size_t i = 0; i < n && !r->failed; i++)
			if (atoms[i] & HL_ATOM_OPENS)
				read_on(r, w, w, 0, atoms[i] & ~HL_ATOM_OPENS);
	if (r->rules->types)
		read_types(r, w);
}

static void hit(struct hl_reading *r, uint32_t atom, uint32_t len, uint32_t end)
{
	struct hl_seen *seen = mark(r, atom);
	if (!seen || !room(r, &r->hits, r->n_hits, &r->cap_hits, sizeof *r->hits))
		return;
	if (seen->n >= FREE_PLACES && seen->n % PLACES_A_UNIT == 0 && !hl_reading_spend(r, 1))
		return; /* nothing is searched for any more */
	seen->n++;
	seen->len = (uint16_t)len;
	r->hits[r->n_hits++] = (struct hl_literal_hit){(uint32_t)(seen - r->seen), end};
}

/* Those of words that begin before `place`. */
static inline void hit_told(struct hl_reading *r, uint32_t place)
{
	while (r->n_told && r->told[r->n_told - 1].start < place) {
		const struct hl_told *told = &r->told[--r->n_told];
		for (uint32_t i = 0; i < told->n; i++) {
			uint32_t len = (told->v[i] >> HL_TOLD_ATOM) + 1;
			hit(r, told->v[i] & ((1u << HL_TOLD_ATOM) - 1), len, told->start + len);
		}
	}
}

/* All that words tell stands where a run begins: at such places the pass goes from left to right,
   and those before its place are told first. */
static void literal_found(void *arg, uint32_t atom, uint32_t len, uint32_t end)
{
	hit_told(arg, end - len);
	hit(arg, atom, len, end);
}

static void find_literals(struct hl_reading *r)
{
	r->literals = (uint32_t)r->n_list;
	hl_literals_scan(&r->rules->literals, r->utterance->normal.text, r->known, literal_found,
			 r);
	hit_told(r, UINT32_MAX);
	r->n_literals = (uint32_t)r->n_list - r->literals;
}

static void *cut_off(char **room, size_t n, size_t size)
{
	char *from = *room;
	*room += n * size;
	return from;
}

/* All that a message always needs, in one piece: the widest numbers first. */
static bool lay_out(struct hl_reading *r, struct hl_look *look, size_t n_atoms)
{
	size_t n = r->utterance->n_words + 1, cap = 64 + 2 * n;
	size_t n_bits = n_atoms / 64 + 1, n_searched = r->rules->n_slot_patterns / 64 + 1;
	size_t n_known = r->utterance->normal.text.len / 64 + 1;
	size_t n_zero = (n_bits + n_searched + n_known) * sizeof(uint64_t);
	size_t numbers = n_atoms + 2 * cap + 2 * n + HL_SYMBOLS_MAX;
	char *room = hl_arena_alloc(
		&r->scratch->turn,
		n_zero + n * sizeof *r->told +
			cap * (sizeof *r->seen + sizeof *r->items + sizeof *r->hits) +
			numbers * sizeof(uint32_t) + n);
	if (!room)
		return false;
	memset(room, 0, n_zero);
	r->bits = cut_off(&room, n_bits, sizeof *r->bits);
	r->searched = cut_off(&room, n_searched, sizeof *r->searched);
	r->known = cut_off(&room, n_known, sizeof *r->known);
	r->told = cut_off(&room, n, sizeof *r->told);
	r->seen = cut_off(&room, cap, sizeof *r->seen);
	r->items = cut_off(&room, cap, sizeof *r->items);
	r->hits = cut_off(&room, cap, sizeof *r->hits);
	r->list = cut_off(&room, cap, sizeof *r->list);
	r->symbols = cut_off(&room, cap, sizeof *r->symbols);
	r->place = cut_off(&room, n_atoms, sizeof *r->place);
	r->first = cut_off(&room, n, sizeof *r->first);
	r->size_before = cut_off(&room, n, sizeof *r->size_before);
	look->out = cut_off(&room, HL_SYMBOLS_MAX, sizeof *look->out);
	r->counts = cut_off(&room, n, sizeof *r->counts);
	r->cap_list = r->cap_symbols = r->cap_items = r->cap_hits = cap;
	return true;
}

int hl_reading_make(struct hl_reading *out, struct hl_scratch *scratch,
		    const struct hl_ruleset *rules, const struct hl_utterance *u)
{
	size_t n = u->n_words;
	*out = (struct hl_reading){.scratch = scratch,
				   .rules = rules,
				   .utterance = u,
				   .work = HL_WORK_MAX,
				   .widest = 1,
				   .n_blocks = n / 64 + 1};
	struct hl_look look = {.max = HL_SYMBOLS_MAX};
	while (n >> out->shift > 63)
		out->shift++;
	if (!lay_out(out, &look, rules->vocab.n + 1))
		return HL_NOMEM;
	out->size_before[0] = 0;
	for (size_t w = 0; w < n; w++) {
		out->size_before[w + 1] = out->size_before[w] + u->words[w].size2;
		out->first[w] = hl_vocab_ask(&rules->vocab, &u->words[w]);
	}
	for (size_t w = n; w-- && !out->failed;) {
		if (w >= AHEAD)
			hl_vocab_ask_on(&rules->vocab, out->first[w - AHEAD]);
		read_word(out, &look, (uint32_t)w);
		if (w < LITERALS_AHEAD && look.n_told == HL_UNTOLD)
			hl_literals_ask(&rules->literals, u->normal.text.ptr + u->words[w].start);
	}
	if (!out->failed)
		find_literals(out);
	return out->failed ? HL_NOMEM : HL_OK;
}

bool hl_reading_gaps(struct hl_reading *r)
{
	const struct hl_utterance *u = r->utterance;
	uint32_t n = (uint32_t)u->n_words, end = 0;
	if (r->gap_end)
		return true;
	r->gap_end = hl_arena_array(&r->scratch->turn, (size_t)n + 1, sizeof *r->gap_end);
	for (uint32_t p = 0; r->gap_end && p <= n; p++) {
		end = end > p ? end : p;
		while (end < n && r->size_before[end] - r->size_before[p] <= HL_GAP_SIZE2 &&
		       u->words[end].sentence == u->words[p ? p - 1 : 0].sentence)
			end++;
		r->gap_end[p] = end;
	}
	r->failed |= !r->gap_end;
	return r->gap_end != NULL;
}

bool hl_reading_ends(struct hl_reading *r)
{
	if (r->ends)
		return true;
	uint32_t *ends = hl_arena_array(&r->scratch->turn, r->n_hits, sizeof *ends), at = 0;
	for (uint32_t i = r->literals; i < r->literals + r->n_literals; i++) {
		struct hl_seen *seen = &r->seen[i];
		seen->first = seen->last = at;
		at += seen->n;
	}
	while (r->utterance->normal.text.len >> r->byte_shift > 63)
		r->byte_shift++;
	for (size_t i = 0; ends && i < r->n_hits; i++) {
		struct hl_seen *seen = &r->seen[r->hits[i].seen];
		uint32_t end = r->hits[i].end;
		ends[seen->last++] = end;
		seen->low |= 1ull << ((end - seen->len) >> r->byte_shift);
	}
	r->ends = ends;
	r->failed |= !ends;
	return ends != NULL;
}

bool hl_gap_ends(const struct hl_reading *r, uint32_t place)
{
	uint32_t n = (uint32_t)r->utterance->n_words;
	return r->gap_end[place] == n && r->size_before[n] - r->size_before[place] <= HL_GAP_SIZE2;
}

const uint64_t *hl_reading_map(struct hl_reading *r, struct hl_seen *seen)
{
	if (r->n_blocks == 1)
		return &seen->low;
	if (seen->map)
		return seen->map;
	seen->map = HL_NEW_ARRAY(&r->scratch->turn, r->n_blocks, uint64_t);
	r->failed |= !seen->map;
	for (uint32_t o = seen->first; seen->map && o != HL_NOWHERE; o = r->items[o].next)
		seen->map[r->items[o].word / 64] |= 1ull << (r->items[o].word % 64);
	return seen->map;
}

uint32_t hl_reading_words(uint32_t *first, const struct hl_reading *reading, size_t start,
			  size_t end)
{
	const struct hl_word *words = reading->utterance->words;
	size_t n = reading->utterance->n_words, low = 0, high = n;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (words[middle].end <= start)
			low = middle + 1;
		else
			high = middle;
	}
	*first = (uint32_t)low;
	for (high = n; low < high;) {
		size_t middle = (low + high) / 2;
		if (words[middle].start < end)
			low = middle + 1;
		else
			high = middle;
	}
	return (uint32_t)low - *first;
}

/* A slot's pattern: every place where it matches whole or part words. */
static void search_pattern(struct hl_reading *r, uint32_t atom)
{
	const struct hl_pattern *pattern =
		&r->rules->slot_patterns[r->rules->vocab.atoms[atom].index];
	struct {
		uint32_t word, n;
	} found[32];
	size_t n = 0, from = 0;
	struct hl_pcre_match match;
	while (n < sizeof found / sizeof *found &&
	       hl_pcre_search(&match, r, pattern, from) == HL_OK) {
		found[n].n = hl_reading_words(&found[n].word, r, match.start, match.end);
		n += found[n].n && match.end > match.start;
		from = match.end > match.start ? match.end : match.end + 1;
	}
	for (; n; n--)
		stand(r, atom, found[n - 1].word, found[n - 1].n);
}

struct hl_seen *hl_reading_seen(struct hl_reading *reading, uint32_t atom)
{
	if (atom == HL_NO_ATOM)
		return NULL;
	if (hl_reading_has(reading, atom))
		return &reading->seen[reading->place[atom]];
	const struct hl_ruleset *rules = reading->rules;
	if (!rules->n_slot_patterns || rules->vocab.atoms[atom].kind != HL_ATOM_PATTERN)
		return NULL;
	uint32_t pattern = rules->vocab.atoms[atom].index;
	if (reading->searched[pattern / 64] >> (pattern % 64) & 1)
		return NULL;
	reading->searched[pattern / 64] |= 1ull << (pattern % 64);
	search_pattern(reading, atom);
	return hl_reading_has(reading, atom) ? &reading->seen[reading->place[atom]] : NULL;
}

uint32_t hl_reading_find(struct hl_reading *reading, uint32_t atom)
{
	const struct hl_seen *seen = hl_reading_seen(reading, atom);
	return seen ? seen->first : HL_NOWHERE;
}
