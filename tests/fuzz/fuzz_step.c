/*
 * Any sequence of events on one conversation: a byte chooses the event, the bytes up to the next
 * newline are its text and names. After each commit the numbers are gapless and the snapshot loads.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "desk/desk.h"
#include "packtext.h"

#define EVENTS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char pack_text[] = "list coin BTC = btc\nintent deposit.missing\nphrase deposit * "
				"missing\nslot coin list coin\nintent fees\nphrase fee\nintent "
				"hacked\nphrase hacked\nalways\n";

static void ignore(void *arg, const struct hl_diag *diag)
{
	(void)arg;
	(void)diag;
}

/* Made once: compiling the pack anew for each input would be all the work. */
static struct hl_ruleset *rules;
static struct hl_scratch *scratch;

static bool ready(void)
{
	static const struct hl_text ask[] = {{{"en", 2}, {"Which {coin|coin}?", 18}}};
	if (rules)
		return true;
	struct packtext *text = packtext_new(pack_text, sizeof pack_text - 1);
	struct hl_pack *pack = packtext_pack(text);
	struct hl_slot_def *slots = (struct hl_slot_def *)(uintptr_t)pack->intents[0].slots;
	slots[0].ask = (struct hl_texts){ask, 1};
	const struct hl_wait waiting[] = {{.after_ms = 1000, .message = true}};
	pack->waiting = waiting;
	pack->n_waiting = 1;
	bool ok = hl_ruleset_new(&rules, pack, HL_NONE, ignore, NULL) == HL_OK &&
		  hl_scratch_new(&scratch) == HL_OK;
	packtext_free(text);
	return ok;
}

static void fill_event(struct hl_event *event, const uint8_t *head, struct hl_str text)
{
	struct hl_str word = hl_str_sub(text, 0, hl_str_find(text, HL_STR(" "), 0));
	*event = (struct hl_event){.kind = (enum hl_event_kind)(head[0] % HL_EV_COUNT),
				   .text = text,
				   .choice = word,
				   .cid = head[1] & 1 ? hl_str_sub(word, 0, 64) : HL_NONE,
				   .team = head[1] & 2 ? word : HL_NONE,
				   .agent = head[1] & 4 ? word : HL_NONE,
				   .outcome = word,
				   .solved = word,
				   .score = head[1] >> 4,
				   .armed_seq = head[1] >> 3,
				   .digest = {head[1] >> 7}};
	event->by.role = event->kind <= HL_EV_RATE ? HL_CUSTOMER : HL_AGENT;
	if (event->by.role == HL_AGENT)
		event->by.id = head[1] & 8 ? HL_STR("ann") : HL_STR("bo");
}

static void one(struct hl_conversation **conv, struct hl_desk *desk, const struct hl_event *event)
{
	struct hl_outcome out;
	struct hl_view view;
	struct hl_conversation *back = NULL;
	hl_conversation_view(&view, *conv);
	int rc = hl_step(&out, scratch, rules, desk, *conv, event);
	assert(rc == HL_OK || rc == HL_LIMIT);
	if (rc != HL_OK || out.result != HL_STEP_COMMIT) {
		assert(!out.next);
		return;
	}
	uint64_t seq = view.row.seq, note_seq = view.row.note_seq;
	for (size_t i = 0; i < out.n_entries; i++) {
		if (out.entries[i].kind == HL_ENTRY_NOTE)
			assert(out.entries[i].note_seq == ++note_seq);
		else
			assert(out.entries[i].seq == ++seq);
	}
	hl_conversation_free(*conv);
	*conv = out.next;
	assert(out.row.seq == seq && out.row.note_seq == note_seq);
	assert(hl_conversation_load(&back, out.snapshot) == HL_OK);
	hl_conversation_free(back);
	assert(hl_desk_row(desk, event->at_ms, &out.row) == HL_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hl_conversation *conv = NULL;
	struct hl_desk *desk = NULL;
	struct hl_event event;
	int64_t now = 1000;
	const struct hl_birth birth = {.id = {"c", 1}, .at_ms = now};
	const struct hl_desk_agent ann = {.id = {"ann", 3}, .presence = HL_ONLINE},
				   bo = {.id = {"bo", 2}, .presence = HL_AWAY};
	if (!ready() || hl_conversation_new(&conv, &birth) != HL_OK ||
	    hl_desk_new(&desk, NULL) != HL_OK)
		return 0;
	hl_desk_agent(desk, now, &ann);
	hl_desk_agent(desk, now, &bo);
	for (int n = 0; size > 2 && n < EVENTS_MAX; n++) {
		const uint8_t *end = memchr(data + 2, '\n', size - 2);
		size_t len = end ? (size_t)(end - data) - 2 : size - 2;
		fill_event(&event, data, (struct hl_str){(const char *)data + 2, len});
		now += data[0] * 100;
		event.at_ms = now;
		one(&conv, desk, &event);
		size_t used = len + 2 + (end ? 1 : 0);
		data += used;
		size -= used;
	}
	hl_conversation_free(conv);
	hl_desk_free(desk);
	return 0;
}
