/* Ranks the intents that matched and lets those that share a word compete. Knows the total order;
   not what is decided by it. A long text may have hundreds, so all that an intent is better by is
   put into one number each, and no branch depends on two of them. */
#include "decide/rivals.h"

#define LIKENESS_BITS 13 /* 0 to 4096 of 4096 */
#define LIKENESS_PARTS 4096

struct key {	       /* the larger goes first */
	uint64_t high; /* the match's order, then the likeness */
	uint64_t low;  /* intents' ids, the first the largest, then the place among the findings */
};

static struct key key_of(const struct hl_case *c, uint32_t i)
{
	const struct hl_found *found = &c->findings.v[i];
	double likeness = hl_opinion_of(&c->opinion, found->intent);
	uint32_t rank = UINT32_MAX - c->rules->intents[found->intent].rank;
	return (struct key){found->order << LIKENESS_BITS | (uint64_t)(likeness * LIKENESS_PARTS),
			    (uint64_t)rank << 32 | i};
}

static inline bool goes_before(const struct key *a, const struct key *b)
{
	return (a->high > b->high) | ((a->high == b->high) & (a->low > b->low));
}

/* Merges two rows that stand behind each other. */
static void merge(struct key *to, const struct key *a, const struct key *middle,
		  const struct key *end)
{
	const struct key *b = middle;
	while (a < middle && b < end) {
		bool second = goes_before(b, a);
		*to++ = *(second ? b : a);
		b += second;
		a += !second;
	}
	while (a < middle)
		*to++ = *a++;
	while (b < end)
		*to++ = *b++;
}

/* The findings' keys in order. NULL: no memory. */
static HL_APART const struct key *sort(const struct hl_case *c)
{
	size_t n = c->findings.n;
	struct key *from = hl_arena_array(&c->scratch->turn, n, 2 * sizeof *from);
	struct key *to = from ? from + n : NULL;
	for (uint32_t i = 0; from && i < n; i++)
		from[i] = key_of(c, i);
	for (size_t width = 1; from && width < n; width *= 2) {
		for (size_t start = 0; start < n; start += 2 * width) {
			size_t middle = n - start < width ? n : start + width;
			size_t end = n - middle < width ? n : middle + width;
			merge(to + start, from + start, from + middle, from + end);
		}
		struct key *swap = from;
		from = to;
		to = swap;
	}
	return from;
}

static struct hl_rival *rank(struct hl_rivals *out, const struct hl_case *c)
{
	const struct hl_findings *f = &c->findings;
	struct hl_rival *v = hl_arena_array(&c->scratch->turn, f->n, sizeof *v);
	for (size_t i = 0; i < f->n; i++)
		__builtin_prefetch(&c->rules->rule_texts[f->v[i].rule]); /* for the hits */
	const struct key *sorted = f->n > 1 ? sort(c) : NULL;
	if (!v || (f->n > 1 && !sorted))
		return NULL;
	for (; out->n < f->n; out->n++) {
		const struct hl_found *found = &f->v[sorted ? (uint32_t)sorted[out->n].low : 0];
		v[out->n] =
			(struct hl_rival){.found = found,
					  .intent = &c->rules->pack.intents[found->intent],
					  .order = found->order,
					  .likeness = hl_opinion_of(&c->opinion, found->intent)};
		out->n_marked += found->match.n_marked;
	}
	out->v = v;
	return v;
}

/* In order; one that uses a word of a taken one loses to it. False: no memory. */
static bool take(struct hl_rival *v, size_t n, const struct hl_case *c)
{
	if (n == 1)
		v[0].taken = true;
	if (n < 2)
		return true;
	const struct hl_rival **owner =
		HL_NEW_ARRAY(&c->scratch->turn, c->utterance->n_words + 1, const struct hl_rival *);
	if (!owner)
		return false;
	for (size_t i = 0; i < n; i++) {
		struct hl_rival *next = &v[i];
		const struct hl_match *m = &next->found->match;
		for (size_t w = 0; w < m->n_words && !next->lost_to; w++)
			next->lost_to = owner[m->words[w]];
		next->taken = !next->lost_to;
		for (size_t w = 0; w < m->n_words && next->taken; w++)
			owner[m->words[w]] = next;
	}
	return true;
}

int hl_rivals_rank(struct hl_rivals *out, const struct hl_case *c)
{
	*out = (struct hl_rivals){.v = NULL};
	if (!c->findings.n)
		return HL_OK;
	struct hl_rival *v = rank(out, c);
	return v && take(v, out->n, c) ? HL_OK : HL_NOMEM;
}
