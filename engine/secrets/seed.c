/*
 * Seed phrases: words of BIP-39's English list in a row, or the first four letters of each. No
 * checksum is asked for: a phrase with a slip in it is as good as lost too. Ordinary talk can hold
 * ten such words in a row, but then most of them are everyday ones; of words drawn by lot few are.
 * Numbers between the words ("1. abandon 2. ability"), commas, full stops and line ends do not part
 * them. Sent in pieces, each piece must look drawn by lot, and the pieces count together.
 */
#include <string.h>

#include "secrets/finder.h"

#include "secrets/bip39_table.h"

/* Words of the list that customers use all the time: a sentence can be made of them. */
static const char *const everyday[] = {
	"able",	    "about",	"above",    "access",	"account",  "across",	"add",
	"address",  "again",	"ahead",    "all",	"almost",   "already",	"also",
	"always",   "amount",	"another",  "answer",	"any",	    "area",	"around",
	"arrive",   "ask",	"away",	    "balance",	"because",  "before",	"behind",
	"below",    "best",	"better",   "between",	"book",	    "bring",	"business",
	"busy",	    "call",	"can",	    "cancel",	"car",	    "card",	"cash",
	"cause",    "change",	"charge",   "check",	"click",    "close",	"code",
	"coin",	    "come",	"company",  "confirm",	"connect",  "correct",	"cost",
	"country",  "couple",	"credit",   "current",	"day",	    "deposit",	"detail",
	"double",   "during",	"early",    "easy",	"eight",    "either",	"else",
	"end",	    "enough",	"error",    "exact",	"example",  "exchange", "exit",
	"expect",   "expire",	"explain",  "extra",	"false",    "fault",	"fee",
	"few",	    "figure",	"file",	    "final",	"find",	    "fine",	"first",
	"fit",	    "fix",	"follow",   "found",	"frequent", "fresh",	"friend",
	"general",  "give",	"glad",	    "good",	"great",    "guess",	"hard",
	"have",	    "hello",	"help",	    "high",	"hold",	    "home",	"hour",
	"hundred",  "hurry",	"idea",	    "increase", "inform",   "into",	"invest",
	"issue",    "item",	"job",	    "just",	"keep",	    "kind",	"know",
	"language", "later",	"leave",    "left",	"level",    "life",	"like",
	"limit",    "link",	"list",	    "little",	"live",	    "local",	"lock",
	"logic",    "long",	"loop",	    "love",	"mail",	    "main",	"make",
	"manual",   "market",	"matter",   "maximum",	"mean",	    "member",	"mention",
	"merge",    "message",	"method",   "mind",	"minimum",  "minute",	"mistake",
	"mobile",   "model",	"month",    "more",	"morning",  "move",	"much",
	"must",	    "name",	"near",	    "need",	"network",  "never",	"news",
	"next",	    "nice",	"normal",   "note",	"nothing",  "notice",	"now",
	"number",   "off",	"offer",    "often",	"okay",	    "old",	"once",
	"one",	    "online",	"only",	    "open",	"option",   "order",	"other",
	"over",	    "own",	"page",	    "payment",	"people",   "permit",	"person",
	"phone",    "place",	"please",   "point",	"possible", "post",	"prevent",
	"price",    "print",	"private",  "problem",	"process",  "profit",	"proof",
	"provide",  "public",	"purchase", "purpose",	"put",	    "question", "quick",
	"quit",	    "raise",	"rate",	    "ready",	"real",	    "reason",	"recall",
	"receive",  "record",	"release",  "rely",	"remember", "remind",	"remove",
	"rent",	    "reopen",	"repair",   "repeat",	"replace",  "report",	"require",
	"rescue",   "response", "result",   "return",	"review",   "reward",	"rich",
	"right",    "risk",	"room",	    "route",	"rule",	    "run",	"safe",
	"same",	    "save",	"say",	    "search",	"second",   "security", "seek",
	"select",   "sell",	"sense",    "service",	"session",  "settle",	"seven",
	"share",    "ship",	"shop",	    "sick",	"side",	    "sign",	"similar",
	"since",    "six",	"size",	    "sleep",	"slow",	    "small",	"smart",
	"social",   "solution", "solve",    "someone",	"soon",	    "sorry",	"sort",
	"source",   "space",	"speak",    "special",	"speed",    "spend",	"stage",
	"stand",    "start",	"state",    "stay",	"step",	    "still",	"stock",
	"story",    "strategy", "street",   "strong",	"submit",   "success",	"such",
	"suggest",  "super",	"supply",   "sure",	"surprise", "swap",	"switch",
	"system",   "tag",	"talk",	    "task",	"team",	    "tell",	"ten",
	"term",	    "test",	"text",	    "thank",	"that",	    "then",	"there",
	"they",	    "thing",	"this",	    "thought",	"three",    "ticket",	"time",
	"tired",    "title",	"today",    "together", "token",    "tomorrow", "tool",
	"top",	    "total",	"toward",   "track",	"trade",    "transfer", "trap",
	"travel",   "trend",	"trick",    "trouble",	"true",	    "trust",	"truth",
	"try",	    "turn",	"two",	    "type",	"unable",   "under",	"until",
	"update",   "upon",	"urge",	    "usage",	"use",	    "used",	"useful",
	"usual",    "valid",	"various",  "vendor",	"verb",	    "verify",	"version",
	"very",	    "view",	"virtual",  "visa",	"visit",    "voice",	"wage",
	"wait",	    "want",	"warm",	    "way",	"weekend",  "welcome",	"what",
	"when",	    "where",	"wide",	    "will",	"win",	    "window",	"wise",
	"wish",	    "wonder",	"word",	    "work",	"world",    "worry",	"wrong",
	"year",	    "you",	"young",    "zero",
};

