/*
 * The normal form, with the way back to the original. Why not utf8proc for all of it: it costs two
 * microseconds a message and forgets positions. ASCII, Chinese and full-width signs take tables;
 * the rest goes through utf8proc one base character with its marks at a time, which gives the same
 * as the whole text at once (the tests hold it against that) and keeps each piece's place.
 */
#include <string.h>
#include <utf8proc.h>

#include "text/chars.h"
#include "text/text.h"

#define OBJECT 0xfffcu /* a redacted span */
#define PIECE_MAX 32   /* a base and its marks; more are cut, as Unicode's stream-safe form does */
#define GROWN_MAX 256  /* 18 is the longest compatibility decomposition, few pieces hold two */

/* What each ASCII byte becomes: lower case, control characters spaces, CR a line end. */
static const char ascii_fold[128] =
	"          \n  \n                  "
	" !\"#$%&'()*+,-./0123456789:;<=>?@abcdefghijklmnopqrstuvwxyz[\\]^_`"
	"abcdefghijklmnopqrstuvwxyz{|}~ ";

struct writer {
	struct hl_arena *arena;
	char *text;
	struct hl_span *source;
	size_t len, cap;
	bool failed;
	/* the run of letters being written, for look-alikes */
	size_t run; /* where it begins */
	unsigned latin, alike, foreign;
};

static bool writer_room(struct writer *w, size_t more)
{
	if (w->cap - w->len >= more)
		return true;
	size_t cap = w->cap * 2 + more;
	char *text = hl_arena_regrow(w->arena, w->text, w->len, cap);
	struct hl_span *source = hl_arena_array(w->arena, cap, sizeof *source);
	if (text == NULL || source == NULL) {
		w->failed = true;
		return false;
	}
	memcpy(source, w->source, w->len * sizeof *source);
	w->text = text;
	w->source = source;
	w->cap = cap;
	return true;
}

static void put(struct writer *w, uint32_t code, struct hl_span from)
{
	if (!writer_room(w, 4))
		return;
	size_t n = 1;
	if (code < 0x80)
		w->text[w->len] = (char)code;
	else
		n = hl_utf8_put(w->text + w->len, code);
	for (size_t i = 0; i < n; i++)
		w->source[w->len + i] = from;
	w->len += n;
}

/* Rewrites the letters since w->run, every look-alike as the Latin letter; they only get shorter.
 */
static void resolve_run(struct writer *w)
{
	size_t to = w->run;
	const char *p = w->text + w->run, *end = w->text + w->len;
	while (p < end) {
		const char *start = p;
		uint32_t code = hl_utf8_next(&p, end);
		char latin = hl_char_look_alike(code);
		struct hl_span from = w->source[start - w->text];
		if (latin != 0) {
			w->text[to] = latin;
			w->source[to++] = from;
			continue;
		}
		for (; start < p; start++) {
			w->text[to] = *start;
			w->source[to++] = from;
		}
	}
	w->len = to;
}

static void end_run(struct writer *w)
{
	if (w->alike > 0 && w->latin > 0 && w->foreign == 0)
		resolve_run(w);
	w->latin = w->alike = w->foreign = 0;
}

/* A folded character: keeps the run of letters up to date, then writes. */
static void put_folded(struct writer *w, uint32_t code, struct hl_span from)
{
	bool letter = code < 0x80 ? code - 'a' < 26u
				  : hl_char_kind_of(code) == HL_CHAR_LETTER ||
					    hl_char_kind_of(code) == HL_CHAR_MARK;
	if (!letter) {
		end_run(w);
	} else {
		if (w->latin + w->alike + w->foreign == 0)
			w->run = w->len;
		if (hl_char_is_latin(code))
			w->latin++;
		else if (hl_char_look_alike(code) != 0)
			w->alike++;
		else
			w->foreign++;
	}
	put(w, code, from);
}

