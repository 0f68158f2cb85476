/*
 * The data folder: private to its owner, and locked with flock, which the kernel gives back
 * whatever way a process ends.
 */
#include "store_sqlite/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hotline.h"

char *hl_folder_path(const char *folder, const char *name)
{
	size_t size = strlen(folder) + strlen(name) + 2;
	char *path = malloc(size);

	if (path)
		snprintf(path, size, "%s/%s", folder, name);
	return path;
}

/* An empty folder of ours is made private; one that already holds something keeps its owner's mode:
   the files in it are private anyway. */
static void make_private(const char *folder)
{
	struct stat st;
	DIR *dir = opendir(folder);
	size_t n = 0;

	while (dir && n < 3 && readdir(dir))
		n++;
	if (dir && n < 3 && fstat(dirfd(dir), &st) == 0 && st.st_uid == geteuid() &&
	    (st.st_mode & 077) && fchmod(dirfd(dir), 0700) != 0)
		n = 0; /* not ours to change after all: the files' own modes must do */
	if (dir)
		closedir(dir);
}

int hl_folder_lock(int *lock, const char *folder, char *err, size_t err_size)
{
	char *path = NULL;
	int fd = -1, status = HL_REFUSED;

	if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
		snprintf(err, err_size, "cannot make the data folder %s: %s", folder,
			 strerror(errno));
		return HL_REFUSED;
	}
	make_private(folder);
	path = hl_folder_path(folder, "lock");
	if (!path) {
		snprintf(err, err_size, "out of memory");
		return HL_NOMEM;
	}
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		snprintf(err, err_size, "cannot write in the data folder %s: %s", folder,
			 strerror(errno));
		goto out;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		status = errno == EWOULDBLOCK ? HL_LIMIT : HL_REFUSED;
		snprintf(err, err_size,
			 errno == EWOULDBLOCK ? "the data folder %s is in use by another process"
					      : "cannot lock the data folder %s",
			 folder);
		goto out;
	}
	*lock = fd;
	fd = -1;
	status = HL_OK;
out:
	if (fd >= 0)
		close(fd);
	free(path);
	return status;
}
