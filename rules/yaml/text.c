/*
 * The text of a node that must be one, and the mistakes that no parser sees: a line that has become
 * a map, a list or nothing, a switch or a time, a pattern's `\b` that has become a backspace.
 */
#include <string.h>

#include "base/u8.h"
#include "yaml/yaml.h"

struct ask {
	struct hl_findings *findings;
	const struct hl_yaml *yaml;
	const struct hl_yaml_node *node;
	struct hl_pool pool; /* of this one finding */
};

static int say(struct ask *ask, enum hl_level level, const char *code, uint32_t start, uint32_t end,
	       struct hl_str message, struct hl_str remedy)
{
	hl_yaml_report(ask->findings, ask->yaml, level, code, start, end, message, remedy);
	return HL_REFUSED;
}

/* What stands in the source from a byte to the line's end. */
static struct hl_str rest_of_line(const struct hl_yaml *yaml, uint32_t from)
{
	uint32_t line = hl_yaml_line_of(yaml, from);
	struct hl_str text = hl_yaml_line(yaml, line);
	uint32_t start = hl_yaml_line_start(yaml, line);
	struct hl_str rest = {text.ptr + (from - start), text.len - (from - start)};
	while (rest.len && rest.ptr[rest.len - 1] == ' ')
		rest.len--;
	return rest;
}

static int not_a_text(struct ask *ask)
{
	const struct hl_yaml_node *node = ask->node;
	char first = node->start < ask->yaml->source.len ? ask->yaml->source.ptr[node->start] : ' ';
	bool bracket = first == '{' || first == '[';
	struct hl_str rest = hl_yaml_item(ask->yaml, node->start, node->flow);
	struct hl_str quoted = hl_yaml_quoted(&ask->pool, rest);
	const char *because = "";
	if (node->kind == HL_YAML_MAP)
		because = node->flow && bracket ? ": { } made it a map"
			  : first == '?'	? ": `? ` made it a map"
						: ": a colon made it a map";
	else
		because = node->flow ? ": [ ] made it a list" : ": `- ` made it a list";
	return say(ask, HL_ERROR, "yaml.text", node->start, node->end,
		   hl_pool_format(&ask->pool, "a text is wanted here%s", because),
		   node->n ? hl_pool_format(&ask->pool, "a text with signs needs quotes: " HL_FMT,
					    HL_ARG(quoted))
			   : HL_STR("write it, or take the line out"));
}

static int nothing(struct ask *ask)
{
	struct hl_str rest = rest_of_line(ask->yaml, ask->node->start);
	while (rest.len && rest.ptr[0] == ' ')
		rest = (struct hl_str){rest.ptr + 1, rest.len - 1};
	if (hl_yaml_is_wrong(ask->yaml, ask->node->start,
			     (uint32_t)(rest.ptr + rest.len - ask->yaml->source.ptr)))
		return HL_REFUSED;
	if (rest.len && rest.ptr[0] == '#') {
		uint32_t at = (uint32_t)(rest.ptr - ask->yaml->source.ptr);
		return say(ask, HL_ERROR, "yaml.nothing", at, at + (uint32_t)rest.len,
			   HL_STR("a text is wanted here: `#` made it a comment"),
			   hl_pool_format(&ask->pool, "put it in quotes: " HL_FMT,
					  HL_ARG(hl_yaml_quoted(&ask->pool, rest))));
	}
	return say(ask, HL_ERROR, "yaml.nothing", ask->node->start, ask->node->start,
		   HL_STR("a text is wanted here, and nothing stands here"),
		   HL_STR("write it, or take the line out"));
}

