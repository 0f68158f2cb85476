/* PCRE2 under a budget. Its match limit bounds one start offset, not a call, so what a call may
   cost is known from the bytes of the text that a match can begin with. A text is searched whole
   under a low limit, which nearly every pattern passes; where it is hit, again in windows of 16
   offsets with the limit raised step by step and the budget checked in between. A limit that is hit
   in the end is noted, never read as "no match". Counts work, not time: the engine has no clock. */
#include "classify/pcre.h"

#define NARROW 16    /* offsets of a careful one */
#define LOW_LIMIT 64 /* counts at one offset */
#define HIGH_LIMIT 32768
#define COUNTS_A_UNIT 32
#define COUNT_BYTES 512 /* a count may scan the text: so many bytes make it dearer by one */
#define RUN_BYTES 32	/* bytes a try may run over, a unit */

struct search {
	struct hl_reading *reading;
	const struct hl_pattern *pattern;
	pcre2_match_data *data;
	struct hl_str text;
};

static bool may_start(const struct hl_pattern *pattern, unsigned char byte)
{
	return pattern->starts[byte / 8] >> (byte % 8) & 1;
}

static const uint16_t *count_bytes(struct hl_reading *r)
{
	struct hl_str text = r->utterance->normal.text;
	uint16_t *bytes = r->bytes ? NULL : HL_NEW_ARRAY(&r->scratch->turn, 256, uint16_t);
	for (size_t i = 0; bytes && i < text.len; i++) {
		uint16_t *n = &bytes[(unsigned char)text.ptr[i]];
		*n = (uint16_t)(*n + (*n < UINT16_MAX));
	}
	r->bytes = bytes ? bytes : r->bytes;
	return r->bytes;
}

/* Places of the whole text where a match may begin. */
static uint32_t all_starts(const struct search *s)
{
	const struct hl_pattern *pattern = s->pattern;
	uint32_t n = 1; /* a match of a position may stand at the very end */
	if (pattern->at_start)
		return 1;
	for (size_t i = 0; i < pattern->n_few; i++)
		n += s->reading->bytes[pattern->few[i]];
	return pattern->n_few ? n : (uint32_t)s->text.len + 1;
}

static uint32_t window_starts(const struct search *s, size_t from, size_t last)
{
	uint32_t n = last >= s->text.len;
	for (size_t i = from; i <= last && i < s->text.len; i++)
		n += may_start(s->pattern, (unsigned char)s->text.ptr[i]);
	return n;
}

/* One call: PCRE2's result, or PCRE2_ERROR_NOMATCH when no budget is left. */
static int call(struct search *s, size_t from, size_t last, uint64_t price, uint32_t limit)
{
	pcre2_match_context *context = s->reading->scratch->match;
	if (!hl_reading_spend(s->reading, price < UINT32_MAX ? (uint32_t)price : UINT32_MAX))
		return PCRE2_ERROR_NOMATCH;
	pcre2_set_match_limit(context, limit);
	pcre2_set_offset_limit(context, last < s->text.len ? last : s->text.len);
	if (s->pattern->jit)
		return pcre2_jit_match(s->pattern->code, (PCRE2_SPTR)s->text.ptr, s->text.len, from,
				       0, s->data, context);
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

/* With ever higher limits, as far as the budget goes. */
static int search_window(struct search *s, size_t from, size_t last, uint32_t starts)
{
	int rc = PCRE2_ERROR_MATCHLIMIT;
	for (uint32_t limit = LOW_LIMIT; hit_limit(rc) && limit <= HIGH_LIMIT; limit *= 8) {
		uint64_t price =
			(uint64_t)starts * limit / COUNTS_A_UNIT * (1 + s->text.len / COUNT_BYTES);
		rc = call(s, from, last, price, limit);
	}
	if (!hit_limit(rc))
		return rc;
	s->reading->limit_hit = true;
	return PCRE2_ERROR_NOMATCH;
}

static int search_narrow(struct search *s, size_t from)
{
	size_t end = s->pattern->at_start ? 0 : s->text.len;
	int rc = PCRE2_ERROR_NOMATCH;
	for (size_t at = from; at <= end && rc == PCRE2_ERROR_NOMATCH; at += NARROW) {
		size_t begin = char_start(s, at),
		       last = at + NARROW - 1 < end ? at + NARROW - 1 : end;
		uint32_t starts = begin <= last ? window_starts(s, begin, last) : 0;
		if (starts)
			rc = search_window(s, begin, last, starts);
	}
	return rc;
}

/* Every match begins with the same letters: a try at each place where they stand. */
static int search_heads(struct search *s, size_t from)
{
	struct hl_str head = s->pattern->head;
	int rc = PCRE2_ERROR_NOMATCH;
	for (size_t at = hl_str_find(s->text, head, from);
	     at != SIZE_MAX && rc == PCRE2_ERROR_NOMATCH; at = hl_str_find(s->text, head, at + 1)) {
		size_t run = s->pattern->scans ? (s->text.len - at) / RUN_BYTES : 0;
		if (!hl_reading_spend(s->reading, (uint32_t)run))
			return rc;
		rc = search_window(s, at, at, 1);
	}
	return rc;
}

static int search(struct search *s, size_t from)
{
	if (from > s->text.len)
		return PCRE2_ERROR_NOMATCH;
	if (s->pattern->head.len && !s->pattern->at_start)
		return search_heads(s, from);
	if (!count_bytes(s->reading))
		return PCRE2_ERROR_NOMEMORY;
	uint32_t starts = all_starts(s);
	uint64_t runs = s->pattern->scans ? (uint64_t)starts * s->text.len / RUN_BYTES : 0;
	uint64_t price = 4 + (uint64_t)starts * LOW_LIMIT / COUNTS_A_UNIT + runs;
	int rc = call(s, from, s->text.len, price, LOW_LIMIT);
	return hit_limit(rc) ? search_narrow(s, from) : rc;
}

int hl_pcre_search(struct hl_pcre_match *out, struct hl_reading *reading,
		   const struct hl_pattern *pattern, size_t from)
{
	struct search s = {
		.reading = reading, .pattern = pattern, .text = reading->utterance->normal.text};
	s.data = hl_scratch_groups(reading->scratch, pattern->captures + 1);
	if (!s.data)
		return HL_NOMEM;
	int rc = search(&s, from);
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
