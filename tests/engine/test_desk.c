/* The desk: order, offers, one winner, graces, positions, waits; then random events against a slow
 * model of what must hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/base.h"
#include "desk/desk.h"

#define S(text) hl_str_of(text)

static struct hl_desk *desk;

static int setup(void **state)
{
	(void)state;
	return hl_desk_new(&desk, NULL);
}

static int teardown(void **state)
{
	(void)state;
	desk = hl_desk_free(desk);
	return 0;
}

static void agent(int64_t now, const char *id, const char *team, const char *lang,
		  enum hl_presence presence, unsigned capacity)
{
	struct hl_str teams[] = {S(team)}, langs[] = {S(lang)};
	struct hl_desk_agent info = {.id = S(id),
				     .display = S(id),
				     .teams = {teams, team ? 1 : 0},
				     .langs = {langs, lang ? 1 : 0},
				     .capacity = capacity,
				     .presence = presence};
	assert_int_equal(hl_desk_agent(desk, now, &info), HL_OK);
}

static struct hl_row row(const char *conv, enum hl_state state, uint64_t seq, const char *team,
			 enum hl_urgency urgency, int64_t since)
{
	return (struct hl_row){.conv = S(conv),
			       .state = state,
			       .seq = seq,
			       .team = S(team),
			       .urgency = urgency,
			       .since_ms = since,
			       .assign_seq = seq};
}

static void queued(int64_t now, const char *conv, uint64_t seq, const char *team,
		   enum hl_urgency urgency)
{
	struct hl_row r = row(conv, HL_QUEUED, seq, team, urgency, now);
	assert_int_equal(hl_desk_row(desk, now, &r), HL_OK);
}

static void owned(int64_t now, const char *conv, uint64_t seq, const char *team, const char *owner)
{
	struct hl_row r = row(conv, HL_HUMAN, seq, team, HL_URGENCY_NONE, now);
	r.owner = S(owner);
	assert_int_equal(hl_desk_row(desk, now, &r), HL_OK);
}

/* All effects that wait, as one line: "offer c1 mei o1;gone c1 mei o1 expired;lost c1 mei 4". */
static const char *effects(void)
{
	static char text[4096];
	size_t at = 0;
	struct hl_desk_effect e;
	text[0] = 0;
	while (hl_desk_next(desk, &e)) {
		int n = 0;
		char *to = text + at;
		size_t room = sizeof text - at;
#define V(s) (int)(s).len, (s).ptr
		if (e.kind == HL_DESK_OFFER)
			n = snprintf(to, room, "offer %.*s %.*s;", V(e.conv), V(e.agent));
		else if (e.kind == HL_DESK_OFFER_GONE)
			n = snprintf(to, room, "gone %.*s %.*s %s;", V(e.conv), V(e.agent), e.why);
		else if (e.kind == HL_DESK_AGENT_GONE)
			n = snprintf(to, room, "lost %.*s %.*s %u;", V(e.conv), V(e.agent),
				     (unsigned)e.armed_seq);
		assert_true(n >= 0 && (size_t)n < room);
		at += (size_t)n;
	}
	return text;
}

static void test_longest_idle_then_language(void **state)
{
	(void)state;
	agent(1, "ann", "funds", "en", HL_ONLINE, 1);
	agent(2, "bo", "funds", "zh", HL_ONLINE, 1);
	agent(3, "cy", "other", "en", HL_ONLINE, 1);
	queued(10, "c1", 3, "funds", HL_URGENCY_NONE);
	assert_string_equal(effects(), "offer c1 ann;");
	struct hl_row zh = row("c2", HL_QUEUED, 3, "funds", HL_URGENCY_NONE, 11);
	zh.lang = S("zh-CN");
	hl_desk_row(desk, 11, &zh);
	assert_string_equal(effects(), "offer c2 bo;");
	queued(12, "c3", 3, "funds", HL_URGENCY_NONE);
	assert_string_equal(effects(), "");
	owned(13, "c1", 4, "funds", "ann");
	assert_string_equal(effects(), "gone c1 ann taken;");
	struct hl_row closed = row("c1", HL_CLOSED, 5, "funds", HL_URGENCY_NONE, 13);
	hl_desk_row(desk, 14, &closed);
	assert_string_equal(effects(), "offer c3 ann;");
	assert_int_equal(hl_desk_load(desk, S("ann")), 0);
}

