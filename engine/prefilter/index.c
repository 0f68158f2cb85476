/* Postings of rules under atoms. Knows nothing of what an atom stands for: words, lists and
   literals of patterns are all the same here. */
#include "prefilter/index.h"

#include <string.h>

#define FEW 32		/* candidates that are sorted one by one */
#define LINE 16u	/* numbers in a line of the processor's cache */
#define LINE_BYTES 64	/* of it */
#define SETS_MAX 16	/* that an atom is in */
#define BATCH 1024	/* postings that are looked at together */
#define STRIDE 8	/* places that are listed at once */
#define COMMON_RULES 32 /* of so many rules one has a common clause */
#define COMMON_SEEN 4	/* clauses of a rule that may be common: the last ones */

/* ------------------------------------------------------------------ building */

struct telling { /* a rule as it stands under its atoms */
	uint16_t slots[3][2];
	uint16_t common; /* 0: none, else the clause's number and 1 */
	uint32_t others;
};
struct building {
	struct hl_arena *arena, *work;
	struct hl_clauses *rules;
	size_t n, n_atoms;
	uint32_t *uses;	 /* of each atom: clauses that speak of it */
	uint32_t *group; /* postings of each atom */
	uint32_t *fill;	 /* how many of them stand there */
	struct hl_index_atom *atoms;
	struct telling *told; /* of each rule */
	uint32_t *tests;
	struct hl_posting *postings;
	struct hl_map sets; /* atoms as bytes → slot */
	uint32_t *in_sets;  /* of each atom: how many */
	size_t n_set_atoms, n_in_sets;
	uint32_t n_slots;
	struct hl_map common; /* atoms as bytes → number of the clause */
	uint16_t common_slots[HL_INDEX_COMMON];
	uint32_t n_common;
	uint32_t *others;
	size_t n_others, cap_others;
};

/* What a clause costs: how many rules speak of its atoms. */
static uint64_t weight(const struct hl_clause *clause, const uint32_t *uses)
{
	uint64_t sum = 0;
	for (uint32_t i = 0; i < clause->n; i++)
		sum += uses[clause->atoms[i]];
	return sum + clause->n;
}

/* The rarest first: the soonest to say no. */
static void sort_clauses(struct hl_clause *clauses, size_t n, const uint32_t *uses)
{
	for (size_t i = 1; i < n; i++) {
		struct hl_clause clause = clauses[i];
		size_t j = i;
		for (; j && weight(&clauses[j - 1], uses) > weight(&clause, uses); j--)
			clauses[j] = clauses[j - 1];
		clauses[j] = clause;
	}
}

/* 0: there are no more. */
static uint16_t slot_of(struct building *b, uint32_t atom)
{
	uint16_t *slot = &b->atoms[atom].slot;
	if (!*slot && b->n_slots < UINT16_MAX)
		*slot = (uint16_t)b->n_slots++;
	return *slot;
}

static struct hl_str key_of(const struct hl_clause *clause)
{
	return (struct hl_str){(const char *)clause->atoms, clause->n * sizeof *clause->atoms};
}

/* The slot of a set of atoms. 0: it is left to others, for the atoms are in too many sets or there
   are no more slots; so it is without memory. */
static uint16_t slot_of_set(struct building *b, const struct hl_clause *clause)
{
	struct hl_str key = key_of(clause);
	const uint32_t *known = hl_map_get(&b->sets, key);
	size_t room = clause->n;
	if (known)
		return (uint16_t)*known;
	for (uint32_t i = 0; i < clause->n; i++) {
		room += !b->in_sets[clause->atoms[i]];
		if (b->in_sets[clause->atoms[i]] >= SETS_MAX)
			return 0;
	}
	bool full = b->n_set_atoms + b->n_in_sets + room >= UINT16_MAX || b->n_slots == UINT16_MAX;
	if (full || !hl_map_put(&b->sets, key, b->n_slots, NULL))
		return 0;
	for (uint32_t i = 0; i < clause->n; i++)
		b->n_set_atoms += !b->in_sets[clause->atoms[i]]++;
	b->n_in_sets += clause->n;
	return (uint16_t)b->n_slots++;
}

