/*
 * Holds what came of a message against what its test wants, and says why another won. Knows
 * verdicts and tests, nothing of how either came to be.
 */
#include <string.h>

#include "run/run.h"

struct check {
	struct hl_rules *rules;
	const struct hl_test *test;
	const struct hl_came *came;
	bool failed;
};

bool hl_came_to(const struct hl_verdict *verdict, struct hl_str id)
{
	if (verdict->decision != HL_ANSWER && verdict->decision != HL_ESCALATE)
		return false;
	if (verdict->intent && hl_view_equal(verdict->intent->id, id))
		return true;
	for (size_t i = 0; i < verdict->n_all; i++)
		if (hl_view_equal(verdict->all[i]->id, id))
			return true;
	return false;
}

static struct hl_str join_clarify(struct hl_pool *pool, const struct hl_verdict *verdict)
{
	struct hl_str list = HL_NONE;
	for (size_t i = 0; i < verdict->n_clarify; i++)
		list = hl_pool_format(pool, HL_FMT "%s`" HL_FMT "`", HL_ARG(list), i ? " or " : "",
				      HL_ARG(verdict->clarify[i]->id));
	return list;
}

struct hl_str hl_describe(struct hl_pool *pool, const struct hl_verdict *verdict)
{
	if (verdict->decision == HL_CLARIFY)
		return hl_pool_format(pool, "it is asked back: " HL_FMT,
				      HL_ARG(join_clarify(pool, verdict)));
	if (!verdict->intent)
		return HL_STR("no intent is found");
	if (verdict->rule.line == 0)
		return hl_pool_format(pool, "`" HL_FMT "` won (%s, %.2f)",
				      HL_ARG(verdict->intent->id), hl_by_name(verdict->by),
				      verdict->score);
	return hl_pool_format(pool, "`" HL_FMT "` won (%s, " HL_FMT ":%u)",
			      HL_ARG(verdict->intent->id), hl_by_name(verdict->by),
			      HL_ARG(verdict->rule.file), verdict->rule.line);
}

/* Why the wanted intent is not the one: its match that lost, its rank, or nothing at all. */
static struct hl_str why_not(struct hl_pool *pool, const struct hl_verdict *verdict,
			     struct hl_str id)
{
	for (size_t i = 0; i < verdict->n_hits; i++) {
		const struct hl_hit *hit = &verdict->hits[i];
		if (!hl_view_equal(hit->intent->id, id))
			continue;
		if (!hit->lost)
			return hl_pool_format(pool, "`" HL_FMT "` matches (%s, " HL_FMT ":%u): %s",
					      HL_ARG(id), hl_by_name(hit->by),
					      HL_ARG(hit->src.file), hit->src.line, verdict->why);
		return hl_pool_format(pool, "`" HL_FMT "` matched too (%s, " HL_FMT ":%u): %s",
				      HL_ARG(id), hl_by_name(hit->by), HL_ARG(hit->src.file),
				      hit->src.line, hit->lost);
	}
	for (size_t i = 0; i < verdict->n_ranked; i++)
		if (hl_view_equal(verdict->ranked[i].intent->id, id))
			return hl_pool_format(pool,
					      "no rule of `" HL_FMT
					      "` matches; by its examples it scores %.2f",
					      HL_ARG(id), verdict->ranked[i].score);
	return hl_pool_format(pool, "no rule of `" HL_FMT "` matches: add a phrase or examples",
			      HL_ARG(id));
}

static void fail(struct check *c, const struct hl_yaml_node *node, struct hl_str message,
		 struct hl_str remedy)
{
	c->failed = true;
	hl_yaml_report(c->rules->load.findings, c->test->file, HL_ERROR, "test.failed", node->start,
		       node->end, message, remedy);
}

/* The place of what is said: the message of the test, not the whole map. */
static const struct hl_yaml_node *place(const struct hl_test *test)
{
	const struct hl_yaml_node *say = hl_yaml_get(test->node, "say");
	return say ? say : test->node;
}

static void want_intent(struct check *c, const struct hl_yaml_node *node, struct hl_str id)
{
	struct hl_pool *pool = &c->rules->load.pool;
	const struct hl_verdict *verdict = c->came->verdict;
	if (!hl_came_to(verdict, id))
		fail(c, node,
		     hl_pool_format(pool, "this test fails: `" HL_FMT "` is wanted, but " HL_FMT,
				    HL_ARG(id), HL_ARG(hl_describe(pool, verdict))),
		     why_not(pool, verdict, id));
}

static void want_not(struct check *c, struct hl_str id)
{
	struct hl_pool *pool = &c->rules->load.pool;
	if (hl_came_to(c->came->verdict, id))
		fail(c, place(c->test),
		     hl_pool_format(pool,
				    "this test fails: it must not be `" HL_FMT "`, but " HL_FMT,
				    HL_ARG(id), HL_ARG(hl_describe(pool, c->came->verdict))),
		     HL_STR("add a `never` phrase, or make the rule stricter"));
}

