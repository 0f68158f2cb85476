/*
 * `hotline schema`: the JSON Schema of the rule files, for completion in editors.
 */
#include "cli/schema.h"

#include <stdio.h>

#include "cli/commands.h"

static int run(int argc, char **argv)
{
	int done = cli_parse(&cli_schema, argc, argv, NULL, 0, NULL, 0, 0);
	if (done >= 0)
		return done;
	fwrite(cli_schema_text, 1, cli_schema_text_size, stdout);
	return fflush(stdout) == 0 ? CLI_OK
				   : cli_fail(&cli_schema, "the output could not be written");
}

const struct cli_command cli_schema = {
	.name = "schema",
	.summary = "print the JSON Schema of the rule files",
	.usage = "usage: hotline schema\n\n"
		 "Prints the JSON Schema of the rule files. Editors with a YAML language server\n"
		 "complete and check with it; put this line on top of a rule file:\n\n"
		 "  # yaml-language-server: $schema=hotline.schema.json\n",
	.run = run,
};
