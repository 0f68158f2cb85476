/*
 * The customer's events. The bot never talks over a person: what is said while queued or with an
 * agent is kept and passed on, and the bot adds a line only when a wallet's secret was typed.
 */
#include "step/work.h"

static struct hl_author customer(const struct hl_work *work)
{
	return (struct hl_author){.role = HL_CUSTOMER, .name = work->conv.name};
}

/* The bot's reply and the hand-off it may ask for. */
static int speak(struct hl_work *work, const struct hl_reply *reply)
{
	int rc = hl_work_reply(work, reply);
	if (rc == HL_OK && reply->handoff.set)
		rc = hl_work_handoff(work, &hl_work_bot, &reply->handoff);
	if (rc == HL_OK && reply->handoff.set)
		rc = hl_work_wait(work);
	return rc;
}

int hl_work_say_bot(struct hl_work *work)
{
	struct hl_turn turn;
	struct hl_reply reply;
	int rc = hl_work_hear(work);
	if (rc != HL_OK)
		return rc;
	hl_work_turn(&turn, work);
	rc = hl_dialogue_say(&reply, &work->conv.talk, &turn);
	return rc == HL_OK ? speak(work, &reply) : rc;
}

int hl_work_say_again(struct hl_work *work)
{
	struct hl_conversation *conv = &work->conv;
	hl_talk_reset(&conv->talk);
	conv->talk.n_held = 0;
	conv->state = HL_BOT;
	conv->rated = conv->front = conv->message = false;
	conv->team = conv->title = HL_NONE;
	conv->urgency = HL_URGENCY_NONE;
	return hl_work_say_bot(work);
}

static int back_to_bot(struct hl_work *work)
{
	struct hl_conversation *conv = &work->conv;
	if (!hl_work_entry(work, HL_ENTRY_RELEASED, &hl_work_system))
		return HL_NOMEM;
	conv->state = HL_BOT;
	conv->team = conv->wanted = HL_NONE;
	conv->urgency = HL_URGENCY_NONE;
	conv->front = false;
	hl_talk_reset(&conv->talk);
	conv->talk.n_held = 0; /* values of what a person has dealt with are asked for anew */
	return hl_work_line(work, HL_BOT_ROLE, HL_LINE_RETURNED);
}

static int leave_message(struct hl_work *work)
{
	work->conv.message = true;
	return hl_work_line(work, HL_BOT_ROLE, HL_LINE_KEPT);
}

/* The title of the queue card's action, typed: it does what the button does. */
static int do_typed(struct hl_work *work)
{
	struct hl_turn turn;
	hl_work_turn(&turn, work);
	switch (hl_dialogue_waiting_typed(&turn)) {
	case HL_CHOICE_MESSAGE:
		return work->conv.message ? HL_OK : leave_message(work);
	case HL_CHOICE_BOT:
		return back_to_bot(work);
	default:
		return HL_OK;
	}
}

/* Something sensitive said while waiting moves the wait to the right team, before all others. */
int hl_work_say_waiting(struct hl_work *work)
{
	struct hl_conversation *conv = &work->conv;
	int rc = hl_work_hear(work);
	if (rc != HL_OK)
		return rc;
	const struct hl_verdict *verdict = work->verdict;
	struct hl_handoff handoff = {
		.set = true, .reason = HL_SENSITIVE, .urgency = HL_URGENCY_ALWAYS};
	if (verdict->wallet_secret) {
		handoff.team = hl_security_team(work->pack, conv->team);
		rc = hl_work_line(work, HL_SYSTEM, HL_LINE_WALLET);
	} else if (verdict->decision == HL_ESCALATE && verdict->intent) {
		handoff.team = verdict->intent->team.len ? verdict->intent->team : conv->team;
	}
	if (rc == HL_OK && !handoff.team.len)
		return do_typed(work);
	if (rc != HL_OK || conv->urgency == HL_URGENCY_ALWAYS)
		return rc;
	return hl_work_handoff(work, &hl_work_system, &handoff);
}

int hl_work_say_human(struct hl_work *work)
{
	int rc = hl_work_hear(work);
	if (rc == HL_OK && work->verdict->wallet_secret)
		rc = hl_work_line(work, HL_SYSTEM, HL_LINE_WALLET);
	return rc;
}

/* ------------------------------------------------------------------ buttons */

static bool read_number(uint64_t *out, struct hl_str text)
{
	*out = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9' || *out > UINT64_MAX / 10 - 1)
			return false;
		*out = *out * 10 + (uint64_t)(text.ptr[i] - '0');
	}
	return text.len > 0;
}

