/*
 * model.h: a trained model as it lies in memory and in the cache, and the steps that make one.
 */
#ifndef HL_LIKENESS_MODEL_H
#define HL_LIKENESS_MODEL_H

#include "likeness/features.h"

#define HL_MODEL_MAGIC "hotlike"
#define HL_MODEL_VERSION 13u
#define HL_CALIBRATION 4 /* weights of: 1, margin of the class, its lead, share known */
#define HL_ALARM 4	 /* of: 1, see hl_alarm_mass, margin of "any sensitive", share known */

/* One block of bytes: this head, then the arrays in the order of hl_model_parts. */
struct hl_model_head {
	char magic[8];
	uint32_t version, n_classes, stride, n_features, n_slots, unused;
	double unknown; /* weight of a feature never seen */
	double calibration[HL_CALIBRATION], alarm[HL_ALARM];
	struct hl_likeness_info info;
};
struct hl_model_parts {
	const struct hl_model_head *head;
	const uint64_t *keys;	  /* n_slots; 0: free */
	const uint32_t *indexes;  /* n_slots */
	const float *idf;	  /* n_features; below 0: only lines of no intent have it */
	const float *scales;	  /* n_features: a weight is its byte times this */
	const float *bias;	  /* stride */
	const uint8_t *sensitive; /* stride */
	const int8_t *weights;	  /* n_features × stride; classes, outside, any sensitive class,
				     nothing */
};
struct hl_likeness {
	struct hl_arena arena;
	struct hl_str bytes;
	struct hl_model_parts parts;
};

/* Bytes of a whole model with such a head; 0 when its numbers are not those of a model. */
size_t hl_model_size(const struct hl_model_head *head);
/* Points the parts into a block of hl_model_size bytes. */
void hl_model_split(struct hl_model_parts *out, const char *bytes);
/* The feature's index, or UINT32_MAX. */
uint32_t hl_model_index(const struct hl_model_parts *parts, uint64_t hash);

/* totals[k] = the sum over i below n of factors[i] × rows[i][k], for all k below stride, a multiple
   of HL_LANES. The sum of the factors' sizes × 128 must stay below 2^31. */
void hl_model_add_rows(int32_t *totals, uint32_t stride, const int8_t *const *rows,
		       const int16_t *factors, size_t n);

/* How far a class lies from its border (positive: inside), against the best other class. */
double hl_model_confidence(const double calibration[HL_CALIBRATION], double margin, double lead,
			   double known);
/* Logarithm of how much likelier the sensitive classes are together than all others: `n` margins,
   those of intents and of outside. Between -20 and 20. */
float hl_alarm_mass(const float *margins, const uint8_t *sensitive, uint32_t n);
/* How likely the message needs a person. */
double hl_alarm_score(const double alarm[HL_ALARM], float mass, float margin, double known);

/* ------------------------------------------------------------------ training */

/* What became of one held-out text. */
struct hl_judged {
	uint32_t klass, best; /* what it is, the intent judged likeliest */
	float margin, other;  /* of the best intent, of the best other class (outside too) */
	float known;
	float mass, alarm; /* see HL_ALARM */
	double score;
};
/* A ridge logistic regression of up to HL_FIT weights, by Newton's steps: begin, add all, step. */
#define HL_FIT 4
struct hl_fit {
	double *theta;
	size_t n; /* weights */
	double a[HL_FIT][HL_FIT], b[HL_FIT];
};
/* `prior`: where weights stay that nothing speaks about. */
void hl_fit_begin(struct hl_fit *fit, double *theta, const double *prior, size_t n);
void hl_fit_add(struct hl_fit *fit, const double *x, bool yes, double weight);
void hl_fit_step(struct hl_fit *fit);
/* What one text of an intent weighs, and one of no intent. */
struct hl_shares {
	double in, out;
	size_t n_in;
};
/* Fits the alarm's weights and finds its level; constants where too few texts are sensitive. */
void hl_alarm_judge(struct hl_model_head *head, const struct hl_judged *judged, size_t n,
		    struct hl_shares shares, const struct hl_likeness_options *options);
/* Fits the calibration and finds the thresholds. `judged` is reordered. */
void hl_judge(struct hl_model_head *head, struct hl_judged *judged, size_t n,
	      const struct hl_likeness_options *options);

/* Texts as samples over a dictionary of seen features. */
struct hl_corpus {
	struct hl_arena *arena;
	struct hl_sample *samples;
	size_t n;
	uint64_t *keys;
	uint32_t *indexes;
	uint32_t n_slots, n_features;
	uint32_t *seen, *own; /* n_features: texts that have it, of any kind and of intents */
	bool *tells;	      /* n_features: see hl_feature_tells */
	float *idf;
	float unknown;
	uint32_t n_folds;
};
/* No class is above `outside`, that of lines of no intent. HL_OK, HL_NOMEM. */
int hl_corpus_read(struct hl_corpus *out, struct hl_arena *arena,
		   const struct hl_likeness_text *texts, size_t n, uint32_t outside);

/* Lines that no support desk is for. */
extern const char *const hl_outside_lines[];
extern const size_t hl_n_outside_lines;

#endif
