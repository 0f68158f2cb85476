/* The wire: every client frame in, every refusal, every server frame out, byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "wire/wire.h"

#define C HL_PEER_CUSTOMER
#define A HL_PEER_AGENT

static struct hl_str str(const char *text)
{
	return (struct hl_str){text, strlen(text)};
}

static void same(struct hl_str got, const char *want)
{
	assert_int_equal(got.len, strlen(want));
	assert_memory_equal(got.ptr, want, got.len);
}

static const struct {
	enum hl_peer_role role;
	const char *text;
	enum hl_code code;
	enum hl_wire_type type;
} frames[] = {
	{C, "{\"t\":\"hello\",\"v\":1}", HL_CODE_OK, HL_WIRE_HELLO},
	{C, " {\"v\":1 , \"t\":\"hello\",\"extra\":[1,{\"a\":null}]} ", HL_CODE_OK, HL_WIRE_HELLO},
	{C, "{\"t\":\"hello\",\"v\":2}", HL_CODE_BAD_FRAME, HL_WIRE_HELLO},
	{C, "{\"t\":\"hello\",\"v\":\"1\"}", HL_CODE_BAD_FRAME, HL_WIRE_HELLO},
	{C, "{\"t\":\"hello\",\"v\":1.0}", HL_CODE_BAD_FRAME, HL_WIRE_HELLO},
	{C, "{\"t\":\"hello\"}", HL_CODE_BAD_FRAME, HL_WIRE_HELLO},
	{C, "{\"t\":\"hello\",\"v\":1,\"resume\":7}", HL_CODE_BAD_FRAME, HL_WIRE_HELLO},
	{C, "{\"t\":\"hello\",\"v\":1,\"resume\":[\"a\"]}", HL_CODE_BAD_FRAME, HL_WIRE_HELLO},
	{C, "{\"t\":\"hello\",\"v\":1,\"last_seq\":-1}", HL_CODE_BAD_FRAME, HL_WIRE_HELLO},
	{C, "{\"t\":\"hello\",\"v\":1,\"last_seq\":true}", HL_CODE_BAD_FRAME, HL_WIRE_HELLO},
	{C, "{\"t\":\"hello\",\"v\":1,\"context\":{\"a\":1}}", HL_CODE_BAD_FRAME, HL_WIRE_HELLO},
	{C, "{\"t\":\"hello\",\"v\":1,\"page\":\"x\"}", HL_CODE_BAD_FRAME, HL_WIRE_HELLO},
	{C, "{\"t\":\"send\",\"cid\":\"c\",\"text\":\"hi\"}", HL_CODE_OK, HL_WIRE_SEND},
	{C, "{\"t\":\"send\",\"cid\":\"c\",\"choice\":\"8.1\"}", HL_CODE_OK, HL_WIRE_SEND},
	{C, "{\"t\":\"send\",\"cid\":\"c\",\"choice\":\"8.1\",\"text\":\"x\"}", HL_CODE_BAD_FRAME,
	 HL_WIRE_SEND},
	{C, "{\"t\":\"send\",\"cid\":\"c\"}", HL_CODE_BAD_FRAME, HL_WIRE_SEND},
	{C, "{\"t\":\"send\",\"cid\":\"\",\"text\":\"x\"}", HL_CODE_BAD_FRAME, HL_WIRE_SEND},
	{C, "{\"t\":\"send\",\"cid\":1,\"text\":\"x\"}", HL_CODE_BAD_FRAME, HL_WIRE_SEND},
	{C, "{\"t\":\"send\",\"cid\":\"c\",\"text\":\"\"}", HL_CODE_BAD_FRAME, HL_WIRE_SEND},
	{C, "{\"t\":\"send\",\"cid\":\"c\",\"text\":\"a\\u0000b\"}", HL_CODE_BAD_FRAME,
	 HL_WIRE_TYPE_COUNT},
	{C, "{\"t\":\"human\",\"cid\":\"c\"}", HL_CODE_OK, HL_WIRE_HUMAN},
	{C, "{\"t\":\"end\",\"cid\":\"c\"}", HL_CODE_OK, HL_WIRE_END},
	{C, "{\"t\":\"rate\",\"cid\":\"c\",\"score\":5}", HL_CODE_OK, HL_WIRE_RATE},
	{C, "{\"t\":\"rate\",\"cid\":\"c\",\"score\":0}", HL_CODE_BAD_FRAME, HL_WIRE_RATE},
	{C, "{\"t\":\"rate\",\"cid\":\"c\",\"score\":6}", HL_CODE_BAD_FRAME, HL_WIRE_RATE},
	{C, "{\"t\":\"rate\",\"cid\":\"c\",\"score\":4.5}", HL_CODE_BAD_FRAME, HL_WIRE_RATE},
	{C, "{\"t\":\"rate\",\"cid\":\"c\",\"score\":3,\"solved\":\"maybe\"}", HL_CODE_BAD_FRAME,
	 HL_WIRE_RATE},
	{C, "{\"t\":\"rate\",\"cid\":\"c\",\"score\":3,\"solved\":\"partly\",\"comment\":\"\"}",
	 HL_CODE_OK, HL_WIRE_RATE},
	{C, "{\"t\":\"read\",\"seq\":9}", HL_CODE_OK, HL_WIRE_READ},
	{C, "{\"t\":\"typing\",\"on\":true}", HL_CODE_OK, HL_WIRE_TYPING},
	{C, "{\"t\":\"typing\",\"on\":1}", HL_CODE_BAD_FRAME, HL_WIRE_TYPING},
	{C, "{\"t\":\"ping\",\"n\":-3}", HL_CODE_OK, HL_WIRE_PING},
	{C, "{\"t\":\"ping\"}", HL_CODE_OK, HL_WIRE_PING},
	{C, "{\"t\":\"ping\",\"n\":\"3\"}", HL_CODE_BAD_FRAME, HL_WIRE_PING},
	/* the other side's frames, internal names, nonsense */
	{C, "{\"t\":\"take\",\"conv\":\"x\"}", HL_CODE_UNKNOWN_TYPE, HL_WIRE_TYPE_COUNT},
	{A, "{\"t\":\"human\",\"cid\":\"c\"}", HL_CODE_UNKNOWN_TYPE, HL_WIRE_TYPE_COUNT},
	{C, "{\"t\":\"base\"}", HL_CODE_UNKNOWN_TYPE, HL_WIRE_TYPE_COUNT},
	{C, "{\"t\":\"\"}", HL_CODE_UNKNOWN_TYPE, HL_WIRE_TYPE_COUNT},
	{C, "{\"event\":\"base\"}", HL_CODE_BAD_FRAME, HL_WIRE_TYPE_COUNT},
	{C, "{\"t\":{}}", HL_CODE_BAD_FRAME, HL_WIRE_TYPE_COUNT},
	{C, "{\"t\":\"ping\",\"t\":\"ping\"}", HL_CODE_BAD_FRAME, HL_WIRE_TYPE_COUNT},
	{C, "{\"t\":\"ping\",\"a\":1,\"\\u0061\":2}", HL_CODE_BAD_FRAME, HL_WIRE_TYPE_COUNT},
	{C, "{\"t\":\"ping\",\"a\":{\"b\":1,\"b\":1}}", HL_CODE_BAD_FRAME, HL_WIRE_TYPE_COUNT},
	{C, "{\"t\":\"ping\",\"n\":NaN}", HL_CODE_BAD_FRAME, HL_WIRE_TYPE_COUNT},
	{C, "{\"t\":\"ping\",\"n\":1e999}", HL_CODE_BAD_FRAME, HL_WIRE_TYPE_COUNT},
	{C, "{\"t\":\"ping\",\"n\":99999999999999999999}", HL_CODE_BAD_FRAME, HL_WIRE_TYPE_COUNT},
	{C, "{\"t\":\"ping\"} {\"t\":\"ping\"}", HL_CODE_BAD_FRAME, HL_WIRE_TYPE_COUNT},
	{C, "{\"t\":\"ping\",}", HL_CODE_BAD_FRAME, HL_WIRE_TYPE_COUNT},
	{C, "", HL_CODE_BAD_FRAME, HL_WIRE_TYPE_COUNT},
	{C, "null", HL_CODE_BAD_FRAME, HL_WIRE_TYPE_COUNT},
	{C, "[]", HL_CODE_BAD_FRAME, HL_WIRE_TYPE_COUNT},
	{C, "hello", HL_CODE_BAD_FRAME, HL_WIRE_TYPE_COUNT},
	{C, "{\"t\":\"ping\",\"x\":\"\\ud800\"}", HL_CODE_BAD_FRAME, HL_WIRE_TYPE_COUNT},
	{C, "{\"t\":\"ping\",\"x\":[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}", HL_CODE_OK, HL_WIRE_PING},
	{C, "{\"t\":\"ping\",\"x\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}", HL_CODE_BAD_FRAME,
	 HL_WIRE_TYPE_COUNT},
	{C, "{\"t\":\"ping\",\"x\":\"[[[[[[[[[[[[[[[[[[[[\\\"[[[\"}", HL_CODE_OK, HL_WIRE_PING},
	{A, "{\"t\":\"hello\",\"v\":1,\"token\":\"x\"}", HL_CODE_OK, HL_WIRE_HELLO},
	{A, "{\"t\":\"presence\",\"state\":\"away\",\"why\":\"lunch\"}", HL_CODE_OK,
	 HL_WIRE_PRESENCE},
	{A, "{\"t\":\"presence\",\"state\":\"gone\"}", HL_CODE_BAD_FRAME, HL_WIRE_PRESENCE},
	{A, "{\"t\":\"accept\",\"conv\":\"x\",\"offer\":\"o\"}", HL_CODE_OK, HL_WIRE_ACCEPT},
	{A, "{\"t\":\"accept\",\"conv\":\"x\"}", HL_CODE_BAD_FRAME, HL_WIRE_ACCEPT},
	{A, "{\"t\":\"decline\",\"conv\":\"x\",\"offer\":\"o\"}", HL_CODE_OK, HL_WIRE_DECLINE},
	{A, "{\"t\":\"take\",\"conv\":\"x\"}", HL_CODE_OK, HL_WIRE_TAKE},
	{A, "{\"t\":\"take\",\"conv\":0}", HL_CODE_BAD_FRAME, HL_WIRE_TAKE},
	{A, "{\"t\":\"open\",\"conv\":\"x\",\"last_seq\":0,\"last_note_seq\":0}", HL_CODE_OK,
	 HL_WIRE_OPEN},
	{A, "{\"t\":\"leave\",\"conv\":\"x\"}", HL_CODE_OK, HL_WIRE_LEAVE},
	{A, "{\"t\":\"send\",\"conv\":\"x\",\"cid\":\"c\",\"text\":\"hi\"}", HL_CODE_OK,
	 HL_WIRE_SEND},
	{A, "{\"t\":\"send\",\"conv\":\"x\",\"cid\":\"c\"}", HL_CODE_BAD_FRAME, HL_WIRE_SEND},
	{A, "{\"t\":\"note\",\"conv\":\"x\",\"cid\":\"c\",\"text\":\"hi\"}", HL_CODE_OK,
	 HL_WIRE_NOTE},
	{A, "{\"t\":\"transfer\",\"conv\":\"x\",\"cid\":\"c\",\"to\":{\"team\":\"funds\"}}",
	 HL_CODE_OK, HL_WIRE_TRANSFER},
	{A,
	 "{\"t\":\"transfer\",\"conv\":\"x\",\"cid\":\"c\",\"to\":{\"team\":\"a\",\"agent\":\"b\"}"
	 "}",
	 HL_CODE_BAD_FRAME, HL_WIRE_TRANSFER},
	{A, "{\"t\":\"transfer\",\"conv\":\"x\",\"cid\":\"c\",\"to\":\"funds\"}", HL_CODE_BAD_FRAME,
	 HL_WIRE_TRANSFER},
	{A,
	 "{\"t\":\"resolve\",\"conv\":\"x\",\"cid\":\"c\",\"outcome\":\"solved\",\"tags\":[\"a\","
	 "\"b\"]}",
	 HL_CODE_OK, HL_WIRE_RESOLVE},
	{A, "{\"t\":\"resolve\",\"conv\":\"x\",\"cid\":\"c\",\"outcome\":\"won\"}",
	 HL_CODE_BAD_FRAME, HL_WIRE_RESOLVE},
	{A, "{\"t\":\"resolve\",\"conv\":\"x\",\"cid\":\"c\",\"outcome\":\"solved\",\"tags\":[1]}",
	 HL_CODE_BAD_FRAME, HL_WIRE_RESOLVE},
	{A, "{\"t\":\"to_bot\",\"conv\":\"x\",\"cid\":\"c\"}", HL_CODE_OK, HL_WIRE_TO_BOT},
	{A, "{\"t\":\"queue\"}", HL_CODE_OK, HL_WIRE_QUEUE},
	{A, "{\"t\":\"read\",\"conv\":\"x\",\"seq\":3}", HL_CODE_OK, HL_WIRE_READ},
	{A, "{\"t\":\"typing\",\"conv\":\"x\",\"on\":false}", HL_CODE_OK, HL_WIRE_TYPING},
	{A, "{\"t\":\"ping\",\"conv\":\"x\",\"n\":1}", HL_CODE_OK, HL_WIRE_PING},
};

