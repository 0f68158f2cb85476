/*
 * channel_ws.c: frames between the host and libwebsockets. Frames are written directly when nothing
 * waits, because asking for a writable callback costs several system calls; those that follow one
 * another to the same peer (an ack and the answer behind it) go out in one write. What must wait is
 * counted, and a reader who lets too much wait is closed and resumes later. Peers are slots with a
 * generation, so a completion that comes late for a connection that is gone hits nothing.
 *
 * We put the frames' heads on ourselves: libwebsockets writes one frame a call.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channel_ws/channel_ws.h"

#define CLOSE_S 10 /* a blocked connection may keep us waiting this long for its closing frame */
#define ACK_S 5	   /* and the other side for its answer to it */
#define WRITE_CLOSE ((enum lws_write_protocol)4) /* libwebsockets' own, left out of its header */
#define WRITE_AS_IT_IS LWS_WRITE_HTTP		 /* on a WebSocket too: bytes with no head added */
#define HEAD_MAX 10
#define BATCH (HEAD_MAX + HL_WS_FRAME_OUT)
#define NO_SLOT UINT32_MAX

static const char too_large_frame[] =
	"{\"t\":\"error\",\"code\":\"too_large\",\"message\":\"The frame is too large.\"}";
static const char slow_frame[] = "{\"t\":\"bye\",\"reason\":\"slow\",\"retry_ms\":500}";

struct out {
	struct out *next;
	size_t len;
	unsigned char data[]; /* whole frames, heads and all */
};
struct conn {
	struct lws *wsi; /* NULL: a free slot */
	struct out *head, *tail;
	char *in; /* a frame being assembled */
	size_t in_len, in_size;
	size_t pending; /* bytes of the queue and of `partial` */
	size_t partial; /* of the bytes libwebsockets has not yet wholly written */
	uint32_t generation, next_free, ticket;
	uint16_t closing; /* the status to close with once the queue is written; 0: open */
	bool told;	  /* the host has taken this peer */
	bool binary;	  /* the frame being assembled */
	bool dead;	  /* the socket failed: no more writing */
	bool leaving;	  /* the other side has begun to close: no data after that */
	bool parted;	  /* our closing frame is written */
};
struct hl_ws {
	struct hl_channel channel; /* first: the host's handle */
	struct hl_ws_gate gate;
	const struct hl_channel_listener *listener;
	void *listener_arg;
	struct conn *conns;
	uint32_t n, free_slot;
	struct hl_ws_stats stats;
	uint32_t batch_slot; /* whose frames wait in `batch` until the next thing happens */
	size_t batch_len;    /* 0: nobody's */
	unsigned char batch[BATCH];
};

static struct conn *find(struct hl_ws *ws, struct hl_peer peer)
{
	struct conn *conn = peer.slot < ws->n ? &ws->conns[peer.slot] : NULL;

	return conn && conn->wsi && conn->generation == peer.generation ? conn : NULL;
}

static struct hl_peer peer_of(const struct hl_ws *ws, const struct conn *conn)
{
	return (struct hl_peer){(uint32_t)(conn - ws->conns), conn->generation};
}

static void drop_queue(struct conn *conn)
{
	while (conn->head) {
		struct out *next = conn->head->next;

		conn->pending -= conn->head->len;
		free(conn->head);
		conn->head = next;
	}
	conn->tail = NULL;
}

static void kill_conn(struct conn *conn)
{
	conn->dead = true;
	lws_set_timeout(conn->wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_ASYNC);
}

static bool write_now(struct hl_ws *ws, struct conn *conn, unsigned char *data, size_t len)
{
	if (lws_write(conn->wsi, data, len, WRITE_AS_IT_IS) < (int)len) {
		kill_conn(conn);
		return false;
	}
	ws->stats.bytes_out += len;
	return true;
}

/* libwebsockets holds what the socket did not take: it counts as waiting as a whole. */
static void note_partial(struct hl_ws *ws, struct conn *conn, size_t len)
{
	if (!lws_partial_buffered(conn->wsi))
		return;
	ws->stats.blocked++;
	conn->partial = len;
	conn->pending += len;
	lws_callback_on_writable(conn->wsi);
}

/* The head of an unmasked text frame; how long it is. */
static size_t put_head(unsigned char *out, size_t len)
{
	size_t wide = len < 126 ? 0 : len < 65536 ? 2 : 8;

	out[0] = 0x81;
	out[1] = (unsigned char)(wide == 0 ? len : wide == 2 ? 126 : 127);
	for (size_t i = 0; i < wide; i++)
		out[2 + i] = (unsigned char)((uint64_t)len >> 8 * (wide - 1 - i));
	return 2 + wide;
}