static void test_urgency_front_age(void **state)
{
	(void)state;
	const struct hl_row *out[8];
	queued(10, "none", 1, "t", HL_URGENCY_NONE);
	queued(11, "ask", 1, "t", HL_URGENCY_ASK);
	queued(12, "always", 1, "u", HL_URGENCY_ALWAYS);
	struct hl_row front = row("front", HL_QUEUED, 1, "u", HL_URGENCY_NONE, 13);
	front.front = true;
	hl_desk_row(desk, 13, &front);
	queued(14, "late", 1, "t", HL_URGENCY_NONE);
	agent(20, "any", NULL, NULL, HL_AWAY, 4);
	assert_int_equal(hl_desk_queue(out, 8, 0, desk, S("any")), 5);
	const char *order[] = {"always", "ask", "front", "none", "late"};
	for (size_t i = 0; i < 5; i++)
		assert_true(hl_str_eq(out[i]->conv, S(order[i])));
	assert_int_equal(hl_desk_queue(out, 2, 3, desk, S("any")), 5);
	assert_true(hl_str_eq(out[0]->conv, S("none")));
	assert_true(hl_str_eq(out[1]->conv, S("late")));
	assert_int_equal(hl_desk_queue(out, 2, 9, desk, S("any")), 5);
	assert_int_equal(hl_desk_queue(out, 2, 0, desk, S("nobody")), 0);
}

static void test_expiry_goes_to_the_next(void **state)
{
	(void)state;
	agent(1, "ann", "t", NULL, HL_ONLINE, 2);
	agent(2, "bo", "t", NULL, HL_ONLINE, 2);
	queued(10, "c1", 1, "t", HL_URGENCY_NONE);
	assert_string_equal(effects(), "offer c1 ann;");
	assert_int_equal(hl_desk_deadline(desk), 20010);
	hl_desk_tick(desk, 20009);
	assert_string_equal(effects(), "");
	hl_desk_tick(desk, 20010);
	assert_string_equal(effects(), "gone c1 ann expired;offer c1 bo;");
	hl_desk_tick(desk, 40010);
	/* both let it pass: the one who had it first is asked again, alone or not */
	assert_string_equal(effects(), "gone c1 bo expired;offer c1 ann;");
}

static void test_decline_is_remembered(void **state)
{
	(void)state;
	agent(1, "ann", "t", NULL, HL_ONLINE, 2);
	queued(10, "c1", 1, "t", HL_URGENCY_NONE);
	assert_string_equal(effects(), "offer c1 ann;");
	assert_int_equal(hl_desk_decline(desk, 11, S("ann"), S("o9")), HL_NOT_FOUND);
	assert_int_equal(hl_desk_decline(desk, 11, S("bo"), S("o1")), HL_NOT_FOUND);
	assert_int_equal(hl_desk_decline(desk, 11, S("ann"), S("o1")), HL_OK);
	assert_string_equal(effects(), "gone c1 ann left;");
	/* alone: again after the time of an offer */
	assert_int_equal(hl_desk_deadline(desk), 20011);
	hl_desk_tick(desk, 20011);
	assert_string_equal(effects(), "offer c1 ann;");
	hl_desk_decline(desk, 20012, S("ann"), S("o2"));
	agent(20013, "bo", "t", NULL, HL_ONLINE, 1);
	assert_string_equal(effects(), "gone c1 ann left;offer c1 bo;");
	/* bo is full with another: ann is spared for a minute while bo is there */
	hl_desk_decline(desk, 20014, S("bo"), S("o3"));
	owned(20015, "x", 1, "t", "bo");
	effects();
	hl_desk_tick(desk, 40013);
	assert_string_equal(effects(), "offer c1 ann;");
}

