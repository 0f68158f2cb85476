/*
 * Accounts, sessions and presence: who may be an agent, who is here. The accounts are held as last
 * read from the store; the desk is told of each agent and of each coming and going.
 */
#include <stdlib.h>
#include <string.h>

#include "host/inner.h"

struct hl_staff *hl_staff_find(const struct hl_host *host, struct hl_str name)
{
	struct hl_staff *staff = host->staff;

	while (staff && !hl_str_same(staff->account.name, name))
		staff = staff->next;
	return staff;
}

const struct hl_account *hl_host_account(const struct hl_host *host, struct hl_str name)
{
	const struct hl_staff *staff = hl_staff_find(host, name);

	return staff && !staff->account.disabled ? &staff->account : NULL;
}

bool hl_host_has_role(const struct hl_account *account, struct hl_str role)
{
	for (size_t i = 0; i < account->roles.n; i++)
		if (hl_str_same(account->roles.v[i], role))
			return true;
	return false;
}

/* ------------------------------------------------------------------ copies */

static size_t names_bytes(struct hl_names names)
{
	size_t n = 0;

	for (size_t i = 0; i < names.n; i++)
		n += names.v[i].len;
	return n;
}

static struct hl_str put(char **at, struct hl_str text)
{
	struct hl_str copy = {*at, text.len};

	if (text.len > 0)
		memcpy(*at, text.ptr, text.len);
	*at += text.len;
	return copy;
}

static struct hl_names put_names(char **at, struct hl_str **list, struct hl_names names)
{
	struct hl_names copy = {*list, names.n};

	for (size_t i = 0; i < names.n; i++)
		*(*list)++ = put(at, names.v[i]);
	return copy;
}

static bool set_account(struct hl_staff *staff, const struct hl_account *account)
{
	size_t bytes = account->name.len + account->display.len + account->hash.len +
		       names_bytes(account->teams) + names_bytes(account->langs) +
		       names_bytes(account->roles);
	size_t n = account->teams.n + account->langs.n + account->roles.n;
	char *memory = malloc(bytes + 1);
	struct hl_str *names = calloc(n + 1, sizeof(struct hl_str));

	if (!memory || !names) {
		free(memory);
		free(names);
		return false;
	}
	free(staff->memory);
	free(staff->names);
	staff->memory = memory;
	staff->names = names;
	staff->account = *account;
	if (!account->capacity)
		staff->account.capacity = HL_CAPACITY_DEFAULT;
	staff->account.name = put(&memory, account->name);
	staff->account.display = put(&memory, account->display);
	staff->account.hash = put(&memory, account->hash);
	staff->account.teams = put_names(&memory, &names, account->teams);
	staff->account.langs = put_names(&memory, &names, account->langs);
	staff->account.roles = put_names(&memory, &names, account->roles);
	return true;
}

/* ------------------------------------------------------------------ the desk's view */

static void tell_desk(struct hl_host *host, const struct hl_staff *staff)
{
	const struct hl_account *account = &staff->account;
	int64_t now = hl_host_now(host);

	if (account->disabled || !hl_host_has_role(account, HL_STR("agent"))) {
		hl_desk_agent_remove(host->desk, now, account->name);
		return;
	}
	const struct hl_desk_agent agent = {.id = account->name,
					    .display = account->display,
					    .teams = account->teams,
					    .langs = account->langs,
					    .capacity = account->capacity,
					    .presence =
						    staff->sockets ? staff->wanted : HL_OFFLINE};
	if (hl_desk_agent(host->desk, now, &agent) < 0)
		hl_host_note(host, HL_HOST_ERROR, "the desk is out of memory", HL_NONE,
			     account->name);
}

void hl_staff_join(struct hl_staff *staff, struct hl_socket *socket)
{
	struct hl_host *host = socket->host;

	socket->staff = staff;
	socket->next_of_staff = staff->sockets;
	staff->sockets = socket;
	if (staff->wanted == HL_OFFLINE)
		staff->wanted = HL_AWAY;
	tell_desk(host, staff);
}

