/*
 * Texts in all languages, and the {names} in them. Knows which languages the pack speaks and which
 * names a text may hold.
 */
#include <string.h>

#include "load/load.h"

static bool is_one_of(struct hl_str word, const char *const *list)
{
	for (; list && *list; list++)
		if (hl_view_is(word, *list))
			return true;
	return false;
}

void hl_load_site(struct hl_load *load, const struct hl_yaml_node *node, enum hl_site_role role)
{
	if (!hl_grow((void **)&load->sites, &load->sites_capacity, load->n_sites,
		     sizeof(*load->sites))) {
		load->pool.failed = true;
		return;
	}
	load->sites[load->n_sites++] = (struct hl_site){load->file, node, load->intent, role};
}

static bool take_text(struct hl_load *load, const struct hl_yaml_node *node, struct hl_text *out,
		      struct hl_str lang, enum hl_site_role role)
{
	if (!hl_load_text(load, node, &out->text, true))
		return false;
	if (out->text.len == 0) {
		hl_load_error(load, node, "text.empty", HL_STR("write it, or take the line out"),
			      "an empty text stands here");
		return false;
	}
	out->lang = lang;
	hl_load_site(load, node, role);
	return true;
}

static struct hl_str langs_list(struct hl_load *load, const char *between)
{
	struct hl_str list = HL_NONE;
	for (size_t i = 0; i < load->pack.langs.n; i++)
		list = hl_pool_format(&load->pool, HL_FMT "%s" HL_FMT, HL_ARG(list),
				      i ? between : "", HL_ARG(load->pack.langs.v[i]));
	return list;
}

struct hl_str hl_load_text_form(struct hl_load *load)
{
	if (load->pack.langs.n == 1)
		return HL_STR("\"...\"");
	return hl_pool_format(&load->pool, "{" HL_FMT ": \"...\"}",
			      HL_ARG(langs_list(load, ": \"...\", ")));
}

static void unknown_language(struct hl_load *load, const struct hl_yaml_node *key)
{
	bool cut = key->next->kind == HL_YAML_TEXT && key->next->text.len == 0;
	if (cut)
		hl_load_error(load, key, "lang.cut",
			      HL_STR("quote the text: a comma ends an unquoted one within { }"),
			      "unknown language `" HL_FMT "`", HL_ARG(key->text));
	else
		hl_load_error(load, key, "lang.unknown",
			      hl_pool_format(&load->pool,
					     "this pack speaks " HL_FMT
					     "; `languages:` in pack.yaml says so",
					     HL_ARG(langs_list(load, ", "))),
			      "unknown language `" HL_FMT "`", HL_ARG(key->text));
}

static void check_missing(struct hl_load *load, const struct hl_yaml_node *node,
			  const struct hl_text *v, size_t n)
{
	for (size_t i = 0; i < load->pack.langs.n; i++) {
		struct hl_str lang = load->pack.langs.v[i];
		bool found = false;
		for (size_t k = 0; k < n; k++)
			found = found || hl_view_equal(v[k].lang, lang);
		if (!found && !hl_yaml_get(node, hl_pool_copy(&load->pool, lang).ptr))
			hl_load_error(load, node, "lang.missing",
				      hl_pool_format(&load->pool, "add: " HL_FMT ": \"...\"",
						     HL_ARG(lang)),
				      "the language `" HL_FMT "` is missing here", HL_ARG(lang));
	}
}

/* ["a", "b"] is meant as texts to choose from; [a] is a text that lacks its quotes. */
static bool is_choice(const struct hl_yaml_node *node)
{
	return node->kind == HL_YAML_LIST && node->n > 1 && node->first->kind == HL_YAML_TEXT &&
	       node->first->style != HL_YAML_PLAIN;
}

