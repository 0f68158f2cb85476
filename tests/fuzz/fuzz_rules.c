/*
 * Bytes to a pack: every byte a rule file may hold goes through reader, loader and compiler, and
 * every finding is written.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "hotline_rules.h"

#define SMALL 4096u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hl_rules_file file = {HL_STR("pack.yaml"), {(const char *)data, size}};
	bool small = size <= SMALL; /* its own tests, and what it spells, are tried too */
	struct hl_rules_options options = {
		.skip_tests = !small, .conflicts = small, .today = HL_STR("2026-11-22")};
	struct hl_rules *rules;
	size_t n;
	if (size > 65536 || hl_rules_load_files(&rules, &file, 1, &options) < 0)
		return 0;
	const struct hl_finding *findings = hl_rules_findings(rules, &n);
	for (size_t i = 0; i < n; i++) {
		char *text;
		if (hl_finding_format(&text, &findings[i]) == HL_OK)
			free(text);
	}
	hl_rules_free(rules);
	return 0;
}
