/*
 * The rig of the host's tests: see host_rig.h. It knows the interfaces the host is handed and
 * nothing of the host's inside.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host_rig.h"
#include "store_memory/store_memory.h"

#define START_MS 1795310000000

/* ------------------------------------------------------------------ the channel */

static struct rig_peer *peer_of(struct hl_channel *channel, struct hl_peer id)
{
	struct rig_node *node =
		(struct rig_node *)(void *)((char *)channel - offsetof(struct rig_node, channel));

	assert_true(id.slot < RIG_PEERS);
	return &node->peers[id.slot];
}

/* For the schemas' test: what was sent to whom, a line each, in the file named by RIG_FRAMES. */
static void record(const struct rig_peer *peer, struct hl_str frame)
{
	const char *path = getenv("RIG_FRAMES");
	FILE *file = path ? fopen(path, "a") : NULL;

	if (!file)
		return;
	fprintf(file, "%s %.*s\n", peer->role == HL_PEER_AGENT ? "agent" : "customer",
		(int)frame.len, frame.ptr);
	fclose(file);
}

static bool channel_send(struct hl_channel *channel, struct hl_peer id, struct hl_str frame)
{
	struct rig_peer *peer = peer_of(channel, id);
	struct rig_frame **end = &peer->inbox;

	if (!peer->open || peer->generation != id.generation)
		return false;
	if (peer->jammed && peer->pending + frame.len > 262144) {
		peer->open = false;
		peer->status = 4008;
		return false;
	}
	while (*end)
		end = &(*end)->next;
	record(peer, frame);
	struct rig_frame *one = calloc(1, sizeof(*one));
	assert_non_null(one);
	one->text = strndup(frame.ptr, frame.len);
	*end = one;
	if (peer->jammed)
		peer->pending += frame.len;
	return true;
}

static size_t channel_pending(struct hl_channel *channel, struct hl_peer id)
{
	return peer_of(channel, id)->pending;
}

static void channel_close(struct hl_channel *channel, struct hl_peer id, uint16_t status)
{
	struct rig_peer *peer = peer_of(channel, id);

	if (!peer->open || peer->generation != id.generation)
		return;
	peer->open = false;
	peer->status = status;
}

static void channel_pause(struct hl_channel *channel, struct hl_peer id, bool paused)
{
	(void)channel, (void)id, (void)paused;
}

static const struct hl_channel_ops channel_ops = {channel_send, channel_pending, channel_close,
						  channel_pause};

/* ------------------------------------------------------------------ clock, bus, secrets */

static int64_t clock_now(struct hl_clock *clock)
{
	return ((struct rig_clock *)(void *)clock)->rig->now_ms;
}

static void clock_arm(struct hl_clock *clock, int64_t at_ms, void (*fire)(void *arg), void *arg)
{
	struct rig_clock *own = (struct rig_clock *)(void *)clock;

	own->due_ms = at_ms;
	own->fire = fire;
	own->arg = arg;
}

static const struct hl_clock_ops clock_ops = {clock_now, clock_arm};

static void bus_moved(struct hl_bus *bus, struct hl_str conv, uint64_t seq, uint64_t note_seq)
{
	struct rig_node *node =
		(struct rig_node *)(void *)((char *)bus - offsetof(struct rig_node, bus));
	struct rig *rig = node->rig;

	for (size_t n = 0; n < RIG_NODES && !rig->deaf; n++)
		if (rig->nodes[n].host && &rig->nodes[n] != node)
			hl_host_moved(rig->nodes[n].host, conv, seq, note_seq);
}

static const struct hl_bus_ops bus_ops = {bus_moved};

static size_t fresh(void *arg, char *out, const char *prefix)
{
	struct rig *rig = arg;

	return (size_t)snprintf(out, HL_HOST_ID_MAX, "%s%u", prefix, ++rig->fresh);
}

static size_t new_id(void *arg, char out[HL_HOST_ID_MAX])
{
	return fresh(arg, out, "conv");
}

static size_t new_token(void *arg, char out[HL_HOST_TOKEN_MAX])
{
	return fresh(arg, out, "token");
}

static void mix(uint8_t *out, size_t n, struct hl_str bytes)
{
	uint64_t h = 88172645463325252u;

	for (size_t i = 0; i < bytes.len; i++)
		h = (h ^ (unsigned char)bytes.ptr[i]) * 1099511628211u;
	for (size_t i = 0; i < n; i++) {
		h ^= h << 13, h ^= h >> 7, h ^= h << 17;
		out[i] = (uint8_t)h;
	}
}

