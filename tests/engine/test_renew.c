/* Rule sets that take over what they have in common with the one in force. */
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

/* A set that shares patterns with an earlier one stands alone when that one is gone. */
static void test_renew(void **state)
{
	static const char *const packs[] = {
		"intent a\npattern (?<n>\\d+) coins\nintent b\npattern (?>x|y)z\n",
		"intent a\npattern (?<n>\\d+) coins\nintent c\npattern never\\b\n"};
	struct hl_ruleset *sets[2] = {NULL, NULL};
	struct hl_scratch *scratch;
	struct hl_verdict v;
	struct hl_query query = {.text = {"give me 12 coins", 16}};
	(void)state;
	assert_int_equal(hl_scratch_new(&scratch), HL_OK);
	for (size_t i = 0; i < 2; i++) {
		struct packtext *made = packtext_new(packs[i], strlen(packs[i]));
		assert_int_equal(hl_ruleset_renew(&sets[i], packtext_pack(made),
						  (struct hl_str){NULL, 0}, sets[0], NULL, NULL,
						  NULL),
				 HL_OK);
		packtext_free(made);
	}
	hl_ruleset_unref(sets[0]);
	assert_int_equal(hl_classify(&v, scratch, sets[1], &query), HL_OK);
	assert_int_equal(v.decision, HL_ANSWER);
	assert_int_equal(v.n_slots, 1);
	hl_ruleset_unref(sets[1]);
	hl_scratch_free(scratch);
}

/* ------------------------------------------------------------------ a pack that is edited */

#define INTENTS 6
#define LINES_MAX 12
#define HEADS 7

struct edited {
	bool heads[HEADS];
	size_t n_lines[INTENTS];
	char lines[INTENTS][LINES_MAX][80];
};

static const char *const heads[HEADS] = {
	"set late = late, stuck, not [yet] here",
	"set in = deposit, top up",
	"set stop = never mind",
	"list coin BTC = btc, bitcoin\nlist coin ETH = eth, ether",
	"list net TRON = tron, trc20",
	"list amount SMALL = small, tiny", /* a list of a type's name */
	"set in2 = in, into",
};

static void draw_line(char *out, size_t room)
{
	static const char *const words[] = {"deposit", "late",	   "btc", "trc20", "fee",
					    "充值",    "withdraw", "20",  "没到",  "stuck"};
	static const char *const forms[] = {
		"phrase %s * %s",
		"phrase %s [my] (%s|%s)",
		"phrase = %s %s",
		"phrase <in> * <late> %s",
		"phrase {coin} %s",
		"phrase {amount} %s",
		"phrase {ref} %s",
		"phrase %s .* %s", /* reported, but let through */
		"phrase * %s %s",  /* the same */
		"pattern \\b%s\\b.*%s",
		"pattern (?<coin>btc|eth) %s",
		"pattern (?<x>%s) (?>%s|a)",
		"words %s~, %s|%s",
		"words %s, %s ! %s",
		"words %s, {coin}\ntypos 1",
		"words %s, <late>\nmax 5",
		"never %s %s",
		"never * %s %s",
		"slot coin list coin",
		"slot coin list net",
		"slot ref pattern r%s\\d+",
		"slot amount number",
		"only user.level vip",
		"example is my %s there %s",
	};
	const char *form = forms[draw(sizeof forms / sizeof *forms)];
	size_t n = 0;
	for (; *form && n + 16 < room; form++) {
		if (form[0] == '%' && form[1] == 's') {
			const char *word = words[draw(10)];
			memcpy(out + n, word, strlen(word));
			n += strlen(word);
			form++;
		} else {
			out[n++] = *form;
		}
	}
	out[n] = 0;
}

