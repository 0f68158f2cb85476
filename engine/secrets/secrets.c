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

static bool is_masked(const struct hl_masked *masked, enum hl_secret kind)
{
	if (masked == NULL)
		return false;
	switch (kind) {
	case HL_SECRET_EMAIL:
		return masked->email;
	case HL_SECRET_PHONE:
		return masked->phone;
	case HL_SECRET_CARD:
		return masked->card;
	case HL_SECRET_IBAN:
		return masked->iban;
	case HL_SECRET_ID:
		return masked->id;
	case HL_SECRET_PASSPORT:
		return masked->passport;
	default:
		return false; /* what opens a wallet or an account */
	}
}

/* The spans as places of the original; pieces that fold together may share bytes. */
static const struct hl_redacted *to_original(struct hl_finder *f, const struct hl_masked *masked,
					     size_t *n)
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
			out[(*n)++] = (struct hl_redacted){names[f->spans[i].kind], at,
							   is_masked(masked, f->spans[i].kind)};
	}
	return out;
}

#define REPEATED_MIN 4u	   /* bytes */
#define REPEATED_SPANS 16u /* found spans that are searched for again */

static bool is_word_byte(struct hl_str t, size_t at)
{
	return at < t.len && ((unsigned)(t.ptr[at] - 'a') < 26 || (unsigned)(t.ptr[at] - '0') < 10);
}

