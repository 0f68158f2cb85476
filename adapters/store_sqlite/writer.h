/*
 * writer.h: the one connection that writes. Everything here runs on the writer's thread.
 */
#ifndef HL_WRITER_H
#define HL_WRITER_H

#include "store/op.h"
#include "store_sqlite/db.h"
#include "store_sqlite/known.h"

#define HL_WRITER_WHY 256
struct hl_writer {
	struct hl_db db;
	bool dead;		 /* an I/O error: nothing is written any more */
	bool scrub;		 /* rewritten bytes still lie in the write-ahead log */
	char why[HL_WRITER_WHY]; /* of dead */
	struct hl_known_table known;
};

/* HL_OK; HL_REFUSED with one line in `err`. Deinit it in either case. */
int hl_writer_init(struct hl_writer *writer, const char *path, const char *vfs, char *err,
		   size_t err_size);
void hl_writer_deinit(struct hl_writer *writer);
/* One transaction over a list of writing ops: sets the answer of each. OK stands only after the
   commit; what could not be committed is FULL, BUSY or FAILED, all of it. */
void hl_writer_run(struct hl_writer *writer, struct hl_op *head);

#endif
