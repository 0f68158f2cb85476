/*
 * Packs and the whole of what is said about them. A case file holds cases of this form:
 *
 *	=== what it is about
 *	--- deposit.yaml
 *	(the file)
 *	--- says
 *	(every finding, as check prints it)
 *
 * `test_cases --print FILE` writes the file anew with what is said now.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hotline_rules.h"

#define CASES_MAX 400
#define FILES_MAX 8

struct one_case {
	char *title, *says;
	struct hl_rules_file files[FILES_MAX];
	size_t n;
};
static struct one_case cases[CASES_MAX];
static size_t n_cases;

static char *read_whole(const char *path)
{
	FILE *from = fopen(path, "rb");
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	int c;
	if (!from || !to)
		exit(2);
	while ((c = fgetc(from)) != EOF)
		fputc(c, to);
	fclose(from);
	fclose(to);
	return text;
}

/* Cuts the text in place: every mark line ends what stands before it. */
static void read_cases(char *text)
{
	struct one_case *at = NULL;
	char *body = NULL;
	for (char *line = text, *next; line && *line; line = next) {
		char *end = strchr(line, '\n');
		next = end ? end + 1 : NULL;
		bool title = strncmp(line, "=== ", 4) == 0, part = strncmp(line, "--- ", 4) == 0;
		if (!title && !part)
			continue;
		if (body && at->n && !at->says)
			at->files[at->n - 1].text = (struct hl_str){body, (size_t)(line - body)};
		if (at && at->says)
			line[0] = '\0';
		if (end)
			*end = '\0';
		if (title) {
			at = &cases[n_cases++];
			at->title = line + 4;
			body = NULL;
		} else if (strcmp(line + 4, "says") == 0) {
			at->says = next ? next : (char *)"";
			body = NULL;
		} else {
			at->files[at->n++].name = (struct hl_str){line + 4, strlen(line + 4)};
			body = next;
		}
	}
}

static struct hl_rules *load(const struct one_case *c, bool more, const struct hl_rules *before)
{
	struct hl_rules_options options = {.today = HL_STR("2026-11-22"), .before = before};
	struct hl_rules_file files[FILES_MAX + 1] = {{HL_STR("0.yaml"), HL_STR("# nothing\n")}};
	struct hl_rules *rules = NULL;
	if (before)
		options.like = hl_rules_ruleset(before);
	memcpy(files + 1, c->files, c->n * sizeof *files);
	assert_true(hl_rules_load_files(&rules, files + !more, c->n + more, &options) >= 0);
	return rules;
}

/* All that is said of the rules, which are freed. */
static char *say(struct hl_rules *rules)
{
	char *all = NULL;
	size_t len = 0, n;
	FILE *to = open_memstream(&all, &len);
	assert_non_null(to);
	const struct hl_finding *findings = hl_rules_findings(rules, &n);
	for (size_t i = 0; i < n; i++) {
		char *text;
		assert_int_equal(hl_finding_format(&text, &findings[i]), HL_OK);
		fputs(text, to);
		free(text);
	}
	fclose(to);
	hl_rules_free(rules);
	return all;
}

static char *findings_of(const struct one_case *c)
{
	return say(load(c, false, NULL));
}

/* What is taken over from an earlier load, which has a file more in front and is gone by then, says
   the same. */
static char *findings_again(const struct one_case *c)
{
	struct hl_rules *before = load(c, true, NULL), *again = load(c, false, before);
	hl_rules_free(before);
	return say(again);
}

static void test_case(void **state)
{
	const struct one_case *c = *state;
	char *said = findings_of(c);
	size_t n = strlen(c->says);
	while (n > 0 && c->says[n - 1] == '\n')
		n--;
	c->says[n] = '\0';
	n = strlen(said);
	while (n > 0 && said[n - 1] == '\n')
		n--;
	said[n] = '\0';
	assert_string_equal(said, c->says);
	free(said);
}

static void test_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_cases; i++) {
		char *first = findings_of(&cases[i]), *again = findings_again(&cases[i]);
		assert_string_equal(again, first);
		free(first);
		free(again);
	}
}

static int print_cases(void)
{
	for (size_t i = 0; i < n_cases; i++) {
		const struct one_case *c = &cases[i];
		printf("=== %s\n", c->title);
		for (size_t k = 0; k < c->n; k++)
			printf("--- %.*s\n%.*s", (int)c->files[k].name.len, c->files[k].name.ptr,
			       (int)c->files[k].text.len, c->files[k].text.ptr);
		char *said = findings_of(c);
		printf("--- says\n%s", said);
		free(said);
	}
	return 0;
}

int main(int argc, char **argv)
{
	bool print = argc == 3 && strcmp(argv[1], "--print") == 0;
	char *texts[64];
	size_t n_texts = 0;
	static struct CMUnitTest tests[CASES_MAX + 1];
	for (int i = print ? 2 : 1; i < argc && n_texts < 64; i++) {
		texts[n_texts] = read_whole(argv[i]);
		read_cases(texts[n_texts++]);
	}
	if (print)
		return print_cases();
	for (size_t i = 0; i < n_cases; i++)
		tests[i] = (struct CMUnitTest){cases[i].title, test_case, NULL, NULL, &cases[i]};
	tests[n_cases] = (struct CMUnitTest)cmocka_unit_test(test_again);
	int failed = _cmocka_run_group_tests("cases", tests, n_cases + 1, NULL, NULL);
	for (size_t i = 0; i < n_texts; i++)
		free(texts[i]);
	return failed;
}
