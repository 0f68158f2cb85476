/* The cache file of a trained model: any bytes are refused or give a model that judges within
 * bounds. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "likeness/likeness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A small true model with the input written over it, from a place that its first bytes name. */
static struct hl_str damaged(struct hl_arena *arena, const uint8_t *data, size_t size)
{
	struct hl_utterance a, b;
	struct hl_likeness *model = NULL;
	const struct hl_likeness_options options = {.n_classes = 2, .precision = 0.95};
	assert(hl_utterance_read(&a, arena, HL_STR("fee"), NULL, 0) == HL_OK);
	assert(hl_utterance_read(&b, arena, HL_STR("提现"), NULL, 0) == HL_OK);
	const struct hl_likeness_text texts[] = {{&a, 0, true}, {&b, 1, true}};
	assert(hl_likeness_train(&model, texts, 2, &options) == HL_OK);
	struct hl_str bytes = hl_likeness_bytes(model);
	char *copy = hl_arena_alloc(arena, bytes.len);
	assert(copy != NULL);
	memcpy(copy, bytes.ptr, bytes.len);
	size_t at = size >= 2 ? (size_t)(data[0] << 8 | data[1]) * 16 % bytes.len : 0;
	for (size_t i = 2; i < size && at < bytes.len; i++, at++)
		copy[at] = (char)data[i];
	hl_likeness_free(model);
	return (struct hl_str){copy, bytes.len};
}

static void judge(struct hl_arena *arena, struct hl_str bytes)
{
	struct hl_likeness *model = NULL;
	struct hl_likeness_result result;
	struct hl_utterance u;
	if (hl_likeness_load(&model, bytes) != HL_OK)
		return;
	assert(hl_utterance_read(&u, arena, HL_STR("what is the fee 提现 now"), NULL, 0) == HL_OK);
	assert(hl_likeness_score(&result, model, arena, &u) == HL_OK);
	assert(result.n <= HL_LIKENESS_TOP);
	hl_likeness_free(model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hl_arena arena = {0};
	judge(&arena, (struct hl_str){(const char *)data, size});
	judge(&arena, damaged(&arena, data, size));
	hl_arena_deinit(&arena);
	return 0;
}
