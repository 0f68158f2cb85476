/*
 * What an author would have to write: a text in quotes; and which unquoted texts mean different
 * things to different readers of YAML.
 */
#include <string.h>

#include "yaml/yaml.h"

/* 'it's' and "say "hi" now" have their quotes already; "a" and "b" has not; "hi has one too few. */
static struct hl_str without_quotes(struct hl_str text)
{
	char quote = text.len > 2 ? text.ptr[0] : '\0';
	size_t inner = 0;
	bool opens = false;
	if (text.len > 1 && text.ptr[0] == '"' && !memchr(text.ptr + 1, '"', text.len - 1))
		return (struct hl_str){text.ptr + 1, text.len - 1};
	if ((quote != '"' && quote != '\'') || text.ptr[text.len - 1] != quote)
		return text;
	for (size_t i = 1; i + 1 < text.len; i++)
		if (text.ptr[i] == quote && inner++ == 0)
			opens = text.ptr[i - 1] == ' ';
	return inner % 2 || opens ? (struct hl_str){text.ptr + 1, text.len - 2} : text;
}

struct hl_str hl_yaml_quoted(struct hl_pool *pool, struct hl_str text)
{
	text = without_quotes(text);
	bool single =
		text.len && (memchr(text.ptr, '"', text.len) || memchr(text.ptr, '\\', text.len));
	char *out = hl_pool_take(pool, text.len * 2 + 3);
	size_t n = 0;
	if (!out)
		return HL_NONE;
	out[n++] = single ? '\'' : '"';
	for (size_t i = 0; i < text.len; i++) {
		if (single && text.ptr[i] == '\'')
			out[n++] = '\'';
		out[n++] = text.ptr[i];
	}
	out[n++] = single ? '\'' : '"';
	return (struct hl_str){out, n};
}

static bool is_switch(struct hl_str text)
{
	static const char *const words[] = {"no",    "yes",  "on",   "off",   "y",    "n",  "true",
					    "false", "null", "~",    "No",    "Yes",  "On", "Off",
					    "Y",     "N",    "True", "False", "Null", "NO", "YES",
					    "ON",    "OFF",  "TRUE", "FALSE", "NULL"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (hl_view_is(text, words[i]))
			return true;
	return false;
}

/* 1:30, 0123, 1_000: times, octal numbers and grouped numbers to YAML 1.1. */
static bool is_odd_number(struct hl_str text)
{
	size_t i = text.len && (text.ptr[0] == '-' || text.ptr[0] == '+') ? 1 : 0;
	size_t first = i, digits = 0, colons = 0, lows = 0;
	for (; i < text.len; i++) {
		char c = text.ptr[i];
		if (c >= '0' && c <= '9')
			digits++;
		else if (c == ':' && digits)
			colons++;
		else if (c == '_' && digits)
			lows++;
		else if (c != '.' || i == first)
			return false;
	}
	if (!digits)
		return false;
	bool octal = text.ptr[first] == '0' && digits > 1 && !memchr(text.ptr, '.', text.len) &&
		     text.len - first == digits;
	return (colons && text.ptr[text.len - 1] != ':') || lows || octal;
}

bool hl_yaml_is_trap(const struct hl_yaml_node *node)
{
	if (node->kind != HL_YAML_TEXT || node->style != HL_YAML_PLAIN)
		return false;
	return node->text.len == 0 || is_switch(node->text) || is_odd_number(node->text);
}
