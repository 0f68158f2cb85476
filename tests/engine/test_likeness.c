/* Learning from examples: right on a small pack, the same each time, whole through the cache. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "likeness/features.h"
#include "likeness/lexicon.h"
#include "likeness/likeness.h"
#include "likeness/model.h"

static const struct {
	uint32_t klass;
	const char *text;
} lines[] = {
	{0, "my deposit is missing"},
	{0, "deposit has not arrived"},
	{0, "sent btc and nothing shows"},
	{0, "充值没到账"},
	{0, "转了两小时还没看到"},
	{0, "where is my deposit"},
	{1, "how do i withdraw"},
	{1, "withdrawal steps please"},
	{1, "take money out"},
	{1, "怎么提现"},
	{1, "提币在哪里操作"},
	{1, "i want to withdraw usdt"},
	{2, "my account was hacked"},
	{2, "someone stole my coins"},
	{2, "账户被盗了"},
	{2, "有人登录了我的账号"},
	{2, "i did not make this withdrawal"},
	{2, "unauthorised login"},
};
#define N_LINES (sizeof lines / sizeof *lines)

static struct hl_utterance *read_text(struct hl_arena *arena, const char *text)
{
	struct hl_utterance *u = hl_arena_alloc(arena, sizeof *u);
	assert_int_equal(hl_utterance_read(u, arena, hl_str_of(text), NULL, 0), HL_OK);
	return u;
}

static struct hl_likeness *train(struct hl_arena *arena, size_t n, double oos)
{
	static const bool sensitive[] = {false, false, true};
	struct hl_likeness_text texts[N_LINES];
	struct hl_likeness *model = NULL;
	const struct hl_likeness_options options = {
		.n_classes = 3, .sensitive = sensitive, .precision = 0.95, .oos = oos};
	for (size_t i = 0; i < n; i++)
		texts[i] = (struct hl_likeness_text){read_text(arena, lines[i].text),
						     lines[i].klass, true};
	assert_int_equal(hl_likeness_train(&model, texts, n, &options), HL_OK);
	return model;
}

static struct hl_likeness_result score(const struct hl_likeness *model, struct hl_arena *arena,
				       const char *text)
{
	struct hl_likeness_result r;
	assert_int_equal(hl_likeness_score(&r, model, arena, read_text(arena, text)), HL_OK);
	return r;
}

static void test_learns_and_generalises(void **state)
{
	(void)state;
	struct hl_arena arena = {0};
	struct hl_likeness *model = train(&arena, N_LINES, 0.1);
	static const struct {
		const char *text;
		uint32_t klass;
	} cases[] = {
		{"my depsoit is still missing", 0},	{"充值还没到", 0},
		{"how to withdraw my money", 1},	{"提现怎么操作", 1},
		{"somebody hacked into my account", 2}, {"我的账户被盗", 2},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hl_likeness_result r = score(model, &arena, cases[i].text);
		assert_int_equal(r.n, 3);
		assert_int_equal(r.top[0].klass, cases[i].klass);
		assert_false(r.outside);
		assert_true(r.known > 0.3);
		for (size_t k = 0; k < r.n; k++) {
			assert_true(r.top[k].score >= 0 && r.top[k].score <= 1);
			assert_true(r.top[k].score * 4096 == floor(r.top[k].score * 4096));
			assert_true(k == 0 || r.top[k - 1].score >= r.top[k].score);
		}
		assert_true((cases[i].klass == 2) == (r.sensitive.score >= 0.5));
		assert_int_equal(r.sensitive.klass, 2);
	}
	assert_true(score(model, &arena, "what is the weather like in rome").outside);
	assert_true(score(model, &arena, "讲个故事").outside);
	assert_true(score(model, &arena, "").outside);
	assert_true(score(model, &arena, "😀😀").outside);
	struct hl_likeness_info info;
	hl_likeness_info(&info, model);
	assert_true(info.fixed);
	assert_int_equal(info.judged, N_LINES);
	hl_likeness_free(model);
	hl_arena_deinit(&arena);
}

static void test_same_bytes_and_cache(void **state)
{
	(void)state;
	struct hl_arena arena = {0};
	struct hl_likeness *one = train(&arena, N_LINES, 0.1), *two = train(&arena, N_LINES, 0.1),
			   *three = NULL;
	struct hl_str bytes = hl_likeness_bytes(one);
	assert_true(hl_str_eq(bytes, hl_likeness_bytes(two)));
	assert_int_equal(hl_likeness_load(&three, bytes), HL_OK);
	for (size_t i = 0; i < N_LINES; i++) {
		struct hl_likeness_result a = score(one, &arena, lines[i].text),
					  b = score(three, &arena, lines[i].text);
		assert_int_equal(a.top[0].klass, b.top[0].klass);
		assert_true(a.top[0].score == b.top[0].score);
	}
	struct hl_likeness *bad = NULL;
	assert_int_equal(hl_likeness_load(&bad, hl_str_sub(bytes, 0, bytes.len - 1)), HL_REFUSED);
	assert_int_equal(hl_likeness_load(&bad, HL_STR("hotlike")), HL_REFUSED);
	assert_int_equal(hl_likeness_load(&bad, HL_NONE), HL_REFUSED);
	char *broken = malloc(bytes.len);
	memcpy(broken, bytes.ptr, bytes.len);
	memset(broken + sizeof(uint64_t) * 40, 0xff, bytes.len - sizeof(uint64_t) * 40);
	assert_int_equal(hl_likeness_load(&bad, (struct hl_str){broken, bytes.len}), HL_REFUSED);
	free(broken);
	hl_likeness_free(one);
	hl_likeness_free(two);
	hl_likeness_free(three);
	hl_arena_deinit(&arena);
}

/* Jobs backwards, as threads might take them. */
static void run_backwards(void *arg, void (*job)(void *job_arg, size_t i), void *job_arg, size_t n)
{
	*(size_t *)arg += n;
	while (n-- > 0)
		job(job_arg, n);
}

