/* Beginnings and near misses of words by the letters left out. Knows letters and hashes of them;
   whether two words are near is always proved in the end, by comparing them. */
#include "ruleset/near.h"

#include <string.h>

#include "ruleset/vocab.h"

#define WORD_MIN 4	/* letters of a message's word that may hold a slip */
#define TABLE_MAX 16	/* letters of a rule's word that stands in the table */
#define LETTERS_MAX 63	/* letters of a message's word that are looked at for beginnings */
#define FILTER_SHARE 16 /* filter bits a pair, of which it sets two */
#define BASE 0x9e3779b1u
#define UNIT_PAIRS 16 /* lookups a unit of work */

void hl_look_add(struct hl_look *look, uint32_t atom)
{
	for (size_t i = 0; i < look->n; i++)
		if (look->out[i] == atom)
			return;
	if (look->n < look->max)
		look->out[look->n++] = atom;
	else
		look->full = true;
}

/* ------------------------------------------------------------------ letters left out */

/* Hashes of the beginnings of a word: a polynomial, so that the hash of what is left without some
   letters follows from them. */
struct letters {
	uint32_t sums[LETTERS_MAX + 1]; /* of the first i letters */
	uint32_t powers[LETTERS_MAX + 1];
	uint32_t n; /* at most LETTERS_MAX + 1: there are more */
};

static void read_letters(struct letters *out, struct hl_str text)
{
	const char *p = text.ptr, *end = text.ptr + text.len;
	uint32_t n = 0;
	out->sums[0] = 0;
	out->powers[0] = 1;
	for (; p < end && n < LETTERS_MAX; n++) {
		uint32_t code =
			(unsigned char)*p < 128 ? (unsigned char)*p++ : hl_utf8_next(&p, end);
		out->sums[n + 1] = out->sums[n] * BASE + code + 1;
		out->powers[n + 1] = out->powers[n] * BASE;
	}
	out->n = n + (p < end);
}

/* The hash of the first n letters without letter i. */
static uint32_t without(const struct letters *l, uint32_t n, uint32_t i)
{
	return l->sums[n] + (l->sums[i] - l->sums[i + 1]) * l->powers[n - i - 1];
}

/* … without letters i and j > i. */
static uint32_t without_two(const struct letters *l, uint32_t n, uint32_t i, uint32_t j)
{
	uint32_t to_j = i == j - 1 ? l->sums[i] : without(l, j, i);
	uint32_t past_j = without(l, j + 1, i);
	return without(l, n, i) + (to_j - past_j) * l->powers[n - j - 1];
}

/* The upper bits, which tables go by, depend on all letters then. */
static uint32_t mixed(uint32_t hash)
{
	return hash * 0x85ebca6bu;
}

typedef void visit_fn(void *arg, uint32_t hash);

/* Every hash of the first n letters with k of them left out, the first never: two words that are
   near begin alike, and so do they without the letters that part them. */
static inline void each_hash(const struct letters *l, uint32_t n, unsigned k, visit_fn *visit,
			     void *arg)
{
	if (k == 0)
		visit(arg, l->sums[n]);
	for (uint32_t i = 1; k == 1 && i < n; i++)
		visit(arg, without(l, n, i));
	for (uint32_t i = 1; k == 2 && i + 1 < n; i++)
		for (uint32_t j = i + 1; j < n; j++)
			visit(arg, without_two(l, n, i, j));
}

/* ------------------------------------------------------------------ building */

struct filling {
	struct hl_arena *work;
	struct hl_near_pair *pairs;
	size_t n, cap;
	uint32_t atom;
	bool failed;
};

static void put_pair(void *arg, uint32_t hash)
{
	struct filling *f = arg;
	struct hl_near_pair *pair = HL_PUSH(f->work, f->pairs, f->n, f->cap);
	if (pair)
		*pair = (struct hl_near_pair){mixed(hash), f->atom};
	else
		f->failed = true;
}

/* What a message's word must leave out to meet a word of m letters with k slips. */
static void want(uint64_t lengths[3], uint32_t m, unsigned k)
{
	for (uint32_t n = m > k ? m - k : 1; n <= m + k; n++)
		for (uint32_t out = 0; out <= k && out < n; out++)
			if (n - out <= m && n - out + k >= m)
				lengths[out] |= 1ull << n;
}

