/*
 * inside.h: what the files of this folder share.
 */
#ifndef HL_DIALOGUE_INSIDE_H
#define HL_DIALOGUE_INSIDE_H

#include "dialogue/dialogue.h"

/* One turn at work. */
struct hl_play {
	struct hl_reply *reply;
	struct hl_talk *talk;
	const struct hl_turn *turn;
	bool offered, offered_rule; /* as they stood before this turn */
	struct hl_str offered_by;
	const struct hl_intent *noted[HL_INTENTS_MAX]; /* in the hand-off's note */
	size_t n_noted;
};

/* memory.c */
const struct hl_intent *hl_play_intent(const struct hl_turn *turn, struct hl_str id);
struct hl_held *hl_talk_held(const struct hl_talk *talk, struct hl_str intent, struct hl_str name);
void hl_talk_hold(struct hl_talk *talk, const struct hl_intent *intent,
		  const struct hl_slot_def *def, struct hl_str value);
void hl_talk_skip(struct hl_talk *talk, const struct hl_intent *intent,
		  const struct hl_slot_def *def);
void hl_talk_drop_held(struct hl_talk *talk, struct hl_held *held);
/* Forgets the values of an intent. */
void hl_talk_forget(struct hl_talk *talk, struct hl_str intent);
struct hl_answered *hl_talk_answered(const struct hl_talk *talk, struct hl_str intent);
struct hl_answered *hl_talk_note_answered(struct hl_talk *talk, struct hl_str intent);
void hl_talk_form_insert(struct hl_talk *talk, size_t at, struct hl_str intent);
void hl_talk_form_pop(struct hl_talk *talk);

/* lines.c */
struct hl_str hl_intent_title(const struct hl_intent *intent, struct hl_str lang);
struct hl_str hl_value_title(const struct hl_list_value *value, struct hl_str lang);
/* A list slot's list; NULL for other kinds. */
const struct hl_list *hl_list_of(const struct hl_pack *pack, const struct hl_slot_def *def);

/* handoff.c */
void hl_play_handoff(struct hl_play *play, const struct hl_intent *intent, enum hl_reason reason);
/* A hand-off that stands already was also wished for: before those nobody asked for. */
void hl_play_wish_for_person(struct hl_play *play);
/* Does a rule match the message, other than one of politeness? "yes please, thanks" is a yes. */
bool hl_play_ruled(const struct hl_play *play);
/* Is it an intent of politeness: a greeting, thanks, a farewell? It needs no answer beside a
   question. */
bool hl_play_polite(const struct hl_intent *intent);
/* Is the message only a cry for help that does not say with what? Then it is about what was said
   before it. */
bool hl_play_vague(const struct hl_play *play);
/* The intents without those of politeness, unless there is nothing else; returns how many. */
size_t hl_play_serious(const struct hl_intent **out, const struct hl_intent *const *intents,
		       size_t n);
/* Adds the intents, but for one and those of politeness, to the note of the hand-off. */
void hl_play_note_others(struct hl_play *play, const struct hl_intent *const *intents, size_t n,
			 const struct hl_intent *dealt_with);

/* answer.c */
/* Names the intent as one this reply is about. */
void hl_play_name(struct hl_play *play, const struct hl_intent *intent);
struct hl_template hl_play_template(const struct hl_play *play, const struct hl_intent *intent);
extern const struct hl_str hl_human_request; /* the id of the wish for a person */
/* How often the same may come, or not help, before a person. */
unsigned hl_unsolved_limit(const struct hl_intent *intent);
void hl_play_line(struct hl_play *play, enum hl_line_key key);
/* As hl_play_line, for what is left out in a language that has no words for it; false: so it was.
 */
bool hl_play_own_line(struct hl_play *play, enum hl_line_key key);
void hl_play_choice(struct hl_play *play, enum hl_choice_kind kind, struct hl_str target,
		    struct hl_str title);
