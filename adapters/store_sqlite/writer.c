/*
 * A batch of appends, checks, accounts and sessions in one transaction. What an append is refused
 * for is looked up before anything is written, so a refused one leaves no trace and the others of
 * its batch go on; an error of the database itself ends the whole batch.
 */
#include "store_sqlite/writer.h"

#include <stdio.h>
#include <string.h>

enum statement {
	BEGIN,
	COMMIT,
	ROLLBACK,
	FIND,
	FIND_CID,
	BIRTH,
	MOVE,
	MOVE_ON,
	ADD_ENTRY,
	ADD_NOTE,
	ADD_CID,
	REWRITE_ENTRY,
	REWRITE_NOTE,
	ADD_AUDIT,
	PUT_ACCOUNT,
	PUT_SESSION,
	SWEEP_SESSIONS,
	DROP_SESSION,
	N_STATEMENTS
};
static const char *const sql[] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
	[FIND] = "SELECT id, seq, note_seq FROM conversations WHERE conv = ?1",
	[FIND_CID] = "SELECT digest, seq, note_seq, at_ms FROM cids"
		     " WHERE conv = ?1 AND author = ?2 AND cid = ?3",
	[BIRTH] =
		"INSERT INTO conversations(conv, seq, note_seq, due_ms, state, team, urgency,"
		" reason, since_ms, assign_seq, front, owner, wanted, lang, title, customer, user,"
		" snapshot) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,"
		"?18)",
	[MOVE] = "UPDATE conversations SET seq = ?2, note_seq = ?3, due_ms = ?4, state = ?5,"
		 " team = ?6, urgency = ?7, reason = ?8, since_ms = ?9, assign_seq = ?10,"
		 " front = ?11, owner = ?12, wanted = ?13, lang = ?14, title = ?15, customer = ?16,"
		 " user = ?17, snapshot = ?18 WHERE id = ?1",
	[MOVE_ON] = "UPDATE conversations SET seq = ?2, note_seq = ?3, team = ?4, urgency = ?5,"
		    " reason = ?6, since_ms = ?7, assign_seq = ?8, front = ?9, owner = ?10,"
		    " wanted = ?11, lang = ?12, title = ?13, customer = ?14, snapshot = ?15"
		    " WHERE id = ?1",
	[ADD_ENTRY] = "INSERT INTO entries(conv, seq, at_ms, body) VALUES(?1, ?2, ?3, ?4)",
	[ADD_NOTE] =
		"INSERT INTO notes(conv, note_seq, after, at_ms, body) VALUES(?1, ?2, ?3, ?4, ?5)",
	[ADD_CID] = "INSERT INTO cids(conv, author, cid, digest, seq, note_seq, at_ms)"
		    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[REWRITE_ENTRY] = "UPDATE entries SET body = ?3 WHERE conv = ?1 AND seq = ?2",
	[REWRITE_NOTE] = "UPDATE notes SET body = ?3 WHERE conv = ?1 AND note_seq = ?2",
	[ADD_AUDIT] = "INSERT INTO audit(line) VALUES(?1)",
	[PUT_ACCOUNT] = "REPLACE INTO accounts(name, display, hash, teams, langs, roles, capacity,"
			" disabled, changed_ms) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)",
	[PUT_SESSION] = "REPLACE INTO sessions(token_hash, account, created_ms, expires_ms)"
			" VALUES(?1, ?2, ?3, ?4)",
	[SWEEP_SESSIONS] = "DELETE FROM sessions WHERE expires_ms <= ?1",
	[DROP_SESSION] = "DELETE FROM sessions WHERE token_hash = ?1",
};
_Static_assert(N_STATEMENTS <= HL_DB_STATEMENTS, "room for every statement");

int hl_writer_init(struct hl_writer *w, const char *path, const char *vfs, char *err,
		   size_t err_size)
{
	memset(w, 0, sizeof(*w));
	return hl_db_init(&w->db, path, vfs, true, sql, N_STATEMENTS, err, err_size);
}

void hl_writer_deinit(struct hl_writer *w)
{
	hl_db_deinit(&w->db);
}

/* ------------------------------------------------------------------ append and check */

