/* Compiles an author's pattern with PCRE2 and turns its sure literals into clauses. Knows PCRE2's
   options and how its complaints read in plain words. */
#include "ruleset/pattern.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "text/text.h"

static void report_as(enum hl_level level, struct hl_pattern_env *env, const struct hl_line *line,
		      const struct hl_normal *folded, size_t offset, size_t len, const char *code,
		      struct hl_str message, struct hl_str remedy)
{
	struct hl_span span = {(uint32_t)line->text.len, (uint32_t)line->text.len};
	if (offset < folded->text.len) {
		if (!len || offset + len > folded->text.len)
			len = 1;
		span = hl_normal_span(folded, (uint32_t)offset, (uint32_t)(offset + len));
	}
	uint32_t marked = span.end > span.start ? span.end - span.start : 1;
	hl_report(env->report, level, code, line->src, span.start, marked, message, remedy);
}

static void report_at(struct hl_pattern_env *env, const struct hl_line *line,
		      const struct hl_normal *folded, size_t offset, size_t len, const char *code,
		      struct hl_str message, const char *remedy)
{
	report_as(HL_ERROR, env, line, folded, offset, len, code, message, hl_str_of(remedy));
}

/* Are they one letter to a caseless pattern? */
static bool same_letter(struct hl_str a, struct hl_str b)
{
	const char *p = a.ptr, *q = b.ptr;
	if (!a.len || !b.len)
		return false;
	utf8proc_int32_t x = (utf8proc_int32_t)hl_utf8_next(&p, a.ptr + a.len);
	utf8proc_int32_t y = (utf8proc_int32_t)hl_utf8_next(&q, b.ptr + b.len);
	return p == a.ptr + a.len && q == b.ptr + b.len &&
	       (utf8proc_tolower(x) == utf8proc_tolower(y) ||
		utf8proc_toupper(x) == utf8proc_toupper(y));
}

/* Says of `piece`, a part of the pattern, how a message has it; nothing of an empty one. */
static int tell_unseen(struct hl_pattern_env *env, const struct hl_line *line,
		       const struct hl_normal *folded, struct hl_str piece)
{
	struct hl_normal seen;
	if (!piece.len)
		return HL_OK;
	if (hl_text_normalise(&seen, env->work, piece, NULL, 0) != HL_OK)
		return HL_NOMEM;
	report_as(HL_WARNING, env, line, folded, (size_t)(piece.ptr - folded->text.ptr), piece.len,
		  "pattern.unseen",
		  hl_report_join(env->report, HL_STR("no message holds `"), piece,
				 HL_STR("`, however it is written")),
		  seen.text.len ? hl_report_join(env->report, HL_STR("write `"), seen.text,
						 HL_STR("`: so it is read"))
				: HL_STR("take it out: it is not read"));
	return HL_OK;
}

/* `ß`, `ﬁ`, an accent of its own: a message has them written otherwise, as it is normalised and the
   pattern is not. */
static int warn_unseen(struct hl_pattern_env *env, const struct hl_line *line,
		       const struct hl_normal *folded)
{
	const char *base = folded->text.ptr, *end = base + folded->text.len, *before = base;
	struct hl_str unseen = {base, 0};
	int rc = HL_OK;
	for (const char *p = base, *at; p < end && rc == HL_OK; before = at) {
		at = p;
		enum hl_char_kind kind = hl_char_kind_of(hl_utf8_next(&p, end));
		const char *from = kind == HL_CHAR_MARK ? before : at;
		struct hl_str piece = {from, (size_t)(p - from)};
		struct hl_normal seen = {.text = piece};
		if (p - at > 1 && kind != HL_CHAR_HAN &&
		    hl_text_normalise(&seen, env->work, piece, NULL, 0) != HL_OK)
			return HL_NOMEM;
		if (!hl_str_eq(seen.text, piece) && !same_letter(seen.text, piece)) {
			if (!unseen.len)
				unseen.ptr = from;
			unseen.len = (size_t)(p - unseen.ptr);
		} else {
			rc = tell_unseen(env, line, folded, unseen);
			unseen.len = 0;
		}
	}
	return rc == HL_OK ? tell_unseen(env, line, folded, unseen) : rc;
}

