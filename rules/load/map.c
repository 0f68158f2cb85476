/*
 * Maps by table, and the readers of plain values. Knows what a mistake in a key or a value is
 * called, not what the keys are for.
 */
#include "load/load.h"

#include <stdlib.h>
#include <string.h>

#include "yaml/yaml.h"

#define KEYS_MAX 64
#define NAMES_TOLD 16 /* where none is near */

__attribute__((format(printf, 6, 0))) static void
report(struct hl_load *load, const struct hl_yaml_node *node, enum hl_level level, const char *code,
       struct hl_str remedy, const char *format, va_list args)
{
	char *message = NULL;
	int len = vasprintf(&message, format, args);
	if (len < 0) {
		load->pool.failed = true;
		return;
	}
	hl_yaml_report(load->findings, load->file, level, code, node->start, node->end,
		       (struct hl_str){message, (size_t)len}, remedy);
	free(message);
}

void hl_load_error(struct hl_load *load, const struct hl_yaml_node *node, const char *code,
		   struct hl_str remedy, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	report(load, node, HL_ERROR, code, remedy, format, args);
	va_end(args);
}

void hl_load_warn(struct hl_load *load, const struct hl_yaml_node *node, const char *code,
		  struct hl_str remedy, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	report(load, node, HL_WARNING, code, remedy, format, args);
	va_end(args);
}

struct hl_str hl_load_meant(struct hl_load *load, struct hl_str word, const struct hl_str *names,
			    size_t n)
{
	size_t found = hl_did_you_mean(word, names, n);
	if (found < n)
		return hl_pool_format(&load->pool, "did you mean `" HL_FMT "`?",
				      HL_ARG(names[found]));
	struct hl_str list = HL_NONE;
	for (size_t i = 0; i < n && i < NAMES_TOLD; i++) {
		bool again = false;
		for (size_t k = 0; k < i; k++)
			again = again || hl_view_equal(names[i], names[k]);
		if (!again)
			list = hl_pool_format(&load->pool, HL_FMT "%s" HL_FMT, HL_ARG(list),
					      i ? ", " : "there is: ", HL_ARG(names[i]));
	}
	return n > NAMES_TOLD ? hl_pool_format(&load->pool, HL_FMT " and %zu more", HL_ARG(list),
					       n - NAMES_TOLD)
			      : list;
}

static const struct hl_key *find_key(const struct hl_key *keys, size_t n, struct hl_str name)
{
	for (size_t i = 0; i < n; i++)
		if (hl_view_is(name, keys[i].name))
			return &keys[i];
	return NULL;
}

static void unknown_key(struct hl_load *load, const struct hl_yaml_node *key,
			const struct hl_key *keys, size_t n, const char *what)
{
	struct hl_str names[KEYS_MAX];
	size_t count = 0;
	if (hl_yaml_is_trap(key) || hl_view_is(key->text, "<<"))
		return; /* said already */
	for (size_t i = 0; i < n && count < KEYS_MAX; i++)
		names[count++] = hl_view_of(keys[i].name);
	if (key->text.len > 1 && key->text.ptr[0] == '-') {
		hl_load_error(load, key, "key.dash", HL_STR("write a space behind it: `- `"),
			      "this hyphen begins no list item");
		return;
	}
	hl_load_error(load, key, "key.unknown", hl_load_meant(load, key->text, names, count),
		      "unknown key `" HL_FMT "` in %s", HL_ARG(key->text), what);
}

/* What a map looks like where something else stands. */
static struct hl_str form_of(const char *what)
{
	static const struct {
		const char *what, *form;
	} table[] = {
		{"a rule file", "write `intents:`, and below it lines like: - id: topic.what"},
		{"an item of `words`", "write: - {all: [deposit, missing]}"},
		{"a slot", "write: coin: {list: coin}"},
		{"an intent", "write: - id: topic.what"},
		{"`handoff`", "write: handoff: offer, or {when: offer, note: \"...\"}"},
		{"`decide`", "write: {precision: 0.95}"},
		{"a step of `waiting`", "write: - {after: 10m, then: message}"},
		{"`secrets`", "write: {email: mask}"},
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(what, table[i].what) == 0)
			return hl_view_of(table[i].form);
	return HL_NONE;
}

bool hl_load_map(struct hl_load *load, const struct hl_yaml_node *node, const struct hl_key *keys,
		 size_t n_keys, void *out, const char *what)
{
	if (node->kind != HL_YAML_MAP) {
		const char *colon = node->kind == HL_YAML_TEXT && node->text.len
					    ? memchr(node->text.ptr, ':', node->text.len)
					    : NULL;
		hl_load_error(load, node, "map.wanted",
			      colon ? HL_STR("a space is missing after the colon")
			      : node->kind == HL_YAML_TEXT &&
					      hl_view_is(hl_view_of(what), "an intent")
				      ? hl_pool_format(&load->pool, "write: - id: " HL_FMT,
						       HL_ARG(node->text))
				      : form_of(what),
			      "%s is written as `key: value` lines", what);
		return false;
	}
	for (const struct hl_yaml_node *key = node->first; key && key->next;
	     key = key->next->next) {
		if (key->kind != HL_YAML_TEXT)
			continue; /* refused by the reader */
		const struct hl_key *known = find_key(keys, n_keys, key->text);
		if (!known)
			unknown_key(load, key, keys, n_keys, what);
		else
			known->read(load, key->next, (char *)out + known->offset);
	}
	return true;
}

