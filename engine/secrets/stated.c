/*
 * What is a secret because its writer says so: "the code I got: 482913", passport numbers, API
 * secrets, telephone numbers. The hard part is what is not: "error code 50012", "code expired after
 * 10 minutes".
 */
#include <string.h>

#include "secrets/finder.h"

#define BIT(kind) (1u << HL_MARK_##kind)
#define ENTERED_WITHIN 8u /* words from a code to the word that calls it one */

/* ------------------------------------------------------------------ codes */

/* What a number before it counts, so that it is no code. */
static const char *const units[] = {
	"usdt",	  "usd",     "btc",	"eth",	      "usdc",  "bnb",	  "sol",    "trx",
	"eur",	  "dollars", "times",	"min",	      "mins",  "minutes", "minute", "seconds",
	"second", "hours",   "hour",	"days",	      "day",   "digits",  "digit",  "u",
	"rmb",	  "cny",     "percent", "characters", "weeks", "months",  "years",  "coins",
	"ada",	  "doge",    "gbp",	"inr",	      "jpy",   "krw",	  "ltc",    "ngn",
	"pepe",	  "shib",    "tokens",	"ton",	      "vnd",   "xrp"};
static const char *const han_units[] = {"分", "秒", "次", "个", "元", "天",
					"小", "位", "年", "月", "块", "刀"};

bool hl_counts_something(const struct hl_finder *f, size_t next)
{
	if (next >= f->u->n_words)
		return false;
	const struct hl_word *word = &f->u->words[next];
	const char *const *list = word->kind == HL_WORD_HAN ? han_units : units;
	size_t n = word->kind == HL_WORD_HAN ? sizeof han_units / sizeof *han_units
					     : sizeof units / sizeof *units;
	if (word->start > 0 && f->u->normal.text.ptr[word->start - 1] == '\n')
		return false;
	for (size_t i = 0; i < n; i++)
		if (hl_str_eq(word->form, hl_str_of(list[i])))
			return true;
	return false;
}

size_t hl_code_at(const struct hl_finder *f, size_t i, size_t *last)
{
	const struct hl_word *w = f->u->words;
	*last = i;
	if (i >= f->u->n_words || w[i].kind != HL_WORD_NUMBER)
		return 0;
	size_t digits = hl_shape_of(w[i].form).digits;
	if (digits != w[i].form.len)
		return 0;
	/* 482 913, 58 29 13, 8842 1093 */
	while (digits <= 4 && *last + 1 < f->u->n_words && *last - i < 2 &&
	       w[*last + 1].kind == HL_WORD_NUMBER && w[*last + 1].form.len == digits &&
	       hl_shape_of(w[*last + 1].form).digits == digits &&
	       w[*last + 1].start == w[*last].end + 1)
		++*last;
	size_t groups = *last - i + 1;
	if (groups == (digits == 2 ? 3u : 2u) && digits >= 2)
		digits *= groups;
	else
		*last = i;
	bool glued = *last + 1 < f->u->n_words && w[*last + 1].glued &&
		     w[*last + 1].kind == HL_WORD_LETTERS;
	return glued || hl_counts_something(f, *last + 1) ? 0 : digits;
}

/* "7GH2K", "A7K-92Q": capital letters and digits, as some services send them. */
static bool is_mixed_code(const struct hl_finder *f, struct hl_value v)
{
	struct hl_str raw = hl_finder_raw(f, v.start, v.end);
	struct hl_shape s = hl_shape_of(raw);
	return raw.len >= 5 && raw.len <= 9 && s.digits >= 2 && s.upper >= 1 && s.lower == 0 &&
	       s.signs + s.other == 0 && !hl_counts_something(f, hl_finder_word(f, v.end));
}

/* What an authenticator is set up with: capital letters and the digits 2 to 7. */
static bool is_base32(struct hl_str raw)
{
	struct hl_shape s = hl_shape_of(raw);
	return raw.len >= 16 && raw.len <= 64 && s.upper + s.digits == raw.len && s.upper >= 8 &&
	       memchr(raw.ptr, '0', raw.len) == NULL && memchr(raw.ptr, '1', raw.len) == NULL &&
	       memchr(raw.ptr, '8', raw.len) == NULL && memchr(raw.ptr, '9', raw.len) == NULL;
}

static bool has_card(const struct hl_finder *f)
{
	for (size_t i = 0; i < f->n_spans; i++)
		if (f->spans[i].kind == HL_SECRET_CARD)
			return true;
	return false;
}

