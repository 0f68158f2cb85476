/* Small readers of a message's words: one of a list, Chinese characters in a row, a number in
   digits or in Chinese numerals. Knows nothing of what they mean. */
#include "classify/said.h"

#include <string.h>

/* The next entry of a list; false when there is none left. */
static bool next_entry(struct hl_str *out, struct hl_str *rest)
{
	size_t space = hl_str_find(*rest, HL_STR(" "), 0);
	*out = hl_str_sub(*rest, 0, space);
	*rest = space == SIZE_MAX ? HL_NONE : hl_str_sub(*rest, space + 1, SIZE_MAX);
	return out->len > 0;
}

bool hl_said_one_of(const struct hl_utterance *u, size_t word, const char *list)
{
	struct hl_str rest = hl_str_of(list), entry;
	while (word < u->n_words && next_entry(&entry, &rest))
		if (hl_str_eq(u->words[word].form, entry))
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
		if (!hl_str_starts(text, form))
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
	struct hl_str rest = hl_str_of(list), entry;
	uint32_t best = 0;
	while (next_entry(&entry, &rest)) {
		uint32_t n = stands(u, word, entry);
		best = n > best ? n : best;
	}
	return best;
}

/* ------------------------------------------------------------------ numbers */

/* 0 to 9, 10 for 十, 100 for the larger units; -1: no numeral. */
static int numeral(const struct hl_utterance *u, size_t word)
{
	static const char *const digits[] = {"零", "一", "二", "三", "四",
					     "五", "六", "七", "八", "九"};
	if (word >= u->n_words || u->words[word].kind != HL_WORD_HAN)
		return -1;
	for (int i = 0; i < 10; i++)
		if (hl_said_han(u, word, digits[i]))
			return i;
	if (hl_said_one_of(u, word, "两"))
		return 2;
	if (hl_said_one_of(u, word, "〇"))
		return 0;
	if (hl_said_one_of(u, word, "十"))
		return 10;
	return hl_said_one_of(u, word, "百 千 万 亿") ? 100 : -1;
}

uint32_t hl_said_numerals(const struct hl_utterance *u, size_t word)
{
	uint32_t n = 0;
	if (word && word < u->n_words && u->words[word].glued && numeral(u, word - 1) >= 0)
		return 0;
	while (numeral(u, word + n) >= 0 && (!n || u->words[word + n].glued))
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