static struct out *enqueue(struct hl_ws *ws, struct conn *conn, size_t room)
{
	struct out *out = malloc(sizeof *out + room);

	if (!out) {
		kill_conn(conn);
		return NULL;
	}
	out->len = 0;
	out->next = NULL;
	if (conn->tail)
		conn->tail->next = out;
	else
		conn->head = out;
	conn->tail = out;
	ws->stats.blocked++;
	lws_callback_on_writable(conn->wsi);
	return out;
}

static bool enqueue_frame(struct hl_ws *ws, struct conn *conn, struct hl_str frame)
{
	struct out *out = enqueue(ws, conn, HEAD_MAX + frame.len);

	if (!out)
		return false;
	out->len = put_head(out->data, frame.len);
	memcpy(out->data + out->len, frame.ptr, frame.len);
	out->len += frame.len;
	conn->pending += out->len;
	return true;
}

static bool must_wait(const struct conn *conn)
{
	return conn->head || lws_partial_buffered(conn->wsi);
}

/* libwebsockets may have begun a pong of its own since the batch was: then the batch waits too. */
static void flush(struct hl_ws *ws)
{
	size_t len = ws->batch_len;
	struct conn *conn;
	struct out *out;

	ws->batch_len = 0;
	if (len == 0)
		return;
	conn = &ws->conns[ws->batch_slot];
	if (conn->dead || conn->leaving)
		return;
	if (!must_wait(conn)) {
		if (write_now(ws, conn, ws->batch, len))
			note_partial(ws, conn, len);
	} else if ((out = enqueue(ws, conn, len))) {
		memcpy(out->data, ws->batch, len);
		out->len = len;
		conn->pending += len;
	}
}

static bool deliver(struct hl_ws *ws, struct conn *conn, struct hl_str frame)
{
	uint32_t slot = (uint32_t)(conn - ws->conns);

	if (ws->batch_slot != slot || ws->batch_len + HEAD_MAX + frame.len > BATCH ||
	    must_wait(conn))
		flush(ws);
	if (conn->dead)
		return false;
	ws->stats.frames_out++;
	if (must_wait(conn))
		return enqueue_frame(ws, conn, frame);
	ws->batch_slot = slot;
	ws->batch_len += put_head(ws->batch + ws->batch_len, frame.len);
	memcpy(ws->batch + ws->batch_len, frame.ptr, frame.len);
	ws->batch_len += frame.len;
	return true;
}

static void begin_close(struct hl_ws *ws, struct conn *conn, uint16_t status)
{
	flush(ws);
	if (conn->closing || conn->dead || conn->leaving)
		return;
	conn->closing = status;
	lws_set_timeout(conn->wsi, (enum pending_timeout)PENDING_TIMEOUT_USER_REASON_BASE, CLOSE_S);
	lws_callback_on_writable(conn->wsi);
}

/* What waits is given up: the reader gets it by its seq when it comes back. */
static void close_slow(struct hl_ws *ws, struct conn *conn)
{
	ws->stats.slow++;
	flush(ws);
	if (conn->dead)
		return;
	drop_queue(conn);
	ws->stats.frames_out++;
	if (enqueue_frame(ws, conn, HL_STR(slow_frame)))
		begin_close(ws, conn, HL_WS_SLOW);
}

/* ------------------------------------------------------------------ host → channel */

static bool channel_send(struct hl_channel *channel, struct hl_peer peer, struct hl_str frame)
{
	struct hl_ws *ws = (struct hl_ws *)channel;
	struct conn *conn = find(ws, peer);

	if (!conn || conn->closing || conn->dead || conn->leaving)
		return false;
	if (frame.len > HL_WS_FRAME_OUT || conn->pending + frame.len > HL_WS_PENDING) {
		close_slow(ws, conn);
		return false;
	}
	return deliver(ws, conn, frame);
}

/* The batch does not count: it waits for us, not for the reader, so no `writable` would follow it.
 */
static size_t channel_pending(struct hl_channel *channel, struct hl_peer peer)
{
	struct conn *conn = find((struct hl_ws *)channel, peer);

	return conn ? conn->pending : 0;
}

static void channel_close(struct hl_channel *channel, struct hl_peer peer, uint16_t status)
{
	struct hl_ws *ws = (struct hl_ws *)channel;
	struct conn *conn = find(ws, peer);

	if (conn)
		begin_close(ws, conn, status);
}

static void channel_pause(struct hl_channel *channel, struct hl_peer peer, bool paused)
{
	struct conn *conn = find((struct hl_ws *)channel, peer);

	if (conn && !conn->dead)
		lws_rx_flow_control(conn->wsi, !paused);
}

