/*
 * classify/reading.h: a message held against a rule set's vocabulary: which atoms it has and where.
 * Made once a message; every rule is then matched against it.
 */
#ifndef HL_READING_H
#define HL_READING_H

#include "base/scratch.h"
#include "ruleset/ruleset.h"

struct hl_occurrence {
	uint32_t next;	   /* of the same atom, further right or the same place; HL_NOWHERE */
	uint32_t word;	   /* the first word */
	uint32_t n;	   /* words */
	uint32_t insisted; /* SET: words that count, as bits; else all */
	uint32_t value;	   /* LIST: index of the value */
};
#define HL_NOWHERE UINT32_MAX
#define HL_GAP_SIZE2 12 /* halves a gap spans at most */

/* Work units of one message, each some 50 ns at most: places looked at, tries of patterns. So no
   message costs more than a few milliseconds whatever the rules. */
#define HL_WORK_MAX 100000

struct hl_literal_hit {
	uint32_t seen; /* which atom */
	uint32_t end;  /* the byte behind it */
};

struct hl_seen {	      /* an atom that the message has */
	uint32_t first, last; /* occurrence; of a literal the part of `ends`, `last` behind it */
	uint32_t n;	      /* occurrences of a literal */
	uint16_t len;	      /* bytes of a literal */
	bool wide;	      /* some occurrence is not exactly one word */
	uint64_t low;	      /* where it stands or begins: bit word >> shift; of a literal, once
				 `ends` is made, bit byte >> byte_shift */
	uint64_t *map;	      /* all of them; NULL: not asked for yet */
};

struct hl_told { /* literals that a word tells, see hl_vocab_look */
	const uint32_t *v;
	uint32_t n, start;
};
struct hl_reading {
	struct hl_scratch *scratch;
	const struct hl_ruleset *rules;
	const struct hl_utterance *utterance;
	uint64_t *bits;	      /* atoms the message has */
	uint32_t *place;      /* in `seen`, of an atom whose bit is set */
	uint32_t *list;	      /* atoms whose bit is set … */
	struct hl_seen *seen; /* … and what is known of each */
	uint32_t *symbols; /* of word w: symbols[first[w]] … symbols[first[w] + counts[w] - 1] */
	uint32_t *first;
	uint8_t *counts;
	uint32_t *size_before; /* halves before word w; n_words + 1 of them */
	uint32_t *gap_end;     /* the word after the last that a gap before word w may reach up to
				  (w itself: no gap); NULL: not asked for yet */
	uint32_t *places;      /* for the matcher: 2 (n_words + 1), zeroed once; NULL: not yet */
	void *entries;	       /* the matcher's rooms, kept from rule to rule */
	uint64_t *states;
	size_t cap_entries, cap_states;
	const uint32_t *numbers; /* 0 … n_words - 1; NULL: not asked for yet */
	void *chase;		 /* room of those patterns that are chains; NULL: not yet */
	struct hl_occurrence *items;
	uint64_t *known;      /* places of runs whose literals are told already */
	struct hl_told *told; /* those that have some, the last of the message first */
	size_t n_told;
	struct hl_literal_hit *hits;   /* those of one literal from left to right */
	uint32_t *ends;		       /* the same literal by literal; NULL: not asked for yet */
	uint32_t literals, n_literals; /* in `seen`: from where on, and how many */
	uint64_t *searched;	       /* PATTERN atoms already searched for */
	size_t n_list, cap_list, n_symbols, cap_symbols, n_items, cap_items, n_hits, cap_hits;
	uint32_t widest; /* most words of anything found so far */
	uint32_t shift;	 /* so many words, as a power of two, share a bit of `low`: 0 below 64 */
	uint32_t byte_shift;   /* the same of bytes, for literals; known once `ends` is made */
	size_t n_blocks;       /* 64-bit words of a map: a bit for each place before, between and
				  after the words */
	const uint16_t *bytes; /* 256: how often each byte is in the normal form; NULL: not yet */
	uint32_t word_most;    /* at least word_run, counted by blocks; 0: not counted yet */
	uint32_t word_run;     /* most letters and digits in a row, in ASCII; 0: not counted yet */
	uint32_t space_run;    /* most spaces in a row */
	uint32_t char_bytes;   /* most bytes of a character; 0: not counted yet */
	bool lines;	       /* it has more than one; known with char_bytes */
	const uint32_t *chars; /* the number of the character that each byte is of, and … */
	const uint32_t *char_starts; /* … where it begins; NULL: not asked for, or as bytes */
	uint32_t work;		     /* left */
	bool limit_hit;
	bool failed; /* no memory */
};

