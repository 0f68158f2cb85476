/*
 * Runs the finders over a message and makes one list of what they found. Each finder may claim too
 * much of a neighbour's ground: where two overlap the whole is taken, under the graver name, for
 * half a secret shown is a secret shown.
 */
#include <string.h>

#include "secrets/finder.h"

static const char *const names[HL_SECRET_COUNT] = {
	[HL_SECRET_SEED] = "seed",	   [HL_SECRET_KEY] = "key",
	[HL_SECRET_PEM] = "pem",	   [HL_SECRET_API] = "api",
	[HL_SECRET_CARD] = "card",	   [HL_SECRET_ID] = "id",
	[HL_SECRET_IBAN] = "iban",	   [HL_SECRET_EMAIL] = "email",
	[HL_SECRET_PASSPORT] = "passport", [HL_SECRET_PASSWORD] = "password",
	[HL_SECRET_CODE] = "code",	   [HL_SECRET_PHONE] = "phone",
};

void hl_finder_add(struct hl_finder *f, enum hl_secret kind, uint32_t start, uint32_t end)
{
	if (start >= end)
		return;
	struct hl_finding_span *span = HL_PUSH(f->arena, f->spans, f->n_spans, f->cap_spans);
	if (span == NULL)
		f->failed = true;
	else
		*span = (struct hl_finding_span){kind, start, end};
}

struct hl_str hl_finder_raw(const struct hl_finder *f, uint32_t start, uint32_t end)
{
	if (start >= end)
		return HL_NONE;
	struct hl_span from = hl_normal_span(&f->u->normal, start, end);
	struct hl_str raw = hl_str_sub(f->u->original, from.start, from.end - from.start);
	/* full-width or disguised: the folded bytes are the better reading */
	return raw.len == end - start ? raw : hl_str_sub(f->u->normal.text, start, end - start);
}

static void sort_spans(struct hl_finding_span *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct hl_finding_span span = v[i];
		size_t j = i;
		for (; j > 0 && v[j - 1].start > span.start; j--)
			v[j] = v[j - 1];
		v[j] = span;
	}
}

/* One list in order, overlaps joined. */
static size_t join_spans(struct hl_finding_span *v, size_t n)
{
	size_t kept = 0;
	sort_spans(v, n);
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && v[i].start < v[kept - 1].end) {
			struct hl_finding_span *last = &v[kept - 1];
			last->end = v[i].end > last->end ? v[i].end : last->end;
			last->kind = v[i].kind < last->kind ? v[i].kind : last->kind;
		} else {
			v[kept++] = v[i];
		}
	}
	return kept;
}

/* The spans as places of the original; pieces that fold together may share bytes. */
static const struct hl_redacted *to_original(struct hl_finder *f, size_t *n)
{
	struct hl_redacted *out = hl_arena_array(f->arena, f->n_spans, sizeof *out);
	*n = 0;
	if (out == NULL) {
		f->failed = true;
		return NULL;
	}
	for (size_t i = 0; i < f->n_spans; i++) {
		struct hl_span at =
			hl_normal_span(&f->u->normal, f->spans[i].start, f->spans[i].end);
		if (*n > 0 && at.start < out[*n - 1].span.end)
			out[*n - 1].span.end = at.end;
		else
			out[(*n)++] = (struct hl_redacted){names[f->spans[i].kind], at};
	}
	return out;
}

static bool has_digit_or_sign(struct hl_str t)
{
	for (size_t i = 0; i < t.len; i++)
		if ((unsigned)(t.ptr[i] - '0') < 10 || t.ptr[i] == '@' || t.ptr[i] == '-')
			return true;
	return false;
}

static void run_finders(struct hl_finder *f)
{
	hl_marks_find(f);
	hl_find_seeds(f);
	bool telling = has_digit_or_sign(f->u->normal.text);
	if (telling) {
		hl_find_numbers(f);
		hl_find_keys(f);
	}
	if (telling || f->n_marks > 0)
		hl_find_stated(f);
}

/* ------------------------------------------------------------------ over several messages */

struct part {
	struct hl_utterance u;
	struct hl_finder finder;
	size_t own; /* spans found without the other messages */
};

static int read_part(struct part *part, struct hl_arena *arena, struct hl_str text)
{
	int status = hl_utterance_read(&part->u, arena, text, NULL, 0);
	part->finder = (struct hl_finder){.arena = arena, .u = &part->u};
	if (status == HL_OK)
		run_finders(&part->finder);
	return status;
}

/* A key sent alone after a message that announced it. */
static void find_announced_key(struct hl_finder *now, const struct part *before, size_t n)
{
	bool announced = false;
	for (size_t i = 0; i < n; i++)
		announced =
			announced || hl_finder_has(&before[i].finder, 1u << HL_MARK_PRIVATE_KEY);
	if (!announced || hl_finder_has(now, 1u << HL_MARK_TX))
		return;
	for (size_t i = 0; i < now->u->n_words && now->u->n_words <= 3; i++) {
		const struct hl_word *word = &now->u->words[i];
		if (word->kind == HL_WORD_HASH && word->form.len >= 50)
			hl_finder_add(now, HL_SECRET_KEY, word->start, word->end);
	}
}

