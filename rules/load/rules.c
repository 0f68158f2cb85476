/*
 * A load from beginning to end: files to trees, trees to a pack, the pack to a rule set, the set to
 * its own tests. Knows the order of these and how the engine's complaints find back into the files.
 */
#include "load/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/u8.h"
#include "load/cache.h"
#include "load/files.h"
#include "load/trees.h"
#include "run/run.h"

const struct hl_yaml *hl_rules_file_of(const struct hl_rules *rules, uint32_t node)
{
	for (size_t i = 0; i < rules->load.n_files; i++)
		if (hl_yaml_node_of(rules->load.files[i], node))
			return rules->load.files[i];
	return NULL;
}

/* The engine marks bytes of a text; the author sees where they stand in the file. */
static void take_diag(void *arg, const struct hl_diag *diag)
{
	struct hl_rules *rules = arg;
	const struct hl_yaml *file = hl_rules_file_of(rules, diag->src.node);
	if (strcmp(diag->code, "slot.unknown_list") == 0)
		return; /* said by the loader, where the list's name stands */
	if (!file) {
		struct hl_finding finding = {.level = diag->level,
					     .code = diag->code,
					     .file = diag->src.file,
					     .message = diag->message,
					     .remedy = diag->remedy};
		if (finding.file.len == 0)
			finding.file = HL_STR("pack.yaml");
		hl_findings_add(rules->load.findings, &finding);
		return;
	}
	const struct hl_yaml_node *node = hl_yaml_node_of(file, diag->src.node);
	if (strncmp(diag->code, "pattern.", 8) == 0 && hl_yaml_get(node->next, "pattern"))
		node = hl_yaml_get(node->next, "pattern"); /* of a slot, which the engine names */
	uint32_t start = node->start, end = node->end;
	if (node->kind == HL_YAML_TEXT && diag->len > 0) {
		start = hl_yaml_byte_of(file, node, diag->offset);
		end = hl_yaml_byte_of(file, node, diag->offset + diag->len);
	} else if (node->kind == HL_YAML_TEXT && diag->offset > 0) {
		start = end = hl_yaml_byte_of(file, node, diag->offset);
	}
	hl_yaml_report(rules->load.findings, file, diag->level, diag->code, start, end,
		       diag->message, diag->remedy);
}

/* ------------------------------------------------------------------ trees to a pack */

/* All intents of all files have a place before the first is read: pointers to them stay. */
static bool make_room(struct hl_load *load)
{
	size_t n = 0;
	for (size_t i = 0; i < load->n_files; i++) {
		const struct hl_yaml_node *list =
			hl_yaml_get(hl_yaml_root(load->files[i]), "intents");
		n += list && list->kind == HL_YAML_LIST ? list->n : 0;
	}
	load->room_origins = n;
	/* one more: an intent without an id is read into it */
	load->origins = hl_pool_array(&load->pool, n + 1, sizeof(*load->origins));
	load->intents = hl_pool_array(&load->pool, n + 1, sizeof(*load->intents));
	return load->origins && load->intents;
}

static int order_intents(const void *a, const void *b)
{
	const struct hl_intent *x = a, *y = b;
	return hl_view_order(x->id, y->id);
}

/* The engine's intents: by id, so that no order of files shows. */
static void settle_intents(struct hl_load *load)
{
	struct hl_intent *sorted =
		hl_pool_array(&load->pool, load->n_origins, sizeof(*load->intents));
	if (!sorted)
		return;
	if (load->n_origins) {
		memcpy(sorted, load->intents, load->n_origins * sizeof(*sorted));
		qsort(sorted, load->n_origins, sizeof(*sorted), order_intents);
	}
	load->pack.intents = sorted;
	load->pack.n_intents = load->n_origins;
}

static void settle_pack(struct hl_load *load)
{
	load->pack.vars = load->vars;
	load->pack.lists = load->lists;
	load->pack.words = load->sets;
	load->pack.outside.v = load->outside;
}

static void read_files(struct hl_load *load)
{
	hl_load_languages(load);
	for (size_t i = 0; i < load->n_files; i++) {
		load->file = load->files[i];
		if (hl_yaml_root(load->file))
			hl_load_file(load, hl_yaml_root(load->file),
				     hl_view_is(hl_yaml_name(load->file), "pack.yaml"));
	}
}

/* A model of an older program is not taken up, and a new one takes its place. */
static bool is_model_of(const struct hl_ruleset *set, struct hl_str model)
{
	struct hl_str own = hl_ruleset_model(set);
	return own.len == model.len && (own.len == 0 || memcmp(own.ptr, model.ptr, own.len) == 0);
}

static int build(struct hl_rules *rules, const struct hl_rules_options *options)
{
	struct hl_load *load = &rules->load;
	struct hl_str model = hl_cache_get(options->cache, load->pack.version);
	int status = hl_ruleset_renew(&rules->set, &load->pack, model, options->like,
				      options->workers, take_diag, rules);
	if (status == HL_REFUSED && hl_findings_errors(load->findings) == 0) {
		struct hl_finding finding = {.level = HL_ERROR,
					     .code = "pack.refused",
					     .file = HL_STR("pack.yaml"),
					     .message = HL_STR("the rules could not be built")};
		hl_findings_add(load->findings, &finding);
	}
	if (status == HL_OK && !is_model_of(rules->set, model))
		hl_cache_put(options->cache, load->pack.version, hl_ruleset_model(rules->set));
	hl_cache_done(model);
	return status < 0 ? status : HL_OK;
}

struct taking { /* what it becomes and what it is called do not wait for each other */
	struct hl_load *load;
	const struct hl_rules_file *files;
	size_t n;
	struct hl_str today;
	struct hl_cache_hash hash;
};

