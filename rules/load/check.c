/*
 * What hangs together over the files of a pack: ids, teams, buttons, dates, examples that stand
 * twice. Knows the read pack, not the engine.
 */
#include <stdlib.h>
#include <string.h>

#include "base/u8.h"
#include "load/load.h"
#include "yaml/yaml.h"

/* ------------------------------------------------------------------ names */

static bool has_intent(const struct hl_load *load, struct hl_str id)
{
	for (size_t i = 0; i < load->n_origins; i++)
		if (hl_view_equal(load->intents[i].id, id))
			return true;
	return false;
}

static void unknown_intent(struct hl_load *load, const struct hl_yaml_node *node, struct hl_str id,
			   const char *code, const char *message)
{
	struct hl_str *names = hl_pool_array(&load->pool, load->n_origins + 1, sizeof(*names));
	size_t n = 0;
	if (load->torn || !names)
		return; /* it may stand in what could not be read */
	for (size_t i = 0; i < load->n_origins; i++)
		names[n++] = load->intents[i].id;
	if (strncmp(code, "button", 6) == 0)
		names[n++] = HL_STR("human");
	hl_load_error(load, node, code, hl_load_meant(load, id, names, n), "%s `" HL_FMT "`",
		      message, HL_ARG(id));
}

static int order_ids(const void *a, const void *b)
{
	const struct hl_origin *const *x = a, *const *y = b;
	int by_id = hl_view_order((*x)->intent->id, (*y)->intent->id);
	return by_id != 0 ? by_id : (x > y) - (x < y);
}

static void check_ids(struct hl_load *load)
{
	struct hl_origin **v = hl_pool_array(&load->pool, load->n_origins, sizeof(*v));
	if (!v)
		return;
	for (size_t i = 0; i < load->n_origins; i++)
		v[i] = &load->origins[i];
	qsort(v, load->n_origins, sizeof(struct hl_origin *), order_ids);
	for (size_t i = 1; i < load->n_origins; i++) {
		if (!hl_view_equal(v[i]->intent->id, v[i - 1]->intent->id))
			continue;
		struct hl_origin *late = v[i] > v[i - 1] ? v[i] : v[i - 1];
		struct hl_origin *early = v[i] > v[i - 1] ? v[i - 1] : v[i];
		load->file = late->file;
		hl_load_error(load, late->id, "intent.twice",
			      hl_pool_format(&load->pool, "it stands in " HL_FMT ":%u already",
					     HL_ARG(early->intent->src.file),
					     early->intent->src.line),
			      "the intent `" HL_FMT "` is given twice", HL_ARG(late->intent->id));
	}
}

static void check_team(struct hl_load *load, const struct hl_origin *origin)
{
	static const struct hl_str frontline = {"frontline", 9};
	const struct hl_names *teams = &load->pack.teams;
	struct hl_str team = origin->intent->team;
	bool known = team.len == 0 || (teams->n == 0 && hl_view_equal(team, frontline));
	for (size_t i = 0; i < teams->n; i++)
		known = known || hl_view_equal(team, teams->v[i]);
	if (!known)
		hl_load_error(
			load, origin->team, "team.unknown",
			teams->n ? hl_load_meant(load, team, teams->v, teams->n)
			: hl_did_you_mean(team, &frontline, 1) == 0
				? HL_STR("did you mean `frontline`?")
				: hl_pool_format(&load->pool,
						 "add to pack.yaml: teams: [frontline, " HL_FMT "]",
						 HL_ARG(team)),
			"unknown team `" HL_FMT "`", HL_ARG(team));
}

static const struct hl_yaml_node *node_of(const struct hl_load *load, struct hl_src src)
{
	return hl_yaml_node_of(load->file, src.node);
}

static void check_buttons(struct hl_load *load, const struct hl_intent *intent)
{
	for (size_t i = 0; i < intent->n_buttons; i++) {
		const struct hl_button_def *button = &intent->buttons[i];
		if (button->kind == HL_BUTTON_INTENT && !has_intent(load, button->target))
			unknown_intent(load, node_of(load, button->src), button->target,
				       "button.nowhere", "this button leads nowhere: no intent");
	}
}

