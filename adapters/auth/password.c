/*
 * argon2id costs 64 MiB and some 70 ms: it runs on libuv's pool, two at a time, so that guessing
 * can take neither the loop nor the memory.
 */
#include "auth/password.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "auth/throttle.h"

#define AT_ONCE 2
#define WAITING_MAX 32
#define MEMORY (64u << 20)
#define PASSES 2

/* What an unknown account's password is checked against, with the cost of every other; no password
   has this hash. */
static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$"
			     "AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

struct job {
	struct job *next;
	struct hl_passwords *passwords;
	uv_work_t work;
	uint8_t key[16];
	int64_t now_ms;
	bool known; /* the account is there */
	bool counted;
	char hash[HL_PASSWORD_HASH_MAX];
	char password[HL_PASSWORD_BYTES_MAX];
	size_t password_len;
	struct hl_password_done answer;
	hl_password_fn *done;
	void *arg;
};
struct hl_passwords {
	uv_loop_t *loop;
	struct hl_throttle throttle;
	uint8_t salt[16];	  /* of the throttle's keys */
	struct job *head, **tail; /* waiting */
	size_t waiting, at_work;
};

int hl_passwords_new(struct hl_passwords **out, uv_loop_t *loop)
{
	struct hl_passwords *p = NULL;

	if (sodium_init() >= 0)
		p = calloc(1, sizeof(*p));
	if (!p)
		return HL_NOMEM;
	p->loop = loop;
	p->tail = &p->head;
	randombytes_buf(p->salt, sizeof(p->salt));
	*out = p;
	return HL_OK;
}

struct hl_passwords *hl_passwords_free(struct hl_passwords *p)
{
	free(p);
	return NULL;
}

size_t hl_passwords_owed(const struct hl_passwords *p)
{
	return p->waiting + p->at_work;
}

static void check(uv_work_t *work)
{
	struct job *job = work->data;
	bool fits;

	if (job->answer.result == HL_PASSWORD_LATER)
		return;
	fits = crypto_pwhash_str_verify(job->hash, job->password, job->password_len) == 0;
	job->counted = true;
	job->answer.result = fits && job->known ? HL_PASSWORD_OK : HL_PASSWORD_WRONG;
}

static void start_next(struct hl_passwords *p);

static void on_checked(uv_work_t *work, int status)
{
	struct job *job = work->data;
	struct hl_passwords *p = job->passwords;

	(void)status;
	p->at_work--;
	if (job->counted)
		hl_throttle_note(&p->throttle, job->key, job->answer.result == HL_PASSWORD_OK,
				 job->now_ms);
	start_next(p);
	job->done(job->arg, &job->answer);
	sodium_memzero(job, sizeof(*job));
	free(job);
}

/* A guess that waited while others failed is braked like one that came after them. */
static void start_next(struct hl_passwords *p)
{
	struct job *job = p->head;

	if (!job || p->at_work >= AT_ONCE)
		return;
	p->head = job->next;
	if (!p->head)
		p->tail = &p->head;
	p->waiting--;
	p->at_work++;
	job->answer.retry_after_ms = hl_throttle_wait(&p->throttle, job->key, job->now_ms);
	if (job->answer.retry_after_ms)
		job->answer.result = HL_PASSWORD_LATER;
	if (uv_queue_work(p->loop, &job->work, check, on_checked) != 0)
		abort(); /* only without a callback */
}

static void throttle_key(const struct hl_passwords *p, uint8_t out[16], struct hl_str account,
			 struct hl_str address)
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, p->salt, sizeof(p->salt), 16);
	crypto_generichash_update(&state, (const unsigned char *)&account.len, sizeof(account.len));
	crypto_generichash_update(&state, (const unsigned char *)account.ptr, account.len);
	crypto_generichash_update(&state, (const unsigned char *)address.ptr, address.len);
	crypto_generichash_final(&state, out, 16);
}

bool hl_password_verify(struct hl_passwords *p, struct hl_str account, struct hl_str address,
			struct hl_str hash, struct hl_str password, int64_t now_ms,
			hl_password_fn *done, void *arg)
{
	struct job *job = p->waiting < WAITING_MAX ? calloc(1, sizeof(*job)) : NULL;

	if (!job)
		return false;
	job->work.data = job;
	job->passwords = p;
	job->now_ms = now_ms;
	job->done = done;
	job->arg = arg;
	throttle_key(p, job->key, account, address);
	/* too long is never right, and not worth the copy: it fails like any other */
	job->known = hash.len && hash.len < sizeof(job->hash) && password.len &&
		     password.len <= HL_PASSWORD_BYTES_MAX;
	if (job->known) {
		memcpy(job->hash, hash.ptr, hash.len);
		memcpy(job->password, password.ptr, password.len);
		job->password_len = password.len;
	} else {
		memcpy(job->hash, nobody, sizeof(nobody));
	}
	*p->tail = job;
	p->tail = &job->next;
	p->waiting++;
	start_next(p);
	return true;
}

/* Characters of valid UTF-8; SIZE_MAX when it is not. */
static size_t characters(struct hl_str s)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = 0;

	for (size_t i = 0; i < s.len; n++) {
		unsigned char c = (unsigned char)s.ptr[i];
		size_t len = c < 0x80 ? 1 : (c >> 5) == 6 ? 2 : (c >> 4) == 14 ? 3 : 4;
		uint32_t code = len == 1 ? c : c & (0x7fu >> len);

		if (len > s.len - i || (len == 4 && (c >> 3) != 30))
			return SIZE_MAX;
		for (size_t k = 1; k < len; k++) {
			unsigned char next = (unsigned char)s.ptr[i + k];

			if ((next >> 6) != 2)
				return SIZE_MAX;
			code = code << 6 | (next & 0x3fu);
		}
		if (code < least[len] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
			return SIZE_MAX;
		i += len;
	}
	return n;
}

const char *hl_password_unfit(struct hl_str password)
{
	size_t n;

	if (password.len > HL_PASSWORD_BYTES_MAX)
		return "a password has at most 1,024 bytes";
	n = characters(password);
	if (n == SIZE_MAX)
		return "a password is UTF-8 text";
	if (password.len &&
	    (memchr(password.ptr, '\n', password.len) || memchr(password.ptr, '\r', password.len) ||
	     memchr(password.ptr, '\0', password.len)))
		return "a password is one line";
	return n < HL_PASSWORD_CHARS_MIN ? "a password has at least 12 characters" : NULL;
}

int hl_password_hash(char out[HL_PASSWORD_HASH_MAX], struct hl_str password)
{
	_Static_assert(crypto_pwhash_STRBYTES <= HL_PASSWORD_HASH_MAX, "a hash fits");

	if (sodium_init() < 0 || crypto_pwhash_str_alg(out, password.ptr, password.len, PASSES,
						       MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return HL_NOMEM;
	return HL_OK;
}
