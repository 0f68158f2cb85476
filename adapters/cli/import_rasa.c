/*
 * Rasa projects: intents and examples from nlu.yml, answers from domain.yml, which answer belongs
 * to which intent from rules.yml. Knows their layout; stories, forms and actions have no
 * counterpart and are named.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/import.h"
#include "hotline_yaml.h"

struct rasa {
	struct import *import;
	struct hl_yaml *domain;
};

static char *text_of(const struct hl_yaml_node *node)
{
	if (!node || node->kind != HL_YAML_TEXT)
		return NULL;
	return strndup(node->text.len ? node->text.ptr : "", node->text.len);
}

static bool is_text(const struct hl_yaml_node *node, const char *text)
{
	size_t len = strlen(text);
	return node && node->kind == HL_YAML_TEXT && node->text.len == len &&
	       (len == 0 || memcmp(node->text.ptr, text, len) == 0);
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

static void take_entity(struct import *import, struct import_intent *intent, const char *entity,
			const char *value, const char *said)
{
	struct import_list *list = import_list(import, entity);
	import_spelling(import, list, value, said);
	if (list && intent)
		import_ask(import, intent, list->name, NULL);
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
		if (!end) {
			*to++ = *text++;
			continue;
		}
		char *said = strndup(text + 1, (size_t)(close - text - 1));
		char *entity = *mark == '(' ? strndup(mark + 1, (size_t)(end - mark - 1))
					    : json_value(mark, end, "entity");
		char *value = *mark == '{' ? json_value(mark, end, "value") : NULL;
		char *colon = entity && *mark == '(' ? strchr(entity, ':') : NULL;
		if (colon)
			*colon = '\0';
		if (said && entity && *entity)
			take_entity(import, intent, entity,
				    value   ? value
				    : colon ? colon + 1
					    : said,
				    said);
		to = stpcpy(to, said ? said : "");
		free(said);
		free(entity);
		free(value);
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
		import_note(import, "regex `%s`: write it as a pattern", regex);
	}
	free(intent);
	free(synonym);
	free(lookup);
	free(regex);
}

static void take_nlu_file(struct import *import, const struct hl_yaml_node *root)
{
	const struct hl_yaml_node *nlu = hl_yaml_get(root, "nlu");
	/* intents first: synonyms belong to the lists their entities made */
	for (int pass = 0; pass < 2; pass++)
		for (const struct hl_yaml_node *item = nlu && nlu->kind == HL_YAML_LIST ? nlu->first
											: NULL;
		     item; item = item->next)
			take_nlu(import, item, pass == 0);
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
	const struct hl_yaml_node *all =
		r->domain ? hl_yaml_get(hl_yaml_root(r->domain), "responses") : NULL;
	const struct hl_yaml_node *response = hl_yaml_get(all, action);
	for (const struct hl_yaml_node *item =
		     response && response->kind == HL_YAML_LIST ? response->first : NULL;
	     item; item = item->next) {
		char *text = text_of(hl_yaml_get(item, "text"));
		const struct hl_yaml_node *buttons = hl_yaml_get(item, "buttons");
		if (text)
			import_text(r->import, &intent->answers, text);
		free(text);
		for (const struct hl_yaml_node *button =
			     buttons && buttons->kind == HL_YAML_LIST ? buttons->first : NULL;
		     button; button = button->next)
			take_button(r->import, intent, button);
		if (hl_yaml_get(item, "image") || hl_yaml_get(item, "custom"))
			import_note(r->import, "the image or custom part of `%s`", action);
	}
}