static inline size_t kind_of(struct hl_str text)
{
	return (unsigned char)*text.ptr % HL_NEAR_KINDS;
}

static inline uint32_t letter_bit(char letter)
{
	return 1u << ((unsigned char)letter & 31);
}

/* Letters of one byte alone: with a slip they come or go one at a time. */
static uint32_t plain_letters(struct hl_str text)
{
	uint32_t bits = 0;
	for (size_t i = 0; i < text.len; i++)
		bits |= (unsigned char)text.ptr[i] < 0x80 ? letter_bit(text.ptr[i]) : 0;
	return bits;
}

static void put_atom(struct filling *f, struct hl_near *near, const struct hl_atom *atom)
{
	struct hl_near_kind *kind = &near->kinds[kind_of(atom->text)];
	struct letters letters HL_UNCLEARED;
	read_letters(&letters, atom->text);
	for (unsigned k = 0; k <= atom->typos; k++)
		each_hash(&letters, letters.n, k, put_pair, f);
	want(atom->prefix ? kind->begins : kind->whole, letters.n, atom->typos);
	if (kind->n < HL_NEAR_FEW)
		kind->letters[kind->n] = plain_letters(atom->text);
	if (kind->n <= HL_NEAR_FEW)
		kind->n++;
	kind->slips = atom->typos > kind->slips ? atom->typos : kind->slips;
}

static bool in_table(const struct hl_atom *atom)
{
	return atom->length <= (atom->typos ? TABLE_MAX : LETTERS_MAX);
}

static unsigned bits_for(size_t n)
{
	unsigned bits = 6;
	while (bits < 31 && (size_t)1 << bits < n)
		bits++;
	return bits;
}

/* Two bits of a word of the filter. */
static inline uint64_t filter_bits(uint32_t hash)
{
	return 1ull << (hash >> 12 & 63) | 1ull << (hash >> 6 & 63);
}

/* Pairs by bucket, and the filter's bits. */
static int freeze(struct hl_near *out, struct hl_arena *arena, const struct filling *f)
{
	unsigned bits = bits_for(f->n), words = bits_for(f->n * FILTER_SHARE + 65) - 6;
	size_t n_buckets = (size_t)1 << bits;
	uint32_t *first = HL_NEW_ARRAY(arena, n_buckets + 2, uint32_t);
	uint64_t *filter = HL_NEW_ARRAY(arena, (size_t)1 << words, uint64_t);
	struct hl_near_pair *pairs = HL_NEW_ARRAY(arena, f->n + 1, struct hl_near_pair);
	if (!first || !filter || !pairs)
		return HL_NOMEM;
	out->bucket_shift = 32 - bits;
	out->filter_shift = 32 - words;
	for (size_t i = 0; i < f->n; i++) {
		filter[f->pairs[i].hash >> out->filter_shift] |= filter_bits(f->pairs[i].hash);
		first[(f->pairs[i].hash >> out->bucket_shift) + 2]++;
	}
	for (size_t b = 0; b < n_buckets; b++)
		first[b + 2] += first[b + 1];
	for (size_t i = 0; i < f->n; i++)
		pairs[first[(f->pairs[i].hash >> out->bucket_shift) + 1]++] = f->pairs[i];
	out->first = first;
	out->filter = filter;
	out->pairs = pairs;
	return HL_OK;
}

int hl_near_build(struct hl_near *out, struct hl_arena *arena, struct hl_arena *work,
		  const struct hl_atom *atoms, size_t n)
{
	struct filling f = {.work = work};
	uint32_t *longs = NULL;
	size_t n_longs = 0, cap_longs = 0;
	*out = (struct hl_near){.first = NULL};
	for (uint32_t a = 0; a < n && !f.failed; a++) {
		if (atoms[a].kind != HL_ATOM_PREFIX && atoms[a].kind != HL_ATOM_TYPO)
			continue;
		f.atom = a;
		if (in_table(&atoms[a])) {
			put_atom(&f, out, &atoms[a]);
			continue;
		}
		uint32_t *place = HL_PUSH(arena, longs, n_longs, cap_longs);
		if (!place)
			return HL_NOMEM;
		*place = a;
	}
	out->longs = longs;
	out->n_longs = (uint32_t)n_longs;
	return f.failed ? HL_NOMEM : freeze(out, arena, &f);
}

