/* The conversation's state: birth, snapshots there and back, damage, views, the table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conversation/conversation.h"

#define S(text) hl_str_of(text)

static struct hl_arena arena;

static int teardown(void **state)
{
	(void)state;
	hl_arena_deinit(&arena);
	return 0;
}

static struct hl_conversation *born(void)
{
	struct hl_conversation *conv = NULL;
	const struct hl_attr attrs[] = {{S("level"), S("vip")}},
			     context[] = {{S("page.url"), S("/")}};
	const struct hl_birth birth = {.id = S("c1"),
				       .lang = S("zh-CN"),
				       .user = S("u7"),
				       .name = S("Li"),
				       .attrs = attrs,
				       .n_attrs = 1,
				       .context = context,
				       .n_context = 1,
				       .at_ms = 5000};
	assert_int_equal(hl_conversation_new(&conv, &birth), HL_OK);
	return conv;
}

static void test_birth(void **state)
{
	(void)state;
	struct hl_conversation *conv = born();
	struct hl_view view;
	hl_conversation_view(&view, conv);
	assert_int_equal(view.row.state, HL_BOT);
	assert_int_equal(view.row.seq, 0);
	assert_int_equal(view.n_customer, 5);
	assert_true(hl_str_eq(view.customer[0].value, S("u7")));
	assert_true(hl_str_eq(view.customer[3].name, S("level")));
	assert_true(hl_str_eq(hl_conversation_attrs(conv)->value, S("vip")));
	assert_int_equal(conv->n_attrs, 1);
	hl_conversation_free(conv);

	const struct hl_birth nameless = {.at_ms = 1};
	assert_int_equal(hl_conversation_new(&conv, &nameless), HL_LIMIT);
}

/* One of everything. */
static void fill(struct hl_conversation *work)
{
	struct hl_talk *talk = &work->talk;
	work->state = HL_HUMAN;
	work->seq = 9;
	work->note_seq = 2;
	work->customer_seq = 8;
	work->last_ms = 6000;
	work->team = S("funds");
	work->wanted = S("mei");
	work->urgency = HL_URGENCY_ALWAYS;
	work->reason = HL_RULE;
	work->joined_ms = 5500;
	work->since_ms = -1;
	work->assign_seq = 7;
	work->assign_ms = 5900;
	work->handoff_seq = 6;
	work->handoff_ms = 5800;
	work->front = work->message = work->rated = true;
	work->owner = (struct hl_author){HL_AGENT, S("mei"), S("Mei Lin")};
	work->rungs = 2;
	work->title = S("Deposit");
	work->last_text = S("hello");
	work->cids[work->n_cids++] = (struct hl_known_cid){.agent = true,
							   .by = S("mei"),
							   .cid = S("x1"),
							   .digest = {1, 2},
							   .seq = 9,
							   .at_ms = 6000};
	work->matched[work->n_matched++] =
		(struct hl_matched){S("deposit"), S("d.yaml:3"), 1234.0 / 4096};
	talk->forms[talk->n_forms++] = (struct hl_form){S("deposit"), S("coin"), 1};
	talk->held[talk->n_held++] =
		(struct hl_held){S("deposit"), S("mail"), S("someone@example.org"), true, false};
	talk->held[talk->n_held++] =
		(struct hl_held){.intent = S("deposit"), .name = S("txid"), .skipped = true};
	talk->answered[talk->n_answered++] = (struct hl_answered){S("fees"), 3};
	talk->sets[talk->n_sets].v = HL_NEW_ARRAY(&arena, HL_CHOICES_MAX, struct hl_choice);
	talk->sets[talk->n_sets].seq = 4;
	talk->sets[talk->n_sets].n = 1;
	talk->sets[talk->n_sets++].v[0] =
		(struct hl_choice){HL_CHOICE_URL, S("https://example.org"), S("Open")};
	talk->rephrased = talk->clarified = 1;
	talk->offered = talk->offered_rule = true;
	talk->offered_by = S("fees");
	work->recent[work->n_recent++] =
		(struct hl_recent){8, 6000, S("c"), S("raw words"), S("stored"), S("en")};
}

static struct hl_conversation *full(void)
{
	struct hl_conversation *conv = born(), *next = NULL, work;
	assert_int_equal(hl_conversation_open(&work, &arena, conv), HL_OK);
	fill(&work);
	assert_int_equal(hl_conversation_freeze(&next, &arena, &work), HL_OK);
	hl_conversation_free(conv);
	return next;
}

