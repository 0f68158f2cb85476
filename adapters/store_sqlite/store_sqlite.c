/*
 * Between the loop and the threads. The loop's side gathers writes and hands them over whenever the
 * writer has come back from its last commit: the disk is the clock. Reads go to one of a few
 * read-only connections, each busy with one op at a time. Everything in the struct belongs to the
 * loop's thread but what stands under the mutex.
 */
#include "store_sqlite/store_sqlite.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "store/op.h"
#include "store_sqlite/folder.h"
#include "store_sqlite/reader.h"
#include "store_sqlite/writer.h"

#define READERS 2
#define ROOM_MS 100 /* how old what is known of the disk's room may be */

struct reading { /* a reader and what it is doing */
	uv_work_t work;
	struct hl_reader reader;
	struct hl_op *op; /* NULL: free */
};
struct sqlite_store {
	struct hl_op_front front; /* first */
	uv_loop_t *loop;
	char *folder, *path;
	int lock;		/* the folder's; -1: not held */
	uint64_t room, room_at; /* free bytes, and when the disk was asked; 0: never */
	size_t owed;		/* answers */
	struct hl_op_queue gathered, asked, settled;
	bool in_flight; /* a batch is with the writer */
	struct reading readings[READERS];
	size_t n_readings;
	bool threaded; /* the thread, the mutex and the condition are there */
	uv_thread_t thread;
	struct hl_writer writer; /* the thread's, while it runs */
	char why[HL_WRITER_WHY];
	uv_mutex_t mutex;
	uv_cond_t handed_over;
	struct hl_op *handed, *landed;	/* under the mutex: batches to the writer and back */
	char landed_why[HL_WRITER_WHY]; /* under the mutex */
	bool stop;			/* under the mutex */
};

/* ------------------------------------------------------------------ the writer's thread */

static struct hl_op *take_batch(struct sqlite_store *s)
{
	struct hl_op *batch;

	uv_mutex_lock(&s->mutex);
	while (!s->handed && !s->stop)
		uv_cond_wait(&s->handed_over, &s->mutex);
	batch = s->handed;
	s->handed = NULL;
	uv_mutex_unlock(&s->mutex);
	return batch;
}

static void writer_main(void *arg)
{
	struct sqlite_store *s = arg;
	struct hl_op *batch;

	while ((batch = take_batch(s))) {
		hl_writer_run(&s->writer, batch);
		uv_mutex_lock(&s->mutex);
		s->landed = batch;
		memcpy(s->landed_why, s->writer.why, sizeof(s->landed_why));
		uv_mutex_unlock(&s->mutex);
		uv_async_send(&s->front.wake);
	}
}

/* ------------------------------------------------------------------ the loop's side */

static void maybe_finish(struct sqlite_store *s);

static void deliver(struct sqlite_store *s, struct hl_op *op)
{
	s->owed--;
	hl_op_deliver(op);
}

/* Hands over what has gathered, unless the writer is at work. */
static void ship(struct sqlite_store *s)
{
	if (s->in_flight || !s->gathered.head)
		return;
	s->in_flight = true;
	uv_mutex_lock(&s->mutex);
	s->handed = s->gathered.head;
	uv_cond_signal(&s->handed_over);
	uv_mutex_unlock(&s->mutex);
	hl_op_queue_init(&s->gathered);
}

static void settle_later(struct sqlite_store *s, struct hl_op *op)
{
	hl_op_push(&s->settled, op);
	uv_async_send(&s->front.wake);
}

static void on_read(uv_work_t *work, int status);

static void read_work(uv_work_t *work)
{
	struct reading *reading = work->data;

	hl_reader_run(&reading->reader, reading->op);
}

static void start_reading(struct sqlite_store *s, struct reading *reading)
{
	reading->op = hl_op_pop(&s->asked);
	if (reading->op && uv_queue_work(s->loop, &reading->work, read_work, on_read) != 0) {
		hl_op_settle(reading->op, HL_STORE_FAILED);
		settle_later(s, reading->op);
		reading->op = NULL;
	}
}

static void on_read(uv_work_t *work, int status)
{
	struct reading *reading = work->data;
	struct hl_op *op = reading->op;
	struct sqlite_store *s = (struct sqlite_store *)op->front;

	(void)status; /* never cancelled */
	start_reading(s, reading);
	deliver(s, op);
	maybe_finish(s);
}

/* The next batch is on its way before anybody hears of the last one. */
static void on_wake(uv_async_t *wake)
{
	struct sqlite_store *s = wake->data;
	struct hl_op_queue settled;
	struct hl_op *op, *next;

	uv_mutex_lock(&s->mutex);
	op = s->landed;
	s->landed = NULL;
	memcpy(s->why, s->landed_why, sizeof(s->why));
	uv_mutex_unlock(&s->mutex);
	if (op) {
		s->in_flight = false;
		ship(s);
	}
	for (; op; op = next) {
		next = op->next;
		deliver(s, op);
	}
	hl_op_queue_init(&settled);
	hl_op_move(&settled, &s->settled);
	while ((op = hl_op_pop(&settled)))
		deliver(s, op);
	if (s->settled.head)
		uv_async_send(wake);
	maybe_finish(s);
}