static int find(struct hl_writer *w, struct hl_str conv, struct hl_known *out)
{
	const struct hl_known *known = hl_known_find(&w->known, conv);
	sqlite3_stmt *stmt;

	if (known) {
		*out = *known;
		return SQLITE_OK;
	}
	stmt = hl_db_bind(&w->db, FIND, "s", conv);
	*out = (struct hl_known){.state = -1}; /* nothing of it is known to stay as it is */
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		out->id = sqlite3_column_int64(stmt, 0);
		out->seq = (uint64_t)sqlite3_column_int64(stmt, 1);
		out->note_seq = (uint64_t)sqlite3_column_int64(stmt, 2);
	}
	return hl_db_reset(stmt);
}

/* DUP or ID_REUSED; OK when the cid is new. */
static int judge_cid(struct hl_writer *w, int64_t id, const struct hl_append *in,
		     struct hl_append_done *out)
{
	sqlite3_stmt *stmt;

	out->result = HL_STORE_OK;
	if (!id || !in->cid.len)
		return SQLITE_OK;
	stmt = hl_db_bind(&w->db, FIND_CID, "iss", id, in->author, in->cid);
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		struct hl_str digest = hl_db_str(stmt, 0);

		out->result = HL_STORE_ID_REUSED;
		if (digest.len == sizeof(in->digest) &&
		    memcmp(digest.ptr, in->digest, sizeof(in->digest)) == 0)
			*out = (struct hl_append_done){HL_STORE_DUP,
						       (uint64_t)sqlite3_column_int64(stmt, 1),
						       (uint64_t)sqlite3_column_int64(stmt, 2),
						       sqlite3_column_int64(stmt, 3)};
	}
	return hl_db_reset(stmt);
}

static bool expected(const struct hl_known *known, const struct hl_append *in)
{
	return known->seq == in->expected_seq && known->note_seq == in->expected_note_seq;
}

static int judge(struct hl_writer *w, const struct hl_known *known, const struct hl_append *in,
		 struct hl_append_done *out)
{
	int rc = judge_cid(w, known->id, in, out);

	if (rc == SQLITE_OK && out->result == HL_STORE_OK && !expected(known, in))
		out->result = HL_STORE_CONFLICT;
	return rc;
}

/* The indexes are left alone where nothing they are made of changes. */
static int move_on(struct hl_writer *w, int64_t id, const struct hl_append *in)
{
	const struct hl_row *row = &in->row;

	return hl_db_run(hl_db_bind(&w->db, MOVE_ON, "iiisiiiiisssssb", id, (int64_t)row->seq,
				    (int64_t)row->note_seq, row->team, (int64_t)row->urgency,
				    (int64_t)row->reason, row->since_ms, (int64_t)row->assign_seq,
				    (int64_t)row->front, row->owner, row->wanted, row->lang,
				    row->title, row->customer, in->snapshot));
}

static int put_row(struct hl_writer *w, int64_t *id, const struct hl_append *in)
{
	const struct hl_row *row = &in->row;
	sqlite3_stmt *stmt = hl_db_bind(
		&w->db, *id ? MOVE : BIRTH, "siiiisiiiiissssssb", in->conv, (int64_t)row->seq,
		(int64_t)row->note_seq, in->due_ms, (int64_t)row->state, row->team,
		(int64_t)row->urgency, (int64_t)row->reason, row->since_ms,
		(int64_t)row->assign_seq, (int64_t)row->front, row->owner, row->wanted, row->lang,
		row->title, row->customer, row->user, in->snapshot);
	int rc;

	if (*id) /* MOVE takes the same values, but for the key */
		sqlite3_bind_int64(stmt, 1, *id);
	rc = hl_db_run(stmt);
	if (rc == SQLITE_OK && !*id)
		*id = sqlite3_last_insert_rowid(w->db.db);
	return rc;
}

static int put_entry(struct hl_writer *w, int64_t id, const struct hl_stored *at)
{
	if (at->note_seq)
		return hl_db_run(hl_db_bind(&w->db, ADD_NOTE, "iiiis", id, (int64_t)at->note_seq,
					    (int64_t)at->after, at->at_ms, at->body));
	return hl_db_run(
		hl_db_bind(&w->db, ADD_ENTRY, "iiis", id, (int64_t)at->seq, at->at_ms, at->body));
}

static int rewrite(struct hl_writer *w, int64_t id, const struct hl_stored *to)
{
	return hl_db_run(hl_db_bind(&w->db, to->note_seq ? REWRITE_NOTE : REWRITE_ENTRY, "iis", id,
				    (int64_t)(to->note_seq ? to->note_seq : to->seq), to->body));
}

