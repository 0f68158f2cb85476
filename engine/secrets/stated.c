/*
 * What is a secret because its writer says so: "my password is …", "the code I got: 482913",
 * passport numbers, API secrets; and e-mail addresses. The hard part is what is not: "my password
 * is wrong", "error code 50012", "code expired after 10 minutes".
 */
#include <string.h>

#include "secrets/finder.h"

#define BIT(kind) (1u << HL_MARK_##kind)

struct shape { /* what a value is made of */
	size_t digits, lower, upper, signs, other;
};

static struct shape shape_of(struct hl_str text)
{
	struct shape s = {0};
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		s.digits += (unsigned)(c - '0') < 10;
		s.lower += (unsigned)(c - 'a') < 26;
		s.upper += (unsigned)(c - 'A') < 26;
		s.signs += c != '\0' && strchr("@#$%^&*!_+=~", c) != NULL;
		s.other += (unsigned char)c >= 0x7f;
	}
	return s;
}

/* ------------------------------------------------------------------ passwords */

/* What is said of passwords, not what they are. Sorted by bytes. */
static const char *const not_passwords[] = {
	"a",	     "about",	  "above",     "account",    "accurate", "active",    "again",
	"already",   "also",	  "always",    "an",	     "and",	 "another",   "at",
	"bad",	     "be",	  "because",   "below",	     "best",	 "better",    "blank",
	"broken",    "but",	  "by",	       "can",	     "cannot",	 "clear",     "code",
	"correct",   "different", "does",      "dont",	     "easy",	 "email",     "empty",
	"enough",    "error",	  "fine",      "for",	     "from",	 "gone",      "good",
	"google",    "hacked",	  "hard",      "help",	     "here",	 "hidden",    "how",
	"i",	     "if",	  "important", "impossible", "in",	 "incorrect", "insecure",
	"invalid",   "known",	  "like",      "long",	     "lost",	 "manager",   "mandatory",
	"me",	     "missing",	  "mismatch",  "mine",	     "my",	 "necessary", "needed",
	"never",     "new",	  "no",	       "none",	     "not",	 "nothing",   "now",
	"of",	     "off",	  "ok",	       "okay",	     "old",	 "on",	      "only",
	"open",	     "optional",  "or",	       "our",	     "out",	 "please",    "private",
	"protected", "question",  "really",    "recovery",   "reset",	 "right",     "safe",
	"same",	     "secret",	  "secure",    "short",	     "simple",	 "so",	      "still",
	"stolen",    "strong",	  "stuck",     "sure",	     "that",	 "the",	      "there",
	"they",	     "this",	  "to",	       "too",	     "true",	 "unknown",   "update",
	"used",	     "valid",	  "very",      "wallet",     "weak",	 "what",      "when",
	"where",     "which",	  "who",       "why",	     "with",	 "wrong",     "yes",
	"yet",	     "you",	  "your",
};

static bool is_said_of_passwords(struct hl_str word)
{
	if (hl_str_ends(word, HL_STR("ed")) || hl_str_ends(word, HL_STR("ing")) ||
	    hl_str_ends(word, HL_STR("able")) || hl_str_find(word, HL_STR("n't"), 0) != SIZE_MAX)
		return true;
	for (size_t i = 0; i < sizeof not_passwords / sizeof *not_passwords; i++)
		if (hl_str_eq(word, hl_str_of(not_passwords[i])))
			return true;
	return false;
}

/* A length or a number of tries, not a password: "24h", "100%", "8-character". */
static bool is_quantity(struct hl_str text, struct shape s)
{
	if (s.digits == 0 || (unsigned)(text.ptr[0] - '0') >= 10)
		return false;
	return (s.digits < text.len && s.digits <= 3 && text.len <= 6) ||
	       hl_str_find(text, HL_STR("-char"), 0) != SIZE_MAX;
}

static bool ends_clause(const struct hl_finder *f, uint32_t end)
{
	struct hl_str t = f->u->normal.text;
	while (end < t.len && strchr("\"')]} ", t.ptr[end]) != NULL)
		end++;
	return end >= t.len || strchr(".,;!?\n", t.ptr[end]) != NULL ||
	       (unsigned char)t.ptr[end] >= 0x80;
}

static bool is_password(const struct hl_finder *f, struct hl_value v)
{
	struct hl_str folded = hl_str_sub(f->u->normal.text, v.start, v.end - v.start);
	struct shape s = shape_of(hl_finder_raw(f, v.start, v.end));
	if (folded.len < 4 || is_quantity(folded, s) || is_said_of_passwords(folded))
		return false;
	if (s.digits + s.signs > 0 && (s.digits + s.lower + s.upper > 0 || folded.len >= 4))
		return v.stated || (folded.len >= 6 && s.digits > 0);
	/* letters alone: only as the last word of "my password is sunshine" */
	return v.stated && s.lower + s.upper == folded.len && ends_clause(f, v.end);
}

