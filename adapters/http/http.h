/*
 * http.h: everything that is served by HTTP beside the WebSocket channel, and the listener both
 * share: pages from inside the binary, health, metrics, and the calls of the agents' API, which are
 * handed out and answered whenever the answer is there.
 */
#ifndef HL_HTTP_H
#define HL_HTTP_H

#include <uv.h>

#include "channel_ws/channel_ws.h"
#include "http/addr.h"
#include "http/limits.h"

#define HL_HTTP_BODY_MAX 4096	      /* bytes of a request's body */
#define HL_HTTP_CLASSIFY_MAX 17408    /* the same for classify, which carries a whole text */
#define HL_HTTP_ANSWER_MAX (16 << 20) /* bytes of an answer */
#define HL_HTTP_TOKEN_MAX 64	      /* bytes of a session token */

enum hl_http_route {
	HL_HTTP_LOGIN,
	HL_HTTP_LOGOUT,
	HL_HTTP_CLASSIFY,
	HL_HTTP_TRANSCRIPT,
	HL_HTTP_READY,
	HL_HTTP_METRICS
};
/* One call; every view lives during hl_http_api.call only. */
struct hl_http_request {
	enum hl_http_route route;
	struct hl_str body;
	struct hl_str token; /* of the session: Bearer, or a cookie that may be believed */
	struct hl_str conv;  /* TRANSCRIPT */
	bool text;	     /* TRANSCRIPT: format=txt */
	struct hl_addr client;
};
struct hl_http_answer {
	unsigned status;
	const char *type;	 /* content type of the body; constant */
	struct hl_str body;	 /* copied; empty on an error: the constant of hl_http_error */
	struct hl_str set_token; /* LOGIN: becomes the cookie */
	int64_t max_age_s;	 /* of that cookie */
	bool clear_token;	 /* LOGOUT */
	int64_t retry_after_ms;	 /* of a 429 or 503; 0: not said */
};
typedef void hl_http_done_fn(void *arg, const struct hl_http_answer *answer);

/* Who answers. `done` is called exactly once, at once or later, on the loop's thread. */
struct hl_http_api {
	void *arg;
	void (*call)(void *arg, const struct hl_http_request *request, hl_http_done_fn *done,
		     void *done_arg);
};

struct hl_http_config {
	uv_loop_t *loop;
	const char *address;	    /* "127.0.0.1", "::1", "0.0.0.0" */
	uint16_t port;		    /* 0: any that is free */
	const char *const *origins; /* whole origins, compared byte for byte; none: this
					 machine's own names, at the port */
	size_t n_origins;
	const char *const *frame_ancestors; /* who may frame /w/, beside 'self' */
	size_t n_frame_ancestors;
	const struct hl_net *trusted; /* proxies whose X-Forwarded-For is believed */
	size_t n_trusted;
	struct hl_limits_config sockets;     /* WebSockets of one address [0: none] */
	struct hl_limits_config connections; /* TCP connections of one peer [0: none] */
	bool limit_loopback;		     /* tests: loopback and proxies are not exempt */
	const char *tls_cert, *tls_key;	     /* PEM files; both or none */
	struct hl_http_api api;
};

struct hl_http_stats {
	uint64_t accepted, accept_pauses, refused_connections;
	uint64_t requests, responses[6]; /* by status / 100 */
	uint64_t upgrades_refused;
	size_t connections; /* open now, WebSockets included */
};

struct hl_http;

/* Binds and listens, but accepts nobody before hl_http_start. The lists of the config are copied.
   HL_OK; HL_REFUSED: `error` says in one line what is wrong (a used port, an address that is not
   ours, a certificate that cannot be read); HL_NOMEM. */
int hl_http_new(struct hl_http **out, char *error, size_t error_size,
		const struct hl_http_config *config);
/* The port that is listened on. */
uint16_t hl_http_port(const struct hl_http *http);
struct hl_ws *hl_http_ws(struct hl_http *http);

/* `token` (may be NULL) is told the session cookie of an agent's upgrade after the listener's
   `opened`. From here on connections are accepted. */
void hl_http_start(struct hl_http *http, const struct hl_channel_listener *listener, void *arg,
		   void (*token)(void *arg, struct hl_peer peer, struct hl_str token));
/* Accepts nobody any more; open connections stay. Twice is fine. */
void hl_http_refuse(struct hl_http *http);
/* Closes everything at once, and the listener hears nothing more; the loop runs out of handles
   afterwards. Then hl_http_free. */
void hl_http_stop(struct hl_http *http);
/* After the loop has run out. NULL is fine. */
struct hl_http *hl_http_free(struct hl_http *http);

const struct hl_http_stats *hl_http_stats(const struct hl_http *http);

/* The constant body that goes with a status: {"error":"not_found"}. */
const char *hl_http_error(unsigned status);

#endif
