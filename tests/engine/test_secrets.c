/* What is redacted, what stays, and what two messages make together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "secrets/finder.h"
#include "secrets/secrets.h"

#include "secrets/bip39_table.h"
#include "secrets/marks_table.h"

#define LINE_MAX_BYTES 4096
#define MESSAGES_MAX (HL_SECRETS_RECENT_MAX + 1)

static struct hl_str without(struct hl_arena *arena, const char *text, size_t len)
{
	struct hl_buf buf;
	hl_buf_init(&buf, arena);
	for (size_t i = 0; i < len; i++) {
		if (i + 2 < len && memcmp(text + i, "⏎", 3) == 0) {
			hl_buf_char(&buf, '\n');
			i += 2;
		} else if (i + 2 < len && memcmp(text + i, "‸", 3) == 0) {
			i += 2;
		} else {
			hl_buf_char(&buf, text[i]);
		}
	}
	hl_buf_char(&buf, '\0');
	return (struct hl_str){buf.ptr, buf.len - 1};
}

/* The messages of a cell. */
static size_t messages_of(struct hl_str *out, struct hl_arena *arena, const char *cell)
{
	size_t n = 0;
	for (const char *next = cell; next != NULL; cell = next + strlen(" ¦ ")) {
		next = strstr(cell, " ¦ ");
		assert_true(n < MESSAGES_MAX);
		out[n++] =
			without(arena, cell, next == NULL ? strlen(cell) : (size_t)(next - cell));
		if (next == NULL)
			break;
	}
	return n;
}

static void check_stored(struct hl_arena *arena, struct hl_str text, const struct hl_redacted *v,
			 size_t n, struct hl_str wanted)
{
	struct hl_str stored;
	assert_int_equal(hl_secrets_stored(&stored, arena, text, v, n), HL_OK);
	assert_string_equal(hl_arena_dup(arena, stored).ptr, wanted.ptr);
}

/* One line of the table: `text`, a tab, what may be stored. */
static void test_line(void **state)
{
	char line[LINE_MAX_BYTES];
	struct hl_arena arena = {0};
	struct hl_str said[MESSAGES_MAX], stored[MESSAGES_MAX];
	struct hl_utterance u;
	struct hl_secrets found;
	strcpy(line, *state);
	char *tab = strchr(line, '\t');
	assert_non_null(tab);
	*tab = '\0';
	size_t n = messages_of(said, &arena, line);
	if (strcmp(tab + 1, "=") == 0)
		memcpy(stored, said, sizeof stored);
	else
		assert_int_equal(messages_of(stored, &arena, tab + 1), n);
	struct hl_secrets_recent recent[MESSAGES_MAX];
	for (size_t i = 0; i + 1 < n; i++) {
		assert_int_equal(hl_utterance_read(&u, &arena, said[i], NULL, 0), HL_OK);
		assert_int_equal(hl_secrets_find(&found, &arena, &u, NULL, NULL, 0), HL_OK);
		recent[i] = (struct hl_secrets_recent){said[i], found.n == 0};
	}
	assert_int_equal(hl_utterance_read(&u, &arena, said[n - 1], NULL, 0), HL_OK);
	assert_int_equal(hl_secrets_find(&found, &arena, &u, NULL, recent, n - 1), HL_OK);
	check_stored(&arena, said[n - 1], found.v, found.n, stored[n - 1]);
	bool wallet = strstr(stored[n - 1].ptr, "[seed]") != NULL ||
		      strstr(stored[n - 1].ptr, "[key]") != NULL;
	assert_int_equal(found.wallet, wallet);
	for (size_t i = 0; i + 1 < n; i++) {
		if (found.n_earlier == 0) { /* nothing changed: as they were stored by themselves */
			assert_int_equal(hl_utterance_read(&u, &arena, said[i], NULL, 0), HL_OK);
			assert_int_equal(hl_secrets_find(&found, &arena, &u, NULL, NULL, 0), HL_OK);
			check_stored(&arena, said[i], found.v, found.n, stored[i]);
			continue;
		}
		check_stored(&arena, said[i], found.earlier[i].v, found.earlier[i].n, stored[i]);
	}
	hl_arena_deinit(&arena);
}

