/*
 * Server frames. One function a frame, each the only place that knows its members; the bodies of
 * entries are made here once, stored, and sent as they are. Nothing of an agent's side (login
 * names, tags, notes) is written into what a customer can get.
 */
#include <string.h>

#include "wire/wire.h"

static const char *const error_texts[HL_CODE_COUNT] = {
	[HL_CODE_OK] = "",
	[HL_CODE_BAD_FRAME] = "The frame is not what the protocol asks for.",
	[HL_CODE_UNKNOWN_TYPE] = "There is no frame of this type here.",
	[HL_CODE_TOO_LARGE] = "The frame or its text is too large.",
	[HL_CODE_UNAUTHORIZED] = "Not signed in, or no longer.",
	[HL_CODE_NOT_FOUND] = "There is no such thing.",
	[HL_CODE_ID_REUSED] = "This id was used for something else.",
	[HL_CODE_CLOSED] = "The conversation is closed.",
	[HL_CODE_SLOW_DOWN] = "Too fast. Wait a moment, then send it again.",
	[HL_CODE_BUSY] = "Not stored. Send it again.",
	[HL_CODE_FORBIDDEN] = "This is not allowed here.",
	[HL_CODE_STALE] = "This is no longer possible.",
};
static const char *const bye_names[] = {"drain", "replaced", "slow", "idle"};

static void begin(struct hl_wire_out *out, const char *type)
{
	hl_wire_object(out, NULL);
	hl_wire_cstr(out, "t", type);
}

static void author(struct hl_wire_out *out, const char *key, const struct hl_author *by)
{
	hl_wire_object(out, key);
	hl_wire_cstr(out, "role", hl_role_name(by->role));
	hl_wire_opt(out, "name", by->name);
	hl_wire_object_end(out);
}

static void buttons(struct hl_wire_out *out, const char *key, const struct hl_button *v, size_t n)
{
	if (n == 0)
		return;
	hl_wire_array(out, key);
	for (size_t i = 0; i < n; i++) {
		hl_wire_object(out, NULL);
		hl_wire_str(out, "title", v[i].title);
		hl_wire_opt(out, "choice", v[i].choice);
		hl_wire_opt(out, "url", v[i].url);
		hl_wire_object_end(out);
	}
	hl_wire_array_end(out);
}

/* ------------------------------------------------------------------ entries */

static void ev_bot(struct hl_wire_out *out, const struct hl_entry *entry)
{
	if (entry->intents.n > 0)
		hl_wire_str(out, "intent", entry->intents.v[0]);
	if (entry->intents.n > 1)
		hl_wire_names(out, "intents", entry->intents);
	hl_wire_uint(out, "reply_to", entry->reply_to);
	hl_wire_opt(out, "rules", entry->rules_version);
}

static void ev_agent(struct hl_wire_out *out, const struct hl_entry *entry)
{
	hl_wire_object(out, "agent");
	hl_wire_str(out, "name", entry->agent.name);
	hl_wire_object_end(out);
}

static void ev_rating(struct hl_wire_out *out, const struct hl_entry *entry)
{
	hl_wire_int(out, "score", entry->score);
	hl_wire_opt(out, "solved", entry->solved);
	hl_wire_opt(out, "comment", entry->comment);
}

static void ev_kind(struct hl_wire_out *out, const struct hl_entry *entry)
{
	switch (entry->kind) {
	case HL_ENTRY_TEXT:
	case HL_ENTRY_NOTE:
		hl_wire_str(out, "text", entry->text);
		break;
	case HL_ENTRY_HANDOFF:
		hl_wire_cstr(out, "reason", hl_reason_name(entry->reason));
		hl_wire_opt(out, "team", entry->team);
		hl_wire_opt(out, "text", entry->text);
		break;
	case HL_ENTRY_ASSIGNED:
	case HL_ENTRY_RELEASED:
	case HL_ENTRY_TRANSFER:
		if (entry->kind == HL_ENTRY_TRANSFER)
			hl_wire_opt(out, "team", entry->team);
		if (entry->agent.name.len > 0)
			ev_agent(out, entry);
		break;
	case HL_ENTRY_CLOSED:
		hl_wire_cstr(out, "why", hl_closed_name(entry->why));
		break;
	case HL_ENTRY_RATING:
		ev_rating(out, entry);
		break;
	case HL_ENTRY_REDACTION:
		hl_wire_uint(out, "of", entry->of);
		hl_wire_str(out, "text", entry->text);
		break;
	}
}

void hl_wire_ev(struct hl_wire_out *out, const struct hl_entry *entry)
{
	bool note = entry->kind == HL_ENTRY_NOTE;

	begin(out, "ev");
	if (note) {
		hl_wire_uint(out, "note_seq", entry->note_seq);
		hl_wire_uint(out, "after", entry->after);
	} else {
		hl_wire_uint(out, "seq", entry->seq);
	}
	hl_wire_time(out, "at", entry->at_ms);
	hl_wire_cstr(out, "kind", hl_entry_kind_name(entry->kind));
	author(out, "by", &entry->by);
	ev_kind(out, entry);
	hl_wire_opt(out, "lang", entry->lang);
	/* an agent's id of a send could be mistaken by the customer's screen for one of its own */
	if (note || entry->by.role == HL_CUSTOMER)
		hl_wire_opt(out, "cid", entry->cid);
	if (entry->by.role == HL_BOT_ROLE && entry->kind == HL_ENTRY_TEXT)
		ev_bot(out, entry);
	buttons(out, "buttons", entry->buttons, entry->n_buttons);
	hl_wire_object_end(out);
}

