/*
 * The walk over a conversation's members. The written form is numbers as LEB128 (signed ones
 * zigzag) and strings with their length in front; the reader takes only what the writer can have
 * written: shortest numbers, values within their ranges, counts within their maxima.
 */
#include <assert.h>
#include <string.h>

#include "conversation/codec.h"

/* ------------------------------------------------------------------ members */

#define NUMBER_MAX 10 /* bytes of one */

/* A snapshot is hundreds of small pieces, and there is room for nearly all of them. */
static char *room(struct hl_buf *to, size_t n)
{
	return to->cap - to->len >= n && !to->failed ? to->ptr + to->len : hl_buf_room(to, n);
}

static void put(struct hl_buf *to, const char *bytes, size_t n)
{
	char *at = n ? room(to, n) : NULL;
	if (at) {
		memcpy(at, bytes, n);
		to->len += n;
	}
}

static void put_number(struct hl_buf *to, uint64_t rest)
{
	char *at = room(to, NUMBER_MAX);
	if (!at)
		return;
	for (; rest >= 0x80; rest >>= 7, to->len++)
		*at++ = (char)(uint8_t)(rest | 0x80);
	*at = (char)(uint8_t)rest;
	to->len++;
}

static void read_number(struct hl_codec *codec, uint64_t *value)
{
	uint64_t read = 0;
	for (unsigned shift = 0;; shift += 7) {
		if (!codec->from.len || shift > 63) {
			codec->broken = true;
			return;
		}
		uint8_t byte = (uint8_t)*codec->from.ptr;
		codec->from = hl_str_sub(codec->from, 1, SIZE_MAX);
		if ((shift == 63 && byte > 1) || (shift && !byte)) {
			codec->broken = true;
			return;
		}
		read |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			break;
	}
	*value = read;
}

static void walk_u64(struct hl_codec *codec, uint64_t *value)
{
	if (codec->mode == HL_CODEC_WRITE)
		put_number(codec->to, *value);
	else if (codec->mode == HL_CODEC_READ)
		read_number(codec, value);
}

static void walk_i64(struct hl_codec *codec, int64_t *value)
{
	uint64_t zigzag = ((uint64_t)*value << 1) ^ (*value < 0 ? UINT64_MAX : 0);
	walk_u64(codec, &zigzag);
	if (codec->mode == HL_CODEC_READ)
		*value = (int64_t)((zigzag >> 1) ^ (zigzag & 1 ? UINT64_MAX : 0));
}

/* A number of at most `max`. */
static uint64_t walk_small(struct hl_codec *codec, uint64_t value, uint64_t max)
{
	walk_u64(codec, &value);
	if (value > max) {
		codec->broken = true;
		return 0;
	}
	return value;
}

static void walk_bool(struct hl_codec *codec, bool *value)
{
	*value = walk_small(codec, *value, 1) != 0;
}

static void walk_unsigned(struct hl_codec *codec, unsigned *value)
{
	*value = (unsigned)walk_small(codec, *value, UINT32_MAX);
}

static void walk_str(struct hl_codec *codec, struct hl_str *text)
{
	if (codec->mode == HL_CODEC_MEASURE) {
		codec->size += text->len;
		return;
	}
	if (codec->mode == HL_CODEC_COPY) {
		if (text->len)
			memcpy(codec->strings, text->ptr, text->len);
		text->ptr = codec->strings;
		codec->strings += text->len;
		return;
	}
	uint64_t len = text->len;
	walk_u64(codec, &len);
	if (codec->mode == HL_CODEC_WRITE) {
		put(codec->to, text->ptr, text->len);
	} else if (codec->broken || len > codec->from.len) {
		codec->broken = true;
		*text = HL_NONE;
	} else {
		*text = hl_str_sub(codec->from, 0, (size_t)len);
		codec->from = hl_str_sub(codec->from, (size_t)len, SIZE_MAX);
	}
}