static bool tell_clause(uint16_t slots[2], struct building *b, const struct hl_clause *clause)
{
	if (clause->n > 2) {
		slots[0] = slots[1] = slot_of_set(b, clause);
	} else {
		slots[0] = slot_of(b, clause->atoms[0]);
		slots[1] = slot_of(b, clause->atoms[clause->n - 1]);
	}
	if (slots[0] && slots[1])
		return true;
	slots[0] = slots[1] = 0;
	return false;
}

/* How many rules have each of the clauses that may be common. */
static bool count_common(struct hl_map *counts, const struct building *b, uint32_t least)
{
	for (size_t r = 0; r < b->n; r++) {
		const struct hl_clauses *rule = &b->rules[r];
		for (size_t c = rule->n; c-- > 1 && c + COMMON_SEEN >= rule->n;) {
			if (weight(&rule->v[c], b->uses) < least)
				break;
			uint32_t *count = hl_map_put(counts, key_of(&rule->v[c]), 0, NULL);
			if (!count)
				return false;
			++*count;
		}
	}
	return true;
}

/* The clauses that most rules have: postings that ask for one stand apart. */
static bool find_common(struct building *b)
{
	struct hl_map counts;
	uint32_t least = (uint32_t)(b->n / COMMON_RULES) + COMMON_RULES;
	hl_map_init(&counts, b->work);
	hl_map_init(&b->common, b->work);
	if (!count_common(&counts, b, least))
		return false;
	while (b->n_common < HL_INDEX_COMMON) {
		struct hl_map_entry *most = NULL;
		for (size_t i = 0; i < counts.n; i++)
			if (counts.entries[i].value > (most ? most->value : least))
				most = &counts.entries[i];
		if (!most)
			break;
		most->value = 0;
		struct hl_clause clause = {(const uint32_t *)(const void *)most->key.ptr,
					   (uint32_t)(most->key.len / sizeof(uint32_t))};
		uint16_t slot =
			clause.n == 1 ? slot_of(b, clause.atoms[0]) : slot_of_set(b, &clause);
		if (!slot)
			continue;
		if (!hl_map_put(&b->common, most->key, b->n_common, NULL))
			return false;
		b->common_slots[b->n_common++] = slot;
	}
	return true;
}

static bool put_other(struct building *b, uint32_t number)
{
	uint32_t *place = HL_PUSH(b->arena, b->others, b->n_others, b->cap_others);
	if (place)
		*place = number;
	return place != NULL;
}

/* The rarest clauses behind the first are told in the posting, the rest apart. */
static int tell_rule(struct building *b, uint32_t r)
{
	const struct hl_clauses *rule = &b->rules[r];
	struct telling *told = &b->told[r];
	size_t n = 0;
	bool put = b->n_others || put_other(b, 0);
	for (size_t c = 1; c < rule->n; c++) {
		const struct hl_clause *clause = &rule->v[c];
		const uint32_t *common =
			told->common ? NULL : hl_map_get(&b->common, key_of(clause));
		if (common) {
			told->common = (uint16_t)(*common + 1);
			continue;
		}
		if (n < 3 && tell_clause(told->slots[n], b, clause)) {
			n++;
			continue;
		}
		if (!told->others)
			told->others = (uint32_t)b->n_others;
		put = put && put_other(b, clause->n);
		for (uint32_t i = 0; i < clause->n && put; i++)
			put = put_other(b, clause->atoms[i]);
	}
	if (told->others)
		put = put && put_other(b, 0);
	return put ? HL_OK : HL_NOMEM;
}

