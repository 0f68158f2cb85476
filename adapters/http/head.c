/*
 * head.c: who is asking. Reads a request's headers, and decides which upgrades become WebSockets:
 * the path and the subprotocol must belong together, a browser's Origin must be on the list, and an
 * address may not open too many. It believes no header about an address or a scheme unless a
 * trusted proxy has written it.
 */
#include <string.h>
#include <sys/socket.h>

#include "http/inner.h"

bool hl_http_header(char *buf, size_t size, struct lws *wsi, enum lws_token_indexes token)
{
	int len = lws_hdr_total_length(wsi, token);

	buf[0] = 0;
	if (len <= 0)
		return true;
	return (size_t)len < size && lws_hdr_copy(wsi, buf, (int)size, token) == len;
}

static bool custom(char *buf, size_t size, struct lws *wsi, const char *name)
{
	int n = (int)strlen(name), len = lws_hdr_custom_length(wsi, name, n);

	buf[0] = 0;
	return len > 0 && (size_t)len < size &&
	       lws_hdr_custom_copy(wsi, buf, (int)size, name, n) == len;
}

static void take_token(struct head *out, const char *value, size_t len)
{
	if (len == 0 || len > sizeof out->token)
		return;
	memcpy(out->token, value, len);
	out->token_len = len;
}

/* `name=value` among "a=b; c=d". */
static void read_cookie(struct head *out, const char *cookies, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = cookies; at && *at; at = strchr(at, ';') ? strchr(at, ';') + 1 : "") {
		at += strspn(at, " ");
		if (strncmp(at, name, n) == 0 && at[n] == '=') {
			take_token(out, at + n + 1, strcspn(at + n + 1, "; "));
			return;
		}
	}
}

static bool origin_listed(const struct hl_http *http, const char *origin)
{
	for (size_t i = 0; i < http->config.n_origins; i++) {
		if (strcmp(http->config.origins[i], origin) == 0)
			return true;
	}
	return false;
}

static void read_address(struct head *out, const struct hl_http *http, struct lws *wsi)
{
	union {
		struct sockaddr sa;
		struct sockaddr_storage room;
	} at = {.room = {0}};
	socklen_t len = sizeof at;
	char list[1024], proto[16];
	bool trusted;

	getpeername(lws_get_socket_fd(wsi), &at.sa, &len);
	hl_addr_of(&out->peer, &at.sa);
	out->client = out->peer;
	trusted = hl_nets_have(http->config.trusted, http->config.n_trusted, &out->peer);
	out->secure = http->config.tls_cert != NULL;
	if (trusted) {
		if (hl_http_header(list, sizeof list, wsi, WSI_TOKEN_X_FORWARDED_FOR))
			hl_addr_client(&out->client, &out->peer,
				       (struct hl_str){list, strlen(list)}, http->config.trusted,
				       http->config.n_trusted);
		if (custom(proto, sizeof proto, wsi, "x-forwarded-proto:"))
			out->secure = strcmp(proto, "https") == 0;
	}
	out->exempt = !http->config.limit_loopback &&
		      (hl_addr_loopback(&out->client) ||
		       hl_nets_have(http->config.trusted, http->config.n_trusted, &out->client));
}

void hl_http_head(struct head *out, const struct hl_http *http, struct lws *wsi)
{
	char value[1024], site[32];

	memset(out, 0, sizeof *out);
	read_address(out, http, wsi);
	/* an empty one has no length, but is there to be copied */
	out->has_origin = lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) > 0 ||
			  lws_hdr_copy_fragment(wsi, value, sizeof value, WSI_TOKEN_ORIGIN, 0) == 0;
	out->origin_ok = out->has_origin &&
			 hl_http_header(value, sizeof value, wsi, WSI_TOKEN_ORIGIN) &&
			 origin_listed(http, value);
	/* a browser says where a request comes from even when it sends no Origin */
	if (out->origin_ok ||
	    (!out->has_origin && custom(site, sizeof site, wsi, "sec-fetch-site:") &&
	     strcmp(site, "same-origin") == 0)) {
		if (hl_http_header(value, sizeof value, wsi, WSI_TOKEN_HTTP_COOKIE))
			read_cookie(out, value, out->secure ? "__Host-hl_session" : "hl_session");
	}
	if (hl_http_header(value, sizeof value, wsi, WSI_TOKEN_HTTP_AUTHORIZATION) &&
	    strncmp(value, "Bearer ", 7) == 0) {
		out->token_len = 0;
		out->bearer = true;
		take_token(out, value + 7, strlen(value + 7));
	}
}

/* libwebsockets takes the first name of the client's list that it knows: that must be the one. */
static bool first_known_is(const char *list, const char *wanted)
{
	static const char *const known[] = {HL_WS_CHAT, HL_WS_AGENT, "http"};

	for (const char *at = list; *at; at += strcspn(at, ",")) {
		size_t len;

		at += strspn(at, ", \t");
		len = strcspn(at, ", \t");
		for (size_t i = 0; len && i < sizeof known / sizeof known[0]; i++) {
			if (strlen(known[i]) == len && strncmp(known[i], at, len) == 0)
				return strcmp(known[i], wanted) == 0;
		}
	}
	return false;
}

unsigned hl_http_upgrade(struct hl_http *http, struct lws *wsi, const char *kind)
{
	static const struct {
		const char *path, *protocol;
	} doors[] = {{"/v1/chat", HL_WS_CHAT}, {"/v1/agent", HL_WS_AGENT}};
	char path[32], list[256], version[8];
	struct head head;
	size_t i = 0;

	if (!kind || strcmp(kind, "websocket") != 0)
		return 400;
	if (!hl_http_header(path, sizeof path, wsi, WSI_TOKEN_GET_URI))
		return 403;
	while (i < sizeof doors / sizeof doors[0] && strcmp(doors[i].path, path) != 0)
		i++;
	if (i == sizeof doors / sizeof doors[0])
		return 403;
	if (!hl_http_header(list, sizeof list, wsi, WSI_TOKEN_PROTOCOL) ||
	    !first_known_is(list, doors[i].protocol))
		return 403;
	if (!hl_http_header(version, sizeof version, wsi, WSI_TOKEN_VERSION) ||
	    strcmp(version, "13") != 0)
		return 400;
	hl_http_head(&head, http, wsi);
	if (head.has_origin && !head.origin_ok)
		return 403;
	return 0;
}

bool hl_http_admit(void *arg, struct lws *wsi, uint32_t *ticket, int64_t *wait_ms)
{
	struct hl_http *http = arg;
	struct head head = {0};

	if (!http->sockets)
		return true;
	read_address(&head, http, wsi);
	return head.exempt || hl_limits_enter(ticket, wait_ms, http->sockets, &head.client,
					      (int64_t)uv_now(http->config.loop)) == HL_OK;
}

void hl_http_opened(void *arg, struct lws *wsi, struct hl_peer peer)
{
	struct hl_http *http = arg;
	struct head head;

	if (strcmp(lws_get_protocol(wsi)->name, HL_WS_AGENT) != 0 || !http->token)
		return;
	hl_http_head(&head, http, wsi);
	if (head.token_len)
		http->token(http->token_arg, peer, (struct hl_str){head.token, head.token_len});
}

void hl_http_closed(void *arg, uint32_t ticket)
{
	struct hl_http *http = arg;

	if (http->sockets)
		hl_limits_leave(http->sockets, ticket);
}
