/* The wishes every bot has to understand, whatever its pack: a person, stop, back. Only a whole
   message counts: "cancel my withdrawal" is none of them. */
#include "classify/classify.h"

#include "classify/said.h"
#include "classify/wishes.h"

static unsigned wishes_of(const struct hl_utterance *utterance)
{
	return hl_sayings_scan(pieces, sizeof pieces / sizeof *pieces, utterance);
}

enum hl_builtin hl_builtin_find(const struct hl_utterance *utterance)
{
	unsigned wishes = wishes_of(utterance);
	return wishes & H	  ? HL_BUILTIN_HUMAN
	       : wishes & C	  ? HL_BUILTIN_CANCEL
	       : wishes & (B | R) ? HL_BUILTIN_BACK
				  : HL_BUILTIN_NONE;
}

/* Is there a comma or the end of a sentence before this word? */
static bool opens_part(const struct hl_utterance *u, size_t word)
{
	const struct hl_word *w = &u->words[word];
	if (!word || w->sentence != w[-1].sentence)
		return true;
	for (uint32_t i = w[-1].end; i < w->start; i++)
		if (u->normal.text.ptr[i] == ',' || u->normal.text.ptr[i] == ';')
			return true;
	return hl_str_find(hl_str_sub(u->normal.text, w[-1].end, w->start - w[-1].end),
			   HL_STR("、"), 0) != SIZE_MAX;
}

/* "agent, my deposit is late" calls the one who listens; "get me an agent, …" wants another. */
static bool has_wish(const struct hl_utterance *part)
{
	for (size_t w = 0; w < part->n_words; w++)
		if (hl_said_one_of(part, w,
				   "want need talk speak chat connect get transfer give") ||
		    hl_said_any_han(part, w, "转 要 找 接 联系 换"))
			return true;
	return false;
}

bool hl_human_wanted(struct hl_span *out, const struct hl_utterance *utterance)
{
	size_t n = utterance->n_words;
	for (size_t from = 0, to; from < n; from = to) {
		struct hl_utterance part = *utterance;
		for (to = from + 1; to < n && !opens_part(utterance, to);)
			to++;
		part.words += from;
		part.n_words = to - from;
		if (!(wishes_of(&part) & H) || (to < n && !has_wish(&part)))
			continue;
		*out = (struct hl_span){part.words[0].ostart, part.words[part.n_words - 1].oend};
		return true;
	}
	return false;
}

bool hl_quit_said(const struct hl_utterance *utterance)
{
	return (wishes_of(utterance) & Q) != 0;
}

bool hl_wrong_said(const struct hl_utterance *utterance)
{
	return (wishes_of(utterance) & W) != 0;
}

bool hl_restart_said(const struct hl_utterance *utterance)
{
	return (wishes_of(utterance) & R) != 0;
}

bool hl_stop_said(struct hl_scratch *scratch, const struct hl_ruleset *rules,
		  const struct hl_utterance *utterance)
{
	struct hl_reading reading;
	if (rules->stop_atom == HL_NO_ATOM)
		return (wishes_of(utterance) & (C | B | R)) != 0;
	if (hl_reading_make(&reading, scratch, rules, utterance) != HL_OK)
		return false;
	for (uint32_t o = hl_reading_find(&reading, rules->stop_atom); o != HL_NOWHERE;
	     o = reading.items[o].next)
		if (reading.items[o].word == 0 && reading.items[o].n == utterance->n_words)
			return true;
	return false;
}
