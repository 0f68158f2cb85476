/*
 * One file's text: lines, places, and findings that point into it. Knows no YAML but how a text's
 * bytes come from quotes, escapes and folds.
 */
#include <stdlib.h>
#include <string.h>

#include "base/u8.h"
#include "yaml/yaml.h"

bool hl_yaml_source_init(struct hl_yaml *yaml, struct hl_str name, struct hl_str text)
{
	if (text.len >= 3 && memcmp(text.ptr, "\xEF\xBB\xBF", 3) == 0)
		text = (struct hl_str){text.ptr + 3, text.len - 3};
	yaml->name = hl_pool_copy(&yaml->pool, name);
	yaml->source = hl_pool_copy(&yaml->pool, text);
	size_t lines = 1;
	for (size_t i = 0; i < text.len; i++)
		lines += text.ptr[i] == '\n';
	yaml->lines = hl_pool_array(&yaml->pool, lines, sizeof(*yaml->lines));
	yaml->shadow = hl_pool_take(&yaml->pool, text.len + 1);
	yaml->marks = hl_pool_array(&yaml->pool, text.len / HL_YAML_STEP + 2, sizeof(*yaml->marks));
	if (yaml->pool.failed)
		return false;
	if (text.len)
		memcpy(yaml->shadow, text.ptr, text.len);
	yaml->n_lines = 1;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == '\n')
			yaml->lines[yaml->n_lines++] = (uint32_t)(i + 1);
	return true;
}

void hl_yaml_mark_shadow(struct hl_yaml *yaml)
{
	size_t points = 0;
	yaml->n_marks = 0;
	for (size_t i = 0; i < yaml->source.len; i++) {
		if (((unsigned char)yaml->shadow[i] & 0xC0) == 0x80)
			continue;
		if (points++ % HL_YAML_STEP == 0)
			yaml->marks[yaml->n_marks++] = (uint32_t)i;
	}
}

uint32_t hl_yaml_byte_at_index(const struct hl_yaml *yaml, size_t index)
{
	size_t len = yaml->source.len, step = index / HL_YAML_STEP;
	if (step >= yaml->n_marks)
		return (uint32_t)len;
	size_t at = yaml->marks[step];
	for (size_t left = index % HL_YAML_STEP; left > 0 && at < len; left--)
		do
			at++;
		while (at < len && ((unsigned char)yaml->shadow[at] & 0xC0) == 0x80);
	return (uint32_t)at;
}

uint32_t hl_yaml_line_of(const struct hl_yaml *yaml, uint32_t byte)
{
	size_t low = 0, high = yaml->n_lines;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (yaml->lines[middle] <= byte)
			low = middle;
		else
			high = middle;
	}
	return (uint32_t)(low + 1);
}

uint32_t hl_yaml_line_start(const struct hl_yaml *yaml, uint32_t line)
{
	return yaml->lines[line - 1];
}

struct hl_str hl_yaml_line(const struct hl_yaml *yaml, uint32_t line)
{
	size_t start = yaml->lines[line - 1];
	size_t end = line < yaml->n_lines ? yaml->lines[line] - 1 : yaml->source.len;
	if (end > start && yaml->source.ptr[end - 1] == '\r')
		end--;
	return (struct hl_str){yaml->source.ptr + start, end - start};
}

void hl_yaml_place(uint32_t *line, uint32_t *column, const struct hl_yaml *yaml, uint32_t byte)
{
	if (byte > yaml->source.len)
		byte = (uint32_t)yaml->source.len;
	*line = hl_yaml_line_of(yaml, byte);
	uint32_t start = hl_yaml_line_start(yaml, *line);
	*column =
		1 + (uint32_t)hl_u8_count((struct hl_str){yaml->source.ptr + start, byte - start});
}

struct hl_str hl_yaml_name(const struct hl_yaml *yaml)
{
	return yaml->name;
}

struct hl_str hl_yaml_source(const struct hl_yaml *yaml)
{
	return yaml->source;
}

bool hl_yaml_is_wrong(const struct hl_yaml *yaml, uint32_t start, uint32_t end)
{
	if (end <= start)
		end = start + 1;
	for (size_t i = 0; i < yaml->n_wrong; i++)
		if (yaml->wrong[i].start < end && start < yaml->wrong[i].end)
			return true;
	return false;
}

