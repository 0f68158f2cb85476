/*
 * Client frames to values. Everything a stranger can send arrives here first, so it is strict: one
 * object, no doubled keys, no NUL, bounded depth (checked before the parser recurses), exact types.
 * Each frame is a row of a constant table, each field a row of the frame's; a name that stands in
 * no table is ignored (fields) or refused (types).
 */
#include <limits.h>
#include <stddef.h>
#include <string.h>

#include <jansson.h>

#include "wire/wire.h"

enum kind {
	F_STR,	   /* any string */
	F_CID,	   /* 1..64 characters */
	F_TEXT,	   /* 1..4,000 code points */
	F_OPTTEXT, /* 0..4,000 code points */
	F_SHORT,   /* 0..HL_WIRE_VALUE_MAX bytes */
	F_SEQ,	   /* integer from 0 */
	F_N,	   /* any integer, marks has_n */
	F_BOOL,
	F_VERSION, /* the integer 1 */
	F_SCORE,   /* 1..5 */
	F_SOLVED,
	F_OUTCOME,
	F_PRESENCE,
	F_PAGE,
	F_CONTEXT,
	F_TAGS,
	F_TO
};

struct field {
	const char *name;
	enum kind kind;
	bool needed;
	size_t offset;
};
#define AT(member) offsetof(struct hl_wire_frame, member)
#define CUSTOMER (1u << HL_PEER_CUSTOMER)
#define AGENT (1u << HL_PEER_AGENT)
#define FIELDS_MAX 10

struct shape {
	const char *name;
	enum hl_wire_type type;
	unsigned roles;
	struct field fields[FIELDS_MAX];
};

static const struct shape shapes[] = {
	{"hello",
	 HL_WIRE_HELLO,
	 CUSTOMER,
	 {{"v", F_VERSION, true, 0},
	  {"resume", F_STR, false, AT(resume)},
	  {"last_seq", F_SEQ, false, AT(last_seq)},
	  {"token", F_STR, false, AT(token)},
	  {"lang", F_SHORT, false, AT(lang)},
	  {"page", F_PAGE, false, 0},
	  {"context", F_CONTEXT, false, 0}}},
	{"hello",
	 HL_WIRE_HELLO,
	 AGENT,
	 {{"v", F_VERSION, true, 0}, {"token", F_STR, false, AT(token)}}},
	{"send",
	 HL_WIRE_SEND,
	 CUSTOMER,
	 {{"cid", F_CID, true, AT(cid)},
	  {"text", F_TEXT, false, AT(text)},
	  {"choice", F_STR, false, AT(choice)}}},
	{"send",
	 HL_WIRE_SEND,
	 AGENT,
	 {{"conv", F_STR, true, AT(conv)},
	  {"cid", F_CID, true, AT(cid)},
	  {"text", F_TEXT, true, AT(text)}}},
	{"human", HL_WIRE_HUMAN, CUSTOMER, {{"cid", F_CID, true, AT(cid)}}},
	{"end", HL_WIRE_END, CUSTOMER, {{"cid", F_CID, true, AT(cid)}}},
	{"rate",
	 HL_WIRE_RATE,
	 CUSTOMER,
	 {{"cid", F_CID, true, AT(cid)},
	  {"score", F_SCORE, true, AT(score)},
	  {"solved", F_SOLVED, false, AT(solved)},
	  {"comment", F_OPTTEXT, false, AT(comment)}}},
	{"read", HL_WIRE_READ, CUSTOMER, {{"seq", F_SEQ, true, AT(seq)}}},
	{"read",
	 HL_WIRE_READ,
	 AGENT,
	 {{"conv", F_STR, true, AT(conv)}, {"seq", F_SEQ, true, AT(seq)}}},
	{"typing", HL_WIRE_TYPING, CUSTOMER, {{"on", F_BOOL, true, AT(on)}}},
	{"typing",
	 HL_WIRE_TYPING,
	 AGENT,
	 {{"conv", F_STR, true, AT(conv)}, {"on", F_BOOL, true, AT(on)}}},
	{"ping",
	 HL_WIRE_PING,
	 CUSTOMER | AGENT,
	 {{"n", F_N, false, AT(n)}, {"conv", F_STR, false, AT(conv)}}},
	{"presence",
	 HL_WIRE_PRESENCE,
	 AGENT,
	 {{"state", F_PRESENCE, true, AT(presence)}, {"why", F_SHORT, false, AT(why)}}},
	{"accept",
	 HL_WIRE_ACCEPT,
	 AGENT,
	 {{"conv", F_STR, true, AT(conv)}, {"offer", F_STR, true, AT(offer)}}},
	{"decline",
	 HL_WIRE_DECLINE,
	 AGENT,
	 {{"conv", F_STR, true, AT(conv)}, {"offer", F_STR, true, AT(offer)}}},
	{"take", HL_WIRE_TAKE, AGENT, {{"conv", F_STR, true, AT(conv)}}},
	{"open",
	 HL_WIRE_OPEN,
	 AGENT,
	 {{"conv", F_STR, true, AT(conv)},
	  {"last_seq", F_SEQ, false, AT(last_seq)},
	  {"last_note_seq", F_SEQ, false, AT(last_note_seq)}}},
	{"leave", HL_WIRE_LEAVE, AGENT, {{"conv", F_STR, true, AT(conv)}}},
	{"note",
	 HL_WIRE_NOTE,
	 AGENT,
	 {{"conv", F_STR, true, AT(conv)},
	  {"cid", F_CID, true, AT(cid)},
	  {"text", F_TEXT, true, AT(text)}}},
	{"transfer",
	 HL_WIRE_TRANSFER,
	 AGENT,
	 {{"conv", F_STR, true, AT(conv)},
	  {"cid", F_CID, true, AT(cid)},
	  {"to", F_TO, true, 0},
	  {"note", F_OPTTEXT, false, AT(text)}}},
	{"resolve",
	 HL_WIRE_RESOLVE,
	 AGENT,
	 {{"conv", F_STR, true, AT(conv)},
	  {"cid", F_CID, true, AT(cid)},
	  {"outcome", F_OUTCOME, true, AT(outcome)},
	  {"tags", F_TAGS, false, 0}}},
	{"to_bot",
	 HL_WIRE_TO_BOT,
	 AGENT,
	 {{"conv", F_STR, true, AT(conv)}, {"cid", F_CID, true, AT(cid)}}},
	{"queue", HL_WIRE_QUEUE, AGENT, {{NULL, F_STR, false, 0}}},
};

