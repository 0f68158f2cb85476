/*
 * What a file holds at its top: the pack's common things (languages, lists, word sets, teams,
 * waiting …) and the intents. Knows the keys of pack.yaml and of a topic file.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "load/load.h"

#define NAMES_MAX 4096

/* ------------------------------------------------------------------ languages */

static bool is_language(struct hl_str text)
{
	if (text.len < 2 || text.len > 16)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (i < 2 ? !(c >= 'a' && c <= 'z') : !letter && c != '-')
			return false;
	}
	return true;
}

static bool is_listed(const struct hl_str *v, size_t n, struct hl_str text)
{
	for (size_t i = 0; i < n; i++)
		if (hl_view_equal(v[i], text))
			return true;
	return false;
}

void hl_load_languages(struct hl_load *load)
{
	size_t n = 0, count;
	const struct hl_yaml_node *value = NULL, *item = NULL;
	for (size_t i = 0; i < load->n_files && !value; i++) {
		load->file = load->files[i];
		if (hl_view_is(hl_yaml_name(load->file), "pack.yaml") && hl_yaml_root(load->file))
			value = hl_yaml_get(hl_yaml_root(load->file), "languages");
	}
	if (value)
		item = hl_load_items(load, value, &count, "languages");
	for (; item; item = item->next) {
		struct hl_str lang;
		if (!hl_load_text(load, item, &lang, false))
			continue;
		if (!is_language(lang))
			hl_load_error(load, item, "lang.form", HL_STR("write codes: [en, zh]"),
				      "`" HL_FMT "` is no language code", HL_ARG(lang));
		else if (is_listed(load->langs, n, lang))
			hl_load_error(load, item, "lang.twice", HL_STR("keep one of them"),
				      "the language `" HL_FMT "` is given twice", HL_ARG(lang));
		else if (n == HL_LANGS_MAX)
			hl_load_error(load, item, "lang.many",
				      HL_STR("take out those nobody is answered in"),
				      "more than %d languages", HL_LANGS_MAX);
		else
			load->langs[n++] = lang;
		if (value->kind == HL_YAML_TEXT)
			break;
	}
	if (n == 0)
		load->langs[n++] = HL_STR("en");
	load->pack.langs = (struct hl_names){load->langs, n};
}

/* ------------------------------------------------------------------ vars, lists, word sets */

/* A map whose keys are the author's own names: calls `take` for each. */
static void each_pair(struct hl_load *load, const struct hl_yaml_node *value, const char *what,
		      void (*take)(struct hl_load *load, const struct hl_yaml_node *key))
{
	if (value->kind != HL_YAML_MAP) {
		hl_load_error(load, value, "map.wanted", HL_STR("write `name: ...` lines"),
			      "a map of %s is wanted here", what);
		return;
	}
	for (const struct hl_yaml_node *key = value->first; key && key->next; key = key->next->next)
		if (key->kind == HL_YAML_TEXT)
			take(load, key);
}

static void twice(struct hl_load *load, const struct hl_yaml_node *key, const char *what,
		  struct hl_src first)
{
	hl_load_error(load, key, "name.twice",
		      hl_pool_format(&load->pool, "it stands in " HL_FMT ":%u already",
				     HL_ARG(first.file), first.line),
		      "the %s `" HL_FMT "` is given twice", what, HL_ARG(key->text));
}

static void take_var(struct hl_load *load, const struct hl_yaml_node *key)
{
	struct hl_str value;
	if (!hl_load_is_name(load, key, "a var") || !hl_load_text(load, key->next, &value, true))
		return;
	for (size_t i = 0; i < load->pack.n_vars; i++)
		if (hl_view_equal(load->vars[i].name, key->text)) {
			hl_load_error(load, key, "name.twice", HL_STR("keep one of them"),
				      "the var `" HL_FMT "` is given twice", HL_ARG(key->text));
			return;
		}
	if (!hl_grow((void **)&load->vars, &load->room_vars, load->pack.n_vars,
		     sizeof(*load->vars))) {
		load->pool.failed = true;
		return;
	}
	load->vars[load->pack.n_vars++] = (struct hl_var){key->text, value};
}

