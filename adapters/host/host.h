/*
 * host.h: the heart of the server. An event comes in by a channel, is stepped by the engine, is
 * appended to the store, and only then spoken of: to its sender, to everybody else who follows the
 * conversation, to the desk.
 *
 * It knows the interfaces of hotline_adapter.h, the engine of hotline.h and the wire, and no
 * socket, file, thread, clock or random number of its own. Everything is called on the loop's
 * thread. A completion given to the host is called exactly once and never from inside the call that
 * took it, unless the function says otherwise.
 */
#ifndef HL_HOST_H
#define HL_HOST_H

#include "hotline_adapter.h"
#include "hotline_desk.h"

#define HL_HOST_ID_MAX 32      /* bytes of a fresh id */
#define HL_HOST_RESUME_MAX 160 /* bytes of a resume token */
#define HL_HOST_TOKEN_MAX 64   /* bytes of a session token */

struct hl_host;
struct hl_host_port;

/* ------------------------------------------------------------------ what is handed in */

struct hl_host_claims {	    /* what a customer's signed token says; lives until the next call */
	struct hl_str user; /* never empty */
	struct hl_str name; /* may be empty */
	const struct hl_attr *attrs;
	size_t n_attrs;
};
/* Secrets and chance, kept outside so that tests are exact. All calls answer at once. */
struct hl_host_auth {
	void *arg;
	/* A fresh 128-bit id in [0-9A-Za-z]; writes at most HL_HOST_ID_MAX bytes, returns how many.
	   Never 0. */
	size_t (*new_id)(void *arg, char out[HL_HOST_ID_MAX]);
	/* A fresh session token of 256 bits; at most HL_HOST_TOKEN_MAX bytes. Never 0. */
	size_t (*new_token)(void *arg, char out[HL_HOST_TOKEN_MAX]);
	/* What is stored of a session token. */
	void (*token_hash)(void *arg, uint8_t out[32], struct hl_str token);
	/* Keyed digest of a send's type and raw fields. */
	void (*digest)(void *arg, uint8_t out[16], struct hl_str bytes);
	/* The resume token of a conversation: constant for its life. At most HL_HOST_RESUME_MAX
	   bytes. */
	size_t (*resume_make)(void *arg, char out[HL_HOST_RESUME_MAX], struct hl_str conv);
	/* The conversation a resume token speaks of (a view into it); false when it is not ours. */
	bool (*resume_open)(void *arg, struct hl_str *conv, struct hl_str resume);
	/* Checks a customer's signed token against the wall clock. False: unauthorized, whatever
	   the reason. NULL: no keys are configured, every token is refused. */
	bool (*customer)(void *arg, struct hl_host_claims *out, struct hl_str token);
};

enum hl_host_level { HL_HOST_INFO, HL_HOST_WARN, HL_HOST_ERROR };
/* One happening worth a log line. `what` is a constant; conv and account may be empty. Never a
   message's text, never a token. */
typedef void hl_host_log_fn(void *arg, enum hl_host_level level, const char *what,
			    struct hl_str conv, struct hl_str account);

struct hl_host_config {
	struct hl_store *store;		 /* all pointers outlive the host; only bus, log and */
	struct hl_clock *clock;		 /* may be NULL */
	struct hl_bus *bus;		 /* NULL: one process */
	const struct hl_host_auth *auth; /* copied */
	struct hl_ruleset *rules;	 /* the host takes a reference of its own */
	struct hl_desk_config desk;
	/* each 0: the default in brackets */
	unsigned sends_per_s, sends_burst;     /* per socket [5, 10] */
	unsigned signals_per_s, signals_burst; /* typing, read, ping, queue, open [20, 40] */
	unsigned sockets_per_conversation;     /* [5] */
	unsigned sockets;		       /* in all [65,536]; past it `opened` says no */
	int64_t hello_ms;		       /* first frame after the upgrade [10,000] */
	int64_t sweep_ms;		       /* what is due, what other nodes changed [30,000] */
	int64_t linger_ms;  /* an unwatched, settled conversation leaves memory after [60,000] */
	int64_t session_ms; /* life of an agent's session [12 h] */
	uint64_t low_water; /* bytes; with less room in the store, customers get `busy` [64 MiB] */
	hl_host_log_fn *log;
	void *log_arg;
};

/* Counters since the start and gauges of now; read them whenever wanted. */
struct hl_host_stats {
	uint64_t frames_in, frames_out;
	uint64_t errors[HL_CODE_COUNT]; /* error frames sent, by code */
	uint64_t steps, commits, entries, conflicts, dups, retries_given_up;
	uint64_t decisions[4]; /* of customers' messages, by hl_decision */
	uint64_t limit_hits;   /* messages on which the matcher met a work limit */
	uint64_t handoffs[5];  /* by hl_reason */
	uint64_t offers, offers_gone, takes, closed;
	uint64_t replaced, slow, hello_timeouts, bad_frames;
	uint64_t append_ms_sum, append_ms_max; /* from append to durable */
	size_t customers, agents;	       /* sockets after their hello */
	size_t pending_hello;		       /* sockets before it */
	size_t live;			       /* conversations in memory */
	size_t queued, human;		       /* conversations the desk holds */
};

