/* Words as numbers. Knows what a message's word may be called by rules (itself, a form with
   repeated letters squeezed, a beginning, a near miss) and nothing about the rules themselves. */
#include "ruleset/vocab.h"

#include <string.h>

#include "prefilter/borders.h"

void hl_vocab_init(struct hl_vocab *vocab, struct hl_arena *arena)
{
	memset(vocab, 0, sizeof *vocab);
	vocab->arena = arena;
}

/* ------------------------------------------------------------------ atoms */

static bool is_atom(const struct hl_atom *a, const struct hl_atom *b)
{
	return a->kind == b->kind && a->index == b->index && a->typos == b->typos &&
	       a->prefix == b->prefix && hl_str_eq(a->text, b->text);
}

/* The slot of the atom, or the free one where it belongs; the table is never full. */
static size_t slot_of(const struct hl_vocab *vocab, const struct hl_atom *atom)
{
	uint64_t rest =
		(uint64_t)atom->index << 8 | (unsigned)atom->kind << 4 | (unsigned)atom->typos << 1;
	uint64_t hash = hl_str_mix(atom->text) + (rest | atom->prefix) * 0x9e3779b97f4a7c15u;
	size_t mask = vocab->n_slots - 1, slot = (size_t)(hash ^ hash >> 32) & mask;
	while (vocab->slots[slot] && !is_atom(&vocab->atoms[vocab->slots[slot] - 1], atom))
		slot = (slot + 1) & mask;
	return slot;
}

static bool set_slots(struct hl_vocab *vocab, size_t n)
{
	uint32_t *slots = HL_NEW_ARRAY(vocab->arena, n, uint32_t);
	if (!slots)
		return false;
	vocab->slots = slots;
	vocab->n_slots = n;
	for (size_t a = 0; a < vocab->n; a++)
		slots[slot_of(vocab, &vocab->atoms[a])] = (uint32_t)a + 1;
	return true;
}

bool hl_vocab_reserve(struct hl_vocab *vocab, size_t n)
{
	size_t wanted = 64;
	while (wanted < n * 2)
		wanted *= 2;
	vocab->atoms = hl_arena_array(vocab->arena, n + 1, sizeof *vocab->atoms);
	vocab->cap = n + 1;
	return vocab->atoms && set_slots(vocab, wanted);
}

static uint32_t find_atom(const struct hl_vocab *vocab, const struct hl_atom *like)
{
	return vocab->n_slots ? vocab->slots[slot_of(vocab, like)] - 1 : HL_NO_ATOM;
}

static uint32_t find_word(const struct hl_vocab *vocab, struct hl_str word)
{
	return find_atom(vocab, &(struct hl_atom){.kind = HL_ATOM_WORD, .text = word});
}

static uint32_t add_atom(struct hl_vocab *vocab, struct hl_atom like)
{
	if (vocab->n * 3 >= vocab->n_slots * 2 &&
	    !set_slots(vocab, vocab->n_slots ? vocab->n_slots * 2 : 64))
		return HL_NO_ATOM;
	uint32_t *slot = &vocab->slots[slot_of(vocab, &like)];
	if (*slot)
		return *slot - 1;
	like.text = hl_arena_dup(vocab->arena, like.text);
	struct hl_atom *atom =
		like.text.ptr ? HL_PUSH(vocab->arena, vocab->atoms, vocab->n, vocab->cap) : NULL;
	if (!atom)
		return HL_NO_ATOM;
	*atom = like;
	*slot = (uint32_t)vocab->n;
	return *slot - 1;
}

static uint16_t length_of(struct hl_str word)
{
	size_t length = hl_utf8_count(word);
	return (uint16_t)(length < UINT16_MAX ? length : UINT16_MAX);
}

uint32_t hl_vocab_word(struct hl_vocab *vocab, struct hl_str word)
{
	return add_atom(vocab, (struct hl_atom){.kind = HL_ATOM_WORD, .text = word});
}

uint32_t hl_vocab_prefix(struct hl_vocab *vocab, struct hl_str word)
{
	struct hl_atom like = {
		.kind = HL_ATOM_PREFIX, .text = word, .prefix = true, .length = length_of(word)};
	return add_atom(vocab, like);
}

uint32_t hl_vocab_typo(struct hl_vocab *vocab, struct hl_str word, unsigned typos, bool prefix)
{
	struct hl_atom like = {.kind = HL_ATOM_TYPO,
			       .text = word,
			       .typos = (uint8_t)typos,
			       .prefix = prefix,
			       .length = length_of(word)};
	return add_atom(vocab, like);
}

uint32_t hl_vocab_index(struct hl_vocab *vocab, enum hl_atom_kind kind, uint32_t index)
{
	return add_atom(vocab, (struct hl_atom){.kind = (uint8_t)kind, .index = index});
}

