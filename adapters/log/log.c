/*
 * log.c: lines are put together in one buffer and written with one call, so that two processes on
 * one descriptor do not mix. It knows the wall clock and a descriptor.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log/log.h"

static const char *const level_names[] = {"debug", "info", "warn", "error"};

struct line {
	char *at;
	size_t left;
};

static void put(struct line *line, const char *s, size_t n)
{
	if (n > line->left)
		n = line->left;
	memcpy(line->at, s, n);
	line->at += n;
	line->left -= n;
}

static void puts_(struct line *line, const char *s)
{
	put(line, s, strlen(s));
}

/* Length of the UTF-8 sequence at s, its code point in *point; 0 when it is none. */
static size_t sequence(uint32_t *point, const unsigned char *s, size_t left)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = {
		{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

	for (size_t n = 1; n <= 4; n++) {
		if ((s[0] & forms[n - 1].mask) != forms[n - 1].lead)
			continue;
		if (n > left)
			return 0;
		*point = s[0] & (unsigned char)~forms[n - 1].mask;
		for (size_t i = 1; i < n; i++) {
			if ((s[i] & 0xc0) != 0x80)
				return 0;
			*point = *point << 6 | (s[i] & 0x3f);
		}
		if (*point < forms[n - 1].least || *point > 0x10ffff ||
		    (*point >= 0xd800 && *point <= 0xdfff))
			return 0;
		return n;
	}
	return 0;
}

/* What could move the cursor, turn the text round or hide in it. */
static bool unseemly(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
	       (c >= 0xe0000 && c <= 0xe0fff);
}

static void put_string(struct line *line, struct hl_str s)
{
	const unsigned char *in = (const unsigned char *)s.ptr;
	size_t taken = 0;

	puts_(line, "\"");
	for (size_t i = 0; i < s.len;) {
		uint32_t point;
		size_t n = sequence(&point, in + i, s.len - i);
		char escaped[8];

		if (taken + (n ? n : 1) > HL_LOG_FIELD_MAX) {
			puts_(line, "…");
			break;
		}
		taken += n ? n : 1;
		if (n == 1 && (in[i] == '"' || in[i] == '\\')) {
			escaped[0] = '\\';
			escaped[1] = (char)in[i];
			put(line, escaped, 2);
		} else if (n == 0 || unseemly(point)) {
			snprintf(escaped, sizeof escaped, "\\u%04" PRIx32,
				 n && point <= 0xffff ? point : 0xfffd);
			puts_(line, escaped);
		} else {
			put(line, s.ptr + i, n);
		}
		i += n ? n : 1;
	}
	puts_(line, "\"");
}

size_t hl_log_format(char out[HL_LOG_LINE_MAX], enum hl_log_level level, const char *what,
		     const struct hl_log_field *fields, size_t n)
{
	/* room is kept for the end, so that a cut line is whole JSON: fields are bounded, and one
	   that might not fit is left out */
	struct line line = {out, HL_LOG_LINE_MAX - 2};

	puts_(&line, "\"level\":\"");
	puts_(&line, level_names[level]);
	puts_(&line, "\",\"what\":");
	put_string(&line, (struct hl_str){what, strlen(what)});
	for (size_t i = 0; i < n; i++) {
		char number[24];

		if (line.left < HL_LOG_FIELD_MAX * 6 + 64)
			break;
		puts_(&line, ",\"");
		puts_(&line, fields[i].name);
		puts_(&line, "\":");
		if (fields[i].text.ptr) {
			put_string(&line, fields[i].text);
		} else {
			snprintf(number, sizeof number, "%" PRId64, fields[i].number);
			puts_(&line, number);
		}
	}
	puts_(&line, "}");
	return (size_t)(line.at - out);
}

void hl_log_init(struct hl_log *log, int fd, enum hl_log_level least)
{
	*log = (struct hl_log){.fd = fd, .least = least};
}

void hl_log_say(struct hl_log *log, enum hl_log_level level, const char *what,
		const struct hl_log_field *fields, size_t n)
{
	char text[HL_LOG_LINE_MAX + 64];
	struct timespec now;
	struct tm tm;
	size_t at;

	if (level < log->least)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	at = strftime(text, 32, "{\"at\":\"%Y-%m-%dT%H:%M:%S", &tm);
	at += (size_t)snprintf(text + at, 16, ".%03ldZ\",", now.tv_nsec / 1000000);
	at += hl_log_format(text + at, level, what, fields, n);
	text[at++] = '\n';
	log->lines++;
	if (write(log->fd, text, at) != (ssize_t)at)
		log->lost++;
}
