/*
 * A conversation's birth, copies, snapshot and views. The snapshot is "HLC3", the members as
 * codec.c writes them, and a checksum: a flipped bit on a disk must be found before it is believed.
 */
#include <stdlib.h>
#include <string.h>

#include "conversation/codec.h"
#include "secrets/secrets.h"

#define ID_MAX 64
#define SUM_SIZE 8
#define SNAPSHOT_USUAL 3072 /* bytes: so that the buffer need not grow */

static const struct hl_str magic = {"HLC3", 4};

/* ------------------------------------------------------------------ copies */

/* `n` items with room for `max`, on the arena. */
static bool reopen(struct hl_arena *arena, void *items, size_t n, size_t max, size_t size)
{
	void *old;
	char *copy = hl_arena_array(arena, max, size);
	memcpy(&old, items, sizeof old);
	if (!copy)
		return false;
	if (n)
		memcpy(copy, old, n * size);
	memset(copy + n * size, 0, (max - n) * size);
	memcpy(items, &copy, sizeof copy);
	return true;
}
#define REOPEN(arena, items, n, max) reopen((arena), &(items), (n), (max), sizeof *(items))

int hl_conversation_open(struct hl_conversation *out, struct hl_arena *arena,
			 const struct hl_conversation *conv)
{
	*out = *conv;
	struct hl_talk *talk = &out->talk;
	bool ok = REOPEN(arena, out->facts, out->n_facts, HL_FACTS_MAX + 3) &&
		  REOPEN(arena, out->cids, out->n_cids, HL_CIDS_MAX) &&
		  REOPEN(arena, out->matched, out->n_matched, HL_RANKED_MAX) &&
		  REOPEN(arena, out->recent, out->n_recent, HL_RECENT_MAX) &&
		  REOPEN(arena, talk->forms, talk->n_forms, HL_FORMS_MAX) &&
		  REOPEN(arena, talk->held, talk->n_held, HL_HELD_MAX) &&
		  REOPEN(arena, talk->answered, talk->n_answered, HL_ANSWERED_MAX) &&
		  REOPEN(arena, talk->sets, talk->n_sets, HL_SETS_MAX);
	for (size_t i = 0; ok && i < talk->n_sets; i++)
		ok = REOPEN(arena, talk->sets[i].v, talk->sets[i].n, HL_CHOICES_MAX);
	return ok ? HL_OK : HL_NOMEM;
}

/* An e-mail keeps its first letter and its domain, anything else its last two characters. */
static struct hl_str masked(struct hl_arena *arena, struct hl_str value)
{
	struct hl_buf buf;
	size_t at = hl_str_find(value, HL_STR("@"), 0);
	size_t n = hl_utf8_count(value);
	hl_buf_init(&buf, arena);
	if (at != SIZE_MAX)
		hl_buf_str(&buf, hl_str_sub(value, 0, hl_utf8_prefix(value, 1)));
	hl_buf_cstr(&buf, "***");
	if (at != SIZE_MAX)
		hl_buf_str(&buf, hl_str_sub(value, at, SIZE_MAX));
	else if (n > 4)
		hl_buf_str(&buf, hl_str_sub(value, hl_utf8_prefix(value, n - 2), SIZE_MAX));
	return buf.failed ? HL_STR("***") : hl_buf_view(&buf);
}

static int derive_shown(struct hl_conversation *work, struct hl_arena *arena)
{
	const struct hl_talk *talk = &work->talk;
	work->n_shown = 0;
	work->shown = HL_NEW_ARRAY(arena, talk->n_held, struct hl_slot);
	if (!work->shown)
		return HL_NOMEM;
	for (size_t i = 0; i < talk->n_held; i++) {
		const struct hl_held *held = &talk->held[i];
		bool later = false; /* the same slot of another intent: the newest is shown */
		for (size_t k = i + 1; k < talk->n_held; k++)
			later |= hl_str_eq(talk->held[k].name, held->name);
		if (held->skipped || later)
			continue;
		struct hl_str value = held->masked ? masked(arena, held->value) : held->value;
		work->shown[work->n_shown++] =
			(struct hl_slot){.name = held->name, .value = value, .text = value};
	}
	return HL_OK;
}

