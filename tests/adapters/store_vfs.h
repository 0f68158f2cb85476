/*
 * store_vfs.h: a SQLite VFS for the store's tests, over the machine's own. It fails the n-th call,
 * pretends a full disk, and knows at any moment what a loss of power would leave.
 */
#ifndef STORE_VFS_H
#define STORE_VFS_H

#include <stdbool.h>
#include <stddef.h>

#define STORE_VFS "hotline-test"

enum store_vfs_call { STORE_VFS_READ, STORE_VFS_WRITE, STORE_VFS_SYNC, STORE_VFS_TRUNCATE };

/* Registers the VFS once; forgets files, faults and counts. */
void store_vfs_reset(void);
/* The nth call of this kind from now on fails; 0: none. */
void store_vfs_fail(enum store_vfs_call call, size_t nth);
/* Did it? */
bool store_vfs_failed(void);
/* Writes that would make a file longer fail for want of room. */
void store_vfs_full(bool full);
/* Syncs are answered but not done: what a lying disk does. */
void store_vfs_lie(bool lie);
/* Writes into `folder` what the database's files would be if the power went now: all that was
   synced, and of the rest a part of the 512-byte sectors, chosen by `seed`; seed 0: nothing. */
void store_vfs_cut(const char *folder, unsigned seed);

#endif
