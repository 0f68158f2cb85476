/*
 * The words that give a number or a token its meaning: six digits after "verification code" are a
 * secret, after "error code" they are not. Both languages; further ones are further lines.
 */
#include <string.h>

#include "secrets/finder.h"

#include "secrets/hints_table.h"
#include "secrets/marks_table.h"

#define N_SLOTS (sizeof mark_slots / sizeof *mark_slots)

/* Whether the words from `at` on are `said`; *last is the last of them. The first begins with the
   key that `said` begins with. */
static bool says(const struct hl_utterance *u, size_t at, struct hl_str said, size_t *last)
{
	size_t i = at;
	for (;; i++) {
		bool known = i == at && u->words[i].form.len <= sizeof u->words[i].key;
		if (i >= u->n_words || (!known && !hl_str_starts(said, u->words[i].form)))
			return false;
		said = hl_str_sub(said, u->words[i].form.len, said.len);
		if (said.len == 0)
			break;
		if (said.ptr[0] == ' ')
			said = hl_str_sub(said, 1, said.len);
		else if (u->words[i].kind != HL_WORD_HAN)
			return false;
	}
	*last = i;
	return true;
}

/* {"code":51008}: an answer of a program, no code that was sent to anybody. */
static bool is_name_of_json(const struct hl_utterance *u, size_t first, size_t last)
{
	struct hl_str t = u->normal.text;
	uint32_t start = u->words[first].start, end = u->words[last].end;
	return start > 0 && t.ptr[start - 1] == '"' && end + 1 < t.len && t.ptr[end] == '"' &&
	       t.ptr[end + 1] == ':';
}

static void mark_at(struct hl_finder *f, size_t i, const struct mark_slot *slot)
{
	size_t last;
	/* "error code": the code within is not another mark */
	if (f->n_marks > 0 && f->marks[f->n_marks - 1].last >= i)
		return;
	for (size_t k = slot->first; k < (size_t)slot->first + slot->n; k++) {
		if (!says(f->u, i, announced[k].words, &last))
			continue;
		enum hl_mark_kind kind = announced[k].kind;
		if (kind == HL_MARK_CODE && is_name_of_json(f->u, i, last))
			kind = HL_MARK_HARMLESS;
		if (announced[k].kind == HL_MARK_DIGIT) {
			f->spelt++;
			return;
		}
		struct hl_mark *mark = HL_PUSH(f->arena, f->marks, f->n_marks, f->cap_marks);
		if (mark == NULL)
			f->failed = true;
		else
			*mark = (struct hl_mark){kind, (uint32_t)i, (uint32_t)last};
		return;
	}
}

/* Marks begin with few words, so it stands apart from the loop over all of them. */
HL_APART static void look_for_mark(struct hl_finder *f, size_t i, uint64_t key)
{
	size_t slot = (size_t)(hl_word_hash(key) >> 54);
	if (hl_seed_listed(&f->u->words[i])) {
		f->listed++;
		f->rare++;
	}
	while (mark_slots[slot].n != 0 && mark_slots[slot].key != key)
		slot = (slot + 1) % N_SLOTS;
	if (mark_slots[slot].n != 0)
		mark_at(f, i, &mark_slots[slot]);
}

/* No word of a text: a number, a hash, a link. */
static void count_other(struct hl_finder *f, const struct hl_word *word)
{
	bool number = word->kind == HL_WORD_NUMBER;
	bool token = word->kind == HL_WORD_HASH || word->kind == HL_WORD_LINK;
	f->digits += number || token ? word->end - word->start : 0;
	f->long_word = f->long_word || token;
}

#define AT_ONCE 64 /* words, by bits of a number */

/* Up to AT_ONCE words from `first` on; gives those that may begin a mark, as bits. Has no branch on
   the hint, which nobody could foresee. */
static inline uint64_t count_words(struct hl_finder *f, size_t first, size_t n)
{
	uint32_t listed = 0, rare = 0, letters = 0;
	uint64_t marks = 0;
	for (size_t i = 0; i < n; i++) {
		const struct hl_word *word = &f->u->words[first + i];
		uint32_t bytes = word->end - word->start;
		if (word->kind != HL_WORD_LETTERS && word->kind != HL_WORD_HAN) {
			count_other(f, word);
			if (word->kind != HL_WORD_NUMBER)
				continue;
		}
		letters += bytes == 1;
		if (bytes >= HL_SEED_GLUED_MIN && word->latin)
			f->long_word = true;
		enum hl_hint hint = hl_word_hint(word->key);
		marks |= (uint64_t)(hint == HL_HINT_MARK) << i;
		rare += word->latin & (hint == HL_HINT_RARE);
		listed += word->latin & (hint == HL_HINT_RARE || hint == HL_HINT_LISTED);
	}
	f->letters += letters;
	f->listed += listed;
	f->rare += rare;
	return marks;
}

void hl_marks_find(struct hl_finder *f)
{
	for (size_t first = 0, n = f->u->n_words; first < n; first += AT_ONCE) {
		uint64_t marks = count_words(f, first, n - first < AT_ONCE ? n - first : AT_ONCE);
		for (; marks; marks &= marks - 1) {
			size_t i = first + (size_t)__builtin_ctzll(marks);
			look_for_mark(f, i, f->u->words[i].key);
		}
	}
}

