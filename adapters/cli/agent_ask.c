/*
 * One account's change, by whoever may write: this process when it gets the folder's lock, else the
 * server, through its control socket. Never two writers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/agent.h"
#include "store_sqlite/store_sqlite.h"

#define PAUSE_MS 100

struct turn { /* the work on a store of our own */
	struct hl_store *store;
	char *reply;
	int status;
};

static void on_closed(void *arg, enum hl_store_result result)
{
	(void)arg;
	(void)result;
}

static void on_reply(void *arg, struct hl_str reply)
{
	struct turn *turn = arg;

	turn->reply = strndup(reply.ptr, reply.len);
	turn->status = turn->reply ? HL_OK : HL_NOMEM;
	turn->store->ops->close(turn->store, on_closed, NULL);
}

static int do_it(char **reply, uv_loop_t *loop, struct hl_store *store,
		 const struct hl_control_request *request)
{
	struct turn turn = {.store = store, .status = HL_NOMEM};
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (hl_control_carry_out(store, request, now.tv_sec * 1000 + now.tv_nsec / 1000000, NULL,
				 NULL, on_reply, &turn) != HL_OK)
		store->ops->close(store, on_closed, NULL);
	uv_run(loop, UV_RUN_DEFAULT);
	store->ops->free(store);
	*reply = turn.reply;
	return turn.status;
}

static int try_ask(char **reply, const char *folder, const struct hl_control_request *request)
{
	char *line = hl_control_write(request);
	int status = line ? hl_control_ask(reply, folder, line) : HL_NOMEM;

	free(line);
	return status;
}

/* Once. HL_LIMIT: somebody holds the folder and does not listen, yet. */
static int try_once(char **reply, uv_loop_t *loop, const char *folder,
		    const struct hl_control_request *request, char *err, size_t err_size)
{
	struct hl_store *store = NULL;
	int status = hl_store_sqlite_new(&store, loop, folder, NULL, err, err_size);

	if (status == HL_OK)
		return do_it(reply, loop, store, request);
	if (status != HL_LIMIT)
		return status;
	status = try_ask(reply, folder, request);
	if (status == HL_NOT_FOUND)
		return HL_LIMIT;
	if (status == HL_REFUSED)
		snprintf(err, err_size, "the server that holds %s did not answer", folder);
	return status;
}

int agent_ask(char **reply, const char *folder, const struct hl_control_request *request, char *err,
	      size_t err_size)
{
	uv_loop_t loop;
	int status;

	snprintf(err, err_size, "out of memory");
	if (uv_loop_init(&loop) != 0)
		return HL_NOMEM;
	status = try_once(reply, &loop, folder, request, err, err_size);
	for (int waited = 0; status == HL_LIMIT && waited < HL_CONTROL_WAIT_MS;
	     waited += PAUSE_MS) {
		uv_sleep(PAUSE_MS);
		status = try_once(reply, &loop, folder, request, err, err_size);
	}
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	return status;
}