static void read_vars(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	(void)out;
	each_pair(load, value, "vars", take_var);
}

static const struct hl_key list_value_keys[] = {
	{"title", hl_read_title, offsetof(struct hl_list_value, titles), false},
	{"say", hl_read_names, offsetof(struct hl_list_value, say), false},
};

static void take_list(struct hl_load *load, const struct hl_yaml_node *key)
{
	const struct hl_yaml_node *map = key->next;
	if (!hl_load_is_name(load, key, "a list"))
		return;
	for (size_t i = 0; i < load->pack.n_lists; i++)
		if (hl_view_equal(load->lists[i].name, key->text)) {
			twice(load, key, "list", load->lists[i].src);
			return;
		}
	if (map->kind != HL_YAML_MAP) {
		hl_load_error(load, map, "list.form",
			      HL_STR("write: {BTC: [btc, bitcoin], ETH: [eth]}"),
			      "a list is a map of values and their spellings");
		return;
	}
	struct hl_list_value *v = hl_pool_array(&load->pool, map->n, sizeof(*v));
	size_t n = 0;
	for (const struct hl_yaml_node *k = map->first; v && k && k->next; k = k->next->next) {
		if (k->kind != HL_YAML_TEXT)
			continue;
		v[n] = (struct hl_list_value){.value = k->text, .src = hl_load_src(load, k)};
		if (k->next->kind == HL_YAML_MAP)
			hl_load_map(load, k->next, list_value_keys, 2, &v[n], "a value of a list");
		else
			hl_read_names(load, k->next, &v[n].say);
		hl_load_check_commas(load, k->next);
		n++;
	}
	if (!hl_grow((void **)&load->lists, &load->room_lists, load->pack.n_lists,
		     sizeof(*load->lists))) {
		load->pool.failed = true;
		return;
	}
	load->lists[load->pack.n_lists++] =
		(struct hl_list){key->text, v, n, hl_load_src(load, key)};
}

static void read_lists(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	(void)out;
	each_pair(load, value, "lists", take_list);
}

static void take_set(struct hl_load *load, const struct hl_yaml_node *key)
{
	struct hl_wordset set = {.name = key->text, .src = hl_load_src(load, key)};
	if (!hl_load_is_name(load, key, "a word set"))
		return;
	for (size_t i = 0; i < load->pack.n_words; i++)
		if (hl_view_equal(load->sets[i].name, key->text)) {
			twice(load, key, "word set", load->sets[i].src);
			return;
		}
	hl_read_phrases(load, key->next, &set.say);
	if (!hl_grow((void **)&load->sets, &load->room_sets, load->pack.n_words,
		     sizeof(*load->sets))) {
		load->pool.failed = true;
		return;
	}
	load->sets[load->pack.n_words++] = set;
}

static void read_sets(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	(void)out;
	each_pair(load, value, "word sets", take_set);
}

static void read_outside(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	struct hl_lines lines = {NULL, 0};
	(void)out;
	hl_read_lines(load, value, &lines);
	for (size_t i = 0; i < lines.n; i++) {
		if (!hl_grow((void **)&load->outside, &load->room_outside, load->pack.outside.n,
			     sizeof(*load->outside))) {
			load->pool.failed = true;
			return;
		}
		load->outside[load->pack.outside.n++] = lines.v[i];
	}
}

/* ------------------------------------------------------------------ decide, waiting, texts */

static void read_share(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	char *end = NULL;
	double share = -1;
	if (value->kind == HL_YAML_TEXT && value->text.len > 0 && value->text.len < 16 &&
	    strspn(value->text.ptr, "0123456789.") == value->text.len)
		share = strtod(value->text.ptr, &end);
	if (!end || *end || !isfinite(share) || share < 0 || share > 1)
		hl_load_error(load, value, "share.wanted", HL_STR("0.95 is 95 of 100"),
			      "a number from 0 to 1 is wanted here");
	else
		*(double *)out = share;
}

