/*
 * The dialogue's doors: a message, a button, a wish for a person, the greeting. Decides which of
 * the bot's plays it is; the plays themselves are in the other files of this folder.
 */
#include "classify/classify.h"
#include "classify/said.h"
#include "dialogue/inside.h"

#define SURE_ALARM 0.9 /* a likeness above it is never a mere remark */

void hl_reply_init(struct hl_reply *out, struct hl_arena *arena)
{
	*out = (struct hl_reply){0};
	hl_buf_init(&out->text, arena);
}

/* Opens a play: an offer of a person stands for one message only. */
static struct hl_play open_play(struct hl_reply *reply, struct hl_talk *talk,
				const struct hl_turn *turn)
{
	struct hl_play play = {.reply = reply,
			       .talk = talk,
			       .turn = turn,
			       .offered = talk->offered,
			       .offered_rule = talk->offered_rule,
			       .offered_by = talk->offered_by};
	hl_reply_init(reply, turn->arena);
	talk->offered = talk->offered_rule = false;
	talk->offered_by = HL_NONE;
	return play;
}

static int close_play(const struct hl_play *play)
{
	return play->reply->text.failed ? HL_NOMEM : HL_OK;
}

/* ------------------------------------------------------------------ buttons */

int hl_dialogue_press(struct hl_reply *out, struct hl_talk *talk, const struct hl_turn *turn,
		      const struct hl_choice *choice)
{
	struct hl_play play = open_play(out, talk, turn);
	if (!hl_play_press(&play, choice))
		return HL_REFUSED;
	return close_play(&play);
}

int hl_dialogue_human(struct hl_reply *out, struct hl_talk *talk, const struct hl_turn *turn)
{
	struct hl_play play = open_play(out, talk, turn);
	hl_play_human(&play);
	return close_play(&play);
}

/* ------------------------------------------------------------------ messages */

static void warn_of_wallet(struct hl_play *play)
{
	struct hl_handoff *handoff = &play->reply->handoff;
	hl_play_line(play, HL_LINE_WALLET);
	hl_play_handoff(play, NULL, HL_SENSITIVE);
	handoff->team = hl_security_team(play->turn->pack, handoff->team);
}

/* "what does it mean" is about the last answer, unless the pack has learnt what to say to it. */
static bool asks_what_is_known(const struct hl_play *play)
{
	const struct hl_utterance *said = play->turn->said;
	if (play->turn->verdict->decision != HL_ANSWER)
		return false;
	for (size_t w = 0; w < said->n_words; w++)
		if (hl_said_one_of(said, w, "what why how explain info details") ||
		    hl_said_any_han(said, w, "什么 啥 怎么 为啥"))
			return true;
	return false;
}

/* Short things that mean something only because of what the bot said last. */
static bool play_small(struct hl_play *play)
{
	const struct hl_turn *turn = play->turn;
	const struct hl_intent *by =
		play->offered_by.len ? hl_play_intent(turn, play->offered_by) : NULL;
	unsigned small = hl_small_find(turn->said);
	if (hl_play_ruled(play) && !((small & HL_SMALL_NOT_HELPED) && hl_play_vague(play)))
		return false;
	if (play->offered && (small & HL_SMALL_YES)) {
		hl_play_handoff(play, by, play->offered_rule ? HL_RULE : HL_ASKED);
		return true;
	}
	if (play->offered && (small & HL_SMALL_NO)) {
		hl_play_stopped(play);
		return true;
	}
	if ((small & HL_SMALL_NOT_HELPED) && !asks_what_is_known(play) && hl_play_not_helped(play))
		return true;
	if ((small & HL_SMALL_WAIT) && hl_play_own_line(play, HL_LINE_TAKE_TIME))
		return true;
	/* an intent of the pack's own for it goes before */
	return (small & HL_SMALL_HEARD) && turn->verdict->decision != HL_ANSWER &&
	       hl_play_own_line(play, HL_LINE_HEARD);
}

/* Does the pack itself know what these words mean: by a rule that holds one of them, or as an
   example of what is answered? */
static bool known_to_pack(const struct hl_verdict *verdict, const struct hl_span *words)
{
	for (size_t i = 0; i < verdict->n_hits; i++)
		for (size_t k = 0; k < verdict->hits[i].n_spans; k++)
			if (verdict->hits[i].spans[k].start < words->end &&
			    words->start < verdict->hits[i].spans[k].end)
				return true;
	return verdict->decision == HL_ANSWER && verdict->by == HL_BY_EXAMPLE &&
	       verdict->score >= 1 && !hl_str_eq(verdict->intent->id, hl_human_request);
}

/* A person, stop, back: whatever the pack. A wish for a person beside something else gets a person
   for both. */
