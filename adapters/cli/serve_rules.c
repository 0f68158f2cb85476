/*
 * serve_rules.c: the pack the server answers by, loaded at the start and again whenever it changes
 * on disk. A load happens on a worker thread, tests included, and only a whole pack comes into
 * force: a broken one is said in the log and changes nothing.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/serve.h"
#include "cli/workers.h"

#define LOOK_MS 500  /* how often the folder is looked at; a change must stand this long */
#define DEPTH_MAX 16 /* as deep as a pack is read */
#define FINDINGS_LOGGED 20

struct serve_watch {
	struct serve *serve;
	char *folder, *cache;
	uv_timer_t timer;
	uv_work_t work;
	struct hl_rules *rules; /* of the load under way */
	struct hl_rules
		*before; /* of the latest one: the next takes from it what has not changed */
	struct hl_ruleset *like; /* in force when it began */
	int status;
	uint64_t now, seen, loaded; /* what the folder looks like: just now, last time, in force */
	bool busy, load, asked, closed;
	bool young; /* the set in force is not in huge pages yet */
};

static void today(char out[16])
{
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(out, 16, "%Y-%m-%d", &tm);
}

static char *cache_of(const char *data)
{
	char *path;

	return asprintf(&path, "%s/cache", data) < 0 ? NULL : path;
}

static int load(struct hl_rules **out, const char *folder, const char *cache,
		const struct hl_ruleset *like, const struct hl_rules *before)
{
	struct hl_rules_options options = {.workers = &cli_workers, .before = before};
	char date[16];

	today(date);
	options.like = like;
	options.today = (struct hl_str){date, strlen(date)};
	options.cache = (struct hl_str){cache, strlen(cache)};
	return hl_rules_load(out, folder, &options);
}

int serve_rules_first(struct hl_ruleset **out, const char *folder, const char *data)
{
	char *cache = cache_of(data), *text = NULL;
	const struct hl_finding *findings;
	struct hl_rules *rules = NULL;
	size_t n = 0;
	int rc = cache ? load(&rules, folder, cache, NULL, NULL) : HL_NOMEM;

	if (rc >= 0) {
		findings = hl_rules_findings(rules, &n);
		for (size_t i = 0; i < n; i++) {
			if (findings[i].level > HL_NOTE && !hl_finding_format(&text, &findings[i]))
				fputs(text, stderr);
			free(text);
			text = NULL;
		}
	}
	if (rc == HL_OK) {
		*out = hl_ruleset_ref(hl_rules_ruleset(rules));
		hl_rules_huge_pages(*out);
	}
	hl_rules_free(rules);
	free(cache);
	return rc;
}

/* ------------------------------------------------------------------ again */

static void say_findings(struct serve_watch *watch)
{
	size_t n, said = 0;
	const struct hl_finding *v = hl_rules_findings(watch->rules, &n);

	for (size_t i = 0; i < n && said < FINDINGS_LOGGED; i++) {
		struct hl_log_field fields[] = {
			HL_LOG_TEXT("file", v[i].file),	      HL_LOG_NUMBER("line", v[i].line),
			HL_LOG_NUMBER("column", v[i].column), HL_LOG_TEXT("message", v[i].message),
			HL_LOG_TEXT("remedy", v[i].remedy),
		};

		if (v[i].level != HL_ERROR)
			continue;
		hl_log_say(&watch->serve->log, HL_LOG_ERROR, "pack error", fields, 5);
		said++;
	}
}

/* A number that changes when a rule file comes, goes or changes, at any depth. Looking beats being
   told: it works on every file system, and when the whole folder is replaced. */
static uint64_t look(int at, const char *name, int depth)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | (depth ? O_NOFOLLOW : 0) | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	uint64_t sum = 1;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while ((entry = readdir(dir))) {
		size_t len = strlen(entry->d_name);
		uint64_t hash = UINT64_C(14695981039346656037);
		struct stat st;

		if (entry->d_name[0] == '.' || fstatat(dirfd(dir), entry->d_name, &st, 0))
			continue;
		if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
			sum += look(dirfd(dir), entry->d_name, depth + 1);
		if (len < 5 || strcmp(entry->d_name + len - 5, ".yaml") != 0)
			continue;
		for (size_t i = 0; i < len; i++)
			hash = (hash ^ (unsigned char)entry->d_name[i]) * UINT64_C(1099511628211);
		hash ^= (uint64_t)st.st_mtim.tv_sec * UINT64_C(1000003) +
			(uint64_t)st.st_mtim.tv_nsec * 31 + (uint64_t)st.st_size * 17 + st.st_ino;
		sum += hash * UINT64_C(1099511628211);
	}
	closedir(dir);
	return sum;
}

