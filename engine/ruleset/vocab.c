/* Words as numbers. Knows what a message's word may be called by rules (itself, a form with
   repeated letters squeezed, a beginning, a near miss) and nothing about the rules themselves. */
#include "ruleset/vocab.h"

#include <string.h>

void hl_vocab_init(struct hl_vocab *vocab, struct hl_arena *arena)
{
	memset(vocab, 0, sizeof *vocab);
	vocab->arena = arena;
	hl_map_init(&vocab->words, arena);
	hl_map_init(&vocab->other, arena);
}

static uint32_t add_atom(struct hl_vocab *vocab, struct hl_map *map, struct hl_str key,
			 bool *is_new)
{
	*is_new = false;
	uint32_t *known = hl_map_get(map, key);
	if (known)
		return *known;
	struct hl_str kept = hl_arena_dup(vocab->arena, key);
	if (!kept.ptr)
		return HL_NO_ATOM;
	struct hl_atom *atom = HL_PUSH(vocab->arena, vocab->atoms, vocab->n, vocab->cap);
	if (!atom)
		return HL_NO_ATOM;
	if (!hl_map_put(map, kept, (uint32_t)(vocab->n - 1), is_new))
		return HL_NO_ATOM;
	atom->text = kept;
	return (uint32_t)(vocab->n - 1);
}

uint32_t hl_vocab_word(struct hl_vocab *vocab, struct hl_str word)
{
	bool is_new;
	return add_atom(vocab, &vocab->words, word, &is_new);
}

/* Key of an atom that is no plain word: kind, slips, prefix, then the text. */
static uint32_t add_other(struct hl_vocab *vocab, struct hl_atom like, bool *is_new)
{
	struct hl_buf key;
	hl_buf_init(&key, vocab->arena);
	hl_buf_char(&key, (char)('a' + like.kind));
	hl_buf_char(&key, (char)('0' + like.typos));
	hl_buf_char(&key, like.prefix ? '~' : ' ');
	hl_buf_u64(&key, like.index);
	hl_buf_char(&key, ' ');
	size_t head = key.len;
	hl_buf_str(&key, like.text);
	if (key.failed)
		return HL_NO_ATOM;
	uint32_t id = add_atom(vocab, &vocab->other, hl_buf_view(&key), is_new);
	if (id == HL_NO_ATOM || !*is_new)
		return id;
	struct hl_atom *atom = &vocab->atoms[id];
	struct hl_str text = hl_str_sub(atom->text, head, SIZE_MAX);
	*atom = like;
	atom->text = text;
	return id;
}

static uint16_t length_of(struct hl_str word)
{
	size_t length = hl_utf8_count(word);
	return (uint16_t)(length < UINT16_MAX ? length : UINT16_MAX);
}

uint32_t hl_vocab_prefix(struct hl_vocab *vocab, struct hl_str word)
{
	bool is_new;
	struct hl_atom like = {
		.kind = HL_ATOM_PREFIX, .text = word, .prefix = true, .length = length_of(word)};
	return add_other(vocab, like, &is_new);
}

uint32_t hl_vocab_typo(struct hl_vocab *vocab, struct hl_str word, unsigned typos, bool prefix)
{
	bool is_new;
	struct hl_atom like = {.kind = HL_ATOM_TYPO,
			       .text = word,
			       .typos = (uint8_t)typos,
			       .prefix = prefix,
			       .length = length_of(word)};
	return add_other(vocab, like, &is_new);
}

uint32_t hl_vocab_index(struct hl_vocab *vocab, enum hl_atom_kind kind, uint32_t index)
{
	bool is_new;
	return add_other(vocab, (struct hl_atom){.kind = (uint8_t)kind, .index = index}, &is_new);
}