/* The array behind *items (a pointer to the typed pointer). */
static void walk_array(struct hl_codec *codec, void *items, size_t *n, size_t max, size_t size)
{
	void *v;
	memcpy(&v, items, sizeof v);
	if (codec->mode == HL_CODEC_MEASURE) {
		codec->size += *n * size;
		codec->n_arrays += *n * size;
	} else if (codec->mode == HL_CODEC_COPY) {
		if (*n)
			memcpy(codec->arrays, v, *n * size);
		v = codec->arrays;
		codec->arrays += *n * size;
	} else {
		*n = (size_t)walk_small(codec, *n, max);
		if (codec->mode == HL_CODEC_READ) {
			if (codec->broken)
				*n = 0;
			v = hl_arena_zalloc(codec->arena, *n, size);
			if (!v) {
				codec->nomem = true;
				*n = 0;
			}
		}
	}
	memcpy(items, &v, sizeof v);
}
#define WALK_ARRAY(codec, items, n, max) walk_array((codec), &(items), &(n), (max), sizeof *(items))

/* ------------------------------------------------------------------ parts */

static void walk_talk(struct hl_codec *codec, struct hl_talk *talk)
{
	WALK_ARRAY(codec, talk->forms, talk->n_forms, HL_FORMS_MAX);
	for (size_t i = 0; i < talk->n_forms; i++) {
		walk_str(codec, &talk->forms[i].intent);
		walk_str(codec, &talk->forms[i].asked);
		walk_unsigned(codec, &talk->forms[i].tries);
	}
	WALK_ARRAY(codec, talk->held, talk->n_held, HL_HELD_MAX);
	for (size_t i = 0; i < talk->n_held; i++) {
		walk_str(codec, &talk->held[i].intent);
		walk_str(codec, &talk->held[i].name);
		walk_str(codec, &talk->held[i].value);
		walk_bool(codec, &talk->held[i].masked);
		walk_bool(codec, &talk->held[i].skipped);
	}
	WALK_ARRAY(codec, talk->answered, talk->n_answered, HL_ANSWERED_MAX);
	for (size_t i = 0; i < talk->n_answered; i++) {
		walk_str(codec, &talk->answered[i].intent);
		walk_unsigned(codec, &talk->answered[i].unsolved);
	}
	WALK_ARRAY(codec, talk->sets, talk->n_sets, HL_SETS_MAX);
	for (size_t i = 0; i < talk->n_sets; i++) {
		struct hl_choices *set = &talk->sets[i];
		walk_u64(codec, &set->seq);
		WALK_ARRAY(codec, set->v, set->n, HL_CHOICES_MAX);
		for (size_t k = 0; k < set->n; k++) {
			set->v[k].kind = (enum hl_choice_kind)walk_small(codec, set->v[k].kind,
									 HL_CHOICE_KINDS - 1);
			walk_str(codec, &set->v[k].target);
			walk_str(codec, &set->v[k].title);
		}
	}
	walk_unsigned(codec, &talk->rephrased);
	walk_unsigned(codec, &talk->clarified);
	walk_bool(codec, &talk->offered);
	walk_bool(codec, &talk->offered_rule);
	walk_str(codec, &talk->offered_by);
}

/* Most of a conversation: in memory only their strings are walked. */
static void walk_cids(struct hl_codec *codec, struct hl_conversation *conv)
{
	bool in_memory = codec->mode == HL_CODEC_MEASURE || codec->mode == HL_CODEC_COPY;
	WALK_ARRAY(codec, conv->cids, conv->n_cids, HL_CIDS_MAX);
	for (size_t i = 0; i < conv->n_cids; i++) {
		struct hl_known_cid *cid = &conv->cids[i];
		if (!in_memory)
			walk_bool(codec, &cid->agent);
		walk_str(codec, &cid->by);
		walk_str(codec, &cid->cid);
		if (in_memory)
			continue;
		if (codec->mode == HL_CODEC_WRITE) {
			put(codec->to, (const char *)cid->digest, sizeof cid->digest);
		} else if (codec->mode == HL_CODEC_READ) {
			if (codec->from.len < sizeof cid->digest) {
				codec->broken = true;
				return;
			}
			memcpy(cid->digest, codec->from.ptr, sizeof cid->digest);
			codec->from = hl_str_sub(codec->from, sizeof cid->digest, SIZE_MAX);
		}
		walk_u64(codec, &cid->seq);
		walk_u64(codec, &cid->note_seq);
		walk_i64(codec, &cid->at_ms);
	}
}

