/*
 * base.h: what every room of the engine builds on: arena, byte buffer, vector, map, strings, UTF-8.
 *
 * Nothing here knows the product. All memory comes from an arena; a failed allocation gives NULL or
 * false and changes nothing, so a caller may simply pass HL_NOMEM up.
 */
#ifndef HL_BASE_H
#define HL_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hotline.h"

/* What every message runs through must stand close together, to stay in the first-level cache:
   apart from it stands what has many callers or few messages come to (HL_APART), and, written short
   instead of fast, what hardly any comes to (HL_SELDOM). */
#define HL_APART __attribute__((noinline))
#define HL_SELDOM __attribute__((noinline, cold))
/* An array on the stack that is written before it is read: it goes without the zeros all others get
   when they come to be. */
#define HL_UNCLEARED __attribute__((uninitialized))

/* ------------------------------------------------------------------ arena */

struct hl_arena_block;
/* Memory given back all at once. Zero-initialised is a valid empty arena. */
struct hl_arena {
	struct hl_arena_block *head; /* the block being filled; older ones behind it */
	size_t taken;		     /* bytes taken from the heap, block headers included */
	size_t limit;		     /* most of them; 0: no limit */
	size_t next;		     /* size of the next ordinary block */
	/* Told of each block of whole 2 MiB pages before it is written to; NULL: nobody is. */
	void (*room)(void *arg, void *start, size_t bytes);
	void *room_arg;
};

void hl_arena_init(struct hl_arena *arena);
/* Frees everything; twice is safe, and the arena is empty and usable afterwards. */
void hl_arena_deinit(struct hl_arena *arena);
/* All that `other` has handed out belongs to `arena` from here on; `other` is empty. */
void hl_arena_join(struct hl_arena *arena, struct hl_arena *other);
/* Forgets everything handed out, keeping the largest block for the next round. */
void hl_arena_reset(struct hl_arena *arena);
/* The memory it has taken, piece by piece: those above half of a 2 MiB page are whole such pages.
 */
void hl_arena_blocks(const struct hl_arena *arena,
		     void (*each)(void *arg, const void *start, size_t bytes), void *arg);
/* Bytes aligned for any type, contents undefined; valid until reset or deinit. `size` 0 gives a
   unique pointer. NULL: no memory, or the limit. */
void *hl_arena_alloc(struct hl_arena *arena, size_t size);
/* n × size zeroed bytes; NULL also when the product overflows. */
void *hl_arena_zalloc(struct hl_arena *arena, size_t n, size_t size);
/* n × size bytes, contents undefined; NULL also when the product overflows. */
void *hl_arena_array(struct hl_arena *arena, size_t n, size_t size);
/* The same as hl_arena_alloc, but in no more of the lines of 64 bytes, that memory hands over at
   once, than so many bytes must take. */
void *hl_arena_lines(struct hl_arena *arena, size_t size);
/* `old` bytes at `ptr` (NULL: none) moved to room for `size`, in place when `ptr` was the last
   allocation. NULL: no memory, and the old bytes stay. */
void *hl_arena_regrow(struct hl_arena *arena, void *ptr, size_t old, size_t size);
/* A copy of `text` followed by a NUL that does not count; .ptr is NULL when there is no memory. */
struct hl_str hl_arena_dup(struct hl_arena *arena, struct hl_str text);

#define HL_NEW(arena, type) ((type *)hl_arena_zalloc((arena), 1, sizeof(type)))
#define HL_NEW_ARRAY(arena, n, type) ((type *)hl_arena_zalloc((arena), (n), sizeof(type)))

/* ------------------------------------------------------------------ vector */

/* Makes room for item n in the array *items (a pointer to the typed pointer), doubling *cap. The
   array moves; the old one stays valid until the arena's reset. False: no memory. */
bool hl_vec_room(struct hl_arena *arena, void *items, size_t n, size_t *cap, size_t size);
/* A zeroed place for one more item, counted in `n`; NULL: no memory. All arguments are lvalues. */
#define HL_PUSH(arena, items, n, cap)                                                              \
	(hl_vec_room((arena), &(items), (n), &(cap), sizeof *(items)) ? &(items)[(n)++] : NULL)

/* ------------------------------------------------------------------ sorting */

/* Does `a` stand before `b`? Never both ways. */
typedef bool hl_before_fn(void *arg, const void *a, const void *b);
/* Sorts pointers; equals keep their order. False: no memory, and nothing is moved. */
bool hl_sort(struct hl_arena *arena, const void **items, size_t n, hl_before_fn *before, void *arg);

/* ------------------------------------------------------------------ strings */

