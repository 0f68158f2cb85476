/*
 * Passwords that their owner states: "my password is hunter2", "correct horse battery is my
 * password", 密码是abc123. What makes it hard is all that is said of passwords: "my password is
 * wrong again", "the password must have 8 characters".
 */
#include <string.h>

#include "secrets/finder.h"
#include "secrets/password_words.h"

#define WORDS_MAX 8u	  /* of a password in words */
#define HAN_ANSWER_MAX 8u /* characters */
#define QUOTED_MAX 80u	  /* bytes between quotes */

static bool is_prose(struct hl_str word)
{
	return HL_ONE_OF(word, prose) || hl_str_find(word, HL_STR("n't"), 0) != SIZE_MAX ||
	       (word.len > 5 &&
		(hl_str_ends(word, HL_STR("ed")) || hl_str_ends(word, HL_STR("ing")) ||
		 hl_str_ends(word, HL_STR("able")) || hl_str_ends(word, HL_STR("ly"))));
}

static struct hl_str folded(const struct hl_finder *f, uint32_t start, uint32_t end)
{
	return hl_str_sub(f->u->normal.text, start, end - start);
}

/* A length or a number of tries: "24h", "100%", "8-character". */
static bool is_quantity(struct hl_str text, struct hl_shape s)
{
	if (s.digits == 0 || (unsigned)(text.ptr[0] - '0') >= 10)
		return false;
	return (s.digits < text.len && s.digits <= 3 && text.len <= 6) ||
	       hl_str_find(text, HL_STR("-char"), 0) != SIZE_MAX;
}

/* No letter or sign that a word would not have. */
static bool is_letters(struct hl_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned)(text.ptr[i] - 'a') >= 26 && text.ptr[i] != '-' &&
		    text.ptr[i] != '\'')
			return false;
	return text.len > 0;
}

/* The token that begins at `at`, trailing signs of the sentence left out. */
static uint32_t token_end(struct hl_str t, uint32_t at)
{
	uint32_t end = at;
	while (end < t.len && t.ptr[end] > ' ' && (unsigned char)t.ptr[end] < 0x7f)
		end++;
	while (end > at && strchr(",.;:)]}\"'?", t.ptr[end - 1]) != NULL)
		end--;
	return end;
}

/* Nothing but a sign, a line's end, another script or a word that begins something else follows. */
static bool ends_clause(const struct hl_finder *f, uint32_t end)
{
	struct hl_str t = f->u->normal.text;
	while (end < t.len && strchr("\"')]} ", t.ptr[end]) != NULL)
		end++;
	if (end >= t.len || strchr(".,;!?\n", t.ptr[end]) != NULL ||
	    (unsigned char)t.ptr[end] >= 0x80)
		return true;
	return HL_ONE_OF(folded(f, end, token_end(t, end)), turns);
}

/* The end of a password in words that begins at `start`: words to the end of the clause of which
   few are prose. `start` itself: none. */
static uint32_t words_end(const struct hl_finder *f, uint32_t start)
{
	struct hl_str t = f->u->normal.text;
	uint32_t at = start, end = start;
	size_t n = 0, n_prose = 0;
	while (n < WORDS_MAX) {
		uint32_t e = token_end(t, at);
		struct hl_str word = folded(f, at, e);
		if (!is_letters(word) || (n > 0 && HL_ONE_OF(word, turns)))
			break;
		n++;
		n_prose += is_prose(word);
		end = e;
		if (e >= t.len || t.ptr[e] != ' ')
			break;
		at = e + 1;
	}
	bool enough = n == 1 ? end - start >= 4 : n > 1;
	if (!enough || (n < 3 && n_prose > 0) || n_prose * 3 > n || !ends_clause(f, end))
		return start;
	return end;
}

bool hl_is_password(const struct hl_finder *f, struct hl_value v)
{
	struct hl_str text = folded(f, v.start, v.end);
	struct hl_shape s = hl_shape_of(hl_finder_raw(f, v.start, v.end));
	if (text.len < 4 || is_quantity(text, s) || is_prose(text))
		return false;
	if (s.digits + s.signs > 0)
		return v.stated || (text.len >= 6 && s.digits > 0);
	return v.stated && words_end(f, v.start) > v.start;
}

