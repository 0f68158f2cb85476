/*
 * `hotline agent`: the people who answer. There is no account but those made here, on the machine.
 */
#include "cli/agent.h"

#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "auth/password.h"
#include "cli/commands.h"
#include "cli/pack.h"
#include "cli/workers.h"

#define NAMES_MAX 64

static const char *const verbs[] = {"add", "list", "password", "disable"};

struct options {
	const char *data, *display, *teams, *langs, *roles, *capacity, *pack;
	bool random_password, json;
};

/* ------------------------------------------------------------------ the password */

/* One line of standard input, without echo where it is a terminal. */
static bool read_line(char *out, size_t size)
{
	struct termios was, quiet;
	bool terminal = tcgetattr(STDIN_FILENO, &was) == 0;
	bool got;

	if (terminal) {
		quiet = was;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
		fputs("password: ", stderr);
	}
	got = fgets(out, (int)size, stdin) != NULL;
	if (terminal) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
		fputc('\n', stderr);
	}
	if (got)
		out[strcspn(out, "\r\n")] = '\0';
	return got;
}

/* 24 characters without those that look alike: 137 bits. */
static void make_password(char out[25])
{
	static const char digits[] = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";

	for (size_t i = 0; i < 24; i++)
		out[i] = digits[randombytes_uniform(sizeof(digits) - 1)];
	out[24] = '\0';
}

/* `made` is set to the password when it was made here. */
static int hash_password(char hash[HL_PASSWORD_HASH_MAX], char made[25], bool random)
{
	char line[HL_PASSWORD_BYTES_MAX + 8];
	const char *unfit;
	int status;

	if (random) {
		make_password(made);
		return hl_password_hash(hash, (struct hl_str){made, 24}) == HL_OK
			       ? CLI_OK
			       : cli_fail(&cli_agent, "out of memory");
	}
	if (!read_line(line, sizeof(line)))
		return cli_fail(&cli_agent, "no password on standard input");
	unfit = hl_password_unfit((struct hl_str){line, strlen(line)});
	status = unfit ? HL_REFUSED : hl_password_hash(hash, (struct hl_str){line, strlen(line)});
	sodium_memzero(line, sizeof(line));
	if (unfit)
		return cli_fail(&cli_agent, "%s", unfit);
	return status == HL_OK ? CLI_OK : cli_fail(&cli_agent, "out of memory");
}

/* ------------------------------------------------------------------ the request */

/* "funds,security" as views; empty pieces are left out. */
static struct hl_names split(struct hl_str v[NAMES_MAX], const char *list)
{
	size_t n = 0;

	while (list && *list && n < NAMES_MAX) {
		size_t len = strcspn(list, ",");

		if (len)
			v[n++] = (struct hl_str){list, len};
		list += len + (list[len] == ',');
	}
	return (struct hl_names){v, n};
}

static struct hl_str view(const char *text)
{
	return text ? (struct hl_str){text, strlen(text)} : HL_NONE;
}

static bool is_among(struct hl_names names, struct hl_str name)
{
	for (size_t i = 0; i < names.n; i++)
		if (names.v[i].len == name.len && memcmp(names.v[i].ptr, name.ptr, name.len) == 0)
			return true;
	return false;
}

/* Teams and languages that were not given are all of the pack's. Trains nothing the server of this
   data folder would train again. The request then has views into *rules. */
