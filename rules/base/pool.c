/*
 * The pool: blocks of memory given back all at once. Knows nothing of what is kept in it.
 */
#include "base/pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE 65536u
#define ALIGN 16u

struct hl_pool_block {
	struct hl_pool_block *next;
	size_t used, size;
	_Alignas(16) char bytes[];
};

void hl_pool_init(struct hl_pool *pool)
{
	*pool = (struct hl_pool){NULL, false};
}

void hl_pool_deinit(struct hl_pool *pool)
{
	struct hl_pool_block *block = pool->blocks;
	while (block) {
		struct hl_pool_block *next = block->next;
		free(block);
		block = next;
	}
	pool->blocks = NULL;
}

void *hl_pool_take(struct hl_pool *pool, size_t size)
{
	if (size > SIZE_MAX / 2)
		goto failed;
	size = (size + ALIGN - 1) / ALIGN * ALIGN;
	struct hl_pool_block *block = pool->blocks;
	if (!block || block->size - block->used < size) {
		size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
		block = calloc(1, sizeof(*block) + room);
		if (!block)
			goto failed;
		block->size = room;
		/* a big piece goes behind the block in use, which keeps its room */
		if (size > BLOCK_SIZE && pool->blocks) {
			block->next = pool->blocks->next;
			pool->blocks->next = block;
		} else {
			block->next = pool->blocks;
			pool->blocks = block;
		}
	}
	void *at = block->bytes + block->used;
	block->used += size;
	return at;
failed:
	pool->failed = true;
	return NULL;
}

void *hl_pool_array(struct hl_pool *pool, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / 2 / size) {
		pool->failed = true;
		return NULL;
	}
	return hl_pool_take(pool, n * size);
}

struct hl_str hl_pool_copy(struct hl_pool *pool, struct hl_str text)
{
	char *copy = hl_pool_take(pool, text.len + 1);
	if (!copy)
		return HL_NONE;
	if (text.len)
		memcpy(copy, text.ptr, text.len);
	return (struct hl_str){copy, text.len};
}

struct hl_str hl_pool_format(struct hl_pool *pool, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	char *text = len < 0 ? NULL : hl_pool_take(pool, (size_t)len + 1);
	if (!text)
		return HL_NONE;
	va_start(args, format);
	vsnprintf(text, (size_t)len + 1, format, args);
	va_end(args);
	return (struct hl_str){text, (size_t)len};
}

bool hl_grow(void **v, size_t *capacity, size_t n, size_t size)
{
	if (n < *capacity)
		return true;
	size_t wanted = *capacity ? *capacity * 2 : 16;
	void *grown = wanted > SIZE_MAX / size ? NULL : realloc(*v, wanted * size);
	if (!grown)
		return false;
	*v = grown;
	*capacity = wanted;
	return true;
}

bool hl_view_equal(struct hl_str a, struct hl_str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool hl_view_is(struct hl_str a, const char *b)
{
	return hl_view_equal(a, hl_view_of(b));
}

int hl_view_order(struct hl_str a, struct hl_str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n ? memcmp(a.ptr, b.ptr, n) : 0;
	if (order != 0)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

struct hl_str hl_view_of(const char *text)
{
	return (struct hl_str){text, text ? strlen(text) : 0};
}
