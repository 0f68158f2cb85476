/* Reads a pattern as a chain of literals. Whatever it does not know the exact meaning of makes it
   give up: PCRE2 matches such a pattern then. */
#include "ruleset/chain.h"

#include <string.h>

#include "ruleset/pattern.h"

#define LITERAL_BYTES 64
#define LONG_LITERAL 3 /* shorter ones are everywhere */
#define GROUPS_DEEP 4  /* within each other */

struct literal {
	struct hl_str text;
	uint8_t borders;
};
struct reader {
	struct hl_str text;
	size_t at;
	struct hl_arena *work;
	struct hl_link links[HL_CHAIN_LINKS];
	struct hl_run runs[HL_CHAIN_RUNS];
	struct literal literals[HL_CHAIN_LITERALS];
	size_t n_links, n_runs, n_literals;
	uint32_t groups; /* that capture, so far */
	bool border;
	bool failed; /* no memory */
};
struct mark { /* how far one has come, to go back to */
	size_t at, n_runs;
	uint32_t groups;
};

const uint8_t hl_byte_kinds[256] = {
	['\t'] = 4, ['\n'] = 4, ['\v'] = 4, ['\f'] = 4, ['\r'] = 4, [' '] = 4, ['0'] = 2, ['1'] = 2,
	['2'] = 2,  ['3'] = 2,	['4'] = 2,  ['5'] = 2,	['6'] = 2,  ['7'] = 2, ['8'] = 2, ['9'] = 2,
	['A'] = 1,  ['B'] = 1,	['C'] = 1,  ['D'] = 1,	['E'] = 1,  ['F'] = 1, ['G'] = 1, ['H'] = 1,
	['I'] = 1,  ['J'] = 1,	['K'] = 1,  ['L'] = 1,	['M'] = 1,  ['N'] = 1, ['O'] = 1, ['P'] = 1,
	['Q'] = 1,  ['R'] = 1,	['S'] = 1,  ['T'] = 1,	['U'] = 1,  ['V'] = 1, ['W'] = 1, ['X'] = 1,
	['Y'] = 1,  ['Z'] = 1,	['_'] = 1,  ['a'] = 1,	['b'] = 1,  ['c'] = 1, ['d'] = 1, ['e'] = 1,
	['f'] = 1,  ['g'] = 1,	['h'] = 1,  ['i'] = 1,	['j'] = 1,  ['k'] = 1, ['l'] = 1, ['m'] = 1,
	['n'] = 1,  ['o'] = 1,	['p'] = 1,  ['q'] = 1,	['r'] = 1,  ['s'] = 1, ['t'] = 1, ['u'] = 1,
	['v'] = 1,  ['w'] = 1,	['x'] = 1,  ['y'] = 1,	['z'] = 1};

static char peek(const struct reader *r)
{
	return r->at < r->text.len ? r->text.ptr[r->at] : 0;
}

static bool eat(struct reader *r, const char *sign)
{
	struct hl_str wanted = hl_str_of(sign);
	if (!hl_str_starts(hl_str_sub(r->text, r->at, SIZE_MAX), wanted))
		return false;
	r->at += wanted.len;
	return true;
}

static struct mark mark(const struct reader *r)
{
	return (struct mark){r->at, r->n_runs, r->groups};
}

static bool go_back(struct reader *r, struct mark to)
{
	r->at = to.at;
	r->n_runs = to.n_runs;
	r->groups = to.groups;
	return false;
}

/* ------------------------------------------------------------------ times */

struct times {
	uint32_t least, most; /* most: UINT32_MAX: no end */
	bool lazy;
};

static uint32_t number(struct reader *r)
{
	uint32_t n = 0;
	for (; hl_byte_kinds[(unsigned char)peek(r)] == HL_BYTE_DIGIT; r->at++)
		n = n > 99999 ? n : n * 10 + (uint32_t)(peek(r) - '0');
	return n;
}

static bool is_quantified(const struct reader *r)
{
	return peek(r) && strchr("*+?{", peek(r));
}

/* False: one that is not understood. */
static bool read_times(struct reader *r, struct times *out)
{
	*out = (struct times){1, 1, false};
	if (!is_quantified(r))
		return true;
	if (eat(r, "{")) {
		size_t from = r->at;
		out->least = out->most = number(r);
		if (r->at == from)
			return false;
		if (eat(r, ","))
			out->most = peek(r) == '}' ? UINT32_MAX : number(r);
		if (!eat(r, "}"))
			return false;
	} else {
		char c = r->text.ptr[r->at++];
		*out = (struct times){c == '+', c == '?' ? 1 : UINT32_MAX, false};
	}
	out->lazy = eat(r, "?");
	return peek(r) != '+' && out->least <= out->most;
}

/* ------------------------------------------------------------------ literals */

