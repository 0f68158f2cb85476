/*
 * verdict_checks.h: what holds of every verdict, and of two verdicts about the same message.
 */
#ifndef VERDICT_CHECKS_H
#define VERDICT_CHECKS_H

#include <assert.h>

#include "hotline.h"

/* `size`: the message's bytes. */
static inline void check_verdict(const struct hl_verdict *v, size_t size)
{
	for (size_t i = 0; i < v->n_slots; i++)
		assert(v->slots[i].start <= v->slots[i].end && v->slots[i].end <= size);
	for (size_t i = 0; i < v->n_hits; i++)
		for (size_t s = 0; s < v->hits[i].n_spans; s++)
			assert(v->hits[i].spans[s].start < v->hits[i].spans[s].end &&
			       v->hits[i].spans[s].end <= size);
	assert((v->decision == HL_ANSWER || v->decision == HL_ESCALATE) == (v->intent != NULL));
	assert(v->decision != HL_CLARIFY || v->n_clarify);
	assert(!v->limit_hit || v->decision != HL_ANSWER);
	assert(!v->intent || v->ranked[0].intent == v->intent);
}

static inline void check_same_hit(const struct hl_hit *a, const struct hl_hit *b)
{
	assert(a->intent == b->intent && a->by == b->by && a->src.line == b->src.line);
	assert(a->size2 == b->size2 && a->whole == b->whole && a->taken == b->taken);
	assert(a->lost == b->lost && a->lost_to == b->lost_to && a->equal == b->equal);
	assert(a->n_spans == b->n_spans);
	for (size_t i = 0; i < a->n_spans; i++)
		assert(a->spans[i].start == b->spans[i].start &&
		       a->spans[i].end == b->spans[i].end);
}

static inline void check_same(const struct hl_verdict *a, const struct hl_verdict *b)
{
	assert(a->decision == b->decision && a->intent == b->intent && a->by == b->by);
	assert(a->rule.line == b->rule.line && a->limit_hit == b->limit_hit && a->why == b->why);
	assert(a->n_hits == b->n_hits && a->n_slots == b->n_slots && a->n_all == b->n_all);
	assert(a->n_clarify == b->n_clarify && a->n_ranked == b->n_ranked);
	for (size_t i = 0; i < a->n_hits; i++)
		check_same_hit(&a->hits[i], &b->hits[i]);
	for (size_t i = 0; i < a->n_slots; i++)
		assert(a->slots[i].start == b->slots[i].start &&
		       a->slots[i].end == b->slots[i].end);
	for (size_t i = 0; i < a->n_all; i++)
		assert(a->all[i] == b->all[i]);
	for (size_t i = 0; i < a->n_clarify; i++)
		assert(a->clarify[i] == b->clarify[i]);
	for (size_t i = 0; i < a->n_ranked; i++)
		assert(a->ranked[i].intent == b->ranked[i].intent);
}

#endif
