/* Machine code for a pack's patterns, made ahead by workers: it is most of what a first load takes,
   and needs nothing of the set that is being built. Says nothing: a pattern that is refused is
   refused again, with its place, when its turn comes. */
#include "ruleset/build.h"

#define PATTERNS_A_JOB 32
#define PATTERNS_LEAST 64 /* fewer are done sooner than threads are started */

struct ahead {
	struct hl_str *texts;
	struct hl_machine **codes;
	size_t n;
};

static void compile_some(void *arg, size_t job)
{
	struct ahead *a = arg;
	struct hl_arena work = {0};
	size_t from = job * PATTERNS_A_JOB, to = from + PATTERNS_A_JOB;
	for (size_t i = from; i < to && i < a->n; i++) {
		a->codes[i] = hl_pattern_machine(&work, a->texts[i]);
		hl_arena_reset(&work);
	}
	hl_arena_deinit(&work);
}

static size_t count(const struct hl_pack *pack)
{
	size_t n = 0;
	for (size_t i = 0; i < pack->n_intents; i++)
		n += pack->intents[i].patterns.n;
	return n;
}

/* Into a map by text; of two alike one goes at once. */
static int keep(struct hl_build *b, const struct ahead *a)
{
	struct hl_machines *ready = &b->ready;
	bool is_new, room = true;
	hl_map_init(&ready->texts, &b->work);
	ready->v = a->codes;
	for (size_t i = 0; i < a->n; i++) {
		struct hl_machine *code = a->codes[i];
		if (!code)
			continue;
		is_new = false;
		room &= hl_map_put(&ready->texts, code->text, (uint32_t)ready->n, &is_new) != NULL;
		if (is_new)
			ready->v[ready->n++] = code;
		else
			hl_machine_unref(code);
	}
	return room ? HL_OK : HL_NOMEM;
}

int hl_build_ahead(struct hl_build *b, const struct hl_workers *workers)
{
	const struct hl_pack *pack = &b->set->pack;
	struct ahead a = {.n = 0};
	size_t n = count(pack);
	bool known = b->patterns.like && b->patterns.like->n >= n / 2;
	if (!workers || known || n < PATTERNS_LEAST)
		return HL_OK;
	a.texts = HL_NEW_ARRAY(&b->work, n, struct hl_str);
	a.codes = HL_NEW_ARRAY(&b->work, n, struct hl_machine *);
	if (!a.texts || !a.codes)
		return HL_NOMEM;
	for (size_t i = 0; i < pack->n_intents; i++)
		for (size_t p = 0; p < pack->intents[i].patterns.n; p++)
			a.texts[a.n++] = pack->intents[i].patterns.v[p].text;
	workers->run(workers->arg, compile_some, &a, (n + PATTERNS_A_JOB - 1) / PATTERNS_A_JOB);
	return keep(b, &a);
}

void hl_build_ahead_done(struct hl_build *b)
{
	for (size_t i = 0; i < b->ready.n; i++)
		hl_machine_unref(b->ready.v[i]);
	b->ready.n = 0;
}
