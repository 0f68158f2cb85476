/*
 * Cuts a normal form into words, first fit: link, hash or address, Chinese character, emoji,
 * number, letters. Rules and messages are cut alike, so what is found here is all that phrases,
 * words and examples ever see.
 */
#include <string.h>

#include "text/chars.h"
#include "text/language.h"
#include "text/text.h"

#define ALSO_MAX 3u /* further forms: two runs give four in all */

struct cutter {
	struct hl_arena *arena;
	const struct hl_normal *normal;
	const struct hl_span *source; /* of the normal form */
	const char *text, *end;
	struct hl_str original;
	struct hl_word *words;
	size_t n, cap;
	uint32_t size2;
	struct hl_tally *tally;
	uint16_t sentence;
	bool sentence_over;
	bool failed;
};

static bool is_lower(char c)
{
	return (unsigned char)(c - 'a') < 26;
}

static bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static bool is_alnum(char c)
{
	return is_lower(c) || is_digit(c);
}

static bool grow(struct cutter *c)
{
	size_t cap = c->cap * 2;
	void *words = hl_arena_regrow(c->arena, c->words, c->n * sizeof *c->words,
				      cap * sizeof *c->words);
	if (words == NULL) {
		c->failed = true;
		return false;
	}
	c->words = words;
	c->cap = cap;
	return true;
}

static inline struct hl_word *add_word(struct cutter *c, const char *start, const char *end,
				       enum hl_word_kind kind)
{
	if (c->n == c->cap && !grow(c))
		return NULL;
	struct hl_word *word = &c->words[c->n];
	uint32_t from = (uint32_t)(start - c->text), to = (uint32_t)(end - c->text);
	if (c->sentence_over && c->n > 0 && c->sentence < UINT16_MAX)
		c->sentence++;
	c->sentence_over = false;
	word->start = word->ostart = from;
	word->end = word->oend = to;
	if (c->source != NULL) {
		word->ostart = c->source[from].start;
		word->oend = c->source[to - 1].end;
	}
	word->form = (struct hl_str){start, (size_t)(end - start)};
	word->key = hl_text_key(word->form);
	word->also = NULL;
	word->sentence = c->sentence;
	word->n_also = 0;
	word->kind = (uint8_t)kind;
	word->size2 = kind == HL_WORD_HAN ? 1 : 2;
	word->glued = c->n > 0 && word[-1].end == from;
	word->latin = false;
	c->size2 += word->size2;
	c->n++;
	return word;
}

/* ------------------------------------------------------------------ letters */

/* A run of the same letter, three or more, within a word's bytes. */
struct repeat {
	size_t at, unit, count; /* first byte, bytes of the letter, how often */
};

/* The word with each run written two times, or once where `once` has its bit. */
static struct hl_str spell(struct hl_arena *arena, struct hl_str text, const struct repeat *runs,
			   size_t n_runs, unsigned once)
{
	char *to = hl_arena_alloc(arena, text.len);
	size_t len = 0, from = 0;
	if (to == NULL)
		return HL_NONE;
	for (size_t i = 0; i < n_runs; i++) {
		unsigned kept = once >> (i < 31 ? i : 31) & 1 ? 1 : 2;
		size_t until = runs[i].at + runs[i].unit * kept;
		memcpy(to + len, text.ptr + from, until - from);
		len += until - from;
		from = runs[i].at + runs[i].unit * runs[i].count;
	}
	memcpy(to + len, text.ptr + from, text.len - from);
	return (struct hl_str){to, len + text.len - from};
}

static size_t find_repeats(struct hl_str text, struct repeat *runs, size_t max)
{
	size_t n = 0, at = 0, unit = 0, count = 0;
	uint32_t last = 0;
	for (const char *p = text.ptr, *end = p + text.len; p <= end;) {
		const char *start = p;
		uint32_t code = p < end ? hl_utf8_next(&p, end) : 0;
		if (code == last && code != 0) {
			count++;
		} else {
			if (count >= 3 && n < max)
				runs[n++] = (struct repeat){at, unit, count};
			at = (size_t)(start - text.ptr);
			unit = (size_t)(p - start);
			count = 1;
			last = code;
		}
		if (start == end)
			break;
	}
	return n;
}

