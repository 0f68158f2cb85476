/*
 * Why the parser stopped, in the author's words. The parser names what it wanted; the cause stands
 * on that line or on one before it, and is nearly always a text that needed quotes, a full-width
 * sign or a quote that was never closed. The cause is overwritten in the shadow, byte for byte, so
 * that reading goes on and further mistakes are found in the same run.
 */
#include <string.h>

#include "base/u8.h"
#include "yaml/yaml.h"

#define LOOK_BACK_MAX 200u

/* The parts of a line: `  - key: value  # comment`. Offsets into the line. */
struct parts {
	struct hl_str line;
	uint32_t base;	   /* of the line in the file */
	size_t value, end; /* the value without spaces around and without the comment */
	size_t key, colon; /* key..colon; equal: there is none */
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* Length of a plain key before a colon and a space (or the line's end); 0: there is none. */
static size_t key_length(struct hl_str line, size_t at)
{
	if (at >= line.len || strchr("\"'[{", line.ptr[at]))
		return 0;
	for (size_t i = at; i < line.len; i++) {
		if (line.ptr[i] == '#' && is_space(line.ptr[i - (i > 0)]))
			return 0;
		if (line.ptr[i] == ':' && (i + 1 == line.len || is_space(line.ptr[i + 1])))
			return i - at;
	}
	return 0;
}

static struct parts take_apart(const struct hl_yaml *yaml, uint32_t number)
{
	struct parts p = {.line = hl_yaml_line(yaml, number),
			  .base = hl_yaml_line_start(yaml, number)};
	/* what was overwritten is no cause any more */
	p.line.ptr = yaml->shadow + p.base;
	size_t at = 0;
	for (;;) {
		while (at < p.line.len && is_space(p.line.ptr[at]))
			at++;
		if (at + 1 < p.line.len && p.line.ptr[at] == '-' && is_space(p.line.ptr[at + 1]))
			at++;
		else
			break;
	}
	size_t key = key_length(p.line, at);
	p.key = p.colon = at;
	if (key > 0) {
		p.colon = at + key;
		at = p.colon + 1;
		while (at < p.line.len && is_space(p.line.ptr[at]))
			at++;
	}
	p.value = at;
	p.end = p.line.len;
	for (size_t i = p.value + 1; i + 1 < p.line.len; i++)
		if (p.line.ptr[i] == '#' && is_space(p.line.ptr[i - 1])) {
			p.end = i;
			break;
		}
	while (p.end > p.value && is_space(p.line.ptr[p.end - 1]))
		p.end--;
	return p;
}

struct repair {
	struct hl_yaml *yaml;
	struct hl_findings *findings;
	const yaml_parser_t *parser;
};

static void overwrite(struct hl_yaml *yaml, size_t at, size_t len, const char *with)
{
	for (size_t i = 0; i < len; i++)
		yaml->shadow[at + i] = *with ? *with++ : ' ';
}

/* The line with its value in quotes; as much of the whole line as must be written anew. */
static struct hl_str quoted_line(struct hl_yaml *yaml, const struct parts *p, size_t end)
{
	size_t lead = 0;
	while (lead < p->value && is_space(p->line.ptr[lead]))
		lead++;
	const char *source = yaml->source.ptr + p->base;
	struct hl_str quoted =
		hl_yaml_quoted(&yaml->pool, (struct hl_str){source + p->value, end - p->value});
	return hl_pool_format(&yaml->pool, "write: %.*s" HL_FMT, (int)(p->value - lead),
			      source + lead, HL_ARG(quoted));
}

/* Makes the rest of the line a harmless plain text of the same length. */
static void defuse(struct hl_yaml *yaml, const struct parts *p)
{
	char *line = yaml->shadow + p->base;
	if (!((unsigned char)line[p->value] & 0x80))
		line[p->value] = 'x'; /* half of a longer character would be no UTF-8 */
	for (size_t i = p->value; i < p->line.len; i++)
		if (line[i] == ':' || line[i] == '#')
			line[i] = 'x';
}

static bool needs_quotes(struct repair *r, const struct parts *p, const char *why)
{
	struct hl_yaml *yaml = r->yaml;
	uint32_t at = p->base + (uint32_t)p->value;
	struct hl_str message =
		why ? hl_pool_format(&yaml->pool, "this line needs quotes: %s", why)
		    : hl_pool_format(
			      &yaml->pool,
			      "this line needs quotes: an unquoted text cannot begin with `%c`",
			      p->line.ptr[p->value]);
	if (!hl_yaml_is_wrong(yaml, at, p->base + (uint32_t)p->end))
		hl_yaml_mistake(r->findings, yaml, "yaml.quotes", at, p->base + (uint32_t)p->end,
				message, quoted_line(yaml, p, p->end));
	defuse(yaml, p);
	return true;
}

/* Just past the bracket or quote that closes the one at `at`, or 0. */
static size_t closing(const struct parts *p, size_t at)
{
	char opener = p->line.ptr[at];
	int depth = 0;
	if (opener == '"' || opener == '\'') {
		for (size_t i = at + 1; i < p->end; i++) {
			if (opener == '"' && p->line.ptr[i] == '\\')
				i++;
			else if (p->line.ptr[i] == opener && opener == '\'' && i + 1 < p->end &&
				 p->line.ptr[i + 1] == '\'')
				i++;
			else if (p->line.ptr[i] == opener)
				return i + 1;
		}
		return 0;
	}
	for (size_t i = at; i < p->end; i++) {
		depth += p->line.ptr[i] == '[' || p->line.ptr[i] == '{';
		depth -= p->line.ptr[i] == ']' || p->line.ptr[i] == '}';
		if (depth == 0)
			return i + 1;
	}
	return 0;
}

/* Byte of a sign outside quotes within the value, or p->end. */
static size_t find_sign(const struct parts *p, const char *sign)
{
	size_t len = strlen(sign);
	char quote = 0;
	for (size_t i = p->value; i + len <= p->end; i++) {
		char c = p->line.ptr[i];
		if (quote)
			quote = c == quote ? 0 : quote;
		else if ((c == '"' || c == '\'') &&
			 (i == p->value || strchr(" [{,", p->line.ptr[i - 1])))
			quote = c;
		else if (memcmp(p->line.ptr + i, sign, len) == 0)
			return i;
	}
	return p->end;
}

/* A full-width sign where YAML wants its own: overwritten by the right one. */
static bool wide_sign(struct repair *r, const struct parts *p, const char *sign, const char *name,
		      const char *right, size_t from)
{
	struct parts part = *p;
	part.value = from;
	size_t at = find_sign(&part, sign);
	if (at == part.end)
		return false;
	struct hl_yaml *yaml = r->yaml;
	uint32_t byte = p->base + (uint32_t)at;
	hl_yaml_mistake(r->findings, yaml, "yaml.wide", byte, byte + 3,
			hl_pool_format(&yaml->pool, "a full-width %s stands here", name),
			hl_pool_format(&yaml->pool,
				       "write a half-width %s and a space: `%s`, or quote the text",
				       name, right));
	overwrite(yaml, byte, 3, right);
	return true;
}

/* Is `：` where a key ends: after a word at the line's beginning, or within { }? */
static bool wide_colon(struct repair *r, const struct parts *p)
{
	bool flow = p->value < p->end && p->line.ptr[p->value] == '{';
	if (flow || p->key == p->colon)
		return wide_sign(r, p, "：", "colon", ": ", p->value);
	struct parts key = *p;
	key.end = p->colon;
	return wide_sign(r, &key, "：", "colon", ": ", p->key);
}

/* Something within [ ] or { } that cannot be read as it stands: said, and overwritten. */
static bool flow_cause(struct repair *r, const struct parts *p)
{
	static const struct {
		const char *code, *message, *remedy;
	} table[] = {
		[HL_FLOW_QUOTES] = {"yaml.quotes", "this text needs quotes", NULL},
		[HL_FLOW_EMPTY] = {"yaml.empty", "nothing stands before this comma",
				   "write what belongs there, or take the comma out"},
		[HL_FLOW_CLOSER] = {"yaml.bracket", "this bracket closes nothing", "take it out"},
		[HL_FLOW_COMMENT] = {"yaml.quotes", "this text needs quotes: ` #` begins a comment",
				     NULL},
	};
	struct hl_yaml *yaml = r->yaml;
	size_t start, end;
	enum hl_flow_fault found = hl_yaml_flow_fault(&start, &end, p->line, p->value);
	if (found == HL_FLOW_FINE)
		return false;
	uint32_t from = p->base + (uint32_t)start, to = p->base + (uint32_t)end;
	struct hl_str remedy = hl_view_of(table[found].remedy ? table[found].remedy : "");
	bool text = table[found].remedy == NULL;
	if (text)
		remedy = hl_pool_format(
			&yaml->pool, "write: " HL_FMT,
			HL_ARG(hl_yaml_quoted(&yaml->pool, (struct hl_str){yaml->source.ptr + from,
									   end - start})));
	if (!hl_yaml_is_wrong(yaml, from, to)) /* an alias was told when it was met */
		hl_yaml_mistake(r->findings, yaml, table[found].code, from, to,
				hl_view_of(table[found].message), remedy);
	for (uint32_t at = from; at < to; at++)
		if (!text || strchr("\"'[]{}@`%|>:#-*&!?,", yaml->shadow[at]))
			yaml->shadow[at] = text ? 'x' : ' ';
	return true;
}

static bool bracket_cause(struct repair *r, const struct parts *p)
{
	size_t close = closing(p, p->value);
	if (close && close < p->end && !strchr("]}", p->line.ptr[close])) {
		if (p->line.ptr[close] == ',' || p->line.ptr[close] == ':')
			return false;
		return needs_quotes(r, p, NULL);
	}
	if (wide_sign(r, p, "，", "comma", ", ", p->value) || wide_colon(r, p))
		return true;
	if (flow_cause(r, p))
		return true;
	/* behind a key it is a list or a map that is never closed */
	return close == 0 && p->key == p->colon && find_sign(p, ",") == p->end &&
	       find_sign(p, ": ") == p->end && needs_quotes(r, p, NULL);
}

static bool quote_cause(struct repair *r, const struct parts *p)
{
	size_t close = closing(p, p->value);
	if (close == p->end)
		return false;
	if (close)
		return p->line.ptr[close] != ':' && needs_quotes(r, p, NULL);
	return needs_quotes(r, p, "the quote that begins it is never closed");
}

/* An indentation of wide spaces: how deep it was meant cannot be known, so the line is left out. */
static void leave_out(struct hl_yaml *yaml, const struct parts *p, size_t odd)
{
	for (size_t i = 0; i < odd; i++)
		if (yaml->shadow[p->base + i] != ' ')
			return;
	overwrite(yaml, p->base, p->line.len, "");
	yaml->torn = true;
}

/* A wide space that indents, or follows `-` or `:`. */
static bool odd_space(struct repair *r, const struct parts *p)
{
	bool fresh = true;
	for (size_t i = 0, n; i < p->end; i += n) {
		uint32_t point;
		n = hl_u8_next(&point, p->line, i);
		if (fresh && hl_u8_odd_space(point)) {
			uint32_t at = p->base + (uint32_t)i;
			hl_yaml_mistake(r->findings, r->yaml, "yaml.space", at, at + (uint32_t)n,
					hl_pool_format(&r->yaml->pool,
						       "a space that YAML does not count as one "
						       "(U+%04X)",
						       point),
					HL_STR("write an ordinary space"));
			overwrite(r->yaml, at, n, "");
			leave_out(r->yaml, p, i);
			return true;
		}
		fresh = point == ':' || (fresh && (point == ' ' || point == '-'));
	}
	return false;
}

static const char bad_dash[] = "a list item does not begin so";
static const char good_dash[] = "write an ordinary hyphen and a space: `- `";

/* `–`, `—`, `－`, `•` or `-x` where a list item should begin with a hyphen and a space. */
static bool odd_dash(struct repair *r, const struct parts *p)
{
	static const char *const signs[] = {"–", "—", "－", "•", "·", "-"};
	struct hl_yaml *yaml = r->yaml;
	size_t at = p->key;
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]) && p->key < p->colon; i++) {
		size_t len = strlen(signs[i]);
		if (at + len >= p->colon || memcmp(p->line.ptr + at, signs[i], len) != 0)
			continue;
		uint32_t byte = p->base + (uint32_t)at;
		hl_yaml_mistake(r->findings, yaml, "yaml.dash", byte, byte + (uint32_t)len,
				hl_view_of(bad_dash), hl_view_of(good_dash));
		overwrite(yaml, p->base, p->line.len, "");
		yaml->torn = true;
		return true;
	}
	return false;
}

