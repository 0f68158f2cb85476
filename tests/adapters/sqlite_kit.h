/*
 * sqlite_kit.h: SQLite stores in folders of their own under /tmp.
 */
#ifndef SQLITE_KIT_H
#define SQLITE_KIT_H

#include <stdbool.h>

extern char sqlite_kit_folder[64]; /* the present one; empty: made at the next open */
extern const char *sqlite_kit_vfs; /* NULL: the machine's own */
extern bool sqlite_kit_keep;	   /* the folder outlives the store */
/* Makes an empty folder, in memory where the machine has one, and names it. */
void sqlite_kit_make(char out[64]);
/* Removes the folder. */
void sqlite_kit_clean(void);

#endif
