/*
 * Reads the files of a pack. Knows that a folder holds pipes, loops and giants too, and what to
 * call them.
 */
#include "load/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX 10000u
#define FOLDERS_DEEP 16u
#define SETTLE_TRIES 3
#define GIVE_RIGHT "let the user who runs hotline read it: chmod a+rX"

struct walk {
	struct hl_file_list *list;
	struct hl_findings *findings;
	const char *folder;
	bool full; /* a limit was said once */
};

static void say(struct walk *walk, enum hl_level level, const char *code, struct hl_str name,
		const char *message, const char *remedy)
{
	struct hl_finding finding = {.level = level,
				     .code = code,
				     .file = name,
				     .message = hl_view_of(message),
				     .remedy = hl_view_of(remedy)};
	hl_findings_add(walk->findings, &finding);
}

/* Why this cannot be read as a rule file, or NULL. */
static const char *kind_problem(const struct stat *info)
{
	if (S_ISREG(info->st_mode))
		return info->st_size > (off_t)HL_RULES_FILE_MAX ? "this file is larger than 4 MiB"
								: NULL;
	if (S_ISDIR(info->st_mode))
		return "this is a folder, not a rule file";
	if (S_ISFIFO(info->st_mode))
		return "this is a pipe, not a rule file";
	if (S_ISSOCK(info->st_mode))
		return "this is a socket, not a rule file";
	return "this is a device, not a rule file";
}

static int read_bytes(struct walk *walk, int fd, size_t size, struct hl_str name)
{
	struct hl_file_list *list = walk->list;
	char *bytes = hl_pool_take(&list->pool, size + 1);
	size_t got = 0;
	if (!bytes || !hl_grow((void **)&list->v, &list->capacity, list->n, sizeof(*list->v)))
		return HL_NOMEM;
	while (got < size) {
		ssize_t n = read(fd, bytes + got, size - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			say(walk, HL_ERROR, "file.read", name, strerror(errno), NULL);
			return HL_OK;
		}
		if (n == 0)
			break;
		got += (size_t)n;
	}
	list->bytes += got;
	list->v[list->n++] = (struct hl_rules_file){name, {bytes, got}};
	return HL_OK;
}

/* Why it could not be opened; a socket cannot, and a link may lead nowhere. */
static void cannot_open(struct walk *walk, const char *path, struct hl_str name, int why)
{
	struct stat info;
	const char *message = strerror(why), *remedy = "take it out of the pack";
	if (why == EACCES)
		message = "this file may not be read", remedy = GIVE_RIGHT;
	else if (why == ELOOP)
		message = "this link leads back to itself";
	else if (why == ENOENT && lstat(path, &info) == 0)
		message = "this link leads to a file that is not there";
	else if (stat(path, &info) == 0 && kind_problem(&info))
		message = kind_problem(&info);
	say(walk, HL_ERROR, "file.open", name, message, remedy);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Half of an old and half of a new text would be neither: what changed meanwhile is read again. */
static int read_settled(struct walk *walk, int fd, struct stat info, struct hl_str name)
{
	struct hl_file_list *list = walk->list;
	for (int tries = 0; tries < SETTLE_TRIES; tries++) {
		struct stat after;
		size_t bytes = list->bytes, n = list->n;
		int status = read_bytes(walk, fd, (size_t)info.st_size, name);
		if (status != HL_OK || fstat(fd, &after) != 0 || same_file(&info, &after))
			return status;
		list->bytes = bytes;
		list->n = n;
		info = after;
		if (info.st_size > (off_t)HL_RULES_FILE_MAX || lseek(fd, 0, SEEK_SET) != 0)
			break;
	}
	say(walk, HL_ERROR, "file.changes", name, "this file changes while it is read",
	    "wait until it is written, then try again");
	return HL_OK;
}

static int read_file(struct walk *walk, const char *path, struct hl_str name)
{
	struct stat info;
	int status = HL_OK;
	/* never waits for a pipe's other end */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		cannot_open(walk, path, name, errno);
		return HL_OK;
	}
	const char *problem = fstat(fd, &info) != 0 ? strerror(errno) : kind_problem(&info);
	if (problem) {
		say(walk, HL_ERROR, "file.kind", name, problem,
		    S_ISREG(info.st_mode) ? "split it into several files"
					  : "take it out of the pack");
	} else if (walk->list->bytes + (size_t)info.st_size > HL_RULES_PACK_MAX ||
		   walk->list->n >= FILES_MAX) {
		if (!walk->full)
			say(walk, HL_ERROR, "file.pack_size", name,
			    "with this file the pack is larger than 32 MiB or has more than 10000 "
			    "files",
			    "take out what the pack does not need");
		walk->full = true;
	} else {
		status = read_settled(walk, fd, info, name);
	}
	close(fd);
	return status;
}

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);
	return n > m && strcmp(name + n - m, end) == 0;
}

