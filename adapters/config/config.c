/*
 * config.c: a table of keys, and one reader for all of them. Knows the YAML tree of the rules room
 * and speaks of mistakes as it does; knows no socket and opens no file but the one it is named.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"
#include "hotline_yaml.h"
#include "http/addr.h"

#define FILE_MAX (256 << 10)
#define MESSAGE 512

enum kind { TEXT, PATH, FILES, ORIGIN, FRAME, NET, COUNT, FLAG, ALGORITHM };
static const struct key {
	const char *section, *name; /* section "": the top */
	enum kind kind;
	size_t at; /* of a list kind, a struct hl_config_list */
	unsigned min, max;
} keys[] = {
#define AT(field) offsetof(struct hl_config, field)
	{"", "listen", TEXT, AT(listen), 0, 0},
	{"", "data", PATH, AT(data), 0, 0},
	{"", "pack", PATH, AT(pack), 0, 0},
	{"", "origins", ORIGIN, AT(origins), 0, 0},
	{"", "frame_ancestors", FRAME, AT(frame_ancestors), 0, 0},
	{"", "trusted_proxies", NET, AT(trusted_proxies), 0, 0},
	{"", "insecure", FLAG, AT(insecure), 0, 0},
	{"tls", "cert", PATH, AT(tls.cert), 0, 0},
	{"tls", "key", PATH, AT(tls.key), 0, 0},
	{"customers", "keys", FILES, AT(customers.keys), 0, 0},
	{"customers", "algorithm", ALGORITHM, AT(customers.algorithm), 0, 0},
	{"customers", "audience", TEXT, AT(customers.audience), 0, 0},
	{"limits", "sends_per_second", COUNT, AT(limits.sends_per_second), 1, 1000000},
	{"limits", "sends_burst", COUNT, AT(limits.sends_burst), 1, 1000000},
	{"limits", "signals_per_second", COUNT, AT(limits.signals_per_second), 1, 1000000},
	{"limits", "signals_burst", COUNT, AT(limits.signals_burst), 1, 1000000},
	{"limits", "sockets", COUNT, AT(limits.sockets), 1, 1000000},
	{"limits", "sockets_per_conversation", COUNT, AT(limits.sockets_per_conversation), 1, 1000},
	{"limits", "sockets_per_address", COUNT, AT(limits.sockets_per_address), 0, 1000000},
	{"limits", "new_sockets_per_minute", COUNT, AT(limits.new_sockets_per_minute), 0, 1000000},
	{"limits", "connections_per_address", COUNT, AT(limits.connections_per_address), 0,
	 1000000},
	{"limits", "loopback", FLAG, AT(limits.loopback), 0, 0},
	{"desk", "offer_seconds", COUNT, AT(desk.offer_seconds), 1, 3600},
	{"desk", "grace_seconds", COUNT, AT(desk.grace_seconds), 1, 86400},
	{"desk", "session_hours", COUNT, AT(desk.session_hours), 1, 720},
#undef AT
};
#define KEYS (sizeof keys / sizeof keys[0])

static const struct hl_config defaults = {
	.listen = "127.0.0.1:8080",
	.data = "./data",
	.limits = {.sends_per_second = 5,
		   .sends_burst = 10,
		   .signals_per_second = 20,
		   .signals_burst = 40,
		   .sockets = 65536,
		   .sockets_per_conversation = 5,
		   .sockets_per_address = 50,
		   .new_sockets_per_minute = 20,
		   .connections_per_address = 200},
	.desk = {.offer_seconds = 20, .grace_seconds = 45, .session_hours = 12},
};

struct block {
	struct block *next;
	char text[];
};
struct reader {
	struct hl_config *config;
	struct hl_findings *findings;
	struct hl_yaml *yaml;
	bool nomem;
};

static const char *keep(struct hl_config *config, struct hl_str text)
{
	struct block *block = malloc(sizeof *block + text.len + 1);

	if (!block)
		return NULL;
	block->next = config->memory;
	config->memory = block;
	if (text.len)
		memcpy(block->text, text.ptr, text.len);
	block->text[text.len] = 0;
	return block->text;
}

