/*
 * Findings: what is wrong, where, and what to write instead; collected, sorted, and written as a
 * terminal shows them. Knows no YAML.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/u8.h"
#include "hotline_yaml.h"

#define LINE_COLUMNS 150u /* a longer source line is cut around the caret */
#define LEAD_COLUMNS 60u

struct hl_findings {
	struct hl_pool pool;
	struct hl_finding *v;
	size_t n, capacity, errors;
};

int hl_findings_new(struct hl_findings **out)
{
	struct hl_findings *findings = calloc(1, sizeof(*findings));
	if (!findings)
		return HL_NOMEM;
	hl_pool_init(&findings->pool);
	*out = findings;
	return HL_OK;
}

struct hl_findings *hl_findings_free(struct hl_findings *findings)
{
	if (findings) {
		hl_pool_deinit(&findings->pool);
		free(findings->v);
		free(findings);
	}
	return NULL;
}

void hl_findings_add(struct hl_findings *findings, const struct hl_finding *finding)
{
	struct hl_pool *pool = &findings->pool;
	if (!hl_grow((void **)&findings->v, &findings->capacity, findings->n,
		     sizeof(*findings->v))) {
		pool->failed = true;
		return;
	}
	struct hl_finding *own = &findings->v[findings->n++];
	*own = *finding;
	own->file = hl_pool_copy(pool, finding->file);
	own->line_text = hl_pool_copy(pool, finding->line_text);
	own->message = hl_pool_copy(pool, finding->message);
	own->remedy = hl_pool_copy(pool, finding->remedy);
	findings->errors += finding->level == HL_ERROR;
}

static int order(const void *a, const void *b)
{
	const struct hl_finding *x = a, *y = b;
	int by_file = hl_view_order(x->file, y->file);
	if (by_file != 0)
		return by_file;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	if (x->level != y->level)
		return x->level > y->level ? -1 : 1;
	return hl_view_order(x->message, y->message);
}

int hl_findings_list(const struct hl_finding **out, size_t *n, struct hl_findings *findings)
{
	size_t kept = 0;
	if (findings->n > 1)
		qsort(findings->v, findings->n, sizeof(*findings->v), order);
	for (size_t i = 0; i < findings->n; i++) {
		if (kept > 0 && order(&findings->v[kept - 1], &findings->v[i]) == 0) {
			findings->errors -= findings->v[i].level == HL_ERROR;
			continue;
		}
		findings->v[kept++] = findings->v[i];
	}
	findings->n = kept;
	*out = findings->v;
	*n = kept;
	return findings->pool.failed ? HL_NOMEM : HL_OK;
}

size_t hl_findings_errors(const struct hl_findings *findings)
{
	return findings->errors;
}

/* Marks that turn the direction of what follows: shown, they would move the caret's line. */
static bool turns(uint32_t point)
{
	return point == 0x200E || point == 0x200F || (point >= 0x202A && point <= 0x202E) ||
	       (point >= 0x2066 && point <= 0x2069);
}

/* One character as a terminal can show it. */
static void put_char(FILE *to, struct hl_str text, size_t at, size_t len, uint32_t point)
{
	if (turns(point))
		return;
	if (point < 0x20 || point == 0x7F || (point >= 0x80 && point < 0xA0))
		fputc(' ', to);
	else if (len == 1 && point == 0xFFFD)
		fputs("\xEF\xBF\xBD", to);
	else
		fwrite(text.ptr + at, 1, len, to);
}

static unsigned shown_width(uint32_t point)
{
	return point < 0x20 || point == 0x7F || (point >= 0x80 && point < 0xA0)
		       ? 1
		       : hl_u8_width(point);
}

static void put_text(FILE *to, struct hl_str text)
{
	for (size_t at = 0, n; at < text.len; at += n) {
		uint32_t point;
		n = hl_u8_next(&point, text, at);
		put_char(to, text, at, n, point);
	}
}

/* The source line, cut to a window when it is long, and the caret under what is marked. */
static void put_line(FILE *to, const struct hl_finding *finding)
{
	struct hl_str text = finding->line_text;
	unsigned lead = 0, width = 0, marked = 0, column = 1;
	size_t start = 0, at = 0;
	uint32_t end = finding->end_line > finding->line ? UINT32_MAX : finding->end_column;

	for (size_t n; at < text.len && column < finding->column; at += n, column++) {
		uint32_t point;
		n = hl_u8_next(&point, text, at);
		lead += shown_width(point);
	}
	if (lead > LEAD_COLUMNS && hl_u8_count(text) > LINE_COLUMNS) {
		while (lead > LEAD_COLUMNS) {
			uint32_t point;
			start += hl_u8_next(&point, text, start);
			lead -= shown_width(point) < lead ? shown_width(point) : lead;
		}
	}
	fputs("    ", to);
	if (start > 0)
		fputs("...", to);
	column = finding->column;
	for (size_t i = start, n; i < text.len && width < LINE_COLUMNS; i += n) {
		uint32_t point;
		n = hl_u8_next(&point, text, i);
		put_char(to, text, i, n, point);
		width += shown_width(point);
		if (i >= at && column++ < end)
			marked += shown_width(point);
	}
	fputs("\n    ", to);
	for (unsigned i = 0; i < lead + (start > 0 ? 3 : 0); i++)
		fputc(' ', to);
	fputc('^', to);
	for (unsigned i = 1; i < marked; i++)
		fputc('~', to);
	fputc('\n', to);
}

int hl_finding_format(char **out, const struct hl_finding *finding)
{
	static const char *const levels[] = {"note", "warning", "error"};
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	if (!to)
		return HL_NOMEM;
	put_text(to, finding->file);
	if (finding->line)
		fprintf(to, ":%u:%u", finding->line, finding->column);
	fprintf(to, ": %s: ", levels[finding->level]);
	put_text(to, finding->message);
	fputc('\n', to);
	if (finding->line)
		put_line(to, finding);
	if (finding->remedy.len) {
		fputs("    ", to);
		put_text(to, finding->remedy);
		fputc('\n', to);
	}
	if (fclose(to) != 0) {
		free(text);
		return HL_NOMEM;
	}
	*out = text;
	return HL_OK;
}
