/* Recognisers of the slot types, by words and, where case and signs matter, by the original text.
   Knows forms and check digits; not who asks. */
#include "classify/types.h"

#include "classify/address.h"

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

/* The text between two neighbouring words of the normal form. */
static struct hl_str between(const struct hl_utterance *u, uint32_t left)
{
	if (left + 1 >= u->n_words)
		return HL_NONE;
	return hl_str_sub(u->normal.text, u->words[left].end,
			  u->words[left + 1].start - u->words[left].end);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits alone; their number is the value, -1 when there are others or too many. */
static int small_number(struct hl_str text)
{
	int value = 0;
	if (!text.len || text.len > 4)
		return -1;
	for (size_t i = 0; i < text.len; i++) {
		if (!is_digit(text.ptr[i]))
			return -1;
		value = value * 10 + (text.ptr[i] - '0');
	}
	return value;
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

/* ------------------------------------------------------------------ dates */

static bool is_any(struct hl_str text, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (hl_str_eq(text, hl_str_of(names[i])))
			return true;
	return false;
}

static const char *const months[] = {
	"january",   "february", "march",    "april",	 "may",	 "june", "july", "august",
	"september", "october",	 "november", "december", "jan",	 "feb",	 "mar",	 "apr",
	"jun",	     "jul",	 "aug",	     "sep",	 "sept", "oct",	 "nov",	 "dec",
};
static const char *const days[] = {
	"today",     "yesterday", "tomorrow", "monday",	  "tuesday",
	"wednesday", "thursday",  "friday",   "saturday", "sunday",
};
static const char *const han_days[] = {"今天", "昨天", "前天", "明天", "今日", "昨日"};

static bool is_month(const struct hl_utterance *u, uint32_t word)
{
	return word < u->n_words &&
	       is_any(u->words[word].form, months, sizeof months / sizeof *months);
}

static int number_of(const struct hl_utterance *u, uint32_t word)
{
	return word < u->n_words && u->words[word].kind == HL_WORD_NUMBER
		       ? small_number(normal(u, word))
		       : -1;
}

static bool in(int value, int least, int most)
{
	return value >= least && value <= most;
}

static bool han_is(const struct hl_utterance *u, uint32_t word, const char *sign)
{
	return word < u->n_words && hl_str_eq(u->words[word].form, hl_str_of(sign));
}

/* 2026-11-22, 22/11/2026 */
static uint32_t dashed_date(const struct hl_utterance *u, uint32_t word)
{
	if (word + 2 >= u->n_words)
		return 0;
	struct hl_str sign = between(u, word);
	if (sign.len != 1 || !hl_str_eq(sign, between(u, word + 1)) ||
	    (*sign.ptr != '-' && *sign.ptr != '/'))
		return 0;
	int a = number_of(u, word), b = number_of(u, word + 1), c = number_of(u, word + 2);
	bool year_first = in(a, 1900, 2199) && in(b, 1, 12) && in(c, 1, 31);
	bool year_last = in(c, 1900, 2199) &&
			 ((in(a, 1, 12) && in(b, 1, 31)) || (in(a, 1, 31) && in(b, 1, 12)));
	return year_first || year_last ? 3 : 0;
}

/* 2026.11.22 and 22.11.2026 are one word */
static uint32_t dotted_date(const struct hl_utterance *u, uint32_t word)
{
	struct hl_str text = normal(u, word);
	size_t one = hl_str_find(text, HL_STR("."), 0);
	size_t two = one == SIZE_MAX ? SIZE_MAX : hl_str_find(text, HL_STR("."), one + 1);
	if (two == SIZE_MAX)
		return 0;
	int a = small_number(hl_str_sub(text, 0, one));
	int b = small_number(hl_str_sub(text, one + 1, two - one - 1));
	int c = small_number(hl_str_sub(text, two + 1, SIZE_MAX));
	return (in(a, 1900, 2199) && in(b, 1, 12) && in(c, 1, 31)) ||
	       (in(c, 1900, 2199) && in(b, 1, 12) && in(a, 1, 31));
}

/* 2026年11月22日, 11月22日, 11月22号 */
static uint32_t han_date(const struct hl_utterance *u, uint32_t word)
{
	uint32_t at = word;
	if (in(number_of(u, at), 1900, 2199) && han_is(u, at + 1, "年"))
		at += 2;
	if (!in(number_of(u, at), 1, 12) || !han_is(u, at + 1, "月") ||
	    !in(number_of(u, at + 2), 1, 31))
		return 0;
	at += 3;
	if (han_is(u, at, "日") || han_is(u, at, "号"))
		at++;
	return at - word;
}

/* 22 nov 2026, nov 22, november 22 2026; 22nd is two words: 22 and nd */
static uint32_t named_date(const struct hl_utterance *u, uint32_t word)
{
	static const char *const endings[] = {"st", "nd", "rd", "th"};
	uint32_t at = word;
	bool month_first = is_month(u, at);
	at += month_first;
	if (!in(number_of(u, at), 1, 31))
		return 0;
	at++;
	if (at < u->n_words && u->words[at].glued && is_any(u->words[at].form, endings, 4))
		at++;
	if (!month_first && !is_month(u, at))
		return 0;
	at += !month_first;
	if (in(number_of(u, at), 1900, 2199))
		at++;
	return at - word;
}

static uint32_t date_at(const struct hl_utterance *u, uint32_t word)
{
	const struct hl_word *w = &u->words[word];
	uint32_t n = 0;
	if (w->kind == HL_WORD_NUMBER) {
		n = dashed_date(u, word);
		n = n ? n : dotted_date(u, word);
		n = n ? n : han_date(u, word);
		return n ? n : named_date(u, word);
	}
	if (w->kind == HL_WORD_LETTERS)
		return is_any(w->form, days, sizeof days / sizeof *days) ? 1 : named_date(u, word);
	if (w->kind != HL_WORD_HAN || word + 1 >= u->n_words || !u->words[word + 1].glued)
		return 0;
	struct hl_str pair =
		hl_str_sub(u->normal.text, w->start, u->words[word + 1].end - w->start);
	return is_any(pair, han_days, sizeof han_days / sizeof *han_days) ? 2 : 0;
}

/* ------------------------------------------------------------------ e-mail and phone */

static bool is_mail_char(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
	       c == '_' || c == '-' || c == '+' || c == '%' || c == '@';
}

static bool is_mail(struct hl_str text)
{
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

static bool is_phone(struct hl_str text)
{
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

static uint32_t txid_at(const struct hl_utterance *u, uint32_t word)
{
	return u->words[word].kind == HL_WORD_HASH && hl_is_txid(original(u, word, 1));
}

static uint32_t address_at(const struct hl_utterance *u, uint32_t word)
{
	return u->words[word].kind == HL_WORD_HASH && hl_is_address(original(u, word, 1));
}

uint32_t hl_type_at(enum hl_slot_kind kind, const struct hl_utterance *u, uint32_t word)
{
	static uint32_t (*const finders[])(const struct hl_utterance *, uint32_t) = {
		[HL_SLOT_NUMBER] = number_at,	[HL_SLOT_AMOUNT] = number_at,
		[HL_SLOT_DATE] = date_at,	[HL_SLOT_TXID] = txid_at,
		[HL_SLOT_ADDRESS] = address_at, [HL_SLOT_ORDER] = order_at,
		[HL_SLOT_EMAIL] = email_at,	[HL_SLOT_PHONE] = phone_at,
		[HL_SLOT_PATTERN] = NULL,
	};
	return finders[kind] ? finders[kind](u, word) : 0;
}
