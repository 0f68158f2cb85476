/*
 * What is said right after an answer and only changes a value in it: "no, i meant eth", "and for
 * eth?", "不是btc，是eth". The answer is given anew; nothing else of the message may be news.
 */
#include "classify/classify.h"
#include "classify/said.h"
#include "dialogue/inside.h"

#define FOLLOW_WORDS_MAX 16
#define FOLLOW                                                                                     \
	"no not i im meant mean said sorry actually oops wait its it is was thats that the what "  \
	"about how and or for then same question in on with to of my ok okay but also please pls " \
	"should be rather instead change make correction hi typo wrong a by using via if typed "   \
	"entered put wrote chose selected picked mistake coin token currency network one correct"
#define HAN_FOLLOW                                                                                                               \
	"不是 不 是 我 我是 说 我说的 的 那 那么 呢 换成 改成 改为 如果 如果是 要是 "               \
	"错了 说错了 写错了 打错了 填错了 选错了 输错了 点错了 弄错了 搞错了 刚才 刚刚 币种 " \
	"应该是 应该 对不起 抱歉 不好意思 不对 同样 也 "                                                      \
	"还有 而是 是说 用 吧 啊 哦 了 请问 和 或 币 这个 换 改"

/* Words with which a question goes on, "and for", "那…呢"; how many stand there. */
static uint32_t goes_on(const struct hl_utterance *said, size_t word)
{
	uint32_t han = hl_said_any_han(said, word, HAN_FOLLOW);
	return han ? han : hl_said_one_of(said, word, FOLLOW);
}

bool hl_play_only_values(struct hl_play *play)
{
	const struct hl_turn *turn = play->turn;
	if (turn->said->n_words > FOLLOW_WORDS_MAX)
		return false;
	int rc = hl_values_only(turn->scratch, turn->rules, turn->said, goes_on);
	play->reply->text.failed |= rc < 0;
	return rc == HL_OK;
}

/* "and eth?", "usdt?", "USDT的" to an answer that is the same for all: it is said once more, and
   counts as nothing. */
static bool same_for_all(struct hl_play *play)
{
	const struct hl_utterance *said = play->turn->said;
	size_t w = 0;
	while (w < said->n_words && !hl_said_one_of(said, w, "and about for on in with via") &&
	       !hl_said_any_han(said, w, "那 呢 还有 的 如果"))
		w++;
	bool asks = hl_str_find(said->normal.text, HL_STR("?"), 0) != SIZE_MAX;
	return (asks || w < said->n_words) && hl_play_only_values(play);
}

/* Is every word of the message part of the value or of how a change is said? What is denied may be
   anything, once. */
static bool only_changes(const struct hl_utterance *said, const struct hl_slot *value)
{
	bool denies = false;
	size_t unknown = 0;
	if (said->n_words > FOLLOW_WORDS_MAX)
		return false;
	for (size_t w = 0; w < said->n_words;) {
		const struct hl_word *word = &said->words[w];
		size_t more = goes_on(said, w);
		bool in_value = word->ostart >= value->start && word->oend <= value->end;
		denies |= hl_said_one_of(said, w, "not instead") || hl_said_han(said, w, "不是");
		if (!in_value && !more)
			unknown++;
		w += !in_value && more ? more : 1;
	}
	return unknown <= denies;
}

static bool changes(struct hl_slot *out, struct hl_play *play, const struct hl_intent *intent,
		    size_t slot)
{
	const struct hl_turn *turn = play->turn;
	const struct hl_slot_def *def = &intent->slots[slot];
	const struct hl_held *held = hl_talk_held(play->talk, intent->id, def->name);
	if (def->kind == HL_SLOT_TEXT)
		return false;
	int rc = hl_slot_find(out, turn->scratch, turn->rules, intent, slot, turn->said, NULL);
	play->reply->text.failed |= rc < 0;
	return rc == HL_OK && only_changes(turn->said, out) &&
	       (!held || !hl_str_eq(held->value, out->value));
}

/* A value of the message for one of the intent's slots that is not the one it has, the slot said
   last before the others; its index or n_slots. */
static size_t changed_slot(struct hl_slot *out, struct hl_play *play,
			   const struct hl_intent *intent)
{
	const struct hl_talk *talk = play->talk;
	size_t i;
	for (size_t h = talk->n_held; h-- > 0;)
		for (i = 0; i < intent->n_slots; i++)
			if (hl_str_eq(talk->held[h].intent, intent->id) &&
			    hl_str_eq(talk->held[h].name, intent->slots[i].name) &&
			    changes(out, play, intent, i))
				return i;
	for (i = 0; i < intent->n_slots && !changes(out, play, intent, i);)
		i++;
	return i;
}

/* The intent answered last, politeness apart; NULL: there is none. */
static const struct hl_intent *last_answered(const struct hl_play *play)
{
	const struct hl_talk *talk = play->talk;
	for (size_t i = talk->n_answered; i-- > 0;) {
		const struct hl_intent *intent =
			hl_play_intent(play->turn, talk->answered[i].intent);
		if (!intent || !hl_play_polite(intent))
			return intent;
	}
	return NULL;
}

bool hl_play_follow(struct hl_play *play)
{
	struct hl_talk *talk = play->talk;
	const struct hl_turn *turn = play->turn;
	struct hl_slot value;
	if (hl_play_ruled(play) || !talk->n_answered)
		return false;
	const struct hl_intent *intent = last_answered(play);
	if (!intent || !hl_intent_there(turn, intent))
		return false;
	size_t slot = changed_slot(&value, play, intent);
	if (slot < intent->n_slots)
		hl_talk_hold(talk, intent, &intent->slots[slot], value.value);
	else if (turn->verdict->decision == HL_ANSWER || !same_for_all(play))
		return false;
	talk->rephrased = talk->clarified = 0;
	hl_play_finish(play, intent);
	return true;
}
