/* Postings of rules under atoms. Knows nothing of what an atom stands for: words, lists and
   literals of patterns are all the same here. */
#include "prefilter/index.h"

#include <string.h>

#define FEW 32		/* candidates that are sorted one by one */
#define LINE 4u		/* postings in a line of the processor's cache */
#define LINE_BYTES 64	/* of it */
#define SETS_MAX 16	/* that an atom is in */
#define COMMON_RULES 32 /* of so many rules one has a common clause */
#define COMMON_SEEN 4	/* clauses of a rule that may be common: the last ones */

/* ------------------------------------------------------------------ building */

struct building {
	struct hl_arena *arena, *work;
	struct hl_clauses *rules;
	size_t n, n_atoms;
	uint32_t *uses;	 /* of each atom: clauses that speak of it */
	uint32_t *group; /* postings of each atom */
	uint32_t *fill;	 /* where the next of them goes */
	struct hl_index_atom *atoms;
	struct hl_posting *told; /* of each rule, as it stands under its atoms */
	struct hl_map sets;	 /* atoms as bytes → slot */
	uint32_t *in_sets;	 /* of each atom: how many */
	size_t n_set_atoms, n_in_sets;
	uint32_t n_slots;
	struct hl_map common; /* atoms as bytes → number of the clause's bit */
	uint16_t common_slots[HL_INDEX_COMMON];
	uint32_t n_common;
	uint32_t *others_of, *others;
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

/* The clauses that most rules have get a bit each: one look at a posting tells of all of them. */
static bool find_common(struct building *b)
{
	struct hl_map counts;
	uint32_t least = (uint32_t)(b->n / COMMON_RULES) + COMMON_RULES;
	hl_map_init(&counts, b->work);
	hl_map_init(&b->common, b->work);
	if (b->n > 1u << HL_POSTING_COMMON)
		return true;
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
	struct hl_posting *told = &b->told[r];
	size_t n = 0;
	bool put = true;
	told->rule = r;
	for (size_t c = 1; c < rule->n; c++) {
		const struct hl_clause *clause = &rule->v[c];
		const uint32_t *common = hl_map_get(&b->common, key_of(clause));
		if (common) {
			told->rule |= 1u << (HL_POSTING_COMMON + *common);
			continue;
		}
		if (n < 3 && tell_clause(told->slots[n], b, clause)) {
			n++;
			continue;
		}
		if (!(told->rule & HL_POSTING_MORE))
			b->others_of[r] = (uint32_t)b->n_others;
		told->rule |= HL_POSTING_MORE;
		put = put_other(b, clause->n) && put;
		for (uint32_t i = 0; i < clause->n && put; i++)
			put = put_other(b, clause->atoms[i]);
	}
	if (told->rule & HL_POSTING_MORE)
		put = put_other(b, 0) && put;
	return put ? HL_OK : HL_NOMEM;
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
			uint32_t n = b->group[a], hole = n;
			if (size == LINE ? n < LINE : n != size)
				continue;
			while (hole < LINE && !n_holes[hole])
				hole++;
			uint32_t at = hole < LINE ? holes[hole][--n_holes[hole]] : end;
			uint32_t whole = hole < LINE ? hole : (n + LINE - 1) / LINE * LINE;
			if (whole > n)
				holes[whole - n][n_holes[whole - n]++] = at + n;
			end += hole < LINE ? 0 : whole;
			b->atoms[a].postings = b->fill[a] = at;
		}
	return end;
}

