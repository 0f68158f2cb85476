/* Counts bytes of the normal form: by eights where nothing but their highest bits matters. */
#include "classify/measure.h"

#include <string.h>

#include "prefilter/borders.h"
#include "ruleset/chain.h"

static void measure_runs(struct hl_reading *r)
{
	struct hl_str text = r->utterance->normal.text;
	uint32_t longest[3] = {0, 1, 0}, run = 0; /* of neither, of words, of spaces */
	unsigned kind = 0;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t kinds = hl_byte_kinds[(unsigned char)text.ptr[i]];
		unsigned next = kinds & HL_BYTE_WORD ? 1 : kinds ? 2 : 0;
		run = next == kind ? run + 1 : 1;
		kind = next;
		longest[kind] = run > longest[kind] ? run : longest[kind];
	}
	r->word_run = longest[1];
	r->space_run = longest[2];
}

void hl_measure_words(struct hl_reading *r)
{
	struct hl_str text = r->utterance->normal.text;
	uint32_t most = 0, run = 0;
	for (size_t i = 0; i + 8 <= text.len; i += 8) {
		run = hl_word_bytes(hl_text_load8(text.ptr + i)) == HL_EACH(0x80) ? run + 1 : 0;
		most = run > most ? run : most;
	}
	r->word_most = (most + 2) * 8; /* on both sides of such eights parts of others */
}

void hl_measure_chars(struct hl_reading *r)
{
	struct hl_str text = r->utterance->normal.text;
	uint64_t two = 0, three = 0, four = 0;
	for (size_t i = 0; i < text.len; i += 8) { /* eight readable zeros stand behind */
		uint64_t bytes = hl_text_load8(text.ptr + i), head = bytes & bytes << 1;
		two |= bytes;
		three |= head & bytes << 2;
		four |= head & bytes << 2 & bytes << 3;
	}
	/* the text is good UTF-8: a byte with its two highest bits is a first one */
	r->char_bytes = four & HL_EACH(0x80)	? 4
			: three & HL_EACH(0x80) ? 3
			: two & HL_EACH(0x80)	? 2
						: 1;
	r->lines = memchr(text.ptr, '\n', text.len) != NULL;
}

bool hl_measure_places(struct hl_reading *r)
{
	struct hl_str text = r->utterance->normal.text;
	if (!r->char_bytes)
		hl_measure_chars(r);
	if (r->chars || r->char_bytes == 1)
		return true;
	uint32_t *chars = hl_arena_array(&r->scratch->turn, 2 * (text.len + 1), sizeof *chars);
	uint32_t *starts = chars + text.len + 1, n = 0;
	if (!chars) {
		r->failed = true;
		return false;
	}
	for (size_t i = 0; i < text.len; i++) {
		if (((unsigned char)text.ptr[i] & 0xc0) != 0x80)
			starts[n++] = (uint32_t)i;
		chars[i] = n - 1; /* the text is good UTF-8: it begins with a character */
	}
	starts[n] = (uint32_t)text.len;
	chars[text.len] = n;
	r->chars = chars;
	r->char_starts = starts;
	return true;
}

size_t hl_measure_reach(struct hl_reading *r, struct hl_reach reach)
{
	if (reach.any)
		return r->utterance->normal.text.len;
	if ((reach.words || reach.spaces) && !r->word_run)
		measure_runs(r);
	if (reach.chars && !r->char_bytes)
		hl_measure_chars(r);
	return reach.bytes + (size_t)reach.chars * r->char_bytes +
	       (size_t)reach.words * r->word_run + (size_t)reach.spaces * r->space_run;
}
