/* Any message to one pack that has every kind of rule. The verdict must hold together and be the
   same whether it has to be explained or not. Some intents have a single rule and nothing beside
   it: of those a slow and obviously right matcher says whether it is found, for phrases by trying
   every text they stand for at every word, for patterns by PCRE2 alone. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "packtext.h"
#include "text/text.h"
#include "verdict_checks.h"

#define MESSAGE_MAX 4096 /* bytes */
#define GAP_SIZE2 12	 /* what a gap skips at most, in halves of a word */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each the only rule of an intent. `texts` are all that a phrase stands for, a star for a gap;
   none: it is a pattern. */
static const struct alone {
	const char *rule;
	const char *texts[8];
} alone[] = {
	{"deposit * (missing|not [yet] here)",
	 {"deposit*missing", "deposit*not yet here", "deposit*not here"}},
	{"how (do i|can i) withdraw[s]",
	 {"how do i withdraw", "how can i withdraw", "how do i withdraws", "how can i withdraws"}},
	{"(充值|提现)*[还]没[有]到账",
	 {"充值*没到账", "充值*还没到账", "充值*没有到账", "充值*还没有到账", "提现*没到账",
	  "提现*还没到账", "提现*没有到账", "提现*还没有到账"}},
	{"a * a b [c]", {"a*a b", "a*a b c"}},
	{"a*充*b", {"a*充*b"}},
	{"(?<amount>\\d+(?:\\.\\d+)?)\\s*(?<coin>btc|eth|usdt)\\b.*\\bfrozen\\b.*\\b(?:card|bank)",
	 {0}},
	{"\\bstuck\\w*\\b.{0,40}\\b(?:pending|late)\\b", {0}},
	{"\\brefund\\b(?!.*\\bnot\\b)(?=.*\\bfee\\b)", {0}},
	{"^\\s*(ok|okay)\\W*$", {0}},
	{"(?<=no )code\\b|验证码.{0,6}(?:收不到|没收到)", {0}},
	{"(?i:a|ab)(?:c|bcd)d*\\b.*?(?:x|yy)", {0}},
};
#define N_ALONE (sizeof alone / sizeof *alone)

/* Behind those: intents whose rules compete, and two that learn. */
static const char beside[] = "list coin BTC = btc, bitcoin, 比特币\n"
			     "list coin USDT = usdt, u, 泰达币\n"
			     "set late = late, stuck, not [yet] here, 没到\n"
			     "intent lists\n"
			     "phrase {coin} * <late>\n"
			     "slot coin list coin\n"
			     "slot amount amount\n"
			     "intent words\n"
			     "words deposit~, missing|lost|late ! how long\n"
			     "typos 1\n"
			     "max 15\n"
			     "intent whole\n"
			     "phrase = frozen card\n"
			     "intent tie.one\n"
			     "phrase frozen * bank\n"
			     "intent tie.two\n"
			     "phrase frozen * bank[s]\n"
			     "never not frozen\n"
			     "intent conditional\n"
			     "phrase refund\n"
			     "only user.level vip\n"
			     "intent sensitive\n"
			     "always\n"
			     "phrase (hacked|stolen)\n"
			     "pattern 被(?:盗|骗)\n"
			     "intent learnt.fees\n"
			     "example what does a withdrawal cost\n"
			     "example how high are the fees\n"
			     "example 手续费是多少\n"
			     "slot day date\n"
			     "slot order order\n"
			     "intent learnt.hours\n"
			     "example when are you open\n"
			     "example opening hours on sunday\n"
			     "example 你们几点上班\n";

static struct hl_ruleset *rules;
static struct hl_scratch *scratch;
static pcre2_code *codes[N_ALONE][2]; /* interpreted, and as machine code */

