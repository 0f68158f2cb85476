/*
 * control.h: the control socket, DATA/control.sock: how `hotline agent` asks the server that holds
 * the data folder to change an account. One line of JSON each way, then the connection closes. Only
 * the server's own user, and root, are listened to.
 */
#ifndef HL_CONTROL_H
#define HL_CONTROL_H

#include <uv.h>

#include "hotline_adapter.h"
#include "store/pile.h"

#define HL_CONTROL_LINE_MAX 16384 /* bytes, either way */
#define HL_CONTROL_WAIT_MS 5000

/* ------------------------------------------------------------------ requests */

enum hl_control_verb { HL_CONTROL_ADD, HL_CONTROL_LIST, HL_CONTROL_PASSWORD, HL_CONTROL_DISABLE };

/* What a command wants of the accounts; the password is hashed already. */
struct hl_control_request {
	enum hl_control_verb verb;
	struct hl_str name;    /* all but LIST */
	struct hl_str hash;    /* ADD, PASSWORD: argon2id */
	struct hl_str display; /* ADD: the rest */
	struct hl_names teams, langs, roles;
	unsigned capacity; /* 0: the default */
};

/* Carries a request out on a store. *reply is one line of JSON without its end:
   {"ok":true}, {"ok":true,"warnings":["…"]},
   {"ok":true,"agents":[{"name","display","teams","langs","roles","capacity", "disabled"}]} or
   {"ok":false,"error":"one plain phrase"}. It lives during the completion. */
typedef void hl_control_fn(void *arg, struct hl_str reply);
/* Whether the rules in force have this team. */
typedef bool hl_control_team_fn(void *arg, struct hl_str team);
/* `team_known` may be NULL: no warnings. HL_OK: `done` will be called, on the loop; HL_NOMEM. */
int hl_control_carry_out(struct hl_store *store, const struct hl_control_request *request,
			 int64_t now_ms, hl_control_team_fn *team_known, void *team_arg,
			 hl_control_fn *done, void *arg);

/* JSON to request and back. The request's views live in the pile. HL_OK; HL_REFUSED: not a request;
   HL_NOMEM. Writing gives one line without its end, as a heap string; NULL without memory. */
int hl_control_parse(struct hl_control_request *out, struct hl_pile *pile, struct hl_str line);
char *hl_control_write(const struct hl_control_request *request);

/* ------------------------------------------------------------------ the server's end */

struct hl_control;
struct hl_control_config {
	uv_loop_t *loop;
	const char *folder;
	struct hl_store *store;
	struct hl_clock *clock;
	void (*changed)(void *arg);	/* after each change; hl_host_accounts_changed */
	hl_control_team_fn *team_known; /* may be NULL */
	void *arg;			/* of both */
};
/* Listens (mode 0600; an old socket is replaced: the folder's lock says it is dead). HL_OK;
   HL_REFUSED with one plain line in `err`; HL_NOMEM, with a line too. */
int hl_control_new(struct hl_control **out, const struct hl_control_config *config, char *err,
		   size_t err_size);
/* Stops listening, lets go of every connection and removes the socket; `done` comes on the loop
   when the store owes nothing any more and the memory is gone. Call it before store->close. */
void hl_control_close(struct hl_control *control, void (*done)(void *arg), void *arg);

/* ------------------------------------------------------------------ the command's end */

/* Sends a line and waits for the answer, at most HL_CONTROL_WAIT_MS. *reply is a heap string.
   HL_OK; HL_NOT_FOUND: nobody listens; HL_REFUSED: no answer in time or a broken one; HL_NOMEM. */
int hl_control_ask(char **reply, const char *folder, const char *line);

#endif
