/* The fast matcher against slow, obviously right ones, on random rules and messages: phrases by
   spelling out every text and trying every place, patterns by PCRE2 alone. What the index lets
   through is compared at the same time, since the slow ones know no index. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "packtext.h"
#include "text/text.h"

#define RULES 6
#define TEXTS_MAX 600
#define LEN_MAX 200

/* ------------------------------------------------------------------ phrases, spelt out */

struct spelt { /* one text a phrase stands for; `flags` tells which bytes stand outside [ ] */
	char text[LEN_MAX];
	char flags[LEN_MAX];
	size_t len;
};
struct language {
	struct spelt v[TEXTS_MAX];
	size_t n;
};
struct writer {
	char phrase[LEN_MAX * 4];
	size_t len;
	unsigned optional;
	bool overflow;
};

static void write_sign(struct writer *w, const char *sign)
{
	size_t n = strlen(sign);
	if (w->len + n >= sizeof w->phrase) {
		w->overflow = true;
		return;
	}
	memcpy(w->phrase + w->len, sign, n + 1);
	w->len += n;
}

static void append(struct writer *w, struct language *l, const char *piece)
{
	size_t n = strlen(piece);
	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i].len + n >= LEN_MAX) {
			w->overflow = true;
			return;
		}
		memcpy(l->v[i].text + l->v[i].len, piece, n + 1);
		memset(l->v[i].flags + l->v[i].len, w->optional ? 0 : 1, n);
		l->v[i].len += n;
	}
}

static void join(struct writer *w, struct language *to, const struct language *from)
{
	for (size_t i = 0; i < from->n; i++) {
		if (to->n == TEXTS_MAX) {
			w->overflow = true;
			return;
		}
		to->v[to->n++] = from->v[i];
	}
}

static void write_seq(struct writer *w, struct language *l, unsigned depth);

/* The choices continue each text so far in their own way. */
static void write_choices(struct writer *w, struct language *l, unsigned depth, bool optional)
{
	struct language *all = malloc(sizeof *all), *one = malloc(sizeof *one);
	assert_non_null(all);
	assert_non_null(one);
	unsigned choices = 1 + draw(3);
	all->n = 0;
	if (optional)
		join(w, all, l);
	write_sign(w, optional ? "[" : "(");
	w->optional += optional;
	for (unsigned i = 0; i < choices && !w->overflow; i++) {
		if (i)
			write_sign(w, "|");
		*one = *l;
		write_seq(w, one, depth + 1);
		join(w, all, one);
	}
	w->optional -= optional;
	write_sign(w, optional ? "]" : ")");
	*l = *all;
	free(all);
	free(one);
}

static void write_seq(struct writer *w, struct language *l, unsigned depth)
{
	static const char *const pieces[] = {"a",  "b",	 "ab",	" ", " ", "充",
					     "值", "a ", " b ", "7", "."};
	unsigned parts = 1 + draw(depth ? 3 : 5);
	for (unsigned i = 0; i < parts && !w->overflow; i++) {
		unsigned kind = draw(10);
		if (kind < 6 || depth == 2) {
			const char *piece = pieces[draw(sizeof pieces / sizeof *pieces)];
			write_sign(w, piece);
			append(w, l, piece);
		} else if (kind == 6) {
			write_sign(w, "*"); /* and a letter after it, so that no two are in a row */
			append(w, l, "*");
			const char *piece = pieces[draw(3)];
			write_sign(w, piece);
			append(w, l, piece);
		} else {
			write_choices(w, l, depth, kind > 7);
		}
	}
}

/* ------------------------------------------------------------------ the slow matcher */

struct item { /* of one spelt text: a word, or a gap */
	const struct hl_word *word;
	bool insisted, gap;
};
struct best {
	bool found;
	uint32_t size2, start;
};

static struct hl_str form(const struct hl_word *word, size_t i)
{
	return i ? word->also[i - 1] : word->form;
}

static bool same_word(const struct hl_word *a, const struct hl_word *b)
{
	for (size_t i = 0; i <= a->n_also; i++)
		for (size_t j = 0; j <= b->n_also; j++)
			if (hl_str_eq(form(a, i), form(b, j)))
				return true;
	return false;
}