static void read_precision(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	double share = 0.5;
	read_share(load, value, &share);
	if (share < 0.5 || share > 0.999)
		hl_load_error(load, value, "precision.range", HL_STR("0.95 is a good beginning"),
			      "`precision` must be from 0.5 to 0.999");
	else
		*(double *)out = share;
}

static void read_rephrase(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	unsigned times = 1;
	hl_read_unsigned(load, value, &times);
	*(int *)out = (int)(times > 3 ? 3 : times);
}

static void read_decide(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	static const struct hl_key keys[] = {
		{"precision", read_precision, offsetof(struct hl_pack, precision), false},
		{"oos", read_share, offsetof(struct hl_pack, oos), false},
		{"rephrase", read_rephrase, offsetof(struct hl_pack, rephrase), false},
	};
	(void)out;
	hl_load_map(load, value, keys, 3, &load->pack, "`decide`");
}

/* Sets *masked, or, where `out` is NULL, takes nothing but `redact`. */
static void read_secret(struct hl_load *load, const struct hl_yaml_node *value, bool *masked)
{
	struct hl_str how;
	if (!hl_load_text(load, value, &how, false) || hl_view_is(how, "redact"))
		return;
	if (!hl_view_is(how, "mask"))
		hl_load_error(load, value, "secrets.how", HL_STR("write `redact` or `mask`"),
			      "`" HL_FMT "` is nothing that is done with a secret", HL_ARG(how));
	else if (masked)
		*masked = true;
	else
		hl_load_error(load, value, "secrets.never",
			      HL_STR("leave the line out: it is always redacted"),
			      "what opens a wallet or an account is never shown, not even masked");
}

static void read_maskable(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	read_secret(load, value, out);
}

static void read_never_masked(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	(void)out;
	read_secret(load, value, NULL);
}

static void read_secrets(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	static const struct hl_key keys[] = {
		{"email", read_maskable, offsetof(struct hl_masked, email), false},
		{"phone", read_maskable, offsetof(struct hl_masked, phone), false},
		{"card", read_maskable, offsetof(struct hl_masked, card), false},
		{"iban", read_maskable, offsetof(struct hl_masked, iban), false},
		{"id", read_maskable, offsetof(struct hl_masked, id), false},
		{"passport", read_maskable, offsetof(struct hl_masked, passport), false},
		{"seed", read_never_masked, 0, false},
		{"key", read_never_masked, 0, false},
		{"pem", read_never_masked, 0, false},
		{"api", read_never_masked, 0, false},
		{"password", read_never_masked, 0, false},
		{"code", read_never_masked, 0, false},
	};
	(void)out;
	hl_load_map(load, value, keys, sizeof(keys) / sizeof(keys[0]), &load->pack.masked,
		    "`secrets`");
}

/* 0s, 10m, 2h */
static void read_after(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	static const struct {
		char unit;
		int64_t ms;
	} units[] = {{'s', 1000}, {'m', 60000}, {'h', 3600000}};
	struct hl_str text = value->kind == HL_YAML_TEXT ? value->text : HL_NONE;
	int64_t number = 0, ms = 0;
	bool good = text.len >= 2 && text.len <= 6;
	for (size_t i = 0; good && i + 1 < text.len; i++) {
		good = text.ptr[i] >= '0' && text.ptr[i] <= '9';
		number = number * 10 + (text.ptr[i] - '0');
	}
	for (size_t i = 0; good && i < 3; i++)
		if (text.ptr[text.len - 1] == units[i].unit)
			ms = units[i].ms;
	if (!good || ms == 0)
		hl_load_error(load, value, "time.wanted", HL_STR("write 0s, 30s, 10m or 2h"),
			      "a time is wanted here");
	else
		*(int64_t *)out = number * ms;
}

static void read_then(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	struct hl_str text;
	if (!hl_load_text(load, value, &text, false))
		return;
	if (hl_view_is(text, "message"))
		*(bool *)out = true;
	else
		hl_load_error(load, value, "waiting.then", HL_STR("write: then: message"),
			      "`" HL_FMT "` is nothing that can come then", HL_ARG(text));
}

