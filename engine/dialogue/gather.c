/*
 * Which slot a value of the message is for: the one asked for, another of the same form, or the one
 * it puts right. Knows nothing of what follows.
 */
#include "classify/classify.h"
#include "classify/said.h"
#include "dialogue/inside.h"

#define CORRECTS "meant mean typo correction oops actually wrong rather instead mistake"
#define HAN_CORRECTS                                                                               \
	"不对 错了 说错 写错 打错 填错 选错 搞错 弄错 改成 改为 换成 我是说 应该是 更正"

/* A message's values on their way to the slots of one intent. */
struct gathering {
	struct hl_play *play;
	const struct hl_intent *intent;
	size_t asked;		   /* index of the slot asked for, or n_slots */
	const struct hl_held *had; /* what was known before, the newest last */
	size_t n_had;
	struct found {
		size_t slot;
		struct hl_slot value;
	} found[HL_HELD_MAX];
	struct hl_span spans[HL_HELD_MAX];
	size_t n;
};

static const struct hl_slot *slot_of_verdict(const struct hl_verdict *verdict, struct hl_str name)
{
	for (size_t i = 0; i < verdict->n_slots; i++)
		if (hl_str_eq(verdict->slots[i].name, name))
			return &verdict->slots[i];
	return NULL;
}

static bool overlaps(const struct hl_taken *taken, const struct hl_slot *slot)
{
	for (size_t i = 0; taken && i < taken->n; i++)
		if (slot->start < taken->v[i].end && taken->v[i].start < slot->end)
			return true;
	return false;
}

bool hl_play_value(struct hl_slot *out, struct hl_play *play, const struct hl_intent *intent,
		   size_t slot, const struct hl_taken *taken)
{
	const struct hl_turn *turn = play->turn;
	const struct hl_slot_def *def = &intent->slots[slot];
	const struct hl_slot *found =
		turn->verdict->intent == intent ? slot_of_verdict(turn->verdict, def->name) : NULL;
	if (found && !overlaps(taken, found)) {
		*out = *found;
		return true;
	}
	if (def->kind == HL_SLOT_TEXT)
		return false;
	int rc = hl_slot_find(out, turn->scratch, turn->rules, intent, slot, turn->said, taken);
	if (rc < 0)
		play->reply->text.failed = true;
	return rc == HL_OK;
}

/* ------------------------------------------------------------------ the first reading */

static size_t asked_slot(const struct hl_play *play, const struct hl_intent *intent)
{
	const struct hl_form *form = play->talk->n_forms ? &play->talk->forms[0] : NULL;
	for (size_t i = 0; form && i < intent->n_slots; i++)
		if (hl_str_eq(form->intent, intent->id) &&
		    hl_str_eq(form->asked, intent->slots[i].name))
			return i;
	return intent->n_slots;
}

static const struct hl_held *had_of(const struct gathering *g, size_t slot)
{
	for (size_t i = g->n_had; i-- > 0;)
		if (hl_str_eq(g->had[i].intent, g->intent->id) &&
		    hl_str_eq(g->had[i].name, g->intent->slots[slot].name))
			return &g->had[i];
	return NULL;
}

static bool same_kind(const struct hl_slot_def *a, const struct hl_slot_def *b)
{
	return a->kind == b->kind && hl_str_eq(a->list, b->list);
}

/* Is the value what another slot of the same kind has already: "btc to eth", to "to which?"? */
static bool is_known(const struct gathering *g, size_t slot, struct hl_str value)
{
	for (size_t i = 0; i < g->intent->n_slots; i++) {
		const struct hl_held *had = had_of(g, i);
		if (i != slot && had && hl_str_eq(had->value, value) &&
		    same_kind(&g->intent->slots[i], &g->intent->slots[slot]))
			return true;
	}
	return false;
}

static void find(struct gathering *g, size_t slot)
{
	struct hl_slot value, other;
	struct hl_taken taken = {g->spans, g->n};
	if (g->n == HL_HELD_MAX || !hl_play_value(&value, g->play, g->intent, slot, &taken))
		return;
	if (slot == g->asked && is_known(g, slot, value.value)) {
		struct hl_span span = {value.start, value.end};
		if (hl_play_value(&other, g->play, g->intent, slot, &(struct hl_taken){&span, 1}))
			value = other;
	}
	g->spans[g->n] = (struct hl_span){value.start, value.end};
	g->found[g->n++] = (struct found){slot, value};
}

static bool takes_any_number(const struct hl_slot_def *def)
{
	return def->kind == HL_SLOT_AMOUNT || def->kind == HL_SLOT_NUMBER;
}

/* The slot asked for chooses first: a number is not also something else's number. Those that nearly
   any number fits choose last. */
static void find_all(struct gathering *g)
{
	if (g->asked < g->intent->n_slots)
		find(g, g->asked);
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < g->intent->n_slots; i++)
			if (i != g->asked && takes_any_number(&g->intent->slots[i]) == round)
				find(g, i);
}

