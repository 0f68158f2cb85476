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
bool hl_is_wif(struct hl_str text)
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
	{{"Xprv", 4}, 100, HL_SECRET_KEY},	  {{"Yprv", 4}, 100, HL_SECRET_KEY},
	{{"Zprv", 4}, 100, HL_SECRET_KEY},	  {{"xprv", 4}, 100, HL_SECRET_KEY},
	{{"yprv", 4}, 100, HL_SECRET_KEY},	  {{"zprv", 4}, 100, HL_SECRET_KEY},
	{{"tprv", 4}, 100, HL_SECRET_KEY},	  {{"uprv", 4}, 100, HL_SECRET_KEY},
	{{"vprv", 4}, 100, HL_SECRET_KEY},	  {{"6P", 2}, 58, HL_SECRET_KEY},
	{{"nsec1", 5}, 60, HL_SECRET_KEY},	  {{"AGE-SECRET-KEY-1", 16}, 60, HL_SECRET_KEY},
	{{"sk-", 3}, 20, HL_SECRET_API},	  {{"sk_live_", 8}, 20, HL_SECRET_API},
	{{"sk_test_", 8}, 20, HL_SECRET_API},	  {{"rk_live_", 8}, 20, HL_SECRET_API},
	{{"ghp_", 4}, 30, HL_SECRET_API},	  {{"gho_", 4}, 30, HL_SECRET_API},
	{{"github_pat_", 11}, 30, HL_SECRET_API}, {{"glpat-", 6}, 20, HL_SECRET_API},
	{{"xoxb-", 5}, 20, HL_SECRET_API},	  {{"xoxp-", 5}, 20, HL_SECRET_API},
	{{"AKIA", 4}, 20, HL_SECRET_API},	  {{"ASIA", 4}, 20, HL_SECRET_API},
	{{"AIza", 4}, 35, HL_SECRET_API},	  {{"hf_", 3}, 30, HL_SECRET_API},
	{{"whsec_", 6}, 30, HL_SECRET_API},	  {{"ghs_", 4}, 30, HL_SECRET_API},
	{{"ghu_", 4}, 30, HL_SECRET_API},	  {{"ghr_", 4}, 30, HL_SECRET_API},
	{{"rk_test_", 8}, 20, HL_SECRET_API},	  {{"xoxa-", 5}, 20, HL_SECRET_API},
	{{"xoxr-", 5}, 20, HL_SECRET_API},	  {{"xapp-", 5}, 20, HL_SECRET_API},
	{{"npm_", 4}, 36, HL_SECRET_API},	  {{"pypi-", 5}, 40, HL_SECRET_API},
	{{"shpat_", 6}, 32, HL_SECRET_API},	  {{"dop_v1_", 7}, 40, HL_SECRET_API},
	{{"ya29.", 5}, 40, HL_SECRET_API},	  {{"SG.", 3}, 50, HL_SECRET_API},
	{{"1//0", 4}, 40, HL_SECRET_API},	  {{"MIIC", 4}, 60, HL_SECRET_PEM},
	{{"MHcCAQEE", 8}, 40, HL_SECRET_PEM},	  {{"MIGHAgEA", 8}, 40, HL_SECRET_PEM},
	{{"MC4CAQAw", 8}, 40, HL_SECRET_PEM},	  {{"eyJ", 3}, 60, HL_SECRET_API},
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

/* An RSA key in base64 without its header line: what its version and algorithm encode to. */
static bool is_rsa_key(struct hl_str token)
{
	struct hl_str head = hl_str_sub(token, 0, 24);
	return token.len >= 24 && hl_str_starts(token, HL_STR("MII")) &&
	       (hl_str_find(head, HL_STR("IBADANBgkq"), 0) != SIZE_MAX ||
		hl_str_find(head, HL_STR("IBAAKC"), 0) != SIZE_MAX);
}

