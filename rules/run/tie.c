/*
 * Pairs of rules that are equal on some message. Two phrases meet where the end of one is the
 * beginning of the other, or where one stands in the other's gap; `words:` rules meet in any word
 * that both have. Such messages are made of the texts the two spell, and the engine says whether
 * they tie on them. Each rule's first texts are tried before any rule's second: where a budget ends
 * the search, no rule was left out.
 */
#include <stdlib.h>
#include <string.h>

#include "base/u8.h"
#include "run/conflict.h"
#include "run/customer.h"

#define TEXTS_A_RULE 48u /* of a rule, while there is room */
#define TEXTS_LEAST 4u	 /* of every rule */
#define TEXTS_MAX 30000u /* of all rules */
#define PARTS_MAX 8u
#define TRIES_MAX 100000u   /* messages made, all in all */
#define TRIES_A_PAIR 32u    /* of two rules, a quarter of them a round */
#define LOOKS_MAX 60000000u /* places compared */
#define PAIRS_ROOM 262144u  /* a power of two */

/* One text of a rule, cut into words; a part is what stands between two gaps. */
struct text {
	const struct hl_tried *rule;
	const struct hl_str *words;
	size_t parts[PARTS_MAX + 1]; /* where each begins; after the last: n_words */
	size_t n_parts, n_words;
};
struct pair {
	uint64_t key; /* of the two rules; 0: free */
	uint32_t tries;
};
struct begin { /* a part that begins with `word` */
	struct hl_str word;
	const struct text *text;
	size_t part;
};
struct search {
	struct hl_conflicts *out;
	struct hl_pool *pool;
	const struct hl_rules *rules;
	struct hl_scratch *scratch;
	const struct hl_tried *tried;
	struct text *texts;
	size_t *first; /* text of each rule */
	struct begin *begins;
	struct pair *pairs;
	size_t n_texts, n_begins, n_pairs, first_tie;
	unsigned tries, looks, round;
};

/* ------------------------------------------------------------------ texts to words */

static bool stands_alone(uint32_t point)
{
	return point >= 0x2E80;
}

/* The word at `at`: one Chinese character, or a run up to a space. */
static size_t word_length(struct hl_str text, size_t at)
{
	uint32_t point;
	size_t end = at + hl_u8_next(&point, text, at);
	if (stands_alone(point))
		return end - at;
	while (end < text.len && text.ptr[end] != ' ') {
		size_t n = hl_u8_next(&point, text, end);
		if (stands_alone(point))
			break;
		end += n;
	}
	return end - at;
}

static size_t count_words(struct hl_str text)
{
	size_t n = 0;
	for (size_t at = 0; at < text.len; n++)
		at += text.ptr[at] == ' ' || text.ptr[at] == '*' ? 1 : word_length(text, at);
	return n;
}

static bool cut(struct text *out, struct hl_pool *pool, struct hl_str text)
{
	struct hl_str *words = hl_pool_array(pool, count_words(text), sizeof(*words));
	out->n_parts = 1;
	out->parts[0] = 0;
	for (size_t at = 0; words && at < text.len;) {
		if (text.ptr[at] == ' ') {
			at++;
		} else if (text.ptr[at] == '*') {
			at++;
			if (out->n_parts == PARTS_MAX)
				return false;
			out->parts[out->n_parts++] = out->n_words;
		} else {
			size_t len = word_length(text, at);
			words[out->n_words++] = (struct hl_str){text.ptr + at, len};
			at += len;
		}
	}
	out->parts[out->n_parts] = out->n_words;
	out->words = words;
	return words && out->n_words > 0;
}

static int order_begins(const void *a, const void *b)
{
	const struct begin *x = a, *y = b;
	int by_word = hl_view_order(x->word, y->word);
	if (by_word != 0)
		return by_word;
	return x->text != y->text ? (x->text > y->text ? 1 : -1)
				  : (x->part > y->part) - (x->part < y->part);
}

