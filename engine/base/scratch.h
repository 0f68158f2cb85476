/*
 * scratch.h: what one thread needs to work on a message: the turn's arena and PCRE2's workspace.
 * Made and freed by hl_scratch_new and hl_scratch_free of hotline.h.
 */
#ifndef HL_SCRATCH_H
#define HL_SCRATCH_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/base.h"

struct hl_scratch {
	struct hl_arena turn; /* everything hl_classify and hl_step hand out */
	pcre2_general_context *general;
	pcre2_compile_context *compile;
	pcre2_match_context *match; /* with the JIT stack assigned; limits are set by the matcher */
	pcre2_match_data *data;	    /* see hl_scratch_groups */
	pcre2_jit_stack *jit;	    /* 32 KiB, grows to 1 MiB */
	uint32_t groups;	    /* pairs that `data` holds */
	uint8_t *marks;		    /* see hl_scratch_marks */
	size_t n_marks;
};

/* Begins a turn: what the last one handed out is gone. */
void hl_scratch_begin(struct hl_scratch *scratch);
/* Match data with room for `groups` pairs (a pattern's capture count + 1), kept for later matches;
   belongs to the scratch and is replaced only by a call that needs more. NULL: no memory. */
pcre2_match_data *hl_scratch_groups(struct hl_scratch *scratch, uint32_t groups);
/* At least n bytes that are 0 and that whoever marks some leaves 0 again, so that no turn has to
   clear them all; replaced only by a call that needs more. NULL: no memory. */
uint8_t *hl_scratch_marks(struct hl_scratch *scratch, size_t n);

#endif