static int put_cid(struct hl_writer *w, int64_t id, const struct hl_append *in)
{
	const struct hl_stored *first = &in->entries[0];
	struct hl_str digest = {(const char *)in->digest, sizeof(in->digest)};

	if (!in->cid.len)
		return SQLITE_OK;
	return hl_db_run(hl_db_bind(&w->db, ADD_CID, "issbiii", id, in->author, in->cid, digest,
				    (int64_t)first->seq, (int64_t)first->note_seq, first->at_ms));
}

/* The rest of an append whose cid is new and whose state is as expected. */
static int carry_out(struct hl_writer *w, const struct hl_known *known, const struct hl_append *in)
{
	int64_t id = known->id;
	int rc = id && hl_known_stays(known, in) ? move_on(w, id, in) : put_row(w, &id, in);

	for (size_t i = 0; rc == SQLITE_OK && i < in->n_entries; i++)
		rc = put_entry(w, id, &in->entries[i]);
	for (size_t i = 0; rc == SQLITE_OK && i < in->n_rewrites; i++)
		rc = rewrite(w, id, &in->rewrites[i]);
	if (rc == SQLITE_OK && !known->id)
		rc = put_cid(w, id, in);
	if (rc == SQLITE_OK && in->audit.len)
		rc = hl_db_run(hl_db_bind(&w->db, ADD_AUDIT, "s", in->audit));
	if (rc == SQLITE_OK)
		hl_known_put(&w->known, id, in);
	w->scrub = w->scrub || in->n_rewrites;
	return rc;
}

/* The cid could not be put in: because it stands there, or the error is another. */
static int judge_known_cid(struct hl_writer *w, int64_t id, const struct hl_append *in,
			   struct hl_append_done *out, int error)
{
	int rc = judge_cid(w, id, in, out);

	return rc == SQLITE_OK && out->result == HL_STORE_OK ? error : rc;
}

/* A cid is put in before anything else: whether it was there the key itself tells. */
static int append(struct hl_writer *w, const struct hl_append *in, struct hl_append_done *out)
{
	struct hl_known known;
	int rc = find(w, in->conv, &known);

	if (rc != SQLITE_OK)
		return rc;
	if (!expected(&known, in) || !hl_op_numbered(in)) {
		rc = judge(w, &known, in, out);
		if (rc == SQLITE_OK && out->result == HL_STORE_OK)
			out->result = HL_STORE_CONFLICT;
		return rc;
	}
	if (known.id)
		rc = put_cid(w, known.id, in);
	if ((rc & 0xff) == SQLITE_CONSTRAINT)
		return judge_known_cid(w, known.id, in, out, rc);
	if (rc == SQLITE_OK)
		rc = carry_out(w, &known, in);
	out->seq = in->entries[0].seq;
	out->note_seq = in->entries[0].note_seq;
	out->at_ms = in->entries[0].at_ms;
	return rc;
}

static int check(struct hl_writer *w, const struct hl_append *in, struct hl_append_done *out)
{
	struct hl_known known;
	int rc = find(w, in->conv, &known);

	if (rc != SQLITE_OK)
		return rc;
	if (!known.id) {
		out->result = HL_STORE_NOT_FOUND;
		return SQLITE_OK;
	}
	return judge(w, &known, in, out);
}

/* ------------------------------------------------------------------ accounts and sessions */

/* Names as lines of one text; a name holds no line end. */
static struct hl_str join(struct hl_pile *pile, struct hl_names names)
{
	size_t len = 0;
	char *text;

	for (size_t i = 0; i < names.n; i++)
		len += names.v[i].len + 1;
	text = hl_pile_take(pile, len, 1);
	if (!text || !len)
		return HL_NONE;
	len = 0;
	for (size_t i = 0; i < names.n; i++) {
		if (names.v[i].len)
			memcpy(text + len, names.v[i].ptr, names.v[i].len);
		len += names.v[i].len;
		text[len++] = '\n';
	}
	return (struct hl_str){text, len};
}

static int put_account(struct hl_writer *w, struct hl_op *op)
{
	const struct hl_account *a = &op->in.account;
	struct hl_str teams = join(&op->pile, a->teams), langs = join(&op->pile, a->langs),
		      roles = join(&op->pile, a->roles);

	if (op->pile.failed)
		return SQLITE_NOMEM;
	return hl_db_run(hl_db_bind(&w->db, PUT_ACCOUNT, "ssssssiii", a->name, a->display, a->hash,
				    teams, langs, roles, (int64_t)a->capacity, (int64_t)a->disabled,
				    a->changed_ms));
}

