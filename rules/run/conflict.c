/*
 * Which rules can never win a message of their own: each is tried with the texts it spells, alone
 * and among other words. What beats it there stands in every message it matches, unless that is a
 * phrase with `=` or has `max_words`, which the words around show.
 */
#include "run/conflict.h"

#include <string.h>

#include "run/customer.h"
#include "run/run.h"

#define FILLER "zq" /* a word no pack has */
#define LONG_WORDS 40

/* ------------------------------------------------------------------ the rules and their texts */

struct hl_tried *hl_tried_list(size_t *n, struct hl_pool *pool, const struct hl_pack *pack)
{
	size_t room = 0;
	*n = 0;
	for (size_t i = 0; i < pack->n_intents; i++)
		room += pack->intents[i].phrases.n + pack->intents[i].patterns.n +
			pack->intents[i].n_words;
	struct hl_tried *v = hl_pool_array(pool, room + 1, sizeof(*v));
	for (size_t i = 0; v && i < pack->n_intents; i++) {
		const struct hl_intent *intent = &pack->intents[i];
		for (size_t k = 0; k < intent->phrases.n; k++)
			v[(*n)++] =
				(struct hl_tried){intent, HL_BY_PHRASE, intent->phrases.v[k].src,
						  &intent->phrases.v[k], NULL};
		for (size_t k = 0; k < intent->n_words; k++)
			v[(*n)++] = (struct hl_tried){intent, HL_BY_WORDS, intent->words[k].src,
						      NULL, &intent->words[k]};
		for (size_t k = 0; k < intent->patterns.n; k++)
			v[(*n)++] =
				(struct hl_tried){intent, HL_BY_PATTERN, intent->patterns.v[k].src,
						  &intent->patterns.v[k], NULL};
	}
	return v;
}

/* The items with gaps between them, as listed or the other way round. */
static enum hl_spelt words_text(struct hl_str *out, struct hl_pool *pool,
				const struct hl_pack *pack, const struct hl_tried *rule,
				unsigned nth)
{
	const struct hl_lines *all = &rule->words->all;
	struct hl_str text = HL_NONE;
	bool back = all->n > 1 && nth % 2;
	nth = all->n > 1 ? nth / 2 : nth;
	for (size_t i = 0; i < all->n; i++) {
		struct hl_str item;
		enum hl_spelt spelt =
			hl_spell_item(&item, pool, pack, rule->intent, all->v[i].text, &nth);
		if (spelt != HL_SPELL_TEXT)
			return spelt;
		if (i == 0)
			text = item;
		else
			text = hl_pool_format(pool, HL_FMT " * " HL_FMT, HL_ARG(back ? item : text),
					      HL_ARG(back ? text : item));
	}
	*out = text;
	return nth > 0 ? HL_SPELL_NO : text.len ? HL_SPELL_TEXT : HL_SPELL_OTHER;
}

enum hl_spelt hl_tried_text(struct hl_str *out, struct hl_pool *pool, const struct hl_pack *pack,
			    const struct hl_tried *rule, unsigned nth)
{
	if (rule->by == HL_BY_PHRASE)
		return hl_spell(out, pool, pack, rule->intent, rule->line->text, nth);
	if (rule->by == HL_BY_WORDS)
		return words_text(out, pool, pack, rule, nth);
	return nth == 0 && hl_spell_pattern(out, pool, rule->line->text) ? HL_SPELL_TEXT
									 : HL_SPELL_OTHER;
}

/* ------------------------------------------------------------------ trying one */

struct trial {
	struct hl_pool *pool;
	const struct hl_rules *rules;
	struct hl_scratch *scratch;
	const struct hl_tried *rule;
	struct hl_report_conflict *out;
	bool any, wins; /* tried at all; won, or proved nothing */
};

/* The rule's own hit, or NULL when another rule of its intent matches better. */
static const struct hl_hit *hit_of(const struct hl_verdict *v, const struct hl_tried *rule)
{
	for (size_t i = 0; i < v->n_hits; i++)
		if (v->hits[i].src.node == rule->src.node)
			return &v->hits[i];
	return NULL;
}

