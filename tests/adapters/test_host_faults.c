/*
 * What the host must survive: a store that fails at any call with any answer, connections that
 * break at any frame, a host that crashes at any moment, another node on the same log. Whatever
 * happens: nothing acknowledged is lost, nothing is shown that is not stored, nothing is doubled.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host_client.h"

#define ROUNDS_MAX 60

struct scene {
	struct rig rig;
	struct client customer, device, agent;
	size_t crash_at; /* the step behind which the host crashes; 0: none */
	size_t step;
};

static void revive(struct scene *scene)
{
	for (size_t n = 0; n < RIG_NODES; n++)
		if (scene->rig.nodes[n].host && hl_host_dead(scene->rig.nodes[n].host))
			rig_start(&scene->rig, n);
}

static void turn(struct scene *scene)
{
	rig_run(&scene->rig);
	revive(scene);
	client_pump(&scene->customer);
	if (*scene->device.resume) /* once there is something to look on at */
		client_pump(&scene->device);
	client_pump(&scene->agent);
	rig_run(&scene->rig);
}

static void settle(struct scene *scene)
{
	for (int i = 0; i < ROUNDS_MAX; i++) {
		if (client_settled(&scene->customer) && client_settled(&scene->agent) && i > 2)
			return;
		turn(scene);
		rig_wait(&scene->rig, i < 8 ? 1000 : 10000);
	}
	fail_msg("step %zu does not settle: %s %s", scene->step, scene->customer.last_error,
		 scene->agent.last_error);
}

static void after_post(struct scene *scene)
{
	if (++scene->step == scene->crash_at)
		rig_start(&scene->rig, scene->customer.node);
	settle(scene);
}

static void say(struct scene *scene, struct client *who, const char *type, const char *cid,
		const char *rest)
{
	client_send(who, type, cid, rest);
	after_post(scene);
}

static void take(struct scene *scene)
{
	struct client *agent = &scene->agent;

	snprintf(agent->conv, sizeof(agent->conv), "%s", scene->customer.conv);
	for (int i = 0; i < ROUNDS_MAX && !agent->holds; i++) {
		turn(scene);
		if (agent->welcomed)
			rig_post(&scene->rig, agent->node, agent->peer, "{'t':'take','conv':'%s'}",
				 agent->conv);
		if (i == 0 && ++scene->step == scene->crash_at)
			rig_start(&scene->rig, agent->node);
		turn(scene);
		rig_wait(&scene->rig, i < 8 ? 100 : 10000);
	}
	assert_true(agent->holds);
}

/* A conversation from the first word to the rating, with a second device looking on. */
static void play(struct scene *scene)
{
	struct client *customer = &scene->customer, *agent = &scene->agent;

	for (int i = 0; i < ROUNDS_MAX && !customer->welcomed; i++) {
		turn(scene);
		rig_wait(&scene->rig, 100);
	}
	say(scene, customer, "send", "c1", "'text':'deposit missing'");
	snprintf(scene->device.resume, sizeof(scene->device.resume), "%s", customer->resume);
	say(scene, customer, "send", "c2", "'choice':'2.1'");
	say(scene, customer, "send", "c3", "'text':'fees'");
	say(scene, customer, "human", "c4", "");
	take(scene);
	say(scene, agent, "send", "a1", "'text':'Hello, one'");
	say(scene, agent, "note", "a2", "'text':'looks fine'");
	client_send(customer, "send", "c5", "'text':'thanks a lot'");
	client_send(agent, "send", "a3", "'text':'Hello, two'");
	after_post(scene);
	say(scene, agent, "resolve", "a4", "'outcome':'solved'");
	say(scene, customer, "rate", "c6", "'score':5");
}

static void check(struct scene *scene)
{
	json_t *log, *entry;
	size_t i, answers = 0, hellos = 0, assigned = 0;

	store_failing_set(scene->rig.store, &(struct store_fault){.nth = 0});
	for (i = 0; i < 5; i++) {
		turn(scene);
		rig_wait(&scene->rig, 31000);
	}
	turn(scene);
	log = rig_log(&scene->rig, scene->customer.conv, false);
	client_check(&scene->customer, log);
	client_check(&scene->device, log);
	json_array_foreach(log, i, entry)
	{
		answers += rig_number(entry, "reply_to") == 1;
		hellos += strncmp(rig_text(entry, "text"), "Hello, ", 7) == 0;
		assigned += strcmp(rig_text(entry, "kind"), "assigned") == 0;
	}
	assert_int_equal(answers, 1);
	assert_int_equal(hellos, 2);
	assert_int_equal(assigned, 1);
	for (i = 0; i < scene->agent.n_sends; i++)
		assert_true(scene->agent.sends[i].acked);
	for (i = 0; i < scene->customer.n_sends; i++)
		assert_true(scene->customer.sends[i].acked);
	json_decref(log);
	log = rig_log(&scene->rig, scene->customer.conv, true);
	assert_int_equal(json_array_size(log), scene->customer.last_seq + 1);
	json_decref(log);
}

