/*
 * decide/trace.h: the stages of one message in plain lines, for explain.
 */
#ifndef HL_TRACE_H
#define HL_TRACE_H

#include "decide/decide.h"

/* Fills trace and n_trace of a finished verdict. HL_OK, HL_NOMEM. */
int hl_trace_write(struct hl_verdict *out, const struct hl_case *c);

#endif
