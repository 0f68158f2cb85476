/*
 * `hotline fmt`: the canonical layout of a pack's files.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "hotline_yaml.h"

static void tell(void *arg, struct hl_str name)
{
	size_t *n = arg;
	++*n;
	printf("%.*s\n", (int)name.len, name.ptr);
}

static void print_errors(struct hl_findings *findings)
{
	const struct hl_finding *v;
	size_t n;
	if (hl_findings_list(&v, &n, findings) != HL_OK)
		return;
	for (size_t i = 0; i < n; i++) {
		char *text;
		if (v[i].level != HL_ERROR || hl_finding_format(&text, &v[i]) != HL_OK)
			continue;
		fputs(text, stderr);
		free(text);
	}
}

static int run(int argc, char **argv)
{
	const char *folder;
	bool dry = false;
	size_t changed = 0;
	struct hl_findings *findings;
	const struct cli_option options[] = {{"--check", &dry, NULL, NULL}};
	int done = cli_parse(&cli_fmt, argc, argv, options, 1, &folder, 1, 1);
	if (done >= 0)
		return done;
	if (hl_findings_new(&findings) != HL_OK)
		return cli_fail(&cli_fmt, "out of memory");
	int status = hl_rules_format_folder(folder, dry, findings, tell, &changed);
	print_errors(findings);
	hl_findings_free(findings);
	if (status < 0)
		return cli_fail(&cli_fmt, "out of memory");
	return status == HL_OK && !(dry && changed) ? CLI_OK : CLI_FAILED;
}

const struct cli_command cli_fmt = {
	.name = "fmt",
	.summary = "bring a pack's files to the canonical layout",
	.usage =
		"usage: hotline fmt PACK [--check]\n\n"
		"Lays out the rule files below the folder PACK: two spaces a level, one space "
		"after\n"
		"`:` and `-`, two before a comment. Comments stay, and no value changes. Prints "
		"the\n"
		"files that changed. A file with errors of form is left alone and said.\n\n"
		"  --check   change nothing; exit 1 when a file would change\n\n"
		"Exit status: 0 done, 1 a file could not be read (or would change), 2 wrong use.\n",
	.run = run,
};