static void try_from(struct best *best, const struct item *items, size_t n,
		     const struct hl_utterance *u, size_t at, bool gap, bool begun, uint32_t size2,
		     uint32_t start)
{
	if (!n) {
		bool first = !best->found || size2 > best->size2 ||
			     (size2 == best->size2 && start < best->start);
		if (first)
			*best = (struct best){true, size2, start};
		return;
	}
	if (items->gap) {
		try_from(best, items + 1, n - 1, u, at, true, begun, size2, start);
		return;
	}
	uint32_t skipped = 0;
	for (size_t w = at; w < u->n_words; w++) {
		bool crosses = begun && gap && u->words[w].sentence != u->words[at - 1].sentence;
		if (begun && (w > at || gap) && (!gap || skipped > 12 || crosses))
			break;
		if (same_word(&u->words[w], items->word))
			try_from(best, items + 1, n - 1, u, w + 1, false, true,
				 size2 + (items->insisted ? u->words[w].size2 : 0),
				 begun ? start : (uint32_t)w);
		skipped += u->words[w].size2;
	}
}

static struct best slow_phrase(struct hl_arena *arena, const struct language *l,
			       const struct hl_utterance *u)
{
	struct best best = {false, 0, 0};
	for (size_t i = 0; i < l->n; i++) {
		const struct spelt *s = &l->v[i];
		struct item items[LEN_MAX];
		size_t n = 0;
		for (size_t from = 0; from <= s->len;) {
			const char *star = memchr(s->text + from, '*', s->len - from);
			size_t to = star ? (size_t)(star - s->text) : s->len;
			struct hl_utterance cut;
			assert_int_equal(
				hl_utterance_read(&cut, arena,
						  (struct hl_str){s->text + from, to - from}, NULL,
						  0),
				HL_OK);
			for (size_t w = 0; w < cut.n_words; w++) {
				bool insisted = false;
				for (uint32_t b = cut.words[w].ostart; b < cut.words[w].oend; b++)
					insisted |= s->flags[from + b];
				items[n++] = (struct item){&cut.words[w], insisted, false};
			}
			if (star)
				items[n++] = (struct item){.gap = true};
			from = to + 1;
		}
		try_from(&best, items, n, u, 0, false, false, 0, 0);
	}
	return best;
}

static void random_message(char *out)
{
	static const char *const words[] = {"a", "b",  "ab", "充", "值", "7",
					    "c", "ba", "aa", ".",  "!"};
	/* some need more than one 64-bit word: mostly strange words then, so that little matches */
	bool is_long = draw(10) == 0;
	unsigned n = is_long ? 50 + draw(250) : draw(14);
	*out = 0;
	for (unsigned i = 0; i < n; i++) {
		bool strange = is_long && draw(5);
		strcat(out, strange ? " zz" : words[draw(sizeof words / sizeof *words)]);
		if (draw(4) || strange)
			strcat(out, " ");
	}
}

static const struct hl_hit *hit_of(const struct hl_verdict *v, unsigned rule)
{
	for (size_t i = 0; i < v->n_hits; i++)
		if (v->hits[i].intent->id.ptr[0] == (char)('a' + (int)rule))
			return &v->hits[i];
	return NULL;
}

static bool agree(const struct hl_hit *hit, struct best best, const struct hl_utterance *u)
{
	if (!hit || !best.found)
		return !hit && !best.found;
	return hit->size2 == best.size2 && hit->spans[0].start == u->words[best.start].ostart;
}

static void compare_messages(struct hl_ruleset *rules, struct hl_scratch *scratch,
			     struct language *const *languages, const struct writer *writers)
{
	struct hl_arena arena = {0};
	for (unsigned m = 0; m < 25; m++) {
		char message[1600];
		struct hl_verdict v;
		struct hl_utterance u;
		random_message(message);
		struct hl_query query = {.text = {message, strlen(message)}};
		assert_int_equal(hl_classify(&v, scratch, rules, &query), HL_OK);
		assert_int_equal(hl_utterance_read(&u, &arena, query.text, NULL, 0), HL_OK);
		for (unsigned r = 0; r < RULES; r++) {
			struct best best = slow_phrase(&arena, languages[r], &u);
			const struct hl_hit *hit = hit_of(&v, r);
			if (agree(hit, best, &u))
				continue;
			fail_msg("phrase \"%s\" message \"%s\": slow %d size %u word %u, fast %d "
				 "size %u",
				 writers[r].phrase, message, best.found, best.size2, best.start,
				 hit != NULL, hit ? hit->size2 : 0);
		}
		hl_arena_reset(&arena);
	}
	hl_arena_deinit(&arena);
}

