/*
 * made.h: what the benches match: rules of ten thousand intents' make, and messages that hit some.
 */
#ifndef HL_MADE_H
#define HL_MADE_H

#include "hotline.h"

enum form { FORM_PHRASE, FORM_WORDS, FORM_PATTERN };
struct made_rule {
	enum form form;
	char text[300];	   /* of `words`: the items, comma between */
	char pattern[300]; /* the same as one expression, for PCRE2 alone */
	char sample[300];  /* a message that it matches */
};

unsigned made_draw(unsigned below);
double made_now_ns(void); /* CPU time of this thread */
struct hl_str made_str(const char *text);
void *made_zalloc(size_t n, size_t size); /* zeroed; no memory ends the program */

void made_words(void); /* once, before all else */
void made_rule(struct made_rule *out);
/* n rules, no two alike; gives n. */
size_t made_rules(struct made_rule *out, size_t n);
/* A message, seven of ten holding what one of the rules matches; the caller frees it. */
char *made_message(const struct made_rule *rules, size_t n);
/* The rules as a set, five an intent; `like` as for hl_ruleset_renew. *load_ms: CPU time. */
struct hl_ruleset *made_build(struct made_rule *rules, size_t n, const struct hl_ruleset *like,
			      double *load_ms);

#endif
