/* Days as customers write them: 2026-03-01, 3/5, Mar 5th, last friday, 2 days ago, 3月5日, 上周五.
   Knows their forms; which day is meant is the host's to work out. */
#include "classify/dates.h"

#include "classify/said.h"

#define SHORT_WORDS 4 /* of a message that says a day and hardly more */
#define WEEKDAYS                                                                                   \
	"monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays "    \
	"thursdays fridays saturdays sundays"
#define HAN_DAYS                                                                                                              \
	"今天 昨天 前天 明天 后天 大前天 今日 昨日 明日 昨晚 今晚 今早 昨夜 前晚 当天 上周 " \
	"上个月 "                                                                                                          \
	"上月 刚才 刚刚 前几天 前两天 这几天 这两天 几天前 半个月前 上午 中午"
#define HAN_MONTHS "上个月 上月 这个月 本月 下个月 这月"

static bool in(int value, int least, int most)
{
	return value >= least && value <= most;
}

static int digits_of(const struct hl_utterance *u, size_t word)
{
	int value;
	if (word >= u->n_words || u->words[word].kind != HL_WORD_NUMBER ||
	    !hl_said_number(&value, u, word))
		return -1;
	return value;
}

/* The sign between two neighbouring words; 0: none, or more than one. */
static char sign_after(const struct hl_utterance *u, size_t left)
{
	if (left + 1 >= u->n_words || u->words[left + 1].start - u->words[left].end != 1)
		return 0;
	return u->normal.text.ptr[u->words[left].end];
}

/* The year is often left out, so that 29 February always is a day. */
static bool is_day(int month, int day)
{
	static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return in(month, 1, 12) && in(day, 1, days[month - 1]);
}

static bool year_first(int a, int b, int c)
{
	return in(a, 1900, 2199) && is_day(b, c);
}

static bool day_and_month(int a, int b)
{
	return is_day(a, b) || is_day(b, a);
}

/* 2026-11-22, 22/11/2026, 22/11/26, 22/11; 22-11 where it is all that is said */
static uint32_t signed_date(const struct hl_utterance *u, uint32_t word)
{
	char sign = sign_after(u, word);
	if (sign != '-' && sign != '/')
		return 0;
	int a = digits_of(u, word), b = digits_of(u, word + 1), c = digits_of(u, word + 2);
	if (sign_after(u, (size_t)word + 1) == sign &&
	    (year_first(a, b, c) || (in(c, 1900, 2199) && day_and_month(a, b)) ||
	     (sign == '/' && in(c, 0, 99) && day_and_month(a, b))))
		return 3;
	if (sign == '-')
		return u->n_words == 2 && day_and_month(a, b) ? 2 : 0;
	/* a link's or a fraction's end is no month */
	return day_and_month(a, b) && sign_after(u, (size_t)word + 1) != '/' ? 2 : 0;
}

/* Digits of a part of a dotted date; -1: anything else. */
static int part_of(struct hl_str text)
{
	int value = 0;
	if (!text.len || text.len > 4)
		return -1;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return -1;
		value = value * 10 + (text.ptr[i] - '0');
	}
	return value;
}

/* 2026.11.22 and 22.11.2026 are one word */
static uint32_t dotted_date(const struct hl_utterance *u, uint32_t word)
{
	const struct hl_word *w = &u->words[word];
	struct hl_str text = hl_str_sub(u->normal.text, w->start, w->end - w->start);
	size_t one = hl_str_find(text, HL_STR("."), 0);
	size_t two = one == SIZE_MAX ? SIZE_MAX : hl_str_find(text, HL_STR("."), one + 1);
	if (two == SIZE_MAX)
		return 0;
	int a = part_of(hl_str_sub(text, 0, one));
	int b = part_of(hl_str_sub(text, one + 1, two - one - 1));
	int c = part_of(hl_str_sub(text, two + 1, SIZE_MAX));
	return year_first(a, b, c) || (in(c, 1900, 2199) && is_day(b, a));
}

/* 2026年11月22日, 11月22日, 三月五号, 5号 */
static uint32_t han_date(const struct hl_utterance *u, uint32_t word)
{
	int value = 0;
	uint32_t at = word, n = hl_said_number(&value, u, at);
	if (n && (in(value, 1900, 2199) || in(value, 20, 40)) && hl_said_han(u, at + n, "年")) {
		at += n + 1;
		n = hl_said_number(&value, u, at);
	}
	if (n && in(value, 1, 12) && hl_said_han(u, at + n, "月")) {
		int month = value;
		at += n + 1;
		n = hl_said_number(&value, u, at);
		if (!n || !is_day(month, value))
			return 0;
		at += n;
		return at + hl_said_any_han(u, at, "日 号") - word;
	}
	bool day = at == word && n && in(value, 1, 31) && hl_said_any_han(u, at + n, "日 号") &&
		   !hl_said_any_han(u, at + n, "日元 日圆 日币 号线 号码");
	return day ? n + 1 : 0;
}