static void read_or_hash(void *arg, size_t job)
{
	struct taking *t = arg;
	if (job == 1) {
		hl_cache_hash(&t->hash, t->files, t->n);
		return;
	}
	read_files(t->load);
	settle_pack(t->load);
	hl_load_check(t->load, t->today);
	hl_load_check_templates(t->load);
	settle_intents(t->load);
}

static int load_files(struct hl_rules *rules, const struct hl_rules_file *files, size_t n,
		      const struct hl_rules_options *options)
{
	struct hl_load *load = &rules->load;
	struct taking taking = {.load = load, .files = files, .n = n, .today = options->today};
	rules->workers = options->workers;
	int status = hl_load_trees(load, files, n, options->before ? &options->before->load : NULL,
				   options->workers);
	if (status < 0)
		return status;
	if (!make_room(load))
		return HL_NOMEM;
	hl_load_run(options->workers, read_or_hash, &taking, 2);
	load->pack.version = hl_cache_version(&load->pool, &taking.hash);
	if (load->pool.failed)
		return HL_NOMEM;
	/* the engine's complaints belong in the same run; not when half of the pack is missing */
	if (!load->torn)
		status = build(rules, options);
	if (status != HL_OK || !rules->set || options->skip_tests ||
	    hl_findings_errors(load->findings) > 0)
		return status;
	if (options->conflicts)
		status = hl_warn_conflicts(rules);
	return status == HL_OK ? hl_run_tests(rules) : status;
}

static int finish(struct hl_rules **out, struct hl_rules *rules, int status)
{
	if (status >= 0 && !rules->load.pool.failed)
		status = hl_findings_list(&rules->list, &rules->n_list, rules->load.findings);
	else if (status >= 0)
		status = HL_NOMEM;
	if (status < 0) {
		hl_rules_free(rules);
		return status;
	}
	*out = rules;
	if (hl_findings_errors(rules->load.findings) == 0)
		return HL_OK;
	rules->set = hl_ruleset_unref(rules->set);
	return HL_REFUSED;
}

static int new_rules(struct hl_rules **out)
{
	struct hl_rules *rules = calloc(1, sizeof(*rules));
	if (!rules)
		return HL_NOMEM;
	hl_pool_init(&rules->load.pool);
	rules->load.pack.oos = -1;
	rules->load.pack.rephrase = -1;
	if (hl_findings_new(&rules->load.findings) != HL_OK) {
		free(rules);
		return HL_NOMEM;
	}
	*out = rules;
	return HL_OK;
}

static int order_files(const void *a, const void *b)
{
	const struct hl_rules_file *x = a, *y = b;
	return hl_view_order(x->name, y->name);
}

int hl_rules_load_files(struct hl_rules **out, const struct hl_rules_file *files, size_t n,
			const struct hl_rules_options *options)
{
	static const struct hl_rules_options none;
	struct hl_rules *rules;
	size_t bytes = 0;
	if (new_rules(&rules) != HL_OK)
		return HL_NOMEM;
	struct hl_rules_file *sorted = hl_pool_array(&rules->load.pool, n, sizeof(*sorted));
	if (!sorted)
		return finish(out, rules, HL_NOMEM);
	for (size_t i = 0; i < n; i++) {
		sorted[i] = files[i];
		bytes += files[i].text.len;
	}
	if (n > 1)
		qsort(sorted, n, sizeof(*sorted), order_files);
	if (bytes > HL_RULES_PACK_MAX) {
		struct hl_finding finding = {.level = HL_ERROR,
					     .code = "file.pack_size",
					     .file = HL_STR("pack.yaml"),
					     .message = HL_STR("the pack is larger than 32 MiB")};
		hl_findings_add(rules->load.findings, &finding);
		return finish(out, rules, HL_OK);
	}
	return finish(out, rules, load_files(rules, sorted, n, options ? options : &none));
}

int hl_rules_load(struct hl_rules **out, const char *folder, const struct hl_rules_options *options)
{
	static const struct hl_rules_options none;
	struct hl_file_list list;
	struct hl_rules *rules;
	if (new_rules(&rules) != HL_OK)
		return HL_NOMEM;
	int status = hl_files_read(&list, folder, rules->load.findings);
	/* a file that cannot be read may hold what others name */
	rules->load.torn = hl_findings_errors(rules->load.findings) > 0;
	if (status == HL_OK && list.n > 0)
		status = load_files(rules, list.v, list.n, options ? options : &none);
	hl_files_deinit(&list);
	return finish(out, rules, status);
}

struct hl_rules *hl_rules_free(struct hl_rules *rules)
{
	if (!rules)
		return NULL;
	hl_ruleset_unref(rules->set);
	for (size_t i = 0; i < rules->load.n_files; i++)
		hl_yaml_free(rules->load.files[i]);
	hl_findings_free(rules->load.findings);
	free(rules->load.vars);
	free(rules->load.lists);
	free(rules->load.sets);
	free(rules->load.outside);
	free(rules->load.sites);
	hl_pool_deinit(&rules->load.pool);
	free(rules);
	return NULL;
}

struct hl_ruleset *hl_rules_ruleset(const struct hl_rules *rules)
{
	return rules->set;
}

const struct hl_finding *hl_rules_findings(const struct hl_rules *rules, size_t *n)
{
	*n = rules->n_list;
	return rules->list;
}

size_t hl_rules_errors(const struct hl_rules *rules)
{
	return hl_findings_errors(rules->load.findings);
}

void hl_rules_tests(struct hl_tests_result *out, const struct hl_rules *rules)
{
	*out = rules->tests;
}