static void find_code_after(struct hl_finder *f, const struct hl_mark *mark)
{
	static const char *const weak[] = {"ga", "sms", "verification", "信"};
	const struct hl_word *w = f->u->words;
	struct hl_value v = hl_finder_value(f, mark);
	bool sure = mark->kind != HL_MARK_CODE;
	size_t i = hl_finder_word(f, v.start), last;
	/* "g-482913" */
	if (i + 1 < f->u->n_words && w[i].form.len == 1 && w[i].latin &&
	    w[i + 1].kind == HL_WORD_NUMBER)
		i++;
	size_t digits = hl_code_at(f, i, &last);
	bool card_code = hl_str_starts(w[mark->first].form, HL_STR("cv")) || /* cvv, cvc */
			 hl_str_eq(w[mark->first].form, HL_STR("安"));
	card_code = card_code || has_card(f);
	size_t least = card_code || (sure && v.stated) ? 3 : sure || v.stated ? 4 : 6;
	/* the number after "sms" may be who sent it, one after "verification" when it was */
	if (HL_ONE_OF(w[mark->last].form, weak))
		least = v.stated ? 4 : 6;
	if (digits >= least && digits <= 8) {
		hl_finder_add(f, HL_SECRET_CODE, v.start < w[i].start ? v.start : w[i].start,
			      w[last].end);
		return;
	}
	if (sure && (is_mixed_code(f, v) || is_base32(hl_finder_raw(f, v.start, v.end)))) {
		hl_finder_add(f, HL_SECRET_CODE, v.start, v.end);
		return;
	}
	/* "the code you sent me does not work, 482913": six digits a little later */
	for (size_t k = i;
	     k < f->u->n_words && k < mark->last + 10u && w[k].sentence == w[mark->last].sentence;
	     k++) {
		if (hl_code_at(f, k, &last) == 6) {
			hl_finder_add(f, HL_SECRET_CODE, w[k].start, w[last].end);
			return;
		}
	}
}

/* "I entered 482913 and it says wrong code" */
static void find_entered_code(struct hl_finder *f, const struct hl_mark *mark)
{
	static const char *const entering[] = {"enter", "entered", "got",   "is", "put", "tried",
					       "type",	"typed",   "using", "入", "填"};
	const struct hl_word *w = f->u->words;
	for (size_t back = 2; back <= ENTERED_WITHIN && back <= mark->first; back++) {
		size_t i = mark->first - back, last;
		if (hl_code_at(f, i, &last) == 6 && w[i].sentence == w[mark->first].sentence &&
		    i > 0 && HL_ONE_OF(w[i - 1].form, entering))
			hl_finder_add(f, HL_SECRET_CODE, w[i].start, w[last].end);
	}
}

/* "482913 is my code", 482913是验证码 */
static void find_code_before(struct hl_finder *f, const struct hl_mark *mark)
{
	static const char *const stating[] = {"as", "is", "thats", "this", "是", "这"};
	const struct hl_word *w = f->u->words;
	for (size_t back = 1; back <= 5 && back <= mark->first; back++) {
		size_t i = mark->first - back, last;
		size_t digits = hl_code_at(f, i, &last);
		if (digits >= 4 && digits <= 8 && (digits == 6 || back <= 4) &&
		    w[i].sentence == w[mark->first].sentence) {
			bool is = HL_ONE_OF(w[last + 1].form, stating);
			if (is || (last + 1 == mark->first && digits == 6))
				hl_finder_add(f, HL_SECRET_CODE, w[i].start, w[last].end);
			return;
		}
	}
}

/* The end of the token at `at`, as codes are parted. */
static uint32_t code_end(struct hl_str t, uint32_t at)
{
	while (at < t.len && t.ptr[at] > ' ' && (unsigned char)t.ptr[at] < 0x7f &&
	       strchr(",;", t.ptr[at]) == NULL)
		at++;
	return at;
}

/* "ru3y gzgi rosm pjvd": a key as authenticators print it. Its end, or `at`. */
static uint32_t grouped_end(struct hl_str t, uint32_t at)
{
	uint32_t end = at, last = at;
	size_t groups = 0, digits = 0;
	for (;; groups++, last = end) {
		uint32_t start =
			end + (groups > 0 && end < t.len && strchr(" -", t.ptr[end]) != NULL);
		for (end = start; end < t.len && ((unsigned)(t.ptr[end] - 'a') < 26 ||
						  (unsigned)(t.ptr[end] - '0') < 10);)
			digits += (unsigned)(t.ptr[end++] - '0') < 10;
		if (end - start != 4)
			break;
	}
	return groups >= 4 && digits > 0 ? last : at;
}

