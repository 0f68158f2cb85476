/*
 * The reading half: each op sees one committed state, and its answer is copied into the op's pile,
 * so the connection is free before anybody hears of it.
 */
#include "store_sqlite/reader.h"

#include <string.h>

#define PAGE_BYTES (256u << 10)

#define ROW                                                                                        \
	"conv, state, seq, note_seq, team, urgency, reason, since_ms, assign_seq, front, owner,"   \
	" wanted, lang, title, customer, user"

enum statement {
	BEGIN,
	COMMIT,
	FIND,
	LOAD,
	OPEN_OF,
	ENTRIES,
	NOTES,
	ROWS,
	ROWS_OPEN,
	DUE,
	ACCOUNTS,
	ACCOUNT,
	SESSION,
	N_STATEMENTS
};
static const char *const sql[] = {
	[BEGIN] = "BEGIN",
	[COMMIT] = "COMMIT",
	[FIND] = "SELECT id FROM conversations WHERE conv = ?1",
	[LOAD] = "SELECT conv, seq, note_seq, due_ms, snapshot FROM conversations WHERE conv = ?1",
	[OPEN_OF] = "SELECT conv, seq, note_seq, due_ms, snapshot FROM conversations"
		    " WHERE user = ?1 AND user <> '' AND state <> 3 ORDER BY id DESC LIMIT 1",
	[ENTRIES] = "SELECT seq, 0, 0, at_ms, body FROM entries WHERE conv = ?1 AND seq > ?2"
		    " ORDER BY seq",
	[NOTES] = "SELECT 0, note_seq, after, at_ms, body FROM notes"
		  " WHERE conv = ?1 AND note_seq > ?2 ORDER BY note_seq",
	[ROWS] = "SELECT " ROW " FROM conversations WHERE conv > ?1 AND (?2 >> state) & 1"
		 " ORDER BY conv LIMIT ?3",
	[ROWS_OPEN] = "SELECT " ROW " FROM conversations INDEXED BY conversations_open"
		      " WHERE conv > ?1 AND state <> 3 AND (?2 >> state) & 1"
		      " ORDER BY conv LIMIT ?3",
	[DUE] = "SELECT " ROW " FROM conversations WHERE due_ms > 0 AND due_ms <= ?1"
		" ORDER BY due_ms, id LIMIT ?2",
	[ACCOUNTS] = "SELECT name, display, hash, teams, langs, roles, capacity, disabled,"
		     " changed_ms FROM accounts ORDER BY name",
	[ACCOUNT] = "SELECT name, display, hash, teams, langs, roles, capacity, disabled,"
		    " changed_ms FROM accounts WHERE name = ?1",
	[SESSION] = "SELECT account, created_ms, expires_ms FROM sessions WHERE token_hash = ?1",
};
_Static_assert(N_STATEMENTS <= HL_DB_STATEMENTS, "room for every statement");

int hl_reader_init(struct hl_reader *r, const char *path, const char *vfs, char *err,
		   size_t err_size)
{
	return hl_db_init(&r->db, path, vfs, false, sql, N_STATEMENTS, err, err_size);
}

void hl_reader_deinit(struct hl_reader *r)
{
	hl_db_deinit(&r->db);
}

/* Room for one more item of a growing array in a pile; the old array stays behind. */
static void *grow(struct hl_pile *pile, void *v, size_t n, size_t *max, size_t size)
{
	void *grown;

	if (n < *max)
		return v;
	*max = *max ? 2 * *max : 16;
	grown = hl_pile_take(pile, *max, size);
	if (grown && n)
		memcpy(grown, v, n * size);
	return grown;
}

static int load(struct hl_reader *r, struct hl_op *op)
{
	sqlite3_stmt *stmt =
		hl_db_bind(&r->db, op->kind == HL_OP_LOAD ? LOAD : OPEN_OF, "s", op->in.ask.key);
	struct hl_loaded *out = &op->out.loaded;

	out->result = HL_STORE_NOT_FOUND;
	if (sqlite3_step(stmt) == SQLITE_ROW)
		*out = (struct hl_loaded){.result = HL_STORE_OK,
					  .conv = hl_pile_str(&op->pile, hl_db_str(stmt, 0)),
					  .seq = (uint64_t)sqlite3_column_int64(stmt, 1),
					  .note_seq = (uint64_t)sqlite3_column_int64(stmt, 2),
					  .due_ms = sqlite3_column_int64(stmt, 3),
					  .snapshot = hl_pile_str(&op->pile, hl_db_str(stmt, 4))};
	return hl_db_reset(stmt);
}

/* ------------------------------------------------------------------ pages of entries */

/* The statement's present row is a candidate: is there one, and where does it stand? */
static uint64_t place(sqlite3_stmt *stmt)
{
	return (uint64_t)(sqlite3_column_int64(stmt, 1) ? sqlite3_column_int64(stmt, 2)
							: sqlite3_column_int64(stmt, 0));
}

