/*
 * ruleset/learn.h: what the likeness learns from a pack.
 */
#ifndef HL_LEARN_H
#define HL_LEARN_H

#include "ruleset/build.h"

/* Trains on examples, titles, ids and texts that phrases spell, or takes up `model` when it fits,
   or that of the set in force when it learnt from the same. Packs without examples learn nothing.
   Sets likeness, class_of and intent_of of the set. HL_OK, HL_NOMEM. */
int hl_learn(struct hl_build *build, struct hl_str model, const struct hl_workers *workers);

#endif