static void edit(struct edited *e)
{
	unsigned i = draw(INTENTS), kind = draw(12);
	size_t n = e->n_lines[i], at = n ? draw((unsigned)n) : 0;
	if (kind == 0) {
		unsigned head = draw(HEADS);
		e->heads[head] = !e->heads[head];
	} else if (kind < 5 && n < LINES_MAX) {
		memmove(e->lines[i][at + 1], e->lines[i][at], (n - at) * sizeof *e->lines[i]);
		draw_line(e->lines[i][at], sizeof *e->lines[i]);
		e->n_lines[i]++;
	} else if (kind < 8 && n) {
		memmove(e->lines[i][at], e->lines[i][at + 1], (n - at - 1) * sizeof *e->lines[i]);
		e->n_lines[i]--;
	} else if (kind == 8 && n) {
		char swap[80];
		memcpy(swap, e->lines[i][at], sizeof swap);
		memcpy(e->lines[i][at], e->lines[i][0], sizeof swap);
		memcpy(e->lines[i][0], swap, sizeof swap);
	} else if (n) {
		draw_line(e->lines[i][at], sizeof *e->lines[i]);
	}
}

static void write_pack(char *out, size_t room, const struct edited *e)
{
	size_t n = 0;
	for (size_t h = 0; h < HEADS; h++)
		if (e->heads[h])
			n += (size_t)snprintf(out + n, room - n, "%s\n", heads[h]);
	for (size_t i = 0; i < INTENTS; i++) {
		n += (size_t)snprintf(out + n, room - n, "intent %c\n", 'a' + (int)i);
		for (size_t l = 0; l < e->n_lines[i]; l++)
			n += (size_t)snprintf(out + n, room - n, "%s\n", e->lines[i][l]);
	}
}

/* ------------------------------------------------------------------ all that is said */

struct said {
	char text[60000];
	size_t n;
};

__attribute__((format(printf, 2, 3))) static void say(struct said *s, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(s->text + s->n, sizeof s->text - s->n, format, args);
	va_end(args);
	assert_true(n >= 0 && s->n + (size_t)n < sizeof s->text);
	s->n += (size_t)n;
}
#define STR "%.*s"
#define ARG(str) (int)(str).len, (str).ptr ? (str).ptr : ""

static void say_diag(void *arg, const struct hl_diag *d)
{
	say(arg, "%s:%u:%u+%u " STR " | " STR "\n", d->code, d->src.line, d->offset, d->len,
	    ARG(d->message), ARG(d->remedy));
}

static const char *id_of(const struct hl_intent *intent)
{
	return intent ? intent->id.ptr : "-";
}

static void say_verdict(struct said *s, const struct hl_verdict *v)
{
	say(s, "%s %s %.1s %s %u %d\n", hl_decision_name(v->decision), v->why, id_of(v->intent),
	    hl_by_name(v->by), v->rule.line, v->limit_hit);
	for (size_t i = 0; i < v->n_ranked; i++)
		say(s, "ranked %.1s %.6f\n", id_of(v->ranked[i].intent), v->ranked[i].score);
	for (size_t i = 0; i < v->n_clarify; i++)
		say(s, "ask %.1s\n", id_of(v->clarify[i]));
	for (size_t i = 0; i < v->n_slots; i++)
		say(s, "slot " STR "=" STR " %u-%u\n", ARG(v->slots[i].name),
		    ARG(v->slots[i].value), v->slots[i].start, v->slots[i].end);
	for (size_t i = 0; i < v->n_hits; i++) {
		const struct hl_hit *hit = &v->hits[i];
		say(s, "hit %.1s %s %u %u %d %d %s %.1s %d", id_of(hit->intent),
		    hl_by_name(hit->by), hit->src.line, hit->size2, hit->whole, hit->taken,
		    hit->lost ? hit->lost : "", id_of(hit->lost_to), hit->equal);
		for (size_t k = 0; k < hit->n_spans; k++)
			say(s, " %u-%u", hit->spans[k].start, hit->spans[k].end);
		say(s, "\n");
	}
	for (size_t i = 0; i < v->n_tried; i++)
		say(s, "tried %.1s %u " STR " %s\n", id_of(v->tried[i].intent),
		    v->tried[i].src.line, ARG(v->tried[i].text),
		    v->tried[i].outcome ? v->tried[i].outcome : "");
	for (size_t i = 0; i < v->n_trace; i++)
		say(s, "%s: " STR "\n", v->trace[i].stage, ARG(v->trace[i].text));
}

