/*
 * serve_api.c: what HTTP asks for, put together from the host and the auth room. Every answer to
 * somebody who may not have it is a constant; a password is wiped as soon as its check has begun.
 */
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "cli/serve.h"

#define JSON_TYPE "application/json; charset=utf-8"

struct job {
	struct serve *serve;
	enum hl_http_route route;
	hl_http_done_fn *done;
	void *done_arg;
	char *text; /* the body, or a transcript growing */
	size_t len, size;
	char conv[128];
	size_t conv_len;
	char name[256];
	size_t name_len;
	bool plain;
};

static void answer(struct job *job, const struct hl_http_answer *a)
{
	job->done(job->done_arg, a);
	if (job->text)
		sodium_memzero(job->text, job->size);
	free(job->text);
	free(job);
}

static void refuse(struct job *job, unsigned status, int64_t retry_after_ms)
{
	struct hl_http_answer a = {.status = status, .retry_after_ms = retry_after_ms};

	answer(job, &a);
}

static void reply(struct job *job, const char *type, struct hl_str body)
{
	struct hl_http_answer a = {.status = 200, .type = type, .body = body};

	answer(job, &a);
}

static unsigned status_of(enum hl_code code)
{
	static const struct {
		enum hl_code code;
		unsigned status;
	} map[] = {{HL_CODE_OK, 200},	     {HL_CODE_UNAUTHORIZED, 401}, {HL_CODE_FORBIDDEN, 403},
		   {HL_CODE_NOT_FOUND, 404}, {HL_CODE_TOO_LARGE, 413},	  {HL_CODE_SLOW_DOWN, 429},
		   {HL_CODE_BUSY, 503}};

	for (size_t i = 0; i < sizeof map / sizeof map[0]; i++) {
		if (map[i].code == code)
			return map[i].status;
	}
	return 400;
}

/* ------------------------------------------------------------------ login, logout */

static void on_login(void *arg, const struct hl_host_login *login)
{
	struct job *job = arg;
	struct serve *serve = job->serve;
	struct hl_http_answer a = {.status = status_of(login->code)};

	if (login->code != HL_CODE_OK) {
		refuse(job, a.status, 0);
		return;
	}
	serve->logins++;
	a.type = JSON_TYPE;
	a.body = login->answer;
	a.set_token = login->token;
	a.max_age_s = (login->expires_ms - serve->clock->ops->now_ms(serve->clock)) / 1000;
	answer(job, &a);
}

static void on_verified(void *arg, const struct hl_password_done *done)
{
	struct job *job = arg;
	struct hl_str name = {job->name, job->name_len};
	/* what is no account's name may be a password typed into the wrong field */
	bool known = hl_host_account(job->serve->host, name) != NULL;
	struct hl_log_field who[] = {HL_LOG_TEXT("account", known ? name : HL_STR("(none)"))};

	switch (done->result) {
	case HL_PASSWORD_OK:
		hl_host_login(job->serve->host, name, on_login, job);
		return;
	case HL_PASSWORD_LATER:
		job->serve->logins_failed++;
		refuse(job, 429, done->retry_after_ms);
		return;
	case HL_PASSWORD_WRONG:
		job->serve->logins_failed++;
		hl_log_say(&job->serve->log, HL_LOG_WARN, "sign-in refused", who, 1);
		refuse(job, 401, 0);
		return;
	}
}

static void login(struct job *job, const struct hl_http_request *request)
{
	json_t *json = json_loadb(request->body.ptr ? request->body.ptr : "", request->body.len,
				  JSON_REJECT_DUPLICATES, NULL);
	const json_t *name = json_object_get(json, "name");
	const json_t *password = json_object_get(json, "password");
	const struct hl_account *account;
	char address[HL_ADDR_TEXT];

	if (!json_is_string(name) || !json_is_string(password) ||
	    json_string_length(name) > sizeof job->name) {
		json_decref(json);
		refuse(job, 400, 0);
		return;
	}
	job->name_len = json_string_length(name);
	memcpy(job->name, json_string_value(name), job->name_len);
	account = hl_host_account(job->serve->host, (struct hl_str){job->name, job->name_len});
	hl_addr_text(address, &request->client);
	hl_password_verify(
		job->serve->passwords, (struct hl_str){job->name, job->name_len},
		(struct hl_str){address, strlen(address)}, account ? account->hash : HL_NONE,
		(struct hl_str){json_string_value(password), json_string_length(password)},
		job->serve->clock->ops->now_ms(job->serve->clock), on_verified, job);
	sodium_memzero((char *)json_string_value(password), json_string_length(password));
	json_decref(json);
}

static void on_logged_out(void *arg, enum hl_store_result result)
{
	struct hl_http_answer a = {
		.status = 200, .type = JSON_TYPE, .body = HL_STR("{}"), .clear_token = true};

	if (result != HL_STORE_OK && result != HL_STORE_NOT_FOUND)
		refuse(arg, 503, 0);
	else
		answer(arg, &a);
}

