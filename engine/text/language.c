/*
 * The language of a message, so that it is answered in it. A wrong guess is worse than none: the
 * conversation's language then stays. So function words count, which no name, coin or link
 * contains, and one language must clearly have most.
 */
#include <string.h>

#include "text/chars.h"
#include "text/text.h"

#include "text/function_words.h"

#define N_LANGUAGES (sizeof languages / sizeof *languages)
#define N_SLOTS (sizeof function_words / sizeof *function_words)

static uint64_t key_of_changed(const char *text, size_t len)
{
	uint64_t key = 0;
	unsigned bits = 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\'')
			continue;
		if (bits == 64)
			return 0;
		key |= (uint64_t)(unsigned char)text[i] << bits;
		bits += 8;
	}
	return key;
}

/* The word as its first eight bytes, accents kept: of Vietnamese and English they are all the
   difference. 0: too long to be one. */
static uint64_t key_of(const struct hl_utterance *u, const struct hl_word *word)
{
	const char *text = u->normal.text.ptr + word->start;
	size_t len = word->end - word->start;
	if (text != word->form.ptr)
		return key_of_changed(text, len);
	return len > sizeof(uint64_t) ? 0 : hl_word_key(word);
}

/* How many languages have it, seven bits for each. Each word has a place of its own in the table.
 */
static uint64_t languages_of(uint64_t key)
{
	uint64_t hash = key * 0x9e3779b97f4a7c15u;
	size_t slot = (size_t)((hash >> 24) + moved[hash >> 57]) % N_SLOTS;
	return function_words[slot].key == key ? function_words[slot].spread : 0;
}

_Static_assert(N_SLOTS == HL_TEXT_FUNCTION_WORDS, "as text.h says");

uint64_t hl_text_function_word(size_t number)
{
	return function_words[number].key;
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

static size_t script_of(const struct hl_word *word)
{
	const char *p = word->form.ptr;
	uint32_t code = word->form.len > 0 ? hl_utf8_next(&p, p + word->form.len) : 0;
	for (size_t i = 0; i < N_SCRIPTS; i++)
		if (code >= scripts[i].first && code <= scripts[i].last)
			return i;
	return N_SCRIPTS;
}

#define FIELD 7u /* bits of a language's count before it is carried over */

struct tally {
	unsigned han, latin, other;
	unsigned by_language[N_LANGUAGES];
	unsigned by_script[N_SCRIPTS + 1];
};

static void carry(struct tally *t, uint64_t spread)
{
	for (size_t i = 0; i < N_LANGUAGES; i++)
		t->by_language[i] += (unsigned)(spread >> (i * FIELD)) & ((1u << FIELD) - 1);
}

static void count_words(struct tally *t, const struct hl_utterance *u)
{
	uint64_t spread = 0;
	unsigned since = 0;
	for (const struct hl_word *word = u->words, *end = word + u->n_words; word < end; word++) {
		if (word->kind == HL_WORD_HAN) {
			t->han++;
		} else if (word->kind == HL_WORD_LETTERS && word->latin) {
			t->latin++;
			spread += languages_of(key_of(u, word));
			if (++since == (1u << FIELD) - 1) {
				carry(t, spread);
				spread = since = 0;
			}
		} else if (word->kind == HL_WORD_LETTERS) {
			t->other++;
			t->by_script[script_of(word)]++;
		}
	}
	carry(t, spread);
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

struct hl_str hl_text_language(const struct hl_utterance *u)
{
	struct tally t = {0};
	count_words(&t, u);
	/* kana and Hangul stand beside Han in their own languages */
	if (t.han >= 2 && t.han >= t.latin && t.han >= t.other * 3)
		return HL_STR("zh");
	if (t.other > t.latin) {
		size_t script = only_largest(t.by_script, N_SCRIPTS);
		return script < N_SCRIPTS && t.other >= scripts[script].least ? scripts[script].lang
									      : HL_NONE;
	}
	if (t.latin < 3)
		return HL_NONE;
	size_t best = only_largest(t.by_language, N_LANGUAGES);
	/* names and borrowed words of others stand in English too */
	unsigned least = best == 0 ? 1 : 2;
	if (best == N_LANGUAGES || t.by_language[best] < least || t.by_language[best] * 6 < t.latin)
		return HL_NONE;
	return languages[best];
}
