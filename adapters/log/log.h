/*
 * log.h: one JSON line a happening, on a descriptor. Control characters, direction marks and what
 * is not UTF-8 are escaped, fields are cut: no customer's bytes can forge or garble a line. What
 * customers write and what opens doors is never handed in here.
 */
#ifndef HL_LOG_H
#define HL_LOG_H

#include "hotline.h"

#define HL_LOG_FIELD_MAX 256 /* bytes of a field's value; what is longer ends in … */
#define HL_LOG_LINE_MAX 4096

enum hl_log_level { HL_LOG_DEBUG, HL_LOG_INFO, HL_LOG_WARN, HL_LOG_ERROR };

struct hl_log_field {
	const char *name;   /* a constant: letters and _ */
	struct hl_str text; /* used when ptr is set */
	int64_t number;
};
#define HL_LOG_TEXT(name, str)                                                                     \
	{                                                                                          \
		(name), (str), 0                                                                   \
	}
#define HL_LOG_NUMBER(name, number)                                                                \
	{                                                                                          \
		(name), HL_NONE, (number)                                                          \
	}

/* Caller's memory; no call fails: a line that cannot be written is counted and forgotten. */
struct hl_log {
	int fd;
	enum hl_log_level least;
	uint64_t lines, lost;
};

void hl_log_init(struct hl_log *log, int fd, enum hl_log_level least);
/* `what` is a constant phrase. */
void hl_log_say(struct hl_log *log, enum hl_log_level level, const char *what,
		const struct hl_log_field *fields, size_t n);
/* The line without time and newline, for tests; returns its length. */
size_t hl_log_format(char out[HL_LOG_LINE_MAX], enum hl_log_level level, const char *what,
		     const struct hl_log_field *fields, size_t n);

#endif