static void test_snapshot_there_and_back(void **state)
{
	(void)state;
	struct hl_conversation *conv = full(), *back = NULL;
	struct hl_str first, second;
	struct hl_view view;
	assert_int_equal(hl_conversation_save(&first, &arena, conv), HL_OK);
	assert_int_equal(hl_str_find(first, S("raw words"), 0), SIZE_MAX);
	assert_int_equal(hl_conversation_load(&back, first), HL_OK);
	assert_int_equal(hl_conversation_save(&second, &arena, back), HL_OK);
	assert_true(hl_str_eq(first, second));
	hl_conversation_view(&view, back);
	assert_true(hl_str_eq(view.owner.name, S("Mei Lin")));
	assert_true(hl_str_eq(view.asked, S("coin")));
	assert_int_equal(view.n_slots, 1);
	assert_true(hl_str_eq(view.slots[0].value, S("s***@example.org")));
	assert_true(view.matched[0].score == 1234.0 / 4096);
	assert_int_equal(view.row.since_ms, -1);
	assert_int_equal(conv->n_recent, 1);
	assert_int_equal(back->n_recent, 0);
	hl_conversation_free(conv);
	hl_conversation_free(back);
}

static void test_any_damage_is_found(void **state)
{
	(void)state;
	struct hl_conversation *conv = full(), *back = NULL;
	struct hl_str saved;
	assert_int_equal(hl_conversation_save(&saved, &arena, conv), HL_OK);
	char *copy = hl_arena_alloc(&arena, saved.len + 1);
	for (size_t i = 0; i < saved.len; i++) {
		memcpy(copy, saved.ptr, saved.len);
		copy[i] ^= 0x10;
		assert_int_equal(hl_conversation_load(&back, (struct hl_str){copy, saved.len}),
				 HL_BROKEN);
		assert_int_equal(hl_conversation_load(&back, (struct hl_str){saved.ptr, i}),
				 HL_BROKEN);
	}
	copy[saved.len] = 0;
	assert_int_equal(hl_conversation_load(&back, (struct hl_str){copy, saved.len + 1}),
			 HL_BROKEN);
	hl_conversation_free(conv);
}

static void test_cids_belong_to_their_author(void **state)
{
	(void)state;
	struct hl_conversation *conv = full();
	const struct hl_author mei = {.role = HL_AGENT, .id = S("mei")},
			       bo = {.role = HL_AGENT, .id = S("bo")},
			       customer = {.role = HL_CUSTOMER};
	assert_non_null(hl_conversation_cid(conv, &mei, S("x1")));
	assert_null(hl_conversation_cid(conv, &mei, S("x2")));
	assert_null(hl_conversation_cid(conv, &bo, S("x1")));
	assert_null(hl_conversation_cid(conv, &customer, S("x1")));
	hl_conversation_free(conv);
}

static void test_table(void **state)
{
	(void)state;
	static const struct {
		enum hl_state state;
		enum hl_event_kind event;
		enum hl_act act;
		enum hl_code code;
	} cases[] = {
		{HL_BOT, HL_EV_SAY, HL_ACT_SAY_BOT, HL_CODE_OK},
		{HL_BOT, HL_EV_REPLY, HL_ACT_REFUSE, HL_CODE_FORBIDDEN},
		{HL_QUEUED, HL_EV_ACCEPT, HL_ACT_ACCEPT, HL_CODE_OK},
		{HL_QUEUED, HL_EV_ASK_HUMAN, HL_ACT_QUEUED_ALREADY, HL_CODE_OK},
		{HL_HUMAN, HL_EV_TAKE, HL_ACT_TAKE_OWNED, HL_CODE_OK},
		{HL_HUMAN, HL_EV_CHOICE, HL_ACT_REFUSE, HL_CODE_STALE},
		{HL_CLOSED, HL_EV_REPLY, HL_ACT_REFUSE, HL_CODE_CLOSED},
		{HL_CLOSED, HL_EV_SAY, HL_ACT_SAY_AGAIN, HL_CODE_OK},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hl_cell cell = hl_conversation_cell(cases[i].state, cases[i].event);
		assert_int_equal(cell.act, cases[i].act);
		assert_int_equal(cell.code, cases[i].code);
	}
	for (int s = 0; s <= HL_CLOSED; s++) {
		for (int e = 0; e < HL_EV_COUNT; e++) {
			struct hl_cell cell =
				hl_conversation_cell((enum hl_state)s, (enum hl_event_kind)e);
			assert_true((cell.act == HL_ACT_REFUSE) == (cell.code != HL_CODE_OK));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_birth, teardown),
		cmocka_unit_test_teardown(test_snapshot_there_and_back, teardown),
		cmocka_unit_test_teardown(test_any_damage_is_found, teardown),
		cmocka_unit_test_teardown(test_cids_belong_to_their_author, teardown),
		cmocka_unit_test_teardown(test_table, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
