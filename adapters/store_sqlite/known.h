/*
 * known.h: the conversations the writer wrote last, as they stand in the database: a moving
 * conversation is not looked up again at each of its messages. Right because nobody else writes;
 * whoever undoes a transaction empties it.
 */
#ifndef HL_KNOWN_H
#define HL_KNOWN_H

#include "hotline_adapter.h"

#define HL_KNOWN_SLOTS 2048 /* a power of two */
#define HL_KNOWN_NAME 64

struct hl_known {   /* a conversation as it stands within the transaction */
	int64_t id; /* 0: none yet */
	uint64_t seq, note_seq;
	int64_t due_ms;
	int state;
	uint8_t conv_len, user_len;
	char conv[HL_KNOWN_NAME], user[HL_KNOWN_NAME];
};
struct hl_known_table {
	struct hl_known slots[HL_KNOWN_SLOTS];
};

void hl_known_empty(struct hl_known_table *table);
/* NULL: not among them. Lives until the next put. */
const struct hl_known *hl_known_find(const struct hl_known_table *table, struct hl_str conv);
/* After `append` has been carried out on the conversation with this id. */
void hl_known_put(struct hl_known_table *table, int64_t id, const struct hl_append *append);
/* Would `append` leave deadline, state and user, which indexes are made of, as they are? */
bool hl_known_stays(const struct hl_known *known, const struct hl_append *append);

#endif
