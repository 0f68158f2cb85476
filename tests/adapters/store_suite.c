/*
 * The conformance suite of the store interface: each test begins with an empty store of the kind
 * the program brings.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store_suite.h"

#define SAID(...) (&(struct draft){__VA_ARGS__})

static int setup(void **state)
{
	struct kit *kit = calloc(1, sizeof(*kit));

	kit_open(kit);
	*state = kit;
	return 0;
}

static int teardown(void **state)
{
	kit_close(*state);
	free(*state);
	return 0;
}

static void expect_page(struct kit *kit, const char *conv, const char *line)
{
	struct shown shown;

	show_page(kit, conv, 0, 0, true, 100, &shown);
	assert_int_equal(shown.result, HL_STORE_OK);
	assert_string_equal(shown.line, line);
	assert_false(shown.more);
}

static void expect_loaded(struct kit *kit, const char *conv, const char *user, const char *line)
{
	struct shown shown;

	show_loaded(kit, conv, user, &shown);
	assert_int_equal(shown.result, line ? HL_STORE_OK : HL_STORE_NOT_FOUND);
	assert_string_equal(shown.line, line ? line : "");
}

/* ------------------------------------------------------------------ append */

static void test_append_and_read_back(void **state)
{
	struct kit *kit = *state;
	struct hl_append_done done = draft_append(kit, SAID(.conv = "a", .cid = "c1", .n = 2));

	assert_int_equal(done.result, HL_STORE_OK);
	assert_int_equal(done.seq, 1);
	assert_int_equal(done.at_ms, 1000);
	done = draft_append(kit, SAID(.conv = "a", .cid = "c2", .seq = 2, .due_ms = 99));
	assert_int_equal(done.result, HL_STORE_OK);
	assert_int_equal(done.seq, 3);
	expect_page(kit, "a", "1:text-1 2:text-2 3:text-3 ");
	expect_loaded(kit, "a", NULL, "a 3.0 due 99 snap-3");
	expect_loaded(kit, "b", NULL, NULL);
}

static void test_another_state_is_a_conflict(void **state)
{
	static const struct draft wrong[] = {
		{.conv = "a", .n = 1, .seq = 0}, {.conv = "a", .n = 1, .seq = 1},
		{.conv = "a", .n = 1, .seq = 3}, {.conv = "a", .n = 1, .seq = 2, .note_seq = 1},
		{.conv = "b", .n = 1, .seq = 1}, {.conv = "b", .n = 1, .note_seq = 1},
	};
	struct kit *kit = *state;

	assert_int_equal(draft_append(kit, SAID(.conv = "a", .n = 2)).result, HL_STORE_OK);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(draft_append(kit, &wrong[i]).result, HL_STORE_CONFLICT);
	expect_page(kit, "a", "1:text-1 2:text-2 ");
	expect_loaded(kit, "b", NULL, NULL);
}

static void test_a_known_cid_answers_the_first(void **state)
{
	struct kit *kit = *state;
	struct hl_append_done done;

	draft_append(kit, SAID(.conv = "a", .cid = "c1"));
	draft_append(kit, SAID(.conv = "a", .cid = "c2", .seq = 1));
	for (uint64_t seq = 0; seq < 4; seq++) { /* whatever state it was computed from */
		done = draft_append(kit, SAID(.conv = "a", .cid = "c1", .seq = seq));
		assert_int_equal(done.result, HL_STORE_DUP);
		assert_int_equal(done.seq, 1);
		assert_int_equal(done.at_ms, 1000);
		done = draft_append(kit, SAID(.conv = "a", .cid = "c1", .seq = seq, .digest = 'e'));
		assert_int_equal(done.result, HL_STORE_ID_REUSED);
	}
	expect_page(kit, "a", "1:text-1 2:text-2 ");
}

