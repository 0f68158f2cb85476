/*
 * A verdict for people: every stage of one message in the order in which it happened, what was
 * tried and failed beside what matched, and why the decision is what it is.
 */
#include <string.h>

#include "cli/pack.h"

#define STR(s) (int)(s).len, ((s).len ? (s).ptr : "")
#define TRIED_SHOWN 12u
#define TEXT_SHOWN 60

struct view {
	FILE *to;
	const struct hl_verdict *v;
	struct hl_str text;
};

static bool equal(struct hl_str a, struct hl_str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* One character of the customer's text: what would move the cursor becomes a space. */
static void put_byte(FILE *to, char c)
{
	fputc((unsigned char)c < ' ' || c == 0x7F ? ' ' : c, to);
}

static void put_text(FILE *to, struct hl_str text)
{
	for (size_t i = 0; i < text.len; i++)
		put_byte(to, text.ptr[i]);
}

static const struct hl_redacted *secret_at(const struct hl_verdict *v, size_t at)
{
	for (size_t i = 0; i < v->n_redacted; i++)
		if (v->redacted[i].span.start <= at && at < v->redacted[i].span.end)
			return &v->redacted[i];
	return NULL;
}

/* The original with what matched in [ ]; a secret stands as it is stored. */
static void put_marked(const struct view *view, const struct hl_hit *hit)
{
	for (size_t at = 0; at <= view->text.len; at++) {
		const struct hl_redacted *secret = secret_at(view->v, at);
		for (size_t i = 0; i < hit->n_spans; i++)
			if (hit->spans[i].end == at && hit->spans[i].end > hit->spans[i].start)
				fputc(']', view->to);
		for (size_t i = 0; i < hit->n_spans; i++)
			if (hit->spans[i].start == at && hit->spans[i].end > hit->spans[i].start)
				fputc('[', view->to);
		if (secret && secret->span.start == at)
			fprintf(view->to, "(%s)", secret->kind);
		else if (!secret && at < view->text.len)
			put_byte(view->to, view->text.ptr[at]);
	}
}

static void put_place(const struct view *view, struct hl_str intent, enum hl_by by,
		      struct hl_src src)
{
	fputs("  ", view->to);
	cli_put_column(view->to, intent, 24);
	fprintf(view->to, " %-7s %.*s:%u", hl_by_name(by), STR(src.file), src.line);
}

static const struct hl_candidate *candidate_of(const struct hl_verdict *v, struct hl_src src)
{
	for (size_t i = 0; i < v->n_tried; i++)
		if (v->tried[i].src.node == src.node && v->tried[i].src.line == src.line)
			return &v->tried[i];
	return NULL;
}

/* The rule as its author wrote it, cut at a character when it is long. */
static void put_rule(const struct view *view, struct hl_str text)
{
	size_t len = text.len;
	if (len > TEXT_SHOWN)
		for (len = TEXT_SHOWN; len > 0 && ((unsigned char)text.ptr[len] & 0xC0) == 0x80;)
			len--;
	fputs("\"", view->to);
	put_text(view->to, (struct hl_str){text.ptr, len});
	fputs(len < text.len ? "...\"" : "\"", view->to);
}

static void put_hit(const struct view *view, const struct hl_hit *hit)
{
	const struct hl_candidate *rule = candidate_of(view->v, hit->src);
	put_place(view, hit->intent->id, hit->by, hit->src);
	fprintf(view->to, "  %u%s word%s%s\n      ", hit->size2 / 2, hit->size2 % 2 ? ".5" : "",
		hit->size2 == 2 ? "" : "s", hit->whole ? ", the whole message" : "");
	put_marked(view, hit);
	if (rule && rule->text.len) {
		fputs("\n      by ", view->to);
		put_rule(view, rule->text);
	}
	if (hit->lost && hit->lost_to)
		fprintf(view->to, "\n      lost to %.*s: %s", STR(hit->lost_to->id), hit->lost);
	else if (!hit->taken)
		fprintf(view->to, "\n      not taken: %s", hit->lost ? hit->lost : "");
	fputc('\n', view->to);
}

static void put_failed(const struct view *view)
{
	size_t shown = 0, failed = 0;
	for (size_t i = 0; i < view->v->n_tried; i++) {
		const struct hl_candidate *rule = &view->v->tried[i];
		if (!rule->outcome || failed++ >= TRIED_SHOWN)
			continue;
		if (shown++ == 0)
			fputs("tried too:\n", view->to);
		put_place(view, rule->intent->id, rule->by, rule->src);
		fprintf(view->to, "  %s  ", rule->outcome);
		put_rule(view, rule->text);
		fputc('\n', view->to);
	}
	if (failed > shown)
		fprintf(view->to, "  and %zu more\n", failed - shown);
}

/* The lines of a stage of the trace, each behind `head`. */
static size_t put_stage(const struct view *view, const char *stage, const char *head)
{
	size_t n = 0;
	for (size_t i = 0; i < view->v->n_trace; i++)
		if (strcmp(view->v->trace[i].stage, stage) == 0) {
			fputs(head, view->to);
			put_text(view->to, view->v->trace[i].text);
			fputc('\n', view->to);
			n++;
		}
	return n;
}

static void put_message(const struct view *view)
{
	const struct hl_verdict *v = view->v;
	fputs("message:  ", view->to);
	put_text(view->to, v->stored);
	fputc('\n', view->to);
	if (!equal(v->normal, v->stored)) {
		fputs("read as:  ", view->to);
		put_text(view->to, v->normal);
		fputc('\n', view->to);
	}
	for (size_t i = 0; i < v->n_trace; i++)
		if (strcmp(v->trace[i].stage, "text") == 0 && v->trace[i].text.len > 6 &&
		    memcmp(v->trace[i].text.ptr, "words:", 6) == 0) {
			fputs("words:   ", view->to);
			put_text(view->to, (struct hl_str){v->trace[i].text.ptr + 6,
							   v->trace[i].text.len - 6});
			fputc('\n', view->to);
		}
	for (size_t i = 0; i < v->n_redacted; i++)
		fprintf(view->to, "secret:   %s, bytes %u to %u: %s, matched by no rule\n",
			v->redacted[i].kind, v->redacted[i].span.start, v->redacted[i].span.end,
			v->redacted[i].masked ? "only its ends are kept" : "kept nowhere");
}

static bool is_winner(const struct hl_verdict *v, const struct hl_intent *intent)
{
	bool winner = v->intent && equal(v->intent->id, intent->id);
	for (size_t i = 0; i < v->n_all; i++)
		winner = winner || equal(v->all[i]->id, intent->id);
	for (size_t i = 0; i < v->n_clarify; i++)
		winner = winner || equal(v->clarify[i]->id, intent->id);
	return winner;
}

const struct hl_intent *cli_runner_up(const char **why, const struct hl_verdict *v)
{
	for (size_t i = 0; i < v->n_ranked; i++) {
		const struct hl_intent *intent = v->ranked[i].intent;
		if (is_winner(v, intent))
			continue;
		*why = v->n_hits ? "no rule of it matches" : "its likeness is lower";
		for (size_t k = 0; k < v->n_hits; k++)
			if (v->hits[k].intent == intent && v->hits[k].lost)
				*why = v->hits[k].lost;
		if (v->decision == HL_UNMATCHED)
			*why = v->ranked[i].score < v->seen.ask
				       ? "its likeness is too low even to ask back"
				       : "likeness alone does not go before that";
		for (size_t k = 0; k < v->n_tried; k++)
			if (v->tried[k].intent == intent && v->tried[k].outcome &&
			    memcmp(v->tried[k].outcome, "matches, but", 12) == 0 && !v->n_hits)
				*why = v->tried[k].outcome;
		return intent;
	}
	return NULL;
}

static void put_decision(const struct view *view)
{
	const struct hl_verdict *v = view->v;
	const char *why = NULL;
	const struct hl_intent *second = cli_runner_up(&why, v);
	fprintf(view->to, "decision: %s", hl_decision_name(v->decision));
	if (v->intent)
		fprintf(view->to, " %.*s (%s, %.2f", STR(v->intent->id), hl_by_name(v->by),
			v->score);
	if (v->intent && v->rule.line)
		fprintf(view->to, ", %.*s:%u", STR(v->rule.file), v->rule.line);
	fputs(v->intent ? ")\n" : "\n", view->to);
	fprintf(view->to, "  because %s\n", v->why);
	for (size_t i = 0; i < v->n_clarify; i++)
		fprintf(view->to, "  asks back: %.*s\n", STR(v->clarify[i]->id));
	bool alone = v->n_all == 1 && v->all[0] == v->intent;
	for (size_t i = 0; !alone && i < v->n_all; i++)
		fprintf(view->to, "  holds: %.*s\n", STR(v->all[i]->id));
	if (second)
		fprintf(view->to, "  runner-up: %.*s: %s\n", STR(second->id), why);
	for (size_t i = 0; i < v->n_slots; i++) {
		fprintf(view->to, "  slot %.*s = ", STR(v->slots[i].name));
		put_text(view->to, v->slots[i].value);
		fputc('\n', view->to);
	}
}

void cli_print_verdict(FILE *to, const struct hl_verdict *v, struct hl_str text)
{
	struct view view = {to, v, text};
	put_message(&view);
	put_stage(&view, "prefilter", "rules:    ");
	fputs(v->n_hits ? "matching, best first:\n" : "no rule matches\n", to);
	for (size_t i = 0; i < v->n_hits; i++)
		put_hit(&view, &v->hits[i]);
	put_failed(&view);
	fputs("like the examples of:\n", to);
	if (put_stage(&view, "likeness", "  ") == 0)
		fputs("  none: the pack has no examples\n", to);
	put_decision(&view);
}
