/*
 * "Did you mean": the nearest of some names, by edit distance with swaps. Knows nothing of what is
 * named.
 */
#include <limits.h>
#include <string.h>

#include "base/pool.h"
#include "base/u8.h"
#include "hotline_rules.h"

#define WORD_MAX 64 /* code points */

struct word {
	uint32_t v[WORD_MAX];
	size_t n;
};

/* Case and - _ count as equal. False: too long to be a name. */
static bool decode(struct word *out, struct hl_str text)
{
	out->n = 0;
	for (size_t at = 0; at < text.len;) {
		uint32_t point;
		at += hl_u8_next(&point, text, at);
		if (out->n == WORD_MAX)
			return false;
		if (point >= 'A' && point <= 'Z')
			point += 'a' - 'A';
		out->v[out->n++] = point == '-' ? '_' : point;
	}
	return out->n > 0;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Edit distance with swaps of neighbours. */
static unsigned distance(const struct word *a, const struct word *b)
{
	unsigned rows[3][WORD_MAX + 1];
	unsigned *before = rows[0], *above = rows[1], *row = rows[2];
	for (size_t j = 0; j <= b->n; j++)
		above[j] = (unsigned)j;
	for (size_t i = 1; i <= a->n; i++) {
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b->n; j++) {
			unsigned best = above[j - 1] + (a->v[i - 1] != b->v[j - 1]);
			best = least(best, least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a->v[i - 1] == b->v[j - 2] &&
			    a->v[i - 2] == b->v[j - 1])
				best = least(best, before[j - 2] + 1);
			row[j] = best;
		}
		unsigned *free_row = before;
		before = above;
		above = row;
		row = free_row;
	}
	return above[b->n];
}

/* How many slips are a slip and not another word. */
static unsigned slips(const struct word *word, const struct word *candidate)
{
	size_t n = word->n;
	return n < 4 ? 1 : n < 6 ? 1 + (word->v[0] == candidate->v[0]) : least((unsigned)n / 3, 4);
}

static bool begins(const struct word *text, const struct word *with)
{
	return with->n >= 2 && text->n > with->n && (with->n > 2 || with->v[0] >= 0x80) &&
	       memcmp(text->v, with->v, with->n * sizeof(with->v[0])) == 0;
}

/* `missing` where `deposit.missing` is meant. */
static bool ends(const struct word *text, const struct word *with)
{
	size_t before = text->n - with->n;
	return with->n >= 2 && text->n > with->n + 1 && text->v[before - 1] == '.' &&
	       memcmp(text->v + before, with->v, with->n * sizeof(with->v[0])) == 0;
}

size_t hl_did_you_mean(struct hl_str word, const struct hl_str *candidates, size_t n)
{
	struct word said, other;
	size_t found = n, part = n;
	unsigned nearest = UINT_MAX;
	if (!decode(&said, word))
		return n;
	for (size_t i = 0; i < n; i++) {
		if (!decode(&other, candidates[i]))
			continue;
		unsigned d = distance(&said, &other);
		bool alike = d < said.n || d < other.n; /* else nothing in common */
		if (alike && d <= slips(&said, &other) && d < nearest) {
			nearest = d;
			found = i;
		}
		if (part == n &&
		    (begins(&other, &said) || begins(&said, &other) || ends(&other, &said)))
			part = i;
	}
	return found < n ? found : part;
}