/* Between quotes it is taken as it stands. */
static bool find_quoted(struct hl_finder *f, struct hl_value v)
{
	struct hl_str t = f->u->normal.text;
	char quote = v.start > 0 ? t.ptr[v.start - 1] : ' ';
	uint32_t end = v.start;
	if (!v.stated || (quote != '"' && quote != '\'' && quote != '`'))
		return false;
	while (end < t.len && end - v.start < QUOTED_MAX && t.ptr[end] != quote &&
	       t.ptr[end] != '\n')
		end++;
	if (end >= t.len || t.ptr[end] != quote || end - v.start < 4 ||
	    is_prose(folded(f, v.start, end)))
		return false;
	hl_finder_add(f, HL_SECRET_PASSWORD, v.start, end);
	return true;
}

static void add_stated(struct hl_finder *f, struct hl_value v)
{
	struct hl_str t = f->u->normal.text;
	if (find_quoted(f, v))
		return;
	if (!hl_is_password(f, v)) {
		uint32_t end = v.stated ? words_end(f, v.start) : v.start;
		hl_finder_add(f, HL_SECRET_PASSWORD, v.start, end);
		return;
	}
	uint32_t end = words_end(f, v.start);
	if (end < v.end)
		end = v.end;
	/* "abc 123 def": what goes on in the same manner belongs to it */
	for (uint32_t at = end; v.stated && at < t.len && t.ptr[at] == ' ';) {
		uint32_t e = token_end(t, at + 1);
		struct hl_shape s = hl_shape_of(folded(f, at + 1, e));
		if (s.digits + s.signs == 0 || s.digits == e - at - 1)
			break;
		at = end = e;
	}
	hl_finder_add(f, HL_SECRET_PASSWORD, v.start, end);
}

/* "hunter2 is my password", abc123是我的密码: the bytes before what states it. */
static void find_before(struct hl_finder *f, const struct hl_mark *mark)
{
	static const char *const between[] = {
		"account", "as",  "current", "for",	"her", "his", "login", "my", "new", "old",
		"our",	   "the", "this",    "trading", "个",  "交",  "人",    "号", "录",  "我",
		"户",	   "新",  "旧",	     "易",	"登",  "的",  "账",    "资", "这",  "金"};
	const struct hl_word *w = f->u->words;
	struct hl_str t = f->u->normal.text;
	size_t i = mark->first, skipped = 0;
	while (i > 0 && skipped++ < 6 && HL_ONE_OF(w[i - 1].form, between))
		i--;
	bool as = i < mark->first && hl_str_eq(w[i].form, HL_STR("as"));
	bool given_for = i < mark->first && i > 0 && hl_str_eq(w[i].form, HL_STR("for"));
	if (!as && i > 0 &&
	    (hl_str_eq(w[i - 1].form, HL_STR("is")) || hl_str_eq(w[i - 1].form, HL_STR("was")) ||
	     hl_str_eq(w[i - 1].form, HL_STR("是"))))
		i--;
	else if (!as && !given_for)
		return;
	uint32_t end = w[i].start, start;
	while (end > 0 && strchr(" \"'`,:", t.ptr[end - 1]) != NULL)
		end--;
	for (start = end;
	     start > 0 && t.ptr[start - 1] > ' ' && (unsigned char)t.ptr[start - 1] < 0x7f;)
		start--;
	while (start < end && strchr("\"'`(", t.ptr[start]) != NULL)
		start++;
	struct hl_str text = folded(f, start, end);
	struct hl_shape s = hl_shape_of(hl_finder_raw(f, start, end));
	if (text.len < 4 || is_quantity(text, s) || is_prose(text) ||
	    !ends_clause(f, w[mark->last].end))
		return;
	bool first = start == 0 || strchr(".,;!?\n:", t.ptr[start - 1]) != NULL ||
		     (start > 1 && t.ptr[start - 1] == ' ' &&
		      strchr(".,;!?:", t.ptr[start - 2]) != NULL);
	if (s.digits + s.signs > 0 || (!given_for && s.upper > 0 && s.lower > 0 && !first) ||
	    (!given_for && first && is_letters(text)))
		hl_finder_add(f, HL_SECRET_PASSWORD, start, end);
}

