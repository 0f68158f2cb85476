/*
 * op.h: a call to a store as a value. Both stores have the same front: each call is copied into an
 * op, handed to the store's own `submit`, and answered by delivering the op on the loop's thread.
 * What lies between is each store's affair.
 */
#ifndef HL_STORE_OP_H
#define HL_STORE_OP_H

#include <uv.h>

#include "hotline_adapter.h"
#include "store/pile.h"

enum hl_op_kind { /* the writes first: they keep their order */
		  HL_OP_APPEND,
		  HL_OP_CHECK,
		  HL_OP_ACCOUNT_PUT,
		  HL_OP_SESSION_PUT,
		  HL_OP_SESSION_DROP,
		  HL_OP_LOAD,
		  HL_OP_READ,
		  HL_OP_ROWS,
		  HL_OP_DUE,
		  HL_OP_OPEN_OF,
		  HL_OP_ACCOUNTS,
		  HL_OP_SESSION_GET,
		  HL_OP_COUNT
};
#define HL_OP_IS_WRITE(kind) ((kind) < HL_OP_LOAD)

struct hl_op_ask {	   /* what the reading calls ask for */
	struct hl_str key; /* conv, after, user or account name */
	uint64_t after_seq, after_note_seq;
	bool notes;
	size_t limit;
	unsigned states;
	int64_t now_ms;
};

struct hl_op_front;
struct hl_op {
	struct hl_op *next;
	struct hl_op_front *front;
	enum hl_op_kind kind;
	bool spare;   /* belongs to the front, never freed */
	bool settled; /* the answer stands already: deliver without doing it */
	union {
		struct hl_append append; /* APPEND, CHECK */
		struct hl_op_ask ask;
		struct hl_account account;
		struct hl_session session; /* the session calls */
	} in;
	union {
		struct hl_append_done append;
		struct hl_loaded loaded;
		struct hl_page page;
		struct hl_rows_page rows;
		struct hl_accounts_page accounts;
		struct hl_session_found session;
		enum hl_store_result result;
	} out;
	union {
		hl_append_fn *append;
		hl_loaded_fn *loaded;
		hl_page_fn *page;
		hl_rows_fn *rows;
		hl_accounts_fn *accounts;
		hl_session_fn *session;
		hl_done_fn *result;
	} done;
	void *arg;
	struct hl_pile pile; /* of `in` and `out` */
};

struct hl_op_queue {
	struct hl_op *head, **tail;
	size_t n, bytes;
};

#define HL_OP_SPARES 64
/* The first member of both stores. */
struct hl_op_front {
	struct hl_store store;
	void (*submit)(struct hl_op_front *front, struct hl_op *op);
	uv_async_t wake; /* the store's own; its data is the store */
	bool closed;	 /* every call is answered FAILED */
	hl_done_fn *close_done;
	void *close_arg;
	struct hl_op_queue *late; /* of hl_op_front_end */
	struct hl_op *free_spares;
	struct hl_op spares[HL_OP_SPARES]; /* so that even without memory a call is answered */
};

/* `submit` is given every call as an op, one that came after close with its answer settled. */
void hl_op_front_init(struct hl_op_front *front, const struct hl_store_ops *ops,
		      void (*submit)(struct hl_op_front *, struct hl_op *));
/* Makes `wake`, which keeps the loop alive only while the store has it referenced. HL_OK, HL_NOMEM.
 */
int hl_op_front_watch(struct hl_op_front *front, uv_loop_t *loop, uv_async_cb on_wake);
/* The last thing a closed store does, once it owes nothing: `wake` is closed, calls that came
   meanwhile (`late`) are answered, then whoever closed it hears of it. */
void hl_op_front_end(struct hl_op_front *front, struct hl_op_queue *late);

/* Sets the answer to a bare result; empties what else it holds. */
void hl_op_settle(struct hl_op *op, enum hl_store_result result);
enum hl_store_result hl_op_result(const struct hl_op *op);
/* Calls the completion and frees the op. On the loop's thread. */
void hl_op_deliver(struct hl_op *op);

void hl_op_queue_init(struct hl_op_queue *queue);
void hl_op_push(struct hl_op_queue *queue, struct hl_op *op);
struct hl_op *hl_op_pop(struct hl_op_queue *queue); /* NULL when empty */
/* Moves everything in `from` to the end of `to`. */
void hl_op_move(struct hl_op_queue *to, struct hl_op_queue *from);

/* Is an append well numbered: entries and notes without a gap after the expected state, rewrites of
   what is already there? What is not, is answered CONFLICT: it was computed from another state. */
bool hl_op_numbered(const struct hl_append *append);

/* The members of hl_store_ops that make ops. */
void hl_op_append(struct hl_store *store, const struct hl_append *req, hl_append_fn *done,
		  void *arg);
void hl_op_check(struct hl_store *store, struct hl_str conv, uint64_t seq, uint64_t note_seq,
		 struct hl_str author, struct hl_str cid, const uint8_t digest[16],
		 hl_append_fn *done, void *arg);
void hl_op_load(struct hl_store *store, struct hl_str conv, hl_loaded_fn *done, void *arg);
void hl_op_read(struct hl_store *store, struct hl_str conv, uint64_t after_seq,
		uint64_t after_note_seq, bool notes, size_t limit, hl_page_fn *done, void *arg);
void hl_op_rows(struct hl_store *store, unsigned states, struct hl_str after, size_t limit,
		hl_rows_fn *done, void *arg);
void hl_op_due(struct hl_store *store, int64_t now_ms, size_t limit, hl_rows_fn *done, void *arg);
void hl_op_open_of(struct hl_store *store, struct hl_str user, hl_loaded_fn *done, void *arg);
void hl_op_accounts(struct hl_store *store, struct hl_str name, hl_accounts_fn *done, void *arg);
void hl_op_account_put(struct hl_store *store, const struct hl_account *account, hl_done_fn *done,
		       void *arg);
void hl_op_session_put(struct hl_store *store, const struct hl_session *session, hl_done_fn *done,
		       void *arg);
void hl_op_session_get(struct hl_store *store, const uint8_t token_hash[32], hl_session_fn *done,
		       void *arg);
void hl_op_session_drop(struct hl_store *store, const uint8_t token_hash[32], hl_done_fn *done,
			void *arg);
/* Wakes the store; it ends when it owes no answer. */
void hl_op_close(struct hl_store *store, hl_done_fn *done, void *arg);

#endif