static const struct hl_channel_ops channel_ops = {
	.send = channel_send,
	.pending = channel_pending,
	.close = channel_close,
	.pause = channel_pause,
};

/* ------------------------------------------------------------------ libwebsockets → host */

static struct conn *conn_new(struct hl_ws *ws)
{
	struct conn *conn;

	if (ws->free_slot == NO_SLOT) {
		uint32_t n = ws->n ? ws->n * 2 : 64;
		struct conn *conns = realloc(ws->conns, n * sizeof *conns);

		if (!conns)
			return NULL;
		ws->conns = conns;
		for (uint32_t i = ws->n; i < n; i++)
			conns[i] = (struct conn){.next_free = i + 1 < n ? i + 1 : NO_SLOT,
						 .generation = 1};
		ws->free_slot = ws->n;
		ws->n = n;
	}
	conn = &ws->conns[ws->free_slot];
	ws->free_slot = conn->next_free;
	return conn;
}

static void turn_away(struct hl_ws *ws, struct conn *conn, const char *code, const char *message,
		      int64_t wait_ms)
{
	char frame[160];
	int len = snprintf(
		frame, sizeof frame,
		"{\"t\":\"error\",\"code\":\"%s\",\"message\":\"%s\",\"retry_after_ms\":%" PRId64
		"}",
		code, message, wait_ms);

	ws->stats.refused++;
	if (deliver(ws, conn, (struct hl_str){frame, (size_t)len}))
		begin_close(ws, conn, HL_WS_TRY_LATER);
}

static int on_open(struct hl_ws *ws, struct lws *wsi, struct hl_ws_session *session)
{
	bool agent = strcmp(lws_get_protocol(wsi)->name, HL_WS_AGENT) == 0;
	struct conn *conn = conn_new(ws);
	int64_t wait_ms = 0;
	struct hl_peer peer;

	if (!conn)
		return -1;
	*conn = (struct conn){.wsi = wsi, .generation = conn->generation};
	peer = peer_of(ws, conn);
	session->slot = peer.slot + 1;
	ws->stats.open++;
	if (ws->gate.admit && !ws->gate.admit(ws->gate.arg, wsi, &conn->ticket, &wait_ms)) {
		turn_away(ws, conn, "slow_down", "Too many connections from this address.",
			  wait_ms);
	} else if (!ws->listener->opened(ws->listener_arg, &ws->channel, peer,
					 agent ? HL_PEER_AGENT : HL_PEER_CUSTOMER, HL_NONE)) {
		turn_away(ws, conn, "busy", "Try again later.", 2000);
	} else {
		ws->stats.opened++;
		conn->told = true;
		if (ws->gate.opened)
			ws->gate.opened(ws->gate.arg, wsi, peer);
	}
	return conn->dead ? -1 : 0;
}

static void on_close(struct hl_ws *ws, struct conn *conn)
{
	struct hl_peer peer = peer_of(ws, conn);
	bool told = conn->told;
	uint32_t ticket = conn->ticket;

	if (ws->batch_slot == peer.slot)
		ws->batch_len = 0;
	drop_queue(conn);
	free(conn->in);
	*conn = (struct conn){.generation = conn->generation + 1, .next_free = ws->free_slot};
	ws->free_slot = peer.slot;
	ws->stats.open--;
	ws->stats.closed++;
	if (told)
		ws->listener->closed(ws->listener_arg, peer);
	if (ws->gate.closed)
		ws->gate.closed(ws->gate.arg, ticket);
}

/* Returning nonzero with lws_close_reason would send nothing: Debian's build of libwebsockets, on
   libuv, closes a second time at once and loses the closing frame. So we write it ourselves and let
   the other side's answer, or the time, end the connection. */
static bool part(struct conn *conn)
{
	unsigned char frame[LWS_PRE + 2];

	frame[LWS_PRE] = (unsigned char)(conn->closing >> 8);
	frame[LWS_PRE + 1] = (unsigned char)(conn->closing & 0xff);
	conn->parted = true;
	lws_set_timeout(conn->wsi, (enum pending_timeout)PENDING_TIMEOUT_USER_REASON_BASE, ACK_S);
	return lws_write(conn->wsi, frame + LWS_PRE, 2, WRITE_CLOSE) >= 0;
}

