/* The control socket: accounts changed through it, strangers' lines refused, slow ones let go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "auth/control.h"
#include "clock_uv/clock_uv.h"
#include "store_memory/store_memory.h"

struct server {
	char folder[40];
	uv_loop_t loop;
	struct hl_store *store;
	struct hl_clock *clock;
	struct hl_control *control;
	size_t changed;
	bool closed;
};

static struct hl_str str(const char *text)
{
	return (struct hl_str){text, strlen(text)};
}

static void on_changed(void *arg)
{
	((struct server *)arg)->changed++;
}

static bool team_known(void *arg, struct hl_str team)
{
	(void)arg;
	return team.len == 5 && memcmp(team.ptr, "funds", 5) == 0;
}

static int setup(void **state)
{
	struct server *s = calloc(1, sizeof(*s));
	struct hl_control_config config;
	char err[200];

	snprintf(s->folder, sizeof(s->folder), "/tmp/hotline-control-XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	uv_loop_init(&s->loop);
	assert_int_equal(hl_store_memory_new(&s->store, &s->loop), HL_OK);
	assert_int_equal(hl_clock_uv_new(&s->clock, &s->loop), HL_OK);
	config = (struct hl_control_config){&s->loop,	s->folder,  s->store, s->clock,
					    on_changed, team_known, s};
	if (hl_control_new(&s->control, &config, err, sizeof(err)) != HL_OK)
		fail_msg("%s", err);
	*state = s;
	return 0;
}

static void on_store_closed(void *arg, enum hl_store_result result)
{
	assert_int_equal(result, HL_STORE_OK);
	*(bool *)arg = true;
}

static void on_closed(void *arg)
{
	struct server *s = arg;

	s->store->ops->close(s->store, on_store_closed, &s->closed);
}

static int teardown(void **state)
{
	struct server *s = *state;

	hl_control_close(s->control, on_closed, s);
	while (!s->closed)
		uv_run(&s->loop, UV_RUN_ONCE);
	s->store->ops->free(s->store);
	hl_clock_uv_free(s->clock);
	uv_run(&s->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&s->loop), 0);
	assert_int_equal(rmdir(s->folder), 0); /* the socket is gone */
	free(s);
	return 0;
}

struct asking {
	struct server *server;
	const char *line;
	char *reply;
	int status;
	uv_async_t done;
	bool answered;
};

static void ask_main(void *arg)
{
	struct asking *a = arg;

	a->status = hl_control_ask(&a->reply, a->server->folder, a->line);
	uv_async_send(&a->done);
}

static void on_answered(uv_async_t *async)
{
	struct asking *a = async->data;

	a->answered = true;
	uv_close((uv_handle_t *)async, NULL);
}

/* Asks from another thread while the server's loop runs here. */
static char *ask(struct server *s, const char *line, int *status)
{
	struct asking a = {.server = s, .line = line};
	uv_thread_t thread;

	a.done.data = &a;
	uv_async_init(&s->loop, &a.done, on_answered);
	uv_thread_create(&thread, ask_main, &a);
	while (!a.answered)
		uv_run(&s->loop, UV_RUN_ONCE);
	uv_thread_join(&thread);
	uv_run(&s->loop, UV_RUN_NOWAIT);
	*status = a.status;
	return a.reply;
}

static void expect(struct server *s, const char *line, const char *reply)
{
	int status;
	char *got = ask(s, line, &status);

	assert_int_equal(status, HL_OK);
	assert_string_equal(got, reply);
	free(got);
}

