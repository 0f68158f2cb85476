/*
 * What a single character is: its kind when words are cut, and its Simplified form. Chinese and
 * ASCII are answered from tables here, the rest by utf8proc.
 */
#include <utf8proc.h>

#include "text/chars.h"
#include "text/text.h"

#include "text/han_table.h"

uint32_t hl_char_simplified(uint32_t code)
{
	if (code >= 0x4e00 && code < 0xa000) {
		uint32_t i = code - 0x4e00;
		return han_changes[i / 64] >> (i % 64) & 1 ? han_near[i] : code;
	}
	if (code < 0x3400 || code > 0x2ebe0)
		return code;
	size_t low = 0, high = sizeof han_far / sizeof *han_far;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (han_far[middle].from == code)
			return han_far[middle].to;
		if (han_far[middle].from < code)
			low = middle + 1;
		else
			high = middle;
	}
	return code;
}

struct range {
	uint32_t first, last;
	enum hl_char_kind kind;
};
/* By block where utf8proc's category would not tell Han or emoji from other letters and signs. */
static const struct range ranges[] = {
	{0x231a, 0x231b, HL_CHAR_EMOJI},  {0x23e9, 0x23fa, HL_CHAR_EMOJI},
	{0x2600, 0x27bf, HL_CHAR_EMOJI},  {0x2b1b, 0x2b1c, HL_CHAR_EMOJI},
	{0x2b50, 0x2b55, HL_CHAR_EMOJI},  {0x3005, 0x3005, HL_CHAR_HAN},
	{0x3007, 0x3007, HL_CHAR_HAN},	  {0x3400, 0x4dbf, HL_CHAR_HAN},
	{0x4e00, 0x9fff, HL_CHAR_HAN},	  {0xf900, 0xfaff, HL_CHAR_HAN},
	{0xfffc, 0xfffc, HL_CHAR_SECRET}, {0x1f000, 0x1faff, HL_CHAR_EMOJI},
	{0x20000, 0x323af, HL_CHAR_HAN},
};

enum hl_char_kind hl_char_kind_of(uint32_t code)
{
	if (code < 0x80) {
		if ((code | 0x20) - 'a' < 26)
			return HL_CHAR_LETTER;
		return code - '0' < 10 ? HL_CHAR_DIGIT : HL_CHAR_OTHER;
	}
	if (code >= 0x4e00 && code <= 0x9fff)
		return HL_CHAR_HAN;
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges && ranges[i].first <= code; i++)
		if (code <= ranges[i].last)
			return ranges[i].kind;
	switch (utf8proc_category((utf8proc_int32_t)code)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
		return HL_CHAR_LETTER;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
		return HL_CHAR_MARK;
	case UTF8PROC_CATEGORY_ND:
		return HL_CHAR_DIGIT;
	default:
		return HL_CHAR_OTHER;
	}
}

bool hl_char_is_latin(uint32_t code)
{
	if (code < 0x80)
		return (code | 0x20) - 'a' < 26;
	return (code >= 0xc0 && code <= 0x24f) || (code >= 0x250 && code <= 0x2af) ||
	       (code >= 0x1d00 && code <= 0x1dbf) || (code >= 0x1e00 && code <= 0x1eff) ||
	       (code >= 0x2c60 && code <= 0x2c7f) || (code >= 0xa720 && code <= 0xa7ff);
}

/* Letters of other scripts drawn like a Latin one, after case folding; sorted. */
static const struct look_alike {
	uint16_t code;
	char latin;
} look_alikes[] = {
	{0x03b1, 'a'}, {0x03b2, 'b'}, {0x03b5, 'e'}, {0x03b7, 'n'}, {0x03b9, 'i'}, {0x03ba, 'k'},
	{0x03bd, 'v'}, {0x03bf, 'o'}, {0x03c1, 'p'}, {0x03c4, 't'}, {0x03c5, 'u'}, {0x03c7, 'x'},
	{0x03f2, 'c'}, {0x03f3, 'j'}, {0x0430, 'a'}, {0x0432, 'b'}, {0x0433, 'r'}, {0x0435, 'e'},
	{0x0438, 'u'}, {0x043a, 'k'}, {0x043c, 'm'}, {0x043d, 'h'}, {0x043e, 'o'}, {0x043f, 'n'},
	{0x0440, 'p'}, {0x0441, 'c'}, {0x0442, 't'}, {0x0443, 'y'}, {0x0445, 'x'}, {0x044c, 'b'},
	{0x0451, 'e'}, {0x0455, 's'}, {0x0456, 'i'}, {0x0457, 'i'}, {0x0458, 'j'}, {0x0475, 'v'},
	{0x0491, 'r'}, {0x04af, 'y'}, {0x04bb, 'h'}, {0x04cf, 'l'}, {0x04e9, 'o'}, {0x0501, 'd'},
	{0x051b, 'q'}, {0x051d, 'w'}, {0x0563, 'q'}, {0x0566, 'q'}, {0x0570, 'h'}, {0x0575, 'j'},
	{0x0578, 'n'}, {0x057d, 'u'}, {0x0581, 'g'}, {0x0585, 'o'},
};

