/* Our solver against liblinear's of the same problem: the same optimum, though found by other
 * steps. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <linear.h>

#include "likeness/features.h"

#define CLASSES 5u

struct made {
	size_t n;
	uint32_t n_features, per_row;
	struct hl_sample *rows;
	struct feature_node *nodes; /* per_row + 2 a row: bias and end */
};

static uint32_t draw(uint64_t *seed, uint32_t below)
{
	return hl_learner_draw(seed) % below;
}

/* Texts of a class share half of their features, the rest is noise. */
static void make(struct made *m, struct hl_arena *arena)
{
	uint64_t seed = m->n;
	m->rows = hl_arena_zalloc(arena, m->n, sizeof *m->rows);
	m->nodes = hl_arena_zalloc(arena, m->n * (m->per_row + 2), sizeof *m->nodes);
	for (size_t i = 0; i < m->n; i++) {
		struct hl_sample *row = &m->rows[i];
		struct feature_node *node = m->nodes + i * (m->per_row + 2);
		uint32_t band = m->n_features / m->per_row;
		row->klass = draw(&seed, CLASSES);
		row->n = m->per_row;
		row->fold = UINT8_MAX;
		row->cost = 1;
		row->index = hl_arena_alloc(arena, m->per_row * sizeof *row->index);
		row->value = hl_arena_alloc(arena, m->per_row * sizeof *row->value);
		for (uint32_t k = 0; k < m->per_row; k++) {
			uint32_t within = k % 2 == 0
						  ? draw(&seed, band)
						  : draw(&seed, band / 4) + row->klass * (band / 8);
			row->index[k] = k * band + within;
			row->value[k] = 1 / sqrtf((float)m->per_row);
			node[k] = (struct feature_node){(int)row->index[k] + 1,
							(double)row->value[k]};
		}
		node[m->per_row] = (struct feature_node){(int)m->n_features + 1, 1};
		node[m->per_row + 1].index = -1;
	}
}

static double objective(const struct made *m, const double *w, uint32_t klass)
{
	double value = 0;
	for (uint32_t f = 0; f <= m->n_features; f++)
		value += 0.5 * w[f] * w[f];
	for (size_t i = 0; i < m->n; i++) {
		double dot = w[m->n_features], y = m->rows[i].klass == klass ? 1 : -1;
		for (uint32_t k = 0; k < m->rows[i].n; k++)
			dot += w[m->rows[i].index[k]] * (double)m->rows[i].value[k];
		double slack = fmax(0, 1 - y * dot);
		value += slack * slack;
	}
	return value;
}

static void silent(const char *text)
{
	(void)text;
}

static void theirs(double *w, const struct made *m, uint32_t klass)
{
	double *y = calloc(m->n, sizeof *y);
	struct feature_node **x = calloc(m->n, sizeof *x);
	for (size_t i = 0; i < m->n; i++) {
		y[i] = m->rows[i].klass == klass ? 1 : -1;
		x[i] = m->nodes + i * (m->per_row + 2);
	}
	struct problem problem = {
		.l = (int)m->n, .n = (int)m->n_features + 1, .y = y, .x = x, .bias = 1};
	struct parameter parameter = {
		.solver_type = L2R_L2LOSS_SVC_DUAL, .C = 1, .eps = 0.01, .p = 0.1};
	set_print_string_function(silent);
	assert_null(check_parameter(&problem, &parameter));
	struct model *model = train(&problem, &parameter);
	double sign = model->label[0] == 1 ? 1 : -1;
	for (uint32_t f = 0; f <= m->n_features; f++)
		w[f] = sign * model->w[f];
	free_and_destroy_model(&model);
	free(x);
	free(y);
}

static void compare(size_t n, uint32_t n_features)
{
	struct hl_arena arena = {0};
	struct made m = {.n = n, .n_features = n_features, .per_row = 20};
	make(&m, &arena);
	struct hl_lanes *weights = hl_lanes_new(&arena, n_features + 1),
			*alpha = hl_lanes_new(&arena, n);
	uint32_t *order = hl_arena_alloc(&arena, n * sizeof *order);
	memset(alpha, 0, n * sizeof *alpha);
	const struct hl_problem p = {m.rows, n, n_features, 1, UINT8_MAX, 1000, UINT32_MAX};
	hl_solve(weights, alpha, order, &p, 0);
	double *ours = calloc(n_features + 1, sizeof *ours);
	double *other = calloc(n_features + 1, sizeof *other);
	for (uint32_t klass = 0; klass < CLASSES; klass++) {
		double apart = 0, length = 0;
		theirs(other, &m, klass);
		for (uint32_t f = 0; f <= n_features; f++) {
			ours[f] = (double)weights[f].v[klass];
			apart += (ours[f] - other[f]) * (ours[f] - other[f]);
			length += other[f] * other[f];
		}
		double best = objective(&m, other, klass), got = objective(&m, ours, klass);
		if (got > best * 1.005 || sqrt(apart / length) > 0.05)
			fail_msg("class %u: objective %.4f, liblinear's %.4f; weights apart %.4f",
				 klass, got, best, sqrt(apart / length));
	}
	free(ours);
	free(other);
	hl_arena_deinit(&arena);
}

static void test_small(void **state)
{
	(void)state;
	compare(60, 200);
}

static void test_medium(void **state)
{
	(void)state;
	compare(3000, 4000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_medium),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
