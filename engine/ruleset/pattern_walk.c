/* Reads the syntax of a pattern for two things: what would make it dangerous (back-references,
   recursion, nested unbounded repeats), and which literals every match must hold. Whatever it does
   not understand it claims nothing about. */
#include "ruleset/pattern.h"

#include <string.h>

#define DEPTH_MAX 40
#define SET_MAX 32     /* literals in one set */
#define LITERAL_MAX 64 /* bytes of one literal */

struct piece { /* what is known of a part of the pattern */
	struct hl_literal_set sets[HL_PATTERN_SETS];
	size_t n;
	bool unbounded; /* holds an unbounded repeat */
};
struct walk {
	struct hl_arena *arena;
	struct hl_pattern_flaw *flaw;
	struct hl_str text;
	size_t at;
	unsigned depth;
	bool unclear; /* (?x) and the like: no literals at all */
	bool atomic;
	bool leading; /* nothing but positions was read so far */
	struct hl_str head;
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

/* Keeps a set; when there is no room it replaces the one with the shortest literal. */
static void keep_set(struct piece *piece, struct hl_literal_set set)
{
	size_t worst = 0;
	if (!set.n || set.n > SET_MAX || set.shortest < 2)
		return;
	if (piece->n < HL_PATTERN_SETS) {
		piece->sets[piece->n++] = set;
		return;
	}
	for (size_t i = 1; i < piece->n; i++)
		if (piece->sets[i].shortest < piece->sets[worst].shortest)
			worst = i;
	if (piece->sets[worst].shortest < set.shortest)
		piece->sets[worst] = set;
}

static void end_run(struct walk *w, struct piece *piece, struct run *run)
{
	if (run->len >= 2 && w->status == HL_OK) {
		struct hl_str *text = HL_NEW(w->arena, struct hl_str);
		struct hl_str kept = hl_arena_dup(w->arena, (struct hl_str){run->bytes, run->len});
		if (!text || !kept.ptr) {
			w->status = HL_NOMEM;
			return;
		}
		*text = kept;
		if (w->leading && w->depth == 0)
			w->head = kept;
		keep_set(piece, (struct hl_literal_set){text, 1, kept.len});
	}
	w->leading &= run->len == 0;
	run->len = run->last = 0;
}

static const struct hl_literal_set *best_set(const struct piece *piece)
{
	const struct hl_literal_set *best = NULL;
	for (size_t i = 0; i < piece->n; i++)
		if (!best || piece->sets[i].shortest > best->shortest)
			best = &piece->sets[i];
	return best;
}

/* One of the two alternatives holds: the better set of each, joined. */
static void join_choice(struct walk *w, struct piece *out, const struct piece *other)
{
	const struct hl_literal_set *a = best_set(out), *b = best_set(other);
	bool unbounded = out->unbounded || other->unbounded;
	struct piece joined = {.unbounded = unbounded};
	if (a && b && a->n + b->n <= SET_MAX) {
		struct hl_str *v = HL_NEW_ARRAY(w->arena, a->n + b->n, struct hl_str);
		if (!v) {
			w->status = HL_NOMEM;
			return;
		}
		memcpy(v, a->v, a->n * sizeof *v);
		memcpy(v + a->n, b->v, b->n * sizeof *v);
		size_t shortest = a->shortest < b->shortest ? a->shortest : b->shortest;
		keep_set(&joined, (struct hl_literal_set){v, a->n + b->n, shortest});
	}
	*out = joined;
}

/* ------------------------------------------------------------------ quantifiers */

struct quantifier {
	bool there, may_miss, unbounded;
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
	if (peek(w, i) == ',') {
		i++;
		unbounded = !is_digit(peek(w, i));
		while (is_digit(peek(w, i)))
			i++;
	}
	if (peek(w, i) != '}')
		return false;
	w->at += i + 1;
	*q = (struct quantifier){true, least == 0, unbounded};
	return true;
}

static struct quantifier read_quantifier(struct walk *w)
{
	struct quantifier q = {false, false, false};
	char c = peek(w, 0);
	if (c == '*' || c == '+' || c == '?') {
		w->at++;
		q = (struct quantifier){true, c != '+', c != '?'};
	} else if (c != '{' || !read_braces(w, &q)) {
		return q;
	}
	if (peek(w, 0) == '?' || peek(w, 0) == '+')
		w->at++;
	return q;
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

/* ASCII in lower case, or a letter without case: what the folded text surely holds itself. */
static bool is_sure(uint32_t code)
{
	return (code >= ' ' && code < 127) || hl_char_kind_of(code) == HL_CHAR_HAN;
}

static void run_put(struct walk *w, struct piece *piece, struct run *run, uint32_t code)
{
	char utf8[4];
	if (!is_sure(code)) {
		end_run(w, piece, run);
		return;
	}
	if (code >= 'A' && code <= 'Z')
		code += 'a' - 'A';
	size_t len = hl_utf8_put(utf8, code);
	if (run->len + len > LITERAL_MAX)
		end_run(w, piece, run);
	run->last = run->len;
	memcpy(run->bytes + run->len, utf8, len);
	run->len += len;
}

/* A quantifier after one letter: the letter may be missing, or be there more often. */
static void after_letter(struct walk *w, struct piece *piece, struct run *run)
{
	struct quantifier q = read_quantifier(w);
	if (!q.there)
		return;
	if (q.may_miss)
		run->len = run->last;
	end_run(w, piece, run);
	piece->unbounded |= q.unbounded;
}

/* ------------------------------------------------------------------ groups */

static void read_choices(struct walk *w, struct piece *out);

enum group_kind { GROUP_PLAIN, GROUP_NOT, GROUP_UNCLEAR, GROUP_NO_BODY };

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
		w->at++;
	} else if (c == '!') {
		w->at++;
		kind = GROUP_NOT;
	} else if (c == '<') {
		w->at += 2;
		kind = d == '!' ? GROUP_NOT : GROUP_PLAIN;
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

static void read_group(struct walk *w, struct piece *piece)
{
	size_t open = w->at++;
	if (++w->depth > DEPTH_MAX)
		refuse(w, open, 1, "pattern.deep", "groups are nested too deep",
		       "split the pattern in two");
	enum group_kind kind = read_head(w);
	struct piece body = {.n = 0};
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
	if (q.may_miss || kind != GROUP_PLAIN)
		body.n = 0;
	for (size_t i = 0; i < body.n; i++)
		keep_set(piece, body.sets[i]);
	piece->unbounded |= body.unbounded;
	piece->unbounded |= q.unbounded;
}

static void read_sequence(struct walk *w, struct piece *piece)
{
	struct run run = {.len = 0};
	while (w->at < w->text.len && w->status == HL_OK) {
		const char *p = w->text.ptr + w->at;
		uint32_t code = 0;
		bool plain = true;
		if (*p == '|' || *p == ')')
			break;
		if (*p == '(' || *p == '[' || *p == '.' || *p == '^' || *p == '$') {
			end_run(w, piece, &run);
			plain = false;
		}
		bool position = *p == '^' || (*p == '\\' && peek(w, 1) == 'b');
		if (*p == '(') {
			w->leading = false;
			read_group(w, piece);
			continue;
		}
		if (*p == '[')
			read_class(w);
		else if (*p == '\\')
			plain = read_escape(w, &code);
		else if (!plain)
			w->at++;
		else {
			code = hl_utf8_next(&p, w->text.ptr + w->text.len);
			w->at = (size_t)(p - w->text.ptr);
		}
		if (plain)
			run_put(w, piece, &run, code);
		else
			end_run(w, piece, &run);
		w->leading &= plain || position;
		after_letter(w, piece, &run);
	}
	end_run(w, piece, &run);
}

static void read_choices(struct walk *w, struct piece *out)
{
	read_sequence(w, out);
	while (peek(w, 0) == '|' && w->at < w->text.len && w->status == HL_OK) {
		w->leading = false;
		if (w->depth == 0)
			w->head = HL_NONE;
		struct piece other = {.n = 0};
		w->at++;
		read_sequence(w, &other);
		if (w->status == HL_OK)
			join_choice(w, out, &other);
	}
}

int hl_pattern_walk(struct hl_pattern_facts *out, struct hl_pattern_flaw *flaw,
		    struct hl_arena *arena, struct hl_str pattern)
{
	struct walk w = {.arena = arena, .flaw = flaw, .text = pattern, .leading = true};
	struct piece all = {.n = 0};
	memset(out, 0, sizeof *out);
	read_choices(&w, &all);
	if (w.status != HL_OK)
		return w.status;
	out->atomic = w.atomic;
	out->unbounded = all.unbounded;
	out->head = w.unclear ? HL_NONE : w.head;
	/* a stray ")" is left for PCRE2 to refuse */
	if (w.unclear || w.at < w.text.len)
		return HL_OK;
	memcpy(out->sets, all.sets, sizeof all.sets);
	out->n_sets = all.n;
	return HL_OK;
}
