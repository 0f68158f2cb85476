/*
 * wire.h: frames of `hotline.chat.v1` and `hotline.agent.v1` as values and back. PROTOCOL.md beside
 * this file is the contract.
 *
 * Knows JSON and the names on the wire; no peer, no conversation, no clock.
 */
#ifndef HL_WIRE_H
#define HL_WIRE_H

#include "hotline_adapter.h"
#include "hotline_desk.h"

#define HL_WIRE_IN_MAX 16384  /* bytes of a client's frame */
#define HL_WIRE_OUT_MAX 65536 /* bytes of a server's frame */
#define HL_WIRE_DEPTH_MAX 16
#define HL_WIRE_CONTEXT_MAX 32 /* pairs of `context` */
#define HL_WIRE_KEY_MAX 64     /* bytes of a context's name */
#define HL_WIRE_VALUE_MAX 2048 /* bytes of a context's value, a page's url or title */
#define HL_WIRE_TAGS_MAX 16

/* ------------------------------------------------------------------ what clients say */

enum hl_wire_type {
	/* both */
	HL_WIRE_HELLO,
	HL_WIRE_SEND,
	HL_WIRE_READ,
	HL_WIRE_TYPING,
	HL_WIRE_PING,
	/* the customer */
	HL_WIRE_HUMAN,
	HL_WIRE_END,
	HL_WIRE_RATE,
	/* the agent */
	HL_WIRE_PRESENCE,
	HL_WIRE_ACCEPT,
	HL_WIRE_DECLINE,
	HL_WIRE_TAKE,
	HL_WIRE_OPEN,
	HL_WIRE_LEAVE,
	HL_WIRE_NOTE,
	HL_WIRE_TRANSFER,
	HL_WIRE_RESOLVE,
	HL_WIRE_TO_BOT,
	HL_WIRE_QUEUE,
	HL_WIRE_TYPE_COUNT
};

/* A decoded frame. Views live until hl_wire_frame_deinit. A field the type does not have, or that
   was left out, is empty or 0. */
struct hl_wire_frame {
	enum hl_wire_type type;
	struct hl_str cid, conv, text;
	struct hl_str choice;		   /* SEND of a customer: then text is empty */
	struct hl_str resume, token, lang; /* HELLO */
	struct hl_attr context[HL_WIRE_CONTEXT_MAX + 2]; /* HELLO: page.url, page.title, the rest */
	size_t n_context;
	struct hl_str offer, team, agent, outcome, solved, comment, why;
	struct hl_str tags[HL_WIRE_TAGS_MAX];
	size_t n_tags;
	uint64_t seq, last_seq, last_note_seq;
	int64_t n; /* PING */
	bool has_n, on;
	int score;
	enum hl_presence presence;
	void *tree; /* owns the views */
};

/* Decodes one text frame. HL_CODE_OK; BAD_FRAME (no JSON object, too deep, doubled keys, wrong
   types, a needed field missing), UNKNOWN_TYPE, TOO_LARGE (frame or text). *out is always to be
   deinit'ed; on an error only `cid` and `conv` are of use, and only when they were well formed. */
enum hl_code hl_wire_decode(struct hl_wire_frame *out, enum hl_peer_role role, struct hl_str text);
void hl_wire_frame_deinit(struct hl_wire_frame *frame); /* twice is fine */
/* The constant name of a type: "send". */
const char *hl_wire_type_name(enum hl_wire_type type);
/* Decodes {"text":"…"} of POST /v1/classify: OK, BAD_FRAME, TOO_LARGE. `text` and `lang` are set.
 */
enum hl_code hl_wire_decode_classify(struct hl_wire_frame *out, struct hl_str body);

/* ------------------------------------------------------------------ a JSON writer */

/* Grows as needed; a failed allocation is remembered and everything after it does nothing. */
struct hl_wire_out {
	char *ptr;
	size_t len, room;
	bool failed;
	bool comma; /* the next member needs one */
};
void hl_wire_out_init(struct hl_wire_out *out);
void hl_wire_out_deinit(struct hl_wire_out *out); /* twice is fine */
void hl_wire_out_clear(struct hl_wire_out *out);  /* keeps the memory and the failure */
struct hl_str hl_wire_out_str(const struct hl_wire_out *out);

