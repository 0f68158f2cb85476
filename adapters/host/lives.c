/*
 * Live conversations: the table of those in memory, loading and letting go. A conversation is held
 * as its last committed state; whoever needs one that is not here waits for the store, in order.
 */
#include <stdlib.h>
#include <string.h>

#include "host/inner.h"

#define TABLE_MIN 256
#define SOONEST_MS 10 /* a deadline that has passed still lets the loop turn */

static uint64_t hash(struct hl_str id)
{
	uint64_t h = 1469598103934665603u;

	for (size_t i = 0; i < id.len; i++)
		h = (h ^ (unsigned char)id.ptr[i]) * 1099511628211u;
	return h ^ h >> 29;
}

struct hl_str hl_live_id(const struct hl_live *live)
{
	return (struct hl_str){live->id, live->id_len};
}

struct hl_live *hl_live_find(struct hl_host *host, struct hl_str id)
{
	if (host->n_table == 0)
		return NULL;
	struct hl_live *live = host->table[hash(id) & (host->n_table - 1)];
	while (live && !hl_str_same(hl_live_id(live), id))
		live = live->chain;
	return live;
}

struct hl_live *hl_live_of_user(struct hl_host *host, struct hl_str user)
{
	struct hl_view view;

	for (struct hl_live *live = host->lives; live; live = live->next) {
		if (!live->conv)
			continue;
		hl_conversation_view(&view, live->conv);
		if (view.row.state != HL_CLOSED && hl_str_same(view.row.user, user))
			return live;
	}
	return NULL;
}

/* ------------------------------------------------------------------ the table */

static bool grow(struct hl_host *host)
{
	if (host->n_live < host->n_table)
		return true;
	size_t n = host->n_table ? 2 * host->n_table : TABLE_MIN;
	struct hl_live **table = calloc(n, sizeof(struct hl_live *));
	if (!table)
		return host->n_table > 0; /* fuller, and slower */
	for (struct hl_live *live = host->lives; live; live = live->next) {
		struct hl_live **at = &table[hash(hl_live_id(live)) & (n - 1)];

		live->chain = *at;
		*at = live;
	}
	free(host->table);
	host->table = table;
	host->n_table = n;
	return true;
}

static void drop(struct hl_live *live)
{
	struct hl_host *host = live->host;
	struct hl_live **at = &host->table[hash(hl_live_id(live)) & (host->n_table - 1)];

	if (live->dropped)
		return;
	live->dropped = true;
	while (*at != live)
		at = &(*at)->chain;
	*at = live->chain;
	*(live->prev ? &live->prev->next : &host->lives) = live->next;
	if (live->next)
		live->next->prev = live->prev;
	host->n_live--;
	hl_timer_set(host, &live->due, 0);
	hl_timer_set(host, &live->linger, 0);
	hl_live_unref(live);
}

static void due(struct hl_host *host, struct hl_timer *timer)
{
	struct hl_live *live = HL_OWNER(struct hl_live, due, timer);

	(void)host;
	hl_job_house(live, HL_EV_TIMER, live->due_seq);
}

/* A conversation nobody watches goes, unless its deadline is so near that it would be loaded again.
 */
static void linger(struct hl_host *host, struct hl_timer *timer)
{
	struct hl_live *live = HL_OWNER(struct hl_live, linger, timer);
	int64_t soon = hl_host_now(host) + 2 * host->config.sweep_ms;

	if (live->refs > 1)
		return;
	if (live->due.place > 0 && live->due.at_ms <= soon)
		hl_timer_set(host, &live->linger, live->due.at_ms + host->config.linger_ms);
	else
		drop(live);
}

static struct hl_live *insert(struct hl_host *host, struct hl_str id)
{
	if (id.len == 0 || id.len > HL_CONV_ID_MAX || !grow(host))
		return NULL;
	struct hl_live *live = calloc(1, sizeof(*live));
	if (!live)
		return NULL;
	live->host = host;
	memcpy(live->id, id.ptr, id.len);
	live->id_len = id.len;
	live->refs = 1;
	live->due.fire = due;
	live->linger.fire = linger;
	live->next = host->lives;
	if (host->lives)
		host->lives->prev = live;
	host->lives = live;
	struct hl_live **at = &host->table[hash(id) & (host->n_table - 1)];
	live->chain = *at;
	*at = live;
	host->n_live++;
	return live;
}

