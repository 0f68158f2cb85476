/* Packs from a few lines of text. Any bytes are accepted, so that fuzz targets may use it too. */
#include "packtext.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"

#define ITEMS_MAX 400

struct packtext {
	struct hl_arena arena;
	struct hl_pack pack;
	struct hl_intent *intents;
	struct hl_list *lists;
	struct hl_wordset *sets;
	uint32_t line;
};

struct hl_pack *packtext_pack(struct packtext *made)
{
	return &made->pack;
}

struct packtext *packtext_free(struct packtext *made)
{
	if (made)
		hl_arena_deinit(&made->arena);
	free(made);
	return NULL;
}

static struct hl_src here(const struct packtext *p)
{
	return (struct hl_src){HL_STR("pack"), p->line, 1, p->line};
}

/* Grows a counted array by one; the old one stays in the arena. */
static void *grow(struct packtext *p, const void *old, size_t *n, size_t size)
{
	char *fresh = hl_arena_zalloc(&p->arena, *n + 1, size);
	if (!fresh)
		abort();
	if (old)
		memcpy(fresh, old, *n * size);
	(*n)++;
	return fresh;
}

static struct hl_str cut(struct hl_str *rest, char sign)
{
	size_t i = 0;
	while (i < rest->len && rest->ptr[i] != sign)
		i++;
	struct hl_str head = hl_str_trim(hl_str_sub(*rest, 0, i));
	*rest = hl_str_sub(*rest, i < rest->len ? i + 1 : i, SIZE_MAX);
	return head;
}

static void add_line(struct packtext *p, struct hl_lines *lines, struct hl_str text)
{
	struct hl_line *v = grow(p, lines->v, &lines->n, sizeof *v);
	v[lines->n - 1] = (struct hl_line){text, here(p)};
	lines->v = v;
}

static void add_lines(struct packtext *p, struct hl_lines *lines, struct hl_str text)
{
	while (text.len)
		add_line(p, lines, cut(&text, ','));
}

static void add_list(struct packtext *p, struct hl_str rest)
{
	struct hl_str name = cut(&rest, ' '), value = cut(&rest, '=');
	size_t at = 0;
	while (at < p->pack.n_lists && !hl_str_eq(p->lists[at].name, name))
		at++;
	if (at == p->pack.n_lists) {
		p->lists = grow(p, p->lists, &p->pack.n_lists, sizeof *p->lists);
		p->lists[at] = (struct hl_list){.name = name, .src = here(p)};
	}
	struct hl_list_value *v = grow(p, p->lists[at].v, &p->lists[at].n, sizeof *v);
	struct hl_list_value *last = &v[p->lists[at].n - 1];
	*last = (struct hl_list_value){.value = value, .src = here(p)};
	while (rest.len) {
		struct hl_str *say = grow(p, last->say.v, &last->say.n, sizeof *say);
		say[last->say.n - 1] = cut(&rest, ',');
		last->say.v = say;
	}
	p->lists[at].v = v;
	p->pack.lists = p->lists;
}

static void add_set(struct packtext *p, struct hl_str rest)
{
	struct hl_str name = cut(&rest, '=');
	p->sets = grow(p, p->sets, &p->pack.n_words, sizeof *p->sets);
	struct hl_wordset *set = &p->sets[p->pack.n_words - 1];
	*set = (struct hl_wordset){.name = name, .src = here(p)};
	add_lines(p, &set->say, rest);
	p->pack.words = p->sets;
}

static enum hl_slot_kind kind_of(struct hl_str name)
{
	static const char *const kinds[] = {"list",  "text",  "number",	 "amount",
					    "date",  "txid",  "address", "order",
					    "email", "phone", "pattern"};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (hl_str_eq(name, hl_str_of(kinds[i])))
			return (enum hl_slot_kind)i;
	return HL_SLOT_TEXT;
}

static void add_slot(struct packtext *p, struct hl_intent *intent, struct hl_str rest)
{
	struct hl_slot_def *v = grow(p, intent->slots, &intent->n_slots, sizeof *v);
	struct hl_slot_def *slot = &v[intent->n_slots - 1];
	*slot = (struct hl_slot_def){.src = here(p)};
	slot->name = cut(&rest, ' ');
	slot->kind = kind_of(cut(&rest, ' '));
	slot->list = slot->pattern = hl_str_trim(rest);
	intent->slots = v;
}

