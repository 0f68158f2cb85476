/* The ground every room stands on: memory, strings, numbers, maps, nearness. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base.h"
#include "base/scratch.h"

static void test_arena_aligns_and_resets(void **state)
{
	(void)state;
	struct hl_arena arena;
	hl_arena_init(&arena);
	for (size_t size = 0; size < 5000; size += 37) {
		char *at = hl_arena_alloc(&arena, size);
		assert_non_null(at);
		assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
		memset(at, 0x5a, size);
	}
	size_t grown = arena.taken;
	hl_arena_reset(&arena);
	assert_true(arena.taken <= grown && arena.taken > 0);
	size_t kept = arena.taken;
	assert_non_null(hl_arena_alloc(&arena, 100));
	assert_int_equal(arena.taken, kept);
	assert_null(hl_arena_array(&arena, SIZE_MAX / 2, 3));
	assert_null(hl_arena_alloc(&arena, SIZE_MAX));
	hl_arena_deinit(&arena);
	hl_arena_deinit(&arena);
	assert_int_equal(arena.taken, 0);
}

struct pieces {
	const char *wanted;
	size_t n, large, holding;
};

static void count_piece(void *arg, const void *start, size_t bytes)
{
	struct pieces *p = arg;
	const char *from = start;
	p->n++;
	p->holding += p->wanted >= from && p->wanted < from + bytes;
	if (bytes <= 1 << 20)
		return;
	p->large++;
	assert_int_equal((uintptr_t)start % (2 << 20), 0);
	assert_int_equal(bytes % (2 << 20), 0);
}

static void test_arena_large_pieces_are_huge_pages(void **state)
{
	static const size_t sizes[] = {100, 700000, 1500000, 5000000, 100000, 2097152};
	struct hl_arena arena;
	(void)state;
	hl_arena_init(&arena);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct pieces p = {.wanted = hl_arena_alloc(&arena, sizes[i])};
		assert_non_null(p.wanted);
		memset((char *)(uintptr_t)p.wanted, 1, sizes[i]);
		hl_arena_blocks(&arena, count_piece, &p);
		assert_int_equal(p.holding, 1);
		assert_int_equal(p.large > 0, i >= 2);
	}
	hl_arena_deinit(&arena);
}

static void test_arena_limit_fails_softly(void **state)
{
	(void)state;
	struct hl_arena arena = {.limit = 40000};
	assert_non_null(hl_arena_alloc(&arena, 10000));
	assert_null(hl_arena_alloc(&arena, 60000));
	struct hl_buf buf;
	hl_buf_init(&buf, &arena);
	for (int i = 0; i < 10000; i++)
		hl_buf_cstr(&buf, "0123456789");
	assert_true(buf.failed);
	hl_arena_deinit(&arena);
}

static void test_vector_grows_in_order(void **state)
{
	(void)state;
	struct hl_arena arena = {0};
	unsigned *items = NULL;
	size_t n = 0, cap = 0;
	for (unsigned i = 0; i < 1000; i++) {
		unsigned *at = HL_PUSH(&arena, items, n, cap);
		assert_non_null(at);
		assert_int_equal(*at, 0);
		*at = i;
		if (i % 7 == 0)
			assert_non_null(hl_arena_alloc(&arena, 3)); /* so that it must move too */
	}
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(items[i], i);
	hl_arena_deinit(&arena);
}

static void test_strings(void **state)
{
	(void)state;
	struct hl_str text = HL_STR("deposit missing");
	assert_true(hl_str_eq(HL_NONE, HL_STR("")));
	assert_true(hl_str_starts(text, HL_STR("dep")));
	assert_false(hl_str_starts(HL_STR("de"), HL_STR("dep")));
	assert_true(hl_str_ends(text, HL_STR("ing")));
	assert_int_equal(hl_str_find(text, HL_STR("s"), 5), 10);
	assert_true(hl_str_find(text, HL_STR("xyz"), 0) == SIZE_MAX);
	assert_true(hl_str_cmp(HL_STR("ab"), HL_STR("abc")) < 0);
	assert_true(hl_str_cmp(HL_STR("b"), HL_STR("abc")) > 0);
	assert_int_equal(hl_str_cmp(HL_NONE, HL_STR("")), 0);
	assert_true(hl_str_eq(hl_str_trim(HL_STR(" \t a b\r\n")), HL_STR("a b")));
	assert_int_equal(hl_str_sub(text, 99, 5).len, 0);
	assert_true(hl_str_eq(hl_str_sub(text, 8, 99), HL_STR("missing")));
}

