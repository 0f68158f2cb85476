/*
 * classify/types.h: the things slot types take: numbers, amounts, dates, hashes, addresses …
 */
#ifndef HL_TYPES_H
#define HL_TYPES_H

#include "text/text.h"

/* How many words, from `word` on, are one thing of this type; 0: none begins here. TEXT, LIST and
   PATTERN are none of its business: 0. */
uint32_t hl_type_at(enum hl_slot_kind kind, const struct hl_utterance *utterance, uint32_t word);
/* Where in the link that `word` is the thing of this type stands, in bytes of the original; the
   whole link when none does. */
struct hl_span hl_type_in_link(enum hl_slot_kind kind, const struct hl_utterance *utterance,
			       uint32_t word);

#endif
