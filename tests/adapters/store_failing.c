/*
 * A store whose n-th call fails. An invented answer must come as late as a real one, so it waits
 * for a harmless check of the inner store.
 */
#include "store_failing.h"

#include <stdlib.h>

struct failing {
	struct hl_op_front front; /* first */
	struct hl_store *inner;
	struct store_fault fault;
	size_t calls;
	uint64_t room;
};

static bool fails(struct failing *f, const struct hl_op *op)
{
	if (f->fault.kinds && !(f->fault.kinds & 1u << op->kind))
		return false;
	f->calls++;
	return f->fault.nth && f->calls >= f->fault.nth &&
	       (!f->fault.times || f->calls < f->fault.nth + f->fault.times);
}

/* A settled op keeps its invented answer. */
static void finish(struct hl_op *op)
{
	if (op->settled)
		hl_op_settle(op, ((struct failing *)op->front)->fault.result);
	hl_op_deliver(op);
}

static void on_append(void *arg, const struct hl_append_done *done)
{
	struct hl_op *op = arg;

	op->out.append = *done;
	finish(op);
}

static void on_loaded(void *arg, const struct hl_loaded *loaded)
{
	struct hl_op *op = arg;

	op->out.loaded = *loaded;
	finish(op);
}

static void on_page(void *arg, const struct hl_page *page)
{
	struct hl_op *op = arg;

	op->out.page = *page;
	finish(op);
}

static void on_rows(void *arg, const struct hl_rows_page *rows)
{
	struct hl_op *op = arg;

	op->out.rows = *rows;
	finish(op);
}

static void on_accounts(void *arg, const struct hl_accounts_page *accounts)
{
	struct hl_op *op = arg;

	op->out.accounts = *accounts;
	finish(op);
}

static void on_session(void *arg, const struct hl_session_found *found)
{
	struct hl_op *op = arg;

	op->out.session = *found;
	finish(op);
}

static void on_result(void *arg, enum hl_store_result result)
{
	struct hl_op *op = arg;

	op->out.result = result;
	finish(op);
}

static void on_waited(void *arg, const struct hl_append_done *done)
{
	(void)done;
	finish(arg);
}

static void pass_on(struct hl_store *s, struct hl_op *op)
{
	const struct hl_append *append = &op->in.append;
	const struct hl_op_ask *ask = &op->in.ask;

	switch (op->kind) {
	case HL_OP_APPEND:
		s->ops->append(s, append, on_append, op);
		break;
	case HL_OP_CHECK:
		s->ops->check(s, append->conv, append->expected_seq, append->expected_note_seq,
			      append->author, append->cid, append->digest, on_append, op);
		break;
	case HL_OP_LOAD:
		s->ops->load(s, ask->key, on_loaded, op);
		break;
	case HL_OP_READ:
		s->ops->read(s, ask->key, ask->after_seq, ask->after_note_seq, ask->notes,
			     ask->limit, on_page, op);
		break;
	case HL_OP_ROWS:
		s->ops->rows(s, ask->states, ask->key, ask->limit, on_rows, op);
		break;
	case HL_OP_DUE:
		s->ops->due(s, ask->now_ms, ask->limit, on_rows, op);
		break;
	case HL_OP_OPEN_OF:
		s->ops->open_of(s, ask->key, on_loaded, op);
		break;
	case HL_OP_ACCOUNTS:
		s->ops->accounts(s, ask->key, on_accounts, op);
		break;
	case HL_OP_ACCOUNT_PUT:
		s->ops->account_put(s, &op->in.account, on_result, op);
		break;
	case HL_OP_SESSION_PUT:
		s->ops->session_put(s, &op->in.session, on_result, op);
		break;
	case HL_OP_SESSION_GET:
		s->ops->session_get(s, op->in.session.token_hash, on_session, op);
		break;
	case HL_OP_SESSION_DROP:
		s->ops->session_drop(s, op->in.session.token_hash, on_result, op);
		break;
	case HL_OP_COUNT:
		break;
	}
}

static void submit(struct hl_op_front *front, struct hl_op *op)
{
	static const uint8_t digest[16];
	struct failing *f = (struct failing *)front;

	op->settled = op->settled || fails(f, op);
	if (op->settled && !f->fault.carried_out)
		f->inner->ops->check(f->inner, HL_STR("nowhere"), 1, 0, HL_NONE, HL_NONE, digest,
				     on_waited, op);
	else
		pass_on(f->inner, op);
}

static uint64_t room(struct hl_store *store)
{
	return ((struct failing *)store)->room;
}

static void close_inner(struct hl_store *store, hl_done_fn *done, void *arg)
{
	struct hl_store *inner = ((struct failing *)store)->inner;

	inner->ops->close(inner, done, arg);
}

static void free_wrapper(struct hl_store *store)
{
	free(store);
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
					.close = close_inner,
					.free = free_wrapper};

struct hl_store *store_failing_new(struct hl_store *inner)
{
	struct failing *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	hl_op_front_init(&f->front, &ops, submit);
	f->inner = inner;
	f->room = UINT64_MAX;
	return &f->front.store;
}

void store_failing_set(struct hl_store *store, const struct store_fault *fault)
{
	struct failing *f = (struct failing *)store;

	f->fault = *fault;
	f->calls = 0;
}

size_t store_failing_calls(const struct hl_store *store)
{
	return ((const struct failing *)store)->calls;
}

void store_failing_room(struct hl_store *store, uint64_t bytes)
{
	((struct failing *)store)->room = bytes;
}
