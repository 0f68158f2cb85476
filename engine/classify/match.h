/*
 * classify/match.h: one rule against one message: the best of all the ways it matches.
 */
#ifndef HL_MATCH_H
#define HL_MATCH_H

#include "classify/reading.h"

struct hl_capture { /* a named part of a rule that took something */
	struct hl_str name;
	uint32_t atom;	     /* HL_NO_ATOM: a pattern's group */
	uint32_t word, n;    /* words */
	uint32_t value;	     /* LIST: index of the value */
	uint32_t start, end; /* bytes of the normal form */
};
struct hl_match {
	uint32_t size2;	       /* words insisted on, in halves */
	uint32_t first;	       /* the leftmost word */
	const uint32_t *words; /* insisted on, ascending, none twice: what rules compete for */
	size_t n_words;
	const uint32_t *marked; /* all words that matched, ascending: what explain marks */
	size_t n_marked;
	const struct hl_capture *captures;
	size_t n_captures;
};

struct hl_one { /* one word that a net took */
	uint32_t word;
	uint32_t size2; /* 0: not insisted on */
};
/* A net that takes just one word: all there is to most items of `words:`. HL_OK, HL_NOT_FOUND;
   HL_LIMIT: it is not that simple. */
int hl_match_one(struct hl_one *out, struct hl_reading *reading, const struct hl_graph *graph);
/* Does a word net match somehow? False also when there is no memory (reading->failed). */
bool hl_match_holds(struct hl_reading *reading, const struct hl_graph *graph);
/* Right after hl_match_holds said yes: the one way there is. HL_OK, HL_NOMEM; HL_LIMIT: there may
   be several. */
int hl_match_way(struct hl_match *out, struct hl_reading *reading, const struct hl_graph *graph);
/* A word net. HL_OK, HL_NOT_FOUND, HL_NOMEM. */
int hl_match_graph(struct hl_match *out, struct hl_reading *reading, const struct hl_graph *graph);
/* Any rule. HL_OK, HL_NOT_FOUND, HL_NOMEM. */
int hl_match_rule(struct hl_match *out, struct hl_reading *reading, const struct hl_rule *rule);

#endif
