/*
 * ruleset/spell.h: a phrase as its author wrote it, read into a small net whose every path is one
 * text the phrase can spell. What a word is does not matter here: `top[ ]up` is letters, a choice
 * between a space and nothing, letters.
 */
#ifndef HL_SPELL_H
#define HL_SPELL_H

#include "ruleset/report.h"

enum hl_arc_kind {
	HL_ARC_SKIP,  /* nothing */
	HL_ARC_TEXT,  /* letters, digits, signs: `text` */
	HL_ARC_HAN,   /* one Chinese character: `text` */
	HL_ARC_SPACE, /* parts words */
	HL_ARC_TILDE, /* any ending */
	HL_ARC_GAP,
	HL_ARC_SLOT, /* `text`: its name */
	HL_ARC_SET   /* `text`: its name */
};
struct hl_arc {
	uint32_t from, to, next; /* next: of the same `from`, HL_NO_ARC at the end */
	enum hl_arc_kind kind;
	bool insisted; /* stands outside [ ] */
	struct hl_str text;
	uint32_t offset, len; /* in the author's text */
};
#define HL_NO_ARC UINT32_MAX
#define HL_SPELL_DEPTH 8

struct hl_spell {
	struct hl_arena *arena;
	struct hl_arc *arcs;
	size_t n_arcs, cap_arcs;
	uint32_t *first, *last; /* arcs of a state, in the order of the text */
	size_t n_states, cap_first, cap_last, n_last;
	uint32_t start, end;
	bool whole;	      /* began with = */
	struct hl_str folded; /* the normalised text */
};

enum hl_phrase_mode {
	HL_PHRASE_RULE,	 /* `phrases:` */
	HL_PHRASE_NEVER, /* `never:` */
	HL_PHRASE_SET,	 /* a word set: no gap, slot or set */
	HL_PHRASE_ITEM	 /* an item of `words:`: a|b at the top, no gap, no = */
};

/* Reads a phrase. HL_OK; HL_REFUSED when errors were reported (all it can find: reading goes on
   after each, and the arcs are there); HL_NOMEM. Warnings are reported as they are met. */
int hl_spell_read(struct hl_spell *out, struct hl_arena *arena, struct hl_report *report,
		  const struct hl_line *line, enum hl_phrase_mode mode);

/* The text that makes two phrases the same: normalised, words one space apart, punctuation round
   them left out. Lives in `arena`. HL_OK, HL_NOMEM. */
int hl_spell_canonical(struct hl_str *out, struct hl_arena *arena, const struct hl_spell *spell);

#endif