static void test_frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		struct hl_wire_frame frame;
		enum hl_code code = hl_wire_decode(&frame, frames[i].role, str(frames[i].text));

		if (code != frames[i].code || frame.type != frames[i].type)
			print_error("%s: %s\n", frames[i].text, hl_code_name(code));
		assert_int_equal(code, frames[i].code);
		assert_int_equal(frame.type, frames[i].type);
		hl_wire_frame_deinit(&frame);
		hl_wire_frame_deinit(&frame);
	}
}

static void test_hello_fields(void **state)
{
	struct hl_wire_frame frame;

	(void)state;
	assert_int_equal(
		hl_wire_decode(&frame, C,
			       str("{\"t\":\"hello\",\"v\":1,\"resume\":\"r\",\"last_seq\":7,"
				   "\"token\":\"j\",\"lang\":\"zh-CN\",\"page\":{\"url\":\"u\","
				   "\"title\":\"w\",\"x\":1},\"context\":{\"order\":\"A1\"}}")),
		HL_CODE_OK);
	same(frame.resume, "r");
	same(frame.token, "j");
	same(frame.lang, "zh-CN");
	assert_int_equal(frame.last_seq, 7);
	assert_int_equal(frame.n_context, 3);
	same(frame.context[0].name, "page.url");
	same(frame.context[1].value, "w");
	same(frame.context[2].name, "order");
	same(frame.context[2].value, "A1");
	hl_wire_frame_deinit(&frame);
}

