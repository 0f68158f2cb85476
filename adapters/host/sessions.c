/*
 * Signed-in sessions: begun after a password was checked, found by the hash of their token, ended
 * by log-out, time, or a change of the account. The token itself is nowhere kept.
 */
#include <stdlib.h>
#include <string.h>

#include "host/inner.h"

/* Whose session it is, now. */
static const struct hl_account *account_of(struct hl_host *host,
					   const struct hl_session_found *found)
{
	if (found->result != HL_STORE_OK || found->session.expires_ms <= hl_host_now(host))
		return NULL;
	const struct hl_account *account = hl_host_account(host, found->session.account);
	return account && found->session.created_ms >= account->changed_ms ? account : NULL;
}

/* ------------------------------------------------------------------ asking */

struct asking {
	struct hl_host *host;
	hl_host_session_fn *done;
	void *arg;
};

static void asked(void *arg, const struct hl_session_found *found)
{
	struct asking asking = *(struct asking *)arg;

	free(arg);
	asking.done(asking.arg, account_of(asking.host, found));
}

void hl_host_session(struct hl_host *host, struct hl_str token, hl_host_session_fn *done, void *arg)
{
	struct asking *asking = malloc(sizeof(*asking));
	uint8_t hash[32];

	if (!asking) {
		done(arg, NULL);
		return;
	}
	*asking = (struct asking){host, done, arg};
	host->auth.token_hash(host->auth.arg, hash, token);
	host->store->ops->session_get(host->store, hash, asked, asking);
}

/* ------------------------------------------------------------------ beginning */

struct login {
	struct hl_host *host;
	hl_host_login_fn *done;
	void *arg;
	char token[HL_HOST_TOKEN_MAX];
	size_t token_len;
	char *account;
	int64_t expires_ms;
};

static void login_end(struct login *login, enum hl_code code)
{
	struct hl_host *host = login->host;
	struct hl_wire_out *out = hl_host_frame(host);
	const struct hl_str name = {login->account, login->account ? strlen(login->account) : 0};
	const struct hl_account *account = hl_host_account(host, name);
	struct hl_host_login answer = {.code = code};

	if (code == HL_CODE_OK && !account)
		answer.code = HL_CODE_UNAUTHORIZED;
	if (answer.code == HL_CODE_OK) {
		answer.token = (struct hl_str){login->token, login->token_len};
		answer.expires_ms = login->expires_ms;
		hl_wire_object(out, NULL);
		hl_wire_str(out, "token", answer.token);
		hl_wire_time(out, "expires", login->expires_ms);
		hl_wire_agent(out, "agent", account);
		hl_wire_object_end(out);
		answer.answer = hl_wire_out_str(out);
	}
	login->done(login->arg, &answer);
	free(login->account);
	free(login);
}

static void login_stored(void *arg, enum hl_store_result result)
{
	login_end(arg, result == HL_STORE_OK ? HL_CODE_OK : HL_CODE_BUSY);
}

void hl_host_login(struct hl_host *host, struct hl_str account, hl_host_login_fn *done, void *arg)
{
	struct login *login = calloc(1, sizeof(*login));
	const struct hl_host_login short_of_memory = {.code = HL_CODE_BUSY};

	if (!login || !(login->account = hl_str_copy(account))) {
		free(login);
		done(arg, &short_of_memory);
		return;
	}
	login->host = host;
	login->done = done;
	login->arg = arg;
	int64_t now = hl_host_now(host);
	login->expires_ms = now + host->config.session_ms;
	login->token_len = host->auth.new_token(host->auth.arg, login->token);
	struct hl_session session = {
		.account = account, .created_ms = now, .expires_ms = login->expires_ms};
	host->auth.token_hash(host->auth.arg, session.token_hash,
			      (struct hl_str){login->token, login->token_len});
	host->store->ops->session_put(host->store, &session, login_stored, login);
}

/* ------------------------------------------------------------------ ending */

static void close_if_same(struct hl_socket *socket, void *arg)
{
	if (socket->staff && memcmp(socket->token_hash, arg, sizeof(socket->token_hash)) == 0) {
		hl_socket_error(socket, HL_CODE_UNAUTHORIZED, HL_NONE, HL_NONE, 0);
		hl_socket_close(socket, HL_CLOSE_POLICY);
	}
}

void hl_host_logout(struct hl_host *host, struct hl_str token, hl_done_fn *done, void *arg)
{
	uint8_t hash[32];

	host->auth.token_hash(host->auth.arg, hash, token);
	hl_socket_each(host, close_if_same, hash);
	host->store->ops->session_drop(host->store, hash, done, arg);
}

/* ------------------------------------------------------------------ an agent's hello */

static void hello_found(void *arg, const struct hl_session_found *found)
{
	struct hl_socket *socket = arg;
	struct hl_host *host = socket->host;
	const struct hl_account *account = account_of(host, found);

	if (socket->phase == HL_PHASE_LOOKING) {
		if (found->result != HL_STORE_OK && found->result != HL_STORE_NOT_FOUND) {
			hl_socket_error(socket, HL_CODE_BUSY, HL_NONE, HL_NONE, 1000);
			hl_socket_again(socket);
		} else if (!account) {
			hl_socket_error(socket, HL_CODE_UNAUTHORIZED, HL_NONE, HL_NONE, 0);
			hl_socket_again(socket);
		} else if (!hl_host_has_role(account, HL_STR("agent"))) {
			hl_socket_error(socket, HL_CODE_FORBIDDEN, HL_NONE, HL_NONE, 0);
			hl_socket_again(socket);
		} else {
			socket->session_ends_ms = found->session.expires_ms;
			hl_agent_enter(socket, hl_staff_find(host, account->name));
		}
	}
	hl_socket_unref(socket);
}

void hl_agent_hello(struct hl_socket *socket)
{
	struct hl_host *host = socket->host;
	struct hl_str token = socket->first->token;

	if (token.len == 0)
		token = (struct hl_str){socket->cookie, socket->cookie_len};
	if (!host->accounts_loaded || !host->rows_loaded) {
		hl_socket_error(socket, HL_CODE_BUSY, HL_NONE, HL_NONE, 1000);
		hl_socket_again(socket);
		return;
	}
	if (token.len == 0 || token.len > HL_HOST_TOKEN_MAX) {
		hl_socket_error(socket, HL_CODE_UNAUTHORIZED, HL_NONE, HL_NONE, 0);
		hl_socket_again(socket);
		return;
	}
	host->auth.token_hash(host->auth.arg, socket->token_hash, token);
	host->store->ops->session_get(host->store, socket->token_hash, hello_found,
				      hl_socket_ref(socket));
}
