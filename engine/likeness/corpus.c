/*
 * From texts to samples: which features exist, how much each tells (idf), and each text as a vector
 * of length one. The dictionary holds seen features alone: a dense table would be ten times the
 * size.
 */
#include <math.h>
#include <string.h>

#include "likeness/model.h"

/* Folds by the number of texts: with many, less of them is enough to know the model by. */
#define CHUNK 8u
#define FOLDS 5u
#define FOLDS_SOME 3u
#define FOLDS_MANY 2u
#define SOME 5000u
#define MANY 20000u
#define PRUNED_FROM 2000u /* texts from which on pairs seen once are dropped */

static uint32_t *slot_of(const struct hl_corpus *c, uint64_t hash, uint64_t **key)
{
	uint32_t mask = c->n_slots - 1;
	uint32_t slot = (uint32_t)(hash >> 20) & mask;
	while (c->keys[slot] != 0 && c->keys[slot] != hash)
		slot = (slot + 1) & mask;
	*key = &c->keys[slot];
	return &c->indexes[slot];
}

/* Moves the features to a table of `n_slots`, under new `numbers` (UINT32_MAX: not taken along);
   NULL: each keeps its own. */
static bool rehash(struct hl_corpus *c, uint32_t n_slots, const uint32_t *numbers)
{
	struct hl_corpus old = *c;
	c->n_slots = n_slots;
	c->keys = HL_NEW_ARRAY(c->arena, c->n_slots, uint64_t);
	c->indexes = HL_NEW_ARRAY(c->arena, c->n_slots, uint32_t);
	if (c->keys == NULL || c->indexes == NULL)
		return false;
	for (uint32_t i = 0; i < old.n_slots; i++) {
		uint64_t *key;
		if (old.keys[i] == 0)
			continue;
		uint32_t number = numbers != NULL ? numbers[old.indexes[i]] : old.indexes[i];
		if (number == UINT32_MAX)
			continue;
		uint32_t *index = slot_of(c, old.keys[i], &key);
		*key = old.keys[i];
		*index = number;
	}
	return true;
}

static bool grow(struct hl_corpus *c)
{
	return rehash(c, c->n_slots == 0 ? 1u << 14 : c->n_slots * 2, NULL);
}

/* The feature's number, a new one when it was not seen; UINT32_MAX: no memory. */
static uint32_t number_of(struct hl_corpus *c, uint64_t hash)
{
	uint64_t *key;
	if (c->n_features * 2u >= c->n_slots && !grow(c))
		return UINT32_MAX;
	hash += hash == 0;
	uint32_t *index = slot_of(c, hash, &key);
	if (*key == 0) {
		*key = hash;
		*index = c->n_features++;
	}
	return *index;
}

/* A feature and, in the low bits, the word it came with: in the order of both. */
static uint64_t numbered(uint32_t number, uint8_t word)
{
	return (uint64_t)number << 8 | word;
}

/* Shell sort: few, nearly ordered numbers, and no libc sort whose ties might differ. */
static void sort_numbers(uint64_t *v, size_t n)
{
	for (size_t gap = n / 2; gap > 0; gap /= 2)
		for (size_t i = gap; i < n; i++)
			for (size_t k = i; k >= gap && v[k - gap] > v[k]; k -= gap) {
				uint64_t other = v[k];
				v[k] = v[k - gap];
				v[k - gap] = other;
			}
}

struct reading {
	uint64_t *hashes, *numbers; /* HL_FEATURES_MAX each, as the next */
	uint8_t *words;
};

/* The text's features, each once, with how often it stands there. */
static int read_sample(struct hl_corpus *c, struct hl_sample *sample, const struct hl_utterance *u,
		       const struct reading *r)
{
	size_t n = hl_features_of(r->hashes, r->words, u), distinct = 0;
	for (size_t i = 0; i < n; i++) {
		uint32_t number = number_of(c, r->hashes[i]);
		if (number == UINT32_MAX)
			return HL_NOMEM;
		r->numbers[i] = numbered(number, r->words[i]);
	}
	sort_numbers(r->numbers, n);
	sample->index = hl_arena_array(c->arena, n, sizeof *sample->index);
	sample->value = hl_arena_array(c->arena, n, sizeof *sample->value);
	sample->word = hl_arena_array(c->arena, n, sizeof *sample->word);
	if (sample->index == NULL || sample->value == NULL || sample->word == NULL)
		return HL_NOMEM;
	for (size_t i = 0; i < n; i++) {
		uint32_t number = (uint32_t)(r->numbers[i] >> 8);
		if (distinct > 0 && sample->index[distinct - 1] == number) {
			sample->value[distinct - 1]++;
			continue;
		}
		sample->index[distinct] = number;
		sample->word[distinct] = (uint8_t)r->numbers[i];
		sample->value[distinct++] = 1;
	}
	sample->n = (uint32_t)distinct;
	return HL_OK;
}

/* Folds by turns within each class, so that every fold has some of each; neighbours go in twos, for
   callers sort texts and near-twins in different folds would flatter the judge. Lines of no intent
   go by the chunk: they stand by subject, and what is to be known is how a subject never seen is
   taken. */
static bool deal_folds(struct hl_corpus *c, const struct hl_likeness_text *texts, uint32_t outside)
{
	uint32_t *turn = HL_NEW_ARRAY(c->arena, (size_t)outside + 1, uint32_t);
	if (turn == NULL)
		return false;
	for (size_t i = 0; i < c->n; i++) {
		uint32_t klass = texts[i].klass, *next = &turn[klass];
		c->samples[i].fold = UINT8_MAX;
		if (texts[i].example)
			c->samples[i].fold =
				(uint8_t)((*next)++ / (klass == outside ? CHUNK : 2) % c->n_folds);
	}
	return true;
}

