/*
 * password.h: agents' passwords: argon2id off the loop, at most two at once, and the brake on
 * guessing.
 */
#ifndef HL_PASSWORD_H
#define HL_PASSWORD_H

#include <uv.h>

#include "hotline.h"

#define HL_PASSWORD_BYTES_MAX 1024
#define HL_PASSWORD_CHARS_MIN 12
#define HL_PASSWORD_HASH_MAX 128 /* with its final NUL */

struct hl_passwords;

enum hl_password_result {
	HL_PASSWORD_OK,
	HL_PASSWORD_WRONG, /* also: no such account, disabled */
	HL_PASSWORD_LATER  /* too many wrong ones: nothing was checked */
};
struct hl_password_done {
	enum hl_password_result result;
	int64_t retry_after_ms; /* LATER */
};
typedef void hl_password_fn(void *arg, const struct hl_password_done *done);

/* Works on libuv's pool of `loop`. HL_OK, HL_NOMEM. */
int hl_passwords_new(struct hl_passwords **out, uv_loop_t *loop);
/* Once no answer is owed. NULL is fine; always NULL. */
struct hl_passwords *hl_passwords_free(struct hl_passwords *passwords);
/* Answers owed. */
size_t hl_passwords_owed(const struct hl_passwords *passwords);

/* Checks a password against an account's hash (empty: there is no such account, or it is disabled:
   WRONG after the same time). Five wrong ones within 15 minutes from one address on one account
   begin a delay that doubles from 1 s to 5 min and passes by itself. `done` on the loop, never from
   inside the call. False: too many are waiting, or no memory; `done` is never called. now_ms:
   hl_clock's. */
bool hl_password_verify(struct hl_passwords *passwords, struct hl_str account,
			struct hl_str address, struct hl_str hash, struct hl_str password,
			int64_t now_ms, hl_password_fn *done, void *arg);

/* NULL when a new password is acceptable: valid UTF-8, at least 12 characters, at most 1,024 bytes,
   no line end; else why not, a constant phrase. */
const char *hl_password_unfit(struct hl_str password);
/* Hashes at once: about 70 ms; for commands, or off the loop. HL_OK; HL_NOMEM. */
int hl_password_hash(char out[HL_PASSWORD_HASH_MAX], struct hl_str password);

#endif
