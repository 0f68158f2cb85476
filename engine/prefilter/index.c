/* Postings of rules under atoms. Knows nothing of what an atom stands for: words, lists and
   literals of patterns are all the same here. */
#include "prefilter/index.h"

#include <string.h>

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

static uint64_t sure_bits(const struct hl_clauses *rule)
{
	uint64_t bits = 0;
	for (size_t c = 0; c < rule->n; c++)
		if (rule->v[c].n == 1)
			bits |= HL_ATOM_BIT(rule->v[c].atoms[0]);
	return bits;
}

/* Writes the clauses but the first; gives the place after them. Counts only when out is NULL.
 */
static uint32_t put_others(uint32_t *out, uint32_t at, const struct hl_clauses *rule)
{
	for (uint32_t c = 1; c < rule->n; c++) {
		if (out) {
			out[at] = rule->v[c].n;
			memcpy(out + at + 1, rule->v[c].atoms, rule->v[c].n * sizeof *out);
		}
		at += rule->v[c].n + 1;
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
		if (rules[r].n > 1)
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
		struct hl_posting posting = {sure_bits(&rules[r]), r, rules[r].n > 1 ? at : 0};
		if (rules[r].n > 1)
			at = put_others(others, at, &rules[r]);
		for (uint32_t i = 0; i < clause->n; i++)
			postings[fill[clause->atoms[i]]++] = posting;
	}
	*out = (struct hl_index){first,	   postings,	      others,	  always,
				 n_always, (uint32_t)n_atoms, (uint32_t)n};
	return HL_OK;
}

static bool has(const struct hl_present *present, uint32_t atom)
{
	return present->bits[atom / 64] >> (atom % 64) & 1;
}

static bool others_hold(const uint32_t *clause, const struct hl_present *present)
{
	for (; *clause; clause += *clause + 1) {
		bool any = false;
		for (uint32_t i = 1; i <= *clause && !any; i++)
			any = has(present, clause[i]);
		if (!any)
			return false;
	}
	return true;
}

/* Few and nearly sorted: runs of ascending postings. */
static size_t sort_unique(uint32_t *rules, size_t n)
{
	for (size_t gap = n / 2; gap; gap /= 2)
		for (size_t i = gap; i < n; i++) {
			uint32_t rule = rules[i];
			size_t j = i;
			for (; j >= gap && rules[j - gap] > rule; j -= gap)
				rules[j] = rules[j - gap];
			rules[j] = rule;
		}
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (!kept || rules[kept - 1] != rules[i])
			rules[kept++] = rules[i];
	return kept;
}

int hl_index_candidates(const uint32_t **out, size_t *n, struct hl_arena *arena,
			const struct hl_index *index, const struct hl_present *present)
{
	uint32_t *rules = NULL;
	size_t count = 0, cap = 0;
	for (size_t i = 0; i < present->n; i++) {
		uint32_t atom = present->list[i];
		const struct hl_posting *p = index->postings + index->first[atom];
		const struct hl_posting *end = index->postings + index->first[atom + 1];
		for (; p < end; p++) {
			if (p->sure & ~present->signature)
				continue;
			if (p->others && !others_hold(index->others + p->others, present))
				continue;
			uint32_t *rule = HL_PUSH(arena, rules, count, cap);
			if (!rule)
				return HL_NOMEM;
			*rule = p->rule;
		}
	}
	for (size_t i = 0; i < index->n_always; i++) {
		uint32_t *rule = HL_PUSH(arena, rules, count, cap);
		if (!rule)
			return HL_NOMEM;
		*rule = index->always[i];
	}
	*n = sort_unique(rules, count);
	*out = rules;
	return HL_OK;
}
