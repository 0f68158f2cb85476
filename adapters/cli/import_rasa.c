/*
 * Rasa projects: intents, examples and entities under `nlu`, answers under `responses`, questions
 * of `forms`; which answer belongs to which intent say `rules` and `stories`. Knows their layout;
 * what has no counterpart is named.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/import.h"
#include "hotline_yaml.h"

#define FILES_MAX 256u

struct rasa {
	struct import *import;
	struct hl_yaml *files[FILES_MAX];
	size_t n;
};

/* The value of a key in the first file that has it: `responses` and `forms` may stand anywhere. */
static const struct hl_yaml_node *find_in(const struct rasa *r, const char *map, const char *key)
{
	const struct hl_yaml_node *found = NULL;
	for (size_t i = 0; i < r->n && !found; i++)
		found = hl_yaml_get(hl_yaml_get(hl_yaml_root(r->files[i]), map), key);
	return found;
}

static const struct hl_yaml_node *first_of(const struct hl_yaml_node *list)
{
	return list && list->kind == HL_YAML_LIST ? list->first : NULL;
}

static char *text_of(const struct hl_yaml_node *node)
{
	if (!node || node->kind != HL_YAML_TEXT)
		return NULL;
	return strndup(node->text.len ? node->text.ptr : "", node->text.len);
}

/* ------------------------------------------------------------------ nlu.yml */

/* A value in {"entity": "city", "value": "x"}; what stands between the key's value quotes. */
static char *json_value(const char *from, const char *end, const char *key)
{
	char quoted[32];
	snprintf(quoted, sizeof(quoted), "\"%s\"", key);
	const char *at = strstr(from, quoted);
	if (!at || at > end)
		return NULL;
	at = strchr(at + strlen(quoted), '"');
	const char *close = at && at < end ? strchr(at + 1, '"') : NULL;
	return close && close <= end ? strndup(at + 1, (size_t)(close - at - 1)) : NULL;
}

/* An entity's value; one with a role is a slot of its own with the same list. */
static void take_entity(struct import *import, struct import_intent *intent, const char *entity,
			const char *role, const char *value, const char *said)
{
	struct import_list *list = import_list(import, entity);
	char name[128];
	snprintf(name, sizeof(name), "%s%s%s", entity, role ? "_" : "", role ? role : "");
	import_spelling(import, list, value, said);
	struct import_slot *slot = intent ? import_slot(import, intent, name) : NULL;
	if (slot && list && !slot->list)
		slot->list = import_name(import, list->name);
}

/* What stands behind the `]`: (entity), (entity:value) or {"entity": …}. */
static void take_mark(struct import *import, struct import_intent *intent, const char *said,
		      const char *mark, const char *end)
{
	char *entity = *mark == '(' ? strndup(mark + 1, (size_t)(end - mark - 1))
				    : json_value(mark, end, "entity");
	char *value = *mark == '{' ? json_value(mark, end, "value") : NULL;
	char *role = *mark == '{' ? json_value(mark, end, "role") : NULL;
	char *colon = entity && *mark == '(' ? strchr(entity, ':') : NULL;
	if (colon)
		*colon = '\0';
	if (entity && *entity)
		take_entity(import, intent, entity, role,
			    value   ? value
			    : colon ? colon + 1
				    : said,
			    said);
	free(entity);
	free(value);
	free(role);
}

/* `what is my [balance](account)` to plain text; the entities go into lists. */
static char *plain_example(struct import *import, struct import_intent *intent, const char *text)
{
	char *out = malloc(strlen(text) + 1), *to = out;
	while (out && *text) {
		const char *close = *text == '[' ? strchr(text, ']') : NULL;
		const char *mark = close ? close + 1 : NULL;
		const char *end = mark && *mark == '('	 ? strchr(mark, ')')
				  : mark && *mark == '{' ? strchr(mark, '}')
							 : NULL;
		char *said = end ? strndup(text + 1, (size_t)(close - text - 1)) : NULL;
		if (!said) {
			*to++ = *text++;
			continue;
		}
		take_mark(import, intent, said, mark, end);
		to = stpcpy(to, said);
		free(said);
		text = end + 1;
	}
	if (out)
		*to = '\0';
	return out;
}

