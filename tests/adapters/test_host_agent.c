/* The agents' side of the host: sign-in, queue, offers, races, the conversation's way through
 * hands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host_rig.h"

static unsigned customer(struct rig *rig, size_t n, char conv[80])
{
	unsigned peer = rig_open(rig, n, HL_PEER_CUSTOMER);

	rig_say(rig, n, peer, "{'t':'hello','v':1,'lang':'en'}");
	strcpy(conv, rig_text(rig_expect(rig, n, peer, "welcome"), "conv"));
	return peer;
}

static const char *code(struct rig *rig, size_t n, unsigned peer)
{
	return rig_text(rig_expect(rig, n, peer, "error"), "code");
}

static void test_sign_in(void **state)
{
	struct rig rig;
	char token[HL_HOST_TOKEN_MAX + 1];

	(void)state;
	rig_init(&rig);
	unsigned peer = rig_open(&rig, 0, HL_PEER_AGENT);
	rig_say(&rig, 0, peer, "{'t':'hello','v':1,'token':'nothing'}");
	assert_string_equal(code(&rig, 0, peer), "unauthorized");
	rig_say(&rig, 0, peer, "{'t':'hello','v':1}");
	assert_string_equal(code(&rig, 0, peer), "unauthorized");
	rig_login(&rig, 0, "ann", token);
	rig_say(&rig, 0, peer, "{'t':'hello','v':1,'token':'%s'}", token);
	assert_string_equal(code(&rig, 0, peer), "forbidden");
	rig_login(&rig, 0, "mei", token);
	rig_say(&rig, 0, peer, "{'t':'hello','v':1,'token':'%s'}", token);
	json_t *welcome = rig_expect(&rig, 0, peer, "welcome");
	assert_string_equal(rig_text(json_object_get(welcome, "agent"), "display"), "Mei");
	assert_true(json_is_array(json_object_get(welcome, "mine")));
	json_t *queue = rig_expect(&rig, 0, peer, "queue");
	assert_int_equal(rig_number(queue, "version"), 1);
	assert_int_equal(json_array_size(json_object_get(queue, "items")), 0);
	/* the cookie serves a browser */
	unsigned tab = rig_open(&rig, 0, HL_PEER_AGENT);
	hl_host_peer_token(rig.nodes[0].port,
			   (struct hl_peer){tab, rig.nodes[0].peers[tab].generation},
			   (struct hl_str){token, strlen(token)});
	rig_say(&rig, 0, tab, "{'t':'hello','v':1}");
	rig_expect(&rig, 0, tab, "welcome");
	/* twelve hours are enough */
	rig_wait(&rig, 12 * 3600 * 1000 + 30000);
	assert_false(rig.nodes[0].peers[tab].open);
	tab = rig_open(&rig, 0, HL_PEER_AGENT);
	rig_say(&rig, 0, tab, "{'t':'hello','v':1,'token':'%s'}", token);
	assert_string_equal(code(&rig, 0, tab), "unauthorized");
	rig_deinit(&rig);
}

static void out(void *arg, enum hl_store_result result)
{
	(void)arg;
	assert_int_equal(result, HL_STORE_OK);
}

static void test_logout_and_disable(void **state)
{
	struct rig rig;
	char first[HL_HOST_TOKEN_MAX + 1], second[HL_HOST_TOKEN_MAX + 1];
	const struct hl_str role = HL_STR("agent");

	(void)state;
	rig_init(&rig);
	unsigned a = rig_open(&rig, 0, HL_PEER_AGENT), b = rig_open(&rig, 0, HL_PEER_AGENT);
	rig_login(&rig, 0, "mei", first);
	rig_login(&rig, 0, "mei", second);
	rig_say(&rig, 0, a, "{'t':'hello','v':1,'token':'%s'}", first);
	rig_say(&rig, 0, b, "{'t':'hello','v':1,'token':'%s'}", second);
	hl_host_logout(rig.nodes[0].host, (struct hl_str){first, strlen(first)}, out, NULL);
	rig_run(&rig);
	assert_false(rig.nodes[0].peers[a].open);
	assert_true(rig.nodes[0].peers[b].open);
	const struct hl_account gone = {.name = HL_STR("mei"),
					.display = HL_STR("Mei"),
					.roles = {&role, 1},
					.disabled = true,
					.changed_ms = rig.now_ms};
	rig.memory->ops->account_put(rig.memory, &gone, out, NULL);
	hl_host_accounts_changed(rig.nodes[0].host);
	rig_run(&rig);
	assert_false(rig.nodes[0].peers[b].open);
	assert_null(hl_host_account(rig.nodes[0].host, HL_STR("mei")));
	rig_deinit(&rig);
}

