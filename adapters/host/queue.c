/*
 * The desk's wishes carried out: offers to agents, the end of an owner's grace, and the rows of the
 * store brought to the desk at the start. What agents and customers are shown of the queue is in
 * screens.c.
 */
#include <stdlib.h>
#include <string.h>

#include "host/inner.h"

#define ROWS_PAGE 256

/* ------------------------------------------------------------------ rows at the start */

static void rows_read(void *arg, const struct hl_rows_page *page);

static void read_rows(struct hl_host *host, struct hl_str after)
{
	host->store->ops->rows(host->store, 1u << HL_QUEUED | 1u << HL_HUMAN, after, ROWS_PAGE,
			       rows_read, host);
}

static void rows_read(void *arg, const struct hl_rows_page *page)
{
	struct hl_host *host = arg;
	int64_t now = hl_host_now(host);

	if (page->result != HL_STORE_OK) {
		hl_host_note(host, HL_HOST_ERROR, "the queue could not be read", HL_NONE, HL_NONE);
		return;
	}
	for (size_t i = 0; i < page->n; i++)
		if (hl_desk_row(host->desk, now, &page->v[i]) < 0)
			hl_host_note(host, HL_HOST_ERROR, "the desk is out of memory",
				     page->v[i].conv, HL_NONE);
	if (page->more && page->n > 0) {
		read_rows(host, page->v[page->n - 1].conv);
	} else {
		host->rows_loaded = true;
		hl_queue_pump(host);
	}
}

void hl_queue_load(struct hl_host *host)
{
	read_rows(host, HL_NONE);
}

/* ------------------------------------------------------------------ offers */

static void send_offer(struct hl_socket *socket, const struct hl_offered *offer,
		       const struct hl_live *live)
{
	struct hl_host *host = socket->host;
	int64_t now = hl_host_now(host);
	struct hl_view view;

	hl_conversation_view(&view, live->conv);
	int64_t left = offer->expires_ms - now;
	int64_t waited = now - view.row.since_ms;
	const struct hl_wire_offer frame = {.offer = offer->offer,
					    .expires_ms = left > 0 ? left : 0,
					    .waited_ms = waited > 0 ? waited : 0,
					    .row = &view.row,
					    .view = &view};
	hl_wire_offer(hl_host_frame(host), &frame);
	hl_socket_send(socket);
}

/* A frame that fails ends its socket, which may change the staff's lists: begin again then. */
static void send_to_all(struct hl_staff *staff, const struct hl_offered *offer,
			const struct hl_live *live)
{
	struct hl_socket *next;

	for (struct hl_socket *socket = staff->sockets; socket; socket = next) {
		next = socket->next_of_staff;
		send_offer(socket, offer, live);
	}
}

/* The conversation is in memory: what is offered of it and not yet told is told. */
static void offer_ready(struct hl_host *host, struct hl_live *live, enum hl_code code,
			struct hl_socket *socket, struct hl_wire_frame *frame)
{
	(void)socket, (void)frame;
	if (code != HL_CODE_OK)
		return;
	for (struct hl_staff *staff = host->staff; staff; staff = staff->next) {
		for (struct hl_offered *offer = staff->offers; offer; offer = offer->next) {
			if (offer->sent || !hl_str_same(offer->conv, hl_live_id(live)))
				continue;
			offer->sent = true;
			send_to_all(staff, offer, live);
		}
	}
}

static void offered(struct hl_host *host, const struct hl_desk_effect *effect)
{
	struct hl_staff *staff = hl_staff_find(host, effect->agent);
	size_t n = effect->offer.len + effect->conv.len;
	struct hl_offered *offer = staff ? malloc(sizeof(*offer) + n) : NULL;

	if (!offer)
		return; /* it expires and goes to the next */
	char *at = (char *)(offer + 1);
	memcpy(at, effect->offer.ptr, effect->offer.len);
	memcpy(at + effect->offer.len, effect->conv.ptr, effect->conv.len);
	*offer = (struct hl_offered){.next = staff->offers,
				     .offer = {at, effect->offer.len},
				     .conv = {at + effect->offer.len, effect->conv.len},
				     .expires_ms = effect->expires_ms};
	staff->offers = offer;
	host->stats.offers++;
	hl_live_want(host, offer->conv, offer_ready, NULL, NULL);
}

static void offer_gone(struct hl_host *host, const struct hl_desk_effect *effect)
{
	struct hl_staff *staff = hl_staff_find(host, effect->agent);
	struct hl_offered **at = staff ? &staff->offers : NULL;
	struct hl_socket *next;

	while (at && *at && !hl_str_same((*at)->offer, effect->offer))
		at = &(*at)->next;
	if (!at || !*at)
		return;
	struct hl_offered *offer = *at;
	const char *why = effect->why;
	*at = offer->next;
	host->stats.offers_gone++;
	for (struct hl_socket *socket = staff->sockets; socket && offer->sent; socket = next) {
		next = socket->next_of_staff;
		hl_wire_offer_gone(hl_host_frame(host), offer->conv, offer->offer, why);
		hl_socket_send(socket);
	}
	free(offer);
}

static void standing(struct hl_host *host, struct hl_live *live, enum hl_code code,
		     struct hl_socket *socket, struct hl_wire_frame *frame)
{
	(void)host, (void)frame;
	if (code != HL_CODE_OK || !socket->staff)
		return;
	for (struct hl_offered *offer = socket->staff->offers; offer; offer = offer->next) {
		if (!hl_str_same(offer->conv, hl_live_id(live)))
			continue;
		send_offer(socket, offer, live);
		return;
	}
}

void hl_queue_offers(struct hl_socket *socket)
{
	for (struct hl_offered *offer = socket->staff->offers; offer && socket->staff;
	     offer = offer->next)
		if (offer->sent)
			hl_live_want(socket->host, offer->conv, standing, socket, NULL);
}

/* ------------------------------------------------------------------ graces */

/* The assignment the grace was of travels in `seq` of an empty frame. */
static void agent_gone(struct hl_host *host, struct hl_live *live, enum hl_code code,
		       struct hl_socket *socket, struct hl_wire_frame *frame)
{
	(void)host, (void)socket;
	if (code == HL_CODE_OK)
		hl_job_house(live, HL_EV_AGENT_GONE, frame->seq);
}

/* ------------------------------------------------------------------ the pump */

/* An effect's strings live until the desk changes, and telling somebody can change it: each case
   copies what it needs before it speaks. */
void hl_queue_pump(struct hl_host *host)
{
	struct hl_desk_effect effect;

	if (host->pumping || host->dead)
		return;
	host->pumping = true;
	while (hl_desk_next(host->desk, &effect)) {
		struct hl_wire_frame frame = {.type = HL_WIRE_TYPE_COUNT, .seq = effect.armed_seq};

		switch (effect.kind) {
		case HL_DESK_OFFER:
			offered(host, &effect);
			break;
		case HL_DESK_OFFER_GONE:
			offer_gone(host, &effect);
			break;
		case HL_DESK_AGENT_GONE:
			hl_live_want(host, effect.conv, agent_gone, NULL, &frame);
			break;
		case HL_DESK_QUEUE_CHANGED:
			hl_screens_changed(host);
			break;
		}
	}
	host->pumping = false;
	hl_timer_set(host, &host->desk_due, hl_desk_deadline(host->desk));
}
