/*
 * Logistic regression of a few weights, as small sums and Newton's steps: what turns margins into
 * "how likely". Knows no texts; whoever fits walks his own.
 */
#include <string.h>

#include "likeness/model.h"

#define RIDGE 1e-3
#define STEP_MOST 2.0

void hl_fit_begin(struct hl_fit *fit, double *theta, const double *prior, size_t n)
{
	memset(fit, 0, sizeof *fit);
	fit->theta = theta;
	fit->n = n;
	for (size_t i = 0; i < n; i++) {
		fit->a[i][i] = RIDGE;
		fit->b[i] = RIDGE * (prior[i] - theta[i]);
	}
}

void hl_fit_add(struct hl_fit *fit, const double *x, bool yes, double weight)
{
	double z = 0;
	for (size_t k = 0; k < fit->n; k++)
		z += fit->theta[k] * x[k];
	double p = 1 / (1 + hl_exact_exp(-z));
	for (size_t k = 0; k < fit->n; k++) {
		fit->b[k] += weight * ((yes ? 1 : 0) - p) * x[k];
		for (size_t m = 0; m < fit->n; m++)
			fit->a[k][m] += weight * p * (1 - p) * x[k] * x[m];
	}
}

/* Solves a·x = b, symmetric and positive, in place; the weights go by x. */
void hl_fit_step(struct hl_fit *fit)
{
	for (size_t i = 0; i < fit->n; i++) {
		for (size_t k = i + 1; k < fit->n; k++) {
			double f = fit->a[k][i] / fit->a[i][i];
			for (size_t j = i; j < fit->n; j++)
				fit->a[k][j] -= f * fit->a[i][j];
			fit->b[k] -= f * fit->b[i];
		}
	}
	for (size_t i = fit->n; i > 0; i--) {
		double *b = &fit->b[i - 1];
		for (size_t j = i; j < fit->n; j++)
			*b -= fit->a[i - 1][j] * fit->b[j];
		*b /= fit->a[i - 1][i - 1];
	}
	for (size_t k = 0; k < fit->n; k++) {
		double by = fit->b[k];
		fit->theta[k] += by > STEP_MOST ? STEP_MOST : by < -STEP_MOST ? -STEP_MOST : by;
	}
}