/* Meant as a rule file, and named as none. */
static bool is_misnamed(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot && dot > name && (strcasecmp(dot, ".yml") == 0 || strcasecmp(dot, ".yaml") == 0);
}

static int walk_folder(struct walk *walk, const char *below, unsigned depth);

static int take_entry(struct walk *walk, const char *below, const char *name, unsigned depth)
{
	struct hl_pool *pool = &walk->list->pool;
	struct hl_str inner = hl_pool_format(pool, "%s%s%s", below, *below ? "/" : "", name);
	struct hl_str path = hl_pool_format(pool, "%s/" HL_FMT, walk->folder, HL_ARG(inner));
	struct stat info;
	if (pool->failed)
		return HL_NOMEM;
	if (ends_with(name, ".yaml"))
		return read_file(walk, path.ptr, inner);
	if (is_misnamed(name)) {
		say(walk, HL_WARNING, "file.yml", inner, "this file is not read",
		    "rule files end in .yaml: give it that name");
		return HL_OK;
	}
	if (lstat(path.ptr, &info) != 0)
		return HL_OK;
	if (S_ISLNK(info.st_mode) && stat(path.ptr, &info) == 0 && S_ISDIR(info.st_mode)) {
		say(walk, HL_WARNING, "file.link", inner, "this link to a folder is not followed",
		    "put the folder itself here, or links to its files");
		return HL_OK;
	}
	if (!S_ISDIR(info.st_mode))
		return HL_OK;
	if (depth + 1 == FOLDERS_DEEP) {
		say(walk, HL_ERROR, "file.deep", inner, "folders nested deeper than 16",
		    "move what stands in it further up");
		return HL_OK;
	}
	return walk_folder(walk, inner.ptr, depth + 1);
}

static int not_dotted(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int walk_folder(struct walk *walk, const char *below, unsigned depth)
{
	struct dirent **entries;
	int status = HL_OK;
	struct hl_str path =
		hl_pool_format(&walk->list->pool, "%s%s%s", walk->folder, *below ? "/" : "", below);
	if (!path.ptr)
		return HL_NOMEM;
	int n = scandir(path.ptr, &entries, not_dotted, alphasort);
	if (n < 0) {
		bool right = errno == EACCES;
		say(walk, HL_ERROR, "file.folder", *below ? hl_view_of(below) : path,
		    right ? "this folder may not be read" : strerror(errno),
		    right ? GIVE_RIGHT : NULL);
		return HL_OK;
	}
	for (int i = 0; i < n; i++) {
		if (status == HL_OK)
			status = take_entry(walk, below, entries[i]->d_name, depth);
		free(entries[i]);
	}
	free(entries);
	return status;
}

static int order_names(const void *a, const void *b)
{
	const struct hl_rules_file *x = a, *y = b;
	return hl_view_order(x->name, y->name);
}

int hl_files_read(struct hl_file_list *list, const char *folder, struct hl_findings *findings)
{
	struct walk walk = {list, findings, folder, false};
	struct stat info;
	int status;
	*list = (struct hl_file_list){.v = NULL};
	hl_pool_init(&list->pool);
	if (stat(folder, &info) != 0) {
		say(&walk, HL_ERROR, "file.folder", hl_view_of(folder),
		    errno == ENOENT ? "there is no such folder" : strerror(errno),
		    errno == ENOENT ? "write where the pack lies: a folder of *.yaml files" : NULL);
		return HL_OK;
	}
	if (!S_ISDIR(info.st_mode)) {
		const char *slash = strrchr(folder, '/');
		status = read_file(&walk, folder, hl_view_of(slash ? slash + 1 : folder));
	} else {
		size_t before = hl_findings_errors(findings);
		status = walk_folder(&walk, "", 0);
		if (status == HL_OK && list->n == 0 && hl_findings_errors(findings) == before)
			say(&walk, HL_ERROR, "file.none", hl_view_of(folder),
			    "there is no rule file in this folder", "rule files end in .yaml");
	}
	if (list->n > 1)
		qsort(list->v, list->n, sizeof(*list->v), order_names);
	return status;
}

void hl_files_deinit(struct hl_file_list *list)
{
	hl_pool_deinit(&list->pool);
	free(list->v);
	list->v = NULL;
}
