/* PCRE2 under a budget. Its match limit bounds one start offset, not a call, so a text is searched
   window by window: first wide ones under a low limit, which nearly every pattern passes, then,
   where that limit was hit, windows of 16 offsets with the limit raised step by step and the budget
   checked in between. What a call may cost at most is known from the bytes a match can begin with.
   A limit that is hit in the end is noted, never read as "no match". Counts work, not time: the
   engine has no clock. */
#include "classify/pcre.h"

#include <string.h>

#define WIDE 512     /* offsets of a first try */
#define NARROW 16    /* offsets of a careful one */
#define LOW_LIMIT 64 /* counts at one offset */
#define HIGH_LIMIT 32768
#define COUNTS_A_UNIT 8

struct search {
	struct hl_reading *reading;
	const struct hl_pattern *pattern;
	pcre2_match_data *data;
	struct hl_str text;
};

static bool may_start(const struct hl_pattern *pattern, char c)
{
	unsigned char byte = (unsigned char)c;
	return pattern->starts[byte / 8] >> (byte % 8) & 1;
}

/* Places from `from` to `last` where a match may begin; *first is moved to the first of them. */
static uint32_t count_starts(const struct search *s, size_t *first, size_t last)
{
	const struct hl_pattern *pattern = s->pattern;
	const char *text = s->text.ptr;
	uint32_t n = 0;
	size_t end = last < s->text.len ? last + 1 : s->text.len, from = *first;
	if (pattern->first >= 0) {
		const char *p = text + from;
		while (from < end && (p = memchr(p, pattern->first, (size_t)(text + end - p)))) {
			if (!n++)
				*first = (size_t)(p - text);
			if (++p == text + end)
				break;
		}
		return n;
	}
	for (size_t i = from; i < end; i++)
		if (may_start(pattern, text[i]) && !n++)
			*first = i;
	/* a match of a position only may stand at the very end */
	return last >= s->text.len ? n + 1 : n;
}

/* One call: PCRE2's result, or PCRE2_ERROR_NOMATCH when no budget is left. */
static int call(struct search *s, size_t from, size_t last, uint32_t starts, uint32_t limit)
{
	pcre2_match_context *context = s->reading->scratch->match;
	uint64_t price = 4 + (uint64_t)starts * limit / COUNTS_A_UNIT;
	if (!hl_reading_spend(s->reading, price < UINT32_MAX ? (uint32_t)price : UINT32_MAX))
		return PCRE2_ERROR_NOMATCH;
	pcre2_set_match_limit(context, limit);
	pcre2_set_offset_limit(context, last < s->text.len ? last : s->text.len);
	return pcre2_match(s->pattern->code, (PCRE2_SPTR)s->text.ptr, s->text.len, from,
			   PCRE2_NO_UTF_CHECK, s->data, context);
}

static bool hit_limit(int rc)
{
	return rc == PCRE2_ERROR_MATCHLIMIT || rc == PCRE2_ERROR_DEPTHLIMIT ||
	       rc == PCRE2_ERROR_JIT_STACKLIMIT || rc == PCRE2_ERROR_HEAPLIMIT;
}

static size_t char_start(const struct search *s, size_t at)
{
	while (at < s->text.len && ((unsigned char)s->text.ptr[at] & 0xc0) == 0x80)
		at++;
	return at;
}

/* The wide window again, in narrow ones and with patience. */
static int search_narrow(struct search *s, size_t from, size_t last)
{
	for (size_t at = from; at <= last; at += NARROW) {
		size_t begin = char_start(s, at),
		       end = at + NARROW - 1 < last ? at + NARROW - 1 : last;
		if (begin > end)
			continue;
		uint32_t starts = count_starts(s, &begin, end);
		int rc = starts ? PCRE2_ERROR_MATCHLIMIT : PCRE2_ERROR_NOMATCH;
		for (uint32_t limit = LOW_LIMIT; hit_limit(rc) && limit <= HIGH_LIMIT; limit *= 8)
			rc = call(s, begin, end, starts, limit);
		if (hit_limit(rc))
			s->reading->limit_hit = true;
		else if (rc != PCRE2_ERROR_NOMATCH)
			return rc;
	}
	return PCRE2_ERROR_NOMATCH;
}

static int search_wide(struct search *s, size_t from)
{
	for (; from <= s->text.len; from += WIDE) {
		size_t last = from + WIDE - 1, begin = char_start(s, from);
		if (s->pattern->at_start && from)
			return PCRE2_ERROR_NOMATCH;
		if (begin > last)
			continue;
		uint32_t starts = count_starts(s, &begin, last);
		if (s->pattern->at_start)
			starts = 1;
		if (!starts)
			continue;
		int rc = call(s, begin, last, starts, LOW_LIMIT);
		if (hit_limit(rc))
			rc = search_narrow(s, begin, last < s->text.len ? last : s->text.len);
		if (rc != PCRE2_ERROR_NOMATCH)
			return rc;
	}
	return PCRE2_ERROR_NOMATCH;
}

int hl_pcre_search(struct hl_pcre_match *out, struct hl_reading *reading,
		   const struct hl_pattern *pattern, size_t from)
{
	struct search s = {
		.reading = reading, .pattern = pattern, .text = reading->utterance->normal.text};
	s.data = hl_scratch_groups(reading->scratch, pattern->captures + 1);
	if (!s.data)
		return HL_NOMEM;
	int rc = search_wide(&s, from);
	if (rc == PCRE2_ERROR_NOMEMORY)
		return HL_NOMEM;
	if (rc < 0) {
		/* an error of another kind is none of the author's: not to be trusted either */
		reading->limit_hit |= rc != PCRE2_ERROR_NOMATCH;
		return HL_NOT_FOUND;
	}
	const PCRE2_SIZE *pairs = pcre2_get_ovector_pointer(s.data);
	/* \K in a look-ahead can put the start behind the end */
	out->start = pairs[0] < pairs[1] ? pairs[0] : pairs[1];
	out->end = pairs[1];
	out->groups = pairs;
	out->n_groups = pattern->captures + 1;
	return HL_OK;
}
