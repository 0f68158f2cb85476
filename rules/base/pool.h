/*
 * Memory that lives and dies together (a file's tree, a load), and growing arrays. Out of memory is
 * remembered in the pool: callers go on with NULL-safe values and ask once at the end.
 */
#ifndef HL_RULES_POOL_H
#define HL_RULES_POOL_H

#include <stdarg.h>

#include "hotline.h"

struct hl_pool {
	struct hl_pool_block *blocks;
	bool failed; /* an allocation failed since init */
};

void hl_pool_init(struct hl_pool *pool);
void hl_pool_deinit(struct hl_pool *pool); /* twice is safe */
/* Zeroed memory for any type, or NULL (and pool->failed). */
void *hl_pool_take(struct hl_pool *pool, size_t size);
/* The same for an array; an overflow counts as out of memory. */
void *hl_pool_array(struct hl_pool *pool, size_t n, size_t size);
/* A copy, terminated by a zero byte that `len` does not count. Empty when out of memory. */
struct hl_str hl_pool_copy(struct hl_pool *pool, struct hl_str text);
struct hl_str hl_pool_format(struct hl_pool *pool, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Makes room for one more element of `size` bytes in a heap array. False when out of memory. */
bool hl_grow(void **v, size_t *capacity, size_t n, size_t size);

#define HL_FMT "%.*s" /* with HL_ARG(str) */
#define HL_ARG(str) (int)(str).len, ((str).len ? (str).ptr : "")

/* Views. */
bool hl_view_equal(struct hl_str a, struct hl_str b);
bool hl_view_is(struct hl_str a, const char *b);
int hl_view_order(struct hl_str a, struct hl_str b); /* by bytes */
struct hl_str hl_view_of(const char *text);	     /* of a C string; NULL gives empty */

#endif
