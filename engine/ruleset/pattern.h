/*
 * ruleset/pattern.h: an author's regular expression: what is refused, what every match must hold,
 * and the compiled code.
 */
#ifndef HL_PATTERN_H
#define HL_PATTERN_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdatomic.h>

#include "prefilter/index.h"
#include "ruleset/chain.h"
#include "ruleset/report.h"

struct hl_group { /* a named group */
	struct hl_str name;
	uint32_t number;
};
/* How many bytes at most: so many, so many characters of any kind, and so many runs of letters and
   digits, and of spaces. */
struct hl_reach {
	uint32_t bytes;
	uint16_t chars, words, spaces;
	bool any; /* no end to it */
};
struct hl_step {
	const uint32_t *atoms; /* LITERAL; one of them stands there */
	uint32_t n;
	struct hl_reach gap; /* from the end of the step before it, or from the match's start */
};
/* Machine code of one pattern, counted: rule sets that hold the same pattern share it. */
struct hl_machine {
	atomic_size_t references;
	pcre2_code *pcre;
	struct hl_str text; /* the folded pattern */
};
struct hl_machines { /* those of a rule set, by the folded pattern */
	struct hl_map texts;
	struct hl_machine **v;
	size_t n, cap;
};
struct hl_machine *hl_machine_unref(struct hl_machine *code); /* NULL is fine; always NULL */

#define HL_SCANS_ALL 65536 /* no text has so many */
struct hl_pattern {
	struct hl_chain *chain;	     /* NULL: it says more than one can; over LITERAL atoms */
	const pcre2_code *code;	     /* of `shared` */
	const struct hl_step *steps; /* literals that follow each other in every match */
	const struct hl_group *groups;
	uint32_t n_steps, n_groups, captures;
	bool jit;	      /* there is machine code */
	bool at_start;	      /* a match begins at the message's beginning only */
	uint32_t scans;	      /* characters that one try may run over; HL_SCANS_ALL: to the end */
	struct hl_reach dear; /* one count of the match limit may run over so much, in what is
			       repeated, looked ahead at or never given back */
	uint8_t n_few;	      /* of `few`; 0: more */
	uint8_t few[16];      /* bytes that a match may begin with, when they are not more */
	uint8_t starts[32];   /* a bit for each of them */
	struct hl_clauses clauses; /* what every match holds, over LITERAL atoms */
	struct hl_machine *shared; /* given back by hl_pattern_deinit */
};
struct hl_pattern_env {
	struct hl_arena *arena, *work;
	struct hl_report *report;
	struct hl_vocab *vocab;
	struct hl_machines *codes;	 /* gets those of this set */
	const struct hl_machines *like;	 /* those of a set that may have the same; may be NULL */
	const struct hl_machines *ready; /* those made ahead */
};

/* Compiles (JIT included). HL_OK; HL_REFUSED when an error was reported; HL_NOMEM. */
int hl_pattern_compile(struct hl_pattern *out, struct hl_pattern_env *env,
		       const struct hl_line *line);
/* Makes `code` that of the pattern, counts it and keeps it among env->codes. HL_OK, HL_NOMEM: the
   pattern is without code. */
int hl_pattern_share(struct hl_pattern *out, struct hl_pattern_env *env, struct hl_machine *code);
/* The code of a pattern as written, alone; NULL: it is refused, or no memory. Callable from any
   thread; the caller gives it back. */
struct hl_machine *hl_pattern_machine(struct hl_arena *work, struct hl_str text);
void hl_pattern_deinit(struct hl_pattern *pattern);

/* ------------------------------------------------------------------ the pattern's own syntax */

struct hl_pattern_flaw {
	const char *code, *message, *remedy; /* constant */
	size_t offset, len;
};
struct hl_literal_set { /* one of them is in every match */
	const struct hl_str *v;
	size_t n;
	size_t shortest, longest; /* bytes */
	uint8_t borders;	  /* HL_BORDER_…: \b stands there */
	bool aside;		  /* seen by a look-around: it may stand anywhere */
	struct hl_reach gap;	  /* from the end of the set before it that is not aside */
};
#define HL_LITERALS_MAX 32 /* in one set */
/* ASCII in lower case, or a letter without case: what the folded text surely holds itself. */
bool hl_pattern_sure(uint32_t code);
void hl_reach_add(struct hl_reach *reach, struct hl_reach more);
#define HL_PATTERN_SETS 8
struct hl_pattern_facts {
	struct hl_literal_set sets[HL_PATTERN_SETS];
	size_t n_sets;
	uint32_t scans;	      /* hl_pattern.scans */
	struct hl_reach dear; /* hl_pattern.dear */
	bool atomic;	      /* has (?>…): PCRE2 10.42's JIT backtracks into some of them */
};
/* Walks the pattern's syntax. HL_OK; HL_REFUSED: *flaw says why; HL_NOMEM. What it cannot read it
   leaves to PCRE2 and claims nothing about. */
int hl_pattern_walk(struct hl_pattern_facts *out, struct hl_pattern_flaw *flaw,
		    struct hl_arena *arena, struct hl_str pattern);

#endif