static void test_offer_accept_to_resolve(void **state)
{
	struct rig rig;
	char conv[80], offer[80];

	(void)state;
	rig_init(&rig);
	unsigned peer = customer(&rig, 0, conv), sam = rig_agent(&rig, 0, "sam");
	unsigned mei = rig_agent(&rig, 0, "mei");
	rig_say(&rig, 0, sam, "{'t':'presence','state':'online'}");
	rig_say(&rig, 0, mei, "{'t':'presence','state':'online'}");
	rig_say(&rig, 0, peer, "{'t':'send','cid':'c1','text':'I was hacked'}");
	json_t *frame = rig_expect(&rig, 0, sam, "offer");
	assert_string_equal(rig_text(frame, "conv"), conv);
	assert_string_equal(rig_text(frame, "reason"), "sensitive");
	assert_string_equal(rig_text(frame, "team"), "security");
	assert_string_equal(rig_text(frame, "urgency"), "always");
	assert_int_equal(rig_number(frame, "expires_ms"), 20000);
	assert_string_equal(rig_text(json_object_get(frame, "summary"), "last"), "I was hacked");
	strcpy(offer, rig_text(frame, "offer"));
	rig_expect_none(&rig, 0, mei, "offer");
	/* what is not mei's is not there */
	rig_say(&rig, 0, mei, "{'t':'open','conv':'%s'}", conv);
	assert_string_equal(code(&rig, 0, mei), "not_found");
	rig_say(&rig, 0, mei, "{'t':'open','conv':'nothing'}");
	assert_string_equal(code(&rig, 0, mei), "not_found");
	rig_say(&rig, 0, mei, "{'t':'accept','conv':'%s','offer':'%s'}", conv, offer);
	assert_string_equal(code(&rig, 0, mei), "not_found");

	rig_drop_inbox(&rig, 0, peer);
	rig_say(&rig, 0, sam, "{'t':'accept','conv':'%s','offer':'%s'}", conv, offer);
	frame = rig_expect(&rig, 0, sam, "conv");
	assert_string_equal(rig_text(frame, "state"), "human");
	assert_string_equal(rig_text(json_object_get(frame, "owner"), "agent"), "sam");
	long last = rig_number(frame, "seq");
	for (long seq = 1; seq <= last; seq++) {
		frame = rig_expect(&rig, 0, sam, "ev");
		assert_int_equal(rig_number(frame, "seq"), seq);
		assert_string_equal(rig_text(frame, "conv"), conv);
	}
	assert_string_equal(rig_text(frame, "kind"), "assigned");
	assert_string_equal(rig_text(rig_expect(&rig, 0, peer, "ev"), "kind"), "assigned");

	rig_say(&rig, 0, sam, "{'t':'send','conv':'%s','cid':'a1','text':'Hello'}", conv);
	frame = rig_expect(&rig, 0, sam, "ack");
	assert_int_equal(rig_number(frame, "seq"), last + 1);
	assert_string_equal(rig_text(frame, "conv"), conv);
	frame = rig_expect(&rig, 0, peer, "ev");
	assert_string_equal(rig_text(frame, "text"), "Hello");
	assert_string_equal(rig_text(json_object_get(frame, "by"), "name"), "Sam");
	/* typing and reading, both ways */
	rig_say(&rig, 0, sam, "{'t':'typing','conv':'%s','on':true}", conv);
	assert_string_equal(rig_text(rig_expect(&rig, 0, peer, "typing"), "by"), "agent");
	rig_say(&rig, 0, peer, "{'t':'read','seq':%ld}", last + 1);
	frame = rig_expect(&rig, 0, sam, "read");
	assert_string_equal(rig_text(frame, "by"), "customer");
	assert_int_equal(rig_number(frame, "seq"), last + 1);
	rig_say(&rig, 0, sam, "{'t':'note','conv':'%s','cid':'n1','text':'secret note'}", conv);
	assert_int_equal(rig_number(rig_expect(&rig, 0, sam, "ack"), "note_seq"), 1);
	assert_null(rig_next(&rig, 0, peer));
	rig_say(&rig, 0, sam,
		"{'t':'resolve','conv':'%s','cid':'x','outcome':'solved','tags':['internal']}",
		conv);
	rig_expect(&rig, 0, sam, "ack");
	frame = rig_expect(&rig, 0, peer, "ev");
	assert_string_equal(rig_text(frame, "why"), "resolved");
	char *text = json_dumps(frame, 0);
	assert_null(strstr(text, "internal"));
	free(text);
	rig_say(&rig, 0, sam, "{'t':'send','conv':'%s','cid':'a2','text':'Bye'}", conv);
	assert_string_equal(code(&rig, 0, sam), "closed");
	rig_deinit(&rig);
}