/* What the groups of an atom with n postings take. */
static uint32_t room_of(uint32_t n)
{
	return n ? n + (n / HL_INDEX_FULL + 1) * HL_INDEX_COUNTS : 0;
}

/* Gives every atom with postings their place: few of them never lie across two lines. Returns how
   much room they take, 0 without memory. */
static uint32_t place_groups(struct building *b)
{
	uint32_t *holes[LINE] = {NULL}, n_holes[LINE] = {0}, end = LINE;
	for (uint32_t h = 1; h < LINE; h++) {
		holes[h] = hl_arena_array(b->work, b->n_atoms + 1, sizeof *holes[h]);
		if (!holes[h])
			return 0;
	}
	for (uint32_t size = LINE; size; size--)
		for (size_t a = 0; a < b->n_atoms; a++) {
			uint32_t n = room_of(b->group[a]), hole = n;
			if (size == LINE ? n < LINE : n != size)
				continue;
			while (hole < LINE && !n_holes[hole])
				hole++;
			uint32_t at = hole < LINE ? holes[hole][--n_holes[hole]] : end;
			uint32_t whole = hole < LINE ? hole : (n + LINE - 1) / LINE * LINE;
			if (whole > n)
				holes[whole - n][n_holes[whole - n]++] = at + n;
			end += hole < LINE ? 0 : whole;
			b->atoms[a].group = at;
		}
	return end;
}

static void *on_lines(struct hl_arena *arena, size_t n, size_t size)
{
	char *room = hl_arena_zalloc(arena, n * size + LINE_BYTES, 1);
	return room ? room + (LINE_BYTES - (uintptr_t)room % LINE_BYTES) % LINE_BYTES : NULL;
}

static void put_posting(struct building *b, uint32_t atom, uint32_t r)
{
	const struct telling *told = &b->told[r];
	uint32_t n = b->fill[atom]++;
	uint32_t group =
		b->atoms[atom].group + n / HL_INDEX_FULL * (HL_INDEX_FULL + HL_INDEX_COUNTS);
	uint32_t at = group + HL_INDEX_COUNTS + n % HL_INDEX_FULL;
	b->tests[group + told->common / 4] += 1u << (told->common % 4 * 8);
	b->tests[at] = told->slots[0][0] | (uint32_t)told->slots[0][1] << 16;
	b->postings[at] = (struct hl_posting){.rule = r, .others = told->others};
	memcpy(b->postings[at].slots, told->slots[1], sizeof b->postings[at].slots);
}

static bool fill_postings(struct building *b, uint32_t room)
{
	b->tests = on_lines(b->arena, room, sizeof *b->tests);
	b->postings = on_lines(b->arena, room, sizeof *b->postings);
	if (!room || !b->tests || !b->postings)
		return false;
	for (uint32_t common = 0; common <= b->n_common; common++)
		for (uint32_t r = 0; r < b->n; r++)
			for (uint32_t i = 0;
			     b->told[r].common == common && b->rules[r].n && i < b->rules[r].v[0].n;
			     i++)
				put_posting(b, b->rules[r].v[0].atoms[i], r);
	return true;
}

static const uint16_t *fill_sets(struct building *b)
{
	size_t at = 1;
	uint16_t *sets = HL_NEW_ARRAY(b->arena, 1 + b->n_set_atoms + b->n_in_sets, uint16_t);
	if (!sets)
		return NULL;
	for (size_t a = 0; a < b->n_atoms; a++) {
		if (!b->in_sets[a])
			continue;
		b->atoms[a].sets = (uint16_t)at;
		at += b->in_sets[a] + 1;
	}
	for (size_t s = 0; s < b->sets.n; s++) {
		struct hl_str key = b->sets.entries[s].key;
		for (size_t i = 0; i < key.len / sizeof(uint32_t); i++) {
			uint32_t atom;
			memcpy(&atom, key.ptr + i * sizeof atom, sizeof atom);
			uint32_t left = --b->in_sets[atom];
			sets[b->atoms[atom].sets + left] = (uint16_t)b->sets.entries[s].value;
		}
	}
	return sets;
}

