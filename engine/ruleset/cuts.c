/* What every match of a word net must hold. Wherever a line drawn through the net crosses words
   alone, each path takes one of those words: that is a clause for the index. */
#include <string.h>

#include "ruleset/graph.h"

#define CLAUSE_ATOMS_MAX 64
#define CLAUSES_MAX 16

static bool can_index(const struct hl_vocab *vocab, const struct hl_edge *edge)
{
	return edge->kind == HL_EDGE_ATOM && vocab->atoms[edge->atom].kind != HL_ATOM_PATTERN;
}

/* Atoms of the edges that cross from states <= line to states above; 0: something else crosses, or
   too many. */
static uint32_t crossing(uint32_t *atoms, const struct hl_graph *graph,
			 const struct hl_vocab *vocab, uint16_t line)
{
	uint32_t n = 0, to = 1;
	for (uint32_t e = 0; e < graph->n_edges; e++) {
		const struct hl_edge *edge = &graph->edges[e];
		bool crosses = edge->from <= line && to > line;
		to += edge->last;
		if (!crosses)
			continue;
		if (!can_index(vocab, edge))
			return 0;
		bool known = false;
		for (uint32_t i = 0; i < n && !known; i++)
			known = atoms[i] == edge->atom;
		if (known)
			continue;
		if (n == CLAUSE_ATOMS_MAX)
			return 0;
		atoms[n++] = edge->atom;
	}
	return n;
}

static bool same(const struct hl_clause *clause, const uint32_t *atoms, uint32_t n)
{
	bool equal = clause->n == n;
	for (uint32_t i = 0; i < n && equal; i++)
		equal = clause->atoms[i] == atoms[i];
	return equal;
}

int hl_graph_clauses(struct hl_clauses *out, struct hl_arena *arena, const struct hl_graph *graph,
		     const struct hl_vocab *vocab)
{
	uint32_t atoms[CLAUSE_ATOMS_MAX];
	size_t most = graph->n_states < CLAUSES_MAX ? graph->n_states : CLAUSES_MAX, n = 0;
	struct hl_clause *clauses = hl_arena_array(arena, most, sizeof *clauses);
	if (!clauses)
		return HL_NOMEM;
	for (uint16_t line = 0; line + 1 < graph->n_states && n < most; line++) {
		uint32_t count = crossing(atoms, graph, vocab, line);
		bool known = !count;
		for (size_t c = 0; c < n && !known; c++)
			known = same(&clauses[c], atoms, count);
		if (known)
			continue;
		uint32_t *kept = hl_arena_array(arena, count, sizeof *kept);
		if (!kept)
			return HL_NOMEM;
		memcpy(kept, atoms, count * sizeof *kept);
		clauses[n++] = (struct hl_clause){kept, count};
	}
	*out = (struct hl_clauses){clauses, n};
	return HL_OK;
}

int hl_graph_tell_needs(struct hl_graph **graph, struct hl_phrase_env *env)
{
	const struct hl_graph *old = *graph;
	struct hl_clauses clauses;
	const struct hl_clause *least = NULL;
	if (hl_graph_clauses(&clauses, env->work, old, env->vocab) != HL_OK)
		return HL_NOMEM;
	for (size_t c = 0; c < clauses.n; c++)
		if (!least || clauses.v[c].n < least->n)
			least = &clauses.v[c];
	if (!least)
		return HL_OK;
	struct hl_graph *told = hl_graph_new(env->work, old->n_edges, least->n, old->named);
	if (!told)
		return HL_NOMEM;
	told->n_states = old->n_states;
	told->whole = old->whole;
	memcpy(told->edges, old->edges, old->n_edges * sizeof *old->edges);
	memcpy(hl_graph_needs(told), least->atoms, least->n * sizeof *least->atoms);
	if (old->named)
		memcpy(hl_graph_slots(told), hl_graph_slots(old), old->n_edges * sizeof(uint16_t));
	*graph = told;
	return HL_OK;
}
