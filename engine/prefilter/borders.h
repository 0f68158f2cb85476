/*
 * prefilter/borders.h: the words of PCRE2 without Unicode: runs of letters, digits and low lines in
 * ASCII.
 */
#ifndef HL_BORDERS_H
#define HL_BORDERS_H

#include "text/text.h"

/* \w: all of a longer character is none. */
static inline bool hl_is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       c == '_';
}

/* The high bit of each of eight bytes that is \w. */
static inline uint64_t hl_word_bytes(uint64_t bytes)
{
	uint64_t low = bytes & HL_EACH(0x7f), letter = low | HL_EACH(0x20);
	uint64_t letters = (letter + HL_EACH(0x80 - 'a')) & ~(letter + HL_EACH(0x7f - 'z'));
	uint64_t digits = (low + HL_EACH(0x80 - '0')) & ~(low + HL_EACH(0x7f - '9'));
	uint64_t others = ~((low ^ HL_EACH('_')) + HL_EACH(0x7f));
	return (letters | digits | others) & ~bytes & HL_EACH(0x80);
}

/* Does \b hold before byte `at`? */
static inline bool hl_is_border(struct hl_str text, size_t at)
{
	bool before = at && hl_is_word_byte(text.ptr[at - 1]);
	bool after = at < text.len && hl_is_word_byte(text.ptr[at]);
	return before != after;
}

#endif