static void test_a_cid_belongs_to_its_author_and_conversation(void **state)
{
	struct kit *kit = *state;

	draft_append(kit, SAID(.conv = "a", .cid = "c"));
	assert_int_equal(
		draft_append(kit, SAID(.conv = "a", .cid = "c", .author = "agent:mei", .seq = 1))
			.result,
		HL_STORE_OK);
	assert_int_equal(
		draft_append(kit, SAID(.conv = "a", .cid = "c", .author = "agent:li", .seq = 2))
			.result,
		HL_STORE_OK);
	assert_int_equal(draft_append(kit, SAID(.conv = "b", .cid = "c")).result, HL_STORE_OK);
	assert_int_equal(draft_append(kit, SAID(.conv = "a", .cid = "C", .seq = 3)).result,
			 HL_STORE_OK);
	for (int i = 0; i < 2; i++) /* none at all is never the same */
		assert_int_equal(
			draft_append(kit, SAID(.conv = "a", .seq = 4u + (unsigned)i)).result,
			HL_STORE_OK);
}

static void test_of_two_at_once_the_first_wins(void **state)
{
	struct kit *kit = *state;
	struct hl_append_done done[5];
	size_t answered = 0;

	draft_start(kit, SAID(.conv = "a", .cid = "c1"), &done[0], &answered);
	draft_start(kit, SAID(.conv = "a", .cid = "c2"), &done[1], &answered);
	draft_start(kit, SAID(.conv = "a", .cid = "c1"), &done[2], &answered);
	draft_start(kit, SAID(.conv = "a", .cid = "c1", .digest = 'e'), &done[3], &answered);
	draft_start(kit, SAID(.conv = "a", .cid = "c3", .seq = 1), &done[4], &answered);
	assert_int_equal(answered, 0);
	while (answered < 5)
		uv_run(&kit->loop, UV_RUN_ONCE);
	assert_int_equal(done[0].result, HL_STORE_OK);
	assert_int_equal(done[1].result, HL_STORE_CONFLICT);
	assert_int_equal(done[2].result, HL_STORE_DUP);
	assert_int_equal(done[3].result, HL_STORE_ID_REUSED);
	assert_int_equal(done[4].result, HL_STORE_OK);
	expect_page(kit, "a", "1:text-1 2:text-2 ");
}

static void test_what_is_wrongly_numbered_is_refused(void **state)
{
	struct kit *kit = *state;
	struct hl_append_done done = {.result = HL_STORE_OK};

	draft_append(kit, SAID(.conv = "a", .n = 2));
	done = draft_append(kit, SAID(.conv = "a", .seq = 2, .no_text = true));
	assert_int_equal(done.result, HL_STORE_CONFLICT);
	done = draft_append(kit, SAID(.conv = "a", .seq = 2, .rewrite = 3));
	assert_int_equal(done.result, HL_STORE_CONFLICT);
	expect_loaded(kit, "a", NULL, "a 2.0 due 0 snap-2");
}

static void test_a_redaction_rewrites(void **state)
{
	struct kit *kit = *state;

	draft_append(kit, SAID(.conv = "a", .n = 3));
	assert_int_equal(draft_append(kit, SAID(.conv = "a", .seq = 3, .rewrite = 2)).result,
			 HL_STORE_OK);
	expect_page(kit, "a", "1:text-1 2:[gone] 3:text-3 4:text-4 ");
}

/* ------------------------------------------------------------------ check */

static void test_check_confirms_a_state(void **state)
{
	static const struct {
		struct draft ask;
		enum hl_store_result result;
		uint64_t seq;
	} rows[] = {
		{{.conv = "a", .seq = 2, .note_seq = 1}, HL_STORE_OK, 0},
		{{.conv = "a", .seq = 2, .note_seq = 1, .author = "", .cid = "new"},
		 HL_STORE_OK,
		 0},
		{{.conv = "a", .seq = 2, .note_seq = 0}, HL_STORE_CONFLICT, 0},
		{{.conv = "a", .seq = 1, .note_seq = 1}, HL_STORE_CONFLICT, 0},
		{{.conv = "a", .seq = 9, .author = "", .cid = "c1"}, HL_STORE_DUP, 1},
		{{.conv = "a", .seq = 2, .author = "", .cid = "c1", .digest = 'e'},
		 HL_STORE_ID_REUSED,
		 0},
		{{.conv = "b", .seq = 0}, HL_STORE_NOT_FOUND, 0},
	};
	struct kit *kit = *state;

	draft_append(kit, SAID(.conv = "a", .cid = "c1", .n = 2, .n_notes = 1));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct hl_append_done done = draft_check(kit, &rows[i].ask);

		assert_int_equal(done.result, rows[i].result);
		if (rows[i].seq)
			assert_int_equal(done.seq, rows[i].seq);
	}
	expect_loaded(kit, "a", NULL, "a 2.1 due 0 snap-2");
}

