/*
 * Who hears what: one cursor a subscription, moved by committed entries alone. What comes straight
 * from a commit is sent when it follows the cursor without a gap; else the tail is read from the
 * store, page by page as the socket drains. A sender gets the ack in the place of its own entry.
 */
#include <stdlib.h>
#include <string.h>

#include "host/inner.h"

static void forget_own(struct hl_sub *sub)
{
	while (sub->own) {
		struct hl_own *own = sub->own;

		sub->own = own->next;
		free(own);
	}
}

static void release(struct hl_sub *sub)
{
	struct hl_live *live = sub->live;
	struct hl_socket *socket = sub->socket;

	forget_own(sub);
	free(sub);
	hl_socket_unref(socket);
	hl_live_unref(live);
}

struct hl_sub *hl_fan_find(const struct hl_socket *socket, const struct hl_live *live)
{
	struct hl_sub *sub = socket->subs;

	while (sub && sub->live != live)
		sub = sub->next_of_socket;
	return sub;
}

void hl_fan_drop(struct hl_sub *sub)
{
	struct hl_sub **at = &sub->live->subs;

	while (*at != sub)
		at = &(*at)->next;
	*at = sub->next;
	at = &sub->socket->subs;
	while (*at != sub)
		at = &(*at)->next_of_socket;
	*at = sub->next_of_socket;
	sub->dropped = true;
	if (!sub->reading)
		release(sub);
}

int hl_fan_subscribe(struct hl_socket *socket, struct hl_live *live, uint64_t cursor,
		     uint64_t note_cursor)
{
	struct hl_sub *old = hl_fan_find(socket, live);
	struct hl_sub *sub = calloc(1, sizeof(*sub));
	struct hl_sub **end = &live->subs;

	if (!sub)
		return HL_NOMEM;
	if (old)
		hl_fan_drop(old);
	sub->live = hl_live_ref(live);
	sub->socket = hl_socket_ref(socket);
	sub->cursor = cursor < live->seq ? cursor : live->seq;
	sub->note_cursor = note_cursor < live->note_seq ? note_cursor : live->note_seq;
	sub->notes = socket->role == HL_PEER_AGENT;
	while (*end)
		end = &(*end)->next;
	*end = sub;
	sub->next_of_socket = socket->subs;
	socket->subs = sub;
	hl_fan_catch_up(sub);
	return HL_OK;
}

/* ------------------------------------------------------------------ sending */

static struct hl_own *take_own(struct hl_sub *sub, uint64_t seq, uint64_t note_seq)
{
	for (struct hl_own **at = &sub->own; *at; at = &(*at)->next) {
		struct hl_own *own = *at;

		if (own->seq == seq && own->note_seq == note_seq) {
			*at = own->next;
			return own;
		}
	}
	return NULL;
}

static void write_own(struct hl_sub *sub, const struct hl_own *own, struct hl_wire_out *out)
{
	const struct hl_wire_ack ack = {.cid = own->cid,
					.conv = sub->notes ? hl_live_id(sub->live) : HL_NONE,
					.seq = own->seq,
					.note_seq = own->note_seq,
					.at_ms = own->at_ms,
					.text = own->text};

	hl_wire_ack(out, &ack);
}

static void write_entry(struct hl_sub *sub, struct hl_str body, struct hl_wire_out *out)
{
	if (sub->notes)
		hl_wire_ev_agent(out, hl_live_id(sub->live), body);
	else
		hl_wire_raw(out, body);
}

/* One entry at its place: its ack for the sender, else the entry. False: the socket is gone. */
static bool send_entry(struct hl_sub *sub, uint64_t seq, uint64_t note_seq, struct hl_str body)
{
	struct hl_host *host = sub->live->host;
	struct hl_socket *socket = hl_socket_ref(sub->socket);
	struct hl_own *own = take_own(sub, seq, note_seq);
	bool stands = true;

	if (seq > 0)
		sub->cursor = seq;
	else
		sub->note_cursor = note_seq;
	if (!own || own->both) {
		write_entry(sub, body, hl_host_frame(host));
		stands = hl_socket_send(socket);
	}
	if (own && stands) {
		write_own(sub, own, hl_host_frame(host));
		stands = hl_socket_send(socket);
	}
	free(own);
	hl_socket_unref(socket);
	return stands;
}

