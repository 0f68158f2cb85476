/* Each kind of rule against a message: phrases through their net, words item by item, patterns
   through PCRE2. Knows what counts for rank; the order of rules is decided elsewhere. */
#include "classify/match.h"

#include "classify/chain.h"

struct places { /* ascending, none twice */
	uint32_t *v;
	size_t n, cap;
};
struct united { /* what the items of a `words:` rule took */
	struct places words, marked;
	struct hl_capture *captures;
	size_t n_captures, cap_captures;
};

/* A word for each item, and one more. */
static bool make_places(struct united *u, struct hl_arena *turn, size_t n)
{
	u->words.cap = u->marked.cap = n;
	u->words.v = hl_arena_array(turn, 2 * n, sizeof *u->words.v);
	u->marked.v = u->words.v ? u->words.v + n : NULL;
	return u->words.v != NULL;
}

static inline bool put_place(struct places *p, struct hl_arena *turn, uint32_t word)
{
	size_t at = p->n;
	while (at && p->v[at - 1] >= word)
		at--;
	if (at < p->n && p->v[at] == word)
		return true;
	if (p->n == p->cap && !hl_vec_room(turn, &p->v, p->n, &p->cap, sizeof *p->v))
		return false;
	for (size_t i = p->n++; i > at; i--)
		p->v[i] = p->v[i - 1];
	p->v[at] = word;
	return true;
}

static bool add_item(struct united *u, struct hl_arena *turn, const struct hl_match *item)
{
	for (size_t i = 0; i < item->n_words; i++)
		if (!put_place(&u->words, turn, item->words[i]))
			return false;
	for (size_t i = 0; i < item->n_marked; i++)
		if (!put_place(&u->marked, turn, item->marked[i]))
			return false;
	for (size_t i = 0; i < item->n_captures; i++) {
		struct hl_capture *capture =
			HL_PUSH(turn, u->captures, u->n_captures, u->cap_captures);
		if (!capture)
			return false;
		*capture = item->captures[i];
	}
	return true;
}

static int take_item(struct united *u, struct hl_reading *r, const struct hl_graph *graph)
{
	struct hl_arena *turn = &r->scratch->turn;
	struct hl_one one;
	int rc = hl_match_one(&one, r, graph);
	if (rc == HL_OK) {
		bool room = put_place(&u->marked, turn, one.word) &&
			    (!one.size2 || put_place(&u->words, turn, one.word));
		return room ? HL_OK : HL_NOMEM;
	}
	if (rc != HL_LIMIT)
		return rc;
	struct hl_match item;
	rc = hl_match_graph(&item, r, graph);
	if (rc != HL_OK)
		return rc;
	return add_item(u, turn, &item) ? HL_OK : HL_NOMEM;
}

static HL_APART int match_words(struct hl_match *out, struct hl_reading *r,
				const struct hl_words *words)
{
	const struct hl_graph *graph = hl_words_items(words);
	struct united u = {.captures = NULL};
	uint32_t max = words->max_words;
	if (max && (r->utterance->size2 + 1) / 2 > max)
		return HL_NOT_FOUND;
	if (!make_places(&u, &r->scratch->turn, (size_t)words->n_all + 1))
		return HL_NOMEM;
	for (uint32_t i = 0; i < words->n_all; i++, graph = hl_graph_next(graph)) {
		int rc = take_item(&u, r, graph);
		if (rc != HL_OK)
			return rc;
	}
	for (uint32_t i = 0; i < words->n_none; i++, graph = hl_graph_next(graph)) {
		struct hl_match item;
		int rc = hl_match_graph(&item, r, graph);
		if (rc != HL_NOT_FOUND)
			return rc == HL_OK ? HL_NOT_FOUND : rc;
	}
	*out = (struct hl_match){.words = u.words.v,
				 .n_words = u.words.n,
				 .marked = u.marked.v,
				 .n_marked = u.marked.n,
				 .captures = u.captures,
				 .n_captures = u.n_captures};
	for (size_t i = 0; i < out->n_words; i++)
		out->size2 += hl_reading_size(r, out->words[i]);
	out->first = out->n_marked ? out->marked[0] : 0;
	return HL_OK;
}

static int pattern_captures(struct hl_match *out, struct hl_reading *r,
			    const struct hl_pattern *pattern, const struct hl_pcre_match *match)
{
	struct hl_capture *captures =
		HL_NEW_ARRAY(&r->scratch->turn, pattern->n_groups + 1, struct hl_capture);
	size_t n = 0;
	if (!captures)
		return HL_NOMEM;
	for (uint32_t g = 0; g < pattern->n_groups; g++) {
		const PCRE2_SIZE *pair = match->groups + 2 * pattern->groups[g].number;
		if (pair[0] == PCRE2_UNSET || pair[0] >= pair[1])
			continue;
		struct hl_capture *capture = &captures[n++];
		*capture = (struct hl_capture){.name = pattern->groups[g].name,
					       .atom = HL_NO_ATOM,
					       .start = (uint32_t)pair[0],
					       .end = (uint32_t)pair[1]};
		capture->n = hl_reading_words(&capture->word, r, pair[0], pair[1]);
	}
	out->captures = captures;
	out->n_captures = n;
	return HL_OK;
}

/* The numbers of all words, made once a message: a pattern takes some in a row. */
static const uint32_t *all_words(struct hl_reading *r)
{
	size_t n = r->utterance->n_words;
	if (r->numbers)
		return r->numbers;
	uint32_t *numbers = hl_arena_array(&r->scratch->turn, n + 1, sizeof *numbers);
	for (uint32_t i = 0; numbers && i < n; i++)
		numbers[i] = i;
	r->numbers = numbers;
	return numbers;
}

static HL_APART int match_pattern(struct hl_match *out, struct hl_reading *r,
				  const struct hl_rule *rule)
{
	struct hl_pcre_match match;
	uint32_t first = 0, n = 0;
	int rc = rule->chained ? hl_chain_search(&match, r, rule->chain, 0)
			       : hl_pcre_search(&match, r, hl_rule_pattern(rule), 0);
	if (rc != HL_OK)
		return rc;
	if (match.start < match.end)
		n = hl_reading_words(&first, r, match.start, match.end);
	if (match.start == match.end) {
		first = 0;
		n = (uint32_t)r->utterance->n_words;
	}
	const uint32_t *words = all_words(r);
	if (!words)
		return HL_NOMEM;
	words += first;
	*out = (struct hl_match){.size2 = r->size_before[first + n] - r->size_before[first],
				 .first = first,
				 .words = words,
				 .n_words = n,
				 .marked = words,
				 .n_marked = n};
	/* the whole match is a group too */
	return match.n_groups > 1 ? pattern_captures(out, r, hl_rule_pattern(rule), &match) : HL_OK;
}

int hl_match_rule(struct hl_match *out, struct hl_reading *reading, const struct hl_rule *rule)
{
	switch ((enum hl_by)rule->by) {
	case HL_BY_PHRASE:
		return hl_match_graph(out, reading, rule->phrase);
	case HL_BY_WORDS:
		return match_words(out, reading, rule->words);
	case HL_BY_PATTERN:
		return match_pattern(out, reading, rule);
	default:
		return HL_NOT_FOUND;
	}
}