static void test_utf8(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t len, count;
		bool valid;
	} cases[] = {
		{"a", 1, 1, true},
		{"\xe6\x8f\x90", 3, 1, true},
		{"\xf0\x9f\x98\x80", 4, 1, true},
		{"\xef\xbf\xbd", 3, 1, true},
		{"\xe6\x8f", 2, 1, false},
		{"\xe6\x8fz", 3, 2, false},
		{"\xc0\xaf", 2, 2, false},
		{"\xed\xa0\x80", 3, 3, false},
		{"\xf4\x90\x80\x80", 4, 4, false},
		{"\xff", 1, 1, false},
		{"\x80\x80", 2, 2, false},
		{"\xf0\x9f\x98z", 4, 2, false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hl_str text = {cases[i].bytes, cases[i].len};
		assert_int_equal(hl_utf8_count(text), cases[i].count);
		assert_int_equal(hl_utf8_valid(text), cases[i].valid);
	}
	for (uint32_t code = 1; code < 0x110000; code += code < 0x3000 ? 1 : 97) {
		char bytes[4];
		size_t len = hl_utf8_put(bytes, code);
		const char *p = bytes;
		bool surrogate = code >= 0xd800 && code <= 0xdfff;
		assert_int_equal(hl_utf8_next(&p, bytes + len), surrogate ? 0xfffd : code);
		assert_ptr_equal(p, bytes + len);
	}
	assert_int_equal(hl_utf8_prefix(HL_STR("a\xe6\x8f\x90z"), 2), 4);
	assert_int_equal(hl_utf8_prefix(HL_STR("ab"), 9), 2);
}

static void test_buffer_formats(void **state)
{
	(void)state;
	struct hl_arena arena = {0};
	struct hl_buf buf;
	hl_buf_init(&buf, &arena);
	hl_buf_u64(&buf, UINT64_MAX);
	hl_buf_char(&buf, ' ');
	hl_buf_i64(&buf, INT64_MIN);
	hl_buf_char(&buf, ' ');
	hl_buf_padded(&buf, 7, 3);
	hl_buf_cstr(&buf, " ");
	hl_buf_fixed(&buf, 0.8125, 3);
	hl_buf_cstr(&buf, " ");
	hl_buf_fixed(&buf, -2.5, 0);
	hl_buf_cstr(&buf, " ");
	hl_buf_fixed(&buf, -0.0001, 2);
	hl_buf_cstr(&buf, " ");
	hl_buf_hex(&buf, "\x00\xfe", 2);
	hl_buf_cstr(&buf, " ");
	hl_buf_code(&buf, 0x63d0);
	assert_false(buf.failed);
	assert_true(
		hl_str_eq(hl_buf_view(&buf),
			  HL_STR("18446744073709551615 -9223372036854775808 007 0.813 -3 0.00 00fe "
				 "\xe6\x8f\x90")));
	hl_arena_deinit(&arena);
}

static void note_room(void *arg, void *start, size_t bytes)
{
	size_t *told = arg;
	assert_int_equal((uintptr_t)start % ((size_t)2 << 20), 0);
	assert_int_equal(bytes % ((size_t)2 << 20), 0);
	*told += bytes;
}

/* Whoever gives memory out is told of large pieces, of none that is not whole pages. */
static void test_arena_tells_room(void **state)
{
	size_t told = 0;
	struct hl_arena arena = {.room = note_room, .room_arg = &told};
	(void)state;
	assert_non_null(hl_arena_alloc(&arena, 1000));
	assert_int_equal(told, 0);
	assert_non_null(hl_arena_zalloc(&arena, 3, (size_t)1 << 20));
	assert_int_equal(told, (size_t)4 << 20);
	hl_arena_deinit(&arena);
}

/* What another has handed out lives on, and what is being filled goes on being filled. */
static void test_arena_joins(void **state)
{
	struct hl_arena arena = {0}, other = {0}, none = {0};
	(void)state;
	hl_arena_join(&arena, &none);
	assert_null(arena.head);
	struct hl_str text = hl_arena_dup(&other, HL_STR("kept"));
	assert_non_null(hl_arena_alloc(&other, (size_t)1 << 20));
	size_t taken = other.taken;
	hl_arena_join(&arena, &other);
	assert_int_equal(arena.taken, taken);
	assert_int_equal(other.taken, 0);
	char *first = hl_arena_alloc(&arena, 16);
	assert_non_null(hl_arena_alloc(&other, 16));
	taken += other.taken;
	hl_arena_join(&arena, &other);
	assert_ptr_equal(hl_arena_alloc(&arena, 16), first + 16);
	assert_int_equal(arena.taken, taken);
	assert_true(hl_str_eq(text, HL_STR("kept")));
	hl_arena_deinit(&other);
	hl_arena_deinit(&arena);
}

