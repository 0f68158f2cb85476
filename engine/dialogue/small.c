/*
 * The short things people say to a bot: yes, no, that did not help, the second one; in English and
 * Chinese, as whole messages only, so that "yes but my deposit …" is read as what it is.
 */
#include "classify/said.h"
#include "classify/sayings.h"
#include "dialogue/inside.h"

#define ORDINAL_WORDS_MAX 10
#define FILL                                                                                       \
	"the option number choice answer button pick choose select take i id ill want like its "   \
	"it "                                                                                      \
	"is please pls go with that would be st nd rd th"
#define HAN_FILL "第 个 选 选择 我 要 是 项 条 号 吧 就 那 那个 种 的 请 按钮"

enum { Y = HL_SMALL_YES, N = HL_SMALL_NO, X = HL_SMALL_NOT_HELPED, S = HL_SMALL_SKIP };

/* In the order of their bytes. */
static const struct hl_saying pieces[] = {
	{"above", 0, N},
	{"absolutely", Y, 0},
	{"again", 0, X},
	{"all", 0, X},
	{"already did", X, 0},
	{"already did that", X, 0},
	{"already tried", X, 0},
	{"already tried that", X, 0},
	{"alright", Y, 0},
	{"answer", 0, X},
	{"answers", 0, X},
	{"any", 0, X},
	{"are", 0, X},
	{"at all", 0, X},
	{"been", 0, X},
	{"bot", 0, X},
	{"but", 0, X},
	{"can", 0, S},
	{"cant help", X, 0},
	{"completely", 0, X},
	{"correct", Y, 0},
	{"definitely", Y, 0},
	{"did", 0, X},
	{"did not answer", X, 0},
	{"did not help", X, 0},
	{"did not work", X, 0},
	{"didnt answer", X, 0},
	{"didnt help", X, 0},
	{"didnt work", X, 0},
	{"do", 0, Y},
	{"do it", Y, 0},
	{"does not answer", X, 0},
	{"does not help", X, 0},
	{"does not work", X, 0},
	{"doesnt answer", X, 0},
	{"doesnt help", X, 0},
	{"doesnt work", X, 0},
	{"doesnt works", X, 0},
	{"done", 0, X},
	{"dont", N, 0},
	{"dont help", X, 0},
	{"dont work", X, 0},
	{"else", 0, N},
	{"everything", 0, X},
	{"exactly", Y, 0},
	{"fine", 0, N},
	{"for", 0, N | X},
	{"go ahead", Y, 0},
	{"has not been", 0, X},
	{"hasnt been", 0, X},
	{"have", 0, X},
	{"i", 0, Y | N | X | S},
	{"i do", Y, 0},
	{"im", 0, N},
	{"im good", N, 0},
	{"info", 0, X},
	{"information", 0, X},
	{"is", 0, Y | X},
	{"is not helping", X, 0},
	{"isnt helpful", X, 0},
	{"isnt solved", X, 0},
	{"isnt working", X, 0},
	{"issue", 0, X},
	{"it", 0, Y | N | X | S},
	{"its", 0, Y | N | X},
	{"ive", 0, X},
	{"just", 0, X},
	{"k", Y, 0},
	{"lets", 0, S},
	{"like", 0, Y},
	{"link", 0, X},
	{"me", 0, X},
	{"more", 0, N},
	{"my", 0, X},
	{"n", N, 0},
	{"nah", N, 0},
	{"neither", N, 0},
	{"next", S, 0},
	{"next question", S, 0},
	{"no", N, X},
	{"no good", X, 0},
	{"no help", X, 0},
	{"no need", N, 0},
	{"no use", X, 0},
	{"none", N, 0},
	{"nope", N, 0},
	{"not fixed", X, 0},
	{"not helpful", X, 0},
	{"not helping", X, 0},
	{"not my question", X, 0},
	{"not now", N, 0},
	{"not really", N, 0},
	{"not resolved", X, 0},
	{"not solved", X, 0},
	{"not the answer", X, 0},
	{"not useful", X, 0},
	{"not what i asked", X, 0},
	{"not what i mean", X, 0},
	{"not what i meant", X, 0},
	{"not what i need", X, 0},
	{"not what i want", X, 0},
	{"not work", X, 0},
	{"not working", X, 0},
	{"nothing", N, 0},
	{"nothing changed", X, 0},
	{"now", 0, Y | N},
	{"of", 0, N | X},
	{"of course", Y, 0},
	{"ok", Y, X},
	{"okay", Y, X},
	{"okey", Y, 0},
	{"one", 0, Y | S},
	{"pass", S, 0},
	{"please", Y, N | X | S},
	{"please do", Y, 0},
	{"pls", 0, Y | S},
	{"plz", 0, Y},
	{"problem", 0, X},
	{"question", 0, X | S},
	{"really", 0, X},
	{"right", Y, 0},
	{"same issue", X, 0},
	{"same problem", X, 0},
	{"skip", S, 0},
	{"so", 0, X},
	{"sorry", 0, X},
	{"sounds good", Y, 0},
	{"steps", 0, X},
	{"still", 0, X},
	{"still the same", X, 0},
	{"sure", Y, 0},
	{"thank you", 0, Y | N | X},
	{"thanks", 0, Y | N | X},
	{"thankyou", 0, N},
	{"that", 0, Y | N | X | S},
	{"that one", Y, 0},
	{"thats", 0, Y | X},
	{"thats it", Y, 0},
	{"the", 0, Y | N | X | S},
	{"them", 0, N},
	{"these", 0, N},
	{"this", 0, N | X | S},
	{"this one", Y, 0},
	{"those", 0, N},
	{"thx", 0, N},
	{"to", 0, X | S},
	{"totally", 0, X},
	{"tried", 0, X},
	{"tried that", X, 0},
	{"tried that already", X, 0},
	{"true", Y, 0},
	{"unfortunately", 0, X},
	{"unhelpful", X, 0},
	{"unresolved", X, 0},
	{"unsolved", X, 0},
	{"useless", X, 0},
	{"very", 0, X},
	{"want", 0, N | S},
	{"was", 0, X},
	{"wasnt helpful", X, 0},
	{"we", 0, S},
	{"with", 0, X},
	{"would", 0, Y},
	{"wrong answer", X, 0},
	{"y", Y, 0},
	{"ya", Y, 0},
	{"yea", Y, 0},
	{"yeah", Y, 0},
	{"yep", Y, 0},
	{"yes", Y, 0},
	{"yet", 0, X},
	{"you", 0, X},
	{"you did not understand", X, 0},
	{"you didnt understand", X, 0},
	{"you dont understand", X, 0},
	{"your", 0, X},
	{"youre", 0, X},
	{"yup", Y, 0},
	{"一下", 0, Y},
	{"一个", 0, N},
	{"一样", X, 0},
	{"一点", 0, X},
	{"一点也", 0, X},
	{"上", 0, X},
	{"下一步", S, 0},
	{"下一题", S, 0},
	{"不", N, 0},
	{"不填", S, 0},
	{"不好使", X, 0},
	{"不好用", X, 0},
	{"不对", N | X, 0},
	{"不是", N, 0},
	{"不是我要的", X, 0},
	{"不是我问的", X, 0},
	{"不是的", N, 0},
	{"不是这个", N | X, 0},
	{"不是这个意思", X, 0},
	{"不用", N, 0},
	{"不用了", N, 0},
	{"不管用", X, 0},
	{"不行", X, 0},
	{"不要", N, 0},
	{"不过", 0, X},
	{"不需要", N, 0},
	{"不顶用", X, 0},
	{"也", 0, X},
	{"了", 0, Y | N | X | S},
	{"仍然", 0, X},
	{"以上", 0, N},
	{"但", 0, X},
	{"但是", 0, X},
	{"你", 0, X},
	{"你们", 0, X},
	{"你说的", 0, X},
	{"依旧", 0, X},
	{"依然", 0, X},
	{"先", 0, S},
	{"先跳过", S, 0},
	{"全都", 0, X},
	{"到", 0, X},
	{"到我", 0, X},
	{"办法", 0, X},
	{"可以", Y, S},
	{"可是", 0, X},
	{"同意", Y, 0},
	{"吗", 0, S},
	{"吧", 0, Y | N | S},
	{"呀", 0, Y | X},
	{"呢", 0, Y | X},
	{"哪个", 0, N},
	{"啊", 0, Y | N | X},
	{"啦", 0, X},
	{"嗯", Y, 0},
	{"回答", 0, X},
	{"太", 0, X},
	{"好", Y, 0},
	{"好啊", Y, 0},
	{"好的", Y, 0},
	{"完全", 0, X},
	{"对", Y, X},
	{"对我", 0, X},
	{"对的", Y, 0},
	{"就", 0, Y},
	{"就是", 0, X},
	{"就是它", Y, 0},
	{"就是这个", Y, 0},
	{"就这个", Y, 0},
	{"已经", 0, X},
	{"帮不了", X, 0},
	{"帮我", 0, Y},
	{"并", 0, X},
	{"废话", X, 0},
	{"忙", 0, X},
	{"我", 0, Y | N | X},
	{"我想", 0, S},
	{"我的", 0, X},
	{"我问的", 0, X},
	{"我问的不是这个", X, 0},
	{"抱歉", 0, X},
	{"方法", 0, X},
	{"无效", X, 0},
	{"是", Y, 0},
	{"是的", Y, 0},
	{"未解决", X, 0},
	{"机器人", 0, X},
	{"根本", 0, X},
	{"根本就", 0, X},
	{"没事了", N, 0},
	{"没什么用", X, 0},
	{"没啥用", X, 0},
	{"没回答", X, 0},
	{"没帮上", X, 0},
	{"没帮到", X, 0},
	{"没帮助", X, 0},
	{"没效果", X, 0},
	{"没有", N, 0},
	{"没有回答", X, 0},
	{"没有帮助", X, 0},
	{"没有效果", X, 0},
	{"没有用", X, 0},
	{"没有解决", X, 0},
	{"没用", X, 0},
	{"没能解决", X, 0},
	{"没解决", X, 0},
	{"没错", Y, 0},
	{"略过", S, 0},
	{"的", 0, Y | N | X},
	{"真", 0, X},
	{"真的", 0, X},
	{"确定", Y, 0},
	{"确认", Y, 0},
	{"答非所问", X, 0},
	{"算了", N, 0},
	{"行", Y, 0},
	{"要", Y, 0},
	{"解决不了", X, 0},
	{"试了", X, 0},
	{"试过", X, 0},
	{"试过了", X, 0},
	{"说的", 0, X},
	{"请", 0, Y | S},
	{"谢谢", 0, Y | N | X},
	{"跳过", S, 0},
	{"转", 0, Y},
	{"转吧", 0, Y},
	{"还", 0, X},
	{"还是", 0, X},
	{"这", 0, X},
	{"这一步", 0, S},
	{"这个", 0, Y | N | X | S},
	{"这个问题", 0, S},
	{"这些", 0, N | X},
	{"那", 0, Y | X},
	{"那个", 0, N | X},
	{"那就", 0, Y},
	{"都", 0, X},
	{"都不对", N, 0},
	{"都不是", N, 0},
	{"问题", 0, X},
	{"需要", Y, 0},
	{"麻烦了", Y, 0},
};

