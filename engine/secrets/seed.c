/*
 * Seed phrases: words of BIP-39's English list in a row. No checksum is asked for: a phrase with a
 * slip in it is as good as lost too. Ordinary talk can hold ten such words in a row, but then most
 * of them are everyday ones; of words drawn by lot few are. Numbers between the words ("1.
 * abandon 2. ability"), commas, full stops and line ends do not part them.
 */
#include "secrets/finder.h"

#include "secrets/bip39_table.h"

/* Words of the list that customers use all the time: a sentence can be made of them. */
static const char *const everyday[] = {
	"about",    "above",	"across",   "again",   "all",	   "almost",   "already",
	"also",	    "always",	"another",  "any",     "ask",	   "away",     "balance",
	"because",  "before",	"behind",   "below",   "best",	   "better",   "between",
	"bring",    "business", "call",	    "can",     "card",	   "cash",     "change",
	"charge",   "check",	"click",    "close",   "code",	   "come",     "cost",
	"country",  "credit",	"current",  "day",     "deposit",  "detail",   "during",
	"early",    "easy",	"either",   "end",     "enough",   "error",    "exact",
	"example",  "exchange", "exit",	    "expect",  "explain",  "extra",    "false",
	"fee",	    "few",	"file",	    "final",   "find",	   "first",    "follow",
	"found",    "fresh",	"friend",   "give",    "good",	   "great",    "guess",
	"hard",	    "have",	"help",	    "high",    "hold",	   "home",     "hurry",
	"idea",	    "just",	"keep",	    "kind",    "know",	   "later",    "left",
	"level",    "like",	"limit",    "link",    "list",	   "little",   "live",
	"local",    "long",	"love",	    "make",    "manual",   "matter",   "mean",
	"member",   "mention",	"minute",   "mistake", "month",	   "more",     "move",
	"much",	    "must",	"name",	    "near",    "need",	   "never",    "next",
	"nice",	    "normal",	"nothing",  "notice",  "now",	   "number",   "off",
	"offer",    "often",	"okay",	    "old",     "once",	   "one",      "only",
	"open",	    "option",	"order",    "other",   "over",	   "own",      "page",
	"payment",  "people",	"permit",   "person",  "phone",	   "place",    "please",
	"point",    "possible", "problem",  "proof",   "public",   "purchase", "put",
	"question", "quick",	"quit",	    "rate",    "ready",	   "real",     "reason",
	"receive",  "record",	"remember", "report",  "require",  "review",   "right",
	"same",	    "say",	"sell",	    "service", "settle",   "share",    "ship",
	"side",	    "sign",	"similar",  "since",   "small",	   "social",   "someone",
	"soon",	    "sort",	"spend",    "stand",   "start",	   "state",    "stay",
	"still",    "such",	"sure",	    "swap",    "switch",   "system",   "talk",
	"tell",	    "thank",	"that",	    "then",    "there",	   "they",     "thing",
	"this",	    "thought",	"tired",    "today",   "together", "token",    "total",
	"trade",    "transfer", "travel",   "trust",   "try",	   "turn",     "until",
	"update",   "upon",	"use",	    "used",    "useful",   "usual",    "verify",
	"very",	    "visit",	"wait",	    "want",    "way",	   "welcome",  "what",
	"when",	    "where",	"will",	    "win",     "wish",	   "wonder",   "work",
	"world",    "worry",	"wrong",    "year",    "you",
};

#define N_SLOTS (sizeof bip39_words / sizeof *bip39_words)
#define ENOUGH 10u /* listed words in a row, one slip among them: 11 typed of 12, one misspelt */
#define ENOUGH_LENIENT 7u /* where the message speaks of a seed phrase */

static bool is_listed(struct hl_str word)
{
	if (word.len < 3 || word.len > 8)
		return false;
	uint64_t key = 0;
	for (size_t i = 0; i < word.len; i++)
		key |= (uint64_t)(unsigned char)word.ptr[i] << (8 * i);
	size_t slot = (size_t)(key * 0x9e3779b97f4a7c15u >> 52);
	while (bip39_words[slot] != 0 && bip39_words[slot] != key)
		slot = (slot + 1) % N_SLOTS;
	return bip39_words[slot] != 0;
}

