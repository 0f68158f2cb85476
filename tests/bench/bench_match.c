/* How long one message takes against 100, 1,000 and 10,000 rules: means, tails, load time, memory,
   and beside them the same rules tried one by one with PCRE2 JIT. Rules and messages are generated:
   English and Chinese, captures, alternations, gaps, 2 % look-arounds; messages of 10 to 200 bytes,
   1 % of 1 to 4 KiB. `bench_match evil` measures the worst texts against the worst rules that are
   let through; `bench_match only SIZE [all|short|chars|middle|long [ROUNDS]]` one size alone, for
   counting instructions. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "made.h"

#define MESSAGES 20000
#define PASSES 4
#define ROUNDS 15

static size_t limits; /* messages that hit a work limit */

static struct hl_str *make_messages(const struct made_rule *rules, size_t n_rules)
{
	struct hl_str *messages = made_zalloc(MESSAGES, sizeof *messages);
	for (size_t i = 0; i < MESSAGES; i++)
		messages[i] = made_str(made_message(rules, n_rules));
	return messages;
}

static void free_messages(struct hl_str *messages)
{
	for (size_t i = 0; i < MESSAGES; i++)
		free((char *)(uintptr_t)messages[i].ptr);
	free(messages);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

/* A clock that is read without a call into the kernel, which would cost what a short message does
   and leave its caches cold. */
static double tick_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* A text that came just now is in the cache: the socket's bytes were copied, unmasked and parsed.
 */
static void ask_for(struct hl_str message)
{
	for (size_t i = 0; i < message.len; i += 64)
		__builtin_prefetch(message.ptr + i);
}

/* Of each message the best of PASSES, all messages in between: what else the machine did is left
   out, what the message found cold is not. */
static void classify_all(struct hl_ruleset *set, const struct hl_str *messages, size_t n,
			 double *ns, size_t *hits)
{
	struct hl_scratch *scratch;
	struct hl_verdict v;
	if (hl_scratch_new(&scratch) != HL_OK)
		exit(1);
	for (int pass = 0; pass < PASSES; pass++)
		for (size_t i = 0; i < n; i++) {
			struct hl_query query = {.text = messages[i]};
			ask_for(messages[i + 1 < n ? i + 1 : i]);
			double before = tick_ns();
			if (hl_classify(&v, scratch, set, &query) != HL_OK)
				exit(1);
			double took = tick_ns() - before;
			ns[i] = pass && ns[i] < took ? ns[i] : took;
			*hits += !pass && v.n_hits;
			limits += !pass && v.limit_hit;
		}
	hl_scratch_free(scratch);
}

/* CPU time of a message: the best of some rounds, each timed whole. */
static double mean_ns(struct hl_ruleset *set, const struct hl_str *messages, size_t n,
		      unsigned long rounds)
{
	struct hl_scratch *scratch;
	struct hl_verdict v;
	double best = 1e18;
	if (hl_scratch_new(&scratch) != HL_OK)
		exit(1);
	for (unsigned long round = 0; round < rounds; round++) {
		double before = made_now_ns();
		for (size_t i = 0; i < n; i++) {
			struct hl_query query = {.text = messages[i]};
			ask_for(messages[i + 1 < n ? i + 1 : i]);
			if (hl_classify(&v, scratch, set, &query) != HL_OK)
				exit(1);
		}
		double ns = (made_now_ns() - before) / (double)n;
		best = ns < best ? ns : best;
	}
	hl_scratch_free(scratch);
	return best;
}

static size_t characters(struct hl_str text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++)
		n += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
	return n;
}

/* `only short`: messages up to 120 bytes, `chars`: up to 120 characters, `middle`: above 120 bytes,
   `long`: of 1 KiB and more. */
static size_t pick(struct hl_str *messages, size_t n, const char *which)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		struct hl_str swap = messages[i];
		bool keep = strcmp(which, "short") == 0	   ? swap.len <= 120
			    : strcmp(which, "chars") == 0  ? characters(swap) <= 120
			    : strcmp(which, "middle") == 0 ? swap.len > 120 && swap.len < 1024
							   : swap.len >= 1024;
		messages[i] = messages[kept];
		messages[kept] = swap;
		kept += keep;
	}
	return kept;
}

