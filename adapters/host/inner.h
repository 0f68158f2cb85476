/*
 * inner.h: what the host's files share. The objects: a socket (one peer), a live conversation, a
 * job (one event on its way to the log), a subscription (one socket following one conversation), a
 * staff member (one account with its sockets). Each file owns the verbs of one of them.
 *
 * Life: a socket and a live conversation are counted, because completions of the store point at
 * them; everything else has one owner.
 */
#ifndef HL_HOST_INNER_H
#define HL_HOST_INNER_H

#include "host/host.h"
#include "wire/wire.h"

#define HL_HELD_MAX 16	      /* frames or events that wait for one thing; then `busy` */
#define HL_TRIES_MAX 3	      /* steps of one event before `busy` */
#define HL_PAGE_ENTRIES 64    /* of a replay's read */
#define HL_PAGE_PENDING 65536 /* a replay waits while more than this is unsent */
#define HL_RULES_KEPT 3	      /* sets a form may end on */
#define HL_CONV_ID_MAX 64
#define HL_WINDOW_MAX 100 /* conversations of the queue a socket is shown at once */

enum hl_close {
	HL_CLOSE_NORMAL = 1000,
	HL_CLOSE_GOING = 1001,
	HL_CLOSE_POLICY = 1008,
	HL_CLOSE_FAULT = 1011,
	HL_CLOSE_LATER = 1013
};

/* ------------------------------------------------------------------ timers */

struct hl_timer {
	int64_t at_ms;
	size_t place; /* in the heap, from 1; 0: not armed */
	void (*fire)(struct hl_host *host, struct hl_timer *timer);
};
/* Arms or moves; at_ms 0 disarms. When memory is short the timer stays unarmed. */
void hl_timer_set(struct hl_host *host, struct hl_timer *timer, int64_t at_ms);
/* Fires what is due, then arms the clock for the next. */
void hl_timer_run(struct hl_host *host);
#define HL_OWNER(type, member, timer) ((type *)(void *)((char *)(timer)-offsetof(type, member)))

/* ------------------------------------------------------------------ sockets */

enum hl_phase { HL_PHASE_HELLO, HL_PHASE_LOOKING, HL_PHASE_READY, HL_PHASE_GONE };
struct hl_bucket {
	int64_t at_ms;
	int64_t milli; /* thousandths of a token */
};
struct hl_held { /* a frame that came before the welcome */
	struct hl_held *next;
	struct hl_wire_frame frame;
};
struct hl_shown { /* a queued conversation a socket has been shown */
	char conv[HL_CONV_ID_MAX];
	size_t len;
	uint64_t seq;
};
struct hl_socket {
	struct hl_host *host;
	struct hl_host_port *port;
	struct hl_peer peer;
	enum hl_peer_role role;
	enum hl_phase phase;
	unsigned refs;	 /* the table's and every completion's */
	uint64_t number; /* in order of arrival */
	struct hl_timer hello, unpause;
	struct hl_bucket sends, signals;
	int64_t bad_at[2], flood_at;
	unsigned flood;
	char cookie[HL_HOST_TOKEN_MAX];
	size_t cookie_len;
	struct hl_wire_frame *first; /* the hello being looked into; else NULL */
	struct hl_held *held;
	size_t n_held;
	struct hl_sub *subs;
	/* a customer's */
	char *user, *lang;		/* signed id; language of the hello; or NULL */
	struct hl_conversation *unborn; /* made of the hello, should it begin a conversation */
	char unborn_id[HL_CONV_ID_MAX];
	size_t unborn_len;
	/* an agent's */
	struct hl_staff *staff;
	struct hl_socket *next_of_staff;
	uint8_t token_hash[32];
	int64_t session_ends_ms;
	uint64_t version; /* of the queue */
	struct hl_shown *shown;
	size_t n_shown;
};
struct hl_host_port {
	struct hl_host_port *next;
	struct hl_host *host;
	struct hl_channel *channel;
	struct hl_socket **slots;
	size_t n_slots;
};

