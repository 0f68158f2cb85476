/* A log line is one line of JSON whatever bytes it is given; a histogram counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "log/log.h"
#include "metrics/metrics.h"

static void test_escapes(void **state)
{
	static const struct {
		struct hl_str in;
		const char *out;
	} rows[] = {
		{HL_STR("plain"), "plain"},
		{HL_STR("a\"b\\c"), "a\\\"b\\\\c"},
		{HL_STR("x\r\n\x1b[31my\0z"), "x\\u000d\\u000a\\u001b[31my\\u0000z"},
		{HL_STR("\x7f"), "\\u007f"},
		{HL_STR("\xc2\x85"), "\\u0085"},
		{HL_STR("a\xe2\x80\xae\x62"), "a\\u202eb"},	   /* right-to-left override */
		{HL_STR("\xe2\x80\x8b"), "\\u200b"},		   /* zero width */
		{HL_STR("\xff\xfe"), "\\ufffd\\ufffd"},		   /* no UTF-8 */
		{HL_STR("\xe6\x8f"), "\\ufffd\\ufffd"},		   /* cut short */
		{HL_STR("\xed\xa0\x80"), "\\ufffd\\ufffd\\ufffd"}, /* a surrogate */
		{HL_STR("\xc0\xaf"), "\\ufffd\\ufffd"},		   /* overlong */
		{HL_STR("提币 %s%n"), "提币 %s%n"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct hl_log_field fields[] = {HL_LOG_TEXT("f", rows[i].in)};
		char line[HL_LOG_LINE_MAX], want[HL_LOG_LINE_MAX];
		size_t len = hl_log_format(line, HL_LOG_WARN, "it", fields, 1);

		line[len] = 0;
		snprintf(want, sizeof want, "\"level\":\"warn\",\"what\":\"it\",\"f\":\"%s\"}",
			 rows[i].out);
		assert_string_equal(line, want);
	}
}

/* Random bytes, many long fields: always JSON, never longer than promised. */
static void test_any_bytes(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		char text[40][600], line[HL_LOG_LINE_MAX + 1];
		struct hl_log_field fields[40];
		json_t *json;
		size_t len;

		for (size_t f = 0; f < 40; f++) {
			size_t n = (seed = seed * 1664525 + 1013904223) >> 23;

			for (size_t i = 0; i < n; i++)
				text[f][i] = (char)((seed = seed * 1664525 + 1013904223) >> 24);
			fields[f] = (struct hl_log_field){.name = "f", .text = {text[f], n}};
		}
		line[0] = '{';
		len = hl_log_format(line + 1, HL_LOG_INFO, "x", fields, 1 + (size_t)round % 40);
		assert_true(len <= HL_LOG_LINE_MAX - 2);
		json = json_loadb(line, len + 1, JSON_ALLOW_NUL, NULL);
		assert_non_null(json);
		json_decref(json);
		assert_null(memchr(line, '\n', len + 1));
	}
}

static void test_cut(void **state)
{
	char big[1000], line[HL_LOG_LINE_MAX];
	struct hl_log_field fields[] = {HL_LOG_TEXT("f", HL_NONE), HL_LOG_NUMBER("n", -7)};
	size_t len;

	(void)state;
	memset(big, 'a', sizeof big);
	fields[0].text = (struct hl_str){big, sizeof big};
	len = hl_log_format(line, HL_LOG_ERROR, "x", fields, 2);
	line[len] = 0;
	assert_non_null(strstr(line, "aaa…\",\"n\":-7}"));
	assert_true(len < HL_LOG_FIELD_MAX + 64);
}

static void test_writes_one_line(void **state)
{
	struct hl_log log;
	char line[HL_LOG_LINE_MAX];
	ssize_t n;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	hl_log_init(&log, ends[1], HL_LOG_INFO);
	hl_log_say(&log, HL_LOG_DEBUG, "not said", NULL, 0);
	hl_log_say(&log, HL_LOG_INFO, "said", NULL, 0);
	n = read(ends[0], line, sizeof line - 1);
	assert_true(n > 0);
	line[n] = 0;
	assert_non_null(strstr(line, "\"level\":\"info\",\"what\":\"said\"}\n"));
	assert_int_equal(strncmp(line, "{\"at\":\"20", 9), 0);
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(log.lines, 1);
}

static void test_histogram(void **state)
{
	struct hl_histogram h = {0};

	(void)state;
	hl_histogram_add(&h, 0);
	hl_histogram_add(&h, 64);
	hl_histogram_add(&h, 65);
	hl_histogram_add(&h, UINT64_C(1) << 40);
	assert_int_equal(h.buckets[0], 2);
	assert_int_equal(h.buckets[1], 1);
	assert_int_equal(h.buckets[HL_HISTOGRAM_BUCKETS - 1], 1);
	assert_int_equal(h.n, 4);
}

static void test_metrics_text(void **state)
{
	struct hl_host_stats host = {.frames_in = 7, .queued = 2, .append_ms_sum = 1500};
	struct hl_ws_stats ws = {.open = 3};
	struct hl_http_stats http = {.responses = {[4] = 9}};
	struct hl_histogram turn = {0};
	struct hl_metrics m = {.host = &host, .ws = &ws, .http = &http, .turn = &turn};
	static const char *const wanted[] = {
		"\nhotline_frames_in_total 7\n",
		"\nhotline_conversations_queued 2\n",
		"\nhotline_append_seconds_total 1.500\n",
		"\nhotline_sockets 3\n",
		"\nhotline_http_responses_total{class=\"4xx\"} 9\n",
		"\nhotline_decisions_total{decision=\"answer\"} 0\n",
		"\nhotline_loop_turn_seconds_bucket{le=\"+Inf\"} 1\n",
	};
	char *text;
	size_t len;

	(void)state;
	hl_histogram_add(&turn, 100);
	assert_int_equal(hl_metrics_render(&text, &len, &m), HL_OK);
	assert_int_equal(strlen(text), len);
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		assert_non_null(strstr(text, wanted[i]));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escapes),	  cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_cut),	  cmocka_unit_test(test_writes_one_line),
		cmocka_unit_test(test_histogram), cmocka_unit_test(test_metrics_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