#define SEED12                                                                                     \
	"abandon ability able about above absent absorb abstract absurd abuse access accident"
#define HEX64 "0c28fca386c7a227600b2fe50b7cae11ec86d3bf1fbe471be89827e19d72aa1d"
static void test_seed_in_two_messages(void **state)
{
	(void)state;
	struct hl_arena arena = {0};
	const struct hl_secrets_recent recent[] = {
		{HL_STR("hello"), true},
		{HL_STR("it is abandon ability able about above absent"), true}};
	struct hl_str text = HL_STR("absorb abstract absurd abuse access accident"), stored;
	struct hl_utterance u;
	struct hl_secrets found;
	assert_int_equal(hl_utterance_read(&u, &arena, text, NULL, 0), HL_OK);
	assert_int_equal(hl_secrets_find(&found, &arena, &u, NULL, NULL, 0), HL_OK);
	assert_int_equal(found.n, 0);
	assert_int_equal(hl_secrets_find(&found, &arena, &u, NULL, recent, 2), HL_OK);
	assert_true(found.wallet);
	assert_int_equal(found.n_earlier, 2);
	assert_false(found.earlier[0].changed);
	assert_true(found.earlier[1].changed);
	assert_int_equal(hl_secrets_stored(&stored, &arena, text, found.v, found.n), HL_OK);
	assert_true(hl_str_eq(stored, HL_STR("[seed]")));
	assert_int_equal(hl_secrets_stored(&stored, &arena, recent[1].text, found.earlier[1].v,
					   found.earlier[1].n),
			 HL_OK);
	assert_true(hl_str_eq(stored, HL_STR("it is [seed]")));

	/* what was found when it came is no change */
	const struct hl_secrets_recent card[] = {{HL_STR("4111111111111111"), false}};
	assert_int_equal(hl_secrets_find(&found, &arena, &u, NULL, card, 1), HL_OK);
	assert_false(found.earlier[0].changed);
	assert_int_equal(found.earlier[0].n, 1);
	hl_arena_deinit(&arena);
}

/* What the app tells of the page and of what failed. */
static void test_values_beside(void **state)
{
	static const struct {
		const char *told, *stored;
	} cases[] = {
		{"https://shop.example/pay?step=2&order=20241122123456", NULL},
		{"https://shop.example/pay?mail=jo%40example.com&step=2",
		 "https://shop.example/pay?mail=[email]&step=2"},
		{"https://shop.example/?mail=jo@example.com", "https://shop.example/?mail=[email]"},
		{"https://shop.example/login?user=jo&password=hunter22x#top",
		 "https://shop.example/login?user=jo&password=[password]#top"},
		{"https://chain.example/tx/0x" HEX64, NULL},
		{"/a%zz%4", NULL},
		{"50% of 4242424242424242", "50% of [card]"},
		{"Withdraw", NULL},
		{"", NULL},
	};
	(void)state;
	struct hl_arena arena = {0};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hl_str out;
		assert_int_equal(hl_secrets_clean(&out, &arena, hl_str_of(cases[i].told)), HL_OK);
		assert_string_equal(hl_arena_dup(&arena, out).ptr,
				    cases[i].stored != NULL ? cases[i].stored : cases[i].told);
	}
	hl_arena_deinit(&arena);
}

