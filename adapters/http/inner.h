/* inner.h: what the files of the http room share, and nobody else sees. */
#ifndef HL_HTTP_INNER_H
#define HL_HTTP_INNER_H

#include "http/http.h"
#include "web/assets.h"

struct hl_http {
	struct hl_http_config config; /* lists owned */
	struct lws_context *context;
	struct lws_vhost *vhost;
	struct lws_protocols protocols[4];
	lws_retry_bo_t policy;
	struct hl_ws *ws;
	void (*token)(void *arg, struct hl_peer peer, struct hl_str token);
	void *token_arg;
	struct hl_limits *sockets, *connections;
	uv_poll_t poll;
	uv_timer_t resume; /* accept again after a pause */
	int fd, fd_max;	   /* the listener; how many descriptors connections may reach */
	bool polling, closed;
	uint16_t port;
	char *framing; /* "; frame-ancestors 'self' …" */
	struct hl_http_stats stats;
};

/* What came with a request, read from its headers. */
struct head {
	struct hl_addr peer, client;
	bool exempt; /* from limits per address */
	bool secure; /* TLS, here or at a trusted proxy */
	bool has_origin, origin_ok;
	char token[HL_HTTP_TOKEN_MAX]; /* of the cookie, then of Bearer; raw */
	size_t token_len;
	bool bearer; /* the token came as Bearer */
};
void hl_http_head(struct head *out, const struct hl_http *http, struct lws *wsi);
/* A header's value as a string in buf; empty when there is none; false when it does not fit. */
bool hl_http_header(char *buf, size_t size, struct lws *wsi, enum lws_token_indexes token);

/* A request being answered: what libwebsockets keeps for an HTTP connection. */
struct exchange {
	const struct hl_asset *asset;
	unsigned char *plain; /* the asset unpacked, or an answer's body */
	const unsigned char *data;
	size_t len, at;
	struct call *call;
	bool head_only, body_due, close;
};
/* A call handed to the API: outlives its connection when that goes first. */
struct call {
	struct lws *wsi; /* NULL: the connection has gone */
	struct hl_http_request request;
	char body[HL_HTTP_CLASSIFY_MAX];
	size_t body_len, body_max;
	char token[HL_HTTP_TOKEN_MAX];
	char conv[128];
	bool answered, secure;
	struct hl_http_answer answer; /* its views point into the fields below */
	char *answer_body;
	char set_token[HL_HTTP_TOKEN_MAX];
};

/* The upgrade's checks: 0 when it may go on, else the status to refuse it with. */
unsigned hl_http_upgrade(struct hl_http *http, struct lws *wsi, const char *kind);
bool hl_http_admit(void *arg, struct lws *wsi, uint32_t *ticket, int64_t *wait_ms);
void hl_http_opened(void *arg, struct lws *wsi, struct hl_peer peer);
void hl_http_closed(void *arg, uint32_t ticket);

/* Writes a whole answer's head; the body follows with hl_http_continue. Returns what the callback
   is to return. */
int hl_http_respond(struct hl_http *http, struct lws *wsi, struct exchange *ex,
		    const struct call *call, unsigned status);
int hl_http_serve(struct hl_http *http, struct lws *wsi, struct exchange *ex,
		  const struct hl_asset *asset);
int hl_http_continue(struct lws *wsi, struct exchange *ex);
/* Frees what the exchange holds and lets a call in flight finish without it. */
void hl_http_forget(struct exchange *ex);

/* The callback of protocols[0]. */
int hl_http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *session, void *in,
		     size_t len);

#endif
