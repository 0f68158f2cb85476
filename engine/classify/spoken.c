/* Answers in words: numbers written out, rough days, names of a list written wrong. Knows that they
   are answers, not to what. */
#include "classify/spoken.h"

#include "classify/said.h"

#define ANSWER_WORDS_MAX 12
#define NAMED_WORDS_MAX 4 /* of a message in which a name may be written wrong */
#define NAME_BYTES_MIN 6  /* "either" is no slip of "ether" */
#define NAME_BYTES_MAX 40
/* ------------------------------------------------------------------ numbers */

#define BESIDE                                                                                     \
	"about around maybe just only roughly exactly approximately like it its is was a i want "  \
	"need to send please pls coin coins token tokens ok so all in total"
#define HAN_BESIDE                                                                                 \
	"大概 大约 约 差不多 左右 就 只 只有 是 我 要 想 提 转 充 了 吧 啊 而已 一共 总共 的"
#define MEASURES "个 枚 块 元 刀 币 次 笔 张 件 台 人 天"
#define ONES                                                                                       \
	"one two three four five six seven eight nine ten eleven twelve thirteen fourteen "        \
	"fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy "     \
	"eighty ninety"
#define UNITS "hundred thousand million billion"

/* five, five hundred, a hundred and twenty, two thousand */
static uint32_t in_english(const struct hl_utterance *u, uint32_t word)
{
	uint32_t n = 0;
	if (hl_said_one_of(u, word, "a an") && hl_said_one_of(u, (size_t)word + 1, UNITS))
		n = 2;
	for (;;) {
		bool and = n && hl_said_one_of(u, (size_t)word + n, "and");
		size_t next = (size_t)word + n + and;
		if (!hl_said_one_of(u, next, ONES) && !(n && hl_said_one_of(u, next, UNITS)))
			return n;
		n += 1u + and;
	}
}

/* 三, 三个, 一点五, 半个 */
static uint32_t in_chinese(const struct hl_utterance *u, uint32_t word)
{
	uint32_t n = hl_said_numerals(u, word);
	if (!n)
		return hl_said_any_han(u, word, "半个 半枚");
	if (hl_said_han(u, (size_t)word + n, "点")) {
		uint32_t more = hl_said_numerals(u, (size_t)word + n + 1);
		return more ? n + 1 + more : 0;
	}
	return n;
}

uint32_t hl_spoken_number(uint32_t *word, const struct hl_utterance *u)
{
	uint32_t found = 0;
	if (u->n_words > ANSWER_WORDS_MAX)
		return 0;
	for (uint32_t w = 0; w < u->n_words;) {
		uint32_t n = found ? 0 : in_english(u, w);
		n = n || found ? n : in_chinese(u, w);
		if (n) {
			*word = w;
			found = n;
			w += n;
			continue;
		}
		n = hl_said_any_han(u, w, found ? MEASURES " " HAN_BESIDE : HAN_BESIDE);
		n = n ? n : hl_said_one_of(u, w, BESIDE);
		if (!n)
			return 0;
		w += n;
	}
	return found;
}

/* ------------------------------------------------------------------ days */

/* Words a count of hours begins with: "2", "an", "a couple of"; 0: none. */
static uint32_t count_at(const struct hl_utterance *u, uint32_t word)
{
	int value;
	if (hl_said_one_of(u, word, "a") && hl_said_one_of(u, (size_t)word + 1, "few couple"))
		return 2 + hl_said_one_of(u, (size_t)word + 2, "of");
	uint32_t n = hl_said_number(&value, u, word);
	return n ? n : hl_said_one_of(u, word, "a an few couple " ONES);
}

static uint32_t ago_at(const struct hl_utterance *u, uint32_t word)
{
	uint32_t n = count_at(u, word), unit;
	if (!n)
		return 0;
	if (hl_said_one_of(u, (size_t)word + n,
			   "min mins minute minutes h hr hrs hour hours day days week weeks month "
			   "months") &&
	    hl_said_one_of(u, (size_t)word + n + 1, "ago before earlier"))
		return n + 2;
	unit = hl_said_any_han(u, (size_t)word + n, "小时 个小时 钟头 个钟头 分钟");
	uint32_t ago = unit ? hl_said_any_han(u, (size_t)word + n + unit, "前 之前 以前") : 0;
	return ago ? n + unit + ago : 0;
}

/* sun, wed and sat are other words too: "on sat", or a message that says little else. */
static bool weekday_at(const struct hl_utterance *u, uint32_t word)
{
	return hl_said_one_of(u, word, "mon tue tues wed thu thur thurs fri sat sun") &&
	       (u->n_words <= NAMED_WORDS_MAX || (word && hl_said_one_of(u, word - 1, "on since")));
}

static uint32_t rough_day_at(const struct hl_utterance *u, uint32_t word)
{
	size_t next = (size_t)word + 1;
	if (hl_said_one_of(u, word, "this") &&
	    hl_said_one_of(u, next, "morning noon afternoon evening"))
		return 2;
	if (hl_said_one_of(u, word, "just") && hl_said_one_of(u, next, "now"))
		return 2;
	if (hl_said_one_of(u, word, "tonight") || weekday_at(u, word))
		return 1;
	uint32_t n = ago_at(u, word);
	return n ? n
		 : hl_said_any_han(
			   u, word,
			   "刚才 刚刚 前几天 前两天 前些天 这几天 这两天 几天前 几小时前 "
			   "几个小时前 几分钟前 半小时前 半个小时前 半个月前 早上 上午 中午 "
			   "下午 晚上");
}

uint32_t hl_spoken_day(uint32_t *word, const struct hl_utterance *u)
{
	for (uint32_t w = 0; w < u->n_words; w++) {
		uint32_t n = rough_day_at(u, w);
		if (n) {
			*word = w;
			return n;
		}
	}
	return 0;
}

/* ------------------------------------------------------------------ names */

/* One slip apart, the first letter apart from it. */
static bool is_near(struct hl_str spelling, struct hl_str form)
{
	char folded[NAME_BYTES_MAX];
	if (spelling.len < NAME_BYTES_MIN || spelling.len > NAME_BYTES_MAX)
		return false;
	for (size_t i = 0; i < spelling.len; i++) {
		char c = spelling.ptr[i];
		folded[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	return *folded == *form.ptr &&
	       hl_edit_distance((struct hl_str){folded, spelling.len}, form, 1) <= 1;
}

static bool spells_nearly(const struct hl_list_value *value, struct hl_str form)
{
	bool near = is_near(value->value, form);
	for (size_t i = 0; i < value->say.n && !near; i++)
		near = is_near(value->say.v[i], form);
	return near;
}

const struct hl_list_value *hl_spoken_value(uint32_t *word, const struct hl_utterance *u,
					    const struct hl_list *list)
{
	const struct hl_list_value *only = NULL;
	if (u->n_words > NAMED_WORDS_MAX)
		return NULL;
	for (uint32_t w = 0; w < u->n_words; w++) {
		const struct hl_word *said = &u->words[w];
		if (said->kind != HL_WORD_LETTERS || !said->latin ||
		    said->form.len + 1 < NAME_BYTES_MIN)
			continue;
		for (size_t i = 0; i < list->n; i++) {
			if (!spells_nearly(&list->v[i], said->form))
				continue;
			if (only && only != &list->v[i])
				return NULL;
			only = &list->v[i];
			*word = w;
		}
	}
	return only;
}
