/*
 * Folders for SQLite stores: made when a store is opened, removed when it is closed.
 */
#include "sqlite_kit.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "store_sqlite/store_sqlite.h"
#include "store_suite.h"

char sqlite_kit_folder[64];
const char *sqlite_kit_vfs;
bool sqlite_kit_keep;

void sqlite_kit_make(char out[64])
{
	snprintf(out, 64, "/dev/shm/hotline-store-XXXXXX");
	if (mkdtemp(out))
		return;
	snprintf(out, 64, "/tmp/hotline-store-XXXXXX");
	assert_non_null(mkdtemp(out));
}

static struct hl_store *open_store(uv_loop_t *loop)
{
	struct hl_store *store = NULL;
	char err[256];

	if (!sqlite_kit_folder[0])
		sqlite_kit_make(sqlite_kit_folder);
	if (hl_store_sqlite_new(&store, loop, sqlite_kit_folder, sqlite_kit_vfs, err,
				sizeof(err)) != HL_OK)
		fail_msg("%s", err);
	return store;
}

void sqlite_kit_clean(void)
{
	char path[400];
	DIR *dir = opendir(sqlite_kit_folder);

	for (struct dirent *at; dir && (at = readdir(dir));) {
		snprintf(path, sizeof(path), "%s/%s", sqlite_kit_folder, at->d_name);
		if (at->d_name[0] != '.')
			unlink(path);
	}
	if (dir)
		closedir(dir);
	rmdir(sqlite_kit_folder);
	sqlite_kit_folder[0] = '\0';
}

static void clean(void)
{
	if (!sqlite_kit_keep)
		sqlite_kit_clean();
}

const struct store_kit store_kit = {"store_sqlite", open_store, clean};
