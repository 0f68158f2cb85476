/*
 * `hotline test PACK --messages FILE`: how a pack does on messages it was not written from, each
 * with the intent it should come to.
 */
#include "cli/messages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/pack.h"

#define STR(s) (int)(s).len, ((s).len ? (s).ptr : "")
#define MIXES_SHOWN 12u
#define FILE_BYTES_MAX (64u << 20)

/* What can be wrong with one message, in the order in which it is listed. */
enum wrong { ALONE, FALSE_ALARM, FIRST, MISSED, OUTSIDE_ANSWERED, OUTSIDE_PERSON, TWO, WRONGS };
static const char *const wrong_names[] = {
	[ALONE] = "answered wrongly",
	[FALSE_ALARM] = "harmless, to a person",
	[FIRST] = "another first",
	[MISSED] = "sensitive, no person",
	[OUTSIDE_ANSWERED] = "outside, answered",
	[OUTSIDE_PERSON] = "outside, to a person",
	[TWO] = "not both held",
};

struct fault {
	enum wrong what;
	size_t line;
	struct hl_str wanted, got, by, text; /* heap */
};
struct mix {				      /* one intent ranked first where another was wanted */
	const struct hl_intent *wanted, *got; /* got: NULL for none */
	size_t n;
};
struct measuring {
	const struct hl_pack *pack;
	const struct hl_ruleset *set;
	struct hl_scratch *scratch;
	const char *file;
	bool verbose, failed;
	size_t messages, decided[4];
	size_t one, first, alone, alone_right, wrong_by[HL_BY_PATTERN + 1];
	size_t sensitive, sensitive_reached, harmless_person;
	size_t outside, outside_answered, outside_person;
	size_t two, two_held, two_ranked, two_sensitive, two_reached;
	struct fault *faults;
	size_t n_faults, room_faults;
	struct mix *mixes;
	size_t n_mixes, room_mixes;
};

/* ------------------------------------------------------------------ keeping */

static bool grow(void **v, size_t *room, size_t n, size_t size)
{
	if (n < *room)
		return true;
	size_t more = *room ? *room * 2 : 64;
	void *moved = realloc(*v, more * size);
	if (!moved)
		return false;
	*v = moved;
	*room = more;
	return true;
}

static struct hl_str keep(struct measuring *m, struct hl_str text)
{
	char *copy = malloc(text.len + 1);
	m->failed = m->failed || !copy;
	if (copy && text.len)
		memcpy(copy, text.ptr, text.len);
	return (struct hl_str){copy, copy ? text.len : 0};
}

static void add_fault(struct measuring *m, enum wrong what, size_t line, struct hl_str wanted,
		      const struct hl_verdict *v)
{
	struct hl_str got = v->intent ? v->intent->id : HL_STR("-");
	if (what == FIRST)
		got = v->n_ranked ? v->ranked[0].intent->id : HL_STR("-");
	if (!m->verbose)
		return;
	if (!grow((void **)&m->faults, &m->room_faults, m->n_faults, sizeof(*m->faults))) {
		m->failed = true;
		return;
	}
	const char *by = hl_by_name(v->by);
	m->faults[m->n_faults++] = (struct fault){.what = what,
						  .line = line,
						  .wanted = keep(m, wanted),
						  .got = keep(m, got),
						  .by = {by, strlen(by)},
						  .text = keep(m, v->stored)};
}

static void add_mix(struct measuring *m, const struct hl_intent *wanted,
		    const struct hl_intent *got)
{
	for (size_t i = 0; i < m->n_mixes; i++)
		if (m->mixes[i].wanted == wanted && m->mixes[i].got == got) {
			m->mixes[i].n++;
			return;
		}
	if (!grow((void **)&m->mixes, &m->room_mixes, m->n_mixes, sizeof(*m->mixes)))
		m->failed = true;
	else
		m->mixes[m->n_mixes++] = (struct mix){wanted, got, 1};
}

/* ------------------------------------------------------------------ counting */