static void release(uv_handle_t *handle)
{
	struct serve_watch *watch = handle->data;

	hl_rules_free(watch->before);
	free(watch->folder);
	free(watch->cache);
	free(watch);
}

static void on_work(uv_work_t *work)
{
	struct serve_watch *watch = work->data;

	watch->now = look(AT_FDCWD, watch->folder, 0);
	if (watch->load) {
		watch->status = load(&watch->rules, watch->folder, watch->cache, watch->like,
				     watch->before);
		hl_rules_free(watch->before);
		watch->before = watch->rules;
	} else if (watch->young) {
		hl_rules_huge_pages(watch->like);
		watch->young = false;
	}
}

/* Some editors empty a file before they write it, and a copy begins with nothing: no rules at all
   in place of some is never what was meant. */
static bool is_emptied(const struct serve_watch *watch)
{
	struct hl_ruleset_info was = {.intents = 0}, is;

	if (watch->like)
		hl_ruleset_info(&was, watch->like);
	hl_ruleset_info(&is, hl_rules_ruleset(watch->rules));
	return was.intents > 0 && is.intents == 0;
}

static void finish(struct serve_watch *watch)
{
	struct serve *serve = watch->serve;
	struct hl_log_field errors[] = {
		HL_LOG_NUMBER("errors", 0),
	};

	if (watch->status == HL_OK && is_emptied(watch)) {
		serve->reloads_failed++;
		hl_log_say(&serve->log, HL_LOG_ERROR,
			   "the changed pack has no intent left, the old rules stay", NULL, 0);
		return;
	}
	if (watch->status == HL_OK) {
		hl_ruleset_unref(serve->rules);
		serve->rules = hl_ruleset_ref(hl_rules_ruleset(watch->rules));
		hl_host_reload(serve->host, serve->rules);
		watch->young = true;
		serve->reloads++;
		hl_log_say(&serve->log, HL_LOG_INFO, "new rules in force", NULL, 0);
		return;
	}
	serve->reloads_failed++;
	if (watch->status > 0) {
		say_findings(watch);
		errors[0].number = (int64_t)hl_rules_errors(watch->rules);
	}
	hl_log_say(&serve->log, HL_LOG_ERROR, "the changed pack is refused, the old rules stay",
		   errors, 1);
}

static void on_worked(uv_work_t *work, int status)
{
	struct serve_watch *watch = work->data;

	watch->busy = false;
	if (!watch->closed && status == 0 && watch->load)
		finish(watch);
	watch->like = hl_ruleset_unref(watch->like);
	watch->rules = NULL;
	watch->load = false;
	if (watch->closed)
		uv_close((uv_handle_t *)&watch->timer, release);
}

static void on_timer(uv_timer_t *timer)
{
	struct serve_watch *watch = timer->data;

	if (watch->busy)
		return;
	watch->load = watch->asked || (watch->now != watch->loaded && watch->now == watch->seen);
	watch->seen = watch->now;
	watch->asked = false;
	if (watch->load)
		watch->loaded = watch->now;
	watch->work.data = watch;
	watch->like = watch->serve->rules ? hl_ruleset_ref(watch->serve->rules) : NULL;
	watch->busy = uv_queue_work(&watch->serve->loop, &watch->work, on_work, on_worked) == 0;
	if (!watch->busy)
		watch->like = hl_ruleset_unref(watch->like);
}

int serve_watch_new(struct serve_watch **out, struct serve *serve, const char *folder)
{
	struct serve_watch *watch = calloc(1, sizeof *watch);

	if (!watch)
		return HL_NOMEM;
	watch->serve = serve;
	watch->folder = strdup(folder);
	watch->cache = cache_of(serve->config.data);
	if (!watch->folder || !watch->cache) {
		free(watch->folder);
		free(watch->cache);
		free(watch);
		return HL_NOMEM;
	}
	watch->now = watch->seen = watch->loaded = look(AT_FDCWD, watch->folder, 0);
	uv_timer_init(&serve->loop, &watch->timer);
	watch->timer.data = watch;
	uv_timer_start(&watch->timer, on_timer, LOOK_MS, LOOK_MS);
	*out = watch;
	return HL_OK;
}

void serve_watch_now(struct serve_watch *watch)
{
	watch->asked = true;
	if (!watch->busy)
		on_timer(&watch->timer);
}

void serve_watch_close(struct serve_watch *watch)
{
	if (!watch)
		return;
	watch->closed = true;
	uv_timer_stop(&watch->timer);
	if (!watch->busy)
		uv_close((uv_handle_t *)&watch->timer, release);
}
