/* Runs the rules that may match and keeps each intent's best. */
#include "classify/classify.h"

#define POSTINGS_A_UNIT 16
#define AHEAD 8 /* rules that are asked for before they are run */

static int compare(uint32_t a, uint32_t b)
{
	return a > b ? -1 : a < b;
}

/* All that a rule can be better by: first what it is itself, then what its intent is, which is
   looked at once all rules are through. */
static uint64_t order_of_rule(const struct hl_rule *rule, uint32_t size2)
{
	return (uint64_t)rule->whole << HL_ORDER_WHOLE |
	       (uint64_t)(rule->by == HL_BY_PATTERN) << HL_ORDER_PATTERN |
	       (uint64_t)size2 << HL_ORDER_SIZE2 |
	       (uint64_t)(rule->by == HL_BY_PHRASE) << HL_ORDER_PHRASE;
}

static uint64_t order_of_intent(const struct hl_compiled_intent *intent)
{
	return (uint64_t)intent->sensitive << HL_ORDER_SENSITIVE | (uint64_t)intent->conditional
									   << HL_ORDER_CONDITIONAL;
}

static bool is_barred(struct hl_reading *reading, uint32_t intent)
{
	const struct hl_compiled_intent *compiled = &reading->rules->intents[intent];
	const struct hl_graph *graph = compiled->never;
	struct hl_match match;
	for (uint32_t i = 0; i < compiled->n_never; i++, graph = hl_graph_next(graph))
		if (hl_match_graph(&match, reading, graph) == HL_OK)
			return true;
	return false;
}

/* Does `only_if` let this customer have the intent? */
static bool is_there(const struct hl_ruleset *rules, uint32_t number, const struct hl_query *query,
		     struct hl_str lang)
{
	const struct hl_intent *intent = &rules->pack.intents[number];
	if (!rules->intents[number].conditional)
		return true;
	if (hl_conds_hold(&intent->only_if, query->user, query->n_user, lang))
		return true;
	for (size_t i = 0; i < query->met.n; i++)
		if (hl_str_eq(query->met.v[i], intent->id))
			return true;
	return false;
}

bool hl_classify_allowed(struct hl_reading *reading, uint32_t intent, const struct hl_query *query,
			 struct hl_str lang)
{
	return is_there(reading->rules, intent, query, lang) && !is_barred(reading, intent);
}

/* Of two rules of one intent: the better, else the leftmost, else the one that reads first, so that
   the order of the file is of no matter. */
static int better(const struct hl_ruleset *rules, const struct hl_found *a,
		  const struct hl_found *b)
{
	const struct hl_match *ma = &a->match, *mb = &b->match;
	int order = hl_classify_order(a, b);
	for (size_t i = 0; !order && i < ma->n_words && i < mb->n_words; i++)
		order = compare(mb->words[i], ma->words[i]);
	if (!order)
		order = compare((uint32_t)ma->n_words, (uint32_t)mb->n_words);
	if (!order)
		order = hl_str_cmp(rules->rule_texts[a->rule].text,
				   rules->rule_texts[b->rule].text);
	return order;
}

struct gathering {
	struct hl_found *v;
	size_t n, cap;
};

/* What the verdict will need of a rule that matches. */
static void ask_for_verdict(const struct hl_ruleset *rules, const struct hl_found *found)
{
	__builtin_prefetch(&rules->intents[found->intent]);
	__builtin_prefetch(&rules->pack.intents[found->intent].n_slots);
	__builtin_prefetch(&rules->rule_texts[found->rule]);
}

static int keep(struct gathering *g, struct hl_reading *reading, struct hl_found *found)
{
	found->order = order_of_rule(&reading->rules->rules[found->rule], found->match.size2);
	ask_for_verdict(reading->rules, found);
	/* rules come in the order of their intents */
	struct hl_found *last = g->n ? &g->v[g->n - 1] : NULL;
	if (last && last->intent == found->intent) {
		if (better(reading->rules, found, last) < 0)
			*last = *found;
		return HL_OK;
	}
	struct hl_found *kept = HL_PUSH(&reading->scratch->turn, g->v, g->n, g->cap);
	if (!kept)
		return HL_NOMEM;
	*kept = *found;
	return HL_OK;
}

