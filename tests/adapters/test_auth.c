/* Ids, tokens, MACs, keys, customers' tokens, passwords and the brake on guessing. */
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "auth/auth.h"
#include "auth/password.h"
#include "auth/throttle.h"

#define NOW 1000000
#define SECRET "0123456789abcdef0123456789abcdef"

static char folder[40];

static struct hl_str str(const char *text)
{
	return (struct hl_str){text, strlen(text)};
}

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/hotline-auth-XXXXXX");
	return mkdtemp(folder) && sodium_init() >= 0 ? 0 : -1;
}

static char *keys_path(void)
{
	static char path[60];

	snprintf(path, sizeof(path), "%s/keys", folder);
	return path;
}

static int teardown(void **state)
{
	(void)state;
	unlink(keys_path());
	return rmdir(folder);
}

static struct hl_auth *open_auth(const struct hl_auth_config *config)
{
	struct hl_auth *auth = NULL;
	char err[200];

	if (hl_auth_new(&auth, folder, config, err, sizeof(err)) != HL_OK)
		fail_msg("%s", err);
	return auth;
}

/* ------------------------------------------------------------------ ids, keys, resume */

static void test_resume_is_constant_and_ours(void **state)
{
	char made[HL_HOST_RESUME_MAX], again[HL_HOST_RESUME_MAX], id[HL_HOST_ID_MAX];
	struct hl_auth *auth = open_auth(NULL);
	size_t id_len = hl_auth_new_id(auth, id), len, len2;
	struct hl_str conv = {id, id_len}, back;
	uint8_t digest[16], digest2[16];

	(void)state;
	len = hl_auth_resume_make(auth, made, conv);
	assert_true(len > 0);
	assert_true(hl_auth_resume_open(auth, &back, (struct hl_str){made, len}));
	assert_int_equal(back.len, id_len);
	assert_memory_equal(back.ptr, id, id_len);
	for (size_t i = 0; i < len; i++) { /* no byte of it may change */
		made[i] ^= 1;
		assert_false(hl_auth_resume_open(auth, &back, (struct hl_str){made, len}));
		made[i] ^= 1;
		assert_false(hl_auth_resume_open(auth, &back, (struct hl_str){made, i}));
	}
	hl_auth_digest(auth, digest, str("send|hello"));
	hl_auth_free(auth);
	auth = open_auth(NULL); /* the keys are kept */
	len2 = hl_auth_resume_make(auth, again, conv);
	assert_int_equal(len, len2);
	assert_memory_equal(made, again, len);
	hl_auth_digest(auth, digest2, str("send|hello"));
	assert_memory_equal(digest, digest2, 16);
	hl_auth_digest(auth, digest2, str("send|hello!"));
	assert_memory_not_equal(digest, digest2, 16);
	hl_auth_free(auth);
	unlink(keys_path());
	auth = open_auth(NULL); /* others are others' */
	assert_false(hl_auth_resume_open(auth, &back, (struct hl_str){made, len}));
	hl_auth_free(auth);
}