/* Composes with what stands before it, so it may not be folded alone. */
static bool joins(uint32_t code)
{
	if (code < 0x300 || (code >= 0x2010 && code <= 0x2027) ||
	    (code >= 0x3190 && code < 0xa66f) || (code >= 0xff01 && code <= 0xff9d))
		return false;
	/* the vowels and finals of Hangul, and the signs that fold to them; half-width voicing
	 * marks */
	if ((code >= 0x1160 && code <= 0x11ff) || (code >= 0x3131 && code <= 0x318e) ||
	    (code >= 0xff9e && code <= 0xffdc))
		return true;
	return hl_char_kind_of(code) == HL_CHAR_MARK;
}

/* Signs that stand for a plain one, before anything is folded. */
static uint32_t replaced(uint32_t code)
{
	if (code < 0x80)
		return (uint32_t)ascii_fold[code];
	if (code < 0xa0)
		return code == 0x85 ? '\n' : ' ';
	switch (code) {
	case 0x00b4: /* apostrophes as they are typed */
	case 0x02bc:
	case 0x2018:
	case 0x2019:
	case 0x201b:
	case 0x2032:
		return '\'';
	case 0x2028:
	case 0x2029:
		return '\n';
	case OBJECT:
		return ' ';
	default:
		return code;
	}
}

/* The folded form of a character that needs no more than a table; UINT32_MAX: ask utf8proc. */
static uint32_t fold_simple(uint32_t code)
{
	if (code < 0x80)
		return code;
	if (code >= 0x4e00 && code < 0xa000)
		return hl_char_simplified(code);
	if (code >= 0xff01 && code <= 0xff5e)
		return (uint32_t)ascii_fold[code - 0xfee0];
	if (code == 0x3000)
		return ' ';
	return (code >= 0x3001 && code <= 0x3002) || (code >= 0x201c && code <= 0x201d)
		       ? code
		       : UINT32_MAX;
}

/* Canonical order: marks by class, equal ones as they stood. */
static void order_marks(utf8proc_int32_t *codes, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		int class = utf8proc_get_property(codes[i])->combining_class;
		for (size_t j = i; class != 0 && j > 0; j--) {
			if (utf8proc_get_property(codes[j - 1])->combining_class <= class)
				break;
			utf8proc_int32_t other = codes[j];
			codes[j] = codes[j - 1];
			codes[j - 1] = other;
		}
	}
}

static void put_piece(struct writer *w, const uint32_t *codes, size_t n, struct hl_span from)
{
	utf8proc_int32_t grown[GROWN_MAX];
	size_t len = 0;
	for (size_t i = 0; i < n; i++) {
		int class = 0;
		utf8proc_ssize_t more = utf8proc_decompose_char(
			(utf8proc_int32_t)codes[i], grown + len,
			(utf8proc_ssize_t)(GROWN_MAX - len),
			UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD,
			&class);
		if (more < 0 || (size_t)more > GROWN_MAX - len)
			break;
		len += (size_t)more;
	}
	order_marks(grown, len);
	utf8proc_ssize_t made = utf8proc_normalize_utf32(
		grown, (utf8proc_ssize_t)len, UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE);
	for (utf8proc_ssize_t i = 0; i < made; i++) {
		uint32_t code = (uint32_t)grown[i];
		if (!hl_char_is_stacked_mark(code) && !hl_char_is_invisible(code))
			put_folded(w, hl_char_undressed(hl_char_simplified(code)), from);
	}
}

struct reader {
	const char *base, *p, *end;
	uint32_t next; /* the character at p, decoded ahead */
	const char *after;
};

static void read_ahead(struct reader *r)
{
	r->after = r->p;
	if (r->p < r->end)
		r->next = hl_utf8_next(&r->after, r->end);
}