static void want_word(struct check *c, const struct hl_yaml_node *node, const char *key,
		      const char *got)
{
	struct hl_pool *pool = &c->rules->load.pool;
	if (node && !hl_view_is(node->text, got))
		fail(c, node,
		     hl_pool_format(
			     pool, "this test fails: `%s` is wanted to be " HL_FMT ", but it is %s",
			     key, HL_ARG(node->text), got),
		     hl_describe(pool, c->came->verdict));
}

static bool is_in(const struct hl_yaml_node *wanted, struct hl_str id)
{
	if (wanted->kind == HL_YAML_TEXT)
		return hl_view_equal(wanted->text, id);
	for (const struct hl_yaml_node *item = wanted->first; item; item = item->next)
		if (hl_view_equal(item->text, id))
			return true;
	return false;
}

static void want_set(struct check *c, const struct hl_yaml_node *wanted, const char *key,
		     const struct hl_intent *const *got, size_t n)
{
	struct hl_pool *pool = &c->rules->load.pool;
	struct hl_str list = HL_NONE;
	size_t found = 0, count = wanted->kind == HL_YAML_TEXT ? 1 : wanted->n;
	for (size_t i = 0; i < n; i++) {
		found += is_in(wanted, got[i]->id);
		list = hl_pool_format(pool, HL_FMT "%s" HL_FMT, HL_ARG(list), i ? ", " : "",
				      HL_ARG(got[i]->id));
	}
	if (found != n || n != count)
		fail(c, wanted,
		     hl_pool_format(pool, "this test fails: `%s` is [" HL_FMT "]", key,
				    HL_ARG(list)),
		     hl_describe(pool, c->came->verdict));
}

static void want_slots(struct check *c, const struct hl_yaml_node *wanted)
{
	struct hl_pool *pool = &c->rules->load.pool;
	const struct hl_came *came = c->came;
	struct hl_str list = HL_NONE;
	bool same = wanted->kind == HL_YAML_MAP && wanted->n == came->n_slots;
	for (size_t i = 0; i < came->n_slots; i++) {
		const struct hl_yaml_node *value =
			hl_yaml_get(wanted, hl_pool_copy(pool, came->slots[i].name).ptr);
		same = same && value && hl_view_equal(value->text, came->slots[i].value);
		list = hl_pool_format(pool, HL_FMT "%s" HL_FMT ": " HL_FMT, HL_ARG(list),
				      i ? ", " : "", HL_ARG(came->slots[i].name),
				      HL_ARG(came->slots[i].value));
	}
	if (!same)
		fail(c, wanted,
		     hl_pool_format(pool, "this test fails: the slots are {" HL_FMT "}",
				    HL_ARG(list)),
		     HL_STR("`slots` names exactly what the message fills"));
}

static void want_asks(struct check *c, const struct hl_yaml_node *wanted)
{
	struct hl_pool *pool = &c->rules->load.pool;
	struct hl_str asked = c->came->asked.len ? c->came->asked : HL_STR("nothing");
	if (!hl_view_equal(wanted->text, asked))
		fail(c, wanted,
		     hl_pool_format(pool, "this test fails: it asks for " HL_FMT, HL_ARG(asked)),
		     HL_STR("`asks` is the slot whose question stands after the answer, or "
			    "`nothing`"));
}

static void want_verdict(struct check *c)
{
	const struct hl_test *test = c->test;
	const struct hl_verdict *v = c->came->verdict;
	bool other = test->clarify || test->no || test->unmatched ||
		     (test->decision && (hl_view_is(test->decision->text, "clarify") ||
					 hl_view_is(test->decision->text, "unmatched")));
	const struct hl_intent *intent = v->intent;
	bool alone = v->n_all == 0 && intent;
	if (test->no && test->own)
		want_not(c, test->own->id);
	if (test->intent)
		want_intent(c, test->intent, test->intent->text);
	else if (test->own && !other && !c->came->talk)
		want_intent(c, place(test), test->own->id);
	if (test->unmatched && v->decision != HL_UNMATCHED)
		fail(c, place(test),
		     hl_pool_format(&c->rules->load.pool,
				    "this test fails: nothing shall be found, but " HL_FMT,
				    HL_ARG(hl_describe(&c->rules->load.pool, v))),
		     HL_STR("add it to `outside`, or make the rule stricter"));
	want_word(c, test->decision, "decision", hl_decision_name(v->decision));
	want_word(c, test->by, "by", hl_by_name(v->by));
	if (test->all)
		want_set(c, test->all, "all", alone ? &intent : v->all, alone ? 1 : v->n_all);
	if (test->clarify)
		want_set(c, test->clarify, "clarify", v->clarify, v->n_clarify);
}

bool hl_expect(struct hl_rules *rules, const struct hl_test *test, const struct hl_came *came)
{
	struct check c = {rules, test, came, false};
	if (came->verdict)
		want_verdict(&c);
	else if (test->intent || test->decision || test->by || test->all || test->clarify)
		fail(&c, place(test),
		     HL_STR("this test fails: the message is not looked at by the rules"),
		     HL_STR("it is heard as an answer or a wish of its own: test `slots` or "
			    "`asks`"));
	if (test->slots)
		want_slots(&c, test->slots);
	if (test->asks)
		want_asks(&c, test->asks);
	return !c.failed;
}
