/*
 * What was acknowledged is there: after a loss of power at any moment, after any one failing call
 * of the disk, over a full disk, and after kill -9.
 */
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sqlite_kit.h"
#include "store_sqlite/store_sqlite.h"
#include "store_suite.h"
#include "store_vfs.h"

#define CONVS 5

/* ------------------------------------------------------------------ looking at what is left */

static int64_t number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t value = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

/* How many entries each conversation has, after making sure of the rest: whole, gapless, each cid
   once. False when the database is not well. */
static bool look(const char *folder, uint64_t seqs[CONVS])
{
	char path[200], sql[200];
	sqlite3 *db = NULL;
	bool good;

	snprintf(path, sizeof(path), "%s/hotline.db", folder);
	good = sqlite3_open(path, &db) == SQLITE_OK &&
	       number(db, "SELECT integrity_check = 'ok' FROM pragma_integrity_check(1)") == 1 &&
	       number(db, "SELECT count(*) FROM conversations AS c WHERE seq <>"
			  " (SELECT count(*) FROM entries AS e WHERE e.conv = c.id) OR seq <>"
			  " (SELECT max(seq) FROM entries AS e WHERE e.conv = c.id) OR seq <>"
			  " (SELECT count(*) FROM cids AS i WHERE i.conv = c.id)") == 0;
	for (int i = 0; good && i < CONVS; i++) {
		snprintf(sql, sizeof(sql),
			 "SELECT coalesce(max(seq), 0) FROM conversations WHERE conv = 'c%d'", i);
		seqs[i] = (uint64_t)number(db, sql);
	}
	sqlite3_close(db);
	return good;
}

/* ------------------------------------------------------------------ power */

struct load { /* one producer a conversation, each with one append under way */
	struct kit kit;
	uint64_t acked[CONVS];
	size_t n;
	bool stop, failed;
};
struct producer {
	struct load *load;
	int conv;
	struct hl_append_done done;
	size_t answered;
};

static void send_next(struct producer *p)
{
	char conv[8], cid[32];

	snprintf(conv, sizeof(conv), "c%d", p->conv);
	snprintf(cid, sizeof(cid), "cid-%llu", (unsigned long long)p->load->acked[p->conv]);
	p->answered = 0;
	draft_start(&p->load->kit,
		    &(struct draft){
			    .conv = conv, .cid = cid, .seq = p->load->acked[p->conv], .body = 300},
		    &p->done, &p->answered);
}

/* Runs until `n` more appends are acknowledged. */
static void produce(struct load *load, struct producer *producers, size_t n)
{
	size_t until = load->n + n;

	while (load->n < until) {
		uv_run(&load->kit.loop, UV_RUN_ONCE);
		for (int i = 0; i < CONVS; i++) {
			struct producer *p = &producers[i];

			if (!p->answered)
				continue;
			assert_int_equal(p->done.result, HL_STORE_OK);
			load->acked[i]++;
			load->n++;
			send_next(p);
		}
	}
}

static void finish(struct load *load, struct producer *producers)
{
	for (int i = 0; i < CONVS; i++)
		while (!producers[i].answered)
			uv_run(&load->kit.loop, UV_RUN_ONCE);
	sqlite_kit_vfs = NULL;
	kit_close(&load->kit);
}

static void remove_cut(const char *folder)
{
	static const char *const names[] = {"hotline.db", "hotline.db-wal", "hotline.db-shm"};
	char path[200];

	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
}

/* Cuts the power `n` times and counts the cuts after which an acknowledged append was gone. */
static size_t losses(bool lying, size_t n)
{
	static struct load load;
	struct producer producers[CONVS];
	char folder[64];
	size_t lost = 0;

	store_vfs_reset();
	store_vfs_lie(lying);
	sqlite_kit_vfs = STORE_VFS;
	load = (struct load){.n = 0};
	kit_open(&load.kit);
	sqlite_kit_make(folder);
	for (int i = 0; i < CONVS; i++) {
		producers[i] = (struct producer){.load = &load, .conv = i};
		send_next(&producers[i]);
	}
	for (unsigned cut = 0; cut < n; cut++) {
		uint64_t seqs[CONVS] = {0};
		bool short_of_one = false;

		produce(&load, producers, 1 + cut % 23);
		store_vfs_cut(folder, cut % 3 ? cut : 0);
		if (!look(folder, seqs))
			short_of_one = true;
		for (int i = 0; i < CONVS; i++)
			short_of_one = short_of_one || seqs[i] < load.acked[i];
		lost += short_of_one;
		remove_cut(folder);
	}
	finish(&load, producers);
	rmdir(folder);
	store_vfs_reset();
	return lost;
}