bool hl_finder_has(const struct hl_finder *f, unsigned kinds)
{
	for (size_t i = 0; i < f->n_marks; i++)
		if (kinds >> f->marks[i].kind & 1)
			return true;
	return false;
}

uint32_t hl_finder_word(const struct hl_finder *f, uint32_t at)
{
	size_t low = 0, high = f->u->n_words;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (f->u->words[middle].start < at)
			low = middle + 1;
		else
			high = middle;
	}
	return (uint32_t)low;
}

const struct hl_mark *hl_finder_before(const struct hl_finder *f, unsigned kinds, uint32_t at,
				       uint32_t words)
{
	uint32_t here = hl_finder_word(f, at);
	size_t low = 0, high = f->n_marks;
	while (low < high) { /* the first mark that is not wholly before `here` */
		size_t middle = (low + high) / 2;
		if (f->marks[middle].last < here)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i > 0; i--) {
		const struct hl_mark *mark = &f->marks[i - 1];
		if (here - mark->last - 1 > words)
			return NULL;
		if (kinds >> mark->kind & 1)
			return mark;
	}
	return NULL;
}

/* As hl_str_cmp, but reads no further than the two differ: every word of a message is looked up. */
static int compare_text(const char *text, struct hl_str word)
{
	size_t i = 0;
	while (i < word.len && text[i] != 0 && text[i] == word.ptr[i])
		i++;
	if (i == word.len)
		return text[i] != 0;
	return (unsigned char)text[i] < (unsigned char)word.ptr[i] ? -1 : 1;
}

bool hl_one_of(struct hl_str word, const char *const *list, size_t n)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = compare_text(list[middle], word);
		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

struct hl_shape hl_shape_of(struct hl_str text)
{
	struct hl_shape s = {0};
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

/* ------------------------------------------------------------------ the value that follows */

/* Words that may stand between "password" and the password; each list sorted by bytes. */
static const char *const links[] = {
	"actually", "always", "are",  "as",   "be",  "changed", "chose", "code",  "es",	      "est",
	"for",	    "got",    "here", "i",    "is",  "ist",	"it",	 "its",	  "just",     "me",
	"my",	    "new",    "no",   "now",  "nr",  "number",	"only",	 "reads", "received", "s",
	"said",	    "says",   "sent", "set",  "shi", "should",	"shows", "still", "that",     "the",
	"this",	    "to",     "use",  "used", "was", "you",
};
static const char *const stating[] = {
	"are", "es", "est", "is", "ist", "its", "shi", "was", "为", "成", "是",
};
static const char *const han_links[] = {
	"下", "个", "为", "了", "你", "写", "到", "叫", "号", "如", "定", "就",
	"您", "成", "我", "收", "改", "是", "的", "码", "给", "置", "设", "这",
};

#define VALUE_MAX 512 /* bytes; longer tokens speak for themselves or are none */

static bool is_value_byte(char c)
{
	return c > ' ' && (unsigned char)c < 0x7f;
}

/* Skips spaces and signs; `:` and `=` state. */
static const char *skip_signs(const char *p, const char *end, bool *stated)
{
	static const struct hl_str brackets[] = {
		{"【", 3}, {"「", 3}, {"『", 3}, {"《", 3}, {"“", 3}};
	for (;;) {
		size_t i = 0, n = sizeof brackets / sizeof *brackets;
		while (p < end && strchr(" :=-\"'`#([{>\n", *p) != NULL) {
			*stated = *stated || *p == ':' || *p == '=';
			p++;
		}
		while (i < n && !hl_str_starts((struct hl_str){p, (size_t)(end - p)}, brackets[i]))
			i++;
		if (i == n)
			return p;
		p += brackets[i].len;
		*stated = true;
	}
}

struct hl_value hl_finder_value(const struct hl_finder *f, const struct hl_mark *mark)
{
	const char *text = f->u->normal.text.ptr, *end = text + f->u->normal.text.len;
	const char *p = text + f->u->words[mark->last].end;
	struct hl_value value = {0};
	uint32_t next = mark->last + 1;
	for (unsigned links_left = 6;; links_left--, next++) {
		p = skip_signs(p, end, &value.stated);
		if (links_left == 0 || next >= f->u->n_words || text + f->u->words[next].start != p)
			break;
		const struct hl_word *word = &f->u->words[next];
		/* "no." is short for number; any other sign right behind a word belongs to a value
		 */
		bool number = word->form.len == 2 && word->form.ptr[0] == 'n';
		const char *past = text + word->end;
		bool joined = past < end && is_value_byte(*past) &&
			      strchr(number ? " :=." : " :=", *past) == NULL;
		bool skip = word->kind == HL_WORD_HAN ? HL_ONE_OF(word->form, han_links)
						      : !joined && HL_ONE_OF(word->form, links);
		if (!skip)
			break;
		value.stated = value.stated || HL_ONE_OF(word->form, stating);
		p = text + word->end;
		if (number && p < end && *p == '.')
			p++;
	}
	const char *e = p;
	while (e < end && e - p < VALUE_MAX && is_value_byte(*e))
		e++;
	while (e > p && strchr(",.;)]}\"'?", e[-1]) != NULL)
		e--;
	value.start = (uint32_t)(p - text);
	value.end = (uint32_t)(e - text);
	return value;
}
