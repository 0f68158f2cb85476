/*
 * Time: the waiting ladder's rungs, each said once, and the end of a conversation nobody goes on
 * with. Of several rungs that have become due together (the server was down) only the last is said.
 */
#include "desk/desk.h"
#include "step/work.h"

static int64_t floor_minutes(int64_t seconds)
{
	return seconds / 60;
}

/* "3–6 min"; empty when the desk has no honest estimate. */
static struct hl_str wait_text(const struct hl_turn *turn, const struct hl_position *at)
{
	struct hl_buf lo, hi, out;
	if (!at->wait_hi_s)
		return HL_NONE;
	int64_t top = floor_minutes(at->wait_hi_s + 59), bottom = floor_minutes(at->wait_lo_s);
	hl_buf_init(&lo, turn->arena);
	hl_buf_i64(&lo, bottom < top ? bottom : top - 1);
	hl_buf_init(&hi, turn->arena);
	hl_buf_i64(&hi, top);
	struct hl_var range[] = {{HL_STR("lo"), hl_buf_view(&lo)},
				 {HL_STR("hi"), hl_buf_view(&hi)}};
	struct hl_template with = {.turn = turn, .more = range, .n_more = 2};
	hl_buf_init(&out, turn->arena);
	hl_template_render(&out, &with, hl_line(turn->pack, HL_LINE_MINUTES, turn->lang));
	return out.failed ? HL_NONE : hl_buf_view(&out);
}

/* The rung's text without the lines whose {position} or {wait} has no value. */
static void render_rung(struct hl_buf *out, const struct hl_work *work, const struct hl_turn *turn,
			struct hl_str text)
{
	struct hl_position at = {0};
	struct hl_row row;
	struct hl_var more[2];
	struct hl_buf position;
	size_t n = 0;
	hl_conversation_row(&row, &work->conv);
	if (work->desk)
		hl_desk_rank(&at, work->desk, &row);
	hl_buf_init(&position, turn->arena);
	hl_buf_u64(&position, at.position);
	struct hl_str wait = wait_text(turn, &at);
	if (at.position)
		more[n++] = (struct hl_var){HL_STR("position"), hl_buf_view(&position)};
	if (wait.len)
		more[n++] = (struct hl_var){HL_STR("wait"), wait};
	struct hl_template with = {.turn = turn, .more = more, .n_more = n};
	while (text.len) {
		size_t end = hl_str_find(text, HL_STR("\n"), 0);
		struct hl_str line = hl_str_sub(text, 0, end);
		struct hl_buf trial;
		hl_buf_init(&trial, turn->arena);
		if (hl_template_render(&trial, &with, line)) {
			if (out->len)
				hl_buf_char(out, '\n');
			hl_buf_str(out, hl_buf_view(&trial));
		}
		out->failed |= trial.failed;
		text = end == SIZE_MAX ? HL_NONE : hl_str_sub(text, end + 1, SIZE_MAX);
	}
}

static int say_rung(struct hl_work *work, const struct hl_wait *rung)
{
	struct hl_turn turn;
	struct hl_reply reply;
	hl_work_turn(&turn, work);
	hl_reply_init(&reply, work->arena);
	render_rung(&reply.text, work, &turn, hl_texts_pick(&rung->say, turn.lang));
	if (rung->message) {
		if (!reply.text.len)
			hl_buf_str(&reply.text, hl_line(work->pack, HL_LINE_MESSAGE, turn.lang));
		reply.choices[reply.n_choices++] = (struct hl_choice){
			HL_CHOICE_MESSAGE, HL_NONE, hl_line(work->pack, HL_LINE_LEAVE, turn.lang)};
		reply.choices[reply.n_choices++] = (struct hl_choice){
			HL_CHOICE_BOT, HL_NONE, hl_line(work->pack, HL_LINE_BACK, turn.lang)};
	}
	return reply.text.failed ? HL_NOMEM : hl_work_reply(work, &reply);
}

int hl_work_wait(struct hl_work *work)
{
	struct hl_conversation *conv = &work->conv;
	const struct hl_wait *last = NULL;
	while (!conv->message && conv->rungs < work->pack->n_waiting &&
	       conv->joined_ms + work->pack->waiting[conv->rungs].after_ms <= work->at_ms)
		last = &work->pack->waiting[conv->rungs++];
	return last ? say_rung(work, last) : HL_OK;
}

int64_t hl_work_due(const struct hl_work *work, const struct hl_conversation *conv,
		    int64_t after_ms)
{
	if (conv->state == HL_BOT)
		return conv->seq ? conv->last_ms + HL_IDLE_MS : 0;
	if (conv->state != HL_QUEUED || conv->message)
		return 0;
	for (size_t i = conv->rungs; i < work->pack->n_waiting; i++) {
		int64_t due = conv->joined_ms + work->pack->waiting[i].after_ms;
		if (due > after_ms)
			return due;
	}
	return 0;
}

int hl_work_wait_timer(struct hl_work *work)
{
	return work->event->armed_seq == work->conv.assign_seq ? hl_work_wait(work) : HL_OK;
}

int hl_work_idle_timer(struct hl_work *work)
{
	struct hl_conversation *conv = &work->conv;
	if (work->event->armed_seq != conv->assign_seq || !conv->seq ||
	    work->at_ms < conv->last_ms + HL_IDLE_MS)
		return HL_OK;
	struct hl_entry *entry = hl_work_entry(work, HL_ENTRY_CLOSED, &hl_work_system);
	if (!entry)
		return HL_NOMEM;
	entry->why = HL_IDLE;
	conv->state = HL_CLOSED;
	hl_talk_reset(&conv->talk);
	return HL_OK;
}
