/* UTF-8 as the loader needs it: is it valid, one code point, how wide is it on a terminal. */
#ifndef HL_RULES_U8_H
#define HL_RULES_U8_H

#include "hotline.h"

/* Length in bytes of the code point at `at` (1 when the bytes are not valid). *point gets it, or
   0xFFFD. `at` must be below text.len. */
size_t hl_u8_next(uint32_t *point, struct hl_str text, size_t at);
/* First byte that is not valid UTF-8 (surrogates and overlong forms are not), or text.len. */
size_t hl_u8_bad(struct hl_str text);
/* Columns on a terminal: 0, 1 or 2. */
unsigned hl_u8_width(uint32_t point);
/* Code points in the text. */
size_t hl_u8_count(struct hl_str text);
/* A space other than the ordinary one: no-break, ideographic, thin … */
bool hl_u8_odd_space(uint32_t point);

#endif