static void say_all(struct said *s, const struct hl_ruleset *set, struct hl_scratch *scratch)
{
	static const char *const messages[] = {
		"my btc deposit is late",
		"deposit of 20 eth on trc20 is stuck",
		"top up not yet here, withdraw fee late",
		"is my fee there late",
		"充值没到",
		"充值 20 btc 没到 deposit late fee",
		"depozit late btc stuck stuck fee",
		"rfee20 withdraw small fee",
		"late 20 withdraw my stuck",
		"= deposit late",
		"btc deposit",
		"never mind",
		"fee a trc20 fee",
	};
	static const struct hl_attr vip = {{"level", 5}, {"vip", 3}};
	struct hl_ruleset_info info;
	hl_ruleset_info(&info, set);
	say(s, "%zu rules, %zu without literal, %.6f\n", info.rules, info.without_literal,
	    info.threshold);
	for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
		struct hl_query query = {.text = {messages[i], strlen(messages[i])},
					 .trace = true,
					 .user = &vip,
					 .n_user = i % 2};
		struct hl_verdict v;
		assert_int_equal(hl_classify(&v, scratch, set, &query), HL_OK);
		say_verdict(s, &v);
	}
}

/* Workers that do the last job first. */
static void run_backwards(void *arg, void (*job)(void *job_arg, size_t i), void *job_arg, size_t n)
{
	*(size_t *)arg += n;
	while (n)
		job(job_arg, --n);
}

static int build(struct said *said, struct hl_ruleset **out, const char *text,
		 const struct hl_ruleset *like, const struct hl_workers *workers,
		 struct hl_scratch *scratch)
{
	struct packtext *made = packtext_new(text, strlen(text));
	said->n = 0;
	*out = NULL;
	int rc = hl_ruleset_renew(out, packtext_pack(made), (struct hl_str){NULL, 0}, like, workers,
				  say_diag, said);
	packtext_free(made);
	if (rc == HL_OK)
		say_all(said, *out, scratch);
	return rc;
}

/* After any edits a renewed set says what one built from nothing says, findings included. */
static void test_renewed_is_like_new(void **state)
{
	static struct said fresh, renewed;
	static struct edited pack = {.heads = {true, true, true, true, true}};
	struct hl_ruleset *set = NULL;
	struct hl_scratch *scratch;
	const char *rounds = getenv("HOTLINE_PROPERTY_ROUNDS");
	unsigned wanted = rounds ? (unsigned)strtoul(rounds, NULL, 10) : 120;
	unsigned built = 0;
	(void)state;
	assert_int_equal(hl_scratch_new(&scratch), HL_OK);
	for (unsigned round = 0; round < wanted; round++) {
		struct edited before = pack;
		struct hl_ruleset *alone, *next;
		char text[8000];
		for (unsigned edits = 1 + draw(3); edits; edits--)
			edit(&pack);
		write_pack(text, sizeof text, &pack);
		int rc = build(&fresh, &alone, text, NULL, NULL, scratch);
		assert_int_equal(build(&renewed, &next, text, set, NULL, scratch), rc);
		if (strcmp(fresh.text, renewed.text) != 0)
			fail_msg("pack:\n%s\nfresh:\n%s\nrenewed:\n%s", text, fresh.text,
				 renewed.text);
		hl_ruleset_unref(alone);
		if (rc != HL_OK) {
			pack = before;
			continue;
		}
		hl_ruleset_unref(set);
		set = next;
		built++;
	}
	assert_true(built > wanted / 4);
	hl_ruleset_unref(set);
	hl_scratch_free(scratch);
}

/* Patterns that workers compiled are those that are compiled one after the other; a refused one is
   reported in its place. */