static unsigned try_pack(struct hl_scratch *scratch, struct language *const *languages,
			 struct writer *writers)
{
	char pack[RULES * LEN_MAX * 5] = "";
	for (unsigned r = 0; r < RULES; r++) {
		do {
			memset(&writers[r], 0, sizeof writers[r]);
			languages[r]->n = 1;
			languages[r]->v[0].len = 0;
			write_seq(&writers[r], languages[r], 0);
		} while (writers[r].overflow);
		char *end = pack + strlen(pack);
		snprintf(end, sizeof pack - (size_t)(end - pack), "intent %c\nphrase %s\n",
			 'a' + (int)r, writers[r].phrase);
	}
	struct packtext *made = packtext_new(pack, strlen(pack));
	struct hl_ruleset *rules = NULL;
	int rc = hl_ruleset_new(&rules, packtext_pack(made), (struct hl_str){NULL, 0}, NULL, NULL);
	packtext_free(made);
	if (rc != HL_OK)
		return 0; /* one of them may match nothing: refused, as it must be */
	compare_messages(rules, scratch, languages, writers);
	hl_ruleset_unref(rules);
	return 1;
}

static void test_phrases_like_spelling_them_out(void **state)
{
	(void)state;
	struct hl_scratch *scratch;
	struct language *languages[RULES];
	static struct writer writers[RULES];
	const char *rounds = getenv("HOTLINE_PROPERTY_ROUNDS");
	unsigned wanted = rounds ? (unsigned)strtoul(rounds, NULL, 10) : 150;
	assert_int_equal(hl_scratch_new(&scratch), HL_OK);
	for (unsigned r = 0; r < RULES; r++) {
		languages[r] = malloc(sizeof *languages[r]);
		assert_non_null(languages[r]);
	}
	for (unsigned done = 0; done < wanted;)
		done += try_pack(scratch, languages, writers);
	for (unsigned r = 0; r < RULES; r++)
		free(languages[r]);
	hl_scratch_free(scratch);
}

/* ------------------------------------------------------------------ patterns */

static void random_pattern(char *out, unsigned depth)
{
	static const char *const atoms[] = {
		"a",   "b",    "ab",	 "bc",		"充",	  "值",	    "cab",
		".",   "[ab]", "\\w",	 "\\b",		"c",	  "[^a]",   "\\d",
		" ",   "BA",   "abc",	 "\\s",		"\\S",	  "充值",   "7ab",
		"\\W", "bab",  ".{0,4}", "[a-c ]{1,2}", "(?<=a)", "(?<!b)", "\\Qab\\E"};
	static const char *const repeats[] = {"",    "",      "",      "",  "?",
					      "{2}", "{0,2}", "{1,3}", "+", "*"};
	unsigned parts = 1 + draw(4);
	for (unsigned i = 0; i < parts && strlen(out) < 120; i++) {
		if (depth < 2 && draw(4) == 0) {
			static const char *const heads[] = {
				"(", "(?:", "(?=", "(?!", "(?<n>", "(?>"};
			unsigned head = draw(6);
			if (head == 4 && strstr(out, "<n>"))
				head = 1;
			strcat(out, heads[head]);
			random_pattern(out, depth + 1);
			for (unsigned c = draw(3); c; c--) {
				strcat(out, "|");
				random_pattern(out, depth + 1);
			}
			strcat(out, ")");
		} else {
			strcat(out, atoms[draw(sizeof atoms / sizeof *atoms)]);
		}
		strcat(out, repeats[draw(sizeof repeats / sizeof *repeats)]);
	}
}

