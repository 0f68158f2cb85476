/*
 * Rasa projects: intents, examples and entities under `nlu`, answers under `responses`, questions
 * of `forms`; which answer belongs to which intent say `rules` and `stories`. Knows their layout;
 * what has no counterpart is named.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/import_rasa.h"

#define FOLDERS_DEEP 6
#define INTENTS_A_STEP 16u

/* The value of a key in the first file that has it: `responses` and `forms` may stand anywhere. */
static const struct hl_yaml_node *find_in(const struct rasa *r, const char *map, const char *key)
{
	const struct hl_yaml_node *found = NULL;
	for (size_t i = 0; i < r->n && !found; i++)
		found = hl_yaml_get(hl_yaml_get(hl_yaml_root(r->files[i]), map), key);
	return found;
}

const struct hl_yaml_node *rasa_first(const struct hl_yaml_node *list)
{
	return list && list->kind == HL_YAML_LIST ? list->first : NULL;
}

char *rasa_text(const struct hl_yaml_node *node)
{
	if (!node || node->kind != HL_YAML_TEXT)
		return NULL;
	return strndup(node->text.len ? node->text.ptr : "", node->text.len);
}

struct import_place rasa_place(const struct rasa *r, const struct hl_yaml_node *node)
{
	uint32_t line, column;
	for (size_t i = 0; node && i < r->n; i++) {
		if (hl_yaml_node_of(r->files[i], hl_yaml_id(r->files[i], node)) != node)
			continue;
		struct hl_str name = hl_yaml_name(r->files[i]);
		char file[512];
		snprintf(file, sizeof(file), "%.*s", (int)name.len, name.ptr);
		hl_yaml_place(&line, &column, r->files[i], node->start);
		return import_place(r->import, file, line);
	}
	return (struct import_place){NULL, 0};
}

/* ------------------------------------------------------------------ domain.yml and rules.yml */

static void take_button(const struct rasa *r, struct import_intent *intent,
			const struct hl_yaml_node *button)
{
	struct import *import = r->import;
	char *payload = rasa_text(hl_yaml_get(button, "payload"));
	if (payload && payload[0] == '/') {
		payload[strcspn(payload, "{")] = '\0';
		import_button(import, intent, payload + 1);
	} else {
		import_note(import, rasa_place(r, button),
			    "a button of `%s` that leads to no intent", intent->id);
	}
	free(payload);
}

/* The answers of utter_x to an intent. */
static void take_response(struct rasa *r, struct import_intent *intent, const char *action)
{
	const struct hl_yaml_node *item = rasa_first(find_in(r, "responses", action));
	for (; item; item = item->next) {
		char *text = rasa_text(hl_yaml_get(item, "text"));
		const struct hl_yaml_node *button = rasa_first(hl_yaml_get(item, "buttons"));
		if (text && !hl_yaml_get(item, "condition"))
			import_text(r->import, &intent->answers[0], text);
		else if (text)
			import_note(r->import, rasa_place(r, item),
				    "the answer of `%s` under a condition", action);
		free(text);
		for (; button; button = button->next)
			take_button(r, intent, button);
		if (hl_yaml_get(item, "image") || hl_yaml_get(item, "custom"))
			import_note(r->import, rasa_place(r, item),
				    "the image or custom part of `%s`", action);
	}
}

/* The question of a form for a slot: utter_ask_FORM_SLOT, else utter_ask_SLOT. */
static void take_question(struct rasa *r, struct import_intent *intent, const char *form,
			  const struct hl_yaml_node *wanted)
{
	char action[256], *name = rasa_text(wanted);
	struct import_slot *slot = name ? import_slot(r->import, intent, name) : NULL;
	if (!slot) {
		free(name);
		return;
	}
	snprintf(action, sizeof(action), "utter_ask_%s_%s", form, name);
	const struct hl_yaml_node *response = rasa_first(find_in(r, "responses", action));
	if (!response) {
		snprintf(action, sizeof(action), "utter_ask_%s", name);
		response = rasa_first(find_in(r, "responses", action));
	}
	char *question = rasa_text(hl_yaml_get(response, "text"));
	if (!slot->list && !slot->pattern && !slot->type)
		slot->list = import_name(r->import, name);
	if (question)
		import_set(r->import, &slot->ask[0], question);
	else
		import_note(r->import, rasa_place(r, wanted),
			    "the slot `%s` of the form `%s`: it has no question", name, form);
	free(question);
	free(name);
}

/* What a form may hold beside its slots. */
static bool is_setting(struct hl_str key)
{
	return key.len == strlen("ignored_intents") &&
	       memcmp(key.ptr, "ignored_intents", key.len) == 0;
}

