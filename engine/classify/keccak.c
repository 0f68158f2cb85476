/* Keccak-256 of a short text, for the case checksum of addresses (EIP-55). */
#include "classify/keccak.h"

#include <string.h>

#define RATE 136

static uint64_t rotate(uint64_t x, unsigned n)
{
	return n ? x << n | x >> (64 - n) : x;
}

/* The round constants come from a shift register: bit 2^j − 1 of each is its next output. */
static uint64_t round_constant(uint8_t *lfsr)
{
	uint64_t constant = 0;
	for (unsigned j = 0; j < 7; j++) {
		if (*lfsr & 1)
			constant |= 1ull << ((1u << j) - 1);
		*lfsr = (uint8_t)(*lfsr & 0x80 ? *lfsr << 1 ^ 0x71 : *lfsr << 1);
	}
	return constant;
}

static void mix_columns(uint64_t a[25])
{
	uint64_t c[5];
	for (unsigned x = 0; x < 5; x++)
		c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
	for (unsigned x = 0; x < 5; x++)
		for (unsigned y = 0; y < 25; y += 5)
			a[x + y] ^= c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1);
}

static void turn_and_move(uint64_t a[25])
{
	unsigned x = 1, y = 0;
	uint64_t moving = a[1];
	for (unsigned t = 0; t < 24; t++) {
		unsigned next = (2 * x + 3 * y) % 5;
		x = y;
		y = next;
		uint64_t kept = a[x + 5 * y];
		a[x + 5 * y] = rotate(moving, (t + 1) * (t + 2) / 2 % 64);
		moving = kept;
	}
}

static void mix_rows(uint64_t a[25])
{
	for (unsigned y = 0; y < 25; y += 5) {
		uint64_t row[5];
		memcpy(row, a + y, sizeof row);
		for (unsigned x = 0; x < 5; x++)
			a[x + y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
	}
}

void hl_keccak256(uint8_t out[32], const void *bytes, size_t n)
{
	uint8_t block[RATE] = {0}, lfsr = 1;
	uint64_t a[25] = {0};
	memcpy(block, bytes, n < RATE ? n : RATE - 1);
	block[n < RATE ? n : RATE - 1] ^= 0x01;
	block[RATE - 1] ^= 0x80;
	for (size_t i = 0; i < RATE; i++)
		a[i / 8] |= (uint64_t)block[i] << (8 * (i % 8));
	for (unsigned r = 0; r < 24; r++) {
		mix_columns(a);
		turn_and_move(a);
		mix_rows(a);
		a[0] ^= round_constant(&lfsr);
	}
	for (size_t i = 0; i < 32; i++)
		out[i] = (uint8_t)(a[i / 8] >> (8 * (i % 8)));
}