static void test_one_winner(void **state)
{
	(void)state;
	agent(1, "ann", "t", NULL, HL_ONLINE, 2);
	agent(2, "bo", "t", NULL, HL_ONLINE, 2);
	queued(10, "c1", 1, "t", HL_URGENCY_NONE);
	assert_string_equal(effects(), "offer c1 ann;");
	assert_true(hl_desk_offered(desk, S("c1"), S("ann"), S("o1")));
	assert_false(hl_desk_offered(desk, S("c1"), S("bo"), S("o1")));
	/* bo takes it under ann's hand */
	assert_int_equal(hl_desk_reserve(desk, S("c1"), 1, S("bo")), HL_OK);
	assert_int_equal(hl_desk_reserve(desk, S("c1"), 1, S("bo")), HL_OK);
	assert_int_equal(hl_desk_reserve(desk, S("c1"), 1, S("ann")), HL_REFUSED);
	assert_false(hl_desk_offered(desk, S("c1"), S("ann"), S("o1")));
	assert_int_equal(hl_desk_load(desk, S("bo")), 1);
	/* the reservation falls: the offer stands again until its end */
	hl_desk_release(desk, 11, S("c1"));
	assert_int_equal(hl_desk_load(desk, S("bo")), 0);
	assert_true(hl_desk_offered(desk, S("c1"), S("ann"), S("o1")));
	/* ann accepts; an expiry in between takes nothing away */
	assert_int_equal(hl_desk_reserve(desk, S("c1"), 1, S("ann")), HL_OK);
	hl_desk_tick(desk, 30000);
	assert_true(hl_desk_offered(desk, S("c1"), S("ann"), S("o1")));
	assert_string_equal(effects(), "");
	owned(30001, "c1", 2, "t", "ann");
	assert_string_equal(effects(), "gone c1 ann taken;");
	assert_int_equal(hl_desk_load(desk, S("ann")), 1);
	/* of one with the bot */
	assert_int_equal(hl_desk_reserve(desk, S("b1"), 1, S("ann")), HL_OK);
	assert_int_equal(hl_desk_load(desk, S("ann")), 2);
	hl_desk_release(desk, 30002, S("b1"));
	assert_int_equal(hl_desk_load(desk, S("ann")), 1);
}

static void test_grace_of_a_lost_agent(void **state)
{
	(void)state;
	agent(1, "ann", "t", NULL, HL_ONLINE, 2);
	owned(10, "c1", 4, "t", "ann");
	effects();
	agent(100, "ann", "t", NULL, HL_OFFLINE, 2);
	assert_int_equal(hl_desk_deadline(desk), 45100);
	struct hl_row said = row("c1", HL_HUMAN, 5, "t", HL_URGENCY_NONE, 10);
	said.owner = S("ann");
	said.assign_seq = 4;
	hl_desk_row(desk, 200, &said);
	assert_int_equal(hl_desk_deadline(desk), 45100);
	agent(300, "ann", "t", NULL, HL_AWAY, 2);
	assert_int_equal(hl_desk_deadline(desk), 0);
	agent(400, "ann", "t", NULL, HL_OFFLINE, 2);
	hl_desk_tick(desk, 45400);
	assert_string_equal(effects(), "lost c1 ann 4;");
	/* the event was lost: asked again */
	hl_desk_tick(desk, 90400);
	assert_string_equal(effects(), "lost c1 ann 4;");
	queued(90500, "c1", 7, "t", HL_URGENCY_NONE);
	assert_int_equal(hl_desk_deadline(desk), 0);
	/* after a restart: the row comes before anybody knows the agent */
	owned(90600, "c2", 3, "t", "zoe");
	assert_int_equal(hl_desk_deadline(desk), 135600);
}

