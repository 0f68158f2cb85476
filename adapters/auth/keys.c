/*
 * The keys' file: a mark and the secrets, 72 bytes. It is written beside its place, synced, and
 * linked in, so that there is a whole one or none; whoever else could read it makes it worthless.
 */
#include "auth/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hotline.h"

static const char mark[8] = {'h', 'o', 't', 'k', 'e', 'y', 's', '1'};

struct file {
	char mark[sizeof(mark)];
	struct hl_keys keys;
};
_Static_assert(sizeof(struct file) == 72, "no padding");

static int refuse(char *err, size_t size, const char *folder, const char *why)
{
	snprintf(err, size, "%s/keys: %s", folder, why);
	return HL_REFUSED;
}

static int make(int dir, const char *folder, char *err, size_t err_size)
{
	struct file file;
	int fd, status = HL_OK;

	memcpy(file.mark, mark, sizeof(mark));
	randombytes_buf(&file.keys, sizeof(file.keys));
	unlinkat(dir, "keys.new", 0);
	fd = openat(dir, "keys.new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return refuse(err, err_size, folder, strerror(errno));
	if (write(fd, &file, sizeof(file)) != (ssize_t)sizeof(file) || fsync(fd) != 0 ||
	    renameat(dir, "keys.new", dir, "keys") != 0 || fsync(dir) != 0)
		status = refuse(err, err_size, folder, strerror(errno));
	close(fd);
	sodium_memzero(&file, sizeof(file));
	return status;
}

static int read_file(struct hl_keys *out, int fd, const char *folder, char *err, size_t err_size)
{
	struct file file;
	struct stat st;
	int status = HL_OK;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid())
		return refuse(err, err_size, folder, "is not a file of this user");
	if (st.st_mode & 077)
		return refuse(err, err_size, folder,
			      "may be read by others: chmod 600 it, or remove it for new keys");
	if (st.st_size != (off_t)sizeof(file) ||
	    read(fd, &file, sizeof(file)) != (ssize_t)sizeof(file) ||
	    memcmp(file.mark, mark, sizeof(mark)) != 0)
		status = refuse(err, err_size, folder, "is not a file of keys");
	else
		*out = file.keys;
	sodium_memzero(&file, sizeof(file));
	return status;
}

int hl_keys_read(struct hl_keys *out, const char *folder, char *err, size_t err_size)
{
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1, status = HL_OK;

	if (dir < 0)
		return refuse(err, err_size, folder, strerror(errno));
	fd = openat(dir, "keys", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT) {
		status = make(dir, folder, err, err_size);
		fd = openat(dir, "keys", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	}
	if (status == HL_OK && fd < 0)
		status = refuse(err, err_size, folder, strerror(errno));
	if (status == HL_OK)
		status = read_file(out, fd, folder, err, err_size);
	if (fd >= 0)
		close(fd);
	close(dir);
	return status;
}
