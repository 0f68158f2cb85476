/* Trained models kept in a folder, by the content they were trained from. */
#ifndef HL_RULES_CACHE_H
#define HL_RULES_CACHE_H

#include "base/pool.h"
#include "hotline_rules.h"

/* A hash of all names and texts, in letters. Lives in the pool. */
struct hl_str hl_cache_version(struct hl_pool *pool, const struct hl_rules_file *files, size_t n);
/* The model of that content; empty when there is none or it cannot be read. Give it back with
   hl_cache_done. */
struct hl_str hl_cache_get(struct hl_str folder, struct hl_str version);
void hl_cache_done(struct hl_str model);
/* Keeps a model; whole or not at all. Failing is silent: the next load trains again. */
void hl_cache_put(struct hl_str folder, struct hl_str version, struct hl_str model);

#endif