static int fill_from_pack(struct hl_control_request *request, struct hl_rules **rules,
			  const struct options *o)
{
	char cache[4096];
	int n = snprintf(cache, sizeof(cache), "%s/cache", o->data);
	struct hl_rules_options options = {.skip_tests = true, .workers = &cli_workers};

	if (n > 0 && (size_t)n < sizeof(cache))
		options.cache = (struct hl_str){cache, (size_t)n};
	if (hl_rules_load(rules, o->pack, &options) < 0)
		return cli_fail(&cli_agent, "out of memory");
	if (hl_rules_errors(*rules) > 0) {
		cli_print_findings(stderr, *rules, HL_ERROR);
		return cli_fail(&cli_agent, "%s has errors", o->pack);
	}
	const struct hl_pack *pack = hl_ruleset_pack(hl_rules_ruleset(*rules));
	for (size_t i = 0; i < request->teams.n; i++)
		if (!is_among(pack->teams, request->teams.v[i]))
			fprintf(stderr, "hotline agent: warning: %s has no team %.*s\n", o->pack,
				(int)request->teams.v[i].len, request->teams.v[i].ptr);
	if (!o->teams)
		request->teams = pack->teams;
	if (!o->langs)
		request->langs = pack->langs;
	return CLI_OK;
}

/* What only a person can have got wrong is said before anybody is asked. */
static int check_request(const struct hl_control_request *request)
{
	struct hl_control_request out;
	struct hl_pile pile = {0};
	char *line = hl_control_write(request);
	int status = line ? hl_control_parse(&out, &pile, view(line)) : HL_NOMEM;

	hl_pile_deinit(&pile);
	free(line);
	if (status == HL_REFUSED)
		return cli_fail(&cli_agent, "a name is 1 to 64 letters, digits or . _ - @; a "
					    "display name one short line; a capacity at most 1000");
	return status == HL_OK ? CLI_OK : cli_fail(&cli_agent, "out of memory");
}

/* ------------------------------------------------------------------ the answer */

static void print_names(const json_t *names)
{
	for (size_t i = 0; i < json_array_size(names); i++)
		printf("%s%s", i ? "," : "", json_string_value(json_array_get(names, i)));
}

static void print_agents(const json_t *agents)
{
	for (size_t i = 0; i < json_array_size(agents); i++) {
		const json_t *at = json_array_get(agents, i);

		printf("%s\t%s\t", json_string_value(json_object_get(at, "name")),
		       json_string_value(json_object_get(at, "display")));
		print_names(json_object_get(at, "teams"));
		putchar('\t');
		print_names(json_object_get(at, "langs"));
		putchar('\t');
		print_names(json_object_get(at, "roles"));
		puts(json_is_true(json_object_get(at, "disabled")) ? "\tdisabled" : "");
	}
}

static int print_reply(const char *text, const struct options *o, const char *made)
{
	json_t *reply = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	const json_t *warnings = json_object_get(reply, "warnings");
	const char *error = json_string_value(json_object_get(reply, "error"));
	bool ok = json_is_true(json_object_get(reply, "ok"));

	for (size_t i = 0; i < json_array_size(warnings); i++)
		fprintf(stderr, "hotline agent: warning: %s\n",
			json_string_value(json_array_get(warnings, i)));
	if (ok && o->json &&
	    json_dumpf(json_object_get(reply, "agents"), stdout, JSON_INDENT(1)) == 0)
		putchar('\n');
	else if (ok && !o->json)
		print_agents(json_object_get(reply, "agents"));
	if (ok && made[0])
		puts(made);
	if (!ok)
		cli_fail(&cli_agent, "%s", error ? error : "a broken answer");
	json_decref(reply);
	return ok ? CLI_OK : CLI_FAILED;
}

/* ------------------------------------------------------------------ */

static int ask(const struct hl_control_request *request, const struct options *o, const char *made)
{
	struct stat st;
	char err[400], *reply = NULL;
	int code;

	if (request->verb != HL_CONTROL_ADD && stat(o->data, &st) != 0)
		return cli_fail(&cli_agent, "no data folder %s: %s", o->data, strerror(errno));
	if (agent_ask(&reply, o->data, request, err, sizeof(err)) != HL_OK)
		return cli_fail(&cli_agent, "%s", err);
	code = print_reply(reply, o, made);
	free(reply);
	return code;
}

static int find_verb(const char *word)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strcmp(word, verbs[i]) == 0)
			return (int)i;
	return -1;
}

