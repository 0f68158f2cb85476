/*
 * What an import gathers. Knows how a pack may call things, and no other program's files.
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
}

static void free_texts(struct import_texts *texts)
{
	for (size_t i = 0; i < texts->n; i++)
		free(texts->v[i]);
	free(texts->v);
}

static void free_slot(struct import_slot *slot)
{
	free(slot->name);
	free(slot->list);
	free(slot->pattern);
	for (size_t i = 0; i < IMPORT_LANGS; i++)
		free(slot->ask[i]);
}

void import_forget(struct import_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].value);
		free_texts(&list->v[i].say);
	}
	list->n = 0;
}

static void free_intent(struct import_intent *intent)
{
	for (size_t k = 0; k < intent->n_slots; k++)
		free_slot(&intent->slots[k]);
	free(intent->slots);
	free(intent->id);
	free(intent->raw);
	free_texts(&intent->examples);
	for (size_t k = 0; k < IMPORT_LANGS; k++)
		free_texts(&intent->answers[k]);
	free_texts(&intent->buttons);
}

void import_drop_intent(struct import *import, size_t at)
{
	free_intent(&import->intents[at]);
	import->n_intents--;
	memmove(import->intents + at, import->intents + at + 1,
		(import->n_intents - at) * sizeof(*import->intents));
}

void import_deinit(struct import *import)
{
	for (size_t i = 0; i < import->n_intents; i++)
		free_intent(&import->intents[i]);
	for (size_t i = 0; i < import->n_lists; i++) {
		import_forget(&import->lists[i]);
		free(import->lists[i].v);
		free(import->lists[i].name);
	}
	free(import->intents);
	free(import->lists);
	free_texts(&import->outside);
	free_texts(&import->notes);
	free_texts(&import->files);
	free(import->error);
}

void import_reset(struct import *import)
{
	char *error = import->error;
	import->error = NULL;
	import_deinit(import);
	import_init(import);
	import->error = error;
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

char *import_name(struct import *import, const char *name)
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
	if (!intent) {
		free(clean);
		return NULL;
	}
	intent->id = clean;
	intent->raw = copy(import, id);
	return intent->raw ? intent : NULL;
}

struct import_list *import_list(struct import *import, const char *name)
{
	char *clean = import_name(import, name);
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

struct import_slot *import_slot(struct import *import, struct import_intent *intent,
				const char *name)
{
	char *clean = import_name(import, name);
	for (size_t i = 0; clean && i < intent->n_slots; i++)
		if (strcmp(intent->slots[i].name, clean) == 0) {
			free(clean);
			return &intent->slots[i];
		}
	struct import_slot *slot = clean ? one_more(import, &intent->slots, &intent->n_slots,
						    &intent->slots_room, sizeof(*slot))
					 : NULL;
	if (slot)
		slot->name = clean;
	else
		free(clean);
	return slot;
}

size_t import_lang(struct import *import, const char *lang)
{
	bool good = lang[0] >= 'a' && lang[0] <= 'z' && lang[1] >= 'a' && lang[1] <= 'z';
	const char *wanted = good ? lang : import->n_langs ? import->langs[0] : "en";
	for (size_t i = 0; i < import->n_langs; i++)
		if (strncmp(import->langs[i], wanted, 2) == 0)
			return i;
	if (import->n_langs == IMPORT_LANGS) {
		import_note(import, (struct import_place){NULL, 0},
			    "what is in the language `%.2s`: more than %d of them", wanted,
			    IMPORT_LANGS);
		return 0;
	}
	memcpy(import->langs[import->n_langs], wanted, 2);
	return import->n_langs++;
}

void import_set(struct import *import, char **place, const char *text)
{
	struct import_texts one = {.v = NULL};
	if (*place)
		return;
	import_text(import, &one, text);
	*place = one.n ? one.v[0] : NULL;
	free(one.v);
}

struct import_place import_place(struct import *import, const char *file, size_t line)
{
	struct import_texts *files = &import->files;
	for (size_t i = files->n; i > 0; i--)
		if (strcmp(files->v[i - 1], file) == 0)
			return (struct import_place){files->v[i - 1], line};
	size_t before = files->n;
	import_text(import, files, file);
	return (struct import_place){files->n > before ? files->v[before] : NULL, line};
}

void import_note(struct import *import, struct import_place at, const char *format, ...)
{
	char *text = NULL, *whole = NULL, place[32] = "";
	va_list args;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	if (at.line)
		snprintf(place, sizeof(place), ":%zu", at.line);
	if (text && asprintf(&whole, "%s%s%snot carried over: %s", at.file ? at.file : "", place,
			     at.file ? ": " : "", text) < 0)
		whole = NULL;
	if (whole)
		import_text(import, &import->notes, whole);
	free(whole);
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