/* Calls `take` for each line `- text` of a block of examples. */
static void each_example(struct import *import, const struct hl_yaml_node *node, void *arg,
			 void (*take)(struct import *import, void *arg, const char *text))
{
	if (node && node->kind == HL_YAML_LIST) {
		for (const struct hl_yaml_node *item = node->first; item; item = item->next) {
			char *text = text_of(item->kind == HL_YAML_MAP ? hl_yaml_get(item, "text")
								       : item);
			if (text)
				take(import, arg, text);
			free(text);
		}
		return;
	}
	char *all = text_of(node), *save = NULL;
	for (char *line = all ? strtok_r(all, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		while (*line == ' ')
			line++;
		if (line[0] == '-' && line[1] == ' ')
			take(import, arg, line + 2);
	}
	free(all);
}

static void take_example(struct import *import, void *arg, const char *text)
{
	size_t intent = *(size_t *)arg;
	char *plain = plain_example(import, &import->intents[intent], text);
	if (plain)
		import_text(import, &import->intents[intent].examples, plain);
	free(plain);
}

struct synonym {
	const char *list, *value;
};

static void take_synonym(struct import *import, void *arg, const char *text)
{
	const struct synonym *synonym = arg;
	import_spelling(import, import_list(import, synonym->list),
			synonym->value ? synonym->value : text, text);
}

/* The list that has the value already, else one for all synonyms. */
static const char *list_with(const struct import *import, const char *value)
{
	for (size_t i = 0; i < import->n_lists; i++)
		for (size_t k = 0; k < import->lists[i].n; k++)
			if (strcmp(import->lists[i].v[k].value, value) == 0)
				return import->lists[i].name;
	return "synonyms";
}

static void take_first(struct import *import, void *arg, const char *text)
{
	char **first = arg;
	if (*first)
		import_note(import, "the regular expression `%s`: one a name is carried over",
			    text);
	else
		*first = strdup(text);
}

/* A regex of an entity's name is that slot's pattern, where no values of it are known. */
static void take_regex(struct import *import, const char *name, const struct hl_yaml_node *examples)
{
	char *pattern = NULL, *clean = import_name(import, name);
	size_t used = 0;
	each_example(import, examples, &pattern, take_first);
	for (size_t i = 0; clean && pattern && i < import->n_intents; i++)
		for (size_t k = 0; k < import->intents[i].n_slots; k++) {
			struct import_slot *slot = &import->intents[i].slots[k];
			if (!slot->list || strcmp(slot->list, clean) != 0 || slot->pattern)
				continue;
			free(slot->list);
			slot->list = NULL;
			slot->pattern = strdup(pattern);
			used++;
		}
	for (size_t i = 0; used && i < import->n_lists; i++)
		if (strcmp(import->lists[i].name, clean) == 0)
			import_forget(&import->lists[i]);
	if (!used)
		import_note(import, "regex `%s`: no example has an entity of that name", name);
	free(pattern);
	free(clean);
}

static void take_nlu(struct import *import, const struct hl_yaml_node *item, bool intents)
{
	const struct hl_yaml_node *examples = hl_yaml_get(item, "examples");
	char *intent = text_of(hl_yaml_get(item, "intent"));
	char *synonym = text_of(hl_yaml_get(item, "synonym"));
	char *lookup = text_of(hl_yaml_get(item, "lookup"));
	char *regex = text_of(hl_yaml_get(item, "regex"));
	if (intents && intent) {
		struct import_intent *found = import_intent(import, intent);
		size_t at = found ? (size_t)(found - import->intents) : 0;
		if (found)
			each_example(import, examples, &at, take_example);
	} else if (!intents && synonym) {
		struct synonym s = {list_with(import, synonym), synonym};
		char *list = strdup(s.list);
		s.list = list;
		if (list)
			each_example(import, examples, &s, take_synonym);
		free(list);
	} else if (!intents && lookup) {
		struct synonym s = {lookup, NULL};
		each_example(import, examples, &s, take_synonym);
	} else if (!intents && regex) {
		take_regex(import, regex, examples);
	}
	free(intent);
	free(synonym);
	free(lookup);
	free(regex);
}

static void take_nlu_files(struct rasa *r)
{
	/* intents first: synonyms belong to the lists their entities made */
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < r->n; i++)
			for (const struct hl_yaml_node *item =
				     first_of(hl_yaml_get(hl_yaml_root(r->files[i]), "nlu"));
			     item; item = item->next)
				take_nlu(r->import, item, pass == 0);
}

/* ------------------------------------------------------------------ domain.yml and rules.yml */

