/*
 * A message while a question is open, in the order the language promises: stop, a text slot, a
 * rule of another intent, a value, a sure likeness of another intent, else a try. Sensitive
 * messages and the wish for a person were seen before this.
 */
#include "classify/classify.h"
#include "dialogue/inside.h"

#define TRIES 2
#define DIGRESSIONS 2 /* answered of one message */

static const struct hl_slot_def *asked_slot(const struct hl_intent *intent, struct hl_str name)
{
	for (size_t i = 0; i < intent->n_slots; i++)
		if (hl_str_eq(intent->slots[i].name, name))
			return &intent->slots[i];
	return NULL;
}

/* The newest value the form asked for; NULL: there is none. */
static struct hl_held *newest(const struct hl_talk *talk, const struct hl_intent *intent)
{
	for (size_t i = talk->n_held; i-- > 0;) {
		const struct hl_slot_def *def = asked_slot(intent, talk->held[i].name);
		if (hl_str_eq(talk->held[i].intent, intent->id) && def && def->ask.n)
			return &talk->held[i];
	}
	return NULL;
}

/* Takes the newest value of the form away, or all of them, and asks again; without one the form
   ends. */
static void go_back(struct hl_play *play, const struct hl_intent *intent, bool all)
{
	struct hl_held *held = newest(play->talk, intent);
	if (!held) {
		hl_play_stopped(play);
		return;
	}
	if (all)
		hl_talk_forget(play->talk, intent->id);
	else
		hl_talk_drop_held(play->talk, held);
	hl_play_ask(play);
}

static void lose_try(struct hl_play *play, const struct hl_intent *intent,
		     const struct hl_slot_def *def)
{
	struct hl_form *form = &play->talk->forms[0];
	if (++form->tries < (def->tries ? def->tries : TRIES)) {
		hl_play_ask_again(play);
	} else if (def->otherwise == HL_ELSE_SKIP) {
		hl_talk_skip(play->talk, intent, def);
		hl_play_ask(play);
	} else {
		hl_play_handoff(play, intent, HL_RULE);
	}
}

/* "not btc" names no other value: the question for that one is open again. */
static bool take_back(struct hl_play *play, const struct hl_intent *intent)
{
	const struct hl_turn *turn = play->turn;
	for (size_t i = play->talk->n_held; i-- > 0;) {
		struct hl_held *held = &play->talk->held[i];
		const struct hl_slot_def *def = asked_slot(intent, held->name);
		if (!hl_str_eq(held->intent, intent->id) || held->skipped || !def || !def->ask.n ||
		    def->kind != HL_SLOT_LIST ||
		    hl_slot_says(turn->scratch, turn->rules, intent, (size_t)(def - intent->slots),
				 turn->said, held->value) != HL_OK)
			continue;
		hl_talk_drop_held(play->talk, held);
		hl_play_ask(play);
		return true;
	}
	return false;
}

/* The other intents of the message, by rule or (when `sure`) by likeness. */
static bool digression(struct hl_play *play, const struct hl_intent *intent, bool sure)
{
	const struct hl_verdict *verdict = play->turn->verdict;
	const struct hl_intent *others[HL_INTENTS_MAX], *v[HL_INTENTS_MAX];
	size_t n = 0;
	if (verdict->decision != HL_ANSWER || verdict->limit_hit ||
	    (verdict->by < HL_BY_WORDS) != sure)
		return false;
	for (size_t i = 0; i < verdict->n_all && n < HL_INTENTS_MAX; i++)
		if (verdict->all[i] != intent)
			others[n++] = verdict->all[i];
	if (!n && verdict->intent && verdict->intent != intent)
		others[n++] = verdict->intent;
	if (!n)
		return false;
	hl_play_gather(play, intent);
	n = hl_play_serious(v, others, n);
	for (size_t i = 0; i < n && i < DIGRESSIONS && !play->reply->handoff.set; i++)
		if (!hl_str_eq(v[i]->id, HL_STR("greeting"))) /* the talk has long begun */
			hl_play_digress(play, v[i]);
	if (!play->reply->handoff.set)
		hl_play_ask(play);
	return true;
}

/* "2", "the second one": to a list's question that names no value of it. */
static bool points_at_value(struct hl_play *play, const struct hl_intent *intent,
			    const struct hl_slot_def *def)
{
	const struct hl_turn *turn = play->turn;
	struct hl_slot named;
	if (def->kind != HL_SLOT_LIST ||
	    hl_slot_find(&named, turn->scratch, turn->rules, intent, (size_t)(def - intent->slots),
			 turn->said, NULL) == HL_OK)
		return false;
	return hl_play_pointed(play);
}

void hl_play_form(struct hl_play *play, const struct hl_intent *intent)
{
	const struct hl_turn *turn = play->turn;
	const struct hl_slot_def *def = asked_slot(intent, play->talk->forms[0].asked);
	enum hl_builtin builtin =
		turn->verdict->n_hits ? HL_BUILTIN_NONE : hl_builtin_find(turn->said);
	if (builtin == HL_BUILTIN_BACK) {
		go_back(play, intent, hl_restart_said(turn->said));
	} else if (builtin == HL_BUILTIN_CANCEL ||
		   hl_stop_said(turn->scratch, turn->rules, turn->said)) {
		hl_play_stopped(play);
	} else if (!def) { /* the rules were changed and this question is gone */
		hl_play_gather(play, intent);
		hl_play_ask(play);
	} else if (def->kind == HL_SLOT_TEXT && !hl_play_wants_human(play)) {
		hl_talk_hold(play->talk, intent, def, hl_str_trim(turn->verdict->stored));
		hl_play_ask(play);
	} else if (points_at_value(play, intent, def)) {
		return;
	} else if (hl_play_vague(play)) { /* it is about what is being asked */
		hl_play_gather(play, intent);
		hl_play_ask(play);
	} else if (digression(play, intent, false)) {
		return;
	} else if (hl_play_gather(play, intent)) {
		hl_play_ask(play);
	} else if (take_back(play, intent)) {
		return;
	} else if (def->otherwise == HL_ELSE_SKIP && (hl_small_find(turn->said) & HL_SMALL_SKIP)) {
		hl_talk_skip(play->talk, intent, def);
		hl_play_ask(play);
	} else if (digression(play, intent, true)) {
		return;
	} else if ((hl_small_find(turn->said) & HL_SMALL_WAIT) &&
		   hl_play_own_line(play, HL_LINE_TAKE_TIME)) {
		return; /* the question stands */
	} else if (hl_wrong_said(turn->said) && newest(play->talk, intent)) {
		go_back(play, intent, false);
	} else if (hl_quit_said(turn->said)) {
		hl_play_stopped(play);
	} else {
		lose_try(play, intent, def);
	}
}
