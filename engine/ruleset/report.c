/* Findings of a build, worded for the author. Counts errors, so that a build can go on to the last
   line of the pack and be refused at the end. */
#include "ruleset/report.h"

#define CHOICES_MAX 12

void hl_report(struct hl_report *report, enum hl_level level, const char *code, struct hl_src src,
	       uint32_t offset, uint32_t len, struct hl_str message, struct hl_str remedy)
{
	report->told++;
	if (level == HL_ERROR)
		report->errors++;
	if (!report->fn)
		return;
	struct hl_diag diag = {.level = level,
			       .code = code,
			       .src = src,
			       .offset = offset,
			       .len = len,
			       .message = message,
			       .remedy = remedy};
	report->fn(report->arg, &diag);
}

void hl_report_plain(struct hl_report *report, enum hl_level level, const char *code,
		     struct hl_src src, uint32_t offset, uint32_t len, const char *message,
		     const char *remedy)
{
	hl_report(report, level, code, src, offset, len, hl_str_of(message), hl_str_of(remedy));
}

struct hl_str hl_report_join(struct hl_report *report, struct hl_str a, struct hl_str b,
			     struct hl_str c)
{
	struct hl_buf buf;
	hl_buf_init(&buf, report->arena);
	hl_buf_str(&buf, a);
	hl_buf_str(&buf, b);
	hl_buf_str(&buf, c);
	return buf.failed ? HL_NONE : hl_buf_view(&buf);
}

struct hl_str hl_report_nearest(struct hl_report *report, struct hl_str name,
				const struct hl_str *names, size_t n)
{
	size_t near = hl_nearest(name, names, n);
	if (near == SIZE_MAX)
		return HL_NONE;
	return hl_report_join(report, HL_STR("did you mean `"), names[near], HL_STR("`?"));
}

struct hl_str hl_report_choices(struct hl_report *report, const struct hl_str *names, size_t n)
{
	struct hl_buf buf;
	hl_buf_init(&buf, report->arena);
	for (size_t i = 0; i < n && i < CHOICES_MAX; i++) {
		hl_buf_str(&buf, i ? HL_STR(", ") : HL_STR("there is: "));
		hl_buf_str(&buf, names[i]);
	}
	if (n > CHOICES_MAX) {
		hl_buf_str(&buf, HL_STR(" and "));
		hl_buf_u64(&buf, n - CHOICES_MAX);
		hl_buf_str(&buf, HL_STR(" more"));
	}
	return buf.failed ? HL_NONE : hl_buf_view(&buf);
}
