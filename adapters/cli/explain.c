/*
 * `hotline explain`: every stage for one message: what was read, what was tried, what matched and
 * where, and why the runner-up lost.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/pack.h"

static json_t *spans_json(const struct hl_span *spans, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
				      json_pack("[i,i]", (int)spans[i].start, (int)spans[i].end));
	return list;
}

static json_t *hits_json(const struct hl_verdict *v)
{
	json_t *list = json_array();
	for (size_t i = 0; i < v->n_hits; i++) {
		const struct hl_hit *hit = &v->hits[i];
		json_array_append_new(
			list,
			json_pack("{s:o,s:s,s:o,s:f,s:b,s:b,s:s?,s:o,s:o}", "intent",
				  cli_json_str(hit->intent->id), "by", hl_by_name(hit->by), "rule",
				  cli_json_rule(hit->src), "words", hit->size2 / 2.0, "whole",
				  hit->whole, "taken", hit->taken, "lost", hit->lost, "lost_to",
				  hit->lost_to ? cli_json_str(hit->lost_to->id) : json_null(),
				  "spans", spans_json(hit->spans, hit->n_spans)));
	}
	return list;
}

static json_t *tried_json(const struct hl_verdict *v)
{
	json_t *list = json_array();
	for (size_t i = 0; i < v->n_tried; i++)
		json_array_append_new(list, json_pack("{s:o,s:s,s:o,s:o,s:s?}", "intent",
						      cli_json_str(v->tried[i].intent->id), "by",
						      hl_by_name(v->tried[i].by), "rule",
						      cli_json_rule(v->tried[i].src), "text",
						      cli_json_str(v->tried[i].text), "outcome",
						      v->tried[i].outcome));
	return list;
}

static json_t *runner_up_json(const struct hl_verdict *v)
{
	const char *why = NULL;
	const struct hl_intent *second = cli_runner_up(&why, v);
	return second ? json_pack("{s:o,s:s}", "intent", cli_json_str(second->id), "why", why)
		      : json_null();
}

static void print_json(const struct hl_verdict *v, size_t flags)
{
	json_t *out = cli_json_verdict(v), *trace = json_array(), *redactions = json_array();
	for (size_t i = 0; i < v->n_trace; i++)
		json_array_append_new(trace, json_pack("{s:s,s:o}", "stage", v->trace[i].stage,
						       "text", cli_json_str(v->trace[i].text)));
	for (size_t i = 0; i < v->n_redacted; i++)
		json_array_append_new(redactions,
				      json_pack("{s:s,s:[i,i],s:b}", "kind", v->redacted[i].kind,
						"span", (int)v->redacted[i].span.start,
						(int)v->redacted[i].span.end, "masked",
						(int)v->redacted[i].masked));
	json_object_set_new(out, "why", json_string(v->why));
	json_object_set_new(out, "runner_up", runner_up_json(v));
	json_object_set_new(out, "tried", tried_json(v));
	json_object_set_new(out, "likeness",
			    json_pack("{s:f,s:f,s:f,s:b}", "alone", v->seen.alone, "ask",
				      v->seen.ask, "known", v->seen.known, "outside",
				      v->seen.outside));
	json_object_set_new(out, "normal", cli_json_str(v->normal));
	json_object_set_new(out, "lang_sure", json_boolean(v->lang_sure));
	json_object_set_new(out, "redactions", redactions);
	json_object_set_new(out, "hits", hits_json(v));
	json_object_set_new(out, "trace", trace);
	json_object_set_new(out, "limit_hit", json_boolean(v->limit_hit));
	cli_json_print(stdout, out, flags);
}

struct explaining {
	const struct hl_ruleset *set;
	struct hl_scratch *scratch;
	struct hl_query query;
	bool json, many;
};

static int explain(struct explaining *e, struct hl_str text)
{
	struct hl_verdict verdict;
	e->query.text = text;
	int status = hl_classify(&verdict, e->scratch, e->set, &e->query);
	if (status == HL_OK && e->json)
		print_json(&verdict, e->many ? JSON_COMPACT : JSON_INDENT(1));
	else if (status == HL_OK)
		cli_print_verdict(stdout, &verdict, text);
	if (status == HL_OK && e->many && !e->json)
		putchar('\n');
	if (status == HL_LIMIT)
		return cli_fail(&cli_explain, "the message is longer than 16384 bytes");
	return status == HL_OK ? CLI_OK : cli_fail(&cli_explain, "out of memory");
}

static int explain_lines(struct explaining *e)
{
	struct cli_lines lines;
	struct hl_str line;
	int done = CLI_OK;
	if (cli_lines_init(&lines) != HL_OK)
		return cli_fail(&cli_explain, "out of memory");
	while (done == CLI_OK && cli_lines_next(&lines, &line))
		done = explain(e, line);
	cli_lines_deinit(&lines);
	return done;
}

static int run(int argc, char **argv)
{
	const char *operands[2];
	struct cli_values users = {.n = 0};
	struct hl_attr attrs[CLI_VALUES_MAX];
	struct explaining e = {.query = {.user = attrs, .trace = true}};
	const struct cli_option options[] = {{"--json", &e.json, NULL, NULL},
					     {"--user", NULL, NULL, &users}};
	struct hl_rules *rules;
	int done = cli_parse(&cli_explain, argc, argv, options, 2, operands, 2, 2);
	if (done < 0)
		done = cli_user_attrs(attrs, &e.query.n_user, &cli_explain, &users);
	if (done < 0)
		done = cli_load_pack(&rules, &cli_explain, operands[0], true);
	if (done >= 0)
		return done;
	e.set = hl_rules_ruleset(rules);
	e.many = strcmp(operands[1], "-") == 0;
	if (hl_scratch_new(&e.scratch) != HL_OK)
		done = cli_fail(&cli_explain, "out of memory");
	else
		done = e.many ? explain_lines(&e)
			      : explain(&e, (struct hl_str){operands[1], strlen(operands[1])});
	hl_scratch_free(e.scratch);
	hl_rules_free(rules);
	return done;
}

const struct cli_command cli_explain = {
	.name = "explain",
	.summary = "say why a message is answered the way it is",
	.usage =
		"usage: hotline explain PACK \"TEXT\" [--user NAME=VALUE ...] [--json]\n\n"
		"Shows every stage for one message: the words as they are read, what is redacted,\n"
		"the rules that match with the words that matched, those tried in vain, what the\n"
		"examples say, the decision, why it is so and why the runner-up lost.\n"
		"TEXT - reads messages from standard input, one a line.\n\n"
		"  --user NAME=VALUE   what the host signed about the customer; may be repeated\n"
		"  --json              the same as a JSON object, for - one a line\n\n"
		"Exit status: 0 done, 1 the pack has errors, 2 wrong use.\n",
	.run = run,
};
