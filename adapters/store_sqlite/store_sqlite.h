/*
 * store_sqlite.h: the durable store: one SQLite file in a data folder, for one process.
 *
 * One connection writes, on a thread of its own, in groups: whatever has gathered while the last
 * commit ran is one transaction. Readers work on libuv's pool. Whoever else opens the file while
 * the store has it open endangers it; the folder's lock keeps a second hotline away.
 */
#ifndef HL_STORE_SQLITE_H
#define HL_STORE_SQLITE_H

#include <uv.h>

#include "hotline_adapter.h"

#define HL_STORE_SQLITE_GATHERED_MAX 4096	  /* writes waiting; past it BUSY */
#define HL_STORE_SQLITE_GATHERED_BYTES (8u << 20) /* and bytes */
#define HL_STORE_SQLITE_ROOM_LOW (64u << 20) /* free bytes below which to refuse new messages */

/* Opens folder/hotline.db, making what is missing (folder 0700, files 0600), and holds the folder's
   lock until free. `vfs`: a SQLite VFS by name; NULL for the machine's own. Answers on `loop`,
   which it keeps alive only while an answer is owed. Takes as long as a recovery takes. HL_OK;
   HL_LIMIT: another process holds the folder; HL_REFUSED: cannot be opened, is damaged, or was
   written by a newer version; HL_NOMEM. On every result but HL_OK `err` holds one plain line. */
int hl_store_sqlite_new(struct hl_store **out, uv_loop_t *loop, const char *folder, const char *vfs,
			char *err, size_t err_size);

/* What made the store fail for good, for the log; empty while it is well. Lives with the store. */
const char *hl_store_sqlite_why(const struct hl_store *store);

#endif