static bool begin(struct building *b)
{
	b->uses = HL_NEW_ARRAY(b->work, b->n_atoms + 1, uint32_t);
	b->group = HL_NEW_ARRAY(b->work, b->n_atoms + 1, uint32_t);
	b->fill = HL_NEW_ARRAY(b->work, b->n_atoms + 1, uint32_t);
	b->in_sets = HL_NEW_ARRAY(b->work, b->n_atoms + 1, uint32_t);
	b->told = HL_NEW_ARRAY(b->work, b->n + 1, struct telling);
	b->atoms = HL_NEW_ARRAY(b->arena, b->n_atoms + 1, struct hl_index_atom);
	hl_map_init(&b->sets, b->work);
	if (!b->uses || !b->group || !b->fill || !b->in_sets || !b->told || !b->atoms)
		return false;
	for (size_t r = 0; r < b->n; r++)
		for (size_t c = 0; c < b->rules[r].n; c++)
			for (uint32_t i = 0; i < b->rules[r].v[c].n; i++)
				b->uses[b->rules[r].v[c].atoms[i]]++;
	return true;
}

int hl_index_build(struct hl_index *out, struct hl_arena *arena, struct hl_arena *work,
		   struct hl_clauses *rules, size_t n, size_t n_atoms)
{
	struct building b = {.arena = arena,
			     .work = work,
			     .rules = rules,
			     .n = n,
			     .n_atoms = n_atoms,
			     .n_slots = 1};
	uint32_t *always = HL_NEW_ARRAY(arena, n + 1, uint32_t);
	size_t n_always = 0;
	if (!always || !begin(&b))
		return HL_NOMEM;
	for (uint32_t r = 0; r < n; r++)
		sort_clauses(rules[r].v, rules[r].n, b.uses);
	if (!find_common(&b))
		return HL_NOMEM;
	for (uint32_t r = 0; r < n; r++) {
		if (!rules[r].n)
			always[n_always++] = r;
		for (uint32_t i = 0; rules[r].n && i < rules[r].v[0].n; i++)
			b.group[rules[r].v[0].atoms[i]]++;
		if (tell_rule(&b, r) != HL_OK)
			return HL_NOMEM;
	}
	const uint16_t *sets = fill_sets(&b);
	if (!sets || !fill_postings(&b, place_groups(&b)))
		return HL_NOMEM;
	*out = (struct hl_index){.atoms = b.atoms,
				 .tests = b.tests,
				 .postings = b.postings,
				 .sets = sets,
				 .others = b.others,
				 .always = always,
				 .n_always = n_always,
				 .n_rules = (uint32_t)n,
				 .n_slots = b.n_slots,
				 .n_common = b.n_common};
	memcpy(out->common, b.common_slots, sizeof out->common);
	return HL_OK;
}

/* ------------------------------------------------------------------ asking */

static bool others_hold(const uint32_t *clause, const struct hl_present *present)
{
	for (; *clause; clause += *clause + 1) {
		bool any = false;
		for (uint32_t i = 1; i <= *clause && !any; i++)
			any = present->bits[clause[i] / 64] >> (clause[i] % 64) & 1;
		if (!any)
			return false;
	}
	return true;
}

struct found {
	uint32_t *v;
	size_t n, cap;
};

static bool put(struct found *found, struct hl_arena *arena, uint32_t rule)
{
	if (found->n == found->cap &&
	    !hl_vec_room(arena, &found->v, found->n, &found->cap, sizeof *found->v))
		return false;
	found->v[found->n++] = rule;
	return true;
}

