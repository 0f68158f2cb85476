/*
 * features.h: a text as the learner sees it, and the learner's own workings.
 */
#ifndef HL_LIKENESS_FEATURES_H
#define HL_LIKENESS_FEATURES_H

#include <string.h>

#include "likeness/likeness.h"

#define HL_FEATURES_MAX 4096 /* of one text; further ones are not looked at */

/* What a feature is; a hash's last bits tell. */
enum hl_block {
	HL_BLOCK_PIECE, /* three or four letters of a word */
	HL_BLOCK_WORD,
	HL_BLOCK_PAIR, /* two words in a row */
	HL_BLOCK_HAN,  /* one Chinese character */
	HL_BLOCK_HAN_PAIR,
	HL_BLOCK_EDGE, /* the first word, the last word */
	HL_BLOCK_CONCEPT,
	HL_BLOCK_CONCEPT_PAIR /* two concepts in a row, whatever words stand between */
};
#define HL_BLOCKS 16u

/* Hashes of what a text is made of. Repeats stand as often as they occur. `out` has room for
   HL_FEATURES_MAX; gives their number. `words` (as many places, or NULL): the number of the word
   each came with. */
size_t hl_features_of(uint64_t *out, uint8_t *words, const struct hl_utterance *u);
/* How much a feature of the hash's block counts. */
float hl_feature_weight(uint64_t hash);
/* Is it one that the share known is made of? Two words that never met before are no news. */
static inline bool hl_feature_tells(uint64_t hash)
{
	const uint32_t tell = 1u << HL_BLOCK_PIECE | 1u << HL_BLOCK_WORD | 1u << HL_BLOCK_HAN |
			      1u << HL_BLOCK_HAN_PAIR | 1u << HL_BLOCK_CONCEPT;
	return tell >> hash % HL_BLOCKS & 1;
}

/* One text in the learner's terms: features by index and weight, of length one. */
struct hl_sample {
	uint32_t *index;
	float *value;
	uint8_t *word; /* with which word of the text it came, below HL_LIKENESS_WORDS */
	uint32_t n;
	uint32_t klass;
	bool alarms;  /* an example of a sensitive class: see hl_problem.alarm */
	uint8_t fold; /* in which it is held out; UINT8_MAX: never */
	float cost;   /* C: what a mistake on it counts */
};

#define HL_LANES 16 /* classes learnt side by side: one cache line of weights a feature */
struct hl_lanes {
	_Alignas(64) float v[HL_LANES];
};
/* n of them, each on a cache line of its own, not set; NULL: no memory. */
struct hl_lanes *hl_lanes_new(struct hl_arena *arena, size_t n);

struct hl_problem {
	const struct hl_sample *samples;
	size_t n;
	uint32_t n_features, n_groups; /* groups of HL_LANES classes */
	uint32_t fold;		       /* samples of this fold are left out; UINT8_MAX: none */
	uint32_t passes;	       /* of the solver over all samples, at most */
	uint32_t alarm; /* the lane of "any sensitive class", a class beside the others */
};
/* Solves the HL_LANES one-against-the-rest problems of a group at once: L2-regularised squared
   hinge, by dual coordinate descent, until no gradient is worth a step or the passes are used up.
   `alpha`: n places, the start and the end (zeroed for a cold start). `weights`: n_features + 1
   places (the last is the bias), overwritten. `order`: n places of workspace. */
void hl_solve(struct hl_lanes *weights, struct hl_lanes *alpha, uint32_t *order,
	      const struct hl_problem *problem, uint32_t group);
/* What classes have in common: class k has the parts parts[first[k]] … parts[first[k + 1] - 1]. */
struct hl_kinship {
	uint32_t *first; /* one more than classes */
	uint32_t *parts;
	float *share; /* of a class: 1 / √ parts */
	uint32_t n_parts;
};
/* Parts of the classes' names, cut at everything but letters and digits; no class has one twice.
   `names` NULL: no class has any. HL_OK, HL_NOMEM. */
int hl_kinship_read(struct hl_kinship *out, struct hl_arena *arena, const struct hl_str *names,
		    uint32_t n_names, uint32_t n_classes);

/* Multinomial logistic regression over the first `n_classes` classes, stopped early: stochastic
   gradient ascent with a falling rate, words of the texts left out at random. Classes of one kin
   learn from each other's texts. */
struct hl_ascent {
	const struct hl_problem *problem;
	const struct hl_kinship *kin;
	uint32_t n_classes;
	/* workspace */
	uint32_t *order;
	struct hl_sample part;
	struct hl_lanes *scores;
	float *of_part;
};
/* Sets the workspace for problems of this size. HL_OK, HL_NOMEM. */
int hl_ascent_init(struct hl_ascent *ascent, struct hl_arena *arena);
/* `weights`: (n_features + 1) × n_groups places, the groups of a feature side by side, overwritten.
 */
void hl_ascend(struct hl_lanes *weights, struct hl_ascent *ascent);

/* e to the x (0 below -600, held at 600), and the natural logarithm of a positive x: within 1e-14
   of the true value, and the same on every machine. */
double hl_exact_exp(double x);
double hl_exact_log(double x);

/* e to the x for x from -87 to 0, to six digits, without a call or a branch: sixteen at a time. */
static inline float hl_soft_exp(float x)
{
	int32_t k = (int32_t)(x * 1.44269504f - 0.5f);
	float r = x - (float)k * 0.693147181f;
	float sum =
		1 + r * (1 + r * (1 / 2.0f + r * (1 / 6.0f + r * (1 / 24.0f +
								  r * (1 / 120.0f + r / 720.0f)))));
	uint32_t bits = (uint32_t)(k + 127) << 23;
	float power;
	memcpy(&power, &bits, sizeof power);
	return sum * power;
}

/* The learners' own generator, the same on every machine. */
uint32_t hl_learner_draw(uint64_t *state);
void hl_learner_shuffle(uint32_t *order, size_t n, uint64_t *state);

#endif