static void test_race(void **state)
{
	(void)state;
	/* the second agent on the same node, then on another whose wake-ups get lost */
	for (size_t node = 0; node < 2; node++) {
		struct rig rig;
		char conv[80];
		int won = 0;

		rig_init(&rig);
		rig_start(&rig, 1);
		unsigned peer = customer(&rig, 0, conv);
		unsigned mei = rig_agent(&rig, 0, "mei"), li = rig_agent(&rig, node, "li");
		rig_say(&rig, 0, peer, "{'t':'human','cid':'h'}");
		rig_drop_inbox(&rig, 0, mei);
		rig_drop_inbox(&rig, node, li);
		rig.deaf = true;
		rig_post(&rig, 0, mei, "{'t':'take','conv':'%s'}", conv);
		rig_post(&rig, node, li, "{'t':'take','conv':'%s'}", conv);
		rig_run(&rig);
		for (int i = 0; i < 2; i++) {
			json_t *frame;

			while ((frame = rig_next(&rig, i ? node : 0, i ? li : mei)) != NULL) {
				won += strcmp(rig_text(frame, "t"), "conv") == 0;
				if (strcmp(rig_text(frame, "t"), "error") == 0) {
					assert_string_equal(rig_text(frame, "code"), "stale");
					assert_string_equal(rig_text(frame, "conv"), conv);
					won += 10;
				}
				json_decref(frame);
			}
		}
		assert_int_equal(won, 11);
		json_t *log = rig_log(&rig, conv, false), *entry;
		size_t i;
		int assigned = 0;
		json_array_foreach(log, i, entry) assigned +=
			strcmp(rig_text(entry, "kind"), "assigned") == 0;
		assert_int_equal(assigned, 1);
		json_decref(log);
		rig_deinit(&rig);
	}
}

