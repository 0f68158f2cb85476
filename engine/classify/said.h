/*
 * classify/said.h: small readers of a message's words, shared by the recognisers of dates and
 * amounts.
 */
#ifndef HL_SAID_H
#define HL_SAID_H

#include "text/text.h"

/* Does the word stand there, as an entry of a space-separated list of words? False behind the end
   of the message. */
bool hl_said_one_of(const struct hl_utterance *utterance, size_t word, const char *list);
/* Do these Chinese characters stand there, next to each other? How many words they are; 0: no. */
uint32_t hl_said_han(const struct hl_utterance *utterance, size_t word, const char *text);
/* The longest of a space-separated list of Chinese texts that stands there, in words; 0: none. */
uint32_t hl_said_any_han(const struct hl_utterance *utterance, size_t word, const char *list);
/* A number up to 9999 in digits or, up to 99, in Chinese numerals. How many words; 0: none. */
uint32_t hl_said_number(int *value, const struct hl_utterance *utterance, size_t word);
/* A run of Chinese numerals, of which the first is at `word`, in words; 0: none begins here. */
uint32_t hl_said_numerals(const struct hl_utterance *utterance, size_t word);

#endif
