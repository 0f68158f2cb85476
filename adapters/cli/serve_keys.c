/*
 * serve_keys.c: from the configuration's key files to the auth room's keys. A secret that others
 * may read is no secret, so such a file is refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/serve.h"

#define KEYS_MAX 8
#define KEY_MAX 1024

struct material {
	unsigned char bytes[KEYS_MAX][KEY_MAX];
	struct hl_auth_key keys[KEYS_MAX];
};

static int refuse(char *err, size_t size, const char *path, const char *why)
{
	snprintf(err, size, "%s: %s", path, why);
	return HL_REFUSED;
}

static int read_key(unsigned char out[KEY_MAX], size_t *len, const char *path, bool secret,
		    char *err, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc = HL_OK;
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return refuse(err, size, path, strerror(errno));
	n = read(fd, out, KEY_MAX);
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || n < 0)
		rc = refuse(err, size, path, "not a readable file");
	else if (secret && (st.st_mode & 077))
		rc = refuse(err, size, path, "others may read this secret: chmod 600 it");
	else if (n == KEY_MAX)
		rc = refuse(err, size, path, "too large for a key");
	close(fd);
	while (!rc && n > 0 && (out[n - 1] == '\n' || out[n - 1] == '\r'))
		n--;
	*len = n > 0 ? (size_t)n : 0;
	return rc;
}

/* An Ed25519 public key is 32 bytes, written as 64 hexadecimal digits or as base64. */
static bool decode_public(unsigned char bytes[KEY_MAX], size_t *len)
{
	static const int forms[] = {sodium_base64_VARIANT_ORIGINAL,
				    sodium_base64_VARIANT_ORIGINAL_NO_PADDING,
				    sodium_base64_VARIANT_URLSAFE_NO_PADDING};
	unsigned char key[32];
	size_t n = 0;
	bool ok = *len == 64 &&
		  sodium_hex2bin(key, sizeof key, (const char *)bytes, *len, NULL, &n, NULL) == 0;

	for (size_t i = 0; !ok && i < sizeof forms / sizeof forms[0]; i++)
		ok = sodium_base642bin(key, sizeof key, (const char *)bytes, *len, NULL, &n, NULL,
				       forms[i]) == 0;
	if (!ok || n != sizeof key)
		return false;
	memcpy(bytes, key, sizeof key);
	*len = sizeof key;
	return true;
}

int serve_tls_check(const struct hl_config *config, char *err, size_t size)
{
	const char *path = config->tls.key;
	struct stat st;

	if (!path)
		return HL_OK;
	if (stat(path, &st))
		return refuse(err, size, path, strerror(errno));
	/* a group of its own for certificates' keys is usual */
	return st.st_mode & 007
		       ? refuse(err, size, path, "others may read this secret: chmod o= it")
		       : HL_OK;
}

int serve_auth_new(struct hl_auth **out, const struct hl_config *config, char *err, size_t size)
{
	struct material m;
	struct hl_auth_config auth = {.keys = m.keys, .n_keys = config->customers.keys.n};
	bool hs256 =
		config->customers.algorithm && strcmp(config->customers.algorithm, "HS256") == 0;
	int rc = HL_OK;

	if (auth.n_keys > KEYS_MAX) {
		snprintf(err, size, "customers: at most %d keys", KEYS_MAX);
		return HL_REFUSED;
	}
	if (config->customers.audience)
		auth.audience = (struct hl_str){config->customers.audience,
						strlen(config->customers.audience)};
	for (size_t i = 0; !rc && i < auth.n_keys; i++) {
		const char *path = config->customers.keys.v[i];
		size_t len = 0;

		rc = read_key(m.bytes[i], &len, path, hs256, err, size);
		if (!rc && !hs256 && !decode_public(m.bytes[i], &len))
			rc = refuse(err, size, path, "not an Ed25519 public key in hex or base64");
		m.keys[i] = (struct hl_auth_key){
			.alg = hs256 ? HL_AUTH_HS256 : HL_AUTH_EDDSA,
			.secret = {(const char *)m.bytes[i], len},
		};
	}
	if (!rc)
		rc = hl_auth_new(out, config->data, auth.n_keys ? &auth : NULL, err, size);
	sodium_memzero(&m, sizeof m);
	return rc;
}
