/*
 * folder.h: the data folder and its lock: one hotline at a time.
 */
#ifndef HL_FOLDER_H
#define HL_FOLDER_H

#include <stddef.h>

/* Makes the folder (mode 0700; its parents must exist) and takes its lock. *lock is a descriptor:
   closing it gives the lock back. HL_OK; HL_LIMIT: another process holds it; HL_REFUSED. On every
   result but HL_OK `err` holds one plain line. */
int hl_folder_lock(int *lock, const char *folder, char *err, size_t err_size);

/* "folder/name" in a heap string; NULL when there is no memory. */
char *hl_folder_path(const char *folder, const char *name);

#endif
