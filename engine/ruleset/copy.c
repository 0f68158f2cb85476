/* A rule set keeps its own copy of the pack, so that whoever built it may forget theirs. */
#include "ruleset/ruleset.h"

#include <string.h>

struct copier {
	struct hl_arena *arena;
	struct hl_str file, file_copy; /* the last one: it stands at thousands of places */
	bool failed;
};

static struct hl_str str(struct copier *c, struct hl_str text)
{
	struct hl_str copy = hl_arena_dup(c->arena, text);
	c->failed |= !copy.ptr;
	return copy;
}

static void *array(struct copier *c, const void *from, size_t n, size_t size)
{
	void *copy = hl_arena_zalloc(c->arena, n ? n : 1, size);
	if (!copy) {
		c->failed = true;
		return NULL;
	}
	if (n)
		memcpy(copy, from, n * size);
	return copy;
}

/* Copies n items of `field` and walks the copies as `item`. */
#define EACH(c, field, n, type, item)                                                              \
	type *item##_all = array((c), (field), (n), sizeof(type));                                 \
	(field) = item##_all;                                                                      \
	for (type *item = item##_all; item && item < item##_all + (n); item++)

static struct hl_src src(struct copier *c, struct hl_src from)
{
	if (from.file.ptr != c->file.ptr || from.file.len != c->file.len || !c->file_copy.ptr) {
		c->file = from.file;
		c->file_copy = str(c, from.file);
	}
	from.file = c->file_copy;
	return from;
}

static struct hl_texts texts(struct copier *c, struct hl_texts from)
{
	EACH(c, from.v, from.n, struct hl_text, t)
	{
		t->lang = str(c, t->lang);
		t->text = str(c, t->text);
	}
	return from;
}

static struct hl_lines lines(struct copier *c, struct hl_lines from)
{
	EACH(c, from.v, from.n, struct hl_line, line)
	{
		line->text = str(c, line->text);
		line->src = src(c, line->src);
	}
	return from;
}

static struct hl_names names(struct copier *c, struct hl_names from)
{
	EACH(c, from.v, from.n, struct hl_str, name)
	{
		*name = str(c, *name);
	}
	return from;
}

static struct hl_conds conds(struct copier *c, struct hl_conds from)
{
	EACH(c, from.v, from.n, struct hl_cond, cond)
	{
		cond->name = str(c, cond->name);
		cond->values = names(c, cond->values);
		cond->src = src(c, cond->src);
	}
	return from;
}

static void copy_slots(struct copier *c, struct hl_intent *intent)
{
	EACH(c, intent->slots, intent->n_slots, struct hl_slot_def, slot)
	{
		slot->name = str(c, slot->name);
		slot->list = str(c, slot->list);
		slot->pattern = str(c, slot->pattern);
		slot->ask = texts(c, slot->ask);
		slot->src = src(c, slot->src);
		if (!slot->tries)
			slot->tries = 2;
	}
}

static void copy_replies(struct copier *c, struct hl_intent *intent)
{
	EACH(c, intent->answers, intent->n_answers, struct hl_answer, answer)
	{
		answer->texts = texts(c, answer->texts);
		answer->only = conds(c, answer->only);
		answer->src = src(c, answer->src);
	}
	EACH(c, intent->buttons, intent->n_buttons, struct hl_button_def, button)
	{
		button->target = str(c, button->target);
		button->title = texts(c, button->title);
		button->src = src(c, button->src);
	}
}

static void copy_intent(struct copier *c, struct hl_intent *intent)
{
	intent->id = str(c, intent->id);
	intent->topic = str(c, intent->topic);
	intent->title = texts(c, intent->title);
	intent->team = str(c, intent->team);
	intent->phrases = lines(c, intent->phrases);
	intent->patterns = lines(c, intent->patterns);
	intent->examples = lines(c, intent->examples);
	intent->never = lines(c, intent->never);
	EACH(c, intent->words, intent->n_words, struct hl_words_rule, rule)
	{
		rule->all = lines(c, rule->all);
		rule->none = lines(c, rule->none);
		rule->src = src(c, rule->src);
	}
	intent->only_if = conds(c, intent->only_if);
	copy_slots(c, intent);
	copy_replies(c, intent);
	intent->note = str(c, intent->note);
	intent->src = src(c, intent->src);
	if (!intent->after_unsolved)
		intent->after_unsolved = 2;
}

static void copy_lists(struct copier *c, struct hl_pack *pack)
{
	EACH(c, pack->lists, pack->n_lists, struct hl_list, list)
	{
		list->name = str(c, list->name);
		list->src = src(c, list->src);
		EACH(c, list->v, list->n, struct hl_list_value, value)
		{
			value->value = str(c, value->value);
			value->titles = texts(c, value->titles);
			value->say = names(c, value->say);
			value->src = src(c, value->src);
		}
	}
	EACH(c, pack->words, pack->n_words, struct hl_wordset, set)
	{
		set->name = str(c, set->name);
		set->say = lines(c, set->say);
		set->src = src(c, set->src);
	}
}

static void copy_common(struct copier *c, struct hl_pack *pack)
{
	EACH(c, pack->vars, pack->n_vars, struct hl_var, var)
	{
		var->name = str(c, var->name);
		var->value = str(c, var->value);
	}
	EACH(c, pack->waiting, pack->n_waiting, struct hl_wait, wait)
	{
		wait->say = texts(c, wait->say);
		wait->src = src(c, wait->src);
	}
	EACH(c, pack->texts, pack->n_texts, struct hl_botline, line)
	{
		line->key = str(c, line->key);
		line->texts = texts(c, line->texts);
		line->src = src(c, line->src);
	}
}

int hl_pack_copy(struct hl_pack *out, struct hl_arena *arena, const struct hl_pack *pack)
{
	static const struct hl_str default_langs[] = {{"en", 2}};
	static const struct hl_str default_teams[] = {{"frontline", 9}};
	struct copier c = {.arena = arena};
	struct hl_pack copy = *pack;
	if (!copy.langs.n)
		copy.langs = (struct hl_names){default_langs, 1};
	if (!copy.teams.n)
		copy.teams = (struct hl_names){default_teams, 1};
	if (copy.precision == 0)
		copy.precision = 0.95;
	if (copy.oos < 0)
		copy.oos = 0.1;
	if (copy.rephrase < 0)
		copy.rephrase = 1;
	copy.name = str(&c, copy.name);
	copy.version = str(&c, copy.version);
	copy.langs = names(&c, copy.langs);
	copy.teams = names(&c, copy.teams);
	copy.outside = lines(&c, copy.outside);
	copy_common(&c, &copy);
	copy_lists(&c, &copy);
	EACH(&c, copy.intents, copy.n_intents, struct hl_intent, intent)
	{
		copy_intent(&c, intent);
	}
	*out = copy;
	return c.failed ? HL_NOMEM : HL_OK;
}
