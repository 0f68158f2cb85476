/* Any phrases, patterns and words, then a message: the text before the first NUL is a pack in a few
   lines (tests/engine/packtext.h), the rest a message to it. What is let through must classify any
   message within its bounds, and decide alike whether it has to explain itself or not. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "packtext.h"
#include "verdict_checks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *cut = size ? memchr(data, 0, size) : NULL;
	size_t n = cut ? (size_t)(cut - data) : size;
	struct hl_str message = {cut ? (const char *)cut + 1 : "", cut ? size - n - 1 : 0};
	struct hl_ruleset *rules = NULL;
	struct hl_scratch *scratch = NULL, *other = NULL; /* a verdict lasts as long as its own */
	struct hl_verdict first, again;
	if (n > 4096 || message.len > HL_TEXT_BYTES_MAX)
		return 0;
	struct packtext *made = packtext_new((const char *)data, n);
	int rc = hl_ruleset_new(&rules, packtext_pack(made), (struct hl_str){NULL, 0}, NULL, NULL);
	packtext_free(made);
	assert(rc == HL_OK || rc == HL_REFUSED);
	if (rc != HL_OK)
		return 0;
	assert(hl_scratch_new(&scratch) == HL_OK && hl_scratch_new(&other) == HL_OK);
	struct hl_query query = {.text = message, .trace = true};
	assert(hl_classify(&first, scratch, rules, &query) == HL_OK);
	check_verdict(&first, message.len);
	query.trace = false;
	assert(hl_classify(&again, other, rules, &query) == HL_OK);
	check_same(&first, &again);
	hl_scratch_free(scratch);
	hl_scratch_free(other);
	hl_ruleset_unref(rules);
	return 0;
}