/* ------------------------------------------------------------------ life */

/* A host over the given parts. It begins to load accounts and the desk's conversations at once;
   until that is done hl_host_ready says no, and agents' hellos get `busy`. HL_OK, HL_NOMEM. */
int hl_host_new(struct hl_host **out, const struct hl_host_config *config);
/* NULL is fine; always NULL. Forgets its peers without a word and never waits: close the channels
   first, and call it only when the store owes it no completion (after store->close is done). */
struct hl_host *hl_host_free(struct hl_host *host);

/* The channel's way in. One port a channel; it lives as long as the host. Pass `*arg` to every
   function of the listener. HL_OK, HL_NOMEM.
   Of `opened`: `account` is only believed for HL_PEER_AGENT, and may be left empty; the usual way
   is hl_host_peer_token right after. */
int hl_host_port_new(struct hl_host_port **arg, const struct hl_channel_listener **listener,
		     struct hl_host *host, struct hl_channel *channel);
/* The value of the session cookie that came with an agent's upgrade: serves when the hello brings
   no token. Copied; longer than HL_HOST_TOKEN_MAX is ignored. */
void hl_host_peer_token(struct hl_host_port *port, struct hl_peer peer, struct hl_str token);

/* New rules from now on (takes a reference of its own). Forms under way end on theirs while it is
   one of the last three. */
void hl_host_reload(struct hl_host *host, struct hl_ruleset *rules);

/* Refuses new sockets, says `bye` drain to all with a spread of 0..10 s, closes them, and finishes
   what was accepted. `drained` is called when no append is under way; it may come from inside this
   call when nothing was. Then close the store. */
void hl_host_drain(struct hl_host *host, void (*drained)(void *arg), void *arg);

/* Another node has moved this conversation. */
void hl_host_moved(struct hl_host *host, struct hl_str conv, uint64_t seq, uint64_t note_seq);
/* Accounts were changed in the store: read them again; sockets and sessions of those disabled or
   changed die. */
void hl_host_accounts_changed(struct hl_host *host);

/* True when customers and agents are served. Else *why is a constant sentence. */
bool hl_host_ready(const struct hl_host *host, const char **why);
/* True when the store has failed for good: the process should end with an error. */
bool hl_host_dead(const struct hl_host *host);
/* The counters as they stand; lives as long as the host. */
const struct hl_host_stats *hl_host_stats(struct hl_host *host);

/* ------------------------------------------------------------------ what HTTP needs */

/* An account as last read; NULL when there is none or it is disabled. Lives until the loop is
   reached again. Passwords are checked by the caller, off the loop, against `hash`. */
const struct hl_account *hl_host_account(const struct hl_host *host, struct hl_str name);

struct hl_host_login {
	enum hl_code code;   /* OK, BUSY (the store refused), UNAUTHORIZED (no such account) */
	struct hl_str token; /* to be handed out once; only its hash is stored */
	int64_t expires_ms;
	struct hl_str answer; /* the JSON body of the protocol: token, expires, agent */
};
typedef void hl_host_login_fn(void *arg, const struct hl_host_login *login);
/* Begins a session for an account whose password has been checked. */
void hl_host_login(struct hl_host *host, struct hl_str account, hl_host_login_fn *done, void *arg);

/* Ends a session here and in the store; its sockets close. An unknown token is done too. */
void hl_host_logout(struct hl_host *host, struct hl_str token, hl_done_fn *done, void *arg);

/* Whose session this is: NULL when it is unknown, over, or its account disabled or changed since.
 */
typedef void hl_host_session_fn(void *arg, const struct hl_account *account);
void hl_host_session(struct hl_host *host, struct hl_str token, hl_host_session_fn *done,
		     void *arg);
/* Whether an account has a role ("agent", "author"). */
bool hl_host_has_role(const struct hl_account *account, struct hl_str role);

enum hl_host_format { HL_HOST_JSON, HL_HOST_TXT };
/* One piece of a transcript, in order; the last has `last` set and no bytes. code is OK, NOT_FOUND
   (also for what the account may not see) or BUSY (the store failed on the way), and is never
   NOT_FOUND after a piece with bytes. */
struct hl_host_piece {
	enum hl_code code;
	struct hl_str bytes;
	bool last;
};
typedef void hl_host_piece_fn(void *arg, const struct hl_host_piece *piece);
/* The conversation as an agent may read it. `done` is called several times; it is told `last` once.
 */
void hl_host_transcript(struct hl_host *host, struct hl_str account, struct hl_str conv,
			enum hl_host_format format, hl_host_piece_fn *done, void *arg);

/* Classifies the text of {"text":"…"} with the rules in force and writes the answer's JSON as a
   heap string the caller frees. HL_OK; HL_REFUSED when the body is not what it should be (nothing
   is written); HL_LIMIT when the text is too long; HL_NOMEM. At once. */
int hl_host_classify(char **out, struct hl_host *host, struct hl_str body);

#endif
