/*
 * `hotline check`: everything wrong with a pack, for people or for editors.
 */
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/pack.h"

static json_t *finding_json(const struct hl_finding *f)
{
	static const char *const levels[] = {"note", "warning", "error"};
	return json_pack("{s:o,s:i,s:i,s:i,s:i,s:s,s:s,s:o,s:o}", "file", cli_json_str(f->file),
			 "line", (int)f->line, "column", (int)f->column, "end_line",
			 (int)f->end_line, "end_column", (int)f->end_column, "level",
			 levels[f->level], "code", f->code, "message", cli_json_str(f->message),
			 "remedy", cli_json_str(f->remedy));
}

static size_t warnings(const struct hl_rules *rules)
{
	size_t n, warnings = 0;
	const struct hl_finding *findings = hl_rules_findings(rules, &n);
	for (size_t i = 0; i < n; i++)
		warnings += findings[i].level == HL_WARNING;
	return warnings;
}

static void print_json(const struct hl_rules *rules)
{
	size_t n, errors = hl_rules_errors(rules);
	const struct hl_finding *findings = hl_rules_findings(rules, &n);
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, finding_json(&findings[i]));
	cli_json_print(stdout,
		       json_pack("{s:b,s:i,s:i,s:o}", "ok", errors == 0, "errors", (int)errors,
				 "warnings", (int)warnings(rules), "findings", list),
		       JSON_INDENT(1));
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void print_sum(const struct hl_rules *rules, const char *folder)
{
	size_t n = warnings(rules), errors = hl_rules_errors(rules);
	struct hl_tests_result tests;
	hl_rules_tests(&tests, rules);
	if (errors) {
		printf("%s: %zu error%s, %zu warning%s\n", folder, errors, plural(errors), n,
		       plural(n));
		return;
	}
	struct hl_ruleset_info info;
	hl_ruleset_info(&info, hl_rules_ruleset(rules));
	printf("%s: good: %zu intent%s, %zu rule%s, %zu test%s passed, %zu warning%s\n", folder,
	       info.intents, plural(info.intents), info.rules, plural(info.rules), tests.passed,
	       plural(tests.passed), n, plural(n));
	if (info.without_literal)
		printf("%zu rule%s looked at for every message: no word in %s is sure\n",
		       info.without_literal, info.without_literal == 1 ? " is" : "s are",
		       info.without_literal == 1 ? "it" : "them");
}

static int run(int argc, char **argv)
{
	const char *folder;
	bool json = false;
	const struct cli_option options[] = {{"--json", &json, NULL, NULL}};
	struct hl_rules *rules;
	int done = cli_parse(&cli_check, argc, argv, options, 1, &folder, 1, 1);
	if (done < 0)
		done = cli_read_pack(&rules, &cli_check, folder, false);
	if (done >= 0)
		return done;
	if (json) {
		print_json(rules);
	} else {
		cli_print_findings(stdout, rules, HL_NOTE);
		print_sum(rules, folder);
	}
	done = hl_rules_errors(rules) ? CLI_FAILED : CLI_OK;
	hl_rules_free(rules);
	return done;
}

const struct cli_command cli_check = {
	.name = "check",
	.summary = "say everything that is wrong with a pack",
	.usage =
		"usage: hotline check PACK [--json]\n\n"
		"Reads the rule files below the folder PACK, runs the pack's own tests and prints\n"
		"each error and warning with its place and what to write instead.\n\n"
		"  --json   the findings as one JSON object, for editors\n\n"
		"Exit status: 0 the pack loads, 1 it has errors, 2 wrong use.\n",
	.run = run,
};
