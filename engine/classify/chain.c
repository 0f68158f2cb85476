/* Where a literal of a link stands, the rest of the chain matches or not, however one came there.
   So from the last link to the first each place is told whether it leads to the end; then one goes
   from the leftmost that does to the place that PCRE2 would have tried first, link by link. Nothing
   is tried twice. Counts the places it looks at. */
#include "classify/chain.h"

#include <string.h>

#include "classify/measure.h"
#include "prefilter/borders.h"

#define LOOKED_A_UNIT 8
#define LOOKED_A_LINE 8 /* its end is looked for */
#define LOOKED_A_SPOT 8 /* a place is looked for among many */
#define NO_PLACE UINT32_MAX

struct spot { /* a literal of a link that the message has */
	const uint32_t *ends;
	uint32_t n, len;
	uint64_t *leads; /* a bit of each place: the chain can end from there */
};
struct chase {
	struct hl_reading *reading;
	struct hl_str text;
	const struct hl_link *links;
	const struct hl_run *runs;
	size_t n_links;
	uint32_t looked;
	bool spent;			    /* the budget */
	uint16_t first[HL_CHAIN_LINKS + 1]; /* spots of a link */
	struct spot spots[HL_CHAIN_LITERALS];
	uint64_t few[HL_CHAIN_LITERALS]; /* `leads` of those with no more than 64 places … */
	uint64_t *many;			 /* … and room of the others */
	size_t n_many, cap_many;
	size_t pairs[2 * (HL_CHAIN_GROUPS + 1)]; /* groups, as PCRE2 tells them */
};
struct range { /* where a literal may begin: at least, at most */
	size_t least, most;
};

static bool look(struct chase *c, uint32_t n)
{
	c->looked += n;
	if (c->looked >= LOOKED_A_UNIT) {
		c->spent |= !hl_reading_spend(c->reading, c->looked / LOOKED_A_UNIT);
		c->looked %= LOOKED_A_UNIT;
	}
	return !c->spent;
}

/* ------------------------------------------------------------------ runs */

static bool take_runs(struct chase *c, size_t run, size_t end, size_t at, size_t to);

static bool take_bytes(struct chase *c, size_t run, size_t end, size_t at, size_t to)
{
	const struct hl_run *r = &c->runs[run];
	size_t n = 0, most = r->most == HL_RUN_FAR ? SIZE_MAX : r->most;
	while (n < most && at + n < to && hl_run_takes(r, (unsigned char)c->text.ptr[at + n]))
		n++;
	if (!look(c, (uint32_t)n))
		return false;
	if (r->lazy) {
		for (size_t i = r->least; i <= n; i++)
			if (take_runs(c, run + 1, end, at + i, to))
				return true;
		return false;
	}
	for (size_t i = n + 1; i-- > r->least;)
		if (take_runs(c, run + 1, end, at + i, to))
			return true;
	return false;
}

/* Do the runs run … end - 1 take all from `at` to `to`? Sets the groups as PCRE2 would. */
static bool take_runs(struct chase *c, size_t run, size_t end, size_t at, size_t to)
{
	const struct hl_run *r = &c->runs[run];
	if (!look(c, 2))
		return false;
	if (run == end)
		return at == to;
	if (r->op == HL_RUN_BYTES)
		return take_bytes(c, run, end, at, to);
	if (r->op == HL_RUN_MAYBE) {
		if (r->lazy && take_runs(c, run + 1 + r->of, end, at, to))
			return true;
		if (take_runs(c, run + 1, end, at, to))
			return true;
		return !r->lazy && r->of && take_runs(c, run + 1 + r->of, end, at, to);
	}
	size_t *pair = &c->pairs[2 * r->of + (r->op == HL_RUN_CLOSE)], before = *pair;
	*pair = at;
	if (take_runs(c, run + 1, end, at, to))
		return true;
	*pair = before;
	return false;
}

/* Is the byte one that some of a link's runs take? */
static bool is_of_runs(const struct chase *c, const struct hl_link *link, unsigned char byte)
{
	bool is = false;
	for (size_t i = link->run; i < (size_t)link->run + link->n_runs && !is; i++)
		is = c->runs[i].op == HL_RUN_BYTES && hl_run_takes(&c->runs[i], byte);
	return is;
}

static bool take_link_runs(struct chase *c, const struct hl_link *link, size_t at, size_t to)
{
	return take_runs(c, link->run, (size_t)link->run + link->n_runs, at, to);
}

/* ------------------------------------------------------------------ where the next one may be */

