/* Who writes a test's message, an example or a witness: what the host would have signed. */
#ifndef HL_RULES_CUSTOMER_H
#define HL_RULES_CUSTOMER_H

#include "load/rules.h"

#define HL_CUSTOMER_ATTRS 32u

struct hl_customer {
	struct hl_attr attrs[HL_CUSTOMER_ATTRS];
	size_t n_attrs;
	struct hl_str met[2];
	size_t n_met;
};

/* Makes `customer`, an anonymous one before the first call, one for whom the intent is there: its
   `only_if` counts as met, and other intents see values that meet it. Two intents at most. */
void hl_customer_meet(struct hl_customer *customer, const struct hl_intent *intent);
/* The one a test means: its `user`, else whoever its own intent is for. */
void hl_customer_of(struct hl_customer *customer, const struct hl_test *test);
/* The message as the customer's. The query points into `customer`. */
struct hl_query hl_customer_query(const struct hl_customer *customer, struct hl_str text,
				  struct hl_str lang);

#endif