static void walk_matched(struct hl_codec *codec, struct hl_conversation *conv)
{
	WALK_ARRAY(codec, conv->matched, conv->n_matched, HL_RANKED_MAX);
	for (size_t i = 0; i < conv->n_matched; i++) {
		struct hl_matched *matched = &conv->matched[i];
		walk_str(codec, &matched->intent);
		walk_str(codec, &matched->rule);
		/* scores are multiples of 1/4096 of at most 1 */
		matched->score =
			(double)walk_small(codec, (uint64_t)(matched->score * 4096 + 0.5), 4096) /
			4096;
	}
}

static void walk_facts(struct hl_codec *codec, struct hl_conversation *conv)
{
	WALK_ARRAY(codec, conv->facts, conv->n_facts, HL_FACTS_MAX + 3);
	for (size_t i = 0; i < conv->n_facts; i++) {
		walk_str(codec, &conv->facts[i].name);
		walk_str(codec, &conv->facts[i].value);
	}
	conv->n_base = (size_t)walk_small(codec, conv->n_base, conv->n_facts);
	conv->n_attrs = (size_t)walk_small(codec, conv->n_attrs, conv->n_facts - conv->n_base);
}

static void walk_memory(struct hl_codec *codec, struct hl_conversation *conv)
{
	WALK_ARRAY(codec, conv->recent, conv->n_recent, HL_RECENT_MAX);
	for (size_t i = 0; i < conv->n_recent; i++) {
		walk_str(codec, &conv->recent[i].cid);
		walk_str(codec, &conv->recent[i].raw);
		walk_str(codec, &conv->recent[i].stored);
		walk_str(codec, &conv->recent[i].lang);
	}
	WALK_ARRAY(codec, conv->shown, conv->n_shown, HL_HELD_MAX);
	for (size_t i = 0; i < conv->n_shown; i++) {
		walk_str(codec, &conv->shown[i].name);
		walk_str(codec, &conv->shown[i].value);
		walk_str(codec, &conv->shown[i].text);
	}
}

void hl_codec_walk(struct hl_codec *codec, struct hl_conversation *conv)
{
	walk_str(codec, &conv->id);
	walk_str(codec, &conv->lang);
	walk_str(codec, &conv->user);
	walk_str(codec, &conv->name);
	conv->state = (enum hl_state)walk_small(codec, conv->state, HL_CLOSED);
	walk_u64(codec, &conv->seq);
	walk_u64(codec, &conv->note_seq);
	walk_u64(codec, &conv->customer_seq);
	walk_i64(codec, &conv->first_ms);
	walk_i64(codec, &conv->last_ms);
	walk_str(codec, &conv->team);
	walk_str(codec, &conv->wanted);
	conv->urgency = (enum hl_urgency)walk_small(codec, conv->urgency, HL_URGENCY_ALWAYS);
	conv->reason = (enum hl_reason)walk_small(codec, conv->reason, HL_RULE);
	walk_i64(codec, &conv->joined_ms);
	walk_i64(codec, &conv->since_ms);
	walk_u64(codec, &conv->assign_seq);
	walk_i64(codec, &conv->assign_ms);
	walk_u64(codec, &conv->handoff_seq);
	walk_i64(codec, &conv->handoff_ms);
	walk_bool(codec, &conv->front);
	conv->owner.role = (enum hl_role)walk_small(codec, conv->owner.role, HL_SYSTEM);
	walk_str(codec, &conv->owner.id);
	walk_str(codec, &conv->owner.name);
	walk_unsigned(codec, &conv->rungs);
	walk_bool(codec, &conv->message);
	walk_bool(codec, &conv->rated);
	walk_str(codec, &conv->title);
	walk_str(codec, &conv->last_text);
	walk_facts(codec, conv);
	walk_cids(codec, conv);
	walk_matched(codec, conv);
	walk_talk(codec, &conv->talk);
	if (codec->mode == HL_CODEC_MEASURE || codec->mode == HL_CODEC_COPY)
		walk_memory(codec, conv);
}
