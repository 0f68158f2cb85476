/*
 * ruleset/ruleset.h: a frozen rule set as the rooms below see it. Nothing in it changes after
 * hl_ruleset_new but the count of references.
 */
#ifndef HL_RULESET_H
#define HL_RULESET_H

#include <stdatomic.h>

#include "likeness/likeness.h"
#include "prefilter/index.h"
#include "prefilter/literals.h"
#include "ruleset/pattern.h"
#include "ruleset/spellings.h"

struct hl_words { /* its items stand in a row behind it: all, then none */
	uint32_t n_all, n_none;
	uint32_t max_words; /* 0: no limit */
};
static inline const struct hl_graph *hl_words_items(const struct hl_words *words)
{
	return (const struct hl_graph *)(const void *)(words + 1);
}
/* What every message asks of a rule, all of them close together; the rest is apart. */
struct hl_rule {
	uint32_t intent;
	uint8_t by;   /* enum hl_by: PHRASE, WORDS or PATTERN */
	bool whole;   /* a phrase that is the whole message */
	bool chained; /* a pattern that a chain says all of */
	union {
		const struct hl_graph *phrase;
		const struct hl_words *words;
		const struct hl_pattern *pattern;
		const struct hl_chain *chain;
		const void *matcher; /* whichever it is */
	};
};
/* Of a PATTERN. */
static inline const struct hl_pattern *hl_rule_pattern(const struct hl_rule *rule)
{
	return rule->chained ? hl_chain_owner(rule->chain) : rule->pattern;
}
struct hl_rule_text {
	struct hl_src src;
	struct hl_str text;	 /* as written; of `words:` the first item */
	struct hl_str canonical; /* what makes two rules the same */
	bool told;		 /* something was reported when it was compiled */
};
struct hl_compiled_slot {
	uint32_t atom; /* LIST, TYPE or PATTERN; TEXT has none: HL_NO_ATOM */
};
struct hl_compiled_intent {
	const struct hl_graph *never;	      /* the first of a row */
	const struct hl_compiled_slot *slots; /* as many as the pack's intent has; NULL: none */
	uint32_t n_never;
	uint32_t rank;	  /* of its id among all ids, by bytes */
	bool never_told;  /* something was reported when they were compiled */
	bool conditional; /* has `only_if` */
	bool sensitive;	  /* handoff: always */
};
struct hl_example { /* a whole normalised utterance */
	uint32_t intent;
	uint32_t next; /* another intent with the same example, HL_NO_EXAMPLE at the end */
};
#define HL_NO_EXAMPLE UINT32_MAX

struct hl_ruleset {
	atomic_size_t references;
	struct hl_arena arena;
	struct hl_pack pack;
	struct hl_vocab vocab;
	const struct hl_rule *rules;
	const struct hl_rule_text *rule_texts; /* as many */
	const struct hl_compiled_intent *intents;
	size_t n_rules, n_patterns; /* patterns: of rules and slots */
	struct hl_index index;
	struct hl_literals literals;
	struct hl_spellings spellings;
	struct hl_machines codes;		/* of all patterns */
	const struct hl_pattern *slot_patterns; /* by PATTERN index */
	size_t n_slot_patterns;
	const struct hl_str *slot_names; /* by hl_edge.slot; [0] is none */
	size_t n_slot_names;		 /* besides [0] */
	uint32_t types;			 /* bit k: a rule or slot uses type k */
	const uint32_t *type_atoms;	 /* by enum hl_slot_kind, HL_NO_ATOM: unused */
	struct hl_map examples;		 /* hl_ruleset_key → first hl_example */
	const struct hl_example *example_of;
	struct hl_likeness *likeness; /* NULL: nothing to learn from */
	uint64_t learnt;	      /* hash and length of all that the model depends on */
	size_t learnt_bytes;
	const uint32_t *intent_of; /* the likeness's class → intent number */
	uint32_t stop_atom;	   /* the pack's set `stop`, HL_NO_ATOM: the built-in one */
};

/* The text that makes two utterances the same example: words, repeats squeezed, one space between.
   Lives in `arena`; .ptr NULL: no memory. */
struct hl_str hl_ruleset_key(struct hl_arena *arena, const struct hl_utterance *utterance);

/* A deep copy of a pack with its defaults filled in. HL_OK, HL_NOMEM. */
int hl_pack_copy(struct hl_pack *out, struct hl_arena *arena, const struct hl_pack *pack);

#endif