static void test_check_comes_after_earlier_appends(void **state)
{
	struct kit *kit = *state;
	struct hl_append_done done[20];
	size_t answered = 0;

	for (size_t i = 0; i < 20; i++)
		draft_start(kit, SAID(.conv = "a", .seq = i), &done[i], &answered);
	assert_int_equal(draft_check(kit, SAID(.conv = "a", .seq = 20)).result, HL_STORE_OK);
	assert_int_equal(answered, 20);
}

/* ------------------------------------------------------------------ reading */

static void test_notes_are_a_line_of_their_own(void **state)
{
	struct kit *kit = *state;
	struct shown shown;

	draft_append(kit, SAID(.conv = "a", .n = 2));
	draft_append(kit, SAID(.conv = "a", .seq = 2, .no_text = true, .n_notes = 2));
	draft_append(kit, SAID(.conv = "a", .seq = 2, .note_seq = 2, .n = 1, .n_notes = 1));
	expect_page(kit, "a", "1:text-1 2:text-2 n1@2:note-1 n2@2:note-2 3:text-3 n3@3:note-3 ");
	show_page(kit, "a", 0, 0, false, 100, &shown);
	assert_string_equal(shown.line, "1:text-1 2:text-2 3:text-3 ");
	show_page(kit, "a", 2, 1, true, 100, &shown);
	assert_string_equal(shown.line, "n2@2:note-2 3:text-3 n3@3:note-3 ");
	show_page(kit, "a", 3, 3, true, 100, &shown);
	assert_string_equal(shown.line, "");
	assert_int_equal(shown.result, HL_STORE_OK);
	show_page(kit, "b", 0, 0, true, 100, &shown);
	assert_int_equal(shown.result, HL_STORE_NOT_FOUND);
}

static void test_pages_join_without_a_gap(void **state)
{
	struct kit *kit = *state;
	struct shown whole, part;

	for (unsigned i = 0; i < 10; i++)
		draft_append(kit,
			     SAID(.conv = "a", .seq = 3 * i, .note_seq = i, .n = 3, .n_notes = 1));
	show_page(kit, "a", 0, 0, true, 100, &whole);
	assert_int_equal(whole.n, 40);
	for (size_t limit = 1; limit < 8; limit++) {
		char joined[sizeof(whole.line)] = "";

		part = (struct shown){.more = true};
		while (part.more) {
			show_page(kit, "a", part.seq, part.note_seq, true, limit, &part);
			assert_true(part.n <= limit);
			strcat(joined, part.line);
		}
		assert_string_equal(joined, whole.line);
	}
}

static void test_a_page_has_a_limit_in_bytes(void **state)
{
	struct kit *kit = *state;
	struct shown shown;

	draft_append(kit, SAID(.conv = "a", .n = 20, .body = 60000));
	show_page(kit, "a", 0, 0, true, 100, &shown);
	assert_true(shown.more);
	assert_in_range(shown.bytes, 200u << 10, 330u << 10);
	draft_append(kit, SAID(.conv = "b", .n = 2, .body = 600000));
	show_page(kit, "b", 0, 0, false, 100, &shown); /* one always fits */
	assert_int_equal(shown.n, 1);
	assert_true(shown.more);
}

