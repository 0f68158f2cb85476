/* The customer's side of the host, frame by frame. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host_rig.h"

static unsigned hello(struct rig *rig, char conv[80], char resume[80])
{
	unsigned peer = rig_open(rig, 0, HL_PEER_CUSTOMER);

	rig_say(rig, 0, peer, "{'t':'hello','v':1,'lang':'en'}");
	json_t *welcome = rig_expect(rig, 0, peer, "welcome");
	if (conv)
		strcpy(conv, rig_text(welcome, "conv"));
	if (resume)
		strcpy(resume, rig_text(welcome, "resume"));
	return peer;
}

static void test_welcome_writes_nothing(void **state)
{
	struct rig rig;
	char conv[80], resume[80];

	(void)state;
	rig_init(&rig);
	unsigned peer = rig_open(&rig, 0, HL_PEER_CUSTOMER);
	rig_say(&rig, 0, peer, "{'t':'hello','v':1,'lang':'en'}");
	json_t *welcome = rig_expect(&rig, 0, peer, "welcome");
	assert_int_equal(rig_number(welcome, "v"), 1);
	assert_int_equal(rig_number(welcome, "seq"), 0);
	assert_string_equal(rig_text(welcome, "state"), "bot");
	assert_int_equal(rig_number(json_object_get(welcome, "limits"), "text"), 4000);
	assert_true(json_is_object(json_object_get(welcome, "greeting")));
	strcpy(conv, rig_text(welcome, "conv"));
	strcpy(resume, rig_text(welcome, "resume"));
	rig_cut(&rig, 0, peer);
	assert_int_equal(hl_host_stats(rig.nodes[0].host)->live, 0);
	assert_int_equal(hl_host_stats(rig.nodes[0].host)->commits, 0);
	/* its resume makes it anew, under its name */
	peer = rig_open(&rig, 0, HL_PEER_CUSTOMER);
	rig_say(&rig, 0, peer, "{'t':'hello','v':1,'resume':'%s'}", resume);
	assert_string_equal(rig_text(rig_expect(&rig, 0, peer, "welcome"), "conv"), conv);
	/* but not when the client has seen entries of it */
	peer = rig_open(&rig, 0, HL_PEER_CUSTOMER);
	rig_say(&rig, 0, peer, "{'t':'hello','v':1,'resume':'r.other','last_seq':2}");
	assert_string_equal(rig_text(rig_expect(&rig, 0, peer, "error"), "code"), "not_found");
	rig_deinit(&rig);
}

static void test_send_ack_and_answer(void **state)
{
	struct rig rig;
	char conv[80], resume[80];

	(void)state;
	rig_init(&rig);
	unsigned peer = hello(&rig, conv, resume);
	rig_say(&rig, 0, peer, "{'t':'send','cid':'c1','text':'my deposit missing'}");
	json_t *frame = rig_next(&rig, 0, peer);
	assert_string_equal(rig_text(frame, "t"), "ack");
	assert_string_equal(rig_text(frame, "cid"), "c1");
	assert_int_equal(rig_number(frame, "seq"), 1);
	assert_int_equal(strlen(rig_text(frame, "at")), 24);
	json_decref(frame);
	frame = rig_next(&rig, 0, peer);
	assert_string_equal(rig_text(frame, "t"), "ev");
	assert_int_equal(rig_number(frame, "seq"), 2);
	assert_int_equal(rig_number(frame, "reply_to"), 1);
	assert_string_equal(rig_text(frame, "intent"), "deposit.missing");
	assert_string_equal(rig_text(json_object_get(frame, "by"), "role"), "bot");
	const json_t *button = json_array_get(json_object_get(frame, "buttons"), 0);
	assert_string_equal(rig_text(button, "choice"), "2.1");
	json_decref(frame);
	/* another device sees the same from the start, and what follows live */
	unsigned other = rig_open(&rig, 0, HL_PEER_CUSTOMER);
	rig_say(&rig, 0, other, "{'t':'hello','v':1,'resume':'%s','last_seq':0}", resume);
	rig_expect(&rig, 0, other, "welcome");
	frame = rig_expect(&rig, 0, other, "ev");
	assert_string_equal(rig_text(frame, "cid"), "c1");
	assert_int_equal(rig_number(rig_expect(&rig, 0, other, "ev"), "seq"), 2);
	rig_say(&rig, 0, peer, "{'t':'send','cid':'c2','choice':'2.1'}");
	assert_int_equal(rig_number(rig_expect(&rig, 0, peer, "ack"), "seq"), 3);
	frame = rig_expect(&rig, 0, other, "ev");
	assert_int_equal(rig_number(frame, "seq"), 3);
	assert_string_equal(rig_text(frame, "text"), "Fees");
	rig_deinit(&rig);
}

