/*
 * What the store has answered, and who is told. OK: the state is adopted, the sender gets its ack,
 * everybody else the entries. Anything else: the state is read again and the event stepped again,
 * three times; an unknown outcome is never guessed. An answer that depends on state leaves only
 * when the store has confirmed that state.
 */
#include <stdlib.h>
#include <string.h>

#include "host/inner.h"

#define BUSY_PAUSE_MS 250

/* ------------------------------------------------------------------ telling the sender */

static bool to_be_shown(const struct hl_job *job)
{
	return job->socket && job->socket->phase == HL_PHASE_READY &&
	       (job->event.kind == HL_EV_TAKE || job->event.kind == HL_EV_ACCEPT);
}

/* An agent who has got the conversation is shown it: its head, then all of it. */
static void show(struct hl_job *job)
{
	struct hl_live *live = job->live;
	struct hl_view view;

	if (!to_be_shown(job))
		return;
	hl_conversation_view(&view, live->conv);
	hl_wire_conv(hl_host_frame(live->host), &view);
	if (hl_socket_send(job->socket) && hl_fan_subscribe(job->socket, live, 0, 0) != HL_OK)
		hl_socket_close(job->socket, HL_CLOSE_FAULT);
}

static void finish(struct hl_job *job)
{
	struct hl_live *live = hl_live_ref(job->live);

	hl_job_free(job);
	hl_job_pump(live);
	hl_queue_pump(live->host);
	hl_host_drain_on(live->host);
	hl_live_unref(live);
}

static void again(struct hl_job *job)
{
	struct hl_live *live = job->live;
	struct hl_host *host = live->host;

	host->stats.conflicts++;
	hl_live_ref(live);
	if (++job->tries >= HL_TRIES_MAX) {
		host->stats.retries_given_up++;
		hl_job_refuse(job, HL_CODE_BUSY);
		hl_job_free(job);
	}
	hl_live_reload(live);
	hl_live_unref(live);
}

/* The store has answered. A reservation ends by the committed row itself, else here. */
static void landed(struct hl_job *job, enum hl_store_result result)
{
	struct hl_live *live = job->live;
	struct hl_host *host = live->host;

	live->flying = false;
	host->appends--;
	if (job->reserved && result != HL_STORE_OK)
		hl_desk_release(host->desk, hl_host_now(host), hl_live_id(live));
	job->reserved = false;
}

/* ------------------------------------------------------------------ after the append */

static void count(struct hl_host *host, const struct hl_job *job)
{
	uint64_t took = (uint64_t)(hl_host_now(host) - job->sent_ms);

	host->stats.commits++;
	host->stats.entries += job->n_pieces;
	host->stats.append_ms_sum += took;
	if (took > host->stats.append_ms_max)
		host->stats.append_ms_max = took;
	if (job->classified)
		host->stats.decisions[job->decision]++;
	host->stats.limit_hits += job->limit_hit;
	if (job->limit_hit)
		hl_host_note(host, HL_HOST_WARN, "a message met a work limit of the matcher",
			     hl_live_id(job->live), HL_NONE);
	host->stats.takes += job->event.kind == HL_EV_TAKE || job->event.kind == HL_EV_ACCEPT;
}

/* A form ends on the rules it began with. */
static void bind_rules(struct hl_live *live, struct hl_job *job, const struct hl_view *view)
{
	if (view->asked.len == 0) {
		live->rules = hl_ruleset_unref(live->rules);
	} else if (!live->rules) {
		live->rules = job->rules;
		job->rules = NULL;
	}
}

/* Who may no longer see the conversation hears no more of it. */
static void part_with_blind(struct hl_live *live)
{
	struct hl_sub *next;

	for (struct hl_sub *sub = live->subs; sub; sub = next) {
		next = sub->next;
		if (sub->notes && !hl_agent_sees(sub->socket, live))
			hl_fan_drop(sub);
	}
}