static int check_control(struct ask *ask)
{
	static const struct {
		char sign;
		const char *name, *written;
	} table[] = {{'\b', "a backspace", "\\b"},  {'\a', "a bell", "\\a"},
		     {'\f', "a page break", "\\f"}, {'\v', "a vertical tab", "\\v"},
		     {'\t', "a tab", "\\t"},	    {'\x1b', "an escape", "\\e"},
		     {'\0', "a zero byte", "\\0"},  {'\r', "a carriage return", "\\r"}};
	struct hl_str text = ask->node->text;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		if (c >= 0x20 && c != 0x7F)
			continue;
		if (c == '\n')
			continue;
		const char *name = "a control character", *written = "an escape";
		for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++)
			if (table[k].sign == (char)c) {
				name = table[k].name;
				written = table[k].written;
			}
		uint32_t at = hl_yaml_byte_of(ask->yaml, ask->node, (uint32_t)i);
		return say(ask, HL_ERROR, "yaml.backspace", at, at + 2,
			   hl_pool_format(&ask->pool, "`%s` in double quotes is %s", written, name),
			   HL_STR("write patterns in single quotes: '...'"));
	}
	return HL_OK;
}

uint32_t hl_yaml_odd_space(uint32_t *point, uint32_t *len, const struct hl_yaml *yaml,
			   const struct hl_yaml_node *node)
{
	bool fresh = true; /* at the beginning of a line, or just after `-` or `:` */
	for (size_t at = node->start, n; at < node->end; at += n) {
		n = hl_u8_next(point, yaml->source, at);
		*len = (uint32_t)n;
		if (fresh && hl_u8_odd_space(*point))
			return (uint32_t)at;
		bool starts = at == node->start;
		fresh = *point == '\n' || (fresh && !starts && *point == ' ') ||
			(*point == '-' && starts) || *point == ':';
	}
	return node->end;
}

static int check_spaces(struct ask *ask)
{
	uint32_t point, len, at = hl_yaml_odd_space(&point, &len, ask->yaml, ask->node);
	if (at == ask->node->end)
		return HL_OK;
	return say(ask, HL_ERROR, "yaml.space", at, at + len,
		   hl_pool_format(&ask->pool, "a space that YAML does not count as one (U+%04X)",
				  point),
		   HL_STR("write an ordinary space"));
}

/* ` #` in the middle of a line: what follows is a comment, which its author may not have meant. */
static void check_cut(struct ask *ask)
{
	struct hl_str rest = rest_of_line(ask->yaml, ask->node->end);
	if (rest.len < 2 || rest.ptr[0] != ' ' || rest.ptr[1] != '#')
		return;
	struct hl_str whole = rest_of_line(ask->yaml, ask->node->start);
	say(ask, HL_WARNING, "yaml.cut", ask->node->end + 1, ask->node->end + (uint32_t)rest.len,
	    HL_STR("the text ends before ` #`: the rest of the line is a comment"),
	    hl_pool_format(&ask->pool,
			   "put it in quotes: " HL_FMT ", or write two spaces before the comment",
			   HL_ARG(hl_yaml_quoted(&ask->pool, whole))));
}

static int check(struct ask *ask, bool prose)
{
	const struct hl_yaml_node *node = ask->node;
	if (node->kind != HL_YAML_TEXT)
		return not_a_text(ask);
	if (hl_yaml_is_wrong(ask->yaml, node->start, node->end))
		return HL_REFUSED;
	if (node->style == HL_YAML_PLAIN) {
		if (node->text.len == 0)
			return nothing(ask);
		if (hl_yaml_is_trap(node))
			return say(ask, HL_ERROR, "yaml.trap", node->start, node->end,
				   hl_pool_format(&ask->pool,
						  "unquoted `" HL_FMT
						  "` is no text to some readers of YAML",
						  HL_ARG(node->text)),
				   hl_pool_format(&ask->pool, "put it in quotes: \"" HL_FMT "\"",
						  HL_ARG(node->text)));
		if (check_spaces(ask) != HL_OK)
			return HL_REFUSED;
		if (prose)
			check_cut(ask);
	}
	return check_control(ask);
}

int hl_yaml_text(struct hl_str *out, struct hl_findings *findings, const struct hl_yaml *yaml,
		 const struct hl_yaml_node *node, bool prose)
{
	struct ask ask = {.findings = findings, .yaml = yaml, .node = node};
	hl_pool_init(&ask.pool);
	int status = check(&ask, prose);
	hl_pool_deinit(&ask.pool);
	if (status == HL_OK)
		*out = node->text;
	return status;
}