static void complain(struct reader *r, const struct hl_yaml_node *node, const char *code,
		     const char *remedy, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
static void complain(struct reader *r, const struct hl_yaml_node *node, const char *code,
		     const char *remedy, const char *format, ...)
{
	char message[MESSAGE];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(message, sizeof message, format, args);
	va_end(args);
	if (n < 0)
		n = 0;
	if ((size_t)n >= sizeof message)
		n = sizeof message - 1;
	hl_yaml_report(r->findings, r->yaml, HL_ERROR, code, node->start, node->end,
		       (struct hl_str){message, (size_t)n},
		       (struct hl_str){remedy, strlen(remedy)});
}

/* ------------------------------------------------------------------ values */

static bool is_origin(struct hl_str s, bool frame)
{
	static const char *const schemes[] = {"https://", "http://"};

	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(schemes[i]);

		if (s.len <= n || memcmp(s.ptr, schemes[i], n) != 0)
			continue;
		for (size_t at = n; at < s.len; at++) {
			char c = s.ptr[at];
			bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
				     c == '-' || c == ':' || c == '[' || c == ']';

			if (!plain && !(frame && c == '*'))
				return false;
		}
		return true;
	}
	return false;
}

static bool read_count(unsigned *out, struct hl_str s, unsigned min, unsigned max)
{
	unsigned n = 0;

	if (s.len == 0 || s.len > 7)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
		n = n * 10 + (unsigned)(s.ptr[i] - '0');
	}
	if (n < min || n > max)
		return false;
	*out = n;
	return true;
}

static bool text_is(struct hl_str s, const char *word)
{
	return s.len == strlen(word) && memcmp(s.ptr, word, s.len) == 0;
}

/* What is wrong with a value of this kind, or NULL. */
static const char *fault(enum kind kind, struct hl_str s)
{
	struct hl_net net;

	switch (kind) {
	case ORIGIN:
		return is_origin(s, false)
			       ? NULL
			       : "write scheme, host and port as a browser sends them, without a "
				 "path: https://chat.example.com";
	case FRAME:
		return is_origin(s, true) ? NULL : "write it like https://www.example.com";
	case NET:
		return hl_net_parse(&net, s) ? "write an address or a network: 10.0.0.0/8" : NULL;
	case ALGORITHM:
		return text_is(s, "HS256") || text_is(s, "EdDSA") ? NULL : "write HS256 or EdDSA";
	case TEXT:
	case PATH:
	case FILES:
		return s.len ? NULL : "write something, or leave the key out";
	case COUNT:
	case FLAG:
		break;
	}
	return NULL;
}

static void read_scalar(struct reader *r, const struct key *key, const struct hl_yaml_node *node)
{
	char *field = (char *)r->config + key->at;
	struct hl_str s;
	const char *wrong, *kept;
	char remedy[96];

	if (key->kind == COUNT || key->kind == FLAG) {
		if (node->kind != HL_YAML_TEXT)
			s = HL_NONE;
		else
			s = node->text;
		snprintf(remedy, sizeof remedy, "write a whole number from %u to %u", key->min,
			 key->max);
		if (key->kind == COUNT &&
		    !read_count((unsigned *)(void *)field, s, key->min, key->max))
			complain(r, node, "value", remedy, "`%s` is no number that serves here",
				 key->name);
		if (key->kind == FLAG && !text_is(s, "true") && !text_is(s, "false"))
			complain(r, node, "value", "write true or false",
				 "`%s` is neither true nor false", key->name);
		else if (key->kind == FLAG)
			*(bool *)field = text_is(s, "true");
		return;
	}
	if (hl_yaml_text(&s, r->findings, r->yaml, node, false))
		return;
	wrong = fault(key->kind, s);
	if (wrong) {
		complain(r, node, "value", wrong, "`%.*s` does not serve as `%s`", (int)s.len,
			 s.ptr ? s.ptr : "", key->name);
		return;
	}
	kept = keep(r->config, s);
	if (!kept)
		r->nomem = true;
	else
		*(const char **)(void *)field = kept;
}

