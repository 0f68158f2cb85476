/*
 * ruleset/build.h: a rule set while it is being built: what the parts of the build share.
 */
#ifndef HL_BUILD_H
#define HL_BUILD_H

#include "ruleset/renew.h"

struct hl_build {
	struct hl_ruleset *set;
	struct hl_arena work; /* thrown away after the build */
	struct hl_arena turn; /* after each rule */
	struct hl_renewal renewal;
	struct hl_machines ready; /* machine code made ahead */
	struct hl_report report;
	struct hl_phrase_env phrases;
	struct hl_pattern_env patterns;
	struct hl_map slot_names;
	uint32_t *known; /* rule + 1 by a hash of its canonical text, to find doubles */
	size_t n_known;	 /* slots, a power of two, never full */
	struct hl_rule *rules;
	struct hl_rule_text *texts; /* as many */
	size_t n_rules, cap_rules, cap_texts;
	struct hl_clauses *clauses; /* of each rule */
	size_t n_clauses, cap_clauses;
	struct hl_compiled_intent *intents;
	struct hl_pattern *slot_patterns;
	size_t n_slot_patterns, cap_slot_patterns;
	struct hl_example *examples;
	size_t n_examples, cap_examples;
};

/* Each: HL_OK also when errors were reported (build->report.errors counts them); HL_NOMEM. */
int hl_build_room(struct hl_build *build);  /* for all rules of the pack; before all else */
int hl_build_names(struct hl_build *build); /* sets, lists, slots */
int hl_build_intent(struct hl_build *build, uint32_t i); /* rules, never */
int hl_build_examples(struct hl_build *build);
/* Before the rules. What is not used by then goes with hl_build_ahead_done. */
int hl_build_ahead(struct hl_build *build, const struct hl_workers *workers);
void hl_build_ahead_done(struct hl_build *build);
/* After everything else. `workers` may be NULL. */
int hl_build_index(struct hl_build *build, const struct hl_workers *workers);

#endif
