/*
 * One step: an event and a committed state in; entries, the next state, its snapshot, row and
 * deadline out. Nothing here decides what is said; it keeps the order of things: a known send is
 * answered first, then the table, then the handler, then the outcome is sealed.
 */
#include <string.h>

#include "base/scratch.h"
#include "decide/decide.h"
#include "step/work.h"

static int do_nothing(struct hl_work *work)
{
	(void)work;
	return HL_OK;
}

static hl_work_fn *const handlers[HL_ACT_COUNT] = {
	[HL_ACT_SAY_BOT] = hl_work_say_bot,
	[HL_ACT_SAY_WAITING] = hl_work_say_waiting,
	[HL_ACT_SAY_HUMAN] = hl_work_say_human,
	[HL_ACT_SAY_AGAIN] = hl_work_say_again,
	[HL_ACT_CHOOSE] = hl_work_choose,
	[HL_ACT_CHOOSE_WAITING] = hl_work_choose_waiting,
	[HL_ACT_QUEUE] = hl_work_queue,
	[HL_ACT_QUEUED_ALREADY] = hl_work_queued_already,
	[HL_ACT_END] = hl_work_end,
	[HL_ACT_RATE] = hl_work_rate,
	[HL_ACT_TAKE] = hl_work_take,
	[HL_ACT_TAKE_OWNED] = hl_work_take_owned,
	[HL_ACT_ACCEPT] = hl_work_accept,
	[HL_ACT_REPLY] = hl_work_send,
	[HL_ACT_NOTE] = hl_work_add_note,
	[HL_ACT_TRANSFER] = hl_work_transfer,
	[HL_ACT_RESOLVE] = hl_work_resolve,
	[HL_ACT_TO_BOT] = hl_work_to_bot,
	[HL_ACT_GONE] = hl_work_gone,
	[HL_ACT_WAIT] = hl_work_wait_timer,
	[HL_ACT_IDLE] = hl_work_idle_timer,
	[HL_ACT_NOTHING] = do_nothing,
};

/* ------------------------------------------------------------------ before the handler */

/* True when the send is known and *out answers it. */
static bool is_resend(struct hl_outcome *out, const struct hl_conversation *conv,
		      const struct hl_event *event)
{
	const struct hl_known_cid *known =
		event->cid.len ? hl_conversation_cid(conv, &event->by, event->cid) : NULL;
	if (!known)
		return false;
	if (memcmp(known->digest, event->digest, sizeof known->digest) == 0) {
		out->result = HL_STEP_DUP;
		out->ack_seq = known->seq;
		out->ack_note_seq = known->note_seq;
		out->ack_at_ms = known->at_ms;
	} else {
		out->result = HL_STEP_REFUSED;
		out->code = HL_CODE_ID_REUSED;
	}
	return true;
}

static int check_sizes(const struct hl_event *event)
{
	if (event->text.len > HL_TEXT_BYTES_MAX || event->cid.len > HL_CID_MAX * 4 ||
	    hl_utf8_count(event->text) > HL_TEXT_MAX)
		return HL_LIMIT;
	return HL_OK;
}

/* Classifies what the customer says, whoever it is for: secrets are found on the way. The scratch
   begins its turn here, so this comes before anything is kept on it. */
static int classify(struct hl_work *work, const struct hl_conversation *conv,
		    const struct hl_event *event)
{
	struct hl_verdict verdict;
	struct hl_str lang = conv->lang.len ? conv->lang : event->lang;
	struct hl_query query = {
		.text = event->text, .user = hl_conversation_attrs(conv), .n_user = conv->n_attrs};
	if (hl_lang_known(work->pack, lang))
		query.lang = hl_lang_pick(work->pack, lang);
	int rc = hl_classify_said(&verdict, &work->said, work->scratch, work->rules, &query);
	if (rc != HL_OK)
		return rc;
	work->verdict = HL_NEW(work->arena, struct hl_verdict);
	if (!work->verdict)
		return HL_NOMEM;
	*work->verdict = verdict;
	return HL_OK;
}

/* ------------------------------------------------------------------ after the handler */

static void remember_cid(struct hl_work *work)
{
	struct hl_conversation *conv = &work->conv;
	const struct hl_event *event = work->event;
	const struct hl_entry *first = &work->entries[0];
	if (!event->cid.len)
		return;
	if (conv->n_cids == HL_CIDS_MAX)
		memmove(conv->cids, conv->cids + 1, --conv->n_cids * sizeof *conv->cids);
	struct hl_known_cid *known = &conv->cids[conv->n_cids++];
	*known = (struct hl_known_cid){.agent = event->by.role == HL_AGENT,
				       .by = event->by.role == HL_AGENT ? event->by.id : HL_NONE,
				       .cid = event->cid,
				       .seq = first->seq,
				       .note_seq = first->note_seq,
				       .at_ms = first->at_ms};
	memcpy(known->digest, event->digest, sizeof known->digest);
}

/* What an entry took from the event or the old state is copied to the scratch: the outcome outlives
   both. The pack's own strings live with the rule set. */
