/* Which rules are worth confirming, against looking at every clause of every rule: clauses of one
   atom, of pairs and of many; more atoms and sets than there are slots. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "prefilter/index.h"

struct made {
	struct hl_arena arena, work, turn;
	struct hl_clauses *rules, *asked; /* the index puts its own into another order */
	size_t n, n_atoms;
	struct hl_index index;
	uint8_t *taken;
};

/* Some atoms are in most rules, most in few. */
static uint32_t draw_atom(const struct made *m)
{
	unsigned n = (unsigned)m->n_atoms;
	return draw(3) ? draw(n) : draw(n < 12 ? n : 12);
}

static void make_clause(struct made *m, struct hl_clause *clause, unsigned most)
{
	uint32_t *atoms = hl_arena_array(&m->work, most, sizeof *atoms);
	clause->n = draw(3) ? 1 + draw(2) : 1 + draw(most);
	clause->atoms = atoms;
	for (uint32_t i = 0; i < clause->n; i++)
		atoms[i] = draw_atom(m);
}

static void make(struct made *m, size_t n, size_t n_atoms)
{
	memset(m, 0, sizeof *m);
	m->n = n;
	m->n_atoms = n_atoms;
	m->rules = HL_NEW_ARRAY(&m->work, n, struct hl_clauses);
	m->asked = HL_NEW_ARRAY(&m->work, n, struct hl_clauses);
	for (size_t r = 0; r < n; r++) {
		struct hl_clauses *rule = &m->rules[r];
		rule->n = draw(40) ? 1 + draw(6) : 0;
		rule->v = HL_NEW_ARRAY(&m->work, rule->n + 1, struct hl_clause);
		m->asked[r] = *rule;
		m->asked[r].v = HL_NEW_ARRAY(&m->work, rule->n + 1, struct hl_clause);
		for (size_t c = 0; c < rule->n; c++) {
			make_clause(m, &rule->v[c], 8);
			/* other rules ask for the same */
			if (c && r && m->asked[r - 1].n > c && !draw(4))
				rule->v[c] = m->asked[r - 1].v[c];
			m->asked[r].v[c] = rule->v[c];
		}
	}
	assert_int_equal(hl_index_build(&m->index, &m->arena, &m->work, m->rules, n, n_atoms),
			 HL_OK);
	m->taken = calloc(m->index.n_slots, 1);
	assert_non_null(m->taken);
}

static void drop(struct made *m)
{
	hl_arena_deinit(&m->arena);
	hl_arena_deinit(&m->work);
	hl_arena_deinit(&m->turn);
	free(m->taken);
}

static bool slow_may_match(const struct hl_clauses *rule, const uint64_t *bits)
{
	bool holds = true;
	for (size_t c = 0; c < rule->n && holds; c++) {
		bool any = false;
		for (uint32_t i = 0; i < rule->v[c].n; i++) {
			uint32_t atom = rule->v[c].atoms[i];
			any |= bits[atom / 64] >> (atom % 64) & 1;
		}
		holds = any;
	}
	return holds;
}

/* A message has some atoms of one rule, so that not all rules say no, and others. */
static size_t make_message(const struct made *m, uint32_t *list, uint64_t *bits, size_t most)
{
	const struct hl_clauses *rule = &m->asked[draw((unsigned)m->n)];
	size_t n = 0, want = 1 + draw((unsigned)most);
	memset(bits, 0, (m->n_atoms / 64 + 1) * sizeof *bits);
	for (size_t i = 0; i < want + rule->n; i++) {
		uint32_t atom = draw_atom(m);
		if (i < rule->n)
			atom = rule->v[i].atoms[draw(rule->v[i].n)];
		if (bits[atom / 64] >> (atom % 64) & 1)
			continue;
		bits[atom / 64] |= 1ull << (atom % 64);
		list[n++] = atom;
	}
	return n;
}

static void compare(struct made *m, const uint32_t *list, size_t n_list, const uint64_t *bits)
{
	struct hl_present present = {list, n_list, bits, m->taken, m->rules, sizeof *m->rules};
	const uint32_t *found;
	size_t n, looked, at = 0;
	hl_arena_reset(&m->turn);
	assert_int_equal(hl_index_candidates(&found, &n, &looked, &m->turn, &m->index, &present),
			 HL_OK);
	for (uint32_t r = 0; r < m->n; r++) {
		bool is_found = at < n && found[at] == r;
		at += is_found;
		if (is_found != slow_may_match(&m->asked[r], bits))
			fail_msg("rule %u is%s found", r, is_found ? "" : " not");
	}
	assert_int_equal(at, n);
	assert_true(looked >= n);
	for (uint32_t s = 0; s < m->index.n_slots; s++)
		assert_int_equal(m->taken[s], 0);
}

static void run(size_t n_rules, size_t n_atoms, size_t messages)
{
	struct made m;
	make(&m, n_rules, n_atoms);
	uint32_t *list = hl_arena_array(&m.work, n_atoms + 16, sizeof *list);
	uint64_t *bits = hl_arena_array(&m.work, n_atoms / 64 + 1, sizeof *bits);
	for (size_t i = 0; i < messages; i++) {
		size_t n = make_message(&m, list, bits, draw(10) ? 20 : n_atoms / 2 + 1);
		compare(&m, list, n, bits);
	}
	drop(&m);
}

static void test_few_atoms(void **state)
{
	(void)state;
	for (int i = 0; i < 300; i++)
		run(1 + draw(60), 1 + draw(30), 30);
}

static void test_many_atoms(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++)
		run(1 + draw(3000), 2000, 60);
}

/* So many rules speak of one atom alone that its postings just fill a group or two. */
static void test_full_groups(void **state)
{
	static const uint32_t atoms[] = {0, 1, 2};
	static const size_t counts[] = {1, 14, 15, 254, 255, 256, 509, 510, 511, 1100, 5000};
	(void)state;
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		struct made m = {.n = counts[i], .n_atoms = 3};
		m.rules = HL_NEW_ARRAY(&m.work, m.n, struct hl_clauses);
		m.asked = HL_NEW_ARRAY(&m.work, m.n, struct hl_clauses);
		m.taken = calloc(4, 1);
		for (size_t r = 0; r < m.n; r++) {
			struct hl_clause *v = HL_NEW_ARRAY(&m.work, 4, struct hl_clause);
			v[0] = v[2] = (struct hl_clause){atoms, 1};
			v[1] = v[3] = (struct hl_clause){atoms + 1 + r % 2, 1};
			m.rules[r] = (struct hl_clauses){v, r % 3 ? 1 : 2};
			m.asked[r] = (struct hl_clauses){v + 2, m.rules[r].n};
		}
		assert_int_equal(hl_index_build(&m.index, &m.arena, &m.work, m.rules, m.n, 3),
				 HL_OK);
		assert_true(m.index.n_slots <= 4);
		for (uint64_t bits = 0; bits < 8; bits++) {
			uint32_t list[3];
			size_t n = 0;
			for (uint32_t a = 0; a < 3; a++)
				if (bits >> a & 1)
					list[n++] = a;
			compare(&m, list, n, &bits);
		}
		drop(&m);
	}
}

static void test_more_than_slots(void **state)
{
	(void)state;
	run(90000, 120000, 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_few_atoms),
		cmocka_unit_test(test_many_atoms),
		cmocka_unit_test(test_full_groups),
		cmocka_unit_test(test_more_than_slots),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
