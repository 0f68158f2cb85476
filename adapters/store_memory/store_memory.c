/*
 * A store in memory: sorted arrays and plain loops, to be obviously right. Calls wait in one queue
 * and are carried out on the loop's next turn, so that no completion comes from inside its call.
 */
#include "store_memory/store_memory.h"

#include <stdlib.h>
#include <string.h>

#include "store/op.h"
#include "store_memory/people.h"

#define PAGE_BYTES (256u << 10)

struct cid {
	struct cid *next;
	struct hl_pile pile;
	struct hl_str author, cid;
	uint8_t digest[16];
	struct hl_append_done first;
};
struct entry { /* `at` is the view handed out; the bytes are its own */
	struct hl_stored at;
	uint64_t place; /* its seq, or of a note the seq it follows */
};
struct conversation {
	struct hl_pile state; /* replaced by every append: id, row, snapshot */
	struct hl_row row;
	struct hl_str snapshot;
	int64_t due_ms;
	uint64_t age; /* order of birth */
	struct entry *entries;
	size_t n_entries, max_entries;
	struct cid *cids;
};
struct memory {
	struct hl_op_front front; /* first */
	struct hl_op_queue waiting;
	struct conversation **conversations; /* by id */
	size_t n, max;
	uint64_t births;
	struct people people;
};

/* ------------------------------------------------------------------ finding */

static bool equal(struct hl_str a, struct hl_str b)
{
	return hl_people_compare(a, b) == 0;
}

