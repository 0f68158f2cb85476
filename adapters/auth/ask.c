/*
 * The command's end of the control socket: plain blocking calls with one deadline.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "auth/control.h"

static int dial(const char *folder)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int len = snprintf(address.sun_path, sizeof(address.sun_path), "%s/control.sock", folder);
	int fd;

	if (len < 0 || (size_t)len >= sizeof(address.sun_path))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static int send_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return HL_REFUSED;
		bytes += n;
		len -= (size_t)n;
	}
	return HL_OK;
}

/* Reads up to the line's end into a buffer that grows: a list of agents may be long. */
static int read_line(int fd, char **out)
{
	uint64_t deadline = uv_hrtime() / 1000000 + HL_CONTROL_WAIT_MS;
	char *line = NULL, *end = NULL;
	size_t len = 0;

	while (!end) {
		uint64_t now = uv_hrtime() / 1000000;
		struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
		char *grown = realloc(line, len + HL_CONTROL_LINE_MAX + 1);
		ssize_t n;

		if (!grown) {
			free(line);
			return HL_NOMEM;
		}
		line = grown;
		if (now >= deadline || poll(&poll_fd, 1, (int)(deadline - now)) < 0)
			break;
		n = recv(fd, line + len, HL_CONTROL_LINE_MAX, MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			break;
		end = memchr(line + len, '\n', (size_t)n);
		len += (size_t)n;
	}
	if (!end) {
		free(line);
		return HL_REFUSED;
	}
	*end = '\0';
	*out = line;
	return HL_OK;
}

int hl_control_ask(char **reply, const char *folder, const char *line)
{
	int fd = dial(folder), status;

	if (fd < 0)
		return HL_NOT_FOUND;
	status = send_all(fd, line, strlen(line));
	if (status == HL_OK)
		status = send_all(fd, "\n", 1);
	if (status == HL_OK)
		status = read_line(fd, reply);
	close(fd);
	return status;
}
