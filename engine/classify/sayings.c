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

/* The first piece whose text does not begin with a smaller byte. */
static size_t lower_bound(const struct hl_saying *table, size_t n, unsigned char byte)
{
	size_t from = 0;
	while (from < n) {
		size_t mid = from + (n - from) / 2;
		if ((unsigned char)*table[mid].text < byte)
			from = mid + 1;
		else
			n = mid;
	}
	return from;
}

uint16_t hl_sayings_scan(const struct hl_saying *table, size_t n, const struct hl_utterance *u)
{
	uint16_t beside[HL_SAYING_WORDS_MAX + 1] = {0}, said[HL_SAYING_WORDS_MAX + 1] = {0};
	if (!u->n_words || u->n_words > HL_SAYING_WORDS_MAX)
		return 0;
	beside[0] = UINT16_MAX;
	for (size_t at = 0; at < u->n_words; at++) {
		struct hl_str form = u->words[at].form;
		if (!(beside[at] | said[at]) || !form.len)
			continue;
		/* all forms of a word begin alike */
		unsigned char byte = (unsigned char)*form.ptr;
		for (size_t i = lower_bound(table, n, byte);
		     i < n && (unsigned char)*table[i].text == byte; i++) {
			const struct hl_saying *piece = &table[i];
			size_t words = piece_at(u, at, piece->text);
			unsigned any = piece->core | piece->with;
			if (!words)
				continue;
			beside[at + words] |= (uint16_t)(beside[at] & piece->with);
			said[at + words] |=
				(uint16_t)((said[at] & any) | (beside[at] & piece->core));
		}
	}
	return said[u->n_words];
}
