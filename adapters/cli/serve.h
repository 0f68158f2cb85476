/* serve.h: what the files of `hotline serve` share. */
#ifndef HL_CLI_SERVE_H
#define HL_CLI_SERVE_H

#include <uv.h>

#include "auth/auth.h"
#include "auth/control.h"
#include "auth/password.h"
#include "config/config.h"
#include "hotline_rules.h"
#include "http/http.h"
#include "log/log.h"
#include "metrics/metrics.h"

struct serve_watch;

struct serve {
	struct hl_config config;
	struct hl_log log;
	uv_loop_t loop;
	uv_signal_t term, interrupt, hangup;
	uv_timer_t tick, deadline;
	uv_prepare_t prepare;
	uv_check_t check;
	struct hl_store *store;
	struct hl_clock *clock;
	struct hl_auth *auth;
	struct hl_passwords *passwords;
	struct hl_host *host;
	struct hl_host_port *port;
	struct hl_http *http;
	struct hl_control *control;
	struct serve_watch *watch;
	struct hl_ruleset *rules; /* in force */
	struct hl_histogram turn;
	uint64_t turn_began;
	uint64_t reloads, reloads_failed, logins, logins_failed;
	int64_t started_s;
	unsigned tries; /* of the tick, until the last goodbye is written */
	int exit_code;
	enum { SERVE_RUNNING, SERVE_DRAINING, SERVE_PARTING, SERVE_CLOSING, SERVE_GONE } phase;
	bool hurried; /* a second signal has come */
};

/* serve_api.c: the HTTP calls, answered by host and auth. */
void serve_call(void *arg, const struct hl_http_request *request, hl_http_done_fn *done,
		void *done_arg);

/* serve_rules.c: the pack on disk. Loads the pack at `folder` for the first time; HL_REFUSED: its
   findings went to stderr as `check` prints them. The caller owns a reference to *out. */
int serve_rules_first(struct hl_ruleset **out, const char *folder, const char *data);
/* Watches the folder and loads anew, off the loop, when it changes or when told to. HL_OK,
   HL_NOMEM. */
int serve_watch_new(struct serve_watch **out, struct serve *serve, const char *folder);
void serve_watch_now(struct serve_watch *watch);
/* A load under way ends and is forgotten; the memory goes with the loop's last turns. NULL is fine.
 */
void serve_watch_close(struct serve_watch *watch);

/* serve_keys.c: whether the key of `tls` is kept from others. HL_OK, HL_REFUSED with one line. */
int serve_tls_check(const struct hl_config *config, char *err, size_t size);
/* The keys of customers' tokens from their files. HL_OK, HL_REFUSED with one line,
   HL_NOMEM. */
int serve_auth_new(struct hl_auth **out, const struct hl_config *config, char *err, size_t size);

#endif
