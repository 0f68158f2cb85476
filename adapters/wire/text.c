/*
 * Stored entries as lines a person reads: the transcript that leaves the house as plain text. It
 * reads what encode.c wrote, so a body it cannot read is damage, and is said to be.
 */
#include <string.h>

#include <jansson.h>

#include "wire/wire.h"

static struct hl_str member(const json_t *tree, const char *name)
{
	const json_t *value = json_object_get(tree, name);

	if (!json_is_string(value))
		return HL_NONE;
	return (struct hl_str){json_string_value(value), json_string_length(value)};
}

static void put_after(struct hl_wire_out *out, const char *before, struct hl_str text)
{
	if (text.len == 0)
		return;
	hl_wire_raw(out, (struct hl_str){before, strlen(before)});
	hl_wire_raw(out, text);
}

/* A line break of a text is kept, and set in, so that no line passes for another entry. */
static void put_text(struct hl_wire_out *out, struct hl_str text)
{
	size_t from = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '\n')
			continue;
		hl_wire_raw(out, (struct hl_str){text.ptr + from, i + 1 - from});
		hl_wire_raw(out, HL_STR("    "));
		from = i + 1;
	}
	hl_wire_raw(out, (struct hl_str){text.ptr + from, text.len - from});
}

void hl_wire_ev_text(struct hl_wire_out *out, struct hl_str body)
{
	static const char *const details[] = {"reason", "team", "why", "solved", "comment"};
	json_t *tree = json_loadb(body.ptr, body.len, 0, NULL);
	const json_t *by = json_object_get(tree, "by");
	struct hl_str kind = member(tree, "kind");
	struct hl_str text = member(tree, "text");

	if (!tree) {
		hl_wire_raw(out, HL_STR("(an entry that cannot be read)\n"));
		return;
	}
	put_after(out, "", member(tree, "at"));
	put_after(out, " ", member(by, "role"));
	put_after(out, " ", member(by, "name"));
	if (!(kind.len == 4 && memcmp(kind.ptr, "text", 4) == 0))
		put_after(out, " ", kind);
	for (size_t i = 0; i < sizeof(details) / sizeof(details[0]); i++)
		put_after(out, " ", member(tree, details[i]));
	put_after(out, " ", member(json_object_get(tree, "agent"), "name"));
	if (text.len > 0) {
		hl_wire_raw(out, HL_STR(": "));
		put_text(out, text);
	}
	hl_wire_raw(out, HL_STR("\n"));
	json_decref(tree);
}
