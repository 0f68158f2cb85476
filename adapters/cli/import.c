/*
 * `hotline import`: finds out whose files these are, has them read, writes the pack, holds it
 * against check, and says what could not be carried over.
 */
#include "cli/import.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/commands.h"
#include "cli/pack.h"

static const struct {
	const char *name;
	bool (*read)(struct import *import, const char *source);
} formats[] = {
	{"rasa", import_rasa},
	{"dialogflow", import_dialogflow},
	{"csv", import_table},
	{"tsv", import_table},
};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))

/* A folder below, at most three deep, that looks like one to read: on the heap, or NULL. */
static char *project_below(const char *folder, int deep)
{
	static const char *const marks[] = {"domain.yml", "data/nlu.yml", "agent.json"};
	char path[4096], *found = NULL;
	struct dirent **entries;
	struct stat info;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, marks[i]);
		if (stat(path, &info) == 0)
			return strdup(folder);
	}
	int n = deep < 3 ? scandir(folder, &entries, NULL, alphasort) : -1;
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		if (!found && entries[i]->d_name[0] != '.' && lstat(path, &info) == 0 &&
		    S_ISDIR(info.st_mode))
			found = project_below(path, deep + 1);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return found;
}

static bool read_source(struct import *import, const char *from, const char *source)
{
	for (size_t i = 0; i < FORMATS; i++) {
		if (from && strcmp(from, formats[i].name) != 0)
			continue;
		if (formats[i].read(import, source) || import->error)
			return !import->error;
	}
	char *below = project_below(source, 0);
	import_error(import,
		     "%s is none of: Rasa project, Dialogflow ES export, CSV or TSV file%s%s%s",
		     source, below ? " (try " : "", below ? below : "", below ? ")" : "");
	free(below);
	return false;
}

/* The written pack must hold what check holds others to. */
static int hold_against_check(const char *folder)
{
	struct hl_rules *rules;
	int done = cli_read_pack(&rules, &cli_import, folder, false);
	if (done >= 0)
		return done;
	size_t errors = hl_rules_errors(rules), n;
	hl_rules_findings(rules, &n);
	cli_print_findings(stderr, rules, HL_ERROR);
	hl_rules_free(rules);
	if (errors)
		return cli_fail(&cli_import, "%s has %zu errors: mend them by hand", folder,
				errors);
	if (n)
		printf("`hotline check %s` has %zu hints\n", folder, n);
	return CLI_OK;
}

static int import_all(const char *from, const char *source, const char *folder)
{
	struct import import;
	size_t examples = 0, lists = 0;
	import_init(&import);
	bool good = read_source(&import, from, source);
	if (good)
		import_settle(&import);
	good = good && import_write(&import, folder);
	int done = CLI_FAILED;
	if (import.failed) {
		cli_fail(&cli_import, "out of memory");
	} else if (!good) {
		cli_fail(&cli_import, "%s", import.error ? import.error : "nothing was written");
	} else {
		for (size_t i = 0; i < import.n_intents; i++)
			examples += import.intents[i].examples.n;
		for (size_t i = 0; i < import.n_lists; i++)
			lists += import.lists[i].n > 0;
		printf("%s: %zu intents, %zu examples, %zu lists\n", folder, import.n_intents,
		       examples, lists);
		for (size_t i = 0; i < import.notes.n; i++)
			printf("%s\n", import.notes.v[i]);
		done = hold_against_check(folder);
	}
	import_deinit(&import);
	return done;
}

static int run(int argc, char **argv)
{
	const char *operands[2], *from = NULL;
	const struct cli_option options[] = {{"--from", NULL, &from, NULL}};
	bool known = false;
	int done = cli_parse(&cli_import, argc, argv, options, 1, operands, 2, 2);
	if (done >= 0)
		return done;
	for (size_t i = 0; i < FORMATS; i++)
		known = known || (from && strcmp(from, formats[i].name) == 0);
	if (from && !known)
		return cli_misuse(&cli_import, "--from takes rasa, dialogflow, csv or tsv");
	return import_all(from, operands[0], operands[1]);
}

const struct cli_command cli_import = {
	.name = "import",
	.summary = "make a pack of what another program has",
	.usage = "usage: hotline import [--from rasa|dialogflow|csv|tsv] SOURCE PACK\n\n"
		 "Reads a Rasa project (examples, entities, answers, rules, stories and forms of "
		 "its\n"
		 ".yml files), the folder of a Dialogflow ES export (in all of its languages), or "
		 "a\n"
		 "table of intent and example, and writes the new folder PACK. Prints what could "
		 "not "
		 "be\n"
		 "carried over. Without --from the format is told by what SOURCE holds.\n\n"
		 "Exit status: 0 the pack is written and passes check, 1 not so, 2 wrong use.\n",
	.run = run,
};