static void test_rows_by_state(void **state)
{
	static const char *const ids[] = {"e", "b", "d", "a", "c"};
	struct kit *kit = *state;
	struct shown shown;

	for (unsigned i = 0; i < 5; i++)
		draft_append(kit, SAID(.conv = ids[i], .state = (enum hl_state)(i % 4)));
	show_rows(kit, 1u << HL_BOT | 1u << HL_HUMAN, NULL, 0, 10, &shown);
	assert_string_equal(shown.line, "c:bot:1 d:human:1 e:bot:1 ");
	assert_false(shown.more);
	show_rows(kit, 1u << HL_BOT | 1u << HL_HUMAN, NULL, 0, 2, &shown);
	assert_string_equal(shown.line, "c:bot:1 d:human:1 ");
	assert_true(shown.more);
	show_rows(kit, 1u << HL_BOT | 1u << HL_HUMAN, "d", 0, 2, &shown);
	assert_string_equal(shown.line, "e:bot:1 ");
	assert_false(shown.more);
	draft_append(kit, SAID(.conv = "c", .seq = 1, .state = HL_CLOSED));
	show_rows(kit, 1u << HL_CLOSED, NULL, 0, 10, &shown);
	assert_string_equal(shown.line, "a:closed:1 c:closed:2 ");
	show_rows(kit, 15, NULL, 0, 10, &shown);
	assert_int_equal(shown.n, 5);
}

static void test_what_is_due_comes_earliest_first(void **state)
{
	struct kit *kit = *state;
	struct shown shown;

	draft_append(kit, SAID(.conv = "a", .due_ms = 300));
	draft_append(kit, SAID(.conv = "b", .due_ms = 100));
	draft_append(kit, SAID(.conv = "c"));
	draft_append(kit, SAID(.conv = "d", .due_ms = 200));
	show_rows(kit, 0, NULL, 99, 10, &shown);
	assert_int_equal(shown.n, 0);
	show_rows(kit, 0, NULL, 200, 10, &shown);
	assert_string_equal(shown.line, "b:bot:1 d:bot:1 ");
	show_rows(kit, 0, NULL, 900, 2, &shown);
	assert_string_equal(shown.line, "b:bot:1 d:bot:1 ");
	assert_true(shown.more);
	draft_append(kit, SAID(.conv = "b", .seq = 1)); /* no longer due */
	draft_append(kit, SAID(.conv = "d", .seq = 1, .due_ms = 400));
	show_rows(kit, 0, NULL, 900, 10, &shown);
	assert_string_equal(shown.line, "a:bot:1 d:bot:2 ");
}

static void test_the_open_conversation_of_a_user(void **state)
{
	struct kit *kit = *state;

	draft_append(kit, SAID(.conv = "z", .user = "anna"));
	draft_append(kit, SAID(.conv = "b", .user = "bob"));
	draft_append(kit, SAID(.conv = "n"));
	expect_loaded(kit, NULL, "anna", "z 1.0 due 0 snap-1");
	draft_append(kit, SAID(.conv = "a", .user = "anna")); /* the later one */
	expect_loaded(kit, NULL, "anna", "a 1.0 due 0 snap-1");
	draft_append(kit, SAID(.conv = "a", .user = "anna", .seq = 1, .state = HL_CLOSED));
	expect_loaded(kit, NULL, "anna", "z 1.0 due 0 snap-1");
	draft_append(kit, SAID(.conv = "z", .user = "anna", .seq = 1, .state = HL_CLOSED));
	expect_loaded(kit, NULL, "anna", NULL);
	expect_loaded(kit, NULL, "", NULL);
	expect_loaded(kit, NULL, "ann", NULL);
}

/* ------------------------------------------------------------------ accounts and sessions */

static void on_result(void *arg, enum hl_store_result result)
{
	*(int *)arg = (int)result;
}

static int await(struct kit *kit, int *result)
{
	assert_int_equal(*result, -1);
	while (*result < 0)
		uv_run(&kit->loop, UV_RUN_ONCE);
	return *result;
}

