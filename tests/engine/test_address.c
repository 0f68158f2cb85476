/* Addresses and transaction hashes: published test vectors, and each with one sign changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "classify/address.h"
#include "classify/keccak.h"

static void test_keccak(void **state)
{
	(void)state;
	static const uint8_t empty[32] = {0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c,
					  0x92, 0x7e, 0x7d, 0xb2, 0xdc, 0xc7, 0x03, 0xc0,
					  0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82, 0x27, 0x3b,
					  0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70};
	uint8_t hash[32];
	hl_keccak256(hash, "", 0);
	assert_memory_equal(hash, empty, 32);
}

static void test_addresses(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
		{"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", true},
		{"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", false},
		{"3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", true},
		{"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", true},
		{"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", true},
		{"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", false},
		{"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", true},
		{"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", true},
		{"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed", false},
		{"0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", true},
		{"0x5aaeb6053f3e94c9b9a09f33669435e7ef1bea", false},
		{"TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", true},
		{"TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u", false},
		{"EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", true},
		{"hello", false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hl_str text = {rows[i].text, strlen(rows[i].text)};
		if (hl_is_address(text) != rows[i].good)
			fail_msg("%s", rows[i].text);
	}
}

static void test_hashes(void **state)
{
	(void)state;
	static const char hex[] =
		"4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b";
	assert_true(hl_is_txid(HL_STR(hex)));
	assert_false(hl_is_txid((struct hl_str){hex, 63}));
	assert_false(hl_is_address(HL_STR(hex)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keccak),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_hashes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
