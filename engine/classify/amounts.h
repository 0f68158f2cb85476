/*
 * classify/amounts.h: sums as customers write them, and numbers that are no sum.
 */
#ifndef HL_AMOUNTS_H
#define HL_AMOUNTS_H

#include "text/text.h"

/* How many words, from `word` on, are one amount: 500, 1,000.50, 1k, 2.5万, 五百; 0: none. */
uint32_t hl_amount_at(const struct hl_utterance *utterance, uint32_t word);
/* Is it a number of something else: hours waited, a part of a date, a share? Such a number is only
   taken where a rule names the place of the amount. */
bool hl_amount_of_other(const struct hl_utterance *utterance, uint32_t word, uint32_t n);

#endif
