/*
 * The constant names of the public enums, as they stand on the wire and in the commands' output.
 * Knows nothing but the enums.
 */
#include "hotline_desk.h"

#define NAME_OF(table, value)                                                                      \
	((size_t)(value) < sizeof(table) / sizeof((table)[0]) ? (table)[(value)] : "?")

static const char *const decisions[] = {"answer", "clarify", "escalate", "unmatched"};
static const char *const bys[] = {"none", "example", "words", "phrase", "pattern"};
static const char *const states[] = {"bot", "queued", "human", "closed"};
static const char *const roles[] = {"customer", "bot", "agent", "system"};
static const char *const urgencies[] = {"none", "ask", "always"};
static const char *const reasons[] = {"asked", "sensitive", "unmatched", "unsolved", "rule"};
static const char *const closeds[] = {"resolved", "ended", "idle"};
static const char *const kinds[] = {"text",   "handoff", "assigned",  "released", "transfer",
				    "closed", "rating",	 "redaction", "note"};
static const char *const presences[] = {"offline", "away", "online"};
static const char *const codes[] = {"ok",	    "bad_frame", "unknown_type", "too_large",
				    "unauthorized", "not_found", "id_reused",	 "closed",
				    "slow_down",    "busy",	 "forbidden",	 "stale"};

const char *hl_decision_name(enum hl_decision decision)
{
	return NAME_OF(decisions, decision);
}

const char *hl_by_name(enum hl_by by)
{
	return NAME_OF(bys, by);
}

const char *hl_state_name(enum hl_state state)
{
	return NAME_OF(states, state);
}

const char *hl_role_name(enum hl_role role)
{
	return NAME_OF(roles, role);
}

const char *hl_urgency_name(enum hl_urgency urgency)
{
	return NAME_OF(urgencies, urgency);
}

const char *hl_reason_name(enum hl_reason reason)
{
	return NAME_OF(reasons, reason);
}

const char *hl_closed_name(enum hl_closed why)
{
	return NAME_OF(closeds, why);
}

const char *hl_entry_kind_name(enum hl_entry_kind kind)
{
	return NAME_OF(kinds, kind);
}

const char *hl_presence_name(enum hl_presence presence)
{
	return NAME_OF(presences, presence);
}

const char *hl_code_name(enum hl_code code)
{
	return NAME_OF(codes, code);
}
