/*
 * host_rig.h: hosts without a network: a scripted channel, a clock that is moved by hand, secrets
 * that are counted, one store in memory behind a failing one. Two hosts on the same store are two
 * nodes.
 */
#ifndef HOST_RIG_H
#define HOST_RIG_H

#include <jansson.h>
#include <uv.h>

#include "host/host.h"
#include "store_failing.h"

#define RIG_NODES 2
#define RIG_PEERS 32
#define RIG_STARTS 16 /* of hosts in one rig */

struct rig_frame {
	struct rig_frame *next;
	char *text;
};
struct rig_peer {
	enum hl_peer_role role;
	bool open;   /* the host has not closed it */
	bool jammed; /* what is sent stays pending */
	uint32_t generation;
	size_t pending;
	int status; /* of the close; 0: none */
	struct rig_frame *inbox;
};
struct rig_clock { /* of one host: a crashed one keeps its own, which never fires */
	struct hl_clock clock;
	struct rig *rig;
	int64_t due_ms;
	void (*fire)(void *arg);
	void *arg;
};
struct rig_node {
	struct rig *rig;
	struct hl_host *host; /* NULL: this node is down */
	struct hl_host_port *port;
	const struct hl_channel_listener *listener;
	struct hl_channel channel;
	struct rig_clock *clock;
	struct hl_bus bus;
	struct rig_peer peers[RIG_PEERS];
};
struct rig {
	uv_loop_t loop;
	struct hl_store *memory, *store; /* store: the failing wrapper, what hosts use */
	struct hl_ruleset *rules;
	struct rig_node nodes[RIG_NODES];
	struct rig_clock clocks[RIG_STARTS];
	struct hl_host *crashed[RIG_STARTS]; /* still owed answers */
	size_t n_crashed, n_clocks;
	bool deaf; /* wake-ups between nodes are lost */
	int64_t now_ms;
	unsigned fresh;
	struct hl_host_config config;
};

/* A store with the accounts mei and li (team frontline), sam (security), ann (role author), and one
   node with no peers. */
void rig_init(struct rig *rig);
void rig_deinit(struct rig *rig);
/* The rig's rules under another version. */
struct hl_ruleset *rig_rules(const char *version);
/* Starts a host on node n; the old one is dropped as in a crash: nothing it is owed reaches a peer.
 */
void rig_start(struct rig *rig, size_t n);
void rig_crash(struct rig *rig, size_t n);
/* Lets everything that can happen now happen. */
void rig_run(struct rig *rig);
/* Moves the clock, firing on the way what comes due. */
void rig_wait(struct rig *rig, int64_t ms);

/* A new connection; the peer's number. */
unsigned rig_open(struct rig *rig, size_t n, enum hl_peer_role role);
/* The client goes. */
void rig_cut(struct rig *rig, size_t n, unsigned peer);
/* A frame in; single quotes stand for double ones. Everything that follows from it happens. */
void rig_say(struct rig *rig, size_t n, unsigned peer, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* The same without letting anything happen yet. */
void rig_post(struct rig *rig, size_t n, unsigned peer, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* The oldest frame not yet read; NULL when there is none. The caller's. */
json_t *rig_next(struct rig *rig, size_t n, unsigned peer);
/* The oldest frame of this type, dropping what stands before it; fails the test when there is none.
   Lives until the next rig_expect. */
json_t *rig_expect(struct rig *rig, size_t n, unsigned peer, const char *type);
/* Fails the test when a frame of this type is waiting. */
void rig_expect_none(struct rig *rig, size_t n, unsigned peer, const char *type);
void rig_drop_inbox(struct rig *rig, size_t n, unsigned peer);

/* A member as text or number, for terse tests; "" and 0 when it is not there. */
const char *rig_text(const json_t *frame, const char *name);
long rig_number(const json_t *frame, const char *name);

/* Signs an account in and says hello: the peer's number. The welcome is dropped. */
unsigned rig_agent(struct rig *rig, size_t n, const char *account);
/* Signs in; the token is written to `token`. */
void rig_login(struct rig *rig, size_t n, const char *account, char token[HL_HOST_TOKEN_MAX + 1]);

/* The log of a conversation as the store has it: an array of the bodies. The caller's. */
json_t *rig_log(struct rig *rig, const char *conv, bool notes);

#endif