struct hl_live *hl_live_ref(struct hl_live *live)
{
	live->refs++;
	return live;
}

struct hl_live *hl_live_unref(struct hl_live *live)
{
	struct hl_host *host = live->host;

	live->refs--;
	if (live->refs == 1 && !live->dropped) {
		if (live->seq == 0 && live->note_seq == 0)
			drop(live); /* never stored: its resume makes it anew */
		else
			hl_timer_set(host, &live->linger,
				     hl_host_now(host) + host->config.linger_ms);
	} else if (live->refs == 0) {
		hl_conversation_free(live->conv);
		hl_ruleset_unref(live->rules);
		free(live);
	}
	return NULL;
}

void hl_live_forget_all(struct hl_host *host)
{
	while (host->lives) {
		struct hl_live *live = host->lives;

		hl_live_ref(live);
		while (live->waits) {
			struct hl_waiter *wait = live->waits;

			live->waits = wait->next;
			hl_wire_frame_deinit(&wait->frame);
			hl_socket_unref(wait->socket);
			free(wait);
			hl_live_unref(live);
		}
		while (live->jobs)
			hl_job_free(live->jobs);
		drop(live);
		hl_live_unref(live);
	}
	free(host->table);
	host->table = NULL;
	host->n_table = 0;
}

/* ------------------------------------------------------------------ states */

void hl_live_due(struct hl_live *live, int64_t due_ms)
{
	int64_t soonest = hl_host_now(live->host) + SOONEST_MS;

	hl_timer_set(live->host, &live->due, due_ms > 0 && due_ms < soonest ? soonest : due_ms);
}

void hl_live_adopt(struct hl_live *live, struct hl_conversation *conv, uint64_t seq,
		   uint64_t note_seq, int64_t due_ms)
{
	struct hl_host *host = live->host;
	int64_t now = hl_host_now(host);
	struct hl_view view;

	hl_conversation_free(live->conv);
	live->conv = conv;
	live->seq = seq;
	live->note_seq = note_seq;
	hl_conversation_view(&view, conv);
	live->due_seq = view.row.assign_seq;
	hl_live_due(live, due_ms);
	if (hl_desk_row(host->desk, now, &view.row) < 0)
		hl_host_note(host, HL_HOST_ERROR, "the desk is out of memory", hl_live_id(live),
			     HL_NONE);
}

int hl_live_new(struct hl_live **out, struct hl_host *host, struct hl_str id,
		struct hl_conversation *conv)
{
	struct hl_live *live = insert(host, id);

	if (!live)
		return HL_NOMEM;
	live->conv = conv;
	*out = live;
	return HL_OK;
}

/* ------------------------------------------------------------------ loading */

static void answer_waits(struct hl_live *live, enum hl_code code)
{
	struct hl_host *host = live->host;

	while (live->waits) {
		struct hl_waiter *wait = live->waits;

		live->waits = wait->next;
		live->n_waits--;
		wait->fn(host, code == HL_CODE_OK ? live : NULL, code, wait->socket, &wait->frame);
		hl_wire_frame_deinit(&wait->frame);
		hl_socket_unref(wait->socket);
		free(wait);
		hl_live_unref(live);
	}
}

static void loaded(void *arg, const struct hl_loaded *result)
{
	struct hl_live *live = arg;
	struct hl_host *host = live->host;
	struct hl_conversation *conv = NULL;
	enum hl_code code = HL_CODE_BUSY;

	live->loading = false;
	if (result->result == HL_STORE_NOT_FOUND)
		code = HL_CODE_NOT_FOUND;
	else if (result->result == HL_STORE_OK &&
		 hl_conversation_load(&conv, result->snapshot) == HL_OK)
		code = HL_CODE_OK;
	if (code == HL_CODE_OK) {
		hl_live_adopt(live, conv, result->seq, result->note_seq, result->due_ms);
	} else {
		if (code == HL_CODE_BUSY)
			hl_host_note(host, HL_HOST_ERROR, "a conversation could not be loaded",
				     hl_live_id(live), HL_NONE);
		drop(live);
	}
	answer_waits(live, code);
	hl_live_unref(live);
	hl_queue_pump(host);
}

