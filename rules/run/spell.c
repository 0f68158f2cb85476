/*
 * Texts that a phrase can spell: the witnesses of the report. Knows the phrase's brackets, not how
 * it is matched.
 */
#include "run/spell.h"

#include <string.h>

#define TEXT_MAX 1024
#define SETS_DEEP 4

struct spelling {
	const struct hl_pack *pack;
	const struct hl_intent *intent;
	unsigned nth; /* used up by the choices: a number in mixed radix */
	char text[TEXT_MAX];
	size_t len;
	unsigned deep;
	bool failed;
};

static void put(struct spelling *s, char c)
{
	if (s->len == TEXT_MAX)
		s->failed = true;
	else
		s->text[s->len++] = c;
}

static void put_text(struct spelling *s, struct hl_str text)
{
	for (size_t i = 0; i < text.len; i++)
		put(s, text.ptr[i]);
}

/* Just past the bracket that closes the one at `at`. */
static size_t close_of(struct hl_str phrase, size_t at)
{
	int depth = 0;
	for (size_t i = at; i < phrase.len; i++) {
		depth += phrase.ptr[i] == '(' || phrase.ptr[i] == '[';
		depth -= phrase.ptr[i] == ')' || phrase.ptr[i] == ']';
		if (depth == 0)
			return i + 1;
	}
	return phrase.len;
}

static void spell(struct spelling *s, struct hl_str phrase);

/* One of the choices within ( ), the next digit of `nth` tells which. */
static void spell_group(struct spelling *s, struct hl_str inner)
{
	size_t starts[64], ends[64], n = 0, from = 0;
	for (size_t i = 0; i <= inner.len && n < 64; i++) {
		if (i < inner.len && (inner.ptr[i] == '(' || inner.ptr[i] == '[')) {
			i = close_of(inner, i) - 1;
		} else if (i == inner.len || inner.ptr[i] == '|') {
			starts[n] = from;
			ends[n++] = i;
			from = i + 1;
		}
	}
	if (n == 0) {
		s->failed = true;
		return;
	}
	size_t chosen = s->nth % n;
	s->nth /= (unsigned)n;
	spell(s, (struct hl_str){inner.ptr + starts[chosen], ends[chosen] - starts[chosen]});
}

/* Left out, or one of what stands within [ ]. */
static void spell_option(struct spelling *s, struct hl_str inner)
{
	size_t n = 1;
	for (size_t i = 0; i < inner.len; i++) {
		if (inner.ptr[i] == '(' || inner.ptr[i] == '[')
			i = close_of(inner, i) - 1;
		else
			n += inner.ptr[i] == '|';
	}
	size_t digit = s->nth % (n + 1);
	if (digit == 0) {
		s->nth /= (unsigned)(n + 1);
		return;
	}
	/* spell_group takes its digit from the same number */
	s->nth = (unsigned)(s->nth / (n + 1) * n + digit - 1);
	spell_group(s, inner);
}

static void spell_set(struct spelling *s, struct hl_str name)
{
	for (size_t i = 0; i < s->pack->n_words; i++) {
		const struct hl_wordset *set = &s->pack->words[i];
		if (!hl_view_equal(set->name, name) || set->say.n == 0 || s->deep == SETS_DEEP)
			continue;
		size_t chosen = s->nth % set->say.n;
		s->nth /= (unsigned)set->say.n;
		s->deep++;
		spell(s, set->say.v[chosen].text);
		s->deep--;
		return;
	}
	s->failed = true;
}

/* The first value of the slot's list; a type has no sample that is sure to be one. */
static void spell_slot(struct spelling *s, struct hl_str name)
{
	struct hl_str list = name;
	for (size_t i = 0; i < s->intent->n_slots; i++)
		if (hl_view_equal(s->intent->slots[i].name, name)) {
			if (s->intent->slots[i].kind != HL_SLOT_LIST) {
				s->failed = true;
				return;
			}
			list = s->intent->slots[i].list;
		}
	for (size_t i = 0; i < s->pack->n_lists; i++)
		if (hl_view_equal(s->pack->lists[i].name, list) && s->pack->lists[i].n > 0) {
			put(s, ' ');
			put_text(s, s->pack->lists[i].v[0].value);
			put(s, ' ');
			return;
		}
	s->failed = true;
}

static void spell(struct spelling *s, struct hl_str phrase)
{
	for (size_t i = 0; i < phrase.len && !s->failed; i++) {
		char c = phrase.ptr[i], close = c == '{' ? '}' : '>';
		size_t end;
		switch (c) {
		case '(':
			end = close_of(phrase, i);
			spell_group(s, (struct hl_str){phrase.ptr + i + 1, end - i - 2});
			i = end - 1;
			break;
		case '[':
			end = close_of(phrase, i);
			spell_option(s, (struct hl_str){phrase.ptr + i + 1, end - i - 2});
			i = end - 1;
			break;
		case '{':
		case '<':
			for (end = i + 1; end < phrase.len && phrase.ptr[end] != close;)
				end++;
			if (c == '{')
				spell_slot(s, (struct hl_str){phrase.ptr + i + 1, end - i - 1});
			else
				spell_set(s, (struct hl_str){phrase.ptr + i + 1, end - i - 1});
			i = end;
			break;
		case '*':
			put_text(s, HL_STR(" * "));
			break;
		case '~':
			break;
		default:
			put(s, c);
		}
	}
}

static enum hl_spelt finish(struct hl_str *out, struct hl_pool *pool, struct spelling *s)
{
	char *text = s->text;
	size_t len = 0;
	if (s->failed)
		return HL_SPELL_OTHER;
	for (size_t i = 0; i < s->len; i++) /* one space between words */
		if (text[i] != ' ' || (len > 0 && text[len - 1] != ' '))
			text[len++] = text[i];
	while (len > 0 && text[len - 1] == ' ')
		len--;
	*out = hl_pool_copy(pool, (struct hl_str){text, len});
	return len > 0 && out->ptr ? HL_SPELL_TEXT : HL_SPELL_OTHER;
}

enum hl_spelt hl_spell(struct hl_str *out, struct hl_pool *pool, const struct hl_pack *pack,
		       const struct hl_intent *intent, struct hl_str phrase, unsigned nth)
{
	struct spelling s = {.pack = pack, .intent = intent, .nth = nth};
	if (phrase.len && phrase.ptr[0] == '=')
		phrase = (struct hl_str){phrase.ptr + 1, phrase.len - 1};
	spell(&s, phrase);
	/* a digit left over: all texts were given out */
	return !s.failed && s.nth > 0 ? HL_SPELL_NO : finish(out, pool, &s);
}

enum hl_spelt hl_spell_item(struct hl_str *out, struct hl_pool *pool, const struct hl_pack *pack,
			    const struct hl_intent *intent, struct hl_str item, unsigned *nth)
{
	struct spelling s = {.pack = pack, .intent = intent, .nth = *nth};
	spell_group(&s, item);
	*nth = s.nth;
	return finish(out, pool, &s);
}