static void test_power_loss(void **state)
{
	(void)state;
	assert_int_equal(losses(false, 300), 0);
}

static void test_a_lying_disk_is_noticed(void **state)
{
	(void)state;
	assert_true(losses(true, 20) > 10); /* so the test above can see a loss */
}

/* ------------------------------------------------------------------ one call fails */

#define MESSAGES 8

/* Sends what is not yet acknowledged, one by one; returns how many are in the end. */
static size_t send_rest(struct kit *kit, size_t from, enum hl_store_result *last)
{
	size_t acked = from;

	*last = HL_STORE_OK;
	for (size_t i = from; i < MESSAGES; i++) {
		char cid[32];
		struct hl_append_done done;

		snprintf(cid, sizeof(cid), "cid-%zu", i);
		done = draft_append(kit, &(struct draft){.conv = "c0",
							 .cid = cid,
							 .seq = i,
							 .body = 3000,
							 .rewrite = i == 5 ? 2 : 0});
		if (done.result == HL_STORE_OK || done.result == HL_STORE_DUP) {
			assert_int_equal(acked, i); /* never again once it has failed */
			assert_int_equal(done.seq, i + 1);
			acked = i + 1;
		} else {
			*last = done.result;
		}
	}
	return acked;
}

/* False when the call number `nth` is past all that were made. */
static bool fail_one(enum store_vfs_call call, size_t nth)
{
	struct kit kit;
	uint64_t seqs[CONVS] = {0};
	enum hl_store_result last;
	struct hl_store *store = NULL;
	size_t acked = 0;
	char err[256];
	bool struck;

	store_vfs_reset();
	sqlite_kit_keep = true;
	assert_int_equal(uv_loop_init(&kit.loop), 0);
	sqlite_kit_make(sqlite_kit_folder);
	store_vfs_fail(call, nth);
	if (hl_store_sqlite_new(&store, &kit.loop, sqlite_kit_folder, STORE_VFS, err,
				sizeof(err)) == HL_OK) {
		kit.store = store;
		acked = send_rest(&kit, 0, &last);
		if (call == STORE_VFS_SYNC && acked < MESSAGES)
			assert_true(hl_store_sqlite_why(store)[0]);
		kit_close(&kit);
	} else {
		assert_true(err[0]);
		uv_run(&kit.loop, UV_RUN_DEFAULT);
		assert_int_equal(uv_loop_close(&kit.loop), 0);
	}
	struck = store_vfs_failed();
	store_vfs_reset();
	kit_open(&kit); /* nothing to be done by hand */
	acked = send_rest(&kit, acked, &last);
	assert_int_equal(acked, MESSAGES);
	sqlite_kit_keep = true;
	kit_close(&kit);
	assert_true(look(sqlite_kit_folder, seqs));
	assert_int_equal(seqs[0], MESSAGES);
	sqlite_kit_clean();
	sqlite_kit_keep = false;
	return struck;
}

static void test_any_one_call_fails(void **state)
{
	static const struct {
		enum store_vfs_call call;
		size_t at_least;
	} rows[] = {{STORE_VFS_READ, 5},
		    {STORE_VFS_WRITE, 20},
		    {STORE_VFS_SYNC, MESSAGES},
		    {STORE_VFS_TRUNCATE, 1}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t nth = 1;

		while (fail_one(rows[i].call, nth))
			nth++;
		assert_true(nth > rows[i].at_least);
	}
}