static bool own(struct hl_arena *arena, struct hl_entry *entry)
{
	struct hl_str *const texts[] = {&entry->by.id,	  &entry->by.name,    &entry->cid,
					&entry->text,	  &entry->lang,	      &entry->team,
					&entry->agent.id, &entry->agent.name, &entry->outcome,
					&entry->solved,	  &entry->comment};
	bool ok = true;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		*texts[i] = hl_arena_dup(arena, *texts[i]);
		ok &= texts[i]->ptr != NULL;
	}
	struct hl_str *tags = HL_NEW_ARRAY(arena, entry->tags.n, struct hl_str);
	if (!ok || !tags)
		return false;
	for (size_t i = 0; i < entry->tags.n; i++) {
		tags[i] = hl_arena_dup(arena, entry->tags.v[i]);
		ok &= tags[i].ptr != NULL;
	}
	entry->tags.v = tags;
	for (size_t i = 0; i < entry->n_buttons; i++) { /* a question put again shows old buttons */
		entry->buttons[i].title = hl_arena_dup(arena, entry->buttons[i].title);
		ok &= entry->buttons[i].title.ptr != NULL;
	}
	return ok;
}

static int own_all(struct hl_work *work)
{
	bool ok = true;
	for (size_t i = 0; i < work->n_entries; i++)
		ok &= own(work->arena, &work->entries[i]);
	for (size_t i = 0; i < work->n_redactions; i++)
		ok &= own(work->arena, &work->redactions[i].entry);
	return ok ? HL_OK : HL_NOMEM;
}

static int seal(struct hl_work *work)
{
	struct hl_outcome *out = work->out;
	if (out->result != HL_STEP_COMMIT)
		return HL_OK; /* refused, or answered by what stands */
	if (!work->n_entries) {
		out->result = HL_STEP_NOTHING;
		/* a rung that had nothing to say is past; any other deadline stands */
		bool rang = work->event->kind == HL_EV_TIMER &&
			    work->event->armed_seq == work->conv.assign_seq;
		out->due_ms = hl_work_due(work, &work->conv, rang ? work->at_ms : 0);
		return HL_OK;
	}
	remember_cid(work);
	out->ack_seq = work->entries[0].seq;
	out->ack_note_seq = work->entries[0].note_seq;
	out->ack_at_ms = work->entries[0].at_ms;
	out->entries = work->entries;
	out->n_entries = work->n_entries;
	out->redactions = work->redactions;
	out->n_redactions = work->n_redactions;
	int rc = own_all(work);
	if (rc == HL_OK)
		rc = hl_conversation_save(&out->snapshot, work->arena, &work->conv);
	if (rc == HL_OK)
		rc = hl_conversation_freeze(&out->next, work->arena, &work->conv);
	if (rc != HL_OK)
		return rc;
	hl_conversation_row(&out->row, out->next);
	out->due_ms = hl_work_due(work, out->next, 0);
	return HL_OK;
}

int hl_step(struct hl_outcome *out, struct hl_scratch *scratch, struct hl_ruleset *rules,
	    const struct hl_desk *desk, const struct hl_conversation *conv,
	    const struct hl_event *event)
{
	struct hl_work work = {.out = out,
			       .scratch = scratch,
			       .arena = &scratch->turn,
			       .rules = rules,
			       .pack = hl_ruleset_pack(rules),
			       .desk = desk,
			       .event = event};
	struct hl_cell cell = hl_conversation_cell(conv->state, event->kind);
	memset(out, 0, sizeof *out);
	out->result = HL_STEP_COMMIT;
	if (is_resend(out, conv, event))
		return HL_OK;
	if (cell.act == HL_ACT_REFUSE)
		return hl_work_refuse(&work, cell.code);
	int rc = check_sizes(event);
	if (rc != HL_OK)
		return rc;
	work.at_ms = event->at_ms > conv->last_ms ? event->at_ms : conv->last_ms;
	if ((event->kind == HL_EV_SAY || event->kind == HL_EV_REPLY) &&
	    !hl_str_trim(event->text).len)
		return hl_work_refuse(&work, HL_CODE_BAD_FRAME);
	if (event->kind == HL_EV_SAY)
		rc = classify(&work, conv, event);
	else
		hl_scratch_begin(scratch);
	if (rc == HL_OK)
		rc = hl_conversation_open(&work.conv, work.arena, conv);
	if (rc == HL_OK)
		rc = handlers[cell.act](&work);
	if (rc == HL_OK)
		rc = seal(&work);
	out->verdict = work.verdict;
	return rc;
}

int hl_greet(struct hl_greeting *out, struct hl_scratch *scratch, const struct hl_ruleset *rules,
	     const struct hl_conversation *conv)
{
	struct hl_reply reply;
	hl_scratch_begin(scratch);
	struct hl_work work = {.scratch = scratch,
			       .arena = &scratch->turn,
			       .rules = rules,
			       .pack = hl_ruleset_pack(rules),
			       .conv = *conv};
	struct hl_turn turn;
	hl_work_turn(&turn, &work);
	int rc = hl_dialogue_greet(&reply, &turn);
	if (rc != HL_OK)
		return rc;
	*out = (struct hl_greeting){.text = hl_buf_view(&reply.text)};
	for (size_t i = 0; i < reply.n_choices && i < HL_BUTTONS_MAX; i++) {
		struct hl_buf name;
		struct hl_button *button = &out->buttons[out->n_buttons++];
		button->title = reply.choices[i].title;
		if (reply.choices[i].kind == HL_CHOICE_URL) {
			button->url = reply.choices[i].target;
			continue;
		}
		hl_buf_init(&name, &scratch->turn);
		hl_buf_cstr(&name, "0.");
		hl_buf_u64(&name, i + 1);
		if (name.failed)
			return HL_NOMEM;
		button->choice = hl_buf_view(&name);
	}
	return HL_OK;
}
