/*
 * The front both stores share: calls become ops, ops become completions. It knows the interface and
 * its copies, nothing of where the data lies.
 */
#include "store/op.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ ops */

void hl_op_front_init(struct hl_op_front *front, const struct hl_store_ops *ops,
		      void (*submit)(struct hl_op_front *, struct hl_op *))
{
	front->store.ops = ops;
	front->submit = submit;
	front->free_spares = NULL;
	for (size_t i = 0; i < HL_OP_SPARES; i++) {
		front->spares[i].next = front->free_spares;
		front->free_spares = &front->spares[i];
	}
}

int hl_op_front_watch(struct hl_op_front *front, uv_loop_t *loop, uv_async_cb on_wake)
{
	if (uv_async_init(loop, &front->wake, on_wake) != 0)
		return HL_NOMEM;
	front->wake.data = front;
	uv_unref((uv_handle_t *)&front->wake);
	return HL_OK;
}

/* A spare op carries no request, only the duty to answer. */
static struct hl_op *begin(struct hl_store *store, enum hl_op_kind kind, void *arg)
{
	struct hl_op_front *front = (struct hl_op_front *)store;
	struct hl_op *op = calloc(1, sizeof(*op));
	bool spare = !op;

	if (spare) {
		op = front->free_spares;
		if (!op)
			abort();
		front->free_spares = op->next;
		*op = (struct hl_op){.spare = true};
	}
	op->front = front;
	op->kind = kind;
	op->arg = arg;
	op->pile.failed = spare;
	return op;
}

static void submit(struct hl_op *op)
{
	if (op->pile.failed || op->front->closed) {
		bool later = !op->front->closed && HL_OP_IS_WRITE(op->kind);

		hl_op_settle(op, later ? HL_STORE_BUSY : HL_STORE_FAILED);
		op->settled = true;
	}
	op->front->submit(op->front, op);
}

void hl_op_settle(struct hl_op *op, enum hl_store_result result)
{
	memset(&op->out, 0, sizeof(op->out));
	switch (op->kind) {
	case HL_OP_APPEND:
	case HL_OP_CHECK:
		op->out.append.result = result;
		break;
	case HL_OP_LOAD:
	case HL_OP_OPEN_OF:
		op->out.loaded.result = result;
		break;
	case HL_OP_READ:
		op->out.page.result = result;
		break;
	case HL_OP_ROWS:
	case HL_OP_DUE:
		op->out.rows.result = result;
		break;
	case HL_OP_ACCOUNTS:
		op->out.accounts.result = result;
		break;
	case HL_OP_SESSION_GET:
		op->out.session.result = result;
		break;
	default:
		op->out.result = result;
	}
}

enum hl_store_result hl_op_result(const struct hl_op *op)
{
	switch (op->kind) {
	case HL_OP_APPEND:
	case HL_OP_CHECK:
		return op->out.append.result;
	case HL_OP_LOAD:
	case HL_OP_OPEN_OF:
		return op->out.loaded.result;
	case HL_OP_READ:
		return op->out.page.result;
	case HL_OP_ROWS:
	case HL_OP_DUE:
		return op->out.rows.result;
	case HL_OP_ACCOUNTS:
		return op->out.accounts.result;
	case HL_OP_SESSION_GET:
		return op->out.session.result;
	default:
		return op->out.result;
	}
}

static void release(struct hl_op *op)
{
	struct hl_op_front *front = op->front;

	hl_pile_deinit(&op->pile);
	if (!op->spare) {
		free(op);
		return;
	}
	op->next = front->free_spares;
	front->free_spares = op;
}

void hl_op_deliver(struct hl_op *op)
{
	switch (op->kind) {
	case HL_OP_APPEND:
	case HL_OP_CHECK:
		op->done.append(op->arg, &op->out.append);
		break;
	case HL_OP_LOAD:
	case HL_OP_OPEN_OF:
		op->done.loaded(op->arg, &op->out.loaded);
		break;
	case HL_OP_READ:
		op->done.page(op->arg, &op->out.page);
		break;
	case HL_OP_ROWS:
	case HL_OP_DUE:
		op->done.rows(op->arg, &op->out.rows);
		break;
	case HL_OP_ACCOUNTS:
		op->done.accounts(op->arg, &op->out.accounts);
		break;
	case HL_OP_SESSION_GET:
		op->done.session(op->arg, &op->out.session);
		break;
	default:
		op->done.result(op->arg, op->out.result);
	}
	release(op);
}

