/*
 * The step as a pure function: refusals, resends, races, sizes; the old state untouched. Then
 * random events, after each of which everything a host relies on must hold, and the same events
 * again, which must give the same bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/scratch.h"
#include "conversation/conversation.h"
#include "desk/desk.h"
#include "packtext.h"

#define S(text) hl_str_of(text)

static struct hl_scratch *scratch;
static struct hl_ruleset *rules;
static struct hl_desk *desk;
static struct hl_conversation *conv;

static const char pack_text[] = "list coin BTC = btc, bitcoin\n"
				"list coin ETH = eth\n"
				"intent deposit.missing\n"
				"phrase deposit * missing\n"
				"slot coin list coin\n"
				"intent fees\n"
				"phrase fee\n"
				"intent hacked\n"
				"phrase hacked\n"
				"always\n";

static void ignore(void *arg, const struct hl_diag *diag)
{
	(void)arg;
	(void)diag;
}

static struct hl_conversation *born(const char *id)
{
	struct hl_conversation *made = NULL;
	const struct hl_birth birth = {.id = S(id), .lang = S("en"), .at_ms = 1000};
	assert_int_equal(hl_conversation_new(&made, &birth), HL_OK);
	return made;
}

static int setup(void **state)
{
	(void)state;
	struct packtext *text = packtext_new(pack_text, sizeof pack_text - 1);
	struct hl_pack *pack = packtext_pack(text);
	const struct hl_str teams[] = {S("front"), S("funds")};
	const struct hl_wait waiting[] = {{.after_ms = 60000, .message = true}};
	const struct hl_text answer[] = {{.lang = S("en"), .text = S("It costs little.")}};
	const struct hl_answer answers[] = {{.texts = {answer, 1}}};
	const struct hl_text ask[] = {{.lang = S("en"), .text = S("Which coin?")}};
	pack->teams = (struct hl_names){teams, 2};
	pack->waiting = waiting;
	pack->n_waiting = 1;
	struct hl_intent *intents = (struct hl_intent *)(uintptr_t)pack->intents;
	struct hl_slot_def *slots = (struct hl_slot_def *)(uintptr_t)intents[0].slots;
	slots[0].ask = (struct hl_texts){ask, 1};
	for (size_t i = 0; i < 2; i++) {
		intents[i].answers = answers;
		intents[i].n_answers = 1;
	}
	assert_int_equal(hl_ruleset_new(&rules, pack, HL_NONE, ignore, NULL), HL_OK);
	packtext_free(text);
	assert_int_equal(hl_scratch_new(&scratch), HL_OK);
	assert_int_equal(hl_desk_new(&desk, NULL), HL_OK);
	conv = born("c1");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	conv = hl_conversation_free(conv);
	desk = hl_desk_free(desk);
	rules = hl_ruleset_unref(rules);
	scratch = hl_scratch_free(scratch);
	return 0;
}

static struct hl_event event_of(enum hl_event_kind kind, const char *agent, const char *text)
{
	return (struct hl_event){.kind = kind,
				 .at_ms = 2000,
				 .by = {agent ? HL_AGENT : HL_CUSTOMER, S(agent), S(agent)},
				 .text = S(text)};
}

static struct hl_outcome step(const struct hl_event *event)
{
	struct hl_outcome out;
	assert_int_equal(hl_step(&out, scratch, rules, desk, conv, event), HL_OK);
	return out;
}

static struct hl_outcome commit(enum hl_event_kind kind, const char *agent, const char *text)
{
	struct hl_event event = event_of(kind, agent, text);
	struct hl_outcome out = step(&event);
	assert_int_equal(out.result, HL_STEP_COMMIT);
	hl_conversation_free(conv);
	conv = out.next;
	assert_int_equal(hl_desk_row(desk, event.at_ms, &out.row), HL_OK);
	return out;
}

static void online(const char *id)
{
	const struct hl_desk_agent agent = {.id = S(id), .presence = HL_ONLINE};
	assert_int_equal(hl_desk_agent(desk, 2000, &agent), HL_OK);
}

/* ------------------------------------------------------------------ single steps */

