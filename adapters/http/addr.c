/*
 * addr.c: limits are kept per address and loopback is trusted with more than the world, so this is
 * the one place that says what an address is. It knows inet_pton and nothing of sockets.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "http/addr.h"

static const uint8_t v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static struct hl_str trim(struct hl_str s)
{
	while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t')) {
		s.ptr++;
		s.len--;
	}
	while (s.len > 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
		s.len--;
	return s;
}

static bool is_v4(const struct hl_addr *addr)
{
	return memcmp(addr->b, v4_prefix, sizeof v4_prefix) == 0;
}

int hl_addr_parse(struct hl_addr *out, struct hl_str text)
{
	char buf[HL_ADDR_TEXT];
	struct hl_addr addr;

	text = trim(text);
	if (text.len >= 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']') {
		text.ptr++;
		text.len -= 2;
	}
	if (text.len == 0 || text.len >= sizeof buf || memchr(text.ptr, 0, text.len))
		return HL_REFUSED;
	memcpy(buf, text.ptr, text.len);
	buf[text.len] = 0;
	memcpy(addr.b, v4_prefix, sizeof v4_prefix);
	if (inet_pton(AF_INET, buf, addr.b + sizeof v4_prefix) != 1 &&
	    inet_pton(AF_INET6, buf, addr.b) != 1)
		return HL_REFUSED;
	*out = addr;
	return HL_OK;
}

int hl_net_parse(struct hl_net *out, struct hl_str text)
{
	struct hl_net net;
	const char *slash;
	unsigned max, bits = 0;

	text = trim(text);
	slash = text.len ? memchr(text.ptr, '/', text.len) : NULL;
	if (hl_addr_parse(&net.addr,
			  slash ? (struct hl_str){text.ptr, (size_t)(slash - text.ptr)} : text))
		return HL_REFUSED;
	max = is_v4(&net.addr) ? 32 : 128;
	if (!slash) {
		bits = max;
	} else {
		const char *end = text.ptr + text.len;

		if (++slash == end || end - slash > 3)
			return HL_REFUSED;
		for (; slash < end; slash++) {
			if (*slash < '0' || *slash > '9')
				return HL_REFUSED;
			bits = bits * 10 + (unsigned)(*slash - '0');
		}
		if (bits > max)
			return HL_REFUSED;
	}
	net.bits = bits + (max == 32 ? 96 : 0);
	*out = net;
	return HL_OK;
}

void hl_addr_of(struct hl_addr *out, const struct sockaddr *sa)
{
	memset(out, 0, sizeof *out);
	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, sa, sizeof in);
		memcpy(out->b, v4_prefix, sizeof v4_prefix);
		memcpy(out->b + sizeof v4_prefix, &in.sin_addr, 4);
	} else if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, sa, sizeof in6);
		memcpy(out->b, &in6.sin6_addr, sizeof out->b);
	}
}

void hl_addr_text(char out[HL_ADDR_TEXT], const struct hl_addr *addr)
{
	bool v4 = is_v4(addr);

	if (!inet_ntop(v4 ? AF_INET : AF_INET6, addr->b + (v4 ? sizeof v4_prefix : 0), out,
		       HL_ADDR_TEXT))
		out[0] = 0;
}

bool hl_addr_loopback(const struct hl_addr *addr)
{
	static const uint8_t one[16] = {[15] = 1};

	return is_v4(addr) ? addr->b[12] == 127 : memcmp(addr->b, one, sizeof one) == 0;
}

bool hl_net_has(const struct hl_net *net, const struct hl_addr *addr)
{
	size_t whole = net->bits / 8;
	unsigned rest = net->bits % 8;

	if (memcmp(net->addr.b, addr->b, whole) != 0)
		return false;
	return rest == 0 || ((net->addr.b[whole] ^ addr->b[whole]) >> (8 - rest)) == 0;
}

bool hl_nets_have(const struct hl_net *nets, size_t n, const struct hl_addr *addr)
{
	for (size_t i = 0; i < n; i++) {
		if (hl_net_has(&nets[i], addr))
			return true;
	}
	return false;
}

void hl_addr_client(struct hl_addr *out, const struct hl_addr *peer, struct hl_str list,
		    const struct hl_net *trusted, size_t n)
{
	*out = *peer;
	while (list.len > 0 && hl_nets_have(trusted, n, out)) {
		size_t at = list.len;
		struct hl_addr hop;

		while (at > 0 && list.ptr[at - 1] != ',')
			at--;
		if (hl_addr_parse(&hop, (struct hl_str){list.ptr + at, list.len - at}))
			return;
		*out = hop;
		list.len = at > 0 ? at - 1 : 0;
	}
}
