/*
 * The short things people say to a bot: yes, no, that did not help, the second one; in English and
 * Chinese, as whole messages only, so that "yes but my deposit …" is read as what it is.
 */
#include "classify/said.h"
#include "dialogue/smalltalk.h"

#define ORDINAL_WORDS_MAX 10
#define FILL                                                                                       \
	"the option number choice answer button pick choose select take i id ill want like its "   \
	"it "                                                                                      \
	"is please pls go with that would be st nd rd th"
#define HAN_FILL "第 个 选 选择 我 要 是 项 条 号 吧 就 那 那个 种 的 请 按钮"

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
