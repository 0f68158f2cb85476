/*
 * ruleset/graph.h: a phrase as a net over words. Every path from the first state to the last is one
 * row of words the phrase stands for. States are numbered so that edges only lead upwards.
 */
#ifndef HL_GRAPH_H
#define HL_GRAPH_H

#include "prefilter/index.h"
#include "ruleset/spell.h"
#include "ruleset/vocab.h"

enum hl_edge_kind { HL_EDGE_ATOM, HL_EDGE_SKIP, HL_EDGE_GAP };
struct hl_edge {
	uint32_t atom;	      /* ATOM: what the word (or words: a list, set, type) must be */
	uint16_t from;	      /* to: one more than that of the edge before, where that is `last` */
	uint8_t kind : 2;     /* enum hl_edge_kind */
	uint8_t insisted : 1; /* counts for rank: stands outside [ ] */
	uint8_t opens : 1;    /* ATOM: a match may begin with it */
	uint8_t later : 1;    /* ATOM: PATTERN, searched for when it is asked for */
	uint8_t last : 1;     /* of the edges into its state */
	uint8_t must : 1;     /* last: no match without a way that comes to its state */
	uint8_t row : 6;  /* the first into a state: so many lead to it; 0: not told, of these or
			     of some the PATTERN */
	uint8_t firm : 1; /* the first: `must` and all of them take something */
	uint8_t gaps : 1; /* the first: a gap is among them */
};
/* One block without pointers, so that looking at a net costs few lines of memory, and a copy of its
   bytes is a net. Behind the edges: needs, then the slots of the edges. */
struct hl_graph {
	uint32_t n_edges;
	uint32_t n_needs;  /* every match has one of so many atoms; 0: not known. Told of what no
			      index holds: `never` */
	uint16_t n_states; /* 0 is the start, the last the end */
	bool whole;	   /* the words are the message */
	bool named;	   /* some edge has a slot */
	struct hl_edge edges[]; /* by the state they lead to, from state 1 on */
};
#define HL_EDGE_ROW_MAX 63
#define HL_GRAPH_TEXTS_MAX 20000

/* What the names in a phrase may mean. */
struct hl_phrase_env {
	struct hl_arena *arena; /* keeps the graph */
	struct hl_arena *work;	/* thrown away after the build */
	struct hl_vocab *vocab;
	struct hl_report *report;
	const struct hl_pack *pack;
	const struct hl_intent *intent; /* NULL: in a word set */
	struct hl_map *slot_names;	/* name → number from 1, for hl_edge.slot */
	uint32_t first_pattern;		/* PATTERN index of the intent's first pattern slot */
	unsigned typos;			/* allowed in an item of `words:` */
};

/* Compiles a phrase. The net lives in env->work. HL_OK; HL_REFUSED when an error was reported;
   HL_NOMEM. *canonical (may be NULL): the text that makes two phrases the same rule. */
int hl_graph_compile(struct hl_graph **out, struct hl_str *canonical, struct hl_phrase_env *env,
		     const struct hl_line *line, enum hl_phrase_mode mode);
/* A net of so many edges, zeroed but for these numbers. NULL: no memory. */
struct hl_graph *hl_graph_new(struct hl_arena *arena, uint32_t n_edges, uint32_t n_needs,
			      bool named);
/* Copies nets into one row, the next by hl_graph_next, behind `head` bytes that are left to the
   caller. Gives the head. NULL: no memory. */
void *hl_graph_keep(struct hl_arena *arena, size_t head, struct hl_graph *const *graphs, size_t n);
/* first[s] … first[s + 1] - 1 are the edges into state s. NULL: no memory. */
const uint32_t *hl_graph_first(struct hl_arena *arena, const struct hl_graph *graph);

static inline uint32_t *hl_graph_needs(const struct hl_graph *graph)
{
	return (uint32_t *)(uintptr_t)(graph->edges + graph->n_edges);
}
/* Of each edge: ATOM from {name}: its number among the set's slot names; 0: none. Only of a net
   that is `named`. */
static inline uint16_t *hl_graph_slots(const struct hl_graph *graph)
{
	return (uint16_t *)(void *)(hl_graph_needs(graph) + graph->n_needs);
}
static inline size_t hl_graph_size(const struct hl_graph *graph)
{
	size_t slots = graph->named ? (graph->n_edges + 1) / 2 * sizeof(uint32_t) : 0;
	return sizeof *graph + graph->n_edges * sizeof *graph->edges +
	       graph->n_needs * sizeof(uint32_t) + slots;
}
static inline const struct hl_graph *hl_graph_next(const struct hl_graph *graph)
{
	return (const struct hl_graph *)(const void *)((const char *)graph + hl_graph_size(graph));
}

/* What every match must hold, as the index wants it. Lives in `arena`. HL_OK, HL_NOMEM. */
int hl_graph_clauses(struct hl_clauses *out, struct hl_arena *arena, const struct hl_graph *graph,
		     const struct hl_vocab *vocab);
/* Puts a net with needs, in env->work, in the place of one that is matched without having been
   found by the index. HL_OK, HL_NOMEM. */
int hl_graph_tell_needs(struct hl_graph **graph, struct hl_phrase_env *env);

#endif
