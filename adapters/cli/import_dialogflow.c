/*
 * Dialogflow ES exports: agent.json, intents/, entities/. Knows their layout; contexts, events and
 * web hooks have no counterpart and are named.
 */
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/import.h"

static json_t *read_json(struct import *import, const char *source, const char *name)
{
	size_t len = 0;
	json_error_t error;
	char *text = import_read(import, source, name, &len);
	json_t *value = text ? json_loadb(text, len, 0, &error) : NULL;
	if (text && !value)
		import_note(import, "%s:%d: %s", name, error.line, error.text);
	free(text);
	return value;
}

static const char *string_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

/* Is it in the agent's own language, or without one? */
static bool is_own(const struct import *import, const char *lang)
{
	return !*lang || strncmp(lang, import->lang, 2) == 0;
}

/* ------------------------------------------------------------------ entities */

static void take_entries(struct import *import, const char *name, const json_t *entries)
{
	size_t i, k;
	json_t *entry, *synonym;
	struct import_list *list = import_list(import, name);
	json_array_foreach(entries, i, entry)
	{
		const char *value = string_of(entry, "value");
		json_array_foreach(json_object_get(entry, "synonyms"), k,
				   synonym) if (json_is_string(synonym))
			import_spelling(import, list, value, json_string_value(synonym));
	}
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

static void take_speech(struct import *import, struct import_intent *intent, const json_t *speech)
{
	size_t i;
	json_t *one;
	if (json_is_string(speech))
		import_text(import, &intent->answers, json_string_value(speech));
	json_array_foreach(speech, i, one) if (json_is_string(one))
		import_text(import, &intent->answers, json_string_value(one));
}

/* `$coin` in an answer is {coin} here. */
static void turn_names(struct import_intent *intent)
{
	for (size_t i = 0; i < intent->answers.n; i++) {
		char *text = intent->answers.v[i], *out = malloc(strlen(text) * 2 + 1), *to = out;
		while (out && *text) {
			size_t len = 0;
			if (*text == '$')
				len = strspn(text + 1, "abcdefghijklmnopqrstuvwxyz0123456789_");
			if (len > 0) {
				to += sprintf(to, "{%.*s}", (int)len, text + 1);
				text += len + 1;
			} else {
				*to++ = *text++;
			}
		}
		if (!out)
			return;
		*to = '\0';
		free(intent->answers.v[i]);
		intent->answers.v[i] = out;
	}
}

static void take_parameter(struct import *import, struct import_intent *intent,
			   const json_t *parameter)
{
	const char *type = string_of(parameter, "dataType"), *question = NULL;
	size_t i;
	json_t *prompt;
	json_array_foreach(json_object_get(parameter, "prompts"), i,
			   prompt) if (!question && is_own(import, string_of(prompt, "lang")) &&
				       *string_of(prompt, "value")) question =
		string_of(prompt, "value");
	if (!json_is_true(json_object_get(parameter, "required")))
		question = NULL;
	if (strncmp(type, "@sys.", 5) == 0)
		import_note(import, "`%s` of `%s`: use a type of your own choice", type,
			    intent->id);
	else if (*type == '@')
		import_ask(import, intent, type + 1, question);
}

static void take_response(struct import *import, struct import_intent *intent,
			  const json_t *response)
{
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(response, "messages"), i, one)
	{
		const json_t *speech = json_object_get(one, "speech");
		if (!is_own(import, string_of(one, "lang")))
			import_note(import, "answers in other languages");
		else if (speech)
			take_speech(import, intent, speech);
		else
			import_note(import, "a card or payload of `%s`", intent->id);
	}
	json_array_foreach(json_object_get(response, "parameters"), i, one)
		take_parameter(import, intent, one);
	if (json_array_size(json_object_get(response, "affectedContexts")) > 0)
		import_note(import, "contexts of `%s`", intent->id);
}

static void take_intent(struct import *import, const char *source, const char *file,
			const json_t *value)
{
	size_t i;
	json_t *response;
	char name[512];
	bool fallback = json_is_true(json_object_get(value, "fallbackIntent"));
	struct import_intent *intent =
		fallback ? NULL : import_intent(import, string_of(value, "name"));
	snprintf(name, sizeof(name), "intents/%.*s_usersays_%s.json", (int)(strlen(file) - 5), file,
		 import->lang);
	json_t *said = read_json(import, source, name);
	if (intent)
		take_said(import, &intent->examples, said);
	else
		take_said(import, &import->outside, said);
	json_decref(said);
	if (!intent)
		return;
	json_array_foreach(json_object_get(value, "responses"), i, response)
		take_response(import, intent, response);
	turn_names(intent);
	if (json_is_true(json_object_get(value, "webhookUsed")))
		import_note(import, "the web hook of `%s`", intent->id);
	if (json_array_size(json_object_get(value, "events")) > 0)
		import_note(import, "events of `%s`", intent->id);
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

static void take_entity_file(struct import *import, const char *source, const char *file)
{
	char path[512], suffix[32], name[256];
	snprintf(suffix, sizeof(suffix), "_entries_%s.json", import->lang);
	size_t n = strlen(file), m = strlen(suffix);
	if (n <= m || strcmp(file + n - m, suffix) != 0)
		return;
	snprintf(path, sizeof(path), "entities/%s", file);
	snprintf(name, sizeof(name), "%.*s", (int)(n - m), file);
	json_t *entries = read_json(import, source, path);
	take_entries(import, name, entries);
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
	json_t *agent = read_json(import, source, "agent.json");
	if (!json_is_object(agent)) {
		json_decref(agent);
		return false;
	}
	const char *lang = string_of(agent, "language");
	if (strlen(lang) >= 2 && strlen(lang) < sizeof(import->lang))
		strcpy(import->lang, lang);
	if (json_array_size(json_object_get(agent, "supportedLanguages")) > 0)
		import_note(import, "languages but %s", import->lang);
	each_file(import, source, "entities", take_entity_file);
	each_file(import, source, "intents", take_intent_file);
	json_decref(agent);
	return true;
}
