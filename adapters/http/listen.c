/*
 * listen.c: the listener and libwebsockets' context on our loop. We accept connections ourselves
 * and hand them over, because libwebsockets would neither say why a port cannot be had, nor rest
 * when descriptors run out, nor count connections per address before it spends memory on them.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "http/inner.h"

#define ACCEPTS_AT_ONCE 64 /* so that open connections get their turn in a storm */
#define PAUSE_MS 200	   /* how long to rest when descriptors have run out */
#define SPARE_FDS 48	   /* kept for the store, the log and the control socket */
#define HEADERS_MAX 8192
#define TIMEOUT_S 10
#define OWN_ORIGINS 3

static void accept_some(uv_poll_t *poll, int status, int events);

static void watch(struct hl_http *http, bool on)
{
	if (on == http->polling || http->closed)
		return;
	http->polling = on;
	if (on)
		uv_poll_start(&http->poll, UV_READABLE, accept_some);
	else
		uv_poll_stop(&http->poll);
}

static void on_resume(uv_timer_t *timer)
{
	watch(timer->data, true);
}

static void rest(struct hl_http *http)
{
	http->stats.accept_pauses++;
	watch(http, false);
	uv_timer_start(&http->resume, on_resume, PAUSE_MS, 0);
}

static void adopt(struct hl_http *http, int fd, const struct hl_addr *peer)
{
	bool exempt = !http->config.limit_loopback &&
		      (hl_addr_loopback(peer) ||
		       hl_nets_have(http->config.trusted, http->config.n_trusted, peer));
	lws_adopt_desc_t desc = {.vh = http->vhost, .type = LWS_ADOPT_HTTP | LWS_ADOPT_SOCKET};
	uint32_t ticket = 0;
	int64_t wait;
	int one = 1;

	if (!exempt && http->connections &&
	    hl_limits_enter(&ticket, &wait, http->connections, peer,
			    (int64_t)uv_now(http->config.loop))) {
		http->stats.refused_connections++;
		close(fd);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (http->config.tls_cert)
		desc.type |= LWS_ADOPT_ALLOW_SSL;
	desc.fd.sockfd = fd;
	desc.opaque = (void *)(uintptr_t)ticket;
	http->stats.accepted++;
	/* on failure the descriptor is closed for us; the ticket comes back with WSI_DESTROY */
	lws_adopt_descriptor_vhost_via_info(&desc);
}

static void accept_some(uv_poll_t *poll, int status, int events)
{
	struct hl_http *http = poll->data;

	(void)status;
	(void)events;
	for (int i = 0; i < ACCEPTS_AT_ONCE && http->polling; i++) {
		union {
			struct sockaddr sa;
			struct sockaddr_storage room;
		} from = {.room = {0}};
		socklen_t len = sizeof from;
		struct hl_addr peer;
		int fd = accept4(http->fd, &from.sa, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0) {
			if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			    errno == ENOMEM)
				rest(http);
			else if (errno == ECONNABORTED || errno == EINTR)
				continue;
			return;
		}
		if (fd >= http->fd_max) {
			close(fd);
			rest(http);
			return;
		}
		hl_addr_of(&peer, &from.sa);
		adopt(http, fd, &peer);
	}
}

/* ------------------------------------------------------------------ life */

static int say(char *error, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static int say(char *error, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, size, format, args);
	va_end(args);
	return HL_REFUSED;
}