uint32_t hl_vocab_literal(struct hl_vocab *vocab, struct hl_str text, unsigned borders)
{
	struct hl_atom like = {.kind = HL_ATOM_LITERAL, .text = text, .index = borders};
	return add_atom(vocab, like);
}

uint32_t hl_vocab_find(const struct hl_vocab *vocab, enum hl_atom_kind kind, uint32_t index)
{
	for (size_t i = 0; i < vocab->n; i++)
		if (vocab->atoms[i].kind == kind && vocab->atoms[i].index == index)
			return (uint32_t)i;
	return HL_NO_ATOM;
}

/* ------------------------------------------------------------------ words of the rules */

#define WORD_BYTES_MAX 512 /* of a word that is worth knowing */

/* Up to eight bytes as a number, the first lowest. */
static uint64_t load(const char *p, size_t n)
{
	uint64_t v = 0;
	memcpy(&v, p, n < sizeof v ? n : sizeof v);
	return HL_LITTLE_ENDIAN(v);
}

/* Quick rather than good: what is found is compared. The upper bits are the mixed ones. */
static inline uint64_t hash_key(uint64_t key)
{
	return key * 0x9e3779b97f4a7c15u;
}

/* The letters behind a word's first eight go by eights, the last ones up to its end. Gives where
   the eight after those at `at` begin; the word's last eight are the end. */
static inline size_t next_eight(size_t at, size_t len)
{
	size_t last = len - sizeof(uint64_t);
	return at + sizeof(uint64_t) < last ? at + sizeof(uint64_t) : last;
}

static inline uint64_t hash_rest(uint64_t hash, struct hl_str text)
{
	for (size_t at = 0; at + sizeof hash < text.len;) {
		at = next_eight(at, text.len);
		hash = hash_key((hash ^ hash >> 32) + load(text.ptr + at, sizeof hash));
	}
	return hash;
}

static inline bool is_rest(const uint32_t *pool, struct hl_str text)
{
	for (size_t at = 0; at + sizeof(uint64_t) < text.len; pool += 2) {
		at = next_eight(at, text.len);
		if (memcmp(pool, text.ptr + at, sizeof(uint64_t)) != 0)
			return false;
	}
	return true;
}

static inline uint32_t place_of(const struct hl_vocab *vocab, uint64_t key, struct hl_str text)
{
	uint64_t hash = hash_key(key);
	if (text.len > sizeof key)
		hash = hash_rest(hash, text);
	return (uint32_t)(hash >> vocab->known_shift);
}

/* Numbers of the pool that hold the letters behind a word's first eight. */
static inline size_t rest_of(size_t len)
{
	return len > sizeof(uint64_t) ? (len - 1) / sizeof(uint64_t) * 2 : 0;
}

#define TOLD_MAX 32
#define RUN_MAX 48 /* bytes of a word whose literals are told */
#define LEN_MASK ((1u << HL_KNOWN_TOLD) - 1)

_Static_assert(WORD_BYTES_MAX <= LEN_MASK && TOLD_MAX + 1 <= UINT16_MAX >> HL_KNOWN_TOLD &&
		       HL_TRIE_TEXT_MAX <= 1u << (32 - HL_TOLD_ATOM),
	       "what a known word and a told literal have room for");

struct knowing {
	struct hl_vocab *vocab;
	const struct hl_literals *literals;
	struct hl_map open; /* runs with which a literal begins or ends that has more than one */
	struct hl_known *slots;
	uint32_t *pool;
	size_t n, cap;
};

/* Four bytes, as they stand in memory. */
static bool put(struct knowing *k, const void *bytes)
{
	uint32_t *place = HL_PUSH(k->vocab->arena, k->pool, k->n, k->cap);
	if (place)
		memcpy(place, bytes, sizeof *place);
	return place != NULL;
}

struct telling {
	uint32_t v[TOLD_MAX];
	size_t n;
	bool full;
};

static void tell(void *arg, uint32_t atom, uint32_t len, uint32_t end)
{
	struct telling *t = arg;
	(void)end; /* it begins with the run */
	t->full |= t->n == TOLD_MAX || atom >> HL_TOLD_ATOM;
	if (!t->full)
		t->v[t->n++] = atom | (len - 1) << HL_TOLD_ATOM;
}

/* All literals of a run that is the word, if no neighbour of it can change them: false: it can. */
static bool tell_literals(struct telling *out, const struct knowing *k, struct hl_str text)
{
	char run[RUN_MAX + 8] = {0};
	out->n = 0;
	out->full = false;
	if (text.len > RUN_MAX || hl_map_get(&k->open, text))
		return false;
	memcpy(run, text.ptr, text.len);
	for (size_t i = 0; i < text.len; i++)
		if (!hl_is_word_byte(run[i]))
			return false;
	return hl_literals_of_run(k->literals, (struct hl_str){run, text.len}, tell, out) &&
	       !out->full;
}

