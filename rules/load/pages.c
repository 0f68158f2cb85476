/*
 * Huge pages for a frozen rule set. A message reads some hundred places all over it, and with small
 * pages many of these reads cost a walk through the page tables besides. Knows the system's advice
 * calls, nothing of rules.
 */
#include <stdint.h>
#include <sys/mman.h>

#include "hotline_rules.h"

#define HUGE_PAGE ((size_t)2 << 20)

#ifndef MADV_COLLAPSE /* Linux 6.1; younger than the C library of Debian 12 */
#define MADV_COLLAPSE 25
#endif

/* The first advice lets later faults and the kernel's own thread do it, the second does it now. */
static void ask(void *arg, const void *start, size_t bytes)
{
	void *at = (void *)(uintptr_t)start;
	(void)arg;
	if (bytes >= HUGE_PAGE && madvise(at, bytes, MADV_HUGEPAGE) == 0)
		(void)madvise(at, bytes, MADV_COLLAPSE);
}

void hl_rules_room(void *arg, void *start, size_t bytes)
{
	(void)arg;
	(void)madvise(start, bytes, MADV_HUGEPAGE);
}

void hl_rules_huge_pages(const struct hl_ruleset *set)
{
	hl_ruleset_memory(set, ask, NULL);
}