static void test_error_keeps_the_cid(void **state)
{
	struct hl_wire_frame frame;
	size_t room = 8 * HL_TEXT_MAX;
	char *text = malloc(room);

	(void)state;
	assert_non_null(text);
	for (size_t n = HL_TEXT_MAX; n <= HL_TEXT_MAX + 1; n++) {
		size_t len = 0;

		memcpy(text, "{\"t\":\"send\",\"text\":\"", 20);
		len = 20;
		for (size_t i = 0; i < n; i++) {
			memcpy(text + len, "\xe4\xbd\xa0", 3);
			len += 3;
		}
		memcpy(text + len, "\",\"cid\":\"c9\"}", 13);
		len += 13;
		assert_int_equal(hl_wire_decode(&frame, C, (struct hl_str){text, len}),
				 n > HL_TEXT_MAX ? HL_CODE_TOO_LARGE : HL_CODE_OK);
		same(frame.cid, "c9");
		hl_wire_frame_deinit(&frame);
	}
	memset(text, ' ', room);
	assert_int_equal(hl_wire_decode(&frame, C, (struct hl_str){text, HL_WIRE_IN_MAX + 1}),
			 HL_CODE_TOO_LARGE);
	hl_wire_frame_deinit(&frame);
	free(text);
}

static void test_time(void **state)
{
	static const struct {
		int64_t at;
		const char *want;
	} times[] = {{0, "1970-01-01T00:00:00.000Z"},
		     {1, "1970-01-01T00:00:00.001Z"},
		     {-1, "1970-01-01T00:00:00.000Z"},
		     {951782400000, "2000-02-29T00:00:00.000Z"},
		     {1795307999999, "2026-11-22T00:39:59.999Z"},
		     {4107542400000, "2100-03-01T00:00:00.000Z"},
		     {INT64_MAX, "9999-12-31T23:59:59.999Z"},
		     {INT64_MIN, "1970-01-01T00:00:00.000Z"}};
	char text[HL_WIRE_TIME_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		hl_wire_time_format(text, times[i].at);
		assert_memory_equal(text, times[i].want, HL_WIRE_TIME_LEN);
	}
}