static int put_session(struct hl_writer *w, const struct hl_session *s)
{
	struct hl_str hash = {(const char *)s->token_hash, sizeof(s->token_hash)};
	int rc = hl_db_run(hl_db_bind(&w->db, SWEEP_SESSIONS, "i", s->created_ms));

	if (rc == SQLITE_OK)
		rc = hl_db_run(hl_db_bind(&w->db, PUT_SESSION, "bsii", hash, s->account,
					  s->created_ms, s->expires_ms));
	return rc;
}

static int drop_session(struct hl_writer *w, const struct hl_session *s)
{
	struct hl_str hash = {(const char *)s->token_hash, sizeof(s->token_hash)};

	return hl_db_run(hl_db_bind(&w->db, DROP_SESSION, "b", hash));
}

/* ------------------------------------------------------------------ batches */

static int run_op(struct hl_writer *w, struct hl_op *op)
{
	hl_op_settle(op, HL_STORE_OK);
	switch (op->kind) {
	case HL_OP_APPEND:
		return append(w, &op->in.append, &op->out.append);
	case HL_OP_CHECK:
		return check(w, &op->in.append, &op->out.append);
	case HL_OP_ACCOUNT_PUT:
		return put_account(w, op);
	case HL_OP_SESSION_PUT:
		return put_session(w, &op->in.session);
	case HL_OP_SESSION_DROP:
		return drop_session(w, &op->in.session);
	default:
		return SQLITE_MISUSE;
	}
}

static void die(struct hl_writer *w, int rc)
{
	w->dead = true;
	snprintf(w->why, sizeof(w->why), "%s (%d): %s", sqlite3_errstr(rc), rc,
		 sqlite3_errmsg(w->db.db));
}

/* After a rollback nothing of the batch is there. Only what leaves the file as it was may be tried
   again: a full disk, no memory, a foreign reader's lock. After anything else, a failed sync above
   all, nobody knows what the disk holds: the store is dead. */
static enum hl_store_result undo(struct hl_writer *w, int rc)
{
	enum hl_store_result result;

	hl_known_empty(&w->known);
	switch (rc & 0xff) {
	case SQLITE_FULL:
		result = HL_STORE_FULL;
		break;
	case SQLITE_NOMEM:
	case SQLITE_BUSY:
		result = HL_STORE_BUSY;
		break;
	default:
		die(w, rc);
		result = HL_STORE_FAILED;
	}
	if (!sqlite3_get_autocommit(w->db.db)) {
		rc = hl_db_run(w->db.stmts[ROLLBACK]);
		if (rc != SQLITE_OK && !sqlite3_get_autocommit(w->db.db)) {
			die(w, rc);
			result = HL_STORE_FAILED;
		}
	}
	return result;
}

/* Checks need no room: they are answered from what is committed. */
static void answer_undone(struct hl_writer *w, struct hl_op *head, enum hl_store_result result)
{
	for (struct hl_op *op = head; op; op = op->next) {
		int rc = SQLITE_ERROR;

		if (result == HL_STORE_FULL && op->kind == HL_OP_CHECK)
			rc = run_op(w, op);
		if (rc != SQLITE_OK)
			hl_op_settle(op, result);
	}
}

/* What was rewritten must not lie on in the write-ahead log. While a reader is in the way nothing
   is waited for: the next commit tries again. */
static void scrub(struct hl_writer *w)
{
	sqlite3_busy_timeout(w->db.db, 0);
	if (sqlite3_wal_checkpoint_v2(w->db.db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) ==
	    SQLITE_OK)
		w->scrub = false;
	sqlite3_busy_timeout(w->db.db, HL_DB_WAIT_MS);
}

void hl_writer_run(struct hl_writer *w, struct hl_op *head)
{
	int rc;

	if (w->dead) {
		answer_undone(w, head, HL_STORE_FAILED);
		return;
	}
	rc = hl_db_run(w->db.stmts[BEGIN]);
	for (struct hl_op *op = head; op && rc == SQLITE_OK; op = op->next)
		rc = run_op(w, op);
	if (rc == SQLITE_OK)
		rc = hl_db_run(w->db.stmts[COMMIT]);
	if (rc != SQLITE_OK) {
		answer_undone(w, head, undo(w, rc));
		return;
	}
	if (w->scrub)
		scrub(w);
}