static void test_workers_make_the_same_model(void **state)
{
	(void)state;
	struct hl_arena arena = {0};
	struct hl_likeness *alone = train(&arena, N_LINES, 0.1), *by_workers = NULL;
	struct hl_likeness_text texts[N_LINES];
	static const bool sensitive[] = {false, false, true};
	size_t jobs = 0;
	const struct hl_workers workers = {.run = run_backwards, .arg = &jobs};
	const struct hl_likeness_options options = {.n_classes = 3,
						    .sensitive = sensitive,
						    .precision = 0.95,
						    .oos = 0.1,
						    .workers = &workers};
	for (size_t i = 0; i < N_LINES; i++)
		texts[i] = (struct hl_likeness_text){read_text(&arena, lines[i].text),
						     lines[i].klass, true};
	assert_int_equal(hl_likeness_train(&by_workers, texts, N_LINES, &options), HL_OK);
	assert_true(jobs > 0);
	assert_true(hl_str_eq(hl_likeness_bytes(alone), hl_likeness_bytes(by_workers)));
	hl_likeness_free(alone);
	hl_likeness_free(by_workers);
	hl_arena_deinit(&arena);
}

static void test_odd_packs(void **state)
{
	(void)state;
	struct hl_arena arena = {0};
	struct hl_likeness *model = train(&arena, 1, 0); /* one example of one of three intents */
	assert_int_equal(score(model, &arena, "my deposit").top[0].klass, 0);
	hl_likeness_free(model);
	model = train(&arena, 1, 0.1);
	hl_likeness_free(model);
	const struct hl_likeness_options options = {.n_classes = 1, .precision = 0.95};
	struct hl_likeness_text empty = {read_text(&arena, "..."), 0, true};
	model = NULL;
	assert_int_equal(hl_likeness_train(&model, &empty, 1, &options), HL_REFUSED);
	assert_int_equal(hl_likeness_train(&model, NULL, 0, &options), HL_REFUSED);
	assert_null(model);
	static char same[4096];
	memset(same, 'a', sizeof same - 1);
	struct hl_likeness_text letters[2] = {{read_text(&arena, same), 0, true},
					      {read_text(&arena, "help"), 0, true}};
	assert_int_equal(hl_likeness_train(&model, letters, 2, &options), HL_OK);
	assert_int_equal(score(model, &arena, same).top[0].klass, 0);
	hl_likeness_free(model);
	hl_arena_deinit(&arena);
}

