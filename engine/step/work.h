/*
 * work.h: a step at work. For this folder alone.
 *
 * The handlers edit a working copy of the conversation and add entries; whatever they leave there
 * becomes the outcome. A handler that refuses or has nothing to do adds no entry.
 */
#ifndef HL_WORK_H
#define HL_WORK_H

#include "conversation/conversation.h"
#include "dialogue/dialogue.h"

#define HL_IDLE_MS (INT64_C(24) * 60 * 60 * 1000) /* a bot's conversation ends after so long */

struct hl_work {
	struct hl_outcome *out;
	struct hl_scratch *scratch;
	struct hl_arena *arena;
	const struct hl_ruleset *rules;
	const struct hl_pack *pack;
	const struct hl_desk *desk;
	const struct hl_event *event;
	int64_t at_ms; /* of the event, never before the last entry */
	struct hl_conversation conv;
	struct hl_verdict *verdict; /* of what was said; NULL: nothing was */
	struct hl_utterance said;   /* with it: read without its secrets */
	struct hl_entry *entries;
	size_t n_entries, cap_entries;
	struct hl_redaction *redactions;
	size_t n_redactions, cap_redactions;
};

/* work.c. All that give int: HL_OK, HL_NOMEM. */
/* The next entry, numbered and dated; NULL: no memory. Valid until the next is added. */
struct hl_entry *hl_work_entry(struct hl_work *work, enum hl_entry_kind kind,
			       const struct hl_author *by);
int hl_work_note(struct hl_work *work, const struct hl_author *by, struct hl_str text);
void hl_work_turn(struct hl_turn *out, const struct hl_work *work);
/* What the bot says with its buttons; nothing when the reply has no text. */
int hl_work_reply(struct hl_work *work, const struct hl_reply *reply);
/* One line of the bot or (a warning between people) the system. */
int hl_work_line(struct hl_work *work, enum hl_role role, enum hl_line_key key);
/* Into the queue: the entry by `by`, the note, the first rungs of the ladder. */
int hl_work_handoff(struct hl_work *work, const struct hl_author *by,
		    const struct hl_handoff *handoff);
int hl_work_refuse(struct hl_work *work, enum hl_code code);
/* The sender is answered with an entry that stands already. */
int hl_work_stands(struct hl_work *work, uint64_t seq, int64_t at_ms);
extern const struct hl_author hl_work_bot, hl_work_system;

/* waiting.c */
int hl_work_wait(struct hl_work *work);
/* When the conversation wants its TIMER, looking past what was due at `after_ms`. */
int64_t hl_work_due(const struct hl_work *work, const struct hl_conversation *conv,
		    int64_t after_ms);

/* hear.c: what the customer said becomes the first entry, without its secrets. */
int hl_work_hear(struct hl_work *work);
/* The event's text as it may be stored: a customer's without any secret; an agent's without those
   no one ever needs (seed phrases, keys, cards), but with the addresses a reply may give. */
int hl_work_clean(struct hl_str *out, struct hl_work *work);

typedef int hl_work_fn(struct hl_work *work);
/* customer.c */
hl_work_fn hl_work_say_bot, hl_work_say_waiting, hl_work_say_human, hl_work_say_again,
	hl_work_choose, hl_work_choose_waiting, hl_work_queue, hl_work_queued_already, hl_work_end,
	hl_work_rate;
/* agent.c */
hl_work_fn hl_work_take, hl_work_take_owned, hl_work_accept, hl_work_send, hl_work_add_note,
	hl_work_transfer, hl_work_resolve, hl_work_to_bot, hl_work_gone;
/* waiting.c */
hl_work_fn hl_work_wait_timer, hl_work_idle_timer;

#endif
