/* Finds the place in a message where a second question begins: of the ends of sentences, words such
   as "also" and commas the one that leaves the two surest sides. A side is sure by a rule, by a
   wish for a person, or by the likeness. Knows words and scores; what two intents mean for the
   answer, decide.c knows. */
#include "decide/parts.h"

#include <string.h>

#define CUTS_MAX 4
#define CONTEXT 0.5	  /* what the whole's likeness counts for a side's guess */
#define COMMA_SURER 0.7	  /* of what is missing to certainty */
#define TROUBLE_LEAST 0.1 /* the whole's likeness of what a side takes for trouble */
#define SIDE_LEAST 2u	  /* halves of a word, fewer are no question */

/* From strong to weak. */
enum cut_kind { CUT_SENTENCE, CUT_WORD, CUT_COMMA, CUT_NONE };

struct cut {
	uint32_t at; /* the second side's first word */
	enum cut_kind kind;
};

/* Words, and how the texts of Chinese characters begin. */
static const struct hl_str latin_openings[] = {
	{"additionally", 12}, {"also", 4}, {"and", 3},	     {"besides", 7},
	{"but", 3},	      {"n", 1},	   {"plus", 4},	     {"secondly", 8},
	{"separately", 10},   {"then", 4}, {"unrelated", 9},
};
static const struct hl_str han_openings[] = {
	{"另外", 6}, {"还有", 6}, {"顺便", 6}, {"顺带", 6}, {"以及", 6},
	{"同时", 6}, {"然后", 6}, {"对了", 6}, {"并且", 6}, {"而且", 6},
	{"再", 3},   {"还要", 6}, {"还想", 6}, {"其次", 6}, {"此外", 6},
};

