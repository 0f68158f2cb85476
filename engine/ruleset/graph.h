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
	uint32_t atom; /* ATOM: what the word (or words: a list, set, type) must be */
	uint16_t from, to;
	uint16_t slot; /* ATOM from {name}: number among the set's slot names; 0: none */
	uint8_t kind;
	bool insisted : 1; /* counts for rank: stands outside [ ] */
	bool opens : 1;	   /* ATOM: a match may begin with it */
	bool later : 1;	   /* ATOM: PATTERN, searched for when it is asked for */
};
struct hl_graph {
	const struct hl_edge *edges; /* by `to` */
	const uint32_t *first;	     /* edges into state s: first[s] … first[s + 1] - 1 */
	const bool *opening;	     /* a match may begin in this state (never when `whole`) */
	const bool *narrow;	     /* every way leads through this state */
	uint32_t n_edges;
	uint16_t n_states;     /* the last is the end */
	bool whole;	       /* the words are the message */
	const uint32_t *needs; /* every match has one of these atoms */
	uint32_t n_needs;      /* 0: not known; told of what no index holds: `never` */
};
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

/* Compiles a phrase. HL_OK; HL_REFUSED when an error was reported; HL_NOMEM. *canonical (may be
   NULL): the text that makes two phrases the same rule. */
int hl_graph_compile(struct hl_graph *out, struct hl_str *canonical, struct hl_phrase_env *env,
		     const struct hl_line *line, enum hl_phrase_mode mode);

/* What every match must hold, as the index wants it. Lives in `arena`. HL_OK, HL_NOMEM. */
int hl_graph_clauses(struct hl_clauses *out, struct hl_arena *arena, const struct hl_graph *graph,
		     const struct hl_vocab *vocab);
/* Fills `needs` of a graph that is matched without having been found by the index. HL_OK, HL_NOMEM.
 */
int hl_graph_needs(struct hl_graph *graph, struct hl_phrase_env *env);

#endif
