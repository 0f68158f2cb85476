/*
 * Any bytes as a snapshot. The checksum is put right first, or nothing behind it would ever be
 * reached; whatever is then accepted must come out again as it went in.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conversation/conversation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hl_conversation *conv = NULL;
	struct hl_arena arena;
	struct hl_view view;
	struct hl_str again;
	char *copy = malloc(size + 1);
	if (!copy)
		return 0;
	if (size)
		memcpy(copy, data, size);
	if (size >= 8) {
		uint64_t sum = hl_conversation_sum((struct hl_str){copy, size - 8});
		for (size_t i = 0; i < 8; i++)
			copy[size - 8 + i] = (char)(uint8_t)(sum >> (8 * i));
	}
	struct hl_str snapshot = {copy, size};
	hl_arena_init(&arena);
	if (hl_conversation_load(&conv, snapshot) == HL_OK) {
		hl_conversation_view(&view, conv);
		assert(view.row.conv.len > 0);
		assert(hl_conversation_save(&again, &arena, conv) == HL_OK);
		assert(hl_str_eq(again, snapshot));
		hl_conversation_free(conv);
	}
	hl_arena_deinit(&arena);
	free(copy);
	return 0;
}
