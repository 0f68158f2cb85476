/*
 * reader.h: a connection that only reads. It runs on a thread of libuv's pool, one op at a time.
 */
#ifndef HL_READER_H
#define HL_READER_H

#include "store/op.h"
#include "store_sqlite/db.h"

struct hl_reader {
	struct hl_db db;
};

/* HL_OK; HL_REFUSED with one line in `err`. Deinit it in either case. */
int hl_reader_init(struct hl_reader *reader, const char *path, const char *vfs, char *err,
		   size_t err_size);
void hl_reader_deinit(struct hl_reader *reader);
/* Sets the answer of a reading op from one state of the database; FAILED on an error. */
void hl_reader_run(struct hl_reader *reader, struct hl_op *op);

#endif
