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
	HL_MARK_SECRET_KEY,  /* of a program or a wallet */
	HL_MARK_PRIVATE_KEY, /* surely a wallet's */
	HL_MARK_KEY,	     /* a key of any sort */
	HL_MARK_PASSPORT,
	HL_MARK_PHONE,
	HL_MARK_ID_CARD,
	HL_MARK_CARD,
	HL_MARK_SEED,
	HL_MARK_ORDER,	  /* what follows is an order, a ticket, an account number */
	HL_MARK_TX,	  /* … a transaction or an address */
	HL_MARK_HARMLESS, /* a code that is no secret: error code, referral code */
	HL_MARK_PEM,
	HL_MARK_DIGIT, /* a digit in words; counted, but no mark */
	HL_MARK_AT,    /* the sign of an e-mail address in words */
	HL_MARK_COUNT
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
	struct hl_mark *marks; /* in order of the words */
	size_t n_marks, cap_marks;
	/* what hl_marks_find saw on its way, to know which finders have nothing to find */
	uint32_t digits;  /* bytes of numbers; those of hashes and links count too */
	uint32_t listed;  /* words that may stand in BIP-39's list; that do, once `seed` is made */
	uint32_t rare;	  /* of these, words that are perhaps not said all the time */
	uint32_t spelt;	  /* digits in words */
	uint32_t letters; /* words of one byte */
	bool long_word;	  /* one of letters alone that could be a whole phrase without spaces */
	const uint8_t *seed; /* enum hl_seed_kind of each word; NULL: not looked at yet */
	struct hl_finding_span *spans;
	size_t n_spans, cap_spans;
	size_t n_joined; /* the first so many stand in order and share no byte */
	bool failed;	 /* no memory */
};

void hl_finder_add(struct hl_finder *f, enum hl_secret kind, uint32_t start, uint32_t end);
/* The message's own bytes behind bytes start … end-1 of the normal form. */
struct hl_str hl_finder_raw(const struct hl_finder *f, uint32_t start, uint32_t end);
/* The first word that begins at byte `at` or later. */
uint32_t hl_finder_word(const struct hl_finder *f, uint32_t at);
/* The mark of one of `kinds` (bits 1 << kind) that ends nearest before byte `at`, with at most
   `words` words between; NULL: none. */
const struct hl_mark *hl_finder_before(const struct hl_finder *f, unsigned kinds, uint32_t at,
				       uint32_t words);
bool hl_finder_has(const struct hl_finder *f, unsigned kinds);

/* A value that follows a mark, past `is`, `:`, `=`, 是 and the like. */
struct hl_value {
	uint32_t start, end; /* bytes of the normal form; empty: none */
	bool stated;	     /* one of `is : = to 是 为` stood between */
};
struct hl_value hl_finder_value(const struct hl_finder *f, const struct hl_mark *mark);

/* What a value is made of. */
struct hl_shape {
	size_t digits, lower, upper, signs, other; /* other: not ASCII */
};
struct hl_shape hl_shape_of(struct hl_str text);

/* Whether `word` is in a list sorted by bytes. */
bool hl_one_of(struct hl_str word, const char *const *list, size_t n);
#define HL_ONE_OF(word, list) hl_one_of((word), (list), sizeof(list) / sizeof *(list))

/* What a word may be, told by its key alone: less is sure. */
enum hl_hint {
	HL_HINT_NOTHING,
	HL_HINT_LISTED, /* in BIP-39's list, or its start is */
	HL_HINT_RARE,	/* in the list, and no everyday word */
	HL_HINT_MARK	/* any of these, or the first word of a mark */
};
extern const uint64_t hl_word_hints[1024];
/* The hash that the tables of this room are made by. */
static inline uint64_t hl_word_hash(uint64_t key)
{
	return key * 0x9e3779b97f4a7c15u;
}
static inline enum hl_hint hl_word_hint(uint64_t key)
{
	uint64_t slot = hl_word_hash(key) >> 49;
	return (enum hl_hint)(hl_word_hints[slot / 32] >> (slot % 32 * 2) & 3);
}