/* The joined span that holds the byte, or NULL. */
static const struct hl_finding_span *span_at(const struct hl_finder *f, size_t at)
{
	size_t low = 0, high = f->n_joined;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (f->spans[middle].end <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low < f->n_joined && f->spans[low].start <= at ? &f->spans[low] : NULL;
}

/* No word goes on from one side of the place to the other, or a side of it will not be stored. */
static bool parts_words(const struct hl_finder *f, size_t at)
{
	struct hl_str t = f->u->normal.text;
	return at == 0 || !is_word_byte(t, at - 1) || !is_word_byte(t, at) || span_at(f, at - 1) ||
	       span_at(f, at);
}

/* What was found in one text is a secret wherever else it stands: "hunter2 is refused, my password
   is hunter2". */
static void repeat_found(struct hl_finder *to, const struct hl_finder *from)
{
	struct hl_str t = to->u->normal.text;
	size_t n = from->n_spans < REPEATED_SPANS ? from->n_spans : REPEATED_SPANS;
	for (size_t i = 0; i < n; i++) {
		const struct hl_finding_span span = from->spans[i];
		struct hl_str found =
			hl_str_sub(from->u->normal.text, span.start, span.end - span.start);
		if (found.len < REPEATED_MIN)
			continue;
		for (size_t at = 0; (at = hl_str_find(t, found, at)) != SIZE_MAX;) {
			size_t end = at + found.len;
			bool apart = parts_words(to, at) && parts_words(to, end);
			const struct hl_finding_span *known = span_at(to, at);
			if (apart && !(known && known->end >= end && known->kind <= span.kind))
				hl_finder_add(to, span.kind, (uint32_t)at, (uint32_t)end);
			at = apart ? end : at + 1;
		}
	}
}

static uint32_t covered(const struct hl_finder *f, size_t n_spans)
{
	uint32_t bytes = 0;
	for (size_t k = 0; k < n_spans; k++)
		bytes += f->spans[k].end - f->spans[k].start;
	return bytes;
}

static void join(struct hl_finder *f)
{
	f->n_joined = f->n_spans = join_spans(f->spans, f->n_spans);
}

/* Joins what was found and looks for it again until nothing more of the text goes. */
HL_APART static void settle(struct hl_finder *f)
{
	join(f);
	for (uint32_t bytes = 0; bytes != covered(f, f->n_spans) && !f->failed;) {
		bytes = covered(f, f->n_spans);
		repeat_found(f, f);
		join(f);
	}
}

#define NUMBER_DIGITS 7u /* the shortest number that is a secret without being called one */
#define PIECES_DIGITS 8u /* of a key in pieces, some of which are letters alone */
#define KEY_MARKS (1u << HL_MARK_PRIVATE_KEY | 1u << HL_MARK_SECRET_KEY | 1u << HL_MARK_KEY)
#define SPELT_MIN 2u  /* digits in words: "one double seven" */
#define SPELT_CARD 8u /* of a card's number, some doubled */

static void run_finders(struct hl_finder *f)
{
	struct hl_str text = f->u->normal.text;
	hl_marks_find(f);
	if (f->listed >= HL_SEED_LEAST || f->long_word || f->letters >= HL_SEED_GLUED_MIN ||
	    (f->n_marks > 0 && hl_finder_has(f, 1u << HL_MARK_SEED)))
		hl_find_seeds(f);
	if (f->digits >= NUMBER_DIGITS)
		hl_find_numbers(f);
	if (f->digits > 0 || hl_finder_has(f, 1u << HL_MARK_PEM))
		hl_find_keys(f);
	if (f->digits >= PIECES_DIGITS && (f->long_word || hl_finder_has(f, KEY_MARKS)))
		hl_find_broken_keys(f);
	if (text.len > 0 && memchr(text.ptr, '{', text.len) != NULL)
		hl_find_wallet_files(f);
	if (f->spelt >= SPELT_CARD || (f->spelt >= SPELT_MIN && f->n_marks > 0))
		hl_find_spelt(f);
	if (f->n_marks > 0)
		hl_find_stated(f);
	if (text.len > 0 && memchr(text.ptr, '@', text.len) != NULL)
		hl_find_emails(f);
	if (f->n_spans > 0)
		settle(f);
}

/* ------------------------------------------------------------------ over several messages */

struct part {
	struct hl_utterance u;
	struct hl_finder finder;
	uint32_t own; /* bytes found without the other messages */
};

static int read_part(struct part *part, struct hl_arena *arena, struct hl_str text)
{
	int status = hl_utterance_read(&part->u, arena, text, NULL, 0);
	part->finder = (struct hl_finder){.arena = arena, .u = &part->u};
	if (status == HL_OK)
		run_finders(&part->finder);
	return status;
}

#define BIT(kind) (1u << HL_MARK_##kind)
#define SHORT 3u /* words of a message that may be nothing but what the one before announced */

/* A key that stands in a message of few words. */
static const struct hl_word *lone_key(const struct hl_finder *f, size_t i)
{
	if (f->u->n_words > SHORT || hl_finder_has(f, BIT(TX)))
		return NULL;
	for (; i < f->u->n_words; i++)
		/* a half is enough, but not what is as long as an address */
		if (f->u->words[i].kind == HL_WORD_HASH &&
		    (f->u->words[i].form.len >= 50 || f->u->words[i].form.len == 32))
			return &f->u->words[i];
	return NULL;
}

/* A key sent alone after a message that announced it. */
static void find_announced_key(struct hl_finder *now, const struct part *before, size_t n)
{
	bool announced = false;
	for (size_t i = 0; i < n; i++)
		announced = announced ||
			    hl_finder_has(&before[i].finder, BIT(PRIVATE_KEY) | BIT(SECRET_KEY));
	const struct hl_word *key = announced ? lone_key(now, 0) : NULL;
	for (; key != NULL; key = lone_key(now, (size_t)(key - now->u->words) + 1))
		hl_finder_add(now, HL_SECRET_KEY, key->start, key->end);
}

/* A message of a few words, or of one ASCII token that signs cut into more. */
static bool is_short(const struct hl_utterance *u)
{
	struct hl_str t = u->normal.text;
	if (u->n_words <= SHORT)
		return u->n_words > 0;
	for (size_t i = u->words[0].start; i < u->words[u->n_words - 1].end; i++)
		if (t.ptr[i] <= ' ' || (unsigned char)t.ptr[i] >= 0x80)
			return false;
	return true;
}

/* What a message of few words may be if it was announced. */
struct lone_value {
	uint32_t start, end;
	bool password, code;
};

static struct lone_value lone_value(const struct hl_finder *f)
{
	const struct hl_utterance *u = f->u;
	struct hl_str text = u->normal.text;
	struct lone_value v = {0, 0, false, false};
	size_t last;
	if (!is_short(u))
		return v;
	v.start = u->words[0].start;
	v.end = u->words[u->n_words - 1].end;
	while (v.start > 0 && text.ptr[v.start - 1] > ' ')
		v.start--;
	while (v.end < text.len && text.ptr[v.end] > ' ')
		v.end++;
	v.password = hl_is_password(f, (struct hl_value){v.start, v.end, true});
	v.code = hl_code_at(f, 0, &last) >= 4 && last + 1 == u->n_words;
	return v;
}

static const struct hl_mark *last_mark(const struct hl_finder *f)
{
	size_t n = f->n_marks;
	while (n > 0 && f->marks[n - 1].kind == HL_MARK_AT)
		n--;
	return n > 0 ? &f->marks[n - 1] : NULL;
}

/* "my password is:" and then, alone, what it is. */
static void find_announced_value(struct hl_finder *now, const struct hl_finder *before)
{
	const struct hl_mark *mark = last_mark(before);
	struct lone_value said = lone_value(now);
	if (mark == NULL || (!said.password && !said.code))
		return;
	struct hl_value value = hl_finder_value(before, mark);
	bool alone = mark->first == 0 && mark->last + 1u == before->u->n_words;
	if (!(value.stated || alone) || value.end > value.start)
		return;
	bool code = mark->kind == HL_MARK_CODE || mark->kind == HL_MARK_ONE_TIME;
	if (mark->kind == HL_MARK_PASSWORD && said.password)
		hl_finder_add(now, HL_SECRET_PASSWORD, said.start, said.end);
	else if (code && said.code)
		hl_finder_add(now, HL_SECRET_CODE, said.start, said.end);
}

/* Can this message change what the earlier ones hold, or they what it holds? Hardly any can, and
   reading them all again costs more than all else that is done with a message. */
static bool may_concern(struct hl_finder *now, const struct hl_secrets_recent *recent, size_t n)
{
	if (now->n_spans > 0 || lone_key(now, 0) != NULL)
		return true;
	for (size_t i = 0; i < n; i++)
		if (!recent[i].clean)
			return true;
	struct lone_value said = lone_value(now);
	return said.password || said.code || hl_is_all_figures(now) || hl_seed_may_go_on(now);
}

/* How many of the earlier messages are too many or, with those after them, too long. */
static size_t skip_recent(const struct hl_secrets_recent *recent, size_t n)
{
	size_t first = n, bytes = 0;
	while (first > 0 && n - first < HL_SECRETS_RECENT_MAX) {
		bytes += recent[first - 1].text.len;
		if (bytes > HL_SECRETS_RECENT_BYTES && first < n)
			break;
		first--;
	}
	return first;
}

HL_APART static int look_back(struct hl_secrets *out, struct hl_finder *now,
			      const struct hl_masked *masked,
			      const struct hl_secrets_recent *recent, size_t n)
{
	struct part part[HL_SECRETS_RECENT_MAX];
	struct hl_finder *all[HL_SECRETS_RECENT_MAX + 1];
	size_t skipped = skip_recent(recent, n);
	n -= skipped;
	recent += skipped;
	if (n == 0)
		return HL_OK;
	if (!may_concern(now, recent, n))
		return HL_OK;
	uint32_t bytes = covered(now, now->n_spans);
	for (size_t i = 0; i < n; i++) {
		int status = read_part(&part[i], now->arena, recent[i].text);
		if (status != HL_OK)
			return status;
		all[i] = &part[i].finder;
		part[i].own = covered(all[i], all[i]->n_spans);
	}
	all[n] = now;
	for (size_t i = 0; i < n; i++) {
		repeat_found(now, all[i]);
		repeat_found(all[i], now);
	}
	find_announced_key(now, part, n);
	find_announced_value(now, all[n - 1]);
	hl_find_joint_seeds(all, n + 1);
	hl_find_joint_card(all, n + 1);
	for (size_t i = 0; i <= n; i++)
		settle(all[i]);
	struct hl_secrets_earlier *earlier = HL_NEW_ARRAY(now->arena, n, struct hl_secrets_earlier);
	if (earlier == NULL)
		return HL_NOMEM;
	for (size_t i = 0; i < n; i++) {
		earlier[i].changed = covered(all[i], all[i]->n_spans) != part[i].own;
		earlier[i].v = to_original(all[i], masked, &earlier[i].n);
		now->failed = now->failed || all[i]->failed;
	}
	out->earlier = earlier;
	out->by_earlier = covered(now, now->n_spans) != bytes;
	out->n_earlier = n;
	return HL_OK;
}

int hl_secrets_find(struct hl_secrets *out, struct hl_arena *arena,
		    const struct hl_utterance *plain, const struct hl_masked *masked,
		    const struct hl_secrets_recent *recent, size_t n_recent)
{
	struct hl_finder f = {.arena = arena, .u = plain};
	*out = (struct hl_secrets){.v = NULL};
	run_finders(&f);
	if (n_recent > 0) {
		int status = look_back(out, &f, masked, recent, n_recent);
		if (status != HL_OK)
			return status;
	}
	for (size_t i = 0; i < f.n_spans; i++)
		out->wallet = out->wallet || f.spans[i].kind <= HL_SECRET_KEY;
	if (f.n_spans > 0)
		out->v = to_original(&f, masked, &out->n);
	return f.failed ? HL_NOMEM : HL_OK;
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

#define ENDS 4u /* characters of a number that stay */

static bool is_sign(uint32_t code)
{
	return code < 0x80 && (code | 0x20) - 'a' >= 26 && code - '0' >= 10;
}

/* The last of its characters that are no signs, few of a short one. */
static void copy_ends(struct hl_buf *buf, struct hl_str text)
{
	size_t n = 0, i = 0;
	const char *end = text.ptr + text.len;
	for (const char *p = text.ptr; p < end;)
		n += !is_sign(hl_utf8_next(&p, end));
	size_t ends = n >= 10 ? ENDS : n >= 6 ? ENDS / 2 : 0;
	hl_buf_cstr(buf, "***");
	for (const char *p = text.ptr; p < end;) {
		uint32_t code = hl_utf8_next(&p, end);
		if (!is_sign(code) && i++ >= n - ends)
			hl_buf_code(buf, code);
	}
}

/* An e-mail keeps its first letter and its house. */
static void copy_masked(struct hl_buf *buf, struct hl_str text)
{
	size_t at = hl_str_find(text, HL_STR("@"), 0);
	if (at == SIZE_MAX)
		at = hl_str_find(text, HL_STR("＠"), 0);
	if (at == SIZE_MAX) {
		copy_ends(buf, text);
		return;
	}
	copy_checked(buf, hl_str_sub(text, 0, hl_utf8_prefix(text, 1)));
	hl_buf_cstr(buf, "***");
	copy_checked(buf, hl_str_sub(text, at, text.len));
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
		at = redacted[i].span.end;
		if (redacted[i].masked) {
			copy_masked(&buf, hl_str_sub(text, redacted[i].span.start,
						     at - redacted[i].span.start));
			continue;
		}
		hl_buf_char(&buf, '[');
		hl_buf_cstr(&buf, redacted[i].kind);
		hl_buf_char(&buf, ']');
	}
	copy_checked(&buf, hl_str_sub(text, at, text.len));
	if (buf.failed)
		return HL_NOMEM;
	*out = hl_buf_view(&buf);
	return HL_OK;
}
