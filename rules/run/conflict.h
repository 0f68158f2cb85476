/* Rules that can never win, and pairs that tie, each proved with a message. */
#ifndef HL_RULES_CONFLICT_H
#define HL_RULES_CONFLICT_H

#include "load/rules.h"
#include "run/spell.h"

#define HL_TEXTS_TRIED 64u /* of one rule */
#define HL_TIES_MAX 2000u

struct hl_conflicts {
	struct hl_report_conflict *v;
	size_t n;
	bool more; /* the search for ties was cut short */
};
/* By place; with `ties`, pairs of rules that are equal on some message come after. Strings live in
   the pool. HL_OK, HL_NOMEM. */
int hl_conflicts_find(struct hl_conflicts *out, struct hl_pool *pool, const struct hl_rules *rules,
		      bool ties);

/* ------------------------------------------------------------------ inside */

/* One rule as the search sees it. */
struct hl_tried {
	const struct hl_intent *intent;
	enum hl_by by;
	struct hl_src src;
	const struct hl_line *line; /* of a phrase or a pattern */
	const struct hl_words_rule *words;
};
/* Every rule of the pack, by intent and then as written. NULL: no memory. */
struct hl_tried *hl_tried_list(size_t *n, struct hl_pool *pool, const struct hl_pack *pack);
/* The rule's `nth` text; a gap stands in it as `*`. */
enum hl_spelt hl_tried_text(struct hl_str *out, struct hl_pool *pool, const struct hl_pack *pack,
			    const struct hl_tried *rule, unsigned nth);
/* tie.c: appends the ties. */
int hl_ties_find(struct hl_conflicts *out, struct hl_pool *pool, const struct hl_rules *rules,
		 struct hl_scratch *scratch, const struct hl_tried *tried, size_t n);

#endif
