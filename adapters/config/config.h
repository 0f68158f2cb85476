/*
 * config.h: what an operator may decide, read from one YAML file and checked as strictly as a rule
 * pack. Without a file everything has a default that is safe on one's own machine.
 */
#ifndef HL_CONFIG_H
#define HL_CONFIG_H

#include "hotline.h"

#define HL_CONFIG_LIST_MAX 64

struct hl_config_list {
	const char *v[HL_CONFIG_LIST_MAX];
	size_t n;
};

/* Strings live with the config. 0 among the limits: none. */
struct hl_config {
	const char *listen; /* [127.0.0.1:8080] */
	const char *data;   /* [./data] */
	const char *pack;   /* [NULL: the caller knows where to look] */
	struct hl_config_list origins, frame_ancestors, trusted_proxies;
	bool insecure; /* plain HTTP on an address the world can reach */
	struct {
		const char *cert, *key; /* PEM files; both or none */
	} tls;
	struct { /* customers' signed tokens; no keys: every token is refused */
		struct hl_config_list keys; /* files; any of them may have signed */
		const char *algorithm;	    /* "HS256" or "EdDSA" */
		const char *audience;
	} customers;
	struct {
		unsigned sends_per_second, sends_burst, signals_per_second, signals_burst;
		unsigned sockets, sockets_per_conversation;
		unsigned sockets_per_address, new_sockets_per_minute, connections_per_address;
		bool loopback; /* limits per address hold for loopback and proxies too */
	} limits;
	struct {
		unsigned offer_seconds, grace_seconds, session_hours;
	} desk;

	/* of hl_config_settle */
	char address[64];
	uint16_t port;
	void *memory; /* what the strings live in */
};

/* Defaults, then the file at `path` (NULL: none). HL_OK. HL_REFUSED: *report is a heap string the
   caller frees: everything wrong with the file, as `check` prints it, or one line why it cannot be
   read. HL_NOMEM. After HL_OK free with hl_config_deinit; twice is safe. */
int hl_config_load(struct hl_config *out, char **report, const char *path);
void hl_config_deinit(struct hl_config *config);

/* After the command line has had its say: splits `listen`, and refuses what would let the world
   read along. HL_OK; HL_REFUSED with one line in `error`. */
int hl_config_settle(struct hl_config *config, char *error, size_t size);

#endif