struct hl_machine *hl_machine_unref(struct hl_machine *code)
{
	if (code && atomic_fetch_sub_explicit(&code->references, 1, memory_order_acq_rel) == 1) {
		pcre2_code_free(code->pcre);
		free(code);
	}
	return NULL;
}

static struct hl_machine *new_machine(struct hl_str folded)
{
	struct hl_machine *code = malloc(sizeof *code + folded.len + 1);
	if (!code)
		return NULL;
	char *text = (char *)(code + 1);
	memcpy(text, folded.ptr, folded.len);
	text[folded.len] = 0;
	*code = (struct hl_machine){.text = {text, folded.len}};
	atomic_init(&code->references, 1);
	return code;
}

/* The code of a folded pattern. HL_OK; HL_REFUSED: *error and *offset are PCRE2's; HL_NOMEM. */
static int make_machine(struct hl_machine **out, int *error, PCRE2_SIZE *offset,
			struct hl_str folded, bool jit)
{
	uint32_t options = PCRE2_UTF | PCRE2_CASELESS | PCRE2_DOLLAR_ENDONLY |
			   PCRE2_USE_OFFSET_LIMIT | PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UCP;
	struct hl_machine *code = new_machine(folded);
	if (!code)
		return HL_NOMEM;
	code->pcre =
		pcre2_compile((PCRE2_SPTR)folded.ptr, folded.len, options, error, offset, NULL);
	if (!code->pcre) {
		free(code);
		return *error == PCRE2_ERROR_HEAP_FAILED ? HL_NOMEM : HL_REFUSED;
	}
	/* without JIT (a machine that has none) the interpreter obeys the same limits */
	if (jit)
		pcre2_jit_compile(code->pcre, PCRE2_JIT_COMPLETE);
	*out = code;
	return HL_OK;
}

struct hl_machine *hl_pattern_machine(struct hl_arena *work, struct hl_str text)
{
	struct hl_machine *code = NULL;
	struct hl_normal folded;
	struct hl_pattern_facts facts;
	struct hl_pattern_flaw flaw;
	int error;
	PCRE2_SIZE offset;
	bool good = hl_text_fold_pattern(&folded, work, text) == HL_OK &&
		    hl_pattern_walk(&facts, &flaw, work, folded.text) == HL_OK &&
		    make_machine(&code, &error, &offset, folded.text, !facts.atomic) == HL_OK;
	return good ? code : NULL;
}

static int compile_new(struct hl_machine **out, struct hl_pattern_env *env,
		       const struct hl_line *line, const struct hl_normal *folded, bool jit)
{
	int error;
	PCRE2_SIZE offset;
	PCRE2_UCHAR text[128];
	int rc = make_machine(out, &error, &offset, folded->text, jit);
	if (rc != HL_REFUSED)
		return rc;
	int len = pcre2_get_error_message(error, text, sizeof text);
	struct hl_str why = {(const char *)text, len > 0 ? (size_t)len : 0};
	report_at(env, line, folded, offset, 1, "pattern.refused", why,
		  "see pcre2pattern(3); brackets and dots that are meant as signs need a \\");
	return HL_REFUSED;
}

static struct hl_machine *find_machine(const struct hl_machines *codes, struct hl_str folded)
{
	const uint32_t *known = codes ? hl_map_get(&codes->texts, folded) : NULL;
	return known ? codes->v[*known] : NULL;
}

static void take(struct hl_pattern *out, struct hl_machine *code)
{
	atomic_fetch_add_explicit(&code->references, 1, memory_order_relaxed);
	out->shared = code;
	out->code = code->pcre;
}

/* For the next pattern of the same text, in this set or in one that is like it. */
static int keep(struct hl_pattern_env *env, struct hl_machine *code)
{
	struct hl_machines *codes = env->codes;
	bool is_new;
	if (!hl_map_put(&codes->texts, code->text, (uint32_t)codes->n, &is_new))
		return HL_NOMEM;
	struct hl_machine **kept =
		is_new ? HL_PUSH(env->arena, codes->v, codes->n, codes->cap) : NULL;
	if (kept)
		*kept = code;
	return is_new && !kept ? HL_NOMEM : HL_OK;
}

