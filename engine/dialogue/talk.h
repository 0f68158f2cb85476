/*
 * talk.h: what the bot remembers of a conversation. Part of the conversation's state, so it is
 * copied with every step and stands in the snapshot; strings belong to whoever holds the struct.
 */
#ifndef HL_TALK_H
#define HL_TALK_H

#include "hotline.h"

#define HL_FORMS_MAX 3	  /* the one being asked and those that wait behind it */
#define HL_HELD_MAX 32	  /* slot values */
#define HL_ANSWERED_MAX 8 /* intents answered in this episode, for "the same again" */
#define HL_SETS_MAX 6	  /* entries whose buttons can still be pressed */
#define HL_CHOICES_MAX (HL_BUTTONS_MAX + 1)

enum hl_choice_kind {
	HL_CHOICE_INTENT,
	HL_CHOICE_HUMAN,
	HL_CHOICE_VALUE,   /* an answer to the question asked */
	HL_CHOICE_NONE,	   /* none of these */
	HL_CHOICE_MESSAGE, /* leave a message in place of waiting */
	HL_CHOICE_BOT,	   /* back to the assistant */
	HL_CHOICE_URL,	   /* opened by the widget, never pressed here */
	HL_CHOICE_KINDS
};
struct hl_choice {
	enum hl_choice_kind kind;
	struct hl_str target; /* INTENT: its id; URL: the address; VALUE: the list's value; HUMAN:
				 the intent that offers, or empty */
	struct hl_str title;
};
struct hl_choices { /* the buttons of one bot entry; button n is v[n - 1] */
	uint64_t seq;
	struct hl_choice *v;
	size_t n;
};
struct hl_held { /* a slot's value */
	struct hl_str intent, name, value;
	bool masked;  /* e-mail, phone: agents see only its ends */
	bool skipped; /* given up by `else: skip`; no value */
};
struct hl_form { /* an intent whose questions are being asked */
	struct hl_str intent;
	struct hl_str asked; /* slot; empty: not yet asked */
	unsigned tries;	     /* lost on the asked slot */
};
struct hl_answered {
	struct hl_str intent;
	unsigned unsolved; /* came again, or "did not help" */
};
struct hl_talk {
	struct hl_form *forms; /* the first is being asked */
	size_t n_forms;
	struct hl_held *held;
	size_t n_held;
	struct hl_answered *answered; /* the latest last */
	size_t n_answered;
	struct hl_choices *sets; /* the latest last */
	size_t n_sets;
	unsigned rephrased;	  /* asked to rephrase since the last answer */
	unsigned clarified;	  /* asked "did you mean" since the last answer */
	bool offered;		  /* the last bot entry offered a person */
	bool offered_rule;	  /* by the bot itself, not by an intent's `handoff: offer` */
	struct hl_str offered_by; /* the intent; may be empty */
};

#endif
