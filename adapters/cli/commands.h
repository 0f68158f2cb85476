/* Every command there is; each is defined in the file of its name. */
#ifndef HL_CLI_COMMANDS_H
#define HL_CLI_COMMANDS_H

#include "cli/cli.h"

extern const struct cli_command cli_agent;
extern const struct cli_command cli_bench;
extern const struct cli_command cli_chat;
extern const struct cli_command cli_check;
extern const struct cli_command cli_classify;
extern const struct cli_command cli_explain;
extern const struct cli_command cli_fmt;
extern const struct cli_command cli_import;
extern const struct cli_command cli_schema;
extern const struct cli_command cli_test;
extern const struct cli_command cli_serve;
extern const struct cli_command cli_version;

#endif
