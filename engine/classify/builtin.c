/* The wishes every bot has to understand, whatever its pack: a person, stop, back. Only a whole
   message counts: "cancel my withdrawal" is none of them. */
#include "classify/classify.h"

#include <string.h>

/* Words as a message is cut: no signs, Chinese characters apart from each other in the comparison.
 */
static const struct {
	enum hl_builtin wish;
	const char *text;
} wishes[] = {
	{HL_BUILTIN_HUMAN, "human"},
	{HL_BUILTIN_HUMAN, "human please"},
	{HL_BUILTIN_HUMAN, "a human"},
	{HL_BUILTIN_HUMAN, "agent"},
	{HL_BUILTIN_HUMAN, "agent please"},
	{HL_BUILTIN_HUMAN, "live agent"},
	{HL_BUILTIN_HUMAN, "live chat"},
	{HL_BUILTIN_HUMAN, "live support"},
	{HL_BUILTIN_HUMAN, "person"},
	{HL_BUILTIN_HUMAN, "real person"},
	{HL_BUILTIN_HUMAN, "a real person"},
	{HL_BUILTIN_HUMAN, "real human"},
	{HL_BUILTIN_HUMAN, "operator"},
	{HL_BUILTIN_HUMAN, "representative"},
	{HL_BUILTIN_HUMAN, "customer service"},
	{HL_BUILTIN_HUMAN, "customer support"},
	{HL_BUILTIN_HUMAN, "support agent"},
	{HL_BUILTIN_HUMAN, "talk to a human"},
	{HL_BUILTIN_HUMAN, "talk to human"},
	{HL_BUILTIN_HUMAN, "talk to a person"},
	{HL_BUILTIN_HUMAN, "talk to a real person"},
	{HL_BUILTIN_HUMAN, "talk to an agent"},
	{HL_BUILTIN_HUMAN, "talk to agent"},
	{HL_BUILTIN_HUMAN, "talk to someone"},
	{HL_BUILTIN_HUMAN, "talk to support"},
	{HL_BUILTIN_HUMAN, "speak to a human"},
	{HL_BUILTIN_HUMAN, "speak to a person"},
	{HL_BUILTIN_HUMAN, "speak to an agent"},
	{HL_BUILTIN_HUMAN, "speak to someone"},
	{HL_BUILTIN_HUMAN, "speak with a human"},
	{HL_BUILTIN_HUMAN, "speak with an agent"},
	{HL_BUILTIN_HUMAN, "chat with an agent"},
	{HL_BUILTIN_HUMAN, "chat with a human"},
	{HL_BUILTIN_HUMAN, "connect me to a human"},
	{HL_BUILTIN_HUMAN, "connect me to an agent"},
	{HL_BUILTIN_HUMAN, "connect me to a person"},
	{HL_BUILTIN_HUMAN, "i want a human"},
	{HL_BUILTIN_HUMAN, "i want a person"},
	{HL_BUILTIN_HUMAN, "i need a human"},
	{HL_BUILTIN_HUMAN, "i need a person"},
	{HL_BUILTIN_HUMAN, "i want to talk to a human"},
	{HL_BUILTIN_HUMAN, "i want to talk to a person"},
	{HL_BUILTIN_HUMAN, "i want to talk to someone"},
	{HL_BUILTIN_HUMAN, "i want to speak to a human"},
	{HL_BUILTIN_HUMAN, "i want to speak to a person"},
	{HL_BUILTIN_HUMAN, "can i talk to a human"},
	{HL_BUILTIN_HUMAN, "can i talk to someone"},
	{HL_BUILTIN_HUMAN, "can i speak to someone"},
	{HL_BUILTIN_HUMAN, "can i talk to a person"},
	{HL_BUILTIN_HUMAN, "人工"},
	{HL_BUILTIN_HUMAN, "人工客服"},
	{HL_BUILTIN_HUMAN, "人工服务"},
	{HL_BUILTIN_HUMAN, "转人工"},
	{HL_BUILTIN_HUMAN, "转人工客服"},
	{HL_BUILTIN_HUMAN, "转接人工"},
	{HL_BUILTIN_HUMAN, "转客服"},
	{HL_BUILTIN_HUMAN, "找人工"},
	{HL_BUILTIN_HUMAN, "找客服"},
	{HL_BUILTIN_HUMAN, "找人工客服"},
	{HL_BUILTIN_HUMAN, "我要人工"},
	{HL_BUILTIN_HUMAN, "我要转人工"},
	{HL_BUILTIN_HUMAN, "我要找人工"},
	{HL_BUILTIN_HUMAN, "我要找客服"},
	{HL_BUILTIN_HUMAN, "我要人工客服"},
	{HL_BUILTIN_HUMAN, "我想找人工"},
	{HL_BUILTIN_HUMAN, "我想找人工客服"},
	{HL_BUILTIN_HUMAN, "联系客服"},
	{HL_BUILTIN_HUMAN, "联系人工"},
	{HL_BUILTIN_HUMAN, "在线客服"},
	{HL_BUILTIN_HUMAN, "客服"},
	{HL_BUILTIN_HUMAN, "真人"},
	{HL_BUILTIN_HUMAN, "真人客服"},
	{HL_BUILTIN_HUMAN, "请转人工"},
	{HL_BUILTIN_HUMAN, "帮我转人工"},
	{HL_BUILTIN_HUMAN, "给我转人工"},
	{HL_BUILTIN_CANCEL, "cancel"},
	{HL_BUILTIN_CANCEL, "cancel it"},
	{HL_BUILTIN_CANCEL, "cancel this"},
	{HL_BUILTIN_CANCEL, "cancel that"},
	{HL_BUILTIN_CANCEL, "cancel please"},
	{HL_BUILTIN_CANCEL, "stop"},
	{HL_BUILTIN_CANCEL, "stop it"},
	{HL_BUILTIN_CANCEL, "stop this"},
	{HL_BUILTIN_CANCEL, "quit"},
	{HL_BUILTIN_CANCEL, "exit"},
	{HL_BUILTIN_CANCEL, "abort"},
	{HL_BUILTIN_CANCEL, "never mind"},
	{HL_BUILTIN_CANCEL, "nevermind"},
	{HL_BUILTIN_CANCEL, "forget it"},
	{HL_BUILTIN_CANCEL, "forget about it"},
	{HL_BUILTIN_CANCEL, "leave it"},
	{HL_BUILTIN_CANCEL, "取消"},
	{HL_BUILTIN_CANCEL, "取消吧"},
	{HL_BUILTIN_CANCEL, "算了"},
	{HL_BUILTIN_CANCEL, "算了吧"},
	{HL_BUILTIN_CANCEL, "停"},
	{HL_BUILTIN_CANCEL, "停止"},
	{HL_BUILTIN_CANCEL, "退出"},
	{HL_BUILTIN_CANCEL, "不用了"},
	{HL_BUILTIN_CANCEL, "不要了"},
	{HL_BUILTIN_CANCEL, "不问了"},
	{HL_BUILTIN_CANCEL, "没事了"},
	{HL_BUILTIN_BACK, "back"},
	{HL_BUILTIN_BACK, "go back"},
	{HL_BUILTIN_BACK, "back please"},
	{HL_BUILTIN_BACK, "previous"},
	{HL_BUILTIN_BACK, "main menu"},
	{HL_BUILTIN_BACK, "menu"},
	{HL_BUILTIN_BACK, "start over"},
	{HL_BUILTIN_BACK, "返回"},
	{HL_BUILTIN_BACK, "后退"},
	{HL_BUILTIN_BACK, "上一步"},
	{HL_BUILTIN_BACK, "返回上一步"},
	{HL_BUILTIN_BACK, "回到上一步"},
	{HL_BUILTIN_BACK, "主菜单"},
	{HL_BUILTIN_BACK, "菜单"},
	{HL_BUILTIN_BACK, "重新开始"},
};

