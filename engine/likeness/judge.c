/*
 * From margins to "how likely right", and from that to the thresholds. All of it stands on texts
 * that were held out when their judge was trained: on its own examples every classifier is sure of
 * itself. Out-of-scope lines are weighed in by the share the author expects.
 */
#include <math.h>
#include <string.h>

#include "likeness/model.h"

#define ROUNDS 25u
#define RECALL 0.985	  /* of sensitive messages */
#define FALSE_ALARMS 0.02 /* of all others, at most */
#define SENSITIVE_FEW 10u
#define BINS 10u

double hl_model_confidence(const double calibration[HL_CALIBRATION], double margin, double lead,
			   double known)
{
	double z = calibration[0] + calibration[1] * margin + calibration[2] * lead +
		   calibration[3] * known;
	return 1 / (1 + hl_exact_exp(-z));
}

double hl_model_alarm(double margin, double lead)
{
	return 1 / (1 + hl_exact_exp(-(2 * margin + 4 * lead + 1)));
}

static double rounded(double score)
{
	return floor(score * 4096 + 0.5) / 4096;
}

static bool is_right(const struct hl_judged *j)
{
	return j->best == j->klass;
}

struct shares { /* weights of one in-scope and one out-of-scope text */
	double in, out;
	size_t n_in;
};

static struct shares shares_of(const struct hl_judged *judged, size_t n,
			       const struct hl_likeness_options *o)
{
	size_t out = 0;
	for (size_t i = 0; i < n; i++)
		out += judged[i].klass == o->n_classes;
	struct shares s = {.n_in = n - out};
	double oos = out == 0 ? 0 : o->oos;
	s.in = s.n_in > 0 ? (1 - oos) / (double)s.n_in : 0;
	s.out = out > 0 ? oos / (double)out : 0;
	return s;
}

/* Solves a·x = b for a small symmetric positive matrix, in place. */
static void solve_small(double a[HL_CALIBRATION][HL_CALIBRATION], double b[HL_CALIBRATION])
{
	for (int i = 0; i < HL_CALIBRATION; i++) {
		for (int k = i + 1; k < HL_CALIBRATION; k++) {
			double f = a[k][i] / a[i][i];
			for (int j = i; j < HL_CALIBRATION; j++)
				a[k][j] -= f * a[i][j];
			b[k] -= f * b[i];
		}
	}
	for (int i = HL_CALIBRATION - 1; i >= 0; i--) {
		for (int j = i + 1; j < HL_CALIBRATION; j++)
			b[i] -= a[i][j] * b[j];
		b[i] /= a[i][i];
	}
}

/* One Newton step of a ridge logistic regression of "right" on margin, lead and share known. */
static void fit_step(double theta[HL_CALIBRATION], const struct hl_judged *judged, size_t n,
		     struct shares share, uint32_t outside)
{
	double a[HL_CALIBRATION][HL_CALIBRATION] = {{0}}, b[HL_CALIBRATION] = {0};
	static const double prior[HL_CALIBRATION] = {0, 1, 2, 0}, ridge = 1e-3;
	for (int i = 0; i < HL_CALIBRATION; i++) {
		a[i][i] = ridge;
		b[i] = ridge * (prior[i] - theta[i]);
	}
	for (size_t i = 0; i < n; i++) {
		const struct hl_judged *j = &judged[i];
		double x[HL_CALIBRATION] = {1, j->margin, (double)j->margin - j->other, j->known};
		double p = hl_model_confidence(theta, x[1], x[2], x[3]);
		double weight = j->klass == outside ? share.out : share.in;
		for (int k = 0; k < HL_CALIBRATION; k++) {
			b[k] += weight * ((is_right(j) ? 1 : 0) - p) * x[k];
			for (int m = 0; m < HL_CALIBRATION; m++)
				a[k][m] += weight * p * (1 - p) * x[k] * x[m];
		}
	}
	solve_small(a, b);
	for (int k = 0; k < HL_CALIBRATION; k++)
		theta[k] += b[k] > 2 ? 2 : b[k] < -2 ? -2 : b[k];
}

/* Best score first; equal ones wrong first, so that a threshold never counts on luck. */
static bool comes_before(const struct hl_judged *a, const struct hl_judged *b)
{
	if (a->score != b->score)
		return a->score > b->score;
	return !is_right(a) && is_right(b);
}

static void sift(struct hl_judged *v, size_t root, size_t n)
{
	for (size_t child; (child = root * 2 + 1) < n; root = child) {
		if (child + 1 < n && comes_before(&v[child], &v[child + 1]))
			child++;
		if (!comes_before(&v[root], &v[child]))
			return;
		struct hl_judged other = v[root];
		v[root] = v[child];
		v[child] = other;
	}
}

static void sort_judged(struct hl_judged *v, size_t n)
{
	for (size_t i = n / 2; i > 0; i--)
		sift(v, i - 1, n);
	for (size_t i = n; i > 1; i--) {
		struct hl_judged other = v[0];
		v[0] = v[i - 1];
		v[i - 1] = other;
		sift(v, 0, i - 1);
	}
}

