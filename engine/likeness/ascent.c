/*
 * Multinomial logistic regression by stochastic gradient ascent, stopped early. It weighs all
 * intents against each other where the other solver weighs each against the rest, and by stopping
 * early it leans less on single examples: better for small packs and for intents of uneven size.
 * The sum of the two is better than either, and costs nothing more when judging, for both are
 * linear. Two things make few examples go further: words are left out at random, so that no text is
 * learnt by one word alone; and a class moves with its kin, those whose names share a part.
 */
#include <math.h>
#include <string.h>

#include "likeness/features.h"

#define EPOCHS 9u
#define RATE 2.0f
#define LEFT_OUT 0.15  /* share of words */
#define KIN_SHARE 2.0f /* of a class's step that its kin takes */
#define BIAS_RATE 0.1f
#define TOO_LITTLE 1e-4f /* a group of classes whose gradients are all smaller is left as it is */

static void score_all(struct hl_lanes *scores, const struct hl_lanes *weights,
		      const struct hl_problem *p, const struct hl_sample *s)
{
	uint32_t groups = p->n_groups;
	for (uint32_t g = 0; g < groups; g++) {
		struct hl_lanes sum = weights[(size_t)p->n_features * groups + g];
		for (uint32_t i = 0; i < s->n; i++) {
			const float *w = weights[(size_t)s->index[i] * groups + g].v,
				    x = s->value[i];
			for (uint32_t k = 0; k < HL_LANES; k++)
				sum.v[k] += w[k] * x;
		}
		scores[g] = sum;
	}
}

/* Scores become the gradient: what is minus what was thought likely. */
static void to_gradient(struct hl_lanes *scores, uint32_t n_classes, uint32_t klass, float rate,
			uint32_t groups)
{
	float largest = scores[0].v[0], sum = 0;
	for (uint32_t k = 0; k < n_classes; k++)
		if (scores[k / HL_LANES].v[k % HL_LANES] > largest)
			largest = scores[k / HL_LANES].v[k % HL_LANES];
	for (uint32_t g = 0; g < groups; g++)
		for (uint32_t k = 0; k < HL_LANES; k++) {
			float below = scores[g].v[k] - largest;
			below = below > -80 ? below : -80;
			scores[g].v[k] = hl_soft_exp(below < 0 ? below : 0);
		}
	for (uint32_t k = n_classes; k < groups * HL_LANES; k++)
		scores[k / HL_LANES].v[k % HL_LANES] = 0;
	for (uint32_t k = 0; k < n_classes; k++)
		sum += scores[k / HL_LANES].v[k % HL_LANES];
	for (uint32_t k = 0; k < n_classes; k++)
		scores[k / HL_LANES].v[k % HL_LANES] *= -rate / sum;
	scores[klass / HL_LANES].v[klass % HL_LANES] += rate;
}

/* "Any sensitive class" is asked for itself, yes or no: it is no rival of the classes. */
static void add_alarm(struct hl_lanes *gradient, float score, uint32_t lane, bool alarms,
		      float rate)
{
	float side = alarms ? score : -score; /* how far on the right side */
	float away = hl_soft_exp(side > 0 ? fmaxf(-side, -80) : 0);
	float other = hl_soft_exp(side < 0 ? fmaxf(side, -80) : 0);
	float wrong = away / (away + other);
	gradient[lane / HL_LANES].v[lane % HL_LANES] = rate * (alarms ? wrong : -wrong);
}

/* The gradient becomes that of classes which share a weight for each part: what one learns, its kin
   learns too. */
static void spread_to_kin(struct hl_lanes *gradient, float *of_part, const struct hl_kinship *kin,
			  uint32_t n_classes)
{
	memset(of_part, 0, kin->n_parts * sizeof *of_part);
	for (uint32_t k = 0; k < n_classes; k++) {
		float by = gradient[k / HL_LANES].v[k % HL_LANES] * kin->share[k];
		for (uint32_t i = kin->first[k]; i < kin->first[k + 1]; i++)
			of_part[kin->parts[i]] += by;
	}
	for (uint32_t k = 0; k < n_classes; k++) {
		float sum = 0;
		for (uint32_t i = kin->first[k]; i < kin->first[k + 1]; i++)
			sum += of_part[kin->parts[i]];
		gradient[k / HL_LANES].v[k % HL_LANES] += KIN_SHARE * kin->share[k] * sum;
	}
}