static bool behind(const struct hl_sub *sub)
{
	return sub->cursor < sub->live->seq ||
	       (sub->notes && sub->note_cursor < sub->live->note_seq);
}

/* ------------------------------------------------------------------ from a commit */

/* An ack that waits for its place. */
static bool remember_own(struct hl_sub *sub, const struct hl_job *job, const struct hl_own *like)
{
	struct hl_str cid = job->event.cid, text = HL_NONE;

	if (job->stored_text)
		text = (struct hl_str){job->stored_text, strlen(job->stored_text)};
	struct hl_own *own = malloc(sizeof(*own) + cid.len + text.len);
	if (!own)
		return false;
	char *at = (char *)(own + 1);
	*own = *like;
	own->next = sub->own;
	own->cid = (struct hl_str){at, cid.len};
	own->text = (struct hl_str){at + cid.len, text.len};
	memcpy(at, cid.ptr, cid.len);
	if (text.len > 0)
		memcpy(at + cid.len, text.ptr, text.len);
	sub->own = own;
	return true;
}

static void direct_ack(const struct hl_job *job, uint64_t seq, uint64_t note_seq, int64_t at_ms)
{
	struct hl_live *live = job->live;
	bool agent = job->socket->role == HL_PEER_AGENT;
	const struct hl_wire_ack ack = {.cid = job->event.cid,
					.conv = agent ? hl_live_id(live) : HL_NONE,
					.seq = seq,
					.note_seq = note_seq,
					.at_ms = at_ms};

	hl_wire_ack(hl_host_frame(live->host), &ack);
	hl_socket_send(job->socket);
}

void hl_fan_ack(const struct hl_job *job, uint64_t seq, uint64_t note_seq, int64_t at_ms)
{
	const struct hl_own own = {
		.seq = note_seq > 0 ? 0 : seq, .note_seq = note_seq, .at_ms = at_ms, .both = true};

	if (!job->socket || job->event.cid.len == 0)
		return;
	struct hl_sub *sub = hl_fan_find(job->socket, job->live);
	bool ahead = sub && (note_seq > 0 ? note_seq > sub->note_cursor : seq > sub->cursor);
	if (!ahead || !remember_own(sub, job, &own))
		direct_ack(job, seq, note_seq, at_ms);
}

static bool is_own(const struct hl_job *job)
{
	for (size_t i = 0; i < job->n_pieces; i++)
		if (job->outcome.ack_note_seq ? job->pieces[i].note_seq == job->outcome.ack_note_seq
					      : job->pieces[i].seq == job->outcome.ack_seq)
			return true;
	return false;
}

static void send_commit(struct hl_sub *sub, const struct hl_job *job, uint64_t seq_before,
			uint64_t note_before)
{
	if (sub->reading || sub->cursor < seq_before ||
	    (sub->notes && sub->note_cursor < note_before))
		return; /* it gets there by the store */
	for (size_t i = 0; i < job->n_pieces; i++) {
		const struct hl_piece *piece = &job->pieces[i];

		if (piece->note_seq > 0 && !sub->notes)
			continue;
		if (piece->seq > 0 ? piece->seq <= sub->cursor
				   : piece->note_seq <= sub->note_cursor)
			continue;
		if (!send_entry(sub, piece->seq, piece->note_seq,
				(struct hl_str){job->bodies.ptr + piece->from, piece->len}))
			return;
	}
}

