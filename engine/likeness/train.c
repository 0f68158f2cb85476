/*
 * Training: dictionary, sixteen classes at a time, each group solved once for the model and once a
 * fold to see what it makes of texts it has not seen. A fold's solver starts from the solution
 * before it, which is nearly its own. What can be learnt side by side is offered as jobs, each with
 * room of its own, so that the model does not depend on who runs them.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "likeness/model.h"

#define OUTSIDE_SHARE 0.5f
/* how the two learners' weights are added; margins come out at about one */
#define ASCENT_SHARE 0.125f
#define SOLVER_SHARE 0.5f
/* the sum gains nothing by what the solver does after these */
#define SOLVER_PASSES 6u
/* learnt side by side, so that no processor waits for another; big packs would need too much room
 */
#define ROUNDS_MAX 2u
#define BIG 20000u /* texts */

struct round { /* learning from all, or from all but a fold */
	struct hl_problem problem;
	struct hl_ascent ascent;
	struct hl_lanes *weights; /* (n_features + 1) × n_groups */
	struct hl_lanes *solved;  /* n_groups × (n_features + 1): the solver's part of them */
};
struct trainer {
	struct hl_arena arena;
	struct hl_corpus corpus;
	const struct hl_likeness_options *options;
	uint32_t n_groups, stride; /* lanes: classes, outside, any sensitive class */
	uint32_t n_learnt;	   /* classes, outside among them if it has texts */
	struct hl_kinship kin;
	struct hl_lanes *alpha; /* n_groups × n samples: the last solution */
	uint32_t *orders;	/* n_groups × n samples */
	struct hl_lanes *model; /* the weights learnt from all */
	struct round rounds[ROUNDS_MAX];
	uint32_t at_once, n_rounds; /* how many there is room for; those being learnt */
	struct hl_judged *judged;   /* a place for each sample */
	float *length;		    /* of each held-out sample, of what its fold's judge knows */
	float *margins;		    /* stride: of the sample at hand */
	uint8_t *sensitive;	    /* stride */
};

struct hl_lanes *hl_lanes_new(struct hl_arena *arena, size_t n)
{
	char *at = hl_arena_array(arena, n + 1, sizeof(struct hl_lanes));
	size_t past = (uintptr_t)at % sizeof(struct hl_lanes);
	return at == NULL ? NULL
			  : (struct hl_lanes *)(void *)(at + (past == 0 ? 0
									: sizeof(struct hl_lanes) -
										  past));
}

/* Is it a text of an intent, held out in this fold? */
static bool is_own(const struct trainer *t, size_t sample, uint32_t fold)
{
	const struct hl_sample *s = &t->corpus.samples[sample];
	return s->fold == fold && s->klass != t->options->n_classes;
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
			for (uint32_t k = 0; is_own(t, i, fold) && k < c->samples[i].n; k++)
				in_fold[c->samples[i].index[k]]++;
		for (size_t i = 0; i < c->n; i++) {
			const struct hl_sample *s = &c->samples[i];
			float known = 0, all = 0, square = 0;
			for (uint32_t k = 0; s->fold == fold && k < s->n; k++) {
				uint32_t at = s->index[k];
				bool seen = c->own[at] > in_fold[at];
				float weight = c->tells[at] ? c->idf[at] : 0;
				all += weight;
				known += seen ? weight : 0;
				seen = seen || c->seen[at] > c->own[at];
				square += seen ? s->value[k] * s->value[k] : 0;
			}
			if (s->fold != fold)
				continue;
			t->length[i] = square > 0 ? sqrtf(square) : 1;
			t->judged[i] = (struct hl_judged){.klass = s->klass,
							  .best = UINT32_MAX,
							  .margin = -9,
							  .other = -9,
							  .known = all > 0 ? known / all : 0};
		}
	}
	return HL_OK;
}

/* Enters the margins of a held-out text. */
static void note_margins(const struct trainer *t, struct hl_judged *j, const float *margins)
{
	uint32_t n = t->options->n_classes;
	j->other = margins[n];
	for (uint32_t k = 0; k < n; k++) {
		if (margins[k] > j->margin) {
			j->other = j->margin > j->other ? j->margin : j->other;
			j->margin = margins[k];
			j->best = k;
		} else if (margins[k] > j->other) {
			j->other = margins[k];
		}
	}
	j->mass = hl_alarm_mass(margins, t->sensitive, n + 1);
	j->alarm = margins[n + 1];
}

