/*
 * The mistakes in a map's keys that no parser complains of: doubled keys, `zh：好` and `en:a` (one
 * long key without a value), switches and times as keys, merge keys.
 */
#include <stdlib.h>
#include <string.h>

#include "yaml/yaml.h"

#define SAY(node, code, remedy, ...)                                                               \
	hl_yaml_report(findings, yaml, HL_ERROR, code, (node)->start, (node)->end,                 \
		       hl_pool_format(&yaml->pool, __VA_ARGS__), remedy)

static int order(const void *a, const void *b)
{
	const struct hl_yaml_node *const *x = a, *const *y = b;
	int by_text = hl_view_order((*x)->text, (*y)->text);
	return by_text != 0 ? by_text : ((*x)->start > (*y)->start) - ((*x)->start < (*y)->start);
}

static void check_doubles(struct hl_findings *findings, struct hl_yaml *yaml,
			  const struct hl_yaml_node *map)
{
	const struct hl_yaml_node **keys =
		calloc(map->n ? map->n : 1, sizeof(struct hl_yaml_node *));
	size_t n = 0;
	if (!keys) {
		yaml->pool.failed = true;
		return;
	}
	for (const struct hl_yaml_node *key = map->first; key && key->next; key = key->next->next)
		if (key->kind == HL_YAML_TEXT)
			keys[n++] = key;
	qsort(keys, n, sizeof(struct hl_yaml_node *), order);
	for (size_t i = 1, first = 0; i < n; i++) {
		if (!hl_view_equal(keys[first]->text, keys[i]->text)) {
			first = i;
			continue;
		}
		SAY(keys[i], "yaml.double",
		    hl_pool_format(&yaml->pool, "it stands on line %u already: keep one of them",
				   hl_yaml_line_of(yaml, keys[first]->start)),
		    "`" HL_FMT "` is given twice", HL_ARG(keys[i]->text));
	}
	free(keys);
}

/* Length of `text` up to a colon of either width, and the colon's own size; 0: there is none. */
static size_t find_colon(struct hl_str text, size_t *size)
{
	for (size_t i = 0; i < text.len; i++) {
		*size = text.ptr[i] == ':' ? 1 : 0;
		if (i + 3 <= text.len && memcmp(text.ptr + i, "：", 3) == 0)
			*size = 3;
		if (*size)
			return i;
	}
	return 0;
}

static void check_key(struct hl_findings *findings, struct hl_yaml *yaml,
		      const struct hl_yaml_node *key)
{
	size_t size = 0, name;
	if (key->kind != HL_YAML_TEXT || key->style != HL_YAML_PLAIN)
		return;
	if (hl_view_is(key->text, "<<")) {
		SAY(key, "yaml.merge", HL_STR("write the keys out"),
		    "a merge key (`<<`) stands here: packs have none");
		return;
	}
	if (hl_yaml_is_trap(key)) {
		SAY(key, "yaml.trap",
		    hl_pool_format(&yaml->pool, "put it in quotes: \"" HL_FMT "\"",
				   HL_ARG(key->text)),
		    key->text.len ? "unquoted `" HL_FMT "` is no text to some readers of YAML"
				  : "a key is missing before this colon" HL_FMT,
		    HL_ARG(key->text));
		return;
	}
	uint32_t point, len, odd = hl_yaml_odd_space(&point, &len, yaml, key);
	if (odd < key->end) {
		hl_yaml_mistake(findings, yaml, "yaml.space", odd, odd + len,
				hl_pool_format(&yaml->pool,
					       "a space that YAML does not count as one (U+%04X)",
					       point),
				HL_STR("write an ordinary space"));
		return;
	}
	name = find_colon(key->text, &size);
	if (size == 0 || name == 0)
		return;
	struct hl_str before = {key->text.ptr, name};
	struct hl_str after = {key->text.ptr + name + size, key->text.len - name - size};
	while (after.len && after.ptr[0] == ' ')
		after = (struct hl_str){after.ptr + 1, after.len - 1};
	bool open = after.len && (after.ptr[0] == '{' || after.ptr[0] == '[');
	if (open)
		after.len = 1;
	uint32_t at = hl_yaml_byte_of(yaml, key, (uint32_t)name);
	hl_yaml_mistake(findings, yaml, "yaml.colon", at, at + (uint32_t)size,
			hl_pool_format(&yaml->pool,
				       size == 3 ? "a full-width colon stands after `" HL_FMT
						   "`: write a half-width colon and a space"
						 : "a space is missing after `" HL_FMT
						   ":`: write a half-width colon and a space",
				       HL_ARG(before)),
			hl_pool_format(&yaml->pool, "write: " HL_FMT ": " HL_FMT "%s",
				       HL_ARG(before), HL_ARG(after), open ? "..." : ""));
}

void hl_yaml_check_keys(struct hl_findings *findings, struct hl_yaml *yaml,
			const struct hl_yaml_node *map)
{
	for (const struct hl_yaml_node *key = map->first; key && key->next; key = key->next->next)
		check_key(findings, yaml, key);
	check_doubles(findings, yaml, map);
}
