/* Finds the place in a message where a second question begins: of the ends of sentences, words such
   as "also" and commas the first that leaves two sides the likeness is sure of. Knows
   words and scores; what two intents mean for the answer, decide.c knows. */
#include "decide/parts.h"

#include <string.h>

#define CUTS_MAX 4
#define PLAUSIBLE 3	  /* a side is about one of the whole's first so many guesses */
#define SECOND_LEAST 0.01 /* of the whole's second guess; below it there is no second question */
#define SIDE_LEAST 3u	  /* halves of a word, fewer are no question */

/* From strong to weak. */
enum cut_kind { CUT_SENTENCE, CUT_WORD, CUT_COMMA, CUT_NONE };

struct cut {
	uint32_t at; /* the second side's first word */
	enum cut_kind kind;
};

static const char *const openings[] = {
	"and",	"also", "plus", "then", "but",	"besides", "additionally", "separately", "另外",
	"还有", "顺便", "以及", "同时", "然后", "对了",	   "并且",	   "而且",	 "再",
};

static bool opens(const struct hl_utterance *u, const struct hl_word *word)
{
	struct hl_str text = u->normal.text;
	for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
		size_t len = strlen(openings[i]);
		bool long_enough = word->kind == HL_WORD_HAN ? text.len - word->start >= len
							     : word->end - word->start == len;
		if (long_enough && memcmp(text.ptr + word->start, openings[i], len) == 0)
			return true;
	}
	return false;
}

static enum cut_kind kind_before(const struct hl_utterance *u, uint32_t at)
{
	const struct hl_word *before = &u->words[at - 1], *word = &u->words[at];
	if (word->sentence != before->sentence)
		return CUT_SENTENCE;
	if (opens(u, word))
		return CUT_WORD;
	for (uint32_t i = before->end; i < word->start; i++)
		if (strchr(",;", u->normal.text.ptr[i]))
			return CUT_COMMA;
	return CUT_NONE;
}

/* The strongest few; of equal ones those that come first. */
static size_t find_cuts(struct cut cuts[CUTS_MAX], const struct hl_utterance *u)
{
	uint32_t left = 0;
	size_t n = 0;
	for (uint32_t at = 1; at < u->n_words; at++) {
		left += u->words[at - 1].size2;
		if (left < SIDE_LEAST || u->size2 - left < SIDE_LEAST)
			continue;
		enum cut_kind kind = kind_before(u, at);
		size_t place = n;
		while (place && cuts[place - 1].kind > kind)
			place--;
		if (kind == CUT_NONE || place == CUTS_MAX)
			continue;
		n += n < CUTS_MAX;
		memmove(cuts + place + 1, cuts + place, (n - 1 - place) * sizeof *cuts);
		cuts[place] = (struct cut){at, kind};
	}
	return n;
}

static int judge_side(struct hl_part *out, struct hl_reading *reading,
		      const struct hl_opinion *whole, uint32_t first, uint32_t n)
{
	const struct hl_ruleset *rules = reading->rules;
	struct hl_utterance side = *reading->utterance;
	struct hl_likeness_result result;
	side.words += first;
	side.n_words = n;
	*out = (struct hl_part){first, n, {0, 0}};
	int rc = hl_likeness_score(&result, rules->likeness, &reading->scratch->turn, &side);
	if (rc != HL_OK || !result.n || result.outside)
		return rc;
	out->guess = (struct hl_guess){rules->intent_of[result.top[0].klass], result.top[0].score};
	for (size_t i = 0; i < whole->n && i < PLAUSIBLE; i++)
		if (whole->top[i].intent == out->guess.intent)
			return HL_OK;
	out->guess.score = 0;
	return HL_OK;
}

int hl_parts_find(struct hl_parts *out, struct hl_reading *reading, const struct hl_opinion *whole)
{
	const struct hl_utterance *u = reading->utterance;
	struct cut cuts[CUTS_MAX];
	memset(out, 0, sizeof *out);
	if (whole->n < 2 || whole->top[1].score < SECOND_LEAST)
		return HL_OK;
	size_t n = find_cuts(cuts, u);
	for (size_t i = 0; i < n && out->n == 0; i++) {
		struct hl_part *v = out->v;
		uint32_t at = cuts[i].at, rest = (uint32_t)u->n_words - at;
		int rc = judge_side(&v[0], reading, whole, 0, at);
		if (rc == HL_OK && v[0].guess.score >= whole->threshold)
			rc = judge_side(&v[1], reading, whole, at, rest);
		if (rc != HL_OK)
			return rc;
		bool sure = v[0].guess.score >= whole->threshold &&
			    v[1].guess.score >= whole->threshold;
		out->n = sure && v[0].guess.intent != v[1].guess.intent ? 2 : 0;
	}
	return HL_OK;
}
