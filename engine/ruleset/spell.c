/* The phrase grammar: brackets, choices, gaps, slots and sets become a net of spelt texts. Knows
   the signs of the language and how to tell an author what is wrong with them. */
#include "ruleset/spell.h"

#include <string.h>

#include "text/text.h"

#define ERRORS_MAX 16 /* of one phrase */

struct reader {
	struct hl_spell *spell;
	struct hl_report *report;
	const struct hl_line *line;
	enum hl_phrase_mode mode;
	struct hl_normal normal;
	struct hl_str text; /* of `normal` */
	size_t at;
	unsigned depth, optional; /* open brackets; those of them that are [ ] */
	unsigned errors;	  /* reported; reading goes on to the next one */
	int status;		  /* not HL_OK: reading cannot go on */
};

/* Bytes `at` … `at + len` of the normalised text, in the author's own. */
static struct hl_span author_span(const struct reader *rd, size_t at, size_t len)
{
	uint32_t end = (uint32_t)rd->line->text.len;
	if (at >= rd->text.len)
		return (struct hl_span){end, end};
	if (!len)
		len = 1;
	if (at + len > rd->text.len)
		len = rd->text.len - at;
	return hl_normal_span(&rd->normal, (uint32_t)at, (uint32_t)(at + len));
}

static void finding(struct reader *rd, enum hl_level level, const char *code, size_t at, size_t len,
		    const char *message, const char *remedy)
{
	struct hl_span span = author_span(rd, at, len);
	hl_report_plain(rd->report, level, code, rd->line->src, span.start,
			span.end > span.start ? span.end - span.start : 1, message, remedy);
	rd->errors += level == HL_ERROR;
	if (rd->errors == ERRORS_MAX && rd->status == HL_OK)
		rd->status = HL_REFUSED;
}

static uint32_t add_state(struct reader *rd)
{
	struct hl_spell *s = rd->spell;
	uint32_t *first = HL_PUSH(s->arena, s->first, s->n_states, s->cap_first);
	uint32_t *last = HL_PUSH(s->arena, s->last, s->n_last, s->cap_last);
	if (!first || !last) {
		rd->status = HL_NOMEM;
		return 0;
	}
	*first = *last = HL_NO_ARC;
	return (uint32_t)(s->n_states - 1);
}

static void add_arc(struct reader *rd, uint32_t from, uint32_t to, enum hl_arc_kind kind, size_t at,
		    size_t len)
{
	struct hl_spell *s = rd->spell;
	struct hl_arc *arc = HL_PUSH(s->arena, s->arcs, s->n_arcs, s->cap_arcs);
	if (!arc) {
		rd->status = HL_NOMEM;
		return;
	}
	uint32_t id = (uint32_t)(s->n_arcs - 1);
	struct hl_span span = author_span(rd, at, len);
	*arc = (struct hl_arc){.from = from,
			       .to = to,
			       .next = HL_NO_ARC,
			       .kind = kind,
			       .insisted = rd->optional == 0,
			       .text = hl_str_sub(rd->text, at, len),
			       .offset = span.start,
			       .len = span.end - span.start};
	if (s->last[from] == HL_NO_ARC)
		s->first[from] = id;
	else
		s->arcs[s->last[from]].next = id;
	s->last[from] = id;
}

static uint32_t step(struct reader *rd, uint32_t from, enum hl_arc_kind kind, size_t at, size_t len)
{
	uint32_t to = add_state(rd);
	if (rd->status == HL_OK)
		add_arc(rd, from, to, kind, at, len);
	return to;
}

static bool is_space(uint32_t code)
{
	return code == ' ' || (code >= '\t' && code <= '\r') || code == 0x85 || code == 0xa0 ||
	       code == 0x3000 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 ||
	       code == 0x2029;
}

static bool is_sign(uint32_t code)
{
	return code < 128 && strchr("()[]{}<>|*~", (int)code) && code;
}

static bool is_name_char(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (!first && ((c >= '0' && c <= '9') || c == '_'));
}

/* A run of letters and plain signs: one arc for each Chinese character, one for what lies between.
 */
