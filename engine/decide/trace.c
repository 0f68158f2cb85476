/* Tells each stage of a verdict in a line a person can read. Knows everything that was found and
   decides nothing. */
#include "decide/trace.h"

#define BLAMED 4 /* words told */

struct telling {
	struct hl_verdict *out;
	const struct hl_case *c;
	struct hl_trace_line *lines;
	size_t n, cap;
	struct hl_buf buf;
	bool failed;
};

static void end_line(struct telling *t, const char *stage)
{
	struct hl_arena *turn = &t->c->scratch->turn;
	struct hl_trace_line *line = HL_PUSH(turn, t->lines, t->n, t->cap);
	struct hl_str text = hl_arena_dup(turn, hl_buf_view(&t->buf));
	if (!line || !text.ptr || t->buf.failed) {
		t->failed = true;
		return;
	}
	*line = (struct hl_trace_line){stage, text};
	t->buf.len = 0;
}

static void put(struct telling *t, const char *text)
{
	hl_buf_cstr(&t->buf, text);
}

static void put_count(struct telling *t, size_t n, const char *what)
{
	hl_buf_u64(&t->buf, n);
	put(t, what);
}

static void put_size(struct telling *t, uint32_t size2)
{
	hl_buf_u64(&t->buf, size2 / 2);
	put(t, size2 % 2 ? "½" : "");
}

static void put_place(struct telling *t, const struct hl_src *src)
{
	if (!src->line)
		return;
	put(t, " at ");
	hl_buf_str(&t->buf, src->file);
	hl_buf_char(&t->buf, ':');
	hl_buf_u64(&t->buf, src->line);
}

static void tell_text(struct telling *t)
{
	const struct hl_utterance *u = t->c->utterance;
	put(t, "normalised: ");
	hl_buf_str(&t->buf, u->normal.text);
	end_line(t, "text");
	put(t, "words:");
	for (size_t w = 0; w < u->n_words; w++) {
		put(t, w ? " · " : " ");
		hl_buf_str(&t->buf, u->words[w].form);
		for (size_t i = 0; i < u->words[w].n_also; i++) {
			put(t, "/");
			hl_buf_str(&t->buf, u->words[w].also[i]);
		}
	}
	put(t, " (size ");
	put_size(t, u->size2);
	put(t, "), language ");
	hl_buf_str(&t->buf, t->out->lang);
	put(t, t->out->lang_sure ? "" : " (not sure of it)");
	end_line(t, "text");
}

static void tell_secrets(struct telling *t)
{
	for (size_t i = 0; i < t->out->n_redacted; i++) {
		const struct hl_redacted *r = &t->out->redacted[i];
		put(t, "bytes ");
		hl_buf_u64(&t->buf, r->span.start);
		put(t, " to ");
		hl_buf_u64(&t->buf, r->span.end);
		put(t, r->masked ? " are kept with their ends readable: " : " are kept as [");
		put(t, r->kind);
		put(t, r->masked ? "" : "]");
		end_line(t, "secrets");
	}
}

static void tell_match(struct telling *t, const struct hl_hit *hit)
{
	hl_buf_str(&t->buf, hit->intent->id);
	put(t, " by ");
	put(t, hl_by_name(hit->by));
	put_place(t, &hit->src);
	put(t, hit->whole ? ", the whole message:" : ":");
	for (size_t i = 0; i < hit->n_spans; i++) {
		put(t, i ? " … " : " ");
		hl_buf_str(&t->buf, hl_str_sub(t->c->utterance->original, hit->spans[i].start,
					       hit->spans[i].end - hit->spans[i].start));
	}
	put(t, ", size ");
	put_size(t, hit->size2);
	if (hit->lost) {
		put(t, "; lost to ");
		hl_buf_str(&t->buf, hit->lost_to->id);
		put(t, ": ");
		put(t, hit->lost);
	}
	end_line(t, "match");
}

