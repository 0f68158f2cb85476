/* How long one message takes against 100, 1,000 and 10,000 rules: means, tails, load time, memory,
   and beside them the same rules tried one by one with PCRE2 JIT. Rules and messages are generated:
   English and Chinese, captures, alternations, gaps, 2 % look-arounds; messages of 10 to 200 bytes,
   1 % of 1 to 4 KiB. `bench_match evil` measures the worst texts against the worst rules that are
   let through; `bench_match only SIZE [short|long]` one size alone, for counting instructions. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hotline.h"

#define MESSAGES 20000
#define WORDS 1800
#define TEXT_MAX 4200

static uint64_t seed = 88172645463325252ull;

static unsigned draw(unsigned below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % below;
}

static double now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* ------------------------------------------------------------------ words */

static char english[WORDS][16];
static char chinese[400][8];

static void make_words(void)
{
	static const char *const starts[] = {"b",  "c",	 "d",  "f",  "g",  "l",	 "m",  "n",  "p",
					     "r",  "s",	 "t",  "v",  "w",  "br", "cr", "dr", "fl",
					     "gr", "pl", "pr", "sh", "st", "th", "tr"};
	static const char *const vowels[] = {"a", "e", "i", "o", "u", "ai", "ea", "oo", "ou"};
	static const char *const ends[] = {"n",	 "r",  "s",  "t",  "l", "nd",
					   "rt", "st", "ck", "ng", "m", ""};
	static const char *const han[] = {
		"充", "值", "提", "现", "到", "账", "手", "续", "费", "验", "证", "码", "登", "录",
		"冻", "结", "卡", "单", "币", "转", "退", "款", "改", "绑", "定", "邮", "箱", "密",
		"合", "约", "交", "易", "所", "平", "台", "客", "服", "问", "题", "怎", "么", "办",
		"不", "能", "收", "确", "认", "区", "块", "链", "网", "络", "地", "址", "错", "误",
		"钱", "包", "余", "额", "显", "示", "更", "新", "时", "间", "等", "待", "审", "核",
		"失", "败", "成", "功", "操", "作", "取", "消", "订", "买", "卖", "价", "格", "市",
		"场", "限", "杠", "杆", "保", "金", "强", "爆", "仓", "利", "息", "借", "贷", "理",
		"财", "活", "动", "奖", "励", "邀", "请", "返", "佣", "注", "册", "实", "名", "身",
		"份", "护", "照", "片", "上", "传", "人", "脸", "识", "别", "银", "行", "支", "付",
		"宝", "微", "信", "法", "商", "家", "申", "诉", "超", "异", "常", "风", "控", "解",
		"除", "设", "备", "短", "件", "语", "音", "谷", "歌", "器", "换", "旧", "机", "号",
		"丢", "找", "回", "锁", "开", "通", "关", "闭", "权", "接", "口", "文", "档", "签",
		"白", "子", "母", "划", "快", "速", "闪", "兑", "空", "投", "质", "押", "挖", "矿",
		"池", "益", "率", "节", "点", "票", "治"};
	for (size_t i = 0; i < WORDS; i++) {
		unsigned syllables = 2 + draw(2);
		english[i][0] = 0;
		while (syllables--) {
			strcat(english[i], starts[draw(25)]);
			strcat(english[i], vowels[draw(9)]);
		}
		strcat(english[i], ends[draw(12)]);
	}
	for (size_t i = 0; i < 400; i++)
		snprintf(chinese[i], sizeof chinese[i], "%s%s", han[draw(189)], han[draw(189)]);
}

/* Few words are used often, most seldom. */
static const char *word(void)
{
	unsigned x = draw(1000);
	return english[x < 300 ? draw(60) : x < 700 ? draw(400) : draw(WORDS)];
}

static const char *han(void)
{
	return chinese[draw(2) ? draw(60) : draw(400)];
}

/* ------------------------------------------------------------------ rules */