/* HL_OK, HL_NOMEM. All of it lives in the scratch's turn. */
int hl_reading_make(struct hl_reading *out, struct hl_scratch *scratch,
		    const struct hl_ruleset *rules, const struct hl_utterance *utterance);
/* Is the atom in the message? Of a slot's pattern only what was asked for is known. */
static inline bool hl_reading_has(const struct hl_reading *reading, uint32_t atom)
{
	return reading->bits[atom / 64] >> (atom % 64) & 1;
}
/* What is known of an atom; NULL: it is not there. Searches a slot's pattern when first asked. */
struct hl_seen *hl_reading_seen(struct hl_reading *reading, uint32_t atom);
/* The same of an edge's atom. */
static inline struct hl_seen *hl_reading_look(struct hl_reading *reading,
					      const struct hl_edge *edge)
{
	if (hl_reading_has(reading, edge->atom))
		return &reading->seen[reading->place[edge->atom]];
	return edge->later ? hl_reading_seen(reading, edge->atom) : NULL;
}
/* The words an atom stands at or begins with, n_blocks of 64 bits. NULL: no memory. */
const uint64_t *hl_reading_map(struct hl_reading *reading, struct hl_seen *seen);
/* Halves of a word: from a narrow row, where the word itself takes most of a cache line. */
static inline uint32_t hl_reading_size(const struct hl_reading *reading, uint32_t word)
{
	return reading->size_before[word + 1] - reading->size_before[word];
}
/* Makes `gap_end`. False: no memory. */
bool hl_reading_gaps(struct hl_reading *reading);
/* Each bit and those after it, `n` in all, which is 1 or more: what may follow in parts of `low`.
 */
static inline uint64_t hl_reading_spread(uint64_t bits, uint32_t n)
{
	uint32_t done = 1;
	if (n >= 64)
		return 0 - (bits & (0 - bits));
	for (; done * 2 <= n; done *= 2)
		bits |= bits << done;
	return bits | bits << (n - done);
}
/* Makes `ends`, and where each literal's are. False: no memory. */
bool hl_reading_ends(struct hl_reading *reading);
/* How many of n ascending ends stand before byte `limit`. */
static inline uint32_t hl_ends_before(const uint32_t *ends, uint32_t n, size_t limit)
{
	const uint32_t *from = ends;
	while (n) {
		uint32_t half = n / 2;
		from += from[half] < limit ? n - half : 0;
		n = half;
	}
	return (uint32_t)(from - ends);
}
/* May a gap that begins before word `place` reach to the message's end? */
bool hl_gap_ends(const struct hl_reading *reading, uint32_t place);
/* First occurrence of an atom, or HL_NOWHERE. Searches a slot's pattern when first asked. */
uint32_t hl_reading_find(struct hl_reading *reading, uint32_t atom);
/* Takes work units; false: they are used up, and the limit is noted. */
bool hl_reading_spend(struct hl_reading *reading, uint32_t units);
/* The words a span of the normal form touches: *first and how many; 0 words: none. */
uint32_t hl_reading_words(uint32_t *first, const struct hl_reading *reading, size_t start,
			  size_t end);

#endif