static size_t line_end(struct chase *c, size_t at)
{
	if (!c->reading->lines || !look(c, LOOKED_A_LINE))
		return c->text.len;
	const char *end = memchr(c->text.ptr + at, '\n', c->text.len - at);
	return end ? (size_t)(end - c->text.ptr) : c->text.len;
}

/* So many characters further, at most `end`; SIZE_MAX: there are not so many. */
static size_t step_over(const struct chase *c, size_t at, size_t chars, size_t end)
{
	const uint32_t *numbers = c->reading->chars;
	if (!numbers)
		return chars <= end - at ? at + chars : SIZE_MAX;
	return chars <= numbers[end] - numbers[at] ? c->reading->char_starts[numbers[at] + chars]
						   : SIZE_MAX;
}

/* Behind a literal that ends at `at`. False: nowhere. */
static bool find_range(struct chase *c, struct range *out, const struct hl_link *link, size_t at)
{
	if (link->n_runs) {
		size_t end = at;
		while (end < c->text.len && is_of_runs(c, link, (unsigned char)c->text.ptr[end]))
			end++;
		*out = (struct range){end, end};
		return look(c, (uint32_t)(end - at)) && take_link_runs(c, link, at, end);
	}
	*out = (struct range){at, at};
	if (!link->most)
		return true;
	if (!hl_measure_places(c->reading))
		return false;
	size_t end = line_end(c, at);
	out->least = step_over(c, at, link->least, end);
	out->most = link->most == HL_CHAIN_FAR ? end : step_over(c, at, link->most, end);
	out->most = out->most == SIZE_MAX ? end : out->most;
	return out->least != SIZE_MAX;
}

/* ------------------------------------------------------------------ places */

/* The nearest or the furthest place of a literal that begins there and leads to the end, or
   NO_PLACE. */
static uint32_t place_in(struct chase *c, const struct spot *s, struct range range, bool nearest)
{
	uint32_t from = hl_ends_before(s->ends, s->n, range.least + s->len);
	uint32_t to = hl_ends_before(s->ends, s->n, range.most + s->len + 1);
	look(c, 1 + (s->n < LOOKED_A_SPOT ? s->n : LOOKED_A_SPOT));
	if (from >= to)
		return NO_PLACE;
	uint32_t first = from / 64, last = (to - 1) / 64;
	for (uint32_t i = 0; i <= last - first; i++) {
		uint32_t at = nearest ? first + i : last - i;
		uint64_t places = s->leads[at];
		if (at == first)
			places &= UINT64_MAX << (from % 64);
		if (at == last)
			places &= UINT64_MAX >> (63 - (to - 1) % 64);
		if (places)
			return at * 64 + (uint32_t)(nearest ? __builtin_ctzll(places)
							    : 63 - __builtin_clzll(places));
		look(c, 1);
	}
	return NO_PLACE;
}

static bool stands_in(struct chase *c, size_t link, struct range range)
{
	for (size_t s = c->first[link]; s < c->first[link + 1]; s++)
		if (place_in(c, &c->spots[s], range, true) != NO_PLACE)
			return true;
	return false;
}

/* Can what follows the link's literal be there, when that ends at `at`? */
static bool goes_on(struct chase *c, size_t link, size_t at)
{
	for (size_t i = link + 1; i < c->n_links; i++) {
		const struct hl_link *next = &c->links[i];
		struct range range;
		bool there = find_range(c, &range, next, at) && stands_in(c, i, range);
		if (next->kind == HL_LINK_NEXT)
			return there;
		if (there != (next->kind == HL_LINK_SEEN))
			return false;
	}
	return true;
}

/* Where the next link begins: behind the literal, or behind the word it begins. */
static size_t end_of(struct chase *c, const struct hl_link *link, size_t end)
{
	size_t from = end;
	while (link->word && end < c->text.len && hl_is_word_byte(c->text.ptr[end]))
		end++;
	look(c, (uint32_t)(end - from));
	return end;
}

static bool mark_link(struct chase *c, size_t link)
{
	bool any = false;
	for (size_t s = c->first[link]; s < c->first[link + 1]; s++) {
		struct spot *spot = &c->spots[s];
		for (uint32_t p = 0; p < spot->n && !c->spent; p++) {
			if (p % 64 == 0)
				spot->leads[p / 64] = 0;
			if (!goes_on(c, link, end_of(c, &c->links[link], spot->ends[p])))
				continue;
			spot->leads[p / 64] |= 1ull << (p % 64);
			any = true;
		}
	}
	return any && !c->spent;
}

/* Every place of the last link leads to the end. */
static bool mark_all(struct chase *c)
{
	for (size_t i = c->n_links - 1; i-- > 0;)
		if (c->links[i].kind == HL_LINK_NEXT && !mark_link(c, i))
			return false;
	return true;
}

