/*
 * Multinomial logistic regression by stochastic gradient ascent, stopped early. It weighs all
 * intents against each other where the other solver weighs each against the rest, and by stopping
 * early it leans less on single examples: better for small packs and for intents of uneven size.
 * The sum of the two is better than either, and costs nothing more when judging, for both are
 * linear.
 */
#include <math.h>
#include <string.h>

#include "likeness/features.h"

#define EPOCHS 9u
#define RATE 4.0f
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
		largest = fmaxf(largest, scores[k / HL_LANES].v[k % HL_LANES]);
	for (uint32_t k = 0; k < groups * HL_LANES; k++) {
		float *at = &scores[k / HL_LANES].v[k % HL_LANES];
		*at = k < n_classes ? (float)hl_exact_exp(*at - largest) : 0;
		sum += *at;
	}
	for (uint32_t k = 0; k < n_classes; k++)
		scores[k / HL_LANES].v[k % HL_LANES] *= -rate / sum;
	scores[klass / HL_LANES].v[klass % HL_LANES] += rate;
}

static void climb(struct hl_lanes *weights, const struct hl_lanes *gradient,
		  const struct hl_problem *p, const struct hl_sample *s)
{
	uint32_t groups = p->n_groups;
	for (uint32_t g = 0; g < groups; g++) {
		struct hl_lanes by = gradient[g];
		float largest = 0;
		for (uint32_t k = 0; k < HL_LANES; k++)
			largest = fmaxf(largest, fabsf(by.v[k]));
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

void hl_ascend(struct hl_lanes *weights, uint32_t *order, struct hl_lanes *scores,
	       const struct hl_problem *p, uint32_t n_classes)
{
	uint64_t seed = 0xc11b;
	size_t n = 0, step = 0;
	memset(weights, 0, ((size_t)p->n_features + 1) * p->n_groups * sizeof *weights);
	for (size_t i = 0; i < p->n; i++)
		if (p->samples[i].fold != p->fold || p->fold == UINT8_MAX)
			order[n++] = (uint32_t)i;
	for (unsigned epoch = 0; epoch < EPOCHS; epoch++) {
		hl_learner_shuffle(order, n, &seed);
		for (size_t i = 0; i < n; i++, step++) {
			const struct hl_sample *s = &p->samples[order[i]];
			float rate = RATE * s->cost * (1 - (float)step / (float)(n * EPOCHS));
			score_all(scores, weights, p, s);
			to_gradient(scores, n_classes, s->klass, rate, p->n_groups);
			climb(weights, scores, p, s);
		}
	}
}
