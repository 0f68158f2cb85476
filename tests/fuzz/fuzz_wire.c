/* Client frames of both subprotocols: no byte sequence may do more than be refused. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "wire/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum hl_peer_role roles[] = {HL_PEER_CUSTOMER, HL_PEER_AGENT};
	struct hl_str text = {(const char *)data, size};
	struct hl_wire_frame frame;

	for (size_t i = 0; i < 2; i++) {
		if (hl_wire_decode(&frame, roles[i], text) == HL_CODE_OK &&
		    frame.type >= HL_WIRE_TYPE_COUNT)
			abort();
		hl_wire_frame_deinit(&frame);
	}
	hl_wire_decode_classify(&frame, text);
	hl_wire_frame_deinit(&frame);
	return 0;
}