enum form { FORM_PHRASE, FORM_WORDS, FORM_PATTERN };
struct made_rule {
	enum form form;
	char text[300];	   /* of `words`: the items, comma between */
	char pattern[300]; /* the same as one expression, for PCRE2 alone */
	char sample[300];  /* a message that it matches */
};

static void make_english(struct made_rule *r)
{
	const char *a = word(), *b = word(), *c = word(), *d = word(), *e = word();
	switch (draw(5)) {
	case 0:
		snprintf(r->text, sizeof r->text, "(%s|%s) [my] %s * (%s|not %s)", a, b, c, d, e);
		snprintf(r->pattern, sizeof r->pattern,
			 "\\b(?:%s|%s) (?:my )?%s\\b(?: \\w+){0,6} (?:%s|not %s)\\b", a, b, c, d,
			 e);
		snprintf(r->sample, sizeof r->sample, "%s my %s is still %s", a, c, d);
		break;
	case 1:
		snprintf(r->text, sizeof r->text, "how (do i|can i|to) %s [the] %s[s]", a, b);
		snprintf(r->pattern, sizeof r->pattern,
			 "\\bhow (?:do i|can i|to) %s (?:the )?%ss?\\b", a, b);
		snprintf(r->sample, sizeof r->sample, "hello how can i %s the %ss", a, b);
		break;
	case 2:
		snprintf(r->text, sizeof r->text, "%s %s * %s", a, b, c);
		snprintf(r->pattern, sizeof r->pattern, "\\b%s %s\\b(?: \\w+){0,6} %s\\b", a, b, c);
		snprintf(r->sample, sizeof r->sample, "the %s %s was %s", a, b, c);
		break;
	case 3:
		snprintf(r->text, sizeof r->text, "%s~ [is] (%s|%s|%s)", a, b, c, d);
		snprintf(r->pattern, sizeof r->pattern, "\\b%s\\w* (?:is )?(?:%s|%s|%s)\\b", a, b,
			 c, d);
		snprintf(r->sample, sizeof r->sample, "%sing %s", a, c);
		break;
	default:
		snprintf(r->text, sizeof r->text, "(%s|%s) * (%s|%s) * %s", a, b, c, d, e);
		snprintf(r->pattern, sizeof r->pattern,
			 "\\b(?:%s|%s)\\b(?: \\w+){0,6} (?:%s|%s)\\b(?: \\w+){0,6} %s\\b", a, b, c,
			 d, e);
		snprintf(r->sample, sizeof r->sample, "%s and then %s it %s", b, c, e);
		break;
	}
}

static void make_chinese(struct made_rule *r)
{
	const char *a = han(), *b = han(), *c = han();
	snprintf(r->text, sizeof r->text, "(%s|%s)*[还]没[有]%s", a, b, c);
	snprintf(r->pattern, sizeof r->pattern, "(?:%s|%s).{0,12}?还?没有?%s", a, b, c);
	snprintf(r->sample, sizeof r->sample, "我的%s怎么还没%s", a, c);
}

static void make_pattern(struct made_rule *r, bool look)
{
	const char *a = word(), *b = word(), *c = word();
	r->form = FORM_PATTERN;
	snprintf(r->sample, sizeof r->sample, "sent 20 usdt for %s and %s %s", a, b, c);
	if (look)
		snprintf(r->text, sizeof r->text, "\\b%s\\b(?!.*\\bnot\\b)(?=.*\\b%s\\b)", a, b);
	else if (draw(2))
		snprintf(r->text, sizeof r->text,
			 "(?<amount>\\d+(?:\\.\\d+)?)\\s*(?<coin>btc|eth|usdt)\\b.*\\b%s\\b.*\\b(?:"
			 "%s|%s)",
			 a, b, c);
	else
		snprintf(r->text, sizeof r->text, "\\b%s\\w*\\b.{0,40}\\b(?:%s|%s)\\b", a, b, c);
	strcpy(r->pattern, r->text);
}

