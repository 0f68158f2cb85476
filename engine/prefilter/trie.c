/* Made so that one place costs few lines of memory: the first four bytes are looked up at once, and
   all that may follow them stands together. A node is
     head    bytes of its label; children; is a text told here, is one told at a border
     numbers of the texts that end here
     label   the bytes that all texts below have in common, as they stand in a text
     letters one a child, then the place of each child behind this node's head.
   In a trie of ends all goes from right to left. */
#include "prefilter/trie.h"

#include <string.h>

#include "prefilter/borders.h"
#include "text/text.h"

#define KEY HL_TRIE_KEY
#define LONG (1u << KEY) /* in heads: of texts of KEY bytes and more */
#define PLACE_BITS 30
#define PLACE ((1u << PLACE_BITS) - 1)
#define AT_ONCE 16 /* places whose memory is asked for together */
#define CHILDREN 8 /* from this bit of a head on */
#define CHILDREN_MASK 0x1ffu
#define PLAIN (1u << 30)
#define AT_BORDER (1u << 31)

static uint32_t words_of(size_t bytes)
{
	return (uint32_t)((bytes + 3) / 4);
}

static uint32_t key_of(const char *bytes, size_t n)
{
	uint32_t key = 0;
	memcpy(&key, bytes, n < KEY ? n : KEY);
	return key;
}

/* ------------------------------------------------------------------ building */

struct growth {
	struct hl_arena *work;
	const struct hl_trie_text **texts; /* in order */
	uint32_t *pool;
	size_t n, cap;
	bool ends, failed;
};

/* Byte i of a text, as the trie reads it. */
static unsigned char byte_of(const struct hl_trie_text *text, bool ends, size_t i)
{
	return (unsigned char)text->text.ptr[ends ? text->text.len - 1 - i : i];
}

static bool before(void *arg, const void *a, const void *b)
{
	const struct hl_trie_text *x = a, *y = b;
	const struct growth *g = arg;
	size_t i = 0;
	while (i < x->text.len && i < y->text.len &&
	       byte_of(x, g->ends, i) == byte_of(y, g->ends, i))
		i++;
	if (i == x->text.len || i == y->text.len)
		return x->text.len != y->text.len ? x->text.len < y->text.len
						  : x->border < y->border;
	return byte_of(x, g->ends, i) < byte_of(y, g->ends, i);
}

/* `n` zeroed words at the pool's end; gives where. */
static size_t grow(struct growth *g, size_t n)
{
	size_t at = g->n;
	for (size_t i = 0; i < n && !g->failed; i++) {
		const uint32_t *word = HL_PUSH(g->work, g->pool, g->n, g->cap);
		g->failed = !word;
	}
	return at;
}

/* How many of texts from … to-1, all the same up to `depth`, go on alike. */
static size_t label_of(const struct growth *g, size_t from, size_t to, size_t depth)
{
	const struct hl_trie_text *first = g->texts[from], *last = g->texts[to - 1];
	size_t n = 0;
	while (depth + n < first->text.len &&
	       byte_of(first, g->ends, depth + n) == byte_of(last, g->ends, depth + n))
		n++;
	return n;
}

static size_t count_children(const struct growth *g, size_t from, size_t to, size_t depth)
{
	size_t n = 0;
	for (size_t i = from; i < to; i++)
		n += i == from || byte_of(g->texts[i], g->ends, depth) !=
					  byte_of(g->texts[i - 1], g->ends, depth);
	return n;
}

/* Head, numbers and label of the node of texts *from … to-1. Moves *from past those that end here
   and *depth to where the others part. */
static size_t put_node(struct growth *g, size_t *from, size_t to, size_t *depth)
{
	const struct hl_trie_text *first = g->texts[*from];
	size_t n = label_of(g, *from, to, *depth), head = grow(g, 1);
	uint32_t bits = (uint32_t)n;
	*depth += n;
	for (; *from < to && g->texts[*from]->text.len == *depth; ++*from) {
		size_t at = grow(g, 1);
		if (g->failed)
			return 0;
		g->pool[at] = g->texts[*from]->number;
		bits |= g->texts[*from]->border ? AT_BORDER : PLAIN;
	}
	size_t label = grow(g, words_of(n));
	if (g->failed)
		return 0;
	const char *bytes = first->text.ptr + (g->ends ? first->text.len - *depth : *depth - n);
	memcpy(g->pool + label, bytes, n);
	g->pool[head] = bits | (uint32_t)count_children(g, *from, to, *depth) << CHILDREN;
	return head;
}

/* A node and, right behind it, all below it; at most HL_TRIE_TEXT_MAX deep. Gives its place. */
static size_t put_tree(struct growth *g, size_t from, size_t to, size_t depth)
{
	size_t head = put_node(g, &from, to, &depth);
	if (g->failed)
		return 0;
	size_t n = g->pool[head] >> CHILDREN & CHILDREN_MASK;
	size_t letters = grow(g, words_of(n)), places = grow(g, n);
	for (size_t child = 0; child < n && !g->failed; child++) {
		size_t next = from + 1;
		unsigned char byte = byte_of(g->texts[from], g->ends, depth);
		while (next < to && byte_of(g->texts[next], g->ends, depth) == byte)
			next++;
		((unsigned char *)(g->pool + letters))[child] = byte;
		g->pool[places + child] = (uint32_t)(g->n - head);
		put_tree(g, from, next, depth + 1);
		from = next;
	}
	return head;
}

