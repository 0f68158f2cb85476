/*
 * What a customer said: classified, freed of secrets, kept. A secret that only two messages
 * together give away also rewrites the earlier one; for that the last raw texts are kept in memory
 * for a minute, and nowhere else.
 */
#include <string.h>

#include "secrets/secrets.h"
#include "step/work.h"

#define TOGETHER_MS 60000 /* messages read together in search of a secret */

static bool never_needed(const char *kind)
{
	static const char *const kinds[] = {"seed", "key", "pem", "api", "card", "password"};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	return false;
}

int hl_work_clean(struct hl_str *out, struct hl_work *work)
{
	struct hl_utterance plain;
	struct hl_secrets found;
	struct hl_str text = work->event->text;
	if (hl_utterance_read(&plain, work->arena, text, NULL, 0) != HL_OK ||
	    hl_secrets_find(&found, work->arena, &plain, &work->pack->masked, NULL, 0) != HL_OK)
		return HL_NOMEM;
	struct hl_redacted *kept = HL_NEW_ARRAY(work->arena, found.n, struct hl_redacted);
	size_t n = 0;
	if (!kept)
		return HL_NOMEM;
	for (size_t i = 0; i < found.n; i++)
		if (work->event->by.role != HL_AGENT || never_needed(found.v[i].kind))
			kept[n++] = found.v[i];
	return hl_secrets_stored(out, work->arena, text, kept, n);
}

static void forget_old(struct hl_work *work)
{
	struct hl_conversation *conv = &work->conv;
	size_t old = 0;
	while (old < conv->n_recent && conv->recent[old].at_ms + TOGETHER_MS < work->at_ms)
		old++;
	conv->n_recent -= old;
	memmove(conv->recent, conv->recent + old, conv->n_recent * sizeof *conv->recent);
}

static int rewrite(struct hl_work *work, struct hl_recent *recent,
		   const struct hl_secrets_earlier *earlier)
{
	struct hl_redaction *redaction =
		HL_PUSH(work->arena, work->redactions, work->n_redactions, work->cap_redactions);
	struct hl_str text;
	if (!redaction ||
	    hl_secrets_stored(&text, work->arena, recent->raw, earlier->v, earlier->n) != HL_OK)
		return HL_NOMEM;
	/* a slot that took the message whole must not keep what the log has lost */
	struct hl_talk *talk = &work->conv.talk;
	for (size_t i = 0; i < talk->n_held; i++)
		if (hl_str_eq(talk->held[i].value, hl_str_trim(recent->stored)))
			talk->held[i].value = text;
	recent->stored = text;
	redaction->of = recent->seq;
	redaction->entry = (struct hl_entry){.seq = recent->seq,
					     .at_ms = recent->at_ms,
					     .kind = HL_ENTRY_TEXT,
					     .by = {.role = HL_CUSTOMER, .name = work->conv.name},
					     .cid = recent->cid,
					     .text = text,
					     .lang = recent->lang};
	return HL_OK;
}

/* Reads the message together with those of the last minute. */
static int look_together(struct hl_work *work)
{
	struct hl_conversation *conv = &work->conv;
	struct hl_secrets_recent recents[HL_RECENT_MAX];
	struct hl_utterance plain = work->said;
	struct hl_secrets found;
	int rc = HL_OK;
	if (!conv->n_recent)
		return HL_OK;
	for (size_t i = 0; i < conv->n_recent; i++)
		recents[i] = (struct hl_secrets_recent){
			conv->recent[i].raw,
			hl_str_eq(conv->recent[i].raw, conv->recent[i].stored)};
	if (work->verdict->n_redacted) /* it was read without its secrets */
		rc = hl_utterance_read(&plain, work->arena, work->event->text, NULL, 0);
	if (rc == HL_OK)
		rc = hl_secrets_find(&found, work->arena, &plain, &work->pack->masked, recents,
				     conv->n_recent);
	if (rc != HL_OK)
		return HL_NOMEM;
	bool changed = found.by_earlier;
	for (size_t i = 0; i < found.n_earlier; i++) {
		struct hl_recent *recent = &conv->recent[conv->n_recent - found.n_earlier + i];
		if (!found.earlier[i].changed)
			continue;
		changed = true;
		if (rewrite(work, recent, &found.earlier[i]) != HL_OK)
			return HL_NOMEM;
	}
	if (!changed)
		return HL_OK;
	work->verdict->redacted = found.v;
	work->verdict->n_redacted = found.n;
	work->verdict->wallet_secret |= found.wallet;
	if (hl_utterance_read(&work->said, work->arena, work->event->text, found.v, found.n) !=
	    HL_OK)
		return HL_NOMEM;
	return hl_secrets_stored(&work->verdict->stored, work->arena, work->event->text, found.v,
				 found.n);
}

