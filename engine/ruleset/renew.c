/* Rules from an old set into a new one. Knows which parts of a compiled rule depend on the set it
   stands in: numbers of atoms, slot names, word sets and lists. All else is copied as it is, so
   nothing of the old set is needed once the new one is built, but for machine code, which is
   counted. */
#include "ruleset/renew.h"

#include <string.h>

#define AHEAD                                                                                      \
	64 /* old lines looked at beyond those that were taken over: so many may be deleted        \
	    */

/* What is copied here as a whole: a new member that holds numbers or pointers must be seen to. */
_Static_assert(sizeof(struct hl_graph) == 12, "hl_renewal_graph");
_Static_assert(sizeof(struct hl_edge) == 8, "hl_renewal_graph");

static bool same_sets(const struct hl_pack *a, const struct hl_pack *b)
{
	bool same = a->n_words == b->n_words && a->n_lists == b->n_lists;
	for (size_t i = 0; i < a->n_words && same; i++)
		same = hl_str_eq(a->words[i].name, b->words[i].name);
	for (size_t i = 0; i < a->n_lists && same; i++)
		same = hl_str_eq(a->lists[i].name, b->lists[i].name);
	return same;
}

int hl_renewal_init(struct hl_renewal *out, struct hl_arena *work, const struct hl_ruleset *old,
		    const struct hl_pack *pack)
{
	*out = (struct hl_renewal){.old = old};
	if (!old)
		return HL_OK;
	size_t n = old->pack.n_intents;
	out->atoms = hl_arena_array(work, old->vocab.n + 1, sizeof *out->atoms);
	out->slots = hl_arena_array(work, old->n_slot_names + 1, sizeof *out->slots);
	out->first_rule = HL_NEW_ARRAY(work, n + 2, uint32_t);
	if (!out->atoms || !out->slots || !out->first_rule)
		return HL_NOMEM;
	memset(out->atoms, 0xff, old->vocab.n * sizeof *out->atoms);
	memset(out->slots, 0xff, (old->n_slot_names + 1) * sizeof *out->slots);
	hl_map_init(&out->intents, work);
	for (size_t r = 0; r < old->n_rules; r++)
		out->first_rule[old->rules[r].intent + 1]++;
	for (uint32_t i = 0; i < n; i++) {
		out->first_rule[i + 1] += out->first_rule[i];
		if (!hl_map_put(&out->intents, old->pack.intents[i].id, i, NULL))
			return HL_NOMEM;
	}
	out->same_names = same_sets(&old->pack, pack);
	return HL_OK;
}

static bool same_slots(const struct hl_intent *a, const struct hl_intent *b)
{
	bool same = a->n_slots == b->n_slots;
	for (size_t i = 0; i < a->n_slots && same; i++) {
		const struct hl_slot_def *x = &a->slots[i], *y = &b->slots[i];
		same = hl_str_eq(x->name, y->name) && x->kind == y->kind &&
		       hl_str_eq(x->list, y->list) && hl_str_eq(x->pattern, y->pattern);
	}
	return same;
}

void hl_renewal_intent(struct hl_renewal *renewal, const struct hl_intent *intent)
{
	const struct hl_ruleset *old = renewal->old;
	const uint32_t *known = old ? hl_map_get(&renewal->intents, intent->id) : NULL;
	renewal->intent = known ? &old->pack.intents[*known] : NULL;
	if (!known)
		return;
	renewal->compiled = &old->intents[*known];
	renewal->rules = old->rules + renewal->first_rule[*known];
	renewal->texts = old->rule_texts + renewal->first_rule[*known];
	renewal->same_slots = same_slots(renewal->intent, intent);
	renewal->n_phrases = renewal->n_patterns = renewal->n_words = 0;
}

/* ------------------------------------------------------------------ finding */

/* Lines stand in the order they had, but for those that came, went or changed. */
static size_t find_line(size_t *looked, const struct hl_lines *lines, struct hl_str text)
{
	for (size_t i = *looked; i < lines->n && i - *looked < AHEAD; i++)
		if (hl_str_eq(lines->v[i].text, text)) {
			*looked = i + 1;
			return i;
		}
	return SIZE_MAX;
}

static const struct hl_rule *quiet(const struct hl_renewal *renewal, size_t n)
{
	return renewal->texts[n].told ? NULL : &renewal->rules[n];
}

struct hl_str hl_renewal_canonical(const struct hl_renewal *renewal, const struct hl_rule *rule)
{
	return renewal->texts[rule - renewal->rules].canonical;
}

