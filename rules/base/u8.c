/*
 * UTF-8 for the loader. Knows code points and their width, no meaning.
 */
#include "base/u8.h"

#include <utf8proc.h>

size_t hl_u8_next(uint32_t *point, struct hl_str text, size_t at)
{
	utf8proc_int32_t code = -1;
	*point = (unsigned char)text.ptr[at];
	if (*point < 0x80)
		return 1;
	size_t room = text.len - at < 4 ? text.len - at : 4;
	utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text.ptr + at,
					      (utf8proc_ssize_t)room, &code);
	if (n <= 0) {
		*point = 0xFFFD;
		return 1;
	}
	*point = (uint32_t)code;
	return (size_t)n;
}

size_t hl_u8_bad(struct hl_str text)
{
	size_t at = 0;
	while (at < text.len) {
		utf8proc_int32_t code = -1;
		if ((unsigned char)text.ptr[at] < 0x80) {
			at++;
			continue;
		}
		size_t room = text.len - at < 4 ? text.len - at : 4;
		utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text.ptr + at,
						      (utf8proc_ssize_t)room, &code);
		if (n <= 0)
			return at;
		at += (size_t)n;
	}
	return at;
}

unsigned hl_u8_width(uint32_t point)
{
	int width = utf8proc_charwidth((utf8proc_int32_t)point);
	return width < 0 ? 0 : width > 2 ? 2 : (unsigned)width;
}

size_t hl_u8_count(struct hl_str text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++)
		n += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
	return n;
}

bool hl_u8_odd_space(uint32_t point)
{
	return point == 0xA0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200B) ||
	       point == 0x202F || point == 0x205F || point == 0x3000;
}
