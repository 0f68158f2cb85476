/* What it takes to load 10,000 rules and to load them again with one changed, in wall and CPU time:
   the engine alone from a pack in memory, then all of it from a hundred YAML files, as a server
   does. `bench_reload [TIMES]`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/workers.h"
#include "hotline_rules.h"
#include "made.h"

#define RULES 10000
#define RULES_AN_INTENT 5
#define RULES_A_FILE 100
#define FILES (RULES / RULES_A_FILE)
#define FILE_BYTES 60000

struct spent { /* milliseconds */
	double wall, cpu;
};

static struct spent now(void)
{
	struct timespec wall, cpu;
	clock_gettime(CLOCK_MONOTONIC, &wall);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	return (struct spent){(double)wall.tv_sec * 1e3 + (double)wall.tv_nsec / 1e6,
			      (double)cpu.tv_sec * 1e3 + (double)cpu.tv_nsec / 1e6};
}

struct sums {
	struct spent least, sum;
	size_t n;
};

static void add(struct sums *sums, struct spent before)
{
	struct spent after = now();
	struct spent took = {after.wall - before.wall, after.cpu - before.cpu};
	sums->sum.wall += took.wall;
	sums->sum.cpu += took.cpu;
	if (!sums->n || took.wall < sums->least.wall)
		sums->least.wall = took.wall;
	if (!sums->n || took.cpu < sums->least.cpu)
		sums->least.cpu = took.cpu;
	sums->n++;
}

static void print(const char *what, const struct sums *sums)
{
	printf("%-44s wall %6.1f ms (least %6.1f), CPU %6.1f ms (least %6.1f)\n", what,
	       sums->sum.wall / (double)sums->n, sums->least.wall, sums->sum.cpu / (double)sums->n,
	       sums->least.cpu);
}

/* ------------------------------------------------------------------ files */

static char *texts[FILES];
static char names[FILES][40];
static struct hl_rules_file files[FILES];

static char *put(char *at, const char *text)
{
	size_t n = strlen(text);
	memcpy(at, text, n + 1);
	return at + n;
}

static char *put_rules(char *at, const struct made_rule *rules, enum form form, const char *key)
{
	bool any = false;
	for (size_t r = 0; r < RULES_AN_INTENT; r++) {
		if (rules[r].form != form)
			continue;
		at = put(at, any ? "" : key);
		any = true;
		if (form == FORM_WORDS) {
			int comma = (int)(strchr(rules[r].text, ',') - rules[r].text);
			at += sprintf(at, "      - {all: ['%.*s', '%s'], typos: 1}\n", comma,
				      rules[r].text, rules[r].text + comma + 1);
		} else {
			at += sprintf(at, "      - '%s'\n", rules[r].text);
		}
	}
	return at;
}

static void write_file(size_t f, const struct made_rule *rules)
{
	char *at = put(texts[f], "intents:\n");
	for (size_t i = 0; i < RULES_A_FILE / RULES_AN_INTENT; i++) {
		const struct made_rule *five = rules + f * RULES_A_FILE + i * RULES_AN_INTENT;
		at += sprintf(at,
			      "  - id: topic%zu.intent%zu\n    title: Intent %zu\n"
			      "    answer: This is what we say to it.\n",
			      f, i, i);
		at = put_rules(at, five, FORM_PHRASE, "    phrases:\n");
		at = put_rules(at, five, FORM_WORDS, "    words:\n");
		at = put_rules(at, five, FORM_PATTERN, "    patterns:\n");
	}
	snprintf(names[f], sizeof names[f], "topic%03zu.yaml", f);
	files[f] = (struct hl_rules_file){made_str(names[f]), made_str(texts[f])};
}

static struct hl_rules *load(const struct hl_rules *before)
{
	struct hl_rules_options options = {.workers = &cli_workers, .before = before};
	if (before)
		options.like = hl_rules_ruleset(before);
	struct hl_rules *rules;
	if (hl_rules_load_files(&rules, files, FILES, &options) != HL_OK)
		exit(1);
	return rules;
}

/* A rule no other is like. */
static size_t change(struct made_rule *rules)
{
	size_t changed = made_draw(RULES);
	for (size_t i = 0; i < RULES; i++) {
		if (i && (i - 1 == changed || strcmp(rules[i - 1].text, rules[changed].text) != 0))
			continue;
		made_rule(&rules[changed]);
		i = 0;
	}
	return changed;
}

static void whole_loads(struct made_rule *rules, size_t times)
{
	struct sums first = {.n = 0}, again = {.n = 0};
	for (size_t f = 0; f < FILES; f++) {
		texts[f] = made_zalloc(1, FILE_BYTES);
		write_file(f, rules);
	}
	struct spent before = now();
	struct hl_rules *loaded = load(NULL);
	add(&first, before);
	for (size_t t = 0; t < times; t++) {
		write_file(change(rules) / RULES_A_FILE, rules);
		before = now();
		struct hl_rules *renewed = load(loaded);
		hl_rules_free(loaded);
		add(&again, before);
		loaded = renewed;
	}
	hl_rules_free(loaded);
	print("from YAML, first", &first);
	print("from YAML, one rule changed, the old freed", &again);
	for (size_t f = 0; f < FILES; f++)
		free(texts[f]);
}

static void engine_loads(struct made_rule *rules, size_t times)
{
	struct sums first = {.n = 0}, again = {.n = 0};
	double ms;
	struct spent before = now();
	struct hl_ruleset *set = made_build(rules, RULES, NULL, &ms);
	add(&first, before);
	for (size_t t = 0; t < times; t++) {
		change(rules);
		before = now();
		struct hl_ruleset *renewed = made_build(rules, RULES, set, &ms);
		hl_ruleset_unref(set);
		add(&again, before);
		set = renewed;
	}
	hl_ruleset_unref(set);
	print("engine alone, first", &first);
	print("engine alone, one rule changed, the old freed", &again);
}

int main(int argc, char **argv)
{
	size_t times = argc > 1 ? strtoul(argv[1], NULL, 10) : 20;
	struct made_rule *rules = made_zalloc(RULES, sizeof *rules);
	made_words();
	made_rules(rules, RULES);
	printf("%d rules\n", RULES);
	engine_loads(rules, times);
	whole_loads(rules, times);
	free(rules);
	return 0;
}
