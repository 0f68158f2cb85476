/*
 * Rasa's `nlu`: intents and examples with their marked entities, synonyms, lookup tables, regular
 * expressions. Entities become lists or patterns, and slots of the intents that have them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/import_rasa.h"

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
			char *text = rasa_text(item->kind == HL_YAML_MAP ? hl_yaml_get(item, "text")
									 : item);
			if (text)
				take(import, arg, text);
			free(text);
		}
		return;
	}
	char *all = rasa_text(node), *save = NULL;
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

struct regexes {
	char *first;
	size_t more;
};

static void take_first(struct import *import, void *arg, const char *text)
{
	struct regexes *regexes = arg;
	(void)import;
	if (regexes->first)
		regexes->more++;
	else
		regexes->first = strdup(text);
}

/* Makes the pattern that of all slots of the list; how many there are. */
static size_t use_pattern(struct import *import, const char *list, const char *pattern,
			  struct import_place at)
{
	size_t used = 0;
	for (size_t i = 0; i < import->n_intents; i++)
		for (size_t k = 0; k < import->intents[i].n_slots; k++) {
			struct import_slot *slot = &import->intents[i].slots[k];
			if (!slot->list || strcmp(slot->list, list) != 0 || slot->pattern)
				continue;
			free(slot->list);
			slot->list = NULL;
			slot->pattern = strdup(pattern);
			slot->at = at;
			used++;
		}
	for (size_t i = 0; used && i < import->n_lists; i++)
		if (strcmp(import->lists[i].name, list) == 0)
			import_forget(&import->lists[i]);
	return used;
}

/* A regex of an entity's name is that slot's pattern. */
static void take_regex(struct rasa *r, const char *name, const struct hl_yaml_node *item)
{
	struct import *import = r->import;
	struct import_place at = rasa_place(r, hl_yaml_get(item, "regex"));
	struct regexes found = {NULL, 0};
	char *clean = import_name(import, name);
	each_example(import, hl_yaml_get(item, "examples"), &found, take_first);
	if (clean && found.first && use_pattern(import, clean, found.first, at) == 0)
		import_note(import, at, "regex `%s`: no example has an entity of that name", name);
	else if (found.more)
		import_note(import, at, "regex `%s`: all but the first of its expressions", name);
	free(found.first);
	free(clean);
}

/* What Duckling finds by itself has a type here; its examples' values are no list. */
static void use_types(struct import *import)
{
	static const struct {
		const char *entity, *type;
	} table[] = {{"number", "number"},	{"ordinal", "number"},
		     {"time", "date"},		{"email", "email"},
		     {"phone_number", "phone"}, {"amount_of_money", "amount"}};
	for (size_t e = 0; e < sizeof(table) / sizeof(table[0]); e++) {
		size_t used = 0;
		for (size_t i = 0; i < import->n_intents; i++)
			for (size_t k = 0; k < import->intents[i].n_slots; k++) {
				struct import_slot *slot = &import->intents[i].slots[k];
				if (!slot->list || strcmp(slot->list, table[e].entity) != 0)
					continue;
				free(slot->list);
				slot->list = NULL;
				slot->type = table[e].type;
				used++;
			}
		for (size_t i = 0; used && i < import->n_lists; i++)
			if (strcmp(import->lists[i].name, table[e].entity) == 0)
				import_forget(&import->lists[i]);
	}
}

/* Rasa's name for what no intent shall take. */
static void take_outside(struct import *import, void *arg, const char *text)
{
	char *plain = plain_example(import, NULL, text);
	(void)arg;
	if (plain)
		import_text(import, &import->outside, plain);
	free(plain);
}

static void take_intent(struct import *import, const char *name,
			const struct hl_yaml_node *examples)
{
	if (strcmp(name, "out_of_scope") == 0) {
		each_example(import, examples, NULL, take_outside);
		return;
	}
	struct import_intent *found = import_intent(import, name);
	size_t at = found ? (size_t)(found - import->intents) : 0;
	if (found)
		each_example(import, examples, &at, take_example);
}

static void take_nlu(struct rasa *r, const struct hl_yaml_node *item, bool intents)
{
	struct import *import = r->import;
	const struct hl_yaml_node *examples = hl_yaml_get(item, "examples");
	char *intent = rasa_text(hl_yaml_get(item, "intent"));
	char *synonym = rasa_text(hl_yaml_get(item, "synonym"));
	char *lookup = rasa_text(hl_yaml_get(item, "lookup"));
	char *regex = rasa_text(hl_yaml_get(item, "regex"));
	if (intents && intent) {
		take_intent(import, intent, examples);
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
		take_regex(r, regex, item);
	}
	free(intent);
	free(synonym);
	free(lookup);
	free(regex);
}

void rasa_take_nlu(struct rasa *r)
{
	/* intents first: synonyms belong to the lists their entities made */
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < r->n; i++)
			for (const struct hl_yaml_node *item =
				     rasa_first(hl_yaml_get(hl_yaml_root(r->files[i]), "nlu"));
			     item; item = item->next)
				take_nlu(r, item, pass == 0);
	if (r->duckling)
		use_types(r->import);
}
