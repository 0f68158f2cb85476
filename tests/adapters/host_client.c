/* The strict client of the host's fault tests: see host_client.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host_client.h"

void client_init(struct client *client, struct rig *rig, size_t node, enum hl_peer_role role)
{
	*client = (struct client){.rig = rig, .node = node, .role = role};
}

void client_deinit(struct client *client)
{
	for (size_t i = 0; i < CLIENT_SEEN; i++)
		free(client->seen[i]);
}

static bool ours(const struct client *client)
{
	const struct rig_peer *peer = &client->rig->nodes[client->node].peers[client->peer];

	return client->up && peer->generation == client->generation;
}

static bool stands(const struct client *client)
{
	const struct rig_node *node = &client->rig->nodes[client->node];

	return ours(client) && node->host && node->peers[client->peer].open;
}

static void gone(struct client *client)
{
	client->up = client->welcomed = client->opened = false;
}

static void post_send(struct client *client, struct client_send *send)
{
	send->again = false;
	if (stands(client) && client->welcomed)
		rig_post(client->rig, client->node, client->peer, "%s", send->frame);
}

void client_send(struct client *client, const char *type, const char *cid, const char *rest)
{
	assert_true(client->n_sends < CLIENT_SENDS);
	struct client_send *send = &client->sends[client->n_sends++];

	*send = (struct client_send){.acked = false};
	snprintf(send->cid, sizeof(send->cid), "%s", cid);
	if (client->role == HL_PEER_AGENT)
		snprintf(send->frame, sizeof(send->frame), "{'t':'%s','cid':'%s','conv':'%s'%s%s}",
			 type, cid, client->conv, *rest ? "," : "", rest);
	else
		snprintf(send->frame, sizeof(send->frame), "{'t':'%s','cid':'%s'%s%s}", type, cid,
			 *rest ? "," : "", rest);
	post_send(client, send);
}

void client_cut(struct client *client)
{
	if (ours(client))
		rig_cut(client->rig, client->node, client->peer);
	gone(client);
}

/* ------------------------------------------------------------------ what comes */

static void on_ev(struct client *client, json_t *frame)
{
	long seq = rig_number(frame, "seq"), note_seq = rig_number(frame, "note_seq");

	json_object_del(frame, "conv");
	if (note_seq > 0) {
		assert_int_equal(client->role, HL_PEER_AGENT);
		assert_int_equal(note_seq, client->last_note_seq + 1);
		client->last_note_seq = note_seq;
		return;
	}
	assert_int_equal(seq, client->last_seq + 1);
	assert_true(seq < CLIENT_SEEN);
	client->last_seq = seq;
	free(client->seen[seq]);
	client->seen[seq] = json_dumps(frame, JSON_COMPACT | JSON_SORT_KEYS);
}

static void on_ack(struct client *client, const json_t *frame)
{
	long seq = rig_number(frame, "seq"), note_seq = rig_number(frame, "note_seq");

	for (size_t i = 0; i < client->n_sends; i++) {
		struct client_send *send = &client->sends[i];

		if (strcmp(send->cid, rig_text(frame, "cid")) != 0)
			continue;
		if (send->acked) { /* asked twice, answered twice, the same */
			assert_int_equal(send->seq, seq);
			assert_int_equal(send->note_seq, note_seq);
		}
		send->acked = true;
		send->seq = seq;
		send->note_seq = note_seq;
		/* at its place in the order, or about one already passed */
		if (client->role == HL_PEER_CUSTOMER || client->opened) {
			assert_true(seq <= client->last_seq + 1);
			if (note_seq == client->last_note_seq + 1)
				client->last_note_seq = note_seq;
		}
		if (seq == client->last_seq + 1)
			client->last_seq = seq;
		return;
	}
	fail_msg("an ack for %s, never sent", rig_text(frame, "cid"));
}

static void on_error(struct client *client, const json_t *frame)
{
	const char *code = rig_text(frame, "code"), *cid = rig_text(frame, "cid");

	snprintf(client->last_error, sizeof(client->last_error), "%s", code);
	for (size_t i = 0; i < client->n_sends && *cid; i++) {
		struct client_send *send = &client->sends[i];

		if (strcmp(send->cid, cid) != 0)
			continue;
		if (strcmp(code, "busy") == 0 || strcmp(code, "slow_down") == 0)
			send->again = !send->acked;
		else if (!send->acked)
			send->refused = true;
	}
	if (!*cid && !client->welcomed) /* the hello */
		client_cut(client);
}