/* Where the first match begins, and whether it is empty; -1: none. */
static long slow_pattern(pcre2_code *code, const char *message, bool *empty)
{
	pcre2_match_data *data = pcre2_match_data_create(30, NULL);
	long start = -1;
	if (pcre2_match(code, (PCRE2_SPTR)message, strlen(message), 0, 0, data, NULL) >= 0) {
		const PCRE2_SIZE *pair = pcre2_get_ovector_pointer(data);
		start = (long)pair[0];
		*empty = pair[0] == pair[1];
	}
	pcre2_match_data_free(data);
	return start;
}

/* The first word that the match touches is the first one marked. */
static bool same_place(const struct hl_hit *hit, const struct hl_utterance *u, long start,
		       bool empty)
{
	size_t w = 0;
	while (!empty && w < u->n_words && u->words[w].end <= (uint32_t)start)
		w++;
	if (w == u->n_words || !hit->n_spans)
		return true; /* it touches no word */
	return hit->spans[0].start == u->words[w].ostart;
}

static void compare_pattern(struct hl_scratch *scratch, struct hl_ruleset *rules,
			    const char *pattern)
{
	struct hl_arena arena = {0};
	int error;
	PCRE2_SIZE offset;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, strlen(pattern),
					 PCRE2_UTF | PCRE2_CASELESS | PCRE2_DOLLAR_ENDONLY, &error,
					 &offset, NULL);
	assert_non_null(code);
	pcre2_code *machine = pcre2_code_copy(code);
	assert_non_null(machine);
	pcre2_jit_compile(machine, PCRE2_JIT_COMPLETE);
	for (unsigned m = 0; m < 30; m++) {
		static const char *const words[] = {"a",   "b", "c",   "充", "值", " ", "ab",
						    "cab", "7", "abc", "  ", "ba", "."};
		char message[200] = "";
		struct hl_verdict v;
		struct hl_utterance u;
		bool empty = false;
		for (unsigned i = draw(40); i; i--)
			strcat(message, words[draw(sizeof words / sizeof *words)]);
		struct hl_query query = {.text = {message, strlen(message)}};
		assert_int_equal(hl_classify(&v, scratch, rules, &query), HL_OK);
		assert_int_equal(hl_utterance_read(&u, &arena, query.text, NULL, 0), HL_OK);
		long start = slow_pattern(code, message, &empty);
		/* PCRE2's interpreter misses matches of some optional look-aheads that its
		   machine code finds: either will do */
		if ((v.n_hits > 0) != (start >= 0))
			start = slow_pattern(machine, message, &empty);
		bool agrees = (v.n_hits > 0) == (start >= 0) &&
			      (!v.n_hits || same_place(&v.hits[0], &u, start, empty));
		if (!agrees && !v.limit_hit)
			fail_msg("pattern %s message \"%s\": fast %zu slow %ld", pattern, message,
				 v.n_hits, start);
		hl_arena_reset(&arena);
	}
	hl_arena_deinit(&arena);
	pcre2_code_free(machine);
	pcre2_code_free(code);
}

static void test_patterns_like_pcre_alone(void **state)
{
	(void)state;
	struct hl_scratch *scratch;
	const char *rounds = getenv("HOTLINE_PROPERTY_ROUNDS");
	unsigned wanted = rounds ? (unsigned)strtoul(rounds, NULL, 10) * 5 : 600;
	assert_int_equal(hl_scratch_new(&scratch), HL_OK);
	for (unsigned done = 0; done < wanted;) {
		char pattern[1000] = "", pack[1100];
		random_pattern(pattern, 0);
		snprintf(pack, sizeof pack, "intent a\npattern %s\n", pattern);
		if (pattern[0] == ' ' || pattern[strlen(pattern) - 1] == ' ')
			continue; /* the pack's reader trims */
		struct packtext *made = packtext_new(pack, strlen(pack));
		struct hl_ruleset *rules = NULL;
		int rc = hl_ruleset_new(&rules, packtext_pack(made), (struct hl_str){NULL, 0}, NULL,
					NULL);
		packtext_free(made);
		if (rc != HL_OK)
			continue;
		compare_pattern(scratch, rules, pattern);
		hl_ruleset_unref(rules);
		done++;
	}
	hl_scratch_free(scratch);
}

/* ------------------------------------------------------------------ order means nothing */

