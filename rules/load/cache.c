/*
 * Models by content hash. Knows files; a cache that cannot be read or written is simply none.
 */
#include "load/cache.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODEL_MAX (256u << 20)
#define PATH_MAX_LEN 4096

static void mix(struct hl_cache_hash *hash, const void *bytes, size_t n)
{
	const unsigned char *v = bytes;
	for (size_t i = 0; i < n; i++) {
		hash->a = (hash->a ^ v[i]) * UINT64_C(0x100000001B3);
		hash->b = (hash->b + v[i] + 1) * UINT64_C(0x9E3779B97F4A7C15);
		hash->b ^= hash->b >> 29;
	}
}

static void mix_str(struct hl_cache_hash *hash, struct hl_str text)
{
	uint64_t len = text.len;
	mix(hash, &len, sizeof(len));
	mix(hash, text.ptr, text.len);
}

void hl_cache_hash(struct hl_cache_hash *out, const struct hl_rules_file *files, size_t n)
{
	struct hl_cache_hash hash = {UINT64_C(0xCBF29CE484222325), UINT64_C(0x2545F4914F6CDD1D)};
	for (size_t i = 0; i < n; i++) {
		mix_str(&hash, files[i].name);
		mix_str(&hash, files[i].text);
	}
	*out = hash;
}

struct hl_str hl_cache_version(struct hl_pool *pool, const struct hl_cache_hash *hash)
{
	return hl_pool_format(pool, "%016" PRIx64 "%016" PRIx64, hash->a, hash->b);
}

static bool path_of(char *path, struct hl_str folder, struct hl_str version, const char *end)
{
	int n = snprintf(path, PATH_MAX_LEN, HL_FMT "/" HL_FMT "%s", HL_ARG(folder),
			 HL_ARG(version), end);
	return n > 0 && n < PATH_MAX_LEN;
}

struct hl_str hl_cache_get(struct hl_str folder, struct hl_str version)
{
	char path[PATH_MAX_LEN];
	struct stat info;
	if (folder.len == 0 || !path_of(path, folder, version, ".model"))
		return HL_NONE;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return HL_NONE;
	char *bytes = NULL;
	size_t size = 0, got = 0;
	if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0 &&
	    info.st_size <= (off_t)MODEL_MAX) {
		size = (size_t)info.st_size;
		bytes = malloc(size);
	}
	while (bytes && got < size) {
		ssize_t n = read(fd, bytes + got, size - got);
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	close(fd);
	if (bytes && got == size)
		return (struct hl_str){bytes, size};
	free(bytes);
	return HL_NONE;
}

void hl_cache_done(struct hl_str model)
{
	free((char *)(uintptr_t)model.ptr);
}

static bool write_all(int fd, struct hl_str bytes)
{
	while (bytes.len) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);
		if (n <= 0)
			return false;
		bytes = (struct hl_str){bytes.ptr + n, bytes.len - (size_t)n};
	}
	return true;
}

/* The folder and what leads to it, for this user alone; what cannot be made shows when the file is.
 */
static void make_folder(char *path)
{
	for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		mkdir(path, 0700);
		*at = '/';
	}
}

void hl_cache_put(struct hl_str folder, struct hl_str version, struct hl_str model)
{
	char path[PATH_MAX_LEN], draft[PATH_MAX_LEN];
	if (folder.len == 0 || model.len == 0 || !path_of(path, folder, version, ".model") ||
	    !path_of(draft, folder, version, ".XXXXXX"))
		return;
	make_folder(draft);
	int fd = mkostemp(draft, O_CLOEXEC);
	if (fd < 0)
		return;
	bool written = write_all(fd, model);
	if (close(fd) != 0 || !written || rename(draft, path) != 0)
		unlink(draft);
}
