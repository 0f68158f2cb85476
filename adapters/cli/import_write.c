/*
 * What an import gathered, written as a pack. Where a text is missing in one of the pack's
 * languages that of the first stands in its place, and is named.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/import.h"

static void put_quoted(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

static void put_single(FILE *to, const char *text)
{
	fputc('\'', to);
	for (; *text; text++)
		fprintf(to, "%s%c", *text == '\'' ? "'" : "", *text);
	fputc('\'', to);
}

static bool has_list(const struct import *import, const char *name)
{
	for (size_t i = 0; i < import->n_lists; i++)
		if (strcmp(import->lists[i].name, name) == 0 && import->lists[i].n > 0)
			return true;
	return false;
}

static bool is_asked(const struct import *import, const struct import_slot *slot)
{
	for (size_t i = 0; i < import->n_langs; i++)
		if (slot->ask[i])
			return true;
	return false;
}

/* A slot that nothing could ever fill is not written. */
static bool is_written(const struct import *import, const struct import_slot *slot)
{
	return slot->pattern || slot->type || (slot->list && has_list(import, slot->list)) ||
	       is_asked(import, slot);
}

static bool is_known(const struct import *import, const struct import_intent *intent,
		     const char *name, size_t len)
{
	for (size_t i = 0; i < intent->n_slots; i++)
		if (strlen(intent->slots[i].name) == len &&
		    memcmp(intent->slots[i].name, name, len) == 0)
			return is_written(import, &intent->slots[i]);
	return false;
}

