/* The dialogue's small parts: templates, languages, lines, short words, the bounded memory. Whole
 * conversations are in tests/transcripts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "classify/classify.h"
#include "dialogue/inside.h"

#define S(text) hl_str_of(text)

static struct hl_arena arena;

static int teardown(void **state)
{
	(void)state;
	hl_arena_deinit(&arena);
	return 0;
}

/* ------------------------------------------------------------------ templates */

static const struct hl_var vars[] = {{{"shop", 4}, {"Acme {coin}", 11}}};
static const struct hl_text card_titles[] = {{{"en", 2}, {"bank card", 9}},
					     {{"zh", 2}, {"银行卡", 9}}};
static const struct hl_list_value way_values[] = {
	{.value = {"card", 4}, .titles = {card_titles, 2}}, {.value = {"cash", 4}}};
static const struct hl_list lists[] = {{.name = {"way", 3}, .v = way_values, .n = 2}};
static const struct hl_slot_def slots[] = {
	{.name = {"coin", 4}, .kind = HL_SLOT_TEXT},
	{.name = {"way", 3}, .kind = HL_SLOT_LIST, .list = {"way", 3}},
	{.name = {"mail", 4}, .kind = HL_SLOT_EMAIL},
	{.name = {"gone", 4}, .kind = HL_SLOT_TEXT}};
static const struct hl_intent intent = {.id = {"i", 1}, .slots = slots, .n_slots = 4};
static const struct hl_str langs[] = {{"en", 2}, {"zh", 2}};
static const struct hl_pack pack = {.langs = {langs, 2},
				    .vars = vars,
				    .n_vars = 1,
				    .lists = lists,
				    .n_lists = 1,
				    .intents = &intent,
				    .n_intents = 1};
static struct hl_held held[HL_HELD_MAX] = {
	{.intent = {"i", 1}, .name = {"coin", 4}, .value = {"{shop}", 6}},
	{.intent = {"i", 1}, .name = {"way", 3}, .value = {"card", 4}},
	{.intent = {"i", 1}, .name = {"mail", 4}, .value = {"a@b.example", 11}, .masked = true},
	{.intent = {"i", 1}, .name = {"gone", 4}, .skipped = true}};

static void test_templates(void **state)
{
	(void)state;
	static const struct {
		const char *text, *lang, *out;
		bool whole, note;
	} cases[] = {
		{"plain", "en", "plain", true, false},
		{"", "en", "", true, false},
		{"{coin}", "en", "{shop}", true, false}, /* a value is never read again */
		{"{shop}!", "en", "Acme {coin}!", true, false},
		{"by {way}", "en", "by bank card", true, false},
		{"用{way}", "zh", "用银行卡", true, false},
		{"{mail}", "en", "a@b.example", true, false},
		{"{mail}", "en", "***", true, true},
		{"{gone|nothing}", "en", "nothing", true, false},
		{"{gone|}", "en", "", true, false},
		{"[{gone}]", "en", "[]", false, false},
		{"[{gone}]", "en", "[?]", false, true},
		{"{user.level}", "en", "vip", true, false},
		{"{user.name|guest}", "en", "guest", true, false},
		{"{{coin}", "en", "{coin}", true, false},
		{"{{{coin}", "en", "{{shop}", true, false},
		{"open {coin", "en", "open {coin", true, false},
		{"{position}", "en", "3", true, false},
	};
	const struct hl_attr user[] = {{S("level"), S("vip")}};
	const struct hl_var more[] = {{S("position"), S("3")}};
	struct hl_talk talk = {.held = held, .n_held = 4};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hl_turn turn = {.arena = &arena,
				       .pack = &pack,
				       .lang = S(cases[i].lang),
				       .user = user,
				       .n_user = 1};
		struct hl_template with = {.turn = &turn,
					   .talk = &talk,
					   .intent = &intent,
					   .more = more,
					   .n_more = 1,
					   .note = cases[i].note};
		struct hl_buf buf;
		hl_buf_init(&buf, &arena);
		bool whole = hl_template_render(&buf, &with, S(cases[i].text));
		if (!hl_str_eq(hl_buf_view(&buf), S(cases[i].out)) || whole != cases[i].whole)
			fail_msg("%s gave %.*s", cases[i].text, (int)buf.len, buf.ptr);
	}
}

/* ------------------------------------------------------------------ languages and lines */

