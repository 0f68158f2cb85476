/*
 * What an import gathered, brought to what a pack may hold. Whether a pattern or a spelling can
 * stand in one is asked of the loader itself, by a pack of that one thing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/import.h"
#include "hotline_rules.h"

/* NULL: the loader takes it; else why not, on the heap. */
static char *refusal(const char *pack)
{
	struct hl_rules *rules = NULL;
	struct hl_rules_file file = {{"a.yaml", 6}, {pack, strlen(pack)}};
	struct hl_rules_options options = {.skip_tests = true};
	char *why = NULL;
	size_t n;
	if (hl_rules_load_files(&rules, &file, 1, &options) == HL_REFUSED) {
		const struct hl_finding *v = hl_rules_findings(rules, &n);
		for (size_t i = 0; i < n && !why; i++)
			if (v[i].level == HL_ERROR)
				why = strndup(v[i].message.ptr, v[i].message.len);
	}
	hl_rules_free(rules);
	return why;
}

/* `before` TEXT `after`, the text in double quotes or single ones. */
static char *refused(const char *before, const char *text, const char *after, char quote)
{
	char *pack = NULL, *why = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&pack, &len);
	if (!to)
		return NULL;
	fprintf(to, "%s%c", before, quote);
	for (; *text; text++) {
		if (quote == '"' && (*text == '"' || *text == '\\'))
			fputc('\\', to);
		if (quote == '\'' && *text == '\'')
			fputc('\'', to);
		fputc(*text, to);
	}
	fprintf(to, "%c%s", quote, after);
	if (fclose(to) == 0)
		why = refusal(pack);
	free(pack);
	return why;
}

/* ------------------------------------------------------------------ patterns */

static void settle_pattern(struct import *import, const struct import_intent *intent,
			   struct import_slot *slot)
{
	char *why = refused("intents: [{id: a, phrases: [a], slots: {s: {pattern: ", slot->pattern,
			    "}}}]\n", '\'');
	if (!why)
		return;
	import_note(import, slot->at, "the pattern `%s` of `%s` in `%s`: %s", slot->pattern,
		    slot->name, intent->id, why);
	free(slot->pattern);
	slot->pattern = NULL;
	free(why);
}

/* ------------------------------------------------------------------ lists */

/* A letter, digit or Chinese character: surely a word, so that long lists are quick. */
static bool has_plain_word(const char *text)
{
	for (; *text; text++)
		if ((*text >= '0' && *text <= '9') || (*text >= 'a' && *text <= 'z') ||
		    (*text >= 'A' && *text <= 'Z') ||
		    ((unsigned char)*text >= 0xE4 && (unsigned char)*text <= 0xE9))
			return true;
	return false;
}

static void drop_text(struct import_texts *texts, size_t at)
{
	free(texts->v[at]);
	texts->n--;
	memmove(texts->v + at, texts->v + at + 1, (texts->n - at) * sizeof(*texts->v));
}

static void drop_value(struct import_list *list, size_t at)
{
	while (list->v[at].say.n)
		drop_text(&list->v[at].say, 0);
	free(list->v[at].say.v);
	free(list->v[at].value);
	list->n--;
	memmove(list->v + at, list->v + at + 1, (list->n - at) * sizeof(*list->v));
}

/* What has none of these may still have words: other scripts, emoji. */
static bool is_wordless(const char *text)
{
	char *why = has_plain_word(text) ? NULL : refused("lists: {l: {a: [", text, "]}}\n", '"');
	free(why);
	return why != NULL;
}

static void drop_wordless(struct import *import, struct import_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		struct import_value *value = &list->v[i];
		for (size_t k = 0; k < value->say.n; k++)
			if (is_wordless(value->say.v[k])) {
				if (strcmp(value->say.v[k], value->value) != 0)
					import_note(import, (struct import_place){NULL, 0},
						    "the spelling `%s` in the list `%s`: it has no "
						    "word",
						    value->say.v[k], list->name);
				drop_text(&value->say, k--);
			}
		if (is_wordless(value->value)) { /* the value is a spelling too */
			import_note(import, (struct import_place){NULL, 0},
				    "the value `%s` of the list `%s`: it has no word", value->value,
				    list->name);
			drop_value(list, i--);
		}
	}
}

static bool same_word(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		char x = *a >= 'A' && *a <= 'Z' ? (char)(*a + 32) : *a;
		char y = *b >= 'A' && *b <= 'Z' ? (char)(*b + 32) : *b;
		if (x != y)
			return false;
	}
	return *a == *b;
}

static bool spells(const struct import_value *value, const char *text)
{
	for (size_t i = 0; i < value->say.n; i++)
		if (same_word(value->say.v[i], text))
			return true;
	return same_word(value->value, text);
}

/* The value that stands for `at`: one with more spellings that spells it, else an earlier one. */
static struct import_value *master_of(struct import_list *list, size_t at)
{
	const struct import_value *value = &list->v[at];
	for (size_t i = 0; i < list->n; i++)
		if (i != at && spells(&list->v[i], value->value) &&
		    (list->v[i].say.n > value->say.n ||
		     (list->v[i].say.n == value->say.n && i < at)))
			return &list->v[i];
	return NULL;
}

/* An example names the value `cards`, a synonym says that is `credit card`: one value. And what two
   values spell is the first one's. */
static void merge_values(struct import *import, struct import_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		struct import_value *master = master_of(list, i);
		for (size_t k = 0; master && k < list->v[i].say.n; k++)
			if (!spells(master, list->v[i].say.v[k]))
				import_text(import, &master->say, list->v[i].say.v[k]);
		if (master)
			drop_value(list, i--);
	}
	for (size_t i = 0; i < list->n; i++)
		for (size_t k = 0; k < list->v[i].say.n; k++)
			for (size_t other = 0; other < list->n; other++)
				if (other != i &&
				    (other < i ||
				     same_word(list->v[other].value, list->v[i].say.v[k])) &&
				    spells(&list->v[other], list->v[i].say.v[k])) {
					drop_text(&list->v[i].say, k--);
					break;
				}
}

/* ------------------------------------------------------------------ intents */

static bool is_led_to(const struct import *import, const char *id)
{
	for (size_t i = 0; i < import->n_intents; i++)
		for (size_t k = 0; k < import->intents[i].buttons.n; k++)
			if (strcmp(import->intents[i].buttons.v[k], id) == 0)
				return true;
	return false;
}

static void drop_intents(struct import *import)
{
	for (size_t i = 0; i < import->n_intents; i++) {
		const struct import_intent *intent = &import->intents[i];
		if (intent->examples.n > 0 || is_led_to(import, intent->id))
			continue;
		if (import->n_intents == 1)
			return; /* there is nothing else to write */
		import_note(import, (struct import_place){NULL, 0},
			    "the intent `%s`: it has no example", intent->raw);
		import_drop_intent(import, i--);
	}
}

void import_settle(struct import *import)
{
	for (size_t i = 0; i < import->n_lists; i++) {
		drop_wordless(import, &import->lists[i]);
		merge_values(import, &import->lists[i]);
	}
	drop_intents(import);
	for (size_t i = 0; i < import->n_intents; i++)
		for (size_t k = 0; k < import->intents[i].n_slots; k++)
			if (import->intents[i].slots[k].pattern)
				settle_pattern(import, &import->intents[i],
					       &import->intents[i].slots[k]);
}