static void test_key_after_its_announcement(void **state)
{
	(void)state;
	struct hl_arena arena = {0};
	const struct hl_secrets_recent recent[] = {
		{HL_STR("i will send you my private key now"), true}};
	struct hl_utterance u;
	struct hl_secrets found;
	assert_int_equal(hl_utterance_read(&u, &arena, HL_STR(HEX64), NULL, 0), HL_OK);
	assert_int_equal(hl_secrets_find(&found, &arena, &u, NULL, recent, 1), HL_OK);
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

/* Bad bytes are stored as what they were read as. */
static void test_bad_bytes(void **state)
{
	(void)state;
	struct hl_arena arena = {0};
	struct hl_utterance u;
	struct hl_secrets found;
	struct hl_str text = HL_STR("\xff 4111111111111111");
	assert_int_equal(hl_utterance_read(&u, &arena, text, NULL, 0), HL_OK);
	assert_int_equal(hl_secrets_find(&found, &arena, &u, NULL, NULL, 0), HL_OK);
	check_stored(&arena, text, found.v, found.n, HL_STR("\xef\xbf\xbd [card]"));
	hl_arena_deinit(&arena);
}

/* What a pack may have masked is; the rest is redacted all the same. */
static void test_masked(void **state)
{
	(void)state;
	static const struct hl_masked all = {true, true, true, true, true, true};
	static const struct {
		const char *text, *stored;
	} cases[] = {
		{"mail jo.doe@acme.com now", "mail j***@acme.com now"},
		{"ｊｏ＠ａｃｍｅ．ｃｏｍ", "ｊ***＠ａｃｍｅ．ｃｏｍ"},
		{"\xc3\xbcmit@acme.com", "\xc3\xbc***@acme.com"},
		{"call +44 20 7946 0958", "call ***0958"},
		{"(415) 555-2671", "***2671"},
		{"4000 0566 5566 5556 is my card", "***5556 is my card"},
		{"my card 4111-1111-1111-11 11", "my card ***1111"},
		{"passport E12345678", "passport ***78"},
		{"身份证11010519491231002X", "身份证***002X"},
		{"DE89 3704 0044 0532 0130 00", "***3000"},
		{"my password is hunter2, mail a@b.co",
		 "my password is [password], mail a***@b.co"},
		{"code 483920", "code [code]"},
	};
	struct hl_arena arena = {0};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hl_str text = hl_str_of(cases[i].text), stored;
		struct hl_utterance u;
		struct hl_secrets found;
		assert_int_equal(hl_utterance_read(&u, &arena, text, NULL, 0), HL_OK);
		assert_int_equal(hl_secrets_find(&found, &arena, &u, &all, NULL, 0), HL_OK);
		check_stored(&arena, text, found.v, found.n, hl_str_of(cases[i].stored));
		/* what is left of it is no find any more */
		assert_int_equal(hl_secrets_stored(&stored, &arena, text, found.v, found.n), HL_OK);
		assert_int_equal(hl_utterance_read(&u, &arena, stored, NULL, 0), HL_OK);
		assert_int_equal(hl_secrets_find(&found, &arena, &u, &all, NULL, 0), HL_OK);
		assert_int_equal(found.n, 0);
	}
	hl_arena_deinit(&arena);
}

/* ------------------------------------------------------------------ the finders' gates */

