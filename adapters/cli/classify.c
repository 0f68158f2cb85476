/*
 * `hotline classify`: one message a line in, one JSON object a line out, in order.
 */
#include "cli/commands.h"
#include "cli/pack.h"

static int answer(struct hl_scratch *scratch, const struct hl_ruleset *set, struct hl_str line,
		  bool too_long)
{
	struct hl_verdict verdict;
	struct hl_query query = {.text = line};
	int status = hl_classify(&verdict, scratch, set, &query);
	if (status == HL_OK && !too_long) {
		cli_json_print(stdout, cli_json_verdict(&verdict), JSON_COMPACT);
		return HL_OK;
	}
	if (status < 0)
		return status;
	cli_json_print(stdout,
		       json_pack("{s:s,s:n,s:f,s:s,s:n,s:[],s:[],s:{},s:s,s:[],s:s,s:s}",
				 "decision", "unmatched", "intent", "score", 0.0, "by", "none",
				 "rule", "intents", "all", "slots", "lang", "", "redacted", "text",
				 "", "error", "this line is longer than 16384 bytes"),
		       JSON_COMPACT);
	return HL_OK;
}

static int run(int argc, char **argv)
{
	const char *folder;
	struct hl_rules *rules;
	struct hl_scratch *scratch = NULL;
	struct cli_lines lines = {.line = NULL};
	struct hl_str line;
	int done = cli_parse(&cli_classify, argc, argv, NULL, 0, &folder, 1, 1);
	if (done < 0)
		done = cli_load_pack(&rules, &cli_classify, folder, false);
	if (done >= 0)
		return done;
	int status = hl_scratch_new(&scratch);
	if (status == HL_OK)
		status = cli_lines_init(&lines);
	while (status == HL_OK && cli_lines_next(&lines, &line))
		status = answer(scratch, hl_rules_ruleset(rules), line, lines.too_long);
	if (fflush(stdout) != 0 && status == HL_OK)
		status = HL_BROKEN;
	cli_lines_deinit(&lines);
	hl_scratch_free(scratch);
	hl_rules_free(rules);
	return status == HL_OK ? CLI_OK
			       : cli_fail(&cli_classify, "the output could not be written");
}

const struct cli_command cli_classify = {
	.name = "classify",
	.summary = "classify messages, one a line, to JSON",
	.usage = "usage: hotline classify PACK\n\n"
		 "Reads one message a line from standard input and writes one JSON object a line, "
		 "in\n"
		 "order: decision, intent, score, by, rule, intents, all, clarify, slots, lang,\n"
		 "redacted, text. An empty line is a message. A line holds at most 16384 bytes.\n\n"
		 "Exit status: 0 done, 1 the pack has errors, 2 wrong use.\n",
	.run = run,
};
