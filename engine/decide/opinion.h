/*
 * decide/opinion.h: what the likeness thinks of a message, with what the rules forbid left out.
 */
#ifndef HL_OPINION_H
#define HL_OPINION_H

#include "classify/classify.h"

struct hl_guess {
	uint32_t intent; /* number */
	double score;
};
struct hl_opinion {
	struct hl_guess top[HL_LIKENESS_TOP]; /* likeliest first; equal ones by id */
	size_t n;
	struct hl_guess sensitive; /* the likeliest sensitive intent; its score: that of needing a
				      person, whichever it is */
	bool is_sensitive;	   /* ... and that is likely enough to fetch one */
	bool outside;		   /* more like what no intent takes */
	double known;		   /* share of the message made of things seen in training */
	double threshold, ask_threshold, person_threshold;
};

/* Nothing is likely when the set has learnt nothing or the message has no words. HL_OK, HL_NOMEM.
 */
int hl_opinion_form(struct hl_opinion *out, struct hl_reading *reading,
		    const struct hl_query *query, struct hl_str lang);
/* The intent's own likeness, 0 when it is not among the best. */
double hl_opinion_of(const struct hl_opinion *opinion, uint32_t intent);
/* Is the likeness sure enough of its first guess to answer alone? */
bool hl_opinion_sure(const struct hl_opinion *opinion);

#endif