extern const struct hl_channel_listener hl_socket_listener;
struct hl_socket *hl_socket_ref(struct hl_socket *socket);
struct hl_socket *hl_socket_unref(struct hl_socket *socket); /* NULL is fine; always NULL */
/* The frame in host->out goes out; false when the socket is gone, now or before. */
bool hl_socket_send(struct hl_socket *socket);
void hl_socket_error(struct hl_socket *socket, enum hl_code code, struct hl_str conv,
		     struct hl_str cid, int64_t retry_after_ms);
/* An error about a frame: with its cid and, for an agent, its conv. */
void hl_socket_refuse(struct hl_socket *socket, const struct hl_wire_frame *frame,
		      enum hl_code code);
void hl_socket_close(struct hl_socket *socket, enum hl_close status);
void hl_socket_bye(struct hl_socket *socket, enum hl_bye why, int64_t retry_ms,
		   enum hl_close status);
void hl_socket_pause(struct hl_socket *socket, int64_t ms);
size_t hl_socket_pending(const struct hl_socket *socket);
/* The hello has been answered: frames held so far are handled. */
void hl_socket_ready(struct hl_socket *socket);
/* The hello was refused: another may follow. */
void hl_socket_again(struct hl_socket *socket);
/* Calls fn for every socket that is not gone; fn may close it. */
void hl_socket_each(struct hl_host *host, void (*fn)(struct hl_socket *socket, void *arg),
		    void *arg);
/* Forgets the ports and what they hold. */
void hl_socket_forget_all(struct hl_host *host);

void hl_customer_hello(struct hl_socket *socket);
void hl_customer_frame(struct hl_socket *socket, struct hl_wire_frame *frame);
void hl_agent_hello(struct hl_socket *socket);
/* A known session: welcome, queue, standing offers. */
void hl_agent_enter(struct hl_socket *socket, struct hl_staff *staff);
void hl_agent_frame(struct hl_socket *socket, struct hl_wire_frame *frame);

/* ------------------------------------------------------------------ live conversations */

struct hl_live;
struct hl_job;
struct hl_sub;
struct hl_staff;

typedef void hl_live_fn(struct hl_host *host, struct hl_live *live, enum hl_code code,
			struct hl_socket *socket, struct hl_wire_frame *frame);
struct hl_waiter { /* somebody who wants a conversation that is being loaded */
	struct hl_waiter *next;
	hl_live_fn *fn;
	struct hl_socket *socket;
	struct hl_wire_frame frame;
};
struct hl_live {
	struct hl_host *host;
	struct hl_live *chain;	     /* of the hash table */
	struct hl_live *prev, *next; /* of all */
	char id[HL_CONV_ID_MAX];
	size_t id_len;
	unsigned refs; /* the table's, subscriptions, jobs, waits, completions */
	bool loading, dropped;
	struct hl_conversation *conv; /* the committed state; NULL until loaded */
	struct hl_ruleset *rules;     /* of the form under way; else NULL */
	uint64_t seq, note_seq;
	struct hl_waiter *waits;
	size_t n_waits;
	struct hl_job *jobs; /* the first may be in flight */
	size_t n_jobs;
	bool flying, stale; /* stale: reload before the next step */
	struct hl_sub *subs;
	struct hl_timer due, linger;
	uint64_t due_seq; /* the assignment the deadline is of */
	int64_t card_ms;  /* when the last place in the queue was told */
	struct hl_position card;
	uint64_t customer_read, agent_read;
};

struct hl_str hl_live_id(const struct hl_live *live);
struct hl_live *hl_live_find(struct hl_host *host, struct hl_str id);
/* Calls fn with the conversation, at once when it is in memory, else when it is loaded; with NULL
   and a code (NOT_FOUND, BUSY) when that fails. The frame is moved and freed after fn; `socket` and
   `frame` may be NULL. */
void hl_live_want(struct hl_host *host, struct hl_str id, hl_live_fn *fn, struct hl_socket *socket,
		  struct hl_wire_frame *frame);
/* A conversation that nobody has stored yet. Takes `conv` when HL_OK; HL_NOMEM. */
int hl_live_new(struct hl_live **out, struct hl_host *host, struct hl_str id,
		struct hl_conversation *conv);
