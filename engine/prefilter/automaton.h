/*
 * prefilter/automaton.h: one pass over a text that finds which of many texts it holds, wherever
 * they begin (Aho and Corasick, 1975).
 */
#ifndef HL_AUTOMATON_H
#define HL_AUTOMATON_H

#include "base/base.h"

#define HL_AUTOMATON_PAIRS 4096
struct hl_automaton {
	const struct hl_automaton_state *states;
	const struct hl_automaton_edge *edges;
	const uint32_t *hits;	       /* literal numbers, one list a state that ends literals */
	const uint32_t *root;	       /* 256: the state after one byte; 0: the root itself */
	const uint32_t (*second)[256]; /* the same for each state of depth 1; state − 1 */
	const uint64_t *pairs;	       /* bits: two bytes that a literal may begin with */
	uint32_t n_states, n_second;
};

/* Literals 0 … n-1, none empty. Lives in `arena`. HL_OK, HL_NOMEM. */
int hl_automaton_build(struct hl_automaton *out, struct hl_arena *arena, struct hl_arena *work,
		       const struct hl_str *literals, size_t n);
/* Calls `found` for each occurrence of a literal with the byte behind it, in the order of these. A
   byte behind the text must be readable. */
void hl_automaton_scan(const struct hl_automaton *set, struct hl_str text,
		       void (*found)(void *arg, uint32_t literal, uint32_t end), void *arg);

#endif
