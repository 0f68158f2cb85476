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

/* Clauses of one atom, behind the first clause and its like, are told in the posting itself. */
static void fill_sure(struct hl_posting *out, const struct hl_clauses *rule)
{
	size_t n = 0;
	for (size_t c = 1; c < rule->n && n < 2; c++)
		if (rule->v[c].n == 1)
			out->sure[n++] = rule->v[c].atoms[0];
}

/* Writes the clauses that no posting tells; gives the place after them. Counts only when out is
   NULL. */
static uint32_t put_others(uint32_t *out, uint32_t at, const struct hl_clauses *rule)
{
	size_t told = 0;
	uint32_t from = at;
	for (uint32_t c = 1; c < rule->n; c++) {
		const struct hl_clause *clause = &rule->v[c];
		if (clause->n == 1 && told++ < 2)
			continue;
		if (out) {
			out[at] = clause->n;
			memcpy(out + at + 1, clause->atoms, clause->n * sizeof *out);
		}
		at += clause->n + 1;
	}
	if (at == from)
		return at;
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
		uint32_t none = (uint32_t)n_atoms, after = put_others(others, at, &rules[r]);
		struct hl_posting posting = {r, {none, none}, after > at ? at : 0};
		fill_sure(&posting, &rules[r]);
		at = after;
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

static bool may_match(const struct hl_index *index, const struct hl_posting *p,
		      const struct hl_present *present)
{
	return has(present, p->sure[0]) && has(present, p->sure[1]) &&
	       (!p->others || others_hold(index->others + p->others, present));
}

/* The rules set in a map, ascending. */
static int list_rules(const uint32_t **out, size_t *n_out, struct hl_arena *arena,
		      const uint64_t *map, size_t n_words, size_t count)
{
	uint32_t *rules = hl_arena_array(arena, count + 1, sizeof *rules);
	size_t n = 0;
	if (!rules)
		return HL_NOMEM;
	for (uint32_t w = 0; w < n_words; w++) {
		/* mostly empty */
		while (w + 4 < n_words && !(map[w] | map[w + 1] | map[w + 2] | map[w + 3]))
			w += 4;
		for (uint64_t bits = map[w]; bits; bits &= bits - 1)
			rules[n++] = w * 64 + (uint32_t)__builtin_ctzll(bits);
	}
	*out = rules;
	*n_out = n;
	return HL_OK;
}

int hl_index_candidates(const uint32_t **out, size_t *n, size_t *looked, struct hl_arena *arena,
			const struct hl_index *index, const struct hl_present *present)
{
	size_t n_words = index->n_rules / 64 + 1, count = index->n_always;
	uint64_t *map = HL_NEW_ARRAY(arena, n_words, uint64_t);
	if (!map)
		return HL_NOMEM;
	*looked = index->n_always;
	for (size_t i = 0; i < present->n; i++) {
		uint32_t atom = present->list[i];
		const struct hl_posting *p = index->postings + index->first[atom];
		const struct hl_posting *end = index->postings + index->first[atom + 1];
		*looked += (size_t)(end - p);
		for (; p < end; p++) {
			if (!may_match(index, p, present))
				continue;
			map[p->rule / 64] |= 1ull << (p->rule % 64);
			count++;
		}
	}
	for (size_t i = 0; i < index->n_always; i++)
		map[index->always[i] / 64] |= 1ull << (index->always[i] % 64);
	return list_rules(out, n, arena, map, n_words, count);
}