static void test_resend(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig);
	unsigned peer = hello(&rig, NULL, NULL);
	/* the second is on its way while the first is: it waits, and gets the same answer */
	rig_post(&rig, 0, peer, "{'t':'send','cid':'c1','text':'deposit missing'}");
	rig_post(&rig, 0, peer, "{'t':'send','cid':'c1','text':'deposit missing'}");
	rig_say(&rig, 0, peer, "{'t':'send','cid':'c1','text':'deposit is missing'}");
	assert_int_equal(rig_number(rig_expect(&rig, 0, peer, "ack"), "seq"), 1);
	assert_int_equal(rig_number(rig_expect(&rig, 0, peer, "ev"), "seq"), 2);
	assert_int_equal(rig_number(rig_expect(&rig, 0, peer, "ack"), "seq"), 1);
	json_t *error = rig_expect(&rig, 0, peer, "error");
	assert_string_equal(rig_text(error, "code"), "id_reused");
	assert_string_equal(rig_text(error, "cid"), "c1");
	rig_deinit(&rig);
}

static void test_human_end_rate(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig);
	unsigned peer = hello(&rig, NULL, NULL);
	rig_say(&rig, 0, peer, "{'t':'human','cid':'h1'}");
	long seq = rig_number(rig_expect(&rig, 0, peer, "ack"), "seq");
	json_t *card = rig_expect(&rig, 0, peer, "queue");
	assert_int_equal(rig_number(card, "position"), 1);
	assert_int_equal(rig_number(card, "waiting"), 1);
	assert_null(json_object_get(card, "wait_s"));
	assert_int_equal(json_array_size(json_object_get(card, "actions")), 2);
	rig_say(&rig, 0, peer, "{'t':'human','cid':'h2'}");
	assert_int_equal(rig_number(rig_expect(&rig, 0, peer, "ack"), "seq"), seq);
	rig_say(&rig, 0, peer, "{'t':'end','cid':'e1'}");
	rig_expect(&rig, 0, peer, "ack");
	rig_say(&rig, 0, peer, "{'t':'end','cid':'e2'}");
	assert_string_equal(rig_text(rig_expect(&rig, 0, peer, "error"), "code"), "closed");
	rig_say(&rig, 0, peer, "{'t':'rate','cid':'r1','score':5,'solved':'yes'}");
	rig_expect(&rig, 0, peer, "ack");
	rig_deinit(&rig);
}

static void test_bad_frames(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig);
	unsigned peer = rig_open(&rig, 0, HL_PEER_CUSTOMER);
	rig_say(&rig, 0, peer, "{'t':'send','cid':'c1','text':'x'}");
	assert_string_equal(rig_text(rig_expect(&rig, 0, peer, "error"), "code"), "unauthorized");
	rig_say(&rig, 0, peer, "{'t':'base'}");
	assert_string_equal(rig_text(rig_expect(&rig, 0, peer, "error"), "code"), "unknown_type");
	for (int i = 0; i < 2; i++) {
		rig_say(&rig, 0, peer, "nonsense");
		assert_string_equal(rig_text(rig_expect(&rig, 0, peer, "error"), "code"),
				    "bad_frame");
	}
	rig_wait(&rig, 9000);
	assert_true(rig.nodes[0].peers[peer].open);
	rig_say(&rig, 0, peer, "{'t':'ping','t':'ping'}");
	assert_int_equal(rig.nodes[0].peers[peer].status, 1008);
	/* slowly enough is a nuisance, no attack */
	peer = hello(&rig, NULL, NULL);
	for (int i = 0; i < 5; i++) {
		rig_say(&rig, 0, peer, "{'t':'send','cid':7,'text':'x'}");
		rig_wait(&rig, 5100);
	}
	assert_true(rig.nodes[0].peers[peer].open);
	rig_deinit(&rig);
}

static void test_hello_deadline(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig);
	unsigned peer = rig_open(&rig, 0, HL_PEER_CUSTOMER);
	rig_wait(&rig, 9999);
	assert_true(rig.nodes[0].peers[peer].open);
	rig_wait(&rig, 1);
	assert_false(rig.nodes[0].peers[peer].open);
	rig_deinit(&rig);
}

