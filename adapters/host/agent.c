/*
 * The agent's side: the welcome and the frames behind it. Who may not see a conversation and who
 * asks for one that does not exist get the same answer; that is decided here, in one place.
 */
#include <string.h>

#include "host/inner.h"

#define MINE_MAX 100

/* ------------------------------------------------------------------ welcome */

static void say_online(struct hl_wire_out *out, const struct hl_host *host)
{
	hl_wire_array(out, "online");
	for (const struct hl_staff *staff = host->staff; staff; staff = staff->next) {
		if (!staff->sockets || staff->wanted == HL_OFFLINE ||
		    out->len > HL_WIRE_OUT_MAX / 2)
			continue;
		hl_wire_object(out, NULL);
		hl_wire_str(out, "name", staff->account.name);
		hl_wire_str(out, "display", staff->account.display);
		hl_wire_cstr(out, "state", hl_presence_name(staff->wanted));
		hl_wire_names(out, "teams", staff->account.teams);
		hl_wire_object_end(out);
	}
	hl_wire_array_end(out);
}

static void say_welcome(struct hl_socket *socket)
{
	struct hl_host *host = socket->host;
	const struct hl_account *account = &socket->staff->account;
	const struct hl_row *rows[MINE_MAX];
	struct hl_wire_out *out = hl_host_frame(host);
	size_t n = hl_desk_owned(rows, MINE_MAX, host->desk, account->name);

	hl_wire_object(out, NULL);
	hl_wire_cstr(out, "t", "welcome");
	hl_wire_int(out, "v", 1);
	hl_wire_agent(out, "agent", account);
	hl_wire_cstr(out, "presence", hl_presence_name(socket->staff->wanted));
	hl_wire_array(out, "mine");
	for (size_t i = 0; i < n && i < MINE_MAX && out->len < HL_WIRE_OUT_MAX / 4; i++)
		hl_wire_mine_item(out, rows[i]);
	hl_wire_array_end(out);
	say_online(out, host);
	/* of the rules: where a conversation can be transferred to */
	hl_wire_names(out, "teams", hl_ruleset_pack(host->rules[0])->teams);
	hl_wire_object_end(out);
	hl_socket_send(socket);
}

void hl_agent_enter(struct hl_socket *socket, struct hl_staff *staff)
{
	hl_socket_ref(socket);
	hl_staff_join(staff, socket);
	say_welcome(socket);
	if (socket->phase == HL_PHASE_LOOKING)
		hl_queue_snapshot(socket);
	if (socket->phase == HL_PHASE_LOOKING)
		hl_queue_offers(socket);
	hl_socket_ready(socket);
	hl_queue_pump(socket->host);
	hl_socket_unref(socket);
}

/* ------------------------------------------------------------------ what may be seen */

bool hl_agent_sees(const struct hl_socket *socket, const struct hl_live *live)
{
	const struct hl_host *host = socket->host;
	struct hl_view view;

	if (!socket->staff || (live->seq == 0 && live->note_seq == 0))
		return false;
	hl_conversation_view(&view, live->conv);
	return hl_desk_may_see(host->desk, socket->staff->account.name, hl_live_id(live)) &&
	       hl_desk_may_see_row(host->desk, socket->staff->account.name, &view.row);
}

static void open_it(struct hl_socket *socket, struct hl_live *live,
		    const struct hl_wire_frame *frame)
{
	struct hl_view view;

	hl_conversation_view(&view, live->conv);
	hl_wire_conv(hl_host_frame(socket->host), &view);
	if (hl_socket_send(socket) &&
	    hl_fan_subscribe(socket, live, frame->last_seq, frame->last_note_seq) != HL_OK)
		hl_socket_close(socket, HL_CLOSE_FAULT);
}

