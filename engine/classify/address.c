/* Forms of addresses and transaction hashes by network. */
#include "classify/address.h"

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

static bool is_base58(struct hl_str text)
{
	static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
	for (size_t i = 0; i < text.len; i++)
		if (hl_str_find(HL_STR(alphabet), hl_str_sub(text, i, 1), 0) == SIZE_MAX)
			return false;
	return text.len > 0;
}

bool hl_is_txid(struct hl_str text)
{
	struct hl_str digits = without_0x(text);
	return (digits.len == 64 && is_hex(digits)) ||
	       (text.len >= 86 && text.len <= 88 && is_base58(text));
}

bool hl_is_address(struct hl_str text)
{
	struct hl_str digits = without_0x(text);
	if (digits.len != text.len && is_hex(digits))
		return digits.len == 40;
	return !hl_is_txid(text) && text.len >= 26 && text.len <= 90;
}
