/*
 * agent.h: between `hotline agent` and the accounts: whoever holds the data folder does the work.
 */
#ifndef HL_CLI_AGENT_H
#define HL_CLI_AGENT_H

#include "auth/control.h"

/* Takes the data folder's lock and carries the request out, or asks the server that holds it; waits
   up to 5 s for one or the other. *reply is the answer's JSON, a heap string. HL_OK; else `err`
   holds one plain line. */
int agent_ask(char **reply, const char *folder, const struct hl_control_request *request, char *err,
	      size_t err_size);

#endif
