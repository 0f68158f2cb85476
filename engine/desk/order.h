/*
 * order.h: the queue's order as a balanced tree that counts. Answers in logarithmic time: which
 * place a row has, which row has a place, which is the next one nobody has been offered.
 */
#ifndef HL_DESK_ORDER_H
#define HL_DESK_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hotline.h"

/* Lives inside the thing queued; `row` is its key and must not change while it is in a tree. */
struct hl_order_node {
	struct hl_order_node *left, *right, *up;
	const struct hl_row *row;
	uint64_t weight;    /* balances the tree: a hash of the row's conv */
	size_t count, open; /* in this subtree; open: those marked so */
	bool is_open;
};

/* Who is served first: urgency, then those put to the front, then the longest wait, then the id.
   Negative: a before b. */
int hl_order_cmp(const struct hl_row *a, const struct hl_row *b);
/* The node's row must be set and in no tree; it enters open. */
void hl_order_insert(struct hl_order_node **root, struct hl_order_node *node);
void hl_order_remove(struct hl_order_node **root, struct hl_order_node *node);
void hl_order_set_open(struct hl_order_node *node, bool open);
size_t hl_order_count(const struct hl_order_node *root);
/* How many stand before `row`, which need not be in the tree. */
size_t hl_order_rank(const struct hl_order_node *root, const struct hl_row *row);
/* The node at `place` from 0; NULL past the end. */
struct hl_order_node *hl_order_at(struct hl_order_node *root, size_t place);
/* The first open node behind `after` (NULL: from the start); NULL when there is none. */
struct hl_order_node *hl_order_next_open(struct hl_order_node *root,
					 const struct hl_order_node *after);

#endif
