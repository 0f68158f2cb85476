/*
 * What may happen when: the whole table of states and events. Every pair stands here, and a pair
 * that is not allowed names the code its sender is given. Who the sender must be (the owner, the
 * holder of an offer) is the handler's question.
 */
#include <assert.h>

#include "conversation/conversation.h"

#define ACT(name)                                                                                  \
	{                                                                                          \
		HL_ACT_##name, HL_CODE_OK                                                          \
	}
#define NOT(name)                                                                                  \
	{                                                                                          \
		HL_ACT_REFUSE, HL_CODE_##name                                                      \
	}

static const struct hl_cell table[HL_CLOSED + 1][HL_EV_COUNT] =
	{
		[HL_BOT] =
			{
				[HL_EV_SAY] = ACT(SAY_BOT),
				[HL_EV_CHOICE] = ACT(CHOOSE),
				[HL_EV_ASK_HUMAN] = ACT(QUEUE),
				[HL_EV_END] = ACT(END),
				[HL_EV_RATE] = NOT(STALE),
				[HL_EV_TAKE] = ACT(TAKE),
				[HL_EV_ACCEPT] = NOT(STALE),
				[HL_EV_REPLY] = NOT(FORBIDDEN),
				[HL_EV_NOTE] = ACT(NOTE),
				[HL_EV_TRANSFER] = NOT(FORBIDDEN),
				[HL_EV_RESOLVE] = NOT(FORBIDDEN),
				[HL_EV_TO_BOT] = NOT(FORBIDDEN),
				[HL_EV_AGENT_GONE] = ACT(NOTHING),
				[HL_EV_TIMER] = ACT(IDLE),
			},
		[HL_QUEUED] =
			{
				[HL_EV_SAY] = ACT(SAY_WAITING),
				[HL_EV_CHOICE] = ACT(CHOOSE_WAITING),
				[HL_EV_ASK_HUMAN] = ACT(QUEUED_ALREADY),
				[HL_EV_END] = ACT(END),
				[HL_EV_RATE] = NOT(STALE),
				[HL_EV_TAKE] = ACT(TAKE),
				[HL_EV_ACCEPT] = ACT(ACCEPT),
				[HL_EV_REPLY] = NOT(FORBIDDEN),
				[HL_EV_NOTE] = ACT(NOTE),
				[HL_EV_TRANSFER] = NOT(FORBIDDEN),
				[HL_EV_RESOLVE] = NOT(FORBIDDEN),
				[HL_EV_TO_BOT] = NOT(FORBIDDEN),
				[HL_EV_AGENT_GONE] = ACT(NOTHING),
				[HL_EV_TIMER] = ACT(WAIT),
			},
		[HL_HUMAN] =
			{
				[HL_EV_SAY] = ACT(SAY_HUMAN),
				[HL_EV_CHOICE] = NOT(STALE),
				[HL_EV_ASK_HUMAN] = ACT(QUEUED_ALREADY),
				[HL_EV_END] = ACT(END),
				[HL_EV_RATE] = NOT(STALE),
				[HL_EV_TAKE] = ACT(TAKE_OWNED),
				[HL_EV_ACCEPT] = ACT(TAKE_OWNED),
				[HL_EV_REPLY] = ACT(REPLY),
				[HL_EV_NOTE] = ACT(NOTE),
				[HL_EV_TRANSFER] = ACT(TRANSFER),
				[HL_EV_RESOLVE] = ACT(RESOLVE),
				[HL_EV_TO_BOT] = ACT(TO_BOT),
				[HL_EV_AGENT_GONE] = ACT(GONE),
				[HL_EV_TIMER] = ACT(NOTHING),
			},
		[HL_CLOSED] =
			{
				[HL_EV_SAY] = ACT(SAY_AGAIN),
				[HL_EV_CHOICE] = NOT(STALE),
				[HL_EV_ASK_HUMAN] = ACT(QUEUE),
				[HL_EV_END] = NOT(CLOSED),
				[HL_EV_RATE] = ACT(RATE),
				[HL_EV_TAKE] = NOT(CLOSED),
				[HL_EV_ACCEPT] = NOT(STALE),
				[HL_EV_REPLY] = NOT(CLOSED),
				[HL_EV_NOTE] = ACT(NOTE),
				[HL_EV_TRANSFER] = NOT(CLOSED),
				[HL_EV_RESOLVE] = NOT(CLOSED),
				[HL_EV_TO_BOT] = NOT(CLOSED),
				[HL_EV_AGENT_GONE] = ACT(NOTHING),
				[HL_EV_TIMER] = ACT(NOTHING),
			},
};

struct hl_cell hl_conversation_cell(enum hl_state state, enum hl_event_kind event)
{
	assert(state <= HL_CLOSED && event < HL_EV_COUNT);
	return table[state][event];
}
