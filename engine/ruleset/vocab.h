/*
 * ruleset/vocab.h: the words that rules speak of, each a small number (an "atom"). A message's word
 * is looked up once; everything after that compares numbers.
 *
 * An atom is not only a word: a beginning of a word (`deposit~`), a word with slips allowed, a word
 * set, a list, a slot type and a literal of a pattern are atoms too, so that one index serves every
 * kind of rule.
 */
#ifndef HL_VOCAB_H
#define HL_VOCAB_H

#include "base/base.h"
#include "text/text.h"

enum hl_atom_kind {
	HL_ATOM_WORD,	 /* text: the word */
	HL_ATOM_PREFIX,	 /* text: how the word begins */
	HL_ATOM_TYPO,	 /* text: the word; `typos` slips allowed; `prefix` as for PREFIX */
	HL_ATOM_SET,	 /* index: of the pack's word sets */
	HL_ATOM_LIST,	 /* index: of the pack's lists */
	HL_ATOM_TYPE,	 /* index: enum hl_slot_kind */
	HL_ATOM_PATTERN, /* index: of the rule set's slot patterns; never looked up ahead */
	HL_ATOM_LITERAL	 /* text: a literal of a pattern, found by the one pass over the text */
};
struct hl_atom {
	struct hl_str text;
	uint32_t index;
	uint32_t letters; /* TYPO: which of a–z occur */
	uint32_t next;	  /* PREFIX, TYPO: the next atom of the bucket, HL_NO_ATOM at the end */
	uint16_t length;  /* TYPO: code points */
	uint8_t kind, typos;
	bool prefix;
	bool opens; /* a spelling of a set or list begins with it */
};
#define HL_NO_ATOM UINT32_MAX

#define HL_PREFIX_BUCKETS 1024
#define HL_TYPO_LETTERS 27 /* a–z, and one for all other first letters */
#define HL_TYPO_LENGTHS 33 /* 5 … 31, and one (32) for longer; 0: prefixes of any length */

#define HL_TYPO_BUCKETS (HL_TYPO_LETTERS * HL_TYPO_LENGTHS)

struct hl_near { /* what is looked at first of a TYPO atom */
	uint32_t atom, letters;
	char second, third; /* bytes */
	uint8_t typos;
	bool prefix;
};

struct hl_vocab {
	struct hl_arena *arena;
	struct hl_atom *atoms;
	size_t n, cap;
	struct hl_map words;  /* WORD: text → atom */
	struct hl_map other;  /* all else: a letter for the kind, slips and text → atom */
	struct hl_near *near; /* the atoms of `typo`, bucket after bucket */
	uint32_t near_first[HL_TYPO_BUCKETS + 1]; /* bucket = letter × HL_TYPO_LENGTHS + length */
	uint32_t prefix[HL_PREFIX_BUCKETS];
	uint32_t typo[HL_TYPO_LETTERS][HL_TYPO_LENGTHS];
	size_t n_prefixes, n_typos;
};

void hl_vocab_init(struct hl_vocab *vocab, struct hl_arena *arena);
/* The atom for a normalised word; made when new. HL_NO_ATOM: no memory. The text is copied. */
uint32_t hl_vocab_word(struct hl_vocab *vocab, struct hl_str word);
uint32_t hl_vocab_prefix(struct hl_vocab *vocab, struct hl_str word);
/* `typos` 1 or 2; `prefix`: any ending may follow. */
uint32_t hl_vocab_typo(struct hl_vocab *vocab, struct hl_str word, unsigned typos, bool prefix);
/* An atom of a kind that is named by its index. */
uint32_t hl_vocab_index(struct hl_vocab *vocab, enum hl_atom_kind kind, uint32_t index);
uint32_t hl_vocab_literal(struct hl_vocab *vocab, struct hl_str text);
/* The atom of SET, LIST, TYPE or PATTERN if a rule uses it, else HL_NO_ATOM. */
uint32_t hl_vocab_find(const struct hl_vocab *vocab, enum hl_atom_kind kind, uint32_t index);

/* When all words are there: makes looking up fast. HL_OK, HL_NOMEM. */
int hl_vocab_freeze(struct hl_vocab *vocab);

/* Atoms that one message word is: at most `max`, no atom twice. Words that no rule uses, and
   redacted secrets, are none. Returns how many were written. */
size_t hl_vocab_look(uint32_t *out, size_t max, const struct hl_vocab *vocab,
		     const struct hl_word *word);

#endif
