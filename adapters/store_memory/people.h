/*
 * people.h: the memory store's accounts and sessions.
 */
#ifndef HL_STORE_MEMORY_PEOPLE_H
#define HL_STORE_MEMORY_PEOPLE_H

#include "store/op.h"

struct account;
struct session;
struct people {			  /* all zero: nobody */
	struct account *accounts; /* by name */
	size_t n_accounts;
	struct session *sessions;
};

/* Each sets the op's answer. */
void hl_people_accounts(struct people *people, struct hl_op *op);
void hl_people_account_put(struct people *people, struct hl_op *op);
void hl_people_session_put(struct people *people, struct hl_op *op);
void hl_people_session_get(struct people *people, struct hl_op *op);
void hl_people_session_drop(struct people *people, struct hl_op *op);
void hl_people_deinit(struct people *people);

/* Order of bytes, the shorter first. */
int hl_people_compare(struct hl_str a, struct hl_str b);

#endif
