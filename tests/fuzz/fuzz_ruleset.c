/* Any phrases, patterns and words, then a message: the text before the first NUL is a pack in a few
   lines (tests/engine/packtext.h), the rest a message to it. What is let through must classify any
   message within its bounds, and decide alike whether it has to explain itself or not. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "packtext.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_verdict(const struct hl_verdict *v, size_t size)
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

static void check_same(const struct hl_verdict *a, const struct hl_verdict *b)
{
	assert(a->decision == b->decision && a->intent == b->intent && a->by == b->by);
	assert(a->rule.line == b->rule.line && a->limit_hit == b->limit_hit && a->why == b->why);
	assert(a->n_hits == b->n_hits && a->n_slots == b->n_slots && a->n_all == b->n_all);
	assert(a->n_clarify == b->n_clarify && a->n_ranked == b->n_ranked);
	for (size_t i = 0; i < a->n_clarify; i++)
		assert(a->clarify[i] == b->clarify[i]);
	for (size_t i = 0; i < a->n_ranked; i++)
		assert(a->ranked[i].intent == b->ranked[i].intent);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *cut = size ? memchr(data, 0, size) : NULL;
	size_t n = cut ? (size_t)(cut - data) : size;
	struct hl_str message = {cut ? (const char *)cut + 1 : "", cut ? size - n - 1 : 0};
	struct hl_ruleset *rules = NULL;
	struct hl_scratch *scratch = NULL;
	struct hl_verdict first, again;
	if (n > 4096 || message.len > HL_TEXT_BYTES_MAX)
		return 0;
	struct packtext *made = packtext_new((const char *)data, n);
	int rc = hl_ruleset_new(&rules, packtext_pack(made), (struct hl_str){NULL, 0}, NULL, NULL);
	packtext_free(made);
	assert(rc == HL_OK || rc == HL_REFUSED);
	if (rc != HL_OK)
		return 0;
	assert(hl_scratch_new(&scratch) == HL_OK);
	struct hl_query query = {.text = message, .trace = true};
	assert(hl_classify(&first, scratch, rules, &query) == HL_OK);
	check_verdict(&first, message.len);
	query.trace = false;
	assert(hl_classify(&again, scratch, rules, &query) == HL_OK);
	check_same(&first, &again);
	hl_scratch_free(scratch);
	hl_ruleset_unref(rules);
	return 0;
}
