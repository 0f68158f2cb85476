/*
 * The step of one event on the committed state, and its way to the store. At most one append of a
 * conversation is in flight; the next event is stepped when the store has answered.
 */
#include <stdlib.h>
#include <string.h>

#include "host/inner.h"

#define MINUTE_MS 60000
#define FAR_MS (10 * MINUTE_MS)

/* ------------------------------------------------------------------ the step */

static bool write_bodies(struct hl_job *job, const struct hl_outcome *outcome,
			 struct hl_stored *stored)
{
	struct hl_wire_out *out = &job->bodies;

	job->pieces = calloc(outcome->n_entries, sizeof(*job->pieces));
	if (!job->pieces)
		return false;
	job->n_pieces = outcome->n_entries;
	for (size_t i = 0; i < outcome->n_entries; i++) {
		size_t from = out->len;

		out->comma = false;
		hl_wire_ev(out, &outcome->entries[i]);
		job->pieces[i] =
			(struct hl_piece){outcome->entries[i].seq, outcome->entries[i].note_seq,
					  from, out->len - from};
	}
	for (size_t i = 0; i < outcome->n_redactions; i++) {
		size_t from = out->len;

		out->comma = false;
		hl_wire_ev(out, &outcome->redactions[i].entry);
		stored[outcome->n_entries + i].body.len = out->len - from;
	}
	return !out->failed;
}

/* The buffer no longer moves: what was counted becomes views. */
static void view_bodies(struct hl_job *job, const struct hl_outcome *outcome,
			struct hl_stored *stored)
{
	size_t at = 0;

	for (size_t i = 0; i < outcome->n_entries + outcome->n_redactions; i++) {
		bool rewrite = i >= outcome->n_entries;
		const struct hl_entry *entry =
			rewrite ? &outcome->redactions[i - outcome->n_entries].entry
				: &outcome->entries[i];
		size_t len = rewrite ? stored[i].body.len : job->pieces[i].len;

		stored[i] = (struct hl_stored){.seq = entry->seq,
					       .note_seq = entry->note_seq,
					       .after = entry->after,
					       .at_ms = entry->at_ms,
					       .body = {job->bodies.ptr + at, len}};
		at += len;
	}
}

/* What an auditor needs and the log does not say: who did what to which conversation. No content.
 */
static void audit(struct hl_wire_out *out, const struct hl_job *job)
{
	static const char *const names[HL_EV_COUNT] = {
		[HL_EV_TAKE] = "take",	       [HL_EV_ACCEPT] = "accept",
		[HL_EV_REPLY] = "reply",       [HL_EV_NOTE] = "note",
		[HL_EV_TRANSFER] = "transfer", [HL_EV_RESOLVE] = "resolve",
		[HL_EV_TO_BOT] = "to_bot",     [HL_EV_AGENT_GONE] = "agent_gone"};
	const struct hl_event *event = &job->event;

	if (!names[event->kind])
		return;
	hl_wire_object(out, NULL);
	hl_wire_time(out, "at", event->at_ms);
	hl_wire_cstr(out, "what", names[event->kind]);
	hl_wire_opt(out, "agent", event->by.id);
	hl_wire_str(out, "conv", hl_live_id(job->live));
	hl_wire_opt(out, "to_team", event->team);
	hl_wire_opt(out, "to_agent", event->agent);
	hl_wire_opt(out, "outcome", event->outcome);
	if (event->tags.n > 0)
		hl_wire_names(out, "tags", event->tags);
	hl_wire_object_end(out);
}

/* A secret was taken out of what somebody typed: the ack says how it stands now. Without memory
   it is only not said. */
static void keep_stored_text(struct hl_job *job, const struct hl_entry *first)
{
	free(job->stored_text);
	job->stored_text = NULL;
	if (job->event.text.len > 0 &&
	    (first->kind == HL_ENTRY_TEXT || first->kind == HL_ENTRY_NOTE) &&
	    !hl_str_same(first->text, job->event.text))
		job->stored_text = hl_str_copy(first->text);
}

/* When the store is to be asked again. A far deadline moves with every message; told by the minute
   it moves the store's index once a minute. Early is harmless: its TIMER finds nothing due and says
   when. */
static int64_t stored_due(int64_t due_ms, int64_t now_ms)
{
	return due_ms - now_ms < FAR_MS ? due_ms : due_ms - due_ms % MINUTE_MS;
}

