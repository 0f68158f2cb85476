/*
 * ruleset/renew.h: what a set that is being built takes over from the one in force: rules whose
 * text has not changed are copied, their atoms renumbered, and need not be compiled again.
 */
#ifndef HL_RENEW_H
#define HL_RENEW_H

#include "ruleset/ruleset.h"

struct hl_renewal {
	const struct hl_ruleset *old; /* NULL: there is none, and nothing is found */
	uint32_t *atoms, *slots; /* number in the old set → in the new one; HL_NO_ATOM: not yet */
	uint32_t *first_rule;	 /* of each old intent */
	struct hl_map intents;	 /* the old ones by id */
	bool same_names;	 /* word sets and lists: the same names in the same order */
	/* of the intent that is being built: */
	const struct hl_intent *intent;		   /* the old one of its id; NULL: none */
	const struct hl_compiled_intent *compiled; /* of that */
	const struct hl_rule *rules;		   /* of that, the first */
	const struct hl_rule_text *texts;
	bool same_slots;
	size_t n_phrases, n_patterns, n_words; /* looked through so far */
};

/* `old` (may be NULL) must live as long as the renewal; `pack` is the new one. HL_OK, HL_NOMEM. */
int hl_renewal_init(struct hl_renewal *out, struct hl_arena *work, const struct hl_ruleset *old,
		    const struct hl_pack *pack);
/* The intent whose rules are asked for from here on. */
void hl_renewal_intent(struct hl_renewal *renewal, const struct hl_intent *intent);

/* The old rule of the same text in the same intent; NULL: none, or something was reported when it
   was compiled, so that it has to be compiled again. */
const struct hl_rule *hl_renewal_phrase(struct hl_renewal *renewal, struct hl_str text);
const struct hl_rule *hl_renewal_pattern(struct hl_renewal *renewal, struct hl_str text);
const struct hl_rule *hl_renewal_words(struct hl_renewal *renewal,
				       const struct hl_words_rule *words);
/* What made the rule, one of those, the same as another. */
struct hl_str hl_renewal_canonical(const struct hl_renewal *renewal, const struct hl_rule *rule);
/* The old net of the n-th line of `never`, if all of the old ones are there; NULL: none. */
const struct hl_graph *hl_renewal_never(const struct hl_renewal *renewal, size_t n,
					struct hl_str text);

/* A net of the old set with the new one's numbers, in env->work. HL_OK; HL_NOT_FOUND: it names what
   may mean another thing now and must be compiled again; HL_NOMEM. */
int hl_renewal_graph(struct hl_graph **out, struct hl_renewal *renewal, struct hl_phrase_env *env,
		     const struct hl_graph *old);
/* Copies into the arenas of `env`. HL_OK, HL_NOMEM. On HL_OK out->shared is referenced. */
int hl_renewal_copy(struct hl_pattern *out, struct hl_renewal *renewal, struct hl_pattern_env *env,
		    const struct hl_pattern *old);

#endif
