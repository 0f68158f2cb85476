/* Addresses, networks, the client behind proxies, and the limits kept per address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/limits.h"

static struct hl_str str(const char *s)
{
	return (struct hl_str){s, strlen(s)};
}

static void test_addresses(void **state)
{
	static const struct {
		const char *in, *out; /* out NULL: refused */
		bool loopback;
	} rows[] = {
		{"127.0.0.1", "127.0.0.1", true},
		{"127.9.9.9", "127.9.9.9", true},
		{" 192.0.2.1 ", "192.0.2.1", false},
		{"::1", "::1", true},
		{"[2001:DB8::1]", "2001:db8::1", false},
		{"::ffff:127.0.0.1", "127.0.0.1", true},
		{"", NULL, false},
		{"192.0.2", NULL, false},
		{"192.0.2.1:80", NULL, false},
		{"localhost", NULL, false},
		{"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb", NULL, false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct hl_addr addr;
		char text[HL_ADDR_TEXT];
		int rc = hl_addr_parse(&addr, str(rows[i].in));

		assert_int_equal(rc, rows[i].out ? HL_OK : HL_REFUSED);
		if (rc)
			continue;
		hl_addr_text(text, &addr);
		assert_string_equal(text, rows[i].out);
		assert_int_equal(hl_addr_loopback(&addr), rows[i].loopback);
	}
}

static void test_networks(void **state)
{
	static const struct {
		const char *net, *addr;
		int has; /* -1: the network is refused */
	} rows[] = {
		{"10.0.0.0/8", "10.255.0.1", 1},
		{"10.0.0.0/8", "11.0.0.1", 0},
		{"192.0.2.128/25", "192.0.2.200", 1},
		{"192.0.2.128/25", "192.0.2.100", 0},
		{"192.0.2.7", "192.0.2.7", 1},
		{"192.0.2.7", "192.0.2.8", 0},
		{"0.0.0.0/0", "203.0.113.9", 1},
		{"0.0.0.0/0", "2001:db8::1", 0},
		{"2001:db8::/32", "2001:db8:1::", 1},
		{"2001:db8::/32", "2001:db9::", 0},
		{"10.0.0.0/33", "10.0.0.1", -1},
		{"10.0.0.0/", "10.0.0.1", -1},
		{"10.0.0.0/-1", "10.0.0.1", -1},
		{"2001:db8::/129", "::", -1},
		{"/8", "::", -1},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct hl_addr addr;
		struct hl_net net;

		assert_int_equal(hl_addr_parse(&addr, str(rows[i].addr)), HL_OK);
		if (hl_net_parse(&net, str(rows[i].net)))
			assert_int_equal(rows[i].has, -1);
		else
			assert_int_equal(hl_net_has(&net, &addr), rows[i].has);
	}
}

static void test_client_behind_proxies(void **state)
{
	static const struct {
		const char *peer, *list, *client;
	} rows[] = {
		{"203.0.113.5", "198.51.100.1", "203.0.113.5"}, /* not trusted: believed nothing */
		{"10.0.0.1", "", "10.0.0.1"},
		{"10.0.0.1", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"},
		{"10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"}, /* the left may be forged */
		{"10.0.0.1", "198.51.100.1, rubbish", "10.0.0.1"},
		{"10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"},
		{"10.0.0.1", ",,", "10.0.0.1"},
	};
	struct hl_net trusted;

	(void)state;
	assert_int_equal(hl_net_parse(&trusted, str("10.0.0.0/8")), HL_OK);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct hl_addr peer, client;
		char text[HL_ADDR_TEXT];

		assert_int_equal(hl_addr_parse(&peer, str(rows[i].peer)), HL_OK);
		hl_addr_client(&client, &peer, str(rows[i].list), &trusted, 1);
		hl_addr_text(text, &client);
		assert_string_equal(text, rows[i].client);
	}
}

static void test_limits(void **state)
{
	struct hl_limits_config config = {.open = 3, .per_minute = 5};
	struct hl_limits *limits;
	struct hl_addr a, b;
	uint32_t t[4];
	int64_t wait = 0;

	(void)state;
	assert_int_equal(hl_limits_new(&limits, &config), HL_OK);
	hl_addr_parse(&a, str("198.51.100.1"));
	hl_addr_parse(&b, str("198.51.100.2"));
	for (int i = 0; i < 3; i++)
		assert_int_equal(hl_limits_enter(&t[i], &wait, limits, &a, 1000), HL_OK);
	assert_int_equal(hl_limits_enter(&t[3], &wait, limits, &a, 1000), HL_LIMIT);
	assert_true(wait > 0);
	assert_int_equal(hl_limits_enter(&t[3], &wait, limits, &b, 1000), HL_OK);
	for (int i = 0; i < 3; i++)
		hl_limits_leave(limits, t[i]);
	/* two of the five a minute are left */
	for (int i = 0; i < 2; i++) {
		assert_int_equal(hl_limits_enter(&t[0], &wait, limits, &a, 1000), HL_OK);
		hl_limits_leave(limits, t[0]);
	}
	assert_int_equal(hl_limits_enter(&t[0], &wait, limits, &a, 1000), HL_LIMIT);
	assert_int_equal(hl_limits_enter(&t[0], &wait, limits, &a, 1000 + wait), HL_OK);
	hl_limits_leave(limits, t[0]);
	assert_null(hl_limits_free(limits));
}

/* One IPv6 customer owns a whole /64; a flood of addresses must neither grow nor lock anybody out.
 */
static void test_limits_many(void **state)
{
	struct hl_limits_config config = {.open = 1};
	struct hl_limits *limits;
	struct hl_addr addr;
	uint32_t ticket;
	int64_t wait;

	(void)state;
	assert_int_equal(hl_limits_new(&limits, &config), HL_OK);
	hl_addr_parse(&addr, str("2001:db8:0:1::1"));
	assert_int_equal(hl_limits_enter(&ticket, &wait, limits, &addr, 0), HL_OK);
	hl_addr_parse(&addr, str("2001:db8:0:1::2"));
	assert_int_equal(hl_limits_enter(&ticket, &wait, limits, &addr, 0), HL_LIMIT);
	hl_addr_parse(&addr, str("2001:db8:0:2::1"));
	assert_int_equal(hl_limits_enter(&ticket, &wait, limits, &addr, 0), HL_OK);
	for (uint32_t i = 1; i < 100000; i++) {
		addr.b[4] = (uint8_t)i;
		addr.b[5] = (uint8_t)(i >> 8);
		addr.b[6] = (uint8_t)(i >> 16);
		assert_int_equal(hl_limits_enter(&ticket, &wait, limits, &addr, 1), HL_OK);
	}
	hl_limits_free(limits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_client_behind_proxies),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_limits_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