static const char *const blocks[] = {
	"list coin BTC = btc, bitcoin, coin\n",
	"list coin ETH = eth, ether, coin\n",
	"list net TRON = tron, trc20\n",
	"set late = late, stuck, not [yet] here\n",
	"set in = deposit, top up\n",
	("intent deposit.missing\nphrase <in> * <late>\nslot coin list coin\nslot net list net\n"
	 "example my money has not come yet\n"),
	"intent deposit.how\nphrase how * <in>\nexample how can i add money\n",
	"intent fees\nphrase withdrawal fee\nwords fee, {coin}\nexample what does it cost\n",
	"intent pending\nphrase stuck withdrawal\nexample my money has not come yet\n",
	"intent hacked\nphrase hacked\nalways\nexample someone stole my coins\n",
	"intent vip\nphrase stuck withdrawal\nonly user.level vip\n",
};
#define BLOCKS (sizeof blocks / sizeof *blocks)

static void shuffled_pack(char *out, size_t room)
{
	size_t order[BLOCKS], lists = 5;
	for (size_t i = 0; i < BLOCKS; i++)
		order[i] = i;
	for (size_t i = BLOCKS; i-- > lists + 1;) {
		size_t j = lists + draw((unsigned)(i - lists + 1)), swap = order[i];
		order[i] = order[j];
		order[j] = swap;
	}
	for (size_t i = lists; i-- > 1;) {
		size_t j = draw((unsigned)i + 1), swap = order[i];
		order[i] = order[j];
		order[j] = swap;
	}
	*out = 0;
	for (size_t i = 0; i < BLOCKS; i++)
		strncat(out, blocks[order[i]], room - strlen(out) - 1);
}

static void write_verdict(char *out, size_t room, const struct hl_verdict *v)
{
	size_t at = (size_t)snprintf(out, room, "%s %s", hl_decision_name(v->decision),
				     hl_by_name(v->by));
	for (size_t i = 0; i < v->n_ranked; i++)
		at += (size_t)snprintf(out + at, room - at, " %.*s:%.4f",
				       (int)v->ranked[i].intent->id.len,
				       v->ranked[i].intent->id.ptr, v->ranked[i].score);
	for (size_t i = 0; i < v->n_clarify; i++)
		at += (size_t)snprintf(out + at, room - at, " ?%.*s", (int)v->clarify[i]->id.len,
				       v->clarify[i]->id.ptr);
	for (size_t i = 0; i < v->n_slots; i++)
		at += (size_t)snprintf(out + at, room - at, " %.*s=%.*s", (int)v->slots[i].name.len,
				       v->slots[i].name.ptr, (int)v->slots[i].value.len,
				       v->slots[i].value.ptr);
}

static void test_order_of_a_pack_means_nothing(void **state)
{
	(void)state;
	static const char *const messages[] = {
		"my coin deposit is late on trc20",
		"stuck withdrawal fee",
		"hacked! stuck withdrawal",
		"my money has not come yet",
		"how to deposit eth",
		"what does that cost",
		"somebody stole coins",
		"btc fee",
		"the weather",
	};
	static char first[9][800];
	struct hl_scratch *scratch;
	assert_int_equal(hl_scratch_new(&scratch), HL_OK);
	for (unsigned round = 0; round < 30; round++) {
		char text[2000];
		struct hl_ruleset *rules = NULL;
		shuffled_pack(text, sizeof text);
		struct packtext *made = packtext_new(text, strlen(text));
		assert_int_equal(hl_ruleset_new(&rules, packtext_pack(made),
						(struct hl_str){NULL, 0}, NULL, NULL),
				 HL_OK);
		packtext_free(made);
		for (size_t m = 0; m < 9; m++) {
			struct hl_verdict v;
			char line[800];
			struct hl_query query = {.text = {messages[m], strlen(messages[m])}};
			assert_int_equal(hl_classify(&v, scratch, rules, &query), HL_OK);
			write_verdict(line, sizeof line, &v);
			if (round)
				assert_string_equal(line, first[m]);
			else
				memcpy(first[m], line, sizeof line);
		}
		hl_ruleset_unref(rules);
	}
	hl_scratch_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phrases_like_spelling_them_out),
		cmocka_unit_test(test_patterns_like_pcre_alone),
		cmocka_unit_test(test_order_of_a_pack_means_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