/* The code at `at`, one number or two groups of one, or letters and digits; its end, or `at`. */
static uint32_t backup_code_end(const struct hl_finder *f, uint32_t at)
{
	struct hl_str t = f->u->normal.text;
	size_t i = hl_finder_word(f, at), last;
	uint32_t end = grouped_end(t, at);
	if (end > at)
		return end;
	if (hl_code_at(f, i, &last) >= 6 && f->u->words[i].start == at && last > i)
		return f->u->words[last].end; /* 8842 1093 */
	end = code_end(t, at);
	struct hl_shape s = hl_shape_of(hl_str_sub(t, at, end - at));
	struct hl_shape raw = hl_shape_of(hl_finder_raw(f, at, end));
	bool base32 = raw.upper >= 16 && raw.lower == 0;
	return end - at < 6 || (s.digits == 0 && !base32) || s.other > 0 ? at : end;
}

/* One after the other, as they are printed. */
static void find_backup_codes(struct hl_finder *f, const struct hl_mark *mark)
{
	struct hl_value v = hl_finder_value(f, mark);
	struct hl_str t = f->u->normal.text;
	uint32_t len = 0;
	for (uint32_t at = v.start, end;;) {
		end = backup_code_end(f, at);
		/* one of letters alone beside others that are as long */
		if (end == at && len > 0 && code_end(t, at) - at == len &&
		    memchr(t.ptr + at, '-', len) != NULL)
			end = at + len;
		if (end == at)
			break;
		len = end - at;
		hl_finder_add(f, HL_SECRET_CODE, at, end);
		for (at = end; at < t.len && strchr(" ,;\n", t.ptr[at]) != NULL;)
			at++;
	}
}

/* ------------------------------------------------------------------ documents, tokens, phones */

/* "E12345678 is my passport" */
static void find_passport_before(struct hl_finder *f, const struct hl_mark *mark)
{
	const struct hl_word *w = f->u->words;
	struct hl_str t = f->u->normal.text;
	size_t i = mark->first;
	while (i > 0 &&
	       (hl_str_eq(w[i - 1].form, HL_STR("my")) || hl_str_eq(w[i - 1].form, HL_STR("the")) ||
		hl_str_eq(w[i - 1].form, HL_STR("我")) || hl_str_eq(w[i - 1].form, HL_STR("的"))))
		i--;
	if (i < 2 ||
	    !(hl_str_eq(w[i - 1].form, HL_STR("is")) || hl_str_eq(w[i - 1].form, HL_STR("是"))))
		return;
	uint32_t end = w[i - 2].end, start = end;
	while (start > 0 &&
	       ((unsigned)(t.ptr[start - 1] - '0') < 10 || (unsigned)(t.ptr[start - 1] - 'a') < 26))
		start--;
	struct hl_shape s = hl_shape_of(hl_str_sub(t, start, end - start));
	if (end - start >= 6 && end - start <= 11 && s.digits >= 5)
		hl_finder_add(f, HL_SECRET_PASSPORT, start, end);
}

static void find_passport(struct hl_finder *f, const struct hl_mark *mark)
{
	find_passport_before(f, mark);
	struct hl_str t = f->u->normal.text;
	struct hl_value v = hl_finder_value(f, mark);
	/* "E 12345678" */
	if (v.end - v.start <= 2 && v.end + 1 < t.len && t.ptr[v.end] == ' ')
		for (v.end++; v.end < t.len && (unsigned)(t.ptr[v.end] - '0') < 10;)
			v.end++;
	struct hl_str text = hl_str_sub(t, v.start, v.end - v.start);
	struct hl_shape s = hl_shape_of(text);
	bool spaced = hl_str_find(text, HL_STR(" "), 0) != SIZE_MAX;
	if (text.len >= 6 && text.len <= 11 && s.digits >= 5 &&
	    s.digits + s.lower + spaced == text.len)
		hl_finder_add(f, HL_SECRET_PASSPORT, v.start, v.end);
}

