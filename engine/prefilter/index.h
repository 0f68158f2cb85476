/*
 * prefilter/index.h: which rules are worth confirming. A rule hands in clauses, each a set of atoms
 * of which a matching message has at least one. The rule stands in the postings of its rarest
 * clause; the others are checked before it becomes a candidate.
 */
#ifndef HL_INDEX_H
#define HL_INDEX_H

#include "base/base.h"

struct hl_clause {
	const uint32_t *atoms;
	uint32_t n;
};
struct hl_clauses { /* of one rule; none: always a candidate */
	struct hl_clause *v;
	size_t n;
};

struct hl_index {
	const uint32_t *first; /* postings of atom a: first[a] … first[a + 1] - 1 */
	const struct hl_posting *postings;
	const uint32_t *others; /* further clauses: n, atoms …, n, atoms …, 0 */
	const uint32_t *always; /* rules without a clause */
	size_t n_always;
	uint32_t n_rules;
};
struct hl_posting {
	uint32_t rule;
	uint32_t others;      /* where in hl_index.others; 0: none */
	uint16_t pairs[2][2]; /* slots; of each pair one must be taken */
};
#define HL_INDEX_SLOTS 4096 /* atoms share them: what passes is looked at again */

/* Builds for rules 0 … n-1, whose clauses it puts into another order. Lives in `arena`; `work` is
 * scratch space. HL_OK, HL_NOMEM. */
int hl_index_build(struct hl_index *out, struct hl_arena *arena, struct hl_arena *work,
		   struct hl_clauses *rules, size_t n, size_t n_atoms);

/* The atoms a message has: each once in `list`, and as bits. */
struct hl_present {
	const uint32_t *list;
	size_t n;
	const uint64_t *bits; /* one for each atom of the index */
};
/* Rules that may match, ascending, none twice, in *out (lives in `arena`). *looked: postings that
   were read. HL_OK, HL_NOMEM. */
int hl_index_candidates(const uint32_t **out, size_t *n, size_t *looked, struct hl_arena *arena,
			const struct hl_index *index, const struct hl_present *present);

#endif
