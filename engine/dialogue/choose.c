/*
 * Buttons: pressed, or said in the customer's own way: the title typed, "the second one", "yes".
 * Only what the bot showed counts, so nothing here looks at rules.
 */
#include "dialogue/inside.h"

#define TITLE_BYTES_MAX 200 /* a typed title is short */
#define SETS_TYPED 2	    /* titles of the last two entries may be typed */
#define PART_BYTES_MIN 3    /* of a title, to stand for it */

bool hl_play_press(struct hl_play *play, const struct hl_choice *choice)
{
	const struct hl_turn *turn = play->turn;
	const struct hl_intent *intent =
		choice->target.len ? hl_play_intent(turn, choice->target) : NULL;
	switch (choice->kind) {
	case HL_CHOICE_INTENT:
		if (!intent || !hl_intent_there(turn, intent))
			return false;
		hl_play_answer(play, &intent, 1);
		return true;
	case HL_CHOICE_HUMAN:
		hl_play_handoff(play, intent,
				play->offered && play->offered_rule ? HL_RULE : HL_ASKED);
		return true;
	case HL_CHOICE_VALUE:
		return hl_play_take_value(play, choice->target);
	case HL_CHOICE_NONE:
		hl_play_unmatched(play);
		return true;
	default:
		return false;
	}
}

/* ------------------------------------------------------------------ titles */

static struct hl_str key_of_said(struct hl_play *play)
{
	struct hl_str key = hl_small_key(play->turn->arena, play->turn->said);
	play->reply->text.failed |= !key.len && play->turn->said->n_words;
	return key;
}

static struct hl_str key_of(struct hl_play *play, struct hl_str text)
{
	struct hl_utterance words = {.n_words = 0};
	struct hl_arena *arena = play->turn->arena;
	int rc = hl_utterance_read(&words, arena, text, NULL, 0);
	struct hl_str key = rc == HL_OK ? hl_small_key(arena, &words) : HL_NONE;
	play->reply->text.failed |= rc != HL_OK || (!key.len && words.n_words);
	return key;
}

/* A link is opened by the widget; to one who types its title it is given in words too. */
static bool give_link(struct hl_play *play, const struct hl_choice *choice)
{
	hl_buf_str(&play->reply->text, choice->target);
	hl_play_choice(play, HL_CHOICE_URL, choice->target, choice->title);
	return true;
}

bool hl_play_typed(struct hl_play *play)
{
	const struct hl_talk *talk = play->talk;
	const struct hl_utterance *said = play->turn->said;
	if (said->original.len > TITLE_BYTES_MAX || !talk->n_sets)
		return false;
	struct hl_str key = key_of_said(play);
	for (size_t back = 1; key.len && back <= SETS_TYPED && back <= talk->n_sets; back++) {
		const struct hl_choices *set = &talk->sets[talk->n_sets - back];
		for (size_t i = 0; i < set->n; i++)
			if ((set->v[i].kind <= HL_CHOICE_NONE || set->v[i].kind == HL_CHOICE_URL) &&
			    hl_str_eq(key_of(play, set->v[i].title), key))
				return set->v[i].kind == HL_CHOICE_URL
					       ? give_link(play, &set->v[i])
					       : hl_play_press(play, &set->v[i]);
	}
	return false;
}

static bool is_title(const struct hl_turn *turn, struct hl_str key, enum hl_line_key line,
		     struct hl_str lang)
{
	struct hl_utterance words = {.n_words = 0};
	return hl_utterance_read(&words, turn->arena, hl_line(turn->pack, line, lang), NULL, 0) ==
		       HL_OK &&
	       hl_str_eq(hl_small_key(turn->arena, &words), key);
}

enum hl_choice_kind hl_dialogue_waiting_typed(const struct hl_turn *turn)
{
	struct hl_str key = turn->said->original.len <= TITLE_BYTES_MAX
				    ? hl_small_key(turn->arena, turn->said)
				    : HL_NONE;
	for (size_t i = 0; key.len && i < turn->pack->langs.n; i++) {
		struct hl_str lang = turn->pack->langs.v[i];
		if (is_title(turn, key, HL_LINE_LEAVE, lang))
			return HL_CHOICE_MESSAGE;
		if (is_title(turn, key, HL_LINE_BACK, lang))
			return HL_CHOICE_BOT;
	}
	return HL_CHOICE_KINDS;
}

