/* From the intents that matched, ranked, to one decision. Knows the steps of the rule language; not
   how a rule matched, nor which goes first. */
#include "decide/decide.h"

#include <string.h>

#include "decide/parts.h"
#include "decide/rivals.h"

#define TITLES_MAX 3	/* titles asked back at most */
#define NEAR 0.25	/* likenesses nearer than this do not decide between equal rules */
#define ALSO_SHARE 0.25 /* of the best guess's score: asked back beside it */

struct deciding {
	struct hl_verdict *out;
	struct hl_case *c;
	const struct hl_rival *v; /* best first */
	size_t n;
	size_t n_marked;		   /* words that they matched, one by one */
	const struct hl_intent **examples; /* of which the whole message is an example */
	size_t n_examples;
	const struct hl_intent *doubt; /* of which the likeness is sure against the rules */
};

static const struct hl_intent *intent_of(const struct hl_case *c, uint32_t number)
{
	return &c->rules->pack.intents[number];
}

/* ------------------------------------------------------------------ examples */

static bool sensitive(const struct deciding *d, const struct hl_intent *intent)
{
	return d->c->rules->intents[intent - d->c->rules->pack.intents].sensitive;
}

/* Intents of which the whole message is an example: sensitive ones first, then by id. */
static int find_examples(struct deciding *d)
{
	struct hl_case *c = d->c;
	struct hl_arena *turn = &c->scratch->turn;
	if (!c->utterance->n_words || !c->rules->examples.n)
		return HL_OK;
	struct hl_str key = hl_ruleset_key(turn, c->utterance);
	if (!key.ptr)
		return HL_NOMEM;
	const uint32_t *first = hl_map_get(&c->rules->examples, key);
	size_t cap = 0;
	for (uint32_t e = first ? *first : HL_NO_EXAMPLE; e != HL_NO_EXAMPLE;
	     e = c->rules->example_of[e].next) {
		uint32_t number = c->rules->example_of[e].intent;
		const struct hl_intent *next = intent_of(c, number);
		if (!hl_classify_allowed(&c->reading, number, c->query, c->lang))
			continue;
		const struct hl_intent **place = HL_PUSH(turn, d->examples, d->n_examples, cap);
		if (!place)
			return HL_NOMEM;
		size_t j = d->n_examples - 1;
		for (; j; j--) {
			const struct hl_intent *known = d->examples[j - 1];
			bool before = sensitive(d, next) != sensitive(d, known)
					      ? sensitive(d, next)
					      : hl_str_cmp(next->id, known->id) < 0;
			if (!before)
				break;
			d->examples[j] = known;
		}
		d->examples[j] = next;
	}
	return HL_OK;
}

/* ------------------------------------------------------------------ what is reported */

static bool stands_before(void *arg, const void *left, const void *right)
{
	const struct hl_rival *a = left, *b = right;
	(void)arg;
	return a->found->match.first < b->found->match.first;
}

static int list_all(struct deciding *d)
{
	struct hl_arena *turn = &d->c->scratch->turn;
	const void **sorted = hl_arena_array(turn, d->n, sizeof *sorted);
	const struct hl_intent **all = hl_arena_array(turn, d->n, sizeof *all);
	size_t n = 0;
	if (!sorted || !all)
		return HL_NOMEM;
	for (size_t i = 0; i < d->n; i++)
		if (d->v[i].taken)
			sorted[n++] = &d->v[i];
	if (!hl_sort(turn, sorted, n, stands_before, NULL))
		return HL_NOMEM;
	for (size_t i = 0; i < n; i++)
		all[i] = ((const struct hl_rival *)sorted[i])->intent;
	d->out->all = all;
	d->out->n_all = n;
	return HL_OK;
}