static void take_button(struct import *import, struct import_intent *intent,
			const struct hl_yaml_node *button)
{
	char *payload = text_of(hl_yaml_get(button, "payload"));
	if (payload && payload[0] == '/') {
		payload[strcspn(payload, "{")] = '\0';
		import_button(import, intent, payload + 1);
	} else {
		import_note(import, "a button of `%s` that leads to no intent", intent->id);
	}
	free(payload);
}

/* The answers of utter_x to an intent. */
static void take_response(struct rasa *r, struct import_intent *intent, const char *action)
{
	const struct hl_yaml_node *item = first_of(find_in(r, "responses", action));
	for (; item; item = item->next) {
		char *text = text_of(hl_yaml_get(item, "text"));
		const struct hl_yaml_node *button = first_of(hl_yaml_get(item, "buttons"));
		if (text && !hl_yaml_get(item, "condition"))
			import_text(r->import, &intent->answers[0], text);
		else if (text)
			import_note(r->import, "the answer of `%s` under a condition", action);
		free(text);
		for (; button; button = button->next)
			take_button(r->import, intent, button);
		if (hl_yaml_get(item, "image") || hl_yaml_get(item, "custom"))
			import_note(r->import, "the image or custom part of `%s`", action);
	}
}

/* The question of a form for a slot: utter_ask_FORM_SLOT, else utter_ask_SLOT. */
static void take_question(struct rasa *r, struct import_intent *intent, const char *form,
			  const char *name)
{
	char action[256];
	struct import_slot *slot = import_slot(r->import, intent, name);
	snprintf(action, sizeof(action), "utter_ask_%s_%s", form, name);
	const struct hl_yaml_node *response = first_of(find_in(r, "responses", action));
	if (!response) {
		snprintf(action, sizeof(action), "utter_ask_%s", name);
		response = first_of(find_in(r, "responses", action));
	}
	char *question = text_of(hl_yaml_get(response, "text"));
	if (slot && !slot->list && !slot->pattern)
		slot->list = import_name(r->import, name);
	if (slot && question)
		import_set(r->import, &slot->ask[0], question);
	else
		import_note(r->import, "the slot `%s` of the form `%s`: it has no question", name,
			    form);
	free(question);
}

static bool take_form(struct rasa *r, struct import_intent *intent, const char *form)
{
	const struct hl_yaml_node *about = find_in(r, "forms", form);
	const struct hl_yaml_node *wanted = hl_yaml_get(about, "required_slots");
	if (!about)
		return false;
	const struct hl_yaml_node *one = wanted ? wanted->first : NULL;
	bool map = wanted && wanted->kind == HL_YAML_MAP; /* as Rasa 2 had it */
	for (; one; one = map ? (one->next ? one->next->next : NULL) : one->next) {
		char *name = text_of(one);
		if (name)
			take_question(r, intent, form, name);
		free(name);
	}
	return true;
}

/* What follows an intent in a rule or story is its answer; `name` tells where it stood. */
static void take_action(struct rasa *r, const char *id, const char *action, const char *name)
{
	struct import_intent *intent = id ? import_intent(r->import, id) : NULL;
	if (intent && strncmp(action, "utter_", 6) == 0)
		take_response(r, intent, action);
	else if (strcmp(action, "action_listen") != 0 && !(intent && take_form(r, intent, action)))
		import_note(r->import, "action `%s` of `%s`", action, name);
}

static void take_steps(struct rasa *r, const struct hl_yaml_node *steps, const char *name)
{
	char *id = NULL;
	size_t turns = 0;
	for (const struct hl_yaml_node *step = first_of(steps); step; step = step->next) {
		char *action = text_of(hl_yaml_get(step, "action"));
		char *said = text_of(hl_yaml_get(step, "intent"));
		if (said) {
			struct import_intent *intent = NULL;
			free(id);
			id = said;
			if (turns++ > 0)
				intent = import_intent(r->import, id);
			if (intent && intent->answers[0].n > 0) { /* it has its answer already */
				free(id);
				id = NULL;
			}
		} else if (action) {
			take_action(r, id, action, name);
		} else if (hl_yaml_get(step, "or") || hl_yaml_get(step, "checkpoint")) {
			import_note(r->import, "an `or` or checkpoint of `%s`", name);
		}
		free(action);
	}
	if (turns > 1)
		import_note(r->import,
			    "the order of turns in `%s`: each intent is answered by itself", name);
	free(id);
}

