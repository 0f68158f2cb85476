/* Random packs, and every row of words that their rules stand for. */
#include "spelt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"

#define TEXT_MAX 600

void spelt_seed(uint64_t other)
{
	draw_seed += other * 2;
}

unsigned spelt_draw(unsigned below)
{
	return draw(below);
}

/* Many are near each other; some have letters three times in a row. */
const char *const spelt_words[SPELT_WORDS] = {
	"deposit", "depozit", "deposits", "missing", "misssing", "abcde", "abcdef",    "acbde",
	"bbcde",   "abcd",    "ab",	  "a",	     "fees",	 "feees", "7",	       "12",
	"充",	   "值",      "没",	  "élan",    "elano",	 "zzz",	  "abcdeabcde"};

/* ------------------------------------------------------------------ rules, spelt out */

struct writer {
	char text[TEXT_MAX];
	size_t len;
	unsigned optional;
	bool overflow, names, gaps; /* may it hold names, gaps? */
};

static void write_text(struct writer *w, const char *text)
{
	size_t n = strlen(text);
	w->overflow |= w->len + n >= sizeof w->text;
	if (w->overflow)
		return;
	memcpy(w->text + w->len, text, n + 1);
	w->len += n;
}

static void append(struct writer *w, struct rows *rows, enum kind kind, unsigned which)
{
	for (size_t i = 0; i < rows->n; i++) {
		w->overflow |= rows->v[i].n == ROW_MAX;
		if (w->overflow)
			return;
		rows->v[i].v[rows->v[i].n++] = (struct element){kind, which, !w->optional};
	}
}

static void join(struct writer *w, struct rows *to, const struct rows *from)
{
	for (size_t i = 0; i < from->n; i++) {
		w->overflow |= to->n == ROWS_MAX;
		if (w->overflow)
			return;
		to->v[to->n++] = from->v[i];
	}
}

static void write_seq(struct writer *w, struct rows *rows, unsigned depth, unsigned most);

static void write_choices(struct writer *w, struct rows *rows, unsigned depth, bool optional)
{
	struct rows *all = malloc(sizeof *all), *one = malloc(sizeof *one);
	assert_non_null(all);
	assert_non_null(one);
	all->n = 0;
	if (optional)
		join(w, all, rows);
	write_text(w, optional ? " [" : " (");
	w->optional += optional;
	for (unsigned i = 0, n = 1 + spelt_draw(3); i < n && !w->overflow; i++) {
		write_text(w, i ? "|" : "");
		*one = *rows;
		write_seq(w, one, depth + 1, 2);
		join(w, all, one);
	}
	w->optional -= optional;
	write_text(w, optional ? "] " : ") ");
	*rows = *all;
	free(all);
	free(one);
}

/* A space before and behind each word, so that no two run together: how they do is
   test_match_property's. */
static void write_word(struct writer *w, struct rows *rows)
{
	unsigned which = spelt_draw(SPELT_WORDS);
	bool begins = w->names && strlen(spelt_words[which]) >= 4 && spelt_draw(5) == 0;
	write_text(w, " ");
	write_text(w, spelt_words[which]);
	write_text(w, begins ? "~ " : " ");
	append(w, rows, begins ? BEGINNING : WORD, which);
}

static void write_name(struct writer *w, struct rows *rows)
{
	static const char *const names[2][NAMES] = {{" <s> ", " <t> ", " <u> "},
						    {" {l} ", " {m} ", " {n} "}};
	bool list = spelt_draw(2);
	unsigned which = spelt_draw(NAMES);
	write_text(w, names[list][which]);
	append(w, rows, list ? LIST : SET, which);
}

static void write_seq(struct writer *w, struct rows *rows, unsigned depth, unsigned most)
{
	for (unsigned i = 0, n = 1 + spelt_draw(most); i < n && !w->overflow; i++) {
		unsigned kind = spelt_draw(10);
		if (kind >= 8 && depth < 2) {
			write_choices(w, rows, depth, kind == 9);
		} else if (kind == 7 && w->gaps && i) {
			write_text(w, " * ");
			append(w, rows, GAP, 0);
			write_word(w, rows); /* no two gaps in a row */
		} else if (kind >= 5 && w->names) {
			write_name(w, rows);
		} else {
			write_word(w, rows);
		}
	}
}

/* ------------------------------------------------------------------ a pack */

static void put(struct pack *p, const char *text)
{
	size_t n = strlen(text);
	assert_true(p->len + n < sizeof p->text);
	memcpy(p->text + p->len, text, n + 1);
	p->len += n;
}

static void start(struct rows *rows)
{
	rows->n = 1;
	rows->v[0].n = 0;
}

