/*
 * The canonical layout. Works line by line on what its author wrote, so that comments and quotes
 * stay: only indentation and the spaces between signs change, and the result must read as the same
 * tree. Knows YAML's lines, not what they mean.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yaml/yaml.h"

#define LEVELS_MAX (HL_RULES_DEPTH_MAX * 2 + 4)

/* A block that is open: the column it had and the column it gets. */
struct level {
	size_t old, now;
	bool list;
};
struct edit { /* bytes of the file and what stands there instead */
	uint32_t start, end;
	struct hl_str text;
};
struct layout {
	const struct hl_yaml *yaml;
	FILE *to;
	struct hl_pool pool;
	struct level levels[LEVELS_MAX];
	size_t n_levels;
	struct edit *edits; /* by place */
	size_t n_edits, edits_capacity;
	uint32_t *follows; /* by line: the line whose text goes on here, or 0 */
	bool *verbatim;	   /* by line: within a block text, where every byte counts */
	uint32_t *ends;	   /* by line: the last byte of a node that ends on it */
	bool *plain;	   /* by line: that node is an unquoted text */
	long shift;	   /* of the last line that began something */
	size_t blanks;
	bool any; /* something was written */
};

/* ------------------------------------------------------------------ what the tree says of lines */

static uint32_t line_of_end(const struct hl_yaml *yaml, const struct hl_yaml_node *node)
{
	uint32_t end = node->end;
	/* a block text's end is the beginning of what follows */
	while (end > node->start && node->style == HL_YAML_BLOCK &&
	       strchr(" \n\r", yaml->source.ptr[end - 1]))
		end--;
	return hl_yaml_line_of(yaml, end > node->start ? end - 1 : end);
}

static bool add_edit(struct layout *l, uint32_t start, uint32_t end, struct hl_str text)
{
	if (!hl_grow((void **)&l->edits, &l->edits_capacity, l->n_edits, sizeof(*l->edits)))
		return false;
	l->edits[l->n_edits++] = (struct edit){start, end, text};
	return true;
}

/* A list or map in [ ] or { } with one space where one belongs. False: leave it as it stands. */
static bool render(struct layout *l, const struct hl_yaml_node *node, struct hl_str *out)
{
	const char *source = l->yaml->source.ptr;
	if (node->kind == HL_YAML_TEXT) {
		*out = (struct hl_str){source + node->start, node->end - node->start};
		return out->len > 0;
	}
	bool map = node->kind == HL_YAML_MAP;
	struct hl_str text = map ? HL_STR("{") : HL_STR("["), part;
	size_t i = 0;
	for (const struct hl_yaml_node *child = node->first; child; child = child->next, i++) {
		const char *before = i == 0 ? "" : map && i % 2 ? ": " : ", ";
		if ((child->kind != HL_YAML_TEXT && !child->flow) || !render(l, child, &part))
			return false;
		text = hl_pool_format(&l->pool, HL_FMT "%s" HL_FMT, HL_ARG(text), before,
				      HL_ARG(part));
	}
	*out = hl_pool_format(&l->pool, HL_FMT "%c", HL_ARG(text), map ? '}' : ']');
	return true;
}

static bool on_one_line(const struct hl_yaml *yaml, const struct hl_yaml_node *node)
{
	uint32_t line = hl_yaml_line_of(yaml, node->start);
	struct hl_str text = hl_yaml_line(yaml, line);
	uint32_t line_end = hl_yaml_line_start(yaml, line) + (uint32_t)text.len;
	if (node->kind == HL_YAML_TEXT)
		return line_of_end(yaml, node) == line;
	char close = node->kind == HL_YAML_MAP ? '}' : ']';
	return node->end <= line_end && node->end > node->start &&
	       yaml->source.ptr[node->end - 1] == close;
}

