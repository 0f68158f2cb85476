/* What is redacted, what stays, and what two messages make together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "secrets/finder.h"
#include "secrets/secrets.h"

static const char *stored_of(struct hl_arena *arena, const char *text, bool *wallet)
{
	struct hl_utterance u;
	struct hl_secrets found;
	struct hl_str stored;
	assert_int_equal(hl_utterance_read(&u, arena, hl_str_of(text), NULL, 0), HL_OK);
	assert_int_equal(hl_secrets_find(&found, arena, &u, NULL, 0), HL_OK);
	assert_int_equal(hl_secrets_stored(&stored, arena, hl_str_of(text), found.v, found.n),
			 HL_OK);
	*wallet = found.wallet;
	return hl_arena_dup(arena, stored).ptr;
}

#define SEED12                                                                                     \
	"abandon ability able about above absent absorb abstract absurd abuse access accident"
#define HEX64 "0c28fca386c7a227600b2fe50b7cae11ec86d3bf1fbe471be89827e19d72aa1d"
#define XPRV                                                                                       \
	"xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNN" \
	"U3TGtRBeJgk33yuGBxrMPHi"

static void test_redacted(void **state)
{
	(void)state;
	static const struct {
		const char *text, *stored;
	} cases[] = {
		/* cards */
		{"4111111111111111", "[card]"},
		{"my card 4111 1111 1111 1111 was declined", "my card [card] was declined"},
		{"5555-5555-5555-4444!", "[card]!"},
		{"卡号４１１１１１１１１１１１１１１１", "卡号[card]"},
		{"amex 3782 822463 10005", "amex [card]"},
		{"6222021234567890128卡被拒", "[card]卡被拒"},
		{"4111 1111 1111 1111 12/26", "[card] 12/26"},
		/* seed phrases */
		{"my seed is " SEED12, "my seed is [seed]"},
		{"1. abandon 2. ability 3. able 4. about 5. above 6. absent 7. absorb 8. abstract "
		 "9. absurd 10. "
		 "abuse 11. access 12. accident",
		 "1. [seed]"},
		{"abandon, ability, able, about, above, absent\nabsorb, abstract, absurd, abuse, "
		 "access, accident",
		 "[seed]"},
		{"it is: abandon ability able about above absent absorb abstract absurd abuse "
		 "access",
		 "it is: [seed]"},
		{"abandon ability able abuot above absent absorb abstract absurd abuse access "
		 "accident",
		 "[seed]"},
		{"abandom ability able about above absent absorb abstract absurd abuse access "
		 "accident",
		 "[seed]"},
		{"ABANDON ABILITY ABLE ABOUT ABOVE ABSENT ABSORB ABSTRACT ABSURD ABUSE ACCESS "
		 "ACCIDENT",
		 "[seed]"},
		{"我的助记词是" SEED12 "怎么办", "我的助记词是[seed]怎么办"},
		/* private keys */
		{"private key: " HEX64, "private key: [key]"},
		{"here is my priv key 0x" HEX64 " help", "here is my priv key [key] help"},
		{"私钥" HEX64, "私钥[key]"},
		{"5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ", "[key]"},
		{"import KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617 please",
		 "import [key] please"},
		{"xprv is " XPRV, "xprv is [key]"},
		{"-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIB\n-----END EC PRIVATE KEY-----\nok",
		 "[pem]\nok"},
		{"-----BEGIN RSA PRIVATE KEY-----\nMHcCAQEEIB", "[pem]"},
		/* API secrets */
		{"api secret: vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
		 "api secret: [api]"},
		{"secret key = NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j",
		 "secret key = [api]"},
		{"key sk-abcdEFGH1234ijklMNOP5678", "key [api]"},
		/* passwords */
		{"my password is hunter2", "my password is [password]"},
		{"password: P@ssw0rd!", "password: [password]"},
		{"my password is sunshine", "my password is [password]"},
		{"pwd=abc123xyz and it fails", "pwd=[password] and it fails"},
		{"密码是abc12345", "密码是[password]"},
		{"登录密码：qwer1234，登不上", "登录密码：[password]，登不上"},
		/* codes */
		{"my 2fa code is 482913", "my 2fa code is [code]"},
		{"验证码 123456 不对", "验证码 [code] 不对"},
		{"the verification code I received was 482 913",
		 "the verification code I received was [code]"},
		{"482913 is my code", "[code] is my code"},
		{"G-482913 code doesn't work", "G-[code] code doesn't work"},
		{"pin is 1234", "pin is [code]"},
		{"cvv 123", "cvv [code]"},
		{"cvv: 123", "cvv: [code]"},
		{"backup code: 8f3k-22lq", "backup code: [code]"},
		/* documents */
		{"身份证11010519491231002X", "身份证[id]"},
		{"11010519491231002x", "[id]"},
		{"passport number E12345678", "passport number [passport]"},
		{"passport no. AB1234567", "passport no. [passport]"},
		{"my passport E 12345678", "my passport [passport]"},
		{"护照号 G12345678", "护照号 [passport]"},
		/* contact */
		{"mail me at Jo.Doe+x@mail.example.com.", "mail me at [email]."},
		{"邮箱abc@qq.com收不到", "邮箱[email]收不到"},
		{"call me on +44 20 7946 0958", "call me on [phone]"},
		{"13800138000", "[phone]"},
		{"手机号 138 0013 8000 换了", "手机号 [phone] 换了"},
		{"(415) 555-2671", "[phone]"},
		{"my phone number is 0791234567", "my phone number is [phone]"},
		{"DE89 3704 0044 0532 0130 00 is my iban", "[iban] is my iban"},
		{"iban GB82WEST12345698765432", "iban [iban]"},
		/* two at once, and odd bytes */
		{"4111111111111111 a@b.co", "[card] [email]"},
		{"\xff 4111111111111111", "\xef\xbf\xbd [card]"},
	};
	struct hl_arena arena = {0};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool wallet;
		const char *stored = stored_of(&arena, cases[i].text, &wallet);
		assert_string_equal(stored, cases[i].stored);
		assert_int_equal(wallet, strstr(stored, "[seed]") != NULL ||
						 strstr(stored, "[key]") != NULL);
	}
	hl_arena_deinit(&arena);
}

