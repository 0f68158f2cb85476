/* The outcome of a load, as the loader and the runner of tests see it. */
#ifndef HL_RULES_RULES_H
#define HL_RULES_RULES_H

#include "load/load.h"

struct hl_rules {
	struct hl_load load;
	struct hl_ruleset *set;
	const struct hl_workers *workers; /* of the load */
	const struct hl_finding *list;	  /* sorted, complete */
	size_t n_list;
	struct hl_tests_result tests;
	/* rules that never win, when they were asked for */
	const struct hl_report_conflict *conflicts;
	size_t n_conflicts;
};

/* The file a node stands in, or NULL. */
const struct hl_yaml *hl_rules_file_of(const struct hl_rules *rules, uint32_t node);

#endif
