/*
 * verdictrow.h: a test as a row: a pack in a few lines, a message, and the verdict as one line.
 */
#ifndef VERDICTROW_H
#define VERDICTROW_H

#include <stdbool.h>
#include <stddef.h>

#include "hotline.h"

struct row {
	const char *pack, *message, *verdict;
};
/* Tells a diagnostic; `arg` is not looked at. */
void print_diag(void *arg, const struct hl_diag *diag);
/* Does the row hold? Tells what it got when not. */
bool check(const struct row *row);
/* Fails the test when a row does not hold, after telling each that does not. */
void check_all(const struct row *rows, size_t n);
#define CHECK_ALL(rows) check_all((rows), sizeof(rows) / sizeof *(rows))

#endif
