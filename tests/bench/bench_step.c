/*
 * What a step costs beside its classification, what a conversation weighs, and the desk with
 * 20,000 waiting. Usage: bench_step PACK. Prints one figure a line.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hotline_desk.h"
#include "hotline_rules.h"

#define ROUNDS 20000
#define WAITING 20000
#define AGENTS 200

static double now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static struct hl_str str(const char *text)
{
	return (struct hl_str){text, strlen(text)};
}

static int bench_steps(struct hl_ruleset *rules)
{
	static const char *const said[] = {"hi", "my deposit is missing", "btc",
					   "what are the trading fees", "提现手续费是多少"};
	struct hl_scratch *scratch = NULL;
	struct hl_conversation *conv = NULL;
	const struct hl_birth birth = {.id = str("bench"), .lang = str("en"), .at_ms = 1};
	double classify = 0, step = 0;
	size_t snapshot = 0, memory = 0;
	if (hl_scratch_new(&scratch) != HL_OK || hl_conversation_new(&conv, &birth) != HL_OK)
		return 1;
	for (int i = 0; i < ROUNDS; i++) {
		struct hl_verdict verdict;
		struct hl_outcome out;
		char cid[16];
		snprintf(cid, sizeof cid, "c%d", i);
		const struct hl_query query = {.text = str(said[i % 5]), .lang = str("en")};
		const struct hl_event event = {.at_ms = i, .text = query.text, .cid = str(cid)};
		double t0 = now_us();
		if (hl_classify(&verdict, scratch, rules, &query) != HL_OK)
			return 1;
		double t1 = now_us();
		if (hl_step(&out, scratch, rules, NULL, conv, &event) != HL_OK || !out.next)
			return 1;
		double t2 = now_us();
		classify += t1 - t0;
		step += t2 - t1;
		hl_conversation_free(conv);
		conv = out.next;
		snapshot = out.snapshot.len;
		memory = malloc_usable_size(conv);
	}
	printf("classify %.2f us, step %.2f us a message; snapshot %zu B, in memory %zu B after "
	       "64 sends\n",
	       classify / ROUNDS, step / ROUNDS, snapshot, memory);
	hl_conversation_free(conv);
	hl_scratch_free(scratch);
	return 0;
}

static int bench_desk(void)
{
	struct hl_desk *desk = NULL;
	struct hl_desk_effect effect;
	char name[32];
	if (hl_desk_new(&desk, NULL) != HL_OK)
		return 1;
	for (int i = 0; i < AGENTS; i++) {
		snprintf(name, sizeof name, "agent%d", i);
		struct hl_str team = str(i % 2 ? "a" : "b");
		const struct hl_desk_agent agent = {
			.id = str(name), .teams = {&team, 1}, .presence = HL_ONLINE};
		hl_desk_agent(desk, 1, &agent);
	}
	double t0 = now_us();
	for (int i = 0; i < WAITING; i++) {
		snprintf(name, sizeof name, "conv%d", i);
		const struct hl_row row = {.conv = str(name),
					   .state = HL_QUEUED,
					   .seq = 1,
					   .team = str(i % 3 ? "a" : "b"),
					   .urgency = (enum hl_urgency)(i % 3),
					   .since_ms = i,
					   .assign_seq = 1};
		if (hl_desk_row(desk, i, &row) != HL_OK)
			return 1;
		while (hl_desk_next(desk, &effect)) {
		}
	}
	double t1 = now_us();
	struct hl_position at;
	for (int i = 0; i < WAITING; i++) {
		snprintf(name, sizeof name, "conv%d", i);
		hl_desk_position(&at, desk, str(name));
	}
	double t2 = now_us();
	for (int round = 0; round < 20; round++)
		hl_desk_tick(desk, WAITING + (round + 1) * 20000);
	double t3 = now_us();
	printf("desk: row %.2f us, position %.2f us, %d offers expired and made anew %.0f us\n",
	       (t1 - t0) / WAITING, (t2 - t1) / WAITING, AGENTS * 4, (t3 - t2) / 20);
	hl_desk_free(desk);
	return 0;
}

int main(int argc, char **argv)
{
	struct hl_rules *rules = NULL;
	const struct hl_rules_options options = {.skip_tests = true};
	if (argc != 2 || hl_rules_load(&rules, argv[1], &options) != HL_OK) {
		fprintf(stderr, "usage: bench_step PACK (a pack without errors)\n");
		return 2;
	}
	int rc = bench_steps(hl_rules_ruleset(rules)) || bench_desk();
	hl_rules_free(rules);
	return rc;
}
