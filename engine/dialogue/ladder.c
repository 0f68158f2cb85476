/*
 * What the bot does when it has no answer: asks which, asks once more, fetches a person; and the
 * ways a customer leaves it: a wish for a person, "did not help", something sensitive.
 */
#include "dialogue/inside.h"

#define CLARIFY_MAX 2 /* "did you mean" in a row; then as if nothing had matched */

static struct hl_str line_of(const struct hl_play *play, enum hl_line_key key)
{
	return hl_line(play->turn->pack, key, play->turn->lang);
}

static void offer_person(struct hl_play *play, const struct hl_intent *intent)
{
	hl_play_choice(play, HL_CHOICE_HUMAN, intent ? intent->id : HL_NONE,
		       line_of(play, HL_LINE_HUMAN));
}

void hl_play_unmatched(struct hl_play *play)
{
	struct hl_talk *talk = play->talk;
	unsigned allowed =
		play->turn->pack->rephrase < 0 ? 1 : (unsigned)play->turn->pack->rephrase;
	if (talk->rephrased < allowed) {
		talk->rephrased++;
		hl_play_line(play, HL_LINE_REPHRASE);
		offer_person(play, NULL);
		return;
	}
	talk->rephrased = talk->clarified = 0;
	hl_play_line(play, HL_LINE_UNMATCHED);
	hl_play_handoff(play, NULL, HL_UNMATCHED_REASON);
}

void hl_play_clarify(struct hl_play *play, const struct hl_intent *const *all, size_t n)
{
	const struct hl_intent *intents[HL_CHOICES_MAX];
	struct hl_talk *talk = play->talk;
	n = hl_play_serious(intents, all, n < HL_CHOICES_MAX ? n : HL_CHOICES_MAX);
	/* "did you mean" what was just answered: it did not help */
	if (n == 1 && talk->n_answered &&
	    hl_str_eq(talk->answered[talk->n_answered - 1].intent, intents[0]->id) &&
	    hl_play_not_helped(play))
		return;
	if (talk->clarified >= CLARIFY_MAX) {
		hl_play_unmatched(play);
		return;
	}
	talk->clarified++;
	hl_play_line(play, HL_LINE_DID_YOU_MEAN);
	for (size_t i = 0; i < n; i++) {
		/* what the message says is kept for the one that is pressed */
		hl_play_gather(play, intents[i]);
		hl_play_choice(play, HL_CHOICE_INTENT, intents[i]->id,
			       hl_intent_title(intents[i], play->turn->lang));
	}
	hl_play_choice(play, HL_CHOICE_NONE, HL_NONE, line_of(play, HL_LINE_NONE_OF_THESE));
}

void hl_play_clarify_again(struct hl_play *play, const struct hl_choices *set)
{
	if (play->talk->clarified >= CLARIFY_MAX) {
		hl_play_unmatched(play);
		return;
	}
	play->talk->clarified++;
	hl_play_line(play, HL_LINE_DID_YOU_MEAN);
	for (size_t i = 0; i < set->n; i++)
		hl_play_choice(play, set->v[i].kind, set->v[i].target, set->v[i].title);
}

void hl_play_human(struct hl_play *play)
{
	const struct hl_intent *own = hl_play_intent(play->turn, hl_human_request);
	if (own && !hl_intent_there(play->turn, own))
		own = NULL;
	if (own)
		hl_play_say_answer(play, own);
	hl_play_handoff(play, own, HL_ASKED);
}

void hl_play_stopped(struct hl_play *play)
{
	struct hl_talk *talk = play->talk;
	/* what was said for a question given up is not taken for its next time */
	for (size_t i = 0; i < talk->n_forms; i++)
		hl_talk_forget(talk, talk->forms[i].intent);
	talk->n_forms = 0;
	talk->rephrased = talk->clarified = 0;
	hl_play_line(play, HL_LINE_STOPPED);
}

bool hl_play_not_helped(struct hl_play *play)
{
	struct hl_talk *talk = play->talk;
	struct hl_answered *last = NULL;
	const struct hl_intent *intent = NULL;
	/* a "thanks" in between is not what did not help */
	for (size_t i = talk->n_answered; i-- > 0;) {
		const struct hl_intent *answered =
			hl_play_intent(play->turn, talk->answered[i].intent);
		if (!answered || (intent && answered->handoff == HL_HANDOFF_NEVER))
			continue;
		if (!intent || intent->handoff == HL_HANDOFF_NEVER) {
			last = &talk->answered[i];
			intent = answered;
		}
	}
	if (!intent)
		return false;
	last->unsolved++;
	if (intent->handoff != HL_HANDOFF_NEVER && last->unsolved >= hl_unsolved_limit(intent)) {
		hl_play_handoff(play, intent, HL_UNSOLVED);
		return true;
	}
	hl_play_line(play, HL_LINE_OFFER);
	offer_person(play, intent);
	talk->offered = talk->offered_rule = true;
	talk->offered_by = intent->id;
	return true;
}

void hl_play_escalate(struct hl_play *play)
{
	const struct hl_verdict *verdict = play->turn->verdict;
	hl_play_answer(play, &verdict->intent, 1);
	if (!play->reply->handoff.set)
		hl_play_handoff(play, verdict->intent, HL_SENSITIVE);
	/* the other wishes of the message go to the same person */
	hl_play_note_others(play, verdict->all, verdict->n_all, verdict->intent);
}