/* The words that speak most for a person, the strongest first. */
static void put_blame(struct telling *t)
{
	const struct hl_utterance *u = t->c->utterance;
	double by_word[HL_LIKENESS_WORDS];
	if (hl_likeness_blame(by_word, t->c->rules->likeness, &t->c->scratch->turn, u) != HL_OK) {
		t->failed = true;
		return;
	}
	size_t n = u->n_words < HL_LIKENESS_WORDS ? u->n_words : HL_LIKENESS_WORDS;
	for (unsigned told = 0; told < BLAMED; told++) {
		size_t most = 0;
		for (size_t w = 1; w < n; w++)
			most = by_word[w] > by_word[most] ? w : most;
		if (n == 0 || by_word[most] <= 0)
			return;
		put(t, told ? " · " : ", most for: ");
		hl_buf_str(&t->buf, u->words[most].form);
		by_word[most] = 0;
	}
}

static void tell_alarm(struct telling *t)
{
	const struct hl_opinion *o = &t->c->opinion;
	put(t, "needs a person ");
	hl_buf_fixed(&t->buf, o->sensitive.score, 3);
	put(t, o->is_sensitive ? ", fetched from " : ", fetched only from ");
	hl_buf_fixed(&t->buf, o->person_threshold, 3);
	put(t, ": ");
	hl_buf_str(&t->buf, t->c->rules->pack.intents[o->sensitive.intent].id);
	if (o->is_sensitive)
		put_blame(t);
	end_line(t, "likeness");
}

static void tell_likeness(struct telling *t)
{
	const struct hl_opinion *o = &t->c->opinion;
	if (!t->c->rules->likeness)
		return;
	for (size_t i = 0; i < o->n; i++) {
		hl_buf_str(&t->buf, t->c->rules->pack.intents[o->top[i].intent].id);
		put(t, " ");
		hl_buf_fixed(&t->buf, o->top[i].score, 3);
		end_line(t, "likeness");
	}
	put(t, "alone from ");
	hl_buf_fixed(&t->buf, o->threshold, 3);
	put(t, ", asked back from ");
	hl_buf_fixed(&t->buf, o->ask_threshold, 3);
	put(t, "; known ");
	hl_buf_fixed(&t->buf, o->known * 100, 0);
	put(t, o->outside ? " %; more like what no intent takes" : " %");
	end_line(t, "likeness");
	if (o->sensitive.score > 0)
		tell_alarm(t);
}

static void tell_decision(struct telling *t)
{
	const struct hl_verdict *out = t->out;
	put(t, hl_decision_name(out->decision));
	if (out->intent) {
		put(t, " ");
		hl_buf_str(&t->buf, out->intent->id);
		put(t, " by ");
		put(t, hl_by_name(out->by));
		put_place(t, &out->rule);
	}
	for (size_t i = 0; i < out->n_clarify; i++) {
		put(t, i ? " or " : ": ");
		hl_buf_str(&t->buf, out->clarify[i]->id);
	}
	if (out->n_all > 1) {
		put(t, "; held:");
		for (size_t i = 0; i < out->n_all; i++) {
			put(t, i ? ", " : " ");
			hl_buf_str(&t->buf, out->all[i]->id);
		}
	}
	put(t, "; ");
	put(t, out->why);
	end_line(t, "decide");
}

int hl_trace_write(struct hl_verdict *out, struct hl_case *c)
{
	struct telling t = {.out = out, .c = c};
	hl_buf_init(&t.buf, &c->scratch->turn);
	tell_text(&t);
	tell_secrets(&t);
	put_count(&t, c->rules->n_rules, " rules, ");
	put_count(&t, c->findings.candidates, " tried");
	end_line(&t, "prefilter");
	for (size_t i = 0; i < out->n_hits; i++)
		tell_match(&t, &out->hits[i]);
	if (out->limit_hit) {
		put(&t, "a work limit was reached: what matches may have been missed");
		end_line(&t, "match");
	}
	tell_likeness(&t);
	tell_decision(&t);
	if (t.failed ||
	    hl_classify_tell(&out->tried, &c->reading, &c->findings, c->query, c->lang) != HL_OK)
		return HL_NOMEM;
	out->n_tried = c->findings.candidates;
	out->trace = t.lines;
	out->n_trace = t.n;
	return HL_OK;
}
