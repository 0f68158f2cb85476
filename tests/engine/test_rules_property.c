/* Whole rules against a slow, obviously right matcher: phrases and `words:` rules with
   alternatives, optional parts, gaps, word sets, lists, beginnings, slips, `none`, `max_words` and
   `never`. The slow one spells a rule out into rows of words and tries every row at every place of
   the message; it knows no atoms, no index and no net. HOTLINE_PROPERTY_ROUNDS and
   HOTLINE_PROPERTY_SEED make a longer or another run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "packtext.h"
#include "spelt.h"
#include "text/text.h"

#define MESSAGES 25
#define WAYS_MAX 64

/* ------------------------------------------------------------------ the slow matcher */

struct slow {
	const struct pack *pack;
	const struct hl_word *words; /* of the vocabulary, as they are cut */
	const struct hl_utterance *u;
	unsigned typos;
};
/* The best ways to match: all of the most size that begin furthest left. */
struct ways {
	uint32_t size2, start;
	uint32_t insisted[WAYS_MAX]; /* words, as bits */
	size_t n;
};

static struct hl_str form(const struct hl_word *word, size_t i)
{
	return i ? word->also[i - 1] : word->form;
}

static uint32_t first_letter(struct hl_str text)
{
	const char *p = text.ptr;
	return hl_utf8_next(&p, text.ptr + text.len);
}

/* One spelling of a rule's word against one of a message's. */
static bool is_word(struct hl_str rule, struct hl_str said, bool begins, unsigned typos)
{
	bool near = typos && hl_utf8_count(rule) >= 5;
	if (!near)
		return begins ? hl_str_starts(said, rule) : hl_str_eq(said, rule);
	if (hl_utf8_count(said) < 4 || first_letter(said) != first_letter(rule))
		return false;
	for (size_t n = 1; begins && n <= hl_utf8_count(said); n++)
		if (hl_edit_distance(rule, hl_str_sub(said, 0, hl_utf8_prefix(said, n)), typos) <=
		    typos)
			return true;
	return !begins && hl_edit_distance(rule, said, typos) <= typos;
}

static bool is(const struct slow *s, unsigned which, size_t at, bool begins, unsigned typos)
{
	const struct hl_word *rule = &s->words[which], *said = &s->u->words[at];
	if (!rule->latin || !said->latin)
		typos = 0;
	for (size_t i = 0; i <= rule->n_also; i++)
		for (size_t k = 0; k <= said->n_also; k++)
			if (is_word(form(rule, i), form(said, k), begins, typos))
				return true;
	/* a word that allows slips and meets none of another script */
	return false;
}

static void keep(struct ways *ways, const struct hl_utterance *u, uint32_t insisted, uint32_t start)
{
	uint32_t size2 = 0;
	for (size_t w = 0; w < u->n_words; w++)
		size2 += insisted >> w & 1 ? u->words[w].size2 : 0;
	if (ways->n && (size2 < ways->size2 || (size2 == ways->size2 && start > ways->start)))
		return;
	if (!ways->n || size2 > ways->size2 || start < ways->start)
		*ways = (struct ways){.size2 = size2, .start = start};
	for (size_t i = 0; i < ways->n; i++)
		if (ways->insisted[i] == insisted)
			return;
	assert_true(ways->n < WAYS_MAX);
	ways->insisted[ways->n++] = insisted;
}

struct walk {
	const struct slow *s;
	struct ways *ways;
	uint32_t insisted, start;
	bool begun;
};

static void walk_row(struct walk walk, const struct element *e, size_t n, size_t at, bool gap);

/* The element takes words from `at`; then the rest. */
static void take_at(struct walk walk, const struct element *e, size_t n, size_t at)
{
	const struct slow *s = walk.s;
	if (!walk.begun)
		walk.start = (uint32_t)at;
	walk.begun = true;
	if (e->kind == WORD || e->kind == BEGINNING) {
		if (!is(s, e->which, at, e->kind == BEGINNING, s->typos))
			return;
		walk.insisted |= (uint32_t)e->insisted << at;
		walk_row(walk, e + 1, n - 1, at + 1, false);
		return;
	}
	const struct rows *rows =
		e->kind == SET ? s->pack->sets[e->which] : s->pack->lists[e->which];
	for (size_t r = 0; r < rows->n; r++) {
		const struct row *row = &rows->v[r];
		struct walk next = walk;
		size_t i = 0;
		while (i < row->n && at + i < s->u->n_words &&
		       is(s, row->v[i].which, at + i, false, 0)) {
			next.insisted |= (uint32_t)(e->insisted && row->v[i].insisted) << (at + i);
			i++;
		}
		if (i == row->n && i)
			walk_row(next, e + 1, n - 1, at + i, false);
	}
}

