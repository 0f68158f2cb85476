/*
 * What the author of a pack wrote as messages: to measure a pack on what it was made for.
 */
#include "run/run.h"

static void tell_tests(const struct hl_test *tests, size_t n, hl_message_fn *each, void *arg)
{
	for (size_t i = 0; i < n; i++)
		if (tests[i].say.len > 0)
			each(arg, tests[i].say);
}

void hl_rules_messages(const struct hl_rules *rules, hl_message_fn *each, void *arg)
{
	const struct hl_load *load = &rules->load;

	for (size_t i = 0; i < load->n_origins; i++) {
		const struct hl_lines *examples = &load->intents[i].examples;

		for (size_t k = 0; k < examples->n; k++)
			each(arg, examples->v[k].text);
		tell_tests(load->origins[i].tests, load->origins[i].n_tests, each, arg);
	}
	tell_tests(load->tests, load->n_tests, each, arg);
}