/* Nearly all of what a rule is matched by lies in two lines of the cache. */
static void ask_ahead(const struct hl_rule *rule)
{
	__builtin_prefetch(rule->matcher);
	__builtin_prefetch((const char *)rule->matcher + 64);
}

int hl_classify_rules(struct hl_findings *out, struct hl_reading *reading,
		      const struct hl_query *query, struct hl_str lang)
{
	const struct hl_ruleset *rules = reading->rules;
	struct hl_arena *turn = &reading->scratch->turn;
	struct hl_present present = {
		reading->list, reading->n_list,
		reading->bits, hl_scratch_marks(reading->scratch, rules->index.n_slots),
		rules->rules,  sizeof *rules->rules};
	const uint32_t *candidates;
	struct gathering g = {.v = NULL};
	size_t n, looked;
	if (!present.taken)
		return HL_NOMEM;
	int rc = hl_index_candidates(&candidates, &n, &looked, turn, &rules->index, &present);
	hl_reading_spend(reading, (uint32_t)(looked / POSTINGS_A_UNIT));
	if (rc != HL_OK)
		return HL_NOMEM;
	for (size_t i = 0; i < n && i < AHEAD; i++)
		ask_ahead(&rules->rules[candidates[i]]);
	for (size_t i = 0; i < n; i++) {
		if (i + AHEAD < n)
			ask_ahead(&rules->rules[candidates[i + AHEAD]]);
		struct hl_found found = {.intent = rules->rules[candidates[i]].intent,
					 .rule = candidates[i]};
		rc = hl_match_rule(&found.match, reading, &rules->rules[candidates[i]]);
		if (rc == HL_OK)
			rc = keep(&g, reading, &found);
		if (rc < 0)
			return rc;
	}
	size_t kept = 0;
	for (size_t i = 0; i < g.n; i++)
		if (hl_classify_allowed(reading, g.v[i].intent, query, lang)) {
			g.v[i].order |= order_of_intent(&rules->intents[g.v[i].intent]);
			g.v[kept++] = g.v[i];
		}
	*out = (struct hl_findings){g.v, kept, candidates, n};
	return HL_OK;
}

/* Why the rule is no hit; NULL: it is one. */
static const char *outcome_of(uint32_t rule, struct hl_reading *reading,
			      const struct hl_findings *findings, const struct hl_query *query,
			      struct hl_str lang)
{
	uint32_t intent = reading->rules->rules[rule].intent;
	struct hl_match match;
	for (size_t i = 0; i < findings->n; i++)
		if (findings->v[i].rule == rule)
			return NULL;
	bool matches = hl_match_rule(&match, reading, &reading->rules->rules[rule]) == HL_OK;
	if (reading->limit_hit)
		return "not looked at: a work limit was reached";
	if (!matches)
		return "does not match";
	if (!is_there(reading->rules, intent, query, lang))
		return "matches, but `only_if` of the intent does not hold";
	return is_barred(reading, intent) ? "matches, but so does a `never` of the intent"
					  : "matches, but a better rule of the intent does too";
}

int hl_classify_tell(const struct hl_candidate **out, struct hl_reading *reading,
		     const struct hl_findings *findings, const struct hl_query *query,
		     struct hl_str lang)
{
	const struct hl_ruleset *rules = reading->rules;
	struct hl_candidate *v = HL_NEW_ARRAY(&reading->scratch->turn, findings->candidates + 1,
					      struct hl_candidate);
	if (!v)
		return HL_NOMEM;
	for (size_t i = 0; i < findings->candidates; i++) {
		const struct hl_rule *rule = &rules->rules[findings->list[i]];
		v[i] = (struct hl_candidate){
			.intent = &rules->pack.intents[rule->intent],
			.by = (enum hl_by)rule->by,
			.src = rules->rule_texts[findings->list[i]].src,
			.text = rules->rule_texts[findings->list[i]].text,
			.outcome = outcome_of(findings->list[i], reading, findings, query, lang)};
	}
	*out = v;
	return HL_OK;
}