static void resend(struct client *client)
{
	for (size_t i = 0; i < client->n_sends; i++)
		if (!client->sends[i].acked && !client->sends[i].refused)
			post_send(client, &client->sends[i]);
}

static void on_frame(struct client *client, json_t *frame)
{
	const char *type = rig_text(frame, "t");

	if (strcmp(type, "welcome") == 0) {
		client->welcomed = true;
		if (client->role == HL_PEER_CUSTOMER) {
			snprintf(client->conv, sizeof(client->conv), "%s", rig_text(frame, "conv"));
			snprintf(client->resume, sizeof(client->resume), "%s",
				 rig_text(frame, "resume"));
			resend(client);
		}
	} else if (strcmp(type, "conv") == 0) {
		client->opened = true;
		if (strcmp(rig_text(frame, "state"), "human") == 0)
			client->holds = true;
	} else if (strcmp(type, "ev") == 0) {
		on_ev(client, frame);
	} else if (strcmp(type, "ack") == 0) {
		on_ack(client, frame);
	} else if (strcmp(type, "error") == 0) {
		on_error(client, frame);
	}
}

static void come_back(struct client *client)
{
	client->peer = rig_open(client->rig, client->node, client->role);
	client->up = client->rig->nodes[client->node].peers[client->peer].open;
	client->generation = client->rig->nodes[client->node].peers[client->peer].generation;
	client->welcomed = client->opened = false;
	if (!client->up)
		return;
	if (client->role == HL_PEER_AGENT)
		rig_say(client->rig, client->node, client->peer, "{'t':'hello','v':1,'token':'%s'}",
			client->token);
	else if (*client->resume)
		rig_say(client->rig, client->node, client->peer,
			"{'t':'hello','v':1,'resume':'%s','last_seq':%ld}", client->resume,
			client->last_seq);
	else
		rig_say(client->rig, client->node, client->peer, "{'t':'hello','v':1}");
}

void client_pump(struct client *client)
{
	json_t *frame;

	if (!client->rig->nodes[client->node].host)
		return;
	while (ours(client) &&
	       (frame = rig_next(client->rig, client->node, client->peer)) != NULL) {
		client->frames++;
		on_frame(client, frame);
		json_decref(frame);
		if (client->cut_after > 0 && client->frames == client->cut_after)
			client_cut(client);
	}
	if (!stands(client))
		gone(client);
	if (!client->up) {
		come_back(client);
	} else if (client->role == HL_PEER_AGENT && client->welcomed && !client->opened &&
		   client->holds) {
		rig_say(client->rig, client->node, client->peer,
			"{'t':'open','conv':'%s','last_seq':%ld,'last_note_seq':%ld}", client->conv,
			client->last_seq, client->last_note_seq);
		resend(client);
	}
	for (size_t i = 0; i < client->n_sends; i++)
		if (client->sends[i].again)
			post_send(client, &client->sends[i]);
}

bool client_settled(const struct client *client)
{
	for (size_t i = 0; i < client->n_sends; i++)
		if (!client->sends[i].acked && !client->sends[i].refused)
			return false;
	return true;
}

/* ------------------------------------------------------------------ against the log */

static size_t times_in_log(const json_t *log, const char *cid)
{
	size_t i, n = 0;
	json_t *entry;

	json_array_foreach(log, i, entry) n += strcmp(rig_text(entry, "cid"), cid) == 0;
	return n;
}

void client_check(struct client *client, const json_t *log)
{
	size_t i;
	json_t *entry;

	assert_int_equal(client->last_seq, json_array_size(log));
	json_array_foreach(log, i, entry)
	{
		assert_int_equal(rig_number(entry, "seq"), i + 1);
		if (!client->seen[i + 1])
			continue;
		char *text = json_dumps(entry, JSON_COMPACT | JSON_SORT_KEYS);
		assert_string_equal(client->seen[i + 1], text);
		free(text);
	}
	for (i = 0; i < client->n_sends && client->role == HL_PEER_CUSTOMER; i++) {
		const struct client_send *send = &client->sends[i];
		size_t times = times_in_log(log, send->cid);

		assert_true(times <= 1);
		if (send->acked && times == 1)
			assert_string_equal(
				rig_text(json_array_get(log, (size_t)send->seq - 1), "cid"),
				send->cid);
		if (send->acked && strstr(send->frame, "'send'"))
			assert_int_equal(times, 1);
		if (send->refused)
			assert_int_equal(times, 0);
	}
}
