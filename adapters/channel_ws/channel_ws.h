/*
 * channel_ws.h: the channel that speaks WebSocket: whole text frames in, frames out, over
 * connections that libwebsockets serves on our own loop. Customers on hotline.chat.v1, agents on
 * hotline.agent.v1.
 *
 * It does not listen: the http room owns the listener, decides about every upgrade, and hands the
 * protocol's callback (hl_ws_callback) to libwebsockets. What a frame says is the host's business.
 */
#ifndef HL_CHANNEL_WS_H
#define HL_CHANNEL_WS_H

#include <libwebsockets.h>

#include "hotline_adapter.h"

#define HL_WS_CHAT "hotline.chat.v1"
#define HL_WS_AGENT "hotline.agent.v1"
#define HL_WS_FRAME_IN 16384	   /* bytes of a client's frame, assembled */
#define HL_WS_FRAME_OUT 65536	   /* bytes of a server's frame */
#define HL_WS_PENDING (256 * 1024) /* bytes not yet written, past which a reader is too slow */
#define HL_WS_RX 512		   /* rx_buffer_size: what an idle connection costs */

/* WebSocket closing statuses of the protocol. */
#define HL_WS_TOO_BIG 1009
#define HL_WS_TRY_LATER 1013
#define HL_WS_SLOW 4008

/* What libwebsockets keeps for a connection: pass sizeof as per_session_data_size. */
struct hl_ws_session {
	uint32_t slot; /* from 1; 0: not opened */
};

struct hl_ws_stats {
	uint64_t opened, refused, closed, frames_in, frames_out, bytes_in, bytes_out;
	uint64_t blocked; /* frames that had to wait for the reader */
	uint64_t slow, too_large;
	size_t open;
};

/* What the room that owns the listener is asked and told. Each may be NULL. */
struct hl_ws_gate {
	void *arg;
	/* Before the host hears of a new connection, with the upgrade's headers still there. False:
	   too many of that address; it is told `slow_down` with *wait_ms and closed with 1013.
	   True: *ticket comes back with `closed`. */
	bool (*admit)(void *arg, struct lws *wsi, uint32_t *ticket, int64_t *wait_ms);
	/* After the host has taken a peer, with the upgrade's headers still there to be read. */
	void (*opened)(void *arg, struct lws *wsi, struct hl_peer peer);
	/* A connection's end; 0 when it was not admitted. */
	void (*closed)(void *arg, uint32_t ticket);
};

struct hl_ws;

/* A channel without connections. HL_OK, HL_NOMEM. */
int hl_ws_new(struct hl_ws **out, const struct hl_ws_gate *gate);
/* NULL is fine. After libwebsockets' context is gone. */
struct hl_ws *hl_ws_free(struct hl_ws *ws);

/* The channel as the host knows it; lives as long as ws. */
struct hl_channel *hl_ws_channel(struct hl_ws *ws);
/* Who hears of connections; before the first one. `arg` goes to each of its functions.
 *
 * What the interface leaves open, this channel does so: `closed` comes once for every peer that
 * `opened` has taken, also after `send` said false, and never from inside send, close or pause. A
 * binary frame is handed over as an empty text, which no parser takes. */
void hl_ws_listen(struct hl_ws *ws, const struct hl_channel_listener *listener, void *arg);

/* Writes what the last peer spoken to has not been sent yet. To be called before the loop sleeps,
   and before libwebsockets' context is destroyed. */
void hl_ws_flush(struct hl_ws *ws);

const struct hl_ws_stats *hl_ws_stats(const struct hl_ws *ws);

/* The callback for both subprotocols; the protocol's `user` pointer is the hl_ws. */
int hl_ws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *session, void *in,
		   size_t len);

#endif
