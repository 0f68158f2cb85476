/*
 * host_client.h: a client that keeps the protocol's promises and holds the server to its own. It
 * resends what is not acknowledged, resumes by seq, and fails the test at the first gap, doubling,
 * change of an entry, or ack that is taken back.
 */
#ifndef HOST_CLIENT_H
#define HOST_CLIENT_H

#include "host_rig.h"

#define CLIENT_SENDS 64
#define CLIENT_SEEN 512

struct client_send {
	char cid[24];
	char frame[320]; /* with single quotes */
	long seq, note_seq;
	bool acked, refused, again;
};
struct client {
	struct rig *rig;
	size_t node;
	enum hl_peer_role role;
	char token[HL_HOST_TOKEN_MAX + 1]; /* an agent's */
	char conv[80], resume[90];
	unsigned peer;
	uint32_t generation; /* of the peer: the number may be another's by now */
	bool up, welcomed, opened;
	long last_seq, last_note_seq;
	char *seen[CLIENT_SEEN]; /* by seq; the sender's own stay NULL */
	struct client_send sends[CLIENT_SENDS];
	size_t n_sends;
	size_t frames;	  /* read so far */
	size_t cut_after; /* the connection breaks once so many were read; 0: never */
	char last_error[24];
	bool holds; /* an agent: got the conversation */
};

void client_init(struct client *client, struct rig *rig, size_t node, enum hl_peer_role role);
void client_deinit(struct client *client);
/* Queues a send and posts it at once when the connection stands. `rest`: the frame's members behind
   t and cid, in single quotes. Nothing happens yet in the host. */
void client_send(struct client *client, const char *type, const char *cid, const char *rest);
/* Reads what came, comes back when the connection broke, sends again what is open. */
void client_pump(struct client *client);
/* Breaks the connection; what was not read is lost. */
void client_cut(struct client *client);
/* Every send has its ack or its refusal. */
bool client_settled(const struct client *client);
/* Against the log as it is in the store: all of it was seen, as it stands, each ack is true, each
   send is there once. */
void client_check(struct client *client, const json_t *log);

#endif
