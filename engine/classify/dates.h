/*
 * classify/dates.h: days as customers write them, in figures and in words.
 */
#ifndef HL_DATES_H
#define HL_DATES_H

#include "text/text.h"

/* How many words, from `word` on, are one date; 0: none begins here. */
uint32_t hl_date_at(const struct hl_utterance *utterance, uint32_t word);

#endif
