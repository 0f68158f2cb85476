/*
 * Tables: one line an example, with its intent. CSV as RFC 4180 has it, or tabs.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/import.h"

#define CELLS_MAX 32

struct table {
	char *at; /* what is left; cells are cut in place */
	char sign;
	char *cells[CELLS_MAX];
	size_t n;
};

/* One cell, its quotes resolved in place; `at` moves behind its sign. True: the line goes on. */
static bool next_cell(struct table *t)
{
	char *out = t->at, *from = t->at;
	bool quoted = t->sign == ',' && *from == '"';
	t->cells[t->n++] = out;
	from += quoted;
	for (; *from; from++) {
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
	if (!*t->at)
		return false;
	while (t->n < CELLS_MAX && next_cell(t))
		;
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
	static const char *const intents[] = {"intent", "label", "category", "class", "id", NULL};
	static const char *const examples[] = {"example", "text",     "utterance", "query",
					       "message", "sentence", "phrase",	   NULL};
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
	return has_intent && has_example;
}

static void take_line(struct import *import, const struct table *t, size_t intent, size_t example,
		      size_t number)
{
	size_t needed = intent > example ? intent : example;
	if (t->n == 1 && !*t->cells[0])
		return;
	if (t->n <= needed || !*t->cells[intent] || !*t->cells[example]) {
		import_note(import, "line %zu: it has no intent or no example", number);
		return;
	}
	struct import_intent *found = import_intent(import, t->cells[intent]);
	if (found)
		import_text(import, &found->examples, t->cells[example]);
}

bool import_table(struct import *import, const char *source)
{
	size_t len = 0, intent = 0, example = 1, number = 1;
	const char *dot = strrchr(source, '.');
	bool csv = dot && strcasecmp(dot, ".csv") == 0, tsv = dot && strcasecmp(dot, ".tsv") == 0;
	char *text = csv || tsv ? import_read(import, source, "", &len) : NULL;
	if (!text)
		return false;
	struct table t = {.at = text, .sign = tsv ? '\t' : ','};
	if (strncmp(t.at, "\xEF\xBB\xBF", 3) == 0)
		t.at += 3;
	if (strlen(text) != len)
		import_error(import, "%s holds zero bytes", source);
	for (; !import->error && next_line(&t); number++)
		if (number > 1 || !find_columns(&t, &intent, &example))
			take_line(import, &t, intent, example, number);
	free(text);
	return !import->error;
}
