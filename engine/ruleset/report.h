/*
 * ruleset/report.h: findings about a pack on their way to whoever builds it.
 */
#ifndef HL_REPORT_H
#define HL_REPORT_H

#include "base/base.h"

struct hl_report {
	hl_diag_fn *fn; /* may be NULL */
	void *arg;
	struct hl_arena *arena; /* for messages with names in them */
	size_t errors, told;	/* findings of that level, of any */
};

/* Hands on one finding; `offset` and `len` mark bytes of the text that stands at `src`. */
void hl_report(struct hl_report *report, enum hl_level level, const char *code, struct hl_src src,
	       uint32_t offset, uint32_t len, struct hl_str message, struct hl_str remedy);
/* The same with constant texts. */
void hl_report_plain(struct hl_report *report, enum hl_level level, const char *code,
		     struct hl_src src, uint32_t offset, uint32_t len, const char *message,
		     const char *remedy);
/* The three pieces one after the other; empty when there is no memory. */
struct hl_str hl_report_join(struct hl_report *report, struct hl_str a, struct hl_str b,
			     struct hl_str c);
/* "there is: a, b, c", empty for more than a dozen. */
struct hl_str hl_report_choices(struct hl_report *report, const struct hl_str *names, size_t n);
/* "did you mean `x`?" for the nearest of `names`, else empty. */
struct hl_str hl_report_nearest(struct hl_report *report, struct hl_str name,
				const struct hl_str *names, size_t n);

#endif