static void sort_few(struct found *found)
{
	size_t n = 0;
	for (size_t i = 0; i < found->n; i++) {
		uint32_t rule = found->v[i];
		size_t at = n;
		while (at && found->v[at - 1] > rule)
			at--;
		if (at && found->v[at - 1] == rule)
			continue;
		for (size_t j = n++; j > at; j--)
			found->v[j] = found->v[j - 1];
		found->v[at] = rule;
	}
	found->n = n;
}

static bool sort_many(struct found *found, struct hl_arena *arena, size_t n_rules)
{
	size_t n_words = n_rules / 64 + 1, n = 0;
	uint64_t *map = HL_NEW_ARRAY(arena, n_words, uint64_t);
	if (!map)
		return false;
	for (size_t i = 0; i < found->n; i++)
		map[found->v[i] / 64] |= 1ull << (found->v[i] % 64);
	for (uint32_t w = 0; w < n_words; w++)
		for (uint64_t bits = map[w]; bits; bits &= bits - 1)
			found->v[n++] = w * 64 + (uint32_t)__builtin_ctzll(bits);
	found->n = n;
	return true;
}

struct looking {
	const struct hl_index *index;
	const struct hl_present *present;
	struct hl_arena *arena;
	uint32_t *heads; /* first group of each atom */
	uint16_t *slots; /* that were marked */
	uint32_t *batch; /* places of postings that are looked at */
	size_t n_heads, n_slots, n_batch, looked;
	struct found found;
};

static bool begin_looking(struct looking *l)
{
	size_t n = l->present->n + 1;
	l->found.cap = FEW;
	l->found.v = hl_arena_array(l->arena, FEW, sizeof *l->found.v);
	l->heads = hl_arena_array(l->arena, n, sizeof *l->heads);
	l->slots = hl_arena_array(l->arena, n * (1 + SETS_MAX), sizeof *l->slots);
	l->batch = hl_arena_array(l->arena, BATCH, sizeof *l->batch);
	return l->found.v && l->heads && l->slots && l->batch;
}

/* Marks the slots of what the message has, and asks the memory for all first groups at once. Works
   on copies: to the compiler a mark may change whatever is pointed at. */
static void take(struct looking *l)
{
	const struct hl_index index = *l->index;
	const uint32_t *list = l->present->list;
	uint8_t *taken = l->present->taken;
	uint16_t *slots = l->slots;
	uint32_t *heads = l->heads;
	size_t n = l->present->n;
	for (size_t i = 0; i < n; i++) {
		struct hl_index_atom atom = index.atoms[list[i]];
		taken[atom.slot] = 1;
		*slots++ = atom.slot;
		for (const uint16_t *set = index.sets + atom.sets; *set; set++) {
			taken[*set] = 1;
			*slots++ = *set;
		}
		__builtin_prefetch(&index.tests[atom.group]);
		*heads = atom.group;
		heads += atom.group > 0;
	}
	taken[0] = 1;
	l->n_slots = (size_t)(slots - l->slots);
	l->n_heads = (size_t)(heads - l->heads);
}

static void give_back(const struct looking *l)
{
	uint8_t *taken = l->present->taken;
	const uint16_t *slots = l->slots, *end = slots + l->n_slots;
	while (slots < end)
		taken[*slots++] = 0;
	taken[0] = 0;
}

/* The bytes of a group's counts that are of no matter: their common clause is not there. */
static uint64_t find_wanted(const struct looking *l)
{
	uint64_t wanted = 0xff;
	for (uint32_t c = 0; c < l->index->n_common; c++)
		if (l->present->taken[l->index->common[c]])
			wanted |= 0xffull << (c + 1) * 8;
	return wanted;
}

/* Looks at all of a batch for one clause after the other, without a branch, as which of them says
   no is not to be foreseen, and asks for what the next look needs of those that are left. */