/* ------------------------------------------------------------------ proving */

/* Letters of one byte each. What two words begin with alike is never better taken for a slip. */
static bool near_from(struct hl_str a, struct hl_str b, unsigned slips, bool prefix)
{
	size_t i = 0;
	while (i < a.len && i < b.len && a.ptr[i] == b.ptr[i])
		i++;
	a = (struct hl_str){a.ptr + i, a.len - i};
	b = (struct hl_str){b.ptr + i, b.len - i};
	if (!a.len)
		return prefix || b.len <= slips;
	if (!b.len)
		return a.len <= slips;
	if (!slips)
		return false;
	struct hl_str a1 = {a.ptr + 1, a.len - 1}, b1 = {b.ptr + 1, b.len - 1};
	bool swapped = a1.len && b1.len && a.ptr[0] == b.ptr[1] && a.ptr[1] == b.ptr[0] &&
		       near_from((struct hl_str){a.ptr + 2, a.len - 2},
				 (struct hl_str){b.ptr + 2, b.len - 2}, slips - 1, prefix);
	return swapped || near_from(a1, b1, slips - 1, prefix) ||
	       near_from(a1, b, slips - 1, prefix) || near_from(a, b1, slips - 1, prefix);
}

/* Does some beginning of `text` differ from the atom's word by at most its slips? */
static bool near_prefix(const struct hl_atom *atom, struct hl_str text, size_t length)
{
	size_t from = atom->length > atom->typos ? (size_t)(atom->length - atom->typos) : 1;
	size_t to = (size_t)atom->length + atom->typos;
	for (size_t n = from; n <= to && n <= length; n++) {
		struct hl_str head = {text.ptr, hl_utf8_prefix(text, n)};
		if (hl_edit_distance(atom->text, head, atom->typos) <= atom->typos)
			return true;
	}
	return false;
}

static bool same_first_letter(struct hl_str a, struct hl_str b)
{
	const char *p = a.ptr, *q = b.ptr;
	if ((unsigned char)*p < 0x80)
		return *p == *q;
	return hl_utf8_next(&p, a.ptr + a.len) == hl_utf8_next(&q, b.ptr + b.len);
}

/* `length`: letters of the text. */
static bool is_near(const struct hl_atom *atom, struct hl_str text, size_t length)
{
	if (length < WORD_MIN || !same_first_letter(atom->text, text))
		return false;
	if (atom->length == atom->text.len && length == text.len)
		return near_from(atom->text, text, atom->typos, atom->prefix);
	if (atom->prefix)
		return near_prefix(atom, text, length);
	return hl_edit_distance(atom->text, text, atom->typos) <= atom->typos;
}

/* ------------------------------------------------------------------ finding */

#define AT_ONCE 32 /* hashes that the filter lets through, and atoms they lead to */

struct finding {
	struct hl_look *look;
	const struct hl_near *near;
	const struct hl_atom *atoms;
	struct hl_str text;
	bool slips;
	uint32_t *hashes, *met; /* AT_ONCE each, waiting for their memory */
	uint32_t n_hashes, n_met;
};

static void prove(const struct finding *f, uint32_t id, size_t length)
{
	const struct hl_atom *atom = &f->atoms[id];
	if (atom->kind == HL_ATOM_PREFIX ? hl_str_starts(f->text, atom->text)
					 : f->slips && is_near(atom, f->text, length))
		hl_look_add(f->look, id | hl_atom_flag(atom));
}

static void prove_met(struct finding *f)
{
	size_t length = f->n_met ? hl_utf8_count(f->text) : 0;
	for (uint32_t i = 0; i < f->n_met; i++)
		__builtin_prefetch(f->atoms[f->met[i]].text.ptr);
	for (uint32_t i = 0; i < f->n_met; i++)
		prove(f, f->met[i], length);
	f->n_met = 0;
}

