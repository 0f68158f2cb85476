/*
 * The report of `hotline test`, for people.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/pack.h"

#define STR(s) (int)(s).len, ((s).len ? (s).ptr : "")
#define MIXES_SHOWN 20u
#define TIES_SHOWN 20u

static double percent(size_t part, size_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

static void print_coverage(const struct hl_report *report)
{
	size_t by_tests = 0, by_none = 0;
	for (size_t i = 0; i < report->n_rules; i++) {
		by_tests += report->rules[i].tests > 0;
		by_none += report->rules[i].tests + report->rules[i].examples == 0;
	}
	printf("\nRules: %zu of %zu decide a test\n", by_tests, report->n_rules);
	if (by_none)
		puts("These decide no test and no example:");
	for (size_t i = 0; i < report->n_rules; i++) {
		const struct hl_report_rule *rule = &report->rules[i];
		if (rule->tests + rule->examples == 0)
			printf("  %.*s:%u %s of %.*s\n", STR(rule->src.file), rule->src.line,
			       hl_by_name(rule->by), STR(rule->intent));
	}
}

static void print_mixes(const struct hl_report *report)
{
	if (report->n_mixes)
		puts("\nTaken for one another (wanted, found, how often, one of them):");
	for (size_t i = 0; i < report->n_mixes && i < MIXES_SHOWN; i++) {
		const struct hl_report_mix *mix = &report->mixes[i];
		struct hl_str got = mix->got.len ? mix->got : HL_STR("none");
		printf("  %-24.*s %-24.*s %3u  %.*s\n", STR(mix->right), STR(got), mix->n,
		       STR(mix->example));
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
	printf("\nThese tie: on such a message the examples decide, or it is asked back. Where one "
	       "of the\n"
	       "two is surely right, give it a phrase with all of these words. %zu%s pairs of "
	       "rules in\n"
	       "%zu pairs of intents:\n",
	       n, report->more_ties ? " and more" : "", n_pairs);
	for (size_t i = 0; i < n_pairs && i < TIES_SHOWN; i++) {
		const struct hl_report_conflict *c = pairs[i].first;
		printf("  %zu of %.*s and %.*s, such as\n      \"%.*s\" (%.*s:%u, %.*s:%u)\n",
		       pairs[i].n, STR(c->intent), STR(c->other), STR(c->witness), STR(c->src.file),
		       c->src.line, STR(c->other_src.file), c->other_src.line);
	}
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
	printf("\nExamples held out (%u folds): %zu messages\n", report->folds, report->messages);
	printf("  right intent first     %5.1f %%\n", percent(report->first, report->messages));
	printf("  answered alone         %5.1f %%\n", percent(report->answered, report->messages));
	printf("  of these right         %5.1f %%  (promised: %.1f %%)\n",
	       percent(report->right, report->answered), 100 * report->precision);
	printf("  to a person at once    %5.1f %%\n", percent(report->escalated, report->messages));
	printf("  of these right         %5.1f %%\n",
	       percent(report->escalated_right, report->escalated));
	if (report->outside)
		printf("  outside, answered      %5.1f %%  of %zu\n",
		       percent(report->outside_answered, report->outside), report->outside);
	printf("  calibration error      %5.3f\n", report->calibration_error);
	puts("  precision kept   share answered right");
	for (size_t i = 0; i < 4; i++)
		printf("  %5.0f %%          %5.1f %%\n", 100 * report->curve[i].precision,
		       100 * report->curve[i].answered);
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
	printf("\nThreshold of likeness: %.4f, of sensitive intents: %.4f%s\n",
	       report->info.threshold, report->info.sensitive_threshold,
	       report->info.threshold_fixed ? " (fixed: fewer than 50 examples)"
					    : " (found on the pack's own examples)");
	print_mixes(report);
	hl_report_free(report);
	return -1;
}