static void test_languages(void **state)
{
	(void)state;
	static const struct {
		const char *asked, *given;
		bool known;
	} cases[] = {{"en", "en", true},   {"zh", "zh", true},	{"zh-CN", "zh", true},
		     {"zhx", "en", false}, {"fr", "en", false}, {"", "en", false}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(hl_str_eq(hl_lang_pick(&pack, S(cases[i].asked)), S(cases[i].given)));
		assert_int_equal(hl_lang_known(&pack, S(cases[i].asked)), cases[i].known);
	}
	const struct hl_pack bare = {0};
	assert_true(hl_str_eq(hl_lang_pick(&bare, S("zh")), S("en")));
}

static void test_lines(void **state)
{
	(void)state;
	const struct hl_text own[] = {{S("en"), S("Say it again.")}};
	const struct hl_botline replaced[] = {{.key = S("rephrase"), .texts = {own, 1}}};
	struct hl_pack mine = pack;
	for (int key = 0; key < HL_LINE_COUNT; key++) {
		struct hl_str en = hl_line(&pack, (enum hl_line_key)key, S("en"));
		struct hl_str zh = hl_line(&pack, (enum hl_line_key)key, S("zh"));
		assert_true(en.len && zh.len && !hl_str_eq(en, zh));
	}
	mine.texts = replaced;
	mine.n_texts = 1;
	assert_true(hl_str_eq(hl_line(&mine, HL_LINE_REPHRASE, S("en")), own[0].text));
	assert_false(hl_str_eq(hl_line(&mine, HL_LINE_STOPPED, S("en")), own[0].text));
}

static void test_small_words(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		unsigned means;
	} cases[] = {
		{"Yes!", HL_SMALL_YES},
		{"  ok. ", HL_SMALL_YES},
		{"yes please, thanks", HL_SMALL_YES},
		{"go ahead", HL_SMALL_YES},
		{"好的。", HL_SMALL_YES},
		{"嗯嗯", HL_SMALL_YES},
		{"是的，就是这个", HL_SMALL_YES},
		{"No, thanks", HL_SMALL_NO},
		{"none of these", HL_SMALL_NO},
		{"不用了", HL_SMALL_NO},
		{"都不是", HL_SMALL_NO},
		{"不对", HL_SMALL_NO | HL_SMALL_NOT_HELPED},
		{"That didn't help", HL_SMALL_NOT_HELPED},
		{"that didn’t help!!!", HL_SMALL_NOT_HELPED},
		{"it still doesn't work", HL_SMALL_NOT_HELPED},
		{"sorry but your answer was not helpful at all", HL_SMALL_NOT_HELPED},
		{"thanks but my problem is not solved", HL_SMALL_NOT_HELPED},
		{"I already tried that", HL_SMALL_NOT_HELPED},
		{"you are useless", HL_SMALL_NOT_HELPED},
		{"没有用！", HL_SMALL_NOT_HELPED},
		{"還是沒解決", HL_SMALL_NOT_HELPED},
		{"根本没用啊", HL_SMALL_NOT_HELPED},
		{"你说的都试过了，还是不行", HL_SMALL_NOT_HELPED},
		{"我的问题还是没有解决", HL_SMALL_NOT_HELPED},
		{"skip this question", HL_SMALL_SKIP},
		{"跳过吧", HL_SMALL_SKIP},
		{"yes but my deposit", 0},
		{"it did not help my friend", 0},
		{"my card is not working", 0},
		{"", 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hl_utterance said;
		assert_int_equal(hl_utterance_read(&said, &arena, S(cases[i].text), NULL, 0),
				 HL_OK);
		if ((hl_small_find(&said) & ~(unsigned)HL_SMALL_HEARD) != cases[i].means)
			fail_msg("%s", cases[i].text);
	}
}

/* What only says that it was heard needs no answer of substance. */
static void test_heard(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool heard;
	} cases[] = {{"ok", true},
		     {"OK thanks", true},
		     {"got it, thank you", true},
		     {"no that's all", true},
		     {"好的谢谢", true},
		     {"明白了", true},
		     {"没有了，谢谢", true},
		     {"ok but why", false},
		     {"好的，那手续费呢", false},
		     {"thanks", true}, /* of a pack that has no intent for it */
		     {"", false}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hl_utterance said;
		assert_int_equal(hl_utterance_read(&said, &arena, S(cases[i].text), NULL, 0),
				 HL_OK);
		if (((hl_small_find(&said) & HL_SMALL_HEARD) != 0) != cases[i].heard)
			fail_msg("%s", cases[i].text);
	}
}

