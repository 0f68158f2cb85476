/*
 * Seed phrases that do not stand word by word: counted out ("first word is abandon, second word is
 * ability"), joined by "and", run together without spaces or letter by letter, or with so many
 * slips that too few words are listed. Looser readings find more in ordinary talk, so each asks for
 * a shape that talk has not: the same small words between all, nothing but listed words, or none of
 * the small words that sentences are made of.
 */
#include "secrets/finder.h"

#define ENOUGH 10u /* listed words, where nothing speaks of a seed phrase */
#define ENOUGH_LENIENT 7u
#define RARE_MIN 3u    /* of these not said all the time */
#define GAP_MAX 7u     /* small words between two of a phrase */
#define GLUED_MAX 224u /* letters of 24 words and some more */
#define GLUED_WORDS 11u
#define PHRASE 12u     /* words of the shortest */
#define SAID_WITHIN 5u /* words from "word" to what it is */
#define SLIPS_MAX 12u  /* words of a message that are looked for in the list with a slip */

static bool is_listed(const struct hl_finder *f, size_t i)
{
	return f->seed[i] == HL_SEED_WORD;
}

/* ------------------------------------------------------------------ counted out */

/* Words that count, and that join what was counted. */
static bool is_filler(const struct hl_word *word)
{
	static const char *const fillers[] = {
		"and",	    "are",	  "comma",    "eight",	   "eighteen",	"eighteenth",
		"eighth",   "eleven",	  "eleventh", "fifteen",   "fifteenth", "fifth",
		"finally",  "first",	  "five",     "four",	   "fourteen",	"fourteenth",
		"fourth",   "is",	  "last",     "nd",	   "next",	"nine",
		"nineteen", "nineteenth", "ninth",    "no",	   "number",	"one",
		"plus",	    "rd",	  "second",   "seven",	   "seventeen", "seventeenth",
		"seventh",  "six",	  "sixteen",  "sixteenth", "sixth",	"st",
		"ten",	    "tenth",	  "th",	      "the",	   "then",	"third",
		"thirteen", "thirteenth", "three",    "twelfth",   "twelve",	"twentieth",
		"twenty",   "two",	  "word",     "一",	   "七",	"三",
		"个",	    "九",	  "二",	      "五",	   "八",	"六",
		"到",	    "十",	  "单",	      "四",	   "是",	"第",
		"词",
	};
	return word->kind == HL_WORD_NUMBER || word->form.len == 1 ||
	       HL_ONE_OF(word->form, fillers);
}

struct counted {
	size_t first, last; /* words */
	size_t n, rare;
};

/* Words of the list with small words between each two, from `first` (listed) on. */
static struct counted count_from(const struct hl_finder *f, size_t first)
{
	struct counted c = {.first = first, .last = first};
	size_t gap = 1;
	for (size_t i = first; i < f->u->n_words && gap <= GAP_MAX; i++) {
		const struct hl_word *word = &f->u->words[i];
		if (is_filler(word)) {
			gap++;
			continue;
		}
		if (!is_listed(f, i) || gap == 0)
			break;
		c.n++;
		c.rare += !hl_seed_is_everyday(word->form);
		c.last = i;
		gap = 0;
	}
	return c;
}

static void find_counted(struct hl_finder *f, bool lenient)
{
	size_t enough = lenient ? ENOUGH_LENIENT : ENOUGH;
	for (size_t i = 0; i < f->u->n_words && f->listed >= enough; i++) {
		if (!is_listed(f, i) || is_filler(&f->u->words[i]))
			continue;
		struct counted c = count_from(f, i);
		if (c.n >= enough && c.rare * 10 >= c.n * 4)
			hl_finder_add(f, HL_SECRET_SEED, f->u->words[c.first].start,
				      f->u->words[c.last].end);
		i = c.last;
	}
}

/* ------------------------------------------------------------------ run together */

/* The letters are words of the list and nothing else: how many, 0: no. */
static unsigned words_in(const char *letters, size_t n)
{
	unsigned best[GLUED_MAX + 1] = {1}; /* words that end here, and one; 0: none end */
	for (size_t at = 0; at < n; at++) {
		uint64_t key = 0;
		for (size_t k = 0; best[at] != 0 && k < 8 && at + k < n; k++) {
			key |= (uint64_t)(unsigned char)letters[at + k] << 8 * k;
			unsigned *to = &best[at + k + 1];
			if (k >= 2 && best[at] + 1 > *to && hl_seed_is_word(key))
				*to = best[at] + 1;
		}
	}
	return best[n] > 0 ? best[n] - 1 : 0;
}

static void find_glued(struct hl_finder *f)
{
	struct hl_str t = f->u->normal.text;
	for (size_t i = 0; i < f->u->n_words; i++) {
		const struct hl_word *word = &f->u->words[i];
		size_t n = word->end - word->start;
		if (n >= HL_SEED_GLUED_MIN && n <= GLUED_MAX &&
		    words_in(t.ptr + word->start, n) >= GLUED_WORDS)
			hl_finder_add(f, HL_SECRET_SEED, word->start, word->end);
	}
}

static bool is_letter_alone(const struct hl_word *word)
{
	return word->latin && word->end - word->start == 1;
}