int hl_pattern_share(struct hl_pattern *out, struct hl_pattern_env *env, struct hl_machine *code)
{
	int rc = keep(env, code);
	if (rc == HL_OK)
		take(out, code);
	return rc;
}

/* The code of the set this one is like, if it has the same pattern: compiling is most of a load. */
static int compile(struct hl_pattern *out, struct hl_pattern_env *env, const struct hl_line *line,
		   const struct hl_normal *folded, bool jit)
{
	struct hl_machine *code = find_machine(env->codes, folded->text);
	if (!code)
		code = find_machine(env->like, folded->text);
	if (!code)
		code = find_machine(env->ready, folded->text);
	if (code) {
		take(out, code);
		return HL_OK;
	}
	int rc = compile_new(&out->shared, env, line, folded, jit);
	if (rc == HL_OK)
		out->code = out->shared->pcre;
	return rc;
}

static void start_byte(struct hl_pattern *out, unsigned byte)
{
	out->starts[byte / 8] |= (uint8_t)(1u << (byte % 8));
}

/* Where a match may begin at all, as PCRE2 worked it out: what a search costs is counted by these.
 */
static void read_starts(struct hl_pattern *out)
{
	uint32_t type = 0, unit = 0, options = 0;
	const uint8_t *bitmap = NULL;
	pcre2_pattern_info(out->code, PCRE2_INFO_FIRSTCODETYPE, &type);
	pcre2_pattern_info(out->code, PCRE2_INFO_FIRSTCODEUNIT, &unit);
	pcre2_pattern_info(out->code, PCRE2_INFO_FIRSTBITMAP, &bitmap);
	pcre2_pattern_info(out->code, PCRE2_INFO_ALLOPTIONS, &options);
	out->at_start = (options & PCRE2_ANCHORED) != 0;
	if (type == 1) {
		start_byte(out, unit);
		if ((unit >= 'A' && unit <= 'Z') || (unit >= 'a' && unit <= 'z'))
			start_byte(out, unit ^ 0x20u);
	} else if (bitmap) {
		memcpy(out->starts, bitmap, sizeof out->starts);
	} else {
		memset(out->starts, 0xff, sizeof out->starts);
	}
	size_t n = 0;
	for (unsigned b = 0; b < 256; b++) {
		/* a message is lower-case already */
		if (!(out->starts[b / 8] >> (b % 8) & 1) || (b >= 'A' && b <= 'Z'))
			continue;
		if (n < sizeof out->few)
			out->few[n] = (uint8_t)b;
		n++;
	}
	out->n_few = n <= sizeof out->few ? (uint8_t)n : 0;
}

static int matches_empty(bool *out, const struct hl_pattern *pattern)
{
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	if (!data)
		return HL_NOMEM;
	*out = pcre2_match(pattern->code, (PCRE2_SPTR) "", 0, 0, 0, data, NULL) >= 0;
	pcre2_match_data_free(data);
	return HL_OK;
}

