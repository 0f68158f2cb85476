/*
 * The JSON writer. Frames are small and many, so it writes straight into one buffer that is kept
 * from frame to frame instead of building a tree. It knows escaping, numbers and time stamps, no
 * frame.
 */
#include <stdlib.h>
#include <string.h>

#include "wire/wire.h"

void hl_wire_out_init(struct hl_wire_out *out)
{
	*out = (struct hl_wire_out){0};
}

void hl_wire_out_deinit(struct hl_wire_out *out)
{
	free(out->ptr);
	hl_wire_out_init(out);
}

void hl_wire_out_clear(struct hl_wire_out *out)
{
	out->len = 0;
	out->comma = false;
}

struct hl_str hl_wire_out_str(const struct hl_wire_out *out)
{
	return (struct hl_str){out->ptr, out->len};
}

static bool reserve(struct hl_wire_out *out, size_t more)
{
	if (out->failed)
		return false;
	if (more <= out->room - out->len)
		return true;
	size_t room = out->room ? out->room : 512;
	while (room - out->len < more)
		room *= 2;
	char *ptr = realloc(out->ptr, room);
	if (!ptr) {
		out->failed = true;
		return false;
	}
	out->ptr = ptr;
	out->room = room;
	return true;
}

static void put(struct hl_wire_out *out, const char *bytes, size_t len)
{
	if (len == 0 || !reserve(out, len))
		return;
	memcpy(out->ptr + out->len, bytes, len);
	out->len += len;
}

static void put_char(struct hl_wire_out *out, char byte)
{
	put(out, &byte, 1);
}

/* What a byte is written as, besides itself: 0 for \u00XX, the letter for a short escape. U+2028
   and U+2029 need none in JSON. */
static void put_escape(struct hl_wire_out *out, unsigned char byte)
{
	static const char hex[] = "0123456789abcdef";
	char letter = 0;

	switch (byte) {
	case '"':
	case '\\':
		letter = (char)byte;
		break;
	case '\n':
		letter = 'n';
		break;
	case '\r':
		letter = 'r';
		break;
	case '\t':
		letter = 't';
		break;
	default:
		break;
	}
	if (letter) {
		put(out, (char[]){'\\', letter}, 2);
		return;
	}
	put(out, (char[]){'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]}, 6);
}

static void put_string(struct hl_wire_out *out, struct hl_str value)
{
	size_t from = 0;

	put_char(out, '"');
	for (size_t i = 0; i < value.len; i++) {
		unsigned char byte = (unsigned char)value.ptr[i];

		if (byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7f)
			continue;
		put(out, value.ptr + from, i - from);
		put_escape(out, byte);
		from = i + 1;
	}
	put(out, value.ptr + from, value.len - from);
	put_char(out, '"');
}

static void put_uint(struct hl_wire_out *out, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	put(out, digits + at, sizeof(digits) - at);
}

static void member(struct hl_wire_out *out, const char *key)
{
	if (out->comma)
		put_char(out, ',');
	out->comma = true;
	if (!key)
		return;
	put_char(out, '"');
	put(out, key, strlen(key));
	put(out, "\":", 2);
}

void hl_wire_object(struct hl_wire_out *out, const char *key)
{
	member(out, key);
	put_char(out, '{');
	out->comma = false;
}

void hl_wire_object_end(struct hl_wire_out *out)
{
	put_char(out, '}');
	out->comma = true;
}

void hl_wire_array(struct hl_wire_out *out, const char *key)
{
	member(out, key);
	put_char(out, '[');
	out->comma = false;
}

void hl_wire_array_end(struct hl_wire_out *out)
{
	put_char(out, ']');
	out->comma = true;
}

void hl_wire_str(struct hl_wire_out *out, const char *key, struct hl_str value)
{
	member(out, key);
	put_string(out, value);
}

void hl_wire_opt(struct hl_wire_out *out, const char *key, struct hl_str value)
{
	if (value.len > 0)
		hl_wire_str(out, key, value);
}

void hl_wire_cstr(struct hl_wire_out *out, const char *key, const char *value)
{
	hl_wire_str(out, key, (struct hl_str){value, strlen(value)});
}

void hl_wire_uint(struct hl_wire_out *out, const char *key, uint64_t value)
{
	member(out, key);
	put_uint(out, value);
}

void hl_wire_int(struct hl_wire_out *out, const char *key, int64_t value)
{
	member(out, key);
	if (value < 0)
		put_char(out, '-');
	put_uint(out, value < 0 ? (uint64_t)0 - (uint64_t)value : (uint64_t)value);
}

void hl_wire_bool(struct hl_wire_out *out, const char *key, bool value)
{
	member(out, key);
	put(out, value ? "true" : "false", value ? 4 : 5);
}

void hl_wire_score(struct hl_wire_out *out, const char *key, double value)
{
	double bounded = value < 0 ? 0 : value > 1 ? 1 : value;
	unsigned parts = (unsigned)(bounded * 10000 + 0.5);
	char text[6] = {(char)('0' + parts / 10000),	 '.',
			(char)('0' + parts / 1000 % 10), (char)('0' + parts / 100 % 10),
			(char)('0' + parts / 10 % 10),	 (char)('0' + parts % 10)};

	member(out, key);
	put(out, text, sizeof(text));
}

void hl_wire_names(struct hl_wire_out *out, const char *key, struct hl_names names)
{
	hl_wire_array(out, key);
	for (size_t i = 0; i < names.n; i++)
		hl_wire_str(out, NULL, names.v[i]);
	hl_wire_array_end(out);
}

void hl_wire_attr(struct hl_wire_out *out, const struct hl_attr *attr)
{
	member(out, NULL);
	put_string(out, attr->name);
	put_char(out, ':');
	put_string(out, attr->value);
}

static bool named_before(const struct hl_attr *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].name.len == v[n].name.len &&
		    memcmp(v[i].name.ptr, v[n].name.ptr, v[n].name.len) == 0)
			return true;
	return false;
}