static void test_a_full_disk_is_no_end(void **state)
{
	struct kit kit;
	struct shown shown;
	uint64_t seq = 0;
	size_t full = 0;

	(void)state;
	store_vfs_reset();
	sqlite_kit_vfs = STORE_VFS;
	kit_open(&kit);
	for (int round = 0; round < 6; round++) {
		store_vfs_full(round % 2);
		for (int i = 0; i < 5; i++) {
			char cid[16];
			struct hl_append_done done;

			snprintf(cid, sizeof(cid), "cid-%d", (int)seq);
			done = draft_append(
				&kit, &(struct draft){
					      .conv = "c0", .cid = cid, .seq = seq, .body = 9000});
			if (done.result == HL_STORE_OK)
				seq++;
			else
				assert_int_equal(done.result, HL_STORE_FULL);
			full += done.result == HL_STORE_FULL;
			/* reading goes on, and so do checks */
			show_loaded(&kit, "c0", NULL, &shown);
			assert_int_equal(shown.result, HL_STORE_OK);
			assert_int_equal(
				draft_check(&kit, &(struct draft){.conv = "c0", .seq = seq}).result,
				HL_STORE_OK);
		}
		if (round % 2 == 0)
			assert_true(seq >= 5u * (unsigned)(round / 2 + 1));
	}
	assert_true(full > 5);
	sqlite_kit_vfs = NULL;
	kit_close(&kit);
	store_vfs_reset();
}

/* ------------------------------------------------------------------ kill -9 */

struct acked { /* what a child says it was told */
	int conv;
	uint64_t seq;
};

/* In the child: goes on from what the last one left, until it is killed. */
static void child_main(int pipe_fd)
{
	static struct load load;
	struct producer producers[CONVS];
	uint64_t seqs[CONVS] = {0};

	if (sqlite_kit_folder[0])
		look(sqlite_kit_folder, seqs);
	kit_open(&load.kit);
	for (int i = 0; i < CONVS; i++) {
		load.acked[i] = seqs[i];
		producers[i] = (struct producer){.load = &load, .conv = i};
		send_next(&producers[i]);
	}
	for (;;) {
		uv_run(&load.kit.loop, UV_RUN_ONCE);
		for (int i = 0; i < CONVS; i++) {
			struct acked acked = {i, producers[i].done.seq};

			if (!producers[i].answered)
				continue;
			if (producers[i].done.result != HL_STORE_OK ||
			    write(pipe_fd, &acked, sizeof(acked)) != sizeof(acked))
				_exit(1);
			load.acked[i]++;
			send_next(&producers[i]);
		}
	}
}

static void test_kill_9(void **state)
{
	uint64_t acked[CONVS] = {0}, seqs[CONVS] = {0};
	unsigned seed = 7;
	size_t n = 0;

	(void)state;
	sqlite_kit_make(sqlite_kit_folder);
	for (int round = 0; round < 40; round++) {
		struct acked said;
		int fds[2], status;
		pid_t pid;

		assert_int_equal(pipe(fds), 0);
		pid = fork();
		if (pid == 0) {
			close(fds[0]);
			child_main(fds[1]);
		}
		close(fds[1]);
		assert_int_equal(read(fds[0], &said, sizeof(said)), sizeof(said));
		acked[said.conv] = said.seq;
		usleep((useconds_t)(rand_r(&seed) % 40000));
		kill(pid, SIGKILL);
		while (read(fds[0], &said, sizeof(said)) == sizeof(said)) {
			assert_true(said.seq > acked[said.conv]);
			acked[said.conv] = said.seq;
			n++;
		}
		close(fds[0]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_true(look(sqlite_kit_folder, seqs));
		for (int i = 0; i < CONVS; i++)
			assert_true(seqs[i] >= acked[i]);
	}
	assert_true(n > 40);
	sqlite_kit_clean();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kill_9), /* first: it forks */
		cmocka_unit_test(test_power_loss),
		cmocka_unit_test(test_a_lying_disk_is_noticed),
		cmocka_unit_test(test_any_one_call_fails),
		cmocka_unit_test(test_a_full_disk_is_no_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
