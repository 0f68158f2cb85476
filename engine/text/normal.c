/*
 * The normal form, with the way back to the original. Why not utf8proc for all of it: it costs two
 * microseconds a message and forgets positions. What most texts are made of is folded by fold.h;
 * the rest goes through utf8proc one base character with its marks at a time, which gives the same
 * as the whole text at once (the tests hold it against that) and keeps each piece's place.
 */
#include <string.h>
#include <utf8proc.h>

#include "text/chars.h"
#include "text/fold.h"
#include "text/text.h"

#define PIECE_MAX 32  /* a base and its marks: Unicode's stream-safe limit; more are dropped */
#define GROWN_MAX 256 /* 18 is the longest compatibility decomposition, few pieces hold two */

struct writer {
	struct hl_arena *arena;
	char *text;
	struct hl_span *source;
	size_t len, cap;
	bool failed;
	bool alike; /* a letter of another script that looks Latin was written */
	bool what;  /* 甚 was written: 甚么 is 什么 */
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
	w->alike = w->alike || hl_char_look_alike(code) != 0;
	w->what = w->what || code == HL_FOLD_WHAT;
	for (size_t i = 0; i < n; i++)
		w->source[w->len + i] = from;
	w->len += n;
}

/* ------------------------------------------------------------------ look-alikes */

struct letter_run {
	size_t start, end;
	unsigned latin, alike, foreign;
};

/* The run of letters that begins at `start`; end == start: none does. */
static struct letter_run letter_run_at(const struct writer *w, size_t start)
{
	struct letter_run run = {.start = start, .end = start};
	const char *p = w->text + start, *end = w->text + w->len;
	while (p < end) {
		uint32_t code = hl_utf8_next(&p, end);
		enum hl_char_kind kind = hl_char_kind_of(code);
		if (kind != HL_CHAR_LETTER && kind != HL_CHAR_MARK)
			break;
		if (hl_char_is_latin(code))
			run.latin++;
		else if (hl_char_look_alike(code) != 0)
			run.alike++;
		else
			run.foreign++;
		run.end = (size_t)(p - w->text);
	}
	return run;
}

/* Moves characters start … end-1 to `to`, every look-alike as the Latin letter if `resolve`; gives
   where the next one goes. The text only gets shorter. */
static size_t move_run(struct writer *w, size_t to, size_t start, size_t end, bool resolve)
{
	for (const char *p = w->text + start; p < w->text + end;) {
		const char *from = p;
		char latin = hl_char_look_alike(hl_utf8_next(&p, w->text + end));
		struct hl_span source = w->source[from - w->text];
		if (resolve && latin != 0) {
			w->text[to] = latin;
			w->source[to++] = source;
			continue;
		}
		for (; from < p; from++) {
			w->text[to] = *from;
			w->source[to++] = source;
		}
	}
	return to;
}

/* In words that mix Latin letters with ones that look Latin, and with no others, all become Latin.
 */
static void resolve_look_alikes(struct writer *w)
{
	size_t to = 0;
	for (size_t at = 0; at < w->len;) {
		struct letter_run run = letter_run_at(w, at);
		size_t end = run.end;
		if (end == at) {
			const char *p = w->text + at;
			(void)hl_utf8_next(&p, w->text + w->len);
			end = (size_t)(p - w->text);
		}
		to = move_run(w, to, at, end, run.latin > 0 && run.alike > 0 && run.foreign == 0);
		at = end;
	}
	w->len = to;
}

/* 甚麼 is Traditional for 什么, the one everyday word that needs its neighbour: known only when all
   that stood between the two and folds to nothing is gone. */
static void resolve_what(struct writer *w)
{
	static const char old[] = "甚么", new[] = "什";
	for (size_t at = 0; at + 6 <= w->len; at++)
		if (memcmp(w->text + at, old, 6) == 0)
			memcpy(w->text + at, new, 3);
}

/* ------------------------------------------------------------------ one piece, whatever it is */

