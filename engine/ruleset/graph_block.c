/* A net as one block of memory: room for it, copies in a row, and where its states begin. Knows the
   block's parts; not what they mean. */
#include <string.h>

#include "ruleset/graph.h"

struct hl_graph *hl_graph_new(struct hl_arena *arena, uint32_t n_edges, uint32_t n_needs,
			      bool named)
{
	struct hl_graph head = {.n_edges = n_edges, .n_needs = n_needs, .named = named};
	struct hl_graph *graph = hl_arena_zalloc(arena, 1, hl_graph_size(&head));
	if (graph)
		*graph = head;
	return graph;
}

void *hl_graph_keep(struct hl_arena *arena, size_t head, struct hl_graph *const *graphs, size_t n)
{
	size_t size = head;
	for (size_t i = 0; i < n; i++)
		size += hl_graph_size(graphs[i]);
	char *row = hl_arena_lines(arena, size);
	if (!row)
		return NULL;
	char *at = row + head;
	for (size_t i = 0; i < n; i++) {
		memcpy(at, graphs[i], hl_graph_size(graphs[i]));
		at += hl_graph_size(graphs[i]);
	}
	return row;
}

const uint32_t *hl_graph_first(struct hl_arena *arena, const struct hl_graph *graph)
{
	uint32_t *first = hl_arena_array(arena, (size_t)graph->n_states + 1, sizeof *first);
	if (!first)
		return NULL;
	uint32_t state = 1;
	first[0] = first[1] = 0; /* nothing leads to the start */
	for (uint32_t e = 0; e < graph->n_edges; e++)
		if (graph->edges[e].last)
			first[++state] = e + 1;
	return first;
}