void hl_wire_attrs(struct hl_wire_out *out, const char *key, const struct hl_attr *v, size_t n)
{
	hl_wire_object(out, key);
	for (size_t i = 0; i < n; i++)
		if (!named_before(v, i))
			hl_wire_attr(out, &v[i]);
	hl_wire_object_end(out);
}

void hl_wire_raw(struct hl_wire_out *out, struct hl_str bytes)
{
	put(out, bytes.ptr, bytes.len);
}

/* ------------------------------------------------------------------ time */

static void put_digits(char *out, unsigned value, size_t places)
{
	for (size_t i = places; i-- > 0; value /= 10)
		out[i] = (char)('0' + value % 10);
}

/* Days since 1970 to a date of the Gregorian calendar, by eras of 400 years that begin in March:
   the leap day is then the last of its year. */
static void civil(int64_t days, unsigned *year, unsigned *month, unsigned *day)
{
	uint64_t shifted = (uint64_t)(days + 719468);
	uint64_t era = shifted / 146097;
	uint64_t doe = shifted % 146097;
	uint64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	uint64_t mp = (5 * doy + 2) / 153;

	*day = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
	*month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
	*year = (unsigned)(yoe + era * 400 + (*month <= 2 ? 1 : 0));
}

void hl_wire_time_format(char out[HL_WIRE_TIME_LEN], int64_t at_ms)
{
	const int64_t last = 253402300799999; /* 9999-12-31 */
	const int64_t day_ms = 86400000;
	int64_t at = at_ms < 0 ? 0 : at_ms > last ? last : at_ms;
	int64_t days = at / day_ms;
	unsigned rest = (unsigned)(at - days * day_ms);
	unsigned year, month, day;

	civil(days, &year, &month, &day);
	memcpy(out, "0000-00-00T00:00:00.000Z", HL_WIRE_TIME_LEN);
	put_digits(out, year, 4);
	put_digits(out + 5, month, 2);
	put_digits(out + 8, day, 2);
	put_digits(out + 11, rest / 3600000, 2);
	put_digits(out + 14, rest / 60000 % 60, 2);
	put_digits(out + 17, rest / 1000 % 60, 2);
	put_digits(out + 20, rest % 1000, 3);
}

void hl_wire_time(struct hl_wire_out *out, const char *key, int64_t at_ms)
{
	char text[HL_WIRE_TIME_LEN];

	hl_wire_time_format(text, at_ms);
	hl_wire_str(out, key, (struct hl_str){text, sizeof(text)});
}