static bool matches(const struct hl_verdict *v, const struct hl_intent *intent)
{
	for (size_t i = 0; i < v->n_hits; i++)
		if (hl_view_equal(v->hits[i].intent->id, intent->id))
			return true;
	return false;
}

/* Can nothing but a bar keep the rule from its own text? A sample of a pattern or of a slot's value
   may only be a bad sample. */
static bool is_sure_match(const struct hl_tried *rule)
{
	const struct hl_intent *intent = rule->intent;
	if (rule->by == HL_BY_PHRASE)
		return intent->never.n > 0 &&
		       !memchr(rule->line->text.ptr, '{', rule->line->text.len);
	if (rule->by == HL_BY_PATTERN ||
	    (intent->never.n == 0 && rule->words->none.n == 0 && rule->words->max_words == 0))
		return false;
	for (size_t i = 0; i < rule->words->all.n; i++)
		if (memchr(rule->words->all.v[i].text.ptr, '{', rule->words->all.v[i].text.len))
			return false;
	return true;
}

static int try_message(struct trial *t, struct hl_str text)
{
	struct hl_verdict v;
	struct hl_customer customer = {.n_attrs = 0};
	hl_customer_meet(&customer, t->rule->intent);
	struct hl_query query = hl_customer_query(&customer, text, HL_NONE);
	int status = hl_classify(&v, t->scratch, t->rules->set, &query);
	if (status < 0)
		return status;
	const struct hl_hit *hit = status == HL_OK ? hit_of(&v, t->rule) : NULL;
	bool dead = status == HL_OK && !matches(&v, t->rule->intent) && !v.limit_hit &&
		    v.n_redacted == 0 && is_sure_match(t->rule);
	t->wins = !dead && (!hit || hit->taken || !hit->lost_to);
	if (t->wins || (t->any && (dead || t->out->kind != HL_CONFLICT_DEAD)))
		return HL_OK;
	t->any = true;
	*t->out = (struct hl_report_conflict){.kind = dead ? HL_CONFLICT_DEAD
						      : v.decision == HL_CLARIFY
							      ? HL_CONFLICT_ASKED
							      : HL_CONFLICT_SHADOWED,
					      .src = t->rule->src,
					      .intent = t->rule->intent->id,
					      .by = t->rule->by,
					      .witness = text};
	for (size_t i = 0; hit && i < v.n_hits; i++)
		if (v.hits[i].intent == hit->lost_to) {
			t->out->other = hl_pool_copy(t->pool, hit->lost_to->id);
			t->out->other_src = v.hits[i].src;
			t->out->other_by = v.hits[i].by;
			t->out->why = hit->lost;
		}
	return HL_OK;
}

/* The message alone, then with a word on either side, then in a long one. */
static int try_among(struct trial *t, struct hl_str text)
{
	struct hl_str among[2] = {
		hl_pool_format(t->pool, FILLER " " HL_FMT " " FILLER, HL_ARG(text)), text};
	bool whole = t->rule->by == HL_BY_PHRASE && t->rule->line->text.ptr[0] == '=';
	int status = try_message(t, text);
	for (unsigned i = 0; i < LONG_WORDS; i++)
		among[1] = hl_pool_format(t->pool, HL_FMT " " FILLER, HL_ARG(among[1]));
	for (size_t i = 0; status == HL_OK && !whole && !t->wins && i < 2; i++)
		status = try_message(t, among[i]);
	return status;
}

/* A text with its gaps empty, then with a word in each. */
static int try_text(struct trial *t, struct hl_str text)
{
	struct hl_str empty = HL_NONE, filled = HL_NONE;
	if (!memchr(text.ptr, '*', text.len))
		return try_among(t, text);
	for (size_t from = 0; from <= text.len;) {
		const char *gap = memchr(text.ptr + from, '*', text.len - from);
		size_t to = gap ? (size_t)(gap - text.ptr) : text.len;
		int len = (int)(to - from);
		bool spaced = empty.len && len && text.ptr[from] == ' ';
		empty = hl_pool_format(t->pool, HL_FMT "%.*s", HL_ARG(empty), len - spaced,
				       text.ptr + from + spaced);
		filled = hl_pool_format(t->pool, HL_FMT "%.*s%s", HL_ARG(filled), len,
					text.ptr + from, gap ? FILLER : "");
		from = to + 1;
	}
	int status = try_among(t, empty);
	return status == HL_OK && !t->wins ? try_among(t, filled) : status;
}

