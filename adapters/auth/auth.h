/*
 * auth.h: the secrets of the house: ids, tokens, digests and MACs from the keys in the data folder,
 * and the check of customers' signed tokens. All calls answer at once; passwords, which take long,
 * are in password.h.
 */
#ifndef HL_AUTH_H
#define HL_AUTH_H

#include "host/host.h"

#define HL_AUTH_TOKEN_BYTES_MAX 4096 /* of a customer's signed token */

enum hl_auth_alg { HL_AUTH_HS256, HL_AUTH_EDDSA };
struct hl_auth_key {
	enum hl_auth_alg alg; /* fixed by the configuration, never by the token */
	struct hl_str secret; /* HS256: at least 32 bytes; EDDSA: the 32 bytes of the public key */
};
struct hl_auth_config {
	const struct hl_auth_key *keys; /* any of them may have signed: two while one is replaced */
	size_t n_keys;			/* 0: every customer's token is refused; at most 8 */
	struct hl_str audience;		/* what `aud` must hold; needed when there are keys */
};

struct hl_auth;

/* Reads folder/keys, making it (32-byte secrets, mode 0600, synced) on the first start. `config`
   may be NULL: no customers' tokens; it is copied. HL_OK; HL_REFUSED with one plain line in `err`:
   others may read the file, it is not ours, or a key is too short; HL_NOMEM, with a line too. */
int hl_auth_new(struct hl_auth **out, const char *folder, const struct hl_auth_config *config,
		char *err, size_t err_size);
/* Overwrites the secrets. NULL is fine; always NULL. */
struct hl_auth *hl_auth_free(struct hl_auth *auth);

/* Fills what the host wants; `auth` must outlive the host. */
void hl_auth_host(struct hl_host_auth *out, struct hl_auth *auth);

/* The same one by one. */
size_t hl_auth_new_id(struct hl_auth *auth, char out[HL_HOST_ID_MAX]);	     /* 22 of base 62 */
size_t hl_auth_new_token(struct hl_auth *auth, char out[HL_HOST_TOKEN_MAX]); /* 43 of base64url */
void hl_auth_token_hash(struct hl_auth *auth, uint8_t out[32], struct hl_str token);
void hl_auth_digest(struct hl_auth *auth, uint8_t out[16], struct hl_str bytes);
size_t hl_auth_resume_make(struct hl_auth *auth, char out[HL_HOST_RESUME_MAX], struct hl_str conv);
bool hl_auth_resume_open(struct hl_auth *auth, struct hl_str *conv, struct hl_str resume);

/* Checks a customer's token, a JWT, at now_s, seconds of the wall clock. `sub`, `aud` and `exp` are
   needed; `nbf`, `name` and `user` (an object: its strings, numbers and booleans become user.NAME)
   are taken when there. True: *out lives until the next call. */
bool hl_auth_customer_at(struct hl_auth *auth, struct hl_host_claims *out, struct hl_str token,
			 int64_t now_s);

#endif
