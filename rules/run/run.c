/*
 * All tests of a pack, and what running its examples shows: examples another intent's rule takes,
 * rules that never win. Knows the rule set only through classification.
 */
#include "run/run.h"
#include "run/customer.h"

#include <stdlib.h>
#include <string.h>

/* How a rule fared over the messages of its own intent. */
struct fared {
	uint32_t node;
	unsigned matched, taken;
	const char *why;
	struct hl_str to;
};
struct runner {
	struct hl_rules *rules;
	struct hl_scratch *scratch;
	struct fared *v;
	size_t n, capacity;
};

static struct fared *fared_of(struct runner *r, uint32_t node)
{
	for (size_t i = r->n; i > 0; i--)
		if (r->v[i - 1].node == node)
			return &r->v[i - 1];
	if (!hl_grow((void **)&r->v, &r->capacity, r->n, sizeof(*r->v)))
		return NULL;
	r->v[r->n] = (struct fared){.node = node};
	return &r->v[r->n++];
}

static void note_hits(struct runner *r, const struct hl_verdict *verdict, struct hl_str own)
{
	for (size_t i = 0; i < verdict->n_hits; i++) {
		const struct hl_hit *hit = &verdict->hits[i];
		if (!hl_view_equal(hit->intent->id, own))
			continue;
		struct fared *fared = fared_of(r, hit->src.node);
		if (!fared)
			return;
		fared->matched++;
		fared->taken += hit->taken;
		if (!hit->taken) {
			fared->why = hit->lost;
			fared->to = hit->lost_to
					    ? hl_pool_copy(&r->rules->load.pool, hit->lost_to->id)
					    : HL_NONE;
		}
	}
}

static int run_test(struct runner *r, const struct hl_test *test, bool *passed)
{
	struct hl_verdict verdict;
	struct hl_customer customer;
	hl_customer_of(&customer, test);
	struct hl_query query = hl_customer_query(&customer, test->say, test->lang);
	int status = hl_classify(&verdict, r->scratch, r->rules->set, &query);
	if (status == HL_LIMIT) {
		hl_yaml_report(r->rules->load.findings, test->file, HL_ERROR, "test.long",
			       test->node->start, test->node->end,
			       HL_STR("this message is longer than 16 KiB"),
			       HL_STR("no customer can send so much: write less"));
		*passed = false;
		return HL_OK;
	}
	if (status != HL_OK)
		return status;
	struct hl_came came = {&verdict, verdict.slots, verdict.n_slots, HL_NONE, false};
	*passed = hl_expect(r->rules, test, &came);
	if (test->own && !test->no)
		note_hits(r, &verdict, test->own->id);
	return HL_OK;
}

static int run_list(struct runner *r, const struct hl_test *tests, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool passed = false;
		int status = tests[i].n_talk ? hl_run_talk(&passed, r->rules, r->scratch, &tests[i])
					     : run_test(r, &tests[i], &passed);
		if (status < 0)
			return status;
		r->rules->tests.passed += passed;
		r->rules->tests.failed += !passed;
	}
	return HL_OK;
}

/* An example that another intent's rule matches: it answers, or keeps the example from being. */
static void report_taken(struct runner *r, const struct hl_origin *origin,
			 const struct hl_line *line, const struct hl_verdict *v)
{
	const struct hl_yaml_node *node = hl_yaml_node_of(origin->file, line->src.node);
	struct hl_pool *pool = &r->rules->load.pool;
	struct hl_str own = origin->intent->id;
	bool asked = v->decision == HL_CLARIFY;
	if (v->n_hits == 0 || hl_came_to(v, own) || !(asked || v->intent))
		return;
	for (size_t i = 0; i < v->n_hits; i++)
		if (hl_view_equal(v->hits[i].intent->id, own))
			return; /* its own rule lost or tied: said elsewhere */
	const struct hl_hit *hit = &v->hits[0];
	hl_yaml_report(
		r->rules->load.findings, origin->file, HL_WARNING, "example.taken", node->start,
		node->end,
		hl_pool_format(pool,
			       asked ? "a rule of another matches this example, so it is asked "
				       "back: `" HL_FMT "` (%s, " HL_FMT ":%u)"
				     : "this example is taken by another: `" HL_FMT
				       "` won (%s, " HL_FMT ":%u)",
			       HL_ARG(hit->intent->id), hl_by_name(hit->by), HL_ARG(hit->src.file),
			       hit->src.line),
		hl_pool_format(pool,
			       "make that rule stricter, or give `" HL_FMT "` a phrase for it",
			       HL_ARG(own)));
}

static int run_examples(struct runner *r, const struct hl_origin *origin)
{
	const struct hl_intent *intent = origin->intent;
	struct hl_customer customer = {.n_attrs = 0};
	hl_customer_meet(&customer, intent);
	for (size_t i = 0; i < intent->examples.n; i++) {
		const struct hl_line *line = &intent->examples.v[i];
		struct hl_verdict v;
		struct hl_query query = hl_customer_query(&customer, line->text, HL_NONE);
		int status = hl_classify(&v, r->scratch, r->rules->set, &query);
		if (status < 0)
			return status;
		if (status != HL_OK)
			continue;
		note_hits(r, &v, intent->id);
		report_taken(r, origin, line, &v);
	}
	return HL_OK;
}

static bool is_told(const struct hl_rules *rules, uint32_t node)
{
	for (size_t i = 0; i < rules->n_conflicts; i++)
		if (rules->conflicts[i].src.node == node)
			return true;
	return false;
}

static void report_shadowed(struct runner *r)
{
	struct hl_pool *pool = &r->rules->load.pool;
	for (size_t i = 0; i < r->n; i++) {
		const struct fared *fared = &r->v[i];
		const struct hl_yaml *file = hl_rules_file_of(r->rules, fared->node);
		if (fared->taken || !file || is_told(r->rules, fared->node))
			continue;
		const struct hl_yaml_node *node = hl_yaml_node_of(file, fared->node);
		hl_yaml_report(r->rules->load.findings, file, HL_WARNING, "rule.shadowed",
			       node->start, node->end,
			       HL_STR("this rule wins in none of its intent's tests and examples"),
			       fared->to.len ? hl_pool_format(pool, "`" HL_FMT "` takes them: %s",
							      HL_ARG(fared->to), fared->why)
					     : HL_STR("write a test that needs it, or take it "
						      "out"));
	}
}

int hl_run_tests(struct hl_rules *rules)
{
	struct runner r = {.rules = rules};
	const struct hl_load *load = &rules->load;
	int status = hl_scratch_new(&r.scratch);
	for (size_t i = 0; status == HL_OK && i < load->n_origins; i++)
		status = run_list(&r, load->origins[i].tests, load->origins[i].n_tests);
	if (status == HL_OK)
		status = run_list(&r, load->tests, load->n_tests);
	for (size_t i = 0; status == HL_OK && i < load->n_origins; i++)
		status = run_examples(&r, &load->origins[i]);
	if (status == HL_OK)
		report_shadowed(&r);
	free(r.v);
	hl_scratch_free(r.scratch);
	return status;
}