uint32_t hl_vocab_literal(struct hl_vocab *vocab, struct hl_str text, unsigned borders)
{
	bool is_new;
	struct hl_atom like = {.kind = HL_ATOM_LITERAL, .text = text, .index = borders};
	return add_other(vocab, like, &is_new);
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

static uint64_t load(const char *p, size_t n)
{
	uint64_t v = 0;
	memcpy(&v, p, n);
	return v;
}

/* Quick rather than good: what is found is compared. */
static uint32_t hash_word(struct hl_str word)
{
	uint64_t hash = word.len;
	const char *p = word.ptr;
	size_t n = word.len;
	for (; n > 8; n -= 8, p += 8)
		hash = (hash ^ load(p, 8)) * 0x9e3779b97f4a7c15u;
	if (n >= 4)
		hash ^= load(p, 4) | load(p + n - 4, 4) << 32;
	else
		for (size_t i = 0; i < n; i++)
			hash ^= (uint64_t)(unsigned char)p[i] << (8 * i + 8);
	hash *= 0x9e3779b97f4a7c15u;
	return (uint32_t)(hash >> 32 ^ hash >> 15);
}

/* What stands in the pool before a word's letters: its bytes, its atoms, and how many of these are
   no near misses. */
static uint32_t head_of(size_t len, size_t n, size_t n_plain)
{
	return (uint32_t)(len << 16 | n << 8 | n_plain);
}

struct knowing {
	struct hl_known_slot *slots;
	size_t mask;
	struct hl_arena *arena;
	uint32_t *pool;
	size_t n, cap;
	bool partly;
};

static struct hl_known_slot *free_slot(struct knowing *k, uint32_t hash, struct hl_str text)
{
	size_t slot = hash & k->mask;
	for (; k->slots[slot].place; slot = (slot + 1) & k->mask) {
		const uint32_t *known = k->pool + k->slots[slot].place;
		if (k->slots[slot].hash == hash && known[0] >> 16 == text.len &&
		    memcmp(known + 1, text.ptr, text.len) == 0)
			return NULL;
	}
	return &k->slots[slot];
}

static bool put_u32(struct knowing *k, uint32_t value)
{
	uint32_t *place = HL_PUSH(k->arena, k->pool, k->n, k->cap);
	if (place)
		*place = value;
	return place != NULL;
}

/* A word of the rules with all that it is; one that is too much is looked up like any other. */
static int know(struct knowing *k, const struct hl_vocab *vocab, struct hl_str text)
{
	uint32_t found[HL_SYMBOLS_MAX];
	struct hl_look look = {.out = found, .max = HL_SYMBOLS_MAX, .work = 1000};
	if (text.len > WORD_BYTES_MAX) {
		k->partly = true;
		return HL_OK;
	}
	uint32_t hash = hash_word(text);
	struct hl_known_slot *slot = free_slot(k, hash, text);
	if (!slot)
		return HL_OK;
	const uint32_t *word = hl_map_get(&vocab->words, text);
	if (word)
		hl_look_add(&look, *word);
	hl_near_find(&look, &vocab->near, vocab->atoms, text, false);
	size_t n_plain = look.n;
	hl_near_find(&look, &vocab->near, vocab->atoms, text, true);
	if (look.full || !look.work) {
		k->partly = true;
		return HL_OK;
	}
	*slot = (struct hl_known_slot){hash, (uint32_t)k->n};
	bool room = put_u32(k, head_of(text.len, look.n, n_plain));
	for (size_t i = 0; i < text.len && room; i += 4)
		room = put_u32(k,
			       (uint32_t)load(text.ptr + i, text.len - i < 4 ? text.len - i : 4));
	for (size_t i = 0; i < look.n && room; i++)
		room = put_u32(k, found[i]);
	return room ? HL_OK : HL_NOMEM;
}

int hl_vocab_freeze(struct hl_vocab *vocab, struct hl_arena *work)
{
	struct knowing k = {.arena = vocab->arena, .mask = 63};
	int rc = hl_near_build(&vocab->near, vocab->arena, work, vocab->atoms, vocab->n);
	while (k.mask < vocab->n * 2)
		k.mask = k.mask * 2 + 1;
	k.slots = HL_NEW_ARRAY(vocab->arena, k.mask + 1, struct hl_known_slot);
	if (rc != HL_OK || !k.slots || !put_u32(&k, 0))
		return HL_NOMEM;
	for (size_t a = 0; a < vocab->n && rc == HL_OK; a++)
		if (vocab->atoms[a].kind <= HL_ATOM_TYPO)
			rc = know(&k, vocab, vocab->atoms[a].text);
	vocab->known = k.slots;
	vocab->known_mask = k.mask;
	vocab->pool = k.pool;
	vocab->partly = k.partly;
	return rc;
}

static const uint32_t *find_known(const struct hl_vocab *vocab, struct hl_str text)
{
	uint32_t hash = hash_word(text);
	size_t slot = hash & vocab->known_mask;
	for (; vocab->known[slot].place; slot = (slot + 1) & vocab->known_mask) {
		const uint32_t *known = vocab->pool + vocab->known[slot].place;
		if (vocab->known[slot].hash == hash && known[0] >> 16 == text.len &&
		    memcmp(known + 1, text.ptr, text.len) == 0)
			return known;
	}
	return NULL;
}

/* Atoms of one spelling of a word. */
static size_t look_form(const uint32_t **out, struct hl_look *look, const struct hl_vocab *vocab,
			struct hl_str text, bool latin)
{
	const uint32_t *known = find_known(vocab, text);
	if (known) {
		*out = known + 1 + (text.len + 3) / 4;
		return latin ? known[0] >> 8 & 0xff : known[0] & 0xff;
	}
	const uint32_t *word = vocab->partly ? hl_map_get(&vocab->words, text) : NULL;
	if (word)
		hl_look_add(look, *word);
	hl_near_find(look, &vocab->near, vocab->atoms, text, latin);
	*out = look->out;
	return look->n;
}

size_t hl_vocab_look(const uint32_t **out, struct hl_look *look, const struct hl_vocab *vocab,
		     const struct hl_word *word)
{
	look->n = 0;
	look->full = false;
	if (word->kind == HL_WORD_SECRET || !word->form.len)
		return 0;
	if (!word->n_also)
		return look_form(out, look, vocab, word->form, word->latin);
	for (size_t i = 0; i <= word->n_also; i++) {
		const uint32_t *atoms;
		struct hl_str text = i ? word->also[i - 1] : word->form;
		size_t n = text.len ? look_form(&atoms, look, vocab, text, word->latin) : 0;
		for (size_t j = 0; j < n && atoms != look->out; j++)
			hl_look_add(look, atoms[j]);
	}
	*out = look->out;
	return look->n;
}