/* Members; `key` NULL inside an array. Strings must be UTF-8; control characters are escaped. */
void hl_wire_object(struct hl_wire_out *out, const char *key);
void hl_wire_object_end(struct hl_wire_out *out);
void hl_wire_array(struct hl_wire_out *out, const char *key);
void hl_wire_array_end(struct hl_wire_out *out);
void hl_wire_str(struct hl_wire_out *out, const char *key, struct hl_str value);
void hl_wire_opt(struct hl_wire_out *out, const char *key, struct hl_str value); /* unless empty */
void hl_wire_cstr(struct hl_wire_out *out, const char *key, const char *value);
void hl_wire_uint(struct hl_wire_out *out, const char *key, uint64_t value);
void hl_wire_int(struct hl_wire_out *out, const char *key, int64_t value);
void hl_wire_bool(struct hl_wire_out *out, const char *key, bool value);
void hl_wire_score(struct hl_wire_out *out, const char *key, double value); /* 0..1, 4 places */
void hl_wire_time(struct hl_wire_out *out, const char *key, int64_t at_ms); /* RFC 3339 UTC, ms */
void hl_wire_names(struct hl_wire_out *out, const char *key, struct hl_names names);
/* One member whose name comes from outside too. */
void hl_wire_attr(struct hl_wire_out *out, const struct hl_attr *attr);
/* An object of name: value. Of a doubled name the first counts: what comes later may be a
 * stranger's. */
void hl_wire_attrs(struct hl_wire_out *out, const char *key, const struct hl_attr *v, size_t n);
/* Bytes as they are: JSON that is already written, or text outside of JSON. */
void hl_wire_raw(struct hl_wire_out *out, struct hl_str bytes);

#define HL_WIRE_TIME_LEN 24
/* "2026-11-22T01:15:00.000Z"; times outside 1970..9999 are clamped. Writes HL_WIRE_TIME_LEN bytes.
 */
void hl_wire_time_format(char out[HL_WIRE_TIME_LEN], int64_t at_ms);

/* ------------------------------------------------------------------ what the server says */

/* Each appends one whole frame to `out` (clear it before). */

/* The stored body of an entry: the `ev` without "conv". */
void hl_wire_ev(struct hl_wire_out *out, const struct hl_entry *entry);
/* A stored body as an agent's socket gets it: with "conv". */
void hl_wire_ev_agent(struct hl_wire_out *out, struct hl_str conv, struct hl_str body);

/* A stored body as one readable line of a transcript, with its line feed. */
void hl_wire_ev_text(struct hl_wire_out *out, struct hl_str body);

struct hl_wire_ack {
	struct hl_str cid, conv; /* conv: agents only */
	uint64_t seq, note_seq;	 /* one of them */
	int64_t at_ms;
	struct hl_str text; /* as stored, when that is not what was sent; may be empty */
};
void hl_wire_ack(struct hl_wire_out *out, const struct hl_wire_ack *ack);
struct hl_wire_error {
	enum hl_code code;
	struct hl_str cid, conv; /* may be empty */
	int64_t retry_after_ms;	 /* 0: left out */
};
void hl_wire_error(struct hl_wire_out *out, const struct hl_wire_error *error);
void hl_wire_bye(struct hl_wire_out *out, enum hl_bye reason, int64_t retry_ms);
void hl_wire_pong(struct hl_wire_out *out, bool has_n, int64_t n);
void hl_wire_typing(struct hl_wire_out *out, struct hl_str conv, enum hl_role by, bool on);
void hl_wire_read(struct hl_wire_out *out, struct hl_str conv, enum hl_role by, uint64_t seq);

struct hl_wire_welcome {
	struct hl_str conv, resume, lang;
	uint64_t seq;
	enum hl_state state;
	const struct hl_greeting *greeting; /* NULL: left out */
};
void hl_wire_welcome(struct hl_wire_out *out, const struct hl_wire_welcome *welcome);
struct hl_wire_card { /* the customer's place in the queue */
	struct hl_position position;
	const struct hl_button *actions;
	size_t n_actions;
};
void hl_wire_card(struct hl_wire_out *out, const struct hl_wire_card *card);

void hl_wire_agent(struct hl_wire_out *out, const char *key, const struct hl_account *account);
/* A row as in `mine` (owner's view) or in `items` of the queue. */
void hl_wire_mine_item(struct hl_wire_out *out, const struct hl_row *row);
void hl_wire_queue_item(struct hl_wire_out *out, const struct hl_row *row);
struct hl_wire_offer {
	struct hl_str offer;
	int64_t expires_ms, waited_ms; /* from now; so far */
	const struct hl_row *row;
	const struct hl_view *view;
};
void hl_wire_offer(struct hl_wire_out *out, const struct hl_wire_offer *offer);
void hl_wire_offer_gone(struct hl_wire_out *out, struct hl_str conv, struct hl_str offer,
			const char *why);
/* The head of a transcript. */
void hl_wire_conv(struct hl_wire_out *out, const struct hl_view *view);

#endif
