/*
 * What the learner sees of a text. Pieces of words (three or four letters, word ends marked) carry
 * over typing slips and inflections; pairs of words carry a little order; Chinese needs no word
 * list: its characters and pairs do. Concepts, from the lexicon, are what words of one meaning and
 * of both languages share. Features are hashes, for a 64-bit one of a hundred thousand never
 * collides in practice and costs no string.
 */
#include "likeness/features.h"
#include "likeness/lexicon.h"

#define PIECE_SHORTEST 3u
#define PIECE_LONGEST 4u
#define WORD_LETTERS 64 /* of a longer word only these */

enum tag {
	TAG_WORD = 1,
	TAG_PAIR,
	TAG_PIECE,
	TAG_HAN,
	TAG_KIND,
	TAG_FIRST,
	TAG_LAST,
	TAG_CONCEPT,
	TAG_CONCEPT_PAIR
};

static const float weights[HL_BLOCKS] = {
	[HL_BLOCK_PIECE] = 1,	   [HL_BLOCK_WORD] = 1.5f,	[HL_BLOCK_PAIR] = 1.5f,
	[HL_BLOCK_HAN] = 1.5f,	   [HL_BLOCK_HAN_PAIR] = 1,	[HL_BLOCK_EDGE] = 1,
	[HL_BLOCK_CONCEPT] = 2.5f, [HL_BLOCK_CONCEPT_PAIR] = 1,
};

float hl_feature_weight(uint64_t hash)
{
	return weights[hash % HL_BLOCKS];
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 29;
}

struct sink {
	uint64_t *out;
	uint8_t *words; /* NULL: nobody asks */
	size_t n;
	uint8_t word;
};

static void emit(struct sink *s, uint64_t hash, enum hl_block block)
{
	if (s->n == HL_FEATURES_MAX)
		return;
	if (s->words != NULL)
		s->words[s->n] = s->word;
	s->out[s->n++] = hash / HL_BLOCKS * HL_BLOCKS + block;
}

static void emit_pieces(struct sink *s, struct hl_str word)
{
	uint32_t codes[WORD_LETTERS + 2];
	size_t n = 0;
	codes[n++] = ' ';
	for (const char *p = word.ptr, *end = p + word.len; p < end && n <= WORD_LETTERS;)
		codes[n++] = hl_utf8_next(&p, end);
	codes[n++] = ' ';
	for (size_t i = 0; i + 1 < n; i++) {
		uint64_t hash = TAG_PIECE;
		for (size_t k = i; k < n && k < i + PIECE_LONGEST; k++) {
			hash = mix(hash, codes[k]);
			if (k - i + 1 >= PIECE_SHORTEST)
				emit(s, mix(hash, k - i), HL_BLOCK_PIECE);
		}
	}
}

static uint64_t word_hash(struct hl_str form)
{
	uint64_t hash = TAG_WORD;
	for (size_t i = 0; i < form.len; i++)
		hash = (hash ^ (unsigned char)form.ptr[i]) * 0x100000001b3u;
	return mix(hash, form.len);
}

static uint64_t emit_word(struct sink *s, const struct hl_word *word)
{
	uint64_t hash = mix(TAG_KIND, word->kind);
	switch ((enum hl_word_kind)word->kind) {
	case HL_WORD_LETTERS:
		hash = word_hash(hl_lexicon_form(word));
		emit(s, hash, HL_BLOCK_WORD);
		emit_pieces(s, hl_lexicon_form(word));
		return hash;
	case HL_WORD_HAN:
		hash = mix(TAG_HAN, word_hash(word->form));
		break;
	case HL_WORD_EMOJI:
		hash = word_hash(word->form);
		break;
	case HL_WORD_NUMBER: /* 2 and 24 mean something, 1532.70 is a number */
		if (word->form.len <= 2)
			emit(s, word_hash(word->form), HL_BLOCK_WORD);
		break;
	case HL_WORD_HASH:
	case HL_WORD_LINK:
	case HL_WORD_SECRET:
		break;
	}
	emit(s, hash, word->kind == HL_WORD_HAN ? HL_BLOCK_HAN : HL_BLOCK_WORD);
	return hash;
}

static void at_word(struct sink *s, size_t word)
{
	s->word = (uint8_t)(word < HL_LIKENESS_WORDS ? word : HL_LIKENESS_WORDS - 1);
}

static void emit_words(struct sink *s, const struct hl_utterance *u)
{
	uint64_t before = 0;
	for (size_t i = 0; i < u->n_words && s->n < HL_FEATURES_MAX; i++) {
		at_word(s, i);
		uint64_t hash = emit_word(s, &u->words[i]);
		if (i == 0)
			emit(s, mix(TAG_FIRST, hash), HL_BLOCK_EDGE);
		else
			emit(s, mix(before + TAG_PAIR, hash),
			     u->words[i].kind == HL_WORD_HAN ? HL_BLOCK_HAN_PAIR : HL_BLOCK_PAIR);
		if (i + 1 == u->n_words)
			emit(s, mix(TAG_LAST, hash), HL_BLOCK_EDGE);
		before = hash;
	}
}

static void emit_concepts(struct sink *s, const struct hl_utterance *u)
{
	uint16_t concepts[HL_CONCEPTS], before = 0;
	for (size_t i = 0, taken;
	     i < u->n_words && s->n<HL_FEATURES_MAX; i += taken> 0 ? taken : 1) {
		taken = hl_lexicon_find(concepts, u->words + i, u->n_words - i);
		if (taken == 0)
			continue;
		at_word(s, i);
		for (size_t k = 0; k < HL_CONCEPTS && concepts[k] != 0; k++)
			emit(s, mix(TAG_CONCEPT, concepts[k]), HL_BLOCK_CONCEPT);
		if (before != 0)
			emit(s, mix(mix(TAG_CONCEPT_PAIR, before), concepts[0]),
			     HL_BLOCK_CONCEPT_PAIR);
		before = concepts[0];
	}
}

size_t hl_features_of(uint64_t *out, uint8_t *words, const struct hl_utterance *u)
{
	struct sink s = {.out = out, .words = words};
	emit_words(&s, u);
	emit_concepts(&s, u);
	return s.n;
}
