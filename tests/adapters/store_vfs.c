/*
 * The VFS of the store's fault tests. Each file has, beside the real one, the image of what is
 * durable and the list of writes since its last sync.
 */
#include "store_vfs.h"

#include <pthread.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define FILES_MAX 4
#define SECTOR 512

struct write { /* since the last sync; a truncation has no bytes */
	struct write *next;
	size_t offset, len;
	unsigned char bytes[];
};
struct image { /* of a file by name, however many have it open */
	char name[200];
	unsigned char *durable;
	size_t size;
	struct write *head, **tail;
};
struct file {
	sqlite3_file base;
	struct image *image; /* NULL: not one we care for */
	sqlite3_file real[]; /* the machine's own */
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct image images[FILES_MAX];
static size_t n_images, countdown[4];
static bool failed, full, lie;
static sqlite3_vfs vfs;
static sqlite3_vfs *os;

static void forget(struct image *image)
{
	for (struct write *at = image->head, *next; at; at = next) {
		next = at->next;
		free(at);
	}
	image->head = NULL;
	image->tail = &image->head;
}

static void note_write(struct image *image, size_t offset, const void *bytes, size_t len)
{
	struct write *write = malloc(sizeof(*write) + len);

	*write = (struct write){.offset = offset, .len = len};
	if (len)
		memcpy(write->bytes, bytes, len);
	*image->tail = write;
	image->tail = &write->next;
}

/* Onto an image: the whole of a write, or the sectors chance picks. */
static void put(unsigned char **bytes, size_t *size, const struct write *w, unsigned *seed)
{
	if (!w->len) {
		*size = w->offset < *size ? w->offset : *size;
		return;
	}
	if (w->offset + w->len > *size) {
		*bytes = realloc(*bytes, w->offset + w->len);
		memset(*bytes + *size, 0, w->offset + w->len - *size);
		*size = w->offset + w->len;
	}
	for (size_t at = 0; at < w->len; at += SECTOR) {
		size_t n = w->len - at < SECTOR ? w->len - at : SECTOR;

		if (!seed || rand_r(seed) % 2)
			memcpy(*bytes + w->offset + at, w->bytes + at, n);
	}
}

/* Counts a call down; true when it is the one to fail. */
static bool strikes(const struct file *f, enum store_vfs_call call)
{
	bool now = false;

	pthread_mutex_lock(&mutex);
	if (f->image && countdown[call] && !--countdown[call])
		now = failed = true;
	pthread_mutex_unlock(&mutex);
	return now;
}

/* ------------------------------------------------------------------ a file's methods */

static int do_close(sqlite3_file *file)
{
	struct file *f = (struct file *)file;

	return f->real->pMethods->xClose(f->real);
}

static int do_read(sqlite3_file *file, void *out, int n, sqlite3_int64 offset)
{
	struct file *f = (struct file *)file;

	if (strikes(f, STORE_VFS_READ))
		return SQLITE_IOERR_READ;
	return f->real->pMethods->xRead(f->real, out, n, offset);
}

static int do_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 offset)
{
	struct file *f = (struct file *)file;
	sqlite3_int64 size = 0;
	int rc;

	if (strikes(f, STORE_VFS_WRITE)) { /* half of it gets there */
		f->real->pMethods->xWrite(f->real, bytes, n / 2, offset);
		return SQLITE_IOERR_WRITE;
	}
	if (f->image && full && f->real->pMethods->xFileSize(f->real, &size) == SQLITE_OK &&
	    offset + n > size)
		return SQLITE_FULL;
	rc = f->real->pMethods->xWrite(f->real, bytes, n, offset);
	pthread_mutex_lock(&mutex);
	if (f->image && rc == SQLITE_OK)
		note_write(f->image, (size_t)offset, bytes, (size_t)n);
	pthread_mutex_unlock(&mutex);
	return rc;
}

static int do_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct file *f = (struct file *)file;

	if (strikes(f, STORE_VFS_TRUNCATE))
		return SQLITE_IOERR_TRUNCATE;
	pthread_mutex_lock(&mutex);
	if (f->image)
		note_write(f->image, (size_t)size, NULL, 0);
	pthread_mutex_unlock(&mutex);
	return f->real->pMethods->xTruncate(f->real, size);
}

static int do_sync(sqlite3_file *file, int flags)
{
	struct file *f = (struct file *)file;

	(void)flags; /* the machine's disk itself need not be waited for */
	if (strikes(f, STORE_VFS_SYNC))
		return SQLITE_IOERR_FSYNC;
	pthread_mutex_lock(&mutex);
	if (f->image && !lie) {
		for (const struct write *at = f->image->head; at; at = at->next)
			put(&f->image->durable, &f->image->size, at, NULL);
		forget(f->image);
	}
	pthread_mutex_unlock(&mutex);
	return SQLITE_OK;
}

#define REAL(f) (((struct file *)(f))->real)
#define METHODS(f) (REAL(f)->pMethods)

static int do_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return METHODS(f)->xFileSize(REAL(f), size);
}

static int do_lock(sqlite3_file *f, int level)
{
	return METHODS(f)->xLock(REAL(f), level);
}

static int do_unlock(sqlite3_file *f, int level)
{
	return METHODS(f)->xUnlock(REAL(f), level);
}