/* ------------------------------------------------------------------ codes */

/* What a number before it counts, so that it is no code. */
static const char *const units[] = {
	"usdt",	  "usd",     "btc",	"eth",	      "usdc",  "bnb",	  "sol",    "trx",
	"eur",	  "dollars", "times",	"min",	      "mins",  "minutes", "minute", "seconds",
	"second", "hours",   "hour",	"days",	      "day",   "digits",  "digit",  "u",
	"rmb",	  "cny",     "percent", "characters", "weeks", "months",  "years",  "coins"};
static const char *const han_units[] = {"分", "秒", "次", "个", "元", "天",
					"小", "位", "年", "月", "块", "刀"};

static bool counts_something(const struct hl_finder *f, size_t next)
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

/* The number at word `i`, perhaps in two groups ("123 456", "123-456"); its digits, 0: none. */
static size_t code_at(const struct hl_finder *f, size_t i, size_t *last)
{
	const struct hl_word *w = f->u->words;
	*last = i;
	if (i >= f->u->n_words || w[i].kind != HL_WORD_NUMBER)
		return 0;
	size_t digits = shape_of(w[i].form).digits;
	if (digits != w[i].form.len)
		return 0;
	if (digits == 3 && i + 1 < f->u->n_words && w[i + 1].kind == HL_WORD_NUMBER &&
	    w[i + 1].form.len == 3 && w[i + 1].start == w[i].end + 1) {
		*last = i + 1;
		digits = 6;
	}
	bool glued = *last + 1 < f->u->n_words && w[*last + 1].glued &&
		     w[*last + 1].kind == HL_WORD_LETTERS;
	return glued || counts_something(f, *last + 1) ? 0 : digits;
}

static void find_code_after(struct hl_finder *f, const struct hl_mark *mark)
{
	const struct hl_word *w = f->u->words;
	struct hl_value v = hl_finder_value(f, mark);
	bool sure = mark->kind != HL_MARK_CODE;
	size_t i = mark->last + 1, last;
	while (i < f->u->n_words && w[i].start < v.start)
		i++;
	/* "g-482913" */
	if (i + 1 < f->u->n_words && w[i].form.len == 1 && w[i].latin &&
	    w[i + 1].kind == HL_WORD_NUMBER)
		i++;
	size_t digits = code_at(f, i, &last);
	bool card_code = hl_str_starts(w[mark->first].form, HL_STR("cv")); /* cvv, cvc */
	size_t least = card_code || (sure && v.stated) ? 3 : sure || v.stated ? 4 : 5;
	if (digits >= least && digits <= 8) {
		hl_finder_add(f, HL_SECRET_CODE, v.start < w[i].start ? v.start : w[i].start,
			      w[last].end);
		return;
	}
	/* "the code you sent me does not work, 482913": six digits a little later */
	for (size_t k = i;
	     k < f->u->n_words && k < mark->last + 10u && w[k].sentence == w[mark->last].sentence;
	     k++) {
		if (code_at(f, k, &last) == 6) {
			hl_finder_add(f, HL_SECRET_CODE, w[k].start, w[last].end);
			return;
		}
	}
}

/* "482913 is my code", 482913是验证码 */
static void find_code_before(struct hl_finder *f, const struct hl_mark *mark)
{
	const struct hl_word *w = f->u->words;
	for (size_t back = 1; back <= 5 && back <= mark->first; back++) {
		size_t i = mark->first - back, last;
		size_t digits = code_at(f, i, &last);
		if (digits >= 4 && digits <= 8 && (digits == 6 || back <= 4) &&
		    w[i].sentence == w[mark->first].sentence) {
			bool is = hl_str_eq(w[last + 1].form, HL_STR("is")) ||
				  hl_str_eq(w[last + 1].form, HL_STR("是")) ||
				  hl_str_eq(w[last + 1].form, HL_STR("这")) ||
				  hl_str_eq(w[last + 1].form, HL_STR("as"));
			if (is || (last + 1 == mark->first && digits == 6))
				hl_finder_add(f, HL_SECRET_CODE, w[i].start, w[last].end);
			return;
		}
	}
}

static void find_backup_codes(struct hl_finder *f, const struct hl_mark *mark)
{
	struct hl_value v = hl_finder_value(f, mark);
	struct hl_str t = f->u->normal.text;
	/* one after the other, as they are printed */
	for (uint32_t at = v.start; at < v.end;) {
		struct shape s = shape_of(hl_str_sub(t, at, v.end - at));
		if (v.end - at < 6 || s.digits == 0 || s.other > 0)
			break;
		hl_finder_add(f, HL_SECRET_CODE, at, v.end);
		at = v.end;
		while (at < t.len && strchr(" ,;\n", t.ptr[at]) != NULL)
			at++;
		for (v.end = at;
		     v.end < t.len && t.ptr[v.end] > ' ' && strchr(",;", t.ptr[v.end]) == NULL;)
			v.end++;
	}
}

