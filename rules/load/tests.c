/*
 * The pack's own tests as they are written. Knows their forms; running them is another's work.
 */
#include <string.h>

#include "load/load.h"

static void read_user(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	struct hl_test *test = out;
	if (value->kind != HL_YAML_MAP) {
		hl_load_error(load, value, "test.user", HL_STR("write: user: {level: vip}"),
			      "a map of what the host signed is wanted here");
		return;
	}
	test->has_user = true;
	test->user = hl_pool_array(&load->pool, value->n, sizeof(*test->user));
	for (const struct hl_yaml_node *key = value->first; test->user && key && key->next;
	     key = key->next->next) {
		struct hl_str text;
		if (key->kind != HL_YAML_TEXT || !hl_load_text(load, key->next, &text, false))
			continue;
		test->user[test->n_user++] = (struct hl_attr){key->text, text};
	}
}

static const char *const decision_names[] = {"answer", "clarify", "escalate", "unmatched"};
static const char *const by_names[] = {"none", "example", "words", "phrase", "pattern"};

static bool check_word(struct hl_load *load, const struct hl_yaml_node *value,
		       const char *const *words, size_t n, const char *what)
{
	struct hl_str text, names[8];
	if (!hl_load_text(load, value, &text, false))
		return false;
	for (size_t i = 0; i < n; i++) {
		names[i] = hl_view_of(words[i]);
		if (hl_view_is(text, words[i]))
			return true;
	}
	hl_load_error(load, value, "test.word", hl_load_meant(load, text, names, n),
		      "unknown %s `" HL_FMT "`", what, HL_ARG(text));
	return false;
}

static void read_decision(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	if (check_word(load, value, decision_names, 4, "decision"))
		*(const struct hl_yaml_node **)out = value;
}

static void read_by(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	if (check_word(load, value, by_names, 5, "`by`"))
		*(const struct hl_yaml_node **)out = value;
}

static void read_true(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	bool set = false;
	hl_read_bool(load, value, &set);
	if (set)
		*(const struct hl_yaml_node **)out = value;
}

static void read_test_text(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	hl_load_text(load, value, out, true); /* an empty message is one too */
}

static const struct hl_key test_keys[] = {
	{"say", read_test_text, offsetof(struct hl_test, say), false},
	{"intent", hl_read_node, offsetof(struct hl_test, intent), false},
	{"slots", hl_read_node, offsetof(struct hl_test, slots), false},
	{"not", read_true, offsetof(struct hl_test, no), false},
	{"decision", read_decision, offsetof(struct hl_test, decision), false},
	{"by", read_by, offsetof(struct hl_test, by), false},
	{"all", hl_read_node, offsetof(struct hl_test, all), false},
	{"clarify", hl_read_node, offsetof(struct hl_test, clarify), false},
	{"unmatched", read_true, offsetof(struct hl_test, unmatched), false},
	{"lang", hl_read_text, offsetof(struct hl_test, lang), false},
	{"user", read_user, 0, false},
	{"asks", hl_read_node, offsetof(struct hl_test, asks), false},
};
#define TEST_KEYS (sizeof(test_keys) / sizeof(test_keys[0]))

static bool read_test(struct hl_load *load, const struct hl_yaml_node *node, struct hl_test *test);

static void read_talk(struct hl_load *load, const struct hl_yaml_node *value, struct hl_test *test)
{
	if (value->kind != HL_YAML_LIST || value->n == 0) {
		hl_load_error(load, value, "test.talk",
			      HL_STR("write: talk: [{say: ..., asks: ...}]"),
			      "a list of steps is wanted here");
		return;
	}
	test->talk = hl_pool_array(&load->pool, value->n, sizeof(*test->talk));
	for (const struct hl_yaml_node *step = value->first; test->talk && step; step = step->next)
		test->n_talk += read_test(load, step, &test->talk[test->n_talk]);
}

static bool read_talk_test(struct hl_load *load, const struct hl_yaml_node *node,
			   struct hl_test *test)
{
	for (const struct hl_yaml_node *key = node->first; key && key->next;
	     key = key->next->next) {
		if (hl_view_is(key->text, "talk"))
			read_talk(load, key->next, test);
		else if (hl_view_is(key->text, "user"))
			read_user(load, key->next, test);
		else if (hl_view_is(key->text, "lang"))
			hl_read_text(load, key->next, &test->lang);
		else
			hl_load_error(load, key, "test.talk_key",
				      HL_STR("what a step says and wants stands in the step"),
				      "`" HL_FMT "` cannot stand beside `talk`", HL_ARG(key->text));
	}
	return test->n_talk > 0;
}

/* False when there is nothing to run. */
static bool read_test(struct hl_load *load, const struct hl_yaml_node *node, struct hl_test *test)
{
	*test = (struct hl_test){.file = load->file, .node = node, .own = load->intent};
	if (node->kind != HL_YAML_MAP)
		return hl_load_text(load, node, &test->say, true);
	if (hl_yaml_get(node, "talk"))
		return read_talk_test(load, node, test);
	if (!hl_yaml_get(node, "say")) {
		hl_load_error(load, node, "test.say",
			      node->flow ? HL_STR("add: say: a message")
					 : HL_STR("a text with a colon needs quotes"),
			      "this test has no `say`");
		return false;
	}
	return hl_load_map(load, node, test_keys, TEST_KEYS, test, "a test");
}

static void read_tests(struct hl_load *load, const struct hl_yaml_node *value, struct hl_test **out,
		       size_t *n)
{
	size_t count;
	const struct hl_yaml_node *item = hl_load_items(load, value, &count, "tests");
	struct hl_test *v = hl_pool_array(&load->pool, *n + count, sizeof(*v));
	if (!v)
		return;
	if (*n)
		memcpy(v, *out, *n * sizeof(*v));
	for (; item && count > 0; item = item->next, count--)
		*n += read_test(load, item, &v[*n]);
	*out = v;
}

void hl_read_intent_tests(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	(void)out;
	read_tests(load, value, &load->origin->tests, &load->origin->n_tests);
}

void hl_read_pack_tests(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	(void)out;
	size_t before = load->n_tests;
	read_tests(load, value, &load->tests, &load->n_tests);
	for (size_t i = before; i < load->n_tests; i++) {
		const struct hl_test *t = &load->tests[i];
		if (t->n_talk == 0 && !t->intent && !t->unmatched && !t->decision && !t->all &&
		    !t->clarify && !t->slots && !t->by)
			hl_load_error(load, t->node, "test.wants",
				      HL_STR("add `intent: ...` or `unmatched: true`"),
				      "this test wants nothing");
	}
}