void hl_load_texts(struct hl_load *load, const struct hl_yaml_node *node, struct hl_texts *out,
		   enum hl_site_role role, const char *const *skip)
{
	size_t n = 0;
	if (node->kind == HL_YAML_TEXT && load->pack.langs.n > 1) {
		struct hl_str text;
		if (hl_load_text(load, node, &text, true))
			hl_load_error(load, node, "lang.missing",
				      hl_pool_format(&load->pool, "write: " HL_FMT,
						     HL_ARG(hl_load_text_form(load))),
				      "this pack speaks " HL_FMT ": the text is wanted in each",
				      HL_ARG(langs_list(load, " and ")));
		return;
	}
	struct hl_text *v = hl_pool_array(&load->pool, node->n + 1, sizeof(*v));
	if (!v)
		return;
	if (node->kind != HL_YAML_MAP) {
		n += take_text(load, node, &v[0], HL_NONE, role);
	} else {
		for (const struct hl_yaml_node *key = node->first; key && key->next;
		     key = key->next->next) {
			bool known = false;
			if (key->kind != HL_YAML_TEXT || is_one_of(key->text, skip))
				continue;
			for (size_t i = 0; i < load->pack.langs.n; i++)
				known = known || hl_view_equal(key->text, load->pack.langs.v[i]);
			if (!known)
				unknown_language(load, key);
			else if (is_choice(key->next))
				hl_load_error(load, key->next, "text.list",
					      HL_STR("write a list of whole answers: "
						     "[{en: \"...\"}, {en: \"...\"}]"),
					      "one text is wanted in each language, not a list");
			else
				n += take_text(load, key->next, &v[n], key->text, role);
		}
		check_missing(load, node, v, n);
	}
	*out = (struct hl_texts){v, n};
}

void hl_read_title(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	hl_load_texts(load, value, out, HL_SITE_PLAIN, NULL);
}

void hl_read_ask(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	hl_load_texts(load, value, out, HL_SITE_ASK, NULL);
}

void hl_read_say(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	hl_load_texts(load, value, out, HL_SITE_WAITING, NULL);
}

/* ------------------------------------------------------------------ {names} */

const char *const hl_slot_kinds[] = {"list",	"text",	 "number", "amount", "date",   "txid",
				     "address", "order", "email",  "phone",  "pattern"};
const size_t hl_slot_kinds_n = sizeof(hl_slot_kinds) / sizeof(hl_slot_kinds[0]);

int hl_slot_kind_of(struct hl_str name)
{
	for (size_t i = 0; i < hl_slot_kinds_n; i++)
		if (hl_view_is(name, hl_slot_kinds[i]))
			return (int)i;
	return -1;
}

struct template
{
	struct hl_load *load;
	const struct hl_site *site;
};

static void template_error(const struct template *t, size_t from, size_t to, const char *code,
			   struct hl_str message, struct hl_str remedy)
{
	const struct hl_site *site = t->site;
	hl_yaml_report(t->load->findings, site->file, HL_ERROR, code,
		       hl_yaml_byte_of(site->file, site->node, (uint32_t)from),
		       hl_yaml_byte_of(site->file, site->node, (uint32_t)to), message, remedy);
}

static const struct hl_slot_def *find_slot(const struct hl_intent *intent, struct hl_str name)
{
	for (size_t i = 0; intent && i < intent->n_slots; i++)
		if (hl_view_equal(intent->slots[i].name, name))
			return &intent->slots[i];
	return NULL;
}

/* A list or type of that name serves as a slot too: {coin} without `slots:`. */
static bool is_implied(const struct hl_pack *pack, struct hl_str name)
{
	int kind = hl_slot_kind_of(name);
	for (size_t i = 0; i < pack->n_lists; i++)
		if (hl_view_equal(pack->lists[i].name, name))
			return true;
	return kind != HL_SLOT_LIST && kind != HL_SLOT_TEXT && kind != HL_SLOT_PATTERN && kind >= 0;
}

static bool is_given(const struct template *t, struct hl_str name)
{
	const struct hl_pack *pack = &t->load->pack;
	if (name.len > 5 && memcmp(name.ptr, "user.", 5) == 0)
		return true;
	if (t->site->role == HL_SITE_WAITING &&
	    (hl_view_is(name, "position") || hl_view_is(name, "wait")))
		return true;
	for (size_t i = 0; i < pack->n_vars; i++)
		if (hl_view_equal(pack->vars[i].name, name))
			return true;
	return false;
}

