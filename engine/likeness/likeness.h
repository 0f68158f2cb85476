/*
 * likeness.h: which intent a message resembles, learnt from examples, and how sure that is.
 *
 * A sparse linear classifier over words and pieces of words. Knows texts and class numbers, no
 * rules: the rule set decides what is learnt from and what a class means. Same texts in, same bytes
 * out; an order of texts that differs may give another model, so callers hand them in a canonical
 * order.
 */
#ifndef HL_LIKENESS_H
#define HL_LIKENESS_H

#include "text/text.h"

#define HL_LIKENESS_TOP 5
#define HL_LIKENESS_WORDS 64 /* words that are told apart; later ones are as the last */
#define HL_LIKENESS_FEW 50   /* examples below which thresholds are fixed, not found */

struct hl_likeness_text {
	const struct hl_utterance *u; /* must live during training */
	uint32_t klass;		      /* below n_classes; n_classes itself: outside, no intent's */
	bool example; /* held out in turn to find the thresholds; not set for names and spelt
			 phrases */
};
struct hl_likeness_options {
	uint32_t n_classes;	    /* intents */
	const bool *sensitive;	    /* n_classes; NULL: none */
	double precision;	    /* answered alone must be right this often: 0.5 to 0.999 */
	double oos;		    /* share of messages to expect about something else: 0 to 0.9 */
	const struct hl_str *names; /* n_classes; those that share a part (withdrawal.…) learn from
				       each other. NULL: none do */
	const struct hl_workers *workers; /* NULL: the calling thread. The model is the same. */
};

struct hl_likeness;
/* Learns. Takes seconds for big packs. Lines that fit no support desk ship with the engine and are
   learnt as outside while oos > 0. The result is on the heap. HL_OK; HL_REFUSED: nothing to learn
   (no text of any class); HL_NOMEM. */
int hl_likeness_train(struct hl_likeness **out, const struct hl_likeness_text *texts, size_t n,
		      const struct hl_likeness_options *options);
struct hl_likeness *hl_likeness_free(struct hl_likeness *model);

/* The model as bytes, to be cached under the caller's content hash; lives with the model. Only for
   the same build on the same kind of machine. */
struct hl_str hl_likeness_bytes(const struct hl_likeness *model);
/* A model from such bytes (copied). HL_OK, HL_REFUSED (not a whole model of this version),
 * HL_NOMEM. */
int hl_likeness_load(struct hl_likeness **out, struct hl_str bytes);

struct hl_likeness_info {
	uint32_t n_classes, features;
	uint32_t judged;      /* held-out examples that the thresholds stand on */
	bool fixed;	      /* too few of them: thresholds are constants */
	double threshold;     /* answer alone at or above: see hl_likeness_options.precision */
	double ask_threshold; /* ask back between this and the threshold */
	double sensitive_threshold;
	double accuracy; /* of the held-out examples of intents */
	double answered; /* share of them at or above the threshold */
	double ece;	 /* expected calibration error of the score, ten bins */
	/* precision (first) and share answered (second) at score i / 20, out-of-scope lines weighed
	 * in */
	double curve[20][2];
};
void hl_likeness_info(struct hl_likeness_info *out, const struct hl_likeness *model);
/* See hl_ruleset_memory. */
void hl_likeness_memory(const struct hl_likeness *model,
			void (*each)(void *arg, const void *start, size_t bytes), void *arg);

struct hl_likeness_guess {
	uint32_t klass;
	double score; /* how likely right; a multiple of 1/4096 */
};
struct hl_likeness_result {
	struct hl_likeness_guess
		top[HL_LIKENESS_TOP]; /* intents, likeliest first; equal ones by number */
	size_t n;
	bool outside; /* nothing known, or it is more like what no intent takes */
	double known; /* share of the message made of things seen in training */
	struct hl_likeness_guess
		sensitive; /* the likeliest sensitive intent, and how likely the message needs a
			      person, whichever it is; score 0: no intent is sensitive */
};
/* Judges a message. Temporary memory from `arena`. HL_OK, HL_NOMEM. */
int hl_likeness_score(struct hl_likeness_result *out, const struct hl_likeness *model,
		      struct hl_arena *arena, const struct hl_utterance *u);

/* How much each word speaks for "needs a person" (negative: against it), for whoever explains. In
   no unit: to be compared with each other. HL_OK, HL_NOMEM. */
int hl_likeness_blame(double by_word[HL_LIKENESS_WORDS], const struct hl_likeness *model,
		      struct hl_arena *arena, const struct hl_utterance *u);

#endif