static void judge_fold(struct trainer *t, const struct hl_lanes *weights, uint32_t fold)
{
	const struct hl_corpus *c = &t->corpus;
	const struct hl_lanes *bias = weights + (size_t)c->n_features * t->n_groups;
	for (size_t i = 0; i < c->n; i++) {
		const struct hl_sample *s = &c->samples[i];
		if (s->fold != fold)
			continue;
		for (uint32_t group = 0; group < t->n_groups; group++) {
			struct hl_lanes sum = {{0}};
			for (uint32_t k = 0; k < s->n; k++) {
				const float *w =
					weights[(size_t)s->index[k] * t->n_groups + group].v;
				for (uint32_t lane = 0; lane < HL_LANES; lane++)
					sum.v[lane] += w[lane] * s->value[k];
			}
			for (uint32_t lane = 0; lane < HL_LANES; lane++)
				t->margins[group * HL_LANES + lane] =
					sum.v[lane] / t->length[i] + bias[group].v[lane];
		}
		note_margins(t, &t->judged[i], t->margins);
	}
}

/* The first jobs are the ascents, the longest; the others are the solver's groups, each from round
   to round: it goes on from where it was. */
static void learn_part(void *arg, size_t job)
{
	struct trainer *t = arg;
	if (job < t->n_rounds) {
		hl_ascend(t->rounds[job].weights, &t->rounds[job].ascent);
		return;
	}
	uint32_t group = (uint32_t)(job - t->n_rounds);
	for (uint32_t i = 0; i < t->n_rounds; i++) {
		const struct hl_problem *p = &t->rounds[i].problem;
		hl_solve(t->rounds[i].solved + group * ((size_t)p->n_features + 1),
			 t->alpha + group * p->n, t->orders + group * p->n, p, group);
	}
}

static void run(const struct hl_workers *workers, void (*job)(void *arg, size_t i), void *arg,
		size_t n)
{
	if (workers != NULL)
		workers->run(workers->arg, job, arg, n);
	for (size_t i = 0; i < n && workers == NULL; i++)
		job(arg, i);
}

static void add_up(const struct trainer *t, const struct round *round)
{
	size_t places = (size_t)t->corpus.n_features + 1;
	for (uint32_t group = 0; group < t->n_groups; group++)
		for (size_t i = 0; i < places; i++) {
			float *sum = round->weights[i * t->n_groups + group].v;
			const float *solved = round->solved[group * places + i].v;
			for (uint32_t k = 0; k < HL_LANES; k++)
				sum[k] = sum[k] * ASCENT_SHARE + solved[k] * SOLVER_SHARE;
		}
}

/* Learns rounds `from` … of all: round 0 from all texts, the others with fold round - 1 left out,
   which is judged by what was learnt from the rest. How many were learnt. */
static uint32_t learn_some(struct trainer *t, uint32_t from)
{
	uint32_t left = t->corpus.n_folds + 1 - from;
	t->n_rounds = left < t->at_once ? left : t->at_once;
	for (uint32_t i = 0; i < t->n_rounds; i++)
		t->rounds[i].problem.fold = from + i == 0 ? UINT8_MAX : from + i - 1;
	run(t->options->workers, learn_part, t, (size_t)t->n_rounds + t->n_groups);
	for (uint32_t i = 0; i < t->n_rounds; i++) {
		add_up(t, &t->rounds[i]);
		if (from + i > 0)
			judge_fold(t, t->rounds[i].weights, from + i - 1);
	}
	return t->n_rounds;
}

/* The lines of no desk together count no more than half of a small pack's own texts. */
static void weigh_samples(struct trainer *t)
{
	struct hl_corpus *c = &t->corpus;
	size_t own = 0;
	for (size_t i = 0; i < c->n; i++)
		own += c->samples[i].klass < t->options->n_classes;
	t->n_learnt = t->options->n_classes + (own < c->n);
	float outside = fminf(2, OUTSIDE_SHARE * (float)own / (float)(c->n - own + 1));
	for (size_t i = 0; i < c->n; i++) {
		struct hl_sample *s = &c->samples[i];
		s->cost = s->klass < t->options->n_classes ? 1 : outside;
		s->alarms = t->sensitive[s->klass];
	}
}

static int set_lanes(struct trainer *t)
{
	const struct hl_likeness_options *o = t->options;
	t->n_groups = (o->n_classes + 1) / HL_LANES + 1;
	t->stride = t->n_groups * HL_LANES;
	t->margins = HL_NEW_ARRAY(&t->arena, t->stride, float);
	t->sensitive = HL_NEW_ARRAY(&t->arena, t->stride, uint8_t);
	if (t->margins == NULL || t->sensitive == NULL)
		return HL_NOMEM;
	for (uint32_t k = 0; k < o->n_classes && o->sensitive != NULL; k++)
		t->sensitive[k] = o->sensitive[k];
	return HL_OK;
}

