/*
 * The language of a message, so that it is answered in it. A wrong guess is worse than none: the
 * conversation's language then stays. So function words count, which no name, coin or link
 * contains, and one language must clearly have most.
 */
#include <string.h>

#include "text/chars.h"
#include "text/language.h"

#include "text/function_words.h"

#define N_LANGUAGES (sizeof languages / sizeof *languages)
#define N_SLOTS (sizeof hl_function_words / sizeof *hl_function_words)

_Static_assert(N_LANGUAGES == HL_LANGUAGES_MAX, "as language.h says");
_Static_assert(N_SLOTS == HL_TEXT_FUNCTION_WORDS, "as text.h says");

uint64_t hl_text_function_word(size_t number)
{
	return hl_function_words[number].key;
}

/* Scripts that tell the language by themselves. */
static const struct script {
	uint32_t first, last;
	struct hl_str lang;
	unsigned least; /* runs of letters needed: some write without spaces */
} scripts[] = {
	{0x0400, 0x052f, {"ru", 2}, 3}, {0x0590, 0x05ff, {"he", 2}, 3},
	{0x0600, 0x06ff, {"ar", 2}, 3}, {0x0900, 0x097f, {"hi", 2}, 3},
	{0x0e00, 0x0e7f, {"th", 2}, 1}, {0x3040, 0x30ff, {"ja", 2}, 1},
	{0xac00, 0xd7af, {"ko", 2}, 3},
};
#define N_SCRIPTS (sizeof scripts / sizeof *scripts)

_Static_assert(N_SCRIPTS + 1 == HL_SCRIPTS_MAX, "one more for all others");

static size_t script_of(const struct hl_word *word)
{
	const char *p = word->form.ptr;
	uint32_t code = word->form.len > 0 ? hl_utf8_next(&p, p + word->form.len) : 0;
	for (size_t i = 0; i < N_SCRIPTS; i++)
		if (code >= scripts[i].first && code <= scripts[i].last)
			return i;
	return N_SCRIPTS;
}

/* Apostrophes dropped. 0: too long to be a function word. */
static uint64_t key_of(struct hl_str written)
{
	uint64_t key = 0;
	unsigned bits = 0;
	for (size_t i = 0; i < written.len; i++) {
		if (written.ptr[i] == '\'')
			continue;
		if (bits == 64)
			return 0;
		key |= (uint64_t)(unsigned char)written.ptr[i] << bits;
		bits += 8;
	}
	return key;
}

void hl_tally_odd(struct hl_tally *tally, const struct hl_word *word, struct hl_str written)
{
	if (word->latin) {
		hl_tally_latin(tally, key_of(written));
	} else {
		tally->other++;
		tally->by_script[script_of(word)]++;
	}
}

void hl_tally_carry(struct hl_tally *tally)
{
	for (size_t i = 0; i < N_LANGUAGES; i++)
		tally->by_language[i] += (unsigned)(tally->spread >> (i * HL_SPREAD_BITS)) &
					 ((1u << HL_SPREAD_BITS) - 1);
	tally->spread = 0;
	tally->since = 0;
}

/* The index of the largest count, `n` when it is not larger than every other. */
static size_t only_largest(const unsigned *counts, size_t n)
{
	size_t best = 0;
	bool shared = false;
	for (size_t i = 1; i < n; i++) {
		shared = counts[i] == counts[best] || (shared && counts[i] < counts[best]);
		if (counts[i] > counts[best])
			best = i;
	}
	return shared || counts[best] == 0 ? n : best;
}

struct hl_str hl_tally_language(struct hl_tally *t)
{
	/* kana and Hangul stand beside Han in their own languages */
	if (t->han >= 2 && t->han >= t->latin && t->han >= t->other * 3)
		return HL_STR("zh");
	if (t->other > t->latin) {
		size_t script = only_largest(t->by_script, N_SCRIPTS);
		return script < N_SCRIPTS && t->other >= scripts[script].least
			       ? scripts[script].lang
			       : HL_NONE;
	}
	if (t->latin < 3)
		return HL_NONE;
	hl_tally_carry(t);
	size_t best = only_largest(t->by_language, N_LANGUAGES);
	/* names and borrowed words of others stand in English too */
	unsigned least = best == 0 ? 1 : 2;
	if (best == N_LANGUAGES || t->by_language[best] < least ||
	    t->by_language[best] * 6 < t->latin)
		return HL_NONE;
	return languages[best];
}