static int bind_listener(struct hl_http *http, char *error, size_t size)
{
	const char *address = http->config.address;
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} at = {.in6 = {0}};
	socklen_t len = sizeof at;
	unsigned port = http->config.port;
	int one = 1;

	if (uv_ip4_addr(address, (int)port, &at.in) && uv_ip6_addr(address, (int)port, &at.in6))
		return say(error, size, "%s is no address", address);
	http->fd = socket(at.sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (http->fd < 0)
		return say(error, size, "cannot listen on %s:%u: %s", address, port,
			   strerror(errno));
	setsockopt(http->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	len = at.sa.sa_family == AF_INET ? sizeof at.in : sizeof at.in6;
	if (bind(http->fd, &at.sa, len) || listen(http->fd, 4096)) {
		if (errno == EADDRINUSE)
			return say(error, size, "%s:%u is already in use", address, port);
		return say(error, size, "cannot listen on %s:%u: %s", address, port,
			   strerror(errno));
	}
	if (getsockname(http->fd, &at.sa, &len))
		return say(error, size, "cannot listen on %s:%u: %s", address, port,
			   strerror(errno));
	http->port = ntohs(at.sa.sa_family == AF_INET ? at.in.sin_port : at.in6.sin6_port);
	return HL_OK;
}

/* Where nobody was named: the pages as this machine itself reaches them. */
static int own_origins(struct hl_http *http)
{
	static const char *const hosts[] = {"localhost", "127.0.0.1", "[::1]"};
	char **origins = (char **)http->config.origins;

	for (size_t i = 0; i < OWN_ORIGINS; i++) {
		if (asprintf(&origins[i], "%s://%s:%u", http->config.tls_cert ? "https" : "http",
			     hosts[i], http->port) < 0) {
			origins[i] = NULL;
			return HL_NOMEM;
		}
		http->config.n_origins++;
	}
	return HL_OK;
}

static void fill_protocols(struct hl_http *http)
{
	http->protocols[0] = (struct lws_protocols){
		.name = "http",
		.callback = hl_http_callback,
		.per_session_data_size = sizeof(struct exchange),
		.rx_buffer_size = HL_WS_RX,
		.tx_packet_size = HL_WS_FRAME_OUT,
	};
	for (size_t i = 1; i <= 2; i++)
		http->protocols[i] = (struct lws_protocols){
			.name = i == 1 ? HL_WS_CHAT : HL_WS_AGENT,
			.callback = hl_ws_callback,
			.per_session_data_size = sizeof(struct hl_ws_session),
			.rx_buffer_size = HL_WS_RX,
			.tx_packet_size = HL_WS_FRAME_OUT,
			.user = http->ws,
		};
}

static int make_context(struct hl_http *http, char *error, size_t size)
{
	void *loops[1] = {http->config.loop};
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN_SERVER,
		.foreign_loops = loops,
		.pcontext = &http->context,
		.user = http,
		.protocols = http->protocols,
		.retry_and_idle_policy = &http->policy,
		.max_http_header_data = HEADERS_MAX,
		.timeout_secs = TIMEOUT_S,
		.keepalive_timeout = 15,
		.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_DISABLE_IPV6 |
			   LWS_SERVER_OPTION_VALIDATE_UTF8 | LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
	};

	http->policy.secs_since_valid_ping = 30;
	http->policy.secs_since_valid_hangup = 45;
	lws_set_log_level(0, NULL);
	fill_protocols(http);
	if (http->config.tls_cert) {
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		info.ssl_cert_filepath = http->config.tls_cert;
		info.ssl_private_key_filepath = http->config.tls_key;
		info.alpn = "http/1.1";
	}
	http->context = lws_create_context(&info);
	if (!http->context)
		return say(error, size,
			   "libwebsockets did not start: is "
			   "libwebsockets-evlib-uv installed?");
	http->vhost = lws_create_vhost(http->context, &info);
	if (!http->vhost)
		return say(error, size, "the certificate %s or its key cannot be used",
			   http->config.tls_cert ? http->config.tls_cert : "");
	return HL_OK;
}

static int copy_framing(struct hl_http *http)
{
	size_t len = sizeof "; frame-ancestors 'self'";
	char *at;

	for (size_t i = 0; i < http->config.n_frame_ancestors; i++)
		len += strlen(http->config.frame_ancestors[i]) + 1;
	http->framing = malloc(len);
	if (!http->framing)
		return HL_NOMEM;
	at = stpcpy(http->framing, "; frame-ancestors 'self'");
	for (size_t i = 0; i < http->config.n_frame_ancestors; i++)
		at = stpcpy(stpcpy(at, " "), http->config.frame_ancestors[i]);
	return HL_OK;
}

/* The config's own lists, so that a caller may forget his. */
static int copy_lists(struct hl_http *http, const struct hl_http_config *config)
{
	struct hl_net *nets = calloc(config->n_trusted + 1, sizeof *nets);
	char **origins = calloc(config->n_origins + OWN_ORIGINS, sizeof *origins);

	http->config = *config;
	http->config.trusted = nets;
	http->config.origins = (const char *const *)origins;
	http->config.address = NULL;
	http->config.frame_ancestors = NULL;
	http->config.n_frame_ancestors = 0;
	if (!nets || !origins)
		return HL_NOMEM;
	for (size_t i = 0; i < config->n_trusted; i++)
		nets[i] = config->trusted[i];
	for (size_t i = 0; i < config->n_origins; i++) {
		origins[i] = strdup(config->origins[i]);
		if (!origins[i])
			return HL_NOMEM;
	}
	return HL_OK;
}

