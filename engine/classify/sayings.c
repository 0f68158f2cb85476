/* Cuts a whole message into known pieces, every way at once: which meanings reach each word. Knows
   nothing of the meanings. */
#include "classify/sayings.h"

static bool has_form(const struct hl_word *word, struct hl_str text)
{
	for (size_t i = 0; i <= word->n_also; i++)
		if (hl_str_eq(i ? word->also[i - 1] : word->form, text))
			return true;
	return false;
}

/* The next word of a piece: up to a space, or one Chinese character. */
static struct hl_str next_word(struct hl_str *rest)
{
	size_t n = 0;
	while (rest->len && *rest->ptr == ' ')
		*rest = hl_str_sub(*rest, 1, SIZE_MAX);
	if (rest->len && (unsigned char)*rest->ptr >= 0x80)
		n = hl_utf8_prefix(*rest, 1);
	else
		while (n < rest->len && rest->ptr[n] != ' ')
			n++;
	struct hl_str word = hl_str_sub(*rest, 0, n);
	*rest = hl_str_sub(*rest, n, SIZE_MAX);
	return word;
}

/* Words the piece takes from `at` on; 0: it does not stand there. */
static size_t piece_at(const struct hl_utterance *u, size_t at, const char *text)
{
	size_t n = 0;
	for (struct hl_str rest = hl_str_of(text); rest.len; n++)
		if (at + n >= u->n_words || !has_form(&u->words[at + n], next_word(&rest)))
			return 0;
	return n;
}

/* Eight bytes as a number that is larger where the text is. */
static uint64_t eight_of(const char *text)
{
	return __builtin_bswap64(hl_text_load8(text));
}

/* Where `text`, a piece, stands to texts that begin with `form`: before (negative), behind, or it
   does (0). */
static int order_of(const char *text, struct hl_str form)
{
	uint64_t a = eight_of(text), b = eight_of(form.ptr);
	unsigned beyond = form.len < sizeof a ? 8 * (unsigned)(sizeof a - form.len) : 0;
	if ((a ^ b) >> beyond)
		return a < b ? -1 : 1;
	for (size_t i = sizeof a; i < form.len; i++)
		if (text[i] != form.ptr[i])
			return (unsigned char)text[i] < (unsigned char)form.ptr[i] ? -1 : 1;
	return 0;
}

/* The first piece that does not stand before those that begin with `form`. */
static size_t lower_bound(const struct hl_saying *table, size_t n, struct hl_str form)
{
	size_t from = 0;
	while (from < n) {
		size_t mid = from + (n - from) / 2;
		if (order_of(table[mid].text, form) < 0)
			from = mid + 1;
		else
			n = mid;
	}
	return from;
}

/* The meanings that reach the words: `beside` of what may stand beside a core, `said` with one. */
struct reached {
	uint16_t beside[HL_SAYING_WORDS_MAX + 1], said[HL_SAYING_WORDS_MAX + 1];
	size_t furthest; /* behind it nothing is reached yet */
};

static void reach(struct reached *r, size_t at)
{
	r->furthest = at > r->furthest ? at : r->furthest;
}

static void take_piece(struct reached *r, const struct hl_saying *piece, size_t at, size_t words)
{
	unsigned any = piece->core | piece->with;
	r->beside[at + words] |= (uint16_t)(r->beside[at] & piece->with);
	r->said[at + words] |= (uint16_t)((r->said[at] & any) | (r->beside[at] & piece->core));
	reach(r, at + words);
}

uint16_t hl_sayings_scan(const struct hl_saying *table, size_t n, const struct hl_utterance *u)
{
	struct reached r = {.beside = {UINT16_MAX}};
	if (!u->n_words || u->n_words > HL_SAYING_WORDS_MAX)
		return 0;
	for (size_t at = 0; at <= r.furthest && at < u->n_words; at++) {
		const struct hl_word *word = &u->words[at];
		if (word->kind == HL_WORD_EMOJI) { /* it only underlines what is said */
			r.beside[at + 1] |= r.beside[at];
			r.said[at + 1] |= r.said[at];
			reach(&r, at + 1);
		}
		for (size_t f = 0; f <= word->n_also && (r.beside[at] | r.said[at]); f++) {
			struct hl_str form = f ? word->also[f - 1] : word->form;
			size_t i = form.len ? lower_bound(table, n, form) : n;
			for (; i < n && order_of(table[i].text, form) == 0; i++) {
				size_t words = piece_at(u, at, table[i].text);
				if (words)
					take_piece(&r, &table[i], at, words);
			}
		}
	}
	return r.said[u->n_words];
}
