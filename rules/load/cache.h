/* Trained models kept in a folder, by the content they were trained from. */
#ifndef HL_RULES_CACHE_H
#define HL_RULES_CACHE_H

#include "base/pool.h"
#include "hotline_rules.h"

struct hl_cache_hash { /* two independent ones of the same bytes */
	uint64_t a, b;
};
/* Of all names and texts. */
void hl_cache_hash(struct hl_cache_hash *out, const struct hl_rules_file *files, size_t n);
/* In letters. Lives in the pool. */
struct hl_str hl_cache_version(struct hl_pool *pool, const struct hl_cache_hash *hash);
/* The model of that content; empty when there is none or it cannot be read. Give it back with
   hl_cache_done. */
struct hl_str hl_cache_get(struct hl_str folder, struct hl_str version);
void hl_cache_done(struct hl_str model);
/* Keeps a model; whole or not at all. Failing is silent: the next load trains again. */
void hl_cache_put(struct hl_str folder, struct hl_str version, struct hl_str model);

#endif