static const struct hl_posting *fill_postings(struct building *b, uint32_t n)
{
	char *room = hl_arena_zalloc(b->arena, n * sizeof(struct hl_posting) + LINE_BYTES, 1);
	if (!room)
		return NULL;
	room += (LINE_BYTES - (uintptr_t)room % LINE_BYTES) % LINE_BYTES;
	struct hl_posting *postings = (struct hl_posting *)(void *)room;
	for (uint32_t r = 0; r < b->n; r++)
		for (uint32_t i = 0; b->rules[r].n && i < b->rules[r].v[0].n; i++)
			postings[b->fill[b->rules[r].v[0].atoms[i]]++] = b->told[r];
	for (size_t a = 0; a < b->n_atoms; a++)
		if (b->group[a])
			postings[b->fill[a] - 1].rule |= HL_POSTING_LAST;
	return postings;
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
	b->told = HL_NEW_ARRAY(b->work, b->n + 1, struct hl_posting);
	b->atoms = HL_NEW_ARRAY(b->arena, b->n_atoms + 1, struct hl_index_atom);
	b->others_of = HL_NEW_ARRAY(b->arena, b->n + 1, uint32_t);
	hl_map_init(&b->sets, b->work);
	if (!b->uses || !b->group || !b->fill || !b->in_sets || !b->told || !b->atoms ||
	    !b->others_of)
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
	uint32_t n_postings = place_groups(&b);
	*out = (struct hl_index){.atoms = b.atoms,
				 .postings = n_postings ? fill_postings(&b, n_postings) : NULL,
				 .sets = fill_sets(&b),
				 .others_of = b.others_of,
				 .others = b.others,
				 .always = always,
				 .n_always = n_always,
				 .n_rules = (uint32_t)n,
				 .n_slots = b.n_slots,
				 .n_common = b.n_common,
				 .rule_mask = HL_POSTING_MORE - 1};
	if (b.n_common)
		out->rule_mask = (1u << HL_POSTING_COMMON) - 1;
	memcpy(out->common, b.common_slots, sizeof out->common);
	return out->postings && out->sets ? HL_OK : HL_NOMEM;
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

/* The first two clauses at once: which of them says no is not to be foreseen. */
static bool may_match(const struct hl_index *index, const struct hl_posting *p,
		      const struct hl_present *present)
{
	const uint8_t *taken = present->taken;
	unsigned holds = (unsigned)(taken[p->slots[0][0]] | taken[p->slots[0][1]]) &
			 (unsigned)(taken[p->slots[1][0]] | taken[p->slots[1][1]]);
	if (!holds || !(taken[p->slots[2][0]] | taken[p->slots[2][1]]))
		return false;
	return !(p->rule & HL_POSTING_MORE) ||
	       others_hold(index->others + index->others_of[p->rule & index->rule_mask], present);
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

/* Marks the slots of what the message has, and asks the memory for all postings at once: *heads
   are the first of each atom. Returns how many. */
static size_t take(uint32_t *heads, const struct hl_index *index, const struct hl_present *present)
{
	size_t n = 0;
	for (size_t i = 0; i < present->n; i++) {
		struct hl_index_atom atom = index->atoms[present->list[i]];
		present->taken[atom.slot] = 1;
		for (const uint16_t *set = index->sets + atom.sets; *set; set++)
			present->taken[*set] = 1;
		__builtin_prefetch(&index->postings[atom.postings]);
		heads[n] = atom.postings;
		n += atom.postings > 0;
	}
	present->taken[0] = 1;
	return n;
}

/* The bits of the common clauses that the message lacks. */
static uint32_t find_missing(const struct hl_index *index, const struct hl_present *present)
{
	uint32_t missing = 0;
	for (uint32_t c = 0; c < index->n_common; c++)
		missing |= (uint32_t)!present->taken[index->common[c]] << (HL_POSTING_COMMON + c);
	return missing;
}

static void give_back(const struct hl_index *index, const struct hl_present *present)
{
	for (size_t i = 0; i < present->n; i++) {
		struct hl_index_atom atom = index->atoms[present->list[i]];
		present->taken[atom.slot] = 0;
		for (const uint16_t *set = index->sets + atom.sets; *set; set++)
			present->taken[*set] = 0;
	}
	present->taken[0] = 0;
}

int hl_index_candidates(const uint32_t **out, size_t *n, size_t *looked, struct hl_arena *arena,
			const struct hl_index *index, const struct hl_present *present)
{
	struct found found = {.cap = FEW};
	uint32_t *heads = hl_arena_array(arena, present->n + 1, sizeof *heads);
	found.v = hl_arena_array(arena, FEW, sizeof *found.v);
	bool room = found.v && heads;
	size_t n_heads = room ? take(heads, index, present) : 0;
	uint32_t missing = room ? find_missing(index, present) : 0;
	*looked = index->n_always;
	for (size_t i = 0; i < n_heads && room; i++) {
		const struct hl_posting *p = &index->postings[heads[i]];
		for (bool last = false; !last && room; p++) {
			last = p->rule & HL_POSTING_LAST;
			*looked += 1;
			if (!(p->rule & missing) && may_match(index, p, present))
				room = put(&found, arena, p->rule & index->rule_mask);
		}
	}
	give_back(index, present);
	for (size_t i = 0; i < index->n_always && room; i++)
		room = put(&found, arena, index->always[i]);
	if (!room)
		return HL_NOMEM;
	if (found.n <= FEW)
		sort_few(&found);
	else if (!sort_many(&found, arena, index->n_rules))
		return HL_NOMEM;
	*out = found.v;
	*n = found.n;
	return HL_OK;
}
