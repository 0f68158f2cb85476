/* Any bytes are a message: normalised, cut, and every place within bounds. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "text/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hl_arena arena = {0};
	struct hl_str text = {(const char *)data, size};
	struct hl_utterance u;
	struct hl_normal pattern;
	if (size > HL_TEXT_BYTES_MAX)
		return 0;
	assert(hl_utterance_read(&u, &arena, text, NULL, 0) == HL_OK);
	assert(hl_utf8_valid(u.normal.text));
	for (size_t i = 0; i < u.n_words; i++) {
		assert(u.words[i].ostart < u.words[i].oend && u.words[i].oend <= size);
		assert(i == 0 || u.words[i - 1].end <= u.words[i].start);
	}
	assert(hl_text_fold_pattern(&pattern, &arena, text) == HL_OK);
	hl_arena_deinit(&arena);
	return 0;
}