static void take_flows(struct rasa *r, const char *list, const char *kind)
{
	for (size_t i = 0; i < r->n; i++)
		for (const struct hl_yaml_node *item =
			     first_of(hl_yaml_get(hl_yaml_root(r->files[i]), list));
		     item; item = item->next) {
			char *name = text_of(hl_yaml_get(item, kind));
			if (hl_yaml_get(item, "condition"))
				import_note(r->import, "the condition of `%s`", name ? name : kind);
			take_steps(r, hl_yaml_get(item, "steps"), name ? name : kind);
			free(name);
		}
}

/* An intent without a rule: utter_INTENT by its name. */
static void take_by_name(struct rasa *r)
{
	for (size_t i = 0; i < r->import->n_intents; i++) {
		char action[128];
		struct import_intent *intent = &r->import->intents[i];
		snprintf(action, sizeof(action), "utter_%s", intent->raw);
		if (intent->answers[0].n == 0)
			take_response(r, intent, action);
	}
}

/* ------------------------------------------------------------------ files */

static void note_findings(struct import *import, struct hl_findings *findings)
{
	const struct hl_finding *v;
	size_t n;
	if (hl_findings_list(&v, &n, findings) != HL_OK)
		return;
	for (size_t i = 0; i < n; i++)
		import_note(import, "%.*s:%u: %.*s", (int)v[i].file.len, v[i].file.ptr, v[i].line,
			    (int)v[i].message.len, v[i].message.ptr);
}

static void read_yaml(struct rasa *r, const char *source, const char *name)
{
	struct hl_findings *findings;
	struct hl_yaml *yaml = NULL;
	size_t len;
	char *text = r->n < FILES_MAX ? import_read(r->import, source, name, &len) : NULL;
	if (!text)
		return;
	if (hl_findings_new(&findings) == HL_OK) {
		if (hl_yaml_parse(&yaml, (struct hl_str){name, strlen(name)},
				  (struct hl_str){text, len}, 1, findings) == HL_REFUSED)
			note_findings(r->import, findings);
		hl_findings_free(findings);
	}
	if (yaml)
		r->files[r->n++] = yaml;
	free(text);
}

static int is_yaml(const struct dirent *entry)
{
	static const char *const settings[] = {"config.", "credentials.", "endpoints.", "tests."};
	const char *dot = strrchr(entry->d_name, '.');
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (strncmp(entry->d_name, settings[i], strlen(settings[i])) == 0)
			return 0;
	return entry->d_name[0] != '.' && dot &&
	       (strcmp(dot, ".yml") == 0 || strcmp(dot, ".yaml") == 0);
}

/* The project's own folder, domain/, data/ and what stands one deeper. */
static void read_folder(struct rasa *r, const char *source, const char *below)
{
	char path[4096];
	struct dirent **entries;
	snprintf(path, sizeof(path), "%s/%s", source, below);
	int n = scandir(path, &entries, is_yaml, alphasort);
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s%s%s", below, *below ? "/" : "",
			 entries[i]->d_name);
		read_yaml(r, source, path);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

static void note_rest(struct rasa *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct hl_yaml_node *root = hl_yaml_root(r->files[i]);
		const struct hl_yaml_node *action = first_of(hl_yaml_get(root, "actions"));
		for (; action; action = action->next)
			import_note(r->import, "the action `%.*s`, written in Python",
				    (int)action->text.len,
				    action->text.len ? action->text.ptr : "");
	}
}

bool import_rasa(struct import *import, const char *source)
{
	static const char *const folders[] = {"",	  "domain",	"data",
					      "data/nlu", "data/rules", "data/stories"};
	struct rasa *r = calloc(1, sizeof(*r));
	bool is_rasa = false;
	if (!r) {
		import->failed = true;
		return false;
	}
	r->import = import;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		read_folder(r, source, folders[i]);
	for (size_t i = 0; i < r->n; i++)
		is_rasa = is_rasa || hl_yaml_get(hl_yaml_root(r->files[i]), "nlu");
	if (is_rasa) {
		import_lang(import, "");
		take_nlu_files(r);
		take_flows(r, "rules", "rule");
		take_flows(r, "stories", "story");
		take_by_name(r);
		note_rest(r);
	}
	for (size_t i = 0; i < r->n; i++)
		hl_yaml_free(r->files[i]);
	free(r);
	return is_rasa;
}