/* A view of a NUL-terminated text; NULL gives the empty view. */
struct hl_str hl_str_of(const char *cstr);
/* `len` bytes from `from`, both cut to what the text has. */
struct hl_str hl_str_sub(struct hl_str text, size_t from, size_t len);
bool hl_str_eq(struct hl_str a, struct hl_str b);
/* By bytes, a prefix first: negative, 0 or positive. */
int hl_str_cmp(struct hl_str a, struct hl_str b);
bool hl_str_starts(struct hl_str text, struct hl_str prefix);
bool hl_str_ends(struct hl_str text, struct hl_str suffix);
/* Offset of the first `part` at or after `from`; SIZE_MAX when there is none. */
size_t hl_str_find(struct hl_str text, struct hl_str part, size_t from);
/* Without ASCII space, tab, CR and LF at both ends. */
struct hl_str hl_str_trim(struct hl_str text);
/* A fixed hash (FNV-1a, finished): the same on every machine, so it may reach stored bytes. Not
   for tables whose keys an attacker may choose without a bound on their number. */
uint64_t hl_str_hash(struct hl_str text);
/* A quicker one, eight bytes at a time, for tables in memory alone: it may be another one on
   another machine. */
uint64_t hl_str_mix(struct hl_str text);

/* ------------------------------------------------------------------ UTF-8 */

/* The code point at *p, moving *p past it; p < end. Bytes that are no UTF-8 (surrogates, overlong
   and cut forms too) give U+FFFD, one for each longest piece that began well. */
uint32_t hl_utf8_next(const char **p, const char *end);
/* Writes `code` (a surrogate or beyond U+10FFFF as U+FFFD); gives the length, 1 to 4. */
size_t hl_utf8_put(char out[4], uint32_t code);
bool hl_utf8_valid(struct hl_str text);
/* Code points, bad pieces counting one each. */
size_t hl_utf8_count(struct hl_str text);
/* The bytes that the first `n` code points take; the text's length if it has fewer. */
size_t hl_utf8_prefix(struct hl_str text, size_t n);

/* ------------------------------------------------------------------ buffer */

/* A text that grows on an arena. The first failure sticks: later appends do nothing, and the owner
   asks `failed` once, at the end. Zero-initialised except for `arena`. */
struct hl_buf {
	struct hl_arena *arena;
	char *ptr;
	size_t len, cap;
	bool failed;
};

void hl_buf_init(struct hl_buf *buf, struct hl_arena *arena);
/* What was written so far; valid until the next append. */
struct hl_str hl_buf_view(const struct hl_buf *buf);
/* Room for `more` further bytes at the end, not yet counted in len; NULL and failed: no memory. */
char *hl_buf_room(struct hl_buf *buf, size_t more);
void hl_buf_str(struct hl_buf *buf, struct hl_str text);
void hl_buf_cstr(struct hl_buf *buf, const char *text);
void hl_buf_char(struct hl_buf *buf, char c);
void hl_buf_code(struct hl_buf *buf, uint32_t code); /* as UTF-8 */
void hl_buf_u64(struct hl_buf *buf, uint64_t value);
void hl_buf_i64(struct hl_buf *buf, int64_t value);
/* At least `width` digits, zeros in front: 7, 2 → 07. */
void hl_buf_padded(struct hl_buf *buf, uint64_t value, unsigned width);
/* `decimals` places (0 to 9), rounded half away from zero; beyond ±9e9 the nearest of these, a NaN
   as 0. -0 is 0. */
void hl_buf_fixed(struct hl_buf *buf, double value, unsigned decimals);
/* Lower-case hexadecimal digits of the bytes. */
void hl_buf_hex(struct hl_buf *buf, const void *bytes, size_t n);

/* ------------------------------------------------------------------ map */

struct hl_map_entry {
	struct hl_str key;
	uint64_t hash;
	uint32_t value;
};
/* hl_str → uint32, open addressing. The entries stand in the order of their first insertion and may
   be walked: entries[0 … n-1]. Nothing is removed. Zero-initialised except for `arena`. */
struct hl_map {
	struct hl_arena *arena;
	struct hl_map_entry *entries;
	uint32_t *slots; /* entry index + 1; 0: free */
	size_t n, cap, n_slots;
};

void hl_map_init(struct hl_map *map, struct hl_arena *arena);
/* Room for `n` entries at once, which saves the copies that growing makes. False: no memory. */
bool hl_map_reserve(struct hl_map *map, size_t n);
/* The value's place, or NULL when the key is not there; valid until the next insertion. */
uint32_t *hl_map_get(const struct hl_map *map, struct hl_str key);
/* The value's place, made with value `fresh` when the key was not there (*is_new says so; may be
   NULL). The key's bytes are kept by reference: they must outlive the map. NULL: no memory. */
uint32_t *hl_map_put(struct hl_map *map, struct hl_str key, uint32_t fresh, bool *is_new);

/* ------------------------------------------------------------------ nearness */

#define HL_NEAR_MAX 64 /* code points compared; longer names are near only to themselves */

/* Optimal string alignment over code points (a swap of neighbours counts 1); `limit` + 1 as soon as
   it is sure to be above `limit`. */
unsigned hl_edit_distance(struct hl_str a, struct hl_str b, unsigned limit);
/* Index of the nearest name for "did you mean": a slip in up to three letters, in four or five two
   if they begin alike, then a third of the letters; never all of them. The first of equals.
   SIZE_MAX: none is near. */
size_t hl_nearest(struct hl_str name, const struct hl_str *names, size_t n);

#endif
