/*
 * The small pack of the host's tests: an answer with a button, something sensitive, a form, a rung
 * of the waiting ladder; in English and Chinese.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "host_rig.h"

static void print_diag(void *arg, const struct hl_diag *diag)
{
	(void)arg;
	print_error("%s: %.*s\n", diag->code, (int)diag->message.len, diag->message.ptr);
}

struct hl_ruleset *rig_rules(const char *version)
{
	static const struct hl_str teams[] = {HL_STR("frontline"), HL_STR("security")};
	static const struct hl_str langs[] = {HL_STR("en"), HL_STR("zh")};
	static const struct hl_line missing[] = {{HL_STR("deposit missing"), {.line = 3}}};
	static const struct hl_line hacked[] = {{HL_STR("hacked"), {.line = 5}}};
	static const struct hl_line fees[] = {{HL_STR("fees"), {.line = 7}}};
	static const struct hl_text both[][2] = {
		{{HL_STR("en"), HL_STR("Send us the hash.")}, {HL_STR("zh"), HL_STR("请发哈希。")}},
		{{HL_STR("en"), HL_STR("Stay calm.")}, {HL_STR("zh"), HL_STR("请冷静。")}},
		{{HL_STR("en"), HL_STR("They are low.")}, {HL_STR("zh"), HL_STR("很低。")}},
		{{HL_STR("en"), HL_STR("Deposit missing")}, {HL_STR("zh"), HL_STR("充值未到")}},
		{{HL_STR("en"), HL_STR("Account hacked")}, {HL_STR("zh"), HL_STR("账户被盗")}},
		{{HL_STR("en"), HL_STR("Fees")}, {HL_STR("zh"), HL_STR("手续费")}}};
	static const struct hl_answer answers[] = {{.texts = {both[0], 2}, .src = {.line = 1}},
						   {.texts = {both[1], 2}, .src = {.line = 1}},
						   {.texts = {both[2], 2}, .src = {.line = 1}}};
	static const struct hl_button_def buttons[] = {
		{.kind = HL_BUTTON_INTENT, .target = HL_STR("fees"), .src = {.line = 1}}};
	static const struct hl_line order[] = {{HL_STR("my order"), {.line = 9}}};
	static const struct hl_text form[][2] = {
		{{HL_STR("en"), HL_STR("Which order?")}, {HL_STR("zh"), HL_STR("哪个订单？")}},
		{{HL_STR("en"), HL_STR("Noted.")}, {HL_STR("zh"), HL_STR("已记下。")}},
		{{HL_STR("en"), HL_STR("An order")}, {HL_STR("zh"), HL_STR("订单")}},
		{{HL_STR("en"), HL_STR("Still here.")}, {HL_STR("zh"), HL_STR("还在。")}}};
	static const struct hl_slot_def slots[] = {{.name = HL_STR("order"),
						    .kind = HL_SLOT_TEXT,
						    .ask = {form[0], 2},
						    .src = {.line = 8}}};
	static const struct hl_answer noted[] = {{.texts = {form[1], 2}, .src = {.line = 8}}};
	static const struct hl_wait waiting[] = {
		{.after_ms = 60000, .say = {form[3], 2}, .src = {.line = 1}}};
	const struct hl_intent intents[] = {{.id = HL_STR("order.help"),
					     .title = {form[2], 2},
					     .phrases = {order, 1},
					     .slots = slots,
					     .n_slots = 1,
					     .answers = noted,
					     .n_answers = 1,
					     .src = {.line = 8}},
					    {.id = HL_STR("deposit.missing"),
					     .title = {both[3], 2},
					     .phrases = {missing, 1},
					     .answers = &answers[0],
					     .n_answers = 1,
					     .buttons = buttons,
					     .n_buttons = 1,
					     .src = {.line = 2}},
					    {.id = HL_STR("account.hacked"),
					     .title = {both[4], 2},
					     .team = teams[1],
					     .phrases = {hacked, 1},
					     .answers = &answers[1],
					     .n_answers = 1,
					     .handoff = HL_HANDOFF_ALWAYS,
					     .src = {.line = 4}},
					    {.id = HL_STR("fees"),
					     .title = {both[5], 2},
					     .phrases = {fees, 1},
					     .answers = &answers[2],
					     .n_answers = 1,
					     .src = {.line = 6}}};
	const struct hl_pack pack = {.name = HL_STR("rig"),
				     .langs = {langs, 2},
				     .teams = {teams, 2},
				     .oos = -1,
				     .rephrase = -1,
				     .intents = intents,
				     .n_intents = 4,
				     .waiting = waiting,
				     .n_waiting = 1,
				     .version = {version, strlen(version)}};
	struct hl_ruleset *rules = NULL;

	assert_int_equal(hl_ruleset_new(&rules, &pack, HL_NONE, print_diag, NULL), HL_OK);
	return rules;
}
