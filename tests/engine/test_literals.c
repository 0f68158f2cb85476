/* Which literals a text holds, and where, by the one pass, and by the words that tell theirs,
   against trying each at each place:
   letters, signs and Chinese, borders on either side, literals within others, long ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/scratch.h"
#include "classify/reading.h"
#include "draw.h"

#define LITERALS 120
#define TEXT_MAX 700
#define FOUND_MAX 60000

struct found {
	uint32_t atom, len, end;
};
struct result {
	struct found v[FOUND_MAX];
	size_t n;
};

static void keep(void *arg, uint32_t atom, uint32_t len, uint32_t end)
{
	struct result *result = arg;
	assert_true(result->n < FOUND_MAX);
	result->v[result->n++] = (struct found){atom, len, end};
}

static const char *const pieces[] = {"a",  "b", "a",  "ab", "B", "_",  "7",    "ba",
				     "aa", " ", "  ", "-",  "é", "网", "abba", "\x7f"};

/* Few letters, so that literals begin and end alike; `kinds` of the pieces above. */
static struct hl_str random_text(struct hl_arena *arena, unsigned n, unsigned kinds)
{
	struct hl_buf buf;
	hl_buf_init(&buf, arena);
	while (n--)
		hl_buf_cstr(&buf, pieces[draw(kinds)]);
	struct hl_str text = hl_buf_view(&buf);
	for (unsigned i = 0; i < 8; i++)
		hl_buf_char(&buf, 0);
	assert_false(buf.failed);
	return (struct hl_str){buf.ptr, text.len};
}

static bool is_word(struct hl_str text, size_t at)
{
	return at < text.len && text.ptr[at] &&
	       strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_",
		      text.ptr[at]) != NULL;
}

static bool slow_border(struct hl_str text, size_t at)
{
	return (at > 0 && is_word(text, at - 1)) != is_word(text, at);
}

static void slow_scan(struct result *out, const struct hl_literal *literals, size_t n,
		      struct hl_str text)
{
	for (size_t l = 0; l < n; l++)
		for (size_t at = 0; at + literals[l].text.len <= text.len; at++) {
			size_t end = at + literals[l].text.len;
			if (memcmp(text.ptr + at, literals[l].text.ptr, end - at) == 0 &&
			    (!(literals[l].borders & HL_BORDER_LEFT) || slow_border(text, at)) &&
			    (!(literals[l].borders & HL_BORDER_RIGHT) || slow_border(text, end)))
				keep(out, literals[l].atom, (uint32_t)(end - at), (uint32_t)end);
		}
}

static bool is_known(const struct hl_literal *literals, size_t n, struct hl_str text,
		     unsigned borders)
{
	for (size_t i = 0; i < n; i++)
		if (literals[i].borders == borders && hl_str_eq(literals[i].text, text))
			return true;
	return false;
}

static size_t random_literals(struct hl_literal *out, struct hl_arena *arena, unsigned kinds)
{
	size_t n = 0, most = draw(LITERALS) + 1;
	unsigned pieces_most = draw(12) ? 6 : 50;
	for (size_t i = 0; i < most; i++) {
		struct hl_str text = random_text(arena, 1 + draw(pieces_most), kinds);
		unsigned borders = draw(4);
		if (!is_known(out, n, text, borders)) {
			out[n] = (struct hl_literal){text, (uint32_t)n + 7, (uint8_t)borders};
			n++;
		}
	}
	return n;
}

static int by_place(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	if (x->atom != y->atom)
		return x->atom < y->atom ? -1 : 1;
	return (x->end > y->end) - (x->end < y->end);
}

/* Those of one literal come from left to right. */
static void check_order(const struct result *result)
{
	uint32_t last[LITERALS + 7] = {0};
	for (size_t i = 0; i < result->n; i++) {
		assert_true(result->v[i].end > last[result->v[i].atom]);
		last[result->v[i].atom] = result->v[i].end;
	}
}

static const uint64_t nothing_known[TEXT_MAX / 64 + 1];

