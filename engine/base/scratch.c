/*
 * One thread's workspace. A frozen rule set is shared by threads, so everything that a match writes
 * to lives here. Knows PCRE2's objects, not what they are used for.
 */
#include <stdlib.h>

#include "base/scratch.h"

#define JIT_STACK_MIN ((size_t)32 << 10)
#define JIT_STACK_MAX ((size_t)1 << 20)
#define FIRST_GROUPS 16u

int hl_scratch_new(struct hl_scratch **out)
{
	int status = HL_NOMEM;
	struct hl_scratch *scratch = calloc(1, sizeof *scratch);
	if (scratch == NULL)
		goto out;
	scratch->general = pcre2_general_context_create(NULL, NULL, NULL);
	scratch->compile = pcre2_compile_context_create(scratch->general);
	scratch->match = pcre2_match_context_create(scratch->general);
	scratch->jit = pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, scratch->general);
	if (scratch->general == NULL || scratch->compile == NULL || scratch->match == NULL ||
	    scratch->jit == NULL || hl_scratch_groups(scratch, FIRST_GROUPS) == NULL)
		goto out;
	pcre2_jit_stack_assign(scratch->match, NULL, scratch->jit);
	*out = scratch;
	scratch = NULL;
	status = HL_OK;
out:
	hl_scratch_free(scratch);
	return status;
}

struct hl_scratch *hl_scratch_free(struct hl_scratch *scratch)
{
	if (scratch == NULL)
		return NULL;
	hl_arena_deinit(&scratch->turn);
	free(scratch->marks);
	pcre2_match_data_free(scratch->data);
	pcre2_jit_stack_free(scratch->jit);
	pcre2_match_context_free(scratch->match);
	pcre2_compile_context_free(scratch->compile);
	pcre2_general_context_free(scratch->general);
	free(scratch);
	return NULL;
}

void hl_scratch_begin(struct hl_scratch *scratch)
{
	hl_arena_reset(&scratch->turn);
}

pcre2_match_data *hl_scratch_groups(struct hl_scratch *scratch, uint32_t groups)
{
	if (scratch->data != NULL && groups <= scratch->groups)
		return scratch->data;
	pcre2_match_data *data = pcre2_match_data_create(groups, scratch->general);
	if (data == NULL)
		return NULL;
	pcre2_match_data_free(scratch->data);
	scratch->data = data;
	scratch->groups = groups;
	return data;
}

uint8_t *hl_scratch_marks(struct hl_scratch *scratch, size_t n)
{
	if (scratch->marks != NULL && n <= scratch->n_marks)
		return scratch->marks;
	uint8_t *marks = calloc(n, 1);
	if (marks == NULL)
		return NULL;
	free(scratch->marks);
	scratch->marks = marks;
	scratch->n_marks = n;
	return marks;
}