static void make_rule(struct made_rule *r)
{
	unsigned kind = draw(100);
	memset(r, 0, sizeof *r);
	if (kind < 2) {
		make_pattern(r, true);
	} else if (kind < 30) {
		make_pattern(r, false);
	} else if (kind < 42) {
		const char *a = word(), *b = word(), *c = word();
		r->form = FORM_WORDS;
		snprintf(r->text, sizeof r->text, "%s~,%s|%s", a, b, c);
		snprintf(r->pattern, sizeof r->pattern, "(?=.*\\b%s)(?=.*\\b(?:%s|%s)\\b).", a, b,
			 c);
		snprintf(r->sample, sizeof r->sample, "%s my %s", b, a);
	} else if (kind < 65) {
		make_chinese(r);
	} else {
		make_english(r);
	}
}

static struct hl_str str(const char *text)
{
	return (struct hl_str){text, strlen(text)};
}

static void *zalloc(size_t n, size_t size)
{
	void *p = calloc(n, size);
	if (!p)
		exit(1);
	return p;
}

/* Five rules an intent. */
static struct hl_ruleset *build(struct made_rule *rules, size_t n, const struct hl_ruleset *like,
				double *load_ms)
{
	size_t n_intents = (n + 4) / 5;
	struct hl_intent *intents = zalloc(n_intents, sizeof *intents);
	struct hl_line *lines = zalloc(n * 3, sizeof *lines);
	struct hl_words_rule *words = zalloc(n, sizeof *words);
	char(*ids)[32] = zalloc(n_intents, sizeof *ids);
	for (size_t i = 0; i < n_intents; i++) {
		size_t from = i * 5, to = from + 5 < n ? from + 5 : n;
		snprintf(ids[i], sizeof ids[i], "intent.%zu", i);
		struct hl_line *at = lines + from * 3;
		intents[i].id = str(ids[i]);
		for (int form = 0; form < 3; form++) {
			struct hl_lines list = {at, 0};
			for (size_t r = from; r < to; r++) {
				if ((int)rules[r].form != form)
					continue;
				if (form == FORM_WORDS) {
					char *comma = strchr(rules[r].text, ',');
					struct hl_words_rule *w =
						&words[from + intents[i].n_words++];
					at[0].text = (struct hl_str){
						rules[r].text, (size_t)(comma - rules[r].text)};
					at[1].text = str(comma + 1);
					w->all = (struct hl_lines){at, 2};
					w->typos = 1;
					at += 2;
				} else {
					(*at++).text = str(rules[r].text);
					list.n++;
				}
			}
			if (form == FORM_PHRASE)
				intents[i].phrases = list;
			if (form == FORM_PATTERN)
				intents[i].patterns = list;
		}
		intents[i].words = words + from;
	}
	struct hl_pack pack = {
		.oos = -1, .rephrase = -1, .intents = intents, .n_intents = n_intents};
	struct hl_ruleset *set = NULL;
	double before = now_ns();
	if (hl_ruleset_renew(&set, &pack, (struct hl_str){NULL, 0}, like, NULL, NULL, NULL) !=
	    HL_OK)
		exit(1);
	*load_ms = (now_ns() - before) / 1e6;
	free(intents);
	free(lines);
	free(words);
	free(ids);
	return set;
}

/* No two intents may have the same rule. */
static size_t make_rules(struct made_rule *rules, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		make_rule(&rules[i]);
		for (size_t j = 0; j < i; j++)
			if (strcmp(rules[i].text, rules[j].text) == 0) {
				make_rule(&rules[i]);
				j = 0;
			}
	}
	return n;
}

/* ------------------------------------------------------------------ messages */