static void count_outside(struct measuring *m, size_t line, const struct hl_verdict *v)
{
	m->outside++;
	if (v->decision == HL_ANSWER) {
		m->outside_answered++;
		add_fault(m, OUTSIDE_ANSWERED, line, HL_STR("-"), v);
	} else if (v->decision == HL_ESCALATE) {
		m->outside_person++;
		add_fault(m, OUTSIDE_PERSON, line, HL_STR("-"), v);
	}
}

static void count_one(struct measuring *m, size_t line, const struct hl_verdict *v,
		      const struct hl_intent *wanted)
{
	const struct hl_intent *first = v->n_ranked ? v->ranked[0].intent : NULL;
	bool person = v->decision == HL_ESCALATE, alone = person || v->decision == HL_ANSWER;
	m->one++;
	m->first += first == wanted;
	if (first != wanted) {
		add_mix(m, wanted, first);
		add_fault(m, FIRST, line, wanted->id, v);
	}
	m->alone += alone;
	m->alone_right += alone && v->intent == wanted;
	if (alone && v->intent != wanted) {
		m->wrong_by[v->by]++;
		add_fault(m, ALONE, line, wanted->id, v);
	}
	if (wanted->handoff == HL_HANDOFF_ALWAYS) {
		m->sensitive++;
		m->sensitive_reached += person;
		if (!person)
			add_fault(m, MISSED, line, wanted->id, v);
	} else if (person) {
		m->harmless_person++;
		add_fault(m, FALSE_ALARM, line, wanted->id, v);
	}
}

static bool is_held(const struct hl_verdict *v, const struct hl_intent *intent)
{
	for (size_t i = 0; i < v->n_all; i++)
		if (v->all[i] == intent)
			return true;
	return false;
}

static void count_two(struct measuring *m, size_t line, const struct hl_verdict *v,
		      const struct hl_intent *const *wanted, struct hl_str label)
{
	bool held = true, ranked = true, sensitive = false;
	for (size_t i = 0; i < 2; i++) {
		bool top = (v->n_ranked > 0 && v->ranked[0].intent == wanted[i]) ||
			   (v->n_ranked > 1 && v->ranked[1].intent == wanted[i]);
		held = held && is_held(v, wanted[i]);
		ranked = ranked && (top || is_held(v, wanted[i]));
		sensitive = sensitive || wanted[i]->handoff == HL_HANDOFF_ALWAYS;
	}
	m->two++;
	m->two_held += held;
	m->two_ranked += ranked;
	m->two_sensitive += sensitive;
	m->two_reached += sensitive && v->decision == HL_ESCALATE;
	if (!held)
		add_fault(m, TWO, line, label, v);
}

/* ------------------------------------------------------------------ the file */

static const struct hl_intent *find_intent(const struct measuring *m, struct hl_str id)
{
	for (size_t i = 0; i < m->pack->n_intents; i++)
		if (m->pack->intents[i].id.len == id.len &&
		    memcmp(m->pack->intents[i].id.ptr, id.ptr, id.len) == 0)
			return &m->pack->intents[i];
	return NULL;
}

static int unknown(const struct measuring *m, size_t line, struct hl_str id)
{
	struct hl_str *ids = calloc(m->pack->n_intents + 1, sizeof(*ids));
	for (size_t i = 0; ids && i < m->pack->n_intents; i++)
		ids[i] = m->pack->intents[i].id;
	size_t near = ids ? hl_did_you_mean(id, ids, m->pack->n_intents) : m->pack->n_intents;
	struct hl_str meant = near < m->pack->n_intents ? ids[near] : HL_NONE;
	free(ids);
	return cli_fail(&cli_test, "%s:%zu: no intent `%.*s`%s%.*s%s", m->file, line, STR(id),
			meant.len ? ": did you mean `" : "", STR(meant), meant.len ? "`?" : "");
}

