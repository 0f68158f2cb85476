/* Any bytes, cut in two messages: spans in order and within bounds, the stored text valid and
   without what was found; and as a value told beside a conversation. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "secrets/secrets.h"

#define TELLING 8 /* bytes of a find that stand nowhere by chance */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_edge(struct hl_str text, size_t at)
{
	return at >= text.len ||
	       !((unsigned char)((text.ptr[at] | 0x20) - 'a') < 26 ||
		 (unsigned char)(text.ptr[at] - '0') < 10 || (unsigned char)text.ptr[at] >= 0x80);
}

static void check_gone(struct hl_str stored, struct hl_str found)
{
	for (size_t at = 0; (at = hl_str_find(stored, found, at)) != SIZE_MAX; at++)
		assert(!(at == 0 || is_edge(stored, at - 1)) || !is_edge(stored, at + found.len));
}

static void check(struct hl_arena *arena, struct hl_str text, const struct hl_redacted *v, size_t n)
{
	struct hl_str stored;
	uint32_t last = 0;
	for (size_t i = 0; i < n; i++) {
		assert(v[i].span.start >= last && v[i].span.start < v[i].span.end);
		last = v[i].span.end;
	}
	assert(last <= text.len);
	assert(hl_secrets_stored(&stored, arena, text, v, n) == HL_OK);
	assert(hl_utf8_valid(stored));
	for (size_t i = 0; i < n && i < 8; i++) {
		struct hl_str found =
			hl_str_sub(text, v[i].span.start, v[i].span.end - v[i].span.start);
		if (found.len >= TELLING && hl_utf8_valid(found))
			check_gone(stored, found);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hl_arena arena = {0};
	struct hl_utterance u;
	struct hl_secrets found;
	if (size < 1 || size > 4096)
		return 0;
	size_t cut = data[0] % size;
	struct hl_secrets_recent recent = {{(const char *)data, cut}, false};
	struct hl_str text = {(const char *)data + cut, size - cut};
	assert(hl_utterance_read(&u, &arena, recent.text, NULL, 0) == HL_OK);
	assert(hl_secrets_find(&found, &arena, &u, NULL, NULL, 0) == HL_OK);
	bool clean = found.n == 0;
	assert(hl_utterance_read(&u, &arena, text, NULL, 0) == HL_OK);
	assert(hl_secrets_find(&found, &arena, &u, NULL, &recent, 1) == HL_OK);
	check(&arena, text, found.v, found.n);
	check(&arena, recent.text, found.earlier[0].v, found.earlier[0].n);
	if (clean) { /* what is not read again would not have mattered */
		struct hl_secrets quick;
		recent.clean = true;
		assert(hl_secrets_find(&quick, &arena, &u, NULL, &recent, 1) == HL_OK);
		assert(quick.n == found.n && quick.by_earlier == found.by_earlier);
		assert(quick.n_earlier == 1 ? quick.earlier[0].n == found.earlier[0].n
					    : found.earlier[0].n == 0);
		assert(found.earlier[0].changed ==
		       (quick.n_earlier == 1 && quick.earlier[0].changed));
		for (size_t i = 0; i < found.n; i++)
			assert(quick.v[i].span.start == found.v[i].span.start &&
			       quick.v[i].span.end == found.v[i].span.end);
	}
	struct hl_str told, again;
	assert(hl_secrets_clean(&told, &arena, text) == HL_OK && hl_utf8_valid(told));
	assert(hl_secrets_clean(&again, &arena, told) == HL_OK && hl_utf8_valid(again));
	hl_arena_deinit(&arena);
	return 0;
}