void hl_wire_ev_agent(struct hl_wire_out *out, struct hl_str conv, struct hl_str body)
{
	static const char head[] = "{\"t\":\"ev\"";
	const size_t len = sizeof(head) - 1;

	if (body.len < len || memcmp(body.ptr, head, len) != 0) {
		out->failed = true;
		return;
	}
	begin(out, "ev");
	hl_wire_str(out, "conv", conv);
	hl_wire_raw(out, (struct hl_str){body.ptr + len, body.len - len});
}

/* ------------------------------------------------------------------ both sides */

void hl_wire_ack(struct hl_wire_out *out, const struct hl_wire_ack *ack)
{
	begin(out, "ack");
	hl_wire_opt(out, "conv", ack->conv);
	hl_wire_opt(out, "cid", ack->cid);
	if (ack->note_seq > 0)
		hl_wire_uint(out, "note_seq", ack->note_seq);
	else
		hl_wire_uint(out, "seq", ack->seq);
	hl_wire_time(out, "at", ack->at_ms);
	hl_wire_opt(out, "text", ack->text);
	hl_wire_object_end(out);
}

void hl_wire_error(struct hl_wire_out *out, const struct hl_wire_error *error)
{
	begin(out, "error");
	hl_wire_cstr(out, "code", hl_code_name(error->code));
	hl_wire_cstr(out, "message", error->code < HL_CODE_COUNT ? error_texts[error->code] : "");
	hl_wire_opt(out, "conv", error->conv);
	hl_wire_opt(out, "cid", error->cid);
	if (error->retry_after_ms > 0)
		hl_wire_int(out, "retry_after_ms", error->retry_after_ms);
	hl_wire_object_end(out);
}

void hl_wire_bye(struct hl_wire_out *out, enum hl_bye reason, int64_t retry_ms)
{
	begin(out, "bye");
	hl_wire_cstr(out, "reason", bye_names[reason]);
	hl_wire_int(out, "retry_ms", retry_ms);
	hl_wire_object_end(out);
}

void hl_wire_pong(struct hl_wire_out *out, bool has_n, int64_t n)
{
	begin(out, "pong");
	if (has_n)
		hl_wire_int(out, "n", n);
	hl_wire_object_end(out);
}

void hl_wire_typing(struct hl_wire_out *out, struct hl_str conv, enum hl_role by, bool on)
{
	begin(out, "typing");
	hl_wire_opt(out, "conv", conv);
	hl_wire_cstr(out, "by", hl_role_name(by));
	hl_wire_bool(out, "on", on);
	hl_wire_object_end(out);
}

void hl_wire_read(struct hl_wire_out *out, struct hl_str conv, enum hl_role by, uint64_t seq)
{
	begin(out, "read");
	hl_wire_opt(out, "conv", conv);
	hl_wire_cstr(out, "by", hl_role_name(by));
	hl_wire_uint(out, "seq", seq);
	hl_wire_object_end(out);
}

/* ------------------------------------------------------------------ the customer */

void hl_wire_welcome(struct hl_wire_out *out, const struct hl_wire_welcome *welcome)
{
	begin(out, "welcome");
	hl_wire_int(out, "v", 1);
	hl_wire_str(out, "conv", welcome->conv);
	hl_wire_str(out, "resume", welcome->resume);
	hl_wire_uint(out, "seq", welcome->seq);
	hl_wire_cstr(out, "state", hl_state_name(welcome->state));
	hl_wire_str(out, "lang", welcome->lang);
	hl_wire_object(out, "limits");
	hl_wire_int(out, "text", HL_TEXT_MAX);
	hl_wire_object_end(out);
	if (welcome->greeting) {
		hl_wire_object(out, "greeting");
		hl_wire_str(out, "text", welcome->greeting->text);
		buttons(out, "buttons", welcome->greeting->buttons, welcome->greeting->n_buttons);
		hl_wire_object_end(out);
	}
	hl_wire_object_end(out);
}

void hl_wire_card(struct hl_wire_out *out, const struct hl_wire_card *card)
{
	const struct hl_position *at = &card->position;

	begin(out, "queue");
	hl_wire_uint(out, "position", at->position);
	hl_wire_uint(out, "waiting", at->waiting);
	if (at->wait_hi_s > 0) {
		hl_wire_array(out, "wait_s");
		hl_wire_int(out, NULL, at->wait_lo_s);
		hl_wire_int(out, NULL, at->wait_hi_s);
		hl_wire_array_end(out);
	}
	buttons(out, "actions", card->actions, card->n_actions);
	hl_wire_object_end(out);
}

/* ------------------------------------------------------------------ the agent */

