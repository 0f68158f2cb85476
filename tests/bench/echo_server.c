/*
 * echo_server.c: what the channel is measured against: bare libwebsockets on a libuv loop of ours,
 * answering each message at once with two frames of the sizes the server sends (ack, answer). No
 * rules, no store, no log.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <libwebsockets.h>
#include <uv.h>

#define ACK 80
#define ANSWER 420

static int callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
		    size_t len)
{
	unsigned char buf[LWS_PRE + ANSWER];

	(void)user;
	(void)in;
	(void)len;
	if (reason != LWS_CALLBACK_RECEIVE || lws_remaining_packet_payload(wsi) ||
	    !lws_is_final_fragment(wsi))
		return 0;
	memset(buf + LWS_PRE, 'a', ACK);
	if (lws_write(wsi, buf + LWS_PRE, ACK, LWS_WRITE_TEXT) < ACK)
		return -1;
	memset(buf + LWS_PRE, 'b', ANSWER);
	return lws_write(wsi, buf + LWS_PRE, ANSWER, LWS_WRITE_TEXT) < ANSWER ? -1 : 0;
}

int main(int argc, char **argv)
{
	static const struct lws_protocols protocols[] = {
		{.name = "hotline.chat.v1",
		 .callback = callback,
		 .rx_buffer_size = 512,
		 .tx_packet_size = 65536},
		{.name = NULL},
	};
	lws_retry_bo_t policy = {.secs_since_valid_ping = 30, .secs_since_valid_hangup = 45};
	struct rlimit files;
	uv_loop_t loop;
	void *loops[1] = {&loop};
	struct lws_context_creation_info info = {
		.port = argc > 1 ? atoi(argv[1]) : 0,
		.iface = "127.0.0.1",
		.foreign_loops = loops,
		.protocols = protocols,
		.retry_and_idle_policy = &policy,
		.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_DISABLE_IPV6 |
			   LWS_SERVER_OPTION_VALIDATE_UTF8,
	};

	if (info.port <= 0) {
		fputs("usage: echo_server PORT\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	lws_set_log_level(0, NULL);
	if (uv_loop_init(&loop) || !lws_create_context(&info))
		return 1;
	puts("ready");
	fflush(stdout);
	return uv_run(&loop, UV_RUN_DEFAULT);
}