static const struct shape classify_shape = {
	"classify",
	HL_WIRE_SEND,
	AGENT,
	{{"text", F_TEXT, true, AT(text)}, {"lang", F_SHORT, false, AT(lang)}}};

const char *hl_wire_type_name(enum hl_wire_type type)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (shapes[i].type == type)
			return shapes[i].name;
	return "?";
}

/* ------------------------------------------------------------------ fields */

static struct hl_str view(const json_t *value)
{
	return (struct hl_str){json_string_value(value), json_string_length(value)};
}

static size_t code_points(struct hl_str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
	return n;
}

static bool one_of(struct hl_str value, const char *const *names, size_t n, size_t *which)
{
	for (size_t i = 0; i < n; i++) {
		if (value.len == strlen(names[i]) && memcmp(value.ptr, names[i], value.len) == 0) {
			*which = i;
			return true;
		}
	}
	return false;
}

static enum hl_code read_string(struct hl_str *out, enum kind kind, const json_t *value)
{
	if (!json_is_string(value))
		return HL_CODE_BAD_FRAME;
	struct hl_str text = view(value);
	size_t n = code_points(text);
	if (kind == F_CID && (n < 1 || n > HL_CID_MAX))
		return HL_CODE_BAD_FRAME;
	if (kind == F_TEXT && n < 1)
		return HL_CODE_BAD_FRAME;
	if ((kind == F_TEXT || kind == F_OPTTEXT) && n > HL_TEXT_MAX)
		return HL_CODE_TOO_LARGE;
	if (kind == F_SHORT && text.len > HL_WIRE_VALUE_MAX)
		return HL_CODE_BAD_FRAME;
	*out = text;
	return HL_CODE_OK;
}