struct hl_src hl_load_src(const struct hl_load *load, const struct hl_yaml_node *node)
{
	struct hl_src src = {.file = hl_yaml_name(load->file),
			     .node = hl_yaml_id(load->file, node)};
	hl_yaml_place(&src.line, &src.column, load->file, node->start);
	return src;
}

const struct hl_yaml_node *hl_load_items(struct hl_load *load, const struct hl_yaml_node *node,
					 size_t *n, const char *what)
{
	*n = 0;
	if (node->kind == HL_YAML_LIST) {
		*n = node->n;
		return node->first;
	}
	if (node->kind == HL_YAML_MAP) {
		hl_load_error(load, node, "list.wanted",
			      HL_STR("write one item a line, each after `- `"),
			      "a list of %s is wanted here, not a map", what);
		return NULL;
	}
	*n = 1;
	return node;
}

bool hl_load_text(struct hl_load *load, const struct hl_yaml_node *node, struct hl_str *out,
		  bool prose)
{
	int status = hl_yaml_text(out, load->findings, load->file, node, prose);
	return status == HL_OK;
}

bool hl_load_is_name(struct hl_load *load, const struct hl_yaml_node *key, const char *what)
{
	bool good = key->text.len > 0 && key->text.len <= 64;
	for (size_t i = 0; good && i < key->text.len; i++) {
		char c = key->text.ptr[i];
		good = (c >= 'a' && c <= 'z') || (i > 0 && ((c >= '0' && c <= '9') || c == '_'));
	}
	if (!good)
		hl_load_error(load, key, "name.form",
			      HL_STR("a small letter, then small letters, digits and _"),
			      "`" HL_FMT "` cannot be the name of %s", HL_ARG(key->text), what);
	return good;
}

void hl_read_text(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	struct hl_str *text = out;
	if (hl_load_text(load, value, text, false) && text->len == 0)
		hl_load_error(load, value, "text.empty", HL_STR("write it, or take the line out"),
			      "an empty text stands here");
}

/* Lines that were meant as a list: without hyphens, or with hyphens that no space follows, they are
   one text to YAML. */
static void check_joined(struct hl_load *load, const struct hl_yaml_node *node, bool item)
{
	struct hl_str text = hl_yaml_source(load->file);
	bool joined = false;
	if (node->kind != HL_YAML_TEXT || node->style != HL_YAML_PLAIN)
		return;
	for (uint32_t at = node->start; at < node->end && !joined; at++) {
		while (at < node->end && text.ptr[at] != '\n')
			at++;
		while (at < node->end && strchr(" \r\n", text.ptr[at]))
			at++;
		joined = at < node->end && (!item || text.ptr[at] == '-');
	}
	if (joined)
		hl_load_warn(load, node, "list.joined",
			     HL_STR("begin each with a hyphen and a space, `- `; if one text is "
				    "meant, put it in quotes"),
			     "these lines are read as one text");
}

void hl_read_lines(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	struct hl_lines *lines = out;
	size_t n, kept = 0;
	const struct hl_yaml_node *item = hl_load_items(load, value, &n, "texts");
	struct hl_line *v = hl_pool_array(&load->pool, n, sizeof(*v));
	for (; v && item && kept < n; item = item->next) {
		struct hl_str text;
		if (hl_load_text(load, item, &text, true)) {
			check_joined(load, item, value->kind == HL_YAML_LIST);
			if (text.len == 0)
				hl_load_error(load, item, "text.empty", HL_STR("take it out"),
					      "an empty text stands here");
			else
				v[kept++] = (struct hl_line){text, hl_load_src(load, item)};
		}
		if (value->kind == HL_YAML_TEXT)
			break;
	}
	*lines = (struct hl_lines){v, kept};
}

void hl_read_names(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	struct hl_names *names = out;
	size_t n, kept = 0;
	const struct hl_yaml_node *item = hl_load_items(load, value, &n, "names");
	struct hl_str *v = hl_pool_array(&load->pool, n, sizeof(*v));
	for (; v && item && kept < n; item = item->next) {
		hl_read_text(load, item, &v[kept]);
		kept += v[kept].len > 0;
		if (value->kind == HL_YAML_TEXT)
			break;
	}
	*names = (struct hl_names){v, kept};
}