static void test_resend_and_reuse(void **state)
{
	(void)state;
	struct hl_event event = event_of(HL_EV_SAY, NULL, "fee");
	event.cid = S("a");
	event.digest[0] = 7;
	struct hl_outcome out = step(&event);
	assert_int_equal(out.result, HL_STEP_COMMIT);
	assert_int_equal(out.ack_seq, 1);
	assert_int_equal(out.n_entries, 2);
	assert_int_equal(out.entries[1].reply_to, 1);
	hl_conversation_free(conv);
	conv = out.next;

	event.at_ms = 9999;
	out = step(&event);
	assert_int_equal(out.result, HL_STEP_DUP);
	assert_int_equal(out.ack_seq, 1);
	assert_int_equal(out.ack_at_ms, 2000);
	event.digest[0] = 8;
	out = step(&event);
	assert_int_equal(out.result, HL_STEP_REFUSED);
	assert_int_equal(out.code, HL_CODE_ID_REUSED);
	/* the same cid of another author is another send */
	online("mei");
	event = event_of(HL_EV_TAKE, "mei", "");
	event.cid = S("a");
	out = step(&event);
	assert_int_equal(out.result, HL_STEP_COMMIT);
	hl_conversation_free(out.next);
}

static void test_only_sixty_four_cids(void **state)
{
	(void)state;
	char cid[8];
	for (int i = 0; i < 70; i++) {
		struct hl_event event = event_of(HL_EV_SAY, NULL, "fee");
		snprintf(cid, sizeof cid, "k%d", i);
		event.cid = S(cid);
		struct hl_outcome out = step(&event);
		assert_int_equal(out.result, HL_STEP_COMMIT);
		hl_conversation_free(conv);
		conv = out.next;
	}
	assert_int_equal(conv->n_cids, HL_CIDS_MAX);
	assert_true(hl_str_eq(conv->cids[0].cid, S("k6")));
}

static void test_pure(void **state)
{
	(void)state;
	struct hl_arena arena = {0};
	struct hl_str before, after;
	commit(HL_EV_SAY, NULL, "my deposit is missing");
	assert_int_equal(hl_conversation_save(&before, &arena, conv), HL_OK);
	struct hl_event event = event_of(HL_EV_SAY, NULL, "btc");
	struct hl_outcome out = step(&event);
	hl_conversation_free(out.next);
	assert_int_equal(hl_conversation_save(&after, &arena, conv), HL_OK);
	assert_true(hl_str_eq(before, after));
	hl_arena_deinit(&arena);
}

static void test_sizes(void **state)
{
	(void)state;
	struct hl_outcome out;
	static char big[HL_TEXT_BYTES_MAX + 2];
	struct hl_event event = event_of(HL_EV_SAY, NULL, "");
	memset(big, 'x', sizeof big - 1);
	event.text = (struct hl_str){big, HL_TEXT_MAX + 1};
	assert_int_equal(hl_step(&out, scratch, rules, desk, conv, &event), HL_LIMIT);
	event.text.len = HL_TEXT_BYTES_MAX + 1;
	assert_int_equal(hl_step(&out, scratch, rules, desk, conv, &event), HL_LIMIT);
	event.text = S(" \n ");
	out = step(&event);
	assert_int_equal(out.code, HL_CODE_BAD_FRAME);
	event.text = (struct hl_str){"\xff\xfe", 2};
	out = step(&event);
	assert_int_equal(out.result, HL_STEP_COMMIT);
	assert_true(hl_str_eq(out.entries[0].text, S("\xef\xbf\xbd\xef\xbf\xbd")));
	hl_conversation_free(out.next);
}

static void test_time_never_goes_back(void **state)
{
	(void)state;
	commit(HL_EV_SAY, NULL, "fee");
	struct hl_event event = event_of(HL_EV_SAY, NULL, "fee");
	event.at_ms = 5;
	struct hl_outcome out = step(&event);
	assert_int_equal(out.entries[0].at_ms, 2000);
	hl_conversation_free(out.next);
}

static void test_who_wins(void **state)
{
	(void)state;
	struct hl_desk_effect effect;
	char offer[16] = "";
	online("ann");
	online("bo");
	commit(HL_EV_ASK_HUMAN, NULL, "");
	while (hl_desk_next(desk, &effect))
		if (effect.kind == HL_DESK_OFFER)
			snprintf(offer, sizeof offer, "%.*s", (int)effect.offer.len,
				 effect.offer.ptr);
	struct hl_event accept = event_of(HL_EV_ACCEPT, "ann", "");
	accept.offer = S("o99");
	assert_int_equal(step(&accept).code, HL_CODE_STALE);
	accept.offer = S(offer);
	assert_int_equal(hl_desk_reserve(desk, S("c1"), 2, S("ann")), HL_OK);
	struct hl_outcome first = step(&accept), again = step(&accept);
	assert_int_equal(first.result, HL_STEP_COMMIT);
	assert_int_equal(again.result,
			 HL_STEP_COMMIT); /* after a conflict the step is done again */
	hl_conversation_free(again.next);
	hl_conversation_free(conv);
	conv = first.next;

	struct hl_event take = event_of(HL_EV_TAKE, "bo", "");
	assert_int_equal(step(&take).code, HL_CODE_STALE);
	take = event_of(HL_EV_TAKE, "ann", "");
	struct hl_outcome out = step(&take);
	assert_int_equal(out.result, HL_STEP_NOTHING);
	assert_true(out.won);
}

