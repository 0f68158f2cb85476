/*
 * In an intent's own tests its `only_if` holds: the message comes from a customer for whom the
 * intent is there, and what is meant for others only is as far away as it is for that customer.
 * Knows conditions as the pack has them, not how they are judged.
 */
#include "run/customer.h"

/* A value that the condition wants; `not` and `lang` want none. */
static void take_value(struct hl_customer *customer, const struct hl_cond *cond)
{
	static const struct hl_str prefix = {"user.", 5};
	if (cond->op != HL_COND_IS || cond->values.n == 0 || cond->name.len <= prefix.len ||
	    customer->n_attrs == HL_CUSTOMER_ATTRS)
		return;
	struct hl_str name = {cond->name.ptr + prefix.len, cond->name.len - prefix.len};
	customer->attrs[customer->n_attrs++] = (struct hl_attr){name, cond->values.v[0]};
}

void hl_customer_meet(struct hl_customer *customer, const struct hl_intent *intent)
{
	customer->met[customer->n_met++] = intent->id;
	for (size_t i = 0; i < intent->only_if.n; i++)
		take_value(customer, &intent->only_if.v[i]);
}

void hl_customer_of(struct hl_customer *customer, const struct hl_test *test)
{
	*customer = (struct hl_customer){.n_attrs = 0};
	for (size_t i = 0; i < test->n_user && i < HL_CUSTOMER_ATTRS; i++)
		customer->attrs[customer->n_attrs++] = test->user[i];
	if (test->own && !test->has_user)
		hl_customer_meet(customer, test->own);
}

struct hl_query hl_customer_query(const struct hl_customer *customer, struct hl_str text,
				  struct hl_str lang)
{
	return (struct hl_query){.text = text,
				 .lang = lang,
				 .user = customer->attrs,
				 .n_user = customer->n_attrs,
				 .met = {customer->met, customer->n_met}};
}
