/* Texts a phrase can spell, to try it with. */
#ifndef HL_RULES_SPELL_H
#define HL_RULES_SPELL_H

#include "base/pool.h"

/* The `nth` text of a phrase: every choice and every option is a digit of `nth`, 0 the plainest
   (first choices, nothing that may be missing). A gap stands in the text as `*`. HL_SPELL_NO: there
   are no more; HL_SPELL_OTHER: it holds what has no sample that is sure to be one (a type, a
   pattern) or more than can be tried. The phrase is one the engine took. */
enum hl_spelt { HL_SPELL_TEXT, HL_SPELL_NO, HL_SPELL_OTHER };
enum hl_spelt hl_spell(struct hl_str *out, struct hl_pool *pool, const struct hl_pack *pack,
		       const struct hl_intent *intent, struct hl_str phrase, unsigned nth);
/* The same of an item of `words:`, where choices need no brackets. All items of a rule share
   `*nth`, which gets what is left of it. */
enum hl_spelt hl_spell_item(struct hl_str *out, struct hl_pool *pool, const struct hl_pack *pack,
			    const struct hl_intent *intent, struct hl_str item, unsigned *nth);
/* A message that the pattern matches, mostly: letters, classes, groups and counts are read, what
   looks around is not. False: none could be made. */
bool hl_spell_pattern(struct hl_str *out, struct hl_pool *pool, struct hl_str pattern);

#endif
