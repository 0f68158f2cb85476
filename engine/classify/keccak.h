/*
 * classify/keccak.h: Keccak-256 as Ethereum uses it (not SHA3-256: the padding differs).
 */
#ifndef HL_KECCAK_H
#define HL_KECCAK_H

#include <stddef.h>
#include <stdint.h>

/* Hashes n bytes, at most 135: one block is all that an address needs. */
void hl_keccak256(uint8_t out[32], const void *bytes, size_t n);

#endif
