/*
 * classify/sayings.h: short messages that are built from few known pieces: "can i talk to a real
 * person please". A table of pieces takes the place of a table of sentences.
 */
#ifndef HL_SAYINGS_H
#define HL_SAYINGS_H

#include "text/text.h"

#define HL_SAYING_WORDS_MAX 16 /* a longer message is no saying */

/* A piece of words as a message is cut, Chinese characters without spaces. Each bit is a meaning:
   `core` of those it carries, `with` of those it may stand beside. */
struct hl_saying {
	char text[28]; /* at most 27 bytes; in the entry itself, for each word is looked up by
			  halving */
	uint16_t core, with;
};
/* `table` is in the order of its texts' bytes. The meanings for which the whole message can be cut
 * into pieces, at least one of them core. */
uint16_t hl_sayings_scan(const struct hl_saying *table, size_t n,
			 const struct hl_utterance *utterance);

#endif