static void walk_row(struct walk walk, const struct element *e, size_t n, size_t at, bool gap)
{
	const struct hl_utterance *u = walk.s->u;
	if (!n) {
		if (walk.begun)
			keep(walk.ways, u, walk.insisted, walk.start);
		return;
	}
	if (e->kind == GAP) {
		walk_row(walk, e + 1, n - 1, at, true);
		return;
	}
	uint32_t skipped = 0;
	for (size_t w = at; w < u->n_words; w++) {
		if (walk.begun && gap &&
		    (skipped > 12 || u->words[w].sentence != u->words[at - 1].sentence))
			break;
		if (walk.begun && !gap && w > at)
			break;
		take_at(walk, e, n, w);
		skipped += u->words[w].size2;
	}
}

static struct ways match_rows(const struct slow *s, const struct rows *rows)
{
	struct ways ways = {.n = 0};
	for (size_t r = 0; r < rows->n; r++)
		walk_row((struct walk){.s = s, .ways = &ways}, rows->v[r].v, rows->v[r].n, 0,
			 false);
	return ways;
}

/* Each item takes one of its best ways; which, nobody says. */
static void unite(struct ways *out, const struct ways *items, size_t n, uint32_t insisted,
		  const struct hl_utterance *u)
{
	if (!n) {
		uint32_t size2 = 0;
		for (size_t w = 0; w < u->n_words; w++)
			size2 += insisted >> w & 1 ? u->words[w].size2 : 0;
		for (size_t i = 0; i < out->n; i++)
			if (out->insisted[i] == size2)
				return;
		assert_true(out->n < WAYS_MAX);
		out->insisted[out->n++] = size2; /* here: a size that the rule may have */
		return;
	}
	for (size_t i = 0; i < items->n; i++)
		unite(out, items + 1, n - 1, insisted | items->insisted[i], u);
}

/* n: 0 when it does not match; else the sizes it may have, and where the first word stands. */
static struct ways match_slowly(struct slow *s, const struct rule *rule)
{
	struct ways out = {.n = 0}, items[ITEMS_MAX];
	uint32_t start = UINT32_MAX;
	if (rule->has_never && match_rows(s, rule->never).n)
		return out;
	if (!rule->words) {
		items[0] = match_rows(s, rule->all[0]);
		start = items[0].start;
		unite(&out, items, 1, 0, s->u);
		out.start = start;
		return out;
	}
	if (rule->max && s->u->size2 > 2 * rule->max)
		return out;
	for (size_t i = 0; i < rule->n_none; i++)
		if (match_rows(s, rule->none[i]).n)
			return out;
	s->typos = rule->typos;
	for (size_t i = 0; i < rule->n_all; i++) {
		items[i] = match_rows(s, rule->all[i]);
		start = items[i].n && items[i].start < start ? items[i].start : start;
	}
	s->typos = 0;
	unite(&out, items, rule->n_all, 0, s->u);
	out.start = start;
	return out;
}

/* ------------------------------------------------------------------ messages */

/* A slip, at any letter. */
static void misspell(char *word)
{
	size_t n = strlen(word), at = spelt_draw((unsigned)n);
	switch (spelt_draw(4)) {
	case 0:
		memmove(word + at + 1, word + at, n - at + 1);
		break;
	case 1:
		memmove(word + at, word + at + 1, n - at);
		break;
	case 2:
		word[at] = (char)('a' + (int)spelt_draw(6));
		break;
	default:
		if (at + 1 < n) {
			char swap = word[at];
			word[at] = word[at + 1];
			word[at + 1] = swap;
		}
		break;
	}
}

static void random_message(char *out)
{
	*out = 0;
	for (unsigned n = spelt_draw(14); n; n--) {
		char word[40];
		strcpy(word, spelt_words[spelt_draw(SPELT_WORDS)]);
		for (unsigned slips = spelt_draw(4) ? 0 : 1 + spelt_draw(2); slips; slips--)
			if (strlen(word) > 3 && (word[0] & 0x80) == 0)
				misspell(word);
		strcat(out, word);
		strcat(out, spelt_draw(12) ? " " : spelt_draw(2) ? ". " : "! ");
	}
}

