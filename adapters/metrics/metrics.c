/*
 * metrics.c: one table of names and places for each room's counters, and a writer of the text
 * format. It knows the rooms' structs and nothing of how they are filled.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "metrics/metrics.h"

enum type { COUNTER, COUNTER_MS, GAUGE };
struct row {
	const char *name, *help;
	enum type type;
	size_t at; /* of a uint64_t, or a size_t when a gauge */
};
#define ROW(strukt, field, type, name, help)                                                       \
	{                                                                                          \
		name, help, type, offsetof(struct strukt, field)                                   \
	}

static const struct row host_rows[] = {
	ROW(hl_host_stats, frames_in, COUNTER, "frames_in_total", "Frames read from peers"),
	ROW(hl_host_stats, frames_out, COUNTER, "frames_out_total", "Frames written to peers"),
	ROW(hl_host_stats, steps, COUNTER, "steps_total", "Steps of the engine"),
	ROW(hl_host_stats, commits, COUNTER, "commits_total", "Appends that became durable"),
	ROW(hl_host_stats, entries, COUNTER, "entries_total", "Log entries that became durable"),
	ROW(hl_host_stats, conflicts, COUNTER, "conflicts_total",
	    "Appends another writer was faster than"),
	ROW(hl_host_stats, dups, COUNTER, "duplicates_total", "Sends that were already known"),
	ROW(hl_host_stats, retries_given_up, COUNTER, "retries_given_up_total",
	    "Events answered busy after three tries"),
	ROW(hl_host_stats, limit_hits, COUNTER, "match_limit_hits_total",
	    "Messages on which the matcher met a work limit"),
	ROW(hl_host_stats, offers, COUNTER, "offers_total", "Conversations offered to agents"),
	ROW(hl_host_stats, offers_gone, COUNTER, "offers_gone_total", "Offers that ended unused"),
	ROW(hl_host_stats, takes, COUNTER, "takes_total", "Conversations agents have taken"),
	ROW(hl_host_stats, closed, COUNTER, "conversations_closed_total", "Conversations closed"),
	ROW(hl_host_stats, replaced, COUNTER, "peers_replaced_total",
	    "Sockets replaced by a newer one of the same conversation"),
	ROW(hl_host_stats, slow, COUNTER, "peers_slow_total", "Sockets lost as too slow"),
	ROW(hl_host_stats, hello_timeouts, COUNTER, "hello_timeouts_total",
	    "Sockets that never said hello"),
	ROW(hl_host_stats, bad_frames, COUNTER, "bad_frames_total", "Frames that made no sense"),
	ROW(hl_host_stats, append_ms_sum, COUNTER_MS, "append_seconds_total",
	    "Time from append to durable, summed up"),
	ROW(hl_host_stats, customers, GAUGE, "customers", "Customers' sockets"),
	ROW(hl_host_stats, agents, GAUGE, "agents", "Agents' sockets"),
	ROW(hl_host_stats, pending_hello, GAUGE, "pending_hello", "Sockets before their hello"),
	ROW(hl_host_stats, live, GAUGE, "conversations_live", "Conversations in memory"),
	ROW(hl_host_stats, queued, GAUGE, "conversations_queued", "Conversations that wait"),
	ROW(hl_host_stats, human, GAUGE, "conversations_human", "Conversations with an agent"),
};
static const struct row ws_rows[] = {
	ROW(hl_ws_stats, opened, COUNTER, "sockets_opened_total", "WebSockets opened"),
	ROW(hl_ws_stats, refused, COUNTER, "sockets_refused_total",
	    "WebSockets turned away after the upgrade"),
	ROW(hl_ws_stats, bytes_in, COUNTER, "bytes_in_total", "Bytes of frames read"),
	ROW(hl_ws_stats, bytes_out, COUNTER, "bytes_out_total", "Bytes of frames written"),
	ROW(hl_ws_stats, blocked, COUNTER, "frames_blocked_total",
	    "Frames that waited for their reader"),
	ROW(hl_ws_stats, too_large, COUNTER, "frames_too_large_total", "Frames over the limit"),
	ROW(hl_ws_stats, open, GAUGE, "sockets", "WebSockets open"),
};
static const struct row http_rows[] = {
	ROW(hl_http_stats, accepted, COUNTER, "connections_accepted_total", "Connections accepted"),
	ROW(hl_http_stats, accept_pauses, COUNTER, "accept_pauses_total",
	    "Times accepting rested for want of descriptors"),
	ROW(hl_http_stats, refused_connections, COUNTER, "connections_refused_total",
	    "Connections refused by a limit per address"),
	ROW(hl_http_stats, requests, COUNTER, "http_requests_total", "HTTP requests"),
	ROW(hl_http_stats, upgrades_refused, COUNTER, "upgrades_refused_total",
	    "Upgrades refused by path, subprotocol or Origin"),
	ROW(hl_http_stats, connections, GAUGE, "connections", "Connections open"),
};

void hl_histogram_add(struct hl_histogram *histogram, uint64_t us)
{
	size_t at = 0;

	for (uint64_t top = 64; at < HL_HISTOGRAM_BUCKETS - 1 && us > top; top *= 4)
		at++;
	histogram->buckets[at]++;
	histogram->n++;
	histogram->sum_us += us;
}