/* Composes with what stands before it, so it may not be folded alone. */
static bool joins(uint32_t code)
{
	if (code < 0x300 || (code >= 0x2010 && code <= 0x2027) ||
	    (code >= 0x3190 && code < 0xa66f) || (code >= 0xff01 && code <= 0xff9d))
		return false;
	if ((code >= 0x1160 && code <= 0x11ff) || code == 0xff9e || code == 0xff9f)
		return true; /* vowels and finals of Hangul; half-width voicing marks */
	if ((code >= 0x3131 && code <= 0x318e) || (code >= 0xffa0 && code <= 0xffdc)) {
		utf8proc_int32_t jamo[GROWN_MAX];
		int class = 0;
		return utf8proc_decompose_char((utf8proc_int32_t)code, jamo, GROWN_MAX,
					       UTF8PROC_STABLE | UTF8PROC_COMPAT, &class) > 0 &&
		       jamo[0] >= 0x1160;
	}
	return hl_char_kind_of(code) == HL_CHAR_MARK || hl_char_is_stacked_mark(code);
}

/* Marks before it stay before it. */
static bool orders_alone(uint32_t code)
{
	return utf8proc_get_property((utf8proc_int32_t)code)->combining_class == 0;
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

/* `codes` decomposed, ordered and composed into `made`; how many. */
static size_t compose(utf8proc_int32_t made[GROWN_MAX], const uint32_t *codes, size_t n)
{
	size_t len = 0;
	for (size_t i = 0; i < n; i++) {
		int class = 0;
		utf8proc_ssize_t more = utf8proc_decompose_char(
			(utf8proc_int32_t)codes[i], made + len, (utf8proc_ssize_t)(GROWN_MAX - len),
			UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD,
			&class);
		if (more < 0 || (size_t)more > GROWN_MAX - len)
			break;
		len += (size_t)more;
	}
	order_marks(made, len);
	utf8proc_ssize_t n_made = utf8proc_normalize_utf32(
		made, (utf8proc_ssize_t)len, UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE);
	return n_made < 0 ? 0 : (size_t)n_made;
}

/* What a mark that is dropped kept apart may compose now: until none is dropped. */
static void put_piece(struct writer *w, const uint32_t *codes, size_t n, struct hl_span from)
{
	utf8proc_int32_t made[GROWN_MAX];
	uint32_t kept[GROWN_MAX];
	size_t n_made, n_kept = 0;
	for (bool settled = false; !settled; codes = kept, n = n_kept) {
		n_made = compose(made, codes, n);
		n_kept = 0;
		for (size_t i = 0; i < n_made; i++) {
			uint32_t code = hl_fold_replaced((uint32_t)made[i]); /* ‴ is three primes */
			if (!hl_char_is_stacked_mark(code) && !hl_char_is_invisible(code))
				kept[n_kept++] = hl_char_undressed(hl_char_simplified(code));
		}
		settled = n_kept == n_made;
	}
	for (size_t i = 0; i < n_kept; i++)
		put(w, kept[i], from);
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
	codes[n++] = hl_fold_replaced(first);
	r->p = r->after;
	for (read_ahead(r); r->p < r->end; read_ahead(r)) {
		if (!hl_char_is_invisible(r->next)) {
			if (!joins(r->next) || (n == PIECE_MAX && orders_alone(r->next)))
				break;
			if (n < PIECE_MAX)
				codes[n++] = r->next;
			from.end = (uint32_t)(r->after - r->base);
		}
		r->p = r->after;
	}
	uint32_t simple = hl_fold_simple(codes[0]);
	if (n == 1 && simple != UINT32_MAX)
		put(w, simple, from);
	else
		put_piece(w, codes + hl_char_is_invisible(first), n - hl_char_is_invisible(first),
			  from);
}

/* ------------------------------------------------------------------ what needs no utf8proc */

/* What was folded in place, each character from itself. */
static void tell_source(struct hl_span *source, const char *text, size_t len)
{
	for (size_t at = 0, n; at < len; at += n) {
		n = 1;
		while (at + n < len && hl_fold_is_tail((unsigned char)text[at + n]))
			n++;
		for (size_t i = 0; i < n; i++)
			source[at + i] = (struct hl_span){(uint32_t)at, (uint32_t)(at + n)};
	}
}

/* A run of ASCII; the last of it is left when what follows may join it. The length done. */
static size_t put_ascii(struct writer *w, const char *base, size_t start, size_t end)
{
	size_t n = hl_fold_ascii(w->text + w->len, base + start, end - start);
	if (!hl_fold_stands_alone((const unsigned char *)base + start + n,
				  (const unsigned char *)base + end))
		n--;
	for (size_t i = 0; i < n; i++)
		w->source[w->len + i] =
			(struct hl_span){(uint32_t)(start + i), (uint32_t)(start + i + 1)};
	w->len += n;
	return n;
}

/* A character that is known and stands alone; its length, 0: it needs fold_piece. */
static size_t put_known(struct writer *w, const char *base, size_t start, size_t end)
{
	const unsigned char *p = (const unsigned char *)base + start;
	size_t n;
	if (end - start < 4)
		return 0;
	uint32_t code = hl_fold_known(p, &n);
	if (code == UINT32_MAX || !hl_fold_stands_alone(p + n, (const unsigned char *)base + end))
		return 0;
	struct hl_span from = {(uint32_t)start, (uint32_t)(start + n)};
	char *to = w->text + w->len;
	struct hl_span *source = w->source + w->len;
	if (code >= 0x800 && code < 0x10000) {
		to[0] = (char)(0xe0 | code >> 12);
		to[1] = (char)(0x80 | (code >> 6 & 0x3f));
		to[2] = (char)(0x80 | (code & 0x3f));
		source[0] = source[1] = source[2] = from;
		w->len += 3;
		return n;
	}
	size_t made = hl_utf8_put(to, code);
	for (size_t i = 0; i < made; i++)
		source[i] = from;
	w->len += made;
	return n;
}

/* The writer has room for `end - start` bytes and HL_FOLD_SLACK whenever a known character is put:
   none grows. */
static void fold_text(struct writer *w, const char *base, size_t start, size_t end)
{
	while (start < end) {
		size_t n = (unsigned char)base[start] < 0x80 ? put_ascii(w, base, start, end)
							     : put_known(w, base, start, end);
		start += n;
		if (n > 0 || start == end)
			continue;
		struct reader r = {.base = base, .p = base + start, .end = base + end};
		read_ahead(&r);
		fold_piece(w, &r);
		start = (size_t)(r.p - base);
		if (!writer_room(w, end - start + HL_FOLD_SLACK))
			return;
	}
}

int hl_text_normalise(struct hl_normal *out, struct hl_arena *arena, struct hl_str text,
		      const struct hl_redacted *redacted, size_t n_redacted)
{
	struct writer w = {.arena = arena, .cap = text.len + HL_FOLD_SLACK};
	size_t whole = n_redacted == 0 ? text.len : redacted[0].span.start;
	w.text = hl_arena_alloc(arena, w.cap);
	if (w.text == NULL)
		return HL_NOMEM;
	size_t at = hl_fold_in_place(w.text, hl_str_sub(text, 0, whole));
	if (at == text.len) {
		*out = (struct hl_normal){{w.text, text.len}, NULL};
		memset(w.text + text.len, 0, HL_FOLD_SLACK);
		return HL_OK;
	}
	w.source = hl_arena_array(arena, w.cap, sizeof *w.source);
	if (w.source == NULL)
		return HL_NOMEM;
	tell_source(w.source, w.text, at);
	w.len = at;
	for (size_t i = 0; i < n_redacted && !w.failed; i++) {
		fold_text(&w, text.ptr, at, redacted[i].span.start);
		put(&w, HL_FOLD_OBJECT, redacted[i].span);
		at = redacted[i].span.end;
		(void)writer_room(&w, text.len - at + HL_FOLD_SLACK);
	}
	if (!w.failed)
		fold_text(&w, text.ptr, at, text.len);
	if (w.failed)
		return HL_NOMEM;
	if (w.alike)
		resolve_look_alikes(&w);
	if (w.what)
		resolve_what(&w);
	memset(w.text + w.len, 0, HL_FOLD_SLACK);
	*out = (struct hl_normal){{w.text, w.len}, w.source};
	return HL_OK;
}

struct hl_span hl_normal_span(const struct hl_normal *normal, uint32_t start, uint32_t end)
{
	if (normal->source == NULL) {
		while (start > 0 && hl_fold_is_tail((unsigned char)normal->text.ptr[start]))
			start--;
		while (end < normal->text.len &&
		       hl_fold_is_tail((unsigned char)normal->text.ptr[end]))
			end++;
		return (struct hl_span){start, end};
	}
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