/* Seed words that only together are a phrase; marks them in each message they stand in. */
static void find_joint_seeds(struct hl_finder *now, struct part *before, size_t n)
{
	struct hl_arena *arena = now->arena;
	struct hl_seed_word *words = NULL;
	struct hl_seed_run *runs;
	size_t n_words = 0, cap = 0, n_runs;
	bool lenient = hl_finder_has(now, 1u << HL_MARK_SEED);
	for (size_t i = 0; i < n; i++) {
		lenient = lenient || hl_finder_has(&before[i].finder, 1u << HL_MARK_SEED);
		if (!hl_seed_words(&words, &n_words, &cap, arena, &before[i].u, (uint32_t)i))
			now->failed = true;
	}
	if (!hl_seed_words(&words, &n_words, &cap, arena, now->u, (uint32_t)n) ||
	    hl_seed_runs(&runs, &n_runs, arena, words, n_words, lenient) != HL_OK) {
		now->failed = true;
		return;
	}
	for (size_t r = 0; r < n_runs; r++) {
		for (size_t i = runs[r].first, last; i <= runs[r].last; i = last + 1) {
			for (last = i;
			     last < runs[r].last && words[last + 1].message == words[i].message;)
				last++;
			struct hl_finder *f =
				words[i].message == n ? now : &before[words[i].message].finder;
			hl_finder_add(f, HL_SECRET_SEED, words[i].start, words[last].end);
		}
	}
}

static int look_back(struct hl_secrets *out, struct hl_finder *now, const struct hl_str *recent,
		     size_t n)
{
	struct part part[HL_SECRETS_RECENT_MAX];
	size_t skipped = n > HL_SECRETS_RECENT_MAX ? n - HL_SECRETS_RECENT_MAX : 0;
	n -= skipped;
	for (size_t i = 0; i < n; i++) {
		int status = read_part(&part[i], now->arena, recent[skipped + i]);
		if (status != HL_OK)
			return status;
		part[i].own = part[i].finder.n_spans =
			join_spans(part[i].finder.spans, part[i].finder.n_spans);
	}
	find_announced_key(now, part, n);
	find_joint_seeds(now, part, n);
	for (size_t i = 0; i < n; i++) {
		struct hl_finder *f = &part[i].finder;
		uint32_t covered = 0, covered_now = 0;
		for (size_t k = 0; k < part[i].own; k++)
			covered += f->spans[k].end - f->spans[k].start;
		f->n_spans = join_spans(f->spans, f->n_spans);
		for (size_t k = 0; k < f->n_spans; k++)
			covered_now += f->spans[k].end - f->spans[k].start;
		out->earlier[i].changed = covered_now != covered;
		out->earlier[i].v = to_original(f, &out->earlier[i].n);
		now->failed = now->failed || f->failed;
	}
	out->n_earlier = n;
	return HL_OK;
}

int hl_secrets_find(struct hl_secrets *out, struct hl_arena *arena,
		    const struct hl_utterance *plain, const struct hl_str *recent, size_t n_recent)
{
	struct hl_secrets found = {0};
	struct hl_finder f = {.arena = arena, .u = plain};
	run_finders(&f);
	if (n_recent > 0) {
		int status = look_back(&found, &f, recent, n_recent);
		if (status != HL_OK)
			return status;
	}
	f.n_spans = join_spans(f.spans, f.n_spans);
	for (size_t i = 0; i < f.n_spans; i++)
		found.wallet = found.wallet || f.spans[i].kind <= HL_SECRET_KEY;
	if (f.n_spans > 0)
		found.v = to_original(&f, &found.n);
	if (f.failed)
		return HL_NOMEM;
	*out = found;
	return HL_OK;
}

/* ------------------------------------------------------------------ what may be stored */

static void copy_checked(struct hl_buf *buf, struct hl_str text)
{
	if (hl_utf8_valid(text)) {
		hl_buf_str(buf, text);
		return;
	}
	for (const char *p = text.ptr, *end = p + text.len; p < end;)
		hl_buf_code(buf, hl_utf8_next(&p, end));
}

int hl_secrets_stored(struct hl_str *out, struct hl_arena *arena, struct hl_str text,
		      const struct hl_redacted *redacted, size_t n_redacted)
{
	struct hl_buf buf;
	size_t at = 0;
	if (n_redacted == 0 && hl_utf8_valid(text)) {
		*out = text;
		return HL_OK;
	}
	hl_buf_init(&buf, arena);
	for (size_t i = 0; i < n_redacted; i++) {
		copy_checked(&buf, hl_str_sub(text, at, redacted[i].span.start - at));
		hl_buf_char(&buf, '[');
		hl_buf_cstr(&buf, redacted[i].kind);
		hl_buf_char(&buf, ']');
		at = redacted[i].span.end;
	}
	copy_checked(&buf, hl_str_sub(text, at, text.len));
	if (buf.failed)
		return HL_NOMEM;
	*out = hl_buf_view(&buf);
	return HL_OK;
}
