/* How a pack does on messages with a label each: `hotline test --messages`. */
#ifndef HL_CLI_MESSAGES_H
#define HL_CLI_MESSAGES_H

#include "hotline_rules.h"

/* Reads `file` (an intent's id, two of them with + between, or - for none; a tab; the message; one
   a line) and prints how the pack does; with `verbose` each message it does wrong. The pack has a
   rule set. -1 or an exit code, said. */
int cli_measure(const struct hl_rules *rules, const char *file, bool verbose);

#endif
