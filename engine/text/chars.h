/*
 * chars.h: questions about one code point that only this room asks.
 */
#ifndef HL_TEXT_CHARS_H
#define HL_TEXT_CHARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool hl_char_is_latin(uint32_t code);
/* The Latin letter that a folded letter of another script looks like; 0: none. */
char hl_char_look_alike(uint32_t code);
/* A Latin letter in fancy dress (small capital, white on black) as the plain one, a digit of
   another script as ours, else `code`. */
uint32_t hl_char_undressed(uint32_t code);
/* A Latin letter without its accents, ё as е, any other code unchanged; gives how many, at most 2
   (æ is two). */
size_t hl_char_unaccented(uint32_t out[2], uint32_t code);
/* Default ignorable, bidi control or skin tone: left out of every text. */
bool hl_char_is_invisible(uint32_t code);
/* A combining mark that is dropped when it did not compose with its letter. */
bool hl_char_is_stacked_mark(uint32_t code);

#endif
