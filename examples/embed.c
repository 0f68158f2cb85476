/*
 * The library without any of the house around it: a pack built by hand, one message classified, one
 * conversation held.
 *
 *   cc embed.c $(pkg-config --cflags --libs libhotline) -o embed
 */
#include <hotline.h>
#include <stdio.h>

#define TEXTS(literal)                                                                             \
	{                                                                                          \
		&(struct hl_text){HL_STR("en"), HL_STR(literal)}, 1                                \
	}
#define LINES(...)                                                                                 \
	{                                                                                          \
		(struct hl_line[]){__VA_ARGS__},                                                   \
			sizeof((struct hl_line[]){__VA_ARGS__}) / sizeof(struct hl_line)           \
	}

static void complain(void *arg, const struct hl_diag *diag)
{
	(void)arg;
	fprintf(stderr, "%.*s\n", (int)diag->message.len, diag->message.ptr);
}

int main(void)
{
	const struct hl_answer where = {
		.texts = TEXTS("Open Wallet, then Deposit: your address is there.")};
	const struct hl_intent intents[] = {
		{.id = HL_STR("deposit.how"),
		 .title = TEXTS("How to deposit"),
		 .answers = &where,
		 .n_answers = 1,
		 .phrases = LINES({.text = HL_STR("how * deposit")})},
		{.id = HL_STR("hacked"),
		 .title = TEXTS("Somebody got in"),
		 .handoff = HL_HANDOFF_ALWAYS,
		 .phrases = LINES({.text = HL_STR("hacked")})},
	};
	const struct hl_pack pack = {.name = HL_STR("tiny"),
				     .intents = intents,
				     .n_intents = 2,
				     .oos = -1,
				     .rephrase = -1};
	struct hl_ruleset *rules = NULL;
	struct hl_scratch *scratch = NULL;
	struct hl_conversation *conv = NULL;
	if (hl_ruleset_new(&rules, &pack, HL_NONE, complain, NULL) || hl_scratch_new(&scratch) ||
	    hl_conversation_new(&conv,
				&(struct hl_birth){.id = HL_STR("c1"), .lang = HL_STR("en")}))
		return 1;

	struct hl_verdict verdict;
	if (hl_classify(&verdict, scratch, rules,
			&(struct hl_query){.text = HL_STR("how do I deposit?")}) == HL_OK)
		printf("%s %s\n", hl_decision_name(verdict.decision),
		       verdict.intent ? verdict.intent->id.ptr : "-");

	const struct hl_str said[] = {HL_STR("how can I deposit bitcoin"), HL_STR("I was hacked!")};
	for (int64_t i = 0; i < 2; i++) {
		const struct hl_event event = {
			.kind = HL_EV_SAY, .at_ms = 1000 * (i + 1), .text = said[i]};
		struct hl_outcome out;
		if (hl_step(&out, scratch, rules, NULL, conv, &event) ||
		    out.result != HL_STEP_COMMIT)
			return 1;
		for (size_t e = 0; e < out.n_entries; e++)
			printf("%d %s %s: %.*s\n", (int)out.entries[e].seq,
			       hl_role_name(out.entries[e].by.role),
			       hl_entry_kind_name(out.entries[e].kind),
			       (int)out.entries[e].text.len, out.entries[e].text.ptr);
		hl_conversation_free(conv);
		conv = out.next; /* a real host stores the entries first */
	}
	hl_conversation_free(conv);
	hl_scratch_free(scratch);
	hl_ruleset_unref(rules);
	return 0;
}