static void token_hash(void *arg, uint8_t out[32], struct hl_str token)
{
	(void)arg;
	mix(out, 32, token);
}

static void digest(void *arg, uint8_t out[16], struct hl_str bytes)
{
	(void)arg;
	mix(out, 16, bytes);
}

static size_t resume_make(void *arg, char out[HL_HOST_RESUME_MAX], struct hl_str conv)
{
	(void)arg;
	return (size_t)snprintf(out, HL_HOST_RESUME_MAX, "r.%.*s", (int)conv.len, conv.ptr);
}

static bool resume_open(void *arg, struct hl_str *conv, struct hl_str resume)
{
	(void)arg;
	if (resume.len < 3 || memcmp(resume.ptr, "r.", 2) != 0)
		return false;
	*conv = (struct hl_str){resume.ptr + 2, resume.len - 2};
	return true;
}

/* "user:NAME" is a good token. */
static bool customer(void *arg, struct hl_host_claims *out, struct hl_str token)
{
	(void)arg;
	if (token.len < 6 || memcmp(token.ptr, "user:", 5) != 0)
		return false;
	*out = (struct hl_host_claims){.user = {token.ptr + 5, token.len - 5}};
	return true;
}

/* ------------------------------------------------------------------ life */

static void ignore_done(void *arg, enum hl_store_result result)
{
	(void)arg;
	assert_int_equal(result, HL_STORE_OK);
}

static void put_account(struct rig *rig, const char *name, const char *team, const char *role)
{
	struct hl_str team_name = {team, strlen(team)}, role_name = {role, strlen(role)};
	char shown[32];
	int len = snprintf(shown, sizeof(shown), "%c%s", name[0] - 'a' + 'A', name + 1);
	const struct hl_account account = {.name = {name, strlen(name)},
					   .display = {shown, (size_t)len},
					   .hash = HL_STR("x"),
					   .teams = {&team_name, 1},
					   .roles = {&role_name, 1},
					   .capacity = 8,
					   .changed_ms = START_MS - 1};

	rig->memory->ops->account_put(rig->memory, &account, ignore_done, NULL);
}

static void quiet_log(void *arg, enum hl_host_level level, const char *what, struct hl_str conv,
		      struct hl_str account)
{
	(void)arg, (void)conv, (void)account;
	assert_non_null(what);
	assert_true(level <= HL_HOST_ERROR);
}

void rig_init(struct rig *rig)
{
	memset(rig, 0, sizeof(*rig));
	assert_int_equal(uv_loop_init(&rig->loop), 0);
	assert_int_equal(hl_store_memory_new(&rig->memory, &rig->loop), HL_OK);
	rig->store = store_failing_new(rig->memory);
	assert_non_null(rig->store);
	rig->rules = rig_rules("rig-1");
	rig->now_ms = START_MS;
	rig->config.log = quiet_log;
	for (size_t n = 0; n < RIG_NODES; n++) {
		rig->nodes[n].rig = rig;
		rig->nodes[n].channel.ops = &channel_ops;
		rig->nodes[n].bus.ops = &bus_ops;
	}
	put_account(rig, "mei", "frontline", "agent");
	put_account(rig, "li", "frontline", "agent");
	put_account(rig, "sam", "security", "agent");
	put_account(rig, "ann", "frontline", "author");
	rig_run(rig);
	rig_start(rig, 0);
}

void rig_start(struct rig *rig, size_t n)
{
	struct rig_node *node = &rig->nodes[n];
	const struct hl_host_auth auth = {rig,	  new_id,      new_token,   token_hash,
					  digest, resume_make, resume_open, customer};

	rig_crash(rig, n);
	rig->config.store = rig->store;
	assert_true(rig->n_clocks < RIG_STARTS);
	node->clock = &rig->clocks[rig->n_clocks++];
	*node->clock = (struct rig_clock){.clock = {&clock_ops}, .rig = rig};
	rig->config.clock = &node->clock->clock;
	rig->config.bus = &node->bus;
	rig->config.auth = &auth;
	rig->config.rules = rig->rules;
	assert_int_equal(hl_host_new(&node->host, &rig->config), HL_OK);
	assert_int_equal(hl_host_port_new(&node->port, &node->listener, node->host, &node->channel),
			 HL_OK);
	rig_run(rig);
}