/* The month's number, 1 to 12; 0: the word is none. */
static int month_of(const struct hl_utterance *u, size_t word)
{
	static const char *const names[] = {"jan january", "feb february", "mar march",
					    "apr april",   "may",	   "jun june",
					    "jul july",	   "aug august",   "sep sept september",
					    "oct october", "nov november", "dec december"};
	for (int month = 0; month < 12; month++)
		if (hl_said_one_of(u, word, names[month]))
			return month + 1;
	return 0;
}

/* 22 nov 2026, nov 22, november 22 2026, the 22nd of november; 22nd is two words: 22 and nd; alone
   it is a day where hardly more is said: "on the 22nd" */
static uint32_t named_date(const struct hl_utterance *u, uint32_t word)
{
	uint32_t at = word;
	int month = month_of(u, at);
	bool month_first = month > 0;
	at += month_first;
	int day = digits_of(u, at);
	if (!in(day, 1, 31))
		return 0;
	at++;
	bool nth = at < u->n_words && u->words[at].glued && hl_said_one_of(u, at, "st nd rd th");
	at += nth;
	if (!month_first) {
		uint32_t end = at;
		at += hl_said_one_of(u, at, "of");
		month = month_of(u, at);
		if (!month)
			return nth && u->n_words <= SHORT_WORDS ? end - word : 0;
		at++;
	}
	return is_day(month, day) ? at + in(digits_of(u, at), 1900, 2199) - word : 0;
}

/* yesterday, friday, last friday, last night, 2 days ago, a week ago, the day before yesterday */
static uint32_t spoken_date(const struct hl_utterance *u, uint32_t word)
{
	size_t next = (size_t)word + 1;
	bool last = hl_said_one_of(u, word, "last next this past");
	if (hl_said_one_of(u, word, "today yesterday yesterdays tomorrow " WEEKDAYS))
		return 1;
	if (last && hl_said_one_of(u, next,
				   WEEKDAYS " mon tue tues wed thu thur thurs fri sat sun night "
					    "week month weekend"))
		return 2;
	if (hl_said_one_of(u, word, "day") && hl_said_one_of(u, next, "before") &&
	    hl_said_one_of(u, next + 1, "yesterday"))
		return 3;
	bool count = digits_of(u, word) >= 0 ||
		     hl_said_one_of(u, word, "a one two three four five six seven eight nine ten");
	return count && hl_said_one_of(u, next, "day days week weeks month months") &&
			       hl_said_one_of(u, next + 1, "ago before earlier")
		       ? 3
		       : 0;
}

/* 上个月15号, 本月三号 */
static uint32_t day_of_month(const struct hl_utterance *u, uint32_t word)
{
	int day = 0;
	uint32_t month = hl_said_any_han(u, word, HAN_MONTHS);
	uint32_t n = month ? hl_said_number(&day, u, (size_t)word + month) : 0;
	return n && in(day, 1, 31) && hl_said_any_han(u, (size_t)word + month + n, "日 号")
		       ? month + n + 1
		       : 0;
}

/* 周三, 星期三, 上周五, 下个礼拜一; 一周一次 and 两周三次 are none */
static uint32_t han_weekday(const struct hl_utterance *u, uint32_t word)
{
	uint32_t at = word + hl_said_any_han(u, word, "上 下 这 本 上个 下个 这个 上上");
	uint32_t week = hl_said_any_han(u, at, "周 星期 礼拜");
	if (!week || !hl_said_any_han(u, at + week, "一 二 三 四 五 六 日 天 末"))
		return 0;
	if (at == word && word && u->words[word].glued &&
	    (u->words[word - 1].kind == HL_WORD_NUMBER || hl_said_numerals(u, word - 1)))
		return 0;
	return at + week + 1 - word;
}

/* 三天前, 2周以前, 一个月之前 */
static uint32_t han_ago(const struct hl_utterance *u, uint32_t word)
{
	int value;
	uint32_t n = hl_said_number(&value, u, word);
	uint32_t unit =
		n ? hl_said_any_han(u, word + n, "天 日 周 星期 礼拜 个星期 个礼拜 个月") : 0;
	uint32_t ago = unit ? hl_said_any_han(u, word + n + unit, "前 之前 以前") : 0;
	return ago ? n + unit + ago : 0;
}

uint32_t hl_date_at(const struct hl_utterance *u, uint32_t word)
{
	uint32_t n = 0;
	switch ((enum hl_word_kind)u->words[word].kind) {
	case HL_WORD_NUMBER:
		n = signed_date(u, word);
		n = n ? n : dotted_date(u, word);
		n = n ? n : han_date(u, word);
		n = n ? n : han_ago(u, word);
		n = n ? n : spoken_date(u, word);
		return n ? n : named_date(u, word);
	case HL_WORD_LETTERS:
		n = spoken_date(u, word);
		return n ? n : named_date(u, word);
	case HL_WORD_HAN:
		n = han_date(u, word);
		n = n ? n : han_ago(u, word);
		n = n ? n : han_weekday(u, word);
		n = n ? n : day_of_month(u, word);
		return n ? n : hl_said_any_han(u, word, HAN_DAYS);
	default:
		return 0;
	}
}
