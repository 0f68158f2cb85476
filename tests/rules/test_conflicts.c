/*
 * The report's proofs against every message there is: small packs by chance over five words, and
 * all messages of up to four different ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hotline_rules.h"

#define WORDS 5u
#define MESSAGES_MAX 256u
#define RULES_MAX 16u
#define TEXT_MAX 4096u

static const char *const words[WORDS] = {"card", "lost", "today", "充值", "fee"};
static uint64_t seed;

static unsigned chance(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((seed >> 33) % n);
}

struct message {
	char text[64];
};
static struct message messages[MESSAGES_MAX];
static size_t n_messages;

static void make_messages(const struct message *so_far, unsigned used, unsigned length)
{
	for (unsigned w = 0; w < WORDS && length > 0; w++) {
		if (used & 1u << w)
			continue;
		struct message next = *so_far;
		strcat(next.text, *next.text ? " " : "");
		strcat(next.text, words[w]);
		messages[n_messages++] = next;
		make_messages(&next, used | 1u << w, length - 1);
	}
}

static void put_phrase(FILE *to, bool plain)
{
	unsigned n = 1 + chance(3), used = 0;
	if (!plain && chance(6) == 0)
		fputs("= ", to);
	for (unsigned i = 0; i < n; i++) {
		unsigned w = chance(WORDS);
		while (used & 1u << w)
			w = (w + 1) % WORDS;
		used |= 1u << w;
		bool gap = !plain && i > 0 && chance(6) == 0;
		bool option = !plain && i > 0 && !gap && chance(6) == 0;
		fprintf(to, "%s%s%s%s%s", i ? " " : "", gap ? "* " : "", option ? "[" : "",
			words[w], option ? "]" : "");
	}
}

/* Two or three items, each one word or one of two; no word twice in a rule. */
static void put_words(FILE *to)
{
	unsigned used = 0;
	fputs("      - {all: [", to);
	for (unsigned i = 0, n = chance(4) ? 2 : 3; i < n; i++) {
		fputs(i ? ", \"" : "\"", to);
		for (unsigned alt = 0, alts = (chance(3) == 0 && n == 2) ? 2 : 1; alt < alts;
		     alt++) {
			unsigned w = chance(WORDS);
			while (used & 1u << w)
				w = (w + 1) % WORDS;
			used |= 1u << w;
			fprintf(to, "%s%s", alt ? "|" : "", words[w]);
		}
		fputs("\"", to);
	}
	fputs("]}\n", to);
}

/* What the rules of a pack are. */
enum kind {
	PLAIN, /* words in a row: every loser and every tie is told */
	ANY,   /* gaps, options, whole messages: nothing is told that is not so */
	FREE   /* `words:`: every tie is told */
};

static void make_pack(char *text, size_t size, enum kind kind)
{
	FILE *to = fmemopen(text, size, "w");
	unsigned intents = 2 + chance(3);
	assert_non_null(to);
	fputs("intents:\n", to);
	for (unsigned i = 0; i < intents; i++) {
		/* of two rules of an intent, which one matches is another question */
		unsigned n = kind == FREE ? 1 : 1 + chance(3);
		fprintf(to, "  - id: i%u\n    %s:\n", i, kind == FREE ? "words" : "phrases");
		for (unsigned k = 0; k < n; k++) {
			if (kind == FREE) {
				put_words(to);
				continue;
			}
			fputs("      - \"", to);
			put_phrase(to, kind == PLAIN);
			fputs("\"\n", to);
		}
		if (chance(5) == 0)
			fputs("    handoff: always\n", to);
	}
	fclose(to);
}

/* What the messages show of each pair of rules and of each rule. */
struct seen {
	uint32_t nodes[RULES_MAX];
	size_t n;
	/* alone: no other intent matched. Where one does by another of its rules, both may be held
	 */
	bool matched[RULES_MAX], won[RULES_MAX], alone[RULES_MAX], tied[RULES_MAX][RULES_MAX];
};

static size_t rule_of(struct seen *seen, uint32_t node)
{
	for (size_t i = 0; i < seen->n; i++)
		if (seen->nodes[i] == node)
			return i;
	assert_true(seen->n < RULES_MAX);
	seen->nodes[seen->n] = node;
	return seen->n++;
}

