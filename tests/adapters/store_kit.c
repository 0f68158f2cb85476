/*
 * Calls to a store that wait for their answer, and answers as lines of text: what the store's tests
 * are written with.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store_suite.h"

static struct hl_str str(const char *text)
{
	return text ? (struct hl_str){text, strlen(text)} : HL_NONE;
}

void kit_open(struct kit *kit)
{
	assert_int_equal(uv_loop_init(&kit->loop), 0);
	kit->store = store_kit.open(&kit->loop);
}

static void on_closed(void *arg, enum hl_store_result result)
{
	assert_int_equal(result, HL_STORE_OK);
	*(bool *)arg = true;
}

void kit_close(struct kit *kit)
{
	bool closed = false;

	kit->store->ops->close(kit->store, on_closed, &closed);
	kit_wait(kit, &closed);
	kit->store->ops->free(kit->store);
	uv_run(&kit->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&kit->loop), 0);
	store_kit.clean();
}

void kit_wait(struct kit *kit, const bool *done)
{
	while (!*done)
		assert_true(uv_run(&kit->loop, UV_RUN_ONCE) || *done);
}

/* ------------------------------------------------------------------ appends */

struct waited {
	struct hl_append_done *out;
	size_t *answered;
};

static void on_append(void *arg, const struct hl_append_done *done)
{
	struct waited *waited = arg;

	*waited->out = *done;
	++*waited->answered;
	free(waited);
}

static struct hl_stored stored(char *space, size_t size, const struct draft *d, uint64_t seq,
			       uint64_t note_seq, uint64_t after)
{
	size_t len;

	snprintf(space, size, "%s-%" PRIu64, note_seq ? "note" : "text", note_seq ? note_seq : seq);
	len = strlen(space);
	if (d->body > len) {
		memset(space + len, 'x', d->body - len);
		len = d->body;
	}
	return (struct hl_stored){.seq = seq,
				  .note_seq = note_seq,
				  .after = after,
				  .at_ms = (int64_t)(1000 * (seq + after) + note_seq),
				  .body = {space, len}};
}

void draft_start(struct kit *kit, const struct draft *d, struct hl_append_done *out,
		 size_t *answered)
{
	size_t one = d->no_text ? 0 : 1, texts = d->n ? d->n : one, n = texts + d->n_notes,
	       size = d->body + 40;
	struct hl_stored *v = calloc(n + 1, sizeof(*v)), changed = {.seq = d->rewrite};
	char *space = calloc(n + 1, size), snapshot[100];
	struct waited *waited = malloc(sizeof(*waited));
	struct hl_append in = {.conv = str(d->conv),
			       .expected_seq = d->seq,
			       .expected_note_seq = d->note_seq,
			       .author = str(d->author),
			       .cid = str(d->cid),
			       .entries = v,
			       .n_entries = n,
			       .due_ms = d->due_ms};

	*waited = (struct waited){out, answered};
	for (size_t i = 0; i < n; i++)
		v[i] = i < texts ? stored(space + i * size, size, d, d->seq + i + 1, 0, 0)
				 : stored(space + i * size, size, d, 0, d->note_seq + i - texts + 1,
					  d->seq + texts);
	memset(in.digest, d->digest, sizeof(in.digest));
	changed.body = HL_STR("[gone]");
	in.rewrites = &changed;
	in.n_rewrites = d->rewrite ? 1 : 0;
	snprintf(snapshot, sizeof(snapshot), "snap-%zu", (size_t)d->seq + texts);
	in.snapshot = str(snapshot);
	in.row = (struct hl_row){.conv = in.conv,
				 .state = d->state,
				 .seq = d->seq + texts,
				 .note_seq = d->note_seq + d->n_notes,
				 .team = HL_STR("funds"),
				 .urgency = HL_URGENCY_ASK,
				 .reason = HL_SENSITIVE,
				 .since_ms = 77,
				 .assign_seq = 3,
				 .front = true,
				 .owner = HL_STR("mei"),
				 .wanted = HL_STR("li"),
				 .lang = HL_STR("zh-CN"),
				 .title = HL_STR("Einzahlung \xe2\x80\x93 fehlt"),
				 .customer = HL_STR("Anna"),
				 .user = str(d->user)};
	in.audit = HL_STR("{\"what\":\"append\"}");
	kit->store->ops->append(kit->store, &in, on_append, waited);
	memset(space, '?', (n + 1) * size); /* the store has its own copies by now */
	free(space);
	free(v);
}

static struct hl_append_done await(struct kit *kit, struct hl_append_done *done, size_t *answered)
{
	assert_int_equal(*answered, 0); /* never from inside the call */
	while (!*answered)
		uv_run(&kit->loop, UV_RUN_ONCE);
	return *done;
}

struct hl_append_done draft_append(struct kit *kit, const struct draft *draft)
{
	struct hl_append_done done = {.result = HL_STORE_FAILED};
	size_t answered = 0;

	draft_start(kit, draft, &done, &answered);
	return await(kit, &done, &answered);
}