const struct hl_rule *hl_renewal_phrase(struct hl_renewal *renewal, struct hl_str text)
{
	if (!renewal->intent)
		return NULL;
	size_t i = find_line(&renewal->n_phrases, &renewal->intent->phrases, text);
	return i == SIZE_MAX ? NULL : quiet(renewal, i);
}

const struct hl_rule *hl_renewal_pattern(struct hl_renewal *renewal, struct hl_str text)
{
	if (!renewal->intent)
		return NULL;
	size_t i = find_line(&renewal->n_patterns, &renewal->intent->patterns, text);
	return i == SIZE_MAX ? NULL : quiet(renewal, renewal->intent->phrases.n + i);
}

static bool same_lines(const struct hl_lines *a, const struct hl_lines *b)
{
	bool same = a->n == b->n;
	for (size_t i = 0; i < a->n && same; i++)
		same = hl_str_eq(a->v[i].text, b->v[i].text);
	return same;
}

const struct hl_rule *hl_renewal_words(struct hl_renewal *renewal,
				       const struct hl_words_rule *words)
{
	const struct hl_intent *intent = renewal->intent;
	size_t from = renewal->n_words;
	for (size_t i = from; intent && i < intent->n_words && i - from < AHEAD; i++) {
		const struct hl_words_rule *known = &intent->words[i];
		if (known->typos != words->typos || known->max_words != words->max_words ||
		    !same_lines(&known->all, &words->all) ||
		    !same_lines(&known->none, &words->none))
			continue;
		renewal->n_words = i + 1;
		return quiet(renewal, intent->phrases.n + intent->patterns.n + i);
	}
	return NULL;
}

const struct hl_graph *hl_renewal_never(const struct hl_renewal *renewal, size_t n,
					struct hl_str text)
{
	const struct hl_intent *intent = renewal->intent;
	bool there = intent && n < intent->never.n && !renewal->compiled->never_told &&
		     hl_str_eq(intent->never.v[n].text, text);
	if (!there)
		return NULL;
	const struct hl_graph *graph = renewal->compiled->never;
	while (n--)
		graph = hl_graph_next(graph);
	return graph;
}

/* ------------------------------------------------------------------ numbers */

/* The new number of an old atom; HL_NO_ATOM: no memory. */
static uint32_t atom_of(struct hl_renewal *renewal, struct hl_vocab *vocab, uint32_t old)
{
	uint32_t *known = &renewal->atoms[old];
	const struct hl_atom *atom = &renewal->old->vocab.atoms[old];
	if (*known != HL_NO_ATOM)
		return *known;
	switch ((enum hl_atom_kind)atom->kind) {
	case HL_ATOM_WORD:
		return *known = hl_vocab_word(vocab, atom->text);
	case HL_ATOM_PREFIX:
		return *known = hl_vocab_prefix(vocab, atom->text);
	case HL_ATOM_TYPO:
		return *known = hl_vocab_typo(vocab, atom->text, atom->typos, atom->prefix);
	case HL_ATOM_LITERAL:
		return *known = hl_vocab_literal(vocab, atom->text, atom->index);
	case HL_ATOM_SET:
	case HL_ATOM_LIST:
	case HL_ATOM_TYPE:
	case HL_ATOM_PATTERN:
		break;
	}
	return *known = hl_vocab_index(vocab, (enum hl_atom_kind)atom->kind, atom->index);
}

/* The new number of an old slot name; UINT32_MAX: no memory. */
static uint32_t slot_of(struct hl_renewal *renewal, struct hl_phrase_env *env, uint32_t old)
{
	uint32_t *known = &renewal->slots[old];
	if (!old)
		return 0;
	if (*known != UINT32_MAX)
		return *known;
	struct hl_str name = hl_arena_dup(env->arena, renewal->old->slot_names[old]);
	const uint32_t *number =
		name.ptr ? hl_map_put(env->slot_names, name, (uint32_t)env->slot_names->n + 1, NULL)
			 : NULL;
	return *known = number ? *number : UINT32_MAX;
}

static uint32_t slot_in(const struct hl_graph *graph, uint32_t edge)
{
	return graph->named ? hl_graph_slots(graph)[edge] : 0;
}

/* Does the edge stand for the same in the new pack? */
static bool means_the_same(const struct hl_renewal *renewal, const struct hl_edge *edge,
			   uint32_t slot)
{
	if (edge->kind != HL_EDGE_ATOM)
		return true;
	enum hl_atom_kind kind = (enum hl_atom_kind)renewal->old->vocab.atoms[edge->atom].kind;
	bool named = slot || kind == HL_ATOM_SET || kind == HL_ATOM_LIST || kind == HL_ATOM_TYPE ||
		     kind == HL_ATOM_PATTERN;
	return !named || (renewal->same_names && renewal->same_slots && kind != HL_ATOM_PATTERN);
}

