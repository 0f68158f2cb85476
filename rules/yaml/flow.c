/*
 * Inside [ ] and { }: where one text ends and the next begins, and which of them cannot be read
 * without quotes. The parser only says that a comma is missing; this says what was meant.
 */
#include <string.h>

#include "yaml/yaml.h"

struct scan {
	struct hl_str text;
	size_t at, start, end; /* start..end: what is wrong */
	unsigned depth;
};

static char sign_at(const struct scan *s, size_t at)
{
	return at < s->text.len ? s->text.ptr[at] : '\0';
}

static void skip_spaces(struct scan *s)
{
	while (sign_at(s, s->at) == ' ')
		s->at++;
}

static bool is_end(char c)
{
	return c == '\0' || c == '\n' || c == '\r';
}

/* Just past the quote that closes the one at `at`; the text's length when none does. */
static size_t past_quote(const struct scan *s, size_t at)
{
	char quote = sign_at(s, at++);
	for (; !is_end(sign_at(s, at)); at++) {
		if (quote == '"' && sign_at(s, at) == '\\')
			at++;
		else if (sign_at(s, at) == quote && quote == '\'' && sign_at(s, at + 1) == quote)
			at++;
		else if (sign_at(s, at) == quote)
			return at + 1;
	}
	return s->text.len;
}

/* The end of the text that begins at `at`, had it no quotes and brackets of its own. */
static size_t plain_end(const struct scan *s, size_t at)
{
	unsigned open = 0;
	for (; !is_end(sign_at(s, at)); at++) {
		char c = sign_at(s, at);
		if (c == '[' || c == '{')
			open++;
		else if (open && (c == ']' || c == '}'))
			open--;
		else if (!open && strchr(",]}", c))
			break;
	}
	while (sign_at(s, at - 1) == ' ')
		at--;
	return at;
}

static enum hl_flow_fault fault(struct scan *s, enum hl_flow_fault what, size_t start, size_t end)
{
	s->start = start;
	s->end = end;
	return what;
}

static enum hl_flow_fault quotes(struct scan *s, size_t start)
{
	return fault(s, HL_FLOW_QUOTES, start, plain_end(s, start));
}

static enum hl_flow_fault scan_bracket(struct scan *s);

/* A key's colon, or the comma or bracket that ends an item. */
static bool ends_item(const struct scan *s)
{
	char c = sign_at(s, s->at);
	return is_end(c) || strchr(",]}#", c) || c == ':';
}

/* Does a bracket close behind this ` #`, on the same line? Then it was meant as text. */
static bool closes_later(const struct scan *s)
{
	for (size_t at = s->at; !is_end(sign_at(s, at)); at++)
		if (strchr("]}", sign_at(s, at)))
			return true;
	return false;
}

static enum hl_flow_fault scan_plain(struct scan *s, bool is_value)
{
	size_t start = s->at;
	for (;; s->at++) {
		char c = sign_at(s, s->at), next = sign_at(s, s->at + 1);
		if (is_end(c) || strchr(",]}", c))
			return HL_FLOW_FINE;
		if (c == '[' || c == '{')
			return quotes(s, start);
		if (c == '#' && s->at > start && s->text.ptr[s->at - 1] == ' ') {
			if (closes_later(s))
				return fault(s, HL_FLOW_COMMENT, start, plain_end(s, start));
			s->at = s->text.len; /* a comment indeed */
			return HL_FLOW_FINE;
		}
		if (c == ':' && (next == ' ' || is_end(next) || strchr(",[]{}", next)))
			return is_value ? quotes(s, start) : HL_FLOW_FINE;
	}
}

static enum hl_flow_fault scan_item(struct scan *s, bool is_value)
{
	enum hl_flow_fault found = HL_FLOW_FINE;
	size_t start = s->at;
	char c = sign_at(s, s->at), next = sign_at(s, s->at + 1);
	if (strchr("@`%|>*&!", c) || (c == '-' && next == ' '))
		return quotes(s, start);
	if (c == '"' || c == '\'')
		s->at = past_quote(s, s->at);
	else if (c == '[' || c == '{')
		found = scan_bracket(s);
	else
		return scan_plain(s, is_value);
	if (found != HL_FLOW_FINE)
		return found;
	skip_spaces(s);
	return ends_item(s) ? HL_FLOW_FINE : quotes(s, start);
}

/* One item, with its value when it is a key. */
static enum hl_flow_fault scan_pair(struct scan *s)
{
	enum hl_flow_fault found = scan_item(s, false);
	if (found != HL_FLOW_FINE || sign_at(s, s->at) != ':')
		return found;
	s->at++;
	skip_spaces(s);
	if (is_end(sign_at(s, s->at)) || strchr(",]}", sign_at(s, s->at)))
		return HL_FLOW_FINE;
	return scan_item(s, true);
}

static enum hl_flow_fault scan_bracket(struct scan *s)
{
	enum hl_flow_fault found = HL_FLOW_FINE;
	s->at++;
	if (++s->depth > HL_RULES_DEPTH_MAX)
		found = fault(s, HL_FLOW_FINE, 0, 0);
	while (found == HL_FLOW_FINE && s->depth <= HL_RULES_DEPTH_MAX) {
		skip_spaces(s);
		char c = sign_at(s, s->at);
		if (is_end(c) || c == '#')
			break;
		if (c == ',')
			return fault(s, HL_FLOW_EMPTY, s->at, s->at + 1);
		if (c == ']' || c == '}') {
			s->at++;
			break;
		}
		size_t before = s->at;
		found = scan_pair(s);
		skip_spaces(s);
		if (sign_at(s, s->at) == ',' || s->at == before)
			s->at++;
	}
	s->depth--;
	return found;
}

enum hl_flow_fault hl_yaml_flow_fault(size_t *start, size_t *end, struct hl_str text, size_t from)
{
	struct scan s = {.text = text, .at = from};
	enum hl_flow_fault found = scan_bracket(&s);
	skip_spaces(&s);
	char c = sign_at(&s, s.at);
	if (found == HL_FLOW_FINE && (c == ']' || c == '}'))
		found = fault(&s, HL_FLOW_CLOSER, s.at, s.at + 1);
	*start = s.start;
	*end = s.end;
	return found;
}

struct hl_str hl_yaml_item(const struct hl_yaml *yaml, uint32_t start, bool flow)
{
	struct hl_str line = hl_yaml_line(yaml, hl_yaml_line_of(yaml, start));
	size_t len = (size_t)(line.ptr + line.len - (yaml->source.ptr + start));
	struct scan s = {.text = {yaml->source.ptr + start, len}};
	size_t end = flow ? plain_end(&s, 0) : len;
	for (size_t i = 1; i < end && !flow; i++)
		if (s.text.ptr[i] == '#' && s.text.ptr[i - 1] == ' ')
			end = i;
	while (end > 1 && s.text.ptr[end - 1] == ' ')
		end--;
	return (struct hl_str){s.text.ptr, end};
}