void hl_play_answer(struct hl_play *play, const struct hl_intent *const *intents, size_t n);
/* The intent's answer and what follows from it; its questions are over. */
void hl_play_finish(struct hl_play *play, const struct hl_intent *intent);
/* Does a rule say that the customer wants a person? It goes before a slot that takes any text. */
bool hl_play_wants_human(const struct hl_play *play);
/* Appends the answer's text alone; false when the intent has none. */
bool hl_play_say_answer(struct hl_play *play, const struct hl_intent *intent);
void hl_play_buttons(struct hl_play *play, const struct hl_intent *intent);
/* As hl_play_answer within a form: without the intent's own questions when it can be. */
void hl_play_digress(struct hl_play *play, const struct hl_intent *intent);
/* Goes on with the first form: its next question, or its answer and then the next form. */
void hl_play_ask(struct hl_play *play);
/* The open question once more: the message held no value. */
void hl_play_ask_again(struct hl_play *play);
/* A pressed answer to the open question; false: it is not the question any more. */
bool hl_play_take_value(struct hl_play *play, struct hl_str value);
bool hl_intent_there(const struct hl_turn *turn, const struct hl_intent *intent);

/* gather.c */
struct hl_taken;
/* The message's own value for a slot, beside what is taken (may be NULL); a text slot never helps
   itself from a sentence. */
bool hl_play_value(struct hl_slot *out, struct hl_play *play, const struct hl_intent *intent,
		   size_t slot, const struct hl_taken *taken);
/* Keeps what the message says for the intent's slots; those found nowhere stay as they are. Returns
   how many were found. */
size_t hl_play_gather(struct hl_play *play, const struct hl_intent *intent);

/* form.c */
void hl_play_form(struct hl_play *play, const struct hl_intent *intent);

/* ladder.c */
void hl_play_unmatched(struct hl_play *play);
void hl_play_clarify(struct hl_play *play, const struct hl_intent *const *intents, size_t n);
/* The same question once more, to "yes". */
void hl_play_clarify_again(struct hl_play *play, const struct hl_choices *set);
/* The built-in wish for a person; the pack's `human.request` gives it its words and team. */
void hl_play_human(struct hl_play *play);
void hl_play_stopped(struct hl_play *play);
/* False: nothing was answered that could have helped. */
bool hl_play_not_helped(struct hl_play *play);
void hl_play_escalate(struct hl_play *play);

/* small.c: the short things people say to a bot, whole messages */
enum hl_small {
	HL_SMALL_YES = 1,
	HL_SMALL_NO = 2,
	HL_SMALL_NOT_HELPED = 4,
	HL_SMALL_SKIP = 8,
	HL_SMALL_HEARD = 16, /* ok, got it, that's all: no question */
	HL_SMALL_WAIT = 32,  /* one moment, let me look */
	HL_SMALL_REMARK = 64 /* i don't know, i told you: nothing by itself, and nothing grave */
};
/* All that the message may mean, as bits; "不对" is both no and did not help. */
unsigned hl_small_find(const struct hl_utterance *said);
/* Which of n things the message points at, "2", "the second one", "最后一个"; from 1, 0: none. */
size_t hl_small_ordinal(const struct hl_utterance *said, size_t n);
/* The words of a text in one spelling, for comparing a typed title with a button's. */
struct hl_str hl_small_key(struct hl_arena *arena, const struct hl_utterance *said);

/* choose.c: buttons, pressed or said */
/* Does what the button says; false: it is no longer possible. */
bool hl_play_press(struct hl_play *play, const struct hl_choice *choice);
/* The customer typed the title of a button. */
bool hl_play_typed(struct hl_play *play);
/* The customer pointed at a button of the bot's last entry: by its place, by "yes" or "no" to "did
   you mean", by a part of its title that no other has. */
bool hl_play_pointed(struct hl_play *play);

/* follow.c: "no, i meant eth", "and for eth?" after an answer: it is given anew with that value.
   False: the message is something else. */
bool hl_play_follow(struct hl_play *play);
/* Is the message nothing but values and how a change of them is said: "eth", "no, it was eth"? */
bool hl_play_only_values(struct hl_play *play);

#endif
