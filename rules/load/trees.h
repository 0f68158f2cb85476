/* A pack's files as trees. */
#ifndef HL_RULES_TREES_H
#define HL_RULES_TREES_H

#include "load/load.h"

/* Reads all files, sorted by name, into load->files and says what is wrong with them. Those that
   are the same in `before` (may be NULL), and of which nothing was said there, are shared with it.
   HL_OK, HL_NOMEM. */
int hl_load_trees(struct hl_load *load, const struct hl_rules_file *files, size_t n,
		  const struct hl_load *before, const struct hl_workers *workers);
/* Jobs 0 … n-1 by the workers; without any, one after the other. */
void hl_load_run(const struct hl_workers *workers, void (*job)(void *job_arg, size_t i),
		 void *job_arg, size_t n);

#endif
