/*
 * decide/trace.h: the stages of one message in plain lines, for explain.
 */
#ifndef HL_TRACE_H
#define HL_TRACE_H

#include "decide/decide.h"

/* Fills trace and tried of a finished verdict. HL_OK, HL_NOMEM. */
int hl_trace_write(struct hl_verdict *out, struct hl_case *c);

#endif