void hl_wire_agent(struct hl_wire_out *out, const char *key, const struct hl_account *account)
{
	hl_wire_object(out, key);
	hl_wire_str(out, "name", account->name);
	hl_wire_str(out, "display", account->display);
	hl_wire_names(out, "teams", account->teams);
	hl_wire_names(out, "langs", account->langs);
	hl_wire_names(out, "roles", account->roles);
	hl_wire_uint(out, "capacity", account->capacity);
	hl_wire_object_end(out);
}

void hl_wire_mine_item(struct hl_wire_out *out, const struct hl_row *row)
{
	hl_wire_object(out, NULL);
	hl_wire_str(out, "conv", row->conv);
	hl_wire_cstr(out, "state", hl_state_name(row->state));
	hl_wire_uint(out, "seq", row->seq);
	hl_wire_uint(out, "note_seq", row->note_seq);
	hl_wire_time(out, "since", row->since_ms);
	hl_wire_str(out, "title", row->title);
	hl_wire_str(out, "customer", row->customer);
	hl_wire_str(out, "team", row->team);
	hl_wire_str(out, "lang", row->lang);
	hl_wire_object_end(out);
}

void hl_wire_queue_item(struct hl_wire_out *out, const struct hl_row *row)
{
	hl_wire_object(out, NULL);
	hl_wire_str(out, "conv", row->conv);
	hl_wire_str(out, "team", row->team);
	hl_wire_cstr(out, "urgency", hl_urgency_name(row->urgency));
	hl_wire_cstr(out, "reason", hl_reason_name(row->reason));
	hl_wire_time(out, "since", row->since_ms);
	hl_wire_str(out, "lang", row->lang);
	hl_wire_str(out, "title", row->title);
	hl_wire_str(out, "customer", row->customer);
	hl_wire_object_end(out);
}

static void slots(struct hl_wire_out *out, const struct hl_view *view)
{
	hl_wire_object(out, "slots");
	for (size_t i = 0; i < view->n_slots; i++) {
		struct hl_attr slot = {view->slots[i].name, view->slots[i].value};

		hl_wire_attr(out, &slot);
	}
	hl_wire_object_end(out);
}

void hl_wire_offer(struct hl_wire_out *out, const struct hl_wire_offer *offer)
{
	const struct hl_row *row = offer->row;

	begin(out, "offer");
	hl_wire_str(out, "conv", row->conv);
	hl_wire_str(out, "offer", offer->offer);
	hl_wire_int(out, "expires_ms", offer->expires_ms);
	hl_wire_cstr(out, "reason", hl_reason_name(row->reason));
	hl_wire_str(out, "team", row->team);
	hl_wire_cstr(out, "urgency", hl_urgency_name(row->urgency));
	hl_wire_int(out, "waited_ms", offer->waited_ms);
	hl_wire_str(out, "lang", row->lang);
	hl_wire_str(out, "title", row->title);
	hl_wire_str(out, "customer", row->customer);
	if (offer->view) {
		hl_wire_object(out, "summary");
		hl_wire_array(out, "intents");
		for (size_t i = 0; i < offer->view->n_matched; i++)
			hl_wire_str(out, NULL, offer->view->matched[i].intent);
		hl_wire_array_end(out);
		slots(out, offer->view);
		hl_wire_str(out, "last", offer->view->last_text);
		hl_wire_object_end(out);
	}
	hl_wire_object_end(out);
}

void hl_wire_offer_gone(struct hl_wire_out *out, struct hl_str conv, struct hl_str offer,
			const char *why)
{
	begin(out, "offer_gone");
	hl_wire_opt(out, "conv", conv);
	hl_wire_str(out, "offer", offer);
	hl_wire_cstr(out, "why", why);
	hl_wire_object_end(out);
}

void hl_wire_conv(struct hl_wire_out *out, const struct hl_view *view)
{
	const struct hl_row *row = &view->row;

	begin(out, "conv");
	hl_wire_str(out, "conv", row->conv);
	hl_wire_cstr(out, "state", hl_state_name(row->state));
	hl_wire_uint(out, "seq", row->seq);
	hl_wire_uint(out, "note_seq", row->note_seq);
	hl_wire_str(out, "team", row->team);
	hl_wire_time(out, "since", row->since_ms);
	hl_wire_str(out, "lang", row->lang);
	hl_wire_str(out, "title", row->title);
	if (view->owner.id.len > 0) {
		hl_wire_object(out, "owner");
		hl_wire_str(out, "agent", view->owner.id);
		hl_wire_str(out, "name", view->owner.name);
		hl_wire_object_end(out);
	}
	hl_wire_attrs(out, "customer", view->customer, view->n_customer);
	slots(out, view);
	hl_wire_array(out, "matched");
	for (size_t i = 0; i < view->n_matched; i++) {
		hl_wire_object(out, NULL);
		hl_wire_str(out, "intent", view->matched[i].intent);
		hl_wire_score(out, "score", view->matched[i].score);
		hl_wire_str(out, "rule", view->matched[i].rule);
		hl_wire_object_end(out);
	}
	hl_wire_array_end(out);
	hl_wire_object_end(out);
}
