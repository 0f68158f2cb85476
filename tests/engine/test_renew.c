/* Rule sets that share machine code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "packtext.h"

/* A set that shares patterns with an earlier one stands alone when that one is gone. */
static void test_renew(void **state)
{
	static const char *const packs[] = {
		"intent a\npattern (?<n>\\d+) coins\nintent b\npattern (?>x|y)z\n",
		"intent a\npattern (?<n>\\d+) coins\nintent c\npattern never\\b\n"};
	struct hl_ruleset *sets[2] = {NULL, NULL};
	struct hl_scratch *scratch;
	struct hl_verdict v;
	struct hl_query query = {.text = {"give me 12 coins", 16}};
	(void)state;
	assert_int_equal(hl_scratch_new(&scratch), HL_OK);
	for (size_t i = 0; i < 2; i++) {
		struct packtext *made = packtext_new(packs[i], strlen(packs[i]));
		assert_int_equal(hl_ruleset_renew(&sets[i], packtext_pack(made),
						  (struct hl_str){NULL, 0}, sets[0], NULL, NULL,
						  NULL),
				 HL_OK);
		packtext_free(made);
	}
	hl_ruleset_unref(sets[0]);
	assert_int_equal(hl_classify(&v, scratch, sets[1], &query), HL_OK);
	assert_int_equal(v.decision, HL_ANSWER);
	assert_int_equal(v.n_slots, 1);
	hl_ruleset_unref(sets[1]);
	hl_scratch_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_renew)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