static void take_rule(struct rasa *r, const struct hl_yaml_node *rule)
{
	const struct hl_yaml_node *steps = hl_yaml_get(rule, "steps");
	char *id = NULL, *name = text_of(hl_yaml_get(rule, "rule"));
	for (const struct hl_yaml_node *step = steps && steps->kind == HL_YAML_LIST ? steps->first
										    : NULL;
	     step; step = step->next) {
		char *action = text_of(hl_yaml_get(step, "action"));
		if (hl_yaml_get(step, "intent") && !id)
			id = text_of(hl_yaml_get(step, "intent"));
		else if (action && id && strncmp(action, "utter_", 6) == 0) {
			struct import_intent *intent = import_intent(r->import, id);
			if (intent)
				take_response(r, intent, action);
		} else if (action && !is_text(hl_yaml_get(step, "action"), "action_listen")) {
			import_note(r->import, "action `%s` of the rule `%s`", action,
				    name ? name : "");
		}
		free(action);
	}
	free(id);
	free(name);
}

static void take_rules(struct rasa *r, const struct hl_yaml_node *root)
{
	const struct hl_yaml_node *rules = hl_yaml_get(root, "rules");
	for (const struct hl_yaml_node *rule = rules && rules->kind == HL_YAML_LIST ? rules->first
										    : NULL;
	     rule; rule = rule->next)
		take_rule(r, rule);
	if (hl_yaml_get(root, "stories"))
		import_note(r->import, "stories: write what shall be asked as `slots` with `ask`");
}

/* An intent without a rule: utter_INTENT by its name. */
static void take_by_name(struct rasa *r)
{
	for (size_t i = 0; i < r->import->n_intents; i++) {
		char action[128];
		struct import_intent *intent = &r->import->intents[i];
		snprintf(action, sizeof(action), "utter_%s", intent->id);
		if (intent->answers.n == 0)
			take_response(r, intent, action);
	}
}

/* ------------------------------------------------------------------ files */

static struct hl_yaml *read_yaml(struct import *import, const char *source, const char *name)
{
	static const char *const folders[] = {"", "data/"};
	static const char *const endings[] = {".yml", ".yaml"};
	struct hl_yaml *yaml = NULL;
	for (size_t i = 0; i < 4 && !yaml; i++) {
		char path[256];
		size_t len;
		struct hl_findings *findings;
		snprintf(path, sizeof(path), "%s%s%s", folders[i / 2], name, endings[i % 2]);
		char *text = import_read(import, source, path, &len);
		if (!text)
			continue;
		if (hl_findings_new(&findings) == HL_OK) {
			int status = hl_yaml_parse(&yaml, (struct hl_str){path, strlen(path)},
						   (struct hl_str){text, len}, 1, findings);
			const struct hl_finding *v;
			size_t n;
			if (status == HL_REFUSED && hl_findings_list(&v, &n, findings) == HL_OK &&
			    n > 0)
				import_note(import, "%s:%u: %.*s", path, v[0].line,
					    (int)v[0].message.len, v[0].message.ptr);
			hl_findings_free(findings);
		}
		free(text);
	}
	return yaml;
}

static void note_domain(struct import *import, const struct hl_yaml_node *root)
{
	if (hl_yaml_get(root, "forms"))
		import_note(import, "forms: give the intent `slots` with `ask`");
	if (hl_yaml_get(root, "actions"))
		import_note(import, "actions written in Python");
}

bool import_rasa(struct import *import, const char *source)
{
	struct hl_yaml *nlu = read_yaml(import, source, "nlu");
	if (!nlu)
		return false;
	struct rasa r = {import, read_yaml(import, source, "domain")};
	struct hl_yaml *rules = read_yaml(import, source, "rules"),
		       *stories = read_yaml(import, source, "stories");
	take_nlu_file(import, hl_yaml_root(nlu));
	if (r.domain)
		note_domain(import, hl_yaml_root(r.domain));
	if (rules)
		take_rules(&r, hl_yaml_root(rules));
	if (stories)
		take_rules(&r, hl_yaml_root(stories));
	take_by_name(&r);
	hl_yaml_free(nlu);
	hl_yaml_free(r.domain);
	hl_yaml_free(rules);
	hl_yaml_free(stories);
	return true;
}