static void test_old_timers_do_nothing(void **state)
{
	(void)state;
	online("ann");
	struct hl_outcome out = commit(HL_EV_ASK_HUMAN, NULL, "");
	assert_int_equal(out.due_ms, 62000);
	struct hl_event timer = {.kind = HL_EV_TIMER,
				 .at_ms = 62000,
				 .by = {.role = HL_SYSTEM},
				 .armed_seq = out.row.assign_seq + 1};
	assert_int_equal(step(&timer).result, HL_STEP_NOTHING);
	timer.armed_seq = out.row.assign_seq;
	timer.at_ms = 61999;
	out = step(&timer);
	assert_int_equal(out.result, HL_STEP_NOTHING);
	assert_int_equal(out.due_ms, 62000);
	timer.at_ms = 62000;
	out = step(&timer);
	assert_int_equal(out.result, HL_STEP_COMMIT);
	assert_int_equal(out.entries[0].n_buttons, 2);
	assert_int_equal(out.due_ms, 0);
	hl_conversation_free(out.next);

	commit(HL_EV_TAKE, "ann", "");
	struct hl_event gone = {.kind = HL_EV_AGENT_GONE, .at_ms = 3000, .armed_seq = 1};
	assert_int_equal(step(&gone).result, HL_STEP_NOTHING);
	gone.armed_seq = conv->assign_seq;
	out = step(&gone);
	assert_int_equal(out.result, HL_STEP_COMMIT);
	assert_true(out.row.front);
	assert_int_equal(out.row.since_ms, 2000);
	hl_conversation_free(out.next);
}

static void test_notes_have_numbers_of_their_own(void **state)
{
	(void)state;
	online("ann");
	struct hl_event early = event_of(HL_EV_NOTE, "ann", "before anything was said");
	assert_int_equal(step(&early).code, HL_CODE_NOT_FOUND);
	commit(HL_EV_SAY, NULL, "fee");
	struct hl_outcome out = commit(HL_EV_NOTE, "ann", "watch this one");
	assert_int_equal(out.ack_seq, 0);
	assert_int_equal(out.ack_note_seq, 1);
	assert_int_equal(out.entries[0].after, 2);
	assert_int_equal(out.row.seq, 2);
}

static struct hl_str last_text(const struct hl_outcome *out)
{
	struct hl_str text = HL_NONE;
	for (size_t i = 0; i < out->n_entries; i++)
		if (out->entries[i].kind == HL_ENTRY_TEXT)
			text = out->entries[i].text;
	return text;
}

/* Whatever allocation is the first to fail, the step says so and leaves nothing behind. */
static void test_out_of_memory(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"and for btc?",		 "fee",	   "1",	  "ok",
		"my deposit is missing", "hacked", "xyz", "4111 1111 1111 1111"};
	size_t failed = 0;
	commit(HL_EV_SAY, NULL, "fee");
	for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
		struct hl_event plain = event_of(HL_EV_SAY, NULL, texts[t]);
		struct hl_outcome whole = step(&plain);
		char want[200];
		snprintf(want, sizeof want, "%.*s", (int)last_text(&whole).len,
			 last_text(&whole).ptr);
		hl_conversation_free(whole.next);
		for (size_t limit = 512; limit < 120000; limit += 509) {
			struct hl_outcome out;
			struct hl_event event = event_of(HL_EV_SAY, NULL, texts[t]);
			hl_scratch_free(scratch);
			assert_int_equal(hl_scratch_new(&scratch), HL_OK);
			scratch->turn.limit = limit;
			int rc = hl_step(&out, scratch, rules, desk, conv, &event);
			assert_true(rc == HL_OK || rc == HL_NOMEM);
			failed += rc == HL_NOMEM;
			if (rc == HL_OK) {
				assert_true(hl_str_eq(last_text(&out), S(want)));
				hl_conversation_free(out.next);
			} else {
				assert_null(out.next);
			}
		}
	}
	assert_true(failed > 0);
}

/* ------------------------------------------------------------------ random events */