static unsigned texts_a_rule(size_t n)
{
	size_t room = TEXTS_MAX / (n ? n : 1);
	return room > TEXTS_A_RULE  ? TEXTS_A_RULE
	       : room < TEXTS_LEAST ? TEXTS_LEAST
				    : (unsigned)room;
}

/* The texts of one rule, and its parts among the begins. */
static void list_rule(struct search *s, const struct hl_tried *tried, unsigned most)
{
	const struct hl_pack *pack = &s->rules->load.pack;
	bool whole = tried->by == HL_BY_PHRASE && tried->line->text.ptr[0] == '=';
	/* of a text there and back the one will do where no order counts */
	unsigned step = tried->by == HL_BY_WORDS && tried->words->all.n > 1 ? 2 : 1;
	for (unsigned nth = 0; nth < most * step && !whole; nth += step) {
		struct text *text = &s->texts[s->n_texts];
		struct hl_str spelt;
		*text = (struct text){.rule = tried};
		if (hl_tried_text(&spelt, s->pool, pack, tried, nth) != HL_SPELL_TEXT)
			return;
		if (!cut(text, s->pool, spelt))
			continue;
		s->n_texts++;
		for (size_t p = 0; p < text->n_parts; p++)
			if (text->parts[p] < text->parts[p + 1])
				s->begins[s->n_begins++] =
					(struct begin){text->words[text->parts[p]], text, p};
	}
}

static int list_texts(struct search *s, size_t n)
{
	unsigned most = texts_a_rule(n);
	s->texts = hl_pool_array(s->pool, n * most + 1, sizeof(*s->texts));
	s->begins = hl_pool_array(s->pool, n * most * PARTS_MAX + 1, sizeof(*s->begins));
	s->first = hl_pool_array(s->pool, n + 1, sizeof(*s->first));
	s->pairs = hl_pool_array(s->pool, PAIRS_ROOM, sizeof(*s->pairs));
	if (s->pool->failed)
		return HL_NOMEM;
	for (size_t i = 0; i < n; i++) {
		list_rule(s, &s->tried[i], most);
		s->first[i + 1] = s->n_texts;
	}
	if (s->n_begins > 1)
		qsort(s->begins, s->n_begins, sizeof(*s->begins), order_begins);
	return s->pool->failed ? HL_NOMEM : HL_OK;
}

/* What was done with two rules so far; NULL: there is no more room to remember it. */
static struct pair *pair_of(struct search *s, const struct hl_tried *a, const struct hl_tried *b)
{
	uint64_t x = (uint64_t)(a - s->tried) + 1, y = (uint64_t)(b - s->tried) + 1;
	uint64_t key = x < y ? x << 32 | y : y << 32 | x;
	size_t slot = (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 40) % PAIRS_ROOM;
	while (s->pairs[slot].key && s->pairs[slot].key != key)
		slot = (slot + 1) % PAIRS_ROOM;
	if (!s->pairs[slot].key && s->n_pairs++ > PAIRS_ROOM / 2)
		return NULL;
	s->pairs[slot].key = key;
	return &s->pairs[slot];
}

/* ------------------------------------------------------------------ messages */

static struct hl_str join(struct hl_pool *pool, struct hl_str message, const struct text *text,
			  size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		uint32_t point;
		hl_u8_next(&point, text->words[i], 0);
		message = hl_pool_format(pool, HL_FMT "%s" HL_FMT, HL_ARG(message),
					 message.len && !stands_alone(point) ? " " : "",
					 HL_ARG(text->words[i]));
	}
	return message;
}