/* Two lines in order of their own, merged: a note comes right after the seq it follows. */
static int merge(struct hl_op *op, sqlite3_stmt *entries, sqlite3_stmt *notes)
{
	struct hl_stored *v = NULL;
	size_t n = 0, max = 0, bytes = 0;
	int rc = sqlite3_step(entries), note_rc = notes ? sqlite3_step(notes) : SQLITE_DONE;

	while (rc == SQLITE_ROW || note_rc == SQLITE_ROW) {
		bool note = rc != SQLITE_ROW ||
			    (note_rc == SQLITE_ROW && place(notes) < place(entries));
		sqlite3_stmt *from = note ? notes : entries;

		if (n == op->in.ask.limit || bytes >= PAGE_BYTES)
			break;
		v = grow(&op->pile, v, n, &max, sizeof(*v));
		if (!v)
			return SQLITE_NOMEM;
		v[n] = (struct hl_stored){(uint64_t)sqlite3_column_int64(from, 0),
					  (uint64_t)sqlite3_column_int64(from, 1),
					  (uint64_t)sqlite3_column_int64(from, 2),
					  sqlite3_column_int64(from, 3),
					  hl_pile_str(&op->pile, hl_db_str(from, 4))};
		bytes += v[n++].body.len;
		*(note ? &note_rc : &rc) = sqlite3_step(from);
	}
	if ((rc != SQLITE_ROW && rc != SQLITE_DONE) ||
	    (note_rc != SQLITE_ROW && note_rc != SQLITE_DONE))
		return rc != SQLITE_ROW && rc != SQLITE_DONE ? rc : note_rc;
	op->out.page =
		(struct hl_page){HL_STORE_OK, v, n, rc == SQLITE_ROW || note_rc == SQLITE_ROW};
	return SQLITE_OK;
}

static int read_page(struct hl_reader *r, struct hl_op *op)
{
	const struct hl_op_ask *ask = &op->in.ask;
	sqlite3_stmt *stmt = hl_db_bind(&r->db, FIND, "s", ask->key), *entries, *notes = NULL;
	int64_t id = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
	int rc = hl_db_reset(stmt);

	op->out.page.result = HL_STORE_NOT_FOUND;
	if (rc != SQLITE_OK || !id)
		return rc;
	entries = hl_db_bind(&r->db, ENTRIES, "ii", id, (int64_t)ask->after_seq);
	if (ask->notes)
		notes = hl_db_bind(&r->db, NOTES, "ii", id, (int64_t)ask->after_note_seq);
	rc = merge(op, entries, notes);
	hl_db_reset(entries);
	if (notes)
		hl_db_reset(notes);
	return rc;
}

/* ------------------------------------------------------------------ rows */

static struct hl_row row_of(struct hl_pile *pile, sqlite3_stmt *stmt)
{
	struct hl_row row = {.conv = hl_db_str(stmt, 0),
			     .state = (enum hl_state)sqlite3_column_int(stmt, 1),
			     .seq = (uint64_t)sqlite3_column_int64(stmt, 2),
			     .note_seq = (uint64_t)sqlite3_column_int64(stmt, 3),
			     .team = hl_db_str(stmt, 4),
			     .urgency = (enum hl_urgency)sqlite3_column_int(stmt, 5),
			     .reason = (enum hl_reason)sqlite3_column_int(stmt, 6),
			     .since_ms = sqlite3_column_int64(stmt, 7),
			     .assign_seq = (uint64_t)sqlite3_column_int64(stmt, 8),
			     .front = sqlite3_column_int(stmt, 9) != 0,
			     .owner = hl_db_str(stmt, 10),
			     .wanted = hl_db_str(stmt, 11),
			     .lang = hl_db_str(stmt, 12),
			     .title = hl_db_str(stmt, 13),
			     .customer = hl_db_str(stmt, 14),
			     .user = hl_db_str(stmt, 15)};

	return hl_pile_row(pile, &row);
}

/* The statement asks for one row more than the limit: that is how `more` is known. */
static int rows(struct hl_op *op, sqlite3_stmt *stmt)
{
	struct hl_row *v = NULL;
	size_t n = 0, max = 0;
	bool more = false;
	int rc;

	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW && !more) {
		more = n == op->in.ask.limit;
		if (more)
			break;
		v = grow(&op->pile, v, n, &max, sizeof(*v));
		if (!v)
			break;
		v[n++] = row_of(&op->pile, stmt);
	}
	rc = hl_db_reset(stmt);
	op->out.rows = (struct hl_rows_page){HL_STORE_OK, v, n, more};
	return rc;
}

