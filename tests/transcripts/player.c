/*
 * The player: keeps a host's rules (numbers without gaps, time that never goes back, a snapshot
 * that loads after every commit) and asserts them at each step.
 */
#include "player.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PACKS_MAX 8

struct hl_str S(const char *text) {
	return (struct hl_str){text, strlen(text)};
}

/* ------------------------------------------------------------------ what happened */

char *
room(struct player *p)
{
	assert_true(p->n_said < LINES_MAX);
	return p->said[p->n_said++];
}

static void happened_text(struct player *p, const char *head, struct hl_str text)
{
	char *to = room(p);
	size_t n = (size_t)snprintf(to, LINE_MAX_BYTES, "%s", head);
	for (size_t i = 0; i < text.len && n + 4 < LINE_MAX_BYTES; i++) {
		if (text.ptr[i] == '\n') {
			memcpy(to + n, " / ", 3);
			n += 3;
		} else {
			to[n++] = text.ptr[i];
		}
	}
	while (n && to[n - 1] == ' ')
		n--;
	to[n] = 0;
}

static void happened_buttons(struct player *p, const struct hl_entry *e)
{
	p->n_buttons = 0;
	p->buttons[0] = 0;
	for (size_t i = 0; i < e->n_buttons; i++) {
		struct hl_str title = e->buttons[i].title;
		size_t n = strlen(p->buttons);
		snprintf(p->buttons + n, sizeof p->buttons - n, "%s%.*s", n ? " | " : "", V(title));
		snprintf(p->titles[i], sizeof p->titles[i], "%.*s", V(title));
		snprintf(p->choices[i], sizeof p->choices[i], "%.*s", V(e->buttons[i].choice));
		p->n_buttons++;
	}
}

static void happened(struct player *p, const struct hl_entry *e)
{
	struct hl_view view;
	switch (e->kind) {
	case HL_ENTRY_TEXT:
		if (e->by.role == HL_BOT_ROLE) {
			happened_text(p, "bot< ", e->text);
			happened_buttons(p, e);
		} else if (e->by.role == HL_SYSTEM) {
			happened_text(p, "system< ", e->text);
		}
		break;
	case HL_ENTRY_HANDOFF:
		hl_conversation_view(&view, p->conv);
		snprintf(room(p), LINE_MAX_BYTES, "handoff: %s %.*s %s", hl_reason_name(e->reason),
			 V(e->team), hl_urgency_name(view.row.urgency));
		break;
	case HL_ENTRY_ASSIGNED:
		happened_text(p, "assigned: ", e->agent.id);
		break;
	case HL_ENTRY_RELEASED:
		happened_text(p, "released: ", e->agent.id);
		break;
	case HL_ENTRY_TRANSFER:
		happened_text(p, "transfer: ", e->team.len ? e->team : e->agent.id);
		break;
	case HL_ENTRY_CLOSED:
		happened_text(p, "closed: ", S(hl_closed_name(e->why)));
		break;
	case HL_ENTRY_RATING:
		snprintf(room(p), LINE_MAX_BYTES, "rating: %d %.*s %.*s", e->score, V(e->solved),
			 V(e->comment));
		break;
	case HL_ENTRY_REDACTION:
		snprintf(room(p), LINE_MAX_BYTES, "redaction: %u %.*s", (unsigned)e->of,
			 V(e->text));
		break;
	case HL_ENTRY_NOTE:
		happened_text(p, "note< ", e->text);
		break;
	}
}

/* One event through the engine, by the rules a host keeps: gapless numbers, never back in time. */
static void feed(struct player *p, struct hl_event *event)
{
	struct hl_outcome out;
	struct hl_view before, after;
	hl_conversation_view(&before, p->conv);
	event->at_ms = p->now;
	assert_int_equal(
		hl_step(&out, p->scratch, hl_rules_ruleset(p->rules), p->desk, p->conv, event),
		HL_OK);
	if (out.result == HL_STEP_REFUSED) {
		happened_text(p, "refused: ", S(hl_code_name(out.code)));
		return;
	}
	if (out.result == HL_STEP_DUP) {
		snprintf(room(p), LINE_MAX_BYTES, "same: %u", (unsigned)out.ack_seq);
		return;
	}
	p->due = out.due_ms;
	if (out.result == HL_STEP_NOTHING)
		return;
	uint64_t seq = before.row.seq, note_seq = before.row.note_seq;
	int64_t at = before.last_ms;
	hl_conversation_free(p->conv);
	p->conv = out.next;
	for (size_t i = 0; i < out.n_entries; i++) {
		const struct hl_entry *e = &out.entries[i];
		assert_true(e->kind == HL_ENTRY_NOTE ? e->note_seq == ++note_seq : e->seq == ++seq);
		assert_true(e->at_ms >= at);
		at = e->at_ms;
		happened(p, e);
	}
	hl_conversation_view(&after, p->conv);
	assert_int_equal(after.row.seq, seq);
	assert_int_equal(hl_desk_row(p->desk, p->now, &out.row), HL_OK);
	struct hl_conversation *back = NULL;
	assert_int_equal(hl_conversation_load(&back, out.snapshot), HL_OK);
	hl_conversation_free(back);
	pull_desk(p);
}

