/*
 * The model as one block of bytes, so that it can be cached as it lies; and judging with it.
 * Weights are bytes with a scale for each feature: an eighth of the memory of doubles, and as
 * right.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "likeness/model.h"

#define ALIGN 64u
#define FEATURES_LIMIT (1u << 26)
#define CLASSES_LIMIT (1u << 16)

struct layout {
	size_t keys, indexes, idf, scales, bias, sensitive, weights, size;
};

static size_t place(size_t *at, size_t n, size_t size)
{
	size_t here = (*at + ALIGN - 1) / ALIGN * ALIGN;
	*at = here + n * size;
	return here;
}

static void lay_out(struct layout *l, const struct hl_model_head *head)
{
	size_t at = sizeof *head;
	l->keys = place(&at, head->n_slots, sizeof(uint64_t));
	l->indexes = place(&at, head->n_slots, sizeof(uint32_t));
	l->idf = place(&at, head->n_features, sizeof(float));
	l->scales = place(&at, head->n_features, sizeof(float));
	l->bias = place(&at, head->stride, sizeof(float));
	l->sensitive = place(&at, head->stride, 1);
	l->weights = place(&at, (size_t)head->n_features * head->stride, 1);
	l->size = at;
}

size_t hl_model_size(const struct hl_model_head *head)
{
	struct layout l;
	bool sane = head->n_classes < CLASSES_LIMIT && head->stride % HL_LANES == 0 &&
		    head->stride > head->n_classes + 1 &&
		    head->stride <= head->n_classes + 1 + HL_LANES &&
		    head->n_features <= FEATURES_LIMIT && head->n_slots <= FEATURES_LIMIT * 4 &&
		    head->n_slots > head->n_features && (head->n_slots & (head->n_slots - 1)) == 0;
	if (!sane)
		return 0;
	lay_out(&l, head);
	return l.size;
}

void hl_model_split(struct hl_model_parts *out, const char *bytes)
{
	struct layout l;
	out->head = (const struct hl_model_head *)(const void *)bytes;
	lay_out(&l, out->head);
	out->keys = (const uint64_t *)(const void *)(bytes + l.keys);
	out->indexes = (const uint32_t *)(const void *)(bytes + l.indexes);
	out->idf = (const float *)(const void *)(bytes + l.idf);
	out->scales = (const float *)(const void *)(bytes + l.scales);
	out->bias = (const float *)(const void *)(bytes + l.bias);
	out->sensitive = (const uint8_t *)(bytes + l.sensitive);
	out->weights = (const int8_t *)(bytes + l.weights);
}

static uint32_t slot_of(const struct hl_model_head *head, uint64_t hash)
{
	return (uint32_t)(hash >> 20) & (head->n_slots - 1);
}

uint32_t hl_model_index(const struct hl_model_parts *parts, uint64_t hash)
{
	hash += hash == 0;
	uint32_t slot = slot_of(parts->head, hash);
	while (parts->keys[slot] != 0 && parts->keys[slot] != hash)
		slot = (slot + 1) & (parts->head->n_slots - 1);
	return parts->keys[slot] == 0 ? UINT32_MAX : parts->indexes[slot];
}

struct hl_likeness *hl_likeness_free(struct hl_likeness *model)
{
	if (model != NULL)
		hl_arena_deinit(&model->arena);
	free(model);
	return NULL;
}

struct hl_str hl_likeness_bytes(const struct hl_likeness *model)
{
	return model->bytes;
}

void hl_likeness_memory(const struct hl_likeness *model,
			void (*each)(void *arg, const void *start, size_t bytes), void *arg)
{
	hl_arena_blocks(&model->arena, each, arg);
}

void hl_likeness_info(struct hl_likeness_info *out, const struct hl_likeness *model)
{
	*out = model->parts.head->info;
}

/* Within what training makes, so that no product of three of them leaves a float; never NaN. */
static bool is_weight(double value)
{
	return value >= 0 && value <= 1e6;
}

/* Whether all numbers of a model are such as training makes: bytes that come from a file may be
 * damaged. */
static bool has_sound_numbers(const struct hl_model_parts *parts)
{
	const struct hl_model_head *head = parts->head;
	for (size_t i = 0; i < HL_CALIBRATION; i++)
		if (!is_weight(fabs(head->calibration[i])))
			return false;
	for (size_t i = 0; i < HL_ALARM; i++)
		if (!is_weight(fabs(head->alarm[i])))
			return false;
	for (uint32_t i = 0; i < head->n_features; i++)
		if (!is_weight(fabs((double)parts->idf[i])) || !is_weight((double)parts->scales[i]))
			return false;
	for (uint32_t i = 0; i < head->stride; i++)
		if (!(fabs((double)parts->bias[i]) <= 1e6))
			return false;
	return is_weight(head->unknown);
}

