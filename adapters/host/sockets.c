/*
 * Sockets: the peers of all channels by slot and generation, what every frame passes before it
 * means anything (decoding, rate, order behind the hello), and the ways of speaking to one.
 *
 * A socket is dropped from its table the moment it is gone; completions that still point at it keep
 * the memory, and find the phase GONE.
 */
#include <stdlib.h>
#include <string.h>

#include "host/inner.h"

#define BAD_WINDOW_MS 10000
#define FLOOD_MAX 200 /* refusals for speed within the window; then the socket is closed */

struct hl_socket *hl_socket_ref(struct hl_socket *socket)
{
	socket->refs++;
	return socket;
}

/* The hello is large beside the rest of an idle socket, so it goes as soon as it is answered. */
static void forget_first(struct hl_socket *socket)
{
	if (socket->first)
		hl_wire_frame_deinit(socket->first);
	free(socket->first);
	socket->first = NULL;
}

struct hl_socket *hl_socket_unref(struct hl_socket *socket)
{
	if (!socket || --socket->refs > 0)
		return NULL;
	forget_first(socket);
	while (socket->held) {
		struct hl_held *held = socket->held;

		socket->held = held->next;
		hl_wire_frame_deinit(&held->frame);
		free(held);
	}
	hl_conversation_free(socket->unborn);
	free(socket->user);
	free(socket->lang);
	free(socket->shown);
	free(socket);
	return NULL;
}

static struct hl_socket *find(const struct hl_host_port *port, struct hl_peer peer)
{
	struct hl_socket *socket = peer.slot < port->n_slots ? port->slots[peer.slot] : NULL;

	return socket && socket->peer.generation == peer.generation ? socket : NULL;
}

/* ------------------------------------------------------------------ coming and going */

static bool make_slot(struct hl_host_port *port, uint32_t slot)
{
	if (slot < port->n_slots)
		return true;
	size_t n = port->n_slots ? port->n_slots : 64;
	while (n <= slot)
		n *= 2;
	struct hl_socket **slots = realloc(port->slots, n * sizeof(struct hl_socket *));
	if (!slots)
		return false;
	memset(slots + port->n_slots, 0, (n - port->n_slots) * sizeof(struct hl_socket *));
	port->slots = slots;
	port->n_slots = n;
	return true;
}

static void leave(struct hl_socket *socket)
{
	struct hl_host *host = socket->host;

	if (socket->phase == HL_PHASE_GONE)
		return;
	if (socket->phase == HL_PHASE_READY)
		*(socket->role == HL_PEER_CUSTOMER ? &host->stats.customers
						   : &host->stats.agents) -= 1;
	else
		host->stats.pending_hello--;
	socket->phase = HL_PHASE_GONE;
	hl_timer_set(host, &socket->hello, 0);
	hl_timer_set(host, &socket->unpause, 0);
	while (socket->subs)
		hl_fan_drop(socket->subs);
	if (socket->staff)
		hl_staff_leave(socket);
	socket->port->slots[socket->peer.slot] = NULL;
	host->n_sockets--;
	hl_socket_unref(socket);
}

static void hello_late(struct hl_host *host, struct hl_timer *timer)
{
	struct hl_socket *socket = HL_OWNER(struct hl_socket, hello, timer);

	host->stats.hello_timeouts++;
	hl_socket_error(socket, HL_CODE_UNAUTHORIZED, HL_NONE, HL_NONE, 0);
	hl_socket_close(socket, HL_CLOSE_POLICY);
}

static void unpause(struct hl_host *host, struct hl_timer *timer)
{
	struct hl_socket *socket = HL_OWNER(struct hl_socket, unpause, timer);
	struct hl_channel *channel = socket->port->channel;

	(void)host;
	channel->ops->pause(channel, socket->peer, false);
}

static void fill(struct hl_bucket *bucket, int64_t now, unsigned burst)
{
	*bucket = (struct hl_bucket){now, (int64_t)burst * 1000};
}

static bool opened(void *arg, struct hl_channel *channel, struct hl_peer peer,
		   enum hl_peer_role role, struct hl_str account)
{
	struct hl_host_port *port = arg;
	struct hl_host *host = port->host;
	int64_t now = hl_host_now(host);