#define N_SLOTS (sizeof bip39_words / sizeof *bip39_words)
#define ENOUGH 10u /* listed words in a row, one slip among them: 11 typed of 12, one misspelt */
#define ENOUGH_LENIENT 7u /* where the message speaks of a seed phrase */
#define ENOUGH_STARTS 11u /* of words cut to four letters, without a slip */
#define PIECE 3u	  /* words of a piece that stands among other words */
#define WHOLE 12u	  /* words of the shortest phrase */
#define LONGEST 24u
#define LEAD_MAX 3u	/* words before a piece: "and the rest" */
#define CLOSER_LOOKS 4u /* runs of a message whose ends are searched for a misspelt word */

/* The word as it stands in the list. */
bool hl_seed_is_word(uint64_t key)
{
	size_t slot = (size_t)(hl_word_hash(key) >> 52);
	while (bip39_words[slot] != 0 && bip39_words[slot] != key)
		slot = (slot + 1) % N_SLOTS;
	return bip39_words[slot] != 0;
}

static bool is_start(uint64_t key)
{
	size_t slot = (size_t)(hl_word_hash(key) >> 52);
	while (bip39_starts[slot] != 0 && bip39_starts[slot] != key)
		slot = (slot + 1) % N_SLOTS;
	return bip39_starts[slot] != 0;
}

bool hl_seed_listed(const struct hl_word *word)
{
	uint64_t key = word->key;
	return word->latin && word->form.len >= 3 && word->form.len <= 8 &&
	       hl_word_hint(key) != HL_HINT_NOTHING &&
	       (hl_seed_is_word(key) || (word->form.len == 4 && is_start(key)));
}

bool hl_seed_mark_listed(struct hl_finder *f)
{
	if (f->seed != NULL)
		return true;
	uint8_t *seed = hl_arena_alloc(f->arena, f->u->n_words + 1);
	if (seed == NULL) {
		f->failed = true;
		return false;
	}
	f->listed = f->rare = 0;
	for (size_t i = 0; i < f->u->n_words; i++) {
		uint64_t key = f->u->words[i].key;
		seed[i] = HL_SEED_NONE;
		if (hl_word_hint(key) == HL_HINT_NOTHING || !hl_seed_listed(&f->u->words[i]))
			continue;
		seed[i] = hl_seed_is_word(key) ? HL_SEED_WORD : HL_SEED_START;
		f->listed++;
		f->rare += hl_word_hint(key) >= HL_HINT_RARE;
	}
	f->seed = seed;
	return true;
}

bool hl_seed_is_everyday(struct hl_str word)
{
	return HL_ONE_OF(word, everyday);
}

bool hl_seed_nearly_listed(struct hl_str word, unsigned slips)
{
	for (size_t i = 0; i < N_SLOTS && word.len >= 2; i++) {
		char text[8] = {0};
		size_t len = 0;
		for (uint64_t key = bip39_words[i]; key != 0; key >>= 8)
			text[len++] = (char)(key & 0xff);
		/* one slip leaves the first letter or the last */
		bool near = slips > 1 || text[0] == word.ptr[0] ||
			    (len > 0 && text[len - 1] == word.ptr[word.len - 1]);
		if (len > 0 && near && len + slips >= word.len && word.len + slips >= len &&
		    hl_edit_distance(word, (struct hl_str){text, len}, slips) <= slips)
			return true;
	}
	return false;
}

