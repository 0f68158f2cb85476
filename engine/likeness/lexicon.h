/*
 * lexicon.h: which concepts the words of a text speak of.
 */
#ifndef HL_LIKENESS_LEXICON_H
#define HL_LIKENESS_LEXICON_H

#include "text/text.h"

#define HL_CONCEPTS 4 /* of one run of words */

/* The concepts of the longest run of words the lexicon has at words[0], never 0; those not used are
   0. Gives the number of words in that run, 0 when there is none. */
size_t hl_lexicon_find(uint16_t concepts[HL_CONCEPTS], const struct hl_word *words, size_t n);

/* A word as the learner spells it: `sooo` is `so`. */
struct hl_str hl_lexicon_form(const struct hl_word *word);

#endif
