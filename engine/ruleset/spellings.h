/*
 * ruleset/spellings.h: every spelling of the word sets and lists in one trie over atoms, so that a
 * message is searched once for all of them.
 */
#ifndef HL_SPELLINGS_H
#define HL_SPELLINGS_H

#include "ruleset/graph.h"

struct hl_spelling {	   /* ends at a node */
	uint32_t next;	   /* of the same node, HL_NO_SPELLING at the end */
	uint32_t atom;	   /* SET or LIST */
	uint32_t value;	   /* LIST: index of its value */
	uint32_t insisted; /* SET: bit i: word i of the spelling stands outside [ ] */
	bool lone;	   /* one letter: counts only beside a number or Chinese */
};
#define HL_NO_SPELLING UINT32_MAX
#define HL_SPELLING_WORDS 32

struct hl_spellings {
	struct hl_arena *arena;
	uint64_t *keys; /* node << 32 | atom, + 1; 0: free */
	uint32_t *to;
	size_t n_slots, n_keys;
	uint32_t *heads; /* spelling of a node */
	size_t n_nodes, cap_nodes;
	struct hl_spelling *items;
	size_t n_items, cap_items;
};

/* HL_OK, HL_NOMEM. */
int hl_spellings_init(struct hl_spellings *out, struct hl_arena *arena);
/* Adds one row of atoms, 1 to HL_SPELLING_WORDS. HL_OK, HL_NOMEM. */
int hl_spellings_add(struct hl_spellings *set, struct hl_vocab *vocab, const uint32_t *atoms,
		     size_t n, struct hl_spelling spelling);
/* The node after `atom` at `node` (0: the root); 0: none. */
uint32_t hl_spellings_next(const struct hl_spellings *set, uint32_t node, uint32_t atom);

/* All rows of a word set's phrase. HL_OK; HL_REFUSED (reported); HL_NOMEM. */
int hl_spellings_phrase(struct hl_spellings *set, struct hl_phrase_env *env,
			const struct hl_line *line, uint32_t atom);
/* A spelling of a list's value. A text without words is reported. HL_OK; HL_REFUSED; HL_NOMEM. */
int hl_spellings_text(struct hl_spellings *set, struct hl_phrase_env *env, struct hl_str text,
		      struct hl_src src, uint32_t atom, uint32_t value);

#endif