static void find_id_card(struct hl_finder *f, const struct hl_mark *mark)
{
	struct hl_str t = f->u->normal.text;
	struct hl_value v = hl_finder_value(f, mark);
	/* "536 22 4567" */
	while (v.end - v.start <= 9 && v.end + 1 < t.len && t.ptr[v.end] == ' ' &&
	       (unsigned)(t.ptr[v.end - 1] - '0') < 10 && (unsigned)(t.ptr[v.end + 1] - '0') < 10)
		for (v.end++; v.end < t.len && (unsigned)(t.ptr[v.end] - '0') < 10;)
			v.end++;
	struct hl_str text = hl_str_sub(t, v.start, v.end - v.start);
	struct hl_shape s = hl_shape_of(text);
	if (text.len >= 8 && text.len <= 18 && s.digits >= 7 && text.len - s.digits <= 3 &&
	    s.other == 0)
		hl_finder_add(f, HL_SECRET_ID, v.start, v.end);
}

/* 0x and 40 digits: an account or a contract, whatever it is called. */
static bool is_chain_address(struct hl_str text)
{
	if (text.len != 42 || !hl_str_starts(text, HL_STR("0x")))
		return false;
	for (size_t i = 2; i < text.len; i++)
		if ((unsigned)(text.ptr[i] - '0') >= 10 &&
		    (unsigned)((text.ptr[i] | 0x20) - 'a') >= 6)
			return false;
	return true;
}

static void find_token(struct hl_finder *f, const struct hl_mark *mark)
{
	struct hl_value v = hl_finder_value(f, mark);
	struct hl_str raw = hl_finder_raw(f, v.start, v.end);
	struct hl_shape s = hl_shape_of(raw);
	/* "api: …" and "the key for …" may be followed by anything */
	bool loose =
		mark->kind == HL_MARK_KEY || hl_str_eq(f->u->words[mark->last].form, HL_STR("api"));
	if (v.stated && mark->kind != HL_MARK_KEY && is_base32(raw)) {
		hl_finder_add(f, HL_SECRET_API, v.start, v.end);
		return;
	}
	if (s.digits == 0 || s.lower + s.upper == 0 || s.other > 0 || is_chain_address(raw) ||
	    hl_str_find(raw, HL_STR("://"), 0) != SIZE_MAX)
		return;
	bool is_long = raw.len >= 16 && s.digits >= 2 && s.lower + s.upper >= 2;
	/* "okx api passphrase: hunter2xyz" */
	if ((is_long && (v.stated || mark->kind != HL_MARK_KEY)) ||
	    (v.stated && !loose && raw.len >= 8))
		hl_finder_add(f, HL_SECRET_API, v.start, v.end);
}

static void find_phone(struct hl_finder *f, const struct hl_mark *mark)
{
	struct hl_str t = f->u->normal.text;
	struct hl_value v = hl_finder_value(f, mark);
	uint32_t end = v.start;
	size_t digits = 0;
	for (uint32_t i = v.start;
	     i < t.len && (t.ptr[i] == '+' ||
			   (t.ptr[i] != '\0' && strchr("0123456789 -()./", t.ptr[i]) != NULL));
	     i++) {
		if ((unsigned)(t.ptr[i] - '0') < 10) {
			digits++;
			end = i + 1;
		}
	}
	size_t next = mark->last + 1;
	while (next < f->u->n_words && f->u->words[next].start < end)
		next++;
	if (digits >= 7 && digits <= 15 && !hl_counts_something(f, next))
		hl_finder_add(f, HL_SECRET_PHONE, v.start, end);
}

/* What is done about each kind of mark. */
typedef void find_fn(struct hl_finder *f, const struct hl_mark *mark);
static find_fn *const after[HL_MARK_COUNT] = {
	[HL_MARK_PASSWORD] = hl_find_password,
	[HL_MARK_CODE] = find_code_after,
	[HL_MARK_ONE_TIME] = find_code_after,
	[HL_MARK_BACKUP_CODE] = find_backup_codes,
	[HL_MARK_API] = find_token,
	[HL_MARK_KEY] = find_token,
	[HL_MARK_SECRET_KEY] = find_token,
	[HL_MARK_PASSPORT] = find_passport,
	[HL_MARK_PHONE] = find_phone,
	[HL_MARK_ID_CARD] = find_id_card,
	[HL_MARK_AT] = hl_find_told_email,
};

void hl_find_stated(struct hl_finder *f)
{
	for (size_t i = 0; i < f->n_marks; i++) {
		const struct hl_mark *mark = &f->marks[i];
		if (after[mark->kind] != NULL)
			after[mark->kind](f, mark);
		if (mark->kind == HL_MARK_CODE || mark->kind == HL_MARK_ONE_TIME)
			find_code_before(f, mark);
		if (mark->kind == HL_MARK_CODE || mark->kind == HL_MARK_ONE_TIME)
			find_entered_code(f, mark);
	}
}