static uint32_t read_text(struct reader *rd, uint32_t state)
{
	const char *base = rd->text.ptr, *end = base + rd->text.len;
	size_t run = rd->at;
	while (rd->at < rd->text.len && rd->status == HL_OK) {
		const char *p = base + rd->at;
		uint32_t code = hl_utf8_next(&p, end);
		size_t next = (size_t)(p - base);
		if (is_space(code) || is_sign(code))
			break;
		if (hl_char_kind_of(code) == HL_CHAR_HAN) {
			if (rd->at > run)
				state = step(rd, state, HL_ARC_TEXT, run, rd->at - run);
			if (rd->status == HL_OK)
				state = step(rd, state, HL_ARC_HAN, rd->at, next - rd->at);
			run = next;
		}
		rd->at = next;
	}
	if (rd->at > run && rd->status == HL_OK)
		state = step(rd, state, HL_ARC_TEXT, run, rd->at - run);
	return state;
}

/* {name} or <name>; a lone < or > is a sign like any other and parts words. */
static uint32_t read_name(struct reader *rd, uint32_t state, char open, char close,
			  enum hl_arc_kind kind)
{
	size_t from = rd->at++;
	size_t name = rd->at;
	while (name < rd->text.len && rd->text.ptr[name] == ' ')
		name++;
	size_t to = name;
	while (to < rd->text.len && is_name_char(rd->text.ptr[to], to == name))
		to++;
	size_t after = to;
	while (after < rd->text.len && rd->text.ptr[after] == ' ')
		after++;
	if (to > name && after < rd->text.len && rd->text.ptr[after] == close) {
		rd->at = after + 1;
		if (rd->mode == HL_PHRASE_SET) {
			finding(rd, HL_ERROR, "phrase.set_inside", from, after + 1 - from,
				"a word set holds plain phrases, without * { } or < >",
				"write the words themselves");
			return state;
		}
		return step(rd, state, kind, name, to - name);
	}
	if (open == '<' && to == name)
		return step(rd, state, HL_ARC_SPACE, from, 1);
	const char *shut = memchr(rd->text.ptr + from, close, rd->text.len - from);
	if (shut)
		after = rd->at = (size_t)(shut + 1 - rd->text.ptr);
	finding(rd, HL_ERROR, "phrase.bad_name", from, after > from ? after - from : 1,
		open == '{' ? "a slot is written {name}" : "a word set is written <name>",
		"the name has small letters, digits and _ and begins with a letter");
	return state;
}

static uint32_t read_seq(struct reader *rd, uint32_t state, bool *empty);

/* The inside of a bracket, from `state` to a common end; the closing sign is eaten. */
static uint32_t read_choices(struct reader *rd, uint32_t state, char close)
{
	size_t open = rd->at - 1;
	uint32_t end = add_state(rd);
	if (++rd->depth > HL_SPELL_DEPTH) {
		finding(rd, HL_ERROR, "phrase.deep", open, 1, "brackets are nested deeper than 8",
			"split the phrase in two");
		rd->status = HL_REFUSED;
	}
	rd->optional += close == ']';
	while (rd->status == HL_OK) {
		bool empty;
		uint32_t begin = add_state(rd);
		if (rd->status != HL_OK)
			break;
		add_arc(rd, state, begin, HL_ARC_SKIP, open, 0);
		uint32_t last = read_seq(rd, begin, &empty);
		if (rd->status != HL_OK)
			break;
		add_arc(rd, last, end, HL_ARC_SKIP, rd->at, 0);
		char c = rd->at < rd->text.len ? rd->text.ptr[rd->at] : 0;
		if (c != '|' && c != close) {
			finding(rd, HL_ERROR, "phrase.unbalanced", open, 1,
				"this bracket is not closed",
				close == ')' ? "close it with )" : "close it with ]");
			break;
		}
		if (empty)
			finding(rd, HL_ERROR, "phrase.empty_choice", rd->at, 1, "an empty choice",
				"write [a] for what may be missing");
		rd->at++;
		if (c == close)
			break;
	}
	rd->optional -= close == ']';
	rd->depth--;
	if (close == ']' && rd->status == HL_OK)
		add_arc(rd, state, end, HL_ARC_SKIP, open, 0);
	return end;
}