static int put_account(struct kit *kit, const char *name, unsigned capacity, bool disabled)
{
	struct hl_str teams[] = {HL_STR("funds"), HL_STR("security")}, langs[] = {HL_STR("zh")};
	struct hl_account account = {.name = {name, strlen(name)},
				     .display = HL_STR("Mei Lin"),
				     .hash = HL_STR("$argon2id$x"),
				     .teams = {teams, 2},
				     .langs = {langs, 1},
				     .capacity = capacity,
				     .disabled = disabled,
				     .changed_ms = 5};
	int result = -1;

	kit->store->ops->account_put(kit->store, &account, on_result, &result);
	return await(kit, &result);
}

static void on_accounts(void *arg, const struct hl_accounts_page *page)
{
	struct shown *out = arg;

	out->result = page->result;
	for (size_t i = 0; i < page->n; i++) {
		const struct hl_account *at = &page->v[i];

		assert_int_equal(at->teams.n, 2);
		assert_int_equal(at->langs.n, 1);
		assert_int_equal(at->roles.n, 0);
		assert_int_equal(at->changed_ms, 5);
		assert_memory_equal(at->teams.v[1].ptr, "security", at->teams.v[1].len);
		assert_memory_equal(at->hash.ptr, "$argon2id$x", at->hash.len);
		assert_memory_equal(at->display.ptr, "Mei Lin", at->display.len);
		snprintf(out->line + strlen(out->line), 100, "%.*s:%u%s ", (int)at->name.len,
			 at->name.ptr, at->capacity, at->disabled ? "!" : "");
	}
	out->more = true;
}

static void show_accounts(struct kit *kit, struct hl_str name, struct shown *out)
{
	*out = (struct shown){.n = 0};
	kit->store->ops->accounts(kit->store, name, on_accounts, out);
	assert_false(out->more);
	kit_wait(kit, &out->more);
}

static void test_accounts(void **state)
{
	struct kit *kit = *state;
	struct shown shown;

	show_accounts(kit, HL_NONE, &shown);
	assert_int_equal(shown.result, HL_STORE_OK);
	assert_string_equal(shown.line, "");
	assert_int_equal(put_account(kit, "mei", 3, false), HL_STORE_OK);
	assert_int_equal(put_account(kit, "ann", 4, false), HL_STORE_OK);
	assert_int_equal(put_account(kit, "mei", 6, true), HL_STORE_OK);
	show_accounts(kit, HL_NONE, &shown);
	assert_string_equal(shown.line, "ann:4 mei:6! ");
	show_accounts(kit, HL_STR("mei"), &shown);
	assert_string_equal(shown.line, "mei:6! ");
	show_accounts(kit, HL_STR("me"), &shown);
	assert_int_equal(shown.result, HL_STORE_NOT_FOUND);
}

static void on_session(void *arg, const struct hl_session_found *found)
{
	if (found->result == HL_STORE_OK) {
		assert_int_equal(found->session.account.len, 3);
		assert_memory_equal(found->session.account.ptr, "mei", 3);
		assert_int_equal(found->session.expires_ms, found->session.created_ms + 100);
	}
	*(int *)arg = (int)found->result;
}

static int session(struct kit *kit, char which, char id, int64_t created_ms)
{
	struct hl_session s = {
		.account = HL_STR("mei"), .created_ms = created_ms, .expires_ms = created_ms + 100};
	int result = -1;

	memset(s.token_hash, id, sizeof(s.token_hash));
	if (which == 'p')
		kit->store->ops->session_put(kit->store, &s, on_result, &result);
	else if (which == 'g')
		kit->store->ops->session_get(kit->store, s.token_hash, on_session, &result);
	else
		kit->store->ops->session_drop(kit->store, s.token_hash, on_result, &result);
	return await(kit, &result);
}