void hl_load_check_commas(struct hl_load *load, const struct hl_yaml_node *list)
{
	if (list->kind != HL_YAML_LIST || !list->flow)
		return;
	for (const struct hl_yaml_node *item = list->first; item; item = item->next) {
		size_t at = 0;
		bool plain = item->kind == HL_YAML_TEXT && item->style == HL_YAML_PLAIN;
		while (plain && at + 3 <= item->text.len &&
		       memcmp(item->text.ptr + at, "，", 3) != 0 &&
		       memcmp(item->text.ptr + at, "、", 3) != 0)
			at++;
		if (plain && at + 3 <= item->text.len)
			hl_load_warn(load, item, "list.comma",
				     HL_STR("write a half-width comma and a space: `, `; if one "
					    "text is meant, put it in quotes"),
				     "a full-width comma does not part the items of a list");
	}
}

void hl_read_phrases(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	hl_read_lines(load, value, out);
	hl_load_check_commas(load, value);
}

void hl_read_unsigned(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	unsigned number = 0;
	bool good = value->kind == HL_YAML_TEXT && value->text.len > 0 && value->text.len <= 4;
	for (size_t i = 0; good && i < value->text.len; i++) {
		good = value->text.ptr[i] >= '0' && value->text.ptr[i] <= '9';
		number = number * 10 + (unsigned)(value->text.ptr[i] - '0');
	}
	if (!good || number > 1000)
		hl_load_error(load, value, "number.wanted", HL_STR("write a number from 0 to 1000"),
			      "a whole number is wanted here");
	else
		*(unsigned *)out = number;
}

void hl_read_bool(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	bool plain = value->kind == HL_YAML_TEXT && value->style == HL_YAML_PLAIN;
	if (plain && hl_view_is(value->text, "true"))
		*(bool *)out = true;
	else if (plain && hl_view_is(value->text, "false"))
		*(bool *)out = false;
	else
		hl_load_error(load, value, "bool.wanted", HL_STR("write: true, without quotes"),
			      "`true` is wanted here");
}

void hl_read_node(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	(void)load;
	*(const struct hl_yaml_node **)out = value;
}

void hl_read_skip(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	(void)load;
	(void)value;
	(void)out;
}

/* One condition's values; "not v" turns it round. */
static void read_cond(struct hl_load *load, const struct hl_yaml_node *value, struct hl_cond *cond)
{
	hl_read_names(load, value, &cond->values);
	if (value->kind == HL_YAML_LIST && value->n == 0)
		hl_load_error(load, value, "cond.empty",
			      HL_STR("write a value, a list of them, or take the condition out"),
			      "this condition names no value");
	struct hl_str *v = (struct hl_str *)(uintptr_t)cond->values.v;
	for (size_t i = 0; i < cond->values.n; i++) {
		if (v[i].len <= 4 || memcmp(v[i].ptr, "not ", 4) != 0)
			continue;
		if (cond->values.n > 1) {
			hl_load_error(load, value, "cond.mixed",
				      HL_STR("\"not v\" stands alone; a list is any of its values"),
				      "`" HL_FMT "` cannot stand in a list", HL_ARG(v[i]));
			return;
		}
		cond->op = HL_COND_NOT;
		v[i] = (struct hl_str){v[i].ptr + 4, v[i].len - 4};
	}
}

/* A message is always in one of the pack's languages. */
static void check_lang(struct hl_load *load, const struct hl_yaml_node *value,
		       const struct hl_cond *cond)
{
	for (size_t i = 0; i < cond->values.n && hl_view_is(cond->name, "lang"); i++) {
		bool known = false;
		for (size_t k = 0; k < load->pack.langs.n; k++)
			known = known || hl_view_equal(load->pack.langs.v[k], cond->values.v[i]);
		if (!known)
			hl_load_warn(load, value, "cond.lang",
				     HL_STR("add the language to `languages:` in pack.yaml, or "
					    "take it out here"),
				     "no message is ever in `" HL_FMT
				     "`: the pack does not speak it",
				     HL_ARG(cond->values.v[i]));
	}
}

void hl_read_conds(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	struct hl_conds *conds = out;
	if (value->kind != HL_YAML_MAP) {
		hl_load_error(load, value, "cond.form", HL_STR("write: {user.level: vip}"),
			      "a condition is wanted here");
		return;
	}
	struct hl_cond *v = hl_pool_array(&load->pool, value->n, sizeof(*v));
	size_t n = 0;
	for (const struct hl_yaml_node *key = value->first; v && key && key->next;
	     key = key->next->next) {
		bool user = key->text.len > 5 && memcmp(key->text.ptr, "user.", 5) == 0;
		if (key->kind != HL_YAML_TEXT)
			continue;
		if (!user && !hl_view_is(key->text, "lang")) {
			hl_load_error(
				load, key, "cond.name",
				HL_STR("conditions look at `user.NAME`, which the host signed, "
				       "and `lang`"),
				"unknown condition `" HL_FMT "`", HL_ARG(key->text));
			continue;
		}
		v[n] = (struct hl_cond){.name = key->text, .src = hl_load_src(load, key)};
		read_cond(load, key->next, &v[n]);
		check_lang(load, key->next, &v[n]);
		n += v[n].values.n > 0;
	}
	*conds = (struct hl_conds){v, n};
}