static char *make_message(const struct made_rule *rules, size_t n)
{
	static const char *const glue[] = {"i",	    "my",  "the", "is",	  "please", "it",
					   "to",    "and", "not", "for",  "with",   "you",
					   "hello", "why", "on",  "still"};
	char *text = zalloc(TEXT_MAX + 200, 1);
	unsigned long_one = draw(100) == 0;
	size_t want = long_one ? 1024 + draw(3072) : 10 + draw(190);
	bool hit = draw(10) < 7;
	unsigned tongue = draw(10); /* six English, three Chinese, one both */
	size_t at = 0;
	while (at < want) {
		bool latin = tongue < 6 || (tongue == 9 && draw(2));
		const char *piece = !latin ? han() : draw(2) ? glue[draw(16)] : word();
		if (hit && at >= want / 3) {
			piece = rules[draw((unsigned)n)].sample;
			hit = false;
		}
		at += (size_t)snprintf(text + at, TEXT_MAX + 200 - at, "%s%s", piece,
				       draw(30) ? " " : ". ");
	}
	return text;
}

static size_t limits; /* messages that hit a work limit */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static void classify_all(struct hl_ruleset *set, char **messages, size_t n, double *ns,
			 size_t *hits)
{
	struct hl_scratch *scratch;
	struct hl_verdict v;
	if (hl_scratch_new(&scratch) != HL_OK)
		exit(1);
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < n; i++) {
			struct hl_query query = {.text = str(messages[i])};
			double before = now_ns();
			if (hl_classify(&v, scratch, set, &query) != HL_OK)
				exit(1);
			ns[i] = now_ns() - before;
			*hits += pass && v.n_hits;
			limits += pass && v.limit_hit;
		}
	hl_scratch_free(scratch);
}

/* `only short`: messages up to 120 bytes, `only long`: above 1 KiB. */
static size_t pick(char **messages, size_t n, const char *which)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(messages[i]);
		bool keep = strcmp(which, "short") == 0 ? len <= 120 : len >= 1024;
		char *swap = messages[i];
		messages[i] = messages[kept];
		messages[kept] = swap;
		kept += keep;
	}
	return kept;
}

static void report(struct hl_ruleset *set, char **messages, size_t n_rules, double load_ms)
{
	struct hl_ruleset_info info;
	double *ns = zalloc(MESSAGES, sizeof *ns), sum = 0, short_sum = 0;
	size_t hits = 0, n_short = 0;
	classify_all(set, messages, MESSAGES, ns, &hits);
	for (size_t i = 0; i < MESSAGES; i++) {
		sum += ns[i];
		if (strlen(messages[i]) <= 120) {
			short_sum += ns[i];
			n_short++;
		}
	}
	qsort(ns, MESSAGES, sizeof *ns, by_value);
	hl_ruleset_info(&info, set);
	printf("%6zu rules: mean %.2f µs (to 120 bytes %.2f), p50 %.2f, p99 %.1f, p99.9 %.1f, max "
	       "%.0f µs; %.0f %% hit; load %.0f ms, %.1f MiB, %zu tried always, %zu at a limit\n",
	       n_rules, sum / MESSAGES / 1e3, short_sum / (double)n_short / 1e3,
	       ns[MESSAGES / 2] / 1e3, ns[MESSAGES / 100 * 99] / 1e3,
	       ns[MESSAGES / 1000 * 999] / 1e3, ns[MESSAGES - 1] / 1e3,
	       100.0 * (double)hits / MESSAGES, load_ms, (double)info.bytes / 1048576,
	       info.without_literal, limits);
	free(ns);
}

/* One rule of all is changed. */
static void reload(const struct hl_ruleset *set, struct made_rule *rules, size_t n)
{
	struct made_rule changed = rules[0];
	double ms, best = 1e9;
	for (int pass = 0; pass < 3; pass++) {
		make_rule(&rules[0]);
		hl_ruleset_unref(build(rules, n, set, &ms));
		best = ms < best ? ms : best;
	}
	rules[0] = changed;
	printf("%6zu rules, one changed: %.0f ms\n", n, best);
}

