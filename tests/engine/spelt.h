/*
 * spelt.h: random packs for the engine's tests, each rule beside all that it spells.
 */
#ifndef SPELT_H
#define SPELT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RULES 6 /* of a pack: phrases and `words:` in turn, intent 'a' to 'f' */
#define ROWS_MAX 400
#define ROW_MAX 24
#define NAMES 3
#define ITEMS_MAX 3
#define SPELT_WORDS 23

/* The words that rules are made of. */
extern const char *const spelt_words[SPELT_WORDS];

enum kind { WORD, BEGINNING, SET, LIST, GAP };
struct element {
	enum kind kind;
	unsigned which; /* of the vocabulary, or of the names */
	bool insisted;
};
struct row {
	struct element v[ROW_MAX];
	size_t n;
};
struct rows {
	struct row v[ROWS_MAX];
	size_t n;
};
struct rule {
	bool words; /* else a phrase, in items[0] */
	struct rows *all[ITEMS_MAX], *none[ITEMS_MAX], *never;
	size_t n_all, n_none;
	bool has_never;
	unsigned typos, max;
};
struct pack {
	struct rule rules[RULES];
	struct rows *sets[NAMES], *lists[NAMES];
	char text[16000];
	size_t len;
};

unsigned spelt_draw(unsigned below);
void spelt_seed(uint64_t other); /* another run */
/* Makes the rows of a pack, or frees them. */
void spelt_rows(struct pack *pack, bool make);
/* Another pack, as text for packtext_new. The engine may refuse it. */
void spelt_pack(struct pack *pack);

#endif