	(void)channel;
	/* an agent signs in by token; the name alone proves nothing here */
	(void)account;
	if (host->draining || host->dead || host->n_sockets >= host->config.sockets ||
	    !make_slot(port, peer.slot) || port->slots[peer.slot])
		return false;
	struct hl_socket *socket = calloc(1, sizeof(*socket));
	if (!socket)
		return false;
	socket->host = host;
	socket->port = port;
	socket->peer = peer;
	socket->role = role;
	socket->refs = 1;
	socket->number = ++host->last_number;
	socket->hello.fire = hello_late;
	socket->unpause.fire = unpause;
	fill(&socket->sends, now, host->config.sends_burst);
	fill(&socket->signals, now, host->config.signals_burst);
	port->slots[peer.slot] = socket;
	host->n_sockets++;
	host->stats.pending_hello++;
	hl_timer_set(host, &socket->hello, now + host->config.hello_ms);
	return true;
}

static void closed(void *arg, struct hl_peer peer)
{
	struct hl_socket *socket = find(arg, peer);

	if (socket)
		leave(socket);
}

static void writable(void *arg, struct hl_peer peer)
{
	struct hl_socket *socket = find(arg, peer);
	struct hl_sub *next;

	if (!socket)
		return;
	hl_socket_ref(socket);
	for (struct hl_sub *sub = socket->subs; sub && socket->phase != HL_PHASE_GONE; sub = next) {
		next = sub->next_of_socket;
		hl_fan_catch_up(sub);
	}
	hl_socket_unref(socket);
}

void hl_host_peer_token(struct hl_host_port *port, struct hl_peer peer, struct hl_str token)
{
	struct hl_socket *socket = find(port, peer);

	if (!socket || token.len > sizeof(socket->cookie) || token.len == 0)
		return;
	memcpy(socket->cookie, token.ptr, token.len);
	socket->cookie_len = token.len;
}

/* ------------------------------------------------------------------ speaking */

bool hl_socket_send(struct hl_socket *socket)
{
	struct hl_host *host = socket->host;
	struct hl_channel *channel = socket->port->channel;

	if (socket->phase == HL_PHASE_GONE)
		return false;
	if (host->out.failed || host->out.len > HL_WIRE_OUT_MAX) {
		/* what cannot be said whole is not said: the client comes back by seq */
		host->out.failed = false;
		hl_socket_close(socket, HL_CLOSE_FAULT);
		return false;
	}
	if (!channel->ops->send(channel, socket->peer, hl_wire_out_str(&host->out))) {
		host->stats.slow++;
		leave(socket);
		return false;
	}
	host->stats.frames_out++;
	return true;
}

void hl_socket_error(struct hl_socket *socket, enum hl_code code, struct hl_str conv,
		     struct hl_str cid, int64_t retry_after_ms)
{
	const struct hl_wire_error error = {code, cid, conv, retry_after_ms};

	hl_wire_error(hl_host_frame(socket->host), &error);
	socket->host->stats.errors[code]++;
	hl_socket_send(socket);
}

void hl_socket_refuse(struct hl_socket *socket, const struct hl_wire_frame *frame,
		      enum hl_code code)
{
	bool again = code == HL_CODE_BUSY;

	hl_socket_error(socket, code, socket->role == HL_PEER_AGENT ? frame->conv : HL_NONE,
			frame->cid, again ? 1000 : 0);
}

void hl_socket_close(struct hl_socket *socket, enum hl_close status)
{
	struct hl_channel *channel = socket->port->channel;

	if (socket->phase == HL_PHASE_GONE)
		return;
	channel->ops->close(channel, socket->peer, (uint16_t)status);
	leave(socket);
}

void hl_socket_bye(struct hl_socket *socket, enum hl_bye why, int64_t retry_ms,
		   enum hl_close status)
{
	hl_wire_bye(hl_host_frame(socket->host), why, retry_ms);
	hl_socket_send(socket);
	hl_socket_close(socket, status);
}