/* A character that stands for itself. */
static bool read_plain(struct reader *r, uint32_t *code)
{
	const char *p = r->text.ptr + r->at, *end = r->text.ptr + r->text.len;
	if (p < end && *p == '\\') {
		p++;
		if (p == end || (unsigned char)*p >= 0x80 || *p <= ' ' ||
		    hl_byte_kinds[(unsigned char)*p] & HL_BYTE_WORD)
			return false;
	} else if (p == end || strchr("^$.[]|()?*+{}", *p)) {
		return false;
	}
	*code = hl_utf8_next(&p, end);
	if (*code >= 'A' && *code <= 'Z')
		*code += 'a' - 'A';
	if (!hl_pattern_sure(*code))
		return false;
	r->at = (size_t)(p - r->text.ptr);
	return true;
}

/* As many letters as stand there, all once. */
static size_t read_letters(struct reader *r, char out[LITERAL_BYTES])
{
	size_t len = 0;
	uint32_t code;
	for (size_t at = r->at; len + 4 <= LITERAL_BYTES && read_plain(r, &code); at = r->at) {
		if (is_quantified(r)) {
			r->at = at;
			break;
		}
		len += hl_utf8_put(out + len, code);
	}
	return len;
}

static bool read_literal(struct reader *r, struct hl_link *link)
{
	char bytes[LITERAL_BYTES];
	size_t len = read_letters(r, bytes);
	if (len < 2 || r->n_literals == HL_CHAIN_LITERALS)
		return false;
	struct hl_str text = hl_arena_dup(r->work, (struct hl_str){bytes, len});
	r->failed |= !text.ptr;
	r->literals[r->n_literals++] = (struct literal){text, 0};
	link->n++;
	return !r->failed;
}

/* The head of a group that is only there to hold things together, or to capture them. */
static bool read_head(struct reader *r, uint8_t *group)
{
	*group = 0;
	if (!eat(r, "("))
		return false;
	if (eat(r, "?:"))
		return true;
	if (peek(r) == '?' || peek(r) == '*') {
		if (!eat(r, "?<") && !eat(r, "?P<"))
			return false;
		while (hl_byte_kinds[(unsigned char)peek(r)] & HL_BYTE_WORD)
			r->at++;
		if (!eat(r, ">"))
			return false;
	}
	*group = (uint8_t)++r->groups;
	return r->groups <= HL_CHAIN_GROUPS;
}

/* A literal, or some in a group. */
static bool read_set(struct reader *r, struct hl_link *link)
{
	link->literals = (uint8_t)r->n_literals;
	if (peek(r) != '(')
		return read_literal(r, link);
	if (!read_head(r, &link->group))
		return false;
	do {
		if (!read_literal(r, link))
			return false;
	} while (eat(r, "|"));
	return eat(r, ")") && !is_quantified(r);
}

/* ------------------------------------------------------------------ runs */

static struct hl_run *new_run(struct reader *r, enum hl_run_op op, uint8_t of)
{
	if (r->n_runs == HL_CHAIN_RUNS)
		return NULL;
	struct hl_run *run = &r->runs[r->n_runs++];
	*run = (struct hl_run){.op = (uint8_t)op, .signs = {HL_NO_SIGN, HL_NO_SIGN}, .of = of};
	return run;
}

static uint8_t kind_of(char letter)
{
	return letter == 'w'   ? HL_BYTE_WORD
	       : letter == 'd' ? HL_BYTE_DIGIT
	       : letter == 's' ? HL_BYTE_SPACE
			       : 0;
}

static bool add_sign(struct hl_run *run, uint32_t code)
{
	uint8_t *sign = run->signs[0] == HL_NO_SIGN ? &run->signs[0] : &run->signs[1];
	/* a letter may be one of two cases, a longer character is no byte */
	if (*sign != HL_NO_SIGN || code >= 0x80)
		return false;
	*sign = (uint8_t)code;
	return true;
}

/* \d, \w, \s; false: nothing was eaten. */
static bool read_kind(struct reader *r, struct hl_run *run)
{
	if (peek(r) != '\\' || r->at + 1 >= r->text.len || !kind_of(r->text.ptr[r->at + 1]))
		return false;
	run->kinds |= kind_of(r->text.ptr[r->at + 1]);
	r->at += 2;
	return true;
}

/* In brackets a dot is a dot. */
static bool read_member(struct reader *r, uint32_t *code)
{
	*code = '.';
	return eat(r, ".") || read_plain(r, code);
}

static bool read_class(struct reader *r, struct hl_run *run)
{
	uint32_t code = 0;
	do {
		if (eat(r, "0-9"))
			run->kinds |= HL_BYTE_DIGIT;
		else if (!read_kind(r, run) &&
			 (peek(r) == '-' || !read_member(r, &code) || !add_sign(run, code)))
			return false;
	} while (peek(r) != ']');
	return eat(r, "]");
}

