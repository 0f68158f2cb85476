/*
 * The sum a judgement is made of: rows of weights, one a feature, each times the feature's factor.
 * It is most of what classifying a message costs, so two rows are added in one step where the
 * machine can (every x86-64 can); in whole numbers, so that the order of adding is of no matter.
 */
#include <string.h>

#include "likeness/model.h"

#ifdef __SSE2__

typedef int8_t bytes __attribute__((vector_size(16)));
typedef int16_t words __attribute__((vector_size(16)));
typedef int32_t sums __attribute__((vector_size(16)));

static bytes load(const int8_t *from)
{
	bytes v;
	memcpy(&v, from, sizeof v);
	return v;
}

/* Four classes' weights of both rows, each byte twice, which a shift makes a word. */
static sums times(bytes doubled, words factors)
{
	return __builtin_ia32_pmaddwd128((words)doubled >> 8, factors);
}

/* Sixteen classes of both rows, times their factors. */
static void add_pair(sums to[4], bytes a, bytes b, words factors)
{
	bytes low = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22,
					    7, 23);
	bytes high = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14,
					     30, 15, 31);
	to[0] += times(
		__builtin_shufflevector(low, low, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7),
		factors);
	to[1] += times(__builtin_shufflevector(low, low, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
					       14, 14, 15, 15),
		       factors);
	to[2] += times(
		__builtin_shufflevector(high, high, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7),
		factors);
	to[3] += times(__builtin_shufflevector(high, high, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
					       13, 14, 14, 15, 15),
		       factors);
}

/* Two factors in turn, all along. */
static words both(const int16_t *factors)
{
	int32_t pair;
	memcpy(&pair, factors, sizeof pair);
	return (words)(sums){pair, pair, pair, pair};
}

static void add_block(int32_t *totals, const int8_t *const *rows, uint32_t from,
		      const int16_t *factors, size_t n)
{
	sums to[4] = {{0}, {0}, {0}, {0}};
	size_t i = 0;
	for (; i + 1 < n; i += 2)
		add_pair(to, load(rows[i] + from), load(rows[i + 1] + from), both(factors + i));
	if (i < n) {
		const int16_t last[2] = {factors[i], 0};
		add_pair(to, load(rows[i] + from), (bytes){0}, both(last));
	}
	memcpy(totals, to, sizeof to);
}

#else

static void add_block(int32_t *totals, const int8_t *const *rows, uint32_t from,
		      const int16_t *factors, size_t n)
{
	memset(totals, 0, HL_LANES * sizeof *totals);
	for (size_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < HL_LANES; k++)
			totals[k] += factors[i] * rows[i][from + k];
}

#endif

/* A few classes at a time: their sums stay in registers, and the rows in the nearest cache. */
void hl_model_add_rows(int32_t *totals, uint32_t stride, const int8_t *const *rows,
		       const int16_t *factors, size_t n)
{
	for (uint32_t from = 0; from < stride; from += HL_LANES)
		add_block(totals + from, rows, from, factors, n);
}
