/*
 * What every command shares: reading options, one-line errors, the nearest name. Knows no command.
 */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "hotline_rules.h"

#define CANDIDATES_MAX 64

__attribute__((format(printf, 2, 0))) static void vsay(const struct cli_command *command,
						       const char *format, va_list args)
{
	fprintf(stderr, "hotline %s: ", command->name);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

int cli_fail(const struct cli_command *command, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsay(command, format, args);
	va_end(args);
	return CLI_FAILED;
}

int cli_misuse(const struct cli_command *command, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsay(command, format, args);
	va_end(args);
	fprintf(stderr, "`hotline %s --help` tells how it is used.\n", command->name);
	return CLI_USAGE;
}

const char *cli_nearest(const char *word, const char *const *candidates, size_t n)
{
	struct hl_str names[CANDIDATES_MAX] = {HL_NONE};
	if (n > CANDIDATES_MAX)
		n = CANDIDATES_MAX;
	for (size_t i = 0; i < n; i++)
		names[i] = (struct hl_str){candidates[i], strlen(candidates[i])};
	size_t found = hl_did_you_mean((struct hl_str){word, strlen(word)}, names, n);
	return found < n ? candidates[found] : NULL;
}

static const struct cli_option *find_option(const struct cli_option *options, size_t n,
					    const char *arg, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(options[i].name) == len && memcmp(options[i].name, arg, len) == 0)
			return &options[i];
	return NULL;
}

static int unknown_option(const struct cli_command *command, const struct cli_option *options,
			  size_t n, const char *arg, size_t len)
{
	const char *names[CANDIDATES_MAX];
	char word[64];
	size_t count = 0;
	for (size_t i = 0; i < n && i < CANDIDATES_MAX - 1; i++)
		names[count++] = options[i].name;
	names[count++] = "--help";
	snprintf(word, sizeof(word), "%.*s", (int)(len < 63 ? len : 63), arg);
	const char *nearest = cli_nearest(word, names, count);
	if (nearest)
		return cli_misuse(command, "unknown option %s: did you mean %s?", word, nearest);
	return cli_misuse(command, "unknown option %s", word);
}

/* Takes the option at argv[*at], its value too. -1: taken, else the exit code. */
static int take_option(const struct cli_command *command, int argc, char **argv, int *at,
		       const struct cli_option *options, size_t n)
{
	const char *arg = argv[*at];
	const char *equals = strchr(arg, '=');
	size_t len = equals ? (size_t)(equals - arg) : strlen(arg);
	const struct cli_option *option = find_option(options, n, arg, len);
	if (!option)
		return unknown_option(command, options, n, arg, len);
	if (option->flag) {
		if (equals)
			return cli_misuse(command, "%s takes no value", option->name);
		*option->flag = true;
		return -1;
	}
	const char *value = equals ? equals + 1 : NULL;
	if (!value) {
		if (*at + 1 >= argc)
			return cli_misuse(command, "%s needs a value", option->name);
		value = argv[++*at];
	}
	if (option->value) {
		*option->value = value;
		return -1;
	}
	if (option->values->n == CLI_VALUES_MAX)
		return cli_misuse(command, "%s is given more than %d times", option->name,
				  CLI_VALUES_MAX);
	option->values->v[option->values->n++] = value;
	return -1;
}

int cli_parse(const struct cli_command *command, int argc, char **argv,
	      const struct cli_option *options, size_t n_options, const char **operands, size_t min,
	      size_t max)
{
	size_t n = 0;
	bool only_operands = false;
	for (size_t i = 0; i < max; i++)
		operands[i] = NULL;
	for (int i = 1; i < argc; i++) {
		if (!only_operands && strcmp(argv[i], "--") == 0) {
			only_operands = true;
		} else if (!only_operands &&
			   (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)) {
			fputs(command->usage, stdout);
			return CLI_OK;
		} else if (!only_operands && argv[i][0] == '-' && argv[i][1] != '\0') {
			int done = take_option(command, argc, argv, &i, options, n_options);
			if (done >= 0)
				return done;
		} else if (n == max) {
			return cli_misuse(command, "one argument too many: %s", argv[i]);
		} else {
			operands[n++] = argv[i];
		}
	}
	if (n < min)
		return cli_misuse(command, "an argument is missing");
	return -1;
}