/* Words next to each other are one mark. Gives how many there are. */
static size_t mark_words(struct hl_span *spans, const struct hl_word *words,
			 const struct hl_match *m)
{
	size_t n = 0, end = m->n_marked;
	for (size_t i = 0, last; i < end; i = last + 1) {
		bool row = m->marked[end - 1] - m->marked[i] == end - 1 - i; /* as a pattern's */
		last = row ? end - 1 : i;
		while (last + 1 < end && m->marked[last + 1] == m->marked[last] + 1)
			last++;
		spans[n++] =
			(struct hl_span){words[m->marked[i]].ostart, words[m->marked[last]].oend};
	}
	return n;
}

static int list_hits(struct deciding *d)
{
	struct hl_arena *turn = &d->c->scratch->turn;
	struct hl_hit *hits = hl_arena_array(turn, d->n, sizeof *hits);
	struct hl_span *spans = hl_arena_array(turn, d->n_marked + 1, sizeof *spans);
	if (!hits || !spans)
		return HL_NOMEM;
	for (size_t i = 0; i < d->n; i++) {
		const struct hl_rival *from = &d->v[i], *winner = from->lost_to;
		const struct hl_found *found = from->found;
		size_t n = mark_words(spans, d->c->utterance->words, &found->match);
		hits[i] =
			(struct hl_hit){.intent = from->intent,
					.by = hl_classify_by(found),
					.src = d->c->rules->rule_texts[found->rule].src,
					.size2 = found->match.size2,
					.whole = hl_classify_is(found, HL_ORDER_WHOLE),
					.taken = from->taken,
					.lost = winner ? hl_decide_why(winner->found, found) : NULL,
					.lost_to = winner ? winner->intent : NULL,
					.equal = winner && winner->order == from->order,
					.spans = spans,
					.n_spans = n};
		spans += n;
	}
	d->out->hits = hits;
	d->out->n_hits = d->n;
	return HL_OK;
}

HL_APART static void add_ranked(struct hl_verdict *out, const struct hl_intent *intent,
				double score)
{
	for (size_t i = 0; i < out->n_ranked; i++)
		if (out->ranked[i].intent == intent)
			return;
	if (out->n_ranked < HL_RANKED_MAX)
		out->ranked[out->n_ranked++] = (struct hl_ranked){intent, score};
}

HL_APART static void add_clarify(struct hl_verdict *out, const struct hl_intent *intent)
{
	for (size_t i = 0; i < out->n_clarify; i++)
		if (out->clarify[i] == intent)
			return;
	if (out->n_clarify < TITLES_MAX)
		out->clarify[out->n_clarify++] = intent;
}

/* ------------------------------------------------------------------ the decision */

static void win_by_rule(struct deciding *d, enum hl_decision decision)
{
	d->out->why =
		decision == HL_ESCALATE ? "a rule of a sensitive intent matches: a person at once"
		: d->n == 1		? "it is the only intent with a rule that matches"
		: d->out->n_all > 1 ? "its rule goes first; what shares no word with it is held too"
				    : "its rule goes before the others that match";
	d->out->decision = decision;
	d->out->intent = d->v[0].intent;
	d->out->by = hl_classify_by(d->v[0].found);
	d->out->rule = d->c->rules->rule_texts[d->v[0].found->rule].src;
	d->out->score = 1;
}

HL_APART static void win_by_example(struct deciding *d, const struct hl_intent *intent,
				    double score)
{
	d->out->decision = sensitive(d, intent) ? HL_ESCALATE : HL_ANSWER;
	d->out->intent = intent;
	d->out->by = HL_BY_EXAMPLE;
	d->out->score = score;
}

/* Equal to the first in everything a rule can be better by, it lost only to the first, and the
   likeness does not tell them apart either. */
static bool ties_first(const struct deciding *d, const struct hl_rival *other)
{
	return other->lost_to == &d->v[0] && d->v[0].order == other->order &&
	       d->v[0].likeness - other->likeness < NEAR;
}

static bool is_taken(const struct deciding *d, uint32_t intent)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->v[i].taken && d->v[i].found->intent == intent)
			return true;
	return false;
}

/* A sensitive intent that no rule found but an example or the likeness; where the likeness takes
   the rule's own intent for likelier, it is no doubt. */
