/*
 * Templates: {name}, {name|instead}, {{. One pass over the author's text; a value is copied as it
 * stands, so a customer who types {exchange} gets it back and no more.
 */
#include "dialogue/inside.h"

static struct hl_str shown_value(const struct hl_template *with, const struct hl_slot_def *def,
				 struct hl_str value)
{
	const struct hl_list *list = hl_list_of(with->turn->pack, def);
	for (size_t i = 0; list && i < list->n; i++)
		if (hl_str_eq(list->v[i].value, value))
			return hl_value_title(&list->v[i], with->turn->lang);
	return value;
}

static bool find_slot(struct hl_str *out, const struct hl_template *with, struct hl_str name)
{
	const struct hl_intent *intent = with->intent;
	for (size_t i = 0; intent && i < intent->n_slots; i++) {
		const struct hl_slot_def *def = &intent->slots[i];
		if (!hl_str_eq(def->name, name))
			continue;
		const struct hl_held *held =
			with->talk ? hl_talk_held(with->talk, intent->id, name) : NULL;
		if (!held || held->skipped)
			return false;
		*out = shown_value(with, def, held->value);
		if (with->note && held->masked)
			*out = HL_STR("***");
		return true;
	}
	return false;
}

static bool find_value(struct hl_str *out, const struct hl_template *with, struct hl_str name)
{
	const struct hl_turn *turn = with->turn;
	for (size_t i = 0; i < with->n_more; i++) {
		if (hl_str_eq(with->more[i].name, name)) {
			*out = with->more[i].value;
			return true;
		}
	}
	if (find_slot(out, with, name))
		return true;
	for (size_t i = 0; i < turn->pack->n_vars; i++) {
		if (hl_str_eq(turn->pack->vars[i].name, name)) {
			*out = turn->pack->vars[i].value;
			return true;
		}
	}
	for (size_t i = 0; hl_str_starts(name, HL_STR("user.")) && i < turn->n_user; i++) {
		if (hl_str_eq(turn->user[i].name, hl_str_sub(name, 5, SIZE_MAX))) {
			*out = turn->user[i].value;
			return true;
		}
	}
	return false;
}

bool hl_template_render(struct hl_buf *out, const struct hl_template *with, struct hl_str text)
{
	bool whole = true;
	size_t at = 0;
	while (at < text.len) {
		size_t open = hl_str_find(text, HL_STR("{"), at);
		size_t close = hl_str_find(text, HL_STR("}"), open);
		if (open == SIZE_MAX)
			open = text.len;
		hl_buf_str(out, hl_str_sub(text, at, open - at));
		if (open == text.len)
			break;
		if (open + 1 < text.len && text.ptr[open + 1] == '{') {
			hl_buf_char(out, '{');
			at = open + 2;
			continue;
		}
		if (close == SIZE_MAX) {
			hl_buf_str(out, hl_str_sub(text, open, SIZE_MAX));
			break;
		}
		struct hl_str inner = hl_str_sub(text, open + 1, close - open - 1), value;
		size_t bar = hl_str_find(inner, HL_STR("|"), 0);
		struct hl_str name = hl_str_trim(hl_str_sub(inner, 0, bar));
		if (find_value(&value, with, name))
			hl_buf_str(out, value);
		else if (bar != SIZE_MAX)
			hl_buf_str(out, hl_str_sub(inner, bar + 1, SIZE_MAX));
		else {
			whole = false;
			hl_buf_cstr(out, with->note ? "?" : "");
		}
		at = close + 1;
	}
	return whole;
}
