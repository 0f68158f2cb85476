/* Inside of the YAML room: the file, and what its parts say to each other. */
#ifndef HL_RULES_YAML_H
#define HL_RULES_YAML_H

#include <stdatomic.h>
#include <yaml.h>

#include "base/pool.h"
#include "hotline_yaml.h"

struct hl_wrong {
	uint32_t start, end; /* bytes */
};
struct hl_yaml { /* all but first_id is the same in those that share a tree */
	struct hl_pool pool;
	atomic_size_t *holders;	    /* in the pool: how many share it */
	struct hl_str name, source; /* the source without a byte order mark */
	char *shadow; /* the source, mistakes overwritten byte for byte so that reading goes on */
	uint32_t *lines; /* where each line begins */
	size_t n_lines;
	uint32_t *marks; /* the byte of every HL_YAML_STEP-th code point of the shadow */
	size_t n_marks;
	const struct hl_yaml_node **nodes;
	size_t n_nodes, nodes_capacity;
	uint32_t first_id;
	const struct hl_yaml_node *root;
	struct hl_wrong *wrong; /* mistakes of form: nothing more is said of what they touch */
	size_t n_wrong, wrong_capacity;
	bool torn; /* something could not be read and is missing from the tree */
};
#define HL_YAML_STEP 64u

/* Does start..end touch a mistake of form? What is read there may not be what its author wrote. */
bool hl_yaml_is_wrong(const struct hl_yaml *yaml, uint32_t start, uint32_t end);
/* Is something missing from the tree that its author wrote? */
bool hl_yaml_torn(const struct hl_yaml *yaml);

/* source.c */
bool hl_yaml_source_init(struct hl_yaml *yaml, struct hl_str name, struct hl_str text);
void hl_yaml_mark_shadow(struct hl_yaml *yaml); /* after the shadow has changed */
uint32_t hl_yaml_byte_at_index(const struct hl_yaml *yaml, size_t index);
uint32_t hl_yaml_line_of(const struct hl_yaml *yaml, uint32_t byte); /* from 1 */
uint32_t hl_yaml_line_start(const struct hl_yaml *yaml, uint32_t line);
struct hl_str hl_yaml_line(const struct hl_yaml *yaml, uint32_t line); /* without its break */
/* Says a mistake of form and remembers its place. */
void hl_yaml_mistake(struct hl_findings *findings, struct hl_yaml *yaml, const char *code,
		     uint32_t start, uint32_t end, struct hl_str message, struct hl_str remedy);

/* form.c: what can be seen before parsing. False: not worth parsing. */
bool hl_yaml_check_form(struct hl_findings *findings, struct hl_yaml *yaml);

/* syntax.c: says in plain words why the parser stopped and overwrites the cause in the shadow.
   False: there is nothing to overwrite. */
bool hl_yaml_repair(struct hl_findings *findings, struct hl_yaml *yaml,
		    const yaml_parser_t *parser);

/* flow.c: the first thing within [ ] or { } that cannot be read as it stands. */
enum hl_flow_fault {
	HL_FLOW_FINE,
	HL_FLOW_QUOTES, /* start..end is a text that needs quotes */
	HL_FLOW_EMPTY,	/* nothing stands before the comma at `start` */
	HL_FLOW_CLOSER, /* the bracket at `start` closes nothing */
	HL_FLOW_COMMENT /* ` #` within the text start..end makes the rest of the line a comment */
};
/* Looks at text[from…], which begins with [ or {, up to the end of that bracket's line. */
enum hl_flow_fault hl_yaml_flow_fault(size_t *start, size_t *end, struct hl_str text, size_t from);
/* What was meant as one text: from a byte of the source to the line's end or its comment; `flow`:
   to the comma or bracket that ends it. */
struct hl_str hl_yaml_item(const struct hl_yaml *yaml, uint32_t start, bool flow);

/* keys.c: the mistakes that no parser sees in a map's keys. */
void hl_yaml_check_keys(struct hl_findings *findings, struct hl_yaml *yaml,
			const struct hl_yaml_node *map);

/* text.c: the byte of a wide or no-break space where YAML wants an ordinary one, within the node's
   source; node->end when there is none. *len gets its size, *point what it is. */
uint32_t hl_yaml_odd_space(uint32_t *point, uint32_t *len, const struct hl_yaml *yaml,
			   const struct hl_yaml_node *node);

/* quote.c: the text in quotes, as its author would have to write it. */
struct hl_str hl_yaml_quoted(struct hl_pool *pool, struct hl_str text);

#endif