/* ------------------------------------------------------------------ copies */

static bool can_renew(const struct hl_renewal *renewal, const struct hl_graph *old)
{
	for (uint32_t i = 0; i < old->n_edges; i++)
		if (!means_the_same(renewal, &old->edges[i], slot_in(old, i)))
			return false;
	return true;
}

int hl_renewal_graph(struct hl_graph **out, struct hl_renewal *renewal, struct hl_phrase_env *env,
		     const struct hl_graph *old)
{
	if (!can_renew(renewal, old))
		return HL_NOT_FOUND;
	size_t size = hl_graph_size(old);
	struct hl_graph *graph = hl_arena_alloc(env->work, size);
	if (!graph)
		return HL_NOMEM;
	memcpy(graph, old, size);
	for (uint32_t i = 0; i < graph->n_edges; i++) {
		struct hl_edge *edge = &graph->edges[i];
		if (edge->kind != HL_EDGE_ATOM)
			continue;
		edge->atom = atom_of(renewal, env->vocab, edge->atom);
		uint32_t slot = slot_of(renewal, env, slot_in(old, i));
		if (edge->atom == HL_NO_ATOM || slot == UINT32_MAX)
			return HL_NOMEM;
		if (graph->named)
			hl_graph_slots(graph)[i] = (uint16_t)slot;
	}
	for (uint32_t i = 0; i < graph->n_needs; i++) {
		uint32_t *need = &hl_graph_needs(graph)[i];
		*need = atom_of(renewal, env->vocab, *need);
		if (*need == HL_NO_ATOM)
			return HL_NOMEM;
	}
	*out = graph;
	return HL_OK;
}

static const uint32_t *copy_atoms(struct hl_renewal *renewal, const struct hl_pattern_env *env,
				  const uint32_t *old, size_t n)
{
	uint32_t *atoms = hl_arena_array(env->arena, n, sizeof *atoms);
	for (size_t i = 0; i < n && atoms; i++) {
		atoms[i] = atom_of(renewal, env->vocab, old[i]);
		if (atoms[i] == HL_NO_ATOM)
			return NULL;
	}
	return atoms;
}

static int copy_chain(struct hl_chain **out, struct hl_renewal *renewal,
		      const struct hl_pattern_env *env, const struct hl_chain *old)
{
	const uint32_t *atoms = copy_atoms(renewal, env, hl_chain_atoms(old), old->n_atoms);
	*out = atoms ? hl_chain_copy(env->arena, old, atoms) : NULL;
	return *out ? HL_OK : HL_NOMEM;
}

int hl_renewal_copy(struct hl_pattern *out, struct hl_renewal *renewal, struct hl_pattern_env *env,
		    const struct hl_pattern *old)
{
	struct hl_clause *clauses = HL_NEW_ARRAY(env->arena, old->clauses.n + 1, struct hl_clause);
	struct hl_step *steps = HL_NEW_ARRAY(env->arena, old->n_steps + 1, struct hl_step);
	struct hl_group *groups = HL_NEW_ARRAY(env->arena, old->n_groups + 1, struct hl_group);
	if (!clauses || !steps || !groups)
		return HL_NOMEM;
	for (size_t c = 0; c < old->clauses.n; c++) {
		const struct hl_clause *clause = &old->clauses.v[c];
		clauses[c] = *clause;
		clauses[c].atoms = copy_atoms(renewal, env, clause->atoms, clause->n);
		if (!clauses[c].atoms)
			return HL_NOMEM;
		/* a step has the atoms of one of the clauses */
		for (uint32_t s = 0; s < old->n_steps; s++)
			if (old->steps[s].atoms == clause->atoms) {
				steps[s] = old->steps[s];
				steps[s].atoms = clauses[c].atoms;
			}
	}
	for (uint32_t g = 0; g < old->n_groups; g++)
		groups[g] = old->groups[g];
	struct hl_chain *chain = NULL;
	if (old->chain && copy_chain(&chain, renewal, env, old->chain) != HL_OK)
		return HL_NOMEM;
	int rc = hl_pattern_share(out, env, old->shared);
	if (rc != HL_OK)
		return rc;
	struct hl_machine *shared = out->shared;
	*out = *old;
	out->shared = shared;
	out->clauses = (struct hl_clauses){clauses, old->clauses.n};
	out->chain = chain;
	out->steps = steps;
	out->groups = groups;
	return HL_OK;
}