static bool squeeze(struct hl_arena *arena, struct hl_word *word)
{
	struct repeat runs[31];
	struct hl_str written = word->form;
	size_t n = find_repeats(written, runs, sizeof runs / sizeof *runs);
	if (n == 0)
		return true;
	struct hl_str *also = HL_NEW_ARRAY(arena, ALSO_MAX, struct hl_str);
	if (also == NULL)
		return false;
	word->form = spell(arena, written, runs, n, 0);
	/* every mixture of two runs, of more only all of them once */
	unsigned masks = n <= 2 ? (1u << n) - 1 : 1;
	for (unsigned i = 1; i <= masks; i++) {
		also[i - 1] = spell(arena, written, runs, n, n <= 2 ? i : UINT32_MAX);
		if (also[i - 1].ptr == NULL)
			return false;
	}
	word->also = also;
	word->n_also = (uint8_t)masks;
	return word->form.ptr != NULL;
}

/* The form without apostrophes and accents: `don't` and `dont`, `café` and `cafe` are one. */
static bool plain_form(struct hl_arena *arena, struct hl_word *word)
{
	char *to = hl_arena_alloc(arena, word->form.len);
	size_t len = 0;
	if (to == NULL)
		return false;
	for (const char *p = word->form.ptr, *end = p + word->form.len; p < end;) {
		uint32_t codes[2];
		size_t n = hl_char_unaccented(codes, hl_utf8_next(&p, end));
		for (size_t i = 0; i < n && codes[i] != '\''; i++)
			len += hl_utf8_put(to + len, codes[i]);
	}
	word->form = (struct hl_str){to, len};
	return true;
}

/* The high bit of each byte that is no small letter. */
static inline uint64_t no_small_letters(uint64_t v)
{
	uint64_t low = v & HL_EACH(0x7fu);
	return (~(low + HL_EACH(0x80u - 'a')) | (low + HL_EACH(0x7fu - 'z')) | v) & HL_EACH(0x80u);
}

/* Whether the letter at one of the first `n` of eight bytes stands three times in a row. */
static inline bool is_tripled(const char *p, uint64_t v, unsigned n)
{
	uint64_t turn = (v ^ hl_text_load8(p + 1)) | (v ^ hl_text_load8(p + 2));
	/* the lowest zero byte is told right, those above may not be */
	uint64_t zero = (turn - HL_EACH(1)) & ~turn & HL_EACH(0x80u);
	return zero != 0 && (unsigned)__builtin_ctzll(zero) / 8 < n;
}

#define PLAIN_MAX 24 /* letters; longer words may be hashes */

/* The end of a plain word that begins at `p`: small letters, none three times in a row, and nothing
   behind them that could belong to a longer thing. NULL: look closer. The normal form may be read
   sixteen bytes on. */
static inline const char *plain_word_end(const char *p, const char *end)
{
	const char *start = p;
	for (;; p += 8) {
		uint64_t v = hl_text_load8(p), other = no_small_letters(v);
		unsigned n = other == 0 ? 8 : (unsigned)__builtin_ctzll(other) / 8;
		if (is_tripled(p, v, n))
			return NULL;
		if (other != 0) {
			p += n;
			break;
		}
		if (p - start >= PLAIN_MAX - 8)
			return NULL;
	}
	if (p >= end || *p == ' ')
		return p;
	unsigned char next = (unsigned char)*p;
	bool www = next == '.' && p - start == 3 && *start == 'w';
	bool scheme = next == ':' && p[1] == '/';
	if (next >= 0x80 ? next < 0xe4 || next > 0xe9
			 : is_digit(*p) || next == '\'' || www || scheme)
		return NULL;
	return p;
}