/* ------------------------------------------------------------------ the solver against the
 * definition */

#define N_ROWS 60
#define N_FEATURES 20

static double objective(const struct hl_sample *rows, const float *w, uint32_t klass, double cost)
{
	double value = 0;
	for (uint32_t f = 0; f <= N_FEATURES; f++)
		value += 0.5 * (double)w[f] * w[f];
	for (size_t i = 0; i < N_ROWS; i++) {
		double dot = w[N_FEATURES], y = rows[i].klass == klass ? 1 : -1;
		for (uint32_t k = 0; k < rows[i].n; k++)
			dot += (double)w[rows[i].index[k]] * rows[i].value[k];
		double slack = 1 - y * dot;
		value += slack > 0 ? cost * slack * slack : 0;
	}
	return value;
}

/* Plain gradient descent: slow and obviously right on so small a problem. */
static void descend(float *w, const struct hl_sample *rows, uint32_t klass, double cost)
{
	memset(w, 0, (N_FEATURES + 1) * sizeof *w);
	for (int round = 0; round < 30000; round++) {
		double g[N_FEATURES + 1];
		for (uint32_t f = 0; f <= N_FEATURES; f++)
			g[f] = (double)w[f];
		for (size_t i = 0; i < N_ROWS; i++) {
			double dot = w[N_FEATURES], y = rows[i].klass == klass ? 1 : -1;
			for (uint32_t k = 0; k < rows[i].n; k++)
				dot += (double)w[rows[i].index[k]] * rows[i].value[k];
			double slack = 1 - y * dot;
			if (slack <= 0)
				continue;
			for (uint32_t k = 0; k < rows[i].n; k++)
				g[rows[i].index[k]] -= 2 * cost * slack * y * rows[i].value[k];
			g[N_FEATURES] -= 2 * cost * slack * y;
		}
		for (uint32_t f = 0; f <= N_FEATURES; f++)
			w[f] -= (float)(0.004 * g[f]);
	}
}

static void test_solver_reaches_the_optimum(void **state)
{
	(void)state;
	static struct hl_sample rows[N_ROWS];
	static uint32_t index[N_ROWS][4];
	static float value[N_ROWS][4];
	static struct hl_lanes weights[N_FEATURES + 1], alpha[N_ROWS];
	uint32_t order[N_ROWS], seed = 1;
	for (size_t i = 0; i < N_ROWS; i++) {
		for (uint32_t k = 0; k < 4; k++) {
			seed = seed * 1664525u + 1013904223u;
			index[i][k] = k * 5 + (seed >> 16) % 5;
			value[i][k] = 0.5f;
		}
		rows[i] = (struct hl_sample){.index = index[i],
					     .value = value[i],
					     .n = 4,
					     .klass = (index[i][0] + index[i][1]) % 3,
					     .alarms = (index[i][0] + index[i][1]) % 3 != 1,
					     .fold = UINT8_MAX,
					     .cost = 1};
	}
	const struct hl_problem p = {rows, N_ROWS, N_FEATURES, 1, UINT8_MAX, 100, 4};
	hl_solve(weights, alpha, order, &p, 0);
	for (uint32_t klass = 0; klass < 3; klass++) {
		float ours[N_FEATURES + 1], slow[N_FEATURES + 1];
		for (uint32_t f = 0; f <= N_FEATURES; f++)
			ours[f] = weights[f].v[klass];
		descend(slow, rows, klass, 1);
		double best = objective(rows, slow, klass, 1);
		assert_true(objective(rows, ours, klass, 1) <= best * 1.01 + 1e-3);
	}
	/* "any of classes 0 and 2" is "not class 1" */
	for (uint32_t f = 0; f <= N_FEATURES; f++)
		assert_true(fabsf(weights[f].v[4] + weights[f].v[1]) < 0.02f);
}

