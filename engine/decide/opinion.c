/* The likeness asked about one message. Intents that are not there for this customer, or that say
   `never` to the message, are no guesses. */
#include "decide/opinion.h"

#include <string.h>

/* Apart, for its room on the stack is cleared at each call. */
HL_APART static int ask_likeness(struct hl_opinion *out, struct hl_reading *reading,
				 const struct hl_query *query, struct hl_str lang)
{
	const struct hl_ruleset *rules = reading->rules;
	struct hl_likeness_result result;
	struct hl_likeness_info info;
	int rc = hl_likeness_score(&result, rules->likeness, &reading->scratch->turn,
				   reading->utterance);
	if (rc != HL_OK)
		return rc;
	hl_likeness_info(&info, rules->likeness);
	out->outside = result.outside;
	out->known = result.known;
	out->threshold = info.threshold;
	out->ask_threshold = info.ask_threshold;
	out->person_threshold = info.sensitive_threshold;
	for (size_t i = 0; i < result.n; i++) {
		uint32_t intent = rules->intent_of[result.top[i].klass];
		if (hl_classify_allowed(reading, intent, query, lang))
			out->top[out->n++] = (struct hl_guess){intent, result.top[i].score};
	}
	if (result.sensitive.score <= 0)
		return HL_OK;
	out->sensitive =
		(struct hl_guess){rules->intent_of[result.sensitive.klass], result.sensitive.score};
	out->is_sensitive = result.sensitive.score >= info.sensitive_threshold &&
			    hl_classify_allowed(reading, out->sensitive.intent, query, lang);
	return HL_OK;
}

int hl_opinion_form(struct hl_opinion *out, struct hl_reading *reading,
		    const struct hl_query *query, struct hl_str lang)
{
	memset(out, 0, sizeof *out);
	if (!reading->rules->likeness || !reading->utterance->n_words)
		return HL_OK;
	return ask_likeness(out, reading, query, lang);
}

double hl_opinion_of(const struct hl_opinion *opinion, uint32_t intent)
{
	for (size_t i = 0; i < opinion->n; i++)
		if (opinion->top[i].intent == intent)
			return opinion->top[i].score;
	return 0;
}

bool hl_opinion_sure(const struct hl_opinion *opinion)
{
	return opinion->n && !opinion->outside && opinion->top[0].score >= opinion->threshold;
}