static void head(FILE *to, const char *name, const char *type, const char *help)
{
	fprintf(to, "# HELP hotline_%s %s\n# TYPE hotline_%s %s\n", name, help, name, type);
}

static void rows(FILE *to, const struct row *row, size_t n, const void *from)
{
	for (size_t i = 0; from && i < n; i++) {
		const char *field = (const char *)from + row[i].at;

		head(to, row[i].name, row[i].type == GAUGE ? "gauge" : "counter", row[i].help);
		if (row[i].type == GAUGE)
			fprintf(to, "hotline_%s %zu\n", row[i].name,
				*(const size_t *)(const void *)field);
		else if (row[i].type == COUNTER)
			fprintf(to, "hotline_%s %" PRIu64 "\n", row[i].name,
				*(const uint64_t *)(const void *)field);
		else
			fprintf(to, "hotline_%s %.3f\n", row[i].name,
				(double)*(const uint64_t *)(const void *)field / 1000);
	}
}

static void labelled(FILE *to, const struct hl_host_stats *host)
{
	head(to, "errors_total", "counter", "Error frames sent");
	for (int code = 1; code < HL_CODE_COUNT; code++)
		fprintf(to, "hotline_errors_total{code=\"%s\"} %" PRIu64 "\n",
			hl_code_name((enum hl_code)code), host->errors[code]);
	head(to, "decisions_total", "counter", "What was decided about customers' messages");
	for (int i = 0; i < 4; i++)
		fprintf(to, "hotline_decisions_total{decision=\"%s\"} %" PRIu64 "\n",
			hl_decision_name((enum hl_decision)i), host->decisions[i]);
	head(to, "handoffs_total", "counter", "Hand-offs to people");
	for (int i = 0; i < 5; i++)
		fprintf(to, "hotline_handoffs_total{reason=\"%s\"} %" PRIu64 "\n",
			hl_reason_name((enum hl_reason)i), host->handoffs[i]);
}

static void responses(FILE *to, const struct hl_http_stats *http)
{
	head(to, "http_responses_total", "counter", "HTTP responses");
	for (unsigned i = 1; i < 6; i++)
		fprintf(to, "hotline_http_responses_total{class=\"%uxx\"} %" PRIu64 "\n", i,
			http->responses[i]);
}

static void histogram(FILE *to, const char *name, const char *help, const struct hl_histogram *h)
{
	uint64_t sum = 0, top = 64;

	head(to, name, "histogram", help);
	for (size_t i = 0; i < HL_HISTOGRAM_BUCKETS - 1; i++, top *= 4) {
		sum += h->buckets[i];
		fprintf(to, "hotline_%s_bucket{le=\"%g\"} %" PRIu64 "\n", name, (double)top / 1e6,
			sum);
	}
	fprintf(to, "hotline_%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, h->n);
	fprintf(to, "hotline_%s_sum %.6f\n", name, (double)h->sum_us / 1e6);
	fprintf(to, "hotline_%s_count %" PRIu64 "\n", name, h->n);
}

static void single(FILE *to, const char *name, const char *type, const char *help, uint64_t value)
{
	head(to, name, type, help);
	fprintf(to, "hotline_%s %" PRIu64 "\n", name, value);
}

static uint64_t resident_bytes(void)
{
	unsigned long pages = 0;
	FILE *statm = fopen("/proc/self/statm", "re");

	if (!statm)
		return 0;
	if (fscanf(statm, "%*s %lu", &pages) != 1)
		pages = 0;
	fclose(statm);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

int hl_metrics_render(char **out, size_t *len, const struct hl_metrics *m)
{
	FILE *to = open_memstream(out, len);

	if (!to)
		return HL_NOMEM;
	single(to, "up", "gauge", "Whether customers and agents are served", m->ready);
	single(to, "start_time_seconds", "gauge", "Start of the process, Unix time",
	       (uint64_t)m->started_s);
	single(to, "resident_memory_bytes", "gauge", "Memory in use", resident_bytes());
	single(to, "rules_reloads_total", "counter", "Rules put in force while running",
	       m->reloads);
	single(to, "rules_reloads_failed_total", "counter",
	       "Changed packs that were refused, the old rules staying", m->reloads_failed);
	single(to, "logins_total", "counter", "Agents signed in", m->logins);
	single(to, "logins_failed_total", "counter", "Sign-ins refused", m->logins_failed);
	rows(to, host_rows, sizeof host_rows / sizeof host_rows[0], m->host);
	if (m->host)
		labelled(to, m->host);
	rows(to, ws_rows, sizeof ws_rows / sizeof ws_rows[0], m->ws);
	rows(to, http_rows, sizeof http_rows / sizeof http_rows[0], m->http);
	if (m->http)
		responses(to, m->http);
	if (m->turn)
		histogram(to, "loop_turn_seconds", "Time the loop was away from its sockets",
			  m->turn);
	if (fclose(to)) {
		free(*out);
		return HL_NOMEM;
	}
	return HL_OK;
}
