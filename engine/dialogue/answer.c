/*
 * Answering an intent: its slots from the message, its questions, its answer, its buttons, and the
 * person its `handoff` asks for. Knows nothing of how the intent was found.
 */
#include <string.h>

#include "classify/classify.h"
#include "dialogue/inside.h"

#define AFTER_UNSOLVED 2
#define ANSWERED_AT_ONCE 2 /* of one message; the rest become buttons */

const struct hl_str hl_human_request = {"human.request", 13};

/* ------------------------------------------------------------------ pieces of a reply */

void hl_play_line(struct hl_play *play, enum hl_line_key key)
{
	struct hl_template with = {.turn = play->turn};
	struct hl_buf *buf = &play->reply->text;
	if (buf->len)
		hl_buf_char(buf, '\n');
	hl_template_render(buf, &with, hl_line(play->turn->pack, key, play->turn->lang));
}

bool hl_play_own_line(struct hl_play *play, enum hl_line_key key)
{
	if (!hl_line_known(play->turn->pack, key, play->turn->lang))
		return false;
	hl_play_line(play, key);
	return true;
}

void hl_play_choice(struct hl_play *play, enum hl_choice_kind kind, struct hl_str target,
		    struct hl_str title)
{
	struct hl_reply *reply = play->reply;
	/* the last place is kept for "none of these" */
	size_t max = kind == HL_CHOICE_NONE ? HL_CHOICES_MAX : HL_BUTTONS_MAX;
	for (size_t i = 0; i < reply->n_choices; i++)
		if (reply->choices[i].kind == kind &&
		    (kind == HL_CHOICE_HUMAN || hl_str_eq(reply->choices[i].target, target)))
			return;
	if (reply->n_choices < max)
		reply->choices[reply->n_choices++] = (struct hl_choice){kind, target, title};
}

void hl_play_name(struct hl_play *play, const struct hl_intent *intent)
{
	struct hl_reply *reply = play->reply;
	reply->title = hl_intent_title(intent, play->turn->lang);
	for (size_t i = 0; i < reply->n_intents; i++)
		if (hl_str_eq(reply->intents[i], intent->id))
			return;
	if (reply->n_intents < HL_INTENTS_MAX)
		reply->intents[reply->n_intents++] = intent->id;
}

bool hl_intent_there(const struct hl_turn *turn, const struct hl_intent *intent)
{
	return hl_conds_hold(&intent->only_if, turn->user, turn->n_user, turn->lang);
}

struct hl_template hl_play_template(const struct hl_play *play, const struct hl_intent *intent)
{
	return (struct hl_template){.turn = play->turn, .talk = play->talk, .intent = intent};
}

/* ------------------------------------------------------------------ answers */

static bool is_variant(const struct hl_turn *turn, const struct hl_answer *answer, bool with_if)
{
	return (answer->only.n > 0) == with_if &&
	       hl_conds_hold(&answer->only, turn->user, turn->n_user, turn->lang);
}

