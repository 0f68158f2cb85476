/*
 * What the commands that work on a pack share. Knows where the cache of models is kept and what day
 * it is; the rest is the rules' business.
 */
#include "cli/pack.h"

#include "cli/commands.h"
#include "cli/workers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define READ_SIZE 65536u
#define PATH_SIZE 4096

/* Makes a folder and those above it; what is there already is fine. */
static bool make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		bool there = mkdir(path, 0700) == 0 || errno == EEXIST;
		*slash = '/';
		if (!there)
			return false;
	}
	return mkdir(path, 0700) == 0 || errno == EEXIST;
}

/* $XDG_CACHE_HOME/hotline or ~/.cache/hotline, made when missing; empty when there is no home. */
static struct hl_str cache_folder(char *path)
{
	const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	int n = 0;
	if (base && base[0] == '/') {
		n = snprintf(path, PATH_SIZE, "%s", base);
	} else if (home && home[0] == '/') {
		n = snprintf(path, PATH_SIZE, "%s/.cache", home);
	}
	if (n <= 0 || n > PATH_SIZE - 16)
		return HL_NONE;
	strcat(path, "/hotline");
	if (!make_folders(path))
		return HL_NONE;
	return (struct hl_str){path, strlen(path)};
}

int cli_read_pack(struct hl_rules **out, const struct cli_command *command, const char *folder,
		  bool skip_tests)
{
	char cache[PATH_SIZE], today[16] = "";
	struct tm day;
	time_t now = time(NULL);
	if (localtime_r(&now, &day))
		strftime(today, sizeof(today), "%Y-%m-%d", &day);
	struct hl_rules_options options = {.skip_tests = skip_tests,
					   .workers = &cli_workers,
					   .conflicts = command == &cli_check,
					   .today = {today, strlen(today)},
					   .cache = cache_folder(cache)};
	if (hl_rules_load(out, folder, &options) < 0)
		return cli_fail(command, "out of memory");
	return -1;
}

void cli_print_findings(FILE *to, const struct hl_rules *rules, enum hl_level least)
{
	size_t n;
	const struct hl_finding *findings = hl_rules_findings(rules, &n);
	for (size_t i = 0; i < n; i++) {
		char *text = NULL;
		if (findings[i].level < least || hl_finding_format(&text, &findings[i]) != HL_OK)
			continue;
		fputs(text, to);
		free(text);
	}
}

int cli_load_pack(struct hl_rules **out, const struct cli_command *command, const char *folder,
		  bool skip_tests)
{
	int done = cli_read_pack(out, command, folder, skip_tests);
	if (done >= 0)
		return done;
	size_t errors = hl_rules_errors(*out);
	if (errors == 0)
		return -1;
	cli_print_findings(stderr, *out, HL_ERROR);
	*out = hl_rules_free(*out);
	return cli_fail(command, "%s has %zu error%s", folder, errors, errors == 1 ? "" : "s");
}

int cli_user_attrs(struct hl_attr *attrs, size_t *n, const struct cli_command *command,
		   const struct cli_values *values)
{
	for (size_t i = 0; i < values->n; i++) {
		const char *equals = strchr(values->v[i], '=');
		if (!equals || equals == values->v[i])
			return cli_misuse(command, "--user wants NAME=VALUE, not %s", values->v[i]);
		attrs[i].name = (struct hl_str){values->v[i], (size_t)(equals - values->v[i])};
		attrs[i].value = (struct hl_str){equals + 1, strlen(equals + 1)};
	}
	*n = values->n;
	return -1;
}

/* ------------------------------------------------------------------ JSON */

json_t *cli_json_str(struct hl_str text)
{
	json_t *value = json_stringn(text.len ? text.ptr : "", text.len);
	if (value)
		return value;
	char *clean = malloc(text.len * 3 + 1);
	size_t n = 0;
	for (size_t i = 0; clean && i < text.len; i++) {
		if ((unsigned char)text.ptr[i] < 0x80) {
			clean[n++] = text.ptr[i];
		} else {
			memcpy(clean + n, "\xEF\xBF\xBD", 3);
			n += 3;
		}
	}
	value = clean ? json_stringn(clean, n) : json_null();
	free(clean);
	return value;
}

