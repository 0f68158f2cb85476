/*
 * Finds runs of words in the lexicon, a table made from lexicon.txt when this is built. Knows words
 * and the endings English puts to them; what a concept is for, its caller knows.
 */
#include <string.h>

#include "likeness/lexicon.h"

#define ENDED_WORD 48u /* bytes; longer words are only looked up as they stand */
#define SHORTEST 3u    /* letters left when an ending is taken off */

struct entry {
	uint32_t check; /* upper half of the hash */
	uint16_t concepts[HL_CONCEPTS];
	bool goes_on; /* a longer run begins so */
};
#include "lexicon_table.h"

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 29;
}

/* The hash of a run from that of the run without its last word. */
static uint64_t follow(uint64_t before, struct hl_str word)
{
	uint64_t hash = 1;
	for (size_t i = 0; i < word.len; i++)
		hash = (hash ^ (unsigned char)word.ptr[i]) * 0x100000001b3u;
	return mix(before + 11, mix(hash, word.len));
}

static const struct entry *entry_of(uint64_t hash)
{
	for (size_t at = hash & (LEXICON_SLOTS - 1); lexicon_slots[at] != 0;
	     at = (at + 1) & (LEXICON_SLOTS - 1)) {
		const struct entry *entry = &lexicon_entries[lexicon_slots[at] - 1];
		if (entry->check == (uint32_t)(hash >> 32))
			return entry;
	}
	return NULL;
}

struct hl_str hl_lexicon_form(const struct hl_word *word)
{
	return word->n_also > 0 ? word->also[0] : word->form;
}

/* What stands where an ending was: `tried` → `try`, `stopped` → `stop`, `closing` → `close`. */
static const struct ending {
	char end[4], instead[2];
	uint8_t cut, put; /* bytes of both */
} endings[] = {{"ies", "y", 3, 1}, {"ied", "y", 3, 1}, {"es", "", 2, 0},
	       {"s", "", 1, 0},	   {"ed", "", 2, 0},   {"ed", "e", 2, 1},
	       {"ing", "", 3, 0},  {"ing", "e", 3, 1}, {"ly", "", 2, 0}};

static const struct entry *entry_of_stem(struct hl_str word)
{
	char stem[ENDED_WORD];
	if (word.len >= ENDED_WORD || word.len < SHORTEST + 1 ||
	    memchr("sdgy", word.ptr[word.len - 1], 4) == NULL)
		return NULL;
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t cut = endings[i].cut, put = endings[i].put;
		if (word.len < SHORTEST + cut ||
		    endings[i].end[cut - 1] != word.ptr[word.len - 1] ||
		    memcmp(word.ptr + word.len - cut, endings[i].end, cut) != 0)
			continue;
		size_t len = word.len - cut;
		memcpy(stem, word.ptr, len);
		memcpy(stem + len, endings[i].instead, put);
		const struct entry *entry = entry_of(follow(0, (struct hl_str){stem, len + put}));
		if (entry == NULL && put == 0 && stem[len - 1] == stem[len - 2])
			entry = entry_of(follow(0, (struct hl_str){stem, len - 1}));
		if (entry != NULL && entry->concepts[0] != 0)
			return entry;
	}
	return NULL;
}

static bool may_be_known(const struct hl_word *word)
{
	return word->kind == HL_WORD_LETTERS || word->kind == HL_WORD_HAN ||
	       word->kind == HL_WORD_NUMBER;
}

size_t hl_lexicon_find(uint16_t concepts[HL_CONCEPTS], const struct hl_word *words, size_t n)
{
	const struct entry *longest = NULL, *entry;
	size_t taken = 0;
	uint64_t hash = 0;
	for (size_t i = 0; i < n && i < LEXICON_LONGEST && may_be_known(&words[i]); i++) {
		hash = follow(hash, hl_lexicon_form(&words[i]));
		entry = entry_of(hash);
		if (entry != NULL && entry->concepts[0] != 0) {
			longest = entry;
			taken = i + 1;
		}
		if (entry == NULL || !entry->goes_on)
			break;
	}
	if (longest == NULL && n > 0 && words[0].latin) {
		longest = entry_of_stem(hl_lexicon_form(&words[0]));
		taken = longest != NULL;
	}
	if (longest != NULL)
		memcpy(concepts, longest->concepts, sizeof longest->concepts);
	return taken;
}
