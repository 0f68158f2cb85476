/*
 * "Did you mean": the nearest of some names, by edit distance with swaps. Knows nothing of what is
 * named.
 */
#include <string.h>

#include "base/pool.h"
#include "hotline_rules.h"

#define WORD_MAX 64

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c == '-' ? '_' : c;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Edit distance with swaps of neighbours, over bytes; case and - _ count as equal. */
static unsigned distance(struct hl_str a, struct hl_str b)
{
	unsigned rows[3][WORD_MAX + 1];
	unsigned *before = rows[0], *above = rows[1], *row = rows[2];
	for (size_t j = 0; j <= b.len; j++)
		above[j] = (unsigned)j;
	for (size_t i = 1; i <= a.len; i++) {
		char c = lower(a.ptr[i - 1]);
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b.len; j++) {
			char d = lower(b.ptr[j - 1]);
			unsigned best = above[j - 1] + (c != d);
			best = least(best, least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && c == lower(b.ptr[j - 2]) && lower(a.ptr[i - 2]) == d)
				best = least(best, before[j - 2] + 1);
			row[j] = best;
		}
		unsigned *free_row = before;
		before = above;
		above = row;
		row = free_row;
	}
	return above[b.len];
}

static bool begins(struct hl_str text, struct hl_str with)
{
	return with.len >= 3 && text.len > with.len && memcmp(text.ptr, with.ptr, with.len) == 0;
}

size_t hl_did_you_mean(struct hl_str word, const struct hl_str *candidates, size_t n)
{
	size_t found = n;
	unsigned least_distance = word.len <= 2 ? 1 : word.len <= 5 ? 2 : 3;
	least_distance++; /* exclusive */
	if (word.len == 0 || word.len > WORD_MAX)
		return n;
	for (size_t i = 0; i < n; i++) {
		if (candidates[i].len == 0 || candidates[i].len > WORD_MAX)
			continue;
		unsigned d = distance(word, candidates[i]);
		if (d >= word.len && d >= candidates[i].len)
			continue; /* nothing in common */
		if (d < least_distance) {
			least_distance = d;
			found = i;
		}
	}
	for (size_t i = 0; found == n && i < n; i++)
		if (begins(candidates[i], word) || begins(word, candidates[i]))
			found = i;
	return found;
}
