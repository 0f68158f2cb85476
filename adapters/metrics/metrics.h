/*
 * metrics.h: numbers for Prometheus. The rooms count in plain structs; this one reads them and
 * writes the text format, so nobody else knows what a metric is called.
 */
#ifndef HL_METRICS_H
#define HL_METRICS_H

#include "host/host.h"
#include "http/http.h"

#define HL_HISTOGRAM_BUCKETS 12

/* Durations in microseconds, in buckets of 64 µs, 256 µs, 1 ms … each four times the last. */
struct hl_histogram {
	uint64_t buckets[HL_HISTOGRAM_BUCKETS]; /* the last: everything above */
	uint64_t n, sum_us;
};
void hl_histogram_add(struct hl_histogram *histogram, uint64_t us);

/* What is read; each pointer may be NULL. */
struct hl_metrics {
	const struct hl_host_stats *host;
	const struct hl_ws_stats *ws;
	const struct hl_http_stats *http;
	const struct hl_histogram *turn; /* how long the loop was away from its sockets */
	uint64_t reloads, reloads_failed, logins, logins_failed;
	bool ready;
	int64_t started_s; /* Unix */
};

/* The text as a heap string the caller frees, its length in *len. HL_OK, HL_NOMEM. */
int hl_metrics_render(char **out, size_t *len, const struct hl_metrics *metrics);

#endif