static void test_take_again_and_from_the_bot(void **state)
{
	struct rig rig;
	char conv[80];

	(void)state;
	rig_init(&rig);
	unsigned peer = customer(&rig, 0, conv), mei = rig_agent(&rig, 0, "mei");
	rig_say(&rig, 0, mei, "{'t':'take','conv':'%s'}", conv);
	assert_string_equal(code(&rig, 0, mei), "not_found"); /* nothing is stored of it yet */
	rig_say(&rig, 0, peer, "{'t':'send','cid':'c1','text':'fees'}");
	rig_say(&rig, 0, mei, "{'t':'take','conv':'%s'}", conv);
	long seq = rig_number(rig_expect(&rig, 0, mei, "conv"), "seq");
	assert_int_equal(seq, 3);
	rig_drop_inbox(&rig, 0, mei);
	rig_say(&rig, 0, mei, "{'t':'take','conv':'%s'}", conv);
	assert_int_equal(rig_number(rig_expect(&rig, 0, mei, "conv"), "seq"), seq);
	assert_int_equal(rig_number(rig_expect(&rig, 0, mei, "ev"), "seq"), 1);
	/* another tab sees it among its own and opens it */
	unsigned tab = rig_open(&rig, 0, HL_PEER_AGENT);
	char token[HL_HOST_TOKEN_MAX + 1];
	rig_login(&rig, 0, "mei", token);
	rig_say(&rig, 0, tab, "{'t':'hello','v':1,'token':'%s'}", token);
	json_t *mine = json_object_get(rig_expect(&rig, 0, tab, "welcome"), "mine");
	assert_string_equal(rig_text(json_array_get(mine, 0), "conv"), conv);
	rig_say(&rig, 0, tab, "{'t':'open','conv':'%s','last_seq':2}", conv);
	rig_expect(&rig, 0, tab, "conv");
	assert_int_equal(rig_number(rig_expect(&rig, 0, tab, "ev"), "seq"), 3);
	rig_say(&rig, 0, mei, "{'t':'send','conv':'%s','cid':'a','text':'Hi'}", conv);
	assert_string_equal(rig_text(rig_expect(&rig, 0, tab, "ev"), "text"), "Hi");
	rig_say(&rig, 0, tab, "{'t':'leave','conv':'%s'}", conv);
	rig_say(&rig, 0, mei, "{'t':'send','conv':'%s','cid':'b','text':'Ho'}", conv);
	rig_expect_none(&rig, 0, tab, "ev");
	rig_deinit(&rig);
}

static void test_queue_deltas(void **state)
{
	struct rig rig;
	char conv[80];

	(void)state;
	rig_init(&rig);
	unsigned peer = customer(&rig, 0, conv), mei = rig_agent(&rig, 0, "mei");
	unsigned sam = rig_agent(&rig, 0, "sam");
	rig_drop_inbox(&rig, 0, mei);
	rig_drop_inbox(&rig, 0, sam);
	rig_say(&rig, 0, peer, "{'t':'human','cid':'h'}");
	rig_wait(&rig, 300);
	json_t *delta = rig_expect(&rig, 0, mei, "queue_delta");
	assert_int_equal(rig_number(delta, "version"), 2);
	json_t *item = json_array_get(json_object_get(delta, "add"), 0);
	assert_string_equal(rig_text(item, "conv"), conv);
	assert_string_equal(rig_text(item, "urgency"), "ask");
	assert_string_equal(rig_text(item, "reason"), "asked");
	assert_int_equal(hl_host_stats(rig.nodes[0].host)->queued, 1);
	rig_expect_none(&rig, 0, sam, "queue_delta");
	rig_say(&rig, 0, mei, "{'t':'take','conv':'%s'}", conv);
	rig_wait(&rig, 300);
	assert_int_equal(hl_host_stats(rig.nodes[0].host)->queued, 0);
	assert_int_equal(hl_host_stats(rig.nodes[0].host)->human, 1);
	delta = rig_expect(&rig, 0, mei, "queue_delta");
	assert_int_equal(rig_number(delta, "version"), 3);
	assert_string_equal(json_string_value(json_array_get(json_object_get(delta, "remove"), 0)),
			    conv);
	/* to another team: out of mei's sight */
	rig_say(&rig, 0, mei,
		"{'t':'transfer','conv':'%s','cid':'t','to':{'team':'security'},'note':'see'}",
		conv);
	rig_expect(&rig, 0, mei, "ack");
	rig_wait(&rig, 300);
	delta = rig_expect(&rig, 0, sam, "queue_delta");
	assert_int_equal(json_array_size(json_object_get(delta, "add")), 1);
	rig_drop_inbox(&rig, 0, mei);
	rig_say(&rig, 0, peer, "{'t':'send','cid':'c','text':'are you there'}");
	rig_expect_none(&rig, 0, mei, "ev");
	rig_say(&rig, 0, mei, "{'t':'note','conv':'%s','cid':'n','text':'x'}", conv);
	assert_string_equal(code(&rig, 0, mei), "not_found");
	rig_say(&rig, 0, sam, "{'t':'queue'}");
	json_t *queue = rig_expect(&rig, 0, sam, "queue");
	assert_int_equal(json_array_size(json_object_get(queue, "items")), 1);
	rig_deinit(&rig);
}

