/*
 * db.h: a SQLite connection with its prepared statements, and the schema.
 */
#ifndef HL_DB_H
#define HL_DB_H

#include <sqlite3.h>

#include "hotline.h"

#define HL_DB_STATEMENTS 24
#define HL_DB_WAIT_MS 2000 /* for a lock that only a foreign process could hold */
struct hl_db {
	sqlite3 *db;
	sqlite3_stmt *stmts[HL_DB_STATEMENTS];
	size_t n_stmts;
};

/* Opens `path`; a writing connection makes the schema or refuses a newer or foreign one. Prepares
   the n texts of `sql` as stmts[0..n). HL_OK; HL_REFUSED with one line in `err`. Deinit it in
   either case. */
int hl_db_init(struct hl_db *db, const char *path, const char *vfs, bool writes,
	       const char *const *sql, size_t n, char *err, size_t err_size);
void hl_db_deinit(struct hl_db *db);

/* Binding by position from 1: 's' hl_str as text, 'b' hl_str as blob, 'i' int64_t. The bytes must
   live until hl_db_reset. Returns the statement. */
sqlite3_stmt *hl_db_bind(struct hl_db *db, size_t which, const char *kinds, ...);
/* Steps a statement that gives no rows, and resets it. SQLITE_OK or the error. */
int hl_db_run(sqlite3_stmt *stmt);
/* Ends a statement: resets it and lets go of what was bound. The first error of its steps. */
int hl_db_reset(sqlite3_stmt *stmt);
/* A text or blob column; lives until the next step. */
struct hl_str hl_db_str(sqlite3_stmt *stmt, int column);

#endif
