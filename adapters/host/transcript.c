/*
 * What HTTP asks of the host: a conversation's transcript, piece by piece as the store reads it,
 * and the classification of one text. Knows no HTTP.
 */
#include <stdlib.h>
#include <string.h>

#include "host/inner.h"

/* ------------------------------------------------------------------ transcript */

struct telling {
	struct hl_host *host;
	struct hl_live *live;
	char *account, *conv;
	enum hl_host_format format;
	hl_host_piece_fn *done;
	void *arg;
	uint64_t cursor, note_cursor;
	bool begun;
};

static void end(struct telling *telling, enum hl_code code)
{
	const struct hl_host_piece piece = {.code = code, .last = true};

	telling->done(telling->arg, &piece);
	if (telling->live)
		hl_live_unref(telling->live);
	free(telling->account);
	free(telling->conv);
	free(telling);
}

static void say(struct telling *telling, const struct hl_wire_out *out)
{
	const struct hl_host_piece piece = {.code = HL_CODE_OK, .bytes = hl_wire_out_str(out)};

	if (piece.bytes.len > 0)
		telling->done(telling->arg, &piece);
}

static void write_entry(struct telling *telling, struct hl_wire_out *out, struct hl_str body)
{
	if (telling->format == HL_HOST_TXT) {
		hl_wire_ev_text(out, body);
		return;
	}
	if (telling->begun)
		hl_wire_raw(out, HL_STR(",\n"));
	hl_wire_raw(out, body);
	telling->begun = true;
}

static void ask_page(struct telling *telling);

static void told_page(void *arg, const struct hl_page *page)
{
	struct telling *telling = arg;
	struct hl_wire_out out;
	bool moved = false;

	if (page->result != HL_STORE_OK) {
		end(telling, HL_CODE_BUSY);
		return;
	}
	hl_wire_out_init(&out);
	for (size_t i = 0; i < page->n; i++) {
		const struct hl_stored *entry = &page->v[i];

		*(entry->seq > 0 ? &telling->cursor : &telling->note_cursor) =
			entry->seq > 0 ? entry->seq : entry->note_seq;
		moved = true;
		write_entry(telling, &out, entry->body);
	}
	bool failed = out.failed;
	bool last = !page->more || !moved;
	if (last && telling->format == HL_HOST_JSON)
		hl_wire_raw(&out, HL_STR("]}\n"));
	if (!failed)
		say(telling, &out);
	hl_wire_out_deinit(&out);
	if (failed || last)
		end(telling, failed ? HL_CODE_BUSY : HL_CODE_OK);
	else
		ask_page(telling);
}

static void ask_page(struct telling *telling)
{
	struct hl_store *store = telling->host->store;

	store->ops->read(store, hl_live_id(telling->live), telling->cursor, telling->note_cursor,
			 true, HL_PAGE_ENTRIES, told_page, telling);
}

static void begin(struct telling *telling, struct hl_live *live)
{
	struct hl_wire_out out;
	struct hl_view view;

	telling->live = hl_live_ref(live);
	hl_wire_out_init(&out);
	if (telling->format == HL_HOST_JSON) {
		hl_conversation_view(&view, live->conv);
		hl_wire_object(&out, NULL);
		hl_wire_str(&out, "conv", hl_live_id(live));
		hl_wire_cstr(&out, "state", hl_state_name(view.row.state));
		hl_wire_array(&out, "entries");
		hl_wire_raw(&out, HL_STR("\n"));
	}
	say(telling, &out);
	hl_wire_out_deinit(&out);
	ask_page(telling);
}

static void found(void *arg, const struct hl_loaded *loaded)
{
	struct telling *telling = arg;
	struct hl_host *host = telling->host;
	struct hl_str id = {telling->conv, strlen(telling->conv)};
	struct hl_str account = {telling->account, strlen(telling->account)};
	struct hl_live *live = hl_live_find(host, id);
	struct hl_conversation *conv = NULL;
	struct hl_view view;

	if (loaded->result != HL_STORE_OK || (live && live->loading)) {
		end(telling,
		    loaded->result == HL_STORE_NOT_FOUND ? HL_CODE_NOT_FOUND : HL_CODE_BUSY);
		return;
	}
	if (!live && hl_conversation_load(&conv, loaded->snapshot) == HL_OK &&
	    hl_live_new(&live, host, id, conv) == HL_OK)
		hl_live_adopt(live, conv, loaded->seq, loaded->note_seq, loaded->due_ms);
	if (!live) {
		hl_conversation_free(conv);
		end(telling, HL_CODE_BUSY);
		return;
	}
	hl_conversation_view(&view, live->conv);
	if (hl_desk_may_see(host->desk, account, id) &&
	    hl_desk_may_see_row(host->desk, account, &view.row))
		begin(telling, live);
	else
		end(telling, HL_CODE_NOT_FOUND);
}

