/*
 * The customer's side: hello and the frames behind it. A hello never writes: a conversation begins
 * in memory and is stored with its first entry, so a page view costs nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "host/inner.h"

/* ------------------------------------------------------------------ hello */

static void refuse_hello(struct hl_socket *socket, enum hl_code code)
{
	socket->unborn = hl_conversation_free(socket->unborn);
	free(socket->user);
	socket->user = NULL;
	hl_socket_error(socket, code, HL_NONE, HL_NONE, code == HL_CODE_BUSY ? 1000 : 0);
	hl_socket_again(socket);
}

/* What the pack speaks of what the app asked for; empty when it asked for nothing. */
static struct hl_str speaks(const struct hl_host *host, struct hl_str lang)
{
	return lang.len > 0 ? hl_lang_pick(hl_ruleset_pack(host->rules[0]), lang) : HL_NONE;
}

/* The conversation this hello would begin, from what is known now: a token's claims live only this
   moment. */
static int conceive(struct hl_socket *socket, struct hl_str id, const struct hl_host_claims *claims)
{
	const struct hl_wire_frame *first = socket->first;
	struct hl_birth birth = {.id = id,
				 .lang = speaks(socket->host, first->lang),
				 .user = claims->user,
				 .name = claims->name,
				 .attrs = claims->attrs,
				 .n_attrs = claims->n_attrs,
				 .context = first->context,
				 .n_context = first->n_context,
				 .at_ms = hl_host_now(socket->host)};

	if (id.len == 0 || id.len > sizeof(socket->unborn_id))
		return HL_REFUSED;
	memcpy(socket->unborn_id, id.ptr, id.len);
	socket->unborn_len = id.len;
	socket->unborn = hl_conversation_free(socket->unborn);
	return hl_conversation_new(&socket->unborn, &birth);
}

static void make_place(struct hl_live *live)
{
	struct hl_sub *oldest = NULL;
	unsigned n = 0;

	for (struct hl_sub *sub = live->subs; sub; sub = sub->next) {
		if (sub->socket->role != HL_PEER_CUSTOMER)
			continue;
		if (!oldest)
			oldest = sub;
		n++;
	}
	if (n < live->host->config.sockets_per_conversation)
		return;
	live->host->stats.replaced++;
	hl_socket_bye(oldest->socket, HL_BYE_REPLACED, 0, HL_CLOSE_NORMAL);
}

static void say_welcome(struct hl_socket *socket, struct hl_live *live)
{
	struct hl_host *host = socket->host;
	struct hl_greeting greeting;
	struct hl_view view;
	char resume[HL_HOST_RESUME_MAX];

	hl_conversation_view(&view, live->conv);
	bool greet = live->seq == 0 &&
		     hl_greet(&greeting, host->scratch, host->rules[0], live->conv) == HL_OK;
	const struct hl_wire_welcome welcome = {
		.conv = hl_live_id(live),
		.resume = {resume,
			   host->auth.resume_make(host->auth.arg, resume, hl_live_id(live))},
		.lang = hl_lang_pick(hl_ruleset_pack(host->rules[0]), view.row.lang),
		.seq = live->seq,
		.state = view.row.state,
		.greeting = greet ? &greeting : NULL};
	hl_wire_welcome(hl_host_frame(host), &welcome);
	hl_socket_send(socket);
}

static void enter(struct hl_socket *socket, struct hl_live *live)
{
	hl_live_ref(live);
	make_place(live);
	say_welcome(socket, live);
	free(socket->lang);
	socket->lang = socket->first->lang.len > 0 ? hl_str_copy(socket->first->lang) : NULL;
	socket->unborn = hl_conversation_free(socket->unborn);
	if (socket->phase == HL_PHASE_LOOKING) {
		if (hl_fan_subscribe(socket, live, socket->first->last_seq, 0) == HL_OK)
			hl_socket_ready(socket);
		else
			hl_socket_close(socket, HL_CLOSE_FAULT);
	}
	hl_live_unref(live);
}

static void begin(struct hl_socket *socket)
{
	struct hl_str id = {socket->unborn_id, socket->unborn_len};
	struct hl_live *live = hl_live_find(socket->host, id);

	if (!live) {
		if (!socket->unborn ||
		    hl_live_new(&live, socket->host, id, socket->unborn) != HL_OK) {
			refuse_hello(socket, HL_CODE_BUSY);
			return;
		}
		socket->unborn = NULL;
	}
	enter(socket, live);
}

static bool foreign(const struct hl_socket *socket, const struct hl_live *live)
{
	struct hl_view view;

	hl_conversation_view(&view, live->conv);
	return socket->user && view.row.user.len > 0 &&
	       !hl_str_same(view.row.user, (struct hl_str){socket->user, strlen(socket->user)});
}

/* The store knows nothing of a conversation whose token is ours: it was never written, so it begins
   now, under its name, unless the client has seen entries of it. */
static void resumed(struct hl_host *host, struct hl_live *live, enum hl_code code,
		    struct hl_socket *socket, struct hl_wire_frame *frame)
{
	static const struct hl_host_claims nobody = {.n_attrs = 0};
	struct hl_str id;