static void mark_lines(struct layout *l, const struct hl_yaml_node *node)
{
	const struct hl_yaml *yaml = l->yaml;
	uint32_t first = hl_yaml_line_of(yaml, node->start), last = line_of_end(yaml, node);
	if (node->kind != HL_YAML_TEXT && !node->flow)
		return;
	for (uint32_t line = first + 1; line <= last; line++) {
		if (l->follows[line] == 0)
			l->follows[line] = first;
		l->verbatim[line] = l->verbatim[line] || node->style == HL_YAML_BLOCK;
	}
	if (l->ends[last] < node->end) {
		l->ends[last] = node->end;
		l->plain[last] = node->kind == HL_YAML_TEXT && node->style == HL_YAML_PLAIN;
	}
}

static bool walk(struct layout *l, const struct hl_yaml_node *node, bool in_flow)
{
	struct hl_str text;
	bool good = true;
	mark_lines(l, node);
	if (node->flow && !in_flow && on_one_line(l->yaml, node) && render(l, node, &text))
		good = add_edit(l, node->start, node->end, text);
	for (const struct hl_yaml_node *child = node->first; good && child; child = child->next)
		good = walk(l, child, in_flow || node->flow);
	if (node->kind != HL_YAML_MAP || node->flow || in_flow)
		return good;
	for (const struct hl_yaml_node *key = node->first; good && key && key->next;
	     key = key->next->next) {
		const struct hl_yaml_node *value = key->next;
		bool here = hl_yaml_line_of(l->yaml, key->start) ==
			    hl_yaml_line_of(l->yaml, value->start);
		if (here && value->end > value->start)
			good = add_edit(l, key->end, value->start, HL_STR(": "));
	}
	return good;
}

/* A flow collection over several lines: the lines up to its closing sign go with it. The tree marks
   only its first line, so the last child's line and the sign's are found here. */
static void mark_open_flows(struct layout *l, const struct hl_yaml_node *node)
{
	const struct hl_yaml *yaml = l->yaml;
	for (const struct hl_yaml_node *child = node->first; child; child = child->next)
		mark_open_flows(l, child);
	if (!node->flow || on_one_line(yaml, node))
		return;
	uint32_t first = hl_yaml_line_of(yaml, node->start), at = node->start + 1;
	char close = node->kind == HL_YAML_MAP ? '}' : ']';
	for (const struct hl_yaml_node *child = node->first; child; child = child->next)
		if (child->end > at)
			at = child->end;
	while (at < yaml->source.len && yaml->source.ptr[at] != close) {
		if (yaml->source.ptr[at] == '#')
			while (at < yaml->source.len && yaml->source.ptr[at] != '\n')
				at++;
		else
			at++;
	}
	((struct hl_yaml_node *)(uintptr_t)node)->end = at + 1;
	uint32_t last = hl_yaml_line_of(yaml, at);
	for (uint32_t line = first + 1; line <= last; line++)
		if (l->follows[line] == 0 || l->follows[line] > first)
			l->follows[line] = first;
	if (l->ends[last] < at + 1) {
		l->ends[last] = at + 1;
		l->plain[last] = false;
	}
}

static int order_edits(const void *a, const void *b)
{
	const struct edit *x = a, *y = b;
	return (x->start > y->start) - (x->start < y->start);
}

/* ------------------------------------------------------------------ lines */

static void put_spaces(FILE *to, size_t n)
{
	while (n-- > 0)
		fputc(' ', to);
}

/* Bytes from..to of the file with the edits in them. */
static void put_edited(struct layout *l, uint32_t from, uint32_t to)
{
	const char *source = l->yaml->source.ptr;
	for (size_t i = 0; i < l->n_edits; i++) {
		const struct edit *edit = &l->edits[i];
		if (edit->start < from || edit->end > to)
			continue;
		fwrite(source + from, 1, edit->start - from, l->to);
		fwrite(edit->text.ptr, 1, edit->text.len, l->to);
		from = edit->end;
	}
	while (to > from && (source[to - 1] == ' ' || source[to - 1] == '\r'))
		to--;
	fwrite(source + from, 1, to - from, l->to);
}

/* The content of a line and the comment behind it, two spaces apart. One space behind an unquoted
   text stays one: ` #` may have cut that text, and check warns of it only as long as it looks so.
 */
