/*
 * load.c: a load of customers in one thread: N connections, each asking again as soon as it has its
 * answer. Against a hotline server an answer is the ack and the bot's entry; against the echo
 * server its two frames. Prints round trips a second and how long the ack and the answer took.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SLOT_US 5
#define SLOTS 2000000 /* up to 10 s */
#define IN 16384

enum phase { GREETING, HELLO, ASKING };
struct conn {
	int fd;
	enum phase phase;
	unsigned got, sent;
	int64_t asked_us;
	size_t len;
	unsigned char in[IN];
};
struct samples {
	uint32_t *slots;
	uint64_t n;
};
struct load {
	struct sockaddr_in to;
	bool echo, idle;
	int epoll;
	unsigned n, ready;
	uint64_t trips;
	struct conn *conns;
	struct samples ack, answer;
};

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

static void note(struct samples *s, int64_t us)
{
	int64_t slot = us / SLOT_US;

	s->slots[slot < SLOTS ? slot : SLOTS - 1]++;
	s->n++;
}

static double percentile(const struct samples *s, double share)
{
	uint64_t want = (uint64_t)((double)s->n * share), seen = 0;

	for (size_t i = 0; i < SLOTS; i++) {
		seen += s->slots[i];
		if (seen > want)
			return (double)i * SLOT_US;
	}
	return 0;
}

static void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void put_frame(const struct conn *conn, const char *text)
{
	unsigned char buf[1024] = {0x81};
	size_t len = strlen(text), at = 2;

	if (len < 126) {
		buf[1] = (unsigned char)(0x80 | len);
	} else {
		buf[1] = 0x80 | 126;
		buf[2] = (unsigned char)(len >> 8);
		buf[3] = (unsigned char)len;
		at = 4;
	}
	at += 4; /* a mask of zeros */
	memcpy(buf + at, text, len);
	if (write(conn->fd, buf, at + len) != (ssize_t)(at + len))
		die("write");
}

static void ask(struct conn *conn)
{
	char text[512];

	conn->got = 0;
	snprintf(text, sizeof text,
		 "{\"t\":\"send\",\"cid\":\"c%u\",\"text\":\"hello there, I have looked everywhere "
		 "on your pages and could not find it: what are the fees for trading spot, please, "
		 "and is it the same for everybody?\"}",
		 conn->sent++);
	conn->asked_us = now_us();
	put_frame(conn, text);
}

static void on_text(struct load *load, struct conn *conn, const char *text, size_t len)
{
	bool ack = load->echo ? conn->got == 0 : memmem(text, len, "\"t\":\"ack\"", 9) != NULL;
	bool answer = load->echo ? conn->got == 1 : memmem(text, len, "\"reply_to\"", 10) != NULL;

	if (memmem(text, len, "\"t\":\"error\"", 11)) {
		fprintf(stderr, "load: %.*s\n", (int)len, text);
		exit(1);
	}
	if (conn->phase == HELLO && memmem(text, len, "\"t\":\"welcome\"", 13)) {
		conn->phase = ASKING;
		load->ready++;
		if (!load->idle)
			ask(conn);
		return;
	}
	conn->got++;
	if (ack)
		note(&load->ack, now_us() - conn->asked_us);
	if (answer) {
		note(&load->answer, now_us() - conn->asked_us);
		load->trips++;
		ask(conn);
	}
}

static size_t take_frame(struct load *load, struct conn *conn, const unsigned char *in, size_t len)
{
	size_t head = 2, body;

	if (len < 2)
		return 0;
	body = in[1] & 0x7f;
	if (body == 126) {
		if (len < 4)
			return 0;
		head = 4;
		body = (size_t)in[2] << 8 | in[3];
	}
	if (len < head + body)
		return 0;
	if ((in[0] & 0x0f) == 1)
		on_text(load, conn, (const char *)in + head, body);
	return head + body;
}

