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

struct hl_index_atom {
	uint32_t group; /* of its postings, the first; 0: it has none */
	uint16_t slot;	/* of the atom itself; 0: no posting asks for it alone */
	uint16_t sets;	/* where in hl_index.sets the slots of its sets stand; 0: it is in none */
};
/* A slot is what a posting asks for: an atom, or a set of three and more of which one will do; 0 is
   always taken. A posting is a number for the two slots of which one must be taken first, as that
   is where most are refused, and at the same place of another array what else there is. */
struct hl_posting {
	uint32_t rule;
	uint32_t others;      /* where in hl_index.others its other clauses stand; 0: none */
	uint16_t slots[2][2]; /* of each two one must be taken */
};
/* A group of an atom's postings begins with two numbers that tell how many there are without a
   common clause, which come first, and with each of the common clauses: a byte each. It is
   followed by the next if it is full. */
#define HL_INDEX_COMMON 7 /* clauses that many rules have */
#define HL_INDEX_COUNTS 2 /* numbers */
#define HL_INDEX_FULL 255

struct hl_index {
	const struct hl_index_atom *atoms;
	const uint32_t *tests; /* groups */
	const struct hl_posting *postings;
	const uint16_t *sets;	/* slots …, 0 */
	const uint32_t *others; /* clauses: n, atoms …, n, atoms …, 0 */
	const uint32_t *always; /* rules without a clause */
	size_t n_always;
	uint32_t n_rules, n_slots, n_common;
	uint16_t common[HL_INDEX_COMMON]; /* slots */
};

/* Builds for rules 0 … n-1, whose clauses it puts into another order. Lives in `arena`; `work` is
 * scratch space. HL_OK, HL_NOMEM. */
int hl_index_build(struct hl_index *out, struct hl_arena *arena, struct hl_arena *work,
		   struct hl_clauses *rules, size_t n, size_t n_atoms);

/* The atoms a message has: each once in `list`, and as bits. */
struct hl_present {
	const uint32_t *list;
	size_t n;
	const uint64_t *bits; /* one for each atom of the index */
	uint8_t *taken;	   /* one for each slot of the index, all 0, which they are again after */
	const void *rules; /* what will be read of each rule that may match: is asked for ahead … */
	size_t rule_bytes; /* … and how far they are apart */
};
/* Rules that may match, ascending, none twice, in *out (lives in `arena`). *looked: postings that
   were read. HL_OK, HL_NOMEM. */
int hl_index_candidates(const uint32_t **out, size_t *n, size_t *looked, struct hl_arena *arena,
			const struct hl_index *index, const struct hl_present *present);

#endif