static void report(struct hl_findings *findings, const struct hl_yaml *yaml, enum hl_level level,
		   const char *code, uint32_t start, uint32_t end, struct hl_str message,
		   struct hl_str remedy)
{
	struct hl_finding finding = {.level = level,
				     .code = code,
				     .file = yaml->name,
				     .message = message,
				     .remedy = remedy};
	if (end < start)
		end = start;
	hl_yaml_place(&finding.line, &finding.column, yaml, start);
	hl_yaml_place(&finding.end_line, &finding.end_column, yaml, end);
	finding.line_text = hl_yaml_line(yaml, finding.line);
	hl_findings_add(findings, &finding);
}

/* Nothing stands there because the line below, where it stood, could not be read. */
static bool is_torn_off(const struct hl_yaml *yaml, uint32_t start)
{
	uint32_t line = hl_yaml_line_of(yaml, start);
	while (++line <= yaml->n_lines)
		if (hl_yaml_line(yaml, line).len > 0) {
			uint32_t from = hl_yaml_line_start(yaml, line);
			uint32_t to = from + (uint32_t)hl_yaml_line(yaml, line).len;
			return hl_yaml_is_wrong(yaml, from, to);
		}
	return false;
}

void hl_yaml_report(struct hl_findings *findings, const struct hl_yaml *yaml, enum hl_level level,
		    const char *code, uint32_t start, uint32_t end, struct hl_str message,
		    struct hl_str remedy)
{
	if (end <= start && yaml->torn && is_torn_off(yaml, start))
		return;
	if (!hl_yaml_is_wrong(yaml, start, end))
		report(findings, yaml, level, code, start, end, message, remedy);
}

void hl_yaml_mistake(struct hl_findings *findings, struct hl_yaml *yaml, const char *code,
		     uint32_t start, uint32_t end, struct hl_str message, struct hl_str remedy)
{
	report(findings, yaml, HL_ERROR, code, start, end, message, remedy);
	if (!hl_grow((void **)&yaml->wrong, &yaml->wrong_capacity, yaml->n_wrong,
		     sizeof(*yaml->wrong))) {
		yaml->pool.failed = true;
		return;
	}
	yaml->wrong[yaml->n_wrong++] = (struct hl_wrong){start, end > start ? end : start + 1};
}

/* ------------------------------------------------------------------ from value to source */

/* Bytes of the source that one escape takes, and bytes of value it gives. */
static void escape_size(size_t *taken, size_t *given, const char *at, size_t left)
{
	static const struct {
		char sign;
		unsigned char digits;
	} wide[] = {{'x', 2}, {'u', 4}, {'U', 8}};
	*taken = 2;
	*given = 1;
	if (left < 2)
		return;
	if (strchr("N_LP", at[1]))
		*given = at[1] == 'L' || at[1] == 'P' ? 3 : 2;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
		char digits[9] = {0};
		if (at[1] != wide[i].sign || left < 2u + wide[i].digits)
			continue;
		memcpy(digits, at + 2, wide[i].digits);
		unsigned long point = strtoul(digits, NULL, 16);
		*taken = 2u + wide[i].digits;
		*given = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
	}
}

/* Passes a line's end and the next line's indentation. */
static size_t pass_break(const struct hl_str source, size_t at, size_t end)
{
	while (at < end && strchr(" \t\r\n", source.ptr[at]))
		at++;
	return at;
}

uint32_t hl_yaml_byte_of(const struct hl_yaml *yaml, const struct hl_yaml_node *node,
			 uint32_t offset)
{
	struct hl_str source = yaml->source;
	size_t at = node->start, end = node->end;
	if (node->kind != HL_YAML_TEXT || end > source.len)
		return node->start;
	if (node->style == HL_YAML_SINGLE || node->style == HL_YAML_DOUBLE)
		at++;
	if (node->style == HL_YAML_BLOCK) {
		while (at < end && source.ptr[at] != '\n')
			at++;
		at = pass_break(source, at, end);
	}
	for (size_t value = 0; value < offset && value < node->text.len && at < end;) {
		char c = source.ptr[at], wanted = node->text.ptr[value];
		size_t taken = 1, given = 1;
		if (node->style == HL_YAML_DOUBLE && c == '\\') {
			if (at + 1 < end && strchr("\r\n", source.ptr[at + 1])) {
				at = pass_break(source, at + 1, end);
				continue;
			}
			escape_size(&taken, &given, source.ptr + at, end - at);
		} else if (node->style == HL_YAML_SINGLE && c == '\'') {
			taken = 2;
		} else if (c == '\n' || c == '\r' || (c == ' ' && wanted != ' ')) {
			/* a fold gave one space or some line breaks */
			at = pass_break(source, at, end);
			while (value < offset &&
			       (node->text.ptr[value] == ' ' || node->text.ptr[value] == '\n'))
				value++;
			continue;
		}
		at += taken;
		value += given;
	}
	return (uint32_t)(at < end ? at : end);
}
