/*
 * finder.h: what the finders of this room share: where they write, and the words that give a number
 * its meaning.
 */
#ifndef HL_SECRETS_FINDER_H
#define HL_SECRETS_FINDER_H

#include "secrets/secrets.h"

/* In order of rank: where two overlap, the first names the whole. */
enum hl_secret {
	HL_SECRET_SEED,
	HL_SECRET_KEY,
	HL_SECRET_PEM,
	HL_SECRET_API,
	HL_SECRET_CARD,
	HL_SECRET_ID,
	HL_SECRET_IBAN,
	HL_SECRET_EMAIL,
	HL_SECRET_PASSPORT,
	HL_SECRET_PASSWORD,
	HL_SECRET_CODE,
	HL_SECRET_PHONE,
	HL_SECRET_COUNT
};

/* What a word or two announce. */
enum hl_mark_kind {
	HL_MARK_PASSWORD,
	HL_MARK_CODE,	     /* a code of any sort */
	HL_MARK_ONE_TIME,    /* surely one to sign in or pay with */
	HL_MARK_BACKUP_CODE, /* letters too */
	HL_MARK_API,
	HL_MARK_PRIVATE_KEY,
	HL_MARK_PASSPORT,
	HL_MARK_PHONE,
	HL_MARK_ID_CARD,
	HL_MARK_CARD,
	HL_MARK_SEED,
	HL_MARK_ORDER,	 /* what follows is an order, a ticket, an account number */
	HL_MARK_TX,	 /* … a transaction or an address */
	HL_MARK_HARMLESS /* a code that is no secret: error code, referral code */
};
struct hl_mark {
	enum hl_mark_kind kind;
	uint32_t first, last; /* words */
};

struct hl_finding_span {
	enum hl_secret kind;
	uint32_t start, end; /* bytes of the normal form */
};
struct hl_finder {
	struct hl_arena *arena;
	const struct hl_utterance *u;
	struct hl_mark *marks;
	size_t n_marks, cap_marks;
	struct hl_finding_span *spans;
	size_t n_spans, cap_spans;
	bool failed; /* no memory */
};

void hl_finder_add(struct hl_finder *f, enum hl_secret kind, uint32_t start, uint32_t end);
/* The message's own bytes behind bytes start … end-1 of the normal form. */
struct hl_str hl_finder_raw(const struct hl_finder *f, uint32_t start, uint32_t end);
/* The mark of one of `kinds` (bits 1 << kind) that ends nearest before byte `at`, at most `words`
   words away; NULL: none. */
const struct hl_mark *hl_finder_before(const struct hl_finder *f, unsigned kinds, uint32_t at,
				       uint32_t words);
bool hl_finder_has(const struct hl_finder *f, unsigned kinds);

/* A value that follows a mark, past `is`, `:`, `=`, 是 and the like. */
struct hl_value {
	uint32_t start, end; /* bytes of the normal form; empty: none */
	bool stated;	     /* one of `is : = to 是 为` stood between */
};
struct hl_value hl_finder_value(const struct hl_finder *f, const struct hl_mark *mark);

void hl_marks_find(struct hl_finder *f);
void hl_find_seeds(struct hl_finder *f);
void hl_find_keys(struct hl_finder *f);
void hl_find_numbers(struct hl_finder *f); /* cards, identity cards, phones, IBAN */
void hl_find_stated(struct hl_finder *f);  /* passwords, codes, passports, API secrets; e-mail */

/* Seed words of consecutive messages: the words in a row, and what a finder found in them. */
struct hl_seed_word {
	uint32_t message, start, end; /* index of the message; bytes of its normal form */
	bool listed;		      /* in BIP-39's list */
	struct hl_str form;
};
struct hl_seed_run {
	size_t first, last; /* words */
};
/* Finds the seed phrases in words of one or more messages; `lenient`: something speaks of a seed.
   HL_OK, HL_NOMEM. */
int hl_seed_runs(struct hl_seed_run **out, size_t *n, struct hl_arena *arena,
		 const struct hl_seed_word *words, size_t n_words, bool lenient);
/* Appends the words of an utterance that count in a seed phrase. False: no memory. */
bool hl_seed_words(struct hl_seed_word **words, size_t *n, size_t *cap, struct hl_arena *arena,
		   const struct hl_utterance *u, uint32_t message);

void hl_sha256(uint8_t out[32], const void *bytes, size_t n);

#endif