static void read_waiting(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	static const struct hl_key keys[] = {
		{"after", read_after, offsetof(struct hl_wait, after_ms), false},
		{"say", hl_read_say, offsetof(struct hl_wait, say), false},
		{"then", read_then, offsetof(struct hl_wait, message), false},
	};
	size_t n = 0;
	(void)out;
	if (value->kind != HL_YAML_LIST) {
		hl_load_error(load, value, "list.wanted",
			      HL_STR("write lines like: - {after: 0s, say: {en: \"...\"}}"),
			      "a list is wanted here");
		return;
	}
	struct hl_wait *v = hl_pool_array(&load->pool, value->n, sizeof(*v));
	for (const struct hl_yaml_node *item = value->first; v && item; item = item->next, n++) {
		v[n] = (struct hl_wait){.after_ms = -1, .src = hl_load_src(load, item)};
		if (!hl_load_map(load, item, keys, 3, &v[n], "a step of `waiting`"))
			continue;
		if (!hl_yaml_get(item, "after"))
			hl_load_error(load, item, "waiting.after", HL_STR("add: after: 0s"),
				      "`after` is missing here");
		else if (n > 0 && v[n].after_ms >= 0 && v[n].after_ms <= v[n - 1].after_ms)
			hl_load_error(load, item, "waiting.order",
				      HL_STR("put the steps into the order of their `after`"),
				      "each step must come later than the one before");
		if (!hl_yaml_get(item, "say") && !hl_yaml_get(item, "then"))
			hl_load_error(load, item, "waiting.nothing",
				      HL_STR("add `say: {en: \"...\"}` or `then: message`"),
				      "nothing happens at this step");
	}
	load->pack.waiting = v;
	load->pack.n_waiting = n;
}

#define BOTLINES_NEEDED 7 /* of a language that is neither English nor Chinese */
#define BOTLINES 17
static const char *const botlines[BOTLINES] = {
	"did_you_mean", "none_of_these", "rephrase", "unmatched", "offer",     "handoff",
	"stopped",	"human",	 "greeting", "heard",	  "take_time", "again",
	"message",	"leave",	 "kept",     "back",	  "returned"};

/* The bot itself speaks English and Chinese; for any other language the pack lends it words. Lines
   that stand there without the language are reported where they stand. */
static void check_languages(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	const struct hl_yaml_node *texts = hl_yaml_get(hl_yaml_root(load->file), "texts");
	const struct hl_yaml_node *item = value->kind == HL_YAML_LIST ? value->first : value;
	(void)out;
	for (size_t left = value->kind == HL_YAML_LIST ? value->n : 1; item && left > 0;
	     item = item->next, left--) {
		struct hl_str missing = HL_NONE, lang = item->text;
		if (item->kind != HL_YAML_TEXT || !is_language(lang) ||
		    memcmp(lang.ptr, "en", 2) == 0 || memcmp(lang.ptr, "zh", 2) == 0)
			continue;
		for (size_t i = 0; i < BOTLINES_NEEDED; i++)
			if (!texts || !hl_yaml_get(texts, botlines[i]))
				missing =
					hl_pool_format(&load->pool, HL_FMT "%s%s", HL_ARG(missing),
						       missing.len ? ", " : "", botlines[i]);
		if (missing.len)
			hl_load_error(load, item, "lang.lines",
				      hl_pool_format(&load->pool,
						     "give under `texts:` in pack.yaml: " HL_FMT,
						     HL_ARG(missing)),
				      "the bot's own lines are not known in `" HL_FMT "`",
				      HL_ARG(lang));
	}
}

