/*
 * classify/spoken.h: what is a value only because it is the answer to a question: "five hundred",
 * 一个, "etherium". Anywhere else such words mean something else too often.
 */
#ifndef HL_SPOKEN_H
#define HL_SPOKEN_H

#include "text/text.h"

/* Is the whole message, politeness and measure words aside, one number in words? How many words it
   has, from *word on; 0: it is not. */
uint32_t hl_spoken_number(uint32_t *word, const struct hl_utterance *utterance);

/* A day told by the hour or roughly, "2 hours ago", 刚才, "this morning", "on sat": where in the
   message no better date stands. How many words, from *word on; 0: there is none. */
uint32_t hl_spoken_day(uint32_t *word, const struct hl_utterance *utterance);

/* The list's value that a word of a short message spells with one slip, a plural among them; *word
   is where. NULL: none does, or several. */
const struct hl_list_value *hl_spoken_value(uint32_t *word, const struct hl_utterance *utterance,
					    const struct hl_list *list);

#endif
