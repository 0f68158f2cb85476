/* Small readers of a message's words: one of a list, Chinese characters in a row, a number in
   digits or in Chinese numerals. Knows nothing of what they mean. */
#include "classify/said.h"

#include <string.h>

/* The next entry of a list; false when there is none left. Lists are short and asked for every word
   of a message: no call is worth making. */
static bool next_entry(struct hl_str *out, const char **rest)
{
	const char *from = *rest, *to = from;
	while (*to && *to != ' ')
		to++;
	*out = (struct hl_str){from, (size_t)(to - from)};
	*rest = *to ? to + 1 : to;
	return to > from;
}

bool hl_said_one_of(const struct hl_utterance *u, size_t word, const char *list)
{
	struct hl_str entry;
	if (word >= u->n_words || !u->words[word].form.len)
		return false;
	struct hl_str form = u->words[word].form;
	while (next_entry(&entry, &list))
		if (*entry.ptr == *form.ptr && hl_str_eq(form, entry))
			return true;
	return false;
}

static uint32_t stands(const struct hl_utterance *u, size_t word, struct hl_str text)
{
	uint32_t n = 0;
	while (text.len) {
		if (word + n >= u->n_words || u->words[word + n].kind != HL_WORD_HAN ||
		    (n && !u->words[word + n].glued))
			return 0;
		struct hl_str form = u->words[word + n].form;
		if (*text.ptr != *form.ptr || !hl_str_starts(text, form))
			return 0;
		text = hl_str_sub(text, form.len, SIZE_MAX);
		n++;
	}
	return n;
}

uint32_t hl_said_han(const struct hl_utterance *u, size_t word, const char *text)
{
	return stands(u, word, hl_str_of(text));
}

uint32_t hl_said_any_han(const struct hl_utterance *u, size_t word, const char *list)
{
	struct hl_str entry;
	uint32_t best = 0;
	if (word >= u->n_words || u->words[word].kind != HL_WORD_HAN)
		return 0;
	while (next_entry(&entry, &list)) {
		uint32_t n = stands(u, word, entry);
		best = n > best ? n : best;
	}
	return best;
}

/* ------------------------------------------------------------------ numbers */

/* 0 to 9, 10 for 十, 100 for the larger units; -1: no numeral. */
static int numeral(const struct hl_utterance *u, size_t word)
{
	if (word >= u->n_words || u->words[word].kind != HL_WORD_HAN)
		return -1;
	const char *p = u->words[word].form.ptr;
	switch (hl_utf8_next(&p, p + u->words[word].form.len)) {
	case u'零':
	case u'〇':
		return 0;
	case u'一':
		return 1;
	case u'二':
	case u'两':
		return 2;
	case u'三':
		return 3;
	case u'四':
		return 4;
	case u'五':
		return 5;
	case u'六':
		return 6;
	case u'七':
		return 7;
	case u'八':
		return 8;
	case u'九':
		return 9;
	case u'十':
		return 10;
	case u'百':
	case u'千':
	case u'万':
	case u'亿':
		return 100;
	default:
		return -1;
	}
}

uint32_t hl_said_numerals(const struct hl_utterance *u, size_t word)
{
	/* most words are none, so the one before is looked at second */
	if (numeral(u, word) < 0 || (word && u->words[word].glued && numeral(u, word - 1) >= 0))
		return 0;
	uint32_t n = 1;
	while (numeral(u, word + n) >= 0 && u->words[word + n].glued)
		n++;
	return n;
}

/* 三, 十, 十五, 二十, 二十五 */
static uint32_t small_numerals(int *value, const struct hl_utterance *u, size_t word)
{
	uint32_t n = hl_said_numerals(u, word);
	int tens = numeral(u, word);
	if (!n || n > 3)
		return 0;
	if (n == 1) {
		*value = tens;
		return tens <= 10;
	}
	bool teens = tens == 10;
	int sign = numeral(u, word + 1), ones = teens ? sign : n == 3 ? numeral(u, word + 2) : 0;
	if ((teens ? n != 2 : sign != 10) || tens < 1 || ones > 9)
		return 0;
	*value = (teens ? 1 : tens) * 10 + ones;
	return n;
}

uint32_t hl_said_number(int *value, const struct hl_utterance *u, size_t word)
{
	if (word >= u->n_words)
		return 0;
	const struct hl_word *w = &u->words[word];
	if (w->kind == HL_WORD_HAN)
		return small_numerals(value, u, word);
	if (w->kind != HL_WORD_NUMBER || w->end - w->start > 4)
		return 0;
	*value = 0;
	for (uint32_t i = w->start; i < w->end; i++) {
		char c = u->normal.text.ptr[i];
		if (c < '0' || c > '9')
			return 0;
		*value = *value * 10 + (c - '0');
	}
	return 1;
}
