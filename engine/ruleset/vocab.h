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

#include "prefilter/literals.h"
#include "ruleset/near.h"
#include "text/text.h"

enum hl_atom_kind {
	HL_ATOM_WORD,	 /* text: the word */
	HL_ATOM_PREFIX,	 /* text: how the word begins */
	HL_ATOM_TYPO,	 /* text: the word; `typos` slips allowed; `prefix` as for PREFIX */
	HL_ATOM_SET,	 /* index: of the pack's word sets */
	HL_ATOM_LIST,	 /* index: of the pack's lists */
	HL_ATOM_TYPE,	 /* index: enum hl_slot_kind */
	HL_ATOM_PATTERN, /* index: of the rule set's slot patterns; never looked up ahead */
	HL_ATOM_LITERAL	 /* text: a literal of a pattern, found by the one pass over the text;
			    index: HL_BORDER_… that it must stand at */
};
struct hl_atom {
	struct hl_str text;
	uint32_t index;
	uint16_t length; /* PREFIX, TYPO: code points */
	uint8_t kind, typos;
	bool prefix;
	bool opens; /* a spelling of a set or list begins with it */
};
#define HL_NO_ATOM UINT32_MAX
#define HL_ATOM_OPENS 0x80000000u /* beside an atom's number: it opens, see above */

static inline uint32_t hl_atom_flag(const struct hl_atom *atom)
{
	return atom->opens ? HL_ATOM_OPENS : 0;
}

/* A word of the rules, or of everyday, with all that it is, found and proved by the one cache line
 * it stands on. */
struct hl_known {
	uint64_t key;	/* its first eight bytes as hl_text_key gives them; 0: free */
	uint32_t place; /* in the pool: what is left of its letters, its atoms, its literals. The
			   atom itself where there is but one and nothing else */
	uint16_t len;	/* from bit HL_KNOWN_TOLD on: what is known of its literals */
	uint8_t n, n_plain; /* atoms; those that are no near misses, which come first */
};
#define HL_KNOWN_TOLD 10 /* there: 0 (to be looked for), or how many literals there are, and 1 */
struct hl_vocab {
	struct hl_arena *arena;
	struct hl_atom *atoms;
	size_t n, cap;
	uint32_t *slots; /* atom + 1 by a hash of all that it is; 0: free */
	size_t n_slots;
	/* Once frozen: the words of the rules, each with all that it is. */
	const struct hl_known *known; /* open addressing, by the upper bits of a hash */
	const uint32_t *pool;
	uint32_t known_mask;
	unsigned known_shift;
	bool partly;	     /* some words of the rules are not among them */
	struct hl_near near; /* for all other words */
};

void hl_vocab_init(struct hl_vocab *vocab, struct hl_arena *arena);
/* Room for `n` atoms at once, before the first. False: no memory. */
bool hl_vocab_reserve(struct hl_vocab *vocab, size_t n);
/* The atom for a normalised word; made when new. HL_NO_ATOM: no memory. The text is copied. */
uint32_t hl_vocab_word(struct hl_vocab *vocab, struct hl_str word);
uint32_t hl_vocab_prefix(struct hl_vocab *vocab, struct hl_str word);
/* `typos` 1 or 2; `prefix`: any ending may follow. */
uint32_t hl_vocab_typo(struct hl_vocab *vocab, struct hl_str word, unsigned typos, bool prefix);
/* An atom of a kind that is named by its index. */
uint32_t hl_vocab_index(struct hl_vocab *vocab, enum hl_atom_kind kind, uint32_t index);
/* `borders`: HL_BORDER_… together. */
uint32_t hl_vocab_literal(struct hl_vocab *vocab, struct hl_str text, unsigned borders);
/* The atom of SET, LIST, TYPE or PATTERN if a rule uses it, else HL_NO_ATOM. */
uint32_t hl_vocab_find(const struct hl_vocab *vocab, enum hl_atom_kind kind, uint32_t index);

/* When all words are there: makes looking up fast. `literals`: all that are atoms of it. HL_OK,
   HL_NOMEM. */
int hl_vocab_freeze(struct hl_vocab *vocab, struct hl_arena *work,
		    const struct hl_literals *literals);

#define HL_SYMBOLS_MAX 255 /* atoms one word may be */
/* A literal told with a word: its atom, and from this bit on its bytes, less one. */
#define HL_TOLD_ATOM 27

/* Where a message's word is looked for first; begins to bring it there, so that all words of a
   message can be asked for before the first is looked up. */
uint32_t hl_vocab_ask(const struct hl_vocab *vocab, const struct hl_word *word);
/* The same for what stands there, when the word's turn is near. */
void hl_vocab_ask_on(const struct hl_vocab *vocab, uint32_t asked);
/* Atoms that one message word is, none twice, each with HL_ATOM_OPENS where that is so; returns how
   many. *out is frozen, or look->out with room for HL_SYMBOLS_MAX, the caller's. Words that no rule
   uses, and redacted secrets, are none. `asked`: what hl_vocab_ask gave. Takes from look->work;
   says in look->full when there are more than can be told. Gives in look->told, frozen, the
   literals that begin with a run of \w that is all of the word's form, see HL_TOLD_ATOM, or
   HL_UNTOLD: those that end with it, or go on behind it, must be looked for, too. */
size_t hl_vocab_look(const uint32_t **out, struct hl_look *look, const struct hl_vocab *vocab,
		     const struct hl_word *word, uint32_t asked);

#endif
