/*
 * prefilter/trie.h: which of many texts stand at one place of a text: all that begin there, or all
 * that end there.
 */
#ifndef HL_TRIE_H
#define HL_TRIE_H

#include <string.h>

#include "base/base.h"

#define HL_TRIE_KEY 4	    /* bytes looked up at once */
#define HL_TRIE_TEXT_MAX 32 /* bytes of a text: what a place may cost is bounded by it */

struct hl_trie_text {
	struct hl_str text; /* 1 … HL_TRIE_TEXT_MAX bytes, none of them 0 */
	uint32_t number;    /* told when it is found; below 2^31 */
	bool border;	    /* only where \b holds behind it; never in a trie of ends */
};
struct hl_trie_slot {
	uint32_t key;	/* the first or last bytes, four if there are so many */
	uint32_t place; /* in the pool; how many bytes, if less than four, above it. 0: free */
};
struct hl_trie {
	const struct hl_trie_slot *slots; /* open addressing */
	const uint32_t *pool;		  /* nodes, each with those below it right behind */
	const uint8_t *heads;		  /* by the first or last byte: lengths of keys, as bits */
	unsigned shift;
	bool ends; /* the texts end at the place */
};

/* No two texts with the same border are equal. HL_OK, HL_NOMEM. */
int hl_trie_build(struct hl_trie *out, struct hl_arena *arena, struct hl_arena *work,
		  const struct hl_trie_text *texts, size_t n, bool ends);
/* Where the search for a key begins. */
static inline uint32_t hl_trie_slot_of(const struct hl_trie *trie, uint32_t key)
{
	return key * 0x9e3779b1u >> trie->shift;
}
/* Asks ahead for the memory that a look at a byte will need; four are readable there. Not in a trie
   of ends. */
static inline void hl_trie_ask(const struct hl_trie *trie, const char *at)
{
	uint32_t key;
	memcpy(&key, at, sizeof key);
	if (trie->heads[(unsigned char)*at])
		__builtin_prefetch(&trie->slots[hl_trie_slot_of(trie, key)]);
}
/* Calls `found` for each text with the byte behind it at the places block + i, bit i of `bits`.
   What memory they need is asked for together. Eight readable bytes, all zero, stand behind `text`.
   A place is below text.len; in a trie of ends it is behind the end, 1 … text.len. */
void hl_trie_look(const struct hl_trie *trie, struct hl_str text, size_t block, uint64_t bits,
		  void (*found)(void *arg, uint32_t number, uint32_t len, uint32_t end), void *arg);

#endif