static void test_sessions(void **state)
{
	struct kit *kit = *state;

	assert_int_equal(session(kit, 'g', 1, 0), HL_STORE_NOT_FOUND);
	assert_int_equal(session(kit, 'p', 1, 1000), HL_STORE_OK);
	assert_int_equal(session(kit, 'p', 2, 1050), HL_STORE_OK);
	assert_int_equal(session(kit, 'g', 1, 0), HL_STORE_OK);
	assert_int_equal(session(kit, 'd', 2, 0), HL_STORE_OK);
	assert_int_equal(session(kit, 'd', 2, 0), HL_STORE_OK);
	assert_int_equal(session(kit, 'g', 2, 0), HL_STORE_NOT_FOUND);
	assert_int_equal(session(kit, 'p', 3, 1100), HL_STORE_OK); /* sweeps out what is over */
	assert_int_equal(session(kit, 'g', 1, 0), HL_STORE_NOT_FOUND);
	assert_int_equal(session(kit, 'g', 3, 0), HL_STORE_OK);
}

/* ------------------------------------------------------------------ life */

struct chain { /* each answer asks again */
	struct kit *kit;
	struct hl_append_done done;
	size_t answered;
	bool closed;
};

static void on_close(void *arg, enum hl_store_result result)
{
	struct chain *chain = arg;

	assert_int_equal(result, HL_STORE_OK);
	assert_int_equal(chain->answered, 50);
	chain->closed = true;
}

static void test_close_finishes_what_was_accepted(void **state)
{
	struct chain chain = {.kit = *state};
	struct hl_append_done done[50], late = {.result = HL_STORE_OK};
	struct kit *kit = *state;
	size_t late_answered = 0;

	for (size_t i = 0; i < 50; i++)
		draft_start(kit, SAID(.conv = "a", .seq = i), &done[i], &chain.answered);
	kit->store->ops->close(kit->store, on_close, &chain);
	draft_start(kit, SAID(.conv = "b"), &late, &late_answered);
	assert_false(chain.closed);
	assert_int_equal(late_answered, 0);
	kit_wait(kit, &chain.closed);
	for (size_t i = 0; i < 50; i++)
		assert_int_equal(done[i].result, HL_STORE_OK);
	assert_int_equal(late_answered, 1);
	assert_int_equal(late.result, HL_STORE_FAILED);
	kit->store->ops->free(kit->store);
	uv_run(&kit->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&kit->loop), 0);
	store_kit.clean();
	kit_open(kit);
}

static void test_many_at_once(void **state)
{
	enum { N = 3000 };
	struct kit *kit = *state;
	struct hl_append_done *done = calloc(N, sizeof(*done));
	size_t answered = 0;
	char id[16];

	for (size_t i = 0; i < N; i++) {
		snprintf(id, sizeof(id), "c%03zu", i % 100);
		draft_start(kit, SAID(.conv = id, .cid = "x", .author = id, .seq = 0), &done[i],
			    &answered);
		if (i % 700 == 0)
			uv_run(&kit->loop, UV_RUN_NOWAIT);
	}
	while (answered < N)
		uv_run(&kit->loop, UV_RUN_ONCE);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(done[i].result, i < 100 ? HL_STORE_OK : HL_STORE_DUP);
	assert_true(kit->store->ops->room(kit->store) > 0);
	free(done);
}

int store_suite_run(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(test_append_and_read_back),
		CASE(test_another_state_is_a_conflict),
		CASE(test_a_known_cid_answers_the_first),
		CASE(test_a_cid_belongs_to_its_author_and_conversation),
		CASE(test_of_two_at_once_the_first_wins),
		CASE(test_what_is_wrongly_numbered_is_refused),
		CASE(test_a_redaction_rewrites),
		CASE(test_check_confirms_a_state),
		CASE(test_check_comes_after_earlier_appends),
		CASE(test_notes_are_a_line_of_their_own),
		CASE(test_pages_join_without_a_gap),
		CASE(test_a_page_has_a_limit_in_bytes),
		CASE(test_rows_by_state),
		CASE(test_what_is_due_comes_earliest_first),
		CASE(test_the_open_conversation_of_a_user),
		CASE(test_accounts),
		CASE(test_sessions),
		CASE(test_close_finishes_what_was_accepted),
		CASE(test_many_at_once),
	};
#undef CASE
	return cmocka_run_group_tests_name(store_kit.name, tests, NULL, NULL);
}