static int do_reserved(sqlite3_file *f, int *out)
{
	return METHODS(f)->xCheckReservedLock(REAL(f), out);
}

static int do_control(sqlite3_file *f, int op, void *arg)
{
	return METHODS(f)->xFileControl(REAL(f), op, arg);
}

static int do_sector(sqlite3_file *f)
{
	return METHODS(f)->xSectorSize(REAL(f));
}

static int do_traits(sqlite3_file *f)
{
	return METHODS(f)->xDeviceCharacteristics(REAL(f));
}

static int do_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
	return METHODS(f)->xShmMap(REAL(f), page, size, extend, out);
}

static int do_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	return METHODS(f)->xShmLock(REAL(f), offset, n, flags);
}

static void do_shm_barrier(sqlite3_file *f)
{
	METHODS(f)->xShmBarrier(REAL(f));
}

static int do_shm_unmap(sqlite3_file *f, int remove)
{
	return METHODS(f)->xShmUnmap(REAL(f), remove);
}

static const sqlite3_io_methods methods = {.iVersion = 2,
					   .xClose = do_close,
					   .xRead = do_read,
					   .xWrite = do_write,
					   .xTruncate = do_truncate,
					   .xSync = do_sync,
					   .xFileSize = do_size,
					   .xLock = do_lock,
					   .xUnlock = do_unlock,
					   .xCheckReservedLock = do_reserved,
					   .xFileControl = do_control,
					   .xSectorSize = do_sector,
					   .xDeviceCharacteristics = do_traits,
					   .xShmMap = do_shm_map,
					   .xShmLock = do_shm_lock,
					   .xShmBarrier = do_shm_barrier,
					   .xShmUnmap = do_shm_unmap};

/* ------------------------------------------------------------------ the VFS */

static struct image *image_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct image *image;

	for (size_t i = 0; i < n_images; i++)
		if (strcmp(images[i].name, name) == 0)
			return &images[i];
	assert_true(n_images < FILES_MAX);
	image = &images[n_images++];
	snprintf(image->name, sizeof(image->name), "%.150s", name);
	image->tail = &image->head;
	return image;
}

static int do_open(sqlite3_vfs *self, sqlite3_filename name, sqlite3_file *file, int flags,
		   int *out)
{
	struct file *f = (struct file *)file;
	int rc;

	(void)self;
	rc = os->xOpen(os, name, f->real, flags, out);
	f->base.pMethods = rc == SQLITE_OK ? &methods : NULL;
	f->image = NULL;
	pthread_mutex_lock(&mutex);
	if (rc == SQLITE_OK && name && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)))
		f->image = image_of(name);
	pthread_mutex_unlock(&mutex);
	return rc;
}

static int do_delete(sqlite3_vfs *self, const char *name, int sync)
{
	(void)self;
	pthread_mutex_lock(&mutex);
	for (size_t i = 0; i < n_images; i++)
		if (strstr(name, images[i].name) &&
		    !strcmp(strstr(name, images[i].name), images[i].name)) {
			forget(&images[i]);
			images[i].size = 0;
		}
	pthread_mutex_unlock(&mutex);
	return os->xDelete(os, name, sync);
}

void store_vfs_reset(void)
{
	if (!os) {
		os = sqlite3_vfs_find(NULL);
		vfs = *os;
		vfs.zName = STORE_VFS;
		vfs.szOsFile += (int)sizeof(struct file);
		vfs.xOpen = do_open;
		vfs.xDelete = do_delete;
		vfs.pNext = NULL;
		assert_int_equal(sqlite3_vfs_register(&vfs, 0), SQLITE_OK);
	}
	for (size_t i = 0; i < n_images; i++) {
		forget(&images[i]);
		free(images[i].durable);
		images[i] = (struct image){.size = 0};
	}
	n_images = 0;
	memset(countdown, 0, sizeof(countdown));
	failed = full = lie = false;
}

void store_vfs_fail(enum store_vfs_call call, size_t nth)
{
	pthread_mutex_lock(&mutex);
	countdown[call] = nth;
	failed = false;
	pthread_mutex_unlock(&mutex);
}

bool store_vfs_failed(void)
{
	return failed;
}

void store_vfs_full(bool now)
{
	full = now;
}

void store_vfs_lie(bool now)
{
	lie = now;
}

void store_vfs_cut(const char *folder, unsigned seed)
{
	pthread_mutex_lock(&mutex);
	for (size_t i = 0; i < n_images; i++) {
		unsigned char *bytes = malloc(images[i].size + 1);
		size_t size = images[i].size;
		char path[300];
		FILE *out;

		if (size)
			memcpy(bytes, images[i].durable, size);
		for (const struct write *at = images[i].head; seed && at; at = at->next)
			if (rand_r(&seed) % 4)
				put(&bytes, &size, at, &seed);
		snprintf(path, sizeof(path), "%s/%.150s", folder, images[i].name);
		out = fopen(path, "wb");
		assert_non_null(out);
		assert_int_equal(fwrite(bytes, 1, size, out), size);
		fclose(out);
		chmod(path, 0600);
		free(bytes);
	}
	pthread_mutex_unlock(&mutex);
}
