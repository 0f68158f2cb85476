/*
 * The server's end of the control socket. A connection is read up to one line, answered with one,
 * and closed; whoever is slower than five seconds, sends more, or is another user, is let go.
 */
#include "auth/control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define CONNECTIONS_MAX 8

struct connection {
	struct hl_control *control;
	uv_pipe_t pipe;
	uv_timer_t timer;
	uv_write_t write;
	unsigned handles; /* not yet closed */
	bool closing;
	bool asked;   /* the store owes an answer */
	bool changes; /* the request is not a list */
	char *reply;
	size_t len;
	char line[HL_CONTROL_LINE_MAX];
};
struct hl_control {
	struct hl_control_config config;
	uv_pipe_t listener;
	struct connection *connections[CONNECTIONS_MAX];
	size_t n_connections; /* also one that found no place above and is on its way out */
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	bool closing, listener_closed;
	void (*closed)(void *arg);
	void *closed_arg;
};

/* ------------------------------------------------------------------ ends */

static void maybe_gone(struct hl_control *control)
{
	if (!control->closing || !control->listener_closed || control->n_connections)
		return;
	control->closed(control->closed_arg);
	free(control);
}

/* When both handles are closed and the store owes nothing. */
static void maybe_free(struct connection *c)
{
	struct hl_control *control = c->control;

	if (c->handles || c->asked)
		return;
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		if (control->connections[i] == c)
			control->connections[i] = NULL;
	control->n_connections--;
	free(c->reply);
	free(c);
	maybe_gone(control);
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct connection *c = handle->data;

	c->handles--;
	maybe_free(c);
}

static void hang_up(struct connection *c)
{
	if (c->closing)
		return;
	c->closing = true;
	uv_close((uv_handle_t *)&c->pipe, on_handle_closed);
	uv_close((uv_handle_t *)&c->timer, on_handle_closed);
}

static void on_timeout(uv_timer_t *timer)
{
	hang_up(timer->data);
}

/* ------------------------------------------------------------------ one line each way */

static void on_written(uv_write_t *write, int status)
{
	(void)status;
	hang_up(write->handle->data);
}

static void answer(struct connection *c, struct hl_str reply)
{
	uv_buf_t buf;

	c->reply = malloc(reply.len + 1);
	if (!c->reply) {
		hang_up(c);
		return;
	}
	memcpy(c->reply, reply.ptr, reply.len);
	c->reply[reply.len] = '\n';
	buf = uv_buf_init(c->reply, (unsigned)reply.len + 1);
	if (uv_write(&c->write, (uv_stream_t *)&c->pipe, &buf, 1, on_written) != 0)
		hang_up(c);
}

static void on_done(void *arg, struct hl_str reply)
{
	struct connection *c = arg;
	struct hl_control_config *config = &c->control->config;

	c->asked = false;
	if (c->changes && config->changed)
		config->changed(config->arg);
	if (!c->closing)
		answer(c, reply);
	else
		maybe_free(c);
}

static void on_line(struct connection *c, size_t len)
{
	const struct hl_control_config *config = &c->control->config;
	struct hl_control_request request;
	struct hl_pile pile = {0};
	int status = hl_control_parse(&request, &pile, (struct hl_str){c->line, len});

	uv_read_stop((uv_stream_t *)&c->pipe);
	if (status == HL_OK) {
		c->changes = request.verb != HL_CONTROL_LIST;
		c->asked = true;
		status = hl_control_carry_out(config->store, &request,
					      config->clock->ops->now_ms(config->clock),
					      config->team_known, config->arg, on_done, c);
		c->asked = status == HL_OK;
	}
	hl_pile_deinit(&pile);
	if (status != HL_OK)
		answer(c, HL_STR("{\"ok\":false,\"error\":\"the server did not understand\"}"));
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct connection *c = handle->data;

	(void)suggested;
	*buf = uv_buf_init(c->line + c->len, (unsigned)(sizeof(c->line) - c->len));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct connection *c = stream->data;
	const char *end;

	(void)buf;
	if (n == 0)
		return;
	if (n < 0) { /* an error, the end, or no room left for a longer line */
		hang_up(c);
		return;
	}
	c->len += (size_t)n;
	end = memchr(c->line, '\n', c->len);
	if (end)
		on_line(c, (size_t)(end - c->line));
}

/* The kernel says who is there. */
static bool is_ours(uv_pipe_t *pipe)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	uv_os_fd_t fd;

	return uv_fileno((uv_handle_t *)pipe, &fd) == 0 &&
	       getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0 &&
	       (cred.uid == geteuid() || cred.uid == 0);
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct hl_control *control = listener->data;
	struct connection *c;
	size_t slot = 0;

	while (slot + 1 < CONNECTIONS_MAX && control->connections[slot])
		slot++;
	c = status == 0 ? calloc(1, sizeof(*c)) : NULL;
	if (!c)
		return;
	c->control = control;
	c->pipe.data = c->timer.data = c;
	uv_pipe_init(control->config.loop, &c->pipe, 0);
	uv_timer_init(control->config.loop, &c->timer);
	c->handles = 2;
	control->n_connections++;
	if (uv_accept(listener, (uv_stream_t *)&c->pipe) != 0 || control->connections[slot] ||
	    !is_ours(&c->pipe)) {
		if (!control->connections[slot])
			control->connections[slot] = c;
		hang_up(c);
		return;
	}
	control->connections[slot] = c;
	uv_timer_start(&c->timer, on_timeout, HL_CONTROL_WAIT_MS, 0);
	if (uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read) != 0)
		hang_up(c);
}

/* ------------------------------------------------------------------ life */

static int refuse(struct hl_control *control, int error, char *err, size_t err_size)
{
	snprintf(err, err_size, "cannot listen on %s: %s", control->path, uv_strerror(error));
	return HL_REFUSED;
}

static void ignore(void *arg)
{
	(void)arg;
}

int hl_control_new(struct hl_control **out, const struct hl_control_config *config, char *err,
		   size_t err_size)
{
	struct hl_control *control = calloc(1, sizeof(*control));
	int error;

	snprintf(err, err_size, "out of memory");
	if (!control)
		return HL_NOMEM;
	control->config = *config;
	if (strlen(config->folder) + sizeof("/control.sock") > sizeof(control->path)) {
		snprintf(err, err_size, "the data folder's path is too long for a socket: %s",
			 config->folder);
		free(control);
		return HL_REFUSED;
	}
	snprintf(control->path, sizeof(control->path), "%s/control.sock", config->folder);
	unlink(control->path);
	uv_pipe_init(config->loop, &control->listener, 0);
	control->listener.data = control;
	error = uv_pipe_bind(&control->listener, control->path);
	if (!error && chmod(control->path, 0600) != 0)
		error = uv_translate_sys_error(errno);
	if (!error)
		error = uv_listen((uv_stream_t *)&control->listener, CONNECTIONS_MAX,
				  on_connection);
	if (error) {
		int status = refuse(control, error, err, err_size);

		hl_control_close(control, ignore, NULL);
		return status;
	}
	err[0] = '\0';
	*out = control;
	return HL_OK;
}

static void on_listener_closed(uv_handle_t *handle)
{
	struct hl_control *control = handle->data;

	control->listener_closed = true;
	maybe_gone(control);
}

void hl_control_close(struct hl_control *control, void (*done)(void *arg), void *arg)
{
	control->closing = true;
	control->closed = done;
	control->closed_arg = arg;
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		if (control->connections[i])
			hang_up(control->connections[i]);
	unlink(control->path);
	uv_close((uv_handle_t *)&control->listener, on_listener_closed);
}