static void compare(struct result *fast, struct result *slow, const struct hl_literals *set,
		    const struct hl_literal *literals, size_t n, struct hl_str text)
{
	/* so that a byte read too far is seen */
	char *exact = test_malloc(text.len + 8);
	memcpy(exact, text.ptr, text.len + 8);
	text.ptr = exact;
	fast->n = slow->n = 0;
	hl_literals_scan(set, text, nothing_known, keep, fast);
	slow_scan(slow, literals, n, text);
	check_order(fast);
	qsort(fast->v, fast->n, sizeof *fast->v, by_place);
	qsort(slow->v, slow->n, sizeof *slow->v, by_place);
	assert_int_equal(fast->n, slow->n);
	for (size_t i = 0; i < fast->n; i++) {
		assert_int_equal(fast->v[i].atom, slow->v[i].atom);
		assert_int_equal(fast->v[i].len, slow->v[i].len);
		assert_int_equal(fast->v[i].end, slow->v[i].end);
	}
	test_free(exact);
}

static void test_random(void **state)
{
	(void)state;
	struct hl_arena arena, work;
	struct hl_literal literals[LITERALS];
	struct result *fast = test_malloc(sizeof *fast), *slow = test_malloc(sizeof *slow);
	const char *rounds = getenv("HOTLINE_LITERAL_ROUNDS");
	unsigned long n_rounds = rounds ? strtoul(rounds, NULL, 10) : 300;
	hl_arena_init(&arena);
	hl_arena_init(&work);
	for (unsigned long round = 0; round < n_rounds; round++) {
		struct hl_literals set;
		unsigned kinds = draw(3) ? 16 : 3 + draw(13);
		size_t n = random_literals(literals, &arena, kinds);
		assert_int_equal(hl_literals_build(&set, &arena, &work, literals, n), HL_OK);
		for (int text = 0; text < 20; text++)
			compare(fast, slow, &set, literals, n,
				random_text(&arena, draw(draw(10) ? 20 : 150), kinds));
		hl_arena_reset(&arena);
		hl_arena_reset(&work);
	}
	hl_arena_deinit(&work);
	hl_arena_deinit(&arena);
	test_free(slow);
	test_free(fast);
}

static void test_none(void **state)
{
	(void)state;
	struct hl_arena arena = {.head = NULL};
	struct hl_literals set;
	struct result *none = test_calloc(1, sizeof *none);
	assert_int_equal(hl_literals_build(&set, &arena, &arena, NULL, 0), HL_OK);
	hl_literals_scan(&set, (struct hl_str){"abc\0\0\0\0\0\0\0", 3}, nothing_known, keep, none);
	assert_int_equal(none->n, 0);
	test_free(none);
	hl_arena_deinit(&arena);
}

/* Each byte as a neighbour, at each place of a block of 64. */
static void test_each_byte(void **state)
{
	(void)state;
	struct hl_arena arena = {.head = NULL};
	struct hl_literal literals[] = {{HL_STR("w"), 7, HL_BORDER_LEFT | HL_BORDER_RIGHT},
					{HL_STR("w"), 8, HL_BORDER_LEFT},
					{HL_STR("w"), 9, HL_BORDER_RIGHT},
					{HL_STR("w"), 10, 0}};
	struct hl_literals set;
	struct result *fast = test_malloc(sizeof *fast), *slow = test_malloc(sizeof *slow);
	assert_int_equal(hl_literals_build(&set, &arena, &arena, literals, 4), HL_OK);
	for (unsigned byte = 1; byte < 256; byte++)
		for (size_t at = 60; at < 70; at++) {
			char text[90] = {0};
			memset(text, ' ', 80);
			text[at] = 'w';
			text[at + 1] = text[at - 1] = (char)byte;
			compare(fast, slow, &set, literals, 4, (struct hl_str){text, 71});
			text[at + 1] = ' ';
			compare(fast, slow, &set, literals, 4, (struct hl_str){text, at + 1});
		}
	test_free(slow);
	test_free(fast);
	hl_arena_deinit(&arena);
}