static int go(const char *const operands[2], const struct options *o)
{
	struct hl_str teams[NAMES_MAX], langs[NAMES_MAX], roles[NAMES_MAX];
	char hash[HL_PASSWORD_HASH_MAX] = "$", made[25] = "";
	int verb = find_verb(operands[0]), code = CLI_OK;
	struct hl_control_request request;
	struct hl_rules *rules = NULL;

	if (o->capacity && (!*o->capacity || o->capacity[strspn(o->capacity, "0123456789")]))
		return cli_misuse(&cli_agent, "--capacity is a number, not %s", o->capacity);
	if (verb < 0)
		return cli_misuse(&cli_agent, "unknown: %s; add, list, password or disable",
				  operands[0]);
	if ((operands[1] != NULL) == (verb == HL_CONTROL_LIST))
		return cli_misuse(&cli_agent, verb == HL_CONTROL_LIST ? "list takes no name"
								      : "which agent? a name is "
									"missing");
	request = (struct hl_control_request){
		.verb = (enum hl_control_verb)verb,
		.name = view(operands[1]),
		.display = view(o->display),
		.teams = split(teams, o->teams),
		.langs = split(langs, o->langs),
		.roles = split(roles, o->roles ? o->roles : "agent"),
		.capacity = o->capacity ? (unsigned)strtoul(o->capacity, NULL, 10) : 0};
	if (verb == HL_CONTROL_ADD || verb == HL_CONTROL_PASSWORD)
		request.hash = view(hash);
	if (verb == HL_CONTROL_ADD && o->pack)
		code = fill_from_pack(&request, &rules, o);
	if (code == CLI_OK)
		code = check_request(&request);
	if (code == CLI_OK && request.hash.len) {
		code = hash_password(hash, made, o->random_password);
		request.hash = view(hash);
	}
	if (code == CLI_OK)
		code = ask(&request, o, made);
	hl_rules_free(rules);
	return code;
}

static int run(int argc, char **argv)
{
	struct options o = {.data = "data"};
	const char *operands[2];
	const struct cli_option options[] = {
		{"--data", NULL, &o.data, NULL},
		{"--display", NULL, &o.display, NULL},
		{"--teams", NULL, &o.teams, NULL},
		{"--langs", NULL, &o.langs, NULL},
		{"--roles", NULL, &o.roles, NULL},
		{"--capacity", NULL, &o.capacity, NULL},
		{"--pack", NULL, &o.pack, NULL},
		{"--json", &o.json, NULL, NULL},
		{"--random-password", &o.random_password, NULL, NULL},
	};
	int done = cli_parse(&cli_agent, argc, argv, options, sizeof(options) / sizeof(*options),
			     operands, 1, 2);

	if (done >= 0)
		return done;
	if (sodium_init() < 0)
		return cli_fail(&cli_agent, "out of memory");
	umask(077);
	return go(operands, &o);
}

const struct cli_command cli_agent = {
	.name = "agent",
	.summary = "the people who answer: add, list, password, disable",
	.usage =
		"usage: hotline agent add NAME [--display \"Mei Lin\"] [--teams funds,security]\n"
		"                     [--langs en,zh] [--roles agent] [--capacity 4]\n"
		"                     [--pack DIR] [--random-password] [--data DIR]\n"
		"       hotline agent list [--json] [--data DIR]\n"
		"       hotline agent password NAME [--random-password] [--data DIR]\n"
		"       hotline agent disable NAME [--data DIR]\n"
		"\n"
		"The password is read from standard input, one line of at least 12 characters, or\n"
		"made and printed once with --random-password. A new password lets a disabled "
		"agent\n"
		"in again; either change ends the agent's sessions.\n"
		"With --pack, teams and languages that are not given are all of the pack's.\n"
		"The data folder is ./data unless named. A running server is asked to make the\n"
		"change itself and knows it at once.\n",
	.run = run,
};
