/*
 * hotline_rules.h: YAML text to rule set. Reads a pack (a folder of *.yaml), reports everything
 * wrong with file:line:column, the line, a caret and the remedy, runs the pack's own tests.
 *
 * Knows files (it reads packs) but no socket, clock or store.
 */
#ifndef HOTLINE_RULES_H
#define HOTLINE_RULES_H

#include "hotline.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HL_RULES_FILE_MAX (4u << 20)  /* bytes a file */
#define HL_RULES_PACK_MAX (32u << 20) /* bytes a pack */
#define HL_RULES_DEPTH_MAX 16

/* A file of a pack held in memory: what the loader reads from, so that an editor's draft is checked
 * like the disk. */
struct hl_rules_file {
	struct hl_str name; /* relative to the pack's folder: "deposit.yaml" */
	struct hl_str text;
};

/* One finding, with all a person or an editor needs. Strings live with the result. */
struct hl_finding {
	enum hl_level level;
	const char *code;
	struct hl_str file;
	uint32_t line, column;	       /* from 1; column in code points */
	uint32_t end_line, end_column; /* just past the marked part */
	struct hl_str line_text;       /* the whole line as written */
	struct hl_str message, remedy;
};

struct hl_rules; /* the outcome of a load: findings, sources, tests, and the rule set when there is
		    one */

struct hl_rules_options {
	bool skip_tests;     /* do not run the pack's tests */
	bool conflicts;	     /* warn of rules that can never win (a few microseconds a rule) */
	struct hl_str today; /* "2026-11-22": what review_by is held against; empty: not checked */
	struct hl_str cache; /* folder for trained models; empty: none */
	/* Read, compile and train with them, and make the report of what was loaded, so they live
	   as long; NULL: on this thread alone. */
	const struct hl_workers *workers;
	/* The set in force, may be NULL: a changed pack loads quicker with what it has in common.
	   Only read; the caller holds a reference during the load. */
	const struct hl_ruleset *like;
	/* An earlier load, may be NULL: files that are still the same are not read again. Only
	   read; it must live as long as the load takes. */
	const struct hl_rules *before;
};

/* Loads a folder. HL_OK: there is a rule set (warnings are possible). HL_REFUSED: there are errors,
   *out holds them all. HL_NOMEM. *out is always set but on a negative status; free it with
   hl_rules_free. */
int hl_rules_load(struct hl_rules **out, const char *folder,
		  const struct hl_rules_options *options);
/* The same from memory. */
int hl_rules_load_files(struct hl_rules **out, const struct hl_rules_file *files, size_t n,
			const struct hl_rules_options *options);
struct hl_rules *hl_rules_free(struct hl_rules *rules);

/* The frozen set, or NULL; the reference belongs to `rules`: take your own to keep it. */
struct hl_ruleset *hl_rules_ruleset(const struct hl_rules *rules);
/* Asks the system to hold a set in huge pages, which makes matching up to a tenth faster; where it
   will not, all stays as it is. Takes milliseconds, during which others may match against the set:
   for a program that keeps it, off its loop. */
void hl_rules_huge_pages(const struct hl_ruleset *set);
/* The same from the beginning, as hl_workers.room: a load then takes a fifth less, too. */
void hl_rules_room(void *arg, void *start, size_t bytes);
const struct hl_finding *hl_rules_findings(const struct hl_rules *rules, size_t *n);
size_t hl_rules_errors(const struct hl_rules *rules);
/* A finding as check prints it (several lines, final newline), appended to a heap string the caller
   frees. HL_OK, HL_NOMEM. */
int hl_finding_format(char **out, const struct hl_finding *finding);

struct hl_tests_result {
	size_t passed, failed;
};
void hl_rules_tests(struct hl_tests_result *out, const struct hl_rules *rules);