void hl_socket_pause(struct hl_socket *socket, int64_t ms)
{
	struct hl_channel *channel = socket->port->channel;

	if (socket->phase == HL_PHASE_GONE)
		return;
	channel->ops->pause(channel, socket->peer, true);
	hl_timer_set(socket->host, &socket->unpause, hl_host_now(socket->host) + ms);
}

size_t hl_socket_pending(const struct hl_socket *socket)
{
	struct hl_channel *channel = socket->port->channel;

	return channel->ops->pending(channel, socket->peer);
}

/* ------------------------------------------------------------------ what every frame passes */

/* 0 when a token was there, else how long until the next, in ms. */
static int64_t spend(struct hl_bucket *bucket, int64_t now, unsigned per_s, unsigned burst)
{
	bucket->milli += (now - bucket->at_ms) * per_s;
	bucket->at_ms = now;
	if (bucket->milli > (int64_t)burst * 1000)
		bucket->milli = (int64_t)burst * 1000;
	if (bucket->milli >= 1000) {
		bucket->milli -= 1000;
		return 0;
	}
	return (1000 - bucket->milli + per_s - 1) / per_s;
}

/* True when the frame may go on. Signals over their rate are dropped without a word when nobody
   waits for an answer to them. */
static bool within_rate(struct hl_socket *socket, const struct hl_wire_frame *frame)
{
	const struct hl_host_config *config = &socket->host->config;
	bool logged = socket->role == HL_PEER_CUSTOMER && frame->cid.len > 0;
	int64_t now = hl_host_now(socket->host);
	int64_t wait =
		logged ? spend(&socket->sends, now, config->sends_per_s, config->sends_burst)
		       : spend(&socket->signals, now, config->signals_per_s, config->signals_burst);

	if (wait == 0)
		return true;
	if (now - socket->flood_at > BAD_WINDOW_MS) {
		socket->flood_at = now;
		socket->flood = 0;
	}
	if (++socket->flood > FLOOD_MAX)
		hl_socket_close(socket, HL_CLOSE_LATER);
	else if (frame->type != HL_WIRE_TYPING && frame->type != HL_WIRE_READ)
		hl_socket_error(socket, HL_CODE_SLOW_DOWN,
				socket->role == HL_PEER_AGENT ? frame->conv : HL_NONE, frame->cid,
				wait);
	return false;
}

static void undecoded(struct hl_socket *socket, const struct hl_wire_frame *frame,
		      enum hl_code code)
{
	int64_t now = hl_host_now(socket->host);
	bool third = socket->bad_at[0] != 0 && now - socket->bad_at[0] < BAD_WINDOW_MS;

	hl_socket_refuse(socket, frame, code);
	if (code == HL_CODE_TOO_LARGE && frame->type == HL_WIRE_TYPE_COUNT) {
		hl_socket_close(socket, (enum hl_close)1009);
		return;
	}
	if (code != HL_CODE_BAD_FRAME)
		return;
	socket->host->stats.bad_frames++;
	socket->bad_at[0] = socket->bad_at[1];
	socket->bad_at[1] = now;
	if (third)
		hl_socket_close(socket, HL_CLOSE_POLICY);
}

static void hold(struct hl_socket *socket, struct hl_wire_frame *frame)
{
	struct hl_held **end = &socket->held;
	struct hl_held *held = socket->n_held < HL_HELD_MAX ? calloc(1, sizeof(*held)) : NULL;

	if (!held) {
		hl_socket_refuse(socket, frame, HL_CODE_BUSY);
		return;
	}
	while (*end)
		end = &(*end)->next;
	held->frame = *frame;
	*frame = (struct hl_wire_frame){.type = HL_WIRE_TYPE_COUNT};
	*end = held;
	socket->n_held++;
}

static void handle(struct hl_socket *socket, struct hl_wire_frame *frame)
{
	if (frame->type == HL_WIRE_PING) {
		hl_wire_pong(hl_host_frame(socket->host), frame->has_n, frame->n);
		hl_socket_send(socket);
	} else if (frame->type == HL_WIRE_HELLO) {
		hl_socket_refuse(socket, frame, HL_CODE_BAD_FRAME); /* one is enough */
	} else if (socket->role == HL_PEER_CUSTOMER) {
		hl_customer_frame(socket, frame);
	} else {
		hl_agent_frame(socket, frame);
	}
}