/* Every index a judge may follow stays inside, and every search of the table ends. */
static bool is_sound(const struct hl_model_parts *parts)
{
	uint32_t used = 0;
	for (uint32_t i = 0; i < parts->head->n_slots; i++) {
		used += parts->keys[i] != 0;
		if (parts->keys[i] != 0 && parts->indexes[i] >= parts->head->n_features)
			return false;
	}
	return used < parts->head->n_slots && has_sound_numbers(parts);
}

int hl_likeness_load(struct hl_likeness **out, struct hl_str bytes)
{
	struct hl_model_head head;
	if (bytes.len < sizeof head)
		return HL_REFUSED;
	memcpy(&head, bytes.ptr, sizeof head);
	if (memcmp(head.magic, HL_MODEL_MAGIC, sizeof head.magic) != 0 ||
	    head.version != HL_MODEL_VERSION || hl_model_size(&head) != bytes.len)
		return HL_REFUSED;
	struct hl_likeness *model = calloc(1, sizeof *model);
	struct hl_str copy = model == NULL ? HL_NONE : hl_arena_dup(&model->arena, bytes);
	if (copy.ptr == NULL) {
		hl_likeness_free(model);
		return HL_NOMEM;
	}
	model->bytes = copy;
	hl_model_split(&model->parts, copy.ptr);
	if (!is_sound(&model->parts)) {
		hl_likeness_free(model);
		return HL_REFUSED;
	}
	*out = model;
	return HL_OK;
}

/* ------------------------------------------------------------------ judging */

/* A message's features once each. */
struct bag {
	uint32_t *index; /* n of them */
	float *value;
	size_t n;
	double known;
};

/* The dictionary is larger than the nearest caches: what will be read is asked for ahead. */
#define AHEAD 8

static void fetch_slot(const struct hl_model_parts *parts, uint64_t hash)
{
	uint32_t slot = slot_of(parts->head, hash);
	__builtin_prefetch(&parts->keys[slot]);
	__builtin_prefetch(&parts->indexes[slot]);
}

static void fetch_feature(const struct hl_model_parts *parts, uint32_t index)
{
	const int8_t *row = parts->weights + (size_t)index * parts->head->stride;
	for (uint32_t at = 0; at < parts->head->stride; at += 64)
		__builtin_prefetch(row + at);
	__builtin_prefetch(&parts->scales[index]);
}

/* Counts a feature in the bag; `table` (a power of two of places) tells which it has. */
static void put_feature(struct bag *bag, uint32_t *table, size_t slots, uint32_t index)
{
	size_t slot = index & (slots - 1);
	while (table[slot] != 0 && bag->index[table[slot] - 1] != index)
		slot = (slot + 1) & (slots - 1);
	if (table[slot] != 0) {
		bag->value[table[slot] - 1]++;
		return;
	}
	bag->index[bag->n] = index;
	bag->value[bag->n] = 1;
	table[slot] = (uint32_t)++bag->n;
}

/* Repeats are counted in a small table of the message's own. */
static int fill_bag(struct bag *bag, const struct hl_model_parts *parts, struct hl_arena *arena,
		    const struct hl_utterance *u)
{
	uint64_t *hashes = hl_arena_array(arena, HL_FEATURES_MAX, sizeof *hashes);
	if (hashes == NULL)
		return HL_NOMEM;
	size_t n = hl_features_of(hashes, NULL, u), slots = 64;
	while (slots < n * 2)
		slots *= 2;
	uint32_t *table = HL_NEW_ARRAY(arena, slots, uint32_t);
	bag->index = hl_arena_array(arena, n, sizeof *bag->index);
	bag->value = hl_arena_array(arena, n, sizeof *bag->value);
	if (table == NULL || bag->index == NULL || bag->value == NULL)
		return HL_NOMEM;
	double unknown = 0, known = 0;
	bag->n = 0;
	for (size_t i = 0; i < n && i < AHEAD; i++)
		fetch_slot(parts, hashes[i]);
	for (size_t i = 0; i < n; i++) {
		bool tells = hl_feature_tells(hashes[i]);
		if (i + AHEAD < n)
			fetch_slot(parts, hashes[i + AHEAD]);
		uint32_t index = hl_model_index(parts, hashes[i]);
		if (index == UINT32_MAX) {
			if (tells)
				unknown +=
					parts->head->unknown * (double)hl_feature_weight(hashes[i]);
			continue;
		}
		size_t before = bag->n;
		put_feature(bag, table, slots, index);
		if (bag->n == before)
			continue;
		fetch_feature(parts, index);
		double weight = tells ? (double)parts->idf[index] : 0;
		if (weight > 0)
			known += weight;
		else
			unknown -= weight;
	}
	bag->known = known + unknown > 0 ? known / (known + unknown) : 0;
	return HL_OK;
}

