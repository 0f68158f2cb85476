/* PCRE2 under a budget. Its match limit bounds one start offset, not a call, so what a call may
   cost is known from the bytes of the text that a match can begin with. A text is searched whole
   under a low limit, or only where the pattern's literals allow a match; where the limit is hit,
   again in windows of 16 offsets with the limit raised step by step and the budget checked in
   between. A limit that is hit in the end is noted, never read as "no match". Counts work, not
   time: the engine has no clock. */
#include "classify/pcre.h"

#include "classify/chain.h"
#include "classify/measure.h"

#define NARROW 16      /* offsets of a careful one */
#define LOW_LIMIT 64   /* counts at one offset */
#define ALL_LIMIT 4096 /* counts at all offsets together, where that is more */
#define HIGH_LIMIT 32768
#define COUNTS_A_UNIT 32
#define COUNT_BYTES 512 /* a count may scan the text: so many bytes make it dearer by one */
#define PLACES_A_UNIT 16
#define LOOK_PLACES 8 /* what finding one among many costs */
#define FEW_PLACES 64 /* of a literal: at more of them one call is cheaper than one each */
#define RUN_BYTES 32  /* bytes a try may run over, a unit */
#define DEAR_LIMIT 8  /* counts at one offset, where each may run far */
#define DEAR_BYTES 4  /* that double what such a count costs */
#define NEAR 128      /* a try that runs over no more is priced as any */