/* The unstored or open conversation of a signed user that is in memory; NULL when none is. */
struct hl_live *hl_live_of_user(struct hl_host *host, struct hl_str user);
struct hl_live *hl_live_ref(struct hl_live *live);
struct hl_live *hl_live_unref(struct hl_live *live); /* always NULL */
/* Adopts a committed state: seqs, deadline, the desk's row. Takes `conv`. */
void hl_live_adopt(struct hl_live *live, struct hl_conversation *conv, uint64_t seq,
		   uint64_t note_seq, int64_t due_ms);
/* When its TIMER is due; 0: never. */
void hl_live_due(struct hl_live *live, int64_t due_ms);
/* Reads the state again, then steps what waits. */
void hl_live_reload(struct hl_live *live);
void hl_live_forget_all(struct hl_host *host);

/* ------------------------------------------------------------------ jobs */

struct hl_piece { /* an entry of a job in flight: its bytes lie in `bodies` */
	uint64_t seq, note_seq;
	size_t from, len;
};
struct hl_job {
	struct hl_job *next;
	struct hl_live *live;
	struct hl_socket *socket; /* NULL: the house */
	struct hl_wire_frame frame;
	struct hl_event event;
	char *memory;	      /* of by, author and lang */
	struct hl_str author; /* of the cid, as the store knows it */
	char *stored_text;    /* when it is not what was sent */
	unsigned tries;
	/* in flight */
	int64_t sent_ms;
	struct hl_outcome outcome; /* its views are dead; numbers and `next` are not */
	bool reserved;
	struct hl_wire_out bodies;
	struct hl_piece *pieces;
	size_t n_pieces;
	struct hl_ruleset *rules;
	bool classified, limit_hit;
	enum hl_decision decision;
};
/* An event of a frame: moves the frame in. Refuses with `busy` when too much waits. */
void hl_job_add(struct hl_live *live, struct hl_socket *socket, struct hl_wire_frame *frame,
		enum hl_event_kind kind);
/* An event of the house. */
void hl_job_house(struct hl_live *live, enum hl_event_kind kind, uint64_t armed_seq);
/* Steps the first waiting event if nothing is in flight. */
void hl_job_pump(struct hl_live *live);
/* Nothing of these can be done now: every event waiting is answered with `busy`. */
void hl_job_give_up(struct hl_live *live);
struct hl_job *hl_job_free(struct hl_job *job);
void hl_job_refuse(struct hl_job *job, enum hl_code code);
/* The store's completions of an append and of a check. */
hl_append_fn hl_job_appended, hl_job_checked;

/* ------------------------------------------------------------------ subscriptions */

struct hl_own { /* a sender's own entry: an ack goes in its place */
	struct hl_own *next;
	uint64_t seq, note_seq;
	int64_t at_ms;
	struct hl_str cid, text; /* text: how it is stored, when that is not what was sent */
	bool both;		 /* the entry, then the ack: it was sent before, elsewhere */
};
struct hl_sub {
	struct hl_sub *next, *next_of_socket;
	struct hl_live *live;
	struct hl_socket *socket;
	uint64_t cursor, note_cursor;
	bool notes, reading, dropped, carded;
	struct hl_own *own;
};
/* Follows from here on; replaces an earlier subscription of the same socket. HL_OK, HL_NOMEM. */
int hl_fan_subscribe(struct hl_socket *socket, struct hl_live *live, uint64_t cursor,
		     uint64_t note_cursor);
void hl_fan_drop(struct hl_sub *sub);
struct hl_sub *hl_fan_find(const struct hl_socket *socket, const struct hl_live *live);
/* A committed job: ack to its sender, entries to everybody else. */
void hl_fan_commit(struct hl_live *live, const struct hl_job *job);
/* The ack of a job whose entry, if it has one, was stored before: at once, or, when its socket has
   not got so far, behind the entry. */