static int read_groups(struct hl_pattern *out, struct hl_arena *arena)
{
	uint32_t n = 0, size = 0;
	PCRE2_SPTR table = NULL;
	pcre2_pattern_info(out->code, PCRE2_INFO_CAPTURECOUNT, &out->captures);
	pcre2_pattern_info(out->code, PCRE2_INFO_NAMECOUNT, &n);
	if (!n)
		return HL_OK;
	pcre2_pattern_info(out->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(out->code, PCRE2_INFO_NAMETABLE, &table);
	struct hl_group *groups = HL_NEW_ARRAY(arena, n, struct hl_group);
	if (!groups)
		return HL_NOMEM;
	for (uint32_t i = 0; i < n; i++, table += size) {
		groups[i].number = (uint32_t)table[0] << 8 | table[1];
		/* the name lives with the code */
		groups[i].name = hl_str_of((const char *)table + 2);
	}
	out->groups = groups;
	out->n_groups = n;
	return HL_OK;
}

static int literal_atoms(const uint32_t **out, const struct hl_pattern_env *env,
			 const struct hl_literal_set *set)
{
	uint32_t *atoms = HL_NEW_ARRAY(env->arena, set->n, uint32_t);
	if (!atoms)
		return HL_NOMEM;
	for (size_t i = 0; i < set->n; i++) {
		atoms[i] = hl_vocab_literal(env->vocab, set->v[i], set->borders);
		if (atoms[i] == HL_NO_ATOM)
			return HL_NOMEM;
	}
	*out = atoms;
	return HL_OK;
}

/* Short literals are everywhere: they are left out where a longer set is there. What every match
   holds is a clause; what stands in a row is a step too. */
static int make_clauses(struct hl_pattern *out, const struct hl_pattern_env *env,
			const struct hl_pattern_facts *facts)
{
	struct hl_reach skipped = {.bytes = 0};
	size_t longest = 0;
	struct hl_step *steps = HL_NEW_ARRAY(env->arena, HL_PATTERN_SETS, struct hl_step);
	struct hl_clause *clauses = HL_NEW_ARRAY(env->arena, HL_PATTERN_SETS, struct hl_clause);
	if (!steps || !clauses)
		return HL_NOMEM;
	for (size_t i = 0; i < facts->n_sets; i++)
		if (facts->sets[i].shortest > longest)
			longest = facts->sets[i].shortest;
	for (size_t i = 0; i < facts->n_sets; i++) {
		const struct hl_literal_set *set = &facts->sets[i];
		const uint32_t *atoms;
		if (!set->aside)
			hl_reach_add(&skipped, set->gap);
		if (set->shortest < 3 && longest >= 3) {
			hl_reach_add(&skipped, (struct hl_reach){.bytes = (uint32_t)set->longest});
			continue;
		}
		if (literal_atoms(&atoms, env, set) != HL_OK)
			return HL_NOMEM;
		clauses[out->clauses.n++] = (struct hl_clause){atoms, (uint32_t)set->n};
		if (set->aside)
			continue;
		steps[out->n_steps++] = (struct hl_step){atoms, (uint32_t)set->n, skipped};
		skipped = (struct hl_reach){.bytes = 0};
	}
	out->steps = steps;
	out->clauses.v = clauses;
	return HL_OK;
}

int hl_pattern_compile(struct hl_pattern *out, struct hl_pattern_env *env,
		       const struct hl_line *line)
{
	struct hl_normal folded;
	struct hl_pattern_facts facts;
	struct hl_pattern_flaw flaw;
	bool empty;
	memset(out, 0, sizeof *out);
	int rc = hl_text_fold_pattern(&folded, env->work, line->text);
	if (rc == HL_OK)
		rc = hl_pattern_walk(&facts, &flaw, env->work, folded.text);
	if (rc == HL_REFUSED)
		report_at(env, line, &folded, flaw.offset, flaw.len, flaw.code,
			  hl_str_of(flaw.message), flaw.remedy);
	if (rc == HL_OK)
		rc = compile(out, env, line, &folded, !facts.atomic);
	if (rc == HL_OK)
		rc = matches_empty(&empty, out);
	if (rc == HL_OK && empty) {
		report_at(env, line, &folded, 0, folded.text.len, "pattern.empty",
			  HL_STR("it matches the empty message"), "make one part of it needed");
		rc = HL_REFUSED;
	}
	if (rc == HL_OK)
		rc = warn_unseen(env, line, &folded);
	if (rc == HL_OK) {
		size_t jit_size = 0;
		read_starts(out);
		out->jit = pcre2_pattern_info(out->code, PCRE2_INFO_JITSIZE, &jit_size) == 0 &&
			   jit_size > 0;
		out->scans = facts.scans;
		out->dear = facts.dear;
	}
	if (rc == HL_OK)
		rc = read_groups(out, env->arena);
	if (rc == HL_OK)
		rc = make_clauses(out, env, &facts);
	if (rc == HL_OK)
		rc = hl_chain_read(&out->chain, env->arena, env->work, env->vocab, folded.text);
	if (rc == HL_OK)
		rc = keep(env, out->shared); /* none that is refused is kept */
	if (rc != HL_OK)
		hl_pattern_deinit(out);
	return rc;
}

void hl_pattern_deinit(struct hl_pattern *pattern)
{
	pattern->shared = hl_machine_unref(pattern->shared);
	pattern->code = NULL;
}
