/*
 * Columns of a terminal: how wide a text is there, whatever its bytes. Texts are the pack's, so
 * they are valid UTF-8.
 */
#include <stdio.h>
#include <utf8proc.h>

#include "cli/pack.h"

void cli_put_column(FILE *to, struct hl_str text, unsigned columns)
{
	unsigned width = 0;
	utf8proc_int32_t point;
	for (size_t at = 0; at < text.len;) {
		utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text.ptr + at,
						      (utf8proc_ssize_t)(text.len - at), &point);
		if (n <= 0)
			break;
		at += (size_t)n;
		width += (unsigned)utf8proc_charwidth(point);
	}
	fprintf(to, "%.*s%*s", (int)text.len, text.len ? text.ptr : "",
		width < columns ? (int)(columns - width) : 0, "");
}
