/* The failing store fails as told, and is else the store it wraps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_failing.h"
#include "store_memory/store_memory.h"
#include "store_suite.h"

static struct hl_store *open_store(uv_loop_t *loop)
{
	struct hl_store *store = NULL;

	assert_int_equal(hl_store_memory_new(&store, loop), HL_OK);
	return store;
}

static void clean(void)
{
}

const struct store_kit store_kit = {"store_failing", open_store, clean};

static void test_the_nth_append_fails(void **state)
{
	static const enum hl_store_result results[] = {HL_STORE_CONFLICT, HL_STORE_BUSY,
						       HL_STORE_FULL, HL_STORE_FAILED};
	struct kit kit;
	struct hl_store *inner;
	const struct draft first = {.conv = "a", .n = 1}, second = {.conv = "a", .n = 1, .seq = 1};

	(void)state;
	for (size_t i = 0; i < sizeof(results) / sizeof(*results); i++) {
		struct store_fault fault = {1u << HL_OP_APPEND, 2, 1, results[i], i % 2 == 1};

		kit_open(&kit);
		inner = kit.store;
		kit.store = store_failing_new(inner);
		store_failing_set(kit.store, &fault);
		assert_int_equal(draft_append(&kit, &first).result, HL_STORE_OK);
		assert_int_equal(draft_check(&kit, &second).result, HL_STORE_OK);
		assert_int_equal(draft_append(&kit, &second).result, results[i]);
		assert_int_equal(draft_append(&kit, &second).result,
				 fault.carried_out ? HL_STORE_CONFLICT : HL_STORE_OK);
		assert_int_equal(store_failing_calls(kit.store), 3);
		kit.store->ops->free(kit.store);
		kit.store = inner;
		kit_close(&kit);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_nth_append_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