static void unknown_name(const struct template *t, struct hl_str name, size_t from, size_t to)
{
	struct hl_load *load = t->load;
	const struct hl_intent *intent = t->site->intent;
	size_t n = 0,
	       room = load->pack.n_vars + load->pack.n_lists + 2 + (intent ? intent->n_slots : 0);
	struct hl_str *names = hl_pool_array(&load->pool, room, sizeof(*names));
	for (size_t i = 0; names && intent && i < intent->n_slots; i++)
		names[n++] = intent->slots[i].name;
	for (size_t i = 0; names && i < load->pack.n_vars; i++)
		names[n++] = load->pack.vars[i].name;
	if (names && t->site->role == HL_SITE_WAITING) {
		names[n++] = HL_STR("position");
		names[n++] = HL_STR("wait");
	}
	for (size_t i = 0; names && intent && i < load->pack.n_lists; i++)
		names[n++] = load->pack.lists[i].name;
	template_error(t, from, to, "template.unknown",
		       hl_pool_format(&load->pool, "unknown name `{" HL_FMT "}`", HL_ARG(name)),
		       n ? hl_load_meant(load, name, names, n)
			 : HL_STR("a name is a slot's, or stands under `vars:` in pack.yaml"));
}

/* {coin} without `slots:`: the intent has the slot all the same, so that there is a value to show.
 */
static void imply_slot(struct hl_load *load, const struct hl_intent *of, struct hl_str name)
{
	struct hl_intent *intent = &load->intents[of - load->intents];
	struct hl_slot_def *slots = hl_pool_array(&load->pool, intent->n_slots + 1, sizeof(*slots));
	enum hl_slot_kind kind = HL_SLOT_LIST;
	bool is_list = false;
	for (size_t i = 0; i < load->pack.n_lists; i++)
		is_list = is_list || hl_view_equal(load->pack.lists[i].name, name);
	if (!slots)
		return;
	if (!is_list)
		kind = (enum hl_slot_kind)hl_slot_kind_of(name);
	if (intent->n_slots)
		memcpy(slots, intent->slots, intent->n_slots * sizeof(*slots));
	slots[intent->n_slots] = (struct hl_slot_def){
		.name = name, .kind = kind, .list = is_list ? name : HL_NONE, .src = intent->src};
	intent->slots = slots;
	intent->n_slots++;
}

/* One {name} or {name|instead}. */
static void check_name(const struct template *t, struct hl_str inner, size_t from, size_t to)
{
	const char *bar = inner.len ? memchr(inner.ptr, '|', inner.len) : NULL;
	struct hl_str name = {inner.ptr, bar ? (size_t)(bar - inner.ptr) : inner.len};
	const struct hl_slot_def *slot = find_slot(t->site->intent, name);
	struct hl_pool *pool = &t->load->pool;
	bool implied = !slot && t->site->intent && is_implied(&t->load->pack, name);
	if (!slot && is_given(t, name))
		return;
	if (!slot && !implied) {
		unknown_name(t, name, from, to);
		return;
	}
	bool asked = slot && slot->ask.n > 0 && t->site->intent->handoff != HL_HANDOFF_ALWAYS;
	if (!asked && !bar && t->site->role != HL_SITE_NOTE)
		template_error(t, from, to, "template.unasked",
			       hl_pool_format(pool,
					      "`{" HL_FMT
					      "}` may be unknown here: nothing asks for it",
					      HL_ARG(name)),
			       hl_pool_format(pool,
					      "say what stands there instead: {" HL_FMT
					      "|your " HL_FMT "}, or give the slot an `ask`",
					      HL_ARG(name), HL_ARG(name)));
	else if (implied)
		imply_slot(t->load, t->site->intent, name);
}

static void check_site(const struct template *t)
{
	struct hl_str text = t->site->node->text;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '{')
			continue;
		if (i + 1 < text.len && text.ptr[i + 1] == '{') {
			i++;
			continue;
		}
		const char *close = memchr(text.ptr + i, '}', text.len - i);
		if (!close) {
			template_error(t, i, i + 1, "template.open",
				       HL_STR("the `{` that opens here is never closed"),
				       HL_STR("write `{{` for the sign itself"));
			return;
		}
		size_t end = (size_t)(close - text.ptr);
		check_name(t, (struct hl_str){text.ptr + i + 1, end - i - 1}, i, end + 1);
		i = end;
	}
}

void hl_load_check_templates(struct hl_load *load)
{
	for (size_t i = 0; i < load->n_sites; i++) {
		struct template t = {load, &load->sites[i]};
		check_site(&t);
	}
}