static uint32_t read_gap(struct reader *rd, uint32_t state)
{
	if (rd->mode == HL_PHRASE_SET || rd->mode == HL_PHRASE_ITEM) {
		finding(rd, HL_ERROR, "phrase.gap_here", rd->at, 1,
			rd->mode == HL_PHRASE_SET ? "a word set knows no gap *"
						  : "an item of `words` knows no gap *",
			"use a phrase for that");
		rd->at++;
		return state;
	}
	size_t from = rd->at, end = from + 1;
	for (size_t next = end; next < rd->text.len && strchr(" *", rd->text.ptr[next]); next++)
		if (rd->text.ptr[next] == '*')
			end = next + 1;
	if (end > from + 1)
		finding(rd, HL_ERROR, "phrase.double_gap", from, end - from, "two gaps in a row",
			"one * already takes up to six words");
	rd->at = end;
	return step(rd, state, HL_ARC_GAP, from, 1);
}

/* `<late>~`, `充值~`, ` ~x`: no Latin word ends before it, so it changes nothing. */
static void warn_tilde(struct reader *rd)
{
	size_t at = rd->at;
	while (at > 0 && ((unsigned char)rd->text.ptr[--at] & 0xc0) == 0x80)
		;
	const char *p = rd->text.ptr + at;
	uint32_t code = rd->at ? hl_utf8_next(&p, rd->text.ptr + rd->at) : ' ';
	enum hl_char_kind kind = hl_char_kind_of(code);
	if (kind == HL_CHAR_LETTER || kind == HL_CHAR_MARK || kind == HL_CHAR_DIGIT ||
	    code == ')' || code == ']')
		return;
	finding(rd, HL_WARNING, "phrase.tilde", rd->at, 1, "this ~ does nothing",
		kind == HL_CHAR_HAN ? "Chinese is found with any words behind it: take it away"
				    : "it stands right behind the letters of a word: deposit~");
}

/* What a single sign means; anything that is no sign is text. */
static uint32_t read_part(struct reader *rd, uint32_t state, char c)
{
	switch (c) {
	case '(':
		rd->at++;
		return read_choices(rd, state, ')');
	case '[':
		rd->at++;
		return read_choices(rd, state, ']');
	case '{':
		return read_name(rd, state, '{', '}', HL_ARC_SLOT);
	case '<':
		return read_name(rd, state, '<', '>', HL_ARC_SET);
	case '*':
		return read_gap(rd, state);
	case '~':
		warn_tilde(rd);
		return step(rd, state, HL_ARC_TILDE, rd->at++, 1);
	case '>':
		if (rd->at && is_name_char(rd->text.ptr[rd->at - 1], false))
			finding(rd, HL_WARNING, "phrase.lone_sign", rd->at, 1,
				"this sign means nothing without a < before it",
				"a word set is written <name>");
		return step(rd, state, HL_ARC_SPACE, rd->at++, 1);
	case '}':
		finding(rd, HL_ERROR, "phrase.unbalanced", rd->at++, 1,
			"this bracket was never opened", "a slot is written {name}");
		return state;
	default:
		return read_text(rd, state);
	}
}

static uint32_t read_seq(struct reader *rd, uint32_t state, bool *empty)
{
	*empty = true;
	while (rd->at < rd->text.len && rd->status == HL_OK) {
		const char *p = rd->text.ptr + rd->at;
		char c = *p;
		if (c == ')' || c == ']' || c == '|')
			break;
		size_t before = rd->at;
		uint32_t code = hl_utf8_next(&p, rd->text.ptr + rd->text.len);
		if (is_space(code)) {
			rd->at = (size_t)(p - rd->text.ptr);
			state = step(rd, state, HL_ARC_SPACE, before, rd->at - before);
		} else {
			state = read_part(rd, state, c);
		}
		/* [ ] around a lone space is a choice of its own: top[ ]up */
		*empty = false;
	}
	return state;
}