static enum hl_code read_word(struct hl_wire_frame *out, const struct field *field,
			      const json_t *value)
{
	static const char *const solved[] = {"yes", "partly", "no"};
	static const char *const outcomes[] = {"solved", "unsolved", "no_reply"};
	static const char *const presences[] = {"offline", "away", "online"};
	size_t which = 0;

	if (!json_is_string(value))
		return HL_CODE_BAD_FRAME;
	struct hl_str word = view(value);
	if (field->kind == F_PRESENCE) {
		if (!one_of(word, presences, 3, &which))
			return HL_CODE_BAD_FRAME;
		out->presence = (enum hl_presence)which;
		return HL_CODE_OK;
	}
	if (!one_of(word, field->kind == F_SOLVED ? solved : outcomes, 3, &which))
		return HL_CODE_BAD_FRAME;
	*(struct hl_str *)((char *)out + field->offset) = word;
	return HL_CODE_OK;
}

static enum hl_code read_number(struct hl_wire_frame *out, const struct field *field,
				const json_t *value)
{
	if (!json_is_integer(value))
		return HL_CODE_BAD_FRAME;
	json_int_t number = json_integer_value(value);
	switch (field->kind) {
	case F_SEQ:
		if (number < 0)
			return HL_CODE_BAD_FRAME;
		*(uint64_t *)((char *)out + field->offset) = (uint64_t)number;
		return HL_CODE_OK;
	case F_N:
		out->n = number;
		out->has_n = true;
		return HL_CODE_OK;
	case F_SCORE:
		if (number < 1 || number > 5)
			return HL_CODE_BAD_FRAME;
		out->score = (int)number;
		return HL_CODE_OK;
	default: /* F_VERSION */
		return number == 1 ? HL_CODE_OK : HL_CODE_BAD_FRAME;
	}
}

static bool add_context(struct hl_wire_frame *out, struct hl_str name, const json_t *value)
{
	if (!json_is_string(value) || json_string_length(value) > HL_WIRE_VALUE_MAX ||
	    name.len > HL_WIRE_KEY_MAX || name.len == 0 ||
	    out->n_context == sizeof(out->context) / sizeof(out->context[0]))
		return false;
	out->context[out->n_context++] = (struct hl_attr){name, view(value)};
	return true;
}

static enum hl_code read_page(struct hl_wire_frame *out, const json_t *value)
{
	const json_t *url = json_object_get(value, "url");
	const json_t *title = json_object_get(value, "title");

	if (!json_is_object(value) || (url && !add_context(out, HL_STR("page.url"), url)) ||
	    (title && !add_context(out, HL_STR("page.title"), title)))
		return HL_CODE_BAD_FRAME;
	return HL_CODE_OK;
}

static enum hl_code read_context(struct hl_wire_frame *out, json_t *value)
{
	const char *key;
	size_t len;
	json_t *item;

	if (!json_is_object(value) || json_object_size(value) > HL_WIRE_CONTEXT_MAX)
		return HL_CODE_BAD_FRAME;
	json_object_keylen_foreach(value, key, len,
				   item) if (!add_context(out, (struct hl_str){key, len},
							  item)) return HL_CODE_BAD_FRAME;
	return HL_CODE_OK;
}

static enum hl_code read_tags(struct hl_wire_frame *out, const json_t *value)
{
	size_t i;
	json_t *item;

	if (!json_is_array(value) || json_array_size(value) > HL_WIRE_TAGS_MAX)
		return HL_CODE_BAD_FRAME;
	json_array_foreach(value, i,
			   item) if (read_string(&out->tags[out->n_tags++], F_CID, item) !=
				     HL_CODE_OK) return HL_CODE_BAD_FRAME;
	return HL_CODE_OK;
}

/* {"team":"…"} or {"agent":"…"}: exactly one. */
static enum hl_code read_to(struct hl_wire_frame *out, const json_t *value)
{
	const json_t *team = json_object_get(value, "team");
	const json_t *agent = json_object_get(value, "agent");
	const json_t *one = team ? team : agent;

	if (!json_is_object(value) || (team && agent) || !json_is_string(one) ||
	    json_string_length(one) == 0)
		return HL_CODE_BAD_FRAME;
	*(team ? &out->team : &out->agent) = view(one);
	return HL_CODE_OK;
}