static void find_letter_by_letter(struct hl_finder *f)
{
	const struct hl_word *w = f->u->words;
	char letters[GLUED_MAX];
	for (size_t i = 0, n; i < f->u->n_words; i += n + 1) {
		for (n = 0; i + n < f->u->n_words && n < GLUED_MAX && is_letter_alone(&w[i + n]);
		     n++)
			letters[n] = w[i + n].form.ptr[0];
		if (n >= HL_SEED_GLUED_MIN && words_in(letters, n) >= GLUED_WORDS)
			hl_finder_add(f, HL_SECRET_SEED, w[i].start, w[i + n - 1].end);
	}
}

/* ------------------------------------------------------------------ full of slips */

/* The number of a word in a list, or its bullet. */
static bool is_place(const struct hl_word *word)
{
	return word->kind == HL_WORD_EMOJI ||
	       (word->kind == HL_WORD_NUMBER && word->end - word->start <= 2);
}

/* Could by its length be a word of the list gone wrong. */
static bool is_as_long(const struct hl_word *word)
{
	return word->latin && word->form.len >= 3 && word->form.len <= 9;
}

/* One of the small words that sentences are made of. */
static bool is_small_word(const struct hl_word *word)
{
	static const char *const small[] = {
		"and",	   "are",    "asked",  "been",	"but",	   "cant",    "did",  "didnt",
		"does",	   "doesnt", "dont",   "down",	"entered", "follows", "for",  "from",
		"get",	   "got",    "had",    "has",	"her",	   "here",    "his",  "how",
		"its",	   "lost",   "mine",   "my",	"not",	   "our",     "pls",  "plz",
		"saved",   "she",    "thanks", "thats", "the",	   "their",   "them", "these",
		"thx",	   "typed",  "was",    "were",	"why",	   "with",    "wont", "words",
		"written", "wrote",  "your",
	};
	return HL_ONE_OF(word->form, small);
}

struct slipped {
	size_t n, listed, rare;
};

static bool is_slipped_phrase(const struct slipped *s, bool lenient)
{
	return s->n >= (lenient ? ENOUGH : ENOUGH + 1) && s->listed * 10 >= s->n * 6 &&
	       s->rare * 10 >= s->n * (s->n >= PHRASE ? 3 : 4);
}

/* Words first … last-1, each listed or not small: taken apart where one is not nearly listed. */
static void judge_slipped(struct hl_finder *f, size_t first, size_t last, bool lenient,
			  unsigned *looks)
{
	const struct hl_word *w = f->u->words;
	struct slipped s = {0};
	size_t start = first;
	for (size_t i = first; i <= last; i++) {
		bool listed = i < last && is_listed(f, i);
		if (i < last && is_place(&w[i]))
			continue;
		if (listed || (i < last && w[i].form.len >= 4 && ++*looks <= SLIPS_MAX &&
			       hl_seed_nearly_listed(w[i].form, 1))) {
			s.n++;
			s.listed += listed;
			s.rare += listed && !hl_seed_is_everyday(w[i].form);
			continue;
		}
		if (is_slipped_phrase(&s, lenient))
			hl_finder_add(f, HL_SECRET_SEED, w[start].start, w[i - 1].end);
		s = (struct slipped){0};
		start = i + 1;
	}
}

/* Words first … last-1, all as long as listed ones: taken apart where a small one stands. */
static void find_slipped_within(struct hl_finder *f, size_t first, size_t last, bool lenient,
				unsigned *looks)
{
	const struct hl_word *w = f->u->words;
	for (size_t i = first, end; i < last; i = end + 1) {
		struct slipped s = {0};
		for (end = i; end < last; end++) {
			if (is_place(&w[end]))
				continue;
			if (is_small_word(&w[end]))
				break;
			s.n++;
			s.listed += is_listed(f, end);
			s.rare += is_listed(f, end) && !hl_seed_is_everyday(w[end].form);
		}
		/* those that are nearly listed may be fewer, not more */
		if (s.n > s.listed && s.n >= ENOUGH && s.listed >= HL_SEED_LEAST &&
		    s.rare >= RARE_MIN)
			judge_slipped(f, i, end, lenient, looks);
	}
}

static void find_slipped(struct hl_finder *f, bool lenient)
{
	const struct hl_word *w = f->u->words;
	unsigned looks = 0;
	for (size_t i = 0, end; i < f->u->n_words; i = end + 1) {
		size_t listed = 0;
		for (end = i; end < f->u->n_words; end++) {
			if (!is_as_long(&w[end]) && !is_place(&w[end]))
				break;
			listed += is_listed(f, end);
		}
		if (listed >= HL_SEED_LEAST)
			find_slipped_within(f, i, end, lenient, &looks);
	}
}

/* "… and the last word is abandon", beside the others. */
void hl_find_seed_words(struct hl_finder *f)
{
	const struct hl_word *w = f->u->words;
	for (size_t i = 0; i + 2 < f->u->n_words; i++) {
		if (!hl_str_eq(w[i].form, HL_STR("word")) && !hl_str_eq(w[i].form, HL_STR("one")))
			continue;
		for (size_t k = i + 1; k < i + SAID_WITHIN && k + 1 < f->u->n_words; k++)
			if (hl_str_eq(w[k].form, HL_STR("is")) && is_listed(f, k + 1))
				hl_finder_add(f, HL_SECRET_SEED, w[k + 1].start, w[k + 1].end);
	}
}

void hl_find_loose_seeds(struct hl_finder *f, bool lenient)
{
	if (f->long_word)
		find_glued(f);
	if (f->letters >= HL_SEED_GLUED_MIN)
		find_letter_by_letter(f);
	if (f->listed >= HL_SEED_LEAST && f->rare >= RARE_MIN) {
		find_counted(f, lenient);
		find_slipped(f, lenient);
	}
}
