/*
 * The host's life: what it is made of, when it is ready, how rules are exchanged under way, how it
 * ends. The work itself is in the files beside it.
 */
#include <stdlib.h>
#include <string.h>

#include "host/inner.h"

#define DRAIN_SPREAD_MS 10000

bool hl_str_same(struct hl_str a, struct hl_str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

char *hl_str_copy(struct hl_str text)
{
	char *copy = malloc(text.len + 1);

	if (!copy)
		return NULL;
	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	return copy;
}

int64_t hl_host_now(struct hl_host *host)
{
	return host->clock->ops->now_ms(host->clock);
}

void hl_host_note(struct hl_host *host, enum hl_host_level level, const char *what,
		  struct hl_str conv, struct hl_str account)
{
	if (host->config.log)
		host->config.log(host->config.log_arg, level, what, conv, account);
}

struct hl_wire_out *hl_host_frame(struct hl_host *host)
{
	hl_wire_out_clear(&host->out);
	return &host->out;
}

/* ------------------------------------------------------------------ beginning */

static void defaults(struct hl_host_config *config)
{
	static const struct hl_host_config usual = {.sends_per_s = 5,
						    .sends_burst = 10,
						    .signals_per_s = 20,
						    .signals_burst = 40,
						    .sockets_per_conversation = 5,
						    .sockets = 65536,
						    .hello_ms = 10000,
						    .sweep_ms = 30000,
						    .linger_ms = 60000,
						    .session_ms = 12 * 3600 * 1000,
						    .low_water = 64u << 20};
#define USUAL(member)                                                                              \
	if (config->member == 0)                                                                   \
	config->member = usual.member
	USUAL(sends_per_s);
	USUAL(sends_burst);
	USUAL(signals_per_s);
	USUAL(signals_burst);
	USUAL(sockets_per_conversation);
	USUAL(sockets);
	USUAL(hello_ms);
	USUAL(sweep_ms);
	USUAL(linger_ms);
	USUAL(session_ms);
	USUAL(low_water);
#undef USUAL
}

static void nothing(struct hl_host *host, struct hl_live *live, enum hl_code code,
		    struct hl_socket *socket, struct hl_wire_frame *frame)
{
	(void)host, (void)live, (void)code, (void)socket, (void)frame;
}

static void due_found(void *arg, const struct hl_rows_page *page)
{
	struct hl_host *host = arg;

	for (size_t i = 0; page->result == HL_STORE_OK && i < page->n; i++)
		if (!hl_live_find(host, page->v[i].conv))
			hl_live_want(host, page->v[i].conv, nothing, NULL, NULL);
}

static void load_due(struct hl_host *host)
{
	/* what comes due before the next sweep is in memory by then, and fires to the moment */
	host->store->ops->due(host->store, hl_host_now(host) + host->config.sweep_ms, 256,
			      due_found, host);
}

/* A wake-up from another node can be lost: what is watched here is compared with the store. */
static void compared(void *arg, const struct hl_append_done *done)
{
	struct hl_live *live = arg;

	if (done->result == HL_STORE_CONFLICT) {
		live->stale = true;
		hl_job_pump(live);
	}
	hl_live_unref(live);
}

static void compare(struct hl_host *host)
{
	static const uint8_t none[16] = {0};

	for (struct hl_live *live = host->lives; live; live = live->next)
		if (live->subs && !live->flying && !live->loading && live->seq > 0)
			host->store->ops->check(host->store, hl_live_id(live), live->seq,
						live->note_seq, HL_NONE, HL_NONE, none, compared,
						hl_live_ref(live));
}

static void sweep(struct hl_host *host, struct hl_timer *timer)
{
	hl_timer_set(host, timer, hl_host_now(host) + host->config.sweep_ms);
	if (host->dead || host->draining)
		return;
	load_due(host);
	hl_staff_sweep(host);
	/* rows of which another node's wake-up was lost are found here too */
	if (!host->rows_loaded || host->config.bus)
		hl_queue_load(host);
	if (!host->accounts_loaded)
		hl_staff_load(host);
	if (host->config.bus)
		compare(host);
}

static void desk_due(struct hl_host *host, struct hl_timer *timer)
{
	(void)timer;
	hl_desk_tick(host->desk, hl_host_now(host));
	hl_queue_pump(host);
}

int hl_host_new(struct hl_host **out, const struct hl_host_config *config)
{
	struct hl_host *host = calloc(1, sizeof(*host));
	int status = HL_NOMEM;

	if (!host)
		return HL_NOMEM;
	host->config = *config;
	defaults(&host->config);
	host->auth = *config->auth;
	host->store = config->store;
	host->clock = config->clock;
	hl_wire_out_init(&host->out);
	status = hl_scratch_new(&host->scratch);
	if (status == HL_OK)
		status = hl_desk_new(&host->desk, &config->desk);
	if (status != HL_OK) {
		hl_host_free(host);
		return status;
	}
	host->rules[0] = hl_ruleset_ref(config->rules);
	host->sweep.fire = sweep;
	host->desk_due.fire = desk_due;
	hl_queue_init(host);
	hl_timer_set(host, &host->sweep, hl_host_now(host) + host->config.sweep_ms);
	hl_staff_load(host);
	hl_queue_load(host);
	load_due(host);
	*out = host;
	return HL_OK;
}

int hl_host_port_new(struct hl_host_port **arg, const struct hl_channel_listener **listener,
		     struct hl_host *host, struct hl_channel *channel)
{
	struct hl_host_port *port = calloc(1, sizeof(*port));

	if (!port)
		return HL_NOMEM;
	port->host = host;
	port->channel = channel;
	port->next = host->ports;
	host->ports = port;
	*arg = port;
	*listener = &hl_socket_listener;
	return HL_OK;
}

/* ------------------------------------------------------------------ under way */

void hl_host_reload(struct hl_host *host, struct hl_ruleset *rules)
{
	hl_ruleset_unref(host->rules[HL_RULES_KEPT - 1]);
	for (size_t i = HL_RULES_KEPT - 1; i > 0; i--)
		host->rules[i] = host->rules[i - 1];
	host->rules[0] = hl_ruleset_ref(rules);
}

bool hl_host_ready(const struct hl_host *host, const char **why)
{
	*why = host->dead		? "the store has failed"
	       : host->draining		? "shutting down"
	       : !host->accounts_loaded ? "accounts are being loaded"
	       : !host->rows_loaded	? "conversations are being loaded"
					: "";
	return **why == '\0';
}

bool hl_host_dead(const struct hl_host *host)
{
	return host->dead;
}

const struct hl_host_stats *hl_host_stats(struct hl_host *host)
{
	host->stats.live = host->n_live;
	hl_desk_counts(&host->stats.queued, &host->stats.human, host->desk);
	return &host->stats;
}

/* ------------------------------------------------------------------ ending */

/* The first conversation with an event that will never be answered and is not in flight. */
static struct hl_job *hopeless(struct hl_host *host)
{
	for (struct hl_live *live = host->lives; live; live = live->next) {
		if (live->jobs && !live->flying)
			return live->jobs;
		if (live->jobs && live->jobs->next)
			return live->jobs->next;
	}
	return NULL;
}

void hl_host_die(struct hl_host *host)
{
	struct hl_job *job;

	if (!host->dead)
		hl_host_note(host, HL_HOST_ERROR, "the store has failed", HL_NONE, HL_NONE);
	host->dead = true;
	/* whether it was written is unknown: the sender asks again after the restart, by cid */
	while ((job = hopeless(host)) != NULL) {
		struct hl_socket *socket = job->socket ? hl_socket_ref(job->socket) : NULL;

		hl_job_free(job);
		if (socket)
			hl_socket_close(socket, HL_CLOSE_FAULT);
		hl_socket_unref(socket);
	}
	hl_host_drain_on(host);
}

static void part(struct hl_socket *socket, void *arg)
{
	size_t *n = arg;
	/* spread evenly over the time, in an order that has nothing to do with age */
	int64_t retry_ms = (int64_t)(*n * 7919 % DRAIN_SPREAD_MS);

	(*n)++;
	hl_socket_bye(socket, HL_BYE_DRAIN, retry_ms, HL_CLOSE_GOING);
}

void hl_host_drain_on(struct hl_host *host)
{
	size_t n = 0;

	if (!host->draining || !host->drained || host->appends > 0 ||
	    (host->n_jobs > 0 && !host->dead))
		return;
	void (*drained)(void *arg) = host->drained;
	host->drained = NULL;
	hl_socket_each(host, part, &n);
	drained(host->drained_arg);
}

void hl_host_drain(struct hl_host *host, void (*drained)(void *arg), void *arg)
{
	host->draining = true;
	host->drained = drained;
	host->drained_arg = arg;
	hl_host_drain_on(host);
}

struct hl_host *hl_host_free(struct hl_host *host)
{
	if (!host)
		return NULL;
	host->dead = true;
	hl_timer_set(host, &host->sweep, 0);
	if (host->clock)
		host->clock->ops->arm(host->clock, 0, NULL, NULL);
	hl_socket_forget_all(host);
	hl_live_forget_all(host);
	hl_staff_forget_all(host);
	hl_desk_free(host->desk);
	hl_scratch_free(host->scratch);
	for (size_t i = 0; i < HL_RULES_KEPT; i++)
		hl_ruleset_unref(host->rules[i]);
	hl_wire_out_deinit(&host->out);
	free(host->heap);
	free(host);
	return NULL;
}
