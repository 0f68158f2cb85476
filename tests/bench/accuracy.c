/*
 * How right the likeness is: trains on label<TAB>text lines, judges lines it has not seen, and
 * prints one row. usage: accuracy TRAIN.tsv [TEST.tsv] [--oos SHARE] [--strangers LINES.tsv]
 * Without a test file every fifth line of each label is held out.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "likeness/likeness.h"

#define LINES_MAX 200000

struct line {
	uint32_t klass;
	struct hl_str text;
};
struct set {
	struct line *v;
	size_t n;
};

static struct hl_arena arena;
static struct hl_map labels;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void read_lines(struct set *out, const char *path, bool learn)
{
	char line[20000];
	FILE *f = fopen(path, "r");
	if (f == NULL) {
		fprintf(stderr, "accuracy: cannot read %s\n", path);
		exit(2);
	}
	out->v = hl_arena_array(&arena, LINES_MAX, sizeof *out->v);
	out->n = 0;
	while (out->v != NULL && out->n < LINES_MAX && fgets(line, sizeof line, f) != NULL) {
		char *tab = strchr(line, '\t');
		if (tab == NULL)
			continue;
		line[strcspn(line, "\n")] = '\0';
		struct hl_str label = {line, (size_t)(tab - line)};
		uint32_t *known = hl_map_get(&labels, label);
		if (known == NULL && learn)
			known = hl_map_put(&labels, hl_arena_dup(&arena, label), (uint32_t)labels.n,
					   NULL);
		out->v[out->n++] = (struct line){known == NULL ? UINT32_MAX : *known,
						 hl_arena_dup(&arena, hl_str_of(tab + 1))};
	}
	fclose(f);
}

/* Every fifth line of each label goes to `test`. */
static void hold_out(struct set *train, struct set *test)
{
	uint32_t *seen = HL_NEW_ARRAY(&arena, labels.n, uint32_t);
	size_t kept = 0;
	test->v = hl_arena_array(&arena, train->n, sizeof *test->v);
	test->n = 0;
	for (size_t i = 0; i < train->n; i++) {
		if (seen[train->v[i].klass]++ % 5 == 4)
			test->v[test->n++] = train->v[i];
		else
			train->v[kept++] = train->v[i];
	}
	train->n = kept;
}

static struct hl_utterance *read_text(struct hl_str text)
{
	struct hl_utterance *u = hl_arena_alloc(&arena, sizeof *u);
	if (u == NULL || hl_utterance_read(u, &arena, text, NULL, 0) != HL_OK)
		abort();
	return u;
}

static struct hl_likeness *train_on(const struct set *train, double oos)
{
	struct hl_likeness_text *texts = hl_arena_array(&arena, train->n + labels.n, sizeof *texts);
	struct hl_str *names = HL_NEW_ARRAY(&arena, labels.n, struct hl_str);
	struct hl_likeness_options options = {
		.n_classes = (uint32_t)labels.n, .precision = 0.95, .oos = oos, .names = names};
	struct hl_likeness *model = NULL;
	size_t n = 0;
	for (size_t i = 0; i < train->n; i++)
		texts[n++] = (struct hl_likeness_text){read_text(train->v[i].text),
						       train->v[i].klass, true};
	for (uint32_t k = 0; k < labels.n; k++) {
		struct hl_str name = hl_arena_dup(&arena, labels.entries[k].key);
		texts[n++] = (struct hl_likeness_text){read_text(name), k, false};
		names[k] = name;
	}
	if (hl_likeness_train(&model, texts, n, &options) != HL_OK)
		abort();
	return model;
}

struct tally {
	size_t right, answered, answered_right, in_five;
	double us;
};

static void judge_all(struct tally *t, const struct hl_likeness *model, const struct set *test,
		      double threshold)
{
	struct hl_arena turn = {0};
	double t0 = now();
	*t = (struct tally){0};
	for (size_t i = 0; i < test->n; i++) {
		struct hl_utterance u;
		struct hl_likeness_result r;
		hl_arena_reset(&turn);
		if (hl_utterance_read(&u, &turn, test->v[i].text, NULL, 0) != HL_OK ||
		    hl_likeness_score(&r, model, &turn, &u) != HL_OK)
			abort();
		bool right = r.n > 0 && r.top[0].klass == test->v[i].klass;
		bool answered = r.n > 0 && !r.outside && r.top[0].score >= threshold;
		t->right += right;
		t->answered += answered;
		t->answered_right += answered && right;
		for (size_t k = 0; k < r.n; k++)
			t->in_five += r.top[k].klass == test->v[i].klass;
	}
	t->us = test->n > 0 ? (now() - t0) * 1e6 / (double)test->n : 0;
	hl_arena_deinit(&turn);
}

static double percent(size_t part, size_t all)
{
	return all > 0 ? 100.0 * (double)part / (double)all : 0;
}

int main(int argc, char **argv)
{
	struct set train, test = {0}, strangers = {0};
	struct hl_likeness_info info;
	struct tally t;
	const char *test_path = NULL, *strangers_path = NULL;
	double oos = 0;
	if (argc < 2)
		return 2;
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--oos") == 0 && i + 1 < argc)
			oos = atof(argv[++i]);
		else if (strcmp(argv[i], "--strangers") == 0 && i + 1 < argc)
			strangers_path = argv[++i];
		else
			test_path = argv[i];
	}
	hl_map_init(&labels, &arena);
	read_lines(&train, argv[1], true);
	if (test_path != NULL)
		read_lines(&test, test_path, false);
	else
		hold_out(&train, &test);
	if (strangers_path != NULL)
		read_lines(&strangers, strangers_path, false);
	double t0 = now();
	struct hl_likeness *model = train_on(&train, oos);
	double seconds = now() - t0;
	hl_likeness_info(&info, model);
	judge_all(&t, model, &test, info.threshold);
	printf("%s: %zu classes, %zu learnt, %zu judged: top-1 %.2f, top-5 %.2f, answered %.2f at "
	       "%.2f right "
	       "(threshold %.3f; held out: %.2f right, %.2f answered, ece %.3f); %.1f us, %.2f s, "
	       "%.1f MiB, %u features\n",
	       argv[1], labels.n, train.n, test.n, percent(t.right, test.n),
	       percent(t.in_five, test.n), percent(t.answered, test.n),
	       percent(t.answered_right, t.answered), info.threshold, info.accuracy * 100,
	       info.answered * 100, info.ece, t.us, seconds,
	       (double)hl_likeness_bytes(model).len / 1048576, info.features);
	if (strangers.n > 0) {
		judge_all(&t, model, &strangers, info.threshold);
		printf("  strangers answered: %.2f of %zu\n", percent(t.answered, strangers.n),
		       strangers.n);
	}
	hl_likeness_free(model);
	hl_arena_deinit(&arena);
	return 0;
}
