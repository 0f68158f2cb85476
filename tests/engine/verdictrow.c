/* A row of a pack, a message and a verdict, held against what the engine says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "classify/classify.h"
#include "packtext.h"
#include "verdictrow.h"

void print_diag(void *arg, const struct hl_diag *diag)
{
	(void)arg;
	print_message("# line %u: %s: %.*s\n", diag->src.line, diag->code, (int)diag->message.len,
		      diag->message.ptr);
}

static size_t put(char *out, size_t at, const char *sign, struct hl_str text)
{
	int n = snprintf(out + at, 1000 - at, "%s%.*s", sign, (int)text.len, text.ptr);
	return n > 0 ? at + (size_t)n : at;
}

/* "answer a by phrase; all a b; slots coin=BTC" */
static void describe(char *out, const struct hl_verdict *v)
{
	size_t at = put(out, 0, hl_decision_name(v->decision), (struct hl_str){"", 0});
	if (v->intent) {
		at = put(out, at, " ", v->intent->id);
		at = put(out, at, " ",
			 (struct hl_str){hl_by_name(v->by), strlen(hl_by_name(v->by))});
	}
	for (size_t i = 0; i < v->n_clarify; i++)
		at = put(out, at, i ? "|" : " ", v->clarify[i]->id);
	for (size_t i = 0; v->n_all > 1 && i < v->n_all; i++)
		at = put(out, at, i ? "," : " all ", v->all[i]->id);
	for (size_t i = 0; i < v->n_slots; i++) {
		at = put(out, at, " ", v->slots[i].name);
		at = put(out, at, "=", v->slots[i].value);
	}
	if (v->limit_hit)
		put(out, at, " limit", (struct hl_str){"", 0});
}

bool check(const struct row *row)
{
	struct packtext *made = packtext_new(row->pack, strlen(row->pack));
	struct hl_ruleset *rules = NULL;
	struct hl_scratch *scratch = NULL;
	struct hl_verdict verdict;
	char got[1001] = "refused";
	assert_int_equal(hl_scratch_new(&scratch), HL_OK);
	int rc = hl_ruleset_new(&rules, packtext_pack(made), (struct hl_str){NULL, 0}, print_diag,
				NULL);
	made = packtext_free(made); /* the set keeps its own copy */
	if (rc == HL_OK) {
		struct hl_query query = {.text = {row->message, strlen(row->message)},
					 .trace = true};
		assert_int_equal(hl_classify(&verdict, scratch, rules, &query), HL_OK);
		describe(got, &verdict);
	}
	bool good = strcmp(got, row->verdict) == 0;
	if (!good)
		print_message("# pack:\n%s\n# message: %s\n# got:  %s\n# want: %s\n", row->pack,
			      row->message, got, row->verdict);
	if (rc == HL_OK && !good)
		for (size_t i = 0; i < verdict.n_trace; i++)
			print_message("#   %s: %.*s\n", verdict.trace[i].stage,
				      (int)verdict.trace[i].text.len, verdict.trace[i].text.ptr);
	hl_ruleset_unref(rules);
	hl_scratch_free(scratch);
	return good;
}

void check_all(const struct row *rows, size_t n)
{
	size_t bad = 0;
	for (size_t i = 0; i < n; i++)
		bad += !check(&rows[i]);
	assert_int_equal(bad, 0);
}