static void test_left_and_away(void **state)
{
	(void)state;
	agent(1, "ann", "t", NULL, HL_ONLINE, 2);
	queued(10, "c1", 1, "t", HL_URGENCY_NONE);
	effects();
	agent(11, "ann", "t", NULL, HL_AWAY, 2);
	assert_string_equal(effects(), "gone c1 ann left;");
	agent(12, "ann", "t", NULL, HL_ONLINE, 2);
	assert_string_equal(effects(), "offer c1 ann;");
	struct hl_row bot = row("c1", HL_BOT, 2, "", HL_URGENCY_NONE, 0);
	hl_desk_row(desk, 13, &bot);
	assert_string_equal(effects(), "gone c1 ann left;");
	assert_int_equal(hl_desk_deadline(desk), 0);
	owned(14, "c2", 3, "t", "ann");
	assert_int_equal(hl_desk_agent_remove(desk, 15, S("ann")), HL_OK);
	assert_int_equal(hl_desk_agent_remove(desk, 15, S("ann")), HL_NOT_FOUND);
	hl_desk_tick(desk, 15);
	assert_string_equal(effects(), "lost c2 ann 3;");
}

static void test_transferred_to_one(void **state)
{
	(void)state;
	agent(1, "ann", "t", NULL, HL_ONLINE, 2);
	agent(2, "bo", "t", NULL, HL_ONLINE, 1);
	owned(5, "x", 1, "t", "bo");
	struct hl_row r = row("c1", HL_QUEUED, 3, "t", HL_URGENCY_NONE, 10);
	r.wanted = S("bo");
	hl_desk_row(desk, 10, &r);
	assert_string_equal(effects(), ""); /* bo is busy, and wanted */
	struct hl_row closed = row("x", HL_CLOSED, 2, "t", HL_URGENCY_NONE, 10);
	hl_desk_row(desk, 11, &closed);
	assert_string_equal(effects(), "offer c1 bo;");
	hl_desk_decline(desk, 12, S("bo"), S("o1"));
	assert_string_equal(effects(), "gone c1 bo left;offer c1 ann;");
}

static void test_positions_and_waits(void **state)
{
	(void)state;
	struct hl_position at;
	queued(1000, "c1", 1, "t", HL_URGENCY_NONE);
	queued(2000, "c2", 1, "t", HL_URGENCY_NONE);
	hl_desk_position(&at, desk, S("c2"));
	assert_int_equal(at.position, 2);
	assert_int_equal(at.waiting, 2);
	assert_int_equal(at.wait_hi_s, 0);
	hl_desk_position(&at, desk, S("c9"));
	assert_int_equal(at.position, 0);
	struct hl_row fresh = row("c3", HL_QUEUED, 1, "t", HL_URGENCY_ALWAYS, 3000);
	hl_desk_rank(&at, desk, &fresh);
	assert_int_equal(at.position, 1);
	assert_int_equal(at.waiting, 3);
	/* c1 waited 100 s; c2 has waited as long by then, so the range starts at nothing */
	owned(101000, "c1", 2, "t", "ann");
	hl_desk_position(&at, desk, S("c2"));
	assert_int_equal(at.position, 1);
	assert_int_equal(at.wait_lo_s, 0);
	assert_int_equal(at.wait_hi_s, 30);
	fresh.since_ms = 101000;
	hl_desk_rank(&at, desk, &fresh);
	assert_int_equal(at.wait_lo_s, 90);
	assert_int_equal(at.wait_hi_s, 120);
	hl_desk_tick(desk, 300000);
	hl_desk_position(&at, desk, S("c2"));
	assert_int_equal(at.wait_hi_s, 0); /* longer than history knows: no promise */
}

