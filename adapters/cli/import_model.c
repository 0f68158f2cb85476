/*
 * What an import gathers, and how it is written as a pack. Knows what a pack allows, and no other
 * program's files.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/import.h"

#define READ_MAX (32u << 20)
#define EXAMPLES_DOUBLES_MAX 20000u

void import_init(struct import *import)
{
	memset(import, 0, sizeof(*import));
	strcpy(import->lang, "en");
}

static void free_texts(struct import_texts *texts)
{
	for (size_t i = 0; i < texts->n; i++)
		free(texts->v[i]);
	free(texts->v);
}

void import_deinit(struct import *import)
{
	for (size_t i = 0; i < import->n_intents; i++) {
		struct import_intent *intent = &import->intents[i];
		for (size_t k = 0; k < intent->n_asks; k++) {
			free(intent->asks[k].list);
			free(intent->asks[k].question);
		}
		free(intent->asks);
		free(intent->id);
		free_texts(&intent->examples);
		free_texts(&intent->answers);
		free_texts(&intent->buttons);
	}
	for (size_t i = 0; i < import->n_lists; i++) {
		for (size_t k = 0; k < import->lists[i].n; k++) {
			free(import->lists[i].v[k].value);
			free_texts(&import->lists[i].v[k].say);
		}
		free(import->lists[i].v);
		free(import->lists[i].name);
	}
	free(import->intents);
	free(import->lists);
	free_texts(&import->outside);
	free_texts(&import->notes);
	free(import->error);
}

/* One more element, zeroed; NULL and `failed` when out of memory. */
static void *one_more(struct import *import, void *v, size_t *n, size_t *room, size_t size)
{
	char **array = v;
	if (*n == *room) {
		size_t wanted = *room ? *room * 2 : 8;
		char *grown = realloc(*array, wanted * size);
		if (!grown) {
			import->failed = true;
			return NULL;
		}
		*array = grown;
		*room = wanted;
	}
	void *at = *array + (*n)++ * size;
	memset(at, 0, size);
	return at;
}

static char *copy(struct import *import, const char *text)
{
	char *out = strdup(text);
	import->failed = import->failed || !out;
	return out;
}

