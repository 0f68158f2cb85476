/* The order of rules told as a reason: why the runner-up lost. */
#include "decide/decide.h"

const char *hl_decide_why(const struct hl_found *winner, const struct hl_found *loser)
{
	uint64_t differ = winner->order ^ loser->order;
	if (differ >> HL_ORDER_SENSITIVE)
		return "the other intent is sensitive (handoff: always)";
	if (differ >> HL_ORDER_WHOLE)
		return "the other rule is a phrase with = that is the whole message";
	if (differ >> HL_ORDER_PATTERN)
		return "the other rule is a pattern";
	if (differ >> HL_ORDER_SIZE2)
		return "the other rule insists on more words";
	if (differ >> HL_ORDER_PHRASE)
		return "the other rule is a phrase, this one is words";
	if (differ >> HL_ORDER_CONDITIONAL)
		return "the other intent has only_if";
	return "equal in everything but likeness";
}