static bool sensitive_unruled(struct deciding *d)
{
	const struct hl_opinion *o = &d->c->opinion;
	if (d->n_examples && sensitive(d, d->examples[0])) {
		win_by_example(d, d->examples[0], 1);
		d->out->why =
			"it is word for word an example of a sensitive intent: a person at once";
		return true;
	}
	if (!o->is_sensitive || (d->n && d->v[0].likeness >= o->sensitive.score))
		return false;
	if (!d->n && d->n_examples)
		return false; /* word for word an example of another intent */
	win_by_example(d, intent_of(d->c, o->sensitive.intent), o->sensitive.score);
	d->out->why = "it is like the examples of a sensitive intent: a person at once";
	return true;
}

static void decide_rules(struct deciding *d)
{
	const struct hl_opinion *o = &d->c->opinion;
	if (hl_classify_is(d->v[0].found, HL_ORDER_SENSITIVE)) {
		win_by_rule(d, HL_ESCALATE);
		return;
	}
	if (sensitive_unruled(d))
		return;
	win_by_rule(d, HL_ANSWER);
	for (size_t i = 1; i < d->n; i++) {
		if (!ties_first(d, &d->v[i]))
			continue;
		add_clarify(d->out, d->v[0].intent);
		add_clarify(d->out, d->v[i].intent);
		d->out->why = "two rules are equal, and the examples do not tell them apart";
	}
	if (hl_opinion_sure(o) && d->v[0].likeness < o->threshold && !is_taken(d, o->top[0].intent))
		d->doubt = intent_of(d->c, o->top[0].intent);
}

static void ask_about_doubt(struct deciding *d)
{
	if (!d->doubt)
		return;
	add_clarify(d->out, d->v[0].intent);
	add_clarify(d->out, d->doubt);
	d->out->why = "a rule matches, but the examples are sure of another intent";
}

/* The intent a pack may have for the wish for a person; NULL: none that is there. */
static const struct hl_intent *human_request(const struct deciding *d)
{
	const struct hl_pack *pack = &d->c->rules->pack;
	for (size_t i = 0; i < pack->n_intents; i++)
		if (hl_str_eq(pack->intents[i].id, HL_STR("human.request")))
			return hl_classify_allowed(&d->c->reading, (uint32_t)i, d->c->query,
						   d->c->lang)
				       ? &pack->intents[i]
				       : NULL;
	return NULL;
}

/* "cancel" alone is no withdrawal to be cancelled: a wish every bot knows yields to what matches,
   not to what is like it. */
static bool is_wish(struct deciding *d)
{
	enum hl_builtin wish = hl_builtin_find(d->c->utterance);
	const struct hl_intent *own = wish == HL_BUILTIN_HUMAN ? human_request(d) : NULL;
	if (own)
		win_by_example(d, own, 1);
	if (wish != HL_BUILTIN_NONE)
		d->out->why =
			"it is one of the wishes the bot knows by itself: a person, cancel, back";
	return wish != HL_BUILTIN_NONE;
}

/* No rule matched: an example word for word, else the likeness alone. */
static void decide_likeness(struct deciding *d)
{
	const struct hl_opinion *o = &d->c->opinion;
	if (sensitive_unruled(d))
		return;
	if (d->n_examples) {
		win_by_example(d, d->examples[0], 1);
		d->out->why = d->n_examples > 1
				      ? "it is word for word an example of more than one intent"
				      : "it is word for word an example";
		for (size_t i = 0; i < d->n_examples && d->n_examples > 1; i++)
			add_clarify(d->out, d->examples[i]);
		return;
	}
	if (is_wish(d))
		return;
	if (hl_opinion_sure(o)) {
		win_by_example(d, intent_of(d->c, o->top[0].intent), o->top[0].score);
		d->out->why =
			"no rule matches, and its examples are like it enough to answer alone";
		return;
	}
	d->out->why = o->outside ? "no rule matches, and it is more like what no intent takes"
				 : "no rule matches, and no examples are like it enough";
	if (!o->n || o->outside || o->top[0].score < o->ask_threshold)
		return;
	d->out->why =
		"no rule matches, and the likeness is enough to ask back, not to answer alone";
	for (size_t i = 0; i < o->n; i++)
		if (o->top[i].score >= o->top[0].score * ALSO_SHARE)
			add_clarify(d->out, intent_of(d->c, o->top[i].intent));
}

