/*
 * decide/decide.h: from what matched to one decision: answer, ask back, fetch a person, or nothing.
 */
#ifndef HL_DECIDE_H
#define HL_DECIDE_H

#include "decide/opinion.h"

/* What a decision is made from. */
struct hl_case {
	struct hl_scratch *scratch;
	const struct hl_ruleset *rules;
	const struct hl_query *query;
	const struct hl_utterance *utterance;
	struct hl_reading reading;
	struct hl_findings findings;
	struct hl_opinion opinion;
	struct hl_str lang;
};

/* Fills decision, intent, score, by, rule, ranked, all, clarify, slots, hits and limit_hit of the
   verdict. HL_OK, HL_NOMEM. */
int hl_decide(struct hl_verdict *out, struct hl_case *c);

/* hl_classify that also hands over the message as it was read, its secrets cut out. Lives in the
   scratch's turn and refers to query->text. */
int hl_classify_said(struct hl_verdict *out, struct hl_utterance *said, struct hl_scratch *scratch,
		     const struct hl_ruleset *rules, const struct hl_query *query);

/* Why one rule goes before another, as a constant sentence about the one that lost. */
const char *hl_decide_why(const struct hl_found *winner, const struct hl_found *loser);

#endif