/* An answer: {slot} of the intent stays and may be unknown, every other { is the sign itself. */
static void put_answer(FILE *to, struct import *import, const struct import_intent *intent,
		       const char *text)
{
	static const char name[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	fputc('"', to);
	for (; *text; text++) {
		const char *close = *text == '{' ? strchr(text, '}') : NULL;
		size_t len = close ? (size_t)(close - text - 1) : 0;
		if (close && is_known(import, intent, text + 1, len)) {
			fprintf(to, "%.*s|}", (int)(close - text), text);
			text = close;
			continue;
		}
		if (len && strspn(text + 1, name) == len)
			import_note(import, (struct import_place){NULL, 0},
				    "the value of `{%.*s}` in an answer of `%s`: it stands there "
				    "as it is written",
				    (int)len, text + 1, intent->id);
		if (*text == '{')
			fputc('{', to);
		if (*text == '"' || *text == '\\')
			fputc('\\', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

static void put_list(FILE *to, const char *key, const struct import_texts *texts)
{
	if (texts->n)
		fprintf(to, "%s:\n", key);
	for (size_t i = 0; i < texts->n; i++) {
		fprintf(to, "      - ");
		put_quoted(to, texts->v[i]);
		fputc('\n', to);
	}
}

static bool has_intent(const struct import *import, const char *id)
{
	for (size_t i = 0; i < import->n_intents; i++)
		if (strcmp(import->intents[i].id, id) == 0)
			return true;
	return false;
}

/* The text in every language of the pack; `texts[i]` may be NULL but for one. */
static void put_texts(FILE *to, struct import *import, const struct import_intent *intent,
		      const char *const *texts, const char *what)
{
	const char *instead = NULL;
	for (size_t i = 0; i < import->n_langs && !instead; i++)
		instead = texts[i];
	for (size_t i = 0; i < import->n_langs; i++) {
		if (import->n_langs > 1)
			fprintf(to, "%s%s: ", i ? ", " : "{", import->langs[i]);
		if (!texts[i])
			import_note(
				import, (struct import_place){NULL, 0},
				"%s of `%s` in %s: there is none, another language stands there",
				what, intent->id, import->langs[i]);
		put_answer(to, import, intent, texts[i] ? texts[i] : instead);
	}
	fputs(import->n_langs > 1 ? "}" : "", to);
}

static void put_slots(FILE *to, struct import *import, const struct import_intent *intent)
{
	bool first = true;
	for (size_t i = 0; i < intent->n_slots; i++) {
		const struct import_slot *slot = &intent->slots[i];
		bool list = slot->list && has_list(import, slot->list);
		if (!is_written(import, slot))
			continue;
		fprintf(to, "%s      %s: {", first ? "    slots:\n" : "", slot->name);
		first = false;
		if (list)
			fprintf(to, "list: %s", slot->list);
		else if (slot->pattern)
			fputs("pattern: ", to);
		else
			fprintf(to, "type: %s", slot->type ? slot->type : "text");
		if (!list && slot->pattern)
			put_single(to, slot->pattern);
		if (is_asked(import, slot)) {
			fputs(", ask: ", to);
			put_texts(to, import, intent, (const char *const *)slot->ask, "a question");
		}
		fputs("}\n", to);
	}
}

static void put_answers(FILE *to, struct import *import, const struct import_intent *intent)
{
	size_t most = 0;
	for (size_t i = 0; i < import->n_langs; i++)
		most = intent->answers[i].n > most ? intent->answers[i].n : most;
	fputs(most ? "    answer:\n" : "", to);
	for (size_t k = 0; k < most; k++) {
		const char *texts[IMPORT_LANGS] = {NULL};
		for (size_t i = 0; i < import->n_langs; i++)
			if (intent->answers[i].n) /* fewer variants: they come again */
				texts[i] = intent->answers[i].v[k % intent->answers[i].n];
		fputs("      - ", to);
		put_texts(to, import, intent, texts, "an answer");
		fputc('\n', to);
	}
}

static void put_intent(FILE *to, struct import *import, const struct import_intent *intent)
{
	bool first = true;
	fputs("  - id: ", to);
	put_quoted(to, intent->id);
	fputc('\n', to);
	put_list(to, "    examples", &intent->examples);
	put_slots(to, import, intent);
	put_answers(to, import, intent);
	for (size_t i = 0, shown = 0; i < intent->buttons.n && shown < 6; i++) {
		if (!has_intent(import, intent->buttons.v[i]))
			continue;
		fputs(first ? "    buttons: [" : ", ", to);
		put_quoted(to, intent->buttons.v[i]);
		first = false;
		shown++;
	}
	if (!first)
		fputs("]\n", to);
}

/* The bot's own lines, which a pack must give for a language the engine has no words in. */
static void put_lines(FILE *to, struct import *import)
{
	static const struct {
		const char *key, *en, *zh;
	} table[] = {
		{"did_you_mean", "Did you mean one of these?", "请问您想问的是下面哪一个？"},
		{"none_of_these", "None of these", "都不是"},
		{"rephrase", "Could you say it in other words?", "能换个说法再说一次吗？"},
		{"unmatched", "I am handing you over to a colleague.", "正在为您转接人工客服。"},
		{"offer", "Would you like to talk to a person?", "需要为您转接人工客服吗？"},
		{"handoff", "I am handing you over to a colleague.", "正在为您转接人工客服。"},
		{"stopped", "All right, I have stopped.", "好的，已经停止。"},
	};
	bool strange = false;
	for (size_t i = 0; i < import->n_langs; i++)
		if (strcmp(import->langs[i], "en") != 0 && strcmp(import->langs[i], "zh") != 0) {
			strange = true;
			import_note(import, (struct import_place){NULL, 0},
				    "the bot's own lines in %s: they are English, translate "
				    "`texts:` in pack.yaml",
				    import->langs[i]);
		}
	fputs(strange ? "texts:\n" : "", to);
	for (size_t k = 0; strange && k < sizeof(table) / sizeof(table[0]); k++) {
		fprintf(to, "  %s: {", table[k].key);
		for (size_t i = 0; i < import->n_langs; i++)
			fprintf(to, "%s%s: \"%s\"", i ? ", " : "", import->langs[i],
				strcmp(import->langs[i], "zh") == 0 ? table[k].zh : table[k].en);
		fputs("}\n", to);
	}
}

static void put_pack(FILE *to, struct import *import)
{
	bool any = false;
	for (size_t i = 0; i < import->n_langs; i++)
		fprintf(to, "%s%s", i ? ", " : "languages: [", import->langs[i]);
	fputs("]\n", to);
	put_lines(to, import);
	for (size_t i = 0; i < import->n_lists; i++) {
		const struct import_list *list = &import->lists[i];
		if (list->n == 0)
			continue;
		fprintf(to, "%s  %s:\n", any ? "" : "lists:\n", list->name);
		any = true;
		for (size_t k = 0; k < list->n; k++) {
			fputs("    ", to);
			put_quoted(to, list->v[k].value);
			fputs(": [", to);
			for (size_t s = 0; s < list->v[k].say.n; s++) {
				fputs(s ? ", " : "", to);
				put_quoted(to, list->v[k].say.v[s]);
			}
			fputs("]\n", to);
		}
	}
	if (import->outside.n)
		fputs("outside:\n", to);
	for (size_t i = 0; i < import->outside.n; i++) {
		fputs("  - ", to);
		put_quoted(to, import->outside.v[i]);
		fputc('\n', to);
	}
}

static FILE *open_in(struct import *import, const char *folder, const char *name)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *to = fopen(path, "w");
	if (!to)
		import_error(import, "%s: %s", path, strerror(errno));
	return to;
}

bool import_write(struct import *import, const char *folder)
{
	bool good = true;
	if (import->failed)
		return false;
	import_lang(import, "");
	if (import->n_intents == 0) {
		import_error(import, "there is no intent in it");
		return false;
	}
	if (mkdir(folder, 0777) != 0) {
		import_error(import, "%s: %s", folder,
			     errno == EEXIST ? "it is there already" : strerror(errno));
		return false;
	}
	FILE *to = open_in(import, folder, "pack.yaml");
	if (!to)
		return false;
	put_pack(to, import);
	good = fclose(to) == 0;
	to = good ? open_in(import, folder, "intents.yaml") : NULL;
	if (!to)
		return false;
	fputs("intents:\n", to);
	for (size_t i = 0; i < import->n_intents; i++)
		put_intent(to, import, &import->intents[i]);
	return fclose(to) == 0;
}