static void test_pointing(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t place; /* of four */
	} cases[] = {{"2", 2},		{"the second one", 2},
		     {"2nd please", 2}, {"option 3", 3},
		     {"one", 1},	{"the first one", 1},
		     {"I'd pick 4", 4}, {"第二个", 2},
		     {"选第三个吧", 3}, {"我要第1个", 1},
		     {"最后一个", 4},	{"the last one", 4},
		     {"二", 2},		{"5", 0},
		     {"1 and 2", 0},	{"2 btc", 0},
		     {"0", 0},		{"two days ago", 0},
		     {"第二天到账", 0}, {"", 0}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hl_utterance said;
		assert_int_equal(hl_utterance_read(&said, &arena, S(cases[i].text), NULL, 0),
				 HL_OK);
		if (hl_small_ordinal(&said, 4) != cases[i].place)
			fail_msg("%s", cases[i].text);
	}
}

/* Wishes every bot understands, and what only looks like one. */
static void test_wishes(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum hl_builtin wish;
	} cases[] = {
		{"human", HL_BUILTIN_HUMAN},
		{"real person", HL_BUILTIN_HUMAN},
		{"agent pls", HL_BUILTIN_HUMAN},
		{"AGENT!!!", HL_BUILTIN_HUMAN},
		{"can i talk to a real person please", HL_BUILTIN_HUMAN},
		{"I want to speak with someone from support", HL_BUILTIN_HUMAN},
		{"i want to speak with a human, not a bot", HL_BUILTIN_HUMAN},
		{"get me an operator right now", HL_BUILTIN_HUMAN},
		{"is there a live agent available?", HL_BUILTIN_HUMAN},
		{"how do i contact customer service", HL_BUILTIN_HUMAN},
		{"connect me with your support team", HL_BUILTIN_HUMAN},
		{"put me through to a supervisor", HL_BUILTIN_HUMAN},
		{"人工", HL_BUILTIN_HUMAN},
		{"转人工", HL_BUILTIN_HUMAN},
		{"轉人工客服", HL_BUILTIN_HUMAN},
		{"真人", HL_BUILTIN_HUMAN},
		{"客服在吗", HL_BUILTIN_HUMAN},
		{"能不能帮我转一下人工客服", HL_BUILTIN_HUMAN},
		{"我要找真人，不要机器人", HL_BUILTIN_HUMAN},
		{"有没有人工客服啊", HL_BUILTIN_HUMAN},
		{"不要机器人", HL_BUILTIN_HUMAN},
		{"我不想跟机器人说话", HL_BUILTIN_HUMAN},
		{"叫你们经理出来", HL_BUILTIN_HUMAN},
		{"算了转人工", HL_BUILTIN_HUMAN},
		{"人工🙏🙏", HL_BUILTIN_HUMAN},
		{"😡 human NOW 😡", HL_BUILTIN_HUMAN},
		{"no bots", HL_BUILTIN_HUMAN},
		{"i dont want to talk to a robot", HL_BUILTIN_HUMAN},
		{"just give me a person already", HL_BUILTIN_HUMAN},
		{"tlak to humna", HL_BUILTIN_HUMAN},
		{"🙏", HL_BUILTIN_NONE},
		{"i am no bot", HL_BUILTIN_NONE},
		{"are you a bot", HL_BUILTIN_NONE},
		{"你是机器人吗", HL_BUILTIN_NONE},
		{"are you human", HL_BUILTIN_NONE},
		{"你是真人吗", HL_BUILTIN_NONE},
		{"人工智能", HL_BUILTIN_NONE},
		{"真人认证失败", HL_BUILTIN_NONE},
		{"my agent lost my coins", HL_BUILTIN_NONE},
		{"cancel", HL_BUILTIN_CANCEL},
		{"never mind, thanks", HL_BUILTIN_CANCEL},
		{"nvm", HL_BUILTIN_CANCEL},
		{"算了吧", HL_BUILTIN_CANCEL},
		{"好吧，不问了", HL_BUILTIN_CANCEL},
		{"取消", HL_BUILTIN_CANCEL},
		{"never mind then", HL_BUILTIN_CANCEL},
		{"i changed my mind", HL_BUILTIN_CANCEL},
		{"我改主意了", HL_BUILTIN_CANCEL},
		{"cancle 👍", HL_BUILTIN_CANCEL},
		{"cancel all", HL_BUILTIN_NONE},
		{"填错了", HL_BUILTIN_NONE},
		{"cancel my withdrawal", HL_BUILTIN_NONE},
		{"i want to cancel", HL_BUILTIN_NONE},
		{"取消订单", HL_BUILTIN_NONE},
		{"back", HL_BUILTIN_BACK},
		{"can we go back please", HL_BUILTIN_BACK},
		{"start over", HL_BUILTIN_BACK},
		{"返回上一步", HL_BUILTIN_BACK},
		{"回到主菜单", HL_BUILTIN_CANCEL},
		{"从头来吧", HL_BUILTIN_BACK},
		{"money back", HL_BUILTIN_NONE},
		{"", HL_BUILTIN_NONE},
		{"a a a a a a a a a a a a a a a a a a a a a human", HL_BUILTIN_NONE},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hl_utterance said;
		assert_int_equal(hl_utterance_read(&said, &arena, S(cases[i].text), NULL, 0),
				 HL_OK);
		if (hl_builtin_find(&said) != cases[i].wish)
			fail_msg("%s", cases[i].text);
	}
}