static void test_who_may_see(void **state)
{
	(void)state;
	agent(1, "ann", "t", NULL, HL_ONLINE, 2);
	agent(1, "sue", NULL, NULL, HL_ONLINE, 2);
	queued(2, "c1", 1, "u", HL_URGENCY_NONE);
	owned(3, "c2", 1, "u", "ann");
	assert_false(hl_desk_may_see(desk, S("ann"), S("c1")));
	assert_true(hl_desk_may_see(desk, S("sue"), S("c1")));
	assert_true(hl_desk_may_see(desk, S("ann"), S("c2")));
	assert_true(hl_desk_may_see(desk, S("ann"), S("unheard")));
	assert_false(hl_desk_may_see(desk, S("nobody"), S("c2")));
	struct hl_row closed = row("c3", HL_CLOSED, 9, "u", HL_URGENCY_NONE, 1);
	assert_false(hl_desk_may_see_row(desk, S("ann"), &closed));
	assert_true(hl_desk_may_see_row(desk, S("sue"), &closed));
	assert_true(hl_desk_knows_team(desk, S("t")));
	assert_false(hl_desk_knows_team(desk, S("u")));
	assert_true(hl_str_eq(hl_desk_team_for(desk, S("ann"), S("u")), S("t")));
	assert_true(hl_str_eq(hl_desk_team_for(desk, S("sue"), S("u")), S("u")));
	assert_int_equal(hl_desk_team_for(desk, S("nobody"), S("u")).len, 0);
}

static void test_old_rows_are_ignored(void **state)
{
	(void)state;
	owned(10, "c1", 5, "t", "ann");
	queued(11, "c1", 4, "t", HL_URGENCY_NONE);
	assert_int_equal(hl_desk_load(desk, S("ann")), 1);
}

/* ------------------------------------------------------------------ random events */

#define CONVS 40
#define AGENTS 6

static struct {
	enum hl_state state;
	uint64_t seq, assign;
	int owner, reserved;
	bool held;
} model[CONVS];

static uint32_t draw(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static const char *conv_name(int i)
{
	static char name[8];
	snprintf(name, sizeof name, "c%02d", i);
	return name;
}

static const char *const agent_names[AGENTS] = {"a0", "a1", "a2", "a3", "a4", "a5"};

static void move(uint32_t *seed, int64_t now, int c)
{
	static const char *const teams[] = {"t0", "t1", "t2"};
	struct hl_row r = row(conv_name(c), (enum hl_state)(draw(seed) % 4), ++model[c].seq,
			      teams[(uint32_t)c % 3], (enum hl_urgency)(draw(seed) % 3), now);
	r.front = draw(seed) % 5 == 0;
	if (r.state == HL_HUMAN) {
		model[c].owner =
			model[c].reserved >= 0 ? model[c].reserved : (int)(draw(seed) % AGENTS);
		r.owner = S(agent_names[model[c].owner]);
	}
	model[c].state = r.state;
	model[c].reserved = -1;
	assert_int_equal(hl_desk_row(desk, now, &r), HL_OK);
}

static void check_invariants(void)
{
	static const struct hl_row *out[CONVS];
	size_t waiting = 0;
	for (int a = 0; a < AGENTS; a++) {
		unsigned load = 0;
		for (int c = 0; c < CONVS; c++) {
			load += model[c].state == HL_HUMAN && model[c].owner == a;
			load += model[c].reserved == a;
		}
		assert_int_equal(hl_desk_load(desk, S(agent_names[a])), load);
	}
	for (int c = 0; c < CONVS; c++)
		waiting += model[c].state == HL_QUEUED;
	assert_int_equal(hl_desk_queue(out, CONVS, 0, desk, S("a0")), waiting);
	for (size_t i = 0; i + 1 < waiting; i++)
		assert_true(out[i]->urgency > out[i + 1]->urgency ||
			    (out[i]->urgency == out[i + 1]->urgency &&
			     out[i]->front >= out[i + 1]->front));
	for (size_t i = 0; i < waiting; i++) {
		struct hl_position at;
		unsigned place = 1;
		for (size_t k = 0; k < i; k++)
			place += hl_str_eq(out[k]->team, out[i]->team);
		hl_desk_position(&at, desk, out[i]->conv);
		assert_int_equal(at.position, place);
	}
}

/* An offer that came is standing until it is said to be gone; never two for one conversation. */
static void follow_offers(int offered[CONVS])
{
	struct hl_desk_effect e;
	while (hl_desk_next(desk, &e)) {
		if (e.kind != HL_DESK_OFFER && e.kind != HL_DESK_OFFER_GONE)
			continue;
		int c = (e.conv.ptr[1] - '0') * 10 + e.conv.ptr[2] - '0', a = e.agent.ptr[1] - '0';
		if (e.kind == HL_DESK_OFFER) {
			assert_int_equal(offered[c], -1);
			offered[c] = a;
		} else {
			assert_int_equal(offered[c], a);
			offered[c] = -1;
		}
	}
	for (int c = 0; c < CONVS; c++)
		if (model[c].state != HL_QUEUED)
			assert_int_equal(offered[c], -1);
}

static void run_random(uint32_t seed)
{
	int offered[CONVS];
	int64_t now = 1000000;
	for (int c = 0; c < CONVS; c++) {
		memset(&model[c], 0, sizeof model[c]);
		model[c].reserved = offered[c] = -1;
	}
	agent(now, "a0", NULL, NULL, HL_ONLINE, 3);
	for (int step = 0; step < 1500; step++) {
		int c = (int)(draw(&seed) % CONVS), a = 1 + (int)(draw(&seed) % (AGENTS - 1));
		const char *teams[] = {"t0", "t1", "t2"};
		now += draw(&seed) % 3000;
		switch (draw(&seed) % 6) {
		case 0:
			agent(now, agent_names[a], teams[a % 3], NULL,
			      (enum hl_presence)(draw(&seed) % 3), 1 + draw(&seed) % 4);
			break;
		case 1:
			if (hl_desk_reserve(desk, S(conv_name(c)), model[c].seq,
					    S(agent_names[a])) == HL_OK)
				model[c].reserved = a;
			else
				assert_true(model[c].reserved >= 0);
			break;
		case 2:
			hl_desk_release(desk, now, S(conv_name(c)));
			model[c].reserved = -1;
			break;
		case 3:
			hl_desk_tick(desk, now);
			break;
		default:
			move(&seed, now, c);
		}
		follow_offers(offered);
		check_invariants();
	}
}

static void test_random_events(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 10; seed++) {
		run_random(seed);
		desk = hl_desk_free(desk);
		assert_int_equal(hl_desk_new(&desk, NULL), HL_OK);
	}
}

