/*
 * A test that is a conversation: steps of hl_step with a clock of its own, from an empty
 * conversation on. Knows the core's step and what a step may be held against.
 */
#include <string.h>

#include "run/customer.h"
#include "run/run.h"

#define START_MS 1767225600000 /* 2026-01-01: any fixed time will do */
#define STEP_MS 5000

struct talk {
	struct hl_rules *rules;
	struct hl_scratch *scratch;
	const struct hl_test *test;
	struct hl_conversation *conv;
	int64_t now_ms;
};

static int begin(struct talk *talk)
{
	const struct hl_test *test = talk->test;
	struct hl_customer customer;
	hl_customer_of(&customer, test);
	struct hl_birth birth = {.id = HL_STR("test"),
				 .lang = test->lang,
				 .user = customer.n_attrs ? HL_STR("test") : HL_NONE,
				 .attrs = customer.attrs,
				 .n_attrs = customer.n_attrs,
				 .at_ms = talk->now_ms};
	return hl_conversation_new(&talk->conv, &birth);
}

static int step(struct talk *talk, const struct hl_test *test, bool *passed)
{
	struct hl_outcome outcome = {.next = NULL};
	struct hl_event event = {.kind = HL_EV_SAY, .text = test->say, .lang = test->lang};
	event.at_ms = talk->now_ms += STEP_MS;
	int status = hl_step(&outcome, talk->scratch, talk->rules->set, NULL, talk->conv, &event);
	if (status != HL_OK)
		return status;
	if (outcome.result != HL_STEP_COMMIT) {
		hl_yaml_report(talk->rules->load.findings, test->file, HL_ERROR, "test.failed",
			       test->node->start, test->node->end,
			       HL_STR("this test fails: the conversation takes no message here"),
			       HL_STR("a step before it ended the conversation: take this one "
				      "out"));
		*passed = false;
		return HL_OK;
	}
	struct hl_view view;
	hl_conversation_view(&view, outcome.next);
	struct hl_came came = {outcome.verdict, view.slots, view.n_slots, view.asked, true};
	*passed = hl_expect(talk->rules, test, &came) && *passed;
	hl_conversation_free(talk->conv);
	talk->conv = outcome.next;
	return HL_OK;
}

int hl_run_talk(bool *passed, struct hl_rules *rules, struct hl_scratch *scratch,
		const struct hl_test *test)
{
	struct talk talk = {.rules = rules, .scratch = scratch, .test = test, .now_ms = START_MS};
	int status = begin(&talk);
	*passed = true;
	for (size_t i = 0; status == HL_OK && *passed && i < test->n_talk; i++)
		status = step(&talk, &test->talk[i], passed);
	if (status > 0) {
		hl_yaml_report(rules->load.findings, test->file, HL_ERROR, "test.failed",
			       test->node->start, test->node->end,
			       HL_STR("this test fails: a message is too long"),
			       HL_STR("write it in 16 KiB at most"));
		*passed = false;
		status = HL_OK;
	}
	hl_conversation_free(talk.conv);
	return status;
}