void hl_host_transcript(struct hl_host *host, struct hl_str account, struct hl_str conv,
			enum hl_host_format format, hl_host_piece_fn *done, void *arg)
{
	struct telling *telling = calloc(1, sizeof(*telling));
	const struct hl_host_piece busy = {.code = HL_CODE_BUSY, .last = true};

	if (!telling || !(telling->account = hl_str_copy(account)) ||
	    !(telling->conv = hl_str_copy(conv))) {
		if (telling)
			free(telling->account);
		free(telling);
		done(arg, &busy);
		return;
	}
	telling->host = host;
	telling->format = format;
	telling->done = done;
	telling->arg = arg;
	host->store->ops->load(host->store, conv, found, telling);
}

/* ------------------------------------------------------------------ classify */

static void write_ranked(struct hl_wire_out *out, const struct hl_verdict *verdict)
{
	hl_wire_array(out, "ranked");
	for (size_t i = 0; i < verdict->n_ranked; i++) {
		hl_wire_object(out, NULL);
		hl_wire_str(out, "intent", verdict->ranked[i].intent->id);
		hl_wire_score(out, "score", verdict->ranked[i].score);
		hl_wire_object_end(out);
	}
	hl_wire_array_end(out);
}

static void write_ids(struct hl_wire_out *out, const char *key,
		      const struct hl_intent *const *intents, size_t n)
{
	hl_wire_array(out, key);
	for (size_t i = 0; i < n; i++)
		hl_wire_str(out, NULL, intents[i]->id);
	hl_wire_array_end(out);
}

static void write_verdict(struct hl_wire_out *out, const struct hl_verdict *verdict)
{
	hl_wire_object(out, NULL);
	hl_wire_cstr(out, "decision", hl_decision_name(verdict->decision));
	if (verdict->intent)
		hl_wire_str(out, "intent", verdict->intent->id);
	hl_wire_score(out, "score", verdict->score);
	hl_wire_cstr(out, "by", hl_by_name(verdict->by));
	if (verdict->rule.line > 0) {
		hl_wire_object(out, "rule");
		hl_wire_str(out, "file", verdict->rule.file);
		hl_wire_uint(out, "line", verdict->rule.line);
		hl_wire_object_end(out);
	}
	write_ranked(out, verdict);
	write_ids(out, "all", verdict->all, verdict->n_all);
	write_ids(out, "clarify", verdict->clarify, verdict->n_clarify);
	hl_wire_object(out, "slots");
	for (size_t i = 0; i < verdict->n_slots; i++) {
		const struct hl_attr slot = {verdict->slots[i].name, verdict->slots[i].value};

		hl_wire_attr(out, &slot);
	}
	hl_wire_object_end(out);
	hl_wire_str(out, "lang", verdict->lang);
	hl_wire_array(out, "redacted");
	for (size_t i = 0; i < verdict->n_redacted; i++)
		hl_wire_cstr(out, NULL, verdict->redacted[i].kind);
	hl_wire_array_end(out);
	hl_wire_str(out, "text", verdict->stored);
	hl_wire_object_end(out);
}

int hl_host_classify(char **out, struct hl_host *host, struct hl_str body)
{
	struct hl_wire_frame frame;
	struct hl_verdict verdict;
	enum hl_code code = hl_wire_decode_classify(&frame, body);
	int status = code == HL_CODE_OK ? HL_OK : code == HL_CODE_TOO_LARGE ? HL_LIMIT : HL_REFUSED;

	if (status == HL_OK) {
		const struct hl_query query = {.text = frame.text, .lang = frame.lang};

		status = hl_classify(&verdict, host->scratch, host->rules[0], &query);
	}
	if (status == HL_OK) {
		write_verdict(hl_host_frame(host), &verdict);
		*out = host->out.failed ? NULL : hl_str_copy(hl_wire_out_str(&host->out));
		status = *out ? HL_OK : HL_NOMEM;
	}
	hl_wire_frame_deinit(&frame);
	return status;
}