/* *never: it was tried and won nothing. */
static int try_rule(struct trial *t, bool *never)
{
	bool complete = false;
	for (unsigned nth = 0; nth < HL_TEXTS_TRIED; nth++) {
		struct hl_str text;
		enum hl_spelt spelt =
			hl_tried_text(&text, t->pool, &t->rules->load.pack, t->rule, nth);
		complete = spelt == HL_SPELL_NO;
		if (spelt != HL_SPELL_TEXT)
			break;
		int status = try_text(t, text);
		if (status != HL_OK || t->wins) {
			*never = false;
			return status;
		}
	}
	*never = t->any;
	t->out->complete = complete && t->rule->by == HL_BY_PHRASE;
	return t->pool->failed ? HL_NOMEM : HL_OK;
}

int hl_conflicts_find(struct hl_conflicts *out, struct hl_pool *pool, const struct hl_rules *rules,
		      bool ties)
{
	struct hl_scratch *scratch = NULL;
	size_t n;
	const struct hl_tried *tried = hl_tried_list(&n, pool, &rules->load.pack);
	*out = (struct hl_conflicts){hl_pool_array(pool, n + HL_TIES_MAX, sizeof(*out->v)), 0,
				     false};
	int status = tried && out->v ? hl_scratch_new(&scratch) : HL_NOMEM;
	for (size_t i = 0; status == HL_OK && i < n; i++) {
		struct trial t = {.pool = pool,
				  .rules = rules,
				  .scratch = scratch,
				  .rule = &tried[i],
				  .out = &out->v[out->n]};
		bool never;
		status = try_rule(&t, &never);
		out->n += status == HL_OK && never;
	}
	if (status == HL_OK && ties)
		status = hl_ties_find(out, pool, rules, scratch, tried, n);
	hl_scratch_free(scratch);
	return status;
}

/* ------------------------------------------------------------------ as warnings */

static void warn(struct hl_rules *rules, const struct hl_report_conflict *c)
{
	struct hl_pool *pool = &rules->load.pool;
	const struct hl_yaml *file = hl_rules_file_of(rules, c->src.node);
	const struct hl_yaml_node *node = file ? hl_yaml_node_of(file, c->src.node) : NULL;
	if (!node)
		return;
	if (c->kind == HL_CONFLICT_DEAD) {
		hl_yaml_report(
			rules->load.findings, file, HL_WARNING, "rule.dead", node->start, node->end,
			hl_pool_format(pool, "this rule matches nothing, not even \"" HL_FMT "\"",
				       HL_ARG(c->witness)),
			HL_STR("`never` of the intent, or `none` or `max_words` of the rule, "
			       "bars every text it spells"));
		return;
	}
	hl_yaml_report(
		rules->load.findings, file, HL_WARNING, "rule.never_wins", node->start, node->end,
		hl_pool_format(pool,
			       c->kind == HL_CONFLICT_ASKED
				       ? "this rule wins none of its own texts: \"" HL_FMT
					 "\" is asked back beside `" HL_FMT "` (%s, " HL_FMT ":%u)"
				       : "this rule wins none of its own texts: \"" HL_FMT
					 "\" goes to `" HL_FMT "` (%s, " HL_FMT ":%u)",
			       HL_ARG(c->witness), HL_ARG(c->other), hl_by_name(c->other_by),
			       HL_ARG(c->other_src.file), c->other_src.line),
		hl_pool_format(pool,
			       "%s: write more words into this rule, or take one of the two out",
			       c->why));
}

int hl_warn_conflicts(struct hl_rules *rules)
{
	struct hl_conflicts found;
	int status = hl_conflicts_find(&found, &rules->load.pool, rules, false);
	if (status != HL_OK)
		return status;
	size_t kept = 0;
	for (size_t i = 0; i < found.n; i++)
		if (found.v[i].complete || found.v[i].kind == HL_CONFLICT_DEAD)
			found.v[kept++] = found.v[i];
	for (size_t i = 0; i < kept; i++)
		warn(rules, &found.v[i]);
	rules->conflicts = found.v;
	rules->n_conflicts = kept;
	return HL_OK;
}
