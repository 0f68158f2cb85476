/*
 * secrets.h: what a customer should never have typed, and what only the customer's own agent may
 * see.
 *
 * Found before anything is stored, logged, learnt or shown. To the matcher a found span is one word
 * that no rule matches; in what is stored it is a placeholder. Addresses, transaction hashes, order
 * numbers and amounts stay.
 */
#ifndef HL_SECRETS_H
#define HL_SECRETS_H

#include "text/text.h"

#define HL_SECRETS_RECENT_MAX                                                                      \
	11 /* earlier messages looked at; of more, the latest: with the new                        \
	      one as many as a phrase's words, each sent alone */
#define HL_SECRETS_RECENT_BYTES 8192 /* of them together */

/* An earlier message of the same customer, still within the minute, as it was typed. */
struct hl_secrets_recent {
	struct hl_str text;
	bool clean; /* surely nothing was found in it, alone or beside others; false: not known */
};
/* What became of it. */
struct hl_secrets_earlier {
	const struct hl_redacted *v; /* all its spans, those that only this message revealed too */
	size_t n;
	bool changed; /* it holds more than was found when it came: rewrite what was stored */
};
struct hl_secrets {
	const struct hl_redacted *v; /* spans of the original, in order, not overlapping */
	size_t n;
	bool wallet;	 /* a seed phrase or a private key: fixed warning, security team */
	bool by_earlier; /* some of it is a secret only after the earlier messages */
	/* As `recent`, from its last ones; none where this message cannot change what they hold. */
	const struct hl_secrets_earlier *earlier;
	size_t n_earlier;
};

/* Looks through `plain`, a message read without redactions. `masked`: the pack's, NULL for none.
   `recent`: the same customer's messages of the last minute, oldest first, to see a seed phrase
   sent in pieces; they are read again only where something in this message may concern them. When
   nothing is found the utterance can be used as it is, else read it again with the spans. Lives in
   `arena`. HL_OK, HL_NOMEM. */
int hl_secrets_find(struct hl_secrets *out, struct hl_arena *arena,
		    const struct hl_utterance *plain, const struct hl_masked *masked,
		    const struct hl_secrets_recent *recent, size_t n_recent);

/* The text as it may be stored: checked UTF-8 (bad pieces as U+FFFD), each span as its placeholder
   `[card]` or, masked, as `***4242`. `text` itself when nothing has to change. Lives in `arena`.
   HL_OK, HL_NOMEM. */
int hl_secrets_stored(struct hl_str *out, struct hl_arena *arena, struct hl_str text,
		      const struct hl_redacted *redacted, size_t n_redacted);

/* A value that the app told beside the conversation (the page, what failed), as it may be stored:
   its secrets as placeholders. An address that holds one loses its percent signs too. Lives in
   `arena` or is `value`. HL_OK, HL_NOMEM. */
int hl_secrets_clean(struct hl_str *out, struct hl_arena *arena, struct hl_str value);

#endif