static void test_wish_in_a_part(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *part; /* NULL: none */
	} cases[] = {
		{"my coins are gone, get me a human", "get me a human"},
		{"This is bad. Agent please!", "Agent please"},
		{"i want a human, my deposit is late", "i want a human"},
		{"什么玩意，转人工！", "转人工"},
		{"充值没到、找客服", "找客服"},
		{"agent, my deposit is late", NULL},
		{"客服，充值没到", NULL},
		{"i talked to a human, he said no", NULL},
		{"send 1,000 to a person", NULL},
		{"", NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hl_utterance said;
		struct hl_span span = {0, 0};
		assert_int_equal(hl_utterance_read(&said, &arena, S(cases[i].text), NULL, 0),
				 HL_OK);
		bool found = hl_human_wanted(&span, &said);
		struct hl_str part =
			hl_str_sub(S(cases[i].text), span.start, span.end - span.start);
		if (found != (cases[i].part != NULL) ||
		    (found && !hl_str_eq(part, S(cases[i].part))))
			fail_msg("%s: %.*s", cases[i].text, (int)part.len, part.ptr);
	}
}

/* ------------------------------------------------------------------ memory */

static void test_memory_is_bounded(void **state)
{
	(void)state;
	struct hl_form forms[HL_FORMS_MAX];
	struct hl_answered answered[HL_ANSWERED_MAX];
	struct hl_held values[HL_HELD_MAX];
	struct hl_talk talk = {.forms = forms, .answered = answered, .held = values};
	static const char *const ids[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
	for (size_t i = 0; i < 10; i++) {
		hl_talk_note_answered(&talk, S(ids[i]))->unsolved = (unsigned)i;
		hl_talk_form_insert(&talk, talk.n_forms, S(ids[i]));
	}
	assert_int_equal(talk.n_answered, HL_ANSWERED_MAX);
	assert_null(hl_talk_answered(&talk, S("a")));
	assert_int_equal(hl_talk_note_answered(&talk, S("c"))->unsolved, 2);
	assert_true(hl_str_eq(talk.answered[HL_ANSWERED_MAX - 1].intent, S("c")));
	assert_int_equal(talk.n_forms, HL_FORMS_MAX);
	hl_talk_form_pop(&talk);
	assert_true(hl_str_eq(talk.forms[0].intent, S("b")));

	static struct hl_intent many[HL_HELD_MAX + 5];
	static char names[HL_HELD_MAX + 5][4];
	for (size_t i = 0; i < HL_HELD_MAX + 5; i++) {
		snprintf(names[i], sizeof names[i], "n%u", (unsigned)i);
		many[i].id = S(names[i]);
		hl_talk_hold(&talk, &many[i], &slots[0], S("v"));
	}
	assert_int_equal(talk.n_held, HL_HELD_MAX);
	assert_null(hl_talk_held(&talk, S("n4"), S("coin")));
	assert_non_null(hl_talk_held(&talk, S("n5"), S("coin")));
	hl_talk_hold(&talk, &many[5], &slots[0], S("w"));
	assert_int_equal(talk.n_held, HL_HELD_MAX);
	assert_true(hl_str_eq(talk.held[HL_HELD_MAX - 1].value, S("w")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_templates, teardown),
		cmocka_unit_test_teardown(test_languages, teardown),
		cmocka_unit_test_teardown(test_lines, teardown),
		cmocka_unit_test_teardown(test_small_words, teardown),
		cmocka_unit_test_teardown(test_heard, teardown),
		cmocka_unit_test_teardown(test_pointing, teardown),
		cmocka_unit_test_teardown(test_wishes, teardown),
		cmocka_unit_test_teardown(test_wish_in_a_part, teardown),
		cmocka_unit_test_teardown(test_memory_is_bounded, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