void hl_fan_commit(struct hl_live *live, const struct hl_job *job)
{
	uint64_t entries = 0, notes = 0;
	struct hl_sub *mine = NULL, *next;

	for (size_t i = 0; i < job->n_pieces; i++)
		*(job->pieces[i].seq > 0 ? &entries : &notes) += 1;
	if (job->socket && job->event.cid.len > 0) {
		const struct hl_outcome *outcome = &job->outcome;
		const struct hl_own own = {.seq = outcome->ack_note_seq ? 0 : outcome->ack_seq,
					   .note_seq = outcome->ack_note_seq,
					   .at_ms = outcome->ack_at_ms};

		mine = hl_fan_find(job->socket, live);
		if (!mine || !is_own(job) || !remember_own(mine, job, &own)) {
			direct_ack(job, outcome->ack_seq, outcome->ack_note_seq,
				   outcome->ack_at_ms);
			mine = NULL;
		}
	}
	hl_live_ref(live);
	/* the sender first: the ack is what somebody waits for */
	if (mine)
		send_commit(mine, job, live->seq - entries, live->note_seq - notes);
	for (struct hl_sub *sub = live->subs; sub; sub = next) {
		struct hl_socket *socket = hl_socket_ref(sub->socket);

		next = sub->next;
		if (sub != mine)
			send_commit(sub, job, live->seq - entries, live->note_seq - notes);
		hl_socket_unref(socket);
	}
	hl_live_unref(live);
}

void hl_fan_tell(struct hl_live *live, enum hl_peer_role role, const struct hl_socket *but)
{
	struct hl_sub *next;

	for (struct hl_sub *sub = live->subs; sub; sub = next) {
		next = sub->next;
		if (sub->socket->role == role && sub->socket != but && !behind(sub))
			hl_socket_send(sub->socket);
	}
}

/* ------------------------------------------------------------------ from the store */

static void page_read(void *arg, const struct hl_page *page)
{
	struct hl_sub *sub = arg;
	struct hl_live *live = sub->live;
	uint64_t cursor = sub->cursor, note_cursor = sub->note_cursor;

	sub->reading = false;
	if (sub->dropped) {
		release(sub);
		return;
	}
	/* sending may end the socket, which drops the subscription */
	sub->reading = true;
	for (size_t i = 0; page->result == HL_STORE_OK && i < page->n && !sub->dropped; i++) {
		const struct hl_stored *entry = &page->v[i];

		/* further than what this host knows as committed: its own append is about to say */
		if (entry->seq > live->seq || entry->note_seq > live->note_seq ||
		    entry->after > live->seq)
			break;
		if (entry->seq > 0 ? entry->seq <= sub->cursor
				   : !sub->notes || entry->note_seq <= sub->note_cursor)
			continue;
		if (hl_socket_pending(sub->socket) > HL_PAGE_PENDING)
			break;
		send_entry(sub, entry->seq, entry->note_seq, entry->body);
	}
	sub->reading = false;
	if (sub->dropped) {
		release(sub);
		return;
	}
	bool moved = sub->cursor > cursor || sub->note_cursor > note_cursor;
	if (moved || hl_socket_pending(sub->socket) > HL_PAGE_PENDING)
		hl_fan_catch_up(sub);
	else /* the client comes back and resumes */
		hl_socket_close(sub->socket, HL_CLOSE_FAULT);
}

void hl_fan_catch_up(struct hl_sub *sub)
{
	struct hl_live *live = sub->live;
	struct hl_store *store = live->host->store;

	if (sub->reading || sub->dropped)
		return;
	if (!behind(sub)) {
		hl_queue_card_to(sub);
		return;
	}
	if (hl_socket_pending(sub->socket) > HL_PAGE_PENDING)
		return; /* `writable` calls again */
	sub->reading = true;
	store->ops->read(store, hl_live_id(live), sub->cursor, sub->note_cursor, sub->notes,
			 HL_PAGE_ENTRIES, page_read, sub);
}

void hl_fan_catch_up_all(struct hl_live *live)
{
	struct hl_sub *next;

	for (struct hl_sub *sub = live->subs; sub; sub = next) {
		next = sub->next;
		hl_fan_catch_up(sub);
	}
}
