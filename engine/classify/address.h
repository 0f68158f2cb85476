/*
 * classify/address.h: is this text an address or a transaction hash of a known network?
 */
#ifndef HL_ADDRESS_H
#define HL_ADDRESS_H

#include "base/base.h"

/* As written (case counts). Formats with a checksum must have it right. */
bool hl_is_address(struct hl_str text);
/* 64 hex digits with or without 0x, or a base58 signature of 86 to 88 characters. */
bool hl_is_txid(struct hl_str text);

#endif
