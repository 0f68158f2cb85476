/*
 * Private keys, PEM blocks and the tokens of programs. A bare 64-digit hexadecimal number is a
 * transaction hash to every exchange's customer, so such a number counts only where the message
 * calls it a key; formats with a prefix or a checksum of their own speak for themselves.
 */
#include <string.h>

#include "secrets/finder.h"

#define BIT(kind) (1u << HL_MARK_##kind)

static const char base58[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

static bool all_of(struct hl_str text, const char *alphabet)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == '\0' || strchr(alphabet, text.ptr[i]) == NULL)
			return false;
	return true;
}

/* Decodes into the last bytes of `out`; the number of bytes, 0 when it does not fit. */
static size_t decode58(uint8_t out[64], struct hl_str text)
{
	size_t used = 0;
	memset(out, 0, 64);
	for (size_t i = 0; i < text.len; i++) {
		const char *at = strchr(base58, text.ptr[i]);
		unsigned carry = at == NULL ? 0 : (unsigned)(at - base58);
		size_t k = 0;
		for (; k < used || carry != 0; k++) {
			if (k == 64)
				return 0;
			carry += (unsigned)out[63 - k] * 58;
			out[63 - k] = (uint8_t)carry;
			carry >>= 8;
		}
		used = k;
	}
	return used;
}

/* The import format of Bitcoin and its kin: a version byte, 32 bytes, perhaps 01, a checksum. */
static bool is_wif(struct hl_str text)
{
	uint8_t bytes[64], hash[32];
	if (text.len < 50 || text.len > 53 || !all_of(text, base58))
		return false;
	size_t n = decode58(bytes, text);
	if (n != 37 && n != 38)
		return false;
	const uint8_t *from = bytes + 64 - n;
	hl_sha256(hash, from, n - 4);
	hl_sha256(hash, hash, sizeof hash);
	return memcmp(hash, from + n - 4, 4) == 0;
}

/* Formats that announce themselves. */
static const struct prefix {
	struct hl_str text;
	size_t shortest;
	enum hl_secret kind;
} prefixes[] = {
	{{"xprv", 4}, 100, HL_SECRET_KEY},
	{{"yprv", 4}, 100, HL_SECRET_KEY},
	{{"zprv", 4}, 100, HL_SECRET_KEY},
	{{"tprv", 4}, 100, HL_SECRET_KEY},
	{{"uprv", 4}, 100, HL_SECRET_KEY},
	{{"vprv", 4}, 100, HL_SECRET_KEY},
	{{"6P", 2}, 58, HL_SECRET_KEY},
	{{"nsec1", 5}, 60, HL_SECRET_KEY},
	{{"AGE-SECRET-KEY-1", 16}, 60, HL_SECRET_KEY},
	{{"sk-", 3}, 20, HL_SECRET_API},
	{{"sk_live_", 8}, 20, HL_SECRET_API},
	{{"sk_test_", 8}, 20, HL_SECRET_API},
	{{"rk_live_", 8}, 20, HL_SECRET_API},
	{{"ghp_", 4}, 30, HL_SECRET_API},
	{{"gho_", 4}, 30, HL_SECRET_API},
	{{"github_pat_", 11}, 30, HL_SECRET_API},
	{{"glpat-", 6}, 20, HL_SECRET_API},
	{{"xoxb-", 5}, 20, HL_SECRET_API},
	{{"xoxp-", 5}, 20, HL_SECRET_API},
	{{"AKIA", 4}, 20, HL_SECRET_API},
	{{"ASIA", 4}, 20, HL_SECRET_API},
	{{"AIza", 4}, 35, HL_SECRET_API},
	{{"hf_", 3}, 30, HL_SECRET_API},
	{{"whsec_", 6}, 30, HL_SECRET_API},
	{{"eyJ", 3}, 60, HL_SECRET_API},
};

static bool has_digit(struct hl_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned)(text.ptr[i] - '0') < 10)
			return true;
	return false;
}

static bool has_letter(struct hl_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned)((text.ptr[i] | 0x20) - 'a') < 26)
			return true;
	return false;
}

