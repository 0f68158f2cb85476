/*
 * cli/workers.h: this machine's processors, for training.
 */
#ifndef CLI_WORKERS_H
#define CLI_WORKERS_H

#include "hotline.h"

/* As many threads as there are processors, at most nine. Callable from any thread. */
extern const struct hl_workers cli_workers;

#endif
