/*
 * Dialogflow ES exports: agent.json, intents/, entities/. Knows their layout; contexts, events and
 * web hooks have no counterpart and are named. Every language of the export comes along.
 */
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/import.h"

static json_t *read_json(struct import *import, const char *source, const char *name)
{
	size_t len = 0;
	json_error_t error;
	char *text = import_read(import, source, name, &len);
	json_t *value = text ? json_loadb(text, len, 0, &error) : NULL;
	if (text && !value)
		import_note(import, import_place(import, name, (size_t)error.line), "this file: %s",
			    error.text);
	free(text);
	return value;
}

/* Where a file has a value, or a key of that name, for the first time; its first line when it is
   written in another way. */
static struct import_place place_in(struct import *import, const char *source, const char *name,
				    const char *value)
{
	char quoted[512];
	size_t len = 0, line = 1;
	char *text = import_read(import, source, name, &len);
	snprintf(quoted, sizeof(quoted), "\"%s\"", value);
	const char *at = text ? strstr(text, quoted) : NULL;
	for (const char *c = text; at && c < at; c++)
		line += *c == '\n';
	free(text);
	return import_place(import, name, line);
}

static const char *string_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

/* ------------------------------------------------------------------ entities */

/* `@city:city @street:street`: a value made of other entities. */
static bool is_composite(const char *value)
{
	const char *at = strchr(value, '@');
	return at && strchr(at, ':');
}

static void take_entries(struct import *import, const char *name, const json_t *entries,
			 struct import_place at)
{
	size_t i, k, composite = 0;
	json_t *entry, *synonym;
	struct import_list *list = import_list(import, name);
	json_array_foreach(entries, i, entry)
	{
		const char *value = string_of(entry, "value");
		if (is_composite(value)) {
			composite++;
			continue;
		}
		json_array_foreach(json_object_get(entry, "synonyms"), k, synonym)
		{
			if (json_is_string(synonym))
				import_spelling(import, list, value, json_string_value(synonym));
		}
	}
	if (composite)
		import_note(import, at, "values of the entity `%s` that are made of others: %zu",
			    name, composite);
}

/* An entity of regular expressions becomes a pattern: the first of them. */
static char *pattern_of(struct import *import, const char *source, const char *entity,
			struct import_place *at)
{
	char path[512], *pattern = NULL;
	snprintf(path, sizeof(path), "entities/%s.json", entity);
	json_t *about = read_json(import, source, path);
	if (json_is_true(json_object_get(about, "isRegexp"))) {
		snprintf(path, sizeof(path), "entities/%s_entries_%s.json", entity,
			 import->langs[0]);
		json_t *entries = read_json(import, source, path);
		*at = import_place(import, path, 1);
		const char *first = string_of(json_array_get(entries, 0), "value");
		pattern = *first ? strdup(first) : NULL;
		if (json_array_size(entries) > 1)
			import_note(import, *at,
				    "all but the first regular expression of the entity `%s`",
				    entity);
		json_decref(entries);
	}
	json_decref(about);
	return pattern;
}

/* ------------------------------------------------------------------ intents */

static void take_said(struct import *import, struct import_texts *examples, const json_t *said)
{
	size_t i, k;
	json_t *one, *part;
	json_array_foreach(said, i, one)
	{
		char *text = NULL;
		size_t len = 0;
		FILE *to = open_memstream(&text, &len);
		if (!to)
			return;
		json_array_foreach(json_object_get(one, "data"), k, part)
			fputs(string_of(part, "text"), to);
		if (fclose(to) == 0)
			import_text(import, examples, text);
		free(text);
	}
}

static void take_speech(struct import *import, struct import_texts *answers, const json_t *speech)
{
	size_t i;
	json_t *one;
	if (json_is_string(speech))
		import_text(import, answers, json_string_value(speech));
	json_array_foreach(speech, i, one) if (json_is_string(one))
		import_text(import, answers, json_string_value(one));
}