json_t *cli_json_rule(struct hl_src src)
{
	if (src.line == 0)
		return json_null();
	return json_sprintf("%.*s:%u", (int)src.file.len, src.file.len ? src.file.ptr : "",
			    src.line);
}

static json_t *ranked(const struct hl_verdict *v)
{
	json_t *list = json_array();
	for (size_t i = 0; i < v->n_ranked; i++)
		json_array_append_new(list, json_pack("{s:o,s:f}", "intent",
						      cli_json_str(v->ranked[i].intent->id),
						      "score", v->ranked[i].score));
	return list;
}

static json_t *ids(const struct hl_intent *const *intents, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, cli_json_str(intents[i]->id));
	return list;
}

json_t *cli_json_verdict(const struct hl_verdict *v)
{
	json_t *slots = json_object(), *redacted = json_array(), *out = json_object();
	for (size_t i = 0; i < v->n_slots; i++)
		json_object_setn_new(slots, v->slots[i].name.ptr, v->slots[i].name.len,
				     cli_json_str(v->slots[i].value));
	for (size_t i = 0; i < v->n_redacted; i++)
		json_array_append_new(redacted, json_string(v->redacted[i].kind));
	json_object_set_new(out, "decision", json_string(hl_decision_name(v->decision)));
	json_object_set_new(out, "intent", v->intent ? cli_json_str(v->intent->id) : json_null());
	json_object_set_new(out, "score", json_real(v->score));
	json_object_set_new(out, "by", json_string(hl_by_name(v->by)));
	json_object_set_new(out, "rule", cli_json_rule(v->rule));
	json_object_set_new(out, "intents", ranked(v));
	json_object_set_new(out, "all", ids(v->all, v->n_all));
	json_object_set_new(out, "clarify", ids(v->clarify, v->n_clarify));
	json_object_set_new(out, "slots", slots);
	json_object_set_new(out, "lang", cli_json_str(v->lang));
	json_object_set_new(out, "redacted", redacted);
	json_object_set_new(out, "text", cli_json_str(v->stored));
	return out;
}

void cli_json_print(FILE *to, json_t *value, size_t flags)
{
	json_dumpf(value, to, flags | JSON_REAL_PRECISION(6));
	fputc('\n', to);
	json_decref(value);
}

/* ------------------------------------------------------------------ lines */

int cli_lines_init(struct cli_lines *lines)
{
	*lines = (struct cli_lines){.buffer = malloc(READ_SIZE), .line = malloc(HL_TEXT_BYTES_MAX)};
	if (lines->buffer && lines->line)
		return HL_OK;
	cli_lines_deinit(lines);
	return HL_NOMEM;
}

void cli_lines_deinit(struct cli_lines *lines)
{
	free(lines->buffer);
	free(lines->line);
	lines->buffer = lines->line = NULL;
}

static bool fill(struct cli_lines *lines)
{
	fflush(stdout);
	ssize_t n;
	do
		n = read(STDIN_FILENO, lines->buffer, READ_SIZE);
	while (n < 0 && errno == EINTR);
	lines->start = 0;
	lines->end = n > 0 ? (size_t)n : 0;
	lines->ended = n <= 0;
	return n > 0;
}

static void keep(struct cli_lines *lines, const char *from, size_t n)
{
	size_t room = HL_TEXT_BYTES_MAX - lines->len;
	lines->too_long = lines->too_long || n > room;
	if (n > room)
		n = room;
	memcpy(lines->line + lines->len, from, n);
	lines->len += n;
}

bool cli_lines_next(struct cli_lines *lines, struct hl_str *line)
{
	bool any = false;
	lines->len = 0;
	lines->too_long = false;
	for (;;) {
		if (lines->start == lines->end && (lines->ended || !fill(lines)))
			break;
		char *from = lines->buffer + lines->start;
		size_t left = lines->end - lines->start;
		char *stop = memchr(from, '\n', left);
		size_t n = stop ? (size_t)(stop - from) : left;
		keep(lines, from, n);
		lines->start += stop ? n + 1 : n;
		any = true;
		if (stop)
			break;
	}
	if (lines->len > 0 && lines->line[lines->len - 1] == '\r')
		lines->len--;
	*line = (struct hl_str){lines->line, lines->len};
	return any;
}