static void test_made_ahead(void **state)
{
	static struct said alone, ahead;
	static char text[20000];
	struct hl_scratch *scratch;
	(void)state;
	assert_int_equal(hl_scratch_new(&scratch), HL_OK);
	for (unsigned round = 0; round < 4; round++) {
		struct hl_ruleset *sets[2];
		size_t n = 0, jobs = 0;
		struct hl_workers workers = {.run = run_backwards, .arg = &jobs};
		for (unsigned i = 0; i < 130; i++)
			n += (size_t)snprintf(
				text + n, sizeof text - n,
				"intent i%u\nonly user.x %u\npattern (?<n>\\d+).*%s%u\n", i, i,
				i % 3 ? "fee" : "late", i % 50);
		if (round == 1)
			n += (size_t)snprintf(text + n, sizeof text - n, "pattern a(b\n");
		if (round == 2) /* one that matches nothing at all, twice */
			n += (size_t)snprintf(text + n, sizeof text - n,
					      "pattern a?\npattern a?\n");
		int rc = build(&alone, &sets[0], text, NULL, NULL, scratch);
		assert_int_equal(rc, round == 1 || round == 2 ? HL_REFUSED : HL_OK);
		assert_int_equal(build(&ahead, &sets[1], text, NULL, &workers, scratch), rc);
		assert_string_equal(alone.text, ahead.text);
		assert_true(jobs > 0);
		hl_ruleset_unref(sets[0]);
		hl_ruleset_unref(sets[1]);
	}
	hl_scratch_free(scratch);
}

/* With many rules the index is made beside the vocabulary: it is the same, also when renewed. */
static void test_made_in_halves(void **state)
{
	static struct said alone, apart;
	static char text[20000];
	static const char *const words[] = {"deposit", "late", "btc", "fee", "充值", "withdraw"};
	struct hl_ruleset *set = NULL, *fresh, *next;
	struct hl_scratch *scratch;
	(void)state;
	assert_int_equal(hl_scratch_new(&scratch), HL_OK);
	for (unsigned round = 0; round < 3; round++) {
		size_t n = 0, jobs = 0;
		struct hl_workers workers = {.run = run_backwards, .arg = &jobs};
		for (unsigned i = 0; i < 340; i++) {
			if (i % 8 == 0)
				n += (size_t)snprintf(text + n, sizeof text - n, "intent i%u\n", i);
			bool loose = i % 20 == 0; /* matches without the rule's own word */
			n += (size_t)snprintf(text + n, sizeof text - n, "phrase %s * %s %sx%u%s\n",
					      words[i % 6], words[i / 6 % 6], loose ? "[" : "",
					      i + round * (i == 77), loose ? "]" : "");
		}
		assert_int_equal(build(&alone, &fresh, text, NULL, NULL, scratch), HL_OK);
		assert_int_equal(build(&apart, &next, text, set, &workers, scratch), HL_OK);
		assert_string_equal(alone.text, apart.text);
		assert_int_equal(jobs, 2);
		hl_ruleset_unref(fresh);
		hl_ruleset_unref(set);
		set = next;
	}
	hl_ruleset_unref(set);
	hl_scratch_free(scratch);
}

/* What teaches nothing new is not learnt again. */
static void test_learnt_once(void **state)
{
	static const struct {
		const char *rest;
		bool learns;
	} packs[] = {
		{"intent b\nphrase = late fee\nexample what is the fee\n", true},
		{"intent b\nphrase = late fee\nexample what is the fee\npattern x{3}\n", false},
		{"intent b\nphrase = late fee\nexample what is the fee please\n", true},
		{"intent b\nphrase = late fee\nexample what is the fee please\nalways\n", true},
	};
	static struct said alone, renewed;
	struct hl_ruleset *set = NULL, *next, *fresh;
	struct hl_scratch *scratch;
	(void)state;
	assert_int_equal(hl_scratch_new(&scratch), HL_OK);
	for (size_t i = 0; i < sizeof packs / sizeof *packs; i++) {
		char text[400];
		size_t jobs = 0;
		struct hl_workers workers = {.run = run_backwards, .arg = &jobs};
		snprintf(text, sizeof text, "intent a\nexample my deposit is late\n%s",
			 packs[i].rest);
		assert_int_equal(build(&alone, &fresh, text, NULL, NULL, scratch), HL_OK);
		assert_int_equal(build(&renewed, &next, text, set, &workers, scratch), HL_OK);
		assert_string_equal(alone.text, renewed.text);
		assert_int_equal(jobs > 0, packs[i].learns);
		hl_ruleset_unref(fresh);
		hl_ruleset_unref(set);
		set = next;
	}
	hl_ruleset_unref(set);
	hl_scratch_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_renew),	    cmocka_unit_test(test_renewed_is_like_new),
		cmocka_unit_test(test_made_ahead),  cmocka_unit_test(test_made_in_halves),
		cmocka_unit_test(test_learnt_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
