/*
 * features.h: a text as the learner sees it, and the learner's own workings.
 */
#ifndef HL_LIKENESS_FEATURES_H
#define HL_LIKENESS_FEATURES_H

#include "likeness/likeness.h"

#define HL_FEATURES_MAX 4096 /* of one text; further ones are not looked at */

/* What a feature is; a hash's last bits tell. */
enum hl_block {
	HL_BLOCK_PIECE, /* two to four letters of a word */
	HL_BLOCK_WORD,
	HL_BLOCK_PAIR, /* two words in a row */
	HL_BLOCK_HAN,  /* one Chinese character */
	HL_BLOCK_HAN_PAIR,
	HL_BLOCK_SKIP, /* two words with one between */
	HL_BLOCK_EDGE  /* the first word, the last word */
};
#define HL_BLOCKS 8u

/* Hashes of what a text is made of. Repeats stand as often as they occur. `out` has room for
   HL_FEATURES_MAX; gives their number. */
size_t hl_features_of(uint64_t *out, const struct hl_utterance *u);
/* How much a feature of the hash's block counts. */
float hl_feature_weight(uint64_t hash);

/* One text in the learner's terms: features by index and weight, of length one. */
struct hl_sample {
	uint32_t *index;
	float *value;
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
	const struct hl_sample *samples;
	size_t n;
	uint32_t n_features, n_groups; /* groups of HL_LANES classes */
	uint32_t fold;		       /* samples of this fold are left out; UINT8_MAX: none */
};
/* Solves the HL_LANES one-against-the-rest problems of a group at once: L2-regularised squared
   hinge, by dual coordinate descent. `alpha`: n places, the start and the end (zeroed for a cold
   start). `weights`: n_features + 1 places (the last is the bias), overwritten. `order`: n places
   of workspace. */
void hl_solve(struct hl_lanes *weights, struct hl_lanes *alpha, uint32_t *order,
	      const struct hl_problem *problem, uint32_t group);
/* Multinomial logistic regression over the first `n_classes` classes, stopped early: stochastic
   gradient ascent with a falling rate. `weights`: (n_features + 1) × n_groups places, the groups of
   a feature side by side, overwritten. `order`: n places, `scores`: n_groups places of workspace.
 */
void hl_ascend(struct hl_lanes *weights, uint32_t *order, struct hl_lanes *scores,
	       const struct hl_problem *problem, uint32_t n_classes);

/* e to the x (0 below -600, held at 600), and the natural logarithm of a positive x: within 1e-14
   of the true value, and the same on every machine. */
double hl_exact_exp(double x);
double hl_exact_log(double x);

/* The learners' own generator, the same on every machine. */
uint32_t hl_learner_draw(uint64_t *state);
void hl_learner_shuffle(uint32_t *order, size_t n, uint64_t *state);

#endif