int hl_conversation_freeze(struct hl_conversation **out, struct hl_arena *arena,
			   const struct hl_conversation *work)
{
	struct hl_codec codec = {.mode = HL_CODEC_MEASURE};
	struct hl_conversation copy = *work;
	if (derive_shown(&copy, arena) != HL_OK)
		return HL_NOMEM;
	hl_codec_walk(&codec, &copy);
	struct hl_conversation *conv = malloc(sizeof *conv + codec.size);
	if (!conv)
		return HL_NOMEM;
	/* arrays first: each item's size is a multiple of its alignment, so they stay aligned */
	codec.mode = HL_CODEC_COPY;
	codec.arrays = (char *)(conv + 1);
	codec.strings = codec.arrays + codec.n_arrays;
	*conv = copy;
	hl_codec_walk(&codec, conv);
	*out = conv;
	return HL_OK;
}

struct hl_conversation *hl_conversation_free(struct hl_conversation *conv)
{
	free(conv);
	return NULL;
}

/* ------------------------------------------------------------------ birth */

static void add_fact(struct hl_conversation *work, const char *name, struct hl_str value)
{
	if (value.len)
		work->facts[work->n_facts++] = (struct hl_attr){hl_str_of(name), value};
}

int hl_conversation_new(struct hl_conversation **out, const struct hl_birth *birth)
{
	struct hl_arena arena;
	struct hl_conversation work = {.id = birth->id,
				       .lang = birth->lang,
				       .user = birth->user,
				       .name = birth->name,
				       .first_ms = birth->at_ms,
				       .last_ms = birth->at_ms};
	int rc = HL_LIMIT;
	if (!birth->id.len || birth->id.len > ID_MAX ||
	    birth->n_attrs + birth->n_context > HL_FACTS_MAX)
		return rc;
	hl_arena_init(&arena);
	rc = HL_NOMEM;
	work.facts = HL_NEW_ARRAY(&arena, HL_FACTS_MAX + 3, struct hl_attr);
	if (!work.facts)
		goto out;
	add_fact(&work, "user", birth->user);
	add_fact(&work, "name", birth->name);
	add_fact(&work, "lang", birth->lang);
	work.n_base = work.n_facts;
	work.n_attrs = birth->n_attrs;
	for (size_t i = 0; i < birth->n_attrs; i++)
		work.facts[work.n_facts++] = birth->attrs[i];
	for (size_t i = 0; i < birth->n_context; i++) {
		struct hl_attr *fact = &work.facts[work.n_facts++];
		if (hl_secrets_clean(&fact->name, &arena, birth->context[i].name) != HL_OK ||
		    hl_secrets_clean(&fact->value, &arena, birth->context[i].value) != HL_OK)
			goto out;
	}
	rc = hl_conversation_freeze(out, &arena, &work);
out:
	hl_arena_deinit(&arena);
	return rc;
}

void hl_conversation_set_lang(struct hl_conversation *work, struct hl_str lang)
{
	work->lang = lang;
	for (size_t i = 0; i < work->n_base; i++)
		if (hl_str_eq(work->facts[i].name, HL_STR("lang")))
			work->facts[i].value = lang;
}

/* ------------------------------------------------------------------ snapshot */