/* ------------------------------------------------------------------ queues */

void hl_op_queue_init(struct hl_op_queue *queue)
{
	*queue = (struct hl_op_queue){.head = NULL};
	queue->tail = &queue->head;
}

void hl_op_push(struct hl_op_queue *queue, struct hl_op *op)
{
	op->next = NULL;
	*queue->tail = op;
	queue->tail = &op->next;
	queue->n++;
	queue->bytes += op->pile.bytes;
}

struct hl_op *hl_op_pop(struct hl_op_queue *queue)
{
	struct hl_op *op = queue->head;

	if (!op)
		return NULL;
	queue->head = op->next;
	if (!queue->head)
		hl_op_queue_init(queue);
	else
		queue->n--;
	return op;
}

void hl_op_move(struct hl_op_queue *to, struct hl_op_queue *from)
{
	if (!from->head)
		return;
	*to->tail = from->head;
	to->tail = from->tail;
	to->n += from->n;
	to->bytes += from->bytes;
	hl_op_queue_init(from);
}

bool hl_op_numbered(const struct hl_append *append)
{
	uint64_t seq = append->expected_seq, note_seq = append->expected_note_seq;

	for (size_t i = 0; i < append->n_entries; i++) {
		const struct hl_stored *entry = &append->entries[i];

		if (entry->note_seq ? entry->seq || entry->note_seq != ++note_seq
				    : entry->seq != ++seq)
			return false;
	}
	for (size_t i = 0; i < append->n_rewrites; i++) {
		const struct hl_stored *entry = &append->rewrites[i];

		if (entry->note_seq ? entry->seq || entry->note_seq > append->expected_note_seq
				    : !entry->seq || entry->seq > append->expected_seq)
			return false;
	}
	return append->n_entries && append->row.seq == seq && append->row.note_seq == note_seq;
}

/* ------------------------------------------------------------------ writes */

static const struct hl_stored *copy_entries(struct hl_pile *pile, const struct hl_stored *v,
					    size_t n)
{
	struct hl_stored *copy = hl_pile_take(pile, n, sizeof(*copy));

	for (size_t i = 0; copy && i < n; i++) {
		copy[i] = v[i];
		copy[i].body = hl_pile_str(pile, v[i].body);
	}
	return copy;
}

void hl_op_append(struct hl_store *store, const struct hl_append *req, hl_append_fn *done,
		  void *arg)
{
	struct hl_op *op = begin(store, HL_OP_APPEND, arg);
	struct hl_append *in = &op->in.append;
	struct hl_pile *pile = &op->pile;

	op->done.append = done;
	if (!pile->failed) {
		*in = *req;
		in->conv = hl_pile_str(pile, req->conv);
		in->author = hl_pile_str(pile, req->author);
		in->cid = hl_pile_str(pile, req->cid);
		in->entries = copy_entries(pile, req->entries, req->n_entries);
		in->rewrites = copy_entries(pile, req->rewrites, req->n_rewrites);
		in->snapshot = hl_pile_str(pile, req->snapshot);
		in->row = hl_pile_row(pile, &req->row);
		in->audit = hl_pile_str(pile, req->audit);
	}
	submit(op);
}

void hl_op_check(struct hl_store *store, struct hl_str conv, uint64_t seq, uint64_t note_seq,
		 struct hl_str author, struct hl_str cid, const uint8_t digest[16],
		 hl_append_fn *done, void *arg)
{
	struct hl_op *op = begin(store, HL_OP_CHECK, arg);
	struct hl_append *in = &op->in.append;

	op->done.append = done;
	in->conv = hl_pile_str(&op->pile, conv);
	in->expected_seq = seq;
	in->expected_note_seq = note_seq;
	in->author = hl_pile_str(&op->pile, author);
	in->cid = hl_pile_str(&op->pile, cid);
	if (digest)
		memcpy(in->digest, digest, sizeof(in->digest));
	submit(op);
}

void hl_op_account_put(struct hl_store *store, const struct hl_account *account, hl_done_fn *done,
		       void *arg)
{
	struct hl_op *op = begin(store, HL_OP_ACCOUNT_PUT, arg);
	struct hl_account *in = &op->in.account;
	struct hl_pile *pile = &op->pile;

	op->done.result = done;
	if (!pile->failed) {
		*in = *account;
		in->name = hl_pile_str(pile, account->name);
		in->display = hl_pile_str(pile, account->display);
		in->hash = hl_pile_str(pile, account->hash);
		in->teams = hl_pile_names(pile, account->teams);
		in->langs = hl_pile_names(pile, account->langs);
		in->roles = hl_pile_names(pile, account->roles);
	}
	submit(op);
}