/* Letters of any script, digits, . _ and -; everything else becomes a dot. */
static char *clean_id(struct import *import, const char *id)
{
	char *out = copy(import, id);
	size_t n = 0;
	for (const char *c = out ? out : ""; *c && n < 60; c++) {
		bool good = (unsigned char)*c >= 0x80 || (*c >= 'a' && *c <= 'z') ||
			    (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
			    strchr("_-.", *c);
		if (good)
			out[n++] = *c;
		else if (n > 0 && out[n - 1] != '.')
			out[n++] = '.';
	}
	while (out && n > 0 && (out[n - 1] == '.' || ((unsigned char)out[n - 1] & 0xC0) == 0x80) &&
	       n == 60)
		n--;
	while (out && n > 0 && out[n - 1] == '.')
		n--;
	if (out && n > 0)
		out[n] = '\0';
	return out;
}

static char *clean_name(struct import *import, const char *name)
{
	char *out = malloc(strlen(name) + 3);
	size_t n = 0;
	if (!out) {
		import->failed = true;
		return NULL;
	}
	for (; *name && n < 60; name++) {
		char c = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
		bool letter = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
		if (n == 0 && !letter && (digit || (unsigned char)c >= 0x80))
			out[n++] = 'l';
		if (letter || digit)
			out[n++] = c;
		else if (n > 0 && out[n - 1] != '_')
			out[n++] = '_';
	}
	if (n == 0)
		out[n++] = 'l';
	out[n] = '\0';
	return out;
}

struct import_intent *import_intent(struct import *import, const char *id)
{
	char *clean = clean_id(import, id);
	for (size_t i = 0; clean && i < import->n_intents; i++)
		if (strcmp(import->intents[i].id, clean) == 0) {
			free(clean);
			return &import->intents[i];
		}
	struct import_intent *intent =
		clean ? one_more(import, &import->intents, &import->n_intents,
				 &import->intents_room, sizeof(*intent))
		      : NULL;
	if (intent)
		intent->id = clean;
	else
		free(clean);
	return intent;
}

struct import_list *import_list(struct import *import, const char *name)
{
	char *clean = clean_name(import, name);
	for (size_t i = 0; clean && i < import->n_lists; i++)
		if (strcmp(import->lists[i].name, clean) == 0) {
			free(clean);
			return &import->lists[i];
		}
	struct import_list *list = clean ? one_more(import, &import->lists, &import->n_lists,
						    &import->lists_room, sizeof(*list))
					 : NULL;
	if (list)
		list->name = clean;
	else
		free(clean);
	return list;
}

void import_text(struct import *import, struct import_texts *texts, const char *text)
{
	while (*text == ' ' || *text == '\n' || *text == '\r' || *text == '\t')
		text++;
	if (!*text)
		return;
	for (size_t i = 0; i < texts->n && i < EXAMPLES_DOUBLES_MAX; i++)
		if (strcmp(texts->v[i], text) == 0)
			return;
	char **place = one_more(import, &texts->v, &texts->n, &texts->room, sizeof(*place));
	if (!place)
		return;
	*place = copy(import, text);
	if (!*place) {
		texts->n--;
		return;
	}
	char *out = *place;
	for (const char *c = text; *c; c++) /* one line, no control characters */
		*out++ = (unsigned char)*c < ' ' || *c == 0x7F ? ' ' : *c;
	while (out > *place && out[-1] == ' ')
		out--;
	*out = '\0';
}

void import_spelling(struct import *import, struct import_list *list, const char *value,
		     const char *say)
{
	struct import_value *found = NULL;
	if (!list || !*value)
		return;
	for (size_t i = 0; i < list->n && !found; i++)
		if (strcmp(list->v[i].value, value) == 0)
			found = &list->v[i];
	if (!found) {
		found = one_more(import, &list->v, &list->n, &list->room, sizeof(*found));
		if (!found)
			return;
		found->value = copy(import, value);
		if (!found->value) {
			list->n--;
			return;
		}
	}
	import_text(import, &found->say, say);
}

void import_ask(struct import *import, struct import_intent *intent, const char *list,
		const char *question)
{
	char *name = clean_name(import, list);
	for (size_t i = 0; name && i < intent->n_asks; i++)
		if (strcmp(intent->asks[i].list, name) == 0) {
			if (question && !intent->asks[i].question)
				intent->asks[i].question = copy(import, question);
			free(name);
			return;
		}
	struct import_ask *ask = name ? one_more(import, &intent->asks, &intent->n_asks,
						 &intent->asks_room, sizeof(*ask))
				      : NULL;
	if (!ask) {
		free(name);
		return;
	}
	ask->list = name;
	ask->question = question ? copy(import, question) : NULL;
}

void import_note(struct import *import, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	if (text)
		import_text(import, &import->notes, text);
	free(text);
}

void import_error(struct import *import, const char *format, ...)
{
	va_list args;
	if (import->error)
		return;
	va_start(args, format);
	if (vasprintf(&import->error, format, args) < 0)
		import->error = NULL;
	va_end(args);
}

char *import_read(struct import *import, const char *folder, const char *name, size_t *len)
{
	char path[4096];
	struct stat info;
	snprintf(path, sizeof(path), "%s%s%s", folder, *name ? "/" : "", name);
	if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
		return NULL;
	if (info.st_size > (off_t)READ_MAX) {
		import_error(import, "%s is larger than 32 MiB", path);
		return NULL;
	}
	FILE *from = fopen(path, "rb");
	char *text = from ? malloc((size_t)info.st_size + 1) : NULL;
	if (text) {
		*len = fread(text, 1, (size_t)info.st_size, from);
		text[*len] = '\0';
	}
	if (from)
		fclose(from);
	return text;
}

void import_button(struct import *import, struct import_intent *intent, const char *id)
{
	char *clean = clean_id(import, id);
	if (clean)
		import_text(import, &intent->buttons, clean);
	free(clean);
}

/* ------------------------------------------------------------------ writing */

static void put_quoted(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

static bool is_known(const struct import_intent *intent, const char *name, size_t len)
{
	for (size_t i = 0; i < intent->n_asks; i++)
		if (strlen(intent->asks[i].list) == len &&
		    memcmp(intent->asks[i].list, name, len) == 0)
			return true;
	return false;
}

/* An answer: {slot} of the intent stays and may be unknown, every other { is the sign itself. */
static void put_answer(FILE *to, const struct import_intent *intent, const char *text)
{
	fputc('"', to);
	for (; *text; text++) {
		const char *close = *text == '{' ? strchr(text, '}') : NULL;
		if (close && is_known(intent, text + 1, (size_t)(close - text - 1))) {
			fprintf(to, "%.*s|}", (int)(close - text), text);
			text = close;
			continue;
		}
		if (*text == '{')
			fputc('{', to);
		if (*text == '"' || *text == '\\')
			fputc('\\', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

static void put_list(FILE *to, const char *key, const struct import_texts *texts)
{
	if (texts->n)
		fprintf(to, "%s:\n", key);
	for (size_t i = 0; i < texts->n; i++) {
		fprintf(to, "      - ");
		put_quoted(to, texts->v[i]);
		fputc('\n', to);
	}
}

static bool has_intent(const struct import *import, const char *id)
{
	for (size_t i = 0; i < import->n_intents; i++)
		if (strcmp(import->intents[i].id, id) == 0)
			return true;
	return false;
}

static bool has_list(const struct import *import, const char *name)
{
	for (size_t i = 0; i < import->n_lists; i++)
		if (strcmp(import->lists[i].name, name) == 0 && import->lists[i].n > 0)
			return true;
	return false;
}

static void put_intent(FILE *to, struct import *import, const struct import_intent *intent)
{
	bool first = true;
	fputs("  - id: ", to);
	put_quoted(to, intent->id);
	fputc('\n', to);
	put_list(to, "    examples", &intent->examples);
	for (size_t i = 0; i < intent->n_asks; i++) {
		const struct import_ask *ask = &intent->asks[i];
		if (!ask->question && !has_list(import, ask->list))
			continue;
		fprintf(to, "%s      %s: {%s: %s", first ? "    slots:\n" : "", ask->list,
			has_list(import, ask->list) ? "list" : "type",
			has_list(import, ask->list) ? ask->list : "text");
		if (ask->question) {
			fputs(", ask: ", to);
			put_quoted(to, ask->question);
		}
		fputs("}\n", to);
		first = false;
	}
	if (intent->answers.n)
		fputs("    answer:\n", to);
	for (size_t i = 0; i < intent->answers.n; i++) {
		fputs("      - ", to);
		put_answer(to, intent, intent->answers.v[i]);
		fputc('\n', to);
	}
	first = true;
	for (size_t i = 0, shown = 0; i < intent->buttons.n && shown < 6; i++) {
		if (!has_intent(import, intent->buttons.v[i]))
			continue;
		fputs(first ? "    buttons: [" : ", ", to);
		put_quoted(to, intent->buttons.v[i]);
		first = false;
		shown++;
	}
	if (!first)
		fputs("]\n", to);
}

static void put_pack(FILE *to, const struct import *import)
{
	fprintf(to, "languages: [%.2s]\n", import->lang);
	bool any = false;
	for (size_t i = 0; i < import->n_lists; i++) {
		const struct import_list *list = &import->lists[i];
		if (list->n == 0)
			continue;
		fprintf(to, "%s  %s:\n", any ? "" : "lists:\n", list->name);
		any = true;
		for (size_t k = 0; k < list->n; k++) {
			fputs("    ", to);
			put_quoted(to, list->v[k].value);
			fputs(": [", to);
			for (size_t s = 0; s < list->v[k].say.n; s++) {
				fputs(s ? ", " : "", to);
				put_quoted(to, list->v[k].say.v[s]);
			}
			fputs("]\n", to);
		}
	}
	if (import->outside.n)
		fputs("outside:\n", to);
	for (size_t i = 0; i < import->outside.n; i++) {
		fputs("  - ", to);
		put_quoted(to, import->outside.v[i]);
		fputc('\n', to);
	}
}

static FILE *open_in(struct import *import, const char *folder, const char *name)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *to = fopen(path, "w");
	if (!to)
		import_error(import, "%s: %s", path, strerror(errno));
	return to;
}

bool import_write(struct import *import, const char *folder)
{
	bool good = true;
	if (import->failed)
		return false;
	if (import->n_intents == 0) {
		import_error(import, "there is no intent in it");
		return false;
	}
	if (mkdir(folder, 0777) != 0) {
		import_error(import, "%s: %s", folder,
			     errno == EEXIST ? "it is there already" : strerror(errno));
		return false;
	}
	FILE *to = open_in(import, folder, "pack.yaml");
	if (!to)
		return false;
	put_pack(to, import);
	good = fclose(to) == 0;
	to = good ? open_in(import, folder, "intents.yaml") : NULL;
	if (!to)
		return false;
	fputs("intents:\n", to);
	for (size_t i = 0; i < import->n_intents; i++)
		put_intent(to, import, &import->intents[i]);
	return fclose(to) == 0;
}