/* One or two slips from a listed word. */
static bool is_nearly_listed(struct hl_str word)
{
	return hl_seed_nearly_listed(word, word.len > 4 ? 2 : 1);
}

/* ------------------------------------------------------------------ the words that count */

struct seed_word {
	const struct hl_word *word;
	bool listed;
	bool start; /* listed by its first four letters alone */
};
struct seed_words {
	struct seed_word *v;
	size_t n;
};
struct run {
	size_t first, last; /* words */
	size_t unbroken;    /* the last before the first slip */
	size_t listed, starts;
	size_t rare; /* listed ones that are no everyday words */
};

static bool collect(struct seed_words *out, struct hl_finder *f)
{
	if (!hl_seed_mark_listed(f))
		return false;
	*out = (struct seed_words){hl_arena_array(f->arena, f->u->n_words + 1, sizeof *out->v), 0};
	if (out->v == NULL)
		return false;
	for (size_t i = 0; i < f->u->n_words; i++) {
		const struct hl_word *word = &f->u->words[i];
		bool place = word->kind == HL_WORD_NUMBER && word->end - word->start <= 2;
		if (place || word->kind == HL_WORD_EMOJI)
			continue; /* 1. 2. 3. */
		out->v[out->n++] = (struct seed_word){word, f->seed[i] != HL_SEED_NONE,
						      f->seed[i] == HL_SEED_START};
	}
	return true;
}

/* Two letters that sentences are made of; other two-letter words may be a listed word gone wrong.
 */
static bool is_small_word(struct hl_str word)
{
	static const char *const small[] = {
		"ah", "am", "an", "as", "at", "be", "by", "do", "go", "he", "hi",
		"if", "im", "in", "is", "it", "me", "my", "no", "of", "oh", "ok",
		"on", "or", "pm", "so", "to", "up", "ur", "us", "we", "ya", "yo",
	};
	return word.len < 2 || HL_ONE_OF(word, small);
}

/* The longest run from `first` (listed) that has listed words all along, single slips apart. The
   rare ones are counted if it has `least` words. */
static struct run run_at(const struct seed_words *words, size_t first, size_t least)
{
	const struct seed_word *v = words->v;
	struct run run = {.first = first, .last = first, .unbroken = first};
	size_t slips = 0;
	for (size_t i = first; i < words->n; i++) {
		if (v[i].listed) {
			run.last = i;
			run.unbroken = slips == 0 ? i : run.unbroken;
			run.listed++;
			run.starts += v[i].start;
		} else if (!(i + 1 < words->n && v[i + 1].listed) || ++slips > 1 + run.listed / 8 ||
			   is_small_word(v[i].word->form)) {
			break;
		}
	}
	for (size_t i = run.first; run.listed >= least && i <= run.last; i++)
		run.rare += v[i].listed && !hl_seed_is_everyday(v[i].word->form);
	return run;
}

static bool is_phrase(const struct run *run, bool lenient)
{
	bool unbroken = run->listed == run->last - run->first + 1;
	size_t least = lenient ? 4 : 5;
	if (run->starts > run->listed / 4)
		return unbroken && run->listed >= (lenient ? ENOUGH_LENIENT : ENOUGH_STARTS) &&
		       run->rare * 2 >= run->listed;
	if (unbroken && run->listed >= 11)
		least = 2; /* not one small word of a sentence among them */
	return run->listed >= (lenient ? ENOUGH_LENIENT : ENOUGH) &&
	       run->rare * 10 >= run->listed * least;
}

/* As many words as a phrase has, and those that are not listed nearly are. */
static bool is_misspelt_phrase(const struct run *run, const struct seed_words *words)
{
	size_t count = run->last - run->first + 1;
	if (run->listed < ENOUGH || count < WHOLE || count % 3 != 0 || run->rare * 10 < count * 3)
		return false;
	for (size_t i = run->first; i <= run->last; i++)
		if (!words->v[i].listed && !is_nearly_listed(words->v[i].word->form))
			return false;
	return true;
}

/* A misspelt word at an end belongs to the phrase when the count then is a phrase's. */
static void take_misspelt_end(struct run *run, const struct seed_words *words)
{
	size_t count = run->last - run->first + 1;
	if (count + 1 < WHOLE || (count + 1) % 3 != 0)
		return;
	if (run->first > 0 && is_nearly_listed(words->v[run->first - 1].word->form))
		run->first--;
	else if (run->last + 1 < words->n && is_nearly_listed(words->v[run->last + 1].word->form))
		run->last++;
}

static void add_run(struct hl_finder *f, const struct seed_words *words, const struct run *run)
{
	hl_finder_add(f, HL_SECRET_SEED, words->v[run->first].word->start,
		      words->v[run->last].word->end);
}

