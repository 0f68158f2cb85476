/*
 * What people see of the queue: to each agent's socket the first of what it may claim, kept up by
 * deltas with a version of the socket's own; to each waiting customer the place. Both are told with
 * a pause in between, however fast the queue moves.
 */
#include <stdlib.h>
#include <string.h>

#include "host/inner.h"

#define QUEUE_PAUSE_MS 200
#define CARDS_PAUSE_MS 2000
#define ITEMS_BYTES (HL_WIRE_OUT_MAX / 2) /* of one frame; what is over goes into the next */

/* ------------------------------------------------------------------ agents */

static bool is_shown(const struct hl_socket *socket, const struct hl_row *row)
{
	for (size_t i = 0; i < socket->n_shown; i++)
		if (socket->shown[i].seq == row->seq &&
		    hl_str_same((struct hl_str){socket->shown[i].conv, socket->shown[i].len},
				row->conv))
			return true;
	return false;
}

static bool still_there(const struct hl_shown *shown, const struct hl_row *const *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (hl_str_same((struct hl_str){shown->conv, shown->len}, rows[i]->conv))
			return true;
	return false;
}

static void mark_shown(struct hl_socket *socket, const struct hl_row *row)
{
	struct hl_shown *shown = NULL;

	for (size_t i = 0; i < socket->n_shown && !shown; i++)
		if (hl_str_same((struct hl_str){socket->shown[i].conv, socket->shown[i].len},
				row->conv))
			shown = &socket->shown[i];
	if (!shown)
		shown = &socket->shown[socket->n_shown++];
	memcpy(shown->conv, row->conv.ptr, row->conv.len);
	shown->len = row->conv.len;
	shown->seq = row->seq;
}

static bool has_list(struct hl_socket *socket)
{
	if (!socket->shown)
		socket->shown = calloc(2 * HL_WINDOW_MAX, sizeof(*socket->shown));
	return socket->shown != NULL;
}

/* Writes rows not yet shown until the frame is full; true when some did not fit. */
static bool add_items(struct hl_socket *socket, const struct hl_row *const *rows, size_t n,
		      struct hl_wire_out *out, const char *key)
{
	bool over = false;

	hl_wire_array(out, key);
	for (size_t i = 0; i < n; i++) {
		if (rows[i]->conv.len > HL_CONV_ID_MAX || is_shown(socket, rows[i]))
			continue;
		if (out->len > ITEMS_BYTES) {
			over = true;
			break;
		}
		hl_wire_queue_item(out, rows[i]);
		mark_shown(socket, rows[i]);
	}
	hl_wire_array_end(out);
	return over;
}

static bool needs_delta(const struct hl_socket *socket, const struct hl_row *const *rows, size_t n)
{
	for (size_t i = 0; i < socket->n_shown; i++)
		if (!still_there(&socket->shown[i], rows, n))
			return true;
	for (size_t i = 0; i < n; i++)
		if (!is_shown(socket, rows[i]))
			return true;
	return false;
}

/* One delta; true when there is more to say. */
static bool delta(struct hl_socket *socket, const struct hl_row *const *rows, size_t n)
{
	struct hl_wire_out *out = hl_host_frame(socket->host);
	size_t kept = 0;

	hl_wire_object(out, NULL);
	hl_wire_cstr(out, "t", "queue_delta");
	hl_wire_uint(out, "version", ++socket->version);
	hl_wire_array(out, "remove");
	for (size_t i = 0; i < socket->n_shown; i++) {
		const struct hl_shown *shown = &socket->shown[i];

		if (still_there(shown, rows, n))
			socket->shown[kept++] = *shown;
		else
			hl_wire_str(out, NULL, (struct hl_str){shown->conv, shown->len});
	}
	socket->n_shown = kept;
	hl_wire_array_end(out);
	bool over = add_items(socket, rows, n, out, "add");
	hl_wire_object_end(out);
	return hl_socket_send(socket) && over;
}

static void update(struct hl_socket *socket, const struct hl_row *const *rows, size_t n)
{
	if (socket->version == 0 || !has_list(socket) || !needs_delta(socket, rows, n))
		return;
	while (delta(socket, rows, n))
		;
}

void hl_queue_snapshot(struct hl_socket *socket)
{
	struct hl_host *host = socket->host;
	const struct hl_row *rows[HL_WINDOW_MAX];

	if (!has_list(socket)) {
		hl_socket_close(socket, HL_CLOSE_FAULT);
		return;
	}
	size_t all = hl_desk_queue(rows, HL_WINDOW_MAX, 0, host->desk, socket->staff->account.name);
	size_t n = all < HL_WINDOW_MAX ? all : HL_WINDOW_MAX;
	struct hl_wire_out *out = hl_host_frame(host);
	socket->n_shown = 0;
	hl_wire_object(out, NULL);
	hl_wire_cstr(out, "t", "queue");
	hl_wire_uint(out, "version", ++socket->version);
	bool over = add_items(socket, rows, n, out, "items");
	hl_wire_bool(out, "more", all > n || over);
	hl_wire_uint(out, "waiting", all);
	hl_wire_object_end(out);
	/* what did not fit follows as deltas */
	if (hl_socket_send(socket) && over)
		update(socket, rows, n);
}

