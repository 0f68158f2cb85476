/*
 * language.h: what the cutter counts of a message's words while it has them in hand, and the
 * language that these counts tell. For the text room alone.
 *
 * Counted there, the cold lines of the table of function words come while the next words are cut.
 */
#ifndef HL_TEXT_LANGUAGE_H
#define HL_TEXT_LANGUAGE_H

#include "text/text.h"

#define HL_LANGUAGES_MAX 9u
#define HL_SCRIPTS_MAX 8u
#define HL_SPREAD_BITS 7u /* of a language's count before it is carried over */

struct hl_tally {
	unsigned han, latin, other; /* words */
	unsigned since;		    /* latin words since `spread` was last carried over */
	uint64_t spread;	    /* how many function words each language has of these */
	unsigned by_language[HL_LANGUAGES_MAX];
	unsigned by_script[HL_SCRIPTS_MAX];
};

/* By a hash of the key each word has a place of its own; the other places have no spread. `spread`:
   a one in each language's field. */
struct hl_function_word {
	uint64_t key, spread;
};
extern const struct hl_function_word hl_function_words[HL_TEXT_FUNCTION_WORDS];
extern const uint16_t hl_function_words_moved[128];

void hl_tally_carry(struct hl_tally *tally);
/* Letters that are not all Latin, or whose form is not what is written; `written`: as in the normal
   form. */
void hl_tally_odd(struct hl_tally *tally, const struct hl_word *word, struct hl_str written);

/* A word of Latin letters. `key`: its first eight bytes, accents kept, for of Vietnamese and
   English they are all the difference; 0: too long to be a function word. */
static inline void hl_tally_latin(struct hl_tally *tally, uint64_t key)
{
	uint64_t hash = key * 0x9e3779b97f4a7c15u;
	size_t slot = (size_t)((hash >> 24) + hl_function_words_moved[hash >> 57]) %
		      HL_TEXT_FUNCTION_WORDS;
	const struct hl_function_word *found = &hl_function_words[slot];
	/* no branch on whether it is the word, which nobody could foresee */
	tally->spread += found->spread & -(uint64_t)(found->key == key);
	tally->latin++;
	if (++tally->since == (1u << HL_SPREAD_BITS) - 1)
		hl_tally_carry(tally);
}

/* By script, or by function words of which one language has clearly most; never on fewer than three
   words of an alphabet. Empty when not sure. */
struct hl_str hl_tally_language(struct hl_tally *tally);

#endif
