/*
 * libyaml's events to a tree. Knows the limits (depth, size), refuses what packs do not use
 * (aliases, anchors, tags, second documents), and starts again after a mistake was overwritten.
 */
#include <stdlib.h>
#include <string.h>

#include "yaml/yaml.h"

#define REPAIRS_MAX 64u
#define REPAIR_BYTES_MAX (16u << 20) /* size times attempts: bounds what a broken file costs */

/* A list or map that is still open. */
struct open {
	struct hl_yaml_node *node;
	const struct hl_yaml_node **end; /* where the next child is linked */
	size_t children;
};
struct reader {
	struct hl_yaml *yaml;
	struct hl_findings *findings;
	yaml_parser_t parser;
	struct open stack[HL_RULES_DEPTH_MAX + 1];
	size_t depth;
	bool done, refused;
};
enum outcome { READ, BROKEN, REFUSED };

static struct hl_yaml_node *add_node(struct reader *r, enum hl_yaml_kind kind,
				     const yaml_event_t *event)
{
	struct hl_yaml *yaml = r->yaml;
	struct hl_yaml_node *node = hl_pool_take(&yaml->pool, sizeof(*node));
	if (!node || !hl_grow((void **)&yaml->nodes, &yaml->nodes_capacity, yaml->n_nodes,
			      sizeof(struct hl_yaml_node *))) {
		yaml->pool.failed = true;
		return NULL;
	}
	node->kind = kind;
	node->place = (uint32_t)yaml->n_nodes;
	node->start = hl_yaml_byte_at_index(yaml, event->start_mark.index);
	node->end = hl_yaml_byte_at_index(yaml, event->end_mark.index);
	yaml->nodes[yaml->n_nodes++] = node;
	return node;
}

/* Links a finished node to what is open, or makes it the root. */
static void link_node(struct reader *r, const struct hl_yaml_node *node)
{
	if (r->depth == 0) {
		r->yaml->root = node;
		return;
	}
	struct open *open = &r->stack[r->depth - 1];
	bool key = open->node->kind == HL_YAML_MAP && open->children % 2 == 0;
	if (key && node->kind != HL_YAML_TEXT) {
		struct hl_yaml *yaml = r->yaml;
		struct hl_str text = hl_yaml_item(yaml, node->start, open->node->flow);
		hl_yaml_mistake(
			r->findings, yaml, "yaml.key_kind", node->start,
			node->start + (uint32_t)text.len, HL_STR("a list or map cannot be a key"),
			hl_pool_format(&yaml->pool, "if this is a text, put it in quotes: " HL_FMT,
				       HL_ARG(hl_yaml_quoted(&yaml->pool, text))));
	}
	*open->end = node;
	open->end = (const struct hl_yaml_node **)&((struct hl_yaml_node *)(uintptr_t)node)->next;
	open->children++;
}

static void mistake(struct reader *r, const yaml_event_t *event, const char *code,
		    const char *message, const char *remedy)
{
	hl_yaml_mistake(r->findings, r->yaml, code,
			hl_yaml_byte_at_index(r->yaml, event->start_mark.index),
			hl_yaml_byte_at_index(r->yaml, event->end_mark.index), hl_view_of(message),
			hl_view_of(remedy));
}

/* `!!! help`, `&x`, `*a`: nearly always a text that needs quotes. */
static void decoration(struct reader *r, const yaml_event_t *event, const char *code,
		       const char *message)
{
	struct hl_yaml *yaml = r->yaml;
	uint32_t start = hl_yaml_byte_at_index(yaml, event->start_mark.index);
	bool flow = r->depth > 0 && r->stack[r->depth - 1].node->flow;
	struct hl_str text = hl_yaml_item(yaml, start, flow);
	struct hl_str remedy =
		hl_pool_format(&yaml->pool, "if this is a text, put it in quotes: " HL_FMT,
			       HL_ARG(hl_yaml_quoted(&yaml->pool, text)));
	if (event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT) {
		struct hl_str sign = text;
		for (sign.len = 0; sign.len < text.len && text.ptr[sign.len] != ' ';)
			sign.len++;
		text = sign;
		remedy = hl_pool_format(
			&yaml->pool, "take `" HL_FMT "` out%s", HL_ARG(sign),
			sign.ptr[0] == '&' ? ", and write all of it again where it is wanted" : "");
	}
	hl_yaml_mistake(r->findings, yaml, code, start, start + (uint32_t)text.len,
			hl_view_of(message), remedy);
}

static void check_decoration(struct reader *r, const yaml_event_t *event, const void *anchor,
			     const void *tag)
{
	if (anchor)
		decoration(r, event, "yaml.anchor",
			   "an anchor (`&name`) stands here: packs have none");
	else if (tag)
		decoration(r, event, "yaml.tag", "a tag (`!name`) stands here: packs have none");
}