void hl_fan_ack(const struct hl_job *job, uint64_t seq, uint64_t note_seq, int64_t at_ms);
/* Sends what is missing, from the store. */
void hl_fan_catch_up(struct hl_sub *sub);
void hl_fan_catch_up_all(struct hl_live *live);
/* The frame in host->out to all followers of one role but `but`. */
void hl_fan_tell(struct hl_live *live, enum hl_peer_role role, const struct hl_socket *but);

/* ------------------------------------------------------------------ staff and desk */

struct hl_offered { /* a standing offer; its strings lie behind it */
	struct hl_offered *next;
	struct hl_str offer, conv;
	int64_t expires_ms;
	bool sent;
};
struct hl_staff {
	struct hl_staff *next;
	struct hl_account account; /* its strings are in `memory` */
	char *memory;
	struct hl_str *names; /* teams, langs, roles */
	bool seen;	      /* by the reading under way */
	struct hl_socket *sockets;
	enum hl_presence wanted;
	struct hl_offered *offers;
};
struct hl_staff *hl_staff_find(const struct hl_host *host, struct hl_str name);
void hl_staff_load(struct hl_host *host);
void hl_staff_join(struct hl_staff *staff, struct hl_socket *socket);
void hl_staff_leave(struct hl_socket *socket);
void hl_staff_present(struct hl_host *host, struct hl_staff *staff, enum hl_presence presence);
void hl_staff_forget_all(struct hl_host *host);
/* Sockets whose session is over are closed. */
void hl_staff_sweep(struct hl_host *host);

void hl_queue_init(struct hl_host *host);
/* Rows of the store into the desk, at the start. */
void hl_queue_load(struct hl_host *host);
/* Carries out what the desk wants done, and asks when it wants to be called again. */
void hl_queue_pump(struct hl_host *host);
/* May this socket's agent know of this conversation? */
bool hl_agent_sees(const struct hl_socket *socket, const struct hl_live *live);
void hl_queue_snapshot(struct hl_socket *socket);
void hl_queue_offers(struct hl_socket *socket); /* standing ones, to a new socket */
/* The customer's place in the queue, if it is queued. */
void hl_queue_card(struct hl_live *live);
void hl_queue_card_to(struct hl_sub *sub); /* the first, once it has caught up */
/* The queue has moved: screens are told soon. */
void hl_screens_changed(struct hl_host *host);

/* ------------------------------------------------------------------ the host */

struct hl_host {
	struct hl_host_config config;
	struct hl_host_auth auth;
	struct hl_store *store;
	struct hl_clock *clock;
	struct hl_scratch *scratch;
	struct hl_desk *desk;
	struct hl_ruleset *rules[HL_RULES_KEPT]; /* the first is in force */
	struct hl_host_stats stats;
	struct hl_wire_out out; /* the frame being written */
	bool dead, draining, running;
	bool accounts_loaded, rows_loaded, accounts_again, accounts_loading;
	void (*drained)(void *arg);
	void *drained_arg;
	size_t appends, n_jobs; /* in flight; alive */
	struct hl_host_port *ports;
	size_t n_sockets;
	uint64_t last_number;
	struct hl_live **table;
	size_t n_table, n_live;
	struct hl_live *lives;
	struct hl_staff *staff;
	struct hl_timer **heap;
	size_t n_heap, heap_room;
	int64_t armed_ms;
	struct hl_timer sweep, desk_due, queue_due, card_due;
	bool pumping;
	int64_t queue_ms, cards_ms; /* of the last telling */
};

int64_t hl_host_now(struct hl_host *host);
void hl_host_note(struct hl_host *host, enum hl_host_level level, const char *what,
		  struct hl_str conv, struct hl_str account);
/* The store is gone: nothing is acknowledged any more. */
void hl_host_die(struct hl_host *host);
/* When draining and nothing is in flight: goodbye. */
void hl_host_drain_on(struct hl_host *host);
/* Clears host->out for a new frame. */
struct hl_wire_out *hl_host_frame(struct hl_host *host);

bool hl_str_same(struct hl_str a, struct hl_str b);
/* A terminated copy; NULL when memory is short. */
char *hl_str_copy(struct hl_str text);

#endif