/* Words of one meaning have one concept, whatever their language, ending or number. */
static void test_lexicon(void **state)
{
	(void)state;
	static const struct {
		const char *one, *other;
		size_t taken; /* words of `one` */
		bool same;
	} cases[] = {
		{"stuck", "卡住", 1, true},	  {"withdrawals", "提现", 1, true},
		{"cancelled", "取消", 1, true},	  {"how long does it take", "多久", 3, true},
		{"how long", "how", 2, false},	  {"verifying", "verified", 1, true},
		{"sooooo slow", "slow", 0, true}, {"2fa", "谷歌验证器", 2, true},
		{"xyzzy", "stuck", 0, false},	  {"提币地址", "withdraw", 2, true},
	};
	struct hl_arena arena = {0};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct hl_utterance *u = read_text(&arena, cases[i].one),
					  *v = read_text(&arena, cases[i].other);
		uint16_t a[HL_CONCEPTS] = {0}, b[HL_CONCEPTS] = {0};
		size_t taken = hl_lexicon_find(a, u->words, u->n_words);
		hl_lexicon_find(b, v->words, v->n_words);
		if (taken != cases[i].taken)
			fail_msg("%s: %zu words", cases[i].one, taken);
		if (taken > 0 && (a[0] == b[0]) != cases[i].same)
			fail_msg("%s, %s", cases[i].one, cases[i].other);
	}
	assert_int_equal(hl_lexicon_find((uint16_t[HL_CONCEPTS]){0}, NULL, 0), 0);
	hl_arena_deinit(&arena);
}

static void test_kinship(void **state)
{
	(void)state;
	struct hl_arena arena = {0};
	struct hl_kinship k;
	const struct hl_str names[] = {HL_STR("fee.card"), HL_STR("card-lost_card"), HL_STR(""),
				       HL_STR("Inform-餐馆+Request")};
	assert_int_equal(hl_kinship_read(&k, &arena, names, 4, 5), HL_OK);
	static const uint32_t first[] = {0, 2, 4, 4, 7, 7}, parts[] = {0, 1, 1, 2, 3, 4, 5};
	assert_memory_equal(k.first, first, sizeof first);
	assert_memory_equal(k.parts, parts, sizeof parts);
	assert_int_equal(k.n_parts, 6);
	assert_true(fabsf(k.share[0] - 0.70710678f) < 1e-6f && k.share[2] <= 0);
	assert_int_equal(hl_kinship_read(&k, &arena, NULL, 0, 3), HL_OK);
	assert_int_equal(k.n_parts, 0);
	hl_arena_deinit(&arena);
}

/* Against the sum written down as it is meant, for every number of rows up to a few pairs. */
static void test_rows_are_added_exactly(void **state)
{
	enum { STRIDE = 3 * HL_LANES, FEATURES = 50, ROWS = 9 };
	int8_t weights[FEATURES * STRIDE];
	uint64_t draws = 7;
	(void)state;
	for (size_t i = 0; i < sizeof weights; i++)
		weights[i] = (int8_t)((int)(hl_learner_draw(&draws) % 255) - 127);
	for (size_t round = 0; round < 400; round++) {
		const int8_t *rows[ROWS];
		int16_t factors[ROWS];
		int32_t totals[STRIDE], wanted[STRIDE] = {0};
		size_t n = round % (ROWS + 1);
		for (size_t i = 0; i < n; i++) {
			rows[i] = weights + hl_learner_draw(&draws) % FEATURES * STRIDE;
			factors[i] = round % 7 ? (int16_t)(hl_learner_draw(&draws) % 32001) : 32000;
			for (size_t k = 0; k < STRIDE; k++)
				wanted[k] += factors[i] * rows[i][k];
		}
		hl_model_add_rows(totals, STRIDE, rows, factors, n);
		assert_memory_equal(totals, wanted, sizeof wanted);
	}
}