static void climb(struct hl_lanes *weights, const struct hl_lanes *gradient,
		  const struct hl_problem *p, const struct hl_sample *s)
{
	uint32_t groups = p->n_groups;
	for (uint32_t g = 0; g < groups; g++) {
		struct hl_lanes by = gradient[g];
		float largest = 0;
		for (uint32_t k = 0; k < HL_LANES; k++)
			largest = fabsf(by.v[k]) > largest ? fabsf(by.v[k]) : largest;
		if (largest < TOO_LITTLE)
			continue;
		for (uint32_t i = 0; i < s->n; i++) {
			float *w = weights[(size_t)s->index[i] * groups + g].v, x = s->value[i];
			for (uint32_t k = 0; k < HL_LANES; k++)
				w[k] += by.v[k] * x;
		}
		for (uint32_t k = 0; k < HL_LANES; k++)
			weights[(size_t)p->n_features * groups + g].v[k] += by.v[k] * BIAS_RATE;
	}
}

/* The text with some words left out, as long as it was. All of it where nothing would stay. */
static void leave_out(struct hl_sample *out, const struct hl_sample *s, uint64_t *seed)
{
	static const uint32_t chance = (uint32_t)(LEFT_OUT * 65536);
	uint64_t gone = 0;
	float before = 0, after = 0;
	for (uint32_t word = 0; word < HL_LIKENESS_WORDS; word++)
		gone |= (uint64_t)((hl_learner_draw(seed) & 0xffff) < chance) << word;
	out->n = 0;
	for (uint32_t k = 0; k < s->n; k++) {
		before += s->value[k] * s->value[k];
		if (gone >> s->word[k] & 1)
			continue;
		out->index[out->n] = s->index[k];
		out->value[out->n++] = s->value[k];
		after += s->value[k] * s->value[k];
	}
	if (!(after > 0)) {
		memcpy(out->index, s->index, s->n * sizeof *s->index);
		memcpy(out->value, s->value, s->n * sizeof *s->value);
		out->n = s->n;
		return;
	}
	float longer = sqrtf(before / after);
	for (uint32_t k = 0; k < out->n; k++)
		out->value[k] *= longer;
}

int hl_ascent_init(struct hl_ascent *a, struct hl_arena *arena)
{
	a->order = hl_arena_array(arena, a->problem->n, sizeof *a->order);
	a->part.index = hl_arena_array(arena, HL_FEATURES_MAX, sizeof *a->part.index);
	a->part.value = hl_arena_array(arena, HL_FEATURES_MAX, sizeof *a->part.value);
	a->scores = hl_lanes_new(arena, a->problem->n_groups);
	a->of_part = hl_arena_array(arena, a->kin->n_parts, sizeof *a->of_part);
	return a->order == NULL || a->part.index == NULL || a->part.value == NULL ||
			       a->scores == NULL || a->of_part == NULL
		       ? HL_NOMEM
		       : HL_OK;
}

void hl_ascend(struct hl_lanes *weights, struct hl_ascent *a)
{
	const struct hl_problem *p = a->problem;
	uint64_t seed = 0xc11b;
	size_t n = 0, step = 0;
	memset(weights, 0, ((size_t)p->n_features + 1) * p->n_groups * sizeof *weights);
	for (size_t i = 0; i < p->n; i++)
		if (p->samples[i].fold != p->fold || p->fold == UINT8_MAX)
			a->order[n++] = (uint32_t)i;
	for (unsigned epoch = 0; epoch < EPOCHS; epoch++) {
		hl_learner_shuffle(a->order, n, &seed);
		for (size_t i = 0; i < n; i++, step++) {
			const struct hl_sample *s = &p->samples[a->order[i]];
			float rate = RATE * s->cost * (1 - (float)step / (float)(n * EPOCHS));
			leave_out(&a->part, s, &seed);
			score_all(a->scores, weights, p, &a->part);
			float alarm = a->scores[p->alarm / HL_LANES].v[p->alarm % HL_LANES];
			to_gradient(a->scores, a->n_classes, s->klass, rate, p->n_groups);
			add_alarm(a->scores, alarm, p->alarm, s->alarms, rate);
			spread_to_kin(a->scores, a->of_part, a->kin, a->n_classes);
			climb(weights, a->scores, p, &a->part);
		}
	}
}
