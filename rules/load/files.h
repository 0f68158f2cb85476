/* A pack's files from a folder. */
#ifndef HL_RULES_FILES_H
#define HL_RULES_FILES_H

#include "base/pool.h"
#include "hotline_yaml.h"

struct hl_file_list {
	struct hl_pool pool;
	struct hl_rules_file *v; /* sorted by name */
	size_t n, capacity, bytes;
};

/* Reads every *.yaml below a folder (or one file). What cannot be read is a finding; the rest is in
   the list. HL_OK, HL_NOMEM. */
int hl_files_read(struct hl_file_list *list, const char *folder, struct hl_findings *findings);
void hl_files_deinit(struct hl_file_list *list);

#endif
