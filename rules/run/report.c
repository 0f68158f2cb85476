/*
 * The report of a pack: which rules its tests and examples cover, and how it fares on examples it
 * was not shown, by cross-validation. Knows the engine through its public functions alone.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/conflict.h"
#include "run/customer.h"
#include "run/run.h"

#define FOLDS 5u
#define EXAMPLES_LEAST 20u
#define BINS 10u

struct outcome { /* one held-out message */
	double score;
	bool right, outside;
};
struct making {
	struct hl_report report; /* first: what is handed out */
	struct hl_pool pool;
	const struct hl_rules *rules;
	struct hl_scratch *scratch;
	struct hl_report_rule *uses;
	struct hl_report_intent *intents; /* parallel to the pack's */
	struct hl_report_mix *mixes;
	size_t n_mixes, room_mixes;
	struct outcome *v;
	size_t n, room;
};

/* ------------------------------------------------------------------ coverage */

static void add_use(struct making *m, struct hl_src src, struct hl_str intent, enum hl_by by,
		    struct hl_str text)
{
	m->uses[m->report.n_rules++] =
		(struct hl_report_rule){.src = src, .intent = intent, .by = by, .text = text};
}

static int list_rules(struct making *m)
{
	const struct hl_pack *pack = &m->rules->load.pack;
	size_t n = 0;
	for (size_t i = 0; i < pack->n_intents; i++)
		n += pack->intents[i].phrases.n + pack->intents[i].patterns.n +
		     pack->intents[i].n_words;
	m->uses = hl_pool_array(&m->pool, n, sizeof(*m->uses));
	if (!m->uses)
		return HL_NOMEM;
	for (size_t i = 0; i < pack->n_intents; i++) {
		const struct hl_intent *intent = &pack->intents[i];
		for (size_t k = 0; k < intent->phrases.n; k++)
			add_use(m, intent->phrases.v[k].src, intent->id, HL_BY_PHRASE,
				intent->phrases.v[k].text);
		for (size_t k = 0; k < intent->n_words; k++)
			add_use(m, intent->words[k].src, intent->id, HL_BY_WORDS,
				intent->words[k].all.n ? intent->words[k].all.v[0].text : HL_NONE);
		for (size_t k = 0; k < intent->patterns.n; k++)
			add_use(m, intent->patterns.v[k].src, intent->id, HL_BY_PATTERN,
				intent->patterns.v[k].text);
	}
	m->report.rules = m->uses;
	return HL_OK;
}

static struct hl_report_rule *use_of(struct making *m, uint32_t node)
{
	for (size_t i = 0; i < m->report.n_rules; i++)
		if (m->uses[i].src.node == node)
			return &m->uses[i];
	return NULL;
}

static int count_use(struct making *m, const struct hl_query *query, bool test)
{
	struct hl_verdict v;
	int status = hl_classify(&v, m->scratch, m->rules->set, query);
	for (size_t i = 0; status == HL_OK && i < v.n_hits; i++) {
		struct hl_report_rule *use = v.hits[i].taken ? use_of(m, v.hits[i].src.node) : NULL;
		if (use && test)
			use->tests++;
		else if (use)
			use->examples++;
	}
	return status < 0 ? status : HL_OK;
}

static int count_tests(struct making *m, const struct hl_test *tests, size_t n)
{
	int status = HL_OK;
	for (size_t i = 0; status == HL_OK && i < n; i++) {
		const struct hl_test *test = &tests[i];
		struct hl_customer customer;
		hl_customer_of(&customer, test);
		struct hl_query query = hl_customer_query(&customer, test->say, test->lang);
		status = test->n_talk ? count_tests(m, test->talk, test->n_talk)
				      : count_use(m, &query, true);
	}
	return status;
}

static int cover(struct making *m)
{
	const struct hl_load *load = &m->rules->load;
	int status = count_tests(m, load->tests, load->n_tests);
	for (size_t i = 0; status == HL_OK && i < load->n_origins; i++) {
		const struct hl_origin *origin = &load->origins[i];
		status = count_tests(m, origin->tests, origin->n_tests);
		struct hl_customer customer = {.n_attrs = 0};
		hl_customer_meet(&customer, origin->intent);
		for (size_t k = 0; status == HL_OK && k < origin->intent->examples.n; k++) {
			struct hl_query query = hl_customer_query(
				&customer, origin->intent->examples.v[k].text, HL_NONE);
			status = count_use(m, &query, false);
		}
	}
	return status;
}

/* ------------------------------------------------------------------ conflicts */

static int find_conflicts(struct making *m)
{
	struct hl_conflicts found;
	int status = hl_conflicts_find(&found, &m->pool, m->rules, true);
	m->report.conflicts = found.v;
	m->report.n_conflicts = found.n;
	m->report.more_ties = found.more;
	return status;
}

/* ------------------------------------------------------------------ held out */

