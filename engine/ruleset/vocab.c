/* Words as numbers. Knows what a message's word may be called by rules (itself, a form with
   repeated letters squeezed, a beginning, a near miss) and nothing about the rules themselves. */
#include "ruleset/vocab.h"

#include <string.h>

#define TYPO_LEN_MIN 4 /* letters of a message's word that may hold a slip */

void hl_vocab_init(struct hl_vocab *vocab, struct hl_arena *arena)
{
	memset(vocab, 0, sizeof *vocab);
	vocab->arena = arena;
	hl_map_init(&vocab->words, arena);
	hl_map_init(&vocab->other, arena);
	memset(vocab->prefix, 0xff, sizeof vocab->prefix);
	memset(vocab->typo, 0xff, sizeof vocab->typo);
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
	atom->next = HL_NO_ATOM;
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
	atom->next = HL_NO_ATOM;
	return id;
}

static uint32_t prefix_bucket(struct hl_str text)
{
	uint32_t head = (uint32_t)(unsigned char)text.ptr[0] |
			(uint32_t)(unsigned char)text.ptr[1] << 8 |
			(uint32_t)(unsigned char)text.ptr[2] << 16;
	return head * 2654435761u >> 22;
}

uint32_t hl_vocab_prefix(struct hl_vocab *vocab, struct hl_str word)
{
	bool is_new;
	uint32_t id = add_other(
		vocab, (struct hl_atom){.kind = HL_ATOM_PREFIX, .text = word, .prefix = true},
		&is_new);
	if (id == HL_NO_ATOM || !is_new)
		return id;
	uint32_t *bucket = &vocab->prefix[prefix_bucket(word)];
	vocab->atoms[id].next = *bucket;
	*bucket = id;
	vocab->n_prefixes++;
	return id;
}

static uint32_t letters_of(struct hl_str word)
{
	uint32_t letters = 0;
	for (size_t i = 0; i < word.len; i++)
		if (word.ptr[i] >= 'a' && word.ptr[i] <= 'z')
			letters |= 1u << (word.ptr[i] - 'a');
	return letters;
}

static size_t first_letter(struct hl_str word)
{
	char c = word.ptr[0];
	return c >= 'a' && c <= 'z' ? (size_t)(c - 'a') : HL_TYPO_LETTERS - 1;
}

static size_t length_bucket(size_t length)
{
	return length < HL_TYPO_LENGTHS ? length : HL_TYPO_LENGTHS - 1;
}

uint32_t hl_vocab_typo(struct hl_vocab *vocab, struct hl_str word, unsigned typos, bool prefix)
{
	bool is_new;
	size_t length = hl_utf8_count(word);
	struct hl_atom like = {.kind = HL_ATOM_TYPO,
			       .text = word,
			       .typos = (uint8_t)typos,
			       .prefix = prefix,
			       .letters = letters_of(word),
			       .length = (uint16_t)(length < UINT16_MAX ? length : UINT16_MAX)};
	uint32_t id = add_other(vocab, like, &is_new);
	if (id == HL_NO_ATOM || !is_new)
		return id;
	uint32_t *bucket = &vocab->typo[first_letter(word)][prefix ? 0 : length_bucket(length)];
	vocab->atoms[id].next = *bucket;
	*bucket = id;
	vocab->n_typos++;
	return id;
}

uint32_t hl_vocab_index(struct hl_vocab *vocab, enum hl_atom_kind kind, uint32_t index)
{
	bool is_new;
	return add_other(vocab, (struct hl_atom){.kind = (uint8_t)kind, .index = index}, &is_new);
}

uint32_t hl_vocab_literal(struct hl_vocab *vocab, struct hl_str text)
{
	bool is_new;
	return add_other(vocab, (struct hl_atom){.kind = HL_ATOM_LITERAL, .text = text}, &is_new);
}

uint32_t hl_vocab_find(const struct hl_vocab *vocab, enum hl_atom_kind kind, uint32_t index)
{
	for (size_t i = 0; i < vocab->n; i++)
		if (vocab->atoms[i].kind == kind && vocab->atoms[i].index == index)
			return (uint32_t)i;
	return HL_NO_ATOM;
}

/* ------------------------------------------------------------------ looking a word up */

struct look {
	uint32_t *out;
	size_t n, max;
};

static void found(struct look *look, uint32_t id)
{
	for (size_t i = 0; i < look->n; i++)
		if (look->out[i] == id)
			return;
	if (look->n < look->max)
		look->out[look->n++] = id;
}

static void look_prefixes(struct look *look, const struct hl_vocab *vocab, struct hl_str text)
{
	if (text.len < 3 || !vocab->n_prefixes)
		return;
	for (uint32_t id = vocab->prefix[prefix_bucket(text)]; id != HL_NO_ATOM;
	     id = vocab->atoms[id].next)
		if (hl_str_starts(text, vocab->atoms[id].text))
			found(look, id);
}

/* Are more than `most` (1 or 2) bits set? */
static bool more_bits(uint32_t x, unsigned most)
{
	for (; most && x; most--)
		x &= x - 1;
	return x != 0;
}

/* `b` from `at_b` on goes on as `a` from `at_a` on, to the end of both, or of `a` alone. */
static bool goes_on(struct hl_str a, size_t at_a, struct hl_str b, size_t at_b, bool prefix)
{
	if (at_a > a.len || at_b > b.len)
		return false;
	size_t left = a.len - at_a, there = b.len - at_b;
	return (prefix ? left <= there : left == there) &&
	       memcmp(a.ptr + at_a, b.ptr + at_b, left) == 0;
}

