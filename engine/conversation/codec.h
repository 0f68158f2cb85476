/*
 * codec.h: one walk over every member of a conversation, in four modes. For this folder alone.
 *
 * Measuring, copying, writing and reading follow the same function, so a member cannot be copied
 * and forgotten in the snapshot, nor stand there in another order than it is read.
 */
#ifndef HL_CODEC_H
#define HL_CODEC_H

#include "conversation/conversation.h"

enum hl_codec_mode { HL_CODEC_MEASURE, HL_CODEC_COPY, HL_CODEC_WRITE, HL_CODEC_READ };
struct hl_codec {
	enum hl_codec_mode mode;
	size_t size;		/* MEASURE: bytes of arrays and strings so far */
	char *arrays, *strings; /* COPY: where the next ones go */
	size_t n_arrays;	/* MEASURE: of them, the arrays' */
	struct hl_buf *to;	/* WRITE */
	struct hl_str from;	/* READ: what is left */
	struct hl_arena *arena; /* READ: for arrays; strings are views of the snapshot */
	bool broken, nomem;	/* READ */
};

/* Walks everything that is stored; in MEASURE and COPY the members of memory alone as well. */
void hl_codec_walk(struct hl_codec *codec, struct hl_conversation *conv);

#endif