static void report(struct hl_ruleset *set, struct hl_str *messages, size_t n_rules, double load_ms)
{
	struct hl_ruleset_info info;
	double *ns = made_zalloc(MESSAGES, sizeof *ns);
	size_t hits = 0;
	classify_all(set, messages, MESSAGES, ns, &hits);
	double mean = mean_ns(set, messages, MESSAGES, ROUNDS);
	double short_mean = mean_ns(set, messages, pick(messages, MESSAGES, "chars"), ROUNDS);
	qsort(ns, MESSAGES, sizeof *ns, by_value);
	hl_ruleset_info(&info, set);
	printf("%6zu rules: mean %.2f µs (to 120 characters %.2f), p50 %.2f, p99 %.1f, p99.9 %.1f, "
	       "max "
	       "%.0f µs; %.0f %% hit; load %.0f ms, %.1f MiB, %zu tried always, %zu at a limit\n",
	       n_rules, mean / 1e3, short_mean / 1e3, ns[MESSAGES / 2] / 1e3,
	       ns[MESSAGES / 100 * 99] / 1e3, ns[MESSAGES / 1000 * 999] / 1e3,
	       ns[MESSAGES - 1] / 1e3, 100.0 * (double)hits / MESSAGES, load_ms,
	       (double)info.bytes / 1048576, info.without_literal, limits);
	free(ns);
}

/* One rule of all is changed. */
static void reload(const struct hl_ruleset *set, struct made_rule *rules, size_t n)
{
	struct made_rule changed = rules[0];
	double ms, best = 1e9;
	for (int pass = 0; pass < 3; pass++) {
		made_rule(&rules[0]);
		hl_ruleset_unref(made_build(rules, n, set, &ms));
		best = ms < best ? ms : best;
	}
	rules[0] = changed;
	printf("%6zu rules, one changed: %.0f ms\n", n, best);
}

/* The same rules as patterns, each tried on each message. */
static void one_by_one(const struct made_rule *rules, size_t n, const struct hl_str *messages,
		       size_t n_messages)
{
	pcre2_code **codes = made_zalloc(n, sizeof(pcre2_code *));
	pcre2_match_data *data = pcre2_match_data_create(10, NULL);
	size_t found = 0;
	for (size_t i = 0; i < n; i++) {
		int error;
		PCRE2_SIZE offset;
		codes[i] = pcre2_compile((PCRE2_SPTR)rules[i].pattern, strlen(rules[i].pattern),
					 PCRE2_UTF | PCRE2_CASELESS, &error, &offset, NULL);
		if (!codes[i])
			exit(1);
		pcre2_jit_compile(codes[i], PCRE2_JIT_COMPLETE);
	}
	double before = made_now_ns();
	for (size_t m = 0; m < n_messages; m++)
		for (size_t i = 0; i < n; i++)
			found += pcre2_match(codes[i], (PCRE2_SPTR)messages[m].ptr, messages[m].len,
					     0, PCRE2_NO_UTF_CHECK, data, NULL) > 0;
	printf("%6zu rules one by one with PCRE2 JIT: mean %.0f µs (%zu found)\n", n,
	       (made_now_ns() - before) / 1e3 / (double)n_messages, found);
	for (size_t i = 0; i < n; i++)
		pcre2_code_free(codes[i]);
	pcre2_match_data_free(data);
	free(codes);
}

/* ------------------------------------------------------------------ the worst */

static void fill(char *text, const char *piece)
{
	size_t n = strlen(piece);
	text[0] = 0;
	for (size_t at = 0; at + n < 4096; at += n)
		strcpy(text + at, piece);
}

/* Rules that are let through and as bad as they get, each with texts that are bad for them. `#`
   makes copies differ. */
