/* Sums as customers write them, and numbers that are none: "2 hours ago I sent 500". Knows forms;
   the value stays as it was typed. */
#include "classify/amounts.h"

#include "classify/dates.h"
#include "classify/said.h"

#define DATE_WORDS 8 /* a date is no longer */

/* 1k, 3w, 2.5万, 5百万, 2 million */
static uint32_t with_unit(const struct hl_utterance *u, uint32_t word)
{
	size_t next = (size_t)word + 1;
	if (next >= u->n_words)
		return 1;
	if (hl_said_one_of(u, next, "hundred thousand million billion"))
		return 2;
	if (!u->words[next].glued)
		return 1;
	if (hl_said_one_of(u, next, "k w"))
		return 2;
	return 1 + hl_said_any_han(u, next, "百 千 万 亿 十万 百万 千万 百亿 万亿");
}

/* 五百, 两千五, 十五; not 一, which counts anything, nor 千万 and 万一, which are no numbers. */
static uint32_t in_numerals(const struct hl_utterance *u, uint32_t word)
{
	uint32_t n = hl_said_numerals(u, word);
	if (n < 2)
		return n && hl_said_any_han(u, word + n, "枚 元 块 刀 美元 美金");
	return hl_said_any_han(u, word, "百 千 万 亿 零 〇") ? 0 : n;
}

uint32_t hl_amount_at(const struct hl_utterance *u, uint32_t word)
{
	if (u->words[word].kind == HL_WORD_NUMBER)
		return with_unit(u, word);
	return u->words[word].kind == HL_WORD_HAN ? in_numerals(u, word) : 0;
}

static bool in_date(const struct hl_utterance *u, uint32_t word)
{
	uint32_t from = word > DATE_WORDS ? word - DATE_WORDS : 0;
	for (uint32_t w = from; w <= word; w++)
		if (hl_date_at(u, w) > word - w)
			return true;
	return false;
}

bool hl_amount_of_other(const struct hl_utterance *u, uint32_t word, uint32_t n)
{
	size_t next = (size_t)word + n;
	const struct hl_word *last = &u->words[next - 1];
	if (last->end < u->normal.text.len && u->normal.text.ptr[last->end] == '%')
		return true;
	if (hl_said_one_of(u, next,
			   "s sec secs second seconds min mins minute minutes h hr hrs hour hours "
			   "day days week weeks month months year years am pm times percent") ||
	    hl_said_any_han(u, next,
			    "秒 分钟 小时 个小时 钟头 个钟头 天 周 个星期 个礼拜 个月 年 点 "
			    "次 遍 号 日 月"))
		return !hl_said_any_han(u, next, "日元 日圆 日币");
	return in_date(u, word);
}