static enum hl_secret by_format(struct hl_str token)
{
	if (is_rsa_key(token))
		return HL_SECRET_PEM;
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (token.len >= prefixes[i].shortest && hl_str_starts(token, prefixes[i].text) &&
		    (has_digit(token) || prefixes[i].text.ptr[0] == 'A'))
			return prefixes[i].kind;
	bool stellar = token.len == 56 && token.ptr[0] == 'S' &&
		       all_of(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
	return hl_is_wif(token) || (stellar && has_digit(token)) ? HL_SECRET_KEY : HL_SECRET_COUNT;
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
bool hl_called_key(const struct hl_finder *f, uint32_t at)
{
	const struct hl_mark *before = hl_finder_before(
		f, BIT(PRIVATE_KEY) | BIT(SECRET_KEY) | BIT(KEY) | BIT(TX) | BIT(API), at, 3);
	if (before == NULL)
		before = hl_finder_before(f, BIT(PRIVATE_KEY) | BIT(TX), at, 20);
	if (before != NULL)
		return before->kind != HL_MARK_TX && before->kind != HL_MARK_API;
	return hl_finder_has(f, BIT(PRIVATE_KEY)) && !hl_finder_has(f, BIT(TX));
}

static bool is_base64(char c)
{
	return (unsigned)((c | 0x20) - 'a') < 26 || (unsigned)(c - '0') < 10 || c == '+' ||
	       c == '/' || c == '=';
}

#define LINE_MIN 20u /* bytes of a further line of base64, shorter ones are talk */

/* The end of base64 in lines that goes through byte `at`. */
static uint32_t base64_end(struct hl_str t, uint32_t at)
{
	for (;;) {
		while (at < t.len && is_base64(t.ptr[at]))
			at++;
		uint32_t next = at;
		while (next < t.len && (t.ptr[next] == '\n' || t.ptr[next] == ' '))
			next++;
		uint32_t end = next;
		while (end < t.len && is_base64(t.ptr[end]))
			end++;
		if (end - next < LINE_MIN)
			return at;
		at = end;
	}
}

/* The token of a Telegram bot: its number, a colon, 35 signs. Gives where it begins. */
static uint32_t bot_token_start(struct hl_str t, uint32_t start, uint32_t end)
{
	uint32_t at = start;
	if (end - start != 35 || start < 9 || t.ptr[start - 1] != ':')
		return start;
	for (at = start - 1; at > 0 && (unsigned)(t.ptr[at - 1] - '0') < 10;)
		at--;
	return start - 1 - at >= 8 && start - 1 - at <= 10 ? at : start;
}

/* How often one kind of sign follows another: by lot every other time, in names seldom. */
static size_t count_changes(struct hl_str token)
{
	size_t n = 0;
	for (size_t i = 1; i < token.len; i++) {
		struct hl_shape a = hl_shape_of(hl_str_sub(token, i - 1, 1)),
				b = hl_shape_of(hl_str_sub(token, i, 1));
		n += a.digits != b.digits || a.upper != b.upper;
	}
	return n;
}

/* A secret as programs are given them, where the message speaks of an API: letters of both sizes
   and digits by lot. What is as long as an address or an account's public key is left alone. */
static bool is_api_secret(const struct hl_finder *f, struct hl_str token, uint32_t at)
{
	struct hl_shape s = hl_shape_of(token);
	if (token.len < 32 || token.len > 128 || s.upper < 3 || s.lower < 3 ||
	    count_changes(token) * 3 < token.len || !hl_finder_has(f, BIT(API) | BIT(SECRET_KEY)) ||
	    hl_finder_before(f, BIT(TX) | BIT(ORDER), at, 3) != NULL)
		return false;
	static const unsigned char addresses[] = {33, 34, 42, 43, 44, 48, 95, 106, 111};
	return memchr(addresses, (int)token.len, sizeof addresses) == NULL;
}

static void judge_token(struct hl_finder *f, uint32_t start, uint32_t end)
{
	struct hl_str t = f->u->normal.text, token = hl_finder_raw(f, start, end);
	enum hl_secret kind = by_format(token);
	uint32_t bot = bot_token_start(t, start, end);
	if (bot < start) {
		kind = HL_SECRET_API;
		start = bot;
	}
	if (kind == HL_SECRET_COUNT && token.len >= 50 && could_be_key(token) &&
	    hl_called_key(f, start))
		kind = HL_SECRET_KEY;
	if (kind == HL_SECRET_COUNT && is_api_secret(f, token, start))
		kind = HL_SECRET_API;
	if (kind == HL_SECRET_PEM)
		end = base64_end(t, end);
	if (kind != HL_SECRET_COUNT)
		hl_finder_add(f, kind, start, end);
}

/* ------------------------------------------------------------------ whole blocks */

static size_t skip_dashes(struct hl_str t, size_t at)
{
	while (at < t.len && t.ptr[at] == '-')
		at++;
	return at;
}

/* "-----BEGIN … PRIVATE KEY-----" to its end line, or to the message's end when it is cut short. */
static void find_pem(struct hl_finder *f)
{
	struct hl_str t = f->u->normal.text;
	for (size_t at = 0; (at = hl_str_find(t, HL_STR("begin "), at)) != SIZE_MAX; at++) {
		size_t start = at > 0 && t.ptr[at - 1] == ' ' ? at - 1 : at, dashes = start;
		while (dashes > 0 && t.ptr[dashes - 1] == '-')
			dashes--;
		size_t line = hl_str_find(t, HL_STR("----"), at);
		size_t secret = hl_str_find(t, HL_STR("private key"), at);
		if (start - dashes < 4 || line == SIZE_MAX || secret == SIZE_MAX || secret > line)
			continue;
		line = skip_dashes(t, line);
		size_t end = hl_str_find(t, HL_STR("---end "), line);
		if (end == SIZE_MAX)
			end = hl_str_find(t, HL_STR("--- end "), line);
		size_t close = end == SIZE_MAX ? end : hl_str_find(t, HL_STR("----"), end + 7);
		end = close == SIZE_MAX ? t.len : skip_dashes(t, close);
		hl_finder_add(f, HL_SECRET_PEM, (uint32_t)dashes, (uint32_t)end);
		at = end - 1;
	}
	/* a PuTTY file has no such lines */
	size_t lines = hl_str_find(t, HL_STR("private-lines:"), 0);
	if (lines != SIZE_MAX)
		hl_finder_add(f, HL_SECRET_PEM, (uint32_t)lines, (uint32_t)t.len);
}

#define OTPAUTH "otpauth://"

/* The link that sets up an authenticator holds its secret. */
static void find_otpauth(struct hl_finder *f)
{
	struct hl_str t = f->u->normal.text;
	for (size_t at = 0; (at = hl_str_find(t, HL_STR(OTPAUTH), at)) != SIZE_MAX; at++) {
		size_t end = at;
		while (end < t.len && t.ptr[end] > ' ' && (unsigned char)t.ptr[end] < 0x7f)
			end++;
		if (end - at > sizeof OTPAUTH)
			hl_finder_add(f, HL_SECRET_API, (uint32_t)at, (uint32_t)end);
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

#define TOKEN_MIN 20u

/* Long tokens; inside a link too (a key pasted as a parameter). A run that long covers one of every
   TOKEN_MIN bytes, so only these are looked at. */
static void find_tokens(struct hl_finder *f)
{
	struct hl_str t = f->u->normal.text;
	for (size_t at = TOKEN_MIN - 1; at < t.len; at += TOKEN_MIN) {
		size_t start = at, end = at;
		if (!is_token_byte(t.ptr[at]))
			continue;
		while (start > 0 && is_token_byte(t.ptr[start - 1]))
			start--;
		while (end < t.len && is_token_byte(t.ptr[end]))
			end++;
		while (at + TOKEN_MIN < end) /* one look a run */
			at += TOKEN_MIN;
		while (end > start && t.ptr[end - 1] == '.')
			end--;
		struct hl_str token = hl_str_sub(t, start, end - start);
		bool named = hl_str_starts(token, HL_STR("akia")); /* may lack digits */
		if (token.len >= TOKEN_MIN && (named || has_digit(token)) && has_letter(token))
			judge_token(f, (uint32_t)start, (uint32_t)end);
	}
}

void hl_find_keys(struct hl_finder *f)
{
	find_tokens(f);
	if (f->digits >= 32)
		find_byte_list(f);
	if (hl_finder_has(f, BIT(PEM)))
		find_pem(f);
	find_otpauth(f);
}
