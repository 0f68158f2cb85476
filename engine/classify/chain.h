/*
 * classify/chain.h: a pattern that is a chain of literals held against a message, by the places of
 * these alone.
 */
#ifndef HL_CLASSIFY_CHAIN_H
#define HL_CLASSIFY_CHAIN_H

#include "classify/pcre.h"

/* As hl_pcre_search, for the pattern of a chain. */
int hl_chain_search(struct hl_pcre_match *out, struct hl_reading *reading,
		    const struct hl_chain *chain, size_t from);

#endif