	(void)frame;
	if (socket->phase != HL_PHASE_LOOKING)
		return;
	if (code == HL_CODE_OK && foreign(socket, live))
		code = HL_CODE_NOT_FOUND;
	else if (code == HL_CODE_NOT_FOUND && socket->first->last_seq == 0 &&
		 host->auth.resume_open(host->auth.arg, &id, socket->first->resume) &&
		 (socket->unborn || conceive(socket, id, &nobody) == HL_OK)) {
		begin(socket);
		return;
	}
	if (code == HL_CODE_OK)
		enter(socket, live);
	else
		refuse_hello(socket, code);
}

/* The user's open conversation is in the store, or nowhere. */
static void found_open(void *arg, const struct hl_loaded *loaded)
{
	struct hl_socket *socket = arg;
	struct hl_host *host = socket->host;
	struct hl_live *live;

	if (socket->phase != HL_PHASE_LOOKING) {
		hl_socket_unref(socket);
		return;
	}
	if (loaded->result == HL_STORE_OK) {
		hl_live_want(host, loaded->conv, resumed, socket, NULL);
	} else if (loaded->result == HL_STORE_NOT_FOUND) {
		/* another socket of the same user may have been faster */
		live = hl_live_of_user(host, (struct hl_str){socket->user, strlen(socket->user)});
		if (live)
			enter(socket, live);
		else
			begin(socket);
	} else {
		refuse_hello(socket, HL_CODE_BUSY);
	}
	hl_socket_unref(socket);
}

static void look_for_user(struct hl_socket *socket)
{
	struct hl_host *host = socket->host;
	struct hl_str user = {socket->user, strlen(socket->user)};
	struct hl_live *live = hl_live_of_user(host, user);

	if (live)
		enter(socket, live);
	else
		host->store->ops->open_of(host->store, user, found_open, hl_socket_ref(socket));
}

void hl_customer_hello(struct hl_socket *socket)
{
	struct hl_host *host = socket->host;
	const struct hl_wire_frame *first = socket->first;
	struct hl_host_claims claims = {.n_attrs = 0};
	char fresh[HL_HOST_ID_MAX];
	struct hl_str id = HL_NONE;

	if (first->token.len > 0) {
		if (!host->auth.customer ||
		    !host->auth.customer(host->auth.arg, &claims, first->token) ||
		    !(socket->user = hl_str_copy(claims.user))) {
			refuse_hello(socket, HL_CODE_UNAUTHORIZED);
			return;
		}
	}
	if (first->resume.len > 0 && !host->auth.resume_open(host->auth.arg, &id, first->resume)) {
		refuse_hello(socket, HL_CODE_NOT_FOUND);
		return;
	}
	if (first->resume.len == 0)
		id = (struct hl_str){fresh, host->auth.new_id(host->auth.arg, fresh)};
	/* a resumed one is nearly always stored: what it would begin with is made only when needed
	 */
	if ((first->resume.len == 0 || socket->user) && conceive(socket, id, &claims) != HL_OK)
		refuse_hello(socket, HL_CODE_BUSY);
	else if (first->resume.len > 0)
		hl_live_want(host, id, resumed, socket, NULL);
	else if (socket->user)
		look_for_user(socket);
	else
		begin(socket);
}

/* ------------------------------------------------------------------ frames */

static void tell_agents_typing(struct hl_live *live, const struct hl_wire_frame *frame)
{
	hl_wire_typing(hl_host_frame(live->host), hl_live_id(live), HL_CUSTOMER, frame->on);
	hl_fan_tell(live, HL_PEER_AGENT, NULL);
}

static void tell_agents_read(struct hl_live *live, const struct hl_wire_frame *frame)
{
	uint64_t seq = frame->seq < live->seq ? frame->seq : live->seq;

	if (seq <= live->customer_read)
		return;
	live->customer_read = seq;
	hl_wire_read(hl_host_frame(live->host), hl_live_id(live), HL_CUSTOMER, seq);
	hl_fan_tell(live, HL_PEER_AGENT, NULL);
}

/* Reads and queue work go on when the disk is nearly full; what a stranger can fill it with does
 * not.
 */
static bool has_room(struct hl_host *host)
{
	return host->store->ops->room(host->store) >= host->config.low_water;
}

void hl_customer_frame(struct hl_socket *socket, struct hl_wire_frame *frame)
{
	static const enum hl_event_kind kinds[HL_WIRE_TYPE_COUNT] = {
		[HL_WIRE_SEND] = HL_EV_SAY,
		[HL_WIRE_HUMAN] = HL_EV_ASK_HUMAN,
		[HL_WIRE_END] = HL_EV_END,
		[HL_WIRE_RATE] = HL_EV_RATE,
	};
	struct hl_live *live = socket->subs ? socket->subs->live : NULL;

	if (!live) {
		hl_socket_refuse(socket, frame, HL_CODE_BUSY);
		return;
	}
	if (frame->type == HL_WIRE_TYPING)
		tell_agents_typing(live, frame);
	else if (frame->type == HL_WIRE_READ)
		tell_agents_read(live, frame);
	else if (!has_room(socket->host))
		hl_socket_refuse(socket, frame, HL_CODE_BUSY);
	else
		hl_job_add(live, socket, frame,
			   frame->type == HL_WIRE_SEND && frame->choice.len > 0
				   ? HL_EV_CHOICE
				   : kinds[frame->type]);
}
