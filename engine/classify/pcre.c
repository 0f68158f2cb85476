/* PCRE2 under a budget. Its match limit bounds one start offset, not a call, so what a call may
   cost is known from the bytes of the text that a match can begin with. A text is searched whole
   under a low limit, which nearly every pattern passes; where it is hit, again in windows of 16
   offsets with the limit raised step by step and the budget checked in between. A limit that is hit
   in the end is noted, never read as "no match". Counts work, not time: the engine has no clock. */
#include "classify/pcre.h"

#define WIDE 512     /* offsets of a first try */
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
	const uint16_t *bytes = s->reading->bytes;
	uint32_t n = 1; /* a match of a position may stand at the very end */
	if (pattern->at_start)
		return 1;
	if (pattern->first >= 0)
		return bytes[pattern->first];
	for (unsigned b = 0; b < 256; b++)
		n += may_start(pattern, (unsigned char)b) ? bytes[b] : 0;
	return n;
}

/* Places where `head` begins in the bytes from … last, at most `most`. */
static uint32_t count_heads(struct hl_str text, struct hl_str head, size_t from, size_t last,
			    uint32_t most)
{
	struct hl_str part = hl_str_sub(text, from, last - from + head.len);
	uint32_t n = 0;
	for (size_t at = 0; n < most; at++, n++) {
		at = hl_str_find(part, head, at);
		if (at == SIZE_MAX)
			break;
	}
	return n;
}

static uint32_t window_starts(const struct search *s, size_t from, size_t last)
{
	uint32_t n = last >= s->text.len;
	if (s->pattern->head.len)
		return count_heads(s->text, s->pattern->head, from, last, NARROW);
	for (size_t i = from; i <= last && i < s->text.len; i++)
		n += may_start(s->pattern, (unsigned char)s->text.ptr[i]);
	return n;
}

/* Tries that get past the letters every match begins with: what may run on to the end of the text.
 */
static uint32_t runs_of(const struct search *s, uint32_t starts)
{
	if (!s->pattern->scans)
		return 0;
	if (!s->pattern->head.len)
		return starts;
	return count_heads(s->text, s->pattern->head, 0, s->text.len, starts);
}

/* One call: PCRE2's result, or PCRE2_ERROR_NOMATCH when no budget is left. */
static int call(struct search *s, size_t from, size_t last, uint64_t price, uint32_t limit)
{
	pcre2_match_context *context = s->reading->scratch->match;
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

static int search_narrow(struct search *s, size_t from)
{
	size_t end = s->pattern->at_start ? 0 : s->text.len;
	for (size_t at = from; at <= end; at += NARROW) {
		size_t begin = char_start(s, at),
		       last = at + NARROW - 1 < end ? at + NARROW - 1 : end;
		if (begin > last)
			continue;
		uint32_t starts = window_starts(s, begin, last);
		int rc = starts ? PCRE2_ERROR_MATCHLIMIT : PCRE2_ERROR_NOMATCH;
		for (uint32_t limit = LOW_LIMIT; hit_limit(rc) && limit <= HIGH_LIMIT; limit *= 8)
			rc = call(s, begin, last,
				  (uint64_t)starts * limit / COUNTS_A_UNIT *
					  (1 + s->text.len / COUNT_BYTES),
				  limit);
		if (hit_limit(rc))
			s->reading->limit_hit = true;
		else if (rc != PCRE2_ERROR_NOMATCH)
			return rc;
	}
	return PCRE2_ERROR_NOMATCH;
}

static int search(struct search *s, size_t from)
{
	uint32_t starts = all_starts(s);
	if (!starts || from > s->text.len)
		return PCRE2_ERROR_NOMATCH;
	uint64_t price = 4 + (uint64_t)starts * LOW_LIMIT / COUNTS_A_UNIT +
			 (uint64_t)runs_of(s, starts) * s->text.len / RUN_BYTES;
	int rc = call(s, from, s->text.len, price, LOW_LIMIT);
	return hit_limit(rc) ? search_narrow(s, from) : rc;
}

int hl_pcre_search(struct hl_pcre_match *out, struct hl_reading *reading,
		   const struct hl_pattern *pattern, size_t from)
{
	struct search s = {
		.reading = reading, .pattern = pattern, .text = reading->utterance->normal.text};
	s.data = hl_scratch_groups(reading->scratch, pattern->captures + 1);
	if (!s.data || !count_bytes(reading))
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
