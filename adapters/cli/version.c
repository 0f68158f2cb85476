/* `hotline version`: which build this is. */
#include <stdio.h>

#include "cli/commands.h"

static int run(int argc, char **argv)
{
	int done = cli_parse(&cli_version, argc, argv, NULL, 0, NULL, 0, 0);
	if (done >= 0)
		return done;
	puts("hotline " HOTLINE_VERSION);
	return CLI_OK;
}

const struct cli_command cli_version = {
	.name = "version",
	.summary = "print the version",
	.usage = "usage: hotline version\n\nPrints the version of this program.\n",
	.run = run,
};
