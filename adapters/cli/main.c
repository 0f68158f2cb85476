/*
 * The executable: finds the command in the table and hands over. Knows every command by name and
 * nothing of what they do.
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* In the order `hotline --help` shows them. */
/* clang-format off */
static const struct cli_command *const commands[] = {
	&cli_serve,
	&cli_agent,
	&cli_check,
	&cli_test,
	&cli_explain,
	&cli_classify,
	&cli_chat,
	&cli_bench,
	&cli_schema,
	&cli_fmt,
	&cli_import,
	&cli_version,
};
/* clang-format on */

static void print_help(FILE *to)
{
	fputs("usage: hotline COMMAND [ARGUMENT ...]\n\n", to);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-9s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\n`hotline COMMAND --help` tells more about one of them.\n", to);
}

static int unknown_command(const char *word)
{
	const char *names[COMMANDS];
	for (size_t i = 0; i < COMMANDS; i++)
		names[i] = commands[i]->name;
	const char *nearest = cli_nearest(word, names, COMMANDS);
	if (nearest)
		fprintf(stderr, "hotline: unknown command %s: did you mean %s?\n", word, nearest);
	else
		fprintf(stderr, "hotline: unknown command %s\n", word);
	fputs("`hotline --help` lists the commands.\n", stderr);
	return CLI_USAGE;
}

/* A full disk must not look like success to whoever reads the file afterwards. */
static int written(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fputs("hotline: not all of it could be written\n", stderr);
	return status == CLI_OK ? CLI_FAILED : status;
}

int main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	if (argc < 2) {
		print_help(stderr);
		return CLI_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		print_help(stdout);
		return CLI_OK;
	}
	if (strcmp(argv[1], "--version") == 0)
		argv[1] = (char *)cli_version.name;
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i]->name) == 0)
			return written(commands[i]->run(argc - 1, argv + 1));
	return unknown_command(argv[1]);
}
