/*
 * serve.c: `hotline serve`: puts the parts together in the order in which each can still be refused
 * with one plain line, runs the loop, and takes the parts down again in the order in which nothing
 * accepted is lost.
 *
 * The way out: RUNNING, a signal → DRAINING (nobody new, `bye` to all, the host finishes what was
 * accepted) → PARTING (sockets write their last frames) → CLOSING (control socket, then store) →
 * GONE. A second signal skips PARTING; the deadline ends whatever does not end by itself.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/serve.h"
#include "clock_uv/clock_uv.h"
#include "store_sqlite/store_sqlite.h"

#define FDS_WANTED 131072
#define TICK_MS 1000
#define PARTING_MS 50
#define PARTING_TRIES 60  /* 3 s for the last frames */
#define DEADLINE_MS 25000 /* from the first signal */
#define HURRIED_MS 1500	  /* from the second */

static const char *const pack_places[] = {"./rules/exchange", HOTLINE_SHARE "/rules/exchange"};

/* ------------------------------------------------------------------ the way out */

static void step_out(struct serve *serve);

static void on_store_closed(void *arg, enum hl_store_result result)
{
	struct serve *serve = arg;

	(void)result;
	serve->phase = SERVE_GONE;
	uv_stop(&serve->loop);
}

static void on_control_closed(void *arg)
{
	struct serve *serve = arg;

	serve->control = NULL;
	serve->store->ops->close(serve->store, on_store_closed, serve);
}

static void close_parts(struct serve *serve)
{
	serve->phase = SERVE_CLOSING;
	if (serve->control)
		hl_control_close(serve->control, on_control_closed, serve);
	else
		on_control_closed(serve);
}

static void on_parting(uv_timer_t *timer)
{
	step_out(timer->data);
}

/* Waits for the last frames, and for password checks that still owe an answer. */
static void step_out(struct serve *serve)
{
	bool waiting = !serve->hurried && hl_ws_stats(hl_http_ws(serve->http))->open > 0 &&
		       serve->tries < PARTING_TRIES;

	serve->tries++;
	if (waiting || hl_passwords_owed(serve->passwords) > 0) {
		uv_timer_start(&serve->tick, on_parting, PARTING_MS, 0);
		return;
	}
	uv_timer_stop(&serve->tick);
	close_parts(serve);
}

static void on_drained(void *arg)
{
	struct serve *serve = arg;

	if (serve->phase != SERVE_DRAINING)
		return;
	serve->phase = SERVE_PARTING;
	step_out(serve);
}

static void on_deadline(uv_timer_t *timer)
{
	struct serve *serve = timer->data;

	hl_log_say(&serve->log, HL_LOG_ERROR, "stopped before everything was said", NULL, 0);
	_exit(CLI_FAILED);
}

static void leave(struct serve *serve)
{
	if (serve->phase == SERVE_RUNNING) {
		serve->phase = SERVE_DRAINING;
		hl_log_say(&serve->log, HL_LOG_INFO, "stopping", NULL, 0);
		uv_timer_start(&serve->deadline, on_deadline, DEADLINE_MS, 0);
		hl_http_refuse(serve->http);
		hl_host_drain(serve->host, on_drained, serve);
		return;
	}
	serve->hurried = true;
	uv_timer_start(&serve->deadline, on_deadline, HURRIED_MS, 0);
	if (serve->phase == SERVE_PARTING)
		step_out(serve);
}

/* ------------------------------------------------------------------ while it runs */

static void on_signal(uv_signal_t *handle, int signum)
{
	struct serve *serve = handle->data;

	if (signum != SIGHUP)
		leave(serve);
	else if (serve->phase == SERVE_RUNNING)
		serve_watch_now(serve->watch);
}

static void on_tick(uv_timer_t *timer)
{
	struct serve *serve = timer->data;

	if (serve->phase != SERVE_RUNNING || !hl_host_dead(serve->host))
		return;
	hl_log_say(&serve->log, HL_LOG_ERROR, "the store has failed", NULL, 0);
	fprintf(stderr, "hotline serve: %s\n", hl_store_sqlite_why(serve->store));
	serve->exit_code = CLI_FAILED;
	leave(serve);
}