/* One base character with the marks and invisible characters behind it. */
static void fold_piece(struct writer *w, struct reader *r)
{
	uint32_t codes[PIECE_MAX];
	struct hl_span from = {(uint32_t)(r->p - r->base), (uint32_t)(r->after - r->base)};
	size_t n = 0;
	uint32_t first = r->next;
	codes[n++] = replaced(first);
	r->p = r->after;
	for (read_ahead(r); r->p < r->end && n < PIECE_MAX; read_ahead(r)) {
		if (!hl_char_is_invisible(r->next)) {
			if (!joins(r->next))
				break;
			codes[n++] = r->next;
			from.end = (uint32_t)(r->after - r->base);
		}
		r->p = r->after;
	}
	uint32_t simple = fold_simple(codes[0]);
	/* 甚麼 is Traditional for 什么, the one everyday word that needs its neighbour */
	if (first == 0x751a && r->p < r->end && hl_char_simplified(r->next) == 0x4e48)
		simple = 0x4ec0;
	if (n == 1 && simple != UINT32_MAX)
		put_folded(w, simple, from);
	else
		put_piece(w, codes + hl_char_is_invisible(first), n - hl_char_is_invisible(first),
			  from);
}

static void fold_text(struct writer *w, const char *base, size_t start, size_t end)
{
	struct reader r = {.base = base, .p = base + start, .end = base + end};
	for (read_ahead(&r); r.p < r.end;)
		fold_piece(w, &r);
}

/* Folds ASCII text; the length of what was done, short of `len` at the first other byte. */
static size_t fold_ascii(char *to, const char *from, size_t len)
{
	size_t i = 0;
	for (; i < len && (unsigned char)from[i] < 0x80; i++)
		to[i] = ascii_fold[(unsigned char)from[i]];
	return i;
}

int hl_text_normalise(struct hl_normal *out, struct hl_arena *arena, struct hl_str text,
		      const struct hl_redacted *redacted, size_t n_redacted)
{
	struct writer w = {.arena = arena, .cap = text.len + 16};
	w.text = hl_arena_alloc(arena, w.cap);
	if (w.text == NULL)
		return HL_NOMEM;
	if (n_redacted == 0 && fold_ascii(w.text, text.ptr, text.len) == text.len) {
		*out = (struct hl_normal){{w.text, text.len}, NULL};
		return HL_OK;
	}
	w.source = hl_arena_array(arena, w.cap, sizeof *w.source);
	if (w.source == NULL)
		return HL_NOMEM;
	size_t at = 0;
	for (size_t i = 0; i < n_redacted; i++) {
		fold_text(&w, text.ptr, at, redacted[i].span.start);
		end_run(&w);
		put(&w, OBJECT, redacted[i].span);
		at = redacted[i].span.end;
	}
	fold_text(&w, text.ptr, at, text.len);
	end_run(&w);
	if (w.failed)
		return HL_NOMEM;
	*out = (struct hl_normal){{w.text, w.len}, w.source};
	return HL_OK;
}

struct hl_span hl_normal_span(const struct hl_normal *normal, uint32_t start, uint32_t end)
{
	if (normal->source == NULL)
		return (struct hl_span){start, end};
	return (struct hl_span){normal->source[start].start, normal->source[end - 1].end};
}

int hl_text_fold_pattern(struct hl_normal *out, struct hl_arena *arena, struct hl_str pattern)
{
	struct writer w = {.arena = arena, .cap = pattern.len + 16};
	w.text = hl_arena_alloc(arena, w.cap);
	w.source = hl_arena_array(arena, w.cap, sizeof *w.source);
	if (w.text == NULL || w.source == NULL)
		return HL_NOMEM;
	const char *p = pattern.ptr, *end = pattern.ptr + pattern.len;
	bool escaped = false;
	while (pattern.len > 0 && p < end) {
		uint32_t start = (uint32_t)(p - pattern.ptr);
		uint32_t code = hl_utf8_next(&p, end);
		struct hl_span from = {start, (uint32_t)(p - pattern.ptr)};
		if (code >= 0xff01 && code <= 0xff5e) {
			code -= 0xfee0;
			if (!escaped && memchr("\\^$.[]|()?*+{}-", (int)code, 15) != NULL)
				put(&w, '\\', from);
		} else if (code == 0x3000) {
			code = ' ';
		}
		escaped = !escaped && code == '\\' && from.end - from.start == 1;
		put(&w, hl_char_simplified(code), from);
	}
	if (w.failed)
		return HL_NOMEM;
	*out = (struct hl_normal){{w.text, w.len}, w.source};
	return HL_OK;
}