/* What stands below a line and deeper belongs to it, and goes with it. */
static void leave_out_within(struct hl_yaml *yaml, const struct parts *p)
{
	uint32_t line = hl_yaml_line_of(yaml, p->base);
	while (++line <= yaml->n_lines) {
		struct parts next = take_apart(yaml, line);
		if (next.line.len == 0 || next.key <= p->key)
			break;
		overwrite(yaml, next.base, next.line.len, "");
	}
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* `answer:{en: "a"}`: there is no room for the space, so the line is left out. */
static bool joined_bracket(struct repair *r, const struct parts *p)
{
	struct hl_yaml *yaml = r->yaml;
	struct parts all = *p;
	all.value = p->key;
	size_t list = find_sign(&all, ":["), map = find_sign(&all, ":{");
	size_t at = list < map ? list : map, from = at;
	while (from > p->key && is_letter(p->line.ptr[from - 1]))
		from--;
	if (at == p->end || from == at)
		return false;
	uint32_t byte = p->base + (uint32_t)at;
	struct hl_str name = {yaml->source.ptr + p->base + from, at - from};
	hl_yaml_mistake(r->findings, yaml, "yaml.colon", byte, byte + 1,
			hl_pool_format(&yaml->pool,
				       "a space is missing after `" HL_FMT
				       ":`: write a half-width colon and a space",
				       HL_ARG(name)),
			hl_pool_format(&yaml->pool, "write: " HL_FMT ": %c...", HL_ARG(name),
				       p->line.ptr[at + 1]));
	overwrite(yaml, p->base, p->line.len, "");
	leave_out_within(yaml, p);
	yaml->torn = true;
	return true;
}

/* `answer：{en: "a"}`: all up to the first colon with a space was read as the key. */
static bool joined_wide(struct repair *r, const struct parts *p)
{
	struct parts key = *p;
	key.value = p->key;
	key.end = p->colon;
	size_t next = find_sign(&key, "：") + strlen("：");
	while (next < p->colon && p->line.ptr[next] == ' ')
		next++;
	return next < p->colon && strchr("{[", p->line.ptr[next]) &&
	       wide_sign(r, &key, "：", "colon", ": ", p->key);
}

/* A cause that can be seen on this line alone. */
static bool line_cause(struct repair *r, uint32_t number)
{
	struct parts p = take_apart(r->yaml, number);
	if (odd_space(r, &p) || odd_dash(r, &p) || joined_bracket(r, &p) || joined_wide(r, &p))
		return true;
	if (p.value >= p.end)
		return wide_colon(r, &p);
	char first = p.line.ptr[p.value];
	if (first == '[' || first == '{')
		return bracket_cause(r, &p);
	if (first == '"' || first == '\'')
		return quote_cause(r, &p);
	if (strchr("*&!@%`,]}", first))
		return needs_quotes(r, &p, NULL);
	if ((first == '>' || first == '|') && p.end - p.value > 1 &&
	    !strchr("+-0123456789", p.line.ptr[p.value + 1]))
		return needs_quotes(r, &p, NULL);
	if (p.key != p.colon && (find_sign(&p, ": ") < p.end || p.line.ptr[p.end - 1] == ':'))
		return needs_quotes(r, &p, "a text cannot hold a colon and a space");
	return wide_colon(r, &p);
}

/* A text whose quote never closes swallows all lines after it: the one that opened it is above. */
static bool open_quote_above(struct repair *r, uint32_t line)
{
	for (uint32_t back = 0; back < LOOK_BACK_MAX && line > 0; back++, line--) {
		struct parts p = take_apart(r->yaml, line);
		if (p.value < p.end && strchr("\"'", p.line.ptr[p.value]) &&
		    closing(&p, p.value) == 0)
			return needs_quotes(r, &p, "the quote that begins it is never closed");
	}
	return false;
}

static bool bad_escape(struct repair *r)
{
	struct hl_yaml *yaml = r->yaml;
	uint32_t at = hl_yaml_byte_at_index(yaml, r->parser->problem_mark.index);
	uint32_t start = hl_yaml_byte_at_index(yaml, r->parser->context_mark.index);
	/* the mark stands on the backslash or just behind it */
	while (at > start && yaml->shadow[at] != '\\')
		at--;
	if (at >= yaml->source.len || yaml->shadow[at] != '\\')
		return false;
	uint32_t point;
	size_t n = at + 1 < yaml->source.len ? hl_u8_next(&point, yaml->source, at + 1) : 0;
	hl_yaml_mistake(r->findings, yaml, "yaml.escape", at, at + 1 + (uint32_t)n,
			hl_pool_format(&yaml->pool, "`\\%.*s` means nothing inside double quotes",
				       (int)n, yaml->source.ptr + at + 1),
			HL_STR("write patterns in single quotes: '...'"));
	overwrite(yaml, at, 1, "x");
	return true;
}

/* The parser's own complaint, in other words. */
static const char *plain_words(const char *problem)
{
	static const struct {
		const char *has, *words;
	} table[] = {
		{"did not find expected ',' or '}'", "a comma or `}` is missing before this"},
		{"did not find expected ',' or ']'", "a comma or `]` is missing before this"},
		{"mapping values are not allowed", "a colon and a space cannot stand here"},
		{"could not find expected ':'",
		 "this line is indented like a key, and has no colon"},
		{"did not find expected key",
		 "this line is indented in a way that fits nothing above"},
		{"did not find expected '-'",
		 "this line is indented in a way that fits nothing above"},
		{"block sequence entries", "a list item cannot begin here"},
		{"unexpected end of stream", "the file ends before this is closed"},
		{"<document start>", "this stands beside what the file began with"},
		{"document indicator", "a document mark (`---`) stands here"},
		{"cannot start any token", "an unquoted text cannot begin with this sign"},
		{"did not find expected node content", "a value is missing here"},
		{"directive", "a directive (`%`) stands here: packs have none"},
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (problem && strstr(problem, table[i].has))
			return table[i].words;
	return "this cannot be read";
}

/* A bracket or quote that is never closed: told where it opens; the line is left out. */
static bool open_sign(struct repair *r, uint32_t at, const char *code, struct hl_str remedy)
{
	struct hl_yaml *yaml = r->yaml;
	uint32_t line = hl_yaml_line_of(yaml, at), from = at;
	struct parts p = take_apart(yaml, line);
	hl_yaml_mistake(r->findings, yaml, code, at, at + 1,
			hl_pool_format(&yaml->pool, "the `%c` that opens here is never closed",
				       yaml->source.ptr[at]),
			remedy);
	yaml->torn = true;
	if (p.value < at - p.base)
		from = p.base + (uint32_t)p.value; /* brackets round it would stay open */
	overwrite(yaml, from, p.base + p.line.len - from, "");
	leave_out_within(yaml, &p);
	return true;
}

/* Where the key or list item above begins, which this line could join. */
static struct hl_str fitting_column(struct hl_yaml *yaml, uint32_t line)
{
	for (uint32_t back = 0; back < LOOK_BACK_MAX && line > 1; back++) {
		struct parts p = take_apart(yaml, --line);
		if (p.key < p.colon)
			return hl_pool_format(
				&yaml->pool,
				"`%.*s` on line %u begins in column %zu: what belongs "
				"beside it begins there too, what belongs to it deeper",
				(int)(p.colon - p.key), p.line.ptr + p.key, line, p.key + 1);
	}
	return HL_STR("look at the signs and the indentation here");
}

/* No cause was found: say what the parser said, and leave the line out. */
static bool give_up_line(struct repair *r, uint32_t at)
{
	struct hl_yaml *yaml = r->yaml;
	uint32_t line = hl_yaml_line_of(yaml, at);
	while (line > 1 && hl_yaml_line(yaml, line).len == 0)
		line--;
	struct hl_str text = hl_yaml_line(yaml, line);
	uint32_t start = hl_yaml_line_start(yaml, line);
	if (at < start || at > start + text.len)
		at = start + (uint32_t)text.len;
	const char *words = plain_words(r->parser->problem), *indent = "this line is indented";
	struct parts p = take_apart(yaml, line);
	if (at == p.base + p.colon && p.key < p.colon) {
		/* a key where none can stand: it is the line that stands wrong */
		at = p.base + (uint32_t)p.key;
		words = plain_words("did not find expected key");
	}
	struct hl_str remedy = HL_STR("look at the signs and the indentation here; a text with "
				      "signs needs quotes");
	if (strncmp(words, indent, strlen(indent)) == 0)
		remedy = fitting_column(yaml, line);
	if (p.key + 1 < p.line.len && p.line.ptr[p.key] == '-') {
		at = p.base + (uint32_t)p.key; /* `-x`: take_apart passes by `- x` */
		words = bad_dash;
		remedy = hl_view_of(good_dash);
	}
	hl_yaml_mistake(r->findings, yaml, "yaml.syntax", at, at + 1, hl_view_of(words), remedy);
	yaml->torn = true;
	bool was_blank = true;
	for (size_t i = 0; i < text.len; i++)
		was_blank = was_blank && yaml->shadow[start + i] == ' ';
	overwrite(yaml, start, text.len, "");
	return !was_blank;
}

bool hl_yaml_repair(struct hl_findings *findings, struct hl_yaml *yaml, const yaml_parser_t *parser)
{
	struct repair r = {yaml, findings, parser};
	const char *problem = parser->problem ? parser->problem : "";
	uint32_t at = hl_yaml_byte_at_index(yaml, parser->problem_mark.index);
	uint32_t context = hl_yaml_byte_at_index(yaml, parser->context_mark.index);
	uint32_t line = hl_yaml_line_of(yaml, at), context_line = hl_yaml_line_of(yaml, context);
	uint32_t above = line;

	if ((strstr(problem, "escape") || strstr(problem, "hexdecimal") ||
	     strstr(problem, "Unicode character code")) &&
	    bad_escape(&r))
		return true;
	if (strstr(problem, "document indicator") || strstr(problem, "end of stream"))
		if (parser->context && strstr(parser->context, "quoted"))
			return line_cause(&r, context_line) || open_quote_above(&r, context_line) ||
			       open_sign(&r, context, "yaml.quotes",
					 HL_STR("close it with the same sign"));
	if (line_cause(&r, line))
		return true;
	if (parser->context && strstr(parser->context, "simple key") && context_line != line &&
	    line_cause(&r, context_line))
		return true;
	if (strstr(problem, "expected ',' or") && context_line != line &&
	    strchr("[{", yaml->shadow[context]))
		return line_cause(&r, context_line) ||
		       open_sign(&r, context, "yaml.bracket",
				 HL_STR("close it, or put the text in quotes"));
	do
		above--;
	while (above > 0 && hl_yaml_line(yaml, above).len == 0);
	if (above > 0 && line_cause(&r, above))
		return true;
	if (open_quote_above(&r, line))
		return true;
	return give_up_line(&r, parser->context && strstr(parser->context, "simple key") ? context
											 : at);
}
