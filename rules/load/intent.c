/*
 * One intent. Knows its keys and the forms its values may take.
 */
#include <string.h>

#include "base/u8.h"
#include "load/load.h"

/* ------------------------------------------------------------------ words */

static void read_typos(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	unsigned typos = 0;
	hl_read_unsigned(load, value, &typos);
	if (typos > 2)
		hl_load_error(load, value, "words.typos", HL_STR("write 0, 1 or 2"),
			      "at most 2 typos a word");
	else
		*(unsigned *)out = typos;
}

static void read_words(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	static const struct hl_key keys[] = {
		{"all", hl_read_phrases, offsetof(struct hl_words_rule, all), false},
		{"none", hl_read_phrases, offsetof(struct hl_words_rule, none), false},
		{"typos", read_typos, offsetof(struct hl_words_rule, typos), false},
		{"max_words", hl_read_unsigned, offsetof(struct hl_words_rule, max_words), false},
	};
	struct hl_intent *intent = load->intent;
	(void)out;
	if (value->kind != HL_YAML_LIST) {
		hl_load_error(load, value, "list.wanted",
			      HL_STR("write lines like: - {all: [deposit, missing]}"),
			      "a list of order-free rules is wanted here");
		return;
	}
	struct hl_words_rule *v = hl_pool_array(&load->pool, value->n, sizeof(*v));
	size_t n = 0;
	for (const struct hl_yaml_node *item = value->first; v && item; item = item->next) {
		v[n] = (struct hl_words_rule){.src = hl_load_src(load, item)};
		if (!hl_load_map(load, item, keys, 4, &v[n], "an item of `words`"))
			continue;
		const struct hl_yaml_node *all = hl_yaml_get(item, "all");
		if (!all || (all->kind == HL_YAML_LIST && all->n == 0))
			hl_load_error(load, item, "words.all", HL_STR("add: all: [word, word]"),
				      "`all` is missing: the words that must stand in a message");
		else
			n += v[n].all.n > 0;
	}
	intent->words = v;
	intent->n_words = n;
}

/* ------------------------------------------------------------------ slots */

static void read_kind(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	struct hl_str text, names[16];
	if (!hl_load_text(load, value, &text, false))
		return;
	int kind = hl_slot_kind_of(text);
	for (size_t i = 0; i < hl_slot_kinds_n; i++)
		names[i] = hl_view_of(hl_slot_kinds[i]);
	if (kind > 0)
		*(enum hl_slot_kind *)out = (enum hl_slot_kind)kind;
	else
		hl_load_error(load, value, "slot.type",
			      kind == 0 ? HL_STR("write: list: NAME")
					: hl_load_meant(load, text, names + 1, hl_slot_kinds_n - 1),
			      "unknown type `" HL_FMT "`", HL_ARG(text));
}

static void read_else(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	struct hl_str text;
	if (!hl_load_text(load, value, &text, false))
		return;
	if (hl_view_is(text, "skip"))
		*(enum hl_slot_else *)out = HL_ELSE_SKIP;
	else if (hl_view_is(text, "handoff"))
		*(enum hl_slot_else *)out = HL_ELSE_HANDOFF;
	else
		hl_load_error(load, value, "slot.else", HL_STR("write `handoff` or `skip`"),
			      "`" HL_FMT "` is nothing that can be done else", HL_ARG(text));
}

static const struct hl_key slot_keys[] = {
	{"list", hl_read_text, offsetof(struct hl_slot_def, list), false},
	{"type", read_kind, offsetof(struct hl_slot_def, kind), false},
	{"pattern", hl_read_text, offsetof(struct hl_slot_def, pattern), false},
	{"ask", hl_read_ask, offsetof(struct hl_slot_def, ask), false},
	{"tries", hl_read_unsigned, offsetof(struct hl_slot_def, tries), false},
	{"else", read_else, offsetof(struct hl_slot_def, otherwise), false},
};

