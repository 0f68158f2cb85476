/*
 * addr.h: internet addresses as 16 bytes, networks of them, and whose address a request really
 * comes from. Pure: no socket is touched.
 */
#ifndef HL_ADDR_H
#define HL_ADDR_H

#include <sys/socket.h>

#include "hotline.h"

#define HL_ADDR_TEXT 48 /* bytes of the longest address in text, with its end */

struct hl_addr { /* IPv4 as ::ffff:a.b.c.d */
	uint8_t b[16];
};
struct hl_net {
	struct hl_addr addr;
	unsigned bits; /* of 128 */
};

/* "192.0.2.1", "2001:db8::1" or "[2001:db8::1]". HL_OK, HL_REFUSED. */
int hl_addr_parse(struct hl_addr *out, struct hl_str text);
/* An address, or an address and "/bits". HL_OK, HL_REFUSED. */
int hl_net_parse(struct hl_net *out, struct hl_str text);
/* Of an AF_INET or AF_INET6 socket address; anything else reads as ::. */
void hl_addr_of(struct hl_addr *out, const struct sockaddr *sa);
void hl_addr_text(char out[HL_ADDR_TEXT], const struct hl_addr *addr);

bool hl_addr_loopback(const struct hl_addr *addr);
bool hl_net_has(const struct hl_net *net, const struct hl_addr *addr);
bool hl_nets_have(const struct hl_net *nets, size_t n, const struct hl_addr *addr);

/* The client behind a peer: the peer itself unless it is one of the trusted proxies, else the
   right-most address of its X-Forwarded-For that is not one of them. An entry that cannot be read
   ends the search at the last hop that could. */
void hl_addr_client(struct hl_addr *out, const struct hl_addr *peer, struct hl_str forwarded_for,
		    const struct hl_net *trusted, size_t n);

#endif