/* `$coin` in an answer is {coin} here; `$coin.original` and `#context.coin` are named. */
static void turn_names(struct import *import, const struct import_intent *intent,
		       struct import_texts *answers, struct import_place at)
{
	for (size_t i = 0; i < answers->n; i++) {
		char *text = answers->v[i], *out = malloc(strlen(text) * 2 + 1), *to = out;
		while (out && *text) {
			size_t len = 0;
			if (*text == '$')
				len = strspn(text + 1,
					     "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					     "0123456789_-");
			char *name = len ? strndup(text + 1, len) : NULL;
			char *clean = name ? import_name(import, name) : NULL;
			if (clean && strlen(clean) <= len) {
				to += sprintf(to, "{%s}", clean);
				text += len + 1;
				if (strncmp(text, ".original", 9) == 0)
					text += 9;
			} else {
				*to++ = *text++;
			}
			free(name);
			free(clean);
		}
		if (!out)
			return;
		*to = '\0';
		if (strstr(out, "#") && strstr(out, "."))
			import_note(import, at,
				    "values of contexts (#context.name) in the answers of `%s`",
				    intent->id);
		free(answers->v[i]);
		answers->v[i] = out;
	}
}

/* A system entity as a type; NULL: there is none like it. */
static const char *type_of(const char *entity)
{
	static const struct {
		const char *begins, *type;
	} table[] = {{"number", "number"},	  {"cardinal", "number"},
		     {"ordinal", "number"},	  {"date", "date"},
		     {"email", "email"},	  {"phone-number", "phone"},
		     {"unit-currency", "amount"}, {"any", "text"}};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strncmp(entity, table[i].begins, strlen(table[i].begins)) == 0)
			return table[i].type;
	return NULL;
}

struct taking {
	struct import *import;
	const char *source;
	struct import_intent *intent;
	char file[512]; /* below the source */
};

static struct import_place place_of(const struct taking *t, const char *value)
{
	return place_in(t->import, t->source, t->file, value);
}

static void take_parameter(const struct taking *t, const json_t *parameter)
{
	struct import *import = t->import;
	const char *type = string_of(parameter, "dataType");
	struct import_slot *slot = import_slot(import, t->intent, string_of(parameter, "name"));
	size_t i;
	json_t *prompt;
	if (!slot)
		return;
	if (strncmp(type, "@sys.", 5) == 0) {
		slot->type = type_of(type + 5);
		if (!slot->type)
			import_note(import, place_of(t, type), "`%s` of `%s`: no type is like it",
				    type, t->intent->id);
	} else if (*type == '@' && !slot->list && !slot->pattern) {
		slot->pattern = pattern_of(import, t->source, type + 1, &slot->at);
		slot->list = slot->pattern ? NULL : import_name(import, type + 1);
	}
	if (json_is_true(json_object_get(parameter, "isList")))
		import_note(import, place_of(t, string_of(parameter, "name")),
			    "that `%s` of `%s` takes several values", slot->name, t->intent->id);
	if (!json_is_true(json_object_get(parameter, "required")))
		return;
	json_array_foreach(json_object_get(parameter, "prompts"), i, prompt)
	{
		size_t lang = import_lang(import, string_of(prompt, "lang"));
		import_set(import, &slot->ask[lang], string_of(prompt, "value"));
	}
}

static void take_response(const struct taking *t, const json_t *response)
{
	struct import *import = t->import;
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(response, "parameters"), i, one) take_parameter(t, one);
	json_array_foreach(json_object_get(response, "messages"), i, one)
	{
		size_t lang = import_lang(import, string_of(one, "lang"));
		const json_t *speech = json_object_get(one, "speech");
		if (speech)
			take_speech(import, &t->intent->answers[lang], speech);
		else
			import_note(import,
				    place_of(t, json_object_get(one, "payload") ? "payload"
										: "messages"),
				    "a card or payload of `%s`", t->intent->id);
	}
	json_array_foreach(json_object_get(response, "affectedContexts"), i, one) import_note(
		import, place_of(t, string_of(one, "name")), "the context `%s` that `%s` sets",
		string_of(one, "name"), t->intent->id);
}

static void take_said_in(const struct taking *t, const char *file, const char *lang)
{
	char name[512];
	snprintf(name, sizeof(name), "intents/%.*s_usersays_%s.json", (int)(strlen(file) - 5), file,
		 lang);
	json_t *said = read_json(t->import, t->source, name);
	if (said)
		import_lang(t->import, lang);
	take_said(t->import, t->intent ? &t->intent->examples : &t->import->outside, said);
	json_decref(said);
}

/* The languages of an export: the agent's own and those it names. */
static void each_said(const struct taking *t, const char *file)
{
	size_t i;
	json_t *lang, *agent = read_json(t->import, t->source, "agent.json");
	take_said_in(t, file, string_of(agent, "language"));
	json_array_foreach(json_object_get(agent, "supportedLanguages"), i, lang)
	{
		if (json_is_string(lang))
			take_said_in(t, file, json_string_value(lang));
	}
	json_decref(agent);
}

