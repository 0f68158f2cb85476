/* The configuration file: what it may say, and the whole of what is said when it is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/config.h"

static char path[] = "/tmp/hotline-config-XXXXXX";

static int load(struct hl_config *out, char **report, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return hl_config_load(out, report, path);
}

static void test_defaults(void **state)
{
	struct hl_config config;
	char *report, err[256];

	(void)state;
	assert_int_equal(hl_config_load(&config, &report, NULL), HL_OK);
	assert_int_equal(hl_config_settle(&config, err, sizeof err), HL_OK);
	assert_string_equal(config.address, "127.0.0.1");
	assert_int_equal(config.port, 8080);
	assert_string_equal(config.data, "./data");
	assert_int_equal(config.origins.n, 0);
	assert_int_equal(config.limits.sends_burst, 10);
	hl_config_deinit(&config);
	hl_config_deinit(&config);
}

static void test_everything(void **state)
{
	struct hl_config config;
	char *report, err[256];

	(void)state;
	assert_int_equal(load(&config, &report,
			      "listen: \"[::1]:9000\"\n"
			      "data: /srv/hotline\n"
			      "pack: /etc/hotline/pack\n"
			      "origins: [\"https://chat.example.com\"]\n"
			      "frame_ancestors:\n"
			      "  - https://www.example.com\n"
			      "  - https://*.example.org\n"
			      "trusted_proxies: [10.0.0.0/8, \"2001:db8::/32\"]\n"
			      "tls: {cert: a.pem, key: b.pem}\n"
			      "customers: {keys: [k1, k2], algorithm: EdDSA, audience: hotline}\n"
			      "limits:\n"
			      "  sends_per_second: 50\n"
			      "  sockets_per_address: 0\n"
			      "  loopback: true\n"
			      "desk: {offer_seconds: 30}\n"),
			 HL_OK);
	assert_int_equal(hl_config_settle(&config, err, sizeof err), HL_OK);
	assert_string_equal(config.address, "::1");
	assert_int_equal(config.port, 9000);
	assert_int_equal(config.origins.n, 1);
	assert_int_equal(config.frame_ancestors.n, 2);
	assert_int_equal(config.trusted_proxies.n, 2);
	assert_string_equal(config.tls.key, "b.pem");
	assert_int_equal(config.customers.keys.n, 2);
	assert_int_equal(config.limits.sends_per_second, 50);
	assert_int_equal(config.limits.sockets_per_address, 0);
	assert_int_equal(config.limits.sends_burst, 10);
	assert_true(config.limits.loopback);
	assert_int_equal(config.desk.offer_seconds, 30);
	hl_config_deinit(&config);
}

static void test_wrong(void **state)
{
	static const struct {
		const char *text, *place, *said;
	} rows[] = {
		{"lissen: x\n", ":1:1: ", "did you mean `listen`"},
		{"quux: x\n", ":1:1: ", "known here: listen, data"},
		{"limits:\n  sends_burts: 3\n", ":2:3: ", "did you mean `sends_burst`"},
		{"limits:\n  sends_burst: -1\n", ":2:16: ", "from 1 to 1000000"},
		{"limits:\n  sends_burst: many\n", ":2:16: ", "whole number"},
		{"limits: 3\n", ":1:9: ", "`limits` is a map"},
		{"origins: https://a.example\n", ":1:10: ", "is a list"},
		{"origins: [\"https://a.example/x\"]\n", ":1:11: ", "without a path"},
		{"origins: [\"null\"]\n", ":1:11: ", "without a path"},
		{"origins: [\"https://*.example.com\"]\n", ":1:11: ", "without a path"},
		{"trusted_proxies: [10.0.0.0/99]\n", ":1:19: ", "10.0.0.0/8"},
		{"insecure: yes\n", ":1:11: ", "true or false"},
		{"tls: {cert: a.pem}\n", ":1:", "`cert` and `key`"},
		{"customers: {keys: [a], algorithm: EdDSA}\n", ":1:", "`audience`"},
		{"customers: {keys: [a], algorithm: none, audience: x}\n", ":1:", "HS256 or EdDSA"},
		{"data: a\ndata: b\n", ":2:", "data"},
		{"- a\n", ":1:1: ", "a configuration is a map"},
		{"listen: &a x\n", ":1:", ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct hl_config config;
		char *report = NULL;

		assert_int_equal(load(&config, &report, rows[i].text), HL_REFUSED);
		assert_non_null(report);
		if (!strstr(report, rows[i].place) || !strstr(report, rows[i].said))
			fail_msg("%s\nsaid: %s", rows[i].text, report);
		free(report);
	}
}

static void test_all_mistakes_at_once(void **state)
{
	struct hl_config config;
	char *report = NULL;

	(void)state;
	assert_int_equal(load(&config, &report, "lissen: x\ndesk: {offer_seconds: 0}\n"),
			 HL_REFUSED);
	if (!strstr(report, ":1:1: "))
		fail_msg("%s", report);
	assert_non_null(strstr(report, ":2:"));
	free(report);
}

static void test_no_file(void **state)
{
	static const struct {
		const char *path, *said;
	} rows[] = {
		{"/nonexistent/hotline.yaml", "No such file"},
		{"/tmp", "not a regular file"},
		{"/dev/zero", "not a regular file"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct hl_config config;
		char *report = NULL;

		assert_int_equal(hl_config_load(&config, &report, rows[i].path), HL_REFUSED);
		assert_non_null(strstr(report, rows[i].said));
		free(report);
	}
}

static void test_listen(void **state)
{
	static const struct {
		const char *listen;
		bool insecure;
		const char *address; /* NULL: refused */
	} rows[] = {
		{"127.0.0.1:0", false, "127.0.0.1"},
		{"localhost:80", false, "127.0.0.1"},
		{"[::1]:80", false, "::1"},
		{"0.0.0.0:80", false, NULL},
		{"0.0.0.0:80", true, "0.0.0.0"},
		{"127.0.0.1", false, NULL},
		{"127.0.0.1:65536", false, NULL},
		{"127.0.0.1:http", false, NULL},
		{":80", false, NULL},
		{"example.com:80", true, NULL},
		{"", false, NULL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct hl_config config;
		char *report, err[256] = "";
		int rc;

		assert_int_equal(hl_config_load(&config, &report, NULL), HL_OK);
		config.listen = rows[i].listen;
		config.insecure = rows[i].insecure;
		rc = hl_config_settle(&config, err, sizeof err);
		assert_int_equal(rc, rows[i].address ? HL_OK : HL_REFUSED);
		if (rc == HL_OK)
			assert_string_equal(config.address, rows[i].address);
		else
			assert_null(strchr(err, '\n'));
		hl_config_deinit(&config);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults), cmocka_unit_test(test_everything),
		cmocka_unit_test(test_wrong),	 cmocka_unit_test(test_all_mistakes_at_once),
		cmocka_unit_test(test_no_file),	 cmocka_unit_test(test_listen),
	};
	int fd = mkstemp(path), rc;

	close(fd);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return rc;
}