static void drop_effects(void)
{
	struct hl_desk_effect e;
	while (hl_desk_next(desk, &e))
		assert_true(e.kind <= HL_DESK_QUEUE_CHANGED);
}

static void test_twenty_thousand_waiting(void **state)
{
	(void)state;
	char name[16];
	const struct hl_row *out[100];
	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof name, "agent%03d", i);
		agent(1, name, i % 2 ? "t" : "u", "en", HL_ONLINE, 4);
	}
	for (int i = 0; i < 20000; i++) {
		snprintf(name, sizeof name, "c%05d", i);
		queued(1000 + i, name, 1, i % 3 ? "t" : "u", (enum hl_urgency)(i % 3));
	}
	drop_effects();
	agent(30000, "any", NULL, NULL, HL_AWAY, 4);
	assert_int_equal(hl_desk_queue(out, 100, 19900, desk, S("any")), 20000);
	assert_true(hl_str_eq(out[99]->conv, S("c19998")));
	for (int i = 0; i < 20000; i += 7) {
		snprintf(name, sizeof name, "c%05d", i);
		owned(40000 + i, name, 2, i % 3 ? "t" : "u", "agent001");
		drop_effects();
	}
	assert_int_equal(hl_desk_load(desk, S("agent001")), 2858);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(test_longest_idle_then_language),
		CASE(test_urgency_front_age),
		CASE(test_expiry_goes_to_the_next),
		CASE(test_decline_is_remembered),
		CASE(test_one_winner),
		CASE(test_grace_of_a_lost_agent),
		CASE(test_left_and_away),
		CASE(test_transferred_to_one),
		CASE(test_positions_and_waits),
		CASE(test_who_may_see),
		CASE(test_old_rows_are_ignored),
		CASE(test_random_events),
		CASE(test_twenty_thousand_waiting),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