static bool take_form(struct rasa *r, struct import_intent *intent, const char *form)
{
	const struct hl_yaml_node *about = find_in(r, "forms", form);
	const struct hl_yaml_node *wanted = hl_yaml_get(about, "required_slots");
	if (!about)
		return false;
	if (!wanted) /* as Rasa 2 had it: the slots themselves */
		wanted = about->kind == HL_YAML_MAP ? about : NULL;
	const struct hl_yaml_node *one = wanted ? wanted->first : NULL;
	bool map = wanted && wanted->kind == HL_YAML_MAP;
	for (; one; one = map ? (one->next ? one->next->next : NULL) : one->next)
		if (one->kind == HL_YAML_TEXT && !is_setting(one->text))
			take_question(r, intent, form, one);
	return true;
}

/* A rule or story on its way through the steps. */
struct flow {
	struct rasa *r;
	const char *name;
	char *ids[INTENTS_A_STEP]; /* what was said last, one of several with `or` */
	size_t n, turns;
	struct import_texts lost; /* actions without a counterpart */
	bool parts;		  /* a checkpoint or the like */
	bool answered;		  /* what was said has its answer already */
};

static void forget_said(struct flow *flow)
{
	while (flow->n)
		free(flow->ids[--flow->n]);
}

static struct import_intent *find_intent(const struct import *import, const char *raw)
{
	for (size_t i = 0; i < import->n_intents; i++)
		if (strcmp(import->intents[i].raw, raw) == 0)
			return &import->intents[i];
	return NULL;
}

/* `faq` of a rule stands for `faq/fees` and the like, which have their answers by name. */
static bool has_parts(const struct import *import, const char *raw)
{
	size_t len = strlen(raw);
	for (size_t i = 0; i < import->n_intents; i++)
		if (strncmp(import->intents[i].raw, raw, len) == 0 &&
		    import->intents[i].raw[len] == '/')
			return true;
	return false;
}

/* In a later turn only an intent without an answer takes what follows. */
static void take_said(struct flow *flow, const struct hl_yaml_node *node)
{
	char *id = flow->n < INTENTS_A_STEP ? rasa_text(node) : NULL;
	const struct import_intent *intent = id ? find_intent(flow->r->import, id) : NULL;
	if (intent && (flow->turns == 0 || intent->answers[0].n == 0)) {
		flow->ids[flow->n++] = id;
		return;
	}
	flow->answered = intent || (id && has_parts(flow->r->import, id));
	free(id);
}

static bool take_turn(struct flow *flow, const struct hl_yaml_node *step)
{
	const struct hl_yaml_node *said = hl_yaml_get(step, "intent");
	const struct hl_yaml_node *choice = rasa_first(hl_yaml_get(step, "or"));
	if (!said && !(choice && hl_yaml_get(choice, "intent")))
		return false;
	forget_said(flow);
	flow->answered = false;
	if (said)
		take_said(flow, said);
	for (; choice; choice = choice->next)
		take_said(flow, hl_yaml_get(choice, "intent"));
	flow->turns++;
	return true;
}

/* What follows an intent in a rule or story is its answer or its form. */
static void take_action(struct flow *flow, const char *action)
{
	struct rasa *r = flow->r;
	bool used = strcmp(action, "action_listen") == 0 ||
		    (flow->answered && strncmp(action, "utter_", 6) == 0);
	for (size_t i = 0; i < flow->n; i++) {
		struct import_intent *intent = find_intent(r->import, flow->ids[i]);
		if (!intent)
			continue;
		if (strncmp(action, "utter_", 6) == 0) {
			take_response(r, intent, action);
			used = true;
		} else if (take_form(r, intent, action)) {
			used = true;
		}
	}
	if (!used)
		import_text(r->import, &flow->lost, action);
}

static void note_flow(struct flow *flow, struct import_place at, const char *kind)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	if (!to)
		return;
	fprintf(to, "of the %s `%s`: ", kind, flow->name);
	const char *between = "";
	for (size_t i = 0; i < flow->lost.n; i++) {
		fprintf(to, "%s`%s`", i ? ", " : "the actions ", flow->lost.v[i]);
		between = "; ";
	}
	if (flow->turns > 1) {
		fprintf(to, "%sthe order of its turns (each intent is answered by itself)",
			between);
		between = "; ";
	}
	if (flow->parts)
		fprintf(to, "%sits conditions and checkpoints", between);
	if (fclose(to) == 0 && (flow->lost.n || flow->turns > 1 || flow->parts))
		import_note(flow->r->import, at, "%s", text);
	free(text);
}