static const struct hl_hit *hit_of(const struct hl_verdict *v, unsigned rule)
{
	for (size_t i = 0; i < v->n_hits; i++)
		if (v->hits[i].intent->id.ptr[0] == (char)('a' + (int)rule))
			return &v->hits[i];
	return NULL;
}

static bool agree(const struct hl_hit *hit, const struct ways *slow, const struct hl_utterance *u)
{
	bool sized = false;
	if (!hit || !slow->n)
		return !hit && !slow->n;
	for (size_t i = 0; i < slow->n; i++)
		sized |= slow->insisted[i] == hit->size2;
	return sized && hit->spans[0].start == u->words[slow->start].ostart;
}

/* How many matched. */
static size_t compare_messages(const struct pack *pack, const struct hl_ruleset *rules,
			       const struct hl_word *words, struct hl_scratch *scratch)
{
	struct hl_arena arena = {0};
	size_t matched = 0;
	for (unsigned m = 0; m < MESSAGES; m++) {
		char message[700];
		struct hl_verdict v;
		struct hl_utterance u;
		random_message(message);
		struct hl_query query = {.text = {message, strlen(message)}};
		assert_int_equal(hl_classify(&v, scratch, rules, &query), HL_OK);
		assert_int_equal(hl_utterance_read(&u, &arena, query.text, NULL, 0), HL_OK);
		assert_true(u.n_words < 32);
		assert_false(v.limit_hit);
		for (unsigned r = 0; r < RULES && !v.n_redacted; r++) {
			struct slow s = {pack, words, &u, 0};
			struct ways slow = match_slowly(&s, &pack->rules[r]);
			const struct hl_hit *hit = hit_of(&v, r);
			matched += hit != NULL;
			if (!agree(hit, &slow, &u))
				fail_msg("%s\nintent %c, message \"%s\": slow %zu ways, size %u, "
					 "word %u; fast %d, size %u, byte %u",
					 pack->text, 'a' + (int)r, message, slow.n,
					 slow.n ? slow.insisted[0] : 0, slow.start, hit != NULL,
					 hit ? hit->size2 : 0, hit ? hit->spans[0].start : 0);
		}
		hl_arena_reset(&arena);
	}
	hl_arena_deinit(&arena);
	return matched;
}

static void test_rules_like_spelling_them_out(void **state)
{
	static struct pack pack;
	struct hl_arena arena = {0};
	struct hl_word words[SPELT_WORDS];
	struct hl_scratch *scratch;
	const char *rounds = getenv("HOTLINE_PROPERTY_ROUNDS");
	const char *other = getenv("HOTLINE_PROPERTY_SEED");
	unsigned wanted = rounds ? (unsigned)strtoul(rounds, NULL, 10) : 200;
	size_t pairs = 0, matched = 0, refused = 0;
	(void)state;
	spelt_seed(other ? strtoull(other, NULL, 10) : 0);
	assert_int_equal(hl_scratch_new(&scratch), HL_OK);
	spelt_rows(&pack, true);
	for (size_t i = 0; i < SPELT_WORDS; i++) {
		struct hl_utterance cut;
		assert_int_equal(
			hl_utterance_read(&cut, &arena, hl_str_of(spelt_words[i]), NULL, 0), HL_OK);
		assert_int_equal(cut.n_words, 1);
		words[i] = cut.words[0];
	}
	for (unsigned done = 0; done < wanted;) {
		struct hl_ruleset *rules = NULL;
		spelt_pack(&pack);
		struct packtext *made = packtext_new(pack.text, pack.len);
		int rc = hl_ruleset_new(&rules, packtext_pack(made), (struct hl_str){NULL, 0}, NULL,
					NULL);
		packtext_free(made);
		refused += rc != HL_OK;
		if (rc != HL_OK)
			continue; /* one may match nothing, or stands twice: as it must be */
		matched += compare_messages(&pack, rules, words, scratch);
		hl_ruleset_unref(rules);
		pairs += RULES * MESSAGES;
		done++;
	}
	if (rounds)
		print_message("%zu message × rule pairs, %zu matches, %zu packs refused\n", pairs,
			      matched, refused);
	assert_true(matched > pairs / 50);
	spelt_rows(&pack, false);
	hl_arena_deinit(&arena);
	hl_scratch_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rules_like_spelling_them_out)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
