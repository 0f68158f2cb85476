/*
 * The table of web pages: every page of the contract is there, unpacks to the length it names, and
 * carries a policy that forbids inline code.
 */
#include "web/assets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void has_the_pages(void **state)
{
	static const char *const paths[] = {"/", "/hotline.js", "/w/", "/console/", "/icon.svg"};

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		const struct hl_asset *a = hl_assets_find(paths[i], strlen(paths[i]));

		assert_non_null(a);
		assert_false(a->immutable);
	}
	assert_null(hl_assets_find("/w", 2));
	assert_null(hl_assets_find("/console/../w/", 14));
	assert_null(hl_assets_find("", 0));
}

static void every_file_is_whole(void **state)
{
	size_t n = 0;
	const struct hl_asset *all = hl_assets_all(&n);

	(void)state;
	assert_true(n >= 8);
	for (size_t i = 0; i < n; i++) {
		const unsigned char *end = all[i].gz + all[i].gz_len - 4;
		uint32_t len = (uint32_t)end[0] | (uint32_t)end[1] << 8 | (uint32_t)end[2] << 16 |
			       (uint32_t)end[3] << 24;

		assert_int_equal(all[i].gz[0], 0x1f);
		assert_int_equal(all[i].gz[1], 0x8b);
		assert_int_equal(len, all[i].len);
		assert_true(strlen(all[i].etag) > 2 && all[i].etag[0] == '"');
		assert_ptr_equal(hl_assets_find(all[i].path, strlen(all[i].path)), &all[i]);
		if (i > 0)
			assert_true(strcmp(all[i - 1].path, all[i].path) < 0);
	}
}

static void policies_are_strict(void **state)
{
	size_t n = 0;
	const struct hl_asset *all = hl_assets_all(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(strstr(all[i].csp, "default-src 'none'"), all[i].csp);
		assert_null(strstr(all[i].csp, "unsafe"));
		assert_true(all[i].framed == !strstr(all[i].csp, "frame-ancestors"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_the_pages),
		cmocka_unit_test(every_file_is_whole),
		cmocka_unit_test(policies_are_strict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