/* An item of `words:` may have choices without brackets. */
static uint32_t read_top(struct reader *rd, uint32_t state)
{
	uint32_t end = add_state(rd);
	while (rd->status == HL_OK) {
		bool empty;
		uint32_t begin = add_state(rd);
		if (rd->status != HL_OK)
			break;
		add_arc(rd, state, begin, HL_ARC_SKIP, rd->at, 0);
		uint32_t last = read_seq(rd, begin, &empty);
		if (rd->status != HL_OK)
			break;
		char c = rd->at < rd->text.len ? rd->text.ptr[rd->at] : 0;
		if (empty && (c == '|' || last != begin))
			finding(rd, HL_ERROR, "phrase.empty_choice", rd->at, 1, "an empty choice",
				"take the superfluous | away");
		if (c == ')' || c == ']')
			finding(rd, HL_ERROR, "phrase.unbalanced", rd->at, 1,
				"this bracket was never opened", "open it, or take it away");
		if (c == '|' && rd->mode != HL_PHRASE_ITEM)
			finding(rd, HL_ERROR, "phrase.pipe", rd->at, 1, "| outside brackets",
				"put ( ) round the choices");
		add_arc(rd, last, end, HL_ARC_SKIP, rd->at, 0);
		if (!c)
			break;
		rd->at++;
	}
	return end;
}

/* Signs that mean something in a pattern and nothing in a phrase. */
static void warn_signs(struct reader *rd)
{
	struct hl_str text = hl_str_trim(rd->text);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		size_t at = (size_t)(text.ptr - rd->text.ptr) + i;
		bool dot_star = c == '.' && i + 1 < text.len && text.ptr[i + 1] == '*';
		bool question = c == '?' && i + 1 < text.len;
		if (!dot_star && !question && !strchr("\\^$+", c))
			continue;
		finding(rd, HL_WARNING, "phrase.pattern_signs", at, dot_star ? 2 : 1,
			"this sign means nothing in a phrase",
			"[x] may be missing, * is a gap; patterns go under `patterns:`");
		return;
	}
}

static void warn_edge_gaps(struct reader *rd)
{
	struct hl_str text = hl_str_trim(rd->text);
	if (rd->spell->whole || !text.len)
		return;
	size_t from = (size_t)(text.ptr - rd->text.ptr);
	if (text.ptr[0] == '*')
		finding(rd, HL_WARNING, "phrase.edge_gap", from, 1,
			"a * at the beginning does nothing",
			"a phrase is found anywhere in the message: take it away");
	if (text.len > 1 && text.ptr[text.len - 1] == '*')
		finding(rd, HL_WARNING, "phrase.edge_gap", from + text.len - 1, 1,
			"a * at the end does nothing",
			"a phrase is found anywhere in the message: take it away");
}

int hl_spell_read(struct hl_spell *out, struct hl_arena *arena, struct hl_report *report,
		  const struct hl_line *line, enum hl_phrase_mode mode)
{
	memset(out, 0, sizeof *out);
	out->arena = arena;
	struct reader rd = {.spell = out, .report = report, .line = line, .mode = mode};
	int rc = hl_text_normalise(&rd.normal, arena, line->text, NULL, 0);
	if (rc != HL_OK)
		return rc;
	rd.text = rd.normal.text;
	out->folded = rd.text;
	while (rd.at < rd.text.len && is_space((unsigned char)rd.text.ptr[rd.at]))
		rd.at++;
	bool may_be_whole = mode == HL_PHRASE_RULE || mode == HL_PHRASE_NEVER;
	if (may_be_whole && rd.at < rd.text.len && rd.text.ptr[rd.at] == '=') {
		out->whole = true;
		rd.at++;
	}
	if (may_be_whole) {
		warn_signs(&rd);
		warn_edge_gaps(&rd);
	}
	out->start = add_state(&rd);
	if (rd.status == HL_OK)
		out->end = read_top(&rd, out->start);
	return rd.status != HL_OK ? rd.status : rd.errors ? HL_REFUSED : HL_OK;
}
