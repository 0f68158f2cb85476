/*
 * What the SQLite store keeps over restarts, how it keeps its files, and what it says of a folder
 * it cannot have.
 */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "sqlite_kit.h"
#include "store_sqlite/folder.h"
#include "store_sqlite/store_sqlite.h"
#include "store_suite.h"

static int setup(void **state)
{
	static struct kit kit;

	sqlite_kit_keep = false;
	kit_open(&kit);
	*state = &kit;
	return 0;
}

static int teardown(void **state)
{
	sqlite_kit_keep = false;
	kit_close(*state);
	return 0;
}

static void reopen(struct kit *kit)
{
	sqlite_kit_keep = true;
	kit_close(kit);
	sqlite_kit_keep = false;
	kit_open(kit);
}

static void test_a_restart_finds_everything(void **state)
{
	struct kit *kit = *state;
	struct shown shown;

	draft_append(kit, &(struct draft){.conv = "a", .cid = "c1", .n = 2, .n_notes = 1});
	draft_append(kit, &(struct draft){.conv = "a", .seq = 2, .note_seq = 1, .due_ms = 70});
	reopen(kit);
	show_page(kit, "a", 0, 0, true, 9, &shown);
	assert_string_equal(shown.line, "1:text-1 2:text-2 n1@2:note-1 3:text-3 ");
	show_loaded(kit, "a", NULL, &shown);
	assert_string_equal(shown.line, "a 3.1 due 70 snap-3");
	assert_int_equal(draft_append(kit, &(struct draft){.conv = "a", .cid = "c1"}).result,
			 HL_STORE_DUP);
	show_rows(kit, 0, NULL, 100, 9, &shown);
	assert_string_equal(shown.line, "a:bot:3 ");
}

