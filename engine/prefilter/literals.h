/*
 * prefilter/literals.h: one pass over a text that finds which of many literals of patterns it
 * holds.
 */
#ifndef HL_LITERALS_H
#define HL_LITERALS_H

#include "prefilter/automaton.h"
#include "prefilter/trie.h"

enum hl_border { /* of what \w means without Unicode: \b holds there */
		 HL_BORDER_LEFT = 1,
		 HL_BORDER_RIGHT = 2
};
struct hl_literal {
	struct hl_str text; /* not empty */
	uint32_t atom;	    /* told when it is found; below 2^31 */
	uint8_t borders;    /* HL_BORDER_…: where it must stand */
};
struct hl_literals {
	struct hl_trie begins, ends;  /* of those that begin, or else end, with a run of \w */
	struct hl_automaton anywhere; /* of all others … */
	const struct hl_literal *others;
	size_t n_begins, n_ends, n_others;
};

/* No two literals with the same borders are equal. Lives in `arena` and refers to the literals'
   texts. HL_OK, HL_NOMEM. */
int hl_literals_build(struct hl_literals *out, struct hl_arena *arena, struct hl_arena *work,
		      const struct hl_literal *literals, size_t n);
/* Asks ahead for the memory that the pass will need where a word begins, so that other work is done
   meanwhile. Four bytes are readable there. */
static inline void hl_literals_ask(const struct hl_literals *set, const char *at)
{
	hl_trie_ask(&set->begins, at);
}
/* Calls `found` for each occurrence of a literal with its length and the byte behind it; those of
   one literal from left to right. Eight readable bytes, all zero, stand behind `text`. `known`: a
   bit for each place of the text and the one behind it; where a run of \w begins, or else ends,
   at one that is set, nothing is looked for. */
void hl_literals_scan(const struct hl_literals *set, struct hl_str text, const uint64_t *known,
		      void (*found)(void *arg, uint32_t atom, uint32_t len, uint32_t end),
		      void *arg);
/* Tells `found` what hl_literals_scan finds where a run of \w begins that is all of `run`, unless a
   literal goes on behind it. Gives false when there are literals at its end, too. `run` is 1 … 63
   bytes, all of \w, with eight zeros behind. */
bool hl_literals_of_run(const struct hl_literals *set, struct hl_str run,
			void (*found)(void *arg, uint32_t atom, uint32_t len, uint32_t end),
			void *arg);

#endif