static void on_input(struct load *load, struct conn *conn)
{
	ssize_t n = read(conn->fd, conn->in + conn->len, IN - conn->len);
	size_t at = 0, taken;

	if (n <= 0)
		die(n == 0 ? "closed by the server" : "read");
	conn->len += (size_t)n;
	if (conn->phase == GREETING) {
		unsigned char *end = memmem(conn->in, conn->len, "\r\n\r\n", 4);

		if (!end)
			return;
		if (!memmem(conn->in, conn->len, " 101 ", 5))
			die("upgrade refused");
		at = (size_t)(end + 4 - conn->in);
		conn->phase = load->echo ? ASKING : HELLO;
		if (!load->echo)
			put_frame(conn, "{\"t\":\"hello\",\"v\":1}");
		else if (++load->ready && !load->idle)
			ask(conn);
	}
	while (at < conn->len && (taken = take_frame(load, conn, conn->in + at, conn->len - at)))
		at += taken;
	memmove(conn->in, conn->in + at, conn->len - at);
	conn->len -= at;
}

static void open_one(struct load *load, struct conn *conn)
{
	static const char request[] =
		"GET /v1/chat HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\n"
		"Connection: Upgrade\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OTAxMjM0NQ==\r\n"
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: hotline.chat.v1\r\n\r\n";
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = conn};

	conn->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (conn->fd < 0 || connect(conn->fd, (struct sockaddr *)&load->to, sizeof load->to))
		die("connect");
	if (write(conn->fd, request, sizeof request - 1) != sizeof request - 1)
		die("write");
	epoll_ctl(load->epoll, EPOLL_CTL_ADD, conn->fd, &event);
}

static void run_until(struct load *load, int64_t end_us, unsigned ready)
{
	struct epoll_event events[256];

	while (now_us() < end_us && (!ready || load->ready < ready)) {
		int n = epoll_wait(load->epoll, events, 256, 100);

		for (int i = 0; i < n; i++)
			on_input(load, events[i].data.ptr);
	}
}

static void report(const struct load *load, double seconds)
{
	printf("{\"connections\":%u,\"round_trips_per_s\":%.0f,\"ack_us\":{\"p50\":%.0f,\"p99\":%."
	       "0f},"
	       "\"answer_us\":{\"p50\":%.0f,\"p99\":%.0f}}\n",
	       load->n, (double)load->trips / seconds, percentile(&load->ack, 0.5),
	       percentile(&load->ack, 0.99), percentile(&load->answer, 0.5),
	       percentile(&load->answer, 0.99));
}

int main(int argc, char **argv)
{
	struct load load = {.to = {.sin_family = AF_INET}};
	struct rlimit files;
	int64_t began;
	int seconds;

	if (argc != 5 || (strcmp(argv[1], "hotline") && strcmp(argv[1], "echo") &&
			  strcmp(argv[1], "idle") && strcmp(argv[1], "idle-echo"))) {
		fputs("usage: load hotline|echo|idle|idle-echo PORT CONNECTIONS SECONDS\n", stderr);
		return 2;
	}
	load.echo = strstr(argv[1], "echo") != NULL;
	load.idle = strncmp(argv[1], "idle", 4) == 0;
	load.to.sin_port = htons((uint16_t)atoi(argv[2]));
	load.to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	load.n = (unsigned)atoi(argv[3]);
	seconds = atoi(argv[4]);
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	load.conns = calloc(load.n, sizeof *load.conns);
	load.ack.slots = calloc(SLOTS, sizeof *load.ack.slots);
	load.answer.slots = calloc(SLOTS, sizeof *load.answer.slots);
	if (load.epoll < 0 || !load.conns || !load.ack.slots || !load.answer.slots)
		die("memory");
	for (unsigned i = 0; i < load.n; i++) {
		open_one(&load, &load.conns[i]);
		if (i % 64 == 63)
			run_until(&load, now_us() + 1000000, i + 1);
	}
	run_until(&load, now_us() + 20000000, load.n);
	if (load.ready < load.n)
		die("not all were greeted");
	puts("ready");
	fflush(stdout);
	load.trips = load.ack.n = load.answer.n = 0;
	memset(load.ack.slots, 0, SLOTS * sizeof *load.ack.slots);
	memset(load.answer.slots, 0, SLOTS * sizeof *load.answer.slots);
	began = now_us();
	run_until(&load, began + seconds * INT64_C(1000000), 0);
	if (!load.idle)
		report(&load, (double)(now_us() - began) / 1e6);
	free(load.conns);
	free(load.ack.slots);
	free(load.answer.slots);
	return 0;
}
