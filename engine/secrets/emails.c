/*
 * E-mail addresses, as they are and as people disguise or dictate them: "jo (at) gmail.com", "jo at
 * gmail dot com", jo艾特gmail点com. A bare "at" says little ("I looked at gmail.com"), so then the
 * house must be one of mail, or dots must be spelt, and the rest of the message speak of mail.
 */
#include <string.h>

#include "secrets/finder.h"

static bool is_local(char c)
{
	return (unsigned)(c - 'a') < 26 || (unsigned)(c - '0') < 10 ||
	       (c != '\0' && strchr("._%+-", c) != NULL);
}

/* Where the name before `@` begins: letters with accents too, which are two bytes each. */
static size_t local_start(struct hl_str t, size_t at)
{
	size_t start = at;
	while (start > 0) {
		if (is_local(t.ptr[start - 1]))
			start--;
		else if (start > 1 && (unsigned char)t.ptr[start - 2] >= 0xc3 &&
			 (unsigned char)t.ptr[start - 2] <= 0xd4)
			start -= 2;
		else
			break;
	}
	while (start < at && (t.ptr[start] == '.' || t.ptr[start] == '-'))
		start++;
	return start;
}

/* The end of `mail.example.com`; `start` itself when there is no dot with letters behind it. */
static size_t domain_end(struct hl_str t, size_t start)
{
	size_t end = start;
	while (end < t.len && is_local(t.ptr[end]) && t.ptr[end] != '%' && t.ptr[end] != '+' &&
	       t.ptr[end] != '_')
		end++;
	while (end > start && (t.ptr[end - 1] == '.' || t.ptr[end - 1] == '-'))
		end--;
	size_t dot = end;
	while (dot > start && t.ptr[dot - 1] != '.')
		dot--;
	bool ok = dot > start + 1 && end > dot + 1 && (unsigned)(t.ptr[dot] - 'a') < 26;
	return ok ? end : start;
}

static size_t skip(struct hl_str t, size_t at, const char *signs)
{
	while (at < t.len && t.ptr[at] != '\0' && strchr(signs, t.ptr[at]) != NULL)
		at++;
	return at;
}

/* " dot com", "(dot)com", 点com, " . com", ",com": past the last names that are told so; whether
   a dot was a word. */
static size_t told_end(struct hl_str t, size_t end, bool *spelt)
{
	static const char *const last_names[] = {
		"ai",  "app", "at", "au", "be", "br",  "ca", "ch", "cn",  "co", "com", "cz", "de",
		"edu", "es",  "eu", "fr", "hk", "id",  "in", "io", "it",  "jp", "kr",  "me", "mx",
		"my",  "net", "ng", "nl", "no", "org", "ph", "pk", "pl",  "pt", "ro",  "ru", "se",
		"sg",  "th",  "tr", "tw", "ua", "uk",  "us", "vn", "xyz", "za",
	};
	static const struct hl_str dots[] = {{"dot", 3}, {"punto", 5}, {"ponto", 5}, {"point", 5},
					     {"点", 3},	 {".", 1},     {",", 1}};
	*spelt = false;
	for (;;) {
		size_t from = skip(t, end, " ([{<_-"), label = from, last;
		for (size_t i = 0; i < sizeof dots / sizeof *dots && label == from; i++)
			if (hl_str_starts(hl_str_sub(t, from, t.len), dots[i]))
				label = from + dots[i].len;
		if (label == from)
			return end;
		bool word = label > from + 1, before = from > end;
		from = label;
		label = skip(t, label, " )]}>_-");
		/* a sentence may end so: "at home. in town" */
		if (!word && (label > from) != before)
			return end;
		for (last = label; last < t.len && (unsigned)(t.ptr[last] - 'a') < 26;)
			last++;
		if (!HL_ONE_OF(hl_str_sub(t, label, last - label), last_names))
			return end;
		*spelt = *spelt || word;
		end = last;
	}
}

/* Written apart or without its ending it is an address still where the name is a mail house's. */
static bool is_mail_house(struct hl_str domain)
{
	static const char *const houses[] = {
		"126",	   "163",	 "aol",	 "foxmail", "gmail", "gmx",    "googlemail",
		"hotmail", "icloud",	 "live", "mail",    "msn",   "naver",  "outlook",
		"proton",  "protonmail", "qq",	 "sina",    "yahoo", "yandex", "ymail"};
	size_t dot = hl_str_find(domain, HL_STR("."), 0);
	return HL_ONE_OF(hl_str_sub(domain, 0, dot), houses);
}

/* "jo@example.com / hunter2!": the password that goes with an address, as lists have it. */
static void find_companion(struct hl_finder *f, size_t end)
{
	struct hl_str t = f->u->normal.text;
	size_t sign = skip(t, end, " "), start = skip(t, sign, " /|:-"), last = start;
	bool close = sign == end && start > sign && t.ptr[sign] == ':' && start == sign + 1;
	bool apart = start > sign && t.ptr[sign] != '\0' &&
		     (strchr("/|", t.ptr[sign]) != NULL || start - sign >= 2) && t.ptr[sign] != ':';
	while (last < t.len && t.ptr[last] > ' ' && (unsigned char)t.ptr[last] < 0x7f)
		last++;
	struct hl_str text = hl_str_sub(t, start, last - start);
	struct hl_shape s = hl_shape_of(text);
	if ((close || apart) && text.len >= 6 && text.len <= 64 && s.lower > 0 && s.digits > 0 &&
	    hl_str_find(text, HL_STR("/"), 0) == SIZE_MAX)
		hl_finder_add(f, HL_SECRET_PASSWORD, (uint32_t)start, (uint32_t)last);
}