static size_t key_length(const struct hl_trie_text *text)
{
	return text->text.len < KEY ? text->text.len : KEY;
}

static uint32_t key_of_text(const struct hl_trie_text *text, bool ends)
{
	size_t n = key_length(text);
	return key_of(text->text.ptr + (ends ? text->text.len - n : 0), n);
}

static bool same_key(const struct hl_trie_text *a, const struct hl_trie_text *b, bool ends)
{
	return key_length(a) == key_length(b) && key_of_text(a, ends) == key_of_text(b, ends);
}

static void put_slot(const struct hl_trie *trie, struct hl_trie_slot *slots, uint32_t key,
		     uint32_t place)
{
	uint32_t mask = UINT32_MAX >> trie->shift, at = hl_trie_slot_of(trie, key);
	while (slots[at].place)
		at = (at + 1) & mask;
	slots[at] = (struct hl_trie_slot){key, place};
}

static void put_keys(struct hl_trie *out, struct growth *g, struct hl_trie_slot *slots,
		     uint8_t *heads, size_t n)
{
	grow(g, 1); /* so that no place is 0 */
	for (size_t from = 0, to; from < n && !g->failed; from = to) {
		const struct hl_trie_text *first = g->texts[from];
		size_t length = key_length(first);
		for (to = from + 1; to < n && same_key(first, g->texts[to], g->ends);)
			to++;
		uint32_t place = (uint32_t)put_tree(g, from, to, length);
		put_slot(out, slots, key_of_text(first, g->ends),
			 place | (uint32_t)(length % KEY) << PLACE_BITS);
		heads[byte_of(first, g->ends, 0)] |= (uint8_t)(1u << length);
	}
	grow(g, 2); /* a label is read eight bytes at a time */
	g->failed |= g->n > PLACE;
}

/* So many slots, as a power of two, that half of them stay free. */
static unsigned slot_bits(const struct growth *g, size_t n)
{
	size_t keys = 0;
	unsigned bits = 4;
	for (size_t i = 0; i < n; i++)
		keys += !i || !same_key(g->texts[i - 1], g->texts[i], g->ends);
	while (1u << bits < 2 * keys && bits < 31)
		bits++;
	return bits;
}

int hl_trie_build(struct hl_trie *out, struct hl_arena *arena, struct hl_arena *work,
		  const struct hl_trie_text *texts, size_t n, bool ends)
{
	*out = (struct hl_trie){.ends = ends};
	struct growth g = {
		.work = work, .ends = ends, .texts = hl_arena_array(work, n + 1, sizeof *g.texts)};
	uint8_t *heads = HL_NEW_ARRAY(arena, 256, uint8_t);
	if (!g.texts || !heads)
		return HL_NOMEM;
	for (size_t i = 0; i < n; i++)
		g.texts[i] = &texts[i];
	if (!hl_sort(work, (const void **)g.texts, n, before, &g))
		return HL_NOMEM;
	unsigned bits = slot_bits(&g, n);
	struct hl_trie_slot *slots = HL_NEW_ARRAY(arena, 1u << bits, struct hl_trie_slot);
	if (!slots)
		return HL_NOMEM;
	out->shift = 32 - bits;
	put_keys(out, &g, slots, heads, n);
	uint32_t *pool = g.failed ? NULL : hl_arena_array(arena, g.n, sizeof *pool);
	if (!pool)
		return HL_NOMEM;
	memcpy(pool, g.pool, g.n * sizeof *pool);
	out->slots = slots;
	out->heads = heads;
	out->pool = pool;
	return HL_OK;
}

/* ------------------------------------------------------------------ looking */

struct look {
	struct hl_str text;
	size_t place;
	void (*found)(void *arg, uint32_t number, uint32_t len, uint32_t end);
	void *arg;
};

/* Eight bytes at a time: zeros stand behind the text, and none in a label. */
static bool same(const char *text, const char *label, size_t n)
{
	for (size_t i = 0; i < n; i += 8) {
		uint64_t a, b;
		memcpy(&a, text + i, sizeof a);
		memcpy(&b, label + i, sizeof b);
		a = HL_LITTLE_ENDIAN(a ^ b);
		if (n - i < 8 ? a << (64 - 8 * (n - i)) : a)
			return false;
	}
	return true;
}

/* The node below by its letter; NULL: there is none. */
static const uint32_t *child_of(const uint32_t *head, const uint32_t *letters, size_t n, char byte)
{
	const char *letter = (const char *)letters;
	size_t i = 0;
	while (i < n && letter[i] != byte)
		i++;
	return i < n ? head + letters[words_of(n) + i] : NULL;
}