/* A word with all that it is to the rules; one that is too much is looked up like any other. */
static int know(struct knowing *k, struct hl_str text)
{
	struct hl_vocab *vocab = k->vocab;
	uint32_t found[HL_SYMBOLS_MAX];
	struct hl_look look = {.out = found, .max = HL_SYMBOLS_MAX, .work = 1000};
	uint32_t word = find_word(vocab, text);
	if (word != HL_NO_ATOM)
		hl_look_add(&look, word | hl_atom_flag(&vocab->atoms[word]));
	hl_near_find(&look, &vocab->near, vocab->atoms, text, false);
	size_t n_plain = look.n;
	hl_near_find(&look, &vocab->near, vocab->atoms, text, true);
	if (text.len > WORD_BYTES_MAX || look.full || !look.work) {
		vocab->partly = true;
		return HL_OK;
	}
	struct telling told;
	unsigned n_told = tell_literals(&told, k, text) ? (unsigned)told.n + 1 : 0;
	uint64_t key = load(text.ptr, text.len);
	uint32_t slot = place_of(vocab, key, text);
	while (k->slots[slot].key)
		slot = (slot + 1) & vocab->known_mask;
	bool lone = look.n == 1 && !rest_of(text.len) && n_told <= 1, room = true;
	k->slots[slot] = (struct hl_known){.key = key,
					   .place = lone ? found[0] : (uint32_t)k->n,
					   .len = (uint16_t)(text.len | n_told << HL_KNOWN_TOLD),
					   .n = (uint8_t)look.n,
					   .n_plain = (uint8_t)n_plain};
	for (size_t at = 0; at + sizeof key < text.len && room;) {
		at = next_eight(at, text.len);
		room = put(k, text.ptr + at) && put(k, text.ptr + at + 4);
	}
	for (size_t i = 0; i < look.n && room && !lone; i++)
		room = put(k, &found[i]);
	for (unsigned i = 1; i < n_told && room; i++)
		room = put(k, &told.v[i - 1]);
	return room ? HL_OK : HL_NOMEM;
}

/* An everyday word as a text: most of what people write, and hardly ever what rules speak of. */
static struct hl_str everyday(struct hl_arena *work, size_t i)
{
	char letters[sizeof(uint64_t)];
	size_t len = 0;
	for (uint64_t key = hl_text_function_word(i); key; key >>= 8)
		letters[len++] = (char)(key & 0xff);
	return hl_arena_dup(work, (struct hl_str){letters, len});
}

/* The words that rules speak of, and everyday ones, each once. */
static int collect(struct hl_map *out, const struct hl_vocab *vocab, struct hl_arena *work)
{
	hl_map_init(out, work);
	for (size_t i = 0; i < HL_TEXT_FUNCTION_WORDS; i++) {
		struct hl_str word = everyday(work, i);
		if (!word.ptr || (word.len && !hl_map_put(out, word, 0, NULL)))
			return HL_NOMEM;
	}
	for (size_t a = 0; a < vocab->n; a++)
		if (vocab->atoms[a].kind <= HL_ATOM_TYPO && vocab->atoms[a].text.len &&
		    !hl_map_put(out, vocab->atoms[a].text, 0, NULL))
			return HL_NOMEM;
	return HL_OK;
}

/* Of literals like `cash back`: what stands beside `cash` tells whether it is there. */
static int collect_open(struct hl_map *out, const struct hl_vocab *vocab, struct hl_arena *work)
{
	hl_map_init(out, work);
	for (size_t a = 0; a < vocab->n; a++) {
		struct hl_str text = vocab->atoms[a].text;
		size_t head = 0, tail = text.len;
		if (vocab->atoms[a].kind != HL_ATOM_LITERAL)
			continue;
		while (head < text.len && hl_is_word_byte(text.ptr[head]))
			head++;
		while (tail && hl_is_word_byte(text.ptr[tail - 1]))
			tail--;
		if (head == text.len)
			continue;
		if ((head && !hl_map_put(out, hl_str_sub(text, 0, head), 0, NULL)) ||
		    (tail < text.len &&
		     !hl_map_put(out, hl_str_sub(text, tail, SIZE_MAX), 0, NULL)))
			return HL_NOMEM;
	}
	return HL_OK;
}

