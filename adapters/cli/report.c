/*
 * The report of `hotline test`, for people.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/pack.h"

#define STR(s) (int)(s).len, ((s).len ? (s).ptr : "")
#define MIXES_SHOWN 20u
#define TIES_SHOWN 20u
#define TIES_WHOLE 3u
#define WEAK_SHOWN 5u
#define WEAK_LEAST 5u /* examples, to call an intent weak */

static double percent(size_t part, size_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

/* A rule's text on the rest of a line, cut at 60 characters. */
static void put_text(struct hl_str text)
{
	size_t end = 0, n = 0;
	while (end < text.len && n < 60) {
		end++;
		while (end < text.len && ((unsigned char)text.ptr[end] & 0xC0) == 0x80)
			end++;
		n++;
	}
	printf("\"%.*s%s\"\n", (int)end, text.len ? text.ptr : "", end < text.len ? "…" : "");
}

static struct hl_str text_of(const struct hl_report *report, struct hl_src src)
{
	for (size_t i = 0; i < report->n_rules; i++)
		if (report->rules[i].src.node == src.node)
			return report->rules[i].text;
	return (struct hl_str){NULL, 0};
}

static size_t count_idle(const struct hl_report *report)
{
	size_t n = 0;
	for (size_t i = 0; i < report->n_rules; i++)
		n += report->rules[i].tests + report->rules[i].examples == 0;
	return n;
}

static void print_coverage(const struct hl_report *report)
{
	size_t by_tests = 0;
	for (size_t i = 0; i < report->n_rules; i++)
		by_tests += report->rules[i].tests > 0;
	printf("\nRules: %zu of %zu decide a test\n", by_tests, report->n_rules);
	if (count_idle(report))
		puts("These decide no test and no example:");
	for (size_t i = 0; i < report->n_rules; i++) {
		const struct hl_report_rule *rule = &report->rules[i];
		if (rule->tests + rule->examples > 0)
			continue;
		printf("  %.*s:%u %s of %.*s ", STR(rule->src.file), rule->src.line,
		       hl_by_name(rule->by), STR(rule->intent));
		put_text(rule->text);
	}
}

static void print_mixes(const struct hl_report *report)
{
	if (report->n_mixes)
		puts("\nTaken for one another (wanted, found, how often, one of them):");
	for (size_t i = 0; i < report->n_mixes && i < MIXES_SHOWN; i++) {
		const struct hl_report_mix *mix = &report->mixes[i];
		struct hl_str got = mix->got.len ? mix->got : HL_STR("none");
		fputs("  ", stdout);
		cli_put_column(stdout, mix->right, 25);
		cli_put_column(stdout, got, 25);
		printf("%3u  %.*s\n", mix->n, STR(mix->example));
	}
	if (report->n_mixes > MIXES_SHOWN)
		printf("  and %zu more pairs\n", report->n_mixes - MIXES_SHOWN);
}

static void print_never(const struct hl_report_conflict *c)
{
	printf("  %.*s:%u (%s) of %.*s\n      \"%.*s\" ", STR(c->src.file), c->src.line,
	       hl_by_name(c->by), STR(c->intent), STR(c->witness));
	if (c->kind == HL_CONFLICT_DEAD)
		puts("is barred: see `never` of the intent, `none` and `max_words` of the rule");
	else
		printf("%s %.*s (%s, %.*s:%u): %s\n",
		       c->kind == HL_CONFLICT_ASKED ? "is asked back beside" : "goes to",
		       STR(c->other), hl_by_name(c->other_by), STR(c->other_src.file),
		       c->other_src.line, c->why);
}

/* The ties of one pair of intents, at the first of them. */
struct pair {
	const struct hl_report_conflict *first;
	size_t n;
};

static bool equal(struct hl_str a, struct hl_str b)
{
	return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

static bool same_pair(const struct hl_report_conflict *a, const struct hl_report_conflict *b)
{
	return (equal(a->intent, b->intent) && equal(a->other, b->other)) ||
	       (equal(a->intent, b->other) && equal(a->other, b->intent));
}

static int order_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return x->first < y->first ? -1 : x->first > y->first;
}

/* The worst with both their rules, the others on a line. */
static void print_pair(const struct hl_report *report, const struct pair *pair, bool whole)
{
	const struct hl_report_conflict *c = pair->first;
	printf("  %zu of %.*s and %.*s, such as \"%.*s\"\n", pair->n, STR(c->intent), STR(c->other),
	       STR(c->witness));
	if (!whole)
		return;
	printf("      %.*s:%u ", STR(c->src.file), c->src.line);
	put_text(text_of(report, c->src));
	printf("      %.*s:%u ", STR(c->other_src.file), c->other_src.line);
	put_text(text_of(report, c->other_src));
}

static void print_ties(const struct hl_report *report, size_t from)
{
	size_t n = report->n_conflicts - from, n_pairs = 0;
	struct pair *pairs = calloc(n + 1, sizeof(*pairs));
	if (!pairs || n == 0) {
		free(pairs);
		return;
	}
	for (size_t i = from; i < report->n_conflicts; i++) {
		size_t p = 0;
		while (p < n_pairs && !same_pair(pairs[p].first, &report->conflicts[i]))
			p++;
		if (p == n_pairs)
			pairs[n_pairs++].first = &report->conflicts[i];
		pairs[p].n++;
	}
	qsort(pairs, n_pairs, sizeof(*pairs), order_pairs);
	printf("\nThese tie: both match such a message, and neither is better, so the examples "
	       "decide\n"
	       "or it is asked back. %zu%s pairs of rules in %zu pairs of intents, most first:\n",
	       n, report->more_ties ? " and more" : "", n_pairs);
	for (size_t i = 0; i < n_pairs && i < TIES_SHOWN; i++)
		print_pair(report, &pairs[i], i < TIES_WHOLE);
	if (n_pairs > TIES_SHOWN)
		printf("  and %zu pairs of intents more\n", n_pairs - TIES_SHOWN);
	free(pairs);
}

static void print_conflicts(const struct hl_report *report)
{
	size_t never = 0;
	while (never < report->n_conflicts && report->conflicts[never].kind != HL_CONFLICT_TIED)
		never++;
	if (never)
		puts("\nThese rules win none of their own texts (write more words into "
		     "them, "
		     "or take them out):");
	for (size_t i = 0; i < never; i++)
		print_never(&report->conflicts[i]);
	print_ties(report, never);
}

static void print_folds(const struct hl_report *report)
{
	if (report->folds == 0) {
		puts("\nToo few examples to hold any out: nothing can be said of unseen messages");
		return;
	}
	printf("\nExamples it was not shown, a %uth of them at a time (%zu messages)\n",
	       report->folds, report->messages);
	printf("  right intent first     %5.1f %%\n", percent(report->first, report->messages));
	printf("  answered alone         %5.1f %%\n", percent(report->answered, report->messages));
	printf("  of these right         %5.1f %%  (promised: %.1f %%)\n",
	       percent(report->right, report->answered), 100 * report->precision);
	printf("  to a person at once    %5.1f %%\n", percent(report->escalated, report->messages));
	printf("  of these right         %5.1f %%\n",
	       percent(report->escalated_right, report->escalated));
	if (report->outside)
		printf("  outside, answered      %5.1f %%  of %zu (it should not be)\n",
		       percent(report->outside_answered, report->outside), report->outside);
	printf("  calibration error      %5.3f  (0: a score of 0.8 is right 8 times in 10)\n",
	       report->calibration_error);
	puts("  precision kept   share answered right");
	for (size_t i = 0; i < 4; i++)
		printf("  %5.0f %%          %5.1f %%\n", 100 * report->curve[i].precision,
		       100 * report->curve[i].answered);
}

/* Intents that fewer than eight in ten of their own examples lead to. */
static void print_weak(const struct hl_report *report)
{
	size_t n = 0;
	for (size_t i = 0; i < report->n_intents && n < WEAK_SHOWN; i++) {
		const struct hl_report_intent *intent = &report->intents[i];
		if (intent->messages < WEAK_LEAST || intent->first * 5 >= intent->messages * 4)
			continue;
		if (n++ == 0)
			puts("\nWeakest intents, held out (examples, right intent first):");
		fputs("  ", stdout);
		cli_put_column(stdout, intent->id, 32);
		printf(" %4u  %5.1f %%\n", intent->messages,
		       percent(intent->first, intent->messages));
	}
}

/* ------------------------------------------------------------------ what to do */

static void advise(unsigned *n, const char *what)
{
	printf("%s%2u. %s", *n ? "" : "\nWhat to do next\n", *n + 1, what);
	(*n)++;
}

static void advise_rules(const struct hl_report *report, unsigned *n)
{
	size_t idle = count_idle(report), never = 0;
	while (never < report->n_conflicts && report->conflicts[never].kind != HL_CONFLICT_TIED)
		never++;
	if (never) {
		advise(n, "");
		printf("%zu rule%s of no use: write more words into %s, or take %s out; the first: "
		       "%.*s:%u\n",
		       never, never > 1 ? "s are" : " is", never > 1 ? "them" : "it",
		       never > 1 ? "them" : "it", STR(report->conflicts[0].src.file),
		       report->conflicts[0].src.line);
	}
	if (never < report->n_conflicts) {
		size_t ties = report->n_conflicts - never;
		advise(n, "");
		printf("%zu%s tie%s: from the top of the pairs above, where one of the two is "
		       "surely "
		       "right, give it\n"
		       "    a phrase with all the words of such a message, and a test; where "
		       "asking "
		       "back is right, leave it\n",
		       ties, report->more_ties ? " and more" : "", ties > 1 ? "s" : "");
	}
	if (idle) {
		advise(n, "");
		printf("%zu rule%s no test and no example: write a test that needs %s, or take %s "
		       "out\n",
		       idle, idle > 1 ? "s decide" : " decides", idle > 1 ? "each" : "it",
		       idle > 1 ? "them" : "it");
	}
}

static void advise_examples(const struct hl_report *report, unsigned *n)
{
	if (report->folds == 0 || report->info.threshold_fixed) {
		advise(n, "write a dozen examples for each intent and language: from 50 on the "
			  "threshold is found\n    by itself, and this report can tell how well "
			  "it does\n");
		return;
	}
	for (size_t i = 0; i < report->n_mixes && i < 3 && report->mixes[i].n > 2; i++) {
		const struct hl_report_mix *mix = &report->mixes[i];
		advise(n, "");
		if (mix->got.len)
			printf("%.*s is taken for %.*s %u times: write examples that tell them "
			       "apart, or a phrase\n"
			       "    for what only one of them says, or make one intent of the "
			       "two\n",
			       STR(mix->right), STR(mix->got), mix->n);
		else
			printf("%.*s is not found %u times: write more examples like \"%.*s\"\n",
			       STR(mix->right), mix->n, STR(mix->example));
	}
	if (report->outside_answered * 20 > report->outside) {
		advise(n, "");
		printf("%.0f of 100 lines of `outside` are answered: write more of them, of as "
		       "many "
		       "kinds as customers do\n",
		       percent(report->outside_answered, report->outside));
	}
	if (report->answered &&
	    (double)report->right < (report->precision - 0.01) * (double)report->answered) {
		advise(n, "");
		printf("fewer answers are right than `decide.precision` promises: begin with the "
		       "pairs above\n");
	}
}

static void print_advice(const struct hl_report *report)
{
	unsigned n = 0;
	advise_rules(report, &n);
	advise_examples(report, &n);
	if (n == 0)
		puts("\nNothing to do: try it on messages it has never seen (--messages)");
}

int cli_print_report(const struct hl_rules *rules)
{
	struct hl_report *report;
	if (hl_rules_report(&report, rules) != HL_OK) {
		fputs("hotline test: out of memory\n", stderr);
		return CLI_FAILED;
	}
	print_coverage(report);
	print_conflicts(report);
	print_folds(report);
	printf("\nThreshold of likeness: %.4f (from there it answers alone), of sensitive intents: "
	       "%.4f%s\n",
	       report->info.threshold, report->info.sensitive_threshold,
	       report->info.threshold_fixed ? " (fixed: fewer than 50 examples)"
					    : " (found on the pack's own examples)");
	print_mixes(report);
	print_weak(report);
	print_advice(report);
	hl_report_free(report);
	return -1;
}
