/*
 * What most messages are made of, folded without utf8proc: ASCII eight bytes at a time, Chinese,
 * full-width signs, emoji and western accents by tables, each character as long as nothing behind
 * it could join it. Knows no writer: what it folds stays in its place or is left to others.
 */
#include <string.h>

#include "text/fold.h"

#include "text/chars.h"
#include "text/text.h"

/* What each ASCII byte becomes: lower case, control characters spaces, CR a line end. */
static const char ascii_fold[128] =
	"          \n  \n                  "
	" !\"#$%&'()*+,-./0123456789:;<=>?@abcdefghijklmnopqrstuvwxyz[\\]^_`"
	"abcdefghijklmnopqrstuvwxyz{|}~ ";

uint32_t hl_fold_replaced(uint32_t code)
{
	if (code < 0x80)
		return (uint32_t)ascii_fold[code];
	if (code < 0xa0)
		return code == 0x85 ? '\n' : ' ';
	switch (code) {
	case 0x00b4: /* apostrophes as they are typed */
	case 0x02bc:
	case 0x2018:
	case 0x2019:
	case 0x201b:
	case 0x2032:
		return '\'';
	case 0x2028:
	case 0x2029:
		return '\n';
	case HL_FOLD_OBJECT:
		return ' ';
	default:
		return code;
	}
}

uint32_t hl_fold_simple(uint32_t code)
{
	if (code < 0x80)
		return code;
	if (code >= 0x4e00 && code < 0xa000)
		return hl_char_simplified(code);
	if (code >= 0xff01 && code <= 0xff5e)
		return (uint32_t)ascii_fold[code - 0xfee0];
	if (code == 0x3000)
		return ' ';
	bool plain = (code >= 0x3001 && code <= 0x3002) || (code >= 0x3008 && code <= 0x3011) ||
		     (code >= 0x2013 && code <= 0x2014) || (code >= 0x201c && code <= 0x201d);
	return plain ? code : UINT32_MAX;
}

/* The high bit of each byte of `v` that is at least `low`, as far as all are ASCII, from the lowest
   on. */
static uint64_t at_least(uint64_t v, unsigned low)
{
	return (v + HL_EACH(0x80u - low)) & HL_EACH(0x80u);
}

/* Folds `n` of the eight bytes at `from`, ASCII, and writes all eight. */
static inline void fold_eight(char *to, const char *from, uint64_t v, size_t n)
{
	uint64_t control = ~(at_least(v, ' ') & ~at_least(v, 0x7f)) & HL_EACH(0x80u);
	v |= (at_least(v, 'A') & ~at_least(v, 'Z' + 1)) >> 2;
	v = HL_LITTLE_ENDIAN(v);
	memcpy(to, &v, sizeof v);
	for (size_t i = 0; control != 0 && i < n; i++)
		to[i] = ascii_fold[(unsigned char)from[i]];
}

/* The last eight are done with some that are done already, those before another character with it:
   what is written there is written again. */
size_t hl_fold_ascii(char *to, const char *from, size_t len)
{
	size_t i = 0;
	for (size_t at; i < len && len >= 8; i = at + 8) {
		at = i + 8 <= len ? i : len - 8;
		uint64_t v = hl_text_load8(from + at), above = v & HL_EACH(0x80u);
		size_t n = above != 0 ? (size_t)__builtin_ctzll(above) / 8 : 8;
		fold_eight(to + at, from + at, v, n);
		if (above != 0)
			return at + n;
	}
	for (; i < len && (unsigned char)from[i] < 0x80; i++)
		to[i] = ascii_fold[(unsigned char)from[i]];
	return i;
}

bool hl_fold_stands_alone(const unsigned char *p, const unsigned char *end)
{
	if (p == end || *p < 0x80 || (*p >= 0xc3 && *p <= 0xcb) || (*p >= 0xe5 && *p <= 0xe9))
		return true;
	if (end - p < 3)
		return false;
	switch (*p) {
	case 0xc2:
		return p[1] != 0xad;
	case 0xe2: /* curly quotes, dashes, dots */
		return p[1] == 0x80 && p[2] >= 0x90 && p[2] <= 0xa6;
	case 0xe3:
		return p[1] == 0x80 && p[2] <= 0x91;
	case 0xe4:
		return p[1] >= 0xb8;
	case 0xef:
		return p[1] == 0xbc || (p[1] == 0xbd && p[2] <= 0x9e);
	case 0xf0:
		return p[1] == 0x9f && p[2] >= 0x8c && p[2] != 0x8f;
	default:
		return false;
	}
}

uint32_t hl_fold_known(const unsigned char *p, size_t *n)
{
	uint32_t code;
	*n = 3;
	if (*p == 0xc3 && hl_fold_is_tail(p[1])) { /* western letters with accents; ß unfolds */
		*n = 2;
		code = 0xc0u | (p[1] & 0x3fu);
		if (code >= 0xe0 || code == 0xd7)
			return code;
		return code == 0xdf ? UINT32_MAX : code + 0x20;
	}
	if (*p < 0xe2 || !hl_fold_is_tail(p[1]) || !hl_fold_is_tail(p[2]))
		return UINT32_MAX;
	code = (uint32_t)(*p & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
	if (*p <= 0xef)
		return code == HL_FOLD_WHAT ? UINT32_MAX : hl_fold_simple(hl_fold_replaced(code));
	*n = 4;
	if (*p != 0xf0 || p[1] != 0x9f || p[2] < 0x8c || p[2] > 0xab || !hl_fold_is_tail(p[3]))
		return UINT32_MAX;
	code = 0x1f000 | (uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3f); /* emoji */
	return hl_char_is_invisible(code) ? UINT32_MAX : code;
}

/* Chinese characters that stand one after the other, each with its three bytes; the bytes done. */
static size_t fold_han(char *to, const unsigned char *p, const unsigned char *end)
{
	const unsigned char *start = p;
	for (; end - p >= 3 && *p >= 0xe4 && *p <= 0xe9; p += 3, to += 3) {
		uint32_t code =
			(uint32_t)(*p & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
		bool known = hl_fold_is_tail(p[1]) && hl_fold_is_tail(p[2]) && code >= 0x4e00 &&
			     code != HL_FOLD_WHAT;
		if (!known || !hl_fold_stands_alone(p + 3, end))
			break;
		code = hl_char_simplified(code);
		to[0] = (char)(0xe0 | code >> 12);
		to[1] = (char)(0x80 | (code >> 6 & 0x3f));
		to[2] = (char)(0x80 | (code & 0x3f));
	}
	return (size_t)(p - start);
}

size_t hl_fold_in_place(char *to, struct hl_str text)
{
	const unsigned char *from = (const unsigned char *)text.ptr, *end = from + text.len;
	size_t n;
	for (size_t at = 0;; at += n) {
		if (at == text.len)
			return at;
		if (from[at] < 0x80) {
			n = hl_fold_ascii(to + at, text.ptr + at, text.len - at);
			if (!hl_fold_stands_alone(from + at + n, end))
				return at + n - 1;
			continue;
		}
		n = fold_han(to + at, from + at, end);
		if (n > 0)
			continue;
		if (text.len - at < 4)
			return at;
		uint32_t code = hl_fold_known(from + at, &n);
		if (code == UINT32_MAX || !hl_fold_stands_alone(from + at + n, end))
			return at;
		if (n != (code < 0x80 ? 1 : hl_utf8_put(to + at, code)))
			return at;
	}
}