char hl_char_look_alike(uint32_t code)
{
	if (code < 0x03b1 || code > 0x0585)
		return 0;
	for (size_t i = 0; i < sizeof look_alikes / sizeof *look_alikes; i++)
		if (look_alikes[i].code == code)
			return look_alikes[i].latin;
	return 0;
}

/* Latin letters in fancy dress that NFKC leaves as they are: small capitals and the like. */
static const struct dressed {
	uint32_t code;
	char latin;
} dresses[] = {
	{0x0131, 'i'}, {0x0237, 'j'}, {0x0251, 'a'}, {0x0261, 'g'}, {0x0262, 'g'}, {0x026a, 'i'},
	{0x0274, 'n'}, {0x0280, 'r'}, {0x028f, 'y'}, {0x0299, 'b'}, {0x029c, 'h'}, {0x029f, 'l'},
	{0x1d00, 'a'}, {0x1d04, 'c'}, {0x1d05, 'd'}, {0x1d07, 'e'}, {0x1d0a, 'j'}, {0x1d0b, 'k'},
	{0x1d0d, 'm'}, {0x1d0f, 'o'}, {0x1d18, 'p'}, {0x1d1b, 't'}, {0x1d1c, 'u'}, {0x1d20, 'v'},
	{0x1d21, 'w'}, {0x1d22, 'z'}, {0xa730, 'f'}, {0xa731, 's'},
};

/* The zeros of scripts with digits of their own that are typed on phones; sorted. */
static const uint32_t zeros[] = {0x0660, 0x06f0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6,
				 0x0c66, 0x0ce6, 0x0d66, 0x0e50, 0x0ed0, 0x1040, 0x17e0};

static uint32_t plain_digit(uint32_t code)
{
	for (size_t i = 0; i < sizeof zeros / sizeof *zeros && zeros[i] <= code; i++)
		if (code - zeros[i] < 10)
			return '0' + (code - zeros[i]);
	return code;
}

uint32_t hl_char_undressed(uint32_t code)
{
	if (code < 0x0131)
		return code;
	if (code >= 0x0660 && code < 0x17ea)
		return plain_digit(code);
	if ((code >= 0x1f150 && code <= 0x1f169) || (code >= 0x1f170 && code <= 0x1f189))
		return 'a' + (code - 0x1f150) % 32; /* white letters on black */
	if (code > 0xa731 || (code > 0x029f && code < 0x1d00))
		return code;
	for (size_t i = 0; i < sizeof dresses / sizeof *dresses; i++)
		if (dresses[i].code == code)
			return (unsigned char)dresses[i].latin;
	return code;
}

/* Latin letters with a stroke or tied together: Unicode does not take them apart. */
static const struct stroked {
	uint32_t code;
	char plain[2];
} strokes[] = {
	{0x00e6, "ae"}, {0x00f0, "d"}, {0x00f8, "o"},  {0x0111, "d"},
	{0x0127, "h"},	{0x0142, "l"}, {0x0153, "oe"}, {0x0167, "t"},
};

size_t hl_char_unaccented(uint32_t out[2], uint32_t code)
{
	utf8proc_int32_t parts[4];
	int class = 0;
	out[0] = code;
	if (code < 0xc0 || (code != 0x0451 && !hl_char_is_latin(code)))
		return 1;
	for (size_t i = 0; i < sizeof strokes / sizeof *strokes; i++) {
		if (strokes[i].code != code)
			continue;
		out[0] = (unsigned char)strokes[i].plain[0];
		out[1] = (unsigned char)strokes[i].plain[1];
		return out[1] != 0 ? 2 : 1;
	}
	if (utf8proc_decompose_char((utf8proc_int32_t)code, parts, 4,
				    UTF8PROC_STABLE | UTF8PROC_DECOMPOSE, &class) > 0)
		out[0] = (uint32_t)parts[0];
	return 1;
}

bool hl_char_is_invisible(uint32_t code)
{
	if (code < 0xad || (code >= 0x3165 && code < 0xfe00))
		return false;
	if (code >= 0x1f3fb && code <= 0x1f3ff) /* skin tones: the same emoji */
		return true;
	return code != 0xfffd && utf8proc_get_property((utf8proc_int32_t)code)->ignorable;
}

bool hl_char_is_stacked_mark(uint32_t code)
{
	return (code >= 0x0300 && code <= 0x036f) || (code >= 0x0483 && code <= 0x0489) ||
	       (code >= 0x1ab0 && code <= 0x1aff) || (code >= 0x20d0 && code <= 0x20ff);
}
