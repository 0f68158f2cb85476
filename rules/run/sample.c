/*
 * A message that a pattern matches, made by reading it from left to right: the first of every
 * choice, the least of every count. Knows the common part of PCRE2's syntax; whoever uses the
 * sample holds it against the pattern itself.
 */
#include <string.h>

#include "base/u8.h"
#include "run/spell.h"

#define SAMPLE_MAX 512
#define GROUPS_DEEP 32u

struct sampler {
	struct hl_str pattern;
	size_t at;
	char text[SAMPLE_MAX];
	size_t len;
	unsigned depth;
	bool failed;
};

static char sign(const struct sampler *s)
{
	return s->at < s->pattern.len ? s->pattern.ptr[s->at] : '\0';
}

static bool eat(struct sampler *s, const char *text)
{
	size_t len = strlen(text);
	if (s->at + len > s->pattern.len || memcmp(s->pattern.ptr + s->at, text, len) != 0)
		return false;
	s->at += len;
	return true;
}

static void put(struct sampler *s, const char *text, size_t len)
{
	if (s->len + len > SAMPLE_MAX) {
		s->failed = true;
		return;
	}
	memcpy(s->text + s->len, text, len);
	s->len += len;
}

/* What an escape stands for; "" for a place between characters. */
static const char *escape(char c)
{
	static const struct {
		char sign;
		const char *sample;
	} table[] = {{'d', "7"}, {'w', "x"}, {'s', " "}, {'b', ""},  {'A', ""},
		     {'z', ""},	 {'Z', ""},  {'D', "x"}, {'W', " "}, {'S', "x"},
		     {'h', " "}, {'n', " "}, {'t', " "}};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].sign == c)
			return table[i].sample;
	return NULL;
}

static void sample_escape(struct sampler *s)
{
	char c = sign(s);
	const char *known = escape(c);
	s->at++;
	if (known)
		put(s, known, strlen(known));
	else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || !c)
		s->failed = true; /* one this reader does not know */
	else
		put(s, &c, 1);
}

/* The first member of a class. One that excludes gets an x, and the pattern's own word on it. */
static void sample_class(struct sampler *s)
{
	bool first = true, excludes = eat(s, "^");
	for (; sign(s) && (first || sign(s) != ']'); first = false) {
		uint32_t point;
		size_t len = hl_u8_next(&point, s->pattern, s->at);
		if (eat(s, "[:")) {
			s->failed = true;
			return;
		}
		if (eat(s, "\\")) {
			if (first && !excludes)
				sample_escape(s);
			else
				s->at++;
			continue;
		}
		if (first && !excludes)
			put(s, s->pattern.ptr + s->at, len);
		s->at += len;
	}
	if (excludes)
		put(s, "x", 1);
	s->failed = s->failed || !eat(s, "]");
}

static void sample_choices(struct sampler *s, bool keep);

/* Just behind an opening bracket. */
static void sample_group(struct sampler *s)
{
	if (eat(s, "?<") || eat(s, "?P<")) {
		if (sign(s) == '=' || sign(s) == '!') {
			s->failed = true; /* looks behind */
			return;
		}
		while (sign(s) && !eat(s, ">"))
			s->at++;
	} else if (!eat(s, "?:") && !eat(s, "?>") && !eat(s, "?|") && sign(s) == '?') {
		s->failed = true; /* looks ahead, switches, conditions */
		return;
	}
	if (++s->depth > GROUPS_DEEP)
		s->failed = true;
	else
		sample_choices(s, true);
	s->depth--;
	s->failed = s->failed || !eat(s, ")");
}

/* The least count of what follows an item: 0, 1, or the number in { }. */
static unsigned least_count(struct sampler *s)
{
	unsigned least = 1;
	if (eat(s, "?") || eat(s, "*")) {
		least = 0;
	} else if (!eat(s, "+") && sign(s) == '{' && s->at + 1 < s->pattern.len &&
		   s->pattern.ptr[s->at + 1] >= '0' && s->pattern.ptr[s->at + 1] <= '9') {
		least = 0;
		for (s->at++; sign(s) >= '0' && sign(s) <= '9' && least < SAMPLE_MAX; s->at++)
			least = least * 10 + (unsigned)(sign(s) - '0');
		while (sign(s) && !eat(s, "}"))
			s->at++;
	}
	if (!eat(s, "?"))
		eat(s, "+");
	return least;
}

static void sample_item(struct sampler *s)
{
	size_t before = s->len;
	uint32_t point;
	size_t len = hl_u8_next(&point, s->pattern, s->at);
	if (eat(s, "("))
		sample_group(s);
	else if (eat(s, "["))
		sample_class(s);
	else if (eat(s, "\\"))
		sample_escape(s);
	else if (eat(s, "."))
		put(s, "x", 1);
	else if (!eat(s, "^") && !eat(s, "$")) {
		put(s, s->pattern.ptr + s->at, len);
		s->at += len;
	}
	size_t made = s->len - before;
	unsigned count = least_count(s);
	if (count == 0)
		s->len = before;
	for (unsigned i = 1; i < count && !s->failed; i++)
		put(s, s->text + before, made);
}

/* Choices up to a closing bracket or the end: the first is kept. */
static void sample_choices(struct sampler *s, bool keep)
{
	size_t end = 0;
	while (!s->failed && sign(s) && sign(s) != ')') {
		if (!eat(s, "|")) {
			sample_item(s);
			continue;
		}
		end = keep ? s->len : end;
		keep = false;
	}
	if (!keep)
		s->len = end;
}

bool hl_spell_pattern(struct hl_str *out, struct hl_pool *pool, struct hl_str pattern)
{
	struct sampler s = {.pattern = pattern};
	sample_choices(&s, true);
	if (s.failed || s.at < pattern.len || s.len == 0)
		return false;
	*out = hl_pool_copy(pool, (struct hl_str){s.text, s.len});
	return out->ptr != NULL;
}