static void tell_agents(struct hl_host *host, struct hl_timer *timer)
{
	const struct hl_row *rows[HL_WINDOW_MAX];
	struct hl_socket *next;

	(void)timer;
	host->queue_ms = hl_host_now(host);
	for (struct hl_staff *staff = host->staff; staff; staff = staff->next) {
		for (struct hl_socket *socket = staff->sockets; socket; socket = next) {
			next = socket->next_of_staff;
			/* asked for each socket: a failed send can change the desk */
			size_t n = hl_desk_queue(rows, HL_WINDOW_MAX, 0, host->desk,
						 staff->account.name);
			update(socket, rows, n < HL_WINDOW_MAX ? n : HL_WINDOW_MAX);
		}
	}
}

/* ------------------------------------------------------------------ customers */

static const struct hl_button actions_en[] = {
	{HL_STR("Leave a message"), HL_STR("message"), HL_NONE},
	{HL_STR("Back to the assistant"), HL_STR("bot"), HL_NONE}};
static const struct hl_button actions_zh[] = {{HL_STR("留言"), HL_STR("message"), HL_NONE},
					      {HL_STR("返回智能助手"), HL_STR("bot"), HL_NONE}};

static void write_card(struct hl_live *live, const struct hl_view *view,
		       const struct hl_position *place)
{
	struct hl_str lang = view->row.lang;
	bool chinese = lang.len >= 2 && memcmp(lang.ptr, "zh", 2) == 0;
	const struct hl_wire_card card = {
		.position = *place, .actions = chinese ? actions_zh : actions_en, .n_actions = 2};

	hl_wire_card(hl_host_frame(live->host), &card);
}

/* The place as it is now; false when the conversation is not waiting. */
static bool place_of(struct hl_position *out, struct hl_view *view, const struct hl_live *live)
{
	if (!live->conv)
		return false;
	hl_conversation_view(view, live->conv);
	if (view->row.state != HL_QUEUED)
		return false;
	hl_desk_position(out, live->host->desk, hl_live_id(live));
	return out->position > 0;
}

static bool same_place(const struct hl_position *a, const struct hl_position *b)
{
	return a->position == b->position && a->waiting == b->waiting &&
	       a->wait_lo_s == b->wait_lo_s && a->wait_hi_s == b->wait_hi_s;
}

void hl_queue_card_to(struct hl_sub *sub)
{
	struct hl_live *live = sub->live;
	struct hl_position place;
	struct hl_view view;

	if (sub->notes || sub->carded || !place_of(&place, &view, live))
		return;
	sub->carded = true;
	write_card(live, &view, &place);
	hl_socket_send(sub->socket);
}

void hl_queue_card(struct hl_live *live)
{
	struct hl_position place;
	struct hl_view view;

	if (!place_of(&place, &view, live))
		return;
	live->card = place;
	live->card_ms = hl_host_now(live->host);
	for (struct hl_sub *sub = live->subs; sub; sub = sub->next)
		sub->carded = !sub->notes && !sub->reading && sub->cursor == live->seq;
	write_card(live, &view, &place);
	hl_fan_tell(live, HL_PEER_CUSTOMER, NULL);
}

static bool followed_by_customer(const struct hl_live *live)
{
	for (const struct hl_sub *sub = live->subs; sub; sub = sub->next)
		if (!sub->notes)
			return true;
	return false;
}

static void tell_customers(struct hl_host *host, struct hl_timer *timer)
{
	int64_t now = hl_host_now(host);
	bool later = false;
	struct hl_position place;
	struct hl_view view;
	struct hl_live *next;

	host->cards_ms = now;
	for (struct hl_live *live = host->lives; live; live = next) {
		hl_live_ref(live);
		if (followed_by_customer(live) && place_of(&place, &view, live) &&
		    !same_place(&place, &live->card)) {
			if (now - live->card_ms < CARDS_PAUSE_MS)
				later = true;
			else
				hl_queue_card(live);
		}
		next = live->next;
		hl_live_unref(live);
	}
	if (later)
		hl_timer_set(host, timer, now + CARDS_PAUSE_MS);
}

/* ------------------------------------------------------------------ both */

static void soon(struct hl_host *host, struct hl_timer *timer, int64_t last_ms, int64_t pause_ms)
{
	int64_t now = hl_host_now(host);

	if (timer->place == 0)
		hl_timer_set(host, timer, last_ms + pause_ms > now ? last_ms + pause_ms : now);
}

void hl_screens_changed(struct hl_host *host)
{
	soon(host, &host->queue_due, host->queue_ms, QUEUE_PAUSE_MS);
	soon(host, &host->card_due, host->cards_ms, CARDS_PAUSE_MS);
}

void hl_queue_init(struct hl_host *host)
{
	host->queue_due.fire = tell_agents;
	host->card_due.fire = tell_customers;
}
