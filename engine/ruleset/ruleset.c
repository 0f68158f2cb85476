/* A rule set's life: built whole or refused whole, then frozen, shared and counted. */
#include "ruleset/ruleset.h"

#include <stdlib.h>
#include <string.h>

#include "ruleset/build.h"
#include "ruleset/learn.h"

static void destroy(struct hl_ruleset *set)
{
	for (size_t i = 0; i < set->n_rules; i++)
		if (set->rules[i].by == HL_BY_PATTERN)
			hl_machine_unref(hl_rule_pattern(&set->rules[i])->shared);
	for (size_t i = 0; i < set->n_slot_patterns; i++)
		hl_machine_unref(set->slot_patterns[i].shared);
	hl_likeness_free(set->likeness);
	hl_arena_deinit(&set->arena);
	free(set);
}

static void tell_room(struct hl_arena *arena, const struct hl_workers *workers)
{
	arena->room = workers ? workers->room : NULL;
	arena->room_arg = workers ? workers->arg : NULL;
}

static int begin(struct hl_build *b, struct hl_ruleset *set, const struct hl_pack *pack,
		 const struct hl_workers *workers, hl_diag_fn *diag, void *arg)
{
	memset(b, 0, sizeof *b);
	hl_arena_init(&b->work);
	hl_arena_init(&b->turn);
	hl_arena_init(&set->arena);
	tell_room(&b->work, workers);
	tell_room(&set->arena, workers);
	atomic_init(&set->references, 1);
	set->stop_atom = HL_NO_ATOM;
	b->set = set;
	b->report = (struct hl_report){.fn = diag, .arg = arg, .arena = &b->work};
	hl_map_init(&b->slot_names, &b->work);
	hl_map_init(&set->examples, &set->arena);
	hl_map_init(&set->codes.texts, &set->arena);
	hl_vocab_init(&set->vocab, &set->arena);
	b->phrases = (struct hl_phrase_env){.arena = &set->arena,
					    .work = &b->turn,
					    .vocab = &set->vocab,
					    .report = &b->report,
					    .pack = &set->pack,
					    .slot_names = &b->slot_names};
	b->patterns = (struct hl_pattern_env){.arena = &set->arena,
					      .work = &b->turn,
					      .report = &b->report,
					      .vocab = &set->vocab,
					      .codes = &set->codes,
					      .ready = &b->ready};
	int rc = hl_pack_copy(&set->pack, &set->arena, pack);
	if (rc == HL_OK)
		rc = hl_spellings_init(&set->spellings, &set->arena);
	if (rc == HL_OK)
		rc = hl_build_room(b);
	b->intents = HL_NEW_ARRAY(&set->arena, set->pack.n_intents + 1, struct hl_compiled_intent);
	return b->intents ? rc : HL_NOMEM;
}

/* What the build made so far belongs to the set from here on, whether it succeeds or not. */
static void hand_over(struct hl_build *b)
{
	struct hl_ruleset *set = b->set;
	set->rules = b->rules;
	set->rule_texts = b->texts;
	set->n_rules = b->n_rules;
	set->intents = b->intents;
	set->slot_patterns = b->slot_patterns;
	set->n_slot_patterns = b->n_slot_patterns;
	set->n_patterns = b->n_slot_patterns;
	for (size_t i = 0; i < b->n_rules; i++)
		set->n_patterns += b->rules[i].by == HL_BY_PATTERN;
}

int hl_ruleset_new(struct hl_ruleset **out, const struct hl_pack *pack, struct hl_str model,
		   hl_diag_fn *diag, void *arg)
{
	return hl_ruleset_renew(out, pack, model, NULL, NULL, diag, arg);
}

int hl_ruleset_new_with(struct hl_ruleset **out, const struct hl_pack *pack, struct hl_str model,
			const struct hl_workers *workers, hl_diag_fn *diag, void *arg)
{
	return hl_ruleset_renew(out, pack, model, NULL, workers, diag, arg);
}