static bool sift(struct looking *l)
{
	const struct hl_index *index = l->index;
	const uint8_t *taken = l->present->taken;
	uint32_t *batch = l->batch;
	size_t n = 0, left = 0;
	bool room = true;
	for (size_t i = 0; i < l->n_batch; i++) {
		uint32_t at = batch[i], test = index->tests[at];
		batch[n] = at;
		n += taken[test & 0xffff] | taken[test >> 16];
	}
	for (size_t i = 0; i < n; i++)
		__builtin_prefetch(&index->postings[batch[i]]);
	for (size_t i = 0; i < n; i++) {
		const struct hl_posting *p = &index->postings[batch[i]];
		batch[left] = batch[i];
		left += (size_t)(taken[p->slots[0][0]] | taken[p->slots[0][1]]) &
			(size_t)(taken[p->slots[1][0]] | taken[p->slots[1][1]]);
	}
	for (size_t i = 0; i < left; i++) {
		const struct hl_posting *p = &index->postings[batch[i]];
		__builtin_prefetch((const char *)l->present->rules +
				   p->rule * l->present->rule_bytes);
		__builtin_prefetch(&index->others[p->others]);
	}
	for (size_t i = 0; i < left && room; i++) {
		const struct hl_posting *p = &index->postings[batch[i]];
		if (!p->others || others_hold(index->others + p->others, l->present))
			room = put(&l->found, l->arena, p->rule);
	}
	l->looked += l->n_batch;
	l->n_batch = 0;
	return room;
}

/* The places from `from` on, and some more that do not count. */
static inline void list(uint32_t *out, uint32_t from, uint32_t n)
{
	for (uint32_t i = 0; i < n; i += STRIDE)
		for (uint32_t k = 0; k < STRIDE; k++)
			out[i + k] = from + i + k;
}

/* Puts what may pass of a group into the batch. Every byte of the product is the sum of the bytes
   up to it: where a part of the group ends. Returns where the atom's next group is; 0: there is
   none. */
static inline uint32_t list_group(struct looking *l, uint32_t group, uint64_t wanted)
{
	const uint32_t *tests = l->index->tests + group;
	uint64_t counts = tests[0] | (uint64_t)tests[1] << 32;
	uint64_t ends = counts * 0x0101010101010101ull, starts = ends - counts;
	for (uint64_t left = counts & wanted; left;) {
		unsigned shift = (unsigned)__builtin_ctzll(left) & ~7u;
		uint32_t n = counts >> shift & 0xff;
		list(l->batch + l->n_batch, group + HL_INDEX_COUNTS + (starts >> shift & 0xff), n);
		l->n_batch += n;
		left &= ~(0xffull << shift);
	}
	return ends >> 56 == HL_INDEX_FULL ? group + HL_INDEX_FULL + HL_INDEX_COUNTS : 0;
}

static bool sift_all(struct looking *l)
{
	uint64_t wanted = find_wanted(l);
	bool room = true;
	for (size_t i = 0; i < l->n_heads && room; i++)
		for (uint32_t group = l->heads[i]; group && room;) {
			if (l->n_batch > BATCH - HL_INDEX_FULL - STRIDE)
				room = sift(l);
			group = list_group(l, group, wanted);
		}
	return room && sift(l);
}

int hl_index_candidates(const uint32_t **out, size_t *n, size_t *looked, struct hl_arena *arena,
			const struct hl_index *index, const struct hl_present *present)
{
	struct looking l = {.index = index, .present = present, .arena = arena};
	bool room = begin_looking(&l);
	if (!room)
		return HL_NOMEM;
	take(&l);
	room = sift_all(&l);
	give_back(&l);
	for (size_t i = 0; i < index->n_always && room; i++)
		room = put(&l.found, arena, index->always[i]);
	if (!room)
		return HL_NOMEM;
	if (l.found.n <= FEW)
		sort_few(&l.found);
	else if (!sort_many(&l.found, arena, index->n_rules))
		return HL_NOMEM;
	*out = l.found.v;
	*n = l.found.n;
	*looked = index->n_always + l.looked;
	return HL_OK;
}