/* The same rules as patterns, each tried on each message. */
static void one_by_one(const struct made_rule *rules, size_t n, char **messages, size_t n_messages)
{
	pcre2_code **codes = zalloc(n, sizeof(pcre2_code *));
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
	double before = now_ns();
	for (size_t m = 0; m < n_messages; m++)
		for (size_t i = 0; i < n; i++)
			found += pcre2_match(codes[i], (PCRE2_SPTR)messages[m], strlen(messages[m]),
					     0, PCRE2_NO_UTF_CHECK, data, NULL) > 0;
	printf("%6zu rules one by one with PCRE2 JIT: mean %.0f µs (%zu found)\n", n,
	       (now_ns() - before) / 1e3 / (double)n_messages, found);
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
	char *text = zalloc(5000, 1);
	double best = 1e18;
	fill(text, piece);
	query = (struct hl_query){.text = str(text)};
	if (hl_scratch_new(&scratch) != HL_OK)
		exit(1);
	for (int pass = 0; pass < 3; pass++) {
		double before = now_ns();
		if (hl_classify(&v, scratch, set, &query) != HL_OK)
			exit(1);
		double ns = now_ns() - before;
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
		struct made_rule *rules = zalloc(8 * e->copies, sizeof *rules);
		size_t n = 0;
		for (size_t copy = 0; copy < e->copies; copy++)
			for (size_t r = 0; r < 8 && e->rules[r]; r++, n++) {
				rules[n].form = e->form;
				number_rule(rules[n].text, sizeof rules[n].text, e->rules[r], copy);
			}
		struct hl_ruleset *set = build(rules, n, NULL, &load_ms);
		for (size_t t = 0; t < 8 && e->texts[t]; t++) {
			double ns = evil_text(set, e->texts[t], e, n);
			worst = ns > worst ? ns : worst;
		}
		hl_ruleset_unref(set);
		free(rules);
	}
	printf("worst: %.2f ms (at most 5 wanted)\n", worst / 1e6);
}

static int only(size_t n_rules, const char *which)
{
	struct made_rule *rules = zalloc(n_rules, sizeof *rules);
	char **messages = zalloc(MESSAGES, sizeof *messages);
	double *ns = zalloc(MESSAGES, sizeof *ns), load_ms, sum = 0;
	size_t hits = 0, n = MESSAGES;
	make_words();
	make_rules(rules, n_rules);
	struct hl_ruleset *set = build(rules, n_rules, NULL, &load_ms);
	for (size_t i = 0; i < MESSAGES; i++)
		messages[i] = make_message(rules, n_rules);
	if (which)
		n = pick(messages, MESSAGES, which);
	classify_all(set, messages, n, ns, &hits);
	for (size_t i = 0; i < n; i++)
		sum += ns[i];
	printf("%zu rules, %zu messages: mean %.2f µs, %zu hit\n", n_rules, n,
	       sum / 1e3 / (double)n, hits);
	hl_ruleset_unref(set);
	for (size_t i = 0; i < MESSAGES; i++)
		free(messages[i]);
	free(messages);
	free(rules);
	free(ns);
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
		return only(strtoul(argv[2], NULL, 10), argc > 3 ? argv[3] : NULL);
	make_words();
	struct made_rule *rules = zalloc(10000, sizeof *rules);
	make_rules(rules, 10000);
	for (size_t s = 0; s < (argc > 2 ? 1 : sizeof sizes / sizeof *sizes); s++) {
		double load_ms;
		char **messages = zalloc(MESSAGES, sizeof *messages);
		struct hl_ruleset *set = build(rules, sizes[s], NULL, &load_ms);
		for (size_t i = 0; i < MESSAGES; i++)
			messages[i] = make_message(rules, sizes[s]);
		report(set, messages, sizes[s], load_ms);
		reload(set, rules, sizes[s]);
		if (!alone)
			one_by_one(rules, sizes[s], messages, 100000 / sizes[s]);
		hl_ruleset_unref(set);
		for (size_t i = 0; i < MESSAGES; i++)
			free(messages[i]);
		free(messages);
	}
	free(rules);
	return 0;
}
