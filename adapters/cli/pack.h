/* What the commands that work on a pack share: loading it, and values as JSON. */
#ifndef HL_CLI_PACK_H
#define HL_CLI_PACK_H

#include <jansson.h>
#include <stdio.h>

#include "cli/cli.h"
#include "hotline_rules.h"

/* Loads a pack with today's date and the user's cache of models. With errors they are printed on
   stderr as check prints them, and the exit code is returned; warnings stay unsaid. -1: go on; free
   *out with hl_rules_free. */
int cli_load_pack(struct hl_rules **out, const struct cli_command *command, const char *folder,
		  bool skip_tests);
/* The same without saying anything: for commands that show the findings themselves. -1 or an exit
   code (out of memory, said). */
int cli_read_pack(struct hl_rules **out, const struct cli_command *command, const char *folder,
		  bool skip_tests);
/* All findings down to a level, as check prints them. */
void cli_print_findings(FILE *to, const struct hl_rules *rules, enum hl_level least);

/* name=value pairs of --user into attrs. -1 or the exit code of a misuse. The strings are the
   arguments' own. */
int cli_user_attrs(struct hl_attr *attrs, size_t *n, const struct cli_command *command,
		   const struct cli_values *values);

/* A JSON string of any bytes: what is not UTF-8 becomes U+FFFD. */
json_t *cli_json_str(struct hl_str text);
json_t *cli_json_rule(struct hl_src src); /* "file.yaml:14", or null */
/* The object classify prints for one message. */
json_t *cli_json_verdict(const struct hl_verdict *verdict);
/* One line; takes the reference. */
void cli_json_print(FILE *to, json_t *value, size_t flags);

/* Lines of standard input, each at most HL_TEXT_BYTES_MAX bytes. */
struct cli_lines {
	char *buffer, *line;
	size_t start, end, len;
	bool ended, too_long; /* too_long: of the line handed out last; its rest was dropped */
};
int cli_lines_init(struct cli_lines *lines); /* HL_OK, HL_NOMEM */
void cli_lines_deinit(struct cli_lines *lines);
/* The next line without its break. stdout is flushed before waiting. False at the end. */
bool cli_lines_next(struct cli_lines *lines, struct hl_str *line);

/* columns.c: the text, and spaces up to so many columns of a terminal (Chinese takes two a
   character); at least the text. */
void cli_put_column(FILE *to, struct hl_str text, unsigned columns);
/* report.c: the report of a loaded pack on stdout. -1 or an exit code. */
int cli_print_report(const struct hl_rules *rules);

/* explain_text.c: every stage for one message, for people; the query wanted a trace. */
void cli_print_verdict(FILE *to, const struct hl_verdict *verdict, struct hl_str text);
/* The best intent that is neither answered nor asked back, and why, a constant sentence; or NULL.
 */
const struct hl_intent *cli_runner_up(const char **why, const struct hl_verdict *verdict);

#endif