/* Words of few letters, with beginnings and slips of some, and the literals: all as one set. */
static void random_set(struct hl_ruleset *set, struct hl_literal *literals, size_t n,
		       struct hl_arena *arena, struct hl_arena *work)
{
	static const char *const letters[] = {"a", "b", "ab", "ba", "aa", "7", "_", "abba"};
	hl_vocab_init(&set->vocab, arena);
	for (size_t i = 0; i < n; i++) {
		literals[i].atom =
			hl_vocab_literal(&set->vocab, literals[i].text, literals[i].borders);
		assert_int_not_equal(literals[i].atom, HL_NO_ATOM);
	}
	for (unsigned i = draw(120); i; i--) {
		struct hl_buf word;
		hl_buf_init(&word, work);
		for (unsigned l = 1 + draw(draw(10) ? 4 : 20); l; l--)
			hl_buf_cstr(&word, letters[draw(8)]);
		struct hl_str text = hl_buf_view(&word);
		assert_int_not_equal(hl_vocab_word(&set->vocab, text), HL_NO_ATOM);
		if (text.len > 3 && !draw(4))
			assert_int_not_equal(hl_vocab_prefix(&set->vocab, text), HL_NO_ATOM);
	}
	assert_int_equal(hl_literals_build(&set->literals, arena, work, literals, n), HL_OK);
	assert_int_equal(hl_vocab_freeze(&set->vocab, work, &set->literals), HL_OK);
}

/* Gives how many places a word told. */
static size_t compare_reading(struct hl_scratch *scratch, const struct hl_ruleset *set,
			      struct result *slow, const struct hl_literal *literals, size_t n,
			      struct hl_str message)
{
	struct hl_utterance u;
	struct hl_reading reading;
	size_t at = 0, known = 0;
	hl_scratch_begin(scratch);
	assert_int_equal(hl_utterance_read(&u, &scratch->turn, message, NULL, 0), HL_OK);
	assert_int_equal(hl_reading_make(&reading, scratch, set, &u), HL_OK);
	assert_true(hl_reading_ends(&reading));
	slow->n = 0;
	slow_scan(slow, literals, n, u.normal.text);
	for (size_t l = 0; l < n; l++) {
		const struct hl_seen *seen = hl_reading_has(&reading, literals[l].atom)
						     ? hl_reading_seen(&reading, literals[l].atom)
						     : NULL;
		uint32_t places = 0;
		for (; at < slow->n && slow->v[at].atom == literals[l].atom; at++, places++) {
			assert_non_null(seen);
			assert_int_equal(seen->len, slow->v[at].len);
			assert_int_equal(reading.ends[seen->first + places], slow->v[at].end);
		}
		assert_int_equal(seen ? seen->n : 0, places);
	}
	assert_int_equal(at, slow->n);
	for (size_t i = 0; i <= u.normal.text.len / 64; i++)
		known += (size_t)__builtin_popcountll(reading.known[i]);
	return known;
}

static void test_told_by_words(void **state)
{
	(void)state;
	struct hl_arena arena = {.head = NULL}, work = {.head = NULL};
	struct hl_literal literals[LITERALS];
	struct result *slow = test_malloc(sizeof *slow);
	struct hl_scratch *scratch = NULL;
	const char *rounds = getenv("HOTLINE_LITERAL_ROUNDS");
	unsigned long n_rounds = rounds ? strtoul(rounds, NULL, 10) : 300;
	size_t known = 0;
	assert_int_equal(hl_scratch_new(&scratch), HL_OK);
	for (unsigned long round = 0; round < n_rounds; round++) {
		struct hl_ruleset set = {.types = 0};
		unsigned kinds = draw(3) ? 16 : 3 + draw(13);
		size_t n = random_literals(literals, &arena, kinds);
		random_set(&set, literals, n, &arena, &work);
		for (int text = 0; text < 20; text++)
			known += compare_reading(
				scratch, &set, slow, literals, n,
				random_text(&work, draw(draw(10) ? 20 : 150), kinds));
		hl_arena_reset(&arena);
		hl_arena_reset(&work);
	}
	assert_true(known > n_rounds); /* so that it is these that are compared */
	hl_scratch_free(scratch);
	hl_arena_deinit(&work);
	hl_arena_deinit(&arena);
	test_free(slow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random), cmocka_unit_test(test_none),
		cmocka_unit_test(test_each_byte), cmocka_unit_test(test_told_by_words)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
