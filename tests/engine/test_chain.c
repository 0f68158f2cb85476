/* Patterns that are matched as chains of literals against PCRE2 alone, on random patterns and
   texts: the same places, the same groups, from every place on. And which patterns are chains. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "classify/chain.h"
#include "draw.h"
#include "packtext.h"

#define PATTERN_MAX 400
#define TEXT_MAX 4000 /* of those whose words stand far apart */
#define NEAR_MAX 600
#define PICK(list) (list)[draw(sizeof(list) / sizeof *(list))]

/* ------------------------------------------------------------------ made-up patterns and texts */

static const char *const words[] = {"abc",  "abcd", "bcd",  "cab",     "充值",	"usd",
				    "usdt", "a b",  "no.1", "充值abc", "abc充", "111"};

static void write_word(char *out)
{
	const char *word = PICK(words);
	char *end = out + strlen(out);
	for (; *word; word++) {
		if (*word == '.')
			*end++ = '\\';
		*end++ = *word;
	}
	*end = 0;
}

static void write_set(char *out)
{
	static const char *const heads[] = {"(?:", "(", "(?:"};
	if (draw(3) == 0) {
		write_word(out);
		return;
	}
	strcat(out, PICK(heads));
	write_word(out);
	for (unsigned n = draw(4); n; n--) {
		strcat(out, "|");
		write_word(out);
	}
	strcat(out, ")");
}

static void write_link(char *out)
{
	static const char *const ends[] = {"", "", "\\b", "\\b", "\\w*\\b"};
	if (draw(2))
		strcat(out, "\\b");
	write_set(out);
	strcat(out, PICK(ends));
}

static const char *const gaps[] = {".*",      ".*",	 ".*?",	    ".{0,9}",  ".{2,6}",
				   ".{0,9}?", ".{1,12}", ".+",	    ".{3,}",   ".",
				   ".?",      "",	 ".{0,20}", ".{4,9}?", ".+?"};

static void write_look(char *out)
{
	strcat(out, draw(2) ? "(?=" : "(?!");
	strcat(out, PICK(gaps));
	write_link(out);
	strcat(out, ")");
}

static void write_run(char *out, bool deep)
{
	static const char *const bytes[] = {"\\s", "\\d", "\\d",    "\\s", " ",
					    "\\.", "-",	  "[\\d.]", "\\w", "[0-9,]"};
	static const char *const times[] = {"*", "+", "?", "", "{1,3}", "*?", "+?", "??", "{2}"};
	if (!deep && draw(4) == 0) {
		static const char *const maybe[] = {")?", ")??", ")"};
		strcat(out, draw(2) ? "(" : "(?:");
		for (unsigned n = 1 + draw(3); n; n--)
			write_run(out, true);
		strcat(out, PICK(maybe));
		return;
	}
	strcat(out, PICK(bytes));
	strcat(out, PICK(times));
}

static void write_runs(char *out)
{
	for (unsigned n = 1 + draw(3); n; n--)
		write_run(out, false);
}

static void write_pattern(char *out)
{
	*out = 0;
	if (draw(3) == 0) {
		strcat(out, draw(4) ? "" : "\\b");
		write_runs(out);
	}
	write_link(out);
	for (unsigned n = draw(4); n; n--) {
		while (draw(6) == 0)
			write_look(out);
		if (draw(4) == 0)
			write_runs(out);
		else
			strcat(out, PICK(gaps));
		write_link(out);
	}
	while (draw(6) == 0)
		write_look(out);
}

static void write_text(char *out)
{
	static const char *const between[] = {" ", " ",	 "  ", ".",  "\n", "1", "2.5",
					      "_", "ab", "充", "30", ",",  "",	""};
	static const char filling[] = "x, y z xyz x_y z.. xyzxyzxyzxyzxyzxyzxyzxyz zyx 充 xy ";
	bool far = draw(6) == 0;
	size_t max = far ? TEXT_MAX : NEAR_MAX;
	*out = 0;
	if (!far && draw(8) == 0) { /* one word, too often for a bit each in one row */
		const char *word = PICK(words), *gap = PICK(between);
		while (strlen(out) < NEAR_MAX - 80)
			strcat(strcat(out, word), gap);
	}
	for (unsigned n = draw(draw(8) ? 12 : 60); n && strlen(out) < max - (far ? 300 : 40); n--) {
		for (unsigned i = far ? draw(5) : 0; i; i--)
			strcat(out, filling);
		strcat(out, draw(3) ? PICK(words) : "");
		strcat(out, PICK(between));
	}
}

/* ------------------------------------------------------------------ against PCRE2 */

static size_t chains, searched, found, often;

static void tell_difference(const char *pattern, struct hl_str text, size_t from,
			    const PCRE2_SIZE *wanted, const struct hl_pcre_match *match, int rc)
{
	fail_msg("pattern %s text \"%.*s\" from %zu: PCRE2 %ld to %ld, chain %ld to %ld", pattern,
		 (int)text.len, text.ptr, from, wanted ? (long)wanted[0] : -1,
		 wanted ? (long)wanted[1] : -1, rc == HL_OK ? (long)match->start : -1,
		 rc == HL_OK ? (long)match->end : -1);
}

/* Has it a literal with more places than a word has bits? */
static bool stands_often(const struct hl_reading *reading)
{
	bool often_there = false;
	for (uint32_t i = 0; i < reading->n_literals; i++)
		often_there |= reading->seen[reading->literals + i].n > 64;
	return often_there;
}

