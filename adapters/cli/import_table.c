/*
 * Tables: one line an example, with its intent. CSV as RFC 4180 has it (or with
 * semicolons), or tabs.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/import.h"

#define CELLS_MAX 32
#define LANG_SHARE 10 /* a language is the pack's from one example in so many on */

struct table {
	char *at; /* what is left; cells are cut in place */
	char sign;
	char *cells[CELLS_MAX];
	size_t n, line, next; /* where this row begins, and the next */
};

/* One cell, its quotes resolved in place; `at` moves behind its sign. True: the line goes on. */
static bool next_cell(struct table *t)
{
	char *out = t->at, *from = t->at;
	bool quoted = t->sign != '\t' && *from == '"';
	t->cells[t->n++] = out;
	from += quoted;
	for (; *from; from++) {
		t->next += *from == '\n';
		if (quoted && *from == '"') {
			if (from[1] != '"') {
				quoted = false;
				continue;
			}
			from++;
		} else if (!quoted && (*from == t->sign || *from == '\n')) {
			break;
		} else if (!quoted && *from == '\r' && from[1] == '\n') {
			continue;
		}
		*out++ = *from;
	}
	bool more = *from == t->sign;
	t->at = *from ? from + 1 : from;
	*out = '\0';
	return more;
}

static bool next_line(struct table *t)
{
	t->n = 0;
	t->line = t->next;
	if (!*t->at)
		return false;
	bool more = true;
	while (more && t->n < CELLS_MAX)
		more = next_cell(t);
	while (more) { /* columns beyond those looked at */
		t->n = CELLS_MAX - 1;
		more = next_cell(t);
	}
	return true;
}

static bool is_one_of(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (strcasecmp(word, *list) == 0)
			return true;
	return false;
}

/* The columns a first line names; false when it names none. */
static bool find_columns(const struct table *t, size_t *intent, size_t *example)
{
	static const char *const intents[] = {
		"intent", "intents", "intent_name", "label", "labels", "category", "class",
		"tag",	  "id",	     "意图",	    "标签",  "分类",   NULL};
	static const char *const examples[] = {"example",    "examples", "text",    "utterance",
					       "utterances", "query",	 "message", "input",
					       "sentence",   "question", "phrase",  "例句",
					       "文本",	     "问题",	 "内容",    NULL};
	bool has_intent = false, has_example = false;
	for (size_t i = 0; i < t->n; i++) {
		if (!has_intent && is_one_of(t->cells[i], intents)) {
			has_intent = true;
			*intent = i;
		} else if (!has_example && is_one_of(t->cells[i], examples)) {
			has_example = true;
			*example = i;
		}
	}
	if (t->n == 2 && has_intent != has_example) {
		*(has_intent ? example : intent) = has_intent ? !*intent : !*example;
		return true;
	}
	return has_intent && has_example;
}

static int order_cells(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;
	return strcmp(*x, *y);
}

static size_t count_different(char **cells, size_t n)
{
	size_t different = n > 0;
	if (n)
		qsort(cells, n, sizeof(char *), order_cells);
	for (size_t i = 1; i < n; i++)
		different += strcmp(cells[i], cells[i - 1]) != 0;
	return different;
}

/* Without a first line of names: of the first two columns the intents are the one that says the
   same more often, the first one where both do. */
static void guess_columns(struct import *import, const char *text, char sign, size_t *intent,
			  size_t *example)
{
	char *copy = strdup(text);
	size_t rows = 1, n = 0;
	for (const char *p = text; *p; p++)
		rows += *p == '\n';
	char **first = calloc(rows, sizeof(char *)), **second = calloc(rows, sizeof(char *));
	struct table t = {.at = copy, .sign = sign};
	import->failed |= !copy || !first || !second;
	while (copy && first && second && n < rows && next_line(&t)) {
		if (t.n < 2 || !*t.cells[0] || !*t.cells[1])
			continue;
		first[n] = t.cells[0];
		second[n++] = t.cells[1];
	}
	if (first && second && count_different(second, n) < count_different(first, n)) {
		*intent = 1;
		*example = 0;
	}
	free(first);
	free(second);
	free(copy);
}

/* Which languages the examples are in, as far as their script tells. */
static void find_languages(struct import *import)
{
	size_t n = 0, chinese = 0;
	for (size_t i = 0; i < import->n_intents; i++)
		for (size_t k = 0; k < import->intents[i].examples.n; k++, n++) {
			const char *p = import->intents[i].examples.v[k];
			while (*p && !((unsigned char)*p >= 0xE4 && (unsigned char)*p <= 0xE9))
				p++; /* the first byte of most Chinese characters */
			chinese += *p != '\0';
		}
	if (chinese * 2 > n)
		import_lang(import, "zh");
	if (chinese * LANG_SHARE < n * (LANG_SHARE - 1))
		import_lang(import, "en");
	if (chinese * LANG_SHARE > n)
		import_lang(import, "zh");
}

/* The sign that parts the first line's cells: a comma, or what tables of other countries have. */
static char sign_of(const char *text)
{
	size_t commas = 0, semicolons = 0, tabs = 0;
	bool quoted = false;
	for (; *text && (quoted || *text != '\n'); text++) {
		quoted ^= *text == '"';
		commas += !quoted && *text == ',';
		semicolons += !quoted && *text == ';';
		tabs += !quoted && *text == '\t';
	}
	return tabs > commas && tabs > semicolons ? '\t' : semicolons > commas ? ';' : ',';
}

static void take_line(struct import *import, const struct table *t, const char *file, size_t intent,
		      size_t example)
{
	size_t needed = intent > example ? intent : example;
	if (t->n == 1 && !*t->cells[0])
		return;
	if (t->n <= needed || !*t->cells[intent] || !*t->cells[example]) {
		import_note(import, import_place(import, file, t->line),
			    "a line without intent or without example");
		return;
	}
	struct import_intent *found = import_intent(import, t->cells[intent]);
	if (found)
		import_text(import, &found->examples, t->cells[example]);
}

static bool is_utf8(const char *text, size_t len)
{
	json_t *value = json_stringn(text, len);
	json_decref(value);
	return value != NULL;
}

bool import_table(struct import *import, const char *source)
{
	size_t len = 0, intent = 0, example = 1;
	const char *dot = strrchr(source, '.'), *slash = strrchr(source, '/');
	bool csv = dot && strcasecmp(dot, ".csv") == 0, tsv = dot && strcasecmp(dot, ".tsv") == 0;
	char *text = csv || tsv ? import_read(import, source, "", &len) : NULL;
	if (!text)
		return false;
	struct table t = {.at = text, .sign = tsv ? '\t' : sign_of(text), .next = 1};
	if (strncmp(t.at, "\xEF\xBB\xBF", 3) == 0)
		t.at += 3;
	if (strlen(text) != len)
		import_error(import, "%s holds zero bytes: save it as CSV in UTF-8", source);
	else if (!is_utf8(text, len))
		import_error(import, "%s is not UTF-8: save it as CSV in UTF-8", source);
	if (!import->error)
		guess_columns(import, t.at, t.sign, &intent, &example);
	while (!import->error && next_line(&t))
		if (t.line > 1 || !find_columns(&t, &intent, &example))
			take_line(import, &t, slash ? slash + 1 : source, intent, example);
	find_languages(import);
	free(text);
	return !import->error;
}