static void tell(const struct look *look, const uint32_t *node, size_t at)
{
	uint32_t head = *node++, len = (uint32_t)(at - look->place);
	if (head & PLAIN)
		look->found(look->arg, *node++, len, (uint32_t)at);
	if (head & AT_BORDER && hl_is_border(look->text, at))
		look->found(look->arg, *node, len, (uint32_t)at);
}

static void walk_on(const struct look *look, const uint32_t *node, size_t at)
{
	while (node) {
		const uint32_t *head = node++;
		size_t label = *head & 0xff, n = *head >> CHILDREN & CHILDREN_MASK;
		node += (*head & PLAIN ? 1 : 0) + (*head & AT_BORDER ? 1 : 0);
		if (!same(look->text.ptr + at, (const char *)node, label))
			return;
		at += label;
		if (*head & (PLAIN | AT_BORDER))
			tell(look, head, at);
		node = n ? child_of(head, node + words_of(label), n, look->text.ptr[at++]) : NULL;
	}
}

static void walk_back(const struct look *look, const uint32_t *node, size_t at)
{
	while (node) {
		const uint32_t *head = node++;
		size_t label = *head & 0xff, n = *head >> CHILDREN & CHILDREN_MASK;
		const uint32_t *number = node;
		node += *head & PLAIN ? 1 : 0;
		if (at < label || !same(look->text.ptr + at - label, (const char *)node, label))
			return;
		at -= label;
		if (*head & PLAIN)
			look->found(look->arg, *number, (uint32_t)(look->place - at),
				    (uint32_t)look->place);
		node = n && at ? child_of(head, node + words_of(label), n, look->text.ptr[--at])
			       : NULL;
	}
}

/* Where a key of a place stands in the text. */
static const char *key_place(const struct look *look, bool ends, uint32_t length)
{
	return look->text.ptr + look->place - (ends ? length : 0);
}

/* Lengths of the keys that may stand at the place, as bits. */
static unsigned lengths_at(const struct hl_trie *trie, const struct look *look, bool ends)
{
	unsigned lengths = trie->heads[(unsigned char)*key_place(look, ends, 1)];
	return !ends || look->place >= KEY ? lengths : lengths & ((1u << (look->place + 1)) - 1);
}

/* The node of a key, NULL: no text begins so. */
static const uint32_t *find_key(const struct hl_trie *trie, const struct look *look, bool ends,
				uint32_t length)
{
	uint32_t key = key_of(key_place(look, ends, length), length);
	uint32_t mask = UINT32_MAX >> trie->shift, at = hl_trie_slot_of(trie, key);
	for (; trie->slots[at].place; at = (at + 1) & mask)
		if (trie->slots[at].key == key &&
		    trie->slots[at].place >> PLACE_BITS == length % KEY)
			return trie->pool + (trie->slots[at].place & PLACE);
	return NULL;
}

static void walk(const struct look *look, const uint32_t *node, bool ends, uint32_t length)
{
	if (ends)
		walk_back(look, node, look->place - length);
	else
		walk_on(look, node, look->place + length);
}

/* Takes some of the bits: those places at which a text may stand, whose slots are asked for. */
static inline size_t ask(uint32_t *places, uint64_t *bits, const struct hl_trie *trie,
			 struct look *look, size_t block, bool ends)
{
	size_t n = 0;
	for (; *bits && n < AT_ONCE; *bits &= *bits - 1) {
		look->place = block + (size_t)__builtin_ctzll(*bits);
		unsigned lengths = lengths_at(trie, look, ends);
		if (!lengths)
			continue;
		places[n++] = (uint32_t)look->place;
		if (lengths & LONG)
			__builtin_prefetch(&trie->slots[hl_trie_slot_of(
				trie, key_of(key_place(look, ends, KEY), KEY))]);
	}
	return n;
}

static inline void look_all(const struct hl_trie *trie, struct look *look, size_t block,
			    uint64_t bits, bool ends)
{
	while (bits) {
		uint32_t places[AT_ONCE] HL_UNCLEARED;
		const uint32_t *nodes[AT_ONCE] HL_UNCLEARED;
		size_t n = ask(places, &bits, trie, look, block, ends);
		for (size_t i = 0; i < n; i++) {
			look->place = places[i];
			nodes[i] = lengths_at(trie, look, ends) & LONG
					   ? find_key(trie, look, ends, KEY)
					   : NULL;
			__builtin_prefetch(nodes[i]);
		}
		for (size_t i = 0; i < n; i++) {
			look->place = places[i];
			unsigned lengths = lengths_at(trie, look, ends);
			if (nodes[i])
				walk(look, nodes[i], ends, KEY);
			for (uint32_t k = 1; k < KEY && lengths & (LONG - 1); k++)
				if (lengths >> k & 1)
					walk(look, find_key(trie, look, ends, k), ends, k);
		}
	}
}

void hl_trie_look(const struct hl_trie *trie, struct hl_str text, size_t block, uint64_t bits,
		  void (*found)(void *arg, uint32_t number, uint32_t len, uint32_t end), void *arg)
{
	struct look look = {text, 0, found, arg};
	if (trie->ends)
		look_all(trie, &look, block, bits, true);
	else
		look_all(trie, &look, block, bits, false);
}