/* ------------------------------------------------------------------ classify, transcript */

static void classify(struct job *job)
{
	char *out = NULL;
	int rc = hl_host_classify(&out, job->serve->host, (struct hl_str){job->text, job->len});

	if (rc == HL_OK)
		reply(job, JSON_TYPE, (struct hl_str){out, strlen(out)});
	else
		refuse(job, rc == HL_REFUSED ? 400 : rc == HL_LIMIT ? 413 : 503, 0);
	free(out);
}

static bool append(struct job *job, struct hl_str bytes)
{
	size_t need = job->len + bytes.len, size = job->size;
	char *grown;

	if (!bytes.len)
		return true;
	while (size < need)
		size = size ? size * 2 : 8192;
	if (size > HL_HTTP_ANSWER_MAX)
		return false;
	if (size != job->size) {
		grown = realloc(job->text, size);
		if (!grown)
			return false;
		job->text = grown;
		job->size = size;
	}
	memcpy(job->text + job->len, bytes.ptr, bytes.len);
	job->len = need;
	return true;
}

static void on_piece(void *arg, const struct hl_host_piece *piece)
{
	struct job *job = arg;

	if (piece->bytes.len && !job->name_len && !append(job, piece->bytes))
		job->name_len = 1; /* too much to hold: remembered until the last piece */
	if (!piece->last)
		return;
	if (piece->code != HL_CODE_OK)
		refuse(job, status_of(piece->code), 0);
	else if (job->name_len)
		refuse(job, 503, 0);
	else
		reply(job, job->plain ? "text/plain; charset=utf-8" : JSON_TYPE,
		      (struct hl_str){job->text, job->len});
}

static void on_session(void *arg, const struct hl_account *account)
{
	struct job *job = arg;

	if (!account) {
		refuse(job, 401, 0);
	} else if (job->route == HL_HTTP_CLASSIFY) {
		if (hl_host_has_role(account, HL_STR("author")))
			classify(job);
		else
			refuse(job, 403, 0);
	} else {
		hl_host_transcript(job->serve->host, account->name,
				   (struct hl_str){job->conv, job->conv_len},
				   job->plain ? HL_HOST_TXT : HL_HOST_JSON, on_piece, job);
	}
}

/* ------------------------------------------------------------------ state */

static void ready(struct job *job)
{
	const char *why = NULL;
	struct hl_http_answer a = {.status = 200, .type = "text/plain", .body = HL_STR("ready\n")};

	if (!hl_host_ready(job->serve->host, &why)) {
		a.status = 503;
		a.body = (struct hl_str){why, strlen(why)};
	}
	answer(job, &a);
}

static void metrics(struct job *job)
{
	struct serve *serve = job->serve;
	const char *why;
	struct hl_metrics m = {
		.host = hl_host_stats(serve->host),
		.ws = hl_ws_stats(hl_http_ws(serve->http)),
		.http = hl_http_stats(serve->http),
		.turn = &serve->turn,
		.reloads = serve->reloads,
		.reloads_failed = serve->reloads_failed,
		.logins = serve->logins,
		.logins_failed = serve->logins_failed,
		.ready = hl_host_ready(serve->host, &why),
		.started_s = serve->started_s,
	};
	char *text = NULL;
	size_t len;

	if (hl_metrics_render(&text, &len, &m))
		refuse(job, 503, 0);
	else
		reply(job, "text/plain; version=0.0.4; charset=utf-8", (struct hl_str){text, len});
	free(text);
}

void serve_call(void *arg, const struct hl_http_request *request, hl_http_done_fn *done,
		void *done_arg)
{
	static const struct hl_http_answer busy = {.status = 503};
	struct serve *serve = arg;
	struct job *job = serve->phase < SERVE_PARTING ? calloc(1, sizeof *job) : NULL;

	if (!job) {
		done(done_arg, &busy);
		return;
	}
	*job = (struct job){.serve = serve,
			    .route = request->route,
			    .done = done,
			    .done_arg = done_arg,
			    .plain = request->text,
			    .conv_len = request->conv.len};
	memcpy(job->conv, request->conv.ptr, request->conv.len);
	switch (request->route) {
	case HL_HTTP_READY:
		ready(job);
		return;
	case HL_HTTP_METRICS:
		metrics(job);
		return;
	case HL_HTTP_LOGIN:
		login(job, request);
		return;
	case HL_HTTP_LOGOUT:
		hl_host_logout(serve->host, request->token, on_logged_out, job);
		return;
	case HL_HTTP_CLASSIFY:
		if (append(job, request->body))
			hl_host_session(serve->host, request->token, on_session, job);
		else
			refuse(job, 400, 0);
		return;
	case HL_HTTP_TRANSCRIPT:
		hl_host_session(serve->host, request->token, on_session, job);
		return;
	}
}