static void put_rest(struct layout *l, uint32_t line, uint32_t from)
{
	struct hl_str text = hl_yaml_line(l->yaml, line);
	uint32_t start = hl_yaml_line_start(l->yaml, line), end = start + (uint32_t)text.len;
	uint32_t at = l->ends[line] > from ? l->ends[line] : from;
	const char *source = l->yaml->source.ptr;
	while (at < end && !(source[at] == '#' && (at == l->ends[line] || source[at - 1] == ' ')))
		at++;
	put_edited(l, from, at);
	if (at < end) {
		if (at > from)
			fputs(l->plain[line] && at == l->ends[line] + 1 ? " " : "  ", l->to);
		while (end > at && source[end - 1] == ' ')
			end--;
		fwrite(source + at, 1, end - at, l->to);
	}
	fputc('\n', l->to);
}

static size_t column_of(struct layout *l, size_t old, bool dash)
{
	while (l->n_levels > 1 && l->levels[l->n_levels - 1].old > old)
		l->n_levels--;
	struct level *top = &l->levels[l->n_levels - 1];
	if (top->old == old && top->list && !dash && l->n_levels > 1) {
		l->n_levels--; /* a list at its key's own column has ended */
		top--;
	}
	if (top->old == old && (top->list == dash || !dash))
		return top->now;
	size_t now = l->any || l->n_levels > 1 ? top->now + 2 : 0;
	if (l->n_levels < LEVELS_MAX)
		l->levels[l->n_levels++] = (struct level){old, now, dash};
	return now;
}

/* A line that begins something: `- - key: value`. */
static void put_structure(struct layout *l, uint32_t line, size_t indent)
{
	struct hl_str text = hl_yaml_line(l->yaml, line);
	uint32_t start = hl_yaml_line_start(l->yaml, line);
	size_t at = indent;
	bool dash = text.ptr[at] == '-' && (at + 1 == text.len || text.ptr[at + 1] == ' ');
	size_t now = column_of(l, at, dash);
	l->shift = (long)now - (long)indent;
	put_spaces(l->to, now);
	while (dash) {
		fputs("-", l->to);
		at++;
		while (at < text.len && text.ptr[at] == ' ')
			at++;
		if (at == text.len || text.ptr[at] == '#')
			break;
		fputc(' ', l->to);
		dash = text.ptr[at] == '-' && (at + 1 == text.len || text.ptr[at + 1] == ' ');
		now += 2;
		if (l->n_levels < LEVELS_MAX)
			l->levels[l->n_levels++] = (struct level){at, now, dash};
	}
	put_rest(l, line, start + (uint32_t)at);
}

/* The first line after this one that begins something, and its indentation; 0: there is none. */
static uint32_t next_structure(const struct hl_yaml *yaml, uint32_t line, size_t *indent)
{
	for (uint32_t next = line + 1; next <= yaml->n_lines; next++) {
		struct hl_str text = hl_yaml_line(yaml, next);
		size_t at = 0;
		while (at < text.len && text.ptr[at] == ' ')
			at++;
		*indent = at;
		if (at < text.len && text.ptr[at] != '#')
			return next;
	}
	return 0;
}

/* A comment stands with the line that follows when both began in one column, else with the block
   it was written in. */
static size_t comment_column(struct layout *l, uint32_t line, size_t indent)
{
	size_t old = 0;
	uint32_t next = next_structure(l->yaml, line, &old);
	struct layout probe = *l; /* what column_of would say, without its effect */
	if (next && old == indent)
		return column_of(&probe, old, hl_yaml_line(l->yaml, next).ptr[old] == '-');
	for (size_t i = next ? l->n_levels : 0; i > 0; i--)
		if (l->levels[i - 1].old == indent)
			return l->levels[i - 1].now;
	for (size_t i = 0; !next && i < l->n_levels; i++)
		if (l->levels[i].old == indent)
			return l->levels[i].now;
	return next ? column_of(&probe, old, hl_yaml_line(l->yaml, next).ptr[old] == '-') : 0;
}

