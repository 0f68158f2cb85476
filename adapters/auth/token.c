/*
 * Customers' tokens: JSON Web Tokens of exactly two kinds. The algorithm comes from the key, never
 * from the token; nothing is parsed before the signature holds; what is not understood is refused.
 */
#include "auth/token.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

#define SUB_BYTES_MAX 256

struct parts { /* views into the token */
	struct hl_str header, claims, signature, signed_part;
};

static bool split(struct parts *out, struct hl_str token)
{
	const char *end = token.ptr + token.len, *first, *second;

	if (!token.len || token.len > HL_AUTH_TOKEN_BYTES_MAX)
		return false;
	first = memchr(token.ptr, '.', token.len);
	second = first ? memchr(first + 1, '.', (size_t)(end - first - 1)) : NULL;
	if (!second || memchr(second + 1, '.', (size_t)(end - second - 1)))
		return false;
	out->header = (struct hl_str){token.ptr, (size_t)(first - token.ptr)};
	out->claims = (struct hl_str){first + 1, (size_t)(second - first - 1)};
	out->signature = (struct hl_str){second + 1, (size_t)(end - second - 1)};
	out->signed_part = (struct hl_str){token.ptr, (size_t)(second - token.ptr)};
	return true;
}

/* Base64url without padding, and without stray bits at the end. */
static bool decode(unsigned char *out, size_t max, size_t *len, struct hl_str text)
{
	return sodium_base642bin(out, max, text.ptr, text.len, NULL, len, NULL,
				 sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0;
}

static json_t *decode_object(struct hl_str text)
{
	unsigned char bytes[HL_AUTH_TOKEN_BYTES_MAX];
	json_t *root;
	size_t len;

	if (!decode(bytes, sizeof(bytes), &len, text))
		return NULL;
	root = json_loadb((const char *)bytes, len, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(root))
		return root;
	json_decref(root);
	return NULL;
}

static bool header_fits(struct hl_str header, enum hl_auth_alg alg)
{
	json_t *root = decode_object(header);
	const char *name = json_string_value(json_object_get(root, "alg"));
	json_t *typ = json_object_get(root, "typ");
	bool fits =
		name && strcmp(name, alg == HL_AUTH_HS256 ? "HS256" : "EdDSA") == 0 &&
		(!typ || (json_is_string(typ) && strcasecmp(json_string_value(typ), "JWT") == 0)) &&
		!json_object_get(root, "crit");

	json_decref(root);
	return fits;
}

static bool hmac_holds(const struct parts *parts, struct hl_str secret)
{
	unsigned char given[crypto_auth_hmacsha256_BYTES], made[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state state;
	size_t len;

	if (!decode(given, sizeof(given), &len, parts->signature) || len != sizeof(given))
		return false;
	crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret.ptr, secret.len);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)parts->signed_part.ptr,
				      parts->signed_part.len);
	crypto_auth_hmacsha256_final(&state, made);
	return sodium_memcmp(given, made, sizeof(made)) == 0;
}

static bool ed25519_holds(const struct parts *parts, struct hl_str public_key)
{
	unsigned char given[crypto_sign_BYTES];
	size_t len;

	return decode(given, sizeof(given), &len, parts->signature) && len == sizeof(given) &&
	       public_key.len == crypto_sign_PUBLICKEYBYTES &&
	       crypto_sign_verify_detached(given, (const unsigned char *)parts->signed_part.ptr,
					   parts->signed_part.len,
					   (const unsigned char *)public_key.ptr) == 0;
}

bool hl_token_signed(struct hl_str token, const struct hl_auth_key *key)
{
	struct parts parts;

	if (!split(&parts, token))
		return false;
	if (key->alg == HL_AUTH_HS256 ? !hmac_holds(&parts, key->secret)
				      : !ed25519_holds(&parts, key->secret))
		return false;
	return header_fits(parts.header, key->alg);
}

static bool is_audience(const json_t *value, struct hl_str audience)
{
	return json_is_string(value) && json_string_length(value) == audience.len &&
	       memcmp(json_string_value(value), audience.ptr, audience.len) == 0;
}

static bool has_audience(const json_t *aud, struct hl_str audience)
{
	if (!json_is_array(aud))
		return is_audience(aud, audience);
	for (size_t i = 0; i < json_array_size(aud); i++)
		if (is_audience(json_array_get(aud, i), audience))
			return true;
	return false;
}

json_t *hl_token_claims(struct hl_str token, struct hl_str audience, int64_t now_s)
{
	struct parts parts;
	json_t *root = split(&parts, token) ? decode_object(parts.claims) : NULL;
	json_t *sub = json_object_get(root, "sub"), *exp = json_object_get(root, "exp"),
	       *nbf = json_object_get(root, "nbf");

	if (json_is_string(sub) && json_string_length(sub) &&
	    json_string_length(sub) <= SUB_BYTES_MAX && json_is_number(exp) &&
	    json_number_value(exp) > (double)now_s &&
	    (!nbf || (json_is_number(nbf) && json_number_value(nbf) <= (double)now_s)) &&
	    has_audience(json_object_get(root, "aud"), audience))
		return root;
	json_decref(root);
	return NULL;
}