static void add_words(struct packtext *p, struct hl_intent *intent, struct hl_str rest)
{
	struct hl_words_rule *v = grow(p, intent->words, &intent->n_words, sizeof *v);
	struct hl_words_rule *rule = &v[intent->n_words - 1];
	*rule = (struct hl_words_rule){.src = here(p)};
	add_lines(p, &rule->all, cut(&rest, '!'));
	add_lines(p, &rule->none, rest);
	intent->words = v;
}

static void add_cond(struct packtext *p, struct hl_intent *intent, struct hl_str rest)
{
	struct hl_cond *v = grow(p, intent->only_if.v, &intent->only_if.n, sizeof *v);
	struct hl_cond *cond = &v[intent->only_if.n - 1];
	*cond = (struct hl_cond){.name = cut(&rest, ' '), .src = here(p)};
	if (hl_str_starts(rest, HL_STR("!"))) {
		cond->op = HL_COND_NOT;
		rest = hl_str_sub(rest, 1, SIZE_MAX);
	}
	struct hl_str *value = grow(p, NULL, &cond->values.n, sizeof *value);
	*value = rest;
	cond->values.v = value;
	intent->only_if.v = v;
}

static unsigned number(struct hl_str text)
{
	unsigned n = 0;
	for (size_t i = 0; i < text.len && i < 4 && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++)
		n = n * 10 + (unsigned)(text.ptr[i] - '0');
	return n;
}

static void intent_line(struct packtext *p, struct hl_intent *intent, struct hl_str key,
			struct hl_str rest)
{
	struct hl_words_rule *words = (struct hl_words_rule *)intent->words;
	words = intent->n_words ? &words[intent->n_words - 1] : NULL;
	if (hl_str_eq(key, HL_STR("phrase")))
		add_line(p, &intent->phrases, rest);
	else if (hl_str_eq(key, HL_STR("pattern")))
		add_line(p, &intent->patterns, rest);
	else if (hl_str_eq(key, HL_STR("never")))
		add_line(p, &intent->never, rest);
	else if (hl_str_eq(key, HL_STR("example")))
		add_line(p, &intent->examples, rest);
	else if (hl_str_eq(key, HL_STR("words")))
		add_words(p, intent, rest);
	else if (hl_str_eq(key, HL_STR("typos")) && words)
		words->typos = number(rest);
	else if (hl_str_eq(key, HL_STR("max")) && words)
		words->max_words = number(rest);
	else if (hl_str_eq(key, HL_STR("slot")))
		add_slot(p, intent, rest);
	else if (hl_str_eq(key, HL_STR("only")))
		add_cond(p, intent, rest);
	else if (hl_str_eq(key, HL_STR("always")))
		intent->handoff = HL_HANDOFF_ALWAYS;
}

struct packtext *packtext_new(const char *text, size_t len)
{
	static const struct hl_str langs[] = {{"en", 2}, {"zh", 2}};
	struct packtext *p = calloc(1, sizeof *p);
	if (!p)
		abort();
	struct hl_str rest = hl_arena_dup(&p->arena, (struct hl_str){text, len});
	p->pack.langs = (struct hl_names){langs, 2};
	p->pack.oos = -1;
	p->pack.rephrase = -1;
	while (rest.len && p->line < ITEMS_MAX) {
		struct hl_str line = cut(&rest, '\n'), key = cut(&line, ' ');
		p->line++;
		if (hl_str_eq(key, HL_STR("list"))) {
			add_list(p, line);
		} else if (hl_str_eq(key, HL_STR("set"))) {
			add_set(p, line);
		} else if (hl_str_eq(key, HL_STR("intent"))) {
			p->intents = grow(p, p->intents, &p->pack.n_intents, sizeof *p->intents);
			p->intents[p->pack.n_intents - 1].id = line;
			p->intents[p->pack.n_intents - 1].src = here(p);
			p->pack.intents = p->intents;
		} else if (p->pack.n_intents) {
			intent_line(p, &p->intents[p->pack.n_intents - 1], key, line);
		}
	}
	return p;
}
