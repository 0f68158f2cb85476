/* Texts a phrase can spell, to try it with. */
#ifndef HL_RULES_SPELL_H
#define HL_RULES_SPELL_H

#include "base/pool.h"

/* The `nth` text of a phrase (0: the plainest, first choices and nothing that may be missing).
   False when there is none, or when it holds what has no plain sample. The phrase is one the engine
   took. */
bool hl_spell(struct hl_str *out, struct hl_pool *pool, const struct hl_pack *pack,
	      const struct hl_intent *intent, struct hl_str phrase, unsigned nth);

#endif
