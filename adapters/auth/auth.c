/*
 * Ids, tokens, digests and MACs, all libsodium's; and the one place that decides whether a customer
 * is who the host page says.
 */
#include "auth/auth.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "auth/keys.h"
#include "auth/token.h"

#define KEYS_MAX 8
#define ATTRS_MAX 32
#define ATTR_TEXT 40 /* a number or boolean as text */
#define ID_CHARS 22  /* 131 bits */
#define MAC_BYTES 32
#define MAC_CHARS 43

struct hl_auth {
	struct hl_keys keys;
	struct hl_auth_key token_keys[KEYS_MAX]; /* their secrets are heap copies */
	size_t n_token_keys;
	struct hl_str audience; /* a heap copy */
	json_t *claims;		/* of the last token */
	struct hl_attr attrs[ATTRS_MAX];
	char texts[ATTRS_MAX][ATTR_TEXT];
};

/* ------------------------------------------------------------------ life */

static bool copy(struct hl_str *out, struct hl_str from)
{
	char *bytes = malloc(from.len + 1);

	if (!bytes)
		return false;
	if (from.len)
		memcpy(bytes, from.ptr, from.len);
	bytes[from.len] = '\0';
	*out = (struct hl_str){bytes, from.len};
	return true;
}

static void wipe(struct hl_str *secret)
{
	char *bytes = (char *)(uintptr_t)secret->ptr;

	if (bytes)
		sodium_memzero(bytes, secret->len);
	free(bytes);
}

static int take_config(struct hl_auth *auth, const struct hl_auth_config *config, char *err,
		       size_t err_size)
{
	if (!config->n_keys)
		return HL_OK;
	if (config->n_keys > KEYS_MAX || !config->audience.len) {
		snprintf(err, err_size, "%s",
			 config->audience.len ? "at most 8 keys for customers' tokens"
					      : "customers' tokens need an audience");
		return HL_REFUSED;
	}
	for (size_t i = 0; i < config->n_keys; i++) {
		const struct hl_auth_key *key = &config->keys[i];

		if (key->alg == HL_AUTH_HS256 ? key->secret.len < 32
					      : key->secret.len != crypto_sign_PUBLICKEYBYTES) {
			snprintf(err, err_size, "%s",
				 key->alg == HL_AUTH_HS256
					 ? "an HS256 key has at least 32 bytes"
					 : "an Ed25519 public key has exactly 32 bytes");
			return HL_REFUSED;
		}
		auth->token_keys[i].alg = key->alg;
		if (!copy(&auth->token_keys[i].secret, key->secret))
			return HL_NOMEM;
		auth->n_token_keys = i + 1;
	}
	return copy(&auth->audience, config->audience) ? HL_OK : HL_NOMEM;
}

int hl_auth_new(struct hl_auth **out, const char *folder, const struct hl_auth_config *config,
		char *err, size_t err_size)
{
	struct hl_auth *auth;
	int status;

	snprintf(err, err_size, "out of memory");
	if (sodium_init() < 0)
		return HL_NOMEM;
	auth = calloc(1, sizeof(*auth));
	if (!auth)
		return HL_NOMEM;
	sodium_mlock(&auth->keys, sizeof(auth->keys));
	status = hl_keys_read(&auth->keys, folder, err, err_size);
	if (status == HL_OK && config)
		status = take_config(auth, config, err, err_size);
	if (status != HL_OK) {
		hl_auth_free(auth);
		return status;
	}
	err[0] = '\0';
	*out = auth;
	return HL_OK;
}

struct hl_auth *hl_auth_free(struct hl_auth *auth)
{
	if (!auth)
		return NULL;
	json_decref(auth->claims);
	for (size_t i = 0; i < auth->n_token_keys; i++)
		wipe(&auth->token_keys[i].secret);
	wipe(&auth->audience);
	sodium_munlock(&auth->keys, sizeof(auth->keys)); /* overwrites them too */
	free(auth);
	return NULL;
}

/* ------------------------------------------------------------------ ids, tokens, digests, MACs */

