/*
 * Formatting without stdio, and without a check after each append: the first failure sticks.
 * Numbers come out the same under every locale.
 */
#include <string.h>

#include "base/base.h"

void hl_buf_init(struct hl_buf *buf, struct hl_arena *arena)
{
	*buf = (struct hl_buf){.arena = arena};
}

struct hl_str hl_buf_view(const struct hl_buf *buf)
{
	return (struct hl_str){buf->ptr, buf->len};
}

char *hl_buf_room(struct hl_buf *buf, size_t more)
{
	if (buf->failed || more > SIZE_MAX / 4 - buf->len) {
		buf->failed = true;
		return NULL;
	}
	if (buf->cap - buf->len < more) {
		size_t cap = buf->cap == 0 ? 64 : buf->cap * 2;
		if (cap < buf->len + more)
			cap = buf->len + more;
		char *grown = hl_arena_regrow(buf->arena, buf->ptr, buf->len, cap);
		if (grown == NULL) {
			buf->failed = true;
			return NULL;
		}
		buf->ptr = grown;
		buf->cap = cap;
	}
	return buf->ptr + buf->len;
}

void hl_buf_str(struct hl_buf *buf, struct hl_str text)
{
	char *at = text.len > 0 ? hl_buf_room(buf, text.len) : NULL;
	if (at != NULL) {
		memcpy(at, text.ptr, text.len);
		buf->len += text.len;
	}
}

void hl_buf_cstr(struct hl_buf *buf, const char *text)
{
	hl_buf_str(buf, hl_str_of(text));
}

void hl_buf_char(struct hl_buf *buf, char c)
{
	hl_buf_str(buf, (struct hl_str){&c, 1});
}

void hl_buf_code(struct hl_buf *buf, uint32_t code)
{
	char bytes[4];
	hl_buf_str(buf, (struct hl_str){bytes, hl_utf8_put(bytes, code)});
}

void hl_buf_padded(struct hl_buf *buf, uint64_t value, unsigned width)
{
	char digits[20];
	size_t at = sizeof digits;
	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	for (size_t n = sizeof digits - at; n < width; n++)
		hl_buf_char(buf, '0');
	hl_buf_str(buf, (struct hl_str){digits + at, sizeof digits - at});
}

void hl_buf_u64(struct hl_buf *buf, uint64_t value)
{
	hl_buf_padded(buf, value, 1);
}

void hl_buf_i64(struct hl_buf *buf, int64_t value)
{
	if (value < 0)
		hl_buf_char(buf, '-');
	hl_buf_u64(buf, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void hl_buf_fixed(struct hl_buf *buf, double value, unsigned decimals)
{
	static const uint32_t powers[] = {1,	  10,	   100,	     1000,	10000,
					  100000, 1000000, 10000000, 100000000, 1000000000};
	if (decimals > 9)
		decimals = 9;
	if (value != value)
		value = 0;
	double size = value < 0 ? -value : value;
	if (size > 9e9)
		size = 9e9;
	uint64_t scaled = (uint64_t)(size * (double)powers[decimals] + 0.5);
	if (value < 0 && scaled != 0)
		hl_buf_char(buf, '-');
	hl_buf_u64(buf, scaled / powers[decimals]);
	if (decimals > 0) {
		hl_buf_char(buf, '.');
		hl_buf_padded(buf, scaled % powers[decimals], decimals);
	}
}

void hl_buf_hex(struct hl_buf *buf, const void *bytes, size_t n)
{
	const unsigned char *from = bytes;
	for (size_t i = 0; i < n; i++) {
		hl_buf_char(buf, "0123456789abcdef"[from[i] >> 4]);
		hl_buf_char(buf, "0123456789abcdef"[from[i] & 15]);
	}
}
