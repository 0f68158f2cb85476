/*
 * routes.c: from a request to its answer. Pages come from the table inside the binary, so no text
 * of a request ever becomes a file's name; everything else is a call handed to the API. A request
 * whose length is not plainly stated is refused and its connection closed, so that no proxy and we
 * can disagree about where it ends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/inner.h"

#define SWALLOW_MAX (1 << 20) /* of a body too large, read so that the refusal arrives */
#define CALL_S 30	      /* an API call may take this long */

enum auth { NOBODY, BROWSER, MEMBER };

/* MEMBER: only with a session's token. BROWSER: an Origin, if there is one, must be on the list. */
static const struct {
	const char *path;
	int method;
	enum hl_http_route route;
	enum auth auth;
	size_t body_max;
} calls[] = {
	{"/readyz", LWSHUMETH_GET, HL_HTTP_READY, NOBODY, 0},
	{"/metrics", LWSHUMETH_GET, HL_HTTP_METRICS, NOBODY, 0},
	{"/v1/login", LWSHUMETH_POST, HL_HTTP_LOGIN, BROWSER, HL_HTTP_BODY_MAX},
	{"/v1/logout", LWSHUMETH_POST, HL_HTTP_LOGOUT, BROWSER, HL_HTTP_BODY_MAX},
	{"/v1/classify", LWSHUMETH_POST, HL_HTTP_CLASSIFY, MEMBER, HL_HTTP_CLASSIFY_MAX},
	{"/v1/conversations/*/transcript", LWSHUMETH_GET, HL_HTTP_TRANSCRIPT, MEMBER, 0},
};
#define CALLS (sizeof calls / sizeof calls[0])

/* `*` stands for one part of the path, which goes to `part`. */
static bool fits(const char *pattern, const char *path, struct hl_str *part)
{
	const char *star = strchr(pattern, '*');
	size_t head, n;

	if (!star)
		return strcmp(pattern, path) == 0;
	head = (size_t)(star - pattern);
	if (strncmp(pattern, path, head) != 0)
		return false;
	n = strcspn(path + head, "/");
	*part = (struct hl_str){path + head, n};
	return n > 0 && strcmp(path + head + n, star + 1) == 0;
}

static void on_answer(void *arg, const struct hl_http_answer *answer)
{
	struct call *call = arg;

	call->answered = true;
	if (!call->wsi) {
		free(call);
		return;
	}
	call->answer = *answer;
	call->answer.body = call->answer.set_token = HL_NONE;
	if (answer->body.len > HL_HTTP_ANSWER_MAX)
		call->answer.status = 503;
	if (answer->body.len && answer->body.len <= HL_HTTP_ANSWER_MAX) {
		call->answer_body = malloc(answer->body.len);
		if (call->answer_body) {
			memcpy(call->answer_body, answer->body.ptr, answer->body.len);
			call->answer.body = (struct hl_str){call->answer_body, answer->body.len};
		} else {
			call->answer.status = 503;
		}
	}
	if (answer->set_token.len && answer->set_token.len <= sizeof call->set_token) {
		memcpy(call->set_token, answer->set_token.ptr, answer->set_token.len);
		call->answer.set_token = (struct hl_str){call->set_token, answer->set_token.len};
	}
	lws_callback_on_writable(call->wsi);
}

static void hand_over(struct hl_http *http, struct lws *wsi, struct call *call)
{
	lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, CALL_S);
	call->request.body = (struct hl_str){call->body, call->body_len};
	http->config.api.call(http->config.api.arg, &call->request, on_answer, call);
}

static int refuse(struct hl_http *http, struct lws *wsi, struct exchange *ex, unsigned status)
{
	hl_http_forget(ex);
	return hl_http_respond(http, wsi, ex, NULL, status);
}

static unsigned admitted(const struct head *head, enum auth auth)
{
	if (auth == BROWSER && head->has_origin && !head->origin_ok)
		return 403;
	if (auth == MEMBER && !head->token_len)
		return 401;
	return 0;
}

static int begin_call(struct hl_http *http, struct lws *wsi, struct exchange *ex, size_t which,
		      struct hl_str part, size_t length)
{
	struct head head;
	struct call *call;
	const char *format;
	char value[32];
	unsigned status;

	hl_http_head(&head, http, wsi);
	status = admitted(&head, calls[which].auth);
	if (!status && part.len > sizeof call->conv)
		status = 404;
	if (status) {
		ex->close = length > 0;
		return refuse(http, wsi, ex, status);
	}
	call = calloc(1, sizeof *call);
	if (!call)
		return -1;
	format = lws_get_urlarg_by_name(wsi, "format=", value, sizeof value);
	call->wsi = wsi;
	call->secure = head.secure;
	call->body_max = calls[which].body_max;
	memcpy(call->token, head.token, head.token_len);
	memcpy(call->conv, part.ptr ? part.ptr : "", part.len);
	call->request = (struct hl_http_request){
		.route = calls[which].route,
		.token = {call->token, head.token_len},
		.conv = {call->conv, part.len},
		.text = format && strcmp(format, "txt") == 0,
		.client = head.client,
	};
	ex->call = call;
	ex->body_due = length > 0;
	if (!ex->body_due)
		hand_over(http, wsi, call);
	return 0;
}

static bool length_of(struct lws *wsi, size_t *out)
{
	char text[16];

	*out = 0;
	if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0)
		return false;
	if (!hl_http_header(text, sizeof text, wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH))
		return false;
	if (strlen(text) > 9 || text[strspn(text, "0123456789")])
		return false;
	*out = text[0] ? (size_t)atol(text) : 0;
	return true;
}

