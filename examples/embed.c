/* The library alone: a pack built by hand, one message classified, one conversation held.
   cc embed.c $(pkg-config --cflags --libs libhotline) -o embed */
#include <hotline.h>
#include <stdio.h>

#define S(literal)                                                                                 \
	{                                                                                          \
		literal, sizeof(literal) - 1                                                       \
	}

static const struct hl_text where = {S("en"), S("Open Wallet, then Deposit.")};
static const struct hl_answer answer = {.texts = {&where, 1}};
static const struct hl_line deposit = {.text = S("how * deposit")}, hacked = {.text = S("hacked")};
static const struct hl_intent intents[] = {
	{.id = S("deposit.how"), .phrases = {&deposit, 1}, .answers = &answer, .n_answers = 1},
	{.id = S("hacked"), .phrases = {&hacked, 1}, .handoff = HL_HANDOFF_ALWAYS},
};
static const struct hl_pack pack = {.intents = intents, .n_intents = 2, .oos = -1, .rephrase = -1};

static void complain(void *arg, const struct hl_diag *diag)
{
	fprintf(arg, "%.*s\n", (int)diag->message.len, diag->message.ptr);
}

int main(void)
{
	struct hl_ruleset *rules;
	struct hl_scratch *scratch;
	struct hl_conversation *conv;
	const struct hl_birth birth = {.id = S("c1"), .lang = S("en")};
	if (hl_ruleset_new(&rules, &pack, HL_NONE, complain, stderr) || hl_scratch_new(&scratch) ||
	    hl_conversation_new(&conv, &birth))
		return 1;

	const struct hl_query query = {.text = S("how do I deposit?")};
	struct hl_verdict verdict;
	if (hl_classify(&verdict, scratch, rules, &query) == HL_OK && verdict.intent)
		printf("%s: %s\n", hl_decision_name(verdict.decision), verdict.intent->id.ptr);

	const struct hl_str said[] = {S("how can I deposit bitcoin"), S("I was hacked!")};
	for (int i = 0; i < 2; i++) {
		struct hl_event event = {.kind = HL_EV_SAY, .at_ms = i + 1, .text = said[i]};
		struct hl_outcome out;
		if (hl_step(&out, scratch, rules, NULL, conv, &event) ||
		    out.result != HL_STEP_COMMIT)
			return 1;
		for (const struct hl_entry *e = out.entries; e < out.entries + out.n_entries; e++)
			printf("%s %s: %.*s\n", hl_role_name(e->by.role),
			       hl_entry_kind_name(e->kind), (int)e->text.len, e->text.ptr);
		hl_conversation_free(conv);
		conv = out.next; /* a real host stores the entries first */
	}
	hl_conversation_free(conv);
	hl_scratch_free(scratch);
	hl_ruleset_unref(rules);
	return 0;
}
