/*
 * What classes have in common, read from their names: withdrawal.pending and withdrawal.failed are
 * both about withdrawals, so a text of one tells a little about the other. Knows names as the
 * authors of rule packs write them: words with signs between.
 */
#include <math.h>

#include "likeness/features.h"

static bool parts_names(char c)
{
	return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		 (unsigned char)c >= 0x80);
}

static bool has(const uint32_t *v, size_t n, uint32_t what)
{
	for (size_t i = 0; i < n; i++)
		if (v[i] == what)
			return true;
	return false;
}

/* The parts of one name, new ones numbered in the order they are met. */
static int read_name(struct hl_kinship *k, struct hl_map *numbers, size_t *n, size_t *cap,
		     struct hl_arena *arena, struct hl_str name)
{
	size_t begin = *n;
	for (size_t i = 0, from = 0; i <= name.len; i++) {
		if (i < name.len && !parts_names(name.ptr[i]))
			continue;
		struct hl_str part = {name.ptr + from, i - from};
		from = i + 1;
		if (part.len == 0)
			continue;
		uint32_t *number = hl_map_get(numbers, part);
		if (number == NULL)
			number = hl_map_put(numbers, part, (uint32_t)numbers->n, NULL);
		if (number == NULL)
			return HL_NOMEM;
		if (has(k->parts + begin, *n - begin, *number))
			continue;
		uint32_t *place = HL_PUSH(arena, k->parts, *n, *cap);
		if (place == NULL)
			return HL_NOMEM;
		*place = *number;
	}
	return HL_OK;
}

int hl_kinship_read(struct hl_kinship *out, struct hl_arena *arena, const struct hl_str *names,
		    uint32_t n_names, uint32_t n_classes)
{
	struct hl_kinship k = {.first = HL_NEW_ARRAY(arena, (size_t)n_classes + 1, uint32_t),
			       .share = HL_NEW_ARRAY(arena, n_classes, float)};
	struct hl_map numbers;
	size_t n = 0, cap = 0;
	if (k.first == NULL || k.share == NULL)
		return HL_NOMEM;
	hl_map_init(&numbers, arena);
	for (uint32_t i = 0; i < n_classes; i++) {
		int status = names == NULL || i >= n_names
				     ? HL_OK
				     : read_name(&k, &numbers, &n, &cap, arena, names[i]);
		if (status != HL_OK)
			return status;
		k.first[i + 1] = (uint32_t)n;
		if (n > k.first[i])
			k.share[i] = 1 / sqrtf((float)(n - k.first[i]));
	}
	k.n_parts = (uint32_t)numbers.n;
	*out = k;
	return HL_OK;
}