static bool is_pair(uint64_t hash)
{
	uint64_t block = hash % HL_BLOCKS;
	return block == HL_BLOCK_PAIR || block == HL_BLOCK_CONCEPT_PAIR;
}

/* New numbers for the features that stay, UINT32_MAX for the others: of many texts, pairs of words
   that one alone has make half of the dictionary and teach next to nothing. */
static uint32_t renumber(struct hl_corpus *c, uint32_t *numbers)
{
	uint32_t kept = 0;
	for (uint32_t slot = 0; slot < c->n_slots; slot++)
		if (c->keys[slot] != 0 && c->seen[c->indexes[slot]] == 1 && is_pair(c->keys[slot]))
			numbers[c->indexes[slot]] = UINT32_MAX;
	for (uint32_t i = 0; i < c->n_features; i++) {
		if (numbers[i] == UINT32_MAX)
			continue;
		c->seen[kept] = c->seen[i];
		numbers[i] = kept++;
	}
	return kept;
}

static bool prune(struct hl_corpus *c)
{
	uint32_t *numbers = HL_NEW_ARRAY(c->arena, c->n_features, uint32_t);
	if (numbers == NULL)
		return false;
	uint32_t kept = renumber(c, numbers), n_slots = c->n_slots;
	while (n_slots / 4 > kept)
		n_slots /= 2;
	if (!rehash(c, n_slots, numbers))
		return false;
	for (size_t i = 0; i < c->n; i++) {
		struct hl_sample *s = &c->samples[i];
		uint32_t n = 0;
		for (uint32_t k = 0; k < s->n; k++) {
			if (numbers[s->index[k]] == UINT32_MAX)
				continue;
			s->value[n] = s->value[k];
			s->word[n] = s->word[k];
			s->index[n++] = numbers[s->index[k]];
		}
		s->n = n;
	}
	c->n_features = kept;
	return true;
}

static bool count(struct hl_corpus *c, uint32_t outside)
{
	c->own = HL_NEW_ARRAY(c->arena, c->n_features, uint32_t);
	c->tells = HL_NEW_ARRAY(c->arena, c->n_features, bool);
	c->idf = hl_arena_array(c->arena, c->n_features, sizeof *c->idf);
	if (c->own == NULL || c->tells == NULL || c->idf == NULL)
		return false;
	for (size_t i = 0; i < c->n; i++)
		for (uint32_t k = 0; k < c->samples[i].n && c->samples[i].klass != outside; k++)
			c->own[c->samples[i].index[k]]++;
	float all = 1 + (float)c->n;
	c->unknown = (float)hl_exact_log(all) + 1;
	for (uint32_t i = 0; i < c->n_slots; i++) {
		uint32_t at = c->indexes[i];
		if (c->keys[i] == 0)
			continue;
		c->tells[at] = hl_feature_tells(c->keys[i]);
		c->idf[at] = ((float)hl_exact_log(all / (1 + (float)c->seen[at])) + 1) *
			     hl_feature_weight(c->keys[i]);
	}
	return true;
}

static bool weigh(struct hl_corpus *c, uint32_t outside)
{
	c->seen = HL_NEW_ARRAY(c->arena, c->n_features, uint32_t);
	if (c->seen == NULL)
		return false;
	for (size_t i = 0; i < c->n; i++)
		for (uint32_t k = 0; k < c->samples[i].n; k++)
			c->seen[c->samples[i].index[k]]++;
	if ((c->n >= PRUNED_FROM && !prune(c)) || !count(c, outside))
		return false;
	for (size_t i = 0; i < c->n; i++) {
		struct hl_sample *s = &c->samples[i];
		float *value = s->value, square = 0;
		for (uint32_t k = 0; k < s->n; k++) {
			float often = value[k] > 1 ? 1 + (float)hl_exact_log(value[k]) : 1;
			value[k] = often * c->idf[s->index[k]];
			square += value[k] * value[k];
		}
		for (uint32_t k = 0; k < s->n; k++)
			value[k] /= sqrtf(square);
	}
	return true;
}

int hl_corpus_read(struct hl_corpus *out, struct hl_arena *arena,
		   const struct hl_likeness_text *texts, size_t n, uint32_t outside)
{
	struct hl_corpus c = {.arena = arena,
			      .n = n,
			      .n_folds = n > MANY   ? FOLDS_MANY
					 : n > SOME ? FOLDS_SOME
						    : FOLDS};
	const struct reading r = {
		.hashes = hl_arena_array(arena, HL_FEATURES_MAX, sizeof *r.hashes),
		.numbers = hl_arena_array(arena, HL_FEATURES_MAX, sizeof *r.numbers),
		.words = hl_arena_array(arena, HL_FEATURES_MAX, sizeof *r.words),
	};
	c.samples = HL_NEW_ARRAY(arena, n, struct hl_sample);
	if (r.hashes == NULL || r.numbers == NULL || r.words == NULL || c.samples == NULL)
		return HL_NOMEM;
	for (size_t i = 0; i < n; i++) {
		c.samples[i].klass = texts[i].klass;
		int status = read_sample(&c, &c.samples[i], texts[i].u, &r);
		if (status != HL_OK)
			return status;
	}
	if ((c.n_slots == 0 && !grow(&c)) || !deal_folds(&c, texts, outside) || !weigh(&c, outside))
		return HL_NOMEM;
	*out = c;
	return HL_OK;
}