/* The host is kept until the store owes it nothing; its peers see their connections break. */
void rig_crash(struct rig *rig, size_t n)
{
	struct rig_node *node = &rig->nodes[n];

	if (!node->host)
		return;
	rig->crashed[rig->n_crashed++] = node->host;
	node->host = NULL;
	for (size_t i = 0; i < RIG_PEERS; i++) {
		node->peers[i].open = false;
		node->peers[i].generation++;
		rig_drop_inbox(rig, n, (unsigned)i);
	}
}

static void loop_run(struct rig *rig)
{
	while (uv_run(&rig->loop, UV_RUN_NOWAIT))
		;
}

void rig_run(struct rig *rig)
{
	bool fired = true;

	while (fired) {
		loop_run(rig);
		fired = false;
		for (size_t n = 0; n < RIG_NODES; n++) {
			struct rig_clock *clock = rig->nodes[n].clock;

			if (!rig->nodes[n].host || clock->due_ms == 0 ||
			    clock->due_ms > rig->now_ms)
				continue;
			clock->due_ms = 0;
			clock->fire(clock->arg);
			fired = true;
		}
	}
}

void rig_wait(struct rig *rig, int64_t ms)
{
	int64_t end = rig->now_ms + ms;

	rig_run(rig);
	for (;;) {
		int64_t next = end;

		for (size_t n = 0; n < RIG_NODES; n++)
			if (rig->nodes[n].host && rig->nodes[n].clock->due_ms > 0 &&
			    rig->nodes[n].clock->due_ms < next)
				next = rig->nodes[n].clock->due_ms;
		if (next > rig->now_ms)
			rig->now_ms = next;
		rig_run(rig);
		if (next >= end)
			return;
	}
}

static void closed_store(void *arg, enum hl_store_result result)
{
	(void)result;
	*(bool *)arg = true;
}

void rig_deinit(struct rig *rig)
{
	bool closed = false;

	rig_run(rig);
	for (size_t n = 0; n < RIG_NODES; n++) {
		for (unsigned i = 0; i < RIG_PEERS; i++)
			rig_drop_inbox(rig, n, i);
		hl_host_free(rig->nodes[n].host);
	}
	loop_run(rig);
	for (size_t i = 0; i < rig->n_crashed; i++)
		hl_host_free(rig->crashed[i]);
	rig->store->ops->close(rig->store, closed_store, &closed);
	loop_run(rig);
	assert_true(closed);
	rig->store->ops->free(rig->store);
	rig->memory->ops->free(rig->memory);
	loop_run(rig);
	hl_ruleset_unref(rig->rules);
	assert_int_equal(uv_loop_close(&rig->loop), 0);
}

/* ------------------------------------------------------------------ peers */

static struct hl_peer id_of(const struct rig_node *node, unsigned peer)
{
	return (struct hl_peer){peer, node->peers[peer].generation};
}

unsigned rig_open(struct rig *rig, size_t n, enum hl_peer_role role)
{
	struct rig_node *node = &rig->nodes[n];
	unsigned i = 0;

	while (i < RIG_PEERS && (node->peers[i].open || node->peers[i].inbox))
		i++;
	assert_true(i < RIG_PEERS);
	struct rig_peer *peer = &node->peers[i];
	*peer = (struct rig_peer){.open = true, .role = role, .generation = peer->generation + 1};
	if (!node->listener->opened(node->port, &node->channel, id_of(node, i), role, HL_NONE))
		peer->open = false;
	return i;
}

void rig_cut(struct rig *rig, size_t n, unsigned i)
{
	struct rig_node *node = &rig->nodes[n];

	if (node->peers[i].open && node->host) {
		node->peers[i].open = false;
		node->listener->closed(node->port, id_of(node, i));
	}
	rig_run(rig);
	rig_drop_inbox(rig, n, i);
}

__attribute__((format(printf, 3, 0))) static void post(struct rig_node *node, unsigned peer,
						       const char *format, va_list args)
{
	char text[HL_TEXT_BYTES_MAX];
	int len = vsnprintf(text, sizeof(text), format, args);

	assert_in_range(len, 0, sizeof(text) - 1);
	for (int i = 0; i < len; i++)
		if (text[i] == '\'')
			text[i] = '"';
	if (node->host && node->peers[peer].open)
		node->listener->frame(node->port, id_of(node, peer),
				      (struct hl_str){text, (size_t)len});
}

