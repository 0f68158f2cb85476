/*
 * store_memory.h: the store without a disk: the reference the other stores are held against, and
 * the double of the host's tests. It keeps everything the interface promises except durability.
 */
#ifndef HL_STORE_MEMORY_H
#define HL_STORE_MEMORY_H

#include <uv.h>

#include "hotline_adapter.h"

/* An empty store that answers on `loop`, in the order of the calls. The loop stays alive only while
   an answer is owed. After close is done run the loop once more (uv_close). HL_OK, HL_NOMEM. */
int hl_store_memory_new(struct hl_store **out, uv_loop_t *loop);

#endif