static void test_decline_and_expiry(void **state)
{
	struct rig rig;
	char conv[80];

	(void)state;
	rig_init(&rig);
	unsigned peer = customer(&rig, 0, conv);
	unsigned mei = rig_agent(&rig, 0, "mei"), li = rig_agent(&rig, 0, "li");
	rig_say(&rig, 0, mei, "{'t':'presence','state':'online'}");
	rig_say(&rig, 0, peer, "{'t':'human','cid':'h'}");
	rig_say(&rig, 0, li, "{'t':'presence','state':'online'}");
	char offer[80];
	strcpy(offer, rig_text(rig_expect(&rig, 0, mei, "offer"), "offer"));
	rig_say(&rig, 0, mei, "{'t':'decline','conv':'%s','offer':'%s'}", conv, offer);
	json_t *gone = rig_expect(&rig, 0, mei, "offer_gone");
	assert_string_equal(rig_text(gone, "offer"), offer);
	strcpy(offer, rig_text(rig_expect(&rig, 0, li, "offer"), "offer"));
	rig_wait(&rig, 20000);
	gone = rig_expect(&rig, 0, li, "offer_gone");
	assert_string_equal(rig_text(gone, "why"), "expired");
	rig_say(&rig, 0, li, "{'t':'accept','conv':'%s','offer':'%s'}", conv, offer);
	assert_string_equal(code(&rig, 0, li), "stale");
	rig_deinit(&rig);
}

/* An agent's browser dies: the conversation is back at the front of the queue, with everything. */
static void test_agent_gone(void **state)
{
	struct rig rig;
	char conv[80];

	(void)state;
	rig_init(&rig);
	unsigned peer = customer(&rig, 0, conv), mei = rig_agent(&rig, 0, "mei");
	rig_say(&rig, 0, peer, "{'t':'human','cid':'h'}");
	rig_say(&rig, 0, mei, "{'t':'take','conv':'%s'}", conv);
	rig_drop_inbox(&rig, 0, peer);
	rig_cut(&rig, 0, mei);
	/* back in time: nothing happens */
	rig_wait(&rig, 30000);
	mei = rig_agent(&rig, 0, "mei");
	rig_wait(&rig, 60000);
	assert_null(rig_next(&rig, 0, peer));
	rig_cut(&rig, 0, mei);
	rig_wait(&rig, 46000);
	assert_string_equal(rig_text(rig_expect(&rig, 0, peer, "ev"), "kind"), "released");
	assert_int_equal(rig_number(rig_expect(&rig, 0, peer, "queue"), "position"), 1);
	rig_deinit(&rig);
}