struct hl_str hl_small_key(struct hl_arena *arena, const struct hl_utterance *said)
{
	struct hl_buf buf;
	hl_buf_init(&buf, arena);
	for (size_t i = 0; i < said->n_words; i++) {
		const struct hl_word *word = &said->words[i];
		bool joined = i && word->kind == HL_WORD_HAN && word[-1].kind == HL_WORD_HAN;
		if (i && !joined)
			hl_buf_char(&buf, ' ');
		hl_buf_str(&buf, word->n_also ? word->also[word->n_also - 1] : word->form);
	}
	return buf.failed ? HL_NONE : hl_buf_view(&buf);
}

unsigned hl_small_find(const struct hl_utterance *said)
{
	return hl_sayings_scan(pieces, sizeof pieces / sizeof *pieces, said);
}

/* ------------------------------------------------------------------ the second one */

/* The place the word names among n, 0: none. */
static size_t place_of(const struct hl_utterance *said, size_t word, size_t n)
{
	static const char *const names[] = {"first former", "second", "third",	"fourth",
					    "fifth",	    "sixth",  "seventh"};
	int value;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (hl_said_one_of(said, word, names[i]))
			return i + 1;
	if (hl_said_one_of(said, word, "last latter"))
		return n;
	return hl_said_number(&value, said, word) && value > 0 ? (size_t)value : 0;
}

size_t hl_small_ordinal(const struct hl_utterance *said, size_t n)
{
	size_t place = 0;
	bool one = false;
	if (said->n_words > ORDINAL_WORDS_MAX)
		return 0;
	for (size_t w = 0; w < said->n_words;) {
		int value;
		size_t here = place_of(said, w, n);
		size_t words = hl_said_number(&value, said, w);
		size_t last = hl_said_any_han(said, w, "最后一个 最后一项 最后 后者");
		size_t first = hl_said_any_han(said, w, "前者");
		size_t fill = hl_said_any_han(said, w, HAN_FILL);
		here = last ? n : first ? 1 : here;
		if (here) {
			if (place)
				return 0;
			place = here;
			w += last + first > words ? last + first : words ? words : 1;
		} else if (fill || hl_said_one_of(said, w, FILL)) {
			w += fill ? fill : 1;
		} else if (hl_said_one_of(said, w, "one")) {
			one = true;
			w++;
		} else {
			return 0;
		}
	}
	place = !place && one ? 1 : place;
	return place <= n ? place : 0;
}
