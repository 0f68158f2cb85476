/* Reads the syntax of a pattern for two things: what would make it dangerous (back-references,
   recursion, nested unbounded repeats), and which literals every match must hold. Whatever it does
   not understand it claims nothing about. */
#include "ruleset/piece.h"

#include <string.h>

#define DEPTH_MAX 40
#define LITERAL_MAX 64 /* bytes of one literal */

struct walk {
	struct hl_arena *arena;
	struct hl_pattern_flaw *flaw;
	struct hl_str text;
	size_t at;
	unsigned depth;
	bool unclear; /* (?x) and the like: no literals at all */
	bool atomic;
	int status;
};
struct run { /* letters in a row */
	char bytes[LITERAL_MAX];
	size_t len, last; /* last: where the newest letter begins */
};

static void refuse(struct walk *w, size_t offset, size_t len, const char *code, const char *message,
		   const char *remedy)
{
	if (w->status != HL_OK)
		return;
	*w->flaw = (struct hl_pattern_flaw){code, message, remedy, offset, len};
	w->status = HL_REFUSED;
}

static char peek(const struct walk *w, size_t ahead)
{
	return w->at + ahead < w->text.len ? w->text.ptr[w->at + ahead] : 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool looking_at(const struct walk *w, const char *sign)
{
	return hl_str_starts(hl_str_sub(w->text, w->at, SIZE_MAX), hl_str_of(sign));
}

static void skip_past(struct walk *w, char end)
{
	while (w->at < w->text.len && w->text.ptr[w->at] != end)
		w->at++;
	if (w->at < w->text.len)
		w->at++;
}

/* ------------------------------------------------------------------ sets */

/* Bytes that stand there and are no literal. */
static void pass(struct hl_piece *piece, size_t bytes)
{
	hl_piece_pass(piece, (struct hl_reach){.bytes = (uint32_t)bytes});
}

static void end_run(struct walk *w, struct hl_piece *piece, struct run *run)
{
	if (run->len >= 2 && w->status == HL_OK) {
		struct hl_str *text = HL_NEW(w->arena, struct hl_str);
		struct hl_str kept = hl_arena_dup(w->arena, (struct hl_str){run->bytes, run->len});
		if (!text || !kept.ptr) {
			w->status = HL_NOMEM;
			return;
		}
		*text = kept;
		hl_piece_keep(piece, (struct hl_literal_set){.v = text,
							     .n = 1,
							     .shortest = kept.len,
							     .longest = kept.len});
	} else {
		pass(piece, run->len);
	}
	run->len = run->last = 0;
}

/* ------------------------------------------------------------------ quantifiers */

struct quantifier {
	bool there, may_miss, unbounded;
	bool kept;     /* nothing is given back */
	uint32_t most; /* times; when not unbounded */
};

/* {n} {n,} {n,m}; false and nothing eaten when it is only a sign. */
static bool read_braces(struct walk *w, struct quantifier *q)
{
	size_t i = 1;
	unsigned long least = 0;
	if (!is_digit(peek(w, i)))
		return false;
	for (; is_digit(peek(w, i)); i++)
		least = least > 99999 ? least : least * 10 + (unsigned long)(peek(w, i) - '0');
	bool unbounded = false;
	unsigned long most = least;
	if (peek(w, i) == ',') {
		i++;
		unbounded = !is_digit(peek(w, i));
		for (most = 0; is_digit(peek(w, i)); i++)
			most = most > 99999 ? most : most * 10 + (unsigned long)(peek(w, i) - '0');
	}
	if (peek(w, i) != '}')
		return false;
	w->at += i + 1;
	*q = (struct quantifier){true, least == 0, unbounded, false, (uint32_t)most};
	return true;
}

static struct quantifier read_quantifier(struct walk *w)
{
	struct quantifier q = {false, false, false, false, 1};
	char c = peek(w, 0);
	if (c == '*' || c == '+' || c == '?') {
		w->at++;
		q = (struct quantifier){true, c != '+', c != '?', false, 1};
	} else if (c != '{' || !read_braces(w, &q)) {
		return q;
	}
	q.kept = peek(w, 0) == '+';
	if (q.kept || peek(w, 0) == '?')
		w->at++;
	return q;
}

/* `times` of something of that reach; `run`: what it is where there is no end to the times. */
static struct hl_reach times(struct hl_reach one, struct hl_reach run, const struct quantifier *q,
			     uint32_t less)
{
	uint64_t n = q->most > less ? q->most - less : 0;
	if (q->unbounded)
		return one.bytes || one.chars || one.words || one.spaces || one.any ? run : one;
	if (one.any || one.bytes * n > HL_REACH_MAX || one.chars * n > HL_REACH_CHARS ||
	    one.words * n > HL_REACH_RUNS || one.spaces * n > HL_REACH_RUNS)
		return (struct hl_reach){.any = n > 0};
	return (struct hl_reach){.bytes = (uint32_t)(one.bytes * n),
				 .chars = (uint16_t)(one.chars * n),
				 .words = (uint16_t)(one.words * n),
				 .spaces = (uint16_t)(one.spaces * n)};
}

/* ------------------------------------------------------------------ atoms */

static void read_class(struct walk *w)
{
	w->at++;
	if (peek(w, 0) == '^')
		w->at++;
	if (peek(w, 0) == ']')
		w->at++;
	while (w->at < w->text.len && peek(w, 0) != ']') {
		if (peek(w, 0) == '\\') {
			w->at += 2;
		} else if (looking_at(w, "[:")) {
			size_t end = hl_str_find(w->text, HL_STR(":]"), w->at + 2);
			w->at = end == SIZE_MAX ? w->at + 1 : end + 2;
		} else {
			w->at++;
		}
	}
	w->at++;
}

/* An escape. True: it stands for the plain character *code. */
static bool read_escape(struct walk *w, uint32_t *code)
{
	size_t from = w->at;
	char c = peek(w, 1);
	w->at += 2;
	if ((c >= '1' && c <= '9') || c == 'g' || c == 'k') {
		refuse(w, from, 2, "pattern.reference", "a reference to a group",
		       "write the words out instead");
		return false;
	}
	if (c == 'Q') {
		size_t end = hl_str_find(w->text, HL_STR("\\E"), w->at);
		w->at = end == SIZE_MAX ? w->text.len : end + 2;
		return false;
	}
	if (strchr("pPxoN", c) && c && peek(w, 0) == '{') {
		skip_past(w, '}');
		return false;
	}
	if ((c == 'p' || c == 'P' || c == 'c') && w->at < w->text.len) {
		w->at++;
		return false;
	}
	if (c == 'x')
		for (int i = 0; i < 2 && strchr("0123456789abcdefABCDEF", peek(w, 0)) && peek(w, 0);
		     i++)
			w->at++;
	if (c == '0')
		while (is_digit(peek(w, 0)))
			w->at++;
	bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
	if (letter || !c || (unsigned char)c >= 128)
		return false;
	*code = (unsigned char)c;
	return true;
}

bool hl_pattern_sure(uint32_t code)
{
	return (code >= ' ' && code < 127) || hl_char_kind_of(code) == HL_CHAR_HAN;
}

static void run_put(struct walk *w, struct hl_piece *piece, struct run *run, uint32_t code)
{
	char utf8[4];
	if (code >= 'A' && code <= 'Z')
		code += 'a' - 'A';
	size_t len = hl_utf8_put(utf8, code);
	if (run->len + len > LITERAL_MAX)
		end_run(w, piece, run);
	run->last = run->len;
	memcpy(run->bytes + run->len, utf8, len);
	run->len += len;
}

/* What an atom takes once, and as often as it likes. */
struct width {
	struct hl_reach once, run;
};
static const struct width no_width = {{.bytes = 0}, {.bytes = 0}};
static const struct width char_width = {{.chars = 1}, {.any = true}};
static const struct width word_width = {{.bytes = 1}, {.words = 1}};
static const struct width space_width = {{.bytes = 1}, {.spaces = 1}};

static struct width escape_width(char c, size_t eaten)
{
	if (c && strchr("bBAzZGKE", c))
		return no_width;
	if (c == 'w' || c == 'd')
		return word_width;
	if (c == 's')
		return space_width;
	if (c == 'Q') /* every letter between \Q and \E */
		return (struct width){{.chars = (uint16_t)(eaten < 900 ? eaten : 900)},
				      {.any = true}};
	if (c == 'R') /* CR LF too */
		return (struct width){{.chars = 2}, {.any = true}};
	return c == 'X' ? (struct width){{.any = true}, {.any = true}} : char_width;
}

static struct width letter_width(uint32_t code)
{
	bool word = is_digit((char)code) || (code >= 'a' && code <= 'z') ||
		    (code >= 'A' && code <= 'Z');
	return code < 128 && word ? word_width : char_width;
}

/* Reads one atom that is no group. True: it stands for the character *code. */
static bool read_atom(struct walk *w, uint32_t *code, struct width *width)
{
	size_t from = w->at;
	const char *p = w->text.ptr + w->at;
	*width = char_width;
	if (*p == '[') {
		read_class(w);
		return false;
	}
	if (*p == '.' || *p == '^' || *p == '$') {
		w->at++;
		*width = *p == '.' ? char_width : no_width;
		return false;
	}
	if (*p == '\\') {
		char sign = peek(w, 1);
		if (!read_escape(w, code)) {
			*width = escape_width(sign, w->at - from);
			return false;
		}
	} else {
		*code = hl_utf8_next(&p, w->text.ptr + w->text.len);
		w->at = (size_t)(p - w->text.ptr);
	}
	*width = letter_width(*code);
	return true;
}

/* Of something that runs over so many characters each time. */
static void repeat(struct hl_piece *piece, const struct quantifier *q, uint32_t chars)
{
	uint64_t scans = piece->scans + (uint64_t)q->most * chars;
	piece->unbounded |= q->unbounded;
	piece->scans = q->unbounded || scans > HL_SCANS_ALL ? HL_SCANS_ALL : (uint32_t)scans;
}

/* A quantifier after a letter of a run: the letter may be missing, or be there more often. */
static void after_letter(struct walk *w, struct hl_piece *piece, struct run *run,
			 struct width width)
{
	struct quantifier q = read_quantifier(w);
	if (!q.there)
		return;
	size_t bytes = run->len - run->last;
	width.once = (struct hl_reach){.bytes = (uint32_t)bytes};
	if (q.may_miss)
		run->len = run->last;
	end_run(w, piece, run);
	hl_piece_pass(piece, times(width.once, width.run, &q, !q.may_miss));
	if (q.kept)
		hl_piece_whole(piece, times(width.once, width.run, &q, 0));
	piece->redone |= q.there && !q.kept;
	repeat(piece, &q, q.there);
}

static void after_atom(struct walk *w, struct hl_piece *piece, struct width width, bool border)
{
	struct quantifier q = read_quantifier(w);
	hl_piece_pass(piece, times(width.once, width.run, &q, 0));
	if (q.kept)
		hl_piece_whole(piece, times(width.once, width.run, &q, 0));
	piece->redone |= q.there && !q.kept;
	repeat(piece, &q, q.there);
	if (border && !q.there)
		hl_piece_edge(piece);
}

/* ------------------------------------------------------------------ groups */

static void read_choices(struct walk *w, struct hl_piece *out);

enum group_kind { GROUP_PLAIN, GROUP_LOOK, GROUP_NOT, GROUP_UNCLEAR, GROUP_NO_BODY };

static bool read_flags(struct walk *w, enum group_kind *kind)
{
	while (w->at < w->text.len && strchr("imsxnJU-^", peek(w, 0))) {
		w->unclear |= peek(w, 0) == 'x';
		w->at++;
	}
	*kind = peek(w, 0) == ')' ? GROUP_NO_BODY : GROUP_PLAIN;
	if (peek(w, 0) != ')' && peek(w, 0) != ':')
		return false;
	w->at++;
	return true;
}

/* After "(": what kind of group; eats up to its body. */
static enum group_kind read_head(struct walk *w)
{
	size_t open = w->at - 1;
	enum group_kind kind = GROUP_PLAIN;
	if (peek(w, 0) == '*') {
		refuse(w, open, 2, "pattern.verb", "(* verbs are not allowed", "leave it out");
		return kind;
	}
	if (peek(w, 0) != '?')
		return kind;
	w->at++;
	char c = peek(w, 0), d = peek(w, 1);
	if (looking_at(w, "#")) {
		skip_past(w, ')');
		return GROUP_NO_BODY;
	}
	bool named = (c == '<' && d != '=' && d != '!') || c == '\'' || looking_at(w, "P<");
	if (named) {
		w->at += c == 'P' ? 2 : 1;
		skip_past(w, c == '\'' ? '\'' : '>');
	} else if (c == ':' || c == '>' || c == '|' || c == '=') {
		w->atomic |= c == '>';
		kind = c == '=' ? GROUP_LOOK : GROUP_PLAIN;
		w->at++;
	} else if (c == '!') {
		w->at++;
		kind = GROUP_NOT;
	} else if (c == '<') {
		w->at += 2;
		kind = d == '!' ? GROUP_NOT : GROUP_LOOK;
	} else if (c == '(') {
		kind = GROUP_UNCLEAR; /* a condition: (?(…)a|b) */
	} else if (c == 'R' || c == '&' || c == 'P' || is_digit(c) || c == '+' ||
		   (c == '-' && is_digit(d))) {
		refuse(w, open, 3, "pattern.reference", "a reference to a group",
		       "write the words out instead");
	} else if (!read_flags(w, &kind)) {
		w->unclear = true;
	}
	return kind;
}

/* A group's sets are the sequence's where the group is surely there. */
static void add_group(struct hl_piece *piece, const struct hl_piece *body, enum group_kind kind,
		      const struct quantifier *q)
{
	struct hl_reach all = hl_piece_reach(body, 0, body->n), anywhere = {.any = true};
	bool sure = !q->may_miss && (kind == GROUP_PLAIN || kind == GROUP_LOOK);
	hl_reach_add(&all, body->tail);
	for (size_t i = 0; sure && i < body->n; i++) {
		struct hl_literal_set set = body->sets[i];
		set.aside |= kind == GROUP_LOOK;
		if (!set.aside)
			hl_piece_pass(piece, set.gap);
		hl_piece_keep(piece, set);
	}
	if (kind == GROUP_UNCLEAR)
		hl_piece_pass(piece, anywhere);
	if (kind != GROUP_PLAIN)
		return;
	if (sure)
		hl_piece_pass(piece, body->tail);
	hl_piece_pass(piece, times(all, anywhere, q, sure));
}

static void read_group(struct walk *w, struct hl_piece *piece)
{
	size_t open = w->at++;
	if (++w->depth > DEPTH_MAX)
		refuse(w, open, 1, "pattern.deep", "groups are nested too deep",
		       "split the pattern in two");
	bool kept = looking_at(w, "?>");
	enum group_kind kind = read_head(w);
	struct hl_piece body = {.n = 0};
	if (kind != GROUP_NO_BODY && w->status == HL_OK) {
		read_choices(w, &body);
		if (peek(w, 0) == ')')
			w->at++;
	}
	w->depth--;
	struct quantifier q = read_quantifier(w);
	if (q.unbounded && body.unbounded)
		refuse(w, open, w->at - open, "pattern.blow_up",
		       "a repeat without end inside another one can take forever",
		       "give one of them a limit: {1,20}");
	add_group(piece, &body, kind, &q);
	piece->unbounded |= body.unbounded;
	bool often = q.unbounded || q.most > 1, whole = kept || q.kept || kind != GROUP_PLAIN;
	hl_piece_enter(piece, &body, often, whole);
	piece->redone |= !whole && (body.redone || q.there);
	repeat(piece, &q, body.scans);
}

static void read_sequence(struct walk *w, struct hl_piece *piece)
{
	struct run run = {.len = 0};
	while (w->at < w->text.len && w->status == HL_OK) {
		char sign = peek(w, 0);
		uint32_t code = 0;
		struct width width;
		if (sign == '|' || sign == ')')
			break;
		if (sign == '(') {
			end_run(w, piece, &run);
			read_group(w, piece);
			continue;
		}
		bool border = looking_at(w, "\\b");
		if (read_atom(w, &code, &width) && hl_pattern_sure(code)) {
			run_put(w, piece, &run, code);
			after_letter(w, piece, &run, width);
		} else {
			end_run(w, piece, &run);
			after_atom(w, piece, width, border);
		}
	}
	end_run(w, piece, &run);
}

static void read_choices(struct walk *w, struct hl_piece *out)
{
	read_sequence(w, out);
	while (peek(w, 0) == '|' && w->at < w->text.len && w->status == HL_OK) {
		struct hl_piece other = {.n = 0};
		w->at++;
		read_sequence(w, &other);
		if (w->status == HL_OK)
			w->status = hl_piece_join(out, &other, w->arena);
	}
}

int hl_pattern_walk(struct hl_pattern_facts *out, struct hl_pattern_flaw *flaw,
		    struct hl_arena *arena, struct hl_str pattern)
{
	struct walk w = {.arena = arena, .flaw = flaw, .text = pattern};
	struct hl_piece all = {.n = 0};
	memset(out, 0, sizeof *out);
	read_choices(&w, &all);
	if (w.status != HL_OK)
		return w.status;
	out->atomic = w.atomic;
	out->scans = all.scans;
	out->dear = all.dear;
	/* a stray ")" is left for PCRE2 to refuse */
	if (w.unclear || w.at < w.text.len)
		return HL_OK;
	memcpy(out->sets, all.sets, sizeof all.sets);
	out->n_sets = all.n;
	return HL_OK;
}