static bool send_off(struct hl_job *job, const struct hl_outcome *outcome)
{
	struct hl_live *live = job->live;
	struct hl_host *host = live->host;
	size_t n = outcome->n_entries + outcome->n_redactions;
	struct hl_stored *stored = calloc(n, sizeof(*stored));
	struct hl_wire_out *line = hl_host_frame(host);

	if (!stored || !write_bodies(job, outcome, stored)) {
		free(stored);
		return false;
	}
	view_bodies(job, outcome, stored);
	keep_stored_text(job, &outcome->entries[0]);
	audit(line, job);
	struct hl_append req = {.conv = hl_live_id(live),
				.expected_seq = live->seq,
				.expected_note_seq = live->note_seq,
				.author = job->author,
				.cid = job->event.cid,
				.entries = stored,
				.n_entries = outcome->n_entries,
				.rewrites = stored + outcome->n_entries,
				.n_rewrites = outcome->n_redactions,
				.snapshot = outcome->snapshot,
				.row = outcome->row,
				.due_ms = stored_due(outcome->due_ms, hl_host_now(host)),
				.audit = hl_wire_out_str(line)};
	memcpy(req.digest, job->event.digest, sizeof(req.digest));
	live->flying = true;
	host->appends++;
	job->sent_ms = hl_host_now(host);
	host->store->ops->append(host->store, &req, hl_job_appended, job);
	free(stored);
	return true;
}

static void forget_flight(struct hl_job *job)
{
	job->outcome.next = hl_conversation_free(job->outcome.next);
	job->rules = hl_ruleset_unref(job->rules);
	free(job->pieces);
	job->pieces = NULL;
	job->n_pieces = 0;
	hl_wire_out_clear(&job->bodies);
	job->bodies.failed = false;
	job->classified = job->limit_hit = false;
}

/* The rules of the form under way while they are among the sets kept; else those in force. */
static struct hl_ruleset *rules_of(struct hl_live *live)
{
	struct hl_host *host = live->host;

	for (size_t i = 0; live->rules && i < HL_RULES_KEPT; i++)
		if (host->rules[i] == live->rules)
			return live->rules;
	live->rules = hl_ruleset_unref(live->rules);
	return host->rules[0];
}

static void reserve(struct hl_job *job)
{
	struct hl_live *live = job->live;

	if (job->event.kind == HL_EV_ACCEPT || job->event.kind == HL_EV_TAKE)
		job->reserved = hl_desk_reserve(live->host->desk, hl_live_id(live), live->seq,
						job->event.by.id) == HL_OK;
}

static void confirm(struct hl_job *job)
{
	struct hl_live *live = job->live;
	struct hl_host *host = live->host;

	live->flying = true;
	host->appends++;
	host->store->ops->check(host->store, hl_live_id(live), live->seq, live->note_seq,
				job->author, job->event.cid, job->event.digest, hl_job_checked,
				job);
}

/* False when the event was answered at once and the next may be stepped. */
static bool step(struct hl_job *job)
{
	struct hl_live *live = job->live;
	struct hl_host *host = live->host;
	struct hl_ruleset *rules = rules_of(live);

	forget_flight(job);
	job->rules = hl_ruleset_ref(rules);
	host->stats.steps++;
	int status =
		hl_step(&job->outcome, host->scratch, rules, host->desk, live->conv, &job->event);
	if (status != HL_OK) {
		job->outcome = (struct hl_outcome){0};
		if (status < 0)
			hl_host_note(host, HL_HOST_ERROR, "a step failed", hl_live_id(live),
				     job->event.by.id);
		hl_job_refuse(job, status == HL_LIMIT ? HL_CODE_TOO_LARGE : HL_CODE_BUSY);
		hl_job_free(job);
		return false;
	}
	if (job->outcome.verdict) {
		job->classified = true;
		job->decision = job->outcome.verdict->decision;
		job->limit_hit = job->outcome.verdict->limit_hit;
	}
	if (job->outcome.result == HL_STEP_COMMIT) {
		if (send_off(job, &job->outcome)) {
			reserve(job);
			return true;
		}
		hl_host_note(host, HL_HOST_ERROR, "out of memory", hl_live_id(live), HL_NONE);
		hl_job_refuse(job, HL_CODE_BUSY);
		hl_job_free(job);
		return false;
	}
	if (!job->socket) { /* not yet, or of the past: the state is as it was */
		hl_live_due(live, job->outcome.due_ms);
		hl_job_free(job);
		return false;
	}
	confirm(job);
	return true;
}

void hl_job_pump(struct hl_live *live)
{
	struct hl_host *host = live->host;

	if (live->flying || live->loading || host->dead)
		return;
	hl_live_ref(live);
	if (live->stale) {
		if (live->jobs || live->subs)
			hl_live_reload(live);
	} else {
		while (live->jobs && !step(live->jobs))
			;
	}
	hl_live_unref(live);
}
