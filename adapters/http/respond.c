/*
 * respond.c: answers going out. One place writes every response's head, so that no answer can lack
 * the headers that keep a browser from being talked into something. Bodies leave in pieces as the
 * socket drains.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "http/inner.h"

#define PIECE 16384
#define PIECE_S 30 /* how long a reader may take for one */
#define JSON "application/json; charset=utf-8"

static const struct {
	unsigned status;
	const char *body;
} errors[] = {
	{400, "{\"error\":\"bad_request\"}"},
	{401, "{\"error\":\"unauthorized\"}"},
	{403, "{\"error\":\"forbidden\"}"},
	{404, "{\"error\":\"not_found\"}"},
	{405, "{\"error\":\"method_not_allowed\"}"},
	{413, "{\"error\":\"too_large\"}"},
	{429, "{\"error\":\"slow_down\"}"},
	{503, "{\"error\":\"busy\"}"},
	{500, "{\"error\":\"busy\"}"},
};

const char *hl_http_error(unsigned status)
{
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
		if (errors[i].status == status)
			return errors[i].body;
	}
	return "{\"error\":\"bad_request\"}";
}

/* A response's head under way; `bad` once something did not fit. */
struct writer {
	struct lws *wsi;
	unsigned char *at, *end;
	bool bad;
};

static void put(struct writer *w, const char *name, const char *value)
{
	if (lws_add_http_header_by_name(w->wsi, (const unsigned char *)name,
					(const unsigned char *)value, (int)strlen(value), &w->at,
					w->end))
		w->bad = true;
}

static void put_common(struct writer *w, const struct hl_http *http, unsigned status, bool secure)
{
	if (lws_add_http_header_status(w->wsi, status | LWSAHH_FLAG_NO_SERVER_NAME, &w->at, w->end))
		w->bad = true;
	put(w, "x-content-type-options:", "nosniff");
	put(w, "referrer-policy:", "no-referrer");
	if (secure || http->config.tls_cert)
		put(w, "strict-transport-security:", "max-age=31536000");
}

static int finish(struct writer *w, unsigned char *start, struct exchange *ex)
{
	if (ex->close)
		put(w, "connection:", "close");
	if (w->bad || lws_finalize_write_http_header(w->wsi, start, &w->at, w->end))
		return -1;
	if (ex->head_only || ex->len == 0)
		ex->at = ex->len;
	if (ex->at < ex->len) {
		lws_callback_on_writable(w->wsi);
		return 0;
	}
	hl_http_forget(ex);
	return ex->close || lws_http_transaction_completed(w->wsi) ? -1 : 0;
}

static void put_length(struct writer *w, size_t len)
{
	if (lws_add_http_header_content_length(w->wsi, len, &w->at, w->end))
		w->bad = true;
}

static void put_cookie(struct writer *w, const struct call *call)
{
	const struct hl_http_answer *a = &call->answer;
	char cookie[HL_HTTP_TOKEN_MAX + 128];

	if (!a->set_token.len && !a->clear_token)
		return;
	snprintf(cookie, sizeof cookie,
		 "%s=%.*s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%" PRId64 "%s",
		 call->secure ? "__Host-hl_session" : "hl_session", (int)a->set_token.len,
		 a->set_token.len ? a->set_token.ptr : "", a->clear_token ? 0 : a->max_age_s,
		 call->secure ? "; Secure" : "");
	put(w, "set-cookie:", cookie);
}

int hl_http_respond(struct hl_http *http, struct lws *wsi, struct exchange *ex,
		    const struct call *call, unsigned status)
{
	unsigned char buf[LWS_PRE + 2048], *start = buf + LWS_PRE;
	struct writer w = {.wsi = wsi, .at = start, .end = buf + sizeof buf - 1};
	const char *type = JSON;
	char wait[24];

	if (call && (status == 200 || call->answer.body.len)) {
		ex->data = (const unsigned char *)call->answer.body.ptr;
		ex->len = call->answer.body.len;
		type = call->answer.type;
	} else {
		ex->data = (const unsigned char *)hl_http_error(status);
		ex->len = strlen((const char *)ex->data);
	}
	ex->at = 0;
	http->stats.responses[status / 100 % 6]++;
	put_common(&w, http, status, call && call->secure);
	put(&w, "content-type:", type);
	put(&w, "cache-control:", "no-store");
	put(&w, "content-security-policy:", "default-src 'none'; frame-ancestors 'none'");
	if (call)
		put_cookie(&w, call);
	if (status == 405)
		put(&w, "allow:", "GET, HEAD, POST");
	if (call && status != 200 && call->answer.retry_after_ms > 0) {
		snprintf(wait, sizeof wait, "%" PRId64, (call->answer.retry_after_ms + 999) / 1000);
		put(&w, "retry-after:", wait);
	}
	put_length(&w, ex->len);
	return finish(&w, start, ex);
}