static void on_check(uv_check_t *check)
{
	struct serve *serve = check->data;

	serve->turn_began = uv_hrtime();
}

static void on_prepare(uv_prepare_t *prepare)
{
	struct serve *serve = prepare->data;

	if (serve->http)
		hl_ws_flush(hl_http_ws(serve->http));
	if (serve->turn_began)
		hl_histogram_add(&serve->turn, (uv_hrtime() - serve->turn_began) / 1000);
}

static void on_host_log(void *arg, enum hl_host_level level, const char *what, struct hl_str conv,
			struct hl_str account)
{
	static const enum hl_log_level levels[] = {HL_LOG_INFO, HL_LOG_WARN, HL_LOG_ERROR};
	struct serve *serve = arg;
	struct hl_log_field fields[2];
	size_t n = 0;

	if (conv.len)
		fields[n++] = (struct hl_log_field)HL_LOG_TEXT("conv", conv);
	if (account.len)
		fields[n++] = (struct hl_log_field)HL_LOG_TEXT("account", account);
	hl_log_say(&serve->log, levels[level], what, fields, n);
}

static void on_token(void *arg, struct hl_peer peer, struct hl_str token)
{
	hl_host_peer_token(arg, peer, token);
}

static bool team_known(void *arg, struct hl_str team)
{
	struct serve *serve = arg;
	const struct hl_names *teams = &hl_ruleset_pack(serve->rules)->teams;

	for (size_t i = 0; i < teams->n; i++) {
		if (teams->v[i].len == team.len && memcmp(teams->v[i].ptr, team.ptr, team.len) == 0)
			return true;
	}
	return teams->n == 0 && team.len == 9 && memcmp(team.ptr, "frontline", 9) == 0;
}

static void on_accounts(void *arg)
{
	struct serve *serve = arg;

	hl_host_accounts_changed(serve->host);
}

/* ------------------------------------------------------------------ coming up */

static const char *find_pack(const struct hl_config *config)
{
	if (config->pack)
		return config->pack;
	for (size_t i = 0; i < sizeof pack_places / sizeof pack_places[0]; i++) {
		if (access(pack_places[i], R_OK) == 0)
			return pack_places[i];
	}
	return pack_places[0];
}

static void harden(void)
{
	struct rlimit files, none = {0, 0};

	umask(077);
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
	signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur >= FDS_WANTED)
		return;
	files.rlim_cur = files.rlim_max < FDS_WANTED ? files.rlim_max : FDS_WANTED;
	setrlimit(RLIMIT_NOFILE, &files);
}

static void watch_signals(struct serve *serve)
{
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
	uv_signal_t *handles[] = {&serve->term, &serve->interrupt, &serve->hangup};

	for (size_t i = 0; i < 3; i++) {
		uv_signal_init(&serve->loop, handles[i]);
		handles[i]->data = serve;
		uv_signal_start(handles[i], on_signal, signals[i]);
	}
	uv_timer_init(&serve->loop, &serve->tick);
	uv_timer_init(&serve->loop, &serve->deadline);
	uv_prepare_init(&serve->loop, &serve->prepare);
	uv_check_init(&serve->loop, &serve->check);
	serve->tick.data = serve->deadline.data = serve->prepare.data = serve->check.data = serve;
	uv_timer_start(&serve->tick, on_tick, TICK_MS, TICK_MS);
	uv_prepare_start(&serve->prepare, on_prepare);
	uv_check_start(&serve->check, on_check);
}

static int open_http(struct serve *serve, char *err, size_t size)
{
	const struct hl_config *c = &serve->config;
	struct hl_net trusted[HL_CONFIG_LIST_MAX];
	struct hl_http_config http = {
		.loop = &serve->loop,
		.address = c->address,
		.port = c->port,
		.origins = c->origins.v,
		.n_origins = c->origins.n,
		.frame_ancestors = c->frame_ancestors.v,
		.n_frame_ancestors = c->frame_ancestors.n,
		.trusted = trusted,
		.n_trusted = c->trusted_proxies.n,
		.sockets = {.open = c->limits.sockets_per_address,
			    .per_minute = c->limits.new_sockets_per_minute},
		.connections = {.open = c->limits.connections_per_address},
		.limit_loopback = c->limits.loopback,
		.tls_cert = c->tls.cert,
		.tls_key = c->tls.key,
		.api = {.arg = serve, .call = serve_call},
	};

	for (size_t i = 0; i < c->trusted_proxies.n; i++) {
		struct hl_str text = {c->trusted_proxies.v[i], strlen(c->trusted_proxies.v[i])};

		if (hl_net_parse(&trusted[i], text))
			return HL_REFUSED;
	}
	return hl_http_new(&serve->http, err, size, &http);
}

