/*
 * Accounts and sessions in memory: an array and a list, walked from end to end.
 */
#include "store_memory/people.h"

#include <stdlib.h>
#include <string.h>

struct account {
	struct hl_pile pile;
	struct hl_account at;
};
struct session {
	struct session *next;
	struct hl_pile pile;
	struct hl_session at;
};
int hl_people_compare(struct hl_str a, struct hl_str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n ? memcmp(a.ptr, b.ptr, n) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

void hl_people_account_put(struct people *people, struct hl_op *op)
{
	struct account *grown =
		realloc(people->accounts, (people->n_accounts + 1) * sizeof(*grown));
	size_t at = 0;

	if (!grown) {
		op->out.result = HL_STORE_BUSY;
		return;
	}
	people->accounts = grown;
	while (at < people->n_accounts &&
	       hl_people_compare(grown[at].at.name, op->in.account.name) < 0)
		at++;
	if (at < people->n_accounts &&
	    hl_people_compare(grown[at].at.name, op->in.account.name) == 0) {
		hl_pile_deinit(&grown[at].pile);
	} else {
		memmove(grown + at + 1, grown + at, (people->n_accounts - at) * sizeof(*grown));
		people->n_accounts++;
	}
	grown[at] = (struct account){op->pile, op->in.account};
	op->pile = (struct hl_pile){0}; /* the op's copies are the account now */
	op->out.result = HL_STORE_OK;
}

void hl_people_accounts(struct people *people, struct hl_op *op)
{
	struct hl_account *v = hl_pile_take(&op->pile, people->n_accounts, sizeof(*v));
	size_t n = 0;

	if (!v) {
		hl_op_settle(op, HL_STORE_FAILED);
		return;
	}
	for (size_t i = 0; i < people->n_accounts; i++)
		if (!op->in.ask.key.len ||
		    hl_people_compare(people->accounts[i].at.name, op->in.ask.key) == 0)
			v[n++] = people->accounts[i].at;
	op->out.accounts = (struct hl_accounts_page){
		n || !op->in.ask.key.len ? HL_STORE_OK : HL_STORE_NOT_FOUND, v, n};
}

static struct session **session_of(struct people *people, const uint8_t hash[32])
{
	struct session **at = &people->sessions;

	while (*at && memcmp((*at)->at.token_hash, hash, 32) != 0)
		at = &(*at)->next;
	return at;
}

static void drop(struct session **at)
{
	struct session *gone = *at;

	if (!gone)
		return;
	*at = gone->next;
	hl_pile_deinit(&gone->pile);
	free(gone);
}

void hl_people_session_put(struct people *people, struct hl_op *op)
{
	struct session *session = calloc(1, sizeof(*session));

	if (!session) {
		op->out.result = HL_STORE_BUSY;
		return;
	}
	for (struct session **at = &people->sessions; *at;)
		if ((*at)->at.expires_ms <= op->in.session.created_ms)
			drop(at);
		else
			at = &(*at)->next;
	drop(session_of(people, op->in.session.token_hash));
	session->at = op->in.session;
	session->pile = op->pile;
	op->pile = (struct hl_pile){0};
	session->next = people->sessions;
	people->sessions = session;
	op->out.result = HL_STORE_OK;
}

void hl_people_session_get(struct people *people, struct hl_op *op)
{
	const struct session *found = *session_of(people, op->in.session.token_hash);

	hl_op_settle(op, found ? HL_STORE_OK : HL_STORE_NOT_FOUND);
	if (found)
		op->out.session.session = found->at;
}

void hl_people_session_drop(struct people *people, struct hl_op *op)
{
	drop(session_of(people, op->in.session.token_hash));
	op->out.result = HL_STORE_OK;
}

void hl_people_deinit(struct people *people)
{
	for (size_t i = 0; i < people->n_accounts; i++)
		hl_pile_deinit(&people->accounts[i].pile);
	while (people->sessions)
		drop(&people->sessions);
	free(people->accounts);
}