void pull_desk(struct player *p)
{
	struct hl_desk_effect e;
	char agents[8][64];
	struct hl_event gone[8];
	size_t n = 0;
	while (hl_desk_next(p->desk, &e)) {
		if (!e.conv.len || e.conv.ptr[0] != 'c')
			continue;
		if (e.kind == HL_DESK_OFFER) {
			snprintf(p->offer_agent, sizeof p->offer_agent, "%.*s", V(e.agent));
			snprintf(p->offer, sizeof p->offer, "%.*s", V(e.offer));
		} else if (e.kind == HL_DESK_OFFER_GONE) {
			p->offer_agent[0] = p->offer[0] = 0;
		} else if (e.kind == HL_DESK_AGENT_GONE && n < 8) {
			snprintf(agents[n], sizeof agents[n], "%.*s", V(e.agent));
			gone[n] = (struct hl_event){.kind = HL_EV_AGENT_GONE,
						    .by = {.role = HL_SYSTEM},
						    .armed_seq = e.armed_seq};
			n++;
		}
	}
	for (size_t i = 0; i < n; i++)
		feed(p, &gone[i]);
}

/* ------------------------------------------------------------------ actions */

/* Packs are loaded once: training one takes longer than all its conversations. */
static struct {
	char name[64];
	struct hl_rules *rules;
} packs[PACKS_MAX];

static struct hl_rules *load_pack(const struct player *p)
{
	char folder[1024];
	size_t at = 0;
	while (at < PACKS_MAX - 1 && packs[at].rules && strcmp(packs[at].name, p->pack) != 0)
		at++;
	if (packs[at].rules)
		return packs[at].rules;
	/* beside the transcript, or the pack that ships */
	snprintf(folder, sizeof folder, "%.*s/%s%s", (int)(strrchr(p->path, '/') - p->path),
		 p->path, strcmp(p->pack, "exchange") ? "packs/" : "../../rules/", p->pack);
	const struct hl_rules_options options = {.skip_tests = true};
	assert_int_equal(hl_rules_load(&packs[at].rules, folder, &options), HL_OK);
	snprintf(packs[at].name, sizeof packs[at].name, "%s", p->pack);
	return packs[at].rules;
}

void unload_packs(void)
{
	for (size_t i = 0; i < sizeof packs / sizeof *packs; i++)
		packs[i].rules = hl_rules_free(packs[i].rules);
}

void begin(struct player *p)
{
	if (p->conv)
		return;
	p->rules = load_pack(p);
	const struct hl_birth birth = {.id = S("c1"),
				       .lang = S(p->lang),
				       .user = S(p->n_user ? "u1" : ""),
				       .attrs = p->user,
				       .n_attrs = p->n_user,
				       .at_ms = p->now};
	assert_int_equal(hl_conversation_new(&p->conv, &birth), HL_OK);
}

void send_event(struct player *p, struct hl_event *event, const char *agent)
{
	char cid[16];
	snprintf(cid, sizeof cid, "s%u", ++p->sends);
	event->cid = S(cid);
	event->by = agent ? (struct hl_author){HL_AGENT, S(agent), S(agent)}
			  : (struct hl_author){.role = HL_CUSTOMER};
	feed(p, event);
}

void set_agent(struct player *p, const char *name, const char *teams, enum hl_presence presence)
{
	char copy[256];
	struct hl_str list[8];
	size_t n = 0;
	snprintf(copy, sizeof copy, "%s", teams);
	for (char *at = strtok(copy, ","); at && n < 8; at = strtok(NULL, ","))
		list[n++] = S(at);
	const struct hl_desk_agent agent = {
		.id = S(name), .display = S(name), .teams = {list, n}, .presence = presence};
	assert_int_equal(hl_desk_agent(p->desk, p->now, &agent), HL_OK);
	pull_desk(p);
}

void pass_time(struct player *p, const char *text)
{
	char unit = 's';
	long long amount = 0;
	assert_int_equal(sscanf(text, "%lld%c", &amount, &unit), 2);
	int64_t end = p->now + amount * (unit == 'h' ? 3600000 : unit == 'm' ? 60000 : 1000);
	for (;;) {
		int64_t desk = hl_desk_deadline(p->desk), next = end;
		if (desk && desk < next)
			next = desk;
		bool timer = p->due && p->due <= next;
		if (timer)
			next = p->due;
		p->now = next > p->now ? next : p->now;
		if (timer) {
			struct hl_view view;
			hl_conversation_view(&view, p->conv);
			struct hl_event event = {.kind = HL_EV_TIMER,
						 .by = {.role = HL_SYSTEM},
						 .armed_seq = view.row.assign_seq};
			p->due = 0;
			feed(p, &event);
		} else if (desk && desk <= p->now) {
			assert_int_equal(hl_desk_tick(p->desk, p->now), HL_OK);
			pull_desk(p);
		} else {
			break;
		}
	}
}

void fill_queue(struct player *p, const char *text)
{
	int n = 0;
	char team[32] = "frontline", name[16];
	assert_true(sscanf(text, "%d %31s", &n, team) >= 1);
	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof name, "x%d", i);
		const struct hl_row row = {.conv = S(name),
					   .state = HL_QUEUED,
					   .seq = 1,
					   .team = S(team),
					   .urgency = HL_URGENCY_ASK,
					   .since_ms = p->now - 1000 + i,
					   .assign_seq = 1};
		assert_int_equal(hl_desk_row(p->desk, p->now, &row), HL_OK);
	}
}
