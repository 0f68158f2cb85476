/* Forms of addresses and transaction hashes by network. Where a format carries a checksum it must
   hold: base58check (Bitcoin, Litecoin, Dogecoin, Tron), bech32 and bech32m (SegWit), mixed case by
   EIP-55 (Ethereum and its like). Solana's have none. */
#include "classify/address.h"

#include <string.h>

#include "classify/keccak.h"
#include "secrets/finder.h"

static bool is_hex(struct hl_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
			return false;
	}
	return text.len > 0;
}

static struct hl_str without_0x(struct hl_str text)
{
	bool prefixed = hl_str_starts(text, HL_STR("0x")) || hl_str_starts(text, HL_STR("0X"));
	return hl_str_sub(text, prefixed ? 2 : 0, SIZE_MAX);
}

/* ------------------------------------------------------------------ base58 */

/* The big number's bytes, leading zeros for leading ones; how many, or 0: no base58 or too long. */
static size_t base58(uint8_t out[64], struct hl_str text)
{
	static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
	uint8_t digits[64] = {0}; /* least first */
	size_t n = 0, zeros = 0;
	for (size_t i = 0; i < text.len; i++) {
		const char *at = text.ptr[i] ? strchr(alphabet, text.ptr[i]) : NULL;
		if (!at)
			return 0;
		unsigned carry = (unsigned)(at - alphabet);
		zeros += i == zeros && !carry;
		for (size_t d = 0; d < n; d++) {
			carry += digits[d] * 58u;
			digits[d] = (uint8_t)carry;
			carry >>= 8;
		}
		for (; carry; carry >>= 8) {
			if (n == sizeof digits)
				return 0;
			digits[n++] = (uint8_t)carry;
		}
	}
	if (zeros + n > 64)
		return 0;
	memset(out, 0, zeros);
	for (size_t i = 0; i < n; i++)
		out[zeros + i] = digits[n - 1 - i];
	return zeros + n;
}

/* 21 bytes and the first four of their doubled SHA-256. */
static bool is_base58check(const uint8_t bytes[64], size_t n)
{
	uint8_t once[32], twice[32];
	if (n != 25)
		return false;
	hl_sha256(once, bytes, 21);
	hl_sha256(twice, once, sizeof once);
	return memcmp(twice, bytes + 21, 4) == 0;
}

/* Version bytes: P2PKH and P2SH of Bitcoin, Litecoin and Dogecoin, Tron, and their test networks.
 */
static bool is_known_version(uint8_t version)
{
	static const uint8_t known[] = {0x00, 0x05, 0x30, 0x32, 0x1e, 0x16, 0x41, 0x6f, 0xc4};
	return memchr(known, version, sizeof known) != NULL;
}

/* ------------------------------------------------------------------ bech32 */

static uint32_t bech32_step(uint32_t check, uint32_t value)
{
	static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
					     0x2a1462b3};
	uint32_t top = check >> 25;
	check = (check & 0x1ffffff) << 5 ^ value;
	for (unsigned i = 0; i < 5; i++)
		check ^= top >> i & 1 ? generator[i] : 0;
	return check;
}

static bool is_bech32(struct hl_str text)
{
	static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	char lower[90];
	size_t one = 0, upper = 0, small = 0;
	if (text.len < 14 || text.len > sizeof lower)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		upper += c >= 'A' && c <= 'Z';
		small += c >= 'a' && c <= 'z';
		lower[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
		one = c == '1' ? i : one;
	}
	if (!one || one + 7 > text.len || (upper && small))
		return false;
	uint32_t check = 1;
	for (size_t i = 0; i < one; i++)
		check = bech32_step(check, (uint32_t)(unsigned char)lower[i] >> 5);
	check = bech32_step(check, 0);
	for (size_t i = 0; i < one; i++)
		check = bech32_step(check, (uint32_t)lower[i] & 31);
	for (size_t i = one + 1; i < text.len; i++) {
		const char *at = lower[i] ? strchr(alphabet, lower[i]) : NULL;
		if (!at)
			return false;
		check = bech32_step(check, (uint32_t)(at - alphabet));
	}
	return check == 1 || check == 0x2bc830a3; /* bech32, bech32m */
}

/* ------------------------------------------------------------------ EIP-55 */

/* One case alone carries no checksum; mixed case must be the hash's. */
static bool is_eip55(struct hl_str digits)
{
	char lower[40];
	uint8_t hash[32];
	bool upper = false, small = false, right = true;
	for (size_t i = 0; i < sizeof lower; i++) {
		char c = digits.ptr[i];
		upper |= c >= 'A' && c <= 'F';
		small |= c >= 'a' && c <= 'f';
		lower[i] = (char)(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
	}
	if (!upper || !small)
		return true;
	hl_keccak256(hash, lower, sizeof lower);
	for (size_t i = 0; i < sizeof lower; i++) {
		unsigned nibble = i % 2 ? hash[i / 2] & 15u : hash[i / 2] >> 4;
		bool letter = lower[i] >= 'a';
		bool is_upper = digits.ptr[i] >= 'A' && digits.ptr[i] <= 'F';
		right &= !letter || is_upper == (nibble >= 8);
	}
	return right;
}

/* ------------------------------------------------------------------ both */

bool hl_is_txid(struct hl_str text)
{
	struct hl_str digits = without_0x(text);
	uint8_t bytes[64];
	if (digits.len == 64 && is_hex(digits))
		return true;
	return text.len >= 86 && text.len <= 88 && base58(bytes, text) == 64;
}

bool hl_is_address(struct hl_str text)
{
	struct hl_str digits = without_0x(text);
	uint8_t bytes[64];
	if (digits.len != text.len && is_hex(digits))
		return digits.len == 40 && is_eip55(digits);
	if (is_bech32(text))
		return true;
	size_t n = text.len <= 44 ? base58(bytes, text) : 0;
	return (is_base58check(bytes, n) && is_known_version(bytes[0])) || n == 32;
}
