/*
 * Numbers for tests that make things up: the same on every machine. Each file that includes it has
 * a row of its own.
 */
#ifndef DRAW_H
#define DRAW_H

#include <stdint.h>

static uint64_t draw_seed = 0x9e3779b97f4a7c15ull;

/* 0 … below - 1 */
static inline unsigned draw(unsigned below)
{
	draw_seed ^= draw_seed << 13;
	draw_seed ^= draw_seed >> 7;
	draw_seed ^= draw_seed << 17;
	return (unsigned)(draw_seed >> 33) % below;
}

#endif
