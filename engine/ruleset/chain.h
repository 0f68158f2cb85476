/*
 * ruleset/chain.h: patterns that say no more than which literals follow each other and what may
 * stand between them. The one pass over a message tells where literals stand, so such a pattern is
 * matched without PCRE2, with the same result.
 */
#ifndef HL_CHAIN_H
#define HL_CHAIN_H

#include "ruleset/vocab.h"

#define HL_CHAIN_LINKS 12
#define HL_CHAIN_LITERALS 64
#define HL_CHAIN_RUNS 16
#define HL_CHAIN_GROUPS 15
#define HL_CHAIN_FAR UINT16_MAX /* hl_link.most: to the end of the line */
#define HL_RUN_FAR UINT8_MAX	/* hl_run.most: no end */

enum hl_link_kind {
	HL_LINK_NEXT,	/* behind the NEXT before it */
	HL_LINK_SEEN,	/* (?=.*…): the same, but it takes nothing */
	HL_LINK_UNSEEN, /* (?!.*…): no such place */
};
struct hl_link {	      /* one of some literals … */
	uint16_t least, most; /* … behind so many characters of a line, … */
	uint8_t run, n_runs;  /* … or behind what these runs take */
	uint8_t literals, n;  /* place in the chain's atoms */
	uint8_t group;	      /* that captures the literal; 0: none */
	uint8_t kind : 2;     /* enum hl_link_kind */
	bool lazy : 1;	      /* the nearest, not the furthest */
	bool word : 1;	      /* \w*\b behind it */
};

enum hl_run_op {
	HL_RUN_BYTES, /* least … most bytes of some kinds, or signs */
	HL_RUN_OPEN,  /* a group begins; `of` */
	HL_RUN_CLOSE,
	HL_RUN_MAYBE, /* the next `of` runs, or none of them */
};
enum hl_byte_kind {
	HL_BYTE_LETTER = 1, /* A to Z and _ */
	HL_BYTE_DIGIT = 2,
	HL_BYTE_SPACE = 4
};
#define HL_BYTE_WORD (HL_BYTE_LETTER | HL_BYTE_DIGIT) /* \w */
struct hl_run {
	uint8_t op;	  /* enum hl_run_op */
	uint8_t kinds;	  /* HL_BYTE_… */
	uint8_t signs[2]; /* HL_NO_SIGN */
	uint8_t least, most;
	uint8_t of;
	bool lazy;
};
#define HL_NO_SIGN 0xff /* is in no text */

/* One piece of memory: behind it its links, its atoms, its runs, its owner. What a message that
   does not match reads is one line of memory mostly. */
struct hl_chain {
	uint8_t n_links, n_runs, n_atoms;
	bool border;	   /* \b at the very beginning, before a run */
	uint16_t captures; /* groups that capture; wide enough that the links lie straight */
};
_Static_assert(sizeof(struct hl_chain) % _Alignof(struct hl_link) == 0, "links lie behind it");
static inline const struct hl_link *hl_chain_links(const struct hl_chain *chain)
{
	return (const struct hl_link *)(chain + 1);
}
/* Bytes from its beginning. */
static inline size_t hl_chain_atoms_at(const struct hl_chain *chain)
{
	size_t behind = sizeof *chain + chain->n_links * sizeof(struct hl_link);
	return (behind + sizeof(uint32_t) - 1) / sizeof(uint32_t) * sizeof(uint32_t);
}
static inline const uint32_t *hl_chain_atoms(const struct hl_chain *chain)
{
	return (const uint32_t *)(const void *)((const char *)chain + hl_chain_atoms_at(chain));
}
static inline const struct hl_run *hl_chain_runs(const struct hl_chain *chain)
{
	return (const struct hl_run *)(const void *)(hl_chain_atoms(chain) + chain->n_atoms);
}
struct hl_pattern;
/* The pattern that it says all of; NULL: hl_chain_own did not tell. */
const struct hl_pattern *hl_chain_owner(const struct hl_chain *chain);
void hl_chain_own(struct hl_chain *chain, const struct hl_pattern *owner);

/* What PCRE2 takes for \w, \d and \s, as HL_BYTE_… */
extern const uint8_t hl_byte_kinds[256];
static inline bool hl_run_takes(const struct hl_run *run, unsigned char byte)
{
	return hl_byte_kinds[byte] & run->kinds || byte == run->signs[0] || byte == run->signs[1];
}

/* Reads a folded pattern that PCRE2 takes. *out is NULL when the pattern says more than a chain
   can. Lives in `arena`. HL_OK, HL_NOMEM. */
int hl_chain_read(struct hl_chain **out, struct hl_arena *arena, struct hl_arena *work,
		  struct hl_vocab *vocab, struct hl_str pattern);
/* The same chain over other atoms, one for each of the old ones, without an owner. NULL: no memory.
 */
struct hl_chain *hl_chain_copy(struct hl_arena *arena, const struct hl_chain *old,
			       const uint32_t *atoms);

#endif