#define CONVS 6
static const char seed_phrase[] = "legal winner thank year wave sausage worth useful legal "
				  "winner thank yellow";
static const char *const said[] = {"fee",
				   "my deposit is missing",
				   "btc",
				   "hacked",
				   "human",
				   "cancel",
				   "back",
				   "purple",
				   "没用",
				   "did not help",
				   "yes",
				   "no",
				   "deposit btc missing and fee",
				   "no, i meant usdt",
				   "and for btc?",
				   "the second one",
				   "1",
				   "ok",
				   "skip",
				   "fee, get me a human",
				   "不是BTC，是USDT",
				   "我想取消",
				   "4111 1111 1111 1111",
				   seed_phrase};
static const char *const agents[] = {"ann", "bo", "cy"};

struct world {
	uint32_t seed;
	int64_t now;
	struct hl_conversation *convs[CONVS];
	uint64_t texts[CONVS]; /* customer's and agents' texts accepted */
	uint64_t logged[CONVS];
	uint64_t digest; /* of everything that came out */
	char offers[CONVS][2][16];
};

static uint32_t draw(struct world *w, uint32_t n)
{
	w->seed = w->seed * 1664525u + 1013904223u;
	return (w->seed >> 8) % n;
}

static void mix(struct world *w, struct hl_str text)
{
	w->digest = (w->digest ^ hl_str_hash(text)) * UINT64_C(1099511628211);
}

static struct hl_event random_event(struct world *w, int c)
{
	static char cid[16], choice[32];
	static const char *const teams[] = {"front", "funds", "nowhere"};
	const char *agent = agents[draw(w, 3)];
	struct hl_event event = {.kind = (enum hl_event_kind)draw(w, HL_EV_COUNT), .at_ms = w->now};
	if (draw(w, 2))
		event.kind = HL_EV_SAY;
	event.by.role = event.kind <= HL_EV_RATE     ? HL_CUSTOMER
			: event.kind <= HL_EV_TO_BOT ? HL_AGENT
						     : HL_SYSTEM;
	if (event.by.role == HL_AGENT)
		event.by.id = event.by.name = S(agent);
	snprintf(cid, sizeof cid, "r%u", draw(w, 400));
	event.cid = draw(w, 3) ? S(cid) : HL_NONE;
	event.text = S(said[draw(w, sizeof said / sizeof *said)]);
	event.digest[0] = (uint8_t)draw(w, 2);
	snprintf(choice, sizeof choice, "%u.%u", draw(w, 12), draw(w, 4));
	event.choice = draw(w, 3) ? S(choice) : S(draw(w, 2) ? "message" : "bot");
	event.score = (int)draw(w, 7);
	event.team = draw(w, 2) ? S(teams[draw(w, 3)]) : HL_NONE;
	event.agent = event.team.len ? HL_NONE : S(agents[draw(w, 3)]);
	event.outcome = S("solved");
	event.offer = S(w->offers[c][1]);
	event.armed_seq = draw(w, 3) ? w->convs[c]->assign_seq : draw(w, 5);
	return event;
}

static void pull(struct world *w)
{
	struct hl_desk_effect e;
	while (hl_desk_next(desk, &e)) {
		if (e.kind == HL_DESK_OFFER) {
			int c = e.conv.ptr[1] - '0';
			snprintf(w->offers[c][0], 16, "%.*s", (int)e.agent.len, e.agent.ptr);
			snprintf(w->offers[c][1], 16, "%.*s", (int)e.offer.len, e.offer.ptr);
		}
		mix(w, e.conv);
		mix(w, e.agent);
	}
}

/* Numbers without gaps, time that never goes back, and what was said is in the log. */
static void check_entries(struct world *w, int c, const struct hl_event *event,
			  const struct hl_outcome *out)
{
	const struct hl_conversation *old = w->convs[c];
	uint64_t seq = old->seq, note_seq = old->note_seq;
	int64_t at = old->last_ms;
	for (size_t i = 0; i < out->n_entries; i++) {
		const struct hl_entry *e = &out->entries[i];
		if (e->kind == HL_ENTRY_NOTE)
			assert_int_equal(e->note_seq, ++note_seq);
		else
			assert_int_equal(e->seq, ++seq);
		assert_true(e->at_ms >= at);
		at = e->at_ms;
		w->logged[c] += e->kind == HL_ENTRY_TEXT &&
				(e->by.role == HL_CUSTOMER || e->by.role == HL_AGENT);
		mix(w, e->text);
		mix(w, e->cid);
		/* no secret ever reaches an entry */
		assert_int_equal(hl_str_find(e->text, S("4111"), 0), SIZE_MAX);
		assert_int_equal(hl_str_find(e->text, S("sausage"), 0), SIZE_MAX);
	}
	assert_int_equal(out->row.seq, seq);
	assert_int_equal(out->row.note_seq, note_seq);
	w->texts[c] += event->kind == HL_EV_SAY || event->kind == HL_EV_CHOICE ||
		       event->kind == HL_EV_REPLY;
	assert_int_equal(w->texts[c], w->logged[c]);
}

