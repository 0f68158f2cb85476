/*
 * Training: dictionary, sixteen classes at a time, each group solved once for the model and once a
 * fold to see what it makes of texts it has not seen. A fold starts from the whole model's
 * solution, which is nearly its own, so judging costs about as much as learning.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "likeness/model.h"

#define OUTSIDE_SHARE 0.5f

struct trainer {
	struct hl_arena arena;
	struct hl_corpus corpus;
	const struct hl_likeness_options *options;
	uint32_t n_groups, stride;
	struct hl_lanes *fold_weights, *alpha, *fold_alpha;
	struct hl_lanes *all; /* n_groups × (n_features + 1): the finished weights */
	uint32_t *order;
	struct hl_judged *judged; /* a place for each sample */
	float *length;		  /* of each held-out sample, of what its fold's judge knows */
};

/* n sets of lanes, each on a cache line of its own. */
static struct hl_lanes *lines(struct hl_arena *arena, size_t n)
{
	char *at = hl_arena_array(arena, n + 1, sizeof(struct hl_lanes));
	size_t past = (uintptr_t)at % sizeof(struct hl_lanes);
	return at == NULL ? NULL
			  : (struct hl_lanes *)(void *)(at + (past == 0 ? 0
									: sizeof(struct hl_lanes) -
										  past));
}

static bool is_sensitive(const struct trainer *t, uint32_t klass)
{
	return t->options->sensitive != NULL && klass < t->options->n_classes &&
	       t->options->sensitive[klass];
}

/* How much of each held-out text the rest has seen: share by weight, and length of that part. */
static int measure_known(struct trainer *t)
{
	struct hl_corpus *c = &t->corpus;
	uint32_t *in_fold = HL_NEW_ARRAY(&t->arena, c->n_features, uint32_t);
	t->length = HL_NEW_ARRAY(&t->arena, c->n, float);
	t->judged = HL_NEW_ARRAY(&t->arena, c->n, struct hl_judged);
	if (in_fold == NULL || t->length == NULL || t->judged == NULL)
		return HL_NOMEM;
	for (uint32_t fold = 0; fold < c->n_folds; fold++) {
		memset(in_fold, 0, c->n_features * sizeof *in_fold);
		for (size_t i = 0; i < c->n; i++)
			for (uint32_t k = 0; c->samples[i].fold == fold && k < c->samples[i].n; k++)
				in_fold[c->samples[i].index[k]]++;
		for (size_t i = 0; i < c->n; i++) {
			const struct hl_sample *s = &c->samples[i];
			float known = 0, all = 0, square = 0;
			for (uint32_t k = 0; s->fold == fold && k < s->n; k++) {
				bool seen = c->seen[s->index[k]] > in_fold[s->index[k]];
				float weight = seen ? c->idf[s->index[k]] : c->unknown;
				all += weight;
				known += seen ? weight : 0;
				square += seen ? s->value[k] * s->value[k] : 0;
			}
			if (s->fold != fold)
				continue;
			t->length[i] = square > 0 ? sqrtf(square) : 1;
			t->judged[i] = (struct hl_judged){.klass = s->klass,
							  .best = UINT32_MAX,
							  .margin = -9,
							  .other = -9,
							  .alarm = -9,
							  .calm = -9,
							  .known = all > 0 ? known / all : 0};
		}
	}
	return HL_OK;
}

/* Enters one class's margin of a held-out text. */
static void note_margin(const struct trainer *t, struct hl_judged *j, uint32_t klass, float margin)
{
	float *side = is_sensitive(t, klass) ? &j->alarm : &j->calm;
	*side = margin > *side ? margin : *side;
	if (klass == t->options->n_classes) {
		j->other = margin > j->other ? margin : j->other;
	} else if (margin > j->margin) {
		j->other = j->margin > j->other ? j->margin : j->other;
		j->margin = margin;
		j->best = klass;
	} else if (margin > j->other) {
		j->other = margin;
	}
}