/* One letter that is no part of a literal, or a class of them. */
static bool read_bytes(struct reader *r, struct hl_run *run)
{
	char letters[LITERAL_BYTES];
	struct mark before = mark(r);
	uint32_t code;
	if (eat(r, "["))
		return read_class(r, run);
	if (read_kind(r, run))
		return true;
	if (read_letters(r, letters) > 1)
		return go_back(r, before);
	go_back(r, before);
	return read_plain(r, &code) && add_sign(run, code);
}

static bool read_runs(struct reader *r, unsigned depth);

static bool read_run_group(struct reader *r, unsigned depth)
{
	uint8_t group;
	struct times times;
	struct hl_run *maybe = new_run(r, HL_RUN_MAYBE, 0);
	if (!maybe || depth == GROUPS_DEEP || !read_head(r, &group))
		return false;
	if (group && !new_run(r, HL_RUN_OPEN, group))
		return false;
	if (!read_runs(r, depth + 1) || !eat(r, ")") || !read_times(r, &times))
		return false;
	if (group && !new_run(r, HL_RUN_CLOSE, group))
		return false;
	if (times.most != 1)
		return false;
	maybe->of = times.least ? 0 : (uint8_t)(r->runs + r->n_runs - maybe - 1);
	maybe->lazy = times.lazy;
	return true;
}

/* False: it is none, and nothing was eaten. */
static bool read_run(struct reader *r, unsigned depth)
{
	struct mark before = mark(r);
	struct times times;
	if (peek(r) == '(')
		return read_run_group(r, depth) || go_back(r, before);
	struct hl_run *run = new_run(r, HL_RUN_BYTES, 0);
	if (!run || !read_bytes(r, run) || !read_times(r, &times) || times.least >= HL_RUN_FAR ||
	    (times.most >= HL_RUN_FAR && times.most != UINT32_MAX))
		return go_back(r, before);
	run->least = (uint8_t)times.least;
	run->most = times.most < HL_RUN_FAR ? (uint8_t)times.most : HL_RUN_FAR;
	run->lazy = times.lazy;
	return true;
}

/* As many as stand there; false: none. */
static bool read_runs(struct reader *r, unsigned depth)
{
	size_t n = r->n_runs;
	while (read_run(r, depth))
		;
	return r->n_runs > n;
}

/* ------------------------------------------------------------------ links */

/* Runs end where the link's literal begins, and only there: none of them takes its first byte. */
static bool parts_runs(const struct reader *r, const struct hl_link *link)
{
	for (size_t i = link->run; i < (size_t)link->run + link->n_runs; i++)
		for (size_t l = link->literals; l < r->n_literals; l++)
			if (r->runs[i].op == HL_RUN_BYTES &&
			    hl_run_takes(&r->runs[i], (unsigned char)r->literals[l].text.ptr[0]))
				return false;
	return true;
}

/* Borders, the literals, borders. */
static bool read_link(struct reader *r, struct hl_link *link)
{
	uint8_t borders = 0;
	while (eat(r, "\\b"))
		borders |= HL_BORDER_LEFT;
	if (!read_set(r, link) || !parts_runs(r, link) || r->n_links == HL_CHAIN_LINKS)
		return false;
	if (eat(r, "\\w*")) {
		/* only where the word goes on from the literal is its end the one place for \b */
		for (size_t l = link->literals; l < r->n_literals; l++) {
			struct hl_str text = r->literals[l].text;
			if (!(hl_byte_kinds[(unsigned char)text.ptr[text.len - 1]] & HL_BYTE_WORD))
				return false;
		}
		link->word = true;
		if (!eat(r, "\\b"))
			return false;
	}
	while (eat(r, "\\b"))
		borders |= link->word ? 0 : HL_BORDER_RIGHT;
	for (size_t l = link->literals; l < r->n_literals; l++)
		r->literals[l].borders = borders;
	r->links[r->n_links++] = *link;
	return true;
}

static bool read_dots(struct reader *r, struct hl_link *link)
{
	struct times times;
	if (!eat(r, "."))
		return true;
	if (!read_times(r, &times) || times.least >= HL_CHAIN_FAR)
		return false;
	link->least = (uint16_t)times.least;
	link->most = times.most < HL_CHAIN_FAR ? (uint16_t)times.most : HL_CHAIN_FAR;
	link->lazy = times.lazy;
	return true;
}

static bool read_look(struct reader *r, enum hl_link_kind kind)
{
	struct hl_link link = {.kind = kind & 3u};
	return read_dots(r, &link) && read_link(r, &link) && !link.group && eat(r, ")") &&
	       !is_quantified(r);
}