static int keep_matched(struct hl_work *work)
{
	struct hl_conversation *conv = &work->conv;
	const struct hl_verdict *verdict = work->verdict;
	conv->n_matched = 0;
	for (size_t i = 0; i < verdict->n_ranked; i++) {
		const struct hl_ranked *ranked = &verdict->ranked[i];
		struct hl_src src = {0};
		struct hl_buf rule;
		hl_buf_init(&rule, work->arena);
		for (size_t k = 0; k < verdict->n_hits && !src.line; k++)
			if (verdict->hits[k].intent == ranked->intent)
				src = verdict->hits[k].src;
		if (ranked->intent == verdict->intent && verdict->rule.line)
			src = verdict->rule;
		if (src.line) {
			hl_buf_str(&rule, src.file);
			hl_buf_char(&rule, ':');
			hl_buf_u64(&rule, src.line);
		}
		if (rule.failed)
			return HL_NOMEM;
		double score = ranked->score < 0 ? 0 : ranked->score > 1 ? 1 : ranked->score;
		conv->matched[conv->n_matched++] = (struct hl_matched){
			.intent = ranked->intent->id, .rule = hl_buf_view(&rule), .score = score};
	}
	return HL_OK;
}

static void forget_oldest(struct hl_conversation *conv)
{
	memmove(conv->recent, conv->recent + 1, --conv->n_recent * sizeof *conv->recent);
}

static void keep_recent(struct hl_work *work, const struct hl_entry *entry)
{
	struct hl_conversation *conv = &work->conv;
	size_t bytes = work->event->text.len;
	for (size_t i = 0; i < conv->n_recent; i++)
		bytes += conv->recent[i].raw.len;
	while (conv->n_recent == HL_RECENT_MAX ||
	       (conv->n_recent > 0 && bytes > HL_SECRETS_RECENT_BYTES)) {
		bytes -= conv->recent[0].raw.len;
		forget_oldest(conv);
	}
	conv->recent[conv->n_recent++] = (struct hl_recent){.seq = entry->seq,
							    .at_ms = entry->at_ms,
							    .cid = entry->cid,
							    .raw = work->event->text,
							    .stored = entry->text,
							    .lang = entry->lang};
}

int hl_work_hear(struct hl_work *work)
{
	struct hl_conversation *conv = &work->conv;
	const struct hl_author by = {.role = HL_CUSTOMER, .name = conv->name};
	struct hl_verdict *verdict = work->verdict;
	forget_old(work);
	if (look_together(work) != HL_OK || keep_matched(work) != HL_OK)
		return HL_NOMEM;
	if (verdict->lang_sure && hl_lang_known(work->pack, verdict->lang) &&
	    !(conv->lang.len && hl_str_eq(hl_lang_pick(work->pack, conv->lang),
					  hl_lang_pick(work->pack, verdict->lang))))
		hl_conversation_set_lang(conv, verdict->lang);
	else if (!conv->lang.len)
		conv->lang = work->event->lang;
	struct hl_entry *entry = hl_work_entry(work, HL_ENTRY_TEXT, &by);
	if (!entry)
		return HL_NOMEM;
	entry->text = verdict->stored;
	entry->lang = verdict->lang;
	conv->last_text = entry->text;
	keep_recent(work, entry);
	/* every screen is told; the log's own copy changes in the same transaction */
	for (size_t i = 0; i < work->n_redactions; i++) {
		struct hl_entry *told = hl_work_entry(work, HL_ENTRY_REDACTION, &hl_work_system);
		if (!told)
			return HL_NOMEM;
		told->of = work->redactions[i].of;
		told->text = work->redactions[i].entry.text;
	}
	return HL_OK;
}
