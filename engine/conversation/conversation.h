/*
 * conversation.h: the state of a conversation, its copies, its snapshot and the table of what may
 * happen in which state.
 *
 * A conversation is one block of memory and never changes once made. A step opens a working copy
 * on an arena (the strings still the old one's), edits that and freezes it into a new block.
 */
#ifndef HL_CONVERSATION_H
#define HL_CONVERSATION_H

#include "base/base.h"
#include "dialogue/talk.h"

#define HL_CIDS_MAX 64
#define HL_RECENT_MAX 11	   /* raw texts kept in memory for secrets spread over messages */
#define HL_FACTS_MAX 64		   /* attributes and context together */
#define HL_SNAPSHOT_MAX (1u << 20) /* bytes; a longer one is damaged */

struct hl_known_cid {
	bool agent;	  /* else the customer's */
	struct hl_str by; /* agent id */
	struct hl_str cid;
	uint8_t digest[16];
	uint64_t seq, note_seq;
	int64_t at_ms;
};
struct hl_recent {    /* a customer's message as it came; memory only, never stored */
	uint64_t seq; /* with what the entry needs to be written again */
	int64_t at_ms;
	struct hl_str cid, raw, stored, lang;
};

struct hl_conversation {
	struct hl_str id, lang, user, name;
	enum hl_state state;
	uint64_t seq, note_seq;
	uint64_t customer_seq; /* the customer's last entry: what a bot line answers */
	int64_t first_ms, last_ms;

	/* queued and human */
	struct hl_str team, wanted;
	enum hl_urgency urgency;
	enum hl_reason reason;
	int64_t joined_ms; /* the queue, first; 0: not yet */
	int64_t since_ms;  /* of the standing hand-off or assignment */
	uint64_t assign_seq;
	int64_t assign_ms;
	uint64_t handoff_seq; /* the hand-off that stands; 0: an agent took it unasked */
	int64_t handoff_ms;
	bool front;
	struct hl_author owner;
	unsigned rungs; /* of the waiting ladder, said */
	bool message;	/* the customer chose to leave a message: the ladder is silent */

	bool rated;
	struct hl_str title, last_text;
	struct hl_attr *facts; /* user, name, lang; then the signed attributes; then context */
	size_t n_facts, n_base, n_attrs;
	struct hl_known_cid *cids; /* the latest last */
	size_t n_cids;
	struct hl_matched *matched;
	size_t n_matched;
	struct hl_talk talk;

	struct hl_recent *recent; /* not in the snapshot */
	size_t n_recent;
	struct hl_slot *shown; /* derived: the slots as agents see them */
	size_t n_shown;
};

/* A working copy whose arrays have room for their maxima. HL_OK, HL_NOMEM. */
int hl_conversation_open(struct hl_conversation *out, struct hl_arena *arena,
			 const struct hl_conversation *conv);
/* A new conversation equal to the working copy. `arena` serves the derived members. HL_OK,
   HL_NOMEM. */
int hl_conversation_freeze(struct hl_conversation **out, struct hl_arena *arena,
			   const struct hl_conversation *work);
/* What a snapshot ends with: a checksum of the bytes before. */
uint64_t hl_conversation_sum(struct hl_str text);
/* The snapshot on the arena. HL_OK, HL_NOMEM. */
int hl_conversation_save(struct hl_str *out, struct hl_arena *arena,
			 const struct hl_conversation *conv);
void hl_conversation_row(struct hl_row *out, const struct hl_conversation *conv);
/* The name of the user's language in the facts follows the conversation's. */
void hl_conversation_set_lang(struct hl_conversation *work, struct hl_str lang);
/* The value that signed attributes have in conditions and templates. */
const struct hl_attr *hl_conversation_attrs(const struct hl_conversation *conv);
const struct hl_known_cid *hl_conversation_cid(const struct hl_conversation *conv,
					       const struct hl_author *by, struct hl_str cid);

/* ------------------------------------------------------------------ state × event */

enum hl_act {
	HL_ACT_REFUSE, /* with the cell's code */
	HL_ACT_SAY_BOT,
	HL_ACT_SAY_WAITING,
	HL_ACT_SAY_HUMAN,
	HL_ACT_SAY_AGAIN,
	HL_ACT_CHOOSE,
	HL_ACT_CHOOSE_WAITING,
	HL_ACT_QUEUE,
	HL_ACT_QUEUED_ALREADY,
	HL_ACT_END,
	HL_ACT_RATE,
	HL_ACT_TAKE,
	HL_ACT_TAKE_OWNED,
	HL_ACT_ACCEPT,
	HL_ACT_REPLY,
	HL_ACT_NOTE,
	HL_ACT_TRANSFER,
	HL_ACT_RESOLVE,
	HL_ACT_TO_BOT,
	HL_ACT_GONE,
	HL_ACT_WAIT,
	HL_ACT_IDLE,
	HL_ACT_NOTHING,
	HL_ACT_COUNT
};
struct hl_cell {
	enum hl_act act;
	enum hl_code code; /* REFUSE */
};
/* The cell of a state and an event; both must be of their enums. */
struct hl_cell hl_conversation_cell(enum hl_state state, enum hl_event_kind event);

#endif
