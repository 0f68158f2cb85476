/* Recognisers of the slot types, by words and, where case and signs matter, by the original text.
   Knows forms and check digits; not who asks. */
#include "classify/types.h"

#include "classify/address.h"
#include "classify/amounts.h"
#include "classify/dates.h"

static struct hl_str original(const struct hl_utterance *u, uint32_t from, uint32_t n)
{
	const struct hl_word *words = u->words;
	return hl_str_sub(u->original, words[from].ostart,
			  words[from + n - 1].oend - words[from].ostart);
}

static struct hl_str normal(const struct hl_utterance *u, uint32_t word)
{
	const struct hl_word *w = &u->words[word];
	return hl_str_sub(u->normal.text, w->start, w->end - w->start);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static uint32_t number_at(const struct hl_utterance *u, uint32_t word)
{
	return u->words[word].kind == HL_WORD_NUMBER;
}

static uint32_t order_at(const struct hl_utterance *u, uint32_t word)
{
	struct hl_str text = normal(u, word);
	if (u->words[word].kind != HL_WORD_NUMBER || text.len < 8)
		return 0;
	for (size_t i = 0; i < text.len; i++)
		if (!is_digit(text.ptr[i]))
			return 0;
	return 1;
}

/* ------------------------------------------------------------------ e-mail and phone */

static bool is_mail_char(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
	       c == '_' || c == '-' || c == '+' || c == '%' || c == '@';
}

#define PLAIN_BYTES_MAX 320 /* of an e-mail address; no phone number is longer */

/* The text with full-width signs, letters and digits in half width: a Chinese keyboard writes them.
   Empty when it is too long. */
static struct hl_str plain(char buf[PLAIN_BYTES_MAX], struct hl_str text)
{
	const char *p = text.ptr, *end = p + text.len;
	size_t n = 0;
	while (p < end && n < PLAIN_BYTES_MAX) {
		const char *from = p;
		uint32_t code = hl_utf8_next(&p, end);
		if (code >= 0xFF01 && code <= 0xFF5E)
			buf[n++] = (char)(code - 0xFEE0);
		else
			while (from < p && n < PLAIN_BYTES_MAX)
				buf[n++] = *from++;
	}
	return p < end || n == PLAIN_BYTES_MAX ? HL_NONE : (struct hl_str){buf, n};
}

static bool is_mail(struct hl_str typed)
{
	char buf[PLAIN_BYTES_MAX];
	struct hl_str text = plain(buf, typed);
	size_t at = hl_str_find(text, HL_STR("@"), 0);
	if (at == SIZE_MAX || at == 0 || hl_str_find(text, HL_STR("@"), at + 1) != SIZE_MAX)
		return false;
	size_t dot = hl_str_find(text, HL_STR("."), at + 2);
	return dot != SIZE_MAX && dot + 1 < text.len && text.ptr[text.len - 1] != '-';
}

/* From where the word begins to the end of the unbroken mail characters. A redacted address is one
   word, its text still in the original. */
static uint32_t email_at(const struct hl_utterance *u, uint32_t word)
{
	uint32_t n = 1;
	if (u->words[word].kind == HL_WORD_SECRET)
		return is_mail(original(u, word, 1));
	if (u->words[word].kind == HL_WORD_HAN)
		return 0;
	if (word && u->words[word - 1].oend < u->words[word].ostart &&
	    is_mail_char(u->original.ptr[u->words[word].ostart - 1]))
		return 0;
	while (word + n < u->n_words) {
		struct hl_str gap =
			hl_str_sub(u->original, u->words[word + n - 1].oend,
				   u->words[word + n].ostart - u->words[word + n - 1].oend);
		bool unbroken = gap.len <= 1 && (!gap.len || is_mail_char(*gap.ptr));
		if (!unbroken || u->words[word + n].kind == HL_WORD_HAN)
			break;
		n++;
	}
	return is_mail(original(u, word, n)) ? n : 0;
}

static bool is_phone(struct hl_str typed)
{
	char buf[PLAIN_BYTES_MAX];
	struct hl_str text = plain(buf, typed);
	size_t digits = 0;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (is_digit(c))
			digits++;
		else if (c != ' ' && c != '-' && c != '(' && c != ')' && c != '+' && c != '.')
			return false;
	}
	return digits >= 7 && digits <= 15;
}

static uint32_t phone_at(const struct hl_utterance *u, uint32_t word)
{
	uint32_t n = 0, best = 0;
	if (u->words[word].kind == HL_WORD_SECRET)
		return is_phone(original(u, word, 1));
	for (; word + n < u->n_words && n < 8; n++) {
		if (u->words[word + n].kind != HL_WORD_NUMBER)
			break;
		if (is_phone(original(u, word, n + 1)))
			best = n + 1;
	}
	return best;
}

/* ------------------------------------------------------------------ all of them */

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The last part of an explorer's link that is one: ".../tx/0x9c2f…?lang=en". */
static struct hl_str in_link(struct hl_str link, bool (*is)(struct hl_str text))
{
	for (size_t end = link.len; end > 0;) {
		size_t from = end;
		while (from && is_alnum(link.ptr[from - 1]))
			from--;
		struct hl_str part = hl_str_sub(link, from, end - from);
		if (part.len && is(part))
			return part;
		end = from ? from - 1 : 0;
	}
	return HL_NONE;
}

static uint32_t chain_thing_at(const struct hl_utterance *u, uint32_t word,
			       bool (*is)(struct hl_str text))
{
	if (u->words[word].kind == HL_WORD_LINK)
		return in_link(original(u, word, 1), is).len > 0;
	return u->words[word].kind == HL_WORD_HASH && is(original(u, word, 1));
}

static uint32_t txid_at(const struct hl_utterance *u, uint32_t word)
{
	return chain_thing_at(u, word, hl_is_txid);
}

static uint32_t address_at(const struct hl_utterance *u, uint32_t word)
{
	return chain_thing_at(u, word, hl_is_address);
}

struct hl_span hl_type_in_link(enum hl_slot_kind kind, const struct hl_utterance *u, uint32_t word)
{
	const struct hl_word *w = &u->words[word];
	struct hl_str part = kind == HL_SLOT_TXID ? in_link(original(u, word, 1), hl_is_txid)
			     : kind == HL_SLOT_ADDRESS
				     ? in_link(original(u, word, 1), hl_is_address)
				     : HL_NONE;
	if (!part.len)
		return (struct hl_span){w->ostart, w->oend};
	uint32_t from = (uint32_t)(part.ptr - u->original.ptr);
	return (struct hl_span){from, from + (uint32_t)part.len};
}

uint32_t hl_type_at(enum hl_slot_kind kind, const struct hl_utterance *u, uint32_t word)
{
	static uint32_t (*const finders[])(const struct hl_utterance *, uint32_t) = {
		[HL_SLOT_NUMBER] = number_at,	[HL_SLOT_AMOUNT] = hl_amount_at,
		[HL_SLOT_DATE] = hl_date_at,	[HL_SLOT_TXID] = txid_at,
		[HL_SLOT_ADDRESS] = address_at, [HL_SLOT_ORDER] = order_at,
		[HL_SLOT_EMAIL] = email_at,	[HL_SLOT_PHONE] = phone_at,
		[HL_SLOT_PATTERN] = NULL,
	};
	return finders[kind] ? finders[kind](u, word) : 0;
}
