/*
 * The bot's own words in English and Chinese, and the choice of a text by language. A pack may
 * replace those it has keys for; the warning about a wallet secret is fixed.
 */
#include "dialogue/inside.h"

static const struct {
	const char *key; /* of `texts:`; NULL: not replaceable */
	const char *en, *zh;
} lines[HL_LINE_COUNT] = {
	[HL_LINE_DID_YOU_MEAN] = {"did_you_mean", "Did you mean one of these?",
				  "请问您想问的是下面哪一个？"},
	[HL_LINE_NONE_OF_THESE] = {"none_of_these", "None of these", "都不是"},
	[HL_LINE_REPHRASE] = {"rephrase",
			      "I did not understand that yet. Could you say it in other words?",
			      "抱歉，我没有明白。能换个说法再说一次吗？"},
	[HL_LINE_UNMATCHED] = {"unmatched",
			       "I cannot answer this myself, so I am handing you over to a "
			       "colleague. Everything written here is passed on.",
			       "这个问题我回答不了，正在为您转接人工客服，以上内容会一并转交。"},
	[HL_LINE_OFFER] = {"offer",
			   "I am sorry that did not help. Would you like to talk to a person?",
			   "很抱歉没能帮到您。需要为您转接人工客服吗？"},
	[HL_LINE_HANDOFF] = {"handoff",
			     "I am handing you over to a colleague. Everything written here is "
			     "passed on; you need not repeat it.",
			     "正在为您转接人工客服，以上内容会一并转交，您无需重复。"},
	[HL_LINE_STOPPED] = {"stopped", "All right, I have stopped. What else can I do for you?",
			     "好的，已经停止。还有什么可以帮您？"},
	[HL_LINE_HUMAN] = {"human", "Talk to a person", "转人工客服"},
	[HL_LINE_WALLET] =
		{NULL,
		 "Your message held the secret of a wallet. We have not stored it, and nobody here "
		 "will ever ask for it. Treat it as known to others: move the coins to a new "
		 "wallet now. A colleague of the security team has been called.",
		 "您的消息中包含钱包的助记词或私钥。我们没有保存它，工作人员也绝不会索要它。"
		 "请视其为已经泄露，立即把资产转到新的钱包。已为您通知安全团队。"},
	[HL_LINE_GREETING] = {"greeting", "Hello! What can I do for you?",
			      "您好！请问有什么可以帮您？"},
	[HL_LINE_HEARD] = {"heard", "All right. Just write if there is anything else.",
			   "好的，还有其他问题可以随时告诉我。"},
	[HL_LINE_TAKE_TIME] = {"take_time", "All right, take your time.", "好的，不着急。"},
	[HL_LINE_AGAIN] = {"again", "Sorry, I could not make that out.", "抱歉，我没有看明白。"},
	[HL_LINE_MESSAGE] = {"message",
			     "You need not wait here: leave a message, and a person will read it "
			     "and answer in this conversation.",
			     "您不必一直等待：可以留言，客服看到后会在本对话中回复您。"},
	[HL_LINE_LEAVE] = {"leave", "Leave a message", "留言"},
	[HL_LINE_KEPT] = {"kept",
			  "Please write your message here. A person will read all of it and answer "
			  "in this conversation, also if you close it in the meantime.",
			  "请在这里写下您的留言。客服会完整阅读并在本对话中回复，您可以先离开。"},
	[HL_LINE_BACK] = {"back", "Back to the assistant", "返回智能助手"},
	[HL_LINE_RETURNED] = {"returned",
			      "You are with the assistant again. What can I do for you?",
			      "您已回到智能助手。请问有什么可以帮您？"},
	[HL_LINE_MINUTES] = {NULL, "{lo}–{hi} min", "{lo}–{hi} 分钟"},
};

static bool same_language(struct hl_str known, struct hl_str lang)
{
	return hl_str_eq(known, lang) || (known.len && known.len < lang.len &&
					  hl_str_starts(lang, known) && lang.ptr[known.len] == '-');
}

struct hl_str hl_lang_pick(const struct hl_pack *pack, struct hl_str lang)
{
	for (size_t i = 0; i < pack->langs.n; i++)
		if (same_language(pack->langs.v[i], lang))
			return pack->langs.v[i];
	return pack->langs.n ? pack->langs.v[0] : HL_STR("en");
}

bool hl_lang_known(const struct hl_pack *pack, struct hl_str lang)
{
	return lang.len && same_language(hl_lang_pick(pack, lang), lang);
}

struct hl_str hl_texts_pick(const struct hl_texts *texts, struct hl_str lang)
{
	const struct hl_text *any = NULL;
	for (size_t i = 0; i < texts->n; i++) {
		if (hl_str_eq(texts->v[i].lang, lang))
			return texts->v[i].text;
		if (!any || (any->lang.len && !texts->v[i].lang.len))
			any = &texts->v[i];
	}
	return any ? any->text : HL_NONE;
}

/* The pack's own text for the line; empty: it has none. */
static struct hl_str own_line(const struct hl_pack *pack, enum hl_line_key key, struct hl_str lang)
{
	for (size_t i = 0; lines[key].key && i < pack->n_texts; i++)
		if (hl_str_eq(pack->texts[i].key, hl_str_of(lines[key].key)))
			return hl_texts_pick(&pack->texts[i].texts, lang);
	return HL_NONE;
}

bool hl_line_known(const struct hl_pack *pack, enum hl_line_key key, struct hl_str lang)
{
	return same_language(HL_STR("en"), lang) || same_language(HL_STR("zh"), lang) ||
	       own_line(pack, key, lang).len > 0;
}

struct hl_str hl_line(const struct hl_pack *pack, enum hl_line_key key, struct hl_str lang)
{
	struct hl_str own = own_line(pack, key, lang);
	if (own.len)
		return own;
	return hl_str_of(same_language(HL_STR("zh"), lang) ? lines[key].zh : lines[key].en);
}

struct hl_str hl_intent_title(const struct hl_intent *intent, struct hl_str lang)
{
	struct hl_str title = hl_texts_pick(&intent->title, lang);
	if (!title.len && intent->examples.n)
		title = intent->examples.v[0].text;
	return title.len ? title : intent->id;
}

struct hl_str hl_value_title(const struct hl_list_value *value, struct hl_str lang)
{
	struct hl_str title = hl_texts_pick(&value->titles, lang);
	return title.len ? title : value->value;
}

const struct hl_list *hl_list_of(const struct hl_pack *pack, const struct hl_slot_def *def)
{
	for (size_t i = 0; def->kind == HL_SLOT_LIST && i < pack->n_lists; i++)
		if (hl_str_eq(pack->lists[i].name, def->list))
			return &pack->lists[i];
	return NULL;
}

struct hl_str hl_first_team(const struct hl_pack *pack)
{
	return pack->teams.n ? pack->teams.v[0] : HL_STR("frontline");
}

struct hl_str hl_security_team(const struct hl_pack *pack, struct hl_str otherwise)
{
	for (size_t i = 0; i < pack->teams.n; i++)
		if (hl_str_eq(pack->teams.v[i], HL_STR("security")))
			return pack->teams.v[i];
	return otherwise;
}
