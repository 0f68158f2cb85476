/*
 * fold.h: how characters fold that need no utf8proc, for the normal form. For the text room alone.
 */
#ifndef HL_TEXT_FOLD_H
#define HL_TEXT_FOLD_H

#include "base/base.h"

#define HL_FOLD_OBJECT 0xfffcu /* a redacted span */
#define HL_FOLD_WHAT 0x751au   /* 甚, which its neighbour may change */
#define HL_FOLD_SLACK 16       /* bytes kept free behind a text, to write and read it by eights */

static inline bool hl_fold_is_tail(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

/* Signs that stand for a plain one, before anything is folded. */
uint32_t hl_fold_replaced(uint32_t code);
/* The folded form of a character that needs no more than a table; UINT32_MAX: ask utf8proc. */
uint32_t hl_fold_simple(uint32_t code);
/* Nothing that stands at `p` can join the character before it, or vanish: ASCII, Latin letters,
   Chinese, its signs and full-width ones, most emoji. By the first bytes alone. */
bool hl_fold_stands_alone(const unsigned char *p, const unsigned char *end);
/* What the character at `p`, not ASCII, folds to when it stands alone, and its length in *n;
   UINT32_MAX: not known here. Four bytes are readable there. */
uint32_t hl_fold_known(const unsigned char *p, size_t *n);
/* Folds the ASCII bytes that `from` begins with; their number. `to` has HL_FOLD_SLACK bytes to
   spare, which may be written. */
size_t hl_fold_ascii(char *to, const char *from, size_t len);
/* Folds what `text` begins with as long as every character gives as many bytes as it has, so that
   each stands where it stood and no way back need be written; the bytes done. `to` has room for all
   and HL_FOLD_SLACK to spare. */
size_t hl_fold_in_place(char *to, struct hl_str text);

#endif
