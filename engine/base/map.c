/*
 * Names to numbers, and the nearest name for a misspelt one. The hash has no random seed on
 * purpose: the walk order, and with it every result, is the same on each run.
 */
#include <limits.h>
#include <string.h>

#include "base/base.h"

void hl_map_init(struct hl_map *map, struct hl_arena *arena)
{
	*map = (struct hl_map){.arena = arena};
}

/* The slot of the key, or the free one where it belongs; the table is never full. */
static size_t slot_of(const struct hl_map *map, struct hl_str key, uint64_t hash)
{
	size_t mask = map->n_slots - 1;
	size_t slot = (size_t)hash & mask;
	while (map->slots[slot] != 0) {
		const struct hl_map_entry *entry = &map->entries[map->slots[slot] - 1];
		if (entry->hash == hash && hl_str_eq(entry->key, key))
			break;
		slot = (slot + 1) & mask;
	}
	return slot;
}

uint32_t *hl_map_get(const struct hl_map *map, struct hl_str key)
{
	if (map->n == 0)
		return NULL;
	uint32_t index = map->slots[slot_of(map, key, hl_str_mix(key))];
	return index == 0 ? NULL : &map->entries[index - 1].value;
}

static bool set_slots(struct hl_map *map, size_t wanted)
{
	uint32_t *slots = hl_arena_zalloc(map->arena, wanted, sizeof *slots);
	if (slots == NULL)
		return false;
	map->slots = slots;
	map->n_slots = wanted;
	for (size_t i = 0; i < map->n; i++) {
		size_t slot = slot_of(map, map->entries[i].key, map->entries[i].hash);
		slots[slot] = (uint32_t)i + 1;
	}
	return true;
}

static bool grow_slots(struct hl_map *map)
{
	return set_slots(map, map->n_slots == 0 ? 16 : map->n_slots * 2);
}

bool hl_map_reserve(struct hl_map *map, size_t n)
{
	size_t wanted = 16;
	if (n <= map->cap || n > UINT32_MAX / 2)
		return true;
	struct hl_map_entry *entries = hl_arena_array(map->arena, n, sizeof *entries);
	if (entries == NULL)
		return false;
	if (map->n > 0)
		memcpy(entries, map->entries, map->n * sizeof *entries);
	map->entries = entries;
	map->cap = n;
	while (n * 3 >= wanted * 2)
		wanted *= 2;
	return wanted <= map->n_slots || set_slots(map, wanted);
}

uint32_t *hl_map_put(struct hl_map *map, struct hl_str key, uint32_t fresh, bool *is_new)
{
	uint64_t hash = hl_str_mix(key);
	bool ignored;
	if (is_new == NULL)
		is_new = &ignored;
	*is_new = false;
	if (map->n >= UINT32_MAX - 1)
		return NULL;
	if (map->n * 3 >= map->n_slots * 2 && !grow_slots(map))
		return NULL;
	size_t slot = slot_of(map, key, hash);
	if (map->slots[slot] == 0) {
		struct hl_map_entry *entry = HL_PUSH(map->arena, map->entries, map->n, map->cap);
		if (entry == NULL)
			return NULL;
		*entry = (struct hl_map_entry){key, hash, fresh};
		map->slots[slot] = (uint32_t)map->n;
		*is_new = true;
	}
	return &map->entries[map->slots[slot] - 1].value;
}

static size_t decode(uint32_t out[HL_NEAR_MAX], struct hl_str text)
{
	size_t n = 0;
	const char *p = text.ptr;
	while (text.len > 0 && p < text.ptr + text.len) {
		if (n == HL_NEAR_MAX)
			return SIZE_MAX;
		out[n++] = hl_utf8_next(&p, text.ptr + text.len);
	}
	return n;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned hl_edit_distance(struct hl_str a, struct hl_str b, unsigned limit)
{
	uint32_t x[HL_NEAR_MAX], y[HL_NEAR_MAX];
	unsigned rows[3][HL_NEAR_MAX + 1];
	size_t nx = decode(x, a), ny = decode(y, b);
	if (nx == SIZE_MAX || ny == SIZE_MAX)
		return hl_str_eq(a, b) ? 0 : limit + 1;
	for (size_t j = 0; j <= ny; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= nx; i++) {
		unsigned *row = rows[i % 3], *above = rows[(i - 1) % 3],
			 *two_above = rows[(i + 1) % 3];
		unsigned best = row[0] = (unsigned)i;
		for (size_t j = 1; j <= ny; j++) {
			row[j] = least(least(above[j], row[j - 1]) + 1,
				       above[j - 1] + (x[i - 1] != y[j - 1]));
			if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
				row[j] = least(row[j], two_above[j - 2] + 1);
			best = least(best, row[j]);
		}
		/* a swap reaches back two rows at cost 1, so one row alone proves limit + 1 only
		 * here */
		if (best > limit + 1)
			return limit + 1;
	}
	return least(rows[nx % 3][ny], limit + 1);
}

/* How many slips are a slip and not another word. */
static unsigned slips(size_t letters, bool same_start)
{
	return letters < 4    ? 1
	       : letters < 6  ? 1 + (unsigned)same_start
	       : letters < 24 ? (unsigned)letters / 3
			      : 8;
}

size_t hl_nearest(struct hl_str name, const struct hl_str *names, size_t n)
{
	size_t nearest = SIZE_MAX, letters = hl_utf8_count(name);
	unsigned best = UINT_MAX;
	for (size_t i = 0; i < n && best > 0; i++) {
		bool same = name.len && names[i].len && name.ptr[0] == names[i].ptr[0];
		size_t others = hl_utf8_count(names[i]),
		       longer = others > letters ? others : letters;
		unsigned allowed = slips(letters, same);
		unsigned distance = hl_edit_distance(name, names[i], allowed);
		if (distance <= allowed && distance < best && distance < longer) {
			nearest = i;
			best = distance;
		}
	}
	return nearest;
}