/* Room for the bits of a spot with many places. NULL: no memory. */
static HL_APART uint64_t *find_room(struct chase *c, size_t n)
{
	if (c->cap_many - c->n_many < n) { /* what this search has of the old room stays */
		c->cap_many = 2 * (c->cap_many + n);
		c->n_many = 0;
		c->many = hl_arena_array(&c->reading->scratch->turn, c->cap_many, sizeof *c->many);
	}
	if (!c->many) {
		c->cap_many = 0;
		return NULL;
	}
	c->n_many += n;
	look(c, (uint32_t)n);
	return c->many + c->n_many - n;
}

/* Bits of a spot's places, all set. NULL: no memory. */
static inline uint64_t *new_leads(struct chase *c, size_t spot, uint32_t places)
{
	size_t n = (places + 63) / 64;
	uint64_t *leads = n > 1 ? find_room(c, n) : &c->few[spot];
	for (size_t i = 1; leads && i < n; i++)
		leads[i] = UINT64_MAX;
	if (leads)
		leads[0] = UINT64_MAX;
	return leads;
}

/* The literals that are there. HL_OK, HL_NOT_FOUND, HL_NOMEM. */
static int gather(struct chase *c, const struct hl_chain *chain)
{
	const uint32_t *atoms = hl_chain_atoms(chain);
	uint16_t n = 0;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct hl_link *link = &c->links[i];
		c->first[i] = n;
		for (size_t a = link->literals; a < (size_t)link->literals + link->n; a++) {
			if (!hl_reading_has(c->reading, atoms[a]))
				continue;
			const struct hl_seen *seen = &c->reading->seen[c->reading->place[atoms[a]]];
			uint64_t *leads = new_leads(c, n, seen->n);
			if (!leads)
				return HL_NOMEM;
			c->spots[n++] = (struct spot){.ends = c->reading->ends + seen->first,
						      .n = seen->n,
						      .len = seen->len,
						      .leads = leads};
		}
	}
	c->first[c->n_links] = n;
	return HL_OK;
}

/* ------------------------------------------------------------------ the match */

/* The place that PCRE2 tries first: the nearest or the furthest, of two alternatives there the one
   that stands first. *start and *end are its own. */
static bool pick(struct chase *c, size_t link, struct range range, bool nearest, size_t *start,
		 size_t *end)
{
	bool found = false;
	for (size_t s = c->first[link]; s < c->first[link + 1]; s++) {
		const struct spot *spot = &c->spots[s];
		uint32_t place = place_in(c, spot, range, nearest);
		if (place == NO_PLACE)
			continue;
		size_t at = spot->ends[place] - spot->len;
		if (found && (nearest ? at >= *start : at <= *start))
			continue;
		found = true;
		*start = at;
		*end = spot->ends[place];
	}
	return found;
}

/* Where the match begins whose first literal begins at `start`; SIZE_MAX: nowhere. */
static size_t begin_before(struct chase *c, bool border, size_t from, size_t start)
{
	const struct hl_link *link = c->links;
	size_t at = start;
	if (!link->n_runs)
		return start;
	while (at > from && is_of_runs(c, link, (unsigned char)c->text.ptr[at - 1]))
		at--;
	for (; at <= start && look(c, 1); at++)
		if ((!border || hl_is_border(c->text, at)) && take_link_runs(c, link, at, start))
			return at;
	return SIZE_MAX;
}

static void clear_groups(struct chase *c, size_t captures)
{
	for (size_t i = 0; i < 2 * (captures + 1); i++)
		c->pairs[i] = PCRE2_UNSET;
}

static void set_group(struct chase *c, const struct hl_link *link, size_t start, size_t end)
{
	if (!link->group)
		return;
	c->pairs[2 * link->group] = start;
	c->pairs[2 * link->group + 1] = end;
}

/* The last place of the match, from its first literal's. */
static size_t follow(struct chase *c, size_t start, size_t end)
{
	set_group(c, c->links, start, end);
	end = end_of(c, c->links, end);
	for (size_t i = 1; i < c->n_links; i++) {
		const struct hl_link *link = &c->links[i];
		struct range range;
		if (link->kind == HL_LINK_NEXT && find_range(c, &range, link, end) &&
		    pick(c, i, range, link->lazy, &start, &end)) {
			set_group(c, link, start, end);
			end = end_of(c, link, end);
		}
	}
	return end;
}

static int give(struct hl_pcre_match *out, struct chase *c, size_t captures)
{
	size_t size = 2 * (captures + 1) * sizeof *c->pairs;
	size_t *pairs = hl_arena_alloc(&c->reading->scratch->turn, size);
	if (!pairs)
		return HL_NOMEM;
	memcpy(pairs, c->pairs, size);
	*out = (struct hl_pcre_match){pairs[0], pairs[1], pairs, (uint32_t)captures + 1};
	return HL_OK;
}

