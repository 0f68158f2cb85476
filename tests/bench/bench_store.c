/*
 * The durable store: appends a second and the time from append to durable, with 1, 8, 64 and 512
 * conversations that each have one append under way. usage: bench_store FOLDER [SECONDS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store_sqlite/store_sqlite.h"

#define PRODUCERS_MAX 512
#define SAMPLES_MAX (1u << 20)

struct bench {
	uv_loop_t loop;
	struct hl_store *store;
	uint64_t until_ns;
	size_t n_samples, failed;
	uint64_t *samples_ns;
};
struct producer {
	struct bench *bench;
	char conv[32];
	uint64_t seq, sent_ns;
};

static void on_done(void *arg, const struct hl_append_done *done);

/* A customer's text and the bot's answer, as a host would append them. */
static void send_next(struct producer *p)
{
	static const char body[] = "{\"t\":\"ev\",\"seq\":1,\"at\":\"2026-11-22T00:00:00.000Z\","
				   "\"kind\":\"text\",\"by\":"
				   "{\"role\":\"customer\"},\"text\":\"my deposit has not arrived, "
				   "it is two hours now\"}";
	static const char snapshot[600] = "{";
	char cid[32];
	struct hl_str conv = {p->conv, strlen(p->conv)};
	struct hl_stored entries[2] = {{.seq = p->seq + 1, .body = HL_STR(body)},
				       {.seq = p->seq + 2, .body = HL_STR(body)}};
	struct hl_append in = {.conv = conv,
			       .expected_seq = p->seq,
			       .cid = {cid, 0},
			       .entries = entries,
			       .n_entries = 2,
			       .snapshot = {snapshot, sizeof(snapshot)},
			       .row = {.conv = conv, .seq = p->seq + 2},
			       .due_ms = 1};

	in.cid.len = (size_t)snprintf(cid, sizeof(cid), "c%llu", (unsigned long long)p->seq);
	p->sent_ns = uv_hrtime();
	p->bench->store->ops->append(p->bench->store, &in, on_done, p);
}

static void on_done(void *arg, const struct hl_append_done *done)
{
	struct producer *p = arg;
	struct bench *b = p->bench;
	uint64_t now = uv_hrtime();

	if (done->result != HL_STORE_OK) {
		b->failed++;
		return;
	}
	p->seq += 2;
	if (b->n_samples < SAMPLES_MAX)
		b->samples_ns[b->n_samples++] = now - p->sent_ns;
	if (now < b->until_ns)
		send_next(p);
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void measure(struct bench *b, size_t n, double seconds)
{
	static struct producer producers[PRODUCERS_MAX];
	uint64_t start = uv_hrtime();
	double took;

	b->n_samples = 0;
	b->until_ns = start + (uint64_t)(seconds * 1e9);
	for (size_t i = 0; i < n; i++) {
		producers[i] = (struct producer){.bench = b};
		snprintf(producers[i].conv, sizeof(producers[i].conv), "bench-%zu-%zu", n, i);
		send_next(&producers[i]);
	}
	uv_run(&b->loop, UV_RUN_DEFAULT);
	took = (double)(uv_hrtime() - start) / 1e9;
	if (!b->n_samples)
		return;
	qsort(b->samples_ns, b->n_samples, sizeof(*b->samples_ns), by_size);
	printf("%4zu at once: %8.0f appends/s  p50 %6.0f us  p99 %6.0f us\n", n,
	       (double)b->n_samples / took, (double)b->samples_ns[b->n_samples / 2] / 1e3,
	       (double)b->samples_ns[b->n_samples * 99 / 100] / 1e3);
}

static void on_closed(void *arg, enum hl_store_result result)
{
	(void)arg;
	(void)result;
}

int main(int argc, char **argv)
{
	static const size_t counts[] = {1, 8, 64, 512};
	struct bench b = {.failed = 0};
	char err[300];

	if (argc < 2) {
		fputs("usage: bench_store FOLDER [SECONDS]\n", stderr);
		return 2;
	}
	uv_loop_init(&b.loop);
	if (hl_store_sqlite_new(&b.store, &b.loop, argv[1], NULL, err, sizeof(err)) != HL_OK) {
		fprintf(stderr, "bench_store: %s\n", err);
		return 1;
	}
	b.samples_ns = malloc(SAMPLES_MAX * sizeof(*b.samples_ns));
	for (size_t i = 0; b.samples_ns && i < sizeof(counts) / sizeof(*counts); i++)
		measure(&b, counts[i], argc > 2 ? strtod(argv[2], NULL) : 2.0);
	b.store->ops->close(b.store, on_closed, NULL);
	uv_run(&b.loop, UV_RUN_DEFAULT);
	b.store->ops->free(b.store);
	uv_loop_close(&b.loop);
	free(b.samples_ns);
	if (b.failed)
		fprintf(stderr, "bench_store: %zu appends failed\n", b.failed);
	return b.failed != 0;
}
