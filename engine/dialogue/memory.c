/*
 * The bot's memory: bounded lists, in which the oldest gives way. Knows nothing of what is said.
 */
#include <string.h>

#include "dialogue/inside.h"

const struct hl_intent *hl_play_intent(const struct hl_turn *turn, struct hl_str id)
{
	for (size_t i = 0; i < turn->pack->n_intents; i++)
		if (hl_str_eq(turn->pack->intents[i].id, id))
			return &turn->pack->intents[i];
	return NULL;
}

/* ------------------------------------------------------------------ slot values */

struct hl_held *hl_talk_held(const struct hl_talk *talk, struct hl_str intent, struct hl_str name)
{
	for (size_t i = 0; i < talk->n_held; i++)
		if (hl_str_eq(talk->held[i].intent, intent) && hl_str_eq(talk->held[i].name, name))
			return &talk->held[i];
	return NULL;
}

void hl_talk_drop_held(struct hl_talk *talk, struct hl_held *held)
{
	size_t at = (size_t)(held - talk->held);
	talk->n_held--;
	memmove(held, held + 1, (talk->n_held - at) * sizeof *held);
}

/* The newest stands last: it is what "back" takes away first. */
static void hold(struct hl_talk *talk, const struct hl_held *value)
{
	struct hl_held *old = hl_talk_held(talk, value->intent, value->name);
	if (old)
		hl_talk_drop_held(talk, old);
	else if (talk->n_held == HL_HELD_MAX)
		hl_talk_drop_held(talk, talk->held);
	talk->held[talk->n_held++] = *value;
}

void hl_talk_hold(struct hl_talk *talk, const struct hl_intent *intent,
		  const struct hl_slot_def *def, struct hl_str value)
{
	struct hl_held held = {.intent = intent->id,
			       .name = def->name,
			       .value = value,
			       .masked = def->kind == HL_SLOT_EMAIL || def->kind == HL_SLOT_PHONE};
	hold(talk, &held);
}

void hl_talk_skip(struct hl_talk *talk, const struct hl_intent *intent,
		  const struct hl_slot_def *def)
{
	struct hl_held held = {.intent = intent->id, .name = def->name, .skipped = true};
	hold(talk, &held);
}

void hl_talk_forget(struct hl_talk *talk, struct hl_str intent)
{
	for (size_t i = talk->n_held; i-- > 0;)
		if (hl_str_eq(talk->held[i].intent, intent))
			hl_talk_drop_held(talk, &talk->held[i]);
}

/* ------------------------------------------------------------------ answered */

struct hl_answered *hl_talk_answered(const struct hl_talk *talk, struct hl_str intent)
{
	for (size_t i = 0; i < talk->n_answered; i++)
		if (hl_str_eq(talk->answered[i].intent, intent))
			return &talk->answered[i];
	return NULL;
}

struct hl_answered *hl_talk_note_answered(struct hl_talk *talk, struct hl_str intent)
{
	struct hl_answered *old = hl_talk_answered(talk, intent), kept = {.intent = intent};
	size_t at = old ? (size_t)(old - talk->answered) : 0;
	if (old)
		kept.unsolved = old->unsolved;
	if (old || talk->n_answered == HL_ANSWERED_MAX) {
		talk->n_answered--;
		memmove(talk->answered + at, talk->answered + at + 1,
			(talk->n_answered - at) * sizeof kept);
	}
	talk->answered[talk->n_answered] = kept;
	return &talk->answered[talk->n_answered++];
}

/* ------------------------------------------------------------------ forms */

void hl_talk_form_insert(struct hl_talk *talk, size_t at, struct hl_str intent)
{
	for (size_t i = 0; i < talk->n_forms; i++)
		if (hl_str_eq(talk->forms[i].intent, intent))
			return;
	if (talk->n_forms == HL_FORMS_MAX)
		return;
	memmove(talk->forms + at + 1, talk->forms + at, (talk->n_forms - at) * sizeof *talk->forms);
	talk->forms[at] = (struct hl_form){.intent = intent};
	talk->n_forms++;
}

void hl_talk_form_pop(struct hl_talk *talk)
{
	talk->n_forms--;
	memmove(talk->forms, talk->forms + 1, talk->n_forms * sizeof *talk->forms);
}

void hl_talk_reset(struct hl_talk *talk)
{
	talk->n_forms = talk->n_answered = talk->n_sets = 0;
	talk->rephrased = talk->clarified = 0;
	talk->offered = talk->offered_rule = false;
	talk->offered_by = HL_NONE;
}
