/*
 * `hotline test`: the pack's own tests; with --report, what they and the examples say about the
 * pack.
 */
#include <string.h>

#include "cli/commands.h"
#include "cli/messages.h"
#include "cli/pack.h"

static bool is_about_tests(const struct hl_finding *finding)
{
	return strncmp(finding->code, "test.", 5) == 0;
}

static int run(int argc, char **argv)
{
	const char *folder;
	bool report = false, verbose = false;
	struct cli_values files = {.n = 0};
	struct hl_tests_result tests;
	struct hl_rules *rules;
	size_t n, failed = 0;
	const struct cli_option options[] = {{"--report", &report, NULL, NULL},
					     {"--verbose", &verbose, NULL, NULL},
					     {"--messages", NULL, NULL, &files}};
	int done = cli_parse(&cli_test, argc, argv, options, 3, &folder, 1, 1);
	if (done < 0)
		done = cli_read_pack(&rules, &cli_test, folder, false);
	if (done >= 0)
		return done;
	const struct hl_finding *findings = hl_rules_findings(rules, &n);
	cli_print_findings(stdout, rules, HL_ERROR);
	hl_rules_tests(&tests, rules);
	for (size_t i = 0; i < n; i++)
		failed += findings[i].level == HL_ERROR && !is_about_tests(&findings[i]);
	if (failed)
		printf("%s: %zu error%s: the tests cannot be run\n", folder, failed,
		       failed == 1 ? "" : "s");
	else
		printf("%s: %zu test%s passed, %zu failed\n", folder, tests.passed,
		       tests.passed == 1 ? "" : "s", tests.failed);
	if (report && hl_rules_errors(rules) == 0)
		done = cli_print_report(rules);
	else if (report)
		puts("no report: it comes when the tests pass");
	for (size_t i = 0; done < 0 && i < files.n && hl_rules_errors(rules) == 0; i++)
		done = cli_measure(rules, files.v[i], verbose);
	if (done < 0)
		done = hl_rules_errors(rules) ? CLI_FAILED : CLI_OK;
	hl_rules_free(rules);
	return done;
}

const struct cli_command cli_test = {
	.name = "test",
	.summary = "run a pack's own tests",
	.usage =
		"usage: hotline test PACK [--report] [--messages FILE ...] [--verbose]\n\n"
		"Runs the tests that stand in the pack; each that fails is said with what won\n"
		"instead and why.\n\n"
		"  --report          which rules the tests cover, which rules never win and which "
		"tie,\n"
		"                    which intents are taken for one another, and how often "
		"answers "
		"are\n"
		"                    right, by cross-validation on the examples\n"
		"  --messages FILE   how the pack does on these messages: an intent's id (- for "
		"none,\n"
		"                    a+b for two), a tab and the message on each line\n"
		"  --verbose         with it, each message that goes wrong\n\n"
		"Exit status: 0 all passed, 1 a test failed or the pack has errors, 2 wrong use.\n",
	.run = run,
};