/* What the slot takes when it does not say: a list of its own name, else the type of its name. */
static void settle_kind(struct hl_load *load, const struct hl_yaml_node *key,
			struct hl_slot_def *slot)
{
	const struct hl_yaml_node *map = key->next;
	bool type = hl_yaml_get(map, "type"), list = hl_yaml_get(map, "list"),
	     pattern = hl_yaml_get(map, "pattern");
	int kind = hl_slot_kind_of(slot->name);
	if (list && (type || pattern))
		hl_load_error(load, key, "slot.both", HL_STR("keep one of them"),
			      "a slot takes a list, a type or a pattern, not two of them");
	else if (pattern && type && slot->kind != HL_SLOT_PATTERN)
		hl_load_error(load, key, "slot.both", HL_STR("keep one of them"),
			      "a slot takes a type or a pattern, not both");
	else if (type && slot->kind == HL_SLOT_PATTERN && !pattern)
		hl_load_error(load, key, "slot.pattern", HL_STR("add: pattern: '...'"),
			      "the pattern is missing");
	if (pattern)
		slot->kind = HL_SLOT_PATTERN;
	else if (!type && !list && kind > 0 && kind != HL_SLOT_PATTERN)
		slot->kind = (enum hl_slot_kind)kind;
	else if (!type && !list)
		slot->list = slot->name;
}

static void read_slots(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	size_t n = 0;
	(void)out;
	if (value->kind != HL_YAML_MAP) {
		hl_load_error(load, value, "map.wanted", HL_STR("write: coin: {list: coin}"),
			      "a map of slots is wanted here");
		return;
	}
	struct hl_slot_def *v = hl_pool_array(&load->pool, value->n, sizeof(*v));
	for (const struct hl_yaml_node *key = value->first; v && key && key->next;
	     key = key->next->next) {
		if (key->kind != HL_YAML_TEXT || !hl_load_is_name(load, key, "a slot"))
			continue;
		v[n] = (struct hl_slot_def){.name = key->text, .src = hl_load_src(load, key)};
		if (!hl_load_map(load, key->next, slot_keys, 6, &v[n], "a slot"))
			continue;
		settle_kind(load, key, &v[n]);
		n++;
	}
	load->intent->slots = v;
	load->intent->n_slots = n;
}

/* ------------------------------------------------------------------ answer, buttons, handoff */

static void read_variant(struct hl_load *load, const struct hl_yaml_node *node,
			 struct hl_answer *answer)
{
	static const char *const skip[] = {"if", "text", NULL};
	answer->src = hl_load_src(load, node);
	const struct hl_yaml_node *text = hl_yaml_get(node, "text"),
				  *cond = hl_yaml_get(node, "if");
	if (cond)
		hl_read_conds(load, cond, &answer->only);
	if (text)
		hl_load_texts(load, text, &answer->texts, HL_SITE_ANSWER, NULL);
	else
		hl_load_texts(load, node, &answer->texts, HL_SITE_ANSWER, skip);
}

static void read_answer(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	(void)out;
	bool list = value->kind == HL_YAML_LIST;
	size_t n = 0, count = list ? value->n : 1;
	struct hl_answer *v = hl_pool_array(&load->pool, count, sizeof(*v));
	for (const struct hl_yaml_node *item = list ? value->first : value; v && item && n < count;
	     item = list ? item->next : NULL) {
		v[n] = (struct hl_answer){.src = hl_load_src(load, item)};
		read_variant(load, item, &v[n]);
		n += v[n].texts.n > 0;
	}
	load->intent->answers = v;
	load->intent->n_answers = n;
}