/* The room is large, so it is had once a message and never cleared. */
static struct chase *begin(struct hl_reading *r, const struct hl_chain *chain)
{
	struct chase *c = r->chase;
	if (!c) {
		c = r->chase = hl_arena_alloc(&r->scratch->turn, sizeof(struct chase));
		if (!c)
			return NULL;
		c->many = NULL;
		c->cap_many = 0;
	}
	c->n_many = 0;
	c->reading = r;
	c->text = r->utterance->normal.text;
	c->links = hl_chain_links(chain);
	c->runs = hl_chain_runs(chain);
	c->n_links = chain->n_links;
	c->looked = 0;
	c->spent = false;
	return c;
}

static HL_APART int search(struct hl_pcre_match *out, struct hl_reading *reading,
			   const struct hl_chain *chain, size_t from)
{
	struct chase *c = begin(reading, chain);
	size_t start = 0, end = 0, first = SIZE_MAX;
	int rc = c ? gather(c, chain) : HL_NOMEM;
	if (rc != HL_OK)
		return rc;
	clear_groups(c, chain->captures);
	if (!mark_all(c))
		return HL_NOT_FOUND;
	if (chain->captures) /* whose names are asked for then */
		__builtin_prefetch(hl_chain_owner(chain));
	clear_groups(c, chain->captures);
	for (struct range range = {from, c->text.len};
	     first == SIZE_MAX && pick(c, 0, range, true, &start, &end); range.least = start + 1)
		first = begin_before(c, chain->border, from, start);
	if (first == SIZE_MAX || c->spent)
		return HL_NOT_FOUND;
	c->pairs[1] = follow(c, start, end);
	c->pairs[0] = first;
	return c->spent ? HL_NOT_FOUND : give(out, c, chain->captures);
}

/* ------------------------------------------------------------------ a look before */

struct parts { /* of the text, a bit each: where one of a link's literals begins */
	uint64_t begin;
	uint32_t len; /* at most, of literal and word behind it */
};

static struct parts find_parts(const struct hl_reading *r, const struct hl_link *link,
			       const uint32_t *atoms)
{
	struct parts parts = {0, 0};
	const uint32_t *end = atoms + link->literals + link->n;
	for (const uint32_t *atom = atoms + link->literals; atom < end; atom++) {
		if (!hl_reading_has(r, *atom))
			continue;
		const struct hl_seen *seen = &r->seen[r->place[*atom]];
		parts.begin |= seen->low;
		parts.len = seen->len > parts.len ? seen->len : parts.len;
	}
	parts.len += link->word ? r->word_most : 0;
	return parts;
}

/* What lies behind the literals there, and not too far. */
static uint64_t parts_behind(const struct hl_reading *r, struct parts parts,
			     const struct hl_link *next)
{
	if (next->n_runs || next->most == HL_CHAIN_FAR)
		return hl_reading_spread(parts.begin, 64);
	uint32_t bytes = parts.len + next->most * r->char_bytes;
	return hl_reading_spread(parts.begin, (bytes >> r->byte_shift) + 2);
}

/* Most chains whose literals a text has have them too far apart, or the other way round: a look at
   64 parts of the text tells. True where it does not. */
static bool may_match(const struct hl_reading *r, const struct hl_chain *chain)
{
	const struct hl_link *links = hl_chain_links(chain), *end = links + chain->n_links;
	const uint32_t *atoms = hl_chain_atoms(chain);
	struct parts at = find_parts(r, links, atoms);
	for (const struct hl_link *link = links + 1; link < end && at.begin; link++) {
		if (link->kind == HL_LINK_UNSEEN)
			continue;
		struct parts next = find_parts(r, link, atoms);
		next.begin &= parts_behind(r, at, link);
		if (!next.begin || link->kind == HL_LINK_NEXT)
			at = next;
	}
	return at.begin;
}

/* What may_match needs: once a message. */
static HL_APART bool measure(struct hl_reading *r)
{
	if (!r->char_bytes)
		hl_measure_chars(r);
	hl_measure_words(r);
	return hl_reading_ends(r);
}

int hl_chain_search(struct hl_pcre_match *out, struct hl_reading *reading,
		    const struct hl_chain *chain, size_t from)
{
	if (!reading->word_most && !measure(reading))
		return HL_NOMEM;
	if (!hl_reading_spend(reading, 1) || !may_match(reading, chain))
		return HL_NOT_FOUND;
	return search(out, reading, chain, from);
}
