/* Rules and messages for the benches: English and Chinese, captures, alternations, gaps, 2 %
   look-arounds; messages of 10 to 200 bytes, 1 % of 1 to 4 KiB. The same on every machine. */
#include "made.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hotline_rules.h"

#define WORDS 1800
#define TEXT_MAX 4200

static uint64_t seed = 88172645463325252ull;

unsigned made_draw(unsigned below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % below;
}

double made_now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* ------------------------------------------------------------------ words */

static char english[WORDS][16];
static char chinese[400][8];

void made_words(void)
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
		unsigned syllables = 2 + made_draw(2);
		english[i][0] = 0;
		while (syllables--) {
			strcat(english[i], starts[made_draw(25)]);
			strcat(english[i], vowels[made_draw(9)]);
		}
		strcat(english[i], ends[made_draw(12)]);
	}
	for (size_t i = 0; i < 400; i++)
		snprintf(chinese[i], sizeof chinese[i], "%s%s", han[made_draw(189)],
			 han[made_draw(189)]);
}

/* Few words are used often, most seldom. */
static const char *word(void)
{
	unsigned x = made_draw(1000);
	return english[x < 300 ? made_draw(60) : x < 700 ? made_draw(400) : made_draw(WORDS)];
}

static const char *han(void)
{
	return chinese[made_draw(2) ? made_draw(60) : made_draw(400)];
}

/* ------------------------------------------------------------------ rules */

static void make_english(struct made_rule *r)
{
	const char *a = word(), *b = word(), *c = word(), *d = word(), *e = word();
	switch (made_draw(5)) {
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
	else if (made_draw(2))
		snprintf(r->text, sizeof r->text,
			 "(?<amount>\\d+(?:\\.\\d+)?)\\s*(?<coin>btc|eth|usdt)\\b.*\\b%s\\b.*\\b(?:"
			 "%s|%s)",
			 a, b, c);
	else
		snprintf(r->text, sizeof r->text, "\\b%s\\w*\\b.{0,40}\\b(?:%s|%s)\\b", a, b, c);
	strcpy(r->pattern, r->text);
}

void made_rule(struct made_rule *r)
{
	unsigned kind = made_draw(100);
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

struct hl_str made_str(const char *text)
{
	return (struct hl_str){text, strlen(text)};
}

void *made_zalloc(size_t n, size_t size)
{
	void *p = calloc(n, size);
	if (!p)
		exit(1);
	return p;
}

/* Five rules an intent. */
struct hl_ruleset *made_build(struct made_rule *rules, size_t n, const struct hl_ruleset *like,
			      double *load_ms)
{
	size_t n_intents = (n + 4) / 5;
	struct hl_intent *intents = made_zalloc(n_intents, sizeof *intents);
	struct hl_line *lines = made_zalloc(n * 3, sizeof *lines);
	struct hl_words_rule *words = made_zalloc(n, sizeof *words);
	char(*ids)[32] = made_zalloc(n_intents, sizeof *ids);
	for (size_t i = 0; i < n_intents; i++) {
		size_t from = i * 5, to = from + 5 < n ? from + 5 : n;
		snprintf(ids[i], sizeof ids[i], "intent.%zu", i);
		struct hl_line *at = lines + from * 3;
		intents[i].id = made_str(ids[i]);
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
					at[1].text = made_str(comma + 1);
					w->all = (struct hl_lines){at, 2};
					w->typos = 1;
					at += 2;
				} else {
					(*at++).text = made_str(rules[r].text);
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
	double before = made_now_ns();
	if (hl_ruleset_renew(&set, &pack, (struct hl_str){NULL, 0}, like, NULL, NULL, NULL) !=
	    HL_OK)
		exit(1);
	*load_ms = (made_now_ns() - before) / 1e6;
	hl_rules_huge_pages(set);
	free(intents);
	free(lines);
	free(words);
	free(ids);
	return set;
}

/* No two intents may have the same rule. */
static uint32_t hash_of(const char *text)
{
	uint32_t hash = 2166136261u;
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	return hash;
}

size_t made_rules(struct made_rule *rules, size_t n)
{
	size_t room = 64;
	while (room < n * 2)
		room *= 2;
	uint32_t *slots = made_zalloc(room, sizeof *slots); /* rule + 1; 0: free */
	for (size_t i = 0; i < n; i++) {
		made_rule(&rules[i]);
		size_t slot = hash_of(rules[i].text) & (room - 1);
		for (; slots[slot]; slot = (slot + 1) & (room - 1)) {
			if (strcmp(rules[slots[slot] - 1].text, rules[i].text) != 0)
				continue;
			made_rule(&rules[i]);
			slot = (hash_of(rules[i].text) - 1) & (room - 1);
		}
		slots[slot] = (uint32_t)i + 1;
	}
	free(slots);
	return n;
}

/* ------------------------------------------------------------------ messages */

char *made_message(const struct made_rule *rules, size_t n)
{
	static const char *const glue[] = {"i",	    "my",  "the", "is",	  "please", "it",
					   "to",    "and", "not", "for",  "with",   "you",
					   "hello", "why", "on",  "still"};
	char *text = made_zalloc(TEXT_MAX + 200, 1);
	unsigned long_one = made_draw(100) == 0;
	size_t want = long_one ? 1024 + made_draw(3072) : 10 + made_draw(190);
	bool hit = made_draw(10) < 7;
	unsigned tongue = made_draw(10); /* six English, three Chinese, one both */
	size_t at = 0;
	while (at < want) {
		bool latin = tongue < 6 || (tongue == 9 && made_draw(2));
		const char *piece = !latin ? han() : made_draw(2) ? glue[made_draw(16)] : word();
		if (hit && at >= want / 3) {
			piece = rules[made_draw((unsigned)n)].sample;
			hit = false;
		}
		at += (size_t)snprintf(text + at, TEXT_MAX + 200 - at, "%s%s", piece,
				       made_draw(30) ? " " : ". ");
	}
	/* of its own length: a text alone on its page would cost a walk through the page tables */
	char *fit = strdup(text);
	free(text);
	if (!fit)
		exit(1);
	return fit;
}