size_t hl_auth_new_id(struct hl_auth *auth, char out[HL_HOST_ID_MAX])
{
	static const char digits[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	(void)auth;
	for (size_t i = 0; i < ID_CHARS; i++)
		out[i] = digits[randombytes_uniform(62)];
	return ID_CHARS;
}

static size_t base64url(char *out, const uint8_t bytes[32])
{
	char text[MAC_CHARS + 1];

	sodium_bin2base64(text, sizeof(text), bytes, 32, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	memcpy(out, text, MAC_CHARS);
	return MAC_CHARS;
}

size_t hl_auth_new_token(struct hl_auth *auth, char out[HL_HOST_TOKEN_MAX])
{
	uint8_t bytes[32];

	(void)auth;
	randombytes_buf(bytes, sizeof(bytes));
	return base64url(out, bytes);
}

void hl_auth_token_hash(struct hl_auth *auth, uint8_t out[32], struct hl_str token)
{
	(void)auth;
	crypto_generichash(out, 32, (const unsigned char *)token.ptr, token.len, NULL, 0);
}

void hl_auth_digest(struct hl_auth *auth, uint8_t out[16], struct hl_str bytes)
{
	crypto_generichash(out, 16, (const unsigned char *)bytes.ptr, bytes.len, auth->keys.digest,
			   sizeof(auth->keys.digest));
}

static void mac_of(const struct hl_auth *auth, uint8_t out[MAC_BYTES], struct hl_str conv)
{
	crypto_generichash(out, MAC_BYTES, (const unsigned char *)conv.ptr, conv.len,
			   auth->keys.resume, sizeof(auth->keys.resume));
}

size_t hl_auth_resume_make(struct hl_auth *auth, char out[HL_HOST_RESUME_MAX], struct hl_str conv)
{
	uint8_t mac[MAC_BYTES];

	if (!conv.len || conv.len + 1 + MAC_CHARS > HL_HOST_RESUME_MAX)
		return 0;
	mac_of(auth, mac, conv);
	memcpy(out, conv.ptr, conv.len);
	out[conv.len] = '.';
	return conv.len + 1 + base64url(out + conv.len + 1, mac);
}

bool hl_auth_resume_open(struct hl_auth *auth, struct hl_str *conv, struct hl_str resume)
{
	uint8_t given[MAC_BYTES], made[MAC_BYTES];
	struct hl_str id;
	size_t len = 0;

	if (resume.len <= MAC_CHARS + 1 || resume.len > HL_HOST_RESUME_MAX)
		return false;
	id = (struct hl_str){resume.ptr, resume.len - MAC_CHARS - 1};
	if (id.ptr[id.len] != '.' ||
	    sodium_base642bin(given, sizeof(given), id.ptr + id.len + 1, MAC_CHARS, NULL, &len,
			      NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
	    len != sizeof(given))
		return false;
	mac_of(auth, made, id);
	if (sodium_memcmp(given, made, sizeof(made)) != 0)
		return false;
	*conv = id;
	return true;
}

/* ------------------------------------------------------------------ customers */

static struct hl_str text_of(const json_t *value, char space[ATTR_TEXT])
{
	int len = 0;

	if (json_is_string(value))
		return (struct hl_str){json_string_value(value), json_string_length(value)};
	if (json_is_boolean(value))
		len = snprintf(space, ATTR_TEXT, "%s", json_is_true(value) ? "true" : "false");
	else if (json_is_integer(value))
		len = snprintf(space, ATTR_TEXT, "%" JSON_INTEGER_FORMAT,
			       json_integer_value(value));
	else if (json_is_real(value))
		len = snprintf(space, ATTR_TEXT, "%.15g", json_real_value(value));
	return (struct hl_str){space, (size_t)len};
}

static void take_claims(struct hl_auth *auth, struct hl_host_claims *out)
{
	json_t *name = json_object_get(auth->claims, "name"),
	       *sub = json_object_get(auth->claims, "sub"), *value;
	const char *key;
	size_t n = 0;

	json_object_foreach(json_object_get(auth->claims, "user"), key, value)
	{
		if (n == ATTRS_MAX)
			break;
		if (!json_is_object(value) && !json_is_array(value) && !json_is_null(value)) {
			auth->attrs[n] = (struct hl_attr){{key, strlen(key)},
							  text_of(value, auth->texts[n])};
			n++;
		}
	}
	*out = (struct hl_host_claims){.user = {json_string_value(sub), json_string_length(sub)},
				       .name = {json_string_value(name), json_string_length(name)},
				       .attrs = auth->attrs,
				       .n_attrs = n};
}

bool hl_auth_customer_at(struct hl_auth *auth, struct hl_host_claims *out, struct hl_str token,
			 int64_t now_s)
{
	bool is_signed = false;

	json_decref(auth->claims);
	auth->claims = NULL;
	for (size_t i = 0; i < auth->n_token_keys && !is_signed; i++)
		is_signed = hl_token_signed(token, &auth->token_keys[i]);
	if (!is_signed)
		return false;
	auth->claims = hl_token_claims(token, auth->audience, now_s);
	if (!auth->claims)
		return false;
	take_claims(auth, out);
	return true;
}

/* ------------------------------------------------------------------ for the host */

static size_t host_id(void *arg, char out[HL_HOST_ID_MAX])
{
	return hl_auth_new_id(arg, out);
}

static size_t host_token(void *arg, char out[HL_HOST_TOKEN_MAX])
{
	return hl_auth_new_token(arg, out);
}

static void host_token_hash(void *arg, uint8_t out[32], struct hl_str token)
{
	hl_auth_token_hash(arg, out, token);
}

static void host_digest(void *arg, uint8_t out[16], struct hl_str bytes)
{
	hl_auth_digest(arg, out, bytes);
}

static size_t host_resume_make(void *arg, char out[HL_HOST_RESUME_MAX], struct hl_str conv)
{
	return hl_auth_resume_make(arg, out, conv);
}

static bool host_resume_open(void *arg, struct hl_str *conv, struct hl_str resume)
{
	return hl_auth_resume_open(arg, conv, resume);
}

static bool host_customer(void *arg, struct hl_host_claims *out, struct hl_str token)
{
	return hl_auth_customer_at(arg, out, token, (int64_t)time(NULL));
}

void hl_auth_host(struct hl_host_auth *out, struct hl_auth *auth)
{
	*out = (struct hl_host_auth){.arg = auth,
				     .new_id = host_id,
				     .new_token = host_token,
				     .token_hash = host_token_hash,
				     .digest = host_digest,
				     .resume_make = host_resume_make,
				     .resume_open = host_resume_open,
				     .customer = auth->n_token_keys ? host_customer : NULL};
}