static const struct hl_button offered[] = {{HL_STR("A \"b\"\n"), HL_STR("8.1"), HL_NONE},
					   {HL_STR("Help"), HL_NONE, HL_STR("https://x.test/")}};

static struct hl_entry entry(enum hl_entry_kind kind, enum hl_role role)
{
	return (struct hl_entry){.seq = 8,
				 .at_ms = 0,
				 .kind = kind,
				 .by = {role, HL_STR("login"), HL_STR("Mei")},
				 .cid = HL_STR("c1"),
				 .text = HL_STR("t\x01"),
				 .reason = HL_SENSITIVE,
				 .team = HL_STR("security"),
				 .agent = {HL_AGENT, HL_STR("mei.l"), HL_STR("Mei")},
				 .why = HL_ENDED,
				 .outcome = HL_STR("solved"),
				 .score = 4,
				 .solved = HL_STR("yes"),
				 .of = 3,
				 .note_seq = 2,
				 .after = 7,
				 .reply_to = 5};
}

#define HEAD "{\"t\":\"ev\",\"seq\":8,\"at\":\"1970-01-01T00:00:00.000Z\",\"kind\":"
static void test_entries(void **state)
{
	static const struct {
		enum hl_entry_kind kind;
		enum hl_role role;
		const char *want;
	} cases[] = {
		{HL_ENTRY_TEXT, HL_CUSTOMER,
		 HEAD
		 "\"text\",\"by\":{\"role\":\"customer\",\"name\":\"Mei\"},\"text\":\"t\\u0001\","
		 "\"cid\":\"c1\"}"},
		{HL_ENTRY_TEXT, HL_AGENT,
		 HEAD
		 "\"text\",\"by\":{\"role\":\"agent\",\"name\":\"Mei\"},\"text\":\"t\\u0001\"}"},
		{HL_ENTRY_TEXT, HL_BOT_ROLE,
		 HEAD "\"text\",\"by\":{\"role\":\"bot\",\"name\":\"Mei\"},\"text\":\"t\\u0001\","
		      "\"reply_to\":5}"},
		{HL_ENTRY_ASSIGNED, HL_SYSTEM,
		 HEAD
		 "\"assigned\",\"by\":{\"role\":\"system\",\"name\":\"Mei\"},\"agent\":{\"name\":"
		 "\"Mei\"}}"},
		{HL_ENTRY_CLOSED, HL_SYSTEM,
		 HEAD
		 "\"closed\",\"by\":{\"role\":\"system\",\"name\":\"Mei\"},\"why\":\"ended\"}"},
		{HL_ENTRY_REDACTION, HL_SYSTEM,
		 HEAD
		 "\"redaction\",\"by\":{\"role\":\"system\",\"name\":\"Mei\"},\"of\":3,\"text\":"
		 "\"t\\u0001\"}"},
		{HL_ENTRY_RATING, HL_CUSTOMER,
		 HEAD "\"rating\",\"by\":{\"role\":\"customer\",\"name\":\"Mei\"},\"score\":4,"
		      "\"solved\":"
		      "\"yes\",\"cid\":\"c1\"}"},
		{HL_ENTRY_NOTE, HL_AGENT,
		 "{\"t\":\"ev\",\"note_seq\":2,\"after\":7,\"at\":\"1970-01-01T00:00:00.000Z\","
		 "\"kind\":"
		 "\"note\",\"by\":{\"role\":\"agent\",\"name\":\"Mei\"},\"text\":\"t\\u0001\","
		 "\"cid\":"
		 "\"c1\"}"},
	};
	struct hl_wire_out out;

	(void)state;
	hl_wire_out_init(&out);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hl_entry e = entry(cases[i].kind, cases[i].role);

		hl_wire_out_clear(&out);
		hl_wire_ev(&out, &e);
		same(hl_wire_out_str(&out), cases[i].want);
	}
	hl_wire_out_deinit(&out);
}