static int open_host(struct serve *serve)
{
	const struct hl_config *c = &serve->config;
	struct hl_host_auth auth;
	struct hl_host_config host = {
		.store = serve->store,
		.clock = serve->clock,
		.auth = &auth,
		.rules = serve->rules,
		.desk = {.offer_ms = c->desk.offer_seconds * INT64_C(1000),
			 .grace_ms = c->desk.grace_seconds * INT64_C(1000)},
		.sends_per_s = c->limits.sends_per_second,
		.sends_burst = c->limits.sends_burst,
		.signals_per_s = c->limits.signals_per_second,
		.signals_burst = c->limits.signals_burst,
		.sockets_per_conversation = c->limits.sockets_per_conversation,
		.sockets = c->limits.sockets,
		.session_ms = c->desk.session_hours * INT64_C(3600000),
		.log = on_host_log,
		.log_arg = serve,
	};

	hl_auth_host(&auth, serve->auth);
	return hl_host_new(&serve->host, &host);
}

/* Everything that must be there before the first customer. */
static int open_parts(struct serve *serve, const char *pack, char *err, size_t size)
{
	struct hl_control_config control = {.loop = &serve->loop,
					    .folder = serve->config.data,
					    .changed = on_accounts,
					    .team_known = team_known};
	const struct hl_channel_listener *listener;
	int rc = hl_store_sqlite_new(&serve->store, &serve->loop, serve->config.data, NULL, err,
				     size);

	if (!rc)
		rc = serve_tls_check(&serve->config, err, size);
	if (!rc)
		rc = serve_auth_new(&serve->auth, &serve->config, err, size);
	if (!rc)
		rc = open_http(serve, err, size);
	if (!rc)
		rc = serve_rules_first(&serve->rules, pack, serve->config.data);
	if (!rc)
		rc = hl_clock_uv_new(&serve->clock, &serve->loop);
	if (!rc)
		rc = hl_passwords_new(&serve->passwords, &serve->loop);
	if (!rc)
		rc = open_host(serve);
	if (!rc)
		rc = hl_host_port_new(&serve->port, &listener, serve->host,
				      hl_ws_channel(hl_http_ws(serve->http)));
	control.store = serve->store;
	control.clock = serve->clock;
	control.arg = serve;
	if (!rc)
		rc = hl_control_new(&serve->control, &control, err, size);
	if (!rc)
		rc = serve_watch_new(&serve->watch, serve, pack);
	if (!rc)
		hl_http_start(serve->http, listener, serve->port, on_token);
	return rc;
}

/* ------------------------------------------------------------------ going down */

static void ignore_closed(void *arg, enum hl_store_result result)
{
	(void)arg;
	(void)result;
}

static void close_handles(struct serve *serve)
{
	uv_handle_t *handles[] = {
		(uv_handle_t *)&serve->term,	 (uv_handle_t *)&serve->interrupt,
		(uv_handle_t *)&serve->hangup,	 (uv_handle_t *)&serve->tick,
		(uv_handle_t *)&serve->deadline, (uv_handle_t *)&serve->prepare,
		(uv_handle_t *)&serve->check,
	};

	for (size_t i = 0; i < sizeof handles / sizeof handles[0]; i++) {
		if (uv_is_active(handles[i]) || handles[i]->data)
			uv_close(handles[i], NULL);
	}
}

