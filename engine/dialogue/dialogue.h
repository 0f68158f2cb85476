/*
 * dialogue.h: what the bot says and asks. One call a turn: it edits what the bot remembers and
 * fills a reply; the step makes entries of it. Pure: the same turn gives the same reply.
 */
#ifndef HL_DIALOGUE_H
#define HL_DIALOGUE_H

#include "base/base.h"
#include "dialogue/talk.h"
#include "text/text.h"

#define HL_INTENTS_MAX 6 /* intents one reply may name */

/* Everything a turn may look at. All views live at least as long as the reply. */
struct hl_turn {
	struct hl_scratch *scratch;
	struct hl_arena *arena;
	const struct hl_ruleset *rules;
	const struct hl_pack *pack;
	const struct hl_verdict *verdict; /* NULL: nothing was said (a button, a line) */
	const struct hl_utterance *said;  /* with a verdict */
	struct hl_str conv;		  /* with `number`: picks among variants */
	uint64_t number;		  /* seq of what is answered */
	struct hl_str lang;		  /* one of the pack's */
	const struct hl_attr *user;	  /* signed */
	size_t n_user;
};

struct hl_handoff {
	bool set;
	enum hl_reason reason;
	enum hl_urgency urgency;
	struct hl_str team;
	struct hl_str note; /* for the agents; may be empty */
};
struct hl_reply {
	struct hl_buf text; /* empty: the bot says nothing */
	struct hl_choice choices[HL_CHOICES_MAX];
	size_t n_choices;
	struct hl_str intents[HL_INTENTS_MAX];
	size_t n_intents;
	struct hl_handoff handoff;
	struct hl_str title; /* of the intent dealt with last; empty: none */
};
void hl_reply_init(struct hl_reply *out, struct hl_arena *arena);

/* Whether the pack speaks `lang`. */
bool hl_lang_known(const struct hl_pack *pack, struct hl_str lang);
/* Who takes what names no team, and who is called about a wallet's secret: the team `security` if
   the pack has one, else `otherwise`. */
struct hl_str hl_first_team(const struct hl_pack *pack);
struct hl_str hl_security_team(const struct hl_pack *pack, struct hl_str otherwise);

/* A message while the bot is in charge. HL_OK, HL_NOMEM. */
int hl_dialogue_say(struct hl_reply *out, struct hl_talk *talk, const struct hl_turn *turn);
/* A pressed button of a bot's entry or the greeting. HL_OK; HL_REFUSED: no longer possible;
   HL_NOMEM. */
int hl_dialogue_press(struct hl_reply *out, struct hl_talk *talk, const struct hl_turn *turn,
		      const struct hl_choice *choice);
/* The customer's wish for a person, by button or frame. HL_OK, HL_NOMEM. */
int hl_dialogue_human(struct hl_reply *out, struct hl_talk *talk, const struct hl_turn *turn);
/* Of the two actions a waiting customer is shown, the one whose title the message is, in any
   language of the pack: HL_CHOICE_MESSAGE, HL_CHOICE_BOT; HL_CHOICE_KINDS: neither, or no memory.
 */
enum hl_choice_kind hl_dialogue_waiting_typed(const struct hl_turn *turn);
/* What the bot says first of all, with buttons. HL_OK, HL_NOMEM. */
int hl_dialogue_greet(struct hl_reply *out, const struct hl_turn *turn);
/* Forgets forms, counts and buttons: a new episode, or a person has taken over. */
void hl_talk_reset(struct hl_talk *talk);

/* ------------------------------------------------------------------ lines and templates */

enum hl_line_key {
	/* a pack in another language than English and Chinese must give these */
	HL_LINE_DID_YOU_MEAN,
	HL_LINE_NONE_OF_THESE,
	HL_LINE_REPHRASE,
	HL_LINE_UNMATCHED,
	HL_LINE_OFFER,
	HL_LINE_HANDOFF,
	HL_LINE_STOPPED,
	/* it may give these, but for the warning about a wallet secret and the minutes */
	HL_LINE_HUMAN, /* a button's title */
	HL_LINE_WALLET,
	HL_LINE_GREETING,
	HL_LINE_TAKE_TIME, /* to "one moment"; only where hl_line_known */
	HL_LINE_HEARD,	   /* to an "ok" that asks nothing; only where hl_line_known */
	HL_LINE_AGAIN,	   /* before a question that is put again; only where hl_line_known */
	HL_LINE_MESSAGE,   /* offers to leave a message */
	HL_LINE_LEAVE,	   /* a button's title: leave a message */
	HL_LINE_KEPT,	   /* the message will be read */
	HL_LINE_BACK,	   /* a button's title: back to the assistant */
	HL_LINE_RETURNED,  /* the assistant is back */
	HL_LINE_MINUTES,   /* {lo} and {hi}: a range of waiting */
	HL_LINE_COUNT
};
/* The line in a language of the pack, the pack's own if it has one. */
struct hl_str hl_line(const struct hl_pack *pack, enum hl_line_key key, struct hl_str lang);
/* Are there words for the line in that very language? */
bool hl_line_known(const struct hl_pack *pack, enum hl_line_key key, struct hl_str lang);
/* Of the texts, the one of this language, else the one without language, else the first. */
struct hl_str hl_texts_pick(const struct hl_texts *texts, struct hl_str lang);

/* Values a template may name, beside vars and user.*. */
struct hl_template {
	const struct hl_turn *turn;
	const struct hl_talk *talk;	/* slot values; may be NULL */
	const struct hl_intent *intent; /* whose slots; may be NULL */
	const struct hl_var *more;	/* {position}, {wait} */
	size_t n_more;
	bool note; /* for agents: e-mail and phone masked, a missing value as "?" */
};
/* Appends the text with its values; each is inserted once and never read again as a template.
   False: a name without `|` had no value (nothing stands in its place). */
bool hl_template_render(struct hl_buf *out, const struct hl_template *with, struct hl_str text);

#endif
