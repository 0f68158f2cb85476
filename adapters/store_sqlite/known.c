/*
 * A table without chains: of two conversations that meet in a slot the later one has it. It knows
 * nothing of the database.
 */
#include "store_sqlite/known.h"

#include <string.h>

static size_t slot_of(struct hl_str conv)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < conv.len; i++)
		hash = (hash ^ (unsigned char)conv.ptr[i]) * 0x100000001b3u;
	return (size_t)(hash ^ hash >> 32) & (HL_KNOWN_SLOTS - 1);
}

static bool is(struct hl_str text, const char *name, size_t len)
{
	return text.len == len && (len == 0 || memcmp(text.ptr, name, len) == 0);
}

void hl_known_empty(struct hl_known_table *table)
{
	memset(table, 0, sizeof(*table));
}

const struct hl_known *hl_known_find(const struct hl_known_table *table, struct hl_str conv)
{
	const struct hl_known *known = &table->slots[slot_of(conv)];

	return known->id && is(conv, known->conv, known->conv_len) ? known : NULL;
}

void hl_known_put(struct hl_known_table *table, int64_t id, const struct hl_append *append)
{
	const struct hl_row *row = &append->row;
	struct hl_known *known = &table->slots[slot_of(append->conv)];

	known->id = 0;
	if (append->conv.len > HL_KNOWN_NAME || row->user.len > HL_KNOWN_NAME)
		return;
	known->id = id;
	known->seq = row->seq;
	known->note_seq = row->note_seq;
	known->due_ms = append->due_ms;
	known->state = (int)row->state;
	known->conv_len = (uint8_t)append->conv.len;
	known->user_len = (uint8_t)row->user.len;
	memcpy(known->conv, append->conv.ptr, append->conv.len);
	if (row->user.len)
		memcpy(known->user, row->user.ptr, row->user.len);
}

bool hl_known_stays(const struct hl_known *known, const struct hl_append *append)
{
	return known->due_ms == append->due_ms && known->state == (int)append->row.state &&
	       is(append->row.user, known->user, known->user_len);
}