static void check_url(struct hl_load *load, const struct hl_yaml_node *node, struct hl_str url)
{
	bool scheme = false, odd = false;
	for (size_t i = 0; i + 1 < url.len; i++)
		scheme = scheme || (i > 0 && url.ptr[i] == ':');
	for (size_t i = 0; i < url.len; i++)
		odd = odd || (unsigned char)url.ptr[i] <= ' ' || strchr("\"'<>\\", url.ptr[i]);
	bool web = url.len > 8 && memcmp(url.ptr, "https://", 8) == 0;
	static const char *const barred[] = {
		"http:", "javascript:", "data:", "vbscript:", "file:", "blob:"};
	for (size_t i = 0; i < sizeof(barred) / sizeof(barred[0]); i++)
		odd = odd || (url.len >= strlen(barred[i]) &&
			      strncasecmp(url.ptr, barred[i], strlen(barred[i])) == 0);
	if (odd || !(web || scheme))
		hl_load_error(load, node, "button.url", HL_STR("write an https:// address"),
			      "this address cannot be a button's");
}

static void read_button(struct hl_load *load, const struct hl_yaml_node *node,
			struct hl_button_def *button)
{
	static const struct hl_key keys[] = {
		{"url", hl_read_text, offsetof(struct hl_button_def, target), false},
		{"title", hl_read_title, offsetof(struct hl_button_def, title), false},
	};
	button->src = hl_load_src(load, node);
	if (node->kind != HL_YAML_MAP) {
		hl_read_text(load, node, &button->target);
		button->kind =
			hl_view_is(button->target, "human") ? HL_BUTTON_HUMAN : HL_BUTTON_INTENT;
		return;
	}
	button->kind = HL_BUTTON_URL;
	hl_load_map(load, node, keys, 2, button, "a button");
	if (!hl_yaml_get(node, "url"))
		hl_load_error(load, node, "button.url",
			      HL_STR("an intent's id, `human`, or {url: ..., title: ...}"),
			      "this button leads nowhere");
	else
		check_url(load, hl_yaml_get(node, "url"), button->target);
	if (!hl_yaml_get(node, "title"))
		hl_load_error(load, node, "button.title",
			      hl_pool_format(&load->pool, "add: title: " HL_FMT,
					     HL_ARG(hl_load_text_form(load))),
			      "a button with an address needs a title");
}

static void read_buttons(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	size_t n = 0;
	(void)out;
	bool list = value->kind == HL_YAML_LIST;
	size_t count = list ? value->n : 1;
	struct hl_button_def *v = hl_pool_array(&load->pool, count, sizeof(*v));
	for (const struct hl_yaml_node *item = list ? value->first : value; v && item && n < count;
	     item = list ? item->next : NULL) {
		if (n == HL_BUTTONS_MAX) {
			hl_load_error(load, item, "button.many",
				      HL_STR("take the least useful out"), "at most %d buttons",
				      HL_BUTTONS_MAX);
			break;
		}
		read_button(load, item, &v[n]);
		n += v[n].target.len > 0;
	}
	load->intent->buttons = v;
	load->intent->n_buttons = n;
}

static void read_when(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	static const char *const names[] = {"default", "always", "filled", "offer", "never"};
	struct hl_str text, list[4];
	if (!hl_load_text(load, value, &text, false))
		return;
	for (int i = 1; i <= HL_HANDOFF_NEVER; i++) {
		list[i - 1] = hl_view_of(names[i]);
		if (hl_view_is(text, names[i])) {
			*(enum hl_handoff_when *)out = (enum hl_handoff_when)i;
			return;
		}
	}
	hl_load_error(load, value, "handoff.when", hl_load_meant(load, text, list, 4),
		      "unknown hand-off `" HL_FMT "`", HL_ARG(text));
}

static void read_note(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	if (hl_load_text(load, value, out, true))
		hl_load_site(load, value, HL_SITE_NOTE);
}

static void read_handoff(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	static const struct hl_key keys[] = {
		{"when", read_when, offsetof(struct hl_intent, handoff), false},
		{"after_unsolved", hl_read_unsigned, offsetof(struct hl_intent, after_unsolved),
		 false},
		{"note", read_note, offsetof(struct hl_intent, note), false},
	};
	(void)out;
	if (value->kind == HL_YAML_TEXT)
		read_when(load, value, &load->intent->handoff);
	else
		hl_load_map(load, value, keys, 3, load->intent, "`handoff`");
}

