/*
 * What the app tells beside the conversation, the page's address above all: read like a message,
 * and an address part by part, for "?email=jo%40example.com" holds an e-mail address that no
 * message would spell so.
 */
#include <string.h>

#include "secrets/secrets.h"

static int digit_of(char c)
{
	return (unsigned)(c - '0') < 10		  ? c - '0'
	       : (unsigned)((c | 0x20) - 'a') < 6 ? (c | 0x20) - 'a' + 10
						  : -1;
}

/* Without percent signs; what parts an address becomes blanks in `parted`. */
static bool decode(struct hl_str *plain, struct hl_str *parted, struct hl_arena *arena,
		   struct hl_str value)
{
	char *a = hl_arena_alloc(arena, value.len + 1), *b = hl_arena_alloc(arena, value.len + 1);
	size_t n = 0;
	if (a == NULL || b == NULL)
		return false;
	for (size_t i = 0; i < value.len; i++, n++) {
		char c = value.ptr[i];
		bool two = c == '%' && i + 2 < value.len;
		int high = two ? digit_of(value.ptr[i + 1]) : -1,
		    low = two ? digit_of(value.ptr[i + 2]) : -1;
		if (high >= 0 && low >= 0) {
			c = (char)(high * 16 + low);
			i += 2;
		}
		a[n] = c == '\0' ? ' ' : c;
		b[n] = c == '\0' || strchr("?&#;", c) != NULL ? ' ' : c;
	}
	*plain = (struct hl_str){a, n};
	*parted = (struct hl_str){b, n};
	return true;
}

static int find(struct hl_secrets *found, struct hl_arena *arena, struct hl_str text)
{
	struct hl_utterance plain;
	int rc = hl_utterance_read(&plain, arena, text, NULL, 0);
	return rc != HL_OK ? rc : hl_secrets_find(found, arena, &plain, NULL, NULL, 0);
}

int hl_secrets_clean(struct hl_str *out, struct hl_arena *arena, struct hl_str value)
{
	struct hl_secrets found;
	struct hl_str plain, parted;
	int rc = find(&found, arena, value);
	if (rc != HL_OK)
		return rc;
	rc = hl_secrets_stored(out, arena, value, found.v, found.n);
	bool address = hl_str_find(value, HL_STR("/"), 0) != SIZE_MAX ||
		       hl_str_find(value, HL_STR("%"), 0) != SIZE_MAX;
	if (rc != HL_OK || !address)
		return rc;
	if (!decode(&plain, &parted, arena, *out))
		return HL_NOMEM;
	rc = find(&found, arena, parted);
	return rc != HL_OK || found.n == 0 ? rc
					   : hl_secrets_stored(out, arena, plain, found.v, found.n);
}