/* What tests and examples say about a loaded pack. Strings live as long as the `hl_rules`. */
struct hl_report_rule { /* one phrase, pattern or item of `words` */
	struct hl_src src;
	struct hl_str intent;
	enum hl_by by;
	unsigned tests, examples; /* how many it decides */
	struct hl_str text;	  /* the phrase, the pattern, the first item of `words` */
};
struct hl_report_intent { /* how its examples, held out, fared */
	struct hl_str id;
	unsigned messages, first; /* first: it was the first one found */
};
struct hl_report_mix { /* examples of one intent that, held out, were taken for another */
	struct hl_str right, got; /* got: empty when none was found */
	unsigned n;
	struct hl_str example; /* one of them */
};
/* Two rules that get into each other's way, with a message that shows it. */
enum hl_conflict {
	HL_CONFLICT_SHADOWED, /* the rule loses on every text of its own that was tried */
	HL_CONFLICT_ASKED,    /* the same, and all it gets is to be asked back */
	HL_CONFLICT_DEAD, /* it matches none of its own texts: `never`, `none` or `max_words` bar
			     them */
	HL_CONFLICT_TIED /* on the witness, which both match, neither is better: likeness decides */
};
struct hl_report_conflict {
	enum hl_conflict kind;
	struct hl_src src, other_src; /* other_src.line is 0 for DEAD */
	struct hl_str intent, other;  /* other: who wins, or is asked back beside it */
	enum hl_by by, other_by;
	struct hl_str witness;
	const char *why; /* why the other goes before it, a constant sentence */
	bool complete;	 /* every text the rule spells was tried; else 64 of them, or what could be
			    made */
};
struct hl_report_point {
	double precision, answered; /* answered: the largest share that keeps the precision */
};
struct hl_report {
	const struct hl_report_rule *rules;
	size_t n_rules;
	const struct hl_report_intent *intents; /* those with examples, weakest first */
	size_t n_intents;
	const struct hl_report_mix *mixes; /* most first */
	size_t n_mixes;
	const struct hl_report_conflict *conflicts; /* rules that never win, by place; then ties */
	size_t n_conflicts;
	bool more_ties;				 /* the search for ties was cut short */
	struct hl_report_point curve[4];	 /* at 0.90, 0.95, 0.97, 0.99 */
	unsigned folds;				 /* 0: too few examples to hold any out */
	size_t messages, answered, right, first; /* held out: all, answered, of these right, right
						    one ranked first */
	size_t escalated, escalated_right;	 /* of the messages: to a person at once, rightly */
	size_t outside, outside_answered;	 /* lines of `outside`, held out */
	double calibration_error;		 /* expected, in ten bins */
	double precision;			 /* promised: `decide.precision` */
	struct hl_ruleset_info info;
};
/* Trains the pack anew for each fold: takes as long as so many loads. HL_OK, HL_NOT_FOUND when
   `rules` has no rule set, HL_NOMEM. Free with hl_report_free. */
int hl_rules_report(struct hl_report **out, const struct hl_rules *rules);
struct hl_report *hl_report_free(struct hl_report *report); /* NULL is fine */

/* Calls `each` with every message the pack's author wrote: examples and tests, intent by intent.
   The text lives as long as `rules`. */
typedef void hl_message_fn(void *arg, struct hl_str text);
void hl_rules_messages(const struct hl_rules *rules, hl_message_fn *each, void *arg);

/* Brings a rule file's text to the canonical layout: two spaces a level, list items below their key
   indented, one space after `:` and `-`, two before a comment, no more than one blank line.
   Comments stay, and no value changes. *out is a heap string the caller frees. HL_OK; HL_REFUSED
   when the text cannot be read (findings, of hotline_yaml.h, say why); HL_NOMEM. */
struct hl_findings;
int hl_rules_format(char **out, size_t *len, struct hl_str name, struct hl_str text,
		    struct hl_findings *findings);
/* The same for every file of a pack, written back unless `dry`; `changed` is told each file that is
   (or would be) another. HL_OK, HL_REFUSED when a file could not be read or written, HL_NOMEM. */
typedef void hl_changed_fn(void *arg, struct hl_str name);
int hl_rules_format_folder(const char *folder, bool dry, struct hl_findings *findings,
			   hl_changed_fn *changed, void *arg);

/* Index of the candidate nearest to `word` (a slip or two, or the one it begins with), or `n` when
   none is near: what "did you mean" offers. Ties go to the earlier one. */
size_t hl_did_you_mean(struct hl_str word, const struct hl_str *candidates, size_t n);

#ifdef __cplusplus
}
#endif
#endif
