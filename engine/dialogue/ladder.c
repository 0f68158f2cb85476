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
	talk->clarified = 0;
	if (talk->rephrased < allowed) {
		talk->rephrased++;
		hl_play_line(play, HL_LINE_REPHRASE);
		offer_person(play, NULL);
		return;
	}
	talk->rephrased = 0;
	hl_play_line(play, HL_LINE_UNMATCHED);
	hl_play_handoff(play, NULL, HL_UNMATCHED_REASON);
}

void hl_play_clarify(struct hl_play *play, const struct hl_intent *const *intents, size_t n)
{
	struct hl_talk *talk = play->talk;
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
	play->talk->n_forms = 0;
	play->talk->rephrased = play->talk->clarified = 0;
	hl_play_line(play, HL_LINE_STOPPED);
}

void hl_play_not_helped(struct hl_play *play)
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
	if (!intent) {
		hl_play_unmatched(play);
		return;
	}
	last->unsolved++;
	if (intent->handoff != HL_HANDOFF_NEVER && last->unsolved >= hl_unsolved_limit(intent)) {
		hl_play_handoff(play, intent, HL_UNSOLVED);
		return;
	}
	hl_play_line(play, HL_LINE_OFFER);
	offer_person(play, intent);
	talk->offered = talk->offered_rule = true;
	talk->offered_by = intent->id;
}

void hl_play_escalate(struct hl_play *play)
{
	const struct hl_verdict *verdict = play->turn->verdict;
	struct hl_handoff *handoff = &play->reply->handoff;
	struct hl_buf note;
	play->talk->n_forms = 0; /* a question has no place beside this */
	hl_play_answer(play, &verdict->intent, 1);
	if (!handoff->set)
		hl_play_handoff(play, verdict->intent, HL_SENSITIVE);
	/* the other wishes of the message go to the same person */
	hl_buf_init(&note, play->turn->arena);
	hl_buf_str(&note, handoff->note);
	for (size_t i = 0; i < verdict->n_all; i++) {
		const struct hl_intent *other = verdict->all[i];
		if (other == verdict->intent)
			continue;
		if (play->reply->n_intents < HL_INTENTS_MAX)
			play->reply->intents[play->reply->n_intents++] = other->id;
		hl_buf_cstr(&note, note.len ? "\n+ " : "+ ");
		hl_buf_str(&note, other->id);
	}
	play->reply->text.failed |= note.failed;
	handoff->note = hl_buf_view(&note);
}