/* ------------------------------------------------------------------ the intent */

static void read_id(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	struct hl_str id;
	(void)out;
	load->origin->id = value;
	if (!hl_load_text(load, value, &id, false))
		return;
	bool good = id.len > 0 && hl_u8_count(id) <= 64;
	for (size_t i = 0; good && i < id.len; i++) {
		unsigned char c = (unsigned char)id.ptr[i];
		good = c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		       (c >= '0' && c <= '9') || strchr("._-", c);
	}
	for (size_t i = 0, n; good && i < id.len; i += n) {
		uint32_t point;
		n = hl_u8_next(&point, id, i);
		/* signs, spaces and full-width forms of other scripts are no letters */
		good = point < 0x80 ||
		       !(hl_u8_odd_space(point) || (point >= 0x2000 && point < 0x2E80) ||
			 (point >= 0x3000 && point < 0x3005) ||
			 (point >= 0x3008 && point < 0x3021) ||
			 (point >= 0xFF00 && point < 0xFF10) || point == 0xFF1A);
	}
	if (good)
		load->intent->id = id;
	else
		hl_load_error(load, value, "intent.id",
			      HL_STR("letters of any script, digits, `.`, `_` and `-`; at most 64"),
			      "`" HL_FMT "` cannot be an intent's id", HL_ARG(id));
}

static void read_team(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	(void)out;
	load->origin->team = value;
	hl_read_text(load, value, &load->intent->team);
}

static void read_review(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	(void)out;
	load->origin->review_by = value;
}

static const struct hl_key intent_keys[] = {
	{"id", read_id, 0, false},
	{"title", hl_read_title, offsetof(struct hl_intent, title), false},
	{"team", read_team, 0, false},
	{"phrases", hl_read_phrases, offsetof(struct hl_intent, phrases), false},
	{"words", read_words, 0, false},
	{"patterns", hl_read_lines, offsetof(struct hl_intent, patterns), false},
	{"examples", hl_read_lines, offsetof(struct hl_intent, examples), false},
	{"never", hl_read_phrases, offsetof(struct hl_intent, never), false},
	{"only_if", hl_read_conds, offsetof(struct hl_intent, only_if), false},
	{"slots", read_slots, 0, false},
	{"answer", read_answer, 0, false},
	{"buttons", read_buttons, 0, false},
	{"handoff", read_handoff, 0, false},
	{"review_by", read_review, 0, false},
	{"tests", hl_read_intent_tests, 0, false},
};

static void read_intent(struct hl_load *load, const struct hl_yaml_node *node)
{
	struct hl_intent *intent = &load->intents[load->n_origins];
	struct hl_origin *origin = &load->origins[load->n_origins];
	*intent = (struct hl_intent){.topic = load->topic, .src = hl_load_src(load, node)};
	*origin = (struct hl_origin){.file = load->file, .node = node, .intent = intent};
	load->intent = intent;
	load->origin = origin;
	bool map = hl_load_map(load, node, intent_keys,
			       sizeof(intent_keys) / sizeof(intent_keys[0]), intent, "an intent");
	if (map && !hl_yaml_get(node, "id"))
		hl_load_error(load, node, "intent.no_id", HL_STR("add: id: topic.what"),
			      "this intent has no `id`");
	if (origin->id)
		intent->src = hl_load_src(load, origin->id);
	load->n_origins += intent->id.len > 0;
	load->intent = NULL;
	load->origin = NULL;
}

void hl_read_intents(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	(void)out;
	if (value->kind != HL_YAML_LIST) {
		hl_load_error(load, value, "list.wanted",
			      HL_STR("write each intent after `- `: - id: topic.what"),
			      "a list of intents is wanted here");
		return;
	}
	for (const struct hl_yaml_node *item = value->first;
	     item && load->n_origins < load->room_origins; item = item->next)
		read_intent(load, item);
}
