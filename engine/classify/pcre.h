/*
 * classify/pcre.h: a pattern searched for in a message, within a budget of work.
 */
#ifndef HL_PCRE_H
#define HL_PCRE_H

#include "classify/reading.h"

struct hl_pcre_match {
	size_t start, end;	  /* bytes of the normal form; start <= end */
	const PCRE2_SIZE *groups; /* pairs by group number; valid until the next search */
	uint32_t n_groups;	  /* pairs */
};
/* The leftmost match at or after `from`. HL_OK; HL_NOT_FOUND, also when the budget is used up or a
   limit was hit (noted in the reading); HL_NOMEM. */
int hl_pcre_search(struct hl_pcre_match *out, struct hl_reading *reading,
		   const struct hl_pattern *pattern, size_t from);

#endif
