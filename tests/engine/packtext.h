/*
 * packtext.h: rule packs for the engine's tests, written as a few lines of text:
 *
 *   list coin BTC = btc, bitcoin        a value of a list and its spellings
 *   set late = late, stuck              a word set
 *   intent deposit.missing              the lines below belong to it
 *   phrase deposit * missing            also: pattern, never, example
 *   words deposit~, missing|lost ! how long   all items ! none items
 *   typos 1 · max 15                    of the words rule just above
 *   slot coin list coin                 name, kind, list or pattern
 *   always                              handoff: always
 *   only user.level vip                 `!vip` for not
 */
#ifndef PACKTEXT_H
#define PACKTEXT_H

#include "hotline.h"

struct packtext; /* owns everything the pack points to */
struct packtext *packtext_new(const char *text, size_t len);
struct packtext *packtext_free(struct packtext *made);
struct hl_pack *packtext_pack(struct packtext *made);

#endif