/* One slip at most, letters of one byte each: it stands where the two first differ. */
static bool near_by_one(struct hl_str a, struct hl_str b, bool prefix)
{
	size_t i = 0;
	while (i < a.len && i < b.len && a.ptr[i] == b.ptr[i])
		i++;
	if (i == a.len)
		return prefix || b.len <= a.len + 1;
	bool swapped = i + 1 < a.len && i + 1 < b.len && a.ptr[i] == b.ptr[i + 1] &&
		       a.ptr[i + 1] == b.ptr[i] && goes_on(a, i + 2, b, i + 2, prefix);
	return swapped || goes_on(a, i + 1, b, i + 1, prefix) || goes_on(a, i + 1, b, i, prefix) ||
	       goes_on(a, i, b, i + 1, prefix);
}

/* Does some beginning of `text` differ from the atom's word by at most its slips? */
static bool near_prefix(const struct hl_atom *atom, struct hl_str text, size_t length)
{
	size_t from = atom->length > atom->typos ? (size_t)(atom->length - atom->typos) : 1;
	size_t to = (size_t)atom->length + atom->typos;
	for (size_t n = from; n <= to && n <= length; n++) {
		struct hl_str head = {text.ptr, hl_utf8_prefix(text, n)};
		if (hl_edit_distance(atom->text, head, atom->typos) <= atom->typos)
			return true;
	}
	return false;
}

static bool is_near(const struct hl_atom *atom, struct hl_str text, size_t length)
{
	bool plain = atom->length == atom->text.len && length == text.len;
	if (atom->typos == 1 && plain)
		return near_by_one(atom->text, text, atom->prefix);
	if (atom->prefix)
		return near_prefix(atom, text, length);
	return hl_edit_distance(atom->text, text, atom->typos) <= atom->typos;
}

static bool same_first_letter(struct hl_str a, struct hl_str b)
{
	const char *p = a.ptr, *q = b.ptr;
	return hl_utf8_next(&p, a.ptr + a.len) == hl_utf8_next(&q, b.ptr + b.len);
}

int hl_vocab_freeze(struct hl_vocab *vocab)
{
	uint32_t n = 0;
	vocab->near = HL_NEW_ARRAY(vocab->arena, vocab->n_typos + 1, struct hl_near);
	if (!vocab->near)
		return HL_NOMEM;
	for (size_t b = 0; b < HL_TYPO_BUCKETS; b++) {
		uint32_t id = vocab->typo[b / HL_TYPO_LENGTHS][b % HL_TYPO_LENGTHS];
		vocab->near_first[b] = n;
		for (; id != HL_NO_ATOM; id = vocab->atoms[id].next) {
			const struct hl_atom *atom = &vocab->atoms[id];
			vocab->near[n++] = (struct hl_near){.atom = id,
							    .letters = atom->letters,
							    .second = atom->text.ptr[1],
							    .third = atom->text.ptr[2],
							    .typos = atom->typos,
							    .prefix = atom->prefix};
		}
	}
	vocab->near_first[HL_TYPO_BUCKETS] = n;
	return HL_OK;
}

/* With one slip, letters two and three cannot both have changed their place and themselves. */
static bool may_be_near(const struct hl_near *near, struct hl_str text, uint32_t letters)
{
	bool heads = text.ptr[1] == near->second || text.ptr[2] == near->third ||
		     text.ptr[1] == near->third || text.ptr[2] == near->second;
	if (near->typos == 1 && !heads)
		return false;
	return !more_bits(near->letters & ~letters, near->typos) &&
	       (near->prefix || !more_bits(letters & ~near->letters, near->typos));
}

static void look_near(struct look *look, const struct hl_vocab *vocab, size_t bucket,
		      struct hl_str text, size_t length, uint32_t letters)
{
	const struct hl_near *near = vocab->near + vocab->near_first[bucket];
	const struct hl_near *end = vocab->near + vocab->near_first[bucket + 1];
	for (; near < end; near++) {
		if (!may_be_near(near, text, letters))
			continue;
		const struct hl_atom *atom = &vocab->atoms[near->atom];
		if (is_near(atom, text, length) && same_first_letter(atom->text, text))
			found(look, near->atom);
	}
}

static void look_typos(struct look *look, const struct hl_vocab *vocab, struct hl_str text)
{
	size_t length = hl_utf8_count(text);
	if (length < TYPO_LEN_MIN || !vocab->n_typos)
		return;
	uint32_t letters = letters_of(text);
	size_t bucket = first_letter(text) * HL_TYPO_LENGTHS;
	size_t from = length_bucket(length - 2), to = length_bucket(length + 2);
	look_near(look, vocab, bucket, text, length, letters);
	for (size_t n = from; n <= to; n++)
		look_near(look, vocab, bucket + n, text, length, letters);
}

size_t hl_vocab_look(uint32_t *out, size_t max, const struct hl_vocab *vocab,
		     const struct hl_word *word)
{
	struct look look = {out, 0, max};
	if (word->kind == HL_WORD_SECRET)
		return 0;
	for (size_t i = 0; i <= word->n_also; i++) {
		struct hl_str text = i ? word->also[i - 1] : word->form;
		if (!text.len)
			continue;
		const uint32_t *id = hl_map_get(&vocab->words, text);
		if (id)
			found(&look, *id);
		look_prefixes(&look, vocab, text);
		if (word->latin)
			look_typos(&look, vocab, text);
	}
	return look.n;
}