static bool is_everyday(struct hl_str word)
{
	size_t low = 0, high = sizeof everyday / sizeof *everyday;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = hl_str_cmp(hl_str_of(everyday[middle]), word);
		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* One or two slips from a listed word. */
static bool is_nearly_listed(struct hl_str word)
{
	for (size_t i = 0; i < N_SLOTS && word.len >= 3; i++) {
		char text[8];
		size_t len = 0;
		for (uint64_t key = bip39_words[i]; key != 0; key >>= 8)
			text[len++] = (char)(key & 0xff);
		if (len > 0 && hl_edit_distance(word, (struct hl_str){text, len}, 2) <=
				       (word.len > 4 ? 2u : 1u))
			return true;
	}
	return false;
}

bool hl_seed_words(struct hl_seed_word **words, size_t *n, size_t *cap, struct hl_arena *arena,
		   const struct hl_utterance *u, uint32_t message)
{
	for (size_t i = 0; i < u->n_words; i++) {
		const struct hl_word *word = &u->words[i];
		if (word->kind == HL_WORD_NUMBER && word->end - word->start <= 2)
			continue; /* 1. 2. 3. */
		if (!hl_vec_room(arena, words, *n, cap, sizeof **words))
			return false;
		(*words)[(*n)++] =
			(struct hl_seed_word){message, word->start, word->end,
					      word->latin && is_listed(word->form), word->form};
	}
	return true;
}

/* The longest stretch from `first` (listed) that has listed words all along, single slips apart. */
static size_t stretch(const struct hl_seed_word *words, size_t n, size_t first, size_t *listed)
{
	size_t last = first, slips = 0;
	*listed = 1;
	for (size_t i = first + 1; i < n; i++) {
		if (words[i].listed) {
			last = i;
			++*listed;
		} else if (words[i].form.len < 3 || ++slips > 1 + *listed / 8 ||
			   !(i + 1 < n && words[i + 1].listed)) {
			break;
		}
	}
	return last;
}

static bool is_phrase(const struct hl_seed_word *words, size_t first, size_t last, size_t listed,
		      bool lenient)
{
	size_t rare = 0, least = lenient ? 5 : 6;
	for (size_t i = first; i <= last; i++)
		rare += words[i].listed && !is_everyday(words[i].form);
	if (listed == last - first + 1 && listed >= 11)
		least = 3; /* not one small word of a sentence among them */
	return listed >= (lenient ? ENOUGH_LENIENT : ENOUGH) && rare * 10 >= listed * least;
}

int hl_seed_runs(struct hl_seed_run **out, size_t *n, struct hl_arena *arena,
		 const struct hl_seed_word *words, size_t n_words, bool lenient)
{
	size_t cap = 0;
	*out = NULL;
	*n = 0;
	for (size_t i = 0; i < n_words; i++) {
		size_t listed, first = i;
		if (!words[i].listed)
			continue;
		size_t last = stretch(words, n_words, i, &listed);
		i = last;
		if (!is_phrase(words, first, last, listed, lenient))
			continue;
		/* a misspelt word at an end belongs to it when the count then is a phrase's */
		size_t count = last - first + 1;
		if (count % 3 != 0 && first > 0 && is_nearly_listed(words[first - 1].form))
			first--;
		else if (count % 3 != 0 && last + 1 < n_words &&
			 is_nearly_listed(words[last + 1].form))
			i = ++last;
		struct hl_seed_run *run = HL_PUSH(arena, *out, *n, cap);
		if (run == NULL)
			return HL_NOMEM;
		*run = (struct hl_seed_run){first, last};
	}
	return HL_OK;
}

void hl_find_seeds(struct hl_finder *f)
{
	struct hl_seed_word *words = NULL;
	struct hl_seed_run *runs;
	size_t n = 0, cap = 0, n_runs;
	if (f->u->n_words < ENOUGH_LENIENT)
		return;
	if (!hl_seed_words(&words, &n, &cap, f->arena, f->u, 0) ||
	    hl_seed_runs(&runs, &n_runs, f->arena, words, n,
			 hl_finder_has(f, 1u << HL_MARK_SEED)) != HL_OK) {
		f->failed = true;
		return;
	}
	for (size_t i = 0; i < n_runs; i++)
		hl_finder_add(f, HL_SECRET_SEED, words[runs[i].first].start,
			      words[runs[i].last].end);
}
