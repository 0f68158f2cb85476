/*
 * From margins to "how likely right", and from that to the thresholds. All of it stands on texts
 * that were held out when their judge was trained: on its own examples every classifier is sure of
 * itself. Out-of-scope lines are weighed in by the share the author expects.
 */
#include <math.h>
#include <string.h>

#include "likeness/model.h"

#define ROUNDS 25u
#define BINS 10u
#define ANSWERS_LEAST 10u
#define MISSED_BY_MOST 0.01 /* of the precision promised */

double hl_model_confidence(const double calibration[HL_CALIBRATION], double margin, double lead,
			   double known)
{
	double z = calibration[0] + calibration[1] * margin + calibration[2] * lead +
		   calibration[3] * known;
	return 1 / (1 + hl_exact_exp(-z));
}

static double rounded(double score)
{
	return floor(score * 4096 + 0.5) / 4096;
}

static bool is_right(const struct hl_judged *j)
{
	return j->best == j->klass;
}

static struct hl_shares shares_of(const struct hl_judged *judged, size_t n,
				  const struct hl_likeness_options *o)
{
	size_t out = 0;
	for (size_t i = 0; i < n; i++)
		out += judged[i].klass == o->n_classes;
	struct hl_shares s = {.n_in = n - out};
	double oos = out == 0 ? 0 : o->oos;
	s.in = s.n_in > 0 ? (1 - oos) / (double)s.n_in : 0;
	s.out = out > 0 ? oos / (double)out : 0;
	return s;
}

/* One step of the regression of "right" on margin, lead and share known. */
static void fit_step(double theta[HL_CALIBRATION], const struct hl_judged *judged, size_t n,
		     struct hl_shares share, uint32_t outside)
{
	static const double prior[HL_CALIBRATION] = {0, 1, 2, 0};
	struct hl_fit fit;
	hl_fit_begin(&fit, theta, prior, HL_CALIBRATION);
	for (size_t i = 0; i < n; i++) {
		const struct hl_judged *j = &judged[i];
		double x[HL_CALIBRATION] = {1, j->margin, (double)j->margin - j->other, j->known};
		hl_fit_add(&fit, x, is_right(j), j->klass == outside ? share.out : share.in);
	}
	hl_fit_step(&fit);
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

/* Is the promise kept by `n` answers of which this share was wrong? What was seen must keep it, and
   what may be behind so few answers (Wilson's bound at `z`) must not miss it by more than a point.
 */
static bool is_kept(double wrong, double n, double precision, double z)
{
	double square = z * z, spread = z * sqrt(n * wrong * (1 - wrong) + square / 4);
	double at_most = (n * wrong + square / 2 + spread) / (n + square);
	return wrong <= 1 - precision && at_most <= 1 - precision + MISSED_BY_MOST;
}

/* The lowest score above which the promise is kept; 1: there is none. */
static double lowest_score(const struct hl_judged *v, size_t n, struct hl_shares share,
			   uint32_t outside, double precision, double z)
{
	double right = 0, all = 0, found = 1;
	for (size_t i = 0; i < n; i++) {
		double weight = v[i].klass == outside ? share.out : share.in;
		all += weight;
		right += is_right(&v[i]) ? weight : 0;
		bool last_of_score = i + 1 == n || v[i + 1].score < v[i].score;
		if (last_of_score && i + 1 >= ANSWERS_LEAST && all > 0 &&
		    is_kept(1 - right / all, (double)i + 1, precision, z))
			found = v[i].score;
	}
	return found;
}

/* With few examples chance alone keeps a promise; where even the best of them are too few for any
   confidence, what was seen is all there is. */
static double find_threshold(const struct hl_judged *v, size_t n, struct hl_shares share,
			     const struct hl_likeness_options *o)
{
	static const double confidence[] = {1.64, 1, 0};
	double found = 1;
	for (size_t i = 0; i < sizeof confidence / sizeof *confidence && found >= 1; i++)
		found = lowest_score(v, n, share, o->n_classes, o->precision, confidence[i]);
	return found;
}

static void draw_curve(struct hl_likeness_info *info, const struct hl_judged *v, size_t n,
		       struct hl_shares share, uint32_t outside)
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

static double calibration_error(const struct hl_judged *v, size_t n, struct hl_shares share,
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

void hl_judge(struct hl_model_head *head, struct hl_judged *judged, size_t n,
	      const struct hl_likeness_options *o)
{
	static const double usual[HL_CALIBRATION] = {-7.9, 2, 5, 7};
	struct hl_shares share = shares_of(judged, n, o);
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
	info->threshold = info->fixed ? 0.75 : find_threshold(judged, n, share, o);
	info->ask_threshold = fmin(info->threshold, 0.25);
	hl_alarm_judge(head, judged, n, share, o);
	for (size_t i = 0; i < n; i++)
		answered += judged[i].klass != o->n_classes && judged[i].score >= info->threshold;
	info->accuracy = share.n_in > 0 ? (double)right / (double)share.n_in : 0;
	info->answered = share.n_in > 0 ? (double)answered / (double)share.n_in : 0;
	info->ece = calibration_error(judged, n, share, o->n_classes);
	draw_curve(info, judged, n, share, o->n_classes);
}