static int health(struct hl_http *http, struct lws *wsi, struct exchange *ex)
{
	static const struct call alive = {
		.answer = {.status = 200, .type = "text/plain", .body = {"ok\n", 3}}};

	return hl_http_respond(http, wsi, ex, &alive, 200);
}

static int on_request(struct hl_http *http, struct lws *wsi, struct exchange *ex)
{
	const struct hl_asset *asset;
	struct hl_str part = HL_NONE;
	int method, path_len = 0;
	bool known = false;
	char path[512], *uri;
	size_t length = 0;

	http->stats.requests++;
	hl_http_forget(ex);
	ex->close = false;
	method = lws_http_get_uri_and_method(wsi, &uri, &path_len);
	ex->head_only = method == LWSHUMETH_HEAD;
	if (method < 0 || !length_of(wsi, &length) || (length && method != LWSHUMETH_POST) ||
	    length > SWALLOW_MAX) {
		ex->close = true;
		return refuse(http, wsi, ex, length > SWALLOW_MAX ? 413 : 400);
	}
	if (path_len < 0 || (size_t)path_len >= sizeof path || memchr(uri, 0, (size_t)path_len))
		return refuse(http, wsi, ex, 404);
	memcpy(path, uri, (size_t)path_len);
	path[path_len] = 0;
	if (method == LWSHUMETH_GET || method == LWSHUMETH_HEAD) {
		asset = hl_assets_find(path, (size_t)path_len);
		if (asset)
			return hl_http_serve(http, wsi, ex, asset);
		if (strcmp(path, "/healthz") == 0)
			return health(http, wsi, ex);
	}
	for (size_t i = 0; i < CALLS; i++) {
		if (!fits(calls[i].path, path, &part))
			continue;
		known = true;
		if (calls[i].method == method ||
		    (ex->head_only && calls[i].method == LWSHUMETH_GET))
			return begin_call(http, wsi, ex, i, part, length);
	}
	ex->close = length > 0;
	known = known || hl_assets_find(path, (size_t)path_len) || strcmp(path, "/healthz") == 0;
	return refuse(http, wsi, ex, known ? 405 : 404);
}

static int on_body(struct exchange *ex, const void *in, size_t len)
{
	struct call *call = ex->call;

	if (!call || !ex->body_due)
		return 0;
	if (call->body_len + len <= call->body_max)
		memcpy(call->body + call->body_len, in, len);
	call->body_len += len;
	return 0;
}

static int on_body_end(struct hl_http *http, struct lws *wsi, struct exchange *ex)
{
	struct call *call = ex->call;

	if (!call || !ex->body_due)
		return 0;
	ex->body_due = false;
	if (call->body_len > call->body_max) {
		call->answered = true; /* nobody else will free it */
		return refuse(http, wsi, ex, 413);
	}
	hand_over(http, wsi, call);
	return 0;
}

static int on_writable(struct hl_http *http, struct lws *wsi, struct exchange *ex)
{
	if (ex->call && ex->call->answered && !ex->data)
		return hl_http_respond(http, wsi, ex, ex->call, ex->call->answer.status);
	return ex->data ? hl_http_continue(wsi, ex) : 0;
}

/* libwebsockets' own refusal would speak HTTP/1.0, which strict clients do not take for an answer.
 */
static int turn_away(struct lws *wsi, unsigned status)
{
	unsigned char buf[LWS_PRE + 512];
	const char *body = hl_http_error(status);
	int n = snprintf((char *)buf + LWS_PRE, sizeof buf - LWS_PRE,
			 "HTTP/1.1 %u %s\r\n"
			 "content-type: application/json; charset=utf-8\r\n"
			 "cache-control: no-store\r\n"
			 "x-content-type-options: nosniff\r\n"
			 "connection: close\r\n"
			 "content-length: %zu\r\n\r\n%s",
			 status, status == 403 ? "Forbidden" : "Bad Request", strlen(body), body);

	lws_write(wsi, buf + LWS_PRE, (size_t)n, LWS_WRITE_HTTP_HEADERS);
	return 1;
}

int hl_http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *session, void *in,
		     size_t len)
{
	/* not the protocol's: a socket's end is told here too, when its protocol is the channel's
	 */
	struct hl_http *http = lws_context_user(lws_get_context(wsi));
	struct exchange *ex = session;
	unsigned status;

	if (!http)
		return 0;
	switch (reason) {
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		status = hl_http_upgrade(http, wsi, in);
		if (!status)
			return 0;
		http->stats.upgrades_refused++;
		return turn_away(wsi, status);
	case LWS_CALLBACK_HTTP:
		return on_request(http, wsi, ex);
	case LWS_CALLBACK_HTTP_BODY:
		return on_body(ex, in, len);
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		return on_body_end(http, wsi, ex);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return on_writable(http, wsi, ex);
	case LWS_CALLBACK_CLOSED_HTTP:
	case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
		if (ex)
			hl_http_forget(ex);
		return 0;
	case LWS_CALLBACK_WSI_CREATE:
		http->stats.connections++;
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		http->stats.connections--;
		if (http->connections)
			hl_limits_leave(http->connections,
					(uint32_t)(uintptr_t)lws_get_opaque_user_data(wsi));
		return 0;
	default:
		return 0;
	}
}