void hl_staff_leave(struct hl_socket *socket)
{
	struct hl_staff *staff = socket->staff;
	struct hl_socket **at = &staff->sockets;

	while (*at != socket)
		at = &(*at)->next_of_staff;
	*at = socket->next_of_staff;
	socket->staff = NULL;
	if (staff->sockets || socket->host->dead)
		return;
	tell_desk(socket->host, staff);
	/* somebody may be in the middle of telling this staff something: the desk's wishes wait */
	hl_timer_set(socket->host, &socket->host->desk_due, hl_host_now(socket->host));
}

void hl_staff_present(struct hl_host *host, struct hl_staff *staff, enum hl_presence presence)
{
	staff->wanted = presence;
	tell_desk(host, staff);
	hl_queue_pump(host);
}

/* ------------------------------------------------------------------ reading the accounts */

static void close_session(struct hl_socket *socket)
{
	hl_socket_error(socket, HL_CODE_UNAUTHORIZED, HL_NONE, HL_NONE, 0);
	hl_socket_close(socket, HL_CLOSE_POLICY);
}

static void close_all(struct hl_staff *staff)
{
	while (staff->sockets)
		close_session(staff->sockets);
}

static void free_staff(struct hl_staff *staff)
{
	while (staff->offers) {
		struct hl_offered *offer = staff->offers;

		staff->offers = offer->next;
		free(offer);
	}
	free(staff->memory);
	free(staff->names);
	free(staff);
}

static void forget(struct hl_host *host, struct hl_staff **at)
{
	struct hl_staff *staff = *at;

	close_all(staff);
	hl_desk_agent_remove(host->desk, hl_host_now(host), staff->account.name);
	*at = staff->next;
	free_staff(staff);
}

static void read_one(struct hl_host *host, const struct hl_account *account)
{
	struct hl_staff *staff = hl_staff_find(host, account->name);

	if (!staff) {
		staff = calloc(1, sizeof(*staff));
		if (!staff)
			return;
		staff->next = host->staff;
		host->staff = staff;
		staff->wanted = HL_AWAY;
	} else if (account->disabled || account->changed_ms > staff->account.changed_ms) {
		close_all(staff);
	}
	staff->seen = true;
	if (set_account(staff, account))
		tell_desk(host, staff);
}

static void accounts_read(void *arg, const struct hl_accounts_page *page)
{
	struct hl_host *host = arg;

	host->accounts_loading = false;
	if (page->result != HL_STORE_OK) {
		hl_host_note(host, HL_HOST_ERROR, "the accounts could not be read", HL_NONE,
			     HL_NONE);
		return;
	}
	for (struct hl_staff *staff = host->staff; staff; staff = staff->next)
		staff->seen = false;
	for (size_t i = 0; i < page->n; i++)
		read_one(host, &page->v[i]);
	for (struct hl_staff **at = &host->staff; *at;) {
		if ((*at)->seen)
			at = &(*at)->next;
		else
			forget(host, at);
	}
	host->accounts_loaded = true;
	if (host->accounts_again)
		hl_staff_load(host);
	hl_queue_pump(host);
}

void hl_staff_load(struct hl_host *host)
{
	host->accounts_again = host->accounts_loading;
	if (host->accounts_loading)
		return;
	host->accounts_loading = true;
	host->store->ops->accounts(host->store, HL_NONE, accounts_read, host);
}

void hl_host_accounts_changed(struct hl_host *host)
{
	hl_staff_load(host);
}

static void end_if_over(struct hl_socket *socket, void *arg)
{
	const int64_t *now = arg;

	if (socket->staff && socket->session_ends_ms <= *now)
		close_session(socket);
}

void hl_staff_sweep(struct hl_host *host)
{
	int64_t now = hl_host_now(host);

	hl_socket_each(host, end_if_over, &now);
	if (host->config.bus)
		hl_staff_load(host); /* another node may have changed them */
}

void hl_staff_forget_all(struct hl_host *host)
{
	while (host->staff) {
		struct hl_staff *staff = host->staff;

		host->staff = staff->next;
		free_staff(staff);
	}
}
