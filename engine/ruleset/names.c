/* The names an author may write in a phrase, and what to say when there is none such. */
#include "ruleset/names.h"

static const struct {
	const char *name;
	enum hl_slot_kind kind;
} types[] = {
	{"text", HL_SLOT_TEXT},	  {"number", HL_SLOT_NUMBER}, {"amount", HL_SLOT_AMOUNT},
	{"date", HL_SLOT_DATE},	  {"txid", HL_SLOT_TXID},     {"address", HL_SLOT_ADDRESS},
	{"order", HL_SLOT_ORDER}, {"email", HL_SLOT_EMAIL},   {"phone", HL_SLOT_PHONE},
};

int hl_names_type(struct hl_str name)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (hl_str_eq(name, hl_str_of(types[i].name)))
			return (int)types[i].kind;
	return -1;
}

size_t hl_names_list(const struct hl_pack *pack, struct hl_str name)
{
	for (size_t i = 0; i < pack->n_lists; i++)
		if (hl_str_eq(pack->lists[i].name, name))
			return i;
	return SIZE_MAX;
}

/* `none`: what to write when nothing is near and there is nothing to list. */
static void unknown(struct hl_phrase_env *env, const struct hl_line *line, const struct hl_arc *arc,
		    const char *code, const char *what, const struct hl_str *names, size_t n,
		    const char *none)
{
	struct hl_report *report = env->report;
	struct hl_str message = hl_report_join(report, hl_str_of(what), arc->text, HL_STR("`"));
	struct hl_str remedy = hl_report_nearest(report, arc->text, names, n);
	if (!remedy.len)
		remedy = n ? hl_report_choices(report, names, n) : hl_str_of(none);
	hl_report(report, HL_ERROR, code, line->src, arc->offset, arc->len, message, remedy);
}

int hl_names_set(uint32_t *atom, struct hl_phrase_env *env, const struct hl_line *line,
		 const struct hl_arc *arc)
{
	const struct hl_pack *pack = env->pack;
	for (size_t i = 0; i < pack->n_words; i++)
		if (hl_str_eq(pack->words[i].name, arc->text)) {
			*atom = hl_vocab_index(env->vocab, HL_ATOM_SET, (uint32_t)i);
			return *atom == HL_NO_ATOM ? HL_NOMEM : HL_OK;
		}
	struct hl_str *names = HL_NEW_ARRAY(env->work, pack->n_words, struct hl_str);
	if (!names)
		return HL_NOMEM;
	for (size_t i = 0; i < pack->n_words; i++)
		names[i] = pack->words[i].name;
	unknown(env, line, arc, "phrase.unknown_set", "there is no word set `", names,
		pack->n_words, "write the words, or a set of that name under `words:`");
	return HL_REFUSED;
}

struct hl_str hl_names_near_list(struct hl_report *report, const struct hl_pack *pack,
				 struct hl_str name)
{
	struct hl_str *names = HL_NEW_ARRAY(report->arena, pack->n_lists, struct hl_str);
	if (!names)
		return HL_NONE;
	for (size_t i = 0; i < pack->n_lists; i++)
		names[i] = pack->lists[i].name;
	return hl_report_nearest(report, name, names, pack->n_lists);
}

static int unknown_slot(struct hl_phrase_env *env, const struct hl_line *line,
			const struct hl_arc *arc)
{
	const struct hl_pack *pack = env->pack;
	size_t n_slots = env->intent ? env->intent->n_slots : 0, n = 0;
	size_t n_types = sizeof types / sizeof *types;
	struct hl_str *names =
		HL_NEW_ARRAY(env->work, pack->n_lists + n_slots + n_types, struct hl_str);
	if (!names)
		return HL_NOMEM;
	for (size_t i = 0; i < n_slots; i++)
		names[n++] = env->intent->slots[i].name;
	for (size_t i = 0; i < pack->n_lists; i++) {
		bool known = false;
		for (size_t k = 0; k < n_slots && !known; k++)
			known = hl_str_eq(names[k], pack->lists[i].name);
		if (!known)
			names[n++] = pack->lists[i].name;
	}
	for (size_t i = 1; i < n_types; i++)
		names[n++] = hl_str_of(types[i].name);
	unknown(env, line, arc, "phrase.unknown_slot", "there is no slot, list or type `", names, n,
		"");
	return HL_REFUSED;
}

/* What kind of thing the name is; false: nothing of that name. */
static bool resolve(enum hl_atom_kind *kind, uint32_t *index, const struct hl_phrase_env *env,
		    struct hl_str name)
{
	const struct hl_slot_def *slot = NULL;
	size_t n_slots = env->intent ? env->intent->n_slots : 0, number = 0;
	for (; number < n_slots && !slot; number++)
		if (hl_str_eq(env->intent->slots[number].name, name))
			slot = &env->intent->slots[number];
	size_t list =
		hl_names_list(env->pack, slot && slot->kind == HL_SLOT_LIST ? slot->list : name);
	int type = slot ? (int)slot->kind : hl_names_type(name);
	if (slot && slot->kind == HL_SLOT_PATTERN) {
		*kind = HL_ATOM_PATTERN;
		*index = env->first_pattern;
		for (size_t i = 0; i + 1 < number; i++)
			*index += env->intent->slots[i].kind == HL_SLOT_PATTERN;
		return true;
	}
	if ((!slot || slot->kind == HL_SLOT_LIST) && list != SIZE_MAX) {
		*kind = HL_ATOM_LIST;
		*index = (uint32_t)list;
		return true;
	}
	if (type < 0)
		return false;
	*kind = HL_ATOM_TYPE;
	*index = (uint32_t)type;
	return true;
}

int hl_names_slot(uint32_t *atom, uint32_t *slot, struct hl_phrase_env *env,
		  const struct hl_line *line, const struct hl_arc *arc)
{
	enum hl_atom_kind kind;
	uint32_t index;
	if (!resolve(&kind, &index, env, arc->text))
		return unknown_slot(env, line, arc);
	if (kind == HL_ATOM_TYPE && index == HL_SLOT_TEXT) {
		hl_report_plain(env->report, HL_ERROR, "phrase.text_slot", line->src, arc->offset,
				arc->len,
				"a `text` slot takes anything and cannot stand in a phrase",
				"use * for any words");
		return HL_REFUSED;
	}
	*atom = hl_vocab_index(env->vocab, kind, index);
	struct hl_str name = hl_arena_dup(env->arena, arc->text);
	if (*atom == HL_NO_ATOM || !name.ptr)
		return HL_NOMEM;
	uint32_t *number =
		hl_map_put(env->slot_names, name, (uint32_t)env->slot_names->n + 1, NULL);
	if (!number)
		return HL_NOMEM;
	*slot = *number;
	return HL_OK;
}

int hl_names_check(struct hl_phrase_env *env, const struct hl_line *line,
		   const struct hl_spell *spell)
{
	for (size_t i = 0; i < spell->n_arcs; i++) {
		const struct hl_arc *arc = &spell->arcs[i];
		uint32_t atom, slot;
		int rc = arc->kind == HL_ARC_SET    ? hl_names_set(&atom, env, line, arc)
			 : arc->kind == HL_ARC_SLOT ? hl_names_slot(&atom, &slot, env, line, arc)
						    : HL_OK;
		if (rc < 0)
			return rc;
	}
	return HL_REFUSED;
}
