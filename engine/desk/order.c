/*
 * A treap: a search tree whose shape is that of random insertion, whatever order the rows come in,
 * because each node's weight is a hash. Two counts a node make places and "next free" searches
 * logarithmic, which is what 20,000 waiting conversations need. Knows rows, nothing of agents.
 */
#include "desk/order.h"

#include "base/base.h"

int hl_order_cmp(const struct hl_row *a, const struct hl_row *b)
{
	if (a->urgency != b->urgency)
		return a->urgency > b->urgency ? -1 : 1;
	if (a->front != b->front)
		return a->front ? -1 : 1;
	if (a->since_ms != b->since_ms)
		return a->since_ms < b->since_ms ? -1 : 1;
	return hl_str_cmp(a->conv, b->conv);
}

size_t hl_order_count(const struct hl_order_node *root)
{
	return root ? root->count : 0;
}

static size_t open_count(const struct hl_order_node *node)
{
	return node ? node->open : 0;
}

static void recount(struct hl_order_node *node)
{
	node->count = 1 + hl_order_count(node->left) + hl_order_count(node->right);
	node->open = (node->is_open ? 1 : 0) + open_count(node->left) + open_count(node->right);
	if (node->left)
		node->left->up = node;
	if (node->right)
		node->right->up = node;
}

/* What stands before `row` goes to *before, the rest to *after. */
static void split(struct hl_order_node *node, const struct hl_row *row,
		  struct hl_order_node **before, struct hl_order_node **after)
{
	if (!node) {
		*before = *after = NULL;
	} else if (hl_order_cmp(node->row, row) < 0) {
		split(node->right, row, &node->right, after);
		recount(node);
		*before = node;
	} else {
		split(node->left, row, before, &node->left);
		recount(node);
		*after = node;
	}
}

static struct hl_order_node *merge(struct hl_order_node *before, struct hl_order_node *after)
{
	if (!before || !after)
		return before ? before : after;
	if (before->weight >= after->weight) {
		before->right = merge(before->right, after);
		recount(before);
		return before;
	}
	after->left = merge(before, after->left);
	recount(after);
	return after;
}

void hl_order_insert(struct hl_order_node **root, struct hl_order_node *node)
{
	struct hl_order_node *before, *after;
	node->left = node->right = NULL;
	node->weight = hl_str_hash(node->row->conv);
	node->is_open = true;
	recount(node);
	split(*root, node->row, &before, &after);
	*root = merge(merge(before, node), after);
	(*root)->up = NULL;
}

void hl_order_remove(struct hl_order_node **root, struct hl_order_node *node)
{
	struct hl_order_node *up = node->up, *rest = merge(node->left, node->right);
	if (rest)
		rest->up = up;
	if (!up)
		*root = rest;
	else if (up->left == node)
		up->left = rest;
	else
		up->right = rest;
	for (; up; up = up->up)
		recount(up);
	node->left = node->right = node->up = NULL;
}

void hl_order_set_open(struct hl_order_node *node, bool open)
{
	node->is_open = open;
	for (; node; node = node->up)
		recount(node);
}

size_t hl_order_rank(const struct hl_order_node *root, const struct hl_row *row)
{
	size_t rank = 0;
	while (root) {
		if (hl_order_cmp(root->row, row) < 0) {
			rank += 1 + hl_order_count(root->left);
			root = root->right;
		} else {
			root = root->left;
		}
	}
	return rank;
}

struct hl_order_node *hl_order_at(struct hl_order_node *root, size_t place)
{
	while (root) {
		size_t left = hl_order_count(root->left);
		if (place == left)
			return root;
		if (place < left) {
			root = root->left;
		} else {
			place -= left + 1;
			root = root->right;
		}
	}
	return NULL;
}

static struct hl_order_node *first_open(struct hl_order_node *node)
{
	if (!open_count(node))
		return NULL;
	while (node) {
		if (open_count(node->left))
			node = node->left;
		else if (node->is_open)
			return node;
		else
			node = node->right;
	}
	return NULL;
}

struct hl_order_node *hl_order_next_open(struct hl_order_node *root,
					 const struct hl_order_node *after)
{
	if (!after)
		return first_open(root);
	struct hl_order_node *found = first_open(after->right);
	for (const struct hl_order_node *at = after; !found && at->up; at = at->up) {
		if (at->up->left != at)
			continue;
		if (at->up->is_open)
			return at->up;
		found = first_open(at->up->right);
	}
	return found;
}
