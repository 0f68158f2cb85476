/* PCRE2 under a budget. Its match limit bounds one start offset, not a call, so a text is searched
   in windows of 16 offsets with the budget checked in between; a limit that is hit is noted, never
   read as "no match". Counts work, not time: the engine has no clock. */
#include "classify/pcre.h"

#define WINDOW 16
#define MATCH_LIMIT 20000 /* counts at one offset; some 50 µs */

/* What a window costs, by how the work of a pattern can grow. */
static uint32_t window_price(const struct hl_pattern *pattern)
{
	static const uint32_t price[] = {24, 96, 400, 1600};
	return price[pattern->repeats < 3 ? pattern->repeats : 3];
}

int hl_pcre_search(struct hl_pcre_match *out, struct hl_reading *reading,
		   const struct hl_pattern *pattern, size_t from)
{
	struct hl_scratch *scratch = reading->scratch;
	struct hl_str text = reading->utterance->normal.text;
	pcre2_match_data *data = hl_scratch_groups(scratch, pattern->captures + 1);
	if (!data)
		return HL_NOMEM;
	pcre2_set_match_limit(scratch->match, MATCH_LIMIT);
	for (; from <= text.len; from += WINDOW) {
		while (from < text.len && ((unsigned char)text.ptr[from] & 0xc0) == 0x80)
			from++;
		if (!hl_reading_spend(reading, window_price(pattern)))
			return HL_NOT_FOUND;
		size_t last = from + WINDOW - 1;
		pcre2_set_offset_limit(scratch->match, last < text.len ? last : text.len);
		int rc = pcre2_match(pattern->code, (PCRE2_SPTR)text.ptr, text.len, from,
				     PCRE2_NO_UTF_CHECK, data, scratch->match);
		if (rc >= 0) {
			const PCRE2_SIZE *pairs = pcre2_get_ovector_pointer(data);
			/* \K in a look-ahead can put the start behind the end */
			out->start = pairs[0] < pairs[1] ? pairs[0] : pairs[1];
			out->end = pairs[1];
			out->groups = pairs;
			out->n_groups = pattern->captures + 1;
			return HL_OK;
		}
		if (rc == PCRE2_ERROR_NOMEMORY)
			return HL_NOMEM;
		if (rc != PCRE2_ERROR_NOMATCH) {
			reading->limit_hit = true;
			hl_reading_spend(reading, MATCH_LIMIT);
		}
	}
	return HL_NOT_FOUND;
}