static enum hl_code read_field(struct hl_wire_frame *out, const struct field *field, json_t *value)
{
	switch (field->kind) {
	case F_STR:
	case F_CID:
	case F_TEXT:
	case F_OPTTEXT:
	case F_SHORT:
		return read_string((struct hl_str *)((char *)out + field->offset), field->kind,
				   value);
	case F_SEQ:
	case F_N:
	case F_VERSION:
	case F_SCORE:
		return read_number(out, field, value);
	case F_SOLVED:
	case F_OUTCOME:
	case F_PRESENCE:
		return read_word(out, field, value);
	case F_BOOL:
		if (!json_is_boolean(value))
			return HL_CODE_BAD_FRAME;
		*(bool *)((char *)out + field->offset) = json_is_true(value);
		return HL_CODE_OK;
	case F_PAGE:
		return read_page(out, value);
	case F_CONTEXT:
		return read_context(out, value);
	case F_TAGS:
		return read_tags(out, value);
	default:
		return read_to(out, value);
	}
}

static enum hl_code read_fields(struct hl_wire_frame *out, const struct shape *shape, json_t *tree)
{
	enum hl_code first = HL_CODE_OK;

	/* all of them even after an error: the answer names the cid when it can */
	for (size_t i = 0; i < FIELDS_MAX && shape->fields[i].name; i++) {
		const struct field *field = &shape->fields[i];
		json_t *value = json_object_get(tree, field->name);
		enum hl_code code = HL_CODE_OK;

		if (value)
			code = read_field(out, field, value);
		else if (field->needed)
			code = HL_CODE_BAD_FRAME;
		if (first == HL_CODE_OK)
			first = code;
	}
	return first;
}

/* ------------------------------------------------------------------ frames */

/* Before the parser sees it: it recurses, and a refusal should cost nothing. Brackets inside
   strings do not count. */
static bool shallow(struct hl_str text)
{
	unsigned depth = 0;
	bool string = false;

	for (size_t i = 0; i < text.len; i++) {
		char byte = text.ptr[i];

		if (string) {
			i += byte == '\\';
			string = byte != '"';
		} else if (byte == '"') {
			string = true;
		} else if (byte == '{' || byte == '[') {
			if (++depth > HL_WIRE_DEPTH_MAX)
				return false;
		} else if ((byte == '}' || byte == ']') && depth > 0) {
			depth--;
		}
	}
	return true;
}

static json_t *parse(struct hl_str text)
{
	if (!shallow(text))
		return NULL;
	json_t *tree = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(tree))
		return tree;
	json_decref(tree);
	return NULL;
}

enum hl_code hl_wire_decode(struct hl_wire_frame *out, enum hl_peer_role role, struct hl_str text)
{
	size_t which;

	*out = (struct hl_wire_frame){.type = HL_WIRE_TYPE_COUNT};
	if (text.len > HL_WIRE_IN_MAX)
		return HL_CODE_TOO_LARGE;
	json_t *tree = parse(text);
	if (!tree)
		return HL_CODE_BAD_FRAME;
	out->tree = tree;
	const json_t *type = json_object_get(tree, "t");
	if (!json_is_string(type))
		return HL_CODE_BAD_FRAME;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		if (!(shapes[i].roles & 1u << role) ||
		    !one_of(view(type), &shapes[i].name, 1, &which))
			continue;
		out->type = shapes[i].type;
		enum hl_code code = read_fields(out, &shapes[i], tree);
		/* a customer's send is either typed or pressed */
		if (code == HL_CODE_OK && shapes[i].type == HL_WIRE_SEND &&
		    (out->text.len > 0) == (out->choice.len > 0))
			code = HL_CODE_BAD_FRAME;
		return code;
	}
	return HL_CODE_UNKNOWN_TYPE;
}

enum hl_code hl_wire_decode_classify(struct hl_wire_frame *out, struct hl_str body)
{
	*out = (struct hl_wire_frame){.type = HL_WIRE_TYPE_COUNT};
	if (body.len > 2 * HL_WIRE_IN_MAX)
		return HL_CODE_TOO_LARGE;
	out->tree = parse(body);
	return out->tree ? read_fields(out, &classify_shape, out->tree) : HL_CODE_BAD_FRAME;
}

void hl_wire_frame_deinit(struct hl_wire_frame *frame)
{
	json_decref(frame->tree);
	*frame = (struct hl_wire_frame){.type = HL_WIRE_TYPE_COUNT};
}
