/* What the network can say of itself before it is known who speaks: addresses, networks, the list
   of proxies; and a log line of whatever comes. */
#include <assert.h>
#include <string.h>

#include "http/addr.h"
#include "log/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hl_str text = {(const char *)data, size};
	struct hl_log_field fields[] = {HL_LOG_TEXT("text", text), HL_LOG_NUMBER("n", -1)};
	char line[HL_LOG_LINE_MAX], again[HL_ADDR_TEXT];
	struct hl_addr addr, same, client;
	struct hl_net net;

	if (hl_addr_parse(&addr, text) == HL_OK) {
		hl_addr_text(again, &addr);
		assert(hl_addr_parse(&same, (struct hl_str){again, strlen(again)}) == HL_OK);
		assert(memcmp(&addr, &same, sizeof addr) == 0);
	}
	if (hl_net_parse(&net, text) == HL_OK) {
		assert(hl_net_has(&net, &net.addr));
		hl_addr_client(&client, &net.addr, text, &net, 1);
	}
	memset(&net, 0, sizeof net);
	hl_addr_client(&client, &net.addr, text, &net, 1);
	assert(hl_log_format(line, HL_LOG_INFO, "x", fields, 2) < sizeof line);
	return 0;
}
