/*
 * text.h: what a message or a rule's text is to the engine: checked, normalised, cut into words.
 *
 * Rules and messages go through the same functions, so a rule finds what its author would read as
 * the same. Positions lead back to the original, for marks and redaction.
 */
#ifndef HL_TEXT_H
#define HL_TEXT_H

#include <string.h>

#include "base/base.h"

/* ------------------------------------------------------------------ normal form */

/* A text after NFKC, case folding, half width, Traditional to Simplified (one character each),
   without invisible and bidi characters, skin tones and stacked marks, with look-alike letters in
   Latin words and curly apostrophes made plain, control characters as spaces, every line end as
   '\n'. Spaces and punctuation stay. A redacted span is one U+FFFC; U+FFFC of the customer's own
   is a space. Bad UTF-8 is U+FFFD. */
struct hl_normal {
	struct hl_str text; /* sixteen readable bytes, all zero, stand behind it */
	/* For each byte of `text`: the piece of the original it came from. NULL: the original is
	   good UTF-8, and each character came from the bytes at its own place. */
	const struct hl_span *source;
};

/* Any bytes below 4 GiB / 16. `redacted`: in order, not overlapping, within the text. Lives in
   `arena`. HL_OK, HL_NOMEM. */
int hl_text_normalise(struct hl_normal *out, struct hl_arena *arena, struct hl_str text,
		      const struct hl_redacted *redacted, size_t n_redacted);
/* Bytes start … end-1 of the normal form, as a span of the original; start < end. */
struct hl_span hl_normal_span(const struct hl_normal *normal, uint32_t start, uint32_t end);

/* A pattern's own text: Traditional to Simplified, half width, case left. A full-width sign that
   would become one of PCRE2's is escaped: the author of `到账？` means the sign. `source` maps as
   above (for the caret of an error). HL_OK, HL_NOMEM. */
int hl_text_fold_pattern(struct hl_normal *out, struct hl_arena *arena, struct hl_str pattern);

/* ------------------------------------------------------------------ characters */

enum hl_char_kind {
	HL_CHAR_OTHER, /* spaces, punctuation, signs: parts words */
	HL_CHAR_LETTER,
	HL_CHAR_MARK, /* belongs to the letter before it */
	HL_CHAR_DIGIT,
	HL_CHAR_HAN,
	HL_CHAR_EMOJI,
	HL_CHAR_SECRET /* U+FFFC */
};
/* Of a code point of a normal form. */
enum hl_char_kind hl_char_kind_of(uint32_t code);
/* The Simplified form of a Han character, any other code unchanged. */
uint32_t hl_char_simplified(uint32_t code);

/* ------------------------------------------------------------------ words */

/* Eight bytes as they stand in memory, the first one lowest. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define HL_LITTLE_ENDIAN(v) (v)
#else
#define HL_LITTLE_ENDIAN(v) __builtin_bswap64(v)
#endif
static inline uint64_t hl_text_load8(const char *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof v);
	return HL_LITTLE_ENDIAN(v);
}
/* The same byte eight times. */
#define HL_EACH(byte) (0x0101010101010101u * (byte))

/* The first eight bytes of a text as one number, the first lowest, for tables of words. Eight bytes
   can be read there whatever the length, as of the form of each word hl_utterance_read gave. */
static inline uint64_t hl_text_key(struct hl_str text)
{
	uint64_t key = hl_text_load8(text.ptr);
	return text.len < sizeof key ? key & (((uint64_t)1 << 8 * text.len) - 1) : key;
}

enum hl_word_kind {
	HL_WORD_LETTERS,
	HL_WORD_NUMBER, /* digits with inner . or , */
	HL_WORD_HAN,	/* one character */
	HL_WORD_EMOJI,	/* a run of the same one */
	HL_WORD_HASH,	/* 0x? + 32 or more hex digits, base58 or bech32 of 26 or more */
	HL_WORD_LINK,
	HL_WORD_SECRET /* a redacted span: no rule matches it */
};
struct hl_word {
	uint32_t start, end;   /* bytes in the normal form */
	uint32_t ostart, oend; /* bytes in the original */
	/* How phrases, words and examples see it: apostrophes and the accents of Latin letters
	   dropped, an emoji once; a letter three times or more in a row is two in `form` and one in
	   the others. */
	struct hl_str form;
	uint64_t key;		   /* hl_text_key of `form`, made once for all who look words up */
	const struct hl_str *also; /* further forms: for `sooo` form is `soo`, also[0] is `so` */
	uint16_t sentence;	   /* counts from 0; gaps do not pass from one to the next */
	uint8_t n_also;
	uint8_t kind;  /* enum hl_word_kind */
	uint8_t size2; /* size in halves: a Chinese character 1, any other word 2 */
	bool glued;    /* nothing stands between it and the word before */
	bool latin;    /* LETTERS of the Latin script alone */
};

struct hl_utterance {
	struct hl_str original;
	struct hl_normal normal;
	const struct hl_word *words;
	size_t n_words;
	uint32_t size2;	    /* of all words */
	struct hl_str lang; /* "en", "zh" …: constant; empty when not sure */
	bool lang_sure;
};

/* Normalises and cuts. At most HL_TEXT_BYTES_MAX bytes are meant; longer texts work and cost in
   proportion. Lives in `arena`; refers to `text`. HL_OK, HL_NOMEM. */
int hl_utterance_read(struct hl_utterance *out, struct hl_arena *arena, struct hl_str text,
		      const struct hl_redacted *redacted, size_t n_redacted);

/* The function words by which languages are told, as hl_text_key; 0: none has this number. */
#define HL_TEXT_FUNCTION_WORDS 1024
uint64_t hl_text_function_word(size_t number);

#endif