static void test_tokens(void **state)
{
	struct rig rig;
	char conv[80];

	(void)state;
	rig_init(&rig);
	unsigned peer = rig_open(&rig, 0, HL_PEER_CUSTOMER);
	rig_say(&rig, 0, peer, "{'t':'hello','v':1,'token':'forged'}");
	assert_string_equal(rig_text(rig_expect(&rig, 0, peer, "error"), "code"), "unauthorized");
	/* another hello may follow */
	rig_say(&rig, 0, peer, "{'t':'hello','v':1,'token':'user:u7'}");
	strcpy(conv, rig_text(rig_expect(&rig, 0, peer, "welcome"), "conv"));
	/* before and after the first entry it is the user's open conversation */
	for (int i = 0; i < 2; i++) {
		unsigned other = rig_open(&rig, 0, HL_PEER_CUSTOMER);
		rig_say(&rig, 0, other, "{'t':'hello','v':1,'token':'user:u7'}");
		assert_string_equal(rig_text(rig_expect(&rig, 0, other, "welcome"), "conv"), conv);
		rig_cut(&rig, 0, other);
		rig_say(&rig, 0, peer, "{'t':'send','cid':'c1','text':'fees'}");
	}
	rig_cut(&rig, 0, peer);
	rig_wait(&rig, 120000);
	assert_int_equal(hl_host_stats(rig.nodes[0].host)->live, 0);
	peer = rig_open(&rig, 0, HL_PEER_CUSTOMER);
	rig_say(&rig, 0, peer, "{'t':'hello','v':1,'token':'user:u7','last_seq':1}");
	assert_string_equal(rig_text(rig_expect(&rig, 0, peer, "welcome"), "conv"), conv);
	assert_int_equal(rig_number(rig_expect(&rig, 0, peer, "ev"), "seq"), 2);
	/* somebody else's token with this resume: as if it were not there */
	unsigned thief = rig_open(&rig, 0, HL_PEER_CUSTOMER);
	rig_say(&rig, 0, thief, "{'t':'hello','v':1,'token':'user:u8','resume':'r.%s'}", conv);
	assert_string_equal(rig_text(rig_expect(&rig, 0, thief, "error"), "code"), "not_found");
	rig_deinit(&rig);
}

static void test_rate_limit(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig);
	unsigned peer = hello(&rig, NULL, NULL);
	for (int i = 0; i < 10; i++)
		rig_say(&rig, 0, peer, "{'t':'send','cid':'c%d','text':'fees'}", i);
	rig_drop_inbox(&rig, 0, peer);
	rig_say(&rig, 0, peer, "{'t':'send','cid':'c10','text':'fees'}");
	json_t *error = rig_expect(&rig, 0, peer, "error");
	assert_string_equal(rig_text(error, "code"), "slow_down");
	assert_string_equal(rig_text(error, "cid"), "c10");
	assert_int_equal(rig_number(error, "retry_after_ms"), 200);
	rig_wait(&rig, 200);
	rig_say(&rig, 0, peer, "{'t':'send','cid':'c10','text':'fees'}");
	rig_expect(&rig, 0, peer, "ack");
	rig_deinit(&rig);
}

static void test_sixth_socket(void **state)
{
	struct rig rig;
	char resume[80];
	unsigned peers[6];

	(void)state;
	rig_init(&rig);
	peers[0] = hello(&rig, NULL, resume);
	for (int i = 1; i < 6; i++) {
		peers[i] = rig_open(&rig, 0, HL_PEER_CUSTOMER);
		rig_say(&rig, 0, peers[i], "{'t':'hello','v':1,'resume':'%s'}", resume);
	}
	assert_string_equal(rig_text(rig_expect(&rig, 0, peers[0], "bye"), "reason"), "replaced");
	assert_false(rig.nodes[0].peers[peers[0]].open);
	for (int i = 1; i < 6; i++)
		assert_true(rig.nodes[0].peers[peers[i]].open);
	rig_deinit(&rig);
}