/* Tries again when it spells too much. */
static void make_seq(struct pack *p, struct rows *rows, bool names, bool gaps, unsigned most)
{
	struct writer w;
	do {
		w = (struct writer){.names = names, .gaps = gaps};
		start(rows);
		write_seq(&w, rows, names ? 0 : 1, most);
	} while (w.overflow);
	put(p, w.text);
}

static void add_rows(struct rows *to, const struct rows *from)
{
	struct writer ignored = {.len = 0};
	join(&ignored, to, from);
	assert_false(ignored.overflow);
}

static void make_names(struct pack *p)
{
	static struct rows some;
	for (unsigned i = 0; i < NAMES; i++) {
		char head[32];
		snprintf(head, sizeof head, "set %c = ", 's' + (int)i);
		put(p, head);
		p->sets[i]->n = 0;
		for (unsigned k = 0, n = 1 + spelt_draw(3); k < n; k++) {
			put(p, k ? "," : "");
			do
				make_seq(p, &some, false, false, 2);
			while (p->sets[i]->n + some.n > ROWS_MAX);
			add_rows(p->sets[i], &some);
		}
		put(p, "\n");
		p->lists[i]->n = 0;
		for (unsigned v = 0, n = 1 + spelt_draw(2); v < n; v++) {
			/* a spelling of one letter has a rule of its own */
			unsigned a = spelt_draw(11), b = spelt_draw(SPELT_WORDS);
			snprintf(head, sizeof head, "list %c %s = ", 'l' + (int)i, spelt_words[a]);
			put(p, head);
			put(p, spelt_words[a]);
			put(p, " ");
			put(p, spelt_words[b]);
			put(p, "\n");
			for (size_t words = 1; words <= 2; words++) {
				struct row *row = &p->lists[i]->v[p->lists[i]->n++];
				row->n = words;
				row->v[0] = (struct element){WORD, a, true};
				row->v[1] = (struct element){WORD, b, true};
			}
		}
	}
}

static void make_items(struct pack *p, struct rows *const *items, size_t n)
{
	static struct rows some;
	for (size_t i = 0; i < n; i++) {
		put(p, i ? "," : "");
		items[i]->n = 0;
		for (unsigned alt = 0, alts = 1 + spelt_draw(3); alt < alts; alt++) {
			struct writer w = {.names = true};
			start(&some);
			for (unsigned words = 1 + spelt_draw(2); words; words--)
				if (spelt_draw(4))
					write_word(&w, &some);
				else
					write_name(&w, &some);
			put(p, alt ? "|" : "");
			put(p, w.text);
			add_rows(items[i], &some);
		}
	}
}

static void make_words(struct pack *p, struct rule *rule)
{
	char line[64];
	rule->n_all = 1 + spelt_draw(ITEMS_MAX);
	rule->n_none = spelt_draw(3) ? 0 : 1 + spelt_draw(2);
	rule->typos = spelt_draw(3);
	rule->max = spelt_draw(3) ? 0 : 1 + spelt_draw(10);
	put(p, "words ");
	make_items(p, rule->all, rule->n_all);
	put(p, rule->n_none ? " ! " : "");
	make_items(p, rule->none, rule->n_none);
	snprintf(line, sizeof line, "\ntypos %u\nmax %u\n", rule->typos, rule->max);
	put(p, line);
}

void spelt_pack(struct pack *p)
{
	p->len = 0;
	p->text[0] = 0;
	make_names(p);
	for (unsigned r = 0; r < RULES; r++) {
		struct rule *rule = &p->rules[r];
		char head[32];
		rule->words = r % 2;
		rule->typos = 0;
		rule->has_never = spelt_draw(4) == 0;
		snprintf(head, sizeof head, "intent %c\n", 'a' + (int)r);
		put(p, head);
		if (rule->has_never) {
			put(p, "never ");
			make_seq(p, rule->never, true, true, 2);
			put(p, "\n");
		}
		if (rule->words) {
			make_words(p, rule);
		} else {
			put(p, "phrase ");
			make_seq(p, rule->all[0], true, true, 4);
			put(p, "\n");
		}
	}
}

static struct rows *new_rows(void)
{
	struct rows *rows = malloc(sizeof *rows);
	assert_non_null(rows);
	return rows;
}

void spelt_rows(struct pack *p, bool make)
{
	struct rows **all[RULES * (2 * ITEMS_MAX + 1) + 2 * NAMES];
	size_t n = 0;
	for (unsigned i = 0; i < NAMES; i++) {
		all[n++] = &p->sets[i];
		all[n++] = &p->lists[i];
	}
	for (unsigned r = 0; r < RULES; r++) {
		all[n++] = &p->rules[r].never;
		for (unsigned i = 0; i < ITEMS_MAX; i++) {
			all[n++] = &p->rules[r].all[i];
			all[n++] = &p->rules[r].none[i];
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (make)
			*all[i] = new_rows();
		else
			free(*all[i]);
	}
}