static void test_left_alone(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"my deposit of 1,250.50 usdt is missing",
		"tx 0x" HEX64,
		HEX64,
		"txid " HEX64 " still pending",
		"to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
		"address bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
		"send to 0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe",
		"TJYeasTPa6gpEEfYqJMGLEDb3xRXhbDz7H 这个地址对吗",
		"order 4111111111111111",
		"订单号4111111111111111",
		"order number 20241122123456789",
		"my uid is 88213746",
		"4111111111111112",
		"transfer 1700000000123456",
		"my password is wrong",
		"my password is not working, how do i reset it",
		"password is incorrect",
		"forgot password to login",
		"my password is compromised",
		"密码忘了怎么办",
		"密码是错的",
		"修改密码24小时不能提现",
		"error code 50012",
		"my referral code is 482913",
		"code expired after 10 minutes",
		"the code has 6 digits",
		"验证码收不到",
		"验证码过了10分钟还没来",
		"my 2fa code is invalid",
		"i sent 500 usdt and 20000 trx",
		"withdraw 1000000 usdt to my wallet",
		"on 2024-11-22 at 10:30 i paid 12.50",
		"block 19000000 confirmations 12",
		"I lost my seed phrase",
		"my private key was stolen",
		"is my private key safe, the tx is 0x" HEX64,
		"where is the api key page",
		"please tell me about the account ability to access the network and add money",
		"I know about this fee before! When do you charge extra for card payments? this "
		"fee until now",
		"Never notice this fee until now. Can you please explain",
		"-----BEGIN PUBLIC KEY-----\nMFkwEwYH\n-----END PUBLIC KEY-----",
		"passport was rejected 3 times",
		"my kyc passport is 2 years old",
		"@acme_support hello",
		"5 @ 10 usdt",
		"110105194912310021",
		"0.00000000000123456789",
		"15 12 20 45 60 70 100",
	};
	struct hl_arena arena = {0};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		bool wallet;
		assert_string_equal(stored_of(&arena, texts[i], &wallet), texts[i]);
		assert_false(wallet);
	}
	hl_arena_deinit(&arena);
}

static void test_seed_in_two_messages(void **state)
{
	(void)state;
	struct hl_arena arena = {0};
	const struct hl_str recent[] = {HL_STR("hello"),
					HL_STR("it is abandon ability able about above absent")};
	struct hl_str text = HL_STR("absorb abstract absurd abuse access accident"), stored;
	struct hl_utterance u;
	struct hl_secrets found;
	assert_int_equal(hl_utterance_read(&u, &arena, text, NULL, 0), HL_OK);
	assert_int_equal(hl_secrets_find(&found, &arena, &u, NULL, 0), HL_OK);
	assert_int_equal(found.n, 0);
	assert_int_equal(hl_secrets_find(&found, &arena, &u, recent, 2), HL_OK);
	assert_true(found.wallet);
	assert_int_equal(found.n_earlier, 2);
	assert_false(found.earlier[0].changed);
	assert_true(found.earlier[1].changed);
	assert_int_equal(hl_secrets_stored(&stored, &arena, text, found.v, found.n), HL_OK);
	assert_true(hl_str_eq(stored, HL_STR("[seed]")));
	assert_int_equal(hl_secrets_stored(&stored, &arena, recent[1], found.earlier[1].v,
					   found.earlier[1].n),
			 HL_OK);
	assert_true(hl_str_eq(stored, HL_STR("it is [seed]")));

	/* what was found when it came is no change */
	const struct hl_str card[] = {HL_STR("4111111111111111")};
	assert_int_equal(hl_secrets_find(&found, &arena, &u, card, 1), HL_OK);
	assert_false(found.earlier[0].changed);
	assert_int_equal(found.earlier[0].n, 1);
	hl_arena_deinit(&arena);
}

static void test_key_after_its_announcement(void **state)
{
	(void)state;
	struct hl_arena arena = {0};
	const struct hl_str recent[] = {HL_STR("i will send you my private key now")};
	struct hl_utterance u;
	struct hl_secrets found;
	assert_int_equal(hl_utterance_read(&u, &arena, HL_STR(HEX64), NULL, 0), HL_OK);
	assert_int_equal(hl_secrets_find(&found, &arena, &u, recent, 1), HL_OK);
	assert_int_equal(found.n, 1);
	assert_string_equal(found.v[0].kind, "key");
	hl_arena_deinit(&arena);
}

static void test_sha256(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint8_t first[4];
	} cases[] = {
		{"", {0xe3, 0xb0, 0xc4, 0x42}},
		{"abc", {0xba, 0x78, 0x16, 0xbf}},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		 {0x24, 0x8d, 0x6a, 0x61}},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t out[32];
		hl_sha256(out, cases[i].text, strlen(cases[i].text));
		assert_memory_equal(out, cases[i].first, 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_redacted),
		cmocka_unit_test(test_left_alone),
		cmocka_unit_test(test_seed_in_two_messages),
		cmocka_unit_test(test_key_after_its_announcement),
		cmocka_unit_test(test_sha256),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