/* Before the first message, which has seconds; learning takes some under a sanitizer. */
__attribute__((constructor)) static void prepare(void)
{
	char pack[8192] = "";
	for (size_t i = 0; i < N_ALONE; i++) {
		char id[] = "intent a\n";
		id[7] = (char)('a' + (int)i);
		strcat(pack, id);
		strcat(pack, alone[i].texts[0] != NULL ? "phrase " : "pattern ");
		strcat(pack, alone[i].rule);
		strcat(pack, "\n");
	}
	strcat(pack, beside);
	struct packtext *made = packtext_new(pack, strlen(pack));
	assert(hl_ruleset_new(&rules, packtext_pack(made), (struct hl_str){NULL, 0}, NULL, NULL) ==
	       HL_OK);
	packtext_free(made);
	assert(hl_scratch_new(&scratch) == HL_OK);
	for (size_t i = 0; i < N_ALONE; i++)
		for (size_t k = 0; k < 2 && alone[i].texts[0] == NULL; k++) {
			int error;
			PCRE2_SIZE offset;
			codes[i][k] =
				pcre2_compile((PCRE2_SPTR)alone[i].rule, strlen(alone[i].rule),
					      PCRE2_UTF | PCRE2_CASELESS | PCRE2_DOLLAR_ENDONLY,
					      &error, &offset, NULL);
			assert(codes[i][k] != NULL);
			if (k == 1)
				pcre2_jit_compile(codes[i][k], PCRE2_JIT_COMPLETE);
		}
}

/* ------------------------------------------------------------------ the slow matchers */

static bool has_form(const struct hl_word *word, struct hl_str text)
{
	bool same = hl_str_eq(word->form, text);
	for (size_t i = 0; i < word->n_also && !same; i++)
		same = hl_str_eq(word->also[i], text);
	return same;
}

/* Does `text`, a run of words, gaps as stars, stand at word `at`, or behind a gap further on? */
static bool stands(const struct hl_utterance *u, size_t at, const char *text, bool begun)
{
	bool gap = *text == '*';
	uint32_t skipped = 0;
	while (*text == '*' || *text == ' ')
		text++;
	if (*text == '\0')
		return true;
	size_t len = (unsigned char)*text >= 0x80 ? 3 : strcspn(text, "* ");
	for (size_t w = at; w < u->n_words; w++) {
		if (w > at && !gap)
			break;
		if (gap && (skipped > GAP_SIZE2 ||
			    (begun && u->words[w].sentence != u->words[at - 1].sentence)))
			break;
		if (has_form(&u->words[w], (struct hl_str){text, len}) &&
		    stands(u, w + 1, text + len, true))
			return true;
		skipped += u->words[w].size2;
	}
	return false;
}

static bool finds_phrase(const struct alone *rule, const struct hl_utterance *u)
{
	for (size_t i = 0; i < 8 && rule->texts[i] != NULL; i++)
		for (size_t at = 0; at < u->n_words; at++)
			if (stands(u, at, rule->texts[i], false))
				return true;
	return false;
}

static bool finds_pattern(const pcre2_code *code, struct hl_str text)
{
	pcre2_match_data *data = pcre2_match_data_create(10, NULL);
	int rc = pcre2_match(code, (PCRE2_SPTR)text.ptr, text.len, 0, 0, data, NULL);
	pcre2_match_data_free(data);
	return rc >= 0;
}

static void check_found(const struct hl_verdict *v, const struct hl_utterance *u)
{
	bool found[N_ALONE] = {false};
	for (size_t i = 0; i < v->n_hits; i++)
		if (v->hits[i].intent->id.len == 1)
			found[v->hits[i].intent->id.ptr[0] - 'a'] = true;
	for (size_t i = 0; i < N_ALONE; i++) {
		if (alone[i].texts[0] != NULL)
			assert(found[i] == finds_phrase(&alone[i], u));
		else
			assert(found[i] == finds_pattern(codes[i][0], v->normal) ||
			       found[i] == finds_pattern(codes[i][1], v->normal));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hl_arena arena = {0};
	struct hl_verdict explained, plain;
	struct hl_utterance u;
	if (size > MESSAGE_MAX)
		return 0;
	struct hl_query query = {.text = {(const char *)data, size}, .trace = true};
	assert(hl_classify(&explained, scratch, rules, &query) == HL_OK);
	check_verdict(&explained, size);
	struct hl_scratch *other;
	assert(hl_scratch_new(&other) == HL_OK);
	query.trace = false;
	assert(hl_classify(&plain, other, rules, &query) == HL_OK);
	check_same(&explained, &plain);
	assert(hl_utterance_read(&u, &arena, query.text, plain.redacted, plain.n_redacted) ==
	       HL_OK);
	if (!plain.limit_hit)
		check_found(&plain, &u);
	hl_scratch_free(other);
	hl_arena_deinit(&arena);
	return 0;
}