/* `reserved` before the first and `later` after the thousandth. */
static void check_map(size_t reserved, size_t later)
{
	struct hl_arena arena = {0};
	struct hl_map map;
	hl_map_init(&map, &arena);
	assert_true(hl_map_reserve(&map, reserved));
	assert_null(hl_map_get(&map, HL_STR("k")));
	char name[16];
	for (uint32_t i = 0; i < 3000; i++) {
		int len = snprintf(name, sizeof name, "k%u", i % 2000);
		bool is_new;
		assert_true(i != 1000 || hl_map_reserve(&map, later));
		struct hl_str key = hl_arena_dup(&arena, (struct hl_str){name, (size_t)len});
		uint32_t *value = hl_map_put(&map, key, i, &is_new);
		assert_non_null(value);
		assert_int_equal(*value, i % 2000);
		assert_int_equal(is_new, i < 2000);
	}
	assert_int_equal(map.n, 2000);
	for (uint32_t i = 0; i < 2000; i++) {
		assert_int_equal(map.entries[i].value, i);
		assert_int_equal(*hl_map_get(&map, map.entries[i].key), i);
	}
	assert_null(hl_map_get(&map, HL_STR("k2000")));
	hl_arena_deinit(&arena);
}

static void test_map_keeps_order(void **state)
{
	(void)state;
	check_map(0, 0);
	check_map(10, 100);
	check_map(2000, 500);
	check_map(3, 5000);
}

/* The definition, read off: exponential, so for short texts only. */
static unsigned slow_distance(const char *a, size_t na, const char *b, size_t nb)
{
	if (na == 0 || nb == 0)
		return (unsigned)(na + nb);
	unsigned best = slow_distance(a, na - 1, b, nb - 1) + (a[na - 1] != b[nb - 1]);
	unsigned other = slow_distance(a, na - 1, b, nb) + 1;
	best = other < best ? other : best;
	other = slow_distance(a, na, b, nb - 1) + 1;
	best = other < best ? other : best;
	if (na > 1 && nb > 1 && a[na - 1] == b[nb - 2] && a[na - 2] == b[nb - 1]) {
		other = slow_distance(a, na - 2, b, nb - 2) + 1;
		best = other < best ? other : best;
	}
	return best;
}

static void test_distance_equals_its_definition(void **state)
{
	(void)state;
	uint32_t seed = 7;
	for (int round = 0; round < 3000; round++) {
		char text[2][6];
		size_t len[2];
		for (int k = 0; k < 2; k++) {
			seed = seed * 1664525u + 1013904223u;
			len[k] = (seed >> 16) % 6;
			for (size_t i = 0; i < len[k]; i++) {
				seed = seed * 1664525u + 1013904223u;
				text[k][i] = (char)('a' + (seed >> 16) % 3);
			}
		}
		unsigned slow = slow_distance(text[0], len[0], text[1], len[1]);
		for (unsigned limit = 0; limit < 5; limit++)
			assert_int_equal(hl_edit_distance((struct hl_str){text[0], len[0]},
							  (struct hl_str){text[1], len[1]}, limit),
					 slow <= limit ? slow : limit + 1);
	}
}

static void test_nearest(void **state)
{
	(void)state;
	const struct hl_str names[] = {HL_STR("phrases"), HL_STR("patterns"), HL_STR("answer"),
				       HL_STR("充值未到账")};
	assert_int_equal(hl_nearest(HL_STR("phrase"), names, 4), 0);
	assert_int_equal(hl_nearest(HL_STR("pattrens"), names, 4), 1);
	assert_int_equal(hl_nearest(HL_STR("answer"), names, 4), 2);
	assert_int_equal(hl_nearest(HL_STR("充值未到帐"), names, 4), 3);
	assert_true(hl_nearest(HL_STR("slots"), names, 4) == SIZE_MAX);
	assert_true(hl_nearest(HL_STR("x"), names, 0) == SIZE_MAX);
}

static void test_scratch(void **state)
{
	(void)state;
	struct hl_scratch *scratch = NULL;
	assert_int_equal(hl_scratch_new(&scratch), HL_OK);
	assert_non_null(hl_arena_alloc(&scratch->turn, 1000));
	hl_scratch_begin(scratch);
	pcre2_match_data *data = hl_scratch_groups(scratch, 4);
	assert_ptr_equal(data, hl_scratch_groups(scratch, 1));
	assert_true(pcre2_get_ovector_count(hl_scratch_groups(scratch, 100)) >= 100);
	assert_null(hl_scratch_free(scratch));
	assert_null(hl_scratch_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arena_aligns_and_resets),
		cmocka_unit_test(test_arena_large_pieces_are_huge_pages),
		cmocka_unit_test(test_arena_limit_fails_softly),
		cmocka_unit_test(test_vector_grows_in_order),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_buffer_formats),
		cmocka_unit_test(test_arena_tells_room),
		cmocka_unit_test(test_arena_joins),
		cmocka_unit_test(test_map_keeps_order),
		cmocka_unit_test(test_distance_equals_its_definition),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_scratch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