static void raise_curtain(struct scene *scene, size_t agent_node)
{
	*scene = (struct scene){.step = 0};
	rig_init(&scene->rig);
	if (agent_node > 0)
		rig_start(&scene->rig, agent_node);
	client_init(&scene->customer, &scene->rig, 0, HL_PEER_CUSTOMER);
	client_init(&scene->device, &scene->rig, agent_node, HL_PEER_CUSTOMER);
	client_init(&scene->agent, &scene->rig, agent_node, HL_PEER_AGENT);
	rig_login(&scene->rig, agent_node, "mei", scene->agent.token);
}

static void drop_curtain(struct scene *scene)
{
	rig_deinit(&scene->rig);
	client_deinit(&scene->customer);
	client_deinit(&scene->device);
	client_deinit(&scene->agent);
}

/* ------------------------------------------------------------------ the store fails */

static void fail_everywhere(unsigned kinds, enum hl_store_result result, size_t times,
			    bool carried_out)
{
	size_t nth = 0, calls = 1;

	while (++nth <= calls) {
		struct scene scene;
		const struct store_fault fault = {.kinds = kinds,
						  .nth = nth,
						  .times = times,
						  .result = result,
						  .carried_out = carried_out};

		raise_curtain(&scene, 0);
		store_failing_set(scene.rig.store, &fault);
		play(&scene);
		calls = store_failing_calls(scene.rig.store);
		check(&scene);
		drop_curtain(&scene);
	}
	assert_true(nth > 3);
}

#define APPENDS (1u << HL_OP_APPEND)
#define CHECKS (1u << HL_OP_CHECK)
#define READS (1u << HL_OP_LOAD | 1u << HL_OP_READ | 1u << HL_OP_SESSION_GET)

static void test_append_fails(void **state)
{
	static const struct {
		enum hl_store_result result;
		size_t times;
		bool carried_out;
	} faults[] = {
		{HL_STORE_CONFLICT, 1, false},	{HL_STORE_CONFLICT, 1, true},
		{HL_STORE_CONFLICT, 4, false},	{HL_STORE_BUSY, 1, false},
		{HL_STORE_BUSY, 5, false},	{HL_STORE_FULL, 2, false},
		{HL_STORE_FAILED, 1, false},	{HL_STORE_FAILED, 1, true},
		{HL_STORE_NOT_FOUND, 1, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		fail_everywhere(APPENDS, faults[i].result, faults[i].times, faults[i].carried_out);
}

static void test_reads_fail(void **state)
{
	(void)state;
	fail_everywhere(READS, HL_STORE_FAILED, 1, false);
	fail_everywhere(READS, HL_STORE_FAILED, 2, false);
}

/* The human of a conversation that waits is the one question whose answer needs a check. */
static void test_check_fails(void **state)
{
	static const enum hl_store_result results[] = {HL_STORE_CONFLICT, HL_STORE_BUSY,
						       HL_STORE_FAILED};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct scene scene;
		const struct store_fault fault = {
			.kinds = CHECKS, .nth = 1, .times = 1, .result = results[i]};

		raise_curtain(&scene, 0);
		turn(&scene);
		say(&scene, &scene.customer, "human", "h1", "");
		store_failing_set(scene.rig.store, &fault);
		say(&scene, &scene.customer, "human", "h2", "");
		assert_int_equal(scene.customer.sends[1].seq, scene.customer.sends[0].seq);
		drop_curtain(&scene);
	}
}

/* ------------------------------------------------------------------ connections break */

static void test_cut_at_every_frame(void **state)
{
	size_t frames = 1;

	(void)state;
	for (size_t cut = 1; cut <= frames; cut++) {
		for (int who = 0; who < 3; who++) {
			struct scene scene;

			raise_curtain(&scene, 0);
			scene.customer.cut_after = who == 0 ? cut : 0;
			scene.device.cut_after = who == 1 ? cut : 0;
			scene.agent.cut_after = who == 2 ? cut : 0;
			play(&scene);
			check(&scene);
			if (scene.customer.frames > frames && cut == 1)
				frames = scene.customer.frames;
			drop_curtain(&scene);
		}
	}
	assert_true(frames > 10);
}

/* ------------------------------------------------------------------ hosts crash, nodes differ */

/* The one that crashed still finishes, after the new one has begun, what it had handed to the
 * store.
 */
static void test_crash_behind_every_step(void **state)
{
	(void)state;
	for (size_t node = 0; node < 2; node++) {
		size_t steps = 1;

		for (size_t crash = 1; crash <= steps; crash++) {
			struct scene scene;

			raise_curtain(&scene, node);
			scene.crash_at = crash;
			play(&scene);
			steps = scene.step;
			check(&scene);
			drop_curtain(&scene);
		}
	}
}

static void test_two_nodes(void **state)
{
	(void)state;
	for (int deaf = 0; deaf < 2; deaf++) {
		struct scene scene;

		raise_curtain(&scene, 1);
		scene.rig.deaf = deaf;
		play(&scene);
		check(&scene);
		drop_curtain(&scene);
	}
}

/* ------------------------------------------------------------------ all of it at once */

static unsigned next(uint64_t *seed, unsigned n)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (unsigned)(*seed % n);
}

