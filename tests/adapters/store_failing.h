/*
 * store_failing.h: a store that passes everything on to another, but for the calls it was told to
 * fail. For the tests of whoever uses a store.
 */
#ifndef STORE_FAILING_H
#define STORE_FAILING_H

#include "hotline_adapter.h"
#include "store/op.h"

struct store_fault {
	unsigned kinds; /* bits 1 << HL_OP_APPEND … ; 0: every kind */
	size_t nth;	/* the nth such call from now on fails: 1 is the next; 0: none */
	size_t times;	/* so many in a row; 0: all from there on */
	enum hl_store_result result; /* what is answered; OK and DUP make no sense here */
	bool carried_out; /* the call is done all the same: the answer was lost, or FAILED lies */
};

/* A wrapper without a fault. It owns itself alone, never `inner`, which must outlive it. NULL when
   there is no memory. Its close closes `inner`; its free, allowed whenever no answer is owed,
   frees the wrapper only. */
struct hl_store *store_failing_new(struct hl_store *inner);
/* Sets the fault and counts from 0 again. */
void store_failing_set(struct hl_store *store, const struct store_fault *fault);
/* Calls of the fault's kinds since it was set. */
size_t store_failing_calls(const struct hl_store *store);
/* What room() says from now on. */
void store_failing_room(struct hl_store *store, uint64_t bytes);

#endif
