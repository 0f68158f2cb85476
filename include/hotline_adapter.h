/*
 * hotline_adapter.h: the interfaces of the outside. The host (adapters/host) speaks to the world
 * only through these; each has at least two implementations and one conformance suite
 * (tests/adapters).
 *
 * Common rules. All calls are made on the loop's thread. A completion is called exactly once, on
 * the loop's thread, never from inside the call that asked for it. Views handed in are read only
 * during the call; views handed to a completion live only during the completion. An adapter never
 * calls back into the host but through the listener it was given.
 */
#ifndef HOTLINE_ADAPTER_H
#define HOTLINE_ADAPTER_H

#include "hotline.h"

/* ------------------------------------------------------------------ store: the durable log */

enum hl_store_result {
	HL_STORE_OK,
	HL_STORE_DUP, /* the cid is known with the same digest: seq, note_seq, at_ms are the first's
		       */
	HL_STORE_ID_REUSED, /* the cid is known with another digest; nothing was written */
	HL_STORE_CONFLICT,  /* the conversation has moved on; nothing was written */
	HL_STORE_NOT_FOUND,
	HL_STORE_BUSY,	/* too much gathered; nothing was written; ask again later */
	HL_STORE_FULL,	/* no room; nothing was written; reads go on */
	HL_STORE_FAILED /* I/O error: unknown whether written; the store is dead, stop acking */
};

/* An entry as stored: its keys and the JSON object a socket gets, without "conv"
 * ({"t":"ev","seq":…}). */
struct hl_stored {
	uint64_t seq;	   /* 0 for a note */
	uint64_t note_seq; /* 0 unless a note */
	uint64_t after;
	int64_t at_ms;
	struct hl_str body;
};
struct hl_append {
	struct hl_str conv;
	uint64_t expected_seq, expected_note_seq; /* both 0: the conversation must not exist yet */
	struct hl_str author; /* author of the cid: "" the customer, "agent:mei" */
	struct hl_str cid;    /* empty: none */
	uint8_t digest[16];
	const struct hl_stored *entries; /* at least one */
	size_t n_entries;
	const struct hl_stored *rewrites; /* redactions: same seq, new body */
	size_t n_rewrites;
	struct hl_str snapshot;
	struct hl_row row;
	int64_t due_ms;	     /* 0: never */
	struct hl_str audit; /* one JSON line; empty: none */
};
struct hl_append_done {
	enum hl_store_result result;
	uint64_t seq, note_seq; /* DUP: of the first */
	int64_t at_ms;		/* DUP: of the first */
};
struct hl_loaded {
	enum hl_store_result result; /* OK, NOT_FOUND, FAILED */
	struct hl_str conv, snapshot;
	uint64_t seq, note_seq;
	int64_t due_ms;
};
struct hl_page {
	enum hl_store_result result; /* OK, NOT_FOUND, FAILED */
	const struct hl_stored
		*v; /* by seq; notes (when asked for) right after the seq they follow */
	size_t n;
	bool more;
};
struct hl_rows_page {
	enum hl_store_result result;
	const struct hl_row *v;
	size_t n;
	bool more; /* ask again from the last conv */
};
struct hl_account {
	struct hl_str name, display, hash; /* hash: libsodium's argon2id string */
	struct hl_names teams, langs, roles;
	unsigned capacity; /* 0: HL_CAPACITY_DEFAULT */
	bool disabled;
	int64_t changed_ms; /* sessions older than this are dead */
};
struct hl_accounts_page {
	enum hl_store_result result;
	const struct hl_account *v;
	size_t n;
};
struct hl_session { /* an agent's signed-in session; the token itself is never stored */
	uint8_t token_hash[32];
	struct hl_str account;
	int64_t created_ms, expires_ms;
};
struct hl_session_found {
	enum hl_store_result result;
	struct hl_session session;
};

typedef void hl_append_fn(void *arg, const struct hl_append_done *done);
typedef void hl_loaded_fn(void *arg, const struct hl_loaded *loaded);
typedef void hl_page_fn(void *arg, const struct hl_page *page);
typedef void hl_rows_fn(void *arg, const struct hl_rows_page *page);
typedef void hl_accounts_fn(void *arg, const struct hl_accounts_page *page);
typedef void hl_session_fn(void *arg, const struct hl_session_found *found);
typedef void hl_done_fn(void *arg, enum hl_store_result result);

