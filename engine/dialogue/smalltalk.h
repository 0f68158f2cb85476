/*
 * dialogue/smalltalk.h: the pieces that the short things people say to a bot are built from. A
 * table of data, included by small.c alone.
 */
#ifndef HL_SMALLTALK_H
#define HL_SMALLTALK_H

#include "classify/sayings.h"
#include "dialogue/inside.h"

enum {
	Y = HL_SMALL_YES,
	N = HL_SMALL_NO,
	X = HL_SMALL_NOT_HELPED,
	S = HL_SMALL_SKIP,
	A = HL_SMALL_HEARD,
	T = HL_SMALL_WAIT,
	D = HL_SMALL_REMARK
};

/* In the order of their bytes. */
static const struct hl_saying pieces[] = {
#include "dialogue/smalltalk_ascii.inc"
#include "dialogue/smalltalk_han.inc"
};

#endif