void hl_marks_find(struct hl_finder *f);
HL_APART void hl_find_seeds(struct hl_finder *f);
HL_APART void hl_find_keys(struct hl_finder *f);
HL_APART void hl_find_numbers(struct hl_finder *f); /* cards, identity cards, phones, IBAN */
HL_APART void hl_find_stated(struct hl_finder *f);  /* codes, documents, API secrets, phones */
HL_APART void hl_find_emails(struct hl_finder *f);
void hl_find_told_email(struct hl_finder *f, const struct hl_mark *mark);
HL_SELDOM void hl_find_spelt(struct hl_finder *f);	  /* numbers in words */
HL_SELDOM void hl_find_broken_keys(struct hl_finder *f);  /* in pieces */
HL_SELDOM void hl_find_wallet_files(struct hl_finder *f); /* JSON of wallets */
void hl_find_password(struct hl_finder *f, const struct hl_mark *mark);
/* `text` begins at byte `start` of the normal form and was announced as a password. */
bool hl_is_password(const struct hl_finder *f, struct hl_value value);
/* The number at word `i` if it can be a code, perhaps in two groups ("123 456"); its digits, 0:
   none. */
size_t hl_code_at(const struct hl_finder *f, size_t i, size_t *last);

/* A key of Bitcoin's import format, its checksum holding. */
bool hl_is_wif(struct hl_str text);
/* The message calls what stands at `at` a private key, and nothing nearer calls it a hash. */
bool hl_called_key(const struct hl_finder *f, uint32_t at);
/* Digits with an issuer's prefix and length whose check holds. */
bool hl_is_card(const char *digits, size_t n);

/* Word `next` is what a number before it counts: "days", "usdt". */
bool hl_counts_something(const struct hl_finder *f, size_t next);
/* A card's number sent in pieces, `n` consecutive messages, the last one new; adds it to each. */
void hl_find_joint_card(struct hl_finder **parts, size_t n);
/* Nothing but figures: perhaps one of the pieces. */
bool hl_is_all_figures(const struct hl_finder *f);

/* Whether the word's form is in BIP-39's list, or the first four letters of a longer word there. */
bool hl_seed_listed(const struct hl_word *word);
enum hl_seed_kind { HL_SEED_NONE, HL_SEED_START, HL_SEED_WORD };
/* Looks each word up, once; false: no memory, and told so. */
bool hl_seed_mark_listed(struct hl_finder *f);
/* Whether the letters behind the key (as hl_text_key) are a word of the list as it stands there. */
bool hl_seed_is_word(uint64_t key);
/* Listed, but said all the time. */
bool hl_seed_is_everyday(struct hl_str word);
/* At most `slips` slips from a listed word. Walks the list. */
bool hl_seed_nearly_listed(struct hl_str word, unsigned slips);
/* The shortest word without spaces that is looked through for a phrase. */
#define HL_SEED_GLUED_MIN 33u
/* Of fewer listed words nothing is a phrase but by its mark, its letters or its length. */
#define HL_SEED_LEAST 6u
/* Phrases that do not stand word by word: counted out, run together, or full of slips. */
void hl_find_loose_seeds(struct hl_finder *f, bool lenient);
/* Where a phrase was found: a word of it that is told apart. */
void hl_find_seed_words(struct hl_finder *f);
/* May the message be a piece of a phrase, or speak of one? Else it makes no phrase of others. */
bool hl_seed_may_go_on(struct hl_finder *f);
/* The words `parts` (finders of consecutive messages, the last one being new) that are no phrase by
   themselves but together; adds them to each. */
void hl_find_joint_seeds(struct hl_finder **parts, size_t n);

void hl_sha256(uint8_t out[32], const void *bytes, size_t n);

#endif
