/* The constant names: every enum value has one, and what lies outside has none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hotline.h"

static void test_every_code_has_a_name(void **state)
{
	(void)state;
	for (int code = 0; code < HL_CODE_COUNT; code++)
		assert_string_not_equal(hl_code_name((enum hl_code)code), "?");
	assert_string_equal(hl_code_name(HL_CODE_COUNT), "?");
	assert_string_equal(hl_code_name(HL_CODE_STALE), "stale");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code_has_a_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
