/*
 * The report of `hotline test`, for people.
 */
#include "cli/pack.h"

#define STR(s) (int)(s).len, ((s).len ? (s).ptr : "")
#define MIXES_SHOWN 20u

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

static void print_conflicts(const struct hl_report *report)
{
	if (report->n_conflicts)
		puts("\nThese phrases never win, not even on their own texts:");
	for (size_t i = 0; i < report->n_conflicts; i++) {
		const struct hl_report_conflict *c = &report->conflicts[i];
		printf("  %.*s:%u of %.*s: \"%.*s\" %s %.*s (%.*s:%u)\n", STR(c->src.file),
		       c->src.line, STR(c->intent), STR(c->witness),
		       c->tie ? "is asked back beside" : "goes to", STR(c->other),
		       STR(c->other_src.file), c->other_src.line);
	}
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