void rig_post(struct rig *rig, size_t n, unsigned peer, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	post(&rig->nodes[n], peer, format, args);
	va_end(args);
}

void rig_say(struct rig *rig, size_t n, unsigned peer, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	post(&rig->nodes[n], peer, format, args);
	va_end(args);
	rig_run(rig);
}

json_t *rig_next(struct rig *rig, size_t n, unsigned peer)
{
	struct rig_frame **inbox = &rig->nodes[n].peers[peer].inbox;
	struct rig_frame *frame = *inbox;
	json_error_t error;

	if (!frame)
		return NULL;
	json_t *tree = json_loads(frame->text, JSON_REJECT_DUPLICATES, &error);
	if (!tree)
		print_error("%s: %s\n", frame->text, error.text);
	assert_non_null(tree);
	*inbox = frame->next;
	free(frame->text);
	free(frame);
	return tree;
}

json_t *rig_expect(struct rig *rig, size_t n, unsigned peer, const char *type)
{
	static json_t *kept;

	json_decref(kept);
	while ((kept = rig_next(rig, n, peer)) != NULL) {
		if (strcmp(rig_text(kept, "t"), type) == 0)
			return kept;
		if (getenv("RIG_TRACE"))
			json_dumpf(kept, stderr, JSON_COMPACT);
		json_decref(kept);
	}
	fail_msg("no frame %s", type);
	return NULL;
}

void rig_expect_none(struct rig *rig, size_t n, unsigned peer, const char *type)
{
	json_t *frame;

	while ((frame = rig_next(rig, n, peer)) != NULL) {
		assert_string_not_equal(rig_text(frame, "t"), type);
		json_decref(frame);
	}
}

void rig_drop_inbox(struct rig *rig, size_t n, unsigned peer)
{
	json_t *frame;

	while ((frame = rig_next(rig, n, peer)) != NULL)
		json_decref(frame);
}

const char *rig_text(const json_t *frame, const char *name)
{
	const char *text = json_string_value(json_object_get(frame, name));

	return text ? text : "";
}

long rig_number(const json_t *frame, const char *name)
{
	return (long)json_integer_value(json_object_get(frame, name));
}

/* ------------------------------------------------------------------ people */

static void logged_in(void *arg, const struct hl_host_login *login)
{
	char *token = arg;

	assert_int_equal(login->code, HL_CODE_OK);
	memcpy(token, login->token.ptr, login->token.len);
	token[login->token.len] = '\0';
}

void rig_login(struct rig *rig, size_t n, const char *account, char token[HL_HOST_TOKEN_MAX + 1])
{
	token[0] = '\0';
	hl_host_login(rig->nodes[n].host, (struct hl_str){account, strlen(account)}, logged_in,
		      token);
	rig_run(rig);
	assert_true(token[0]);
}

unsigned rig_agent(struct rig *rig, size_t n, const char *account)
{
	char token[HL_HOST_TOKEN_MAX + 1];
	unsigned peer = rig_open(rig, n, HL_PEER_AGENT);

	rig_login(rig, n, account, token);
	rig_say(rig, n, peer, "{'t':'hello','v':1,'token':'%s'}", token);
	assert_string_equal(rig_text(rig_expect(rig, n, peer, "welcome"), "t"), "welcome");
	return peer;
}

/* ------------------------------------------------------------------ the log */

struct reading {
	json_t *log;
	bool more;
	uint64_t seq, note_seq;
};

static void read_page(void *arg, const struct hl_page *page)
{
	struct reading *reading = arg;

	assert_int_equal(page->result, HL_STORE_OK);
	for (size_t i = 0; i < page->n; i++) {
		json_t *body = json_loadb(page->v[i].body.ptr, page->v[i].body.len, 0, NULL);

		assert_non_null(body);
		json_array_append_new(reading->log, body);
		if (page->v[i].seq > 0)
			reading->seq = page->v[i].seq;
		else
			reading->note_seq = page->v[i].note_seq;
	}
	reading->more = page->more;
}

json_t *rig_log(struct rig *rig, const char *conv, bool notes)
{
	struct reading reading = {json_array(), true, 0, 0};

	while (reading.more) {
		rig->memory->ops->read(rig->memory, (struct hl_str){conv, strlen(conv)},
				       reading.seq, reading.note_seq, notes, 100, read_page,
				       &reading);
		loop_run(rig);
	}
	return reading.log;
}