/* What an intent has that a pack has no word for. */
static void note_rest(const struct taking *t, const json_t *value)
{
	size_t i;
	json_t *one;
	const char *id = t->intent->id;
	if (json_is_true(json_object_get(value, "webhookUsed")))
		import_note(t->import, place_of(t, "webhookUsed"), "the web hook of `%s`", id);
	json_array_foreach(json_object_get(value, "events"), i, one)
		import_note(t->import, place_of(t, "events"), "the event `%s` of `%s`",
			    string_of(one, "name"), id);
	json_array_foreach(json_object_get(value, "contexts"), i, one)
		import_note(t->import, place_of(t, "contexts"),
			    "that `%s` needs the context `%s`: it is found at any time", id,
			    json_is_string(one) ? json_string_value(one) : "");
	if (*string_of(value, "parentId"))
		import_note(t->import, place_of(t, "parentId"),
			    "that `%s` only follows another intent", id);
}

static void take_intent(struct import *import, const char *source, const char *file,
			const json_t *value)
{
	size_t i;
	json_t *one;
	bool fallback = json_is_true(json_object_get(value, "fallbackIntent"));
	struct taking t = {.import = import, .source = source};
	snprintf(t.file, sizeof(t.file), "intents/%s", file);
	if (!fallback)
		t.intent = import_intent(import, string_of(value, "name"));
	each_said(&t, file);
	if (!t.intent) {
		import_note(import, place_of(&t, "messages"),
			    "what is answered where nothing is understood: write it under `texts:` "
			    "in pack.yaml, as `rephrase`");
		return;
	}
	json_array_foreach(json_object_get(value, "responses"), i, one) take_response(&t, one);
	for (i = 0; i < import->n_langs; i++)
		turn_names(import, t.intent, &t.intent->answers[i], place_of(&t, "messages"));
	note_rest(&t, value);
}

/* ------------------------------------------------------------------ folders */

static int is_json(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);
	return entry->d_name[0] != '.' && n > 5 && strcmp(entry->d_name + n - 5, ".json") == 0;
}

static void each_file(struct import *import, const char *source, const char *folder,
		      void (*take)(struct import *import, const char *source, const char *file))
{
	char path[4096];
	struct dirent **entries;
	snprintf(path, sizeof(path), "%s/%s", source, folder);
	int n = scandir(path, &entries, is_json, alphasort);
	for (int i = 0; i < n; i++) {
		take(import, source, entries[i]->d_name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

/* X_entries_LANG.json: the values of X; several languages make one list. */
static void take_entity_file(struct import *import, const char *source, const char *file)
{
	char path[512], name[256];
	const char *mark = strstr(file, "_entries_"), *next = mark;
	while (next && (next = strstr(next + 1, "_entries_")) != NULL)
		mark = next;
	if (!mark)
		return;
	snprintf(name, sizeof(name), "%.*s", (int)(mark - file), file);
	snprintf(path, sizeof(path), "entities/%s.json", name);
	json_t *about = read_json(import, source, path);
	bool pattern = json_is_true(json_object_get(about, "isRegexp"));
	json_decref(about);
	if (pattern)
		return;
	snprintf(path, sizeof(path), "entities/%s", file);
	json_t *entries = read_json(import, source, path);
	take_entries(import, name, entries, import_place(import, path, 1));
	json_decref(entries);
}

static void take_intent_file(struct import *import, const char *source, const char *file)
{
	char path[512];
	if (strstr(file, "_usersays_"))
		return;
	snprintf(path, sizeof(path), "intents/%s", file);
	json_t *value = read_json(import, source, path);
	if (json_is_object(value) && *string_of(value, "name"))
		take_intent(import, source, file, value);
	json_decref(value);
}

bool import_dialogflow(struct import *import, const char *source)
{
	char path[4096];
	struct stat info;
	json_t *agent = read_json(import, source, "agent.json");
	if (!json_is_object(agent)) {
		json_decref(agent);
		return false;
	}
	import_lang(import, string_of(agent, "language"));
	each_file(import, source, "entities", take_entity_file);
	each_file(import, source, "intents", take_intent_file);
	json_decref(agent);
	snprintf(path, sizeof(path), "%s/flows", source);
	if (import->n_intents == 0 && stat(path, &info) == 0)
		import_error(import, "%s is a Dialogflow CX export; only those of ES can be read",
			     source);
	return true;
}
