/*
 * hotline_yaml.h: YAML text to a tree that knows where everything stands, and the findings that
 * point into it. Rule packs and the server's configuration are read with it, so both speak of a
 * mistake in the same way.
 *
 * What is read is a strict part of YAML: one document of maps, lists and texts. Aliases, anchors,
 * tags, merge keys, doubled keys, tabs and control characters are refused; every value is the text
 * its author wrote, and the reader decides what it means.
 */
#ifndef HOTLINE_YAML_H
#define HOTLINE_YAML_H

#include "hotline_rules.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------ findings */

/* Collects findings: what is added is copied. Strings handed out live until it is freed. */
struct hl_findings;
int hl_findings_new(struct hl_findings **out);			    /* HL_OK, HL_NOMEM */
struct hl_findings *hl_findings_free(struct hl_findings *findings); /* NULL is fine */
/* Adds a copy. Out of memory is kept and told by hl_findings_list. */
void hl_findings_add(struct hl_findings *findings, const struct hl_finding *finding);
/* Sorts by file, line, column, level and message, drops doubles, and hands them out (valid until
   the next add). HL_OK, HL_NOMEM when one could not be kept. */
int hl_findings_list(const struct hl_finding **out, size_t *n, struct hl_findings *findings);
size_t hl_findings_errors(const struct hl_findings *findings);

/* ------------------------------------------------------------------ trees */

enum hl_yaml_kind { HL_YAML_TEXT, HL_YAML_LIST, HL_YAML_MAP };
enum hl_yaml_style { HL_YAML_PLAIN, HL_YAML_SINGLE, HL_YAML_DOUBLE, HL_YAML_BLOCK };

struct hl_yaml_node {
	enum hl_yaml_kind kind;
	enum hl_yaml_style style; /* of a text */
	bool flow;		  /* a list or map written with [ ] or { } */
	uint32_t place;		  /* among the nodes of its file, see hl_yaml_id */
	uint32_t start, end;	  /* bytes in the file: what a caret marks */
	struct hl_str text;	  /* of a text: its value, valid UTF-8 */
	/* Children: of a list its items; of a map key, value, key, value … Keys are texts. */
	const struct hl_yaml_node *first, *next;
	size_t n; /* items, or pairs */
};

struct hl_yaml; /* one file: text, tree, line table */

/* Reads one file; `name` and `text` are copied. Everything wrong goes to `findings` (several
   mistakes in one run: what cannot be read is left out and reading goes on). HL_OK: the tree is
   whole. HL_REFUSED: it is not: *out is there all the same, hl_yaml_root may be NULL or lack what
   was wrong. HL_NOMEM. */
int hl_yaml_parse(struct hl_yaml **out, struct hl_str name, struct hl_str text, uint32_t first_id,
		  struct hl_findings *findings);
/* The same tree once more, its ids from `first_id` on; both are freed, in any order, by any thread.
   NULL: no memory. */
struct hl_yaml *hl_yaml_share(const struct hl_yaml *yaml, uint32_t first_id);
struct hl_yaml *hl_yaml_free(struct hl_yaml *yaml); /* NULL is fine */
/* The top node; NULL when the file is empty or could not be read at all. */
const struct hl_yaml_node *hl_yaml_root(const struct hl_yaml *yaml);
struct hl_str hl_yaml_name(const struct hl_yaml *yaml);
struct hl_str hl_yaml_source(const struct hl_yaml *yaml);
/* A number for one of its nodes: first_id + its place. */
uint32_t hl_yaml_id(const struct hl_yaml *yaml, const struct hl_yaml_node *node);
/* The node of an id of this file, or NULL. */
const struct hl_yaml_node *hl_yaml_node_of(const struct hl_yaml *yaml, uint32_t id);
uint32_t hl_yaml_next_id(const struct hl_yaml *yaml); /* first_id for the next file */
/* The value of a key of a map, or NULL. */
const struct hl_yaml_node *hl_yaml_get(const struct hl_yaml_node *map, const char *key);

/* Where a byte of the file stands, both from 1, the column in code points. */
void hl_yaml_place(uint32_t *line, uint32_t *column, const struct hl_yaml *yaml, uint32_t byte);
/* The byte of the file that byte `offset` of a text's value was read from: exact inside quotes,
   escapes and folded lines. */
uint32_t hl_yaml_byte_of(const struct hl_yaml *yaml, const struct hl_yaml_node *node,
			 uint32_t offset);

/* Adds a finding that marks bytes start..end of the file. `code` must be a constant. */
void hl_yaml_report(struct hl_findings *findings, const struct hl_yaml *yaml, enum hl_level level,
		    const char *code, uint32_t start, uint32_t end, struct hl_str message,
		    struct hl_str remedy);

/* Is this an unquoted text that YAML readers do not agree on (`no`, `on`, `1:30`, `0123`, `null`,
   nothing at all …)? */
bool hl_yaml_is_trap(const struct hl_yaml_node *node);

/* The text of a node that must be one. Everything else (a list, a map, nothing, a trap, a control
   character, a wide space for an ordinary one) is reported with what to write instead, and
   HL_REFUSED returned. `prose`: warn when ` #` has cut the text. */
int hl_yaml_text(struct hl_str *out, struct hl_findings *findings, const struct hl_yaml *yaml,
		 const struct hl_yaml_node *node, bool prose);

#ifdef __cplusplus
}
#endif
#endif