static bool opens(const struct hl_utterance *u, const struct hl_word *word)
{
	bool han = word->kind == HL_WORD_HAN;
	const struct hl_str *v = han ? han_openings : latin_openings;
	size_t n = han ? sizeof han_openings / sizeof *han_openings
		       : sizeof latin_openings / sizeof *latin_openings;
	struct hl_str text = u->normal.text;
	text = hl_str_sub(text, word->start, han ? SIZE_MAX : word->end - word->start);
	for (size_t i = 0; i < n; i++)
		if (*v[i].ptr == *text.ptr && (han || v[i].len == text.len) &&
		    hl_str_starts(text, v[i]))
			return true;
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
		if (u->normal.text.ptr[i] == ',' || u->normal.text.ptr[i] == ';')
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

/* How sure both sides must be; at a comma much more, for most commas part no questions. */
static double bar_of(enum cut_kind kind, const struct hl_opinion *whole)
{
	double missing = 1 - whole->threshold;
	return whole->threshold + (kind == CUT_COMMA ? COMMA_SURER * missing : 0);
}

/* How likely each of a side's guesses is when what the whole message is like speaks for it too:
   "and what does it cost" alone could be anything. Half a sentence may sound like trouble that the
   whole is not. */
static void weigh_guess(struct hl_part *part, const struct hl_parts_wanted *c,
			const struct hl_likeness_result *side)
{
	for (size_t i = 0; i < side->n; i++) {
		uint32_t intent = c->reading->rules->intent_of[side->top[i].klass];
		double context = hl_opinion_of(c->whole, intent);
		if (c->reading->rules->intents[intent].sensitive && context < TROUBLE_LEAST)
			continue;
		double score = side->top[i].score + CONTEXT * context * (1 - side->top[i].score);
		if (score > part->guess.score)
			part->guess = (struct hl_guess){intent, score};
	}
}

static int judge_side(struct hl_part *out, const struct hl_parts_wanted *c, uint32_t first,
		      uint32_t n)
{
	struct hl_utterance side = *c->reading->utterance;
	struct hl_likeness_result result;
	struct hl_span wish;
	*out = (struct hl_part){.first = first, .n = n};
	for (size_t i = 0; i < c->n_ruled && !out->ruled; i++)
		out->ruled = c->ruled[i] >= first && c->ruled[i] < first + n;
	if (out->ruled)
		return HL_OK;
	side.words += first;
	side.n_words = n;
	out->human = hl_human_wanted(&wish, &side);
	if (out->human)
		return HL_OK;
	int rc = hl_likeness_score(&result, c->reading->rules->likeness, &c->reading->scratch->turn,
				   &side);
	if (rc == HL_OK && !result.outside)
		weigh_guess(out, c, &result);
	return rc;
}

static double surety(const struct hl_part *part)
{
	return part->ruled || part->human ? 1 : part->guess.score;
}

/* Two things, not one told twice or what rules found anyway. Where nothing but the likeness speaks,
   what the whole is likest must be one of them: else it is one thing told in halves that mislead.
 */
static bool differ(const struct hl_parts_wanted *c, const struct hl_part v[2])
{
	bool guessed[2];
	for (size_t i = 0; i < 2; i++)
		guessed[i] = !v[i].ruled && !v[i].human;
	if (!guessed[0] || !guessed[1])
		return !(v[0].ruled && v[1].ruled) && !(v[0].human && v[1].human);
	return v[0].guess.intent != v[1].guess.intent && c->whole->n > 0 &&
	       (c->whole->top[0].intent == v[0].guess.intent ||
		c->whole->top[0].intent == v[1].guess.intent);
}

/* Is the guess one that the side alone allows? Its `never` may be what the other side says. */
static int check_side(bool *allowed, const struct hl_parts_wanted *c, const struct hl_part *part)
{
	const struct hl_reading *whole = c->reading;
	const struct hl_word *words = whole->utterance->words + part->first;
	uint32_t start = words[0].start, end = words[part->n - 1].end;
	struct hl_utterance side;
	struct hl_reading reading;
	*allowed = true;
	if (part->ruled || part->human)
		return HL_OK;
	int rc = hl_utterance_read(&side, &whole->scratch->turn,
				   hl_str_sub(whole->utterance->normal.text, start, end - start),
				   NULL, 0);
	if (rc == HL_OK)
		rc = hl_reading_make(&reading, whole->scratch, whole->rules, &side);
	if (rc != HL_OK)
		return rc;
	reading.work = whole->work;
	*allowed = hl_classify_allowed(&reading, part->guess.intent, c->query, c->lang) &&
		   !reading.limit_hit;
	c->reading->work = reading.work;
	return HL_OK;
}

/* Are both sides sure enough? Gives how sure the less sure one is, 0 when not. */
static int judge_cut(double *both, struct hl_part v[2], const struct hl_parts_wanted *c,
		     const struct cut *cut, double best)
{
	double bar = bar_of(cut->kind, c->whole);
	bool allowed = true;
	*both = 0;
	int rc = judge_side(&v[0], c, 0, cut->at);
	if (rc != HL_OK || surety(&v[0]) < bar || surety(&v[0]) <= best)
		return rc;
	rc = judge_side(&v[1], c, cut->at, (uint32_t)c->reading->utterance->n_words - cut->at);
	if (rc != HL_OK || surety(&v[1]) < bar || surety(&v[1]) <= best || !differ(c, v))
		return rc;
	for (size_t i = 0; i < 2 && rc == HL_OK && allowed; i++)
		rc = check_side(&allowed, c, &v[i]);
	if (allowed)
		*both = surety(&v[0]) < surety(&v[1]) ? surety(&v[0]) : surety(&v[1]);
	return rc;
}

int hl_parts_find(struct hl_parts *out, const struct hl_parts_wanted *wanted)
{
	struct cut cuts[CUTS_MAX];
	double best = 0, both;
	out->n = 0;
	size_t n = find_cuts(cuts, wanted->reading->utterance);
	for (size_t i = 0; i < n; i++) {
		struct hl_part v[2];
		int rc = judge_cut(&both, v, wanted, &cuts[i], best);
		if (rc != HL_OK)
			return rc;
		if (both <= best)
			continue;
		best = both;
		*out = (struct hl_parts){{v[0], v[1]}, 2};
	}
	return HL_OK;
}