static void read_list(struct reader *r, const struct key *key, const struct hl_yaml_node *node)
{
	struct hl_config_list *list = (void *)((char *)r->config + key->at);
	struct key one = *key;

	if (node->kind != HL_YAML_LIST) {
		complain(r, node, "value", "write a list: [ … ]", "`%s` is a list", key->name);
		return;
	}
	list->n = 0;
	for (const struct hl_yaml_node *item = node->first; item; item = item->next) {
		if (list->n == HL_CONFIG_LIST_MAX) {
			complain(r, item, "value", "leave some out", "`%s` takes at most %d",
				 key->name, HL_CONFIG_LIST_MAX);
			return;
		}
		one.at = (size_t)((char *)&list->v[list->n] - (char *)r->config);
		list->v[list->n] = NULL;
		read_scalar(r, &one, item);
		if (list->v[list->n])
			list->n++;
	}
}

/* ------------------------------------------------------------------ keys */

static bool is_list(enum kind kind)
{
	return kind == ORIGIN || kind == FRAME || kind == NET || kind == FILES;
}

static bool is_section(struct hl_str name)
{
	for (size_t i = 0; i < KEYS; i++) {
		if (keys[i].section[0] && text_is(name, keys[i].section))
			return true;
	}
	return false;
}

static void unknown(struct reader *r, const char *section, const struct hl_yaml_node *key)
{
	struct hl_str names[KEYS * 2];
	char remedy[MESSAGE];
	size_t n = 0, near;

	for (size_t i = 0; i < KEYS; i++) {
		if (strcmp(keys[i].section, section) == 0)
			names[n++] = (struct hl_str){keys[i].name, strlen(keys[i].name)};
		else if (!section[0] && (i == 0 || strcmp(keys[i].section, keys[i - 1].section)))
			names[n++] = (struct hl_str){keys[i].section, strlen(keys[i].section)};
	}
	near = hl_did_you_mean(key->text, names, n);
	if (near < n) {
		snprintf(remedy, sizeof remedy, "did you mean `%.*s`?", (int)names[near].len,
			 names[near].ptr);
	} else {
		size_t at = (size_t)snprintf(remedy, sizeof remedy, "known here:");

		for (size_t i = 0; i < n && at < sizeof remedy; i++)
			at += (size_t)snprintf(remedy + at, sizeof remedy - at, "%s %.*s",
					       i ? "," : "", (int)names[i].len, names[i].ptr);
	}
	complain(r, key, "key", remedy, "unknown key `%.*s`", (int)key->text.len, key->text.ptr);
}

static void read_map(struct reader *r, const char *section, const struct hl_yaml_node *map)
{
	const struct hl_yaml_node *value;

	if (map->kind != HL_YAML_MAP) {
		complain(r, map, "value", "write keys and values: `key: value`",
			 section[0] ? "`%s` is a map" : "%sa configuration is a map", section);
		return;
	}
	for (const struct hl_yaml_node *key = map->first; key; key = value->next) {
		const struct key *known = NULL;

		value = key->next;
		for (size_t i = 0; i < KEYS && !known; i++) {
			if (strcmp(keys[i].section, section) == 0 &&
			    text_is(key->text, keys[i].name))
				known = &keys[i];
		}
		if (known && is_list(known->kind))
			read_list(r, known, value);
		else if (known)
			read_scalar(r, known, value);
		else if (!section[0] && is_section(key->text))
			for (size_t i = 0; i < KEYS; i++) {
				if (!text_is(key->text, keys[i].section))
					continue;
				read_map(r, keys[i].section, value);
				break;
			}
		else
			unknown(r, section, key);
	}
}

static void check_pairs(struct reader *r, const struct hl_yaml_node *root)
{
	const struct hl_yaml_node *tls = hl_yaml_get(root, "tls");
	const struct hl_yaml_node *customers = hl_yaml_get(root, "customers");

	if (tls && !r->config->tls.cert != !r->config->tls.key)
		complain(r, tls, "tls", "name both files", "`tls` needs `cert` and `key`");
	if (customers && (!r->config->customers.keys.n || !r->config->customers.algorithm ||
			  !r->config->customers.audience))
		complain(r, customers, "customers", "name all three",
			 "`customers` needs `keys`, `algorithm` and `audience`");
}

/* ------------------------------------------------------------------ file */

static int refuse(char **report, const char *path, const char *what)
{
	return asprintf(report, "%s: %s\n", path, what) < 0 ? HL_NOMEM : HL_REFUSED;
}