static bool has_form(const struct hl_word *word, struct hl_str text)
{
	for (size_t i = 0; i <= word->n_also; i++)
		if (hl_str_eq(i ? word->also[i - 1] : word->form, text))
			return true;
	return false;
}

/* The next word of a table's text: up to a space, or one Chinese character. */
static struct hl_str next_word(struct hl_str *rest)
{
	size_t n = 0;
	while (rest->len && *rest->ptr == ' ')
		*rest = hl_str_sub(*rest, 1, SIZE_MAX);
	if (rest->len && (unsigned char)*rest->ptr >= 0x80)
		n = hl_utf8_prefix(*rest, 1);
	else
		while (n < rest->len && rest->ptr[n] != ' ')
			n++;
	struct hl_str word = hl_str_sub(*rest, 0, n);
	*rest = hl_str_sub(*rest, n, SIZE_MAX);
	return word;
}

static bool says(const struct hl_utterance *u, const char *text)
{
	struct hl_str rest = hl_str_of(text);
	for (size_t w = 0; w < u->n_words; w++)
		if (!has_form(&u->words[w], next_word(&rest)))
			return false;
	return !rest.len;
}

enum hl_builtin hl_builtin_find(const struct hl_utterance *utterance)
{
	if (!utterance->n_words || utterance->n_words > 8)
		return HL_BUILTIN_NONE;
	for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++)
		if (says(utterance, wishes[i].text))
			return wishes[i].wish;
	return HL_BUILTIN_NONE;
}

bool hl_stop_said(struct hl_scratch *scratch, const struct hl_ruleset *rules,
		  const struct hl_utterance *utterance)
{
	struct hl_reading reading;
	if (rules->stop_atom == HL_NO_ATOM) {
		enum hl_builtin wish = hl_builtin_find(utterance);
		return wish == HL_BUILTIN_CANCEL || wish == HL_BUILTIN_BACK;
	}
	if (hl_reading_make(&reading, scratch, rules, utterance) != HL_OK)
		return false;
	for (uint32_t o = hl_reading_find(&reading, rules->stop_atom); o != HL_NOWHERE;
	     o = reading.items[o].next)
		if (reading.items[o].word == 0 && reading.items[o].n == utterance->n_words)
			return true;
	return false;
}
