/*
 * pile.h: memory that grows in blocks and goes at once. Every request to a store keeps its copies
 * in one, and every answer is built in the same.
 */
#ifndef HL_PILE_H
#define HL_PILE_H

#include "hotline.h"

struct hl_pile_block;
struct hl_pile {
	struct hl_pile_block *blocks; /* newest first */
	size_t bytes;		      /* handed out */
	bool failed; /* an allocation failed since init: what was built is not whole */
};

/* All zero is an empty pile. Frees the blocks; the pile is empty and usable again. */
void hl_pile_deinit(struct hl_pile *pile);
/* Zeroed memory for n items of `size` bytes, aligned for anything; lives until deinit. NULL, and
   `failed` set, when there is no memory; an address that must not be read when n is 0. */
void *hl_pile_take(struct hl_pile *pile, size_t n, size_t size);
/* Copies; empty views become {NULL, 0}, and so does everything once the pile has failed. */
struct hl_str hl_pile_str(struct hl_pile *pile, struct hl_str str);
struct hl_names hl_pile_names(struct hl_pile *pile, struct hl_names names);
struct hl_row hl_pile_row(struct hl_pile *pile, const struct hl_row *row);

#endif