/* Look-aheads hold where the literal before them ends. */
static bool read_looks(struct reader *r)
{
	bool good = true;
	while (good) {
		if (eat(r, "(?="))
			good = read_look(r, HL_LINK_SEEN);
		else if (eat(r, "(?!"))
			good = read_look(r, HL_LINK_UNSEEN);
		else
			break;
	}
	return good;
}

static bool read_next(struct reader *r, struct hl_link *link)
{
	link->run = (uint8_t)r->n_runs;
	if (read_runs(r, 0))
		link->n_runs = (uint8_t)(r->n_runs - link->run);
	else if (r->n_links && !read_dots(r, link))
		return false;
	return read_link(r, link) && read_looks(r);
}

static bool read_all(struct reader *r)
{
	struct hl_link first = {.kind = HL_LINK_NEXT};
	struct mark begin = mark(r);
	while (eat(r, "\\b"))
		r->border = true;
	if (!read_runs(r, 0))
		r->border = false; /* it is the literal's own */
	go_back(r, begin);
	while (r->border && eat(r, "\\b"))
		;
	if (!read_next(r, &first))
		return false;
	while (r->at < r->text.len) {
		struct hl_link link = {.kind = HL_LINK_NEXT};
		if (!read_next(r, &link))
			return false;
	}
	return true;
}

/* ------------------------------------------------------------------ the chain */

/* Short literals are everywhere: no pass looks for them where there are longer ones. */
static bool lengths_serve(const struct reader *r)
{
	size_t shortest = SIZE_MAX, longest = 0;
	for (size_t l = 0; l < r->n_literals; l++) {
		size_t len = r->literals[l].text.len;
		shortest = len < shortest ? len : shortest;
		longest = len > longest ? len : longest;
	}
	return shortest >= LONG_LITERAL || longest < LONG_LITERAL;
}

static size_t owner_at(const struct hl_chain *chain)
{
	return hl_chain_atoms_at(chain) + chain->n_atoms * sizeof(uint32_t) +
	       chain->n_runs * sizeof(struct hl_run);
}

const struct hl_pattern *hl_chain_owner(const struct hl_chain *chain)
{
	const struct hl_pattern *owner;
	memcpy(&owner, (const char *)chain + owner_at(chain), sizeof owner);
	return owner;
}

void hl_chain_own(struct hl_chain *chain, const struct hl_pattern *owner)
{
	memcpy((char *)chain + owner_at(chain), &owner, sizeof owner);
}

/* Room for a chain of that many parts, without an owner. */
static struct hl_chain *new_chain(struct hl_arena *arena, const struct hl_chain *head,
				  const uint32_t *atoms)
{
	struct hl_chain *out =
		hl_arena_lines(arena, owner_at(head) + sizeof(const struct hl_pattern *));
	if (!out)
		return NULL;
	*out = *head;
	memcpy((char *)out + hl_chain_atoms_at(head), atoms, head->n_atoms * sizeof *atoms);
	hl_chain_own(out, NULL);
	return out;
}

static void put_parts(struct hl_chain *out, const struct hl_link *links, const struct hl_run *runs)
{
	char *at = (char *)out;
	memcpy(at + sizeof *out, links, out->n_links * sizeof *links);
	memcpy(at + owner_at(out) - out->n_runs * sizeof *runs, runs, out->n_runs * sizeof *runs);
}

struct hl_chain *hl_chain_copy(struct hl_arena *arena, const struct hl_chain *old,
			       const uint32_t *atoms)
{
	struct hl_chain *copy = new_chain(arena, old, atoms);
	if (copy)
		put_parts(copy, hl_chain_links(old), hl_chain_runs(old));
	return copy;
}

int hl_chain_read(struct hl_chain **out, struct hl_arena *arena, struct hl_arena *work,
		  struct hl_vocab *vocab, struct hl_str pattern)
{
	struct reader r = {.text = pattern, .work = work};
	uint32_t atoms[HL_CHAIN_LITERALS];
	bool good = read_all(&r);
	*out = NULL;
	if (r.failed)
		return HL_NOMEM;
	if (!good || !lengths_serve(&r))
		return HL_OK;
	for (size_t l = 0; l < r.n_literals; l++) {
		atoms[l] = hl_vocab_literal(vocab, r.literals[l].text, r.literals[l].borders);
		if (atoms[l] == HL_NO_ATOM)
			return HL_NOMEM;
	}
	struct hl_chain head = {.n_links = (uint8_t)r.n_links,
				.n_runs = (uint8_t)r.n_runs,
				.n_atoms = (uint8_t)r.n_literals,
				.captures = (uint16_t)r.groups,
				.border = r.border};
	*out = new_chain(arena, &head, atoms);
	if (!*out)
		return HL_NOMEM;
	put_parts(*out, r.links, r.runs);
	return HL_OK;
}