static enum hl_secret by_format(struct hl_str token)
{
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (token.len >= prefixes[i].shortest && hl_str_starts(token, prefixes[i].text) &&
		    has_digit(token))
			return prefixes[i].kind;
	bool stellar = token.len == 56 && token.ptr[0] == 'S' &&
		       all_of(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
	return is_wif(token) || (stellar && has_digit(token)) ? HL_SECRET_KEY : HL_SECRET_COUNT;
}

/* What could be a raw private key: 32 or 64 bytes in hexadecimal, a Solana pair, a WIF with a slip.
 */
static bool could_be_key(struct hl_str token)
{
	struct hl_str hex =
		hl_str_starts(token, HL_STR("0x")) ? hl_str_sub(token, 2, token.len) : token;
	if (!has_digit(token))
		return false;
	if (all_of(hex, "0123456789abcdefABCDEF"))
		return (hex.len >= 60 && hex.len <= 68) || hex.len == 128;
	return all_of(token, base58) &&
	       ((token.len >= 50 && token.len <= 53) || (token.len >= 86 && token.len <= 90));
}

/* The message calls what stands at `at` a private key, and nothing nearer calls it a hash. */
static bool called_key(const struct hl_finder *f, uint32_t at)
{
	const struct hl_mark *before = hl_finder_before(f, BIT(PRIVATE_KEY) | BIT(TX), at, 20);
	if (before != NULL)
		return before->kind == HL_MARK_PRIVATE_KEY;
	return hl_finder_has(f, BIT(PRIVATE_KEY)) && !hl_finder_has(f, BIT(TX));
}

static void judge_token(struct hl_finder *f, uint32_t start, uint32_t end)
{
	struct hl_str token = hl_finder_raw(f, start, end);
	enum hl_secret kind = by_format(token);
	if (kind == HL_SECRET_COUNT && token.len >= 50 && could_be_key(token) &&
	    called_key(f, start))
		kind = HL_SECRET_KEY;
	if (kind != HL_SECRET_COUNT)
		hl_finder_add(f, kind, start, end);
}

/* ------------------------------------------------------------------ whole blocks */

static void find_pem(struct hl_finder *f)
{
	struct hl_str t = f->u->normal.text;
	for (size_t at = 0; (at = hl_str_find(t, HL_STR("-----begin "), at)) != SIZE_MAX;) {
		size_t line = hl_str_find(t, HL_STR("-----"), at + 11);
		size_t secret = hl_str_find(t, HL_STR("private key"), at + 11);
		if (line == SIZE_MAX || secret == SIZE_MAX || secret > line) {
			at += 11;
			continue;
		}
		size_t end = hl_str_find(t, HL_STR("-----end "), line);
		if (end != SIZE_MAX) {
			size_t close = hl_str_find(t, HL_STR("-----"), end + 9);
			end = close == SIZE_MAX ? t.len : close + 5;
		} else {
			end = t.len; /* cut short: all of the rest */
		}
		hl_finder_add(f, HL_SECRET_PEM, (uint32_t)at, (uint32_t)end);
		at = end;
	}
}

/* A key pair as a list of bytes, as Solana's tools write it: [12,255,0, …], 32 numbers or more. */
static void find_byte_list(struct hl_finder *f)
{
	struct hl_str t = f->u->normal.text;
	size_t start = 0, numbers = 0, value = 0, end = 0;
	bool in_number = false;
	for (size_t i = 0; i <= t.len; i++) {
		char c = i < t.len ? t.ptr[i] : '\0';
		bool digit = (unsigned)(c - '0') < 10;
		if (digit) {
			if (!in_number && numbers++ == 0)
				start = i;
			value = in_number ? value * 10 + (size_t)(c - '0') : (size_t)(c - '0');
			end = i + 1;
		}
		in_number = digit;
		if ((digit && value <= 255) || (numbers > 0 && (c == ',' || c == ' ' || c == '\n')))
			continue;
		if (numbers >= 32)
			hl_finder_add(f, HL_SECRET_KEY, (uint32_t)start, (uint32_t)end);
		numbers = 0;
		in_number = false;
	}
}

static bool is_token_byte(char c)
{
	return (unsigned)(c - 'a') < 26 || (unsigned)(c - '0') < 10 || c == '_' || c == '-' ||
	       c == '.';
}

/* Long tokens; inside a link too (a key pasted as a parameter). */
void hl_find_keys(struct hl_finder *f)
{
	struct hl_str t = f->u->normal.text;
	size_t commas = 0;
	for (size_t i = 0; i < t.len;) {
		size_t e = i;
		commas += t.ptr[i] == ',';
		while (e < t.len && is_token_byte(t.ptr[e]))
			e++;
		while (e > i && t.ptr[e - 1] == '.')
			e--;
		struct hl_str token = hl_str_sub(t, i, e - i);
		if (token.len >= 20 && has_digit(token) && has_letter(token))
			judge_token(f, (uint32_t)i, (uint32_t)e);
		i = e > i ? e : i + 1;
	}
	if (commas >= 31)
		find_byte_list(f);
	if (t.len >= 27)
		find_pem(f);
}
