/*
 * features.h: a text as the learner sees it, and the learner's own workings.
 */
#ifndef HL_LIKENESS_FEATURES_H
#define HL_LIKENESS_FEATURES_H

#include "likeness/likeness.h"

#define HL_FEATURES_MAX 4096 /* of one text; further ones are not looked at */

/* Hashes of what a text is made of: words, pairs of words, pieces of words, Chinese characters and
   pairs. Repeats stand as often as they occur. `out` has room for HL_FEATURES_MAX; gives their
   number. */
size_t hl_features_of(uint64_t *out, const struct hl_utterance *u);

/* One text in the learner's terms: features by index and weight, of length one. */
struct hl_sample {
	const uint32_t *index;
	const float *value;
	uint32_t n;
	uint32_t klass;
	uint8_t fold; /* in which it is held out; UINT8_MAX: never */
	float cost;   /* C: what a mistake on it counts */
};

#define HL_LANES 16 /* classes learnt side by side: one cache line of weights a feature */
struct hl_lanes {
	_Alignas(64) float v[HL_LANES];
};

struct hl_problem {
	const struct hl_sample *rows;
	size_t n_rows;
	uint32_t n_features; /* weights has one more place, for the bias */
	uint32_t first_class;
	uint32_t fold; /* rows of this fold are left out; UINT8_MAX: none */
};
/* Solves HL_LANES one-against-the-rest problems (classes first_class …) at once: L2-regularised
   squared hinge, by dual coordinate descent. `alpha`: n_rows places, the start and the end (zeroed
   for a cold start). `weights`: n_features + 1 places, overwritten. `order`: n_rows places of
   workspace. */
void hl_solve(struct hl_lanes *weights, struct hl_lanes *alpha, uint32_t *order,
	      const struct hl_problem *problem);

#endif
