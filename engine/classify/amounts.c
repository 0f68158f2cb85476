/* Sums as customers write them, and numbers that are none: "2 hours ago I sent 500". Knows forms;
   the value stays as it was typed. */
#include "classify/amounts.h"

#include "classify/dates.h"
#include "classify/said.h"

#define DATE_WORDS 8 /* a date is no longer */

static struct hl_str text_of(const struct hl_utterance *u, size_t word)
{
	const struct hl_word *w = &u->words[word];
	return hl_str_sub(u->normal.text, w->start, w->end - w->start);
}

/* Only digits, from `least` to `most` of them. */
static bool is_digits(struct hl_str text, size_t least, size_t most)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
	return text.len >= least && text.len <= most;
}

/* What may part groups of three digits, besides what a number's word holds anyhow: a space, an
   apostrophe, the wide comma of a Chinese keyboard. 100，200 are two, as 充了100，200没到. */
static bool parts_groups(const struct hl_utterance *u, size_t left)
{
	uint32_t from = u->words[left].end, n = u->words[left + 1].start - from;
	char sign = n == 1 ? u->normal.text.ptr[from] : 0;
	return sign == ' ' || sign == '\'' ||
	       (sign == ',' && hl_str_eq(text_of(u, left + 1), HL_STR("000")));
}

/* 000, the last of them 000.50 too */
static bool is_group(struct hl_str text, bool *last)
{
	*last = text.len > 3;
	return is_digits(hl_str_sub(text, 0, 3), 3, 3) &&
	       (!*last || text.ptr[3] == '.' || (text.ptr[3] == ',' && text.len != 7));
}

/* 1 000, 12 000,50, 1'000'000 */
static uint32_t grouped(const struct hl_utterance *u, uint32_t word)
{
	uint32_t n = 1;
	bool last = *text_of(u, word).ptr == '0' || !is_digits(text_of(u, word), 1, 3);
	while (!last && word + n < u->n_words && u->words[word + n].kind == HL_WORD_NUMBER &&
	       parts_groups(u, (size_t)word + n - 1) &&
	       is_group(text_of(u, (size_t)word + n), &last))
		n++;
	return n;
}

/* 1w5, 1万5千: what a glued unit of thousands or more is followed by */
static uint32_t rest_of_unit(const struct hl_utterance *u, size_t word)
{
	if (word >= u->n_words || !u->words[word].glued || u->words[word].kind != HL_WORD_NUMBER ||
	    !is_digits(text_of(u, word), 1, 4))
		return 0;
	return 1 + hl_said_any_han(u, word + 1, "百 千");
}

/* 1k, 3w, 2.5万, 5百万, 2 million, 1w5 */
static uint32_t with_unit(const struct hl_utterance *u, uint32_t word)
{
	uint32_t n = grouped(u, word);
	size_t next = (size_t)word + n;
	if (next >= u->n_words || n > 1)
		return n;
	if (hl_said_one_of(u, next, "k mil hundred thousand million billion"))
		return 2 + (u->words[next].glued ? rest_of_unit(u, next + 1) : 0);
	if (!u->words[next].glued)
		return 1;
	if (hl_said_one_of(u, next, "w m"))
		return 2 + rest_of_unit(u, next + 1);
	uint32_t unit = hl_said_any_han(u, next, "百 千 万 亿 十万 百万 千万 百亿 万亿");
	return unit ? 1 + unit + rest_of_unit(u, next + unit) : 1;
}

/* 五百, 两千五, 十五; not 一, which counts anything, nor 千万 and 万一, which are no numbers. */
static uint32_t in_numerals(const struct hl_utterance *u, uint32_t word)
{
	uint32_t n = hl_said_numerals(u, word);
	if (n == 1 && hl_said_han(u, word, "零") && hl_said_han(u, (size_t)word + 1, "点")) {
		uint32_t more = hl_said_numerals(u, (size_t)word + 2);
		return more ? 2 + more : 0;
	}
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
			   "day days week weeks month months year years am pm times percent ago") ||
	    hl_said_any_han(u, next,
			    "秒 分钟 小时 个小时 钟头 个钟头 天 周 个星期 个礼拜 个月 年 点 "
			    "次 遍 号 日 月"))
		return !hl_said_any_han(u, next, "日元 日圆 日币");
	return in_date(u, word);
}