/* The taken rule's place in the message: its first word; UINT32_MAX: none. */
static uint32_t place_of(const struct deciding *d, const struct hl_intent *intent)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->v[i].taken && d->v[i].intent == intent)
			return d->v[i].found->match.first;
	return UINT32_MAX;
}

/* The first words of what taken rules found. */
static const uint32_t *ruled_places(const struct deciding *d, size_t *n)
{
	uint32_t *places = HL_NEW_ARRAY(&d->c->scratch->turn, d->n + 1, uint32_t);
	*n = 0;
	for (size_t i = 0; i < d->n && places; i++)
		if (d->v[i].taken)
			places[(*n)++] = d->v[i].found->match.first;
	return places;
}

/* What the part is about besides what rules found; NULL: nothing that may be said. */
static const struct hl_intent *meant_by(const struct deciding *d, const struct hl_part *part)
{
	uint32_t number = part->guess.intent;
	if (part->ruled)
		return NULL;
	if (part->human)
		return human_request(d);
	return is_taken(d, number) ? NULL : intent_of(d->c, number);
}

/* Where no rule found anything the part that the whole is likest decides; a sensitive one before
   all. */
HL_SELDOM static void decide_parts(struct deciding *d, const struct hl_parts *parts,
				   const struct hl_intent *const meant[2])
{
	struct hl_verdict *out = d->out;
	size_t first = parts->v[0].human;
	for (size_t p = 0; p < parts->n && d->c->opinion.n; p++)
		if (!parts->v[p].human && parts->v[p].guess.intent == d->c->opinion.top[0].intent)
			first = p;
	if (out->decision == HL_ESCALATE)
		return;
	if (!d->n) {
		out->n_clarify = 0;
		win_by_example(d, meant[first], parts->v[first].guess.score);
		out->why = "no rule matches, and each half of it is like the examples of another "
			   "intent";
	}
	for (size_t p = 0; p < parts->n && out->decision != HL_ESCALATE; p++) {
		if (!meant[p] || !sensitive(d, meant[p]))
			continue;
		out->n_clarify = 0;
		d->doubt = NULL;
		win_by_example(d, meant[p], parts->v[p].guess.score);
		out->why =
			"half of it is like the examples of a sensitive intent: a person at once";
	}
}

/* A message of two questions holds both: those a rule found, and in a part without any rule the one
   the likeness is sure of. */
static int hold_parts(struct deciding *d)
{
	struct hl_parts parts;
	struct hl_verdict *out = d->out;
	size_t n_ruled, n = 0, held = 0;
	if (d->n_examples || !d->c->rules->likeness)
		return HL_OK;
	const uint32_t *ruled = ruled_places(d, &n_ruled);
	if (!ruled)
		return HL_NOMEM;
	const struct hl_parts_wanted wanted = {
		.reading = &d->c->reading,
		.query = d->c->query,
		.lang = d->c->lang,
		.whole = &d->c->opinion,
		.ruled = ruled,
		.n_ruled = n_ruled,
	};
	int rc = hl_parts_find(&parts, &wanted);
	/* nearly all messages end here, before the wishes are looked through for them */
	if (rc != HL_OK || !parts.n || hl_builtin_find(d->c->utterance) != HL_BUILTIN_NONE)
		return rc;
	const struct hl_intent *meant[2] = {meant_by(d, &parts.v[0]), meant_by(d, &parts.v[1])};
	const struct hl_intent **all =
		HL_NEW_ARRAY(&d->c->scratch->turn, out->n_all + 3, const struct hl_intent *);
	if (!all)
		return HL_NOMEM;
	if ((!meant[0] && !meant[1]) || (!d->n && (!meant[0] || !meant[1])))
		return HL_OK;
	for (size_t p = 0; p < parts.n; p++) {
		if (!meant[p])
			continue;
		while (held < out->n_all && place_of(d, out->all[held]) < parts.v[p].first)
			all[n++] = out->all[held++];
		all[n++] = meant[p];
		if (meant[p] == d->doubt) /* that is what the other half is about */
			d->doubt = NULL;
	}
	while (held < out->n_all)
		all[n++] = out->all[held++];
	out->all = all;
	out->n_all = n;
	decide_parts(d, &parts, meant);
	return HL_OK;
}