static void look(struct seen *seen, const struct hl_ruleset *set, struct hl_scratch *scratch)
{
	memset(seen, 0, sizeof(*seen));
	for (size_t m = 0; m < n_messages; m++) {
		struct hl_query query = {.text = {messages[m].text, strlen(messages[m].text)}};
		struct hl_verdict v;
		assert_int_equal(hl_classify(&v, scratch, set, &query), HL_OK);
		for (size_t i = 0; i < v.n_hits; i++) {
			const struct hl_hit *hit = &v.hits[i];
			size_t rule = rule_of(seen, hit->src.node);
			seen->matched[rule] = true;
			seen->won[rule] |= hit->taken;
			seen->alone[rule] |= hit->taken && v.n_hits == 1;
			/* with a third in the way it is no tie of the two */
			for (size_t k = 0; hit->equal && v.n_hits == 2 && k < 2; k++)
				if (v.hits[k].intent == hit->lost_to) {
					size_t other = rule_of(seen, v.hits[k].src.node);
					seen->tied[rule][other] = seen->tied[other][rule] = true;
				}
		}
	}
}

static void hold_against(struct seen *seen, const struct hl_report *report, enum kind kind,
			 const char *text)
{
	bool told[RULES_MAX] = {false}, ties[RULES_MAX][RULES_MAX] = {{false}};
	for (size_t i = 0; i < report->n_conflicts; i++) {
		const struct hl_report_conflict *c = &report->conflicts[i];
		size_t rule = rule_of(seen, c->src.node), other = rule_of(seen, c->other_src.node);
		ties[rule][other] = ties[other][rule] = true;
		if (c->kind == HL_CONFLICT_TIED)
			continue;
		told[rule] = true;
		if (seen->alone[rule])
			fail_msg("told to lose, but wins: line %u of\n%s", c->src.line, text);
	}
	for (size_t i = 0; i < seen->n; i++) {
		if (seen->matched[i] && !seen->won[i] && !told[i] && kind == PLAIN)
			fail_msg("loses always and is not told: node %u of\n%s", seen->nodes[i],
				 text);
		for (size_t k = 0; k < i && kind != ANY; k++)
			if (seen->tied[i][k] && !ties[i][k])
				fail_msg("ties and is not told: nodes %u and %u of\n%s",
					 seen->nodes[i], seen->nodes[k], text);
	}
}

/* True when the pack was one: the same phrase may have come twice. */
static bool one_pack(enum kind kind, struct hl_scratch *scratch)
{
	char text[TEXT_MAX];
	struct hl_rules *rules;
	struct hl_report *report;
	make_pack(text, sizeof(text), kind);
	struct hl_rules_file file = {HL_STR("a.yaml"), {text, strlen(text)}};
	struct hl_rules_options options = {.skip_tests = true};
	if (hl_rules_load_files(&rules, &file, 1, &options) != HL_OK) {
		hl_rules_free(rules);
		return false;
	}
	struct seen seen;
	look(&seen, hl_rules_ruleset(rules), scratch);
	assert_int_equal(hl_rules_report(&report, rules), HL_OK);
	hold_against(&seen, report, kind, text);
	hl_report_free(report);
	hl_rules_free(rules);
	return true;
}

static void run_packs(enum kind kind)
{
	struct hl_scratch *scratch;
	unsigned packs = 0;
	seed = 11 + (unsigned)kind;
	assert_int_equal(hl_scratch_new(&scratch), HL_OK);
	for (unsigned i = 0; i < 600; i++)
		packs += one_pack(kind, scratch);
	assert_true(packs > 100);
	hl_scratch_free(scratch);
}

static void test_plain(void **state)
{
	(void)state;
	run_packs(PLAIN);
}

static void test_any(void **state)
{
	(void)state;
	run_packs(ANY);
}

static void test_in_any_order(void **state)
{
	(void)state;
	run_packs(FREE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_any),
		cmocka_unit_test(test_in_any_order),
	};
	make_messages(&(struct message){""}, 0, 4);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
