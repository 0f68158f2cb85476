/* The order of rules told as a reason: why the runner-up lost. */
#include "decide/decide.h"

const char *hl_decide_why(const struct hl_ruleset *rules, const struct hl_found *winner,
			  const struct hl_found *loser)
{
	const struct hl_rule *w = &rules->rules[winner->rule], *l = &rules->rules[loser->rule];
	if (rules->intents[winner->intent].sensitive != rules->intents[loser->intent].sensitive)
		return "the other intent is sensitive (handoff: always)";
	if (w->whole != l->whole)
		return "the other rule is a phrase with = that is the whole message";
	if ((w->by == HL_BY_PATTERN) != (l->by == HL_BY_PATTERN))
		return "the other rule is a pattern";
	if (winner->match.size2 != loser->match.size2)
		return "the other rule insists on more words";
	if ((w->by == HL_BY_PHRASE) != (l->by == HL_BY_PHRASE))
		return "the other rule is a phrase, this one is words";
	if (rules->intents[winner->intent].conditional != rules->intents[loser->intent].conditional)
		return "the other intent has only_if";
	return "equal in everything but likeness";
}