static void test_buttons_and_conv(void **state)
{
	struct hl_entry e = entry(HL_ENTRY_TEXT, HL_BOT_ROLE);
	struct hl_str both[] = {HL_STR("deposit.missing"), HL_STR("fees.trading")};
	struct hl_wire_out body, out;

	(void)state;
	hl_wire_out_init(&body);
	hl_wire_out_init(&out);
	e.intents = (struct hl_names){both, 2};
	memcpy(e.buttons, offered, sizeof(offered));
	e.n_buttons = 2;
	hl_wire_ev(&body, &e);
	hl_wire_ev_agent(&out, HL_STR("k"), hl_wire_out_str(&body));
	same(hl_wire_out_str(&out),
	     "{\"t\":\"ev\",\"conv\":\"k\",\"seq\":8,\"at\":\"1970-01-01T00:00:00.000Z\",\"kind\":"
	     "\"text\",\"by\":{\"role\":\"bot\",\"name\":\"Mei\"},\"text\":\"t\\u0001\",\"intent\":"
	     "\"deposit.missing\",\"intents\":[\"deposit.missing\",\"fees.trading\"],\"reply_to\":"
	     "5,"
	     "\"buttons\":[{\"title\":\"A \\\"b\\\"\\n\",\"choice\":\"8.1\"},{\"title\":\"Help\","
	     "\"url\":\"https://x.test/\"}]}");
	hl_wire_out_clear(&out);
	hl_wire_ev_agent(&out, HL_STR("k"), HL_STR("{}"));
	assert_true(out.failed);
	hl_wire_out_deinit(&body);
	hl_wire_out_deinit(&out);
}

