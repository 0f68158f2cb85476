/*
 * prefilter/borders.h: the words of PCRE2 without Unicode: runs of letters, digits and low lines in
 * ASCII.
 */
#ifndef HL_BORDERS_H
#define HL_BORDERS_H

#include "base/base.h"

/* \w: all of a longer character is none. */
static inline bool hl_is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       c == '_';
}

/* Does \b hold before byte `at`? */
static inline bool hl_is_border(struct hl_str text, size_t at)
{
	bool before = at && hl_is_word_byte(text.ptr[at - 1]);
	bool after = at < text.len && hl_is_word_byte(text.ptr[at]);
	return before != after;
}

#endif