static bool keep_outcome(struct making *m, struct outcome outcome)
{
	if (!hl_grow((void **)&m->v, &m->room, m->n, sizeof(*m->v)))
		return false;
	m->v[m->n++] = outcome;
	return true;
}

static bool keep_mix(struct making *m, struct hl_str right, struct hl_str got, struct hl_str text)
{
	for (size_t i = 0; i < m->n_mixes; i++)
		if (hl_view_equal(m->mixes[i].right, right) &&
		    hl_view_equal(m->mixes[i].got, got)) {
			m->mixes[i].n++;
			return true;
		}
	if (!hl_grow((void **)&m->mixes, &m->room_mixes, m->n_mixes, sizeof(*m->mixes)))
		return false;
	got = hl_pool_copy(&m->pool, got); /* of a rule set that goes away */
	m->mixes[m->n_mixes++] = (struct hl_report_mix){right, got, 1, text};
	return !m->pool.failed;
}

static void count_intent(struct making *m, const struct hl_intent *own, bool first)
{
	struct hl_report_intent *intent = &m->intents[own - m->rules->load.pack.intents];
	intent->id = own->id;
	intent->messages++;
	intent->first += first;
}

/* One message the fold's rule set was not shown. `own` is NULL for a line of `outside`. */
static int try_message(struct making *m, const struct hl_ruleset *set, struct hl_str text,
		       const struct hl_intent *own)
{
	struct hl_verdict v;
	struct hl_customer customer = {.n_attrs = 0};
	if (own)
		hl_customer_meet(&customer, own);
	struct hl_query query = hl_customer_query(&customer, text, HL_NONE);
	struct hl_str right = own ? own->id : HL_NONE;
	int status = hl_classify(&v, m->scratch, set, &query);
	if (status != HL_OK)
		return status < 0 ? status : HL_OK;
	bool answered = v.decision == HL_ANSWER || v.decision == HL_ESCALATE;
	struct hl_str first = v.n_ranked ? v.ranked[0].intent->id : HL_NONE;
	/* what a rule matched and was asked back all the same is answered at no threshold */
	bool asked = v.n_hits > 0 && v.decision == HL_CLARIFY;
	struct outcome outcome = {.score = v.n_ranked && !asked ? v.ranked[0].score : 0,
				  .right = right.len > 0 && hl_view_equal(first, right),
				  .outside = right.len == 0};
	if (outcome.outside) {
		m->report.outside++;
		m->report.outside_answered += answered;
	} else {
		m->report.messages++;
		m->report.first += outcome.right;
		count_intent(m, own, outcome.right);
		bool person = v.decision == HL_ESCALATE, good = hl_came_to(&v, right);
		m->report.answered += answered && !person;
		m->report.right += answered && !person && good;
		m->report.escalated += person;
		m->report.escalated_right += person && good;
		if (!outcome.right && !hl_came_to(&v, right) && !keep_mix(m, right, first, text))
			return HL_NOMEM;
	}
	return keep_outcome(m, outcome) ? HL_OK : HL_NOMEM;
}

/* The lines of a list that a fold is not shown are left out. */
static struct hl_lines without(struct hl_pool *pool, struct hl_lines lines, unsigned fold)
{
	struct hl_line *v = hl_pool_array(pool, lines.n, sizeof(*v));
	size_t n = 0;
	for (size_t i = 0; v && i < lines.n; i++)
		if (i % FOLDS != fold)
			v[n++] = lines.v[i];
	return (struct hl_lines){v, n};
}

static void ignore(void *arg, const struct hl_diag *diag)
{
	(void)arg;
	(void)diag;
}

static int try_lines(struct making *m, const struct hl_ruleset *set, struct hl_lines lines,
		     const struct hl_intent *own, unsigned fold)
{
	int status = HL_OK;
	for (size_t i = fold; status == HL_OK && i < lines.n; i += FOLDS)
		status = try_message(m, set, lines.v[i].text, own);
	return status;
}

static int run_fold(struct making *m, unsigned fold)
{
	struct hl_pack pack = m->rules->load.pack;
	const struct hl_intent *whole = pack.intents;
	struct hl_ruleset *set = NULL;
	struct hl_intent *intents = hl_pool_array(&m->pool, pack.n_intents, sizeof(*intents));
	if (!intents)
		return HL_NOMEM;
	for (size_t i = 0; i < pack.n_intents; i++) {
		intents[i] = whole[i];
		intents[i].examples = without(&m->pool, whole[i].examples, fold);
	}
	pack.intents = intents;
	pack.outside = without(&m->pool, pack.outside, fold);
	/* the rules are the same: they are taken over */
	int status = m->pool.failed ? HL_NOMEM
				    : hl_ruleset_renew(&set, &pack, HL_NONE, m->rules->set,
						       m->rules->workers, ignore, NULL);
	for (size_t i = 0; status == HL_OK && i < pack.n_intents; i++)
		status = try_lines(m, set, whole[i].examples, &whole[i], fold);
	if (status == HL_OK)
		status = try_lines(m, set, m->rules->load.pack.outside, NULL, fold);
	hl_ruleset_unref(set);
	return status;
}