/* Can both intents be there for one customer? */
static bool may_meet(const struct hl_intent *a, const struct hl_intent *b)
{
	for (size_t i = 0; i < a->only_if.n; i++)
		for (size_t k = 0; k < b->only_if.n; k++) {
			const struct hl_cond *x = &a->only_if.v[i], *y = &b->only_if.v[k];
			bool shared = false;
			if (!hl_view_equal(x->name, y->name))
				continue;
			for (size_t p = 0; p < x->values.n; p++)
				for (size_t q = 0; q < y->values.n; q++)
					shared = shared ||
						 hl_view_equal(x->values.v[p], y->values.v[q]);
			if (x->op == y->op ? x->op == HL_COND_IS && !shared
					   : shared && x->values.n == 1 && y->values.n == 1)
				return false;
		}
	return true;
}

/* Do the two rules tie on the message, as the engine has it? */
static int try_message(struct search *s, const struct hl_tried *a, const struct hl_tried *b,
		       struct hl_str text, struct pair *pair)
{
	struct hl_verdict v;
	struct hl_customer customer = {.n_attrs = 0};
	hl_customer_meet(&customer, a->intent);
	hl_customer_meet(&customer, b->intent);
	struct hl_query query = hl_customer_query(&customer, text, HL_NONE);
	const struct hl_hit *x = NULL, *y = NULL;
	pair->tries++;
	if (s->tries++ >= TRIES_MAX || s->out->n - s->first_tie == HL_TIES_MAX) {
		s->out->more = true;
		return HL_OK;
	}
	int status = hl_classify(&v, s->scratch, s->rules->set, &query);
	if (status != HL_OK)
		return status < 0 ? status : HL_OK;
	for (size_t i = 0; i < v.n_hits; i++) {
		x = v.hits[i].src.node == a->src.node ? &v.hits[i] : x;
		y = v.hits[i].src.node == b->src.node ? &v.hits[i] : y;
	}
	if (!x || !y)
		return HL_OK;
	const struct hl_hit *lost = x->lost_to == y->intent ? x : y;
	const struct hl_hit *won = lost == x ? y : x;
	if (!lost->equal || lost->lost_to != won->intent)
		return HL_OK;
	const struct hl_tried *loser = lost == x ? a : b, *winner = lost == x ? b : a;
	pair->tries = TRIES_A_PAIR; /* proved */
	s->out->v[s->out->n++] = (struct hl_report_conflict){.kind = HL_CONFLICT_TIED,
							     .src = loser->src,
							     .other_src = winner->src,
							     .intent = loser->intent->id,
							     .other = winner->intent->id,
							     .by = loser->by,
							     .other_by = winner->by,
							     .witness = text,
							     .why = lost->lost};
	return HL_OK;
}

/* ------------------------------------------------------------------ meetings */

/* How many words the end of `a`'s part, from `from` on, and the beginning of `b`'s part share: all
   of what is left of `a`'s part, or 0. */
static size_t overlap(const struct text *a, size_t from, size_t end, const struct text *b,
		      size_t part)
{
	size_t n = end - from, begin = b->parts[part];
	if (n > b->parts[part + 1] - begin)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (!hl_view_equal(a->words[from + i], b->words[begin + i]))
			return 0;
	return n;
}

/* The end of a's part `pa` is the beginning of b's part `pb`: what stands before the one goes
   before, what stands behind the other behind. Only where one of the two has nothing there is it
   one message. */
static struct hl_str meet(struct search *s, const struct text *a, size_t pa, const struct text *b,
			  size_t pb, size_t shared)
{
	if (pa + 1 < a->n_parts && pb > 0)
		return HL_NONE;
	struct hl_str message = join(s->pool, HL_NONE, b, 0, b->parts[pb]);
	message = join(s->pool, message, a, 0, a->parts[pa + 1]);
	message = join(s->pool, message, b, b->parts[pb] + shared, b->n_words);
	return join(s->pool, message, a, a->parts[pa + 1], a->n_words);
}

/* Is b's part one of a's too? */
static bool has_part(const struct text *a, const struct text *b, size_t part)
{
	size_t n = b->parts[part + 1] - b->parts[part];
	for (size_t p = 0; p < a->n_parts; p++)
		if (a->parts[p + 1] - a->parts[p] == n &&
		    overlap(a, a->parts[p], a->parts[p + 1], b, part) == n)
			return true;
	return false;
}