/* -1 or an exit code. */
static int take_line(struct measuring *m, size_t line, struct hl_str label, struct hl_str text)
{
	const struct hl_intent *wanted[2] = {NULL, NULL};
	const char *plus = memchr(label.ptr, '+', label.len);
	size_t cut = plus ? (size_t)(plus - label.ptr) : label.len;
	struct hl_str ids[2] = {{label.ptr, cut},
				{label.ptr + cut + 1, plus ? label.len - cut - 1 : 0}};
	bool outside = label.len == 1 && label.ptr[0] == '-';
	for (size_t i = 0; !outside && i < (plus ? 2u : 1u); i++) {
		wanted[i] = find_intent(m, ids[i]);
		if (!wanted[i])
			return unknown(m, line, ids[i]);
	}
	struct hl_verdict v;
	struct hl_query query = {.text = text};
	int status = hl_classify(&v, m->scratch, m->set, &query);
	if (status == HL_LIMIT)
		return cli_fail(&cli_test, "%s:%zu: this message is longer than 16384 bytes",
				m->file, line);
	if (status != HL_OK)
		return cli_fail(&cli_test, "out of memory");
	m->messages++;
	m->decided[v.decision]++;
	if (outside)
		count_outside(m, line, &v);
	else if (plus)
		count_two(m, line, &v, wanted, label);
	else
		count_one(m, line, &v, wanted[0]);
	return m->failed ? cli_fail(&cli_test, "out of memory") : -1;
}

static int take_file(struct measuring *m, const char *text, size_t len)
{
	size_t at = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0, line = 1;
	for (int done; at < len; line++) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t n = end ? (size_t)(end - text) - at : len - at, next = at + n + 1;
		while (n > 0 && text[at + n - 1] == '\r')
			n--;
		const char *tab = memchr(text + at, '\t', n);
		if (n > 0 && (!tab || tab == text + at))
			return cli_fail(&cli_test,
					"%s:%zu: write an intent (or -), a tab, the message",
					m->file, line);
		if (n > 0) {
			size_t label = (size_t)(tab - text) - at;
			done = take_line(m, line, (struct hl_str){text + at, label},
					 (struct hl_str){tab + 1, n - label - 1});
			if (done >= 0)
				return done;
		}
		at = next;
	}
	return m->messages ? -1 : cli_fail(&cli_test, "%s: there is no message in it", m->file);
}

static char *read_file(const char *path, size_t *len)
{
	FILE *from = fopen(path, "rb");
	char *text = NULL;
	FILE *to = from ? open_memstream(&text, len) : NULL;
	char buffer[1 << 14];
	size_t n, all = 0;
	while (to && (n = fread(buffer, 1, sizeof(buffer), from)) > 0 && all < FILE_BYTES_MAX) {
		fwrite(buffer, 1, n, to);
		all += n;
	}
	bool bad = !to || ferror(from) || all >= FILE_BYTES_MAX;
	int why = errno;
	if (from)
		fclose(from);
	if (to && fclose(to) != 0)
		bad = true;
	errno = all >= FILE_BYTES_MAX ? EFBIG : why;
	if (bad) {
		free(text);
		return NULL;
	}
	return text;
}

/* ------------------------------------------------------------------ what is told */

static void share(const char *head, size_t part, size_t whole, const char *tail)
{
	printf("  %-34s", head);
	if (whole)
		printf("%6.1f %%  (%zu of %zu)%s\n", 100.0 * (double)part / (double)whole, part,
		       whole, tail);
	else
		puts("     -");
}

static void print_one(const struct measuring *m)
{
	static const enum hl_by ways[] = {HL_BY_PATTERN, HL_BY_PHRASE, HL_BY_WORDS, HL_BY_EXAMPLE};
	char tail[160] = "";
	size_t len = 0;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (m->wrong_by[ways[i]])
			len += (size_t)snprintf(tail + len, sizeof(tail) - len, "%s%zu by %s",
						len ? ", " : "; wrong: ", m->wrong_by[ways[i]],
						hl_by_name(ways[i]));
	share("right intent first", m->first, m->one, "");
	share("answered alone, or to a person", m->alone, m->one, "");
	share("of these right", m->alone_right, m->alone, tail);
	share("sensitive, reached a person", m->sensitive_reached, m->sensitive, "");
	share("harmless, to a person", m->harmless_person, m->one - m->sensitive, "");
}

