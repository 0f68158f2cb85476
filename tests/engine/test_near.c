/* What a word is called by rules, by the table of letters left out, against comparing it with every
   word there is: beginnings, near misses with one slip and two, letters of several bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "ruleset/vocab.h"

/* Few letters, so that many words are near each other; `more`: so many that most are not. */
static struct hl_str random_word(char *out, unsigned least, unsigned most, bool more)
{
	static const char *const letters[] = {"a", "b", "c", "d", "a", "b", "é", "d", "e",
					      "f", "g", "h", "ö", "i", "j", "k", "l", "充"};
	unsigned n = least + draw(most - least + 1), kinds = more ? 18 : draw(4) ? 4 : 8;
	*out = 0;
	while (n--)
		strcat(out, letters[draw(kinds)]);
	return hl_str_of(out);
}

static bool first_alike(struct hl_str a, struct hl_str b)
{
	const char *p = a.ptr, *q = b.ptr;
	return hl_utf8_next(&p, a.ptr + a.len) == hl_utf8_next(&q, b.ptr + b.len);
}

static bool slow_is(const struct hl_atom *atom, struct hl_str word)
{
	size_t length = hl_utf8_count(word);
	if (atom->kind == HL_ATOM_WORD)
		return hl_str_eq(atom->text, word);
	if (atom->kind == HL_ATOM_PREFIX)
		return hl_str_starts(word, atom->text);
	if (length < 4 || !first_alike(atom->text, word))
		return false;
	for (size_t n = 1; atom->prefix && n <= length; n++) {
		struct hl_str head = {word.ptr, hl_utf8_prefix(word, n)};
		if (hl_edit_distance(atom->text, head, atom->typos) <= atom->typos)
			return true;
	}
	return !atom->prefix && hl_edit_distance(atom->text, word, atom->typos) <= atom->typos;
}

static void add_random(struct hl_vocab *vocab, bool more)
{
	char text[80];
	unsigned kind = draw(4);
	if (kind == 0)
		assert_int_not_equal(hl_vocab_word(vocab, random_word(text, 1, 8, more)),
				     HL_NO_ATOM);
	else if (kind == 1)
		assert_int_not_equal(hl_vocab_prefix(vocab, random_word(text, 3, 6, more)),
				     HL_NO_ATOM);
	else
		assert_int_not_equal(hl_vocab_typo(vocab,
						   random_word(text, 5, draw(8) ? 8 : 24, more),
						   1 + draw(2), kind == 3),
				     HL_NO_ATOM);
}

static void compare(const struct hl_vocab *vocab, struct hl_str text)
{
	uint32_t room[HL_SYMBOLS_MAX];
	const uint32_t *found;
	struct hl_look look = {.out = room, .max = HL_SYMBOLS_MAX, .work = 100000};
	struct hl_word word = {
		.form = text, .key = hl_text_key(text), .kind = HL_WORD_LETTERS, .latin = true};
	size_t n = hl_vocab_look(&found, &look, vocab, &word, hl_vocab_ask(vocab, &word));
	assert_false(look.full);
	for (uint32_t a = 0; a < vocab->n; a++) {
		unsigned times = 0;
		for (size_t i = 0; i < n; i++)
			times += found[i] == a;
		if (times != slow_is(&vocab->atoms[a], text))
			fail_msg("`%.*s` and %s, slips %u, beginning %d: found %u times",
				 (int)text.len, text.ptr, vocab->atoms[a].text.ptr,
				 vocab->atoms[a].typos, vocab->atoms[a].prefix, times);
	}
}

static const struct hl_literals none;

static void test_like_comparing_with_all(void **state)
{
	const char *rounds = getenv("HOTLINE_PROPERTY_ROUNDS");
	unsigned wanted = rounds ? (unsigned)strtoul(rounds, NULL, 10) : 150;
	(void)state;
	for (unsigned round = 0; round < wanted; round++) {
		struct hl_arena arena = {0}, work = {0};
		struct hl_vocab vocab;
		char text[256];
		bool more = draw(2);
		hl_vocab_init(&vocab, &arena);
		for (unsigned atoms = draw(2) ? 60 : 8 + draw(20); atoms; atoms--)
			add_random(&vocab, more);
		assert_int_equal(hl_vocab_freeze(&vocab, &work, &none), HL_OK);
		for (unsigned m = 0; m < 60; m++)
			compare(&vocab, random_word(text, 1, draw(10) ? 10 : 70, more));
		hl_arena_deinit(&work);
		hl_arena_deinit(&arena);
	}
}

/* However long they are, what rules speak of is known without a search for what is near it. */
static void test_words_of_rules_cost_no_work(void **state)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz";
	struct hl_arena arena = {0}, work = {0};
	struct hl_vocab vocab;
	(void)state;
	hl_vocab_init(&vocab, &arena);
	for (size_t n = 1; n <= 40; n++) {
		struct hl_str word = {letters + n % 7, n};
		assert_int_not_equal(hl_vocab_word(&vocab, word), HL_NO_ATOM);
		assert_int_not_equal(hl_vocab_typo(&vocab, word, 1, true), HL_NO_ATOM);
	}
	assert_int_equal(hl_vocab_freeze(&vocab, &work, &none), HL_OK);
	for (size_t n = 1; n <= 40; n++) {
		uint32_t room[HL_SYMBOLS_MAX];
		const uint32_t *found;
		struct hl_look look = {.out = room, .max = HL_SYMBOLS_MAX, .work = 1000};
		struct hl_str text = {letters + n % 7, n};
		struct hl_word word = {.form = text, .key = hl_text_key(text), .latin = true};
		uint32_t asked = hl_vocab_ask(&vocab, &word);
		assert_true(hl_vocab_look(&found, &look, &vocab, &word, asked) >= 1);
		assert_ptr_not_equal(found, room);
		assert_int_equal(look.work, 1000);
	}
	hl_arena_deinit(&work);
	hl_arena_deinit(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_like_comparing_with_all),
					   cmocka_unit_test(test_words_of_rules_cost_no_work)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