struct hl_append_done draft_check(struct kit *kit, const struct draft *d)
{
	struct hl_append_done done = {.result = HL_STORE_FAILED};
	struct waited *waited = malloc(sizeof(*waited));
	size_t answered = 0;
	uint8_t digest[16];

	*waited = (struct waited){&done, &answered};
	memset(digest, d->digest, sizeof(digest));
	kit->store->ops->check(kit->store, str(d->conv), d->seq, d->note_seq, str(d->author),
			       str(d->cid), digest, on_append, waited);
	return await(kit, &done, &answered);
}

/* ------------------------------------------------------------------ reads */

struct reading {
	struct shown *out;
	bool done;
};

__attribute__((format(printf, 2, 3))) static void put(struct shown *out, const char *format, ...)
{
	size_t len = strlen(out->line);
	va_list args;

	va_start(args, format);
	vsnprintf(out->line + len, sizeof(out->line) - len, format, args);
	va_end(args);
}

static void on_page(void *arg, const struct hl_page *page)
{
	struct reading *r = arg;

	r->done = true;
	r->out->result = page->result;
	r->out->more = page->more;
	r->out->n = page->n;
	for (size_t i = 0; i < page->n; i++) {
		const struct hl_stored *at = &page->v[i];
		int len = at->body.len < 12 ? (int)at->body.len : 12;

		if (at->note_seq)
			put(r->out, "n%" PRIu64 "@%" PRIu64 ":%.*s ", at->note_seq, at->after, len,
			    at->body.ptr);
		else
			put(r->out, "%" PRIu64 ":%.*s ", at->seq, len, at->body.ptr);
		r->out->bytes += at->body.len;
		if (at->note_seq)
			r->out->note_seq = at->note_seq;
		else
			r->out->seq = at->seq;
	}
}

void show_page(struct kit *kit, const char *conv, uint64_t after_seq, uint64_t after_note_seq,
	       bool notes, size_t limit, struct shown *out)
{
	struct reading r = {.out = out};

	*out = (struct shown){.seq = after_seq, .note_seq = after_note_seq};
	kit->store->ops->read(kit->store, str(conv), after_seq, after_note_seq, notes, limit,
			      on_page, &r);
	assert_false(r.done);
	kit_wait(kit, &r.done);
}

static void on_loaded(void *arg, const struct hl_loaded *loaded)
{
	struct reading *r = arg;

	r->done = true;
	r->out->result = loaded->result;
	if (loaded->result == HL_STORE_OK)
		put(r->out, "%.*s %" PRIu64 ".%" PRIu64 " due %" PRId64 " %.*s",
		    (int)loaded->conv.len, loaded->conv.ptr, loaded->seq, loaded->note_seq,
		    loaded->due_ms, (int)loaded->snapshot.len, loaded->snapshot.ptr);
}

void show_loaded(struct kit *kit, const char *conv, const char *user, struct shown *out)
{
	struct reading r = {.out = out};

	*out = (struct shown){.n = 0};
	if (user)
		kit->store->ops->open_of(kit->store, str(user), on_loaded, &r);
	else
		kit->store->ops->load(kit->store, str(conv), on_loaded, &r);
	assert_false(r.done);
	kit_wait(kit, &r.done);
}

static void on_rows(void *arg, const struct hl_rows_page *rows)
{
	struct reading *r = arg;

	r->done = true;
	r->out->result = rows->result;
	r->out->more = rows->more;
	r->out->n = rows->n;
	for (size_t i = 0; i < rows->n; i++) {
		const struct hl_row *row = &rows->v[i];

		put(r->out, "%.*s:%s:%" PRIu64 " ", (int)row->conv.len, row->conv.ptr,
		    hl_state_name(row->state), row->seq);
		assert_int_equal(row->urgency, HL_URGENCY_ASK);
		assert_int_equal(row->reason, HL_SENSITIVE);
		assert_int_equal(row->since_ms, 77);
		assert_int_equal(row->assign_seq, 3);
		assert_true(row->front);
		assert_memory_equal(row->team.ptr, "funds", row->team.len);
		assert_memory_equal(row->owner.ptr, "mei", row->owner.len);
		assert_memory_equal(row->wanted.ptr, "li", row->wanted.len);
		assert_memory_equal(row->lang.ptr, "zh-CN", row->lang.len);
		assert_int_equal(row->title.len, sizeof("Einzahlung \xe2\x80\x93 fehlt") - 1);
		assert_memory_equal(row->customer.ptr, "Anna", row->customer.len);
	}
}

void show_rows(struct kit *kit, unsigned states, const char *after, int64_t now_ms, size_t limit,
	       struct shown *out)
{
	struct reading r = {.out = out};

	*out = (struct shown){.n = 0};
	if (states)
		kit->store->ops->rows(kit->store, states, str(after), limit, on_rows, &r);
	else
		kit->store->ops->due(kit->store, now_ms, limit, on_rows, &r);
	assert_false(r.done);
	kit_wait(kit, &r.done);
}