static int order_mixes(const void *a, const void *b)
{
	const struct mix *x = a, *y = b;
	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	int by_wanted = strncmp(x->wanted->id.ptr, y->wanted->id.ptr, x->wanted->id.len + 1);
	return by_wanted != 0 ? by_wanted : (x->got > y->got) - (x->got < y->got);
}

static void print_mixes(struct measuring *m)
{
	if (m->n_mixes == 0)
		return;
	qsort(m->mixes, m->n_mixes, sizeof(*m->mixes), order_mixes);
	puts("  most often taken for another (wanted, ranked first, how often):");
	for (size_t i = 0; i < m->n_mixes && i < MIXES_SHOWN; i++) {
		const struct mix *mix = &m->mixes[i];
		struct hl_str got = mix->got ? mix->got->id : HL_STR("none");
		fputs("    ", stdout);
		cli_put_column(stdout, mix->wanted->id, 25);
		cli_put_column(stdout, got, 25);
		printf("%4zu\n", mix->n);
	}
}

static void print_text(struct hl_str text)
{
	for (size_t i = 0; i < text.len; i++)
		putchar((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7F ? ' '
										: text.ptr[i]);
	putchar('\n');
}

static void print_faults(const struct measuring *m)
{
	for (int what = 0; what < WRONGS; what++)
		for (size_t i = 0; i < m->n_faults; i++) {
			const struct fault *fault = &m->faults[i];
			if ((int)fault->what != what)
				continue;
			printf("  %s:%zu: %s: wanted %.*s, got %.*s (%.*s): ", m->file, fault->line,
			       wrong_names[what], STR(fault->wanted), STR(fault->got),
			       STR(fault->by));
			print_text(fault->text);
		}
}

static void print_all(struct measuring *m)
{
	printf("%s: %zu message%s: %zu answered, %zu to a person, %zu asked back, %zu unmatched\n",
	       m->file, m->messages, m->messages == 1 ? "" : "s", m->decided[HL_ANSWER],
	       m->decided[HL_ESCALATE], m->decided[HL_CLARIFY], m->decided[HL_UNMATCHED]);
	if (m->one)
		print_one(m);
	if (m->outside) {
		share("outside, answered", m->outside_answered, m->outside, "");
		share("outside, to a person", m->outside_person, m->outside, "");
	}
	if (m->two) {
		share("two intents, both held", m->two_held, m->two, "");
		share("both held or ranked first", m->two_ranked, m->two, "");
		share("with a sensitive one, to a person", m->two_reached, m->two_sensitive, "");
	}
	print_mixes(m);
	print_faults(m);
}

int cli_measure(const struct hl_rules *rules, const char *file, bool verbose)
{
	struct measuring m = {.set = hl_rules_ruleset(rules), .file = file, .verbose = verbose};
	size_t len = 0;
	int done = -1;
	char *text = read_file(file, &len);
	if (!text)
		return cli_fail(&cli_test, "%s: %s", file, strerror(errno));
	m.pack = hl_ruleset_pack(m.set);
	if (hl_scratch_new(&m.scratch) != HL_OK)
		done = cli_fail(&cli_test, "out of memory");
	if (done < 0)
		done = take_file(&m, text, len);
	if (done < 0)
		print_all(&m);
	for (size_t i = 0; i < m.n_faults; i++) {
		free((char *)(uintptr_t)m.faults[i].wanted.ptr);
		free((char *)(uintptr_t)m.faults[i].got.ptr);
		free((char *)(uintptr_t)m.faults[i].text.ptr);
	}
	free(m.faults);
	free(m.mixes);
	hl_scratch_free(m.scratch);
	free(text);
	return done;
}
