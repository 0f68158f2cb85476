/*
 * The tools every handler uses: numbered entries, the bot's lines with their buttons, the way into
 * the queue. Numbers and times are given here and nowhere else.
 */
#include <string.h>

#include "step/work.h"

const struct hl_author hl_work_bot = {.role = HL_BOT_ROLE};
const struct hl_author hl_work_system = {.role = HL_SYSTEM};

struct hl_entry *hl_work_entry(struct hl_work *work, enum hl_entry_kind kind,
			       const struct hl_author *by)
{
	struct hl_conversation *conv = &work->conv;
	struct hl_entry *entry =
		HL_PUSH(work->arena, work->entries, work->n_entries, work->cap_entries);
	if (!entry)
		return NULL;
	entry->kind = kind;
	entry->by = *by;
	entry->at_ms = work->at_ms;
	if (kind == HL_ENTRY_NOTE) {
		entry->note_seq = ++conv->note_seq;
		entry->after = conv->seq;
	} else {
		entry->seq = ++conv->seq;
	}
	if (work->n_entries == 1)
		entry->cid = work->event->cid;
	if (by->role == HL_CUSTOMER)
		conv->customer_seq = conv->seq;
	conv->last_ms = work->at_ms;
	return entry;
}

int hl_work_note(struct hl_work *work, const struct hl_author *by, struct hl_str text)
{
	if (!text.len)
		return HL_OK;
	struct hl_entry *entry = hl_work_entry(work, HL_ENTRY_NOTE, by);
	if (!entry)
		return HL_NOMEM;
	entry->text = text;
	return HL_OK;
}

void hl_work_turn(struct hl_turn *out, const struct hl_work *work)
{
	const struct hl_conversation *conv = &work->conv;
	struct hl_str lang = work->verdict && hl_lang_known(work->pack, work->verdict->lang)
				     ? work->verdict->lang
				     : conv->lang;
	*out = (struct hl_turn){.scratch = work->scratch,
				.arena = work->arena,
				.rules = work->rules,
				.pack = work->pack,
				.verdict = work->verdict,
				.said = work->verdict ? &work->said : NULL,
				.conv = conv->id,
				.number = conv->customer_seq,
				.lang = hl_lang_pick(work->pack, lang),
				.user = hl_conversation_attrs(conv),
				.n_user = conv->n_attrs};
}

/* ------------------------------------------------------------------ the bot's entries */

static struct hl_str choice_name(struct hl_arena *arena, uint64_t seq, size_t n)
{
	struct hl_buf buf;
	hl_buf_init(&buf, arena);
	hl_buf_u64(&buf, seq);
	hl_buf_char(&buf, '.');
	hl_buf_u64(&buf, n);
	return buf.failed ? HL_NONE : hl_buf_view(&buf);
}

/* Remembers what the buttons of entry `seq` mean; the oldest set gives way. */
static int keep_choices(struct hl_work *work, uint64_t seq, const struct hl_choice *choices,
			size_t n)
{
	struct hl_talk *talk = &work->conv.talk;
	struct hl_choices set = {.seq = seq, .n = n};
	set.v = HL_NEW_ARRAY(work->arena, HL_CHOICES_MAX, struct hl_choice);
	if (!set.v)
		return HL_NOMEM;
	memcpy(set.v, choices, n * sizeof *choices);
	if (talk->n_sets == HL_SETS_MAX)
		memmove(talk->sets, talk->sets + 1, --talk->n_sets * sizeof set);
	talk->sets[talk->n_sets++] = set;
	return HL_OK;
}

int hl_work_reply(struct hl_work *work, const struct hl_reply *reply)
{
	if (reply->title.len)
		work->conv.title = reply->title;
	if (!reply->text.len)
		return HL_OK;
	struct hl_entry *entry = hl_work_entry(work, HL_ENTRY_TEXT, &hl_work_bot);
	struct hl_str *intents = HL_NEW_ARRAY(work->arena, HL_INTENTS_MAX, struct hl_str);
	struct hl_turn turn;
	if (!entry || !intents)
		return HL_NOMEM;
	hl_work_turn(&turn, work);
	if (reply->n_intents)
		memcpy(intents, reply->intents, reply->n_intents * sizeof *intents);
	entry->text = hl_buf_view(&reply->text);
	entry->lang = turn.lang;
	entry->intents = (struct hl_names){intents, reply->n_intents};
	entry->reply_to = work->conv.customer_seq;
	entry->rules_version = work->pack->version;
	for (size_t i = 0; i < reply->n_choices; i++) {
		const struct hl_choice *choice = &reply->choices[i];
		struct hl_button *button = &entry->buttons[entry->n_buttons++];
		button->title = choice->title;
		if (choice->kind == HL_CHOICE_URL)
			button->url = choice->target;
		else
			button->choice = choice_name(work->arena, entry->seq, i + 1);
	}
	if (!reply->n_choices)
		return HL_OK;
	return keep_choices(work, entry->seq, reply->choices, reply->n_choices);
}

int hl_work_line(struct hl_work *work, enum hl_role role, enum hl_line_key key)
{
	struct hl_turn turn;
	struct hl_author by = {.role = role};
	hl_work_turn(&turn, work);
	struct hl_entry *entry = hl_work_entry(work, HL_ENTRY_TEXT, &by);
	if (!entry)
		return HL_NOMEM;
	entry->text = hl_line(work->pack, key, turn.lang);
	entry->lang = turn.lang;
	entry->reply_to = work->conv.customer_seq;
	entry->rules_version = work->pack->version;
	return HL_OK;
}

/* ------------------------------------------------------------------ the queue */

int hl_work_handoff(struct hl_work *work, const struct hl_author *by,
		    const struct hl_handoff *handoff)
{
	struct hl_conversation *conv = &work->conv;
	bool again = conv->state == HL_QUEUED; /* called to another team: the wait goes on */
	struct hl_entry *entry = hl_work_entry(work, HL_ENTRY_HANDOFF, by);
	if (!entry)
		return HL_NOMEM;
	entry->reason = handoff->reason;
	entry->team = handoff->team;
	conv->state = HL_QUEUED;
	conv->team = handoff->team;
	conv->urgency = handoff->urgency;
	conv->reason = handoff->reason;
	conv->assign_seq = entry->seq;
	conv->assign_ms = work->at_ms;
	conv->handoff_seq = entry->seq;
	conv->handoff_ms = work->at_ms;
	conv->wanted = HL_NONE;
	if (!again) {
		conv->joined_ms = conv->since_ms = work->at_ms;
		conv->front = conv->message = false;
		conv->rungs = 0;
	}
	conv->talk.n_forms = 0;
	return hl_work_note(work, &hl_work_bot, handoff->note);
}

/* ------------------------------------------------------------------ answers without entries */

int hl_work_refuse(struct hl_work *work, enum hl_code code)
{
	work->out->result = HL_STEP_REFUSED;
	work->out->code = code;
	return HL_OK;
}

int hl_work_stands(struct hl_work *work, uint64_t seq, int64_t at_ms)
{
	work->out->result = HL_STEP_DUP;
	work->out->ack_seq = seq;
	work->out->ack_at_ms = at_ms;
	return HL_OK;
}
