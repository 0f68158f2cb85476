/* One way of writing a phrase, by which the same one is known however it was written. Knows what
   makes one word of letters and signs, and nothing of nets. */
#include <string.h>

#include "ruleset/spell.h"
#include "text/text.h"

/* What parts two pieces of a phrase, in one way of writing it. Signs that touch both may be part of
   a word (`1.5`, `a.com`) and stay. */
static void put_parting(struct hl_buf *buf, struct hl_str parting, char next)
{
	static const char parts_anyhow[] = "*{}<>";
	char last = buf->len ? buf->ptr[buf->len - 1] : '*';
	if (!parting.len || strchr(parts_anyhow, last) || (next && strchr(parts_anyhow, next)))
		return;
	for (size_t i = 0; i < parting.len; i++)
		if (strchr(" \t\r\n", parting.ptr[i])) {
			hl_buf_char(buf, ' ');
			return;
		}
	bool digit = (last >= '0' && last <= '9') || (next >= '0' && next <= '9');
	if (digit || parting.len > 1 || parting.ptr[0] != '\'') /* don't is one word, 1'000 two */
		hl_buf_str(buf, parting);
}

int hl_spell_canonical(struct hl_str *out, struct hl_arena *arena, const struct hl_spell *spell)
{
	struct hl_buf buf;
	hl_buf_init(&buf, arena);
	struct hl_str text = hl_str_trim(spell->folded);
	const char *p = text.ptr, *end = p + text.len, *parting = p;
	if (spell->whole)
		hl_buf_char(&buf, '=');
	while (p < end) {
		const char *at = p;
		uint32_t code = hl_utf8_next(&p, end);
		bool sign = code < 128 && strchr("()[]{}<>|*~", (int)code);
		if (!sign && hl_char_kind_of(code) == HL_CHAR_OTHER)
			continue;
		if (buf.len > spell->whole)
			put_parting(&buf, (struct hl_str){parting, (size_t)(at - parting)},
				    code < 128 ? (char)code : 'x');
		for (; at < p; at++)
			hl_buf_char(&buf, *at);
		parting = p;
	}
	*out = hl_buf_view(&buf);
	return buf.failed ? HL_NOMEM : HL_OK;
}