/* A long log comes in pages, as fast as the socket takes it and no faster. */
static void test_replay_waits_for_the_socket(void **state)
{
	struct rig rig;
	char resume[80];

	(void)state;
	rig_init(&rig);
	unsigned peer = hello(&rig, NULL, resume);
	for (int i = 0; i < 300; i++) {
		rig_say(&rig, 0, peer, "{'t':'send','cid':'c%d','text':'%0800d'}", i, i);
		rig_drop_inbox(&rig, 0, peer);
		rig_wait(&rig, 250);
	}
	unsigned other = rig_open(&rig, 0, HL_PEER_CUSTOMER);
	struct rig_peer *slow = &rig.nodes[0].peers[other];
	slow->jammed = true;
	rig_say(&rig, 0, other, "{'t':'hello','v':1,'resume':'%s'}", resume);
	rig_expect(&rig, 0, other, "welcome");
	long seq = 0;
	for (int round = 0; round < 100; round++) {
		json_t *frame;

		while ((frame = rig_next(&rig, 0, other)) != NULL) {
			if (strcmp(rig_text(frame, "t"), "ev") == 0)
				assert_int_equal(rig_number(frame, "seq"), ++seq);
			json_decref(frame);
		}
		assert_true(slow->open);
		assert_true(slow->pending < 100000);
		if (round == 1) /* what is said meanwhile comes behind, in its place */
			rig_say(&rig, 0, peer, "{'t':'send','cid':'x','text':'fees'}");
		slow->pending = 0;
		rig.nodes[0].listener->writable(rig.nodes[0].port,
						(struct hl_peer){other, slow->generation});
		rig_run(&rig);
	}
	assert_true(seq > 300);
	rig_drop_inbox(&rig, 0, peer);
	rig_say(&rig, 0, peer, "{'t':'end','cid':'e'}");
	assert_int_equal(rig_number(rig_expect(&rig, 0, peer, "ack"), "seq"), seq + 1);
	rig_deinit(&rig);
}

static void test_too_many_waiting(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig.config.sends_burst = 100;
	rig_start(&rig, 0);
	unsigned peer = hello(&rig, NULL, NULL);
	for (int i = 0; i < 30; i++)
		rig_post(&rig, 0, peer, "{'t':'send','cid':'c%d','text':'fees'}", i);
	rig_run(&rig);
	int acks = 0, busy = 0;
	json_t *frame;
	while ((frame = rig_next(&rig, 0, peer)) != NULL) {
		acks += strcmp(rig_text(frame, "t"), "ack") == 0;
		busy += strcmp(rig_text(frame, "code"), "busy") == 0;
		json_decref(frame);
	}
	assert_int_equal(acks, 17);
	assert_int_equal(busy, 13);
	rig_deinit(&rig);
}

static void test_low_disk(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig);
	unsigned peer = hello(&rig, NULL, NULL);
	store_failing_room(rig.store, 1000);
	rig_say(&rig, 0, peer, "{'t':'send','cid':'c1','text':'fees'}");
	assert_string_equal(rig_text(rig_expect(&rig, 0, peer, "error"), "code"), "busy");
	store_failing_room(rig.store, UINT64_MAX);
	rig_say(&rig, 0, peer, "{'t':'send','cid':'c1','text':'fees'}");
	rig_expect(&rig, 0, peer, "ack");
	rig_deinit(&rig);
}

/* Hello and the sends that had no ack in one breath: each ack stands behind what came before it. */
static void test_resume_and_resend_at_once(void **state)
{
	struct rig rig;
	char resume[80];
	long seq = 0;
	int acks = 0;
	json_t *frame;

	(void)state;
	rig_init(&rig);
	unsigned peer = hello(&rig, NULL, resume);
	for (int i = 1; i <= 3; i++)
		rig_say(&rig, 0, peer, "{'t':'send','cid':'c%d','text':'fees'}", i);
	rig_cut(&rig, 0, peer);
	peer = rig_open(&rig, 0, HL_PEER_CUSTOMER);
	rig_post(&rig, 0, peer, "{'t':'hello','v':1,'resume':'%s'}", resume);
	rig_post(&rig, 0, peer, "{'t':'send','cid':'c3','text':'fees'}");
	rig_say(&rig, 0, peer, "{'t':'send','cid':'c4','text':'fees'}");
	rig_expect(&rig, 0, peer, "welcome");
	while ((frame = rig_next(&rig, 0, peer)) != NULL) {
		long at = rig_number(frame, "seq");

		if (strcmp(rig_text(frame, "t"), "ev") == 0) {
			assert_int_equal(at, ++seq);
		} else if (strcmp(rig_text(frame, "cid"), "c3") == 0) {
			assert_int_equal(at, 5);
			assert_true(seq >= 5);
			acks++;
		} else if (strcmp(rig_text(frame, "cid"), "c4") == 0) {
			assert_int_equal(at, ++seq);
			acks++;
		}
		json_decref(frame);
	}
	assert_int_equal(seq, 8);
	assert_int_equal(acks, 2);
	rig_deinit(&rig);
}