static void read_text(struct reader *r, const yaml_event_t *event)
{
	static const enum hl_yaml_style styles[] = {
		[YAML_ANY_SCALAR_STYLE] = HL_YAML_PLAIN,
		[YAML_PLAIN_SCALAR_STYLE] = HL_YAML_PLAIN,
		[YAML_SINGLE_QUOTED_SCALAR_STYLE] = HL_YAML_SINGLE,
		[YAML_DOUBLE_QUOTED_SCALAR_STYLE] = HL_YAML_DOUBLE,
		[YAML_LITERAL_SCALAR_STYLE] = HL_YAML_BLOCK,
		[YAML_FOLDED_SCALAR_STYLE] = HL_YAML_BLOCK,
	};
	check_decoration(r, event, event->data.scalar.anchor, event->data.scalar.tag);
	struct hl_yaml_node *node = add_node(r, HL_YAML_TEXT, event);
	if (!node)
		return;
	node->style = styles[event->data.scalar.style];
	node->text =
		hl_pool_copy(&r->yaml->pool, (struct hl_str){(const char *)event->data.scalar.value,
							     event->data.scalar.length});
	link_node(r, node);
}

static void open_node(struct reader *r, enum hl_yaml_kind kind, bool flow,
		      const yaml_event_t *event)
{
	if (r->depth == HL_RULES_DEPTH_MAX) {
		mistake(r, event, "yaml.depth", "this is nested deeper than 16",
			"no pack needs so many levels: look for a bracket or an indentation too "
			"many");
		r->refused = true;
		return;
	}
	struct hl_yaml_node *node = add_node(r, kind, event);
	if (!node)
		return;
	node->flow = flow;
	r->stack[r->depth++] = (struct open){node, &node->first, 0};
}

static void close_node(struct reader *r, const yaml_event_t *event)
{
	struct open *open = &r->stack[--r->depth];
	struct hl_yaml_node *node = open->node;
	uint32_t line = hl_yaml_line_of(r->yaml, node->start);
	struct hl_str text = hl_yaml_line(r->yaml, line);
	uint32_t line_end = hl_yaml_line_start(r->yaml, line) + (uint32_t)text.len;
	node->end = hl_yaml_byte_at_index(r->yaml, event->end_mark.index);
	if (node->end > line_end)
		node->end = line_end;
	node->n = node->kind == HL_YAML_MAP ? open->children / 2 : open->children;
	if (node->kind == HL_YAML_MAP)
		hl_yaml_check_keys(r->findings, r->yaml, node);
	link_node(r, node);
}

static void take_event(struct reader *r, const yaml_event_t *event, size_t *documents)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		read_text(r, event);
		break;
	case YAML_SEQUENCE_START_EVENT:
		check_decoration(r, event, event->data.sequence_start.anchor,
				 event->data.sequence_start.tag);
		open_node(r, HL_YAML_LIST,
			  event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE, event);
		break;
	case YAML_MAPPING_START_EVENT:
		check_decoration(r, event, event->data.mapping_start.anchor,
				 event->data.mapping_start.tag);
		open_node(r, HL_YAML_MAP,
			  event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE, event);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		close_node(r, event);
		break;
	case YAML_ALIAS_EVENT: {
		decoration(r, event, "yaml.alias",
			   "an alias (`*name`) stands here: packs have none");
		struct hl_yaml_node *node = add_node(r, HL_YAML_TEXT, event);
		if (node)
			link_node(r, node);
		break;
	}
	case YAML_DOCUMENT_START_EVENT:
		if (++*documents > 1) {
			mistake(r, event, "yaml.document", "a second document begins here",
				"put it in a file of its own");
			r->refused = true;
		}
		break;
	case YAML_STREAM_END_EVENT:
	case YAML_NO_EVENT:
		r->done = true;
		break;
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
}

/* One attempt over the shadow. */
static enum outcome read_once(struct reader *r)
{
	struct hl_yaml *yaml = r->yaml;
	enum outcome outcome = READ;
	size_t documents = 0;
	yaml->n_nodes = 0;
	yaml->root = NULL;
	r->depth = 0;
	r->done = r->refused = false;
	hl_yaml_mark_shadow(yaml);
	if (!yaml_parser_initialize(&r->parser)) {
		yaml->pool.failed = true;
		return REFUSED;
	}
	yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r->parser, (const unsigned char *)yaml->shadow,
				     yaml->source.len);
	while (!r->done && !yaml->pool.failed) {
		yaml_event_t event;
		if (!yaml_parser_parse(&r->parser, &event)) {
			yaml->pool.failed |= r->parser.error == YAML_MEMORY_ERROR;
			outcome = BROKEN;
			break;
		}
		take_event(r, &event, &documents);
		yaml_event_delete(&event);
		if (r->refused) {
			outcome = REFUSED;
			break;
		}
	}
	if (outcome == BROKEN && !yaml->pool.failed &&
	    !hl_yaml_repair(r->findings, yaml, &r->parser))
		outcome = REFUSED;
	yaml_parser_delete(&r->parser);
	return outcome;
}