static void test_files_are_private(void **state)
{
	static const char *const names[] = {"hotline.db", "hotline.db-wal", "hotline.db-shm",
					    "lock"};
	struct stat st;
	char path[200];

	draft_append(*state, &(struct draft){.conv = "a"});
	assert_int_equal(stat(sqlite_kit_folder, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", sqlite_kit_folder, names[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
}

static void test_a_second_one_is_refused(void **state)
{
	struct kit *kit = *state;
	struct hl_store *second = NULL;
	char err[256], expected[200];

	assert_int_equal(
		hl_store_sqlite_new(&second, &kit->loop, sqlite_kit_folder, NULL, err, sizeof(err)),
		HL_LIMIT);
	snprintf(expected, sizeof(expected), "the data folder %s is in use by another process",
		 sqlite_kit_folder);
	assert_string_equal(err, expected);
	assert_int_equal(draft_append(kit, &(struct draft){.conv = "a"}).result, HL_STORE_OK);
}

static void test_past_its_limit_it_is_busy(void **state)
{
	enum { N = HL_STORE_SQLITE_GATHERED_MAX + 500 };
	struct kit *kit = *state;
	struct hl_append_done *done = calloc(N, sizeof(*done));
	size_t answered = 0, ok = 0, busy = 0;

	for (unsigned i = 0; i < N; i++)
		draft_start(kit, &(struct draft){.conv = "a", .seq = i}, &done[i], &answered);
	while (answered < N)
		uv_run(&kit->loop, UV_RUN_ONCE);
	for (size_t i = 0; i < N; i++) {
		ok += done[i].result == HL_STORE_OK;
		busy += done[i].result == HL_STORE_BUSY;
	}
	assert_int_equal(ok + busy, N);
	assert_in_range(ok, HL_STORE_SQLITE_GATHERED_MAX, HL_STORE_SQLITE_GATHERED_MAX + 1);
	answered = 0;
	for (unsigned i = 0; i < 40; i++)
		draft_start(kit, &(struct draft){.conv = "b", .seq = i, .body = 1u << 20}, &done[i],
			    &answered);
	while (answered < 40)
		uv_run(&kit->loop, UV_RUN_ONCE);
	assert_int_equal(done[39].result, HL_STORE_BUSY); /* 8 MiB */
	assert_int_equal(done[3].result, HL_STORE_OK);
	free(done);
}

/* Every file of the folder, looked through for bytes. */
static bool holds(const char *needle)
{
	static const char *const names[] = {"hotline.db", "hotline.db-wal"};
	bool found = false;

	for (size_t i = 0; i < 2; i++) {
		char path[200], *bytes;
		struct stat st;
		FILE *f;

		snprintf(path, sizeof(path), "%s/%s", sqlite_kit_folder, names[i]);
		f = fopen(path, "rb");
		if (!f)
			continue;
		assert_int_equal(fstat(fileno(f), &st), 0);
		bytes = malloc((size_t)st.st_size + 1);
		assert_int_equal(fread(bytes, 1, (size_t)st.st_size, f), st.st_size);
		found = found || memmem(bytes, (size_t)st.st_size, needle, strlen(needle));
		free(bytes);
		fclose(f);
	}
	return found;
}

static void test_what_is_redacted_leaves_the_disk(void **state)
{
	struct kit *kit = *state;

	draft_append(kit, &(struct draft){.conv = "a", .n = 40});
	assert_true(holds("text-23"));
	draft_append(kit, &(struct draft){.conv = "a", .seq = 40, .rewrite = 23});
	draft_append(kit, &(struct draft){.conv = "b"});
	assert_false(holds("text-23"));
	assert_true(holds("text-24"));
}

/* Runs SQL on the closed database. */
static void meddle(const char *sql)
{
	char *path = hl_folder_path(sqlite_kit_folder, "hotline.db");
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	free(path);
}

static void expect_refused(struct kit *kit, const char *part)
{
	struct hl_store *store = NULL;
	char err[256];

	assert_int_equal(
		hl_store_sqlite_new(&store, &kit->loop, sqlite_kit_folder, NULL, err, sizeof(err)),
		HL_REFUSED);
	if (!strstr(err, part) || strchr(err, '\n'))
		fail_msg("%s", err);
}

static void test_what_it_will_not_open(void **state)
{
	struct kit *kit = *state;
	char *path;
	int fd;

	draft_append(kit, &(struct draft){.conv = "a", .n = 60, .body = 900});
	sqlite_kit_keep = true;
	kit_close(kit);
	sqlite_kit_keep = false;
	uv_loop_init(&kit->loop);
	meddle("PRAGMA user_version=99");
	expect_refused(kit, "was written by a newer hotline (schema 99, this one knows 1)");
	meddle("PRAGMA user_version=1; PRAGMA application_id=7");
	expect_refused(kit, "is not a hotline database");
	meddle("PRAGMA application_id=1752134764");
	path = hl_folder_path(sqlite_kit_folder, "hotline.db");
	fd = open(path, O_RDWR | O_CLOEXEC);
	for (int page = 2; page < 40; page++) /* a torn-up middle */
		assert_int_equal(pwrite(fd, "damage damage damage", 20, page * 4096), 20);
	close(fd);
	expect_refused(kit, "damaged");
	assert_int_equal(truncate(path, 5000), 0);
	expect_refused(kit, "");
	free(path);
	sqlite_kit_clean();
	snprintf(sqlite_kit_folder, sizeof(sqlite_kit_folder), "/proc/nowhere");
	expect_refused(kit, "cannot make the data folder /proc/nowhere: ");
	snprintf(sqlite_kit_folder, sizeof(sqlite_kit_folder), "/dev/null");
	expect_refused(kit, "cannot write in the data folder /dev/null: Not a directory");
	sqlite_kit_folder[0] = '\0';
	uv_loop_close(&kit->loop);
	kit_open(kit);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(test_a_restart_finds_everything),	     CASE(test_files_are_private),
		CASE(test_a_second_one_is_refused),	     CASE(test_past_its_limit_it_is_busy),
		CASE(test_what_is_redacted_leaves_the_disk), CASE(test_what_it_will_not_open),
	};
#undef CASE
	return cmocka_run_group_tests(tests, NULL, NULL);
}