static void read_botlines(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	struct hl_str names[BOTLINES];
	size_t n = 0;
	(void)out;
	for (size_t i = 0; i < BOTLINES; i++)
		names[i] = hl_view_of(botlines[i]);
	if (value->kind != HL_YAML_MAP) {
		hl_load_error(load, value, "map.wanted", HL_STR("write: rephrase: {en: \"...\"}"),
			      "a map of the bot's lines is wanted here");
		return;
	}
	struct hl_botline *v = hl_pool_array(&load->pool, value->n, sizeof(*v));
	for (const struct hl_yaml_node *key = value->first; v && key && key->next;
	     key = key->next->next) {
		bool known = false;
		for (size_t i = 0; i < BOTLINES; i++)
			known = known || hl_view_equal(key->text, names[i]);
		if (!known) {
			hl_load_error(load, key, "key.unknown",
				      hl_load_meant(load, key->text, names, BOTLINES),
				      "unknown line `" HL_FMT "` in `texts`", HL_ARG(key->text));
			continue;
		}
		v[n] = (struct hl_botline){.key = key->text, .src = hl_load_src(load, key)};
		hl_load_texts(load, key->next, &v[n++].texts, HL_SITE_PLAIN, NULL);
	}
	load->pack.texts = v;
	load->pack.n_texts = n;
}

/* ------------------------------------------------------------------ files */

static void read_name(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	(void)out;
	hl_read_text(load, value, &load->pack.name);
}

static void read_teams(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	(void)out;
	hl_read_names(load, value, &load->pack.teams);
	for (size_t i = 0; i < load->pack.teams.n; i++)
		for (size_t k = 0; k < i; k++)
			if (hl_view_equal(load->pack.teams.v[i], load->pack.teams.v[k]))
				hl_load_error(load, value, "name.twice", HL_STR("keep one of them"),
					      "the team `" HL_FMT "` is given twice",
					      HL_ARG(load->pack.teams.v[i]));
}

static void read_topic(struct hl_load *load, const struct hl_yaml_node *value, void *out)
{
	(void)out;
	hl_read_text(load, value, &load->topic);
}

/* `topic` first: the intents of a file take it wherever it stands. */
static const struct hl_key file_keys[] = {
	{"topic", hl_read_skip, 0, false},	 {"intents", hl_read_intents, 0, false},
	{"vars", read_vars, 0, false},		 {"lists", read_lists, 0, false},
	{"words", read_sets, 0, false},		 {"outside", read_outside, 0, false},
	{"tests", hl_read_pack_tests, 0, false}, {"pack", read_name, 0, true},
	{"languages", check_languages, 0, true}, {"teams", read_teams, 0, true},
	{"decide", read_decide, 0, true},	 {"waiting", read_waiting, 0, true},
	{"texts", read_botlines, 0, true},	 {"secrets", read_secrets, 0, true},
};
#define FILE_KEYS (sizeof(file_keys) / sizeof(file_keys[0]))

/* A pack.yaml in a folder of the pack, where it is a file like any other. */
static bool is_below(const struct hl_load *load)
{
	static const char end[] = "/pack.yaml";
	struct hl_str name = hl_yaml_name(load->file);
	return name.len >= sizeof(end) &&
	       memcmp(name.ptr + name.len - (sizeof(end) - 1), end, sizeof(end) - 1) == 0;
}

static void check_place(struct hl_load *load, const struct hl_yaml_node *root)
{
	for (const struct hl_yaml_node *key = root->first; key && key->next; key = key->next->next)
		for (size_t i = 0; i < FILE_KEYS; i++)
			if (file_keys[i].pack_only && key->kind == HL_YAML_TEXT &&
			    hl_view_is(key->text, file_keys[i].name))
				hl_load_error(load, key, "key.place",
					      is_below(load) ? HL_STR("move it to the pack.yaml of "
								      "the pack's own folder")
							     : HL_STR("move it to pack.yaml"),
					      "`%s` belongs in pack.yaml", file_keys[i].name);
}

void hl_load_file(struct hl_load *load, const struct hl_yaml_node *root, bool is_pack)
{
	load->topic = HL_NONE;
	if (root->kind == HL_YAML_TEXT && root->text.len == 0)
		return; /* nothing but comments */
	const struct hl_yaml_node *topic = hl_yaml_get(root, "topic");
	if (topic)
		read_topic(load, topic, NULL);
	if (hl_load_map(load, root, file_keys, FILE_KEYS, NULL, "a rule file") && !is_pack)
		check_place(load, root);
}