static void test_accounts_through_the_socket(void **state)
{
	struct server *s = *state;
	struct stat st;
	char path[80];

	snprintf(path, sizeof(path), "%s/control.sock", s->folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	expect(s, "{\"verb\":\"list\"}", "{\"ok\":true,\"agents\":[]}");
	assert_int_equal(s->changed, 0);
	expect(s,
	       "{\"verb\":\"add\",\"name\":\"mei\",\"hash\":\"$h\",\"teams\":[\"funds\",\"x\"],"
	       "\"capacity\":6}",
	       "{\"ok\":true,\"warnings\":[\"the rules have no team x\"]}");
	assert_int_equal(s->changed, 1);
	expect(s, "{\"verb\":\"add\",\"name\":\"mei\",\"hash\":\"$h\"}",
	       "{\"ok\":false,\"error\":\"there is already an agent of this name\"}");
	expect(s, "{\"verb\":\"disable\",\"name\":\"mei\"}", "{\"ok\":true,\"warnings\":[]}");
	expect(s, "{\"verb\":\"list\"}",
	       "{\"ok\":true,\"agents\":[{\"name\":\"mei\",\"display\":\"mei\",\"teams\":["
	       "\"funds\","
	       "\"x\"],\"langs\":[],\"roles\":[],\"capacity\":6,\"disabled\":true}]}");
	expect(s, "{\"verb\":\"password\",\"name\":\"mei\",\"hash\":\"$i\"}",
	       "{\"ok\":true,\"warnings\":[]}");
	expect(s, "{\"verb\":\"password\",\"name\":\"ann\",\"hash\":\"$i\"}",
	       "{\"ok\":false,\"error\":\"there is no agent of this name\"}");
}

static void test_what_is_no_request(void **state)
{
	static const char *const lines[] = {
		"",
		"hello",
		"[]",
		"{}",
		"{\"verb\":\"drop\"}",
		"{\"verb\":1}",
		"{\"verb\":\"add\",\"name\":\"a b\",\"hash\":\"$h\"}",
		"{\"verb\":\"add\",\"name\":\"\",\"hash\":\"$h\"}",
		"{\"verb\":\"add\",\"name\":\"mei\"}",
		"{\"verb\":\"list\",\"hash\":\"$h\"}",
		"{\"verb\":\"add\",\"name\":\"mei\",\"hash\":\"$h\",\"teams\":\"funds\"}",
		"{\"verb\":\"add\",\"name\":\"mei\",\"hash\":\"$h\",\"teams\":[\"\"]}",
		"{\"verb\":\"add\",\"name\":\"mei\",\"hash\":\"$h\",\"teams\":[\"a\\nb\"]}",
		"{\"verb\":\"add\",\"name\":\"mei\",\"hash\":\"$h\",\"capacity\":-1}",
		"{\"verb\":\"add\",\"name\":\"mei\",\"hash\":\"$h\",\"display\":\"a\\u0007b\"}",
		"{\"verb\":\"list\",\"verb\":\"list\"}",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		expect(*state, lines[i],
		       "{\"ok\":false,\"error\":\"the server did not understand\"}");
	assert_int_equal(((struct server *)*state)->changed, 0);
}

static void test_too_long_a_line_is_let_go(void **state)
{
	char *line = malloc(HL_CONTROL_LINE_MAX + 2);
	int status;

	memset(line, ' ', HL_CONTROL_LINE_MAX + 1);
	line[HL_CONTROL_LINE_MAX + 1] = '\0';
	assert_null(ask(*state, line, &status));
	assert_int_equal(status, HL_REFUSED);
	free(line);
	expect(*state, "{\"verb\":\"list\"}", "{\"ok\":true,\"agents\":[]}");
}

/* Connections that say nothing take all places, and closing does not wait for them. */
static void test_silent_connections(void **state)
{
	struct server *s = *state;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fds[12];

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/control.sock", s->folder);
	for (size_t i = 0; i < 12; i++) {
		fds[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		assert_true(fds[i] >= 0);
		connect(fds[i], (struct sockaddr *)&address, sizeof(address));
		uv_run(&s->loop, UV_RUN_NOWAIT);
	}
	for (size_t i = 0; i < 6; i++) { /* half of them leave in the middle of a line */
		assert_int_equal(send(fds[i], "{\"ver", 5, MSG_NOSIGNAL), 5);
		close(fds[i]);
		uv_run(&s->loop, UV_RUN_NOWAIT);
	}
	uv_run(&s->loop, UV_RUN_NOWAIT);
	expect(s, "{\"verb\":\"list\"}", "{\"ok\":true,\"agents\":[]}");
	for (size_t i = 6; i < 12; i++)
		close(fds[i]);
}

static void test_nobody_listens(void **state)
{
	char *reply = NULL;

	(void)state;
	assert_int_equal(hl_control_ask(&reply, "/nowhere", "{}"), HL_NOT_FOUND);
}

static void test_write_then_parse(void **state)
{
	struct hl_str teams[] = {HL_STR("funds"), HL_STR("a\"b")};
	struct hl_control_request in = {.verb = HL_CONTROL_ADD,
					.name = HL_STR("mei"),
					.hash = HL_STR("$argon2id$x"),
					.display = HL_STR("M\xc3\xa9i"),
					.teams = {teams, 2},
					.capacity = 3},
				  out;
	struct hl_pile pile = {0};
	char *line = hl_control_write(&in);

	(void)state;
	assert_int_equal(hl_control_parse(&out, &pile, str(line)), HL_OK);
	assert_int_equal(out.teams.n, 2);
	assert_memory_equal(out.teams.v[1].ptr, "a\"b", 3);
	assert_int_equal(out.capacity, 3);
	assert_int_equal(out.display.len, 4);
	hl_pile_deinit(&pile);
	free(line);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(test_accounts_through_the_socket), CASE(test_what_is_no_request),
		CASE(test_too_long_a_line_is_let_go),	CASE(test_silent_connections),
		cmocka_unit_test(test_nobody_listens),	cmocka_unit_test(test_write_then_parse),
	};
#undef CASE
	return cmocka_run_group_tests(tests, NULL, NULL);
}