static bool wait_for(struct hl_live *live, hl_live_fn *fn, struct hl_socket *socket,
		     struct hl_wire_frame *frame)
{
	struct hl_waiter **end = &live->waits;
	struct hl_waiter *wait = live->n_waits < HL_HELD_MAX ? calloc(1, sizeof(*wait)) : NULL;

	if (!wait)
		return false;
	while (*end)
		end = &(*end)->next;
	wait->fn = fn;
	wait->socket = socket ? hl_socket_ref(socket) : NULL;
	wait->frame.type = HL_WIRE_TYPE_COUNT;
	if (frame) {
		wait->frame = *frame;
		*frame = (struct hl_wire_frame){.type = HL_WIRE_TYPE_COUNT};
	}
	*end = wait;
	live->n_waits++;
	hl_live_ref(live);
	return true;
}

void hl_live_want(struct hl_host *host, struct hl_str id, hl_live_fn *fn, struct hl_socket *socket,
		  struct hl_wire_frame *frame)
{
	struct hl_wire_frame none = {.type = HL_WIRE_TYPE_COUNT};
	struct hl_live *live = hl_live_find(host, id);

	if (live && !live->loading) {
		hl_live_ref(live);
		fn(host, live, HL_CODE_OK, socket, frame ? frame : &none);
		hl_live_unref(live);
		return;
	}
	if (!live && (id.len == 0 || id.len > HL_CONV_ID_MAX)) {
		fn(host, NULL, HL_CODE_NOT_FOUND, socket, frame ? frame : &none);
		return;
	}
	bool begin = !live;
	if (begin)
		live = insert(host, id);
	if (!live || !wait_for(live, fn, socket, frame)) {
		if (begin && live)
			drop(live);
		fn(host, NULL, HL_CODE_BUSY, socket, frame ? frame : &none);
		return;
	}
	if (begin) {
		live->loading = true;
		hl_live_ref(live);
		host->store->ops->load(host->store, hl_live_id(live), loaded, live);
	}
}

static void reloaded(void *arg, const struct hl_loaded *result)
{
	struct hl_live *live = arg;
	struct hl_conversation *conv = NULL;
	bool unstored = live->seq == 0 && live->note_seq == 0;

	live->flying = false;
	if (result->result == HL_STORE_OK &&
	    hl_conversation_load(&conv, result->snapshot) == HL_OK) {
		hl_live_adopt(live, conv, result->seq, result->note_seq, result->due_ms);
		live->stale = false;
		hl_fan_catch_up_all(live);
	} else if (result->result == HL_STORE_NOT_FOUND && unstored) {
		live->stale = false;
	} else {
		hl_host_note(live->host, HL_HOST_ERROR, "a conversation could not be read again",
			     hl_live_id(live), HL_NONE);
		hl_job_give_up(live);
	}
	if (live->host->dead)
		hl_host_die(live->host);
	hl_job_pump(live);
	hl_queue_pump(live->host);
	hl_live_unref(live);
}

void hl_live_reload(struct hl_live *live)
{
	struct hl_host *host = live->host;

	live->flying = true;
	live->stale = true;
	hl_live_ref(live);
	host->store->ops->load(host->store, hl_live_id(live), reloaded, live);
}

static void nothing(struct hl_host *host, struct hl_live *live, enum hl_code code,
		    struct hl_socket *socket, struct hl_wire_frame *frame)
{
	(void)host, (void)live, (void)code, (void)socket, (void)frame;
}

void hl_host_moved(struct hl_host *host, struct hl_str conv, uint64_t seq, uint64_t note_seq)
{
	struct hl_live *live = hl_live_find(host, conv);

	if (!live || live->loading) {
		/* loading tells the desk, which may want to offer it here */
		hl_live_want(host, conv, nothing, NULL, NULL);
	} else if (seq > live->seq || note_seq > live->note_seq) {
		if (live->flying)
			live->stale = true;
		else
			hl_live_reload(live);
	}
}