int hl_vocab_freeze(struct hl_vocab *vocab, struct hl_arena *work,
		    const struct hl_literals *literals)
{
	struct knowing k = {.vocab = vocab, .literals = literals};
	struct hl_map texts;
	unsigned bits = 6;
	int rc = hl_near_build(&vocab->near, vocab->arena, work, vocab->atoms, vocab->n);
	if (rc != HL_OK || collect(&texts, vocab, work) != HL_OK ||
	    collect_open(&k.open, vocab, work) != HL_OK)
		return HL_NOMEM;
	while (bits < 32 && (size_t)1 << bits < texts.n * 3 / 2)
		bits++;
	vocab->known_shift = 64 - bits;
	vocab->known_mask = (uint32_t)((1ull << bits) - 1);
	k.slots = HL_NEW_ARRAY(vocab->arena, (size_t)1 << bits, struct hl_known);
	if (!k.slots)
		return HL_NOMEM;
	for (size_t i = 0; i < texts.n && rc == HL_OK; i++)
		rc = know(&k, texts.entries[i].key);
	vocab->known = k.slots;
	vocab->pool = k.pool;
	return rc;
}

/* `key`: its first eight bytes; `slot`: where it is looked for first. */
static inline const struct hl_known *find_known(const struct hl_vocab *vocab, struct hl_str text,
						uint64_t key, uint32_t slot)
{
	for (; vocab->known[slot].key; slot = (slot + 1) & vocab->known_mask) {
		const struct hl_known *known = &vocab->known[slot];
		if (known->key == key && (known->len & LEN_MASK) == text.len &&
		    (text.len <= sizeof key || is_rest(vocab->pool + known->place, text)))
			return known;
	}
	return NULL;
}

static size_t look_unknown(struct hl_look *look, const struct hl_vocab *vocab, struct hl_str text,
			   bool latin)
{
	uint32_t word = vocab->partly ? find_word(vocab, text) : HL_NO_ATOM;
	if (word != HL_NO_ATOM)
		hl_look_add(look, word | hl_atom_flag(&vocab->atoms[word]));
	hl_near_find(look, &vocab->near, vocab->atoms, text, latin);
	return look->n;
}

/* Atoms of one spelling of a word. */
static inline size_t look_form(const uint32_t **out, struct hl_look *look,
			       const struct hl_vocab *vocab, const struct hl_word *word,
			       uint32_t slot)
{
	const struct hl_known *known = find_known(vocab, word->form, word->key, slot);
	*out = look->out;
	if (!known)
		return look_unknown(look, vocab, word->form, word->latin);
	size_t rest = rest_of(word->form.len);
	unsigned n_told = known->len >> HL_KNOWN_TOLD;
	*out = known->n == 1 && !rest && n_told <= 1 ? &known->place
						     : vocab->pool + known->place + rest;
	look->told = *out + known->n;
	look->n_told = n_told - 1; /* HL_UNTOLD for none */
	return word->latin ? known->n : known->n_plain;
}

uint32_t hl_vocab_ask(const struct hl_vocab *vocab, const struct hl_word *word)
{
	uint32_t slot = place_of(vocab, word->key, word->form);
	__builtin_prefetch(&vocab->known[slot]);
	return slot;
}

void hl_vocab_ask_on(const struct hl_vocab *vocab, uint32_t asked)
{
	const struct hl_known *known = &vocab->known[asked];
	bool pooled = known->n > 1 || known->len >> HL_KNOWN_TOLD > 1;
	__builtin_prefetch(vocab->pool + (pooled ? known->place : 0));
}

/* A word that may be spelt in several ways: all that any of them is. */
static size_t look_forms(struct hl_look *look, const struct hl_vocab *vocab,
			 const struct hl_word *word)
{
	for (size_t i = 0; i <= word->n_also; i++) {
		const uint32_t *atoms;
		struct hl_word spelt = {.form = i ? word->also[i - 1] : word->form,
					.latin = word->latin};
		if (!spelt.form.len)
			continue;
		spelt.key = hl_text_key(spelt.form);
		size_t n = look_form(&atoms, look, vocab, &spelt,
				     place_of(vocab, spelt.key, spelt.form));
		for (size_t j = 0; j < n && atoms != look->out; j++)
			hl_look_add(look, atoms[j]);
	}
	look->n_told = HL_UNTOLD;
	return look->n;
}

size_t hl_vocab_look(const uint32_t **out, struct hl_look *look, const struct hl_vocab *vocab,
		     const struct hl_word *word, uint32_t asked)
{
	look->n = 0;
	look->full = false;
	look->n_told = HL_UNTOLD;
	*out = look->out;
	if (word->kind == HL_WORD_SECRET || !word->form.len)
		return 0;
	if (word->n_also)
		return look_forms(look, vocab, word);
	return look_form(out, look, vocab, word, asked);
}
