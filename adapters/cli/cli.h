/*
 * The commands of `hotline` and what they share. A command is one file that ends in a
 * `const struct cli_command`; main.c holds the table of them.
 */
#ifndef HL_CLI_H
#define HL_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "hotline.h"

/* Exit codes. */
enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

struct cli_command {
	const char *name;    /* "check" */
	const char *summary; /* one line for `hotline --help` */
	const char *usage;   /* the whole of `hotline check --help`, final newline included */
	/* argv[0] is the command's name. Returns the exit code. */
	int (*run)(int argc, char **argv);
};

/* An option that may come several times. */
#define CLI_VALUES_MAX 64
struct cli_values {
	const char *v[CLI_VALUES_MAX];
	size_t n;
};

/* One option of a command: exactly one of the three places is set. */
struct cli_option {
	const char *name; /* "--json" */
	bool *flag;
	const char **value; /* the last one given wins */
	struct cli_values *values;
};

/* Reads options (`--name`, `--name value`, `--name=value`; `--` ends them) and exactly
   `min`..`max` operands into `operands` (the rest of which is set to NULL). Answers --help itself.
   Returns -1 when the command shall go on, else the exit code to return at once (CLI_OK after
   --help, CLI_USAGE after one line on stderr). */
int cli_parse(const struct cli_command *command, int argc, char **argv,
	      const struct cli_option *options, size_t n_options, const char **operands, size_t min,
	      size_t max);

/* "hotline COMMAND: message" on stderr. Returns CLI_FAILED. */
int cli_fail(const struct cli_command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The same for a wrong use, with a pointer to --help. Returns CLI_USAGE. */
int cli_misuse(const struct cli_command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The candidate nearest to `word` within the distance a slip makes, or NULL. */
const char *cli_nearest(const char *word, const char *const *candidates, size_t n);

#endif