/* In any order: the parts that meet side by side, each other part once. */
static struct hl_str meet_free(struct search *s, const struct text *a, size_t pa,
			       const struct text *b, size_t pb, size_t shared)
{
	struct hl_str message = HL_NONE;
	for (size_t p = 0; p < a->n_parts; p++)
		if (p != pa)
			message = join(s->pool, message, a, a->parts[p], a->parts[p + 1]);
	message = join(s->pool, message, a, a->parts[pa], a->parts[pa + 1]);
	message = join(s->pool, message, b, b->parts[pb] + shared, b->parts[pb + 1]);
	for (size_t p = 0; p < b->n_parts; p++)
		if (p != pb && !has_part(a, b, p))
			message = join(s->pool, message, b, b->parts[p], b->parts[p + 1]);
	return message;
}

static unsigned tries_by_now(const struct search *s)
{
	unsigned by_now = (s->round + 1) * TRIES_A_PAIR / 4;
	return by_now < TRIES_A_PAIR ? by_now : TRIES_A_PAIR;
}

static int meet_pair(struct search *s, const struct text *a, size_t pa, const struct begin *begin,
		     size_t shared)
{
	const struct text *b = begin->text;
	struct pair *pair = pair_of(s, a->rule, b->rule);
	if (!pair) {
		s->out->more = true;
		return HL_OK;
	}
	if (pair->tries >= tries_by_now(s) || !may_meet(a->rule->intent, b->rule->intent))
		return HL_OK;
	struct hl_str message = a->rule->by == HL_BY_WORDS
					? meet_free(s, a, pa, b, begin->part, shared)
					: meet(s, a, pa, b, begin->part, shared);
	if (s->pool->failed)
		return HL_NOMEM;
	return message.len ? try_message(s, a->rule, b->rule, message, pair) : HL_OK;
}

/* First of the parts that begin with the word. */
static size_t find_begin(const struct search *s, struct hl_str word)
{
	size_t low = 0, high = s->n_begins;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (hl_view_order(s->begins[middle].word, word) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int meet_all(struct search *s, const struct text *a, size_t pa, size_t from)
{
	struct hl_str word = a->words[from];
	int status = HL_OK;
	for (size_t i = find_begin(s, word); status == HL_OK && i < s->n_begins; i++) {
		const struct begin *begin = &s->begins[i];
		const struct text *b = begin->text;
		s->out->more |= s->looks++ >= LOOKS_MAX;
		if (s->out->more || !hl_view_equal(begin->word, word))
			break;
		if (a->rule->intent == b->rule->intent || a->rule->by != b->rule->by)
			continue;
		size_t shared = overlap(a, from, a->parts[pa + 1], b, begin->part);
		if (shared)
			status = meet_pair(s, a, pa, begin, shared);
	}
	return status;
}

static int meet_text(struct search *s, const struct text *text)
{
	int status = HL_OK;
	for (size_t p = 0; status == HL_OK && p < text->n_parts; p++)
		for (size_t w = text->parts[p]; status == HL_OK && w < text->parts[p + 1]; w++)
			status = meet_all(s, text, p, w);
	return status;
}

int hl_ties_find(struct hl_conflicts *out, struct hl_pool *pool, const struct hl_rules *rules,
		 struct hl_scratch *scratch, const struct hl_tried *tried, size_t n)
{
	struct search s = {.out = out,
			   .pool = pool,
			   .rules = rules,
			   .scratch = scratch,
			   .tried = tried,
			   .first_tie = out->n};
	int status = list_texts(&s, n);
	for (; s.round < TEXTS_A_RULE; s.round++)
		for (size_t i = 0; status == HL_OK && i < n && !out->more; i++)
			if (s.first[i] + s.round < s.first[i + 1])
				status = meet_text(&s, &s.texts[s.first[i] + s.round]);
	return status;
}