static void judge_fold(struct trainer *t, uint32_t first, uint32_t fold)
{
	const struct hl_corpus *c = &t->corpus;
	const struct hl_lanes *bias = &t->fold_weights[c->n_features];
	for (size_t i = 0; i < c->n; i++) {
		const struct hl_sample *s = &c->samples[i];
		struct hl_lanes sum = {{0}};
		if (s->fold != fold)
			continue;
		for (uint32_t k = 0; k < s->n; k++)
			for (uint32_t lane = 0; lane < HL_LANES; lane++)
				sum.v[lane] += t->fold_weights[s->index[k]].v[lane] * s->value[k];
		for (uint32_t lane = 0; lane < HL_LANES && first + lane <= t->options->n_classes;
		     lane++)
			note_margin(t, &t->judged[i], first + lane,
				    sum.v[lane] / t->length[i] + bias->v[lane]);
	}
}

static void learn_group(struct trainer *t, uint32_t group)
{
	const struct hl_corpus *c = &t->corpus;
	struct hl_problem p = {.rows = c->samples,
			       .n_rows = c->n,
			       .n_features = c->n_features,
			       .first_class = group * HL_LANES,
			       .fold = UINT8_MAX};
	memset(t->alpha, 0, c->n * sizeof *t->alpha);
	hl_solve(t->all + (size_t)group * (c->n_features + 1), t->alpha, t->order, &p);
	for (uint32_t fold = 0; fold < c->n_folds; fold++) {
		p.fold = fold;
		memcpy(t->fold_alpha, t->alpha, c->n * sizeof *t->alpha);
		hl_solve(t->fold_weights, t->fold_alpha, t->order, &p);
		judge_fold(t, p.first_class, fold);
	}
}

/* The lines of no desk together count no more than half of a small pack's own texts. */
static void weigh_samples(struct trainer *t)
{
	struct hl_corpus *c = &t->corpus;
	size_t own = 0;
	for (size_t i = 0; i < c->n; i++)
		own += c->samples[i].klass < t->options->n_classes;
	float outside = fminf(1, OUTSIDE_SHARE * (float)own / (float)(c->n - own + 1));
	for (size_t i = 0; i < c->n; i++)
		c->samples[i].cost = c->samples[i].klass < t->options->n_classes ? 1 : outside;
}

static int learn(struct trainer *t)
{
	struct hl_corpus *c = &t->corpus;
	size_t places = (size_t)c->n_features + 1;
	int status = measure_known(t);
	if (status != HL_OK)
		return status;
	t->n_groups = t->options->n_classes / HL_LANES + 1;
	t->stride = t->n_groups * HL_LANES;
	t->all = lines(&t->arena, places * t->n_groups);
	t->fold_weights = lines(&t->arena, places);
	t->alpha = lines(&t->arena, c->n);
	t->fold_alpha = lines(&t->arena, c->n);
	t->order = hl_arena_array(&t->arena, c->n, sizeof *t->order);
	if (t->all == NULL || t->fold_weights == NULL || t->alpha == NULL ||
	    t->fold_alpha == NULL || t->order == NULL)
		return HL_NOMEM;
	weigh_samples(t);
	for (uint32_t group = 0; group < t->n_groups; group++)
		learn_group(t, group);
	return HL_OK;
}

/* ------------------------------------------------------------------ the finished model */

/* The weights of feature `i` as bytes of its own scale. */
static float pack_weights(const struct trainer *t, int8_t *to, uint32_t i)
{
	size_t places = (size_t)t->corpus.n_features + 1;
	float largest = 0;
	for (uint32_t k = 0; k < t->stride; k++)
		largest = fmaxf(largest, fabsf(t->all[k / HL_LANES * places + i].v[k % HL_LANES]));
	float scale = largest / 127;
	for (uint32_t k = 0; k < t->stride; k++) {
		float weight = t->all[k / HL_LANES * places + i].v[k % HL_LANES];
		to[k] = scale > 0 ? (int8_t)lrintf(weight / scale) : (int8_t)0;
	}
	return scale;
}