/* ------------------------------------------------------------------ documents, tokens, phones */

static void find_passport(struct hl_finder *f, const struct hl_mark *mark)
{
	struct hl_str t = f->u->normal.text;
	struct hl_value v = hl_finder_value(f, mark);
	/* "E 12345678" */
	if (v.end - v.start <= 2 && v.end + 1 < t.len && t.ptr[v.end] == ' ')
		for (v.end++; v.end < t.len && (unsigned)(t.ptr[v.end] - '0') < 10;)
			v.end++;
	struct hl_str text = hl_str_sub(t, v.start, v.end - v.start);
	struct shape s = shape_of(text);
	bool spaced = hl_str_find(text, HL_STR(" "), 0) != SIZE_MAX;
	if (text.len >= 6 && text.len <= 11 && s.digits >= 5 &&
	    s.digits + s.lower + spaced == text.len)
		hl_finder_add(f, HL_SECRET_PASSPORT, v.start, v.end);
}

static void find_id_card(struct hl_finder *f, const struct hl_mark *mark)
{
	struct hl_value v = hl_finder_value(f, mark);
	struct hl_str text = hl_str_sub(f->u->normal.text, v.start, v.end - v.start);
	struct shape s = shape_of(text);
	if (text.len >= 8 && text.len <= 18 && s.digits >= 7 && text.len - s.digits <= 3 &&
	    s.other == 0)
		hl_finder_add(f, HL_SECRET_ID, v.start, v.end);
}

static void find_token(struct hl_finder *f, const struct hl_mark *mark)
{
	struct hl_value v = hl_finder_value(f, mark);
	struct hl_str raw = hl_finder_raw(f, v.start, v.end);
	struct shape s = shape_of(raw);
	bool link = hl_str_find(raw, HL_STR("://"), 0) != SIZE_MAX;
	if (raw.len >= 16 && s.digits >= 2 && s.lower + s.upper >= 2 && s.other == 0 && !link)
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
	if (digits >= 7 && digits <= 15 && !counts_something(f, next))
		hl_finder_add(f, HL_SECRET_PHONE, v.start, end);
}

static void find_password(struct hl_finder *f, const struct hl_mark *mark)
{
	struct hl_value v = hl_finder_value(f, mark);
	if (is_password(f, v))
		hl_finder_add(f, HL_SECRET_PASSWORD, v.start, v.end);
}

/* ------------------------------------------------------------------ e-mail */

static bool is_local(char c)
{
	return (unsigned)(c - 'a') < 26 || (unsigned)(c - '0') < 10 ||
	       (c != '\0' && strchr("._%+-", c) != NULL);
}

static void find_emails(struct hl_finder *f)
{
	struct hl_str t = f->u->normal.text;
	for (size_t at = 0; (at = hl_str_find(t, HL_STR("@"), at)) != SIZE_MAX; at++) {
		size_t start = at, end = at + 1;
		while (start > 0 && is_local(t.ptr[start - 1]))
			start--;
		while (start < at && strchr(".-", t.ptr[start]) != NULL)
			start++;
		while (end < t.len && is_local(t.ptr[end]) && t.ptr[end] != '%' &&
		       t.ptr[end] != '+')
			end++;
		while (end > at && (t.ptr[end - 1] == '.' || t.ptr[end - 1] == '-'))
			end--;
		size_t dot = end - 1;
		while (dot > at && t.ptr[dot] != '.')
			dot--;
		if (start < at && dot > at + 1 && end > dot + 2 &&
		    (unsigned)(t.ptr[dot + 1] - 'a') < 26)
			hl_finder_add(f, HL_SECRET_EMAIL, (uint32_t)start, (uint32_t)end);
	}
}

/* What is done about each kind of mark. */
typedef void find_fn(struct hl_finder *f, const struct hl_mark *mark);
static find_fn *const after[HL_MARK_HARMLESS + 1] = {
	[HL_MARK_PASSWORD] = find_password,   [HL_MARK_CODE] = find_code_after,
	[HL_MARK_ONE_TIME] = find_code_after, [HL_MARK_BACKUP_CODE] = find_backup_codes,
	[HL_MARK_API] = find_token,	      [HL_MARK_PASSPORT] = find_passport,
	[HL_MARK_PHONE] = find_phone,	      [HL_MARK_ID_CARD] = find_id_card,
};

void hl_find_stated(struct hl_finder *f)
{
	for (size_t i = 0; i < f->n_marks; i++) {
		const struct hl_mark *mark = &f->marks[i];
		if (after[mark->kind] != NULL)
			after[mark->kind](f, mark);
		if (mark->kind == HL_MARK_CODE || mark->kind == HL_MARK_ONE_TIME)
			find_code_before(f, mark);
	}
	find_emails(f);
}