static void submit(struct hl_op_front *front, struct hl_op *op)
{
	struct sqlite_store *s = (struct sqlite_store *)front;

	if (!s->owed++)
		uv_ref((uv_handle_t *)&s->front.wake);
	if (!op->settled && HL_OP_IS_WRITE(op->kind) &&
	    (s->gathered.n >= HL_STORE_SQLITE_GATHERED_MAX ||
	     s->gathered.bytes >= HL_STORE_SQLITE_GATHERED_BYTES)) {
		hl_op_settle(op, HL_STORE_BUSY);
		op->settled = true;
	}
	if (op->settled) {
		settle_later(s, op);
	} else if (HL_OP_IS_WRITE(op->kind)) {
		hl_op_push(&s->gathered, op);
		ship(s);
	} else {
		hl_op_push(&s->asked, op);
		for (size_t i = 0; i < s->n_readings && s->asked.head; i++)
			if (!s->readings[i].op)
				start_reading(s, &s->readings[i]);
	}
}

/* ------------------------------------------------------------------ life */

static void stop_thread(struct sqlite_store *s)
{
	if (!s->threaded)
		return;
	uv_mutex_lock(&s->mutex);
	s->stop = true;
	uv_cond_signal(&s->handed_over);
	uv_mutex_unlock(&s->mutex);
	uv_thread_join(&s->thread);
	uv_cond_destroy(&s->handed_over);
	uv_mutex_destroy(&s->mutex);
	s->threaded = false;
}

/* Readers first: the last connection to go tidies the file up, and only the writer may. */
static void release(struct sqlite_store *s)
{
	stop_thread(s);
	for (size_t i = 0; i < s->n_readings; i++)
		hl_reader_deinit(&s->readings[i].reader);
	s->n_readings = 0;
	hl_writer_deinit(&s->writer);
	if (s->lock >= 0)
		close(s->lock);
	s->lock = -1;
}

static void maybe_finish(struct sqlite_store *s)
{
	if (s->owed || uv_is_closing((uv_handle_t *)&s->front.wake))
		return;
	if (!s->front.closed) {
		uv_unref((uv_handle_t *)&s->front.wake);
		return;
	}
	release(s);
	hl_op_front_end(&s->front, &s->settled);
}

static void free_store(struct hl_store *store)
{
	struct sqlite_store *s = (struct sqlite_store *)store;

	if (!s)
		return;
	release(s);
	free(s->folder);
	free(s->path);
	free(s);
}

static uint64_t room(struct hl_store *store)
{
	struct sqlite_store *s = (struct sqlite_store *)store;
	struct statvfs st;

	if (s->room_at > 0 && uv_now(s->loop) - s->room_at < ROOM_MS)
		return s->room;
	s->room = statvfs(s->folder, &st) == 0 ? (uint64_t)st.f_bavail * st.f_frsize : UINT64_MAX;
	s->room_at = uv_now(s->loop);
	return s->room;
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

/* SQLite gives the log and the index of it the mode of the database itself. */
static int make_file(const char *path, char *err, size_t err_size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0) {
		snprintf(err, err_size, "cannot write %s", path);
		return HL_REFUSED;
	}
	close(fd);
	return HL_OK;
}

static int open_all(struct sqlite_store *s, const char *vfs, char *err, size_t err_size)
{
	int status = hl_folder_lock(&s->lock, s->folder, err, err_size);

	if (status == HL_OK)
		status = make_file(s->path, err, err_size);
	if (status == HL_OK)
		status = hl_writer_init(&s->writer, s->path, vfs, err, err_size);
	for (size_t i = 0; status == HL_OK && i < READERS; i++) {
		s->readings[i].work.data = &s->readings[i];
		s->n_readings = i + 1;
		status = hl_reader_init(&s->readings[i].reader, s->path, vfs, err, err_size);
	}
	return status;
}

static int start_thread(struct sqlite_store *s)
{
	if (uv_mutex_init(&s->mutex) != 0)
		return HL_NOMEM;
	if (uv_cond_init(&s->handed_over) != 0) {
		uv_mutex_destroy(&s->mutex);
		return HL_NOMEM;
	}
	if (uv_thread_create(&s->thread, writer_main, s) != 0) {
		uv_cond_destroy(&s->handed_over);
		uv_mutex_destroy(&s->mutex);
		return HL_NOMEM;
	}
	s->threaded = true;
	return HL_OK;
}

int hl_store_sqlite_new(struct hl_store **out, uv_loop_t *loop, const char *folder, const char *vfs,
			char *err, size_t err_size)
{
	struct sqlite_store *s = calloc(1, sizeof(*s));
	int status = HL_NOMEM;

	snprintf(err, err_size, "out of memory");
	if (!s)
		return HL_NOMEM;
	s->lock = -1;
	s->loop = loop;
	s->folder = strdup(folder);
	s->path = hl_folder_path(folder, "hotline.db");
	hl_op_front_init(&s->front, &ops, submit);
	hl_op_queue_init(&s->gathered);
	hl_op_queue_init(&s->asked);
	hl_op_queue_init(&s->settled);
	if (s->folder && s->path)
		status = open_all(s, vfs, err, err_size);
	if (status == HL_OK)
		status = hl_op_front_watch(&s->front, loop, on_wake);
	if (status != HL_OK) {
		free_store(&s->front.store);
		return status;
	}
	status = start_thread(s);
	if (status != HL_OK) /* no thread to be had: nothing else will work either */
		abort();
	err[0] = '\0';
	*out = &s->front.store;
	return HL_OK;
}

const char *hl_store_sqlite_why(const struct hl_store *store)
{
	struct sqlite_store *s = (struct sqlite_store *)(uintptr_t)store;

	return s->why;
}
