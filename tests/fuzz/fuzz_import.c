/*
 * Bytes to what `hotline import` reads: the first byte tells which file of which program they are.
 * What was gathered is dropped, not written.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
	const char *folder, *file; /* folder: made first, or NULL */
	bool (*read)(struct import *import, const char *source);
} formats[] = {
	{NULL, "a.csv", import_table},
	{NULL, "a.tsv", import_table},
	{NULL, "nlu.yml", import_rasa},
	{"intents", "intents/a.json", import_dialogflow},
	{"intents", "intents/a_usersays_en.json", import_dialogflow},
	{"entities", "entities/a_entries_en.json", import_dialogflow},
};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))

static void write_file(const char *folder, const char *name, const void *bytes, size_t size)
{
	char path[256];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *to = fopen(path, "wb");
	if (!to)
		abort();
	fwrite(bytes, 1, size, to);
	fclose(to);
}

static void drop(const char *folder, const char *name)
{
	char path[256];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	remove(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char agent[] = "{\"language\": \"en\", \"supportedLanguages\": [\"zh-cn\"]}";
	static const char intent[] = "{\"name\": \"a\"}";
	char folder[] = "/tmp/hotline-fuzz-XXXXXX", source[256];
	struct import import;
	if (size == 0 || size > 65536 || !mkdtemp(folder))
		return 0;
	size_t kind = data[0] % FORMATS;
	bool table = formats[kind].read == import_table;
	snprintf(source, sizeof(source), "%s%s%s", folder, table ? "/" : "",
		 table ? formats[kind].file : "");
	if (formats[kind].folder) {
		char below[256];
		snprintf(below, sizeof(below), "%s/%s", folder, formats[kind].folder);
		mkdir(below, 0700);
		write_file(folder, "agent.json", agent, sizeof(agent) - 1);
	}
	if (kind == 4)
		write_file(folder, "intents/a.json", intent, sizeof(intent) - 1);
	write_file(folder, formats[kind].file, data + 1, size - 1);
	import_init(&import);
	formats[kind].read(&import, source);
	import_settle(&import);
	import_deinit(&import);
	drop(folder, formats[kind].file);
	drop(folder, "intents/a.json");
	drop(folder, "agent.json");
	if (formats[kind].folder)
		drop(folder, formats[kind].folder);
	rmdir(folder);
	return 0;
}