static void first_frame(struct hl_socket *socket, struct hl_wire_frame *frame)
{
	if (frame->type != HL_WIRE_HELLO) {
		hl_socket_refuse(socket, frame, HL_CODE_UNAUTHORIZED);
		return;
	}
	socket->first = malloc(sizeof(*frame));
	if (!socket->first) {
		hl_socket_refuse(socket, frame, HL_CODE_BUSY);
		return;
	}
	*socket->first = *frame;
	*frame = (struct hl_wire_frame){.type = HL_WIRE_TYPE_COUNT};
	socket->phase = HL_PHASE_LOOKING;
	if (socket->role == HL_PEER_CUSTOMER)
		hl_customer_hello(socket);
	else
		hl_agent_hello(socket);
}

static void frame_in(void *arg, struct hl_peer peer, struct hl_str text)
{
	struct hl_socket *socket = find(arg, peer);
	struct hl_wire_frame frame;

	if (!socket || socket->host->draining)
		return;
	hl_socket_ref(socket);
	socket->host->stats.frames_in++;
	enum hl_code code = hl_wire_decode(&frame, socket->role, text);
	if (code != HL_CODE_OK)
		undecoded(socket, &frame, code);
	else if (!within_rate(socket, &frame))
		; /* said already */
	else if (socket->phase == HL_PHASE_READY)
		handle(socket, &frame);
	else if (socket->phase == HL_PHASE_LOOKING)
		hold(socket, &frame);
	else
		first_frame(socket, &frame);
	hl_wire_frame_deinit(&frame);
	hl_socket_unref(socket);
}

void hl_socket_ready(struct hl_socket *socket)
{
	struct hl_host *host = socket->host;

	if (socket->phase != HL_PHASE_LOOKING)
		return;
	socket->phase = HL_PHASE_READY;
	host->stats.pending_hello--;
	*(socket->role == HL_PEER_CUSTOMER ? &host->stats.customers : &host->stats.agents) += 1;
	hl_timer_set(host, &socket->hello, 0);
	forget_first(socket);
	hl_socket_ref(socket);
	while (socket->held && socket->phase == HL_PHASE_READY) {
		struct hl_held *held = socket->held;

		socket->held = held->next;
		socket->n_held--;
		handle(socket, &held->frame);
		hl_wire_frame_deinit(&held->frame);
		free(held);
	}
	hl_socket_unref(socket);
}

void hl_socket_again(struct hl_socket *socket)
{
	if (socket->phase != HL_PHASE_LOOKING)
		return;
	socket->phase = HL_PHASE_HELLO;
	forget_first(socket);
	hl_socket_ref(socket);
	/* what was sent behind a refused hello meets the same fate as before any hello, and the
	   next hello among it counts */
	while (socket->held && socket->phase == HL_PHASE_HELLO) {
		struct hl_held *held = socket->held;

		socket->held = held->next;
		socket->n_held--;
		first_frame(socket, &held->frame);
		hl_wire_frame_deinit(&held->frame);
		free(held);
	}
	hl_socket_unref(socket);
}

const struct hl_channel_listener hl_socket_listener = {
	.opened = opened,
	.frame = frame_in,
	.writable = writable,
	.closed = closed,
};

/* ------------------------------------------------------------------ all of them */

void hl_socket_each(struct hl_host *host, void (*fn)(struct hl_socket *socket, void *arg),
		    void *arg)
{
	for (struct hl_host_port *port = host->ports; port; port = port->next)
		for (size_t i = 0; i < port->n_slots; i++)
			if (port->slots[i])
				fn(port->slots[i], arg);
}

static void drop(struct hl_socket *socket, void *arg)
{
	(void)arg;
	leave(socket);
}

void hl_socket_forget_all(struct hl_host *host)
{
	hl_socket_each(host, drop, NULL);
	while (host->ports) {
		struct hl_host_port *port = host->ports;

		host->ports = port->next;
		free(port->slots);
		free(port);
	}
}