/* ------------------------------------------------------------------ pages */

static bool wants_gzip(struct lws *wsi)
{
	char accept[256];
	const char *at;

	if (!hl_http_header(accept, sizeof accept, wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING))
		return false;
	at = strstr(accept, "gzip");
	if (!at)
		return false;
	at += strlen("gzip");
	at += strspn(at, " ;");
	if (strncmp(at, "q=0", 3) != 0)
		return true;
	return at[3] == '.' && at[4 + strspn(at + 4, "0")] >= '1' &&
	       at[4 + strspn(at + 4, "0")] <= '9';
}

static unsigned char *unpack(const struct hl_asset *asset)
{
	unsigned char *plain = malloc(asset->len + 1);
	z_stream z = {.next_in = (z_const Bytef *)asset->gz,
		      .avail_in = (uInt)asset->gz_len,
		      .next_out = plain,
		      .avail_out = (uInt)asset->len + 1};
	bool ok;

	if (!plain || inflateInit2(&z, 15 + 16) != Z_OK) {
		free(plain);
		return NULL;
	}
	ok = inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == asset->len;
	inflateEnd(&z);
	if (ok)
		return plain;
	free(plain);
	return NULL;
}

static bool unchanged(struct lws *wsi, const char *etag)
{
	char known[512];

	return hl_http_header(known, sizeof known, wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH) &&
	       (strstr(known, etag) || strcmp(known, "*") == 0);
}

static void put_page(struct writer *w, const struct hl_http *http, const struct hl_asset *asset)
{
	char csp[2048];

	snprintf(csp, sizeof csp, "%s%s", asset->csp ? asset->csp : "default-src 'none'",
		 asset->framed ? http->framing : "");
	put(w, "content-security-policy:", csp);
	put(w, "etag:", asset->etag);
	put(w, "vary:", "accept-encoding");
	put(w, "cache-control:",
	    asset->immutable ? "public, max-age=31536000, immutable" : "no-cache");
	/* a site that pins the loader by its hash must be allowed to read it */
	if (strcmp(asset->path, "/hotline.js") == 0)
		put(w, "access-control-allow-origin:", "*");
}

int hl_http_serve(struct hl_http *http, struct lws *wsi, struct exchange *ex,
		  const struct hl_asset *asset)
{
	unsigned char buf[LWS_PRE + 4096], *start = buf + LWS_PRE;
	struct writer w = {.wsi = wsi, .at = start, .end = buf + sizeof buf - 1};
	bool same = unchanged(wsi, asset->etag), gzip = wants_gzip(wsi);
	struct head head;

	ex->data = asset->gz;
	ex->len = gzip ? asset->gz_len : asset->len;
	if (same)
		ex->len = 0;
	if (!same && !gzip && !ex->head_only) {
		ex->plain = unpack(asset);
		if (!ex->plain)
			return hl_http_respond(http, wsi, ex, NULL, 503);
		ex->data = ex->plain;
	}
	http->stats.responses[same ? 3 : 2]++;
	hl_http_head(&head, http, wsi);
	put_common(&w, http, same ? 304 : 200, head.secure);
	put_page(&w, http, asset);
	if (!same) {
		put(&w, "content-type:", asset->type);
		if (gzip)
			put(&w, "content-encoding:", "gzip");
		put_length(&w, ex->len);
	}
	return finish(&w, start, ex);
}

int hl_http_continue(struct lws *wsi, struct exchange *ex)
{
	unsigned char buf[LWS_PRE + PIECE];
	size_t n = ex->len - ex->at < PIECE ? ex->len - ex->at : PIECE;
	bool last = ex->at + n == ex->len;

	lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, PIECE_S);
	memcpy(buf + LWS_PRE, ex->data + ex->at, n);
	if (lws_write(wsi, buf + LWS_PRE, n, last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < (int)n)
		return -1;
	ex->at += n;
	if (!last) {
		lws_callback_on_writable(wsi);
		return 0;
	}
	hl_http_forget(ex);
	return ex->close || lws_http_transaction_completed(wsi) ? -1 : 0;
}

void hl_http_forget(struct exchange *ex)
{
	struct exchange rest = {.close = ex->close, .head_only = ex->head_only};

	free(ex->plain);
	if (ex->call) {
		ex->call->wsi = NULL;
		if (ex->call->answered) {
			free(ex->call->answer_body);
			free(ex->call);
		}
	}
	*ex = rest;
}