void hl_op_session_put(struct hl_store *store, const struct hl_session *session, hl_done_fn *done,
		       void *arg)
{
	struct hl_op *op = begin(store, HL_OP_SESSION_PUT, arg);

	op->done.result = done;
	op->in.session = *session;
	op->in.session.account = hl_pile_str(&op->pile, session->account);
	submit(op);
}

void hl_op_session_drop(struct hl_store *store, const uint8_t token_hash[32], hl_done_fn *done,
			void *arg)
{
	struct hl_op *op = begin(store, HL_OP_SESSION_DROP, arg);

	op->done.result = done;
	memcpy(op->in.session.token_hash, token_hash, sizeof(op->in.session.token_hash));
	submit(op);
}

/* ------------------------------------------------------------------ reads */

static struct hl_op *begin_ask(struct hl_store *store, enum hl_op_kind kind, struct hl_str key,
			       void *arg)
{
	struct hl_op *op = begin(store, kind, arg);

	op->in.ask.key = hl_pile_str(&op->pile, key);
	return op;
}

void hl_op_load(struct hl_store *store, struct hl_str conv, hl_loaded_fn *done, void *arg)
{
	struct hl_op *op = begin_ask(store, HL_OP_LOAD, conv, arg);

	op->done.loaded = done;
	submit(op);
}

void hl_op_read(struct hl_store *store, struct hl_str conv, uint64_t after_seq,
		uint64_t after_note_seq, bool notes, size_t limit, hl_page_fn *done, void *arg)
{
	struct hl_op *op = begin_ask(store, HL_OP_READ, conv, arg);

	op->done.page = done;
	op->in.ask.after_seq = after_seq;
	op->in.ask.after_note_seq = after_note_seq;
	op->in.ask.notes = notes;
	op->in.ask.limit = limit;
	submit(op);
}

void hl_op_rows(struct hl_store *store, unsigned states, struct hl_str after, size_t limit,
		hl_rows_fn *done, void *arg)
{
	struct hl_op *op = begin_ask(store, HL_OP_ROWS, after, arg);

	op->done.rows = done;
	op->in.ask.states = states;
	op->in.ask.limit = limit;
	submit(op);
}

void hl_op_due(struct hl_store *store, int64_t now_ms, size_t limit, hl_rows_fn *done, void *arg)
{
	struct hl_op *op = begin(store, HL_OP_DUE, arg);

	op->done.rows = done;
	op->in.ask.now_ms = now_ms;
	op->in.ask.limit = limit;
	submit(op);
}

void hl_op_open_of(struct hl_store *store, struct hl_str user, hl_loaded_fn *done, void *arg)
{
	struct hl_op *op = begin_ask(store, HL_OP_OPEN_OF, user, arg);

	op->done.loaded = done;
	submit(op);
}

void hl_op_accounts(struct hl_store *store, struct hl_str name, hl_accounts_fn *done, void *arg)
{
	struct hl_op *op = begin_ask(store, HL_OP_ACCOUNTS, name, arg);

	op->done.accounts = done;
	submit(op);
}

void hl_op_session_get(struct hl_store *store, const uint8_t token_hash[32], hl_session_fn *done,
		       void *arg)
{
	struct hl_op *op = begin(store, HL_OP_SESSION_GET, arg);

	op->done.session = done;
	memcpy(op->in.session.token_hash, token_hash, sizeof(op->in.session.token_hash));
	submit(op);
}

/* ------------------------------------------------------------------ the end */

void hl_op_close(struct hl_store *store, hl_done_fn *done, void *arg)
{
	struct hl_op_front *front = (struct hl_op_front *)store;

	front->closed = true;
	front->close_done = done;
	front->close_arg = arg;
	uv_ref((uv_handle_t *)&front->wake);
	uv_async_send(&front->wake);
}

static void on_closed(uv_handle_t *handle)
{
	struct hl_op_front *front = handle->data;
	struct hl_op *op;

	while ((op = hl_op_pop(front->late)))
		hl_op_deliver(op);
	front->close_done(front->close_arg, HL_STORE_OK);
}

void hl_op_front_end(struct hl_op_front *front, struct hl_op_queue *late)
{
	front->late = late;
	uv_close((uv_handle_t *)&front->wake, on_closed);
}