static void take_down(struct serve *serve)
{
	if (serve->phase != SERVE_GONE && serve->store) {
		/* never came up: nothing is owed to anybody */
		serve->store->ops->close(serve->store, ignore_closed, NULL);
		uv_run(&serve->loop, UV_RUN_NOWAIT);
	}
	serve_watch_close(serve->watch);
	if (serve->http)
		hl_http_stop(serve->http);
	hl_host_free(serve->host);
	hl_ruleset_unref(serve->rules);
	hl_clock_uv_free(serve->clock);
	close_handles(serve);
	uv_run(&serve->loop, UV_RUN_DEFAULT);
	hl_http_free(serve->http);
	hl_passwords_free(serve->passwords);
	if (serve->store)
		serve->store->ops->free(serve->store);
	hl_auth_free(serve->auth);
	uv_run(&serve->loop, UV_RUN_DEFAULT);
	uv_loop_close(&serve->loop);
	hl_config_deinit(&serve->config);
	prctl(PR_SET_DUMPABLE, 1); /* the secrets are gone; leak checkers may look */
}

/* ------------------------------------------------------------------ the command */

static void announce(const struct serve *serve, const char *pack)
{
	bool v6 = strchr(serve->config.address, ':') != NULL;

	printf("hotline: serving %s://%s%s%s:%u with the rules of %s, data in %s\n",
	       serve->config.tls.cert ? "https" : "http", v6 ? "[" : "", serve->config.address,
	       v6 ? "]" : "", hl_http_port(serve->http), pack, serve->config.data);
	fflush(stdout);
}

static int serve_with(struct serve *serve)
{
	const char *pack = find_pack(&serve->config);
	char err[512] = "";
	int rc;

	harden();
	hl_log_init(&serve->log, STDERR_FILENO, HL_LOG_INFO);
	serve->started_s = (int64_t)time(NULL);
	if (uv_loop_init(&serve->loop))
		return cli_fail(&cli_serve, "no event loop");
	watch_signals(serve);
	rc = open_parts(serve, pack, err, sizeof err);
	if (rc && err[0])
		cli_fail(&cli_serve, "%s", err);
	else if (rc < 0)
		cli_fail(&cli_serve, "out of memory");
	if (!rc) {
		announce(serve, pack);
		uv_run(&serve->loop, UV_RUN_DEFAULT);
	}
	take_down(serve);
	return rc ? CLI_FAILED : serve->exit_code;
}

static int run(int argc, char **argv)
{
	static struct serve serve;
	const char *config = NULL, *pack = NULL, *data = NULL, *listen = NULL;
	const struct cli_option options[] = {
		{.name = "--config", .value = &config},
		{.name = "--pack", .value = &pack},
		{.name = "--data", .value = &data},
		{.name = "--listen", .value = &listen},
	};
	char *report = NULL, err[256];
	int rc = cli_parse(&cli_serve, argc, argv, options, sizeof options / sizeof options[0],
			   NULL, 0, 0);

	if (rc >= 0)
		return rc;
	if (hl_config_load(&serve.config, &report, config)) {
		fputs(report ? report : "hotline serve: out of memory\n", stderr);
		free(report);
		return CLI_FAILED;
	}
	serve.config.pack = pack ? pack : serve.config.pack;
	serve.config.data = data ? data : serve.config.data;
	serve.config.listen = listen ? listen : serve.config.listen;
	if (hl_config_settle(&serve.config, err, sizeof err)) {
		cli_fail(&cli_serve, "%s", err);
		hl_config_deinit(&serve.config);
		return CLI_FAILED;
	}
	return serve_with(&serve);
}

const struct cli_command cli_serve = {
	.name = "serve",
	.summary = "the server: customers, agents, pages",
	.usage =
		"usage: hotline serve [--config FILE] [--pack DIR] [--data DIR] "
		"[--listen ADDR:PORT]\n"
		"\n"
		"Serves customers on /v1/chat, agents on /v1/agent, the pages, /healthz, /readyz "
		"and\n"
		"/metrics. A changed pack comes into force while running; a broken one leaves the "
		"old\n"
		"rules in force and says so in the log.\n"
		"\n"
		"  --config FILE       what an operator may decide, in YAML\n"
		"  --pack DIR          the rules (./rules/exchange)\n"
		"  --data DIR          where conversations are kept (./data)\n"
		"  --listen ADDR:PORT  where to listen (127.0.0.1:8080); port 0: any that is free\n"
		"\n"
		"SIGTERM and SIGINT stop it once everything accepted is stored; SIGHUP loads the "
		"rules\n"
		"anew.\n",
	.run = run,
};