static bool play_builtin(struct hl_play *play)
{
	const struct hl_verdict *verdict = play->turn->verdict;
	const struct hl_utterance *said = play->turn->said;
	struct hl_span words = {0, (uint32_t)said->original.len};
	enum hl_builtin wish = hl_builtin_find(said);
	if (wish == HL_BUILTIN_NONE && hl_human_wanted(&words, said))
		wish = HL_BUILTIN_HUMAN;
	if (wish == HL_BUILTIN_NONE || known_to_pack(verdict, &words) ||
	    (wish != HL_BUILTIN_HUMAN && play->talk->n_forms)) /* the form's business */
		return false;
	if (wish == HL_BUILTIN_HUMAN) {
		hl_play_human(play);
		hl_play_note_others(play, verdict->all, verdict->n_all, NULL);
	} else {
		hl_play_stopped(play);
	}
	return true;
}

static void play_verdict(struct hl_play *play)
{
	const struct hl_verdict *verdict = play->turn->verdict;
	if (verdict->limit_hit || verdict->decision == HL_UNMATCHED)
		hl_play_unmatched(play);
	else if (verdict->decision == HL_CLARIFY)
		hl_play_clarify(play, verdict->clarify, verdict->n_clarify);
	else if (verdict->n_all)
		hl_play_answer(play, verdict->all, verdict->n_all);
	else
		hl_play_answer(play, &verdict->intent, 1);
}

/* The form's intent, or NULL when none is open or the rules no longer know it. */
static const struct hl_intent *open_form(struct hl_play *play)
{
	struct hl_talk *talk = play->talk;
	while (talk->n_forms) {
		const struct hl_intent *intent = hl_play_intent(play->turn, talk->forms[0].intent);
		if (intent)
			return intent;
		hl_talk_form_pop(talk);
		if (!play->reply->text.len)
			hl_play_line(play, HL_LINE_STOPPED);
	}
	return NULL;
}

/* However like it is to examples of something grave: a bare value amid questions, or one put right,
   is an answer; "and usdt?" after an answer asks for that; "one moment" and "i don't know" are no
   more than that. */
static bool merely_answers(struct hl_play *play)
{
	const struct hl_verdict *verdict = play->turn->verdict;
	unsigned small = hl_small_find(play->turn->said);
	if (verdict->by != HL_BY_EXAMPLE)
		return false;
	if (small == HL_SMALL_NOT_HELPED && verdict->score >= SURE_ALARM)
		small = 0; /* "useless" may be a complaint */
	if (play->talk->n_forms)
		return small || hl_play_only_values(play);
	if (play->talk->n_answered && hl_play_follow(play))
		return true;
	if (!small && (!play->talk->n_answered || !hl_play_only_values(play)))
		return false;
	if (!play_small(play))
		hl_play_unmatched(play);
	return true;
}

int hl_dialogue_say(struct hl_reply *out, struct hl_talk *talk, const struct hl_turn *turn)
{
	struct hl_play play = open_play(out, talk, turn);
	const struct hl_verdict *verdict = turn->verdict;
	if (verdict->wallet_secret) {
		warn_of_wallet(&play);
		return close_play(&play);
	}
	if (verdict->decision == HL_ESCALATE) {
		bool merely = merely_answers(&play);
		if (!merely)
			hl_play_escalate(&play);
		if (!merely || !talk->n_forms)
			return close_play(&play);
	}
	const struct hl_intent *form = open_form(&play);
	if (hl_play_typed(&play) || play_builtin(&play))
		return close_play(&play);
	if (form)
		hl_play_form(&play, form);
	else if (!hl_play_pointed(&play) && !play_small(&play) && !hl_play_follow(&play))
		play_verdict(&play);
	return close_play(&play);
}

/* ------------------------------------------------------------------ greeting */

/* The intents of the pack that are answered at once, by id, so that the order of files is of no
   matter. */
static void greet_by_titles(struct hl_play *play)
{
	const struct hl_turn *turn = play->turn;
	struct hl_str last = HL_NONE;
	while (play->reply->n_choices < HL_BUTTONS_MAX) {
		const struct hl_intent *next = NULL;
		for (size_t i = 0; i < turn->pack->n_intents; i++) {
			const struct hl_intent *intent = &turn->pack->intents[i];
			if (hl_str_cmp(intent->id, last) > 0 && intent->title.n &&
			    intent->n_answers && intent->handoff != HL_HANDOFF_ALWAYS &&
			    hl_intent_there(turn, intent) &&
			    (!next || hl_str_cmp(intent->id, next->id) < 0))
				next = intent;
		}
		if (!next)
			return;
		last = next->id;
		hl_play_choice(play, HL_CHOICE_INTENT, next->id, hl_intent_title(next, turn->lang));
	}
}

int hl_dialogue_greet(struct hl_reply *out, const struct hl_turn *turn)
{
	struct hl_talk nothing = {0};
	struct hl_play play = open_play(out, &nothing, turn);
	const struct hl_intent *greeting = hl_play_intent(turn, HL_STR("greeting"));
	if (!greeting || !hl_play_say_answer(&play, greeting))
		hl_play_line(&play, HL_LINE_GREETING);
	if (greeting)
		hl_play_buttons(&play, greeting);
	if (!out->n_choices)
		greet_by_titles(&play);
	return close_play(&play);
}
