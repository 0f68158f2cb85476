/*
 * Exponential and logarithm by plain arithmetic. The C library picks another variant for each kind
 * of processor, and their last digits differ: two machines would learn two models from one pack.
 */
#include <string.h>

#include "likeness/features.h"

#define LN2 0.69314718055994530942

/* 2 to the power k, for -1000 < k < 1000 */
static double power_of_two(int k)
{
	uint64_t bits = (uint64_t)(k + 1023) << 52;
	double value;
	memcpy(&value, &bits, sizeof value);
	return value;
}

double hl_exact_exp(double x)
{
	if (x > 600)
		x = 600;
	if (!(x > -600))
		return 0;
	int k = (int)(x / LN2 + (x < 0 ? -0.5 : 0.5));
	double r = x - k * LN2, sum = 1;
	for (int i = 12; i > 0; i--)
		sum = 1 + sum * r / i;
	return sum * power_of_two(k);
}

double hl_exact_log(double x)
{
	int k = 0;
	while (x > 1.5) {
		x /= 2;
		k++;
	}
	while (x < 0.75) {
		x *= 2;
		k--;
	}
	double s = (x - 1) / (x + 1), square = s * s, sum = 0;
	for (int i = 21; i > 0; i -= 2)
		sum = sum * square + 1.0 / i;
	return 2 * s * sum + k * LN2;
}