/* limit + 1 as SQL takes it */
static int64_t one_more(size_t limit)
{
	return limit < INT32_MAX ? (int64_t)limit + 1 : INT32_MAX;
}

static int rows_in_states(struct hl_reader *r, struct hl_op *op)
{
	const struct hl_op_ask *ask = &op->in.ask;

	return rows(op, hl_db_bind(&r->db, ask->states & 1u << HL_CLOSED ? ROWS : ROWS_OPEN, "sii",
				   ask->key, (int64_t)ask->states, one_more(ask->limit)));
}

static int due(struct hl_reader *r, struct hl_op *op)
{
	return rows(op,
		    hl_db_bind(&r->db, DUE, "ii", op->in.ask.now_ms, one_more(op->in.ask.limit)));
}

/* ------------------------------------------------------------------ accounts and sessions */

static struct hl_names split(struct hl_pile *pile, struct hl_str lines)
{
	struct hl_str copy = hl_pile_str(pile, lines), *v = NULL;
	size_t n = 0, max = 0, start = 0;

	for (size_t i = 0; i < copy.len; i++) {
		if (copy.ptr[i] != '\n')
			continue;
		v = grow(pile, v, n, &max, sizeof(*v));
		if (!v)
			return (struct hl_names){NULL, 0};
		v[n++] = (struct hl_str){copy.ptr + start, i - start};
		start = i + 1;
	}
	return (struct hl_names){v, n};
}

static int accounts(struct hl_reader *r, struct hl_op *op)
{
	struct hl_str name = op->in.ask.key;
	sqlite3_stmt *stmt = name.len ? hl_db_bind(&r->db, ACCOUNT, "s", name)
				      : hl_db_bind(&r->db, ACCOUNTS, "");
	struct hl_pile *pile = &op->pile;
	struct hl_account *v = NULL;
	size_t n = 0, max = 0;
	int rc;

	while (sqlite3_step(stmt) == SQLITE_ROW) {
		v = grow(pile, v, n, &max, sizeof(*v));
		if (!v)
			break;
		v[n++] = (struct hl_account){.name = hl_pile_str(pile, hl_db_str(stmt, 0)),
					     .display = hl_pile_str(pile, hl_db_str(stmt, 1)),
					     .hash = hl_pile_str(pile, hl_db_str(stmt, 2)),
					     .teams = split(pile, hl_db_str(stmt, 3)),
					     .langs = split(pile, hl_db_str(stmt, 4)),
					     .roles = split(pile, hl_db_str(stmt, 5)),
					     .capacity = (unsigned)sqlite3_column_int(stmt, 6),
					     .disabled = sqlite3_column_int(stmt, 7) != 0,
					     .changed_ms = sqlite3_column_int64(stmt, 8)};
	}
	rc = hl_db_reset(stmt);
	op->out.accounts =
		(struct hl_accounts_page){n || !name.len ? HL_STORE_OK : HL_STORE_NOT_FOUND, v, n};
	return rc;
}

static int session(struct hl_reader *r, struct hl_op *op)
{
	struct hl_str hash = {(const char *)op->in.session.token_hash,
			      sizeof(op->in.session.token_hash)};
	sqlite3_stmt *stmt = hl_db_bind(&r->db, SESSION, "b", hash);
	struct hl_session_found *out = &op->out.session;

	out->result = HL_STORE_NOT_FOUND;
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		out->result = HL_STORE_OK;
		memcpy(out->session.token_hash, hash.ptr, hash.len);
		out->session.account = hl_pile_str(&op->pile, hl_db_str(stmt, 0));
		out->session.created_ms = sqlite3_column_int64(stmt, 1);
		out->session.expires_ms = sqlite3_column_int64(stmt, 2);
	}
	return hl_db_reset(stmt);
}

/* ------------------------------------------------------------------ */

static int run_op(struct hl_reader *r, struct hl_op *op)
{
	switch (op->kind) {
	case HL_OP_LOAD:
	case HL_OP_OPEN_OF:
		return load(r, op);
	case HL_OP_READ:
		return read_page(r, op);
	case HL_OP_ROWS:
		return rows_in_states(r, op);
	case HL_OP_DUE:
		return due(r, op);
	case HL_OP_ACCOUNTS:
		return accounts(r, op);
	case HL_OP_SESSION_GET:
		return session(r, op);
	default:
		return SQLITE_MISUSE;
	}
}

void hl_reader_run(struct hl_reader *r, struct hl_op *op)
{
	int rc = hl_db_run(r->db.stmts[BEGIN]);

	memset(&op->out, 0, sizeof(op->out));
	if (rc == SQLITE_OK) {
		rc = run_op(r, op);
		hl_db_run(r->db.stmts[COMMIT]);
	}
	if (rc != SQLITE_OK || op->pile.failed)
		hl_op_settle(op, HL_STORE_FAILED);
}