/* The bag's values, of length one and times each feature's own scale; gives the unit in which they
   become whole numbers. */
static float weigh_bag(struct bag *bag, const struct hl_model_parts *parts)
{
	float square = 0, sum = 0, largest = 0;
	for (size_t i = 0; i < bag->n; i++) {
		float often = bag->value[i] > 1 ? 1 + (float)hl_exact_log(bag->value[i]) : 1;
		bag->value[i] = often * fabsf(parts->idf[bag->index[i]]);
		square += bag->value[i] * bag->value[i];
	}
	float length = square > 0 ? sqrtf(square) : 1;
	for (size_t i = 0; i < bag->n; i++) {
		bag->value[i] *= parts->scales[bag->index[i]] / length;
		sum += bag->value[i];
		largest = bag->value[i] > largest ? bag->value[i] : largest;
	}
	/* each below 2^15, and 127 times their sum below 2^31 */
	return largest > 1e-30f ? fminf(32000 / largest, 1.6e7f / sum) : 0;
}

/* Margins of all classes, in whole numbers so that no vector width changes a digit. */
static int margins_of(float *margins, const struct hl_model_parts *parts, struct hl_arena *arena,
		      struct bag *bag)
{
	uint32_t stride = parts->head->stride;
	float unit = weigh_bag(bag, parts);
	int32_t *totals = hl_arena_array(arena, stride, sizeof *totals);
	int16_t *factors = hl_arena_array(arena, bag->n, sizeof *factors);
	const int8_t **rows = hl_arena_array(arena, bag->n, sizeof *rows);
	if (totals == NULL || factors == NULL || rows == NULL)
		return HL_NOMEM;
	for (size_t i = 0; i < bag->n; i++) {
		factors[i] = (int16_t)(bag->value[i] * unit + 0.5f);
		rows[i] = parts->weights + (size_t)bag->index[i] * stride;
	}
	hl_model_add_rows(totals, stride, rows, factors, bag->n);
	for (uint32_t k = 0; k < stride; k++)
		margins[k] = (unit > 0 ? (float)totals[k] / unit : 0) + parts->bias[k];
	return HL_OK;
}

static double rounded(double score)
{
	return floor(score * 4096 + 0.5) / 4096;
}

static void rank(struct hl_likeness_result *out, const struct hl_model_parts *parts,
		 const float *margins)
{
	uint32_t best[HL_LIKENESS_TOP + 1], n = 0;
	for (uint32_t k = 0; k < parts->head->n_classes; k++) {
		uint32_t at = n;
		while (at > 0 && margins[best[at - 1]] < margins[k])
			at--;
		if (at >= HL_LIKENESS_TOP)
			continue;
		n = n < HL_LIKENESS_TOP ? n + 1 : n;
		for (uint32_t i = n; i > at + 1; i--)
			best[i - 1] = best[i - 2];
		best[at] = k;
	}
	float outside = margins[parts->head->n_classes];
	out->n = n;
	for (uint32_t i = 0; i < n; i++) {
		float rival = n > 1 ? margins[best[i == 0 ? 1 : 0]] : -1;
		rival = fmaxf(rival, outside);
		out->top[i].klass = best[i];
		out->top[i].score =
			rounded(hl_model_confidence(parts->head->calibration, margins[best[i]],
						    (double)margins[best[i]] - rival, out->known));
	}
	out->outside = n == 0 || outside > margins[best[0]];
}

static void find_sensitive(struct hl_likeness_result *out, const struct hl_model_parts *parts,
			   const float *margins)
{
	uint32_t n = parts->head->n_classes;
	bool any = false;
	for (uint32_t k = 0; k < n; k++) {
		if (!parts->sensitive[k] || (any && margins[k] <= margins[out->sensitive.klass]))
			continue;
		out->sensitive.klass = k;
		any = true;
	}
	if (any)
		out->sensitive.score = rounded(hl_alarm_score(
			parts->head->alarm, hl_alarm_mass(margins, parts->sensitive, n + 1),
			margins[n + 1], out->known));
}

int hl_likeness_score(struct hl_likeness_result *out, const struct hl_likeness *model,
		      struct hl_arena *arena, const struct hl_utterance *u)
{
	const struct hl_model_parts *parts = &model->parts;
	struct hl_likeness_result result = {0};
	struct bag bag;
	float *margins = hl_arena_array(arena, parts->head->stride, sizeof *margins);
	if (margins == NULL || fill_bag(&bag, parts, arena, u) != HL_OK ||
	    margins_of(margins, parts, arena, &bag) != HL_OK)
		return HL_NOMEM;
	result.known = bag.known;
	if (bag.n == 0) {
		result.outside = true;
	} else {
		rank(&result, parts, margins);
		find_sensitive(&result, parts, margins);
	}
	*out = result;
	return HL_OK;
}
