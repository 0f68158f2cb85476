/*
 * Events waiting for their turn: made of a client's frame or of the house's own wish, kept in the
 * order they came, at most sixteen behind the one in flight.
 */
#include <stdlib.h>
#include <string.h>

#include "host/inner.h"

struct hl_job *hl_job_free(struct hl_job *job)
{
	struct hl_live *live = job->live;
	struct hl_job **at = &live->jobs;

	while (*at && *at != job)
		at = &(*at)->next;
	if (*at) {
		*at = job->next;
		live->n_jobs--;
	}
	hl_wire_frame_deinit(&job->frame);
	hl_wire_out_deinit(&job->bodies);
	hl_conversation_free(job->outcome.next);
	hl_ruleset_unref(job->rules);
	hl_socket_unref(job->socket);
	free(job->pieces);
	free(job->memory);
	free(job->stored_text);
	free(job);
	live->host->n_jobs--;
	hl_live_unref(live);
	return NULL;
}

/* ------------------------------------------------------------------ making */

/* The keyed digest of type and raw fields: the JSON of exactly these, which is unambiguous. */
static void digest(struct hl_host *host, struct hl_job *job)
{
	const struct hl_wire_frame *frame = &job->frame;
	struct hl_wire_out *out = hl_host_frame(host);

	hl_wire_object(out, NULL);
	hl_wire_cstr(out, "t", hl_wire_type_name(frame->type));
	hl_wire_opt(out, "text", frame->text);
	hl_wire_opt(out, "choice", frame->choice);
	hl_wire_opt(out, "team", frame->team);
	hl_wire_opt(out, "agent", frame->agent);
	hl_wire_opt(out, "outcome", frame->outcome);
	hl_wire_opt(out, "solved", frame->solved);
	hl_wire_opt(out, "comment", frame->comment);
	hl_wire_int(out, "score", frame->score);
	hl_wire_names(out, "tags", (struct hl_names){frame->tags, frame->n_tags});
	hl_wire_object_end(out);
	host->auth.digest(host->auth.arg, job->event.digest, hl_wire_out_str(out));
}

/* An account may be read anew while the event waits, so its names are copied: "agent:mei", "mei" in
   it, the shown name and the language. */
static bool remember(struct hl_job *job)
{
	static const char prefix[] = "agent:";
	const struct hl_staff *staff = job->socket ? job->socket->staff : NULL;
	struct hl_str lang = HL_NONE;

	if (job->socket && job->socket->lang)
		lang = (struct hl_str){job->socket->lang, strlen(job->socket->lang)};
	struct hl_str id = staff ? staff->account.name : HL_NONE;
	struct hl_str name = staff ? staff->account.display : HL_NONE;
	size_t head = sizeof(prefix) - 1;
	char *at = malloc(head + id.len + name.len + lang.len + 1);
	if (!at)
		return false;
	job->memory = at;
	memcpy(at, prefix, head);
	if (id.len > 0)
		memcpy(at + head, id.ptr, id.len);
	if (name.len > 0)
		memcpy(at + head + id.len, name.ptr, name.len);
	if (lang.len > 0)
		memcpy(at + head + id.len + name.len, lang.ptr, lang.len);
	if (staff) {
		job->author = (struct hl_str){at, head + id.len};
		job->event.by.id = (struct hl_str){at + head, id.len};
		job->event.by.name = (struct hl_str){at + head + id.len, name.len};
	}
	job->event.lang = (struct hl_str){at + head + id.len + name.len, lang.len};
	return true;
}

static struct hl_job *make(struct hl_live *live, struct hl_socket *socket, enum hl_event_kind kind)
{
	struct hl_job *job = calloc(1, sizeof(*job));

	if (!job)
		return NULL;
	job->live = hl_live_ref(live);
	live->host->n_jobs++;
	job->socket = socket ? hl_socket_ref(socket) : NULL;
	job->frame.type = HL_WIRE_TYPE_COUNT;
	job->event.kind = kind;
	job->event.at_ms = hl_host_now(live->host);
	job->event.by.role = !socket			     ? HL_SYSTEM
			     : socket->role == HL_PEER_AGENT ? HL_AGENT
							     : HL_CUSTOMER;
	hl_wire_out_init(&job->bodies);
	if (remember(job))
		return job;
	hl_job_free(job);
	return NULL;
}

static void append_job(struct hl_live *live, struct hl_job *job)
{
	struct hl_job **end = &live->jobs;

	while (*end)
		end = &(*end)->next;
	*end = job;
	live->n_jobs++;
	hl_job_pump(live);
}

void hl_job_add(struct hl_live *live, struct hl_socket *socket, struct hl_wire_frame *frame,
		enum hl_event_kind kind)
{
	struct hl_host *host = live->host;
	struct hl_job *job = NULL;

	if (live->n_jobs <= HL_HELD_MAX && !host->dead && !host->draining)
		job = make(live, socket, kind);
	if (!job) {
		hl_socket_refuse(socket, frame, HL_CODE_BUSY);
		return;
	}
	job->frame = *frame;
	*frame = (struct hl_wire_frame){.type = HL_WIRE_TYPE_COUNT};
	struct hl_event *event = &job->event;
	event->cid = job->frame.cid;
	event->text = kind == HL_EV_RATE ? job->frame.comment : job->frame.text;
	event->choice = job->frame.choice;
	event->offer = job->frame.offer;
	event->team = job->frame.team;
	event->agent = job->frame.agent;
	event->outcome = job->frame.outcome;
	event->solved = job->frame.solved;
	event->tags = (struct hl_names){job->frame.tags, job->frame.n_tags};
	event->score = job->frame.score;
	if (event->cid.len > 0)
		digest(host, job);
	append_job(live, job);
}

void hl_job_house(struct hl_live *live, enum hl_event_kind kind, uint64_t armed_seq)
{
	struct hl_job *job = NULL;

	if (!live->host->dead && !live->host->draining)
		job = make(live, NULL, kind);
	if (!job)
		return; /* the sweep, or the next node, finds it due again */
	job->event.armed_seq = armed_seq;
	append_job(live, job);
}

void hl_job_refuse(struct hl_job *job, enum hl_code code)
{
	if (job->socket)
		hl_socket_refuse(job->socket, &job->frame, code);
}

void hl_job_give_up(struct hl_live *live)
{
	hl_live_ref(live);
	while (live->jobs && !live->flying) {
		live->host->stats.retries_given_up++;
		hl_job_refuse(live->jobs, HL_CODE_BUSY);
		hl_job_free(live->jobs);
	}
	hl_host_drain_on(live->host);
	hl_live_unref(live);
}

/* The store's state is another: read it, step again; after three times the sender is told. */