static void check_lists(struct hl_load *load, const struct hl_intent *intent)
{
	const struct hl_pack *pack = &load->pack;
	for (size_t i = 0; i < intent->n_slots; i++) {
		const struct hl_slot_def *slot = &intent->slots[i];
		bool known = slot->kind != HL_SLOT_LIST || slot->list.len == 0;
		for (size_t k = 0; k < pack->n_lists; k++)
			known = known || hl_view_equal(pack->lists[k].name, slot->list);
		const struct hl_yaml_node *key = node_of(load, slot->src);
		const struct hl_yaml_node *list = hl_yaml_get(key->next, "list");
		if (known || load->torn)
			continue;
		struct hl_str *names = hl_pool_array(&load->pool, pack->n_lists, sizeof(*names));
		for (size_t k = 0; names && k < pack->n_lists; k++)
			names[k] = pack->lists[k].name;
		hl_load_error(load, list ? list : key, "list.unknown",
			      list && pack->n_lists == 0 ? HL_STR("add `lists:` to pack.yaml")
			      : list && names
				      ? hl_load_meant(load, slot->list, names, pack->n_lists)
				      : HL_STR("give the slot a `list`, a `type` or a `pattern`"),
			      list ? "unknown list `" HL_FMT "`"
				   : "no list or type is named `" HL_FMT "`",
			      HL_ARG(slot->list));
	}
}

/* ------------------------------------------------------------------ dates */

static bool is_date(struct hl_str text)
{
	static const char form[] = "dddd-dd-dd";
	if (text.len != 10)
		return false;
	for (size_t i = 0; i < 10; i++)
		if (form[i] == 'd' ? !(text.ptr[i] >= '0' && text.ptr[i] <= '9')
				   : text.ptr[i] != '-')
			return false;
	int month = (text.ptr[5] - '0') * 10 + text.ptr[6] - '0';
	int day = (text.ptr[8] - '0') * 10 + text.ptr[9] - '0';
	return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static void check_review(struct hl_load *load, const struct hl_origin *origin, struct hl_str today)
{
	struct hl_str date;
	if (!origin->review_by || !hl_load_text(load, origin->review_by, &date, false))
		return;
	if (!is_date(date))
		hl_load_error(load, origin->review_by, "review.date", HL_STR("write 2027-03-01"),
			      "a date is wanted here");
	else if (today.len && hl_view_order(date, today) < 0)
		hl_load_warn(load, origin->review_by, "review.passed",
			     HL_STR("read the intent again, then move the date"),
			     "`" HL_FMT "` was to be reviewed by " HL_FMT,
			     HL_ARG(origin->intent->id), HL_ARG(date));
}

/* ------------------------------------------------------------------ examples */

struct example {
	const struct hl_line *line;
	const struct hl_origin *origin;
};

static int order_examples(const void *a, const void *b)
{
	const struct example *x = a, *y = b;
	int by_text = hl_view_order(x->line->text, y->line->text);
	return by_text != 0 ? by_text : hl_view_order(x->origin->intent->id, y->origin->intent->id);
}

static bool is_tested(const struct hl_load *load, struct hl_str text)
{
	for (size_t i = 0; i < load->n_origins; i++)
		for (size_t k = 0; k < load->origins[i].n_tests; k++)
			if (hl_view_equal(load->origins[i].tests[k].say, text))
				return true;
	return false;
}

static void check_doubled_examples(struct hl_load *load)
{
	size_t n = 0, room = 0;
	for (size_t i = 0; i < load->n_origins; i++)
		room += load->intents[i].examples.n;
	struct example *v = hl_pool_array(&load->pool, room, sizeof(*v));
	if (!v)
		return;
	for (size_t i = 0; i < load->n_origins; i++)
		for (size_t k = 0; k < load->intents[i].examples.n; k++)
			v[n++] = (struct example){&load->intents[i].examples.v[k],
						  &load->origins[i]};
	qsort(v, n, sizeof(*v), order_examples);
	for (size_t i = 1; i < n; i++) {
		if (!hl_view_equal(v[i].line->text, v[i - 1].line->text) ||
		    v[i].origin == v[i - 1].origin)
			continue;
		load->file = v[i].origin->file;
		const struct hl_yaml_node *node = node_of(load, v[i].line->src);
		struct hl_str remedy =
			hl_pool_format(&load->pool, "`" HL_FMT "` has it too, " HL_FMT ":%u",
				       HL_ARG(v[i - 1].origin->intent->id),
				       HL_ARG(v[i - 1].line->src.file), v[i - 1].line->src.line);
		if (is_tested(load, v[i].line->text))
			hl_load_error(load, node, "example.twice", remedy,
				      "an example of two intents, and a test");
		else
			hl_load_warn(load, node, "example.twice", remedy,
				     "an example of two intents teaches neither");
	}
}

/* ------------------------------------------------------------------ warnings of an intent */

static void check_reach(struct hl_load *load, const struct hl_origin *origin)
{
	const struct hl_intent *intent = origin->intent;
	size_t rules = intent->phrases.n + intent->patterns.n + intent->n_words;
	if (origin->n_tests == 0)
		hl_load_warn(load, origin->id, "intent.untested",
			     HL_STR("add under `tests:` what a customer would write"),
			     "no test covers `" HL_FMT "`", HL_ARG(intent->id));
	if (rules == 0 && intent->examples.n > 0 && intent->examples.n < 5)
		hl_load_warn(load, origin->id, "intent.few",
			     HL_STR("write at least five, as customers would"),
			     "`" HL_FMT "` is found by examples alone and has only %zu",
			     HL_ARG(intent->id), intent->examples.n);
	for (size_t i = 0; i < intent->only_if.n; i++)
		if (intent->only_if.v[i].op == HL_COND_IS &&
		    !hl_view_is(intent->only_if.v[i].name, "lang"))
			hl_load_warn(
				load, node_of(load, intent->only_if.v[i].src), "intent.signed",
				HL_STR("fine if only customers the host signs in shall reach it"),
				"no anonymous customer can reach `" HL_FMT "`", HL_ARG(intent->id));
	for (size_t i = 0; i < intent->n_slots; i++)
		if (intent->handoff == HL_HANDOFF_ALWAYS && intent->slots[i].ask.n > 0)
			hl_load_warn(load, node_of(load, intent->slots[i].src), "ask.always",
				     HL_STR("take the `ask` out: the person asks"),
				     "nothing is asked where `handoff` is `always`");
}

/* Does anything lead to the intent: a rule, an example, a button of another? */
static bool is_led_to(const struct hl_load *load, const struct hl_intent *intent)
{
	if (intent->phrases.n + intent->patterns.n + intent->n_words + intent->examples.n > 0)
		return true;
	for (size_t i = 0; i < load->n_origins; i++)
		for (size_t k = 0; k < load->intents[i].n_buttons; k++)
			if (hl_view_equal(load->intents[i].buttons[k].target, intent->id))
				return true;
	return false;
}

/* ------------------------------------------------------------------ tests */

static void check_ids_in(struct hl_load *load, const struct hl_yaml_node *node)
{
	size_t n;
	const struct hl_yaml_node *item = node ? hl_load_items(load, node, &n, "intents") : NULL;
	for (; item; item = node->kind == HL_YAML_LIST ? item->next : NULL) {
		struct hl_str id;
		if (hl_load_text(load, item, &id, false) && !has_intent(load, id))
			unknown_intent(load, item, id, "test.intent", "unknown intent");
	}
}

static void check_tests(struct hl_load *load, const struct hl_test *tests, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct hl_test *test = &tests[i];
		load->file = test->file;
		check_ids_in(load, test->intent);
		check_ids_in(load, test->all);
		check_ids_in(load, test->clarify);
		if (test->slots && test->slots->kind != HL_YAML_MAP)
			hl_load_error(load, test->slots, "test.slots",
				      HL_STR("write: slots: {coin: BTC}, or {} for none"),
				      "a map of slots is wanted here");
		check_tests(load, test->talk, test->n_talk);
	}
}

