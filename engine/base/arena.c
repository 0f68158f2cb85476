/*
 * A bump allocator, so that a turn's many small results need no single free and a message costs no
 * malloc once the first turn has found the size. Knows blocks and alignment, nothing else.
 */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

#define LINE 64
#define ALIGN _Alignof(max_align_t)
#define FIRST_BLOCK ((size_t)16 << 10)
/* What a processor maps as one page where the system lets it. */
#define HUGE_PAGE ((size_t)2 << 20)

struct hl_arena_block {
	struct hl_arena_block *older;
	size_t used, size;
	max_align_t bytes[];
};

void hl_arena_init(struct hl_arena *arena)
{
	*arena = (struct hl_arena){0};
}

static void free_blocks(struct hl_arena *arena, const struct hl_arena_block *keep)
{
	struct hl_arena_block *block = arena->head;
	while (block != NULL) {
		struct hl_arena_block *older = block->older;
		if (block != keep) {
			arena->taken -= sizeof *block + block->size;
			free(block);
		}
		block = older;
	}
}

void hl_arena_deinit(struct hl_arena *arena)
{
	free_blocks(arena, NULL);
	arena->head = NULL;
	arena->next = 0;
}

void hl_arena_reset(struct hl_arena *arena)
{
	struct hl_arena_block *largest = arena->head;
	for (struct hl_arena_block *b = arena->head; b != NULL; b = b->older)
		if (b->size > largest->size)
			largest = b;
	free_blocks(arena, largest);
	arena->head = largest;
	if (largest != NULL) {
		largest->older = NULL;
		largest->used = 0;
	}
}

static struct hl_arena_block *add_block(struct hl_arena *arena, size_t need)
{
	size_t size = arena->next != 0 ? arena->next : FIRST_BLOCK;
	if (size < need)
		size = need;
	if (size > SIZE_MAX / 2)
		return NULL;
	size_t whole = sizeof(struct hl_arena_block) + size;
	bool large = whole > HUGE_PAGE / 2;
	if (large)
		whole = (whole + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	if (arena->limit != 0 &&
	    (arena->taken > arena->limit || whole > arena->limit - arena->taken))
		return NULL;
	struct hl_arena_block *block = large ? aligned_alloc(HUGE_PAGE, whole) : malloc(whole);
	if (block == NULL)
		return NULL;
	if (large && arena->room != NULL)
		arena->room(arena->room_arg, block, whole);
	block->older = arena->head;
	block->used = 0;
	block->size = whole - sizeof *block;
	arena->head = block;
	arena->taken += whole;
	arena->next = size >= HUGE_PAGE / 4 ? HUGE_PAGE / 2 : size * 2;
	return block;
}

void hl_arena_blocks(const struct hl_arena *arena,
		     void (*each)(void *arg, const void *start, size_t bytes), void *arg)
{
	for (const struct hl_arena_block *b = arena->head; b != NULL; b = b->older)
		each(arg, b, sizeof *b + b->size);
}

static void *take_from(struct hl_arena_block *block, size_t need)
{
	void *at = (char *)block->bytes + block->used;
	block->used += need;
	return at;
}

HL_SELDOM static void *alloc_new(struct hl_arena *arena, size_t need)
{
	struct hl_arena_block *block = add_block(arena, need);
	return block != NULL ? take_from(block, need) : NULL;
}

void hl_arena_join(struct hl_arena *arena, struct hl_arena *other)
{
	struct hl_arena_block **end = &other->head;
	while (*end != NULL)
		end = &(*end)->older;
	/* the block that is being filled stays the first */
	struct hl_arena_block **place = arena->head != NULL ? &arena->head->older : &arena->head;
	*end = *place;
	*place = other->head;
	arena->taken += other->taken;
	other->head = NULL;
	other->taken = 0;
}

void *hl_arena_alloc(struct hl_arena *arena, size_t size)
{
	if (size > SIZE_MAX / 2)
		return NULL;
	size_t need = (size + (size == 0) + ALIGN - 1) / ALIGN * ALIGN;
	struct hl_arena_block *block = arena->head;
	if (block == NULL || block->size - block->used < need)
		return alloc_new(arena, need);
	return take_from(block, need);
}

void *hl_arena_array(struct hl_arena *arena, size_t n, size_t size)
{
	if (size != 0 && n > SIZE_MAX / size)
		return NULL;
	return hl_arena_alloc(arena, n * size);
}

void *hl_arena_zalloc(struct hl_arena *arena, size_t n, size_t size)
{
	void *at = hl_arena_array(arena, n, size);
	if (at != NULL)
		memset(at, 0, n * size);
	return at;
}

void *hl_arena_regrow(struct hl_arena *arena, void *ptr, size_t old, size_t size)
{
	struct hl_arena_block *block = arena->head;
	if (ptr != NULL && old > 0 && size <= SIZE_MAX / 2) {
		size_t held = (old + ALIGN - 1) / ALIGN * ALIGN;
		size_t need = (size + ALIGN - 1) / ALIGN * ALIGN;
		bool last = block->used >= held &&
			    (char *)block->bytes + block->used - held == (char *)ptr;
		if (last && need >= held && block->size - block->used >= need - held) {
			block->used += need - held;
			return ptr;
		}
	}
	void *at = hl_arena_alloc(arena, size);
	if (at != NULL && ptr != NULL && old > 0)
		memcpy(at, ptr, old < size ? old : size);
	return at;
}

void *hl_arena_lines(struct hl_arena *arena, size_t size)
{
	char *room = hl_arena_alloc(arena, size);
	size_t in_line = (uintptr_t)room % LINE;
	if (room == NULL || in_line + size <= LINE || in_line + size % LINE <= LINE)
		return room;
	size_t more = LINE - in_line;
	room = hl_arena_regrow(arena, room, size, size + more);
	/* it may have moved, to where this is not enough: then it stays where it is */
	size_t shift = (LINE - (uintptr_t)room % LINE) % LINE;
	return room != NULL && shift <= more ? room + shift : room;
}

struct hl_str hl_arena_dup(struct hl_arena *arena, struct hl_str text)
{
	char *copy = text.len < SIZE_MAX ? hl_arena_alloc(arena, text.len + 1) : NULL;
	if (copy == NULL)
		return HL_NONE;
	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	return (struct hl_str){copy, text.len};
}

bool hl_vec_room(struct hl_arena *arena, void *items, size_t n, size_t *cap, size_t size)
{
	void *old;
	memcpy(&old, items, sizeof old);
	if (n >= *cap) {
		size_t wanted = *cap == 0 ? 8 : *cap * 2;
		if (wanted < *cap || wanted > SIZE_MAX / size)
			return false;
		void *grown = hl_arena_regrow(arena, old, n * size, wanted * size);
		if (grown == NULL)
			return false;
		*cap = wanted;
		old = grown;
		memcpy(items, &old, sizeof old);
	}
	memset((char *)old + n * size, 0, size);
	return true;
}
