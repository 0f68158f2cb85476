/*
 * classify/classify.h: which intents a message holds by explicit rules, what their slots take, and
 * the few wishes every bot understands. Ranking and decision are made elsewhere.
 */
#ifndef HL_CLASSIFY_H
#define HL_CLASSIFY_H

#include "classify/match.h"

/* ------------------------------------------------------------------ rules that match */

enum hl_order_bit { /* what one match is better by than another, the weightiest highest */
		    HL_ORDER_CONDITIONAL = 0,
		    HL_ORDER_PHRASE = 1,
		    HL_ORDER_SIZE2 = 2, /* and the 31 bits above it */
		    HL_ORDER_PATTERN = 34,
		    HL_ORDER_WHOLE = 35,
		    HL_ORDER_SENSITIVE = 36
};
struct hl_found { /* an intent's best match */
	uint32_t intent, rule;
	uint64_t order; /* enum hl_order_bit; the larger goes first: see hl_classify_order */
	struct hl_match match;
};
struct hl_findings {
	const struct hl_found *v; /* by intent number */
	size_t n;
	const uint32_t *list; /* the rules that the index let through */
	size_t candidates;    /* of them */
};
/* Every intent's best match; intents whose `only_if` fails (unless met) or whose `never` matches
   are left out. Lives in the scratch's turn. HL_OK, HL_NOMEM. */
int hl_classify_rules(struct hl_findings *out, struct hl_reading *reading,
		      const struct hl_query *query, struct hl_str lang);
/* What became of each rule the index let through, for explain: matched once more, so it comes after
   the decision, which it must not touch. Lives in the scratch's turn. HL_OK, HL_NOMEM. */
int hl_classify_tell(const struct hl_candidate **out, struct hl_reading *reading,
		     const struct hl_findings *findings, const struct hl_query *query,
		     struct hl_str lang);
/* Is the intent there for this query: does `only_if` hold and no `never` match? */
bool hl_classify_allowed(struct hl_reading *reading, uint32_t intent, const struct hl_query *query,
			 struct hl_str lang);
/* Which of two rules of one intent, or of two intents, goes first by everything but likeness and
   id: negative, 0 or positive. */
static inline int hl_classify_order(const struct hl_found *a, const struct hl_found *b)
{
	return a->order > b->order ? -1 : a->order < b->order;
}
static inline bool hl_classify_is(const struct hl_found *found, enum hl_order_bit bit)
{
	return found->order >> bit & 1;
}
/* The kind of the rule that matched. */
static inline enum hl_by hl_classify_by(const struct hl_found *found)
{
	return hl_classify_is(found, HL_ORDER_PATTERN)	? HL_BY_PATTERN
	       : hl_classify_is(found, HL_ORDER_PHRASE) ? HL_BY_PHRASE
							: HL_BY_WORDS;
}

/* ------------------------------------------------------------------ slots */

/* What the intent's slots take from a message: what the winning match captured (may be NULL) first,
   then, for those left empty, the whole message; no words serve two slots. In the order of the
   intent's slots, further captured names after them. Lives in the scratch's turn. HL_OK, HL_NOMEM.
 */
int hl_slots_fill(const struct hl_slot **out, size_t *n, struct hl_reading *reading,
		  uint32_t intent, const struct hl_match *match);
/* Parts of a message, in bytes of the original, that serve other slots already. */
struct hl_taken {
	const struct hl_span *v;
	size_t n;
};
/* The value of one slot in an utterance: `intent` is one of hl_ruleset_pack(rules)->intents, `slot`
   an index into its slots, `taken` may be NULL. A TEXT slot takes the whole message; a LIST slot
   one letter too (`U`) where that is all of it, and a word with one slip (`etherium`) in a short
   message; AMOUNT and NUMBER one that is the whole message in words too (`five hundred`, `一个`);
   DATE a rough one (`2 hours ago`) where there is no better. Lives in the scratch's turn. HL_OK,
   HL_NOT_FOUND, HL_NOMEM. */
int hl_slot_find(struct hl_slot *out, struct hl_scratch *scratch, const struct hl_ruleset *rules,
		 const struct hl_intent *intent, size_t slot, const struct hl_utterance *utterance,
		 const struct hl_taken *taken);
/* Does the utterance name this value of the slot, even to deny it? HL_OK: it does; HL_NOT_FOUND,
   HL_NOMEM. */
int hl_slot_says(struct hl_scratch *scratch, const struct hl_ruleset *rules,
		 const struct hl_intent *intent, size_t slot, const struct hl_utterance *utterance,
		 struct hl_str value);

/* Is the message nothing but values of the pack's lists and slot types, and what `beside` (may be
   NULL) takes around them, in words from `word` on? HL_OK: it is; HL_NOT_FOUND, HL_NOMEM. */
int hl_values_only(struct hl_scratch *scratch, const struct hl_ruleset *rules,
		   const struct hl_utterance *utterance,
		   uint32_t (*beside)(const struct hl_utterance *utterance, size_t word));

/* ------------------------------------------------------------------ conditions */

/* Do all of them hold? "lang" is `lang`, "user.NAME" what the host signed; "not v" holds also when
   nothing is known. */
bool hl_conds_hold(const struct hl_conds *conds, const struct hl_attr *user, size_t n_user,
		   struct hl_str lang);

/* ------------------------------------------------------------------ wishes of every customer */

enum hl_builtin { HL_BUILTIN_NONE, HL_BUILTIN_HUMAN, HL_BUILTIN_CANCEL, HL_BUILTIN_BACK };
/* What the whole message wishes, in English or Chinese. Intents of a pack go before. */
enum hl_builtin hl_builtin_find(const struct hl_utterance *utterance);
/* Does a sentence of the message, or a part of it between commas, wish for a person? As its last
   part a mere "agent please" does. *out is where, in bytes of the original. */
bool hl_human_wanted(struct hl_span *out, const struct hl_utterance *utterance);
/* Is the whole message of the word set `stop`: the pack's, else the built-in cancel and back? */
bool hl_stop_said(struct hl_scratch *scratch, const struct hl_ruleset *rules,
		  const struct hl_utterance *utterance);

/* The wider words of one who is being asked and gives up: "i want to cancel this". Elsewhere they
   may be about an order. */
bool hl_quit_said(const struct hl_utterance *utterance);
/* The wider words of one who is being asked and sees that the last answer was wrong: 填错了. */
bool hl_wrong_said(const struct hl_utterance *utterance);
/* Of those who want back: all the way, to the first question? */
bool hl_restart_said(const struct hl_utterance *utterance);

#endif