/* What a run of letters turned out to hold. */
struct letters {
	const char *end;
	bool latin, apostrophe, accent, repeats;
};

static bool letter_at(const char *p, const char *end, const char **after, uint32_t *code)
{
	*after = p;
	if (p >= end)
		return false;
	if (is_lower(*p)) {
		*code = (unsigned char)*p;
		*after = p + 1;
		return true;
	}
	if ((unsigned char)*p < 0x80)
		return false;
	*code = hl_utf8_next(after, end);
	enum hl_char_kind kind = hl_char_kind_of(*code);
	return kind == HL_CHAR_LETTER || kind == HL_CHAR_MARK;
}

static struct letters scan_letters(const char *p, const char *end)
{
	struct letters found = {p, true, false, false, false};
	uint32_t code = 0, last = 0;
	unsigned same = 0;
	const char *after;
	for (;;) {
		if (!letter_at(p, end, &after, &code)) {
			const char *next;
			if (p == end || *p != '\'' || !letter_at(p + 1, end, &next, &code))
				break;
			found.apostrophe = true;
			p++;
			continue;
		}
		same = code == last ? same + 1 : 1;
		last = code;
		found.repeats = found.repeats || same >= 3;
		found.latin = found.latin && (code < 0x80 || hl_char_is_latin(code));
		found.accent =
			found.accent || code == 0x451 || (code >= 0x80 && hl_char_is_latin(code));
		found.end = p = after;
	}
	return found;
}

static const char *cut_letters(struct cutter *c, const char *p)
{
	struct letters found = scan_letters(p, c->end);
	struct hl_word *word = add_word(c, p, found.end, HL_WORD_LETTERS);
	if (word == NULL)
		return c->end;
	word->latin = found.latin;
	if (((found.apostrophe || found.accent) && !plain_form(c->arena, word)) ||
	    ((found.repeats || found.accent) && !squeeze(c->arena, word)))
		c->failed = true;
	else if (word->form.ptr != p)
		word->key = hl_text_key(word->form);
	hl_tally_odd(c->tally, word, (struct hl_str){p, (size_t)(found.end - p)});
	return found.end;
}

/* ------------------------------------------------------------------ hashes and links */

static bool all_of(struct hl_str text, const char *alphabet)
{
	for (size_t i = 0; i < text.len; i++)
		if (strchr(alphabet, text.ptr[i]) == NULL)
			return false;
	return true;
}

/* Random letters of an address hold digits, or capitals after small letters; a long cry does not.
 */
static bool looks_random(struct hl_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (is_digit(text.ptr[i]))
			return true;
		if (i > 0 && is_lower(text.ptr[i - 1]) && text.ptr[i] >= 'A' && text.ptr[i] <= 'Z')
			return true;
	}
	return false;
}

static bool is_bech32(struct hl_str folded)
{
	size_t one = folded.len;
	while (one > 0 && folded.ptr[one - 1] != '1')
		one--;
	return one > 1 && folded.len - one >= 6 &&
	       all_of(hl_str_sub(folded, one, folded.len), "qpzry9x8gf2tvdw0s3jn54khce6mua7l");
}