static int fd_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur > INT32_MAX)
		return INT32_MAX;
	return (int)limit.rlim_cur - SPARE_FDS;
}

int hl_http_new(struct hl_http **out, char *error, size_t size, const struct hl_http_config *config)
{
	struct hl_http *http = calloc(1, sizeof *http);
	struct hl_ws_gate gate = {.arg = http,
				  .admit = hl_http_admit,
				  .opened = hl_http_opened,
				  .closed = hl_http_closed};
	int rc;

	if (!http)
		return HL_NOMEM;
	http->fd = -1;
	http->closed = true;
	rc = copy_lists(http, config);
	if (!rc && (config->sockets.open || config->sockets.per_minute))
		rc = hl_limits_new(&http->sockets, &config->sockets);
	if (!rc && (config->connections.open || config->connections.per_minute))
		rc = hl_limits_new(&http->connections, &config->connections);
	if (!rc)
		rc = hl_ws_new(&http->ws, &gate);
	if (rc)
		goto out;
	http->config.frame_ancestors = config->frame_ancestors;
	http->config.n_frame_ancestors = config->n_frame_ancestors;
	rc = copy_framing(http);
	http->config.address = config->address;
	if (!rc)
		rc = bind_listener(http, error, size);
	if (!rc && !http->config.n_origins)
		rc = own_origins(http);
	if (!rc)
		rc = make_context(http, error, size);
	http->config.address = NULL;
	http->config.frame_ancestors = NULL;
	if (rc)
		goto out;
	http->fd_max = fd_limit();
	http->closed = false;
	uv_poll_init(config->loop, &http->poll, http->fd);
	uv_timer_init(config->loop, &http->resume);
	http->poll.data = http->resume.data = http;
	*out = http;
	return HL_OK;
out:
	hl_http_free(http);
	return rc;
}

uint16_t hl_http_port(const struct hl_http *http)
{
	return http->port;
}

struct hl_ws *hl_http_ws(struct hl_http *http)
{
	return http->ws;
}

const struct hl_http_stats *hl_http_stats(const struct hl_http *http)
{
	return &http->stats;
}

void hl_http_start(struct hl_http *http, const struct hl_channel_listener *listener, void *arg,
		   void (*token)(void *arg, struct hl_peer peer, struct hl_str token))
{
	hl_ws_listen(http->ws, listener, arg);
	http->token = token;
	http->token_arg = arg;
	watch(http, true);
}

static void on_closed(uv_handle_t *handle)
{
	struct hl_http *http = handle->data;

	close(http->fd);
	http->fd = -1;
}

void hl_http_refuse(struct hl_http *http)
{
	if (http->closed)
		return;
	watch(http, false);
	http->closed = true;
	uv_close((uv_handle_t *)&http->resume, NULL);
	uv_close((uv_handle_t *)&http->poll, on_closed);
}

static bool deaf_opened(void *arg, struct hl_channel *channel, struct hl_peer peer,
			enum hl_peer_role role, struct hl_str account)
{
	(void)arg;
	(void)channel;
	(void)peer;
	(void)role;
	(void)account;
	return false;
}

static void deaf_frame(void *arg, struct hl_peer peer, struct hl_str text)
{
	(void)arg;
	(void)peer;
	(void)text;
}

static void deaf_peer(void *arg, struct hl_peer peer)
{
	(void)arg;
	(void)peer;
}

static const struct hl_channel_listener deaf = {deaf_opened, deaf_frame, deaf_peer, deaf_peer};

void hl_http_stop(struct hl_http *http)
{
	hl_ws_flush(http->ws);
	hl_ws_listen(http->ws, &deaf, NULL);
	http->token = NULL;
	hl_http_refuse(http);
	if (http->context)
		lws_context_destroy(http->context);
}

struct hl_http *hl_http_free(struct hl_http *http)
{
	if (!http)
		return NULL;
	if (http->context) /* the second half of libwebsockets' goodbye */
		lws_context_destroy(http->context);
	if (http->fd >= 0)
		close(http->fd);
	hl_ws_free(http->ws);
	hl_limits_free(http->sockets);
	hl_limits_free(http->connections);
	for (size_t i = 0; http->config.origins && i < http->config.n_origins; i++)
		free((char *)http->config.origins[i]);
	free((void *)http->config.origins);
	free((void *)http->config.trusted);
	free(http->framing);
	free(http);
	return NULL;
}
