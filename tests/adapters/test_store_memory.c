/* The store in memory keeps the store's contract. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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

const struct store_kit store_kit = {"store_memory", open_store, clean};

int main(void)
{
	return store_suite_run();
}