static void committed(struct hl_job *job)
{
	struct hl_live *live = job->live;
	struct hl_host *host = live->host;
	struct hl_view before, view;
	uint64_t seq = live->seq, note_seq = live->note_seq;

	hl_conversation_view(&before, live->conv);
	enum hl_state was = before.row.state;
	for (size_t i = 0; i < job->n_pieces; i++)
		*(job->pieces[i].seq > 0 ? &seq : &note_seq) += 1;
	count(host, job);
	struct hl_conversation *next = job->outcome.next;
	job->outcome.next = NULL;
	hl_live_adopt(live, next, seq, note_seq, job->outcome.due_ms);
	hl_conversation_view(&view, live->conv);
	bind_rules(live, job, &view);
	if (view.row.state != was) {
		host->stats.closed += view.row.state == HL_CLOSED;
		if (view.row.state == HL_QUEUED)
			host->stats.handoffs[view.row.reason]++;
	}
	struct hl_sub *shown_before = to_be_shown(job) ? hl_fan_find(job->socket, live) : NULL;
	if (shown_before)
		hl_fan_drop(shown_before); /* it gets the whole transcript in a moment */
	hl_fan_commit(live, job);
	show(job);
	part_with_blind(live);
	if (view.row.state == HL_QUEUED && was != HL_QUEUED)
		hl_queue_card(live);
	if (host->config.bus)
		host->config.bus->ops->moved(host->config.bus, hl_live_id(live), seq, note_seq);
}

void hl_job_appended(void *arg, const struct hl_append_done *done)
{
	struct hl_job *job = arg;
	struct hl_live *live = job->live;
	struct hl_host *host = live->host;

	landed(job, done->result);
	switch (done->result) {
	case HL_STORE_OK:
		committed(job);
		finish(job);
		break;
	case HL_STORE_DUP:
	case HL_STORE_ID_REUSED:
		/* older than the state remembers, or written through another node */
		host->stats.dups++;
		if (done->result == HL_STORE_DUP)
			hl_fan_ack(job, done->seq, done->note_seq, done->at_ms);
		else
			hl_job_refuse(job, HL_CODE_ID_REUSED);
		live->stale = true;
		finish(job);
		break;
	case HL_STORE_BUSY:
	case HL_STORE_FULL:
		host->stats.retries_given_up++;
		hl_job_refuse(job, HL_CODE_BUSY);
		if (job->socket)
			hl_socket_pause(job->socket, BUSY_PAUSE_MS);
		finish(job);
		break;
	case HL_STORE_CONFLICT:
	case HL_STORE_NOT_FOUND:
		again(job);
		break;
	case HL_STORE_FAILED:
		hl_host_die(host);
		break;
	}
}

/* ------------------------------------------------------------------ after a check */

static void answered(struct hl_job *job, const struct hl_append_done *done)
{
	const struct hl_outcome *outcome = &job->outcome;

	if (done->result == HL_STORE_DUP) {
		job->live->host->stats.dups++;
		hl_fan_ack(job, done->seq, done->note_seq, done->at_ms);
	} else if (done->result == HL_STORE_ID_REUSED) {
		hl_job_refuse(job, HL_CODE_ID_REUSED);
	} else if (outcome->result == HL_STEP_REFUSED) {
		hl_job_refuse(job, outcome->code);
	} else {
		if (outcome->ack_seq > 0 || outcome->ack_note_seq > 0)
			hl_fan_ack(job, outcome->ack_seq, outcome->ack_note_seq,
				   outcome->ack_at_ms);
		if (outcome->won)
			show(job);
	}
}

void hl_job_checked(void *arg, const struct hl_append_done *done)
{
	struct hl_job *job = arg;
	struct hl_live *live = job->live;
	bool unstored = live->seq == 0 && live->note_seq == 0;
	enum hl_store_result result = done->result;

	landed(job, result);
	if (result == HL_STORE_FAILED) {
		hl_host_die(live->host);
	} else if (result == HL_STORE_CONFLICT || (result == HL_STORE_NOT_FOUND && !unstored)) {
		again(job);
	} else if (result == HL_STORE_BUSY || result == HL_STORE_FULL) {
		hl_job_refuse(job, HL_CODE_BUSY);
		finish(job);
	} else {
		answered(job, done);
		finish(job);
	}
}
