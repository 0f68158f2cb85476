/*
 * "Does this need a person?" Two witnesses that err differently: how likely the sensitive intents
 * are together, each learnt for itself, and a learner that was shown nothing but "sensitive or
 * not", which sees what they have in common when each of them has few examples. How far each is to
 * be believed, and from what score on the alarm rings, is found on texts that were held out.
 */
#include <math.h>
#include <string.h>

#include "likeness/model.h"

#define SHARPNESS 5.0f /* a margin of one more is e^5 times as likely */
#define NEVER 1e-9f
#define ROUNDS 12u
#define FEW 10u		   /* sensitive texts below which nothing is fitted */
#define RECALL 0.985	   /* of sensitive messages, where it costs no more than: */
#define FALSE_ALARMS 0.025 /* of the messages of all other intents */
#define STRANGERS 0.07	   /* of those of no intent */
#define STRANGER_WEIGHT 4  /* they come in more kinds than lines of them can be shown */
#define LEVELS 256u

#define AT_ONCE (4u * HL_LANES) /* classes */

/* How likely each is beside the best. */
static void find_shares(float *shares, const float *margins, float best, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++) {
		float below = (margins[k] - best) * SHARPNESS;
		shares[k] = hl_soft_exp(below > -80 ? below : -80);
	}
}

float hl_alarm_mass(const float *margins, const uint8_t *sensitive, uint32_t n)
{
	float yes[HL_LANES] = {0}, no[HL_LANES] = {0}, shares[AT_ONCE], best = margins[0];
	for (uint32_t k = 1; k < n; k++)
		best = margins[k] > best ? margins[k] : best;
	for (uint32_t from = 0; from < n; from += AT_ONCE) {
		uint32_t some = n - from < AT_ONCE ? n - from : AT_ONCE;
		find_shares(shares, margins + from, best, some);
		for (uint32_t k = 0; k < some; k++)
			(sensitive[from + k] ? yes : no)[k % HL_LANES] += shares[k];
	}
	float all_yes = NEVER, all_no = NEVER;
	for (uint32_t k = 0; k < HL_LANES; k++) {
		all_yes += yes[k];
		all_no += no[k];
	}
	return (float)hl_exact_log((double)all_yes / (double)all_no);
}

double hl_alarm_score(const double alarm[HL_ALARM], float mass, float margin, double known)
{
	double z =
		alarm[0] + alarm[1] * (double)mass + alarm[2] * (double)margin + alarm[3] * known;
	return 1 / (1 + hl_exact_exp(-z));
}

enum kind { SENSITIVE, HARMLESS, STRANGER, KINDS };

static enum kind kind_of(const struct hl_judged *j, const struct hl_likeness_options *o)
{
	if (j->klass >= o->n_classes)
		return STRANGER;
	return o->sensitive != NULL && o->sensitive[j->klass] ? SENSITIVE : HARMLESS;
}

struct counts {
	size_t v[KINDS];
};

/* The highest level that catches RECALL of the sensitive; where that would cry wolf, the lowest
   that does not. */
static double find_level(const struct counts at[LEVELS + 1], const struct counts *all)
{
	struct counts rings = {{0}};
	unsigned level = LEVELS + 1;
	while (level > 1) {
		struct counts next = rings;
		for (size_t k = 0; k < KINDS; k++)
			next.v[k] += at[level - 1].v[k];
		bool wolf = (double)next.v[HARMLESS] > FALSE_ALARMS * (double)all->v[HARMLESS] ||
			    (double)next.v[STRANGER] > STRANGERS * (double)all->v[STRANGER];
		if (wolf || (double)rings.v[SENSITIVE] >= RECALL * (double)all->v[SENSITIVE])
			break;
		rings = next;
		level--;
	}
	return fmin(level, LEVELS) / LEVELS;
}

void hl_alarm_judge(struct hl_model_head *head, const struct hl_judged *judged, size_t n,
		    struct hl_shares shares, const struct hl_likeness_options *o)
{
	static const double usual[HL_ALARM] = {-1, 0.5, 1.2, 1};
	struct counts at[LEVELS + 1] = {{{0}}}, all = {{0}};
	memcpy(head->alarm, usual, sizeof usual);
	head->info.sensitive_threshold = 0.5;
	for (size_t i = 0; i < n; i++)
		all.v[kind_of(&judged[i], o)]++;
	if (head->info.fixed || all.v[SENSITIVE] < FEW)
		return;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct hl_fit fit;
		hl_fit_begin(&fit, head->alarm, usual, HL_ALARM);
		for (size_t i = 0; i < n; i++) {
			double x[HL_ALARM] = {1, judged[i].mass, judged[i].alarm, judged[i].known};
			enum kind kind = kind_of(&judged[i], o);
			hl_fit_add(&fit, x, kind == SENSITIVE,
				   kind == STRANGER ? STRANGER_WEIGHT * shares.out : shares.in);
		}
		hl_fit_step(&fit);
	}
	for (size_t i = 0; i < n; i++) {
		double score = hl_alarm_score(head->alarm, judged[i].mass, judged[i].alarm,
					      (double)judged[i].known);
		at[(size_t)(score * LEVELS)].v[kind_of(&judged[i], o)]++;
	}
	head->info.sensitive_threshold = find_level(at, &all);
}

int hl_likeness_blame(double by_word[HL_LIKENESS_WORDS], const struct hl_likeness *model,
		      struct hl_arena *arena, const struct hl_utterance *u)
{
	const struct hl_model_parts *parts = &model->parts;
	uint32_t lane = parts->head->n_classes + 1;
	uint64_t *hashes = hl_arena_array(arena, HL_FEATURES_MAX, sizeof *hashes);
	uint8_t *words = hl_arena_array(arena, HL_FEATURES_MAX, sizeof *words);
	if (hashes == NULL || words == NULL)
		return HL_NOMEM;
	memset(by_word, 0, HL_LIKENESS_WORDS * sizeof *by_word);
	size_t n = hl_features_of(hashes, words, u);
	for (size_t i = 0; i < n; i++) {
		uint32_t index = hl_model_index(parts, hashes[i]);
		if (index == UINT32_MAX)
			continue;
		int8_t weight = parts->weights[(size_t)index * parts->head->stride + lane];
		by_word[words[i]] += fabs((double)parts->idf[index]) *
				     (double)parts->scales[index] * (double)weight;
	}
	return HL_OK;
}
