/*
 * Dual coordinate descent for linear support vector machines (Hsieh et al., ICML 2008), sixteen
 * one-against-the-rest problems side by side: a text's features are walked once for all of them,
 * each feature's sixteen weights in one cache line. Lane by lane the arithmetic is that of one
 * problem alone, so results do not depend on how wide the machine's vectors are.
 */
#include <math.h>
#include <string.h>

#include "likeness/features.h"

#define CLOSE_ENOUGH 0.1f /* spread of the projected gradients, as customary */

uint32_t hl_learner_draw(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

void hl_learner_shuffle(uint32_t *order, size_t n, uint64_t *state)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = hl_learner_draw(state) % i;
		uint32_t other = order[i - 1];
		order[i - 1] = order[k];
		order[k] = other;
	}
}

static void signs_of(struct hl_lanes *y, const struct hl_problem *p, uint32_t group,
		     const struct hl_sample *row)
{
	for (uint32_t k = 0; k < HL_LANES; k++)
		y->v[k] = -1.0f;
	if (row->klass / HL_LANES == group)
		y->v[row->klass % HL_LANES] = 1.0f;
	if (row->alarms && p->alarm / HL_LANES == group)
		y->v[p->alarm % HL_LANES] = 1.0f;
}

static void add_row(struct hl_lanes *weights, const struct hl_sample *row, uint32_t bias,
		    const struct hl_lanes *by)
{
	struct hl_lanes change = *by;
	for (uint32_t i = 0; i < row->n; i++) {
		float *w = weights[row->index[i]].v, x = row->value[i];
		for (uint32_t k = 0; k < HL_LANES; k++)
			w[k] += change.v[k] * x;
	}
	for (uint32_t k = 0; k < HL_LANES; k++)
		weights[bias].v[k] += change.v[k];
}

static void dot_row(struct hl_lanes *dot, const struct hl_lanes *weights,
		    const struct hl_sample *row, uint32_t bias)
{
	struct hl_lanes sum = weights[bias];
	for (uint32_t i = 0; i < row->n; i++) {
		const float *w = weights[row->index[i]].v, x = row->value[i];
		for (uint32_t k = 0; k < HL_LANES; k++)
			sum.v[k] += w[k] * x;
	}
	*dot = sum;
}

/* One coordinate of every lane. False when nothing moved and nothing soon will: all at 0, well
   outside the margin. */
static bool step(struct hl_lanes *weights, struct hl_lanes *alpha, const struct hl_problem *p,
		 uint32_t group, const struct hl_sample *row, float *spread)
{
	struct hl_lanes y, dot, change;
	uint32_t bias = p->n_features;
	float diagonal = 0.5f / row->cost, largest = 0, worst = *spread;
	bool live = false;
	signs_of(&y, p, group, row);
	dot_row(&dot, weights, row, bias);
	for (uint32_t k = 0; k < HL_LANES; k++) {
		float gradient = y.v[k] * dot.v[k] - 1.0f + alpha->v[k] * diagonal;
		/* rows have length one, and one more for the bias */
		float wanted = alpha->v[k] - gradient / (2.0f + diagonal);
		float projected = alpha->v[k] > 0 || gradient < 0 ? fabsf(gradient) : 0;
		wanted = wanted > 0 ? wanted : 0;
		change.v[k] = (wanted - alpha->v[k]) * y.v[k];
		alpha->v[k] = wanted;
		largest = fabsf(change.v[k]) > largest ? fabsf(change.v[k]) : largest;
		worst = projected > worst ? projected : worst;
		live = live || wanted > 0 || gradient < 0.2f;
	}
	*spread = worst;
	if (largest > 0)
		add_row(weights, row, bias, &change);
	return live;
}

/* Cuts the samples down to those learnt from, and the weights to what their alphas make. */
static size_t begin(struct hl_lanes *weights, const struct hl_lanes *alpha, uint32_t *order,
		    const struct hl_problem *p, uint32_t group)
{
	size_t n = 0;
	memset(weights, 0, ((size_t)p->n_features + 1) * sizeof *weights);
	for (size_t i = 0; i < p->n; i++) {
		struct hl_lanes by;
		if (p->samples[i].fold == p->fold && p->fold != UINT8_MAX)
			continue;
		order[n++] = (uint32_t)i;
		signs_of(&by, p, group, &p->samples[i]);
		float any = 0;
		for (uint32_t k = 0; k < HL_LANES; k++) {
			by.v[k] *= alpha[i].v[k];
			any += alpha[i].v[k];
		}
		if (any > 0)
			add_row(weights, &p->samples[i], p->n_features, &by);
	}
	return n;
}

static void solve(struct hl_lanes *weights, struct hl_lanes *alpha, uint32_t *order,
		  const struct hl_problem *p, uint32_t group)
{
	uint64_t seed = 0x5eed + group;
	size_t n = begin(weights, alpha, order, p, group), live = n;
	for (unsigned pass = 0; pass < p->passes; pass++) {
		float worst = 0;
		bool all = live == n;
		hl_learner_shuffle(order, live, &seed);
		for (size_t i = 0; i < live;) {
			uint32_t at = order[i];
			if (step(weights, &alpha[at], p, group, &p->samples[at], &worst)) {
				i++;
			} else { /* set aside behind the live ones */
				order[i] = order[--live];
				order[live] = at;
			}
		}
		if (worst < CLOSE_ENOUGH && all)
			break;
		if (worst < CLOSE_ENOUGH || pass % 8 == 7)
			live = n; /* look again at all that was set aside */
	}
}

#ifdef __x86_64__
/* The same in twice as wide vectors, which most machines have: a third less time. */
__attribute__((target("avx2"), flatten)) static void
solve_wide(struct hl_lanes *weights, struct hl_lanes *alpha, uint32_t *order,
	   const struct hl_problem *p, uint32_t group)
{
	solve(weights, alpha, order, p, group);
}
#endif

void hl_solve(struct hl_lanes *weights, struct hl_lanes *alpha, uint32_t *order,
	      const struct hl_problem *p, uint32_t group)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2")) {
		solve_wide(weights, alpha, order, p, group);
		return;
	}
#endif
	solve(weights, alpha, order, p, group);
}
