/*
 * The way to a person: team, urgency and the note that tells what the customer wanted; and which
 * intents are mere politeness, that no person need be told of.
 */
#include <string.h>

#include "dialogue/inside.h"

bool hl_play_polite(const struct hl_intent *intent)
{
	static const char *const ids[] = {"greeting", "thanks", "goodbye"};
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if (hl_str_eq(intent->id, hl_str_of(ids[i])))
			return intent->handoff != HL_HANDOFF_ALWAYS;
	return false;
}

bool hl_play_ruled(const struct hl_play *play)
{
	const struct hl_verdict *verdict = play->turn->verdict;
	for (size_t i = 0; i < verdict->n_hits; i++)
		if (!hl_play_polite(verdict->hits[i].intent))
			return true;
	return false;
}

bool hl_play_vague(const struct hl_play *play)
{
	const struct hl_verdict *verdict = play->turn->verdict;
	return verdict->decision == HL_ANSWER && verdict->n_all <= 1 &&
	       hl_str_eq(verdict->intent->id, HL_STR("help.vague"));
}

/* One more wish for the note, as the agents' screens call it. */
static void note_wish(struct hl_play *play, const struct hl_intent *intent)
{
	struct hl_handoff *handoff = &play->reply->handoff;
	struct hl_buf note;
	for (size_t i = 0; i < play->n_noted; i++)
		if (play->noted[i] == intent)
			return;
	if (play->n_noted == HL_INTENTS_MAX || hl_play_polite(intent) ||
	    hl_str_eq(intent->id, hl_human_request))
		return;
	play->noted[play->n_noted++] = intent;
	hl_buf_init(&note, play->turn->arena);
	hl_buf_str(&note, handoff->note);
	hl_buf_cstr(&note, note.len ? "\n+ " : "+ ");
	hl_buf_str(&note, hl_intent_title(intent, play->turn->lang));
	if (intent->title.n) {
		hl_buf_cstr(&note, " (");
		hl_buf_str(&note, intent->id);
		hl_buf_char(&note, ')');
	}
	play->reply->text.failed |= note.failed;
	handoff->note = hl_buf_view(&note);
	for (size_t i = 0; i < play->reply->n_intents; i++)
		if (hl_str_eq(play->reply->intents[i], intent->id))
			return;
	if (play->reply->n_intents < HL_INTENTS_MAX)
		play->reply->intents[play->reply->n_intents++] = intent->id;
}

void hl_play_wish_for_person(struct hl_play *play)
{
	struct hl_handoff *handoff = &play->reply->handoff;
	if (handoff->urgency != HL_URGENCY_NONE)
		return;
	handoff->reason = HL_ASKED;
	handoff->urgency = HL_URGENCY_ASK;
}

void hl_play_note_others(struct hl_play *play, const struct hl_intent *const *intents, size_t n,
			 const struct hl_intent *dealt_with)
{
	for (size_t i = 0; i < n; i++)
		if (intents[i] != dealt_with)
			note_wish(play, intents[i]);
}

void hl_play_handoff(struct hl_play *play, const struct hl_intent *intent, enum hl_reason reason)
{
	struct hl_handoff *handoff = &play->reply->handoff;
	struct hl_template with = hl_play_template(play, intent);
	struct hl_buf note;
	if (handoff->set)
		return;
	handoff->set = true;
	handoff->reason = reason;
	handoff->urgency = reason == HL_SENSITIVE ? HL_URGENCY_ALWAYS
			   : reason == HL_ASKED	  ? HL_URGENCY_ASK
						  : HL_URGENCY_NONE;
	handoff->team = intent && intent->team.len ? intent->team : hl_first_team(play->turn->pack);
	if (intent && intent->note.len) {
		with.note = true;
		hl_buf_init(&note, play->turn->arena);
		hl_template_render(&note, &with, intent->note);
		play->reply->text.failed |= note.failed;
		handoff->note = hl_buf_view(&note);
	}
	play->reply->n_choices = 0;
	/* questions not yet asked to the end are the person's now */
	for (size_t i = 0; i < play->talk->n_forms; i++) {
		const struct hl_intent *open =
			hl_play_intent(play->turn, play->talk->forms[i].intent);
		if (open && open != intent)
			note_wish(play, open);
	}
	play->talk->n_forms = 0;
	play->talk->offered = false;
	if (intent)
		hl_play_name(play, intent);
	if (!play->reply->text.len)
		hl_play_line(play, HL_LINE_HANDOFF);
}

size_t hl_play_serious(const struct hl_intent **out, const struct hl_intent *const *intents,
		       size_t n)
{
	size_t k = 0;
	for (size_t i = 0; i < n; i++)
		if (!hl_play_polite(intents[i]))
			out[k++] = intents[i];
	if (k || !n)
		return k;
	memcpy(out, intents, n * sizeof(const struct hl_intent *));
	return n;
}
