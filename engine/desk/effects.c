/*
 * What the desk wants done, as a list the owner pulls. Their strings are copied: the conversation
 * or agent an effect names may be gone from the desk when it is pulled.
 */
#include <string.h>

#include "desk/inside.h"

void hl_desk_begin(struct hl_desk *desk, int64_t now_ms)
{
	desk->failed = false;
	if (now_ms > desk->now_ms)
		desk->now_ms = now_ms;
	if (desk->next_said == desk->n_said)
		desk->next_said = desk->n_said = desk->text_len = 0;
}

static size_t keep(struct hl_desk *desk, struct hl_str text)
{
	size_t at = desk->text_len;
	while (desk->cap_text < at + text.len) {
		if (!hl_desk_room(&desk->text, desk->cap_text, &desk->cap_text, 1)) {
			desk->failed = true;
			return at;
		}
	}
	if (text.len)
		memcpy(desk->text + at, text.ptr, text.len);
	desk->text_len += text.len;
	return at;
}

void hl_desk_say(struct hl_desk *desk, const struct hl_desk_effect *effect)
{
	struct hl_desk_said said = {.effect = *effect};
	said.conv = keep(desk, effect->conv);
	said.agent = keep(desk, effect->agent);
	said.offer = keep(desk, effect->offer);
	said.team = keep(desk, effect->team);
	if (desk->failed ||
	    !hl_desk_room(&desk->said, desk->n_said, &desk->cap_said, sizeof said)) {
		desk->failed = true;
		return;
	}
	desk->said[desk->n_said++] = said;
}

void hl_desk_say_changed(struct hl_desk *desk, struct hl_desk_team *team)
{
	struct hl_desk_effect effect = {.kind = HL_DESK_QUEUE_CHANGED, .team = team->name};
	if (team->changed)
		return;
	hl_desk_say(desk, &effect);
	team->changed = !desk->failed;
}

struct hl_str hl_desk_offer_name(char room[24], uint64_t offer)
{
	size_t at = 24;
	do {
		room[--at] = (char)('0' + offer % 10);
		offer /= 10;
	} while (offer);
	room[--at] = 'o';
	return (struct hl_str){room + at, 24 - at};
}

bool hl_desk_next(struct hl_desk *desk, struct hl_desk_effect *out)
{
	if (desk->next_said == desk->n_said)
		return false;
	const struct hl_desk_said *said = &desk->said[desk->next_said++];
	*out = said->effect;
	out->conv.ptr = desk->text + said->conv;
	out->agent.ptr = desk->text + said->agent;
	out->offer.ptr = desk->text + said->offer;
	out->team.ptr = desk->text + said->team;
	if (out->kind == HL_DESK_QUEUE_CHANGED) {
		struct hl_desk_team *team = hl_desk_team_find(desk, out->team);
		if (team)
			team->changed = false;
	}
	return true;
}