static void test_ids_and_tokens_are_fresh(void **state)
{
	static const char id_chars[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	struct hl_auth *auth = open_auth(NULL);
	char id[HL_HOST_ID_MAX], token[HL_HOST_TOKEN_MAX], other[HL_HOST_TOKEN_MAX];
	uint8_t hash[32], hash2[32];

	(void)state;
	for (int i = 0; i < 100; i++) {
		size_t n = hl_auth_new_id(auth, id);

		assert_int_equal(n, 22);
		for (size_t k = 0; k < n; k++)
			assert_non_null(memchr(id_chars, id[k], 62));
	}
	assert_int_equal(hl_auth_new_token(auth, token), 43);
	assert_int_equal(hl_auth_new_token(auth, other), 43);
	assert_memory_not_equal(token, other, 43);
	hl_auth_token_hash(auth, hash, (struct hl_str){token, 43});
	hl_auth_token_hash(auth, hash2, (struct hl_str){other, 43});
	assert_memory_not_equal(hash, hash2, 32);
	hl_auth_free(auth);
}

static void test_keys_others_can_read_are_refused(void **state)
{
	struct hl_auth *auth = open_auth(NULL);
	struct stat st;
	char err[200];

	(void)state;
	hl_auth_free(auth);
	assert_int_equal(stat(keys_path(), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	chmod(keys_path(), 0640);
	assert_int_equal(hl_auth_new(&auth, folder, NULL, err, sizeof(err)), HL_REFUSED);
	assert_non_null(strstr(err, "keys: may be read by others"));
	chmod(keys_path(), 0600);
	assert_int_equal(truncate(keys_path(), 71), 0);
	assert_int_equal(hl_auth_new(&auth, folder, NULL, err, sizeof(err)), HL_REFUSED);
	assert_non_null(strstr(err, "keys: is not a file of keys"));
}

/* ------------------------------------------------------------------ customers' tokens */

static void encode(char *out, const void *bytes, size_t n)
{
	sodium_bin2base64(out,
			  sodium_base64_encoded_len(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
			  bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static void sign_hs256(char *token, const char *header, const char *claims, const char *secret)
{
	unsigned char mac[32];
	crypto_auth_hmacsha256_state hmac;

	encode(token, header, strlen(header));
	strcat(token, ".");
	encode(token + strlen(token), claims, strlen(claims));
	crypto_auth_hmacsha256_init(&hmac, (const unsigned char *)secret, strlen(secret));
	crypto_auth_hmacsha256_update(&hmac, (const unsigned char *)token, strlen(token));
	crypto_auth_hmacsha256_final(&hmac, mac);
	strcat(token, ".");
	encode(token + strlen(token), mac, 32);
}

#define HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define GOOD "\"sub\":\"u42\",\"aud\":\"hotline\",\"exp\":1000300"

static void test_customers_tokens(void **state)
{
	static const struct {
		const char *header, *claims, *secret;
		bool good;
	} rows[] = {
		{HEADER, "{" GOOD "}", SECRET, true},
		{"{\"alg\":\"HS256\"}", "{" GOOD ",\"nbf\":1000000}", SECRET, true},
		{HEADER, "{\"sub\":\"u42\",\"aud\":[\"x\",\"hotline\"],\"exp\":1e9}", SECRET, true},
		{HEADER, "{" GOOD "}", "another secret of 32 bytes .....", false},
		{"{\"alg\":\"none\"}", "{" GOOD "}", SECRET, false},
		{"{\"alg\":\"HS384\"}", "{" GOOD "}", SECRET, false},
		{"{\"alg\":\"EdDSA\"}", "{" GOOD "}", SECRET, false},
		{"{\"alg\":[\"HS256\"]}", "{" GOOD "}", SECRET, false},
		{"{\"alg\":\"HS256\",\"alg\":\"HS256\"}", "{" GOOD "}", SECRET, false},
		{"{\"alg\":\"HS256\",\"crit\":[\"exp\"]}", "{" GOOD "}", SECRET, false},
		{"{\"alg\":\"HS256\",\"typ\":\"secevent\"}", "{" GOOD "}", SECRET, false},
		{"[]", "{" GOOD "}", SECRET, false},
		{HEADER, "{\"sub\":\"u42\",\"aud\":\"hotline\",\"exp\":1000000}", SECRET, false},
		{HEADER, "{\"sub\":\"u42\",\"aud\":\"hotline\",\"exp\":\"1000300\"}", SECRET,
		 false},
		{HEADER, "{\"sub\":\"u42\",\"aud\":\"hotline\"}", SECRET, false},
		{HEADER, "{\"sub\":\"u42\",\"aud\":\"other\",\"exp\":1000300}", SECRET, false},
		{HEADER, "{\"sub\":\"u42\",\"exp\":1000300}", SECRET, false},
		{HEADER, "{" GOOD ",\"nbf\":1000001}", SECRET, false},
		{HEADER, "{\"sub\":42,\"aud\":\"hotline\",\"exp\":1000300}", SECRET, false},
		{HEADER, "{\"sub\":\"\",\"aud\":\"hotline\",\"exp\":1000300}", SECRET, false},
		{HEADER, "{\"aud\":\"hotline\",\"exp\":1000300}", SECRET, false},
		{HEADER, "{" GOOD ",\"sub\":\"u43\"}", SECRET, false},
		{HEADER, "[\"" SECRET "\"]", SECRET, false},
		{HEADER, "", SECRET, false},
	};
	struct hl_auth_key key = {HL_AUTH_HS256, str(SECRET)};
	struct hl_auth *auth = open_auth(&(struct hl_auth_config){&key, 1, HL_STR("hotline")});
	struct hl_host_claims claims;
	char token[12000];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		sign_hs256(token, rows[i].header, rows[i].claims, rows[i].secret);
		if (hl_auth_customer_at(auth, &claims, str(token), NOW) != rows[i].good)
			fail_msg("row %zu", i);
		if (rows[i].good)
			assert_memory_equal(claims.user.ptr, "u42", 4);
	}
	hl_auth_free(auth);
}

static void test_no_byte_of_a_token_may_change(void **state)
{
	struct hl_auth_key key = {HL_AUTH_HS256, str(SECRET)};
	struct hl_auth *auth = open_auth(&(struct hl_auth_config){&key, 1, HL_STR("hotline")});
	struct hl_host_claims claims;
	char token[3000], big[6000];
	size_t len;

	(void)state;
	sign_hs256(token, HEADER,
		   "{" GOOD ",\"name\":\"Anna\",\"user\":{\"level\":\"vip\",\"age\":7,\"ok\":true,"
		   "\"x\":{},\"y\":null}}",
		   SECRET);
	len = strlen(token);
	assert_true(hl_auth_customer_at(auth, &claims, str(token), NOW));
	assert_memory_equal(claims.name.ptr, "Anna", 4);
	assert_int_equal(claims.n_attrs, 3);
	assert_memory_equal(claims.attrs[0].name.ptr, "level", 5);
	assert_memory_equal(claims.attrs[0].value.ptr, "vip", 3);
	assert_memory_equal(claims.attrs[1].value.ptr, "7", 1);
	assert_memory_equal(claims.attrs[2].value.ptr, "true", 4);
	for (size_t i = 0; i < len; i++) {
		char was = token[i];

		token[i] = was == 'A' ? 'B' : 'A';
		assert_false(hl_auth_customer_at(auth, &claims, str(token), NOW));
		token[i] = was;
		assert_false(hl_auth_customer_at(auth, &claims, (struct hl_str){token, i}, NOW));
	}
	strcat(token, "=");
	assert_false(hl_auth_customer_at(auth, &claims, str(token), NOW));
	memset(big, 'A', sizeof(big));
	assert_false(hl_auth_customer_at(auth, &claims, (struct hl_str){big, sizeof(big)}, NOW));
	hl_auth_free(auth);
}

static void test_ed25519_tokens(void **state)
{
	unsigned char pk[crypto_sign_PUBLICKEYBYTES], sk[crypto_sign_SECRETKEYBYTES], sig[64];
	struct hl_host_claims claims;
	struct hl_auth_key keys[2];
	struct hl_auth *auth;
	char token[3000], confused[3000];

	(void)state;
	crypto_sign_keypair(pk, sk);
	keys[0] = (struct hl_auth_key){HL_AUTH_HS256, str(SECRET)};
	keys[1] = (struct hl_auth_key){HL_AUTH_EDDSA, {(const char *)pk, sizeof(pk)}};
	auth = open_auth(&(struct hl_auth_config){keys, 2, HL_STR("hotline")});
	encode(token, "{\"alg\":\"EdDSA\"}", 15);
	strcat(token, ".");
	encode(token + strlen(token), "{" GOOD "}", strlen("{" GOOD "}"));
	crypto_sign_detached(sig, NULL, (unsigned char *)token, strlen(token), sk);
	strcat(token, ".");
	encode(token + strlen(token), sig, 64);
	assert_true(hl_auth_customer_at(auth, &claims, str(token), NOW));
	token[strlen(token) - 10] ^= 1;
	assert_false(hl_auth_customer_at(auth, &claims, str(token), NOW));
	memcpy(confused, pk, 32); /* the public key as an HMAC secret */
	confused[32] = '\0';
	if (strlen(confused) == 32) {
		sign_hs256(token, HEADER, "{" GOOD "}", confused);
		assert_false(hl_auth_customer_at(auth, &claims, str(token), NOW));
	}
	hl_auth_free(auth);
}

static void test_without_keys_every_token_is_refused(void **state)
{
	struct hl_auth *auth = open_auth(NULL);
	struct hl_host_claims claims;
	struct hl_host_auth host;
	char token[3000], err[200];
	struct hl_auth_key shorty = {HL_AUTH_HS256, HL_STR("short")};

	(void)state;
	sign_hs256(token, HEADER, "{" GOOD "}", "");
	assert_false(hl_auth_customer_at(auth, &claims, str(token), NOW));
	hl_auth_host(&host, auth);
	assert_null(host.customer);
	hl_auth_free(auth);
	assert_int_equal(hl_auth_new(&auth, folder,
				     &(struct hl_auth_config){&shorty, 1, HL_STR("a")}, err,
				     sizeof(err)),
			 HL_REFUSED);
	assert_string_equal(err, "an HS256 key has at least 32 bytes");
}

/* ------------------------------------------------------------------ passwords */

struct checked {
	struct hl_password_done done;
	size_t n;
};

static void on_checked(void *arg, const struct hl_password_done *done)
{
	struct checked *checked = arg;

	checked->done = *done;
	checked->n++;
}

static enum hl_password_result verify(uv_loop_t *loop, struct hl_passwords *p, const char *account,
				      const char *hash, const char *password, int64_t now_ms)
{
	struct checked checked = {.n = 0};

	assert_true(hl_password_verify(p, str(account), HL_STR("10.0.0.1"), str(hash),
				       str(password), now_ms, on_checked, &checked));
	assert_int_equal(checked.n, 0);
	while (!checked.n)
		uv_run(loop, UV_RUN_ONCE);
	return checked.done.result;
}

static void test_passwords(void **state)
{
	char hash[HL_PASSWORD_HASH_MAX];
	struct hl_passwords *p;
	uv_loop_t loop;

	(void)state;
	uv_loop_init(&loop);
	assert_int_equal(hl_passwords_new(&p, &loop), HL_OK);
	assert_int_equal(hl_password_hash(hash, HL_STR("correct horse battery")), HL_OK);
	assert_non_null(strstr(hash, "$argon2id$v=19$m=65536,t=2,p=1$"));
	assert_int_equal(verify(&loop, p, "mei", hash, "correct horse battery", 0), HL_PASSWORD_OK);
	for (int i = 0; i < 5; i++)
		assert_int_equal(verify(&loop, p, "mei", hash, "wrong", i), HL_PASSWORD_WRONG);
	assert_int_equal(verify(&loop, p, "mei", hash, "correct horse battery", 10),
			 HL_PASSWORD_LATER);
	assert_int_equal(verify(&loop, p, "ann", hash, "correct horse battery", 10),
			 HL_PASSWORD_OK);
	assert_int_equal(verify(&loop, p, "mei", hash, "correct horse battery", 1100),
			 HL_PASSWORD_OK);
	assert_int_equal(verify(&loop, p, "mei", hash, "wrong", 1200), HL_PASSWORD_WRONG);
	hl_passwords_free(p);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void test_an_unknown_account_takes_as_long(void **state)
{
	char hash[HL_PASSWORD_HASH_MAX];
	uint64_t best[2] = {UINT64_MAX, UINT64_MAX};
	struct hl_passwords *p;
	uv_loop_t loop;

	(void)state;
	uv_loop_init(&loop);
	assert_int_equal(hl_passwords_new(&p, &loop), HL_OK);
	assert_int_equal(hl_password_hash(hash, HL_STR("correct horse battery")), HL_OK);
	for (int i = 0; i < 8; i++) {
		const char *account = i % 2 ? "a" : "b";
		uint64_t t0 = uv_hrtime(), took;

		assert_int_equal(verify(&loop, p, account, i % 2 ? "" : hash, "wrong", 0),
				 HL_PASSWORD_WRONG);
		took = uv_hrtime() - t0;
		if (took < best[i % 2])
			best[i % 2] = took;
	}
	assert_true(best[1] > best[0] / 3 && best[1] < best[0] * 3);
	hl_passwords_free(p);
	uv_loop_close(&loop);
}

static void test_many_guesses_wait_two_at_work(void **state)
{
	struct checked checked = {.n = 0};
	char account[8], hash[HL_PASSWORD_HASH_MAX];
	struct hl_passwords *p;
	size_t taken = 0;
	uv_loop_t loop;

	(void)state;
	uv_loop_init(&loop);
	assert_int_equal(hl_passwords_new(&p, &loop), HL_OK);
	assert_int_equal(crypto_pwhash_str(hash, "x", 1, 1, 8192), 0); /* a cheap one */
	for (int i = 0; i < 60; i++) {
		snprintf(account, sizeof(account), "%d", i);
		taken += hl_password_verify(p, str(account), HL_NONE, str(hash), HL_STR("x"), 0,
					    on_checked, &checked);
	}
	assert_int_equal(taken, 34); /* 2 at work, 32 waiting */
	assert_int_equal(hl_passwords_owed(p), 34);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(checked.n, taken);
	assert_int_equal(checked.done.result, HL_PASSWORD_OK);
	hl_passwords_free(p);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void test_what_a_password_may_be(void **state)
{
	static const struct {
		const char *password;
		bool fit;
	} rows[] = {
		{"twelve chars", true},
		{"eleven char", false},
		{"", false},
		{"\xe5\xaf\x86\xe7\xa0\x81 twelve ch", true},
		{"two\nlines of it", false},
		{"bad utf-8 \xff\xfe here", false},
		{"overlong \xc0\xaf ....", false},
	};
	char long_one[1100];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(hl_password_unfit(str(rows[i].password)) == NULL, rows[i].fit);
	memset(long_one, 'a', sizeof(long_one));
	assert_null(hl_password_unfit((struct hl_str){long_one, 1024}));
	assert_non_null(hl_password_unfit((struct hl_str){long_one, 1025}));
}

static void test_the_brake_grows_and_lets_go(void **state)
{
	static struct hl_throttle t;
	const uint8_t key[16] = {1}, other[16] = {2};
	int64_t now = 1000, last = 0;

	(void)state;
	for (int i = 0; i < 4; i++)
		hl_throttle_note(&t, key, false, now);
	assert_int_equal(hl_throttle_wait(&t, key, now), 0);
	for (int i = 0; i < 12; i++) {
		int64_t wait;

		hl_throttle_note(&t, key, false, now);
		wait = hl_throttle_wait(&t, key, now);
		assert_true(wait >= last && wait >= 1000 && wait <= HL_THROTTLE_DELAY_MAX_MS);
		last = wait;
		now += wait;
		assert_int_equal(hl_throttle_wait(&t, key, now), 0);
	}
	assert_int_equal(last, HL_THROTTLE_DELAY_MAX_MS);
	assert_int_equal(hl_throttle_wait(&t, other, now), 0);
	hl_throttle_note(&t, key, true, now);
	assert_int_equal(hl_throttle_wait(&t, key, now), 0);
	for (int i = 0; i < 5; i++)
		hl_throttle_note(&t, key, false, now);
	assert_int_equal(hl_throttle_wait(&t, key, now + HL_THROTTLE_WINDOW_MS), 0);
	for (unsigned i = 0; i < 5000; i++) { /* a flood pushes out the oldest, no more */
		uint8_t flood[16] = {3, (uint8_t)i, (uint8_t)(i >> 8)};

		hl_throttle_note(&t, flood, false, now + 1 + (int64_t)i);
	}
	assert_int_equal(hl_throttle_wait(&t, key, now + 6000), 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(test_resume_is_constant_and_ours),
		CASE(test_ids_and_tokens_are_fresh),
		CASE(test_keys_others_can_read_are_refused),
		CASE(test_customers_tokens),
		CASE(test_no_byte_of_a_token_may_change),
		CASE(test_ed25519_tokens),
		CASE(test_without_keys_every_token_is_refused),
		cmocka_unit_test(test_passwords),
		cmocka_unit_test(test_an_unknown_account_takes_as_long),
		cmocka_unit_test(test_many_guesses_wait_two_at_work),
		cmocka_unit_test(test_what_a_password_may_be),
		cmocka_unit_test(test_the_brake_grows_and_lets_go),
	};
#undef CASE
	return cmocka_run_group_tests(tests, NULL, NULL);
}