/* A new host on the same log: queue, owners and deadlines as they were. */
static void test_restart(void **state)
{
	struct rig rig;
	char waiting[80], owned[80], resume[90];

	(void)state;
	rig_init(&rig);
	unsigned a = customer(&rig, 0, waiting), b = customer(&rig, 0, owned);
	unsigned mei = rig_agent(&rig, 0, "mei");
	rig_say(&rig, 0, a, "{'t':'human','cid':'h'}");
	rig_say(&rig, 0, b, "{'t':'human','cid':'h'}");
	rig_say(&rig, 0, mei, "{'t':'take','conv':'%s'}", owned);
	rig_start(&rig, 0);
	mei = rig_open(&rig, 0, HL_PEER_AGENT);
	char token[HL_HOST_TOKEN_MAX + 1];
	rig_login(&rig, 0, "mei", token);
	rig_say(&rig, 0, mei, "{'t':'hello','v':1,'token':'%s'}", token);
	json_t *mine = json_object_get(rig_expect(&rig, 0, mei, "welcome"), "mine");
	assert_string_equal(rig_text(json_array_get(mine, 0), "conv"), owned);
	json_t *items = json_object_get(rig_expect(&rig, 0, mei, "queue"), "items");
	assert_int_equal(json_array_size(items), 1);
	assert_string_equal(rig_text(json_array_get(items, 0), "conv"), waiting);
	snprintf(resume, sizeof(resume), "r.%s", waiting);
	a = rig_open(&rig, 0, HL_PEER_CUSTOMER);
	rig_say(&rig, 0, a, "{'t':'hello','v':1,'resume':'%s','last_seq':1}", resume);
	assert_string_equal(rig_text(rig_expect(&rig, 0, a, "welcome"), "state"), "queued");
	rig_expect(&rig, 0, a, "queue");
	rig_say(&rig, 0, a, "{'t':'human','cid':'h'}");
	assert_int_equal(rig_number(rig_expect(&rig, 0, a, "ack"), "seq"), 1);
	rig_deinit(&rig);
}

static void piece(void *arg, const struct hl_host_piece *one)
{
	char *text = arg;

	if (one->code != HL_CODE_OK)
		strcpy(text, hl_code_name(one->code));
	else
		strncat(text, one->bytes.ptr ? one->bytes.ptr : "", one->bytes.len);
}

static void test_transcript_and_classify(void **state)
{
	struct rig rig;
	char conv[80], *verdict = NULL;
	static char text[65536];

	(void)state;
	rig_init(&rig);
	unsigned peer = customer(&rig, 0, conv);
	rig_say(&rig, 0, peer, "{'t':'send','cid':'c','text':'hacked'}");
	struct hl_str id = {conv, strlen(conv)};
	text[0] = '\0';
	hl_host_transcript(rig.nodes[0].host, HL_STR("sam"), id, HL_HOST_JSON, piece, text);
	rig_run(&rig);
	json_t *tree = json_loads(text, 0, NULL);
	assert_non_null(tree);
	assert_string_equal(rig_text(json_array_get(json_object_get(tree, "entries"), 0), "text"),
			    "hacked");
	json_decref(tree);
	text[0] = '\0';
	hl_host_transcript(rig.nodes[0].host, HL_STR("sam"), id, HL_HOST_TXT, piece, text);
	rig_run(&rig);
	assert_non_null(strstr(text, " customer: hacked\n"));
	hl_host_transcript(rig.nodes[0].host, HL_STR("mei"), id, HL_HOST_TXT, piece, text);
	rig_run(&rig);
	assert_string_equal(text, "not_found");
	assert_int_equal(hl_host_classify(&verdict, rig.nodes[0].host,
					  HL_STR("{\"text\":\"the fees please\"}")),
			 HL_OK);
	tree = json_loads(verdict, 0, NULL);
	assert_string_equal(rig_text(tree, "intent"), "fees");
	json_decref(tree);
	free(verdict);
	assert_int_equal(hl_host_classify(&verdict, rig.nodes[0].host, HL_STR("{\"text\":1}")),
			 HL_REFUSED);
	rig_deinit(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sign_in),
		cmocka_unit_test(test_logout_and_disable),
		cmocka_unit_test(test_offer_accept_to_resolve),
		cmocka_unit_test(test_race),
		cmocka_unit_test(test_take_again_and_from_the_bot),
		cmocka_unit_test(test_queue_deltas),
		cmocka_unit_test(test_decline_and_expiry),
		cmocka_unit_test(test_agent_gone),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_transcript_and_classify),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