/* The choice "<seq>.<n>" names, or NULL. Entry 0 is the greeting, which is worked out anew. */
static const struct hl_choice *find_choice(struct hl_work *work, struct hl_str name)
{
	const struct hl_talk *talk = &work->conv.talk;
	uint64_t seq, n;
	size_t dot = hl_str_find(name, HL_STR("."), 0);
	if (dot == SIZE_MAX || !read_number(&seq, hl_str_sub(name, 0, dot)) ||
	    !read_number(&n, hl_str_sub(name, dot + 1, SIZE_MAX)) || !n)
		return NULL;
	if (!seq) {
		struct hl_turn turn;
		struct hl_reply *greeting = HL_NEW(work->arena, struct hl_reply);
		hl_work_turn(&turn, work);
		if (!greeting || hl_dialogue_greet(greeting, &turn) != HL_OK)
			return NULL;
		return n <= greeting->n_choices ? &greeting->choices[n - 1] : NULL;
	}
	for (size_t i = 0; i < talk->n_sets; i++)
		if (talk->sets[i].seq == seq)
			return n <= talk->sets[i].n ? &talk->sets[i].v[n - 1] : NULL;
	return NULL;
}

/* A pressed button stands in the log as its title. */
static int press_entry(struct hl_work *work, struct hl_str title)
{
	const struct hl_author by = customer(work);
	struct hl_entry *entry = hl_work_entry(work, HL_ENTRY_TEXT, &by);
	if (!entry)
		return HL_NOMEM;
	entry->text = title;
	work->conv.last_text = title;
	return HL_OK;
}

int hl_work_choose(struct hl_work *work)
{
	const struct hl_choice *found = find_choice(work, work->event->choice);
	struct hl_turn turn;
	struct hl_reply reply;
	if (!found)
		return hl_work_refuse(work, HL_CODE_STALE);
	struct hl_choice choice = *found;
	int rc = press_entry(work, choice.title);
	if (rc != HL_OK)
		return rc;
	hl_work_turn(&turn, work);
	rc = hl_dialogue_press(&reply, &work->conv.talk, &turn, &choice);
	if (rc == HL_REFUSED)
		return hl_work_refuse(work, HL_CODE_STALE);
	return rc == HL_OK ? speak(work, &reply) : rc;
}

/* The queue card's actions, by name or as a rung's buttons. */
int hl_work_choose_waiting(struct hl_work *work)
{
	struct hl_turn turn;
	struct hl_str name = work->event->choice;
	const struct hl_choice *found = find_choice(work, name);
	bool message =
		hl_str_eq(name, HL_STR("message")) || (found && found->kind == HL_CHOICE_MESSAGE);
	bool bot = hl_str_eq(name, HL_STR("bot")) || (found && found->kind == HL_CHOICE_BOT);
	if (found && found->kind == HL_CHOICE_HUMAN)
		return hl_work_queued_already(work);
	if (!bot && (!message || work->conv.message))
		return hl_work_refuse(work, HL_CODE_STALE);
	hl_work_turn(&turn, work);
	int rc = press_entry(work,
			     hl_line(work->pack, bot ? HL_LINE_BACK : HL_LINE_LEAVE, turn.lang));
	if (rc != HL_OK)
		return rc;
	return bot ? back_to_bot(work) : leave_message(work);
}

/* ------------------------------------------------------------------ a person, the end */

int hl_work_queue(struct hl_work *work)
{
	const struct hl_author by = customer(work);
	struct hl_turn turn;
	struct hl_reply reply;
	hl_work_turn(&turn, work);
	int rc = hl_dialogue_human(&reply, &work->conv.talk, &turn);
	if (rc == HL_OK)
		rc = hl_work_handoff(work, &by, &reply.handoff);
	if (rc == HL_OK)
		rc = hl_work_reply(work, &reply);
	return rc == HL_OK ? hl_work_wait(work) : rc;
}

int hl_work_queued_already(struct hl_work *work)
{
	const struct hl_conversation *conv = &work->conv;
	if (conv->handoff_seq)
		return hl_work_stands(work, conv->handoff_seq, conv->handoff_ms);
	return hl_work_stands(work, conv->assign_seq, conv->assign_ms);
}

int hl_work_end(struct hl_work *work)
{
	const struct hl_author by = customer(work);
	struct hl_entry *entry = hl_work_entry(work, HL_ENTRY_CLOSED, &by);
	if (!entry)
		return HL_NOMEM;
	entry->why = HL_ENDED;
	work->conv.state = HL_CLOSED;
	work->conv.owner = (struct hl_author){0};
	hl_talk_reset(&work->conv.talk);
	return HL_OK;
}

int hl_work_rate(struct hl_work *work)
{
	const struct hl_event *event = work->event;
	const struct hl_author by = customer(work);
	if (event->score < 1 || event->score > 5)
		return hl_work_refuse(work, HL_CODE_BAD_FRAME);
	if (work->conv.rated)
		return hl_work_refuse(work, HL_CODE_STALE);
	struct hl_str comment;
	if (hl_work_clean(&comment, work) != HL_OK)
		return HL_NOMEM;
	struct hl_entry *entry = hl_work_entry(work, HL_ENTRY_RATING, &by);
	if (!entry)
		return HL_NOMEM;
	entry->score = event->score;
	entry->solved = event->solved;
	entry->comment = comment;
	work->conv.rated = true;
	return HL_OK;
}