/* While the bot is in charge nobody is left without an answer. */
static void check_answered(const struct hl_event *event, const struct hl_outcome *out)
{
	bool answered = out->row.state != HL_BOT || event->kind != HL_EV_SAY;
	for (size_t i = 0; i < out->n_entries; i++)
		answered |= out->entries[i].by.role == HL_BOT_ROLE && out->entries[i].text.len > 0;
	if (!answered)
		fail_msg("no answer to: %.*s", (int)event->text.len, event->text.ptr);
}

static void check_state(const struct hl_outcome *out)
{
	struct hl_conversation *back = NULL;
	struct hl_arena arena = {0};
	struct hl_str again;
	assert_true((out->row.state == HL_HUMAN) == (out->row.owner.len > 0));
	assert_true(out->row.state == HL_BOT || out->row.state == HL_CLOSED || out->row.team.len);
	assert_int_equal(hl_conversation_load(&back, out->snapshot), HL_OK);
	assert_int_equal(hl_conversation_save(&again, &arena, back), HL_OK);
	assert_true(hl_str_eq(again, out->snapshot));
	hl_conversation_free(back);
	hl_arena_deinit(&arena);
}

static void check_loads(const struct world *w)
{
	for (size_t a = 0; a < 3; a++) {
		unsigned owned = 0;
		for (int c = 0; c < CONVS; c++)
			owned += hl_str_eq(w->convs[c]->owner.id, S(agents[a]));
		assert_int_equal(hl_desk_load(desk, S(agents[a])), owned);
	}
}

static void one_event(struct world *w)
{
	int c = (int)draw(w, CONVS);
	struct hl_event event = random_event(w, c);
	struct hl_outcome out;
	if (event.kind == HL_EV_ACCEPT)
		event.by.id = S(w->offers[c][0]);
	assert_int_equal(hl_step(&out, scratch, rules, desk, w->convs[c], &event), HL_OK);
	w->digest = w->digest * 31 + (uint64_t)out.result * 16 + (uint64_t)out.code;
	if (out.result != HL_STEP_COMMIT) {
		assert_null(out.next);
		return;
	}
	assert_true(out.n_entries > 0);
	check_entries(w, c, &event, &out);
	check_answered(&event, &out);
	check_state(&out);
	mix(w, out.snapshot);
	hl_conversation_free(w->convs[c]);
	w->convs[c] = out.next;
	assert_int_equal(hl_desk_row(desk, w->now, &out.row), HL_OK);
	pull(w);
	check_loads(w);
}

static uint64_t run(uint32_t seed, int events)
{
	struct world w = {.seed = seed, .now = 2000};
	char name[4];
	for (int c = 0; c < CONVS; c++) {
		snprintf(name, sizeof name, "w%d", c);
		w.convs[c] = born(name);
	}
	for (size_t a = 0; a < 3; a++)
		online(agents[a]);
	for (int i = 0; i < events; i++) {
		w.now += draw(&w, 30000);
		if (draw(&w, 8) == 0) {
			assert_int_equal(hl_desk_tick(desk, w.now), HL_OK);
			pull(&w);
		}
		one_event(&w);
	}
	for (int c = 0; c < CONVS; c++)
		hl_conversation_free(w.convs[c]);
	return w.digest;
}

static void test_random_events(void **state)
{
	for (uint32_t seed = 1; seed <= 12; seed++) {
		uint64_t first = run(seed, 1500);
		teardown(state);
		setup(state);
		assert_true(run(seed, 1500) == first);
		teardown(state);
		setup(state);
	}
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(test_resend_and_reuse),
		CASE(test_only_sixty_four_cids),
		CASE(test_pure),
		CASE(test_sizes),
		CASE(test_time_never_goes_back),
		CASE(test_who_wins),
		CASE(test_old_timers_do_nothing),
		CASE(test_notes_have_numbers_of_their_own),
		CASE(test_out_of_memory),
		CASE(test_random_events),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
