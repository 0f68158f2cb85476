/*
 * The canonical layout for all files of a pack, each written whole or not at all.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load/files.h"

#define PATH_SIZE 4096

static void say(struct hl_findings *findings, struct hl_str name, const char *message)
{
	struct hl_finding finding = {.level = HL_ERROR,
				     .code = "file.write",
				     .file = name,
				     .message = hl_view_of(message)};
	hl_findings_add(findings, &finding);
}

/* Beside the file first, then in its place; a link keeps leading to it. */
static bool write_back(const char *path, struct hl_str text)
{
	char draft[PATH_SIZE + 16];
	struct stat info;
	char *real = realpath(path, NULL);
	if (!real)
		return false;
	int n = snprintf(draft, sizeof(draft), "%s.XXXXXX", real);
	int fd = n > 0 && (size_t)n < sizeof(draft) ? mkstemp(draft) : -1;
	bool good = fd >= 0 && stat(real, &info) == 0 && fchmod(fd, info.st_mode & 07777) == 0;
	for (size_t at = 0; good && at < text.len;) {
		ssize_t wrote = write(fd, text.ptr + at, text.len - at);
		good = wrote > 0;
		at += good ? (size_t)wrote : 0;
	}
	if (fd >= 0)
		good = close(fd) == 0 && good;
	if (good)
		good = rename(draft, real) == 0;
	if (!good && fd >= 0)
		unlink(draft);
	free(real);
	return good;
}

static int format_file(const char *folder, const struct hl_rules_file *file, bool dry,
		       struct hl_findings *findings, hl_changed_fn *changed, void *arg)
{
	char path[PATH_SIZE], *text;
	size_t len;
	struct stat info;
	int status = hl_rules_format(&text, &len, file->name, file->text, findings);
	if (status != HL_OK)
		return status;
	if (!hl_view_equal((struct hl_str){text, len}, file->text)) {
		bool single = stat(folder, &info) == 0 && !S_ISDIR(info.st_mode);
		int n = single ? snprintf(path, sizeof(path), "%s", folder)
			       : snprintf(path, sizeof(path), "%s/" HL_FMT, folder,
					  HL_ARG(file->name));
		changed(arg, file->name);
		errno = ENAMETOOLONG;
		if (!dry && (n < 0 || (size_t)n >= sizeof(path) ||
			     !write_back(path, (struct hl_str){text, len}))) {
			say(findings, file->name, strerror(errno));
			status = HL_REFUSED;
		}
	}
	free(text);
	return status;
}

int hl_rules_format_folder(const char *folder, bool dry, struct hl_findings *findings,
			   hl_changed_fn *changed, void *arg)
{
	struct hl_file_list list;
	int status = hl_files_read(&list, folder, findings);
	bool refused = hl_findings_errors(findings) > 0;
	for (size_t i = 0; status >= 0 && i < list.n; i++) {
		status = format_file(folder, &list.v[i], dry, findings, changed, arg);
		refused = refused || status == HL_REFUSED;
	}
	hl_files_deinit(&list);
	if (status < 0)
		return status;
	return refused ? HL_REFUSED : HL_OK;
}
