/*
 * `hotline explain`: every stage for one message: what was read, what was tried, what matched and
 * where, and why the runner-up lost.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/pack.h"

#define STR(s) (int)(s).len, ((s).len ? (s).ptr : "")

/* ------------------------------------------------------------------ for people */

/* A line of a customer's text: what would move the cursor becomes a space. */
static void print_text(FILE *to, const char *head, struct hl_str text)
{
	fputs(head, to);
	for (size_t i = 0; i < text.len; i++)
		fputc((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7F ? ' ' : text.ptr[i],
		      to);
	fputc('\n', to);
}

/* The original with what matched in [ ]. */
static void print_marked(FILE *to, struct hl_str text, const struct hl_span *spans, size_t n)
{
	for (size_t at = 0; at <= text.len; at++) {
		for (size_t i = 0; i < n; i++)
			if (spans[i].end == at && spans[i].end > spans[i].start)
				fputc(']', to);
		for (size_t i = 0; i < n; i++)
			if (spans[i].start == at && spans[i].end > spans[i].start)
				fputc('[', to);
		if (at < text.len)
			fputc((unsigned char)text.ptr[at] < ' ' ? ' ' : text.ptr[at], to);
	}
}

static void print_hit(FILE *to, const struct hl_hit *hit, struct hl_str text)
{
	fprintf(to, "  %-24.*s %-8s %.*s:%u  %u%s word%s  ", STR(hit->intent->id),
		hl_by_name(hit->by), STR(hit->src.file), hit->src.line, hit->size2 / 2,
		hit->size2 % 2 ? ".5" : "", hit->size2 == 2 ? "" : "s");
	print_marked(to, text, hit->spans, hit->n_spans);
	fputc('\n', to);
	if (hit->lost && hit->lost_to)
		fprintf(to, "    lost to %.*s: %s\n", STR(hit->lost_to->id), hit->lost);
	else if (hit->lost)
		fprintf(to, "    not taken: %s\n", hit->lost);
}

static void print_decision(FILE *to, const struct hl_verdict *v)
{
	fprintf(to, "decision: %s", hl_decision_name(v->decision));
	if (v->intent)
		fprintf(to, " %.*s (%s, %.2f", STR(v->intent->id), hl_by_name(v->by), v->score);
	if (v->intent && v->rule.line)
		fprintf(to, ", %.*s:%u", STR(v->rule.file), v->rule.line);
	fputs(v->intent ? ")\n" : "\n", to);
	for (size_t i = 0; i < v->n_clarify; i++)
		fprintf(to, "  asks back: %.*s\n", STR(v->clarify[i]->id));
	if (v->n_all > 1)
		for (size_t i = 0; i < v->n_all; i++)
			fprintf(to, "  holds: %.*s\n", STR(v->all[i]->id));
	for (size_t i = 0; i < v->n_slots; i++)
		fprintf(to, "  slot %.*s = %.*s\n", STR(v->slots[i].name), STR(v->slots[i].value));
	if (v->limit_hit)
		fputs("  a work limit was reached: this is never answered alone\n", to);
}

void cli_print_verdict(FILE *to, const struct hl_verdict *v, struct hl_str text)
{
	print_text(to, "text:     ", v->stored);
	print_text(to, "read as:  ", v->normal);
	fprintf(to, "language: %.*s%s\n", STR(v->lang), v->lang_sure ? "" : " (not sure)");
	for (size_t i = 0; i < v->n_redacted; i++)
		fprintf(to, "redacted: %s\n", v->redacted[i].kind);
	for (size_t i = 0; i < v->n_trace; i++)
		fprintf(to, "%s: %.*s\n", v->trace[i].stage, STR(v->trace[i].text));
	fputs(v->n_hits ? "rules that match, best first:\n" : "no rule matches\n", to);
	for (size_t i = 0; i < v->n_hits; i++)
		print_hit(to, &v->hits[i], text);
	if (v->n_ranked)
		fputs("likeness, the best five:\n", to);
	for (size_t i = 0; i < v->n_ranked; i++)
		fprintf(to, "  %.4f %.*s\n", v->ranked[i].score, STR(v->ranked[i].intent->id));
	print_decision(to, v);
}

/* ------------------------------------------------------------------ for programs */

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

static void print_json(const struct hl_verdict *v)
{
	json_t *out = cli_json_verdict(v), *trace = json_array(), *redactions = json_array();
	for (size_t i = 0; i < v->n_trace; i++)
		json_array_append_new(trace, json_pack("{s:s,s:o}", "stage", v->trace[i].stage,
						       "text", cli_json_str(v->trace[i].text)));
	for (size_t i = 0; i < v->n_redacted; i++)
		json_array_append_new(redactions,
				      json_pack("{s:s,s:[i,i]}", "kind", v->redacted[i].kind,
						"span", (int)v->redacted[i].span.start,
						(int)v->redacted[i].span.end));
	json_object_set_new(out, "normal", cli_json_str(v->normal));
	json_object_set_new(out, "lang_sure", json_boolean(v->lang_sure));
	json_object_set_new(out, "redactions", redactions);
	json_object_set_new(out, "hits", hits_json(v));
	json_object_set_new(out, "trace", trace);
	json_object_set_new(out, "limit_hit", json_boolean(v->limit_hit));
	cli_json_print(stdout, out, JSON_INDENT(1));
}

static int explain(const struct hl_rules *rules, const struct hl_query *query, bool json)
{
	struct hl_scratch *scratch;
	struct hl_verdict verdict;
	if (hl_scratch_new(&scratch) != HL_OK)
		return cli_fail(&cli_explain, "out of memory");
	int status = hl_classify(&verdict, scratch, hl_rules_ruleset(rules), query);
	if (status == HL_OK && json)
		print_json(&verdict);
	else if (status == HL_OK)
		cli_print_verdict(stdout, &verdict, query->text);
	hl_scratch_free(scratch);
	if (status == HL_LIMIT)
		return cli_fail(&cli_explain, "the message is longer than 16384 bytes");
	return status == HL_OK ? CLI_OK : cli_fail(&cli_explain, "out of memory");
}

static int run(int argc, char **argv)
{
	const char *operands[2];
	bool json = false;
	struct cli_values users = {.n = 0};
	struct hl_attr attrs[CLI_VALUES_MAX];
	const struct cli_option options[] = {{"--json", &json, NULL, NULL},
					     {"--user", NULL, NULL, &users}};
	struct hl_query query = {.user = attrs, .trace = true};
	struct hl_rules *rules;
	int done = cli_parse(&cli_explain, argc, argv, options, 2, operands, 2, 2);
	if (done < 0)
		done = cli_user_attrs(attrs, &query.n_user, &cli_explain, &users);
	if (done < 0)
		done = cli_load_pack(&rules, &cli_explain, operands[0], true);
	if (done >= 0)
		return done;
	query.text = (struct hl_str){operands[1], strlen(operands[1])};
	done = explain(rules, &query, json);
	hl_rules_free(rules);
	return done;
}

const struct cli_command cli_explain = {
	.name = "explain",
	.summary = "say why a message is answered the way it is",
	.usage =
		"usage: hotline explain PACK \"TEXT\" [--user NAME=VALUE ...] [--json]\n\n"
		"Shows every stage for one message: the text as it is read, what is redacted, the\n"
		"rules that match with their place and the words that matched, the likeness of "
		"the\n"
		"best five intents, the decision and why the others lost.\n\n"
		"  --user NAME=VALUE   what the host signed about the customer; may be repeated\n"
		"  --json              the same as one JSON object\n\n"
		"Exit status: 0 done, 1 the pack has errors, 2 wrong use.\n",
	.run = run,
};
