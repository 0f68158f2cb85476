/*
 * What is wrong with a file before it is parsed: too big, not UTF-8, control characters, tabs.
 */
#include <string.h>

#include "base/u8.h"
#include "yaml/yaml.h"

#define SAY(code, start, end, remedy, ...)                                                         \
	hl_yaml_mistake(findings, yaml, code, (uint32_t)(start), (uint32_t)(end),                  \
			hl_pool_format(&yaml->pool, __VA_ARGS__), HL_STR(remedy))

static bool is_control(uint32_t point)
{
	return (point < 0x20 && point != '\n' && point != '\t') ||
	       (point >= 0x7F && point < 0xA0) || point == 0xFEFF || point == 0x2028 ||
	       point == 0x2029 || point == 0xFFFE || point == 0xFFFF;
}

/* UTF-16 is what some editors call "Unicode": a mark at the start, or a zero byte in each pair. */
static bool is_utf16(struct hl_str text)
{
	const unsigned char *p = (const unsigned char *)text.ptr;
	size_t zeros[2] = {0, 0}, n = text.len < 64 ? text.len : 64;
	if (n >= 2 && ((p[0] == 0xFF && p[1] == 0xFE) || (p[0] == 0xFE && p[1] == 0xFF)))
		return true;
	for (size_t i = 0; i < n; i++)
		zeros[i % 2] += p[i] == 0;
	return n >= 4 && (zeros[0] * 4 > n || zeros[1] * 4 > n);
}

static bool check_encoding(struct hl_findings *findings, struct hl_yaml *yaml)
{
	struct hl_str text = yaml->source;
	size_t bad = hl_u8_bad(text);
	const char *cr = text.len ? memchr(text.ptr, '\r', text.len) : NULL;
	if (is_utf16(text)) {
		SAY("yaml.utf16", 0, 1, "save the file as UTF-8",
		    "this file is UTF-16 (\"Unicode\" in some editors), not UTF-8");
		return false;
	}
	if (bad < text.len) {
		SAY("yaml.utf8", bad, bad + 1, "save the file as UTF-8",
		    "this byte (0x%02X) is not UTF-8", (unsigned char)text.ptr[bad]);
		return false;
	}
	if (cr && !memchr(text.ptr, '\n', text.len)) {
		size_t at = (size_t)(cr - text.ptr);
		SAY("yaml.cr", at, at + 1, "save the file with ordinary line ends (LF)",
		    "the lines of this file end in carriage returns alone");
		return false;
	}
	return true;
}

static bool check_characters(struct hl_findings *findings, struct hl_yaml *yaml)
{
	struct hl_str text = yaml->source;
	for (size_t at = 0, n; at < text.len; at += n) {
		uint32_t point = (unsigned char)text.ptr[at];
		n = 1;
		if (point >= 0x20 && point < 0x7F)
			continue;
		n = hl_u8_next(&point, text, at);
		if (point == '\r' && at + 1 < text.len && text.ptr[at + 1] == '\n')
			continue;
		if (!is_control(point))
			continue;
		SAY("yaml.control", at, at + n, "take it out: nobody can see it",
		    "a control character (U+%04X) stands here", point);
		return false;
	}
	return true;
}

/* Tabs: said once for the file. Where one indents, what follows cannot be trusted. */
static bool check_tabs(struct hl_findings *findings, struct hl_yaml *yaml)
{
	struct hl_str text = yaml->source;
	size_t tabs = 0, first = 0;
	bool indents = false, leading = true;
	for (size_t at = 0; at < text.len; at++) {
		char c = text.ptr[at];
		if (c == '\t') {
			if (tabs++ == 0)
				first = at;
			indents = indents || leading;
			yaml->shadow[at] = ' ';
		}
		leading = c == '\n' || (leading && (c == ' ' || c == '\t'));
	}
	if (tabs == 1)
		SAY("yaml.tab", first, first + 1, "write spaces instead", "a tab stands here");
	else if (tabs > 1)
		SAY("yaml.tab", first, first + 1, "write spaces instead",
		    "a tab stands here, and %zu more in this file", tabs - 1);
	return !indents;
}

bool hl_yaml_check_form(struct hl_findings *findings, struct hl_yaml *yaml)
{
	return check_encoding(findings, yaml) && check_characters(findings, yaml) &&
	       check_tabs(findings, yaml);
}
