/*
 * desk.h: what the step asks of the desk beyond hotline_desk.h. Reading only.
 */
#ifndef HL_DESK_H
#define HL_DESK_H

#include "hotline_desk.h"

/* The position a queued row has, or would have if it were committed now. */
void hl_desk_rank(struct hl_position *out, const struct hl_desk *desk, const struct hl_row *row);
/* Is this offer of the conversation to this agent standing? Still true between reservation and
   commit, so that a step done again after a conflict gives the same. */
bool hl_desk_offered(const struct hl_desk *desk, struct hl_str conv, struct hl_str agent,
		     struct hl_str offer);
/* A team some known agent serves by name. */
bool hl_desk_knows_team(const struct hl_desk *desk, struct hl_str team);
/* Is this agent known, and which of his teams takes a conversation that is now `team`'s? Empty:
   unknown agent. */
struct hl_str hl_desk_team_for(const struct hl_desk *desk, struct hl_str agent, struct hl_str team);
/* The name an agent shows; empty when unknown. Lives until the agent is changed. */
struct hl_str hl_desk_display(const struct hl_desk *desk, struct hl_str agent);

#endif
