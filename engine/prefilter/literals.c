/* Most literals stand at a border of a word: they are looked for only where a run of \w begins or
   ends, and from there only as far as a literal goes on. The others take the automaton's pass. Very
   long ones too, so that a text made for it does not cost more than its length. */
#include "prefilter/literals.h"

#include <string.h>

#include "prefilter/borders.h"
#include "text/text.h"

struct sorting {
	struct hl_trie_text *begins, *ends;
	struct hl_literal *others;
	struct hl_str *other_texts;
	size_t n_begins, n_ends, n_others;
};

static void sort_one(struct sorting *s, const struct hl_literal *literal)
{
	struct hl_str text = literal->text;
	bool fits = text.len <= HL_TRIE_TEXT_MAX && !memchr(text.ptr, 0, text.len);
	struct hl_trie_text entry = {text, literal->atom, false};
	if (fits && literal->borders & HL_BORDER_LEFT && hl_is_word_byte(text.ptr[0])) {
		entry.border = literal->borders & HL_BORDER_RIGHT;
		s->begins[s->n_begins++] = entry;
	} else if (fits && literal->borders == HL_BORDER_RIGHT &&
		   hl_is_word_byte(text.ptr[text.len - 1])) {
		s->ends[s->n_ends++] = entry;
	} else {
		s->other_texts[s->n_others] = text;
		s->others[s->n_others++] = *literal;
	}
}

int hl_literals_build(struct hl_literals *out, struct hl_arena *arena, struct hl_arena *work,
		      const struct hl_literal *literals, size_t n)
{
	struct sorting s = {.begins = HL_NEW_ARRAY(work, n + 1, struct hl_trie_text),
			    .ends = HL_NEW_ARRAY(work, n + 1, struct hl_trie_text),
			    .others = HL_NEW_ARRAY(work, n + 1, struct hl_literal),
			    .other_texts = HL_NEW_ARRAY(work, n + 1, struct hl_str)};
	if (!s.begins || !s.ends || !s.others || !s.other_texts)
		return HL_NOMEM;
	for (size_t i = 0; i < n; i++)
		sort_one(&s, &literals[i]);
	struct hl_literal *others = hl_arena_array(arena, s.n_others + 1, sizeof *others);
	if (!others)
		return HL_NOMEM;
	memcpy(others, s.others, s.n_others * sizeof *others);
	*out = (struct hl_literals){.others = others,
				    .n_begins = s.n_begins,
				    .n_ends = s.n_ends,
				    .n_others = s.n_others};
	int rc = hl_trie_build(&out->begins, arena, work, s.begins, s.n_begins, false);
	if (rc == HL_OK)
		rc = hl_trie_build(&out->ends, arena, work, s.ends, s.n_ends, true);
	if (rc == HL_OK)
		rc = hl_automaton_build(&out->anywhere, arena, work, s.other_texts, s.n_others);
	return rc;
}

/* A bit for each of the 64 bytes from `at` on that is \w, the first lowest; none behind the text.
 */
static uint64_t block_of(struct hl_str text, size_t at)
{
	uint64_t mask = 0;
	for (unsigned i = 0; i < 64 && at + i < text.len; i += 8) {
		/* the high bits are brought together in the topmost byte */
		uint64_t found = hl_word_bytes(hl_text_load8(text.ptr + at + i)) >> 7;
		mask |= (found * 0x0102040810204080u >> 56) << i;
	}
	return mask;
}

struct scan {
	const struct hl_literals *set;
	struct hl_str text;
	const uint64_t *known;
	void (*found)(void *arg, uint32_t atom, uint32_t len, uint32_t end);
	void *arg;
};

static void found_anywhere(void *arg, uint32_t literal, uint32_t end)
{
	const struct scan *scan = arg;
	const struct hl_literal *of = &scan->set->others[literal];
	uint32_t len = (uint32_t)of->text.len;
	if ((of->borders & HL_BORDER_RIGHT && !hl_is_border(scan->text, end)) ||
	    (of->borders & HL_BORDER_LEFT && !hl_is_border(scan->text, end - len)))
		return;
	scan->found(scan->arg, of->atom, len, end);
}

static void look_at_runs(const struct scan *scan)
{
	const struct hl_literals *set = scan->set;
	uint64_t before = 0; /* 1: the last byte of the block before is \w */
	for (size_t block = 0; block <= scan->text.len; block += 64) {
		uint64_t in = block_of(scan->text, block), after = in << 1 | before;
		uint64_t unknown = ~scan->known[block / 64];
		before = in >> 63;
		uint64_t begins = in & ~after & unknown, ends = after & ~in & unknown;
		if (set->n_begins && begins)
			hl_trie_look(&set->begins, scan->text, block, begins, scan->found,
				     scan->arg);
		if (set->n_ends && ends)
			hl_trie_look(&set->ends, scan->text, block, ends, scan->found, scan->arg);
	}
}

static void found_at_end(void *arg, uint32_t atom, uint32_t len, uint32_t end)
{
	bool *none = arg;
	(void)atom, (void)len, (void)end;
	*none = false;
}

bool hl_literals_of_run(const struct hl_literals *set, struct hl_str run,
			void (*found)(void *arg, uint32_t atom, uint32_t len, uint32_t end),
			void *arg)
{
	bool none = true;
	if (set->n_begins)
		hl_trie_look(&set->begins, run, 0, 1, found, arg);
	if (set->n_ends)
		hl_trie_look(&set->ends, run, 0, 1ull << run.len, found_at_end, &none);
	return none;
}

void hl_literals_scan(const struct hl_literals *set, struct hl_str text, const uint64_t *known,
		      void (*found)(void *arg, uint32_t atom, uint32_t len, uint32_t end),
		      void *arg)
{
	struct scan scan = {set, text, known, found, arg};
	if (set->n_begins + set->n_ends)
		look_at_runs(&scan);
	if (set->n_others)
		hl_automaton_scan(&set->anywhere, text, found_anywhere, &scan);
}
