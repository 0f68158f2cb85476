/* One message from bytes to verdict: read, hold against the rules, decide, and tell each stage when
   asked to. */
#include <string.h>

#include "decide/trace.h"
#include "secrets/secrets.h"

#define ASKED_BYTES 256 /* the rest comes by itself */

/* The message's language if sure and spoken by the pack (*own), else the conversation's, else the
   first. */
static struct hl_str language(bool *own, const struct hl_case *c)
{
	const struct hl_names *langs = &c->rules->pack.langs;
	const struct hl_str wishes[] = {c->utterance->lang_sure ? c->utterance->lang : HL_NONE,
					c->query->lang};
	for (size_t w = 0; w < 2; w++)
		for (size_t i = 0; wishes[w].len && i < langs->n; i++)
			if (hl_str_eq(langs->v[i], wishes[w])) {
				*own = w == 0;
				return langs->v[i];
			}
	*own = false;
	return langs->n ? langs->v[0] : HL_NONE;
}

/* Words of the message; secrets in it are found first and are then one word that no rule matches.
 */
static int read_message(struct hl_verdict *out, struct hl_case *c, struct hl_utterance *utterance)
{
	struct hl_arena *turn = &c->scratch->turn;
	struct hl_str text = c->query->text;
	struct hl_secrets secrets;
	int rc = hl_utterance_read(utterance, turn, text, NULL, 0);
	if (rc == HL_OK)
		rc = hl_secrets_find(&secrets, turn, utterance, &c->rules->pack.masked, NULL, 0);
	if (rc != HL_OK)
		return rc;
	if (secrets.n)
		rc = hl_utterance_read(utterance, turn, text, secrets.v, secrets.n);
	bool as_it_is = !secrets.n && !utterance->normal.source; /* then it is good UTF-8 */
	if (as_it_is)
		out->stored = text;
	else if (rc == HL_OK)
		rc = hl_secrets_stored(&out->stored, turn, text, secrets.v, secrets.n);
	out->redacted = secrets.v;
	out->n_redacted = secrets.n;
	out->wallet_secret = secrets.wallet;
	out->normal = utterance->normal.text;
	return rc;
}

/* The text is asked for at once, while all else is made ready: a message just come is seldom near.
 */
static inline void ask_for(struct hl_str text)
{
	for (size_t at = 0; at < text.len && at < ASKED_BYTES; at += 64)
		__builtin_prefetch(text.ptr + at);
}

int hl_classify_said(struct hl_verdict *out, struct hl_utterance *said, struct hl_scratch *scratch,
		     const struct hl_ruleset *rules, const struct hl_query *query)
{
	struct hl_case c HL_UNCLEARED; /* each stage fills its part */
	c.scratch = scratch;
	c.rules = rules;
	c.query = query;
	c.utterance = said;
	if (query->text.len > HL_TEXT_BYTES_MAX)
		return HL_LIMIT;
	ask_for(query->text);
	hl_scratch_begin(scratch);
	memset(out, 0, sizeof *out);
	int rc = read_message(out, &c, said);
	if (rc != HL_OK)
		return rc;
	c.lang = language(&out->lang_sure, &c);
	out->lang = c.lang;
	rc = hl_reading_make(&c.reading, scratch, rules, said);
	if (rc == HL_OK)
		rc = hl_classify_rules(&c.findings, &c.reading, query, c.lang);
	if (rc == HL_OK)
		rc = hl_opinion_form(&c.opinion, &c.reading, query, c.lang);
	if (rc == HL_OK)
		rc = hl_decide(out, &c);
	if (rc == HL_OK && query->trace)
		rc = hl_trace_write(out, &c);
	return rc;
}

int hl_classify(struct hl_verdict *out, struct hl_scratch *scratch, const struct hl_ruleset *rules,
		const struct hl_query *query)
{
	struct hl_utterance said;
	return hl_classify_said(out, &said, scratch, rules, query);
}