static int slurp(char **text, size_t *len, char **report, const char *path)
{
	/* O_NONBLOCK: a FIFO in place of the file must not hold the start */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc = HL_OK;
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return refuse(report, path, strerror(errno));
	*text = NULL;
	*len = 0;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		rc = refuse(report, path, "not a regular file");
	else if (st.st_size > FILE_MAX)
		rc = refuse(report, path, "too large for a configuration (at most 256 KiB)");
	else if (!(*text = malloc(FILE_MAX)))
		rc = HL_NOMEM;
	while (!rc && *len < FILE_MAX && (n = read(fd, *text + *len, FILE_MAX - *len)) != 0) {
		if (n < 0)
			rc = refuse(report, path, strerror(errno));
		else
			*len += (size_t)n;
	}
	close(fd);
	if (rc) {
		free(*text);
		*text = NULL;
	}
	return rc;
}

static int print_findings(char **report, struct hl_findings *findings)
{
	const struct hl_finding *v;
	size_t n, len;
	FILE *to;

	if (hl_findings_list(&v, &n, findings))
		return HL_NOMEM;
	to = open_memstream(report, &len);
	if (!to)
		return HL_NOMEM;
	for (size_t i = 0; i < n; i++) {
		char *text = NULL;

		if (!hl_finding_format(&text, &v[i]))
			fputs(text, to);
		free(text);
	}
	if (!fclose(to))
		return HL_REFUSED;
	free(*report);
	*report = NULL;
	return HL_NOMEM;
}

static int read_file(struct hl_config *out, char **report, const char *path)
{
	struct reader r = {.config = out};
	char *text = NULL;
	size_t len = 0;
	int rc = slurp(&text, &len, report, path);

	if (rc)
		return rc;
	rc = hl_findings_new(&r.findings);
	if (rc)
		goto out;
	rc = hl_yaml_parse(&r.yaml, (struct hl_str){path, strlen(path)}, (struct hl_str){text, len},
			   0, r.findings);
	if (rc < 0)
		goto out;
	if (hl_yaml_root(r.yaml)) {
		read_map(&r, "", hl_yaml_root(r.yaml));
		if (hl_yaml_root(r.yaml)->kind == HL_YAML_MAP)
			check_pairs(&r, hl_yaml_root(r.yaml));
	}
	rc = r.nomem ? HL_NOMEM : HL_OK;
	if (!rc && hl_findings_errors(r.findings) > 0)
		rc = print_findings(report, r.findings);
out:
	hl_yaml_free(r.yaml);
	hl_findings_free(r.findings);
	free(text);
	return rc;
}

int hl_config_load(struct hl_config *out, char **report, const char *path)
{
	int rc;

	*out = defaults;
	*report = NULL;
	rc = path ? read_file(out, report, path) : HL_OK;
	if (rc)
		hl_config_deinit(out);
	return rc;
}

void hl_config_deinit(struct hl_config *config)
{
	while (config->memory) {
		struct block *block = config->memory;

		config->memory = block->next;
		free(block);
	}
	*config = defaults;
}

/* ------------------------------------------------------------------ settling */

int hl_config_settle(struct hl_config *config, char *error, size_t size)
{
	const char *colon = strrchr(config->listen, ':');
	struct hl_str host = {config->listen, colon ? (size_t)(colon - config->listen) : 0};
	struct hl_addr addr;
	unsigned port = 0;

	if (text_is(host, "localhost"))
		host = HL_STR("127.0.0.1");
	if (!colon || !host.len || hl_addr_parse(&addr, host) ||
	    !read_count(&port, (struct hl_str){colon + 1, strlen(colon + 1)}, 0, 65535)) {
		snprintf(error, size, "cannot listen on %s: write ADDRESS:PORT, 127.0.0.1:8080",
			 config->listen);
		return HL_REFUSED;
	}
	hl_addr_text(config->address, &addr);
	config->port = (uint16_t)port;
	if (!hl_addr_loopback(&addr) && !config->tls.cert && !config->insecure &&
	    config->trusted_proxies.n == 0) {
		snprintf(
			error, size,
			"%s can be reached from outside, and without TLS everybody can read along: "
			"configure `tls`, or `trusted_proxies`, or say `insecure: true`",
			config->listen);
		return HL_REFUSED;
	}
	return HL_OK;
}
