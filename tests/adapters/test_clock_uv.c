/* The clock: near the wall clock at its start, never back, one deadline that never comes early. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock_uv/clock_uv.h"

struct fired {
	struct hl_clock *clock;
	int64_t at_ms;
	int n;
};

static void on_fire(void *arg)
{
	struct fired *fired = arg;

	fired->at_ms = fired->clock->ops->now_ms(fired->clock);
	fired->n++;
}

static void test_clock(void **state)
{
	struct fired fired = {.n = 0};
	struct hl_clock *clock;
	uv_timeval64_t wall;
	uv_loop_t loop;
	int64_t start, last;

	(void)state;
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(hl_clock_uv_new(&clock, &loop), HL_OK);
	fired.clock = clock;
	uv_gettimeofday(&wall);
	start = last = clock->ops->now_ms(clock);
	assert_in_range(start, wall.tv_sec * 1000 - 2000, wall.tv_sec * 1000 + 3000);
	for (int i = 0; i < 1000; i++) {
		int64_t now = clock->ops->now_ms(clock);

		assert_true(now >= last);
		last = now;
	}
	clock->ops->arm(clock, start + 100000, on_fire, &fired);
	clock->ops->arm(clock, start + 20, on_fire, &fired); /* replaces it */
	while (!fired.n)
		uv_run(&loop, UV_RUN_NOWAIT);
	assert_true(fired.at_ms >= start + 20);
	clock->ops->arm(clock, start - 5, on_fire, &fired); /* long past: at once, not inside */
	assert_int_equal(fired.n, 1);
	while (fired.n < 2)
		uv_run(&loop, UV_RUN_NOWAIT);
	clock->ops->arm(clock, start + 1, on_fire, &fired);
	clock->ops->arm(clock, 0, NULL, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(fired.n, 2);
	hl_clock_uv_free(clock);
	hl_clock_uv_free(NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