static uint64_t word_of(const unsigned char *at)
{
	return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 |
	       (uint64_t)at[3] << 24 | (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 |
	       (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;
}

static uint64_t sum_step(uint64_t sum, uint64_t word)
{
	sum = (sum ^ word) * 0x9e3779b97f4a7c15u;
	return sum ^ sum >> 32;
}

/* Eight bytes a step. A step is a bijection of what was summed so far, so two texts that differ in
   one step's bytes never have the same sum. */
uint64_t hl_conversation_sum(struct hl_str text)
{
	const unsigned char *at = (const unsigned char *)text.ptr;
	unsigned char rest[8] = {0};
	uint64_t sum = text.len;
	size_t left = text.len;
	for (; left >= 8; left -= 8, at += 8)
		sum = sum_step(sum, word_of(at));
	if (left > 0)
		memcpy(rest, at, left);
	return sum_step(sum, word_of(rest));
}

static void put_sum(char out[SUM_SIZE], struct hl_str text)
{
	uint64_t sum = hl_conversation_sum(text);
	for (int i = 0; i < SUM_SIZE; i++)
		out[i] = (char)(uint8_t)(sum >> (8 * i));
}

int hl_conversation_save(struct hl_str *out, struct hl_arena *arena,
			 const struct hl_conversation *conv)
{
	struct hl_buf buf;
	struct hl_codec codec = {.mode = HL_CODEC_WRITE, .to = &buf};
	struct hl_conversation copy = *conv;
	char sum[SUM_SIZE];
	hl_buf_init(&buf, arena);
	hl_buf_room(&buf, SNAPSHOT_USUAL);
	hl_buf_str(&buf, magic);
	hl_codec_walk(&codec, &copy);
	put_sum(sum, hl_buf_view(&buf));
	hl_buf_str(&buf, (struct hl_str){sum, sizeof sum});
	if (buf.failed)
		return HL_NOMEM;
	*out = hl_buf_view(&buf);
	return HL_OK;
}

/* What no conversation can be, though each member is in its range. */
static bool sound(const struct hl_conversation *conv)
{
	const struct hl_talk *talk = &conv->talk;
	bool ok = conv->id.len && conv->id.len <= ID_MAX && conv->customer_seq <= conv->seq &&
		  conv->assign_seq <= conv->seq && conv->handoff_seq <= conv->seq &&
		  conv->first_ms <= conv->last_ms &&
		  (conv->state == HL_HUMAN) == (conv->owner.id.len > 0) &&
		  (conv->state != HL_QUEUED || conv->assign_seq > 0);
	for (size_t i = 0; i < conv->n_cids; i++)
		ok = ok && conv->cids[i].seq <= conv->seq &&
		     conv->cids[i].note_seq <= conv->note_seq;
	for (size_t i = 0; i < talk->n_sets; i++)
		ok = ok && talk->sets[i].seq <= conv->seq;
	for (size_t i = 0; i < talk->n_forms; i++)
		ok = ok && talk->forms[i].intent.len;
	return ok;
}

int hl_conversation_load(struct hl_conversation **out, struct hl_str snapshot)
{
	struct hl_arena arena;
	struct hl_conversation work = {0};
	char sum[SUM_SIZE];
	int rc = HL_BROKEN;
	if (snapshot.len < magic.len + SUM_SIZE || snapshot.len > HL_SNAPSHOT_MAX ||
	    !hl_str_starts(snapshot, magic))
		return rc;
	struct hl_str body = hl_str_sub(snapshot, 0, snapshot.len - SUM_SIZE);
	put_sum(sum, body);
	if (memcmp(sum, body.ptr + body.len, SUM_SIZE) != 0)
		return rc;
	hl_arena_init(&arena);
	struct hl_codec codec = {.mode = HL_CODEC_READ,
				 .from = hl_str_sub(body, magic.len, SIZE_MAX),
				 .arena = &arena};
	hl_codec_walk(&codec, &work);
	if (codec.nomem)
		rc = HL_NOMEM;
	else if (!codec.broken && !codec.from.len && sound(&work))
		rc = hl_conversation_freeze(out, &arena, &work);
	hl_arena_deinit(&arena);
	return rc;
}

/* ------------------------------------------------------------------ views */

const struct hl_attr *hl_conversation_attrs(const struct hl_conversation *conv)
{
	return conv->n_attrs ? conv->facts + conv->n_base : NULL;
}

const struct hl_known_cid *hl_conversation_cid(const struct hl_conversation *conv,
					       const struct hl_author *by, struct hl_str cid)
{
	for (size_t i = conv->n_cids; i-- > 0;) {
		const struct hl_known_cid *known = &conv->cids[i];
		if (known->agent == (by->role == HL_AGENT) && hl_str_eq(known->cid, cid) &&
		    (!known->agent || hl_str_eq(known->by, by->id)))
			return known;
	}
	return NULL;
}

void hl_conversation_row(struct hl_row *out, const struct hl_conversation *conv)
{
	bool open = conv->state == HL_QUEUED || conv->state == HL_HUMAN;
	*out = (struct hl_row){.conv = conv->id,
			       .state = conv->state,
			       .seq = conv->seq,
			       .note_seq = conv->note_seq,
			       .team = conv->team,
			       .urgency = conv->urgency,
			       .reason = conv->reason,
			       .since_ms = open ? conv->since_ms : 0,
			       .assign_seq = conv->assign_seq,
			       .front = conv->front,
			       .owner = conv->owner.id,
			       .wanted = conv->wanted,
			       .lang = conv->lang,
			       .title = conv->title,
			       .customer = conv->name.len ? conv->name : conv->user,
			       .user = conv->user};
}

void hl_conversation_view(struct hl_view *out, const struct hl_conversation *conv)
{
	*out = (struct hl_view){.first_ms = conv->first_ms,
				.last_ms = conv->last_ms,
				.slots = conv->shown,
				.n_slots = conv->n_shown,
				.matched = conv->matched,
				.n_matched = conv->n_matched,
				.customer = conv->facts,
				.n_customer = conv->n_facts,
				.last_text = conv->last_text,
				.owner = conv->owner,
				.rated = conv->rated};
	hl_conversation_row(&out->row, conv);
	if (conv->talk.n_forms)
		out->asked = conv->talk.forms[0].asked;
}