/* An atom that several hashes lead to is proved once. */
static void meet(struct finding *f, uint32_t id)
{
	for (uint32_t i = 0; i < f->n_met; i++)
		if (f->met[i] == id)
			return;
	if (f->n_met == AT_ONCE)
		prove_met(f);
	f->met[f->n_met++] = id;
	__builtin_prefetch(&f->atoms[id]);
}

static void look_up(struct finding *f)
{
	const struct hl_near *near = f->near;
	for (uint32_t i = 0; i < f->n_hashes; i++)
		__builtin_prefetch(near->pairs + near->first[f->hashes[i] >> near->bucket_shift]);
	for (uint32_t i = 0; i < f->n_hashes && f->look->work; i++) {
		uint32_t hash = f->hashes[i], bucket = hash >> near->bucket_shift;
		const struct hl_near_pair *pair = near->pairs + near->first[bucket];
		const struct hl_near_pair *end = near->pairs + near->first[bucket + 1];
		for (; pair < end && f->look->work; pair++)
			if (pair->hash == hash) {
				f->look->work--;
				meet(f, pair->atom);
			}
	}
	f->n_hashes = 0;
	prove_met(f);
}

static inline void look_hash(void *arg, uint32_t hash)
{
	struct finding *f = arg;
	uint32_t of = mixed(hash);
	uint64_t bits = filter_bits(of);
	if ((f->near->filter[of >> f->near->filter_shift] & bits) != bits)
		return;
	if (f->n_hashes == AT_ONCE)
		look_up(f);
	f->hashes[f->n_hashes++] = of;
	__builtin_prefetch(&f->near->first[of >> f->near->bucket_shift]);
}

/* Is there any word that it may be? */
static bool may_be_any(const struct hl_near_kind *kind, struct hl_str text)
{
	uint32_t has = 0;
	if (!kind->n || kind->n > HL_NEAR_FEW)
		return kind->n != 0;
	for (size_t i = 0; i < text.len; i++)
		has |= letter_bit(text.ptr[i]);
	for (size_t i = 0; i < kind->n; i++) {
		uint32_t missed = kind->letters[i] & ~has;
		for (unsigned slip = 0; slip < kind->slips; slip++)
			missed &= missed - 1;
		if (!missed)
			return true;
	}
	return false;
}

HL_APART static void find_in_table(struct finding *f, const struct hl_near_kind *all)
{
	struct hl_look *look = f->look;
	struct letters letters HL_UNCLEARED;
	uint32_t hashes[AT_ONCE] HL_UNCLEARED, met[AT_ONCE] HL_UNCLEARED;
	f->hashes = hashes;
	f->met = met;
	read_letters(&letters, f->text);
	unsigned most = f->slips && letters.n >= WORD_MIN ? 2 : 0;
	for (unsigned k = 0; k <= most; k++) {
		uint64_t lengths = all->begins[k];
		if (letters.n <= LETTERS_MAX) {
			lengths |= all->whole[k] & 1ull << letters.n;
			lengths &= (2ull << letters.n) - 1;
		}
		for (; lengths && look->work; lengths &= lengths - 1) {
			uint32_t n = (uint32_t)__builtin_ctzll(lengths);
			uint32_t units = (k == 2 ? n * n / 2 : k ? n : 1) / UNIT_PAIRS;
			look->work -= units < look->work ? units : look->work;
			each_hash(&letters, n, k, look_hash, f);
		}
	}
	look_up(f);
}

void hl_near_find(struct hl_look *look, const struct hl_near *near, const struct hl_atom *atoms,
		  struct hl_str text, bool slips)
{
	struct finding f = {
		.look = look, .near = near, .atoms = atoms, .text = text, .slips = slips};
	if (text.len < 3)
		return;
	const struct hl_near_kind *kind = &near->kinds[kind_of(text)];
	if (may_be_any(kind, text))
		find_in_table(&f, kind);
	size_t length = near->n_longs ? hl_utf8_count(text) : 0;
	for (uint32_t i = 0; i < near->n_longs && look->work; i++, look->work--)
		prove(&f, near->longs[i], length);
}
