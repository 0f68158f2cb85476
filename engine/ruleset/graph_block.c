/* A net as one block of memory: room for it, copies in a row, and where its states begin. Knows the
   block's parts; not what they mean. */
#include <string.h>

#include "ruleset/graph.h"

#define LINE 64 /* bytes that memory hands over at once */

/* Room that lies in no more lines than it must. */
static char *line_room(struct hl_arena *arena, size_t size)
{
	char *room = hl_arena_alloc(arena, size);
	size_t in_line = (uintptr_t)room % LINE;
	if (!room || in_line + size <= LINE || in_line + size % LINE <= LINE)
		return room;
	size_t more = LINE - in_line;
	room = hl_arena_regrow(arena, room, size, size + more);
	/* it may have moved, to where this is not enough: then it stays where it is */
	size_t shift = (LINE - (uintptr_t)room % LINE) % LINE;
	return room && shift <= more ? room + shift : room;
}

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
	char *row = line_room(arena, size);
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