int hl_ruleset_renew(struct hl_ruleset **out, const struct hl_pack *pack, struct hl_str model,
		     const struct hl_ruleset *like, const struct hl_workers *workers,
		     hl_diag_fn *diag, void *arg)
{
	struct hl_build b;
	struct hl_ruleset *set = calloc(1, sizeof *set);
	if (!set)
		return HL_NOMEM;
	int rc = begin(&b, set, pack, workers, diag, arg);
	b.patterns.like = like ? &like->codes : NULL;
	if (rc == HL_OK)
		rc = hl_renewal_init(&b.renewal, &b.work, like, &set->pack);
	/* a quarter more than there were, so that words that came do not make it grow */
	if (rc == HL_OK && like && !hl_vocab_reserve(&set->vocab, like->vocab.n * 5 / 4))
		rc = HL_NOMEM;
	if (rc == HL_OK)
		rc = hl_build_ahead(&b, workers);
	if (rc == HL_OK)
		rc = hl_build_names(&b);
	for (uint32_t i = 0; i < set->pack.n_intents && rc == HL_OK; i++)
		rc = hl_build_intent(&b, i);
	if (rc == HL_OK)
		rc = hl_build_examples(&b);
	if (rc == HL_OK && !b.report.errors)
		rc = hl_build_index(&b, workers);
	if (rc == HL_OK && !b.report.errors)
		rc = hl_learn(&b, model, workers);
	hand_over(&b);
	tell_room(&set->arena, NULL); /* they need not live on */
	if (rc == HL_OK && b.report.errors)
		rc = HL_REFUSED;
	hl_build_ahead_done(&b);
	hl_arena_deinit(&b.work);
	hl_arena_deinit(&b.turn);
	if (rc != HL_OK)
		destroy(set);
	else
		*out = set;
	return rc;
}

struct hl_ruleset *hl_ruleset_ref(struct hl_ruleset *rules)
{
	atomic_fetch_add_explicit(&rules->references, 1, memory_order_relaxed);
	return rules;
}

struct hl_ruleset *hl_ruleset_unref(struct hl_ruleset *rules)
{
	if (rules && atomic_fetch_sub_explicit(&rules->references, 1, memory_order_acq_rel) == 1)
		destroy(rules);
	return NULL;
}

const struct hl_pack *hl_ruleset_pack(const struct hl_ruleset *rules)
{
	return &rules->pack;
}

void hl_ruleset_memory(const struct hl_ruleset *rules,
		       void (*each)(void *arg, const void *start, size_t bytes), void *arg)
{
	hl_arena_blocks(&rules->arena, each, arg);
	if (rules->likeness)
		hl_likeness_memory(rules->likeness, each, arg);
}

void hl_ruleset_info(struct hl_ruleset_info *out, const struct hl_ruleset *rules)
{
	*out = (struct hl_ruleset_info){.intents = rules->pack.n_intents,
					.rules = rules->n_rules,
					.without_literal = rules->index.n_always,
					.bytes = rules->arena.taken,
					.threshold = rules->pack.precision,
					.sensitive_threshold = rules->pack.precision,
					.threshold_fixed = true};
	if (rules->likeness) {
		struct hl_likeness_info like;
		hl_likeness_info(&like, rules->likeness);
		out->model_bytes = hl_likeness_bytes(rules->likeness).len;
		out->bytes += out->model_bytes;
		out->threshold = like.threshold;
		out->sensitive_threshold = like.sensitive_threshold;
		out->threshold_fixed = like.fixed;
	}
	for (size_t i = 0; i < rules->n_rules; i++) {
		size_t code = 0, jit = 0;
		if (rules->rules[i].by != HL_BY_PATTERN)
			continue;
		const struct hl_pattern *pattern = hl_rule_pattern(&rules->rules[i]);
		pcre2_pattern_info(pattern->code, PCRE2_INFO_SIZE, &code);
		pcre2_pattern_info(pattern->code, PCRE2_INFO_JITSIZE, &jit);
		out->bytes += code + jit;
	}
}

struct hl_str hl_ruleset_model(const struct hl_ruleset *rules)
{
	return rules->likeness ? hl_likeness_bytes(rules->likeness) : HL_NONE;
}
