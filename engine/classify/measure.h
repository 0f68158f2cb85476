/*
 * classify/measure.h: how wide the characters and how long the words of a message are: what bounds
 * the room that a pattern can bridge. Each is counted when first asked for.
 */
#ifndef HL_MEASURE_H
#define HL_MEASURE_H

#include "classify/reading.h"

/* Makes reading->char_bytes and reading->lines. */
void hl_measure_chars(struct hl_reading *reading);
/* Makes reading->word_most. */
void hl_measure_words(struct hl_reading *reading);
/* Makes reading->chars, where the characters are wider than a byte. False: no memory. */
bool hl_measure_places(struct hl_reading *reading);
/* What a reach is in bytes, for this message; the text's length is as good as any. */
size_t hl_measure_reach(struct hl_reading *reading, struct hl_reach reach);

#endif