static int make_round(struct trainer *t, struct round *round)
{
	const struct hl_corpus *c = &t->corpus;
	size_t places = ((size_t)c->n_features + 1) * t->n_groups;
	round->problem = (struct hl_problem){c->samples,
					     c->n,
					     c->n_features,
					     t->n_groups,
					     UINT8_MAX,
					     SOLVER_PASSES,
					     t->options->n_classes + 1};
	round->ascent = (struct hl_ascent){&round->problem, &t->kin, t->n_learnt, .order = NULL};
	round->weights = hl_lanes_new(&t->arena, places);
	round->solved = hl_lanes_new(&t->arena, places);
	if (round->weights == NULL || round->solved == NULL)
		return HL_NOMEM;
	return hl_ascent_init(&round->ascent, &t->arena);
}

static int make_room(struct trainer *t)
{
	const struct hl_corpus *c = &t->corpus;
	int status = HL_OK;
	t->at_once = c->n > BIG ? 1 : ROUNDS_MAX;
	t->alpha = hl_lanes_new(&t->arena, c->n * t->n_groups);
	t->orders = hl_arena_array(&t->arena, c->n * t->n_groups, sizeof *t->orders);
	if (t->alpha == NULL || t->orders == NULL)
		return HL_NOMEM;
	memset(t->alpha, 0, c->n * t->n_groups * sizeof *t->alpha);
	for (uint32_t i = 0; i < t->at_once && status == HL_OK; i++)
		status = make_round(t, &t->rounds[i]);
	return status;
}

/* The first round's weights are the model's: later ones get others. */
static int keep_model(struct trainer *t)
{
	size_t places = ((size_t)t->corpus.n_features + 1) * t->n_groups;
	t->model = t->rounds[0].weights;
	if (t->corpus.n_folds < t->at_once)
		return HL_OK;
	t->rounds[0].weights = hl_lanes_new(&t->arena, places);
	return t->rounds[0].weights == NULL ? HL_NOMEM : HL_OK;
}

static int learn(struct trainer *t)
{
	const struct hl_likeness_options *o = t->options;
	int status = measure_known(t);
	if (status == HL_OK)
		status = set_lanes(t);
	if (status == HL_OK)
		weigh_samples(t);
	if (status == HL_OK)
		status = hl_kinship_read(&t->kin, &t->arena, o->names,
					 o->names == NULL ? 0 : o->n_classes, t->n_learnt);
	if (status == HL_OK)
		status = make_room(t);
	if (status != HL_OK)
		return status;
	uint32_t done = learn_some(t, 0);
	status = keep_model(t);
	while (status == HL_OK && done <= t->corpus.n_folds)
		done += learn_some(t, done);
	return status;
}

/* ------------------------------------------------------------------ the finished model */

/* The weights of feature `i` as bytes of its own scale. */
static float pack_weights(const struct trainer *t, int8_t *to, uint32_t i)
{
	const struct hl_lanes *from = t->model + (size_t)i * t->n_groups;
	float largest = 0;
	for (uint32_t k = 0; k < t->stride; k++)
		largest = fmaxf(largest, fabsf(from[k / HL_LANES].v[k % HL_LANES]));
	float scale = largest / 127;
	for (uint32_t k = 0; k < t->stride; k++)
		to[k] = scale > 0 ? (int8_t)lrintf(from[k / HL_LANES].v[k % HL_LANES] / scale)
				  : (int8_t)0;
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
	memcpy(base + ((const char *)model->parts.keys - bytes), c->keys,
	       c->n_slots * sizeof *c->keys);
	memcpy(base + ((const char *)model->parts.indexes - bytes), c->indexes,
	       c->n_slots * sizeof *c->indexes);
	float *idf = (float *)(void *)(base + ((const char *)model->parts.idf - bytes));
	float *scales = (float *)(void *)(base + ((const char *)model->parts.scales - bytes));
	float *bias = (float *)(void *)(base + ((const char *)model->parts.bias - bytes));
	char *sensitive = base + ((const char *)model->parts.sensitive - bytes);
	int8_t *weights = (int8_t *)(base + ((const char *)model->parts.weights - bytes));
	for (uint32_t i = 0; i < c->n_features; i++)
		idf[i] = c->own[i] > 0 ? c->idf[i] : -c->idf[i];
	for (uint32_t i = 0; i < c->n_features; i++)
		scales[i] = pack_weights(t, weights + (size_t)i * t->stride, i);
	for (uint32_t k = 0; k < t->stride; k++) {
		bias[k] = t->model[(size_t)c->n_features * t->n_groups + k / HL_LANES]
				  .v[k % HL_LANES];
		sensitive[k] = (char)t->sensitive[k];
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
		status = hl_corpus_read(&t.corpus, &t.arena, all, n_all, options->n_classes);
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