/* ------------------------------------------------------------------ sums */

static int order_outcomes(const void *a, const void *b)
{
	const struct outcome *x = a, *y = b;
	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->right - y->right; /* the wrong ones first: no luck among equals */
}

static void sum_up(struct making *m)
{
	static const double wanted[] = {0.90, 0.95, 0.97, 0.99};
	double confidence[BINS] = {0};
	size_t count[BINS] = {0}, rights[BINS] = {0}, right = 0;
	if (m->n > 1)
		qsort(m->v, m->n, sizeof(*m->v), order_outcomes);
	for (size_t k = 0; k < 4; k++)
		m->report.curve[k].precision = wanted[k];
	for (size_t i = 0; i < m->n; i++) {
		size_t bin = (size_t)(m->v[i].score * BINS);
		bin = bin < BINS ? bin : BINS - 1;
		right += m->v[i].right;
		count[bin]++;
		rights[bin] += m->v[i].right;
		confidence[bin] += m->v[i].score;
		bool last = i + 1 == m->n || m->v[i + 1].score < m->v[i].score;
		for (size_t k = 0; last && k < 4; k++)
			if ((double)right >= wanted[k] * (double)(i + 1) && m->report.messages)
				m->report.curve[k].answered =
					(double)right / (double)m->report.messages;
	}
	for (size_t i = 0; i < BINS; i++)
		if (count[i])
			m->report.calibration_error +=
				fabs(confidence[i] - (double)rights[i]) / (double)m->n;
}

static int order_mixes(const void *a, const void *b)
{
	const struct hl_report_mix *x = a, *y = b;
	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	int by_right = hl_view_order(x->right, y->right);
	return by_right != 0 ? by_right : hl_view_order(x->got, y->got);
}

/* Weakest first: by the share that came first, then by how many did not, then by id. */
static int order_intents(const void *a, const void *b)
{
	const struct hl_report_intent *x = a, *y = b;
	uint64_t left = (uint64_t)x->first * y->messages, right = (uint64_t)y->first * x->messages;
	if (left != right)
		return left < right ? -1 : 1;
	if (x->messages != y->messages)
		return x->messages > y->messages ? -1 : 1;
	return hl_view_order(x->id, y->id);
}

static void list_intents(struct making *m)
{
	size_t n = 0;
	for (size_t i = 0; i < m->rules->load.pack.n_intents; i++)
		if (m->intents[i].messages)
			m->intents[n++] = m->intents[i];
	if (n > 1)
		qsort(m->intents, n, sizeof(*m->intents), order_intents);
	m->report.intents = m->intents;
	m->report.n_intents = n;
}

static int cross_validate(struct making *m)
{
	const struct hl_pack *pack = &m->rules->load.pack;
	size_t examples = 0;
	int status = HL_OK;
	for (size_t i = 0; i < pack->n_intents; i++)
		examples += pack->intents[i].examples.n;
	if (examples < EXAMPLES_LEAST)
		return HL_OK;
	m->intents = hl_pool_array(&m->pool, pack->n_intents, sizeof(*m->intents));
	if (!m->intents)
		return HL_NOMEM;
	m->report.folds = FOLDS;
	for (unsigned fold = 0; status == HL_OK && fold < FOLDS; fold++)
		status = run_fold(m, fold);
	if (status > 0)
		status = HL_OK; /* a fold that cannot be built tells nothing */
	sum_up(m);
	list_intents(m);
	if (m->n_mixes > 1)
		qsort(m->mixes, m->n_mixes, sizeof(*m->mixes), order_mixes);
	m->report.mixes = m->mixes;
	m->report.n_mixes = m->n_mixes;
	return status;
}

int hl_rules_report(struct hl_report **out, const struct hl_rules *rules)
{
	if (!rules->set)
		return HL_NOT_FOUND;
	struct making *m = calloc(1, sizeof(*m));
	if (!m)
		return HL_NOMEM;
	hl_pool_init(&m->pool);
	m->rules = rules;
	m->report.precision = rules->load.pack.precision > 0 ? rules->load.pack.precision : 0.95;
	hl_ruleset_info(&m->report.info, rules->set);
	int status = hl_scratch_new(&m->scratch);
	if (status == HL_OK)
		status = list_rules(m);
	if (status == HL_OK)
		status = cover(m);
	if (status == HL_OK)
		status = find_conflicts(m);
	if (status == HL_OK)
		status = cross_validate(m);
	m->scratch = hl_scratch_free(m->scratch);
	if (status != HL_OK) {
		hl_report_free(&m->report);
		return status;
	}
	*out = &m->report;
	return HL_OK;
}

struct hl_report *hl_report_free(struct hl_report *report)
{
	struct making *m = (struct making *)report;
	if (m) {
		hl_pool_deinit(&m->pool);
		free(m->mixes);
		free(m->v);
		free(m);
	}
	return NULL;
}
