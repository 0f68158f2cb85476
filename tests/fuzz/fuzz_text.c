/* Any bytes are a message: normalised, cut, and every place within bounds and on a character's
   edge. The normal form taken for a message is itself. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "text/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool starts_character(struct hl_str text, size_t at)
{
	const char *p = text.ptr, *end = p + text.len;
	while (p < end && (size_t)(p - text.ptr) < at)
		(void)hl_utf8_next(&p, end);
	return (size_t)(p - text.ptr) == at;
}

static void check_places(const struct hl_utterance *u)
{
	for (uint32_t i = 0; i < u->normal.text.len; i++) {
		struct hl_span at = hl_normal_span(&u->normal, i, i + 1);
		assert(at.start < at.end && at.end <= u->original.len);
		if (i > 0) {
			struct hl_span before = hl_normal_span(&u->normal, i - 1, i);
			assert(before.start == at.start || before.end <= at.start);
		}
	}
	for (size_t i = 0; i < u->n_words; i++) {
		const struct hl_word *word = &u->words[i];
		assert(word->ostart < word->oend && word->oend <= u->original.len);
		assert(i == 0 || u->words[i - 1].end <= word->start);
		assert(u->original.len > 256 || (starts_character(u->original, word->ostart) &&
						 starts_character(u->original, word->oend)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hl_arena arena = {0};
	struct hl_str text = {(const char *)data, size};
	struct hl_utterance u, again;
	struct hl_normal pattern;
	if (size > HL_TEXT_BYTES_MAX)
		return 0;
	assert(hl_utterance_read(&u, &arena, text, NULL, 0) == HL_OK);
	assert(hl_utf8_valid(u.normal.text));
	check_places(&u);
	assert(hl_utterance_read(&again, &arena, u.normal.text, NULL, 0) == HL_OK);
	assert(hl_str_eq(again.normal.text, u.normal.text));
	assert(hl_text_fold_pattern(&pattern, &arena, text) == HL_OK);
	hl_arena_deinit(&arena);
	return 0;
}