static uint32_t draw(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

/* Every finder on every message, whatever was seen in it before. */
static void find_all(bool *covered, struct hl_arena *arena, const struct hl_utterance *u)
{
	struct hl_finder f = {.arena = arena, .u = u};
	hl_marks_find(&f);
	f.digits = f.listed = UINT32_MAX;
	hl_find_seeds(&f);
	hl_find_numbers(&f);
	hl_find_keys(&f);
	hl_find_stated(&f);
	hl_find_emails(&f);
	for (size_t i = 0; i < f.n_spans; i++) {
		struct hl_span at = hl_normal_span(&u->normal, f.spans[i].start, f.spans[i].end);
		memset(covered + at.start, true, at.end - at.start);
	}
}

/* Messages put together from pieces that matter: nothing is missed for being looked at closely only
   where it may matter. */
static void test_gates_change_nothing(void **state)
{
	(void)state;
	static const char *const pieces[] = {"code ",
					     "is ",
					     "my ",
					     "483920",
					     "password",
					     ": ",
					     "hunter2",
					     "4111 1111 ",
					     "1111 1111",
					     "1111111111111111",
					     "a@b.co",
					     "@",
					     "+44 ",
					     "20 7946 0958",
					     "138",
					     "00138000",
					     "私钥",
					     "验证码",
					     "是",
					     "\n",
					     " ",
					     ",",
					     "-",
					     "xprv",
					     "0c28fca386c7a2",
					     "27600b2fe50b7cae11ec86d3bf1fbe471be89827e19d72aa1d",
					     "DE89 3704 0044 0532 0130 00",
					     "-----BEGIN ",
					     "EC PRIVATE KEY-----",
					     "vivid mango turtle coral ",
					     "jungle plate oxygen tumble ",
					     "rival hockey lunar wasp ",
					     "E12345678",
					     "passport ",
					     "sk-abcdEFGH12",
					     "34ijklMNOP5678",
					     "secret ",
					     "１２３４",
					     "the order ",
					     "12,255,0,7,",
					     "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,",
					     "otpauth://",
					     "mail ",
					     "x"};
	uint64_t seed = 9;
	struct hl_arena arena = {0};
	for (int round = 0; round < 30000; round++) {
		char text[1024] = "";
		bool wanted[sizeof text] = {false}, got[sizeof text] = {false};
		for (size_t n = draw(&seed) % 14; n > 0; n--)
			strcat(text, pieces[draw(&seed) % (sizeof pieces / sizeof *pieces)]);
		struct hl_utterance u;
		struct hl_secrets found;
		hl_arena_reset(&arena);
		assert_int_equal(hl_utterance_read(&u, &arena, hl_str_of(text), NULL, 0), HL_OK);
		find_all(wanted, &arena, &u);
		assert_int_equal(hl_secrets_find(&found, &arena, &u, NULL, NULL, 0), HL_OK);
		for (size_t i = 0; i < found.n; i++)
			memset(got + found.v[i].span.start, true,
			       found.v[i].span.end - found.v[i].span.start);
		/* more may be found: the same bytes a second time */
		for (size_t i = 0; i < sizeof got; i++)
			if (wanted[i] && !got[i])
				fail_msg("missed at byte %zu: %s", i, text);
	}
	hl_arena_deinit(&arena);
}

/* What the tables hold the hints tell of: one table made anew and the other not would hide words.
 */
static void test_hints(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bip39_words / sizeof *bip39_words; i++) {
		char word[9] = {0};
		for (size_t k = 0; k < 8; k++)
			word[k] = (char)(bip39_words[i] >> 8 * k & 0xff);
		bool everyday = hl_seed_is_everyday((struct hl_str){word, strlen(word)});
		if (bip39_words[i] != 0)
			assert_true(hl_word_hint(bip39_words[i]) >=
				    (everyday ? HL_HINT_LISTED : HL_HINT_RARE));
		if (bip39_starts[i] != 0)
			assert_true(hl_word_hint(bip39_starts[i]) >= HL_HINT_LISTED);
	}
	for (size_t i = 0; i < sizeof mark_slots / sizeof *mark_slots; i++)
		if (mark_slots[i].n != 0) {
			assert_int_equal(hl_word_hint(mark_slots[i].key), HL_HINT_MARK);
			assert_true((size_t)mark_slots[i].first + mark_slots[i].n <=
				    sizeof announced / sizeof *announced);
		}
}

#define TESTS_MAX 1024

/* Every line of the table is a test of its own, named by its text. */
static size_t read_table(struct CMUnitTest *tests, size_t max)
{
	static char lines[TESTS_MAX][LINE_MAX_BYTES];
	char path[LINE_MAX_BYTES];
	const char *folder = getenv("HOTLINE_TEST_FOLDER");
	size_t n = 0;
	snprintf(path, sizeof path, "%s/secrets.tsv", folder != NULL ? folder : "tests/engine");
	FILE *table = fopen(path, "r");
	if (table == NULL) {
		perror(path);
		exit(1);
	}
	while (n < max && fgets(lines[n], sizeof lines[n], table) != NULL) {
		lines[n][strcspn(lines[n], "\n")] = '\0';
		if (lines[n][0] == '#' || lines[n][0] == '\0')
			continue;
		tests[n] = (struct CMUnitTest){
			.name = lines[n], .test_func = test_line, .initial_state = lines[n]};
		n++;
	}
	fclose(table);
	return n;
}

int main(void)
{
	static struct CMUnitTest tests[TESTS_MAX] = {
		cmocka_unit_test(test_seed_in_two_messages),
		cmocka_unit_test(test_values_beside),
		cmocka_unit_test(test_key_after_its_announcement),
		cmocka_unit_test(test_sha256),
		cmocka_unit_test(test_bad_bytes),
		cmocka_unit_test(test_gates_change_nothing),
		cmocka_unit_test(test_masked),
		cmocka_unit_test(test_hints),
	};
	size_t n = 8;
	n += read_table(tests + n, TESTS_MAX - n);
	return _cmocka_run_group_tests("secrets", tests, n, NULL, NULL);
}
