/* A customer's token: any bytes, read as signed, and as refused. */
#include <stdint.h>

#include "auth/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char secret[] = "0123456789abcdef0123456789abcdef";
	const struct hl_auth_key hmac = {HL_AUTH_HS256, {secret, 32}},
				 ed25519 = {HL_AUTH_EDDSA, {secret, 32}};
	struct hl_str token = {(const char *)data, size};

	hl_token_signed(token, &hmac);
	hl_token_signed(token, &ed25519);
	json_decref(hl_token_claims(token, HL_STR("hotline"), 1000));
	return 0;
}