/* Two sensitive intents that share a message's likeness are as alarming as one that has it all. */
static void test_alarm_mass(void **state)
{
	static const uint8_t sensitive[HL_LANES * 2] = {[3] = 1, [4] = 1, [20] = 1};
	float margins[HL_LANES * 2];
	uint64_t draws = 11;
	(void)state;
	for (size_t round = 0; round < 500; round++) {
		uint32_t n = 21 + hl_learner_draw(&draws) % 11;
		double yes = 0, no = 0;
		for (uint32_t k = 0; k < HL_LANES * 2; k++) {
			margins[k] = (float)(hl_learner_draw(&draws) % 2000) / 1000 - 1;
			*(sensitive[k] ? &yes : &no) += k < n ? exp(5 * (double)margins[k]) : 0;
		}
		assert_true(fabs((double)hl_alarm_mass(margins, sensitive, n) - log(yes / no)) <
			    1e-2);
	}
	static const uint8_t none[HL_LANES * 2] = {0};
	assert_true(hl_alarm_mass(margins, none, 20) < -19);
}

/* The fit finds the weights its texts were drawn by. */
static void test_fit(void **state)
{
	static const double made_by[] = {-1, 2, 0.5}, prior[] = {0, 0, 0};
	double theta[] = {0, 0, 0};
	(void)state;
	for (unsigned round = 0; round < 12; round++) {
		uint64_t draws = 5;
		struct hl_fit fit;
		hl_fit_begin(&fit, theta, prior, 3);
		for (size_t i = 0; i < 20000; i++) {
			double x[] = {1, (hl_learner_draw(&draws) % 4000) / 1000.0 - 2,
				      (hl_learner_draw(&draws) % 4000) / 1000.0 - 2};
			double z = made_by[0] + made_by[1] * x[1] + made_by[2] * x[2];
			double chance = (hl_learner_draw(&draws) % 65536) / 65536.0;
			hl_fit_add(&fit, x, chance < 1 / (1 + exp(-z)), 1);
		}
		hl_fit_step(&fit);
	}
	for (size_t k = 0; k < 3; k++)
		assert_true(fabs(theta[k] - made_by[k]) < 0.1);
}

/* What the alarm leans on is what only the sensitive texts have. */
static void test_blame(void **state)
{
	(void)state;
	struct hl_arena arena = {0};
	struct hl_likeness *model = train(&arena, N_LINES, 0.1);
	double by_word[HL_LIKENESS_WORDS];
	const struct hl_utterance *u = read_text(&arena, "how was my account hacked");
	assert_int_equal(hl_likeness_blame(by_word, model, &arena, u), HL_OK);
	for (size_t w = 0; w < 4; w++)
		assert_true(by_word[4] > by_word[w]);
	assert_true(by_word[4] > 0 && by_word[0] < 0);
	assert_true(by_word[5] == 0);
	hl_likeness_free(model);
	hl_arena_deinit(&arena);
}

static void test_exact_functions(void **state)
{
	(void)state;
	for (double x = -40; x < 40; x += 0.0371)
		assert_true(fabs(hl_exact_exp(x) / exp(x) - 1) < 1e-13);
	for (double x = 1e-4; x < 1e6; x *= 1.0137)
		assert_true(fabs(hl_exact_log(x) - log(x)) < 1e-13);
	assert_true(hl_exact_exp(-1000) == 0);
	assert_true(hl_exact_log(1) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_learns_and_generalises),
		cmocka_unit_test(test_same_bytes_and_cache),
		cmocka_unit_test(test_workers_make_the_same_model),
		cmocka_unit_test(test_odd_packs),
		cmocka_unit_test(test_lexicon),
		cmocka_unit_test(test_kinship),
		cmocka_unit_test(test_rows_are_added_exactly),
		cmocka_unit_test(test_alarm_mass),
		cmocka_unit_test(test_fit),
		cmocka_unit_test(test_blame),
		cmocka_unit_test(test_exact_functions),
		cmocka_unit_test(test_solver_reaches_the_optimum),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
