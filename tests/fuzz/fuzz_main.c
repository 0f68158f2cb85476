/*
 * Replays a corpus through a fuzz target without libFuzzer, so that the ordinary run, under any
 * compiler, runs every past crash again. Knows folders and files, nothing of the targets.
 */
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return -1;
	size_t size = 0, room = 1u << 16;
	uint8_t *data = malloc(room);
	while (data) {
		size += fread(data + size, 1, room - size, f);
		if (size < room)
			break;
		room *= 2;
		uint8_t *more = realloc(data, room);
		if (!more)
			free(data);
		data = more;
	}
	fclose(f);
	if (!data)
		return -1;
	/* an exact-size copy lets the sanitizer see a read past the end */
	uint8_t *exact = malloc(size ? size : 1);
	if (exact) {
		memcpy(exact, data, size);
		LLVMFuzzerTestOneInput(exact, size);
	}
	free(exact);
	free(data);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(int argc, char **argv)
{
	size_t n = 0, room = 0, replayed = 0;
	char **names = NULL;
	DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
	if (!dir) {
		printf("Bail out! usage: %s CORPUS\n", argv[0]);
		return 2;
	}
	for (struct dirent *e; (e = readdir(dir));) {
		if (e->d_name[0] == '.')
			continue;
		if (n == room) {
			room = room ? room * 2 : 64;
			names = realloc(names, room * sizeof *names);
			if (!names)
				abort();
		}
		names[n++] = strdup(e->d_name);
	}
	closedir(dir);
	if (n)
		qsort(names, n, sizeof *names, by_name);
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	for (size_t i = 0; i < n; i++) {
		char path[PATH_MAX];
		snprintf(path, sizeof path, "%s/%s", argv[1], names[i]);
		replayed += replay_file(path) == 0;
		free(names[i]);
	}
	free(names);
	printf("1..1\n%s 1 - replayed %zu of %zu inputs\n", replayed == n && n ? "ok" : "not ok",
	       replayed, n);
	return replayed == n && n ? 0 : 1;
}