/* A form ends on the rules it began with; what is asked next is answered by the new ones. */
static void test_reload_in_a_form(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig);
	unsigned peer = hello(&rig, NULL, NULL);
	rig_say(&rig, 0, peer, "{'t':'send','cid':'c1','text':'my order'}");
	assert_string_equal(rig_text(rig_expect(&rig, 0, peer, "ev"), "text"), "Which order?");
	struct hl_ruleset *fresh = rig_rules("rig-2");
	hl_host_reload(rig.nodes[0].host, fresh);
	hl_ruleset_unref(fresh);
	rig_say(&rig, 0, peer, "{'t':'send','cid':'c2','text':'A-17'}");
	json_t *frame = rig_expect(&rig, 0, peer, "ev");
	assert_string_equal(rig_text(frame, "text"), "Noted.");
	assert_string_equal(rig_text(frame, "rules"), "rig-1");
	rig_say(&rig, 0, peer, "{'t':'send','cid':'c3','text':'fees'}");
	assert_string_equal(rig_text(rig_expect(&rig, 0, peer, "ev"), "rules"), "rig-2");
	rig_deinit(&rig);
}

/* A deadline fires to the moment, also when the host was started after it was set and nobody has
   asked for the conversation since. */
static void test_deadlines(void **state)
{
	(void)state;
	for (int restart = 0; restart < 2; restart++) {
		struct rig rig;
		char conv[80];

		rig_init(&rig);
		unsigned peer = hello(&rig, conv, NULL);
		rig_say(&rig, 0, peer, "{'t':'human','cid':'h'}");
		json_t *log = rig_log(&rig, conv, false);
		size_t before = json_array_size(log);
		json_decref(log);
		if (restart)
			rig_start(&rig, 0);
		rig_wait(&rig, 59900);
		log = rig_log(&rig, conv, false);
		assert_int_equal(json_array_size(log), before);
		json_decref(log);
		rig_wait(&rig, 200);
		log = rig_log(&rig, conv, false);
		assert_int_equal(json_array_size(log), before + 1);
		assert_string_equal(rig_text(json_array_get(log, before), "text"), "Still here.");
		json_decref(log);
		rig_deinit(&rig);
	}
}

/* What was taken out before storing is said to the sender too. */
static void test_ack_of_a_secret(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig);
	unsigned peer = hello(&rig, NULL, NULL);
	rig_say(&rig, 0, peer, "{'t':'send','cid':'c1','text':'card 4111 1111 1111 1111'}");
	assert_string_equal(rig_text(rig_expect(&rig, 0, peer, "ack"), "text"), "card [card]");
	rig_deinit(&rig);
}

static void drained(void *arg)
{
	*(bool *)arg = true;
}

static void test_drain(void **state)
{
	struct rig rig;
	bool done = false;

	(void)state;
	rig_init(&rig);
	unsigned peer = hello(&rig, NULL, NULL);
	rig_post(&rig, 0, peer, "{'t':'send','cid':'c1','text':'fees'}");
	hl_host_drain(rig.nodes[0].host, drained, &done);
	assert_false(done);
	rig_run(&rig);
	assert_true(done);
	/* what was accepted is stored and said before goodbye */
	rig_expect(&rig, 0, peer, "ack");
	json_t *bye = rig_expect(&rig, 0, peer, "bye");
	assert_string_equal(rig_text(bye, "reason"), "drain");
	assert_in_range(rig_number(bye, "retry_ms"), 0, 10000);
	assert_int_equal(rig.nodes[0].peers[peer].status, 1001);
	peer = rig_open(&rig, 0, HL_PEER_CUSTOMER);
	assert_false(rig.nodes[0].peers[peer].open);
	rig_deinit(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_welcome_writes_nothing),
		cmocka_unit_test(test_send_ack_and_answer),
		cmocka_unit_test(test_resend),
		cmocka_unit_test(test_human_end_rate),
		cmocka_unit_test(test_bad_frames),
		cmocka_unit_test(test_hello_deadline),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_rate_limit),
		cmocka_unit_test(test_sixth_socket),
		cmocka_unit_test(test_replay_waits_for_the_socket),
		cmocka_unit_test(test_too_many_waiting),
		cmocka_unit_test(test_low_disk),
		cmocka_unit_test(test_resume_and_resend_at_once),
		cmocka_unit_test(test_reload_in_a_form),
		cmocka_unit_test(test_deadlines),
		cmocka_unit_test(test_ack_of_a_secret),
		cmocka_unit_test(test_drain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
