/* Postings of rules under atoms. Knows nothing of what an atom stands for: words, lists and
   literals of patterns are all the same here. */
#include "prefilter/index.h"

#include <string.h>

#define FEW 32	/* candidates that are sorted one by one */
#define AHEAD 4 /* atoms */

/* What a clause costs: how many rules speak of its atoms. */
static uint64_t weight(const struct hl_clause *clause, const uint32_t *uses)
{
	uint64_t sum = 0;
	for (uint32_t i = 0; i < clause->n; i++)
		sum += uses[clause->atoms[i]];
	return sum + clause->n;
}

/* The rarest first: the soonest to say no. */
static void sort_clauses(struct hl_clause *clauses, size_t n, const uint32_t *uses)
{
	for (size_t i = 1; i < n; i++) {
		struct hl_clause clause = clauses[i];
		size_t j = i;
		for (; j && weight(&clauses[j - 1], uses) > weight(&clause, uses); j--)
			clauses[j] = clauses[j - 1];
		clauses[j] = clause;
	}
}

static uint16_t slot_of(uint32_t atom)
{
	return atom % HL_INDEX_SLOTS;
}

/* The rarest clauses of one or two atoms, behind the first clause, are told in the posting; where
   there are none the posting's own atom stands, which is there. */
static void fill_pairs(struct hl_posting *out, const struct hl_clauses *rule, uint32_t own)
{
	size_t n = 0;
	for (size_t p = 0; p < 2; p++)
		out->pairs[p][0] = out->pairs[p][1] = slot_of(own);
	for (size_t c = 1; c < rule->n && n < 2; c++) {
		const struct hl_clause *clause = &rule->v[c];
		if (clause->n > 2)
			continue;
		out->pairs[n][0] = slot_of(clause->atoms[0]);
		out->pairs[n++][1] = slot_of(clause->atoms[clause->n - 1]);
	}
}

/* Writes the clauses but for the first; gives the place after them. Counts only when out is NULL.
 */
static uint32_t put_others(uint32_t *out, uint32_t at, const struct hl_clauses *rule)
{
	if (rule->n < 2)
		return at;
	for (uint32_t c = 1; c < rule->n; c++) {
		const struct hl_clause *clause = &rule->v[c];
		if (out) {
			out[at] = clause->n;
			memcpy(out + at + 1, clause->atoms, clause->n * sizeof *out);
		}
		at += clause->n + 1;
	}
	if (out)
		out[at] = 0;
	return at + 1;
}

struct sizes {
	uint32_t postings, others, always;
};

static struct sizes count(uint32_t *first, const uint32_t *uses, struct hl_clauses *rules, size_t n)
{
	struct sizes sizes = {0, 1, 0};
	for (size_t r = 0; r < n; r++) {
		if (!rules[r].n) {
			sizes.always++;
			continue;
		}
		sort_clauses(rules[r].v, rules[r].n, uses);
		const struct hl_clause *clause = &rules[r].v[0];
		for (uint32_t i = 0; i < clause->n; i++)
			first[clause->atoms[i] + 1]++;
		sizes.postings += clause->n;
		sizes.others = put_others(NULL, sizes.others, &rules[r]);
	}
	return sizes;
}

int hl_index_build(struct hl_index *out, struct hl_arena *arena, struct hl_arena *work,
		   struct hl_clauses *rules, size_t n, size_t n_atoms)
{
	uint32_t *uses = HL_NEW_ARRAY(work, n_atoms + 1, uint32_t);
	uint32_t *fill = HL_NEW_ARRAY(work, n_atoms + 1, uint32_t);
	uint32_t *first = HL_NEW_ARRAY(arena, n_atoms + 1, uint32_t);
	if (!uses || !fill || !first)
		return HL_NOMEM;
	for (size_t r = 0; r < n; r++)
		for (size_t c = 0; c < rules[r].n; c++)
			for (uint32_t i = 0; i < rules[r].v[c].n; i++)
				uses[rules[r].v[c].atoms[i]]++;
	struct sizes sizes = count(first, uses, rules, n);
	for (size_t a = 0; a < n_atoms; a++)
		first[a + 1] += first[a];
	memcpy(fill, first, (n_atoms + 1) * sizeof *fill);
	struct hl_posting *postings = HL_NEW_ARRAY(arena, sizes.postings + 1, struct hl_posting);
	uint32_t *others = HL_NEW_ARRAY(arena, sizes.others + 1, uint32_t);
	uint32_t *always = HL_NEW_ARRAY(arena, sizes.always + 1, uint32_t);
	if (!postings || !others || !always)
		return HL_NOMEM;
	uint32_t at = 1;
	size_t n_always = 0;
	for (uint32_t r = 0; r < n; r++) {
		if (!rules[r].n) {
			always[n_always++] = r;
			continue;
		}
		const struct hl_clause *clause = &rules[r].v[0];
		uint32_t after = put_others(others, at, &rules[r]);
		struct hl_posting posting = {.rule = r, .others = after > at ? at : 0};
		at = after;
		for (uint32_t i = 0; i < clause->n; i++) {
			fill_pairs(&posting, &rules[r], clause->atoms[i]);
			postings[fill[clause->atoms[i]]++] = posting;
		}
	}
	*out = (struct hl_index){.first = first,
				 .postings = postings,
				 .others = others,
				 .always = always,
				 .n_always = n_always,
				 .n_rules = (uint32_t)n};
	return HL_OK;
}