static void read_all(struct hl_yaml *yaml, struct hl_findings *findings)
{
	struct reader r = {.yaml = yaml, .findings = findings};
	enum outcome outcome = BROKEN;
	size_t spent = 0;
	for (size_t i = 0; i < REPAIRS_MAX && outcome == BROKEN && spent < REPAIR_BYTES_MAX; i++) {
		outcome = read_once(&r);
		spent += yaml->source.len;
	}
	if (outcome != READ || yaml->pool.failed) {
		yaml->root = NULL;
		yaml->torn = true;
	}
}

int hl_yaml_parse(struct hl_yaml **out, struct hl_str name, struct hl_str text, uint32_t first_id,
		  struct hl_findings *findings)
{
	struct hl_yaml *yaml = calloc(1, sizeof(*yaml));
	if (!yaml)
		return HL_NOMEM;
	hl_pool_init(&yaml->pool);
	yaml->first_id = first_id;
	yaml->holders = hl_pool_take(&yaml->pool, sizeof(*yaml->holders));
	if (yaml->holders)
		atomic_init(yaml->holders, 1);
	size_t before = hl_findings_errors(findings);
	bool big = text.len > HL_RULES_FILE_MAX;
	if (!hl_yaml_source_init(yaml, name, big ? HL_NONE : text)) {
		hl_yaml_free(yaml);
		return HL_NOMEM;
	}
	if (big) {
		struct hl_finding finding = {.level = HL_ERROR,
					     .code = "yaml.size",
					     .file = name,
					     .message = HL_STR("this file is larger than 4 MiB"),
					     .remedy = HL_STR("split it into several files")};
		hl_findings_add(findings, &finding);
		yaml->torn = true;
	} else if (hl_yaml_check_form(findings, yaml)) {
		read_all(yaml, findings);
	} else {
		yaml->torn = true;
	}
	if (yaml->pool.failed) {
		hl_yaml_free(yaml);
		return HL_NOMEM;
	}
	*out = yaml;
	return hl_findings_errors(findings) > before ? HL_REFUSED : HL_OK;
}

struct hl_yaml *hl_yaml_share(const struct hl_yaml *yaml, uint32_t first_id)
{
	struct hl_yaml *shared = malloc(sizeof(*shared));
	if (!shared)
		return NULL;
	*shared = *yaml;
	shared->first_id = first_id;
	atomic_fetch_add_explicit(yaml->holders, 1, memory_order_relaxed);
	return shared;
}

struct hl_yaml *hl_yaml_free(struct hl_yaml *yaml)
{
	bool last =
		yaml && (!yaml->holders ||
			 atomic_fetch_sub_explicit(yaml->holders, 1, memory_order_acq_rel) == 1);
	if (last) {
		hl_pool_deinit(&yaml->pool);
		free(yaml->nodes);
		free(yaml->wrong);
	}
	free(yaml);
	return NULL;
}

const struct hl_yaml_node *hl_yaml_root(const struct hl_yaml *yaml)
{
	return yaml->root;
}

bool hl_yaml_torn(const struct hl_yaml *yaml)
{
	return yaml->torn;
}

uint32_t hl_yaml_id(const struct hl_yaml *yaml, const struct hl_yaml_node *node)
{
	return yaml->first_id + node->place;
}

const struct hl_yaml_node *hl_yaml_node_of(const struct hl_yaml *yaml, uint32_t id)
{
	if (id < yaml->first_id || id - yaml->first_id >= yaml->n_nodes)
		return NULL;
	return yaml->nodes[id - yaml->first_id];
}

uint32_t hl_yaml_next_id(const struct hl_yaml *yaml)
{
	return yaml->first_id + (uint32_t)yaml->n_nodes;
}

const struct hl_yaml_node *hl_yaml_get(const struct hl_yaml_node *map, const char *key)
{
	if (!map || map->kind != HL_YAML_MAP)
		return NULL;
	for (const struct hl_yaml_node *k = map->first; k && k->next; k = k->next->next)
		if (k->kind == HL_YAML_TEXT && hl_view_is(k->text, key))
			return k->next;
	return NULL;
}