static uint64_t mixed(const struct hl_turn *turn)
{
	uint64_t hash = hl_str_hash(turn->conv) + turn->number * UINT64_C(0x9e3779b97f4a7c15);
	hash = (hash ^ (hash >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	hash = (hash ^ (hash >> 27)) * UINT64_C(0x94d049bb133111eb);
	return hash ^ (hash >> 31);
}

/* Among the variants whose `if` holds, else among those without: by hash of conversation and turn,
   so that a replay says the same. NULL: the intent has no answer. */
static const struct hl_answer *variant(const struct hl_turn *turn, const struct hl_intent *intent)
{
	for (int with_if = 1; with_if >= 0; with_if--) {
		size_t n = 0;
		for (size_t i = 0; i < intent->n_answers; i++)
			n += is_variant(turn, &intent->answers[i], with_if);
		size_t pick = n ? (size_t)(mixed(turn) % n) : 0;
		for (size_t i = 0; n && i < intent->n_answers; i++)
			if (is_variant(turn, &intent->answers[i], with_if) && !pick--)
				return &intent->answers[i];
	}
	return NULL;
}

bool hl_play_say_answer(struct hl_play *play, const struct hl_intent *intent)
{
	const struct hl_answer *answer = variant(play->turn, intent);
	struct hl_template with = hl_play_template(play, intent);
	struct hl_buf *buf = &play->reply->text;
	if (!answer)
		return false;
	if (buf->len)
		hl_buf_char(buf, '\n');
	hl_template_render(buf, &with, hl_texts_pick(&answer->texts, play->turn->lang));
	return true;
}

void hl_play_buttons(struct hl_play *play, const struct hl_intent *intent)
{
	const struct hl_turn *turn = play->turn;
	for (size_t i = 0; i < intent->n_buttons; i++) {
		const struct hl_button_def *button = &intent->buttons[i];
		struct hl_str title = hl_texts_pick(&button->title, turn->lang);
		const struct hl_intent *to;
		switch (button->kind) {
		case HL_BUTTON_URL:
			hl_play_choice(play, HL_CHOICE_URL, button->target, title);
			break;
		case HL_BUTTON_HUMAN:
			hl_play_choice(play, HL_CHOICE_HUMAN, intent->id,
				       title.len ? title
						 : hl_line(turn->pack, HL_LINE_HUMAN, turn->lang));
			break;
		case HL_BUTTON_INTENT:
			to = hl_play_intent(turn, button->target);
			if (to && hl_intent_there(turn, to))
				hl_play_choice(play, HL_CHOICE_INTENT, to->id,
					       title.len ? title : hl_intent_title(to, turn->lang));
			break;
		}
	}
}

static void offer_human(struct hl_play *play, const struct hl_intent *intent, bool rule)
{
	struct hl_talk *talk = play->talk;
	hl_play_choice(play, HL_CHOICE_HUMAN, intent->id,
		       hl_line(play->turn->pack, HL_LINE_HUMAN, play->turn->lang));
	talk->offered = true;
	talk->offered_rule = rule;
	talk->offered_by = intent->id;
}

void hl_play_finish(struct hl_play *play, const struct hl_intent *intent)
{
	bool said = hl_play_say_answer(play, intent);
	hl_play_name(play, intent);
	const struct hl_answered *answered = hl_talk_note_answered(play->talk, intent->id);
	hl_play_buttons(play, intent);
	switch (intent->handoff) {
	case HL_HANDOFF_ALWAYS:
		hl_play_handoff(play, intent, HL_SENSITIVE);
		break;
	case HL_HANDOFF_FILLED:
		hl_play_handoff(play, intent, HL_RULE);
		break;
	case HL_HANDOFF_OFFER:
		if (!said)
			hl_play_line(play, HL_LINE_OFFER);
		offer_human(play, intent, false);
		break;
	case HL_HANDOFF_NEVER:
		if (!said)
			hl_play_line(play, HL_LINE_REPHRASE);
		break;
	case HL_HANDOFF_DEFAULT:
		if (!said) /* a person is its answer */
			hl_play_handoff(play, intent, HL_RULE);
		else if (answered->unsolved) /* the same once more is hardly enough */
			hl_play_choice(play, HL_CHOICE_HUMAN, intent->id,
				       hl_line(play->turn->pack, HL_LINE_HUMAN, play->turn->lang));
		break;
	}
}

/* ------------------------------------------------------------------ slots and questions */

/* The next slot to ask for, or NULL. */
static const struct hl_slot_def *next_question(const struct hl_talk *talk,
					       const struct hl_intent *intent)
{
	for (size_t i = 0; i < intent->n_slots; i++)
		if (intent->slots[i].ask.n &&
		    !hl_talk_held(talk, intent->id, intent->slots[i].name))
			return &intent->slots[i];
	return NULL;
}

/* A short list is offered as buttons beside its question. */
static void offer_values(struct hl_play *play, const struct hl_slot_def *def)
{
	const struct hl_list *list = hl_list_of(play->turn->pack, def);
	if (!list || list->n + play->reply->n_choices > HL_BUTTONS_MAX)
		return;
	for (size_t i = 0; i < list->n; i++)
		hl_play_choice(play, HL_CHOICE_VALUE, list->v[i].value,
			       hl_value_title(&list->v[i], play->turn->lang));
}

bool hl_play_take_value(struct hl_play *play, struct hl_str value)
{
	const struct hl_form *form = play->talk->n_forms ? &play->talk->forms[0] : NULL;
	const struct hl_intent *intent = form ? hl_play_intent(play->turn, form->intent) : NULL;
	const struct hl_slot_def *def = NULL;
	for (size_t i = 0; intent && i < intent->n_slots; i++)
		if (hl_str_eq(intent->slots[i].name, form->asked))
			def = &intent->slots[i];
	const struct hl_list *list = def ? hl_list_of(play->turn->pack, def) : NULL;
	for (size_t i = 0; list && i < list->n; i++) {
		if (!hl_str_eq(list->v[i].value, value))
			continue;
		hl_talk_hold(play->talk, intent, def, list->v[i].value);
		hl_play_ask(play);
		return true;
	}
	return false;
}

void hl_play_ask(struct hl_play *play)
{
	struct hl_talk *talk = play->talk;
	while (talk->n_forms) {
		struct hl_form *form = &talk->forms[0];
		const struct hl_intent *intent = hl_play_intent(play->turn, form->intent);
		const struct hl_slot_def *def = intent ? next_question(talk, intent) : NULL;
		if (!def) {
			hl_talk_form_pop(talk);
			if (intent)
				hl_play_finish(play, intent);
			continue;
		}
		if (!hl_str_eq(form->asked, def->name)) {
			form->asked = def->name;
			form->tries = 0;
		}
		struct hl_template with = hl_play_template(play, intent);
		struct hl_buf *buf = &play->reply->text;
		if (buf->len)
			hl_buf_char(buf, '\n');
		hl_template_render(buf, &with, hl_texts_pick(&def->ask, play->turn->lang));
		offer_values(play, def);
		hl_play_name(play, intent);
		return;
	}
}

void hl_play_ask_again(struct hl_play *play)
{
	const struct hl_verdict *verdict = play->turn->verdict;
	/* who says the wish itself once more was understood, as is an "ok" or a "thanks" */
	unsigned small = hl_small_find(play->turn->said);
	bool understood = (verdict->decision == HL_ANSWER &&
			   hl_str_eq(verdict->intent->id, play->talk->forms[0].intent)) ||
			  (small & (HL_SMALL_HEARD | HL_SMALL_NO)) == HL_SMALL_HEARD;
	if (!understood)
		hl_play_own_line(play, HL_LINE_AGAIN);
	hl_play_ask(play);
}

bool hl_play_wants_human(const struct hl_play *play)
{
	const struct hl_verdict *verdict = play->turn->verdict;
	return verdict->decision == HL_ANSWER && verdict->by >= HL_BY_WORDS &&
	       hl_str_eq(verdict->intent->id, hl_human_request);
}

/* ------------------------------------------------------------------ the same again */

unsigned hl_unsolved_limit(const struct hl_intent *intent)
{
	return intent->after_unsolved ? intent->after_unsolved : AFTER_UNSOLVED;
}

/* Does the message give a value that the answered intent did not have? Then it is another question:
   "the fee for eth?" after the one for btc. */
static bool asks_other(struct hl_play *play, const struct hl_intent *intent)
{
	struct hl_slot slot;
	for (size_t i = 0; play->turn->verdict && i < intent->n_slots; i++) {
		if (!hl_play_value(&slot, play, intent, i, NULL))
			continue;
		const struct hl_held *held =
			hl_talk_held(play->talk, intent->id, intent->slots[i].name);
		if (!held || !hl_str_eq(held->value, slot.value))
			return true;
	}
	return false;
}

/* True when the intent has come again too often and goes to a person instead. */
static bool came_again(struct hl_play *play, const struct hl_intent *intent)
{
	struct hl_answered *before = hl_talk_answered(play->talk, intent->id);
	if (!before || asks_other(play, intent))
		return false;
	before->unsolved++;
	if (intent->handoff == HL_HANDOFF_OFFER) {
		hl_play_handoff(play, intent, HL_ASKED);
		return true;
	}
	if (intent->handoff == HL_HANDOFF_DEFAULT &&
	    before->unsolved >= hl_unsolved_limit(intent)) {
		hl_play_handoff(play, intent, HL_UNSOLVED);
		return true;
	}
	return false;
}

/* What was said for an intent that has been answered since is not taken for its next time. */
static void forget_answered(struct hl_talk *talk, const struct hl_intent *intent)
{
	if (hl_talk_answered(talk, intent->id))
		hl_talk_forget(talk, intent->id);
}

static void start(struct hl_play *play, const struct hl_intent *intent)
{
	if (hl_str_eq(intent->id, hl_human_request)) {
		hl_play_human(play);
		return;
	}
	if (came_again(play, intent))
		return;
	forget_answered(play->talk, intent);
	hl_play_gather(play, intent);
	if (intent->handoff != HL_HANDOFF_ALWAYS && next_question(play->talk, intent)) {
		hl_talk_form_insert(play->talk, play->talk->n_forms, intent->id);
		hl_play_name(play, intent);
	} else {
		hl_play_finish(play, intent);
	}
}

void hl_play_answer(struct hl_play *play, const struct hl_intent *const *intents, size_t n)
{
	const struct hl_turn *turn = play->turn;
	const struct hl_intent **v = HL_NEW_ARRAY(turn->arena, n + 1, const struct hl_intent *);
	size_t i = 0;
	if (!v) {
		play->reply->text.failed = true;
		return;
	}
	n = hl_play_serious(v, intents, n);
	play->talk->rephrased = play->talk->clarified = 0;
	while (i < n && i < ANSWERED_AT_ONCE && !play->reply->handoff.set)
		start(play, v[i++]);
	if (play->reply->handoff.set) {
		for (size_t k = i; k < n; k++)
			if (hl_str_eq(v[k]->id, hl_human_request))
				hl_play_wish_for_person(play);
		hl_play_note_others(play, v + i, n - i, NULL);
		return;
	}
	for (; i < n; i++)
		hl_play_choice(play, HL_CHOICE_INTENT, v[i]->id, hl_intent_title(v[i], turn->lang));
	hl_play_ask(play);
}

void hl_play_digress(struct hl_play *play, const struct hl_intent *intent)
{
	const struct hl_answer *answer = variant(play->turn, intent);
	struct hl_template with = hl_play_template(play, intent);
	struct hl_buf trial;
	forget_answered(play->talk, intent);
	hl_play_gather(play, intent);
	hl_buf_init(&trial, play->turn->arena);
	bool whole = answer && hl_template_render(&trial, &with,
						  hl_texts_pick(&answer->texts, play->turn->lang));
	/* what needs its own questions first waits for its turn behind the running form */
	if (next_question(play->talk, intent) && (!whole || intent->handoff == HL_HANDOFF_FILLED)) {
		hl_talk_form_insert(play->talk, play->talk->n_forms, intent->id);
		hl_play_name(play, intent);
	} else if (hl_str_eq(intent->id, hl_human_request)) {
		start(play, intent);
	} else if (!came_again(play, intent)) {
		hl_play_finish(play, intent);
	}
}