/* All matches, each from the end of the one before, as a slot's pattern is searched. */
static void compare(const char *written, const struct hl_pattern *pattern,
		    struct hl_reading *reading, pcre2_match_data *data,
		    pcre2_match_context *limited)
{
	struct hl_str text = reading->utterance->normal.text;
	for (size_t from = 0; from <= text.len;) {
		struct hl_pcre_match match;
		int rc = hl_chain_search(&match, reading, pattern->chain, from);
		int wanted_rc = pcre2_match(pattern->code, (PCRE2_SPTR)text.ptr, text.len, from,
					    PCRE2_NO_JIT, data, limited);
		bool there = wanted_rc >= 0;
		if (wanted_rc == PCRE2_ERROR_MATCHLIMIT)
			return;
		const PCRE2_SIZE *wanted = there ? pcre2_get_ovector_pointer(data) : NULL;
		bool same = there == (rc == HL_OK);
		searched++;
		found += there;
		often += stands_often(reading);
		for (size_t i = 0; there && same && i < 2 * ((size_t)pattern->captures + 1); i++)
			same = match.groups[i] == wanted[i];
		if (reading->limit_hit)
			return;
		if (!same)
			tell_difference(written, text, from, wanted, &match, rc);
		if (!there)
			return;
		from = wanted[1];
	}
}

static const struct hl_pattern *only_pattern(const struct hl_ruleset *rules)
{
	return hl_rule_pattern(&rules->rules[0]);
}

static struct hl_ruleset *build(const char *pattern)
{
	char pack[PATTERN_MAX + 40];
	struct hl_ruleset *rules = NULL;
	snprintf(pack, sizeof pack, "intent a\npattern %s\n", pattern);
	struct packtext *made = packtext_new(pack, strlen(pack));
	int rc = hl_ruleset_new(&rules, packtext_pack(made), (struct hl_str){NULL, 0}, NULL, NULL);
	packtext_free(made);
	return rc == HL_OK ? rules : NULL;
}

static void try_texts(const char *written, const struct hl_ruleset *rules,
		      struct hl_scratch *scratch)
{
	const struct hl_pattern *pattern = only_pattern(rules);
	pcre2_match_data *data = pcre2_match_data_create(HL_CHAIN_GROUPS + 1, NULL);
	pcre2_match_context *limited = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(limited, 20000);
	for (unsigned t = 0; t < 40; t++) {
		char text[TEXT_MAX + 60];
		struct hl_utterance u;
		struct hl_reading reading;
		write_text(text);
		hl_scratch_begin(scratch);
		assert_int_equal(hl_utterance_read(&u, &scratch->turn,
						   (struct hl_str){text, strlen(text)}, NULL, 0),
				 HL_OK);
		assert_int_equal(hl_reading_make(&reading, scratch, rules, &u), HL_OK);
		compare(written, pattern, &reading, data, limited);
	}
	pcre2_match_data_free(data);
	pcre2_match_context_free(limited);
}

static void test_chains_like_pcre_alone(void **state)
{
	(void)state;
	struct hl_scratch *scratch;
	const char *rounds = getenv("HOTLINE_PROPERTY_ROUNDS");
	unsigned wanted = rounds ? (unsigned)strtoul(rounds, NULL, 10) * 20 : 1500;
	assert_int_equal(hl_scratch_new(&scratch), HL_OK);
	for (unsigned done = 0; done < wanted;) {
		char pattern[PATTERN_MAX];
		write_pattern(pattern);
		if (pattern[0] == ' ' || pattern[strlen(pattern) - 1] == ' ')
			continue; /* the pack's reader trims */
		struct hl_ruleset *rules = build(pattern);
		if (!rules)
			continue;
		if (only_pattern(rules)->chain) {
			chains++;
			try_texts(pattern, rules, scratch);
		}
		hl_ruleset_unref(rules);
		done++;
	}
	hl_scratch_free(scratch);
	print_message(
		"%u patterns, %zu of them chains, %zu searches, %zu found, %zu with a literal "
		"often\n",
		wanted, chains, searched, found, often);
	assert_true(chains > wanted / 3);
	assert_true(found > searched / 10);
	assert_true(often > searched / 100);
}

/* ------------------------------------------------------------------ which are chains */

static void test_which_patterns_are_chains(void **state)
{
	(void)state;
	static const struct {
		const char *pattern;
		bool chain;
	} rows[] = {
		{"(?<amount>\\d+(?:\\.\\d+)?)\\s*(?<coin>btc|eth|usdt)\\b.*\\bnot (here|there)",
		 true},
		{"\\bdepos\\w*\\b.{0,40}\\b(?:late|missing)\\b", true},
		{"\\bmoney\\b(?!.*\\bnot\\b)(?=.*\\bhere\\b)", true},
		{"withdraw\\s+fee", true},
		{"充值.{0,4}没.?到账", true},
		{"ID:[\\d.]+ usdt", true},
		{"depos\\w*.*late", false},	/* \w* may give letters back */
		{"充\\w*\\blate", false},	/* the same */
		{"\\d+1usdt", false},		/* where the digits end is open */
		{"money here(?<=here)", false}, /* looks behind */
		{"^money", false},
		{"money$", false},
		{".*money", false},
		{"money(?: still)? missing", false},
		{"mone+y is", true},
		{"(?:money)+", false},
		{"money|cash", false},
		{"(?i)money", false},
		{"(?:at|money)", false}, /* short ones are not looked for beside long ones */
		{"money[^a]late", false},
		{"money.*+late", false},
		{"money[]ab]late", false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hl_ruleset *rules = build(rows[i].pattern);
		assert_non_null(rules);
		if (!!only_pattern(rules)->chain != rows[i].chain)
			fail_msg("%s: %s", rows[i].pattern, rows[i].chain ? "no chain" : "a chain");
		hl_ruleset_unref(rules);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chains_like_pcre_alone),
		cmocka_unit_test(test_which_patterns_are_chains),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
