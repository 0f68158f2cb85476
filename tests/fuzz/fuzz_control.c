/* A line of the control socket: what is read as a request is read the same after being written. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "auth/control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hl_control_request request, again;
	struct hl_pile pile = {0};

	if (hl_control_parse(&request, &pile, (struct hl_str){(const char *)data, size}) == HL_OK) {
		char *line = hl_control_write(&request);

		if (!line ||
		    (strlen(line) <= HL_CONTROL_LINE_MAX &&
		     hl_control_parse(&again, &pile, (struct hl_str){line, strlen(line)}) != HL_OK))
			abort();
		free(line);
	}
	hl_pile_deinit(&pile);
	return 0;
}