static bool is_next_han(const struct hl_finder *f, size_t i)
{
	const struct hl_word *w = f->u->words;
	if (i + 1 >= f->u->n_words || w[i].kind != HL_WORD_HAN || w[i + 1].kind != HL_WORD_HAN)
		return false;
	struct hl_str between = hl_str_sub(f->u->normal.text, w[i].end, w[i + 1].start - w[i].end);
	return between.len > 0 && between.len <= 3 &&
	       (between.len == 3 ? hl_str_eq(between, HL_STR("、"))
				 : strchr(" \n,-", between.ptr[0]) != NULL);
}

/* The Chinese list is of single characters: a dozen of them, each by itself, where the message
   speaks of a seed phrase. */
static void find_chinese(struct hl_finder *f)
{
	const struct hl_word *w = f->u->words;
	for (size_t i = 0, last; i < f->u->n_words; i = last + 1) {
		for (last = i; is_next_han(f, last);)
			last++;
		if (last - i + 1 >= ENOUGH)
			hl_finder_add(f, HL_SECRET_SEED, w[i].start, w[last].end);
	}
}

void hl_find_seeds(struct hl_finder *f)
{
	struct seed_words words;
	bool lenient = hl_finder_has(f, 1u << HL_MARK_SEED);
	unsigned looks = 0;
	if (lenient)
		find_chinese(f);
	if (!hl_seed_mark_listed(f))
		return;
	hl_find_loose_seeds(f, lenient);
	if (f->listed < (lenient ? ENOUGH_LENIENT : ENOUGH))
		return;
	if (!collect(&words, f)) {
		f->failed = true;
		return;
	}
	for (size_t i = 0; i < words.n; i++) {
		if (!words.v[i].listed)
			continue;
		struct run run = run_at(&words, i, ENOUGH_LENIENT);
		i = run.unbroken;
		if (!is_phrase(&run, lenient) && !(run.listed >= ENOUGH && looks++ < CLOSER_LOOKS &&
						   is_misspelt_phrase(&run, &words)))
			continue;
		i = run.last;
		if (looks++ < CLOSER_LOOKS)
			take_misspelt_end(&run, &words);
		if (run.last > i)
			i = run.last;
		add_run(f, &words, &run);
	}
	if (f->n_spans > 0)
		hl_find_seed_words(f);
}

/* ------------------------------------------------------------------ over several messages */

enum piece_kind {
	PIECE_NONE,
	PIECE_TAIL,   /* everyday listed words that a message ends with */
	PIECE_WEAK,   /* the whole message is listed words, but everyday ones */
	PIECE_STRONG, /* drawn by lot, it seems */
	PIECE_PHRASE  /* a whole phrase: what stands beside it need not belong to it */
};
struct piece {
	struct seed_words words;
	struct run run;
	enum piece_kind kind;
	bool all;  /* nothing else in the message */
	bool ends; /* the message ends with it, and began with few words */
};

/* The first word behind "first 4:", "words:"; 0: no such label. */
static size_t behind_label(const struct hl_finder *f, const struct seed_words *words)
{
	for (size_t i = 0; i < words->n && i <= LEAD_MAX; i++) {
		uint32_t at = words->v[i].word->start;
		while (at > 0 && f->u->normal.text.ptr[at - 1] == ' ')
			at--;
		if (at > 0 && f->u->normal.text.ptr[at - 1] == ':')
			return i;
	}
	return 0;
}

/* The run of a message that looks most like a piece of a phrase. */
static bool find_piece(struct piece *piece, struct hl_finder *f)
{
	if (!collect(&piece->words, f))
		return false;
	size_t first = behind_label(f, &piece->words);
	for (size_t i = first; i < piece->words.n; i++) {
		if (!piece->words.v[i].listed)
			continue;
		struct run run = run_at(&piece->words, i, 1);
		i = run.last;
		bool all = run.listed == piece->words.n - first, drawn = run.rare * 2 >= run.listed;
		bool ends = run.last + 1 == piece->words.n && run.first <= LEAD_MAX;
		if (run.listed <= piece->run.listed ||
		    !(all || (run.listed >= PIECE && (drawn || ends))))
			continue;
		size_t count = run.last - run.first + 1;
		piece->run = run;
		piece->all = all;
		piece->ends = ends;
		piece->kind = is_phrase(&run, false) && count >= WHOLE && count % 3 == 0
				      ? PIECE_PHRASE
			      : drawn ? PIECE_STRONG
			      : all   ? PIECE_WEAK
				      : PIECE_TAIL;
	}
	return true;
}