static void put_line(struct layout *l, uint32_t line)
{
	struct hl_str text = hl_yaml_line(l->yaml, line);
	uint32_t start = hl_yaml_line_start(l->yaml, line);
	size_t indent = 0;
	while (indent < text.len && text.ptr[indent] == ' ')
		indent++;
	bool blank = indent == text.len, follows = l->follows[line] > 0;
	if (blank && !follows) {
		l->blanks++;
		return;
	}
	if (l->blanks && l->any)
		fputc('\n', l->to);
	l->blanks = 0;
	if (blank) {
		fputc('\n', l->to);
	} else if (follows) {
		long now = (long)indent + l->shift;
		put_spaces(l->to, now > 0 ? (size_t)now : 0);
		if (l->verbatim[line])
			fprintf(l->to, HL_FMT "\n",
				HL_ARG(((struct hl_str){text.ptr + indent, text.len - indent})));
		else
			put_rest(l, line, start + (uint32_t)indent);
	} else if (text.ptr[indent] == '#') {
		put_spaces(l->to, comment_column(l, line, indent));
		put_rest(l, line, start + (uint32_t)indent);
	} else {
		put_structure(l, line, indent);
	}
	l->any = true;
}

/* ------------------------------------------------------------------ the same tree? */

static bool is_same(const struct hl_yaml_node *a, const struct hl_yaml_node *b)
{
	for (; a && b; a = a->next, b = b->next)
		if (a->kind != b->kind || !hl_view_equal(a->text, b->text) ||
		    !is_same(a->first, b->first))
			return false;
	return !a && !b;
}

static int read_back(const struct hl_yaml *yaml, struct hl_str text)
{
	struct hl_findings *findings;
	struct hl_yaml *again;
	if (hl_findings_new(&findings) != HL_OK)
		return HL_NOMEM;
	int status = hl_yaml_parse(&again, hl_yaml_name(yaml), text, 1, findings);
	hl_findings_free(findings);
	if (status < 0)
		return status;
	if (status == HL_OK && !is_same(hl_yaml_root(yaml), hl_yaml_root(again)))
		status = HL_REFUSED;
	hl_yaml_free(again);
	return status;
}

static int lay_out(struct layout *l, char **out, size_t *len)
{
	const struct hl_yaml *yaml = l->yaml;
	size_t lines = yaml->n_lines + 2;
	int status = HL_NOMEM;
	l->follows = hl_pool_array(&l->pool, lines, sizeof(*l->follows));
	l->verbatim = hl_pool_array(&l->pool, lines, sizeof(*l->verbatim));
	l->ends = hl_pool_array(&l->pool, lines, sizeof(*l->ends));
	l->plain = hl_pool_array(&l->pool, lines, sizeof(*l->plain));
	l->levels[0] = (struct level){0, 0, false};
	l->n_levels = 1;
	if (l->pool.failed)
		return HL_NOMEM;
	if (hl_yaml_root(yaml)) {
		mark_open_flows(l, hl_yaml_root(yaml));
		if (!walk(l, hl_yaml_root(yaml), false))
			return HL_NOMEM;
	}
	if (l->n_edits > 1)
		qsort(l->edits, l->n_edits, sizeof(*l->edits), order_edits);
	l->to = open_memstream(out, len);
	if (!l->to)
		return HL_NOMEM;
	for (uint32_t line = 1; line <= yaml->n_lines; line++)
		put_line(l, line);
	if (fclose(l->to) == 0 && !l->pool.failed)
		status = read_back(yaml, (struct hl_str){*out, *len});
	return status;
}

int hl_rules_format(char **out, size_t *len, struct hl_str name, struct hl_str text,
		    struct hl_findings *findings)
{
	struct hl_yaml *yaml;
	int status = hl_yaml_parse(&yaml, name, text, 1, findings);
	if (status < 0)
		return status;
	struct layout l = {.yaml = yaml};
	hl_pool_init(&l.pool);
	*out = NULL;
	if (status == HL_OK)
		status = lay_out(&l, out, len);
	if (status == HL_REFUSED && *out) {
		/* a layout this does not know: it stays as it is */
		free(*out);
		*out = malloc(text.len + 1);
		status = *out ? HL_OK : HL_NOMEM;
		if (*out && text.len)
			memcpy(*out, text.ptr, text.len);
		*len = text.len;
	}
	if (status != HL_OK)
		free(*out);
	free(l.edits);
	hl_pool_deinit(&l.pool);
	hl_yaml_free(yaml);
	return status;
}