void hl_load_check(struct hl_load *load, struct hl_str today)
{
	check_ids(load);
	hl_load_check_questions(load);
	check_doubled_examples(load);
	if (load->n_origins == 0 && !load->torn && load->n_files > 0 &&
	    hl_findings_errors(load->findings) == 0)
		hl_yaml_report(load->findings, load->files[0], HL_WARNING, "pack.empty", 0, 0,
			       HL_STR("this pack has no intent: every message is unmatched"),
			       HL_STR("add under `intents:` in a file of it: - id: topic.what"));
	for (size_t i = 0; i < load->n_origins; i++) {
		const struct hl_origin *origin = &load->origins[i];
		load->file = origin->file;
		check_team(load, origin);
		check_buttons(load, origin->intent);
		check_lists(load, origin->intent);
		check_review(load, origin, today);
		check_tests(load, origin->tests, origin->n_tests);
		if (origin->file->n_wrong || hl_findings_errors(load->findings) > 0)
			continue; /* what is missing may only be misspelt */
		check_reach(load, origin);
		if (!is_led_to(load, origin->intent))
			hl_load_warn(load, origin->id, "intent.unreachable",
				     HL_STR("add phrases or examples, or a button that leads here"),
				     "nothing leads to `" HL_FMT "`", HL_ARG(origin->intent->id));
	}
	check_tests(load, load->tests, load->n_tests);
}