/* The lowest score above which `precision` of the answers are right. */
static double lowest_score(const struct hl_judged *v, size_t n, struct shares share,
			   uint32_t outside, double precision)
{
	double right = 0, all = 0, found = 1;
	for (size_t i = 0; i < n; i++) {
		double weight = v[i].klass == outside ? share.out : share.in;
		all += weight;
		right += is_right(&v[i]) ? weight : 0;
		bool last_of_score = i + 1 == n || v[i + 1].score < v[i].score;
		if (last_of_score && right >= precision * all && i + 1 >= 10)
			found = v[i].score;
	}
	return found;
}

static void draw_curve(struct hl_likeness_info *info, const struct hl_judged *v, size_t n,
		       struct shares share, uint32_t outside)
{
	for (size_t k = 0; k < 20; k++) {
		double right = 0, all = 0, in = 0;
		for (size_t i = 0; i < n && v[i].score >= (double)k / 20; i++) {
			double weight = v[i].klass == outside ? share.out : share.in;
			all += weight;
			right += is_right(&v[i]) ? weight : 0;
			in += v[i].klass == outside ? 0 : 1;
		}
		info->curve[k][0] = all > 0 ? right / all : 1;
		info->curve[k][1] = share.n_in > 0 ? in / (double)share.n_in : 0;
	}
}

static double calibration_error(const struct hl_judged *v, size_t n, struct shares share,
				uint32_t outside)
{
	double said[BINS] = {0}, right[BINS] = {0}, error = 0;
	for (size_t i = 0; i < n; i++) {
		size_t bin = (size_t)(v[i].score * BINS);
		double weight = v[i].klass == outside ? share.out : share.in;
		bin = bin < BINS ? bin : BINS - 1;
		said[bin] += weight * v[i].score;
		right[bin] += is_right(&v[i]) ? weight : 0;
	}
	for (size_t i = 0; i < BINS; i++)
		error += fabs(said[i] - right[i]);
	return error;
}

struct alarms {
	size_t caught, wolf, sensitive;
};

static struct alarms alarms_at(const struct hl_judged *v, size_t n,
			       const struct hl_likeness_options *o, double level)
{
	struct alarms a = {0};
	for (size_t i = 0; i < n; i++) {
		bool is = v[i].klass < o->n_classes && o->sensitive[v[i].klass];
		bool rings = hl_model_alarm(v[i].alarm, (double)v[i].alarm - v[i].calm) >= level;
		a.sensitive += is;
		a.caught += is && rings;
		a.wolf += !is && rings;
	}
	return a;
}

/* The highest level that catches RECALL of the sensitive; where that would cry wolf, the lowest
   that does not. */
static double alarm_level(const struct hl_judged *v, size_t n, const struct hl_likeness_options *o)
{
	double quiet = 1, catching = 0;
	for (unsigned step = 63; step > 0; step--) {
		double level = step / 64.0;
		struct alarms a = alarms_at(v, n, o, level);
		if (a.sensitive < SENSITIVE_FEW)
			return 0.5;
		if ((double)a.wolf <= FALSE_ALARMS * (double)(n - a.sensitive))
			quiet = level;
		if (catching <= 0 && (double)a.caught >= RECALL * (double)a.sensitive)
			catching = level;
	}
	return fmax(quiet, catching);
}

void hl_judge(struct hl_model_head *head, struct hl_judged *judged, size_t n,
	      const struct hl_likeness_options *o)
{
	static const double usual[HL_CALIBRATION] = {-7.9, 2, 5, 7};
	struct shares share = shares_of(judged, n, o);
	struct hl_likeness_info *info = &head->info;
	memcpy(head->calibration, usual, sizeof usual);
	info->judged = (uint32_t)share.n_in;
	info->fixed = share.n_in < HL_LIKENESS_FEW;
	for (unsigned i = 0; i < ROUNDS && !info->fixed; i++)
		fit_step(head->calibration, judged, n, share, o->n_classes);
	size_t right = 0, answered = 0;
	for (size_t i = 0; i < n; i++) {
		struct hl_judged *j = &judged[i];
		double lead = (double)j->margin - j->other;
		j->score =
			rounded(hl_model_confidence(head->calibration, j->margin, lead, j->known));
		right += is_right(j);
	}
	sort_judged(judged, n);
	info->threshold =
		info->fixed ? 0.75 : lowest_score(judged, n, share, o->n_classes, o->precision);
	info->ask_threshold = fmin(info->threshold, 0.25);
	info->sensitive_threshold =
		o->sensitive == NULL || info->fixed ? 0.5 : alarm_level(judged, n, o);
	for (size_t i = 0; i < n; i++)
		answered += judged[i].klass != o->n_classes && judged[i].score >= info->threshold;
	info->accuracy = share.n_in > 0 ? (double)right / (double)share.n_in : 0;
	info->answered = share.n_in > 0 ? (double)answered / (double)share.n_in : 0;
	info->ece = calibration_error(judged, n, share, o->n_classes);
	draw_curve(info, judged, n, share, o->n_classes);
}