static void act(struct hl_host *host, struct hl_live *live, enum hl_code code,
		struct hl_socket *socket, struct hl_wire_frame *frame)
{
	static const enum hl_event_kind kinds[HL_WIRE_TYPE_COUNT] = {
		[HL_WIRE_SEND] = HL_EV_REPLY,	     [HL_WIRE_NOTE] = HL_EV_NOTE,
		[HL_WIRE_ACCEPT] = HL_EV_ACCEPT,     [HL_WIRE_TAKE] = HL_EV_TAKE,
		[HL_WIRE_TRANSFER] = HL_EV_TRANSFER, [HL_WIRE_RESOLVE] = HL_EV_RESOLVE,
		[HL_WIRE_TO_BOT] = HL_EV_TO_BOT,
	};

	(void)host;
	if (socket->phase != HL_PHASE_READY)
		return;
	if (code == HL_CODE_OK && !hl_agent_sees(socket, live))
		code = HL_CODE_NOT_FOUND;
	if (code != HL_CODE_OK)
		hl_socket_refuse(socket, frame, code);
	else if (frame->type == HL_WIRE_OPEN)
		open_it(socket, live, frame);
	else
		hl_job_add(live, socket, frame, kinds[frame->type]);
}

/* ------------------------------------------------------------------ frames */

static struct hl_sub *following(struct hl_socket *socket, const struct hl_wire_frame *frame)
{
	struct hl_live *live = hl_live_find(socket->host, frame->conv);

	return live ? hl_fan_find(socket, live) : NULL;
}

static bool owns(const struct hl_socket *socket, const struct hl_live *live)
{
	struct hl_view view;

	hl_conversation_view(&view, live->conv);
	return view.row.state == HL_HUMAN &&
	       hl_str_same(view.row.owner, socket->staff->account.name);
}

/* Only the owner is seen by the customer as typing or reading. */
static void signal_customer(struct hl_socket *socket, const struct hl_wire_frame *frame)
{
	struct hl_sub *sub = following(socket, frame);
	struct hl_live *live = sub ? sub->live : NULL;

	if (!live) {
		hl_socket_refuse(socket, frame, HL_CODE_NOT_FOUND);
		return;
	}
	if (!owns(socket, live))
		return;
	struct hl_wire_out *out = hl_host_frame(socket->host);
	if (frame->type == HL_WIRE_TYPING) {
		hl_wire_typing(out, HL_NONE, HL_AGENT, frame->on);
	} else {
		uint64_t seq = frame->seq < live->seq ? frame->seq : live->seq;

		if (seq <= live->agent_read)
			return;
		live->agent_read = seq;
		hl_wire_read(out, HL_NONE, HL_AGENT, seq);
	}
	hl_fan_tell(live, HL_PEER_CUSTOMER, NULL);
}

static void leave_it(struct hl_socket *socket, const struct hl_wire_frame *frame)
{
	struct hl_sub *sub = following(socket, frame);

	if (sub)
		hl_fan_drop(sub);
	else
		hl_socket_refuse(socket, frame, HL_CODE_NOT_FOUND);
}

static void decline(struct hl_socket *socket, const struct hl_wire_frame *frame)
{
	struct hl_host *host = socket->host;

	if (hl_desk_decline(host->desk, hl_host_now(host), socket->staff->account.name,
			    frame->offer) == HL_NOT_FOUND)
		hl_socket_refuse(socket, frame, HL_CODE_STALE);
	hl_queue_pump(host);
}

void hl_agent_frame(struct hl_socket *socket, struct hl_wire_frame *frame)
{
	switch (frame->type) {
	case HL_WIRE_PRESENCE:
		hl_staff_present(socket->host, socket->staff, frame->presence);
		break;
	case HL_WIRE_QUEUE:
		hl_queue_snapshot(socket);
		break;
	case HL_WIRE_DECLINE:
		decline(socket, frame);
		break;
	case HL_WIRE_LEAVE:
		leave_it(socket, frame);
		break;
	case HL_WIRE_TYPING:
	case HL_WIRE_READ:
		signal_customer(socket, frame);
		break;
	default:
		hl_live_want(socket->host, frame->conv, act, socket, frame);
		break;
	}
}
