/*
 * Memory in blocks. A request to a store is many small copies with one life; a pile makes that one
 * or two allocations and one failure to look at.
 */
#include "store/pile.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 2048

struct hl_pile_block {
	struct hl_pile_block *next;
	size_t used, size;
	alignas(max_align_t) char bytes[];
};

void hl_pile_deinit(struct hl_pile *pile)
{
	struct hl_pile_block *block = pile->blocks;

	while (block) {
		struct hl_pile_block *next = block->next;

		free(block);
		block = next;
	}
	*pile = (struct hl_pile){0};
}

static struct hl_pile_block *add_block(struct hl_pile *pile, size_t need)
{
	size_t size = need > BLOCK_BYTES ? need : BLOCK_BYTES;
	struct hl_pile_block *block = malloc(sizeof(*block) + size);

	if (!block)
		return NULL;
	block->used = 0;
	block->size = size;
	block->next = pile->blocks;
	pile->blocks = block;
	return block;
}

static void *take(struct hl_pile *pile, size_t n, size_t size)
{
	struct hl_pile_block *block = pile->blocks;
	size_t need;
	void *at;

	if (n > SIZE_MAX / 2 / (size ? size : 1))
		goto nomem;
	need = (n * size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (!block || block->size - block->used < need)
		block = add_block(pile, need);
	if (!block)
		goto nomem;
	at = block->bytes + block->used;
	block->used += need;
	pile->bytes += need;
	return at;
nomem:
	pile->failed = true;
	return NULL;
}

void *hl_pile_take(struct hl_pile *pile, size_t n, size_t size)
{
	void *at = take(pile, n, size);

	return at ? memset(at, 0, n * size) : NULL;
}

struct hl_str hl_pile_str(struct hl_pile *pile, struct hl_str str)
{
	char *copy;

	if (!str.len || pile->failed)
		return HL_NONE;
	copy = take(pile, str.len, 1);
	if (!copy)
		return HL_NONE;
	memcpy(copy, str.ptr, str.len);
	return (struct hl_str){copy, str.len};
}

struct hl_names hl_pile_names(struct hl_pile *pile, struct hl_names names)
{
	struct hl_str *v = hl_pile_take(pile, names.n, sizeof(*v));

	if (!v)
		return (struct hl_names){NULL, 0};
	for (size_t i = 0; i < names.n; i++)
		v[i] = hl_pile_str(pile, names.v[i]);
	return (struct hl_names){v, names.n};
}

struct hl_row hl_pile_row(struct hl_pile *pile, const struct hl_row *row)
{
	struct hl_row copy = *row;

	copy.conv = hl_pile_str(pile, row->conv);
	copy.team = hl_pile_str(pile, row->team);
	copy.owner = hl_pile_str(pile, row->owner);
	copy.wanted = hl_pile_str(pile, row->wanted);
	copy.lang = hl_pile_str(pile, row->lang);
	copy.title = hl_pile_str(pile, row->title);
	copy.customer = hl_pile_str(pile, row->customer);
	copy.user = hl_pile_str(pile, row->user);
	return copy;
}