/* What the likeness fetches a person for is held beside what rules found. */
static int hold_alarm(struct deciding *d)
{
	struct hl_verdict *out = d->out;
	if (out->decision != HL_ESCALATE || !out->n_all || d->n_examples)
		return HL_OK;
	for (size_t i = 0; i < out->n_all; i++)
		if (out->all[i] == out->intent)
			return HL_OK;
	const struct hl_intent **all =
		HL_NEW_ARRAY(&d->c->scratch->turn, out->n_all + 1, const struct hl_intent *);
	if (!all)
		return HL_NOMEM;
	all[0] = out->intent;
	memcpy(all + 1, out->all, out->n_all * sizeof *all);
	out->all = all;
	out->n_all++;
	return HL_OK;
}

static void ask_back(struct hl_verdict *out)
{
	out->decision = HL_CLARIFY;
	out->intent = NULL;
	out->by = HL_BY_NONE;
	out->rule = (struct hl_src){.line = 0};
}

/* A work limit was hit: something may have been missed, so nothing is answered alone. */
HL_SELDOM static void distrust(struct deciding *d)
{
	bool answers = d->out->decision == HL_ANSWER;
	if (!answers && d->out->decision != HL_UNMATCHED)
		return;
	d->out->why = "a work limit was reached, so nothing is answered alone";
	if (!answers)
		return;
	add_clarify(d->out, d->out->intent);
	ask_back(d->out);
}

static int fill_slots(struct deciding *d)
{
	const struct hl_match *match = d->out->by >= HL_BY_WORDS ? &d->v[0].found->match : NULL;
	if (!d->out->intent)
		return HL_OK;
	return hl_slots_fill(&d->out->slots, &d->out->n_slots, &d->c->reading,
			     (uint32_t)(d->out->intent - d->c->rules->pack.intents), match);
}

int hl_decide(struct hl_verdict *out, struct hl_case *c)
{
	struct hl_rivals rivals;
	int rc = hl_rivals_rank(&rivals, c);
	if (rc != HL_OK)
		return rc;
	struct deciding d = {
		.out = out, .c = c, .v = rivals.v, .n = rivals.n, .n_marked = rivals.n_marked};
	rc = find_examples(&d);
	if (rc == HL_OK && d.n)
		rc = list_all(&d);
	if (rc == HL_OK && d.n)
		rc = list_hits(&d);
	if (rc != HL_OK)
		return rc;
	out->decision = HL_UNMATCHED;
	out->seen = (struct hl_likeness_seen){c->opinion.threshold, c->opinion.ask_threshold,
					      c->opinion.known, c->opinion.outside};
	if (d.n)
		decide_rules(&d);
	else
		decide_likeness(&d);
	rc = hold_parts(&d);
	if (rc == HL_OK)
		rc = hold_alarm(&d);
	if (rc != HL_OK)
		return rc;
	ask_about_doubt(&d);
	if (out->n_clarify)
		ask_back(out);
	out->limit_hit = c->reading.limit_hit;
	if (out->limit_hit)
		distrust(&d);
	if (out->intent)
		add_ranked(out, out->intent, out->score);
	for (size_t i = 0; i < d.n && out->n_ranked < HL_RANKED_MAX; i++)
		add_ranked(out, d.v[i].intent, 1);
	for (size_t i = 0; i < d.n_examples; i++)
		add_ranked(out, d.examples[i], 1);
	for (size_t i = 0; i < c->opinion.n; i++)
		add_ranked(out, intent_of(c, c->opinion.top[i].intent), c->opinion.top[i].score);
	return fill_slots(&d);
}
