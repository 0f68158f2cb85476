/*
 * ruleset/near.h: which beginnings (`deposit~`) and near misses (`typos: 1`) a word of a message
 * is. Two words are few slips apart only if leaving out as many letters of each gives the same
 * letters, so every rule word stands in a table under all it can be without them, and a message's
 * word asks for all it can be. The first letter is never a slip.
 */
#ifndef HL_NEAR_H
#define HL_NEAR_H

#include "base/base.h"

struct hl_atom;
struct hl_near_pair {
	uint32_t hash, atom;
};
#define HL_NEAR_KINDS 64 /* of first bytes */
#define HL_NEAR_FEW 7
/* What the table has of words by their first byte, which no slip changes. */
struct hl_near_kind {
	/* Its words, one after the other, while there are few: the letters of each as bits. A word
	   of a message that lacks more of them than there may be slips is none of these. */
	uint32_t letters[HL_NEAR_FEW];
	uint8_t n;     /* words; more than HL_NEAR_FEW: not counted on */
	uint8_t slips; /* the most that one of them may have */
	/* Bit n of [k]: the first n letters of a word, k of them left out, may be in the table
	   (begins), or all n letters of a word (whole). */
	uint64_t begins[3], whole[3];
};
struct hl_near {
	const uint64_t *filter; /* two bits of a word for each hash that may be there */
	const uint32_t *first;	/* pairs of bucket b: first[b] … first[b + 1] - 1 */
	const struct hl_near_pair *pairs;
	unsigned filter_shift, bucket_shift; /* of a mixed hash */
	struct hl_near_kind kinds[HL_NEAR_KINDS];
	const uint32_t *longs; /* atoms too long for the table: compared with every word */
	uint32_t n_longs;
};

#define HL_UNTOLD UINT32_MAX
struct hl_look { /* what a word is, while it is looked up */
	uint32_t *out;
	size_t n, max;
	uint32_t work; /* units left, see hl_reading_spend; 0 at the end: not all was looked at */
	bool full;     /* more than `max` */
	const uint32_t *told; /* literals of patterns, see hl_vocab_look … */
	uint32_t n_told;      /* … and how many; HL_UNTOLD: they must be looked for */
};
/* Adds an atom, with its HL_ATOM_OPENS, once. */
void hl_look_add(struct hl_look *look, uint32_t atom);

/* The table of the PREFIX and TYPO atoms among `n`; lives in `arena`. HL_OK, HL_NOMEM. */
int hl_near_build(struct hl_near *out, struct hl_arena *arena, struct hl_arena *work,
		  const struct hl_atom *atoms, size_t n);
/* Adds every PREFIX atom and, where `slips`, TYPO atom that `text` is. */
void hl_near_find(struct hl_look *look, const struct hl_near *near, const struct hl_atom *atoms,
		  struct hl_str text, bool slips);

#endif