static int assemble(struct hl_likeness *model, struct trainer *t)
{
	const struct hl_corpus *c = &t->corpus;
	struct hl_model_head head = {.magic = HL_MODEL_MAGIC,
				     .version = HL_MODEL_VERSION,
				     .n_classes = t->options->n_classes,
				     .stride = t->stride,
				     .n_features = c->n_features,
				     .n_slots = c->n_slots,
				     .unknown = c->unknown};
	size_t size = hl_model_size(&head), n_judged = 0;
	char *bytes = size == 0 ? NULL : hl_arena_zalloc(&model->arena, size, 1);
	if (bytes == NULL)
		return HL_NOMEM;
	for (size_t i = 0; i < c->n; i++)
		if (c->samples[i].fold != UINT8_MAX)
			t->judged[n_judged++] = t->judged[i];
	hl_judge(&head, t->judged, n_judged, t->options);
	head.info.n_classes = head.n_classes;
	head.info.features = head.n_features;
	memcpy(bytes, &head, sizeof head);
	hl_model_split(&model->parts, bytes);
	/* the one place where the parts are written: they lie in `bytes` */
	char *base = bytes;
	size_t places = (size_t)c->n_features + 1;
	memcpy(base + ((const char *)model->parts.keys - bytes), c->keys,
	       c->n_slots * sizeof *c->keys);
	memcpy(base + ((const char *)model->parts.indexes - bytes), c->indexes,
	       c->n_slots * sizeof *c->indexes);
	memcpy(base + ((const char *)model->parts.idf - bytes), c->idf,
	       c->n_features * sizeof *c->idf);
	float *scales = (float *)(void *)(base + ((const char *)model->parts.scales - bytes));
	float *bias = (float *)(void *)(base + ((const char *)model->parts.bias - bytes));
	char *sensitive = base + ((const char *)model->parts.sensitive - bytes);
	int8_t *weights = (int8_t *)(base + ((const char *)model->parts.weights - bytes));
	for (uint32_t i = 0; i < c->n_features; i++)
		scales[i] = pack_weights(t, weights + (size_t)i * t->stride, i);
	for (uint32_t k = 0; k < t->stride; k++) {
		bias[k] = t->all[k / HL_LANES * places + c->n_features].v[k % HL_LANES];
		sensitive[k] = (char)is_sensitive(t, k);
	}
	model->bytes = (struct hl_str){bytes, size};
	return HL_OK;
}

/* The author's texts and, where strangers are expected, the lines no desk is for. */
static int gather(struct hl_likeness_text **out, size_t *n_out, struct hl_arena *arena,
		  const struct hl_likeness_text *texts, size_t n,
		  const struct hl_likeness_options *options)
{
	size_t n_lines = options->oos > 0 ? hl_n_outside_lines : 0, used = 0;
	struct hl_likeness_text *all = hl_arena_array(arena, n + n_lines, sizeof *all);
	struct hl_utterance *lines_read = hl_arena_array(arena, n_lines, sizeof *lines_read);
	if (all == NULL || lines_read == NULL)
		return HL_NOMEM;
	for (size_t i = 0; i < n; i++)
		if (texts[i].u->n_words > 0)
			all[used++] = texts[i];
	if (used == 0)
		return HL_REFUSED;
	for (size_t i = 0; i < n_lines; i++) {
		int status = hl_utterance_read(&lines_read[i], arena,
					       hl_str_of(hl_outside_lines[i]), NULL, 0);
		if (status != HL_OK)
			return status;
		all[used++] = (struct hl_likeness_text){&lines_read[i], options->n_classes, true};
	}
	*out = all;
	*n_out = used;
	return HL_OK;
}

int hl_likeness_train(struct hl_likeness **out, const struct hl_likeness_text *texts, size_t n,
		      const struct hl_likeness_options *options)
{
	struct trainer t = {.options = options};
	struct hl_likeness_text *all;
	size_t n_all;
	struct hl_likeness *model = calloc(1, sizeof *model);
	int status = model == NULL ? HL_NOMEM : gather(&all, &n_all, &t.arena, texts, n, options);
	if (status == HL_OK)
		status = hl_corpus_read(&t.corpus, &t.arena, all, n_all);
	if (status == HL_OK)
		status = learn(&t);
	if (status == HL_OK)
		status = assemble(model, &t);
	if (status == HL_OK)
		*out = model;
	else
		hl_likeness_free(model);
	hl_arena_deinit(&t.arena);
	return status;
}
