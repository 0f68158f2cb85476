/*
 * The agents' events. Who may do what is decided here from the committed state alone: the owner
 * sends, whoever may see notes, and of two who want a conversation the log knows one.
 */
#include "desk/desk.h"
#include "step/work.h"

static bool is_owner(const struct hl_work *work)
{
	return hl_str_eq(work->conv.owner.id, work->event->by.id);
}

static struct hl_author agent(const struct hl_work *work)
{
	return (struct hl_author){HL_AGENT, work->event->by.id, work->event->by.name};
}

static int assign(struct hl_work *work)
{
	struct hl_conversation *conv = &work->conv;
	const struct hl_author by = agent(work);
	struct hl_entry *entry = hl_work_entry(work, HL_ENTRY_ASSIGNED, &by);
	if (!entry)
		return HL_NOMEM;
	entry->agent = by;
	if (!conv->team.len) {
		struct hl_str first = hl_first_team(work->pack);
		struct hl_str own = work->desk ? hl_desk_team_for(work->desk, by.id, first) : first;
		conv->team = own.len ? own : first;
	}
	if (conv->state == HL_BOT) {
		conv->joined_ms = 0;
		conv->handoff_seq = 0;
	}
	conv->state = HL_HUMAN;
	conv->owner = by;
	conv->since_ms = conv->assign_ms = work->at_ms;
	conv->assign_seq = entry->seq;
	conv->wanted = HL_NONE;
	conv->front = conv->message = false;
	hl_talk_reset(&conv->talk);
	return HL_OK;
}

int hl_work_take(struct hl_work *work)
{
	struct hl_row row;
	hl_conversation_row(&row, &work->conv);
	if (!work->conv.seq ||
	    (work->desk && !hl_desk_may_see_row(work->desk, work->event->by.id, &row)))
		return hl_work_refuse(work, HL_CODE_NOT_FOUND);
	return assign(work);
}

int hl_work_take_owned(struct hl_work *work)
{
	if (!is_owner(work))
		return hl_work_refuse(work, HL_CODE_STALE);
	work->out->won = true;
	return HL_OK;
}

int hl_work_accept(struct hl_work *work)
{
	const struct hl_event *event = work->event;
	if (work->desk && !hl_desk_offered(work->desk, work->conv.id, event->by.id, event->offer))
		return hl_work_refuse(work, HL_CODE_STALE);
	return assign(work);
}

int hl_work_send(struct hl_work *work)
{
	const struct hl_author by = agent(work);
	struct hl_str text;
	if (!is_owner(work))
		return hl_work_refuse(work, HL_CODE_FORBIDDEN);
	if (hl_work_clean(&text, work) != HL_OK)
		return HL_NOMEM;
	struct hl_entry *entry = hl_work_entry(work, HL_ENTRY_TEXT, &by);
	if (!entry)
		return HL_NOMEM;
	entry->text = text;
	return HL_OK;
}

int hl_work_add_note(struct hl_work *work)
{
	const struct hl_author by = agent(work);
	struct hl_str text;
	if (!work->conv.seq)
		return hl_work_refuse(work, HL_CODE_NOT_FOUND);
	if (!hl_str_trim(work->event->text).len)
		return hl_work_refuse(work, HL_CODE_BAD_FRAME);
	return hl_work_clean(&text, work) == HL_OK ? hl_work_note(work, &by, text) : HL_NOMEM;
}

/* ------------------------------------------------------------------ out of the agent's hands */

/* Back to the queue, before its equals, with the wait it has had. */
static void requeue(struct hl_work *work, uint64_t seq)
{
	struct hl_conversation *conv = &work->conv;
	conv->state = HL_QUEUED;
	conv->owner = (struct hl_author){0};
	if (!conv->joined_ms) {
		conv->joined_ms = work->at_ms;
		conv->rungs = 0;
	}
	conv->since_ms = conv->joined_ms;
	conv->assign_seq = seq;
	conv->assign_ms = work->at_ms;
	conv->front = true;
}

static bool team_known(const struct hl_work *work, struct hl_str team)
{
	for (size_t i = 0; i < work->pack->teams.n; i++)
		if (hl_str_eq(work->pack->teams.v[i], team))
			return true;
	return hl_str_eq(team, work->conv.team) ||
	       (work->desk && hl_desk_knows_team(work->desk, team));
}

int hl_work_transfer(struct hl_work *work)
{
	const struct hl_event *event = work->event;
	const struct hl_author by = agent(work);
	struct hl_str team = event->team, name = HL_NONE, text;
	if (!is_owner(work))
		return hl_work_refuse(work, HL_CODE_FORBIDDEN);
	if (event->agent.len) {
		if (hl_str_eq(event->agent, by.id))
			return hl_work_refuse(work, HL_CODE_STALE);
		team = work->desk ? hl_desk_team_for(work->desk, event->agent, work->conv.team)
				  : work->conv.team;
		name = work->desk ? hl_desk_display(work->desk, event->agent) : HL_NONE;
	}
	if (!team.len || !team_known(work, team))
		return hl_work_refuse(work, HL_CODE_NOT_FOUND);
	if (hl_work_clean(&text, work) != HL_OK)
		return HL_NOMEM;
	struct hl_entry *entry = hl_work_entry(work, HL_ENTRY_TRANSFER, &by);
	if (!entry)
		return HL_NOMEM;
	entry->team = event->agent.len ? HL_NONE : team;
	if (event->agent.len)
		entry->agent = (struct hl_author){HL_AGENT, event->agent, name};
	requeue(work, entry->seq);
	work->conv.team = team;
	work->conv.wanted = event->agent;
	return hl_work_note(work, &by, text);
}

int hl_work_resolve(struct hl_work *work)
{
	const struct hl_event *event = work->event;
	const struct hl_author by = agent(work);
	if (!is_owner(work))
		return hl_work_refuse(work, HL_CODE_FORBIDDEN);
	struct hl_entry *entry = hl_work_entry(work, HL_ENTRY_CLOSED, &by);
	if (!entry)
		return HL_NOMEM;
	entry->why = HL_RESOLVED;
	entry->outcome = event->outcome;
	entry->tags = event->tags;
	work->conv.state = HL_CLOSED;
	work->conv.owner = (struct hl_author){0};
	return HL_OK;
}

int hl_work_to_bot(struct hl_work *work)
{
	struct hl_conversation *conv = &work->conv;
	const struct hl_author by = agent(work);
	if (!is_owner(work))
		return hl_work_refuse(work, HL_CODE_FORBIDDEN);
	struct hl_entry *entry = hl_work_entry(work, HL_ENTRY_RELEASED, &by);
	if (!entry)
		return HL_NOMEM;
	entry->agent = by;
	conv->state = HL_BOT;
	conv->owner = (struct hl_author){0};
	conv->team = HL_NONE;
	conv->urgency = HL_URGENCY_NONE;
	hl_talk_reset(&conv->talk);
	conv->talk.n_held = 0; /* values of what a person has dealt with are asked for anew */
	return hl_work_line(work, HL_BOT_ROLE, HL_LINE_RETURNED);
}

int hl_work_gone(struct hl_work *work)
{
	struct hl_conversation *conv = &work->conv;
	if (work->event->armed_seq != conv->assign_seq)
		return HL_OK;
	struct hl_entry *entry = hl_work_entry(work, HL_ENTRY_RELEASED, &hl_work_system);
	if (!entry)
		return HL_NOMEM;
	entry->agent = conv->owner;
	requeue(work, entry->seq);
	return HL_OK;
}