/* `folded`: the whole run of ASCII letters and digits; `raw`: the same bytes with their case. */
static bool is_hash(struct hl_str folded, struct hl_str raw)
{
	if (folded.len < 26 || !looks_random(raw))
		return false;
	struct hl_str hex =
		hl_str_starts(folded, HL_STR("0x")) ? hl_str_sub(folded, 2, folded.len) : folded;
	if (hex.len >= 32 && all_of(hex, "0123456789abcdef"))
		return true;
	if (all_of(raw, "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"))
		return true;
	return is_bech32(folded) ||
	       (raw.len >= 52 && all_of(raw, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"));
}

/* The end of a hash that begins here, or NULL. Not reached for ordinary words: 26 bytes on there
   must still be a letter or digit. */
static const char *hash_end(const struct cutter *c, const char *p)
{
	if (c->end - p < 26 || !is_alnum(p[25]))
		return NULL;
	const char *e = p;
	while (e < c->end && is_alnum(*e))
		e++;
	struct hl_str folded = {p, (size_t)(e - p)};
	struct hl_span from =
		hl_normal_span(c->normal, (uint32_t)(p - c->text), (uint32_t)(e - c->text));
	struct hl_str raw = hl_str_sub(c->original, from.start, from.end - from.start);
	return is_hash(folded, raw.len == folded.len ? raw : folded) ? e : NULL;
}

/* The end of a link (a scheme and ://, or www.) that begins here, or NULL. */
static const char *link_end(const struct cutter *c, const char *p)
{
	struct hl_str rest = {p, (size_t)(c->end - p)};
	size_t name = 0;
	while (name < rest.len && is_lower(p[name]))
		name++;
	struct hl_str after = hl_str_sub(rest, name, rest.len);
	bool www =
		name == 3 && hl_str_starts(rest, HL_STR("www.")) && rest.len > 4 && is_alnum(p[4]);
	if (!www && !(hl_str_starts(after, HL_STR("://")) && after.len > 3))
		return NULL;
	const char *e = p;
	while (e<c->end && * e> ' ' && (unsigned char)*e < 0x7f && strchr("<>\"", *e) == NULL)
		e++;
	while (e > p && strchr(".,!?:;)'", e[-1]) != NULL)
		e--;
	return e;
}

/* ------------------------------------------------------------------ the rest */

/* As wide as the digit before it: the comma of 验证码582913，5分钟 begins another clause. */
static bool is_as_wide(const struct cutter *c, const char *p)
{
	if (c->source == NULL)
		return true;
	const struct hl_span sign = c->source[p - c->text], digit = c->source[p - 1 - c->text];
	return (sign.end - sign.start > 1) == (digit.end - digit.start > 1);
}

static const char *cut_number(struct cutter *c, const char *p)
{
	const char *e = p;
	for (const char *next = p; next < c->end;) {
		if (is_digit(*next)) {
			e = ++next;
		} else if ((*next == '.' || *next == ',') && next == e && next + 1 < c->end &&
			   is_digit(next[1]) && is_as_wide(c, next)) {
			next++;
			e = ++next;
		} else {
			const char *after = next;
			if ((unsigned char)*next < 0x80 ||
			    hl_char_kind_of(hl_utf8_next(&after, c->end)) != HL_CHAR_DIGIT)
				break;
			e = next = after;
		}
	}
	add_word(c, p, e, HL_WORD_NUMBER);
	return e;
}

static bool is_flag_letter(uint32_t code)
{
	return code >= 0x1f1e6 && code <= 0x1f1ff;
}

/* A run of the same one is one word; the two letters of a flag are one emoji. */
static const char *cut_emoji(struct cutter *c, const char *p)
{
	const char *one = p, *e, *second;
	bool flag = is_flag_letter(hl_utf8_next(&one, c->end));
	if (flag && one < c->end) {
		second = one;
		if (is_flag_letter(hl_utf8_next(&second, c->end)))
			one = second;
	}
	size_t unit = (size_t)(one - p);
	for (e = one; (size_t)(c->end - e) >= unit && memcmp(p, e, unit) == 0; e += unit)
		;
	struct hl_word *word = add_word(c, p, e, HL_WORD_EMOJI);
	if (word != NULL) {
		word->form.len = unit;
		word->key = hl_text_key(word->form);
	}
	return e;
}

/* Apart from the loop over ordinary words, which needs no stack. */
HL_APART static const char *cut_foreign(struct cutter *c, const char *p)
{
	const char *after = p;
	uint32_t code = hl_utf8_next(&after, c->end);
	switch (hl_char_kind_of(code)) {
	case HL_CHAR_HAN:
		add_word(c, p, after, HL_WORD_HAN);
		c->tally->han++;
		return after;
	case HL_CHAR_SECRET:
		add_word(c, p, after, HL_WORD_SECRET);
		return after;
	case HL_CHAR_EMOJI:
		return cut_emoji(c, p);
	case HL_CHAR_DIGIT:
		return cut_number(c, p);
	case HL_CHAR_LETTER:
	case HL_CHAR_MARK:
		return cut_letters(c, p);
	case HL_CHAR_OTHER:
		break;
	}
	c->sentence_over = c->sentence_over || code == 0x3002 || code == 0xff61;
	return after;
}

static const char *cut_sign(struct cutter *c, const char *p)
{
	bool lone_stop = *p == '.' && (p == c->text || p[-1] != '.') &&
			 (p + 1 == c->end || p[1] == ' ' || p[1] == '\n');
	if (*p == '!' || *p == '?' || *p == '\n' || lone_stop)
		c->sentence_over = true;
	return p + 1;
}

HL_APART static const char *cut_odd(struct cutter *c, const char *p)
{
	const char *e = is_alnum(*p) ? hash_end(c, p) : NULL;
	if (e != NULL) {
		add_word(c, p, e, HL_WORD_HASH);
		return e;
	}
	if (is_digit(*p))
		return cut_number(c, p);
	e = is_lower(*p) ? link_end(c, p) : NULL;
	if (e == NULL)
		return cut_letters(c, p);
	add_word(c, p, e, HL_WORD_LINK);
	return e;
}

static inline const char *cut_one(struct cutter *c, const char *p)
{
	unsigned char first = (unsigned char)*p;
	if (is_lower(*p)) {
		const char *e = plain_word_end(p, c->end);
		if (e == NULL)
			return cut_odd(c, p);
		struct hl_word *word = add_word(c, p, e, HL_WORD_LETTERS);
		if (word == NULL)
			return e;
		word->latin = true;
		hl_tally_latin(c->tally,
			       word->key & -(uint64_t)(e - p <= (ptrdiff_t)sizeof word->key));
		return e;
	}
	if (first >= 0x80) {
		/* 4e00 … 9fff, all but a few Chinese characters */
		bool han = first >= 0xe4 && first <= 0xe9 &&
			   (first > 0xe4 || (unsigned char)p[1] >= 0xb8);
		if (!han)
			return cut_foreign(c, p);
		add_word(c, p, p + 3, HL_WORD_HAN);
		c->tally->han++;
		return p + 3;
	}
	return is_digit(*p) ? cut_odd(c, p) : cut_sign(c, p);
}

int hl_utterance_read(struct hl_utterance *out, struct hl_arena *arena, struct hl_str text,
		      const struct hl_redacted *redacted, size_t n_redacted)
{
	struct hl_utterance u = {.original = text};
	int status = hl_text_normalise(&u.normal, arena, text, redacted, n_redacted);
	if (status != HL_OK)
		return status;
	struct hl_str norm = u.normal.text;
	struct hl_tally tally = {0};
	struct cutter c = {.arena = arena,
			   .tally = &tally,
			   .normal = &u.normal,
			   .source = u.normal.source,
			   .text = norm.ptr,
			   .end = norm.ptr + norm.len,
			   .original = text,
			   .cap = norm.len / 3 + 4};
	c.words = hl_arena_array(arena, c.cap, sizeof *c.words);
	if (c.words == NULL)
		return HL_NOMEM;
	for (const char *p = c.text; p < c.end && !c.failed;) {
		if (*p == ' ')
			p++;
		else
			p = cut_one(&c, p);
	}
	if (c.failed)
		return HL_NOMEM;
	u.words = c.words;
	u.n_words = c.n;
	u.size2 = c.size2;
	u.lang = hl_tally_language(&tally);
	u.lang_sure = u.lang.len > 0;
	*out = u;
	return HL_OK;
}
