/*
 * SQLite connections as this store wants them: WAL, a full sync at every commit, freed bytes
 * overwritten, no memory mapping, checkpoints by the one writer alone. Two connections writing or
 * checkpointing at once can damage a file under the SQLite of Debian 12.
 */
#include "store_sqlite/db.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define APPLICATION_ID 0x686f746c /* "hotl" */
#define SCHEMA_VERSION 1
#define CHECKED_PAGES 16384 /* a bigger file is not read through at every start */

static const char schema[] =
	"CREATE TABLE conversations("
	" id INTEGER PRIMARY KEY, conv TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL,"
	" note_seq INTEGER NOT NULL, due_ms INTEGER NOT NULL, state INTEGER NOT NULL,"
	" team TEXT NOT NULL, urgency INTEGER NOT NULL, reason INTEGER NOT NULL,"
	" since_ms INTEGER NOT NULL, assign_seq INTEGER NOT NULL, front INTEGER NOT NULL,"
	" owner TEXT NOT NULL, wanted TEXT NOT NULL, lang TEXT NOT NULL, title TEXT NOT NULL,"
	" customer TEXT NOT NULL, user TEXT NOT NULL, snapshot BLOB NOT NULL) STRICT;"
	"CREATE INDEX conversations_open ON conversations(conv) WHERE state <> 3;"
	"CREATE INDEX conversations_due ON conversations(due_ms, id) WHERE due_ms > 0;"
	"CREATE INDEX conversations_user ON conversations(user, id)"
	" WHERE user <> '' AND state <> 3;"
	"CREATE TABLE entries(id INTEGER PRIMARY KEY, conv INTEGER NOT NULL, seq INTEGER NOT NULL,"
	" at_ms INTEGER NOT NULL, body TEXT NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX entries_seq ON entries(conv, seq);"
	"CREATE TABLE notes(id INTEGER PRIMARY KEY, conv INTEGER NOT NULL,"
	" note_seq INTEGER NOT NULL, after INTEGER NOT NULL, at_ms INTEGER NOT NULL,"
	" body TEXT NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX notes_seq ON notes(conv, note_seq);"
	"CREATE TABLE cids(conv INTEGER NOT NULL, author TEXT NOT NULL, cid TEXT NOT NULL,"
	" digest BLOB NOT NULL, seq INTEGER NOT NULL, note_seq INTEGER NOT NULL,"
	" at_ms INTEGER NOT NULL, PRIMARY KEY(conv, author, cid)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE accounts(name TEXT PRIMARY KEY, display TEXT NOT NULL, hash TEXT NOT NULL,"
	" teams TEXT NOT NULL, langs TEXT NOT NULL, roles TEXT NOT NULL,"
	" capacity INTEGER NOT NULL, disabled INTEGER NOT NULL, changed_ms INTEGER NOT NULL)"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE sessions(token_hash BLOB PRIMARY KEY, account TEXT NOT NULL,"
	" created_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE INDEX sessions_expiry ON sessions(expires_ms);"
	"CREATE TABLE audit(id INTEGER PRIMARY KEY, line TEXT NOT NULL) STRICT;";

static int refuse(struct hl_db *db, const char *path, char *err, size_t err_size)
{
	snprintf(err, err_size, "cannot open %s: %s", path,
		 db->db ? sqlite3_errmsg(db->db) : "out of memory");
	return HL_REFUSED;
}

static int run(struct hl_db *db, const char *sql)
{
	return sqlite3_exec(db->db, sql, NULL, NULL, NULL);
}

/* The first column of the first row as a number; -1 when it cannot be read. */
static int64_t number(struct hl_db *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t value = -1;

	if (sqlite3_prepare_v2(db->db, sql, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		value = sqlite3_column_int64(stmt, 0);
	if (sqlite3_finalize(stmt) != SQLITE_OK)
		return -1;
	return value;
}

static int make_schema(struct hl_db *db)
{
	char mark[100];
	int rc = run(db, "BEGIN IMMEDIATE");

	snprintf(mark, sizeof(mark), "PRAGMA application_id=%d; PRAGMA user_version=%d",
		 APPLICATION_ID, SCHEMA_VERSION);
	if (rc == SQLITE_OK)
		rc = run(db, schema);
	if (rc == SQLITE_OK)
		rc = run(db, mark);
	if (rc == SQLITE_OK)
		rc = run(db, "COMMIT");
	return rc;
}

/* Damage is said at the start, not in the middle of somebody's conversation. */
static int check_whole(struct hl_db *db, const char *path, char *err, size_t err_size)
{
	sqlite3_stmt *stmt = NULL;
	int status = HL_OK, rc;

	if (number(db, "PRAGMA page_count") > CHECKED_PAGES)
		return HL_OK;
	rc = sqlite3_prepare_v2(db->db, "PRAGMA quick_check(1)", -1, &stmt, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc != SQLITE_ROW || strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") != 0) {
		snprintf(err, err_size, "%s is damaged: %s", path,
			 rc == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0)
					  : sqlite3_errmsg(db->db));
		for (char *end = strchr(err, '\n'); end; end = strchr(end, '\n'))
			*end = ' ';
		status = HL_REFUSED;
	}
	sqlite3_finalize(stmt);
	return status;
}

static int open_schema(struct hl_db *db, const char *path, char *err, size_t err_size)
{
	int64_t version, tables;

	if (run(db, "PRAGMA locking_mode=NORMAL; PRAGMA journal_mode=WAL;"
		    "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA mmap_size=0;"
		    "PRAGMA cell_size_check=ON; PRAGMA wal_autocheckpoint=4000;"
		    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32768") != SQLITE_OK)
		return refuse(db, path, err, err_size);
	version = number(db, "PRAGMA user_version");
	tables = number(db, "SELECT count(*) FROM sqlite_schema");
	if (version < 0 || tables < 0)
		return refuse(db, path, err, err_size);
	if (!tables)
		return make_schema(db) == SQLITE_OK ? HL_OK : refuse(db, path, err, err_size);
	if (number(db, "PRAGMA application_id") != APPLICATION_ID) {
		snprintf(err, err_size, "%s is not a hotline database", path);
		return HL_REFUSED;
	}
	if (version > SCHEMA_VERSION) {
		snprintf(err, err_size,
			 "%s was written by a newer hotline (schema %" PRId64
			 ", this one knows %d)",
			 path, version, SCHEMA_VERSION);
		return HL_REFUSED;
	}
	return check_whole(db, path, err, err_size);
}

int hl_db_init(struct hl_db *db, const char *path, const char *vfs, bool writes,
	       const char *const *sql, size_t n, char *err, size_t err_size)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
		    (writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
	int status = HL_OK;

	*db = (struct hl_db){.db = NULL};
	if (sqlite3_open_v2(path, &db->db, flags, vfs) != SQLITE_OK)
		return refuse(db, path, err, err_size);
	sqlite3_busy_timeout(db->db, HL_DB_WAIT_MS);
	if (writes)
		status = open_schema(db, path, err, err_size);
	else if (run(db, "PRAGMA query_only=ON; PRAGMA wal_autocheckpoint=0; PRAGMA mmap_size=0;"
			 "PRAGMA cell_size_check=ON") != SQLITE_OK)
		status = refuse(db, path, err, err_size);
	for (size_t i = 0; status == HL_OK && i < n; i++) {
		if (sqlite3_prepare_v3(db->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &db->stmts[i],
				       NULL) != SQLITE_OK)
			status = refuse(db, path, err, err_size);
		db->n_stmts = i + 1;
	}
	return status;
}

void hl_db_deinit(struct hl_db *db)
{
	for (size_t i = 0; i < db->n_stmts; i++)
		sqlite3_finalize(db->stmts[i]);
	sqlite3_close(db->db);
	*db = (struct hl_db){.db = NULL};
}

sqlite3_stmt *hl_db_bind(struct hl_db *db, size_t which, const char *kinds, ...)
{
	sqlite3_stmt *stmt = db->stmts[which];
	va_list args;

	va_start(args, kinds);
	for (int i = 1; kinds[i - 1]; i++) {
		if (kinds[i - 1] == 'i') {
			sqlite3_bind_int64(stmt, i, va_arg(args, int64_t));
		} else {
			struct hl_str str = va_arg(args, struct hl_str);
			const char *ptr = str.len ? str.ptr : "";

			if (kinds[i - 1] == 's')
				sqlite3_bind_text64(stmt, i, ptr, str.len, SQLITE_STATIC,
						    SQLITE_UTF8);
			else
				sqlite3_bind_blob64(stmt, i, ptr, str.len, SQLITE_STATIC);
		}
	}
	va_end(args);
	return stmt;
}

int hl_db_reset(sqlite3_stmt *stmt)
{
	int rc = sqlite3_reset(stmt);

	sqlite3_clear_bindings(stmt);
	return rc;
}

int hl_db_run(sqlite3_stmt *stmt)
{
	int rc = sqlite3_step(stmt);
	int end = hl_db_reset(stmt);

	return rc == SQLITE_DONE || rc == SQLITE_ROW ? end : rc;
}

struct hl_str hl_db_str(sqlite3_stmt *stmt, int column)
{
	const void *ptr = sqlite3_column_blob(stmt, column);
	int n = sqlite3_column_bytes(stmt, column);

	return ptr ? (struct hl_str){ptr, (size_t)n} : HL_NONE;
}