static void take_flow(struct rasa *r, const struct hl_yaml_node *item, const char *kind)
{
	char *name = rasa_text(hl_yaml_get(item, kind));
	struct flow flow = {.r = r, .name = name ? name : ""};
	flow.parts = hl_yaml_get(item, "condition") != NULL;
	for (const struct hl_yaml_node *step = rasa_first(hl_yaml_get(item, "steps")); step;
	     step = step->next) {
		char *action = rasa_text(hl_yaml_get(step, "action"));
		if (action)
			take_action(&flow, action);
		else if (!take_turn(&flow, step) && hl_yaml_get(step, "checkpoint"))
			flow.parts = true;
		free(action);
	}
	note_flow(&flow, rasa_place(r, item), kind);
	forget_said(&flow);
	while (flow.lost.n)
		free(flow.lost.v[--flow.lost.n]);
	free(flow.lost.v);
	free(name);
}

static void take_flows(struct rasa *r, const char *list, const char *kind)
{
	for (size_t i = 0; i < r->n; i++)
		for (const struct hl_yaml_node *item =
			     rasa_first(hl_yaml_get(hl_yaml_root(r->files[i]), list));
		     item; item = item->next)
			take_flow(r, item, kind);
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
	for (size_t i = 0; i < n; i++) {
		char *file = strndup(v[i].file.ptr, v[i].file.len);
		if (file)
			import_note(import, import_place(import, file, v[i].line),
				    "this line: %.*s", (int)v[i].message.len, v[i].message.ptr);
		free(file);
	}
}

/* `language: es` of config.yml, and whether Duckling is in its pipeline. */
static void read_config(struct rasa *r, const char *text)
{
	const char *at = strncmp(text, "language:", 9) == 0 ? text : strstr(text, "\nlanguage:");
	r->duckling = r->duckling || strstr(text, "Duckling") != NULL;
	if (!at)
		return;
	at = strchr(at, ':') + 1;
	import_lang(r->import, at + strspn(at, " \"'"));
}

static void read_yaml(struct rasa *r, const char *source, const char *name)
{
	struct hl_findings *findings;
	struct hl_yaml *yaml = NULL;
	const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
	uint32_t id = r->n ? hl_yaml_next_id(r->files[r->n - 1]) : 1;
	size_t len;
	char *text = r->n < RASA_FILES_MAX ? import_read(r->import, source, name, &len) : NULL;
	if (!text)
		return;
	if (strncmp(base, "config.", 7) == 0) {
		read_config(r, text);
	} else if (hl_findings_new(&findings) == HL_OK) {
		if (hl_yaml_parse(&yaml, (struct hl_str){name, strlen(name)},
				  (struct hl_str){text, len}, id, findings) == HL_REFUSED)
			note_findings(r->import, findings);
		hl_findings_free(findings);
	}
	if (yaml)
		r->files[r->n++] = yaml;
	free(text);
}

static bool is_yaml(const char *name)
{
	static const char *const settings[] = {"credentials.", "endpoints.", "tests.", "docker-"};
	const char *dot = strrchr(name, '.');
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (strncmp(name, settings[i], strlen(settings[i])) == 0)
			return false;
	return dot && (strcmp(dot, ".yml") == 0 || strcmp(dot, ".yaml") == 0);
}

/* The project's own folder, and all that stands below data/ and domain/. */
static void read_folder(struct rasa *r, const char *source, const char *below, int deep)
{
	char path[4096];
	struct dirent **entries;
	snprintf(path, sizeof(path), "%s/%s", source, below);
	int n = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;
		bool folder = strcmp(name, "data") == 0 || strcmp(name, "domain") == 0 || deep > 0;
		snprintf(path, sizeof(path), "%s%s%s", below, *below ? "/" : "", name);
		if (*name != '.' && is_yaml(name))
			read_yaml(r, source, path);
		else if (*name != '.' && folder && deep < FOLDERS_DEEP && !strchr(name, '.'))
			read_folder(r, source, path, deep + 1);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

static void note_rest(struct rasa *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct hl_yaml_node *root = hl_yaml_root(r->files[i]);
		const struct hl_yaml_node *action = rasa_first(hl_yaml_get(root, "actions"));
		for (; action; action = action->next)
			import_note(r->import, rasa_place(r, action),
				    "the action `%.*s`, written in Python", (int)action->text.len,
				    action->text.len ? action->text.ptr : "");
	}
}

bool import_rasa(struct import *import, const char *source)
{
	struct rasa *r = calloc(1, sizeof(*r));
	bool is_rasa = false;
	if (!r) {
		import->failed = true;
		return false;
	}
	r->import = import;
	read_folder(r, source, "", 0);
	for (size_t i = 0; i < r->n; i++)
		is_rasa = is_rasa || hl_yaml_get(hl_yaml_root(r->files[i]), "nlu");
	if (is_rasa) {
		import_lang(import, "");
		rasa_take_nlu(r);
		take_flows(r, "rules", "rule");
		take_flows(r, "stories", "story");
		take_by_name(r);
		note_rest(r);
	} else {
		import_reset(import);
	}
	for (size_t i = 0; i < r->n; i++)
		hl_yaml_free(r->files[i]);
	free(r);
	return is_rasa;
}