/* Whatever the values, what is written is JSON that reads back the same. */
static void test_any_bytes_read_back(void **state)
{
	struct hl_wire_out out;
	char text[128];

	(void)state;
	for (size_t i = 1; i < sizeof(text); i++)
		text[i - 1] = (char)i;
	hl_wire_out_init(&out);
	hl_wire_object(&out, NULL);
	hl_wire_str(&out, "s", (struct hl_str){text, sizeof(text) - 1});
	hl_wire_int(&out, "i", INT64_MIN);
	hl_wire_score(&out, "d", 0.98765);
	struct hl_attr twice[] = {{HL_STR("user"), HL_STR("u7")},
				  {HL_STR("user"), HL_STR("admin")},
				  {HL_STR("\"\\"), HL_STR("")}};
	hl_wire_attrs(&out, "a", twice, 3);
	hl_wire_object_end(&out);
	json_t *tree = json_loadb(out.ptr, out.len, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(tree);
	assert_int_equal(json_string_length(json_object_get(tree, "s")), sizeof(text) - 1);
	assert_memory_equal(json_string_value(json_object_get(tree, "s")), text, sizeof(text) - 1);
	assert_true(json_integer_value(json_object_get(tree, "i")) == INT64_MIN);
	assert_true(json_real_value(json_object_get(tree, "d")) == 0.9877);
	assert_string_equal(json_string_value(json_object_get(json_object_get(tree, "a"), "user")),
			    "u7");
	json_decref(tree);
	hl_wire_out_deinit(&out);
}

static void test_small_frames(void **state)
{
	struct hl_wire_out out;

	(void)state;
	hl_wire_out_init(&out);
	hl_wire_ack(&out, &(struct hl_wire_ack){.cid = HL_STR("c1"), .seq = 8});
	same(hl_wire_out_str(&out),
	     "{\"t\":\"ack\",\"cid\":\"c1\",\"seq\":8,\"at\":\"1970-01-01T00:00:00.000Z\"}");
	hl_wire_out_clear(&out);
	hl_wire_error(&out, &(struct hl_wire_error){HL_CODE_SLOW_DOWN, HL_STR("c1"), HL_NONE, 800});
	same(hl_wire_out_str(&out), "{\"t\":\"error\",\"code\":\"slow_down\",\"message\":\"Too "
				    "fast. Wait a moment, then send it "
				    "again.\",\"cid\":\"c1\",\"retry_after_ms\":800}");
	hl_wire_out_clear(&out);
	hl_wire_bye(&out, HL_BYE_REPLACED, 0);
	same(hl_wire_out_str(&out), "{\"t\":\"bye\",\"reason\":\"replaced\",\"retry_ms\":0}");
	hl_wire_out_clear(&out);
	hl_wire_pong(&out, true, -3);
	same(hl_wire_out_str(&out), "{\"t\":\"pong\",\"n\":-3}");
	hl_wire_out_clear(&out);
	hl_wire_card(&out, &(struct hl_wire_card){.position = {3, 14, 180, 360}});
	same(hl_wire_out_str(&out),
	     "{\"t\":\"queue\",\"position\":3,\"waiting\":14,\"wait_s\":[180,360]}");
	hl_wire_out_clear(&out);
	hl_wire_card(&out, &(struct hl_wire_card){.position = {1, 1, 0, 0}});
	same(hl_wire_out_str(&out), "{\"t\":\"queue\",\"position\":1,\"waiting\":1}");
	hl_wire_out_deinit(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_hello_fields),
		cmocka_unit_test(test_error_keeps_the_cid),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_buttons_and_conv),
		cmocka_unit_test(test_any_bytes_read_back),
		cmocka_unit_test(test_small_frames),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