struct evil {
	const char *name;
	enum form form;
	const char *const rules[8];
	const char *const texts[8];
	size_t copies;
};
static const struct evil evils[] = {
	{"gaps",
	 FORM_PHRASE,
	 {"a*a*a*a*a*a*a*a*a[ x#]", "(a|b)*(a|b)*(a|b)*(a|b)*c[ x#]",
	  "[a][a][a][a][a][a][a][a]a*[a][a][a][a]b[ x#]"},
	 {"a ", "a b ", "ab c ", "a. ", "a a a a a b "},
	 30},
	{"patterns",
	 FORM_PATTERN,
	 {"a.*a.*a.*a.*b|never#", "(?=.*a)(?=.*b)(?=.*c).*d|never#", "(a|aa)+b|never#",
	  "[ab]{1,50}[ab]{1,50}[ab]{1,50}c|never#", "(?:a|b|ab){0,20}c$|never#",
	  "\\w+\\s+\\w+\\s+\\w+x|never#", ".*.*.*q|never#", "(?<!x)a(?!.*y).*z|never#"},
	 {"a ", "a", "ab", "a b ", "ab c", "aaaaaaaaab ", "啊", "a. "},
	 20},
	{"one literal",
	 FORM_PATTERN,
	 {"with.*?(?:a|b|c).*?(?:d|e|f).*?x#", "with(?=.*never#).*with",
	  "with.{0,90}with.{0,90}w#"},
	 {"with a d ", "with", "with x1 never1 w1 x12 never12 w12 "},
	 700},
	{"one, often",
	 FORM_PATTERN,
	 {"aaa.{0,3000}aaa.{0,3000}aaa.{0,3000}aaa.{0,3000}aaa.{0,3000}aaa.{0,3000}(?:xxx|yyy#)",
	  "aaa.*?(?:aaa|aa1#).{5,900}?aaa(?!.*zzz)(?=.*111).*(?:zzz|aaa#)"},
	 {"aaa 11", "aaa", "aaa 111 ", "aaaa\naaa ", "aaa充", "aaa zzz xxx "},
	 100},
	{"far apart",
	 FORM_PATTERN,
	 {"aaa.{0,3000}[^z]{0,3000}aaa.{0,3000}q#", "aa(?:a|1).{0,900}(?:1|a).{0,900}[b#]",
	  "(?:.{0,127}a){9}[b#]", "aaa[^z]{0,128}a.{0,128}a.{0,128}a.{0,128}[b#]",
	  "(?=.{0,3000}aaa)aaa(?=[^z]{0,3000}[b#])", "aaa(?:1| .{0,2000}|aaa.{3,999}?){0,90}[b#]",
	  "[^z]{0,3000}[^y]{0,3000}b#", "aaa(?>.{0,3000})b?(?<!a)[b#]"},
	 {"aaa 11", "aaa", "aaa 11 ", "aaaa\naaa ", "aaa充", "a1"},
	 20},
	{"looks",
	 FORM_PATTERN,
	 {"xaa.*(?!.*b)[c#]"},
	 {"xaaa", "xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "xaa 充充充充充充充充充aaaaaaaaaa ",
	  "xaa aaa a aaaaaa "},
	 50},
	{"looks again",
	 FORM_PATTERN,
	 {"x(?:(?!.*z)a){1,900}[b#]", "x.*(?=.*z)(?=.*q)[b#]"},
	 {"xaaa", "xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "xaa aaa a aaaaaa "},
	 50},
	{"kept",
	 FORM_PATTERN,
	 {"aaa(?>.{0,3000})b?(?<!a)[b#]"},
	 {"aaa", "aaa 111111111 ", "aaa充"},
	 30},
	{"one word",
	 FORM_PHRASE,
	 {"a[ x#]", "a [b] [c#]", "(a|b) * a [d#]"},
	 {"a ", "a b c ", "a"},
	 3000},
	{"slips",
	 FORM_WORDS,
	 {"abcdefg~,abcdefh|x#", "abcdeh~,bacdefg|acbdefg|y#", "aaaaab,aaaabb~|z#"},
	 {"abcdefx ", "abcdxfx ", "aaaaabx ", "abdcefg ", "abcdefg1 "},
	 2000},
	{"spellings",
	 FORM_PHRASE,
	 {"(a|b|c|d)(a|b|c|d)(a|b|c|d)(a|b|c|d)(a|b|c|d) * q#",
	  "(a |b )(a |b )(a |b )(a |b )(a |b )(a |b )(a |b ) * (a|q#)"},
	 {"abcda ", "a b a b ", "aaaaa bbbbb "},
	 20},
	{"Chinese",
	 FORM_PHRASE,
	 {"充*值*没*到*账#", "(充|值)*(充|值)*[还]没[x#]"},
	 {"充", "充值", "充值没到", "充。"},
	 500},
};

static double evil_text(struct hl_ruleset *set, const char *piece, const struct evil *e, size_t n)
{
	struct hl_query query;
	struct hl_verdict v;
	struct hl_scratch *scratch;
	char *text = made_zalloc(5000, 1);
	double best = 1e18;
	fill(text, piece);
	query = (struct hl_query){.text = made_str(text)};
	if (hl_scratch_new(&scratch) != HL_OK)
		exit(1);
	for (int pass = 0; pass < 3; pass++) {
		double before = made_now_ns();
		if (hl_classify(&v, scratch, set, &query) != HL_OK)
			exit(1);
		double ns = made_now_ns() - before;
		best = ns < best ? ns : best;
	}
	printf("evil %-11s \"%s\" × 4 KiB against %zu rules: %.2f ms%s, %zu hits\n", e->name, piece,
	       n, best / 1e6, v.limit_hit ? " (limit)" : "", v.n_hits);
	hl_scratch_free(scratch);
	free(text);
	return best;
}

static void number_rule(char *out, size_t room, const char *rule, size_t copy)
{
	const char *hole = strchr(rule, '#');
	snprintf(out, room, "%.*s%zu%s", (int)(hole - rule), rule, copy, hole + 1);
}

static void evil(void)
{
	double worst = 0, load_ms;
	for (size_t i = 0; i < sizeof evils / sizeof *evils; i++) {
		const struct evil *e = &evils[i];
		struct made_rule *rules = made_zalloc(8 * e->copies, sizeof *rules);
		size_t n = 0;
		for (size_t copy = 0; copy < e->copies; copy++)
			for (size_t r = 0; r < 8 && e->rules[r]; r++, n++) {
				rules[n].form = e->form;
				number_rule(rules[n].text, sizeof rules[n].text, e->rules[r], copy);
			}
		struct hl_ruleset *set = made_build(rules, n, NULL, &load_ms);
		for (size_t t = 0; t < 8 && e->texts[t]; t++) {
			double ns = evil_text(set, e->texts[t], e, n);
			worst = ns > worst ? ns : worst;
		}
		hl_ruleset_unref(set);
		free(rules);
	}
	printf("worst: %.2f ms (at most 5 wanted)\n", worst / 1e6);
}

static int only(size_t n_rules, const char *which, unsigned long rounds)
{
	struct made_rule *rules = made_zalloc(n_rules, sizeof *rules);
	double load_ms;
	size_t n = MESSAGES;
	made_words();
	made_rules(rules, n_rules);
	struct hl_ruleset *set = made_build(rules, n_rules, NULL, &load_ms);
	struct hl_str *messages = make_messages(rules, n_rules);
	if (which && strcmp(which, "all") != 0)
		n = pick(messages, MESSAGES, which);
	printf("%zu rules, %zu messages: mean %.2f µs\n", n_rules, n,
	       mean_ns(set, messages, n, rounds) / 1e3);
	hl_ruleset_unref(set);
	free_messages(messages);
	free(rules);
	return 0;
}

int main(int argc, char **argv)
{
	static const size_t sizes[] = {100, 1000, 10000};
	bool alone = argc > 1 && strcmp(argv[1], "alone") == 0; /* without PCRE2 alone */
	if (argc > 1 && strcmp(argv[1], "evil") == 0) {
		evil();
		return 0;
	}
	if (argc > 2 && strcmp(argv[1], "only") == 0)
		return only(strtoul(argv[2], NULL, 10), argc > 3 ? argv[3] : NULL,
			    argc > 4 ? strtoul(argv[4], NULL, 10) : 2);
	made_words();
	struct made_rule *rules = made_zalloc(10000, sizeof *rules);
	made_rules(rules, 10000);
	for (size_t s = 0; s < (argc > 2 ? 1 : sizeof sizes / sizeof *sizes); s++) {
		double load_ms;
		struct hl_ruleset *set = made_build(rules, sizes[s], NULL, &load_ms);
		struct hl_str *messages = make_messages(rules, sizes[s]);
		report(set, messages, sizes[s], load_ms);
		reload(set, rules, sizes[s]);
		if (!alone)
			one_by_one(rules, sizes[s], messages, 100000 / sizes[s]);
		hl_ruleset_unref(set);
		free_messages(messages);
	}
	free(rules);
	return 0;
}