/* The one button whose title holds the message as a part; NULL: none, or several. */
static const struct hl_choice *by_part(struct hl_play *play, const struct hl_choices *set)
{
	struct hl_str key = key_of_said(play);
	const struct hl_choice *only = NULL;
	for (size_t i = 0; key.len >= PART_BYTES_MIN && i < set->n; i++) {
		struct hl_str title = key_of(play, set->v[i].title);
		size_t at = hl_str_find(title, key, 0), end = at + key.len;
		if (set->v[i].kind != HL_CHOICE_INTENT || at == SIZE_MAX)
			continue;
		bool han = (unsigned char)*key.ptr >= 0x80;
		if (!han && ((at && title.ptr[at - 1] != ' ') ||
			     (end < title.len && title.ptr[end] != ' ')))
			continue;
		if (only)
			return NULL;
		only = &set->v[i];
	}
	return only;
}

/* ------------------------------------------------------------------ what was shown last */

/* The buttons of the entry the customer answers, those of the greeting for the first message. */
static bool shown(struct hl_choices *out, struct hl_play *play)
{
	const struct hl_talk *talk = play->talk;
	const struct hl_turn *turn = play->turn;
	if (turn->number == 1) {
		struct hl_reply *greeting = HL_NEW(turn->arena, struct hl_reply);
		if (!greeting || hl_dialogue_greet(greeting, turn) != HL_OK) {
			play->reply->text.failed = true;
			return false;
		}
		*out = (struct hl_choices){0, greeting->choices, greeting->n_choices};
		return true;
	}
	if (!talk->n_sets || talk->sets[talk->n_sets - 1].seq + 1 != turn->number)
		return false;
	*out = talk->sets[talk->n_sets - 1];
	return true;
}

/* Those the customer can point at: amid questions the values of the one that is open. */
static size_t pointable(const struct hl_choice **out, const struct hl_play *play,
			const struct hl_choices *set)
{
	size_t n = 0;
	for (size_t i = 0; i < set->n; i++)
		if (play->talk->n_forms ? set->v[i].kind == HL_CHOICE_VALUE
					: set->v[i].kind <= HL_CHOICE_NONE)
			out[n++] = &set->v[i];
	return n;
}

static const struct hl_choice *of_kind(const struct hl_choices *set, enum hl_choice_kind kind,
				       size_t *n)
{
	const struct hl_choice *first = NULL;
	*n = 0;
	for (size_t i = 0; i < set->n; i++) {
		if (set->v[i].kind != kind)
			continue;
		first = first ? first : &set->v[i];
		++*n;
	}
	return first;
}

/* "yes", "no" and a part of a title, said to "did you mean". */
static bool answer_clarify(struct hl_play *play, const struct hl_choices *set)
{
	size_t n_intents, n_none;
	const struct hl_choice *intent = of_kind(set, HL_CHOICE_INTENT, &n_intents);
	const struct hl_choice *none = of_kind(set, HL_CHOICE_NONE, &n_none);
	unsigned small = hl_small_find(play->turn->said);
	if (!none)
		return false;
	if (small & HL_SMALL_NO)
		return hl_play_press(play, none);
	if ((small & HL_SMALL_YES) && n_intents == 1)
		return hl_play_press(play, intent);
	if (small & HL_SMALL_YES) {
		hl_play_clarify_again(play, set);
		return true;
	}
	const struct hl_choice *part = by_part(play, set);
	return part && hl_play_press(play, part);
}

bool hl_play_pointed(struct hl_play *play)
{
	const struct hl_choice *v[HL_CHOICES_MAX];
	struct hl_choices set;
	if (hl_play_ruled(play) || play->turn->said->original.len > TITLE_BYTES_MAX ||
	    (play->turn->number == 1 && !hl_small_ordinal(play->turn->said, HL_CHOICES_MAX)) ||
	    !shown(&set, play))
		return false;
	size_t n = pointable(v, play, &set);
	size_t place = hl_small_ordinal(play->turn->said, n);
	if (place)
		return hl_play_press(play, v[place - 1]);
	return !play->talk->n_forms && answer_clarify(play, &set);
}
