/*
 * `hotline bench`: how long one message takes, how long the pack takes to load, and what it weighs.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "cli/commands.h"
#include "cli/pack.h"

struct bench {
	char *texts; /* all messages, one after the other */
	size_t used, room;
	size_t *ends;
	size_t n, ends_room;
	uint64_t *ns;
};
struct sums {
	uint64_t least, median, mean, p99, most;
};

static uint64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool add_message(struct bench *b, struct hl_str line)
{
	if (b->used + line.len > b->room) {
		size_t room = (b->room + line.len) * 2;
		char *texts = realloc(b->texts, room);
		if (!texts)
			return false;
		b->texts = texts;
		b->room = room;
	}
	if (b->n == b->ends_room) {
		size_t room = b->ends_room ? b->ends_room * 2 : 1024;
		size_t *ends = realloc(b->ends, room * sizeof(*ends));
		if (!ends)
			return false;
		b->ends = ends;
		b->ends_room = room;
	}
	memcpy(b->texts + b->used, line.ptr, line.len);
	b->used += line.len;
	b->ends[b->n++] = b->used;
	return true;
}

struct own {
	struct bench *bench;
	int status;
};

static void add_own(void *arg, struct hl_str text)
{
	struct own *own = arg;
	if (own->status == HL_OK && !add_message(own->bench, text))
		own->status = HL_NOMEM;
}

static int take_own(struct bench *b, const struct hl_rules *rules)
{
	struct own own = {b, HL_OK};
	hl_rules_messages(rules, add_own, &own);
	return own.status;
}

static int read_messages(struct bench *b)
{
	struct cli_lines lines;
	struct hl_str line;
	int status = cli_lines_init(&lines);
	while (status == HL_OK && cli_lines_next(&lines, &line))
		if (!lines.too_long && !add_message(b, line))
			status = HL_NOMEM;
	cli_lines_deinit(&lines);
	return status;
}

static int pass(struct bench *b, struct hl_scratch *scratch, const struct hl_ruleset *set)
{
	for (size_t i = 0; i < b->n; i++) {
		size_t start = i ? b->ends[i - 1] : 0;
		struct hl_query query = {.text = {b->texts + start, b->ends[i] - start}};
		struct hl_verdict verdict;
		uint64_t t0 = now_ns();
		int status = hl_classify(&verdict, scratch, set, &query);
		b->ns[i] = now_ns() - t0;
		if (status != HL_OK)
			return status;
	}
	return HL_OK;
}

static int order(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static struct sums sum_up(struct bench *b)
{
	struct sums sums = {0, 0, 0, 0, 0};
	uint64_t total = 0;
	if (b->n == 0)
		return sums;
	qsort(b->ns, b->n, sizeof(*b->ns), order);
	for (size_t i = 0; i < b->n; i++)
		total += b->ns[i];
	sums = (struct sums){b->ns[0], b->ns[b->n / 2], total / b->n,
			     b->ns[b->n * 99 / 100 < b->n ? b->n * 99 / 100 : b->n - 1],
			     b->ns[b->n - 1]};
	return sums;
}

static void print_sums(const struct bench *b, const struct sums *s, double load_ms, bool json)
{
	struct rusage use;
	getrusage(RUSAGE_SELF, &use);
	double rss = (double)use.ru_maxrss / 1024.0;
	if (json) {
		cli_json_print(stdout,
			       json_pack("{s:I,s:{s:I,s:I,s:I,s:I,s:I},s:f,s:f}", "messages",
					 (json_int_t)b->n, "ns", "min", (json_int_t)s->least,
					 "median", (json_int_t)s->median, "mean",
					 (json_int_t)s->mean, "p99", (json_int_t)s->p99, "max",
					 (json_int_t)s->most, "load_ms", load_ms, "rss_mib", rss),
			       JSON_COMPACT);
		return;
	}
	printf("%zu messages, one after the other, after one unmeasured pass\n", b->n);
	printf("microseconds a message: min %.2f, median %.2f, mean %.2f, p99 %.2f, max %.2f\n",
	       (double)s->least / 1e3, (double)s->median / 1e3, (double)s->mean / 1e3,
	       (double)s->p99 / 1e3, (double)s->most / 1e3);
	printf("load %.1f ms, memory %.1f MiB at most\n", load_ms, rss);
}

static int run(int argc, char **argv)
{
	const char *folder;
	bool json = false, own = false;
	struct bench b = {.texts = NULL};
	struct hl_scratch *scratch = NULL;
	struct hl_rules *rules;
	const struct cli_option options[] = {{"--json", &json, NULL, NULL},
					     {"--own", &own, NULL, NULL}};
	int done = cli_parse(&cli_bench, argc, argv, options, 2, &folder, 1, 1);
	if (done >= 0)
		return done;
	uint64_t t0 = now_ns();
	done = cli_load_pack(&rules, &cli_bench, folder, true);
	if (done >= 0)
		return done;
	double load_ms = (double)(now_ns() - t0) / 1e6;
	int status = hl_scratch_new(&scratch);
	if (status == HL_OK)
		status = own ? take_own(&b, rules) : read_messages(&b);
	if (status == HL_OK)
		b.ns = calloc(b.n ? b.n : 1, sizeof(*b.ns));
	if (status == HL_OK && !b.ns)
		status = HL_NOMEM;
	for (int i = 0; i < 2 && status == HL_OK; i++)
		status = pass(&b, scratch, hl_rules_ruleset(rules));
	if (status == HL_OK) {
		struct sums sums = sum_up(&b);
		print_sums(&b, &sums, load_ms, json);
	}
	free(b.texts);
	free(b.ends);
	free(b.ns);
	hl_scratch_free(scratch);
	hl_rules_free(rules);
	return status == HL_OK ? CLI_OK : cli_fail(&cli_bench, "out of memory");
}

const struct cli_command cli_bench = {
	.name = "bench",
	.summary = "measure how long a pack takes to classify",
	.usage =
		"usage: hotline bench PACK [--own] [--json]\n\n"
		"Reads messages, one a line, from standard input and measures each after one\n"
		"unmeasured pass. Also the time to load (without the pack's tests) and memory.\n\n"
		"  --own    the pack's own examples and tests instead of standard input\n"
		"  --json   {\"messages\":N,\"ns\":{\"min\",\"median\",\"mean\",\"p99\",\"max\"},\n"
		"           \"load_ms\",\"rss_mib\"}\n\n"
		"Exit status: 0 done, 1 the pack has errors, 2 wrong use.\n",
	.run = run,
};