/* Several values of one kind are for their slots in the order they were said in. */
static void put_in_order(struct gathering *g)
{
	for (size_t i = 0; i < g->n; i++)
		for (size_t k = 0; k < g->n; k++) {
			struct found *a = &g->found[i], *b = &g->found[k];
			if (a->slot >= b->slot || a->value.start <= b->value.start ||
			    !same_kind(&g->intent->slots[a->slot], &g->intent->slots[b->slot]) ||
			    slot_of_verdict(g->play->turn->verdict, g->intent->slots[a->slot].name))
				continue;
			struct hl_slot value = a->value;
			struct hl_span span = g->spans[i];
			a->value = b->value;
			b->value = value;
			g->spans[i] = g->spans[k];
			g->spans[k] = span;
		}
}

/* ------------------------------------------------------------------ values put right */

/* "no, i meant eth", "不对，是eth" */
static bool corrects(const struct hl_utterance *said)
{
	for (size_t w = 0; w < said->n_words; w++)
		if (hl_said_one_of(said, w, CORRECTS) || hl_said_any_han(said, w, HAN_CORRECTS))
			return true;
	if (said->n_words < 2 || !hl_said_one_of(said, 0, "no nope"))
		return false;
	/* "no 12345678" is a number */
	return said->normal.text.ptr[said->words[0].end] != ' ' ||
	       hl_said_one_of(said, 1, "i im it its the that thats not sorry wait");
}

static bool is_found(const struct gathering *g, size_t slot)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->found[i].slot == slot)
			return true;
	return false;
}

/* Would the slot, known before, take what `found` took, and nothing else of the message? */
static bool fits(struct gathering *g, struct hl_slot *out, const struct found *found, size_t slot)
{
	const struct hl_slot_def *def = &g->intent->slots[slot];
	struct hl_span others[HL_HELD_MAX];
	struct hl_taken taken = {others, 0};
	if (takes_any_number(def) && !takes_any_number(&g->intent->slots[found->slot]))
		return false;
	for (size_t i = 0; i < g->n; i++)
		if (&g->found[i] != found)
			others[taken.n++] = g->spans[i];
	return hl_play_value(out, g->play, g->intent, slot, &taken) &&
	       out->start < found->value.end && found->value.start < out->end;
}

/* Does the message deny what the slot has: "not btc, eth"? */
static bool denies(struct gathering *g, size_t slot, struct hl_str had)
{
	const struct hl_turn *turn = g->play->turn;
	if (g->intent->slots[slot].kind != HL_SLOT_LIST)
		return false;
	int rc = hl_slot_says(turn->scratch, turn->rules, g->intent, slot, turn->said, had);
	g->play->reply->text.failed |= rc < 0;
	return rc == HL_OK;
}

/* A value for a slot that is known already goes to the newest it fits; one for the slot asked for
   does so where it puts something right. */
static void move(struct gathering *g, struct found *found)
{
	struct hl_slot value;
	bool open = found->slot == g->asked;
	if (!open && !had_of(g, found->slot))
		return;
	for (size_t i = g->n_had; i-- > 0;) {
		size_t slot = 0;
		while (slot < g->intent->n_slots &&
		       (!hl_str_eq(g->had[i].intent, g->intent->id) ||
			!hl_str_eq(g->had[i].name, g->intent->slots[slot].name)))
			slot++;
		if (slot == g->intent->n_slots || g->had[i].skipped)
			continue;
		if (slot == found->slot)
			return;
		if (is_found(g, slot) ||
		    (open && !corrects(g->play->turn->said) && !denies(g, slot, g->had[i].value)) ||
		    !fits(g, &value, found, slot))
			continue;
		*found = (struct found){slot, value};
		return;
	}
}

size_t hl_play_gather(struct hl_play *play, const struct hl_intent *intent)
{
	struct hl_talk *talk = play->talk;
	struct gathering *g = HL_NEW(play->turn->arena, struct gathering);
	if (!play->turn->verdict || !intent->n_slots)
		return 0;
	struct hl_held *had = HL_NEW_ARRAY(play->turn->arena, talk->n_held + 1, struct hl_held);
	if (!g || !had) {
		play->reply->text.failed = true;
		return 0;
	}
	for (size_t i = 0; i < talk->n_held; i++)
		had[i] = talk->held[i];
	*g = (struct gathering){.play = play,
				.intent = intent,
				.asked = asked_slot(play, intent),
				.had = had,
				.n_had = talk->n_held};
	find_all(g);
	put_in_order(g);
	for (size_t i = 0; i < g->n; i++)
		move(g, &g->found[i]);
	for (size_t i = 0; i < g->n; i++) {
		const struct hl_held *before = had_of(g, g->found[i].slot);
		struct hl_str value = g->found[i].value.value;
		/* what is only said again is not newer than it was */
		if (!before || before->skipped || !hl_str_eq(before->value, value))
			hl_talk_hold(talk, intent, &intent->slots[g->found[i].slot], value);
	}
	return g->n;
}