/* "from hunter2 to hunter3": both. */
static bool find_change(struct hl_finder *f, const struct hl_mark *mark)
{
	const struct hl_word *w = f->u->words;
	struct hl_str t = f->u->normal.text;
	bool any = false;
	size_t i = mark->last + 1;
	while (i + 1 < f->u->n_words && i <= mark->last + 4) {
		bool from = hl_str_eq(w[i].form, HL_STR("from")),
		     to = hl_str_eq(w[i].form, HL_STR("to"));
		if (!from && !to)
			break;
		uint32_t start = w[i].end + 1, end = token_end(t, start);
		struct hl_shape s = hl_shape_of(folded(f, start, end));
		if (s.digits + s.signs > 0 &&
		    hl_is_password(f, (struct hl_value){start, end, true})) {
			hl_finder_add(f, HL_SECRET_PASSWORD, start, end);
			any = true;
		}
		i = hl_finder_word(f, end);
	}
	return any;
}

/* "it says wrong password but hunter2 is right" */
static void find_defended(struct hl_finder *f, const struct hl_mark *mark)
{
	static const char *const praise[] = {"correct", "definitely", "perfectly",
					     "right",	"对",	      "正"};
	const struct hl_word *w = f->u->words;
	struct hl_str t = f->u->normal.text;
	for (size_t i = mark->last + 1; i + 2 < f->u->n_words && i < mark->last + 12u; i++) {
		uint32_t start = w[i].start, end = token_end(t, start);
		size_t is = hl_finder_word(f, end);
		struct hl_shape s = hl_shape_of(folded(f, start, end));
		if (s.digits > 0 && s.lower > 0 && end - start >= 6 && is + 1 < f->u->n_words &&
		    (hl_str_eq(w[is].form, HL_STR("is")) || hl_str_eq(w[is].form, HL_STR("是"))) &&
		    HL_ONE_OF(w[is + 1].form, praise) && !is_quantity(folded(f, start, end), s))
			hl_finder_add(f, HL_SECRET_PASSWORD, start, end);
	}
}

/* 答案是小白: a few characters to the end of the clause, none of which talks about an answer. */
static void find_han_answer(struct hl_finder *f, const struct hl_mark *mark)
{
	static const char *const talk[] = {"不", "么", "什", "哪", "啥", "在", "填", "对",
					   "忘", "怎", "改", "有", "没", "空", "记", "设",
					   "输", "过", "错", "吗", "呢", "能", "丢"};
	const struct hl_word *w = f->u->words;
	struct hl_value v = hl_finder_value(f, mark);
	size_t first = hl_finder_word(f, v.start), last = first;
	if (!v.stated || !hl_str_eq(w[mark->last].form, HL_STR("案")))
		return;
	for (; last < f->u->n_words && w[last].kind == HL_WORD_HAN &&
	       w[last].start == (last > first ? w[last - 1].end : v.start);
	     last++)
		for (size_t i = 0; i < sizeof talk / sizeof *talk; i++)
			if (hl_str_eq(w[last].form, hl_str_of(talk[i])))
				return;
	if (last > first && last - first <= HAN_ANSWER_MAX)
		hl_finder_add(f, HL_SECRET_PASSWORD, v.start, w[last - 1].end);
}

/* "pass level2" */
static bool is_step(const struct hl_finder *f, const struct hl_mark *mark, struct hl_value v)
{
	struct hl_shape s = hl_shape_of(hl_finder_raw(f, v.start, v.end));
	return hl_str_eq(f->u->words[mark->last].form, HL_STR("pass")) && s.digits <= 1 &&
	       s.signs + s.upper == 0;
}

void hl_find_password(struct hl_finder *f, const struct hl_mark *mark)
{
	find_before(f, mark);
	find_defended(f, mark);
	find_han_answer(f, mark);
	struct hl_value v = hl_finder_value(f, mark);
	if (!find_change(f, mark) && (v.stated || !is_step(f, mark, v)))
		add_stated(f, v);
}