/* Where `id` stands or would stand. */
static size_t place_of(const struct memory *m, struct hl_str id)
{
	size_t lo = 0, hi = m->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (hl_people_compare(m->conversations[mid]->row.conv, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct conversation *find(const struct memory *m, struct hl_str id)
{
	size_t at = place_of(m, id);

	return at < m->n && equal(m->conversations[at]->row.conv, id) ? m->conversations[at] : NULL;
}

static const struct cid *find_cid(const struct conversation *conv, const struct hl_append *in)
{
	if (!conv || !in->cid.len)
		return NULL;
	for (const struct cid *at = conv->cids; at; at = at->next)
		if (equal(at->author, in->author) && equal(at->cid, in->cid))
			return at;
	return NULL;
}

/* ------------------------------------------------------------------ append */

/* The first two questions of an append, which are all of a check. */
static enum hl_store_result judge(const struct conversation *conv, const struct hl_append *in,
				  struct hl_append_done *out)
{
	const struct cid *known = find_cid(conv, in);

	if (known && memcmp(known->digest, in->digest, sizeof(in->digest)) != 0)
		return HL_STORE_ID_REUSED;
	if (known) {
		*out = known->first;
		return HL_STORE_DUP;
	}
	if ((conv ? conv->row.seq : 0) != in->expected_seq ||
	    (conv ? conv->row.note_seq : 0) != in->expected_note_seq)
		return HL_STORE_CONFLICT;
	return HL_STORE_OK;
}

static struct conversation *conversation_free(struct conversation *conv)
{
	if (!conv)
		return NULL;
	for (size_t i = 0; i < conv->n_entries; i++)
		free((char *)(uintptr_t)conv->entries[i].at.body.ptr);
	for (struct cid *at = conv->cids, *next; at; at = next) {
		next = at->next;
		hl_pile_deinit(&at->pile);
		free(at);
	}
	free(conv->entries);
	hl_pile_deinit(&conv->state);
	free(conv);
	return NULL;
}

static bool copy_body(struct hl_str *out, struct hl_str body)
{
	char *copy = malloc(body.len + 1);

	if (!copy)
		return false;
	if (body.len)
		memcpy(copy, body.ptr, body.len);
	*out = (struct hl_str){copy, body.len};
	return true;
}

static struct cid *cid_new(const struct hl_append *in)
{
	struct cid *cid = calloc(1, sizeof(*cid));

	if (!cid)
		return NULL;
	cid->author = hl_pile_str(&cid->pile, in->author);
	cid->cid = hl_pile_str(&cid->pile, in->cid);
	memcpy(cid->digest, in->digest, sizeof(cid->digest));
	cid->first = (struct hl_append_done){HL_STORE_DUP, in->entries[0].seq,
					     in->entries[0].note_seq, in->entries[0].at_ms};
	if (cid->pile.failed) {
		hl_pile_deinit(&cid->pile);
		free(cid);
		return NULL;
	}
	return cid;
}

/* Everything of an append that can fail, made beside the conversation. */
struct made {
	struct hl_pile state;
	struct hl_row row;
	struct hl_str snapshot;
	struct entry *entries; /* the conversation's, with room for the new ones */
	struct hl_str *bodies; /* of the entries, then of the rewrites */
	size_t n_bodies;
	struct cid *cid;
};

static bool make(struct made *made, struct conversation *conv, const struct hl_append *in)
{
	size_t n = in->n_entries + in->n_rewrites, need = conv->n_entries + in->n_entries;

	made->row = hl_pile_row(&made->state, &in->row);
	made->row.conv = hl_pile_str(&made->state, in->conv);
	made->snapshot = hl_pile_str(&made->state, in->snapshot);
	if (need > conv->max_entries) {
		struct entry *grown = realloc(conv->entries, 2 * need * sizeof(*grown));

		if (!grown)
			return false;
		conv->entries = grown;
		conv->max_entries = 2 * need;
	}
	made->bodies = calloc(n, sizeof(*made->bodies));
	for (; made->bodies && made->n_bodies < n; made->n_bodies++) {
		size_t i = made->n_bodies;

		if (!copy_body(&made->bodies[i], i < in->n_entries
							 ? in->entries[i].body
							 : in->rewrites[i - in->n_entries].body))
			return false;
	}
	if (in->cid.len)
		made->cid = cid_new(in);
	return made->bodies && !made->state.failed && (made->cid || !in->cid.len);
}

static void unmake(struct made *made)
{
	for (size_t i = 0; i < made->n_bodies; i++)
		free((char *)(uintptr_t)made->bodies[i].ptr);
	free(made->bodies);
	if (made->cid)
		hl_pile_deinit(&made->cid->pile);
	free(made->cid);
	hl_pile_deinit(&made->state);
}

static void rewrite(struct conversation *conv, const struct hl_stored *to, struct hl_str body)
{
	for (size_t i = 0; i < conv->n_entries; i++) {
		struct hl_stored *at = &conv->entries[i].at;

		if (at->seq == to->seq && at->note_seq == to->note_seq) {
			free((char *)(uintptr_t)at->body.ptr);
			at->body = body;
			return;
		}
	}
}

static void apply(struct conversation *conv, struct made *made, const struct hl_append *in)
{
	for (size_t i = 0; i < in->n_entries; i++) {
		struct entry *at = &conv->entries[conv->n_entries++];

		at->at = in->entries[i];
		at->at.body = made->bodies[i];
		at->place = at->at.note_seq ? at->at.after : at->at.seq;
	}
	for (size_t i = 0; i < in->n_rewrites; i++)
		rewrite(conv, &in->rewrites[i], made->bodies[in->n_entries + i]);
	if (made->cid) {
		made->cid->next = conv->cids;
		conv->cids = made->cid;
	}
	hl_pile_deinit(&conv->state);
	conv->state = made->state;
	conv->row = made->row;
	conv->snapshot = made->snapshot;
	conv->due_ms = in->due_ms;
	free(made->bodies);
}

/* Room for one more conversation, which is not yet in the array. */
static struct conversation *birth(struct memory *m)
{
	if (m->n == m->max) {
		size_t max = m->max ? 2 * m->max : 64;
		struct conversation **grown = realloc(m->conversations, max * sizeof(*grown));

		if (!grown)
			return NULL;
		m->conversations = grown;
		m->max = max;
	}
	return calloc(1, sizeof(struct conversation));
}

static enum hl_store_result append(struct memory *m, const struct hl_append *in,
				   struct hl_append_done *out)
{
	struct conversation *conv = find(m, in->conv), *born = NULL;
	enum hl_store_result result = judge(conv, in, out);
	struct made made = {.n_bodies = 0};

	if (result != HL_STORE_OK)
		return result;
	if (!hl_op_numbered(in))
		return HL_STORE_CONFLICT;
	if (!conv)
		conv = born = birth(m);
	if (!conv)
		return HL_STORE_BUSY;
	if (!make(&made, conv, in)) {
		unmake(&made);
		conversation_free(born);
		return HL_STORE_BUSY;
	}
	if (born) {
		size_t at = place_of(m, in->conv);

		memmove(m->conversations + at + 1, m->conversations + at,
			(m->n - at) * sizeof(*m->conversations));
		m->conversations[at] = born;
		m->n++;
		born->age = m->births++;
	}
	apply(conv, &made, in);
	*out = (struct hl_append_done){HL_STORE_OK, in->entries[0].seq, in->entries[0].note_seq,
				       in->entries[0].at_ms};
	return HL_STORE_OK;
}

/* ------------------------------------------------------------------ reads */

static void load(const struct conversation *conv, struct hl_op *op)
{
	if (!conv) {
		hl_op_settle(op, HL_STORE_NOT_FOUND);
		return;
	}
	op->out.loaded = (struct hl_loaded){.result = HL_STORE_OK,
					    .conv = conv->row.conv,
					    .snapshot = conv->snapshot,
					    .seq = conv->row.seq,
					    .note_seq = conv->row.note_seq,
					    .due_ms = conv->due_ms};
}

static int by_place(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return (x->at.note_seq > y->at.note_seq) - (x->at.note_seq < y->at.note_seq);
}

static void read_page(struct memory *m, struct hl_op *op)
{
	const struct conversation *conv = find(m, op->in.ask.key);
	const struct hl_op_ask ask = op->in.ask;
	struct entry *fit;
	struct hl_stored *v;
	size_t n = 0, bytes = 0, taken = 0;

	if (!conv) {
		hl_op_settle(op, HL_STORE_NOT_FOUND);
		return;
	}
	fit = hl_pile_take(&op->pile, conv->n_entries, sizeof(*fit));
	v = hl_pile_take(&op->pile, conv->n_entries, sizeof(*v));
	if (!fit || !v) {
		hl_op_settle(op, HL_STORE_FAILED);
		return;
	}
	for (size_t i = 0; i < conv->n_entries; i++) {
		const struct entry *at = &conv->entries[i];

		if (at->at.note_seq ? ask.notes && at->at.note_seq > ask.after_note_seq
				    : at->at.seq > ask.after_seq)
			fit[n++] = *at;
	}
	qsort(fit, n, sizeof(*fit), by_place);
	while (taken < n && taken < ask.limit && (!taken || bytes < PAGE_BYTES)) {
		v[taken] = fit[taken].at;
		bytes += v[taken++].body.len;
	}
	op->out.page = (struct hl_page){HL_STORE_OK, v, taken, taken < n};
}

static void rows(struct memory *m, struct hl_op *op)
{
	const struct hl_op_ask ask = op->in.ask;
	struct hl_row *v = hl_pile_take(&op->pile, ask.limit < m->n ? ask.limit : m->n, sizeof(*v));
	size_t n = 0, i = ask.key.len ? place_of(m, ask.key) : 0;
	bool more = false;

	if (!v) {
		hl_op_settle(op, HL_STORE_FAILED);
		return;
	}
	for (; i < m->n && !more; i++) {
		const struct hl_row *row = &m->conversations[i]->row;

		if (!(ask.states & 1u << row->state) || equal(row->conv, ask.key))
			continue;
		more = n == ask.limit;
		if (!more)
			v[n++] = *row;
	}
	op->out.rows = (struct hl_rows_page){HL_STORE_OK, v, n, more};
}

static int by_due(const void *a, const void *b)
{
	const struct conversation *x = *(const struct conversation *const *)a,
				  *y = *(const struct conversation *const *)b;

	if (x->due_ms != y->due_ms)
		return x->due_ms < y->due_ms ? -1 : 1;
	return (x->age > y->age) - (x->age < y->age);
}

static void due(struct memory *m, struct hl_op *op)
{
	struct conversation **fit = hl_pile_take(&op->pile, m->n, sizeof(struct conversation *));
	struct hl_row *v = hl_pile_take(&op->pile, m->n, sizeof(*v));
	size_t n = 0, limit = op->in.ask.limit;

	if (!fit || !v) {
		hl_op_settle(op, HL_STORE_FAILED);
		return;
	}
	for (size_t i = 0; i < m->n; i++)
		if (m->conversations[i]->due_ms && m->conversations[i]->due_ms <= op->in.ask.now_ms)
			fit[n++] = m->conversations[i];
	qsort(fit, n, sizeof(struct conversation *), by_due);
	for (size_t i = 0; i < n && i < limit; i++)
		v[i] = fit[i]->row;
	op->out.rows = (struct hl_rows_page){HL_STORE_OK, v, n < limit ? n : limit, n > limit};
}

static void open_of(struct memory *m, struct hl_op *op)
{
	const struct conversation *best = NULL;

	for (size_t i = 0; i < m->n && op->in.ask.key.len; i++) {
		const struct conversation *conv = m->conversations[i];

		if (equal(conv->row.user, op->in.ask.key) && conv->row.state != HL_CLOSED &&
		    (!best || conv->age > best->age))
			best = conv;
	}
	load(best, op);
}

/* ------------------------------------------------------------------ the loop's side */

static void carry_out(struct memory *m, struct hl_op *op)
{
	struct hl_append_done done = {.result = HL_STORE_OK};

	switch (op->kind) {
	case HL_OP_APPEND:
		done.result = append(m, &op->in.append, &done);
		op->out.append = done;
		break;
	case HL_OP_CHECK:
		done.result = find(m, op->in.append.conv)
				      ? judge(find(m, op->in.append.conv), &op->in.append, &done)
				      : HL_STORE_NOT_FOUND;
		op->out.append = done;
		break;
	case HL_OP_LOAD:
		load(find(m, op->in.ask.key), op);
		break;
	case HL_OP_READ:
		read_page(m, op);
		break;
	case HL_OP_ROWS:
		rows(m, op);
		break;
	case HL_OP_DUE:
		due(m, op);
		break;
	case HL_OP_OPEN_OF:
		open_of(m, op);
		break;
	case HL_OP_ACCOUNTS:
		hl_people_accounts(&m->people, op);
		break;
	case HL_OP_ACCOUNT_PUT:
		hl_people_account_put(&m->people, op);
		break;
	case HL_OP_SESSION_PUT:
		hl_people_session_put(&m->people, op);
		break;
	case HL_OP_SESSION_GET:
		hl_people_session_get(&m->people, op);
		break;
	case HL_OP_SESSION_DROP:
		hl_people_session_drop(&m->people, op);
		break;
	case HL_OP_COUNT:
		break;
	}
}

/* Only what waited at the start: a completion that asks again is served on the next turn. */
static void on_wake(uv_async_t *wake)
{
	struct memory *m = wake->data;
	struct hl_op_queue now;
	struct hl_op *op;

	hl_op_queue_init(&now);
	hl_op_move(&now, &m->waiting);
	while ((op = hl_op_pop(&now))) {
		if (!op->settled)
			carry_out(m, op);
		hl_op_deliver(op);
	}
	if (m->waiting.head)
		uv_async_send(wake);
	else if (m->front.closed)
		hl_op_front_end(&m->front, &m->waiting);
	else
		uv_unref((uv_handle_t *)wake);
}

static void submit(struct hl_op_front *front, struct hl_op *op)
{
	struct memory *m = (struct memory *)front;

	hl_op_push(&m->waiting, op);
	uv_ref((uv_handle_t *)&front->wake);
	uv_async_send(&front->wake);
}

static uint64_t room(struct hl_store *store)
{
	(void)store;
	return UINT64_MAX;
}

static void free_store(struct hl_store *store)
{
	struct memory *m = (struct memory *)store;

	if (!m)
		return;
	for (size_t i = 0; i < m->n; i++)
		conversation_free(m->conversations[i]);
	hl_people_deinit(&m->people);
	free(m->conversations);
	free(m);
}

static const struct hl_store_ops ops = {.append = hl_op_append,
					.check = hl_op_check,
					.load = hl_op_load,
					.read = hl_op_read,
					.rows = hl_op_rows,
					.due = hl_op_due,
					.open_of = hl_op_open_of,
					.accounts = hl_op_accounts,
					.account_put = hl_op_account_put,
					.session_put = hl_op_session_put,
					.session_get = hl_op_session_get,
					.session_drop = hl_op_session_drop,
					.room = room,
					.close = hl_op_close,
					.free = free_store};

int hl_store_memory_new(struct hl_store **out, uv_loop_t *loop)
{
	struct memory *m = calloc(1, sizeof(*m));

	if (!m)
		return HL_NOMEM;
	hl_op_front_init(&m->front, &ops, submit);
	hl_op_queue_init(&m->waiting);
	if (hl_op_front_watch(&m->front, loop, on_wake) != HL_OK) {
		free(m);
		return HL_NOMEM;
	}
	*out = &m->front.store;
	return HL_OK;
}