/* One write a callback; libwebsockets has written its own remainder before it calls. */
static int on_writable(struct hl_ws *ws, struct conn *conn)
{
	struct out *out = conn->head;

	if (conn->dead)
		return -1;
	conn->pending -= conn->partial;
	conn->partial = 0;
	if (out && !conn->leaving) {
		bool written;

		conn->head = out->next;
		if (!conn->head)
			conn->tail = NULL;
		conn->pending -= out->len;
		written = write_now(ws, conn, out->data, out->len);
		if (written)
			note_partial(ws, conn, out->len);
		free(out);
		lws_callback_on_writable(conn->wsi);
		return written ? 0 : -1;
	}
	if (conn->closing)
		return conn->parted || part(conn) ? 0 : -1;
	if (conn->told && !conn->leaving)
		ws->listener->writable(ws->listener_arg, peer_of(ws, conn));
	return 0;
}

static bool assemble(struct conn *conn, const char *in, size_t len)
{
	size_t need = conn->in_len + len;

	if (need > conn->in_size) {
		size_t size = need > 2048 ? HL_WS_FRAME_IN : 2048;
		char *grown = realloc(conn->in, size);

		if (!grown)
			return false;
		conn->in = grown;
		conn->in_size = size;
	}
	memcpy(conn->in + conn->in_len, in, len);
	conn->in_len = need;
	return true;
}

static void on_frame(struct hl_ws *ws, struct hl_peer peer, struct hl_str text)
{
	ws->stats.frames_in++;
	ws->stats.bytes_in += text.len;
	ws->listener->frame(ws->listener_arg, peer, text);
}

static int on_receive(struct hl_ws *ws, struct conn *conn, char *in, size_t len)
{
	size_t left = lws_remaining_packet_payload(conn->wsi);
	struct hl_peer peer = peer_of(ws, conn);
	char *whole;

	if (conn->closing || conn->dead || !conn->told)
		return conn->dead ? -1 : 0;
	if (conn->in_len + len + left > HL_WS_FRAME_IN) {
		ws->stats.too_large++;
		deliver(ws, conn, HL_STR(too_large_frame));
		begin_close(ws, conn, HL_WS_TOO_BIG);
		return conn->dead ? -1 : 0;
	}
	conn->binary = conn->binary || lws_frame_is_binary(conn->wsi);
	if (left || !lws_is_final_fragment(conn->wsi))
		return assemble(conn, in, len) ? 0 : -1;
	if (conn->in_len > 0 && !assemble(conn, in, len))
		return -1;
	whole = conn->in;
	if (conn->in_len > 0) {
		in = whole;
		len = conn->in_len;
	}
	conn->in = NULL;
	conn->in_len = conn->in_size = 0;
	if (conn->binary)
		len = 0;
	conn->binary = false;
	on_frame(ws, peer, (struct hl_str){len ? in : NULL, len});
	free(whole);
	return conn->dead ? -1 : 0;
}

int hl_ws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
		   size_t len)
{
	const struct lws_protocols *protocol = lws_get_protocol(wsi);
	struct hl_ws_session *session = user;
	struct hl_ws *ws = protocol ? protocol->user : NULL;
	struct conn *conn;

	if (reason == LWS_CALLBACK_ESTABLISHED)
		return on_open(ws, wsi, session);
	if (!ws || !session || !session->slot)
		return 0;
	conn = &ws->conns[session->slot - 1];
	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
		return on_receive(ws, conn, in, len);
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return on_writable(ws, conn);
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
		conn->leaving = true;
		return conn->parted ? -1 : 0;
	case LWS_CALLBACK_CLOSED:
		session->slot = 0;
		on_close(ws, conn);
		return 0;
	default:
		return 0;
	}
}

/* ------------------------------------------------------------------ life */

int hl_ws_new(struct hl_ws **out, const struct hl_ws_gate *gate)
{
	struct hl_ws *ws = calloc(1, sizeof *ws);

	if (!ws)
		return HL_NOMEM;
	ws->channel.ops = &channel_ops;
	ws->free_slot = NO_SLOT;
	ws->gate = *gate;
	*out = ws;
	return HL_OK;
}

struct hl_ws *hl_ws_free(struct hl_ws *ws)
{
	if (ws) {
		for (uint32_t i = 0; i < ws->n; i++) {
			drop_queue(&ws->conns[i]);
			free(ws->conns[i].in);
		}
		free(ws->conns);
		free(ws);
	}
	return NULL;
}

void hl_ws_flush(struct hl_ws *ws)
{
	flush(ws);
}

struct hl_channel *hl_ws_channel(struct hl_ws *ws)
{
	return &ws->channel;
}

void hl_ws_listen(struct hl_ws *ws, const struct hl_channel_listener *listener, void *arg)
{
	ws->listener = listener;
	ws->listener_arg = arg;
}

const struct hl_ws_stats *hl_ws_stats(const struct hl_ws *ws)
{
	return &ws->stats;
}
