/* What a message may cost: rules that are tried on every message are told, and a message that met
   a work limit is never answered alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "packtext.h"

struct notes {
	size_t n;
	uint32_t lines[8];
};

static void take_note(void *arg, const struct hl_diag *diag)
{
	struct notes *notes = arg;
	if (strcmp(diag->code, "rule.always") != 0)
		return;
	assert_int_equal(diag->level, HL_NOTE);
	assert_true(diag->remedy.len > 0);
	if (notes->n < 8)
		notes->lines[notes->n] = diag->src.line;
	notes->n++;
}

static struct hl_ruleset *build(const char *text, const struct hl_ruleset *like,
				struct notes *notes)
{
	struct packtext *made = packtext_new(text, strlen(text));
	struct hl_ruleset *rules = NULL;
	assert_int_equal(hl_ruleset_renew(&rules, packtext_pack(made), (struct hl_str){NULL, 0},
					  like, NULL, take_note, notes),
			 HL_OK);
	packtext_free(made);
	return rules;
}

/* Told with their places, at a renewal too. */
static void test_rules_without_a_sure_literal(void **state)
{
	static const char pack[] = "intent a\nphrase deposit late\npattern \\d{4}\n"
				   "pattern order \\d+\nslot ref pattern r\\d+\nphrase {ref}\n"
				   "intent b\nwords {ref}, late\nslot ref pattern x\\d\n";
	struct hl_ruleset_info info;
	struct hl_ruleset *rules = NULL;
	(void)state;
	for (int round = 0; round < 2; round++) {
		struct notes notes = {.n = 0};
		struct hl_ruleset *next = build(pack, rules, &notes);
		hl_ruleset_info(&info, next);
		assert_int_equal(info.without_literal, 2);
		assert_int_equal(notes.n, 2);
		assert_int_equal(notes.lines[0] + notes.lines[1], 3 + 6);
		hl_ruleset_unref(rules);
		rules = next;
	}
	hl_ruleset_unref(rules);
}

static void repeat(char *out, size_t room, const char *first, const char *piece)
{
	size_t n = (size_t)snprintf(out, room, "%s", first);
	while (n + strlen(piece) < room)
		n += (size_t)snprintf(out + n, room - n, "%s", piece);
}

static bool tells(const struct hl_verdict *v, const char *text)
{
	for (size_t i = 0; i < v->n_trace; i++)
		if (strstr(v->trace[i].text.ptr, text))
			return true;
	return false;
}

/* The intent answers, or is a person's, until the work runs out in rules that match nothing. */
static void test_a_limit_keeps_from_answering(void **state)
{
	static const struct {
		const char *intent, *said;
		enum hl_decision alone, limited;
	} rows[] = {
		{"intent a\nphrase good morning\n", "good morning ", HL_ANSWER, HL_CLARIFY},
		{"intent a\nphrase good morning\nalways\n", "good morning ", HL_ESCALATE,
		 HL_ESCALATE},
		{"intent a\nphrase good morning\n", "", HL_UNMATCHED, HL_UNMATCHED},
	};
	struct hl_scratch *scratch;
	(void)state;
	assert_int_equal(hl_scratch_new(&scratch), HL_OK);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char pack[4000], text[4000];
		struct notes notes = {.n = 0};
		struct hl_verdict v;
		size_t n = (size_t)snprintf(pack, sizeof pack, "%sintent evil\n", rows[i].intent);
		for (int copy = 0; copy < 60; copy++)
			n += (size_t)snprintf(pack + n, sizeof pack - n,
					      "pattern a.*a.*a.*a.*b|never%d\n", copy);
		struct hl_ruleset *rules = build(pack, NULL, &notes);
		for (int evil = 0; evil < 2; evil++) {
			repeat(text, evil ? sizeof text : 20, rows[i].said, "a ");
			struct hl_query query = {.text = {text, strlen(text)}, .trace = true};
			assert_int_equal(hl_classify(&v, scratch, rules, &query), HL_OK);
			assert_int_equal(v.limit_hit, evil);
			assert_int_equal(v.decision, evil ? rows[i].limited : rows[i].alone);
			assert_int_equal(tells(&v, "a work limit was reached: what matches may"),
					 evil);
			if (v.decision != HL_ESCALATE)
				assert_int_equal(strstr(v.why, "work limit") != NULL, evil);
			if (v.decision == HL_CLARIFY)
				assert_string_equal(v.clarify[0]->id.ptr, "a");
		}
		hl_ruleset_unref(rules);
	}
	hl_scratch_free(scratch);
}

static bool limited(const char *pattern, size_t copies, const char *piece)
{
	static char pack[40000], text[4000];
	struct notes notes = {.n = 0};
	struct hl_scratch *scratch;
	struct hl_verdict v;
	size_t n = (size_t)snprintf(pack, sizeof pack, "intent evil\n");
	for (size_t copy = 0; copy < copies; copy++)
		n += (size_t)snprintf(pack + n, sizeof pack - n, "pattern %s%zu)\n", pattern, copy);
	repeat(text, sizeof text, "", piece);
	struct hl_query query = {.text = {text, strlen(text)}};
	struct hl_ruleset *rules = build(pack, NULL, &notes);
	assert_int_equal(hl_scratch_new(&scratch), HL_OK);
	assert_int_equal(hl_classify(&v, scratch, rules, &query), HL_OK);
	bool hit = v.limit_hit;
	hl_scratch_free(scratch);
	hl_ruleset_unref(rules);
	return hit;
}

/* A literal that stands very often costs a chain no search of the text; a bounded repeat that may
   run over the text costs what it runs over. */
static void test_repeats_are_counted(void **state)
{
	static const struct {
		const char *pattern;
		size_t copies;
		bool limited;
	} rows[] = {
		{"aaa.{0,3000}aaa.{0,3000}aaa.{0,3000}aaa.{0,3000}(?:111|xxx", 2, false},
		{"aaa.{0,3000}aaa.{0,3000}aaa.{0,3000}aaa.{0,3000}(?:xxx|yyy", 100, false},
		{"aaa.{0,9}aaa.{0,9}aaa[^z]{0,9}(?:xx|x", 2, false},
		{"a[^z]{0,3000}a[^y]{0,3000}(?:b|x", 2, true},
		{"a.{0,9}a.{0,9}(?:b|x", 2, false},
		{"a.*(?!.*b)(?:c|x", 1, true},
		{"a.*(?=.*q)(?=.*z)(?:c|x", 1, true},
		{"(?:a(?>.{0,3000})b?)(?<!1)(?<! )(?:c|x", 1, true},
		{"(?:(?!.{0,3000}z)a){2,900}(?:c|x", 1, true},
		{"(?:(?!.{0,5}z)a){2,9}(?:c|x", 1, false},
		{"^(?=.*aaa)(?=.*111)(?!.*(?:zzz|x)) *(?:a{3} |x", 10, false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (limited(rows[i].pattern, rows[i].copies, "aaa 111 ") != rows[i].limited)
			fail_msg("%s: the limit is %shit", rows[i].pattern,
				 rows[i].limited ? "not " : "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_repeats_are_counted),
		cmocka_unit_test(test_rules_without_a_sure_literal),
		cmocka_unit_test(test_a_limit_keeps_from_answering),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