struct hl_store {
	const struct hl_store_ops *ops; /* first member of each implementation's struct */
};
struct hl_store_ops {
	/* One transaction, in this order: a known cid → DUP or ID_REUSED; another last seq or
	   note_seq → CONFLICT; then everything together. OK only when durable. Copies what it needs
	   before it returns. Results: all. */
	void (*append)(struct hl_store *store, const struct hl_append *req, hl_append_fn *done,
		       void *arg);
	/* Confirms a state without writing: OK when seq and note_seq are the conversation's and the
	   cid (if any) is unknown; DUP, ID_REUSED, CONFLICT, NOT_FOUND, FAILED otherwise, BUSY like
	   append. Ordered behind earlier appends. */
	void (*check)(struct hl_store *store, struct hl_str conv, uint64_t seq, uint64_t note_seq,
		      struct hl_str author, struct hl_str cid, const uint8_t digest[16],
		      hl_append_fn *done, void *arg);
	/* State and seq in one read. */
	void (*load)(struct hl_store *store, struct hl_str conv, hl_loaded_fn *done, void *arg);
	/* Entries with seq > after_seq, at most `limit` and about 256 KiB a page; with `notes`,
	   also notes with note_seq > after_note_seq. */
	void (*read)(struct hl_store *store, struct hl_str conv, uint64_t after_seq,
		     uint64_t after_note_seq, bool notes, size_t limit, hl_page_fn *done,
		     void *arg);
	/* Rows in the given states (bit 1 << state), by conv, after `after`. */
	void (*rows)(struct hl_store *store, unsigned states, struct hl_str after, size_t limit,
		     hl_rows_fn *done, void *arg);
	/* Conversations due at or before now_ms, earliest first. */
	void (*due)(struct hl_store *store, int64_t now_ms, size_t limit, hl_rows_fn *done,
		    void *arg);
	/* The open conversation of a signed user: load's result; NOT_FOUND when there is none. */
	void (*open_of)(struct hl_store *store, struct hl_str user, hl_loaded_fn *done, void *arg);
	/* Accounts: all (name empty) or one. */
	void (*accounts)(struct hl_store *store, struct hl_str name, hl_accounts_fn *done,
			 void *arg);
	void (*account_put)(struct hl_store *store, const struct hl_account *account,
			    hl_done_fn *done, void *arg);
	void (*session_put)(struct hl_store *store, const struct hl_session *session,
			    hl_done_fn *done, void *arg);
	void (*session_get)(struct hl_store *store, const uint8_t token_hash[32],
			    hl_session_fn *done, void *arg);
	void (*session_drop)(struct hl_store *store, const uint8_t token_hash[32], hl_done_fn *done,
			     void *arg);
	/* Bytes free on the store's medium, without waiting; UINT64_MAX when there is no limit. */
	uint64_t (*room)(struct hl_store *store);
	/* Refuses new work, finishes what was accepted, then calls done. */
	void (*close)(struct hl_store *store, hl_done_fn *done, void *arg);
	/* After close is done. NULL is fine. */
	void (*free)(struct hl_store *store);
};

/* ------------------------------------------------------------------ clock */

/* Wall clock at start plus monotonic since; now_ms never goes back. */
struct hl_clock {
	const struct hl_clock_ops *ops;
};
struct hl_clock_ops {
	int64_t (*now_ms)(struct hl_clock *clock);
	/* One deadline; arming replaces it; 0 disarms. `fire` is called once, on the loop's thread,
	 * not before at_ms. */
	void (*arm)(struct hl_clock *clock, int64_t at_ms, void (*fire)(void *arg), void *arg);
};

/* ------------------------------------------------------------------ channel: peers that speak
 * frames */

/* A peer is one connection, named by slot and generation, never by pointer. */
struct hl_peer {
	uint32_t slot, generation;
};
enum hl_peer_role { HL_PEER_CUSTOMER, HL_PEER_AGENT };
enum hl_bye { HL_BYE_DRAIN, HL_BYE_REPLACED, HL_BYE_SLOW, HL_BYE_IDLE };

/* Host → channel. Implemented by channel_ws and by the tests' scripted channel. */
struct hl_channel {
	const struct hl_channel_ops *ops;
};
struct hl_channel_ops {
	/* Queues one frame (a JSON text, copied). False when the peer is gone or over its buffer
	   (it is then closed as slow); the host forgets it and the client resumes by seq. */
	bool (*send)(struct hl_channel *channel, struct hl_peer peer, struct hl_str frame);
	/* Bytes not yet written: replay waits while this is above the channel's page size. */
	size_t (*pending)(struct hl_channel *channel, struct hl_peer peer);
	/* Sends what is queued, then closes with this WebSocket status. */
	void (*close)(struct hl_channel *channel, struct hl_peer peer, uint16_t status);
	/* Stops or goes on reading from this peer (store busy, flood). */
	void (*pause)(struct hl_channel *channel, struct hl_peer peer, bool paused);
};
/* Channel → host: what the host gives each channel. */
struct hl_channel_listener {
	/* A connection after the upgrade. `account`: of a valid session cookie, else empty. False
	 * refuses it (full, draining). */
	bool (*opened)(void *arg, struct hl_channel *channel, struct hl_peer peer,
		       enum hl_peer_role role, struct hl_str account);
	/* One whole text frame, valid UTF-8, within the size limit; may be changed in place by the
	 * host. */
	void (*frame)(void *arg, struct hl_peer peer, struct hl_str text);
	void (*writable)(void *arg, struct hl_peer peer); /* what was pending has drained */
	void (*closed)(void *arg, struct hl_peer peer);
};

/* ------------------------------------------------------------------ bus: wake-ups between nodes */

/* Carries "conversation X has moved to seq N" to other nodes, after the commit; may lose, never
   invents. One process: the null bus. */
struct hl_bus {
	const struct hl_bus_ops *ops;
};
struct hl_bus_ops {
	void (*moved)(struct hl_bus *bus, struct hl_str conv, uint64_t seq, uint64_t note_seq);
};
#endif
