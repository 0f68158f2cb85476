/* Runs a pack's own tests against its frozen rule set. */
#ifndef HL_RULES_RUN_H
#define HL_RULES_RUN_H

#include "load/rules.h"

/* Runs all tests; each that fails is an error in the findings, and what the author should know
   besides is a warning. HL_OK, HL_NOMEM or what the engine said when negative. */
int hl_run_tests(struct hl_rules *rules);

/* conflict.c: rules that can never win become warnings. HL_OK, HL_NOMEM. */
int hl_warn_conflicts(struct hl_rules *rules);

/* What came of one message, to be held against what a test wants. */
struct hl_came {
	const struct hl_verdict *verdict; /* NULL: the message was not classified */
	const struct hl_slot *slots;
	size_t n_slots;
	struct hl_str asked; /* talk only */
	bool talk;
};
/* expect.c: reports what is not as the test wants. True when all is. */
bool hl_expect(struct hl_rules *rules, const struct hl_test *test, const struct hl_came *came);
/* Is the intent the verdict's, or among all it holds? */
bool hl_came_to(const struct hl_verdict *verdict, struct hl_str id);
/* "`x` won (phrase, f.yaml:14)". Lives in the pool. */
struct hl_str hl_describe(struct hl_pool *pool, const struct hl_verdict *verdict);

/* talk.c: a conversation step by step. *passed tells the outcome. */
int hl_run_talk(bool *passed, struct hl_rules *rules, struct hl_scratch *scratch,
		const struct hl_test *test);

#endif