struct search {
	struct hl_reading *reading;
	const struct hl_pattern *pattern;
	pcre2_match_data *data;
	struct hl_str text;
	size_t dear; /* bytes that a count may run over, beyond those of any */
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

static uint64_t price_of(const struct search *s, uint32_t starts, uint32_t limit)
{
	return (uint64_t)starts * limit * (1 + s->dear / DEAR_BYTES) / COUNTS_A_UNIT;
}

/* With ever higher limits, as far as the budget goes. */
static int search_window(struct search *s, size_t from, size_t last, uint32_t starts,
			 uint32_t first_limit)
{
	int rc = PCRE2_ERROR_MATCHLIMIT;
	for (uint32_t limit = first_limit; hit_limit(rc) && limit <= HIGH_LIMIT; limit *= 8) {
		uint64_t price = price_of(s, starts, limit) * (1 + s->text.len / COUNT_BYTES);
		rc = call(s, from, last, price, limit);
	}
	if (!hit_limit(rc))
		return rc;
	s->reading->limit_hit = true;
	return PCRE2_ERROR_NOMATCH;
}

static int search_narrow(struct search *s, size_t from, size_t end, uint32_t first_limit)
{
	int rc = PCRE2_ERROR_NOMATCH;
	for (size_t at = from; at <= end && rc == PCRE2_ERROR_NOMATCH; at += NARROW) {
		size_t begin = char_start(s, at),
		       last = at + NARROW - 1 < end ? at + NARROW - 1 : end;
		uint32_t starts = begin <= last ? window_starts(s, begin, last) : 0;
		if (starts)
			rc = search_window(s, begin, last, starts, first_limit);
	}
	return rc;
}

/* Matches that begin at from … last. */
static int search_range(struct search *s, size_t from, size_t last)
{
	bool whole = !from && last == s->text.len;
	if (whole && !count_bytes(s->reading))
		return PCRE2_ERROR_NOMEMORY;
	uint32_t starts = whole ? all_starts(s) : window_starts(s, from, last);
	size_t scans = s->pattern->scans < s->text.len ? s->pattern->scans : s->text.len;
	uint64_t runs = s->pattern->scans > NEAR ? (uint64_t)starts * scans / RUN_BYTES : 0;
	if (!starts)
		return PCRE2_ERROR_NOMATCH;
	/* few places may cost more each: another call would scan the text again */
	uint32_t limit = s->pattern->scans == HL_SCANS_ALL ? ALL_LIMIT / starts : 0;
	limit = limit > LOW_LIMIT ? limit : LOW_LIMIT;
	if (s->dear > NEAR)
		limit = DEAR_LIMIT;
	int rc = call(s, from, last, 2 + price_of(s, starts, limit) + runs, limit);
	return hit_limit(rc) ? search_narrow(s, from, last, limit * 8) : rc;
}

/* ------------------------------------------------------------------ steps */

static const struct hl_seen *seen_of(const struct hl_reading *r, uint32_t atom)
{
	return hl_reading_has(r, atom) ? &r->seen[r->place[atom]] : NULL;
}

static bool has_few_places(const struct hl_reading *r, const struct hl_step *step)
{
	for (uint32_t a = 0; a < step->n; a++) {
		const struct hl_seen *seen = seen_of(r, step->atoms[a]);
		if (seen && seen->n > FEW_PLACES)
			return false;
	}
	return true;
}

/* Where the next step's literals may end when they begin at `least` … `most`: the interval of these
   ends. False: nowhere. *looked counts places. */
static bool follow_step(size_t *least, size_t *most, uint32_t *looked, const struct hl_reading *r,
			const struct hl_step *step)
{
	size_t near = SIZE_MAX, far = 0;
	for (uint32_t a = 0; a < step->n; a++) {
		const struct hl_seen *seen = seen_of(r, step->atoms[a]);
		uint32_t n = seen ? seen->last - seen->first : 0, len = seen ? seen->len : 0;
		const uint32_t *ends = r->ends + (n ? seen->first : 0);
		uint32_t from = hl_ends_before(ends, n, *least + len);
		uint32_t to = hl_ends_before(ends, n, *most + len + 1);
		*looked += n < LOOK_PLACES ? n : LOOK_PLACES;
		if (from >= to)
			continue;
		near = ends[from] < near ? ends[from] : near;
		far = ends[to - 1] > far ? ends[to - 1] : far;
	}
	*least = near;
	*most = far;
	return far > 0;
}

/* Can the further steps follow a place of the first one, that ends there? */
static bool can_follow(struct search *s, size_t end)
{
	size_t least = end, most = end;
	uint32_t looked = PLACES_A_UNIT;
	bool can = true;
	for (uint32_t i = 1; i < s->pattern->n_steps && can; i++) {
		const struct hl_step *step = &s->pattern->steps[i];
		most += hl_measure_reach(s->reading, step->gap);
		can = follow_step(&least, &most, &looked, s->reading, step);
	}
	return hl_reading_spend(s->reading, looked / PLACES_A_UNIT) && can;
}

struct cursor { /* over the places of a step, from left to right */
	struct {
		uint32_t next; /* in `ends` */
		uint16_t left, len;
	} literals[HL_LITERALS_MAX];
	uint32_t n;
};
struct place {
	size_t start, end;
};

static void begin(struct cursor *c, const struct hl_reading *r, const struct hl_step *step)
{
	c->n = 0;
	for (uint32_t a = 0; a < step->n; a++) {
		const struct hl_seen *seen = seen_of(r, step->atoms[a]);
		if (!seen)
			continue;
		c->literals[c->n].next = seen->first;
		c->literals[c->n].left = (uint16_t)(seen->last - seen->first);
		c->literals[c->n++].len = seen->len;
	}
}

static bool next_place(struct place *out, struct cursor *c, const uint32_t *ends)
{
	uint32_t best = 0;
	size_t first = SIZE_MAX;
	for (uint32_t i = 0; i < c->n; i++) {
		if (!c->literals[i].left)
			continue;
		size_t start = ends[c->literals[i].next] - c->literals[i].len;
		best = start < first ? i : best;
		first = start < first ? start : first;
	}
	if (first == SIZE_MAX)
		return false;
	c->literals[best].left--;
	*out = (struct place){first, ends[c->literals[best].next++]};
	return true;
}

/* Only where the first step's literals stand, and the others may follow, can a match begin: at
   them, or so far before them as the pattern reaches. */
static int search_steps(struct search *s, size_t from)
{
	int rc = PCRE2_ERROR_NOMATCH;
	const struct hl_step *step = s->pattern->steps;
	struct place place;
	size_t before = hl_measure_reach(s->reading, step->gap);
	struct cursor cursor;
	begin(&cursor, s->reading, step);
	while (rc == PCRE2_ERROR_NOMATCH && next_place(&place, &cursor, s->reading->ends)) {
		size_t last = place.start;
		if (last < from || !can_follow(s, place.end))
			continue;
		size_t begin =
			char_start(s, last > before && last - before > from ? last - before : from);
		rc = search_range(s, begin, last);
		from = last + 1;
	}
	return rc;
}

static int search(struct search *s, size_t from)
{
	if (from > s->text.len)
		return PCRE2_ERROR_NOMATCH;
	if (s->pattern->at_start)
		return search_range(s, from, 0);
	if (s->pattern->n_steps && has_few_places(s->reading, s->pattern->steps))
		return hl_reading_ends(s->reading) ? search_steps(s, from) : PCRE2_ERROR_NOMEMORY;
	return search_range(s, from, s->text.len);
}

int hl_pcre_search(struct hl_pcre_match *out, struct hl_reading *reading,
		   const struct hl_pattern *pattern, size_t from)
{
	struct search s = {
		.reading = reading, .pattern = pattern, .text = reading->utterance->normal.text};
	if (pattern->chain)
		return hl_chain_search(out, reading, pattern->chain, from);
	s.data = hl_scratch_groups(reading->scratch, pattern->captures + 1);
	if (!s.data)
		return HL_NOMEM;
	s.dear = hl_measure_reach(reading, pattern->dear);
	s.dear = s.dear < s.text.len ? s.dear : s.text.len;
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
