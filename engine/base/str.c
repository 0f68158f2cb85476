/*
 * Views of bytes and UTF-8. Why our own UTF-8 step: bytes from outside must never stop the engine,
 * and every room must cut bad ones into the same pieces, or positions would not map back.
 */
#include <string.h>

#include "base/base.h"

struct hl_str hl_str_of(const char *cstr)
{
	return cstr == NULL ? HL_NONE : (struct hl_str){cstr, strlen(cstr)};
}

struct hl_str hl_str_sub(struct hl_str text, size_t from, size_t len)
{
	if (from >= text.len)
		return (struct hl_str){text.ptr == NULL ? NULL : text.ptr + text.len, 0};
	if (len > text.len - from)
		len = text.len - from;
	return (struct hl_str){text.ptr + from, len};
}

bool hl_str_eq(struct hl_str a, struct hl_str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

int hl_str_cmp(struct hl_str a, struct hl_str b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);
	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

bool hl_str_starts(struct hl_str text, struct hl_str prefix)
{
	return text.len >= prefix.len && hl_str_eq(hl_str_sub(text, 0, prefix.len), prefix);
}

bool hl_str_ends(struct hl_str text, struct hl_str suffix)
{
	return text.len >= suffix.len &&
	       hl_str_eq(hl_str_sub(text, text.len - suffix.len, suffix.len), suffix);
}

size_t hl_str_find(struct hl_str text, struct hl_str part, size_t from)
{
	if (from > text.len || part.len > text.len - from)
		return SIZE_MAX;
	if (part.len == 0)
		return from;
	const char *hit = memmem(text.ptr + from, text.len - from, part.ptr, part.len);
	return hit == NULL ? SIZE_MAX : (size_t)(hit - text.ptr);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct hl_str hl_str_trim(struct hl_str text)
{
	while (text.len > 0 && is_blank(text.ptr[0])) {
		text.ptr++;
		text.len--;
	}
	while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
		text.len--;
	return text;
}

uint64_t hl_str_hash(struct hl_str text)
{
	uint64_t hash = 0xcbf29ce484222325u;
	for (size_t i = 0; i < text.len; i++)
		hash = (hash ^ (unsigned char)text.ptr[i]) * 0x100000001b3u;
	/* FNV's low bits are weak and tables use just these */
	hash ^= hash >> 32;
	hash *= 0x9e3779b97f4a7c15u;
	return hash ^ (hash >> 29);
}

static uint64_t load(const char *at, size_t n)
{
	uint64_t bytes = 0;
	memcpy(&bytes, at, n);
	return bytes;
}

uint64_t hl_str_mix(struct hl_str text)
{
	uint64_t hash = text.len;
	size_t at = 0;
	for (; text.len - at >= sizeof hash; at += sizeof hash) {
		hash = (hash ^ load(text.ptr + at, sizeof hash)) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 32;
	}
	if (at < text.len)
		hash = (hash ^ load(text.ptr + at, text.len - at)) * 0x9e3779b97f4a7c15u;
	hash ^= hash >> 32;
	hash *= 0xd6e8feb86659fd93u;
	return hash ^ hash >> 32;
}

/* The first byte decides the length and the bounds of the second byte; later ones are 80..BF. */
struct lead {
	unsigned char first, last, len, low, high;
};
static const struct lead leads[] = {
	/* what is met most comes first */
	{0xe1, 0xec, 3, 0x80, 0xbf}, {0xc2, 0xdf, 2, 0x80, 0xbf}, {0xee, 0xef, 3, 0x80, 0xbf},
	{0xf0, 0xf0, 4, 0x90, 0xbf}, {0xe0, 0xe0, 3, 0xa0, 0xbf}, {0xed, 0xed, 3, 0x80, 0x9f},
	{0xf1, 0xf3, 4, 0x80, 0xbf}, {0xf4, 0xf4, 4, 0x80, 0x8f},
};

uint32_t hl_utf8_next(const char **p, const char *end)
{
	unsigned char first = (unsigned char)**p;
	const char *at = ++*p;
	if (first < 0x80)
		return first;
	const struct lead *lead = NULL;
	for (size_t i = 0; i < sizeof leads / sizeof *leads && lead == NULL; i++)
		if (first >= leads[i].first && first <= leads[i].last)
			lead = &leads[i];
	if (lead == NULL)
		return 0xfffd;
	uint32_t code = first & (0x7fu >> lead->len);
	unsigned char low = lead->low, high = lead->high;
	for (unsigned i = 1; i < lead->len; i++, at++) {
		if (at == end || (unsigned char)*at < low || (unsigned char)*at > high) {
			*p = at;
			return 0xfffd;
		}
		code = code << 6 | ((unsigned char)*at & 0x3f);
		low = 0x80;
		high = 0xbf;
	}
	*p = at;
	return code;
}

size_t hl_utf8_put(char out[4], uint32_t code)
{
	if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		code = 0xfffd;
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = len - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (code & 0x3f));
		code >>= 6;
	}
	out[0] = (char)((0xf00u >> len & 0xff) | code);
	return len;
}

/* The number of ASCII bytes that the text begins with, perhaps up to seven short. */
static size_t ascii_bytes(const char *p, const char *end)
{
	const char *start = p;
	for (uint64_t v; end - p >= 8; p += 8) {
		memcpy(&v, p, sizeof v);
		if ((v & 0x8080808080808080u) != 0)
			break;
	}
	return (size_t)(p - start);
}

static bool is_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

bool hl_utf8_valid(struct hl_str text)
{
	const char *p = text.ptr, *end = text.ptr + text.len;
	while (text.len > 0 && p < end) {
		unsigned char first = (unsigned char)*p;
		if (first < 0x80) {
			p += ascii_bytes(p, end);
			while (p < end && (unsigned char)*p < 0x80)
				p++;
			continue;
		}
		if (first >= 0xe1 && first <= 0xec && end - p >= 3 && is_tail(p[1]) &&
		    is_tail(p[2])) { /* Chinese among others */
			p += 3;
			continue;
		}
		const char *start = p;
		/* U+FFFD itself is valid and three bytes; a bad piece may be as long, never the
		 * same */
		if (hl_utf8_next(&p, end) == 0xfffd &&
		    !(p - start == 3 && memcmp(start, "\xef\xbf\xbd", 3) == 0))
			return false;
	}
	return true;
}

size_t hl_utf8_count(struct hl_str text)
{
	size_t n = 0;
	if (text.len == 0)
		return 0;
	for (const char *p = text.ptr, *end = p + text.len; p < end; n++)
		(void)hl_utf8_next(&p, end);
	return n;
}

size_t hl_utf8_prefix(struct hl_str text, size_t n)
{
	if (text.len == 0)
		return 0;
	const char *p = text.ptr, *end = p + text.len;
	for (; n > 0 && p < end; n--)
		(void)hl_utf8_next(&p, end);
	return (size_t)(p - text.ptr);
}
