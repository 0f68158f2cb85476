/* The order of the intents that matched, against the plainest way to say it: pick the best of those
   left. And who loses to whom where words are shared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "decide/rivals.h"
#include "draw.h"

#define INTENTS 300
#define WORDS 40
#define ROUNDS 2000

struct made { /* a message that some intents match */
	struct hl_intent intents[INTENTS];
	struct hl_compiled_intent compiled[INTENTS];
	struct hl_rule_text texts[INTENTS];
	struct hl_found found[INTENTS];
	uint32_t words[INTENTS];
	struct hl_ruleset rules;
	struct hl_utterance utterance;
	struct hl_case c;
};

static void mix_ranks(struct made *m)
{
	for (uint32_t i = 0; i < INTENTS; i++)
		m->compiled[i].rank = i;
	for (uint32_t i = INTENTS - 1; i; i--) {
		uint32_t j = draw(i + 1), swap = m->compiled[i].rank;
		m->compiled[i].rank = m->compiled[j].rank;
		m->compiled[j].rank = swap;
	}
}

static void make_case(struct made *m, struct hl_scratch *scratch, uint32_t n)
{
	hl_scratch_begin(scratch);
	mix_ranks(m);
	m->rules.pack.intents = m->intents;
	m->rules.intents = m->compiled;
	m->rules.rule_texts = m->texts;
	m->utterance.n_words = WORDS;
	m->c = (struct hl_case){.scratch = scratch, .rules = &m->rules, .utterance = &m->utterance};
	m->c.findings.v = m->found;
	m->c.findings.n = n;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t order = (uint64_t)draw(3) << HL_ORDER_PHRASE |
				 (uint64_t)draw(3) << HL_ORDER_SIZE2 |
				 (uint64_t)draw(2) << HL_ORDER_SENSITIVE;
		if (draw(50) == 0)
			order |= (uint64_t)INT32_MAX << HL_ORDER_SIZE2;
		m->words[i] = draw(WORDS);
		m->found[i] = (struct hl_found){.intent = i, .rule = i, .order = order};
		m->found[i].match.words = &m->words[i];
		m->found[i].match.n_words = m->found[i].match.n_marked = 1;
	}
	for (uint32_t i = 0; i < 3 && i < n; i++) /* 0 to 1: the whole width of a likeness */
		m->c.opinion.top[m->c.opinion.n++] = (struct hl_guess){i, draw(4097) / 4096.0};
}

static bool goes_before(const struct made *m, const struct hl_found *a, const struct hl_found *b)
{
	double one = hl_opinion_of(&m->c.opinion, a->intent);
	double other = hl_opinion_of(&m->c.opinion, b->intent);
	if (a->order != b->order)
		return a->order > b->order;
	if (one > other || one < other)
		return one > other;
	return m->compiled[a->intent].rank < m->compiled[b->intent].rank;
}

static void check_order(const struct made *m, const struct hl_rivals *rivals)
{
	bool used[INTENTS] = {false};
	for (size_t i = 0; i < rivals->n; i++) {
		const struct hl_found *best = NULL;
		for (size_t j = 0; j < rivals->n; j++)
			if (!used[j] && (!best || goes_before(m, &m->found[j], best)))
				best = &m->found[j];
		used[best - m->found] = true;
		assert_ptr_equal(rivals->v[i].found, best);
		assert_ptr_equal(rivals->v[i].intent, &m->intents[best->intent]);
		assert_true(rivals->v[i].order == best->order);
	}
}

static void check_losers(const struct made *m, const struct hl_rivals *rivals)
{
	const struct hl_rival *owner[WORDS] = {NULL};
	for (size_t i = 0; i < rivals->n; i++) {
		const struct hl_rival *rival = &rivals->v[i];
		uint32_t word = m->words[rival->found->intent];
		assert_ptr_equal(rival->lost_to, owner[word]);
		assert_int_equal(rival->taken, owner[word] == NULL);
		if (!owner[word])
			owner[word] = rival;
	}
}

static void test_the_best_goes_first(void **state)
{
	(void)state;
	struct hl_scratch *scratch;
	struct made *m = calloc(1, sizeof *m);
	assert_non_null(m);
	assert_int_equal(hl_scratch_new(&scratch), HL_OK);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct hl_rivals rivals;
		uint32_t n = draw(draw(20) ? 12 : INTENTS);
		make_case(m, scratch, n);
		assert_int_equal(hl_rivals_rank(&rivals, &m->c), HL_OK);
		assert_int_equal(rivals.n, n);
		assert_int_equal(rivals.n_marked, n);
		check_order(m, &rivals);
		check_losers(m, &rivals);
	}
	hl_scratch_free(scratch);
	free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_best_goes_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