void hl_find_emails(struct hl_finder *f)
{
	struct hl_str t = f->u->normal.text;
	for (size_t at = 0; (at = hl_str_find(t, HL_STR("@"), at)) != SIZE_MAX; at++) {
		size_t name = at, house = at + 1;
		while (name > 0 && t.ptr[name - 1] == ' ')
			name--;
		while (house < t.len && t.ptr[house] == ' ')
			house++;
		size_t start = local_start(t, name), end = domain_end(t, house);
		size_t word = house;
		while (word < t.len && is_local(t.ptr[word]) && t.ptr[word] != '.')
			word++;
		bool known =
			is_mail_house(hl_str_sub(t, house, (end > house ? end : word) - house));
		bool apart = name < at || house > at + 1;
		bool spelt;
		size_t told = told_end(t, end > house ? end : word, &spelt);
		bool dictated = spelt && end == house && !apart;
		if (start == name || (!known && !dictated && (apart || end == house)))
			continue;
		if (known || dictated)
			end = told;
		hl_finder_add(f, HL_SECRET_EMAIL, (uint32_t)start,
			      (uint32_t)(end > house ? end : word));
		find_companion(f, end > house ? end : word);
	}
}

/* ------------------------------------------------------------------ "at" as a word */

#define NEAR 16u /* words */

/* What stands before "at" where no address is meant. */
static const char *const no_names[] = {
	"account",  "am",	  "and",     "are",   "arrive",	 "available", "be",	 "been",
	"bought",   "buy",	  "call",    "check", "checked", "click",     "clicked", "code",
	"email",    "emails",	  "find",    "found", "fund",	 "funds",     "got",	 "happen",
	"happens",  "help",	  "here",    "him",   "id",	 "inbox",     "is",	 "it",
	"listed",   "log",	  "login",   "look",  "looked",	 "looking",   "mail",	 "mailbox",
	"mails",    "me",	  "money",   "my",    "new",	 "not",	      "now",	 "offer",
	"on",	    "only",	  "open",    "page",  "pay",	 "people",    "price",	 "read",
	"register", "registered", "saw",     "see",   "sell",	 "sent",      "sign",	 "site",
	"someone",  "stop",	  "support", "team",  "them",	 "there",     "they",	 "this",
	"time",	    "trade",	  "up",	     "us",    "was",	 "we",	      "were",	 "work",
	"works",    "you",
};

/* A word of mail stands near. */
static bool speaks_of_mail(const struct hl_finder *f, const struct hl_mark *mark)
{
	static const char *const words[] = {
		"address", "contact", "email",	    "gmail", "mail",
		"mailid",  "reach",   "registered", "write",
	};
	size_t first = mark->first > NEAR ? mark->first - NEAR : 0;
	for (size_t i = first; i < f->u->n_words && i < mark->last + NEAR; i++)
		if (HL_ONE_OF(f->u->words[i].form, words) ||
		    hl_str_eq(f->u->words[i].form, HL_STR("箱")))
			return true;
	return false;
}

void hl_find_told_email(struct hl_finder *f, const struct hl_mark *mark)
{
	struct hl_str t = f->u->normal.text;
	size_t name = f->u->words[mark->first].start, house = f->u->words[mark->last].end;
	bool sign = (unsigned char)t.ptr[name] >= 0x80; /* 艾特 */
	bool bracket = name > 0 && t.ptr[name - 1] != '\0' && strchr("([{<\"", t.ptr[name - 1]);
	while (name > 0 && strchr(" ([{<_\"-", t.ptr[name - 1]) != NULL)
		name--;
	house = skip(t, house, " )]}>_\"-");
	size_t word = house, end = domain_end(t, house);
	while (word < t.len && is_local(t.ptr[word]) && t.ptr[word] != '_' && t.ptr[word] != '.')
		word++;
	bool dotted = end > house, known = is_mail_house(hl_str_sub(t, house, word - house));
	bool dictated;
	size_t told = told_end(t, dotted ? end : word, &dictated);
	if (word == house || (!dotted && !dictated && !known))
		return;
	size_t start = local_start(t, name);
	if (start == name || HL_ONE_OF(hl_str_sub(t, start, name - start), no_names))
		return;
	bool marked = hl_shape_of(hl_str_sub(t, start, name - start)).digits > 0 ||
		      f->u->n_words <= 6 || speaks_of_mail(f, mark);
	if ((sign || bracket) ? dotted || dictated || known
			      : (known && dictated) || ((known ? dotted : dictated) && marked))
		hl_finder_add(f, HL_SECRET_EMAIL, (uint32_t)start,
			      (uint32_t)(dictated || dotted ? told : word));
}
