/* Inside of the loader: what is gathered while a pack is read, and the readers' common tools. */
#ifndef HL_RULES_LOAD_H
#define HL_RULES_LOAD_H

#include "base/pool.h"
#include "hotline_yaml.h"

#define HL_LANGS_MAX 16

/* A text with {names} in it, to be checked when everything is read. */
enum hl_site_role { HL_SITE_ANSWER, HL_SITE_ASK, HL_SITE_NOTE, HL_SITE_WAITING, HL_SITE_PLAIN };
struct hl_site {
	const struct hl_yaml *file;
	const struct hl_yaml_node *node;
	const struct hl_intent *intent; /* NULL outside of one */
	enum hl_site_role role;
};

/* What a test, or a step of a talk, says and wants. A node is NULL when it does not want it. */
struct hl_test {
	const struct hl_yaml *file;
	const struct hl_yaml_node *node;
	struct hl_str say;
	const struct hl_yaml_node *intent, *slots, *no, *decision, *by, *all, *clarify, *unmatched,
		*asks;
	struct hl_str lang;
	struct hl_attr *user;
	size_t n_user;
	bool has_user;
	struct hl_test *talk; /* steps; then `say` is empty */
	size_t n_talk;
	const struct hl_intent *own; /* the intent it stands under, or NULL */
};

/* What the loader remembers of an intent beside what the engine is given. */
struct hl_origin {
	const struct hl_yaml *file;
	const struct hl_yaml_node *node, *id, *team, *review_by, *buttons, *handoff, *slots,
		*answer;
	const struct hl_intent *intent;
	struct hl_test *tests;
	size_t n_tests;
};

struct hl_load {
	struct hl_pool pool;
	struct hl_findings *findings;
	struct hl_yaml **files;
	bool *quiet; /* of each: nothing was said of it when it was read */
	size_t n_files;
	const struct hl_yaml *file; /* the one being read */
	struct hl_pack pack;
	struct hl_str langs[HL_LANGS_MAX];
	struct hl_origin *origins; /* by intent, in the order of reading */
	size_t n_origins, room_origins;
	struct hl_intent *intents; /* parallel to origins */
	struct hl_intent *intent;  /* the one being read */
	struct hl_origin *origin;
	struct hl_str topic;
	struct hl_site *sites;
	size_t n_sites, sites_capacity;
	struct hl_test *tests; /* pack.yaml's */
	size_t n_tests;
	struct hl_list *lists;
	struct hl_wordset *sets;
	struct hl_var *vars;
	struct hl_line *outside;
	size_t room_lists, room_sets, room_vars, room_outside;
	bool torn; /* a file could not be read whole: what is missing may stand there */
};

typedef void hl_read_fn(struct hl_load *load, const struct hl_yaml_node *value, void *out);
struct hl_key {
	const char *name;
	hl_read_fn *read;
	size_t offset; /* where in the struct `out` of hl_load_map points to */
	bool pack_only;
};

/* ------------------------------------------------------------------ map.c */

/* Findings at a node of the file being read. */
void hl_load_error(struct hl_load *load, const struct hl_yaml_node *node, const char *code,
		   struct hl_str remedy, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
void hl_load_warn(struct hl_load *load, const struct hl_yaml_node *node, const char *code,
		  struct hl_str remedy, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* "did you mean `x`?", or a list of what there is, or empty. */
struct hl_str hl_load_meant(struct hl_load *load, struct hl_str word, const struct hl_str *names,
			    size_t n);
/* Reads a map by its table; `what` names it in errors: "an intent". False when it is no map. */
bool hl_load_map(struct hl_load *load, const struct hl_yaml_node *node, const struct hl_key *keys,
		 size_t n_keys, void *out, const char *what);
struct hl_src hl_load_src(const struct hl_load *load, const struct hl_yaml_node *node);
/* A list node's items, or the node itself when it is a single text. *n gets their number. */
const struct hl_yaml_node *hl_load_items(struct hl_load *load, const struct hl_yaml_node *node,
					 size_t *n, const char *what);
/* A text; false when it was reported. */
bool hl_load_text(struct hl_load *load, const struct hl_yaml_node *node, struct hl_str *out,
		  bool prose);
/* Is the key one of the names in { }, < >: a–z first, then a–z 0–9 _? Reports when not. */
bool hl_load_is_name(struct hl_load *load, const struct hl_yaml_node *key, const char *what);
/* Readers for the tables; each says what `out` is. */
hl_read_fn hl_read_text;    /* struct hl_str */
hl_read_fn hl_read_lines;   /* struct hl_lines: one text or a list */
hl_read_fn hl_read_phrases; /* the same, where a comma within a text means nothing */
/* Warns of `[充值，提现]`, which is one text. */
void hl_load_check_commas(struct hl_load *load, const struct hl_yaml_node *list);
hl_read_fn hl_read_names;    /* struct hl_names: one text or a list */
hl_read_fn hl_read_unsigned; /* unsigned, at most 1000 */
hl_read_fn hl_read_bool;     /* bool */
hl_read_fn hl_read_conds;    /* struct hl_conds */
hl_read_fn hl_read_node;     /* const struct hl_yaml_node *: looked at later */
void hl_read_skip(struct hl_load *load, const struct hl_yaml_node *value, void *out);

/* ------------------------------------------------------------------ texts.c */

/* A text in every language of the pack (or one text in a one-language pack). `skip`: keys of the
   map that are no languages, ended by NULL; or NULL. */
void hl_load_texts(struct hl_load *load, const struct hl_yaml_node *node, struct hl_texts *out,
		   enum hl_site_role role, const char *const *skip);
hl_read_fn hl_read_title, hl_read_ask, hl_read_say; /* struct hl_texts */
/* What such a text looks like in this pack, for a remedy: {en: "...", zh: "..."}. */
struct hl_str hl_load_text_form(struct hl_load *load);
void hl_load_site(struct hl_load *load, const struct hl_yaml_node *node, enum hl_site_role role);
/* Checks the names in all sites. */
void hl_load_check_templates(struct hl_load *load);
/* The type of that name, or -1; the names of all. */
int hl_slot_kind_of(struct hl_str name);
extern const char *const hl_slot_kinds[];
extern const size_t hl_slot_kinds_n;

/* ------------------------------------------------------------------ pack.c, intent.c, tests.c */

void hl_load_languages(struct hl_load *load); /* before all else */
void hl_load_file(struct hl_load *load, const struct hl_yaml_node *root, bool is_pack);
hl_read_fn hl_read_intents;	 /* the load: appends */
hl_read_fn hl_read_intent_tests; /* of load->origin */
hl_read_fn hl_read_pack_tests;
void hl_load_check_questions(struct hl_load *load); /* nobody asks for a secret */
/* What hangs together over the pack: ids, teams, buttons, questions, dates. */
void hl_load_check(struct hl_load *load, struct hl_str today);

#endif