static void mishap(struct scene *scene, uint64_t *seed)
{
	static const enum hl_store_result results[] = {HL_STORE_CONFLICT, HL_STORE_BUSY,
						       HL_STORE_FULL, HL_STORE_FAILED};
	struct store_fault fault = {.kinds = APPENDS | CHECKS,
				    .nth = 1 + next(seed, 3),
				    .times = 1 + next(seed, 2),
				    .result = results[next(seed, 4)]};

	switch (next(seed, 6)) {
	case 0:
		client_cut(&scene->customer);
		break;
	case 1:
		client_cut(&scene->agent);
		break;
	case 2:
		if (scene->rig.n_clocks < RIG_STARTS - 4)
			rig_start(&scene->rig, next(seed, 2));
		break;
	case 3:
		/* only what was not carried out may be called so */
		fault.carried_out = fault.result == HL_STORE_FAILED && next(seed, 2);
		if (fault.result != HL_STORE_FAILED || scene->rig.n_clocks < RIG_STARTS - 4)
			store_failing_set(scene->rig.store, &fault);
		break;
	default:
		scene->rig.deaf = next(seed, 2);
		break;
	}
}

static void test_random(void **state)
{
	(void)state;
	for (uint64_t round = 1; round <= 60; round++) {
		struct scene scene;
		uint64_t seed = round * 2654435761u;
		char cid[24], rest[64];

		raise_curtain(&scene, 1);
		turn(&scene);
		say(&scene, &scene.customer, "send", "c0", "'text':'deposit missing'");
		snprintf(scene.device.resume, sizeof(scene.device.resume), "%s",
			 scene.customer.resume);
		take(&scene);
		for (int i = 1; i < 25; i++) {
			bool agent = next(&seed, 2);

			snprintf(cid, sizeof(cid), "%c%d", agent ? 'a' : 'c', i);
			snprintf(rest, sizeof(rest), "'text':'line %d'", i);
			client_send(agent ? &scene.agent : &scene.customer, "send", cid, rest);
			if (next(&seed, 3) == 0)
				mishap(&scene, &seed);
			if (next(&seed, 2) == 0)
				turn(&scene);
			rig_wait(&scene.rig, 300);
		}
		settle(&scene);
		store_failing_set(scene.rig.store, &(struct store_fault){.nth = 0});
		for (int i = 0; i < 4; i++) {
			turn(&scene);
			rig_wait(&scene.rig, 31000);
		}
		turn(&scene);
		json_t *log = rig_log(&scene.rig, scene.customer.conv, false);
		client_check(&scene.customer, log);
		client_check(&scene.device, log);
		json_decref(log);
		drop_curtain(&scene);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_nodes),
		cmocka_unit_test(test_append_fails),
		cmocka_unit_test(test_reads_fail),
		cmocka_unit_test(test_check_fails),
		cmocka_unit_test(test_cut_at_every_frame),
		cmocka_unit_test(test_crash_behind_every_step),
		cmocka_unit_test(test_random),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
