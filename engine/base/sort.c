/*
 * A stable merge sort. Why our own: libc's may take the heap and need not be stable, and a message
 * that a thousand rules match must not cost a million comparisons.
 */
#include "base/base.h"

bool hl_sort(struct hl_arena *arena, const void **items, size_t n, hl_before_fn *before, void *arg)
{
	const void **from = items;
	const void **to = n < 2 ? items : hl_arena_array(arena, n, sizeof *to);
	if (to == NULL)
		return false;
	for (size_t width = 1; width < n; width *= 2) {
		for (size_t start = 0; start < n; start += 2 * width) {
			size_t a = start, middle = n - start < width ? n : start + width;
			size_t b = middle, end = n - middle < width ? n : middle + width;
			for (size_t i = start; i < end; i++) {
				bool second =
					a == middle || (b < end && before(arg, from[b], from[a]));
				to[i] = second ? from[b++] : from[a++];
			}
		}
		const void **swap = from;
		from = to;
		to = swap;
	}
	for (size_t i = 0; i < n && from != items; i++)
		items[i] = from[i];
	return true;
}