bool hl_seed_may_go_on(struct hl_finder *f)
{
	struct piece piece = {0};
	if (hl_finder_has(f, 1u << HL_MARK_SEED))
		return true;
	if (f->listed > 0 && !find_piece(&piece, f))
		f->failed = true;
	return piece.kind != PIECE_NONE;
}

/* What the pieces make together. */
struct sum {
	size_t strong, weak, rare; /* words */
	size_t tail, tail_rare;	   /* what messages end with */
	size_t whole;		   /* words of the whole phrases */
	bool phrase, lenient;
	bool tails; /* these count too */
};

/* A listed word without which one hardly talks: "sorry ignore that". */
static bool holds_talk(const struct piece *piece)
{
	static const char *const talk[] = {
		"again", "all",	 "also", "can",	  "have", "hello",  "help",
		"just",	 "know", "need", "never", "now",  "please", "sorry",
		"thank", "that", "then", "there", "they", "this",   "wait",
		"want",	 "what", "when", "where", "will", "wrong",  "you",
	};
	for (size_t i = piece->run.first; i <= piece->run.last; i++)
		if (HL_ONE_OF(piece->words.v[i].word->form, talk))
			return true;
	return false;
}

/* A phrase of 12 words and three more of a longer one: together they are as many as a phrase has.
 */
static bool completes(const struct piece *piece, const struct sum *sum)
{
	size_t count = piece->run.last - piece->run.first + 1, both = sum->whole + count;
	return sum->phrase && count >= PIECE && both % 3 == 0 && both <= LONGEST &&
	       piece->run.rare > 0 && (piece->kind == PIECE_STRONG || !holds_talk(piece)) &&
	       (piece->all || piece->ends);
}

static bool belongs(const struct piece *piece, const struct sum *sum)
{
	size_t both = sum->strong + sum->weak;
	bool full = both >= WHOLE && both % 3 == 0 && sum->rare * 10 >= both * 3;
	switch (piece->kind) {
	case PIECE_STRONG:
		return full || completes(piece, sum) ||
		       sum->strong >= (sum->lenient ? ENOUGH_LENIENT : ENOUGH) ||
		       (sum->phrase && piece->all);
	case PIECE_WEAK:
		return full || completes(piece, sum) ||
		       (sum->phrase && both % 3 == 0 && both > 3 && sum->rare * 3 >= both);
	case PIECE_TAIL:
		return (full && sum->tails) || completes(piece, sum);
	case PIECE_NONE:
	case PIECE_PHRASE:
		break;
	}
	return false;
}

void hl_find_joint_seeds(struct hl_finder **parts, size_t n)
{
	struct piece *pieces = HL_NEW_ARRAY(parts[0]->arena, n, struct piece);
	struct hl_finder *now = parts[n - 1];
	struct sum sum = {0};
	for (size_t i = 0; i < n && pieces != NULL; i++) {
		if (!find_piece(&pieces[i], parts[i])) {
			now->failed = true;
			return;
		}
		const struct piece *piece = &pieces[i];
		sum.lenient = sum.lenient || hl_finder_has(parts[i], 1u << HL_MARK_SEED);
		sum.phrase = sum.phrase || piece->kind == PIECE_PHRASE;
		sum.whole +=
			piece->kind == PIECE_PHRASE ? piece->run.last - piece->run.first + 1 : 0;
		sum.strong += piece->kind == PIECE_STRONG ? piece->run.listed : 0;
		sum.weak += piece->kind == PIECE_WEAK ? piece->run.listed : 0;
		sum.tail += piece->kind == PIECE_TAIL ? piece->run.listed : 0;
		sum.tail_rare += piece->kind == PIECE_TAIL ? piece->run.rare : 0;
		sum.rare += piece->kind == PIECE_STRONG || piece->kind == PIECE_WEAK
				    ? piece->run.rare
				    : 0;
	}
	if (pieces == NULL) {
		now->failed = true;
		return;
	}
	size_t all = sum.strong + sum.weak + sum.tail, rare = sum.rare + sum.tail_rare;
	sum.tails = sum.lenient || (all >= WHOLE && all % 3 == 0 && rare * 10 >= all * 4);
	sum.weak += sum.tails ? sum.tail : 0;
	sum.rare += sum.tails ? sum.tail_rare : 0;
	if (pieces[n - 1].kind == PIECE_NONE && !hl_finder_has(now, 1u << HL_MARK_SEED))
		return;
	for (size_t i = 0; i < n; i++)
		if (belongs(&pieces[i], &sum))
			add_run(parts[i], &pieces[i].words, &pieces[i].run);
}
