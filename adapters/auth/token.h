/*
 * token.h: what a signed token is made of, apart from who signed it: the strict reading of its
 * three parts.
 */
#ifndef HL_TOKEN_H
#define HL_TOKEN_H

#include <jansson.h>

#include "auth/auth.h"

/* Is the token signed with this key, and does its header name the key's algorithm? */
bool hl_token_signed(struct hl_str token, const struct hl_auth_key *key);
/* The claims of a token already found to be signed, when they hold at now_s for the audience: a new
   reference; else NULL. */
json_t *hl_token_claims(struct hl_str token, struct hl_str audience, int64_t now_s);

#endif