static bool others_hold(const uint32_t *clause, const struct hl_present *present)
{
	for (; *clause; clause += *clause + 1) {
		bool any = false;
		for (uint32_t i = 1; i <= *clause && !any; i++)
			any = present->bits[clause[i] / 64] >> (clause[i] % 64) & 1;
		if (!any)
			return false;
	}
	return true;
}

/* Both pairs at once: which of them says no is not to be foreseen. */
static bool may_match(const struct hl_index *index, const struct hl_posting *p,
		      const struct hl_present *present, const uint8_t *taken)
{
	unsigned holds = (unsigned)(taken[p->pairs[0][0]] | taken[p->pairs[0][1]]) &
			 (unsigned)(taken[p->pairs[1][0]] | taken[p->pairs[1][1]]);
	return holds && others_hold(index->others + p->others, present);
}

struct found {
	uint32_t *v;
	size_t n, cap;
};

static bool put(struct found *found, struct hl_arena *arena, uint32_t rule)
{
	if (found->n == found->cap &&
	    !hl_vec_room(arena, &found->v, found->n, &found->cap, sizeof *found->v))
		return false;
	found->v[found->n++] = rule;
	return true;
}

static void sort_few(struct found *found)
{
	size_t n = 0;
	for (size_t i = 0; i < found->n; i++) {
		uint32_t rule = found->v[i];
		size_t at = n;
		while (at && found->v[at - 1] > rule)
			at--;
		if (at && found->v[at - 1] == rule)
			continue;
		for (size_t j = n++; j > at; j--)
			found->v[j] = found->v[j - 1];
		found->v[at] = rule;
	}
	found->n = n;
}

static bool sort_many(struct found *found, struct hl_arena *arena, size_t n_rules)
{
	size_t n_words = n_rules / 64 + 1, n = 0;
	uint64_t *map = HL_NEW_ARRAY(arena, n_words, uint64_t);
	if (!map)
		return false;
	for (size_t i = 0; i < found->n; i++)
		map[found->v[i] / 64] |= 1ull << (found->v[i] % 64);
	for (uint32_t w = 0; w < n_words; w++)
		for (uint64_t bits = map[w]; bits; bits &= bits - 1)
			found->v[n++] = w * 64 + (uint32_t)__builtin_ctzll(bits);
	found->n = n;
	return true;
}

/* What the postings of later atoms will need is asked for while those of this one are read. */
static void ask_ahead(const struct hl_index *index, const struct hl_present *present, size_t i)
{
	if (i + 2 * AHEAD < present->n)
		__builtin_prefetch(&index->first[present->list[i + 2 * AHEAD]]);
	if (i + AHEAD < present->n)
		__builtin_prefetch(&index->postings[index->first[present->list[i + AHEAD]]]);
}

int hl_index_candidates(const uint32_t **out, size_t *n, size_t *looked, struct hl_arena *arena,
			const struct hl_index *index, const struct hl_present *present)
{
	struct found found = {.cap = FEW};
	uint8_t *taken = HL_NEW_ARRAY(arena, HL_INDEX_SLOTS, uint8_t);
	found.v = hl_arena_array(arena, FEW, sizeof *found.v);
	bool room = found.v && taken;
	*looked = index->n_always;
	for (size_t i = 0; i < present->n && room; i++)
		taken[slot_of(present->list[i])] = 1;
	for (size_t i = 0; i < present->n && room; i++) {
		uint32_t atom = present->list[i];
		const struct hl_posting *p = index->postings + index->first[atom];
		const struct hl_posting *end = index->postings + index->first[atom + 1];
		ask_ahead(index, present, i);
		*looked += (size_t)(end - p);
		for (; p < end; p++)
			if (may_match(index, p, present, taken))
				room = put(&found, arena, p->rule) && room;
	}
	for (size_t i = 0; i < index->n_always && room; i++)
		room = put(&found, arena, index->always[i]);
	if (!room)
		return HL_NOMEM;
	if (found.n <= FEW)
		sort_few(&found);
	else if (!sort_many(&found, arena, index->n_rules))
		return HL_NOMEM;
	*out = found.v;
	*n = found.n;
	return HL_OK;
}
